//! The front door: who may ask, how long an answer may take, and what stands on every answer.
//!
//! In: each request before any handler. Out: a refusal, or the handler's answer with its security
//! headers, one access line without the query, and the count for `/metrics`.
//!
//! A page of another site can make a browser send requests here, and a name of another site can
//! be made to point here (DNS rebinding). So a request has to name this machine in `Host`, and one
//! that a browser marks as another page's has to come from an allowed origin.

use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::{Options, Shared};
use crate::env::rfc3339;
use crate::output::{safe, shortened};

/// The longest that a request may take, its body included. A ticket's fetch ends within 15 s.
const REQUEST_TIME: Duration = Duration::from_secs(20);

/// The address that a connection came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

pub(super) async fn front(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<Peer>().map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0);
    let mut response = answer(&site, request, next).await;
    protect(response.headers_mut());
    let status = response.status().as_u16();
    let elapsed = start.elapsed();
    site.metrics.answered(&path, status, elapsed);
    let path = shortened(&path, 100);
    site.log.line(format_args!(
        "{} {peer} {} {} {status} {:.1}ms",
        rfc3339(site.context.env.now()),
        shortened(&safe(method.as_str()), 16),
        safe(&path),
        elapsed.as_secs_f64() * 1000.0
    ));
    response
}

async fn answer(site: &Shared, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = match host_is_ours(headers, request.uri(), &site.options) {
        Ok(host) => host,
        Err(refusal) => return refusal.into_response(),
    };
    let asker = match asker(headers, host, request.method(), request.uri().path(), &site.options) {
        Ok(asker) => asker,
        Err(refusal) => return refusal.into_response(),
    };
    let allowed = match asker {
        Asker::Own => None,
        Asker::Allowed(origin) => Some(origin),
    };
    let mut response = if request.method() == Method::OPTIONS && allowed.is_some() {
        preflight(headers)
    } else {
        match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                format!("the request took more than {} s", REQUEST_TIME.as_secs()),
                "send it again",
            )
            .into_response(),
        }
    };
    let headers = response.headers_mut();
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// The `Host` of a request to this server. A name that is none of ours may be a page of another
/// site whose name was pointed here.
fn host_is_ours<'a>(headers: &'a HeaderMap, uri: &Uri, options: &Options) -> Result<&'a str, Refusal> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(Ok(host)), None) = (hosts.next().map(HeaderValue::to_str), hosts.next()) else {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "the request has no readable Host header",
            "send exactly one",
        ));
    };
    // A proxy's form of the request line carries a host of its own.
    let in_line = uri.authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host));
    if in_line && names_us(host, options) {
        return Ok(host);
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "the Host header does not name this server",
        format!(
            "open http://{}/, or let it listen on that name: wecheck serve --listen HOST:PORT",
            options.address
        ),
    ))
}

/// Loopback, the address listened on, and the name given with `--listen`. Where it listens on all
/// addresses any IP literal: rebinding needs a name.
fn names_us(host: &str, options: &Options) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") || Some(&name) == options.listen_name.as_ref() {
        return true;
    }
    let literal = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
    let Ok(ip) = literal.parse::<IpAddr>() else { return false };
    let listening = options.address.ip();
    ip.is_loopback() || ip == listening || listening.is_unspecified()
}

/// Whose page asks.
enum Asker {
    /// No browser, or our own page.
    Own,
    /// A page of an allowed origin.
    Allowed(HeaderValue),
}

fn asker(
    headers: &HeaderMap,
    host: &str,
    method: &Method,
    path: &str,
    options: &Options,
) -> Result<Asker, Refusal> {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let text = origin.to_str().unwrap_or_default();
        let authority = text.split_once("://").map_or("", |(_, authority)| authority);
        if authority.eq_ignore_ascii_case(host) {
            return Ok(Asker::Own);
        }
        // Tokens and tickets are for programs, never for pages.
        let shared = matches!(path, "/token" | "/ticket");
        if !shared && options.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(text)) {
            return Ok(Asker::Allowed(origin.clone()));
        }
        let hint = if shared {
            "ask from a program, not from a page".to_owned()
        } else if text == "null" {
            "open the page over http, not as a file".to_owned()
        } else {
            format!("wecheck serve --allow-origin {}", safe(&shortened(text, 100)))
        };
        return Err(Refusal::new(StatusCode::FORBIDDEN, "pages of this origin may not ask", hint));
    }
    // An image or a script tag of another site sends no Origin. A link to the checker page is fine.
    let fetched_by =
        |name: &'static str| headers.get(HeaderName::from_static(name)).map(HeaderValue::as_bytes);
    let foreign = matches!(fetched_by("sec-fetch-site"), Some(b"cross-site" | b"same-site"));
    let opens_page =
        path == "/" && *method == Method::GET && fetched_by("sec-fetch-mode") == Some(b"navigate");
    if foreign && !opens_page {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "pages of other sites may not ask",
            "wecheck serve --allow-origin ORIGIN, and fetch() it with mode cors",
        ));
    }
    Ok(Asker::Own)
}

/// What a browser asks before a request of another origin.
fn preflight(headers: &HeaderMap) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let out = answer.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Content-Type"));
    out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    // Chromium asks so before a public page may reach a private address.
    if headers.contains_key("access-control-request-private-network") {
        out.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
    answer
}

/// What stands on every answer; what only a page needs stands on the page.
fn protect(headers: &mut HeaderMap) {
    headers.reserve(8);
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    set(header::VARY, "Origin");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
}
