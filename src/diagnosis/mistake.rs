//! The mistakes that a hash or the evidence can prove, one entry each: what it does to the text that is
//! signed, how likely it is, and what to say about it.
//!
//! In: the right values of a signature. Out: the variants of them that a mistake makes, as it happens
//! in the field. The search, the terminal, the JSON and `docs/findings.md` all read these entries:
//! a new mistake is one entry here and one test. "Missing" in a name says what the *signed* text
//! lacks against the values given.

mod card;
mod encode;
mod evidence;
mod hash;
mod layout;
mod order;
mod string1;
mod url;
mod value;

pub(super) use hash::{Algorithm, Encoding, Expected, Key, Reading, expected_digests, readings};
pub(super) use layout::{Joined, Layout, Piece};
pub(super) use url::{Address, Known};
pub(super) use value::number;

use super::case::Case;
use crate::finding::{self, Basis, Severity};
use crate::lang::Text;

pub(super) use crate::finding::Likelihood;

/// A mistake.
pub struct Entry {
    /// The id of the contract.
    pub id: &'static str,
    /// What it is about.
    pub field: Field,
    /// How often it happens in the field.
    pub seen: Likelihood,
    /// A little more or less than the others that are as likely. The ranks of an explanation's mistakes
    /// add up; the lowest sum is shown first.
    pub order: i16,
    /// How it changes what is signed.
    pub(super) changes: &'static [Change],
    /// In a few words.
    pub title: Text,
    /// What was done, and why it happens. `{detail}` is which form of it.
    pub cause: Text,
    /// What to do.
    pub fix: Text,
}

impl Entry {
    /// How rare it is, as a number that can be added up.
    pub fn rank(&self) -> u16 {
        self.seen.rank().saturating_add_signed(self.order)
    }

    /// The same in the vocabulary of the whole program.
    pub fn finding(&self) -> finding::Entry {
        finding::Entry {
            id: self.id,
            severity: Severity::Error,
            basis: if self.changes.is_empty() { Basis::Evidence } else { Basis::Hash },
            likelihood: self.seen,
            field: self.field.name(),
            title: self.title,
            cause: self.cause,
            fix: self.fix,
        }
    }
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
    /// What the page passes to the client.
    Config,
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
            Self::Config => "config",
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
    [url::ENTRIES, value::ENTRIES, string1::ENTRIES, hash::ENTRIES, card::ENTRIES, evidence::ENTRIES]
        .into_iter()
        .flatten()
}

/// The entry of an id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            card-sort-order card-field-set card-key-value card-app-secret card-undefined-value \
            page-url-differs config-differs app-id-differs ticket-expired value-undefined";
        for id in contract.split_whitespace() {
            assert!(entry(id).is_some(), "{id} has no entry");
        }
    }
}
