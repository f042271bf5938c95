//! `wecheck page URL`: would the clients of WeChat accept what this page gives them.
//!
//! In: the page's address, the clients, what to do on it. Out: for each client the verdict, each signature
//! that reached it with what is wrong, and what else the page shows.

mod human;
mod steps;

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::both;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::ops::page::{self, Address, Client, Request};
use steps::Steps;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck page https://m.example.com/goods/1
  wecheck page https://m.example.com/ --as ios --go /1 --click '#share'
  wecheck page https://m.example.com/ --resolve m.example.com:443:127.0.0.1")]
pub struct Args {
    /// The page's address
    url: String,
    /// The client to open it as
    #[arg(long = "as", value_enum, value_name = "CLIENT", default_value_t)]
    client: As,
    /// The ticket that the server signs with [default: the profile's]
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    ticket: Option<String>,
    /// Open it as a link that was shared in a chat: with the parameters that sharing adds
    #[arg(long, help_heading = "What a person does on the page")]
    shared: bool,
    #[command(flatten)]
    steps: Steps,
    /// Wait at least so long for the page to settle
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=600), help_heading = "What a person does on the page")]
    wait: Option<u64>,
    /// Connect to ADDR for HOST:PORT, as curl --resolve (repeatable)
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = parse_resolve, help_heading = "Browser and network")]
    resolve: Vec<Address>,
    /// Trust the authorities of this PEM file for the page's servers
    #[arg(long, value_name = "F", help_heading = "Browser and network")]
    ca_file: Option<PathBuf>,
    /// The browser: Chromium, Chrome or Edge [default: CHROME_PATH, else the first that is found]
    #[arg(long, value_name = "PATH", help_heading = "Browser and network")]
    browser: Option<PathBuf>,
    /// Save a picture of the page as it is at the end
    #[arg(long, value_name = "FILE", help_heading = "Browser and network")]
    screenshot: Option<PathBuf>,
}

/// Which clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum As {
    /// WeChat on Android
    Android,
    /// WeChat on iOS
    Ios,
    /// WeCom
    Wecom,
    /// All clients of the profile's platform; of both without one
    #[default]
    All,
}

fn parse_resolve(text: &str) -> Result<Address, String> {
    let parse = || {
        let mut parts = text.splitn(3, ':');
        let (host, port) = (parts.next()?.to_ascii_lowercase(), parts.next()?.parse().ok()?);
        let address = parts.next()?.trim_matches(['[', ']']).parse().ok()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._*".contains(c);
        (!host.is_empty() && host.chars().all(plain)).then_some((host, port, address))
    };
    parse().ok_or_else(|| "it is HOST:PORT:ADDR, such as m.example.com:443:203.0.113.7".to_owned())
}

/// Opens the page and shows what was found.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let interrupt = Interrupt::listen();
    let stop = move || interrupt.asked();
    let report = open(args, context, &stop)?;
    context.out.progress("");
    for note in &report.notes {
        context.out.note(note.clone());
    }
    let ok = context.out.show(&report)?;
    if report.verdict == page::Verdict::Incomplete.name() {
        // Exit 2; the report says what is missing.
        return Err(Failure::new(Kind::Usage, both!("没有结论", "no verdict")).already_reported());
    }
    Ok(ok)
}

fn open(args: &Args, context: &Context, stop: &(dyn Fn() -> bool + Sync)) -> Result<page::Report, Failure> {
    let browser = page::browser_options(
        context,
        &args.url,
        args.browser.as_deref(),
        &args.resolve,
        args.ca_file.as_deref(),
    )?;
    let (account, profile) = page::account(context, args.ticket.as_deref())?;
    let platform = profile.as_ref().and_then(crate::config::Profile::known_platform);
    let out = context.out;
    page::run(&Request {
        url: args.url.clone(),
        clients: match args.client {
            As::Android => vec![Client::Android],
            As::Ios => vec![Client::Ios],
            As::Wecom => vec![Client::Wecom],
            As::All => Client::of(platform).to_vec(),
        },
        shared: args.shared,
        steps: args.steps.0.clone(),
        wait: args.wait.map(Duration::from_secs),
        screenshot: args.screenshot.clone(),
        browser,
        account,
        now: context.env.now(),
        lang: context.lang,
        stop,
        progress: &move |text| {
            if out.progress {
                out.progress(text);
            }
        },
    })
}
