//! Settings and credentials: flag, then environment, then `config.toml`, then default.
//!
//! In: the captured [`Env`] and the file. Out: [`Settings`], one [`Profile`] chosen from them, and
//! where each secret is to be read from. A secret's text is read only when a command needs it
//! ([`Source::read`]) and lives in a [`Secret`] from then on. Errors name fields, positions and
//! lengths, never a value.

mod file;
mod source;

use std::path::{Path, PathBuf};

pub use source::{Source, SourceError};

use crate::both;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{Both, Lang, plural_s};
use crate::nearest::nearest;
use crate::platform::Platform;
use crate::secret::Secret;

/// A value counts as old this many seconds before its expiry, unless the file says otherwise.
pub const REFRESH_MARGIN: u64 = 300;

/// The names of the environment's own profile, in messages and in `profile` of JSON.
pub const ENVIRONMENT_PROFILE: &str = "environment";

/// What `config.toml` and the environment say together.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where the file is or would be; `None` where the platform has no such folder.
    pub path: Option<PathBuf>,
    /// Whether the file is there.
    pub exists: bool,
    /// `default_profile`.
    pub default_profile: Option<String>,
    /// `lang`.
    pub lang: Option<Lang>,
    /// `[cache]`.
    pub cache: CacheSettings,
    /// `key` of `[serve]`: what programs show that ask `serve --share` for a token or ticket.
    pub share_key: Option<Source>,
    /// `[profile.NAME]`, in the order of the names.
    pub profiles: Vec<Profile>,
    /// What is odd without being wrong: file modes.
    pub warnings: Vec<Both>,
}

/// `[cache]`: where values are kept, and when they count as old.
#[derive(Clone, Debug)]
pub struct CacheSettings {
    /// A Redis url, where the backend is one. It may hold a password.
    pub redis: Option<Source>,
    /// Seconds before expiry at which a value counts as old.
    pub refresh_margin: u64,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { redis: None, refresh_margin: REFRESH_MARGIN }
    }
}

/// How an mp access token is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenMode {
    /// `cgi-bin/stable_token`: does not end a token that others use.
    #[default]
    Stable,
    /// `cgi-bin/token`: ends it within five minutes.
    Classic,
}

/// One app: its ids, where its secrets are, and what its page may do.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The name in the file, or [`ENVIRONMENT_PROFILE`].
    pub name: String,
    /// `platform`; guessed from the id if nothing says it.
    pub platform: Option<Platform>,
    /// `appid`: the corpid on work.
    pub app_id: Option<String>,
    /// `agent_id` (work), as text: it is sent and keyed as written.
    pub agent_id: Option<String>,
    /// `suite_id` (work): of a third-party app.
    pub suite_id: Option<String>,
    /// `provider_corpid` (work): the provider of a third-party app.
    pub provider_corpid: Option<String>,
    /// `secret`.
    pub secret: Option<Source>,
    /// `token_mode` (mp).
    pub token_mode: TokenMode,
    /// `trusted_domains`.
    pub trusted_domains: Vec<String>,
    /// `oauth_domains`, the 网页授权域名 of mp.
    pub oauth_domains: Vec<String>,
    /// `js_api_list`.
    pub js_api_list: Vec<String>,
    /// `sandbox`: a 测试号.
    pub sandbox: bool,
    /// `callback_token`.
    pub callback_token: Option<Source>,
    /// `encoding_aes_key`.
    pub encoding_aes_key: Option<Source>,
    /// `api_base`, without a slash at its end.
    pub api_base: Option<String>,
    /// `ca_file`, made absolute from the config's folder.
    pub ca_file: Option<PathBuf>,
    /// `access_token`: a site's own token server.
    pub access_token: Option<Source>,
    /// `ticket`: likewise.
    pub ticket: Option<Source>,
}

impl Profile {
    /// The platform: said, or else what the id looks like; mp where there is neither.
    pub fn platform(&self) -> Platform {
        self.known_platform().unwrap_or(Platform::Mp)
    }

