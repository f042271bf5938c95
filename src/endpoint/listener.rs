//! A small HTTP/1.1 server for callbacks: one thread a connection, everything bounded.
//!
//! In: a bound listener and a handler. Out: each request as it came, answered with what the handler
//! returns, until a signal comes. [`Recorder`] is the same as a stand-in of an API.

use std::io::{self, Read as _, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::http::{Broken, Buffered, Framing};
use super::wire::Wire;
use crate::both;
use crate::failure::Failure;
use crate::lang::Both;

/// Connections at a time; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 1_024;
/// A request's body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;
/// For a request to arrive, and for the next one on an idle connection.
const REQUEST_TIME: Duration = Duration::from_secs(10);
/// For a refused client to notice, and what it may send until then. Bytes.
const LINGER_TIME: Duration = Duration::from_secs(2);
const LINGER_LIMIT: u64 = 64 * 1024 * 1024;
/// For requests in hand after a signal.
const STOP_TIME: Duration = Duration::from_secs(3);
/// Of a connection's thread, in bytes.
const STACK: usize = 512 * 1024;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query, as they came.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, without the marks of its chunks.
    pub body: Vec<u8>,
    /// When its last byte was read.
    pub at: Instant,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A plain text.
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8".to_owned(), body: body.into() }
    }
}

/// What answers.
pub type Handler = Arc<dyn Fn(Received) -> Reply + Send + Sync>;

/// Binds an address, or says why it cannot.
pub fn bind(address: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let failed = |error: &io::Error| {
        if let Some(failure) = Failure::of_a_limit(error) {
            return failure;
        }
        let Both { zh, en } = error.into();
        match error.kind() {
            io::ErrorKind::AddrInUse => {
                Failure::network(both!("`{address}` 已被占用", "`{address}` is in use"))
                    .hint(Both::same("wecheck callback listen --listen 127.0.0.1:0"))
            }
            io::ErrorKind::InvalidInput => Failure::usage(both!(
                "`{address}` 不是可以监听的地址",
                "`{address}` is not an address to listen on"
            ))
            .hint(Both::same("wecheck callback listen --listen 127.0.0.1:8788")),
            _ => Failure::network(both!("不能监听 `{address}`：{zh}", "cannot listen on `{address}`: {en}"))
                .hint(Both::same("wecheck callback listen --listen 127.0.0.1:8788")),
        }
    };
    let listener = TcpListener::bind(address).map_err(|error| failed(&error))?;
    let bound = listener.local_addr().map_err(|error| failed(&error))?;
    Ok((listener, bound))
}

/// Answers until SIGTERM or Ctrl-C, or until [`end`].
pub fn serve(listener: &TcpListener, handler: &Handler, stop: &Arc<AtomicBool>) -> io::Result<()> {
    stop_on_signal(stop, listener)?;
    accept(listener, handler, stop);
    Ok(())
}

