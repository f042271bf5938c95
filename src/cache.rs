//! Tokens and tickets kept between runs and between processes: one fetch, never a gap, never the
//! wrong one (product.md 4).
//!
//! In: a [`Key`], what is wanted of it, and the fetch as a closure. Out: a [`Served`] value. A
//! value is read without a lock; if it is old, a lock that belongs to its key is taken, *the value
//! is read again*, one request is made, the answer replaces the old value in one step. What a
//! fetch failed with is left under the lock for a moment, so that those who wait do not ask
//! again one by one. Only the lock's guard can write. Expiry goes by the clock handed in, waiting
//! by a monotonic one.

mod disk;
mod entry;
mod redis;
mod remark;
mod store;

use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use entry::{Entry, FORCED_A_DAY, Flaw};
pub use redis::{Address as RedisAddress, Leases, Reader as RedisReader};
pub use remark::Remark;
pub use store::StoreError;

use entry::{History, SharedFailure};
use store::{Found, Guard, Part, Store};

use crate::env::Clock;
use crate::failure::Failure;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::signature::Kind;
use crate::timing;

/// While another process refreshes it, an old value serves if it has more than this left. Seconds.
const SERVES_WHILE_REFRESHED: u64 = 60;

/// A value younger than this is not fetched again because it is short-lived. Seconds.
const YOUNG: u64 = 30;

/// What can be stored of an app.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// The access token.
    Token,
    /// The ticket of wx.config.
    Jsapi,
    /// The ticket of wx.agentConfig, work.
    Agent,
    /// The api_ticket of cards and invoices: one ticket.
    #[value(alias = "invoice", alias = "card-ext")]
    Card,
    /// The group_ticket of the old 企业号.
    Group,
}

impl Item {
    /// The ticket that a kind of signature is made with.
    pub fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Jsapi => Self::Jsapi,
            Kind::Agent => Self::Agent,
            Kind::Card | Kind::CardExt | Kind::Invoice => Self::Card,
            Kind::Group => Self::Group,
        }
    }

    /// The name in flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Jsapi => "jsapi",
            Self::Agent => "agent",
            Self::Card => "card",
            Self::Group => "group",
        }
    }
}

/// Whose value it is: two scopes never share one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The platform.
    pub platform: Platform,
    /// The API's base address: two environments never meet.
    pub api_base: String,
    /// appid or corpid.
    pub app_id: String,
    /// agent_id, on work.
    pub agent_id: Option<String>,
    /// Digest of the secret, on work, where each app of a corp has its own.
    pub credentials: Option<String>,
}

impl Scope {
    /// The scope of an app that has no agents.
    pub fn new(platform: Platform, api_base: &str, app_id: &str) -> Self {
        Self {
            platform,
            api_base: api_base.to_owned(),
            app_id: app_id.to_owned(),
            agent_id: None,
            credentials: None,
        }
    }
}

/// One value's place in the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Whose.
    pub scope: Scope,
    /// What.
    pub item: Item,
}

impl Key {
    /// A name that says nothing: a digest of all of the key.
    fn name(&self) -> String {
        let Scope { platform, api_base, app_id, agent_id, credentials } = &self.scope;
        let mut digest = Sha256::new();
        for part in [
            platform.name(),
            api_base,
            app_id,
            agent_id.as_deref().unwrap_or_default(),
            credentials.as_deref().unwrap_or_default(),
            self.item.name(),
        ] {
            // The length keeps `a`, `bc` apart from `ab`, `c`.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        hex::encode(&digest.finalize()[..20])
    }
}

/// A digest of an app's credentials: tells two secrets apart without being one.
pub fn credentials_digest(app_id: &str, secret: &Secret) -> String {
    let mut digest = Sha256::new();
    digest.update(b"wecheck credentials\n");
    digest.update((app_id.len() as u64).to_be_bytes());
    digest.update(app_id);
    digest.update(secret.reveal());
    hex::encode(&digest.finalize()[..16])
}

/// What is wanted of a stored value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// One that is not old.
    Usable,
    /// A newer one than is stored now.
    Newer,
    /// Another one than the one with this fingerprint, which did not work.
    Not(String),
}

