//! The token and the tickets of a profile: the one place where a command obtains them.
//!
//! In: a profile. Out: a value from the cache, from WeChat, or from the site's own token centre,
//! with where it came from and how long it lives. Here cache and upstream meet: the cache is
//! given each fetch as a closure. No command but through this module asks for a credential.

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::cache::{
    Ask, Cache, Entry, Fault, Fetched, Fetching, Item, Key, Origin, Place, RedisAddress, Scope, Served, Want,
    credentials_digest,
};
use crate::config::{ENVIRONMENT_PROFILE, Profile, REFRESH_MARGIN, Source, TokenMode};
use crate::context::Context;
use crate::env::Env;
use crate::failure::Failure;
use crate::interrupt;
use crate::output::Output;
use crate::platform::Platform;
use crate::say;
use crate::secret::Secret;
use crate::signature::Kind;
use crate::timing;
use crate::upstream::{Error, Granted, Upstream};

/// Clocks that differ by more are told. Seconds.
const CLOCK_SLACK: u64 = 300;

/// A wait is told after this.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// A token or ticket that was obtained.
#[derive(Clone, Debug)]
pub struct Obtained {
    /// The token or ticket.
    pub value: Secret,
    /// Where it came from.
    pub source: Origin,
    /// When it ends, Unix seconds; `None` where a token centre does not say.
    pub expires_at: Option<u64>,
    /// Seconds that are left of its life.
    pub expires_in: Option<u64>,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
}

/// The ticket that a kind of signature is made with, from the cache or fetched.
pub fn ticket_for(context: &Context, profile: &Profile, kind: Kind) -> Result<Obtained, Failure> {
    Access::new(context, profile)?.ticket(Item::of_kind(kind), Want::Usable)
}

/// One profile's way to its credentials, for the length of one command.
pub struct Access<'a> {
    context: &'a Context,
    profile: &'a Profile,
    cache: Cache<'a>,
    upstream: Upstream<'a>,
    /// When the whole command has to be over.
    until: Instant,
    /// Whether it is another process that is waited for, and not the server.
    waiting: Arc<AtomicBool>,
    secret: OnceCell<Result<Secret, Failure>>,
    patience: OnceCell<Patience>,
    clock_told: Cell<bool>,
}

impl<'a> Access<'a> {
    /// The way to a profile's credentials. Nothing is opened or sent yet.
    pub fn new(context: &'a Context, profile: &'a Profile) -> Result<Self, Failure> {
        let log = |line: &str| context.out.verbose(line);
        Ok(Self {
            context,
            profile,
            cache: cache_for(context, profile)?,
            upstream: Upstream::new(&context.env, profile.api_base(), profile.ca_file.as_deref(), log),
            until: Instant::now() + timing::COMMAND,
            waiting: Arc::default(),
            secret: OnceCell::new(),
            patience: OnceCell::new(),
            clock_told: Cell::new(false),
        })
    }

    /// The access token.
    pub fn token(&self, want: Want) -> Result<Obtained, Failure> {
        self.token_until(want, false, self.until)
    }

    fn token_until(&self, want: Want, unasked: bool, until: Instant) -> Result<Obtained, Failure> {
        if let Some(source) = &self.profile.access_token {
            return self.ask_centre(source, "access_token", Item::Token);
        }
        let key = self.key(Item::Token)?;
        let stable = self.profile.platform() == Platform::Mp && self.profile.token_mode == TokenMode::Stable;
        let ask = Ask {
            key: &key,
            want,
            credentials: &|| self.before_fetch(),
            offline: self.context.env.globals.offline,
            counted: stable,
            unasked,
            until,
            on_wait: &|| self.waiting.store(true, Ordering::Relaxed),
        };
        let mut fetch = |fetching| self.fetch_token(fetching);
        let served = self.cache.get_or_fetch(&ask, &mut fetch);
        self.warn_of_clock();
        let served = served?;
        Ok(self.obtained(served))
    }

