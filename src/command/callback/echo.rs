//! `wecheck callback echo`: the answer to a URL verification.
//!
//! In: the GET request that WeChat sends when a callback URL is saved. Out: what the server has to
//! answer, and nothing else.

use std::io::{self, Write};

use colored::Colorize;

use super::human;
use super::source::Source;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::echo;
use crate::output::{Report, safe};

/// Answer a URL verification: print what the server has to send back
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback echo --request request.log
  wecheck callback echo --echostr E --timestamp S --nonce N --signature G
  pbpaste | wecheck callback echo

Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    context.out.show(&echo::run(&args.source.request(context)?, context)?)
}

impl Report for echo::Report {
    fn ok(&self) -> bool {
        self.valid
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if let Some(answer) = &self.echostr {
            return writeln!(out, "{}", safe(answer));
        }
        let head = lang.pick("不能回复这个 URL 验证", "this URL verification must not be answered");
        writeln!(out, "{}", head.red().bold())?;
        human::write_wrong(
            out,
            &self.examined.checks,
            &self.mistakes,
            &self.warnings,
            self.examined.search.as_ref(),
            lang,
        )
    }
}
