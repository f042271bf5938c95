//! The search for mistakes from the command's side: what it is given besides the values, how long it
//! may take, and how it is interrupted.
//!
//! In: the gathered inputs, the evidence, the cache's tickets. Out: mistakes in the language spoken,
//! and how far the search went.

use std::num::NonZero;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{Args, Inputs, Mistake, Search};
use crate::cache::Item;
use crate::config::{Profile, Source};
use crate::context::Context;
use crate::credentials::{Relation, known_tickets};
use crate::diagnosis::search::{self, Case, DEEP_MISTAKES, OtherTicket, Outcome, TicketRole, USUAL_MISTAKES};
use crate::evidence::{Evidence, Field};
use crate::interrupt::Interrupt;
use crate::lang::Lang;
use crate::say;
use crate::secret::Secret;
use crate::signature::Kind;

/// How long the search takes unless `--deep` says otherwise.
const USUAL_BUDGET: Duration = Duration::from_secs(1);
/// Progress is shown after this, and not more often.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// What the search answers.
#[derive(Default)]
pub(super) struct Explained {
    pub(super) mistakes: Vec<Mistake>,
    pub(super) alternatives: Vec<Vec<Mistake>>,
    pub(super) search: Search,
    /// Ctrl-C ended it.
    pub(super) interrupted: bool,
}

/// Values that may have been signed in place of those given.
pub(super) struct Suspects {
    tickets: Vec<OtherTicket>,
    secret: Option<Secret>,
}

impl Suspects {
    /// Those of the flags and the evidence, and of the profile where it may be used.
    pub(super) fn gather(
        args: &Args,
        inputs: &Inputs,
        evidence: &Evidence,
        profile: Option<&Profile>,
        context: &Context,
    ) -> Self {
        let mut tickets: Vec<OtherTicket> = args
            .other_ticket
            .iter()
            .map(|value| OtherTicket { value: Secret::new(value.as_str()), role: TicketRole::Unknown })
            .collect();
        let shown = |field, role: TicketRole| {
            evidence
                .all(field)
                .map(move |value| OtherTicket { value: Secret::new(value.text.as_str()), role: role.clone() })
        };
        tickets.extend(shown(Field::AccessToken, TicketRole::Unknown));
        tickets.extend(shown(Field::Ticket, TicketRole::Unknown));
        if let Some(profile) = profile {
            tickets.extend(known_tickets(context, profile, inputs.kind).into_iter().map(|known| {
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
        tickets.retain(|other| other.value.reveal() != inputs.fields.ticket);
        // A secret that only a command tells is not asked for.
        let secret = profile.and_then(|profile| match profile.secret.as_ref()? {
            Source::Command(_) => None,
            source => source.read(&context.env).ok(),
        });
        Self { tickets, secret }
    }
}

fn kind_of(item: Item) -> Kind {
    Kind::ALL.into_iter().find(|kind| Item::of_kind(*kind) == item).unwrap_or_default()
}

/// Searches for what explains `given`, within the budget.
pub(super) fn explain(
    args: &Args,
    inputs: &Inputs,
    given: &str,
    evidence: &Evidence,
    suspects: &Suspects,
    context: &Context,
) -> Explained {
    let texts = |field, own: &str| -> Vec<String> {
        evidence.all(field).map(|value| value.text.clone()).filter(|text| text != own).collect()
    };
    let mut page_urls: Vec<String> = inputs.page_url.iter().cloned().collect();
    page_urls.extend(evidence.page_urls.iter().cloned());
    let case = Case {
        kind: inputs.kind,
        fields: &inputs.fields,
        given,
        page_urls: &page_urls,
        urls: &texts(Field::Url, &inputs.fields.url),
        nonces: &texts(Field::Nonce, &inputs.fields.nonce),
        timestamps: &texts(Field::Timestamp, &inputs.fields.timestamp),
        other_tickets: &suspects.tickets,
        app_secret: suspects.secret.as_ref(),
        hide_ticket: inputs.cached.as_ref().is_some_and(|cached| cached.hidden),
        reveal: args.reveal,
    };
    let (budget, most) = match args.deep {
        Some(seconds) => (Duration::from_secs(seconds), DEEP_MISTAKES),
        None => (USUAL_BUDGET, USUAL_MISTAKES),
    };
    let interrupt = if context.serving { Interrupt::never() } else { Interrupt::listen() };
    let start = Instant::now();
    let stop = || interrupt.asked() || start.elapsed() >= budget;
    let told = Mutex::new(start + PATIENCE);
    let progress = |tried: u64| {
        // Whoever finds it locked is not the one to tell.
        if context.out.progress
            && let Ok(mut next) = told.try_lock()
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
    let outcome = search::search(&case, threads, most, &stop, &progress);
    context.out.progress("");
    told_in(context.lang, outcome, start.elapsed(), interrupt.asked())
}

fn told_in(lang: Lang, outcome: Outcome, elapsed: Duration, interrupted: bool) -> Explained {
    let mut explanations = outcome.explanations.into_iter().map(|mistakes| {
        mistakes
            .into_iter()
            .map(|mistake| Mistake {
                id: mistake.id,
                field: mistake.field,
                message: mistake.message(lang),
                fix: mistake.fix(lang),
                signed: mistake.signed,
                actual: mistake.actual,
            })
            .collect::<Vec<Mistake>>()
    });
    Explained {
        mistakes: explanations.next().unwrap_or_default(),
        alternatives: explanations.collect(),
        search: Search {
            candidates: outcome.candidates,
            exhausted: outcome.exhausted,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            max_mistakes: outcome.max_mistakes,
        },
        interrupted,
    }
}
