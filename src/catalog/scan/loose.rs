//! Known codes beside an error's words, on lines that mark no code.
//!
//! In: a line, or a stream of them. Out: the numbers of the tables that are where an exception or
//! a log puts a code: in brackets, at the line's beginning, behind `Error:`, `ret:` or `(`.
//! A number elsewhere (a port, a duration, a part of an id) is not one.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memrchr};

use super::{codes_in, is_client_number};
use crate::catalog::counted::{self, ends_with_word, is_amount, is_other};
use crate::catalog::found::linked_code;
use crate::catalog::{self, lookup, server_text};
use crate::platform::Platform;

/// A line is looked at so far. Bytes.
const LINE: usize = 64 * 1024;

/// What is before the code in an address: `…/devtool/query?e=40029`.
const LINK: &[u8] = b"e=";

/// A line without one of these words says nothing about an error.
const WORDS: [&[u8]; 23] = [
    b"rror",
    b"hint",
    b"rid",
    b"xception",
    b" ret",
    b"\"ret",
    b"ret:",
    b"eturn",
    b"esponded",
    b"ode ",
    b"rrmsg",
    b"rrMsg",
    b"fail",
    b"xpired",
    b"nauthorized",
    b"been used",
    b"nvalid ",
    LINK,
    "返回".as_bytes(),
    "错误".as_bytes(),
    "失败".as_bytes(),
    "微信".as_bytes(),
    "报".as_bytes(),
];

/// Words behind which a number is a code.
const BEFORE: &[&str] = &[
    "error",
    "ret",
    "err",
    "errno",
    "exception",
    "panic",
    "错误",
    "返回",
    "返回了",
    "报",
    "报了",
    "失败",
    "errcode",
];

/// Words behind which it is one where the line speaks of WeChat.
const PERHAPS: &[&str] =
    &["code", "status", "returned", "returns", "return", "responded", "with", "got", "wechat"];

/// A line with one of these speaks of WeChat.
const SUBJECT: &[&str] = &[
    "wechat",
    "weixin",
    "wecom",
    "wxwork",
    "qyapi",
    "wx",
    "微信",
    "公众号",
    "小程序",
    "jsapi",
    "access_token",
    "appid",
    "corpid",
    "openid",
    "rid:",
    "hint:",
    "errmsg",
    "from ip:",
    "credential",
    "api unauthorized",
];

/// Words that make a bare number in brackets or behind a comma a code's.
const FAULTS: &[&str] = &["invalid", "unauthorized", "expired", "missing", "not allow", "limit", "forbidden"];

/// Names that end like [`LINK`] and hold an error.
const NAMES: [&[u8]; 4] = [b"cod", b"messag", b"caus", b"respons"];

/// Whether an address's code follows, as `linked_code` reads it, or an error in a field.
fn is_link(block: &[u8], at: usize) -> bool {
    let before = &block[..at];
    match before.last() {
        Some(byte) if byte.is_ascii_alphanumeric() => {
            let name = &before[before.len().saturating_sub(8)..];
            NAMES.iter().any(|end| name.to_ascii_lowercase().ends_with(end))
        }
        _ => block.get(at + LINK.len()).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-'),
    }
}

fn speaks_of(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.contains(word))
}

/// The known codes of a text that are as codes do, each with its place.
pub fn numbers_beside_words(text: &str) -> Vec<(usize, i64)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        found.extend(in_line(line).into_iter().map(|(at, code)| (start + at, code)));
        start += line.len();
    }
    found
}

fn in_line(line: &str) -> Vec<(usize, i64)> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut lower: Option<String> = None;
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let mut start = at + step;
        let end = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = end;
        if !(5..=10).contains(&(end - start)) {
            continue;
        }
        if start > 0 && bytes[start - 1] == b'-' {
            start -= 1;
        }
        let Ok(code) = line[start..end].parse::<i64>() else { continue };
        if Platform::ALL.iter().all(|platform| lookup(code, *platform).is_none()) {
            continue;
        }
        // Lower case in ASCII alone keeps every place.
        let lower = lower.get_or_insert_with(|| line.to_ascii_lowercase());
        if is_written_as_code(lower, start, end) {
            found.push((start, code));
        }
    }
    found
}

