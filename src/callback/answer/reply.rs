//! The answer to a message: success, nothing, or a reply that is signed, encrypted and addressed
//! rightly.
//!
//! In: a [`Push`] and the answer. Out: the findings, none for a right answer, and the decrypted reply.

use serde_json::{Map, Value};

use super::super::receiver::Receiver;
use super::super::{AesKey, Signed, body, fault, same, signature};
use super::content::{self, Answered, text_of};
use super::{Answer, Finding, Place, judge_content_type, judge_head, judge_time, start_of};
use crate::both;
use crate::lang::Both;
use crate::secret::Secret;

/// What was sent.
pub struct Push<'a> {
    /// To which kind.
    pub kind: Receiver,
    /// Where.
    pub place: Place<'a>,
    /// Whether the message was encrypted.
    pub encrypted: bool,
    /// The token.
    pub token: &'a Secret,
    /// The key.
    pub key: Option<&'a AesKey>,
    /// The receive id that the reply has to be encrypted for.
    pub receive_id: &'a str,
    /// `ToUserName` and `FromUserName` of the message; empty when it has none.
    pub addresses: (&'a str, &'a str),
    /// The request's timestamp and nonce.
    pub stamp: (&'a str, &'a str),
    /// How long the sender waits, in milliseconds.
    pub limit_ms: u64,
    /// The name of the event, or the type of the message.
    pub event: Option<&'a str>,
}

/// An answer judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// What is wrong, the likeliest cause first.
    pub findings: Vec<Finding>,
    /// The reply in clear, when there is one that can be read.
    pub reply: Option<String>,
}

/// The types of passive replies.
const MP_TYPES: &[&str] = &["text", "image", "voice", "video", "music", "news", "transfer_customer_service"];
const WORK_TYPES: &[&str] =
    &["text", "image", "voice", "video", "news", "update_button", "update_template_card", "update_taskcard"];
const BOT_TYPES: &[&str] = &[
    "text",
    "markdown",
    "stream",
    "template_card",
    "stream_with_template_card",
    "update_template_card",
    "image",
    "file",
    "voice",
    "video",
];

/// Judges the answer.
pub fn judge(sent: &Push, answer: &Answer) -> Judged {
    let mut judged = Judged::default();
    match judge_head("POST", sent.place, sent.limit_ms, answer) {
        Some(finding) => judged.findings.push(finding),
        None => judge_content(sent, answer, &mut judged),
    }
    judged.findings.extend(judge_time(answer, sent.limit_ms));
    judged
}

fn judge_content(sent: &Push, answer: &Answer, judged: &mut Judged) {
    let kind = sent.kind;
    if answer.body.is_empty() && !kind.wants_success() {
        return;
    }
    if answer.body == b"success" && kind != Receiver::Bot {
        judged.findings.extend(judge_content_type(answer, false));
        return;
    }
    let Ok(text) = std::str::from_utf8(&answer.body) else {
        let charset =
            answer.charset().map(|name| both!("（响应头写的是 {name}）", " (the head says {name})"));
        judged
            .findings
            .push(Finding::fail(&fault::REPLY_CHARSET).with("charset", charset.unwrap_or_default()));
        return;
    };
    if text.contains('\0') {
        judged
            .findings
            .push(Finding::fail(&fault::REPLY_CHARSET).with("charset", both!("（UTF-16）", " (UTF-16)")));
        return;
    }
    if let Some(what) = success_with(text, kind) {
        let start = text.escape_debug().take(40).collect::<String>();
        judged
            .findings
            .push(Finding::fail(&fault::REPLY_SUCCESS_FORM).with("start", start).with("what", what));
        return;
    }
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    if kind.wants_success() {
        let fault =
            if trimmed.starts_with(['{', '[']) { &fault::REPLY_JSON } else { &fault::REPLY_NOT_SUCCESS };
        judged.findings.push(general(fault, sent, answer, text));
        return;
    }
    match trimmed.chars().next() {
        Some('<')
            if trimmed.starts_with("<xml") || trimmed.starts_with("<?xml") || trimmed.contains("MsgType") =>
        {
            judge_document(sent, answer, text, trimmed, judged);
        }
        Some('{' | '[') => judge_document(sent, answer, text, trimmed, judged),
        _ => judged.findings.push(general(&fault::REPLY_NOT_ALLOWED, sent, answer, text)),
    }
}

