//! Log lines of a long run: on stderr, from a thread of its own.
//!
//! In: one line at a time. Out: the same on stderr, in order. A slow reader of the log holds up
//! no one: what does not fit into the queue is counted and reported.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Where log lines are queued.
#[derive(Debug)]
pub struct LogWriter {
    queue: Arc<(Mutex<LogQueue>, Condvar)>,
    quiet: bool,
}

#[derive(Debug, Default)]
struct LogQueue {
    text: String,
    lost: u64,
    writing: bool,
}

/// Lines that come within this time are written at once: waking a thread for each of them costs as
/// much as the answer it tells of.
const GATHER: Duration = Duration::from_millis(20);

/// A log queue never holds more. Bytes.
const LOG_QUEUE: usize = 512 * 1024;

impl LogWriter {
    pub(super) fn new(quiet: bool) -> Self {
        let queue = Arc::new((Mutex::new(LogQueue::default()), Condvar::new()));
        let writer = queue.clone();
        // If no thread can be had, there is no log.
        let silent = quiet || std::thread::Builder::new().spawn(move || write_log(&writer)).is_err();
        Self { queue, quiet: silent }
    }

    /// Queues one line; the text must have passed [`safe`](super::safe).
    pub fn line(&self, text: fmt::Arguments<'_>) {
        if self.quiet {
            return;
        }
        let (queue, changed) = &*self.queue;
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.text.len() >= LOG_QUEUE {
            queue.lost += 1;
            return;
        }
        let was_empty = queue.text.is_empty();
        let _ = writeln!(queue.text, "{text}");
        if was_empty {
            changed.notify_all();
        }
    }

    /// Waits until everything queued is written, a second at most.
    pub fn flush(&self) {
        let (queue, changed) = &*self.queue;
        let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = |queue: &mut LogQueue| queue.writing || !queue.text.is_empty();
        let _ = changed.wait_timeout_while(queue, Duration::from_secs(1), pending);
    }
}

fn write_log(queue: &(Mutex<LogQueue>, Condvar)) {
    let (queue, changed) = queue;
    let mut text = String::new();
    loop {
        let mut waiting = queue.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.writing = false;
        changed.notify_all();
        waiting = changed
            .wait_while(waiting, |queue| queue.text.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.writing = true;
        drop(waiting);
        std::thread::sleep(GATHER);
        let mut waiting = queue.lock().unwrap_or_else(PoisonError::into_inner);
        text.clear();
        std::mem::swap(&mut text, &mut waiting.text);
        let lost = std::mem::take(&mut waiting.lost);
        drop(waiting);
        if lost > 0 {
            let _ = writeln!(text, "note: {lost} lines were not written, the log's reader is too slow");
        }
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
