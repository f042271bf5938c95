//! One pass over a text of any kind: words, strings, brackets, comments.
//!
//! In: a text. Out: into [`Found`], what stands in it. The reader knows at each place which
//! brackets it stands in and whose they are (a `wx.config`, a request, a share card), since a
//! `timestamp` or a `url` means something else in each. It goes forward only and remembers what it
//! looked for in vain, so that its time grows with the text and not with its square.

use super::cursor::Lines;
use super::cursor::line_end;
use super::found::{Found, Place, Trust};
use super::frame::{ARROW, Frame, List, Mode, Owner, WORD};
use super::javascript::{self, Callee};
use super::key::{Key, key_of_origin, last_key};
use super::literal::{Absent, Literal};
use super::{Field, Origin, devtools, lines, prose, query, string1};

/// Texts in texts (JSON in a string in JSON) beyond this are not read.
pub(super) const NESTING: usize = 4;

/// No note on a name is longer. Bytes.
const NOTE: usize = 80;

/// How a text is to be read.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Whose fields are outside of all brackets.
    pub(super) owner: Owner,
    /// The origin of everything, where it is known.
    pub(super) origin: Option<Origin>,
    pub(super) trust: Trust,
    /// Whether lines and calls are read, or only notations that show themselves.
    pub(super) is_whole: bool,
    /// A comment inside of a call holds only what the call itself has not.
    pub(super) is_aside: bool,
    pub(super) nesting: usize,
    /// Where what is outside of all brackets belongs.
    pub(super) place: Place,
}

impl Manner {
    /// A file as people paste it.
    pub(super) const FILE: Self = Self {
        owner: Owner::Anyone,
        origin: None,
        trust: Trust::Plain,
        is_whole: true,
        is_aside: false,
        nesting: 0,
        place: Place { group: 0, block: None },
    };
}

/// The pass over a text.
pub(super) struct Reader<'a, 'f> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) pos: usize,
    pub(super) found: &'f mut Found,
    pub(super) manner: Manner,
    pub(super) lines: Lines<'a>,
    pub(super) absent: Absent,
    pub(super) frames: Vec<Frame>,
    /// The brackets beyond the depth.
    pub(super) beyond: usize,
    /// How many of `(`, `[`, `{` are open.
    pub(super) open: [usize; 3],
    /// The last character that is not whitespace.
    pub(super) previous: u8,
    /// Where the words before this one on the line start, one space between each.
    pub(super) label: Option<(usize, usize)>,
    /// What the next `(` calls, and where its name starts.
    pub(super) callee: Option<(Callee, usize)>,
    /// The next `{` is the value of a key that names the agent.
    pub(super) is_agent: bool,
    /// The next `(` is that of a function that signs.
    pub(super) signs: bool,
    /// The next `(` is that of an assertion.
    pub(super) is_assert: bool,
    /// Inside of an HTML tag.
    pub(super) is_tag: bool,
    /// The text is XML of a payment or a message; `None` before anyone asked.
    pub(super) other_xml: Option<bool>,
    /// Where the last value ended that stood beside its name.
    pub(super) beside_end: usize,
    /// Up to here no string1, no query, no end of a comment was found.
    no_string1: usize,
    no_query: usize,
    pub(super) no_comment_end: [usize; 2],
    /// The line that was asked for last: from, end, end without whitespace.
    last_line: (usize, usize, usize),
    /// How many bytes may still be looked at in vain.
    pub(super) patience: usize,
}