    /// A ticket.
    pub fn ticket(&self, item: Item, want: Want) -> Result<Obtained, Failure> {
        self.refuse_impossible(item)?;
        if let Some(source) = &self.profile.ticket {
            // A centre that is not told the kind gives the one that everybody means.
            if item == Item::Jsapi || matches!(source, Source::Url(url) if url.contains(KIND)) {
                return self.ask_centre(source, "ticket", item);
            }
        }
        let key = self.key(item)?;
        let ask = Ask {
            key: &key,
            want,
            credentials: &|| self.before_fetch(),
            offline: self.context.env.globals.offline,
            counted: false,
            unasked: false,
            until: self.until,
            on_wait: &|| self.waiting.store(true, Ordering::Relaxed),
        };
        // The order of locks is ticket, then token, everywhere: a token's fetch asks for no ticket.
        let mut fetch = |fetching| self.fetch_ticket(item, fetching);
        let served = self.cache.get_or_fetch(&ask, &mut fetch)?;
        Ok(self.obtained(served))
    }

    /// Stores a value that another program obtained, as if it had been fetched here.
    pub fn store(&self, item: Item, fetched: Fetched, until: Instant) -> Result<(), Failure> {
        self.cache.put(&self.key(item)?, fetched, until)?;
        Ok(())
    }

    fn refuse_impossible(&self, item: Item) -> Result<(), Failure> {
        let platform = self.profile.platform();
        if platform == Platform::Mp && matches!(item, Item::Agent | Item::Group) {
            let name = item.name();
            return Err(Failure::usage(format!(
                "a ticket of kind `{name}` exists on work only, and profile `{}` is mp",
                self.profile.name
            ))
            .hint("wecheck ticket --kind jsapi, or a work profile: wecheck config show"));
        }
        if item == Item::Agent && self.profile.agent_id.is_none() {
            return Err(Failure::config(format!(
                "an agent ticket belongs to one application, and profile `{}` has no `agent_id`",
                self.profile.name
            ))
            .hint("add agent_id to the profile, or set WECHECK_AGENT_ID"));
        }
        Ok(())
    }

    fn key(&self, item: Item) -> Result<Key, Failure> {
        let mut scope =
            Scope::new(self.profile.platform(), self.profile.api_base(), self.profile.require_app_id()?);
        if self.profile.platform() == Platform::Work {
            // Each application of a corp has its own token: neither a forgotten agent_id nor a
            // copied one may make two of them meet.
            scope.agent_id.clone_from(&self.profile.agent_id);
            scope.credentials = match (&self.profile.secret, &self.profile.access_token) {
                (Some(_), _) => Some(self.digest()?),
                (None, Some(source)) => Some(source_digest(&scope.app_id, source)),
                (None, None) => None,
            };
        }
        Ok(Key { scope, item })
    }

    fn secret(&self) -> Result<&Secret, Failure> {
        let read = self.secret.get_or_init(|| self.profile.require_secret(&self.context.env));
        read.as_ref().map_err(Clone::clone)
    }

    fn digest(&self) -> Result<String, Failure> {
        Ok(credentials_digest(self.profile.require_app_id()?, self.secret()?))
    }

    /// What is done once, when it is clear that something has to be fetched: the remarks that
    /// belong to a fetch. Returns the digest of the credentials it would use.
    fn before_fetch(&self) -> Result<String, Failure> {
        let digest = match &self.profile.access_token {
            Some(source) => source_digest(self.profile.require_app_id()?, source),
            None => self.digest()?,
        };
        if self.patience.get().is_none() {
            if !self.context.serving {
                // Ctrl-C ends a wait at once; a lock on disk goes with the process, a lease does not.
                match self.cache.leases() {
                    Some(leases) => interrupt::ends_after(move || leases.give_back()),
                    None => interrupt::ends_at_once(),
                }
            }
            self.cache.remarks_on_place();
            let host = self.profile.api_base().split("://").nth(1).unwrap_or_default();
            let host = host.split('/').next().unwrap_or_default();
            let patience = Patience::new(self.context.out, host, &self.waiting);
            self.patience.get_or_init(|| patience);
        }
        Ok(digest)
    }

