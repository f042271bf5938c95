//! The search for mistakes from the use case's side: what it is given besides the values, how long it
//! may take, and how it is interrupted.
//!
//! In: the values of a claim, the evidence, the cache's tickets. Out: mistakes in the language spoken,
//! and how far the search went.

use std::num::NonZero;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::inputs::Inputs;
use super::{Mistake, Proof, Request, Search};
use crate::cache::Item;
use crate::config::{Profile, Source};
use crate::context::Context;
use crate::credentials::{Relation, known_tickets};
use crate::diagnosis::search::{self, Case, OtherTicket, Outcome, TicketRole};
use crate::evidence::{Evidence, Field};
use crate::interrupt::Interrupt;
use crate::lang::Lang;
use crate::say;
use crate::secret::Secret;
use crate::signature::{Fields, Kind, sha1_hex};

/// Progress is shown after this, and not more often than each tick.
const PROGRESS_AFTER: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// What the search answers.
#[derive(Default)]
pub(super) struct Explained {
    pub(super) mistakes: Vec<Mistake>,
    pub(super) alternatives: Vec<Vec<Mistake>>,
    pub(super) search: Search,
    /// A signal ended it.
    pub(super) interrupted: bool,
    /// A value is so long that mistakes were tried one at a time.
    pub(super) is_too_long: bool,
}

/// Values that may have been signed in place of those given.
pub(super) struct Suspects {
    tickets: Vec<OtherTicket>,
    secret: Option<Secret>,
}

/// Tickets and tokens of the text beyond this many are not tried.
const MOST_TOKENS: usize = 64;

impl Suspects {
    /// Those of the request and the evidence, and of the profile where it may be used.
    pub(super) fn gather(
        request: &Request,
        kind: Kind,
        evidence: &Evidence,
        profile: Option<&Profile>,
        context: &Context,
    ) -> Self {
        let mut tickets: Vec<OtherTicket> = Vec::new();
        let texts = request.other_ticket.iter().chain(&request.ticket).map(String::as_str);
        let found = [Field::AccessToken, Field::Ticket].into_iter().flat_map(|field| evidence.all(field));
        let all = evidence.tokens.iter().map(String::as_str).chain(found.map(|value| value.text.as_str()));
        // A token, or the piece of one that was taken for the whole.
        let is_token = |text: &str| {
            text.len() >= 20 && evidence.all(Field::AccessToken).any(|token| token.text.contains(text))
        };
        for text in texts.chain(all) {
            if tickets.len() >= MOST_TOKENS {
                break;
            }
            if !tickets.iter().any(|other| other.value.reveal() == text) {
                let role = kind_named(text, kind, evidence).map(TicketRole::OtherKind);
                let role = role.unwrap_or(TicketRole::Unknown);
                tickets.push(OtherTicket { value: Secret::new(text), role });
                // Pasted, so that it may be shown and cut into pieces; and known for what it is.
                if is_token(text) {
                    tickets.push(OtherTicket { value: Secret::new(text), role: TicketRole::AccessToken });
                }
            }
        }
        if let Some(profile) = profile {
            tickets.extend(known_tickets(context, profile, kind).into_iter().map(|known| {
                let role = match known.relation {
                    Relation::Token => TicketRole::AccessToken,
                    Relation::OtherKind => TicketRole::OtherKind(kind_of(known.item)),
                    Relation::OtherProfile => TicketRole::OtherProfile(known.owner),
                    Relation::Current | Relation::Previous => {
                        TicketRole::Previous { at: Some(known.stored_at) }
                    }
                };
                OtherTicket { value: known.value, role }
            }));
        }
        // A secret that only a command tells is not asked for.
        let secret = profile.and_then(|profile| match profile.secret.as_ref()? {
            Source::Command(_) => None,
            source => source.read(&context.env).ok(),
        });
        Self { tickets, secret }
    }
}

/// The other kind whose ticket the evidence says that this is: by its key, or, beside an agent ticket that
/// is called one, by having no such name.
fn kind_named(text: &str, kind: Kind, evidence: &Evidence) -> Option<Kind> {
    let own = |value: &&crate::evidence::Value| value.text == text;
    let named = evidence.all(Field::Ticket).filter(own).find_map(|value| value.kind);
    let is_unnamed = named.is_none() && evidence.all(Field::Ticket).any(|value| value.text == text);
    let agent_is_named =
        || evidence.all(Field::Ticket).any(|value| value.kind == Some(Kind::Agent) && value.text != text);
    let other =
        named.or_else(|| (kind == Kind::Agent && is_unnamed && agent_is_named()).then_some(Kind::Jsapi));
    other.filter(|other| *other != kind && (other.signs_url() || kind.signs_url()))
}

