//! Every answer that is an error: a [`Failure`] with the HTTP status that fits it.
//!
//! In: a failure of a command's function, or of the server itself. Out: the `error` document of
//! `--json` as a response. Names no secret, because a failure never does.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::document::Document;
use crate::both;
use crate::failure::{Failure, Kind};
use crate::lang::{Both, Lang};

/// A request that is not answered.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) failure: Failure,
}

impl Refusal {
    /// Wrong input, or a request that is not allowed: what happened and what to do.
    pub(super) fn new(status: StatusCode, message: impl Into<Both>, hint: impl Into<Both>) -> Self {
        Self { status, failure: Failure::usage(message).hint(hint) }
    }

    /// A handler ended without an answer.
    pub(super) fn bug() -> Self {
        let failure = Failure::new(Kind::Bug, both!("wecheck 出了内部错误", "this is a bug of wecheck"));
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, failure }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let status = match failure.kind {
            Kind::Usage => StatusCode::BAD_REQUEST,
            Kind::Network | Kind::Errcode => StatusCode::BAD_GATEWAY,
            Kind::Config | Kind::Storage | Kind::Interrupted | Kind::ClosedPipe => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Kind::Bug => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, failure }
    }
}

/// The failure goes along as an extension: the front door writes it in the language of the request.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self.failure);
        response
    }
}

/// Writes the failure that a response carries.
pub(super) fn written(mut response: Response, lang: Lang) -> Response {
    let Some(failure) = response.extensions_mut().remove::<Failure>() else { return response };
    let body = Document(json!({ "error": failure.document(lang) })).into_response();
    response.headers_mut().extend(body.headers().clone());
    *response.body_mut() = body.into_body();
    response
}

/// A refusal as a page, for a browser that came under a name that is not ours.
pub(super) fn page(refusal: &Refusal, lang: Lang) -> Response {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let message = escaped(refusal.failure.message.get(lang));
    let hint = refusal.failure.fix.as_ref().map(|fix| typed(&escaped(fix.get(lang)))).unwrap_or_default();
    let language = lang.pick("zh-CN", "en");
    let document = format!(
        "<!doctype html>\n<html lang=\"{language}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>wecheck</title><h1>wecheck</h1><p>{message}</p><p>{hint}</p></html>\n"
    );
    (refusal.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], document).into_response()
}

/// A hint with its address as a link and its command as code.
fn typed(hint: &str) -> String {
    let (hint, command) = match hint.split_once("wecheck serve --") {
        Some((before, flags)) => (before, format!("<br><code>wecheck serve --{flags}</code>")),
        None => (hint, String::new()),
    };
    let words = hint.split_inclusive(' ').map(|word| {
        let address = word.trim_end();
        if address.starts_with("http://") {
            word.replace(address, &format!("<a href=\"{address}\">{address}</a>"))
        } else {
            word.to_owned()
        }
    });
    words.collect::<String>() + &command
}

/// A path that is not one of ours.
pub(super) async fn not_found() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        both!("这个路径下没有内容", "there is nothing at this path"),
        "/, /sign, /api/verify, /api/errcode, /api/faq, /api/domain-check, /api/callback-verify, /healthz, /metrics",
    )
}

/// A path of ours with another method.
pub(super) async fn method_not_allowed() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        both!("这个路径不接受这种请求方法", "this path does not take that method"),
        both!(
            "/sign 用 GET，/api/… 用 POST（/api/errcode?q= 和 /api/faq?id= 也可以 GET）",
            "GET for /sign, POST for /api/… (GET too for /api/errcode?q= and /api/faq?id=)"
        ),
    )
}
