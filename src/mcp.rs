//! The assistants' server: a Model Context Protocol server on stdin and stdout.
//!
//! In: JSON-RPC messages, one a line. Out: one answer a line for each request. A tool's answer is the
//! `--json` document of its command with every ticket, token and secret masked. A line that is not a
//! message gets an error, and the session goes on; the end of input ends it.
//!
//! ```text
//! line ─► message ─► tool: arguments ─► Request ─► ops ─► Report ─► mask ─► text content
//! ```
//!
//! The loop is written by hand: the protocol's part that tools need is one screen, and the official SDK
//! would bring 23 more crates (schemars, chrono, futures, uuid …) and an async runtime into every start.

mod mask;
mod message;
mod tool;

use std::io::{self, BufRead, BufReader, Write};

use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::document;

/// The longest message, as the longest body of `serve`. Bytes.
const MESSAGE_LIMIT: usize = 128 * 1024 * 1024;

/// Answers until the input ends.
pub fn run(context: &Context) -> Result<(), Failure> {
    let mut input = BufReader::with_capacity(64 * 1024, io::stdin().lock());
    context.out.write(|out| session(&mut input, out, context))
}

/// Answers one session; public for the fuzz targets.
#[doc(hidden)]
pub fn session(input: &mut impl BufRead, out: &mut dyn Write, context: &Context) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        let length = read_line(input, &mut line)?;
        if length == 0 {
            return Ok(());
        }
        let answer = if length > MESSAGE_LIMIT {
            Some(message::error(&Value::Null, message::INVALID_REQUEST, "the message is too long"))
        } else {
            message::answer(&line, context)
        };
        if let Some(answer) = answer {
            writeln!(out, "{}", document::line(&answer)?)?;
            out.flush()?;
        }
        // One large message must not keep its room for the rest of the session.
        line = Vec::new();
    }
}

/// Reads up to a line break; keeps at most the limit, returns the whole length.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(length);
        }
        let end = memchr::memchr(b'\n', chunk).map_or(chunk.len(), |at| at + 1);
        let room = MESSAGE_LIMIT.saturating_sub(line.len()).min(end);
        line.extend_from_slice(&chunk[..room]);
        length += end;
        let ended = chunk[end - 1] == b'\n';
        input.consume(end);
        if ended {
            return Ok(length);
        }
    }
}
