//! `wecheck callback probe`: calls a receiver as WeChat would, and says what is wrong.
//!
//! In: an address, the kind, the profile's token and key. Out: the report of the use case, the
//! likeliest cause first; exit 4 when the receiver was not reached.

use std::io::{self, Write};

use colored::Colorize;

use super::party;
use crate::both;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::{kind_of, probe};
use crate::output::{Report, safe, shortened};
use crate::say;

/// Call your endpoint as WeChat would, and say what is wrong with its answers
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback probe http://localhost:8080/wx
  wecheck callback probe http://localhost:8080/bot --kind bot
  wecheck callback probe https://example.com/wx --get-only

Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.
Exit 0: it passes; 1: it does not; 4: it was not reached.")]
pub(super) struct Args {
    /// The address of your endpoint
    #[arg(value_name = "URL")]
    url: String,
    /// mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: what the profile shows]
    #[arg(long, value_name = "KIND", value_parser = party::kind)]
    kind: Option<Receiver>,
    /// The receive id, instead of the profile's
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    receive_id: Option<String>,
    /// The verification alone; no message is sent
    #[arg(long)]
    get_only: bool,
    /// Do not ask before an address off this machine is called
    #[arg(long)]
    yes: bool,
    /// Play the release check of a third-party platform
    #[arg(long, help_heading = "Release check")]
    release_check: bool,
    /// Where a stand-in of the API waits for the follow-up call of the release check
    #[arg(long, value_name = "HOST:PORT", requires = "release_check", help_heading = "Release check")]
    api_listen: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let request = probe::Request {
        url: args.url.clone(),
        kind: args.kind,
        receive_id: args.receive_id.clone(),
        get_only: args.get_only,
        release_check: args.release_check,
        api_listen: args.api_listen.clone(),
    };
    probe::target(&args.url)?;
    let kind = args.kind.or_else(|| context.profile().ok().map(|profile| kind_of(&profile)));
    let ticket = kind.and_then(party::kept_of).filter(|_| !args.release_check);
    party::permit(&args.url, !args.get_only, args.yes, ticket, context)?;
    let report = probe::run(&request, context)?;
    let unreachable = report.unreachable;
    let passed = context.out.show(&report)?;
    if unreachable {
        return Err(Failure::network(both!("没有连上", "not reached")).already_reported());
    }
    Ok(passed)
}

impl Report for probe::Report {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)?;
        let failed = self.checks.iter().find(|check| check.status == "fail");
        let Some(check) = failed.or_else(|| self.checks.iter().find(|check| check.status == "warn")) else {
            return Ok(());
        };
        writeln!(out, "{}  {}", check.id.yellow().bold(), safe(&check.title).bold())?;
        match &check.fix {
            Some(fix) => {
                writeln!(out, "      {}{}", lang.pick("处理：", "fix: "), safe(&shortened(fix, 600)))
            }
            None => Ok(()),
        }
    }

    fn ok(&self) -> bool {
        self.verdict == "pass"
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)?;
        for check in &self.checks {
            let mark = party::mark(check.status, lang);
            let counts = matches!(check.status, "fail" | "warn");
            if !counts {
                writeln!(out, "{mark}  {}", safe(&check.title))?;
                if check.status != "pass" {
                    writeln!(out, "      {}", safe(&shortened(&check.message, 600)).dimmed())?;
                }
                continue;
            }
            writeln!(out, "\n{mark}  {}  {}", check.id.yellow().bold(), safe(&check.title).bold())?;
            writeln!(out, "      {}", safe(&shortened(&check.message, 600)))?;
            if let Some(fix) = &check.fix {
                writeln!(out, "      {}{}", lang.pick("处理：", "fix: "), safe(&shortened(fix, 600)))?;
            }
            if let Some(answer) = &check.answer {
                let label = lang.pick("应答：", "answer: ");
                writeln!(out, "      {}", format!("{label}{}", safe(&shortened(answer, 160))).dimmed())?;
            }
        }
        let slowest = self.checks.iter().filter_map(|check| check.measured["elapsed_ms"].as_u64()).max();
        if let Some(slowest) = slowest {
            let line = say!(lang, "最慢的应答：{slowest} 毫秒", "slowest answer: {slowest} ms");
            writeln!(out, "\n{}", line.dimmed())?;
        }
        Ok(())
    }
}

impl probe::Report {
    fn headline(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let (url, kind) = (safe(&self.url), self.kind);
        let head = if self.ok() {
            let warned = self.checks.iter().any(|check| check.status == "warn");
            if warned {
                say!(lang, "通过，但有警告：{url}（{kind}）", "passed with warnings: {url} ({kind})")
                    .yellow()
                    .bold()
            } else {
                say!(lang, "通过：{url}（{kind}）", "passed: {url} ({kind})").green().bold()
            }
        } else if self.unreachable {
            say!(lang, "没有连上：{url}（{kind}）", "not reached: {url} ({kind})").red().bold()
        } else {
            say!(lang, "没有通过：{url}（{kind}）", "failed: {url} ({kind})").red().bold()
        };
        writeln!(out, "{head}")
    }
}
