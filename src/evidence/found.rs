//! What the readers found so far.
//!
//! In: values, calls and what could not be read, as the readers meet them, each with how far it is
//! to be trusted. Out: [`Found`]. A weaker value (in a comment, in the envelope of an answer)
//! counts only when its field has no stronger one.

use std::collections::HashSet;

use super::hash::Hash;
use super::key::Key;
use super::{
    ApiCall, Block, Call, CardExt, Expression, Field, Literal, Origin, Unreadable, Value, account_id,
    display, string1, time,
};
use crate::diagnosis::url_part::Parts;
use crate::signature::Kind;

/// How far a value is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// It is where its field belongs.
    Plain,
    /// It may be something else, such as an answer's own timestamp, or is empty.
    Weak,
    /// It stands in a comment.
    Comment,
    /// What followed showed that it is something else.
    Dropped,
}

/// No text that a person pastes has more values than this, more signatures or more calls: the reader
/// ends there, and says so.
const VALUES: usize = 200_000;
const SIGNATURES: usize = 10_000;
const BLOCKS: usize = 10_000;
/// Of other things so many are kept.
const LIMIT: usize = 10_000;
const API_CALLS: usize = 1000;
const REFERERS: usize = 3;

/// Where a value is: in which group, and in which call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) group: usize,
    pub(super) block: Option<usize>,
}

/// An object, a list of arguments, a comment, an answer: what is directly in it belongs together.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) parent: Option<usize>,
    /// An object or arguments, not running text or a function's body.
    pub(super) is_object: bool,
    pub(super) is_comment: bool,
    /// The answer of a HAR file that it is in.
    pub(super) answer: Option<usize>,
    /// The kind that a `kind` in it, or the key before it, names.
    pub(super) kind: Option<Kind>,
    /// The group of the comments in it.
    comments: Option<usize>,
}

/// A value as it was found.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) value: Value,
    pub(super) trust: Trust,
    pub(super) place: Place,
}

/// An answer of a HAR file.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) source: String,
    pub(super) page: Option<String>,
    /// Of how many fields of a signature it tells.
    pub(super) fields: usize,
}

/// How much there was at some time.
#[derive(Debug)]
pub(super) struct Marks {
    values: usize,
    blocks: usize,
    unreadable: usize,
    literals: usize,
    groups: usize,
    answers: usize,
    expressions: usize,
    expiries: usize,
    kind: Option<Kind>,
}

/// The evidence in the making.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) values: Vec<Kept>,
    pub(super) unreadable: Vec<(Unreadable, Trust)>,
    pub(super) blocks: Vec<Block>,
    pub(super) card_ext: Option<CardExt>,
    /// The kind that the text names.
    pub(super) kind: Option<Kind>,
    /// The reader is inside of `getAgentConfigSignature`.
    pub(super) in_agent_signature: bool,
    first_register_is_agent: Option<bool>,
    pub(super) literals: Vec<(Literal, Place)>,
    pub(super) groups: Vec<Group>,
    pub(super) answers: Vec<Answer>,
    pub(super) expressions: Vec<Expression>,
    pub(super) menu_items: Vec<String>,
    pub(super) api_calls: Vec<ApiCall>,
    /// When something ends, and in which group.
    pub(super) expiries: Vec<(u64, usize)>,
    /// Texts with the shape of a token.
    pub(super) runs: Vec<String>,
    /// Numbers with the shape of a signature.
    pub(super) hashes: Vec<Hash>,
    pub(super) page_urls: Vec<String>,
    /// Those of them that the client reported with an error: no other says more.
    pub(super) reported: Vec<String>,
    /// Those of them that were seen on two systems.
    pub(super) by_phone: Vec<String>,
    pub(super) message: Option<String>,
    /// Errors in answers of a HAR file, and in what its pages sent.
    pub(super) errors: Vec<String>,
    /// The line at which reading ended, since there was so much.
    pub(super) unread_from: Option<usize>,
    signatures: usize,
    referers: Vec<String>,
    /// Referers that are no more than a host, and the hosts that were asked.
    origins: Vec<String>,
    asked: Vec<String>,
    /// Addresses without a name.
    pub(super) lone_urls: Vec<String>,
    /// The account whose token was fetched.
    pub(super) account: Option<String>,
    /// The ids of accounts in it, whatever is said of them.
    pub(super) ids: Vec<String>,
    /// What code adds to a string1 behind its url.
    pub(super) appended: Vec<String>,
    /// What the text says that the page passes.
    pub(super) passed: Vec<Value>,
    has_group_ticket: bool,
    pub(super) has_api_ticket: bool,
    has_card_sign: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            unreadable: Vec::new(),
            blocks: Vec::new(),
            card_ext: None,
            kind: None,
            in_agent_signature: false,
            first_register_is_agent: None,
            literals: Vec::new(),
            groups: vec![Group::default()],
            answers: Vec::new(),
            expressions: Vec::new(),
            menu_items: Vec::new(),
            api_calls: Vec::new(),
            expiries: Vec::new(),
            runs: Vec::new(),
            hashes: Vec::new(),
            page_urls: Vec::new(),
            reported: Vec::new(),
            by_phone: Vec::new(),
            message: None,
            errors: Vec::new(),
            unread_from: None,
            signatures: 0,
            referers: Vec::new(),
            origins: Vec::new(),
            asked: Vec::new(),
            lone_urls: Vec::new(),
            account: None,
            ids: Vec::new(),
            appended: Vec::new(),
            passed: Vec::new(),
            has_group_ticket: false,
            has_api_ticket: false,
            has_card_sign: false,
        }
    }
}

