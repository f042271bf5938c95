//! One entry of the admin console's list: what it says, what is wrong with it, what it covers.
//!
//! In: the entry's text, not trimmed, because the console stores it as typed. Out: an [`Entry`]
//! with its faults, and a [`Fit`] for a page. Which faults count depends on platform and purpose
//! (see `docs/reference.md`): a port, a path or an IP address is right in one place and wrong in another.

use url::{Host, Url};

use super::names::{self, Relation};
use super::page::{Page, split_port, unicode_form};
use super::{Purpose, Query};
use crate::platform::Platform;

/// An entry as it was read.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// The text as given.
    pub text: &'a str,
    /// The host, ASCII and lower case; empty if none can be read.
    pub host: String,
    /// The port it names.
    pub port: Option<u16>,
    /// The path it names, as a browser would write it; `None` for none or a lone `/`.
    pub path: Option<String>,
    /// What makes it unusable here.
    pub faults: Vec<Fault>,
}

/// What makes an entry unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Empty,
    Whitespace,
    Scheme,
    Userinfo,
    Query,
    Wildcard,
    Characters,
    Port,
    Path,
    Ip,
    Localhost,
    PublicSuffix,
    ShortLink,
}

/// How a page compares with one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub relation: Relation,
    /// One of the two hosts ends with a dot.
    pub dotted: bool,
    pub port: PortFit,
    pub path: PathFit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PortFit {
    Fits,
    /// No source says how the two compare.
    Unsure,
    Differs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathFit {
    /// The entry names no path, or its path does not count here.
    NotAsked,
    Under,
    /// The same text, but it ends inside a segment: `/mp` and `/mpx`, or `/mp/` and `/mp`.
    Boundary,
    /// The same but for the letter case.
    LetterCase,
    /// The same but for percent-encoding.
    Encoding,
    Outside,
}

/// How sure an answer is; ordered from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    No,
    Unsure,
    Yes,
}

impl Fit {
    /// Whether host and port fit.
    pub(super) fn host_level(self, purpose: Purpose) -> Level {
        let host = match self.relation {
            Relation::Same if self.dotted => Level::Unsure,
            Relation::Same => Level::Yes,
            Relation::Below if purpose == Purpose::Oauth => Level::No,
            Relation::Below => Level::Unsure,
            Relation::Above | Relation::Sibling | Relation::Stranger => Level::No,
        };
        let port = match self.port {
            PortFit::Fits => Level::Yes,
            PortFit::Unsure => Level::Unsure,
            PortFit::Differs => Level::No,
        };
        host.min(port)
    }

    /// Whether the path fits.
    pub(super) fn path_level(self) -> Level {
        match self.path {
            PathFit::NotAsked | PathFit::Under => Level::Yes,
            PathFit::Boundary | PathFit::LetterCase | PathFit::Encoding => Level::Unsure,
            PathFit::Outside => Level::No,
        }
    }

    /// Sorts the fits of several entries: the best comes last.
    pub(super) fn rank(self, purpose: Purpose) -> (Level, Level, u8, u8) {
        let host = self.host_level(purpose);
        let nearness = match self.relation {
            Relation::Same => 4,
            Relation::Below => 3,
            Relation::Above => 2,
            Relation::Sibling => 1,
            Relation::Stranger => 0,
        };
        (host.min(self.path_level()), host, nearness, u8::from(self.port == PortFit::Fits))
    }
}

