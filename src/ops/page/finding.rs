//! What a page shows besides its signatures.
//!
//! In: an id and the detail of the case at hand. Out: a [`Finding`] to show.

use serde::Serialize;

use crate::finding::Severity;
use crate::finding::page::FINDINGS;
use crate::lang::Lang;

/// A finding of one page in one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry's id.
    pub id: &'static str,
    /// What it is.
    pub title: String,
    /// What happened here, and why.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// Whether the client refuses something because of it.
    #[serde(skip)]
    pub refuses: bool,
}

impl Finding {
    /// The finding of an id.
    pub fn new(id: &'static str, detail: &str, lang: Lang) -> Self {
        let entry = FINDINGS.iter().find(|entry| entry.id == id).unwrap_or(&FINDINGS[0]);
        Self {
            id: entry.id,
            title: entry.title.get(lang).to_owned(),
            message: entry.cause.fill(lang, &[("detail", detail)]),
            fix: entry.fix.get(lang).to_owned(),
            refuses: entry.severity == Severity::Error,
        }
    }
}
