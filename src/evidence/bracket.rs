//! Brackets: whose they are, and what follows from what stood in them.
//!
//! In: the reader at a bracket. Out: a [`Frame`] with its [`Owner`] and [`Mode`] while it is open;
//! when it closes, a judgement of its values: the `url` beside a `method` is where a request goes,
//! a `timestamp` alone is an answer's own, a `code` without a card is a status.

use super::found::Trust;
use super::frame::{ARROW, Frame, List, Mode, Owner, WORD};
use super::javascript::{self, Callee};
use super::key::Key;
use super::reader::Reader;
use super::{Call, Field, lines};

/// Brackets inside of each other beyond this are not read.
const DEPTH: usize = 128;

impl Reader<'_, '_> {
    pub(super) fn open(&mut self, byte: u8) {
        let at = self.pos;
        if self.frames.len() >= DEPTH {
            self.beyond += 1;
            return self.skip(1, byte);
        }
        if byte == b'{'
            && matches!(self.bytes.get(at + 1), Some(b'{' | b'!' | b'%' | b'$'))
            && let Some(end) = self.absent.template_end(self.text, at)
        {
            self.spoil_list();
            return self.skip(end - at, WORD);
        }
        if byte == b'['
            && self
                .bytes
                .get(at + 1)
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'"' | b'\''))
            && let Some((name, next)) = lines::dumped_key(&self.text[at..])
        {
            let key = Key::of(name);
            if key != Key::Other {
                self.pos = at + next;
                return self.dumped(key);
            }
        }
        let previous = self.previous;
        self.skip(1, byte);
        let parent = self.frames.last();
        let (mode, owner) = (self.mode(), self.owner());
        let kind = match byte {
            b'(' => 0,
            b'[' => 1,
            _ => 2,
        };
        let mut frame = Frame::new(kind, owner, mode);
        match byte {
            b'(' => {
                let is_assert = std::mem::take(&mut self.is_assert);
                frame.signs = std::mem::take(&mut self.signs) && previous == WORD;
                if let Some((callee, start)) = self.callee.take().filter(|_| previous == WORD) {
                    frame.mode = Mode::Object;
                    frame.is_assert = is_assert;
                    frame.owner = if owner == Owner::Request { Owner::Anyone } else { owner };
                    self.push(frame);
                    return self.called(callee, start);
                }
            }
            b'[' => {
                frame.is_go_map = previous == WORD && is_go_map(self.text, at);
                if matches!(previous, b':' | b'=' | b',' | b'(' | b'[') || frame.is_go_map {
                    frame.mode = Mode::Object;
                }
            }
            // `sign => { nonceStr: 'x' }` is how a console shows an object, and no function.
            _ if (previous == b')' || previous == ARROW) && !self.is_object_ahead(at + 1, previous) => {
                frame.mode = Mode::Body;
                let registers = owner == Owner::Call(Call::Register);
                frame.owner = if registers { owner } else { self.manner.owner };
            }
            _ => {
                frame.mode = Mode::Object;
                frame.is_agent = std::mem::take(&mut self.is_agent);
                frame.object_of = parent.and_then(|parent| parent.call);
                if owner == Owner::Request && parent.is_some_and(|parent| parent.kind == 2) {
                    frame.owner = Owner::Anyone;
                }
            }
        }
        self.push(frame);
    }

    /// Whether a key and a colon follow: a quoted one, behind an arrow also one of ours without quotes.
    fn is_object_ahead(&self, at: usize, previous: u8) -> bool {
        let at = self.after_space(at, true);
        let ahead = &self.text[at..self.text.floor_char_boundary(at + 80)];
        if let Some(quote) = ahead.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let behind = ahead[1..].split_once(quote).map(|(_, behind)| behind.trim_start());
            return behind.is_some_and(|behind| behind.starts_with(':'));
        }
        let name = ahead.split([':', '\n']).next().unwrap_or_default();
        previous == ARROW && lines::starts_with_key(ahead) && !name.contains('=')
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.open[frame.kind] += 1;
        self.frames.push(frame);
    }

    /// Opens a bracket of the given kind of list, where the next byte is its `[`.
    pub(super) fn open_list(&mut self, list: List) {
        if self.frames.len() >= DEPTH {
            return;
        }
        let mut frame = Frame::new(1, self.owner(), Mode::Object);
        frame.list = list;
        self.push(frame);
        self.skip(1, b'[');
    }

    /// Opens the object of a cardExt, where the next byte is its `{`.
    pub(super) fn open_card_ext(&mut self) {
        if self.frames.len() >= DEPTH {
            return;
        }
        self.push(Frame::new(2, Owner::CardExt, Mode::Object));
        self.skip(1, b'{');
    }

    /// The innermost bracket is that of a call.
    pub(super) fn called(&mut self, callee: Callee, start: usize) {
        let line = self.line(start);
        let is_comment = self.manner.trust == Trust::Comment;
        let Some(frame) = self.frames.last_mut() else { return };
        match callee {
            Callee::Plain => {}
            Callee::Request => frame.owner = Owner::Request,
            Callee::Foreign => frame.owner = Owner::Foreign,
            Callee::Invoke => {
                frame.owner = Owner::Foreign;
                frame.invoke = Some(start);
            }
            // A call in a comment, or in a string, is not made.
            Callee::Signed(_) if is_comment || !self.manner.is_whole => frame.owner = Owner::Anyone,
            Callee::Signed(call) => {
                frame.owner = Owner::Call(call);
                frame.call = Some(self.found.block(call, line));
                self.found.in_agent_signature = false;
                self.argument(call);
            }
        }
    }

    /// A call whose argument is not a literal object: none of its fields can be read.
    fn argument(&mut self, call: Call) {
        let mut at = self.after_space(self.pos, true);
        if self.bytes.get(at) == Some(&b',') {
            at = self.after_space(at + 1, true);
        }
        while self.bytes[at..].starts_with(b"//") || self.bytes[at..].starts_with(b"/*") {
            let close = if self.bytes[at + 1] == b'/' { "\n" } else { "*/" };
            let window = &self.text[at..self.text.floor_char_boundary(at + 1000)];
            let Some(end) = window.find(close) else { return };
            at = self.after_space(at + end + close.len(), true);
        }
        let is_template = self.absent.template_end(self.text, at).is_some();
        match self.bytes.get(at) {
            None | Some(b')') => return,
            Some(b'{') if !is_template => return,
            _ => {}
        }
        let text = javascript::expression(self.text, at);
        let line = self.line(at);
        for field in javascript::fields(call) {
            self.found.unreadable(*field, text, line, self.manner.trust);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.owner = Owner::Foreign;
            if let Some(block) = frame.call.and_then(|index| self.found.blocks.get_mut(index)) {
                block.hides_keys = true;
            }
        }
    }

    pub(super) fn close(&mut self, byte: u8) {
        self.skip(1, byte);
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let kind = match byte {
            b')' => 0,
            b']' => 1,
            _ => 2,
        };
        // Brackets in between were never closed.
        while self.open[kind] > 0 {
            let is_own = self.frames.last().is_some_and(|frame| frame.kind == kind);
            let signs = self.frames.last().is_some_and(|frame| frame.signs);
            self.pop();
            if is_own && signs {
                self.compared_call();
            }
            if is_own {
                break;
            }
        }
    }

    /// Closes the innermost bracket and judges what stood in it.
    pub(super) fn pop(&mut self) -> bool {
        let Some(frame) = self.frames.pop() else { return false };
        self.open[frame.kind] -= 1;
        if let List::JsApis { block, names } = frame.list
            && let Some(block) = self.found.blocks.get_mut(block)
        {
            block.js_api_list = names;
        }
        let has = |field| frame.values.iter().any(|(key, _)| key.field() == Some(field));
        let each = |field| {
            frame.values.iter().filter(move |(key, _)| key.field() == Some(field)).map(|(_, index)| *index)
        };
        if let (Some(index), Some((text, at))) = (frame.object_of, &frame.spread)
            && let Some(block) = self.found.blocks.get_mut(index)
        {
            block.hides_keys = true;
            let call = block.call;
            let keys: Vec<Option<Field>> = block.keys.iter().map(|key| Key::of(key).field()).collect();
            for field in javascript::fields(call).iter().filter(|field| !keys.contains(&Some(**field))) {
                self.found.unreadable(*field, text, self.lines.of(*at), self.manner.trust);
            }
        }
        if frame.is_payment {
            frame.values.iter().for_each(|(_, index)| self.found.judge(*index, Trust::Dropped));
        }
        if frame.kind != 2 || frame.mode != Mode::Object || frame.owner != Owner::Anyone {
            return true;
        }
        // The address of a request or of a share card is not the one that was signed.
        let is_signed = has(Field::Signature) || has(Field::Nonce) || has(Field::Ticket);
        if (frame.is_share || frame.is_request) && !is_signed {
            each(Field::Url).for_each(|index| self.found.judge(index, Trust::Dropped));
            frame.unread_urls.iter().for_each(|index| self.found.drop_unreadable(*index));
        }
        // An answer has a timestamp of its own around the signature's.
        if !is_signed && !has(Field::Url) && !has(Field::AppId) {
            each(Field::Timestamp).for_each(|index| self.found.judge(index, Trust::Weak));
        }
        // A status is not a card code, and the user who is logged in is not the one that the card is bound to.
        let has_empty_code = each(Field::Code).any(|index| self.found.text(index).is_some_and(str::is_empty))
            && has(Field::Nonce);
        let is_card_ext = (has(Field::CardId)
            || has(Field::Openid)
            || has(Field::Balance)
            || has_empty_code
            || frame.is_card_ext)
            && (has(Field::Signature) && has(Field::Timestamp))
            && !(has(Field::Url) || has(Field::AppId) || has(Field::Ticket));
        let is_card =
            is_card_ext || has(Field::CardId) || frame.values.iter().any(|(key, _)| *key == Key::ApiTicket);
        if is_card_ext && self.manner.origin.is_none() {
            frame.values.iter().for_each(|(_, index)| self.found.move_to_card_ext(*index));
        } else if !is_card {
            for field in [Field::Code, Field::Openid, Field::Balance, Field::OuterStr] {
                each(field).for_each(|index| self.found.judge(index, Trust::Dropped));
            }
        }
        true
    }

    /// Something in a list that is not a string: the list cannot be read.
    pub(super) fn spoil_list(&mut self) {
        if let Some(List::JsApis { names, .. }) = self.frames.last_mut().map(|frame| &mut frame.list) {
            *names = None;
        }
    }
}

/// Whether the `[` at a place opens a map as Go prints it, `map[nonceStr:x timestamp:1]`.
fn is_go_map(text: &str, at: usize) -> bool {
    let Some(before) = text[..at].strip_suffix("map") else { return false };
    let inner = &text[at + 1..text.floor_char_boundary(at + 65)];
    let name = inner.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
        && name.len() < inner.len()
        && name.starts_with(':')
}