impl<'a> Entry<'a> {
    pub(super) fn read(text: &'a str, query: &Query) -> Self {
        let mut entry = Self { text, host: String::new(), port: None, path: None, faults: Vec::new() };
        if text.is_empty() {
            entry.faults.push(Fault::Empty);
            return entry;
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            entry.faults.push(Fault::Whitespace);
        }
        let mut rest = text.trim();
        if let Some((_, after)) = rest.split_once("://") {
            entry.faults.push(Fault::Scheme);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("//") {
            entry.faults.push(Fault::Scheme);
            rest = after;
        }
        let authority_end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(authority_end);
        if authority.contains('@') {
            entry.faults.push(Fault::Userinfo);
        }
        entry.read_tail(tail, query);
        let (host, port) = split_port(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        if let Some(port) = port {
            entry.port = port.parse().ok().filter(|_| port.bytes().all(|b| b.is_ascii_digit()));
            if entry.port.is_none() || !port_may_be_there(query) {
                entry.faults.push(Fault::Port);
            }
        }
        entry.read_host(host, query);
        entry
    }

    fn read_tail(&mut self, tail: &str, query: &Query) {
        if tail.contains(['?', '#', '\\']) {
            self.faults.push(Fault::Query);
        }
        let path = &tail[..tail.find(['?', '#']).unwrap_or(tail.len())];
        if path.is_empty() || path == "/" {
            return;
        }
        // The same reading as the page's: dot segments resolved, other scripts encoded.
        self.path = Url::parse(&format!("http://h{path}")).ok().map(|url| url.path().to_owned());
        // On work a path has no meaning for the JS-SDK and is ignored for OAuth; the callback domain
        // of a test account takes none.
        let ignored = query.platform == Platform::Work && query.purpose == Purpose::Oauth;
        let allowed =
            query.platform == Platform::Mp && !(query.in_sandbox() && query.purpose == Purpose::Oauth);
        if !ignored && !allowed {
            self.faults.push(Fault::Path);
        }
    }

    fn read_host(&mut self, written: &str, query: &Query) {
        if written.contains('*') {
            self.faults.push(Fault::Wildcard);
            return;
        }
        match Host::parse(written) {
            Ok(Host::Domain(host)) => {
                let lower = written.to_lowercase();
                if !well_formed(&host) || (lower != host && lower != unicode_form(&host)) {
                    self.faults.push(Fault::Characters);
                }
                if is_localhost(&host) {
                    if !query.in_sandbox() {
                        self.faults.push(Fault::Localhost);
                    }
                } else if names::is_public_suffix(&host) {
                    self.faults.push(Fault::PublicSuffix);
                }
                if names::is_short_link(&host) {
                    self.faults.push(Fault::ShortLink);
                }
                self.host = host;
            }
            Ok(host) => {
                self.host = host.to_string();
                if !query.in_sandbox() {
                    self.faults.push(Fault::Ip);
                }
            }
            Err(_) => self.faults.push(Fault::Characters),
        }
    }

    /// Compares a page with this entry.
    pub(super) fn fit(&self, page: &Page, query: &Query) -> Fit {
        Fit {
            relation: if page.is_ip() || self.faults.contains(&Fault::Ip) {
                if page.host() == self.host { Relation::Same } else { Relation::Stranger }
            } else {
                names::relation(page.host(), &self.host)
            },
            dotted: page.host().ends_with('.') || self.host.ends_with('.'),
            port: self.port_fit(page, query),
            path: self.path_fit(page, query),
        }
    }

    fn port_fit(&self, page: &Page, query: &Query) -> PortFit {
        if !port_may_be_there(query) {
            // The page's port is judged by the rule `port`, the entry's is a fault.
            return PortFit::Fits;
        }
        match self.port {
            Some(port) if port == page.port() && !page.port_is_default() => PortFit::Fits,
            Some(port) if port == page.port() && query.in_sandbox() => PortFit::Fits,
            Some(port) if port == page.port() => PortFit::Unsure,
            None if page.port_is_default() => PortFit::Fits,
            None if query.in_sandbox() => PortFit::Unsure,
            _ => PortFit::Differs,
        }
    }

    fn path_fit(&self, page: &Page, query: &Query) -> PathFit {
        let Some(entry) = self.path.as_deref().filter(|_| query.platform == Platform::Mp) else {
            return PathFit::NotAsked;
        };
        let page = page.url.path();
        let whole = entry.trim_end_matches('/');
        if page == whole && whole == entry
            || page.strip_prefix(whole).is_some_and(|rest| rest.starts_with('/'))
        {
            return PathFit::Under;
        }
        if page.starts_with(whole) {
            return PathFit::Boundary;
        }
        let starts = |page: &str, entry: &str| page.starts_with(entry.trim_end_matches('/'));
        if starts(&page.to_lowercase(), &entry.to_lowercase()) {
            return PathFit::LetterCase;
        }
        let decoded = super::page::percent_decoded;
        if starts(&decoded(page).to_lowercase(), &decoded(entry).to_lowercase()) {
            return PathFit::Encoding;
        }
        PathFit::Outside
    }
}

/// Where an entry may carry a port: work OAuth (50001 speaks of one), and a test account.
fn port_may_be_there(query: &Query) -> bool {
    query.in_sandbox() || query.platform == Platform::Work && query.purpose == Purpose::Oauth
}

/// `localhost` and what lies below it.
pub(super) fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}

/// Letters, digits, `-` and `.` in labels of 1 to 63, together at most 253; one dot may end it.
pub(super) fn well_formed(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}
