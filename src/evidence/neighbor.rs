//! Values beside their names in code: arguments, comparisons, form fills.
//!
//! In: the reader at a string or a name that no separator follows. Out: into
//! [`Found`](super::found::Found), the value that code puts beside it: `put("nonceStr", "…")`,
//! `('noncestr', '…')`, `$("#signature").val("…")`, `assert(sign === "…")`, `expect(sign).toBe("…")`,
//! `sign"…"` as a console shows an object.

use super::beside::is_unmistakable;
use super::frame::{Mode, Owner};
use super::key::Key;
use super::literal::Literal;
use super::reader::Reader;
use super::{Field, Origin, found::Trust, lines};

/// Methods that put their argument into what they are called on.
const FILLS: [&str; 16] = [
    "val",
    "value",
    "text",
    "html",
    "type",
    "fill",
    "sendKeys",
    "send_keys",
    "setValue",
    "setText",
    "set",
    "innerHTML",
    "innerText",
    "textContent",
    "setProps",
    "append",
];

/// Methods that compare.
const EQUALS: [&str; 17] = [
    "toBe",
    "toEqual",
    "toStrictEqual",
    "equal",
    "equals",
    "eq",
    "eql",
    "isEqualTo",
    "be",
    "is",
    "deepEqual",
    "strictEqual",
    "shouldBe",
    "Equal",
    "Be",
    "equalsIgnoreCase",
    "compareTo",
];

impl Reader<'_, '_> {
    /// A string that names a field, beside its value; or the value of an assertion before its name.
    pub(super) fn beside_string(&mut self, literal: &Literal, at: usize, before: u8) -> bool {
        if literal.text.len() > 64 || literal.text.len() < 3 || self.owner() == Owner::Foreign {
            return false;
        }
        let name = selected(&literal.text);
        let key = Key::of(name);
        let is_key = key.field().is_some() || key.is_page();
        let next = self.after_space(literal.end, true);
        match self.bytes.get(next) {
            Some(b',') if is_key && matches!(before, b'(' | b'[' | b',' | b'{') => {
                let is_argument = matches!(before, b'(' | b'[' | b'{');
                let value_at = self.after_space(next + 1, true);
                self.argument_value(key, value_at, is_argument)
            }
            Some(b',') if self.frames.last().is_some_and(|frame| frame.is_assert) => {
                let name_at = self.after_space(next + 1, true);
                self.asserted(literal, name_at, at)
            }
            Some(b')' | b']') if is_key => {
                let Some(value_at) = self.filled(next) else { return false };
                self.argument_value(key, value_at, true)
            }
            _ => false,
        }
    }

    /// `['jsapi_ticket=…', 'noncestr=…'].join('&')`: a name and its value in one string.
    pub(super) fn pair_in_list(&mut self, literal: &Literal, at: usize, before: u8) -> bool {
        let Some((name, value)) = literal.text.split_once('=') else { return false };
        let key = Key::of(name);
        let next = self.after_space(literal.end, true);
        let is_listed =
            matches!(before, b'[' | b'(' | b',') && matches!(self.bytes.get(next), Some(b',' | b']' | b')'));
        let is_pair = is_listed && key.field().is_some() && is_unmistakable(key, value);
        if is_pair && self.owner() != Owner::Foreign {
            self.keep(key, value.to_owned(), at, Origin::Line, Trust::Plain);
        }
        is_pair
    }

    /// Keeps the string or number at a place as the value of a key.
    fn argument_value(&mut self, key: Key, at: usize, is_certain: bool) -> bool {
        let (text, end) = if self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
            let length = self.bytes[at..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
            (self.text[at..at + length].to_owned(), at + length)
        } else {
            match self.joined(at) {
                Some((literal, true)) => (literal.text, literal.end),
                _ => return false,
            }
        };
        let next = self.after_space(end, true);
        let is_whole =
            matches!(self.bytes.get(next), None | Some(b',' | b')' | b']' | b'}' | b';' | b'\n' | b'L'));
        let is_value = is_unmistakable(key, &text)
            || (is_certain
                && key.field() == Some(Field::Nonce)
                && !text.is_empty()
                && Key::of(&text) == Key::Other)
            || (is_certain && key.field() == Some(Field::Ticket) && text.len() >= 16);
        if !is_whole || !is_value {
            return false;
        }
        self.pos = end;
        self.previous = b'"';
        if key.is_page() {
            self.found.page_of(key, &text);
        } else {
            self.keep(key, text, at, Origin::Line, Trust::Plain);
        }
        true
    }

    /// `).val(`, `).value = ` behind a selector: where the value starts.
    fn filled(&self, at: usize) -> Option<usize> {
        let mut pos = at;
        while matches!(self.bytes.get(pos), Some(b')' | b']')) {
            pos += 1;
        }
        let rest = &self.text[pos..self.text.floor_char_boundary(pos + 64)];
        let rest = rest.strip_prefix('.')?;
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if !FILLS.contains(&&rest[..length]) {
            return None;
        }
        let behind = self.after_space(pos + 1 + length, false);
        matches!(self.bytes.get(behind), Some(b'(' | b'=')).then(|| self.after_space(behind + 1, true))
    }