#[cfg(unix)]
fn stop_on_signal(stop: &Arc<AtomicBool>, listener: &TcpListener) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let own = listener.local_addr()?;
    // Its descriptor is for the connection that ends `accept`, which may find none left.
    let spare = listener.try_clone()?;
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    let stop = Arc::clone(stop);
    thread::Builder::new().spawn(move || {
        if signals.forever().next().is_some() {
            drop(spare);
            end(&stop, own);
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
fn stop_on_signal(_: &Arc<AtomicBool>, _: &TcpListener) -> io::Result<()> {
    Ok(())
}

/// Ends a server that listens on `own`.
pub fn end(stop: &AtomicBool, own: SocketAddr) {
    stop.store(true, Ordering::SeqCst);
    // Lets `accept` look at the flag.
    let ip = if own.ip().is_unspecified() { [127, 0, 0, 1].into() } else { own.ip() };
    let _ = TcpStream::connect_timeout(&SocketAddr::new(ip, own.port()), Duration::from_millis(500));
}

/// How many connections are open, and how many requests are being answered.
#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    busy: AtomicUsize,
}

fn accept(listener: &TcpListener, handler: &Handler, stop: &Arc<AtomicBool>) {
    let counts = Arc::new(Counts::default());
    while !stop.load(Ordering::SeqCst) {
        // Out of descriptors, or the client went away already: neither ends the server.
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        while counts.open.load(Ordering::SeqCst) >= MAX_CONNECTIONS && !stop.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let (counts, handler, stop) = (Arc::clone(&counts), Arc::clone(handler), Arc::clone(stop));
        counts.open.fetch_add(1, Ordering::SeqCst);
        let open = Arc::clone(&counts);
        let started = thread::Builder::new().stack_size(STACK).spawn(move || {
            connection(stream, &handler, &counts, &stop);
            counts.open.fetch_sub(1, Ordering::SeqCst);
        });
        if started.is_err() {
            open.open.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let until = Instant::now() + STOP_TIME;
    while counts.busy.load(Ordering::SeqCst) > 0 && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
}

/// Answers the requests of one connection.
fn connection(stream: TcpStream, handler: &Handler, counts: &Counts, stop: &AtomicBool) {
    let _ = stream.set_nodelay(true);
    let mut reader = Buffered::new(Wire { stream, until: Instant::now() + REQUEST_TIME });
    while !stop.load(Ordering::SeqCst) {
        reader.stream.until = Instant::now() + REQUEST_TIME;
        let methods: [&[u8]; 7] = [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"OPTIONS ", b"PATCH "];
        let head = match reader.head(&methods) {
            Ok(head) => head,
            Err(Broken::TooLarge) => {
                return refuse(&mut reader.stream, &Reply::text(431, "head too large"));
            }
            Err(Broken::NotHttp(_)) => {
                return refuse(&mut reader.stream, &Reply::text(400, "not HTTP"));
            }
            Err(_) => return,
        };
        let mut words = head.first.split_whitespace();
        let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
            return refuse(&mut reader.stream, &Reply::text(400, "not HTTP"));
        };
        let wants_close = head.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let keeps = version == "HTTP/1.1" && !wants_close;
        if head.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
            && reader.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_err()
        {
            return;
        }
        let mut body = Vec::new();
        let framing = head.framing().unwrap_or(Framing::Length(0));
        match reader.body(&framing, BODY_LIMIT, &mut body) {
            Ok(()) => {}
            Err(Broken::TooLarge) => {
                return refuse(&mut reader.stream, &Reply::text(413, "body too large"));
            }
            Err(_) => return,
        }
        let received = Received {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: head.headers.clone(),
            body,
            at: Instant::now(),
        };
        counts.busy.fetch_add(1, Ordering::SeqCst);
        let reply = handler(received);
        reader.stream.until = Instant::now() + REQUEST_TIME;
        let keeps = keeps && !stop.load(Ordering::SeqCst);
        write(&mut reader.stream, &reply, keeps);
        counts.busy.fetch_sub(1, Ordering::SeqCst);
        if !keeps {
            return;
        }
    }
}

/// Answers a request that is not read to its end. What the client still sends is read and dropped for a
/// moment: a connection that is closed with bytes unread is reset, and the answer lost.
fn refuse(wire: &mut Wire, reply: &Reply) {
    write(wire, reply, false);
    let _ = wire.stream.shutdown(Shutdown::Write);
    wire.until = Instant::now() + LINGER_TIME;
    let _ = io::copy(&mut wire.take(LINGER_LIMIT), &mut io::sink());
}

fn write(wire: &mut Wire, reply: &Reply, keeps: bool) {
    let reason = match reply.status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        _ => "-",
    };
    let connection = if keeps { "keep-alive" } else { "close" };
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", reply.status);
    if !reply.content_type.is_empty() {
        // What an app said is passed on; a line break in it would be a header of its own.
        let kind: String = reply.content_type.chars().filter(|c| !c.is_control()).collect();
        bytes.push_str(&format!("Content-Type: {kind}\r\n"));
    }
    bytes.push_str(&format!("Content-Length: {}\r\nConnection: {connection}\r\n\r\n", reply.body.len()));
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(&reply.body);
    // The client may be gone; there is no one left to answer.
    let _ = wire.write_all(&bytes).and_then(|()| wire.flush());
}

/// A stand-in of an API: says `ok` to everything and remembers what came.
pub struct Recorder {
    seen: Arc<(Mutex<String>, Condvar)>,
}

/// What a [`Recorder`] remembers, in bytes.
const MEMORY: usize = 1024 * 1024;

impl Recorder {
    /// Listens on `address` until the process ends.
    pub fn start(address: &str) -> Result<Self, Failure> {
        let (listener, _) = bind(address)?;
        let seen: Arc<(Mutex<String>, Condvar)> = Arc::default();
        let kept = Arc::clone(&seen);
        let handler: Handler = Arc::new(move |received: Received| {
            let (text, came) = &*kept;
            let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
            if text.len() < MEMORY {
                text.push_str(&String::from_utf8_lossy(&received.body));
                text.push('\n');
            }
            came.notify_all();
            let body = r#"{"errcode":0,"errmsg":"ok","access_token":"stand-in","component_access_token":"stand-in","expires_in":7200,"authorization_info":{"authorizer_appid":"wx0000000000000000","authorizer_access_token":"stand-in","expires_in":7200,"authorizer_refresh_token":"stand-in","func_info":[]}}"#;
            Reply { content_type: "application/json".to_owned(), ..Reply::text(200, body) }
        });
        let serving = move || accept(&listener, &handler, &Arc::default());
        thread::Builder::new().spawn(serving).map_err(|error| Failure::no_thread(&error))?;
        Ok(Self { seen })
    }

    /// Whether a text comes within a time.
    pub fn wait_for(&self, wanted: &str, time: Duration) -> bool {
        let (text, came) = &*self.seen;
        let guard = text.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = came.wait_timeout_while(guard, time, |text| !text.contains(wanted));
        waited.is_ok_and(|(_, outcome)| !outcome.timed_out())
    }
}
