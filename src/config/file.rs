//! `config.toml` read by hand, so that an error can name the field and its place and nothing else.
//!
//! In: a path. Out: [`Settings`]. The TOML library's own error texts quote the file, and serde's
//! quote the value; here only its short message, the line and the column are passed on, and
//! unknown keys are reported with the nearest known one.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{CacheSettings, Profile, Settings, Source, TokenMode, is_profile_name, readable_by_others};
use crate::both;
use crate::failure::Failure;
use crate::lang::{Both, Lang, Text};
use crate::nearest::nearest;
use crate::platform::Platform;
use crate::secret::Secret;

/// A config file is small; more than this is another file by mistake. Bytes.
const LIMIT: u64 = 1024 * 1024;

/// An unknown key or name is shown up to here: it may be anything. Characters.
const SHOWN_CHARS: usize = 40;

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
    "oauth_domains",
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
    let shown = path.display();
    let refuse = |Both { zh, en }: Both| {
        Failure::config(both!("配置文件 `{shown}` {zh}", "the config file `{shown}` {en}"))
    };
    let unreadable = |error: std::io::Error| {
        let Both { zh, en } = Both::from(&error);
        refuse(both!("读不出来：{zh}", "cannot be read: {en}"))
    };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => {
            return Ok(Settings::default());
        }
        Err(error) => return Err(unreadable(error).hint("wecheck config init")),
    };
    if !metadata.is_file() {
        return Err(refuse(both!("不是文件", "is not a file")).hint("wecheck config path"));
    }
    if metadata.len() > LIMIT {
        let length = metadata.len();
        return Err(refuse(both!(
            "有 {length} 字节，不像配置文件",
            "has {length} bytes, more than a config can have"
        ))
        .hint("wecheck config path"));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(error).hint("wecheck config path"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refuse(both!("第 {at} 字节处不是 UTF-8", "is not UTF-8 at byte {at}"))
            .hint(both!("存成 UTF-8 编码", "save it as UTF-8"))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut settings = parse(text, path.parent().unwrap_or(Path::new("."))).map_err(|problem| {
        let edit = || both!("编辑 {shown}", "edit {shown}");
        refuse(problem.text()).hint(problem.hint.unwrap_or_else(edit))
    })?;
    settings.exists = true;
    let holds_secret = settings.secrets().any(|source| matches!(source, Source::Plain(_)));
    if holds_secret && readable_by_others(path) {
        settings.warnings.push(both!(
            "`{shown}` 里有密钥，而别的用户能读它：chmod 600 {shown}",
            "`{shown}` holds a secret and others can read it: chmod 600 {shown}"
        ));
    }
    Ok(settings)
}

/// The `[cache]` of a file in which something else is wrong; `None` if it cannot be read.
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
    let reader = ConfigReader { text, folder: path.parent().unwrap_or(Path::new(".")) };
    reader.cache(reader.table("cache", value).ok()?, value).ok()
}

/// What is wrong with the text: where, and what. Never a value.
pub(super) struct Problem {
    line: usize,
    column: usize,
    what: Both,
    hint: Option<Both>,
}

impl Problem {
    fn text(&self) -> Both {
        let Self { line, column, what: Both { zh, en }, .. } = self;
        both!("第 {line} 行第 {column} 列有误：{zh}", "is wrong at line {line}, column {column}: {en}")
    }
}

/// The text being read, to turn byte positions into lines and columns.
struct ConfigReader<'a> {
    text: &'a str,
    folder: &'a Path,
}

