//! One HTTP/1.1 request and its answer, bounded in every direction.
//!
//! In: an open connection, a host, a path, a user agent. Out: a [`Response`]. No cookie, no
//! credential, no compression, no redirect followed: the caller walks the hops itself. A hostile
//! server gets at most 64 KiB of head, the caller's limit of body, and the connection's time.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::wire::Trouble;

/// The longest head of an answer, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// At most this many interim answers (1xx) before the real one.
const INTERIM_ANSWERS: usize = 5;

/// What a server answered.
#[derive(Debug)]
pub(super) struct Response {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Why the body is not whole; `None` too where it was simply longer than asked for.
    pub broken: Option<Trouble>,
    /// From the request to the end of the body.
    pub took: Duration,
}

impl Response {
    /// The values of a header, in order.
    pub(super) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether it asks to go elsewhere.
    pub(super) fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

/// Sends a GET and reads the answer; `time_limit` is only for telling a timeout in words.
pub(super) fn get(
    channel: &mut (impl Read + Write),
    host: &str,
    path: &str,
    user_agent: &str,
    body_limit: usize,
    time_limit: Duration,
) -> Result<Response, Trouble> {
    let begun = Instant::now();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {user_agent}\r\nAccept: */*\r\n\
         Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    );
    let trouble = |error: std::io::Error| Trouble::of(&error, time_limit);
    channel.write_all(request.as_bytes()).and_then(|()| channel.flush()).map_err(trouble)?;
    let mut reader = Reader { channel, buffer: Vec::new(), at: 0 };
    for _ in 0..=INTERIM_ANSWERS {
        let head = reader.head(time_limit)?;
        let (status, headers) = parse_head(&head)?;
        if (100..200).contains(&status) {
            continue;
        }
        let mut response = Response { status, headers, body: Vec::new(), broken: None, took: Duration::ZERO };
        let read = reader.body(&mut response, body_limit);
        response.broken = read.err().map(trouble);
        response.took = begun.elapsed();
        return Ok(response);
    }
    Err(Trouble::NoHttp("HTTP/1.1 1xx".to_owned()))
}

fn parse_head(head: &[u8]) -> Result<(u16, Vec<(String, String)>), Trouble> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .filter(|digits| digits.len() == 3)
        .and_then(|digits| digits.parse().ok())
        .filter(|status| (100..600).contains(status))
        .ok_or_else(|| Trouble::NoHttp(super::shortened(first)))?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    Ok((status, headers))
}

struct Reader<'a, C> {
    channel: &'a mut C,
    buffer: Vec<u8>,
    /// What is before this in the buffer was handed out.
    at: usize,
}

impl<C: Read> Reader<'_, C> {
    /// Reads more into the buffer; `false` at the end.
    fn more(&mut self) -> std::io::Result<bool> {
        let mut chunk = [0; 16 * 1024];
        loop {
            match self.channel.read(&mut chunk) {
                // A TLS peer that closes without saying so.
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.buffer.drain(..self.at);
                    self.at = 0;
                    self.buffer.extend_from_slice(&chunk[..count]);
                    return Ok(true);
                }
            }
        }
    }

    /// The head up to its empty line.
    fn head(&mut self, time_limit: Duration) -> Result<Vec<u8>, Trouble> {
        loop {
            let unread = &self.buffer[self.at..];
            let end = [&b"\r\n\r\n"[..], b"\n\n"]
                .iter()
                .filter_map(|mark| find(unread, mark).map(|at| (at, mark.len())))
                .min();
            if let Some((end, mark)) = end {
                let head = unread[..end].to_vec();
                self.at += end + mark;
                return Ok(head);
            }
            if unread.len() > HEAD_LIMIT {
                return Err(Trouble::HeadTooLong);
            }
            match self.more() {
                Ok(true) => {}
                Ok(false) if self.buffer.is_empty() => return Err(Trouble::Closed),
                Ok(false) => {
                    let start = String::from_utf8_lossy(&self.buffer).into_owned();
                    let is_http = start.starts_with("HTTP/1.");
                    return Err(if is_http {
                        Trouble::Closed
                    } else {
                        Trouble::NoHttp(super::shortened(&start))
                    });
                }
                Err(error) => return Err(Trouble::of(&error, time_limit)),
            }
        }
    }

    fn body(&mut self, response: &mut Response, limit: usize) -> std::io::Result<()> {
        if response.is_redirect() || matches!(response.status, 204 | 304) {
            return Ok(());
        }
        let chunked =
            response.headers("transfer-encoding").any(|value| value.to_ascii_lowercase().contains("chunked"));
        if chunked {
            return self.chunks(&mut response.body, limit);
        }
        let length = response.headers("content-length").next().and_then(|value| value.parse::<usize>().ok());
        let body = &mut response.body;
        self.take(body, length.unwrap_or(usize::MAX).min(limit), length.is_some_and(|length| length <= limit))
    }

    /// Moves `count` bytes into `out`; fewer are an error only if they were `promised`.
    fn take(&mut self, out: &mut Vec<u8>, count: usize, promised: bool) -> std::io::Result<()> {
        let mut left = count;
        loop {
            let unread = &self.buffer[self.at..];
            let taken = unread.len().min(left);
            out.extend_from_slice(&unread[..taken]);
            self.at += taken;
            left -= taken;
            if left == 0 {
                return Ok(());
            }
            if !self.more()? {
                return if promised { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) };
            }
        }
    }

    fn chunks(&mut self, out: &mut Vec<u8>, limit: usize) -> std::io::Result<()> {
        while out.len() < limit {
            let line = self.line()?;
            let digits = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(digits, 16)
                .map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))?;
            if size == 0 {
                return Ok(());
            }
            let room = limit - out.len();
            self.take(out, size.min(room), true)?;
            if size > room {
                return Ok(());
            }
            self.line()?;
        }
        Ok(())
    }

    /// A short line, as is before and after a chunk.
    fn line(&mut self) -> std::io::Result<String> {
        loop {
            let unread = &self.buffer[self.at..];
            if let Some(end) = find(unread, b"\n") {
                let line = String::from_utf8_lossy(&unread[..end]).trim_end().to_owned();
                self.at += end + 1;
                return Ok(line);
            }
            if unread.len() > 1024 {
                return Err(std::io::ErrorKind::InvalidData.into());
            }
            if !self.more()? {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// A server that says the same whatever it is asked, in small pieces.
    struct Canned<'a>(&'a [u8]);

    impl Read for Canned<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(3);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    impl Write for Canned<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn answer(text: &[u8], limit: usize) -> Result<Response, Trouble> {
        get(&mut Canned(text), "h", "/", "ua", limit, Duration::from_secs(1))
    }

    #[test]
    fn the_three_ways_to_end_a_body() {
        let body = |text: &[u8]| String::from_utf8(answer(text, 100).unwrap().body).unwrap();
        assert_eq!(body(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"), "abc");
        assert_eq!(body(b"HTTP/1.0 200 OK\n\nabc"), "abc");
        assert_eq!(
            body(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
            "abc"
        );
        assert_eq!(body(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc"), "abc");
    }

    #[test]
    fn a_limit_cuts_a_body_and_a_lie_is_seen() {
        assert_eq!(answer(b"HTTP/1.1 200 OK\r\n\r\nabcdef", 4).unwrap().body, b"abcd");
        assert_eq!(
            answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabcdef", 4).unwrap().body,
            b"abcd"
        );
        assert_eq!(
            answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 100).unwrap().broken,
            Some(Trouble::Closed)
        );
        for bad in [&b"SSH-2.0-x\r\n\r\n"[..], b"HTTP/1.1 abc\r\n\r\n", b"\r\n\r\n", b"HTTP/2 999\r\n\r\n"] {
            assert!(matches!(answer(bad, 100), Err(Trouble::NoHttp(_))));
        }
        assert_eq!(answer(b"", 100).unwrap_err(), Trouble::Closed);
        let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"a: b\r\n".repeat(20_000)].concat();
        assert_eq!(answer(&endless, 100).unwrap_err(), Trouble::HeadTooLong);
    }
}
