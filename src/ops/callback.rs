//! Use cases of callbacks: what WeChat sends to a developer's server.
//!
//! In: a [`Request`] (verify, decrypt, echo) or an [`encrypt::Request`], and the run's context, whose
//! profile holds token and key. Out: one report a use case, for any face to show.

pub mod decrypt;
pub mod echo;
pub mod encrypt;
mod examine;
pub mod history;
mod incoming;
pub mod listen;
mod logged;
mod party;
pub mod probe;
pub mod send;
mod several;
pub mod verify;

use serde::Deserialize;

pub use crate::callback::mistake::Mistake;
pub use examine::{Check, SearchReport, Warning};
pub use party::kind_of;

use crate::both;
use crate::callback::AesKey;
use crate::config::{Profile, Source};
use crate::context::Context;
use crate::failure::Failure;
use crate::platform::Platform;
use crate::secret::Secret;

/// The most that is read of a file or of stdin, in bytes: WeChat's bodies have a few thousand.
pub const INPUT_LIMIT: u64 = 4 * 1024 * 1024;

/// One callback: its values, or texts that hold them. Single values win over texts. Fields are named
/// as the long flags.
#[expect(clippy::struct_field_names, reason = "the names are those of the flags and of JSON")]
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Request {
    /// The query's timestamp.
    pub timestamp: Option<String>,
    /// The query's nonce.
    pub nonce: Option<String>,
    /// The query's signature, or msg_signature when something is encrypted.
    #[serde(alias = "msg_signature")]
    pub signature: Option<String>,
    /// The Encrypt value of a body.
    pub encrypt: Option<String>,
    /// The echostr of a URL verification.
    pub echostr: Option<String>,
    /// The text of a body, XML or JSON.
    pub body: Option<String>,
    /// The text of a logged request.
    #[serde(alias = "from")]
    pub request: Option<String>,
    /// The receive id that the message has to have, instead of the profile's appid.
    #[serde(alias = "receive-id")]
    pub receive_id: Option<String>,
    /// The platform, instead of the profile's.
    pub platform: Option<Platform>,
    /// The token, for a face that has no profile.
    #[serde(deserialize_with = "secret")]
    pub callback_token: Option<Secret>,
    /// The EncodingAESKey, for a face that has no profile.
    #[serde(deserialize_with = "secret")]
    pub encoding_aes_key: Option<Secret>,
}

/// The name of the profile that a request with a token or key of its own makes.
const OWN_PROFILE: &str = "request";

impl Request {
    /// The profile to examine with: the run's, or one of the request's own token and key.
    fn profile(&self, context: &Context) -> Result<Profile, Failure> {
        if self.callback_token.is_none() && self.encoding_aes_key.is_none() {
            let mut profile = context.callback_profile()?;
            profile.platform = self.platform.or(profile.platform);
            return Ok(profile);
        }
        Ok(Profile {
            name: OWN_PROFILE.to_owned(),
            platform: self.platform,
            callback_token: self.callback_token.clone().map(Source::Plain),
            encoding_aes_key: self.encoding_aes_key.clone().map(Source::Plain),
            ..Profile::default()
        })
    }
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}

/// Reads the EncodingAESKey; a bad one is a configuration error, reported by position.
pub fn read_key(profile: &Profile, context: &Context) -> Result<(Secret, AesKey), Failure> {
    let text = profile.require_encoding_aes_key(&context.env)?;
    let key = AesKey::read(&text).map_err(|error| {
        let (name, zh) = (&profile.name, error.zh());
        // Of what was entered there is no profile to look at.
        if name == OWN_PROFILE {
            return Failure::config(both!("{zh}", "{error}")).hint(both!(
                "从微信后台重新复制 43 个字符",
                "copy the 43 characters from WeChat's console again"
            ));
        }
        Failure::config(both!("{zh}（profile `{name}`）", "{error} (profile `{name}`)")).hint(both!(
            "从微信后台重新复制 43 个字符，再运行：wecheck config check",
            "copy the 43 characters from WeChat's console again, then: wecheck config check"
        ))
    })?;
    Ok((text, key))
}
