//! A request's body: a JSON object of bounded size, and the language of its answer.
//!
//! In: a request whose body may trickle in. Out: the object, once it is whole. Until then the
//! connection can be asked to leave; a large body waits for the one before it.

use std::future::poll_fn;
use std::pin::Pin;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use hyper::body::Body as _;
use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;
use url::form_urlencoded;

use super::refusal::Refusal;
use super::seats::Seated;
use super::{BODY_LIMIT, Shared};
use crate::both;
use crate::failure::Failure;
use crate::lang::{Both, Lang, cause};

const MIB: usize = 1024 * 1024;

/// The most entries of a list in a request.
const MOST_ENTRIES: usize = 100;

/// A JSON object that was read, and how to answer it.
pub(super) struct Posted {
    pub(super) object: Map<String, Value>,
    pub(super) lang: Lang,
    /// To be held until a large body is answered: one at a time.
    pub(super) large: Option<OwnedSemaphorePermit>,
}

/// Reads a JSON object of at most `limit` bytes; the seat answers from here on.
pub(super) async fn read(site: &Shared, request: Request, limit: usize) -> Result<Posted, Refusal> {
    let (parts, mut body) = request.into_parts();
    let lang = lang(&parts, site.context.lang);
    let headers = &parts.headers;
    // A form or plain text is what another site's page can send without being asked for its origin.
    let json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    });
    if !json {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            both!("请求体没有标明是 JSON", "the body is not marked as JSON"),
            "curl -H 'Content-Type: application/json' --data '{…}'",
        ));
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(0);
    if announced > limit {
        return Err(too_large(limit));
    }
    let mut bytes = Vec::with_capacity(announced.min(BODY_LIMIT));
    let mut large = None;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else {
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                both!("请求体没有收全", "the body ended early"),
                both!("再发一次", "send it again"),
            ));
        };
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        if large.is_none() && bytes.len() + data.len() > BODY_LIMIT {
            large = site.large.clone().acquire_owned().await.ok();
        }
        bytes.extend_from_slice(&data);
    }
    if let Some(Seated(seat)) = parts.extensions.get::<Seated>() {
        seat.completes();
    }
    let object = match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            return Err(Failure::usage(both!("请求体不是 JSON 对象", "the body is not a JSON object"))
                .hint(Both::same("{\"url\": \"https://…\"}"))
                .into());
        }
        // serde's message names the place and never the value.
        Err(error) => {
            let Both { zh, en } = cause(&error.to_string());
            return Err(Failure::usage(both!("请求体不是 JSON：{zh}", "the body is not JSON: {en}"))
                .hint(Both::same("{\"url\": \"https://…\"}"))
                .into());
        }
    };
    for (name, value) in &object {
        if let Value::Array(list) = value {
            bounded(name, list.len())?;
        }
    }
    Ok(Posted { object, lang, large })
}

fn too_large(limit: usize) -> Refusal {
    let size = if limit >= MIB { format!("{} MiB", limit / MIB) } else { format!("{} KiB", limit / 1024) };
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        both!("请求体超过 {size}", "the body has more than {size}"),
        both!(
            "只留 wx.config 或签名附近的内容，或用命令行",
            "cut it down to the part around wx.config or the signature, or use the command line"
        ),
    )
}

/// The language of an answer: `?lang=`, else `Accept-Language`, else the run's.
pub(super) fn lang(parts: &Parts, default: Lang) -> Lang {
    let query = parts.uri.query().unwrap_or_default();
    let asked = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, value)| Lang::from_setting(&value));
    let accepted = || {
        let header = parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        header.split(',').find_map(Lang::from_setting)
    };
    asked.or_else(accepted).unwrap_or(default)
}

/// Refuses a list that is longer than anyone types.
pub(super) fn bounded(name: &str, count: usize) -> Result<(), Refusal> {
    if count <= MOST_ENTRIES {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        both!(
            "`{name}` 有 {count} 项，一次请求最多 {MOST_ENTRIES} 项",
            "`{name}` has {count} entries, and a request may have {MOST_ENTRIES}"
        ),
        both!("分成几次请求，或用命令行", "send them in several requests, or use the command line"),
    ))
}