/// One question to the cache.
pub struct Ask<'a> {
    /// What.
    pub key: &'a Key,
    /// Which of them.
    pub want: Want,
    /// The digest of the credentials that a fetch would use; asked for only before one.
    pub credentials: &'a dyn Fn() -> Result<String, Failure>,
    /// Nothing may be sent.
    pub offline: bool,
    /// A forced fetch counts against WeChat's quota of forced refreshes.
    pub counted: bool,
    /// No person asked for the refresh: a failed token did.
    pub unasked: bool,
    /// When the whole command has to be over.
    pub until: Instant,
    /// Told once, when the wait for another process begins.
    pub on_wait: &'a dyn Fn(),
}

/// What a fetch is told.
#[derive(Clone, Copy, Debug)]
pub struct Fetching {
    /// The server has to give a new value, also where the old one still lives.
    pub force: bool,
    /// When an answer has to be there.
    pub until: Instant,
}

/// What a fetch brought.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The token or ticket.
    pub value: Secret,
    /// Its life in seconds, above 0.
    pub expires_in: u64,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
}

/// What a fetch failed with.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What everybody who waits gets.
    pub failure: Failure,
    /// For how long, in seconds.
    pub shared_for: u64,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// It was stored.
    Cache,
    /// It was fetched just now.
    Upstream,
}

/// A value that may be used.
#[derive(Clone, Debug)]
pub struct Served {
    /// The token or ticket.
    pub value: Secret,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
    /// When it ends, Unix seconds.
    pub expires_at: u64,
    /// Where it came from.
    pub origin: Origin,
}

impl Served {
    fn cached(entry: &Entry) -> Self {
        Self {
            value: entry.value.clone(),
            group_id: entry.group_id.clone(),
            expires_at: entry.expires_at,
            origin: Origin::Cache,
        }
    }
}

/// Why no value is served.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// `--offline`, and nothing stored is still alive.
    #[error("`--offline` forbids to fetch the {0}, and the cache has none that is still valid")]
    Offline(&'static str),
    /// The fetch failed, here or in the process that was waited for.
    #[error("{0}")]
    Fetch(Failure),
    /// The cache cannot be used, and may not be done without.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Another process kept the lock.
    #[error("another process has been fetching the same {item} for {seconds} s and is not done")]
    LockTimeout {
        /// What.
        item: &'static str,
        /// How long was waited.
        seconds: u64,
    },
    /// A forced refresh that WeChat's quota does not allow; it was not sent.
    #[error("the forced refresh was not sent: {0}")]
    Quota(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::Fetch(failure) => failure,
            Error::Store(error) => error.into(),
            Error::Offline(_) => Self::network(said).hint("run it once without --offline"),
            Error::Quota(_) => {
                Self::network(said).hint("without --refresh the stored one serves: wecheck token")
            }
            Error::LockTimeout { .. } => {
                Self::storage(said).hint("run it again; a process that hangs has to be ended: ps -C wecheck")
            }
        }
    }
}

/// Where a cache is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder.
    Folder(PathBuf),
    /// There is no folder to be had: nothing is kept.
    Nowhere,
    /// A Redis.
    Redis(RedisAddress),
}

/// The cache, opened at its first use.
pub struct Cache<'a> {
    store: Store,
    clock: Clock,
    /// Seconds before its expiry at which a value counts as old.
    margin: u64,
    remark: Box<dyn Fn(&Remark) + 'a>,
}

/// Tells one stored value from the next.
type Identity = (u64, String);

fn identity(entry: &Entry) -> Identity {
    (entry.generation, entry.value.fingerprint())
}

/// What came of one turn under the lock.
enum Turn {
    Done(Result<Served, Error>),
    /// The lock was lost while the answer was on its way: it is stored when it is had again.
    LockLost(InHand),
}

/// An answer that is not stored yet, and what was stored when it was asked for.
struct InHand {
    fetched: Fetched,
    issued_at: u64,
    since: Option<Identity>,
}

impl<'a> Cache<'a> {
    /// A cache at a place. Nothing is opened yet.
    pub fn new(place: Place, clock: Clock, margin: u64, remark: impl Fn(&Remark) + 'a) -> Self {
        Self { store: Store::new(place), clock, margin, remark: Box::new(remark) }
    }

    fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The value, stored or fetched; at most one process fetches it at a time.
    pub fn get_or_fetch(
        &self,
        ask: &Ask<'_>,
        fetch: &mut dyn FnMut(Fetching) -> Result<Fetched, Fault>,
    ) -> Result<Served, Error> {
        let name = ask.key.name();
        let first = self.look(ask.key, &name)?;
        let start = first.as_ref().map(identity);
        if let Some(entry) = first.as_ref().filter(|entry| self.answers(ask, entry, start.as_ref())) {
            return Ok(Served::cached(entry));
        }
        if ask.offline {
            let alive = first.filter(|entry| self.may_serve(ask, entry));
            return alive.map(|entry| Served::cached(&entry)).ok_or(Error::Offline(ask.key.item.name()));
        }
        let credentials = match (ask.credentials)() {
            Ok(digest) => digest,
            Err(failure) => return self.instead_of(failure, ask, first.as_ref()),
        };
        let shared = self.shared_failure(&name, &credentials)?;
        if let Some(shared) = shared.as_ref().filter(|shared| shared.holds(self.now())) {
            return self.instead_of(shared.failure(), ask, first.as_ref());
        }
        let waited = Waited { start, credentials, failure: shared.map(|shared| shared.id) };
        self.fetch_or_wait(ask, &name, &waited, fetch)
    }

    /// Takes the lock and fetches, or waits for the one who has it.
    fn fetch_or_wait(
        &self,
        ask: &Ask<'_>,
        name: &str,
        waited: &Waited,
        fetch: &mut dyn FnMut(Fetching) -> Result<Fetched, Fault>,
    ) -> Result<Served, Error> {
        let began = Instant::now();
        let give_up = (began + timing::LOCK_WAIT).min(ask.until);
        let mut pauses = self.store.pauses();
        let mut in_hand: Option<InHand> = None;
        let mut waiting = false;
        loop {
            match self.store.try_lock(name) {
                Ok(Some(guard)) => match self.turn(&guard, ask, waited, in_hand.take(), fetch) {
                    Turn::Done(outcome) => return outcome,
                    Turn::LockLost(answer) => in_hand = Some(answer),
                },
                Ok(None) => {}
                Err(error) => match in_hand {
                    Some(answer) => return Ok(self.unstored(answer.fetched, &error)),
                    None if error.may_do_without() => return self.without(ask, &error, fetch),
                    None => return Err(error.into()),
                },
            }
            if !waiting {
                waiting = true;
                (ask.on_wait)();
            }
            let entry = match (self.look(ask.key, name), &in_hand) {
                (Ok(entry), _) => entry,
                (Err(error), Some(answer)) => return Ok(self.unstored(answer.fetched.clone(), &error)),
                (Err(error), None) => return Err(error.into()),
            };
            if let Some(entry) = &entry {
                let newer = in_hand.as_ref().is_some_and(|answer| answer.since != Some(identity(entry)));
                let serves = ask.want == Want::Usable && entry.left(self.now()) > SERVES_WHILE_REFRESHED;
                if newer || serves || self.answers(ask, entry, waited.start.as_ref()) {
                    return Ok(Served::cached(entry));
                }
            }
            if in_hand.is_none()
                && let Some(shared) = self.shared_failure(name, &waited.credentials)?
                && waited.concerns(&shared, self.now())
            {
                return self.instead_of(shared.failure(), ask, entry.as_ref());
            }
            if Instant::now() >= give_up {
                let timeout =
                    Error::LockTimeout { item: ask.key.item.name(), seconds: began.elapsed().as_secs() };
                return match in_hand {
                    Some(answer) => Ok(self.unstored(answer.fetched, &StoreError::LockLost)),
                    None => self.instead_of(timeout.into(), ask, entry.as_ref()),
                };
            }
            pauses.sleep(give_up);
        }
    }

