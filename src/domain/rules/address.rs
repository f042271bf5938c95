//! The rules about the address itself: syntax, scheme, host, port.
//!
//! In: a page's address, readable or not. Out: `url-syntax`, `scheme`, `ip-address`, `localhost`,
//! `port`, `userinfo` and `idn`.

use super::super::entry::{Entry, PortFit, is_localhost, well_formed};
use super::super::names::Relation;
use super::super::page::{Page, Refusal, Rewrite};
use super::super::script::{Deceit, deceit};
use super::super::{Purpose, Query, Rule};
use super::Case;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// A menu button's url holds at most this many bytes.
const MENU_URL_BYTES: usize = 1024;

/// The scheme of a payment link, the only one besides http(s) that a menu takes.
const PAY_LINK: &str = "weixin://wxpay/bizpayurl";

/// `url-syntax` for a text that is not an address.
pub(super) fn refused(refusal: &Refusal, query: &Query, lang: Lang) -> Rule {
    let text = query.url;
    let bare = text.trim_start_matches('/');
    let (message, fix) = match refusal {
        Refusal::Empty => (say!(lang, "地址是空的", "the address is empty"), whole_address(lang)),
        Refusal::Encoded(1, decoded) => (
            say!(
                lang,
                "这是 encodeURIComponent 之后的文本，不是网址",
                "this is the text after encodeURIComponent, not an address"
            ),
            say!(
                lang,
                "编码一次只用于放进授权链接；检查解码后的 `{decoded}`",
                "one round of encoding is right inside an authorize link only; check the decoded `{decoded}`"
            ),
        ),
        Refusal::Encoded(times, decoded) => (
            say!(
                lang,
                "被编码了 {times} 次：微信只解码一次，得到的仍不是网址",
                "this was encoded {times} times: WeChat decodes once, and the result is still not an address"
            ),
            say!(
                lang,
                "只对 `{decoded}` 调用一次 encodeURIComponent",
                "call encodeURIComponent once, on `{decoded}`"
            ),
        ),
        Refusal::NoScheme => (
            say!(
                lang,
                "`{text}` 没有以 http:// 或 https:// 开头",
                "`{text}` does not start with http:// or https://"
            ),
            if begins_with_host(bare) {
                say!(
                    lang,
                    "补上协议头，例如 https://{bare}",
                    "put the scheme before it, such as https://{bare}"
                )
            } else {
                whole_address(lang)
            },
        ),
        Refusal::Port => (
            say!(
                lang,
                "`{text}` 的端口不是 0 到 65535 之间的数",
                "the port of `{text}` is not a number from 0 to 65535"
            ),
            say!(lang, "去掉端口，或写成数字", "leave the port out, or write it as a number"),
        ),
        Refusal::Host => (
            say!(lang, "`{text}` 里读不出域名", "no host can be read from `{text}`"),
            say!(
                lang,
                "从手机或浏览器的地址栏重新复制整条地址",
                "copy the whole address again from the phone's or the browser's address bar"
            ),
        ),
    };
    let rule = Rule::fail("url-syntax", message).fix(fix);
    match (query.purpose, query.platform) {
        (Purpose::Oauth, Platform::Mp) => rule.basis("errcode mp 10003"),
        (Purpose::Oauth, Platform::Work) => rule.basis("errcode work 50001"),
        (Purpose::Menu, Platform::Mp) => rule.basis("errcode mp 40055"),
        (Purpose::Menu, Platform::Work) => rule.basis("errcode work 40055"),
        _ => rule.basis("faq invalid-url-domain"),
    }
}

/// Whether a text would be an address with a scheme before it.
fn begins_with_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.contains('.') && well_formed(host)
}

fn whole_address(lang: Lang) -> String {
    say!(
        lang,
        "给出页面的完整地址，例如 https://m.example.com/",
        "give the page's whole address, such as https://m.example.com/"
    )
}

