//! What a reply is judged as, by the kind of receiver and what was sent; and an echostr's other forms.

use super::*;

/// The findings of an answer to a message: id and English cause.
fn found(kind: Receiver, answer: &Answer) -> Vec<(&'static str, String)> {
    let findings = replies(kind, answer, Some("text"));
    findings.iter().map(|finding| (finding.fault.id, finding.cause(Lang::En))).collect()
}

fn ids(kind: Receiver, body: &str) -> Vec<&'static str> {
    reply_ids(kind, &answer(200, "text/xml", body))
}

/// The one finding of a body: its id and cause.
fn one(kind: Receiver, body: impl AsRef<[u8]>) -> (&'static str, String) {
    let mut found = found(kind, &answer(200, "text/xml", &body));
    assert_eq!(found.len(), 1, "{:?} {found:?}", String::from_utf8_lossy(body.as_ref()));
    found.swap_remove(0)
}

#[test]
fn what_surrounds_success_is_said() {
    for (kind, body, said) in [
        (Receiver::Mp, "\u{feff}success", "a byte order mark (3 bytes) precedes it"),
        (Receiver::Mp, "\"success\"", "it is in quotes"),
        (Receiver::Mp, "'success'\n", "it is in quotes"),
        (Receiver::Work, "success\n", "a newline was added"),
        (Receiver::Work, "\rsuccess", "a newline was added"),
        (Receiver::Work, " success", "whitespace was added"),
        (Receiver::Work, "Success", "its letter case is wrong"),
        (Receiver::Component, "success\r\n", "a newline was added"),
        (Receiver::Mp, "\u{feff}", "only a byte order mark"),
        (Receiver::Mp, "\r\n", "only whitespace or line breaks"),
        (Receiver::Bot, "\n", "only whitespace or line breaks"),
    ] {
        let (id, cause) = one(kind, body);
        assert_eq!(id, "reply-success-form", "{kind:?} {body:?}");
        assert!(cause.ends_with(&format!(": {said}")), "{body:?}: {cause}");
    }
    // Where `success` alone is right, nothing is not a form of it; and no bot answers with it.
    for (kind, body, id) in [
        (Receiver::SuiteCommand, "", "reply-not-success"),
        (Receiver::Component, "\n", "reply-not-success"),
        (Receiver::Component, "ok", "reply-not-success"),
        (Receiver::Component, " [1]", "reply-json"),
        (Receiver::Bot, "\"success\"", "reply-unknown"),
        (Receiver::Mp, "successful", "reply-unknown"),
    ] {
        assert_eq!(one(kind, body).0, id, "{kind:?} {body:?}");
    }
    assert_eq!(ids(Receiver::Bot, ""), [""; 0]);
}

#[test]
fn what_cannot_be_a_reply_is_named_with_what_is_allowed() {
    for (kind, body, id, said) in [
        (
            Receiver::Mp,
            "ok",
            "reply-unknown",
            "has 2 bytes and starts with `ok`: an Official Account (plain mode) takes `success`, an empty body or a reply XML",
        ),
        (
            Receiver::Work,
            "ok",
            "reply-unknown",
            "a WeCom app takes `success`, an empty body or an encrypted reply XML",
        ),
        (Receiver::Bot, "ok", "reply-unknown", "a WeCom AI bot takes an empty body or encrypted JSON"),
        (Receiver::Bot, "{\"code\":0}", "reply-unknown", "starts with `{\"code\":0}`: a WeCom AI bot"),
        (Receiver::Mp, "{\"a\"", "reply-json", "starts with `{\"a\"`"),
        (Receiver::Mp, "[1]", "reply-json", "starts with `[1]`"),
        (Receiver::Mp, "<p>hi</p>", "reply-unknown", "starts with `<p>hi</p>`"),
        (Receiver::Mp, "<p>MsgType", "reply-xml", "cannot be parsed"),
        (Receiver::Mp, "<xml>", "reply-xml", "`xml` is not closed"),
        (Receiver::Mp, "<?xml version=\"1.0\"?>", "reply-xml", "there is no element"),
        (Receiver::Bot, "<xml><A>1</A></xml>", "reply-format", "the reply is XML; a WeCom AI bot wants JSON"),
        (Receiver::Work, "{\"encrypt\":\"e\"}", "reply-format", "the reply is JSON; a WeCom app wants XML"),
        (Receiver::Work, "{\"Encrypt\":\"e\"}", "reply-format", "the reply is JSON; a WeCom app wants XML"),
        (Receiver::Bot, "{\"msgtype\":\"text\"}", "reply-plain", "a WeCom AI bot drops it"),
    ] {
        let (found, cause) = one(kind, body);
        assert_eq!(found, id, "{kind:?} {body}");
        assert!(cause.contains(said), "{body}: {cause}");
    }
    let fix = |kind: Receiver| replies(kind, &answer(200, "text/xml", "ok"), None)[0].fix(Lang::En);
    assert_eq!(fix(Receiver::Bot), "return an empty body if there is nothing to reply");
    assert_eq!(fix(Receiver::Mp), "return an empty body or `success` if there is nothing to reply");
}

