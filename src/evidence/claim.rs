//! Claims: the signatures that a text holds, each with the values and the place that belong to it.
//!
//! In: what the readers found, in groups (an object, a call, a log entry, an answer of a HAR file).
//! Out: a [`Claim`] for every signature. What belongs to no one signature is shared; where a claim
//! lacks a value, [`Evidence::value`] says which of the shared ones it may take.

use std::collections::HashSet;
use std::ops::Range;

use super::{Call, Evidence, Field, Value};
use crate::signature::Kind;

/// One signature with the values that belong to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The kind that the evidence shows for it.
    pub kind: Option<Kind>,
    /// The line of its signature, or without one, of its first value; from 1.
    pub line: usize,
    /// The values of the same object, call, statement, log entry or answer, in the order found;
    /// those of a literal string1 are among them ([`Origin::String1`](super::Origin)).
    pub values: Vec<Value>,
    /// The text that the evidence says was hashed.
    pub literal: Option<Literal>,
    /// The call that passes it to the client, as an index of [`Evidence::blocks`]. When no other
    /// source says what was signed, the block's own values are the claim's values too.
    pub block: Option<usize>,
    /// The address of the request that was answered with it (HAR).
    pub source: Option<String>,
    /// Addresses that the page had which asked for it.
    pub page_urls: Vec<String>,
}

impl Claim {
    /// The values of a field, in the order found.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |value| value.field == field)
    }

    /// The first value of a field.
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.all(field).next()
    }

    /// The signature as given.
    pub fn signature(&self) -> Option<&str> {
        self.value(Field::Signature).map(|value| value.text.as_str())
    }
}

/// A string1 as it stands in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Literal {
    /// Verbatim, fragment included.
    pub text: String,
    /// The line it starts in, from 1.
    pub line: usize,
    /// Its fields and where their values are in `text`, in the order written.
    pub parts: Vec<(Field, Range<usize>)>,
    /// What `text` may have been before a browser or a forum displayed it: `×tamp` read as
    /// `&timestamp`, `&amp;` as `&`. Each differs from `text` and from the others.
    pub readings: Vec<String>,
}

impl Literal {
    /// The value of a field, as it stands in the text.
    pub fn value(&self, field: Field) -> Option<&str> {
        let (_, range) = self.parts.iter().find(|part| part.0 == field)?;
        self.text.get(range.clone())
    }
}

/// How a computed timestamp counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds, as a signature wants them.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// A timestamp that code computes: `Date.parse(new Date())`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The source text.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
    /// What it counts.
    pub unit: Unit,
    /// The call it stands in, as an index of [`Evidence::blocks`].
    pub block: Option<usize>,
}

impl Call {
    /// Whether the call takes a signature of this kind.
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Config => kind == Kind::Jsapi,
            Self::AgentConfig => kind == Kind::Agent,
            Self::Register => matches!(kind, Kind::Jsapi | Kind::Agent),
            Self::AddCard => kind == Kind::CardExt,
            Self::ChooseCard => kind == Kind::Card,
            Self::ChooseInvoice => kind == Kind::Invoice,
            Self::OpenContact => kind == Kind::Group,
        }
    }
}

/// What a claim takes that lacks a value: so that very many claims do not each look through all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lent {
    /// The first shared value of each field and kind.
    shared: Vec<Value>,
    /// The first value of each field and kind that a claim has, of the fields that all may share.
    of_claims: Vec<Value>,
    /// The shared tickets, in their order: a log has several.
    tickets: Vec<Value>,
    /// The account that a ticket has on its line, and the ticket.
    accounts: Vec<(String, String)>,
    /// The line of the first claim.
    first_line: usize,
}

/// So many shared tickets are kept apart, and so many ids are looked at for theirs.
const SHARED: usize = 1000;
/// So many tickets of accounts are tried for a claim.
const MOST_ACCOUNTS: usize = 8;

