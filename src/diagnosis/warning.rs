//! What looks wrong with the inputs of a signature, also where the signature fits.
//!
//! In: a [`Subject`]. Out: [`Warning`]s under the ids of product.md 3, likeliest trouble first. A
//! warning is never proof: `data/causes.md` of the field tells how each of them ends in
//! `invalid signature` or in its neighbours.

use std::net::IpAddr;

use serde::Serialize;

use super::url_part::Parts;
use crate::catalog::js_api::{Known, known};
use crate::evidence::{Block, Call, Evidence, Field, Origin};
use crate::lang::{Lang, plural_s};
use crate::platform::Platform;
use crate::say;
use crate::signature::{Fields, Kind};

/// The documentation's sample values; left in, they belong to nobody's account.
const SAMPLE_NONCE: &str = "Wm3WZYTPz0wzccnW";
const SAMPLE_TIMESTAMP: &str = "1414587457";
const SAMPLE_TICKET: &str =
    "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";

/// A timestamp further from now than this is worth a word. Seconds.
const FAR: u64 = 86_400;

/// Something that looks wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The id of the contract.
    pub id: &'static str,
    /// The field it is about.
    pub field: &'static str,
    /// What is seen, and what it leads to.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The kind of signature.
    pub kind: Kind,
    /// The platform, where a profile or flag says it.
    pub platform: Option<Platform>,
    /// A 测试号: localhost, ports and IPs are no warnings then.
    pub sandbox: bool,
    /// The values signed, as given.
    pub fields: &'a Fields,
    /// Whether url, ticket, nonce and timestamp were given at all: what is missing is not warned of.
    pub given: Given,
    /// The signature, as given; `None` where nothing was given.
    pub signature: Option<&'a str>,
    /// What was found in pasted text.
    pub evidence: &'a Evidence,
    /// The app that the ticket belongs to, where it is known (`--app-id`, the profile).
    pub app_id: Option<&'a str>,
    /// Unix seconds at which the ticket ends or ended, where it is known.
    pub ticket_expires_at: Option<u64>,
    /// Now, in Unix seconds.
    pub now: u64,
}

/// Which values were given at all; an empty one is given too.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// The url.
    pub url: bool,
    /// The ticket.
    pub ticket: bool,
    /// The nonce.
    pub nonce: bool,
    /// The timestamp.
    pub timestamp: bool,
}

/// Everything that looks wrong.
pub fn warnings(subject: &Subject<'_>, lang: Lang) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut add = |id: &'static str, field: &'static str, message: String, fix: String| {
        found.push(Warning { id, field, message, fix });
    };
    if subject.kind.signs_url() && subject.given.url {
        url(subject, lang, &mut add);
    }
    if subject.given.timestamp {
        timestamp(subject, lang, &mut add);
    }
    if subject.given.nonce {
        nonce(subject, lang, &mut add);
    }
    if subject.given.ticket {
        ticket(subject, lang, &mut add);
    }
    blanks(subject, lang, &mut add);
    signature(subject, lang, &mut add);
    app_id(subject, lang, &mut add);
    for block in &subject.evidence.blocks {
        config_block(block, lang, &mut add);
    }
    config_values(subject, lang, &mut add);
    api_list(subject, lang, &mut add);
    card_ext(subject, lang, &mut add);
    found
}

type Add<'a> = dyn FnMut(&'static str, &'static str, String, String) + 'a;

