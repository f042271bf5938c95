//! The body of a callback and the message inside it: XML or JSON, as an object.
//!
//! In: a text from outside. Out: a [`Body`] with its Encrypt value and its fields, or a [`BodyError`].
//! XML is read without a DTD: a DOCTYPE or an entity of its own is refused, never expanded, and
//! nothing outside the text is ever asked for. Depth is bounded; the caller bounds the size.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

use crate::lang::cause;

/// How deep elements may be nested. WeChat's messages have three or four levels.
const MAX_DEPTH: usize = 64;

/// A body as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// `Encrypt` (XML, mp's JSON) or `encrypt` (work's JSON).
    pub encrypt: Option<String>,
    /// `MsgSignature`: a reply carries it in its body.
    pub msg_signature: Option<String>,
    /// `TimeStamp` of a reply.
    pub timestamp: Option<String>,
    /// `Nonce` of a reply.
    pub nonce: Option<String>,
}

/// Why a text is not a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Nothing but whitespace.
    #[error("the body is empty")]
    Empty,
    /// It starts neither as XML nor as JSON.
    #[error("the body is neither XML nor JSON: it starts with `{0}`")]
    Neither(String),
    /// XML that is not well-formed.
    #[error("the body is not well-formed XML: {0}")]
    Xml(String),
    /// A DOCTYPE or an entity: never expanded.
    #[error("the body has {0}, which is refused: WeChat sends none, and it can make a parser read files")]
    Refused(String),
    /// JSON that does not parse.
    #[error("the body is not JSON: {0}")]
    Json(String),
    /// JSON, but a list, a string or a number.
    #[error("the body is JSON, but not an object")]
    NoObject,
    /// Two Encrypt values, or one that is not a string.
    #[error("the body has an `Encrypt` that is not one string")]
    Encrypt,
}

/// Reads a body: XML when it starts with `<`, JSON when it starts with `{` or `[`.
pub fn read(text: &str) -> Result<Body, BodyError> {
    let fields = fields(text)?;
    let text_of = |names: [&str; 2]| {
        names.into_iter().find_map(|name| match fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let encrypt = match (fields.get("Encrypt"), fields.get("encrypt")) {
        (None | Some(Value::Null), None | Some(Value::Null)) => None,
        (Some(Value::String(text)), None) | (None, Some(Value::String(text))) => Some(text.clone()),
        _ => return Err(BodyError::Encrypt),
    };
    Ok(Body {
        encrypt,
        msg_signature: text_of(["MsgSignature", "msgsignature"]),
        timestamp: text_of(["TimeStamp", "timestamp"]),
        nonce: text_of(["Nonce", "nonce"]),
    })
}

impl BodyError {
    /// The error in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "请求体是空的".to_owned(),
            Self::Neither(start) => format!("请求体既不是 XML 也不是 JSON，开头是 `{start}`"),
            Self::Xml(why) => format!("请求体不是格式良好的 XML：{}", cause(why).zh),
            Self::Refused(what) => {
                format!("请求体里有 {what}，不予解析：微信不会这样发送，解析它可能让服务器的文件被读走")
            }
            Self::Json(why) => format!("请求体不是 JSON：{}", cause(why).zh),
            Self::NoObject => "请求体是 JSON，但不是对象".to_owned(),
            Self::Encrypt => "请求体里的 `Encrypt` 不是唯一的一段文本".to_owned(),
        }
    }
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// XML, both platforms.
    Xml,
    /// JSON with the names of the XML (mp).
    Json,
    /// JSON with lower-case names (work).
    JsonLower,
}

/// What goes into a body that is written.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// `ToUserName`.
    pub to_user_name: &'a str,
    /// `AgentID` (work).
    pub agent_id: Option<&'a str>,
    /// `Encrypt`.
    pub encrypt: &'a str,
    /// `MsgSignature`.
    pub msg_signature: &'a str,
    /// `TimeStamp`.
    pub timestamp: &'a str,
    /// `Nonce`.
    pub nonce: &'a str,
}

