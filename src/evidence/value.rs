//! A key was read: what is its value?
//!
//! In: the key, and the place after its separator. Out: into [`Found`], the value, or the source
//! text that stands in its place: a variable, a call or a template is never taken for a value.

use super::beside::unescaped;
use super::cursor::Lines;
use super::found::Trust;
use super::frame::WORD;
use super::frame::{List, Mode, Owner};
use super::key::Key;
use super::lines;
use super::literal::is_unfilled;
use super::reader::{Manner, Reader};
use super::{Field, Origin, devtools, javascript, time};
use crate::diagnosis::url_part::Parts;
use crate::signature::Kind;

impl Reader<'_, '_> {
    /// A key and its separator were read; the reader is behind them. `at` is where the key
    /// starts, `is_json` whether it stands in double quotes, `is_declared` whether it is a variable.
    pub(super) fn pair(
        &mut self,
        name: &str,
        key: Key,
        is_json: bool,
        separator: u8,
        at: usize,
        is_declared: bool,
    ) {
        self.previous = b':';
        if self.is_too_deep() {
            return;
        }
        let owner = self.owner();
        let key =
            if key == Key::Other && self.is_unix_time(name) { Key::Field(Field::Timestamp) } else { key };
        if let Some(frame) = self.frames.last_mut() {
            frame.is_share |= key == Key::Share;
            frame.is_request |= key == Key::Request;
            frame.is_payment |= key == Key::Payment;
            frame.is_card_ext |= matches!(name, "outer_str" | "outer_id");
            if let Some(block) = frame.object_of {
                self.block_key(block, name);
            }
        }
        self.is_agent = key == Key::Other && name.to_ascii_lowercase().contains("agent");
        let is_shell = separator == b'=' && self.is_shell_line(name, at);
        match key {
            Key::ConfigSignature | Key::AgentSignature => {
                self.found.in_agent_signature = key == Key::AgentSignature;
            }
            Key::JsApiList => self.js_api_list(),
            Key::PageUrl | Key::Referer => self.page_url(key, is_declared),
            Key::Host => self.host(),
            Key::RequestUrl => self.request_url(Separator { byte: separator, is_json, is_shell }, at),
            Key::Message => self.message(),
            Key::MenuList => self.menu_list(),
            Key::Expiry => self.expiry(),
            Key::Share | Key::Request | Key::Payment => {}
            _ if owner == Owner::Foreign => {}
            Key::Kind => self.kind(),
            Key::CardExt => self.card_ext(is_shell),
            Key::Field(Field::Url) if owner == Owner::Request => {}
            // Where somebody lives is not a url.
            Key::Field(Field::Url) if matches!(name, "地址" | "链接") && !self.is_address_ahead() => {}
            Key::Other if is_json && self.manner.nesting < 3 => self.inner(),
            Key::Other => {}
            _ if self.manner.is_aside
                && !matches!(key.field(), Some(Field::Ticket | Field::Url | Field::AccessToken)) => {}
            _ => self.field(key, Separator { byte: separator, is_json, is_shell }, at, is_declared),
        }
    }

    /// Keeps a value, unless what it is shows that it is another thing.
    pub(super) fn keep(
        &mut self,
        key: Key,
        text: String,
        at: usize,
        origin: Origin,
        trust: Trust,
    ) -> Option<usize> {
        // When a log line was written is not what was signed.
        if key.field() == Some(Field::Timestamp) && is_date(&text) {
            return None;
        }
        // The id of something else that a page opens or pays with.
        if key.field() == Some(Field::AppId)
            && !matches!(origin, Origin::Call(_))
            && self.is_of_another_thing(at)
        {
            return None;
        }
        // In the attribute of a tag an entity is the notation's.
        let text = if self.is_tag && text.contains("&amp;") { unescaped(&text) } else { text };
        // What a recorded page passes in a call is compared with what was signed, so that it stays one.
        let origin = match (self.manner.origin, origin) {
            (Some(Origin::Har), Origin::Call(_)) => origin,
            (known, _) => known.unwrap_or(origin),
        };
        let line = self.line(at);
        let place = self.place();
        let index = self.found.value(key, text, line, origin, trust.max(self.manner.trust), place)?;
        if let Some(frame) = self.frames.last_mut() {
            frame.values.push((key, index));
        }
        Some(index)
    }

