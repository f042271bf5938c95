//! The cache in a Redis, for several machines: the same parts, and a lock that is a lease.
//!
//! In: a url. Out: parts read and, through a [`Guard`], written. The lock is `SET NX PX` with a
//! random owner. The lease is short and renewed by its holder's own thread, so that a holder that is
//! killed bars the others for a moment only. It is given back, and each part written, by a script
//! that first compares the owner: a holder whose lease ended can neither free another's lock nor
//! overwrite a newer value. All commands of a run, connections included, share one deadline.

mod wire;

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::{ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError, ServerErrorKind};

use super::entry::{EntryError, random_id};
use super::part::{Part, PartState, StoreError};
use wire::Wire;

use crate::address;
use crate::both;
use crate::failure::Failure;
use crate::lang::Both;
use crate::secret::Secret;
use crate::timing;

/// The lease of a holder that has no thread to renew it: longer than any command.
const UNRENEWED_LEASE: Duration = timing::COMMAND.saturating_add(timing::LEASE);

/// What is left for a lease when a signal ends the process.
const FAREWELL_LIMIT: Duration = Duration::from_millis(150);

/// A corrupt entry, for a day.
const SET_ASIDE: &str = "wecheck:set-aside";
const SET_ASIDE_SECONDS: u64 = 86_400;

/// Takes the lock, if it is free or already the owner's. A lock that no run of this program has made
/// would bar everyone forever: one without an end, or of another type, gets a lease like any other.
const LOCK: &str = "local held = redis.pcall('get', KEYS[1]) \
                    if type(held) == 'table' then \
                    redis.call('set', KEYS[1], 'unknown', 'PX', ARGV[2]) return 0 end \
                    if held == ARGV[1] then return 1 end \
                    if held then if redis.pcall('pttl', KEYS[1]) == -1 then \
                    redis.call('set', KEYS[1], held, 'PX', ARGV[2]) end return 0 end \
                    redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) return 1";

/// Gives the lease a new end, if the lock is still the owner's.
const RENEW: &str = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end \
                     redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1";

/// Writes, if the lock is still the owner's.
const WRITE: &str = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end \
                     redis.call('set', KEYS[2], ARGV[2], 'PX', ARGV[3]) return 1";

/// Deletes, if the lock is still the owner's: a part, or the lock itself.
const DELETE: &str = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end \
                      redis.call('del', KEYS[2]) return 1";

/// A Redis: its url, which may hold a password, and the authorities that may sign its certificate.
#[derive(Clone, Debug)]
pub struct RedisAddress {
    /// `redis://`, `rediss://` or `unix://`.
    pub url: Secret,
    /// A file of certificates to trust instead of the built-in ones (`SSL_CERT_FILE`).
    pub ca_file: Option<std::path::PathBuf>,
}

impl RedisAddress {
    /// Scheme, host, port and database, and nothing that may be secret.
    pub fn shown(&self) -> String {
        address::shown_with_path(self.url.reveal())
    }

    /// The host, if it is another machine and nothing encrypts the way to it.
    pub fn plain_remote_host(&self) -> Option<String> {
        let url = url::Url::parse(self.url.reveal()).ok()?;
        let plain = matches!(url.scheme(), "redis" | "valkey");
        (plain && self.is_remote()).then(|| url.host_str().unwrap_or_default().to_owned())
    }

    /// Whether what is sent there leaves this machine.
    pub fn is_remote(&self) -> bool {
        let url = url::Url::parse(self.url.reveal()).ok();
        let host = url.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        !host.is_empty() && !address::is_loopback_host(host)
    }

    fn info(&self) -> Result<ConnectionInfo, StoreError> {
        self.url.reveal().into_connection_info().map_err(|_| {
            StoreError::Settings(both!(
                "Redis 的 url 无效：它形如 redis://127.0.0.1:6379/0",
                "the url of the Redis is not valid: it looks like redis://127.0.0.1:6379/0"
            ))
        })
    }

    fn connect(&self, until: Instant) -> Result<Wire, Refusal> {
        let info = self.info().map_err(Refusal::Setup)?;
        Wire::connect(&info, self.ca_file.as_deref(), until)
    }
}

/// A connection that is made at its first use, and once more when it breaks.
struct Link {
    address: RedisAddress,
    connection: RefCell<Option<Wire>>,
    /// When the whole run has to be over.
    until: Instant,
    /// Why a second connection in a row did not hold: nothing more is asked then.
    broken: RefCell<Option<StoreError>>,
}

