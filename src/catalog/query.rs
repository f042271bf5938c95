//! What somebody pasted: a code, a JSON answer, a server's text, a client's message, a log line.
//!
//! In: the text. Out: the codes and messages it speaks of, each with the facts that stand beside
//! it and the platform where the text gives it away. Nothing is guessed: a text that no row, no
//! pattern and no number fits gives nothing.

use serde_json::{Map, Value};

use super::message::{self, Message};
use super::observed::{self, Observed};
use super::{codes, lookup, scan};
use crate::platform::Platform;

/// Texts as the servers really send them: platform, code, text.
const SERVER_TEXTS: &str = include_str!("../../data/errmsg.tsv");

/// JSON inside JSON text is followed so far.
const NESTING: usize = 4;

/// So many answers of one text are looked at; who has more has a log, and `errcode scan` for it.
const ANSWERS: usize = 256;

/// A text that fits more rows than this names none of them.
const CANDIDATES: usize = 12;

/// Something that a text speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A code.
    Code {
        /// The number; perhaps one that no platform knows.
        code: i64,
        /// The platform, where the text gives it away.
        platform: Option<Platform>,
        /// Whether the code was known by its text alone, which is one platform's.
        by_text: bool,
        /// The facts beside it.
        observed: Observed,
    },
    /// A message of the client.
    Message {
        /// Which.
        message: Box<Message>,
        /// The facts beside it.
        observed: Observed,
    },
}

/// What a text speaks of, in its order, each once; failures before successes.
pub fn understand(text: &str) -> Vec<Found> {
    let text = text.trim();
    if let Ok(code) = text.parse() {
        return vec![Found::Code { code, platform: None, by_text: false, observed: Observed::default() }];
    }
    let mut found = Vec::new();
    if let Some(value) = json_in(text) {
        walk(&value, 0, &mut { ANSWERS }, &mut found);
    }
    if found.is_empty() {
        found = in_text(text);
    }
    let failed = |one: &Found| !matches!(one, Found::Code { code: 0, .. });
    if found.iter().any(failed) {
        found.retain(failed);
    }
    let mut once: Vec<Found> = Vec::new();
    for one in found {
        if !once.iter().any(|known| same(known, &one)) {
            once.push(one);
        }
    }
    once
}

fn same(one: &Found, other: &Found) -> bool {
    match (one, other) {
        (Found::Code { code: a, platform: p, .. }, Found::Code { code: b, platform: q, .. }) => {
            a == b && p == q
        }
        (Found::Message { message: a, .. }, Found::Message { message: b, .. }) => a == b,
        _ => false,
    }
}

/// The JSON that a text is, or that stands between its first and its last brace.
fn json_in(text: &str) -> Option<Value> {
    let whole = || serde_json::from_str(text).ok().filter(|value: &Value| !value.is_number());
    let inside = || {
        let (start, end) = (text.find('{')?, text.rfind('}')?);
        serde_json::from_str(text.get(start..=end)?).ok()
    };
    whole().or_else(inside)
}