    /// `assertEquals("…", sign)`: the string is the value of the name behind it.
    fn asserted(&mut self, literal: &Literal, name_at: usize, at: usize) -> bool {
        let rest = &self.text[name_at..self.text.floor_char_boundary(name_at + 80)];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_$.->:".contains(c))).unwrap_or(rest.len());
        let name = rest[..end].rsplit(['.', '>', ':']).next().unwrap_or_default();
        let key = Key::of(name);
        if !is_unmistakable(key, &literal.text) {
            return false;
        }
        self.pos = name_at + end;
        self.previous = b'a';
        self.keep(key, literal.text.clone(), at, Origin::Line, Trust::Plain);
        true
    }

    /// A name that no separator follows: `sign === "…"`, `expect(sign).toBe("…")`, `sign"…"`.
    pub(super) fn beside_name(&mut self, key: Key, start: usize, end: usize) -> bool {
        if key.field().is_none() || self.owner() == Owner::Foreign {
            return false;
        }
        let next = self.after_space(end, false);
        let rest = &self.bytes[next..];
        if matches!(rest.first(), Some(b'"' | b'\'' | 0xe2))
            && self.mode() == Mode::Text
            && self.manner.is_whole
        {
            let is_first = start == 0
                || self.text[..start]
                    .trim_end_matches([' ', '\t', '\u{a0}', '▸', '▶', '▾', '▼'])
                    .ends_with('\n');
            let is_view = is_first && next == end;
            let Some((literal, true)) = self.joined(next) else { return false };
            if !is_view && !is_unmistakable(key, &literal.text) {
                return false;
            }
            return self.keep_string(key, literal, next);
        }
        let compared = [&b"==="[..], b"!==", b"==", b"!="].into_iter().find(|mark| rest.starts_with(mark));
        let value_at = match compared {
            Some(mark) => self.after_space(next + mark.len(), true),
            None => match self.compared(next) {
                Some(at) => at,
                None => return false,
            },
        };
        let Some((literal, true)) = self.joined(value_at) else { return false };
        is_unmistakable(key, &literal.text) && self.keep_string(key, literal, value_at)
    }

    fn keep_string(&mut self, key: Key, literal: Literal, at: usize) -> bool {
        self.pos = literal.end;
        self.previous = b'"';
        self.keep(key, literal.text, at, Origin::Line, Trust::Plain);
        true
    }

    /// `, "…"` in an assertion, `).toBe("…")`, `).to.equal("…")`: where the value starts.
    fn compared(&self, at: usize) -> Option<usize> {
        let is_assert = self.frames.last().is_some_and(|frame| frame.is_assert);
        match self.bytes.get(at)? {
            b',' if is_assert => Some(self.after_space(at + 1, true)),
            b')' => {
                let pos = self.after_space(at + 1, true);
                let rest = &self.text[pos..self.text.floor_char_boundary(pos + 64)];
                let (chain, _) = rest.split_once('(')?;
                let last = chain.trim_end().rsplit(['.', ' ']).next()?;
                EQUALS.contains(&last).then(|| self.after_space(pos + chain.len() + 1, true))
            }
            _ => None,
        }
    }

    /// `sign.equals("…")`, `result.sign.should.equal("…")`: a comparison that is called on the name.
    pub(super) fn compared_chain(&mut self, chain: &str, at: usize) -> bool {
        let mut parts = chain.rsplit(['.', ':']);
        if !parts.next().is_some_and(|last| EQUALS.contains(&last)) {
            return false;
        }
        let key = parts.map(Key::of).find(|key| key.field().is_some());
        let Some(key) = key else { return false };
        let value_at = self.after_space(at + 1, true);
        let Some((literal, true)) = self.joined(value_at) else { return false };
        is_unmistakable(key, &literal.text) && self.keep_string(key, literal, value_at)
    }

