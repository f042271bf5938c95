//! `wecheck errcode scan`: which codes a log holds, how often, and where.
//!
//! In: a file or stdin of any size. Out: each code but 0 with its count, first and last line and
//! name. For CI, `--fail-on` makes the presence of some codes the answer no. Ctrl-C shows what was
//! found so far.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use clap_complete::engine::ArgValueCandidates;

use super::sarif;
use super::scanned::{Counted, Scanned};
use crate::both;
use crate::catalog;
use crate::catalog::scan::{Scanner, Summary};
use crate::command::args::candidates;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::lang::Both;
use crate::output::{Report, document};
use crate::platform::Platform;

/// Bytes read at once: small enough to stay in the processor's cache while it is searched.
const BLOCK: usize = 256 * 1024;

/// Blocks on their way between reading and searching.
const BLOCKS: usize = 4;

/// How long Ctrl-C may wait for a reader that gives nothing.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck errcode scan app.log
  wecheck errcode scan app.log --format sarif > codes.sarif
  zcat app.log.gz | wecheck errcode scan - --fail-on 40001,42001")]
pub struct Args {
    /// The log, or - for stdin [default: -]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Answer no (exit 1) when one of these codes is there
    #[arg(
        long,
        value_name = "CODE,…",
        value_delimiter = ',',
        allow_hyphen_values = true,
        add = ArgValueCandidates::new(candidates::codes)
    )]
    fail_on: Vec<i64>,
    /// How to print the codes [default: human, or json with --json]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The platform the codes are of [default: the profile's, else the one that has the code]
    #[arg(long, value_enum)]
    platform: Option<Platform>,
}

/// How the codes are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Human,
    Json,
    Sarif,
}

/// Scans and shows.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let platform = match args.platform {
        None => context.profile_if_any()?.and_then(|profile| profile.known_platform()),
        asked => asked,
    };
    if args.file.is_none() && context.env.terminal.stdin {
        return Err(Failure::usage(both!("没有要读的日志", "there is no log to read"))
            .hint("wecheck errcode scan app.log"));
    }
    let (summary, interrupted) = scan(args.file.as_deref().unwrap_or(Path::new("-")))?;
    if summary.overflow {
        let text = both!(
            "不同的数字太多，没法逐个统计；这真是日志吗？",
            "there are more different numbers than can be counted apart; is this a log?"
        );
        context.out.warn(text.get(context.lang));
    }
    let mut results: Vec<Counted> = summary
        .tallies
        .iter()
        .map(|tally| {
            let on = |platform| catalog::lookup(tally.code, platform);
            let (mp, work) = (on(Platform::Mp), on(Platform::Work));
            // A log may be of both; the profile chooses if both have the code.
            let usual = platform.filter(|usual| args.platform.is_some() || on(*usual).is_some());
            let read_as = usual.or(mp.or(work).map(|known| known.platform)).or(platform);
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
    let file = args.file.as_deref().unwrap_or(Path::new("-"));
    let ok = match args.format {
        None => context.out.show(&report)?,
        Some(format) => {
            context.out.write(|out| match format {
                Format::Human => report.human(out, context.lang),
                Format::Json => writeln!(out, "{}", document::pretty(&report)?),
                Format::Sarif => writeln!(out, "{}", document::pretty(&sarif::document(&report, file))?),
            })?;
            report.ok()
        }
    };
    if interrupted {
        return Err(Failure::new(Kind::Interrupted, both!("已中断", "interrupted")).already_reported());
    }
    Ok(ok)
}

/// Reads in a thread of its own, so that Ctrl-C is answered while a pipe is silent.
fn scan(file: &Path) -> Result<(Summary, bool), Failure> {
    let stdin = file.as_os_str() == "-";
    let name = if stdin { "stdin".to_owned() } else { format!("`{}`", file.display()) };
    let refuse = |error: &io::Error| {
        let zh = Both::from(error).zh;
        Failure::storage(both!("读不了 {name}：{zh}", "cannot read {name}: {error}"))
            .hint(both!("给一个存在的文件，或用 - 表示标准输入", "give a file that exists, or - for stdin"))
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
    std::thread::Builder::new().spawn(read_ahead).map_err(|error| Failure::no_thread(&error))?;
    let mut scanner = Scanner::default();
    let mut text = Utf8::default();
    while !interrupt.asked() {
        match blocks.recv_timeout(LOOK) {
            Ok(Ok(block)) => {
                text.feed(&block, &mut scanner);
                // A full channel only means that no one needs the block back.
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

/// A stream as UTF-8: logs of Windows programs are UTF-16.
#[derive(Default)]
struct Utf8 {
    /// Whether the first block was seen.
    begun: bool,
    /// What makes UTF-8 of it, if that is needed.
    decoder: Option<encoding_rs::Decoder>,
}

impl Utf8 {
    fn feed(&mut self, block: &[u8], scanner: &mut Scanner) {
        if !std::mem::replace(&mut self.begun, true) {
            self.decoder = utf16(block).map(encoding_rs::Encoding::new_decoder);
        }
        let Some(decoder) = &mut self.decoder else { return scanner.feed(block) };
        let mut piece =
            String::with_capacity(decoder.max_utf8_buffer_length(block.len()).unwrap_or(3 * BLOCK));
        // The buffer holds whatever a block can become.
        let _ = decoder.decode_to_string(block, &mut piece, false);
        scanner.feed(piece.as_bytes());
    }
}

/// The encoding of a UTF-16 text: by its mark, or by every second byte being zero.
fn utf16(block: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match block {
        [0xff, 0xfe, ..] => return Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => return Some(encoding_rs::UTF_16BE),
        _ => {}
    }
    let head = &block[..block.len().min(512)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    if half < 4 {
        None
    } else if zeros(1) * 2 > half && zeros(0) == 0 {
        Some(encoding_rs::UTF_16LE)
    } else if zeros(0) * 2 > half && zeros(1) == 0 {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}
