//! `GET /sign`: the payload of `sign` for a page of the running profile. Never the ticket.
//!
//! In: the page's url and a kind. Out: what `wx.config` and its relatives take. The ticket is kept
//! in memory until it is due, so that a request costs one hash; who needs a new one at the same
//! time waits for the one that fetches it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::{Host, Url, form_urlencoded};

use super::Shared;
use super::document::Document;
use super::refusal::Refusal;
use super::worker;
use crate::both;
use crate::cache::Origin;
use crate::config::{Profile, REFRESH_MARGIN};
use crate::credentials::{Served, ticket_for};
use crate::failure::Failure;
use crate::lang::Both;
use crate::ops;
use crate::ops::request::{field_of_key, of_pairs};
use crate::ops::sign::{Request, Signed, url_fault};
use crate::output::shortened;
use crate::signature::Kind;

/// After so long the cache is looked at again: another process may have replaced the ticket.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// A failure is shared with everyone who asks within this time.
const SHARE_FAILURE: Duration = Duration::from_secs(2);

/// How a page asks.
const ENCODE: &str = "'/sign?url=' + encodeURIComponent(location.href.split('#')[0])";

const PARAMETERS: [&str; 9] =
    ["url", "kind", "card-id", "card-type", "location-id", "code", "openid", "balance", "outer-str"];

/// The tickets in memory, one a kind.
#[derive(Default)]
pub(super) struct Tickets {
    kept: Mutex<HashMap<Kind, Arc<Kept>>>,
    /// A fetch of one kind does not wait for another's.
    fetching: [tokio::sync::Mutex<()>; Kind::ALL.len()],
}

/// A ticket, or why there is none, until it is looked for again.
struct Kept {
    ticket: Result<Served, Failure>,
    /// On a clock that no one can set back.
    look_again_at: Instant,
    /// When the ticket ends; `None` when a token server does not say.
    ends_at: Option<Instant>,
}

impl Tickets {
    fn fresh(&self, kind: Kind) -> Option<Arc<Kept>> {
        let now = Instant::now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&kind).filter(|kept| now < kept.look_again_at).cloned()
    }
}

pub(super) async fn sign(State(site): State<Shared>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let request = parse(query.as_deref().unwrap_or_default())?;
    let Some(profile) = &site.options.profile else {
        return Err(Failure::config(both!("没有可用来签名的 profile", "there is no profile to sign for"))
            .hint(Both::same("wecheck config init"))
            .into());
    };
    let (kind, url) = (request.kind.unwrap_or_default(), request.url.clone().unwrap_or_default());
    if !is_trusted(&url, profile, &site.options.pages) {
        return Err(untrusted(&url));
    }
    if let Some(what) = url_fault(&url) {
        return Err(Failure::usage(what).hint(ENCODE).into());
    }
    let now = site.context.env.now();
    let kept = match site.tickets.fresh(kind) {
        Some(kept) => kept,
        None => fetch(&site, profile, kind).await,
    };
    let request = Request { url: kind.signs_url().then_some(url), ..request };
    let signed = ops::sign::sign(request, Some(profile), now, &mut |_| kept.ticket.clone())?;
    // Where the ticket came from is not the page's business.
    Ok(Document(Signed { ticket: None, ..signed }).into_response())
}

/// Looks for the ticket in the cache, or has it fetched; one request does, the others wait.
async fn fetch(site: &Shared, profile: &Profile, kind: Kind) -> Arc<Kept> {
    let tickets = &site.tickets;
    let place = Kind::ALL.iter().position(|one| *one == kind).unwrap_or_default();
    let _turn = tickets.fetching[place].lock().await;
    if let Some(kept) = tickets.fresh(kind) {
        return kept;
    }
    let (worker, owner) = (site.clone(), profile.clone());
    let found = worker::beside(move || ticket_for(&worker.context, &owner, kind));
    let found = found.await.and_then(|found| found);
    let outcome = found.as_ref().map_or("failed", |ticket| match ticket.source {
        Origin::Cache => "cache",
        Origin::Upstream => "upstream",
    });
    site.metrics.ticket(kind.name(), outcome);
    let margin = site.context.settings().map_or(REFRESH_MARGIN, |settings| settings.cache.refresh_margin);
    let now = Instant::now();
    let mut kept = tickets.kept.lock().unwrap_or_else(PoisonError::into_inner);
    let before = kept
        .get(&kind)
        .filter(|kept| kept.ends_at.is_some_and(|end| end > now))
        .and_then(|kept| Some((kept.ticket.as_ref().ok()?.clone(), kept.ends_at)));
    let soon = now + SHARE_FAILURE;
    let entry = Arc::new(match (found, before) {
        // A ticket that has not ended serves on when no other can be had.
        (Err(_), Some((old, ends_at))) => Kept { ticket: Ok(old), look_again_at: soon, ends_at },
        (Ok(ticket), _) => {
            let left = ticket.expires_in.map_or(LOOK_AGAIN, |left| {
                Duration::from_secs(left.saturating_sub(margin)).clamp(SHARE_FAILURE, LOOK_AGAIN)
            });
            let ends_at = ticket.expires_in.and_then(|left| now.checked_add(Duration::from_secs(left)));
            Kept { ticket: Ok(ticket), look_again_at: now + left, ends_at }
        }
        (Err(failure), None) => Kept { ticket: Err(failure), look_again_at: soon, ends_at: None },
    });
    kept.insert(kind, entry.clone());
    entry
}

