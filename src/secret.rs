//! The one type that holds a secret, so that the compiler finds every place that could show one.
//!
//! In: an app secret, token, ticket, key or password. Out: nothing, except through
//! [`Secret::reveal`], whose call sites are few and can be read. No `Display`, no `Serialize`;
//! `Debug` prints `(redacted)`; the memory is wiped on drop.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

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

    /// Its first 4 characters, `…` and its length, for output that has to name it (product.md 1).
    pub fn masked(&self) -> String {
        mask(&self.0)
    }

    /// The first 12 hex digits of its SHA-256: tells two values apart without showing either.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0)
    }
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
}