    /// The platform, where something tells it: a secret alone does not.
    pub fn known_platform(&self) -> Option<Platform> {
        self.platform.or_else(|| self.app_id.as_deref().map(Platform::of_id))
    }

    /// The API's base, without a slash at its end.
    pub fn api_base(&self) -> &str {
        self.api_base.as_deref().unwrap_or_else(|| self.platform().api_base())
    }

    /// The app id, or the failure that names what is missing.
    pub fn require_app_id(&self) -> Result<&str, Failure> {
        self.app_id.as_deref().ok_or_else(|| self.missing("appid", "WECHECK_APPID"))
    }

    /// Where each of its secrets comes from.
    pub fn secrets(&self) -> impl Iterator<Item = &Source> {
        let places =
            [&self.secret, &self.callback_token, &self.encoding_aes_key, &self.access_token, &self.ticket];
        places.into_iter().flatten()
    }

    /// The secret's text, or the failure that names what is missing.
    pub fn require_secret(&self, env: &Env) -> Result<Secret, Failure> {
        self.require(self.secret.as_ref(), "secret", "WECHECK_SECRET", env)
    }

    /// The callback token's text, or the failure that names what is missing.
    pub fn require_callback_token(&self, env: &Env) -> Result<Secret, Failure> {
        self.require(self.callback_token.as_ref(), "callback_token", "WECHECK_CALLBACK_TOKEN", env)
    }

    /// The EncodingAESKey's text, or the failure that names what is missing.
    pub fn require_encoding_aes_key(&self, env: &Env) -> Result<Secret, Failure> {
        self.require(self.encoding_aes_key.as_ref(), "encoding_aes_key", "WECHECK_ENCODING_AES_KEY", env)
    }

    fn require(
        &self,
        source: Option<&Source>,
        field: &str,
        variable: &str,
        env: &Env,
    ) -> Result<Secret, Failure> {
        let source = source.ok_or_else(|| self.missing(field, variable))?;
        self.read(source, field, env)
    }

    /// The text of one of the profile's sources, or the failure that names the field.
    pub fn read(&self, source: &Source, field: &str, env: &Env) -> Result<Secret, Failure> {
        source.read(env).map_err(|error| {
            let (name, Both { zh, en }) = (&self.name, error.text());
            Failure::config(both!(
                "读不到配置 `{name}` 的 `{field}`：{zh}",
                "cannot read `{field}` of profile `{name}`: {en}"
            ))
            .hint("wecheck config check")
        })
    }

    fn missing(&self, field: &str, variable: &str) -> Failure {
        let name = &self.name;
        Failure::config(both!("配置 `{name}` 没有 `{field}`", "profile `{name}` has no `{field}`")).hint(
            both!(
                "设置 {variable}，或写进配置文件：wecheck config path",
                "set {variable}, or add it: wecheck config path"
            ),
        )
    }
}

/// The variables that decide where a secret goes and which one it is.
const VARIABLES: [&str; 12] = [
    "WECHECK_PROFILE",
    "WECHECK_PLATFORM",
    "WECHECK_APPID",
    "WECHECK_APP_ID",
    "WECHECK_SECRET",
    "WECHECK_AGENT_ID",
    "WECHECK_API_BASE",
    "WECHECK_CALLBACK_TOKEN",
    "WECHECK_ENCODING_AES_KEY",
    "WECHECK_CACHE_URL",
    "WECHECK_SHARE_KEY",
    "REDISCLI_AUTH",
];

/// Reads the file that the flag, the environment or the platform names, and lays the environment
/// over it. A file that is not there is not an error unless it was asked for.
pub fn load(env: &Env) -> Result<Settings, Failure> {
    env.refuse_unreadable(VARIABLES)?;
    let asked = env.globals.config.clone().or_else(|| env.path_var("WECHECK_CONFIG"));
    let required = asked.is_some();
    let path = asked.or_else(|| default_path(env));
    let mut settings = match &path {
        Some(path) => file::read(path, required)?,
        None => Settings::default(),
    };
    for source in settings.secrets() {
        if let Source::Env(name) = source {
            env.mark_secret(name);
        }
    }
    settings.path = path;
    if let Some(url) = env.var("WECHECK_CACHE_URL") {
        settings.cache.redis = Some(Source::Plain(Secret::new(url)));
    }
    Ok(settings)
}

