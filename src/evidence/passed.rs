//! What a text says that the page passes to the client, outside of a call: `the page passes nonceStr …`,
//! `前端 wx.config 里传的 timestamp 是 …`, the lines under `In the browser:`.
//!
//! In: a text. Out: into [`Found`], nonces and timestamps whose sentence or heading speaks of the page and, behind
//! that, of nothing else. They are compared with what was signed, and never taken for it.

use super::cursor::Lines;
use super::found::Found;
use super::javascript::is_type;
use super::{Field, LONGEST_QUESTION, Origin, Value};

/// What the values of a page are said to be of.
const PAGES: [&str; 14] = [
    "页面",
    "前端",
    "浏览器",
    "客户端",
    "手机",
    "h5",
    "wx.config",
    "page",
    "front",
    "browser",
    "client",
    "phone",
    "passes",
    "passed",
];
/// What makes them another's: the server's, a request's, an error's.
const OTHERS: [&str; 24] = [
    "后端", "后台", "服务", "接口", "请求", "返回", "签名", "计算", "加密", "报错", "错误", "日志", "示例",
    "例如", "server", "back", "api", "request", "error", "log", "sample", "example", "should", "expect",
];
const NONCES: [&str; 5] = ["noncestr", "nonce_str", "nonce", "随机串", "随机字符串"];
const TIMESTAMPS: [&str; 3] = ["timestamp", "time_stamp", "时间戳"];
/// What comes between such a name and its value.
const MARKS: [char; 18] =
    [' ', '\t', ':', '：', '=', '"', '\'', '`', '“', '「', '(', '（', '*', '是', '为', '用', '传', '的'];
const VERBS: [&str; 5] = ["is ", "was ", "of ", "值", "变成了"];
/// No line is a person's, and no heading, that is longer. Bytes.
const LONGEST: usize = 1024;
const LONGEST_HEADING: usize = 80;

pub(super) fn read(text: &str, lines: Lines<'_>, found: &mut Found) {
    if text.len() > LONGEST_QUESTION {
        return;
    }
    // The values under a heading: without both of them they may be of anything.
    let mut heading: Option<Vec<Value>> = None;
    let mut at = 0;
    for line in text.split('\n').chain([""]) {
        let start = at;
        at += line.len() + 1;
        if line.len() > LONGEST {
            continue;
        }
        let trimmed = line.trim();
        let is_heading =
            trimmed.len() <= LONGEST_HEADING && trimmed.ends_with([':', '：']) || is_title(trimmed);
        if trimmed.is_empty() || is_heading {
            let both = |list: &Vec<Value>| {
                [Field::Nonce, Field::Timestamp]
                    .iter()
                    .all(|field| list.iter().any(|one| one.field == *field))
            };
            found.passed.extend(heading.take().filter(both).into_iter().flatten());
            heading = (is_heading && is_of_page(&trimmed.to_lowercase())).then(Vec::new);
            continue;
        }
        // Nearly all lines of code and logs end here.
        if !may_name(line) {
            continue;
        }
        let lower = line.to_lowercase();
        // Where a letter's other case has another length, places in the two are not the same.
        if lower.len() != line.len() {
            continue;
        }
        for (field, text, key_at) in named(line, &lower) {
            let value = || Value {
                field,
                text: text.to_owned(),
                line: lines.of(start),
                origin: Origin::Line,
                kind: None,
            };
            if is_of_page(clause(&lower[..key_at])) {
                found.passed.push(value());
            } else if let Some(list) = &mut heading {
                list.push(value());
            }
        }
    }
}

/// Whether a line is the page's name and hardly more: `客户端`, `frontend`, `wx.config 里`.
fn is_title(line: &str) -> bool {
    const SHORT: usize = 24;
    line.len() <= SHORT
        && !line.contains(|c: char| c.is_ascii_digit() || "=:：,，(（{\"'".contains(c))
        && is_of_page(&line.to_lowercase())
}

/// Whether a line can have one of the names.
fn may_name(line: &str) -> bool {
    let stems: [&[u8]; 2] = [b"nonc", b"time"];
    !line.is_ascii()
        || line.as_bytes().windows(4).any(|part| stems.iter().any(|stem| part.eq_ignore_ascii_case(stem)))
}

