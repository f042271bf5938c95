//! What a receiver answered, judged.
//!
//! In: an [`Answer`] (or the [`Trouble`] that came instead), what was sent, token and key. Out: the
//! [`Finding`]s, the likeliest cause first, and the decrypted reply. Nothing here knows how the
//! answer came.

mod content;
mod echo;
mod page;
mod reply;

pub use echo::{Verification, judge as judge_verification};
pub use reply::{Judged, Push, judge as judge_reply};

use super::fault::{self, Fault};
use crate::both;
use crate::lang::{Both, Lang, cause};

/// An answer as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, without the marks of its chunks.
    pub body: Vec<u8>,
    /// From the first byte sent to the last received, in milliseconds.
    pub elapsed_ms: u64,
}

/// What came instead of a whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing listens.
    Refused,
    /// The name has no address; the resolver's words.
    Name(String),
    /// No connection; the system's words.
    Unreachable(String),
    /// TLS could not be agreed.
    Tls(String),
    /// Closed without a byte.
    Closed,
    /// Nothing, or not all, in this many milliseconds.
    Timeout(u64),
    /// Not HTTP: the first bytes.
    NotHttp(String),
    /// The body does not end: how the head announces it.
    NeverEnds(String),
    /// The body is shorter than announced: how the head announces it, and the bytes that came.
    Cut(String, usize),
    /// More bytes than are read.
    TooLarge(usize),
}

impl Trouble {
    /// Whether the receiver was not reached at all.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Refused | Self::Name(_) | Self::Unreachable(_) | Self::Tls(_))
    }
}

/// How much a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// WeChat would refuse the answer.
    Fail,
    /// It works, but not safely.
    Warn,
    /// A remark.
    Info,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub fault: &'static Fault,
    /// How much it counts.
    pub severity: Severity,
    /// What fills its texts.
    pub values: Vec<(&'static str, Both)>,
}

impl Finding {
    /// A fault that WeChat would refuse.
    pub fn fail(fault: &'static Fault) -> Self {
        Self { fault, severity: Severity::Fail, values: Vec::new() }
    }

    /// Something that works, but not safely.
    pub fn warn(fault: &'static Fault) -> Self {
        Self { severity: Severity::Warn, ..Self::fail(fault) }
    }

    /// A remark.
    pub fn info(fault: &'static Fault) -> Self {
        Self { severity: Severity::Info, ..Self::fail(fault) }
    }

    /// Fills `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Both>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The cause in words.
    pub fn cause(&self, lang: Lang) -> String {
        self.fill(self.fault.cause, lang)
    }

    /// The fix in words.
    pub fn fix(&self, lang: Lang) -> String {
        self.fill(self.fault.fix, lang)
    }

    fn fill(&self, text: crate::lang::Text, lang: Lang) -> String {
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (*name, value.get(lang))).collect();
        text.fill(lang, &values)
    }
}

/// The address that was called, as far as texts name it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The host.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// The path.
    pub path: &'a str,
}

/// The finding of a [`Trouble`]. `limit_ms` as the sender has it.
pub fn of_trouble(trouble: &Trouble, place: Place, limit_ms: u64) -> Finding {
    let at = |fault| Finding::fail(fault).with("host", place.host).with("port", place.port.to_string());
    match trouble {
        Trouble::Refused => at(&fault::CONNECTION_REFUSED),
        Trouble::Name(why) => at(&fault::CONNECTION_NAME).with("why", cause(why)),
        Trouble::Unreachable(why) => at(&fault::CONNECTION_FAILED).with("why", cause(why)),
        Trouble::Tls(why) => at(&fault::CONNECTION_TLS).with("why", cause(why)),
        Trouble::Closed => at(&fault::CLOSED),
        Trouble::Timeout(elapsed) => {
            at(&fault::TIMEOUT).with("elapsed", elapsed.to_string()).with("limit", limit_ms.to_string())
        }
        Trouble::NotHttp(start) => at(&fault::NOT_HTTP).with("start", start.as_str()),
        Trouble::NeverEnds(framing) => at(&fault::NEVER_ENDS).with("framing", framing.as_str()),
        Trouble::Cut(framing, bytes) => {
            at(&fault::CUT).with("framing", framing.as_str()).with("bytes", bytes.to_string())
        }
        Trouble::TooLarge(bytes) => at(&fault::TOO_LARGE).with("bytes", bytes.to_string()),
    }
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as text, damaged bytes replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The media type, lower case, without parameters.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The charset of the content type, lower case.
    pub fn charset(&self) -> Option<String> {
        let value = self.header("content-type")?.to_ascii_lowercase();
        let (_, rest) = value.split_once("charset=")?;
        let name = rest.split(';').next()?.trim().trim_matches(['"', '\'']);
        (!name.is_empty()).then(|| name.to_owned())
    }
}

