//! What WeChat's API answers: a value with its life, an errcode, or nothing that can be trusted.
//!
//! In: status, content type and at most 64 KiB of body. Out: a [`Granted`] value or an
//! [`Error`]. Pure. An answer that is empty, HTML, cut short or without a readable life is
//! never a value (product.md 4, rule 8); a body that may hold a token is never quoted.

use std::fmt::Write as _;
use std::net::IpAddr;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::error::Category;

use super::Error;
use crate::secret::{Secret, redact};

/// No value lives longer, whatever the server says. Seconds.
pub const LONGEST_LIFE: u64 = 7_200;

/// A longer value is none of WeChat's (they advise to reserve 512). Characters.
const LONGEST_VALUE: usize = 1_024;

/// An errmsg is shown up to here. Characters.
const LONGEST_ERRMSG: usize = 512;

/// A body that is no JSON is quoted up to here. Characters.
const LONGEST_EXCERPT: usize = 120;

/// A token or ticket as the server gave it.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The token or ticket.
    pub value: Secret,
    /// What is left of its life in seconds; `None` where a token centre does not say.
    pub expires_in: Option<u64>,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
}

/// Which field of the answer holds the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    AccessToken,
    Ticket,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::Ticket => "ticket",
        }
    }
}

/// What came back, before it is believed.
pub(super) struct Received<'a> {
    pub status: u16,
    pub content_type: &'a str,
    pub retry_after: Option<&'a str>,
    pub body: &'a [u8],
}

/// The fields that any of the endpoints answers. A field that stands twice is an error of serde.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    errcode: Option<Value>,
    errmsg: Option<Value>,
    access_token: Option<Value>,
    ticket: Option<Value>,
    expires_in: Option<Value>,
    group_id: Option<Value>,
}

