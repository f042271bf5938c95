//! What WeChat's API answers: a value with its lifetime, an errcode, or nothing that can be trusted.
//!
//! In: status, content type and at most 64 KiB of body. Out: a [`Credential`] value or an
//! [`Error`]. Pure. An answer that is empty, HTML, cut short or without a readable lifetime is
//! never a value; a body that may hold a token is never quoted.

use std::net::IpAddr;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::error::Category;

use super::Error;
use crate::both;
use crate::failure::Facts;
use crate::lang::Text;
use crate::platform::Platform;
use crate::secret::{Credential, Secret, redact, value_flaw};

/// No value lives longer, whatever the server says. Seconds.
pub const LONGEST_LIFETIME: u64 = 7_200;

/// An errmsg is shown up to here. Characters.
const LONGEST_ERRMSG: usize = 512;

/// A body that is not JSON is quoted up to here. Characters.
const LONGEST_EXCERPT: usize = 120;

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
    /// Seconds until the server wants to be asked again.
    pub retry_after: Option<u64>,
    pub body: &'a [u8],
    pub platform: Platform,
}

/// The fields that any of the endpoints answers. A field that appears twice is an error of serde.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    errcode: Option<Value>,
    errmsg: Option<Value>,
    access_token: Option<Value>,
    ticket: Option<Value>,
    expires_in: Option<Value>,
    group_id: Option<Value>,
    is_ok: Option<bool>,
}

