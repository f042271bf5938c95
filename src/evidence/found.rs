//! What the readers found so far, and how the [`Evidence`] is made of it.
//!
//! In: values, calls and what could not be read, as the readers meet them, each with how far it is
//! to be trusted. Out: the evidence. A weaker value (in a comment, in the envelope of an answer)
//! counts only where its field has no stronger one.

use std::collections::HashMap;

use super::key::Key;
use super::string1;
use super::{Block, Call, CardExt, Evidence, Field, Origin, Unreadable, Value};
use crate::signature::Kind;

/// How far a value is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// It stands where its field stands.
    Plain,
    /// It may be something else, such as an answer's own timestamp, or is empty.
    Weak,
    /// It stands in a comment.
    Comment,
    /// What followed showed that it is something else.
    Dropped,
}

/// No text that a person pastes has more values than this, or more calls than a tenth of it: the
/// reader ends there.
const LIMIT: usize = 10_000;

/// The evidence in the making.
#[derive(Debug, Default)]
pub(super) struct Found {
    values: Vec<(Value, Trust)>,
    unreadable: Vec<(Unreadable, Trust)>,
    pub(super) blocks: Vec<Block>,
    pub(super) card_ext: Option<CardExt>,
    /// The kind that the text names.
    pub(super) kind: Option<Kind>,
    /// The reader is inside of `getAgentConfigSignature`.
    pub(super) in_agent_signature: bool,
    first_register_is_agent: Option<bool>,
    string1: Option<String>,
    page_urls: Vec<String>,
    message: Option<String>,
    has_group_ticket: bool,
    has_api_ticket: bool,
    has_card_sign: bool,
}

impl Found {
    /// Keeps a value and gives its number.
    pub(super) fn value(
        &mut self,
        key: Key,
        text: String,
        line: usize,
        origin: Origin,
        trust: Trust,
    ) -> Option<usize> {
        let field = key.field()?;
        if trust == Trust::Plain {
            self.has_group_ticket |= key == Key::GroupTicket;
            self.has_api_ticket |= key == Key::ApiTicket;
            self.has_card_sign |= key == Key::CardSign;
        }
        if origin == Origin::Call(Call::Register) && !matches!(field, Field::AppId | Field::AgentId) {
            self.first_register_is_agent.get_or_insert(self.in_agent_signature);
        }
        self.values.push((Value { field, text, line, origin }, trust));
        Some(self.values.len() - 1)
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
        self.values.len() >= LIMIT || self.unreadable.len() >= LIMIT || self.blocks.len() >= LIMIT / 10
    }

    /// The text of a value.
    pub(super) fn text(&self, index: usize) -> Option<&str> {
        self.values.get(index).map(|(value, _)| value.text.as_str())
    }

    /// Changes how far a value is trusted.
    pub(super) fn judge(&mut self, index: usize, trust: Trust) {
        if let Some(value) = self.values.get_mut(index) {
            value.1 = value.1.max(trust);
        }
    }

    /// Drops what could not be read, since it is no field after all.
    pub(super) fn drop_unreadable(&mut self, index: usize) {
        if let Some(item) = self.unreadable.get_mut(index) {
            item.1 = Trust::Dropped;
        }
    }

