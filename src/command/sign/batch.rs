//! `wecheck sign --batch`: JSON Lines in, JSON Lines out, in order, one line at a time.
//!
//! In: objects named as the long flags, and as WeChat names the fields. Out: the payload of each, or
//! an error object with the line's number; the rest goes on. Memory does not grow with the input.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::{Args, obtain};
use crate::both;
use crate::cache::Item;
use crate::context::Context;
use crate::credentials::Served;
use crate::failure::{self, Failure};
use crate::interrupt::Interrupt;
use crate::lang::Both;
use crate::ops::request;
use crate::ops::sign::{Request, sign};
use crate::output::document;

/// A line longer than this is an error and is passed over. Bytes.
const LINE_LIMIT: usize = 1024 * 1024;

/// Signs line by line. Exit 2 at the end where a line was bad.
pub(super) fn run(args: &Args, file: &Path, context: &Context) -> Result<bool, Failure> {
    let input: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(open(file)?) };
    let mut reader = BufReader::with_capacity(256 * 1024, input);
    let profile = context.profile_if_any()?;
    let flags = Request { url: None, ..args.request() };
    let interrupt = Interrupt::listen();
    let mut obtained: HashMap<Item, Result<Served, Failure>> = HashMap::new();
    let (mut number, mut bad, mut line, mut answer) = (0_u64, 0_u64, Vec::new(), Vec::new());
    let mut unreadable = None;
    context.out.write(|out| {
        while !interrupt.asked() {
            line.clear();
            // A program at the other end may wait for these answers before it writes on.
            let waits = memchr::memchr(b'\n', reader.buffer()).is_none();
            if waits {
                out.flush()?;
            }
            let mut read = || if interrupt.asked() { Ok(0) } else { read_line(&mut reader, &mut line) };
            let length = match if waits { interrupt.ends_during(read) } else { read() } {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) => {
                    let next = number + 1;
                    let zh = Both::from(&error).zh;
                    unreadable = Some(Failure::storage(both!(
                        "读不了第 {next} 行：{zh}",
                        "cannot read line {next}: {error}"
                    )));
                    break;
                }
            };
            number += 1;
            if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
                line.drain(..3);
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let outcome = if length > LINE_LIMIT {
                Err(Failure::usage(both!(
                    "这一行有 {length} 字节，超过 {LINE_LIMIT}",
                    "the line has {length} bytes, more than {LINE_LIMIT}"
                )))
            } else {
                request::of_json::<Request>(&line).and_then(|own| {
                    let mut ticket = |kind| {
                        // A stream may last longer than a ticket is valid.
                        obtained.retain(|_, own| own.as_ref().map_or(true, |own| is_valid(own, context)));
                        if let Entry::Vacant(place) = obtained.entry(Item::of_kind(kind)) {
                            // A fetch may take long: Ctrl-C ends it at once.
                            let _ = out.flush();
                            let fetch = || obtain(kind, profile.as_ref(), context);
                            place.insert(interrupt.ends_during(fetch));
                        }
                        obtained[&Item::of_kind(kind)].clone()
                    };
                    sign(own.over(&flags), profile.as_ref(), context.env.now(), &mut ticket)
                })
            };
            match outcome {
                Ok(signed) => answer.extend(document::line(&signed)?.into_bytes()),
                Err(failure) => {
                    bad += 1;
                    let error =
                        serde_json::json!({ "line": number, "error": failure.document(context.lang) });
                    answer.extend(document::line(&error)?.into_bytes());
                }
            }
            answer.push(b'\n');
            out.write_all(&answer)?;
            answer.clear();
        }
        Ok(())
    })?;
    if interrupt.asked() {
        let what = both!("处理了 {number} 行后中断", "interrupted after {number} lines");
        context.out.note(what.get(context.lang));
        return Err(Failure::new(failure::Kind::Interrupted, what).already_reported());
    }
    match unreadable {
        Some(failure) => Err(failure),
        None if bad == 0 => Ok(true),
        None => {
            // On stdout, also with --json, are only the lines.
            let lines = if number == 1 { "line" } else { "lines" };
            let summary = both!(
                "{number} 行里有 {bad} 行没能签名：看它们的 `error`",
                "{bad} of {number} {lines} could not be signed: see their `error`"
            );
            context.out.warn(summary.get(context.lang));
            Err(Failure::usage(summary).already_reported())
        }
    }
}

/// Whether a ticket that was obtained earlier in the stream can still be signed with.
fn is_valid(own: &Served, context: &Context) -> bool {
    own.expires_at.is_none_or(|end| end > context.env.now())
}

fn open(file: &Path) -> Result<File, Failure> {
    let refuse = |error: &io::Error| {
        let file = file.display();
        let zh = Both::from(error).zh;
        Failure::storage(both!("读不了 `{file}`：{zh}", "cannot read `{file}`: {error}"))
            .hint(Both::same("wecheck sign --batch - < FILE"))
    };
    let opened = File::open(file).map_err(|error| refuse(&error))?;
    if opened.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(refuse(&io::Error::from(io::ErrorKind::IsADirectory)));
    }
    Ok(opened)
}

/// Reads up to a newline; keeps at most the limit and one byte, returns the whole length.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(length);
        }
        let end = memchr::memchr(b'\n', chunk).map_or(chunk.len(), |at| at + 1);
        let room = (LINE_LIMIT + 1).saturating_sub(line.len()).min(end);
        line.extend_from_slice(&chunk[..room]);
        length += end;
        let ended = chunk[end - 1] == b'\n';
        reader.consume(end);
        if ended {
            return Ok(length);
        }
    }
}
