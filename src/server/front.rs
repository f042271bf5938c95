//! The front door: who may ask, how long an answer may take, and what is on every answer.
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

use hyper::body::Body as _;

use super::refusal::Refusal;
use super::seats::{Peer, Seated};
use super::{Options, Shared, body, refusal};
use crate::both;
use crate::env::rfc3339;
use crate::lang::Both;
use crate::output::{safe, shortened};

/// On the requests of the checker page. A page of another site cannot send it: no preflight allows it.
const BY_PAGE: HeaderName = HeaderName::from_static("wecheck-page");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The longest that a request may take, its body included. A ticket's fetch ends within 15 s.
const REQUEST_TIME: Duration = Duration::from_secs(20);

pub(super) async fn front(State(site): State<Shared>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<Peer>().map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0);
    let seat = request.extensions().get::<Seated>().cloned();
    let lang = {
        let (parts, body) = request.into_parts();
        let lang = body::lang(&parts, site.context.lang);
        // What has no body is whole already; a handler that reads one says when it is.
        if body.is_end_stream()
            && let Some(Seated(seat)) = &seat
        {
            seat.completes();
        }
        request = Request::from_parts(parts, body);
        lang
    };
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    let by_page = request.headers().contains_key(BY_PAGE);
    let mut response = match host_is_ours(request.headers(), request.uri(), &site.options) {
        Ok(()) => refusal::written(answer(&site, request, next).await, lang),
        Err(refusal) if wants_page => refusal::page(&refusal, lang),
        Err(refusal) => refusal::written(refusal.into_response(), lang),
    };
    protect(response.headers_mut());
    // Where the next request would begin is past a body that no one reads.
    if seat.is_some_and(|Seated(seat)| !seat.has_all()) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
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
    // The checker page shows every refusal itself, and a browser would write each into its console.
    // What counts and logs has the true status.
    if by_page && response.headers().get(header::CONTENT_TYPE) == Some(&JSON) {
        *response.status_mut() = StatusCode::OK;
    }
    response
}

async fn answer(site: &Shared, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
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
        let limit = REQUEST_TIME.as_secs();
        match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                both!("请求超过了 {limit} 秒", "the request took more than {limit} s"),
                both!("再发一次", "send it again"),
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

/// The `Host` of a request to this server. A name that is not one of ours may be a page of another
/// site whose name was pointed here.
fn host_is_ours(headers: &HeaderMap, uri: &Uri, options: &Options) -> Result<(), Refusal> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(Ok(host)), None) = (hosts.next().map(HeaderValue::to_str), hosts.next()) else {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            both!("请求没有可读的 Host 头", "the request has no readable Host header"),
            both!("只发一个 Host 头", "send exactly one"),
        ));
    };
    // A proxy's form of the request line carries a host of its own.
    let in_line = uri.authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host));
    if in_line && names_us(host, options) {
        return Ok(());
    }
    let address = options.address;
    let Both { zh, en } = if address.ip().is_unspecified() {
        // What a phone opens was printed at the start.
        let port = address.port();
        both!(
            "在这台机器上打开 http://localhost:{port}/ ，在手机上打开 wecheck serve 打印的地址",
            "on this machine open http://localhost:{port}/ , on a phone the address that wecheck serve printed"
        )
    } else {
        both!("打开 http://{address}/", "open http://{address}/")
    };
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        both!("Host 头写的不是这台服务", "the Host header does not name this server"),
        match host_name(host) {
            Some(name) => both!(
                "{zh} ；或允许这个名字：wecheck serve --allow-host {name}",
                "{en} , or allow this name: wecheck serve --allow-host {name}"
            ),
            None => Both { zh, en },
        },
    ))
}

/// A host's name as it may be typed after `--allow-host`.
fn host_name(host: &str) -> Option<String> {
    let name = host.split(':').next().unwrap_or_default();
    let is_name = !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    is_name.then(|| name.to_ascii_lowercase())
}

/// Loopback, the address listened on, and the names of `--listen` and `--allow-host`. Where it listens on all
/// addresses any IP literal: rebinding needs a name.
fn names_us(host: &str, options: &Options) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") || options.hosts.contains(&name) {
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
            both!("由程序来取，不要由页面来取", "ask from a program, not from a page")
        } else if text == "null" {
            both!("用 http 打开页面，不要当文件打开", "open the page over http, not as a file")
        } else {
            Both::same(format!("wecheck serve --allow-origin {}", safe(&shortened(text, 100))))
        };
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            both!("不接受这个来源的页面", "pages of this origin may not ask"),
            hint,
        ));
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
            both!("不接受其他网站的页面", "pages of other sites may not ask"),
            both!(
                "wecheck serve --allow-origin ORIGIN，并用 fetch() 的 cors 模式请求",
                "wecheck serve --allow-origin ORIGIN, and fetch() it with mode cors"
            ),
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

/// What is on every answer; what only a page needs is on the page.
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
