//! A callback request out of a log: the query's values, the body, and the answer that was logged.
//!
//! In: what a developer copies from a server log: a request line with headers and a body, a URL, a
//! line of an access log, a query string, or what a framework prints of its parsed query (a
//! `MultiDict`, a map of PHP, Java, Go, Node or Ruby, `key: value` pairs). Out: a [`Request`] with
//! the values percent-decoded once, or each of several, or a [`RequestError`]. A `+` stays a `+`: the values are base64,
//! digits and letters, and none has a space.

mod answer;
mod dump;
mod logged;
mod spoken;

pub use answer::{LoggedAnswer, LoggedBody};

use std::collections::HashMap;

use super::is_encrypted_shape;
use crate::evidence::without_colors;

/// The names that WeChat puts into the query.
const NAMES: [&str; 6] = ["msg_signature", "signature", "timestamp", "nonce", "echostr", "encrypt_type"];

/// A logged request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `msg_signature`.
    pub msg_signature: Option<String>,
    /// `signature`: the plain one (mp).
    pub signature: Option<String>,
    /// `timestamp`.
    pub timestamp: Option<String>,
    /// `nonce`.
    pub nonce: Option<String>,
    /// `echostr`, of a URL verification.
    pub echostr: Option<String>,
    /// `encrypt_type`: `aes` when the body is encrypted (mp).
    pub encrypt_type: Option<String>,
    /// What follows the headers.
    pub body: Option<String>,
    /// What the server answered, when the log says so.
    pub answer: Option<LoggedAnswer>,
    /// The path that was called, without the query.
    pub path: Option<String>,
}

/// Why a text holds no callback request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No line has the query of a callback.
    #[error("no line has a query with signature, timestamp and nonce")]
    NoQuery,
    /// A value is not UTF-8 after percent-decoding.
    #[error("the query's `{0}` is not UTF-8 after percent-decoding")]
    NotUtf8(&'static str),
}

/// A request and the line of the text that it begins in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The request.
    pub request: Request,
    /// Its line, from 1.
    pub line: usize,
}

/// Finds the first callback request in a text.
pub fn read(text: &str) -> Result<Request, RequestError> {
    Ok(read_all(text)?.swap_remove(0).request)
}

/// Finds every callback request in a text, at least one: the signed ones if any is.
pub fn read_all(text: &str) -> Result<Vec<Found>, RequestError> {
    let text = without_colors(text.trim_start_matches('\u{feff}'));
    let text = text.as_ref();
    if let Some(entries) = logged::entries(text)
        && let Some(found) = of_entries(text, &entries)
    {
        return Ok(found);
    }
    let queries = queries_of(text)?;
    let mut found = if queries.is_empty() { dump::read_all(text) } else { of_queries(text, queries) };
    if found.iter().any(|one| one.request.is_signed()) {
        found.retain(|one| one.request.is_signed());
    }
    if found.is_empty() { Err(RequestError::NoQuery) } else { Ok(found) }
}

/// The requests of a JSON list, such as the entries of a HAR, each read by itself.
fn of_entries(text: &str, entries: &[String]) -> Option<Vec<Found>> {
    let mut found: Vec<Found> = Vec::new();
    for entry in entries {
        let Ok(request) = read(entry) else { continue };
        if !request.is_signed() || found.iter().any(|one| one.request.is_of(&request)) {
            continue;
        }
        let signature = request.msg_signature.as_ref().or(request.signature.as_ref())?;
        let line = line_of(text, text.find(signature.as_str()).unwrap_or(0));
        found.push(Found { request, line });
    }
    (!found.is_empty()).then_some(found)
}

/// A line that has a query, and what the query says.
struct Line {
    start: usize,
    request: Request,
}

/// The lines that begin a request: those of a query that no earlier line has, and the repeated ones
/// that report an answer of their own.
fn queries_of(text: &str) -> Result<Vec<Line>, RequestError> {
    let mut lines: Vec<Line> = Vec::new();
    // The place in `lines` of each signature, and whether its line has an answer.
    let mut seen: HashMap<String, bool> = HashMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let here = start;
        start += line.len();
        let Some(query) = query_of(line) else { continue };
        let request = match parse(&query) {
            Ok(request) => request,
            Err(error) if lines.is_empty() => return Err(error),
            Err(_) => continue,
        };
        let signature = request.msg_signature.clone().or_else(|| request.signature.clone());
        let answers = logged::answer_of(line).is_some();
        if let Some(signature) = signature {
            match seen.get_mut(&signature) {
                Some(answered) if !(*answered && answers) => {
                    *answered |= answers;
                    continue;
                }
                Some(_) => {}
                None => {
                    seen.insert(signature, answers);
                }
            }
        } else if !lines.is_empty() {
            continue;
        }
        lines.push(Line { start: here, request });
    }
    Ok(lines)
}

