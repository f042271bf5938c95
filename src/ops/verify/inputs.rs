//! The values of each claim: from flags, the evidence, and the profile's cache.
//!
//! In: a request and what was found in its text. Out: [`Inputs`], one for each signature. A flag wins
//! over the text; within the text, what the server says it signed wins over what the page passes.

use std::cell::OnceCell;

mod notes;
mod readings;
mod tangled;

use self::notes::repaired;
use self::readings::readings;
use super::{Request, Run};
use crate::both;
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{Relation, known_tickets};
use crate::diagnosis::literal;
use crate::diagnosis::url_part::Parts;
use crate::diagnosis::warning::{Given, has_agent_shape, looks_like_token};
use crate::evidence::{self, Block, Claim, Evidence, Field, Literal, Origin};
use crate::lang::Both;
use crate::ops::sign::boundary_fault;
use crate::platform::Platform;
use crate::signature::{Fields, Kind, sha1_hex, string1, without_fragment};

/// One claim, with all that is compared with it.
pub(super) struct Inputs<'e> {
    pub(super) kind: Kind,
    pub(super) fields: Fields,
    pub(super) given: Given,
    pub(super) signature: Option<String>,
    /// The string1 of the text that belongs to it.
    pub(super) literal: Option<&'e Literal>,
    /// Addresses that the page really had.
    pub(super) page_urls: Vec<String>,
    /// No url was given: the page's address stands for it.
    pub(super) url_is_page: bool,
    /// The call that passes it to the client.
    pub(super) block: Option<&'e Block>,
    /// The appId or corpid that the page shows.
    pub(super) app_id: Option<String>,
    /// The account of the ticket, where it is known.
    pub(super) account: Option<String>,
    pub(super) platform: Option<Platform>,
    /// A ticket that the text has, but for claims of another kind.
    pub(super) foreign_ticket: Option<String>,
    /// The ticket is the profile's cached one.
    pub(super) cached: Option<CachedTicket>,
    /// When the ticket ends, where it is known. Unix seconds.
    pub(super) ticket_expires_at: Option<u64>,
    pub(super) claim: Option<&'e Claim>,
    pub(super) notes: Vec<Both>,
}

/// A ticket that no one gave: the profile's own, out of the cache.
pub(super) struct CachedTicket {
    /// Shown masked.
    pub(super) hidden: bool,
}

/// The inputs of every claim; of the flags alone where the text has none.
pub(super) fn gather<'e>(
    request: &Request,
    evidence: &'e Evidence,
    profile: Option<&Profile>,
    run: &Run<'_>,
    context: &Context,
) -> Vec<Inputs<'e>> {
    let kinds: Vec<Kind> =
        evidence.claims.iter().map(|claim| kind_of(Some(claim), request, evidence)).collect();
    let gathering = Gathering { request, evidence, profile, kinds: &kinds, nameless: OnceCell::new() };
    let mut all: Vec<Inputs<'e>> = if evidence.claims.is_empty() {
        vec![gathering.inputs(None, kind_of(None, request, evidence))]
    } else {
        evidence.claims.iter().zip(&kinds).map(|(claim, kind)| gathering.inputs(Some(claim), *kind)).collect()
    };
    tangled::untangle(&mut all);
    for inputs in &mut all {
        let own = profile.filter(|_| (run.may_sign)(&inputs.fields.url));
        if !inputs.given.ticket
            && let Some(profile) = own
        {
            inputs.take_cached_ticket(context, profile, request.reveal, run.for_others);
        }
    }
    all
}

/// The kind of a claim: as it shows, as asked for, or as its values look.
fn kind_of(claim: Option<&Claim>, request: &Request, evidence: &Evidence) -> Kind {
    claim
        .and_then(|claim| claim.kind)
        .or(request.kind)
        .or_else(|| evidence.kind.filter(|_| evidence.claims.len() < 2))
        .unwrap_or_else(|| kind_of_flags(request, evidence))
}

