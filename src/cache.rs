//! Tokens and tickets kept between runs and between processes: one fetch, never a gap, never the
//! wrong one.
//!
//! In: a [`Key`], what is wanted of it, and the fetch as a closure. Out: a [`Served`] value. A
//! value is read without a lock; if it is old, a lock that belongs to its key is taken, *the value
//! is read again*, one request is made, the answer replaces the old value in one step. What a
//! fetch failed with is left under the lock for a moment, so that those who wait do not ask
//! again one by one. Only the lock's guard can write. Expiry goes by the clock passed in, waiting
//! by a monotonic one.

mod disk;
mod entry;
mod key;
mod notice;
mod part;
mod redis;
mod request;
mod store;

use std::time::Instant;

pub use entry::{EntryError, FORCED_A_DAY, Stored};
pub use key::{Item, Key, Scope, credentials_digest};
pub use notice::Notice;
pub use redis::{Leases, RedisAddress, RedisReader};
pub use request::{Fault, Fetching, Freshness, Location, Origin, Request, Served};

use entry::{History, SharedFailure};
use part::{Part, PartState, StoreError};
use store::{Guard, Store};

use crate::both;
use crate::env::Clock;
use crate::failure::Failure;
use crate::lang::Both;
use crate::secret::{Credential, Secret};
use crate::timing;

/// While another process refreshes it, an old value serves if it has more than this left. Seconds.
const SERVES_WHILE_REFRESHED: u64 = 60;

/// A value younger than this is not fetched again because it is short-lived. Seconds.
const YOUNG: u64 = 30;

/// How long the tickets of the past stay in a store that forgets. Seconds.
const HISTORY_SECONDS: u64 = 7 * 86_400;

/// How long the count of forced refreshes stays in a store that forgets. Seconds.
const FORCED_SECONDS: u64 = 86_400 + 3_600;

/// Whether stored bytes are a value, a failure, a count or a history; for the fuzz targets.
#[doc(hidden)]
pub fn is_readable(bytes: &[u8]) -> bool {
    Stored::decode_any(bytes).is_ok()
        || SharedFailure::decode(bytes).is_ok()
        || entry::Forced::decode(bytes).is_ok()
        || History::decode(bytes).is_ok()
}

/// The cache, opened at its first use.
pub struct Cache<'a> {
    store: Store,
    clock: Clock,
    /// Seconds before its expiry at which a value counts as old.
    margin: u64,
    notify: Box<dyn Fn(&Notice) + 'a>,
}

/// Identity of a stored value.
type Identity = (u64, String);

fn identity(entry: &Stored) -> Identity {
    (entry.generation, entry.value.fingerprint())
}

/// Outcome of one attempt while holding the lock.
enum LockOutcome {
    Done(Result<Served, Failure>),
    /// The lock was lost while the answer was on its way: it is stored with the next lock.
    LockLost(PendingWrite),
}

/// An answer that is not stored yet, and what was stored when it was asked for.
struct PendingWrite {
    fetched: Credential,
    issued_at: u64,
    since: Option<Identity>,
}

impl<'a> Cache<'a> {
    /// A cache at a place. Nothing is opened yet.
    pub fn new(location: Location, clock: Clock, margin: u64, notify: impl Fn(&Notice) + 'a) -> Self {
        Self { store: Store::new(location), clock, margin, notify: Box::new(notify) }
    }

    fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The value, stored or fetched; at most one process fetches it at a time.
    pub fn get_or_fetch(
        &self,
        ask: &Request<'_>,
        fetch: &mut dyn FnMut(Fetching) -> Result<Credential, Fault>,
    ) -> Result<Served, Failure> {
        let name = ask.key.name();
        let first = self.look(ask.key, &name)?;
        let start = first.as_ref().map(identity);
        if let Some(entry) = first.as_ref().filter(|entry| self.answers(ask, entry, start.as_ref())) {
            return Ok(self.cached(entry));
        }
        if ask.offline {
            let alive = first.filter(|entry| self.may_serve(ask, entry));
            return alive.map(|entry| self.cached(&entry)).ok_or_else(|| offline(ask.key.item));
        }
        let credentials = match (ask.before_fetch)() {
            Ok(digest) => digest,
            Err(failure) => return self.instead_of(failure, ask, first.as_ref()),
        };
        let shared = self.shared_failure(&name, &credentials)?;
        if let Some(shared) = shared.as_ref().filter(|shared| shared.holds(self.now())) {
            return self.instead_of(shared.failure(), ask, first.as_ref());
        }
        let waiting = WaitState { start, credentials, failure: shared.map(|shared| shared.id) };
        self.fetch_or_wait(ask, &name, &waiting, fetch)
    }

