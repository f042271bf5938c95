//! The checker page: one document with its style and script inside, and the policy that lets a
//! browser load nothing else.
//!
//! In: the three files beside this one. Out: the document, put together once, and a
//! Content-Security-Policy that names the style and the script by their hashes.

use axum::extract::State;
use axum::http::header::{self, HeaderName};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Shared;

const HTML: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The document and its policy.
pub(super) struct Page {
    document: String,
    policy: String,
}

impl Page {
    pub(super) fn new() -> Self {
        let document = HTML.replacen("/*style*/", STYLE, 1).replacen("/*script*/", SCRIPT, 1);
        let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
        // Trusted types make the browser refuse any text as markup, should the script ever try.
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            hash(SCRIPT),
            hash(STYLE)
        );
        Self { document, policy }
    }
}

/// `GET /`.
pub(super) async fn show(State(site): State<Shared>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let policy = [(header::CONTENT_SECURITY_POLICY, site.page.policy.clone())];
    (headers, policy, site.page.document.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_whole_and_names_nothing_outside() {
        let page = Page::new();
        assert!(page.document.contains(STYLE) && page.document.contains(SCRIPT));
        for sign in ["src=", "@import", "url(http", "//cdn", "innerHTML", "eval(", " style=\"", " onclick="] {
            assert!(!page.document.contains(sign), "{sign}");
        }
    }
}