fn url(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let url = subject.fields.url.as_str();
    let parts = Parts::of(url);
    let lower = url.to_ascii_lowercase();
    let mut warn = |id, message: String, fix: String| add(id, "url", message, fix);

    if is_placeholder(&lower, &parts) {
        warn(
            "url-placeholder",
            say!(
                lang,
                "url 是 `{url}`：像没有填进去的占位符，或文档里的示例",
                "the url is `{url}`: it looks like a placeholder that was never filled in, or like a document's sample"
            ),
            say!(
                lang,
                "在页面里取 location.href.split('#')[0] 再交给签名接口",
                "take location.href.split('#')[0] in the page and hand it to the signing API"
            ),
        );
    }
    if let Some(fragment) = parts.fragment {
        warn(
            "url-fragment",
            say!(
                lang,
                "url 带着 `#{fragment}`：它不参与签名，这里已去掉；服务端若连它一起算，签名就不对",
                "the url carries `#{fragment}`: it is not signed and was left out here; a server that hashes it gets another signature"
            ),
            say!(lang, "签名前用 url.split('#')[0]", "use url.split('#')[0] before signing"),
        );
        if fragment.starts_with('/') || fragment.starts_with("!/") {
            inner_route(lang, &mut warn);
        }
    }
    let is_encoded_path = parts.path.to_ascii_lowercase().contains("%3f");
    if ["http%3a", "https%3a", "http:%2f", "https:%2f"].iter().any(|start| lower.starts_with(start))
        || lower.contains("%25")
        || is_encoded_path
    {
        warn(
            "url-looks-encoded",
            say!(
                lang,
                "url 看起来被 encodeURIComponent 编码过（有 `%3A`、`%3F` 或 `%25`）：编码只用于传参，签名要用原文",
                "the url looks percent-encoded (`%3A`, `%3F` or `%25`): the encoding is for transport, the raw text is signed"
            ),
            say!(lang, "签名接口收到后先解码一次，再签名", "decode it once in the signing API, then sign"),
        );
    }
    if ["&amp;", "&#38;", "&#x26;", "&lt;", "&quot;"].iter().any(|entity| lower.contains(entity)) {
        warn(
            "url-html-entity",
            say!(
                lang,
                "url 里有 HTML 实体（如 `&amp;`）：模板转义过的文本不是地址",
                "the url holds an HTML entity such as `&amp;`: text that a template escaped is no address"
            ),
            say!(
                lang,
                "签名用未转义的地址，`&amp;` 写回 `&`",
                "sign the unescaped address: `&amp;` is `&` there"
            ),
        );
    }
    if !url.is_ascii() {
        warn(
            "url-non-ascii",
            say!(
                lang,
                "url 里有中文等非 ASCII 字符：浏览器里的 location.href 通常是 %XX 形式，Windows 客户端又有不同",
                "the url holds non-ASCII characters: location.href usually shows them as %XX, and the Windows client differs again"
            ),
            say!(
                lang,
                "打印手机上的 location.href，逐字节照签；参数值先编码再放进地址",
                "print location.href on the phone and sign exactly that; encode values before they go into the address"
            ),
        );
    }
    if !parts.scheme.is_empty() && !parts.host.is_empty() && parts.path.is_empty() {
        let slashed = with_slash(url);
        warn(
            "url-bare-host",
            say!(
                lang,
                "域名后没有 `/`：浏览器的地址总带着它",
                "there is no `/` after the host: the browser's address always has one"
            ),
            say!(lang, "签 `{slashed}`", "sign `{slashed}`"),
        );
    }
    host(subject, &parts, lang, &mut warn);
    if parts.scheme.eq_ignore_ascii_case("http") {
        warn(
            "url-http",
            say!(
                lang,
                "地址是 http：线上页面多为 https，TLS 若在代理处结束，服务端常误签成 http",
                "the address is http: live pages are mostly https, and a server behind a TLS proxy often signs http by mistake"
            ),
            say!(
                lang,
                "和手机上的 location.href 核对协议；代理后面看 X-Forwarded-Proto",
                "compare the scheme with location.href on the phone; behind a proxy read X-Forwarded-Proto"
            ),
        );
    }
    if is_oauth_link(&parts) {
        warn(
            "url-oauth-link",
            say!(
                lang,
                "签的是网页授权链接，不是页面：要签授权跳转之后的地址",
                "this is the OAuth authorize link, not a page: sign the address after the redirect"
            ),
            say!(
                lang,
                "在跳转后的页面里取 location.href.split('#')[0]",
                "take location.href.split('#')[0] on the page after the redirect"
            ),
        );
    } else if parts.parameter("code").is_some() && parts.parameter("state").is_some() {
        warn(
            "url-oauth-params",
            say!(
                lang,
                "地址带着网页授权的 code、state：前端路由清掉它们之后，签名就不再相符",
                "the address carries OAuth's code and state: once a router cleans them away the signature no longer fits"
            ),
            say!(
                lang,
                "在最终地址上签名：要么一直留着，要么清掉之后再取地址",
                "sign the final address: keep them to the end, or read the address after cleaning"
            ),
        );
    }
    if ["from", "isappinstalled", "scene", "clicktime", "enterid"]
        .iter()
        .any(|name| is_share_parameter(&parts, name))
    {
        warn(
            "url-share-params",
            say!(
                lang,
                "地址带着分享时追加的参数（from、isappinstalled 等）：每次打开都可能不同",
                "the address carries parameters that sharing added (from, isappinstalled …): they differ from one opening to the next"
            ),
            say!(
                lang,
                "每次打开时动态取地址再签名，不要写死",
                "take the address at run time on every opening; never hard-code it"
            ),
        );
    }
    if looks_like_endpoint(&parts) {
        let path = parts.path;
        warn(
            "url-endpoint",
            say!(
                lang,
                "`{path}` 像签名接口自己的地址，而不是页面的地址",
                "`{path}` looks like the signing API's own address, not the page's"
            ),
            say!(
                lang,
                "让前端把 location.href 传给接口，不要用接口收到的请求地址",
                "let the page send its location.href; do not take the request address the API sees"
            ),
        );
    } else if parts.fragment.is_none() && looks_like_inner_route(&parts) {
        inner_route(lang, &mut warn);
    }
}

