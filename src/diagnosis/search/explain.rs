//! From a hit to an explanation: which mistakes, in words, and which others lead to the same text.
//!
//! In: the candidates that hit. Out: [`Mistake`]s, by number and likelihood. Two routes to one text
//! cannot be distinguished by its hash, so all of the same size are named, the likeliest first. Secrets
//! are masked here: a mistake can be printed as it is.

use super::candidate::Candidate;
use super::layers::{Route, Variant, each_url_mistake};
use super::proof::Proof;
use super::{Case, Known, TicketRole};
use crate::diagnosis::mistake::{ALONE, Entry, Field, Piece, entry, number};
use crate::lang::Lang;
use crate::say;
use crate::secret::mask;
use crate::signature::{string1, without_fragment};

/// A mistake that was made, proved by recomputing the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The id of the contract.
    pub id: &'static str,
    /// What it is about.
    pub field: &'static str,
    /// The value that went into the given signature, secrets masked.
    pub signed: String,
    /// The value that should have.
    pub actual: String,
    detail: Detail,
}

/// Which form of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Detail {
    None,
    Named(String),
    /// Signed this much later than the timestamp given.
    Milliseconds(i128),
}

impl Mistake {
    /// In a few words.
    pub fn title(&self, lang: Lang) -> &'static str {
        entry(self.id).map_or("", |entry| entry.title.get(lang))
    }

    /// What was done.
    pub fn message(&self, lang: Lang) -> String {
        let (detail, gap) = match &self.detail {
            Detail::None => (String::new(), String::new()),
            Detail::Named(name) => (name.clone(), String::new()),
            Detail::Milliseconds(gap) => (String::new(), spoken(*gap, lang)),
        };
        entry(self.id)
            .map_or_else(String::new, |entry| entry.cause.fill(lang, &[("detail", &detail), ("gap", &gap)]))
    }

    /// What to do.
    pub fn fix(&self, lang: Lang) -> String {
        entry(self.id).map_or_else(String::new, |entry| entry.fix.get(lang).to_owned())
    }
}

/// `37 s earlier than given`.
fn spoken(gap: i128, lang: Lang) -> String {
    let size = gap.unsigned_abs();
    let (hours, minutes, seconds) = (size / 3_600_000, size / 60_000 % 60, size / 1000 % 60);
    let amount = if !size.is_multiple_of(1000) && size < 60_000 {
        say!(lang, "{size} 毫秒", "{size} ms")
    } else if hours > 0 {
        say!(lang, "{hours} 小时 {minutes} 分 {seconds} 秒", "{hours} h {minutes} min {seconds} s")
    } else if minutes > 0 {
        say!(lang, "{minutes} 分 {seconds} 秒", "{minutes} min {seconds} s")
    } else {
        say!(lang, "{seconds} 秒", "{seconds} s")
    };
    if gap < 0 {
        say!(lang, "比给出的早 {amount}", "{amount} earlier than the one given")
    } else {
        say!(lang, "比给出的晚 {amount}", "{amount} later than the one given")
    }
}

/// A candidate that hit, taken out of the layers.
pub(super) struct Explained {
    url: String,
    ticket: String,
    nonce: String,
    timestamp: String,
    /// The text that was signed, secrets masked.
    string: String,
    /// The same as it was hashed: shown nowhere.
    text: String,
    /// Its SHA-1 as it should be written.
    digest: String,
    encoding: Option<&'static str>,
    routes: [(Field, Route); 6],
    proof: Proof,
}

impl Explained {
    pub(super) fn new(case: &Case<'_>, candidate: &Candidate<'_>, proof: Proof) -> Self {
        let ticket = shown_ticket(case, &candidate.ticket.value);
        let string = candidate.display(|piece, text| match piece {
            Piece::Secret(_) => mask(text),
            Piece::Ticket => ticket.clone(),
            _ => text.to_owned(),
        });
        Self {
            url: candidate.url.value.clone(),
            ticket,
            nonce: candidate.nonce.value.clone(),
            timestamp: candidate.timestamp.value.clone(),
            string,
            text: candidate.display(|_, text| text.to_owned()),
            digest: candidate.sha1_hex(),
            encoding: candidate.encoding.value.map(|encoding| encoding.name),
            routes: [
                (Field::Url, candidate.url.route),
                (Field::Ticket, candidate.ticket.route),
                (Field::Nonce, candidate.nonce.route),
                (Field::Timestamp, candidate.timestamp.route),
                (Field::String, candidate.layout.route),
                (Field::Hash, candidate.encoding.route),
            ],
            proof,
        }
    }

    /// The text that hit, and the timestamp in it.
    pub(super) fn end(&self) -> (String, Variant<String>) {
        let timestamp = Variant { value: self.timestamp.clone(), route: self.routes[3].1 };
        (self.text.clone(), timestamp)
    }

    /// The mistakes when the url was reached by this route, with the sum of their ranks.
    fn mistakes(&self, case: &Case<'_>, url: &Route) -> (u16, Vec<Mistake>) {
        let mut rank = 0;
        let mut mistakes = Vec::new();
        for (field, route) in &self.routes {
            let route = if *field == Field::Url { url } else { route };
            rank += route.rank;
            mistakes.extend(route.steps().map(|step| self.mistake(case, *field, step)));
        }
        let function = self.proof.function.map(|_| ("hash-algorithm", 0));
        for (id, form) in function.into_iter().chain(self.proof.written.iter().copied()) {
            if let Some(step) = entry(id) {
                rank += step.rank() + form;
                mistakes.push(self.mistake(case, Field::Hash, step));
            }
        }
        (rank, mistakes)
    }