    /// Whether the words before an id on its line name something that has an id of its own.
    fn is_of_another_thing(&self, at: usize) -> bool {
        const WINDOW: usize = 120;
        const OTHERS: [&str; 11] = [
            "weapp",
            "miniprogram",
            "mini program",
            "mini-program",
            "小程序",
            "模板",
            "template",
            "mch",
            "支付",
            "component",
            "平台",
        ];
        let before = &self.text[self.text.ceil_char_boundary(at.saturating_sub(WINDOW))..at];
        let line = before.rsplit(['\n', '{', '，', '。']).next().unwrap_or_default().to_ascii_lowercase();
        OTHERS.iter().any(|word| line.contains(word))
    }

    fn is_address_ahead(&self) -> bool {
        let at = self.after_space(self.pos, false);
        let ahead = self.text[at..].trim_start_matches(['"', '\'', '`', '“']);
        ahead.starts_with("http") || ahead.starts_with("//")
    }

    /// `WX_URL=…` or `export WX_URL=…` at the start of a line: written for a shell.
    fn is_shell_line(&self, name: &str, at: usize) -> bool {
        let before = self.text[..at].strip_suffix("export ").unwrap_or(&self.text[..at]);
        name.contains('_')
            && !name.bytes().any(|byte| byte.is_ascii_lowercase())
            && (before.is_empty() || before.ends_with('\n'))
    }

    fn origin(&self, separator: Separator) -> Origin {
        match self.owner() {
            Owner::Call(call) => Origin::Call(call),
            Owner::CardExt => Origin::CardExt,
            _ if separator.is_json || (self.mode() == Mode::Object && separator.byte != b'=') => Origin::Json,
            _ => Origin::Line,
        }
    }

    fn unread(&mut self, key: Key, at: usize) {
        let Some(field) = key.field() else { return };
        let text = javascript::expression(self.text, at);
        let line = self.line(at);
        if field == Field::Timestamp && self.manner.trust < Trust::Comment {
            let block = self.frames.last().and_then(|frame| frame.object_of);
            self.found.expression(text, line, block);
        }
        let index = self.found.unreadable(field, text, line, self.manner.trust);
        if let (Field::Url, Some(index), Some(frame)) = (field, index, self.frames.last_mut()) {
            frame.unread_urls.push(index);
        }
    }

