//! What somebody pasted: a code, an answer, a server's text, a client's message, a console's words,
//! an exception, a log line.
//!
//! In: the text. Out: the codes and messages it speaks of, each with the facts that are beside
//! it and the platform where the text gives it away. Nothing is guessed: a text that no row, no
//! pattern and no number fits gives nothing.

use std::collections::HashSet;

use serde_json::Value;

pub use super::found::Found;
use super::found::{known, linked_code, push_message};
use super::message::{self, Message};
use super::observed::{self, Observed};
use super::{address, cloud, counted, everyday, fields, js_api, lookup, object, scan, server_text};
use crate::platform::Platform;

/// JSON inside JSON text is followed so far.
const NESTING: usize = 4;

/// So many answers of one text are looked at; who has more has a log, and `errcode scan` for it.
const ANSWERS: usize = 256;

/// A line in which a server's text is looked for behind other words, and at so many places. Bytes.
const LOG_LINE: usize = 600;
const STARTS: usize = 12;

/// A text that may be about the one number in it. Bytes.
const SHORT_TEXT: usize = 240;

/// What a text speaks of, in its order, each once; failures before successes.
pub fn understand(text: &str) -> Vec<Found> {
    let text = text.trim();
    if let Ok(code) = text.parse() {
        return vec![Found::Code { code, platform: None, by_text: false, observed: Observed::default() }];
    }
    let mut found = Vec::new();
    // Another product's numbers and words are not ours, whatever they are.
    if let Some(message) = message::of_another(text)
        && (message.group != "another-program" || !everyday::is_ours(text))
    {
        push_message(message, said(text), &mut found);
        return found;
    }
    // An open tag's object says less than the tag's name before it.
    if let Some((_, tag)) = text.split_once("wx-open-")
        && let Some(message) = message::find(text).and_then(message::Match::read)
        && message.group.starts_with("open-tag")
        && tag.contains('{')
    {
        push_message(message, said(text), &mut found);
        return found;
    }
    if let Some(message) = mass_send(text) {
        push_message(message, said(text), &mut found);
        return found;
    }
    let mut left = ANSWERS;
    for value in object::in_text(text) {
        walk(&value, 0, &mut left, &mut found);
        if left == 0 {
            break;
        }
    }
    if found.is_empty() {
        found = in_text(text);
    }
    if let Some(host) = address::platform_of(text) {
        at_host(host, &mut found);
    }
    let failed = |one: &Found| !matches!(one, Found::Code { code: 0, .. });
    if found.iter().any(failed) {
        found.retain(failed);
    }
    // Busy or failed, says -1: what says more comes before it.
    let (busy, mut found): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|one| matches!(one, Found::Code { code: -1, .. }));
    found.extend(busy);
    // A word of success beside something that failed is not news.
    let ok = |one: &Found| matches!(one, Found::Message { message, .. } if message.group == "ok");
    if found.iter().any(|one| !ok(one)) {
        found.retain(|one| !ok(one));
    }
    let mut seen: HashSet<(Option<i64>, Option<Platform>, String)> = HashSet::new();
    found.retain(|one| {
        seen.insert(match one {
            Found::Code { code, platform, .. } => (Some(*code), *platform, String::new()),
            Found::Message { message, .. } => (None, None, format!("{} {}", message.group, message.name.en)),
        })
    });
    found
}

/// A host decides whose an answer is, whatever its words are.
fn at_host(host: Platform, found: &mut Vec<Found>) {
    for one in found.iter_mut() {
        if let Found::Code { code, platform, .. } = one
            && lookup(*code, host).is_some()
        {
            *platform = Some(host);
        }
    }
    let here = |one: &Found| matches!(one, Found::Code { platform: Some(platform), .. } if *platform == host);
    if found.iter().any(here) {
        found.retain(|one| here(one) || !matches!(one, Found::Code { by_text: true, .. }));
    }
}

