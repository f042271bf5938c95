//! The content of a reply: the text, the media or the articles that its type needs.
//!
//! In: a message in clear and what it answers. Out: the findings. Content that lacks or is too much
//! is what users see as a failure of the account, though the reply is signed and addressed rightly.

use serde_json::{Map, Value};

use super::super::fault;
use super::super::receiver::Receiver;
use super::Finding;
use crate::both;

/// The longest text, in bytes.
const TEXT_BYTES: usize = 2_048;
/// The most articles.
const ARTICLES: usize = 8;
/// The messages of users that an Official Account answers with one article at most.
const FROM_USERS: [&str; 7] = ["text", "image", "voice", "video", "shortvideo", "link", "location"];

type Fields = Map<String, Value>;

/// What a reply answers.
#[derive(Clone, Copy)]
pub(super) struct Answered<'a> {
    /// The kind of receiver that answers.
    pub(super) by: Receiver,
    /// The name of the event, or the type of the message.
    pub(super) event: Option<&'a str>,
}

/// The text of a field.
pub(super) fn text_of(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Judges the content of a message of type `kind`; `raw` is its XML.
pub(super) fn judge(answered: Answered, kind: &str, raw: &str, fields: &Fields, findings: &mut Vec<Finding>) {
    findings.extend(forbidden(raw, fields));
    match kind {
        "text" => findings.extend(judge_text(raw, fields)),
        "image" => findings.extend(media(kind, fields, "Image", "MediaId")),
        "voice" => findings.extend(media(kind, fields, "Voice", "MediaId")),
        "video" => findings.extend(media(kind, fields, "Video", "MediaId")),
        "music" => findings.extend(music(fields)),
        "news" => findings.extend(judge_articles(answered, fields)),
        _ => {}
    }
}

/// The first character that XML 1.0 does not allow, as it is or as a reference.
fn forbidden(raw: &str, fields: &Fields) -> Option<Finding> {
    let found = raw.chars().find(|c| is_forbidden(*c)).or_else(|| fields.values().find_map(forbidden_in))?;
    let code = u32::from(found);
    Some(Finding::fail(&fault::REPLY_CHARACTER).with("character", format!("U+{code:04X}")))
}

fn forbidden_in(value: &Value) -> Option<char> {
    match value {
        Value::String(text) => text.chars().find(|c| is_forbidden(*c)),
        Value::Array(list) => list.iter().find_map(forbidden_in),
        Value::Object(fields) => fields.values().find_map(forbidden_in),
        _ => None,
    }
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn judge_text(raw: &str, fields: &Fields) -> Option<Finding> {
    let content = text_of(fields, "Content").unwrap_or_default();
    if content.trim().is_empty() {
        return Some(Finding::fail(&fault::REPLY_EMPTY_CONTENT));
    }
    if content.len() > TEXT_BYTES {
        return Some(Finding::warn(&fault::REPLY_LONG_CONTENT).with("bytes", content.len().to_string()));
    }
    let is_bare =
        raw.split_once("<Content>").is_some_and(|(_, rest)| !rest.trim_start().starts_with("<![CDATA["));
    (is_bare && !raw.contains("&lt;![CDATA["))
        .then(|| Finding::warn(&fault::REPLY_NO_CDATA).with("field", "Content"))
}

fn has(fields: &Fields, element: &str, name: &str) -> bool {
    let inner = fields.get(element).and_then(Value::as_object);
    inner.and_then(|inner| text_of(inner, name)).is_some_and(|text| !text.trim().is_empty())
}

fn media(kind: &str, fields: &Fields, element: &str, name: &str) -> Option<Finding> {
    (!has(fields, element, name)).then(|| lacking(Finding::fail(&fault::REPLY_MEDIA), kind, element, name))
}

/// `ThumbMediaId` is documented as needed, but music without a picture is played.
fn music(fields: &Fields) -> Option<Finding> {
    if has(fields, "Music", "ThumbMediaId") {
        return None;
    }
    let plays = has(fields, "Music", "MusicUrl") || has(fields, "Music", "MusicURL");
    let finding = if plays { Finding::warn(&fault::REPLY_MEDIA) } else { Finding::fail(&fault::REPLY_MEDIA) };
    Some(lacking(finding, "music", "Music", "ThumbMediaId"))
}

fn lacking(finding: Finding, kind: &str, element: &str, name: &str) -> Finding {
    finding.with("found", kind).with("element", element).with("name", name)
}

fn judge_articles(answered: Answered, fields: &Fields) -> Option<Finding> {
    let items = fields.get("Articles").and_then(Value::as_object).and_then(|articles| articles.get("item"));
    let items = match items {
        None => 0,
        Some(Value::Array(list)) => list.len(),
        Some(_) => 1,
    };
    let count = text_of(fields, "ArticleCount").unwrap_or_default();
    let is_answer = answered.event.is_some_and(|event| FROM_USERS.contains(&event));
    let (finding, why) = if items == 0 {
        (Finding::fail(&fault::REPLY_ARTICLES), both!("至少要有一条", "at least one is needed"))
    } else if items > ARTICLES {
        (
            Finding::fail(&fault::REPLY_ARTICLES),
            both!("最多 8 条，多了用户什么也收不到", "8 are the most, with more the user gets nothing"),
        )
    } else if count.trim() != items.to_string() {
        (Finding::fail(&fault::REPLY_ARTICLES), both!("两者要相同", "both have to be the same"))
    } else if items > 1 && is_answer && !answered.by.is_work() {
        (
            Finding::warn(&fault::REPLY_ARTICLES),
            both!(
                "公众号回复用户的消息只能用 1 条（2018 年 10 月起），多的不显示",
                "an Official Account answers a user's message with 1 (since October 2018), more are not shown"
            ),
        )
    } else {
        return None;
    };
    Some(finding.with("count", count).with("items", items.to_string()).with("why", why))
}
