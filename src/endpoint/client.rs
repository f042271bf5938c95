//! One call to an endpoint over HTTP/1.1, and its answer as it came.
//!
//! In: a [`Target`], a [`Request`], a time. Out: an [`Answer`], or the [`Trouble`] that came instead.
//! Follows no redirect, uses no proxy, sends to the one address.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::http::{Broken, Buffered, Framing, Head};
use super::wire::{Wire, is_timeout};
use crate::callback::answer::{Answer, Place, Trouble};

/// A connection to one address.
const CONNECT: Duration = Duration::from_secs(3);
/// Addresses of a name that are tried.
const MAX_ADDRESSES: usize = 4;
/// An answer's body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// An address to call, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As a person wrote it, without its fragment.
    pub url: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The host, an IPv6 address in brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path.
    pub path: String,
    /// The query of the address itself.
    pub query: Option<String>,
}

impl Target {
    /// Takes an address apart; `None` for anything but http and https with a host.
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let text = text.split('#').next().unwrap_or_default();
        let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        Some(Self {
            url: text.to_owned(),
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
        })
    }

    /// What texts name of it.
    pub fn place(&self) -> Place<'_> {
        Place { scheme: &self.scheme, host: &self.host, port: self.port, path: &self.path }
    }

    /// The path, the own query and one more.
    pub fn with_query(&self, query: &str) -> String {
        let own = self.query.as_deref().unwrap_or_default();
        match (own.is_empty(), query.is_empty()) {
            (true, true) => self.path.clone(),
            (true, false) => format!("{}?{query}", self.path),
            (false, true) => format!("{}?{own}", self.path),
            (false, false) => format!("{}?{own}&{query}", self.path),
        }
    }

    /// The whole address with one more query.
    pub fn url_with(&self, query: &str) -> String {
        let origin = self.url.find("://").map_or(0, |at| at + 3);
        let end = self.url[origin..].find(['/', '?']).map_or(self.url.len(), |at| origin + at);
        format!("{}{}", &self.url[..end], self.with_query(query))
    }

    fn authority(&self) -> String {
        let default = if self.scheme == "https" { 443 } else { 80 };
        if self.port == default { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

/// A request, byte for byte.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST` or another.
    pub method: &'a str,
    /// Added to the target's own query.
    pub query: &'a str,
    /// Besides those of the connection.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// Calls one target.
pub struct Client {
    target: Target,
    ca_file: Option<std::path::PathBuf>,
    tls: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Client {
    /// A client; a `ca_file` takes the place of the known roots.
    pub fn new(target: Target, ca_file: Option<&Path>) -> Self {
        Self { target, ca_file: ca_file.map(Path::to_owned), tls: OnceLock::new() }
    }

    /// What it calls.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Sends a request and reads the answer, all within `limit` after the connection.
    pub fn send(&self, request: &Request, limit: Duration) -> Result<Answer, Trouble> {
        let stream = self.connect()?;
        let begun = Instant::now();
        let wire = Wire { stream, until: begun + limit };
        let mut channel = self.channel(wire, limit)?;
        let begun = Instant::now();
        let timeout = || Trouble::Timeout(millis(begun.elapsed()));
        let bytes = self.bytes(request);
        if let Err(error) = channel.write_all(&bytes).and_then(|()| channel.flush()) {
            // A server that refuses a body early answers and closes: its answer counts.
            if is_timeout(&error) {
                return Err(timeout());
            }
        }
        let mut channel = Buffered::new(channel);
        let head = loop {
            let head = channel.head(&[b"HTTP/1."]).map_err(|broken| match broken {
                Broken::Io(error) if is_timeout(&error) => timeout(),
                Broken::Io(error) => of_error(&error),
                Broken::Closed => Trouble::Closed,
                Broken::Cut => Trouble::Cut("a head".to_owned(), 0),
                Broken::TooLarge => Trouble::TooLarge(BODY_LIMIT),
                Broken::NotHttp(start) => Trouble::NotHttp(printable(&start)),
            })?;
            // 100 Continue and the like precede the answer.
            if !head.first.contains(" 1") || status_of(&head).is_none_or(|status| status >= 200) {
                break head;
            }
        };
        let status = status_of(&head).ok_or_else(|| Trouble::NotHttp(head.first.clone()))?;
        let framing = match status {
            204 | 304 => Framing::Length(0),
            _ if request.method == "HEAD" => Framing::Length(0),
            _ => head.framing().unwrap_or(Framing::Close),
        };
        let mut body = Vec::new();
        if let Err(broken) = channel.body(&framing, BODY_LIMIT, &mut body) {
            let announced = match &framing {
                Framing::Length(length) => format!("Content-Length: {length}"),
                Framing::Chunked => "Transfer-Encoding: chunked".to_owned(),
                Framing::Close => "Connection: close".to_owned(),
            };
            return Err(match broken {
                Broken::Io(error) if is_timeout(&error) => Trouble::NeverEnds(announced),
                Broken::Io(_) | Broken::Cut | Broken::Closed => Trouble::Cut(announced, body.len()),
                Broken::TooLarge => Trouble::TooLarge(BODY_LIMIT),
                Broken::NotHttp(start) => Trouble::NotHttp(printable(&start)),
            });
        }
        Ok(Answer { status, headers: head.headers, body, elapsed_ms: millis(begun.elapsed()) })
    }

    fn connect(&self) -> Result<TcpStream, Trouble> {
        let host = self.target.host.trim_matches(['[', ']']);
        let addresses = (host, self.target.port)
            .to_socket_addrs()
            .map_err(|error| Trouble::Name(error.to_string()))?
            .take(MAX_ADDRESSES);
        let mut last = Trouble::Name("no address".to_owned());
        for address in addresses {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => {
                    // Without it a request that fits one packet may wait for an acknowledgement.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => last = Trouble::Refused,
                Err(error) => last = Trouble::Unreachable(error.to_string()),
            }
        }
        Err(last)
    }

    fn channel(&self, wire: Wire, limit: Duration) -> Result<Channel, Trouble> {
        if self.target.scheme == "http" {
            return Ok(Channel::Plain(wire));
        }
        let config = self.tls.get_or_init(|| tls_config(self.ca_file.as_deref()));
        let config = config.as_ref().map_err(|why| Trouble::Tls(why.clone()))?;
        let host = self.target.host.trim_matches(['[', ']']).trim_end_matches('.').to_owned();
        let name = ServerName::try_from(host).map_err(|error| Trouble::Tls(error.to_string()))?;
        let connection = ClientConnection::new(Arc::clone(config), name)
            .map_err(|error| Trouble::Tls(error.to_string()))?;
        let mut stream = StreamOwned::new(connection, wire);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|error| match of_error(&error) {
                _ if is_timeout(&error) => Trouble::Timeout(millis(limit)),
                Trouble::Closed => Trouble::Tls("the connection was closed during the handshake".to_owned()),
                other => other,
            })?;
        }
        Ok(Channel::Tls(Box::new(stream)))
    }

    /// The request as it is sent.
    fn bytes(&self, request: &Request) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\n",
            request.method,
            self.target.with_query(request.query),
            self.target.authority()
        );
        let has = |wanted: &str| request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if !has("user-agent") {
            // What WeChat sends.
            head.push_str("User-Agent: Mozilla/4.0\r\n");
        }
        if !has("accept") {
            head.push_str("Accept: */*\r\n");
        }
        for (name, value) in request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !request.body.is_empty() || request.method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", request.body.len()));
        }
        head.push_str("Connection: close\r\n\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(request.body);
        bytes
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn status_of(head: &Head) -> Option<u16> {
    let word = head.first.split_whitespace().nth(1)?;
    word.parse().ok().filter(|status| (100..1000).contains(status))
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).escape_debug().take(40).collect()
}

fn of_error(error: &io::Error) -> Trouble {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        let mut why = tls.to_string();
        if why.len() > 160 {
            why = why.chars().take(160).collect();
        }
        return Trouble::Tls(why);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::NotConnected => Trouble::Closed,
        io::ErrorKind::ConnectionRefused => Trouble::Refused,
        _ => Trouble::Unreachable(error.to_string()),
    }
}

fn tls_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
            roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// A connection, encrypted or not.
enum Channel {
    Plain(Wire),
    Tls(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
