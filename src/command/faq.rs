//! `wecheck faq`: the troubleshooting topics.
//!
//! In: nothing, a topic's id, or words. Out: the topics, each with the steps that settle it; what
//! only concerns clients before 2016 is marked and is last.

use std::io::{self, Write};

use clap_complete::engine::ArgValueCandidates;
use colored::Colorize;

use super::args::candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::faq::{Answer, Faq, Request, find};
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck faq
  wecheck faq invalid-signature
  wecheck faq 白屏
  wecheck faq why is my page shared as a bare link")]
pub struct Args {
    /// A topic's id, or a question in your own words
    #[arg(value_name = "TEXT|ID", add = ArgValueCandidates::new(candidates::topics))]
    text: Vec<String>,
    /// Only topics of this platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

/// Finds the topics.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let request = Request { q: args.text.join(" "), platform: args.platform };
    context.out.show(&find(&request, context.lang))
}

impl Report for Faq {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if let Some(first) = self.results.first().filter(|_| !self.text.is_empty()) {
            return writeln!(out, "{}  {}", first.id.green(), first.title);
        }
        let count = self.results.len();
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "{count} 个条目；用自己的话找：wecheck faq 白屏",
                "{count} topics; to find one in your own words: wecheck faq blank page"
            )
        )
    }

    fn ok(&self) -> bool {
        !self.results.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let text = safe(&self.text);
        let Some((first, others)) = self.results.split_first() else {
            writeln!(
                out,
                "{}",
                say!(lang, "没有关于“{text}”的条目", "no topic about `{text}`").red().bold()
            )?;
            let next = lang.pick("全部条目：wecheck faq", "all topics: wecheck faq");
            return writeln!(out, "{next}");
        };
        if first.near {
            let line = lang.pick("没有完全对应的条目，最接近的是：", "no topic fits well; the nearest:");
            writeln!(out, "{}\n", line.yellow())?;
        }
        // Who asked for something gets the best answer whole; who asked for nothing gets the list.
        if !text.is_empty() {
            topic_human(first, out, lang)?;
            if !others.is_empty() {
                writeln!(out, "\n{}", lang.pick("其他条目", "Other topics").bold())?;
            }
        }
        let listed = if text.is_empty() { &self.results[..] } else { others };
        let width = listed.iter().map(|answer| answer.id.len()).max().unwrap_or_default();
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

fn topic_human(answer: &Answer, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let platforms: Vec<&str> = answer.platforms.iter().map(|platform| platform.name()).collect();
    writeln!(out, "{}  {}", answer.title.bold(), platforms.join(", ").cyan())?;
    if answer.historic {
        let mark = lang.pick(
            "只关系到 2016 年以前的客户端，留作记录",
            "only concerns clients before 2016, kept for the record",
        );
        writeln!(out, "{}", mark.yellow())?;
    }
    for (index, step) in answer.steps.iter().enumerate() {
        writeln!(out, "  {}. {step}", index + 1)?;
    }
    if !answer.commands.is_empty() {
        writeln!(out, "\n{}", lang.pick("用命令检查", "Check it").bold())?;
        for command in &answer.commands {
            writeln!(out, "  {}", command.green())?;
        }
    }
    if !answer.see.is_empty() {
        writeln!(out, "\n{}", lang.pick("相关", "See also").bold())?;
        for see in &answer.see {
            match see.strip_prefix("faq:") {
                Some(id) => writeln!(out, "  wecheck faq {id}")?,
                None => writeln!(out, "  {see}")?,
            }
        }
    }
    Ok(())
}