/// Looks at every object, at no more than `left` that say something.
fn walk(value: &Value, depth: usize, left: &mut usize, found: &mut Vec<Found>) {
    match value {
        Value::Object(object) => {
            let before = *left;
            *left = left.saturating_sub(usize::from(speaks(object)));
            if before > *left {
                in_object(object, found);
            }
            for inner in object.values() {
                walk(inner, depth, left, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| walk(inner, depth, left, found)),
        // A logged body: JSON as text inside JSON.
        Value::String(text) if depth < NESTING && text.trim_start().starts_with(['{', '[']) => {
            if let Ok(inner) = serde_json::from_str(text) {
                walk(&inner, depth + 1, left, found);
            }
        }
        _ => {}
    }
}

fn speaks(object: &Map<String, Value>) -> bool {
    object.keys().any(|name| {
        let name = name.to_ascii_lowercase();
        name.starts_with("err") || name == "realauthurl"
    })
}

fn in_object(object: &Map<String, Value>, found: &mut Vec<Found>) {
    let mut observed = Observed::in_object(object);
    let is_code = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "errcode" || name == "err_code"
    };
    let code = object
        .iter()
        .find_map(|(name, value)| is_code(name).then(|| observed::whole_number(value)).flatten());
    let text = observed.errmsg.clone().unwrap_or_default();
    // The client's own numbers (`errCode`, `err_code` beside `API:…`) are none of the table.
    if message::api_of(&text).is_some()
        && let Some(message) = message::find(&text).and_then(message::Match::read)
    {
        observed.code = code.or_else(|| linked_code(&text));
        observed.api = message::api_of(&text).map(str::to_owned);
        let generic = matches!(message.group.as_str(), "config:fail" | "agentConfig:fail");
        let more = object
            .values()
            .filter_map(Value::as_str)
            .filter(|other| generic && **other != text)
            .find_map(|other| message::find(other).and_then(message::Match::read));
        let message = Box::new(more.unwrap_or(message));
        found.push(Found::Message { message, observed });
        return;
    }
    match code {
        Some(code) => {
            // The text may be one platform's own, as `invalid corpid` is.
            let platform =
                observed::platform_of(&text).or_else(|| match server_texts(&text, Some(code))[..] {
                    [(one, _)] => Some(one),
                    _ => None,
                });
            found.push(Found::Code { code, platform, by_text: false, observed });
        }
        None if !text.is_empty() => {
            let facts = observed;
            found.extend(in_text(&text).into_iter().map(|one| one.with(&facts)));
        }
        None if !observed.real_auth_urls.is_empty() => {
            found.extend(
                message::find("realAuthUrl")
                    .and_then(message::Match::read)
                    .map(|message| Found::Message { message: Box::new(message), observed }),
            );
        }
        None => {}
    }
}

impl Found {
    /// With the facts of the object around it laid over those of its text.
    fn with(mut self, facts: &Observed) -> Self {
        let (Self::Code { observed, .. } | Self::Message { observed, .. }) = &mut self;
        *observed = Observed { api: observed.api.take(), code: observed.code, ..facts.clone() };
        self
    }
}

/// What a text that is no JSON speaks of.
fn in_text(text: &str) -> Vec<Found> {
    let marks = scan::codes_in(text);
    let matched = message::find(text);
    if let Some(matched) = matched.filter(|matched| matched.names_an_api) {
        return client_message(text, matched, &marks);
    }
    if !marks.is_empty() {
        return marked_codes(text, &marks);
    }
    let observed = Observed { errmsg: Some(text.to_owned()), ..Observed::in_text(text) };
    if let Some(code) = linked_code(text) {
        return vec![Found::Code { code, platform: Some(Platform::Work), by_text: false, observed }];
    }
    let rows = server_texts(text, None);
    if !rows.is_empty() {
        let told = observed::platform_of(text);
        // `invalid signature` is what a page shows, and also the label of codes: the page's first.
        let shown = matched.filter(|matched| matched.whole);
        let shown = shown.map(|matched| client_message(text, matched, &marks)).unwrap_or_default();
        let codes = rows.into_iter().filter(|(platform, _)| told.is_none_or(|told| told == *platform)).map(
            |(platform, code)| Found::Code {
                code,
                platform: Some(platform),
                by_text: true,
                observed: observed.clone(),
            },
        );
        return shown.into_iter().chain(codes).collect();
    }
    if let Some(matched) = matched {
        return client_message(text, matched, &marks);
    }
    bare_numbers(text)
        .into_iter()
        .map(|code| Found::Code {
            code,
            platform: observed::platform_of(text),
            by_text: false,
            observed: observed.clone(),
        })
        .collect()
}

/// A client's message; where it is only a frame around a code, the code comes first.
fn client_message(text: &str, matched: message::Match, marks: &[(usize, i64)]) -> Vec<Found> {
    let Some(message) = matched.read() else { return Vec::new() };
    let observed = Observed {
        errmsg: Some(text.to_owned()),
        api: message::api_of(text).map(str::to_owned),
        code: marks.first().map(|(_, code)| *code).or_else(|| linked_code(text)),
        ..Observed::in_text(text)
    };
    let frame = matches!(message.group.as_str(), "config:fail" | "agentConfig:fail" | "documented");
    let mut found = Vec::new();
    if let Some(code) = observed.code.filter(|code| frame && *code != 0 && known(*code)) {
        let platform = linked_code(text).map(|_| Platform::Work);
        if !message.patterns.iter().any(|pattern| pattern.ends_with(&format!("e={code}"))) {
            found.push(Found::Code { code, platform, by_text: false, observed: observed.clone() });
        }
    }
    found.push(Found::Message { message: Box::new(message), observed });
    found
}

/// The codes of a log, each with the facts between it and its neighbours.
fn marked_codes(text: &str, marks: &[(usize, i64)]) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, &(at, code)) in marks.iter().enumerate() {
        let alone = marks.len() == 1;
        let start = if alone { 0 } else { at };
        let end = marks.get(index + 1).map_or(text.len(), |(next, _)| *next);
        let part = &text[start..end];
        let observed = Observed::in_text(part);
        found.push(Found::Code { code, platform: observed::platform_of(part), by_text: false, observed });
    }
    found
}