/// A finding with what the general texts name.
fn general(fault: &'static fault::Fault, sent: &Push, answer: &Answer, text: &str) -> Finding {
    let or_success =
        if sent.kind == Receiver::Bot { both!("", "") } else { both!("或 success", " or `success`") };
    Finding::fail(fault)
        .with("start", start_of(text))
        .with("bytes", answer.body.len().to_string())
        .with("kind", Both::from(sent.kind.title()))
        .with("allowed", sent.kind.allowed())
        .with("or_success", or_success)
}

/// What surrounds `success` (or nothing), if that is all there is.
fn success_with(text: &str, kind: Receiver) -> Option<Both> {
    let bare = text.trim_start_matches('\u{feff}');
    let has_mark = bare.len() < text.len();
    let trimmed = bare.trim();
    let inner = trimmed.trim_matches(['"', '\'', '`']);
    if trimmed.is_empty() && !text.is_empty() && !kind.wants_success() {
        return Some(if has_mark {
            both!("只有 BOM", "only a byte order mark")
        } else {
            both!("只有空白或换行", "only whitespace or line breaks")
        });
    }
    if !inner.eq_ignore_ascii_case("success") || kind == Receiver::Bot {
        return None;
    }
    Some(if has_mark {
        both!("前面有 BOM（3 字节）", "a byte order mark (3 bytes) precedes it")
    } else if inner.len() < trimmed.len() {
        both!("带了引号", "it is in quotes")
    } else if trimmed.len() < bare.len() {
        if bare.contains(['\n', '\r']) {
            both!("多了换行", "a newline was added")
        } else {
            both!("多了空白", "whitespace was added")
        }
    } else {
        both!("大小写不对", "its letter case is wrong")
    })
}

fn judge_document(sent: &Push, answer: &Answer, text: &str, trimmed: &str, judged: &mut Judged) {
    let kind = sent.kind;
    let is_json = trimmed.starts_with(['{', '[']);
    let fields = match body::fields(trimmed) {
        Ok(fields) => fields,
        Err(error) => {
            if is_json {
                judged.findings.push(general(&fault::REPLY_JSON, sent, answer, text));
            } else {
                let zh = error.zh();
                judged.findings.push(Finding::fail(&fault::REPLY_XML).with("why", both!("{zh}", "{error}")));
            }
            return;
        }
    };
    let has_envelope = fields.contains_key("Encrypt") || fields.contains_key("encrypt");
    if is_json != kind.is_json() && (has_envelope || !is_json) {
        let name = |json: bool| if json { "JSON" } else { "XML" };
        let finding = Finding::fail(&fault::REPLY_FORMAT)
            .with("found", name(is_json))
            .with("wanted", name(kind.is_json()))
            .with("kind", Both::from(kind.title()));
        judged.findings.push(finding);
        return;
    }
    if is_json && !kind.is_json() {
        judged.findings.push(general(&fault::REPLY_JSON, sent, answer, text));
        return;
    }
    if text.starts_with('\u{feff}') {
        let why = both!("前面有 BOM（3 字节）", "a byte order mark (3 bytes) precedes it");
        judged.findings.push(Finding::fail(&fault::REPLY_XML).with("why", why));
    }
    if !sent.encrypted {
        if has_envelope {
            judged.findings.push(Finding::fail(&fault::REPLY_ENCRYPTED));
            return;
        }
        judge_message(sent, trimmed, &fields, judged);
        judged.reply = Some(text.to_owned());
    } else if has_envelope {
        judge_envelope(sent, &fields, judged);
    } else if is_json && !fields.contains_key("msgtype") {
        judged.findings.push(general(&fault::REPLY_NOT_ALLOWED, sent, answer, text));
    } else {
        let finding = Finding::fail(&fault::REPLY_PLAIN).with("kind", Both::from(kind.title()));
        judged.findings.push(finding);
        judged.reply = Some(text.to_owned());
    }
    if judged.findings.is_empty() {
        judged.findings.extend(judge_content_type(answer, kind.is_json()));
    }
}