/// Writes a body that [`read`] reads: as WeChat sends it, with what a reply carries besides.
pub fn write(reply: &Reply, format: Format) -> String {
    let values = [
        ("ToUserName", Some(reply.to_user_name)),
        ("AgentID", reply.agent_id),
        ("Encrypt", Some(reply.encrypt)),
        ("MsgSignature", Some(reply.msg_signature)),
        ("TimeStamp", Some(reply.timestamp)),
        ("Nonce", Some(reply.nonce)),
    ];
    let values = values.into_iter().filter_map(|(name, value)| Some((name, value?)));
    if format == Format::Xml {
        let elements: String = values
            .map(|(name, value)| match name {
                "TimeStamp" | "AgentID" => format!("<{name}>{}</{name}>", quick_xml::escape::escape(value)),
                // `]]>` would end the section.
                _ => format!("<{name}><![CDATA[{}]]></{name}>", value.replace("]]>", "]]]]><![CDATA[>")),
            })
            .collect();
        return format!("<xml>{elements}</xml>");
    }
    let fields: Map<String, Value> = values
        .map(|(name, value)| {
            let name = if format == Format::JsonLower { name.to_lowercase() } else { name.to_owned() };
            let number = value.parse::<u64>().ok().filter(|number| number.to_string() == value);
            match number {
                Some(number) if name.eq_ignore_ascii_case("timestamp") => (name, number.into()),
                _ => (name, value.into()),
            }
        })
        .collect();
    Value::Object(fields).to_string()
}

/// The fields of a body or of a decrypted message. An element that has elements is an object, one that
/// is repeated a list, any other its text; attributes are left out, and so is the root.
pub fn fields(text: &str) -> Result<Map<String, Value>, BodyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => Err(BodyError::Empty),
        Some('<') => from_xml(text),
        Some('{' | '[') => match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(BodyError::NoObject),
            Err(error) => Err(BodyError::Json(error.to_string())),
        },
        Some(_) => Err(BodyError::Neither(text.chars().take(20).collect())),
    }
}

/// An element that is open.
struct Element {
    name: String,
    children: Map<String, Value>,
    text: String,
    has_cdata: bool,
}

impl Element {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), children: Map::new(), text: String::new(), has_cdata: false }
    }

    fn add(&mut self, name: String, value: Value) {
        match self.children.get_mut(&name) {
            None => {
                self.children.insert(name, value);
            }
            // No element is a list by itself, so a list is what this made of repeated ones.
            Some(Value::Array(list)) => list.push(value),
            Some(first) => {
                let both = vec![first.take(), value];
                *first = Value::Array(both);
            }
        }
    }

    /// Its text counts as a child only if there are other children.
    fn into_fields(mut self) -> Map<String, Value> {
        if !self.text.trim().is_empty() {
            self.add("#text".to_owned(), Value::String(self.text.clone()));
        }
        self.children
    }

    fn into_value(self) -> Value {
        if self.children.is_empty() { Value::String(self.text) } else { Value::Object(self.into_fields()) }
    }
}

