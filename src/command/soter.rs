//! `wecheck soter`: what a biometric result says.
//!
//! In: the object that requireSoterBiometricAuthentication or getSupportSoter gave, as the page
//! printed it. Out: `err_code` and the modes in words, the fields, and with a profile what the
//! platform's server says about the signature.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use colored::Colorize;

use super::args::input::{TEXT_LIMIT, read_text};
use crate::catalog::soter::field_text;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::soter::{Checked, Request};
use crate::output::{Report, safe, shortened};
use crate::{both, say};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck soter result.json
  wecheck soter result.json --challenge 6f1d2c
  wecheck soter result.json --challenge 6f1d2c --openid OPENID -p office")]
pub struct Args {
    /// The result as the page printed it, or - for stdin [default: -]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The challenge that your server gave
    #[arg(long)]
    challenge: Option<String>,
    /// Whose result it is: with a profile the platform's server checks the signature
    #[arg(long)]
    openid: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    if args.file.is_none() && context.env.terminal.stdin {
        return Err(Failure::usage(both!("没有要检查的结果", "there is no result to check"))
            .hint("wecheck soter result.json"));
    }
    let result = read_text(args.file.as_deref().unwrap_or(Path::new("-")), TEXT_LIMIT)?;
    let request = Request { result, challenge: args.challenge.clone(), openid: args.openid.clone() };
    context.out.show(&request.check(context)?)
}

impl Report for Checked {
    fn ok(&self) -> bool {
        self.ok
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let code = self.err_code.map(|code| format!("err_code {code}  ")).unwrap_or_default();
        let headline = format!("{code}{}", self.meaning);
        writeln!(out, "{}", if self.ok { headline.green().bold() } else { headline.red().bold() })?;
        if let Some(mode) = &self.support_mode {
            writeln!(out, "  {} {mode}", lang.pick("验证方式", "mode"))?;
        }
        for (name, value) in &self.fields {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let what = field_text(name).map_or("", |text| text.get(lang));
            writeln!(out, "  {} {}  {}", safe(name), shortened(&safe(&value), 120), what.dimmed())?;
        }
        match self.challenge_matches {
            Some(true) => {
                writeln!(
                    out,
                    "[x] {}",
                    lang.pick("challenge 与给出的相同", "the challenge is the one given")
                )?;
            }
            Some(false) => {
                let line = lang.pick(
                    "[ ] challenge 与给出的不同：结果是别的请求的，或被重放",
                    "[ ] the challenge is not the one given: another request's result, or a replay",
                );
                writeln!(out, "{}", line.red())?;
            }
            None => {
                let line = lang.pick(
                    "[ ] 没有比较 challenge：用 --challenge 给出",
                    "[ ] challenge not compared: give it with --challenge",
                );
                writeln!(out, "{line}")?;
            }
        }
        match (self.server, &self.not_asked) {
            (Some(server), _) if server.is_ok => {
                writeln!(
                    out,
                    "[x] {}",
                    lang.pick("微信服务器确认了签名", "WeChat's server confirms the signature")
                )?;
            }
            (Some(_), _) => {
                let line = lang
                    .pick("[ ] 微信服务器不认这个签名", "[ ] WeChat's server does not accept the signature");
                writeln!(out, "{}", line.red())?;
            }
            (None, Some(why)) => {
                writeln!(
                    out,
                    "{}",
                    say!(
                        lang,
                        "[ ] 没有请微信服务器校验签名：{why}",
                        "[ ] the signature was not checked by WeChat's server: {why}"
                    )
                )?;
            }
            (None, None) => {}
        }
        for (index, fix) in self.fixes.iter().enumerate() {
            writeln!(out, "  {}. {fix}", index + 1)?;
        }
        Ok(())
    }
}
