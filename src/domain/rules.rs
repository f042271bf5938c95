//! The rules, one function each: what is judged, in which words, on whose word.
//!
//! In: a [`Query`]. Out: an [`Outcome`] with every rule of [`RULE_IDS`](super::RULE_IDS) in that
//! order. A rule that cannot be judged is there too, as `skip`, so that a script finds each id.

use url::Url;

use super::authorize::{Link, state_is_allowed};
use super::entry::{Entry, Fault, Fit, Level, PathFit, PortFit, is_localhost, well_formed};
use super::names::{Relation, is_public_suffix, is_short_link};
use super::page::{Page, Refusal, Rewrite};
use super::script::{Deceit, deceit};
use super::{Purpose, Query, RULE_IDS, Rule, Status, VerifyFile, name_fault};
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// A menu button's url holds at most this many bytes.
const MENU_URL_BYTES: usize = 1024;

/// The scheme of a payment link, the only one besides http(s) that a menu takes.
const PAY_LINK: &str = "weixin://wxpay/bizpayurl";

/// What the rules found.
pub(super) struct Outcome {
    pub host: Option<String>,
    pub host_unicode: Option<String>,
    pub opened: Option<Url>,
    pub ownership_folder: String,
    pub rules: Vec<Rule>,
}

impl Outcome {
    /// Puts a rule in the place of the one with its id.
    pub(super) fn set(&mut self, rule: Rule) {
        if let Some(place) = self.rules.iter_mut().find(|other| other.id == rule.id) {
            *place = rule;
        }
    }

    /// The rules given, and every other one skipped for the same reason.
    fn only(given: Vec<Rule>, reason: &str) -> Self {
        let mut outcome = nothing_to_check(reason);
        for rule in given {
            outcome.set(rule);
        }
        outcome
    }
}

/// Every rule skipped.
pub(super) fn nothing_to_check(reason: &str) -> Outcome {
    Outcome {
        host: None,
        host_unicode: None,
        opened: None,
        ownership_folder: "/".to_owned(),
        rules: RULE_IDS.iter().map(|id| Rule::skip(id, reason)).collect(),
    }
}

/// Applies the rules to one address.
pub(super) fn of_page(query: &Query, lang: Lang) -> Outcome {
    let page = match Page::read(query.url) {
        Ok(page) => page,
        Err(refusal) => {
            let reason = lang.pick("不是网址，无从判断", "this is no address, there is nothing to judge");
            return Outcome::only(vec![refused(&refusal, query, lang)], reason);
        }
    };
    if !matches!(page.url.scheme(), "http" | "https") {
        let reason = lang.pick("不是 http(s) 地址，不适用", "not an http(s) address, does not apply");
        let syntax = Rule::pass("url-syntax", lang.pick("是一个网址", "this is an address"));
        return Outcome::only(vec![syntax, other_scheme(&page, query, lang)], reason);
    }
    let entries: Vec<Entry> = query.entries.iter().map(|text| Entry::read(text, query)).collect();
    let case = Case::new(query, lang, page, &entries);
    let rules = vec![
        case.url_syntax(),
        case.scheme(),
        case.ip_address(),
        case.localhost(),
        case.port(),
        case.userinfo(),
        case.idn(),
        case.short_link(),
        case.public_suffix(),
        case.trusted_match(),
        case.trusted_list(),
        case.path_scope(),
        case.icp(),
        case.ownership_file(),
        Rule::skip("oauth-appid", lang.pick("不是授权链接", "this is no authorize link")),
    ];
    Outcome {
        host: Some(case.page.host().to_owned()),
        host_unicode: case.page.unicode_host(),
        ownership_folder: case.ownership_folder(),
        opened: Some(case.page.url),
        rules,
    }
}

