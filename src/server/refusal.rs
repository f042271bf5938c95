//! Every answer that is none: a [`Failure`] with the HTTP status that fits it.
//!
//! In: a failure of a command's function, or of the server itself. Out: the `error` document of
//! `--json` as a response. Names no secret, because a failure never does.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

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
        let failure = Failure::new(Kind::Bug, "this is a bug of wecheck");
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

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response =
            (self.status, Json(json!({ "error": self.failure.document(Lang::En) }))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A path that is none of ours.
pub(super) async fn not_found() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "there is nothing at this path",
        "/, /sign, /api/verify, /api/errcode, /api/domain-check, /healthz, /metrics",
    )
}

/// A path of ours with another method.
pub(super) async fn method_not_allowed() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this path does not take that method",
        "GET for /sign and /api/errcode, POST for /api/verify and /api/domain-check",
    )
}
