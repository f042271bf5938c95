//! Why a callback signature differs: each mistake is one entry of `table.rs`, and the search tries
//! what each would have signed until the hash fits.
//!
//! In: the values of a request, our token and what else is known ([`Known`]), and the signature that
//! was given. Out: the [`Mistake`]s whose hash equals it, fewest first. A mistake of the table is
//! proved by its hash, never guessed; where nothing fits, one entry says what is left. A token is
//! described (its length, a blank at its end) and never shown.

mod table;
mod text;

use std::rc::Rc;

use md5::Md5;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{Signed, same, signature};
use table::{TABLE, is_invisible};

use crate::lang::{Lang, Text};
use crate::secret::Secret;
pub use table::{SAMPLE_KEYS, SAMPLE_TOKENS};

/// One mistake, as it is told and as JSON has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Its name, stable.
    pub id: &'static str,
    /// The value it concerns.
    pub field: &'static str,
    /// What went into the given signature; of a token and a key only a description.
    pub signed: Option<String>,
    /// What should have; of a token and a key only a description.
    pub actual: Option<String>,
    /// What happened.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// What is known beside the signature that was given.
pub struct Known<'a> {
    /// Our token.
    pub token: &'a Secret,
    /// The values as they have to be signed.
    pub signed: &'a Signed,
    /// `encrypt` or `echostr`: the name of the sealed value here.
    pub sealed_name: &'static str,
    /// The sealed value as it stood, where it was percent-encoded.
    pub encoded: Option<&'a str>,
    /// An echostr or Encrypt value that a plain signature leaves out.
    pub left_out: Option<&'a str>,
    /// The whole body.
    pub body: Option<&'a str>,
    /// Tokens of other profiles, by the profile's name.
    pub other_tokens: &'a [(String, Secret)],
    /// What else could stand where the token should: the key, the appid.
    pub other_values: &'a [(&'static str, Secret)],
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The mistakes that explain the signature together; without a proof the one entry that says so.
    pub mistakes: Vec<Mistake>,
    /// Whether the mistakes are proved by the hash.
    pub proved: bool,
    /// How many candidates were hashed.
    pub candidates: u64,
    /// Whether everything there is was tried.
    pub exhausted: bool,
}

/// A mistake in the table.
struct Entry {
    id: &'static str,
    field: Field,
    /// Many variants (one a character): tried last, and never two of them together.
    wide: bool,
    /// What would have been signed, had it been made.
    variants: fn(&Known, &Attempt) -> Vec<Attempt>,
    message: Text,
    fix: Text,
}

/// The value a mistake concerns. Two mistakes of one value are not tried together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Token,
    Timestamp,
    Nonce,
    Sealed,
    String,
    Signature,
}

/// What is hashed, how, and what it is compared with.
#[derive(Clone)]
struct Attempt {
    token: Secret,
    timestamp: Rc<str>,
    nonce: Rc<str>,
    sealed: Option<Rc<str>>,
    join: Join,
    hash: Hash,
    given: Rc<str>,
    /// The given signature may stop early.
    prefix: bool,
    /// Fills `{what}` of the last mistake's texts.
    what: String,
}

#[derive(Clone)]
enum Join {
    /// As it should be: sorted, joined with nothing.
    Sorted,
    /// In this order of [token, timestamp, nonce, sealed].
    Order(Vec<usize>),
    /// Sorted, with something between.
    Separated(&'static str),
    /// `name=value` joined with `&`, sorted by name.
    Pairs,
}

#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Md5,
    Sha256,
}

/// The names of the values in the order of [`Attempt::values`].
const VALUE_NAMES: [&str; 4] = ["token", "timestamp", "nonce", "encrypt"];

impl Attempt {
    fn values(&self) -> Vec<&str> {
        let mut values = vec![self.token.reveal(), &*self.timestamp, &*self.nonce];
        values.extend(self.sealed.as_deref());
        values
    }

    fn fits(&self) -> bool {
        let mut values = self.values();
        let text = match &self.join {
            Join::Sorted => {
                values.sort_unstable();
                values.concat()
            }
            Join::Order(order) => order.iter().filter_map(|at| values.get(*at).copied()).collect(),
            Join::Separated(separator) => {
                values.sort_unstable();
                values.join(separator)
            }
            Join::Pairs => {
                let mut pairs: Vec<String> =
                    VALUE_NAMES.iter().zip(values).map(|(name, value)| format!("{name}={value}")).collect();
                pairs.sort_unstable();
                pairs.join("&")
            }
        };
        let hashed = match self.hash {
            Hash::Sha1 => hex::encode(Sha1::digest(text.as_bytes())),
            Hash::Md5 => hex::encode(Md5::digest(text.as_bytes())),
            Hash::Sha256 => hex::encode(Sha256::digest(text.as_bytes())),
        };
        let end = if self.prefix { self.given.len().min(hashed.len()) } else { hashed.len() };
        same(&hashed[..end], &self.given)
    }

    fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Secret::new(token), ..self.clone() }
    }

    fn with_sealed(&self, sealed: &str) -> Self {
        Self { sealed: Some(sealed.into()), ..self.clone() }
    }

    fn with_given(&self, given: &str) -> Self {
        Self { given: given.into(), ..self.clone() }
    }

    fn saying(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }
}