impl<'a, 'f> Reader<'a, 'f> {
    pub(super) fn new(text: &'a str, lines: Lines<'a>, manner: Manner, found: &'f mut Found) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            found,
            manner,
            lines,
            absent: Absent::default(),
            frames: Vec::new(),
            beyond: 0,
            open: [0; 3],
            previous: 0,
            label: None,
            callee: None,
            is_agent: false,
            signs: false,
            is_assert: false,
            is_tag: false,
            other_xml: None,
            beside_end: usize::MAX,
            no_string1: 0,
            no_query: 0,
            no_comment_end: [0; 2],
            last_line: (1, 0, 0),
            patience: 2 * text.len() + 4096,
        }
    }

    /// Reads to the end.
    pub(super) fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.pos) {
            if self.found.is_full() {
                let line = self.line(self.pos);
                self.found.unread_from.get_or_insert(line);
                break;
            }
            match byte {
                b' ' | b'\t' | b'\r' => self.pos += 1,
                b'\n' => {
                    self.pos += 1;
                    self.label = None;
                }
                b'"' | b'\'' | b'`' | b'\\' => self.quote(),
                b'(' | b'[' | b'{' => self.open(byte),
                b')' | b']' | b'}' => self.close(byte),
                b'/' => self.slash(),
                b'<' => self.angle(),
                b'?' => self.question_mark(),
                b'.' => self.dot(),
                b'=' if self.bytes.get(self.pos + 1) == Some(&b'>') => self.skip(2, ARROW),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' => self.word(),
                0x80.. => {
                    let c = self.text[self.pos..].chars().next().unwrap_or_default();
                    match c {
                        '“' | '”' | '‘' => self.quote(),
                        c if c.is_alphanumeric() => self.word(),
                        c => self.skip(c.len_utf8(), b'.'),
                    }
                }
                b'>' => {
                    self.is_tag = false;
                    self.skip(1, byte);
                }
                _ => self.skip(1, byte),
            }
        }
        while self.pop() {}
    }

    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.of(at)
    }

    /// The end of the line that `at` stands in.
    pub(super) fn line_end(&mut self, at: usize) -> usize {
        let (from, end, _) = self.last_line;
        if at < from || at > end {
            let end = line_end(self.bytes, at.min(self.bytes.len()));
            let trimmed = at + self.text[at.min(end)..end].trim_end().len();
            self.last_line = (at, end, trimmed);
        }
        self.last_line.1
    }

    /// The end of the line that `at` stands in, without the whitespace there.
    pub(super) fn trimmed_line_end(&mut self, at: usize) -> usize {
        self.line_end(at);
        self.last_line.2.max(at)
    }

    /// Nested beyond what is read.
    pub(super) fn is_too_deep(&self) -> bool {
        self.beyond > 0
    }

    pub(super) fn mode(&self) -> Mode {
        self.frames.last().map_or(Mode::Text, |frame| frame.mode)
    }

    pub(super) fn owner(&self) -> Owner {
        self.frames.last().map_or(self.manner.owner, |frame| frame.owner)
    }

    /// The call that is being read, where it is one.
    pub(super) fn block(&self) -> Option<usize> {
        self.frames.iter().rev().find_map(|frame| frame.call)
    }

    /// Where a value that is read now belongs. Groups are made only for brackets that hold values.
    pub(super) fn place(&mut self) -> Place {
        let block = match self.owner() {
            Owner::Call(_) | Owner::CardExt => self.block().or(self.manner.place.block),
            _ => None,
        };
        let known = self.frames.iter().rposition(|frame| frame.group.is_some());
        let mut group = known.and_then(|index| self.frames[index].group).unwrap_or(self.manner.place.group);
        for frame in &mut self.frames[known.map_or(0, |index| index + 1)..] {
            let parent = group;
            group = self.found.group(parent, frame.mode == Mode::Object);
            if frame.is_agent && group != parent {
                self.found.groups[group].kind = Some(crate::signature::Kind::Agent);
            }
            frame.group = Some(group);
        }
        Place { group, block }
    }

    pub(super) fn skip(&mut self, length: usize, previous: u8) {
        self.pos += length;
        self.previous = previous;
        self.label = None;
    }

    /// The first byte at or after `at` that is not whitespace, line breaks counted as whitespace or not.
    pub(super) fn after_space(&self, at: usize, over_lines: bool) -> usize {
        let mut pos = at;
        while let Some(byte) = self.bytes.get(pos) {
            match byte {
                b' ' | b'\t' => pos += 1,
                b'\r' | b'\n' if over_lines => pos += 1,
                0xe3 if self.bytes[pos..].starts_with("\u{3000}".as_bytes()) => pos += 3,
                // What a page sets so that a line does not break there.
                0xc2 if self.bytes[pos..].starts_with("\u{a0}".as_bytes()) => pos += 2,
                _ => break,
            }
        }
        pos
    }

    // ---- strings ----

    fn quote(&mut self) {
        let at = self.pos;
        let byte = self.bytes[at];
        if byte == b'`' && self.bytes[at..].starts_with(b"```") {
            return self.skip(3, b'`');
        }
        // An apostrophe in prose; a backtick in a place for no value.
        let follows_word =
            at > 0 && (self.bytes[at - 1].is_ascii_alphanumeric() || self.bytes[at - 1] >= 0x80);
        let is_lone = (byte == b'\'' && follows_word && self.mode() == Mode::Text)
            || (byte == b'`'
                && !matches!(self.previous, b':' | b'=' | b'(' | b',' | b'[' | b'+' | b'?' | b'|' | ARROW));
        let Some(literal) = (!is_lone).then(|| self.absent.literal(self.text, at)).flatten() else {
            let length = if byte < 0x80 { 1 } else { '“'.len_utf8() };
            return self.skip(length, byte);
        };
        let next = self.after_space(literal.end, false);
        let rest = &self.bytes[next.min(self.bytes.len())..];
        // `"nonceStr" to "…"` in Kotlin.
        let is_to = byte == b'"' && rest.starts_with(b"to \"");
        let separator = lines::separator(rest).or(is_to.then_some(b"to ".len()));
        // `data["nonceStr"] = "…"`.
        let is_index = rest.starts_with(b"] = ") && self.previous == b'[';
        if is_index && Key::of(&literal.text).field().is_some() && self.mode() != Mode::Object {
            self.pos = next + b"] = ".len();
            return self.pair(&literal.text, Key::of(&literal.text), false, b'=', at, false);
        }
        if let Some(length) = separator
            && self.previous != b'?'
        {
            self.pos = next + length;
            let is_json = byte == b'"' || byte == b'\\';
            return self.pair(&literal.text, Key::of(&literal.text), is_json, self.bytes[next], at, false);
        }
        self.free(literal, at);
    }

    /// A string that is not a field's value.
    fn free(&mut self, literal: Literal, at: usize) {
        let (literal, is_readable) = self.joined_to(literal);
        let before = self.previous;
        self.skip(literal.end - at, b'"');
        if !is_readable {
            return self.spoil_list();
        }
        if literal.text.starts_with("http") && self.is_referer(&literal) {
            return self.found.referer(&literal.text);
        }
        if self.beside_string(&literal, at, before) || self.pair_in_list(&literal, at, before) {
            return;
        }
        if let Some(start) = self.frames.last_mut().and_then(|frame| frame.invoke.take()) {
            let callee = Callee::invoked(&literal.text);
            if callee == Callee::Foreign {
                self.found.api_call(&literal.text, self.lines.of(start));
            }
            return self.called(callee, start);
        }
        match self.frames.last_mut().map(|frame| &mut frame.list) {
            Some(List::JsApis { names: Some(names), .. }) if names.len() < 1000 => names.push(literal.text),
            Some(List::PageUrls) => self.found.page_url(&literal.text),
            Some(List::Menu { block }) => {
                let block = *block;
                self.found.menu_item(&literal.text, block);
            }
            _ => self.content(&literal.text, at, false),
        }
    }

    /// The address before the client's name in an access log.
    fn is_referer(&self, literal: &Literal) -> bool {
        let next = self.after_space(literal.end, false);
        next > literal.end && self.text[next..].starts_with("\"Mozilla/")
    }

    /// Reads what a string holds: a string1, JSON, a query.
    pub(super) fn content(&mut self, text: &str, at: usize, is_whole: bool) {
        if self.manner.nesting >= NESTING || text.len() < 8 || self.owner() == Owner::Foreign {
            return;
        }
        if devtools::is_config_message(text) {
            return self.found.message(text);
        }
        if let Some((name, value)) = text.split_once(": ")
            && Key::of(name).is_page()
        {
            return self.found.page_of(Key::of(name), value.trim());
        }
        let start = text.trim_start();
        if !(is_whole
            || start.starts_with(['{', '[', '?'])
            || text.contains("icket=")
            || text.contains('&')
            || text.contains('?'))
        {
            return;
        }
        let manner = Manner {
            owner: Owner::Anyone,
            is_whole: is_whole && self.manner.is_whole,
            nesting: self.manner.nesting + 1,
            place: self.place(),
            ..self.manner
        };
        let line = Lines::Fixed(self.line(at));
        Reader::new(text, line, manner, self.found).run();
    }

    // ---- tags, queries ----

    fn angle(&mut self) {
        let at = self.pos;
        let rest = &self.bytes[at..];
        if rest.starts_with(b"<!--") {
            return self.block_comment(at + 4, "-->", 1);
        }
        if !rest.starts_with(b"<?php") || rest.starts_with(b"<?php echo") {
            if let Some(end) = self.absent.template_end(self.text, at) {
                self.spoil_list();
                return self.skip(end - at, WORD);
            }
        } else {
            return self.skip(5, b';');
        }
        self.is_tag = rest.get(1).is_some_and(u8::is_ascii_alphabetic);
        if self.is_tag && self.tag(at) {
            self.is_tag = false;
            self.previous = b'>';
            self.label = None;
            return;
        }
        self.skip(1, b'<');
    }

    /// A query starts here, or a condition.
    fn question_mark(&mut self) {
        let at = self.pos;
        self.skip(1, b'?');
        let is_key = self.bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        if is_key && self.no_query <= at {
            self.query(at + 1, true);
        }
    }

    /// Reads a run of `key=value&…`; where it is not about a signature, nothing.
    fn query(&mut self, from: usize, is_after_question_mark: bool) {
        let end = self.run_end(from);
        let run = &self.text[from..end];
        let Some(pairs) = query::parse(run, is_after_question_mark) else {
            self.no_query = end;
            // In an address the keys of a query are not lines of anything.
            if is_after_question_mark && run.contains('=') && !run.contains(['{', '(', ';']) {
                self.pos = end;
            }
            return;
        };
        self.pos = end;
        self.previous = WORD;
        // A callback's signature is another one, and no more than a last resort.
        let trust = if query::is_callback(run) { Trust::Weak } else { Trust::Plain };
        for (key, text, at) in pairs {
            match key {
                Key::CardExt => self.card_ext_text(&text, from + at),
                Key::Kind => self.found.kind = self.found.kind.or(crate::signature::Kind::from_name(&text)),
                key if text.is_empty() => drop(self.keep(key, text, from + at, Origin::Query, Trust::Weak)),
                key => drop(self.keep(key, text, from + at, Origin::Query, trust)),
            }
        }
    }

    /// The end of a run of text without whitespace and quotes.
    fn run_end(&self, from: usize) -> usize {
        let run = &self.text[from..];
        from + run
            .find(|c: char| {
                c.is_whitespace()
                    || matches!(c, '"' | '\'' | '`' | '<' | '>' | '，' | '。' | '；' | '）' | '”')
            })
            .unwrap_or(run.len())
    }

    /// `...res.data` in the object of a call.
    fn dot(&mut self) {
        let at = self.pos;
        if !self.bytes[at..].starts_with(b"...") {
            return self.skip(1, b'.');
        }
        self.spoil_list();
        if let Some(frame) = self.frames.last_mut()
            && frame.object_of.is_some()
            && frame.spread.is_none()
        {
            frame.spread = Some((javascript::expression(self.text, at).to_owned(), at));
        }
        self.skip(3, b'.');
    }

    // ---- words ----

    fn word(&mut self) {
        let start = self.pos;
        let (end, last) = self.chain(start);
        if self.is_too_deep() {
            return self.skip(end - start, WORD);
        }
        let chain = &self.text[start..end];
        let rest = &self.text[start..];
        if (chain.eq_ignore_ascii_case("http") || chain.eq_ignore_ascii_case("https"))
            && self.bytes[end..].starts_with(b"://")
        {
            return self.address(start);
        }
        let is_assigned = self.bytes.get(end) == Some(&b'=');
        if is_assigned
            && self.no_string1 <= start
            && string1::starts(&self.text[last..])
            && self.string1(last)
        {
            return;
        }
        if self.mode() != Mode::Object && devtools::is_config_message(rest) {
            let end = self.trimmed_line_end(start);
            let line = &self.text[start..end];
            if !self.manner.is_aside {
                self.found.message(line);
            }
            return self.skip(line.len(), WORD);
        }
        // A line for a shell has one value, whatever is in it.
        let is_shell = chain.contains('_') && !chain.bytes().any(|byte| byte.is_ascii_lowercase());
        if is_assigned && !is_shell && self.no_query <= start && last == start {
            self.pos = start;
            if self.is_query_ahead(start) {
                self.query(start, false);
                if self.pos > start {
                    return;
                }
            }
        }
        self.named(start, last, end);
    }

    /// The end of a name with its parts, `res.data.timestamp`, and where its last part starts.
    fn chain(&self, start: usize) -> (usize, usize) {
        let (mut pos, mut last) = (start, start);
        loop {
            while let Some(&byte) = self.bytes.get(pos) {
                if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' {
                    pos += 1;
                } else if byte == b'-' && self.bytes.get(pos + 1).is_some_and(u8::is_ascii_alphanumeric) {
                    pos += 2;
                } else if byte >= 0x80 {
                    match self.text[pos..].chars().next() {
                        Some(c) if c.is_alphanumeric() => pos += c.len_utf8(),
                        _ => break,
                    }
                } else {
                    break;
                }
            }
            let next = match self.bytes[pos..] {
                [b'.', ..] => pos + 1,
                [b'?', b'.', ..] | [b'-', b'>', ..] | [b':', b':', ..] => pos + 2,
                _ => return (pos, last),
            };
            if !self
                .bytes
                .get(next)
                .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_' || *byte == b'$')
            {
                return (pos, last);
            }
            pos = next;
            last = next;
        }
    }

    /// An address in the text: only a query in it can tell something.
    fn address(&mut self, start: usize) {
        let end = self.run_end(start);
        let question = self.text[start..end].find('?').map(|found| start + found + 1);
        self.skip(end - start, WORD);
        if let Some(from) = question.filter(|from| *from < end) {
            self.query(from, true);
            self.pos = end;
        }
    }

    /// A string1 in running text: to the end of the line, or to the bracket or quote that it stands in.
    fn string1(&mut self, start: usize) -> bool {
        let line_end = self.line_end(start);
        let line = self.text[start..line_end].trim_end_matches('\r');
        let line = match start.checked_sub(1).map(|before| self.bytes[before]) {
            Some(quote @ (b'"' | b'\'' | b'`')) => line.split(char::from(quote)).next().unwrap_or(line),
            _ => line,
        };
        let line = &line[..lines::before_signature(line)];
        // `<p>string1: …</p>`: the end of the element that it stands in.
        let before = &self.text[self.text.floor_char_boundary(start.saturating_sub(100))..start];
        let ends_here = |at: &usize| {
            let name = line[at + 2..].split('>').next().unwrap_or_default();
            !name.is_empty() && name.len() <= 10 && before.contains(&format!("<{name}"))
        };
        let line = &line[..line.find("</").filter(ends_here).unwrap_or(line.len())];
        let close = match start.checked_sub(1).map(|before| self.bytes[before]) {
            Some(b'[') => line.rfind(']'),
            Some(b'(') => line.rfind(')'),
            Some(b'{') => line.rfind('}'),
            Some(b'<' | b'>') => line.rfind("</").or_else(|| line.rfind('>')),
            _ => None,
        };
        let text = &line[..close.unwrap_or(line.len())];
        if string1::parse(text).is_none() {
            self.no_string1 = line_end;
            return false;
        }
        let place = self.place();
        self.found.string1(text, self.lines.of(start), place);
        self.skip(start + text.len() - self.pos, WORD);
        true
    }

    /// Whether a key of a signature follows after a `&` in this run.
    fn is_query_ahead(&mut self, start: usize) -> bool {
        let end = self.run_end(start);
        let run = &self.text[start..end];
        let is_one = run
            .split('&')
            .skip(1)
            .any(|pair| pair.split_once('=').is_some_and(|(name, _)| Key::of(name).field().is_some()));
        // `string1=[jsapi_ticket=…`: what follows is read for itself.
        let first =
            run.split_once('=').map_or("", |(_, value)| value.trim_start_matches(['[', '(', '{', '<']));
        let is_one = is_one && !string1::starts(first);
        if !is_one {
            self.no_query = end;
        }
        is_one
    }

    /// A name: of a field, of a function, or of nothing.
    fn named(&mut self, start: usize, last: usize, end: usize) {
        let before = self.previous;
        let label = self.label;
        self.skip(end - self.pos, WORD);
        self.spoil_list();
        let label =
            label.filter(|label| label.1 + 1 == start && self.bytes[label.1] == b' ' && end - label.0 < 80);
        let label_start = label.map_or(start, |label| label.0);
        self.label = Some((label_start, end));
        let words = &self.text[label_start..end];
        let (chain, name) = (&self.text[start..end], &self.text[last..end]);
        let mut next = self.after_space(end, false);
        let noted = self.after_note(next).filter(|_| last_key(words, chain, name).field().is_some());
        if let Some(noted) = noted {
            next = noted;
        } else if self.bytes.get(next) == Some(&b'(') {
            if self.compared_chain(chain, next) {
                return;
            }
            let signs = name.as_bytes().windows(4).any(|letters| letters.eq_ignore_ascii_case(b"sign"));
            // `JsSdk.sign(…)` is the project's own function.
            let callee = if signs { Callee::Plain } else { Callee::of(chain) };
            self.callee = Some((callee, start));
            self.is_assert = is_assertion(chain);
            self.signs = signs;
            if signs {
                self.signed_arguments(next);
            }
            if callee == Callee::Foreign {
                self.found.api_call(name, self.lines.of(start));
            }
            self.method(name);
            return;
        }
        // `**url**: …` and `[url]: …`, as people format their questions.
        let is_text = self.mode() == Mode::Text;
        while is_text && matches!(self.bytes.get(next), Some(b'*' | b'`' | b']')) {
            next += 1;
        }
        next = self.after_space(next, false);
        let Some(length) = lines::separator(&self.bytes[next..]) else {
            self.shorthand(start, end, before);
            self.lone_signature(start, end);
            if is_text && self.manner.is_whole && prose::may_say(name) && self.sentence(label_start, end) {
                return;
            }
            let key = last_key(words, chain, name);
            if key != Key::Other && self.beside_name(key, start, end) {
                return;
            }
            return self.beside(start, end);
        };
        // The other half of a condition, `a ? timestamp : 0`; the parameter of an arrow function.
        // Ruby's `:noncestr => "x"` has no word before its colon.
        let is_symbol = before == b':'
            && self.bytes[..start].ends_with(b":")
            && start
                .checked_sub(2)
                .is_none_or(|at| matches!(self.bytes[at], b' ' | b',' | b'{' | b'(' | b'\n'));
        let is_arrow = self.bytes[next..].starts_with(b"=>") && !is_symbol;
        if before == b'?' || is_arrow || (self.is_tag && name == "nonce") {
            return;
        }
        let key = match last_key(words, chain, name) {
            Key::Other if is_text && words.len() > chain.len() => key_of_origin(words),
            key => key,
        };
        // An `href` is a link's in a tag, and a script goes there with `a.href = "…";`.
        let key = match key {
            Key::Other if chain == "href" && is_text && !self.is_tag && self.bytes[next] == b':' => {
                Key::PageUrl
            }
            key => key,
        };
        let is_declared = name.starts_with('$')
            || words[..start - label_start].split(' ').any(|word| {
                matches!(
                    word,
                    "var"
                        | "let"
                        | "const"
                        | "val"
                        | "final"
                        | "String"
                        | "string"
                        | "private"
                        | "static"
                        | "auto"
                )
            });
        self.pos = next + length;
        self.pair(name, key, false, self.bytes[next], start, is_declared);
    }

    /// Behind a note on a name, `ticket (cached): …`, `签名（sha1）：…`: where the separator is.
    fn after_note(&self, at: usize) -> Option<usize> {
        if self.mode() != Mode::Text || !self.manner.is_whole {
            return None;
        }
        let rest = &self.text[at..self.text.floor_char_boundary(at + NOTE)];
        let (inside, closing) = match rest.strip_prefix('(') {
            Some(inside) => (inside, ')'),
            None => (rest.strip_prefix('（')?, '）'),
        };
        let end = inside.find([closing, '\n', '\'', '"', '{', ';']).filter(|end| *end > 0)?;
        let behind = inside[end..].strip_prefix(closing)?;
        let next = self.after_space(at + rest.len() - behind.len(), false);
        lines::separator(&self.bytes[next..]).map(|_| next)
    }

    /// A value that a sentence names: the words from `from` to `end`, and what follows.
    fn sentence(&mut self, from: usize, end: usize) -> bool {
        let rest = &self.text[end..self.text.floor_char_boundary(end + 2048)];
        let rest = rest.split('\n').next().unwrap_or_default();
        let Some((key, at, value)) = prose::said(&self.text[from..end], rest) else { return false };
        self.pos = end + at + value.len();
        match key {
            key if key.is_page() => self.found.page_of(key, value),
            key => drop(self.keep(key, value.to_owned(), end + at, Origin::Line, Trust::Plain)),
        }
        true
    }

    /// `async getConfigSignature(url) { … }` in the object of a call.
    fn method(&mut self, name: &str) {
        let key = Key::of(name);
        if key == Key::ConfigSignature || key == Key::AgentSignature {
            self.found.in_agent_signature = key == Key::AgentSignature;
            if let Some(block) = self.frames.last().and_then(|frame| frame.object_of) {
                self.block_key(block, name);
            }
        }
    }

    /// `wx.config({ appId, timestamp })`: a key whose value is the variable of that name.
    fn shorthand(&mut self, start: usize, end: usize, before: u8) {
        let Some(frame) = self.frames.last() else { return };
        let is_ours = frame.kind == 2
            && frame.mode == Mode::Object
            && matches!(frame.owner, Owner::Call(_) | Owner::CardExt);
        let next = self.after_space(end, true);
        if !is_ours
            || !matches!(before, b'{' | b',')
            || !matches!(self.bytes.get(next), Some(b',' | b'}' | b'/'))
        {
            return;
        }
        let name = &self.text[start..end];
        if let Some(block) = frame.object_of {
            self.block_key(block, name);
        }
        if let Some(field) = Key::of(name).field() {
            self.found.unreadable(field, name, self.line(start), self.manner.trust);
        }
    }

    pub(super) fn block_key(&mut self, block: usize, name: &str) {
        if let Some(block) = self.found.blocks.get_mut(block)
            && block.keys.len() < 100
        {
            block.keys.push(name.to_owned());
        }
    }

    /// 40 hex digits alone on a line, below a string1: what came out.
    fn lone_signature(&mut self, start: usize, end: usize) {
        let is_alone = end - start == 40
            && self.mode() == Mode::Text
            && (start == 0 || self.bytes[start - 1] == b'\n')
            && matches!(self.bytes.get(end), None | Some(b'\n' | b'\r'))
            && self.bytes[start..end].iter().all(u8::is_ascii_hexdigit);
        if is_alone {
            let text = self.text[start..end].to_owned();
            self.keep(Key::Field(Field::Signature), text, start, Origin::Line, Trust::Weak);
        }
    }
}

/// Whether a function compares what it is given: `assertEquals`, `expect`, `t.is`.
fn is_assertion(chain: &str) -> bool {
    let chain = chain.get(..chain.len().min(64)).unwrap_or_default().to_ascii_lowercase();
    ["assert", "expect", "equal", "should", "verify", "t.is", "check"].iter().any(|word| chain.contains(word))
}