fn kind_of(item: Item) -> Kind {
    Kind::ALL.into_iter().find(|kind| Item::of_kind(*kind) == item).unwrap_or_default()
}

/// One search.
pub(super) struct Task<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    /// The right values.
    pub(super) fields: &'a Fields,
    pub(super) given: &'a str,
    pub(super) evidence: &'a Evidence,
    pub(super) suspects: &'a Suspects,
    /// The most mistakes at once.
    pub(super) most: usize,
    pub(super) budget: Duration,
}

/// Searches for what explains the signature, within the budget.
pub(super) fn explain(task: &Task<'_>, reveal: bool, interrupt: Interrupt, context: &Context) -> Explained {
    let Task { inputs, fields, given, evidence, suspects, .. } = task;
    let texts = |field, own: &str| -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for value in evidence.all(field) {
            if value.text != own && !list.contains(&value.text) && list.len() < 16 {
                list.push(value.text.clone());
            }
        }
        list
    };
    let mut urls = texts(Field::Url, &fields.url);
    if inputs.fields.url != fields.url {
        urls.insert(0, inputs.fields.url.clone());
    }
    let mut page_urls: Vec<String> = inputs.page_urls.clone();
    page_urls.extend(evidence.page_urls.iter().take(16).cloned());
    // A literal that makes the signature shows for certain what was hashed.
    let certain = inputs.literal.and_then(|literal| {
        std::iter::once(&literal.text).chain(&literal.readings).find(|text| sha1_hex(text) == **given)
    });
    let is_other = |other: &&OtherTicket| other.value.reveal() != inputs.fields.ticket;
    let other_tickets: Vec<OtherTicket> = suspects.tickets.iter().filter(is_other).cloned().collect();
    let case = Case {
        kind: inputs.kind,
        fields,
        given,
        page_urls: &page_urls,
        urls: &urls,
        nonces: &texts(Field::Nonce, &fields.nonce),
        timestamps: &texts(Field::Timestamp, &fields.timestamp),
        other_tickets: &other_tickets,
        app_secret: suspects.secret.as_ref(),
        certain: certain.map(String::as_str),
        hide_ticket: inputs.cached.as_ref().is_some_and(|cached| cached.hidden),
        reveal,
    };
    let start = Instant::now();
    let stop = || interrupt.asked() || start.elapsed() >= task.budget;
    let next_report = Mutex::new(start + PROGRESS_AFTER);
    let progress = |tried: u64| {
        // A thread that finds it locked is not the one to report.
        if context.out.progress
            && let Ok(mut next) = next_report.try_lock()
            && Instant::now() >= *next
        {
            *next = Instant::now() + TICK;
            let (millions, seconds) = (tried / 1_000_000, start.elapsed().as_secs());
            context.out.progress(&say!(
                context.lang,
                "已试 {millions} 百万个字符串，{seconds} 秒",
                "{millions} million strings tried, {seconds} s"
            ));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let outcome = search::search(&case, threads, task.most, &stop, &progress);
    context.out.progress("");
    let is_too_long = case.is_long();
    Explained { is_too_long, ..spoken(context.lang, outcome, start.elapsed(), interrupt.asked()) }
}

fn spoken(lang: Lang, outcome: Outcome, elapsed: Duration, interrupted: bool) -> Explained {
    let mut explanations = outcome.explanations.into_iter().map(|mistakes| {
        mistakes
            .into_iter()
            .map(|mistake| Mistake {
                id: mistake.id,
                proof: Proof::Hash,
                field: mistake.field,
                title: mistake.title(lang).to_owned(),
                message: mistake.message(lang),
                fix: mistake.fix(lang),
                signed: mistake.signed,
                expected: mistake.actual.clone(),
                actual: mistake.actual,
                page: None,
                url_differences: Vec::new(),
            })
            .collect::<Vec<Mistake>>()
    });
    Explained {
        mistakes: explanations.next().unwrap_or_default(),
        alternatives: explanations.collect(),
        search: Search {
            candidates: outcome.candidates,
            exhausted: outcome.exhausted,
            interrupted,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            max_mistakes: outcome.max_mistakes,
        },
        interrupted,
        is_too_long: false,
    }
}
