//! What is left to check, in the order of the official FAQ, each marked done, to do, or not visible
//! from here.
//!
//! In: what this check could see. Out: [`NextStep`]s. A match is never the end of the list: most
//! refused signatures that people post are arithmetically right (field report in `causes.md`).

use serde::Serialize;

use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;
use crate::signature::Kind;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// This check did it, and it holds.
    Done,
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
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The kind of signature.
    pub kind: Kind,
    /// The platform, where it is known.
    pub platform: Option<Platform>,
    /// Whether the signature fits the inputs.
    pub matched: bool,
    /// Whether the search found the mistakes that explain the difference; `None` without a search.
    pub explained: Option<bool>,
    /// The evidence shows the values passed to the client, and they are the signed ones.
    pub config_agrees: Option<bool>,
    /// `--page-url` or the evidence shows the page's address: whether it agrees but for the fragment.
    pub page_agrees: Option<bool>,
    /// The appId of the evidence is the one that the ticket belongs to, where both are known.
    pub app_agrees: Option<bool>,
    /// The ticket came from this tool's cache and has not ended.
    pub ticket_from_cache: bool,
}

/// The steps, in the FAQ's order.
pub fn next_steps(seen: &Seen, lang: Lang) -> Vec<NextStep> {
    let mut steps = Vec::new();
    let mut step = |id, status, message| steps.push(NextStep { id, status, message });
    let id_name = if seen.platform == Some(Platform::Work) { "corpid" } else { "appid" };

    if seen.explained == Some(true) {
        step(
            "algorithm",
            Status::Todo,
            say!(
                lang,
                "签名算法：改掉上面的错，重新签名，再验一次",
                "algorithm: mend the mistakes above, sign anew, verify again"
            ),
        );
    } else if seen.matched {
        step(
            "algorithm",
            Status::Done,
            say!(lang, "签名算法：与这些输入相符", "algorithm: the signature fits these inputs"),
        );
    } else {
        step(
            "algorithm",
            Status::Todo,
            say!(
                lang,
                "签名算法：让服务端打印它的 string1，用 --from 交来比较",
                "algorithm: let the server print its string1 and hand it over with --from"
            ),
        );
    }
    if seen.kind.signs_url() {
        match seen.config_agrees {
            Some(true) => step(
                "config-values",
                Status::Done,
                say!(
                    lang,
                    "页面传的 nonceStr、timestamp 就是签名用的",
                    "the page passes the nonceStr and timestamp that were signed"
                ),
            ),
            Some(false) => step(
                "config-values",
                Status::Todo,
                say!(
                    lang,
                    "页面传的 nonceStr、timestamp 与签名用的不同：原样交给页面",
                    "the page passes another nonceStr or timestamp than was signed: hand them over unchanged"
                ),
            ),
            None => step(
                "config-values",
                Status::Todo,
                say!(
                    lang,
                    "核对页面传的 nonceStr（大写 S）、timestamp：把 wx.config 那段代码用 --from 交来",
                    "compare the nonceStr (capital S) and timestamp that the page passes: give its wx.config code with --from"
                ),
            ),
        }
        match seen.page_agrees {
            Some(true) => step(
                "page-url",
                Status::Done,
                say!(
                    lang,
                    "签名的 url 与页面地址一致（# 之后不算）",
                    "the signed url is the page's address (less its #…)"
                ),
            ),
            Some(false) => step(
                "page-url",
                Status::Todo,
                say!(
                    lang,
                    "签名的 url 与页面地址不同：签页面当时的 location.href.split('#')[0]",
                    "the signed url is not the page's address: sign location.href.split('#')[0] as it is at that moment"
                ),
            ),
            None => step(
                "page-url",
                Status::Todo,
                say!(
                    lang,
                    "在手机上 alert(location.href.split('#')[0])，用 --page-url 交来比较",
                    "alert(location.href.split('#')[0]) on the phone and hand it over with --page-url"
                ),
            ),
        }
    } else {
        step(
            "card-fields",
            Status::Todo,
            say!(
                lang,
                "核对 cardExt/cardSign 里发出的字段就是签名用的字段，空值不签也不发",
                "compare the fields sent in cardExt or cardSign with those signed; empty ones are neither signed nor sent"
            ),
        );
    }
    match seen.app_agrees {
        Some(true) => step(
            "app-id",
            Status::Done,
            say!(
                lang,
                "页面里的 {id_name} 就是取 ticket 用的那个",
                "the page's {id_name} is the one the ticket was fetched with"
            ),
        ),
        Some(false) => step(
            "app-id",
            Status::Todo,
            say!(
                lang,
                "页面里的 {id_name} 不是取 ticket 用的那个",
                "the page's {id_name} is not the one the ticket was fetched with"
            ),
        ),
        None => step(
            "app-id",
            Status::Todo,
            say!(
                lang,
                "核对页面里的 {id_name} 与取 ticket 用的一致（测试号与正式号别混）",
                "compare the page's {id_name} with the one the ticket was fetched with (test and live accounts get mixed)"
            ),
        ),
    }
    if seen.ticket_from_cache {
        step(
            "ticket-alive",
            Status::Unseen,
            say!(
                lang,
                "ticket 来自本工具的缓存，还没到期；有没有被别处换掉，从这里看不到",
                "the ticket is this tool's cached one and has not ended; whether someone replaced it cannot be seen from here"
            ),
        );
    } else {
        step(
            "ticket-alive",
            Status::Unseen,
            say!(
                lang,
                "ticket 还有效吗：有没有过期（7200 秒）、有没有被另一台服务器换掉，从这里看不到",
                "whether the ticket lives (7,200 s, not replaced by another server) cannot be seen from here"
            ),
        );
    }
    if seen.kind.signs_url() {
        step(
            "dynamic-url",
            Status::Unseen,
            say!(
                lang,
                "地址要在每次打开时动态取得：分享后会多出参数，跳转后要用新地址",
                "the address has to be taken on every opening: sharing adds parameters, a redirect makes a new one"
            ),
        );
        step(
            "domain",
            Status::Todo,
            say!(
                lang,
                "域名登记：wecheck domain-check PAGE_URL",
                "trusted domain: wecheck domain-check PAGE_URL"
            ),
        );
    } else {
        step(
            "config-signature",
            Status::Todo,
            say!(
                lang,
                "页面自己的 wx.config 还要另一份签名（jsapi_ticket），这份替代不了它",
                "the page also needs its own wx.config signature (jsapi_ticket); this one does not replace it"
            ),
        );
    }
    if seen.kind == Kind::Agent || seen.kind == Kind::Group {
        step(
            "config-signature",
            Status::Todo,
            match seen.kind {
                Kind::Agent => say!(
                    lang,
                    "agentConfig 之前先让 wx.config 成功，两者各有自己的 ticket 和签名",
                    "let wx.config succeed before agentConfig; each has its own ticket and signature"
                ),
                _ => say!(
                    lang,
                    "页面自己的 wx.config 还要另一份签名（jsapi_ticket），这份替代不了它",
                    "the page also needs its own wx.config signature (jsapi_ticket); this one does not replace it"
                ),
            },
        );
    }
    if seen.explained == Some(false) {
        // Nothing was proved: what shows most comes first.
        if seen.kind.signs_url() && seen.page_agrees.is_none() {
            steps.push(NextStep {
                id: "real-auth-url",
                status: Status::Todo,
                message: say!(
                    lang,
                    "看报错对象里的 realAuthUrl：那是微信实际校验的地址，整个对象用 --from 交来",
                    "read realAuthUrl in the error object: it is the address WeChat checked; hand the object over with --from"
                ),
            });
        }
        let useful = ["page-url", "real-auth-url", "algorithm", "ticket-alive"];
        steps.sort_by_key(|step| useful.iter().position(|id| *id == step.id).unwrap_or(useful.len()));
    }
    steps
}
