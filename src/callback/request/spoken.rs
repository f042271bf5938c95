//! The body of an answer, and a status in words, in what surrounds a request.
//!
//! In: lines behind a request: a recorded answer (raw, or as curl shows it), `Response body: …`,
//! `响应：…`, `StatusCode: 404`. Out: the parts of a [`LoggedAnswer`].

use super::answer::{LoggedAnswer, LoggedBody, status};

/// The head and the body of a recorded answer; `text` is what is behind its first line.
pub(super) fn recorded(found: u16, text: &str) -> LoggedAnswer {
    let mut answer = LoggedAnswer { status: Some(found), ..LoggedAnswer::default() };
    let mut length = None;
    let mut is_chunked = false;
    let mut rest = text;
    loop {
        if rest.is_empty() {
            // The head alone was recorded.
            answer.bytes = length.and_then(|length| u64::try_from(length).ok());
            return answer;
        }
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = next;
        let line = line.trim_start_matches('<').trim();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse::<usize>().ok(),
            "content-type" => answer.content_type = Some(value.to_owned()),
            "location" => answer.location = Some(value.to_owned()),
            "transfer-encoding" => is_chunked = value.eq_ignore_ascii_case("chunked"),
            _ => {}
        }
    }
    answer.bytes = length.and_then(|length| u64::try_from(length).ok());
    // What curl says, and the next request, do not belong to it.
    let ends = ["* Connection #", "\n* ", "\n> ", "\nGET /", "\nPOST /", "\n--- "];
    let end = ends.iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
    let whole = &rest[..end];
    let body = match length {
        // `None`: a mark or a line break that an editor took away shows in the size alone.
        Some(length) => whole.get(..length).map(str::to_owned),
        None if is_chunked && first_is_a_size(whole) => None,
        None => {
            let whole = whole.strip_suffix('\n').unwrap_or(whole);
            Some(whole.strip_suffix('\r').unwrap_or(whole).to_owned())
        }
    };
    answer.body = body.map(|text| LoggedBody { text, exact: true });
    answer
}

/// Whether a body still has the marks of its chunks.
fn first_is_a_size(body: &str) -> bool {
    let first = body.lines().next().unwrap_or_default().trim();
    (1..=6).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What precedes the body of an answer.
const BODIES: &[&str] = &[
    "response body",
    "responsebody",
    "resp body",
    "respbody",
    "response content",
    "response data",
    "response text",
    "response",
    "resp",
    "reply",
    "returned",
    "return",
    "returning",
    "output",
    "answer",
    "应答内容",
    "应答体",
    "应答",
    "响应内容",
    "响应数据",
    "响应体",
    "响应",
    "返回内容",
    "返回数据",
    "返回结果",
    "返回值",
    "返回体",
    "返回",
    "回复内容",
    "回复",
    "输出",
];

/// What precedes its status.
const STATUSES: &[&str] = &[
    "statuscode",
    "status code",
    "response status",
    "http status",
    "status",
    "响应状态码",
    "响应状态",
    "状态码",
    "响应码",
];

/// The text behind one of the labels.
fn behind<'a>(line: &'a str, labels: &[&str]) -> Option<&'a str> {
    // The same length, so that places fit.
    let lower: String = line.chars().map(|c| if c == '_' { ' ' } else { c.to_ascii_lowercase() }).collect();
    for label in labels {
        for (at, _) in lower.match_indices(label) {
            let before = lower[..at].chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphanumeric() && label.is_ascii()) {
                continue;
            }
            let rest = line[at + label.len()..].trim_start_matches(['"', '\'', ' ', ']']);
            let separators = [":", "：", "=>", "->", "="];
            if let Some(value) = separators.iter().find_map(|mark| rest.strip_prefix(mark)) {
                return Some(value.trim());
            }
        }
    }
    None
}