    /// The value of a field.
    fn field(&mut self, key: Key, separator: Separator, key_at: usize, is_declared: bool) {
        let is_object = self.mode() == Mode::Object;
        let mut at = self.after_space(self.pos, is_object);
        if is_object && self.bytes[at..].starts_with(b"/*") {
            let window = &self.text[at..self.text.floor_char_boundary(at + 1000)];
            at = window.find("*/").map_or(at, |end| self.after_space(at + end + 2, true));
        }
        // Python's `u'…'` and `b'…'`, C#'s `@"…"`.
        let is_prefixed =
            matches!(self.bytes.get(at), Some(b'u' | b'U' | b'b' | b'B' | b'r' | b'L' | b'N' | b'@'))
                && matches!(self.bytes.get(at + 1), Some(b'"' | b'\''));
        at += usize::from(is_prefixed);
        let origin = self.origin(separator);
        if separator.is_shell
            && let Some((text, end)) = shell_quoted(&self.text[at..])
        {
            self.pos = at + end;
            self.previous = b'"';
            self.keep(key, text, at, origin, Trust::Plain);
            return;
        }
        if key.field() == Some(Field::Timestamp)
            && let Some((digits, length)) = lines::wrapped_number(&self.text[at..])
        {
            self.pos = at + length;
            self.previous = WORD;
            self.keep(key, digits.to_owned(), at, origin, Trust::Plain);
            return;
        }
        // Xdebug writes the type before the value.
        if self.bytes[at..].starts_with(b"string '") || self.bytes[at..].starts_with(b"int ") {
            let end = self.line_end(at);
            if let Some((offset, value)) = lines::dumped_value(&self.text[at..end]) {
                self.pos = at + offset + value.len() + usize::from(self.bytes[at] == b's');
                self.previous = b'"';
                self.keep(key, value.to_owned(), at, origin, Trust::Plain);
                return;
            }
        }
        match self.bytes.get(at) {
            Some(b'"' | b'\'' | b'`' | b'\\' | 0xe2) => {
                if let Some((literal, is_readable)) = self.joined(at) {
                    self.pos = literal.end;
                    self.previous = b'"';
                    // `"$protocol$host"` after `$url =`.
                    let is_filled = is_declared && self.bytes[at] == b'"' && has_variable(&literal.text);
                    if !is_readable || is_filled || is_unfilled(&literal.text) {
                        return self.unread(key, at);
                    }
                    let text = literal.text;
                    if key.field() == Some(Field::Timestamp)
                        && matches!(origin, Origin::Call(_))
                        && let Some(block) = self.block().and_then(|block| self.found.blocks.get_mut(block))
                    {
                        block.timestamp_is_text = true;
                    }
                    let is_url = key.field() == Some(Field::Url);
                    // A relative address is that of the signing API.
                    if is_url
                        && text.starts_with('/')
                        && !text.starts_with("//")
                        && !matches!(origin, Origin::Call(_))
                        && !separator.is_json
                    {
                        return;
                    }
                    self.keep(key, text, at, origin, Trust::Plain);
                    return;
                }
            }
            Some(b'{' | b'[' | b'(') if self.absent.template_end(self.text, at).is_none() => {
                self.pos = at;
                return;
            }
            Some(b'<' | b'{' | b'#' | b'$' | b'@') => {
                if let Some(end) = self.absent.template_end(self.text, at) {
                    self.unread(key, at);
                    self.pos = end;
                    return;
                }
            }
            _ => {}
        }
        if is_object {
            self.bare_in_object(key, separator, at);
        } else {
            self.bare_line(key, separator, key_at, at, is_declared);
        }
    }

    /// A bare value in brackets: a number, or what was printed; else it is code.
    fn bare_in_object(&mut self, key: Key, separator: Separator, at: usize) {
        let Some(field) = key.field() else { return };
        if self.patience == 0 {
            return;
        }
        let end = javascript::bare_end(self.text, at, field == Field::Url);
        self.patience = self.patience.saturating_sub(end - at);
        let value = self.text[at..end].trim_end_matches(',');
        if javascript::is_type(value) {
            return;
        }
        let end = at + value.len();
        let value = if field == Field::Timestamp { lines::without_suffix(value) } else { value };
        let next = self.after_space(end, false);
        let is_last = matches!(
            self.bytes.get(next),
            None | Some(b',' | b'}' | b']' | b')' | b';' | b'\r' | b'\n' | b'<')
        ) || self.bytes[next..].starts_with(b"//")
            || self.bytes[next..].starts_with(b"/*");
        let is_go_map = self.frames.last().is_some_and(|frame| frame.is_go_map);
        let is_value = if separator.byte == b'=' {
            lines::is_typical(field, value)
                || (field == Field::Nonce && self.is_printed_nonce(value, at, '='))
        } else {
            lines::is_number(value)
                || lines::cannot_be_a_name(field, value)
                || (next > end && lines::starts_with_key(&self.text[next..]))
                || is_go_map
                || (field == Field::Nonce && self.is_printed_nonce(value, at, ':'))
        };
        let is_next = next > end && (is_go_map || lines::starts_with_key(&self.text[next..]));
        if value.is_empty() || !is_value || !(is_last || is_next) {
            return self.unread(key, at);
        }
        let origin = self.origin(separator);
        if origin == Origin::CardExt && field == Field::Timestamp {
            self.found.card_ext.get_or_insert_default().timestamp_is_number = true;
        }
        self.keep(key, value.to_owned(), at, origin, Trust::Plain);
        self.pos = end;
        self.previous = b'a';
    }

