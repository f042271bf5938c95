//! One connection to a Redis, where everything has a limit: the look-up of its name, the handshake,
//! each question and the size of each answer, whatever the other end does meanwhile.
//!
//! In: a parsed url, commands, the moment by which each is over. Out: answers. The library's own
//! connection limits each read by itself: a server that sends a byte now and then keeps it for good.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use redis::{Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, Parser, RedisError, Value};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::Refusal;
use crate::both;
use crate::cache::part::StoreError;
use crate::lang::Both;

/// The longest answer: a page of keys. Bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// A connection.
pub(super) struct Wire {
    stream: Stream,
    parser: Parser,
}

enum Stream {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Wire {
    /// Connects, and does the handshake.
    pub(super) fn connect(
        info: &ConnectionInfo,
        ca_file: Option<&Path>,
        until: Instant,
    ) -> Result<Self, Refusal> {
        let stream = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Stream::Plain(Timed::connect(host, *port, until)?),
            ConnectionAddr::TcpTls { host, port, insecure: false, .. } => {
                let unusable = || Refusal::Setup(unusable_url());
                let name = ServerName::try_from(host.clone()).map_err(|_| unusable())?;
                let session = ClientConnection::new(tls(ca_file)?, name).map_err(|_| unusable())?;
                Stream::Tls(Box::new(StreamOwned::new(session, Timed::connect(host, *port, until)?)))
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                let socket = UnixStream::connect(path).map_err(|error| Refusal::of(&error.into()))?;
                Stream::Plain(Timed::new(Socket::Unix(socket), until))
            }
            _ => return Err(Refusal::Setup(unusable_url())),
        };
        let mut wire = Self { stream, parser: Parser::new() };
        wire.log_in(info, until)?;
        Ok(wire)
    }

    fn log_in(&mut self, info: &ConnectionInfo, until: Instant) -> Result<(), Refusal> {
        let settings = info.redis_settings();
        if let Some(password) = settings.password() {
            let mut command = redis::cmd("AUTH");
            if let Some(name) = settings.username() {
                command.arg(name);
            }
            let command = command.arg(password);
            self.answer(command, until)?.map_err(|error| match error.code() {
                // Old ones know no user names, and some that know no password say so like this.
                Some("ERR" | "NOAUTH" | "WRONGPASS" | "NOPERM") | None => {
                    Refusal::of(&(ErrorKind::AuthenticationFailed, "refused").into())
                }
                Some(_) => Refusal::of(&error),
            })?;
        }
        if settings.db() != 0 {
            self.query::<Value>(redis::cmd("SELECT").arg(settings.db()), until)?;
        }
        Ok(())
    }

    /// Asks one thing.
    pub(super) fn query<T: FromRedisValue>(&mut self, command: &Cmd, until: Instant) -> Result<T, Refusal> {
        let value = self.answer(command, until)?.map_err(|error| Refusal::of(&error))?;
        redis::from_redis_value(value).map_err(|error| Refusal::of(&error.into()))
    }

    /// The answer, or what the server says in place of one.
    fn answer(&mut self, command: &Cmd, until: Instant) -> Result<Result<Value, RedisError>, Refusal> {
        self.timed().until = until;
        self.timed().left = ANSWER_LIMIT;
        let asked = self.stream.write_all(&command.get_packed_command()).and_then(|()| self.stream.flush());
        asked.map_err(|error| Refusal::of(&error.into()))?;
        let value = self
            .parser
            .parse_value(&mut self.stream)
            .map_err(|error| if self.timed().left == 0 { Refusal::TooLarge } else { Refusal::of(&error) })?;
        Ok(value.extract_error())
    }