/// Whether a number is where a code is written; the line is in lower case.
fn is_written_as_code(line: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&line[..start], &line[end..]);
    let mut next = after.chars();
    let behind = match next.next() {
        None
        | Some(
            ']' | ')' | '）' | '】' | '"' | '\'' | '\n' | '\r' | '，' | '。' | '；' | '>' | '?' | '？' | '!'
            | '！',
        ) => true,
        Some(':' | ',' | '.' | ';' | '：') => next.next().is_none_or(|c| !c.is_ascii_digit()),
        Some(c) => c.is_whitespace() && !is_amount(after.trim_start()),
    };
    if !behind || counted::is_of_another_kind(line, start, end) {
        return false;
    }
    let about_wechat = || speaks_of(line, SUBJECT);
    let about_a_fault = || about_wechat() || speaks_of(line, FAULTS);
    let spaced = before.trim_end();
    let Some(last) = spaced.chars().next_back() else {
        // A lone number is not a line of a log; words have to follow.
        return after.trim().chars().any(char::is_alphabetic) && about_a_fault();
    };
    let name = spaced[..spaced.len() - last.len_utf8()].trim_end();
    let word = |text: &str| text.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_fault = |text: &str| BEFORE.iter().any(|word| text.ends_with(word));
    match last {
        // `sshd[40013]`, `31000#40013`, `f(40013)` are a process, a thread, a call.
        '[' | '(' | '#' if before.len() == spaced.len() && word(name) => is_fault(name),
        '[' | '(' | '（' | '【' | ',' | '，' | '#' | '"' | '\'' => {
            is_fault(name.trim_end_matches(['"', '\'', ' ', ':', '='])) || about_a_fault()
        }
        '：' => is_fault(name) || about_wechat(),
        // `userid=40029` names something else.
        '=' => is_fault(name) || name.ends_with("code") || name.ends_with("status") || name.ends_with("?e"),
        ':' => {
            name.chars().next_back().is_some_and(|c| !c.is_ascii_digit())
                && !is_other(name)
                && (is_fault(name) || about_a_fault())
        }
        _ => is_fault(spaced) || (PERHAPS.iter().any(|word| ends_with_word(spaced, word)) && about_wechat()),
    }
}

/// What servers send for one code alone, by the first bytes of it.
struct Texts {
    by_key: HashMap<[u8; KEY], Vec<(String, i64)>>,
    /// Which slots have any: most words of a log begin no text, and need no look-up.
    begins: Vec<bool>,
}

/// So many bytes of a text are looked up.
const KEY: usize = 8;

fn texts() -> &'static Texts {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut codes: HashMap<String, Option<i64>> = HashMap::new();
        let mut sent: HashSet<String> = HashSet::new();
        let mut add = |text: &str, code: i64, label: bool| {
            let text = text.to_lowercase();
            // A text that a server really sends for one code is not the label of another.
            if label && sent.contains(&text) {
                return;
            }
            if !label {
                sent.insert(text.clone());
            }
            let telling = text.chars().count() >= 10 && text.contains(' ')
                || text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count() >= 6;
            if telling && text.len() >= KEY && code != 0 {
                let known = codes.entry(text).or_insert(Some(code));
                *known = known.filter(|known| *known == code);
            }
        };
        for (_, code, text) in server_text::rows() {
            add(text, code, false);
        }
        for code in Platform::ALL.into_iter().flat_map(catalog::codes) {
            add(code.name.en, code.code, true);
            add(code.name.zh, code.code, true);
        }
        let mut texts = Texts { by_key: HashMap::new(), begins: vec![false; SLOTS] };
        for (text, code) in codes {
            if let (Some(code), Some(key)) = (code, text.as_bytes().first_chunk()) {
                texts.begins[slot(*key)] = true;
                texts.by_key.entry(*key).or_default().push((text, code));
            }
        }
        texts
    })
}

/// So many slots that few of them are taken.
const SLOTS: usize = 1 << 16;

