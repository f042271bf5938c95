//! `GET /sign`: the payload of `sign` for a page of the running profile. Never the ticket.
//!
//! In: the page's url and a kind. Out: what `wx.config` and its relatives take. The ticket is kept
//! in memory until it is due, so that a request costs one hash; who needs a new one at the same
//! time waits for the one that fetches it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::{Host, Url, form_urlencoded};

use super::Shared;
use super::refusal::Refusal;
use crate::cache::Origin;
use crate::command::sign::Payload;
use crate::config::{Profile, REFRESH_MARGIN};
use crate::credentials::{Obtained, ticket_for};
use crate::failure::Failure;
use crate::nearest::nearest;
use crate::output::shortened;
use crate::signature::{Fields, Kind};

/// After so long the cache is looked at again: another process may have replaced the ticket.
/// Seconds.
const LOOK_AGAIN: u64 = 30;
/// A failure is told to everyone who asks within this time. Seconds.
const SHARE_FAILURE: u64 = 2;

const PARAMETERS: [&str; 9] =
    ["url", "kind", "card-id", "card-type", "location-id", "code", "openid", "balance", "outer-str"];

/// The tickets in memory, one a kind.
#[derive(Default)]
pub(super) struct Tickets {
    kept: Mutex<HashMap<Kind, Arc<Kept>>>,
    fetching: tokio::sync::Mutex<()>,
}

/// A ticket, or why there is none, until it is looked for again.
struct Kept {
    ticket: Result<Obtained, Failure>,
    look_again_at: u64,
}

impl Tickets {
    fn fresh(&self, kind: Kind, now: u64) -> Option<Arc<Kept>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&kind).filter(|kept| now < kept.look_again_at).cloned()
    }
}

/// What a query asks for.
struct Wanted {
    kind: Kind,
    fields: Fields,
    outer_str: Option<String>,
}

pub(super) async fn sign(State(site): State<Shared>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let wanted = parse(query.as_deref().unwrap_or_default())?;
    let Some(profile) = &site.options.profile else {
        return Err(Failure::config("there is no profile to sign for").hint("wecheck config init").into());
    };
    if !is_trusted(&wanted.fields.url, profile, &site.options.pages) {
        return Err(untrusted(&wanted.fields.url));
    }
    let now = site.context.env.now();
    let kept = match site.tickets.fresh(wanted.kind, now) {
        Some(kept) => kept,
        None => fetch(&site, profile, wanted.kind).await,
    };
    let ticket = kept.ticket.as_ref().map_err(|failure| Refusal::from(failure.clone()))?;
    let payload = Payload { kind: wanted.kind, fields: wanted.fields, outer_str: wanted.outer_str };
    Ok(Json(payload.sign(ticket, profile, now)?).into_response())
}

/// Looks for the ticket in the cache, or has it fetched; one request does, the others wait.
async fn fetch(site: &Shared, profile: &Profile, kind: Kind) -> Arc<Kept> {
    let tickets = &site.tickets;
    let _turn = tickets.fetching.lock().await;
    let now = site.context.env.now();
    if let Some(kept) = tickets.fresh(kind, now) {
        return kept;
    }
    let (worker, owner) = (site.clone(), profile.clone());
    let found = tokio::task::spawn_blocking(move || ticket_for(&worker.context, &owner, kind));
    let found = found.await.unwrap_or_else(|_| Err(Refusal::bug().failure));
    let outcome = found.as_ref().map_or("failed", |ticket| match ticket.source {
        Origin::Cache => "cache",
        Origin::Upstream => "upstream",
    });
    site.metrics.ticket(kind.name(), outcome);
    let margin = site.context.settings().map_or(REFRESH_MARGIN, |settings| settings.cache.refresh_margin);
    let now = site.context.env.now();
    let mut kept = tickets.kept.lock().unwrap_or_else(PoisonError::into_inner);
    let before = kept
        .get(&kind)
        .and_then(|kept| kept.ticket.as_ref().ok())
        .filter(|old| old.expires_at.is_some_and(|end| end > now));
    let entry = Arc::new(match (found, before) {
        // A ticket that has not ended serves on where no other can be had.
        (Err(_), Some(old)) => Kept { ticket: Ok(old.clone()), look_again_at: now + SHARE_FAILURE },
        (Ok(ticket), _) => {
            let old_at = ticket.expires_at.map_or(u64::MAX, |end| end.saturating_sub(margin));
            let look_again_at = old_at.clamp(now + SHARE_FAILURE, now + LOOK_AGAIN);
            Kept { ticket: Ok(ticket), look_again_at }
        }
        (Err(failure), None) => Kept { ticket: Err(failure), look_again_at: now + SHARE_FAILURE },
    });
    kept.insert(kind, entry.clone());
    entry
}

fn parse(query: &str) -> Result<Wanted, Failure> {
    let mut wanted = Wanted { kind: Kind::default(), fields: Fields::default(), outer_str: None };
    let mut url = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.into_owned();
        let fields = &mut wanted.fields;
        match name.replace('_', "-").as_str() {
            "url" if url.is_some() => {
                return Err(Failure::usage("there are two url parameters").hint(
                    "one request a page: '/sign?url=' + encodeURIComponent(location.href.split('#')[0])",
                ));
            }
            "url" => url = Some(value),
            "kind" => {
                wanted.kind = Kind::from_name(&value).ok_or_else(|| {
                    let names = Kind::ALL.map(Kind::name);
                    let near = nearest(&value, names)
                        .map_or_else(|| names.join(", "), |near| format!("kind={near}"));
                    Failure::usage(format!("there is no kind `{}`", shortened(&value, 40))).hint(near)
                })?;
            }
            "card-id" => fields.card_id = Some(value),
            "card-type" => fields.card_type = Some(value),
            "location-id" => fields.location_id = Some(value),
            "code" => fields.code = Some(value),
            "openid" => fields.openid = Some(value),
            "balance" => fields.balance = Some(value),
            "outer-str" => wanted.outer_str = Some(value),
            // jQuery adds the first one against caches; the other is the same everywhere.
            "-" | "lang" | "" => {}
            // Most likely the page's own query: the signature would be made of half its address.
            other => {
                let known = PARAMETERS.join(", ");
                let what = format!("`{}` is no parameter of /sign ({known})", shortened(other, 40));
                return Err(Failure::usage(what).hint(
                    "encode the page's url: '/sign?url=' + encodeURIComponent(location.href.split('#')[0])",
                ));
            }
        }
    }
    wanted.fields.url = url.ok_or_else(|| {
        Failure::usage("there is no url to sign for")
            .hint("'/sign?url=' + encodeURIComponent(location.href.split('#')[0])")
    })?;
    Ok(wanted)
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
        let what = format!("the url `{}` names no page", shortened(page, 100));
        return Refusal::new(
            StatusCode::BAD_REQUEST,
            what,
            "'/sign?url=' + encodeURIComponent(location.href.split('#')[0])",
        );
    };
    let host = shortened(&host, 100).into_owned();
    Refusal::new(
        StatusCode::FORBIDDEN,
        format!("`{host}` is no trusted domain of this profile"),
        format!("add it to trusted_domains, or wecheck serve --allow-page {host}"),
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
                .is_ok_and(|w| w.fields.url == "https://a/?x=1&y=2")
        );
        let failure = parse("url=https://a/?x=1&y=2").err().expect("a refusal");
        assert!(failure.fix.is_some_and(|fix| fix.en.contains("encodeURIComponent")), "{}", failure.message);
    }
}