    fn timed(&mut self) -> &mut Timed {
        match &mut self.stream {
            Stream::Plain(timed) => timed,
            Stream::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(timed) => timed.read(bytes),
            Self::Tls(stream) => stream.read(bytes),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(timed) => timed.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(timed) => timed.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket whose reads and writes all end by one moment, and that gives so many bytes at most.
struct Timed {
    socket: Socket,
    until: Instant,
    left: usize,
}

enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Timed {
    fn new(socket: Socket, until: Instant) -> Self {
        Self { socket, until, left: ANSWER_LIMIT }
    }

    fn connect(host: &str, port: u16, until: Instant) -> Result<Self, Refusal> {
        let addresses = addresses(host, port, until)?;
        let mut refused = io::Error::from(io::ErrorKind::TimedOut);
        for (n, address) in addresses.iter().enumerate() {
            // One that is silent leaves its share of the time to the others.
            let share = left(until)? / u32::try_from(addresses.len() - n).unwrap_or(1);
            match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
                Ok(stream) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(Self::new(Socket::Tcp(stream), until));
                }
                Err(error) => refused = error,
            }
        }
        Err(Refusal::of(&refused.into()))
    }

    fn limit(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let limit = Some(self.limit()?);
        let room = bytes.len().min(self.left);
        let bytes = &mut bytes[..room];
        let length = match &mut self.socket {
            Socket::Tcp(socket) => {
                socket.set_read_timeout(limit)?;
                socket.read(bytes)
            }
            #[cfg(unix)]
            Socket::Unix(socket) => {
                socket.set_read_timeout(limit)?;
                socket.read(bytes)
            }
        }?;
        self.left -= length;
        Ok(length)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let limit = Some(self.limit()?);
        match &mut self.socket {
            Socket::Tcp(socket) => {
                socket.set_write_timeout(limit)?;
                socket.write(bytes)
            }
            #[cfg(unix)]
            Socket::Unix(socket) => {
                socket.set_write_timeout(limit)?;
                socket.write(bytes)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn left(until: Instant) -> Result<Duration, Refusal> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(Refusal::of(&io::Error::from(io::ErrorKind::TimedOut).into())) } else { Ok(left) }
}

/// The addresses of a host. The system's look-up has no limit of its own: it gets a thread.
fn addresses(host: &str, port: u16, until: Instant) -> Result<Vec<SocketAddr>, Refusal> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (found, answer) = mpsc::channel();
    let name = host.to_owned();
    let look_up = move || {
        let addresses = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        let _ = found.send(addresses.unwrap_or_default());
    };
    std::thread::Builder::new().spawn(look_up).map_err(|_| {
        Refusal::Broken(both!(
            "的域名没法查：本进程的线程数已到上限",
            "has a name that cannot be looked up: this process has reached its limit of threads"
        ))
    })?;
    match answer.recv_timeout(left(until)?) {
        Err(_) => Err(Refusal::Broken(both!(
            "的域名查不到：DNS 服务器没有回答",
            "has a name that is not known: the DNS resolver does not answer"
        ))),
        Ok(addresses) if Vec::is_empty(&addresses) => {
            Err(Refusal::Broken(both!("的域名解析不到地址", "has a name without an address")))
        }
        Ok(addresses) => Ok(addresses),
    }
}

fn unusable_url() -> StoreError {
    StoreError::Settings(both!("Redis 的 url 不能用", "the url of the Redis cannot be used"))
}

/// The authorities of a file alone, or the built-in ones.
fn tls(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Refusal> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        let pem = std::fs::read(path).map_err(|error| {
            let path = path.display();
            let zh = Both::from(&error).zh;
            Refusal::Setup(StoreError::Settings(both!(
                "SSL_CERT_FILE 指的 `{path}` 读不出来：{zh}",
                "`{path}` of SSL_CERT_FILE cannot be read: {error}"
            )))
        })?;
        let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
        if roots.add_parsable_certificates(certificates).0 == 0 {
            return Err(Refusal::Setup(StoreError::Settings(both!(
                "Redis 的 url 或 SSL_CERT_FILE 里的证书不能用",
                "the url of the Redis or the certificates of SSL_CERT_FILE cannot be used"
            ))));
        }
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|_| Refusal::Setup(unusable_url()))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