#[test]
fn another_charset_is_named() {
    let utf16: Vec<u8> = "<xml/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let gbk = b"<xml>\xc4\xe3</xml>".to_vec();
    for (content_type, body, said) in [
        ("text/xml", gbk.clone(), "not UTF-8: Chinese"),
        ("text/xml; charset=GBK", gbk, "not UTF-8 (the head says gbk): Chinese"),
        ("text/xml", utf16, "not UTF-8 (UTF-16): Chinese"),
    ] {
        let found = found(Receiver::Mp, &answer(200, content_type, body));
        assert_eq!((found.len(), found[0].0), (1, "reply-charset"));
        assert!(found[0].1.contains(said), "{}", found[0].1);
    }
    assert_eq!(reply_ids(Receiver::Mp, &answer(200, "image/png", "success")), ["echo-content-type"]);
    assert_eq!(reply_ids(Receiver::Mp, &answer(200, "application/json", REPLY)), ["echo-content-type"]);
}

#[test]
fn the_addresses_and_the_time_of_a_reply_are_those_of_the_message() {
    for (body, expected) in [
        (REPLY.replace("[oUser]", "[x]"), Some("reply-addresses")),
        (REPLY.replace("[gh_1]", "[x]"), Some("reply-addresses")),
        (REPLY.replace("<![CDATA[oUser]]>", ""), Some("reply-addresses")),
        (REPLY.replace("1700000000", "170000000"), None),
        (REPLY.replace("1700000000", "17000000000"), None),
        (REPLY.replace("1700000000", "170000000000"), Some("reply-create-time")),
        (REPLY.replace("1700000000", ""), Some("reply-create-time")),
        (REPLY.replace("1700000000", "17000000x0"), Some("reply-create-time")),
        (format!("\u{feff}{REPLY}"), Some("reply-xml")),
    ] {
        assert_eq!(ids(Receiver::Mp, &body), expected.into_iter().collect::<Vec<_>>(), "{body}");
    }
    let (_, cause) = one(Receiver::Mp, REPLY.replace("[oUser]", "[x]"));
    assert!(cause.contains("ToUserName `x` and FromUserName `gh_1`"), "{cause}");
    assert!(cause.contains("exchanged: ToUserName `oUser`, FromUserName `gh_1`"), "{cause}");
}

const NUMBERS: &str = "<xml><Encrypt>1</Encrypt><MsgSignature>2</MsgSignature></xml>";