/// Reads an answer of WeChat's API. `secrets` are those that went into the request.
pub(super) fn read(received: &Received<'_>, field: Field, secrets: &[&Secret]) -> Result<Credential, Error> {
    // A text that is not UTF-8 may still carry a readable errcode; a value is checked below.
    let text = String::from_utf8_lossy(received.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let answer = parse(text);
    if let Ok(answer) = &answer {
        refuse_errcode(answer, received.platform, secrets)?;
    }
    refuse_status(received, text, secrets)?;
    let answer = answer.map_err(|error| no_answer(received, text, error, secrets))?;
    let granted = granted(&answer, field)?;
    if granted.expires_in.is_none() {
        let name = field.name();
        return Err(Error::NoAnswer(both!(
            "内容里有 {name}，但 expires_in 不是大于 0 的秒数",
            "an answer whose expires_in is not a number above 0, beside its {name}"
        )));
    }
    Ok(granted)
}

/// Reads what a site's own token server answers: JSON as WeChat's, a JSON string, or the value
/// as plain text. Its lifetime is given or not.
pub(super) fn read_token_server(
    received: &Received<'_>,
    field: Field,
    secrets: &[&Secret],
) -> Result<Credential, Error> {
    let text = String::from_utf8_lossy(received.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let answer = parse(text);
    if let Ok(answer) = &answer {
        refuse_errcode(answer, received.platform, secrets)?;
    }
    refuse_status(received, text, secrets)?;
    match answer {
        Ok(answer) => return granted(&answer, field),
        // What begins as an object or an array is not a plain value.
        Err(error) if text.starts_with(['{', '[']) => return Err(no_answer(received, text, error, secrets)),
        Err(_) if matches!(text, "null" | "undefined" | "true" | "false") => {
            let name = field.name();
            return Err(Error::NoAnswer(both!("`{text}`，而不是 {name}", "`{text}` instead of a {name}")));
        }
        Err(_) => {}
    }
    let value = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned());
    let value = trusted(&value, field)?;
    Ok(Credential { value, expires_in: None, group_id: None })
}

/// Reads the answer of the biometric check: `is_ok`.
pub(super) fn read_is_ok(received: &Received<'_>, secrets: &[&Secret]) -> Result<bool, Error> {
    let text = String::from_utf8_lossy(received.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let answer = parse(text);
    if let Ok(answer) = &answer {
        refuse_errcode(answer, received.platform, secrets)?;
    }
    refuse_status(received, text, secrets)?;
    let answer = answer.map_err(|error| no_answer(received, text, error, secrets))?;
    answer.is_ok.ok_or_else(|| Error::NoAnswer(both!("内容里没有 is_ok", "an answer without is_ok")))
}

/// The object of an answer. An array is not one: serde would take its elements for the fields.
fn parse(text: &str) -> Result<Answer, Category> {
    if text.starts_with('[') {
        let read = serde_json::from_str::<IgnoredAny>(text);
        return Err(read.map_or_else(|error| error.classify(), |_| Category::Data));
    }
    serde_json::from_str(text).map_err(|error| error.classify())
}

fn refuse_errcode(answer: &Answer, platform: Platform, secrets: &[&Secret]) -> Result<(), Error> {
    let code = match &answer.errcode {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    let errmsg = match &answer.errmsg {
        Some(Value::String(text)) => text.as_str(),
        _ => "",
    };
    match code {
        Some(0) => Ok(()),
        Some(code) => Err(Error::Errcode { code, facts: facts(platform, &redact(errmsg, secrets)) }),
        None => Err(Error::NoAnswer(both!("errcode 不是数字", "an answer whose errcode is not a number"))),
    }
}

/// The server's words in one line, the ip they name, the rid.
fn facts(platform: Platform, errmsg: &str) -> Facts {
    let words: String = errmsg.split(['\n', '\r', '\t']).collect::<Vec<_>>().join(" ");
    let mut shown: String = words.trim().chars().take(LONGEST_ERRMSG).collect();
    if shown.len() < words.trim().len() {
        shown.push('…');
    }
    Facts {
        platform: Some(platform),
        errmsg: shown,
        ip: named_ip(&words).map(|ip| ip.to_string()),
        rid: named_rid(&words).map(str::to_owned),
    }
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
    let excerpt = excerpt(text, secrets);
    Err(Error::Status { status: received.status, retry_after: received.retry_after, excerpt })
}

fn no_answer(received: &Received<'_>, text: &str, reason: Category, secrets: &[&Secret]) -> Error {
    let what = if text.is_empty() {
        both!("内容是空的", "an empty answer")
    } else if text.starts_with(['{', '[', '"']) {
        // It may hold a token: nothing of it is quoted.
        match reason {
            Category::Eof => both!("JSON 没有写完", "JSON that is cut short"),
            Category::Data => both!("JSON 结构不对", "JSON of another shape"),
            Category::Syntax | Category::Io => {
                both!("内容只有开头像 JSON", "something that only begins as JSON does")
            }
        }
    } else {
        let kind: String = received.content_type.chars().take(60).collect();
        let excerpt = excerpt(text, secrets);
        if kind.is_empty() {
            both!("内容没有标明类型，也不是 JSON：{excerpt}", "no JSON but nothing named: {excerpt}")
        } else {
            both!("是 {kind}，不是 JSON：{excerpt}", "no JSON but {kind}: {excerpt}")
        }
    };
    Error::NoAnswer(what)
}

/// The start of a malformed body, without anything that could be a secret.
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

/// A run of 12 or more characters as tokens have them that is not a plain word.
fn looks_secret(word: &str) -> bool {
    word.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '+' | '/' | '=' | '%' | '\\'))
        .any(|run| {
            let mut letters = run.chars();
            letters.next();
            run.len() >= 12 && !letters.all(|c| c.is_ascii_lowercase())
        })
}

fn granted(answer: &Answer, field: Field) -> Result<Credential, Error> {
    let value = match field {
        Field::AccessToken => &answer.access_token,
        Field::Ticket => &answer.ticket,
    };
    let name = field.name();
    let value = match value {
        None | Some(Value::Null) => {
            return Err(Error::NoAnswer(both!("内容里没有 {name}", "an answer without {name}")));
        }
        Some(Value::String(text)) => trusted(text, field)?,
        Some(_) => {
            return Err(Error::NoAnswer(both!(
                "{name} 不是字符串",
                "an answer whose {name} is not a string"
            )));
        }
    };
    let group_id = match &answer.group_id {
        Some(Value::String(text)) if value_flaw(text).is_none() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        None | Some(Value::Null) => None,
        Some(_) => {
            return Err(Error::NoAnswer(both!("group_id 格式不对", "an answer whose group_id is malformed")));
        }
    };
    Ok(Credential { value, expires_in: answer.expires_in.as_ref().and_then(lifetime), group_id })
}

/// A value that can be one of WeChat's.
fn trusted(text: &str, field: Field) -> Result<Secret, Error> {
    let name = field.name();
    match value_flaw(text) {
        None => Ok(Secret::new(text)),
        Some(flaw) => {
            let Text { zh, en } = flaw;
            Err(Error::NoAnswer(both!("{name} {zh}", "an answer whose {name} {en}")))
        }
    }
}

/// Whole seconds above 0 and up to [`LONGEST_LIFETIME`], from a number or a number in a string.
fn lifetime(value: &Value) -> Option<u64> {
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

    fn token(body: &[u8]) -> Result<Credential, Error> {
        let received = Received {
            status: 200,
            content_type: "text/plain",
            retry_after: None,
            body,
            platform: Platform::Mp,
        };
        read(&received, Field::AccessToken, &[&Secret::new("CANARY-0123456789")])
    }

    #[test]
    fn a_life_is_read_from_a_number_or_a_string_and_cut_to_two_hours() {
        for (written, read) in [
            ("7200", Some(7200)),
            ("\"7200\"", Some(7200)),
            ("7200.0", Some(7200)),
            ("1", Some(1)),
            ("99999", Some(LONGEST_LIFETIME)),
            ("1e308", Some(LONGEST_LIFETIME)),
            ("18446744073709551616", Some(LONGEST_LIFETIME)),
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
    fn a_malformed_answer_is_never_a_value() {
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
    fn a_token_server_answers_a_value_and_no_other_json() {
        let answered = |body: &'static str| {
            let received = Received {
                status: 200,
                content_type: "",
                retry_after: None,
                body: body.as_bytes(),
                platform: Platform::Mp,
            };
            read_token_server(&received, Field::AccessToken, &[])
        };
        for body in ["[1]", "[0,null,7]", "{1}", "{", "null", "true", "undefined", ""] {
            assert!(matches!(answered(body), Err(Error::NoAnswer(_))), "{body}");
        }
        for body in ["T-1", "\"T-1\"", "{\"access_token\":\"T-1\"}"] {
            assert_eq!(answered(body).expect("a value").value.reveal(), "T-1", "{body}");
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
