//! A HAR file: what a browser recorded.
//!
//! In: the whole text. Out: into [`Found`], the fields in answers that hold a signature, a ticket
//! or a token and in pages that configure the client library, what was sent to get them, and the
//! addresses of the pages that asked; and errors, in answers and in what the page reported. Everything else in
//! the file (fonts, scripts, other APIs) says nothing about a signature.
//!
//! The reader of JSON is our own ([`json`]): serde_json tells no places, which the lines of findings need, and
//! undoes the escapes of every text on the way, while most of a recording are bodies that no one asks for.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::address::host;
use super::cursor::Lines;
use super::found::{Found, Place, Trust};
use super::json::{self, Node};
use super::key::Key;
use super::reader::{Manner, Reader};
use super::{Field, Origin, query};
use crate::diagnosis::url_part::Parts;

/// Reads a HAR file; false where the text is not one. The values of one answer belong together.
pub(super) fn read(text: &str, breaks: &[usize], found: &mut Found) -> bool {
    let start = text.trim_start();
    // Cheap, before the whole is parsed.
    if !start.starts_with('{') || !text.contains("\"entries\"") {
        return false;
    }
    let Some(document) = json::parse(text) else { return false };
    let Some(log) = document.key("log").filter(|log| log.key("entries").is_some()) else { return false };
    let lines = Lines::Breaks(breaks);
    let mut page = None;
    for entry in log.list("entries") {
        let (Some(request), Some(response)) = (entry.key("request"), entry.key("response")) else { continue };
        let Some(content) = response.key("content") else { continue };
        if found.answers.len() >= ANSWERS {
            found.unread_from.get_or_insert(lines.of(request.at));
            break;
        }
        let entry = Entry { request, content, page, is_page: content.text("mimeType").contains("html") };
        if entry.is_page {
            page = Some(request);
        }
        entry.read(lines, found);
    }
    true
}

/// An error is a short text. Bytes.
const LONGEST_ERROR: usize = 16 * 1024;

/// Errors that are kept at most.
const ERRORS: usize = 20;

impl Entry<'_, '_> {
    /// Keeps the errors of the answer, and what the page reported to a server of its own: pages report `wx.error`.
    fn complaints(&self, body: &str, found: &mut Found) {
        let sent = self.request.key("postData").map(|post| post.text("text")).unwrap_or_default();
        let url = self.request.text("url");
        let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
        for (text, is_answer) in [(body, true), (&*sent, false), (query, false)] {
            if text.len() > LONGEST_ERROR || found.errors.len() >= ERRORS {
                continue;
            }
            let text = if is_answer { Cow::Borrowed(text) } else { query::decoded(text).into() };
            if is_error(&text) && !found.errors.iter().any(|known| *known == text) {
                found.errors.push(text.into_owned());
            }
        }
    }
}

/// Whether a text has an `errcode` that is not 0, or an `errMsg` that is not ok.
fn is_error(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let behind = |name: &str| {
        let at = lower.find(name)? + name.len();
        Some(lower[at..].trim_start_matches(|c: char| c.is_whitespace() || "\\\"':=".contains(c)).to_owned())
    };
    if let Some(code) =
        behind("errcode").filter(|code| code.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
    {
        return !code.starts_with('0');
    }
    behind("errmsg").or_else(|| behind("err_msg")).is_some_and(|message| {
        let end = message.find(['"', '\'', '&', ',', '}', '\n']).unwrap_or(message.len());
        !message[..end].trim().ends_with("ok") && message[..end].contains(':')
    })
}

/// Whether a body has a word without which nothing in it tells of a signature: most of a large file has none.
fn may_tell(body: &str) -> bool {
    const WORDS: [&[u8]; 14] = [
        b"sig",
        b"nonce",
        b"random",
        b"ticket",
        b"token",
        b"sha1",
        b"config",
        b"register",
        b"card",
        b"invoice",
        b"contact",
        "签名".as_bytes(),
        "随机".as_bytes(),
        "票".as_bytes(),
    ];
    const STARTS: [bool; 256] = {
        let mut starts = [false; 256];
        let mut at = 0;
        while at < WORDS.len() {
            starts[WORDS[at][0] as usize] = true;
            starts[WORDS[at][0].to_ascii_uppercase() as usize] = true;
            at += 1;
        }
        starts
    };
    let bytes = body.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        STARTS[usize::from(*byte)]
            && WORDS.iter().any(|word| {
                bytes.get(at..at + word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word))
            })
    })
}

