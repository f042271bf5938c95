//! A literal string1: what a server logs as the text it hashed.
//!
//! In: a text from its ticket key to the end of its line or string. Out: a [`String1`]: how far it
//! goes and the values in it. Everything after `url=` is the url, with `&` and `#`, unless a key
//! that was not seen yet follows. A form body, whose values are percent-encoded, is not one.

use std::ops::Range;

use super::Field;
use super::key::Key;
use super::literal::is_unfilled;

/// What a string1 consists of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct String1 {
    /// Its fields and where their values are, in order.
    pub(super) parts: Vec<(Field, Range<usize>)>,
    /// It starts with `group_ticket=`.
    pub(super) is_group: bool,
}

/// The spellings under which a ticket starts a string1, shortest last.
const TICKET_KEYS: [&str; 9] = [
    // It was signed in place of the ticket, under its own name.
    "access_token",
    "jsapi_ticket",
    "jsapiticket",
    "jsapi-ticket",
    "agent_ticket",
    "group_ticket",
    "api_ticket",
    "js_ticket",
    "ticket",
];

/// What separates two parameters; `×tamp` is `&timestamp` after a browser had it.
const SEPARATORS: [&str; 7] = ["&amp;", "&", "\\u0026", ";", ",", "\n", "×"];

/// Whether a ticket key and `=` start here: cheap, asked at every word.
pub(super) fn starts(text: &str) -> bool {
    ticket_key(text).is_some()
}

/// Takes a text apart that starts with a ticket key.
pub(super) fn parse(text: &str) -> Option<String1> {
    let key = ticket_key(text)?;
    let mut parts = vec![(Field::Ticket, key.len() + 1..text.len())];
    let mut pos = key.len() + 1;
    while let Some((separator, key_at, equals)) = next_key(text, pos) {
        pos = equals + 1;
        let name = &text[key_at..equals];
        let is_url = parts.last().is_some_and(|last| last.0 == Field::Url && last.1.end == text.len());
        let field = if text[separator..].starts_with('×') {
            Some(Field::Timestamp)
        } else if is_url {
            Key::of(name).field()
        } else {
            meant(name)
        };
        let is_new = |field| parts.iter().all(|(seen, _)| *seen != field);
        let field = field
            .filter(|field| matches!(field, Field::Nonce | Field::Timestamp | Field::Url) && is_new(*field));
        // Only a url holds parameters of its own.
        // A url without a query has none: `…/index.html&appId=wx…`; and only the login appends an app's id.
        let url_has = |mark| parts.last().is_some_and(|last| text[last.1.start..separator].contains(mark));
        let is_app_id = Key::of(name) == Key::Field(Field::AppId)
            && (!url_has("?") || name == "appId" && !url_has("code="));
        // No page takes the ticket as a parameter.
        let is_appended = is_url && (name.eq_ignore_ascii_case("jsapi_ticket") || is_app_id);
        if let Some(last) = parts.last_mut().filter(|last| last.1.end == text.len())
            && (field.is_some() || last.0 != Field::Url || is_appended)
        {
            last.1.end = separator;
            // `&&`: neither belongs to a value.
            while last.0 != Field::Url && text[last.1.clone()].ends_with('&') {
                last.1.end -= 1;
            }
        }
        let Some(field) = field else { continue };
        parts.push((field, pos..text.len()));
    }
    let value = |field| parts.iter().find(|part| part.0 == field).map(|part| &text[part.1.clone()]);
    // Of a key that nothing else has, one of the three others may be missing.
    let is_telling = key.len() > "ticket".len();
    let nonce = value(Field::Nonce);
    let url = value(Field::Url);
    let timestamp = value(Field::Timestamp);
    if (nonce.is_none() && !(is_telling && timestamp.is_some() && url.is_some()))
        || (url.is_none() && timestamp.is_none())
    {
        return None;
    }
    let nonce = nonce.unwrap_or_default();
    let url = url.or(timestamp).unwrap_or_default();
    let ticket = value(Field::Ticket)?;
    let is_form =
        is_form(ticket, url, &text[..parts.iter().map(|part| part.1.start).max().unwrap_or_default()]);
    if is_source(ticket) || is_source(nonce) || is_form {
        return None;
    }
    Some(String1 { is_group: key.to_ascii_lowercase().starts_with("group"), parts })
}

fn ticket_key(text: &str) -> Option<&str> {
    if !matches!(text.as_bytes().first(), Some(b'j' | b'J' | b'a' | b'A' | b'g' | b'G' | b't' | b'T')) {
        return None;
    }
    exact_ticket_key(text).or_else(|| misspelt_ticket_key(text))
}

/// `jsapi_tiket`, `jsapi_tickets`, `jsapi_ticke`: one or two letters off.
fn misspelt_ticket_key(text: &str) -> Option<&str> {
    let start = text
        .get(..5)
        .filter(|start| start.eq_ignore_ascii_case("jsapi") || start.eq_ignore_ascii_case("js_ap"))?;
    let length = text
        .bytes()
        .take(20)
        .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'))?;
    let name = &text[..length];
    (length > start.len() && text.as_bytes()[length] == b'=' && near(name, "jsapi_ticket")).then_some(name)
}

/// Whether a key is meant to be another one.
fn near(name: &str, meant: &str) -> bool {
    name.len() > 4 && name.len() < 20 && strsim::damerau_levenshtein(&name.to_ascii_lowercase(), meant) <= 2
}

