//! What is asked of the cache, and what it serves.
//!
//! In: a [`Request`] of one command. Out: the types of the two sides: what a fetch is given and
//! brings, and a [`Served`] value. No file, no network.

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;

use super::entry::Stored;
use super::key::Key;
use super::redis::RedisAddress;
use crate::failure::Failure;
use crate::secret::Secret;

/// Which of the values under a key is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// One that is not old.
    Usable,
    /// A newer one than is stored now.
    Newer,
    /// Another one than the one with this fingerprint, which did not work.
    Not(String),
}

/// One question to the cache.
pub struct Request<'a> {
    /// What.
    pub key: &'a Key,
    /// Which of them.
    pub freshness: Freshness,
    /// Called once, before the first fetch or wait. Returns the digest of the credentials that a
    /// fetch would use.
    pub before_fetch: &'a dyn Fn() -> Result<String, Failure>,
    /// Nothing may be sent.
    pub offline: bool,
    /// A forced fetch counts against WeChat's quota of forced refreshes.
    pub counted: bool,
    /// No person asked for the refresh: a failed token did.
    pub automatic: bool,
    /// When the whole command has to be over.
    pub until: Instant,
    /// Called once, when the wait for another process begins.
    pub on_wait: &'a dyn Fn(),
}

/// Input of the fetch callback.
#[derive(Clone, Copy, Debug)]
pub struct Fetching {
    /// The server has to give a new value, even if the old one is still valid.
    pub force: bool,
    /// When an answer has to be there.
    pub until: Instant,
}

/// What a fetch failed with.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What everyone who waits gets.
    pub failure: Failure,
    /// For how long, in seconds.
    pub shared_for: u64,
    /// Whether the server may have seen the request, and counted it.
    pub sent: bool,
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
    /// Where it came from.
    pub source: Origin,
    /// When it ends, Unix seconds; `None` if a token server does not say.
    pub expires_at: Option<u64>,
    /// Seconds until then.
    pub expires_in: Option<u64>,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
}

impl Served {
    pub(super) fn new(stored: &Stored, source: Origin, now: u64) -> Self {
        Self {
            value: stored.value.clone(),
            source,
            expires_at: Some(stored.expires_at),
            expires_in: Some(stored.left(now)),
            group_id: stored.group_id.clone(),
        }
    }
}

/// Where a cache is.
#[derive(Clone, Debug)]
pub enum Location {
    /// A folder.
    Folder(PathBuf),
    /// There is no folder to be had: nothing is kept.
    Nowhere,
    /// A Redis.
    Redis(RedisAddress),
}
