//! What is left to check, in the order of the official FAQ: done, failed, to do, or not visible from here.
//!
//! In: what this check could see. Out: [`NextStep`]s. A match is never the end of the list: most refused
//! signatures that people post are arithmetically right. Nothing is done that was not compared, nothing
//! is asked for that was given, and a command holds the values that are known.

use serde::Serialize;

use crate::lang::Lang;
use crate::platform::Platform;
use crate::rank::by_rank;
use crate::say;
use crate::signature::Kind;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was compared, and it holds.
    Done,
    /// It was compared, and it does not hold.
    Failed,
    /// Someone has to do it.
    Todo,
    /// Nothing that is here can tell.
    Unseen,
}

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// A stable name.
    pub id: &'static str,
    /// How far it is.
    pub status: Status,
    /// What to do, or what was done.
    pub message: String,
}

/// What this check could see.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// The kind of signature.
    pub kind: Kind,
    /// The platform, if it is known.
    pub platform: Option<Platform>,
    /// Whether the signature fits the values; `None` when one lacks.
    pub matched: Option<bool>,
    /// Whether mistakes explain the difference.
    pub explained: bool,
    /// The values that lack, as flags.
    pub missing: &'a [&'static str],
    /// The string that the server hashed was given.
    pub has_string1: bool,
    /// What the page passes was given.
    pub has_config: bool,
    /// The page passes the values that were signed; `None` when that was not compared.
    pub config_agrees: Option<bool>,
    /// The address of the phone, where it is known.
    pub page_url: Option<&'a str>,
    /// Whether it is the signed one.
    pub page_agrees: Option<bool>,
    /// The url that was signed, if it is one.
    pub url: Option<&'a str>,
    /// Whether the page's appId is the one of the ticket's account, where both are known.
    pub app_agrees: Option<bool>,
    /// The page's appId.
    pub app_id: Option<&'a str>,
    /// The ticket came from this tool's cache and has not ended.
    pub ticket_from_cache: bool,
    /// The ticket is known to have ended.
    pub ticket_expired: bool,
}

/// The steps, in the FAQ's order.
pub fn next_steps(seen: &Seen<'_>, lang: Lang) -> Vec<NextStep> {
    let mut steps = vec![algorithm(seen, lang)];
    if seen.kind.signs_url() {
        steps.push(config_values(seen, lang));
        steps.push(page_url(seen, lang));
    } else {
        steps.push(step(
            "card-fields",
            Status::Todo,
            say!(
                lang,
                "核对 cardExt/cardSign 里发出的字段就是签名用的字段，空值不签也不发",
                "compare the fields sent in cardExt or cardSign with those signed; empty ones are neither signed nor sent"
            ),
        ));
    }
    steps.push(app_id(seen, lang));
    steps.push(ticket_alive(seen, lang));
    if seen.kind.signs_url() {
        steps.push(step(
            "dynamic-url",
            Status::Unseen,
            say!(
                lang,
                "地址要在每次打开时动态取得：分享后会多出参数，跳转后要用新地址；wecheck 查不到",
                "whether the address is taken on every opening cannot be seen from here: sharing adds parameters, a redirect makes a new one"
            ),
        ));
        steps.push(domain(seen, lang));
    }
    match seen.kind {
        Kind::Jsapi => {}
        Kind::Agent => steps.push(step(
            "config-signature",
            Status::Todo,
            say!(
                lang,
                "wx.agentConfig 用自己的 ticket 和签名；企业微信 3.0.24 以前的客户端还要先让 wx.config 成功",
                "wx.agentConfig has a ticket and a signature of its own; clients before WeCom 3.0.24 also need wx.config to succeed first"
            ),
        )),
        _ => steps.push(step(
            "config-signature",
            Status::Todo,
            say!(
                lang,
                "页面自己的 wx.config 还要另一份签名（jsapi_ticket），这份替代不了它",
                "the page also needs its own wx.config signature (jsapi_ticket); this one does not replace it"
            ),
        )),
    }
    if seen.matched == Some(false) && !seen.explained {
        // Nothing was proved: what shows most comes first.
        if seen.kind.signs_url() && seen.page_url.is_none() {
            steps.push(step(
                "real-auth-url",
                Status::Todo,
                say!(
                    lang,
                    "看报错对象里的 realAuthUrl：那是微信实际校验的地址，把整个对象用 --from 传入比较",
                    "read realAuthUrl in the error object: it is the address that WeChat checked; pass the whole object with --from"
                ),
            ));
        }
        let useful = ["page-url", "real-auth-url", "algorithm", "ticket-alive"];
        by_rank(&mut steps, |step| useful.iter().position(|id| *id == step.id).unwrap_or(useful.len()));
    }
    steps
}

