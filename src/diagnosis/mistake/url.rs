//! The mistakes of the url: an address taken apart, what the evidence knows, and the list of the mistakes.
//!
//! In: an address, which another mistake may have changed already. Out: the addresses a mistake makes
//! of it. Most mistakes happen in both directions, since either the text that was signed or the text
//! that was given can be the damaged one.

mod encoding;
mod place;
mod share;
mod text;

use super::{Change, Entry, Field, Likelihood, Variants};
use crate::diagnosis::case::Case;
use crate::diagnosis::url_part::Parts;
use crate::signature::without_fragment;

/// What the evidence shows besides the url itself.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Fragments, without `#`.
    fragments: Vec<String>,
    /// Other urls, without fragment.
    urls: Vec<String>,
    /// `code=…&state=…` of redirects back from OAuth.
    oauth: Vec<String>,
    /// Ports.
    ports: Vec<String>,
}

/// Evidence beyond this many urls says nothing more, and multiplies the work.
const MOST_URLS: usize = 16;

impl Known {
    /// Gathers it from a case.
    pub(crate) fn of(case: &Case<'_>) -> Self {
        let mut known = Self::default();
        let own = case.fields.url.as_str();
        let mut urls = vec![own];
        urls.extend(case.page_urls.iter().chain(case.urls).map(String::as_str));
        urls.dedup();
        urls.truncate(MOST_URLS);
        for url in urls {
            let parts = Parts::of(url);
            push_new(&mut known.fragments, parts.fragment);
            push_new(&mut known.ports, parts.port.filter(|port| !port.is_empty()));
            if url != own {
                push_new(&mut known.urls, Some(without_fragment(url)));
                let pairs = parts.query.unwrap_or_default().split('&');
                let oauth: Vec<&str> = pairs.filter(|pair| share::is_oauth(pair)).collect();
                push_new(&mut known.oauth, Some(oauth.join("&").as_str()).filter(|text| !text.is_empty()));
            }
        }
        known
    }
}

fn push_new(list: &mut Vec<String>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !list.iter().any(|one| one == text)) {
        list.push(text.to_owned());
    }
}

/// An address taken apart, with what the evidence knows.
pub(crate) struct Address<'a> {
    text: &'a str,
    known: &'a Known,
    parts: Parts<'a>,
    /// What is before the host: `https://`, `//`, nothing, with a user where there is one.
    lead: &'a str,
    /// Whether it has a host at all: text that was encoded or cut may have none.
    has_host: bool,
}

impl<'a> Address<'a> {
    /// Takes a text apart.
    pub(crate) fn new(text: &'a str, known: &'a Known) -> Self {
        let parts = Parts::of(text);
        // The host is a part of the text, so its place tells what is before it.
        let lead = &text[..parts.host.as_ptr() as usize - text.as_ptr() as usize];
        let plain = parts.host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_[]".contains(&byte));
        let has_host = !parts.host.is_empty() && plain && (!lead.is_empty() || parts.host.contains('.'));
        Self { text, known, parts, lead, has_host }
    }

    /// The address with some parts replaced.
    fn with<'b>(&self, edit: impl FnOnce(&mut Edited<'b>)) -> String
    where
        'a: 'b,
    {
        let mut edited = Edited {
            lead: self.lead,
            host: self.parts.host,
            port: self.parts.port,
            path: self.parts.path,
            query: self.parts.query,
            fragment: self.parts.fragment,
        };
        edit(&mut edited);
        let mut out = String::with_capacity(self.text.len() + 48);
        out.push_str(edited.lead);
        out.push_str(edited.host);
        for (mark, part) in
            [(':', edited.port), ('\0', Some(edited.path)), ('?', edited.query), ('#', edited.fragment)]
        {
            if let Some(part) = part {
                if mark != '\0' {
                    out.push(mark);
                }
                out.push_str(part);
            }
        }
        out
    }

    /// The address with these parameters, without `?` where there are none.
    fn with_params(&self, params: &[&str]) -> String {
        let query = params.join("&");
        self.with(|parts| parts.query = (!params.is_empty()).then_some(&query))
    }

    /// The parameters as written, `name=value` each.
    fn params(&self) -> Vec<&'a str> {
        self.parts.query.map_or_else(Vec::new, |query| query.split('&').collect())
    }
}

struct Edited<'a> {
    lead: &'a str,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

/// Every mistake of the url, in the order that breaks ties between equally likely ones.
pub(super) const ENTRIES: &[Entry] = &[
    text::URL_FRAGMENT,
    encoding::URL_PERCENT_ENCODED,
    encoding::URL_PERCENT_ENCODED_TWICE,
    encoding::URL_PERCENT_DECODED,
    share::URL_SHARE_PARAMS_MISSING,
    share::URL_SHARE_PARAMS_ADDED,
    share::URL_CUT_AT_AMPERSAND,
    place::URL_SCHEME_SWAPPED,
    place::URL_SCHEME_MISSING,
    place::URL_QUERY_DROPPED,
    place::URL_PATH_DROPPED,
    place::URL_BARE_HOST_SLASH,
    place::URL_TRAILING_SLASH,
    place::URL_PORT,
    share::URL_OAUTH_PARAMS,
    place::URL_INDEX_FILE,
    encoding::URL_HTML_ESCAPED,
    encoding::URL_JSON_ESCAPED,
    text::URL_CASE,
    place::URL_WWW,
    text::URL_DANGLING_SEPARATOR,
    encoding::URL_PLUS_SPACE,
    encoding::URL_CHARSET,
    text::URL_PLACEHOLDER,
    share::URL_PARAM_ORDER,
    share::URL_PARAM_MISSING,
    text::URL_WHITESPACE,
    place::CONFIG_DIFFERS,
];

/// Parameters beyond this many are not permuted or dropped one by one.
const MOST_PARAMS: usize = 12;
/// Path segments beyond this many are not dropped or doubled one by one.
const MOST_SEGMENTS: usize = 6;

/// Separators and spaces: who loses these has lost no part of an address.
fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| "?&=".contains(c) || c.is_whitespace())
}

/// Each parameter with its value changed.
fn map_values(address: &Address<'_>, change: impl Fn(&str) -> String) -> Vec<String> {
    address
        .params()
        .into_iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", change(value)),
            None => pair.to_owned(),
        })
        .collect()
}

/// The parameters with one of them changed.
fn map_param(address: &Address<'_>, nth: usize, change: impl Fn(&str) -> String) -> Vec<String> {
    let change = |(at, pair): (usize, &str)| if at == nth { change(pair) } else { pair.to_owned() };
    address.params().into_iter().enumerate().map(change).collect()
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
