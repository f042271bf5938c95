//! Disk and Redis behind one face: parts to read, a lock to take, and the guard that may write.
//!
//! In: a [`Location`]. Out: a [`Store`], opened at its first use.

use std::time::{Duration, Instant};

use super::disk::{self, Disk};
use super::entry::{Forced, History, SharedFailure};
use super::notice::Notice;
use super::part::{Part, PartState, StoreError};
use super::redis::{self, Leases, Redis};
use super::request::Location;

/// A place to store things, with locks.
#[expect(clippy::large_enum_variant, reason = "a run has one")]
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
    pub(super) fn new(location: Location) -> Self {
        match location {
            Location::Folder(path) => Self::Disk(Disk::new(path)),
            Location::Nowhere => Self::Nowhere,
            Location::Redis(address) => Self::Redis(Redis::new(address)),
        }
    }

    pub(super) fn read(&self, name: &str, part: Part) -> Result<PartState, StoreError> {
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

    pub(super) fn location(&self) -> Option<String> {
        match self {
            Self::Disk(disk) => Some(disk.path().display().to_string()),
            Self::Nowhere => None,
            Self::Redis(redis) => Some(redis.shown()),
        }
    }

    pub(super) fn leases(&self) -> Option<Leases> {
        match self {
            Self::Disk(_) | Self::Nowhere => None,
            Self::Redis(redis) => Some(redis.leases()),
        }
    }

    pub(super) fn notice(&self) -> Option<Notice> {
        match self {
            Self::Disk(disk) => disk.network_file_system().map(Notice::NetworkFileSystem),
            Self::Nowhere => None,
            Self::Redis(redis) => redis.plain_remote_host().map(Notice::PlainRedis),
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
    pub(super) fn read(&self, part: Part) -> Result<PartState, StoreError> {
        match self {
            Self::Disk(guard) => guard.read(part),
            Self::Redis(guard) => guard.read(part),
        }
    }

    /// Replaces a part. `keep_for`: seconds after which a store that forgets may forget it.
    pub(super) fn write(&self, part: Part, bytes: &[u8], keep_for: u64, now: u64) -> Result<(), StoreError> {
        match self {
            Self::Disk(guard) => guard.write(part, bytes, now),
            Self::Redis(guard) => guard.write(part, bytes, keep_for),
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
        let bytes = self.read(Part::Forced).ok().and_then(PartState::bytes);
        bytes.and_then(|bytes| Forced::decode(&bytes).ok()).unwrap_or_default()
    }

    pub(super) fn read_history(&self) -> History {
        let bytes = self.read(Part::History).ok().and_then(PartState::bytes);
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
