//! Facts inside an answer: the IP that was refused, the rid, the hint, when to try again.
//!
//! In: the text of one answer, and its object where it is JSON. Out: an [`Observed`], the platform
//! that the text gives away, and the first step that follows from the facts.

use core::net::IpAddr;

use serde::Serialize;
use serde_json::{Map, Value};

use super::place;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// What a text says besides its code. Absent facts are absent from JSON too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// The server's or the client's text as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errmsg: Option<String>,
    /// The JS API that a client's message begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// The code that a client's message carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The caller's IP as the server saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The request's id, by which WeChat finds it again (mp).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rid: Option<String>,
    /// The bracketed hint, by which WeCom finds the request again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The addresses that WeChat checked the signature for.
    #[serde(rename = "realAuthUrl", skip_serializing_if = "Vec::is_empty")]
    pub real_auth_urls: Vec<String>,
    /// Who did not get the message: members, departments, tags (work).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invalid: Vec<String>,
    /// Who did not get it for want of an interface license (work).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unlicensed: Vec<String>,
    /// APIs that checkJsApi says are not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_apis: Vec<String>,
    /// `retry` or `reconnect` (hardware).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Seconds to wait first; -1 forbids it (hardware).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    /// The field of the request that the answer names, and what is wrong with it (WeChat Pay v3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Observed {
    /// The facts of a text.
    pub fn in_text(text: &str) -> Self {
        let ip = ["invalid ip ", "from ip: ", "from ip:", "requestIP"].iter().find_map(|mark| {
            let behind = behind(text, mark)?.trim_start_matches(|c: char| " \"':=\\".contains(c));
            let token: String =
                behind.chars().take_while(|c| c.is_ascii_hexdigit() || ".:".contains(*c)).collect();
            address(token.trim_end_matches(['.', ':']))
        });
        let word = |mark: &str| {
            let token: String = behind(text, mark)?
                .trim_start()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
                .collect();
            (!token.is_empty()).then_some(token)
        };
        let hint = ["hint: [", "hint:[", "hints: [", "hints:["].iter().find_map(|mark| {
            let (inside, _) = behind(text, mark)?.split_once(']')?;
            Some(inside.trim().to_owned()).filter(|inside| !inside.is_empty())
        });
        let real_auth_urls = behind(text, "realAuthUrl").map(addresses).unwrap_or_default();
        // Hardware answers; without a suggestion an interval is a parameter's name.
        let value = |mark: &str| {
            let behind = behind(text, mark)?.trim_start_matches(|c: char| " \"':=\\".contains(c));
            behind.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().map(str::to_owned)
        };
        let suggestion =
            value("suggestion").filter(|suggestion| ["retry", "reconnect"].contains(&suggestion.as_str()));
        let interval = suggestion.as_ref().and_then(|_| value("interval")?.parse().ok());
        Self { ip, rid: word("rid:"), hint, real_auth_urls, suggestion, interval, ..Self::default() }
    }

    /// The facts of a JSON answer: those of its text, and its own fields.
    pub fn in_object(object: &Map<String, Value>) -> Self {
        let text = |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str());
        let errmsg = text(&["errmsg", "errMsg", "err_msg", "errorMsg"]);
        let found = errmsg.map(Self::in_text).unwrap_or_default();
        let real_auth_urls = match object.get("realAuthUrl") {
            Some(Value::Array(list)) => {
                let mut urls: Vec<String> =
                    list.iter().filter_map(|url| url.as_str().map(str::to_owned)).collect();
                urls.dedup();
                urls
            }
            // A console prints the list as one text.
            Some(Value::String(text)) if text.trim_start().starts_with('[') => addresses(text),
            Some(Value::String(url)) => vec![url.clone()],
            _ => found.real_auth_urls,
        };
        let invalid = INVALID.iter().flat_map(|name| names(object.get(*name))).take(100).collect();
        let unlicensed = names(object.get("unlicenseduser")).take(100).collect();
        Self {
            invalid,
            unlicensed,
            missing_apis: object
                .get("checkResult")
                .and_then(Value::as_object)
                .map(|apis| {
                    let missing = apis.iter().filter(|(_, there)| **there == Value::Bool(false));
                    missing.map(|(name, _)| name.clone()).take(100).collect()
                })
                .unwrap_or_default(),
            errmsg: errmsg.map(str::to_owned),
            ip: text(&["requestIP", "requestIp", "request_ip"]).and_then(address).or(found.ip),
            rid: text(&["rid"]).map(str::to_owned).or(found.rid),
            real_auth_urls,
            suggestion: text(&["suggestion"]).map(str::to_owned).or(found.suggestion),
            interval: object.get("interval").and_then(whole_number).or(found.interval),
            field: object.get("detail").and_then(named_field),
            ..found
        }
    }

    /// With the other's facts where these have none: an object's `msg` may hold a whole answer.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let list = |own: Vec<String>, other: Vec<String>| if own.is_empty() { other } else { own };
        Self {
            errmsg: self.errmsg.or(other.errmsg),
            api: self.api.or(other.api),
            code: self.code.or(other.code),
            ip: self.ip.or(other.ip),
            rid: self.rid.or(other.rid),
            hint: self.hint.or(other.hint),
            real_auth_urls: list(self.real_auth_urls, other.real_auth_urls),
            invalid: list(self.invalid, other.invalid),
            unlicensed: list(self.unlicensed, other.unlicensed),
            missing_apis: list(self.missing_apis, other.missing_apis),
            suggestion: self.suggestion.or(other.suggestion),
            interval: self.interval.or(other.interval),
            field: self.field.or(other.field),
        }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The step that these facts ask for before any other.
    pub fn first_step(&self, code: Option<(i64, Platform)>, lang: Lang) -> Option<String> {
        if let (Some(ip), Some((code, platform))) = (&self.ip, code) {
            match (platform, code) {
                (Platform::Mp, 40164) => {
                    let path = place::path_in("mp-ip-list", lang).unwrap_or_default();
                    return Some(say!(
                        lang,
                        "把 {ip} 加进 IP白名单：{path}，几分钟内生效",
                        "add {ip} to the IP list: {path}; it takes effect within minutes"
                    ));
                }
                (Platform::Work, 60020) => {
                    let path = place::path_in("work-ip", lang).unwrap_or_default();
                    let provider = place::path_in("work-provider-ip", lang).unwrap_or_default();
                    return Some(say!(
                        lang,
                        "把 {ip} 加进这个应用的企业可信IP：{path}，约一分钟生效；第三方和代开发应用在服务商后台加：{provider}",
                        "add {ip} to this app's trusted IPs: {path}; it takes about a minute. For a third-party or delegated app: {provider}"
                    ));
                }
                (Platform::Mp, 61004) => {
                    let path = place::path_in("component-ip", lang).unwrap_or_default();
                    return Some(say!(
                        lang,
                        "把 {ip} 加进第三方平台的 IP 名单：{path}，保存后全网发布",
                        "add {ip} to the third-party platform's IP list: {path}, then release it"
                    ));
                }
                _ => {}
            }
        }
        if !self.missing_apis.is_empty() {
            let names = self.missing_apis.join(", ");
            return Some(say!(
                lang,
                "这个客户端没有 {names}：判断后给用户提示，或换客户端",
                "this client lacks {names}: tell the user, or use another client"
            ));
        }
        if let Some(step) = self.left_out(lang) {
            return Some(step);
        }
        if let Some(interval) = self.interval {
            let reconnect = self.suggestion.as_deref() == Some("reconnect");
            return Some(match (interval, reconnect) {
                (..0, _) => say!(
                    lang,
                    "不要重试也不要重连：interval 为 {interval}，先解决错误本身",
                    "do not retry or reconnect: interval is {interval}, solve the error itself first"
                ),
                (_, true) => say!(
                    lang,
                    "断开连接，{interval} 秒后重连（suggestion 为 reconnect）",
                    "drop the connection and reconnect in {interval} s (suggestion is reconnect)"
                ),
                (0, false) => say!(lang, "立即重试同一请求", "retry the same request at once"),
                (_, false) => {
                    say!(lang, "{interval} 秒后重试同一请求", "retry the same request in {interval} s")
                }
            });
        }
        if let Some(field) = &self.field {
            return Some(say!(
                lang,
                "先改微信支付点名的字段 {field}",
                "correct the field that WeChat Pay names: {field}"
            ));
        }
        let bare = |url: &String| url.split('#').next().unwrap_or_default().to_owned();
        match self.real_auth_urls.as_slice() {
            [] => None,
            [opened, current, ..] if bare(opened) != bare(current) => Some(say!(
                lang,
                "微信记下了两个地址，首次打开的 {opened} 和当前的 {current}：iOS 按首次打开的签名，安卓按当前的，都去掉 # 及之后的部分",
                "WeChat names two addresses, {opened} as first opened and {current} as the current one: sign the first on iOS, the current one on Android, each without anything from # on"
            )),
            [url, ..] => Some(say!(
                lang,
                "微信校验的地址是 {url}：用它去掉 # 及之后的部分来签名",
                "WeChat checked the address {url}: sign exactly that, without anything from # on"
            )),
        }
    }
}

