//! HTTP/1.1 heads and bodies, as both sides of a callback need them.
//!
//! In: a stream. Out: the first line and the headers, then the body without the marks of its chunks.
//! Not a library's, since the faults are the point here: a chunked body that does not end, a length
//! that is not kept, an answer that is not HTTP have to be seen as they are.

use std::io::{self, Read};

/// A head, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// What precedes a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// The request line or the status line.
    pub(super) first: String,
    /// Names in lower case, and values, in their order.
    pub(super) headers: Vec<(String, String)>,
}

/// How the end of a body is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// `Content-Length`.
    Length(usize),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// The connection is closed.
    Close,
}

/// Why there is no head or no whole body.
#[derive(Debug)]
pub(super) enum Broken {
    /// The stream's own error: a timeout, a reset, TLS.
    Io(io::Error),
    /// Closed before the first byte.
    Closed,
    /// Closed too early.
    Cut,
    /// More bytes than are read.
    TooLarge,
    /// Not HTTP: the first bytes.
    NotHttp(Vec<u8>),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A stream with what was read of it too early.
pub(super) struct Buffered<S> {
    pub(super) stream: S,
    pending: Vec<u8>,
}

impl<S: Read> Buffered<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, pending: Vec::new() }
    }

    /// Reads once; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 * 1024];
        let count = loop {
            match self.stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A peer that leaves TLS without a goodbye has ended all the same.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break 0,
                done => break done?,
            }
        };
        self.pending.extend_from_slice(&buffer[..count]);
        Ok(count > 0)
    }

    /// Reads a head. `prefix` is what it has to start with.
    pub(super) fn head(&mut self, prefix: &[&[u8]]) -> Result<Head, Broken> {
        loop {
            // An empty line before a head is skipped, as servers do.
            while self.pending.starts_with(b"\r\n") {
                self.pending.drain(..2);
            }
            let start = &self.pending[..self.pending.len().min(8)];
            let fits = prefix.iter().any(|wanted| {
                let count = start.len().min(wanted.len());
                start[..count] == wanted[..count]
            });
            if !start.is_empty() && !fits {
                return Err(Broken::NotHttp(self.pending[..self.pending.len().min(40)].to_vec()));
            }
            if let Some((end, after)) = end_of_head(&self.pending) {
                let text = String::from_utf8_lossy(&self.pending[..end]).into_owned();
                self.pending.drain(..after);
                return Ok(parse(&text));
            }
            if self.pending.len() > HEAD_LIMIT {
                return Err(Broken::TooLarge);
            }
            if !self.fill()? {
                return Err(if self.pending.is_empty() { Broken::Closed } else { Broken::Cut });
            }
        }
    }

    /// Reads a body into `body`, so that what came before a failure can be counted.
    pub(super) fn body(&mut self, framing: &Framing, limit: usize, body: &mut Vec<u8>) -> Result<(), Broken> {
        match framing {
            Framing::Length(length) if *length > limit => Err(Broken::TooLarge),
            Framing::Length(length) => self.take(*length, body),
            Framing::Close => loop {
                body.append(&mut self.pending);
                if body.len() > limit {
                    return Err(Broken::TooLarge);
                }
                if !self.fill()? {
                    return Ok(());
                }
            },
            Framing::Chunked => loop {
                let line = self.line()?;
                let digits = line.split(';').next().unwrap_or_default().trim();
                let Ok(size) = usize::from_str_radix(digits, 16) else {
                    return Err(Broken::NotHttp(line.into_bytes()));
                };
                if size == 0 {
                    // Trailers, up to the empty line.
                    while !self.line()?.is_empty() {}
                    return Ok(());
                }
                if size > limit || body.len() + size > limit {
                    return Err(Broken::TooLarge);
                }
                self.take(size, body)?;
                self.line()?;
            },
        }
    }

    fn take(&mut self, length: usize, body: &mut Vec<u8>) -> Result<(), Broken> {
        let mut missing = length;
        loop {
            let count = missing.min(self.pending.len());
            body.extend(self.pending.drain(..count));
            missing -= count;
            if missing == 0 {
                return Ok(());
            }
            if !self.fill()? {
                return Err(Broken::Cut);
            }
        }
    }

    fn line(&mut self) -> Result<String, Broken> {
        loop {
            if let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            if self.pending.len() > HEAD_LIMIT {
                return Err(Broken::TooLarge);
            }
            if !self.fill()? {
                return Err(Broken::Cut);
            }
        }
    }
}

/// Where the head ends, and where the body begins.
fn end_of_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let crlf = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = bytes.windows(2).position(|window| window == b"\n\n").map(|at| (at, at + 2));
    match (crlf, lf) {
        (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
        (found, other) => found.or(other),
    }
}

fn parse(text: &str) -> Head {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim_end().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Head { first, headers }
}

impl Head {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// How the body ends, as far as the headers say it.
    pub(super) fn framing(&self) -> Option<Framing> {
        if self
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"))
        {
            return Some(Framing::Chunked);
        }
        self.header("content-length")?.parse().ok().map(Framing::Length)
    }
}