    /// Whether a map or an object was printed here, `Sign{nonceStr=abcdefgh, timestamp=1712345678}`: a
    /// timestamp or a signature in full tells it from code.
    fn is_printed_nonce(&mut self, value: &str, at: usize, mark: char) -> bool {
        const WINDOW: usize = 400;
        let is_plain = value.len() >= 8 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_plain || Key::of(value) != Key::Other || self.patience < WINDOW {
            return false;
        }
        self.patience -= WINDOW;
        let before = &self.text[self.text.ceil_char_boundary(at.saturating_sub(WINDOW))..at];
        let before = before.rsplit(['{', '(', '\n']).next().unwrap_or_default();
        let after = &self.text[at..self.text.floor_char_boundary(at + WINDOW)];
        let after = after.split(['}', ')', '\n']).next().unwrap_or_default();
        before.split(',').chain(after.split(',')).any(|pair| {
            let Some((name, value)) = pair.split_once(mark) else { return false };
            let value = value.trim().trim_matches(['\'', '"']);
            match Key::of(name).field() {
                Some(Field::Timestamp) => mark == '=' && lines::is_number(lines::without_suffix(value)),
                Some(Field::Signature) => lines::cannot_be_a_name(Field::Signature, value),
                _ => false,
            }
        })
    }

    /// A bare value to the end of its line.
    fn bare_line(&mut self, key: Key, separator: Separator, key_at: usize, at: usize, is_declared: bool) {
        let Some(field) = key.field() else { return };
        if !self.manner.is_whole || self.patience == 0 {
            return;
        }
        let end = self.trimmed_line_end(at);
        let rest = &self.text[at..end];
        let is_word = separator.is_shell && !rest.contains(char::is_whitespace);
        let value = if is_word { rest } else { &rest[..lines::value_end(rest, field)] };
        self.patience = self.patience.saturating_sub(rest.len().min(value.len() + 100));
        // `signature = s1;` may be a line of a list; a variable is called otherwise.
        let is_ended = rest.ends_with(';') && !value.bytes().any(|byte| byte.is_ascii_digit());
        let is_statement = is_declared || self.mode() == Mode::Body || is_ended;
        // YAML sets the value below: `ticket: >-`.
        let is_below = matches!(rest.trim(), ">" | "|" | ">-" | "|-" | ">+" | "|+");
        if let Some(inner) = in_brackets(rest).filter(|inner| lines::is_typical(field, inner)) {
            self.pos = at + inner.len() + 2;
            self.previous = b'a';
            self.keep(key, inner.to_owned(), at + 1, Origin::Line, Trust::Plain);
            return;
        }
        if value.is_empty()
            || is_below
            || (value.starts_with("//") && !value[2..].starts_with(|c: char| c.is_ascii_alphanumeric()))
        {
            let at = if is_below { end } else { at };
            return self.no_value(key, key_at, at, is_statement);
        }
        // `sign: url=…` introduces other lines.
        if javascript::is_type(value.trim_end_matches('?')) || lines::starts_with_key(value) {
            return;
        }
        let is_interrupted = rest[value.len()..].starts_with(['"', '\'', '`', '(']);
        // What `sign --emit env` wrote is a value, even if `a.b` would be code elsewhere.
        let is_ours = is_word && self.text[key_at..].starts_with("WX_");
        if is_interrupted || !is_ours && lines::is_code(field, value, is_statement) {
            self.unread(key, at);
            return;
        }
        self.pos = at + value.len();
        self.previous = b'a';
        let value = if field == Field::Timestamp { lines::without_suffix(value) } else { value };
        // Where the key stands in double quotes, these are lines of JSON.
        let origin = if self.bytes[key_at] == b'"' { Origin::Json } else { Origin::Line };
        self.keep(key, value.to_owned(), at, origin, Trust::Plain);
    }

