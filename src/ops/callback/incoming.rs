//! Where the values of a callback come from: single values, a body, a whole logged request.
//!
//! In: a [`Request`], whose single values win over the texts. Out: an [`Incoming`]: each value once,
//! the encrypted one percent-decoded, and which signature covers what.

use super::Request;
use crate::both;
use crate::callback::request::LoggedAnswer;
use crate::callback::{body, is_encrypted_shape, request};
use crate::failure::Failure;
use crate::platform::Platform;

/// An encrypted value: the Encrypt of a body or an echostr.
#[derive(Debug)]
pub(super) struct Encrypted {
    /// Percent-decoded.
    pub(super) text: String,
    /// As it was given, when it was percent-encoded.
    pub(super) encoded: Option<String>,
    /// `encrypt` or `echostr`.
    pub(super) name: &'static str,
}

/// The values of one callback.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) timestamp: Option<String>,
    pub(super) nonce: Option<String>,
    /// The plain signature.
    pub(super) signature: Option<String>,
    /// The one that covers the encrypted value.
    pub(super) msg_signature: Option<String>,
    pub(super) encrypted: Option<Encrypted>,
    /// An echostr in clear, as mp sends it.
    pub(super) clear_echostr: Option<String>,
    pub(super) body: Option<String>,
    /// What the server answered, according to the log.
    pub(super) answer: Option<LoggedAnswer>,
    /// The path that was called, according to the log.
    pub(super) path: Option<String>,
}

impl Request {
    /// Refuses a request that names nothing, before anything is read.
    pub(super) fn require_any(&self, example: &str) -> Result<(), Failure> {
        let values = [&self.timestamp, &self.nonce, &self.signature, &self.encrypt, &self.echostr];
        if values.into_iter().chain([&self.body, &self.request]).any(Option::is_some) {
            return Ok(());
        }
        Err(Failure::usage(both!("没有给出回调", "no callback is given")).hint(example))
    }

    /// Reads everything, of the first request that a text has. `platform` as the profile says it: work
    /// encrypts every echostr.
    pub(super) fn incoming(&self, platform: Option<Platform>) -> Result<Incoming, Failure> {
        let logged = self.logged()?.into_iter().next().unwrap_or_default();
        self.with_logged(logged.request, platform)
    }

    /// Every request that the text has, each with its line.
    pub(super) fn logged(&self) -> Result<Vec<request::Found>, Failure> {
        let Some(text) = &self.request else { return Ok(vec![request::Found::default()]) };
        request::read_all(text).map_err(|_| {
            Failure::usage(both!(
                "这段文本里没有回调请求：没有哪一行带 signature、timestamp、nonce",
                "the text is not a logged callback: no line has signature, timestamp and nonce"
            ))
            .hint(both!(
                "像日志里那样开头：GET /callback?msg_signature=…&timestamp=…&nonce=… HTTP/1.1",
                "it starts as in a log: GET /callback?msg_signature=…&timestamp=…&nonce=… HTTP/1.1"
            ))
        })
    }

    /// The values given one by one, and those of a logged request.
    pub(super) fn with_logged(
        &self,
        logged: request::Request,
        platform: Option<Platform>,
    ) -> Result<Incoming, Failure> {
        let body = self.body.clone().or(logged.body);
        let parsed = match &body {
            Some(text) => body::read(text).map_err(|error| {
                let zh = error.zh();
                Failure::usage(both!("{zh}", "{error}")).hint(both!(
                    "原样给出收到的请求体，或者用 --encrypt 给出 Encrypt 的值",
                    "give the body as it was received, or --encrypt with the Encrypt value"
                ))
            })?,
            None => body::Body::default(),
        };
        let echostr = self.echostr.clone().or(logged.echostr);
        let (encrypted, clear_echostr) = if let Some(text) = &self.encrypt {
            (Some(unescape(text, "encrypt")?), None)
        } else if let Some(text) = parsed.encrypt {
            (Some(Encrypted { text, encoded: None, name: "encrypt" }), None)
        } else if let Some(text) = echostr {
            let echostr = unescape(&text, "echostr")?;
            // A lost `+` must not make an encrypted echostr look like a clear one. A plain signature
            // beside a number is mp's, whatever the profile says.
            let is_encrypted = logged.msg_signature.is_some()
                || (platform == Some(Platform::Work) && logged.signature.is_none())
                || is_encrypted_shape(&echostr.text.replace(' ', "+"));
            if is_encrypted { (Some(echostr), None) } else { (None, Some(echostr.text)) }
        } else {
            (None, None)
        };
        let (mut signature, mut msg_signature) = (logged.signature, logged.msg_signature);
        if let Some(given) = &self.signature {
            let place = if encrypted.is_some() { &mut msg_signature } else { &mut signature };
            *place = Some(given.clone());
        }
        if encrypted.is_some() && msg_signature.is_none() {
            msg_signature = parsed.msg_signature;
        }
        Ok(Incoming {
            timestamp: self.timestamp.clone().or(logged.timestamp).or(parsed.timestamp),
            nonce: self.nonce.clone().or(logged.nonce).or(parsed.nonce),
            signature,
            msg_signature,
            encrypted,
            clear_echostr,
            body,
            answer: logged.answer,
            path: logged.path,
        })
    }
}

/// A value as pasted: percent-escapes are undone, twice when a log escaped it again. Base64 never
/// has a `%`.
fn unescape(text: &str, name: &'static str) -> Result<Encrypted, Failure> {
    let mut decoded = text.to_owned();
    for _ in 0..2 {
        if decoded.contains('%') {
            decoded = request::percent_decoded(&decoded).ok_or_else(|| {
                Failure::usage(both!(
                    "{name} 做 URL 解码后不是 UTF-8",
                    "the {name} is not UTF-8 after percent-decoding"
                ))
                .hint(both!("从日志里重新复制", "copy it from the log again"))
            })?;
        }
    }
    let encoded = (decoded != text).then(|| text.to_owned());
    Ok(Encrypted { text: decoded, encoded, name })
}
