//! The time limits of one command, in the order in which they contain one another.
//!
//! In: nothing. Out: constants, each with its unit in its type. The assertions below are the
//! documentation: a limit that is changed without its neighbors does not compile.

use std::time::Duration;

/// A whole command: `token`, `ticket`, `sign`.
pub const COMMAND: Duration = Duration::from_secs(15);

/// The wait for another process that holds the lock.
pub const LOCK_WAIT: Duration = Duration::from_secs(14);

/// A fetch with its retries.
pub const FETCH: Duration = Duration::from_secs(12);

/// One request, from its start to the last byte of its answer.
pub const REQUEST: Duration = Duration::from_secs(10);

/// A connection, with the look-up of the name before it.
pub const CONNECT: Duration = Duration::from_secs(3);

/// The look-up of a name alone: shorter, so that a silent resolver is not taken for a silent server.
pub const LOOK_UP: Duration = Duration::from_millis(2_500);

/// The lease on a lock in Redis. Its holder renews it while it lives; after a `kill -9` it ends by
/// itself, early enough for those who wait to be served.
pub const LEASE: Duration = Duration::from_secs(5);

/// How often a lease is renewed.
pub const RENEWAL: Duration = Duration::from_millis(1_500);

/// A connection to a Redis, with its handshake.
pub const REDIS_CONNECT: Duration = Duration::from_secs(1);

/// One command to a Redis, with its answer.
pub const REDIS_COMMAND: Duration = Duration::from_secs(1);

/// What is kept back of a command's time to store what was fetched.
pub const STORE: Duration = Duration::from_secs(1);

const fn longer(a: Duration, b: Duration) -> bool {
    a.as_millis() > b.as_millis()
}

const _: () = assert!(longer(COMMAND, LOCK_WAIT));
const _: () = assert!(longer(LOCK_WAIT, FETCH));
const _: () = assert!(longer(FETCH, REQUEST));
const _: () = assert!(longer(REQUEST, CONNECT));
const _: () = assert!(longer(CONNECT, LOOK_UP));
const _: () = assert!(LEASE.as_millis() > 2 * RENEWAL.as_millis());
// One renewal may be lost, and the next one still comes in time.
const _: () = assert!(LEASE.as_millis() > 2 * RENEWAL.as_millis() + REDIS_COMMAND.as_millis());
// After the lease has ended there is time for one request, so that a waiter is served.
const _: () = assert!(longer(LOCK_WAIT, LEASE.saturating_add(CONNECT)));
const _: () = assert!(!longer(FETCH.saturating_add(STORE), COMMAND));
