//! Known codes beside an error's words, on lines that mark no code.
//!
//! In: a line, or a stream of them. Out: the numbers of the tables that are where an exception or
//! a log puts a code: in brackets, at the line's beginning, behind `Error:`, `ret:` or `(`.
//! A number elsewhere (a port, a duration, a part of an id) is not one.

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memrchr};

use super::codes_in;
use crate::catalog::found::linked_code;
use crate::catalog::lookup;
use crate::platform::Platform;

/// A line is looked at so far. Bytes.
const LINE: usize = 64 * 1024;

/// A line without one of these words says nothing about an error.
const WORDS: [&[u8]; 12] = [
    b"rror",
    b"hint",
    b"rid",
    b"xception",
    b" ret",
    b"\"ret",
    b"ret:",
    b"nvalid ",
    "返回".as_bytes(),
    b"query?e=",
    "错误".as_bytes(),
    "失败".as_bytes(),
];

/// Words behind which a number is a code.
const BEFORE: &[&str] =
    &["error", "code", "ret", "err", "errno", "exception", "错误", "返回", "报", "失败", "errcode", "status"];

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
        if stands(line, start, end) && Platform::ALL.iter().any(|platform| lookup(code, *platform).is_some())
        {
            found.push((start, code));
        }
    }
    found
}

/// Whether a number is where a code is written.
fn stands(line: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&line[..start], &line[end..]);
    let mut next = after.chars();
    let behind = match next.next() {
        None
        | Some(
            ']' | ')' | '）' | '】' | '"' | '\'' | '\n' | '\r' | '，' | '。' | '；' | '>' | '?' | '？' | '!'
            | '！',
        ) => true,
        Some(':' | ',' | '.' | ';' | '：') => next.next().is_none_or(|c| !c.is_ascii_digit()),
        Some(c) => {
            c.is_whitespace()
                && !["ms", "s ", "bytes", "us", "KB", "MB"]
                    .iter()
                    .any(|unit| after.trim_start().starts_with(unit))
        }
    };
    if !behind {
        return false;
    }
    let spaced = before.trim_end();
    let Some(last) = spaced.chars().next_back() else {
        // A lone number is not a line of a log; words have to follow.
        return after.trim().chars().any(char::is_alphabetic);
    };
    match last {
        '[' | '(' | '（' | '【' | ',' | '，' | '：' | '#' | '"' | '\'' => true,
        // `userid=40029` names something else.
        '=' => {
            let name = spaced[..spaced.len() - 1].trim_end().to_lowercase();
            BEFORE.iter().any(|word| name.ends_with(word)) || name.ends_with("?e") || name.ends_with(" e")
        }
        ':' => spaced[..spaced.len() - 1].chars().next_back().is_some_and(|c| !c.is_ascii_digit()),
        _ => {
            let lower = spaced.to_lowercase();
            BEFORE.iter().any(|word| lower.ends_with(word))
        }
    }
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
    /// Takes a piece; gives (line from 1, code) for each code of the lines that end in it.
    pub fn feed(&mut self, piece: &[u8], found: &mut Vec<(u64, i64)>) {
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

    /// The stream has ended.
    pub fn finish(&mut self, found: &mut Vec<(u64, i64)>) {
        let line = std::mem::take(&mut self.carried);
        self.look(&line, found);
    }

    fn carry(&mut self, part: &[u8]) {
        let room = LINE.saturating_sub(self.carried.len());
        self.carried.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// Looks at each line of a block that has one of the words.
    fn look(&self, block: &[u8], found: &mut Vec<(u64, i64)>) {
        let mut starts: Vec<usize> = Vec::new();
        for finder in &self.finders {
            let mut from = 0;
            while let Some(step) = finder.find(&block[from..]) {
                let at = from + step;
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
            // `errCode: 2` is a client's own number; the address behind it has the code.
            if marks.iter().all(|(_, code)| (-2..=99).contains(code))
                && !marks.is_empty()
                && let Some(code) = linked_code(&text)
            {
                found.push((line, code));
            } else if marks.is_empty() {
                found.extend(in_line(&text).into_iter().map(|(_, code)| (line, code)));
            }
        }
    }
}
