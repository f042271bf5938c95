//! `wecheck cache import`: the token and the tickets that an SDK in production holds.
//!
//! In: which SDK, its Redis, the profile. Out: those values in this cache, so that one can sign and
//! verify without a fetch that ends the life of production's token. The other Redis is only read.
//! Key names may hold a secret and are never shown. A key that two agents of a corp share is not
//! believed: its value may be the other one's.

use std::io::{self, Write};
use std::time::Instant;

use md5::{Digest, Md5};
use serde::Serialize;
use serde_json::Value;

use crate::address;
use crate::both;
use crate::cache::{Item, Notice, RedisAddress, RedisReader};
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{TokenSource, offline_redis, redis_url};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::Report;
use crate::platform::Platform;
use crate::say;
use crate::secret::{Credential, Secret, value_flaw};
use crate::timing;
use crate::upstream::LONGEST_LIFETIME;

/// A value whose end is not known is believed for this long. Seconds.
const UNKNOWN_LIFETIME: u64 = 300;

/// Take over what an SDK in production holds
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck cache import --from wxjava --redis redis://127.0.0.1:6379/0
  wecheck cache import --from silenceper --profile shop
  REDISCLI_AUTH=… wecheck cache import --from wxjava --redis rediss://HOST")]
pub struct Args {
    /// The SDK whose keys are read
    #[arg(long, value_enum)]
    from: Sdk,
    /// Its Redis, without a password (that comes from REDISCLI_AUTH, or the cache's own url for the
    /// same host) [default: the cache's own]
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// What comes before the SDK's key names [default: wx for wxjava mp, else nothing]
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
}

/// An SDK that keeps its values in Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Sdk {
    /// WxJava (Java)
    Wxjava,
    /// wechatpy (Python)
    Wechatpy,
    /// silenceper/wechat (Go)
    Silenceper,
    /// EasyWeChat 4 to 6 (PHP)
    Easywechat,
    /// PowerWeChat (Go)
    Powerwechat,
}

/// Where an SDK keeps one thing.
struct Place {
    item: Item,
    key: Secret,
    /// The key of the moment it ends, Unix seconds.
    end: Option<String>,
}

/// What was imported.
#[derive(Debug, Serialize)]
pub(super) struct Imported {
    from: Sdk,
    profile: String,
    #[serde(rename = "imported")]
    taken: Vec<Taken>,
    skipped: Vec<Skipped>,
}

/// One value that is in the cache now.
#[derive(Debug, Serialize)]
struct Taken {
    kind: Item,
    expires_in: u64,
    fingerprint: String,
}

