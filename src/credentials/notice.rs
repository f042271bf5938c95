//! The note that a wait is long.
//!
//! In: who is waited for. Out: one line on stderr after a second, unless it is over by then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::both;
use crate::output::Output;

/// Print a notice after waiting this long.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// Says so when it takes longer than a second; gone when it is dropped.
pub(super) struct SlowNotice {
    _done: mpsc::Sender<()>,
}

impl SlowNotice {
    /// `waiting`: whether it is another process that is waited for, and not the server.
    pub(super) fn new(out: Output, host: String, waiting: &Arc<AtomicBool>) -> Self {
        let (done, over) = mpsc::channel();
        let waiting = Arc::clone(waiting);
        // If no thread can be had, the wait is silent.
        let _ = std::thread::Builder::new().spawn(move || {
            if over.recv_timeout(LONG_WAIT) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            out.note(if waiting.load(Ordering::Relaxed) {
                both!(
                    "另一个进程正在获取，等它的结果……",
                    "another process is fetching it; waiting for its answer …"
                )
            } else {
                both!("`{host}` 还没有响应，继续等……", "`{host}` has not answered yet; still waiting …")
            });
        });
        Self { _done: done }
    }
}