type Item<'a, 'i> = (&'a str, &'a Spanned<DeValue<'i>>);

pub(super) fn parse(text: &str, folder: &Path) -> Result<Settings, Problem> {
    let reader = ConfigReader { text, folder };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        // The library's own short words; of them the Chinese has what was expected.
        let said = error.message();
        let wanted: Vec<&str> = said
            .split_once("expected ")
            .map_or_else(Vec::new, |(_, wanted)| wanted.split('`').skip(1).step_by(2).collect());
        let zh = match wanted.as_slice() {
            [] if said.starts_with("duplicate key") => "：同一个键写了两次".to_owned(),
            [] if said.contains("quoted") => "：文本要放在引号里".to_owned(),
            [] => String::new(),
            wanted => format!("：这里应有 `{}`", wanted.join("` 或 `")),
        };
        reader.problem(at, both!("TOML 语法错误{zh}", "{said}"), None)
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

impl ConfigReader<'_> {
    fn problem(&self, at: usize, what: Both, hint: Option<Both>) -> Problem {
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
    fn known<'t, 'i>(&self, table: &'t DeTable<'i>, keys: &[&str]) -> Result<Vec<Item<'t, 'i>>, Problem> {
        table
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().as_ref();
                if keys.contains(&name) {
                    return Ok((name, value));
                }
                let list = keys.join(", ");
                let hint = nearest(name, keys.iter().copied()).map_or_else(
                    || both!("可用的键：{list}", "known keys: {list}"),
                    |near| both!("是不是想写 `{near}`？", "did you mean `{near}`?"),
                );
                let name = shortened(name);
                let what = both!("没有 `{name}` 这个键", "unknown key `{name}`");
                Err(self.problem(key.span().start, what, Some(hint)))
            })
            .collect()
    }

    /// The failure for a value of the wrong type: names the types, never the value.
    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: Text) -> Problem {
        let found = match value.get_ref() {
            DeValue::String(_) => STRING,
            DeValue::Integer(_) => NUMBER,
            DeValue::Float(_) => Text { zh: "小数", en: "a decimal number" },
            DeValue::Boolean(_) => Text { zh: "布尔值", en: "a boolean" },
            DeValue::Datetime(_) => Text { zh: "日期", en: "a date" },
            DeValue::Array(_) => Text { zh: "数组", en: "an array" },
            DeValue::Table(_) => TABLE,
        };
        let (Text { zh, en }, Text { zh: found_zh, en: found_en }) = (wanted, found);
        let key = shortened(key);
        let what = both!("`{key}` 要的是{zh}，不是{found_zh}", "`{key}` takes {en}, not {found_en}");
        self.problem(value.span().start, what, None)
    }

    fn table<'t, 'i>(&self, key: &str, value: &'t Spanned<DeValue<'i>>) -> Result<&'t DeTable<'i>, Problem> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong(key, value, TABLE)),
        }
    }

    fn text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Problem> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.as_ref().to_owned()),
            _ => Err(self.wrong(key, value, STRING)),
        }
    }

    fn texts(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Problem> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.text(key, item)).collect(),
            _ => Err(self.wrong(key, value, Text { zh: "字符串数组", en: "an array of strings" })),
        }
    }

    fn number(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<u64, Problem> {
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(self.wrong(key, value, NUMBER));
        };
        u64::from_str_radix(number.as_str(), number.radix()).map_err(|_| {
            let what = both!("`{key}` 要的是不小于 0 的整数", "`{key}` takes a number from 0 up");
            self.problem(value.span().start, what, None)
        })
    }

    fn choice<T: Copy>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        choices: &[(&str, T)],
    ) -> Result<T, Problem> {
        let text = self.text(key, value)?;
        choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice).ok_or_else(|| {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let (zh, en) = (names.join(" 或 "), names.join(" or "));
            let what = both!("`{key}` 要的是 {zh}", "`{key}` takes {en}");
            self.problem(value.span().start, what, None)
        })
    }

    fn profile_name(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Problem> {
        let name = self.text(key, value)?;
        if is_profile_name(&name) {
            return Ok(name);
        }
        let what = both!(
            "`{key}` 不是配置名：由字母、数字、- 和 _ 组成",
            "`{key}` is not a profile name: letters, digits, - and _"
        );
        Err(self.problem(value.span().start, what, None))
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
            let hint = both!(
                "在 [cache] 下加上 url = \"redis://127.0.0.1:6379/0\"",
                "add url = \"redis://127.0.0.1:6379/0\" under [cache]"
            );
            let what = both!("backend 为 redis 时要有 `url`", "the redis backend needs `url`");
            return Err(self.problem(whole.span().start, what, Some(hint)));
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
            let text = shortened(text);
            let what = both!(
                "`{text}` 不是配置名：由字母、数字、- 和 _ 组成",
                "`{text}` is not a profile name: letters, digits, - and _"
            );
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
                "oauth_domains" => profile.oauth_domains = self.texts(key, value)?,
                "js_api_list" => profile.js_api_list = self.texts(key, value)?,
                "sandbox" => match value.get_ref() {
                    DeValue::Boolean(sandbox) => profile.sandbox = *sandbox,
                    _ => {
                        return Err(self.wrong(
                            key,
                            value,
                            Text { zh: " true 或 false", en: "true or false" },
                        ));
                    }
                },
                "callback_token" => profile.callback_token = Some(self.source(key, value)?),
                "encoding_aes_key" => profile.encoding_aes_key = Some(self.source(key, value)?),
                "api_base" => {
                    let base = self.text(key, value)?;
                    if !base.starts_with("https://") && !base.starts_with("http://") {
                        let what = both!(
                            "`api_base` 要以 https:// 或 http:// 开头",
                            "`api_base` takes an address that starts with https:// or http://"
                        );
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
            _ => {
                let wanted = Text {
                    zh: "字符串，或 env、file、command 之一的表",
                    en: "a string, or a table with one of env, file, command",
                };
                return Err(self.wrong(key, value, wanted));
            }
        };
        let entries = self.known(table, SOURCE_KEYS)?;
        let [(kind, value)] = entries.as_slice() else {
            let what = both!(
                "`{key}` 只能写 env、file、command 中的一个",
                "`{key}` takes exactly one of env, file, command"
            );
            return Err(self.problem(value.span().start, what, None));
        };
        let asked_url = matches!(key, "access_token" | "ticket");
        match *kind {
            "env" => Ok(Source::Env(self.text(kind, value)?)),
            "file" => Ok(Source::File(self.path(&self.text(kind, value)?))),
            "command" => match self.texts(kind, value)? {
                argv if argv.is_empty() => Err(self.problem(
                    value.span().start,
                    both!("`command` 是空的", "`command` is empty"),
                    None,
                )),
                argv => Ok(Source::Command(argv)),
            },
            _ if asked_url => Ok(Source::Url(self.text(kind, value)?)),
            _ => {
                let what = both!("`{key}` 不能用 url", "`{key}` cannot be asked from a url");
                Err(self.problem(value.span().start, what, None))
            }
        }
    }

    /// A path of the file, taken from the config's own folder if it is relative.
    fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

const STRING: Text = Text { zh: "字符串", en: "a string" };
const NUMBER: Text = Text { zh: "整数", en: "a number" };
const TABLE: Text = Text { zh: "表", en: "a table" };

/// A key or a name of the file, short enough to be shown.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