    /// One turn with the lock: look again, fetch, store.
    fn turn(
        &self,
        guard: &Guard<'_>,
        ask: &Ask<'_>,
        waited: &Waited,
        in_hand: Option<InHand>,
        fetch: &mut dyn FnMut(Fetching) -> Result<Fetched, Fault>,
    ) -> Turn {
        // Whoever had the lock before may have fetched what is wanted here.
        let entry = self.look_again(guard, ask.key);
        if let Some(answer) = in_hand {
            return self.keep_unless_newer(guard, ask, entry.as_ref(), answer);
        }
        if let Some(entry) = entry.as_ref().filter(|entry| self.answers(ask, entry, waited.start.as_ref())) {
            return Turn::Done(Ok(Served::cached(entry)));
        }
        let shared = guard.read_failure();
        if let Some(shared) = shared
            .filter(|shared| shared.credentials == waited.credentials && waited.concerns(shared, self.now()))
        {
            return Turn::Done(self.instead_of(shared.failure(), ask, entry.as_ref()));
        }
        let force = match &ask.want {
            Want::Usable => false,
            Want::Newer => true,
            Want::Not(failed) => entry.as_ref().is_some_and(|entry| entry.value.fingerprint() == *failed),
        };
        if force
            && ask.counted
            && let Err(refusal) = self.count_forced(guard, ask.unasked)
        {
            return Turn::Done(Err(Error::Quota(refusal)));
        }
        let fetching = Fetching { force, until: (Instant::now() + timing::FETCH).min(ask.until) };
        let asked_at = self.now();
        match fetch(fetching) {
            Ok(fetched) => {
                let now = self.now();
                // No fetch takes longer: the machine slept while its answer lay there and aged.
                let slept = now.saturating_sub(asked_at) > timing::FETCH.as_secs() + 1;
                let issued_at = if slept { asked_at } else { now };
                let answer = InHand { fetched, issued_at, since: entry.as_ref().map(identity) };
                // With the lock file deleted under us, or a lease run out, someone else may have
                // stored a newer one meanwhile.
                self.keep_unless_newer(guard, ask, self.look_again(guard, ask.key).as_ref(), answer)
            }
            Err(Fault { failure, shared_for }) => {
                let shared = SharedFailure::new(&failure, waited.credentials.clone(), self.now(), shared_for);
                // Unrecorded, the next one in line asks for itself.
                let _ = guard.write(Part::Failure, &shared.encode(), shared_for, self.now());
                Turn::Done(self.instead_of(failure, ask, entry.as_ref()))
            }
        }
    }

    /// Stores an answer, unless another one was stored since it was asked for: that one wins.
    fn keep_unless_newer(
        &self,
        guard: &Guard<'_>,
        ask: &Ask<'_>,
        stored: Option<&Entry>,
        answer: InHand,
    ) -> Turn {
        match stored.filter(|stored| answer.since.as_ref() != Some(&identity(stored))) {
            Some(newer) if newer.left(self.now()) > 0 => Turn::Done(Ok(Served::cached(newer))),
            _ => self.keep(guard, ask, stored, answer),
        }
    }

    /// Stores a fetched value and serves it; also where it cannot be stored.
    fn keep(&self, guard: &Guard<'_>, ask: &Ask<'_>, before: Option<&Entry>, answer: InHand) -> Turn {
        let InHand { fetched, issued_at, .. } = answer;
        let entry = Entry {
            key: ask.key.clone(),
            generation: before.map_or(1, |before| before.generation.saturating_add(1)),
            value: fetched.value.clone(),
            group_id: fetched.group_id.clone(),
            issued_at,
            expires_at: issued_at.saturating_add(fetched.expires_in),
        };
        match guard.write(Part::Value, &entry.encode(), fetched.expires_in, self.now()) {
            Ok(()) => {}
            Err(StoreError::LockLost) => {
                return Turn::LockLost(InHand { fetched, issued_at, since: before.map(identity) });
            }
            Err(error) => return Turn::Done(Ok(self.unstored(fetched, &error))),
        }
        if ask.key.item != Item::Token {
            // Its loss costs verify an explanation, nobody a value.
            let mut history = guard.read_history();
            history.add(&fetched.value, issued_at);
            let _ = guard.write(Part::History, &history.encode(), HISTORY_LIFE, self.now());
        }
        Turn::Done(Ok(Served { origin: Origin::Upstream, ..Served::cached(&entry) }))
    }

    /// A value that was fetched but not stored: it serves, once, with a warning.
    fn unstored(&self, fetched: Fetched, error: &StoreError) -> Served {
        (self.remark)(&Remark::NotStored(error.to_string()));
        Served {
            value: fetched.value,
            group_id: fetched.group_id,
            expires_at: self.now().saturating_add(fetched.expires_in),
            origin: Origin::Upstream,
        }
    }

    /// Fetches alone where there is no cache to be had.
    fn without(
        &self,
        ask: &Ask<'_>,
        error: &StoreError,
        fetch: &mut dyn FnMut(Fetching) -> Result<Fetched, Fault>,
    ) -> Result<Served, Error> {
        (self.remark)(&Remark::NoCache(error.to_string()));
        let fetching = Fetching {
            force: ask.want != Want::Usable,
            until: (Instant::now() + timing::FETCH).min(ask.until),
        };
        let fetched = fetch(fetching).map_err(|fault| Error::Fetch(fault.failure))?;
        Ok(Served {
            value: fetched.value,
            group_id: fetched.group_id,
            expires_at: self.now().saturating_add(fetched.expires_in),
            origin: Origin::Upstream,
        })
    }