/// Reads an answer of WeChat's API. `secrets` are those that went into the request.
pub(super) fn read(received: &Received<'_>, field: Field, secrets: &[&Secret]) -> Result<Granted, Error> {
    // A text that is not UTF-8 may still carry a readable errcode; a value is checked below.
    let text = String::from_utf8_lossy(received.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let answer = parse(text);
    if let Ok(answer) = &answer {
        refuse_errcode(answer, secrets)?;
    }
    refuse_status(received, text, secrets)?;
    let answer = answer.map_err(|error| no_answer(received, text, error, secrets))?;
    let granted = granted(&answer, field)?;
    if granted.expires_in.is_none() {
        let what = format!("an answer whose expires_in says no time above 0, beside its {}", field.name());
        return Err(Error::NoAnswer(what));
    }
    Ok(granted)
}

/// Reads what a site's own token centre answers: JSON as WeChat's, a JSON string, or the value
/// as plain text. Its life is told or not.
pub(super) fn read_centre(
    received: &Received<'_>,
    field: Field,
    secrets: &[&Secret],
) -> Result<Granted, Error> {
    let text = String::from_utf8_lossy(received.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let answer = parse(text);
    if let Ok(answer) = &answer {
        refuse_errcode(answer, secrets)?;
    }
    refuse_status(received, text, secrets)?;
    match answer {
        Ok(answer) => return granted(&answer, field),
        // What begins as an object or an array is no plain value.
        Err(error) if text.starts_with(['{', '[']) => return Err(no_answer(received, text, error, secrets)),
        Err(_) if matches!(text, "null" | "undefined" | "true" | "false") => {
            return Err(Error::NoAnswer(format!("`{text}` instead of a {}", field.name())));
        }
        Err(_) => {}
    }
    let value = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned());
    let value = trusted(&value).map_err(|what| Error::NoAnswer(format!("a {} {what}", field.name())))?;
    Ok(Granted { value, expires_in: None, group_id: None })
}

/// The object of an answer. An array is none: serde would take its elements for the fields.
fn parse(text: &str) -> Result<Answer, Category> {
    if text.starts_with('[') {
        let read = serde_json::from_str::<IgnoredAny>(text);
        return Err(read.map_or_else(|error| error.classify(), |_| Category::Data));
    }
    serde_json::from_str(text).map_err(|error| error.classify())
}

fn refuse_errcode(answer: &Answer, secrets: &[&Secret]) -> Result<(), Error> {
    let code = match &answer.errcode {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    let errmsg = match &answer.errmsg {
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    match code {
        Some(0) => Ok(()),
        Some(code) => Err(Error::Errcode { code, message: message(code, &redact(&errmsg, secrets)) }),
        None => Err(Error::NoAnswer("an answer whose errcode is no number".to_owned())),
    }
}

/// One line: the code, the server's words, the ip it names, the rid.
fn message(code: i64, errmsg: &str) -> String {
    let words: String = errmsg.split(['\n', '\r', '\t']).collect::<Vec<_>>().join(" ");
    let mut shown: String = words.trim().chars().take(LONGEST_ERRMSG).collect();
    let cut = shown.len() < words.trim().len();
    if cut {
        shown.push('…');
    }
    if shown.is_empty() {
        "no errmsg".clone_into(&mut shown);
    }
    let mut message = format!("the server answered errcode {code}: {shown}");
    if let (40164 | 60020, Some(ip)) = (code, named_ip(&words)) {
        let _ = write!(message, "; the ip it sees is `{ip}`");
    }
    if let (true, Some(rid)) = (cut, named_rid(&words)) {
        let _ = write!(message, "; rid: {rid}");
    }
    message
}

/// The address that the texts of 40164 and 60020 name: the first one, IPv4 before IPv6.
fn named_ip(errmsg: &str) -> Option<IpAddr> {
    let addresses: Vec<IpAddr> = errmsg
        .split(|c: char| !c.is_ascii_hexdigit() && c != '.' && c != ':')
        .filter_map(|word| word.trim_matches(['.']).parse().ok())
        .collect();
    addresses.iter().find(|ip| ip.is_ipv4()).or(addresses.first()).copied()
}

/// `rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b`: what WeChat's own support asks for.
fn named_rid(errmsg: &str) -> Option<&str> {
    let rest = errmsg.split("rid:").nth(1)?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(rest.len());
    (8..=64).contains(&end).then(|| &rest[..end])
}

fn refuse_status(received: &Received<'_>, text: &str, secrets: &[&Secret]) -> Result<(), Error> {
    if (200..300).contains(&received.status) {
        return Ok(());
    }
    let retry_after = received.retry_after.and_then(|value| value.trim().parse().ok());
    Err(Error::Status { status: received.status, retry_after, excerpt: excerpt(text, secrets) })
}

fn no_answer(received: &Received<'_>, text: &str, reason: Category, secrets: &[&Secret]) -> Error {
    let what = if text.is_empty() {
        "an empty answer".to_owned()
    } else if text.starts_with(['{', '[', '"']) {
        // It may hold a token: nothing of it is quoted.
        match reason {
            Category::Eof => "JSON that is cut short".to_owned(),
            Category::Data => "JSON of another shape".to_owned(),
            Category::Syntax | Category::Io => "something that only begins as JSON does".to_owned(),
        }
    } else {
        let kind: String = received.content_type.chars().take(60).collect();
        format!(
            "no JSON but {}: {}",
            if kind.is_empty() { "nothing named" } else { &kind },
            excerpt(text, secrets)
        )
    };
    Error::NoAnswer(what)
}

/// The start of a body that is no answer, without anything that could be a secret.
fn excerpt(text: &str, secrets: &[&Secret]) -> String {
    if text.starts_with(['{', '[', '"']) {
        return String::new();
    }
    let start: String = text.chars().take(4 * LONGEST_EXCERPT).collect();
    let redacted = redact(&start, secrets);
    let words: Vec<&str> =
        redacted.split_whitespace().map(|word| if looks_secret(word) { "…" } else { word }).collect();
    words.join(" ").chars().take(LONGEST_EXCERPT).collect()
}

/// A run of 12 or more characters as tokens have them that is no plain word.
fn looks_secret(word: &str) -> bool {
    word.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '+' | '/' | '=' | '%' | '\\'))
        .any(|run| {
            let mut letters = run.chars();
            letters.next();
            run.len() >= 12 && !letters.all(|c| c.is_ascii_lowercase())
        })
}

fn granted(answer: &Answer, field: Field) -> Result<Granted, Error> {
    let value = match field {
        Field::AccessToken => &answer.access_token,
        Field::Ticket => &answer.ticket,
    };
    let refuse = |what: &str| Error::NoAnswer(format!("an answer whose {} {what}", field.name()));
    let value = match value {
        None | Some(Value::Null) => {
            return Err(Error::NoAnswer(format!("an answer without {}", field.name())));
        }
        Some(Value::String(text)) => trusted(text).map_err(refuse)?,
        Some(_) => return Err(refuse("is no text")),
    };
    let group_id = match &answer.group_id {
        Some(Value::String(text)) if text.len() <= LONGEST_VALUE => Some(text.clone()),
        Some(Value::String(_)) => {
            return Err(Error::NoAnswer("an answer whose group_id is longer than any".to_owned()));
        }
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    Ok(Granted { value, expires_in: answer.expires_in.as_ref().and_then(life), group_id })
}

/// A value that can be one of WeChat's: visible ASCII, and not too long.
fn trusted(text: &str) -> Result<Secret, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    if text.len() > LONGEST_VALUE {
        return Err("is longer than any of WeChat's");
    }
    if !text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\')) {
        return Err("holds characters that none has");
    }
    Ok(Secret::new(text))
}

