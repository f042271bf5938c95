//! The rules, one function each: what is judged, in which words, on whose word.
//!
//! In: a [`Query`]. Out: an [`Outcome`] with every rule of [`RULE_IDS`](super::RULE_IDS) in that
//! order. A rule that cannot be judged is there too, as `skip`, so that a script finds each id.

mod address;
mod owner;
mod trusted;

pub(super) use address::menu_url_too_long;
use url::Url;

use super::entry::{Entry, Fit, Level};
use super::page::Page;
use super::{Purpose, Query, RULE_IDS, Rule};
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

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

    /// Says that a scheme was added to a bare host, unless there is worse to say of its form.
    pub(super) fn note_bare_host(&mut self, read_as: &str, lang: Lang) {
        if self.rules.iter().any(|rule| rule.id == "url-syntax" && rule.status == super::Status::Pass) {
            self.set(
                Rule::warn(
                    "url-syntax",
                    say!(
                        lang,
                        "只给了域名，按 `{read_as}` 检查",
                        "only a host was given, checked as `{read_as}`"
                    ),
                )
                .fix(say!(
                    lang,
                    "检查某个页面就给出完整地址",
                    "give the whole address to check a certain page"
                )),
            );
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
            let reason =
                lang.pick("不是网址，没有可检查的内容", "not an address, so there is nothing to check");
            return Outcome::only(vec![address::refused(&refusal, query, lang)], reason);
        }
    };
    if !matches!(page.url.scheme(), "http" | "https") {
        let reason = lang.pick("不是 http(s) 地址，不适用", "not an http(s) address, does not apply");
        let syntax = Rule::pass("url-syntax", lang.pick("是一个网址", "this is an address"));
        return Outcome::only(vec![syntax, address::other_scheme(&page, query, lang)], reason);
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
        Rule::skip("oauth-appid", lang.pick("不是授权链接", "not an authorize link")),
        Rule::skip("oauth-scope", lang.pick("不是授权链接", "not an authorize link")),
    ];
    Outcome {
        host: Some(case.page.host().to_owned()),
        host_unicode: case.page.unicode_host(),
        ownership_folder: case.ownership_folder(),
        opened: Some(case.page.url),
        rules,
    }
}
impl Query<'_> {
    pub(super) fn platform_basis(&self, mp: &'static str, work: &'static str) -> &'static str {
        match self.platform {
            Platform::Mp => mp,
            Platform::Work => work,
        }
    }

    /// What a phone answers when the host is not trusted for this purpose.
    pub(super) fn mismatch_basis(&self) -> &'static str {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => "errcode mp 10003",
            (Platform::Mp, _) => "errcode mp 40048",
            (Platform::Work, Purpose::Oauth) => "errcode work 50001",
            (Platform::Work, Purpose::Agent) => "errcode work 80001",
            (Platform::Work, _) => "faq invalid-url-domain",
        }
    }

    /// The key of a profile that holds the entries of this purpose.
    pub(super) fn platform_and_purpose_key(&self) -> &'static str {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => "oauth_domains",
            _ => "trusted_domains",
        }
    }

    /// How many entries the console holds, and what that number is called.
    pub(super) fn entry_limit(&self) -> usize {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => 2,
            (Platform::Mp, _) => 5,
            (Platform::Work, Purpose::Oauth) => 1,
            (Platform::Work, _) => 10,
        }
    }

    /// Where the entry is made.
    pub(super) fn console(&self, lang: Lang) -> &'static str {
        match (self.platform, self.purpose) {
            (Platform::Mp, Purpose::Oauth) => lang.pick(
                "公众号后台“账号设置 → 功能设置 → 网页授权域名”",
                "账号设置 → 功能设置 → 网页授权域名 on mp.weixin.qq.com",
            ),
            (Platform::Mp, _) => lang.pick(
                "公众号后台“账号设置 → 功能设置 → JS接口安全域名”",
                "账号设置 → 功能设置 → JS接口安全域名 on mp.weixin.qq.com",
            ),
            (Platform::Work, _) => lang.pick(
                "企业微信管理后台该应用的“网页授权及JS-SDK”",
                "the app's 网页授权及JS-SDK on work.weixin.qq.com",
            ),
        }
    }
}

/// One address against its entries.
pub(super) struct Case<'a> {
    query: &'a Query<'a>,
    lang: Lang,
    page: Page,
    entries: &'a [Entry<'a>],
    /// The usable entry that fits best, and how.
    best: Option<(&'a Entry<'a>, Fit)>,
}

impl<'a> Case<'a> {
    pub(super) fn new(query: &'a Query<'a>, lang: Lang, page: Page, entries: &'a [Entry<'a>]) -> Self {
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
    pub(super) fn is_menu(&self) -> bool {
        self.query.purpose == Purpose::Menu
    }

    pub(super) fn host_fits(&self) -> Level {
        self.best.map_or(Level::No, |(_, fit)| fit.host_level(self.query.purpose))
    }

    /// The host as it is read, and in brackets as it is written in its own script.
    pub(super) fn both_forms(&self) -> String {
        let host = self.page.host();
        match self.page.unicode_host() {
            Some(unicode) => format!("{host} ({unicode})"),
            None => host.to_owned(),
        }
    }
}
