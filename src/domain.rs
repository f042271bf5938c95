//! May this page's domain be used: the rules of platform and purpose, offline.
//!
//! In: a page's address, the entries of the admin console, platform and purpose ([`Query`]). Out:
//! an [`Answer`] with a verdict and every rule, each with its reason in the language asked for.
//! `pass` and `fail` only when the sources agree; when they contradict each other, or when there is no
//! entry to compare with, the verdict is `unknown`, with the safe action. Nothing here touches the
//! network; what has to be measured is the probe's.
//!
//! ```text
//!   text ──► authorize (a login link? then its redirect_uri) ──► page ──┐
//!   entries ───────────────────────────────────────────────► entry ─────┴──► rules ──► Answer
//! ```

mod authorize;
mod entry;
mod findings;
mod names;
mod ownership;
mod page;
mod rules;
mod script;

use serde::Serialize;

pub use findings::ENTRIES;
pub use names::{Relation, relation};
pub use ownership::{BodyFault, VerifyFile, name_fault};

use crate::lang::Lang;
use crate::platform::Platform;

/// What the page's address is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// The page calls `wx.config`.
    #[default]
    Jsapi,
    /// The page calls `wx.agentConfig` (work).
    Agent,
    /// The address is a `redirect_uri`.
    Oauth,
    /// The address is a menu button's url.
    Menu,
    /// The address is the `link` given to a share call.
    Share,
}

impl Purpose {
    /// The name in flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsapi => "jsapi",
            Self::Agent => "agent",
            Self::Oauth => "oauth",
            Self::Menu => "menu",
            Self::Share => "share",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The page's address, or an authorize link, as given.
    pub url: &'a str,
    /// Whose rules hold.
    pub platform: Platform,
    /// What the address is for.
    pub purpose: Purpose,
    /// What the admin console holds, untrimmed; empty where it is not known.
    pub entries: &'a [String],
    /// A 测试号 (mp): IP addresses, ports and `localhost` are accepted.
    pub sandbox: bool,
    /// The app id or corpid whose link this should be, where it is known.
    pub app_id: Option<&'a str>,
    /// The verification file's name, where it is known.
    pub verify_file: Option<&'a str>,
}

impl Query<'_> {
    /// Only mp has test accounts.
    fn in_sandbox(&self) -> bool {
        self.sandbox && self.platform == Platform::Mp
    }
}

/// The answer for one address.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The address as given.
    pub url: String,
    /// The host as browsers read it, ASCII; null where there is none.
    pub host: Option<String>,
    /// The same host in its own script, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_unicode: Option<String>,
    /// The `redirect_uri` of an authorize link, decoded once: what the rules were applied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The purpose that was judged by; `oauth` for an authorize link.
    pub purpose: Purpose,
    /// The platform whose rules were applied.
    pub platform: Platform,
    /// All rules together.
    pub verdict: Verdict,
    /// Every rule, in a fixed order.
    pub rules: Vec<Rule>,
    /// Whether there were entries to compare with.
    #[serde(skip)]
    pub compared: bool,
    /// The address as a browser opens it, for probes; `None` if nothing can be opened.
    #[serde(skip)]
    pub opened: Option<url::Url>,
    /// The folder of the verification file: `/`, or the path of the mp entry that fits.
    #[serde(skip)]
    pub ownership_folder: String,
}

/// All rules together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was compared with an entry, and every rule is kept.
    Pass,
    /// At least one rule is broken.
    Fail,
    /// The sources contradict each other, or there was nothing to compare with.
    Unknown,
}

/// How a rule, or a probe, came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Kept.
    Pass,
    /// Broken.
    Fail,
    /// Kept with a reservation, or undecided (see `Rule::undecided`).
    Warn,
    /// Not applicable, or not to be seen from here.
    Skip,
}

/// One rule's outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// One of [`RULE_IDS`].
    pub id: &'static str,
    /// How it came out.
    pub status: Status,
    /// Why.
    pub message: String,
    /// What to do, where something is to be done.
    pub fix: Option<String>,
    /// The errcode or FAQ topic behind it, as the words after `wecheck`: `errcode work 80001`,
    /// `faq parent-domain`.
    pub basis: Option<&'static str>,
    /// The sources contradict each other, so that the verdict is unknown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
}

