//! What the server answered, when a log says so.
//!
//! In: one line of an access log (nginx, Apache, IIS, Caddy, HAProxy, Traefik, uvicorn, Django,
//! werkzeug, tornado, gin, morgan, pino, logfmt, ASP.NET, an AWS load balancer, PHP's own server), the
//! lines behind a request (Rails, Spring, Koa, a recorded answer), or a whole JSON document. Out: the
//! status, the size of the body, and the body itself where it was logged.

use serde_json::{Map, Value};

use super::answer::{LoggedAnswer, LoggedBody, status};
use super::spoken;

/// The answer that a line reports.
pub(super) fn answer_of(line: &str) -> Option<LoggedAnswer> {
    let whole = line.trim();
    let mut answer = in_json(whole)
        .or_else(|| balancer(whole))
        .or_else(|| haproxy(whole))
        .or_else(|| behind_protocol(line))
        .or_else(|| asp_net(whole))
        .or_else(|| iis(whole))
        .or_else(|| named(whole))
        .or_else(|| before_method(whole))
        .or_else(|| between_bars(line))
        .or_else(|| before_milliseconds(line));
    if let Some(answer) = answer.as_mut().filter(|answer| answer.body.is_none()) {
        answer.body = spoken::body_in(line);
    }
    answer
}

/// So many lines behind a request are looked at: a body may be between it and its answer.
const LINES_BEHIND: usize = 400;

/// The answer that the lines behind a request report, up to the next request: `Completed 403
/// Forbidden in 2ms` (Rails), `Completed 401 UNAUTHORIZED` (Spring), `--> GET /wx 404 5ms` (Koa),
/// `<-- 404 Not Found` (OkHttp), `StatusCode: 404` (ASP.NET), `HTTP/1.1 200 OK` (a recorded answer).
pub(super) fn answer_behind(text: &str) -> Option<LoggedAnswer> {
    let mut spoken_body = None;
    let mut rest = text;
    for _ in 0..LINES_BEHIND {
        if rest.is_empty() {
            break;
        }
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| status(word));
        let recorded_at = words.first().filter(|word| matches!(**word, "<" | "<<")).map_or(0, |_| 1);
        if words.get(recorded_at).is_some_and(|word| word.starts_with("HTTP/"))
            && let Some(found) = number(recorded_at + 1)
        {
            // `100 Continue` is not the answer.
            if found >= 200 {
                return Some(spoken::recorded(found, next));
            }
        } else {
            let found = words.iter().enumerate().find_map(|(at, word)| match *word {
                "-->" if words.get(at + 1).is_some_and(|word| is_method(word)) => number(at + 3),
                "Completed" | "<--" => number(at + 1),
                _ => None,
            });
            let bytes = words.last().filter(|_| words.contains(&"-->")).and_then(|word| {
                let number = word.strip_suffix('b')?;
                number.parse().ok()
            });
            let found =
                found.map(|status| LoggedAnswer::of(status, bytes)).or_else(|| spoken::status_in(line));
            spoken_body = spoken_body.or_else(|| spoken::body_in(line));
            if let Some(mut answer) = found {
                let later = next.lines().take(12).take_while(|line| !is_request(line));
                answer.body = spoken_body.or_else(|| later.into_iter().find_map(spoken::body_in));
                return Some(answer);
            }
            if is_request(line) {
                break;
            }
        }
        rest = next;
    }
    spoken_body.map(|body| LoggedAnswer { body: Some(body), ..LoggedAnswer::default() })
}

/// Whether a line is of another request.
fn is_request(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_target = |word: &str| word.trim_start_matches(['"', '\'']).starts_with(['/', 'h']);
    words.iter().any(|word| word.starts_with("HTTP/"))
        || words
            .windows(2)
            .any(|pair| is_method(pair[0].trim_start_matches(['"', '\''])) && is_target(pair[1]))
}

fn is_method(word: &str) -> bool {
    matches!(word, "GET" | "POST")
}

/// `{"request":{"uri":"/wx?…"},"size":0,"status":404}` (Caddy, nginx with a JSON format, pino).
fn in_json(line: &str) -> Option<LoggedAnswer> {
    let start = line.find('{').filter(|_| line.ends_with('}'))?;
    of_object(&serde_json::from_str(&line[start..]).ok()?, 0)
}