    /// Takes the lock and fetches, or waits for the process that has it.
    fn fetch_or_wait(
        &self,
        ask: &Request<'_>,
        name: &str,
        state: &WaitState,
        fetch: &mut dyn FnMut(Fetching) -> Result<Credential, Fault>,
    ) -> Result<Served, Failure> {
        let began = Instant::now();
        let give_up = (began + timing::LOCK_WAIT).min(ask.until);
        let mut pauses = self.store.pauses();
        let mut pending: Option<PendingWrite> = None;
        let mut waiting = false;
        loop {
            match self.store.try_lock(name) {
                Ok(Some(guard)) => match self.turn(&guard, ask, state, pending.take(), fetch) {
                    LockOutcome::Done(outcome) => return outcome,
                    LockOutcome::LockLost(answer) => pending = Some(answer),
                },
                Ok(None) => {}
                Err(error) => match pending {
                    Some(answer) => return Ok(self.unstored(answer.fetched, &error)),
                    None if error.may_do_without() => return self.without(ask, &error, fetch),
                    // A replica that cannot be written to still has the value.
                    None => return self.instead_of(error.into(), ask, self.look(ask.key, name)?.as_ref()),
                },
            }
            if !waiting {
                waiting = true;
                (ask.on_wait)();
            }
            let entry = match (self.look(ask.key, name), &pending) {
                (Ok(entry), _) => entry,
                (Err(error), Some(answer)) => return Ok(self.unstored(answer.fetched.clone(), &error)),
                (Err(error), None) => return Err(error.into()),
            };
            if let Some(entry) = &entry {
                let newer = pending.as_ref().is_some_and(|answer| answer.since != Some(identity(entry)));
                let serves =
                    ask.freshness == Freshness::Usable && entry.left(self.now()) > SERVES_WHILE_REFRESHED;
                if newer || serves || self.answers(ask, entry, state.start.as_ref()) {
                    return Ok(self.cached(entry));
                }
            }
            if pending.is_none()
                && let Some(shared) = self.shared_failure(name, &state.credentials)?
                && state.is_concerned(&shared, self.now())
            {
                return self.instead_of(shared.failure(), ask, entry.as_ref());
            }
            if Instant::now() >= give_up {
                let timeout = lock_timeout(ask.key.item, began.elapsed().as_secs());
                return match pending {
                    Some(answer) => Ok(self.unstored(answer.fetched, &StoreError::LockLost)),
                    None => self.instead_of(timeout, ask, entry.as_ref()),
                };
            }
            pauses.sleep(give_up);
        }
    }