/// The end of a text that is one statement.
fn clause(before: &str) -> &str {
    before.rsplit(['。', '；', ';', '!', '！', '?', '？', '{', '}']).next().unwrap_or_default()
}

/// Whether the last that is spoken of is the page.
fn is_of_page(words: &str) -> bool {
    let last = |list: &[&str]| list.iter().filter_map(|word| words.rfind(word)).max();
    // `signature` says nothing of who signs.
    let signs = words.rmatch_indices("sign").find(|(at, _)| !words[*at..].starts_with("signature"));
    last(&PAGES).is_some_and(|page| Some(page) > last(&OTHERS).max(signs.map(|(at, _)| at)))
}

/// The nonces and timestamps that a line names, each with where its name starts.
fn named<'t>(line: &'t str, lower: &str) -> Vec<(Field, &'t str, usize)> {
    let mut all = Vec::new();
    for (field, names) in [(Field::Nonce, &NONCES[..]), (Field::Timestamp, &TIMESTAMPS[..])] {
        let mut from = 0;
        while let Some((at, name)) = names
            .iter()
            .filter_map(|name| Some((from + lower[from..].find(name)?, *name)))
            .min_by_key(|(at, name)| (*at, usize::MAX - name.len()))
        {
            from = at + name.len();
            let is_apart = !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
            let behind = &line[from..];
            let mut rest = behind.trim_start_matches(MARKS);
            for verb in VERBS {
                rest = rest.strip_prefix(verb).unwrap_or(rest).trim_start_matches(MARKS);
            }
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
                .unwrap_or(rest.len());
            let (value, after) = rest.split_at(end);
            let is_beside = rest.len() < behind.len();
            // A call, a property or an address is not a value.
            let is_whole = !after.starts_with(['(', '.', '/', '[', '%', '&', '+'])
                || after.starts_with(". ")
                || after == ".";
            if is_apart && is_beside && is_whole && may_be(field, value) {
                all.push((field, value, at));
            }
        }
    }
    all
}

fn may_be(field: Field, value: &str) -> bool {
    if field == Field::Timestamp {
        return matches!(value.len(), 10 | 13) && value.bytes().all(|byte| byte.is_ascii_digit());
    }
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    (6..=64).contains(&value.len())
        && !is_type(value)
        && (has(u8::is_ascii_digit) || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase))
        && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(text: &str) -> Vec<String> {
        let mut found = Found::default();
        read(text, Lines::Fixed(1), &mut found);
        found.passed.into_iter().map(|value| value.text).collect()
    }

    #[test]
    fn a_sentence_about_the_page_says_what_it_passes() {
        for (text, values) in [
            ("the page passes nonceStr Wm3WZYTPz0wzccnW", &["Wm3WZYTPz0wzccnW"][..]),
            ("前端 wx.config 里传的 nonceStr 是 Wm3WZYTPz0wzccnW", &["Wm3WZYTPz0wzccnW"]),
            ("页面上的时间戳：1414587457", &["1414587457"]),
            ("server signed nonceStr aaaa1111, the page has nonceStr bbbb2222.", &["bbbb2222"]),
            ("In the browser:\n  nonceStr: bbbb2222\n  timestamp: 1414587457\n", &["bbbb2222", "1414587457"]),
            (
                "the browser calls wx.config with timestamp 1414587457, nonceStr bbbb2222",
                &["bbbb2222", "1414587457"],
            ),
            ("In the browser:\n  timestamp: 1414587457\n", &[]),
            ("the page asks the server, which signs nonceStr aaaa1111", &[]),
            ("前端报错，后端日志 nonceStr: aaaa1111", &[]),
            ("页面 nonceStr: data.nonceStr, timestamp: Date.now()", &[]),
            ("the page's nonceStr is wrong; timestamp 1414587457", &[]),
            ("page.nonceStr = String", &[]),
        ] {
            assert_eq!(passed(text), values, "{text}");
        }
    }
}
