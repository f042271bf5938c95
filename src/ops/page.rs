//! What the phone would see, without the phone: the use case behind `page`.
//!
//! In: a [`Request`]: the page's address, the clients, what to do on it, the tickets at hand. Out: a
//! [`Report`], the `--json` document of the command. One browser is started; each client opens the page
//! in a context of its own, all at once.
//!
//! ```text
//! Request ─► browser ─► visit (one a client): events ─► recorded calls ─► judge ─► ClientReport
//!                          ▲                               │
//!                          └──── answers of the bridge ◄───┘
//! ```

mod account;
mod bridge;
mod client;
mod finding;
mod hide;
mod judge;
mod names;
mod program;
mod signing;
mod visit;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

pub use account::account;
pub use client::Client;
pub use finding::Finding;
pub use judge::Verdict;
pub use program::{Address, browser_options};
pub use signing::SigningRequest;

use crate::address;
use crate::both;
use crate::browser::{self, Browser};
use crate::domain::Purpose;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::secret::Secret;
use crate::signature::Kind;

/// What to open, as which client, and what to do there.
pub struct Request<'a> {
    /// The page's address.
    pub url: String,
    /// The clients, each once.
    pub clients: Vec<Client>,
    /// The page is opened from a shared link.
    pub shared: bool,
    /// What is done after the page is there, in this order.
    pub steps: Vec<Step>,
    /// How long to wait for the page to settle, at least.
    pub wait: Option<Duration>,
    /// A picture of the page at the end; one for each client if there are several.
    pub screenshot: Option<PathBuf>,
    /// The browser.
    pub browser: browser::Options,
    /// What the profile knows of the account.
    pub account: Account,
    /// Unix seconds.
    pub now: u64,
    /// The language of the texts.
    pub lang: Lang,
    /// Whether the run is to end.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// What is done right now, for a terminal.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

/// One thing done on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A change of the route inside the page, without a page load.
    Go(String),
    /// A click on the first element of a CSS selector.
    Click(String),
}

/// The account that the page belongs to, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Its id.
    pub app_id: Option<String>,
    /// The tickets at hand, the one that counts first.
    pub tickets: Vec<Ticket>,
    /// The entries of the console's list of trusted domains.
    pub trusted_domains: Vec<String>,
    /// A test account: localhost, ports and addresses are allowed.
    pub sandbox: bool,
}

/// A ticket, or a token that may have been signed in its place.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The value.
    pub value: Secret,
    /// The kind it signs; `None` for an access token.
    pub kind: Option<Kind>,
    /// Given by hand: it stands for every kind until a signature shows which one it is.
    pub given: bool,
    /// It came from the cache, so it is never shown.
    pub from_cache: bool,
    /// When it ends, in Unix seconds.
    pub expires_at: Option<u64>,
}

impl Ticket {
    /// Whether a signature of this kind is made with it. Cards and invoices share one ticket.
    pub fn is_for(&self, kind: Kind) -> bool {
        let family = |kind: Kind| match kind {
            Kind::CardExt | Kind::Invoice => Kind::Card,
            kind => kind,
        };
        match self.kind {
            Some(own) => family(own) == family(kind),
            None => self.given,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The page's address as given.
    pub url: String,
    /// One for each client.
    pub clients: Vec<ClientReport>,
    /// `fits`, `refused` or `incomplete`.
    pub verdict: &'static str,
    /// Notes about the run itself.
    #[serde(skip)]
    pub notes: Vec<Both>,
}

/// What one client saw.
#[derive(Clone, Debug, Serialize)]
pub struct ClientReport {
    /// Which.
    pub client: Client,
    /// The address first opened, after redirects.
    pub landing: String,
    /// `fits`, `refused` or `incomplete`.
    pub verdict: &'static str,
    /// Each signature that reached the bridge, in order.
    pub configs: Vec<Config>,
    /// The requests for a signature.
    pub requests: Vec<SigningRequest>,
    /// The APIs that the page called.
    pub apis: Vec<Api>,
    /// What else was found, the likeliest cause first.
    pub errors: Vec<Finding>,
}

/// A signature that reached the bridge, and what the client says to it.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    /// `wx.config`, `wx.agentConfig`, `ww.register`, `wx.addCard` …
    pub call: &'static str,
    /// Milliseconds after the page was opened.
    pub at: u64,
    /// The address that the client checks.
    pub checked_url: String,
    /// The page's address at that moment.
    pub page_url: String,
    /// The fields of `verify`.
    #[serde(flatten)]
    pub verified: Map<String, Value>,
    /// The first mistake, for people: id, what happened, what to do.
    #[serde(skip)]
    pub first: Option<[String; 3]>,
}

/// An API that the page called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Api {
    /// Its name in the documents.
    pub name: String,
    /// Milliseconds after the page was opened.
    pub at: u64,
    /// Whether the config asked for it.
    pub listed: bool,
    /// Whether the config had been accepted.
    pub ready: bool,
}