/// Looks at every object, at no more than `left` that say something.
fn walk(value: &Value, depth: usize, left: &mut usize, found: &mut Vec<Found>) {
    match value {
        Value::Object(object) => {
            let before = *left;
            *left = left.saturating_sub(usize::from(fields::speaks(object)));
            let said = found.len();
            if before > *left
                && let Some((texts, facts)) = fields::read(object, found)
            {
                let read = texts.iter().map(|text| in_text(text)).find(|read| !read.is_empty());
                found.extend(read.unwrap_or_default().into_iter().map(|one| one.with(&facts)));
            }
            // What is inside a message that was understood is its detail.
            let specific = found.len() > said && matches!(found.last(), Some(Found::Message { .. }));
            for inner in object.values().filter(|inner| !specific || inner.is_string()) {
                walk(inner, depth, left, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| walk(inner, depth, left, found)),
        // A logged body: JSON as text inside JSON.
        Value::String(text)
            if depth < NESTING && (text.trim_start().starts_with(['{', '[']) || holds_answer(text)) =>
        {
            for inner in object::in_text(text) {
                walk(&inner, depth + 1, left, found);
            }
        }
        _ => {}
    }
}

/// Whether an answer of WeChat's is somewhere in a text: `ERR_GET_SESSION_KEY {"errcode":40029}`.
fn holds_answer(text: &str) -> bool {
    text.contains('{') && text.contains("errcode")
}

/// A text that is the message itself.
fn said(text: &str) -> Observed {
    Observed { errmsg: Some(text.to_owned()), ..Observed::default() }
}

/// What a text that is not an object speaks of.
fn in_text(text: &str) -> Vec<Found> {
    let marks = scan::codes_in(text);
    let observed = || Observed { errmsg: Some(text.to_owned()), ..Observed::in_text(text) };
    // A file's path or a host beside it does not make a program's error WeChat's.
    if marks.is_empty()
        && let Some(message) = message::of_another(text).filter(|message| message.group == "another-program")
    {
        return vec![Found::Message { message: Box::new(message), observed: said(text) }];
    }
    if let Some(message) = soter_text(text, &marks) {
        return vec![Found::Message { message: Box::new(message), observed: observed() }];
    }
    if let Some(message) = request_error(text) {
        return vec![Found::Message { message: Box::new(message), observed: observed() }];
    }
    let inside = cloud::codes(text);
    if !inside.is_empty() {
        let observed = observed();
        let code = |(_, code)| Found::Code {
            code,
            platform: Some(Platform::Mp),
            by_text: false,
            observed: observed.clone(),
        };
        return inside.into_iter().map(code).collect();
    }
    // A mini program's cloud function passes a server's text on.
    if let Some(behind) = fields::passed_on(text) {
        return in_text(behind);
    }
    let alternatives = alternatives(text);
    if alternatives.len() > 1 {
        return marked_codes(text, &alternatives);
    }
    let matched = message::find(text);
    if let Some(matched) = matched.filter(|matched| matched.names_an_api) {
        return client_message(text, matched, &marks);
    }
    let telling: Vec<(usize, i64)> =
        marks.iter().copied().filter(|(_, code)| !matches!(code, -1 | 0) && known(*code)).collect();
    if !telling.is_empty() {
        return marked_codes(text, &telling);
    }
    if let Some(code) = linked_code(text) {
        return vec![Found::Code {
            code,
            platform: Some(Platform::Work),
            by_text: false,
            observed: observed(),
        }];
    }
    // A number of the tables beside words: what it says is surer than the words.
    let beside = scan::numbers_beside_words(text);
    if !beside.is_empty() {
        return marked_codes(text, &beside);
    }
    // One code in a short text is what it is about: `invalid signature 40234`.
    if let [one] = bare_numbers(text)[..]
        && one.abs() >= 10_000
        && text.len() < SHORT_TEXT
    {
        return marked_codes(text, &[(0, one)]);
    }
    let (length, rows) = server_text::find(text);
    let platform = observed::platform_of(text);
    let matched = matched.and_then(|matched| Some((matched, matched.read()?)));
    if let Some((matched, message)) = matched.as_ref().filter(|(matched, message)| {
        let longer =
            if message.family == "client" { matched.length > length } else { matched.length >= length };
        !rows.is_empty() && (matched.whole || longer)
    }) {
        // `invalid signature` is what a page shows, and also the label of codes: the page's first.
        let mut found = Vec::new();
        push_message(message.clone(), observed(), &mut found);
        if matched.whole && message.codes.is_empty() {
            // No family lends another's advice.
            let same = |(platform, code): &(Platform, i64)| {
                message::family_of_code(*platform, *code).is_none_or(|family| {
                    family == message.family || !["payment", "callback", "device"].contains(&family.as_str())
                })
            };
            let rows = rows.into_iter().filter(same).collect();
            found.extend(by_rows(rows, platform, &observed()));
        }
        return found;
    }
    if !rows.is_empty() {
        return by_rows(rows, platform, &observed());
    }
    if let Some((matched, _)) = matched {
        return client_message(text, matched, &marks);
    }
    if !marks.is_empty() {
        return marked_codes(text, &marks);
    }
    let numbers = bare_numbers(text);
    // A log's or a person's own words before a server's text: `微信返回：不合法的凭证类型`.
    if numbers.is_empty() {
        let rows = behind_words(text);
        if !rows.is_empty() {
            return by_rows(rows, platform, &observed());
        }
        if let Some(code) = scan::by_text(text).filter(|_| text.len() <= LOG_LINE) {
            return marked_codes(text, &[(0, code)]);
        }
    }
    let errmsg = (numbers.len() == 1).then(|| text.to_owned());
    numbers
        .into_iter()
        .map(|code| Found::Code {
            code,
            platform,
            by_text: false,
            observed: errmsg.as_ref().map_or_else(Observed::default, |errmsg| Observed {
                errmsg: Some(errmsg.clone()),
                ..Observed::in_text(text)
            }),
        })
        .collect()
}

/// The rows of a server's text that other words come before, if other programs do not write it:
/// `部署后报 invalid ip not in whitelist`, `production.ERROR: access_token expired`.
fn behind_words(text: &str) -> Vec<(Platform, i64)> {
    if text.len() > LOG_LINE {
        return Vec::new();
    }
    let mut before = ' ';
    let mut starts = Vec::new();
    for (at, c) in text.char_indices() {
        // Latin words behind Chinese ones, and what follows a mark.
        let begins = c.is_ascii_alphabetic() && !before.is_ascii() && !"：，".contains(before);
        if begins {
            starts.push(at);
        }
        if ":：]|".contains(c) {
            starts.push(at + c.len_utf8());
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    let ours = everyday::is_ours(text);
    let behind = starts.into_iter().map(|at| text[at..].trim()).filter(|text| text.chars().count() >= 6);
    behind
        .take(STARTS)
        .map(|text| (text, server_text::find(text)))
        .filter(|(text, (length, _))| ours || !everyday::is_everyday(text.get(..*length).unwrap_or(text)))
        .map(|(_, (_, rows))| rows)
        .find(|rows| !rows.is_empty())
        .unwrap_or_default()
}

fn by_rows(rows: Vec<(Platform, i64)>, said: Option<Platform>, observed: &Observed) -> Vec<Found> {
    let here = rows.iter().any(|(platform, _)| Some(*platform) == said);
    rows.into_iter()
        .filter(|(platform, _)| !here || said.is_none_or(|said| said == *platform))
        .map(|(platform, code)| Found::Code {
            code,
            platform: Some(platform),
            by_text: true,
            observed: observed.clone(),
        })
        .collect()
}

/// A client's message; if it is only a frame around a code, the code comes first.
fn client_message(text: &str, matched: message::Match, marks: &[(usize, i64)]) -> Vec<Found> {
    let Some(message) = matched.read() else { return Vec::new() };
    let linked = linked_code(text);
    let number = || bare_numbers(text).first().copied().filter(|code| code.abs() >= 10_000);
    let api = message::api_of(text);
    let observed = Observed {
        errmsg: Some(text.to_owned()),
        api: api.map(str::to_owned),
        code: marks.first().map(|(_, code)| *code).or(linked).or_else(number),
        ..Observed::in_text(text)
    };
    let mut found = Vec::new();
    if fields::is_frame(&message)
        && let Some(code) =
            observed.code.filter(|code| *code != 0 && known(*code) && !fields::is_of_a_page(*code))
    {
        let work = linked.is_some() || api.is_some_and(|api| api.eq_ignore_ascii_case("agentConfig"));
        let platform = if work { Some(Platform::Work) } else { api.and_then(js_api::only_on) };
        let platform = platform.filter(|platform| lookup(code, *platform).is_some());
        if !message.patterns.iter().any(|pattern| pattern.ends_with(&format!("e={code}"))) {
            found.push(Found::Code { code, platform, by_text: false, observed: observed.clone() });
        }
    }
    push_message(message, observed, &mut found);
    found
}

/// The codes of a log, each with the facts between it and its neighbors.
fn marked_codes(text: &str, marks: &[(usize, i64)]) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, &(at, code)) in marks.iter().enumerate() {
        let alone = marks.iter().all(|(_, other)| *other == code);
        if alone && index > 0 {
            break;
        }
        let start = if alone { 0 } else { at };
        let end = marks.get(index + 1).filter(|_| !alone).map_or(text.len(), |(next, _)| *next);
        let part = &text[start..end];
        let observed = Observed::in_text(part);
        let platform = observed::platform_of(part)
            .or_else(|| server_text::platform_of(part, code))
            .or_else(|| message::platform_of(part, code))
            .filter(|platform| lookup(code, *platform).is_some());
        found.push(Found::Code { code, platform, by_text: false, observed });
    }
    found
}

/// The reasons for which a mass send was stopped, as its event gives them: no codes of the tables.
const MASS_SEND: &[&str] = &[
    "10001", "20001", "20002", "20004", "20006", "20008", "20013", "21000", "22000", "30001", "30002",
    "30003", "40001", "40002",
];

/// The result of a mass send: `<Status><![CDATA[err(40001)]]></Status>`.
fn mass_send(text: &str) -> Option<Message> {
    let (before, behind) = text.split_once("err(")?;
    let (code, behind) = behind.split_once(')')?;
    let alone = before.trim().is_empty() && behind.trim().is_empty();
    let says = |mark: &str| text.contains(mark);
    let named = ["MASSSEND", "mass", "群发", "Status"].iter().any(|mark| says(mark));
    (MASS_SEND.contains(&code) && (alone || named)).then(|| message::named("mass-send-result")).flatten()
}

/// A mini program's request failed with an errno of its own: 600001 is not a device's there.
fn request_error(text: &str) -> Option<Message> {
    const CALLS: &[&str] = &["request", "uploadFile", "downloadFile", "connectSocket"];
    let called = CALLS.iter().any(|call| {
        text.contains(&format!("{call}:fail"))
            || (text.contains(&format!("wx.{call}")) && text.contains("errno"))
    });
    let errno = bare_numbers(text).into_iter().find(|code| (600_000..=600_010).contains(code))?;
    let name = if errno == 600_002 { "mini-program-domain" } else { "mini-program-network" };
    called.then(|| message::named(name)).flatten()
}

/// The biometric API's own number in words: `SOTER fail err_code 90009`.
fn soter_text(text: &str, marks: &[(usize, i64)]) -> Option<Message> {
    let lower = text.to_ascii_lowercase();
    if !["soter", "biometric"].iter().any(|word| lower.contains(word)) || lower.contains("errcode") {
        return None;
    }
    let numbers = bare_numbers(text);
    let code = marks.first().map(|(_, code)| *code).or_else(|| numbers.first().copied())?;
    message::named(&format!("soter-{code}"))
}

/// Codes that a question sets beside each other: `40001 or 42001?`, `40001和42001的区别`.
fn alternatives(text: &str) -> Vec<(usize, i64)> {
    const BETWEEN: &[&str] =
        &["or", "and", "vs", "vs.", "versus", "和", "与", "跟", "还是", "或", "或者", "、", "/", "，", ","];
    let mut found: Vec<(usize, i64)> = Vec::new();
    let mut from = 0;
    if text.len() > SHORT_TEXT {
        return found;
    }
    while let Some(step) = text[from..].find(|c: char| c.is_ascii_digit()) {
        let mut start = from + step;
        let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let end = start + digits;
        if text[..start].ends_with('-') {
            start -= 1;
        }
        let code = text[start..end].parse().ok().filter(|code: &i64| code.abs() >= 10_000 && known(*code));
        let between = text[from..start].trim().to_lowercase();
        match code {
            Some(code) if found.is_empty() || BETWEEN.contains(&between.as_str()) => {
                found.push((start, code));
            }
            // Another number among them: it asks something else.
            _ if !found.is_empty() => return Vec::new(),
            _ => {}
        }
        from = end;
    }
    found
}

/// A code at the beginning that the words are glued to: `40029invalid code`. A word alone may be an id.
fn glued_number(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).filter(|end| (5..=7).contains(end))?;
    let (word, more) = text[end..].split_once(' ')?;
    let is_word = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let may_be = is_word && !more.trim().is_empty() && !counted::is_of_another_kind(text, 0, end);
    text[..end].parse().ok().filter(|code| may_be && known(*code))
}

/// Numbers of a text that are codes, each once.
fn bare_numbers(text: &str) -> Vec<i64> {
    let mut seen = HashSet::new();
    if let Some(code) = glued_number(text) {
        return vec![code];
    }
    // `wx.login fail 60001`: the client has no code of WeCom's server.
    let is_of_client = text.trim_start().strip_prefix("wx.").is_some_and(|api| !api.starts_with("qy."));
    let may_be = |code: i64| !is_of_client || lookup(code, Platform::Mp).is_some();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let mut rest = 0;
    let words = std::iter::from_fn(|| {
        let start = rest + text[rest..].find(is_part)?;
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length);
        rest = end;
        Some((start, text[start..end].trim_end_matches('.')))
    });
    words
        .filter(|(_, word)| word.trim_start_matches('-').len() >= 4)
        .filter_map(|(start, word)| Some((start, start + word.len(), word.parse().ok()?)))
        .filter(|(start, end, _)| !counted::is_of_another_kind(text, *start, *end))
        .map(|(_, _, code)| code)
        .filter(|code| known(*code) && may_be(*code) && seen.insert(*code))
        .collect()
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
        for (platform, code, row) in server_text::rows() {
            let cells = [platform.name().to_owned(), code.to_string(), row.to_owned()];
            let expected = format!("{}:{}", cells[0], cells[1]);
            for tail in [
                "",
                ", hint: [1576065934_28_e0fe], from ip: 1.2.3.4, more info at https://example.com",
                " hint: [abc]",
                ", hints: [ req_id: x ]",
            ] {
                let text = format!("{}{tail}", cells[2]);
                let said = observed::platform_of(&text);
                if said.is_none_or(|said| said.name() == cells[0]) {
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
                "work:42012 agentConfig:fail",
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
            ("invalid corpid", "invalid corpId work:40013"),
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
    fn the_facts_are_beside_their_own_code() {
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
