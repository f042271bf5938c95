//! Disk and Redis behind one face: parts to read, a lock to take, and the guard that may write.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::disk::{self, Disk};
use super::entry::{Flaw, Forced, History, SharedFailure};
use super::redis::{self, Redis};
use super::{Place, Remark};
use crate::failure::Failure;

/// One of the things that are stored under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The token or ticket.
    Value,
    /// What the last fetch failed with.
    Failure,
    /// The forced refreshes.
    Forced,
    /// The last tickets.
    History,
}

impl Part {
    /// Those that are cleared; the count of forced refreshes stays, as WeChat's own does.
    pub(super) const CLEARED: [Self; 3] = [Self::Value, Self::History, Self::Failure];

    /// How its file's name ends.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Value => ".value",
            Self::Failure => ".failure",
            Self::Forced => ".forced",
            Self::History => ".history",
        }
    }

    pub(super) fn file_name(self, key: &str) -> String {
        format!("{key}{}", self.suffix())
    }
}

/// What stands where a part would.
pub(super) enum Found {
    Nothing,
    Bytes {
        bytes: Zeroizing<Vec<u8>>,
        /// Others could read it until now.
        tightened: bool,
    },
    Flawed(Flaw),
}

impl Found {
    fn bytes(self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Bytes { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}

/// Why the store cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or a file in it.
    #[error("{0}")]
    Disk(String),
    /// There is no folder: no home, no variable.
    #[error("there is no folder for it, as HOME is not set")]
    Nowhere,
    /// The Redis.
    #[error("{0}")]
    Redis(String),
    /// The url of the Redis, or the certificates for it.
    #[error("{0}")]
    Settings(String),
    /// The lock went to someone else while the answer was on its way.
    #[error("the lock on it was lost meanwhile")]
    LockLost,
}

impl StoreError {
    /// Whether one may fetch without the store: a broken folder concerns this machine alone, a
    /// Redis that is away may be there for all the others.
    pub(super) fn may_do_without(&self) -> bool {
        matches!(self, Self::Disk(_) | Self::Nowhere)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Settings(what) => {
                return Self::config(what.clone())
                    .hint("look at WECHECK_CACHE_URL, and at [cache]: wecheck config path");
            }
            StoreError::Disk(_) => "look at the folder: wecheck cache path",
            StoreError::Nowhere => "name a folder: WECHECK_CACHE_DIR=/path wecheck …",
            StoreError::Redis(_) => "is the Redis there? wecheck cache path",
            StoreError::LockLost => "run it again; something removes the cache's locks: wecheck cache path",
        };
        Self::storage(error.to_string()).hint(hint)
    }
}

/// A place to store things, with locks.
pub(super) enum Store {
    Disk(Disk),
    Nowhere,
    Redis(Redis),
}

/// The lock on one key, and with it the right to write.
pub(super) enum Guard<'a> {
    Disk(disk::Guard<'a>),
    Redis(redis::Guard<'a>),
}

impl Store {
    pub(super) fn new(place: Place) -> Self {
        match place {
            Place::Folder(path) => Self::Disk(Disk::new(path)),
            Place::Nowhere => Self::Nowhere,
            Place::Redis(address) => Self::Redis(Redis::new(address)),
        }
    }

    pub(super) fn read(&self, name: &str, part: Part) -> Result<Found, StoreError> {
        match self {
            Self::Disk(disk) => disk.read(name, part),
            Self::Nowhere => Err(StoreError::Nowhere),
            Self::Redis(redis) => redis.read(name, part),
        }
    }

    pub(super) fn try_lock(&self, name: &str) -> Result<Option<Guard<'_>>, StoreError> {
        match self {
            Self::Disk(disk) => Ok(disk.try_lock(name)?.map(Guard::Disk)),
            Self::Nowhere => Err(StoreError::Nowhere),
            Self::Redis(redis) => Ok(redis.try_lock(name)?.map(Guard::Redis)),
        }
    }

    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Disk(disk) => disk.names(),
            Self::Nowhere => Ok(Vec::new()),
            Self::Redis(redis) => redis.names(),
        }
    }

    pub(super) fn remove_set_aside(&self) -> Result<(), StoreError> {
        match self {
            Self::Disk(disk) => disk.remove_set_aside(),
            Self::Nowhere => Ok(()),
            Self::Redis(redis) => redis.remove_set_aside(),
        }
    }

    pub(super) fn place(&self) -> Option<String> {
        match self {
            Self::Disk(disk) => Some(disk.path().display().to_string()),
            Self::Nowhere => None,
            Self::Redis(redis) => Some(redis.shown()),
        }
    }

    pub(super) fn leases(&self) -> Option<redis::Leases> {
        match self {
            Self::Disk(_) | Self::Nowhere => None,
            Self::Redis(redis) => Some(redis.leases()),
        }
    }

    pub(super) fn remark(&self) -> Option<Remark> {
        match self {
            Self::Disk(disk) => disk.network_file_system().map(Remark::NetworkFileSystem),
            Self::Nowhere => None,
            Self::Redis(redis) => redis.plain_remote_host().map(Remark::PlainRedis),
        }
    }

    /// How often to look while another has the lock.
    pub(super) fn pauses(&self) -> Pauses {
        match self {
            Self::Disk(_) | Self::Nowhere => Pauses { next: 10, longest: 100 },
            Self::Redis(_) => Pauses { next: 50, longest: 200 },
        }
    }
}

impl Guard<'_> {
    pub(super) fn read(&self, part: Part) -> Result<Found, StoreError> {
        match self {
            Self::Disk(guard) => guard.read(part),
            Self::Redis(guard) => guard.read(part),
        }
    }

    /// Replaces a part. `life`: seconds after which a store that forgets may forget it.
    pub(super) fn write(&self, part: Part, bytes: &[u8], life: u64, now: u64) -> Result<(), StoreError> {
        match self {
            Self::Disk(guard) => guard.write(part, bytes, now),
            Self::Redis(guard) => guard.write(part, bytes, life),
        }
    }

    pub(super) fn remove(&self, part: Part) -> Result<(), StoreError> {
        match self {
            Self::Disk(guard) => guard.remove(part),
            Self::Redis(guard) => guard.remove(part),
        }
    }

    pub(super) fn set_aside(&self, part: Part) -> Result<(), StoreError> {
        match self {
            Self::Disk(guard) => guard.set_aside(part),
            Self::Redis(guard) => guard.set_aside(part),
        }
    }

    pub(super) fn read_failure(&self) -> Option<SharedFailure> {
        SharedFailure::decode(&self.read(Part::Failure).ok()?.bytes()?).ok()
    }

    pub(super) fn read_forced(&self) -> Forced {
        let bytes = self.read(Part::Forced).ok().and_then(Found::bytes);
        bytes.and_then(|bytes| Forced::decode(&bytes).ok()).unwrap_or_default()
    }

    pub(super) fn read_history(&self) -> History {
        let bytes = self.read(Part::History).ok().and_then(Found::bytes);
        bytes.and_then(|bytes| History::decode(&bytes).ok()).unwrap_or_default()
    }
}

/// Pauses that grow, at random by half, so that those who wait do not look all at once.
pub(super) struct Pauses {
    next: u64,
    longest: u64,
}

impl Pauses {
    pub(super) fn sleep(&mut self, until: Instant) {
        let random = u64::from(getrandom::u32().unwrap_or(0));
        let pause = Duration::from_millis(self.next / 2 + random % (self.next + 1));
        std::thread::sleep(pause.min(until.saturating_duration_since(Instant::now())));
        self.next = (self.next * 3 / 2).min(self.longest);
    }
}
