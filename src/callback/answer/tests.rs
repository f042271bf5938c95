//! Answers judged: what each fault is called.

use super::super::call::{Credentials, Stamp, message, verification};
use super::super::receiver::Receiver;
use super::super::{AesKey, Signed, signature};
use super::*;
use crate::secret::Secret;

mod echoes;
mod heads;
mod replies;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const PLACE: Place = Place { scheme: "http", host: "127.0.0.1", port: 8080, path: "/wx" };

fn answer(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".into(), content_type.into())],
        body: body.as_ref().to_vec(),
        elapsed_ms: 3,
    }
}

fn echo_ids(kind: Receiver, answer: &Answer) -> Vec<&'static str> {
    let key = AesKey::read(&Secret::new(KEY)).unwrap();
    let with = Credentials { token: &Secret::new("t"), key: Some(&key), receive_id: "ww1", agent_id: None };
    let stamp = Stamp { timestamp: "1".into(), nonce: "2".into(), random: [0; 16] };
    let call = verification(kind, &with, &stamp, "6058207018001857403", false).unwrap();
    let sent = Verification {
        kind,
        place: PLACE,
        expected: "6058207018001857403",
        encrypted: call.encrypted.as_deref(),
        key: Some(&key),
    };
    judge_verification(&sent, answer).iter().map(|finding| finding.fault.id).collect()
}

#[test]
fn the_echostr_alone_is_right() {
    let echo = "6058207018001857403";
    for (content_type, body, id) in [
        ("text/plain", echo.to_owned(), None),
        ("text/html; charset=utf-8", echo.to_owned(), None),
        ("application/json", echo.to_owned(), Some("echo-content-type")),
        ("text/plain", String::new(), Some("echo-empty")),
        ("text/plain", format!("\u{feff}{echo}"), Some("echo-bom")),
        ("text/plain", format!("{echo}\r\n"), Some("echo-newline")),
        ("text/plain", format!(" {echo}"), Some("echo-whitespace")),
        ("application/json", format!("\"{echo}\""), Some("echo-quotes")),
        ("application/json", format!("{{\"code\":0,\"data\":\"{echo}\"}}"), Some("echo-json")),
        ("text/html", format!("<html><body>{echo}</body></html>"), Some("echo-html")),
        ("text/html", format!("<br />\n<b>Deprecated</b>: x<br />{echo}"), Some("echo-html")),
        ("text/plain", format!("{echo}{echo}"), Some("echo-extra-output")),
        ("text/plain", "success".to_owned(), Some("echo-constant")),
        ("text/plain", "invalid signature".to_owned(), Some("echo-error-text")),
        ("text/plain", "12".to_owned(), Some("echo-wrong")),
        (
            "text/html",
            "<html><title>登录</title><input type=\"password\"></html>".to_owned(),
            Some("answer-login"),
        ),
        (
            "text/html",
            "<!doctype html><div id=\"app\"></div><script src=a></script>".to_owned(),
            Some("answer-spa"),
        ),
        ("text/html", "<html><body>hi</body></html>".to_owned(), Some("answer-html")),
    ] {
        let found = echo_ids(Receiver::Mp, &answer(200, content_type, &body));
        assert_eq!(found, id.into_iter().collect::<Vec<_>>(), "{body}");
    }
    let utf16: Vec<u8> = echo.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(echo_ids(Receiver::Mp, &answer(200, "text/plain", utf16)), ["echo-charset"]);
    let slow = Answer { elapsed_ms: 1_500, ..answer(200, "text/plain", echo) };
    assert_eq!(echo_ids(Receiver::Work, &slow), ["answer-slow"]);
    assert_eq!(echo_ids(Receiver::Mp, &slow), [""; 0]);
}

#[test]
fn status_and_redirects_are_named() {
    for (status, location, id) in [
        (404, "", "answer-not-found"),
        (405, "", "answer-method-not-allowed"),
        (401, "", "answer-login"),
        (403, "", "answer-forbidden"),
        (500, "", "answer-server-error"),
        (502, "", "answer-gateway"),
        (204, "", "answer-status"),
        (301, "/wx/", "answer-redirect-slash"),
        (301, "https://127.0.0.1/wx", "answer-redirect-https"),
        (302, "/login?next=/wx", "answer-redirect-login"),
        (302, "/other", "answer-redirect"),
    ] {
        let mut answer = answer(status, "text/plain", "");
        answer.headers.push(("location".into(), location.into()));
        assert_eq!(echo_ids(Receiver::Mp, &answer), [id], "{status} {location}");
    }
}

fn reply_ids(kind: Receiver, answer: &Answer) -> Vec<&'static str> {
    replies(kind, answer, Some("text")).iter().map(|finding| finding.fault.id).collect()
}