    fn mistake(&self, case: &Case<'_>, layer: Field, step: &'static Entry) -> Mistake {
        let fields = case.fields;
        let pair = |signed: &str, actual: &str| (signed.to_owned(), actual.to_owned());
        let (signed, actual) = match layer {
            Field::Url => pair(&self.url, without_fragment(&fields.url)),
            Field::Ticket => (self.ticket.clone(), shown_ticket(case, &fields.ticket)),
            Field::Nonce => pair(&self.nonce, &fields.nonce),
            Field::Timestamp => pair(&self.timestamp, &fields.timestamp),
            Field::Hash => pair(case.given, &self.digest),
            Field::String | Field::Any | Field::Config => (self.string.clone(), right_string(case)),
        };
        let detail = match step.id {
            "hash-algorithm" => Detail::Named(self.proof.function.unwrap_or_default().to_owned()),
            "hash-utf16" | "hash-gbk" => Detail::Named(self.encoding.unwrap_or_default().to_owned()),
            "timestamp-drift" => gap(&fields.timestamp, &self.timestamp),
            "ticket-other-profile" => self.profile_of(case),
            _ => Detail::None,
        };
        let field = if step.field == Field::Any { layer } else { step.field };
        Mistake { id: step.id, field: field.name(), signed, actual, detail }
    }

    /// The profiles whose ticket was hashed, each once: one has several tickets.
    fn profile_of(&self, case: &Case<'_>) -> Detail {
        let of_hashed = case.other_tickets.iter().filter(|other| self.text.contains(other.value.reveal()));
        let mut names: Vec<&str> = of_hashed
            .filter_map(|other| match &other.role {
                TicketRole::OtherProfile(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        Detail::Named(names.join(", "))
    }
}

fn right_string(case: &Case<'_>) -> String {
    let string = string1(case.kind, case.fields);
    if case.hide_ticket && !case.fields.ticket.is_empty() {
        return string.replace(&case.fields.ticket, &mask(&case.fields.ticket));
    }
    string
}

/// A ticket as it may be shown: whole where a person pasted it, else masked.
fn shown_ticket(case: &Case<'_>, ticket: &str) -> String {
    let pasted = case
        .other_tickets
        .iter()
        .any(|other| other.role == TicketRole::Unknown && other.value.reveal() == ticket);
    let is_masked = |role: &TicketRole| match role {
        TicketRole::Unknown => false,
        TicketRole::AccessToken => true,
        _ => !case.reveal,
    };
    let stored =
        case.other_tickets.iter().any(|other| is_masked(&other.role) && other.value.reveal() == ticket);
    if (case.hide_ticket && !pasted && ticket.len() > 12) || (stored && !pasted) {
        mask(ticket)
    } else {
        ticket.to_owned()
    }
}

/// How far apart two timestamps are, in seconds or milliseconds each.
fn gap(given: &str, signed: &str) -> Detail {
    let milliseconds = |text: &str| {
        let number = i128::from(number(text)?);
        Some(if number < 100_000_000_000 { number * 1000 } else { number })
    };
    let (Some(given_at), Some(signed_at)) = (milliseconds(given), milliseconds(signed)) else {
        return Detail::None;
    };
    // If one side has seconds only, the other's milliseconds say nothing.
    let gap = signed_at - given_at;
    let coarse = given.len() != signed.len();
    Detail::Milliseconds(if coarse { (signed_at / 1000 - given_at / 1000) * 1000 } else { gap })
}

/// More explanations than this help no one.
const MOST_EXPLANATIONS: usize = 12;

/// All explanations of the smallest size among what was found, the likeliest first.
pub(super) fn explanations(case: &Case<'_>, known: &Known, found: Vec<Explained>) -> Vec<Vec<Mistake>> {
    let mut all: Vec<(usize, u16, Vec<Mistake>)> = Vec::new();
    for explained in found {
        for route in url_routes(case, known, &explained) {
            let (rank, mistakes) = explained.mistakes(case, &route);
            all.push((mistakes.len(), rank, mistakes));
        }
    }
    let ids = |mistakes: &[Mistake]| mistakes.iter().map(|mistake| mistake.id).collect::<Vec<_>>();
    all.sort_by_cached_key(|(size, rank, mistakes)| (*size, *rank, ids(mistakes)));
    let smallest = all.first().map_or(0, |(size, ..)| *size);
    let mut kept: Vec<Vec<Mistake>> = Vec::new();
    for (size, _, mistakes) in all {
        let mut own = ids(&mistakes);
        own.sort_unstable();
        let repeats = own.windows(2).any(|pair| pair[0] == pair[1]);
        let is_new = !kept.iter().any(|other| {
            let mut other = ids(other);
            other.sort_unstable();
            other == own
        });
        if size == smallest && size > 0 && is_new && !repeats && kept.len() < MOST_EXPLANATIONS {
            kept.push(mistakes);
        }
    }
    kept
}

/// The routes by which the url is reached with as many mistakes as were found. Three are too many to
/// go through again.
fn url_routes(case: &Case<'_>, known: &Known, explained: &Explained) -> Vec<Route> {
    let own = explained.routes[0].1;
    let base = without_fragment(&case.fields.url);
    let mut routes = vec![own];
    match own.steps().count() {
        1 => each_url_mistake(base, known, &mut |step, form, text| {
            if text == explained.url {
                routes.push(Route::default().then(step, form));
            }
        }),
        2 => each_url_mistake(base, known, &mut |first, first_form, text| {
            if first_form < ALONE {
                each_url_mistake(&text, known, &mut |second, form, text| {
                    if text == explained.url && form < ALONE && first.id != second.id {
                        routes.push(Route::default().then(first, first_form).then(second, form));
                    }
                });
            }
        }),
        _ => {}
    }
    routes
}
