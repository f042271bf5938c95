//! The token and the tickets of a profile: the one place where a command obtains them.
//!
//! In: a profile. Out: a value from the cache, from WeChat, or from the site's own token server,
//! with where it came from and its lifetime. Here cache and upstream meet: the cache is
//! given each fetch as a closure. Every credential that a command uses comes through this module.

mod known;
mod location;
mod notice;

use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub use crate::cache::Served;
pub use known::{Relation, belongs_to, known_tickets, owner};
pub use location::{cache, cache_folder, offline_redis, redis_url};

use location::cache_for;
use notice::SlowNotice;

use crate::address;
use crate::both;
use crate::cache::{
    Cache, Fault, Fetching, Freshness, Item, Key, Origin, Request, Scope, credentials_digest,
};
use crate::config::{Profile, Source, TokenMode};
use crate::context::Context;
use crate::failure::Failure;
use crate::interrupt;
use crate::lang::Both;
use crate::platform::Platform;
use crate::secret::{Credential, Secret};
use crate::signature::Kind;
use crate::timing;
use crate::upstream::{Error, Upstream};

/// Warn when clocks differ by more than this. Seconds.
pub const CLOCK_DIFFERENCE: u64 = 300;

/// The placeholder for the kind of ticket in a token server's url.
const KIND: &str = "{kind}";

/// The ticket that a kind of signature is made with, from the cache or fetched.
pub fn ticket_for(context: &Context, profile: &Profile, kind: Kind) -> Result<Served, Failure> {
    TokenSource::new(context, profile)?.ticket(Item::of_kind(kind), Freshness::Usable)
}

/// The source of one profile's token and tickets, for the length of one command.
pub struct TokenSource<'a> {
    context: &'a Context,
    profile: &'a Profile,
    cache: Cache<'a>,
    upstream: Upstream<'a>,
    /// When the whole command has to be over.
    until: Instant,
    /// Whether it is another process that is waited for, and not the server.
    waiting: Arc<AtomicBool>,
    secret: OnceCell<Result<Secret, Failure>>,
    slow_notice: OnceCell<SlowNotice>,
    clock_reported: Cell<bool>,
}

impl<'a> TokenSource<'a> {
    /// The source of a profile's credentials. Nothing is opened or sent yet.
    pub fn new(context: &'a Context, profile: &'a Profile) -> Result<Self, Failure> {
        let log = |line: &Both| context.out.verbose(line.get(context.lang));
        let ca_file = profile.ca_file.as_deref();
        Ok(Self {
            context,
            profile,
            cache: cache_for(context, profile)?,
            upstream: Upstream::new(&context.env, profile.platform(), profile.api_base(), ca_file, log),
            until: Instant::now() + timing::COMMAND,
            waiting: Arc::default(),
            secret: OnceCell::new(),
            slow_notice: OnceCell::new(),
            clock_reported: Cell::new(false),
        })
    }

    /// The access token.
    pub fn token(&self, freshness: Freshness) -> Result<Served, Failure> {
        self.token_until(freshness, false, self.until)
    }

    fn token_until(&self, freshness: Freshness, automatic: bool, until: Instant) -> Result<Served, Failure> {
        if let Some(source) = &self.profile.access_token {
            return self.ask_token_server(source, "access_token", Item::Token);
        }
        let key = self.key(Item::Token)?;
        let stable = self.profile.platform() == Platform::Mp && self.profile.token_mode == TokenMode::Stable;
        let request = Request {
            key: &key,
            freshness,
            before_fetch: &|| self.before_fetch(),
            offline: self.context.env.globals.offline,
            counted: stable,
            automatic,
            until,
            on_wait: &|| self.waiting.store(true, Ordering::Relaxed),
        };
        let mut fetch = |fetching| self.fetch_token(fetching);
        let served = self.cache.get_or_fetch(&request, &mut fetch);
        self.warn_about_clock();
        served
    }

    /// A ticket.
    pub fn ticket(&self, item: Item, freshness: Freshness) -> Result<Served, Failure> {
        self.refuse_impossible(item)?;
        if let Some(source) = &self.profile.ticket {
            // Without `{kind}`, a token server returns the jsapi ticket.
            if item == Item::Jsapi || matches!(source, Source::Url(url) if url.contains(KIND)) {
                return self.ask_token_server(source, "ticket", item);
            }
        }
        let key = self.key(item)?;
        let request = Request {
            key: &key,
            freshness,
            before_fetch: &|| self.before_fetch(),
            offline: self.context.env.globals.offline,
            counted: false,
            automatic: false,
            until: self.until,
            on_wait: &|| self.waiting.store(true, Ordering::Relaxed),
        };
        // The order of locks is ticket, then token, everywhere: a token's fetch asks for no ticket.
        let mut fetch = |fetching| self.fetch_ticket(item, fetching);
        self.cache.get_or_fetch(&request, &mut fetch)
    }