/// `url-syntax` for what is no address.
fn refused(refusal: &Refusal, query: &Query, lang: Lang) -> Rule {
    let text = query.url;
    let bare = text.trim_start_matches('/');
    let (message, fix) = match refusal {
        Refusal::Empty => (
            say!(lang, "地址是空的", "the address is empty"),
            say!(
                lang,
                "给出页面的完整地址，例如 https://m.example.com/",
                "give the page's whole address, such as https://m.example.com/"
            ),
        ),
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
                "this was encoded {times} times: WeChat decodes once, and what is left is still no address"
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
            say!(lang, "补上协议头，例如 https://{bare}", "put the scheme before it, such as https://{bare}"),
        ),
        Refusal::Port => (
            say!(
                lang,
                "`{text}` 的端口不是 0 到 65535 之间的数",
                "the port of `{text}` is no number from 0 to 65535"
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

/// `scheme` for an address that is not http(s): only a menu takes one, the payment link.
fn other_scheme(page: &Page, query: &Query, lang: Lang) -> Rule {
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
    menu_length(query, lang).unwrap_or_else(|| {
        Rule::pass("scheme", lang.pick("微信支付链接，菜单可用", "a WeChat Pay link, a menu takes it"))
    })
}

/// The failure of a menu url that is too long.
fn menu_length(query: &Query, lang: Lang) -> Option<Rule> {
    let length = query.url.len();
    (length > MENU_URL_BYTES).then(|| {
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

impl Query<'_> {
    fn platform_basis(&self, mp: &'static str, work: &'static str) -> &'static str {
        match self.platform {
            Platform::Mp => mp,
            Platform::Work => work,
        }
    }

    /// What a phone answers when the host is not trusted for this purpose.
    fn mismatch_basis(&self) -> &'static str {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => "errcode mp 10003",
            (Platform::Mp, _) => "errcode mp 40048",
            (Platform::Work, Purpose::Oauth) => "errcode work 50001",
            (Platform::Work, Purpose::Agent) => "errcode work 80001",
            (Platform::Work, _) => "faq invalid-url-domain",
        }
    }

    /// How many entries the console holds, and what that number is called.
    fn entry_limit(&self) -> usize {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => 2,
            (Platform::Mp, _) => 5,
            (Platform::Work, Purpose::Oauth) => 1,
            (Platform::Work, _) => 10,
        }
    }

    /// Where the entry is made.
    fn console(&self, lang: Lang) -> &'static str {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => lang
                .pick("公众号后台“功能设置 → 网页授权域名”", "功能设置 → 网页授权域名 on mp.weixin.qq.com"),
            (Platform::Mp, _) => lang.pick(
                "公众号后台“功能设置 → JS接口安全域名”",
                "功能设置 → JS接口安全域名 on mp.weixin.qq.com",
            ),
            (Platform::Work, _) => lang.pick(
                "企业微信管理后台该应用的“网页授权及JS-SDK”",
                "the app's 网页授权及JS-SDK on work.weixin.qq.com",
            ),
        }
    }
}

/// One address against its entries.
struct Case<'a> {
    query: &'a Query<'a>,
    lang: Lang,
    page: Page,
    entries: &'a [Entry<'a>],
    /// The usable entry that fits best, and how.
    best: Option<(&'a Entry<'a>, Fit)>,
}

