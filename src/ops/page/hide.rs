//! What a page shows of secrets is not shown again: a report is pasted into issues.
//!
//! In: a [`ClientReport`] and the account. Out: the same without the account's tickets and tokens, and without
//! the values of parameters that hold such.

use serde_json::Value;

use super::{Account, ClientReport, Finding};
use crate::secret::{Secret, mask, redact};

/// Names of parameters that hold a secret; letters alone, in lower case.
const SECRET_NAMES: [&str; 10] = [
    "accesstoken",
    "apiticket",
    "appsecret",
    "clientsecret",
    "corpsecret",
    "jsapiticket",
    "secret",
    "suiteticket",
    "ticket",
    "token",
];

/// Hides what is secret in a report.
pub(super) fn hide(report: &mut ClientReport, account: &Account) {
    let every: Vec<&Secret> = account.tickets.iter().map(|ticket| &ticket.value).collect();
    let cached: Vec<&Secret> =
        account.tickets.iter().filter(|ticket| ticket.from_cache).map(|ticket| &ticket.value).collect();
    let text = |text: &mut String| *text = redact(&without_secrets(text), &every);
    for Finding { message, .. } in &mut report.errors {
        text(message);
    }
    for request in &mut report.requests {
        text(&mut request.url);
        request.asked_for.iter_mut().for_each(text);
        for value in request.answered.iter_mut().flat_map(|fields| fields.values_mut()) {
            in_value(value, &every);
        }
    }
    for config in &mut report.configs {
        // As in `verify`: a ticket that was given may be seen.
        config.verified.values_mut().for_each(|value| in_value(value, &cached));
        for part in config.first.iter_mut().flatten() {
            *part = redact(part, &cached);
        }
    }
}

fn in_value(value: &mut Value, secrets: &[&Secret]) {
    match value {
        Value::String(text) => *text = redact(text, secrets),
        Value::Array(list) => list.iter_mut().for_each(|value| in_value(value, secrets)),
        Value::Object(object) => object.values_mut().for_each(|value| in_value(value, secrets)),
        _ => {}
    }
}

/// A text with addresses, the values of parameters that hold a secret masked.
fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split_inclusive(['?', '&', '#', ' ', '`']).enumerate() {
        let (piece, end) = match piece.chars().next_back() {
            Some(c) if "?&# `".contains(c) => piece.split_at(piece.len() - 1),
            _ => (piece, ""),
        };
        match piece.split_once('=') {
            Some((name, value)) if at > 0 && is_secret(name) && !value.is_empty() => {
                out.push_str(name);
                out.push('=');
                out.push_str(&mask(value));
            }
            _ => out.push_str(piece),
        }
        out.push_str(end);
    }
    out
}

fn is_secret(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_hold_a_secret_are_masked() {
        let shown = |text: &str| without_secrets(text);
        assert_eq!(
            shown("`https://a.b/c?access_token=0123456789abcdef&url=x#t` answered 404"),
            "`https://a.b/c?access_token=0123…(16)&url=x#t` answered 404"
        );
        assert_eq!(shown("/t?appid=wx1&secret=short"), "/t?appid=wx1&secret=…(5)");
        for text in ["", "plain", "https://a.b/?url=https%3A%2F%2Fc.d&state=1", "a=b&c"] {
            assert_eq!(shown(text), text);
        }
    }
}