/// The cache's settings where [`load`] failed: those of the environment, or of the file's `[cache]`
/// if something else in the file is wrong. `None` if they cannot be read: a value must not end up
/// on the disk of someone who chose a Redis.
pub fn cache_of_broken(env: &Env) -> Option<CacheSettings> {
    env.refuse_unreadable(VARIABLES).ok()?;
    if let Some(url) = env.var("WECHECK_CACHE_URL") {
        return Some(CacheSettings {
            redis: Some(Source::Plain(Secret::new(url))),
            ..CacheSettings::default()
        });
    }
    let asked = env.globals.config.clone().or_else(|| env.path_var("WECHECK_CONFIG"));
    file::cache_alone(&asked.or_else(|| default_path(env))?)
}

/// The profile that the variables make by themselves, where the file cannot be read: an app, or
/// what a callback is checked with. `None` where a profile of the file is asked for by name.
pub fn environment_profile(env: &Env) -> Result<Option<Profile>, Failure> {
    env.refuse_unreadable(VARIABLES)?;
    let has = |name: &str| env.var(name).is_some();
    let callbacks = has("WECHECK_CALLBACK_TOKEN") || has("WECHECK_ENCODING_AES_KEY");
    let is_enough = has("WECHECK_APPID") || (callbacks && !has("WECHECK_PROFILE"));
    if env.globals.profile.is_some() || !is_enough {
        return Ok(None);
    }
    let mut profile = Profile { name: ENVIRONMENT_PROFILE.to_owned(), ..Profile::default() };
    overlay(&mut profile, env)?;
    Ok(Some(profile))
}

/// `config.toml` in the platform's config folder.
pub fn default_path(env: &Env) -> Option<PathBuf> {
    // `dirs` reads the same variables by itself; the captured ones come first so that tests hold.
    let folder = if cfg!(any(target_os = "macos", windows)) {
        dirs::config_dir()
    } else {
        env.path_var("XDG_CONFIG_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| env.path_var("HOME").map(|home| home.join(".config")))
            .or_else(dirs::config_dir)
    };
    folder.map(|folder| folder.join("wecheck").join("config.toml"))
}

impl Settings {
    /// Where each secret of the file comes from.
    pub fn secrets(&self) -> impl Iterator<Item = &Source> {
        let own = self.cache.redis.iter().chain(&self.share_key);
        own.chain(self.profiles.iter().flat_map(Profile::secrets))
    }

    /// The profile that the flags and the environment choose; `None` where there is none.
    ///
    /// `--profile` chooses a profile of the file, and then an app named by `WECHECK_APPID` stays
    /// out of it. Without the flag, `WECHECK_APPID` is the app, and no credential of the file is
    /// mixed in. Each other variable replaces its one field.
    pub fn profile(&self, env: &Env) -> Result<Option<Profile>, Failure> {
        if let Some(name) = &env.globals.profile {
            let mut profile = self.named(name)?;
            if env.var("WECHECK_APPID").is_none() {
                overlay(&mut profile, env)?;
            }
            return Ok(Some(profile));
        }
        let chosen = match env.var("WECHECK_PROFILE").or(self.default_profile.as_deref()) {
            Some(name) => Some(self.named(name)?),
            None if self.profiles.len() == 1 => self.profiles.first().cloned(),
            None => None,
        };
        let from_variables = ["WECHECK_PLATFORM", "WECHECK_APPID", "WECHECK_SECRET", "WECHECK_AGENT_ID"]
            .into_iter()
            .chain(["WECHECK_API_BASE", "WECHECK_CALLBACK_TOKEN", "WECHECK_ENCODING_AES_KEY"])
            .any(|name| env.var(name).is_some());
        let mut profile = match chosen {
            Some(profile) if env.var("WECHECK_APPID").is_none() => profile,
            _ if !from_variables => return Ok(None),
            chosen => Profile {
                name: ENVIRONMENT_PROFILE.to_owned(),
                trusted_domains: chosen.as_ref().map(|p| p.trusted_domains.clone()).unwrap_or_default(),
                oauth_domains: chosen.as_ref().map(|p| p.oauth_domains.clone()).unwrap_or_default(),
                js_api_list: chosen.as_ref().map(|p| p.js_api_list.clone()).unwrap_or_default(),
                ..Profile::default()
            },
        };
        overlay(&mut profile, env)?;
        Ok(Some(profile))
    }

    /// A profile of the file by its name.
    pub fn named(&self, name: &str) -> Result<Profile, Failure> {
        if !is_profile_name(name) {
            return Err(Failure::usage(both!("`{name}` 不是配置名", "`{name}` is not a profile name")).hint(
                both!(
                    "由字母、数字、- 和 _ 组成；有哪些配置：wecheck config show",
                    "letters, digits, - and _; see what is there: wecheck config show"
                ),
            ));
        }
        if let Some(profile) = self.profiles.iter().find(|profile| profile.name == name) {
            return Ok(profile.clone());
        }
        let known: Vec<&str> = self.profiles.iter().map(|profile| profile.name.as_str()).collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => Both::same(format!("wecheck --profile {near} …")),
            None if known.is_empty() => Both::same("wecheck config init"),
            None => {
                let list = known.join(", ");
                both!("文件里有 {list}：wecheck config show", "the file has {list}: wecheck config show")
            }
        };
        Err(Failure::config(both!("没有名为 `{name}` 的配置", "there is no profile `{name}`")).hint(hint))
    }
}