fn from_xml(text: &str) -> Result<Map<String, Value>, BodyError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| BodyError::Xml(format!("{error} (byte {})", reader.error_position())))?;
        match event {
            Event::Eof => break,
            Event::DocType(_) => return Err(BodyError::Refused("a DOCTYPE".to_owned())),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Start(_) | Event::Empty(_) if root.is_some() => {
                return Err(BodyError::Xml("something follows its last element".to_owned()));
            }
            Event::Start(start) => {
                if open.len() == MAX_DEPTH {
                    return Err(BodyError::Xml(format!("elements are nested more than {MAX_DEPTH} deep")));
                }
                open.push(Element::new(start.name().as_ref()));
            }
            Event::Empty(start) => close(Element::new(start.name().as_ref()), &mut open, &mut root),
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root);
                }
            }
            Event::Text(piece) => match open.last_mut() {
                // Whitespace around CDATA is layout, not text.
                Some(element) if element.has_cdata && piece.trim().is_empty() => {}
                Some(element) => element.text.push_str(&piece.xml10_content()),
                None if piece.trim().is_empty() => {}
                None => return Err(BodyError::Xml("there is text outside its elements".to_owned())),
            },
            Event::CData(piece) => match open.last_mut() {
                Some(element) => {
                    if !element.has_cdata && element.text.trim().is_empty() {
                        element.text.clear();
                    }
                    element.has_cdata = true;
                    element.text.push_str(&piece.xml10_content());
                }
                None => return Err(BodyError::Xml("there is text outside its elements".to_owned())),
            },
            Event::GeneralRef(reference) => match open.last_mut() {
                Some(element) => element.text.push(character(&reference)?),
                None => return Err(BodyError::Xml("there is text outside its elements".to_owned())),
            },
        }
    }
    match (root, open.last()) {
        (_, Some(element)) => Err(BodyError::Xml(format!("`{}` is not closed", element.name))),
        (None, None) => Err(BodyError::Xml("there is no element".to_owned())),
        (Some(root), None) => Ok(root.into_fields()),
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => {
            let name = element.name.clone();
            parent.add(name, element.into_value());
        }
        None => *root = Some(element),
    }
}

/// The character of `&lt;`, `&#60;` and the like; any other entity would need a DTD.
fn character(reference: &BytesRef) -> Result<char, BodyError> {
    let predefined = match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    };
    if let Some(c) = predefined {
        return Ok(c);
    }
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c),
        Ok(None) => {
            let name: String = reference.chars().take(40).collect();
            Err(BodyError::Refused(format!("the entity `&{name};`")))
        }
        Err(error) => Err(BodyError::Xml(error.to_string())),
    }
}

/// The name of a message's event, else its type.
pub fn event_name(message: &str) -> Option<String> {
    event_of(&fields(message).ok()?)
}