/// The slot of a text's first bytes.
fn slot(key: [u8; KEY]) -> usize {
    let mixed = u64::from_le_bytes(key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(mixed >> 48).unwrap_or_default()
}

/// The code whose text a line holds, where it says no number: `api unauthorized rid: …`.
pub fn by_text(line: &str) -> Option<i64> {
    // Lower case in ASCII alone: Chinese has none.
    let line = line.to_ascii_lowercase();
    let Texts { by_key, begins } = texts();
    let mut subject = None;
    let mut best: Option<(usize, i64)> = None;
    let mut last = ' ';
    for (at, c) in line.char_indices() {
        let starts = if c.is_ascii() {
            c.is_ascii_alphanumeric() && !(last.is_ascii_alphanumeric() || last == '_')
        } else {
            last.is_ascii() || !last.is_alphanumeric()
        };
        last = c;
        if !starts {
            continue;
        }
        let rest = &line[at..];
        let key = rest.as_bytes().first_chunk().filter(|key| begins[slot(**key)]);
        let Some(rows) = key.and_then(|key| by_key.get(key)) else {
            continue;
        };
        for (text, code) in rows {
            let ends = rest
                .strip_prefix(text.as_str())
                .is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_'));
            let longer = best.is_none_or(|(length, _)| text.len() > length);
            if ends
                && longer
                && (*subject.get_or_insert_with(|| speaks_of(&line, SUBJECT)) || speaks_of(text, SUBJECT))
            {
                best = Some((text.len(), *code));
            }
        }
    }
    best.map(|(_, code)| code)
}

/// A code that a line without a telling mark holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    /// From 1.
    pub line: u64,
    /// The code.
    pub code: i64,
    /// Whether it is what the line's marked numbers stand for.
    pub instead: bool,
}

/// The lines of a stream.
pub(super) struct Lines {
    finders: [Finder<'static>; WORDS.len()],
    /// The beginning of a line that has not ended yet.
    carried: Vec<u8>,
    /// Line breaks before it.
    breaks: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self { finders: WORDS.map(Finder::new), carried: Vec::new(), breaks: 0 }
    }
}

impl Lines {
    /// Takes a piece; gives each code of the lines that end in it.
    pub fn feed(&mut self, piece: &[u8], found: &mut Vec<Beside>) {
        let mut rest = piece;
        if !self.carried.is_empty() {
            let end = memchr(b'\n', rest);
            self.carry(&rest[..end.unwrap_or(rest.len())]);
            let Some(end) = end else { return };
            let line = std::mem::take(&mut self.carried);
            self.look(&line, found);
            self.breaks += 1;
            rest = &rest[end + 1..];
        }
        let whole = memrchr(b'\n', rest).map_or(0, |last| last + 1);
        self.look(&rest[..whole], found);
        self.breaks += memchr_iter(b'\n', &rest[..whole]).count() as u64;
        self.carry(&rest[whole..]);
    }

    /// How many lines have been looked at.
    pub fn done(&self) -> u64 {
        self.breaks
    }

    /// The stream has ended.
    pub fn finish(&mut self, found: &mut Vec<Beside>) {
        let line = std::mem::take(&mut self.carried);
        self.look(&line, found);
    }

    fn carry(&mut self, part: &[u8]) {
        let room = LINE.saturating_sub(self.carried.len());
        self.carried.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// Looks at each line of a block that has one of the words.
    fn look(&self, block: &[u8], found: &mut Vec<Beside>) {
        let mut starts: Vec<usize> = Vec::new();
        for finder in &self.finders {
            let mut from = 0;
            while let Some(step) = finder.find(&block[from..]) {
                let at = from + step;
                // `type=`, `name=` are everywhere; an address with a code or an error's field is looked for.
                if finder.needle() == LINK && !is_link(block, at) {
                    from = at + LINK.len();
                    continue;
                }
                starts.push(memrchr(b'\n', &block[..at]).map_or(0, |line| line + 1));
                // The next line: one word is enough.
                let Some(end) = memchr(b'\n', &block[at..]) else { break };
                from = at + end + 1;
            }
        }
        starts.sort_unstable();
        starts.dedup();
        let (mut counted, mut line) = (0, self.breaks + 1);
        for start in starts {
            line += memchr_iter(b'\n', &block[counted..start]).count() as u64;
            counted = start;
            let end = memchr(b'\n', &block[start..]).map_or(block.len(), |end| start + end);
            let bytes = &block[start..end.min(start + LINE)];
            let text = String::from_utf8_lossy(bytes);
            let marks = codes_in(&text);
            if marks.iter().all(|(_, code)| is_client_number(*code) || *code == 0)
                && let Some(code) = linked_code(&text)
            {
                // `errCode: 2` is a client's own number; the address behind it has the code.
                found.push(Beside { line, code, instead: true });
            } else if marks.is_empty() {
                let mut codes: Vec<i64> = in_line(&text).into_iter().map(|(_, code)| code).collect();
                if codes.is_empty() {
                    codes.extend(by_text(&text));
                }
                // One line says one thing once.
                codes.dedup();
                found.extend(codes.into_iter().map(|code| Beside { line, code, instead: false }));
            }
        }
    }
}
