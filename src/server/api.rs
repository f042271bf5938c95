//! `/api/…`: the `--json` documents of the commands.
//!
//! In: a body named as a command's long flags, or a query. Out: the command's own report struct as
//! JSON, in the language of `?lang=`, else of `Accept-Language`, else of the run.

use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

use super::refusal::Refusal;
use super::sign::is_trusted;
use super::{Shared, body};
use crate::both;
use crate::command::verify;
use crate::config::Profile;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::ops::domain_check::{self, Request};
use crate::ops::errcode;
use crate::ops::request::of_object;
use crate::platform::Platform;

/// The flags of `verify` that a request may give: none that reads a file or sends a request.
const VERIFY_FLAGS: &[&str] = &[
    "url",
    "signature",
    "kind",
    "ticket",
    "nonce",
    "timestamp",
    "app-id",
    "agent-id",
    "group-id",
    "card-id",
    "card-type",
    "location-id",
    "code",
    "openid",
    "balance",
    "platform",
    "page-url",
    "other-ticket",
    "deep",
];

/// A request may let the search go on for so long. Seconds.
const DEEPEST: u64 = 10;

/// `POST /api/verify`.
pub(super) async fn verify(
    State(site): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let lang = lang(query.as_deref(), &headers, site.context.lang);
    let mut object = body::object(&headers, body).await?;
    let text = match object.remove("from") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            return Err(Failure::usage("`from` takes a text").hint("paste the code as one string").into());
        }
    };
    let deep = object.get("deep").and_then(|deep| deep.as_u64().or_else(|| deep.as_str()?.parse().ok()));
    if deep.is_some_and(|seconds| seconds > DEEPEST) {
        let what = format!("a request searches for {DEEPEST} seconds at most");
        return Err(Failure::usage(what).hint("wecheck verify --deep SECONDS").into());
    }
    let args: verify::Args = body::flags(object, VERIFY_FLAGS, &[])?;
    let report = site
        .blocking(lang, move |site, context| {
            let options = &site.options;
            let may_sign = |page: &str| {
                options.profile.as_ref().is_some_and(|profile| is_trusted(page, profile, &options.pages))
            };
            let report = verify::verify(&args, text.as_deref(), &may_sign, context)?;
            // Without a signature there is nothing to compare, but the computed one is worth having.
            if report.missing.iter().all(|field| *field == "signature") || text.is_some() {
                return Ok(report);
            }
            Err(verify::nothing_to_check(None, &report.missing))
        })
        .await?;
    Ok(Json(report).into_response())
}

/// `GET /api/errcode?q=…&platform=…`.
pub(super) async fn explain(
    State(site): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let lang = lang(Some(&query), &headers, site.context.lang);
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.trim().is_empty())
    };
    let hint = "/api/errcode?q=40164, and &platform=mp or work";
    let text = value("q").ok_or_else(|| Failure::usage("there is nothing to explain").hint(hint))?;
    let asked = match value("platform") {
        None => None,
        Some(name) => Some(
            Platform::from_name(&name).ok_or_else(|| Failure::usage("the platform is none").hint(hint))?,
        ),
    };
    let usual = site.options.profile.as_ref().map(Profile::platform);
    let report = site
        .blocking(lang, move |_, _| {
            errcode::Request { what: vec![text], platform: asked, from: None }.explain(usual, lang)
        })
        .await?;
    Ok(Json(report).into_response())
}

/// Addresses that one request may have probed.
const PROBES: usize = 4;
/// For all of them.
const PROBE_TIME: Duration = Duration::from_secs(15);

/// `POST /api/domain-check`: the flags, and `url` (or `urls`), one or several.
pub(super) async fn domain_check(
    State(site): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let lang = lang(query.as_deref(), &headers, site.context.lang);
    let request = of_object(body::object(&headers, body).await?)?;
    let request = Request { public_only: true, ..request };
    if request.url.is_empty() {
        let failure = Failure::usage(both!("没有要检查的 url", "there is no url to check"));
        return Err(failure.hint(URL_HINT).into());
    }
    body::bounded("url", request.url.len())?;
    body::bounded("trusted", request.trusted.len())?;
    let count = request.url.len();
    if count > PROBES && request.probe {
        return Err(Failure::usage(both!(
            "一次请求最多探测 {PROBES} 个地址，这里有 {count} 个",
            "a request probes {PROBES} addresses at most, and these are {count}"
        ))
        .hint(Both::same("wecheck domain-check --probe - < pages.txt"))
        .into());
    }
    let report = site
        .blocking(lang, move |_, context| {
            let until = Instant::now() + PROBE_TIME;
            domain_check::check(&request, &|| Instant::now() >= until, &|_| (), context)
        })
        .await?;
    Ok(Json(report).into_response())
}

const URL_HINT: &str = "{\"url\": [\"https://m.example.com/\"]}";

/// The language of an answer.
pub(super) fn lang(query: Option<&str>, headers: &HeaderMap, default: Lang) -> Lang {
    let asked = query
        .and_then(|query| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang"))
        .and_then(|(_, value)| Lang::from_setting(&value));
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        header.split(',').find_map(Lang::from_setting)
    };
    asked.or_else(accepted).unwrap_or(default)
}
