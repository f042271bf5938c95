//! `wecheck callback verify`: is this callback signed with our token, and if not, why.
//!
//! In: the values of a callback. Out: a [`Verified`]. The EncodingAESKey is not needed; where the
//! profile has one, what is sealed is opened too and its receive id compared.

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use super::examine::{self, Check, Credentials, Examined, SearchReport, Warning};
use super::source::Source;
use crate::callback::Kind;
use crate::callback::mistake::Mistake;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};

/// Say whether a callback is signed with your token, and if not, which mistake was made
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback verify --request request.log
  wecheck callback verify --timestamp 1409304348 --nonce xxxxxx --signature 5c45… --body body.xml
Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

#[derive(Serialize)]
struct Verified<'a> {
    valid: bool,
    kind: Kind,
    computed_signature: &'a str,
    given_signature: &'a str,
    /// Both, where a request carries both.
    signatures: &'a [Check],
    mistakes: &'a [Mistake],
    warnings: &'a [Warning],
    /// Of the opened message, where there is a key.
    receive_id: Option<&'a str>,
    search: Option<&'a SearchReport>,
    #[serde(skip)]
    examined: &'a Examined,
    #[serde(skip)]
    sealed: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    args.source.require_any("wecheck callback verify --request FILE")?;
    let profile = context.profile()?;
    let token = profile.require_callback_token(&context.env)?;
    let (incoming, key) = examine::read_with_key(&args.source, &profile, context)?;
    let receive_id = args.source.receive_id.clone().or_else(|| profile.app_id.clone());
    let credentials = Credentials { profile: &profile, token: Some(token), key, receive_id };
    let examined = examine::examine(&incoming, &credentials, context)?;
    let Some(first) = examined.checks.first() else {
        return Err(Failure::usage("the signature is missing")
            .hint("give --signature, or --request with the whole request"));
    };
    context.out.show(&Verified {
        valid: examined.valid(),
        kind: first.kind,
        computed_signature: &first.computed,
        given_signature: &first.given,
        signatures: &examined.checks,
        mistakes: &examined.mistakes,
        warnings: &examined.warnings,
        receive_id: examined.opened.as_ref().map(|opened| opened.receive_id.as_str()),
        search: examined.search.as_ref(),
        examined: &examined,
        sealed: incoming.sealed.is_some(),
    })
}

impl Report for Verified<'_> {
    fn ok(&self) -> bool {
        self.valid
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let signatures_hold = self.signatures.iter().all(|check| check.valid);
        if !self.valid {
            let head = if signatures_hold {
                lang.pick("签名成立，但消息不对", "the signature holds, but the message is wrong")
            } else {
                lang.pick("签名不成立", "the signature does not hold")
            };
            writeln!(out, "{}", head.red().bold())?;
            return examine::write_wrong(out, self.examined, lang);
        }
        writeln!(out, "{}", lang.pick("签名成立", "the signature holds").green().bold())?;
        for check in self.signatures {
            writeln!(out, "  {:<14} {}", check.kind.parameter(), check.computed)?;
        }
        match (self.receive_id, &self.examined.expected_receive_id) {
            (Some(id), Some(_)) => {
                writeln!(out, "  {:<14} {} ({})", "receive_id", safe(id), lang.pick("一致", "as expected"))?;
            }
            (Some(id), None) => {
                let why =
                    lang.pick("没有比对：profile 里没有 appid", "not compared: the profile has no appid");
                writeln!(out, "  {:<14} {} ({why})", "receive_id", safe(id))?;
            }
            (None, _) if self.sealed => {
                let why = lang.pick(
                    "没有解密：profile 里没有 encoding_aes_key，receive_id 也就没有比对",
                    "not opened, and the receive id not compared: the profile has no encoding_aes_key",
                );
                writeln!(out, "  {why}")?;
            }
            (None, _) => {}
        }
        examine::write_warnings(out, self.warnings, lang)
    }
}
