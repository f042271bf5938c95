//! The cache in a Redis, for several machines: the same parts, and a lock that is a lease.
//!
//! In: a url. Out: parts read and, through a [`Guard`], written. The lock is `SET NX PX` with a
//! random owner; it is given back, and each part written, by a script that first compares the
//! owner: one whose lease ran out can neither free another's lock nor overwrite a newer value.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Client, Connection, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError, ServerErrorKind};

use super::entry::random_id;
use super::store::{Found, Part, StoreError};
use crate::secret::Secret;

/// The lease: longer than any command lives (15 s).
const LEASE: Duration = Duration::from_secs(20);

/// A connection, with its handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// One command and its answer.
const COMMAND_LIMIT: Duration = Duration::from_secs(1);

/// What is left for a lease when a signal ends the process.
const FAREWELL_LIMIT: Duration = Duration::from_millis(150);

/// What was no value, for a day.
const SET_ASIDE: &str = "wecheck:set-aside";
const SET_ASIDE_LIFE: u64 = 86_400;

/// Takes the lock, if it is free or already the owner's.
const LOCK: &str = "local owner = redis.call('get', KEYS[1]) if owner == ARGV[1] then return 1 end \
                    if owner then return 0 end \
                    redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) return 1";

/// Writes, if the lock is still the owner's.
const WRITE: &str = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end \
                     redis.call('set', KEYS[2], ARGV[2], 'PX', ARGV[3]) return 1";

/// Deletes, if the lock is still the owner's: a part, or the lock itself.
const DELETE: &str = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end \
                      redis.call('del', KEYS[2]) return 1";

/// A Redis: its url, which may hold a password, and whom its certificate may be signed by.
#[derive(Clone, Debug)]
pub struct Address {
    /// `redis://`, `rediss://` or `unix://`.
    pub url: Secret,
    /// A file of certificates to trust instead of the built-in ones (`SSL_CERT_FILE`).
    pub ca_file: Option<std::path::PathBuf>,
}

impl Address {
    /// Scheme, host, port and database, and nothing that may be secret.
    pub fn shown(&self) -> String {
        let Ok(url) = url::Url::parse(self.url.reveal()) else { return "redis://…".to_owned() };
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{host}{port}{}", url.scheme(), url.path())
    }

    /// The host, where it is another machine and nothing encrypts the way to it.
    fn plain_remote_host(&self) -> Option<String> {
        let url = url::Url::parse(self.url.reveal()).ok()?;
        let plain = matches!(url.scheme(), "redis" | "valkey");
        (plain && self.is_remote()).then(|| url.host_str().unwrap_or_default().to_owned())
    }

    /// Whether what is sent there leaves this machine.
    pub fn is_remote(&self) -> bool {
        let url = url::Url::parse(self.url.reveal()).ok();
        let host = url.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let loopback =
            |name: &str| name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
        !name.is_empty() && name != "localhost" && !loopback(name)
    }

    fn client(&self) -> Result<Client, StoreError> {
        let refuse = |what: &str| StoreError::Settings(format!("the url of the Redis {what}"));
        let info = self
            .url
            .reveal()
            .into_connection_info()
            .map_err(|_| refuse("is none: it looks like redis://127.0.0.1:6379/0"))?;
        if !self.url.reveal().starts_with("rediss") && !self.url.reveal().starts_with("valkeys") {
            return Client::open(info).map_err(|_| refuse("cannot be used"));
        }
        // The library asks for the process's default; setting it twice is no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Some(ca_file) = &self.ca_file else {
            return Client::open(info).map_err(|_| refuse("cannot be used"));
        };
        let root_cert = std::fs::read(ca_file).map_err(|error| {
            StoreError::Settings(format!("`{}` of SSL_CERT_FILE cannot be read: {error}", ca_file.display()))
        })?;
        Client::build_with_tls(info, redis::TlsCertificates { client_tls: None, root_cert: Some(root_cert) })
            .map_err(|_| refuse("or the certificates of SSL_CERT_FILE cannot be used"))
    }
}

