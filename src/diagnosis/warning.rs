//! What looks wrong with the inputs of a signature, also when the signature fits.
//!
//! In: a [`Subject`]. Out: [`Warning`]s, likeliest trouble first. Each is one entry of a table in
//! `warning/`: its id, when it applies, and what to say. A warning is never proof: most signatures that
//! people post are arithmetically right, and these are how they still end in `invalid signature`.

mod card;
mod config;
mod url;
mod value;

use serde::Serialize;

pub use config::api_complaint;
pub use value::{has_agent_shape, is_empty_value, is_withheld, is_withheld_id, looks_like_token};

use crate::evidence::{Block, Evidence};
use crate::finding::{self, Basis, Likelihood, Severity};
use crate::lang::{Both, Lang, Text};
use crate::platform::Platform;
use crate::signature::{Fields, Kind};

/// Something that looks wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The id.
    pub id: &'static str,
    /// The field it is about.
    pub field: &'static str,
    /// What is seen, and what it leads to.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// What is looked at: one claim, and what is around it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The kind of signature.
    pub kind: Kind,
    /// The platform, if a profile or flag says it.
    pub platform: Option<Platform>,
    /// A 测试号: localhost, ports and IPs are not warnings then.
    pub sandbox: bool,
    /// The values signed, as given.
    pub fields: &'a Fields,
    /// Whether url, ticket, nonce and timestamp were given at all: what is missing is not warned about.
    pub given: Given,
    /// The signature, as given; `None` if there is none.
    pub signature: Option<&'a str>,
    /// The appId or corpid that the page shows or a flag gives.
    pub app_id: Option<&'a str>,
    /// The calls of the client library that belong to this claim.
    pub blocks: &'a [&'a Block],
    /// What was found in pasted text.
    pub evidence: &'a Evidence,
    /// Whether what belongs to no one claim is said here: with the first one.
    pub says_all: bool,
    /// Another card of the evidence has the same nonce and timestamp.
    pub shares_with_card: bool,
    /// Now, in Unix seconds.
    pub now: u64,
}

/// Which values were given at all; an empty one is given too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    /// The url.
    pub url: bool,
    /// The ticket.
    pub ticket: bool,
    /// The nonce.
    pub nonce: bool,
    /// The timestamp.
    pub timestamp: bool,
}

/// A warning of the table.
pub struct Entry {
    /// The id.
    pub id: &'static str,
    /// What it is about.
    pub field: &'static str,
    /// In a few words.
    pub title: Text,
    /// What is seen, and what it leads to; `{name}` is a detail.
    pub cause: Text,
    /// What to do.
    pub fix: Text,
    /// Adds each case of it.
    find: fn(&Subject<'_>, &mut Cases),
}

impl Entry {
    /// The same in the vocabulary of the whole program.
    pub fn finding(&self) -> finding::Entry {
        finding::Entry {
            id: self.id,
            severity: Severity::Warning,
            basis: Basis::Evidence,
            likelihood: Likelihood::Sometimes,
            field: self.field,
            title: self.title,
            cause: self.cause,
            fix: self.fix,
        }
    }
}

/// What an entry found.
#[derive(Default)]
struct Cases(Vec<Case>);

#[derive(Default)]
struct Case {
    field: Option<&'static str>,
    values: Vec<(&'static str, String)>,
    own: Option<(Both, Both)>,
}

impl Cases {
    /// A case in the words of the entry.
    fn add(&mut self, values: &[(&'static str, &str)]) {
        let values = values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.0.push(Case { values, ..Case::default() });
    }

    /// A case in the words of the entry, about another field.
    fn of_field(&mut self, field: &'static str, values: &[(&'static str, &str)]) {
        self.add(values);
        if let Some(case) = self.0.last_mut() {
            case.field = Some(field);
        }
    }

    /// A case in words of its own: message and fix.
    fn say(&mut self, message: Both, fix: Both) {
        self.0.push(Case { own: Some((message, fix)), ..Case::default() });
    }
}

/// Every warning, in the order in which they are shown.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [url::ENTRIES, value::ENTRIES, config::ENTRIES, card::ENTRIES].into_iter().flatten()
}

/// Everything that looks wrong.
pub fn warnings(subject: &Subject<'_>, lang: Lang) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    let mut cases = Cases::default();
    for entry in entries() {
        (entry.find)(subject, &mut cases);
        for case in cases.0.drain(..) {
            let (message, fix) = if let Some((message, fix)) = &case.own {
                (message.get(lang).to_owned(), fix.get(lang).to_owned())
            } else {
                let values: Vec<(&str, &str)> =
                    case.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                (entry.cause.fill(lang, &values), entry.fix.fill(lang, &values))
            };
            let warning = Warning { id: entry.id, field: case.field.unwrap_or(entry.field), message, fix };
            if !found.contains(&warning) {
                found.push(warning);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
