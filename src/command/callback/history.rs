//! `wecheck callback history` and `replay`: what a listener kept, and sending it again.
//!
//! In: ids. Out: the list, one request, or the answers of a replay.

use std::io::{self, Write};

use colored::Colorize;

use super::party;
use crate::both;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::{history, probe};
use crate::output::{Report, safe, safe_lines, shortened};
use crate::say;

/// List the requests that `callback listen` kept, or show one
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback history
  wecheck callback history 12
  wecheck callback history --json")]
pub(super) struct Args {
    /// The id of a request
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// The receive id that its message has to have
    #[arg(long, value_name = "ID", allow_hyphen_values = true, requires = "id")]
    receive_id: Option<String>,
}

/// Send kept requests again, as they came or signed for the present time
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback replay 12 --to http://localhost:8080/wx
  wecheck callback replay 12 13 --to http://localhost:8080/wx --resign
  wecheck callback replay 12 --to https://example.com/wx --kind work --yes")]
pub(super) struct ReplayArgs {
    /// The ids, in the order to send them
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// The address of your endpoint
    #[arg(long, value_name = "URL")]
    to: String,
    /// Sign again with the present time; without it every byte is as it came
    #[arg(long)]
    resign: bool,
    /// mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: as it was kept]
    #[arg(long, value_name = "KIND", value_parser = party::kind)]
    kind: Option<Receiver>,
    /// The receive id, instead of the profile's
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    receive_id: Option<String>,
    /// Do not ask before an address off this machine is called
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    match &args.id {
        Some(id) => context.out.show(&history::one(id, args.receive_id.as_deref(), context)?),
        None => context.out.show(&history::list(context)?),
    }
}

pub(super) fn replay(args: &ReplayArgs, context: &Context) -> Result<bool, Failure> {
    probe::target(&args.to)?;
    party::permit(&args.to, true, args.yes, None, context)?;
    let request = history::Replay {
        ids: args.ids.clone(),
        to: args.to.clone(),
        resign: args.resign,
        kind: args.kind,
        receive_id: args.receive_id.clone(),
    };
    let report = history::replay(&request, context)?;
    let unreachable = report.unreachable;
    let right = context.out.show(&report)?;
    if unreachable {
        return Err(Failure::network(both!("没有连上", "not reached")).already_reported());
    }
    Ok(right)
}

impl Report for history::List {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.requests.is_empty() {
            let text =
                lang.pick("还没有请求：wecheck callback listen", "no requests yet: wecheck callback listen");
            return writeln!(out, "{text}");
        }
        for one in &self.requests {
            let mark =
                if one.ok { lang.pick("正常", "ok").green() } else { lang.pick("异常", "NOT OK").red() };
            let (id, at, method, status, kind) = (&one.id, &one.at, safe(&one.method), one.status, &one.kind);
            writeln!(
                out,
                "{id:>5}  {at}  {method} {}  {kind}  {status}  {mark}",
                safe(&shortened(&one.path, 60))
            )?;
        }
        Ok(())
    }
}

impl Report for history::One {
    fn ok(&self) -> bool {
        self.receive_id_fits != Some(false)
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let entry = &self.entry;
        let (id, at, status, kind) = (&entry.id, &entry.at, entry.status, &entry.kind);
        writeln!(
            out,
            "{}",
            say!(lang, "#{id}  {at}  {kind}  应答 {status}", "#{id}  {at}  {kind}  answered {status}").bold()
        )?;
        for finding in &self.findings {
            writeln!(out, "  {}", safe(finding).yellow())?;
        }
        if let Some(id) = &self.receive_id {
            let fits = match self.receive_id_fits {
                Some(true) => lang.pick("（一致）", " (as expected)").normal(),
                Some(false) => lang.pick("（不是要的那个）", " (not the expected one)").red(),
                None => "".normal(),
            };
            writeln!(out, "  receive_id {}{fits}", safe(id))?;
        }
        writeln!(out, "\n{} {} HTTP/1.1", safe(&entry.method), safe(&self.target))?;
        for (name, value) in &self.headers {
            writeln!(out, "{}: {}", safe(name), safe(value))?;
        }
        if !self.body.is_empty() {
            writeln!(out, "\n{}", safe_lines(&self.body))?;
        }
        if let Some(message) = self.message.as_ref().filter(|message| **message != self.body) {
            writeln!(out, "\n{}\n{}", lang.pick("解密后：", "decrypted:"), safe_lines(message))?;
        }
        Ok(())
    }
}

impl Report for history::Replayed {
    fn ok(&self) -> bool {
        self.ok
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        for one in &self.requests {
            let answer = &one.answer;
            let head = match (answer.status, answer.elapsed_ms) {
                (Some(status), Some(elapsed)) => {
                    format!("#{} {}  {status}  {elapsed} ms", one.id, safe(&one.method))
                }
                _ => format!("#{} {}  {}", one.id, safe(&one.method), lang.pick("没有应答", "no answer")),
            };
            writeln!(out, "{}", if answer.ok { head.green().bold() } else { head.red().bold() })?;
            let text = answer.reply.as_ref().or(answer.body.as_ref()).map(String::as_str).unwrap_or_default();
            if !text.is_empty() {
                writeln!(out, "{}", safe_lines(&shortened(text, 4_000)))?;
            }
            for finding in &answer.findings {
                let mark = party::mark(finding.status, lang);
                writeln!(out, "{mark}  {}  {}", finding.id.yellow().bold(), safe(&finding.title).bold())?;
                writeln!(out, "      {}", safe(&shortened(&finding.message, 600)))?;
                writeln!(
                    out,
                    "      {}{}",
                    lang.pick("处理：", "fix: "),
                    safe(&shortened(&finding.fix, 600))
                )?;
            }
        }
        Ok(())
    }
}
