//! `GET /token` and `GET /ticket`: this cache for programs in other languages, with `--share`.
//!
//! In: a request with the bearer key. Out: the `--json` documents of `token` and `ticket`. The key
//! is compared in constant time; without `--share` the paths do not exist.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::document::Document;
use super::refusal::{Refusal, not_found};
use super::seats::{Peer, Seated};
use super::{Shared, body};
use crate::both;
use crate::lang::Lang;
use crate::ops::request::of_pairs;
use crate::ops::token;
use crate::secret::Secret;

/// Between two keys of an address that sent a wrong one.
const PAUSE: Duration = Duration::from_millis(500);
/// Who would have to wait longer is refused.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Addresses that are remembered.
const MOST_ADDRESSES: usize = 1024;

/// `GET /token`, and `?if-current=FINGERPRINT` after WeChat refused one.
pub(super) async fn token(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let (parameters, lang) = parameters(&site, request).await?;
    let request = of_pairs(parameters)?;
    Ok(Document(site.blocking(lang, move |_, context| token::token(&request, context)).await?)
        .into_response())
}

/// `GET /ticket?kind=…`.
pub(super) async fn ticket(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let (parameters, lang) = parameters(&site, request).await?;
    let request = of_pairs(parameters)?;
    Ok(Document(site.blocking(lang, move |_, context| token::ticket(&request, context)).await?)
        .into_response())
}

/// The query's parameters and the language, for a request that carries the key.
async fn parameters(site: &Shared, request: Request) -> Result<(Vec<(String, String)>, Lang), Refusal> {
    let Some(key) = &site.options.key else { return Err(not_found().await) };
    let (parts, _) = request.into_parts();
    let peer = parts.extensions.get::<Peer>().map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0);
    let seat = parts.extensions.get::<Seated>();
    match site.misses.turn(peer) {
        Turn::Now => {}
        Turn::After(pause) => {
            // Who waits here can be asked to leave, so that guesses take no one's place.
            if let Some(Seated(seat)) = seat {
                seat.waits();
            }
            tokio::time::sleep(pause).await;
            if let Some(Seated(seat)) = seat {
                seat.answers();
            }
        }
        Turn::Refused => {
            return Err(Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                both!("这个地址试错的 key 太多了", "this address tried too many wrong keys"),
                both!("等一分钟再用正确的 key 请求", "wait a minute, then ask with the right key"),
            ));
        }
    }
    if !holds(&parts.headers, key) {
        site.misses.missed(peer);
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            both!("没有带 key，或者 key 不对", "the key is missing or wrong"),
            both!(
                "带上 Authorization: Bearer KEY，KEY 是启动 serve --share 时用的那个",
                "send Authorization: Bearer KEY, the key that serve --share was started with"
            ),
        ));
    }
    site.misses.forget(peer);
    let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let pairs = pairs.filter(|(name, _)| name != "lang");
    let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Ok((pairs, body::lang(&parts, site.context.lang)))
}

/// The addresses that sent wrong keys, and how long each has to wait.
#[derive(Default)]
pub(super) struct Misses {
    of: Mutex<HashMap<IpAddr, Miss>>,
}

#[derive(Clone, Copy)]
struct Miss {
    /// When the next key of this address is looked at.
    next: Instant,
}

/// When a key is looked at.
enum Turn {
    Now,
    After(Duration),
    Refused,
}

impl Misses {
    /// After a miss, the keys of an address are looked at one after the other.
    fn turn(&self, peer: IpAddr) -> Turn {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Some(miss) = of.get_mut(&peer) else { return Turn::Now };
        let wait = miss.next.saturating_duration_since(now);
        if wait > LONGEST_PAUSE {
            return Turn::Refused;
        }
        miss.next = miss.next.max(now) + PAUSE;
        if wait.is_zero() { Turn::Now } else { Turn::After(wait) }
    }

    fn missed(&self, peer: IpAddr) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if of.len() >= MOST_ADDRESSES {
            of.retain(|_, miss| miss.next > now);
        }
        // Where very many addresses guess, those that are not kept find the key no sooner: a key has
        // 16 characters or more.
        if of.len() < MOST_ADDRESSES {
            let miss = of.entry(peer).or_insert(Miss { next: now });
            miss.next = miss.next.max(now + PAUSE);
        }
    }

    fn forget(&self, peer: IpAddr) {
        self.of.lock().unwrap_or_else(PoisonError::into_inner).remove(&peer);
    }
}

/// Whether the request carries the key. Digests are compared, so that not even its length shows.
fn holds(headers: &HeaderMap, key: &Secret) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let Some((scheme, given)) = given.split_at_checked(7) else { return false };
    scheme.eq_ignore_ascii_case(b"bearer ")
        && bool::from(Sha256::digest(given).ct_eq(&Sha256::digest(key.reveal().as_bytes())))
}