/// A connection that is made at its first use, and once more when it breaks.
struct Link {
    address: Address,
    connection: RefCell<Option<Connection>>,
}

impl Link {
    fn ask<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, StoreError> {
        match self.ask_once(command) {
            // A reset, a failover, a server that is still loading: once more on a new connection.
            Err(Refusal::Passing(_)) => self.ask_once(command).map_err(|refusal| self.told(refusal)),
            other => other.map_err(|refusal| self.told(refusal)),
        }
    }

    fn ask_once<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, Refusal> {
        let mut slot = self.connection.borrow_mut();
        if slot.is_none() {
            let client = self.address.client().map_err(Refusal::Setup)?;
            let connection =
                client.get_connection_with_timeout(CONNECT_LIMIT).map_err(|e| Refusal::of(&e))?;
            connection.set_read_timeout(Some(COMMAND_LIMIT)).map_err(|e| Refusal::of(&e))?;
            connection.set_write_timeout(Some(COMMAND_LIMIT)).map_err(|e| Refusal::of(&e))?;
            *slot = Some(connection);
        }
        let Some(connection) = slot.as_mut() else { return Err(Refusal::Passing("is not connected".into())) };
        command.query(connection).map_err(|error| {
            let refusal = Refusal::of(&error);
            if matches!(refusal, Refusal::Passing(_)) {
                *slot = None;
            }
            refusal
        })
    }

    fn told(&self, refusal: Refusal) -> StoreError {
        match refusal {
            Refusal::Setup(error) => error,
            Refusal::Passing(what) | Refusal::Lasting(what) => {
                StoreError::Redis(format!("the Redis at `{}` {what}", self.address.shown()))
            }
        }
    }
}

/// Why a Redis did not do as it was asked.
enum Refusal {
    Setup(StoreError),
    Passing(String),
    Lasting(String),
}

impl Refusal {
    /// Sorts an error; the server's own words are not passed on, they may quote a command.
    fn of(error: &RedisError) -> Self {
        let code = error.code().unwrap_or_default().to_owned();
        match error.kind() {
            ErrorKind::AuthenticationFailed => Self::Lasting("refuses the user name or password".to_owned()),
            _ if matches!(code.as_str(), "NOAUTH" | "WRONGPASS") => {
                Self::Lasting("refuses the user name or password".to_owned())
            }
            ErrorKind::Server(ServerErrorKind::NoPerm) => Self::Lasting(
                "does not allow this user the commands GET, SET, DEL, EVAL and SCAN on wecheck:*".to_owned(),
            ),
            ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::CrossSlot) => {
                Self::Lasting(
                    "is a node of a cluster: name a single Redis, or a proxy before the cluster".to_owned(),
                )
            }
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown,
            ) => Self::Passing(format!("cannot be written to now ({code})")),
            ErrorKind::Server(_) | ErrorKind::Extension if !code.is_empty() => {
                Self::Lasting(format!("refuses ({code})"))
            }
            ErrorKind::InvalidClientConfig => Self::Lasting("cannot be used with this url".to_owned()),
            _ if error.is_timeout() => Self::Passing("does not answer within 1 s".to_owned()),
            _ if error.is_connection_refusal() => Self::Passing("refuses the connection".to_owned()),
            _ if error.is_connection_dropped() => Self::Passing("cut the connection".to_owned()),
            _ if error.to_string().contains("certificate") => {
                Self::Lasting("has a certificate that cannot be trusted".to_owned())
            }
            _ if error.is_io_error() => Self::Passing("cannot be reached".to_owned()),
            _ => Self::Lasting("gives an answer that is none of a Redis".to_owned()),
        }
    }
}

/// The cache's Redis.
pub(super) struct Redis {
    link: Link,
    held: Held,
}

/// The lock and the owner of each lease that is held.
type Held = Arc<Mutex<Vec<(String, String)>>>;