    fn fetch_token(&self, fetching: Fetching) -> Result<Fetched, Fault> {
        self.waiting.store(false, Ordering::Relaxed);
        self.warn_of_plain_http();
        let Fetching { force, until } = fetching;
        let once = |failure| Fault { failure, shared_for: 0 };
        let app_id = self.profile.require_app_id().map_err(once)?;
        let secret = self.secret().map_err(once)?;
        let granted = match (self.profile.platform(), self.profile.token_mode) {
            (Platform::Work, _) => self.upstream.gettoken(app_id, secret, until),
            (Platform::Mp, TokenMode::Stable) => self.upstream.stable_token(app_id, secret, force, until),
            (Platform::Mp, TokenMode::Classic) => {
                self.context.out.warn(&say!(
                    self.context.lang,
                    "token_mode 为 classic：这次获取会让线上正在用的 access_token 在五分钟内失效；改用 stable 则互不影响",
                    "token_mode is classic: this fetch ends within five minutes the life of the access token that production uses; with stable it does not"
                ));
                self.upstream.token(app_id, secret, until)
            }
        };
        granted.map_err(fault).map(fetched)
    }

    /// Fetches a ticket; where the server blames the token, with a new token once more.
    fn fetch_ticket(&self, item: Item, fetching: Fetching) -> Result<Fetched, Fault> {
        self.waiting.store(false, Ordering::Relaxed);
        let until = fetching.until;
        // The token's own failure lies under the token's lock for as long as it is worth.
        let shortly = |failure| Fault { failure, shared_for: 2 };
        let token = self.token_until(Want::Usable, false, until).map_err(shortly)?.value;
        self.warn_of_plain_http();
        let error = match self.ask_ticket(item, &token, until) {
            Ok(granted) => return Ok(fetched(granted)),
            Err(error) if error.blames_the_token() => error,
            Err(error) => return Err(fault(error)),
        };
        let shared_for = error.shared_for();
        let failure = error.into_failure();
        let newer = match self.token_until(Want::Not(token.fingerprint()), true, until) {
            Ok(newer) if newer.value != token => newer.value,
            Ok(_) => return Err(Fault { failure, shared_for }),
            Err(refusal) => {
                let message =
                    format!("{}; and the token was not refreshed: {}", failure.message, refusal.message);
                return Err(Fault { failure: Failure { message: message.into(), ..failure }, shared_for });
            }
        };
        let error = match self.ask_ticket(item, &newer, until) {
            Ok(granted) => return Ok(fetched(granted)),
            Err(error) => error,
        };
        if error.blames_the_token()
            && self.profile.access_token.is_none()
            && let Ok(key) = self.key(Item::Token)
        {
            self.cache.forced_in_vain(&key);
        }
        Err(fault(error))
    }

    fn ask_ticket(&self, item: Item, token: &Secret, until: Instant) -> Result<Granted, Error> {
        match (self.profile.platform(), item) {
            (Platform::Mp, Item::Card) => self.upstream.getticket(token, "wx_card", until),
            (Platform::Mp, _) => self.upstream.getticket(token, "jsapi", until),
            (Platform::Work, Item::Agent) => self.upstream.ticket_get(token, "agent_config", until),
            (Platform::Work, Item::Card) => self.upstream.ticket_get(token, "wx_card", until),
            (Platform::Work, Item::Group) => self.upstream.ticket_get(token, "contact", until),
            (Platform::Work, _) => self.upstream.get_jsapi_ticket(token, until),
        }
    }

