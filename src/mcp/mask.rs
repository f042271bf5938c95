//! Tickets, tokens and secrets out of an answer, also those that came in the arguments.
//!
//! In: the arguments of a call, and the document that answers it. Out: the document with each of them
//! masked wherever it is, and `string1_masked` where a string1 changed. An assistant's answers are
//! kept in transcripts that others read.

use serde_json::{Map, Value};

use crate::secret::mask;

/// Names whose value is a secret, in lower case without `_` and `-`.
const NAMES: [&str; 6] = ["ticket", "token", "secret", "aeskey", "accesskey", "sharekey"];

/// A secret that is shorter is masked only when it is the whole text or a parameter's value: as a part
/// of other words it would spoil the answer. Characters.
const SHORT_CHARS: usize = 6;

/// What has to be masked.
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// Those that the arguments hold: in fields of their own, and in pasted text.
    pub(super) fn of(arguments: &Map<String, Value>) -> Self {
        let mut found = Vec::new();
        for (name, value) in arguments {
            collect(is_secret(name), value, &mut found);
        }
        // What a server may have made of it before it was hashed.
        let made: Vec<String> = found
            .iter()
            .flat_map(|secret| {
                let trimmed = secret.trim().to_owned();
                let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
                [trimmed, encoded, secret.replace('+', " "), secret.to_lowercase()]
            })
            .collect();
        found.extend(made);
        found.retain(|secret| !secret.trim().is_empty());
        // The longest first: a secret may hold another one.
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        found.dedup();
        Self(found)
    }

    /// Masks them in a document.
    pub(super) fn mask(&self, document: &mut Value) {
        match document {
            Value::String(text) => {
                if let Some(masked) = self.masked(text) {
                    *text = masked;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.mask(value)),
            Value::Object(object) => self.mask_object(object),
            _ => {}
        }
    }

    fn mask_object(&self, object: &mut Map<String, Value>) {
        // What a mistake of the ticket shows is the ticket, changed or in pieces.
        let of_ticket = object.get("field").and_then(Value::as_str) == Some("ticket");
        let before = object.get("string1").cloned();
        for (name, value) in object.iter_mut() {
            let is_value = of_ticket && matches!(name.as_str(), "signed" | "expected" | "actual");
            match value {
                Value::String(text)
                    if (is_value || is_secret(name)) && !text.contains('…') && !text.is_empty() =>
                {
                    *text = mask(text);
                }
                value => self.mask(value),
            }
        }
        if object.get("string1") != before.as_ref() {
            object.insert("string1_masked".to_owned(), true.into());
        }
    }

    fn masked(&self, text: &str) -> Option<String> {
        let mut masked = None::<String>;
        for secret in &self.0 {
            let shown = masked.as_deref().unwrap_or(text);
            let now = if shown == secret {
                mask(secret)
            } else if secret.chars().count() >= SHORT_CHARS {
                if !shown.contains(secret.as_str()) {
                    continue;
                }
                shown.replace(secret.as_str(), &mask(secret))
            } else {
                let given = format!("ticket={secret}&");
                if !shown.contains(&given) {
                    continue;
                }
                shown.replace(&given, &format!("ticket={}&", mask(secret)))
            };
            masked = Some(now);
        }
        masked
    }
}

fn collect(secret: bool, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if secret => found.push(text.clone()),
        Value::String(text) => in_text(text, found),
        Value::Number(number) if secret => found.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| collect(secret, value, found)),
        Value::Object(object) => {
            for (name, value) in object {
                collect(secret || is_secret(name), value, found);
            }
        }
        _ => {}
    }
}

/// Whether a key's value is a secret: `jsapi_ticket`, `accessToken`, `other-ticket`, `appsecret`.
fn is_secret(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.iter().any(|end| plain.ends_with(end))
}

/// The values after such names in pasted text: `ticket=…`, `"access_token": "…"`, `secret: '…'`.
fn in_text(text: &str, found: &mut Vec<String>) {
    let lower = text.to_ascii_lowercase();
    for name in ["ticket", "token", "secret", "aes_key", "aeskey"] {
        for (at, _) in lower.match_indices(name) {
            let after = &text[at + name.len()..];
            let after = after.trim_start_matches(['"', '\'', '\\', ' ', '\t', ']']);
            let Some(after) =
                ["=>", ":=", "=", ":", "：", "%3D", "%3d"].iter().find_map(|sign| after.strip_prefix(sign))
            else {
                continue;
            };
            let after = after.trim_start_matches([' ', '\t', '"', '\'', '\\', '`']);
            let end = after
                .find(|c: char| {
                    c.is_whitespace()
                        || matches!(c, '"' | '\'' | '&' | ',' | ';' | '`' | '\\' | '}' | ')' | '<')
                })
                .unwrap_or(after.len());
            let value = &after[..end];
            if value.len() >= SHORT_CHARS {
                found.push(value.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3";

    fn masked(arguments: &Value, mut document: Value) -> Value {
        let Value::Object(arguments) = arguments else { panic!("an object") };
        Secrets::of(arguments).mask(&mut document);
        document
    }

    #[test]
    fn a_ticket_is_in_no_answer() {
        for arguments in [
            json!({"ticket": TICKET}),
            json!({"jsapi_ticket": TICKET}),
            json!({"other_ticket": [TICKET]}),
            json!({"from": format!("jsapi_ticket={TICKET}&noncestr=x")}),
            json!({"from": format!("{{\"ticket\": \"{TICKET}\"}}")}),
            json!({"what": [format!("GET /x?access_token={TICKET}&type=jsapi")]}),
            json!({"from": format!("$ticket = '{TICKET}';")}),
        ] {
            let document = masked(
                &arguments,
                json!({
                    "string1": format!("jsapi_ticket={TICKET}&noncestr=x"),
                    "checks": [{"string1": format!("jsapi_ticket={TICKET}&noncestr=x"), "query": TICKET}],
                    "mistakes": [{"field": "ticket", "signed": TICKET[3..20].to_owned(), "expected": TICKET}],
                    "url": "https://m.example.com/",
                }),
            );
            let text = document.to_string();
            assert!(!text.contains(&TICKET[..12]) && !text.contains(&TICKET[5..20]), "{arguments}: {text}");
            assert_eq!(document["string1_masked"], true, "{arguments}");
            assert_eq!(document["checks"][0]["string1_masked"], true);
            assert_eq!(document["url"], "https://m.example.com/");
        }
    }

    #[test]
    fn a_short_ticket_does_not_spoil_other_words() {
        let document = masked(
            &json!({"ticket": "T"}),
            json!({"string1": "jsapi_ticket=T&noncestr=TTT", "note": "The Text"}),
        );
        assert_eq!(
            document,
            json!({"string1": format!("jsapi_ticket={}&noncestr=TTT", mask("T")), "note": "The Text", "string1_masked": true})
        );
    }
}
