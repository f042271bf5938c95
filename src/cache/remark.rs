//! What the cache has to say besides its answer, in both languages.

use super::{Flaw, Item};
use crate::lang::Lang;
use crate::say;

/// A note or a warning about the cache's own state.
#[derive(Clone, Debug)]
pub enum Remark {
    /// A stored value was none.
    SetAside {
        /// Which.
        item: Item,
        /// Why.
        flaw: Flaw,
    },
    /// A file was readable by others.
    Tightened,
    /// There is no cache.
    NoCache(String),
    /// A value was fetched and not stored.
    NotStored(String),
    /// A refresh failed, and the stored value serves.
    Stale {
        /// Which.
        item: Item,
        /// Seconds it still lives.
        left: u64,
        /// What the refresh failed with.
        failure: String,
    },
    /// Locks may not hold there.
    NetworkFileSystem(&'static str),
    /// A Redis on another host, without TLS.
    PlainRedis(String),
}

impl Remark {
    /// Whether it is worth a warning and not only a note.
    pub fn is_warning(&self) -> bool {
        !matches!(self, Self::SetAside { .. } | Self::Tightened | Self::Stale { .. })
    }

    /// The text, one line.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::SetAside { item, flaw } => {
                let (item, flaw) = (item.name(), flaw.text(lang));
                say!(
                    lang,
                    "缓存里的 {item} 不能用（{flaw}），已移到一旁，重新获取",
                    "the cached {item} was no value ({flaw}): set aside, fetched anew"
                )
            }
            Self::Tightened => say!(
                lang,
                "缓存文件原来别的用户也能读，权限已改为 0600",
                "a cache file was readable by others; its mode is 0600 now"
            ),
            Self::NoCache(reason) => say!(
                lang,
                "缓存不可用：{reason}；没有缓存，每个进程都各自向服务器获取，互相之间不共享",
                "the cache cannot be used: {reason}; without it every process asks the server for itself"
            ),
            Self::NotStored(reason) => say!(
                lang,
                "已获取，但没能存入缓存：{reason}；下一个进程会再获取一次",
                "fetched, but not stored: {reason}; the next process will fetch again"
            ),
            Self::Stale { item, left, failure } => {
                let item = item.name();
                say!(
                    lang,
                    "刷新失败（{failure}），先用缓存里的 {item}，还有 {left} 秒有效",
                    "the refresh failed ({failure}); the stored {item} serves, it is valid for {left} s more"
                )
            }
            Self::NetworkFileSystem(name) => say!(
                lang,
                "缓存目录在 {name} 上，不同机器之间的文件锁未必可靠；多台机器共用时改用 Redis：WECHECK_CACHE_URL",
                "the cache folder is on {name}, where locks between machines may not hold; to share it, use a Redis: WECHECK_CACHE_URL"
            ),
            Self::PlainRedis(host) => say!(
                lang,
                "Redis `{host}` 不在本机，又没有 TLS：凭证会以明文经过网络，应改用 rediss://",
                "the Redis `{host}` is another machine and there is no TLS: tokens cross the network in clear; use rediss://"
            ),
        }
    }
}

impl Flaw {
    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Broken => lang.pick("内容不完整或被改动", "cut short or changed"),
            Self::Version => lang.pick("由另一个版本写入", "written by another version"),
            Self::OtherKey => lang.pick("属于另一个应用", "it belongs to another app"),
            Self::Future => lang.pick("时间在未来，时钟可能跳变过", "it is from the future: a clock jumped"),
            Self::NotOwn => lang.pick("不是当前用户自己的普通文件", "no plain file of this user's own"),
        }
    }
}
