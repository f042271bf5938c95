//! The [`Evidence`] out of everything found.
//!
//! In: [`Found`], when a text was read to its end. Out: its claims, and what is known besides.

use std::collections::{HashMap, HashSet};

use super::address::host;
use super::claim::Lent;
use super::found::{Found, Kept, Trust};
use super::key::Key;
use super::{Evidence, Field, Origin, Value, assemble, display, flat, tokens};

impl Found {
    /// The evidence.
    pub(super) fn finish(mut self) -> Evidence {
        self.settle_referers();
        self.drop_callbacks();
        self.split_signatures_off();
        self.name_signatures();
        let is_card = self.has_api_ticket || self.card_ext.is_some() || self.has(Field::CardId);
        for kept in &mut self.values {
            let is_card_only =
                matches!(kept.value.field, Field::Code | Field::Openid | Field::Balance | Field::OuterStr);
            if is_card_only && !is_card {
                kept.trust = Trust::Dropped;
            }
        }
        let kind = self.kind.or_else(|| self.seen_kind());
        let (claims, shared) = assemble::claims(&self, kind);
        let (values, string1) = flat::view(&self);
        let lent = Lent::of(&claims, &shared, &values);
        let tokens = tokens::of(&self.values, std::mem::take(&mut self.runs));
        let expires_at = self.expires_at();
        let reported: HashSet<String> = self.reported.drain(..).collect();
        if self.page_urls.iter().any(|url| reported.contains(url)) {
            self.page_urls.retain(|url| reported.contains(url));
        }
        let ticket_to_page = self.ticket_to_page();
        Evidence {
            claims,
            shared,
            tokens,
            kind,
            values,
            string1,
            blocks: self.blocks,
            card_ext: self.card_ext,
            page_urls: self.page_urls,
            by_phone: self.by_phone,
            unreadable: self
                .unreadable
                .into_iter()
                .filter(|(_, trust)| *trust < Trust::Dropped)
                .map(|(item, _)| item)
                .collect(),
            message: self.message,
            errors: self.errors,
            expires_at,
            expressions: self.expressions,
            menu_items: self.menu_items,
            api_calls: self.api_calls,
            ticket_to_page,
            unread_from: self.unread_from,
            account: self.account,
            lone_id: <[String; 1]>::try_from(self.ids).ok().map(|[id]| id),
            appended: self.appended,
            passed: self.passed,
            lone_urls: self.lone_urls,
            lent,
        }
    }

    /// Drops a callback's query where the text has the signature of a page.
    fn drop_callbacks(&mut self) {
        let is_own = |kept: &Kept| kept.value.field == Field::Signature && kept.trust == Trust::Plain;
        if !self.values.iter().any(is_own) {
            return;
        }
        for kept in &mut self.values {
            let is_callback = kept.trust == Trust::Weak && kept.value.origin == Origin::Query;
            if is_callback && !kept.value.text.is_empty() {
                kept.trust = Trust::Dropped;
            }
        }
    }

    /// When the ticket ends: the end that is beside it.
    fn expires_at(&self) -> Option<u64> {
        let stands_in = |group: usize, field: Field| {
            self.values.iter().any(|kept| {
                kept.place.group == group && kept.value.field == field && kept.trust < Trust::Dropped
            })
        };
        self.expiries
            .iter()
            .take(100)
            .find(|(_, group)| stands_in(*group, Field::Ticket) && !stands_in(*group, Field::AccessToken))
            .map(|(end, _)| *end)
    }

    /// The line of a ticket that an answer gives to the page: beside the signature, or in the answer of
    /// a server that is not WeChat's.
    fn ticket_to_page(&self) -> Option<usize> {
        let signed: HashSet<usize> = self
            .values
            .iter()
            .filter(|kept| {
                kept.value.field == Field::Signature
                    && kept.trust < Trust::Dropped
                    && matches!(kept.value.origin, Origin::Json | Origin::Har)
            })
            .map(|kept| kept.place.group)
            .collect();
        let is_exposed = |kept: &&Kept| {
            if kept.value.field != Field::Ticket || kept.trust >= Trust::Dropped {
                return false;
            }
            let answer = self.groups[kept.place.group].answer.and_then(|answer| self.answers.get(answer));
            match (kept.value.origin, answer) {
                (Origin::Har, Some(answer)) => {
                    let host = host(&answer.source);
                    !(host.ends_with("weixin.qq.com") || host.ends_with("wechat.com"))
                }
                (Origin::Json, _) => signed.contains(&kept.place.group),
                _ => false,
            }
        };
        self.values.iter().find(is_exposed).map(|kept| kept.value.line)
    }

    /// `string1&signature=…`: people glue the signature to the end. Where the group has no other one,
    /// and it looks like one, it is not part of the url.
    fn split_signatures_off(&mut self) {
        let mut signed: HashSet<usize> = HashSet::new();
        let mut urls: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, kept) in self.values.iter().enumerate() {
            if kept.value.field == Field::Signature && kept.trust < Trust::Dropped {
                signed.insert(kept.place.group);
            }
            if (kept.value.field, kept.value.origin) == (Field::Url, Origin::String1) {
                urls.entry(kept.value.line).or_default().push(index);
            }
        }
        for (literal, place) in &mut self.literals {
            if signed.contains(&place.group) {
                continue;
            }
            let Some((before, pair)) = literal.text.rsplit_once('&') else { continue };
            let Some((name, signature)) = pair.split_once('=') else { continue };
            let is_hex = signature.len() == 40 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_hex || Key::of(name) != Key::Field(Field::Signature) {
                continue;
            }
            let (length, tail, signature) = (before.len(), format!("&{pair}"), signature.to_owned());
            let Some(on_line) = urls.get_mut(&literal.line) else { continue };
            let whole = on_line.iter().position(|index| self.values[*index].value.text.ends_with(&tail));
            // As a rule the first: they are in the order of the literals.
            let Some(whole) = whole.map(|at| on_line.remove(at)) else { continue };
            let whole = &mut self.values[whole];
            whole.value.text.truncate(whole.value.text.len() - tail.len());
            let line = whole.value.line;
            literal.text.truncate(length);
            literal.parts.retain_mut(|(_, range)| {
                range.end = range.end.min(length);
                range.start <= range.end
            });
            literal.readings = display::readings(&literal.text);
            let value =
                Value { field: Field::Signature, text: signature, line, origin: Origin::Query, kind: None };
            signed.insert(place.group);
            self.values.push(Kept { value, trust: Trust::Plain, place: *place });
        }
    }
}
