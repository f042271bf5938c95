//! `wecheck callback listen`: stands in for your app, or in front of it.
//!
//! In: where to listen, where to forward. Out: a line a request until SIGTERM or Ctrl-C.

use std::io::{self, Write};

use colored::Colorize;

use super::party;
use crate::both;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::listen;
use crate::output::{document, safe, safe_lines, shortened};

/// Answer callbacks yourself, or pass them to your app, and see what comes
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback listen
  wecheck callback listen --forward http://localhost:8080/wx
  wecheck callback listen --kind bot -v

It takes any path, answers the verification by itself, and keeps the last 1,000 requests.
Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.
-v prints the messages.")]
pub(super) struct Args {
    /// mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: what the profile shows]
    #[arg(long, value_name = "KIND", value_parser = party::kind)]
    kind: Option<Receiver>,
    /// The receive id, instead of the profile's
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    receive_id: Option<String>,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8788")]
    listen: String,
    /// Pass requests to your app unchanged, and judge its answers
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let lang = context.lang;
    let out = context.out;
    let json = context.env.globals.json;
    let request = listen::Request {
        kind: args.kind,
        receive_id: args.receive_id.clone(),
        forward: args.forward.clone(),
        with_message: context.env.globals.verbose > 0,
    };
    if let Some(url) = &args.forward {
        party::permit(url, false, false, None, context)?;
    }
    // What is missing is said before a port is taken.
    let ready = listen::prepare(&request, context)?;
    let (listener, address) = listen::bind(&args.listen)?;
    if !address.ip().is_loopback() {
        let text = both!(
            "监听 {address}：其他机器也能访问",
            "listening on {address}: other machines can reach this"
        );
        out.warn(text.get(lang));
    }
    let kind = ready.kind();
    let text = both!(
        "在 http://{address} 等待 {kind} 的回调",
        "waiting for callbacks of {kind} on http://{address}"
    );
    out.note(text.get(lang));
    listen::run(&listener, ready, context, move |line| {
        let written = out.write(|to| {
            if json { writeln!(to, "{}", document::line(line)?) } else { write_line(to, line, lang) }
        });
        written.is_ok()
    })?;
    Ok(true)
}

fn write_line(out: &mut dyn Write, line: &listen::Line, lang: Lang) -> io::Result<()> {
    let mark =
        if line.ok { lang.pick("正常", "ok").green() } else { lang.pick("异常", "NOT OK").red().bold() };
    let time = line.at.get(11..19).unwrap_or_default();
    let path = safe(&shortened(&line.path, 60)).into_owned();
    let event =
        line.event.as_deref().map(|event| safe(&shortened(event, 60)).into_owned()).unwrap_or_default();
    let (id, method, status, elapsed, by) =
        (&line.id, &line.method, line.status, line.elapsed_ms, line.answered_by);
    let method = safe(method);
    writeln!(out, "{time} #{id} {method} {path}  {event}  {mark}  {status} {elapsed} ms ({by})")?;
    for mistake in &line.mistakes {
        writeln!(out, "      {}  {}", mistake.id.yellow(), safe(&shortened(&mistake.message, 600)))?;
        writeln!(out, "      {}{}", lang.pick("处理：", "fix: "), safe(&shortened(&mistake.fix, 600)))?;
    }
    for found in line.forward.iter().flat_map(|forward| &forward.findings) {
        writeln!(out, "      {}  {}", found.id.yellow(), safe(&shortened(&found.message, 600)))?;
        writeln!(out, "      {}{}", lang.pick("处理：", "fix: "), safe(&shortened(&found.fix, 600)))?;
    }
    if let Some(note) = &line.note {
        writeln!(out, "      {}", safe(note))?;
    }
    if let Some(message) = &line.message {
        writeln!(out, "{}", safe_lines(&shortened(message, 20_000)))?;
    }
    Ok(())
}