/// The kind that nothing names: a bare cardExt has the keys of a signing API's answer and no url, and
/// only the card's flags tell it from one.
fn kind_of_flags(request: &Request, evidence: &Evidence) -> Kind {
    let is_card = [&request.card_id, &request.code, &request.openid, &request.balance]
        .iter()
        .any(|flag| flag.is_some())
        && request.card_type.is_none()
        && request.location_id.is_none();
    let has_url = request.url.is_some() || evidence.all(Field::Url).next().is_some();
    let is_signed = [Field::Signature, Field::Timestamp, Field::Nonce]
        .into_iter()
        .all(|field| evidence.all(field).next().is_some());
    if is_card && is_signed && !has_url { Kind::CardExt } else { Kind::default() }
}

struct Gathering<'e, 'r> {
    request: &'r Request,
    evidence: &'e Evidence,
    profile: Option<&'r Profile>,
    kinds: &'r [Kind],
    /// Texts without a name that may be a ticket, once they were asked for.
    nameless: OnceCell<Vec<&'e str>>,
}

impl<'e> Gathering<'e, '_> {
    fn inputs(&self, claim: Option<&'e Claim>, kind: Kind) -> Inputs<'e> {
        let request = self.request;
        // With --kind, flags are of the claims of that kind.
        let takes_flags = request.kind.is_none_or(|asked| asked == kind);
        let flag = |value: &Option<String>| value.clone().filter(|_| takes_flags);
        let found = |field| self.found(claim, kind, field);
        let pick = |value: &Option<String>, field| flag(value).or_else(|| found(field));
        let page_urls = self.page_urls(claim, takes_flags);
        let ticket = flag(&request.ticket).filter(|_| self.takes_ticket(kind));
        let (ticket, foreign_ticket) = match ticket.or_else(|| found(Field::Ticket)) {
            Some(ticket) if self.is_foreign(claim, kind, &ticket) => (None, Some(ticket)),
            None => (None, self.ticket_of_another(kind)),
            ticket => (ticket, None),
        };
        let nonce = pick(&request.nonce, Field::Nonce);
        let timestamp = pick(&request.timestamp, Field::Timestamp);
        let url = pick(&request.url, Field::Url);
        let url_is_page = url.is_none() && !page_urls.is_empty();
        // A page's own address is what has to be signed, so it serves when no url is given.
        let url = url.or_else(|| page_urls.first().cloned());
        let given = Given {
            ticket: ticket.is_some(),
            nonce: nonce.is_some(),
            timestamp: timestamp.is_some(),
            url: url.is_some(),
        };
        let block = claim.and_then(|claim| self.evidence.blocks.get(claim.block?));
        let shown_app_id = block
            .and_then(|block| block.value(Field::AppId))
            .map(|value| value.text.clone())
            .or_else(|| found(Field::AppId));
        let is_corp =
            shown_app_id.as_ref().is_some_and(|id| id.len() == 18 && Platform::of_id(id) == Platform::Work);
        let profile_app_id = || self.profile.and_then(|profile| profile.app_id.clone());
        // It may have been added to string1; a card is signed with the one that is named.
        let lone_id = || self.evidence.lone_id.clone().filter(|_| kind.signs_url());
        let mut inputs = Inputs {
            kind,
            fields: Fields {
                ticket: ticket.unwrap_or_default(),
                nonce: nonce.unwrap_or_default(),
                timestamp: timestamp.unwrap_or_default(),
                url: url.unwrap_or_default(),
                app_id: pick(&request.app_id, Field::AppId).or_else(profile_app_id).or_else(lone_id),
                card_id: pick(&request.card_id, Field::CardId),
                card_type: pick(&request.card_type, Field::CardType),
                location_id: pick(&request.location_id, Field::LocationId),
                code: pick(&request.code, Field::Code),
                openid: pick(&request.openid, Field::Openid),
                balance: pick(&request.balance, Field::Balance),
                outer_str: found(Field::OuterStr),
            },
            given,
            signature: flag(&request.signature).or_else(|| {
                claim.and_then(Claim::signature).map(str::to_owned).or_else(|| found(Field::Signature))
            }),
            literal: claim.and_then(|claim| claim.literal.as_ref()).filter(|_| kind.signs_url()),
            page_urls,
            url_is_page,
            block,
            app_id: shown_app_id.or_else(|| flag(&request.app_id)),
            account: flag(&request.app_id),
            // What is pasted may be of another account than the profile's.
            platform: request
                .platform
                .or_else(|| (matches!(kind, Kind::Agent | Kind::Group) || is_corp).then_some(Platform::Work))
                .or_else(|| self.profile.map(Profile::platform)),
            foreign_ticket,
            cached: None,
            ticket_expires_at: self.evidence.expires_at.filter(|_| request.ticket.is_none()),
            claim,
            notes: Vec::new(),
        };
        inputs.take_nameless(self);
        inputs.take_lone_id(self.evidence);
        inputs.settle(request, self.evidence, takes_flags);
        inputs.note_on_others(self.evidence);
        // A login link is never the address of a page: the one behind it is.
        if kind.signs_url() && inputs.page_urls.is_empty() {
            inputs.page_urls.extend(Parts::of(&inputs.fields.url).page_behind_login());
        }
        inputs
    }

    /// Whether a ticket that names no kind is rather that of `wx.config`: an agent claim beside it has one
    /// of its own, of another shape.
    fn is_foreign(&self, claim: Option<&Claim>, kind: Kind, ticket: &str) -> bool {
        let is_named = |value: &evidence::Value| value.text == ticket && value.kind == Some(kind);
        kind == Kind::Agent
            && self.request.ticket.as_deref() != Some(ticket)
            && self.kinds.contains(&Kind::Jsapi)
            && ticket.len() == 86
            && claim.is_some_and(|claim| claim.value(Field::Ticket).is_none())
            && !self.evidence.all(Field::Ticket).any(is_named)
    }

    /// The ticket of another kind, if the text has none of this one.
    fn ticket_of_another(&self, kind: Kind) -> Option<String> {
        let mut tickets = self.evidence.all(Field::Ticket).filter(|_| kind.signs_url());
        tickets.find(|value| value.kind.is_some_and(|own| own != kind)).map(|value| value.text.clone())
    }

    /// A ticket given by a flag stands in claims for whose kind the text has none; where the text knows
    /// one kind only, the flag wins.
    fn takes_ticket(&self, kind: Kind) -> bool {
        let one_kind = self.kinds.iter().all(|own| *own == kind);
        let of_kind = |claim: &Claim, own: Kind| own == kind && claim.value(Field::Ticket).is_some();
        one_kind
            || self.request.kind == Some(kind)
            || !self.evidence.claims.iter().zip(self.kinds).any(|(claim, own)| of_kind(claim, *own))
                && !self
                    .evidence
                    .shared
                    .iter()
                    // `jsapi_ticket` is the key of both kinds, but the ticket of the first.
                    .any(|value| value.field == Field::Ticket && value.kind.unwrap_or_default() == kind)
    }

    /// The value of a field that the text shows: what the server says it signed first, what the page
    /// passes to the client last.
    fn found(&self, claim: Option<&'e Claim>, kind: Kind, field: Field) -> Option<String> {
        let rank = |origin: Origin| match origin {
            Origin::String1 => Some(0),
            Origin::CardExt => (kind == Kind::CardExt).then_some(1),
            Origin::Json | Origin::Query | Origin::Line | Origin::Har | Origin::Message => Some(2),
            Origin::Call(call) => call.fits(kind).then_some(3),
        };
        let best = |values: &mut dyn Iterator<Item = &'e evidence::Value>| {
            values
                .filter_map(|value| Some((rank(value.origin)?, value)))
                .min_by_key(|(rank, _)| *rank)
                .map(|(_, value)| value.text.clone())
        };
        match claim {
            Some(claim) => best(&mut named(claim, kind, field)).or_else(|| {
                // A signature belongs to its own claim alone, and a cardExt says itself what it has.
                let is_own = field == Field::Signature
                    || matches!(field, Field::Code | Field::Openid | Field::Balance)
                        && claim.values.iter().any(|value| value.origin == Origin::CardExt);
                let shared = (!is_own).then(|| self.evidence.value(claim, kind, field));
                shared.flatten().map(|value| value.text.clone())
            }),
            None => best(&mut self.evidence.all(field)),
        }
    }

    /// What has a name is what it says: a token, the ticket of another kind.
    fn nameless_tickets(&self) -> &[&'e str] {
        self.nameless.get_or_init(|| {
            let named: Vec<&str> = [Field::AccessToken, Field::Ticket]
                .into_iter()
                .flat_map(|field| self.evidence.all(field))
                .map(|value| value.text.as_str())
                .collect();
            let is_other = |text: &str| {
                looks_like_token(text)
                    || has_agent_shape(text)
                    || named.iter().any(|value| value.contains(text))
            };
            let tokens = self.evidence.tokens.iter().map(String::as_str);
            tokens.filter(|text| !is_other(text)).take(MOST_NAMELESS).collect()
        })
    }

    fn page_urls(&self, claim: Option<&Claim>, takes_flags: bool) -> Vec<String> {
        if let Some(page) = self.request.page_url.clone().filter(|_| takes_flags) {
            return vec![page];
        }
        match claim {
            Some(claim) if !claim.page_urls.is_empty() => claim.page_urls.clone(),
            _ => self.evidence.page_urls.clone(),
        }
    }
}

