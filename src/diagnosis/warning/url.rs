//! Warnings about the url.
//!
//! In: the url as given. Out: what looks wrong with it.

use std::net::IpAddr;

use super::{Entry, Subject};
use crate::both;
use crate::diagnosis::url_part::Parts;
use crate::lang::Text;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "url-placeholder-suspect",
        field: "url",
        title: Text { zh: "url 像没有填进去的占位符", en: "the url looks like a placeholder" },
        cause: Text {
            zh: "url 是 `{url}`：像没有填进去的占位符，或文档里的示例",
            en: "the url is `{url}`: it looks like a placeholder that was never filled in, or like a sample of the documentation",
        },
        fix: Text {
            zh: "在页面里取 location.href.split('#')[0] 再传给签名接口",
            en: "take location.href.split('#')[0] in the page and pass it to the signing API",
        },
        find: |subject, out| {
            let Some((url, parts)) = address(subject) else { return };
            if is_placeholder(&url.to_ascii_lowercase(), &parts) {
                out.add(&[("url", url)]);
            }
        },
    },
    Entry {
        id: "url-fragment-suspect",
        field: "url",
        title: Text { zh: "url 带着 # 之后的部分", en: "the url has a #fragment" },
        cause: Text {
            zh: "url 带着 `#{fragment}`：它不参与签名，这里已去掉；服务端若连它一起算，签名就不对",
            en: "the url has `#{fragment}`: it is not signed and was left out here; a server that hashes it gets another signature",
        },
        fix: Text { zh: "签名前用 url.split('#')[0]", en: "use url.split('#')[0] before signing" },
        find: |subject, out| {
            if let Some(fragment) = address(subject).and_then(|(_, parts)| parts.fragment) {
                out.add(&[("fragment", fragment)]);
            }
        },
    },
    Entry {
        id: "url-looks-encoded",
        field: "url",
        title: Text { zh: "url 看起来被编码过", en: "the url looks percent-encoded" },
        cause: Text {
            zh: "url 看起来被 encodeURIComponent 编码过（有 `%3A`、`%3F` 或 `%25`）：编码只用于传参，签名要用原文",
            en: "the url looks percent-encoded (`%3A`, `%3F` or `%25`): the encoding is for transport, the raw text is signed",
        },
        fix: Text {
            zh: "签名接口收到后先解码一次，再签名",
            en: "decode it once in the signing API, then sign",
        },
        find: |subject, out| {
            let Some((url, parts)) = address(subject) else { return };
            let lower = url.to_ascii_lowercase();
            let starts = ["http%3a", "https%3a", "http:%2f", "https:%2f"];
            if starts.iter().any(|start| lower.starts_with(start))
                || lower.contains("%25")
                || parts.path.to_ascii_lowercase().contains("%3f")
            {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-html-entity",
        field: "url",
        title: Text { zh: "url 里有 HTML 实体", en: "the url has an HTML entity" },
        cause: Text {
            zh: "url 里有 HTML 实体（如 `&amp;`）：模板转义过的文本不是地址",
            en: "the url has an HTML entity such as `&amp;`: text that a template escaped is not an address",
        },
        fix: Text {
            zh: "签名用未转义的地址，`&amp;` 写回 `&`",
            en: "sign the unescaped address: `&amp;` is `&` there",
        },
        find: |subject, out| {
            let Some((url, _)) = address(subject) else { return };
            let lower = url.to_ascii_lowercase();
            if ["&amp;", "&#38;", "&#x26;", "&lt;", "&quot;"].iter().any(|entity| lower.contains(entity)) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-non-ascii",
        field: "url",
        title: Text { zh: "url 里有非 ASCII 字符", en: "the url has characters beyond ASCII" },
        cause: Text {
            zh: "url 里有中文等非 ASCII 字符：浏览器里的 location.href 通常是 %XX 形式，Windows 客户端又有不同",
            en: "the url has characters beyond ASCII: location.href usually shows them as %XX, and the Windows client differs again",
        },
        fix: Text {
            zh: "打印手机上的 location.href，逐字节照签；参数值先编码再放进地址",
            en: "print location.href on the phone and sign exactly that; encode values before they go into the address",
        },
        find: |subject, out| {
            if address(subject).is_some_and(|(url, _)| !url.is_ascii()) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-bare-host",
        field: "url",
        title: Text { zh: "域名后没有 /", en: "no / after the host" },
        cause: Text {
            zh: "域名后没有 `/`：浏览器的地址总带着它",
            en: "there is no `/` after the host: the browser's address always has one",
        },
        fix: Text { zh: "签 `{slashed}`", en: "sign `{slashed}`" },
        find: |subject, out| {
            let Some((url, parts)) = address(subject) else { return };
            if !parts.scheme.is_empty() && !parts.host.is_empty() && parts.path.is_empty() {
                out.add(&[("slashed", &with_slash(url))]);
            }
        },
    },
    Entry {
        id: "url-localhost",
        field: "url",
        title: Text { zh: "主机是 localhost", en: "the host is localhost" },
        cause: Text {
            zh: "主机是 `{host}`：手机打不开它，也不能登记为安全域名",
            en: "the host is `{host}`: no phone can open it, and it cannot be a trusted domain",
        },
        fix: Text {
            zh: "用后台登记的域名打开页面（测试号除外：在它的 profile 里写 sandbox = true）",
            en: "open the page under the domain entered in the console (for a test account write sandbox = true in its profile)",
        },
        find: |subject, out| {
            if let Some(Host { name, kind: HostKind::Local }) = host(subject) {
                out.add(&[("host", &name)]);
            }
        },
    },
    Entry {
        id: "url-private-address",
        field: "url",
        title: Text { zh: "主机是内网地址", en: "the host is a private address" },
        cause: Text {
            zh: "主机是内网地址 `{host}`：不能登记为安全域名",
            en: "the host is the private address `{host}`: it cannot be a trusted domain",
        },
        fix: Text {
            zh: "用后台登记的域名打开页面（测试号除外：在它的 profile 里写 sandbox = true）",
            en: "open the page under the domain entered in the console (for a test account write sandbox = true in its profile)",
        },
        find: |subject, out| {
            if let Some(Host { name, kind: HostKind::Private }) = host(subject) {
                out.add(&[("host", &name)]);
            }
        },
    },
    Entry {
        id: "url-ip-address",
        field: "url",
        title: Text { zh: "主机是 IP 地址", en: "the host is an IP address" },
        cause: Text {
            zh: "主机是 IP 地址：安全域名、可信域名都不接受 IP",
            en: "the host is an IP address: neither platform takes one as a trusted domain",
        },
        fix: Text {
            zh: "用后台登记的域名打开页面（测试号除外：在它的 profile 里写 sandbox = true）",
            en: "open the page under the domain entered in the console (for a test account write sandbox = true in its profile)",
        },
        find: |subject, out| {
            if matches!(host(subject), Some(Host { kind: HostKind::Private | HostKind::Ip, .. })) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-port-suspect",
        field: "url",
        title: Text { zh: "url 带着端口", en: "the url has a port" },
        cause: Text {
            zh: "端口是 {port}：JS-SDK 的域名校验只认 80 和 443",
            en: "the port is {port}: the JS-SDK's domain check knows only 80 and 443",
        },
        fix: Text {
            zh: "放到 80/443 之后：反向代理到这个端口，签名用外面的地址",
            en: "put it behind 80 or 443 with a reverse proxy and sign the outside address",
        },
        find: |subject, out| {
            let Some((_, parts)) = address(subject).filter(|_| !subject.sandbox) else { return };
            let Some(port) = parts.port else { return };
            if parts.port_is_default() {
                out.say(
                    both!(
                        "地址里写着默认端口 `:{port}`：浏览器的 location.href 不带它",
                        "the default port `:{port}` is written out: location.href never shows it"
                    ),
                    both!("去掉 `:{port}` 再签名", "leave `:{port}` out and sign again"),
                );
            } else {
                out.add(&[("port", port)]);
            }
        },
    },
    Entry {
        id: "url-http",
        field: "url",
        title: Text { zh: "url 是 http", en: "the url is http" },
        cause: Text {
            zh: "地址是 http：线上页面多为 https，TLS 若在代理处结束，服务端常误签成 http",
            en: "the address is http: live pages are mostly https, and a server behind a TLS proxy often signs http by mistake",
        },
        fix: Text {
            zh: "和手机上的 location.href 核对协议；代理后面看 X-Forwarded-Proto",
            en: "compare the scheme with location.href on the phone; behind a proxy read X-Forwarded-Proto",
        },
        find: |subject, out| {
            if address(subject).is_some_and(|(_, parts)| parts.scheme.eq_ignore_ascii_case("http")) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-oauth-link",
        field: "url",
        title: Text { zh: "签的是网页授权链接", en: "the url is an OAuth authorize link" },
        cause: Text {
            zh: "签的是网页授权链接，不是页面：要签授权跳转之后的地址",
            en: "this is the OAuth authorize link, not a page: sign the address after the redirect",
        },
        fix: Text {
            zh: "在跳转后的页面里取 location.href.split('#')[0]",
            en: "take location.href.split('#')[0] on the page after the redirect",
        },
        find: |subject, out| {
            if address(subject).is_some_and(|(_, parts)| parts.is_login_link()) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-oauth-params-suspect",
        field: "url",
        title: Text { zh: "url 带着 code 和 state", en: "the url has code and state" },
        cause: Text {
            zh: "地址带着网页授权的 code、state：前端路由清掉它们之后，签名就不再相符",
            en: "the address has OAuth's code and state: once a router removes them the signature no longer fits",
        },
        fix: Text {
            zh: "在最终地址上签名：要么一直留着，要么清掉之后再取地址",
            en: "sign the final address: keep them to the end, or read the address after removing them",
        },
        find: |subject, out| {
            let Some((_, parts)) = address(subject) else { return };
            let has = |name| parts.parameter(name).is_some();
            if !parts.is_login_link() && has("code") && has("state") {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-share-params",
        field: "url",
        title: Text { zh: "url 带着分享参数", en: "the url has share parameters" },
        cause: Text {
            zh: "地址带着分享时追加的参数（from、isappinstalled 等）：每次打开都可能不同",
            en: "the address has parameters that sharing added (from, isappinstalled …): they differ from one opening to the next",
        },
        fix: Text {
            zh: "每次打开时动态取得地址再签名，不要写死",
            en: "take the address at run time on every opening; never hard-code it",
        },
        find: |subject, out| {
            let Some((_, parts)) = address(subject) else { return };
            let names = ["from", "isappinstalled", "scene", "clicktime", "enterid"];
            if names.iter().any(|name| is_share_parameter(&parts, name)) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "url-endpoint",
        field: "url",
        title: Text {
            zh: "url 像签名接口自己的地址", en: "the url looks like the signing API itself"
        },
        cause: Text {
            zh: "`{path}` 像签名接口自己的地址，而不是页面的地址",
            en: "`{path}` looks like the signing API's own address, not the page's",
        },
        fix: Text {
            zh: "让前端把 location.href 传给接口，不要用接口收到的请求地址",
            en: "let the page send its location.href; do not take the request address that the API sees",
        },
        find: |subject, out| {
            if let Some((_, parts)) = address(subject).filter(|(_, parts)| looks_like_endpoint(parts)) {
                out.add(&[("path", parts.path)]);
            }
        },
    },
    Entry {
        id: "url-inner-route",
        field: "url",
        title: Text {
            zh: "url 像单页应用的内部路由", en: "the url looks like a route of a single-page app"
        },
        cause: Text {
            zh: "像单页应用里的内部路由：iOS 微信用的是首次打开的地址，安卓用当前地址",
            en: "this looks like an inner route of a single-page app: WeChat on iOS checks the address first opened, on Android the current one",
        },
        fix: Text {
            zh: "iOS 用进入页面时记下的地址签名；用 --page-url 给出手机上的地址来比较",
            en: "on iOS sign the address recorded on entry; pass the phone's address as --page-url to compare",
        },
        find: |subject, out| {
            let Some((_, parts)) = address(subject) else { return };
            let route = match parts.fragment {
                Some(fragment) => fragment.starts_with('/') || fragment.starts_with("!/"),
                None => !looks_like_endpoint(&parts) && looks_like_inner_route(&parts),
            };
            if route {
                out.add(&[]);
            }
        },
    },
];

/// The url and its parts, if the kind signs one and it was given.
fn address<'a>(subject: &Subject<'a>) -> Option<(&'a str, Parts<'a>)> {
    let url = subject.fields.url.as_str();
    (subject.kind.signs_url() && subject.given.url).then(|| (url, Parts::of(url)))
}

struct Host {
    name: String,
    kind: HostKind,
}

enum HostKind {
    Local,
    Private,
    Ip,
}

/// A host that cannot be a trusted domain.
fn host(subject: &Subject<'_>) -> Option<Host> {
    let (_, parts) = address(subject).filter(|_| !subject.sandbox)?;
    let name = parts.host.to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let ip: Option<IpAddr> = bare.parse().ok();
    let kind = match ip {
        Some(ip) if ip.is_loopback() => HostKind::Local,
        Some(ip) if is_private(ip) => HostKind::Private,
        Some(_) => HostKind::Ip,
        None if name == "localhost" || name.ends_with(".localhost") => HostKind::Local,
        None => return None,
    };
    Some(Host { name, kind })
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

/// Whether a parameter is there the way sharing writes it.
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

/// A word that no one replaced, or an address of the documentation's.
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