impl Found {
    /// Parameters that code adds to a string1 behind its url: `&appid=wx…`.
    pub(super) fn appended(&mut self, pairs: &str) {
        const MOST: usize = 16;
        if self.appended.len() < MOST {
            self.appended.push(pairs.to_owned());
        }
    }

    /// Keeps a value and gives its number.
    pub(super) fn value(
        &mut self,
        key: Key,
        text: String,
        line: usize,
        origin: Origin,
        trust: Trust,
        place: Place,
    ) -> Option<usize> {
        let field = key.field()?;
        // `wx:jsapi_ticket:wx0123…` is the name under which a ticket is kept.
        if field == Field::Ticket && origin == Origin::Line && account_id::is_id(&text) {
            return None;
        }
        if trust == Trust::Plain {
            self.has_group_ticket |= key == Key::GroupTicket;
            self.has_api_ticket |= key == Key::ApiTicket;
            self.has_card_sign |= key == Key::CardSign;
        }
        let mut kind = key.kind();
        if origin == Origin::Call(Call::Register) && !matches!(field, Field::AppId | Field::AgentId) {
            self.first_register_is_agent.get_or_insert(self.in_agent_signature);
            kind = Some(if self.in_agent_signature { Kind::Agent } else { Kind::Jsapi });
        }
        let value = Value { field, text, line, origin, kind };
        self.signatures += usize::from(field == Field::Signature);
        if let (Origin::Call(_), Some(block)) = (origin, place.block)
            && let Some(block) = self.blocks.get_mut(block)
        {
            block.values.push(value.clone());
        }
        self.values.push(Kept { value, trust, place });
        Some(self.values.len() - 1)
    }

    /// A new group inside of another one; the other one itself where there are too many.
    pub(super) fn group(&mut self, parent: usize, is_object: bool) -> usize {
        if self.groups.len() >= VALUES {
            return parent;
        }
        let (is_comment, answer) =
            self.groups.get(parent).map_or((false, None), |group| (group.is_comment, group.answer));
        self.groups.push(Group { parent: Some(parent), is_object, is_comment, answer, ..Group::default() });
        self.groups.len() - 1
    }

    /// The group of all comments in a group.
    pub(super) fn comments(&mut self, parent: usize) -> usize {
        if let Some(comments) = self.groups[parent].comments {
            return comments;
        }
        let comments = self.group(parent, false);
        if comments != parent {
            self.groups[comments].is_comment = true;
            self.groups[parent].comments = Some(comments);
        }
        comments
    }

    /// The group of an answer of a HAR file.
    pub(super) fn answer(&mut self, source: String) -> usize {
        let path = source.split('?').next().unwrap_or_default();
        let names_agent = path.to_ascii_lowercase().contains("agent");
        self.answers.push(Answer { source, ..Answer::default() });
        self.groups.push(Group {
            answer: Some(self.answers.len() - 1),
            is_object: true,
            kind: names_agent.then_some(Kind::Agent),
            ..Group::default()
        });
        self.groups.len() - 1
    }

    /// Takes back the last answer, which tells nothing: what is full of such answers is not full.
    pub(super) fn forget_answer(&mut self, marks: &Marks) {
        self.values.truncate(marks.values);
        self.blocks.truncate(marks.blocks);
        self.unreadable.truncate(marks.unreadable);
        self.literals.truncate(marks.literals);
        self.groups.truncate(marks.groups);
        self.answers.truncate(marks.answers);
        self.expressions.truncate(marks.expressions);
        self.expiries.truncate(marks.expiries);
        self.kind = marks.kind;
    }

    /// Keeps a field that has no readable value and gives its number.
    pub(super) fn unreadable(
        &mut self,
        field: Field,
        text: &str,
        line: usize,
        trust: Trust,
    ) -> Option<usize> {
        let item = Unreadable { field, text: text.to_owned(), line };
        if self.unreadable.last().is_some_and(|last| last.0 == item) {
            return None;
        }
        self.unreadable.push((item, trust));
        Some(self.unreadable.len() - 1)
    }

