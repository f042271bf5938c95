//! What a client, a console, a page, a library says: `config:invalid signature`, `token验证失败`,
//! `支付验证签名失败`, and their many spellings.
//!
//! In: a text as it is printed. Out: the [`Message`] it is. Each library rewrites the words in its
//! own way (`_` becomes a space or vanishes, the API's name changes), so texts and patterns are
//! compared by their letters, digits and Chinese characters alone, and the longest pattern found
//! decides. An entry that belongs to some APIs comes before all others for those, and is never
//! found for another: no family lends its advice.

use std::cell::OnceCell;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Advice, everyday, js_api};
use crate::lang::Words;
use crate::packed::{Packed, packed};
use crate::platform::Platform;

/// What the client libraries say (`data/jssdk.toml`), and then what everybody else says (`data/texts.toml`).
static MESSAGES: Packed = packed!("messages");

/// Of each of their tables the lines by which it is found; the others are there.
static INDEX: Packed = packed!("messages.index");

/// A pattern of so little must be all that follows the API's name: contained, `ok` would be found in
/// `access_token`. In letters; a Chinese character tells as much as two.
const WHOLE: usize = 6;

/// A text of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// The name by which scripts know it: `invalid signature`, `offline verifying`, `ok` …
    pub group: String,
    /// Where it is seen.
    pub platforms: Vec<Platform>,
    /// Whose advice it is: `client`, `payment`, `callback`, `oauth`, `console` …
    #[serde(default = "client")]
    pub family: String,
    /// A few words.
    pub name: Words,
    /// Codes that the text means, `mp:10005`: their entries are the answer.
    #[serde(default)]
    pub codes: Vec<String>,
    /// The APIs that `after` belongs to.
    #[serde(default)]
    pub apis: Vec<String>,
    /// Patterns that count only behind the name of one of `apis`.
    #[serde(default)]
    pub after: Vec<String>,
    /// What a text has to speak of as well for `within`.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Patterns that count only beside one of `beside`: every program has such an error.
    #[serde(default)]
    pub within: Vec<String>,
    /// Marks of another product, whose errors these are.
    #[serde(default)]
    pub marks: Vec<String>,
    /// The texts it is known by. One that begins with `=` must be there letter by letter, one that
    /// begins with `==` must be all there is; one that begins with `~` must be all there is, or come
    /// behind an API's name or beside something of WeChat's; of `A & B` all parts must be there.
    pub patterns: Vec<String>,
    /// Another message that the text may be as well, by its group.
    #[serde(default)]
    pub also: Option<String>,
    /// What to do about it.
    #[serde(flatten)]
    pub advice: Advice,
}

fn client() -> String {
    "client".to_owned()
}

/// How sure a match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    table: Table,
    /// How many bytes of the text were recognized.
    pub length: usize,
    /// Whether it rests on the name of a JS API, so that the text can come from a client only.
    pub names_an_api: bool,
    /// Whether the text is this message, to the letter, and nothing more.
    pub whole: bool,
}

impl Match {
    /// The message itself.
    pub fn read(self) -> Option<Message> {
        self.table.read()
    }
}

/// A message's table in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Table {
    /// How many are before it.
    place: usize,
    /// Without quotes.
    name: &'static str,
    /// The lines by which it is found.
    lines: &'static str,
}

impl Table {
    /// The message, all of it.
    fn read(self) -> Option<Message> {
        let part = MESSAGES.around(self.place.try_into().ok()?);
        let (_, lines) = super::tables(part).find(|(name, _)| *name == self.name)?;
        super::parse(&format!("{}\n{lines}", self.lines))
    }

    /// A list of it. Its line is a JSON array as well as a TOML one, and JSON is cheaper.
    fn list(self, name: &str) -> Vec<String> {
        self.value(name).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default()
    }

    /// What is behind a name.
    fn value(self, name: &str) -> Option<&'static str> {
        self.lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
    }
}

/// Every message.
pub fn all() -> impl Iterator<Item = Message> {
    every_table().filter_map(Table::read)
}

fn every_table() -> impl Iterator<Item = Table> {
    let tables = super::tables(INDEX.text()).enumerate();
    tables.map(|(place, (name, lines))| Table { place, name, lines })
}

/// The message with this name in its file: `soter-90001`.
pub fn named(name: &str) -> Option<Message> {
    every_table().find(|table| table.name == name)?.read()
}

