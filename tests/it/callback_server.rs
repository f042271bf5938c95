//! A small server for receivers in tests: right by itself, wrong in the one way that a test wants.
//!
//! In: a handler. Out: an address on 127.0.0.1; the server ends with its value.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Decoded once, as a framework does.
    pub query: BTreeMap<String, String>,
    /// As it is in the address.
    pub raw: BTreeMap<String, String>,
    pub headers: Vec<String>,
    pub body: Vec<u8>,
}

impl Call {
    pub fn value(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub fn is_get(&self) -> bool {
        self.method == "GET"
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Say {
    /// Status, content type, body.
    Http(u16, &'static str, Vec<u8>),
    /// Status and one header.
    Header(u16, String),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// These bytes, and then nothing for a long time.
    Hang(Vec<u8>),
    /// The same after so many milliseconds.
    Late(u64, Box<Say>),
}

pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Say {
    Say::Http(status, "text/plain; charset=utf-8", body.into())
}

pub fn html(status: u16, body: impl Into<Vec<u8>>) -> Say {
    Say::Http(status, "text/html; charset=utf-8", body.into())
}

/// A server that runs until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub fn start(handler: impl Fn(&Call) -> Say + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop: Arc<AtomicBool> = Arc::default();
        let (stopped, handler) = (Arc::clone(&stop), Arc::new(handler));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (handler, stopped) = (Arc::clone(&handler), Arc::clone(&stopped));
                std::thread::spawn(move || {
                    if let Some(call) = read(&stream) {
                        say(&stream, handler(&call), &stopped);
                    }
                });
            }
        });
        Self { address, stop }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(200));
    }
}

fn decode(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .map_or(String::new(), |(_, value)| value.into_owned())
}

fn read(stream: &TcpStream) -> Option<Call> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace();
    let mut call = Call { method: words.next()?.into(), target: words.next()?.into(), ..Call::default() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        call.headers.push(line.trim().to_owned());
    }
    call.body = vec![0; length];
    reader.read_exact(&mut call.body).ok()?;
    let query = call.target.split_once('?').map_or("", |(_, query)| query);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        call.raw.insert(name.to_owned(), value.to_owned());
        call.query.insert(name.to_owned(), decode(value));
    }
    Some(call)
}

fn say(mut stream: &TcpStream, answer: Say, stop: &AtomicBool) {
    match answer {
        Say::Http(status, kind, body) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
        Say::Header(status, header) => {
            let head =
                format!("HTTP/1.1 {status} X\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(head.as_bytes());
        }
        Say::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Say::Hang(bytes) => {
            let _ = stream.write_all(&bytes);
            for _ in 0..400 {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Say::Late(milliseconds, answer) => {
            std::thread::sleep(Duration::from_millis(milliseconds));
            say(stream, *answer, stop);
        }
    }
}
