//! The checker page: one document with its style and script inside, and the policy that lets a
//! browser load nothing else.
//!
//! In: the markup, the style and the parts of the script; the run's language and profile. Out: the
//! document, put together once, and a Content-Security-Policy that names the style and the script by
//! their hashes.

use axum::extract::State;
use axum::http::header::{self, HeaderName};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Shared;
use crate::catalog::place;
use crate::config::Profile;
use crate::lang::Lang;
use crate::packed::{Packed, packed};

static HTML: Packed = packed!("src/server/page.html");
static STYLE: Packed = packed!("src/server/page.css");
const SCRIPT_HEAD: &str = "'use strict';\n\
     // The checker page. It asks the server that it came from and no one else; what is pasted here is\n\
     // never stored, and nothing from outside becomes markup: every text is set as text.\n\n\
     const $ = (id) => document.getElementById(id);\n\n";
static SCRIPT_PARTS: [Packed; 11] = [
    packed!("src/server/page/words.js"),
    packed!("src/server/page/elements.js"),
    packed!("src/server/page/ask.js"),
    packed!("src/server/page/any.js"),
    packed!("src/server/page/verify.js"),
    packed!("src/server/page/errcode.js"),
    packed!("src/server/page/domain.js"),
    packed!("src/server/page/callback.js"),
    packed!("src/server/page/sign.js"),
    packed!("src/server/page/faq.js"),
    packed!("src/server/page/main.js"),
];

/// The document and its policy.
pub(super) struct Page {
    document: String,
    policy: String,
}

impl Page {
    /// `lang` only if it was asked for: else the browser's language decides.
    pub(super) fn new(lang: Option<Lang>, profile: Option<&Profile>) -> Self {
        let name = profile
            .map_or_else(String::new, |profile| format!("{} · {}", profile.name, profile.platform().name()));
        let app_id = profile.and_then(|profile| profile.app_id.as_deref()).unwrap_or_default();
        let agent_id = profile.and_then(|profile| profile.agent_id.as_deref()).unwrap_or_default();
        let script = script();
        let style = STYLE.text();
        let document = HTML
            .text()
            .replacen("/*lang*/", lang.map_or("", |lang| lang.pick("zh", "en")), 1)
            .replacen("/*profile*/", &attribute(&name), 1)
            .replacen("/*appid*/", &attribute(app_id), 1)
            .replacen("/*agentid*/", &attribute(agent_id), 1)
            .replacen("/*style*/", style, 1)
            .replacen("/*script*/", &script, 1);
        let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
        // Trusted types make the browser refuse any text as markup, should the script ever try.
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            hash(&script),
            hash(style)
        );
        Self { document, policy }
    }
}

/// The script, with the paths of the consoles' settings in its words.
fn script() -> String {
    let mut script = SCRIPT_HEAD.to_owned();
    script.extend(SCRIPT_PARTS.iter().map(Packed::text));
    for (name, lang) in [("zh", Lang::Zh), ("en", Lang::En)] {
        for (id, _, _) in place::all() {
            let sign = format!("{{{name}@{id}}}");
            if script.contains(&sign)
                && let Some(path) = place::path_in(id, lang)
            {
                script = script.replace(&sign, &path);
            }
        }
    }
    script
}

/// A value inside a quoted attribute.
fn attribute(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace("/*", "/ *")
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
        let page = Page::new(None, None);
        assert!(page.document.contains(STYLE.text()) && page.document.contains(&script()));
        assert!(!page.document.contains("{zh@") && !page.document.contains("{en@"), "a place is not known");
        for sign in ["src=", "@import", "url(http", "//cdn", "innerHTML", "eval(", " style=\"", " onclick="] {
            assert!(!page.document.contains(sign), "{sign}");
        }
    }

    /// What a person pasted never becomes part of an address: history entries have fixed names.
    #[test]
    fn addresses_are_fixed_names() {
        for line in script().lines() {
            if line.contains("pushState") {
                assert!(line.contains("history.pushState(null, '', ADDRESSES[tab])"), "{line}");
            }
            for sign in
                ["replaceState", "location.hash =", "location.href =", "location.assign", "URLSearchParams"]
            {
                assert!(!line.contains(sign), "{line}");
            }
        }
        let script = script();
        let (_, addresses) = script.split_once("const ADDRESSES = {").expect("they are there");
        let (addresses, _) = addresses.split_once('}').expect("it ends");
        assert!(addresses.split(',').all(|one| {
            one.trim().split_once(": '#").is_some_and(|(name, rest)| rest.trim_end_matches('\'') == name)
        }));
    }
}
