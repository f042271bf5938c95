//! The one place where a JSON document becomes text.
//!
//! In: anything that serializes. Out: JSON in which control, bidi and invisible characters are `\uXXXX`:
//! the same values, and a terminal obeys none of them. `tests/it/sources.rs` keeps every face here.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use super::is_unsafe;

/// On one line.
pub fn line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(safe_json)
}

/// Indented, as people read it.
pub fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(safe_json)
}

/// What is to be escaped can only be inside the strings of a document.
fn safe_json(document: String) -> String {
    match escaped(&document) {
        Cow::Borrowed(_) => document,
        Cow::Owned(escaped) => escaped,
    }
}

fn escaped(document: &str) -> Cow<'_, str> {
    let raw = |c: char| is_unsafe(c) && c != '\n';
    // The serializer has escaped the controls of ASCII but for one. Most documents end here.
    let is_plain = document.is_ascii() && !document.as_bytes().contains(&0x7f);
    if is_plain || !document.chars().any(raw) {
        return Cow::Borrowed(document);
    }
    let mut out = String::with_capacity(document.len() + 64);
    for c in document.chars() {
        if raw(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_document_keeps_its_values_and_steers_no_terminal() {
        let value = serde_json::json!({ "a": "x\u{9b}31m\u{202e}\u{e0041}汉\n\u{1b}", "b": "\u{7f}" });
        for document in [pretty(&value), line(&value)] {
            let document = document.expect("a document");
            assert!(!document.chars().any(|c| is_unsafe(c) && c != '\n'), "{document}");
            assert!(document.contains("\\u009b31m\\u202e\\udb40\\udc41汉"), "{document}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&document).expect("JSON"), value);
        }
    }
}