    /// Nothing follows on the line: it is on the next one, as the official page shows it, or it
    /// is empty.
    fn no_value(&mut self, key: Key, key_at: usize, at: usize, is_statement: bool) {
        let Some(field) = key.field() else { return };
        if self.mode() != Mode::Text || is_statement {
            return;
        }
        let end = self.line_end(at);
        let is_bare = self.text[at..end].trim_start().is_empty();
        let next = self.after_space(end, true);
        let next_end = self.line_end(next);
        let line = self.text[next.min(next_end)..next_end].trim_end();
        let value = &line[..lines::value_end(line, field)];
        let is_value = is_bare
            && next - end < 8
            && !value.is_empty()
            && value.len() == line.trim_end_matches([',', ';']).len()
            && !lines::starts_with_key(line)
            && value.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
            && !lines::is_code(field, value, true);
        if is_value {
            self.keep(key, value.to_owned(), next, Origin::Line, Trust::Plain);
            self.pos = next + value.len();
            return;
        }
        let is_line_start = self.text[..key_at].ends_with(['\n', ' ', '\t']) || key_at == 0;
        if is_line_start || !is_bare {
            self.keep(key, String::new(), at, Origin::Line, Trust::Weak);
        }
    }

    /// A line of `print_r` or `var_dump`, after its `=>`.
    pub(super) fn dumped(&mut self, key: Key) {
        if self.patience == 0 {
            return;
        }
        let at = self.after_space(self.pos, true);
        let Some(field) = key.field() else {
            self.pos = at;
            return;
        };
        let rest = &self.text[at..self.line_end(at)];
        let (offset, value) = match lines::dumped_value(rest) {
            Some(found) => found,
            None => (0, &rest[..lines::value_end(rest, field)]),
        };
        self.pos = at;
        self.patience = self.patience.saturating_sub(value.len());
        if lines::is_code(field, value, false) || value.starts_with(['\'', '"']) {
            return self.unread(key, at);
        }
        self.pos = at + offset + value.len();
        // The quote or bracket that closes it begins nothing.
        self.pos += usize::from(offset > 0 && matches!(self.bytes.get(self.pos), Some(b'"' | b')')));
        self.previous = b'a';
        self.keep(key, value.to_owned(), at, Origin::Line, Trust::Plain);
    }

    // ---- keys with a meaning of their own ----

    fn js_api_list(&mut self) {
        let at = self.after_space(self.pos, true);
        let block = self.frames.last().and_then(|frame| frame.object_of);
        if let (Some(b'['), Some(block)) = (self.bytes.get(at), block) {
            self.pos = at;
            self.open_list(List::JsApis { block, names: Some(Vec::new()) });
        }
    }

    fn menu_list(&mut self) {
        let at = self.after_space(self.pos, true);
        if self.bytes.get(at) == Some(&b'[') {
            let block = self.frames.last().and_then(|frame| frame.object_of);
            self.pos = at;
            self.open_list(List::Menu { block });
        }
    }

