//! Names beside their values, with no `:` or `=` between: a browser's console, a table, XML.
//!
//! In: the reader behind a name that no separator follows. Out: into [`Found`](super::found::Found),
//! the value beside it. Running text names urls and tickets too, so that a value counts
//! only when name and value fill their line, their cells or their element, and when it can be
//! nothing else.

use super::found::Trust;
use super::frame::WORD;
use super::frame::{Mode, Owner};
use super::key::Key;
use super::reader::Reader;
use super::{Field, Origin, javascript, lines};

/// How far back the start of a line is looked for, and how long a cell or an element may be. Bytes.
const WINDOW: usize = 2048;

/// Documents whose elements have the same names and belong to a payment or a message.
const OTHER_XML: [&str; 4] = ["mch_id", "<Encrypt>", "<MsgType>", "<MsgSignature>"];

impl Reader<'_, '_> {
    /// Reads what is beside the name between `start` and `end`.
    pub(super) fn beside(&mut self, start: usize, end: usize) {
        let is_open = self.mode() == Mode::Text && self.owner() == Owner::Anyone && self.manner.is_whole;
        let key = Key::of(&self.text[start..end]);
        let is_wanted = match key.field() {
            Some(field) => !matches!(field, Field::Code | Field::Openid | Field::Balance | Field::OuterStr),
            None => key.is_page(),
        };
        if !is_open || !is_wanted || self.patience == 0 {
            return;
        }
        if start > 0 && self.bytes[start - 1] == b'<' {
            return self.element(key, start, end);
        }
        let mut next = end;
        while matches!(self.bytes.get(next), Some(b'*' | b'`')) {
            next += 1;
        }
        let at = self.after_space(next, false);
        if self.bytes.get(at) == Some(&b'|') {
            self.cell(key, start, at + 1);
        } else if at > end {
            self.word_beside(key, start, at);
        }
    }

    /// `| nonceStr | abc |`: the whole cell.
    fn cell(&mut self, key: Key, start: usize, from: usize) {
        if !self.before_on_line(start).trim_end_matches(['*', '`', ' ', '\t']).ends_with('|') {
            return;
        }
        let row = &self.text[from..self.text.floor_char_boundary(from + WINDOW)];
        let row = row.split('\n').next().unwrap_or_default();
        self.patience = self.patience.saturating_sub(row.len());
        let Some((cell, rest)) = row.split_once('|') else { return };
        let padding = |c: char| c.is_ascii_whitespace() || matches!(c, '*' | '`');
        let value = cell.trim_matches(padding);
        // A row of documentation goes on: `| nonceStr | string | 是 |`.
        let is_pair = rest.trim().is_empty()
            && key == Key::Field(Field::Nonce)
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !javascript::is_type(value)
            && Key::of(value) == Key::Other
            && !matches!(value, "yes" | "no" | "true" | "false" | "required" | "optional" | "random" | "");
        if is_pair || is_unmistakable(key, value) {
            let at = from + cell.len() - cell.trim_start_matches(padding).len();
            self.keep_beside(key, value.to_owned(), at, from + cell.len());
        }
    }

    /// `page.js:13 nonceStr abc`, as a console prints what it is given.
    fn word_beside(&mut self, key: Key, start: usize, at: usize) {
        let line = &self.text[at..self.text.floor_char_boundary(at + WINDOW)];
        let line = line.split('\n').next().unwrap_or_default();
        let mut words = line.split_ascii_whitespace();
        let Some(value) = words.next().map(|word| word.trim_end_matches([',', ';'])) else { return };
        self.patience = self.patience.saturating_sub(value.len() + 1);
        if !is_unmistakable(key, value) {
            return;
        }
        let is_followed = words.next().is_none_or(|word| {
            let key = Key::of(word);
            key.field().is_some() || key.is_page() || is_place(word)
        });
        self.patience = self.patience.saturating_sub(WINDOW / 8);
        let before = self.before_on_line(start).trim_ascii_end();
        let last = before.rsplit([' ', '\t']).next().unwrap_or_default();
        let is_first = last.is_empty()
            || self.beside_end == self.text[..start].trim_ascii_end().len()
            || is_place(last)
            || last.ends_with([']', '|', '>', ':'])
            || matches!(last, "INFO" | "DEBUG" | "LOG" | "WARN" | "ERROR" | "-" | "*" | "•");
        if is_followed && is_first {
            self.keep_beside(key, value.to_owned(), at, at + value.len());
        }
    }

