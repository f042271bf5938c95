//! Every callback mistake, one entry each, the likeliest first: what would have been signed.
//!
//! In: what is known and an attempt. Out: the attempts that a mistake makes of it. A new mistake is
//! an entry here, its texts in `text.rs`, and a line in the tests.

use super::{Attempt, Entry, Field, Hash, Join, PROOF_DIGITS, VALUE_NAMES, text};

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

/// Letters and digits: what a token is made of.
const TOKEN_CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Longest token whose single characters are tried; the platforms allow 32.
const TOKEN_LIMIT: usize = 64;

/// Every mistake, the likeliest first.
pub(super) static TABLE: &[Entry] = &[
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

pub(super) fn is_invisible(c: char) -> bool {
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
