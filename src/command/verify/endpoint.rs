//! `verify --endpoint`: the developer's own signing API, asked as the page would.
//!
//! In: the flags, and the request that `verify` made of its own. Out: what `verify` says of the answer, or
//! the suite.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use colored::Colorize;

use crate::both;
use crate::context::Context;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::lang::Lang;
use crate::ops::signing_endpoint::{self, Checked, Request, Suite};
use crate::ops::verify::{self, Run, Verdict};
use crate::output::{Report, safe};
use crate::say;

// Flags of `verify`; a doc comment here would become its description.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct EndpointArgs {
    /// Ask your own signing API for --page-url, as the page would, and check its answer
    #[arg(long, value_name = "URL", conflicts_with_all = ["from", "signature"], requires = "page_url", help_heading = "Your own signing API")]
    endpoint: Option<String>,
    /// How the page asks
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        requires = "endpoint",
        default_value_t,
        hide_short_help = true,
        help_heading = "Your own signing API"
    )]
    endpoint_method: Method,
    /// The parameter that takes the page's address
    #[arg(
        long,
        value_name = "NAME",
        requires = "endpoint",
        default_value = "url",
        hide_short_help = true,
        help_heading = "Your own signing API"
    )]
    endpoint_param: String,
    /// A header that the API needs: 'Name: value' (repeatable)
    #[arg(long, value_name = "HEADER", requires = "endpoint", value_parser = parse_header, hide_short_help = true, help_heading = "Your own signing API")]
    endpoint_header: Vec<(String, String)>,
    /// Trust the authorities of this PEM file
    #[arg(
        long,
        value_name = "F",
        requires = "endpoint",
        hide_short_help = true,
        help_heading = "Your own signing API"
    )]
    ca_file: Option<PathBuf>,
    /// Ask for the addresses that break signing code, on the host of --page-url
    #[arg(long, requires = "endpoint", help_heading = "Your own signing API")]
    endpoint_suite: bool,
}

/// How the page asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Method {
    /// In the query
    #[default]
    Get,
    /// In a form, or in JSON with --endpoint-header 'Content-Type: application/json'
    Post,
}

fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("it is 'Name: value'")?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let value = value.trim();
    if !plain || value.contains(['\r', '\n']) {
        return Err("it is 'Name: value'".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

impl EndpointArgs {
    /// Whether an API is to be asked.
    pub fn is_given(&self) -> bool {
        self.endpoint.is_some()
    }

    /// Asks, judges, shows.
    pub fn run(&self, known: verify::Request, context: &Context) -> Result<bool, Failure> {
        let page_url = known.page_url.clone().unwrap_or_default();
        let request = Request {
            endpoint: self.endpoint.clone().unwrap_or_default(),
            post: self.endpoint_method == Method::Post,
            param: self.endpoint_param.clone(),
            headers: self.endpoint_header.clone(),
            ca_file: self.ca_file.clone(),
            known: verify::Request { page_url: None, ..known },
        };
        let run = Run { may_sign: &|_| true, for_others: false, interrupt: Interrupt::listen() };
        let verdict = if self.endpoint_suite {
            let suite = signing_endpoint::suite(&request, &page_url, &run, context)?;
            context.out.show(&suite)?;
            suite.verdict
        } else {
            let checked = signing_endpoint::check(&request, &page_url, &run, context)?;
            context.out.show(&checked)?;
            checked.report.verdict
        };
        match verdict {
            Verdict::Fits => Ok(true),
            Verdict::Refused => Ok(false),
            Verdict::Incomplete => {
                Err(Failure::usage(both!("缺少值", "a value is missing")).already_reported())
            }
        }
    }
}

impl Report for Checked {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.report.human(out, lang)?;
        let (endpoint, status, ms) = (safe(&self.endpoint), self.status, self.elapsed_ms);
        writeln!(out)?;
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "签名接口 {endpoint} 用 {ms} 毫秒回了 {status}",
                "{endpoint} answered {status} in {ms} ms"
            )
        )
    }
}

impl Report for Suite {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let all = self.cases.len();
        let fit = self.cases.iter().filter(|case| case.verdict == Verdict::Fits).count();
        let endpoint = safe(&self.endpoint);
        let line = say!(lang, "{all} 个地址中 {fit} 个签对了", "{fit} of {all} addresses are signed rightly");
        writeln!(out, "{}  {endpoint}", line.bold())?;
        for case in &self.cases {
            let mark = match case.verdict {
                Verdict::Fits => "✓".green(),
                Verdict::Refused => "✗".red(),
                Verdict::Incomplete => "?".yellow(),
            };
            writeln!(out, "  {mark} {}", safe(&case.page_url))?;
            if let Some((id, message, fix)) = case.first.as_ref().filter(|_| case.verdict != Verdict::Fits) {
                let id = if id.is_empty() { String::new() } else { format!("{}  ", id.bold()) };
                writeln!(out, "    {id}{}", safe(message))?;
                if !fix.is_empty() {
                    writeln!(out, "    {}{fix}", lang.pick("改法：", "fix: "))?;
                }
            }
        }
        Ok(())
    }
}
