//! The page's requests for a signature: what was asked, what was answered.
//!
//! In: requests and answers as the browser reports them. Out: [`SigningRequest`]s, and what they show
//! for the judge.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::finding::Finding;
use super::judge::Around;
use crate::evidence::{self, Field};
use crate::lang::{Lang, cause};
use crate::say;
use crate::secret::{Secret, mask, redact};

/// A request for a signature.
#[derive(Clone, Debug, Serialize)]
pub struct SigningRequest {
    /// The address.
    pub url: String,
    /// The HTTP status; null if there was no answer.
    pub status: Option<u16>,
    /// The page's address that it was asked for, decoded once.
    pub asked_for: Option<String>,
    /// The fields of the answer; a ticket in it is masked.
    pub answered: Option<Map<String, Value>>,
}

/// A request under way.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// The address.
    pub url: String,
    /// What was posted.
    pub body: Option<String>,
    /// `Document`, `Script`, `XHR`, `Fetch` …
    pub kind: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The content type.
    pub mime: String,
    /// When it was sent.
    pub since: Option<std::time::Instant>,
}

/// An address is as long as this at most, in characters.
const MOST_ASKED_CHARS: usize = 8_192;

impl Pending {
    /// Whether its answer may hold a signature: pages ask by script, or by a script tag with a callback.
    pub fn may_sign(&self) -> bool {
        match self.kind.as_str() {
            "XHR" | "Fetch" => true,
            "Script" => self.asked_for().is_some(),
            _ => false,
        }
    }

    /// The first address among its parameters.
    pub fn asked_for(&self) -> Option<String> {
        let query = self.url.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or(query));
        let in_query = query.and_then(address_in_form);
        in_query.or_else(|| {
            let body = self.body.as_deref()?;
            let in_json = serde_json::from_str::<Value>(body).ok().and_then(|value| address_in(&value));
            in_json.or_else(|| address_in_form(body))
        })
    }

    /// Whether it looks like the request for a signature by its address.
    fn is_named_so(&self) -> bool {
        let path = self.url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let path = path.splitn(4, '/').nth(3).unwrap_or_default();
        ["sign", "jssdk", "js-sdk", "jsapi", "wechat", "weixin", "wx", "ticket"]
            .iter()
            .any(|word| path.contains(word))
    }

    /// What an answer says, if this was a request for a signature.
    pub fn answered(&self, body: &str, lang: Lang) -> Option<(SigningRequest, Option<Finding>)> {
        let found = evidence::extract(body);
        let has = |field| found.all(field).next().is_some();
        let asked_for = self.asked_for();
        let signs = has(Field::Signature);
        if !signs && !(self.is_named_so() && (asked_for.is_some() || has(Field::Nonce))) {
            return None;
        }
        let mut answered = Map::new();
        for (field, name) in [
            (Field::AppId, "appId"),
            (Field::Timestamp, "timestamp"),
            (Field::Nonce, "nonceStr"),
            (Field::Signature, "signature"),
            (Field::Url, "url"),
            (Field::Ticket, "ticket"),
        ] {
            if let Some(value) = found.all(field).next() {
                let text = if field == Field::Ticket { mask(&value.text) } else { value.text.clone() };
                answered.insert(name.to_owned(), json!(text));
            }
        }
        let failed = (!signs).then(|| self.failure(body, lang));
        let request = SigningRequest {
            url: self.url.clone(),
            status: self.status,
            asked_for,
            answered: Some(answered).filter(|fields| !fields.is_empty()),
        };
        Some((request, failed))
    }

    /// The request that got no answer at all.
    pub fn unanswered(&self, why: &str, lang: Lang) -> Option<(SigningRequest, Finding)> {
        if !(self.is_named_so() && self.may_sign()) {
            return None;
        }
        let url = &self.url;
        let why = cause(why).into_one(lang);
        let detail = say!(lang, "`{url}` 没有应答：{why}", "`{url}` was not answered: {why}");
        let request = SigningRequest {
            url: self.url.clone(),
            status: self.status,
            asked_for: self.asked_for(),
            answered: None,
        };
        Some((request, Finding::new("page-signing-failed", &detail, lang)))
    }

    fn failure(&self, body: &str, lang: Lang) -> Finding {
        let (url, status) = (&self.url, self.status.unwrap_or_default());
        let start = body.trim_start();
        let what = if start.starts_with('<') {
            say!(lang, "一个 HTML 页面", "an HTML page")
        } else if start.is_empty() {
            say!(lang, "空内容", "nothing")
        } else {
            let found = evidence::extract(start);
            let secrets = found.all(Field::Ticket).chain(found.all(Field::AccessToken));
            let secrets: Vec<Secret> = secrets.map(|value| Secret::new(value.text.clone())).collect();
            let text = redact(start, &secrets.iter().collect::<Vec<_>>());
            let text: String = text.chars().take(120).collect();
            say!(lang, "没有签名的内容 `{text}`", "`{text}`, without a signature")
        };
        let detail = say!(lang, "`{url}` 回了 {status}，{what}", "`{url}` answered {status} with {what}");
        Finding::new("page-signing-failed", &detail, lang)
    }
}

