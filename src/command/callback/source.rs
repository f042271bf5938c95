//! Where the values of a callback come from: flags, a body, a whole logged request.
//!
//! In: the flags, which win, and the texts they name. Out: an [`Incoming`]: each value once, the
//! sealed one percent-decoded, and which signature covers what.

use std::path::Path;

use crate::callback::{body, is_sealed_shape, request};
use crate::command::args::input::read_text;
use crate::failure::Failure;
use crate::platform::Platform;

/// The most that is read of a file or of stdin, in bytes: WeChat's bodies have a few thousand.
pub(super) const INPUT_LIMIT: u64 = 4 * 1024 * 1024;

/// The flags that name a callback.
#[derive(Debug, clap::Args)]
pub(super) struct Source {
    /// The query's timestamp
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub(super) timestamp: Option<String>,
    /// The query's nonce
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(super) nonce: Option<String>,
    /// The query's signature, or msg_signature where something is encrypted
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    pub(super) signature: Option<String>,
    /// The Encrypt value of the body
    #[arg(long, value_name = "E", allow_hyphen_values = true, conflicts_with_all = ["echostr", "body"])]
    pub(super) encrypt: Option<String>,
    /// The echostr of a URL verification, also percent-encoded as in a log
    #[arg(long, value_name = "E", allow_hyphen_values = true, conflicts_with = "body")]
    pub(super) echostr: Option<String>,
    /// The body, XML or JSON (`-` is stdin)
    #[arg(long, value_name = "FILE")]
    pub(super) body: Option<String>,
    /// A whole logged request: request line, URL or access-log line, headers, body (`-` is stdin)
    #[arg(long, value_name = "FILE")]
    pub(super) request: Option<String>,
    /// Whom the message has to be for, instead of the profile's appid: a suite id, another corpid
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(super) receive_id: Option<String>,
}

/// A sealed value: the Encrypt of a body or an echostr.
#[derive(Debug)]
pub(super) struct Sealed {
    /// Percent-decoded.
    pub(super) text: String,
    /// As it stood, where it was percent-encoded.
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
    /// The one that covers the sealed value.
    pub(super) msg_signature: Option<String>,
    pub(super) sealed: Option<Sealed>,
    /// An echostr that stands in clear, as mp sends it.
    pub(super) clear_echostr: Option<String>,
    pub(super) body: Option<String>,
}

impl Source {
    /// Refuses flags that name nothing, before anything is read.
    pub(super) fn require_any(&self, example: &str) -> Result<(), Failure> {
        let given = [&self.timestamp, &self.nonce, &self.signature, &self.encrypt, &self.echostr, &self.body]
            .into_iter()
            .chain([&self.request])
            .any(Option::is_some);
        if !given {
            return Err(Failure::usage("no callback is given").hint(example));
        }
        if self.body.as_deref() == Some("-") && self.request.as_deref() == Some("-") {
            return Err(Failure::usage("stdin can be the body or the request, not both")
                .hint("put one of them into a file"));
        }
        Ok(())
    }

    /// Reads everything. `platform` as the profile says it: work seals every echostr.
    pub(super) fn read(&self, platform: Option<Platform>) -> Result<Incoming, Failure> {
        let logged = match &self.request {
            Some(name) => {
                let text = read_text(Path::new(name), INPUT_LIMIT)?;
                request::read(&text).map_err(|error| {
                    Failure::usage(format!("`{name}` is no logged callback: {error}")).hint(
                        "it starts as in a log: GET /callback?msg_signature=…&timestamp=…&nonce=… HTTP/1.1",
                    )
                })?
            }
            None => request::Request::default(),
        };
        let body = match &self.body {
            Some(name) => Some(read_text(Path::new(name), INPUT_LIMIT)?),
            None => logged.body,
        };
        let parsed = match &body {
            Some(text) => body::read(text).map_err(|error| {
                Failure::usage(error.to_string())
                    .hint("give the body as it was received, or --encrypt with the Encrypt value")
            })?,
            None => body::Body::default(),
        };
        let echostr = self.echostr.clone().or(logged.echostr);
        let (sealed, clear_echostr) = if let Some(text) = &self.encrypt {
            (Some(unescape(text, "encrypt")?), None)
        } else if let Some(text) = parsed.encrypt {
            (Some(Sealed { text, encoded: None, name: "encrypt" }), None)
        } else if let Some(text) = echostr {
            let echostr = unescape(&text, "echostr")?;
            // A lost `+` must not make a sealed echostr look like a clear one.
            let sealed = logged.msg_signature.is_some()
                || platform == Some(Platform::Work)
                || is_sealed_shape(&echostr.text.replace(' ', "+"));
            if sealed { (Some(echostr), None) } else { (None, Some(echostr.text)) }
        } else {
            (None, None)
        };
        let (mut signature, mut msg_signature) = (logged.signature, logged.msg_signature);
        if let Some(given) = &self.signature {
            let place = if sealed.is_some() { &mut msg_signature } else { &mut signature };
            *place = Some(given.clone());
        }
        if sealed.is_some() && msg_signature.is_none() {
            msg_signature = parsed.msg_signature;
        }
        Ok(Incoming {
            timestamp: self.timestamp.clone().or(logged.timestamp).or(parsed.timestamp),
            nonce: self.nonce.clone().or(logged.nonce).or(parsed.nonce),
            signature,
            msg_signature,
            sealed,
            clear_echostr,
            body,
        })
    }
}

/// A value as pasted: percent-escapes are undone, twice where a log escaped it once more. No base64
/// has a `%`.
fn unescape(text: &str, name: &'static str) -> Result<Sealed, Failure> {
    let mut decoded = text.to_owned();
    for _ in 0..2 {
        if decoded.contains('%') {
            decoded = request::percent_decoded(&decoded)
                .ok_or_else(|| Failure::usage(format!("the {name} is no UTF-8 after percent-decoding")))?;
        }
    }
    let encoded = (decoded != text).then(|| text.to_owned());
    Ok(Sealed { text: decoded, encoded, name })
}
