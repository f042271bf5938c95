//! The answer to a URL verification: the echostr, byte for byte, and nothing else.
//!
//! In: a [`Verification`] and the answer. Out: the findings, none for a right answer.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::super::AesKey;
use super::super::fault;
use super::super::receiver::Receiver;
use super::super::request::percent_decoded;
use super::{Answer, Finding, Place, excerpt, judge_content_type, judge_head, judge_time, start_of};

/// What was sent.
pub struct Verification<'a> {
    /// To which kind.
    pub kind: Receiver,
    /// Where.
    pub place: Place<'a>,
    /// What has to come back.
    pub expected: &'a str,
    /// The echostr as it was sent, when it is encrypted.
    pub encrypted: Option<&'a str>,
    /// To recognize an echostr that was encrypted on the way back.
    pub key: Option<&'a AesKey>,
}

/// Judges the answer.
pub fn judge(sent: &Verification, answer: &Answer) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(finding) = judge_head("GET", sent.place, sent.kind.verification_limit_ms(), answer) {
        let text = answer.text();
        // A page around the echostr is a fault of the output, not of the route.
        let is_wrapped = answer.status == 200 && text.contains(sent.expected);
        let finding = if is_wrapped { Finding::fail(&fault::ECHO_HTML) } else { finding };
        findings.push(finding);
    } else if answer.body == sent.expected.as_bytes() {
        findings.extend(judge_content_type(answer, false));
    } else {
        findings.push(judge_body(sent, answer));
    }
    findings.extend(judge_time(answer, sent.kind.verification_limit_ms()));
    findings
}

fn judge_body(sent: &Verification, answer: &Answer) -> Finding {
    let expected = sent.expected;
    let utf16 = match answer.body.as_slice() {
        [0xfe, 0xff, ..] | [0, _, ..] => Some(UTF_16BE),
        [0xff, 0xfe, ..] | [_, 0, ..] => Some(UTF_16LE),
        _ => None,
    };
    if let Some(encoding) = utf16
        && encoding.decode_with_bom_removal(&answer.body).0.trim() == expected
    {
        return Finding::fail(&fault::ECHO_CHARSET).with("charset", encoding.name());
    }
    let whole = answer.text();
    let text = whole.trim_start_matches('\u{feff}');
    let trimmed = text.trim();
    if text.len() < whole.len() && trimmed == expected {
        return Finding::fail(&fault::ECHO_BOM);
    }
    if trimmed.is_empty() {
        return Finding::fail(&fault::ECHO_EMPTY).with("status", answer.status.to_string());
    }
    if trimmed == expected {
        let has_line_break = text.contains(['\n', '\r']);
        return Finding::fail(if has_line_break { &fault::ECHO_NEWLINE } else { &fault::ECHO_WHITESPACE });
    }
    let start = start_of(text);
    let bare = trimmed.trim_matches(['"', '\'', '`', '“', '”']);
    if bare.trim() == expected {
        return Finding::fail(&fault::ECHO_QUOTES);
    }
    if let Some(encrypted) = sent.encrypted {
        let decoded = percent_decoded(bare).unwrap_or_default();
        if bare == encrypted || decoded == encrypted || bare.replace(' ', "+") == encrypted {
            return Finding::fail(&fault::ECHO_CIPHERTEXT);
        }
    }
    let is_json = trimmed.starts_with(['{', '[']);
    let holds = text.contains(expected) || sent.encrypted.is_some_and(|encrypted| text.contains(encrypted));
    if is_json && holds {
        return Finding::fail(&fault::ECHO_JSON).with("start", start);
    }
    if holds && trimmed.starts_with('<') {
        return Finding::fail(&fault::ECHO_HTML);
    }
    if holds {
        return Finding::fail(&fault::ECHO_EXTRA).with("start", start);
    }
    if sent.key.is_some_and(|key| key.decrypt(bare).is_ok_and(|found| found.message == expected)) {
        return Finding::fail(&fault::ECHO_ENCRYPTED);
    }
    if is_escaped(bare, expected) {
        return Finding::fail(&fault::ECHO_ESCAPED);
    }
    if says_error(text) {
        return Finding::fail(&fault::ECHO_ERROR_TEXT).with("start", start).with("body", excerpt(answer));
    }
    if is_json {
        return Finding::fail(&fault::ECHO_JSON).with("start", start);
    }
    let constant = [
        "success",
        "ok",
        "hello",
        "hello world",
        "hello, world!",
        "true",
        "1",
        "echostr",
        "none",
        "null",
        "undefined",
        "pong",
    ];
    if constant.contains(&trimmed.to_ascii_lowercase().as_str()) || trimmed.starts_with("<xml") {
        return Finding::fail(&fault::ECHO_CONSTANT).with("start", start);
    }
    let bytes = answer.body.len().to_string();
    Finding::fail(&fault::ECHO_WRONG).with("bytes", bytes).with("start", start)
}

/// Whether a body is the echostr percent-encoded or with HTML's entities.
fn is_escaped(body: &str, expected: &str) -> bool {
    percent_decoded(body).is_some_and(|text| text == expected)
        || body
            .replace("&#43;", "+")
            .replace("&#x2B;", "+")
            .replace("&#61;", "=")
            .replace("&#x3D;", "=")
            .replace("&amp;", "&")
            == expected
}

/// Whether a text speaks of a failure.
pub(super) fn says_error(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "invalid",
        "error",
        "fail",
        "illegal",
        "forbidden",
        "denied",
        "unauthorized",
        "mismatch",
        "signature",
        "wrong",
        "签名",
        "失败",
        "错误",
        "验证",
        "不合法",
        "-400",
        "-41",
    ]
    .iter()
    .any(|word| lower.contains(word))
}
