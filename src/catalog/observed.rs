//! Facts inside an answer: the IP that was refused, the rid, the hint, when to try again.
//!
//! In: the text of one answer, and its object where it is JSON. Out: an [`Observed`], the platform
//! that the text gives away, and the first step that follows from the facts.

use core::net::IpAddr;

use serde::Serialize;
use serde_json::{Map, Value};

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
    /// `retry` or `reconnect` (hardware).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Seconds to wait first; -1 forbids it (hardware).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
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
            Some(Value::String(url)) => vec![url.clone()],
            _ => found.real_auth_urls,
        };
        Self {
            errmsg: errmsg.map(str::to_owned),
            ip: text(&["requestIP", "requestIp", "request_ip"]).and_then(address).or(found.ip),
            rid: text(&["rid"]).map(str::to_owned).or(found.rid),
            real_auth_urls,
            suggestion: text(&["suggestion"]).map(str::to_owned).or(found.suggestion),
            interval: object.get("interval").and_then(whole_number).or(found.interval),
            ..found
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
                    return Some(say!(
                        lang,
                        "把 {ip} 加进 IP白名单：mp.weixin.qq.com → 设置与开发 → 基本配置 → IP白名单，几分钟内生效",
                        "add {ip} to the IP white list: mp.weixin.qq.com → 设置与开发 → 基本配置 → IP白名单; it takes effect within minutes"
                    ));
                }
                (Platform::Work, 60020) => {
                    return Some(say!(
                        lang,
                        "把 {ip} 加进这个应用的企业可信IP：work.weixin.qq.com → 应用管理 → 该应用 → 企业可信IP，约一分钟生效；第三方和代开发应用改在服务商后台的 IP 白名单里加",
                        "add {ip} to this app's trusted IPs: work.weixin.qq.com → 应用管理 → the app → 企业可信IP; it takes about a minute. For a third-party or delegated app the list is in the provider console"
                    ));
                }
                (Platform::Mp, 61004) => {
                    return Some(say!(
                        lang,
                        "把 {ip} 加进第三方平台的白名单IP地址列表：open.weixin.qq.com → 管理中心 → 第三方平台 → 详情 → 开发资料，保存后全网发布",
                        "add {ip} to the third-party platform's IP list: open.weixin.qq.com → 管理中心 → 第三方平台 → 详情 → 开发资料 → 白名单IP地址列表, then release it"
                    ));
                }
                _ => {}
            }
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
                (_, false) => {
                    say!(lang, "{interval} 秒后重试同一请求", "retry the same request in {interval} s")
                }
            });
        }
        let url = self.real_auth_urls.first()?;
        Some(say!(
            lang,
            "微信校验的地址是 {url}：用它去掉 # 及之后的部分来签名",
            "WeChat checked the address {url}: sign exactly that, less everything from # on"
        ))
    }
}

/// The platform that a server's text gives away: each writes its tail in its own way.
pub fn platform_of(text: &str) -> Option<Platform> {
    let work = ["open.work.weixin.qq.com", "qyapi.weixin.qq.com", "from ip:"];
    if work.iter().any(|mark| text.contains(mark)) {
        return Some(Platform::Work);
    }
    let mp = ["api.weixin.qq.com", " rid:", "hints: [ req_id", "mmbizurl.cn", "not in whitelist"];
    mp.iter().any(|mark| text.contains(mark)).then_some(Platform::Mp)
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

/// The web addresses at the beginning of a list that is no JSON.
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
        assert_eq!(platform_of("invalid code rid: 1-2-3"), Some(Platform::Mp));
        assert_eq!(platform_of("invalid code"), None);
    }

    #[test]
    fn a_hardware_text_says_when_to_go_on() {
        let told = Observed::in_text("600004 no device auth, suggestion: retry, interval: 5");
        assert_eq!((told.suggestion.as_deref(), told.interval), (Some("retry"), Some(5)));
        let told = Observed::in_text(r#"resp "suggestion":"reconnect","interval":-1"#);
        assert_eq!((told.suggestion.as_deref(), told.interval), (Some("reconnect"), Some(-1)));
        assert!(Observed::in_text("invalid interval 5, no suggestion").is_empty());
    }

    #[test]
    fn what_is_no_address_is_none() {
        assert_eq!(Observed::in_text("invalid ip 999.1.1.1, from ip: x").ip, None);
        assert_eq!(Observed::in_text("from ip: 2001:db8::1.").ip.as_deref(), Some("2001:db8::1"));
        assert!(Observed::in_text("hint: [").is_empty());
    }
}
