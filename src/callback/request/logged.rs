//! What the server answered, when a log says so.
//!
//! In: one line of an access log (nginx, Apache, IIS, Caddy, uvicorn, Django, werkzeug, gin, morgan,
//! ASP.NET, an AWS load balancer), or the lines behind a request (Rails, Spring, Koa, a recorded
//! answer). Out: the status and the size of the body.

use serde::Serialize;

/// An answer as far as an access log has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LoggedAnswer {
    /// The status.
    pub status: u16,
    /// The size of the body, in bytes; `None` when the log has none.
    pub bytes: Option<u64>,
}

/// The answer that a line reports.
pub(super) fn answer_of(line: &str) -> Option<LoggedAnswer> {
    let whole = line.trim();
    in_json(whole)
        .or_else(|| balancer(whole))
        .or_else(|| behind_protocol(line))
        .or_else(|| asp_net(whole))
        .or_else(|| iis(whole))
        .or_else(|| between_bars(line))
        .or_else(|| before_milliseconds(line))
}

/// So many lines behind a request are looked at: a body may be between it and its answer.
const LINES_BEHIND: usize = 400;

/// The answer that the lines behind a request report, up to the next request: `Completed 403
/// Forbidden in 2ms` (Rails), `Completed 401 UNAUTHORIZED` (Spring), `--> GET /wx 404 5ms` (Koa),
/// `HTTP/1.1 200 OK` (a recorded answer).
pub(super) fn answer_behind(text: &str) -> Option<LoggedAnswer> {
    for line in text.lines().take(LINES_BEHIND) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| status(word));
        let found = words.iter().enumerate().find_map(|(at, word)| match *word {
            "Completed" => number(at + 1),
            "-->" if words.get(at + 1).is_some_and(|word| is_method(word)) => number(at + 3),
            word if word.starts_with("HTTP/") && (at == 0 || words[..at] == ["<"]) => number(at + 1),
            _ => None,
        });
        if let Some(status) = found {
            return Some(LoggedAnswer { status, bytes: None });
        }
        if words.iter().any(|word| word.starts_with("HTTP/") || is_method(word.trim_start_matches('"'))) {
            break;
        }
    }
    None
}

fn is_method(word: &str) -> bool {
    matches!(word, "GET" | "POST")
}

/// `{"request":{"uri":"/wx?…"},"size":0,"status":404}` (Caddy, nginx with a JSON format).
fn in_json(line: &str) -> Option<LoggedAnswer> {
    let start = line.find('{').filter(|_| line.ends_with('}'))?;
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line[start..]).ok()?;
    let number = |names: &[&str]| {
        names.iter().find_map(|name| {
            let value = object.get(*name)?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok())
        })
    };
    let found = number(&["status", "statusCode", "status_code", "DownstreamStatus"])?;
    let bytes = number(&["size", "body_bytes_sent", "bytes", "DownstreamContentSize"]);
    Some(LoggedAnswer { status: status(&found.to_string())?, bytes })
}

/// `https 2026-… app/lb/1 1.2.3.4:1 10.0.0.1:80 0.0 0.001 0.0 403 403 34 366 "GET … HTTP/1.1"`.
fn balancer(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().take(13).collect();
    let is_balancer = words.get(2).is_some_and(|word| word.starts_with("app/"))
        && words.get(12).is_some_and(|word| word.starts_with('"'));
    let status = status(words.get(8)?).filter(|_| is_balancer)?;
    Some(LoggedAnswer { status, bytes: None })
}

/// `Request finished HTTP/1.1 GET http://host/wx?… - - - 404 0 - 3.2ms` (ASP.NET).
fn asp_net(line: &str) -> Option<LoggedAnswer> {
    let (_, behind) = line.split_once("Request finished HTTP/")?;
    let mut words = behind.split_whitespace().skip(3).skip_while(|word| status(word).is_none());
    let status = status(words.next()?)?;
    Some(LoggedAnswer { status, bytes: words.next().and_then(|word| word.parse().ok()) })
}

/// `2026-… 10.0.0.1 GET /wx signature=… 80 - 1.2.3.4 UA - 500 0 0 31` (IIS).
fn iis(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let method = words.iter().position(|word| is_method(word))?;
    let is_iis = words.get(method + 1)?.starts_with('/') && words.get(method + 2)?.contains('=');
    let [.., found, sub, system, _] = words.as_slice() else { return None };
    let rest_are_numbers = [sub, system].iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let found = status(found).filter(|_| is_iis && rest_are_numbers)?;
    Some(LoggedAnswer { status: found, bytes: None })
}