/// A pattern of the files, ready to be compared.
struct Row {
    table: Table,
    pattern: String,
    /// Whether it has to be there letter by letter.
    literal: bool,
    /// Whether it has to be all there is.
    whole: bool,
    /// Whether every program writes it.
    common: bool,
    /// The letters of its parts.
    parts: Vec<String>,
    length: usize,
    /// Whether it counts only behind one of `apis`.
    after: bool,
    apis: Vec<String>,
    /// Letters of which one has to be in the text as well, where there are any.
    beside: Vec<String>,
}

/// Every pattern, read once.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows = Vec::new();
        for table in every_table() {
            let apis = table.list("apis");
            let words: Vec<String> = table.list("beside").iter().map(|one| normalized(one)).collect();
            let patterns = ["after", "within", "patterns"]
                .into_iter()
                .flat_map(|place| table.list(place).into_iter().map(move |one| (one, place)));
            for (pattern, place) in patterns {
                let after = place == "after";
                let whole = pattern.starts_with("==");
                let literal = !whole && pattern.starts_with('=');
                let common = pattern.starts_with('~');
                let pattern = pattern.trim_start_matches(['=', '~']).to_owned();
                let parts: Vec<String> = pattern.split(" & ").map(normalized).collect();
                let apis = if after { apis.clone() } else { Vec::new() };
                let beside = if place == "within" { words.clone() } else { Vec::new() };
                // Of two messages with one pattern, the one that asks for more is meant.
                let length = parts.iter().map(String::len).sum::<usize>() + usize::from(!beside.is_empty());
                rows.push(Row { table, pattern, literal, whole, common, parts, length, after, apis, beside });
            }
        }
        rows
    })
}

/// How well a pattern fits: behind its own API, telling more than that something failed, its length,
/// standing there literally, and literally but for case.
type Rank = ((bool, bool), usize, bool, bool);

/// The message that a text is, or contains.
pub fn find(text: &str) -> Option<Match> {
    let letters = normalized(text);
    let bare = without_platform(&letters);
    let lower = text.to_lowercase();
    let api = api_of(text);
    // What follows `API:`: all of it, and what is behind the last colon, since the API's name
    // and the reason may have colons of their own.
    let after_api = api.and_then(|api| text.split_once(api)).map(|(_, after)| after);
    let behind = after_api.map(normalized);
    let last = match after_api {
        Some(after) if after.starts_with(':') => text.rsplit([':', '：']).next().map(normalized),
        _ => behind.clone(),
    };
    // `errMsg: "login:fail", code: -1`: a quote ends it.
    let quoted =
        after_api.and_then(|after| after.split_once(['"', '\''])).map(|(inside, _)| normalized(inside));
    let ours = OnceCell::new();
    let ours =
        || *ours.get_or_init(|| everyday::is_ours(text) || api.is_some_and(|api| is_js_api(text, api)));
    let mut best: Option<(Rank, Match)> = None;
    for row in rows() {
        let Row { table, pattern, literal, whole, common, parts, length, after, apis, beside } = row;
        let (pattern, after, length) = (pattern.as_str(), *after, *length);
        let own = || {
            // `wx.qy.login` is WeCom's, `wx.login` is not.
            let name =
                api.map(|api| api.strip_prefix("wx.").unwrap_or(api)).filter(|name| !name.starts_with("qy."));
            name.is_some_and(|name| apis.iter().any(|one| one == name.rsplit('.').next().unwrap_or(name)))
        };
        if after && !own() {
            continue;
        }
        let found = match (parts.as_slice(), literal) {
            (parts, _) if *whole => {
                let all = parts.concat();
                all == letters || all == bare
            }
            (_, true) => {
                text.contains(pattern) && (pattern.chars().count() > WHOLE || text.trim() == pattern)
            }
            ([one], false) if is_short(one) => {
                (letters == *one && !after) || last.as_ref() == Some(one) || quoted.as_ref() == Some(one)
            }
            ([one], false) if after => behind.as_ref().is_some_and(|behind| behind.contains(one.as_str())),
            (parts, false) => parts.iter().all(|part| holds(&lower, &letters, part)),
        };
        if found && *common && !(ours() || is_alone(&letters, &parts.concat())) {
            continue;
        }
        if !found || !(beside.is_empty() || beside.iter().any(|one| letters.contains(one.as_str()))) {
            continue;
        }
        // `fail_nopermission` and `fail no permission` have the same letters: of two patterns
        // of one length, the one that is there literally is meant.
        let tells = !matches!(
            pattern,
            "config:fail" | "preVerifyJSAPI:fail" | "agentConfig:fail" | "fail" | "failed"
        );
        let rank =
            ((after, tells), length, text.contains(pattern), lower.contains(pattern.to_lowercase().as_str()));
        if best.is_none_or(|(top, _)| rank > top) {
            let names_an_api = api.is_some() || (pattern.contains([':', '：']) && pattern.is_ascii());
            let whole = text
                .trim()
                .trim_end_matches(['.', '。', '!', '！'])
                .eq_ignore_ascii_case(pattern.trim_end_matches('.'));
            best = Some((rank, Match { table: *table, length, names_an_api, whole }));
        }
    }
    let reason = behind.as_deref().and_then(|behind| behind.strip_prefix("fail"));
    best.map(|(_, found)| found).or_else(|| {
        // A reason that is not written down: what this API needs is said all the same.
        let tells = reason.is_some_and(|reason| !reason.is_empty());
        let is_spaced = after_api.is_some_and(|after| after.starts_with(' '));
        let api = api.filter(|api| (tells || is_spaced) && is_named(api))?;
        find(&format!("{api}:fail"))
    })
}

