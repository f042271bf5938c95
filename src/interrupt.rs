//! Signals: one policy for the whole process.
//!
//! In: SIGINT and SIGTERM. Out: a flag that a long run looks at. The first signal asks the run to
//! end with what it has; the second one ends the process with 128 + n, whatever a system call
//! waits for. A command that only waits ends at the first one, and gives back what would outlive
//! the process. `serve` has a runtime that gets the first one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};

/// Each signal and the exit code that a shell expects of a process that it ended.
const SIGNALS: [(i32, i32); 2] = [(SIGINT, 130), (SIGTERM, 143)];

type Cleanup = Box<dyn FnOnce() + Send>;

/// What the handlers share.
struct State {
    /// The signal that came, 0 before the first.
    asked: Arc<AtomicUsize>,
    /// Whether the handler itself ends the process at the next signal.
    ends: Arc<AtomicBool>,
    /// Whether a run has promised to look at `asked`.
    polled: AtomicBool,
    /// Whether a thread ends the process, after a cleanup.
    by_thread: AtomicBool,
    /// What that thread does before.
    cleanup: Mutex<Option<Cleanup>>,
}

static STATE: OnceLock<State> = OnceLock::new();

/// Whether a runtime of its own gets the first signal of this process.
static LEFT_TO_RUNTIME: AtomicBool = AtomicBool::new(false);

/// From here on a wait installs no handler: `serve` has a runtime with signals of its own.
pub fn leave_to_runtime() {
    LEFT_TO_RUNTIME.store(true, Ordering::SeqCst);
}

/// The signal that comes next ends the process: the runtime was asked to end by the first.
pub fn next_ends() {
    state();
}

fn state() -> &'static State {
    STATE.get_or_init(|| {
        let state = State {
            asked: Arc::default(),
            ends: Arc::new(AtomicBool::new(true)),
            polled: AtomicBool::new(false),
            by_thread: AtomicBool::new(false),
            cleanup: Mutex::default(),
        };
        for (signal, code) in SIGNALS {
            // In this order: the handlers run as they were registered, so the flag that the second
            // signal finds set is the one that the first has set. Where a handler cannot be had the
            // system's own ends the process as well.
            let _ = signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&state.ends));
            let number = usize::try_from(signal).unwrap_or(1);
            let _ = signal_hook::flag::register_usize(signal, Arc::clone(&state.asked), number);
            let _ = signal_hook::flag::register(signal, Arc::clone(&state.ends));
        }
        state
    })
}

/// A run that ends by itself when it is asked to.
#[derive(Clone, Copy, Debug)]
pub struct Interrupt {
    listens: bool,
}

impl Interrupt {
    /// From here on the first signal only asks.
    pub fn listen() -> Self {
        let state = state();
        state.polled.store(true, Ordering::SeqCst);
        state.ends.store(state.asked.load(Ordering::SeqCst) != 0, Ordering::SeqCst);
        Self { listens: true }
    }

    /// For a run whose process handles signals elsewhere: a request of the local server.
    pub fn never() -> Self {
        Self { listens: false }
    }

    /// Whether a signal asked this run to end.
    pub fn asked(self) -> bool {
        self.listens && state().asked.load(Ordering::Relaxed) != 0
    }

    /// While `wait` runs, the first signal ends the process: everything is printed already, and
    /// no one looks at the flag.
    pub fn ends_during<T>(self, wait: impl FnOnce() -> T) -> T {
        if !self.listens {
            return wait();
        }
        let state = state();
        state.polled.store(false, Ordering::SeqCst);
        state.ends.store(!state.by_thread.load(Ordering::SeqCst), Ordering::SeqCst);
        let done = wait();
        Self::listen();
        done
    }
}

/// The first signal ends the process at once, unless a run listens. A lock on disk goes with it.
pub fn ends_at_once() {
    if !LEFT_TO_RUNTIME.load(Ordering::SeqCst) {
        state();
    }
}

/// As [`ends_at_once`], after `cleanup`: for what would outlive the process. The last one counts.
pub fn ends_after(cleanup: impl FnOnce() + Send + 'static) {
    if LEFT_TO_RUNTIME.load(Ordering::SeqCst) {
        return;
    }
    let state = state();
    let mut slot = state.cleanup.lock().unwrap_or_else(PoisonError::into_inner);
    let first = slot.replace(Box::new(cleanup)).is_none();
    drop(slot);
    if first {
        start_ending_thread(state);
    }
}

#[cfg(unix)]
fn start_ending_thread(state: &'static State) {
    // Without a thread the handler ends the process, and what is left ends by itself.
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    let started = std::thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            // A run that listens gets the first one; the handler ends the process at the second.
            if state.polled.load(Ordering::SeqCst) {
                continue;
            }
            let cleanup = state.cleanup.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(cleanup) = cleanup {
                cleanup();
            }
            signal_hook::low_level::exit(128 + signal);
        }
    });
    if started.is_ok() {
        state.by_thread.store(true, Ordering::SeqCst);
        if !state.polled.load(Ordering::SeqCst) {
            state.ends.store(false, Ordering::SeqCst);
        }
    }
}

#[cfg(not(unix))]
fn start_ending_thread(_: &'static State) {}