fn inner_route(lang: Lang, warn: &mut dyn FnMut(&'static str, String, String)) {
    warn(
        "url-inner-route",
        say!(
            lang,
            "像单页应用里的内部路由：iOS 微信用的是首次打开的地址，安卓用当前地址",
            "this looks like an inner route of a single-page app: WeChat on iOS checks the address first opened, on Android the current one"
        ),
        say!(
            lang,
            "iOS 用进入页面时记下的地址签名；用 --page-url 把手机上的地址交来比较",
            "on iOS sign the address recorded on entry; give the phone's address with --page-url to compare"
        ),
    );
}

fn host(
    subject: &Subject<'_>,
    parts: &Parts<'_>,
    lang: Lang,
    warn: &mut dyn FnMut(&'static str, String, String),
) {
    let host = parts.host.to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let ip: Option<IpAddr> = bare.parse().ok();
    let fix = || {
        say!(
            lang,
            "用后台登记的域名打开页面（测试号除外：在它的 profile 里写 sandbox = true）",
            "open the page under the domain entered in the console (a test account is different: its profile says sandbox = true)"
        )
    };
    if subject.sandbox {
        return;
    }
    if host == "localhost" || host.ends_with(".localhost") || ip.is_some_and(|ip| ip.is_loopback()) {
        warn(
            "url-localhost",
            say!(
                lang,
                "主机是 `{host}`：手机打不开它，也不能登记为安全域名",
                "the host is `{host}`: no phone can open it, and it cannot be a trusted domain"
            ),
            fix(),
        );
    } else if let Some(ip) = ip {
        if is_private(ip) {
            warn(
                "url-private-address",
                say!(
                    lang,
                    "主机是内网地址 `{host}`：不能登记为安全域名",
                    "the host is the private address `{host}`: it cannot be a trusted domain"
                ),
                fix(),
            );
        }
        warn(
            "url-ip-address",
            say!(
                lang,
                "主机是 IP 地址：安全域名、可信域名都不接受 IP",
                "the host is an IP address: neither platform takes one as a trusted domain"
            ),
            fix(),
        );
    }
    if let Some(port) = parts.port
        && !parts.port_is_default()
    {
        warn(
            "url-port",
            say!(
                lang,
                "端口是 {port}：JS-SDK 的域名校验只认 80 和 443",
                "the port is {port}: the JS-SDK's domain check knows only 80 and 443"
            ),
            say!(
                lang,
                "放到 80/443 之后：反向代理到这个端口，签名用外面的地址",
                "put it behind 80 or 443 with a reverse proxy and sign the outside address"
            ),
        );
    } else if let Some(port) = parts.port {
        warn(
            "url-port",
            say!(
                lang,
                "地址里写着默认端口 `:{port}`：浏览器的 location.href 不带它",
                "the default port `:{port}` is written out: location.href never shows it"
            ),
            say!(lang, "去掉 `:{port}` 再签名", "leave `:{port}` out and sign again"),
        );
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

fn with_slash(url: &str) -> String {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find(['?', '#']).map_or(url.len(), |at| authority + at);
    format!("{}/{}", &url[..end], &url[end..])
}

fn is_oauth_link(parts: &Parts<'_>) -> bool {
    let host = parts.host.to_ascii_lowercase();
    parts.path.ends_with("/oauth2/authorize") && host == "open.weixin.qq.com"
        || host == "login.work.weixin.qq.com"
        || parts.path.contains("/wwopen/sso") && host == "open.work.weixin.qq.com"
}

/// Whether a parameter stands there the way sharing writes it.
fn is_share_parameter(parts: &Parts<'_>, name: &str) -> bool {
    parts.parameters().any(|(known, value)| {
        known == name
            && match name {
                "from" => ["singlemessage", "timeline", "groupmessage"].contains(&value),
                "isappinstalled" => matches!(value, "0" | "1"),
                _ => !value.is_empty() && parts.parameter("from").is_some(),
            }
    })
}

/// A word that nobody replaced, or an address of the documentation's.
fn is_placeholder(lower: &str, parts: &Parts<'_>) -> bool {
    let host = parts.host.to_ascii_lowercase();
    matches!(lower.trim(), "" | "undefined" | "null" | "none" | "nil" | "test" | "url" | "[object object]")
        || ["location.href", "{{", "${", "<%", "<?", "xxx.com", "yourdomain", "your-domain", "your_url"]
            .iter()
            .any(|sign| lower.contains(sign))
        || (host == "mp.weixin.qq.com" && parts.query == Some("params=value"))
        || matches!(host.strip_prefix("www.").unwrap_or(&host), "example.com" | "example.org" | "example.net")
}

fn looks_like_endpoint(parts: &Parts<'_>) -> bool {
    let path = parts.path.to_ascii_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    path.split('/').any(|segment| matches!(segment, "api" | "ajax" | "rest"))
        || names_signing(parts.path.rsplit('/').next().unwrap_or_default())
        || matches!(last.rsplit_once('.'), Some((_, "do" | "ashx")))
        || parts.parameter("_json").is_some()
        || parts.parameter("callback").is_some_and(|value| value.starts_with("jQuery"))
}

/// Whether one of the words of a path's last segment, `getSignPackage`, `js-sdk`, `wx_config`, is that
/// of a signing API; `signup` and `design` are other words.
fn names_signing(segment: &str) -> bool {
    const BEFORE: [&str; 9] = ["get", "make", "create", "wx", "weixin", "wechat", "jsapi", "js", "api"];
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in segment.chars() {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && was_lower) || words.is_empty() {
            words.push(String::new());
        }
        was_lower = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphabetic()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    if words
        .windows(2)
        .any(|pair| pair[0] == "sign" && matches!(pair[1].as_str(), "up" | "in" | "out" | "off"))
    {
        return false;
    }
    let names = |word: &str, is_alone: bool| {
        matches!(
            word,
            "sign" | "signature" | "signpackage" | "signinfo" | "signurl" | "ticket" | "jssdk" | "jsconfig"
        ) || (!is_alone && matches!(word, "config" | "sdk"))
    };
    words.iter().enumerate().any(|(index, word)| {
        let mut rest = word.as_str();
        while let Some(after) =
            BEFORE.iter().find_map(|before| rest.strip_prefix(before)).filter(|after| !after.is_empty())
        {
            if names(rest, true) {
                return true;
            }
            rest = after;
        }
        let is_alone = rest == word && !(index > 0 && BEFORE.contains(&words[index - 1].as_str()));
        names(rest, is_alone)
    })
}

/// Two or more segments and no file: the shape of a client-side route.
fn looks_like_inner_route(parts: &Parts<'_>) -> bool {
    let segments: Vec<&str> = parts.path.split('/').filter(|segment| !segment.is_empty()).collect();
    segments.len() >= 2 && segments.last().is_some_and(|last| !last.contains('.'))
}

fn timestamp(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let text = subject.fields.timestamp.as_str();
    let mut warn = |id, message: String, fix: String| add(id, "timestamp", message, fix);
    if text == SAMPLE_TIMESTAMP {
        warn(
            "timestamp-sample",
            say!(
                lang,
                "时间戳是官方文档的示例值 {text}",
                "the timestamp is the documentation's sample {text}"
            ),
            say!(lang, "每次签名时取当前秒数", "take the current second each time you sign"),
        );
        return;
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    if digits && text.len() == 13 {
        warn(
            "timestamp-milliseconds",
            say!(
                lang,
                "时间戳有 13 位，是毫秒：文档要求秒；签名和 wx.config 用了不同单位时必然失败",
                "the timestamp has 13 digits, so it counts milliseconds: the documents ask for seconds, and it surely fails where the signature and wx.config use different units"
            ),
            say!(
                lang,
                "两处都用 Math.floor(Date.now() / 1000)",
                "use Math.floor(Date.now() / 1000) in both places"
            ),
        );
    }
    let seconds =
        text.parse::<u64>().ok().filter(|_| digits).map(|s| if text.len() == 13 { s / 1000 } else { s });
    let Some(seconds) = seconds else {
        warn(
            "timestamp-far",
            say!(lang, "时间戳 `{text}` 不是秒数", "the timestamp `{text}` is no number of seconds"),
            say!(lang, "用十进制的 Unix 秒数，10 位", "use Unix seconds in decimal, 10 digits"),
        );
        return;
    };
    let distance = seconds.abs_diff(subject.now);
    if distance > FAR {
        let days = distance / 86_400;
        let zh = if seconds < subject.now { "之前" } else { "之后" };
        let en = if seconds < subject.now { "before" } else { "after" };
        warn(
            "timestamp-far",
            match lang {
                Lang::Zh => format!("时间戳在现在 {days} 天{zh}：这份签名可能是缓存下来的，ticket 早已换过"),
                Lang::En => format!(
                    "the timestamp lies {days} days {en} now: a cached signature, perhaps, whose ticket has long been replaced"
                ),
            },
            say!(
                lang,
                "重新签名；不要把签名存下来复用",
                "sign anew; never store a signature to use it again"
            ),
        );
    }
}

fn nonce(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let text = subject.fields.nonce.as_str();
    if text == SAMPLE_NONCE {
        add(
            "nonce-sample",
            "nonce",
            say!(lang, "随机串是官方文档的示例值 {text}", "the nonce is the documentation's sample {text}"),
            say!(lang, "每次签名生成新的随机串", "make a new random nonce for every signature"),
        );
    }
    let length = text.chars().count();
    if subject.kind == Kind::CardExt && length > 32 {
        add(
            "nonce-too-long",
            "nonce",
            say!(
                lang,
                "nonce_str 有 {length} 个字符：cardExt 里最多 32 个",
                "nonce_str has {length} characters: a cardExt takes 32 at most"
            ),
            say!(lang, "改用 16 到 32 个字母或数字", "use 16 to 32 letters and digits"),
        );
    }
}

/// Whether a ticket is one of the texts that stand for "there was none".
pub fn is_empty_ticket(ticket: &str) -> bool {
    matches!(ticket.trim(), "" | "null" | "undefined" | "None" | "nil" | "NULL" | "false" | "[object Object]")
}

fn ticket(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let text = subject.fields.ticket.as_str();
    let mut warn = |id, message: String, fix: String| add(id, "ticket", message, fix);
    if is_empty_ticket(text) {
        warn(
            "ticket-empty",
            say!(
                lang,
                "ticket 是空的（`{text}`）：取 ticket 的请求失败了，而错误没有被检查",
                "the ticket is empty (`{text}`): the request for it failed and nobody looked at the error"
            ),
            say!(
                lang,
                "查看取 ticket 的应答里的 errcode：wecheck errcode explain CODE",
                "look at the errcode of that answer: wecheck errcode explain CODE"
            ),
        );
        return;
    }
    if text == SAMPLE_TICKET {
        warn(
            "ticket-sample",
            say!(lang, "ticket 是官方文档的示例值", "the ticket is the documentation's sample"),
            say!(lang, "换成自己账号的 ticket", "use a ticket of your own account"),
        );
    }
    if let Some(expires_at) = subject.ticket_expires_at
        && expires_at <= subject.now
    {
        let ago = subject.now - expires_at;
        warn(
            "ticket-expired",
            say!(lang, "这个 ticket 已在 {ago} 秒前到期", "this ticket ended {ago} seconds ago"),
            say!(lang, "取新的：wecheck ticket --refresh", "fetch a new one: wecheck ticket --refresh"),
        );
    }
    if looks_like_token(text) {
        warn(
            "ticket-looks-like-token",
            say!(
                lang,
                "这像 access_token（数字加下划线开头，或长于 100），不是 ticket",
                "this looks like an access_token (it starts with a number and `_`, or is longer than 100), not a ticket"
            ),
            say!(
                lang,
                "用 access_token 去换 jsapi_ticket，再用 ticket 签名",
                "exchange the access_token for a jsapi_ticket and sign with that"
            ),
        );
    } else if subject.kind == Kind::Jsapi && has_agent_shape(text) {
        warn(
            "ticket-shape",
            say!(
                lang,
                "这像应用的 agent_config ticket，而 wx.config 要企业（或公众号）的 jsapi_ticket",
                "this has the shape of an agent_config ticket, but wx.config needs the corp's (or account's) jsapi_ticket"
            ),
            say!(
                lang,
                "wx.config 用 get_jsapi_ticket 取的；agentConfig 的签名用 --kind agent 核对",
                "use the one of get_jsapi_ticket for wx.config; check an agentConfig signature with --kind agent"
            ),
        );
    } else if subject.kind == Kind::Agent && has_jsapi_shape(text) {
        warn(
            "ticket-shape",
            say!(
                lang,
                "这像企业的 jsapi_ticket（86 个字符），而 wx.agentConfig 要应用自己的 ticket",
                "this has the shape of a corp jsapi_ticket (86 characters), but wx.agentConfig needs the app's own"
            ),
            say!(
                lang,
                "用 ticket/get?type=agent_config 取：wecheck ticket --kind agent",
                "fetch it with ticket/get?type=agent_config: wecheck ticket --kind agent"
            ),
        );
    }
}

/// An access token starts with a number and `_`, and is longer than a ticket.
fn looks_like_token(text: &str) -> bool {
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let starts_like_one = after_number.len() < text.len() && after_number.starts_with('_');
    starts_like_one && text.len() > 40 || text.len() > 100
}

/// 24 characters of base64 ending in `==`, or 32 hex digits.
fn has_agent_shape(text: &str) -> bool {
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    text.len() == 24 && text.ends_with("==") && text[..22].bytes().all(base64)
        || text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn has_jsapi_shape(text: &str) -> bool {
    text.len() == 86 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A blank of any script, or a mark that shows as nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// Blanks at the ends of what is signed: nothing is trimmed, and nobody sees them.
fn blanks(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let Given { url, ticket, nonce, timestamp } = subject.given;
    let fields = subject.fields;
    for (name, given, text) in [
        ("url", url && subject.kind.signs_url(), &fields.url),
        ("ticket", ticket, &fields.ticket),
        ("nonce", nonce, &fields.nonce),
        ("timestamp", timestamp, &fields.timestamp),
    ] {
        let inner = text.trim_matches(is_blank);
        if !given || inner.len() == text.len() || inner.is_empty() {
            continue;
        }
        add(
            "value-whitespace",
            name,
            say!(
                lang,
                "{name} 的首尾有空白（空格、制表符或换行）：它也参与了签名；微信用的值若没有它，签名就不符",
                "the {name} begins or ends with a blank (space, tab or line break): it was signed too, and where the value that WeChat uses has none the signature does not fit"
            ),
            say!(lang, "在读出它的地方去掉首尾空白，再签名", "trim it where it is read, then sign again"),
        );
    }
}

fn signature(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let Some(text) = subject.signature else { return };
    if text.len() == 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return;
    }
    let length = text.chars().count();
    let s = plural_s(length);
    add(
        "signature-shape",
        "signature",
        say!(
            lang,
            "签名有 {length} 个字符：SHA-1 的签名是 40 个小写十六进制数字",
            "the signature has {length} character{s}: a SHA-1 signature is 40 lower-case hex digits"
        ),
        say!(
            lang,
            "输出小写十六进制，两端不留空白和引号",
            "print lower-case hex, without blanks or quotes around it"
        ),
    );
}

fn app_id(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    // One id in several places is one finding.
    let shown = subject.evidence.all(Field::AppId).next().map(|value| value.text.as_str());
    let Some(id) = shown.or(subject.app_id) else { return };
    let platform = subject.platform.unwrap_or_else(|| Platform::of_id(id));
    if !platform.id_shape_is_usual(id) {
        add(
            "app-id-shape",
            "appId",
            say!(
                lang,
                "appId `{id}` 的形状不像 {platform} 的：通常是 wx/ww 加 16 个字符",
                "the appId `{id}` does not look like one of {platform}: usually wx or ww and 16 characters"
            ),
            say!(
                lang,
                "和后台的 AppID（企业微信是企业ID）核对",
                "compare it with the AppID (on work the corp id) of the console"
            ),
        );
    }
    if let Some(own) = subject.app_id
        && own != id
    {
        add(
            "app-id-differs",
            "appId",
            say!(
                lang,
                "页面里的 appId 是 `{id}`，而 ticket 属于 `{own}`",
                "the page says appId `{id}`, but the ticket belongs to `{own}`"
            ),
            say!(
                lang,
                "wx.config 的 appId 要和取 ticket 用的是同一个",
                "wx.config takes the appId that the ticket was fetched with"
            ),
        );
    }
}

/// The keys that a call needs, as the client library spells them.
fn needed_keys(call: Call) -> &'static [&'static str] {
    match call {
        Call::Config => &["appId", "timestamp", "nonceStr", "signature", "jsApiList"],
        Call::AgentConfig => &["corpid", "agentid", "timestamp", "nonceStr", "signature", "jsApiList"],
        Call::Register => &["corpId", "jsApiList"],
        Call::AddCard | Call::ChooseCard | Call::ChooseInvoice | Call::OpenContact => &[],
    }
}

fn call_name(call: Call) -> &'static str {
    match call {
        Call::Config => "wx.config",
        Call::AgentConfig => "wx.agentConfig",
        Call::Register => "ww.register",
        Call::AddCard => "wx.addCard",
        Call::ChooseCard => "wx.chooseCard",
        Call::ChooseInvoice => "chooseInvoice",
        Call::OpenContact => "openEnterpriseContact",
    }
}

fn config_block(block: &Block, lang: Lang, add: &mut Add<'_>) {
    let name = call_name(block.call);
    let line = block.line;
    let needed = needed_keys(block.call);
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b) || a.replace('_', "").eq_ignore_ascii_case(b);
    let mut misspelt = Vec::new();
    let mut missing = Vec::new();
    for key in needed {
        if block.keys.iter().any(|written| written == key) {
            continue;
        }
        match block.keys.iter().find(|written| same(written, key)) {
            Some(written) => misspelt.push((written.as_str(), *key)),
            None => missing.push(*key),
        }
    }
    // ww.register takes agentId only together with its signature.
    if block.call == Call::Register {
        let has = |key: &str| block.keys.iter().any(|written| written == key);
        if !has("getConfigSignature") && !has("getAgentConfigSignature") {
            missing.push("getConfigSignature");
        }
        if has("getAgentConfigSignature") && !has("agentId") && !has("suiteId") {
            missing.push("agentId");
        }
    }
    for (written, key) in misspelt {
        add(
            "config-key-case",
            "config",
            say!(
                lang,
                "{name} 里写的是 `{written}`，客户端只认 `{key}`（第 {line} 行起）",
                "{name} says `{written}`, the client knows only `{key}` (call at line {line})"
            ),
            say!(
                lang,
                "改成 `{key}`；小写的 noncestr、timestamp 只用在 string1 里",
                "write `{key}`; the lower-case noncestr and timestamp belong into string1 only"
            ),
        );
    }
    if !missing.is_empty() && !block.hides_keys {
        let list = missing.join(", ");
        add(
            "config-incomplete",
            "config",
            say!(
                lang,
                "{name} 少了 {list}（第 {line} 行起）：少一个就是 config:fail",
                "{name} lacks {list} (call at line {line}): one missing makes config:fail"
            ),
            say!(lang, "补上 {list}", "add {list}"),
        );
    }
}

/// Values that the page passes against those that were signed.
fn config_values(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let Given { nonce, timestamp, .. } = subject.given;
    for (field, name, signed) in [
        (Field::Nonce, "nonceStr", nonce.then_some(subject.fields.nonce.as_str())),
        (Field::Timestamp, "timestamp", timestamp.then_some(subject.fields.timestamp.as_str())),
        (Field::Signature, "signature", subject.signature),
    ] {
        let passed = subject
            .evidence
            .all(field)
            .find(|value| matches!(value.origin, Origin::Call(call) if belongs(call, subject.kind)));
        let (Some(passed), Some(signed)) = (passed, signed) else { continue };
        if passed.text == signed {
            continue;
        }
        let (text, line) = (&passed.text, passed.line);
        add(
            "config-differs",
            name,
            say!(
                lang,
                "页面传的 {name} 是 `{text}`（第 {line} 行），签名用的是 `{signed}`",
                "the page passes {name} `{text}` (line {line}), the signature was made with `{signed}`"
            ),
            say!(
                lang,
                "把签名接口返回的值原样交给页面，不要再生成一次",
                "hand the signing API's values to the page unchanged; do not make them a second time"
            ),
        );
    }
}

/// Whether a call of the page takes the values of a kind.
fn belongs(call: Call, kind: Kind) -> bool {
    match kind {
        Kind::Jsapi => matches!(call, Call::Config | Call::Register),
        Kind::Agent => matches!(call, Call::AgentConfig | Call::Register),
        Kind::Card => call == Call::ChooseCard,
        Kind::CardExt => call == Call::AddCard,
        Kind::Invoice => call == Call::ChooseInvoice,
        Kind::Group => call == Call::OpenContact,
    }
}

fn api_list(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    for block in subject.evidence.blocks.iter().filter(|block| !needed_keys(block.call).is_empty()) {
        let Some(list) = &block.js_api_list else { continue };
        if list.is_empty() {
            add(
                "api-list-empty",
                "jsApiList",
                say!(
                    lang,
                    "jsApiList 是空的：config 会成功，之后每个接口都会被拒绝",
                    "jsApiList is empty: config succeeds, and then every API is refused"
                ),
                say!(lang, "列出页面要用的接口", "list the APIs that the page calls"),
            );
        }
        let platform = match block.call {
            Call::AgentConfig | Call::Register => Some(Platform::Work),
            _ => subject.platform,
        };
        for name in list {
            if let Some((message, fix)) = api_complaint(name, platform, lang) {
                add("api-unknown", "jsApiList", message, fix);
            }
        }
    }
}

/// What is wrong with a name in jsApiList: message and fix. `None` for a name that is known; the
/// old 企业号 names pass.
pub fn api_complaint(name: &str, platform: Option<Platform>, lang: Lang) -> Option<(String, String)> {
    match known(name, platform) {
        Known::Yes | Known::Legacy => None,
        Known::OtherPlatform(other) => Some((
            say!(
                lang,
                "`{name}` 是 {other} 的接口，这个平台没有",
                "`{name}` is an API of {other}; this platform does not have it"
            ),
            say!(
                lang,
                "从 jsApiList 里去掉，或换成本平台的接口",
                "remove it from jsApiList, or take this platform's API"
            ),
        )),
        Known::NotAnApi => Some((
            say!(
                lang,
                "`{name}` 是菜单项或开放标签，不是接口名",
                "`{name}` is a menu item or an open tag, not the name of an API"
            ),
            say!(
                lang,
                "菜单项放进 hideMenuItems 的 menuList，开放标签放进 openTagList",
                "menu items go into hideMenuItems' menuList, open tags into openTagList"
            ),
        )),
        Known::No(near) => Some((
            say!(lang, "`{name}` 不在已知的接口名里", "`{name}` is no API name that is known"),
            match near {
                Some(near) => say!(lang, "是不是 `{near}`？", "did you mean `{near}`?"),
                None => say!(
                    lang,
                    "核对官方文档里的接口名和大小写",
                    "compare the name and its letter case with the official documents"
                ),
            },
        )),
    }
}

fn card_ext(subject: &Subject<'_>, lang: Lang, add: &mut Add<'_>) {
    let Some(card_ext) = subject.evidence.card_ext else { return };
    if card_ext.is_object {
        add(
            "card-ext-object",
            "cardExt",
            say!(
                lang,
                "cardExt 是对象：客户端要的是 JSON 字符串",
                "cardExt is an object: the client takes a JSON string"
            ),
            say!(lang, "写成 cardExt: JSON.stringify({{…}})", "write cardExt: JSON.stringify({{…}})"),
        );
    }
    if card_ext.timestamp_is_number {
        let timestamp = &subject.fields.timestamp;
        add(
            "card-ext-timestamp-number",
            "cardExt",
            say!(
                lang,
                "cardExt 里的 timestamp 是数字：要写成字符串",
                "the timestamp inside cardExt is a number: it has to be a string"
            ),
            say!(lang, "写成 \"timestamp\": \"{timestamp}\"", "write \"timestamp\": \"{timestamp}\""),
        );
    }
}

#[cfg(test)]
mod tests;