impl Link {
    fn new(address: RedisAddress) -> Self {
        let until = Instant::now() + timing::COMMAND;
        Self { address, connection: RefCell::default(), until, broken: RefCell::default() }
    }

    fn ask<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, StoreError> {
        self.ask_twice(command).map_err(|refusal| self.failed(refusal))
    }

    fn ask_twice<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, Refusal> {
        match self.ask_once(command) {
            // A reset, a failover, a server that is still loading: once more on a new connection.
            Err(Refusal::Broken(_) | Refusal::Passing(_)) => self.ask_last(command),
            other => other,
        }
    }

    /// The second of two tries.
    fn ask_last<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, Refusal> {
        self.ask_once(command).inspect_err(|refusal| {
            if let Refusal::Broken(what) = refusal {
                *self.broken.borrow_mut() = Some(self.failed(Refusal::Broken(what.clone())));
            }
        })
    }

    fn ask_once<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, Refusal> {
        if let Some(error) = &*self.broken.borrow() {
            return Err(Refusal::Setup(error.clone()));
        }
        let in_time = |limit: Duration| {
            let now = Instant::now();
            if now < self.until { Ok(self.until.min(now + limit)) } else { Err(Refusal::Passing(slow())) }
        };
        let mut slot = self.connection.borrow_mut();
        if slot.is_none() {
            *slot = Some(self.address.connect(in_time(timing::REDIS_CONNECT)?)?);
        }
        let Some(connection) = slot.as_mut() else { return Err(Refusal::Passing(slow())) };
        connection.query(command, in_time(timing::REDIS_COMMAND)?).inspect_err(|refusal| {
            if matches!(refusal, Refusal::Broken(_) | Refusal::Passing(_) | Refusal::TooLarge) {
                *slot = None;
            }
        })
    }

    fn failed(&self, refusal: Refusal) -> StoreError {
        let Both { zh, en } = match refusal {
            Refusal::Setup(error) => return error,
            Refusal::Broken(what) | Refusal::Passing(what) | Refusal::Lasting(what) => what,
            Refusal::OtherType => {
                both!("里的键不是字符串类型", "holds a key that is not a string")
            }
            Refusal::TooLarge => both!("回答超过 1 MiB", "answers with more than 1 MiB"),
        };
        let address = self.address.shown();
        StoreError::Redis(both!("`{address}` 的 Redis {zh}", "the Redis at `{address}` {en}"))
    }
}

fn slow() -> Both {
    both!("没有及时响应", "does not answer in time")
}

/// Why a Redis did not do as it was asked.
enum Refusal {
    Setup(StoreError),
    /// The connection was not made or did not hold.
    Broken(Both),
    /// The server cannot do it now.
    Passing(Both),
    Lasting(Both),
    /// The key holds a list, a hash, or anything else that is not a string.
    OtherType,
    /// The answer is longer than anything that is asked for; the rest of it is not read.
    TooLarge,
}

impl Refusal {
    /// Sorts an error; the server's own words are not passed on, they may quote a command.
    fn of(error: &RedisError) -> Self {
        let code = error.code().unwrap_or_default().to_owned();
        let wrong_password =
            || Self::Lasting(both!("不接受这个用户名或密码", "refuses the user name or password"));
        match error.kind() {
            ErrorKind::AuthenticationFailed => wrong_password(),
            _ if matches!(code.as_str(), "NOAUTH" | "WRONGPASS") => wrong_password(),
            _ if code == "WRONGTYPE" => Self::OtherType,
            ErrorKind::Server(ServerErrorKind::NoPerm) => Self::Lasting(both!(
                "没有给这个用户在 wecheck:* 上执行 GET、SET、DEL、EVAL、SCAN 的权限",
                "does not allow this user the commands GET, SET, DEL, EVAL and SCAN on wecheck:*"
            )),
            ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::CrossSlot) => {
                Self::Lasting(both!(
                    "是集群里的一个节点：改用单个 Redis，或集群前面的代理",
                    "is a node of a cluster: name a single Redis, or a proxy before the cluster"
                ))
            }
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown,
            ) => Self::Passing(both!("现在不能写入（{code}）", "cannot be written to now ({code})")),
            ErrorKind::Server(_) | ErrorKind::Extension if !code.is_empty() => {
                Self::Lasting(both!("拒绝执行（{code}）", "refuses ({code})"))
            }
            ErrorKind::InvalidClientConfig => {
                Self::Lasting(both!("不能用这个 url 连接", "cannot be used with this url"))
            }
            _ if error.is_timeout() => Self::Broken(both!("1 秒内没有回答", "does not answer within 1 s")),
            _ if error.is_connection_refusal() => Self::Broken(both!("拒绝连接", "refuses the connection")),
            _ if error.is_connection_dropped() => Self::Broken(both!("断开了连接", "cut the connection")),
            _ if error.to_string().contains("certificate") => {
                Self::Lasting(both!("的证书不可信", "has a certificate that cannot be trusted"))
            }
            _ if error.is_io_error() => Self::Broken(both!("无法访问", "cannot be reached")),
            _ => Self::Lasting(both!("说的不是 Redis 协议", "does not speak the Redis protocol")),
        }
    }
}

