//! What the server answered, when the line of a log says so.
//!
//! In: one line of an access log (nginx, Apache, uvicorn, Django, werkzeug, gin, morgan). Out: the
//! status and the size of the body.

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
    behind_protocol(line).or_else(|| between_bars(line)).or_else(|| before_milliseconds(line))
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
            ("GET /wx?nonce=200 HTTP/1.1", None),
            ("https://a.b/wx?nonce=1", None),
        ] {
            let found = answer_of(line).map(|answer| (answer.status, answer.bytes));
            assert_eq!(found, expected, "{line}");
        }
    }
}