/// The code of the address that WeCom puts behind its texts: `…/devtool/query?e=40029`.
fn linked_code(text: &str) -> Option<i64> {
    let (_, behind) = text.split_once("devtool/query?e=")?;
    let end = behind
        .char_indices()
        .find(|(at, c)| !(c.is_ascii_digit() || (*at == 0 && *c == '-')))
        .map_or(behind.len(), |(at, _)| at);
    behind[..end].parse().ok()
}

/// The rows whose text this is, or begins with: the servers' own texts and the official labels, of one
/// code where it is known.
fn server_texts(text: &str, of: Option<i64>) -> Vec<(Platform, i64)> {
    let given = comparable(without_tail(text));
    if given.is_empty() {
        return Vec::new();
    }
    let mut rows = Rows::default();
    for line in SERVER_TEXTS.lines() {
        let mut cells = line.split('\t');
        if let (Some(platform), Some(code), Some(row)) = (
            cells.next().and_then(Platform::from_name),
            cells.next().and_then(|code| code.parse().ok()),
            cells.next(),
        ) && of.is_none_or(|of| of == code)
        {
            let row = comparable(row);
            rows.compare(&given, &row, (platform, code));
            if given.len() >= SHORT && continues(&row, &given) {
                rows.longer.push((platform, code));
            }
        }
    }
    for platform in Platform::ALL {
        // A text that is known to be sent for one code is not looked for among the labels.
        if rows.whole.iter().any(|(known, _)| *known == platform) {
            continue;
        }
        let labels = match of {
            Some(of) => lookup(of, platform).into_iter().collect(),
            None => codes(platform).collect::<Vec<_>>(),
        };
        for code in labels {
            rows.compare(&given, &comparable(code.name.en), (platform, code.code));
            rows.compare(&given, &comparable(code.name.zh), (platform, code.code));
        }
    }
    rows.chosen()
}

/// A text shorter than this is no beginning of another.
const SHORT: usize = 6;

/// The rows that a text fits, by how it does.
#[derive(Default)]
struct Rows {
    /// The text is the row.
    whole: Vec<(Platform, i64)>,
    /// The text begins with the row, of this length.
    begun: Vec<(usize, (Platform, i64))>,
    /// The row begins with the text.
    longer: Vec<(Platform, i64)>,
}

impl Rows {
    fn compare(&mut self, given: &str, row: &str, key: (Platform, i64)) {
        if row == given {
            self.whole.push(key);
        } else if row.len() >= SHORT && continues(given, row) {
            self.begun.push((row.len(), key));
        }
    }

    /// A beginning counts only where the whole is nowhere, and then the longest one.
    fn chosen(self) -> Vec<(Platform, i64)> {
        let longest = self.begun.iter().map(|(length, _)| *length).max();
        let begun = self.begun.into_iter().filter(|(length, _)| Some(*length) == longest);
        let mut rows: Vec<(Platform, i64)> =
            if self.whole.is_empty() { begun.map(|(_, key)| key).collect() } else { self.whole };
        rows.extend(self.longer);
        rows.sort_unstable();
        rows.dedup();
        if rows.len() > CANDIDATES { Vec::new() } else { rows }
    }
}

/// Whether `text` begins with `start` and goes on with something that is no part of its last word.
fn continues(text: &str, start: &str) -> bool {
    text.strip_prefix(start)
        .and_then(|rest| rest.chars().next())
        .is_some_and(|next| !next.is_ascii_alphanumeric() && next != '_')
}

/// A server's text without what it appends: hint, rid, the caller's IP, a link.
fn without_tail(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    let text = text.strip_prefix("Warning: wrong json format.").unwrap_or(text).trim_start();
    let text = text.strip_prefix("errmsg").map_or(text, |rest| rest.trim_start_matches([':', '=', ' ', '"']));
    let end = [" hint:", ", hint:", ",hint:", ", hints:", " hints:", " rid:", ", from ip", ", more info at"]
        .iter()
        .filter_map(|tail| text.find(tail))
        .min()
        .unwrap_or(text.len());
    text[..end].trim_end_matches(|c: char| c.is_whitespace() || ",.。，".contains(c))
}