impl Observed {
    /// What to do about those that WeCom left out although it answered 0.
    fn left_out(&self, lang: Lang) -> Option<String> {
        let list = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
        let unlicensed = list(&self.unlicensed).map(|names| {
            say!(
                lang,
                "这些成员没有基础接口许可，或许可已过期：{names}。到服务商后台给他们购买或续期并激活，和可见范围无关",
                "without a basic interface license, or with an expired one: {names}. Buy or renew and activate it in the provider console; their visibility is not the matter"
            )
        });
        let invalid = list(&self.invalid).map(|names| {
            say!(
                lang,
                "这些接收人没有收到或没有被处理：{names}。核对 userid、部门、标签或客户是否存在，是否在应用的可见范围内",
                "not delivered to, or not changed for, {names}: check that these members, departments, tags or customers exist and are visible to the app"
            )
        });
        let steps: Vec<String> = invalid.into_iter().chain(unlicensed).collect();
        (!steps.is_empty()).then(|| steps.join(lang.pick("；", "; ")))
    }
}

/// Fields of WeCom that list those that a call left out although it succeeded.
const INVALID: &[&str] =
    &["invaliduser", "invalidparty", "invalidtag", "invalidlist", "fail_list", "invalid_userid_list"];

/// The names of such a field: `a|b`, or a list of texts or numbers.
fn names(field: Option<&Value>) -> impl Iterator<Item = String> {
    let one = |value: &Value| match value {
        Value::String(list) => list.split('|').map(|name| name.trim().to_owned()).collect(),
        Value::Number(number) => vec![number.to_string()],
        _ => Vec::new(),
    };
    let all: Vec<String> = match field {
        Some(Value::Array(list)) => list.iter().flat_map(one).collect(),
        Some(value) => one(value),
        None => Vec::new(),
    };
    all.into_iter().filter(|name| !name.is_empty())
}