/// `scheme` for an address that is not http(s): only a menu takes one, the payment link.
pub(super) fn other_scheme(page: &Page, query: &Query, lang: Lang) -> Rule {
    let scheme = page.url.scheme();
    if query.purpose != Purpose::Menu {
        return Rule::fail(
            "scheme",
            say!(
                lang,
                "`{scheme}:` 不能用，只认 http 和 https",
                "`{scheme}:` cannot be used, only http and https can"
            ),
        )
        .fix(say!(lang, "换成页面的 https:// 地址", "use the page's https:// address"))
        .basis("faq invalid-url-domain");
    }
    let basis = query.platform_basis("errcode mp 40055", "errcode work 40055");
    if !query.url.trim().starts_with(PAY_LINK) {
        return Rule::fail(
            "scheme",
            say!(
                lang,
                "菜单链接只认 http://、https:// 和 {PAY_LINK}…，这里是 `{scheme}:`",
                "a menu takes http://, https:// and {PAY_LINK}… only, this is `{scheme}:`"
            ),
        )
        .fix(say!(lang, "换成网页地址或微信支付链接", "use a page's address or a WeChat Pay link"))
        .basis(basis);
    }
    menu_url_too_long(query, lang).unwrap_or_else(|| {
        Rule::pass("scheme", lang.pick("微信支付链接，菜单可用", "a WeChat Pay link, a menu takes it"))
    })
}

/// The failure of a menu url that is too long.
pub(in crate::domain) fn menu_url_too_long(query: &Query, lang: Lang) -> Option<Rule> {
    let length = query.url.len();
    (query.purpose == Purpose::Menu && length > MENU_URL_BYTES).then(|| {
        Rule::fail(
            "scheme",
            say!(
                lang,
                "菜单链接长 {length} 字节，上限 {MENU_URL_BYTES}",
                "the menu's url has {length} bytes, {MENU_URL_BYTES} are allowed"
            ),
        )
        .fix(say!(
            lang,
            "把参数放到服务端，链接里只留一个短标识",
            "keep the parameters on the server and only a short id in the url"
        ))
        .basis(query.platform_basis("errcode mp 40020", "errcode work 40020"))
    })
}