impl<'a> Case<'a> {
    fn new(query: &'a Query<'a>, lang: Lang, page: Page, entries: &'a [Entry<'a>]) -> Self {
        let best = entries
            .iter()
            .filter(|entry| entry.faults.is_empty())
            .map(|entry| (entry, entry.fit(&page, query)))
            // The first of equals: `max_by_key` takes the last.
            .rev()
            .max_by_key(|(_, fit)| fit.rank(query.purpose));
        Self { query, lang, page, entries, best }
    }

    /// A menu needs no entry, and its address none of what an entry needs.
    fn is_menu(&self) -> bool {
        self.query.purpose == Purpose::Menu
    }

    fn host_fits(&self) -> Level {
        self.best.map_or(Level::No, |(_, fit)| fit.host_level(self.query.purpose))
    }

    /// The host as it is read, and in brackets as it is written in its own script.
    fn both_forms(&self) -> String {
        let host = self.page.host();
        match self.page.unicode_host() {
            Some(unicode) => format!("{host} ({unicode})"),
            None => host.to_owned(),
        }
    }

    fn url_syntax(&self) -> Rule {
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
        let seen: Vec<String> = self.page.rewrites.iter().map(|rewrite| self.told(rewrite)).collect();
        let seen = seen.join(lang.pick("；", "; "));
        let read = &self.page.url;
        Rule::warn(
            ID,
            say!(
                lang,
                "浏览器会悄悄改写这个地址：{seen}。按改写后的 `{read}` 判断",
                "a browser repairs this address in silence: {seen}. Judged as it is read: `{read}`"
            ),
        )
        .fix(say!(
            lang,
            "直接写成 `{read}`，平台一侧未必会同样改写",
            "write `{read}`: the platform need not repair it the same way"
        ))
    }

    /// A repair in words.
    fn told(&self, rewrite: &Rewrite) -> String {
        let lang = self.lang;
        let host = self.page.host();
        match rewrite {
            Rewrite::EndBlank => say!(lang, "首尾的空白被去掉", "the blanks at its ends are dropped"),
            Rewrite::InnerBlank => {
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

    fn scheme(&self) -> Rule {
        const ID: &str = "scheme";
        let lang = self.lang;
        if self.is_menu()
            && let Some(too_long) = menu_length(self.query, lang)
        {
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

    fn ip_address(&self) -> Rule {
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

    fn localhost(&self) -> Rule {
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

    fn port(&self) -> Rule {
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
    fn work_oauth_port(&self) -> Rule {
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
                    "port {port} passes only where the entry is `{host}:{port}` too"
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

    fn userinfo(&self) -> Rule {
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
                "what stands before the @ is a user name, the real host is `{host}`"
            ),
        )
        .fix(say!(lang, "去掉 @ 和它前面的部分", "take out the @ and what stands before it"))
        .basis(self.query.mismatch_basis())
    }

    fn idn(&self) -> Rule {
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
            "make sure the name is meant; prefer a plain ASCII host, else enter `{host}` first and, where that is refused, `{unicode}`"
        );
        if self.is_menu() {
            let message =
                warning.unwrap_or_else(|| say!(lang, "`{unicode}` 即 `{host}`", "`{unicode}` is `{host}`"));
            return Rule::warn(ID, message).fix(fix);
        }
        let open = say!(
            lang,
            "`{unicode}`（ASCII 形式 `{host}`）不是纯 ASCII 域名，平台按哪种形式比对没有文档",
            "`{unicode}` (ASCII form `{host}`) is no plain ASCII host, and no document says which form the platform compares"
        );
        Rule::undecided(
            ID,
            warning.map_or(open.clone(), |warning| format!("{warning}{}{open}", lang.pick("；", "; "))),
        )
        .fix(fix)
        .basis("faq invalid-url-domain")
    }

    fn short_link(&self) -> Rule {
        const ID: &str = "short-link";
        let lang = self.lang;
        let basis = self.query.platform_basis("faq invalid-url-domain", "errcode work 80001");
        let host = self.page.host();
        if self.is_menu() {
            return Rule::skip(ID, lang.pick("菜单不受限制", "a menu is not restricted"));
        }
        if is_short_link(host) {
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "`{host}` 是短链域名，不能作可信域名",
                    "`{host}` is a short-link host and cannot be a trusted domain"
                ),
            )
            .fix(say!(
                lang,
                "用短链跳转到的页面自己的域名",
                "use the host of the page that the short link leads to"
            ))
            .basis(basis);
        }
        match self.faulty(Fault::ShortLink) {
            None => Rule::pass(ID, lang.pick("不是短链域名", "no short-link host")),
            Some(entry) => self
                .by_need(
                    ID,
                    say!(lang, "可信域名 `{entry}` 是短链域名", "the entry `{entry}` is a short-link host"),
                )
                .fix(say!(lang, "删掉这一条", "take this entry out"))
                .basis(basis),
        }
    }

    fn public_suffix(&self) -> Rule {
        const ID: &str = "public-suffix";
        let lang = self.lang;
        let basis = self.query.platform_basis("faq ownership-failed", "errcode work 80001");
        let host = self.page.host();
        if self.page.is_ip() || is_localhost(host) || self.is_menu() {
            return Rule::skip(ID, lang.pick("不适用", "does not apply"));
        }
        if is_public_suffix(host) {
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "`{host}` 是公共后缀，不属于任何人，无法备案也无法校验归属",
                    "`{host}` is a public suffix: nobody owns it, so it can be neither filed nor verified"
                ),
            )
            .fix(say!(lang, "用自己注册的域名", "use a domain that you registered"))
            .basis(basis);
        }
        match self.faulty(Fault::PublicSuffix) {
            None => Rule::pass(ID, lang.pick("不是公共后缀", "no public suffix")),
            Some(entry) => self
                .by_need(
                    ID,
                    say!(
                        lang,
                        "可信域名 `{entry}` 是公共后缀，不属于任何人，后台会拒绝",
                        "the entry `{entry}` is a public suffix: nobody owns it, and the console refuses it"
                    ),
                )
                .fix(say!(lang, "填页面自己的域名 `{host}`", "enter the page's own host `{host}`"))
                .basis(basis),
        }
    }

    fn faulty(&self, fault: Fault) -> Option<&'a str> {
        self.entries.iter().find(|entry| entry.faults.contains(&fault)).map(|entry| entry.text)
    }

    /// A fault of an entry breaks the rule, unless another entry serves the page.
    fn by_need(&self, id: &'static str, message: String) -> Rule {
        if self.host_fits() == Level::No { Rule::fail(id, message) } else { Rule::warn(id, message) }
    }

    fn trusted_match(&self) -> Rule {
        const ID: &str = "trusted-match";
        let lang = self.lang;
        let forms = self.both_forms();
        let basis = self.query.mismatch_basis();
        if self.is_menu() {
            return Rule::skip(ID, lang.pick("菜单链接不需要可信域名", "a menu's url needs no entry"));
        }
        if self.entries.is_empty() {
            return Rule::skip(
                ID,
                lang.pick(
                    "没有给出可信域名，没有比对：用 --trusted 或配置里的 trusted_domains 给出",
                    "no entry was given, so nothing was compared: give it by --trusted or trusted_domains of the profile",
                ),
            );
        }
        let host = self.page.host();
        let console = self.query.console(lang);
        let enter = say!(lang, "在{console}填 `{host}`", "enter `{host}` in {console}");
        let Some((entry, fit)) = self.best else {
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "没有一条可信域名是可用的，见 trusted-list",
                    "none of the entries can be used, see trusted-list"
                ),
            )
            .fix(enter)
            .basis(basis);
        };
        let entry = entry.text;
        match (fit.host_level(self.query.purpose), fit.relation) {
            (Level::Yes, _) => Rule::pass(ID, say!(lang, "`{forms}` 就是可信域名 `{entry}`", "`{forms}` is the entry `{entry}`")),
            (Level::Unsure, Relation::Below) => self.below(entry).fix(enter),
            (Level::Unsure, _) if fit.port == PortFit::Unsure => Rule::undecided(
                ID,
                say!(
                    lang,
                    "域名与 `{entry}` 相同，但端口的写法不同，怎么比对没有文档",
                    "the host is that of `{entry}`, but the port is written differently, and no document says how they compare"
                ),
            )
            .fix(say!(lang, "把可信域名写得与地址栏里的“域名:端口”一样", "write the entry as host and port stand in the address bar"))
            .basis(basis),
            (Level::Unsure, _) => Rule::undecided(
                ID,
                say!(
                    lang,
                    "只差末尾的点：`{forms}` 对 `{entry}`，平台怎么比对没有文档",
                    "only the dot at the end differs: `{forms}` against `{entry}`, and no document says how they compare"
                ),
            )
            .fix(say!(lang, "两边都去掉末尾的点", "leave the dot out on both sides"))
            .basis(basis),
            (Level::No, relation) => {
                let message = match relation {
                    Relation::Same => say!(
                        lang,
                        "域名与 `{entry}` 相同，端口不同",
                        "the host is that of `{entry}`, the port is not"
                    ),
                    Relation::Below => say!(
                        lang,
                        "`{forms}` 是 `{entry}` 的子域名，网页授权要求域名完全相同",
                        "`{forms}` is a sub-domain of `{entry}`, and OAuth wants the very host"
                    ),
                    Relation::Above => say!(
                        lang,
                        "`{forms}` 是 `{entry}` 的上级域名，登记子域名不包括上级",
                        "`{forms}` is the parent of `{entry}`, which an entry never covers"
                    ),
                    Relation::Sibling => say!(
                        lang,
                        "`{forms}` 与 `{entry}` 只是同一域名下的两个不同主机",
                        "`{forms}` and `{entry}` are two different hosts below one domain"
                    ),
                    Relation::Stranger => {
                        let listed = self.listed();
                        say!(
                            lang,
                            "`{forms}` 不在可信域名里（{listed}）",
                            "`{forms}` is not among the entries ({listed})"
                        )
                    }
                };
                Rule::fail(ID, message).fix(enter).basis(basis)
            }
        }
    }

    /// The sources on sub-domains, which contradict each other.
    fn below(&self, entry: &str) -> Rule {
        let lang = self.lang;
        let forms = self.both_forms();
        let message = match self.query.platform {
            Platform::Mp => say!(
                lang,
                "`{forms}` 是 `{entry}` 的子域名：官方 FAQ 说绑定父域名后子域名可用，2019 和 2021 年的反馈却说必须填完整域名",
                "`{forms}` is a sub-domain of `{entry}`: the official FAQ says that sub-domains of a bound domain work, reports of 2019 and 2021 say that the exact host was needed"
            ),
            Platform::Work => say!(
                lang,
                "`{forms}` 是 `{entry}` 的子域名：JS-SDK 文档说可信域名包括子域名，错误码 80001 却说只支持全域名匹配（前者多半指 wx.config，后者指 agentConfig）",
                "`{forms}` is a sub-domain of `{entry}`: the JS-SDK page says that sub-domains are included, errcode 80001 says full match only (the first probably means wx.config, the second agentConfig)"
            ),
        };
        Rule::undecided("trusted-match", message)
            .basis(self.query.platform_basis("faq parent-domain", "errcode work 80001"))
    }

    /// The entries in one line, at most five of them.
    fn listed(&self) -> String {
        let mut shown: Vec<&str> = self.entries.iter().take(5).map(|entry| entry.text).collect();
        if self.entries.len() > shown.len() {
            shown.push("…");
        }
        shown.join(self.lang.pick("、", ", "))
    }

    fn trusted_list(&self) -> Rule {
        const ID: &str = "trusted-list";
        let lang = self.lang;
        if self.is_menu() {
            return Rule::skip(ID, lang.pick("菜单链接不需要可信域名", "a menu's url needs no entry"));
        }
        if self.entries.is_empty() {
            return Rule::skip(ID, lang.pick("没有给出可信域名", "no entry was given"));
        }
        let faulty: Vec<(&Entry, Fault)> = self
            .entries
            .iter()
            .filter_map(|entry| entry.faults.first().map(|fault| (entry, *fault)))
            .collect();
        if let Some((entry, fault)) = faulty.first() {
            let told = faulty
                .iter()
                .take(5)
                .map(|(entry, fault)| {
                    let (text, fault) = (entry.text, self.fault_told(*fault));
                    say!(lang, "`{text}`：{fault}", "`{text}`: {fault}")
                })
                .collect::<Vec<_>>()
                .join(lang.pick("；", "; "));
            let (page, console) = (self.page.host(), self.query.console(lang));
            let fix = match entry.host.as_str() {
                "" => say!(lang, "改填页面的域名 `{page}`", "enter the page's host instead: `{page}`"),
                host if matches!(
                    fault,
                    Fault::Ip | Fault::Localhost | Fault::PublicSuffix | Fault::ShortLink | Fault::Characters
                ) =>
                {
                    say!(
                        lang,
                        "把 `{host}` 换成自己已备案的域名",
                        "replace `{host}` with a host of your own that has an ICP filing"
                    )
                }
                host => say!(lang, "在{console}改填 `{host}`", "enter `{host}` in {console}"),
            };
            return self.by_need(ID, told).fix(fix).basis(match (self.query.platform, self.query.purpose) {
                (Platform::Mp, Purpose::Oauth) => "errcode mp 10003",
                (Platform::Mp, _) => "errcode mp 40048",
                (Platform::Work, _) => "errcode work 80001",
            });
        }
        let (count, limit) = (self.entries.len(), self.query.entry_limit());
        if count > limit {
            return Rule::warn(
                ID,
                say!(
                    lang,
                    "给出了 {count} 条，后台最多能填 {limit} 条",
                    "{count} entries were given, the console holds {limit}"
                ),
            )
            .fix(say!(
                lang,
                "核对后台里到底填了哪几条",
                "look up in the console which of them are really there"
            ))
            .basis(self.query.platform_basis("faq invalid-url-domain", "errcode work 85004"));
        }
        if let Some((entry, _)) = self.best
            && entry.port.is_some()
            && !self.query.in_sandbox()
        {
            let text = entry.text;
            return Rule::warn(
                ID,
                say!(
                    lang,
                    "`{text}` 带端口：50001 和官方答复允许，80001 说不能带",
                    "`{text}` has a port: 50001 and answers by staff allow it, 80001 says there must be none"
                ),
            )
            .basis("errcode work 50001");
        }
        let limit_text = match (self.query.platform, self.query.purpose) {
            (Platform::Mp, Purpose::Oauth) => say!(
                lang,
                "{count} 条，写法正确（后台最多 2 条）",
                "{count}, well-formed (the console holds 2)"
            ),
            (Platform::Mp, _) => say!(
                lang,
                "{count} 条，写法正确（后台最多 5 条，旧账号 3 条）",
                "{count}, well-formed (the console holds 5, older accounts 3)"
            ),
            (Platform::Work, Purpose::Oauth) => {
                say!(lang, "{count} 条，写法正确（每个应用 1 条）", "{count}, well-formed (an app has 1)")
            }
            (Platform::Work, _) => say!(
                lang,
                "{count} 条，写法正确（每个应用最多 10 条，企业每月最多改 20 次）",
                "{count}, well-formed (an app has 10, a corp makes 20 changes a month)"
            ),
        };
        Rule::pass(ID, limit_text)
    }

    /// An entry's fault in words.
    fn fault_told(&self, fault: Fault) -> String {
        let lang = self.lang;
        match fault {
            Fault::Empty => say!(lang, "是空的", "empty"),
            Fault::Blank => say!(
                lang,
                "含有空白字符；后台照样保存，之后手机端报域名不符",
                "contains a blank; the console stores it, the phone refuses the domain later"
            ),
            Fault::Scheme => say!(
                lang,
                "带了协议头；后台照样保存，之后手机端报域名不符",
                "starts with a scheme; the console stores it, the phone refuses the domain later"
            ),
            Fault::Userinfo => say!(lang, "含有 @", "contains an @"),
            Fault::Query => say!(lang, r"带了参数、# 或 \", r"has a query, a # or a \"),
            Fault::Wildcard => say!(lang, "不支持通配符", "wildcards are not supported"),
            Fault::Characters => say!(
                lang,
                "域名里有字母、数字、- 和 . 以外的字符",
                "the host has characters other than letters, digits, - and ."
            ),
            Fault::Port => say!(lang, "不能带端口", "it must have no port"),
            Fault::Path => say!(lang, "不能带路径", "it must have no path"),
            Fault::Ip => say!(lang, "不能是 IP 地址", "it must be no IP address"),
            Fault::Localhost => say!(lang, "不能是 localhost", "it must not be localhost"),
            Fault::PublicSuffix => say!(lang, "是公共后缀", "it is a public suffix"),
            Fault::ShortLink => say!(lang, "是短链域名", "it is a short-link host"),
        }
    }

    fn path_scope(&self) -> Rule {
        const ID: &str = "path-scope";
        let lang = self.lang;
        let Some((entry, fit)) = self.best.filter(|_| !self.is_menu() && self.host_fits() != Level::No)
        else {
            return Rule::skip(ID, lang.pick("没有可比对的路径", "there is no path to compare"));
        };
        let (text, page) = (entry.text, self.page.url.path());
        let basis = self.query.mismatch_basis();
        let folder = entry.path.as_deref().unwrap_or("/");
        let unsure = |zh: &str, en: &str| {
            Rule::undecided(
                ID,
                say!(
                    lang,
                    "页面路径 `{page}` 与 `{text}` {zh}，平台怎么比对没有文档",
                    "the page's path `{page}` and `{text}` {en}, and no document says how they compare"
                ),
            )
            .fix(say!(
                lang,
                "把页面放到 `{folder}` 之下，写法完全一致，或只填域名",
                "put the page below `{folder}`, written exactly so, or enter the bare host"
            ))
            .basis(basis)
        };
        match fit.path {
            PathFit::NotAsked if entry.path.is_some() => Rule::pass(
                ID,
                say!(lang, "`{text}` 的路径在这里不参与比对", "the path of `{text}` does not count here"),
            ),
            PathFit::NotAsked => Rule::pass(
                ID,
                lang.pick(
                    "可信域名不带路径，整个域名可用",
                    "the entry has no path: the whole host is covered",
                ),
            ),
            PathFit::Under => {
                Rule::pass(ID, say!(lang, "页面在 `{text}` 之下", "the page lies below `{text}`"))
            }
            PathFit::Boundary => unsure("只在路径段中间相同", "agree only up to the middle of a segment"),
            PathFit::LetterCase => unsure("只差大小写", "differ in letter case only"),
            PathFit::Encoding => unsure("只差百分号编码", "differ in percent-encoding only"),
            PathFit::Outside => Rule::fail(
                ID,
                say!(
                    lang,
                    "可信域名 `{text}` 带路径，页面 `{page}` 不在它之下",
                    "the entry `{text}` has a path, and the page `{page}` does not lie below it"
                ),
            )
            .fix(say!(
                lang,
                "把页面移到 `{folder}` 之下，或只填域名",
                "move the page below `{folder}`, or enter the bare host"
            ))
            .basis(basis),
        }
    }

    fn icp(&self) -> Rule {
        const ID: &str = "icp";
        let lang = self.lang;
        if self.query.in_sandbox() || self.is_menu() {
            return Rule::skip(ID, lang.pick("这里不要求备案", "no ICP filing is asked for here"));
        }
        if self.page.is_ip() || is_localhost(self.page.host()) {
            return Rule::skip(
                ID,
                lang.pick("不是域名，无法备案", "not a host name, there is nothing to file"),
            );
        }
        Rule::skip(
            ID,
            match self.query.platform {
                Platform::Mp => say!(
                    lang,
                    "从这里看不到：域名要有 ICP 备案（顶级域名备案即包括子域名），备案后次日再绑定",
                    "cannot be seen from here: the domain needs an ICP filing (that of the registered domain covers its sub-domains); bind it a day later"
                ),
                Platform::Work => say!(
                    lang,
                    "从这里看不到：域名要有 ICP 备案，2022 年 6 月起备案主体须与企业相同或有关联，24 小时后生效",
                    "cannot be seen from here: the domain needs an ICP filing, since June 2022 by the corp itself or a related one; it counts 24 hours later"
                ),
            },
        )
        .fix(say!(lang, "在 beian.miit.gov.cn 查这个域名", "look the domain up on beian.miit.gov.cn"))
        .basis(self.query.platform_basis("faq icp-delay", "errcode work 80001"))
    }

    /// `/`, or the path under which an mp entry wants the file.
    fn ownership_folder(&self) -> String {
        let path = self
            .best
            .filter(|(_, fit)| {
                fit.path != PathFit::NotAsked && fit.host_level(self.query.purpose) != Level::No
            })
            .and_then(|(entry, _)| entry.path.as_deref())
            .unwrap_or("/");
        if path.ends_with('/') { path.to_owned() } else { format!("{path}/") }
    }

    fn ownership_file(&self) -> Rule {
        const ID: &str = "ownership-file";
        let lang = self.lang;
        let oauth_only = self.query.platform == Platform::Work && self.query.purpose == Purpose::Oauth;
        let basis = self.query.platform_basis("faq ownership-failed", "errcode work 85005");
        if self.is_menu() {
            return Rule::skip(
                ID,
                lang.pick("菜单链接不需要校验文件", "a menu's url needs no verification file"),
            );
        }
        let prefix = self.query.platform.verify_prefix();
        let Some(name) = self.query.verify_file else {
            let message = if oauth_only {
                say!(
                    lang,
                    "没有校验归属时网页授权可用、JS-SDK 不可用（85005）",
                    "without verified ownership OAuth works and the JS-SDK does not (85005)"
                )
            } else {
                say!(
                    lang,
                    "没有检查：用 --verify-file {prefix}….txt 给出后台下载的文件名，加 --probe 实测",
                    "not checked: give the name the console offers with --verify-file {prefix}….txt, and --probe to fetch it"
                )
            };
            return Rule::skip(ID, message).basis(basis);
        };
        let Some(file) = VerifyFile::parse(name) else {
            let fault = name_fault(name, lang);
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "`{name}` 不是校验文件名：{fault}",
                    "`{name}` is no verification file's name: {fault}"
                ),
            )
            .fix(say!(lang, "照后台下载的文件名原样填写", "give the name exactly as the console offers it"))
            .basis(basis);
        };
        let console = self.query.console(lang);
        if file.platform() != self.query.platform {
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "`{name}` 是另一个平台的校验文件，这里要 {prefix}….txt",
                    "`{name}` is the other platform's file, here it is {prefix}….txt"
                ),
            )
            .fix(say!(lang, "到{console}重新下载", "download it again from {console}"))
            .basis(basis);
        }
        let (content, folder) = (file.content(), self.ownership_folder());
        let host = self.page.host();
        Rule::pass(
            ID,
            say!(
                lang,
                "文件名正确：`{host}{folder}{name}` 应返回 `{content}` 这 16 个字符，没有换行",
                "the name is right: `{host}{folder}{name}` must answer the 16 characters `{content}` without a line break"
            ),
        )
        .basis(basis)
    }
}