/// Whole seconds above 0 and up to [`LONGEST_LIFE`], from a number or a number in a string.
fn life(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) if text.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
            text.trim().parse().ok()?
        }
        _ => return None,
    };
    if !seconds.is_finite() || seconds < 1.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 1 to 7,200")]
    Some(seconds.min(7_200.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(body: &[u8]) -> Result<Granted, Error> {
        let received = Received { status: 200, content_type: "text/plain", retry_after: None, body };
        read(&received, Field::AccessToken, &[&Secret::new("CANARY-0123456789")])
    }

    #[test]
    fn a_life_is_read_from_a_number_or_a_string_and_cut_to_two_hours() {
        for (written, read) in [
            ("7200", Some(7200)),
            ("\"7200\"", Some(7200)),
            ("7200.0", Some(7200)),
            ("1", Some(1)),
            ("99999", Some(LONGEST_LIFE)),
            ("1e308", Some(LONGEST_LIFE)),
            ("18446744073709551616", Some(LONGEST_LIFE)),
            ("0", None),
            ("0.5", None),
            ("-1", None),
            ("null", None),
            ("\"\"", None),
            ("\"abc\"", None),
            ("\"1e3\"", None),
            ("\"inf\"", None),
            ("true", None),
        ] {
            let body = format!("{{\"access_token\":\"T-1\",\"expires_in\":{written}}}");
            let life = token(body.as_bytes()).ok().and_then(|granted| granted.expires_in);
            assert_eq!(life, read, "{written}");
        }
        assert!(token(b"{\"access_token\":\"T-1\"}").is_err());
    }

    #[test]
    fn what_is_no_answer_is_never_a_value() {
        for body in [
            &b""[..],
            b"null",
            b"[]",
            b"[1]",
            b"[0,\"ok\",\"T-0123456789ab\",null,7200,null]",
            b"[0,",
            b"{}",
            b"{\"errcode\":0,\"errmsg\":\"ok\"}",
            b"{\"access_token\":\"\",\"expires_in\":7200}",
            b"{\"access_token\":null,\"expires_in\":7200}",
            b"{\"access_token\":7,\"expires_in\":7200}",
            b"{\"access_token\":\"a\",\"access_token\":\"b\",\"expires_in\":7200}",
            b"{\"access_token\":\"a b\",\"expires_in\":7200}",
            b"{\"access_token\":\"\xd6\xd0\",\"expires_in\":7200}",
            b"{\"access_token\":\"T-0123456789ab\",\"expires_in\":72",
            b"<html>",
        ] {
            let error = token(body).expect_err("no value");
            assert!(matches!(error, Error::NoAnswer(_)), "{body:?}");
            assert!(!format!("{error:?}").contains("0123456789ab"), "{error:?}");
        }
        let long = format!("{{\"access_token\":\"{}\",\"expires_in\":7200}}", "a".repeat(1_025));
        assert!(token(long.as_bytes()).is_err());
        assert!(token(long.replacen('a', "", 1).as_bytes()).is_err(), "the first a is in access_token");
        let most = format!("\u{feff}{{\"access_token\":\"{}\",\"expires_in\":7200}}", "a".repeat(1_024));
        assert_eq!(token(most.as_bytes()).expect("a value").value.reveal().len(), 1_024);
    }

    #[test]
    fn a_token_centre_answers_a_value_and_no_other_json() {
        let centre = |body: &'static str| {
            let received =
                Received { status: 200, content_type: "", retry_after: None, body: body.as_bytes() };
            read_centre(&received, Field::AccessToken, &[])
        };
        for body in ["[1]", "[0,null,7]", "{1}", "{", "null", "true", "undefined", ""] {
            assert!(matches!(centre(body), Err(Error::NoAnswer(_))), "{body}");
        }
        for body in ["T-1", "\"T-1\"", "{\"access_token\":\"T-1\"}"] {
            assert_eq!(centre(body).expect("a value").value.reveal(), "T-1", "{body}");
        }
    }

    #[test]
    fn an_errcode_keeps_its_words_its_ip_and_its_rid() {
        let error = token(b"{\"errcode\":\"40164\",\"errmsg\":\"invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b\"}")
            .expect_err("an errcode");
        assert_eq!(
            error.to_string(),
            "the server answered errcode 40164: invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist \
             rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b; the ip it sees is `1.2.3.4`"
        );
        let long = format!(
            "{{\"errcode\":40001,\"errmsg\":\"{} rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b\"}}",
            "x".repeat(600)
        );
        let text = token(long.as_bytes()).expect_err("an errcode").to_string();
        assert!(text.ends_with("…; rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b"), "{text}");
        let echo = token(b"{\"errcode\":40125,\"errmsg\":\"bad secret CANARY-0123456789\\nhint: x\"}");
        let text = echo.expect_err("an errcode").to_string();
        assert_eq!(text, "the server answered errcode 40125: bad secret (redacted) hint: x");
        assert_eq!(
            named_ip("not allow to access from your ip, from ip: 203.0.113.7, more").unwrap().to_string(),
            "203.0.113.7"
        );
    }

    #[test]
    fn an_excerpt_shows_words_and_no_long_runs() {
        let page = "<html><title>502 Bad Gateway</title> AbCdEf0123456789 authentication CANARY-0123456789";
        assert_eq!(excerpt(page, &[]), "<html><title>502 Bad Gateway</title> … authentication …");
    }
}