/// The values of a claim for a field; of its tickets those of its kind, if they are named so.
fn named(claim: &Claim, kind: Kind, field: Field) -> impl Iterator<Item = &evidence::Value> {
    // From the best to the worst: under a name of the kind, under one of no kind, under another's.
    let rank = move |value: &evidence::Value| match value.kind {
        _ if field != Field::Ticket => 0,
        Some(own) if own == kind || !own.signs_url() && !kind.signs_url() => 0,
        None => 1,
        Some(_) => 2,
    };
    let best = claim.all(field).map(rank).min();
    claim.all(field).filter(move |value| Some(rank(value)) == best)
}

/// Marks without a width, which a page or an input method puts around a text.
const INVISIBLE: [char; 7] =
    ['\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];
/// So many texts without a name are tried as the ticket.
const MOST_NAMELESS: usize = 8;
/// So many tickets of any kind are tried with an address that has no name.
const SOME_TICKETS: usize = 8;
/// Readings of a claim beyond this many are not tried.
const MOST_READINGS: usize = 256;

impl Inputs<'_> {
    /// Takes an address without a name for the url, and a text without a name for the ticket, where the
    /// signature proves it.
    fn take_nameless(&mut self, gathering: &Gathering<'_, '_>) {
        let given = self.given;
        let Some(signature) = self.signature.clone().filter(|_| self.kind.signs_url()) else { return };
        if (given.url && given.ticket) || !(given.nonce && given.timestamp) {
            return;
        }
        let tickets = match self.kind {
            _ if given.ticket => vec![self.fields.ticket.as_str()],
            Kind::Jsapi => gathering.nameless_tickets().to_vec(),
            // Which of two kinds it is, a name says.
            _ => Vec::new(),
        };
        let urls = if given.url {
            vec![self.fields.url.as_str()]
        } else {
            gathering.evidence.lone_urls.iter().map(String::as_str).collect()
        };
        let fit = |tickets: &[&str]| {
            let pairs = tickets.iter().flat_map(|ticket| urls.iter().map(move |url| (*ticket, *url)));
            pairs
                .map(|(ticket, url)| Fields {
                    ticket: ticket.to_owned(),
                    url: url.to_owned(),
                    ..self.fields.clone()
                })
                .find(|fields| self.is_hash_of(&signature, fields))
        };
        let own = fit(&tickets);
        let is_own = own.is_some();
        // The ticket of another kind shows the url as well; that it was the wrong one is said later.
        let by_another = || {
            let all = gathering.evidence.all(Field::Ticket).map(|value| value.text.as_str());
            if given.url { None } else { fit(&all.take(SOME_TICKETS).collect::<Vec<_>>()) }
        };
        let Some(fields) = own.or_else(by_another) else { return };
        if !given.url {
            let url = &fields.url;
            self.notes.push(both!(
                "没有写明签名用的 url；文中的 `{url}` 与签名相符",
                "no signed url is named; `{url}`, which the text has, fits the signature"
            ));
        }
        if !is_own {
            (self.fields.url, self.given.url) = (fields.url, true);
            return;
        }
        if !given.ticket {
            self.notes.push(both!(
                "没有写明哪个是 ticket；文中有一段与签名相符",
                "no ticket is named; a value that the text has fits the signature"
            ));
        }
        self.fields = fields;
        (self.given.url, self.given.ticket) = (true, true);
    }

    /// Takes the one id of an account that the text has for the app_id of a cardSign, where the signature
    /// proves it.
    fn take_lone_id(&mut self, evidence: &Evidence) {
        let Some(id) = evidence.lone_id.as_ref() else { return };
        if !matches!(self.kind, Kind::Card | Kind::Invoice) || self.fields.app_id.is_some() {
            return;
        }
        let fields = Fields { app_id: Some(id.clone()), ..self.fields.clone() };
        if self.signature.as_ref().is_some_and(|signature| self.is_hash_of(signature, &fields)) {
            self.fields = fields;
        }
    }

    /// Chooses among the values of a claim those that the signature fits, where it fits any: a display
    /// is repaired, and of two values of one field the signed one is taken.
    fn settle(&mut self, request: &Request, evidence: &Evidence, takes_flags: bool) {
        let Some(signature) = self.signature.clone().filter(|_| self.kind.signs_url()) else { return };
        let is_fixed = |value: &Option<String>| takes_flags && value.is_some();
        let any_fixed =
            [&request.url, &request.ticket, &request.nonce, &request.timestamp].into_iter().any(&is_fixed);
        let has_entity = self.fields.url.contains("&amp;") && self.claim.is_some();
        let is_repaired = has_entity && !is_fixed(&request.url) && !self.page_urls.contains(&self.fields.url);
        if is_repaired {
            // An entity is not a part of an address: a template or a browser wrote it.
            self.fields.url = self.fields.url.replace("&amp;", "&");
        }
        if self.is_hash_of(&signature, &self.fields) {
            if is_repaired && self.literal.is_none() {
                self.notes.push(both!(
                    "url 里的 `&amp;` 读作 `&`：这样与签名相符",
                    "`&amp;` in the url was read as `&`: so read, it fits the signature"
                ));
            }
            self.note_on_literal();
            return;
        }
        if self.claim.is_some() && !any_fixed {
            let seen = |text: &str| text.trim_matches(INVISIBLE).to_owned();
            let Fields { url, ticket, nonce, timestamp, .. } = &self.fields;
            let fields = Fields {
                url: seen(url),
                ticket: seen(ticket),
                nonce: seen(nonce),
                timestamp: seen(timestamp),
                ..self.fields.clone()
            };
            if fields != self.fields && self.is_hash_of(&signature, &fields) {
                self.fields = fields;
                return self.notes.push(both!(
                    "复制时带进了看不见的字符，已去掉：去掉后与签名相符",
                    "characters that no one sees came along when this was copied; without them it fits the signature"
                ));
            }
        }
        if let Some(literal) = self.literal.filter(|_| !any_fixed) {
            let copied = readings(Field::Url, &literal.text);
            let texts = std::iter::once(&literal.text).chain(&literal.readings).chain(&copied);
            for (at, text) in texts.enumerate() {
                let fits = sha1_hex(text) == signature;
                if let Some(fields) = literal::parse(self.kind, text).filter(|_| fits) {
                    self.fields = Fields {
                        ticket: fields.ticket,
                        nonce: fields.nonce,
                        timestamp: fields.timestamp,
                        url: fields.url,
                        ..self.fields.clone()
                    };
                    self.given = Given { url: true, ticket: true, nonce: true, timestamp: true };
                    self.url_is_page = false;
                    if at > 0 {
                        self.notes.push(repaired());
                    }
                    return;
                }
            }
        }
        let choices = |field: Field, own: &str, fixed: bool| -> Vec<String> {
            let mut list = vec![own.to_owned()];
            let claimed = self
                .claim
                .into_iter()
                .flat_map(|claim| named(claim, self.kind, field))
                .map(|value| value.text.clone());
            let passed =
                self.block.and_then(|block| block.passed(field, self.kind)).map(|value| value.text.clone());
            let pages = self.page_urls.iter().filter(|_| field == Field::Url).cloned();
            for text in claimed.chain(passed).chain(pages).filter(|_| !fixed) {
                // An entity in a pasted string1 is not a part of its address.
                let has_entity = field == Field::Url && text.contains("&amp;");
                if (!has_entity || self.page_urls.contains(&text)) && !list.contains(&text) {
                    list.push(text);
                }
            }
            if self.claim.is_some() && !fixed {
                let copied: Vec<String> = list.iter().flat_map(|text| readings(field, text)).collect();
                list.extend(copied);
            }
            list
        };
        let nonces = choices(Field::Nonce, &self.fields.nonce, is_fixed(&request.nonce));
        let timestamps = choices(Field::Timestamp, &self.fields.timestamp, is_fixed(&request.timestamp));
        let mut tickets = choices(Field::Ticket, &self.fields.ticket, is_fixed(&request.ticket));
        if !is_fixed(&request.ticket) {
            tickets.extend(evidence.tickets_of_accounts(self.claim).into_iter().map(str::to_owned));
        }
        let urls = choices(Field::Url, &self.fields.url, is_fixed(&request.url));
        let mut tried = 0;
        for url in &urls {
            for nonce in &nonces {
                for timestamp in &timestamps {
                    for ticket in &tickets {
                        tried += 1;
                        if tried > MOST_READINGS {
                            return;
                        }
                        let fields = Fields {
                            url: url.clone(),
                            nonce: nonce.clone(),
                            timestamp: timestamp.clone(),
                            ticket: ticket.clone(),
                            ..self.fields.clone()
                        };
                        if self.is_hash_of(&signature, &fields) {
                            if self
                                .claim
                                .is_some_and(|claim| claim.all(Field::Url).all(|one| one.text != *url))
                                && !self.page_urls.contains(url)
                            {
                                self.notes.push(both!(
                                    "url 读作 `{url}`，它前后的文字或标记没有参与签名：这样与签名相符",
                                    "the url was read as `{url}`, without the words or marks around it: so read, it fits the signature"
                                ));
                            }
                            self.fields = fields;
                            return;
                        }
                    }
                }
            }
        }
    }

    fn is_hash_of(&self, signature: &str, fields: &Fields) -> bool {
        sha1_hex(&string1(self.kind, fields)) == signature
    }

    /// Takes the profile's ticket out of the cache, where it is there; nothing is fetched.
    fn take_cached_ticket(&mut self, context: &Context, profile: &Profile, reveal: bool, for_others: bool) {
        if for_others && let Some(fault) = boundary_fault(self.kind, &self.fields) {
            self.notes.push(fault);
            return;
        }
        let known = known_tickets(context, profile, self.kind);
        if let Some(current) = known.into_iter().find(|known| known.relation == Relation::Current) {
            current.value.reveal().clone_into(&mut self.fields.ticket);
            self.given.ticket = true;
            self.ticket_expires_at = current.expires_at;
            self.cached = Some(CachedTicket { hidden: !reveal });
            self.account = self.account.take().or_else(|| profile.app_id.clone());
        }
    }

    /// The values without which nothing can be hashed or compared, named as the flags.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut need = |name, there: bool| {
            if !there {
                missing.push(name);
            }
        };
        if self.kind.signs_url() {
            need("url", self.given.url);
        }
        need("ticket", self.given.ticket);
        // A card's nonce may be left out of its signature.
        need("nonce", self.given.nonce || !self.kind.signs_url());
        need("timestamp", self.given.timestamp);
        need("signature", self.signature.is_some());
        missing
    }

    /// The url that is signed, less its fragment.
    pub(super) fn signed_url(&self) -> Option<&str> {
        (self.kind.signs_url() && self.given.url).then(|| without_fragment(&self.fields.url))
    }
}
