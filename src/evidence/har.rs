//! A HAR file: what a browser recorded.
//!
//! In: the whole text. Out: into [`Found`], the fields in answers that hold a signature, a ticket
//! or a token and in pages that configure the client library, what was sent to get them, and the
//! addresses of the pages that asked. Everything else in the file (fonts, scripts, other APIs) says
//! nothing about a signature.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::found::{Found, Trust};
use super::json::{self, Node};
use super::key::Key;
use super::reader::{Lines, Manner, Reader};
use super::{Field, Origin, query};

/// Reads a HAR file; false where the text is none. The values of one answer belong together, so that
/// of several the fullest is read first, and the others give what is no part of a signature.
pub(super) fn read(text: &str, breaks: &[usize], found: &mut Found) -> bool {
    let start = text.trim_start();
    // Cheap, before the whole is parsed.
    if !start.starts_with('{') || !text.contains("\"entries\"") {
        return false;
    }
    let Some(document) = json::parse(text) else { return false };
    let Some(log) = document.key("log").filter(|log| log.key("entries").is_some()) else { return false };
    let lines = Lines::Breaks(breaks);
    let (mut page, mut most) = (None, 0);
    let mut telling: Vec<Entry<'_, '_>> = Vec::new();
    for entry in log.list("entries") {
        let (Some(request), Some(response)) = (entry.key("request"), entry.key("response")) else { continue };
        let Some(content) = response.key("content") else { continue };
        let entry = Entry::new(request, content, page);
        if entry.is_page {
            page = Some(request);
        }
        let mut alone = Found::default();
        if entry.read(lines, &mut alone) {
            let fields = alone.count_fields();
            if telling.len() < ENTRIES || fields > most {
                telling.push(Entry { fields, ..entry });
            }
            most = most.max(fields);
        }
    }
    if let Some(fullest) = telling.iter().position(|entry| entry.fields == most) {
        telling[..=fullest].rotate_right(1);
    }
    for (index, entry) in telling.iter().enumerate() {
        let before = found.marks();
        entry.read(lines, found);
        if index > 0 {
            found.keep_apart(before);
        }
    }
    true
}

/// No page asks for more signatures than this; one that is fuller counts all the same.
const ENTRIES: usize = 200;

/// A request and what was answered.
struct Entry<'n, 't> {
    request: &'n Node<'t>,
    content: &'n Node<'t>,
    /// The request of the page that was open.
    page: Option<&'n Node<'t>>,
    is_page: bool,
    /// Of how many fields of a signature the answer tells.
    fields: usize,
}

impl<'n, 't> Entry<'n, 't> {
    fn new(request: &'n Node<'t>, content: &'n Node<'t>, page: Option<&'n Node<'t>>) -> Self {
        let is_page = content.text("mimeType").contains("html");
        Self { request, content, page, is_page, fields: 0 }
    }

    /// Reads the answer and, where it tells of a signature, what was sent for it; says whether it did.
    fn read(&self, lines: Lines<'_>, found: &mut Found) -> bool {
        let mime = self.content.text("mimeType");
        if ["javascript", "css", "image", "font", "video", "audio"].iter().any(|kind| mime.contains(kind)) {
            return false;
        }
        let mut body = self.content.text("text");
        if self.content.text("encoding") == "base64" {
            let bytes = STANDARD.decode(body.trim()).unwrap_or_default();
            body = String::from_utf8_lossy(&bytes).into_owned().into();
        }
        let line = lines.of(self.content.key("text").map_or(self.content.at, |text| text.at));
        let manner = Manner { origin: Some(Origin::Har), ..Manner::FILE };
        let before = found.marks();
        let body = body.strip_prefix('\u{feff}').unwrap_or(&body);
        Reader::new(body, Lines::Fixed(line), manner, found).run();
        // Other answers have a `url` or a `timestamp` too.
        if !found.tells_since(before) {
            found.forget_since(before);
            return false;
        }
        let url = self.request.text("url");
        if self.is_page {
            found.page_url(&url);
            return true;
        }
        sent(self.request, lines, found);
        match referer(self.request, &url) {
            Some(page) => found.page_url(&page),
            None => self.page.into_iter().for_each(|page| found.page_url(&page.text("url"))),
        }
        true
    }
}

/// What was sent to the signing API: the page's address, as a rule.
fn sent(request: &Node<'_>, lines: Lines<'_>, found: &mut Found) {
    let mut keep = |name: &str, text: String, at: usize| {
        let key = Key::of(name);
        if key == Key::PageUrl {
            return found.page_url(&text);
        }
        if matches!(key.field(), Some(Field::Url | Field::AccessToken | Field::AppId | Field::AgentId)) {
            found.value(key, text, lines.of(at), Origin::Har, Trust::Plain);
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
    let host = |url: &str| url.split('/').nth(2).map(str::to_owned);
    let is_cut = page.split('/').nth(3).is_none_or(str::is_empty) && host(&page) != host(url);
    (!is_cut).then_some(page)
}