/// Whether the catalog or the lists of names have this API.
fn is_named(api: &str) -> bool {
    let name = api.strip_prefix("wx.").unwrap_or(api);
    js_api::names().any(|one| one.name == name)
        || rows().iter().any(|row| row.apis.iter().any(|one| one == name))
}

/// Whether a pattern is too short to be looked for inside a text.
fn is_short(pattern: &str) -> bool {
    pattern.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() <= WHOLE
}

/// Whether the part is there. A part of few letters is a word of its own: `BLE` is not in `unable`.
fn holds(lower: &str, letters: &str, part: &str) -> bool {
    const WORD: usize = 4;
    if part.len() > WORD || !part.is_ascii() {
        return letters.contains(part);
    }
    lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == part)
}

/// Letters without a platform's name at either end: `企业微信 access_token 过期`.
fn without_platform(letters: &str) -> &str {
    const NAMES: &[&str] = &["企业微信", "企微", "公众号", "服务号", "小程序", "微信", "wecom", "wechat"];
    let before = NAMES.iter().find_map(|name| letters.strip_prefix(name)).unwrap_or(letters);
    NAMES.iter().find_map(|name| before.strip_suffix(name)).unwrap_or(before)
}

/// Whether the words are all there is but for a sentence in Chinese around them.
fn is_alone(letters: &str, pattern: &str) -> bool {
    let latin = |text: &str| text.chars().filter(char::is_ascii).collect::<String>();
    letters == pattern || (pattern.is_ascii() && latin(letters) == pattern)
}

/// Whether the word before the colon is an API's name and not a program's: `bash: permission denied`.
fn is_js_api(text: &str, api: &str) -> bool {
    let behind = text.split_once(api).map_or("", |(_, behind)| behind);
    let name = api.rsplit('.').next().unwrap_or(api);
    name.contains(|c: char| c.is_ascii_uppercase() || c == '_')
        || name == "system"
        || js_api::names().any(|one| one.name == name)
        || normalized(behind).starts_with("fail")
}

/// Hosts of mini programs that are not WeChat's, by the name before their APIs: `tt.login:fail`.
const OTHER_HOSTS: &[&str] = &["tt", "my", "swan", "qq", "ks", "dd", "jd", "qa"];

/// The message of another product or program, which the text bears the mark of.
pub(super) fn of_another(text: &str) -> Option<Message> {
    if calls_another_host(text) {
        return named("another-mini-program");
    }
    let lower = text.to_lowercase();
    // A name in capitals is one: `EACCES` is not in `getStableAccessToken`.
    let bears =
        |mark: &String| if mark.to_lowercase() == *mark { lower.contains(mark) } else { text.contains(mark) };
    every_table()
        .filter(|table| table.name.starts_with("another-"))
        // DingTalk's answers have an errcode as well.
        .filter(|table| match table.name {
            "another-dingtalk" => !everyday::names_wechat(text),
            "another-product" => !everyday::is_surely_ours(text),
            "another-mini-program" => !text.contains("微信"),
            _ => true,
        })
        .find(|table| table.list("marks").iter().any(bears))
        .and_then(Table::read)
}

/// Whether a call of another mini program's host is in the text: `swan.request:fail`.
fn calls_another_host(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    text.split(|c: char| !(is_name(c) || c == ':')).any(|word| {
        let Some((call, _)) = word.split_once(':') else { return false };
        call.split_once('.').is_some_and(|(host, api)| {
            OTHER_HOSTS.contains(&host) && api.starts_with(|c: char| c.is_ascii_lowercase())
        })
    })
}

