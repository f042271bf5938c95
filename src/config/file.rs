//! `config.toml` read by hand, so that an error can name the field and its place and nothing else.
//!
//! In: a path. Out: [`Settings`]. The TOML library's own error texts quote the file, and serde's
//! quote the value; here only its short message, the line and the column are passed on, and
//! unknown keys are told with the nearest known one.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{CacheSettings, Profile, Settings, Source, TokenMode, is_profile_name, readable_by_others};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::nearest::nearest;
use crate::platform::Platform;
use crate::secret::Secret;

/// A config file is small; more than this is another file by mistake. Bytes.
const LIMIT: u64 = 1024 * 1024;

const ROOT_KEYS: &[&str] = &["default_profile", "lang", "cache", "serve", "profile"];
const SERVE_KEYS: &[&str] = &["key"];
const CACHE_KEYS: &[&str] = &["backend", "url", "refresh_margin"];
/// The keys of a profile.
pub(super) const PROFILE_KEYS: &[&str] = &[
    "platform",
    "appid",
    "agent_id",
    "suite_id",
    "provider_corpid",
    "secret",
    "token_mode",
    "trusted_domains",
    "js_api_list",
    "sandbox",
    "callback_token",
    "encoding_aes_key",
    "api_base",
    "ca_file",
    "access_token",
    "ticket",
];
const SOURCE_KEYS: &[&str] = &["env", "file", "command", "url"];

/// Reads a config file. Not there and not `required`: empty settings.
pub(super) fn read(path: &Path, required: bool) -> Result<Settings, Failure> {
    let refuse = |what: String| Failure::config(format!("the config file `{}` {what}", path.display()));
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => {
            return Ok(Settings::default());
        }
        Err(error) => return Err(refuse(format!("cannot be read: {error}")).hint("wecheck config init")),
    };
    if !metadata.is_file() {
        return Err(refuse("is no file".into()).hint("wecheck config path"));
    }
    if metadata.len() > LIMIT {
        return Err(refuse(format!("has {} bytes, more than a config can have", metadata.len()))
            .hint("wecheck config path"));
    }
    let bytes = std::fs::read(path)
        .map_err(|error| refuse(format!("cannot be read: {error}")).hint("wecheck config path"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        refuse(format!("is not UTF-8 at byte {}", error.utf8_error().valid_up_to())).hint("save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut settings = parse(text, path.parent().unwrap_or(Path::new("."))).map_err(|problem| {
        refuse(problem.to_string()).hint(problem.hint.unwrap_or_else(|| format!("edit {}", path.display())))
    })?;
    settings.exists = true;
    let holds_secret = settings
        .cache
        .redis
        .iter()
        .chain(&settings.share_key)
        .chain(settings.profiles.iter().flat_map(secrets))
        .any(|source| matches!(source, Source::Plain(_)));
    if holds_secret && readable_by_others(path) {
        let shown = path.display();
        settings.warnings.push(format!("`{shown}` holds a secret and others can read it: chmod 600 {shown}"));
    }
    Ok(settings)
}

/// The `[cache]` of a file in which something else is wrong; `None` where it cannot be told.
pub(super) fn cache_alone(path: &Path) -> Option<CacheSettings> {
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LIMIT) {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let Ok(document) = DeTable::parse(text) else {
        // No Redis without that word, so it is the disk.
        return (!text.contains("redis")).then(CacheSettings::default);
    };
    let Some(value) = document.get_ref().get("cache") else { return Some(CacheSettings::default()) };
    let reader = Reader { text, folder: path.parent().unwrap_or(Path::new(".")) };
    reader.cache(reader.table("cache", value).ok()?, value).ok()
}

fn secrets(profile: &Profile) -> impl Iterator<Item = &Source> {
    [
        &profile.secret,
        &profile.callback_token,
        &profile.encoding_aes_key,
        &profile.access_token,
        &profile.ticket,
    ]
    .into_iter()
    .flatten()
}

/// What is wrong with the text: where, and what. Never a value.
struct Problem {
    line: usize,
    column: usize,
    what: String,
    hint: Option<String>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "is wrong at line {}, column {}: {}", self.line, self.column, self.what)
    }
}