/// The answer in a text that is one JSON document, such as a HAR.
pub(super) fn in_document(text: &str) -> Option<LoggedAnswer> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    of_value(&serde_json::from_str(text).ok()?, 0)
}

/// The items of a text that is a JSON list of two or more, or a HAR of so many, each as JSON.
pub(super) fn entries(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let list = match &value {
        Value::Array(list) => list,
        Value::Object(object) => object.get("log")?.get("entries")?.as_array()?,
        _ => return None,
    };
    (list.len() > 1).then(|| list.iter().map(Value::to_string).collect())
}

fn of_value(value: &Value, depth: usize) -> Option<LoggedAnswer> {
    match value {
        Value::Object(object) => of_object(object, depth),
        Value::Array(list) if depth < 8 => list.iter().find_map(|value| of_value(value, depth + 1)),
        _ => None,
    }
}

fn of_object(object: &Map<String, Value>, depth: usize) -> Option<LoggedAnswer> {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let status_of = |value: &Value| match value {
        Value::String(text) => status(text.split_whitespace().next()?),
        value => status(&value.as_u64()?.to_string()),
    };
    let own = ["status", "statusCode", "status_code", "http_status", "DownstreamStatus", "responseStatus"]
        .iter()
        .find_map(|name| status_of(object.get(*name)?));
    let text = |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str().map(str::to_owned));
    // A field that is only called `response` may be a time or a code.
    let body = text(&["response_body", "responseBody", "ResponseBody", "resp_body", "respBody"])
        .map(|text| LoggedBody { text, exact: true })
        .or_else(|| Some(LoggedBody { text: text(&["response", "resp"])?, exact: false }));
    let inner = (depth < 8)
        .then(|| {
            let is_answer = |name: &str| matches!(name, "response" | "res" | "resp");
            // What is called an answer comes first, what is called a request is not one.
            let (answers, others): (Vec<_>, Vec<_>) = object
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "request" | "req" | "headers"))
                .partition(|(name, _)| is_answer(name));
            answers.into_iter().chain(others).find_map(|(name, value)| {
                let mut answer = of_value(value, depth + 1)?;
                if is_answer(name)
                    && let Some(object) = value.as_object()
                    && answer.body.is_none()
                {
                    let text = object.get("body").and_then(Value::as_str).or_else(|| {
                        object.get("content").and_then(|content| content.get("text")).and_then(Value::as_str)
                    });
                    answer.body = text.map(|text| LoggedBody { text: text.to_owned(), exact: true });
                    let address = object.get("redirectURL").and_then(Value::as_str);
                    answer.location = address.filter(|text| !text.is_empty()).map(str::to_owned);
                }
                Some(answer)
            })
        })
        .flatten();
    let Some(own) = own else {
        let mut inner = inner?;
        inner.body = inner.body.or(body);
        return Some(inner);
    };
    let bytes = [
        "size",
        "body_bytes_sent",
        "bytes",
        "bytes_out",
        "DownstreamContentSize",
        "contentLength",
        "bodySize",
    ]
    .iter()
    .find_map(|name| number(object.get(*name)?));
    Some(LoggedAnswer { body, ..LoggedAnswer::of(own, bytes) })
}

/// `https 2026-… app/lb/1 1.2.3.4:1 10.0.0.1:80 0.0 0.001 0.0 403 403 34 366 "GET … HTTP/1.1"`, also
/// of the classic balancer.
fn balancer(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().take(16).collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let found = words.windows(5).find(|window| {
        let [own, behind, came, sent, quoted] = window else { return false };
        status(own).is_some()
            && (*behind == "-" || status(behind).is_some())
            && is_number(came)
            && is_number(sent)
            && (quoted.starts_with("\"GET") || quoted.starts_with("\"POST"))
    })?;
    Some(LoggedAnswer::of(status(found[0])?, None))
}

/// `… wx web/s1 0/0/1/2/3 404 187 - - ---- 1/1/0/0/0 0/0 "GET /wx?… HTTP/1.1"`.
fn haproxy(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_times = |word: &str| {
        let parts = word.split('/').map(|part| part.trim_start_matches(['+', '-']));
        word.matches('/').count() == 4 && parts.into_iter().all(|part| part.parse::<u64>().is_ok())
    };
    let at = words.iter().position(|word| is_times(word))?;
    // Its size counts the head, too.
    Some(LoggedAnswer::of(status(words.get(at + 1)?)?, None))
}

