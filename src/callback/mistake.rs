//! Why a callback signature differs: each mistake is one entry of [`TABLE`], and the search tries
//! what each would have signed until the hash fits.
//!
//! In: the values of a request, our token and what else is known ([`Known`]), and the signature that
//! was given. Out: the [`Mistake`]s whose hash equals it, fewest first. A mistake of the table is
//! proved by its hash, never guessed; where nothing fits, one entry says what is left. A token is
//! described (its length, a blank at its end) and never shown.

mod text;

use std::rc::Rc;

use md5::Md5;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{Signed, same, signature};
use crate::lang::{Lang, Text};
use crate::secret::Secret;

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

/// Tokens of official samples, documentation and tutorials, which stay in consoles and servers.
pub const SAMPLE_TOKENS: &[&str] = &[
    "weixin",
    "token",
    "TOKEN",
    "Token",
    "QDG6eK",
    "pamtest",
    "spamtest",
    "test",
    "AAAAA",
    "123456",
    "hJqcu3uJ9Tn2gXPmxx2w9kkCkqQ2EPYo",
    "wechat",
    "WeChat",
    "weixintoken",
    "wechattoken",
    "mytoken",
    "myToken",
    "MyToken",
    "my_token",
    "yourtoken",
    "yourToken",
    "your_token",
    "YOUR_TOKEN",
    "your-token",
    "your token",
    "YourToken",
    "xxx",
    "xxxx",
    "xxxxx",
    "xxxxxx",
    "XXX",
    "XXXX",
    "***",
    "abc",
    "abc123",
    "abcdefg",
    "demo",
    "hello",
    "admin",
    "wx",
    "wxtoken",
    "weixin_token",
    "wechat_token",
    "callback_token",
    "changeme",
    "secret",
    "12345",
    "12345678",
    "123456789",
    "1234567890",
    "undefined",
    "null",
    "None",
];

/// EncodingAESKeys of official samples and documentation.
pub const SAMPLE_KEYS: &[&str] = &[
    "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
    "0123456789012345678901234567890123456789012",
];

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

/// Fewer hex digits of a hash prove nothing.
const PROOF_DIGITS: usize = 32;

/// Letters and digits: what a token is made of.
const TOKEN_CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Longest token whose single characters are tried; the platforms allow 32.
const TOKEN_LIMIT: usize = 64;

