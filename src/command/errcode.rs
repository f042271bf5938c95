//! `wecheck errcode`: explain, search and list codes, and count them in a log.
//!
//! In: whatever a server, a phone or a log printed. Out: what it means on which platform and what
//! to do now. Everything comes from the catalog; nothing is sent anywhere.

pub mod explain;
mod sarif;
pub mod scan;
mod scanned;

use std::io::{self, Write};

use clap::Subcommand;
use colored::Colorize;
use serde::Serialize;

use crate::catalog::answer::Listed;
use crate::catalog::{self, message, topic};
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Explain a code, a server's answer or a client's message
    Explain(explain::Args),
    /// Find codes by words: Chinese or English, part of a label, a parameter's name
    Search(SearchArgs),
    /// List every code with its short name
    List(ListArgs),
    /// Count the codes in a log
    Scan(scan::Args),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck errcode search media_id
  wecheck errcode search invalid ip
  wecheck errcode search 可信域名 --platform work")]
pub struct SearchArgs {
    /// Words that must all be there
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// Only this platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck errcode list
  wecheck errcode list --platform work
  wecheck errcode list --json")]
pub struct ListArgs {
    /// Only this platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

/// Runs a subcommand.
pub fn run(command: Command, context: &Context) -> Result<bool, Failure> {
    match command {
        Command::Explain(args) => context.out.show(&explain::run(&args, context)?),
        Command::Search(args) => context.out.show(&search(&args, context.lang)),
        Command::List(args) => context.out.show(&list(&args, context.lang)),
        Command::Scan(args) => scan::run(&args, context),
    }
}

/// Codes, and what else the words were found in.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// The codes.
    pub results: Vec<Listed>,
    /// Messages of the client libraries that hold the words (search only).
    #[serde(skip)]
    pub messages: Vec<String>,
    /// FAQ topics that hold the words (search only).
    #[serde(skip)]
    pub topics: Vec<&'static str>,
    /// What was searched for; `None` in a list.
    #[serde(skip)]
    text: Option<String>,
}

fn search(args: &SearchArgs, lang: Lang) -> Listing {
    let text = args.text.join(" ");
    let platforms = args.platform.map_or(Platform::ALL.to_vec(), |platform| vec![platform]);
    let here = |on: &[Platform]| on.iter().any(|platform| platforms.contains(platform));
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let messages = message::all().filter(|message| here(&message.platforms)).filter_map(|message| {
        let known_by = format!("{} {}", message.name.zh, message.patterns.join(" ")).to_lowercase();
        let holds = !words.is_empty() && words.iter().all(|word| known_by.contains(word));
        holds.then(|| message.name.get(lang).to_owned())
    });
    let topics = topic::rank(&text, args.platform)
        .into_iter()
        .filter(|hit| hit.sure)
        .map(|hit| hit.topic)
        .filter(|topic| here(&topic.platforms));
    Listing {
        results: catalog::search::search(&text, &platforms)
            .into_iter()
            .map(|code| Listed::new(code, lang))
            .collect(),
        messages: messages.collect(),
        topics: topics.map(|topic| topic.id).collect(),
        text: Some(text),
    }
}

fn list(args: &ListArgs, lang: Lang) -> Listing {
    let platforms = args.platform.map_or(Platform::ALL.to_vec(), |platform| vec![platform]);
    let results =
        platforms.into_iter().flat_map(catalog::codes).map(|code| Listed::new(code, lang)).collect();
    Listing { results, messages: Vec::new(), topics: Vec::new(), text: None }
}

impl Report for Listing {
    fn ok(&self) -> bool {
        !(self.results.is_empty() && self.messages.is_empty() && self.topics.is_empty())
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        for Listed { code, platform, name } in &self.results {
            writeln!(out, "{} {:4}  {name}", format!("{code:>9}").bold(), platform.name())?;
        }
        let Some(text) = &self.text else { return Ok(()) };
        let text = safe(text);
        if !self.ok() {
            return writeln!(
                out,
                "{}",
                say!(
                    lang,
                    "没有错误码含有“{text}”；少用几个词，或查 FAQ：wecheck faq",
                    "no code holds `{text}`; try fewer words, or the FAQ: wecheck faq"
                )
            );
        }
        for name in &self.messages {
            writeln!(out, "   JS-SDK       {name}")?;
        }
        for id in &self.topics {
            writeln!(out, "      FAQ       wecheck faq {id}")?;
        }
        Ok(())
    }
}
