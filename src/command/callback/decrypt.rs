//! `wecheck callback decrypt`: the message inside a callback.
//!
//! In: an Encrypt value, a body or a logged request. Out: the report of the use case, for a person.

use std::io::{self, Write};

use colored::Colorize;

use super::human;
use super::source::Source;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::decrypt::{self, SignatureState};
use crate::output::{Report, safe, safe_lines};

/// Decrypt what is encrypted in a callback
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback decrypt --request request.log
  wecheck callback decrypt --body body.xml --json
  pbpaste | wecheck callback decrypt

Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    context.out.show(&decrypt::run(&args.source.request(context)?, context)?)
}

impl Report for decrypt::Report {
    fn ok(&self) -> bool {
        self.valid
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if !self.valid {
            let head = if self.signature == SignatureState::Differs {
                lang.pick("签名不成立，没有解密", "the signature does not hold, so nothing was decrypted")
            } else if self.message.is_none() {
                lang.pick("解不开", "it does not decrypt")
            } else if self.refused {
                lang.pick(
                    "解开了，但里面的 XML 不可信",
                    "it decrypts, but the XML inside is not to be trusted",
                )
            } else {
                lang.pick("解开了，但不是发给这个应用的", "it decrypts, but it is for another app")
            };
            writeln!(out, "{}", head.red().bold())?;
            return human::write_wrong(
                out,
                &self.examined.checks,
                &self.mistakes,
                &self.warnings,
                self.examined.search.as_ref(),
                lang,
            );
        }
        let checked = match self.signature {
            SignatureState::NotChecked => lang.pick("没有验证", "not checked"),
            _ => lang.pick("成立", "holds"),
        };
        writeln!(out, "{:<10} {checked}", lang.pick("签名", "signature"))?;
        writeln!(out, "{:<10} {}", "receive_id", safe(self.receive_id.as_deref().unwrap_or_default()))?;
        human::write_warnings(out, &self.warnings, lang)?;
        writeln!(out, "\n{}", safe_lines(self.message.as_deref().unwrap_or_default()))
    }
}