/// The platform that a server's text gives away: each writes its tail in its own way.
pub fn platform_of(text: &str) -> Option<Platform> {
    let work = [
        "open.work.weixin.qq.com",
        "qyapi.weixin.qq.com",
        "from ip:",
        "corpid",
        "corpsecret",
        "get_jsapi_ticket",
        "企业微信",
        "企微",
        "WeCom",
    ];
    if work.iter().any(|mark| text.contains(mark)) {
        return Some(Platform::Work);
    }
    if let Some(named) = named_platform(text) {
        return Some(named);
    }
    // WeCom's hint is time, number, digest; mp's ends in a machine: `9.9Q880975vr21`.
    if let Some(hint) = Observed::in_text(text).hint {
        let mut parts = hint.split('_');
        let digits = |part: Option<&str>| {
            part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if digits(parts.next()) && digits(parts.next()) && parts.next().is_some() {
            return Some(Platform::Work);
        }
        // The newer form is one long number.
        if hint.len() >= 20 && hint.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Platform::Work);
        }
        let machine = hint.trim_end_matches(|c: char| c.is_ascii_digit());
        if machine.len() < hint.len() && machine.ends_with("vr") {
            return Some(Platform::Mp);
        }
    }
    let mp = [
        "api.weixin.qq.com",
        " rid:",
        "hints: [ req_id",
        "mmbizurl.cn",
        "not in whitelist",
        "stable_token",
        "公众号",
        "服务号",
        "订阅号",
    ];
    mp.iter().any(|mark| text.contains(mark)).then_some(Platform::Mp)
}