/// Each request with the body and the answer that its part of the text has.
fn of_queries(text: &str, lines: Vec<Line>) -> Vec<Found> {
    let document = if lines.len() == 1 { logged::in_document(text) } else { None };
    let ends: Vec<usize> = lines.iter().skip(1).map(|line| line.start).chain([text.len()]).collect();
    let mut found = Vec::with_capacity(lines.len());
    let (mut counted, mut number) = (0, 1);
    for (Line { start, mut request }, end) in lines.into_iter().zip(ends) {
        number += text[counted..start].matches('\n').count();
        counted = start;
        let part = &text[start..end];
        let (line, after) = part.split_once('\n').unwrap_or((part, ""));
        let later = text[start..].split_once('\n').map_or("", |(_, later)| later);
        request.answer = document.clone().or_else(|| {
            let own = logged::answer_of(line).or_else(|| same_request(&request, later));
            joined(own, after)
        });
        request.path = path_of(line);
        if request.echostr.is_none() {
            let own = without_answer(part, after);
            let body = body_of(&own[own.len().min(part.len() - after.len())..]);
            let is_whole =
                body.as_ref().is_some_and(|body| body.starts_with('{') || body.starts_with("<xml>"));
            request.body = if is_whole { body } else { xml_in(own).or(body) };
        }
        found.push(Found { request, line: number });
    }
    found
}

/// The line that a place in a text is in, from 1.
fn line_of(text: &str, place: usize) -> usize {
    1 + text[..place].matches('\n').count()
}

/// The answer of a later line about the same request: it has the same signature.
fn same_request(request: &Request, after: &str) -> Option<LoggedAnswer> {
    let signature = request.msg_signature.as_ref().or(request.signature.as_ref())?;
    let lines = after.lines().take(100);
    lines.filter(|line| line.contains(signature.as_str())).find_map(logged::answer_of)
}

/// The answer of a request's own line, with the body that is reported behind it.
fn joined(own: Option<LoggedAnswer>, after: &str) -> Option<LoggedAnswer> {
    let Some(mut own) = own else { return logged::answer_behind(after) };
    if own.body.is_none()
        && let Some(behind) = logged::answer_behind(after)
        && (behind.status.is_none() || behind.status == own.status)
    {
        own.body = behind.body;
        own.content_type = behind.content_type;
        own.location = behind.location;
    }
    Some(own)
}

/// Undoes percent-escapes, as a log has them. A broken escape stays as it is; `None` when the result
/// is not UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| after.split_first_chunk::<2>()).flatten();
        if let Some((digits, after)) = escaped
            && let Some(byte) = hex_byte(*digits)
        {
            bytes.push(byte);
            rest = after;
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex_byte(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

/// The query of a line: the target of a request line, else the first of its words, split also at
/// quotes, that has two of the names.
fn query_of(line: &str) -> Option<String> {
    if !NAMES.iter().any(|name| line.contains(name)) {
        return None;
    }
    // A log in JSON or HTML writes `&` in its own way, and a page shows `&times` as a sign.
    let line = line.replace("\\u0026", "&").replace("&amp;", "&").replace("×tamp", "&timestamp");
    // Between the method and the protocol a space is a `+` that was lost, not the end of the target.
    if let Some(target) = request_target(&line)
        && target.contains(' ')
        && let Some((_, query)) = target.split_once('?')
        && is_query(query)
    {
        return Some(query.to_owned());
    }
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`'))
        .map(|word| word.split_once('?').map_or(word, |(_, query)| query))
        .map(|query| query.split('#').next().unwrap_or_default())
        // A logger's own marks behind an address; in it they would be percent-encoded.
        .map(|query| query.trim_end_matches([',', ';', ')', ']', '}', '|', '.', '，', '。', '；']))
        .find(|query| is_query(query))
        .map(|query| with_spaces(&line, query))
}

/// A query that ended at a space in its echostr, which was a `+`, up to its end in the line.
fn with_spaces(line: &str, query: &str) -> String {
    let value = query.find("echostr=").map(|at| at + "echostr=".len());
    let place = line.find(query).zip(value).map(|(start, value)| start + value);
    if let (Some(value), Some(place)) = (value, place)
        && let Some(length) = with_lost_plus(&line[place..])
    {
        let (echostr, behind) = line[place..].split_at(length);
        let is_end = |c: char| c.is_whitespace() || "\"'<>`#".contains(c);
        let others = behind.starts_with('&').then(|| behind.split(is_end).next()).flatten();
        return format!("{}{echostr}{}", &query[..value], others.unwrap_or_default());
    }
    query.to_owned()
}

/// The length of the encrypted value that a text begins with, when some of its `+` became spaces.
fn with_lost_plus(text: &str) -> Option<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/=% ".contains(c);
    let run = &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())];
    let ends = (1..=run.len()).filter(|end| {
        let (before, behind) = (run[..*end].ends_with(' '), run[*end..].starts_with(' '));
        before || behind || *end == run.len()
    });
    // A value that is whole without its spaces lost none.
    let fits = |end: &usize| {
        let value = percent_decoded(&run[..*end]).unwrap_or_default();
        is_encrypted_shape(&value.replace(' ', "+"))
    };
    ends.take(WORDS_TRIED).find(fits).filter(|end| run[..*end].contains(' '))
}

