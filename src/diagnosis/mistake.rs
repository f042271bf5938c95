//! The mistakes that a hash can prove, one entry each: what it does to the text that is signed, how
//! likely it is, and what to say about it.
//!
//! In: the right values of a signature. Out: the variants of them that a mistake makes, as it happens
//! in the field. The search, the terminal, the JSON and `docs/mistakes.md` all read these entries:
//! a new mistake is one entry here and one test. "Missing" in a name says what the *signed* text
//! lacks against the values given.

mod card;
mod encode;
mod hash;
mod layout;
mod url;
mod value;

use std::fmt::Write as _;

pub(super) use hash::{Algorithm, Encoding, Expected, Key, Reading, expected_digests, readings};
pub(super) use layout::{Joined, Layout, Piece};
pub(super) use url::{Address, Known};
pub(super) use value::number;

use super::case::Case;
use crate::lang::{Lang, Text};

/// A mistake.
pub struct Entry {
    /// The id of the contract.
    pub id: &'static str,
    /// What it is about.
    pub field: Field,
    /// How rare it is in the field: 10 seen many times, 20 sometimes, 30 rarely. The ranks of an
    /// explanation's mistakes add up; the lowest sum is shown first.
    pub rank: u16,
    /// How it changes what is signed.
    pub(super) changes: &'static [Change],
    /// What was done. `{detail}` is which form of it.
    pub message: Text,
    /// What to do.
    pub fix: Text,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// What a mistake is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The url.
    Url,
    /// The ticket.
    Ticket,
    /// The nonce.
    Nonce,
    /// The timestamp.
    Timestamp,
    /// How the values are put together.
    String,
    /// The digest and how it is written.
    Hash,
    /// The value that differs, whichever it is.
    Any,
}

impl Field {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Ticket => "ticket",
            Self::Nonce => "nonce",
            Self::Timestamp => "timestamp",
            Self::String => "string",
            Self::Hash => "hash",
            Self::Any => "url, nonce or timestamp",
        }
    }
}

/// How a mistake changes what is signed.
pub(super) enum Change {
    /// It makes another url of a url.
    Url(fn(&url::Address<'_>, &mut Variants<String>)),
    /// It makes another value of the ticket, nonce or timestamp.
    Value(Field, fn(&str, &Case<'_>, &mut Variants<String>)),
    /// It puts the values together in another way.
    Layout(fn(&Layout, &Case<'_>, &mut Variants<Layout>)),
    /// It hashes other bytes for the same text.
    Encoding(&'static [Encoding]),
    /// It writes the digest in another way: see [`readings`].
    Digest,
    /// It is a number that is searched for: the timestamp.
    Number,
}

/// What a change makes: values with a rank each, the likeliest at 0.
pub(super) struct Variants<T>(Vec<(u16, T)>);

/// From this rank on a variant is tried alone, never together with another mistake.
pub(super) const ALONE: u16 = 15;

impl<T> Variants<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a variant. `rank` adds to the entry's: 0 for the usual form.
    pub(super) fn add(&mut self, rank: u16, value: T) {
        self.0.push((rank, value));
    }

    /// Takes what was added.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (u16, T)> + '_ {
        self.0.drain(..)
    }
}

/// Every mistake, in the order of the contract.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [url::ENTRIES, value::ENTRIES, layout::ENTRIES, hash::ENTRIES, card::ENTRIES].into_iter().flatten()
}

/// The entry of an id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.id == id)
}

/// `docs/mistakes.md`: the entries as a page.
pub fn reference() -> String {
    let mut page = String::from(
        "# Mistakes\n\n\
         What `wecheck verify` can prove by hash, generated from the entries in `src/diagnosis/mistake`. \
         How they are found: [diagnosis.md](diagnosis.md).\n\n\
         \"Missing\" in a name says what the signed text lacks against the values given. Mistakes seen \
         often come first where several explain the same signature.\n",
    );
    for entry in entries() {
        let seen = match entry.rank {
            ..=14 => "seen often",
            15..=24 => "seen sometimes",
            _ => "seen rarely",
        };
        let _ = write!(page, "\n## {}\n\nField: {} · {seen}\n", entry.id, entry.field.name());
        for lang in [Lang::En, Lang::Zh] {
            let shown = |text: Text| {
                text.fill(lang, &[("detail", "…"), ("gap", lang.pick("若干秒", "some seconds"))])
            };
            let _ = write!(
                page,
                "\n- {}\n- {} {}\n",
                shown(entry.message),
                lang.pick("改法：", "Fix:"),
                shown(entry.fix)
            );
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_text_is_there_in_both_languages() {
        let mut seen = std::collections::HashSet::new();
        for entry in entries() {
            assert!(seen.insert(entry.id), "{} stands twice", entry.id);
            for text in [entry.message, entry.fix] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", entry.id);
                assert!(!text.en.ends_with('.') && !text.zh.ends_with('。'), "{}: a full stop", entry.id);
                assert!(text.zh.chars().any(|c| c > '\u{2e7f}'), "{}: no Chinese", entry.id);
                let foreign = text.en.replace("企业号", "").contains(|c| c > '\u{2e7f}');
                assert!(!foreign, "{}: Chinese in English", entry.id);
            }
        }
    }

    #[test]
    fn every_id_of_the_contract_has_an_entry() {
        let contract = "url-fragment url-percent-encoded url-percent-encoded-twice url-percent-decoded \
            url-share-params-missing url-share-params-added url-cut-at-ampersand url-scheme-swapped \
            url-scheme-missing url-query-dropped url-path-dropped url-bare-host-slash url-trailing-slash \
            url-port url-oauth-params url-index-file url-html-escaped url-json-escaped url-case url-www \
            url-dangling-separator url-plus-space url-charset url-placeholder url-param-order \
            url-param-missing url-whitespace ticket-empty ticket-whitespace ticket-quoted \
            ticket-plus-space ticket-access-token ticket-other-kind ticket-other-profile ticket-previous \
            nonce-whitespace nonce-quoted nonce-case nonce-empty timestamp-milliseconds timestamp-drift \
            timestamp-empty string-key-case string-key-name string-param-order string-values-only \
            string-url-encoded string-times-entity string-separator string-prefix string-extra-param \
            string-missing-param string-trailing-newline hash-algorithm hash-hex-case hash-separators \
            hash-base64 hash-leading-zeros hash-truncated hash-extra-characters hash-utf16 hash-gbk \
            card-sort-order card-field-set card-key-value card-app-secret card-undefined-value";
        for id in contract.split_whitespace() {
            assert!(entry(id).is_some(), "{id} has no entry");
        }
    }
}