/// One that is not.
#[derive(Debug, Serialize)]
struct Skipped {
    kind: Item,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    /// No such key.
    NotThere,
    /// The SDK's key does not name the agent.
    SharedByAgents,
    /// What is there cannot be a token or ticket.
    Unreadable,
    /// It has ended.
    Expired,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Imported, Failure> {
    let address = address(args, context)?;
    let profile = context.profile()?;
    let app_id = profile.require_app_id()?;
    let reader = RedisReader::new(address);
    let source = TokenSource::new(context, &profile)?;
    let now = context.env.now();
    let mut taken: Vec<Taken> = Vec::new();
    let mut skipped = Vec::new();
    for item in [Item::Token, Item::Jsapi, Item::Agent, Item::Card] {
        let applies = match item {
            Item::Agent => profile.platform() == Platform::Work && profile.agent_id.is_some(),
            Item::Card => profile.platform() == Platform::Mp,
            _ => true,
        };
        if !applies {
            continue;
        }
        let places = places(args, item, app_id, &profile, context)?;
        let mut reason = if places.is_empty() { Reason::SharedByAgents } else { Reason::NotThere };
        for place in places {
            match read(&reader, &place, now)? {
                Ok(fetched) => {
                    let expires_in = fetched.expires_in.unwrap_or_default();
                    let fingerprint = fetched.value.fingerprint();
                    source.store(item, fetched, Instant::now() + timing::LOCK_WAIT)?;
                    taken.push(Taken { kind: item, expires_in, fingerprint });
                    break;
                }
                Err(Reason::NotThere) => {}
                Err(other) => reason = other,
            }
        }
        if taken.last().is_none_or(|last| last.kind != item) {
            skipped.push(Skipped { kind: item, reason });
        }
    }
    Ok(Imported { from: args.from, profile: profile.name.clone(), taken, skipped })
}

/// The Redis to read from. A password in the flag is refused, and not repeated.
fn address(args: &Args, context: &Context) -> Result<RedisAddress, Failure> {
    let ca_file = context.env.path_var("SSL_CERT_FILE");
    let own = match &context.cache_settings()?.redis {
        Some(source) => Some(redis_url(source, &context.env)?),
        None => None,
    };
    let Some(flag) = &args.redis else {
        let url = own.ok_or_else(|| {
            Failure::usage(both!("没有可读的 Redis", "there is no Redis to read from"))
                .hint(both!("加上 --redis redis://127.0.0.1:6379/0", "add --redis redis://127.0.0.1:6379/0"))
        })?;
        return checked(RedisAddress { url, ca_file }, context);
    };
    let malformed = || {
        Failure::usage(both!(
            "`--redis` 要的是 redis://127.0.0.1:6379/0 这样的 url",
            "`--redis` takes a url such as redis://127.0.0.1:6379/0"
        ))
        .hint(both!(
            "密码不要写在里面：REDISCLI_AUTH=… wecheck cache import …",
            "a password stays out of it: REDISCLI_AUTH=… wecheck cache import …"
        ))
    };
    let mut url = url::Url::parse(flag).map_err(|_| malformed())?;
    let schemes = ["redis", "rediss", "unix", "redis+unix", "valkey", "valkeys", "valkey+unix"];
    if !schemes.contains(&url.scheme()) {
        return Err(malformed());
    }
    if url.password().is_some() || url.query_pairs().any(|(name, _)| name == "pass") {
        return Err(Failure::usage(both!(
            "`--redis` 里有密码，而命令行别的用户也看得到",
            "`--redis` holds a password, and a command line can be read by others"
        ))
        .hint(both!(
            "从 url 里去掉，改为设置 REDISCLI_AUTH",
            "take it out of the url, and set REDISCLI_AUTH"
        )));
    }
    let same_host = |own: &url::Url| {
        own.host_str() == url.host_str() && own.port().unwrap_or(6379) == url.port().unwrap_or(6379)
    };
    // A password that goes encrypted to this host must not follow in clear to the same one.
    let encrypts = |url: &url::Url| matches!(url.scheme(), "rediss" | "valkeys");
    let stays_safe = |own: &url::Url| {
        !encrypts(own) || encrypts(&url) || url.host_str().is_some_and(address::is_loopback_host)
    };
    let same_host = |own: &url::Url| same_host(own) && stays_safe(own);
    let own = own.and_then(|own| url::Url::parse(own.reveal()).ok()).filter(same_host);
    if let Some(password) = context.env.var("REDISCLI_AUTH") {
        set_password(&mut url, password).map_err(|()| malformed())?;
    } else if let Some(own) = own {
        if url.username().is_empty() {
            url.set_username(own.username()).map_err(|()| malformed())?;
        }
        url.set_password(own.password()).map_err(|()| malformed())?;
    }
    checked(RedisAddress { url: Secret::new(String::from(url)), ca_file }, context)
}

fn set_password(url: &mut url::Url, password: &str) -> Result<(), ()> {
    // A socket's url has no host to put it before.
    if url.host_str().is_none_or(str::is_empty) {
        url.query_pairs_mut().append_pair("pass", password);
        return Ok(());
    }
    url.set_password(Some(password))
}

fn checked(address: RedisAddress, context: &Context) -> Result<RedisAddress, Failure> {
    if context.env.globals.offline && address.is_remote() {
        return Err(offline_redis(&address));
    }
    if let Some(host) = address.plain_remote_host() {
        context.warn_once(&Notice::PlainRedis(host).text());
    }
    Ok(address)
}

/// Where an SDK keeps a thing, likeliest first. None where its key is shared between agents.
fn places(
    args: &Args,
    item: Item,
    id: &str,
    profile: &Profile,
    context: &Context,
) -> Result<Vec<Place>, Failure> {
    let work = profile.platform() == Platform::Work;
    let agent = profile.agent_id.as_deref().unwrap_or_default();
    let named = !agent.is_empty();
    let before = args.prefix.as_deref().unwrap_or_default();
    let at = |key: String| vec![Place { item, key: Secret::new(format!("{before}{key}")), end: None }];
    let kind = if item == Item::Card { "wx_card" } else { "jsapi" };
    let secret = || profile.require_secret(&context.env);
    Ok(match (args.from, work, item) {
        (Sdk::Wxjava, false, _) => {
            let prefix = args.prefix.as_deref().unwrap_or("wx").trim_end_matches(':');
            let key = match item {
                Item::Token => format!("{prefix}:access_token:{id}"),
                _ => format!("{prefix}:ticket:key:{id}:{kind}"),
            };
            vec![Place { item, key: Secret::new(key), end: None }]
        }
        (Sdk::Wxjava, true, Item::Token) if named => at(format!("wechat_cp_access_token_key:{id}:{agent}")),
        (Sdk::Wxjava, true, Item::Jsapi) if named => at(format!("wechat_cp_jsapi_ticket_key:{id}:{agent}")),
        (Sdk::Wxjava, true, Item::Agent) if named => {
            at(format!("wechat_cp_agent_jsapi_ticket_key:{id}:{agent}"))
        }
        (Sdk::Wechatpy, false, _) => {
            let key = match item {
                Item::Token => format!("{id}_access_token"),
                Item::Card => format!("{id}_jsapi_card_ticket"),
                _ => format!("{id}_jsapi_ticket"),
            };
            with_end(args, item, &key)
        }
        // Its expiry key is shared by all agents: the time left in Redis tells it instead.
        (Sdk::Wechatpy, true, Item::Token) => {
            let start: String = secret()?.reveal().chars().take(10).collect();
            let prefix = args.prefix.as_deref().unwrap_or("wechatpy:");
            vec![Place { item, key: Secret::new(format!("{prefix}{id}_{start}_access_token")), end: None }]
        }
        (Sdk::Wechatpy, true, Item::Jsapi) => with_end(args, item, &format!("{id}_jsapi_ticket")),
        (Sdk::Silenceper, false, Item::Token) => {
            let mut places = at(format!("gowechat_officialaccount__stable_access_token_{id}"));
            places.extend(at(format!("gowechat_officialaccount__access_token_{id}")));
            places
        }
        (Sdk::Silenceper, false, Item::Jsapi) => at(format!("gowechat_officialaccount__jsapi_ticket_{id}")),
        (Sdk::Silenceper, false, _) => at(format!("gowechat_officialaccount__{kind}_ticket_{id}")),
        (Sdk::Silenceper, true, Item::Jsapi) => at(format!("gowechat_work__corp_jsapi_ticket_{id}")),
        (Sdk::Silenceper, true, Item::Agent) if named => {
            at(format!("gowechat_work__agent_jsapi_ticket_{id}_{agent}"))
        }
        (Sdk::Easywechat, _, Item::Token) => easywechat_token(before, id, work, &secret()?),
        (Sdk::Easywechat, false, _) => {
            let mut places = at(format!("easywechat.basic_service.jssdk.ticket.{kind}.{id}"));
            if item == Item::Jsapi {
                places.extend(at(format!("official_account.jsapi_ticket.{id}")));
            }
            places
        }
        (Sdk::Easywechat, true, Item::Jsapi) => {
            let mut places = at(format!("work.jsapi_ticket.{id}"));
            places.extend(at(format!("easywechat.work.jssdk.ticket.config.{id}")));
            places
        }
        (Sdk::Easywechat, true, Item::Agent) if named => {
            let mut places = at(format!("work.jsapi_ticket.{id}.{agent}"));
            places.extend(at(format!("easywechat.work.jssdk.ticket.{agent}.agent_config.{id}")));
            places
        }
        (Sdk::Powerwechat, false, Item::Token) => {
            let credentials = Secret::new(format!("{id}{}", secret()?.reveal()));
            at(format!("powerwechat.access_token.{}", md5_hex(credentials.reveal())))
        }
        (Sdk::Powerwechat, _, Item::Jsapi) => {
            at(format!("powerwechat.basic_service.jssdk.ticket.jsapi.{id}"))
        }
        (Sdk::Powerwechat, false, _) => at(format!("powerwechat.basic_service.jssdk.ticket.{kind}.{id}")),
        _ => Vec::new(),
    })
}

/// wechatpy's keys, each with a twin that tells its end.
fn with_end(args: &Args, item: Item, key: &str) -> Vec<Place> {
    let prefix = args.prefix.as_deref().unwrap_or("wechatpy:");
    vec![Place {
        item,
        key: Secret::new(format!("{prefix}{key}")),
        end: Some(format!("{prefix}{key}_expires_at")),
    }]
}

/// EasyWeChat 6 has the secret in the key's name, 4 and 5 a digest of the request.
fn easywechat_token(before: &str, id: &str, work: bool, secret: &Secret) -> Vec<Place> {
    let secret = secret.reveal();
    let request = if work {
        serde_json::json!({ "corpid": id, "corpsecret": secret })
    } else {
        serde_json::json!({ "grant_type": "client_credential", "appid": id, "secret": secret })
    };
    let old = format!("easywechat.kernel.access_token.{}", md5_hex(&request.to_string()));
    let keys = if work {
        vec![format!("work.access_token.{id}.{secret}"), old]
    } else {
        let new = |stable: u8| format!("official_account.access_token.{id}.{secret}.{stable}");
        vec![new(1), new(0), old]
    };
    keys.into_iter()
        .map(|key| Place { item: Item::Token, key: Secret::new(format!("{before}{key}")), end: None })
        .collect()
}

fn md5_hex(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

/// Reads one place: the value and what is left of its life.
fn read(reader: &RedisReader, place: &Place, now: u64) -> Result<Result<Credential, Reason>, Failure> {
    let Some((text, left)) = reader.text(place.key.reveal())? else { return Ok(Err(Reason::NotThere)) };
    let field = if place.item == Item::Token { "access_token" } else { "ticket" };
    let Some(value) = value_in(text.reveal(), field) else { return Ok(Err(Reason::Unreadable)) };
    let stated = match &place.end {
        Some(key) => reader.text(key)?.and_then(|(text, _)| {
            let end = text.reveal().trim_matches('"').split('.').next()?.parse::<u64>().ok()?;
            Some(end.saturating_sub(now))
        }),
        None => None,
    };
    let expires_in = left.into_iter().chain(stated).min().unwrap_or(UNKNOWN_LIFETIME).min(LONGEST_LIFETIME);
    if expires_in == 0 {
        return Ok(Err(Reason::Expired));
    }
    Ok(Ok(Credential { value, expires_in: Some(expires_in), group_id: None }))
}

/// The value in what an SDK stores: raw, JSON (a string or an object), or PHP's serialization of
/// either.
fn value_in(text: &str, field: &str) -> Option<Secret> {
    let text = text.trim();
    let inner = match serde_json::from_str::<Value>(text) {
        Ok(Value::String(inner)) => inner,
        Ok(Value::Object(object)) => object.get(field)?.as_str()?.to_owned(),
        Ok(_) => return None,
        Err(_) if text.starts_with("s:") => php_strings(text).next()?.to_owned(),
        Err(_) if text.starts_with("a:") => {
            let mut strings = php_strings(text).skip_while(|string| *string != field);
            strings.next()?;
            strings.next()?.to_owned()
        }
        Err(_) => text.to_owned(),
    };
    // A string may hold an object: JSON in JSON, or in PHP's string.
    if inner.starts_with('{') && inner != text {
        return value_in(&inner, field);
    }
    let fits = value_flaw(&inner).is_none()
        && inner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@'));
    fits.then(|| Secret::new(inner))
}

/// The strings of a PHP serialization, in order: each is `s:LENGTH:"…"`.
fn php_strings(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find("s:")? + 2;
        let (length, after) = rest.get(start..)?.split_once(':')?;
        let length: usize = length.parse().ok()?;
        let after = after.strip_prefix('"')?;
        let string = after.get(..length)?;
        rest = after.get(length..)?.strip_prefix('"')?;
        Some(string)
    })
}