    /// `sign("ticket", "nonce", 1700000000, "https://…")`: literal arguments, each known by its shape.
    pub(super) fn signed_arguments(&mut self, at: usize) {
        const LONGEST: usize = 1024;
        if self.patience < LONGEST || self.manner.trust == Trust::Comment {
            return;
        }
        let mut values: Vec<(Field, String, usize)> = Vec::new();
        let mut pos = self.after_space(at + 1, true);
        while values.len() < 6 && pos < at + LONGEST {
            let (text, end) = match self.bytes.get(pos) {
                Some(byte) if byte.is_ascii_digit() => {
                    let length =
                        self.bytes[pos..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
                    let suffix = usize::from(self.bytes.get(pos + length) == Some(&b'L'));
                    (self.text[pos..pos + length].to_owned(), pos + length + suffix)
                }
                Some(b'"' | b'\'' | b'`') => match self.absent.literal(self.text, pos) {
                    Some(literal) if !literal.is_template => (literal.text, literal.end),
                    _ => break,
                },
                _ => break,
            };
            let field = shape(&text, &values);
            let Some(field) = field else { break };
            values.push((field, text, pos));
            let next = self.after_space(end, true);
            if self.bytes.get(next) != Some(&b',') {
                break;
            }
            pos = self.after_space(next + 1, true);
        }
        self.patience -= (pos - at).min(self.patience);
        let has = |field| values.iter().any(|value| value.0 == field);
        if has(Field::Url) && has(Field::Timestamp) && has(Field::Nonce) {
            for (field, text, at) in values {
                self.keep(Key::Field(field), text, at, Origin::Line, Trust::Plain);
            }
        }
    }

    /// `sign(…) === "…"`: what a call that signs is compared with.
    pub(super) fn compared_call(&mut self) {
        let next = self.after_space(self.pos, false);
        let rest = &self.bytes[next.min(self.bytes.len())..];
        let compared = [&b"==="[..], b"!==", b"==", b"!="].into_iter().find(|mark| rest.starts_with(mark));
        let value_at = match compared {
            Some(mark) => Some(self.after_space(next + mark.len(), true)),
            None => self.compared(next),
        };
        let Some(value_at) = value_at else { return };
        let key = Key::Field(Field::Signature);
        if let Some((literal, true)) = self.joined(value_at)
            && is_unmistakable(key, &literal.text)
        {
            self.keep_string(key, literal, value_at);
        }
    }

    /// `<input name="nonceStr" value="…">`, `<span id="signature">…</span>`: one tag with its attributes.
    pub(super) fn tag(&mut self, at: usize) -> bool {
        const LONGEST: usize = 2048;
        let window = &self.text[at..self.text.floor_char_boundary(at + LONGEST)];
        let word = window[1..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = window[1..=word].to_ascii_lowercase();
        let is_field = matches!(name.as_str(), "input" | "meta" | "textarea" | "option" | "data");
        let is_text = matches!(
            name.as_str(),
            "span" | "p" | "div" | "td" | "dd" | "b" | "code" | "em" | "strong" | "label" | "textarea"
        );
        if !(is_field || is_text) || self.patience < LONGEST || self.mode() != Mode::Text {
            return false;
        }
        let Some(close) = window.find('>') else {
            self.patience -= LONGEST;
            return false;
        };
        self.patience -= close.min(self.patience);
        let tag = &window[..close];
        let attribute = |names: &[&str]| names.iter().find_map(|name| attribute(tag, name));
        let Some(key) = attribute(&["name", "id", "property", "data-name"])
            .map(|(value, _)| Key::of(value))
            .filter(|key| key.field().is_some() || key.is_page())
        else {
            return false;
        };
        let (value, value_at, end) = match attribute(&["value", "content", "data-value"]).filter(|_| is_field)
        {
            Some((value, from)) => (value, from, close + 1),
            None if is_text => {
                let rest = &window[close + 1..];
                let Some(end) = rest.find('<') else { return false };
                (rest[..end].trim(), close + 1, close + 1 + end)
            }
            None => return false,
        };
        let text = super::beside::unescaped(value);
        let is_plain_nonce = is_field && key.field() == Some(Field::Nonce) && !text.is_empty();
        if !(is_unmistakable(key, &text) || is_plain_nonce) || lines::is_nothing(&text) {
            return false;
        }
        self.pos = at + end;
        if key.is_page() {
            self.found.page_of(key, &text);
        } else {
            self.keep(key, text, at + value_at, Origin::Line, Trust::Plain);
        }
        true
    }
}

/// The field that an argument of a signing function must be, going by its shape.
fn shape(text: &str, known: &[(Field, String, usize)]) -> Option<Field> {
    let is_new = |field: &Field| known.iter().all(|(known, ..)| known != field);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    let field = if text.contains("://") {
        Field::Url
    } else if matches!(text.len(), 10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Field::Timestamp
    } else if is_plain && (text.len() >= 60 || text.ends_with("==")) {
        Field::Ticket
    } else if is_plain && (4..=40).contains(&text.len()) {
        Field::Nonce
    } else {
        return None;
    };
    Some(field).filter(is_new)
}

/// The value of an attribute of a tag, and where it starts.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<(&'t str, usize)> {
    let mut from = 0;
    loop {
        let at = from + tag.get(from..)?.find(name)?;
        from = at + name.len();
        let is_word = tag[..at].ends_with([' ', '\t', '\n', '"', '\'']);
        let Some(rest) = tag[from..].strip_prefix('=') else { continue };
        if !is_word {
            continue;
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => rest[1..].split(quote).next()?,
            None => rest.split([' ', '/']).next()?,
        };
        return Some((value, from + 1 + usize::from(quote.is_some())));
    }
}

/// The name in a selector: `#signature`, `.nonce-str`, `input[name='timestamp']`, `[name=url]`.
fn selected(text: &str) -> &str {
    let inner = match text.rfind('[') {
        Some(at) => text[at + 1..].split_once('=').map_or(text, |(_, value)| value.trim_end_matches(']')),
        None => text,
    };
    let inner = inner.trim_matches(['"', '\'', ' ']);
    inner.trim_start_matches(['#', '.', '@', ':'])
}
