//! `wecheck faq`: the troubleshooting topics.
//!
//! In: nothing, a topic's id, or words. Out: the topics, each with the steps that settle it; what
//! only concerns clients before 2016 is marked and stands last.

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use crate::catalog::topic::{self, Topic};
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::nearest::nearest;
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck faq
  wecheck faq invalid-signature
  wecheck faq 白屏")]
pub struct Args {
    /// A topic's id, or words that must all be there
    #[arg(value_name = "TEXT|ID")]
    text: Vec<String>,
    /// Only topics of this platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

/// Topics.
#[derive(Clone, Debug, Serialize)]
pub struct Faq {
    /// The topics, historic ones last.
    pub results: Vec<Answer>,
    /// The id that a misspelt one most likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<&'static str>,
    /// What was asked for; empty for everything.
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    all: Vec<&'static str>,
}

/// A topic in the language spoken.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The spoken id.
    pub id: &'static str,
    /// Where it happens.
    pub platforms: Vec<Platform>,
    /// The problem.
    pub title: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands that check it; words in upper case are to be replaced.
    pub commands: Vec<String>,
    /// Related codes, topics and addresses.
    pub see: Vec<String>,
    /// Whether it only concerns clients before 2016.
    pub historic: bool,
}

/// Finds the topics.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let text = args.text.join(" ");
    let text = text.trim();
    let found = if text.is_empty() {
        topic::all()
    } else {
        topic::lookup(text.strip_prefix("faq:").unwrap_or(text))
            .map_or_else(|| topic::search(text), |topic| vec![topic])
    };
    let results: Vec<Answer> = found
        .into_iter()
        .filter(|topic| args.platform.is_none_or(|platform| topic.platforms.contains(&platform)))
        .map(|topic| answer(&topic, context.lang))
        .collect();
    let near = if results.is_empty() { nearest(text, topic::ids()) } else { None };
    context.out.show(&Faq { results, nearest: near, text: text.to_owned(), all: topic::ids().collect() })
}

fn answer(topic: &Topic, lang: Lang) -> Answer {
    Answer {
        id: topic.id,
        platforms: topic.platforms.clone(),
        title: topic.title.get(lang).to_owned(),
        steps: topic.steps.iter().map(|step| step.get(lang).to_owned()).collect(),
        commands: topic.commands.clone(),
        see: topic.see.clone(),
        historic: topic.historic,
    }
}

impl Report for Faq {
    fn ok(&self) -> bool {
        !self.results.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let text = safe(&self.text);
        let Some((first, others)) = self.results.split_first() else {
            writeln!(
                out,
                "{}",
                say!(lang, "没有关于“{text}”的条目", "no topic holds `{text}`").red().bold()
            )?;
            let next = match self.nearest {
                Some(near) => format!("wecheck faq {near}"),
                None => lang.pick("全部条目：wecheck faq", "all topics: wecheck faq").to_owned(),
            };
            return writeln!(out, "{next}");
        };
        // Who asked for something gets the best answer whole; who asked for nothing gets the list.
        if !text.is_empty() {
            first.human(out, lang)?;
            if !others.is_empty() {
                writeln!(out, "\n{}", lang.pick("其他条目", "Other topics").bold())?;
            }
        }
        let listed = if text.is_empty() { &self.results[..] } else { others };
        let width = self.all.iter().map(|id| id.len()).max().unwrap_or_default();
        for answer in listed {
            let mark = if answer.historic {
                lang.pick("（2016 年前的客户端）", " (clients before 2016)")
            } else {
                ""
            };
            writeln!(out, "  {:width$}  {}{}", answer.id.green(), answer.title, mark.dimmed())?;
        }
        if text.is_empty() {
            writeln!(out, "\n{}", lang.pick("看一条：wecheck faq ID", "read one: wecheck faq ID"))?;
        }
        Ok(())
    }
}

impl Answer {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let platforms: Vec<&str> = self.platforms.iter().map(|platform| platform.name()).collect();
        writeln!(out, "{}  {}", self.title.bold(), platforms.join(", ").cyan())?;
        if self.historic {
            let mark = lang.pick(
                "只关系到 2016 年以前的客户端，留作记录",
                "only concerns clients before 2016, kept for the record",
            );
            writeln!(out, "{}", mark.yellow())?;
        }
        for (index, step) in self.steps.iter().enumerate() {
            writeln!(out, "  {}. {step}", index + 1)?;
        }
        if !self.commands.is_empty() {
            writeln!(out, "\n{}", lang.pick("用命令检查", "Check it").bold())?;
            for command in &self.commands {
                writeln!(out, "  {}", command.green())?;
            }
        }
        if !self.see.is_empty() {
            writeln!(out, "\n{}", lang.pick("相关", "See also").bold())?;
            for see in &self.see {
                match see.strip_prefix("faq:") {
                    Some(id) => writeln!(out, "  wecheck faq {id}")?,
                    None => writeln!(out, "  {see}")?,
                }
            }
        }
        Ok(())
    }
}
