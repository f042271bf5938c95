//! A JSON document as a tree that remembers where each value is.
//!
//! In: a whole text. Out: its [`Node`], or nothing when it is not JSON or nested too deeply. A key
//! that comes twice is kept twice. (serde_json keeps neither places nor doubles.) Texts stay where
//! they are until they are asked for: a HAR file is mostly bodies that no one asks for.

use std::borrow::Cow;

use super::literal::unescaped;

/// How deep a document may be nested.
const DEPTH: usize = 128;

/// A value and the byte it starts at.
#[derive(Debug, PartialEq)]
pub(super) struct Node<'a> {
    pub(super) at: usize,
    pub(super) value: Value<'a>,
}

/// What a value is.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'a> {
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    Array(Vec<Node<'a>>),
    /// As written, its escapes not undone.
    Text(&'a str),
    /// A number, `true`, `false` or `null`, as written.
    Bare,
}

impl<'a> Node<'a> {
    /// The first value under a key.
    pub(super) fn key(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Object(pairs) => pairs.iter().find(|pair| pair.0 == key).map(|pair| &pair.1),
            _ => None,
        }
    }

    /// The text under a key; empty if it is missing.
    pub(super) fn text(&self, key: &str) -> Cow<'a, str> {
        match self.key(key).map(|node| &node.value) {
            Some(Value::Text(text)) => undone(text),
            _ => Cow::Borrowed(""),
        }
    }

    /// The elements under a key.
    pub(super) fn list(&self, key: &str) -> &[Self] {
        match self.key(key).map(|node| &node.value) {
            Some(Value::Array(nodes)) => nodes,
            _ => &[],
        }
    }
}

/// Reads a whole document.
pub(super) fn parse(text: &str) -> Option<Node<'_>> {
    let mut parser = Parser { text, bytes: text.as_bytes(), pos: 0 };
    let node = parser.value(0)?;
    parser.whitespace();
    (parser.pos == text.len()).then_some(node)
}

fn undone(text: &str) -> Cow<'_, str> {
    if text.contains('\\') { Cow::Owned(unescaped(text)) } else { Cow::Borrowed(text) }
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > DEPTH {
            return None;
        }
        self.whitespace();
        let at = self.pos;
        let value = match *self.bytes.get(at)? {
            b'{' => self.object(depth)?,
            b'[' => self.array(depth)?,
            b'"' => Value::Text(self.string()?),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.bare()?,
            _ => return None,
        };
        Some(Node { at, value })
    }

    fn object(&mut self, depth: usize) -> Option<Value<'a>> {
        let mut pairs = Vec::new();
        self.pos += 1;
        if self.take(b'}') {
            return Some(Value::Object(pairs));
        }
        loop {
            self.whitespace();
            let key = undone(self.string()?);
            if !self.take(b':') {
                return None;
            }
            pairs.push((key, self.value(depth + 1)?));
            if self.take(b'}') {
                return Some(Value::Object(pairs));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value<'a>> {
        let mut nodes = Vec::new();
        self.pos += 1;
        if self.take(b']') {
            return Some(Value::Array(nodes));
        }
        loop {
            nodes.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Some(Value::Array(nodes));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<&'a str> {
        if self.bytes.get(self.pos) != Some(&b'"') {
            return None;
        }
        let start = self.pos + 1;
        let mut end = start;
        loop {
            end += memchr::memchr2(b'"', b'\\', self.bytes.get(end..)?)?;
            if self.bytes[end] == b'"' {
                break;
            }
            end += 2;
        }
        self.pos = end + 1;
        self.text.get(start..end)
    }

    fn bare(&mut self) -> Option<Value<'a>> {
        let start = self.pos;
        while self
            .bytes
            .get(self.pos)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
        {
            self.pos += 1;
        }
        let text = &self.text[start..self.pos];
        let is_word = matches!(text, "true" | "false" | "null");
        (is_word || text.parse::<f64>().is_ok()).then_some(Value::Bare)
    }

    fn take(&mut self, byte: u8) -> bool {
        self.whitespace();
        let is_here = self.bytes.get(self.pos) == Some(&byte);
        self.pos += usize::from(is_here);
        is_here
    }

    fn whitespace(&mut self) {
        while self.bytes.get(self.pos).is_some_and(u8::is_ascii_whitespace) {
            self.pos += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_places_and_doubles() {
        let node = parse(r#" {"a": ["x\/y", 1.5e3, {}], "a": "中\u0026", "b": null} "#).expect("JSON");
        assert_eq!(node.at, 1);
        assert_eq!(node.list("a").len(), 3);
        assert_eq!(node.list("a")[0], Node { at: 8, value: Value::Text("x\\/y") });
        assert_eq!((node.text("a"), node.text("b")), ("".into(), "".into()));
        assert_eq!(parse(r#"{"c":"中\u0026"}"#).expect("JSON").text("c"), "中&");
        let Value::Object(pairs) = &node.value else { panic!("an object") };
        assert_eq!(pairs[1].1.value, Value::Text("中\\u0026"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in
            ["", "{", "[1,]", "{\"a\" 1}", "\"", "\"\\", "{} {}", "truth", "{'a': 1}", "\"a\\\"", "1e"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
        assert!(parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_some());
    }
}