/// The platform for whose code a text of one family is: `redirect_uri需使用应用可信域名` for WeCom's 50001.
pub(super) fn platform_of(text: &str, code: i64) -> Option<Platform> {
    const LONGEST: usize = 600;
    let message = (text.len() <= LONGEST).then(|| find(text)?.read()).flatten()?;
    let is = |platform: &Platform| message.codes.iter().any(|one| *one == format!("{platform}:{code}"));
    let mut platforms = Platform::ALL.into_iter().filter(is);
    platforms.next().filter(|_| platforms.next().is_none())
}

/// The message of a group.
pub fn of_group(group: &str) -> Option<Message> {
    let quoted = format!("\"{group}\"");
    every_table().find(|table| table.value("group") == Some(&quoted))?.read()
}

/// Whose a code is where a text of it belongs to one family: `payment` for 702002.
pub fn family_of_code(platform: Platform, code: i64) -> Option<String> {
    let key = format!("\"{}:{code}\"", platform.name());
    let table = every_table().find(|table| table.value("codes").is_some_and(|codes| codes.contains(&key)))?;
    Some(table.value("family")?.trim_matches('"').to_owned())
}

/// Words that end with a colon in servers' and programs' own texts.
const NO_API: &[&str] = &[
    "http",
    "https",
    "xml",
    "json",
    "errcode",
    "error",
    "hint",
    "hints",
    "rid",
    "ip",
    "warning",
    "req_id",
    "message",
    "msg",
    "errmsg",
    "errormsg",
    "code",
    "note",
    "info",
    "warn",
    "debug",
    "fatal",
    "resp",
    "response",
    "result",
    "ret",
    "body",
    "data",
    "failed",
    "failure",
    "reason",
    "cause",
    "status",
    "wechat",
    "weixin",
    "wecom",
    "err",
    "ms",
    "at",
    "caused",
    "exception",
    "detail",
    "details",
    "return",
    "returned",
    "output",
    "log",
    "time",
    "level",
    "panic",
    "curl",
];

/// The JS API that a message begins with: `chooseImage` of `chooseImage:permission denied`.
pub fn api_of(text: &str) -> Option<&str> {
    let mut text = text.trim_start_matches(|c: char| c.is_whitespace() || "\"'`{([".contains(c));
    for _ in 0..2 {
        for label in
            ["Uncaught (in promise)", "Uncaught", "errMsg", "err_msg", "errmsg", "SDK Error", "Error"]
        {
            if let Some(rest) = text.strip_prefix(label)
                && !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            {
                text = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"'`:={".contains(c));
            }
        }
    }
    // The open tags' names have hyphens.
    let tag = text.starts_with("wx-open-");
    let end =
        text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.' || (tag && c == '-')))?;
    let (name, rest) = text.split_at(end);
    if let Some(reason) = rest.strip_prefix(' ') {
        return is_reason(reason).then(|| named_api(name)).flatten();
    }
    let rest = rest.strip_prefix(':')?;
    let lower = name.to_ascii_lowercase();
    // JS APIs begin with a small letter; `InvalidCorpIdException:` is a class.
    let known = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !NO_API.contains(&lower.as_str())
        && !lower.ends_with("exception")
        && !lower.ends_with("error");
    (known && !rest.starts_with("//")).then_some(name)
}

/// What is behind an API's name where somebody left the colon out: `previewImage parameter error`.
fn is_reason(behind: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "fail",
        "error",
        "permission denied",
        "permission value",
        "the permission value",
        "param",
        "invalid",
        "access denied",
        "access_denied",
        "function not exist",
        "function_not_exist",
        "no permission",
        "nopermission",
        "not support",
        "cancel",
        "参数",
        "失败",
    ];
    let behind = behind.trim_start().to_lowercase();
    BEGINNINGS.iter().any(|beginning| behind.starts_with(beginning))
}

/// The name, if it is a JS API's and no everyday word.
fn named_api(name: &str) -> Option<&str> {
    let bare = name.strip_prefix("wx.").or_else(|| name.strip_prefix("ww.")).unwrap_or(name);
    let compound =
        bare.starts_with(|c: char| c.is_ascii_lowercase()) && bare.contains(|c: char| c.is_ascii_uppercase());
    (compound && js_api::names().any(|one| one.name == bare)).then_some(name)
}

/// Letters, digits and Chinese characters alone, in lower case.
fn normalized(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            letters.push(c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            letters.extend(c.to_lowercase());
        }
    }
    letters
}

#[cfg(test)]
mod tests;
