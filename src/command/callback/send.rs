//! `wecheck callback send`: a sample message or event, or one of your own, sent as WeChat would.
//!
//! In: a name (or `-`), an address, changes. Out: the answer, decrypted and judged; with `--list` the
//! samples, with `--print curl` the command.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use colored::Colorize;

use super::party;
use crate::both;
use crate::callback::receiver::Receiver;
use crate::command::args::input::read_text;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::{INPUT_LIMIT, probe, send};
use crate::output::{Report, safe, safe_lines, shortened};

/// Send a sample message or event to your endpoint, and judge its answer
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback send --list
  wecheck callback send text --to http://localhost:8080/wx --set Content=hi
  wecheck callback send subscribe --to http://localhost:8080/wx --kind mp
  wecheck callback send - --to http://localhost:8080/wx < message.xml

Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    /// The name of a sample; `-` reads a message of your own from stdin
    #[arg(value_name = "EVENT", required_unless_present = "list", value_parser = EventNames, hide_possible_values = true)]
    event: Option<String>,
    /// The address of your endpoint
    #[arg(long, value_name = "URL", required_unless_present = "list")]
    to: Option<String>,
    /// Change a value, such as ScanCodeInfo.ScanResult=https://example.com (repeatable)
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: what the profile shows]
    #[arg(long, value_name = "KIND", value_parser = party::kind)]
    kind: Option<Receiver>,
    /// List the samples, all or those of --kind
    #[arg(long)]
    list: bool,
    /// Print the command that sends it instead of sending
    #[arg(long, value_enum, value_name = "COMMAND")]
    print: Option<Command>,
    /// Do not ask before an address off this machine is called
    #[arg(long)]
    yes: bool,
    /// FromUserName of the message
    #[arg(long, value_name = "ID", help_heading = "The message")]
    from_user: Option<String>,
    /// ToUserName of the message
    #[arg(long, value_name = "ID", help_heading = "The message")]
    to_user: Option<String>,
    /// The receive id, instead of the profile's
    #[arg(long, value_name = "ID", allow_hyphen_values = true, help_heading = "The message")]
    receive_id: Option<String>,
    /// Send it in clear, whatever the kind
    #[arg(long, help_heading = "The message")]
    plain: bool,
    /// Send it so many times
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "How often")]
    count: usize,
    /// The same message each time, as WeChat repeats one that was not answered
    #[arg(long, help_heading = "How often")]
    same_id: bool,
    /// So many at a time, up to 64
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "How often")]
    concurrency: usize,
}

/// Takes any text, and tells a shell's completion the names of the samples.
#[derive(Clone)]
struct EventNames;

impl TypedValueParser for EventNames {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names: BTreeSet<&str> = send::list(None).samples.iter().map(|sample| sample.name).collect();
        Some(Box::new(names.into_iter().map(PossibleValue::new)))
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Command {
    Curl,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (path, value) = text.split_once('=').ok_or("PATH=VALUE")?;
    Ok((path.to_owned(), value.to_owned()))
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    if args.list {
        return context.out.show(&send::list(args.kind));
    }
    let to = args.to.clone().unwrap_or_default();
    probe::target(&to)?;
    if args.print.is_none() {
        let event = args.event.as_deref();
        let ticket = event.filter(|event| matches!(*event, "suite_ticket" | "component_verify_ticket"));
        party::permit(&to, true, args.yes, ticket, context)?;
    }
    let own = args.event.as_deref() == Some("-");
    let message = own.then(|| read_text(Path::new("-"), INPUT_LIMIT)).transpose()?;
    let request = send::Request {
        event: args.event.clone().filter(|_| !own),
        message,
        to,
        kind: args.kind,
        receive_id: args.receive_id.clone(),
        set: args.set.clone(),
        from_user: args.from_user.clone(),
        to_user: args.to_user.clone(),
        plain: args.plain,
        count: args.count,
        same_id: args.same_id,
        concurrency: args.concurrency,
        print: args.print.is_some(),
    };
    let report = send::run(&request, context)?;
    for path in &report.added {
        let text = both!("样例里没有 `{path}`，已加上", "the sample had no `{path}`; it was added");
        context.out.note(text.get(context.lang));
    }
    let unreachable = report.unreachable;
    let right = context.out.show(&report)?;
    if unreachable {
        return Err(Failure::network(both!("没有连上", "not reached")).already_reported());
    }
    Ok(right)
}

impl Report for send::List {
    fn human(&self, out: &mut dyn Write, _: Lang) -> io::Result<()> {
        let width = self.samples.iter().map(|sample| sample.name.len()).max().unwrap_or(0);
        for sample in &self.samples {
            writeln!(out, "{:<width$}  {:<10}  {}", sample.name, sample.kind, sample.format)?;
        }
        Ok(())
    }
}

impl Report for send::Report {
    fn ok(&self) -> bool {
        self.verdict != Some("fail")
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if let Some(command) = &self.command {
            return writeln!(out, "{}", safe_lines(command));
        }
        if self.sent > 1 {
            writeln!(out, "{}", send::summary(self, lang))?;
        }
        // The first answer, and the first that is wrong.
        let first = self.answers.first();
        let wrong =
            self.answers.iter().skip(1).find(|answer| !answer.ok).filter(|_| first.is_some_and(|one| one.ok));
        for answer in first.into_iter().chain(wrong) {
            let head = match (answer.status, answer.elapsed_ms) {
                (Some(status), Some(elapsed)) => format!("{status}  {elapsed} ms"),
                _ => lang.pick("没有应答", "no answer").to_owned(),
            };
            let head = if answer.ok { head.green().bold() } else { head.red().bold() };
            writeln!(out, "{head}")?;
            let text = answer.reply.as_ref().or(answer.body.as_ref()).map(String::as_str).unwrap_or_default();
            if text.is_empty() {
                writeln!(out, "{}", lang.pick("（空应答）", "(empty answer)").dimmed())?;
            } else {
                writeln!(out, "{}", safe_lines(&shortened(text, 4_000)))?;
            }
            for finding in &answer.findings {
                let mark = party::mark(finding.status, lang);
                writeln!(out, "\n{mark}  {}  {}", finding.id.yellow().bold(), safe(&finding.title).bold())?;
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
