//! What the cache has to say besides its answer, in both languages.
//!
//! In: what happened. Out: one line, and whether it is a warning.

use super::entry::EntryError;
use super::key::Item;
use crate::both;
use crate::lang::{Both, Text};

/// A note or a warning about the cache's own state.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A stored value was corrupt.
    SetAside {
        /// Which.
        item: Item,
        /// Why.
        reason: EntryError,
    },
    /// A file was readable by others.
    Tightened,
    /// There is no cache.
    NoCache(Both),
    /// A value was fetched and not stored.
    NotStored(Both),
    /// A value was stored, and a power cut may undo it.
    NotDurable(Both),
    /// A forced refresh could not be counted, so the token was asked for unforced.
    NotForced,
    /// A refresh failed, and the stored value serves.
    Stale {
        /// Which.
        item: Item,
        /// Seconds it is still valid.
        left: u64,
        /// What the refresh failed with.
        failure: Both,
    },
    /// A stored value cannot be read.
    Unreadable(Both),
    /// Locks may not hold there.
    NetworkFileSystem(&'static str),
    /// A Redis on another host, without TLS.
    PlainRedis(String),
}

impl Notice {
    /// Whether it is worth a warning and not only a note.
    pub fn is_warning(&self) -> bool {
        !matches!(self, Self::SetAside { .. } | Self::Tightened | Self::Stale { .. } | Self::NotForced)
    }

    /// The text, one line.
    pub fn text(&self) -> Both {
        match self {
            Self::SetAside { item, reason } => {
                let (item, Text { zh, en }) = (item.name(), reason.text());
                both!(
                    "缓存里的 {item} 已损坏（{zh}），已移到一旁，重新获取",
                    "the cached {item} was corrupt ({en}): moved aside and fetched again"
                )
            }
            Self::Tightened => both!(
                "缓存文件原来别的用户也能读，权限已改为 0600",
                "a cache file was readable by others; its mode is 0600 now"
            ),
            Self::NoCache(Both { zh, en }) => both!(
                "缓存不可用：{zh}；没有缓存，每个进程都各自向服务器获取，互相之间不共享",
                "the cache cannot be used: {en}; without it every process asks the server for itself"
            ),
            Self::NotStored(Both { zh, en }) => both!(
                "已获取，但没能存入缓存：{zh}；下一个进程会再获取一次",
                "fetched, but not stored: {en}; the next process will fetch again"
            ),
            Self::NotDurable(Both { zh, en }) => both!(
                "已存入缓存，但没能落盘：{zh}；如果断电，下一个进程会再获取一次",
                "stored, but not synced to the disk: {en}; after a power cut it is fetched again"
            ),
            Self::NotForced => both!(
                "强制刷新的次数没法记录，这次改为普通获取：拿到的可能还是原来的 access_token",
                "forced refreshes cannot be counted here, so this one was asked for unforced: the token may be the same"
            ),
            Self::Stale { item, left, failure: Both { zh, en } } => {
                let item = item.name();
                both!(
                    "刷新失败（{zh}），先用缓存里的 {item}，还有 {left} 秒有效",
                    "the refresh failed ({en}); the stored {item} serves, it is valid for {left} s more"
                )
            }
            Self::Unreadable(Both { zh, en }) => {
                both!(
                    "缓存里有一项读不出来，已跳过：{zh}",
                    "one cached value cannot be read and is left out: {en}"
                )
            }
            Self::NetworkFileSystem(name) => both!(
                "缓存目录在 {name} 上，不同机器之间的文件锁未必可靠；多台机器共用时改用 Redis：WECHECK_CACHE_URL",
                "the cache folder is on {name}, where locks between machines may not hold; to share it, use a Redis: WECHECK_CACHE_URL"
            ),
            Self::PlainRedis(host) => both!(
                "Redis `{host}` 不在本机，又没有 TLS：凭证会以明文经过网络，应改用 rediss://",
                "the Redis `{host}` is another machine and there is no TLS: tokens cross the network in clear; use rediss://"
            ),
        }
    }
}

impl EntryError {
    fn text(self) -> Text {
        match self {
            Self::Malformed => Text { zh: "内容不完整或被改动", en: "cut short or changed" },
            Self::Version => Text { zh: "由另一个版本写入", en: "written by another version" },
            Self::OtherKey => Text { zh: "属于另一个应用", en: "it belongs to another app" },
            Self::Future => Text {
                zh: "时间在未来，时钟可能跳变过",
                en: "it is from the future: a clock jumped",
            },
            Self::NotOwn => Text {
                zh: "不是当前用户自己的普通文件",
                en: "not a plain file of this user's own",
            },
            Self::Exposed => Text { zh: "别的用户可以改写它", en: "other users could write to it" },
        }
    }
}