impl Lent {
    /// `values` is the text's view without claims.
    pub(super) fn of(claims: &[Claim], shared: &[Value], values: &[Value]) -> Self {
        let is_common = |field| matches!(field, Field::Ticket | Field::Url | Field::AppId | Field::AgentId);
        let of_claims = claims.iter().flat_map(|claim| &claim.values).filter(|value| is_common(value.field));
        let shared_tickets = shared.iter().filter(|value| value.field == Field::Ticket).take(SHARED);
        Self {
            shared: firsts(shared.iter()),
            of_claims: firsts(of_claims),
            tickets: shared_tickets.cloned().collect(),
            accounts: accounts(values),
            first_line: claims.iter().map(|claim| claim.line).min().unwrap_or_default(),
        }
    }
}

/// The tickets that have an account on their line.
fn accounts(values: &[Value]) -> Vec<(String, String)> {
    let of = |field| values.iter().filter(move |value| value.field == field);
    let ids: Vec<&Value> = of(Field::AppId).take(SHARED).collect();
    let of_ticket = |ticket: &Value| ids.iter().find(|id| id.line == ticket.line).map(|id| id.text.clone());
    of(Field::Ticket)
        .take(SHARED)
        .filter_map(|ticket| Some((of_ticket(ticket)?, ticket.text.clone())))
        .collect()
}

/// The first value of each field and kind, in their order.
fn firsts<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    values.filter(|value| seen.insert((value.field, value.kind))).cloned().collect()
}

impl Evidence {
    /// The value of a field for a claim of a kind: its own; else the shared one that fits the kind;
    /// else, for a ticket, an address or an id, the one that another claim has.
    pub fn value<'e>(&'e self, claim: &'e Claim, kind: Kind, field: Field) -> Option<&'e Value> {
        // A ticket under a key of the very kind comes before one that names no kind.
        let shared = || self.lent.shared.iter().filter(|value| value.field == field);
        let of_claims = || self.lent.of_claims.iter().filter(|value| value.field == field);
        claim
            .value(field)
            .or_else(|| (field == Field::Ticket).then(|| self.ticket_of(claim, kind)).flatten())
            .or_else(|| shared().find(|value| value.kind.is_some_and(|own| is_near(own, kind))))
            .or_else(|| shared().find(|value| value.kind.is_none()))
            .or_else(|| of_claims().find(|value| value.kind.is_none_or(|own| is_near(own, kind))))
    }
}

impl Evidence {
    /// Of several shared tickets the one of the claim's account; else in a log, where tickets come between the claims, the
    /// last one before it.
    fn ticket_of<'e>(&'e self, claim: &'e Claim, kind: Kind) -> Option<&'e Value> {
        let lent = &self.lent;
        let of_kind = |value: &&Value| value.kind.is_some_and(|own| is_near(own, kind));
        let mut known: Vec<&Value> = lent.tickets.iter().filter(of_kind).collect();
        if known.is_empty() {
            known = lent.tickets.iter().filter(|value| value.kind.is_none()).collect();
        }
        if known.iter().all(|value| value.text == known[0].text) {
            return None;
        }
        let account = claim.value(Field::AppId).and_then(|id| {
            let is_its = |ticket: &Value| {
                lent.accounts.iter().any(|(own, text)| (own, text) == (&id.text, &ticket.text))
            };
            known.iter().find(|ticket| is_its(ticket))
        });
        let is_log = known.iter().any(|ticket| ticket.line > lent.first_line);
        let last = || known.iter().rfind(|ticket| is_log && ticket.line <= claim.line);
        account.or_else(last).copied()
    }

    /// The tickets of several accounts, each with its account on its line: of a claim's own account, if it names one; else
    /// which one it is of, its hash says.
    pub(crate) fn tickets_of_accounts(&self, claim: Option<&Claim>) -> Vec<&str> {
        let own = claim.and_then(|claim| claim.value(Field::AppId)).map(|id| &id.text);
        let accounts = &self.lent.accounts[..self.lent.accounts.len().min(MOST_ACCOUNTS)];
        let is_one = accounts.iter().all(|(id, _)| *id == accounts[0].0);
        let is_own = |id: &String| !is_one && own.is_none_or(|own| own == id);
        accounts.iter().filter(|(id, _)| is_own(id)).map(|(_, ticket)| ticket.as_str()).collect()
    }
}

/// Whether a value under a key of the first kind serves the second: the three card kinds have one ticket.
fn is_near(own: Kind, kind: Kind) -> bool {
    own == kind || (!own.signs_url() && !kind.signs_url())
}