/// Every mistake, the likeliest first.
static TABLE: &[Entry] = &[
    Entry {
        id: "token-sample",
        field: Field::Token,
        wide: false,
        variants: |_, at| SAMPLE_TOKENS.iter().map(|sample| at.with_token(*sample)).collect(),
        message: text::TOKEN_SAMPLE.0,
        fix: text::TOKEN_SAMPLE.1,
    },
    Entry {
        id: "token-whitespace",
        field: Field::Token,
        wide: false,
        variants: |_, at| {
            let token = at.token.reveal();
            let mut changed: Vec<String> =
                [token.trim(), token.trim_start(), token.trim_end()].map(str::to_owned).into();
            changed.push(token.split_whitespace().collect());
            changed.push(token.chars().filter(|c| !is_invisible(*c)).collect());
            changed.extend(
                [" ", "\n", "\r\n", "\r", "\t", "\u{a0}", "\u{3000}"].map(|end| format!("{token}{end}")),
            );
            changed.extend([" ", "\t", "\u{feff}"].map(|start| format!("{start}{token}")));
            changed.into_iter().filter(|text| text != token).map(|text| at.with_token(text)).collect()
        },
        message: text::TOKEN_WHITESPACE.0,
        fix: text::TOKEN_WHITESPACE.1,
    },
    Entry {
        id: "token-quoted",
        field: Field::Token,
        wide: false,
        variants: |_, at| {
            let token = at.token.reveal();
            let bare = token.trim_matches(['"', '\'', '`', '“', '”', '‘', '’']);
            let quoted = [format!("\"{token}\""), format!("'{token}'"), format!("“{token}”")];
            let stripped = (bare != token).then(|| bare.to_owned());
            stripped.into_iter().chain(quoted).map(|text| at.with_token(text)).collect()
        },
        message: text::TOKEN_QUOTED.0,
        fix: text::TOKEN_QUOTED.1,
    },
    Entry {
        id: "token-other-profile",
        field: Field::Token,
        wide: false,
        variants: |known, at| {
            let others = known.other_tokens.iter();
            others.map(|(name, token)| at.with_token(token.reveal()).saying(name)).collect()
        },
        message: text::TOKEN_OTHER_PROFILE.0,
        fix: text::TOKEN_OTHER_PROFILE.1,
    },
    Entry {
        id: "token-other-value",
        field: Field::Token,
        wide: false,
        variants: |known, at| {
            let others = known.other_values.iter();
            others.map(|(what, value)| at.with_token(value.reveal()).saying(*what)).collect()
        },
        message: text::TOKEN_OTHER_VALUE.0,
        fix: text::TOKEN_OTHER_VALUE.1,
    },
    Entry {
        id: "token-case",
        field: Field::Token,
        wide: false,
        variants: |_, at| {
            let token = at.token.reveal();
            [token.to_lowercase(), token.to_uppercase()].map(|text| at.with_token(text)).into()
        },
        message: text::TOKEN_CASE.0,
        fix: text::TOKEN_CASE.1,
    },
    Entry {
        id: "encrypt-left-out",
        field: Field::Sealed,
        wide: false,
        variants: |_, at| {
            at.sealed.is_some().then(|| Attempt { sealed: None, ..at.clone() }).into_iter().collect()
        },
        message: text::ENCRYPT_LEFT_OUT.0,
        fix: text::ENCRYPT_LEFT_OUT.1,
    },
    Entry {
        id: "encrypt-added",
        field: Field::Sealed,
        wide: false,
        variants: |known, at| known.left_out.map(|sealed| at.with_sealed(sealed)).into_iter().collect(),
        message: text::ENCRYPT_ADDED.0,
        fix: text::ENCRYPT_ADDED.1,
    },
    Entry {
        id: "encrypt-percent-encoded",
        field: Field::Sealed,
        wide: false,
        variants: |known, at| {
            let Some(sealed) = at.sealed.as_deref() else { return Vec::new() };
            let upper = sealed.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            let lower = upper.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");
            let keeps_slash = sealed.replace('+', "%2B").replace('=', "%3D");
            let twice = upper.replace('%', "%25");
            let texts =
                known.encoded.map(str::to_owned).into_iter().chain([upper, lower, keeps_slash, twice]);
            texts.map(|text| at.with_sealed(&text)).collect()
        },
        message: text::ENCRYPT_PERCENT_ENCODED.0,
        fix: text::ENCRYPT_PERCENT_ENCODED.1,
    },
    Entry {
        id: "encrypt-plus-space",
        field: Field::Sealed,
        wide: false,
        variants: |_, at| {
            let Some(sealed) = at.sealed.as_deref() else { return Vec::new() };
            let changes = [sealed.replace('+', " "), sealed.replace(' ', "+")];
            changes.iter().filter(|text| *text != sealed).map(|text| at.with_sealed(text)).collect()
        },
        message: text::ENCRYPT_PLUS_SPACE.0,
        fix: text::ENCRYPT_PLUS_SPACE.1,
    },
    Entry {
        id: "encrypt-whitespace",
        field: Field::Sealed,
        wide: false,
        variants: |_, at| {
            let Some(sealed) = at.sealed.as_deref() else { return Vec::new() };
            let none: String = sealed.split_whitespace().collect();
            let changes = [sealed.trim().to_owned(), none, format!("{sealed}\n"), format!("\n{sealed}\n")];
            changes.iter().filter(|text| *text != sealed).map(|text| at.with_sealed(text)).collect()
        },
        message: text::ENCRYPT_WHITESPACE.0,
        fix: text::ENCRYPT_WHITESPACE.1,
    },
    Entry {
        id: "encrypt-cdata",
        field: Field::Sealed,
        wide: false,
        variants: |_, at| {
            let Some(sealed) = at.sealed.as_deref() else { return Vec::new() };
            let bare = sealed.trim().strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
            let wrapped = format!("<![CDATA[{sealed}]]>");
            [Some(wrapped.as_str()), bare].into_iter().flatten().map(|text| at.with_sealed(text)).collect()
        },
        message: text::ENCRYPT_CDATA.0,
        fix: text::ENCRYPT_CDATA.1,
    },
    Entry {
        id: "encrypt-cut-at-equals",
        field: Field::Sealed,
        wide: false,
        variants: |_, at| {
            let Some(sealed) = at.sealed.as_deref() else { return Vec::new() };
            let bare = sealed.trim_end_matches('=');
            let texts = [bare.to_owned(), format!("{bare}="), format!("{bare}==")];
            texts.iter().filter(|text| *text != sealed).map(|text| at.with_sealed(text)).collect()
        },
        message: text::ENCRYPT_CUT_AT_EQUALS.0,
        fix: text::ENCRYPT_CUT_AT_EQUALS.1,
    },
    Entry {
        id: "encrypt-json-escaped",
        field: Field::Sealed,
        wide: false,
        variants: |_, at| {
            let Some(sealed) = at.sealed.as_deref() else { return Vec::new() };
            let changes = [sealed.replace('/', "\\/"), sealed.replace("\\/", "/")];
            changes.iter().filter(|text| *text != sealed).map(|text| at.with_sealed(text)).collect()
        },
        message: text::ENCRYPT_JSON_ESCAPED.0,
        fix: text::ENCRYPT_JSON_ESCAPED.1,
    },
    Entry {
        id: "encrypt-whole-body",
        field: Field::Sealed,
        wide: false,
        variants: |known, at| {
            let Some(body) = known.body else { return Vec::new() };
            [body, body.trim()].map(|text| at.with_sealed(text)).into()
        },
        message: text::ENCRYPT_WHOLE_BODY.0,
        fix: text::ENCRYPT_WHOLE_BODY.1,
    },
    Entry {
        id: "string-order",
        field: Field::String,
        wide: false,
        variants: |_, at| {
            let orders = permutations(at.values().len());
            let named = orders.into_iter().map(|order| {
                let names: Vec<&str> = order.iter().map(|index| VALUE_NAMES[*index]).collect();
                Attempt { join: Join::Order(order), ..at.clone() }.saying(names.join(", "))
            });
            named.collect()
        },
        message: text::STRING_ORDER.0,
        fix: text::STRING_ORDER.1,
    },
    Entry {
        id: "string-separator",
        field: Field::String,
        wide: false,
        variants: |_, at| {
            ["&", ",", " ", "\n", "-", "_", "|", "+", ":", ";"]
                .map(|mark| {
                    Attempt { join: Join::Separated(mark), ..at.clone() }
                        .saying(mark.escape_debug().to_string())
                })
                .into_iter()
                .chain([Attempt { join: Join::Pairs, ..at.clone() }.saying("key=value&")])
                .collect()
        },
        message: text::STRING_SEPARATOR.0,
        fix: text::STRING_SEPARATOR.1,
    },
    Entry {
        id: "string-missing-value",
        field: Field::String,
        wide: false,
        variants: |_, at| {
            let without = [
                at.with_token("").saying("token"),
                Attempt { timestamp: "".into(), ..at.clone() }.saying("timestamp"),
                Attempt { nonce: "".into(), ..at.clone() }.saying("nonce"),
            ];
            without.into()
        },
        message: text::STRING_MISSING_VALUE.0,
        fix: text::STRING_MISSING_VALUE.1,
    },
    Entry {
        id: "timestamp-milliseconds",
        field: Field::Timestamp,
        wide: false,
        variants: |_, at| {
            let shorter =
                (at.timestamp.len() == 13).then(|| at.timestamp.get(..10)).flatten().map(str::to_owned);
            let texts = shorter.into_iter().chain([format!("{}000", at.timestamp)]);
            texts.map(|text| Attempt { timestamp: text.into(), ..at.clone() }).collect()
        },
        message: text::TIMESTAMP_MILLISECONDS.0,
        fix: text::TIMESTAMP_MILLISECONDS.1,
    },
    Entry {
        id: "timestamp-whitespace",
        field: Field::Timestamp,
        wide: false,
        variants: |_, at| {
            let changed = bared(&at.timestamp);
            changed.map(|text| Attempt { timestamp: text.into(), ..at.clone() }).into_iter().collect()
        },
        message: text::TIMESTAMP_WHITESPACE.0,
        fix: text::TIMESTAMP_WHITESPACE.1,
    },
    Entry {
        id: "nonce-whitespace",
        field: Field::Nonce,
        wide: false,
        variants: |_, at| {
            let changed = bared(&at.nonce);
            changed.map(|text| Attempt { nonce: text.into(), ..at.clone() }).into_iter().collect()
        },
        message: text::NONCE_WHITESPACE.0,
        fix: text::NONCE_WHITESPACE.1,
    },
    Entry {
        id: "signature-whitespace",
        field: Field::Signature,
        wide: false,
        variants: |_, at| bared(&at.given).map(|text| at.with_given(text)).into_iter().collect(),
        message: text::SIGNATURE_WHITESPACE.0,
        fix: text::SIGNATURE_WHITESPACE.1,
    },
    Entry {
        id: "hash-hex-case",
        field: Field::Signature,
        wide: false,
        variants: |_, at| {
            let lower = at.given.to_ascii_lowercase();
            (*lower != *at.given).then(|| at.with_given(&lower)).into_iter().collect()
        },
        message: text::HASH_HEX_CASE.0,
        fix: text::HASH_HEX_CASE.1,
    },
    Entry {
        id: "hash-truncated",
        field: Field::Signature,
        wide: false,
        variants: |_, at| {
            let cut = (PROOF_DIGITS..40).contains(&at.given.len());
            cut.then(|| Attempt { prefix: true, ..at.clone() }).into_iter().collect()
        },
        message: text::HASH_TRUNCATED.0,
        fix: text::HASH_TRUNCATED.1,
    },
    Entry {
        id: "hash-algorithm",
        field: Field::Signature,
        wide: false,
        variants: |_, at| {
            let hashes = [("MD5", Hash::Md5), ("SHA-256", Hash::Sha256)];
            hashes.map(|(name, hash)| Attempt { hash, ..at.clone() }.saying(name)).into()
        },
        message: text::HASH_ALGORITHM.0,
        fix: text::HASH_ALGORITHM.1,
    },
    Entry {
        id: "token-extra-character",
        field: Field::Token,
        wide: true,
        variants: |_, at| {
            let token: Vec<char> = at.token.reveal().chars().take(TOKEN_LIMIT + 1).collect();
            let places = if token.len() > TOKEN_LIMIT { 0..0 } else { 0..token.len() };
            let shorter = places.map(|place| {
                let kept = token.iter().enumerate().filter(|(index, _)| *index != place);
                at.with_token(kept.map(|(_, c)| *c).collect::<String>()).saying((place + 1).to_string())
            });
            shorter.collect()
        },
        message: text::TOKEN_EXTRA_CHARACTER.0,
        fix: text::TOKEN_EXTRA_CHARACTER.1,
    },
    Entry {
        id: "token-missing-character",
        field: Field::Token,
        wide: true,
        variants: |_, at| edited(at, 0),
        message: text::TOKEN_MISSING_CHARACTER.0,
        fix: text::TOKEN_MISSING_CHARACTER.1,
    },
    Entry {
        id: "token-wrong-character",
        field: Field::Token,
        wide: true,
        variants: |_, at| edited(at, 1),
        message: text::TOKEN_WRONG_CHARACTER.0,
        fix: text::TOKEN_WRONG_CHARACTER.1,
    },
    Entry {
        id: "timestamp-drift",
        field: Field::Timestamp,
        wide: true,
        variants: |_, at| {
            let Ok(stamp) = at.timestamp.parse::<i64>() else { return Vec::new() };
            let near = (1..=300).flat_map(|seconds| [seconds, -seconds]);
            let others = near.filter_map(|seconds| {
                let text = stamp.checked_add(seconds)?.to_string();
                Some(Attempt { timestamp: text.into(), ..at.clone() }.saying(format!("{seconds:+}")))
            });
            others.collect()
        },
        message: text::TIMESTAMP_DRIFT.0,
        fix: text::TIMESTAMP_DRIFT.1,
    },
];