/// The leases that are held, for a signal that ends the process: not given back, each would bar
/// everybody else until it runs out.
pub struct Leases {
    address: Address,
    held: Held,
}

impl Leases {
    /// Gives them back, as far as that can be done in a moment.
    pub fn give_back(&self) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_empty() {
            return;
        }
        let Ok(client) = self.address.client() else { return };
        let Ok(mut connection) = client.get_connection_with_timeout(FAREWELL_LIMIT) else { return };
        let _ = connection.set_read_timeout(Some(FAREWELL_LIMIT));
        for (lock, owner) in held.iter() {
            let _: Result<u8, _> =
                redis::cmd("EVAL").arg(DELETE).arg(2).arg(lock).arg(lock).arg(owner).query(&mut connection);
        }
    }
}

// Braces: all parts of a key stand in one slot of a cluster, as the scripts need it.
const START: &str = "wecheck:{v1:";

fn end_of_key(part: Part) -> String {
    part.suffix().replace('.', "}:")
}

fn part_key(name: &str, part: Part) -> String {
    format!("{START}{name}{}", end_of_key(part))
}

fn lock_key(name: &str) -> String {
    format!("{START}{name}}}:lock")
}

impl Redis {
    pub(super) fn new(address: Address) -> Self {
        Self { link: Link { address, connection: RefCell::new(None) }, held: Held::default() }
    }

    pub(super) fn leases(&self) -> Leases {
        Leases { address: self.link.address.clone(), held: Arc::clone(&self.held) }
    }

    pub(super) fn shown(&self) -> String {
        self.link.address.shown()
    }

    pub(super) fn plain_remote_host(&self) -> Option<String> {
        self.link.address.plain_remote_host()
    }

    pub(super) fn read(&self, name: &str, part: Part) -> Result<Found, StoreError> {
        let bytes: Option<Vec<u8>> = self.link.ask(redis::cmd("GET").arg(part_key(name, part)))?;
        Ok(bytes.map_or(Found::Nothing, |bytes| Found::Bytes { bytes: bytes.into(), tightened: false }))
    }

    pub(super) fn try_lock(&self, name: &str) -> Result<Option<Guard<'_>>, StoreError> {
        let (lock, owner) = (lock_key(name), random_id());
        let lease = u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX);
        let mut command = redis::cmd("SET");
        command.arg(&lock).arg(&owner).arg("NX").arg("PX").arg(lease);
        let taken = match self.link.ask_once::<Option<String>>(&command) {
            Ok(taken) => taken.is_some(),
            // Only the answer may have been lost: the lock that keeps us out could be our own.
            Err(Refusal::Passing(_)) => {
                let mut command = redis::cmd("EVAL");
                command.arg(LOCK).arg(1).arg(&lock).arg(&owner).arg(lease);
                self.link.ask::<u8>(&command)? == 1
            }
            Err(refusal) => return Err(self.link.told(refusal)),
        };
        if !taken {
            return Ok(None);
        }
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push((lock, owner.clone()));
        Ok(Some(Guard { redis: self, name: name.to_owned(), owner }))
    }

    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        let keys = scan(&self.link, "wecheck:{v1:*")?;
        let name =
            |key: &str, part| Some(key.strip_prefix(START)?.strip_suffix(&end_of_key(part))?.to_owned());
        let mut names: Vec<String> = keys
            .iter()
            .filter_map(|key| Part::CLEARED.into_iter().find_map(|part| name(key, part)))
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    pub(super) fn remove_set_aside(&self) -> Result<(), StoreError> {
        self.link.ask::<u64>(redis::cmd("DEL").arg(SET_ASIDE)).map(|_| ())
    }
}

fn scan(link: &Link, pattern: &str) -> Result<Vec<String>, StoreError> {
    let mut keys = Vec::new();
    let mut cursor = "0".to_owned();
    loop {
        let mut command = redis::cmd("SCAN");
        command.arg(&cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(1_000);
        let (next, found): (String, Vec<String>) = link.ask(&command)?;
        keys.extend(found);
        if next == "0" {
            return Ok(keys);
        }
        cursor = next;
    }
}

/// The lease on one key, and with it the right to write.
pub(super) struct Guard<'a> {
    redis: &'a Redis,
    name: String,
    owner: String,
}