/// Lays the variables over a profile, field by field.
fn overlay(profile: &mut Profile, env: &Env) -> Result<(), Failure> {
    let text = |name: &str| env.var(name).map(str::to_owned);
    let source = |name: &str| env.var(name).is_some().then(|| Source::Env(name.to_owned()));
    if let Some(name) = env.var("WECHECK_PLATFORM") {
        let platform = Platform::from_name(name).ok_or_else(|| {
            Failure::config(both!(
                "WECHECK_PLATFORM 里的 `{name}` 不是平台",
                "`{name}` in WECHECK_PLATFORM is not a platform"
            ))
            .hint(both!(
                "export WECHECK_PLATFORM=mp，企业微信用 work",
                "export WECHECK_PLATFORM=mp, or work for WeCom"
            ))
        })?;
        profile.platform = Some(platform);
    }
    profile.app_id = text("WECHECK_APPID").or_else(|| profile.app_id.take());
    profile.agent_id = text("WECHECK_AGENT_ID").or_else(|| profile.agent_id.take());
    profile.secret = source("WECHECK_SECRET").or_else(|| profile.secret.take());
    profile.callback_token = source("WECHECK_CALLBACK_TOKEN").or_else(|| profile.callback_token.take());
    profile.encoding_aes_key = source("WECHECK_ENCODING_AES_KEY").or_else(|| profile.encoding_aes_key.take());
    if let Some(base) = env.var("WECHECK_API_BASE") {
        profile.api_base = Some(base.trim_end_matches('/').to_owned());
    }
    Ok(())
}

/// Whether a config file's text can be read; for the fuzz targets.
#[doc(hidden)]
pub fn is_readable(text: &str) -> bool {
    file::parse(text, Path::new("/")).is_ok()
}

/// Letters, digits, `-`, `_`, up to 64 of them.
pub fn is_profile_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// One oddity of a profile's field, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The field.
    pub field: &'static str,
    /// What is odd, in both languages.
    pub zh: String,
    /// What is odd, in both languages.
    pub en: String,
}