/// The name of the event, else the type of the message.
pub fn event_of(fields: &Map<String, Value>) -> Option<String> {
    let text =
        |fields: &Map<String, Value>, name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let nested = fields.get("event").and_then(Value::as_object).and_then(|event| text(event, "eventtype"));
    let name = text(fields, "InfoType").or_else(|| text(fields, "Event")).or(nested);
    let change = text(fields, "ChangeType");
    match (name, change) {
        (Some(name), Some(change)) => Some(format!("{name}-{change}")),
        (Some(name), None) => Some(name),
        (None, _) => text(fields, "MsgType").or_else(|| text(fields, "msgtype")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(text: &str) -> Value {
        Value::Object(fields(text).unwrap())
    }

    #[test]
    fn xml_becomes_an_object() {
        assert_eq!(
            object(
                "<?xml version=\"1.0\"?><!-- c --><xml>\n <A><![CDATA[x<y]]></A>\n <B>1 &lt; 2 &#65;&#x42;</B>\
                 <C><D>1</D><D>2</D><D/></C><E></E><F a=\"1\">t<G>u</G></F><H> keep </H></xml>\n"
            ),
            json!({
                "A": "x<y", "B": "1 < 2 AB", "C": {"D": ["1", "2", ""]}, "E": "",
                "F": {"G": "u", "#text": "t"}, "H": " keep ",
            })
        );
        assert_eq!(object("<xml/>"), json!({}));
        assert_eq!(object("<xml>\n<A>\n<![CDATA[a]]><![CDATA[ b]]>\n</A></xml>"), json!({"A": "a b"}));
    }

    #[test]
    fn entities_and_doctypes_are_refused() {
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><xml><A>&b;</A></xml>";
        assert_eq!(fields(laughs), Err(BodyError::Refused("a DOCTYPE".into())));
        let file =
            "<?xml version=\"1.0\"?>\n<!doctype x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><xml>&f;</xml>";
        assert_eq!(fields(file), Err(BodyError::Refused("a DOCTYPE".into())));
        assert_eq!(fields("<xml><A>&nbsp;</A></xml>"), Err(BodyError::Refused("the entity `&nbsp;`".into())));
        assert!(matches!(fields("<xml>&#0;</xml>"), Err(BodyError::Xml(_))));
        assert!(matches!(fields("<xml>&#xD800;</xml>"), Err(BodyError::Xml(_))));
    }

    #[test]
    fn what_does_not_hold_together_is_an_error() {
        for text in [
            "<xml>",
            "<xml></yml>",
            "<xml/><xml/>",
            "<xml/>x",
            "x<xml/>",
            "<",
            "<>",
            "</xml>",
            "<xml><A></xml>",
            "<xml/>&lt;",
            "<!-- only -->",
            "<xml><![CDATA[x</xml>",
            "<xml a='",
            "<?xml",
        ] {
            assert!(fields(text).is_err(), "{text}");
        }
        assert_eq!(fields(" \n"), Err(BodyError::Empty));
        assert_eq!(fields("hello"), Err(BodyError::Neither("hello".into())));
        assert_eq!(fields("[1]"), Err(BodyError::NoObject));
        assert!(matches!(fields("{\"a\":"), Err(BodyError::Json(_))));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(fields(&nested(MAX_DEPTH)).is_ok());
        assert!(matches!(fields(&nested(MAX_DEPTH + 1)), Err(BodyError::Xml(_))));
        assert!(fields(&nested(100_000)).is_err());
        assert!(matches!(fields(&"[".repeat(100_000)), Err(BodyError::Json(_))));
        assert!(matches!(fields(&"{\"a\":".repeat(100_000)), Err(BodyError::Json(_))));
    }

    #[test]
    fn the_encrypt_value_is_found_in_every_body() {
        let encrypt = |text: &str| read(text).map(|body| body.encrypt);
        assert_eq!(encrypt("<xml><Encrypt><![CDATA[abc=]]></Encrypt></xml>"), Ok(Some("abc=".into())));
        assert_eq!(encrypt("{\"encrypt\":\"abc=\"}"), Ok(Some("abc=".into())));
        assert_eq!(encrypt("\u{feff}{\"Encrypt\":\"a\\/b\"}"), Ok(Some("a/b".into())));
        assert_eq!(encrypt("<xml><Content>x</Content></xml>"), Ok(None));
        assert_eq!(encrypt("<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>"), Err(BodyError::Encrypt));
        assert_eq!(encrypt("{\"encrypt\":\"a\",\"Encrypt\":\"b\"}"), Err(BodyError::Encrypt));
        assert_eq!(encrypt("{\"encrypt\":1}"), Err(BodyError::Encrypt));
        let reply = read(
            "<xml><Encrypt>e</Encrypt><MsgSignature>s</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>",
        )
        .unwrap();
        assert_eq!(
            (reply.msg_signature.as_deref(), reply.timestamp.as_deref(), reply.nonce.as_deref()),
            (Some("s"), Some("1"), Some("n"))
        );
        assert_eq!(read("{\"TimeStamp\":17,\"Encrypt\":\"e\"}").unwrap().timestamp.as_deref(), Some("17"));
    }

    #[test]
    fn what_is_written_is_read() {
        let reply = Reply {
            to_user_name: "gh_1",
            agent_id: Some("1<2"),
            encrypt: "a/b+c==",
            msg_signature: "s",
            timestamp: "0017",
            nonce: "x]]>y",
        };
        for format in [Format::Xml, Format::Json, Format::JsonLower] {
            let text = write(&reply, format);
            let body = read(&text).unwrap();
            assert_eq!(body.encrypt.as_deref(), Some("a/b+c=="), "{text}");
            assert_eq!(body.msg_signature.as_deref(), Some("s"), "{text}");
            assert_eq!(body.timestamp.as_deref(), Some("0017"), "{text}");
            assert_eq!(body.nonce.as_deref(), Some("x]]>y"), "{text}");
        }
        assert_eq!(
            write(&Reply { timestamp: "17", agent_id: None, nonce: "n", ..reply }, Format::JsonLower),
            r#"{"tousername":"gh_1","encrypt":"a/b+c==","msgsignature":"s","timestamp":17,"nonce":"n"}"#
        );
    }

    #[test]
    fn every_error_is_said_in_both_languages() {
        for (error, zh, en) in [
            (BodyError::Empty, "请求体是空的", "the body is empty"),
            (BodyError::Neither("hi".into()), "开头是 `hi`", "starts with `hi`"),
            (BodyError::Xml("why".into()), "格式良好的 XML：原文是 `why`", "well-formed XML: why"),
            (BodyError::Refused("a DOCTYPE".into()), "里有 a DOCTYPE，", "has a DOCTYPE, "),
            (BodyError::Json("why".into()), "不是 JSON：原文是 `why`", "not JSON: why"),
            (BodyError::NoObject, "不是对象", "not an object"),
            (BodyError::Encrypt, "唯一的一段文本", "not one string"),
        ] {
            assert!(error.zh().contains(zh), "{}", error.zh());
            assert!(error.to_string().contains(en), "{error}");
        }
    }

    #[test]
    fn the_five_entities_are_their_characters() {
        let text = "<xml><A>&lt;&gt;&amp;&quot;&apos;</A></xml>";
        assert_eq!(object(text), json!({"A": "<>&\"'"}));
    }

    #[test]
    fn whitespace_around_cdata_is_layout_and_text_is_not() {
        for (inside, text) in [
            (" \n<![CDATA[a]]>\n ", "a"),
            ("x<![CDATA[a]]>", "xa"),
            ("<![CDATA[a]]>x", "ax"),
            ("<![CDATA[a]]> <![CDATA[b]]>", "ab"),
            ("<![CDATA[ ]]><![CDATA[b]]>", " b"),
            (" x ", " x "),
        ] {
            assert_eq!(object(&format!("<xml><A>{inside}</A></xml>")), json!({"A": text}), "{inside}");
        }
    }

    #[test]
    fn the_name_of_an_event_is_found_else_the_type() {
        for (message, name) in [
            ("<xml><MsgType>event</MsgType><Event>subscribe</Event></xml>", Some("subscribe")),
            ("<xml><Event>a</Event><ChangeType>b</ChangeType></xml>", Some("a-b")),
            ("<xml><InfoType>suite_ticket</InfoType><Event>a</Event></xml>", Some("suite_ticket")),
            ("<xml><MsgType>text</MsgType></xml>", Some("text")),
            ("<xml><ChangeType>b</ChangeType><MsgType>text</MsgType></xml>", Some("text")),
            (r#"{"msgtype":"event","event":{"eventtype":"enter_chat"}}"#, Some("enter_chat")),
            (r#"{"msgtype":"text"}"#, Some("text")),
            ("<xml><A/></xml>", None),
            ("hello", None),
        ] {
            assert_eq!(event_name(message).as_deref(), name, "{message}");
        }
    }

    #[test]
    fn a_time_and_an_app_are_written_as_numbers_where_they_are() {
        let reply = Reply {
            to_user_name: "17",
            agent_id: Some("7"),
            encrypt: "e",
            msg_signature: "s",
            timestamp: "17",
            nonce: "9",
        };
        for (format, text) in [
            (
                Format::Xml,
                "<xml><ToUserName><![CDATA[17]]></ToUserName><AgentID>7</AgentID><Encrypt><![CDATA[e]]></Encrypt>\
                 <MsgSignature><![CDATA[s]]></MsgSignature><TimeStamp>17</TimeStamp><Nonce><![CDATA[9]]></Nonce></xml>",
            ),
            (
                Format::Json,
                r#"{"ToUserName":"17","AgentID":"7","Encrypt":"e","MsgSignature":"s","TimeStamp":17,"Nonce":"9"}"#,
            ),
            (
                Format::JsonLower,
                r#"{"tousername":"17","agentid":"7","encrypt":"e","msgsignature":"s","timestamp":17,"nonce":"9"}"#,
            ),
        ] {
            assert_eq!(write(&reply, format), text);
        }
        let early = write(&Reply { timestamp: "017", ..reply }, Format::Json);
        assert!(early.contains(r#""TimeStamp":"017""#), "{early}");
    }
}