    /// Asks the site's own token centre, each time anew: it is the cache then.
    fn ask_centre(&self, source: &Source, field: &str, item: Item) -> Result<Obtained, Failure> {
        let Source::Url(url) = source else {
            let value = source.read(&self.context.env).map_err(|error| {
                Failure::config(format!("cannot read `{field}` of profile `{}`: {error}", self.profile.name))
                    .hint("wecheck config check")
            })?;
            let source = Origin::Upstream;
            return Ok(Obtained { value, source, expires_at: None, expires_in: None, group_id: None });
        };
        if self.context.env.globals.offline {
            return Err(Failure::network(format!(
                "`--offline` forbids to ask the token centre for the {field}"
            ))
            .hint("run it once without --offline"));
        }
        let url = url.replace(KIND, item.name());
        let granted = if item == Item::Token {
            self.upstream.centre_token(&url, self.until)
        } else {
            self.upstream.centre_ticket(&url, self.until)
        };
        let granted = granted.map_err(Error::into_failure)?;
        Ok(Obtained {
            value: granted.value,
            source: Origin::Upstream,
            expires_at: granted.expires_in.map(|life| self.context.env.now().saturating_add(life)),
            expires_in: granted.expires_in,
            group_id: granted.group_id,
        })
    }

    fn obtained(&self, served: Served) -> Obtained {
        Obtained {
            value: served.value,
            source: served.origin,
            expires_at: Some(served.expires_at),
            expires_in: Some(served.expires_at.saturating_sub(self.context.env.now())),
            group_id: served.group_id,
        }
    }

    /// A signature carries this machine's time: one that is far off is told, once.
    fn warn_of_clock(&self) {
        let Some(ahead) = self.upstream.clock_ahead().filter(|ahead| ahead.unsigned_abs() > CLOCK_SLACK)
        else {
            return;
        };
        if self.clock_told.replace(true) {
            return;
        }
        let seconds = ahead.unsigned_abs();
        let (zh, en) = if ahead > 0 { ("慢", "behind") } else { ("快", "ahead of") };
        self.context.out.warn(&say!(
            self.context.lang,
            "本机时钟比服务器{zh} {seconds} 秒，签名里的 timestamp 也会跟着错：校准时间",
            "this machine's clock is {seconds} s {en} the server's, and so is the timestamp of a signature: set it right"
        ));
    }

    fn warn_of_plain_http(&self) {
        let base = self.profile.api_base();
        let Some(host) = base.strip_prefix("http://") else { return };
        let host = host.split(['/', '?']).next().unwrap_or_default();
        let name = if host.starts_with('[') {
            host.trim_start_matches('[').split(']').next()
        } else {
            host.split(':').next()
        };
        let name = name.unwrap_or_default();
        if name != "localhost" && !name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        {
            self.context.out.warn(&say!(
                self.context.lang,
                "api_base 是 http://，密钥会以明文经过网络",
                "api_base is http://: the secret crosses the network in clear"
            ));
        }
    }
}

/// Where a token centre's url takes the kind of ticket.
const KIND: &str = "{kind}";

/// The cache for a profile. The environment's own works also where a broken file hides which cache
/// was chosen: without one.
fn cache_for<'a>(context: &'a Context, profile: &Profile) -> Result<Cache<'a>, Failure> {
    if profile.name != ENVIRONMENT_PROFILE || context.cache_settings().is_ok() {
        return cache(context);
    }
    context.warn_once(&say!(
        context.lang,
        "配置文件里的 [cache] 读不出来，这次不用缓存：设置 WECHECK_CACHE_URL，或修好配置文件",
        "the [cache] of the config file cannot be read, so no cache is used: set WECHECK_CACHE_URL, or fix the file"
    ));
    Ok(Cache::new(Place::Nowhere, context.env.clock(), REFRESH_MARGIN, |_: &crate::cache::Remark| {}))
}

