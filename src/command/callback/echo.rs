//! `wecheck callback echo`: the answer to a URL verification.
//!
//! In: the GET request that WeChat sends when a callback URL is saved. Out: what the server has to
//! answer, and nothing else: the opened echostr (work), or the echostr itself (mp). Where the
//! signature does not hold there is no answer, only the reasons.

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use super::examine::{self, Credentials, Examined, Warning};
use super::source::Source;
use crate::callback::mistake::Mistake;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};

/// Answer a URL verification: print what the server has to send back
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  wecheck callback echo --request request.log
Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

#[derive(Serialize)]
struct Echo<'a> {
    /// What the server has to answer; null where it must not.
    echostr: Option<&'a str>,
    receive_id: Option<&'a str>,
    valid: bool,
    mistakes: &'a [Mistake],
    warnings: &'a [Warning],
    #[serde(skip)]
    examined: &'a Examined,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    args.source.require_any("wecheck callback echo --request FILE")?;
    let profile = context.profile()?;
    let token = profile.require_callback_token(&context.env)?;
    let (incoming, key) = examine::read_with_key(&args.source, &profile, context)?;
    if incoming.sealed.is_some() && key.is_none() {
        // Says which variable or field is missing.
        profile.require_encoding_aes_key(&context.env)?;
    }
    if incoming.sealed.as_ref().is_some_and(|sealed| sealed.name != "echostr")
        || (incoming.sealed.is_none() && incoming.clear_echostr.is_none())
    {
        return Err(Failure::usage("there is no echostr: this is no URL verification")
            .hint("for a message: wecheck callback decrypt --request FILE"));
    }
    let receive_id = args.source.receive_id.clone().or_else(|| profile.app_id.clone());
    let credentials = Credentials { profile: &profile, token: Some(token), key, receive_id };
    let examined = examine::examine(&incoming, &credentials, context)?;
    if examined.checks.is_empty() {
        return Err(Failure::usage("the signature is missing")
            .hint("give --signature, or --request with the whole request"));
    }
    let opened = examined.opened.as_ref();
    let answer = opened.map(|opened| opened.message.as_str()).or(incoming.clear_echostr.as_deref());
    context.out.show(&Echo {
        echostr: answer.filter(|_| examined.valid()),
        receive_id: opened.map(|opened| opened.receive_id.as_str()),
        valid: examined.valid(),
        mistakes: &examined.mistakes,
        warnings: &examined.warnings,
        examined: &examined,
    })
}

impl Report for Echo<'_> {
    fn ok(&self) -> bool {
        self.valid
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if let Some(answer) = self.echostr {
            return writeln!(out, "{}", safe(answer));
        }
        let head = lang.pick("不能回复这个 URL 验证", "this URL verification must not be answered");
        writeln!(out, "{}", head.red().bold())?;
        examine::write_wrong(out, self.examined, lang)
    }
}
