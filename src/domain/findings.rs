//! The findings of this room: what each rule is about.
//!
//! In: nothing. Out: an [`Entry`] for each id of `RULE_IDS`, for the reference and `errcode explain ID`;
//! the words for a case at hand are the rules' own.

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
    Entry { id, severity: Severity::Check, basis: Basis::Rule, likelihood, field, title, cause, fix }
}

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// One entry for each id, in the order they are answered.
pub const ENTRIES: &[Entry] = &[
    check(
        "url-syntax",
        Likelihood::Sometimes,
        "url",
        text("地址读不出来", "the address cannot be read"),
        text(
            "地址缺协议、被编码过、域名不合规，或者浏览器会悄悄改写它",
            "the address lacks a scheme, was percent-encoded, has a malformed host, or browsers silently rewrite it",
        ),
        text("从地址栏重新复制完整的地址", "copy the whole address again from the address bar"),
    ),
    check(
        "scheme",
        Likelihood::Sometimes,
        "url",
        text("协议不是 https", "the scheme is not https"),
        text(
            "页面用了 http，或菜单链接用了不支持的协议",
            "the page uses http, or a menu url has a scheme that is not accepted",
        ),
        text("用 https 提供页面，并把 http 跳转过去", "serve the page over https and redirect http to it"),
    ),
    check(
        "ip-address",
        Likelihood::Often,
        "url",
        text("页面的主机是 IP 地址", "the page's host is an IP address"),
        text(
            "可信域名必须是备案过的域名，只有测试号接受 IP",
            "a trusted domain has to be a host name with an ICP filing; only test accounts accept an IP address",
        ),
        text(
            "换成已备案的域名，开发时用测试号",
            "use a host name with an ICP filing; for development use a test account",
        ),
    ),
    check(
        "localhost",
        Likelihood::Often,
        "url",
        text("页面在 localhost", "the page is on localhost"),
        text(
            "手机上的 localhost 是手机自己，正式账号也不接受",
            "on the phone localhost is the phone itself, and live accounts refuse it",
        ),
        text(
            "把手机能访问的域名指到开发机，或用测试号",
            "point a host name that the phone can reach at the development machine, or use a test account",
        ),
    ),
    check(
        "port",
        Likelihood::Often,
        "url",
        text("端口不是 80 或 443", "the port is neither 80 nor 443"),
        text(
            "可信域名不带端口，页面只能在默认端口；企业微信网页授权按登记的端口比较",
            "a trusted domain has no port, so the page has to be on the default one; OAuth on WeCom compares the port of the entry",
        ),
        text(
            "用反向代理把页面放到 443，地址里不写端口",
            "put the page on 443 behind a reverse proxy and leave the port out of the address",
        ),
    ),
    check(
        "userinfo",
        Likelihood::Rarely,
        "url",
        text("域名前有 @", "there is an @ before the host"),
        text(
            "@ 前面只是用户名，真正的域名在它后面",
            "the part before the @ is only a user name; the real host comes after it",
        ),
        text("去掉 @ 和它前面的部分", "remove the @ and everything before it"),
    ),
    check(
        "idn",
        Likelihood::Rarely,
        "url",
        text("域名含非 ASCII 字符", "the host has characters beyond ASCII"),
        text(
            "平台按中文形式还是 ASCII 形式比较没有文档，形近字母还可能是另一个域名",
            "no document says which form the platform compares, and look-alike letters may be another host",
        ),
        text("换成纯 ASCII 域名", "use a plain ASCII host"),
    ),
    check(
        "short-link",
        Likelihood::Rarely,
        "url",
        text("短链域名", "a short-link host"),
        text("短链服务的域名不能作可信域名", "the host of a link shortener cannot be a trusted domain"),
        text("用短链跳转到的页面自己的域名", "use the host of the page that the short link leads to"),
    ),
    check(
        "public-suffix",
        Likelihood::Rarely,
        "url",
        text("公共后缀", "a public suffix"),
        text(
            "公共后缀不属于任何人，不能备案也不能校验归属",
            "no one owns a public suffix, so it can be neither filed nor verified",
        ),
        text("用自己注册的域名", "use a domain that you registered"),
    ),
    check(
        "trusted-match",
        Likelihood::Often,
        "domain",
        text("域名与后台登记的是否一致", "whether the host matches an entry of the console"),
        text(
            "页面的域名要在这个用途的登记里；子域名算不算，各方说法不一",
            "the page's host has to be among the entries of this purpose; sources disagree on sub-domains",
        ),
        text("在后台登记页面的完整域名", "enter the page's exact host in the console"),
    ),
    check(
        "trusted-list",
        Likelihood::Sometimes,
        "domain",
        text("后台登记的写法", "how the entries are written"),
        text(
            "登记里带了协议、空白、端口、路径或通配符，后台可能照存，客户端不认",
            "an entry has a scheme, whitespace, a port, a path or a wildcard: the console may store it, the client refuses it",
        ),
        text("只填域名本身", "enter the bare host"),
    ),
    check(
        "path-scope",
        Likelihood::Rarely,
        "domain",
        text("页面是否在登记的路径下", "whether the page is below the entry's path"),
        text(
            "公众号的登记可以带路径，页面要在它之下",
            "an entry of an Official Account may have a path, and the page has to be below it",
        ),
        text(
            "把页面移到登记的路径之下，或只登记域名",
            "move the page below that path, or enter the bare host",
        ),
    ),
    check(
        "icp",
        Likelihood::Sometimes,
        "domain",
        text("域名的 ICP 备案", "the ICP filing of the domain"),
        text(
            "没有备案的域名不能登记；托管平台的默认域名只有平台能备案",
            "a domain without an ICP filing cannot be entered; only its owner can file the default host of a hosting platform",
        ),
        text(
            "用自己备案过的域名，备案后等 24 小时",
            "use a filed domain of your own, and wait 24 hours after the filing",
        ),
    ),
    check(
        "ownership-file",
        Likelihood::Sometimes,
        "domain",
        text("域名校验文件", "the domain's verification file"),
        text(
            "后台要在网站根目录读到校验文件，内容是文件名里的 16 个字符",
            "the console fetches a file at the site's root whose content is the 16 characters of its name",
        ),
        text(
            "按后台给的文件名放好文件，不带换行和 BOM",
            "put the file in place under the name that the console offers, without line break or BOM",
        ),
    ),
    check(
        "oauth-appid",
        Likelihood::Sometimes,
        "authorize-link",
        text("授权链接的参数", "the parameters of an authorize link"),
        text(
            "appid、redirect_uri、state 等写错，或者链接属于另一类账号",
            "appid, redirect_uri, state or others are wrong, or the link belongs to another type of account",
        ),
        text(
            "按所属平台重新拼链接，redirect_uri 编码一次",
            "build the link again for the platform, with redirect_uri encoded once",
        ),
    ),
    check(
        "oauth-scope",
        Likelihood::Sometimes,
        "authorize-link",
        text("授权链接的 scope", "the scope of an authorize link"),
        text("scope 拼错，或属于另一个登录页", "the scope is misspelt or belongs to another login page"),
        text("换成这个登录页支持的 scope", "use a scope of this login page"),
    ),
];