/// The cache that the settings and the environment name.
pub fn cache(context: &Context) -> Result<Cache<'_>, Failure> {
    let settings = context.cache_settings()?;
    let place = match &settings.redis {
        Some(source) => {
            let url = source.read(&context.env).map_err(|error| {
                Failure::config(format!("cannot read `url` of [cache]: {error}")).hint("wecheck config check")
            })?;
            let address = RedisAddress { url, ca_file: context.env.path_var("SSL_CERT_FILE") };
            if context.env.globals.offline && address.is_remote() {
                let shown = address.shown();
                return Err(Failure::network(format!("`--offline` forbids to ask the Redis at `{shown}`"))
                    .hint("run it without --offline"));
            }
            Place::Redis(address)
        }
        None => cache_folder(&context.env).map_or(Place::Nowhere, Place::Folder),
    };
    let remark = |remark: &crate::cache::Remark| {
        let text = remark.text(context.lang);
        // A token and its ticket meet the same cache.
        if remark.is_warning() { context.warn_once(&text) } else { context.out.note(&text) }
    };
    Ok(Cache::new(place, context.env.clock(), settings.refresh_margin, remark))
}

/// `WECHECK_CACHE_DIR`, else `wecheck` in the platform's cache folder.
fn cache_folder(env: &Env) -> Option<PathBuf> {
    if let Some(folder) = env.path_var("WECHECK_CACHE_DIR") {
        return Some(folder);
    }
    // `dirs` reads the same variables by itself; the captured ones come first so that tests hold.
    let folder = if cfg!(any(target_os = "macos", windows)) {
        dirs::cache_dir()
    } else {
        env.path_var("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| env.path_var("HOME").map(|home| home.join(".cache")))
            .or_else(dirs::cache_dir)
    };
    folder.map(|folder| folder.join("wecheck"))
}

/// How a stored value relates to the one that a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The profile's ticket of the kind.
    Current,
    /// One that was the profile's ticket of the kind before.
    Previous,
    /// The profile's ticket of another kind.
    OtherKind,
    /// A ticket of another app of the same platform.
    OtherProfile,
    /// An access token.
    Token,
}

/// A value that the cache knows.
#[derive(Clone, Debug)]
pub struct Known {
    /// The token or ticket.
    pub value: Secret,
    /// How it relates.
    pub relation: Relation,
    /// What it is.
    pub item: Item,
    /// When it was stored, Unix seconds.
    pub stored_at: u64,
    /// When it ends, Unix seconds; `None` for one of the past.
    pub expires_at: Option<u64>,
    /// The profile it belongs to, or else its app id.
    pub owner: String,
}

/// What the cache knows that could have gone into a signature of this kind, the current ticket
/// first. Reads only: nothing is fetched, no command is run. A cache that cannot be read knows
/// nothing, with a note.
pub fn known_tickets(context: &Context, profile: &Profile, kind: Kind) -> Vec<Known> {
    let listed = cache(context).and_then(|cache| Ok((cache.entries()?, cache)));
    let (entries, cache) = match listed {
        Ok(listed) => listed,
        Err(failure) => {
            context.out.note(failure.message.get(context.lang));
            return Vec::new();
        }
    };
    let own_item = Item::of_kind(kind);
    let mut known = Vec::new();
    for entry in entries.iter().filter(|entry| entry.key.scope.platform == profile.platform()) {
        let own = belongs_to(entry, profile, &context.env);
        let owner = if own {
            profile.name.clone()
        } else {
            owner(entry, context).unwrap_or_else(|| entry.key.scope.app_id.clone())
        };
        let relation = match entry.key.item {
            Item::Token => Relation::Token,
            _ if !own => Relation::OtherProfile,
            item if item == own_item => Relation::Current,
            _ => Relation::OtherKind,
        };
        known.push(Known {
            value: entry.value.clone(),
            relation,
            item: entry.key.item,
            stored_at: entry.issued_at,
            expires_at: Some(entry.expires_at),
            owner: owner.clone(),
        });
        if entry.key.item == Item::Token {
            continue;
        }
        let relation = if relation == Relation::Current { Relation::Previous } else { relation };
        for (value, stored_at) in cache.history(&entry.key).unwrap_or_default() {
            if value != entry.value {
                let owner = owner.clone();
                known.push(Known {
                    value,
                    relation,
                    item: entry.key.item,
                    stored_at,
                    expires_at: None,
                    owner,
                });
            }
        }
    }
    known.sort_by_key(|known| (known.relation != Relation::Current, u64::MAX - known.stored_at));
    known
}