fn step(id: &'static str, status: Status, message: String) -> NextStep {
    NextStep { id, status, message }
}

fn algorithm(seen: &Seen<'_>, lang: Lang) -> NextStep {
    let (status, message) = match seen.matched {
        Some(true) => (
            Status::Done,
            say!(lang, "签名算法：与这些输入相符", "algorithm: the signature fits these inputs"),
        ),
        None if seen.explained => {
            let list = flags(seen.missing);
            (
                Status::Todo,
                say!(
                    lang,
                    "签名算法：还缺 {list}，没有比较；先改掉上面的错，重新签名",
                    "algorithm: not compared without {list}; fix the mistakes above first, and sign again"
                ),
            )
        }
        _ if seen.explained => (
            Status::Failed,
            say!(
                lang,
                "签名算法：改掉上面的错，重新签名，再验一次",
                "algorithm: fix the mistakes above, sign again, then re-run verify"
            ),
        ),
        Some(false) if seen.has_string1 => (
            Status::Failed,
            say!(
                lang,
                "签名算法：签名不符；给出的 string1 也算不出这个签名，确认它们来自同一次请求",
                "algorithm: the signature does not fit, and the string1 given does not make it either: see whether they come from one request"
            ),
        ),
        Some(false) => (
            Status::Failed,
            say!(
                lang,
                "签名算法：签名不符；让服务端打印它的 string1，用 --from 传入比较",
                "algorithm: the signature does not fit; let the server print its string1 and pass it with --from"
            ),
        ),
        None => {
            let list = flags(seen.missing);
            (
                Status::Todo,
                say!(
                    lang,
                    "签名算法：还缺 {list}，补上才能比较",
                    "algorithm: add {list}, then it can be compared"
                ),
            )
        }
    };
    step("algorithm", status, message)
}

/// `--url --ticket`.
fn flags(names: &[&str]) -> String {
    names.iter().map(|name| format!("--{name}")).collect::<Vec<_>>().join(" ")
}

fn config_values(seen: &Seen<'_>, lang: Lang) -> NextStep {
    let (status, message) = match seen.config_agrees {
        Some(true) => (
            Status::Done,
            say!(
                lang,
                "页面传的 nonceStr、timestamp 就是签名用的",
                "the page passes the nonceStr and timestamp that were signed"
            ),
        ),
        Some(false) => (
            Status::Failed,
            say!(
                lang,
                "页面传的 nonceStr 或 timestamp 与签名用的不同：原样传给页面",
                "the page passes another nonceStr or timestamp than was signed: pass them on unchanged"
            ),
        ),
        None if seen.has_config => (
            Status::Todo,
            say!(
                lang,
                "页面传的 nonceStr、timestamp 还没有能对照的签名：先补上缺的值",
                "what the page passes could not be compared with what was signed yet"
            ),
        ),
        None => (
            Status::Todo,
            say!(
                lang,
                "核对页面传的 nonceStr（大写 S）、timestamp：把 wx.config 那段代码用 --from 传入",
                "compare the nonceStr (capital S) and timestamp that the page passes: give its wx.config code with --from"
            ),
        ),
    };
    step("config-values", status, message)
}