/// `"GET … HTTP/1.1" 404 169` and `"GET … HTTP/1.1" 200 OK`.
fn behind_protocol(line: &str) -> Option<LoggedAnswer> {
    let at = line.rfind(" HTTP/")?;
    let mut words = line[at + 1..].split_whitespace().skip(1);
    let status = status(words.next()?)?;
    let bytes = words.next().and_then(|word| match word {
        "-" => None,
        word => word.parse().ok(),
    });
    Some(LoggedAnswer { status, bytes })
}

/// `| 404 |    1.2ms | 10.0.0.1 | GET "/wx?…"` (gin).
fn between_bars(line: &str) -> Option<LoggedAnswer> {
    let status = line.split('|').skip(1).find_map(|part| status(part.trim()))?;
    Some(LoggedAnswer { status, bytes: None })
}

/// `GET /wx?… 404 1.234 ms - 139` (morgan).
fn before_milliseconds(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "ms")?;
    let status = status(words.get(at.checked_sub(2)?)?)?;
    let bytes = words.get(at + 2).and_then(|word| word.parse().ok());
    Some(LoggedAnswer { status, bytes })
}

fn status(word: &str) -> Option<u16> {
    let number: u16 = word.parse().ok().filter(|_| word.len() == 3)?;
    (100..600).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_logs_say_what_was_answered() {
        for (line, expected) in [
            ("[05/May] \"GET /?signature=a&nonce=1 HTTP/1.1\" 404 -", Some((404, None))),
            (
                "1.2.3.4 - - [x] \"GET /wx?nonce=1 HTTP/1.0\" 301 169 \"-\" \"Mozilla/4.0\"",
                Some((301, Some(169))),
            ),
            ("INFO: 1.2.3.4:5 - \"GET /wx?nonce=1 HTTP/1.1\" 403 Forbidden", Some((403, None))),
            ("[GIN] 2026/01/01 - 00:00:00 | 404 |  1.2ms | 1.2.3.4 | GET \"/wx?nonce=1\"", Some((404, None))),
            ("GET /wx?nonce=1 500 1.234 ms - 139", Some((500, Some(139)))),
            (
                "Request finished HTTP/1.1 GET http://a.cn/wx?nonce=1 - - - 404 0 - 3.2ms",
                Some((404, Some(0))),
            ),
            ("Request starting HTTP/1.1 GET http://a.cn/wx?nonce=1 - -", None),
            (
                "2026-01-01 10:11:12 10.0.0.1 GET /wx signature=a&nonce=1 80 - 1.2.3.4 Mozilla/4.0 - 500 0 0 31",
                Some((500, None)),
            ),
            (
                r#"{"request":{"method":"GET","uri":"/wx?nonce=1"},"status":404,"size":9}"#,
                Some((404, Some(9))),
            ),
            (
                "https 2026-01-01T10:11:12Z app/lb/1 1.2.3.4:1 10.0.0.1:80 0.0 0.001 0.0 403 403 34 366 \"GET https://a.cn:443/wx?nonce=1 HTTP/1.1\" \"UA\"",
                Some((403, None)),
            ),
            (r#"{"request":{"uri":"/wx?nonce=1"},"msg":"handled"}"#, None),
            ("GET /wx?nonce=200 HTTP/1.1", None),
            ("https://a.b/wx?nonce=1", None),
        ] {
            let found = answer_of(line).map(|answer| (answer.status, answer.bytes));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn the_lines_behind_a_request_say_what_was_answered() {
        for (text, expected) in [
            ("  Parameters: {\"nonce\"=>\"1\"}\nCompleted 403 Forbidden in 2ms", Some(403)),
            ("d.D : Completed 401 UNAUTHORIZED", Some(401)),
            ("* Connected\n< HTTP/1.1 404 Not Found", Some(404)),
            ("--> GET /wx?nonce=1 404 5ms -", Some(404)),
            ("Content-Type: text/xml\n\n<xml/>\n\nHTTP/1.1 500 Oops\n", Some(500)),
            ("GET /other?nonce=2 HTTP/1.1\nHTTP/1.1 500 Oops", None),
            ("handled in 200 ms", None),
        ] {
            assert_eq!(answer_behind(text).map(|answer| answer.status), expected, "{text}");
        }
    }
}