    /// Whether there is so much that more of it tells nothing.
    pub(super) fn is_full(&self) -> bool {
        self.values.len() >= VALUES
            || self.signatures >= SIGNATURES
            || self.unreadable.len() >= VALUES
            || self.blocks.len() >= BLOCKS
    }

    /// The text of a value.
    pub(super) fn text(&self, index: usize) -> Option<&str> {
        self.values.get(index).map(|kept| kept.value.text.as_str())
    }

    /// Changes how far a value is trusted.
    pub(super) fn judge(&mut self, index: usize, trust: Trust) {
        if let Some(value) = self.values.get_mut(index) {
            value.trust = value.trust.max(trust);
        }
    }

    /// Drops what could not be read, since it is not a field after all.
    pub(super) fn drop_unreadable(&mut self, index: usize) {
        if let Some(item) = self.unreadable.get_mut(index) {
            item.1 = Trust::Dropped;
        }
    }

    /// Says that a value belongs to a cardExt.
    pub(super) fn move_to_card_ext(&mut self, index: usize) {
        if let Some(kept) = self.values.get_mut(index) {
            kept.value.origin = Origin::CardExt;
        }
        self.card_ext.get_or_insert_default();
    }

    /// Keeps a call and gives its number.
    pub(super) fn block(&mut self, call: Call, line: usize) -> usize {
        self.blocks.push(Block {
            call,
            line,
            keys: Vec::new(),
            js_api_list: None,
            timestamp_is_text: false,
            hides_keys: false,
            values: Vec::new(),
            menu_list: None,
        });
        self.blocks.len() - 1
    }

    /// Keeps a literal string1 with the values in it. Nothing else looks like one, so it is trusted
    /// in a comment too.
    pub(super) fn string1(&mut self, text: &str, line: usize, place: Place) {
        let Some(parts) = string1::parse(text) else { return };
        if self.literals.len() >= LIMIT {
            return;
        }
        for (field, range) in parts.parts.clone() {
            let key =
                if parts.is_group && field == Field::Ticket { Key::GroupTicket } else { Key::Field(field) };
            self.value(key, text[range].to_owned(), line, Origin::String1, Trust::Plain, place);
        }
        let literal =
            Literal { text: text.to_owned(), line, parts: parts.parts, readings: display::readings(text) };
        self.literals.push((literal, place));
    }

    /// Keeps a call of the page.
    pub(super) fn api_call(&mut self, name: &str, line: usize) {
        if self.api_calls.len() < API_CALLS && self.api_calls.iter().all(|call| call.name != name) {
            self.api_calls.push(ApiCall { name: name.to_owned(), line });
        }
    }

    /// Keeps an item of a menu.
    pub(super) fn menu_item(&mut self, name: &str, block: Option<usize>) {
        if let Some(block) = block.and_then(|block| self.blocks.get_mut(block)) {
            let list = block.menu_list.get_or_insert_default();
            if list.len() < 100 {
                list.push(name.to_owned());
            }
        }
        if self.menu_items.len() < 100 {
            self.menu_items.push(name.to_owned());
        }
    }

    /// Keeps a timestamp that code computes, where its text shows what it counts.
    pub(super) fn expression(&mut self, text: &str, line: usize, block: Option<usize>) {
        if let Some(unit) = time::unit(text)
            && self.expressions.len() < 100
        {
            self.expressions.push(Expression { text: text.to_owned(), line, unit, block });
        }
    }

    /// Keeps an address that a page really had. Phones report a list in one string,
    /// `[first opened, current]`.
    pub(super) fn page_url(&mut self, url: &str) {
        if let Some(list) = url.strip_prefix('[').map(|list| list.strip_suffix(']').unwrap_or(list)) {
            return list.split(", ").map(str::trim).for_each(|url| self.page_url(url));
        }
        if url.contains("://")
            && self.page_urls.len() < LIMIT
            && !self.page_urls.iter().rev().take(32).any(|known| known == url)
        {
            self.page_urls.push(url.to_owned());
        }
    }

    /// Keeps the host that a request went to.
    pub(super) fn asked(&mut self, host: &str) {
        if self.asked.len() < LIMIT && !host.is_empty() {
            self.asked.push(host.split(':').next().unwrap_or(host).to_owned());
        }
    }

    /// Keeps the address under a name of the page's.
    pub(super) fn page_of(&mut self, key: Key, url: &str) {
        let url = url.trim();
        if key == Key::Referer && Parts::of(url).is_host_alone() {
            if self.origins.len() < LIMIT {
                self.origins.push(url.to_owned());
            }
        } else {
            self.page_url(url);
        }
    }

