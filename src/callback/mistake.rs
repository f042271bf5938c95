//! Why a callback signature differs: each mistake is one entry of a table, and the search tries
//! what each would have signed until the hash fits.
//!
//! In: the values of a request, our token and what else is known ([`Known`]), and the signature that
//! was given. Out: the [`Mistake`]s whose hash equals it, fewest first. A mistake of the table is
//! proved by its hash, never guessed; when nothing fits, one entry says what is left. A token is
//! described (its length, whitespace at its end) and never shown.

mod encrypt;
mod string;
mod text;
mod token;

use std::rc::Rc;

use md5::Md5;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{Signed, same, signature};

use crate::finding;
use crate::lang::{Lang, Text};
use crate::secret::Secret;
pub use token::{SAMPLE_KEYS, SAMPLE_TOKENS};

/// One mistake, as a person and as JSON gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Its name, stable.
    pub id: &'static str,
    /// What it is, in at most 60 characters.
    pub title: String,
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
    /// `encrypt` or `echostr`: the name of the encrypted value here.
    pub encrypted_name: &'static str,
    /// The encrypted value as it came, when it was percent-encoded.
    pub encoded: Option<&'a str>,
    /// An echostr or Encrypt value that a plain signature leaves out.
    pub left_out: Option<&'a str>,
    /// The whole body.
    pub body: Option<&'a str>,
    /// Whether another signature of the request holds, so that token, timestamp and nonce are right.
    pub other_holds: bool,
    /// Tokens of other profiles, by the profile's name.
    pub other_tokens: &'a [(String, Secret)],
    /// What else could be in the place of the token: the key, the appid.
    pub other_values: &'a [(&'static str, Secret)],
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The mistakes that explain the signature together; without a proof the one entry that says so.
    pub mistakes: Vec<Mistake>,
    /// Whether the mistakes are proved by recomputing the hash.
    pub proved: bool,
    /// How many candidates were hashed.
    pub candidates: u64,
    /// Whether everything there is was tried.
    pub exhausted: bool,
}

/// A mistake in the table.
struct Entry {
    id: &'static str,
    title: Text,
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
    Encrypted,
    String,
    Signature,
}

/// What is hashed, how, and what it is compared with.
#[derive(Clone)]
struct Attempt {
    token: Secret,
    timestamp: Rc<str>,
    nonce: Rc<str>,
    encrypted: Option<Rc<str>>,
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
    /// In this order of [token, timestamp, nonce, encrypted].
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
        values.extend(self.encrypted.as_deref());
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

    /// The value that this leaves out and the other has.
    fn emptied(&self, other: &Self) -> Option<Field> {
        let has_lost = |own: &str, others: &str| own.is_empty() && !others.is_empty();
        if has_lost(self.token.reveal(), other.token.reveal()) {
            Some(Field::Token)
        } else if has_lost(&self.timestamp, &other.timestamp) {
            Some(Field::Timestamp)
        } else if has_lost(&self.nonce, &other.nonce) {
            Some(Field::Nonce)
        } else {
            None
        }
    }

    fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Secret::new(token), ..self.clone() }
    }

    fn with_encrypted(&self, encrypted: &str) -> Self {
        Self { encrypted: Some(encrypted.into()), ..self.clone() }
    }

    fn with_given(&self, given: &str) -> Self {
        Self { given: given.into(), ..self.clone() }
    }

    fn saying(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }
}

/// Every mistake, as the registry of all findings has it.
pub fn entries() -> impl Iterator<Item = finding::Entry> {
    let proved = TABLE.iter().enumerate().map(|(index, entry)| finding::Entry {
        id: entry.id,
        severity: finding::Severity::Error,
        basis: finding::Basis::Hash,
        likelihood: if index < OFTEN { finding::Likelihood::Often } else { finding::Likelihood::Sometimes },
        field: entry.field.id(),
        title: entry.title,
        cause: entry.message,
        fix: entry.fix,
    });
    proved.chain(text::GENERAL.iter().copied())
}

/// So many entries of the table are what field reports name again and again.
const OFTEN: usize = 9;

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
        encrypted: known.signed.encrypt.as_deref().map(Into::into),
        join: Join::Sorted,
        hash: Hash::Sha1,
        given: given.into(),
        prefix: false,
        what: String::new(),
    };
    let found = search.run(known, &start);
    let proved = found.is_some();
    let mistakes = match found {
        Some(steps) => mistakes_of(known, &start, &steps, lang),
        None => vec![text::unexplained(known, &computed, given, lang)],
    };
    Explanation { mistakes, proved, candidates: search.candidates, exhausted: !search.stopped }
}

/// The message of a decrypted text is for somebody else.
pub fn other_receive_id(found: &str, expected: &str, lang: Lang) -> Mistake {
    text::other_receive_id(found, expected, lang)
}

/// A plain signature came where WeCom sends `msg_signature` alone.
pub fn plain_signature_on_work(lang: Lang) -> Mistake {
    text::plain_signature_on_work(lang)
}