/// The ids of all rules, in the order they are answered.
pub const RULE_IDS: [&str; 16] = [
    "url-syntax",
    "scheme",
    "ip-address",
    "localhost",
    "port",
    "userinfo",
    "idn",
    "short-link",
    "public-suffix",
    "trusted-match",
    "trusted-list",
    "path-scope",
    "icp",
    "ownership-file",
    "oauth-appid",
    "oauth-scope",
];

impl Rule {
    fn new(id: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self { id, status, message: message.into(), fix: None, basis: None, undecided: false }
    }

    fn pass(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Status::Pass, message)
    }

    fn fail(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Status::Fail, message)
    }

    fn warn(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Status::Warn, message)
    }

    fn skip(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Status::Skip, message)
    }

    /// A rule that the sources leave open.
    fn undecided(id: &'static str, message: impl Into<String>) -> Self {
        Self { undecided: true, ..Self::new(id, Status::Warn, message) }
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    fn basis(mut self, basis: &'static str) -> Self {
        self.basis = Some(basis);
        self
    }
}

/// Applies every rule to one address.
pub fn check(query: &Query, lang: Lang) -> Answer {
    let Some(link) = authorize::take_apart(query.url) else {
        let Some(read_as) = page::bare_host(query.url) else {
            return answer(query, rules::of_page(query, lang));
        };
        let page = Query { url: &read_as, ..*query };
        let mut outcome = rules::of_page(&page, lang);
        outcome.note_bare_host(&read_as, lang);
        return Answer { url: query.url.to_owned(), ..answer(&page, outcome) };
    };
    let redirect_uri = link.redirect_uri.clone().unwrap_or_default();
    let target = Query { url: &redirect_uri, purpose: Purpose::Oauth, ..*query };
    let mut outcome = if redirect_uri.is_empty() {
        rules::nothing_to_check(say_no_redirect_uri(lang))
    } else {
        rules::of_page(&target, lang)
    };
    outcome.set(authorize::oauth_appid(&link, query, lang));
    outcome.set(authorize::oauth_scope(&link, query, lang));
    // A menu button often holds such a link, and the link itself must fit.
    if let Some(too_long) = rules::menu_url_too_long(query, lang) {
        outcome.set(too_long);
    }
    Answer { url: query.url.to_owned(), redirect_uri: link.redirect_uri, ..answer(&target, outcome) }
}

/// The platform that an authorize link speaks of; `None` for any other address.
pub fn platform_of_link(url: &str) -> Option<Platform> {
    authorize::take_apart(url)?.platform()
}

/// Where an authorize link sends the code, decoded once; `None` for any other address.
pub fn redirect_uri_of_link(url: &str) -> Option<String> {
    authorize::take_apart(url)?.redirect_uri
}

fn say_no_redirect_uri(lang: Lang) -> &'static str {
    lang.pick(
        "授权链接里没有 redirect_uri，没有可检查的地址",
        "the link has no redirect_uri, so there is no address to check",
    )
}

fn answer(query: &Query, outcome: rules::Outcome) -> Answer {
    let compared = !query.entries.is_empty();
    // A menu's url is compared with no list; a link without a page has nothing to compare.
    let compared = compared || query.purpose == Purpose::Menu;
    let verdict = if outcome.rules.iter().any(|rule| rule.status == Status::Fail) {
        Verdict::Fail
    } else if outcome.rules.iter().any(|rule| rule.undecided) || !compared {
        Verdict::Unknown
    } else {
        Verdict::Pass
    };
    Answer {
        url: query.url.to_owned(),
        host: outcome.host,
        host_unicode: outcome.host_unicode,
        redirect_uri: None,
        purpose: query.purpose,
        platform: query.platform,
        verdict,
        rules: outcome.rules,
        compared: !query.entries.is_empty() && query.purpose != Purpose::Menu,
        opened: outcome.opened,
        ownership_folder: outcome.ownership_folder,
    }
}
