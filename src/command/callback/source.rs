//! The flags that name a callback: single values, a body, a whole logged request.
//!
//! In: the flags, and the files they name. Out: the [`Request`] of the use cases.

use std::path::Path;

use clap::ValueHint;

use crate::both;
use crate::command::args::input::read_text;
use crate::context::Context;
use crate::failure::Failure;
use crate::ops::callback::{INPUT_LIMIT, Request};

/// The flags that name a callback.
#[derive(Debug, clap::Args)]
pub(super) struct Source {
    /// A whole logged request: request line, URL, access-log line or a framework's dump (`-` is stdin)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    request: Option<String>,
    /// The body, XML or JSON (`-` is stdin)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    body: Option<String>,
    /// The receive id that the message has to have, instead of the profile's appid: a suite id, another corpid
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    receive_id: Option<String>,
    /// The query's timestamp
    #[arg(
        long,
        value_name = "S",
        allow_hyphen_values = true,
        help_heading = "Single values, without --request"
    )]
    timestamp: Option<String>,
    /// The query's nonce
    #[arg(
        long,
        value_name = "N",
        allow_hyphen_values = true,
        help_heading = "Single values, without --request"
    )]
    nonce: Option<String>,
    /// The query's signature, or msg_signature if something is encrypted
    #[arg(
        long,
        value_name = "G",
        allow_hyphen_values = true,
        help_heading = "Single values, without --request"
    )]
    signature: Option<String>,
    /// The Encrypt value of the body
    #[arg(long, value_name = "E", allow_hyphen_values = true, conflicts_with_all = ["echostr", "body"], help_heading = "Single values, without --request")]
    encrypt: Option<String>,
    /// The echostr of a URL verification, also percent-encoded as in a log
    #[arg(
        long,
        value_name = "E",
        allow_hyphen_values = true,
        conflicts_with = "body",
        help_heading = "Single values, without --request"
    )]
    echostr: Option<String>,
}

impl Source {
    /// Whether no flag names a callback.
    fn is_empty(&self) -> bool {
        [
            &self.timestamp,
            &self.nonce,
            &self.signature,
            &self.encrypt,
            &self.echostr,
            &self.body,
            &self.request,
        ]
        .into_iter()
        .all(Option::is_none)
    }

    /// Reads the files and makes the request. Without any flag a piped stdin is read: a logged request,
    /// or a body.
    pub(super) fn request(&self, context: &Context) -> Result<Request, Failure> {
        if self.is_empty() && !context.env.terminal.stdin {
            let text = read_text(Path::new("-"), INPUT_LIMIT)?;
            let is_body = text.trim_start().starts_with(['<', '{']) && !text.contains("signature");
            let given = Some(text).filter(|text| !text.trim().is_empty());
            let (body, request) = if is_body { (given, None) } else { (None, given) };
            return Ok(Request { body, request, receive_id: self.receive_id.clone(), ..Request::default() });
        }
        if self.body.as_deref() == Some("-") && self.request.as_deref() == Some("-") {
            return Err(Failure::usage(both!(
                "stdin 只能是请求体或整条请求之一",
                "stdin can be the body or the request, not both"
            ))
            .hint(both!("把其中一个放进文件", "put one of them into a file")));
        }
        let text = |name: &Option<String>| {
            name.as_ref().map(|name| read_text(Path::new(name), INPUT_LIMIT)).transpose()
        };
        Ok(Request {
            timestamp: self.timestamp.clone(),
            nonce: self.nonce.clone(),
            signature: self.signature.clone(),
            encrypt: self.encrypt.clone(),
            echostr: self.echostr.clone(),
            body: text(&self.body)?,
            request: text(&self.request)?,
            receive_id: self.receive_id.clone(),
            ..Request::default()
        })
    }
}
