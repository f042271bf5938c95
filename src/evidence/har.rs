//! A HAR file: what a browser recorded.
//!
//! In: the whole text. Out: into [`Found`], the fields in answers that hold a signature, a ticket
//! or a token and in pages that configure the client library, what was sent to get them, and the
//! addresses of the pages that asked. Everything else in the file (fonts, scripts, other APIs) says
//! nothing about a signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::found::{Found, Trust};
use super::json::{self, Node};
use super::key::Key;
use super::reader::{Lines, Manner, Reader};
use super::{Field, Origin, query};

/// Reads a HAR file; false where the text is none.
pub(super) fn read(text: &str, breaks: &[usize], found: &mut Found) -> bool {
    let start = text.trim_start();
    // Cheap, before the whole is parsed.
    if !start.starts_with('{') || !text.contains("\"entries\"") {
        return false;
    }
    let Some(document) = json::parse(text) else { return false };
    let Some(log) = document.key("log").filter(|log| log.key("entries").is_some()) else { return false };
    let mut pages: Vec<String> = Vec::new();
    for entry in log.list("entries") {
        if let (Some(request), Some(response)) = (entry.key("request"), entry.key("response")) {
            self::entry(request, response, Lines::Breaks(breaks), &mut pages, found);
        }
    }
    true
}

fn entry(request: &Node, response: &Node, lines: Lines<'_>, pages: &mut Vec<String>, found: &mut Found) {
    let url = request.text("url");
    let content = response.key("content");
    let mime = content.map_or("", |content| content.text("mimeType"));
    let is_page = mime.contains("html");
    if is_page {
        pages.push(url.to_owned());
    }
    let is_script = mime.contains("javascript")
        || mime.contains("css")
        || mime.contains("image")
        || mime.contains("font");
    let Some(content) = content.filter(|_| !is_script) else { return };
    let encoded = content.text("text");
    let body = if content.text("encoding") == "base64" {
        let bytes = STANDARD.decode(encoded.trim()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        encoded.to_owned()
    };
    let line = lines.of(content.key("text").map_or(content.at, |text| text.at));
    let manner = Manner { origin: Some(Origin::Har), ..Manner::FILE };
    let before = found.marks();
    Reader::new(body.strip_prefix('\u{feff}').unwrap_or(&body), Lines::Fixed(line), manner, found).run();
    // Other answers have a `url` or a `timestamp` too.
    if !found.tells_since(before) {
        return found.forget_since(before);
    }
    if is_page {
        return found.page_url(url);
    }
    sent(request, lines, found);
    match referer(request, url) {
        Some(page) => found.page_url(page),
        None => pages.last().into_iter().for_each(|page| found.page_url(page)),
    }
}

/// What was sent to the signing API: the page's address, as a rule.
fn sent(request: &Node, lines: Lines<'_>, found: &mut Found) {
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
            keep(item.text("name"), query::decoded(item.text("value")), item.at);
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
    } else if let Some(document) = json::parse(text) {
        for name in ["url", "link", "signUrl", "pageUrl", "page_url"] {
            if !document.text(name).is_empty() {
                keep(name, document.text(name).to_owned(), at);
            }
        }
    } else {
        for item in post.list("params") {
            keep(item.text("name"), query::decoded(item.text("value")), item.at);
        }
    }
}

/// The page that sent the request, unless the browser cut its address down to the host.
fn referer<'a>(request: &'a Node, url: &str) -> Option<&'a str> {
    let header =
        request.list("headers").iter().find(|header| header.text("name").eq_ignore_ascii_case("referer"))?;
    let page = header.text("value");
    let host = |url: &str| url.split('/').nth(2).map(str::to_owned);
    let is_cut = page.split('/').nth(3).is_none_or(str::is_empty) && host(page) != host(url);
    (!is_cut).then_some(page)
}