fn replies(kind: Receiver, answer: &Answer, event: Option<&str>) -> Vec<Finding> {
    let (token, key) = (Secret::new("t"), AesKey::read(&Secret::new(KEY)).unwrap());
    let sent = Push {
        kind,
        place: PLACE,
        encrypted: kind.is_encrypted(),
        token: &token,
        key: Some(&key),
        receive_id: "ww1",
        addresses: ("gh_1", "oUser"),
        stamp: ("1", "2"),
        limit_ms: 5_000,
        event,
    };
    judge_reply(&sent, answer).findings
}

const REPLY: &str = "<xml><ToUserName><![CDATA[oUser]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName>\
    <CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content></xml>";

#[test]
fn replies_in_clear_are_judged() {
    for (kind, body, id) in [
        (Receiver::Mp, "success", None),
        (Receiver::Mp, "", None),
        (Receiver::Mp, REPLY, None),
        (Receiver::Mp, "success\n", Some("reply-success-form")),
        (Receiver::Mp, "\"success\"", Some("reply-success-form")),
        (Receiver::Mp, "SUCCESS", Some("reply-success-form")),
        (Receiver::Mp, "ok", Some("reply-unknown")),
        (Receiver::Mp, "{\"code\":0}", Some("reply-json")),
        (
            Receiver::Mp,
            &REPLY.replace("[oUser]", "[x]").replace("[gh_1]", "[oUser]"),
            Some("reply-addresses"),
        ),
        (Receiver::Mp, &REPLY.replace("1700000000", "1700000000000"), Some("reply-create-time")),
        (Receiver::Mp, &REPLY.replace("1700000000", "12345678"), Some("reply-create-time")),
        (Receiver::Mp, &REPLY.replace("1700000000", "now"), Some("reply-create-time")),
        (Receiver::Mp, &REPLY.replace("[hi]", "[h\u{8}i]"), Some("reply-xml-character")),
        (Receiver::Mp, &REPLY.replace("<![CDATA[hi]]>", "<![CDATA[h]]>&#8;"), Some("reply-xml-character")),
        (Receiver::Mp, &REPLY.replace("[hi]", "[h\ti\r\n]"), None),
        (
            Receiver::Mp,
            &REPLY.replace("[hi]", &format!("[{}]", "汉".repeat(683))),
            Some("reply-long-content"),
        ),
        (Receiver::Mp, &REPLY.replace("[hi]", &format!("[{}]", "h".repeat(2_048))), None),
        (Receiver::Mp, &REPLY.replace("<![CDATA[hi]]>", ""), Some("reply-empty-content")),
        (Receiver::Mp, &REPLY.replace("<![CDATA[hi]]>", "hi"), Some("reply-no-cdata")),
        (Receiver::Mp, &REPLY.replace("<![CDATA[hi]]>", "&lt;![CDATA[hi]]&gt;"), Some("reply-cdata-escaped")),
        (Receiver::Mp, &REPLY.replace("[text]", "[markdown]"), Some("reply-type")),
        (Receiver::Mp, &REPLY.replace("</xml>", ""), Some("reply-xml")),
        (Receiver::Work, REPLY, Some("reply-plain")),
        (Receiver::Work, "success", None),
        (Receiver::Bot, "success", Some("reply-unknown")),
        (Receiver::Bot, "{\"msgtype\":\"text\"}", Some("reply-plain")),
        (Receiver::Bot, REPLY, Some("reply-format")),
        (Receiver::SuiteCommand, "success", None),
        (Receiver::SuiteCommand, "", Some("reply-not-success")),
        (Receiver::Component, "{\"errcode\":0}", Some("reply-json")),
    ] {
        let found = reply_ids(kind, &answer(200, "text/xml", body));
        assert_eq!(found, id.into_iter().collect::<Vec<_>>(), "{kind:?} {body}");
    }
    assert_eq!(reply_ids(Receiver::Mp, &answer(200, "text/xml", b"<xml>\xc4\xe3</xml>")), ["reply-charset"]);
}

/// A reply of another type than text.
fn reply_of(kind: &str, content: &str) -> String {
    REPLY.replace("[text]", &format!("[{kind}]")).replace("<Content><![CDATA[hi]]></Content>", content)
}