/// The field of a key in a string1, misspelt or not.
fn meant(name: &str) -> Option<Field> {
    let known = Key::of(name).field();
    known
        .or_else(|| near(name, "timestamp").then_some(Field::Timestamp))
        .or_else(|| near(name, "noncestr").then_some(Field::Nonce))
}

fn exact_ticket_key(text: &str) -> Option<&str> {
    TICKET_KEYS.iter().find_map(|key| {
        let start = text.get(..key.len())?;
        (start.eq_ignore_ascii_case(key) && text.as_bytes().get(key.len()) == Some(&b'=')).then_some(start)
    })
}

/// The next separator, the key after it and the `=` after that.
fn next_key(text: &str, from: usize) -> Option<(usize, usize, usize)> {
    let mut pos = from;
    while let Some(found) = memchr::memchr(b'=', &text.as_bytes()[pos..]) {
        let equals = pos + found;
        let key_at = text[from..equals]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .map_or(from, |at| from + at + text[from + at..].chars().next().map_or(1, char::len_utf8));
        let before = &text[from..key_at];
        if let Some(separator) = SEPARATORS.iter().find(|mark| before.ends_with(**mark)) {
            let is_times = *separator == "×" && text[key_at..equals].starts_with("tamp");
            if *separator != "×" || is_times {
                return Some((key_at - separator.len(), key_at, equals));
            }
        }
        pos = equals + 1;
    }
    None
}

/// The value of source code that builds a string1, or of documentation: `" + ticket + "`, `%s`.
pub(super) fn is_source(value: &str) -> bool {
    if is_quoted(value) {
        return false;
    }
    is_unfilled(value)
        || ["\" +", "\"+", "' +", "'+", "{}", "{0}", "{1}", "%s", "%1$s", "<", "\" .", "\".", "'.", "' ."]
            .iter()
            .any(|mark| value.contains(mark))
        || value.starts_with(['{', '$', '"', '\''])
}

/// A value that was hashed with quotes around it: `"Wm3WZYTPz0wzccnW"`.
fn is_quoted(value: &str) -> bool {
    ['"', '\''].into_iter().any(|quote| {
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        inner.is_some_and(|inner| {
            inner.len() > 3 && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        })
    })
}

/// Whether the values are percent-encoded and more than the url: a form body. A url alone that is
/// encoded stays a string1: signing it so is a mistake people make.
fn is_form(ticket: &str, url: &str, before: &str) -> bool {
    let is_encoded_url = url.get(..8).is_some_and(|start| {
        let start = start.to_ascii_lowercase();
        start.starts_with("http%3a") || start.starts_with("https%3a")
    });
    let has_more = url.split('&').skip(1).chain(before.split('&').skip(1)).any(|pair| {
        pair.split_once('=')
            .is_some_and(|(key, _)| matches!(Key::of(key), Key::Field(Field::Signature | Field::AppId)))
    });
    (is_encoded_url && has_more) || ticket.contains("%3D") || ticket.contains("%2B") || ticket.contains("%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Option<Vec<(Field, &str)>> {
        Some(parse(text)?.parts.into_iter().map(|(field, range)| (field, &text[range])).collect())
    }

    #[test]
    fn the_url_goes_to_the_end() {
        let text = "jsapi_ticket=t==&noncestr=n&timestamp=1&url=http://a.b/?x=1&timestamp=2#/c&url=d";
        assert_eq!(
            values(text),
            Some(vec![
                (Field::Ticket, "t=="),
                (Field::Nonce, "n"),
                (Field::Timestamp, "1"),
                (Field::Url, "http://a.b/?x=1&timestamp=2#/c&url=d"),
            ])
        );
    }

    #[test]
    fn wrong_variants_are_still_understood() {
        for text in [
            "jsapi_ticket=t&noncestr=n×tamp=1&url=http://a.b/",
            "jsapi_ticket=t&nonceStr=n&timeStamp=1&url=http://a.b/",
            "jsapi_ticket=t&amp;noncestr=n&amp;timestamp=1&amp;url=http://a.b/",
            "jsapi_ticket=t&url=http://a.b/&timestamp=1&noncestr=n",
            "ticket=t;nonce_str=n;timestamp=1;url=http://a.b/",
            "group_ticket=t&noncestr=n&timestamp=1&url=http://a.b/",
            "jsapi_ticket=t&appid=wx1&noncestr=n&timestamp=1&url=http://a.b/",
        ] {
            let values = values(text).expect(text);
            for wanted in [
                (Field::Ticket, "t"),
                (Field::Nonce, "n"),
                (Field::Timestamp, "1"),
                (Field::Url, "http://a.b/"),
            ] {
                assert!(values.contains(&wanted), "{text}: {values:?}");
            }
        }
    }

    #[test]
    fn source_code_and_form_bodies_are_not_string1() {
        for text in [
            "jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${ts}&url=${url}",
            "jsapi_ticket=$jsapiTicket&noncestr=$nonceStr&timestamp=$timestamp&url=$url",
            "jsapi_ticket=%s&noncestr=%s&timestamp=%s&url=%s",
            "jsapi_ticket=\" + t + \"&noncestr=\" + n + \"&timestamp=\" + s + \"&url=\" + u",
            "jsapi_ticket={0}&noncestr={1}&timestamp={2}&url={3}",
            "jsapi_ticket=t%3D%3D&noncestr=n&timestamp=1&url=https%3A%2F%2Fa.b",
            "jsapi_ticket=t&noncestr=n&timestamp=1&url=https%3A%2F%2Fa.b&signature=0f9de62f",
            "jsapi_ticket=t",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("jsapi_ticket=&noncestr=n&timestamp=1&url=https%3A%2F%2Fa.b").is_some());
    }
}
