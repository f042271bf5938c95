//! A Request out of JSON, a query or a line of a batch: one table of names for all of them.
//!
//! In: an object whose keys are the long flags, or what WeChat and people call the same values
//! (`noncestr`, `nonceStr`, `jsapi_ticket`, `corpid`). Out: the Request that the flags would have
//! made, or a failure that names the field and never repeats its value, which may be a secret.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::both;
use crate::evidence;
use crate::failure::Failure;
use crate::lang::Both;
use crate::nearest::nearest;

/// An unknown name is shown up to here. Characters.
const SHOWN_CHARS: usize = 40;

/// Reads a JSON object.
pub fn of_object<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, Failure> {
    of_deserializer(object)
}

/// Reads one line of JSON.
pub fn of_json<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_slice(line);
    let request = of_deserializer(&mut json)?;
    json.end().map_err(|error| not_json(&error))?;
    Ok(request)
}

/// Reads the pairs of a query.
pub fn of_pairs<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Failure> {
    let object = pairs.into_iter().map(|(name, value)| (name, Value::String(value)));
    of_object(object.collect())
}

fn of_deserializer<'de, D, T>(deserializer: D) -> Result<T, Failure>
where
    D: Deserializer<'de, Error = serde_json::Error>,
    T: Deserialize<'de>,
{
    let fault = RefCell::new(None);
    T::deserialize(Spelled { inner: deserializer, fault: &fault })
        .map_err(|error| fault.take().unwrap_or_else(|| not_json(&error)))
}

/// What is not an object of known fields at all. Serde's message names the place; a value is cut off.
fn not_json(error: &serde_json::Error) -> Failure {
    let text = error.to_string();
    if let Some(name) = text.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next()) {
        return Failure::usage(both!("`{name}` 出现了两次", "`{name}` is there twice")).hint(both!(
            "同一个值只写一次，写法不同也算同一个",
            "give each value once, under one of its names"
        ));
    }
    if error.is_data() {
        return Failure::usage(both!("要的是一个 JSON 对象", "a JSON object is expected"))
            .hint(Both::same("{\"url\": \"https://…\"}"));
    }
    let (line, column) = (error.line(), error.column());
    Failure::usage(both!(
        "不是 JSON：第 {line} 行第 {column} 列读不下去",
        "this is not JSON: line {line}, column {column} cannot be read"
    ))
    .hint(Both::same("{\"url\": \"https://…\"}"))
}

/// The field that a key stands for, among those that a Request has: `pageUrl`, `page_url` and
/// `page-url` are one name, and so are the spellings that evidence knows.
pub fn field_of_key(key: &str, fields: &[&'static str]) -> Option<&'static str> {
    let known = |name: &str| fields.iter().copied().find(|field| *field == name);
    known(key)
        .or_else(|| known(&dashed(key)))
        .or_else(|| known(&dashed(key).replace('-', "_")))
        .or_else(|| known(evidence::flag_of_key(key)?))
}

fn dashed(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        match c {
            '_' => name.push('-'),
            c if c.is_ascii_uppercase() => {
                name.push('-');
                name.push(c.to_ascii_lowercase());
            }
            c => name.push(c),
        }
    }
    name
}

/// Translates the keys of a struct; anything else passes through.
struct Spelled<'a, D> {
    inner: D,
    fault: &'a RefCell<Option<Failure>>,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Spelled<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Fields { names: fields, visitor, fault: self.fault })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Fields<'a, V> {
    names: &'static [&'static str],
    visitor: V,
    fault: &'a RefCell<Option<Failure>>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Keys { inner: map, fields: self.names, fault: self.fault, key: "" })
    }
}

struct Keys<'a, A> {
    inner: A,
    fields: &'static [&'static str],
    fault: &'a RefCell<Option<Failure>>,
    key: &'static str,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Keys<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(key) = self.inner.next_key_seed(KeyText)? else { return Ok(None) };
        let Some(field) = field_of_key(&key, self.fields) else {
            *self.fault.borrow_mut() = Some(unknown(&key, self.fields));
            return Err(A::Error::custom("unknown field"));
        };
        self.key = field;
        seed.deserialize(BorrowedStrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(seed).inspect_err(|error| {
            self.fault.borrow_mut().get_or_insert_with(|| unfit(self.key, &error.to_string()));
        })
    }
}

/// A key, borrowed when the text allows it.
struct KeyText;

impl<'de> DeserializeSeed<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

