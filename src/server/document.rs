//! A report as the body of an answer: the `--json` document, with what steers a terminal escaped.
//!
//! In: anything that serializes. Out: a response of `application/json`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::output::document;

/// A report on its way out.
pub(super) struct Document<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Document<T> {
    fn into_response(self) -> Response {
        let Ok(body) = document::line(&self.0) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let kind = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    }
}
