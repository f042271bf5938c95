//! `wecheck js-api`: the names that jsApiList, menuList and openTagList take.
//!
//! In: a name, a part of one, or nothing. Out: each with its platforms and what it needs; for a
//! misspelt one the nearest.

use std::io::{self, Write};

use colored::Colorize;

use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::js_api::{Names, Request};
use crate::output::{Report, safe, shortened};
use crate::platform::Platform;
use crate::say;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck js-api scanQRCode
  wecheck js-api share --platform mp
  wecheck js-api menuItem")]
pub struct Args {
    /// A name, or a part of one [default: all]
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
    /// Only names of this platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let request = Request { text: args.text.join(" "), platform: args.platform };
    context.out.show(&request.find(context.lang))
}

impl Report for Names {
    fn ok(&self) -> bool {
        !self.results.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.results.is_empty() {
            let text = safe(&self.text);
            let text = shortened(&text, 100);
            writeln!(
                out,
                "{}",
                say!(lang, "没有叫 `{text}` 的接口", "no API is called `{text}`").red().bold()
            )?;
            return match self.nearest {
                Some(near) => {
                    writeln!(out, "{}", say!(lang, "最接近的是 {near}", "the nearest is {near}"))
                }
                None => {
                    writeln!(out, "{}", lang.pick("全部名字：wecheck js-api", "all names: wecheck js-api"))
                }
            };
        }
        let width = self.results.iter().map(|one| one.name.len()).max().unwrap_or_default();
        let alone = self.results.len() <= 5;
        for one in &self.results {
            let platforms: Vec<&str> = one.platforms.iter().map(|platform| platform.name()).collect();
            let name = format!("{:width$}", one.name);
            writeln!(out, "{}  {:4}  {}", name.bold(), one.kind, platforms.join(", ").cyan())?;
            if alone {
                writeln!(out, "  {}{}", lang.pick("需要：", "needs: "), one.needs)?;
                if let Some(note) = &one.note {
                    writeln!(out, "  {note}")?;
                }
            }
        }
        Ok(())
    }
}
