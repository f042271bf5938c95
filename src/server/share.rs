//! `GET /token` and `GET /ticket`: this cache for programs in other languages, with `--share`.
//!
//! In: a request with the bearer key. Out: the `--json` documents of `token` and `ticket`. The key
//! is compared in constant time; without `--share` the paths do not exist.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::Shared;
use super::refusal::{Refusal, not_found};
use crate::ops::request::of_pairs;
use crate::ops::token;
use crate::secret::Secret;

/// `GET /token`, and `?if-current=FINGERPRINT` after WeChat refused one.
pub(super) async fn token(
    State(site): State<Shared>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let parameters = parameters(&site, &headers, query.as_deref()).await?;
    let request = of_pairs(parameters)?;
    let lang = site.context.lang;
    Ok(Json(site.blocking(lang, move |_, context| token::token(&request, context)).await?).into_response())
}

/// `GET /ticket?kind=…`.
pub(super) async fn ticket(
    State(site): State<Shared>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let parameters = parameters(&site, &headers, query.as_deref()).await?;
    let request = of_pairs(parameters)?;
    let lang = site.context.lang;
    Ok(Json(site.blocking(lang, move |_, context| token::ticket(&request, context)).await?).into_response())
}

/// The query's parameters, for a request that carries the key.
async fn parameters(
    site: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Vec<(String, String)>, Refusal> {
    let Some(key) = &site.options.key else { return Err(not_found().await) };
    if !holds(headers, key) {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "the key is missing or wrong",
            "send Authorization: Bearer KEY, the key that serve --share was started with",
        ));
    }
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    Ok(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

/// Whether the request carries the key. Digests are compared, so that not even its length shows.
fn holds(headers: &HeaderMap, key: &Secret) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let Some((scheme, given)) = given.split_at_checked(7) else { return false };
    scheme.eq_ignore_ascii_case(b"bearer ")
        && bool::from(Sha256::digest(given).ct_eq(&Sha256::digest(key.reveal().as_bytes())))
}
