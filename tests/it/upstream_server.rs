//! A stand-in for WeChat's API: a real server on a free port of 127.0.0.1 that follows a script,
//! counts what reaches it, and remembers how many requests it had at once.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    pub headers: String,
    pub body: String,
    /// How many came before it, of any path.
    pub before: usize,
    /// How many of the same path came before it.
    pub before_here: usize,
}

impl Call {
    pub fn is_token(&self) -> bool {
        ["/cgi-bin/stable_token", "/cgi-bin/token", "/cgi-bin/gettoken"].contains(&self.path.as_str())
    }

    pub fn is_forced(&self) -> bool {
        self.body.contains("\"force_refresh\":true")
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

/// What to answer, and how.
#[derive(Clone, Debug)]
pub struct Answer {
    pub delay: Duration,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub manner: Manner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Whole,
    /// The connection is reset before a byte of the answer.
    Reset,
    /// Half the body, under the full Content-Length, then the end.
    CutShort,
    /// Nothing, until the client goes away.
    Silent,
    /// The head one byte a second.
    SlowHead,
    /// The head at once, the body one byte a second.
    SlowBody,
    /// Chunks without end.
    Endless,
    /// No HTTP at all.
    Garbage,
}

pub fn json(body: &str) -> Answer {
    Answer {
        delay: Duration::ZERO,
        status: 200,
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: body.as_bytes().to_vec(),
        manner: Manner::Whole,
    }
}

impl Answer {
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }
}

/// WeChat as it should be: a token or ticket that says which call it came from.
pub fn wechat(call: &Call) -> Answer {
    let n = call.before_here + 1;
    if call.is_token() {
        return json(&format!("{{\"access_token\":\"TOKEN-{n}-of-{}\",\"expires_in\":7200}}", app_of(call)));
    }
    let kind = call.param("type").unwrap_or("corp");
    let group = if kind == "contact" { ",\"group_id\":\"GROUP-7\"" } else { "" };
    json(&format!(
        "{{\"errcode\":0,\"errmsg\":\"ok\",\"ticket\":\"TICKET-{kind}-{n}-0123456789\",\"expires_in\":7200{group}}}"
    ))
}

fn app_of(call: &Call) -> String {
    let from_query = call.param("corpid").or(call.param("appid"));
    let from_body = || {
        let body: serde_json::Value = serde_json::from_str(&call.body).ok()?;
        Some(body["appid"].as_str()?.to_owned())
    };
    from_query.map(str::to_owned).or_else(from_body).unwrap_or_default()
}

pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    script: Box<dyn Fn(&Call) -> Answer + Send + Sync>,
    calls: Mutex<Vec<Call>>,
    connections: AtomicUsize,
    bytes: AtomicUsize,
    in_flight: AtomicUsize,
    most_at_once: AtomicUsize,
    over: AtomicBool,
}

impl Server {
    pub fn start(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            script: Box::new(script),
            calls: Mutex::default(),
            connections: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&accepting);
                if let Ok(stream) = stream {
                    shared.connections.fetch_add(1, Ordering::SeqCst);
                    std::thread::spawn(move || serve(stream, &shared));
                }
            }
        });
        Self { address, shared }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().expect("no panic").clone()
    }

    /// How many calls asked for a token, and how many for a ticket.
    pub fn counts(&self) -> (usize, usize) {
        let calls = self.calls();
        let tokens = calls.iter().filter(|call| call.is_token()).count();
        (tokens, calls.len() - tokens)
    }

    pub fn most_at_once(&self) -> usize {
        self.shared.most_at_once.load(Ordering::SeqCst)
    }

    /// Bytes that reached it, also such as are not request.
    pub fn bytes(&self) -> usize {
        self.shared.bytes.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let Some(mut call) = read_call(&mut stream, shared) else { return };
    let now = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most_at_once.fetch_max(now, Ordering::SeqCst);
    {
        let mut calls = shared.calls.lock().expect("no panic");
        call.before = calls.len();
        call.before_here = calls.iter().filter(|earlier| earlier.path == call.path).count();
        calls.push(call.clone());
    }
    let answer = (shared.script)(&call);
    std::thread::sleep(answer.delay);
    // The flight is over before the client can know: it may come back at once.
    if matches!(answer.manner, Manner::Whole | Manner::Reset | Manner::CutShort | Manner::Garbage) {
        shared.in_flight.fetch_sub(1, Ordering::SeqCst);
        let _ = write_answer(&mut stream, &answer);
    } else {
        let _ = write_answer(&mut stream, &answer);
        shared.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

fn read_call(stream: &mut TcpStream, shared: &Shared) -> Option<Call> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        let length = stream.read(&mut chunk).ok().filter(|length| *length > 0)?;
        shared.bytes.fetch_add(length, Ordering::SeqCst);
        bytes.extend_from_slice(&chunk[..length]);
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let length: usize = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    while bytes.len() < head_end + 4 + length {
        let length = stream.read(&mut chunk).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&chunk[..length]);
    }
    let body = String::from_utf8_lossy(&bytes[head_end + 4..]).into_owned();
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Call {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: head.clone(),
        body,
        before: 0,
        before_here: 0,
    })
}

fn write_answer(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let length = answer.body.len();
    let mut head = format!("HTTP/1.1 {} Status\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let own_length = answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if answer.manner == Manner::Endless {
        head.push_str("Transfer-Encoding: chunked\r\n");
    } else if !own_length {
        head.extend(["Content-Length: ", &length.to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    match answer.manner {
        Manner::Whole => {
            stream.write_all(head.as_bytes())?;
            stream.write_all(&answer.body)
        }
        // Closed with nothing read left and nothing written: the client sees the end at once.
        Manner::Reset => Ok(()),
        Manner::CutShort => {
            stream.write_all(head.as_bytes())?;
            stream.write_all(&answer.body[..length / 2])
        }
        Manner::Silent => {
            let mut byte = [0];
            let _ = stream.read(&mut byte);
            Ok(())
        }
        Manner::SlowHead => slowly(stream, head.as_bytes()),
        Manner::SlowBody => {
            stream.write_all(head.as_bytes())?;
            slowly(stream, &answer.body)
        }
        Manner::Endless => {
            stream.write_all(head.as_bytes())?;
            let chunk = [b' '; 4096];
            loop {
                stream.write_all(b"1000\r\n")?;
                stream.write_all(&chunk)?;
                stream.write_all(b"\r\n")?;
            }
        }
        Manner::Garbage => stream.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n"),
    }
}

fn slowly(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte])?;
        std::thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}