/// The token with one letter or digit at each place, in front of or instead of what stands there.
fn edited(at: &Attempt, replaced: usize) -> Vec<Attempt> {
    let token = at.token.reveal();
    if token.chars().count() > TOKEN_LIMIT {
        return Vec::new();
    }
    let mut found = Vec::new();
    let ends = token.char_indices().map(|(start, c)| (start, start + c.len_utf8()));
    let after_the_last = (replaced == 0).then_some((token.len(), token.len()));
    for (place, (start, end)) in ends.chain(after_the_last).enumerate() {
        let end = if replaced == 0 { start } else { end };
        for c in TOKEN_CHARACTERS.chars() {
            let text = format!("{}{c}{}", &token[..start], &token[end..]);
            found.push(at.with_token(text).saying((place + 1).to_string()));
        }
    }
    found
}

/// A value without blanks and quotes around it, where it has some.
fn bared(text: &str) -> Option<&str> {
    let bare = text.trim_matches(|c: char| is_invisible(c) || matches!(c, '"' | '\'' | '`'));
    (bare != text).then_some(bare)
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Every order of the first `count` numbers.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        let longer = orders.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).rev().map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, next);
                longer
            })
        });
        orders = longer.collect();
    }
    orders
}

#[cfg(test)]
mod tests;
