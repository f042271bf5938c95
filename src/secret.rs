//! The one type that holds a secret, so that the compiler finds every place that could show one.
//!
//! In: an app secret, token, ticket, key or password. Out: nothing, except through
//! [`Secret::reveal`], whose call sites are few and can be read. No `Display`, no `Serialize`;
//! `Debug` prints `(redacted)`; the memory is wiped on drop.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::lang::Text;

/// A text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself: for a request, a hash, or the output whose job it is to print it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its first 4 characters, `…` and its length, for output that has to name it.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }

    /// The first 12 hex digits of its SHA-256: tells two values apart without showing either.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0)
    }
}

/// A token or ticket as a server granted it.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The token or ticket.
    pub value: Secret,
    /// Its lifetime in seconds, above 0; `None` if a token server does not say.
    pub expires_in: Option<u64>,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// No token or ticket is longer: WeChat advises to reserve 512. Bytes.
pub const LONGEST_VALUE: usize = 1_024;

/// Why a text cannot be a token or ticket; `None` if it can be one. Text from a server, from a file
/// or from another program's Redis comes through here before it counts as a value.
pub fn value_flaw(text: &str) -> Option<Text> {
    let is_foreign = |b: u8| !b.is_ascii_graphic() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'\\');
    if text.is_empty() {
        Some(Text { zh: "为空", en: "is empty" })
    } else if text.len() > LONGEST_VALUE {
        Some(Text { zh: "太长", en: "is too long" })
    } else if text.bytes().any(is_foreign) {
        Some(Text { zh: "含有不该出现的字符", en: "has characters that no token has" })
    } else if ["undefined", "null", "none", "nil", "nan", "false", "true"]
        .contains(&text.to_ascii_lowercase().as_str())
    {
        Some(Text { zh: "是程序里的空值", en: "is a program's empty value" })
    } else {
        None
    }
}

/// First 4 characters, `…`, and the length in characters. Short texts show nothing of themselves.
pub fn mask(text: &str) -> String {
    let length = text.chars().count();
    let shown: String = if length > 12 { text.chars().take(4).collect() } else { String::new() };
    format!("{shown}…({length})")
}

/// First 12 hex digits of the SHA-256 of a text.
pub fn fingerprint(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..6])
}

/// How many first characters of a secret give it away.
const TELLING: usize = 12;
/// From so many characters on a secret is struck out inside words, too.
const SHORT: usize = 6;
/// A callback token has at least three characters.
const SHORTEST: usize = 3;

/// A text from outside with every trace of the secrets replaced by `(redacted)`: raw,
/// percent-encoded, in base64, in hex or with JSON's escapes, and cut short. A server may echo
/// what it was sent.
pub fn redact(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for form in secrets.iter().flat_map(|secret| forms(secret.reveal())) {
        let start = Zeroizing::new(form.chars().take(TELLING).collect::<String>());
        // A very short secret would strike out half of any text: it counts as a whole word only.
        if start.chars().count() < SHORT {
            text = without_word(&text, &form);
            continue;
        }
        while let Some(at) = text.find(start.as_str()) {
            let common = text[at..].chars().zip(form.chars()).take_while(|(a, b)| a == b);
            let end = at + common.map(|(c, _)| c.len_utf8()).sum::<usize>();
            text.replace_range(at..end, "(redacted)");
        }
    }
    text
}

/// A text without a word, which letters, digits and `_` end.
fn without_word(text: &str, word: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word).filter(|_| word.chars().count() >= SHORTEST) {
        let (before, behind) = (&rest[..at], &rest[at + word.len()..]);
        // What was passed over ends a word too.
        let before_it = before.chars().next_back().or_else(|| out.chars().next_back());
        let is_whole = !before_it.is_some_and(is_word) && !behind.chars().next().is_some_and(is_word);
        out.push_str(before);
        out.push_str(if is_whole { "(redacted)" } else { word });
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let percent = |unreserved: &[u8]| -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric() || unreserved.contains(&b);
        secret
            .bytes()
            .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    let json = serde_json::to_string(secret).unwrap_or_default();
    [
        secret.to_owned(),
        percent(b"-_.~"),
        percent(b"*-._").replace("%20", "+"),
        percent(b"-_.~").to_ascii_lowercase(),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        hex::encode(secret),
        json.trim_matches('"').to_owned(),
    ]
    .into_iter()
    .map(Zeroizing::new)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new("CANARY-0123456789");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "(redacted) Some(\n    (redacted),\n)");
    }

    #[test]
    fn a_mask_shows_four_characters_of_a_long_text_and_none_of_a_short_one() {
        assert_eq!(mask("kgt8ON7yVITDhtdwci0qe"), "kgt8…(21)");
        assert_eq!(mask("hunter2"), "…(7)");
    }

    #[test]
    fn a_fingerprint_is_the_start_of_the_sha256() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01");
    }

    #[test]
    fn an_empty_value_and_one_with_foreign_characters_are_not_tokens() {
        for text in
            ["", "undefined", "NULL", "None", "a b", "a\u{1b}[31m", "a\"", "a\n", "令牌", &"a".repeat(1_025)]
        {
            assert!(value_flaw(text).is_some(), "{text:?}");
        }
        for text in ["T-1_2.3", "HoagFKDcsGMVCIY2vOjf9t8", "a=b@c|d", &"a".repeat(1_024)] {
            assert!(value_flaw(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn an_echoed_secret_is_struck_out_in_every_form() {
        let secret = Secret::new("CANARY/se cret-0123456789");
        for echoed in [
            "CANARY/se cret-0123456789",
            "CANARY/se cret-01",
            "CANARY%2Fse%20cret-0123456789",
            "CANARY%2Fse+cret-0123456789",
            "Q0FOQVJZL3NlIGNyZXQtMDEyMzQ1Njc4OQ==",
            "43414e4152592f73652063726574",
        ] {
            let shown = redact(&format!("got [{echoed}]"), &[&secret]);
            assert!(shown.starts_with("got [(redacted)"), "{shown}");
            assert!(!shown.contains(&echoed[..12]), "{shown}");
        }
        assert_eq!(redact("nothing of it", &[&secret]), "nothing of it");
    }

    #[test]
    fn a_short_secret_is_struck_out_as_a_word() {
        let secret = Secret::new("a1b");
        assert_eq!(
            redact("token=a1b, \"a1b\" a1b a1bc xa1b_ a1ba1b令a1b", &[&secret]),
            "token=(redacted), \"(redacted)\" (redacted) a1bc xa1b_ a1ba1b令a1b"
        );
        assert_eq!(redact("a a", &[&Secret::new("a")]), "a a");
    }
}