fn unknown(key: &str, fields: &[&'static str]) -> Failure {
    let name: String = key.chars().take(SHOWN_CHARS).collect();
    let failure = Failure::usage(both!("没有 `{name}` 这个字段", "unknown field `{name}`"));
    if let Some(near) = nearest(&dashed(key), fields.iter().copied()) {
        failure.hint(both!("是不是 `{near}`？", "did you mean `{near}`?"))
    } else {
        let known = fields.join(", ");
        failure.hint(both!("可用的字段：{known}", "known fields: {known}"))
    }
}

/// The phrases in which the types of a Request say what they take.
const EXPECTED: &[(&str, &str)] = &[
    ("a text or a number", "文本或数字"),
    ("a text, or a list of texts", "一段文本，或若干段文本的列表"),
    ("a number of seconds", "秒数"),
    ("a code, a text, an answer, or a list of them", "错误码、一段文本、一个返回对象，或它们的列表"),
    ("a boolean", "true 或 false"),
    ("a string", "文本"),
    ("one of ", "以下之一："),
];

/// A field whose value is of the wrong type or not one of the words it takes.
fn unfit(field: &str, error: &str) -> Failure {
    let error = error.split(" at line ").next().unwrap_or_default();
    let Some((_, wanted)) = error.split_once(", expected ") else {
        return Failure::usage(both!("`{field}`：{error}", "`{field}`: {error}"))
            .hint(both!("字段就是命令的长参数", "the fields are the command's long flags"));
    };
    let wanted = if wanted == "a boolean" { "true or false" } else { wanted };
    let zh = EXPECTED.iter().find_map(|(en, zh)| Some(format!("{zh}{}", wanted.strip_prefix(en)?)));
    let zh = zh.unwrap_or_else(|| wanted.replace("true or false", "true 或 false"));
    Failure::usage(Both { zh: format!("`{field}` 要的是{zh}"), en: format!("`{field}` takes {wanted}") })
        .hint(both!("字段就是命令的长参数", "the fields are the command's long flags"))
}

/// A text, or a number kept as the text that is hashed. `null` is nothing.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(TextOrNumber)
}

struct TextOrNumber;

impl Visitor<'_> for TextOrNumber {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<String>, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Option<String>, E> {
        Ok(Some(text))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Option<String>, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Option<String>, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Option<String>, E> {
        Err(E::custom("a number with a decimal point or an exponent: write it as a string"))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Option<String>, E> {
        Ok(None)
    }
}

/// One text or a list of them; a text is one element.
pub fn several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(Several)
}

struct Several;

impl<'de> Visitor<'de> for Several {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a list of texts")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            texts.push(text);
        }
        Ok(texts)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }
}

/// API names: one text with commas, as the flag takes it, or a list as in wx.config.
pub fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let texts = several(deserializer)?;
    let names = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    Ok(Some(names.filter(|name| !name.is_empty()).map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
    struct Sample {
        #[serde(deserialize_with = "text")]
        nonce: Option<String>,
        #[serde(deserialize_with = "text")]
        app_id: Option<String>,
        #[serde(deserialize_with = "several")]
        url: Vec<String>,
        probe: bool,
    }

    fn failure(json: &str) -> Failure {
        of_json::<Sample>(json.as_bytes()).expect_err(json)
    }

    #[test]
    fn every_spelling_of_a_name_is_the_same_field() {
        for json in [
            r#"{"nonce": "n", "app-id": "a", "url": "u"}"#,
            r#"{"nonceStr": "n", "appId": "a", "url": ["u"]}"#,
            r#"{"noncestr": "n", "corpid": "a", "link": "u", "probe": false}"#,
        ] {
            let sample: Sample = of_json(json.as_bytes()).expect(json);
            assert_eq!(sample.nonce.as_deref(), Some("n"), "{json}");
            assert_eq!(sample.app_id.as_deref(), Some("a"), "{json}");
            assert_eq!(sample.url, ["u"], "{json}");
        }
        let sample: Sample = of_json(br#"{"nonce": 12, "app_id": null}"#).expect("numbers and null");
        assert_eq!((sample.nonce.as_deref(), sample.app_id), (Some("12"), None));
    }

    #[test]
    fn what_cannot_be_read_names_the_field_and_not_the_value() {
        for (json, said) in [
            (r#"{"nonc": "x"}"#, "unknown field `nonc`"),
            (r#"{"nonce": {"a": 1}}"#, "`nonce` takes a text or a number"),
            (r#"{"url": [1]}"#, "`url` takes"),
            (r#"{"probe": [true]}"#, "`probe` takes true or false"),
            (r#"{"probe": "SECRET"}"#, "`probe` takes true or false"),
            (r#"{"nonce": 1.5}"#, "write it as a string"),
            (r#"{"nonce": "a", "nonceStr": "b"}"#, "`nonce` is there twice"),
            ("[1]", "a JSON object"),
            ("{", "line 1, column 1"),
            ("{} {}", "not JSON"),
        ] {
            let failure = failure(json);
            assert!(failure.message.en.contains(said), "{json}: {}", failure.message.en);
            assert!(!failure.message.en.contains("SECRET"), "{json}");
            assert_ne!(failure.message.zh, failure.message.en, "{json}");
        }
        assert!(failure(r#"{"nonc": "x"}"#).fix.expect("a hint").en.contains("`nonce`"));
    }
}