/// Tries every mistake alone, then two at once, until `stop` says that it takes too long.
pub fn explain(known: &Known, given: &str, lang: Lang, stop: &dyn Fn() -> bool) -> Explanation {
    let computed = signature(known.token, known.signed);
    if let Some(mistyped) = text::mistyped(&computed, given, lang) {
        return Explanation { mistakes: vec![mistyped], proved: true, candidates: 1, exhausted: true };
    }
    // No hash is written with fewer digits than this, so no mistake could be proved.
    if given.bytes().filter(u8::is_ascii_hexdigit).count() < PROOF_DIGITS {
        let mistakes = vec![text::unexplained(known, &computed, given, lang)];
        return Explanation { mistakes, proved: false, candidates: 0, exhausted: true };
    }
    let mut search = Search { stop, candidates: 0, stopped: false };
    let start = Attempt {
        token: known.token.clone(),
        timestamp: known.signed.timestamp.as_str().into(),
        nonce: known.signed.nonce.as_str().into(),
        sealed: known.signed.encrypt.as_deref().map(Into::into),
        join: Join::Sorted,
        hash: Hash::Sha1,
        given: given.into(),
        prefix: false,
        what: String::new(),
    };
    let found = search.run(known, &start);
    let proved = found.is_some();
    let mistakes = match found {
        Some(steps) => tell(known, &start, &steps, lang),
        None => vec![text::unexplained(known, &computed, given, lang)],
    };
    Explanation { mistakes, proved, candidates: search.candidates, exhausted: !search.stopped }
}

/// The message of an opened text is for somebody else.
pub fn other_receive_id(found: &str, expected: &str, lang: Lang) -> Mistake {
    text::other_receive_id(found, expected, lang)
}

/// The sealed value does not open. `signed` where a signature that held covers it: then the sealed
/// value is whole, and the key alone is wrong. `fits` says which other known key opens it.
pub fn other_key(signed: bool, fits: Option<OtherKey>, lang: Lang) -> Mistake {
    text::other_key(signed, fits, lang)
}

/// A known key that opens what ours does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKey<'a> {
    /// The key of another profile.
    Profile(&'a str),
    /// A key of public sample code.
    Sample,
}

/// Fewer hex digits of a hash prove nothing.
const PROOF_DIGITS: usize = 32;

struct Search<'a> {
    stop: &'a dyn Fn() -> bool,
    candidates: u64,
    stopped: bool,
}

/// The entries that explain a signature, each with the attempt it led to.
type Steps = Vec<(&'static Entry, Attempt)>;

impl Search<'_> {
    fn run(&mut self, known: &Known, start: &Attempt) -> Option<Steps> {
        for wide in [false, true] {
            for entry in TABLE.iter().filter(|entry| entry.wide == wide) {
                if let Some(found) = self.try_entry(known, start, entry) {
                    return Some(vec![(entry, found)]);
                }
            }
        }
        for wide in [false, true] {
            // The wide one comes second: its variants are made once for each narrow one, not reverse.
            for (index, first) in TABLE.iter().enumerate().filter(|(_, entry)| !entry.wide) {
                let seconds = TABLE.iter().enumerate().filter(|(at, second)| {
                    second.wide == wide && second.field != first.field && (wide || *at > index)
                });
                for middle in (first.variants)(known, start) {
                    for (_, second) in seconds.clone() {
                        if let Some(found) = self.try_entry(known, &middle, second) {
                            return Some(vec![(first, middle), (second, found)]);
                        }
                        if self.stopped {
                            return None;
                        }
                    }
                }
            }
        }
        None
    }

    fn try_entry(&mut self, known: &Known, from: &Attempt, entry: &Entry) -> Option<Attempt> {
        for attempt in (entry.variants)(known, from) {
            // Asked now and then only, but at once where a sealed value is large.
            let large = attempt.sealed.as_deref().is_some_and(|sealed| sealed.len() > 16 * 1024);
            if self.stopped || ((large || self.candidates % 64 == 63) && (self.stop)()) {
                self.stopped = true;
                return None;
            }
            self.candidates += 1;
            if attempt.fits() {
                return Some(attempt);
            }
        }
        None
    }
}

fn tell(known: &Known, start: &Attempt, steps: &Steps, lang: Lang) -> Vec<Mistake> {
    let before = std::iter::once(start).chain(steps.iter().map(|(_, attempt)| attempt));
    let told = before.zip(steps).map(|(before, (entry, after))| {
        let (signed, actual) = match entry.field {
            Field::Token => (
                Some(text::describe(after.token.reveal(), lang)),
                Some(text::describe(before.token.reveal(), lang)),
            ),
            Field::Timestamp => (Some(after.timestamp.to_string()), Some(before.timestamp.to_string())),
            Field::Nonce => (Some(after.nonce.to_string()), Some(before.nonce.to_string())),
            Field::Sealed => {
                (after.sealed.as_deref().map(str::to_owned), before.sealed.as_deref().map(str::to_owned))
            }
            Field::String => (None, None),
            Field::Signature => (Some(start.given.to_string()), Some(signature(known.token, known.signed))),
        };
        let values = [
            ("signed", signed.as_deref().unwrap_or_default()),
            ("actual", actual.as_deref().unwrap_or_default()),
            ("what", after.what.as_str()),
            ("sealed", known.sealed_name),
        ];
        Mistake {
            id: entry.id,
            field: entry.field.name(known),
            message: entry.message.fill(lang, &values),
            fix: entry.fix.fill(lang, &values),
            signed,
            actual,
        }
    });
    told.collect()
}

impl Field {
    fn name(self, known: &Known) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Timestamp => "timestamp",
            Self::Nonce => "nonce",
            Self::Sealed => known.sealed_name,
            Self::String => "string",
            Self::Signature => "signature",
        }
    }
}

#[cfg(test)]
mod tests;