/// Adds what a request shows to what may have been signed.
pub fn note(around: &mut Around, request: &SigningRequest) {
    let mut add = |list: fn(&mut Around) -> &mut Vec<String>, text: Option<&str>| {
        let list = list(around);
        if let Some(text) = text
            && !list.iter().any(|known| known == text)
        {
            list.push(text.to_owned());
        }
    };
    let answered = |name: &str| request.answered.as_ref()?.get(name)?.as_str();
    add(|around| &mut around.endpoints, Some(&request.url));
    // Behind a router or a framework the own address often goes without its query.
    add(|around| &mut around.endpoints, request.url.split('?').next());
    add(|around| &mut around.urls, request.asked_for.as_deref());
    add(|around| &mut around.urls, answered("url"));
    add(|around| &mut around.nonces, answered("nonceStr"));
    add(|around| &mut around.timestamps, answered("timestamp"));
}

fn is_address(text: &str) -> bool {
    let lower = text.trim_start().to_ascii_lowercase();
    text.len() <= MOST_ASKED_CHARS && (lower.starts_with("http://") || lower.starts_with("https://"))
}

/// A form's parameter that holds an address; decoded once. One that was not encoded ends at its first
/// `&`, which is what the server sees of it, too.
fn address_in_form(form: &str) -> Option<String> {
    form.split('&').find_map(|pair| {
        let (_, value) = pair.split_once('=')?;
        let value = decoded(value);
        is_address(&value).then_some(value)
    })
}

fn address_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => is_address(text).then(|| text.clone()),
        Value::Array(list) => list.iter().find_map(address_in),
        Value::Object(object) => object.values().find_map(address_in),
        _ => None,
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| bytes[at] == b'%');
        if let Some(byte) = byte {
            out.push(byte);
            at += 3;
        } else {
            out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_asked_for_is_found_in_query_form_and_json() {
        let asked = |url: &str, body: Option<&str>| {
            Pending { url: url.into(), body: body.map(str::to_owned), ..Pending::default() }.asked_for()
        };
        let page = Some("https://m.example.com/a?b=1&c=2".to_owned());
        assert_eq!(asked("/sign?url=https%3A%2F%2Fm.example.com%2Fa%3Fb%3D1%26c%3D2", None), page);
        assert_eq!(asked("/sign", Some("page=https%3A%2F%2Fm.example.com%2Fa%3Fb%3D1%26c%3D2")), page);
        assert_eq!(asked("/sign", Some(r#"{"href":"https://m.example.com/a?b=1&c=2"}"#)), page);
        // Not encoded: the server sees this much.
        let cut = Some("https://m.example.com/a?b=1".to_owned());
        assert_eq!(asked("/sign?url=https://m.example.com/a?b=1&c=2", None), cut);
    }
}
