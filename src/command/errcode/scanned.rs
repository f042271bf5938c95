//! What a scanned log holds, and how people see it.

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use crate::catalog::answer::platform_name;
use crate::lang::{Lang, plural_s};
use crate::output::Report;
use crate::platform::Platform;
use crate::say;

/// What a log holds.
#[derive(Clone, Debug, Serialize)]
pub struct Scanned {
    /// The codes, the most frequent first.
    pub results: Vec<Counted>,
    /// How many lines were read.
    pub lines: u64,
    /// Codes of `--fail-on` that are there.
    #[serde(skip)]
    pub failed_on: Vec<i64>,
    /// Whether Ctrl-C ended it early.
    #[serde(skip)]
    pub interrupted: bool,
}

/// A code and where it is.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// The code.
    pub code: i64,
    /// The platform it is read as; null if no platform has the code.
    pub platform: Option<Platform>,
    /// Its short name there; null where the platform does not have it.
    pub name: Option<&'static str>,
    /// How often.
    pub count: u64,
    /// The first line it stands in, from 1.
    pub first_line: u64,
    /// The last line it stands in.
    pub last_line: u64,
    /// What the other platform means by it, where neither flag nor profile decides.
    #[serde(skip)]
    pub or: Option<&'static str>,
}

impl Report for Scanned {
    fn ok(&self) -> bool {
        self.failed_on.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let lines = self.lines;
        let s = plural_s(usize::try_from(lines).unwrap_or(usize::MAX));
        if self.interrupted {
            writeln!(
                out,
                "{}",
                say!(lang, "中断，只看了 {lines} 行", "interrupted, {lines} line{s} read").yellow()
            )?;
        }
        if self.results.is_empty() {
            return writeln!(
                out,
                "{}",
                say!(lang, "{lines} 行里没有 0 以外的错误码", "no code but 0 in {lines} line{s}")
            );
        }
        writeln!(out, "{}", lang.pick("     次数      错误码  行", "    count        code  lines").bold())?;
        for counted in &self.results {
            let Counted { code, count, first_line, last_line, .. } = counted;
            let name = match (counted.platform, counted.name) {
                (Some(platform), Some(name)) => format!("{platform}: {name}"),
                (Some(platform), None) => {
                    let who = platform_name(platform, lang);
                    say!(lang, "{who}没有这个码", "not a code of {who}")
                }
                (None, _) => lang.pick("哪个平台都没有这个码", "known to no platform").to_owned(),
            };
            let place = if first_line == last_line {
                first_line.to_string()
            } else {
                format!("{first_line}–{last_line}")
            };
            let or = counted.or.map(|work| format!(" · work: {work}")).unwrap_or_default();
            writeln!(out, "{count:>9}  {}  {place}  {name}{or}", format!("{code:>10}").bold())?;
        }
        if !self.failed_on.is_empty() {
            let list = self.failed_on.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let line =
                say!(lang, "日志里有 --fail-on 的错误码：{list}", "codes of --fail-on are there: {list}");
            writeln!(out, "{}", line.red().bold())?;
        }
        let Some(first) = self.results.iter().find(|counted| counted.name.is_some()) else {
            return Ok(());
        };
        let first = first.code;
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "怎么办：wecheck errcode explain {first}",
                "what to do: wecheck errcode explain {first}"
            )
        )
    }
}
