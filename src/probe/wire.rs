//! Bytes to and from a host: names to addresses, a connection, a deadline that nothing extends.
//!
//! In: a host, a port, the overrides of `--resolve`. Out: a [`Wire`], which reads and writes until
//! its deadline, or a [`Trouble`] that says what went wrong. A slow peer cannot stretch the time:
//! each byte shares the one deadline, and a stop is noticed within a fifth of a second.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::public::is_public;
use crate::lang::{Lang, cause};
use crate::say;

/// A system call waits at most this long before the deadline and a stop are looked at again.
const SLICE: Duration = Duration::from_millis(200);

/// At most this many addresses of a name are tried.
const ADDRESSES: usize = 4;

/// Why something could not be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The name has no address; the resolver's words.
    Resolve(String),
    /// No one answered within this many seconds.
    Timeout(u64),
    /// The connection was refused.
    Refused,
    /// It was closed or reset before an answer was whole.
    Closed,
    /// The system's words.
    Io(String),
    /// TLS could not be agreed; rustls' words.
    Tls(String),
    /// What came is not a HTTP.
    NoHttp(String),
    /// The head of the answer is too long.
    HeadTooLong,
    /// The address is not one of the internet's.
    NotPublic(IpAddr),
    /// Ctrl-C.
    Stopped,
}

impl Trouble {
    /// The trouble in words.
    pub(super) fn text(&self, lang: Lang) -> String {
        match self {
            Self::Resolve(why) => {
                let why = cause(why).into_one(lang);
                say!(lang, "域名解析失败：{why}", "the name cannot be resolved: {why}")
            }
            Self::Timeout(seconds) => {
                say!(lang, "{seconds} 秒内没有完整的应答", "there was no whole answer within {seconds} s")
            }
            Self::Refused => say!(lang, "连接被拒绝", "the connection was refused"),
            Self::Closed => {
                say!(lang, "应答没有完就断开了", "the connection was closed before the answer was whole")
            }
            Self::Io(why) => {
                let why = cause(why).into_one(lang);
                say!(lang, "连接出错：{why}", "the connection failed: {why}")
            }
            Self::Tls(why) => {
                let why = cause(why).into_one(lang);
                say!(lang, "TLS 握手失败：{why}", "the TLS handshake failed: {why}")
            }
            Self::NoHttp(start) => {
                say!(
                    lang,
                    "应答不是 HTTP，开头是 `{start}`",
                    "the answer is not HTTP, it starts with `{start}`"
                )
            }
            Self::HeadTooLong => say!(lang, "响应头过长", "the head of the answer is too long"),
            Self::NotPublic(address) => say!(
                lang,
                "{address} 不是公网地址，本地服务不探测内网；改用命令行的 wecheck domain-check --probe",
                "{address} is not a public address, and the local server does not probe your network; \
                 use wecheck domain-check --probe"
            ),
            Self::Stopped => say!(lang, "已中断", "interrupted"),
        }
    }

    pub(super) fn of(error: &io::Error, limit: Duration) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::Tls(super::shortened(&tls.to_string()));
        }
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Timeout(limit.as_secs().max(1)),
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected => Self::Closed,
            io::ErrorKind::ConnectionAborted => Self::Stopped,
            _ => Self::Io(error.to_string()),
        }
    }
}

/// `--resolve HOST:PORT:ADDR[,ADDR]`, as curl has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    host: String,
    port: u16,
    addresses: Vec<IpAddr>,
}

impl Resolve {
    /// Reads an override; `*` as the host stands for any.
    pub fn parse(text: &str) -> Option<Self> {
        // A leading `+` lets curl's entry expire; nothing lives that long here.
        let (host, rest) = text.strip_prefix('+').unwrap_or(text).split_once(':')?;
        let (port, addresses) = rest.split_once(':')?;
        let addresses = addresses
            .split(',')
            .map(|address| address.trim_matches(['[', ']']).parse().ok())
            .collect::<Option<Vec<IpAddr>>>()?;
        (!host.is_empty()).then_some(())?;
        Some(Self { host: host.to_ascii_lowercase(), port: port.parse().ok()?, addresses })
    }

    fn serves(&self, host: &str, port: u16) -> bool {
        self.port == port && (self.host == "*" || self.host.eq_ignore_ascii_case(host))
    }

    /// The override as curl takes it.
    pub(super) fn flag(&self) -> String {
        let addresses: Vec<String> = self
            .addresses
            .iter()
            .map(|address| if address.is_ipv6() { format!("[{address}]") } else { address.to_string() })
            .collect();
        format!("{}:{}:{}", self.host, self.port, addresses.join(","))
    }
}

/// What every connection of one run shares.
pub(super) struct Dialer<'a> {
    pub resolve: &'a [Resolve],
    pub connect_limit: Duration,
    /// Connect to public addresses only.
    pub public_only: bool,
    pub stop: &'a dyn Fn() -> bool,
}