    /// `<nonceStr>abc</nonceStr>`.
    fn element(&mut self, key: Key, start: usize, end: usize) {
        let name = &self.text[start..end];
        if self.bytes.get(end) != Some(&b'>') || name.eq_ignore_ascii_case("link") {
            return;
        }
        let from = end + 1;
        let window = &self.text[from..self.text.floor_char_boundary(from + WINDOW)];
        let cdata = window.strip_prefix("<![CDATA[").and_then(|rest| rest.split_once("]]>"));
        let (text, rest) = match cdata {
            Some((text, rest)) => (text.to_owned(), rest),
            None => match window.find('<') {
                Some(length) => (unescaped(&window[..length]), &window[length..]),
                None => return self.patience = self.patience.saturating_sub(window.len()),
            },
        };
        let is_closed = rest
            .strip_prefix("</")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('>'));
        let is_value = match key.field() {
            Some(Field::Timestamp) => lines::is_number(&text),
            Some(Field::Url) | None => text.contains("://"),
            Some(field) => !text.trim().is_empty() && !lines::is_code(field, &text, false),
        };
        let length = window.len() - rest.len();
        self.patience = self.patience.saturating_sub(length);
        if is_closed && is_value && !self.is_other_xml() {
            self.keep_beside(key, text, from, from + length);
        }
    }

    fn is_other_xml(&mut self) -> bool {
        let text = self.text;
        *self.other_xml.get_or_insert_with(|| OTHER_XML.iter().any(|mark| text.contains(mark)))
    }

    fn keep_beside(&mut self, key: Key, text: String, at: usize, end: usize) {
        if key.is_page() {
            self.found.page_of(key, &text);
        } else {
            self.keep(key, text, at, Origin::Line, Trust::Plain);
        }
        self.pos = end;
        self.previous = WORD;
        self.beside_end = end;
    }

    /// What comes before a place on its line; where the line is long, its last part.
    fn before_on_line(&self, at: usize) -> &str {
        let before = &self.text[self.text.floor_char_boundary(at.saturating_sub(WINDOW / 8))..at];
        before.rsplit('\n').next().unwrap_or_default()
    }
}

/// `page.js:13`, `index.html:20:5`, `12:30:01`: where or when a line was logged.
pub(super) fn is_place(word: &str) -> bool {
    word.rsplit_once(':').is_some_and(|(before, digits)| {
        !before.is_empty()
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// Whether a text can be nothing but the value of its field.
pub(super) fn is_unmistakable(key: Key, value: &str) -> bool {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte));
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    match key.field() {
        Some(Field::Ticket | Field::AccessToken) => is_plain && has_digit && value.len() >= 20,
        Some(Field::Nonce) => {
            let is_mixed = value.len() >= 12
                && value.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
                && value.bytes().any(|byte| byte.is_ascii_lowercase());
            (has_digit && value.len() >= 6 || is_mixed || value.len() >= 16)
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && Key::of(value) == Key::Other
        }
        Some(Field::Timestamp) => {
            matches!(value.len(), 10 | 13) && value.bytes().all(|byte| byte.is_ascii_digit())
        }
        Some(Field::Signature) => value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit()),
        Some(Field::Url) | None => value.starts_with("http://") || value.starts_with("https://"),
        Some(Field::AppId) => lines::cannot_be_a_name(Field::AppId, value),
        Some(_) => false,
    }
}

/// The five entities of XML undone.
pub(super) fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&amp;", "&")
}