#[test]
fn an_envelope_says_which_fields_it_lacks() {
    for (kind, body, missing, wanted) in [
        (Receiver::Work, NUMBERS, "TimeStamp, Nonce", "Encrypt, MsgSignature, TimeStamp, Nonce"),
        (Receiver::Work, "<xml><Encrypt/></xml>", "Encrypt, MsgSignature, TimeStamp, Nonce", "Encrypt, "),
        (
            Receiver::Bot,
            "{\"encrypt\":\"e\",\"timestamp\":5}",
            "msgsignature, nonce",
            "encrypt, msgsignature, timestamp, nonce",
        ),
        (Receiver::Bot, "{\"Encrypt\":\"e\"}", "encrypt, msgsignature, timestamp, nonce", "encrypt, "),
    ] {
        let findings = replies(kind, &answer(200, "text/xml", body), None);
        assert_eq!((findings.len(), findings[0].fault.id), (1, "reply-fields"), "{body}");
        assert_eq!(findings[0].cause(Lang::En), format!("the reply has no {missing}"));
        assert!(findings[0].fix(Lang::En).contains(wanted), "{body}");
    }
}

/// What a reply's signature is made of, and how it is written.
fn reply_in_envelope(
    kind: Receiver,
    message: &str,
    signed: &Signed,
    spell: impl Fn(String) -> String,
) -> String {
    let key = AesKey::read(&Secret::new(KEY)).unwrap();
    let encrypt = key.encrypt([1; 16], message, "ww1").unwrap();
    let covered = signed.encrypt.as_ref().map(|_| encrypt.clone());
    let signature = spell(signature(&Secret::new("t"), &Signed { encrypt: covered, ..signed.clone() }));
    if kind == Receiver::Bot {
        return format!(
            "{{\"encrypt\":\"{encrypt}\",\"msgsignature\":\"{signature}\",\"timestamp\":5,\"nonce\":\"9\"}}"
        );
    }
    format!(
        "<xml><Encrypt>{encrypt}</Encrypt><MsgSignature>{signature}</MsgSignature>\
         <TimeStamp>5</TimeStamp><Nonce>9</Nonce></xml>"
    )
}

fn stamp(timestamp: &str, nonce: &str, covers: bool) -> Signed {
    let encrypt = covers.then(String::new);
    Signed { timestamp: timestamp.into(), nonce: nonce.into(), encrypt }
}

#[test]
fn a_wrong_signature_of_a_reply_is_explained() {
    let same = |text: String| text;
    let upper = |text: String| text.to_ascii_uppercase();
    for (body, said) in [
        (
            reply_in_envelope(Receiver::Work, REPLY, &stamp("1", "2", true), same),
            "with the request's timestamp and nonce",
        ),
        (
            reply_in_envelope(Receiver::Work, REPLY, &stamp("5", "9", false), same),
            "Encrypt was left out of it",
        ),
        (
            reply_in_envelope(Receiver::Work, REPLY, &stamp("5", "9", true), upper),
            "it has to be lower-case hex",
        ),
        (
            reply_in_envelope(Receiver::Work, REPLY, &stamp("5", "8", true), same),
            "another token, or other values",
        ),
    ] {
        let (id, cause) = one(Receiver::Work, &body);
        assert_eq!(id, "reply-signature", "{body}");
        assert!(cause.contains(said), "{cause}");
    }
    let right = reply_in_envelope(Receiver::Work, REPLY, &stamp("5", "9", true), same);
    assert_eq!(ids(Receiver::Work, &right), [""; 0]);
    assert_eq!(ids(Receiver::MpEncrypted, &right), [""; 0]);
    assert_eq!(reply_ids(Receiver::Work, &answer(200, "application/json", &right)), ["echo-content-type"]);
}