/// Whether a stored value is a profile's. A secret that only a command tells is not asked for.
pub fn belongs_to(entry: &Entry, profile: &Profile, env: &Env) -> bool {
    let scope = &entry.key.scope;
    let same = scope.platform == profile.platform()
        && scope.api_base == profile.api_base()
        && Some(scope.app_id.as_str()) == profile.app_id.as_deref();
    if !same || scope.platform == Platform::Mp {
        return same;
    }
    let digest = match (&profile.secret, &profile.access_token) {
        (Some(Source::Command(_)), _) => return scope.agent_id == profile.agent_id,
        (Some(source), _) => source.read(env).ok().map(|secret| credentials_digest(&scope.app_id, &secret)),
        (None, Some(source)) => Some(source_digest(&scope.app_id, source)),
        (None, None) => None,
    };
    scope.agent_id == profile.agent_id && scope.credentials == digest
}

/// The names of the profiles that a stored value belongs to.
pub fn owner(entry: &Entry, context: &Context) -> Option<String> {
    let settings = context.settings().ok()?;
    let mut names: Vec<String> = settings
        .profiles
        .iter()
        .filter(|profile| belongs_to(entry, profile, &context.env))
        .map(|profile| profile.name.clone())
        .collect();
    // The environment's own profile stands in no file.
    if let Ok(Some(profile)) = settings.profile(&context.env)
        && !names.contains(&profile.name)
        && belongs_to(entry, &profile, &context.env)
    {
        names.push(profile.name);
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// Tells the sources of two profiles apart by where they are, not by what they hold.
fn source_digest(app_id: &str, source: &Source) -> String {
    let place = match source {
        Source::Plain(value) => value.clone(),
        Source::Url(url) => Secret::new(url.as_str()),
        Source::Command(argv) => Secret::new(argv.join("\n")),
        other => Secret::new(other.to_string()),
    };
    credentials_digest(app_id, &place)
}

fn fetched(granted: Granted) -> Fetched {
    Fetched {
        value: granted.value,
        // WeChat's answers always tell it: one that does not is refused before it gets here.
        expires_in: granted.expires_in.unwrap_or(0),
        group_id: granted.group_id,
    }
}

fn fault(error: Error) -> Fault {
    Fault { shared_for: error.shared_for(), failure: error.into_failure() }
}

/// Says so when it takes longer than a second; gone when it is dropped.
struct Patience {
    _done: mpsc::Sender<()>,
}

impl Patience {
    fn new(out: Output, host: &str, waiting: &Arc<AtomicBool>) -> Self {
        let (done, over) = mpsc::channel();
        let (host, waiting) = (host.to_owned(), Arc::clone(waiting));
        // Where no thread can be had, the wait is silent.
        let _ = std::thread::Builder::new().spawn(move || {
            if over.recv_timeout(LONG_WAIT) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            out.note(&if waiting.load(Ordering::Relaxed) {
                say!(
                    out.lang,
                    "另一个进程正在获取，等它的结果……",
                    "another process is fetching it; waiting for its answer …"
                )
            } else {
                say!(
                    out.lang,
                    "`{host}` 还没有回答，继续等……",
                    "`{host}` has not answered yet; still waiting …"
                )
            });
        });
        Self { _done: done }
    }
}
