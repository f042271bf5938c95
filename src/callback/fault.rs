//! What can be wrong with a receiver and its answers, one entry each: id, title, cause, fix.
//!
//! In: nothing. Out: the tables `http` (connection, status, pages), `echo` (the answer to a URL
//! verification) and `reply` (the answer to a message). `{name}` in a cause or a fix is filled with
//! what was measured. The judgement itself is in [`super::answer`].

mod echo;
mod http;
mod reply;

pub use echo::*;
pub use http::*;
pub use reply::*;

use crate::finding::{Basis, Entry, Likelihood, Severity};
use crate::lang::Text;

/// One thing that can be wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its id, unique in the whole program.
    pub id: &'static str,
    /// What it is, in at most 60 characters.
    pub title: Text,
    /// Why it happens.
    pub cause: Text,
    /// What to do.
    pub fix: Text,
}

/// An entry: `[zh, en]` each.
const fn fault(
    id: &'static str,
    title: [&'static str; 2],
    cause: [&'static str; 2],
    fix: [&'static str; 2],
) -> Fault {
    const fn text(pair: [&'static str; 2]) -> Text {
        Text { zh: pair[0], en: pair[1] }
    }
    Fault { id, title: text(title), cause: text(cause), fix: text(fix) }
}

/// Ids that field reports name again and again.
const OFTEN: &[&str] = &[
    "callback-refused",
    "answer-timeout",
    "answer-slow",
    "answer-redirect",
    "answer-redirect-slash",
    "answer-redirect-login",
    "answer-login",
    "answer-not-found",
    "answer-method-not-allowed",
    "answer-server-error",
    "signature-refused",
    "echo-empty",
    "echo-bom",
    "echo-newline",
    "echo-quotes",
    "echo-json",
    "echo-ciphertext",
    "reply-unknown",
];

/// Ids that are remarks, or say that something works without being safe.
const REMARKS: &[&str] = &[
    "callback-port",
    "callback-local",
    "receive-id-unchecked",
    "old-timestamp-accepted",
    "replay-accepted",
    "wrong-signature-unclear",
    "echo-content-type",
    "reply-no-cdata",
    "reply-long-content",
];

impl Fault {
    /// The fault as the registry of all findings has it.
    pub fn finding(&self) -> Entry {
        Entry {
            id: self.id,
            severity: if REMARKS.contains(&self.id) { Severity::Warning } else { Severity::Error },
            basis: Basis::Measurement,
            likelihood: if OFTEN.contains(&self.id) { Likelihood::Often } else { Likelihood::Sometimes },
            field: "callback",
            title: self.title,
            cause: self.cause,
            fix: self.fix,
        }
    }
}

/// Every entry.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    http::ALL.iter().chain(echo::ALL).chain(reply::ALL).copied()
}

/// The fault of a status that is not 200.
pub fn of_status(status: u16) -> &'static Fault {
    match status {
        300..=399 => &REDIRECT,
        401 => &LOGIN,
        403 => &FORBIDDEN,
        404 | 410 => &NOT_FOUND,
        405 => &METHOD_NOT_ALLOWED,
        415 => &MEDIA_TYPE,
        419 => &CSRF,
        400 | 422 => &BAD_REQUEST,
        429 => &TOO_MANY,
        499 => &CLIENT_CLOSED,
        504 => &GATEWAY_TIMEOUT,
        502 | 503 => &GATEWAY,
        500..=599 => &SERVER_ERROR,
        _ => &STATUS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_its_fault() {
        for (status, id) in [
            (300, "answer-redirect"),
            (399, "answer-redirect"),
            (401, "answer-login"),
            (403, "answer-forbidden"),
            (404, "answer-not-found"),
            (410, "answer-not-found"),
            (405, "answer-method-not-allowed"),
            (415, "answer-media-type"),
            (419, "answer-csrf"),
            (400, "answer-bad-request"),
            (422, "answer-bad-request"),
            (429, "answer-rate-limited"),
            (499, "answer-client-closed"),
            (502, "answer-gateway"),
            (503, "answer-gateway"),
            (504, "answer-gateway-timeout"),
            (500, "answer-server-error"),
            (599, "answer-server-error"),
            (204, "answer-status"),
            (406, "answer-status"),
        ] {
            assert_eq!(of_status(status).id, id, "{status}");
        }
    }

    #[test]
    fn the_registry_lists_each_fault_with_its_weight() {
        let entry = |id: &str| all().find(|fault| fault.id == id).map(Fault::finding).unwrap();
        for (id, severity, likelihood) in [
            ("echo-bom", Severity::Error, Likelihood::Often),
            ("echo-wrong", Severity::Error, Likelihood::Sometimes),
            ("reply-no-cdata", Severity::Warning, Likelihood::Sometimes),
        ] {
            let entry = entry(id);
            assert_eq!((entry.id, entry.severity, entry.likelihood), (id, severity, likelihood));
            assert!(!entry.title.en.is_empty() && !entry.cause.zh.is_empty() && !entry.fix.zh.is_empty());
        }
        // A list of ids has no other.
        for id in OFTEN.iter().chain(REMARKS) {
            assert_eq!(entry(id).id, *id);
        }
    }

    #[test]
    fn every_fault_has_an_id_of_its_own_a_short_title_and_both_languages() {
        let mut ids: Vec<&str> = all().map(|fault| fault.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(count > 50, "{count}");
        for fault in all() {
            assert!(
                fault.title.zh.chars().count() <= 60 && fault.title.en.chars().count() <= 60,
                "{}",
                fault.id
            );
            for text in [fault.title, fault.cause, fault.fix] {
                assert!(
                    text.en.is_ascii() || text.en.chars().any(|c| "“”…→".contains(c)),
                    "{}: {}",
                    fault.id,
                    text.en
                );
                assert!(!text.zh.is_ascii(), "{}: {}", fault.id, text.zh);
            }
        }
    }
}
