//! `GET /token` and `GET /ticket`: this cache for programs in other languages, with `--share`.
//!
//! In: a request with the bearer key. Out: the `--json` documents of `token` and `ticket`. The key
//! is compared in constant time; without `--share` the paths do not exist.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Shared;
use super::refusal::{Refusal, not_found};
use crate::secret::Secret;

/// `GET /token`.
pub(super) async fn token(State(site): State<Shared>, headers: HeaderMap) -> Response {
    let Some(key) = &site.options.key else { return not_found().await.into_response() };
    if !holds(&headers, key) {
        return unauthorized();
    }
    not_found().await.into_response()
}

/// `GET /ticket?kind=`.
pub(super) async fn ticket(
    State(site): State<Shared>,
    headers: HeaderMap,
    RawQuery(_query): RawQuery,
) -> Response {
    let Some(key) = &site.options.key else { return not_found().await.into_response() };
    if !holds(&headers, key) {
        return unauthorized();
    }
    not_found().await.into_response()
}

/// Whether the request carries the key. Digests are compared, so that not even its length shows.
fn holds(headers: &HeaderMap, key: &Secret) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let Some((scheme, given)) = given.split_at_checked(7) else { return false };
    scheme.eq_ignore_ascii_case(b"bearer ")
        && bool::from(Sha256::digest(given).ct_eq(&Sha256::digest(key.reveal().as_bytes())))
}

fn unauthorized() -> Response {
    let refusal = Refusal::new(
        StatusCode::UNAUTHORIZED,
        "the key is missing or wrong",
        "send Authorization: Bearer KEY, the key that serve --share was started with",
    );
    let mut response = refusal.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}