    /// One turn with the lock: look again, fetch, store.
    fn turn(
        &self,
        guard: &Guard<'_>,
        ask: &Request<'_>,
        state: &WaitState,
        pending: Option<PendingWrite>,
        fetch: &mut dyn FnMut(Fetching) -> Result<Credential, Fault>,
    ) -> LockOutcome {
        // The process that had the lock before may have fetched what is wanted here.
        let entry = self.look_again(guard, ask.key);
        if let Some(answer) = pending {
            return self.keep_unless_newer(guard, ask, entry.as_ref(), answer);
        }
        if let Some(entry) = entry.as_ref().filter(|entry| self.answers(ask, entry, state.start.as_ref())) {
            return LockOutcome::Done(Ok(self.cached(entry)));
        }
        let shared = guard.read_failure();
        if let Some(shared) = shared.filter(|shared| {
            shared.credentials == state.credentials && state.is_concerned(shared, self.now())
        }) {
            return LockOutcome::Done(self.instead_of(shared.failure(), ask, entry.as_ref()));
        }
        let replaces = match &ask.freshness {
            Freshness::Usable => false,
            Freshness::Newer => true,
            Freshness::Not(failed) => {
                entry.as_ref().is_some_and(|entry| entry.value.fingerprint() == *failed)
            }
        };
        if replaces
            && ask.automatic
            && let Some(refusal) = guard.read_forced().still_in_vain(self.now())
        {
            return LockOutcome::Done(Err(not_refreshed(&refusal)));
        }
        let counted = match self.count_forced(guard, replaces && ask.counted) {
            Ok(counted) => counted,
            Err(refusal) => return LockOutcome::Done(Err(not_forced(&refusal))),
        };
        let force = replaces && (counted || !ask.counted);
        let fetching = Fetching { force, until: fetch_until(ask) };
        let asked_at = self.now();
        match fetch(fetching) {
            Ok(fetched) => {
                let now = self.now();
                // No fetch takes longer: the machine slept while its answer lay there and aged.
                let slept = now.saturating_sub(asked_at) > timing::FETCH.as_secs() + 1;
                let issued_at = if slept { asked_at } else { now };
                let answer = PendingWrite { fetched, issued_at, since: entry.as_ref().map(identity) };
                // If the lock file was deleted, or the lease ended, another process may have stored a
                // newer one meanwhile.
                self.keep_unless_newer(guard, ask, self.look_again(guard, ask.key).as_ref(), answer)
            }
            Err(Fault { failure, shared_for, sent }) => {
                if counted && !sent {
                    self.uncount_forced(guard);
                }
                if shared_for > 0 {
                    let now = self.now();
                    let shared = SharedFailure::new(&failure, state.credentials.clone(), now, shared_for);
                    // Unrecorded, the next one in line asks for itself.
                    let _ = guard.write(Part::Failure, &shared.encode(), shared_for, now);
                }
                LockOutcome::Done(self.instead_of(failure, ask, entry.as_ref()))
            }
        }
    }

    /// Stores an answer, unless another one was stored since it was asked for: that one wins.
    fn keep_unless_newer(
        &self,
        guard: &Guard<'_>,
        ask: &Request<'_>,
        stored: Option<&Stored>,
        answer: PendingWrite,
    ) -> LockOutcome {
        match stored.filter(|stored| answer.since.as_ref() != Some(&identity(stored))) {
            Some(newer) if newer.left(self.now()) > 0 => LockOutcome::Done(Ok(self.cached(newer))),
            _ => self.keep(guard, ask, stored, answer),
        }
    }

    /// Stores a fetched value and serves it, even if it cannot be stored.
    fn keep(
        &self,
        guard: &Guard<'_>,
        ask: &Request<'_>,
        before: Option<&Stored>,
        answer: PendingWrite,
    ) -> LockOutcome {
        let PendingWrite { fetched, issued_at, .. } = answer;
        let lifetime = fetched.expires_in.unwrap_or(0);
        let entry = Stored {
            key: ask.key.clone(),
            generation: before.map_or(1, |before| before.generation.saturating_add(1)),
            value: fetched.value.clone(),
            group_id: fetched.group_id.clone(),
            issued_at,
            expires_at: issued_at.saturating_add(lifetime),
        };
        match guard.write(Part::Value, &entry.encode(), lifetime, self.now()) {
            Ok(()) => {}
            Err(StoreError::NotDurable(what)) => (self.notify)(&Notice::NotDurable(what)),
            Err(StoreError::LockLost) => {
                let since = before.map(identity);
                return LockOutcome::LockLost(PendingWrite { fetched, issued_at, since });
            }
            Err(error) => return LockOutcome::Done(Ok(self.unstored(fetched, &error))),
        }
        if ask.key.item != Item::Token {
            // Without it verify loses an explanation, and no one loses a value.
            let mut history = guard.read_history();
            history.add(&fetched.value, issued_at);
            let _ = guard.write(Part::History, &history.encode(), HISTORY_SECONDS, self.now());
        }
        LockOutcome::Done(Ok(Served::new(&entry, Origin::Upstream, self.now())))
    }

    fn cached(&self, entry: &Stored) -> Served {
        Served::new(entry, Origin::Cache, self.now())
    }

    /// A value that was fetched but not stored: it serves, once, with a warning.
    fn unstored(&self, fetched: Credential, error: &StoreError) -> Served {
        (self.notify)(&Notice::NotStored(error.text()));
        self.fetched(fetched)
    }

    fn fetched(&self, Credential { value, expires_in, group_id }: Credential) -> Served {
        let expires_at = expires_in.map(|left| self.now().saturating_add(left));
        Served { value, source: Origin::Upstream, expires_at, expires_in, group_id }
    }