#[test]
fn a_reply_has_the_media_and_the_articles_of_its_type() {
    let news = |count: &str, items: usize| {
        let item = "<item><Title><![CDATA[t]]></Title></item>".repeat(items);
        reply_of("news", &format!("<ArticleCount>{count}</ArticleCount><Articles>{item}</Articles>"))
    };
    let media = Some(("reply-media", Severity::Fail));
    let articles = Some(("reply-articles", Severity::Fail));
    for (body, expected) in [
        (reply_of("image", "<Image><MediaId><![CDATA[m]]></MediaId></Image>"), None),
        (reply_of("image", "<MediaId><![CDATA[m]]></MediaId>"), media),
        (reply_of("image", "<Image><MediaId></MediaId></Image>"), media),
        (reply_of("voice", "<Voice></Voice>"), media),
        (reply_of("voice", "<Voice><MediaId>m</MediaId></Voice>"), None),
        (reply_of("video", "<Video><Title>t</Title></Video>"), media),
        (reply_of("music", "<Music><Title>t</Title></Music>"), media),
        (
            reply_of("music", "<Music><MusicUrl>https://a.cn/1.mp3</MusicUrl></Music>"),
            Some(("reply-media", Severity::Warn)),
        ),
        (reply_of("music", "<Music><ThumbMediaId>m</ThumbMediaId></Music>"), None),
        (reply_of("transfer_customer_service", ""), None),
        (news("1", 1), None),
        (news("2", 1), articles),
        (news("1", 0), articles),
        (news("", 1), articles),
        (news("9", 9), articles),
        (news("2", 2), Some(("reply-articles", Severity::Warn))),
    ] {
        let found = replies(Receiver::Mp, &answer(200, "text/xml", &body), Some("text"));
        let found: Vec<_> = found.iter().map(|finding| (finding.fault.id, finding.severity)).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{body}");
    }
    // An event, and WeCom, may be answered with several.
    assert_eq!(replies(Receiver::Mp, &answer(200, "text/xml", news("2", 2)), Some("subscribe")), []);
    assert_eq!(replies(Receiver::Mp, &answer(200, "text/xml", news("8", 8)), Some("subscribe")), []);
    for finding in replies(Receiver::Mp, &answer(200, "text/xml", news("2", 1)), None) {
        for text in
            [finding.cause(Lang::Zh), finding.cause(Lang::En), finding.fix(Lang::Zh), finding.fix(Lang::En)]
        {
            assert!(!text.contains('{'), "a hole is left in `{text}`");
        }
    }
}

#[test]
fn an_integer_that_is_not_of_today_is_a_warning() {
    for (time, severity) in
        [("12345678", Severity::Warn), ("1700000000123", Severity::Warn), ("now", Severity::Fail)]
    {
        let found = replies(Receiver::Mp, &answer(200, "text/xml", REPLY.replace("1700000000", time)), None);
        assert_eq!(found[0].severity, severity, "{time}");
    }
}

/// An encrypted reply, changed before it is signed.
fn encrypted(receive_id: &str, time: &str, signed_time: &str) -> String {
    let key = AesKey::read(&Secret::new(KEY)).unwrap();
    let encrypt = key.encrypt([1; 16], REPLY, receive_id).unwrap();
    let signed = Signed { timestamp: signed_time.into(), nonce: "9".into(), encrypt: Some(encrypt.clone()) };
    let signature = signature(&Secret::new("t"), &signed);
    format!(
        "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
         <TimeStamp>{time}</TimeStamp><Nonce><![CDATA[9]]></Nonce></xml>"
    )
}

#[test]
fn encrypted_replies_are_judged() {
    let right = encrypted("ww1", "5", "5");
    for (body, id) in [
        (right.clone(), None),
        (right.replace("MsgSignature", "Signature"), Some("reply-fields")),
        (encrypted("ww1", "5", "6"), Some("reply-signature")),
        (encrypted("ww2", "5", "5"), Some("reply-receive-id")),
    ] {
        let found = reply_ids(Receiver::Work, &answer(200, "text/xml", &body));
        assert_eq!(found, id.into_iter().collect::<Vec<_>>(), "{body}");
    }
    assert_eq!(reply_ids(Receiver::Mp, &answer(200, "text/xml", &right)), ["reply-encrypted"]);
    let other = AesKey::read(&Secret::new("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")).unwrap();
    let with = Credentials { token: &Secret::new("t"), key: Some(&other), receive_id: "ww1", agent_id: None };
    let stamp = Stamp { timestamp: "5".into(), nonce: "9".into(), random: [0; 16] };
    let call = message(Receiver::Work, &with, &stamp, REPLY, ("a", "b"), false).unwrap();
    let encrypt = call.encrypted.unwrap();
    let signed = Signed { timestamp: "5".into(), nonce: "9".into(), encrypt: Some(encrypt.clone()) };
    let signature = signature(&Secret::new("t"), &signed);
    let body = format!(
        "<xml><Encrypt>{encrypt}</Encrypt><MsgSignature>{signature}</MsgSignature><TimeStamp>5</TimeStamp><Nonce>9</Nonce></xml>"
    );
    assert_eq!(reply_ids(Receiver::Work, &answer(200, "text/xml", &body)), ["reply-key"]);
}