/// A status in words.
pub(super) fn status_in(line: &str) -> Option<LoggedAnswer> {
    let found = match behind(line, STATUSES).or_else(|| line.split_once("status code ").map(|(_, rest)| rest))
    {
        Some(value) => value,
        None => behind(line, BODIES)?,
    };
    let word = found.trim_start_matches(['"', '\'', '<', '[', '(']).trim_start_matches("Response [");
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    // `response: 200 OK` is a status, `response: 200` may be a body.
    let is_status = behind(line, STATUSES).is_some()
        || line.contains("status code ")
        || word[end..].starts_with([' ', ']', '>']) && word[end..].len() > 1;
    let status = status(&word[..end]).filter(|_| is_status)?;
    Some(LoggedAnswer { status: Some(status), ..LoggedAnswer::default() })
}

/// A body that a line reports.
pub(super) fn body_in(line: &str) -> Option<LoggedBody> {
    let value = behind(line, BODIES)?;
    // A response object of a library, or a status line.
    if value.is_empty() || value.starts_with("<Response") || value.starts_with("HTTP/") {
        return None;
    }
    // A text of Python.
    let value = value.strip_prefix('b').filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(value);
    let text = match value.chars().next()? {
        quote @ ('"' | '\'' | '`') => {
            let inside = &value[1..];
            let mut escaped = false;
            let end = inside.find(|c| {
                let ends = c == quote && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            // A logger's quotes; those of the answer itself would be escaped, or doubled.
            unescaped(&inside[..end?])
        }
        _ => value.trim_end().to_owned(),
    };
    Some(LoggedBody { text, exact: false })
}

/// A text without a logger's escapes.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(answer: &LoggedAnswer) -> Option<&str> {
        answer.body.as_ref().map(|body| body.text.as_str())
    }

    #[test]
    fn a_recorded_answer_has_head_and_body() {
        let answer = recorded(200, "Content-Type: application/json\r\nContent-Length: 5\r\n\r\n\"605\"\n");
        assert_eq!((body(&answer), answer.bytes), (Some("\"605\""), Some(5)));
        assert_eq!(answer.content_type.as_deref(), Some("application/json"));
        let answer =
            recorded(200, "< Content-Type: text/plain\n< \n605* Connection #0 to host a left intact\n");
        assert_eq!(body(&answer), Some("605"));
        // Three bytes that an editor did not keep.
        let answer = recorded(200, "Content-Length: 6\n\n605");
        assert_eq!((body(&answer), answer.bytes), (None, Some(6)));
        let answer = recorded(200, "Content-Length: 4\n\n605\n");
        assert_eq!(body(&answer), Some("605\n"));
        let answer = recorded(302, "Location: /login\n");
        assert_eq!((answer.location.as_deref(), body(&answer)), (Some("/login"), None));
        assert_eq!(body(&recorded(200, "Transfer-Encoding: chunked\n\n3\n605\n0\n\n")), None);
        // Without their marks the chunks are the body.
        for text in ["success", "hello", "{\"a\":1}"] {
            let answer = recorded(200, &format!("Transfer-Encoding: chunked\n\n{text}\n"));
            assert_eq!(body(&answer), Some(text));
        }
    }

    #[test]
    fn a_body_is_reported_in_words() {
        for (line, expected) in [
            ("2026-01-01 INFO response body: {\"code\":0}", Some("{\"code\":0}")),
            ("响应：\"605\"", Some("605")),
            ("返回结果 => \\\"605\\\"", Some("\\\"605\\\"")),
            ("resp=\"{\\\"code\\\":0}\" took=3ms", Some("{\"code\":0}")),
            ("      ResponseBody: 605", Some("605")),
            ("return: b'605'", Some("605")),
            ("response time: 3 ms", None),
            ("response: <Response [200]>", None),
            ("no return value", None),
        ] {
            assert_eq!(body_in(line).map(|body| body.text).as_deref(), expected, "{line}");
        }
        for (line, expected) in [
            ("StatusCode: 404", Some(404)),
            ("响应状态码：500", Some(500)),
            ("Request failed with status code 404", Some(404)),
            ("response: <Response [404]>", Some(404)),
            ("response: 404 Not Found", Some(404)),
            ("response: 404", None),
            ("response: [404]", None),
            ("response: 404xy", None),
            ("response: \"404 Not Found\"", Some(404)),
            ("response: 600 x", None),
            ("status: ok", None),
            ("order status: 12345", None),
        ] {
            assert_eq!(status_in(line).and_then(|answer| answer.status), expected, "{line}");
        }
    }
}