    /// Fetches alone if there is no cache to be had.
    fn without(
        &self,
        ask: &Request<'_>,
        error: &StoreError,
        fetch: &mut dyn FnMut(Fetching) -> Result<Credential, Fault>,
    ) -> Result<Served, Failure> {
        (self.notify)(&Notice::NoCache(error.text()));
        let replaces = ask.freshness != Freshness::Usable;
        if replaces && ask.automatic {
            // The one that failed was fetched a moment ago, and no one remembers whether a new one
            // helped the last time.
            return Err(not_refreshed(&both!(
                "没有缓存，无从记录上次是否有用",
                "without a cache it is not known whether the last one helped"
            )));
        }
        if replaces && ask.counted {
            (self.notify)(&Notice::NotForced);
        }
        let fetching = Fetching { force: replaces && !ask.counted, until: fetch_until(ask) };
        fetch(fetching).map(|fetched| self.fetched(fetched)).map_err(|fault| fault.failure)
    }

    /// What serves in place of a failed refresh, or the failure.
    fn instead_of(
        &self,
        failure: Failure,
        ask: &Request<'_>,
        entry: Option<&Stored>,
    ) -> Result<Served, Failure> {
        let stale = entry.filter(|entry| self.may_serve(ask, entry));
        let Some(entry) = stale else { return Err(failure) };
        (self.notify)(&Notice::Stale {
            item: ask.key.item,
            left: entry.left(self.now()),
            failure: failure.message,
        });
        Ok(self.cached(entry))
    }

    /// Whether a stored value serves if a newer one cannot be had: it is valid, and not the very one
    /// that did not work.
    fn may_serve(&self, ask: &Request<'_>, entry: &Stored) -> bool {
        let failed = matches!(&ask.freshness, Freshness::Not(failed) if entry.value.fingerprint() == *failed);
        entry.left(self.now()) > 0 && !failed
    }

    /// Whether a stored value is what is wanted. `start`: what was stored when it was asked for.
    fn answers(&self, ask: &Request<'_>, entry: &Stored, start: Option<&Identity>) -> bool {
        let now = self.now();
        let fresh = entry.left(now) > self.margin
            || (entry.left(now) > 0 && now.saturating_sub(entry.issued_at) < YOUNG);
        match &ask.freshness {
            Freshness::Usable => fresh,
            Freshness::Newer => entry.left(now) > 0 && start != Some(&identity(entry)),
            Freshness::Not(failed) => fresh && entry.value.fingerprint() != *failed,
        }
    }