    /// `expires_at`, `expire_time`: seconds since 1970, or milliseconds.
    fn expiry(&mut self) {
        let at = self.after_space(self.pos, true);
        let rest = self.text[at..self.text.floor_char_boundary(at + 40)].trim_start_matches(['"', '\'']);
        let digits = &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()];
        let end = match digits.len() {
            10 => digits.parse().ok(),
            13 => digits[..10].parse().ok(),
            _ => time::of_date(rest),
        };
        if let Some(end) = end
            && self.found.expiries.len() < 100
        {
            let group = self.place().group;
            self.found.expiries.push((end, group));
        }
    }

    /// `time=1795600000`, `"ts": "1795600000"`: a short name whose value can be nothing else.
    fn is_unix_time(&self, name: &str) -> bool {
        let is_named = ["time", "ts"].iter().any(|own| name.eq_ignore_ascii_case(own));
        let rest = || {
            self.bytes[self.after_space(self.pos, false)..].iter().skip_while(|byte| b"\"'".contains(byte))
        };
        let digits = || rest().take_while(|byte| byte.is_ascii_digit());
        is_named && rest().next() == Some(&b'1') && matches!(digits().take(14).count(), 10 | 13)
    }

    /// The host that a request went to.
    fn host(&mut self) {
        let at = self.after_space(self.pos, false);
        let rest = &self.text[at..self.line_end(at)];
        let host = rest.trim_start_matches(['"', '\'']);
        self.found
            .asked(host.split(|c: char| c.is_whitespace() || "\"',".contains(c)).next().unwrap_or_default());
    }

    /// Where a page asked for its signature: the address that it asked for is a parameter. Without one, what is behind the
    /// name is signed, unless a browser shows a request there.
    fn request_url(&mut self, separator: Separator, key_at: usize) {
        const METHODS: [&str; 4] = ["Request Method", "请求方法", "请求方式", "Status Code"];
        let at = self.after_space(self.pos, false);
        let end = self.line_end(at);
        let line = self.text[at..end].trim_matches(['"', '\'', ' ', '\r', ',']);
        let behind = self.text[end..].trim_start();
        if let Some(page) = Parts::of(line).address_inside() {
            self.pos = end;
            self.keep(Key::Field(Field::Url), page, at, Origin::Query, Trust::Plain);
        } else if METHODS.iter().any(|name| behind.starts_with(name)) {
            self.pos = end;
        } else {
            self.field(Key::Field(Field::Url), separator, key_at, false);
        }
    }

    fn page_url(&mut self, key: Key, is_declared: bool) {
        let at = self.after_space(self.pos, self.mode() == Mode::Object);
        match self.bytes.get(at) {
            // A phone prints the list without quotes.
            Some(b'[') if self.text[at + 1..].starts_with("http") => {
                let end = self.line_end(at);
                let length = self.text[at..end].find(']').unwrap_or(end - at);
                self.found.page_of(key, &self.text[at..at + length]);
                self.pos = at + length;
            }
            Some(b'[') => {
                self.pos = at;
                self.open_list(List::PageUrls);
            }
            Some(b'"' | b'\'' | b'`' | b'\\') => {
                let Some((literal, is_readable)) = self.joined(at) else { return };
                self.pos = literal.end;
                self.previous = b'"';
                // `location.href = "…";` in code goes there; it says not where the page is.
                let is_jump = self.mode() != Mode::Object
                    && (self.mode() == Mode::Body
                        || self.bytes[self.after_space(self.pos, false)..].starts_with(b";"));
                if is_readable && !is_jump && !is_declared {
                    self.found.page_of(key, &literal.text);
                }
            }
            _ if self.mode() == Mode::Text && self.manner.is_whole && self.patience > 0 => {
                let end = self.trimmed_line_end(at);
                let rest = &self.text[at..end];
                let value = &rest[..lines::value_end(rest, Field::Url)];
                self.patience = self.patience.saturating_sub(value.len());
                if value.contains("://") && !value.contains('(') {
                    self.found.page_of(key, value);
                    self.pos = at + value.len();
                }
            }
            _ => {}
        }
    }

    fn message(&mut self) {
        let at = self.after_space(self.pos, true);
        if let Some((literal, true)) = self.joined(at) {
            self.pos = literal.end;
            self.previous = b'"';
            if devtools::is_message(&literal.text) {
                self.found.message(&literal.text);
            }
        }
    }

    fn kind(&mut self) {
        let at = self.after_space(self.pos, true);
        if let Some((literal, true)) = self.joined(at) {
            self.pos = literal.end;
            self.previous = b'"';
            let kind = Kind::from_name(&literal.text);
            let group = self.place().group;
            self.found.groups[group].kind = self.found.groups[group].kind.or(kind);
            self.found.kind = self.found.kind.or(kind);
        }
    }

    /// The value of a key that says nothing, in JSON: a log's message, a body in a string.
    fn inner(&mut self) {
        let at = self.after_space(self.pos, true);
        if !matches!(self.bytes.get(at), Some(b'"' | b'\\')) {
            return;
        }
        if let Some((literal, is_readable)) = self.joined(at) {
            self.pos = literal.end;
            self.previous = b'"';
            if is_readable {
                self.content(&literal.text, at, true);
            }
        }
    }

    /// `cardExt`: a string, an object, `JSON.stringify({…})`, or what cannot be read.
    fn card_ext(&mut self, is_shell: bool) {
        let is_object = self.mode() == Mode::Object;
        let at = self.after_space(self.pos, is_object);
        if is_shell && let Some((text, end)) = shell_quoted(&self.text[at..]) {
            self.pos = at + end;
            return self.card_ext_text(&text, at);
        }
        let card_ext = self.found.card_ext.get_or_insert_default();
        let stringify = "JSON.stringify(";
        match self.bytes.get(at) {
            Some(b'{') if self.absent.template_end(self.text, at).is_none() => {
                card_ext.is_object |= is_object;
                self.pos = at;
                return self.open_card_ext();
            }
            Some(b'"' | b'\'' | b'`' | b'\\') => {
                if let Some((literal, is_readable)) = self.joined(at) {
                    self.pos = literal.end;
                    self.previous = b'"';
                    if is_readable {
                        return self.card_ext_text(&literal.text, at);
                    }
                }
            }
            _ if self.text[at..].starts_with(stringify) => {
                let object = self.after_space(at + stringify.len(), true);
                if self.bytes.get(object) == Some(&b'{') {
                    self.pos = object;
                    return self.open_card_ext();
                }
            }
            _ => {}
        }
        for field in [Field::Timestamp, Field::Signature] {
            self.unread(Key::Field(field), at);
        }
    }

    /// Reads the text of a cardExt.
    pub(super) fn card_ext_text(&mut self, text: &str, at: usize) {
        self.found.card_ext.get_or_insert_default();
        if self.manner.nesting > 3 {
            return;
        }
        let place = self.place();
        let manner = Manner { owner: Owner::CardExt, nesting: self.manner.nesting + 1, place, ..self.manner };
        let line = self.line(at);
        Reader::new(text, Lines::Fixed(line), manner, self.found).run();
    }
}