#[test]
fn each_kind_takes_the_types_of_its_platform() {
    let of = |kind: Receiver, inside: &str, content: &str| {
        let message = if kind == Receiver::Bot {
            format!("{{\"msgtype\":\"{inside}\"}}")
        } else {
            reply_of(inside, content)
        };
        let body = reply_in_envelope(kind, &message, &stamp("5", "9", true), |text| text);
        reply_ids(
            kind,
            &answer(200, if kind == Receiver::Bot { "application/json" } else { "text/xml" }, body),
        )
    };
    let voice = "<Voice><MediaId>m</MediaId></Voice>";
    let music = "<Music><ThumbMediaId>m</ThumbMediaId></Music>";
    for (kind, inside, content, right) in [
        (Receiver::MpEncrypted, "voice", voice, true),
        (Receiver::MpEncrypted, "music", music, true),
        (Receiver::MpEncrypted, "transfer_customer_service", "", true),
        (Receiver::MpEncrypted, "update_button", "", false),
        (Receiver::MpEncrypted, "stream", "", false),
        (Receiver::Work, "voice", voice, true),
        (Receiver::Work, "update_button", "", true),
        (Receiver::Work, "music", music, false),
        (Receiver::SuiteData, "update_taskcard", "", true),
        (Receiver::Work, "stream", "", false),
        (Receiver::Bot, "stream", "", true),
        (Receiver::Bot, "markdown", "", true),
        (Receiver::Bot, "music", "", false),
        (Receiver::Bot, "update_button", "", false),
    ] {
        let expected: &[&str] = if right { &[] } else { &["reply-type"] };
        assert_eq!(of(kind, inside, content), expected, "{kind:?} {inside}");
    }
    let (_, cause) = one(Receiver::Mp, REPLY.replace("[text]", "[update_button]"));
    assert!(cause.contains("type is `update_button`; passive replies are text, image, voice"), "{cause}");
    let broken = reply_in_envelope(Receiver::Work, "<xml>", &stamp("5", "9", true), |text| text);
    assert_eq!(ids(Receiver::Work, &broken), ["reply-xml"]);
}

#[test]
fn a_reply_that_can_be_read_is_handed_on() {
    let (token, key) = (Secret::new("t"), AesKey::read(&Secret::new(KEY)).unwrap());
    let judged = |kind: Receiver, sender: &str, body: &str| {
        let sent = Push {
            kind,
            place: PLACE,
            encrypted: kind.is_encrypted(),
            token: &token,
            key: Some(&key),
            receive_id: "ww1",
            addresses: ("gh_1", sender),
            stamp: ("1", "2"),
            limit_ms: 5_000,
            event: None,
        };
        judge_reply(&sent, &answer(200, "text/xml", body))
    };
    let right = reply_in_envelope(Receiver::Work, REPLY, &stamp("5", "9", true), |text| text);
    for (kind, body, reply) in [
        (Receiver::Mp, REPLY, Some(REPLY)),
        (Receiver::Work, REPLY, Some(REPLY)),
        (Receiver::Work, right.as_str(), Some(REPLY)),
        (Receiver::Mp, right.as_str(), None),
        (Receiver::Mp, "success", None),
    ] {
        assert_eq!(judged(kind, "oUser", body).reply.as_deref(), reply, "{kind:?} {body}");
    }
    // An event without addresses is answered to anyone.
    assert_eq!(judged(Receiver::Mp, "", &REPLY.replace("[oUser]", "[x]")).findings, []);
    assert_eq!(judged(Receiver::Work, "x", &right).findings[0].fault.id, "reply-addresses");
}

#[test]
fn a_control_character_is_found_wherever_a_reference_puts_it() {
    let item = |title: &str| format!("<item><Title>{title}</Title></item>");
    for (items, count) in [
        (item("t"), 1),
        (item("a&#8;"), 1),
        (format!("{}{}", item("t"), item("t")), 2),
        (format!("{}{}", item("t"), item("a&#8;")), 2),
    ] {
        let articles = format!("<ArticleCount>{count}</ArticleCount><Articles>{items}</Articles>");
        let body = reply_of("news", &articles);
        let found = replies(Receiver::Mp, &answer(200, "text/xml", &body), Some("subscribe"));
        let ids: Vec<&str> = found.iter().map(|finding| finding.fault.id).collect();
        let expected: &[&str] = if items.contains("&#8;") { &["reply-xml-character"] } else { &[] };
        assert_eq!(ids, expected, "{body}");
        assert!(found.iter().all(|finding| finding.cause(Lang::En).contains("has U+0008:")));
    }
}