    /// Stores a value that another program obtained, as if it had been fetched here.
    pub fn store(&self, item: Item, fetched: Credential, until: Instant) -> Result<(), Failure> {
        self.cache.put(&self.key(item)?, fetched, until)?;
        Ok(())
    }

    /// By how many seconds the server's clock was ahead of this one at its last answer; negative if it
    /// was behind, `None` if nothing was asked.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.upstream.clock_ahead()
    }

    fn refuse_impossible(&self, item: Item) -> Result<(), Failure> {
        let (platform, name) = (self.profile.platform(), &self.profile.name);
        if platform == Platform::Mp && matches!(item, Item::Agent | Item::Group) {
            let item = item.name();
            return Err(Failure::usage(both!(
                "`{item}` 类型的 ticket 只有企业微信有，而配置 `{name}` 是公众号",
                "a ticket of kind `{item}` exists on work only, and profile `{name}` is mp"
            ))
            .hint(both!(
                "wecheck ticket --kind jsapi，或换成企业微信的配置：wecheck config show",
                "wecheck ticket --kind jsapi, or a work profile: wecheck config show"
            )));
        }
        if item == Item::Agent && self.profile.agent_id.is_none() {
            return Err(Failure::config(both!(
                "agent 的 ticket 属于某一个应用，而配置 `{name}` 没有 `agent_id`",
                "an agent ticket belongs to one application, and profile `{name}` has no `agent_id`"
            ))
            .hint(both!(
                "在配置里加上 agent_id，或设置 WECHECK_AGENT_ID",
                "add agent_id to the profile, or set WECHECK_AGENT_ID"
            )));
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

    /// What is done once, when it is clear that something has to be fetched: signals, and the notices
    /// that belong to a fetch. Returns the digest of the credentials that it would use.
    fn before_fetch(&self) -> Result<String, Failure> {
        let digest = match &self.profile.access_token {
            Some(source) => source_digest(self.profile.require_app_id()?, source),
            None => self.digest()?,
        };
        if self.slow_notice.get().is_none() {
            // Ctrl-C ends a wait at once; a lock on disk goes with the process, a lease does not.
            match self.cache.leases() {
                Some(leases) => interrupt::ends_after(move || leases.give_back()),
                None => interrupt::ends_at_once(),
            }
            self.cache.notify_of_location();
            let host = address::shown_host(self.profile.api_base());
            let notice = SlowNotice::new(self.context.out, host, &self.waiting);
            self.slow_notice.get_or_init(|| notice);
        }
        Ok(digest)
    }

    fn fetch_token(&self, fetching: Fetching) -> Result<Credential, Fault> {
        self.waiting.store(false, Ordering::Relaxed);
        self.warn_about_plain_http();
        let Fetching { force, until } = fetching;
        let not_sent = |failure| Fault { failure, shared_for: 0, sent: false };
        let app_id = self.profile.require_app_id().map_err(not_sent)?;
        let secret = self.secret().map_err(not_sent)?;
        let granted = match (self.profile.platform(), self.profile.token_mode) {
            (Platform::Work, _) => self.upstream.gettoken(app_id, secret, until),
            (Platform::Mp, TokenMode::Stable) => self.upstream.stable_token(app_id, secret, force, until),
            (Platform::Mp, TokenMode::Classic) => {
                self.context.out.warn(both!(
                    "token_mode 为 classic：这次获取会让线上正在用的 access_token 在五分钟内失效；改用 stable 则互不影响",
                    "token_mode is classic: this fetch ends the access token that production uses within five minutes; with stable it does not"
                ));
                self.upstream.token(app_id, secret, until)
            }
        };
        granted.map_err(|error| self.fault(error))
    }

    /// Fetches a ticket; if the server blames the token, once more with a new token.
    fn fetch_ticket(&self, item: Item, fetching: Fetching) -> Result<Credential, Fault> {
        self.waiting.store(false, Ordering::Relaxed);
        let until = fetching.until;
        // The token's own failure is under the token's lock for as long as it is worth.
        let shortly = |failure| Fault { failure, shared_for: 2, sent: false };
        let token = self.token_until(Freshness::Usable, false, until).map_err(shortly)?.value;
        self.warn_about_plain_http();
        let error = match self.ask_ticket(item, &token, until) {
            Ok(granted) => return Ok(granted),
            Err(error) if error.blames_the_token() => error,
            Err(error) => return Err(self.fault(error)),
        };
        let mut fault = self.fault(error);
        let newer = match self.token_until(Freshness::Not(token.fingerprint()), true, until) {
            Ok(newer) if newer.value != token => newer.value,
            Ok(_) => {
                self.remember_that_a_new_token_is_in_vain();
                return Err(fault);
            }
            Err(refusal) => {
                let Both { zh, en } = &fault.failure.message;
                let Both { zh: why_zh, en: why_en } = &refusal.message;
                fault.failure.message = both!("{zh}；{why_zh}", "{en}; {why_en}");
                return Err(fault);
            }
        };
        self.ask_ticket(item, &newer, until).map_err(|error| {
            if error.blames_the_token() {
                self.remember_that_a_new_token_is_in_vain();
            }
            self.fault(error)
        })
    }

    /// The token endpoint is then left alone for ten minutes, in every mode: each new token may end the
    /// one that production uses.
    fn remember_that_a_new_token_is_in_vain(&self) {
        if self.profile.access_token.is_none()
            && let Ok(key) = self.key(Item::Token)
        {
            self.cache.new_token_in_vain(&key);
        }
    }

    fn ask_ticket(&self, item: Item, token: &Secret, until: Instant) -> Result<Credential, Error> {
        match (self.profile.platform(), item) {
            (Platform::Mp, Item::Card) => self.upstream.getticket(token, "wx_card", until),
            (Platform::Mp, _) => self.upstream.getticket(token, "jsapi", until),
            (Platform::Work, Item::Agent) => self.upstream.ticket_get(token, "agent_config", until),
            (Platform::Work, Item::Card) => self.upstream.ticket_get(token, "wx_card", until),
            (Platform::Work, Item::Group) => self.upstream.ticket_get(token, "contact", until),
            (Platform::Work, _) => self.upstream.get_jsapi_ticket(token, until),
        }
    }

    fn fault(&self, error: Error) -> Fault {
        Fault {
            shared_for: error.shared_for(),
            sent: self.upstream.was_reached(),
            failure: error.into_failure(),
        }
    }

    /// Asks the site's own token server, each time again: it is the cache then.
    fn ask_token_server(&self, source: &Source, field: &str, item: Item) -> Result<Served, Failure> {
        let Source::Url(url) = source else {
            let value = self.profile.read(source, field, &self.context.env)?;
            let source = Origin::Upstream;
            return Ok(Served { value, source, expires_at: None, expires_in: None, group_id: None });
        };
        if self.context.env.globals.offline {
            return Err(Failure::network(both!(
                "`--offline` 不允许向中控服务器获取 {field}",
                "`--offline` forbids to ask the token server for the {field}"
            ))
            .hint(both!("先不带 --offline 运行一次", "run it once without --offline")));
        }
        let url = url.replace(KIND, item.name());
        let granted = if item == Item::Token {
            self.upstream.token_of(&url, self.until)
        } else {
            self.upstream.ticket_of(&url, self.until)
        };
        let Credential { value, expires_in, group_id } = granted.map_err(Error::into_failure)?;
        let expires_at = expires_in.map(|left| self.context.env.now().saturating_add(left));
        Ok(Served { value, source: Origin::Upstream, expires_at, expires_in, group_id })
    }

    /// A signature carries this machine's time: a clock that is far off is reported, once.
    fn warn_about_clock(&self) {
        let Some(ahead) = self.upstream.clock_ahead().filter(|ahead| ahead.unsigned_abs() > CLOCK_DIFFERENCE)
        else {
            return;
        };
        if self.clock_reported.replace(true) {
            return;
        }
        let seconds = ahead.unsigned_abs();
        let (zh, en) = if ahead > 0 { ("慢", "behind") } else { ("快", "ahead of") };
        self.context.out.warn(both!(
            "本机时钟比服务器{zh} {seconds} 秒，签名里的 timestamp 也会跟着错：校准时间",
            "this machine's clock is {seconds} s {en} the server's, and so is the timestamp of a signature: set it right"
        ));
    }

    fn warn_about_plain_http(&self) {
        let base = self.profile.api_base();
        if base.starts_with("http://") && !address::is_loopback(base) {
            self.context.out.warn(both!(
                "api_base 是 http://，密钥会以明文经过网络",
                "api_base is http://: the secret crosses the network in clear"
            ));
        }
    }
}

/// Distinguishes the sources of two profiles by where they are, not by what they hold.
fn source_digest(app_id: &str, source: &Source) -> String {
    let place = match source {
        Source::Plain(value) => value.clone(),
        Source::Url(url) => Secret::new(url.as_str()),
        Source::Command(argv) => Secret::new(argv.join("\n")),
        other => Secret::new(other.to_string()),
    };
    credentials_digest(app_id, &place)
}
