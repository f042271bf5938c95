//! The account: config, secrets, the way to the API, token and ticket.
//!
//! In: the profile. Out: its checks. The ticket is asked for again, so that a token that somebody replaced
//! shows itself; on either platform the answer is the ticket that is valid already.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use serde_json::json;

use super::{Run, Status};
use crate::cache::{Freshness, Item};
use crate::catalog::answer::answer;
use crate::config::{self, Profile};
use crate::credentials::TokenSource;
use crate::domain;
use crate::failure::Failure;
use crate::platform::Platform;
use crate::probe;
use crate::say;
use crate::signature::Kind;

/// Clocks that differ by more seconds break lifetimes.
const CLOCK_FAIL_S: u64 = 600;
/// Clocks that differ by more seconds are worth a line.
const CLOCK_WARN_S: u64 = 60;
/// A proxy answers a connection within this time.
const PROXY: Duration = Duration::from_secs(3);

/// The codes of an address that is not on the list.
const IP_CODES: [i64; 2] = [40164, 60020];

impl Run<'_> {
    /// The config, and its profile.
    pub(super) fn config(&mut self) -> Option<Profile> {
        let (context, lang) = (self.context, self.lang);
        let settings = match context.settings() {
            Ok(settings) => settings,
            Err(failure) => {
                self.failed("config", &failure);
                return None;
            }
        };
        let profile = match context.profile() {
            Ok(profile) => profile,
            Err(failure) => {
                self.failed("config", &failure);
                return None;
            }
        };
        let name = &profile.name;
        match settings.warnings.first() {
            Some(warning) => {
                self.add("config", Status::Warn, warning.get(lang));
            }
            None => {
                self.add("config", Status::Pass, say!(lang, "使用配置 {name}", "profile {name} is used"));
            }
        }
        self.shapes(&profile);
        Some(profile)
    }

    fn shapes(&mut self, profile: &Profile) {
        let (context, lang) = (self.context, self.lang);
        for read in [
            profile.secret.is_some().then(|| profile.require_secret(&context.env)),
            profile.callback_token.is_some().then(|| profile.require_callback_token(&context.env)),
            profile.encoding_aes_key.is_some().then(|| profile.require_encoding_aes_key(&context.env)),
        ] {
            if let Some(Err(failure)) = read {
                return self.failed("secret", &failure);
            }
        }
        if let Err(failure) = profile.require_app_id() {
            return self.failed("secret", &failure);
        }
        let odd = config::oddities(profile, |source| source.read(&context.env).ok());
        if let Some(odd) = odd.first() {
            let (field, what) = (odd.field, lang.pick(&odd.zh, &odd.en));
            self.add("secret", Status::Warn, format!("{field}: {what}"));
        } else {
            let line = say!(
                lang,
                "密钥和 id 的长度、字符都像样",
                "lengths and characters of secrets and ids are usual"
            );
            self.add("secret", Status::Pass, line);
        }
    }

    /// The way to the API, token and ticket.
    pub(super) fn account(&mut self, profile: &Profile) {
        let lang = self.lang;
        if profile.secret.is_none() && profile.access_token.is_none() && profile.ticket.is_none() {
            let line = say!(
                lang,
                "配置里没有 secret，没有取 token",
                "the profile has no secret; no token was fetched"
            );
            self.add("token", Status::Skip, line);
            return;
        }
        if self.context.env.globals.offline {
            let line = say!(lang, "--offline 不许取 token", "--offline forbids to fetch a token");
            self.add("token", Status::Skip, line);
            return;
        }
        (self.request.progress)(lang.pick("到接口的连接", "the connection to the API"));
        if !self.way(profile) {
            let line = say!(lang, "接口连不上，没有取", "the API cannot be reached, so none was fetched");
            self.add("token", Status::Skip, line);
            return;
        }
        (self.request.progress)(lang.pick("token 和 ticket", "token and ticket"));
        let source = match TokenSource::new(self.context, profile) {
            Ok(source) => source,
            Err(failure) => return self.failed("token", &failure),
        };
        let before = match source.token(Freshness::Usable) {
            Ok(token) => token,
            Err(failure) => {
                self.clock(source.clock_ahead());
                return self.refused("token", profile, &failure);
            }
        };
        let left = before.expires_in.unwrap_or_default();
        let kinds: &[Kind] = match profile.platform() {
            Platform::Work if profile.agent_id.is_some() => &[Kind::Jsapi, Kind::Agent],
            _ => &[Kind::Jsapi],
        };
        let mut got = Vec::new();
        for kind in kinds {
            match source.ticket(Item::of_kind(*kind), Freshness::Newer) {
                Ok(_) => got.push(kind.name()),
                Err(failure) => {
                    self.clock(source.clock_ahead());
                    // A refused token that was fetched a moment ago: somebody fetched another one since.
                    let blamed = failure.errcode.is_some_and(|code| [40001, 40014, 42001].contains(&code));
                    let line = say!(lang, "取到了，还有 {left} 秒", "fetched, {left} s left");
                    self.add("token", Status::Pass, line);
                    return self.refused(if blamed { "token-replaced" } else { "ticket" }, profile, &failure);
                }
            }
        }
        self.clock(source.clock_ahead());
        let line = say!(lang, "取到了，还有 {left} 秒", "at hand, {left} s left");
        self.add("token", Status::Pass, line);
        let after = source.token(Freshness::Usable).ok().map(|token| token.value.fingerprint());
        if profile.access_token.is_none() && after.is_some_and(|after| after != before.value.fingerprint()) {
            let line = say!(
                lang,
                "缓存的 token 还有 {left} 秒才到期，却被服务器拒绝：另一个程序也在取 token",
                "the stored token was refused {left} s before its expiry: another program fetches tokens, too"
            );
            self.add("token-replaced", Status::Fail, line);
        } else {
            let line =
                say!(lang, "手上的 token 有效，没有被顶掉", "the token at hand is valid; no one replaced it");
            self.add("token-replaced", Status::Pass, line);
        }
        let kinds = got.join(", ");
        self.add("ticket", Status::Pass, say!(lang, "取到了：{kinds}", "fetched: {kinds}"));
    }

    /// What the server's answer means, by its code.
    fn refused(&mut self, id: &'static str, profile: &Profile, failure: &Failure) {
        let lang = self.lang;
        let Some(code) = failure.errcode else { return self.failed(id, failure) };
        let id = if IP_CODES.contains(&code) { "outgoing-ip" } else { id };
        let said = failure.message.get(lang);
        // The text has the address that is refused; without its code's own words the number is enough.
        let mut meant = answer(said, Some(profile.platform()), None, None, lang).results;
        if !meant.iter().any(|meaning| meaning.code == Some(code)) {
            meant = answer(&code.to_string(), Some(profile.platform()), None, None, lang).results;
        }
        let meaning = meant.iter().find(|meaning| meaning.code == Some(code));
        let fix = meaning.and_then(|meaning| meaning.fixes.first().cloned());
        let name = meaning.map(|meaning| meaning.name.clone()).unwrap_or_default();
        let check = self.add(
            id,
            Status::Fail,
            if name.is_empty() { said.to_owned() } else { format!("{name}: {said}") },
        );
        check.measured = json!({"errcode": code});
        check.fix = fix.or_else(|| Some(format!("wecheck errcode explain {code}")));
    }

    fn clock(&mut self, ahead: Option<i64>) {
        let lang = self.lang;
        let Some(ahead) = ahead else { return };
        let by = ahead.unsigned_abs();
        let status = match by {
            by if by > CLOCK_FAIL_S => Status::Fail,
            by if by > CLOCK_WARN_S => Status::Warn,
            _ => Status::Pass,
        };
        let line = match (status, ahead > 0) {
            (Status::Pass, _) => say!(lang, "和服务器差 {by} 秒", "{by} s from the server's"),
            (_, true) => say!(lang, "本机比服务器慢 {by} 秒", "this machine is {by} s behind the server"),
            (_, false) => say!(lang, "本机比服务器快 {by} 秒", "this machine is {by} s ahead of the server"),
        };
        self.add("clock", status, line).measured = json!({"seconds_behind": ahead});
    }

    /// Whether the API can be reached: proxy, name, port, certificate.
    fn way(&mut self, profile: &Profile) -> bool {
        let lang = self.lang;
        let Ok(base) = url::Url::parse(&format!("{}/", profile.api_base())) else { return true };
        if let Some(well) = self.proxy(&base) {
            return well;
        }
        let options = probe::Options {
            platform: profile.platform(),
            verify_file: None,
            ca_file: profile.ca_file.clone().or_else(|| self.context.env.path_var("SSL_CERT_FILE")),
            resolve: Vec::new(),
            now: self.context.env.now(),
            lang,
            limits: probe::Limits {
                connect: Duration::from_secs(3),
                request: Duration::from_secs(3),
                run: Duration::from_secs(8),
            },
            public_only: false,
            proxy: None,
            stop: self.request.stop,
        };
        let Ok(outcome) = probe::run(&base, &options, &|_| ()) else { return true };
        let mut reached = true;
        let host = crate::address::host_and_port(&base);
        for (id, of) in [
            ("dns", &["addresses"][..]),
            ("api-connection", &["tcp"]),
            ("tls", &["tls-version", "tls-chain", "tls-name", "tls-dates"]),
        ] {
            let found = || outcome.findings.iter().filter(|finding| of.contains(&finding.id));
            if let Some(failed) = found().find(|finding| finding.status == domain::Status::Fail) {
                let message = format!("{host}: {}", failed.message);
                let fix = failed.fix.clone();
                let check = self.add(id, Status::Fail, message);
                check.measured = failed.measured.clone();
                if let Some(fix) = fix.filter(|_| id != "tls") {
                    check.fix = Some(fix);
                }
                reached = false;
                break;
            }
            if found().any(|finding| finding.status != domain::Status::Skip) {
                self.add(id, Status::Pass, host.clone());
            }
        }
        reached
    }

    /// `None` if no proxy is set for the API.
    fn proxy(&mut self, base: &url::Url) -> Option<bool> {
        let (env, lang) = (&self.context.env, self.lang);
        let names: &[&str] = match base.scheme() {
            "https" => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
            _ => &["http_proxy", "ALL_PROXY", "all_proxy"],
        };
        let (name, address) = names.iter().find_map(|name| Some((*name, env.var(name)?)))?;
        let none = env.var("NO_PROXY").or_else(|| env.var("no_proxy")).unwrap_or_default();
        let host = base.host_str().unwrap_or_default();
        let spared = none.split(',').map(|entry| entry.trim().trim_start_matches('.'));
        if spared
            .filter(|entry| !entry.is_empty())
            .any(|entry| entry == "*" || host == entry || host.ends_with(&format!(".{entry}")))
        {
            return None;
        }
        let with_scheme =
            if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let proxy = url::Url::parse(&with_scheme).ok()?;
        // Its user and password are not shown.
        let shown = crate::address::shown_host(&with_scheme);
        let (host, port) = (proxy.host_str()?.to_owned(), proxy.port_or_known_default().unwrap_or(1080));
        let reached = (host.as_str(), port)
            .to_socket_addrs()
            .ok()
            .and_then(|mut all| all.next())
            .is_some_and(|address| TcpStream::connect_timeout(&address, PROXY).is_ok());
        if reached {
            let line = say!(lang, "请求经过 {name} 的 {shown}", "requests go through {shown} of {name}");
            self.add("proxy", Status::Pass, line);
        } else {
            let line =
                say!(lang, "{name} 的代理 {shown} 连不上", "the proxy {shown} of {name} cannot be reached");
            self.add("proxy", Status::Fail, line);
        }
        Some(reached)
    }
}