    /// What serves in place of a failed refresh, or the failure.
    fn instead_of(&self, failure: Failure, ask: &Ask<'_>, entry: Option<&Entry>) -> Result<Served, Error> {
        let now = self.now();
        let stale = entry.filter(|entry| self.may_serve(ask, entry));
        let Some(entry) = stale else { return Err(Error::Fetch(failure)) };
        (self.remark)(&Remark::Stale {
            item: ask.key.item,
            left: entry.left(now),
            failure: failure.message.to_string(),
        });
        Ok(Served::cached(entry))
    }

    /// Whether a stored value serves where a newer one cannot be had: it lives, and is not the very
    /// one that did not work.
    fn may_serve(&self, ask: &Ask<'_>, entry: &Entry) -> bool {
        let failed = matches!(&ask.want, Want::Not(failed) if entry.value.fingerprint() == *failed);
        entry.left(self.now()) > 0 && !failed
    }

    /// Whether a stored value is what is wanted. `start`: what was stored when it was asked for.
    fn answers(&self, ask: &Ask<'_>, entry: &Entry, start: Option<&Identity>) -> bool {
        let now = self.now();
        let fresh = entry.left(now) > self.margin
            || (entry.left(now) > 0 && now.saturating_sub(entry.issued_at) < YOUNG);
        match &ask.want {
            Want::Usable => fresh,
            Want::Newer => entry.left(now) > 0 && start != Some(&identity(entry)),
            Want::Not(failed) => fresh && entry.value.fingerprint() != *failed,
        }
    }