    /// Reads a value without a lock. Corrupt entries count as missing here; the process with the lock
    /// moves them aside.
    fn look(&self, key: &Key, name: &str) -> Result<Option<Stored>, StoreError> {
        match self.store.read(name, Part::Value) {
            Ok(PartState::Bytes { bytes, tightened }) => {
                if tightened {
                    (self.notify)(&Notice::Tightened);
                }
                Ok(Stored::decode(&bytes, key, self.now()).ok())
            }
            Ok(PartState::Missing | PartState::Corrupt(_)) => Ok(None),
            // The lock will say the same, and there it is dealt with.
            Err(error) if error.may_do_without() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a value with the lock, and moves a corrupt entry aside.
    fn look_again(&self, guard: &Guard<'_>, key: &Key) -> Option<Stored> {
        let reason = match guard.read(Part::Value) {
            Ok(PartState::Bytes { bytes, .. }) => match Stored::decode(&bytes, key, self.now()) {
                Ok(entry) => return Some(entry),
                Err(reason) => reason,
            },
            Ok(PartState::Corrupt(reason)) => reason,
            Ok(PartState::Missing) | Err(_) => return None,
        };
        // If it cannot be moved, the next write replaces it.
        let _ = guard.set_aside(Part::Value);
        (self.notify)(&Notice::SetAside { item: key.item, reason });
        None
    }

    fn shared_failure(&self, name: &str, credentials: &str) -> Result<Option<SharedFailure>, StoreError> {
        let failure = match self.store.read(name, Part::Failure) {
            Ok(PartState::Bytes { bytes, .. }) => SharedFailure::decode(&bytes).ok(),
            Ok(_) => None,
            Err(error) if error.may_do_without() => None,
            Err(error) => return Err(error),
        };
        Ok(failure.filter(|failure| failure.credentials == credentials))
    }

    /// Counts a forced refresh before it is sent, so that a kill cannot make it uncounted. `false` if
    /// there is nothing to count, or it cannot be counted; the quota's refusal is the error.
    fn count_forced(&self, guard: &Guard<'_>, counts: bool) -> Result<bool, Both> {
        if !counts {
            return Ok(false);
        }
        let mut forced = guard.read_forced();
        forced.count(self.now())?;
        match guard.write(Part::Forced, &forced.encode(), FORCED_SECONDS, self.now()) {
            Ok(()) | Err(StoreError::NotDurable(_)) => Ok(true),
            Err(_) => {
                (self.notify)(&Notice::NotForced);
                Ok(false)
            }
        }
    }

    fn uncount_forced(&self, guard: &Guard<'_>) {
        let mut forced = guard.read_forced();
        forced.uncount();
        let _ = guard.write(Part::Forced, &forced.encode(), FORCED_SECONDS, self.now());
    }

    /// Remembers that a new token did not help, so that none is fetched automatically for a while.
    pub fn new_token_in_vain(&self, key: &Key) {
        let until = Instant::now() + timing::STORE;
        let mut pauses = self.store.pauses();
        loop {
            match self.store.try_lock(&key.name()) {
                Ok(Some(guard)) => {
                    let mut forced = guard.read_forced();
                    forced.mark_in_vain(self.now());
                    let _ = guard.write(Part::Forced, &forced.encode(), FORCED_SECONDS, self.now());
                    return;
                }
                Ok(None) if Instant::now() < until => pauses.sleep(until),
                _ => return,
            }
        }
    }

    /// Stores a value that comes from elsewhere.
    pub fn put(&self, key: &Key, fetched: Credential, until: Instant) -> Result<Served, Failure> {
        let ask = Request {
            key,
            freshness: Freshness::Newer,
            before_fetch: &|| Ok(String::new()),
            offline: false,
            counted: false,
            automatic: false,
            until,
            on_wait: &|| {},
        };
        let name = key.name();
        let mut pauses = self.store.pauses();
        loop {
            if let Some(guard) = self.store.try_lock(&name)? {
                let entry = self.look_again(&guard, key);
                let answer = PendingWrite { fetched, issued_at: self.now(), since: None };
                return match self.keep(&guard, &ask, entry.as_ref(), answer) {
                    LockOutcome::Done(outcome) => outcome,
                    LockOutcome::LockLost(_) => Err(StoreError::LockLost.into()),
                };
            }
            if Instant::now() >= until {
                return Err(lock_timeout(key.item, timing::LOCK_WAIT.as_secs()));
            }
            pauses.sleep(until);
        }
    }

    /// Everything stored that can be read, of every app, expired values too. Reads only; what cannot
    /// be read is left out, with a notice.
    pub fn entries(&self) -> Result<Vec<Stored>, Failure> {
        let mut entries = Vec::new();
        for name in self.store.names()? {
            match self.store.read(&name, Part::Value) {
                Ok(PartState::Bytes { bytes, .. }) => {
                    if let Ok(entry) = Stored::decode_any(&bytes)
                        && entry.key.name() == name
                    {
                        entries.push(entry);
                    }
                }
                Ok(PartState::Missing | PartState::Corrupt(_)) => {}
                Err(error) if error.may_do_without() => (self.notify)(&Notice::Unreadable(error.text())),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(entries)
    }

    /// The tickets that were stored under a key, newest first, with the time of each.
    pub fn history(&self, key: &Key) -> Result<Vec<(Secret, u64)>, Failure> {
        match self.store.read(&key.name(), Part::History) {
            Ok(state) => {
                let history = state.bytes().and_then(|bytes| History::decode(&bytes).ok());
                Ok(history.map(|history| history.tickets().collect()).unwrap_or_default())
            }
            Err(error) if error.may_do_without() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes what is stored and `chosen`; with `everything`, corrupt entries too. The count of
    /// forced refreshes stays: WeChat's does too. Returns how many values were removed. One that cannot
    /// be removed does not keep the others; it is the failure at the end.
    pub fn clear(&self, chosen: &dyn Fn(&Stored) -> bool, everything: bool) -> Result<usize, Failure> {
        let until = Instant::now() + timing::LOCK_WAIT;
        let (mut cleared, mut failed) = (0, None);
        for name in self.store.names()? {
            let state = match self.store.read(&name, Part::Value) {
                Err(error) if !error.may_do_without() => return Err(error.into()),
                state => state,
            };
            let entry =
                state.ok().and_then(PartState::bytes).and_then(|bytes| Stored::decode_any(&bytes).ok());
            if !entry.as_ref().map_or(everything, chosen) {
                continue;
            }
            match self.clear_one(&name, until) {
                Ok(()) => cleared += usize::from(entry.is_some()),
                Err(failure) => failed = failed.or(Some(failure)),
            }
        }
        if everything {
            self.store.remove_set_aside()?;
        }
        failed.map_or(Ok(cleared), Err)
    }

    fn clear_one(&self, name: &str, until: Instant) -> Result<(), Failure> {
        let mut pauses = self.store.pauses();
        let guard = loop {
            match self.store.try_lock(name)? {
                Some(guard) => break guard,
                None if Instant::now() >= until => {
                    let seconds = timing::LOCK_WAIT.as_secs();
                    return Err(Failure::storage(both!(
                        "缓存里有一项被别的进程锁了 {seconds} 秒，还没有放开",
                        "another process has held the lock on a cached value for {seconds} s"
                    ))
                    .hint(both!(
                        "再运行一次；卡住的进程要结束掉：ps -C wecheck",
                        "run it again; end a process that hangs: ps -C wecheck"
                    )));
                }
                None => pauses.sleep(until),
            }
        };
        for part in Part::CLEARED {
            guard.remove(part)?;
        }
        Ok(())
    }

    /// Where it is, for people: a folder, or a Redis without its password.
    pub fn location(&self) -> Option<String> {
        self.store.location()
    }

    /// Locks that do not go with the process, for a signal that ends it.
    pub fn leases(&self) -> Option<Leases> {
        self.store.leases()
    }

    /// Reports what is odd about the location itself, before the first fetch through it.
    pub fn notify_of_location(&self) {
        if let Some(notice) = self.store.notice() {
            (self.notify)(&notice);
        }
    }
}

/// What a process knew when it began to wait.
struct WaitState {
    start: Option<Identity>,
    credentials: String,
    /// The failure that was there already.
    failure: Option<String>,
}

impl WaitState {
    /// Whether a failure is this process's too: it still holds, or came while it waited.
    fn is_concerned(&self, shared: &SharedFailure, now: u64) -> bool {
        shared.holds(now) || self.failure.as_ref() != Some(&shared.id)
    }
}

/// When a fetch has to be over, so that its answer can still be stored.
fn fetch_until(ask: &Request<'_>) -> Instant {
    let storing = ask.until.checked_sub(timing::STORE).unwrap_or(ask.until);
    (Instant::now() + timing::FETCH).min(storing)
}

fn offline(item: Item) -> Failure {
    let item = item.text();
    let (zh, en) = (item.zh, item.en);
    Failure::network(both!(
        "`--offline` 不允许获取 {zh}，缓存里也没有还有效的",
        "`--offline` forbids to fetch the {en}, and the cache has none that is still valid"
    ))
    .hint(both!("先不带 --offline 运行一次", "run it once without --offline"))
}

fn lock_timeout(item: Item, seconds: u64) -> Failure {
    let item = item.text();
    let (zh, en) = (item.zh, item.en);
    Failure::storage(both!(
        "另一个进程获取同一个 {zh} 已经 {seconds} 秒，还没有结束",
        "another process has been fetching the same {en} for {seconds} s and is not done"
    ))
    .hint(both!(
        "再运行一次；卡住的进程要结束掉：ps -C wecheck",
        "run it again; end a process that hangs: ps -C wecheck"
    ))
}

/// A forced refresh that WeChat's quota does not allow.
fn not_forced(Both { zh, en }: &Both) -> Failure {
    Failure::network(both!("没有发出强制刷新：{zh}", "the forced refresh was not sent: {en}")).hint(both!(
        "不带 --refresh 就用缓存里的：wecheck token",
        "without --refresh the stored one serves: wecheck token"
    ))
}

/// An automatic refresh that is not made.
fn not_refreshed(Both { zh, en }: &Both) -> Failure {
    Failure::network(both!("没有自动换新的 access_token：{zh}", "no new access token was fetched: {en}"))
        .hint(both!("要现在就换：wecheck token --refresh", "to fetch one now: wecheck token --refresh"))
}