impl Case<'_> {
    pub(super) fn url_syntax(&self) -> Rule {
        const ID: &str = "url-syntax";
        let lang = self.lang;
        let host = self.page.host();
        if !self.page.is_ip() && !well_formed(host) {
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "域名 `{host}` 不合规：每段 1 到 63 个字母、数字或 -，总长不超过 253，不能有 _ 和 *",
                    "the host `{host}` is malformed: labels of 1 to 63 letters, digits or -, 253 in all, no _ and no *"
                ),
            )
            .fix(say!(lang, "换成规范的域名", "use a well-formed host name"))
            .basis("faq invalid-url-domain");
        }
        if host.ends_with('.') && !self.is_menu() {
            let bare = host.trim_end_matches('.');
            return Rule::undecided(
                ID,
                say!(
                    lang,
                    "域名末尾带点：浏览器把 `{host}` 和 `{bare}` 当作两个来源，平台怎么比对没有文档",
                    "the host ends with a dot: browsers take `{host}` and `{bare}` for two origins, and no document says how the platform compares"
                ),
            )
            .fix(say!(lang, "去掉末尾的点，用 `{bare}`", "leave the dot out: `{bare}`"))
            .basis("faq invalid-url-domain");
        }
        if self.page.rewrites.is_empty() {
            return Rule::pass(ID, lang.pick("是一个完整的网址", "this is a whole address"));
        }
        let seen: Vec<String> = self.page.rewrites.iter().map(|rewrite| self.rewrite_text(rewrite)).collect();
        let seen = seen.join(lang.pick("；", "; "));
        let read = &self.page.url;
        Rule::warn(
            ID,
            say!(
                lang,
                "浏览器会悄悄改写这个地址：{seen}。按改写后的 `{read}` 判断",
                "browsers silently rewrite this address: {seen}. Checked as `{read}`"
            ),
        )
        .fix(say!(
            lang,
            "直接写成 `{read}`，平台一侧未必会同样改写",
            "write `{read}`: the platform may not rewrite it the same way"
        ))
    }

    /// A repair in words.
    pub(super) fn rewrite_text(&self, rewrite: &Rewrite) -> String {
        let lang = self.lang;
        let host = self.page.host();
        match rewrite {
            Rewrite::EndSpace => say!(lang, "首尾的空白被去掉", "spaces at its ends are dropped"),
            Rewrite::InnerSpace => {
                say!(lang, "中间的制表符或换行被去掉", "a tab or a line break inside is dropped")
            }
            Rewrite::Backslash => say!(lang, r"`\` 被当作 `/`", r"`\` is read as `/`"),
            Rewrite::Slashes => {
                say!(lang, "协议后面不是恰好两个斜杠", "there are not exactly two slashes after the scheme")
            }
            Rewrite::Host(written) => {
                say!(
                    lang,
                    "域名写作 `{written}`，读作 `{host}`",
                    "the host is written `{written}` and read `{host}`"
                )
            }
            Rewrite::Port(written) => {
                say!(lang, "端口写作 `:{written}`", "the port is written `:{written}`")
            }
        }
    }

    pub(super) fn scheme(&self) -> Rule {
        const ID: &str = "scheme";
        let lang = self.lang;
        if let Some(too_long) = menu_url_too_long(self.query, lang) {
            return too_long;
        }
        if self.page.url.scheme() == "https" {
            return Rule::pass(ID, "https");
        }
        if self.query.in_sandbox() && (self.page.is_ip() || is_localhost(self.page.host())) {
            return Rule::pass(
                ID,
                lang.pick("http，测试号的本地页面可以", "http, fine for a local page of a test account"),
            );
        }
        let rule = Rule::warn(
            ID,
            say!(
                lang,
                "http 页面能用，但部分接口和新系统只认 https，途中还可能被插入内容",
                "an http page works, but some interfaces and newer systems want https, and content can be injected on the way"
            ),
        )
        .fix(say!(lang, "换成 https，并把 http 跳转过去", "serve https and redirect http to it"));
        match (self.query.platform, self.query.purpose) {
            (Platform::Mp, Purpose::Oauth) => rule.basis("errcode mp 10039"),
            _ => rule.basis("faq invalid-url-domain"),
        }
    }

    pub(super) fn ip_address(&self) -> Rule {
        const ID: &str = "ip-address";
        let lang = self.lang;
        let host = self.page.host();
        if !self.page.is_ip() {
            return Rule::pass(ID, lang.pick("是域名，不是 IP 地址", "a host name, not an IP address"));
        }
        if self.query.in_sandbox() {
            return Rule::pass(
                ID,
                say!(
                    lang,
                    "`{host}` 是 IP 地址，测试号接受",
                    "`{host}` is an IP address, a test account takes it"
                ),
            );
        }
        let written = self
            .page
            .rewrites
            .iter()
            .find_map(|rewrite| match rewrite {
                Rewrite::Host(written) => Some(say!(lang, "（写作 `{written}`）", " (written `{written}`)")),
                _ => None,
            })
            .unwrap_or_default();
        if self.is_menu() {
            return Rule::warn(
                ID,
                say!(
                    lang,
                    "`{host}`{written} 是 IP 地址：菜单能存，手机要能访问到它才行",
                    "`{host}`{written} is an IP address: a menu stores it, but the phone must reach it"
                ),
            );
        }
        let fix = match self.query.platform {
            Platform::Mp => say!(
                lang,
                "用已备案的域名；开发时可用测试号，并加 --sandbox 检查",
                "use a host name with an ICP filing; for development take a test account and check with --sandbox"
            ),
            Platform::Work => say!(
                lang,
                "用已备案的域名；企业微信没有测试号",
                "use a host name with an ICP filing; WeCom has no test accounts"
            ),
        };
        Rule::fail(
            ID,
            say!(
                lang,
                "`{host}`{written} 是 IP 地址，不能作可信域名",
                "`{host}`{written} is an IP address and cannot be a trusted domain"
            ),
        )
        .fix(fix)
        .basis(self.query.platform_basis("faq test-account-limits", "errcode work 80001"))
    }

    pub(super) fn localhost(&self) -> Rule {
        const ID: &str = "localhost";
        let lang = self.lang;
        let host = self.page.host();
        if self.page.is_ip() || !is_localhost(host) {
            return Rule::pass(ID, lang.pick("不是 localhost", "not localhost"));
        }
        if self.query.in_sandbox() {
            return Rule::pass(ID, lang.pick("localhost，测试号接受", "localhost, a test account takes it"));
        }
        if self.is_menu() {
            return Rule::warn(
                ID,
                say!(lang, "`{host}` 在手机上指手机自己", "on the phone, `{host}` is the phone itself"),
            );
        }
        Rule::fail(
            ID,
            say!(
                lang,
                "`{host}` 在手机上指手机自己，也不能作可信域名",
                "on the phone `{host}` is the phone itself, and it cannot be a trusted domain"
            ),
        )
        .fix(match self.query.platform {
            Platform::Mp => say!(
                lang,
                "用已备案的域名；开发时可用测试号，并加 --sandbox 检查",
                "use a host name with an ICP filing; for development take a test account and check with --sandbox"
            ),
            Platform::Work => say!(
                lang,
                "用已备案的域名，开发机可在 hosts 里把它指到 127.0.0.1",
                "use a host name with an ICP filing; on the development machine, point it to 127.0.0.1 in the hosts file"
            ),
        })
        .basis(self.query.platform_basis("faq test-account-limits", "errcode work 80001"))
    }

    pub(super) fn port(&self) -> Rule {
        const ID: &str = "port";
        let lang = self.lang;
        let port = self.page.port();
        if self.is_menu() || self.query.in_sandbox() {
            return Rule::pass(
                ID,
                say!(lang, "端口 {port}，这里不受限制", "port {port}, which is not restricted here"),
            );
        }
        if self.query.platform == Platform::Work && self.query.purpose == Purpose::Oauth {
            return self.work_oauth_port();
        }
        if self.page.port_is_default() {
            return Rule::pass(ID, say!(lang, "默认端口 {port}", "the default port {port}"));
        }
        Rule::fail(
            ID,
            say!(
                lang,
                "端口 {port} 不行：只支持 80（http）和 443（https）",
                "port {port} is refused: only 80 (http) and 443 (https) are supported"
            ),
        )
        .fix(say!(
            lang,
            "用反向代理把页面放到 443，地址里不写端口",
            "put the page on 443 behind a reverse proxy and leave the port out of the address"
        ))
        .basis(match (self.query.platform, self.query.purpose) {
            (Platform::Mp, Purpose::Oauth) => "errcode mp 10003",
            (Platform::Mp, _) => "faq invalid-url-domain",
            (Platform::Work, _) => "errcode work 80001",
        })
    }

    /// Work OAuth compares the port with the entry's (50001), as text.
    pub(super) fn work_oauth_port(&self) -> Rule {
        const ID: &str = "port";
        const BASIS: &str = "errcode work 50001";
        let lang = self.lang;
        let (host, port) = (self.page.host(), self.page.port());
        if self.page.port_is_default() {
            let Some(written) = &self.page.written_port else {
                return Rule::pass(ID, lang.pick("地址里没有写端口", "no port in the address"));
            };
            if self
                .best
                .is_some_and(|(entry, fit)| fit.relation == Relation::Same && entry.port == Some(port))
            {
                return Rule::undecided(
                    ID,
                    say!(
                        lang,
                        "地址和可信域名都写了默认端口 {port}：50001 要求连端口一起相同，80001 又说不能带端口",
                        "address and entry both write the default port {port}: 50001 wants the port to be equal, 80001 says there must be none"
                    ),
                )
                .fix(say!(lang, "两边都去掉 :{port}", "leave :{port} out on both sides"))
                .basis(BASIS);
            }
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "地址里写了默认端口 `:{written}`：企业微信按文本比对，带 :{port} 的地址被拒过",
                    "the default port `:{written}` is written out: WeCom compares the text, and addresses with :{port} were refused"
                ),
            )
            .fix(say!(lang, "去掉地址里的 `:{written}`", "leave `:{written}` out of the address"))
            .basis(BASIS);
        }
        if self.entries.is_empty() {
            return Rule::warn(
                ID,
                say!(
                    lang,
                    "端口 {port} 只有在可信域名也写成 `{host}:{port}` 时才通过",
                    "port {port} passes only if the entry is `{host}:{port}` too"
                ),
            )
            .fix(say!(lang, "用 --trusted 给出可信域名再查", "check again with the entry given by --trusted"))
            .basis(BASIS);
        }
        match self.best {
            Some((Entry { text, .. }, fit)) if fit.port == PortFit::Fits && fit.relation == Relation::Same => Rule::warn(
                ID,
                say!(
                    lang,
                    "端口 {port} 与可信域名 `{text}` 一致：50001 允许，80001 却说可信域名不能带端口",
                    "port {port} is the entry's (`{text}`): 50001 allows that, though 80001 says an entry has no port"
                ),
            )
            .fix(say!(lang, "能用 443 就用 443，两边都不写端口", "prefer 443, with no port on either side"))
            .basis(BASIS),
            _ => Rule::fail(
                ID,
                say!(
                    lang,
                    "没有一条可信域名带端口 {port}：企业微信要求连端口一起相同",
                    "no entry has port {port}: WeCom wants the port to be equal too"
                ),
            )
            .fix(say!(
                lang,
                "把 `{host}:{port}` 填为可信域名，或让页面用 443",
                "enter `{host}:{port}` as the trusted domain, or serve the page on 443"
            ))
            .basis(BASIS),
        }
    }

    pub(super) fn userinfo(&self) -> Rule {
        const ID: &str = "userinfo";
        let lang = self.lang;
        if !self.page.userinfo {
            return Rule::pass(ID, lang.pick("域名前没有 @", "no @ before the host"));
        }
        let host = self.page.host();
        Rule::fail(
            ID,
            say!(
                lang,
                "@ 前面的只是用户名，真正的域名是 `{host}`",
                "the part before the @ is only a user name; the real host is `{host}`"
            ),
        )
        .fix(say!(lang, "去掉 @ 和它前面的部分", "remove the @ and everything before it"))
        .basis(self.query.mismatch_basis())
    }

    pub(super) fn idn(&self) -> Rule {
        const ID: &str = "idn";
        let lang = self.lang;
        let host = self.page.host();
        let Some(unicode) = self.page.unicode_host() else {
            return Rule::pass(ID, lang.pick("域名全是 ASCII", "the host is plain ASCII"));
        };
        let warning = deceit(&unicode).map(|deceit| match deceit {
            Deceit::Mixed => say!(
                lang,
                "`{unicode}` 混用了几种文字的字母，ASCII 形式是 `{host}`",
                "`{unicode}` mixes letters of several scripts, its ASCII form is `{host}`"
            ),
            Deceit::LooksLike(twin) => say!(
                lang,
                "`{unicode}` 看着像 `{twin}`，其实是另一个域名，ASCII 形式是 `{host}`",
                "`{unicode}` looks like `{twin}` but is another host, its ASCII form is `{host}`"
            ),
        });
        let fix = say!(
            lang,
            "确认域名没有打错；能换就换成纯 ASCII 域名，否则可信域名先填 `{host}`，被拒再填 `{unicode}`",
            "make sure the name is not a typo; prefer a plain ASCII host, else enter `{host}` first and, if that is refused, `{unicode}`"
        );
        if self.is_menu() {
            let message =
                warning.unwrap_or_else(|| say!(lang, "`{unicode}` 即 `{host}`", "`{unicode}` is `{host}`"));
            return Rule::warn(ID, message).fix(fix);
        }
        let open = say!(
            lang,
            "`{unicode}`（ASCII 形式 `{host}`）不是纯 ASCII 域名，平台按哪种形式比对没有文档",
            "`{unicode}` (ASCII form `{host}`) is not a plain ASCII host, and no document says which form the platform compares"
        );
        Rule::undecided(
            ID,
            warning.map_or(open.clone(), |warning| format!("{warning}{}{open}", lang.pick("；", "; "))),
        )
        .fix(fix)
        .basis("faq invalid-url-domain")
    }
}