/// The field that `detail` of WeChat Pay v3 names, and its issue: `/amount/total (min 1)`.
fn named_field(detail: &Value) -> Option<String> {
    let text = |name: &str| detail.get(name)?.as_str().filter(|text| !text.trim().is_empty());
    let field = text("field")?;
    Some(text("issue").map_or_else(|| field.to_owned(), |issue| format!("{field} ({issue})")))
}

/// The platform that a question of a few words names beside its code: `mp 81017`, `work 40058`.
fn named_platform(text: &str) -> Option<Platform> {
    const WORDS: usize = 6;
    let words: Vec<String> = text.split_whitespace().take(WORDS + 1).map(str::to_lowercase).collect();
    let has = |one: &str| words.iter().any(|word| word == one);
    match words.len() {
        2..=WORDS if has("mp") => Some(Platform::Mp),
        2..=WORDS if has("wecom") || (has("work") && words.len() == 2) => Some(Platform::Work),
        _ => None,
    }
}

/// A whole number, also one written as text.
pub fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn behind<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, behind)| behind)
}

/// An address as it is entered in a console: `::ffff:1.2.3.4` is 1.2.3.4.
fn address(text: &str) -> Option<String> {
    text.trim().parse::<IpAddr>().ok().map(|ip| ip.to_canonical().to_string())
}

/// The web addresses at the beginning of a list that is not an JSON.
fn addresses(text: &str) -> Vec<String> {
    let list = text.split_once(']').map_or(text, |(list, _)| list);
    let mut urls: Vec<String> = list
        .split(|c: char| c.is_whitespace() || "\"'[],\\".contains(c))
        .filter(|word| word.starts_with("http"))
        .map(str::to_owned)
        .collect();
    urls.dedup();
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_both_platforms_tails_are_read() {
        let mp = Observed::in_text(
            "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5f1a-6b2c-7d3e",
        );
        assert_eq!(mp.ip.as_deref(), Some("203.0.113.7"));
        assert_eq!(mp.rid.as_deref(), Some("5f1a-6b2c-7d3e"));
        let work = Observed::in_text(
            "not allow to access from your ip, hint: [1576065934_28_e0fe], from ip: 198.51.100.9, more info at https://open.work.weixin.qq.com/devtool/query?e=60020",
        );
        assert_eq!(work.ip.as_deref(), Some("198.51.100.9"));
        assert_eq!(work.hint.as_deref(), Some("1576065934_28_e0fe"));
        assert_eq!(platform_of("x, from ip: 1.2.3.4"), Some(Platform::Work));
        assert_eq!(platform_of("[WeCom] get_jsapi_ticket failed: 45033"), Some(Platform::Work));
        assert_eq!(platform_of("微信公众号返回 48002"), Some(Platform::Mp));
        assert_eq!(platform_of("invalid code rid: 1-2-3"), Some(Platform::Mp));
        assert_eq!(platform_of("invalid code"), None);
        assert_eq!(platform_of("mp 81017"), Some(Platform::Mp));
        assert_eq!(platform_of("wecom 45033 怎么办"), Some(Platform::Work));
        assert_eq!(platform_of("40001 does not work"), None);
    }

    #[test]
    fn a_hardware_text_says_when_to_go_on() {
        let said = Observed::in_text("600004 no device auth, suggestion: retry, interval: 5");
        assert_eq!((said.suggestion.as_deref(), said.interval), (Some("retry"), Some(5)));
        let said = Observed::in_text(r#"resp "suggestion":"reconnect","interval":-1"#);
        assert_eq!((said.suggestion.as_deref(), said.interval), (Some("reconnect"), Some(-1)));
        assert!(Observed::in_text("invalid interval 5, no suggestion").is_empty());
    }

    #[test]
    fn text_without_an_address_gives_none() {
        assert_eq!(Observed::in_text("invalid ip 999.1.1.1, from ip: x").ip, None);
        assert_eq!(Observed::in_text("from ip: 2001:db8::1.").ip.as_deref(), Some("2001:db8::1"));
        assert!(Observed::in_text("hint: [").is_empty());
    }
}