/// Opens the page as every client.
pub fn run(request: &Request<'_>) -> Result<Report, Failure> {
    let scheme = request.url.split("://").next().unwrap_or_default().to_ascii_lowercase();
    if !request.url.contains("://") || !["http", "https"].contains(&scheme.as_str()) {
        let url = address::without_password(&request.url);
        return Err(Failure::usage(both!("`{url}` 不是网页地址", "`{url}` is not the address of a page"))
            .hint("wecheck page https://m.example.com/"));
    }
    let browser = Browser::start(&request.browser, &|| (request.stop)())?;
    let mut notes = Vec::new();
    if browser.no_sandbox {
        notes.push(both!(
            "浏览器没有用沙箱（以 root 运行，或沙箱启动不了）：只打开自己的页面",
            "the browser runs without its sandbox (as root, or it cannot start): open your own pages only"
        ));
    }
    let several = request.clients.len() > 1;
    let reports: Vec<Result<ClientReport, Failure>> = std::thread::scope(|scope| {
        let visits = request.clients.iter().map(|client| {
            let browser = &browser;
            let visit = move || visit::visit(browser, request, *client, several);
            std::thread::Builder::new().spawn_scoped(scope, visit).map_err(|error| Failure::no_thread(&error))
        });
        let visits: Vec<_> = visits.collect();
        let ended =
            || Failure::new(crate::failure::Kind::Bug, both!("检查意外中止", "the check ended unexpectedly"));
        visits.into_iter().map(|visit| visit?.join().unwrap_or_else(|_| Err(ended()))).collect()
    });
    browser.close();
    if (request.stop)() {
        return Err(Failure::new(crate::failure::Kind::Interrupted, both!("已中断", "interrupted")));
    }
    let mut clients = reports.into_iter().collect::<Result<Vec<ClientReport>, Failure>>()?;
    for client in &mut clients {
        hide::hide(client, &request.account);
    }
    let any = |verdict: Verdict| clients.iter().any(|client| client.verdict == verdict.name());
    let verdict = if any(Verdict::Refused) {
        Verdict::Refused
    } else if any(Verdict::Incomplete) {
        Verdict::Incomplete
    } else {
        Verdict::Fits
    };
    Ok(Report { url: request.url.clone(), clients, verdict: verdict.name(), notes })
}

/// The address that a link in a chat opens: sharing adds parameters before the fragment.
fn shared(url: &str) -> String {
    let (page, fragment) = url.split_once('#').map_or((url, None), |(page, part)| (page, Some(part)));
    let joint = if page.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|part| format!("#{part}")).unwrap_or_default();
    format!("{page}{joint}from=singlemessage&isappinstalled=0{fragment}")
}

/// Why the page's host is refused, if the profile has a list of trusted domains.
fn refused_host(request: &Request<'_>, client: Client, url: &str) -> Option<Finding> {
    let account = &request.account;
    if account.trusted_domains.is_empty() || address::is_loopback(url) {
        return None;
    }
    let query = crate::domain::Query {
        url,
        purpose: Purpose::Jsapi,
        platform: client.platform(),
        entries: &account.trusted_domains,
        sandbox: account.sandbox,
        app_id: account.app_id.as_deref(),
        verify_file: None,
    };
    let answer = crate::domain::check(&query, request.lang);
    let rule = answer.rules.iter().find(|rule| rule.status == crate::domain::Status::Fail)?;
    let detail = format!("{}: {}", rule.id, rule.message);
    Some(Finding::new("page-domain", &detail, request.lang))
}

/// A finding's title for people, by its id.
fn title_of(id: &str, lang: Lang) -> String {
    crate::findings::find(id).map_or_else(|| id.to_owned(), |entry| entry.title.get(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sharing_adds_its_parameters_before_the_fragment() {
        assert_eq!(shared("https://a.b/c"), "https://a.b/c?from=singlemessage&isappinstalled=0");
        assert_eq!(
            shared("https://a.b/c?d=1#/e"),
            "https://a.b/c?d=1&from=singlemessage&isappinstalled=0#/e"
        );
    }
}