    /// Reads a value without a lock. What is none counts as missing here; the one with the lock
    /// sets it aside.
    fn look(&self, key: &Key, name: &str) -> Result<Option<Entry>, StoreError> {
        match self.store.read(name, Part::Value) {
            Ok(Found::Bytes { bytes, tightened }) => {
                if tightened {
                    (self.remark)(&Remark::Tightened);
                }
                Ok(Entry::decode(&bytes, key, self.now()).ok())
            }
            Ok(Found::Nothing | Found::Flawed(_)) => Ok(None),
            // The lock will say the same, and there it is dealt with.
            Err(error) if error.may_do_without() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a value with the lock, and sets aside what is none.
    fn look_again(&self, guard: &Guard<'_>, key: &Key) -> Option<Entry> {
        let flaw = match guard.read(Part::Value) {
            Ok(Found::Bytes { bytes, .. }) => match Entry::decode(&bytes, key, self.now()) {
                Ok(entry) => return Some(entry),
                Err(flaw) => flaw,
            },
            Ok(Found::Flawed(flaw)) => flaw,
            Ok(Found::Nothing) | Err(_) => return None,
        };
        // Where it cannot be moved, the next write replaces it.
        let _ = guard.set_aside(Part::Value);
        (self.remark)(&Remark::SetAside { item: key.item, flaw });
        None
    }

    fn shared_failure(&self, name: &str, credentials: &str) -> Result<Option<SharedFailure>, StoreError> {
        let failure = match self.store.read(name, Part::Failure) {
            Ok(Found::Bytes { bytes, .. }) => SharedFailure::decode(&bytes).ok(),
            Ok(_) => None,
            Err(error) if error.may_do_without() => None,
            Err(error) => return Err(error),
        };
        Ok(failure.filter(|failure| failure.credentials == credentials))
    }

    /// Counts a forced refresh before it is sent, so that a kill cannot make it uncounted.
    fn count_forced(&self, guard: &Guard<'_>, unasked: bool) -> Result<(), String> {
        let mut forced = guard.read_forced();
        forced.count(self.now(), unasked)?;
        guard
            .write(Part::Forced, &forced.encode(), FORCED_LIFE, self.now())
            .map_err(|error| format!("it cannot be counted: {error}"))
    }

    /// Remembers that a forced refresh of a token did not help, so that none follows unasked.
    pub fn forced_in_vain(&self, key: &Key) {
        if let Ok(Some(guard)) = self.store.try_lock(&key.name()) {
            let mut forced = guard.read_forced();
            forced.mark_in_vain(self.now());
            let _ = guard.write(Part::Forced, &forced.encode(), FORCED_LIFE, self.now());
        }
    }

    /// Stores a value that comes from elsewhere.
    pub fn put(&self, key: &Key, fetched: Fetched, until: Instant) -> Result<Served, Error> {
        let ask = Ask {
            key,
            want: Want::Newer,
            credentials: &|| Ok(String::new()),
            offline: false,
            counted: false,
            unasked: false,
            until,
            on_wait: &|| {},
        };
        let name = key.name();
        let mut pauses = self.store.pauses();
        loop {
            if let Some(guard) = self.store.try_lock(&name)? {
                let entry = self.look_again(&guard, key);
                let answer = InHand { fetched, issued_at: self.now(), since: None };
                return match self.keep(&guard, &ask, entry.as_ref(), answer) {
                    Turn::Done(outcome) => outcome,
                    Turn::LockLost(_) => Err(StoreError::LockLost.into()),
                };
            }
            if Instant::now() >= until {
                return Err(Error::LockTimeout {
                    item: key.item.name(),
                    seconds: timing::LOCK_WAIT.as_secs(),
                });
            }
            pauses.sleep(until);
        }
    }

    /// Everything stored that can be read, whosever it is, also expired. Reads only.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        for name in self.store.names()? {
            if let Found::Bytes { bytes, .. } = self.store.read(&name, Part::Value)?
                && let Ok(entry) = Entry::decode_any(&bytes)
                && entry.key.name() == name
            {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    /// The tickets that were stored under a key, newest first, with the time of each.
    pub fn history(&self, key: &Key) -> Result<Vec<(Secret, u64)>, Error> {
        match self.store.read(&key.name(), Part::History)? {
            Found::Bytes { bytes, .. } => {
                Ok(History::decode(&bytes).map(|history| history.tickets().collect()).unwrap_or_default())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Removes what is stored and `chosen`; with `everything`, also what is no value. The count of
    /// forced refreshes stays: WeChat's does too. Returns how many values went.
    pub fn clear(&self, chosen: &dyn Fn(&Entry) -> bool, everything: bool) -> Result<usize, Error> {
        let until = Instant::now() + timing::LOCK_WAIT;
        let mut cleared = 0;
        for name in self.store.names()? {
            let entry = match self.store.read(&name, Part::Value)? {
                Found::Bytes { bytes, .. } => Entry::decode_any(&bytes).ok(),
                _ => None,
            };
            if !entry.as_ref().map_or(everything, chosen) {
                continue;
            }
            let mut pauses = self.store.pauses();
            let guard = loop {
                match self.store.try_lock(&name)? {
                    Some(guard) => break guard,
                    None if Instant::now() >= until => {
                        return Err(Error::LockTimeout {
                            item: "value",
                            seconds: timing::LOCK_WAIT.as_secs(),
                        });
                    }
                    None => pauses.sleep(until),
                }
            };
            for part in Part::CLEARED {
                guard.remove(part)?;
            }
            cleared += usize::from(entry.is_some());
        }
        if everything {
            self.store.remove_set_aside()?;
        }
        Ok(cleared)
    }

    /// Where it is, for people: a folder, or a Redis without its password.
    pub fn place(&self) -> Option<String> {
        self.store.place()
    }

    /// Locks that do not go with the process, for a signal that ends it.
    pub fn leases(&self) -> Option<Leases> {
        self.store.leases()
    }

    /// What is to be said of the place itself, before the first fetch through it.
    pub fn remarks_on_place(&self) {
        if let Some(remark) = self.store.remark() {
            (self.remark)(&remark);
        }
    }
}

/// What a process knew when it began to wait.
struct Waited {
    start: Option<Identity>,
    credentials: String,
    /// The failure that lay there already.
    failure: Option<String>,
}

impl Waited {
    /// Whether a failure speaks for this process: it still holds, or came while it waited.
    fn concerns(&self, shared: &SharedFailure, now: u64) -> bool {
        shared.holds(now) || self.failure.as_ref() != Some(&shared.id)
    }
}

/// How long the tickets of the past stay in a store that forgets. Seconds.
const HISTORY_LIFE: u64 = 7 * 86_400;

/// How long the count of forced refreshes stays in a store that forgets. Seconds.
const FORCED_LIFE: u64 = 86_400 + 3_600;
