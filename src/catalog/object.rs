//! Objects as consoles, dumps and exceptions print them: JSON, and what only looks like it.
//!
//! In: any text. Out: the values that are in it: with unquoted or single-quoted keys, `=` or `=>`
//! for the colon (Java, Ruby), bare words for values, `Object { … }` and `…`. Time is linear in the
//! text: a bracket that begins nothing is given up after a few tries.

use serde_json::{Map, Value};

/// Objects inside objects are followed so far.
const DEPTH: usize = 48;

/// So many openings that turn out not to be an object are tried.
const TRIES: usize = 64;

/// A key is not longer. Bytes.
const KEY: usize = 48;

/// Longer JSON is not read as a whole, and no more values are read together: a value takes many
/// times the memory of its text. Bytes and values.
const WHOLE: usize = 512 * 1024;
const TOGETHER: usize = 64 * 1024;

/// The values of a text, in its order, each read when it is asked for: the whole text where it is
/// JSON, else each object in it. Of an object that is too large, the objects inside it.
pub fn in_text(text: &str) -> impl Iterator<Item = Value> {
    let whole = (text.len() <= WHOLE).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    let whole = whole.filter(|value| !value.is_number());
    let mut tries = if whole.is_some() { 0 } else { TRIES };
    let mut from = 0;
    let objects = std::iter::from_fn(move || {
        while tries > 0 {
            let at = from + text[from..].find('{')?;
            let mut reader = Reader { text, at: at + 1, left: TOGETHER };
            if let Some(object) = reader.object(0).filter(|object| !object.is_empty()) {
                from = reader.at;
                return Some(Value::Object(object));
            }
            tries -= 1;
            from = at + 1;
        }
        None
    });
    whole.into_iter().chain(objects)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// So many more values may be read.
    left: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self, also: &str) {
        let rest = self.rest();
        let rest_trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || also.contains(c));
        self.at += rest.len() - rest_trimmed.len();
    }

    fn take(&mut self, sign: &str) -> bool {
        let there = self.rest().starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    /// What follows `{`, up to and with the `}`.
    fn object(&mut self, depth: usize) -> Option<Map<String, Value>> {
        if depth > DEPTH {
            return None;
        }
        let mut object = Map::new();
        loop {
            self.skip(",;…");
            if self.take("...") {
                continue;
            }
            if self.take("}") {
                return Some(object);
            }
            let key = self.key()?;
            self.left = self.left.checked_sub(1)?;
            let value = self.value(depth)?;
            object.entry(key).or_insert(value);
        }
    }

    /// A key and the sign behind it.
    fn key(&mut self) -> Option<String> {
        let key = if let Some(key) = self.quoted() {
            key
        } else {
            // Ruby's symbols.
            self.take(":");
            let rest = self.rest();
            let rest = rest.get(..floor(rest, KEY)).unwrap_or(rest);
            let end = rest.find([':', '=', ',', '{', '}', '\n', '"'])?;
            let key = rest[..end].trim();
            if key.is_empty() || !rest[end..].starts_with([':', '=']) {
                return None;
            }
            self.at += end;
            key.to_owned()
        };
        self.skip("");
        let sign = ["=>", ":", "="].iter().any(|sign| self.take(sign));
        sign.then_some(key)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip("");
        if self.take("Object {") || self.take("{") {
            return self.object(depth + 1).map(Value::Object);
        }
        if self.take("[") {
            let mut list = Vec::new();
            loop {
                self.skip(",");
                if self.take("]") {
                    return Some(Value::Array(list));
                }
                if depth > DEPTH || self.rest().is_empty() {
                    return None;
                }
                let before = self.at;
                self.left = self.left.checked_sub(1)?;
                list.push(self.element(depth + 1)?);
                if self.at == before {
                    return None;
                }
            }
        }
        if let Some(text) = self.quoted() {
            return Some(Value::String(text));
        }
        Some(self.bare())
    }

    fn element(&mut self, depth: usize) -> Option<Value> {
        if self.rest().starts_with(['{', '[']) {
            return self.value(depth);
        }
        if let Some(text) = self.quoted() {
            return Some(Value::String(text));
        }
        let rest = self.rest();
        let end = rest.find([',', ']'])?;
        self.at += end;
        Some(Value::String(rest[..end].trim().to_owned()))
    }

    /// A string in quotes of any kind.
    fn quoted(&mut self) -> Option<String> {
        let mut chars = self.rest().char_indices();
        let (_, open) = chars.next()?;
        let close = match open {
            '"' | '\'' | '`' => open,
            '“' => '”',
            _ => return None,
        };
        let mut text = String::new();
        while let Some((at, c)) = chars.next() {
            if c == close {
                self.at += at + c.len_utf8();
                return Some(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            match chars.next()?.1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                'u' => {
                    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    let code = u32::from_str_radix(&digits, 16).ok()?;
                    text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                other => text.push(other),
            }
        }
        None
    }

    /// A value without quotes: up to the next key or the end of the object.
    fn bare(&mut self) -> Value {
        let start = self.at;
        let end = loop {
            let rest = self.rest();
            let Some(step) = rest.find([',', '}', '\n', ';']) else {
                self.at = self.text.len();
                break self.at;
            };
            self.at += step;
            let here = self.at;
            if !rest[step..].starts_with(',') || self.key_follows() {
                break here;
            }
            self.at = here + 1;
        };
        self.at = end;
        let text = self.text[start..end].trim();
        match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "undefined" | "None" | "nil" | "" => Value::Null,
            _ => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        }
    }

    /// Whether what follows the comma here begins a new key.
    fn key_follows(&self) -> bool {
        let rest = self.rest()[1..].trim_start();
        if rest.starts_with(['"', '\'', '}', '…']) || rest.is_empty() {
            return true;
        }
        let word = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_$-".contains(c));
        word.len() < rest.len() && {
            let sign = word.trim_start_matches(' ');
            (sign.starts_with(':') && !sign.starts_with("://")) || sign.starts_with('=')
        }
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Vec<Value> {
        in_text(text).collect()
    }

    #[test]
    fn what_consoles_print_is_read_as_json_is() {
        let plain = json!({ "errMsg": "agentConfig:fail", "err_Info": "fail", "errCode": 40093 });
        for text in [
            r#"{"errMsg":"agentConfig:fail","err_Info":"fail","errCode":40093}"#,
            r#"{errMsg: "agentConfig:fail", err_Info: "fail", errCode: 40093}"#,
            r"{'errMsg': 'agentConfig:fail', 'err_Info': 'fail', 'errCode': 40093}",
            r#"Object { errMsg: "agentConfig:fail", err_Info: "fail", errCode: 40093 }"#,
            r#"got {"errMsg"=>"agentConfig:fail", :err_Info=>"fail", "errCode"=>40093} here"#,
            "{errMsg=agentConfig:fail, err_Info=fail, errCode=40093}",
            "{errMsg: `agentConfig:fail`, err_Info: “fail”, errCode: 40093, …}",
        ] {
            assert_eq!(read(text), std::slice::from_ref(&plain), "{text}");
        }
        let java =
            "{errcode=40001, errmsg=invalid credential, access_token is invalid or not latest, rid: a-b}";
        assert_eq!(read(java)[0]["errmsg"], "invalid credential, access_token is invalid or not latest");
        assert_eq!(read(r#"a {"x":{"errcode":1}} b {errcode: 2}"#).len(), 2);
    }

    #[test]
    fn what_is_none_is_given_up() {
        for text in ["{", "{{{{", "{a", "{a:", "[1", "}", "{\"a\":\"", "a: b"] {
            assert_eq!(read(text), [] as [Value; 0], "{text}");
        }
        assert!(read(&"{".repeat(200_000)).is_empty());
        assert!(read(&"{a:[".repeat(50_000)).is_empty());
    }

    #[test]
    fn a_list_that_is_too_long_is_read_object_by_object() {
        let answers = |count: usize| r#"{"errcode":40001},"#.repeat(count);
        let text = format!("[{}{}]", answers(WHOLE / 18), r#"{"errcode":42001}"#);
        assert_eq!(in_text(&text).last(), Some(json!({ "errcode": 42001 })));
        assert_eq!(in_text(&text).count(), WHOLE / 18 + 1);
        let text = format!(r#"{{"data":[{}{{"errcode":42001}}]}}"#, answers(TOGETHER));
        assert_eq!(in_text(&text).last(), Some(json!({ "errcode": 42001 })));
    }
}