fn page_url(seen: &Seen<'_>, lang: Lang) -> NextStep {
    let (status, message) = match seen.page_agrees {
        Some(true) => (
            Status::Done,
            say!(
                lang,
                "签名的 url 与给出的页面地址一致（# 之后不算）",
                "the signed url is the page address given (less its #…)"
            ),
        ),
        Some(false) => (
            Status::Failed,
            say!(
                lang,
                "签名的 url 不是页面的地址：签页面当时的 location.href.split('#')[0]",
                "the signed url is not the page's address: sign location.href.split('#')[0] as it is at that moment"
            ),
        ),
        None if seen.page_url.is_some() => (
            Status::Todo,
            say!(
                lang,
                "页面地址已给出，还没有签名的 url 可以对照",
                "the page's address is known; there is no signed url to compare it with yet"
            ),
        ),
        None => (
            Status::Todo,
            say!(
                lang,
                "在手机上运行 alert(location.href)，把结果用 --page-url 给出来比较",
                "run alert(location.href) on the phone and pass the result as --page-url"
            ),
        ),
    };
    step("page-url", status, message)
}

fn app_id(seen: &Seen<'_>, lang: Lang) -> NextStep {
    let name = if seen.platform == Some(Platform::Work) { "corpid" } else { "appid" };
    let (status, message) = match (seen.app_agrees, seen.app_id) {
        (Some(true), _) => (
            Status::Done,
            say!(
                lang,
                "页面里的 {name} 就是 ticket 所属账号的",
                "the page's {name} is the one of the ticket's account"
            ),
        ),
        (Some(false), _) => (
            Status::Failed,
            say!(
                lang,
                "页面里的 {name} 不是 ticket 所属账号的",
                "the page's {name} is not the one of the ticket's account"
            ),
        ),
        (None, Some(id)) => (
            Status::Todo,
            say!(
                lang,
                "确认 ticket 是用 {name} `{id}` 取的（测试号与正式号别混）",
                "make sure that the ticket was fetched with {name} `{id}` (test and live accounts get mixed)"
            ),
        ),
        (None, None) => (
            Status::Todo,
            say!(
                lang,
                "核对页面里的 {name} 与取 ticket 用的一致（测试号与正式号别混）",
                "compare the page's {name} with the one the ticket was fetched with (test and live accounts get mixed)"
            ),
        ),
    };
    step("app-id", status, message)
}

fn ticket_alive(seen: &Seen<'_>, lang: Lang) -> NextStep {
    let (status, message) = if seen.ticket_expired {
        (
            Status::Failed,
            say!(
                lang,
                "ticket 已过期：取新的再签名",
                "the ticket has expired: fetch a new one and sign again"
            ),
        )
    } else if seen.ticket_from_cache {
        (
            Status::Unseen,
            say!(
                lang,
                "ticket 来自本工具的缓存，还没到期；有没有被别处换掉，wecheck 查不到",
                "the ticket is this tool's cached one and has not ended; whether someone replaced it cannot be seen from here"
            ),
        )
    } else {
        (
            Status::Unseen,
            say!(
                lang,
                "ticket 还有效吗：有没有过期（7200 秒）、有没有被另一台服务器换掉，wecheck 查不到",
                "whether the ticket has expired (7,200 s) or was replaced by another server cannot be seen from here"
            ),
        )
    };
    step("ticket-alive", status, message)
}

fn domain(seen: &Seen<'_>, lang: Lang) -> NextStep {
    let known = seen.page_url.or(seen.url).filter(|url| url.contains("://"));
    let message = match known {
        Some(url) => {
            let url = shell_quoted(url);
            let platform =
                seen.platform.map_or_else(String::new, |platform| format!(" --platform {}", platform.name()));
            say!(
                lang,
                "域名登记：wecheck domain-check {url}{platform}",
                "trusted domain: wecheck domain-check {url}{platform}"
            )
        }
        None => say!(
            lang,
            "域名登记：页面的域名要在后台的可信（安全）域名里",
            "trusted domain: the page's host has to be among the trusted domains of the console"
        ),
    };
    step("domain", Status::Todo, message)
}

/// A text as one word of a shell.
pub fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