/// The beginning of a text, for a message.
fn start_of(text: &str) -> String {
    let text = text.trim();
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// `; the answer starts with …`, empty for an empty body.
fn excerpt(answer: &Answer) -> Both {
    let start = start_of(&answer.text());
    if start.is_empty() {
        return Both::default();
    }
    both!("，应答开头是 `{start}`", ", the answer starts with `{start}`")
}

/// What the status and the kind of page say, before the content counts.
fn judge_head(method: &'static str, place: Place, limit_ms: u64, answer: &Answer) -> Option<Finding> {
    let text = answer.text();
    let status = |fault: &'static Fault| {
        Finding::fail(fault)
            .with("status", answer.status.to_string())
            .with("method", method)
            .with("path", place.path)
            .with("limit", limit_ms.to_string())
            .with("body", excerpt(answer))
            .with("content", if method == "GET" { "text" } else { "text/xml" })
    };
    let page = page::of(answer, &text);
    if answer.status == 400 && text.to_ascii_lowercase().contains("https port") {
        return Some(Finding::fail(&fault::HTTPS_PORT).with("port", place.port.to_string()));
    }
    if (300..400).contains(&answer.status) {
        return Some(redirect(place, answer, status));
    }
    if let Some(encoding) = answer.header("content-encoding").filter(|name| *name != "identity") {
        return Some(Finding::fail(&fault::COMPRESSED).with("encoding", encoding));
    }
    if answer.status != 200 {
        let fault = match page {
            Some((page::Page::Csrf, _)) => &fault::CSRF,
            Some((page::Page::Login, _)) if answer.status != 404 => &fault::LOGIN,
            Some((page::Page::Tunnel, _)) => &fault::TUNNEL,
            _ => fault::of_status(answer.status),
        };
        let title = page.map(|(_, title)| title).unwrap_or_default();
        return Some(status(fault).with("title", quoted_title(&title)));
    }
    let (page, title) = page?;
    let fault = match page {
        page::Page::Csrf => &fault::CSRF,
        page::Page::Login => &fault::LOGIN,
        page::Page::Tunnel => &fault::TUNNEL,
        page::Page::Spa => &fault::SPA,
        page::Page::Error => &fault::ERROR_PAGE,
        page::Page::Other => &fault::HTML,
    };
    Some(status(fault).with("title", quoted_title(&title)))
}

fn quoted_title(title: &str) -> Both {
    if title.is_empty() { Both::default() } else { both!("“{title}”", " (title `{title}`)") }
}

/// The finding of a redirect; `None` for any other answer.
pub fn judge_redirect(place: Place, answer: &Answer) -> Option<Finding> {
    (300..400).contains(&answer.status).then(|| judge_head("GET", place, 0, answer)).flatten()
}

fn redirect(place: Place, answer: &Answer, status: impl Fn(&'static Fault) -> Finding) -> Finding {
    let target = answer.header("location").unwrap_or_default();
    let lower = target.to_ascii_lowercase();
    let path = match lower.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => lower.as_str(),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let own = place.path.to_ascii_lowercase();
    let is_login = ["login", "signin", "sign-in", "sign_in", "passport", "/auth", "sso", "oauth", "cas/"]
        .iter()
        .any(|word| lower.contains(word))
        && !own.contains("auth");
    let fault = if is_login {
        &fault::REDIRECT_LOGIN
    } else if path != own && path.trim_end_matches('/') == own.trim_end_matches('/') {
        &fault::REDIRECT_SLASH
    } else if place.scheme == "http" && lower.starts_with("https://") {
        &fault::REDIRECT_HTTPS
    } else {
        &fault::REDIRECT
    };
    let shown = start_of(target);
    let location = if shown.is_empty() { Both::default() } else { both!("到 `{shown}`", " to `{shown}`") };
    status(fault).with("location", location)
}

/// A finding if the answer took longer than the sender waits.
fn judge_time(answer: &Answer, limit_ms: u64) -> Option<Finding> {
    (answer.elapsed_ms > limit_ms).then(|| {
        Finding::fail(&fault::SLOW)
            .with("elapsed", answer.elapsed_ms.to_string())
            .with("limit", limit_ms.to_string())
    })
}

/// Charsets in which ASCII has the same bytes as in UTF-8 and that do no harm here.
fn is_harmless(charset: &str) -> bool {
    matches!(charset, "utf-8" | "utf8" | "us-ascii" | "ascii" | "iso-8859-1" | "latin1")
}

/// A warning about the media type or charset of a right body.
fn judge_content_type(answer: &Answer, json_is_right: bool) -> Option<Finding> {
    let media = answer.media_type();
    let is_odd = (media.contains("json") && !json_is_right)
        || media.contains("javascript")
        || media == "application/octet-stream"
        || media.starts_with("image/")
        || media.starts_with("multipart/");
    if is_odd {
        return Some(Finding::warn(&fault::ECHO_CONTENT_TYPE).with("content_type", media));
    }
    let charset = answer.charset().filter(|charset| !is_harmless(charset))?;
    Some(Finding::warn(&fault::ECHO_CHARSET).with("charset", charset))
}

#[cfg(test)]
mod tests;