/// In lower case, blanks made one, and with every IP address written as `*`.
fn comparable(text: &str) -> String {
    text.split_whitespace()
        .map(|word| {
            let bare = word.trim_end_matches(',');
            match bare.parse::<core::net::IpAddr>() {
                Ok(_) => word.replacen(bare, "*", 1),
                Err(_) => word.to_lowercase(),
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Numbers of a text that are codes.
fn bare_numbers(text: &str) -> Vec<i64> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.trim_start_matches('-').len() >= 4)
        .filter_map(|word| word.parse().ok())
        .filter(|code| known(*code))
        .collect()
}

fn known(code: i64) -> bool {
    Platform::ALL.into_iter().any(|platform| lookup(code, platform).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `mp:40001`, `?:40001` where the text does not tell, `invalid signature` for a message.
    fn read(text: &str) -> String {
        let words: Vec<String> = understand(text)
            .iter()
            .map(|found| match found {
                Found::Code { code, platform, .. } => {
                    format!("{}:{code}", platform.map_or("?", Platform::name))
                }
                Found::Message { message, .. } => message.group.clone(),
            })
            .collect();
        words.join(" ")
    }

    #[test]
    fn every_text_that_servers_send_finds_its_code() {
        for line in SERVER_TEXTS.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let expected = format!("{}:{}", cells[0], cells[1]);
            for tail in [
                "",
                ", hint: [1576065934_28_e0fe], from ip: 1.2.3.4, more info at https://example.com",
                " hint: [abc]",
                ", hints: [ req_id: x ]",
            ] {
                let text = format!("{}{tail}", cells[2]);
                let told = observed::platform_of(&text);
                if told.is_none_or(|told| told.name() == cells[0]) {
                    assert!(read(&text).split(' ').any(|found| found == expected), "{text}: {}", read(&text));
                }
            }
        }
    }

    #[test]
    fn a_pasted_thing_of_any_shape_is_read() {
        for (text, expected) in [
            ("40014", "?:40014"),
            (" -1\n", "?:-1"),
            (
                r#"{"errcode":40164,"errmsg":"invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist"}"#,
                "mp:40164",
            ),
            (r#"{"errcode":"40014","errmsg":"x"}"#, "?:40014"),
            (r#"{"data":{"a":[{"errcode":40001},{"errcode":0},{"errcode":42001}]}}"#, "?:40001 ?:42001"),
            (r#"{"errcode":0,"errmsg":"ok"}"#, "?:0"),
            (r#"{"body":"{\"errcode\":48001}"}"#, "?:48001"),
            (r#"2026-01-01 resp={"errcode":60020,"errmsg":"not allow, from ip: 1.2.3.4"} 3ms"#, "work:60020"),
            (r#"a {"errcode":40001} b {"errcode":42001}"#, "?:40001 ?:42001"),
            (r#"{"realAuthUrl":["https://h/#/"],"errMsg":"config:invalid signature"}"#, "invalid signature"),
            (r#"{"err_msg":"system:access_denied"}"#, "permission denied"),
            (
                r#"{"errMsg":"agentConfig:fail","err_msg":"ticket no available more info at https://open.work.weixin.qq.com/devtool/query?e=42012"}"#,
                "agentConfig:fail",
            ),
            (r#"{"errMsg":"getLocation:fail","errCode":2}"#, "documented"),
            (r#"{"errMsg":"invalid credential"}"#, "mp:40001 work:40001"),
            (
                "config:fail,Error: System error, error code:63002,invalid signature [x][]",
                "invalid signature",
            ),
            ("config:fail,Error: 系统错误，错误码：48001,api unauthorized [x][]", "?:48001 config:fail"),
            ("system error, error code:63002", "invalid signature"),
            ("errcode=40001&errmsg=x", "?:40001"),
            ("more info at https://open.work.weixin.qq.com/devtool/query?e=40029", "work:40029"),
            ("invalid template_id", "mp:40037"),
            ("invalid signature", "invalid signature mp:63002 mp:87009"),
            ("invalid url domain", "invalid url domain mp:40048"),
            ("invalid ip 203.0.113.7, not in whitelist hint: [abc]", "mp:40164"),
            (r#"{"errcode":40013,"errmsg":"invalid corpid"}"#, "work:40013"),
            (r#"{"errcode":40013,"errmsg":"invalid appid"}"#, "mp:40013"),
            ("require subscribe", "require subscribe mp:43004"),
            ("invalid corpid", "work:40013"),
            ("Warning: wrong json format. invalid userid", "work:40003 work:301021 work:640012"),
            ("Error 40164 from WeChat", "?:40164"),
            ("不合法的secret参数", "work:40001"),
            ("chooseImage:cancel", "cancel"),
            ("nothing of the kind", ""),
            ("", ""),
            ("{", ""),
            ("null", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn the_facts_stand_beside_their_own_code() {
        let text = r#"[{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: a-b"},
                       {"errcode":600004,"errmsg":"no device auth","suggestion":"reconnect","interval":"5"}]"#;
        let found = understand(text);
        let [Found::Code { observed: ip, .. }, Found::Code { observed: wait, .. }] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!((ip.ip.as_deref(), ip.rid.as_deref()), (Some("203.0.113.7"), Some("a-b")));
        assert_eq!((wait.suggestion.as_deref(), wait.interval), (Some("reconnect"), Some(5)));
        assert_eq!(wait.ip, None);
    }
}
