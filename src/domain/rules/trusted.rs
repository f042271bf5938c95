//! The rules about the entries: whether they can stand in the console, and whether one covers the
//! page.
//!
//! In: the page and its entries. Out: `short-link`, `public-suffix`, `trusted-match`,
//! `trusted-list` and `path-scope`.

use super::super::entry::{Entry, Fault, Level, PathFit, PortFit, is_localhost};
use super::super::names::{Relation, is_public_suffix, is_short_link, platform_suffix};
use super::super::{Purpose, Rule};
use super::Case;
use crate::platform::Platform;
use crate::say;

impl<'a> Case<'a> {
    pub(super) fn short_link(&self) -> Rule {
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
            None => Rule::pass(ID, lang.pick("不是短链域名", "not a short-link host")),
            Some(entry) => self
                .by_need(
                    ID,
                    say!(lang, "可信域名 `{entry}` 是短链域名", "the entry `{entry}` is a short-link host"),
                )
                .fix(say!(lang, "删掉这一条", "remove this entry"))
                .basis(basis),
        }
    }

    pub(super) fn public_suffix(&self) -> Rule {
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
                    "`{host}` is a public suffix: no one owns it, so it can be neither filed nor verified"
                ),
            )
            .fix(say!(lang, "用自己注册的域名", "use a domain that you registered"))
            .basis(basis);
        }
        match self.faulty(Fault::PublicSuffix) {
            None => Rule::pass(ID, lang.pick("不是公共后缀", "not a public suffix")),
            Some(entry) => self
                .by_need(
                    ID,
                    say!(
                        lang,
                        "可信域名 `{entry}` 是公共后缀，不属于任何人，后台会拒绝",
                        "the entry `{entry}` is a public suffix: no one owns it, and the console refuses it"
                    ),
                )
                .fix(say!(lang, "填页面自己的域名 `{host}`", "enter the page's own host `{host}`"))
                .basis(basis),
        }
    }

    pub(super) fn faulty(&self, fault: Fault) -> Option<&'a str> {
        self.entries.iter().find(|entry| entry.faults.contains(&fault)).map(|entry| entry.text)
    }

    /// A fault of an entry breaks the rule, unless another entry serves the page.
    pub(super) fn by_need(&self, id: &'static str, message: String) -> Rule {
        if self.host_fits() == Level::No { Rule::fail(id, message) } else { Rule::warn(id, message) }
    }

    pub(super) fn trusted_match(&self) -> Rule {
        const ID: &str = "trusted-match";
        let lang = self.lang;
        let forms = self.both_forms();
        let basis = self.query.mismatch_basis();
        if self.is_menu() {
            return Rule::skip(ID, lang.pick("菜单链接不需要可信域名", "a menu's url needs no entry"));
        }
        if self.entries.is_empty() {
            let key = self.query.platform_and_purpose_key();
            return Rule::skip(
                ID,
                say!(
                    lang,
                    "没有给出后台登记的域名，没有比对：用 --trusted 域名，或配置里的 {key} 给出",
                    "no entry of the console was given, so nothing was compared: give it with --trusted ENTRY, or as {key} in the profile"
                ),
            )
            .fix(say!(lang, "加上 --trusted 再检查", "add --trusted and check again"))
            .basis("faq invalid-url-domain");
        }
        let host = self.page.host();
        let console = self.query.console(lang);
        let enter = self.what_to_enter(host, console);
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

    /// What to do about a host that no entry covers. Never to enter what another rule refuses.
    fn what_to_enter(&self, host: &str, console: &str) -> String {
        let lang = self.lang;
        let see = |rule: &str| {
            say!(
                lang,
                "先按 {rule} 改页面的域名，再登记它",
                "change the page's host as {rule} says, then enter that one"
            )
        };
        if self.page.is_ip() && !self.query.in_sandbox() {
            return see("ip-address");
        }
        if is_localhost(host) && !self.query.in_sandbox() {
            return see("localhost");
        }
        if is_short_link(host) {
            return see("short-link");
        }
        if !self.page.is_ip() && !is_localhost(host) && is_public_suffix(host) {
            return see("public-suffix");
        }
        if platform_suffix(host).is_some() {
            return see("icp");
        }
        if self.page.userinfo {
            return see("userinfo");
        }
        if self.page.unicode_host().is_some() {
            return see("idn");
        }
        let work_oauth = self.query.platform == Platform::Work && self.query.purpose == Purpose::Oauth;
        if work_oauth && !self.page.port_is_default() {
            let port = self.page.port();
            return say!(lang, "在{console}填 `{host}:{port}`", "enter `{host}:{port}` in {console}");
        }
        say!(lang, "在{console}填 `{host}`", "enter `{host}` in {console}")
    }

    /// The sources on sub-domains, which contradict each other.
    pub(super) fn below(&self, entry: &str) -> Rule {
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
    pub(super) fn listed(&self) -> String {
        let mut shown: Vec<&str> = self.entries.iter().take(5).map(|entry| entry.text).collect();
        if self.entries.len() > shown.len() {
            shown.push("…");
        }
        shown.join(self.lang.pick("、", ", "))
    }

    pub(super) fn trusted_list(&self) -> Rule {
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
            let faults = faulty
                .iter()
                .take(5)
                .map(|(entry, fault)| {
                    let (text, fault) = (entry.text, self.fault_text(*fault));
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
                // One answer, where trusted-match says what to enter as well.
                _ if self.best.is_none() => self.what_to_enter(page, console),
                host => say!(lang, "在{console}改填 `{host}`", "enter `{host}` in {console}"),
            };
            return self.by_need(ID, faults).fix(fix).basis(
                match (self.query.platform, self.query.purpose) {
                    (Platform::Mp, Purpose::Oauth) => "errcode mp 10003",
                    (Platform::Mp, _) => "errcode mp 40048",
                    (Platform::Work, _) => "errcode work 80001",
                },
            );
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
    pub(super) fn fault_text(&self, fault: Fault) -> String {
        let lang = self.lang;
        match fault {
            Fault::Empty => say!(lang, "是空的", "empty"),
            Fault::Whitespace => say!(
                lang,
                "含有空白字符；后台照样保存，之后手机端报域名不符",
                "contains whitespace; the console stores it, the phone refuses the domain later"
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
            Fault::Ip => say!(lang, "不能是 IP 地址", "IP addresses are not allowed"),
            Fault::Localhost => say!(lang, "不能是 localhost", "it must not be localhost"),
            Fault::PublicSuffix => say!(lang, "是公共后缀", "it is a public suffix"),
            Fault::ShortLink => say!(lang, "是短链域名", "it is a short-link host"),
        }
    }

    pub(super) fn path_scope(&self) -> Rule {
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
}
