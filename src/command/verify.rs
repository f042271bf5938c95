//! `wecheck verify`: flags and a file become a Request, the Report becomes text or JSON.
//!
//! In: flags, `--from FILE`, a positional file, or a piped stdin. Out: the answer on stdout; exit 0 where
//! every claim fits, 1 if one is refused, 2 if a value is missing, 130 after Ctrl-C.

mod endpoint;
mod human;

use std::path::{Path, PathBuf};

use super::args::fields::FieldArgs;
use super::args::input::read_evidence;
use crate::both;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::ops::verify::{Report, Request, Run, Verdict, verify};
use crate::signature;
use endpoint::EndpointArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck verify --from page.js --page-url 'https://m.example.com/a?b=c'
  wecheck verify --url U --ticket T --nonce N --timestamp S --signature G
  pbpaste | wecheck verify")]
// Does a signature fit, and what else makes WeChat refuse it.
pub struct Args {
    /// A file with what you have at hand: the same as --from
    #[arg(value_name = "FILE", conflicts_with = "from")]
    file: Option<PathBuf>,
    /// Find the values in a file (- for stdin): code, JSON, string1, HAR, log, devtools text
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The address the phone really had (location.href)
    #[arg(long, value_name = "URL", allow_hyphen_values = true)]
    page_url: Option<String>,
    /// The url that was signed
    #[arg(long, value_name = "U", allow_hyphen_values = true)]
    url: Option<String>,
    /// The signature to check
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    signature: Option<String>,
    #[command(flatten)]
    values: FieldArgs,
    /// What was signed [default: as the file shows, else jsapi]
    #[arg(long, value_enum)]
    kind: Option<signature::Kind>,
    /// Show a cached ticket in string1 too
    #[arg(long, hide_short_help = true)]
    reveal: bool,
    /// Another ticket or token that may have been signed instead (repeatable)
    #[arg(long, value_name = "T", allow_hyphen_values = true, hide_short_help = true)]
    other_ticket: Vec<String>,
    /// Search this long for the mistakes, and for four at once [default: 1 second, three]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    deep: Option<u64>,
    #[command(flatten)]
    endpoint: EndpointArgs,
}

impl Args {
    fn request(&self) -> Request {
        let values = self.values.clone();
        Request {
            kind: self.kind,
            url: self.url.clone(),
            ticket: values.ticket,
            nonce: values.nonce,
            timestamp: values.timestamp,
            signature: self.signature.clone(),
            page_url: self.page_url.clone(),
            app_id: values.app_id,
            agent_id: values.agent_id,
            group_id: values.group_id,
            card_id: values.card_id,
            card_type: values.card_type,
            location_id: values.location_id,
            code: values.code,
            openid: values.openid,
            balance: values.balance,
            platform: values.platform,
            other_ticket: self.other_ticket.clone(),
            deep: self.deep,
            from: None,
            source: None,
            reveal: self.reveal,
        }
    }
}

/// Reads what there is, judges it, shows the answer.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let mut request = args.request();
    if args.endpoint.is_given() {
        return args.endpoint.run(request, context);
    }
    let stdin = Path::new("-");
    let path = args.file.as_deref().or(args.from.as_deref());
    // A piped stdin is read when nothing else says what to check.
    let piped = path.is_none() && !request.has_value() && !context.env.terminal.stdin;
    if let Some(path) = path.or(piped.then_some(stdin)) {
        if path == stdin && context.env.terminal.stdin {
            context.out.note(both!(
                "等待输入：粘贴代码、日志或 JSON，以 Ctrl-D 结束",
                "waiting for input: paste code, a log or JSON, and end with Ctrl-D"
            ));
        }
        let text = read_evidence(path, &context.out, context.lang)?;
        if !(piped && text.trim().is_empty()) {
            request.source =
                Some(if path == stdin { "stdin".to_owned() } else { path.display().to_string() });
            request.from = Some(text);
        }
    }
    let run = Run { may_sign: &|_| true, for_others: false, interrupt: Interrupt::listen() };
    let report = verify(&request, &run, context)?;
    context.out.show(&report)?;
    end(&report)
}

/// The exit code.
fn end(report: &Report) -> Result<bool, Failure> {
    if report.main.search.interrupted || report.checks.iter().any(|check| check.outcome.search.interrupted) {
        return Err(Failure::new(Kind::Interrupted, both!("已中断", "interrupted")).already_reported());
    }
    match report.verdict {
        Verdict::Fits => Ok(true),
        Verdict::Refused => Ok(false),
        Verdict::Incomplete => Err(Failure::usage(both!("缺少值", "a value is missing")).already_reported()),
    }
}