/// The text being read, to turn byte positions into lines and columns.
struct Reader<'a> {
    text: &'a str,
    folder: &'a Path,
}

type Entry<'a, 'i> = (&'a str, &'a Spanned<DeValue<'i>>);

fn parse(text: &str, folder: &Path) -> Result<Settings, Problem> {
    let reader = Reader { text, folder };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        reader.problem(at, error.message().to_owned(), None)
    })?;
    let mut settings = Settings::default();
    for (key, value) in reader.known(document.get_ref(), ROOT_KEYS)? {
        match key {
            "default_profile" => settings.default_profile = Some(reader.profile_name(key, value)?),
            "lang" => {
                settings.lang = Some(reader.choice(key, value, &[("zh", Lang::Zh), ("en", Lang::En)])?);
            }
            "cache" => settings.cache = reader.cache(reader.table(key, value)?, value)?,
            "serve" => {
                for (key, value) in reader.known(reader.table(key, value)?, SERVE_KEYS)? {
                    settings.share_key = Some(reader.source(key, value)?);
                }
            }
            _ => {
                for (name, value) in reader.table(key, value)? {
                    settings.profiles.push(reader.profile(name, value)?);
                }
            }
        }
    }
    Ok(settings)
}

impl Reader<'_> {
    fn problem(&self, at: usize, what: String, hint: Option<String>) -> Problem {
        let before = &self.text[..self.text.floor_char_boundary(at.min(self.text.len()))];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Problem {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what,
            hint,
        }
    }

    /// The entries of a table, once all its keys are known.
    fn known<'t, 'i>(&self, table: &'t DeTable<'i>, keys: &[&str]) -> Result<Vec<Entry<'t, 'i>>, Problem> {
        table
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().as_ref();
                if keys.contains(&name) {
                    return Ok((name, value));
                }
                let hint = nearest(name, keys.iter().copied()).map_or_else(
                    || format!("known keys: {}", keys.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                Err(self.problem(key.span().start, format!("unknown key `{name}`"), Some(hint)))
            })
            .collect()
    }

    /// The failure for a value of the wrong type: names the types, never the value.
    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> Problem {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a decimal number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.problem(value.span().start, format!("`{key}` takes {wanted}, not {found}"), None)
    }

    fn table<'t, 'i>(&self, key: &str, value: &'t Spanned<DeValue<'i>>) -> Result<&'t DeTable<'i>, Problem> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong(key, value, "a table")),
        }
    }

    fn text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Problem> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.as_ref().to_owned()),
            _ => Err(self.wrong(key, value, "a string")),
        }
    }

    fn texts(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Problem> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.text(key, item)).collect(),
            _ => Err(self.wrong(key, value, "an array of strings")),
        }
    }

    fn number(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<u64, Problem> {
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(self.wrong(key, value, "a number"));
        };
        u64::from_str_radix(number.as_str(), number.radix())
            .map_err(|_| self.problem(value.span().start, format!("`{key}` takes a number from 0 up"), None))
    }

    fn choice<T: Copy>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        choices: &[(&str, T)],
    ) -> Result<T, Problem> {
        let text = self.text(key, value)?;
        choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice).ok_or_else(|| {
            let names =
                choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(" or ");
            self.problem(value.span().start, format!("`{key}` takes {names}"), None)
        })
    }

    fn profile_name(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Problem> {
        let name = self.text(key, value)?;
        if is_profile_name(&name) {
            return Ok(name);
        }
        Err(self.problem(
            value.span().start,
            format!("`{key}` is no profile name: letters, digits, - and _"),
            None,
        ))
    }

    fn cache(&self, table: &DeTable<'_>, whole: &Spanned<DeValue<'_>>) -> Result<CacheSettings, Problem> {
        let mut cache = CacheSettings::default();
        let mut redis = false;
        for (key, value) in self.known(table, CACHE_KEYS)? {
            match key {
                "backend" => redis = self.choice(key, value, &[("disk", false), ("redis", true)])?,
                "url" => cache.redis = Some(self.source(key, value)?),
                _ => cache.refresh_margin = self.number(key, value)?,
            }
        }
        if redis && cache.redis.is_none() {
            let hint = "add url = \"redis://127.0.0.1:6379/0\" under [cache]".to_owned();
            return Err(self.problem(whole.span().start, "the redis backend needs `url`".into(), Some(hint)));
        }
        if !redis {
            cache.redis = None;
        }
        Ok(cache)
    }

    fn profile(
        &self,
        name: &Spanned<toml::de::DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Profile, Problem> {
        let text = name.get_ref().as_ref();
        if !is_profile_name(text) {
            let what = format!("`{text}` is no profile name: letters, digits, - and _");
            return Err(self.problem(name.span().start, what, None));
        }
        let mut profile = Profile { name: text.to_owned(), ..Profile::default() };
        for (key, value) in self.known(self.table(text, value)?, PROFILE_KEYS)? {
            match key {
                "platform" => {
                    let choices = [("mp", Platform::Mp), ("work", Platform::Work)];
                    profile.platform = Some(self.choice(key, value, &choices)?);
                }
                "appid" => profile.app_id = Some(self.text(key, value)?),
                "agent_id" => {
                    profile.agent_id = Some(match value.get_ref() {
                        DeValue::String(text) => text.as_ref().to_owned(),
                        _ => self.number(key, value)?.to_string(),
                    });
                }
                "suite_id" => profile.suite_id = Some(self.text(key, value)?),
                "provider_corpid" => profile.provider_corpid = Some(self.text(key, value)?),
                "secret" => profile.secret = Some(self.source(key, value)?),
                "token_mode" => {
                    let choices = [("stable", TokenMode::Stable), ("classic", TokenMode::Classic)];
                    profile.token_mode = self.choice(key, value, &choices)?;
                }
                "trusted_domains" => profile.trusted_domains = self.texts(key, value)?,
                "js_api_list" => profile.js_api_list = self.texts(key, value)?,
                "sandbox" => match value.get_ref() {
                    DeValue::Boolean(sandbox) => profile.sandbox = *sandbox,
                    _ => return Err(self.wrong(key, value, "true or false")),
                },
                "callback_token" => profile.callback_token = Some(self.source(key, value)?),
                "encoding_aes_key" => profile.encoding_aes_key = Some(self.source(key, value)?),
                "api_base" => {
                    let base = self.text(key, value)?;
                    if !base.starts_with("https://") && !base.starts_with("http://") {
                        let what =
                            "`api_base` takes an address that starts with https:// or http://".to_owned();
                        return Err(self.problem(value.span().start, what, None));
                    }
                    profile.api_base = Some(base.trim_end_matches('/').to_owned());
                }
                "ca_file" => profile.ca_file = Some(self.path(&self.text(key, value)?)),
                "access_token" => profile.access_token = Some(self.source(key, value)?),
                _ => profile.ticket = Some(self.source(key, value)?),
            }
        }
        Ok(profile)
    }

    /// A secret's source: a plain string, or a table with one of `env`, `file`, `command`, `url`.
    fn source(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Source, Problem> {
        let table = match value.get_ref() {
            DeValue::String(text) => return Ok(Source::Plain(Secret::new(text.as_ref()))),
            DeValue::Table(table) => table,
            _ => return Err(self.wrong(key, value, "a string, or a table with one of env, file, command")),
        };
        let entries = self.known(table, SOURCE_KEYS)?;
        let [(kind, value)] = entries.as_slice() else {
            let what = format!("`{key}` takes exactly one of env, file, command");
            return Err(self.problem(value.span().start, what, None));
        };
        let asked_url = matches!(key, "access_token" | "ticket");
        match *kind {
            "env" => Ok(Source::Env(self.text(kind, value)?)),
            "file" => Ok(Source::File(self.path(&self.text(kind, value)?))),
            "command" => match self.texts(kind, value)? {
                argv if argv.is_empty() => {
                    Err(self.problem(value.span().start, "`command` is empty".into(), None))
                }
                argv => Ok(Source::Command(argv)),
            },
            _ if asked_url => Ok(Source::Url(self.text(kind, value)?)),
            _ => Err(self.problem(value.span().start, format!("`{key}` cannot be asked from a url"), None)),
        }
    }

    /// A path of the file, taken from the config's own folder where it is relative.
    fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}
