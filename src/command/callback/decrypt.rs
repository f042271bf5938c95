//! `wecheck callback decrypt`: the message inside a callback.
//!
//! In: an Encrypt value, a body or a logged request. Out: a [`Decrypted`]. Where a signature and a
//! token are known, nothing is opened before the signature held.

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;
use serde_json::{Map, Value};

use super::examine::{self, Credentials, Examined, Warning};
use super::source::Source;
use crate::callback::body::{self, BodyError};
use crate::callback::mistake::Mistake;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe, safe_lines};

/// Open what is encrypted in a callback
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback decrypt --request request.log
  wecheck callback decrypt --body body.xml --json
Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

#[derive(Serialize)]
struct Decrypted<'a> {
    message: Option<&'a str>,
    receive_id: Option<&'a str>,
    /// The XML or JSON of the message; null where it is neither.
    fields: Option<Map<String, Value>>,
    valid: bool,
    signature: SignatureState,
    mistakes: &'a [Mistake],
    warnings: &'a [Warning],
    #[serde(skip)]
    examined: &'a Examined,
    /// Why the message is not taken apart, where that is no accident.
    #[serde(skip)]
    refused: bool,
}

/// What is known of the signature.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum SignatureState {
    Holds,
    Differs,
    NotChecked,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    args.source.require_any("wecheck callback decrypt --body FILE")?;
    let profile = context.profile()?;
    let key = examine::read_key(&profile, context)?;
    // A signature that was asked for by a flag needs the token; one in a log is checked where it can be.
    let token = if args.source.signature.is_some() || profile.callback_token.is_some() {
        Some(profile.require_callback_token(&context.env)?)
    } else {
        None
    };
    let incoming = args.source.read(profile.platform)?;
    if incoming.sealed.is_none() {
        let message = if incoming.clear_echostr.is_some() {
            "the echostr is not encrypted: it is the answer itself"
        } else {
            "nothing is encrypted here: there is no `Encrypt`"
        };
        return Err(Failure::usage(message).hint("for a plain callback: wecheck callback verify"));
    }
    let receive_id = args.source.receive_id.clone().or_else(|| profile.app_id.clone());
    let credentials = Credentials { profile: &profile, token, key: Some(key), receive_id };
    let mut examined = examine::examine(&incoming, &credentials, context)?;
    let (fields, refused) = match examined.opened.as_ref().map(|opened| body::fields(&opened.message)) {
        Some(Ok(fields)) => (Some(fields), false),
        Some(Err(error @ BodyError::Refused(_))) => {
            examined.mistakes.push(refused_message(&error, context.lang));
            (None, true)
        }
        Some(Err(_)) | None => (None, false),
    };
    let signature = if examined.checks.is_empty() {
        SignatureState::NotChecked
    } else if examined.checks.iter().all(|check| check.valid) {
        SignatureState::Holds
    } else {
        SignatureState::Differs
    };
    context.out.show(&Decrypted {
        message: examined.opened.as_ref().map(|opened| opened.message.as_str()),
        receive_id: examined.opened.as_ref().map(|opened| opened.receive_id.as_str()),
        fields,
        valid: examined.valid(),
        signature,
        mistakes: &examined.mistakes,
        warnings: &examined.warnings,
        examined: &examined,
        refused,
    })
}

fn refused_message(error: &BodyError, lang: Lang) -> Mistake {
    let reason = error.to_string();
    Mistake {
        id: "message-refused",
        field: "message",
        signed: None,
        actual: None,
        message: lang.pick("解密出的 XML 带有 DOCTYPE 或自定义实体，没有展开：", "the opened XML was not read: ").to_owned()
            + &reason,
        fix: lang
            .pick(
                "微信不会发送这样的消息；拒绝它，并确认服务器的 XML 解析器关闭了外部实体",
                "WeChat sends nothing like it: refuse it, and make sure that your server's XML parser has external entities switched off",
            )
            .to_owned(),
    }
}

impl Report for Decrypted<'_> {
    fn ok(&self) -> bool {
        self.valid
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if !self.valid {
            let head = if self.signature == SignatureState::Differs {
                lang.pick("签名不成立，没有解密", "the signature does not hold, so nothing was opened")
            } else if self.message.is_none() {
                lang.pick("解不开", "it does not open")
            } else if self.refused {
                lang.pick("解开了，但里面的 XML 不可信", "it opens, but the XML inside is not to be trusted")
            } else {
                lang.pick("解开了，但不是发给这个应用的", "it opens, but it is for somebody else")
            };
            writeln!(out, "{}", head.red().bold())?;
            return examine::write_wrong(out, self.examined, lang);
        }
        let checked = match self.signature {
            SignatureState::NotChecked => lang.pick("没有验证", "not checked"),
            _ => lang.pick("成立", "holds"),
        };
        writeln!(out, "{:<10} {checked}", lang.pick("签名", "signature"))?;
        writeln!(out, "{:<10} {}", "receive_id", safe(self.receive_id.unwrap_or_default()))?;
        examine::write_warnings(out, self.warnings, lang)?;
        writeln!(out, "\n{}", safe_lines(self.message.unwrap_or_default()))
    }
}
