//! The findings of this room: what each probe is about.
//!
//! In: nothing. Out: an [`Entry`] for each id of `PROBE_IDS` and `landing`; the words for a case at hand
//! are the probes' own.

use crate::finding::{Basis, Entry, Likelihood, Severity};
use crate::lang::Text;

const fn check(
    id: &'static str,
    likelihood: Likelihood,
    field: &'static str,
    title: Text,
    cause: Text,
    fix: Text,
) -> Entry {
    Entry { id, severity: Severity::Check, basis: Basis::Measurement, likelihood, field, title, cause, fix }
}

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// One entry for each id, in the order they are answered.
pub const ENTRIES: &[Entry] = &[
    check(
        "addresses",
        Likelihood::Sometimes,
        "dns",
        text("域名解析", "the addresses of the host"),
        text("域名解析不到地址，或解析到内网", "the name has no address, or a private one"),
        text("检查 DNS 记录", "look at the DNS records"),
    ),
    check(
        "tcp",
        Likelihood::Sometimes,
        "network",
        text("端口能否连接", "whether the port can be connected"),
        text("端口没有监听，或被防火墙挡住", "nothing listens on the port, or a firewall blocks it"),
        text("检查服务和防火墙", "look at the server and the firewall"),
    ),
    check(
        "tls-version",
        Likelihood::Rarely,
        "tls",
        text("TLS 版本", "the TLS version"),
        text("服务器不支持 TLS 1.2", "the server does not speak TLS 1.2"),
        text("打开 TLS 1.2 和 1.3", "enable TLS 1.2 and 1.3"),
    ),
    check(
        "tls-chain",
        Likelihood::Often,
        "tls",
        text("证书链是否完整", "whether the certificate chain is complete"),
        text(
            "缺中间证书时桌面浏览器正常，安卓微信白屏",
            "without an intermediate certificate desktop browsers work and WeChat on Android shows a blank page",
        ),
        text("让服务器发送完整的证书链", "let the server send the whole chain"),
    ),
    check(
        "tls-name",
        Likelihood::Sometimes,
        "tls",
        text("证书里的域名", "the name in the certificate"),
        text("证书不包括这个域名", "the certificate does not cover this host"),
        text("换成包括这个域名的证书", "use a certificate that covers the host"),
    ),
    check(
        "tls-dates",
        Likelihood::Sometimes,
        "tls",
        text("证书有效期", "the certificate's validity"),
        text("证书已过期、未生效，或快要到期", "the certificate has expired, is not valid yet, or ends soon"),
        text("更新证书", "renew the certificate"),
    ),
    check(
        "http-status",
        Likelihood::Sometimes,
        "http",
        text("页面的 HTTP 状态", "the page's HTTP status"),
        text("页面返回的不是 200", "the page does not answer with 200"),
        text("修好页面或地址", "fix the page or its address"),
    ),
    check(
        "user-agent",
        Likelihood::Rarely,
        "http",
        text("按客户端区别对待", "another answer for the client"),
        text("带微信的 User-Agent 时返回不同", "the answer differs with WeChat's user agent"),
        text("检查按 User-Agent 判断的规则", "look at the rules that depend on the user agent"),
    ),
    check(
        "redirects",
        Likelihood::Sometimes,
        "http",
        text("跳转", "redirects"),
        text("签名要用跳转之后的落地地址", "the address to sign is the one where the redirects end"),
        text("用落地地址签名，它的域名也要登记", "sign the landing address; its host has to be an entry too"),
    ),
    check(
        "landing",
        Likelihood::Sometimes,
        "http",
        text("落地地址", "the landing address"),
        text(
            "跳转之后的地址同样要符合域名规则",
            "the address after the redirects has to follow the domain rules too",
        ),
        text("登记落地地址的域名", "enter the host of the landing address"),
    ),
    check(
        "verification-file",
        Likelihood::Often,
        "http",
        text("校验文件能否读到", "whether the verification file can be fetched"),
        text(
            "文件不在根目录、被跳转、内容多了换行或 BOM，或单页应用对任何路径都返回首页",
            "the file is not at the root, is redirected, has a line break or BOM, or a single-page app answers every path with its index page",
        ),
        text(
            "让文件以 200 返回那 16 个字符，不跳转",
            "serve the 16 characters with status 200 and no redirect",
        ),
    ),
    check(
        "csp",
        Likelihood::Rarely,
        "http",
        text("内容安全策略", "the content security policy"),
        text("CSP 挡住了 res.wx.qq.com 的脚本", "the policy blocks the script of res.wx.qq.com"),
        text("在 script-src 里允许 res.wx.qq.com", "allow res.wx.qq.com in script-src"),
    ),
    check(
        "latency",
        Likelihood::Rarely,
        "http",
        text("延迟", "latency"),
        text("从这里测得的往返时间，只供参考", "the round trip measured from here, for information only"),
        text("服务器离用户远就用 CDN", "use a CDN if the server is far from its users"),
    ),
];