/// No page asks for more signatures than this.
const ANSWERS: usize = 10_000;

/// A request and what was answered.
struct Entry<'n, 't> {
    request: &'n Node<'t>,
    content: &'n Node<'t>,
    /// The request of the page that was open.
    page: Option<&'n Node<'t>>,
    is_page: bool,
}

impl Entry<'_, '_> {
    /// Reads the answer and, where it tells of a signature, what was sent for it.
    fn read(&self, lines: Lines<'_>, found: &mut Found) {
        let mime = self.content.text("mimeType");
        if ["javascript", "css", "image", "font", "video", "audio"].iter().any(|kind| mime.contains(kind)) {
            return;
        }
        let mut body = self.content.text("text");
        if self.content.text("encoding") == "base64" {
            let bytes = STANDARD.decode(body.trim()).unwrap_or_default();
            body = String::from_utf8_lossy(&bytes).into_owned().into();
        }
        self.complaints(&body, found);
        if !may_tell(&body) {
            return;
        }
        let line = lines.of(self.content.key("text").map_or(self.content.at, |text| text.at));
        let before = found.marks();
        let url = self.request.text("url");
        let place = Place { group: found.answer(url.clone().into_owned()), block: None };
        let manner = Manner { origin: Some(Origin::Har), place, ..Manner::FILE };
        let body = body.strip_prefix('\u{feff}').unwrap_or(&body);
        Reader::new(body, Lines::Fixed(line), manner, found).run();
        // Other answers have a `url` or a `timestamp` too.
        if !found.tells_since(&before) {
            return found.forget_answer(&before);
        }
        let fields = found.count_fields_since(&before);
        let page = if self.is_page {
            Some(url)
        } else {
            sent(self.request, lines, found, place);
            referer(self.request, &url).or_else(|| self.page.map(|page| page.text("url")))
        };
        if let Some(page) = &page {
            found.page_url(page);
        }
        if let Some(answer) = found.answers.last_mut() {
            answer.fields = fields;
            answer.page = page.map(Cow::into_owned);
        }
    }
}

/// What was sent to the signing API: the page's address, as a rule.
fn sent(request: &Node<'_>, lines: Lines<'_>, found: &mut Found, place: Place) {
    let mut keep = |name: &str, text: String, at: usize| {
        let key = Key::of(name);
        if key.is_page() {
            return found.page_of(key, &text);
        }
        if matches!(key.field(), Some(Field::Url | Field::AccessToken | Field::AppId | Field::AgentId)) {
            found.value(key, text, lines.of(at), Origin::Har, Trust::Plain, place);
        }
    };
    // The list's values are decoded by some browsers and not by others; the address is the fact.
    if let Some((_, run)) = request.text("url").split_once('?') {
        let run = run.split('#').next().unwrap_or_default();
        let at = request.key("url").map_or(request.at, |url| url.at);
        for (key, text, _) in query::parse(run, true).unwrap_or_default() {
            match key {
                Key::Field(Field::Url) => keep("url", text, at),
                Key::Field(Field::AccessToken) => keep("access_token", text, at),
                _ => {}
            }
        }
    } else {
        for item in request.list("queryString") {
            keep(&item.text("name"), query::decoded(&item.text("value")), item.at);
        }
    }
    let Some(post) = request.key("postData") else { return };
    let text = post.text("text");
    let at = post.key("text").map_or(post.at, |text| text.at);
    if !text.is_empty() && !text.trim_start().starts_with('{') {
        for pair in text.split('&').take(64) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            keep(name, query::decoded(value), at);
        }
    } else if let Some(document) = json::parse(&text) {
        for name in ["url", "link", "signUrl", "pageUrl", "page_url"] {
            if !document.text(name).is_empty() {
                keep(name, document.text(name).into_owned(), at);
            }
        }
    } else {
        for item in post.list("params") {
            keep(&item.text("name"), query::decoded(&item.text("value")), item.at);
        }
    }
}

/// The page that sent the request, unless the browser cut its address down to the host.
fn referer<'a>(request: &Node<'a>, url: &str) -> Option<Cow<'a, str>> {
    let header =
        request.list("headers").iter().find(|header| header.text("name").eq_ignore_ascii_case("referer"))?;
    let page = header.text("value");
    let is_cut = Parts::of(&page).is_host_alone() && host(&page) != host(url);
    (!is_cut).then_some(page)
}
