//! The vocabulary of disk and Redis: the parts under a key, what is found of one, and why a store
//! cannot be used.
//!
//! In: nothing. Out: [`Part`], [`PartState`], [`StoreError`] and the failure made of it. Pure.

use zeroize::Zeroizing;

use super::entry::EntryError;
use crate::both;
use crate::failure::Failure;
use crate::lang::{Both, Text};

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

/// The state of a stored part.
pub(super) enum PartState {
    Missing,
    Bytes {
        bytes: Zeroizing<Vec<u8>>,
        /// Others could read it until now.
        tightened: bool,
    },
    /// Something is there that cannot be a part.
    Corrupt(EntryError),
}

impl PartState {
    pub(super) fn bytes(self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Bytes { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}

/// Why a folder is refused: our own words inside an `io::Error`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(pub(super) Text);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.en)
    }
}

impl std::error::Error for Refused {}

impl Refused {
    pub(super) const OTHER_USER: Self =
        Self(Text { zh: "它属于另一个用户", en: "it belongs to another user" });
    pub(super) const OTHERS_WRITE: Self =
        Self(Text { zh: "别的用户可以写它：chmod go-w", en: "others can write to it: chmod go-w" });
    pub(super) const NOT_A_FOLDER: Self =
        Self(Text { zh: "它是链接或文件，不是目录", en: "it is a link or a file, not a folder" });
    pub(super) const LOCK_NOT_OWN: Self =
        Self(Text { zh: "锁文件属于另一个用户", en: "the lock file belongs to another user" });

    /// The words of an `io::Error`: ours in both languages, or the system's.
    pub(super) fn text_of(error: &std::io::Error) -> Both {
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        own.map_or_else(
            || Both::from(error),
            |Self(Text { zh, en })| Both { zh: (*zh).to_owned(), en: (*en).to_owned() },
        )
    }
}

/// Why the store cannot be used.
#[derive(Clone, Debug)]
pub(super) enum StoreError {
    /// The folder or a file in it.
    Disk(Both),
    /// There is no folder: no home, no variable.
    Nowhere,
    /// The Redis.
    Redis(Both),
    /// The url of the Redis, or the certificates for it.
    Settings(Both),
    /// Another process has taken the lock while the answer was on its way.
    LockLost,
    /// It is stored, but the folder could not be synced: a power cut may undo it.
    NotDurable(Both),
}

impl StoreError {
    /// Whether one may fetch without the store: a broken folder concerns this machine alone, a
    /// Redis that is away may be there for all the others.
    pub(super) fn may_do_without(&self) -> bool {
        matches!(self, Self::Disk(_) | Self::Nowhere)
    }

    /// What happened, in both languages.
    pub(super) fn text(&self) -> Both {
        match self {
            Self::Disk(what) | Self::Redis(what) | Self::Settings(what) | Self::NotDurable(what) => {
                what.clone()
            }
            Self::Nowhere => {
                both!("没有可用的目录：HOME 没有设置", "there is no folder for it, because HOME is not set")
            }
            Self::LockLost => {
                both!("它的锁在途中被别的进程拿走了", "another process has taken its lock meanwhile")
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Settings(what) => {
                return Self::config(what.clone()).hint(both!(
                    "检查 WECHECK_CACHE_URL 和配置里的 [cache]：wecheck config path",
                    "look at WECHECK_CACHE_URL, and at [cache]: wecheck config path"
                ));
            }
            StoreError::Disk(_) | StoreError::NotDurable(_) => {
                both!("检查缓存目录：wecheck cache path", "look at the folder: wecheck cache path")
            }
            StoreError::Nowhere => {
                both!(
                    "指定一个目录：WECHECK_CACHE_DIR=/path wecheck …",
                    "name a folder: WECHECK_CACHE_DIR=/path wecheck …"
                )
            }
            StoreError::Redis(_) => {
                both!("检查这个 Redis 是否可用：wecheck cache path", "is the Redis there? wecheck cache path")
            }
            StoreError::LockLost => both!(
                "再运行一次；有别的程序在删除缓存的锁：wecheck cache path",
                "run it again; something removes the cache's locks: wecheck cache path"
            ),
        };
        Self::storage(error.text()).hint(hint)
    }
}