impl Platform {
    /// How the names of its verification files start.
    fn verify_prefix(self) -> &'static str {
        match self {
            Self::Mp => "MP_verify_",
            Self::Work => "WW_verify_",
        }
    }
}

/// `oauth-appid`: everything of an authorize link but the page it leads to.
pub(super) fn oauth_appid(link: &Link, query: &Query, lang: Lang) -> Rule {
    const ID: &str = "oauth-appid";
    let platform = query.platform;
    let mut broken: Vec<String> = Vec::new();
    let mut odd: Vec<String> = Vec::new();
    if link.page_of.is_some_and(|page_of| page_of != platform) {
        broken.push(say!(lang, "这是另一个平台的登录页", "this is the other platform's login page"));
    }
    match link.app_id.as_deref() {
        None | Some("") => broken.push(say!(lang, "没有 appid", "there is no appid")),
        // An old corpid starts with `wx` as an appid does; a profile that names it settles that.
        Some(id) if query.app_id == Some(id) => {}
        Some(id)
            if (id.starts_with("wx") || id.starts_with("ww") || id.starts_with("wl"))
                && Platform::of_id(id) != platform =>
        {
            broken.push(match platform {
                Platform::Mp => say!(
                    lang,
                    "appid `{id}` 是企业微信的 corpid，公众号的 appid 以 wx 开头",
                    "appid `{id}` is a WeCom corpid, an Official Account's appid starts with wx"
                ),
                Platform::Work => say!(
                    lang,
                    "appid `{id}` 是公众号的 appid，企业微信要填 corpid（旧企业号的 corpid 也以 wx 开头：是的话写进配置的 appid）",
                    "appid `{id}` is an Official Account's, WeCom wants the corpid (old corpids start with wx too: if it is one, put it into the profile's appid)"
                ),
            });
        }
        Some(id) => {
            if let Some(own) = query.app_id {
                odd.push(say!(
                    lang,
                    "appid `{id}` 不是配置里的 `{own}`",
                    "appid `{id}` is not the profile's `{own}`"
                ));
            } else if !platform.id_shape_is_usual(id) {
                odd.push(say!(lang, "appid `{id}` 的样子不寻常", "appid `{id}` has an unusual shape"));
            }
        }
    }
    match link.redirect_uri.as_deref() {
        None | Some("") if link.html_escaped => broken.push(say!(
            lang,
            "链接里的 & 被转义成了 &amp;，redirect_uri 读不出来",
            "the & of the link were escaped to &amp;, so redirect_uri cannot be read"
        )),
        None | Some("") => broken.push(say!(lang, "没有 redirect_uri", "there is no redirect_uri")),
        Some(uri) if link.redirect_uri_raw => odd.push(say!(
            lang,
            "redirect_uri 没有编码，后面若有 & 会被截断；应是 encodeURIComponent(`{uri}`)",
            "redirect_uri is not encoded, and a & in it would cut it: use encodeURIComponent(`{uri}`)"
        )),
        Some(_) => {}
    }
    match link.state.as_deref() {
        None => odd.push(say!(
            lang,
            "没有 state，回调无法识别伪造的请求",
            "there is no state, so the callback cannot tell forged requests"
        )),
        Some(state) if !state_is_allowed(state) => {
            let length = state.chars().count();
            let shown: String = state.chars().take(32).collect();
            broken.push(say!(
                lang,
                "state `{shown}`（{length} 个字符）只能是 1 到 128 个字母和数字",
                "state `{shown}` ({length} characters) must be 1 to 128 letters and digits"
            ));
        }
        Some(_) => {}
    }
    if link.in_client {
        if link.response_type.as_deref() != Some("code") {
            odd.push(say!(lang, "response_type 应为 code", "response_type should be code"));
        }
        let scopes: &[&str] = match platform {
            Platform::Mp => &["snsapi_base", "snsapi_userinfo"],
            Platform::Work => &["snsapi_base", "snsapi_userinfo", "snsapi_privateinfo"],
        };
        if !link.scope.as_deref().is_some_and(|scope| scopes.contains(&scope)) {
            let scopes = scopes.join("/");
            odd.push(say!(lang, "scope 应为 {scopes} 之一", "scope should be one of {scopes}"));
        }
        if link.fragment.as_deref() != Some("wechat_redirect") {
            odd.push(say!(
                lang,
                "链接末尾缺少 #wechat_redirect",
                "the link does not end with #wechat_redirect"
            ));
        }
    }
    let joint = lang.pick("；", "; ");
    let basis = query.platform_basis("errcode mp 10003", "errcode work 50001");
    let status = if broken.is_empty() { Status::Warn } else { Status::Fail };
    broken.append(&mut odd);
    if broken.is_empty() {
        return Rule::pass(
            ID,
            lang.pick(
                "appid、state 和 redirect_uri 的写法都对",
                "appid, state and redirect_uri are written as they should be",
            ),
        );
    }
    let app = match platform {
        Platform::Mp => "wx…",
        Platform::Work => "ww…",
    };
    Rule::new(ID, status, broken.join(joint))
        .fix(say!(
            lang,
            "重新拼链接：appid={app}、redirect_uri 编码一次、state 只用字母数字",
            "build the link again: appid={app}, redirect_uri encoded once, state of letters and digits only"
        ))
        .basis(basis)
}