    /// Keeps the address before the client's name in an access log.
    pub(super) fn referer(&mut self, url: &str) {
        if Parts::of(url).is_host_alone() {
            return self.page_of(Key::Referer, url);
        }
        if self.referers.len() <= REFERERS && !self.referers.iter().any(|known| known == url) {
            self.referers.push(url.to_owned());
        }
    }

    /// A log with more pages than these is that of a whole site, and says nothing about one of them.
    pub(super) fn settle_referers(&mut self) {
        // Another host than the page's own gets no more: it says something only if no page of that host was signed.
        let signed = self.values.iter().filter(|kept| kept.value.field == Field::Url);
        let signed: Vec<&str> = signed.map(|kept| Parts::of(&kept.value.text).host).collect();
        let is_other = |origin: &String| {
            let host = Parts::of(origin).host;
            self.asked.iter().any(|asked| asked == host) || !(signed.is_empty() || signed.contains(&host))
        };
        let others: Vec<String> = self.origins.iter().filter(|origin| is_other(origin)).cloned().collect();
        for origin in &others {
            self.page_url(origin);
        }
        let referers = std::mem::take(&mut self.referers);
        if referers.len() <= REFERERS {
            for url in &referers {
                self.page_url(url);
            }
        }
    }

    /// Keeps the client's own message.
    pub(super) fn message(&mut self, text: &str) {
        if self.message.is_none() {
            self.message = Some(text.to_owned());
        }
    }

    /// How much was found, to be compared with later.
    pub(super) fn marks(&self) -> Marks {
        Marks {
            values: self.values.len(),
            blocks: self.blocks.len(),
            unreadable: self.unreadable.len(),
            literals: self.literals.len(),
            groups: self.groups.len(),
            answers: self.answers.len(),
            expressions: self.expressions.len(),
            expiries: self.expiries.len(),
            kind: self.kind,
        }
    }

    /// Whether what was found since then tells of a signature, a ticket or a token.
    pub(super) fn tells_since(&self, marks: &Marks) -> bool {
        self.blocks.len() > marks.blocks
            || self.values[marks.values..].iter().any(|kept| {
                kept.trust < Trust::Dropped
                    && matches!(
                        kept.value.field,
                        Field::Signature | Field::Ticket | Field::AccessToken | Field::Nonce
                    )
            })
    }

    /// Of how many fields of a signature there is a value since then.
    pub(super) fn count_fields_since(&self, marks: &Marks) -> usize {
        [Field::Ticket, Field::Nonce, Field::Timestamp, Field::Signature, Field::AppId]
            .into_iter()
            .filter(|field| {
                self.values[marks.values..]
                    .iter()
                    .any(|kept| kept.value.field == *field && kept.trust < Trust::Dropped)
            })
            .count()
    }

    /// The values of a field.
    pub(super) fn of(&self, field: Field) -> impl Iterator<Item = &Kept> {
        self.values.iter().filter(move |kept| kept.value.field == field && kept.trust < Trust::Dropped)
    }

    /// Whether a field has a value.
    pub(super) fn has(&self, field: Field) -> bool {
        self.of(field).next().is_some()
    }

    /// The kind that calls, keys and values show; of several calls, the first that has a value.
    pub(super) fn seen_kind(&self) -> Option<Kind> {
        if self.has_group_ticket {
            return Some(Kind::Group);
        }
        let with_values: HashSet<Call> = self
            .values
            .iter()
            .filter_map(|kept| match kept.value.origin {
                Origin::Call(call) => Some(call),
                Origin::CardExt => Some(Call::AddCard),
                _ => None,
            })
            .collect();
        let has_value = |call: Call| with_values.contains(&call);
        let call = self.blocks.iter().map(|block| block.call);
        if let Some(call) = call.clone().find(|call| has_value(*call)).or_else(|| call.clone().next()) {
            return Some(match call {
                Call::Register if self.first_register_is_agent == Some(true) => Kind::Agent,
                Call::Config | Call::Register => Kind::Jsapi,
                Call::AgentConfig => Kind::Agent,
                Call::AddCard => Kind::CardExt,
                Call::ChooseCard => Kind::Card,
                Call::ChooseInvoice => Kind::Invoice,
                Call::OpenContact => Kind::Group,
            });
        }
        let is_invoice = self
            .values
            .iter()
            .any(|kept| kept.value.field == Field::CardType && kept.value.text == "INVOICE");
        if is_invoice {
            return Some(Kind::Invoice);
        }
        if self.has_card_sign {
            return Some(Kind::Card);
        }
        if self.card_ext.is_some() {
            return Some(Kind::CardExt);
        }
        if !self.has_api_ticket || self.has(Field::Url) {
            return None;
        }
        let is_card = self.has(Field::AppId) || self.has(Field::CardType) || self.has(Field::LocationId);
        Some(if is_card { Kind::Card } else { Kind::CardExt })
    }
}