/// Checks the shapes of a profile's ids and of those secrets that `read` gives. Warnings only:
/// WeChat may change a shape at any time.
pub fn oddities(profile: &Profile, read: impl Fn(&Source) -> Option<Secret>) -> Vec<Oddity> {
    let mut found = Vec::new();
    let platform = profile.platform();
    let mut check = |field: &'static str, value: &str, shape: Shape| {
        if let Some((zh, en)) = shape.complaint(value) {
            found.push(Oddity { field, zh, en });
        }
    };
    if let Some(id) = &profile.app_id {
        let shape = match platform {
            Platform::Mp => Shape { lengths: &[18], prefix: Some(&["wx"]), allowed: is_alphanumeric },
            Platform::Work => {
                Shape { lengths: &[18], prefix: Some(&["ww", "wx", "wl"]), allowed: is_alphanumeric }
            }
        };
        check("appid", id, shape);
    }
    if let Some(id) = &profile.agent_id {
        check("agent_id", id, Shape { lengths: &[], prefix: None, allowed: |b| b.is_ascii_digit() });
    }
    let secret_shape = match platform {
        Platform::Mp => {
            Shape { lengths: &[32], prefix: None, allowed: |b| matches!(b, b'0'..=b'9' | b'a'..=b'f') }
        }
        Platform::Work => Shape {
            lengths: &[43, 64],
            prefix: None,
            allowed: |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'),
        },
    };
    for (field, source, shape) in [
        ("secret", &profile.secret, secret_shape),
        (
            "callback_token",
            &profile.callback_token,
            Shape { lengths: &[], prefix: None, allowed: is_alphanumeric },
        ),
        (
            "encoding_aes_key",
            &profile.encoding_aes_key,
            Shape { lengths: &[43], prefix: None, allowed: is_alphanumeric },
        ),
    ] {
        if let Some(value) = source.as_ref().and_then(&read) {
            check(field, value.reveal(), shape);
        }
    }
    found
}

fn is_alphanumeric(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

/// The usual shape of an id or a secret.
#[derive(Clone, Copy)]
struct Shape {
    /// Usual lengths in characters; empty where any is.
    lengths: &'static [usize],
    prefix: Option<&'static [&'static str]>,
    allowed: fn(u8) -> bool,
}

impl Shape {
    /// What is unusual, in Chinese and English: length, prefix, first bad character.
    fn complaint(self, value: &str) -> Option<(String, String)> {
        let length = value.chars().count();
        let s = plural_s(length);
        let bad = value.char_indices().find(|(_, c)| !u8::try_from(*c).is_ok_and(self.allowed));
        if let Some((at, c)) = bad {
            let position = value[..at].chars().count() + 1;
            let shown: String = c.escape_unicode().collect();
            let shown = if c.is_ascii_graphic() { c.to_string() } else { shown };
            let zh = if c == ' ' { "空格".to_owned() } else { format!("`{shown}`") };
            return Some((
                format!("共 {length} 个字符，第 {position} 个是不该出现的{zh}"),
                format!(
                    "{length} character{s}, and character {position} is `{shown}`, which does not belong there"
                ),
            ));
        }
        if !self.lengths.is_empty() && !self.lengths.contains(&length) {
            let usual = self.lengths.iter().map(usize::to_string).collect::<Vec<_>>().join("/");
            return Some((
                format!("共 {length} 个字符，通常是 {usual} 个"),
                format!("{length} character{s}, usually it has {usual}"),
            ));
        }
        let prefixes = self.prefix?;
        if prefixes.iter().any(|prefix| value.starts_with(prefix)) {
            return None;
        }
        let usual = prefixes.join("/");
        Some((format!("通常以 {usual} 开头"), format!("usually it starts with {usual}")))
    }
}

/// Fields that are set although the profile's platform does not use them.
pub fn unused_fields(profile: &Profile) -> Vec<&'static str> {
    let mut unused = Vec::new();
    if profile.platform() == Platform::Mp && profile.agent_id.is_some() {
        unused.push("agent_id");
    }
    if profile.platform() == Platform::Work && profile.token_mode == TokenMode::Classic {
        unused.push("token_mode");
    }
    if profile.platform() == Platform::Work && profile.sandbox {
        unused.push("sandbox");
    }
    unused
}

/// Whether others can read a file; `false` where the platform has no such modes.
pub fn readable_by_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

#[cfg(test)]
mod tests;