/// How a key was written and separated from its value.
#[derive(Clone, Copy)]
struct Separator {
    byte: u8,
    /// The key stands in double quotes.
    is_json: bool,
    /// `NAME='value'`: inside of the quotes nothing is escaped.
    is_shell: bool,
}

/// `2024-05-01T12:00:00`, `2024/05/01 12:00`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10 && bytes[..4].iter().all(u8::is_ascii_digit) && matches!(bytes[4], b'-' | b'/')
}

/// A word in single quotes as a shell reads it, `'it'\''s'`, and its end: no other escape is known.
fn shell_quoted(text: &str) -> Option<(String, usize)> {
    let line = text.split('\n').next().unwrap_or_default();
    let mut word = String::new();
    let mut rest = line;
    loop {
        let (inner, after) = rest.strip_prefix('\'')?.split_once('\'')?;
        word.push_str(inner);
        let Some(more) = after.strip_prefix("\\'") else { return Some((word, line.len() - after.len())) };
        word.push('\'');
        rest = more;
    }
}

/// Whether a variable of PHP or of a shell stands in a text.
fn has_variable(text: &str) -> bool {
    text.split('$')
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '{'))
}

/// What is in angle brackets at the start of a text: `<1795720000>`.
fn in_brackets(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?.split('>').next()?;
    let is_closed = text[1 + inner.len()..].starts_with('>');
    (is_closed && !inner.contains(['<', ' '])).then_some(inner)
}