impl Dialer<'_> {
    /// The addresses of a host, each once, in the resolver's order.
    pub(super) fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Trouble> {
        let bare = host.trim_matches(['[', ']']);
        if let Some(given) = self.resolve.iter().find(|given| given.serves(bare, port)) {
            return Ok(given.addresses.iter().map(|address| SocketAddr::new(*address, port)).collect());
        }
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        // The system's resolver has no deadline of its own: it gets a thread that may outlive us.
        let (send, receive) = mpsc::channel();
        let name = bare.to_owned();
        let look_up = move || {
            let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
            let _ = send.send(found);
        };
        if let Err(error) = std::thread::Builder::new().spawn(look_up) {
            return Err(Trouble::Resolve(super::shortened(&error.to_string())));
        }
        let until = Instant::now() + self.connect_limit + self.connect_limit;
        loop {
            match receive.recv_timeout(SLICE) {
                Ok(Ok(mut found)) => {
                    let mut seen = Vec::new();
                    found.retain(|address| {
                        let new = !seen.contains(address);
                        seen.push(*address);
                        new
                    });
                    return Ok(found);
                }
                Ok(Err(error)) => return Err(Trouble::Resolve(super::shortened(&error.to_string()))),
                Err(_) if (self.stop)() => return Err(Trouble::Stopped),
                Err(_) if Instant::now() >= until => {
                    return Err(Trouble::Timeout(until_seconds(self.connect_limit * 2)));
                }
                Err(_) => {}
            }
        }
    }

    /// Whether an override speaks of this host at another port, so that the system's resolver must
    /// not be asked for this one.
    pub(super) fn is_redirected(&self, host: &str, port: u16) -> bool {
        let bare = host.trim_matches(['[', ']']);
        self.resolve.iter().any(|given| given.host == "*" || given.host.eq_ignore_ascii_case(bare))
            && !self.resolve.iter().any(|given| given.serves(bare, port))
    }

    /// Connects to the first address that answers; `limit` is the whole life of the connection.
    pub(super) fn connect(&self, host: &str, port: u16, limit: Duration) -> Result<Wire<'_>, Trouble> {
        let addresses = self.addresses(host, port)?;
        let mut last = Trouble::Resolve("no address".to_owned());
        for address in addresses.iter().take(ADDRESSES) {
            match self.connect_to(*address, limit) {
                Ok(wire) => return Ok(wire),
                Err(trouble) => last = trouble,
            }
        }
        Err(last)
    }

    /// Connects to one address.
    pub(super) fn connect_to(&self, address: SocketAddr, limit: Duration) -> Result<Wire<'_>, Trouble> {
        if (self.stop)() {
            return Err(Trouble::Stopped);
        }
        // Every connection passes here with the address it will have: a name cannot change its
        // mind between the look and the leap.
        if self.public_only && !is_public(address.ip()) {
            return Err(Trouble::NotPublic(address.ip()));
        }
        let begun = Instant::now();
        let stream = TcpStream::connect_timeout(&address, self.connect_limit)
            .map_err(|error| Trouble::of(&error, self.connect_limit))?;
        let connected_in = begun.elapsed();
        // Without it a request that fits one packet may wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        Ok(Wire { stream, address, connected_in, until: Instant::now() + limit, limit, stop: self.stop })
    }
}

fn until_seconds(limit: Duration) -> u64 {
    limit.as_secs().max(1)
}

/// A connection with a deadline.
pub(super) struct Wire<'a> {
    stream: TcpStream,
    /// The address that was contacted.
    pub address: SocketAddr,
    /// How long the connection took.
    pub connected_in: Duration,
    until: Instant,
    /// The whole life of the connection.
    pub limit: Duration,
    stop: &'a dyn Fn() -> bool,
}

impl Wire<'_> {
    /// The time for one system call, or why there is none left.
    fn slice(&self) -> io::Result<Duration> {
        if (self.stop)() {
            // Not `Interrupted`: the standard library would try again for ever.
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left.min(SLICE)) }
    }
}

fn is_slice_over(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.stream.set_read_timeout(Some(self.slice()?))?;
            match self.stream.read(buffer) {
                Err(error) if is_slice_over(&error) => {}
                done => return done,
            }
        }
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.stream.set_write_timeout(Some(self.slice()?))?;
            match self.stream.write(bytes) {
                Err(error) if is_slice_over(&error) => {}
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_read_as_curl_reads_it() {
        let given = Resolve::parse("WX.a.com:443:127.0.0.1,[::1]").unwrap();
        assert_eq!(given.flag(), "wx.a.com:443:127.0.0.1,[::1]");
        assert!(given.serves("wx.A.com", 443) && !given.serves("wx.a.com", 80));
        assert!(Resolve::parse("*:80:10.0.0.1").is_some_and(|given| given.serves("any", 80)));
        for bad in ["", "a.com", "a.com:443", "a.com:443:", "a.com:x:1.2.3.4", ":443:1.2.3.4", "a:1:b.com"] {
            assert_eq!(Resolve::parse(bad), None, "{bad}");
        }
    }
}