impl Guard<'_> {
    pub(super) fn read(&self, part: Part) -> Result<Found, StoreError> {
        self.redis.read(&self.name, part)
    }

    pub(super) fn write(&self, part: Part, bytes: &[u8], life: u64) -> Result<(), StoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(WRITE).arg(2).arg(lock_key(&self.name)).arg(part_key(&self.name, part));
        command.arg(&self.owner).arg(bytes).arg(life.max(1).saturating_mul(1_000));
        self.still_owner(self.redis.link.ask(&command)?)
    }

    pub(super) fn remove(&self, part: Part) -> Result<(), StoreError> {
        self.delete(&part_key(&self.name, part))
    }

    pub(super) fn set_aside(&self, part: Part) -> Result<(), StoreError> {
        if let Found::Bytes { bytes, .. } = self.read(part)? {
            let mut command = redis::cmd("SET");
            command.arg(SET_ASIDE).arg(&bytes[..]).arg("EX").arg(SET_ASIDE_LIFE);
            self.redis.link.ask::<Option<String>>(&command)?;
        }
        self.remove(part)
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(DELETE).arg(2).arg(lock_key(&self.name)).arg(key).arg(&self.owner);
        self.still_owner(self.redis.link.ask(&command)?)
    }

    #[expect(clippy::unused_self, reason = "what the script of this very guard answered")]
    fn still_owner(&self, answer: u8) -> Result<(), StoreError> {
        if answer == 1 { Ok(()) } else { Err(StoreError::LockLost) }
    }
}

impl Drop for Guard<'_> {
    /// Gives the lease back, if it is still ours. Unreachable, the lease ends by itself.
    fn drop(&mut self) {
        let _ = self.delete(&lock_key(&self.name));
        let mut held = self.redis.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(_, owner)| *owner != self.owner);
    }
}

/// Another program's Redis, only read from.
pub struct Reader(Link);

impl Reader {
    /// A reader; nothing is connected yet.
    pub fn new(address: Address) -> Self {
        Self(Link { address, connection: RefCell::new(None) })
    }

    /// A text and the seconds it has left there: `None` where it has no end. Not there: `None`.
    pub fn text(&self, key: &str) -> Result<Option<(Secret, Option<u64>)>, StoreError> {
        let bytes: Option<Vec<u8>> = self.0.ask(redis::cmd("GET").arg(key))?;
        let Some(bytes) = bytes.filter(|bytes| bytes.len() <= super::entry::LARGEST) else { return Ok(None) };
        let left: i64 = self.0.ask(redis::cmd("TTL").arg(key))?;
        Ok(Some((Secret::new(String::from_utf8_lossy(&bytes)), u64::try_from(left).ok())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f51_only_what_crosses_a_network_in_clear_is_warned_of() {
        for (url, remote) in [
            ("redis://10.0.0.7:6379/0", Some("10.0.0.7")),
            ("redis://user:password@cache.example:6379", Some("cache.example")),
            ("valkey://cache.example", Some("cache.example")),
            ("redis://[fd00::7]:6379/0", Some("[fd00::7]")),
            ("redis://localhost.example", Some("localhost.example")),
            ("redis://127.0.0.1.example", Some("127.0.0.1.example")),
            ("rediss://cache.example", None),
            ("valkeys://cache.example", None),
            ("redis://localhost:6379", None),
            ("redis://127.9.9.9", None),
            ("redis://[::1]:6379", None),
            ("redis://[::ffff:127.0.0.1]:6379", None),
            ("unix:///run/redis.sock", None),
            ("no url", None),
        ] {
            let address = Address { url: Secret::new(url), ca_file: None };
            assert_eq!(address.plain_remote_host().as_deref(), remote, "{url}");
        }
    }
}