fn judge_envelope(sent: &Push, fields: &Map<String, Value>, judged: &mut Judged) {
    let names: [&str; 4] = if sent.kind.is_json() {
        ["encrypt", "msgsignature", "timestamp", "nonce"]
    } else {
        ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    };
    let values = names.map(|name| text_of(fields, name).filter(|text| !text.is_empty()));
    let missing: Vec<&str> =
        names.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    let [Some(encrypt), Some(given), Some(timestamp), Some(nonce)] = values else {
        let finding = Finding::fail(&fault::REPLY_FIELDS)
            .with("missing", missing.join(", "))
            .with("wanted", names.join(", "));
        judged.findings.push(finding);
        return;
    };
    let signed = |timestamp: &str, nonce: &str, encrypt: Option<&str>| Signed {
        timestamp: timestamp.to_owned(),
        nonce: nonce.to_owned(),
        encrypt: encrypt.map(str::to_owned),
    };
    let of = |values: Signed| signature(sent.token, &values);
    if !same(&of(signed(&timestamp, &nonce, Some(&encrypt))), &given) {
        let (sent_time, sent_nonce) = sent.stamp;
        let why = if given == of(signed(sent_time, sent_nonce, Some(&encrypt))) {
            both!(
                "：它是用请求里的 timestamp 和 nonce 算的",
                ": it was made with the request's timestamp and nonce"
            )
        } else if given == of(signed(&timestamp, &nonce, None)) {
            both!("：Encrypt 没有参与签名", ": Encrypt was left out of it")
        } else if given.eq_ignore_ascii_case(&of(signed(&timestamp, &nonce, Some(&encrypt)))) {
            both!("：要用小写十六进制", ": it has to be lower-case hex")
        } else {
            both!("：token 不同，或者参与签名的值不同", ": another token, or other values were signed")
        };
        judged.findings.push(Finding::fail(&fault::REPLY_SIGNATURE).with("why", why));
    }
    let Some(key) = sent.key else { return };
    let Ok(decrypted) = key.decrypt(&encrypt) else {
        judged.findings.push(Finding::fail(&fault::REPLY_KEY));
        return;
    };
    if decrypted.receive_id != sent.receive_id {
        let finding = Finding::fail(&fault::REPLY_RECEIVE_ID)
            .with("found", decrypted.receive_id.as_str())
            .with("expected", sent.receive_id);
        judged.findings.push(finding);
    }
    match body::fields(&decrypted.message) {
        Ok(fields) => judge_message(sent, &decrypted.message, &fields, judged),
        Err(error) => {
            let zh = error.zh();
            judged.findings.push(Finding::fail(&fault::REPLY_XML).with("why", both!("{zh}", "{error}")));
        }
    }
    judged.reply = Some(decrypted.message);
}

/// The message inside, in clear.
fn judge_message(sent: &Push, raw: &str, fields: &Map<String, Value>, judged: &mut Judged) {
    let (types, name) = match sent.kind {
        Receiver::Bot => (BOT_TYPES, "msgtype"),
        kind if kind.is_work() => (WORK_TYPES, "MsgType"),
        _ => (MP_TYPES, "MsgType"),
    };
    let found = text_of(fields, name).unwrap_or_default();
    if raw.contains("&lt;![CDATA[") {
        judged.findings.push(Finding::fail(&fault::REPLY_CDATA));
    }
    if !types.contains(&found.as_str()) {
        let finding =
            Finding::fail(&fault::REPLY_TYPE).with("found", found.as_str()).with("known", types.join(", "));
        judged.findings.push(finding);
    }
    if sent.kind == Receiver::Bot {
        return;
    }
    let (receiver, sender) = sent.addresses;
    let (to, from) = (
        text_of(fields, "ToUserName").unwrap_or_default(),
        text_of(fields, "FromUserName").unwrap_or_default(),
    );
    if !sender.is_empty() && (to != sender || from != receiver) {
        let finding = Finding::fail(&fault::REPLY_ADDRESSES)
            .with("to", to)
            .with("from", from)
            .with("sender", sender)
            .with("receiver", receiver);
        judged.findings.push(finding);
    }
    let time = text_of(fields, "CreateTime").unwrap_or_default();
    let is_number = !time.is_empty() && time.bytes().all(|b| b.is_ascii_digit());
    if !is_number || !(9..=11).contains(&time.len()) {
        // Any integer is taken: the official samples have 12345678, a library sends milliseconds.
        let finding = if is_number {
            Finding::warn(&fault::REPLY_CREATE_TIME)
        } else {
            Finding::fail(&fault::REPLY_CREATE_TIME)
        };
        judged.findings.push(finding.with("found", start_of(&time)));
    }
    let answered = Answered { by: sent.kind, event: sent.event };
    content::judge(answered, &found, raw, fields, &mut judged.findings);
}