impl Report for Imported {
    fn ok(&self) -> bool {
        !self.taken.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        for taken in &self.taken {
            let (kind, left) = (taken.kind.name(), taken.expires_in);
            writeln!(
                out,
                "{}",
                say!(lang, "{kind}：已导入，还有 {left} 秒", "{kind}: imported, {left} s left")
            )?;
        }
        for skipped in &self.skipped {
            let kind = skipped.kind.name();
            let reason = match skipped.reason {
                Reason::NotThere => lang.pick("那个 Redis 里没有", "not in that Redis"),
                Reason::SharedByAgents => lang.pick(
                    "没有导入：这个 SDK 的键名里没有应用，可能是另一个应用的",
                    "not imported: this SDK's key does not name the agent, so it may be another one's",
                ),
                Reason::Unreadable => {
                    lang.pick("那里的内容不是凭证", "what is there cannot be a token or ticket")
                }
                Reason::Expired => lang.pick("已经到期", "it has expired"),
            };
            writeln!(out, "{}", say!(lang, "{kind}：{reason}", "{kind}: {reason}"))?;
        }
        if self.taken.is_empty() {
            let hint = say!(
                lang,
                "核对 --redis 里的库号，以及 SDK 的键前缀（--prefix）",
                "look at the database number in --redis, and at the SDK's key prefix (--prefix)"
            );
            writeln!(out, "{hint}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_shape_that_an_sdk_stores() {
        for stored in [
            "TOKEN_1-a",
            "\"TOKEN_1-a\"",
            "{\"access_token\":\"TOKEN_1-a\",\"expires_in\":7200}",
            "\"{\\\"access_token\\\":\\\"TOKEN_1-a\\\"}\"",
            "s:9:\"TOKEN_1-a\";",
            "a:2:{s:12:\"access_token\";s:9:\"TOKEN_1-a\";s:10:\"expires_in\";i:7200;}",
            "s:28:\"{\"access_token\":\"TOKEN_1-a\"}\";",
        ] {
            let value = value_in(stored, "access_token");
            assert_eq!(value.as_ref().map(Secret::reveal), Some("TOKEN_1-a"), "{stored}");
        }
        for stored in [
            "",
            "{}",
            "[]",
            "s:99:\"x\";",
            "a:0:{}",
            "<html>",
            "a b",
            "s:\u{e9}:\"x\"",
            "null",
            "undefined",
            "s:9:\"undefined\";",
            "7",
        ] {
            assert!(value_in(stored, "access_token").is_none(), "{stored}");
        }
    }
}