    /// Says that a value belongs to a cardExt.
    pub(super) fn move_to_card_ext(&mut self, index: usize) {
        if let Some((value, _)) = self.values.get_mut(index) {
            value.origin = Origin::CardExt;
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
        });
        self.blocks.len() - 1
    }

    /// Keeps a literal string1 with the values in it. Nothing else looks like one, so it is trusted
    /// in a comment too.
    pub(super) fn string1(&mut self, text: &str, line: usize) {
        let Some(parts) = string1::parse(text) else { return };
        for (field, range) in parts.parts {
            let key =
                if parts.is_group && field == Field::Ticket { Key::GroupTicket } else { Key::Field(field) };
            self.value(key, text[range].to_owned(), line, Origin::String1, Trust::Plain);
        }
        if self.string1.is_none() {
            self.string1 = Some(text.to_owned());
        }
    }

    /// Keeps an address that a page really had.
    pub(super) fn page_url(&mut self, url: &str) {
        if url.contains("://")
            && self.page_urls.len() < LIMIT
            && !self.page_urls.iter().rev().take(32).any(|known| known == url)
        {
            self.page_urls.push(url.to_owned());
        }
    }

    /// Keeps the client's own message.
    pub(super) fn message(&mut self, text: &str) {
        if self.message.is_none() {
            self.message = Some(text.to_owned());
        }
    }

    /// How much was found, to be compared with later.
    pub(super) fn marks(&self) -> (usize, usize) {
        (self.values.len(), self.blocks.len())
    }

    /// Whether what was found since then tells of a signature, a ticket or a token.
    pub(super) fn tells_since(&self, (values, blocks): (usize, usize)) -> bool {
        self.blocks.len() > blocks
            || self.values[values..].iter().any(|(value, trust)| {
                *trust < Trust::Dropped
                    && matches!(
                        value.field,
                        Field::Signature | Field::Ticket | Field::AccessToken | Field::Nonce
                    )
            })
    }

    /// Drops what was found since then.
    pub(super) fn forget_since(&mut self, (values, _): (usize, usize)) {
        (values..self.values.len()).for_each(|index| self.judge(index, Trust::Dropped));
    }

    /// Of how many fields of a signature there is a value.
    pub(super) fn count_fields(&self) -> usize {
        [Field::Ticket, Field::Nonce, Field::Timestamp, Field::Signature, Field::AppId]
            .into_iter()
            .filter(|field| self.has(*field))
            .count()
    }

    /// Drops what was found since then and would be taken for part of the signature before it: its
    /// values come from one answer, and those of another one serve only where they lose.
    pub(super) fn keep_apart(&mut self, (values, _): (usize, usize)) {
        let (own, others) = self.values.split_at_mut(values);
        for (value, trust) in others {
            let is_signed =
                matches!(value.field, Field::Nonce | Field::Timestamp | Field::Signature | Field::Url);
            let loses = own.iter().any(|(known, trust)| known.field == value.field && *trust == Trust::Plain);
            if value.origin == Origin::String1 || (is_signed && !loses) {
                *trust = Trust::Dropped;
            }
        }
        if !self
            .values
            .iter()
            .any(|(value, trust)| value.origin == Origin::String1 && *trust < Trust::Dropped)
        {
            self.string1 = None;
        }
    }

    /// Whether a field has a value.
    pub(super) fn has(&self, field: Field) -> bool {
        self.values.iter().any(|(value, trust)| value.field == field && *trust < Trust::Dropped)
    }

    /// The evidence.
    pub(super) fn finish(mut self) -> Evidence {
        self.split_signature_off();
        let mut best: HashMap<Field, Trust> = HashMap::new();
        for (value, trust) in &self.values {
            let best = best.entry(value.field).or_insert(*trust);
            *best = (*best).min(*trust);
        }
        let is_card = self.has_api_ticket || self.card_ext.is_some() || best.contains_key(&Field::CardId);
        let is_kept = |(value, trust): &(Value, Trust)| {
            let is_card_only = matches!(value.field, Field::Code | Field::Openid | Field::Balance);
            *trust < Trust::Dropped && best.get(&value.field) == Some(trust) && (is_card || !is_card_only)
        };
        self.values.retain(is_kept);
        let kind = self.kind.or_else(|| self.seen_kind());
        Evidence {
            kind,
            values: self.values.into_iter().map(|(value, _)| value).collect(),
            string1: self.string1,
            blocks: self.blocks,
            card_ext: self.card_ext,
            page_urls: self.page_urls,
            unreadable: self
                .unreadable
                .into_iter()
                .filter(|(_, trust)| *trust < Trust::Dropped)
                .map(|(item, _)| item)
                .collect(),
            message: self.message,
        }
    }

    /// `string1&signature=…`: people glue the signature to the end. Where it is the only one, and
    /// looks like one, it is not part of the url.
    fn split_signature_off(&mut self) {
        if self.has(Field::Signature) {
            return;
        }
        let Some(string1) = &mut self.string1 else { return };
        let Some((before, pair)) = string1.rsplit_once('&') else { return };
        let Some((name, signature)) = pair.split_once('=') else { return };
        let is_hex = signature.len() == 40 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || Key::of(name) != Key::Field(Field::Signature) {
            return;
        }
        let (length, tail, signature) = (before.len(), format!("&{pair}"), signature.to_owned());
        let Some(line) = self.values.iter_mut().find_map(|(value, _)| {
            let url = value.text.strip_suffix(&tail)?.to_owned();
            if (value.field, value.origin) != (Field::Url, Origin::String1) {
                return None;
            }
            value.text = url;
            Some(value.line)
        }) else {
            return;
        };
        string1.truncate(length);
        let value = Value { field: Field::Signature, text: signature, line, origin: Origin::Query };
        self.values.push((value, Trust::Plain));
    }

    /// The kind that calls, keys and values show; of several calls, the first that has a value.
    fn seen_kind(&self) -> Option<Kind> {
        if self.has_group_ticket {
            return Some(Kind::Group);
        }
        let has_value = |call: Call| {
            self.values.iter().any(|(value, _)| {
                value.origin == Origin::Call(call)
                    || (call == Call::AddCard && value.origin == Origin::CardExt)
            })
        };
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
        let is_invoice =
            self.values.iter().any(|(value, _)| value.field == Field::CardType && value.text == "INVOICE");
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