fn parse(query: &str) -> Result<Request, Failure> {
    let mut pairs = Vec::new();
    let mut has_url = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // jQuery adds the first one against caches; `lang` is the same everywhere.
        if matches!(name.as_ref(), "_" | "lang" | "") {
            continue;
        }
        let Some(name) = field_of_key(&name, &PARAMETERS) else {
            // Most likely the page's own query: the signature would be made of half its address.
            let (other, known) = (shortened(&name, 40).into_owned(), PARAMETERS.join(", "));
            return Err(Failure::usage(both!(
                "`{other}` 不是 /sign 的参数（{known}）",
                "`{other}` is not a parameter of /sign ({known})"
            ))
            .hint(ENCODE));
        };
        if name == "url" && std::mem::replace(&mut has_url, true) {
            return Err(Failure::usage(both!("有两个 url 参数", "there are two url parameters")).hint(ENCODE));
        }
        pairs.push((name.to_owned(), value.into_owned()));
    }
    if !has_url {
        return Err(Failure::usage(both!("没有要签名的 url", "there is no url to sign for")).hint(ENCODE));
    }
    let request: Request = of_pairs(pairs)?;
    let kind = request.kind.unwrap_or_default();
    if kind.signs_url() && (request.has_card_value() || request.outer_str.is_some()) {
        let name = kind.name();
        return Err(Failure::usage(both!(
            "`{name}` 类签名没有卡券参数：页面地址多半没有整体编码",
            "kind `{name}` has no card parameters: the page's address is most likely not encoded as a whole"
        ))
        .hint(ENCODE));
    }
    Ok(request)
}

/// Whether a page is on this machine, on one of the profile's trusted domains, or allowed by flag.
pub(super) fn is_trusted(page: &str, profile: &Profile, pages: &[String]) -> bool {
    // The browser's reading decides: it is what would open the page.
    let Ok(url) = Url::parse(page) else { return false };
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    let host = match url.host() {
        Some(Host::Domain(host)) => host.trim_end_matches('.'),
        Some(Host::Ipv4(ip)) if IpAddr::from(ip).is_loopback() => return true,
        Some(Host::Ipv6(ip)) if IpAddr::from(ip).is_loopback() => return true,
        _ => url.host_str().unwrap_or_default(),
    };
    host == "localhost"
        || host.ends_with(".localhost")
        || pages.iter().any(|page| page == host)
        || profile.trusted_domains.iter().any(|entry| covers(entry, host, url.path()))
}

/// Whether an entry of `trusted_domains` names this host, and the folder of this path if it names one.
fn covers(entry: &str, host: &str, path: &str) -> bool {
    let entry = entry.trim();
    let with_scheme = if entry.contains("://") { entry.to_owned() } else { format!("https://{entry}") };
    let Ok(entry) = Url::parse(&with_scheme) else { return false };
    let folder = entry.path().trim_end_matches('/');
    entry.host_str() == Some(host)
        && path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn untrusted(page: &str) -> Refusal {
    let Some(host) = Url::parse(page).ok().and_then(|url| url.host_str().map(str::to_owned)) else {
        let page = shortened(page, 100);
        let what = both!("url `{page}` 不是页面地址", "the url `{page}` does not name a page");
        return Refusal::new(StatusCode::BAD_REQUEST, what, ENCODE);
    };
    let host = shortened(&host, 100).into_owned();
    Refusal::new(
        StatusCode::FORBIDDEN,
        both!("`{host}` 不在这份配置的可信域名里", "`{host}` is not a trusted domain of this profile"),
        both!(
            "加到 trusted_domains，或用 wecheck serve --allow-page {host}",
            "add it to trusted_domains, or wecheck serve --allow-page {host}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_profile_s_own_pages_are_signed_for() {
        let profile = Profile {
            trusted_domains: vec!["m.example.com".into(), "Work.Example.com/app/".into(), "例子.com".into()],
            ..Profile::default()
        };
        let pages = ["dev.example.org".to_owned()];
        for page in [
            "https://m.example.com/a?b#c",
            "http://M.EXAMPLE.com:8080/",
            "https://m.example.com./",
            "https://work.example.com/app/x",
            "https://work.example.com/app",
            "https://xn--fsqu00a.com/",
            "https://dev.example.org/",
            "http://localhost:5173/",
            "http://app.localhost/",
            "http://127.0.0.1/",
            "http://[::1]:1/",
        ] {
            assert!(is_trusted(page, &profile, &pages), "{page}");
        }
        for page in [
            "https://evil.com/",
            "https://m.example.com.evil.com/",
            "https://evil-m.example.com/",
            "https://sub.m.example.com/",
            "https://m.example.com@evil.com/",
            "https://evil.com/?m.example.com",
            "https://evil.com\\@m.example.com/",
            "https://work.example.com/apple",
            "https://work.example.com/app/../admin",
            "https://10.0.0.1/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "m.example.com",
            "",
        ] {
            assert!(!is_trusted(page, &profile, &pages), "{page}");
        }
    }

    #[test]
    fn half_an_address_is_refused_with_the_way_to_send_a_whole_one() {
        assert!(
            parse("url=https%3A%2F%2Fa%2F%3Fx%3D1%26y%3D2&_=17")
                .is_ok_and(|w| w.url.as_deref() == Some("https://a/?x=1&y=2"))
        );
        let failure = parse("url=https://a/?x=1&y=2").expect_err("a refusal");
        assert!(failure.fix.is_some_and(|fix| fix.en.contains("encodeURIComponent")), "{}", failure.message);
    }
}
