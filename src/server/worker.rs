//! Work that blocks, on a thread beside the answering one.
//!
//! In: a closure. Out: what it gave. The runtime's own pool ends the process when the system has no
//! thread to give; here that is an answer.

use tokio::sync::oneshot;

use super::refusal::Refusal;
use crate::failure::Failure;

/// Runs `work` on a thread of its own, and waits without blocking.
pub(super) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (done, outcome) = oneshot::channel();
    let started = std::thread::Builder::new().spawn(move || {
        // No one waits any more: the client went away.
        let _ = done.send(work());
    });
    started.map_err(|error| Failure::no_thread(&error))?;
    outcome.await.map_err(|_| Refusal::bug().failure)
}
