//! `wecheck doctor`: walks the FAQ by itself and says what to do first.
//!
//! In: perhaps a page, a signing endpoint, a callback. Out: one line for each check, and the first thing to
//! do. Nothing in it is a secret.

use std::io::{self, Write};
use std::path::PathBuf;

use colored::Colorize;

use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::lang::Lang;
use crate::ops::doctor::{self, Check, Request, Status};
use crate::ops::page::{self, Client};
use crate::output::{self, safe, shortened};
use crate::{both, say};

/// A value from outside may make a line this long, in characters.
const SHOWN_CHARS: usize = 600;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck doctor
  wecheck doctor --page-url https://m.example.com/
  wecheck doctor --callback-url http://127.0.0.1:8080/wx")]
pub struct Args {
    /// A page of yours: its domain, its server, and how clients take it
    #[arg(long, value_name = "URL")]
    page_url: Option<String>,
    /// Your signing API, asked for --page-url
    #[arg(long, value_name = "URL", requires = "page_url")]
    endpoint: Option<String>,
    /// Your callback
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    /// The browser for the page [default: CHROME_PATH, else the first that is found]
    #[arg(long, value_name = "PATH")]
    browser: Option<PathBuf>,
}

/// Makes every check and shows them.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let interrupt = Interrupt::listen();
    let stop = move || interrupt.asked();
    let out = context.out;
    let progress = move |text: &str| {
        if out.progress {
            out.progress(text);
        }
    };
    let open_page = |url: &str| {
        let browser = page::browser_options(context, url, args.browser.as_deref(), &[], None)?;
        let (account, profile) = page::account(context, None)?;
        let platform = profile.as_ref().and_then(crate::config::Profile::known_platform);
        page::run(&page::Request {
            url: url.to_owned(),
            clients: Client::of(platform).to_vec(),
            shared: false,
            steps: Vec::new(),
            wait: None,
            screenshot: None,
            browser,
            account,
            now: context.env.now(),
            lang: context.lang,
            stop: &stop,
            progress: &progress,
        })
    };
    let report = doctor::run(
        &Request {
            page_url: args.page_url.clone(),
            endpoint: args.endpoint.clone(),
            callback_url: args.callback_url.clone(),
            open_page: &open_page,
            progress: &progress,
            stop: &stop,
        },
        context,
    );
    context.out.progress("");
    let ok = context.out.show(&report)?;
    if stop() {
        return Err(Failure::new(Kind::Interrupted, both!("已中断", "interrupted")).already_reported());
    }
    Ok(ok)
}

impl output::Report for doctor::Report {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.first(out, lang)
    }

    fn ok(&self) -> bool {
        self.verdict != Status::Fail
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        // What to do first comes first: the rest is its place in the whole.
        self.first(out, lang)?;
        writeln!(out)?;
        for check in &self.checks {
            human_check(check, out)?;
        }
        Ok(())
    }
}

impl doctor::Report {
    fn first(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        match self.first.and_then(|id| {
            self.checks
                .iter()
                .find(|check| check.id == id && check.status != Status::Pass && check.status != Status::Skip)
        }) {
            Some(check) => {
                let message = shown(&check.message);
                let id = check.id;
                writeln!(out, "{}", say!(lang, "先处理 {id}：{message}", "first {id}: {message}").bold())?;
                if let Some(fix) = &check.fix {
                    writeln!(out, "  {}{}", lang.pick("改法：", "fix: "), shown(fix))?;
                }
            }
            None => writeln!(
                out,
                "{}",
                say!(lang, "能从这里检查的都没有问题", "nothing that can be checked from here is wrong")
                    .bold()
            )?,
        }
        Ok(())
    }
}

fn human_check(check: &Check, out: &mut dyn Write) -> io::Result<()> {
    let mark = match check.status {
        Status::Pass => "✓".green(),
        Status::Warn => "!".yellow(),
        Status::Fail => "✗".red(),
        Status::Skip => "-".dimmed(),
    };
    writeln!(out, "  {mark} {}  {}", check.id.bold(), shown(&check.message))
}

fn shown(text: &str) -> String {
    shortened(&safe(text), SHOWN_CHARS).replace('\n', " ")
}
