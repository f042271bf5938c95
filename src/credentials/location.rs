//! Which cache a run uses: the folder or the Redis that the environment and the settings name.
//!
//! In: the context. Out: a [`Cache`] that reports its notices there. Nothing is opened yet.

use std::path::PathBuf;

use crate::both;
use crate::cache::{Cache, Location, Notice, RedisAddress};
use crate::config::{ENVIRONMENT_PROFILE, Profile, REFRESH_MARGIN, Source};
use crate::context::Context;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Both;
use crate::secret::Secret;

/// The cache for a profile. The environment's own works even if a broken file hides which cache
/// was chosen: without one.
pub(super) fn cache_for<'a>(context: &'a Context, profile: &Profile) -> Result<Cache<'a>, Failure> {
    if profile.name != ENVIRONMENT_PROFILE || context.cache_settings().is_ok() {
        return cache(context);
    }
    context.warn_once(&both!(
        "配置文件里的 [cache] 读不出来，这次不用缓存：设置 WECHECK_CACHE_URL，或修好配置文件",
        "the [cache] of the config file cannot be read, so no cache is used: set WECHECK_CACHE_URL, or fix the file"
    ));
    Ok(Cache::new(Location::Nowhere, context.env.clock(), REFRESH_MARGIN, |_: &Notice| {}))
}

/// The cache that the settings and the environment name.
pub fn cache(context: &Context) -> Result<Cache<'_>, Failure> {
    let settings = context.cache_settings()?;
    let location = match &settings.redis {
        Some(source) => {
            let url = redis_url(source, &context.env)?;
            let address = RedisAddress { url, ca_file: context.env.path_var("SSL_CERT_FILE") };
            if context.env.globals.offline && address.is_remote() {
                return Err(offline_redis(&address));
            }
            Location::Redis(address)
        }
        None => cache_folder(&context.env).map_or(Location::Nowhere, Location::Folder),
    };
    let notify = |notice: &Notice| {
        let text = notice.text();
        // A token and its ticket meet the same cache.
        if notice.is_warning() { context.warn_once(&text) } else { context.out.note(text) }
    };
    Ok(Cache::new(location, context.env.clock(), settings.refresh_margin, notify))
}

/// The url of the Redis that the settings name.
pub fn redis_url(source: &Source, env: &Env) -> Result<Secret, Failure> {
    source.read(env).map_err(|error| {
        let Both { zh, en } = error.text();
        Failure::config(both!("读不到 [cache] 的 `url`：{zh}", "cannot read `url` of [cache]: {en}"))
            .hint("wecheck config check")
    })
}

/// Why a Redis on another host is not asked with `--offline`.
pub fn offline_redis(address: &RedisAddress) -> Failure {
    let shown = address.shown();
    Failure::network(both!(
        "`--offline` 不允许访问 `{shown}` 的 Redis",
        "`--offline` forbids to ask the Redis at `{shown}`"
    ))
    .hint(both!("去掉 --offline 再运行", "run it without --offline"))
}

/// `WECHECK_CACHE_DIR`, else `wecheck` in the platform's cache folder.
pub fn cache_folder(env: &Env) -> Option<PathBuf> {
    if let Some(folder) = env.path_var("WECHECK_CACHE_DIR") {
        return Some(folder);
    }
    // `dirs` reads the same variables by itself; the captured ones come first so that tests hold.
    let folder = if cfg!(any(target_os = "macos", windows)) {
        dirs::cache_dir()
    } else {
        env.path_var("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| env.path_var("HOME").map(|home| home.join(".cache")))
            .or_else(dirs::cache_dir)
    };
    folder.map(|folder| folder.join("wecheck"))
}
