//! What WeChat sends to a developer's server: is it signed with our token, what is inside, and if
//! not, which mistake was made.
//!
//! In: the values of a request as text, the token and the EncodingAESKey. Out: a signature to
//! compare ([`signature`], [`same`]), a decrypted or an encrypted message ([`AesKey`]), the fields of a
//! body ([`body`]), the parts of a logged request ([`request`]) and the mistakes that explain a
//! signature that differs ([`mistake`]); and the other way round, a call as WeChat makes it ([`call`])
//! of a sample ([`sample`]) to a kind of receiver ([`receiver`]), and its answer judged ([`answer`],
//! [`fault`]). Nothing here prints or holds a token longer than needed.

pub mod answer;
pub mod body;
pub mod call;
mod envelope;
pub mod fault;
pub mod mistake;
pub mod receiver;
pub mod request;
pub mod sample;

pub use envelope::{AesKey, DecryptError, Decrypted, KeyError, is_encrypted_shape};

use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::secret::Secret;
use crate::signature::sha1_hex;

/// Which values a callback signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `signature`: token, timestamp, nonce (mp).
    Plain,
    /// `msg_signature`: those three and the Encrypt value or the echostr (work, and mp in safe mode).
    MsgSignature,
}

impl Kind {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::MsgSignature => "msg_signature",
        }
    }

    /// The query parameter that carries it.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Plain => "signature",
            Self::MsgSignature => "msg_signature",
        }
    }
}

/// The values that are signed, besides the token, as they are before signing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// timestamp, as text: it is hashed as written.
    pub timestamp: String,
    /// nonce.
    pub nonce: String,
    /// The Encrypt value or the echostr, percent-decoded; `None` in a plain signature.
    pub encrypt: Option<String>,
}

impl Signed {
    /// The kind that these values make.
    pub fn kind(&self) -> Kind {
        if self.encrypt.is_some() { Kind::MsgSignature } else { Kind::Plain }
    }
}

/// The signature: the values sorted by bytes, joined with nothing, SHA-1, lower-case hex.
pub fn signature(token: &Secret, signed: &Signed) -> String {
    let mut values = vec![token.reveal(), &signed.timestamp, &signed.nonce];
    values.extend(signed.encrypt.as_deref());
    values.sort_unstable();
    sha1_hex(&values.concat())
}

/// Whether two signatures are the same, in a time that does not reveal where they differ.
pub fn same(computed: &str, given: &str) -> bool {
    computed.as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_values_does_not_matter_and_bytes_decide() {
        let signed = |timestamp: &str, nonce: &str| Signed {
            timestamp: timestamp.into(),
            nonce: nonce.into(),
            encrypt: None,
        };
        let token = Secret::new("b");
        assert_eq!(signature(&token, &signed("a", "c")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(signature(&token, &signed("c", "a")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(signature(&Secret::new("a"), &signed("B", "10")), sha1_hex("10Ba"));
    }

    #[test]
    fn letter_case_and_length_count() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "ABC"));
        assert!(!same("abc", "ab"));
        assert!(!same("abc", ""));
    }

    #[test]
    fn each_kind_has_its_parameter_and_covers_its_values() {
        for (kind, name, parameter) in
            [(Kind::Plain, "plain", "signature"), (Kind::MsgSignature, "msg_signature", "msg_signature")]
        {
            assert_eq!((kind.name(), kind.parameter()), (name, parameter));
        }
        let plain = Signed { timestamp: "1".into(), nonce: "2".into(), encrypt: None };
        assert_eq!(plain.kind(), Kind::Plain);
        assert_eq!(Signed { encrypt: Some(String::new()), ..plain }.kind(), Kind::MsgSignature);
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"));
    }
}
