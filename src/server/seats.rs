//! The connections at a time: so many seats, and which one is closed when all are taken.
//!
//! In: new connections, and when each is answering or waits for a request. Out: a [`Seat`] for
//! each. A connection that says nothing, or trickles a body, must not keep out one that asks: when
//! no seat is free, the one that has waited longest is closed, unless it has only just come. In a crowd
//! the queue before the seats is long, and a request has arrived before its connection gets one: then
//! each has less time, so that the queue moves faster than it grows.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// No one who has waited for less has to leave: its request may be on the way.
const GRACE: Duration = Duration::from_millis(250);
/// The same in a crowd. 64 seats are 1,280 connections a second then.
const GRACE_IN_A_CROWD: Duration = Duration::from_millis(50);
/// For one that was asked to leave to give its seat back.
const LEAVING: Duration = Duration::from_millis(10);

/// All seats.
#[derive(Debug)]
pub(super) struct Seats {
    number: usize,
    free: Arc<Semaphore>,
    /// Those that wait for a request, by the order in which they began to.
    waiting: Mutex<Waiting>,
    /// How many more found no free seat than found one, lately.
    pressed: AtomicUsize,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    connections: BTreeMap<u64, (Instant, Arc<Notify>)>,
}

/// A connection's place, given back with the value.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    ticket: Mutex<u64>,
    /// Whether the rest of a request is still to come.
    lacks: AtomicBool,
    leave: Arc<Notify>,
    _permit: OwnedSemaphorePermit,
}

/// The seat of the connection that a request came on.
#[derive(Clone, Debug)]
pub(super) struct Seated(pub(super) Arc<Seat>);

/// The address that a connection came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

impl Seats {
    pub(super) fn new(number: usize) -> Self {
        Self {
            number,
            free: Arc::new(Semaphore::new(number)),
            waiting: Mutex::default(),
            pressed: AtomicUsize::new(0),
        }
    }

    pub(super) fn taken(&self) -> usize {
        self.number - self.free.available_permits()
    }

    /// Waits for a free seat; makes one free where somebody waits for nothing.
    pub(super) async fn take(self: &Arc<Self>) -> Seat {
        let permit = if let Ok(permit) = self.free.clone().try_acquire_owned() {
            let less = |pressed: usize| Some(pressed.saturating_sub(1));
            let _ = self.pressed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
            permit
        } else {
            let more = |pressed: usize| (pressed < 2 * self.number).then_some(pressed + 1);
            let _ = self.pressed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
            self.make_free().await
        };
        let seat = Seat {
            seats: self.clone(),
            ticket: Mutex::new(0),
            lacks: AtomicBool::new(false),
            leave: Arc::new(Notify::new()),
            _permit: permit,
        };
        seat.waits();
        seat
    }

    async fn make_free(&self) -> OwnedSemaphorePermit {
        // As if a whole round of seats had been asked for and none was free.
        let crowd = self.pressed.load(Ordering::Relaxed) > self.number;
        let grace = if crowd { GRACE_IN_A_CROWD } else { GRACE };
        loop {
            let since = self.waiting().connections.values().next().map(|(since, _)| *since);
            let patience = since.map_or(grace, |since| grace.saturating_sub(since.elapsed()));
            // A timer takes a millisecond at least.
            let pause = if patience.is_zero() && self.ask_one_to_leave(grace) { LEAVING } else { patience };
            tokio::select! {
                biased;
                Ok(permit) = self.free.clone().acquire_owned() => return permit,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Whether one was there that has had its time.
    fn ask_one_to_leave(&self, grace: Duration) -> bool {
        let mut waiting = self.waiting();
        match waiting.connections.first_entry() {
            Some(first) if first.get().0.elapsed() >= grace => {
                first.remove().1.notify_one();
                true
            }
            _ => false,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// It waits for a request, or for the rest of one, from now on.
    pub(super) fn waits(&self) {
        let mut waiting = self.seats.waiting();
        let mut ticket = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.connections.remove(&ticket);
        waiting.last += 1;
        *ticket = waiting.last;
        waiting.connections.insert(*ticket, (Instant::now(), self.leave.clone()));
    }

    /// A request's head has come; its body may still be on the way.
    pub(super) fn begins(&self) {
        self.lacks.store(true, Ordering::Relaxed);
        self.waits();
    }

    /// The request is whole.
    pub(super) fn completes(&self) {
        self.lacks.store(false, Ordering::Relaxed);
        self.answers();
    }

    /// Whether the last request, if there was any, came whole.
    pub(super) fn has_all(&self) -> bool {
        !self.lacks.load(Ordering::Relaxed)
    }

    /// It answers, and is not to be disturbed.
    pub(super) fn answers(&self) {
        let mut waiting = self.seats.waiting();
        waiting.connections.remove(&*self.ticket.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Ends when the seat is wanted for another.
    pub(super) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.answers();
    }
}