/// So many words may be one value.
const WORDS_TRIED: usize = 64;

/// What is between `GET ` or `POST ` and ` HTTP/1`.
fn request_target(line: &str) -> Option<&str> {
    let end = line.find(" HTTP/")?;
    let start =
        ["GET ", "POST "].iter().filter_map(|method| Some(line[..end].find(method)? + method.len())).min()?;
    line.get(start..end)
}

/// What is before the `?` of the address, without scheme and host.
fn path_of(line: &str) -> Option<String> {
    let (before, _) = line.split_once('?')?;
    let word = before.rsplit(|c: char| c.is_whitespace() || "\"'<>`=".contains(c)).next()?;
    let path = word.split_once("://").map_or(word, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    path.starts_with('/').then(|| path.to_owned())
}

fn is_query(query: &str) -> bool {
    let known = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| NAMES.contains(&name));
    query.split('&').filter(|pair| known(pair)).count() >= 2
}

fn parse(query: &str) -> Result<Request, RequestError> {
    let mut request = Request::default();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let Some((name, place)) = request.place(name) else { continue };
        if place.is_none() {
            *place = Some(percent_decoded(value).ok_or(RequestError::NotUtf8(name))?);
        }
    }
    Ok(request)
}

impl Request {
    /// Whether it has a signature.
    pub fn is_signed(&self) -> bool {
        self.signature.is_some() || self.msg_signature.is_some()
    }

    /// Whether another one has its signature.
    fn is_of(&self, other: &Self) -> bool {
        self.msg_signature == other.msg_signature && self.signature == other.signature
    }

    /// Where the value of a query parameter belongs.
    fn place(&mut self, name: &str) -> Option<(&'static str, &mut Option<String>)> {
        Some(match name {
            "msg_signature" => ("msg_signature", &mut self.msg_signature),
            "signature" => ("signature", &mut self.signature),
            "timestamp" => ("timestamp", &mut self.timestamp),
            "nonce" => ("nonce", &mut self.nonce),
            "echostr" => ("echostr", &mut self.echostr),
            "encrypt_type" => ("encrypt_type", &mut self.encrypt_type),
            _ => return None,
        })
    }
}

/// The XML behind a query, wherever it is: behind a log's own words, in a curl command, in a chunk.
fn xml_in(text: &str) -> Option<String> {
    let start = text.find("<xml>")?;
    let length = text[start..].find("</xml>")? + "</xml>".len();
    let xml = &text[start..start + length];
    // In a log of JSON the line breaks and quotes are escaped.
    Some(if xml.contains('\n') { xml.to_owned() } else { xml.replace("\\n", "\n").replace("\\\"", "\"") })
}

/// A request's part of a log: what is before the line that reports the answer, `after` its own line.
fn without_answer<'a>(rest: &'a str, after: &str) -> &'a str {
    let mut at = rest.len() - after.len();
    for line in after.split_inclusive('\n') {
        let is_answer = line.starts_with("HTTP/")
            || line.starts_with("< HTTP/")
            || spoken::body_in(line).is_some_and(|body| body.text.starts_with(['<', '{']));
        if is_answer {
            break;
        }
        at += line.len();
    }
    &rest[..at]
}

/// What follows the request line: after an empty line, or from the first line that starts as a
/// body does. A log that goes on behind the body is cut off.
fn body_of(after: &str) -> Option<String> {
    let mut rest = after;
    loop {
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.trim_start().starts_with(['<', '{']) {
            break;
        }
        if line.trim().is_empty() || next.is_empty() {
            rest = next;
            break;
        }
        rest = next;
    }
    let body = rest.trim();
    let end = match body.chars().next()? {
        '<' => body.rfind("</xml>").map(|at| at + "</xml>".len()),
        '{' => body.rfind('}').map(|at| at + 1),
        _ => None,
    };
    Some(body[..end.unwrap_or(body.len())].to_owned())
}

#[cfg(test)]
mod tests;