/// The encrypted value does not decrypt. `signed` if a signature that holds covers it: then the
/// encrypted /// value is whole, and the key alone is wrong. `fits` says which other known key opens it.
pub fn other_key(signed: bool, fits: Option<OtherKey>, lang: Lang) -> Mistake {
    text::other_key(signed, fits, lang)
}

/// A known key that decrypts what ours does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKey<'a> {
    /// The key of another profile.
    Profile(&'a str),
    /// A key of public sample code.
    Sample,
}

/// Every mistake, the likeliest first.
static TABLE: &[&Entry] = &[
    &token::TOKEN_SAMPLE,
    &token::TOKEN_WHITESPACE,
    &token::TOKEN_QUOTED,
    &token::TOKEN_OTHER_PROFILE,
    &token::TOKEN_OTHER_VALUE,
    &token::TOKEN_CASE,
    &encrypt::ENCRYPT_LEFT_OUT,
    &encrypt::ENCRYPT_ADDED,
    &encrypt::ENCRYPT_PERCENT_ENCODED,
    &encrypt::ENCRYPT_PLUS_SPACE,
    &encrypt::ENCRYPT_WHITESPACE,
    &encrypt::ENCRYPT_CDATA,
    &encrypt::ENCRYPT_CUT_AT_EQUALS,
    &encrypt::ENCRYPT_JSON_ESCAPED,
    &encrypt::ENCRYPT_WHOLE_BODY,
    &string::STRING_ORDER,
    &string::STRING_SEPARATOR,
    &string::STRING_MISSING_VALUE,
    &string::TIMESTAMP_MILLISECONDS,
    &string::TIMESTAMP_WHITESPACE,
    &string::NONCE_WHITESPACE,
    &string::SIGNATURE_WHITESPACE,
    &string::HASH_HEX_CASE,
    &string::HASH_TRUNCATED,
    &string::HASH_ALGORITHM,
    &token::TOKEN_EXTRA_CHARACTER,
    &token::TOKEN_MISSING_CHARACTER,
    &token::TOKEN_WRONG_CHARACTER,
    &string::TIMESTAMP_DRIFT,
];

/// Fewer hex digits of a hash prove nothing.
const PROOF_DIGITS: usize = 32;

fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

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
            for entry in TABLE.iter().copied().filter(|entry| entry.wide == wide) {
                if let Some(found) = self.try_entry(known, start, entry) {
                    return Some(vec![(entry, found)]);
                }
            }
        }
        for wide in [false, true] {
            // The wide one comes second: its variants are made once for each narrow one, not reverse.
            for (index, first) in TABLE.iter().copied().enumerate().filter(|(_, entry)| !entry.wide) {
                let seconds = TABLE.iter().copied().enumerate().filter(|(at, second)| {
                    second.wide == wide && second.field != first.field && (wide || *at > index)
                });
                for middle in (first.variants)(known, start) {
                    // A value that was empty has no other mistake.
                    let emptied = middle.emptied(start);
                    for (_, second) in seconds.clone().filter(|(_, second)| Some(second.field) != emptied) {
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
            // Asked only now and then, but at once when an encrypted value is large.
            let large = attempt.encrypted.as_deref().is_some_and(|encrypted| encrypted.len() > 16 * 1024);
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

fn mistakes_of(known: &Known, start: &Attempt, steps: &Steps, lang: Lang) -> Vec<Mistake> {
    let before = std::iter::once(start).chain(steps.iter().map(|(_, attempt)| attempt));
    let mistakes = before.zip(steps).map(|(before, (entry, after))| {
        let (signed, actual) = match entry.field {
            Field::Token => (
                Some(text::describe(after.token.reveal(), lang)),
                Some(text::describe(before.token.reveal(), lang)),
            ),
            Field::Timestamp => (Some(after.timestamp.to_string()), Some(before.timestamp.to_string())),
            Field::Nonce => (Some(after.nonce.to_string()), Some(before.nonce.to_string())),
            Field::Encrypted => (
                after.encrypted.as_deref().map(str::to_owned),
                before.encrypted.as_deref().map(str::to_owned),
            ),
            Field::String => (None, None),
            Field::Signature => (Some(start.given.to_string()), Some(signature(known.token, known.signed))),
        };
        let values = [
            ("signed", signed.as_deref().unwrap_or_default()),
            ("actual", actual.as_deref().unwrap_or_default()),
            ("what", after.what.as_str()),
            ("encrypted", known.encrypted_name),
        ];
        Mistake {
            id: entry.id,
            title: entry.title.get(lang).to_owned(),
            field: entry.field.name(known),
            message: entry.message.fill(lang, &values),
            fix: entry.fix.fill(lang, &values),
            signed,
            actual,
        }
    });
    mistakes.collect()
}

impl Field {
    /// The name without a request at hand.
    fn id(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Timestamp => "timestamp",
            Self::Nonce => "nonce",
            Self::Encrypted => "encrypt",
            Self::String => "string",
            Self::Signature => "signature",
        }
    }

    fn name(self, known: &Known) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Timestamp => "timestamp",
            Self::Nonce => "nonce",
            Self::Encrypted => known.encrypted_name,
            Self::String => "string",
            Self::Signature => "signature",
        }
    }
}

#[cfg(test)]
mod tests;
