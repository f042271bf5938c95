//! `/api/…`: the `--json` documents of the commands.
//!
//! In: a body named as a command's long flags, or a query. Out: the command's own report struct as
//! JSON, in the language of `?lang=`, else of `Accept-Language`, else of the run.

use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::body::Posted;
use super::document::Document;
use super::refusal::Refusal;
use super::sign::is_trusted;
use super::{BODY_LIMIT, EVIDENCE_LIMIT, Shared, body};
use crate::both;
use crate::config::Profile;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::lang::{Both, Lang};
use crate::ops::request::of_object;
use crate::ops::{callback, domain_check, errcode, faq, verify};
use crate::platform::Platform;

/// A request may let the search go on for so long. Seconds.
const DEEPEST: u64 = 10;

/// `POST /api/verify`.
pub(super) async fn verify(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let Posted { object, lang, large: _held } = body::read(&site, request, EVIDENCE_LIMIT).await?;
    let request: verify::Request = of_object(object)?;
    if request.deep.is_some_and(|seconds| seconds > DEEPEST) {
        return Err(Failure::usage(both!(
            "一次请求最多搜索 {DEEPEST} 秒",
            "a request searches for {DEEPEST} seconds at most"
        ))
        .hint(Both::same("wecheck verify --deep SECONDS"))
        .into());
    }
    let report = site
        .blocking(lang, move |site, context| {
            let options = &site.options;
            // The computed signature is a signature: made with this machine's ticket only for the
            // profile's pages, and only of values that cannot pose as one another.
            let may_sign = |page: &str| {
                options.profile.as_ref().is_some_and(|profile| is_trusted(page, profile, &options.pages))
            };
            let run = verify::Run { may_sign: &may_sign, for_others: true, interrupt: Interrupt::never() };
            verify::verify(&request, &run, context)
        })
        .await?;
    Ok(Document(report).into_response())
}

/// `POST /api/errcode`: `{"what": …}`.
pub(super) async fn explain(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let posted = body::read(&site, request, BODY_LIMIT).await?;
    let lang = posted.lang;
    let request: errcode::Request = of_object(posted.object)?;
    explained(site, request, lang).await
}

/// `GET /api/errcode?q=40164`: codes only, since an address is kept in histories and logs.
pub(super) async fn code(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let lang = body::lang(&parts, site.context.lang);
    let query = parts.uri.query().unwrap_or_default();
    let hint = both!(
        "GET 只接受错误码：/api/errcode?q=40164；文本用 POST {{\"what\": …}}",
        "GET takes codes only: /api/errcode?q=40164; texts by POST {{\"what\": …}}"
    );
    let q = value(query, "q").ok_or_else(|| {
        Failure::usage(both!("没有要解释的内容", "there is nothing to explain")).hint(hint.clone())
    })?;
    let codes: Vec<String> = q.split([',', ' ']).filter(|code| !code.is_empty()).map(str::to_owned).collect();
    body::bounded("q", codes.len())?;
    if codes.is_empty() || codes.iter().any(|code| code.len() > 20 || code.parse::<i64>().is_err()) {
        let what = both!("`q` 要的是错误码", "`q` takes an error code");
        return Err(Failure::usage(what).hint(hint).into());
    }
    let platform = match value(query, "platform") {
        None => None,
        Some(name) => Some(Platform::from_name(&name).ok_or_else(|| {
            Failure::usage(both!("`platform` 要的是 mp 或 work", "`platform` takes mp or work")).hint(hint)
        })?),
    };
    explained(site, errcode::Request { what: codes, platform, from: None }, lang).await
}

async fn explained(site: Shared, request: errcode::Request, lang: Lang) -> Result<Response, Refusal> {
    let usual = site.options.profile.as_ref().and_then(Profile::known_platform);
    let report = site.blocking(lang, move |_, _| request.explain(usual, lang)).await?;
    Ok(Document(report).into_response())
}

/// `POST /api/faq`: `{"q": …}`.
pub(super) async fn faq(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let posted = body::read(&site, request, BODY_LIMIT).await?;
    let lang = posted.lang;
    let request: faq::Request = of_object(posted.object)?;
    let report = site.blocking(lang, move |_, _| Ok(faq::find(&request, lang))).await?;
    Ok(Document(report).into_response())
}

/// `GET /api/faq?id=invalid-signature`: ids only.
pub(super) async fn topic(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let lang = body::lang(&parts, site.context.lang);
    let id = value(parts.uri.query().unwrap_or_default(), "id");
    let is_id = |id: &str| {
        id.len() <= 64 && id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit())
    };
    let request = match id {
        Some(id) if is_id(&id) => faq::Request { q: id, platform: None },
        None => faq::Request::default(),
        Some(_) => {
            return Err(Failure::usage(both!("`id` 要的是条目的 id", "`id` takes the id of a topic"))
                .hint(both!(
                    "/api/faq?id=invalid-signature；文本用 POST {{\"q\": …}}",
                    "/api/faq?id=invalid-signature; texts by POST {{\"q\": …}}"
                ))
                .into());
        }
    };
    let report = site.blocking(lang, move |_, _| Ok(faq::find(&request, lang))).await?;
    Ok(Document(report).into_response())
}

/// `POST /api/callback-verify`: the flags, and `body` or `request` as text. Token and key, when they
/// are given, are neither echoed nor logged.
pub(super) async fn callback_verify(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Refusal> {
    let posted = body::read(&site, request, BODY_LIMIT).await?;
    let request: callback::Request = of_object(posted.object)?;
    let report =
        site.blocking(posted.lang, move |_, context| callback::verify::run(&request, context)).await?;
    Ok(Document(report).into_response())
}

/// A query's value, when it holds more than whitespace.
fn value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.trim().is_empty())
}

/// Addresses that one request may have probed.
const PROBES: usize = 4;
/// For all of them.
const PROBE_TIME: Duration = Duration::from_secs(15);

/// `POST /api/domain-check`: the flags, and `url` (or `urls`), one or several.
pub(super) async fn domain_check(State(site): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let posted = body::read(&site, request, BODY_LIMIT).await?;
    let lang = posted.lang;
    let request: domain_check::Request = of_object(posted.object)?;
    let request = domain_check::Request { public_only: true, ..request };
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
    Ok(Document(report).into_response())
}

const URL_HINT: &str = "{\"url\": [\"https://m.example.com/\"]}";