/// The cache's Redis.
pub(super) struct Redis {
    link: Link,
    held: Held,
    /// Started with the first lock; `None` if no thread can be had.
    renewer: OnceCell<Option<mpsc::Sender<()>>>,
}

/// A lease that is held.
struct Lease {
    lock: String,
    owner: String,
    taken: Instant,
}

type Held = Arc<Mutex<Vec<Lease>>>;

fn held(held: &Held) -> MutexGuard<'_, Vec<Lease>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The leases that are held, for a signal that ends the process: not given back, each would bar
/// everyone else until it ends.
pub struct Leases {
    address: RedisAddress,
    held: Held,
}

impl Leases {
    /// Gives them back, as far as that can be done in a moment.
    pub fn give_back(&self) {
        let held = held(&self.held);
        if held.is_empty() {
            return;
        }
        let until = Instant::now() + FAREWELL_LIMIT;
        let Ok(mut wire) = self.address.connect(until) else { return };
        for Lease { lock, owner, .. } in held.iter() {
            let mut command = redis::cmd("EVAL");
            let _ = wire.query::<u8>(command.arg(DELETE).arg(2).arg(lock).arg(lock).arg(owner), until);
        }
    }

    /// Renews every lease until the other end of `over` is dropped. A lease that is held for longer
    /// than any command lives is left to end.
    fn keep_renewing(&self, over: &mpsc::Receiver<()>) {
        let link = Cell::new(None::<Link>);
        while over.recv_timeout(timing::RENEWAL) == Err(RecvTimeoutError::Timeout) {
            let due: Vec<(String, String)> = held(&self.held)
                .iter()
                .filter(|lease| lease.taken.elapsed() < timing::COMMAND)
                .map(|lease| (lease.lock.clone(), lease.owner.clone()))
                .collect();
            // A link of its own each time that one has broken or grown old.
            let own =
                link.take().filter(|link| link.broken.borrow().is_none() && Instant::now() < link.until);
            let own = own.unwrap_or_else(|| Link::new(self.address.clone()));
            for (lock, owner) in due {
                let mut command = redis::cmd("EVAL");
                command.arg(RENEW).arg(1).arg(lock).arg(owner).arg(millis(timing::LEASE));
                let _: Result<u8, _> = own.ask_once(&command);
            }
            link.set(Some(own));
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

// Braces: all parts of a key are in one slot of a cluster, as the scripts need it.
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
    pub(super) fn new(address: RedisAddress) -> Self {
        Self { link: Link::new(address), held: Held::default(), renewer: OnceCell::new() }
    }

    pub(super) fn leases(&self) -> Leases {
        Leases { address: self.link.address.clone(), held: Arc::clone(&self.held) }
    }

    /// How long a lease is taken for: short if a thread renews it.
    fn lease(&self) -> Duration {
        let renewer = self.renewer.get_or_init(|| {
            let (done, over) = mpsc::channel();
            let leases = self.leases();
            let started = std::thread::Builder::new().spawn(move || leases.keep_renewing(&over));
            started.ok().map(|_| done)
        });
        if renewer.is_some() { timing::LEASE } else { UNRENEWED_LEASE }
    }

    pub(super) fn shown(&self) -> String {
        self.link.address.shown()
    }

    pub(super) fn plain_remote_host(&self) -> Option<String> {
        self.link.address.plain_remote_host()
    }

    pub(super) fn read(&self, name: &str, part: Part) -> Result<PartState, StoreError> {
        match self.link.ask_twice::<Option<Vec<u8>>>(redis::cmd("GET").arg(part_key(name, part))) {
            Ok(None) => Ok(PartState::Missing),
            Ok(Some(bytes)) => Ok(PartState::Bytes { bytes: bytes.into(), tightened: false }),
            Err(Refusal::OtherType | Refusal::TooLarge) => Ok(PartState::Corrupt(EntryError::Malformed)),
            Err(refusal) => Err(self.link.failed(refusal)),
        }
    }

    pub(super) fn try_lock(&self, name: &str) -> Result<Option<Guard<'_>>, StoreError> {
        let (lock, owner) = (lock_key(name), random_id());
        let lease = millis(self.lease());
        let mut command = redis::cmd("SET");
        command.arg(&lock).arg(&owner).arg("NX").arg("PX").arg(lease);
        let taken = match self.link.ask_once::<Option<String>>(&command) {
            Ok(Some(_)) => true,
            // Taken, by a lock that may have no end; or only the answer was lost, and the lock that
            // keeps us out is our own.
            Ok(None) | Err(Refusal::Broken(_) | Refusal::Passing(_)) => {
                let mut command = redis::cmd("EVAL");
                command.arg(LOCK).arg(1).arg(&lock).arg(&owner).arg(lease);
                self.link.ask_last::<u8>(&command).map_err(|refusal| self.link.failed(refusal))? == 1
            }
            Err(refusal) => return Err(self.link.failed(refusal)),
        };
        if !taken {
            return Ok(None);
        }
        held(&self.held).push(Lease { lock, owner: owner.clone(), taken: Instant::now() });
        Ok(Some(Guard { redis: self, name: name.to_owned(), owner }))
    }

    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        let keys = scan(&self.link, "wecheck:{v1:*")?;
        let name =
            |key: &str, part| Some(key.strip_prefix(START)?.strip_suffix(&end_of_key(part))?.to_owned());
        let mut names: Vec<String> = keys
            .iter()
            .filter_map(|key| std::str::from_utf8(key).ok())
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

fn scan(link: &Link, pattern: &str) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut keys = Vec::new();
    let mut cursor = "0".to_owned();
    loop {
        let mut command = redis::cmd("SCAN");
        command.arg(&cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(1_000);
        let (next, found): (String, Vec<Vec<u8>>) = link.ask(&command)?;
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
    pub(super) fn read(&self, part: Part) -> Result<PartState, StoreError> {
        self.redis.read(&self.name, part)
    }

    pub(super) fn write(&self, part: Part, bytes: &[u8], keep_for: u64) -> Result<(), StoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(WRITE).arg(2).arg(lock_key(&self.name)).arg(part_key(&self.name, part));
        command.arg(&self.owner).arg(bytes).arg(keep_for.max(1).saturating_mul(1_000));
        self.still_owner(self.redis.link.ask(&command)?)
    }

    pub(super) fn remove(&self, part: Part) -> Result<(), StoreError> {
        self.delete(&part_key(&self.name, part))
    }

    pub(super) fn set_aside(&self, part: Part) -> Result<(), StoreError> {
        if let PartState::Bytes { bytes, .. } = self.read(part)? {
            let mut command = redis::cmd("SET");
            command.arg(SET_ASIDE).arg(&bytes[..]).arg("EX").arg(SET_ASIDE_SECONDS);
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
        // First out of the list: the renewing thread must not bring it back.
        held(&self.redis.held).retain(|lease| lease.owner != self.owner);
        let _ = self.delete(&lock_key(&self.name));
    }
}

/// Another program's Redis, only read from.
pub struct RedisReader(Link);

impl RedisReader {
    /// A reader; nothing is connected yet.
    pub fn new(address: RedisAddress) -> Self {
        Self(Link::new(address))
    }

    /// A text and the seconds it has left there: `None` if it has no end. Not there: `None`. A key of
    /// another type, or one that is far too long, is an empty text.
    pub fn text(&self, key: &str) -> Result<Option<(Secret, Option<u64>)>, Failure> {
        let bytes: Option<Vec<u8>> = match self.0.ask_twice(redis::cmd("GET").arg(key)) {
            Err(Refusal::OtherType | Refusal::TooLarge) => return Ok(Some((Secret::new(""), None))),
            asked => asked.map_err(|refusal| self.0.failed(refusal))?,
        };
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
            let address = RedisAddress { url: Secret::new(url), ca_file: None };
            assert_eq!(address.plain_remote_host().as_deref(), remote, "{url}");
        }
    }
}
