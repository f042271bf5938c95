//! `wecheck callback verify`: is this callback signed with our token, and if not, why.
//!
//! In: the values of a callback. Out: the report of the use case, for a person.

use std::io::{self, Write};

use colored::Colorize;

use super::human;
use super::source::Source;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::verify;
use crate::output::{Report, safe};
use crate::say;

/// Say whether a callback is signed with your token, and if not, which mistake was made
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback verify --request request.log
  wecheck callback verify --body - --timestamp S --nonce N --signature G
  pbpaste | wecheck callback verify

Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    context.out.show(&verify::run(&args.source.request(context)?, context)?)
}

impl Report for verify::Report {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)?;
        human::write_first(out, &self.mistakes, lang)
    }

    fn ok(&self) -> bool {
        self.valid
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)?;
        if !self.valid {
            return human::write_wrong(
                out,
                &self.signatures,
                &self.mistakes,
                &self.warnings,
                self.search.as_ref(),
                lang,
            );
        }
        for check in &self.signatures {
            writeln!(out, "  {:<14} {}", check.kind.parameter(), check.computed)?;
        }
        match (&self.receive_id, &self.expected_receive_id) {
            (Some(id), Some(_)) => {
                writeln!(out, "  {:<14} {} ({})", "receive_id", safe(id), lang.pick("一致", "as expected"))?;
            }
            (Some(id), None) => {
                let why = lang.pick("没有比对：配置里没有 appid", "not compared: the profile has no appid");
                writeln!(out, "  {:<14} {} ({why})", "receive_id", safe(id))?;
            }
            (None, _) if self.encrypted => {
                let why = lang.pick(
                    "没有解密：配置里没有 encoding_aes_key，receive_id 也就没有比对",
                    "not decrypted, and the receive id not compared: the profile has no encoding_aes_key",
                );
                writeln!(out, "  {why}")?;
            }
            (None, _) => {}
        }
        if let Some(answer) = &self.answer {
            let status = answer.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
            let head = match answer.line {
                Some(line) => say!(
                    lang,
                    "日志里的应答（第 {line} 行）：{status}",
                    "the answer in the log, line {line}: {status}"
                ),
                None => say!(lang, "日志里的应答：{status}", "the answer in the log: {status}"),
            };
            let head = if answer.ok { head.normal() } else { head.red().bold() };
            writeln!(out, "\n{head}")?;
            writeln!(out, "   {}", safe(&answer.message))?;
        }
        human::write_warnings(out, &self.warnings, lang)?;
        writeln!(out, "\n{}", lang.pick("接下来：", "next:"))?;
        for step in &self.next_steps {
            writeln!(out, "  [{}] {}", if step.status == "failed" { "!" } else { " " }, safe(&step.message))?;
        }
        Ok(())
    }
}

impl verify::Report {
    fn headline(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let head = if self.valid {
            lang.pick("签名成立", "the signature holds").green()
        } else if self.signatures.iter().all(|check| check.valid) {
            lang.pick("签名成立，但消息不对", "the signature holds, but the message is wrong").red()
        } else {
            lang.pick("签名不成立", "the signature does not hold").red()
        };
        writeln!(out, "{}", head.bold())?;
        if let Some(requests) = &self.requests {
            writeln!(out, "  {}", requests.message)?;
        }
        Ok(())
    }
}