/// `Request finished HTTP/1.1 GET http://host/wx?… - - - 404 0 - 3.2ms` (ASP.NET).
fn asp_net(line: &str) -> Option<LoggedAnswer> {
    let (_, behind) = line.split_once("Request finished HTTP/")?;
    let mut words = behind.split_whitespace().skip(3).skip_while(|word| status(word).is_none());
    let status = status(words.next()?)?;
    Some(LoggedAnswer::of(status, words.next().and_then(|word| word.parse().ok())))
}

/// `2026-… 10.0.0.1 GET /wx signature=… 80 - 1.2.3.4 UA - 500 0 0 31` (IIS).
fn iis(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let method = words.iter().position(|word| is_method(word))?;
    let is_iis = words.get(method + 1)?.starts_with('/') && words.get(method + 2)?.contains('=');
    let [.., found, sub, system, _] = words.as_slice() else { return None };
    let rest_are_numbers = [sub, system].iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let found = status(found).filter(|_| is_iis && rest_are_numbers)?;
    Some(LoggedAnswer::of(found, None))
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
    Some(LoggedAnswer::of(status, bytes))
}

/// `method=GET uri="/wx?…" status=404 size=19` (logfmt), and a few other spellings.
fn named(line: &str) -> Option<LoggedAnswer> {
    let value = |names: &[&str]| {
        line.split_whitespace().find_map(|word| {
            let (name, value) = word.split_once('=')?;
            let value = value.trim_matches(['"', '\'', ',', ';', ')', '}']);
            names.contains(&name.trim_start_matches(['{', '(', ','])).then_some(value)
        })
    };
    let found =
        status(value(&["status", "status_code", "statusCode", "http_status", "resp_status", "code"])?)?;
    let bytes =
        value(&["size", "bytes", "bytes_out", "resp_bytes", "response_size", "body_bytes_sent", "length"]);
    Some(LoggedAnswer::of(found, bytes.and_then(|text| text.parse().ok())))
}

/// `WARNING:tornado.access:404 GET /wx?… (127.0.0.1) 1.2ms` and `[404]: GET /wx?…` (PHP's own server).
fn before_method(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let found = words.windows(3).find_map(|window| {
        let [before, method, target] = window else { return None };
        if !is_method(method) || !target.contains('/') {
            return None;
        }
        let before = before.strip_suffix("]:").map_or(*before, |word| word.trim_start_matches('['));
        status(before.rsplit(':').next()?)
    })?;
    Some(LoggedAnswer::of(found, None))
}

/// `| 404 |    1.2ms | 10.0.0.1 | GET "/wx?…"` (gin).
fn between_bars(line: &str) -> Option<LoggedAnswer> {
    let status = line.split('|').skip(1).find_map(|part| status(part.trim()))?;
    Some(LoggedAnswer::of(status, None))
}

