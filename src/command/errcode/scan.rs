//! `wecheck errcode scan`: which codes a log holds, how often, and where.
//!
//! In: a file or stdin of any size. Out: each code but 0 with its count, first and last line and
//! name. For CI, `--fail-on` makes the presence of some codes the answer no. Ctrl-C shows what was
//! found so far.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use colored::Colorize;
use serde::Serialize;

use crate::both;
use crate::catalog;
use crate::catalog::answer::platform_name;
use crate::catalog::scan::{Scanner, Summary};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::lang::{Lang, plural_s};
use crate::output::Report;
use crate::platform::Platform;
use crate::say;

/// Bytes read at once: small enough to stay in the processor's cache while it is searched.
const BLOCK: usize = 256 * 1024;

/// Blocks on their way between reading and searching.
const BLOCKS: usize = 4;

/// How long Ctrl-C may wait for a reader that gives nothing.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck errcode scan app.log
  zcat app.log.gz | wecheck errcode scan - --fail-on 40001,42001")]
pub struct Args {
    /// The log, or - for stdin [default: -]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Answer no (exit 1) when one of these codes is there
    #[arg(long, value_name = "CODE,…", value_delimiter = ',', allow_hyphen_values = true)]
    fail_on: Vec<i64>,
    /// The platform the codes are of [default: the profile's, else the one that has the code]
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

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
    /// The platform it is read as; null where no platform has the code.
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

/// Scans and shows.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let platform = match args.platform {
        None => context.profile_if_any()?.and_then(|profile| profile.known_platform()),
        asked => asked,
    };
    if args.file.is_none() && context.env.terminal.stdin {
        return Err(Failure::usage("there is no log to read").hint("wecheck errcode scan app.log"));
    }
    let (summary, interrupted) = scan(args.file.as_deref().unwrap_or(Path::new("-")))?;
    if summary.overflow {
        context.out.warn("there are more different numbers than can be counted apart; is this a log?");
    }
    let mut results: Vec<Counted> = summary
        .tallies
        .iter()
        .map(|tally| {
            let on = |platform| catalog::lookup(tally.code, platform);
            let (mp, work) = (on(Platform::Mp), on(Platform::Work));
            let read_as = platform.or(mp.or(work).map(|known| known.platform));
            let known = read_as.and_then(on);
            let differs = mp.zip(work).filter(|(mp, work)| !catalog::means_the_same(*mp, *work));
            Counted {
                code: tally.code,
                platform: read_as,
                name: known.map(|known| known.name.get(context.lang)),
                count: tally.count,
                first_line: tally.first_line,
                last_line: tally.last_line,
                or: differs.filter(|_| platform.is_none()).map(|(_, work)| work.name.get(context.lang)),
            }
        })
        .collect();
    results.sort_by_key(|counted| (std::cmp::Reverse(counted.count), counted.code));
    let failed_on: Vec<i64> = args
        .fail_on
        .iter()
        .copied()
        .filter(|code| results.iter().any(|counted| counted.code == *code))
        .collect();
    let report = Scanned { results, lines: summary.lines, failed_on, interrupted };
    let ok = context.out.show(&report)?;
    if interrupted {
        return Err(Failure::new(Kind::Interrupted, "interrupted").already_reported());
    }
    Ok(ok)
}

/// Reads in a thread of its own, so that Ctrl-C is answered while a pipe is silent.
fn scan(file: &Path) -> Result<(Summary, bool), Failure> {
    let stdin = file.as_os_str() == "-";
    let name = if stdin { "stdin".to_owned() } else { format!("`{}`", file.display()) };
    let refuse = |error: &io::Error| {
        Failure::storage(format!("cannot read {name}: {error}"))
            .hint("name a file that is there, or - for stdin")
    };
    let mut source: Box<dyn Read + Send> = if stdin {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| refuse(&error))?)
    };
    let interrupt = Interrupt::listen();

    let (filled, blocks) = sync_channel::<io::Result<Vec<u8>>>(BLOCKS);
    let (returned, empty) = sync_channel::<Vec<u8>>(BLOCKS + 2);
    // The thread ends with the stream, with the receiver, or with the process.
    let read_ahead = move || {
        loop {
            let mut block = empty.try_recv().unwrap_or_default();
            block.resize(BLOCK, 0);
            let sent = match source.read(&mut block) {
                Ok(0) => return,
                Ok(length) => {
                    block.truncate(length);
                    filled.send(Ok(block))
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => filled.send(Err(error)),
            };
            if sent.is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().spawn(read_ahead).map_err(|error| {
        Failure::storage(both!("无法启动读取用的线程：{error}", "cannot start a thread to read: {error}"))
            .hint(both!("提高上限：ulimit -u", "raise the limit: ulimit -u"))
    })?;
    let mut scanner = Scanner::default();
    while !interrupt.asked() {
        match blocks.recv_timeout(LOOK) {
            Ok(Ok(block)) => {
                scanner.feed(&block);
                // A full channel only means that nobody needs the block back.
                let _ = returned.try_send(block);
            }
            Ok(Err(error)) => return Err(refuse(&error)),
            Err(RecvTimeoutError::Timeout) => {}
            // Ctrl-C ends the whole pipeline: the writer may be gone before the signal is seen here.
            Err(RecvTimeoutError::Disconnected) => {
                let interrupted = interrupt.asked();
                return Ok((scanner.finish(), interrupted));
            }
        }
    }
    Ok((scanner.finish(), true))
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