/// `GET /wx?… 404 1.234 ms - 139` (morgan).
fn before_milliseconds(line: &str) -> Option<LoggedAnswer> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "ms")?;
    let status = status(words.get(at.checked_sub(2)?)?)?;
    let bytes = words.get(at + 2).and_then(|word| word.parse().ok());
    Some(LoggedAnswer::of(status, bytes))
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
                r#"{"level":30,"req":{"method":"GET","url":"/wx?nonce=1"},"res":{"statusCode":404}}"#,
                Some((404, None)),
            ),
            (
                "https 2026-01-01T10:11:12Z app/lb/1 1.2.3.4:1 10.0.0.1:80 0.0 0.001 0.0 403 403 34 366 \"GET https://a.cn:443/wx?nonce=1 HTTP/1.1\" \"UA\"",
                Some((403, None)),
            ),
            (
                "2026-01-01T10:11:12Z my-lb 1.2.3.4:1 10.0.0.1:80 0.0 0.001 0.0 404 404 0 19 \"GET http://a.cn:80/wx?nonce=1 HTTP/1.1\" \"UA\"",
                Some((404, None)),
            ),
            (
                "haproxy[1]: 1.2.3.4:5 [x] wx web/s1 0/0/1/2/3 404 187 - - ---- 1/1/0/0/0 0/0 \"GET /wx?nonce=1 HTTP/1.1\"",
                Some((404, None)),
            ),
            (
                "level=INFO msg=request method=GET uri=\"/wx?nonce=1\" status=404 size=19",
                Some((404, Some(19))),
            ),
            ("WARNING:tornado.access:404 GET /wx?nonce=1 (127.0.0.1) 0.5ms", Some((404, None))),
            (
                "[Thu Jan  1 10:11:12 2026] 127.0.0.1:5 [404]: GET /wx?nonce=1 - No such file",
                Some((404, None)),
            ),
            (r#"{"request":{"uri":"/wx?nonce=1"},"msg":"handled"}"#, None),
            ("GET /wx?nonce=200 HTTP/1.1", None),
            ("https://a.b/wx?nonce=1", None),
        ] {
            let found = answer_of(line).map(|answer| (answer.status.unwrap_or(0), answer.bytes));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_field_called_response_is_not_taken_for_the_bytes_of_a_body() {
        let line = r#"{"uri":"/wx?nonce=1","status":200,"response":"0.003"}"#;
        assert_eq!(answer_of(line).and_then(|answer| answer.body).map(|body| body.exact), Some(false));
        let line = r#"{"uri":"/wx?nonce=1","status":200,"response_body":"1"}"#;
        assert_eq!(answer_of(line).and_then(|answer| answer.body).map(|body| body.exact), Some(true));
    }

    #[test]
    fn the_lines_behind_a_request_say_what_was_answered() {
        for (text, expected) in [
            ("  Parameters: {\"nonce\"=>\"1\"}\nCompleted 403 Forbidden in 2ms", Some(403)),
            ("d.D : Completed 401 UNAUTHORIZED", Some(401)),
            ("* Connected\n< HTTP/1.1 404 Not Found", Some(404)),
            ("--> GET /wx?nonce=1 404 5ms -", Some(404)),
            ("<-- 404 Not Found http://a.cn/wx (3ms)", Some(404)),
            ("      Response:\n      StatusCode: 405\n      Content-Type: text/html", Some(405)),
            ("Content-Type: text/xml\n\n<xml/>\n\nHTTP/1.1 500 Oops\n", Some(500)),
            ("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\n\nx", Some(200)),
            ("GET /other?nonce=2 HTTP/1.1\nHTTP/1.1 500 Oops", None),
            ("handled in 200 ms", None),
        ] {
            assert_eq!(answer_behind(text).and_then(|answer| answer.status), expected, "{text}");
        }
    }

    #[test]
    fn an_arrow_another_request_and_a_body_alone_differ() {
        let read = |text: &str| {
            let answer = answer_behind(text)?;
            Some((answer.status, answer.bytes, answer.body.map(|body| body.text)))
        };
        let body = || Some("605".to_owned());
        for (text, expected) in [
            ("--> GET /wx?nonce=1 404 5ms 19b", Some((Some(404), Some(19), None))),
            ("--> a b 404", None),
            ("Completed 200 OK\nresponse body: 605", Some((Some(200), None, body()))),
            ("response body: 605\nCompleted 200 OK", Some((Some(200), None, body()))),
            ("Completed 200 OK\nGET /other HTTP/1.1\nresponse body: 605", Some((Some(200), None, None))),
            ("response body: 605", Some((None, None, body()))),
            ("<< HTTP/1.1 204 No Content", Some((Some(204), None, None))),
            ("GET /other\nCompleted 200 OK", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let far = |lines: usize| format!("{}Completed 200 OK", "x\n".repeat(lines));
        assert!(read(&far(LINES_BEHIND - 1)).is_some() && read(&far(LINES_BEHIND)).is_none());
    }

    #[test]
    fn another_request_has_a_protocol_or_a_method_and_a_target() {
        for (line, expected) in [
            ("GET /wx HTTP/1.1", true),
            ("x HTTP/1.1", true),
            ("1.2.3.4 \"GET /wx", true),
            ("'POST 'http://a.cn", true),
            ("GET it done", false),
            ("see /wx", false),
            ("", false),
        ] {
            assert_eq!(is_request(line), expected, "{line}");
        }
    }

    #[test]
    fn a_document_is_searched_for_its_answer_so_deep() {
        let status = |text: &str| in_document(text).and_then(|answer| answer.status);
        for (text, expected) in [
            (r#"[{"a":1},{"status":404}]"#, Some(404)),
            (r#" {"res":{"statusCode":"403 Forbidden"}} "#, Some(403)),
            (r#"{"request":{"status":201},"x":{"status":404}}"#, Some(404)),
            (r#"{"x":{"status":404},"response":{"status":200}}"#, Some(200)),
            (r#"{"headers":{"status":404}}"#, None),
            (r#"{"req":{"status":404}}"#, None),
            (r#"x {"status":404}"#, None),
            ("404", None),
        ] {
            assert_eq!(status(text), expected, "{text}");
        }
        let lists = |depth: usize| format!("{}{{\"status\":404}}{}", "[".repeat(depth), "]".repeat(depth));
        let objects =
            |depth: usize| format!("{}{{\"status\":404}}{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        for nested in [&lists as &dyn Fn(usize) -> String, &objects] {
            assert_eq!((status(&nested(8)), status(&nested(9))), (Some(404), None), "{}", nested(8));
        }
    }

    #[test]
    fn the_answer_of_a_har_has_its_body_and_where_it_leads() {
        let read = |text: &str| {
            let answer = in_document(text).unwrap();
            (answer.body.map(|body| (body.text, body.exact)), answer.location, answer.bytes)
        };
        let body = || Some(("605".to_owned(), true));
        for (text, expected) in [
            (
                r#"{"response":{"status":302,"bodySize":3,"content":{"text":"605"},"redirectURL":"/login"}}"#,
                (body(), Some("/login".to_owned()), Some(3)),
            ),
            (r#"{"response":{"status":200,"body":"605","redirectURL":""}}"#, (body(), None, None)),
            (r#"{"res":{"status":200,"response_body":"605","body":"x"}}"#, (body(), None, None)),
            (r#"{"other":{"status":200,"body":"605"}}"#, (None, None, None)),
            (r#"{"status":200,"size":"9"}"#, (None, None, Some(9))),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_list_is_split_into_its_entries() {
        let list = |text: &str| entries(text).map(|list| list.len());
        for (text, expected) in [
            ("[1,2]", Some(2)),
            ("[1]", None),
            (r#"{"log":{"entries":[{},{},{}]}}"#, Some(3)),
            (r#"{"log":{}}"#, None),
            ("1", None),
        ] {
            assert_eq!(list(text), expected, "{text}");
        }
    }

    #[test]
    fn a_form_needs_each_of_its_marks() {
        let of =
            |read: fn(&str) -> Option<LoggedAnswer>, line: &str| read(line).and_then(|answer| answer.status);
        for (line, expected) in [
            ("403 502 34 366 \"GET /", Some(403)),
            ("504 - 34 366 \"POST /", Some(504)),
            ("x 403 34 366 \"GET /", None),
            ("403 x 34 366 \"GET /", None),
            ("403 403 x 366 \"GET /", None),
            ("403 403 34 x \"GET /", None),
            ("403 403 34 366 GET /", None),
        ] {
            assert_eq!(of(balancer, line), expected, "{line}");
        }
        for (line, expected) in [
            ("GET /wx a=1 - 500 0 0 31", Some(500)),
            ("GET wx a=1 - 500 0 0 31", None),
            ("GET /wx a - 500 0 0 31", None),
            ("GET /wx a=1 - 500 x 0 31", None),
            ("GET /wx a=1 - 500 0 x 31", None),
            ("GET /wx a=1 - x 0 0 31", None),
        ] {
            assert_eq!(of(iis, line), expected, "{line}");
        }
        for (line, expected) in [
            ("404 GET /wx", Some(404)),
            ("a.b:404 POST /wx", Some(404)),
            ("[404]: GET /wx", Some(404)),
            ("404 GET wx", None),
            ("404 PUT /wx", None),
            ("x GET /wx", None),
        ] {
            assert_eq!(of(before_method, line), expected, "{line}");
        }
        for (line, expected) in [
            ("wx 0/0/1/2/+3 404 187", Some(404)),
            ("wx 0/-1/-1/-1/3 503 187", Some(503)),
            ("wx 0/0/1/2 404 187", None),
            ("wx 0/0/1/2/x 404 187", None),
            ("wx 0/0/1/2/3 x 187", None),
        ] {
            assert_eq!(of(haproxy, line), expected, "{line}");
        }
    }
}
