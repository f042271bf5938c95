//! A call as WeChat makes it: the verification GET, and the POST of a message.
//!
//! In: the kind of receiver, token and key, a time, a nonce, random bytes, the message. Out: a
//! [`Call`]: the query and the body, to be sent byte for byte. With `wrong` its signatures are those
//! of another token.

use serde_json::json;

use super::receiver::Receiver;
use super::{AesKey, Signed, signature};
use crate::secret::Secret;

/// What a call is signed and encrypted with.
pub struct Credentials<'a> {
    /// The token.
    pub token: &'a Secret,
    /// The key; without one nothing is encrypted.
    pub key: Option<&'a AesKey>,
    /// The receive id.
    pub receive_id: &'a str,
    /// The app's id, which WeCom puts into the envelope.
    pub agent_id: Option<&'a str>,
}

/// The values that are new for each call.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Seconds since 1970.
    pub timestamp: String,
    /// The nonce.
    pub nonce: String,
    /// The first bytes of what is encrypted.
    pub random: [u8; 16],
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The query without `?`, percent-encoded.
    pub query: String,
    /// Of the body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: String,
    /// The echostr or Encrypt value as it was sent, before percent-encoding.
    pub encrypted: Option<String>,
}

/// The verification of a URL: `echo` is what has to come back.
pub fn verification(
    kind: Receiver,
    with: &Credentials,
    stamp: &Stamp,
    echo: &str,
    wrong: bool,
) -> Option<Call> {
    let encrypted = match with.key {
        Some(key) if kind.is_work() => Some(key.encrypt(stamp.random, echo, with.receive_id)?),
        _ => None,
    };
    let echostr = encrypted.as_deref().unwrap_or(echo);
    let signed = Signed {
        timestamp: stamp.timestamp.clone(),
        nonce: stamp.nonce.clone(),
        encrypt: encrypted.clone().or_else(|| kind.is_work().then(|| echo.to_owned())),
    };
    let name = if kind.is_work() { "msg_signature" } else { "signature" };
    let signature = signature_of(with.token, &signed, wrong);
    let query = query(&[
        (name, &signature),
        ("timestamp", &stamp.timestamp),
        ("nonce", &stamp.nonce),
        ("echostr", echostr),
    ]);
    Some(Call { method: "GET", query, content_type: None, body: String::new(), encrypted })
}

/// WeCom's verification with the signature that an Official Account would send: of three values.
pub fn verification_signed_plainly(with: &Credentials, stamp: &Stamp, echo: &str) -> Option<Call> {
    let encrypted = with.key?.encrypt(stamp.random, echo, with.receive_id)?;
    let signed = Signed { timestamp: stamp.timestamp.clone(), nonce: stamp.nonce.clone(), encrypt: None };
    let signature = signature_of(with.token, &signed, false);
    let query = query(&[
        ("msg_signature", &signature),
        ("timestamp", &stamp.timestamp),
        ("nonce", &stamp.nonce),
        ("echostr", &encrypted),
    ]);
    Some(Call { method: "GET", query, content_type: None, body: String::new(), encrypted: Some(encrypted) })
}

/// The push of a message. Without a key it is in clear, whatever the kind.
pub fn message(
    kind: Receiver,
    with: &Credentials,
    stamp: &Stamp,
    message: &str,
    addresses: (&str, &str),
    wrong: bool,
) -> Option<Call> {
    let (to, from) = addresses;
    let plain = Signed { timestamp: stamp.timestamp.clone(), nonce: stamp.nonce.clone(), encrypt: None };
    let plain_signature = signature_of(with.token, &plain, wrong);
    let content_type = Some(if kind.is_json() { "application/json" } else { "text/xml" });
    let Some(key) = with.key.filter(|_| kind.is_encrypted()) else {
        let mut pairs = vec![
            ("signature", plain_signature.as_str()),
            ("timestamp", &stamp.timestamp),
            ("nonce", &stamp.nonce),
        ];
        if !kind.is_work() && !from.is_empty() {
            pairs.push(("openid", from));
        }
        let query = query(&pairs);
        return Some(Call { method: "POST", query, content_type, body: message.to_owned(), encrypted: None });
    };
    let encrypt = key.encrypt(stamp.random, message, with.receive_id)?;
    let signed = Signed { encrypt: Some(encrypt.clone()), ..plain };
    let msg_signature = signature_of(with.token, &signed, wrong);
    let mut pairs = Vec::new();
    if !kind.is_work() {
        pairs.push(("signature", plain_signature.as_str()));
    }
    pairs.extend([("timestamp", stamp.timestamp.as_str()), ("nonce", stamp.nonce.as_str())]);
    if kind == Receiver::MpEncrypted && !from.is_empty() {
        pairs.push(("openid", from));
    }
    if !kind.is_work() {
        pairs.push(("encrypt_type", "aes"));
    }
    pairs.push(("msg_signature", &msg_signature));
    let body = envelope(kind, &encrypt, to, with.agent_id);
    Some(Call { method: "POST", query: query(&pairs), content_type, body, encrypted: Some(encrypt) })
}

/// The body around the Encrypt value.
fn envelope(kind: Receiver, encrypt: &str, to: &str, agent_id: Option<&str>) -> String {
    // `]]>` would end the section.
    let to = to.replace("]]>", "]]]]><![CDATA[>");
    let agent = agent_id.unwrap_or_default();
    match kind {
        Receiver::Bot => json!({ "encrypt": encrypt }).to_string(),
        Receiver::Component => {
            format!("<xml><AppId><![CDATA[{to}]]></AppId><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>")
        }
        Receiver::Work | Receiver::SuiteData | Receiver::SuiteCommand => format!(
            "<xml><ToUserName><![CDATA[{to}]]></ToUserName><AgentID><![CDATA[{agent}]]></AgentID>\
             <Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        ),
        Receiver::Mp | Receiver::MpEncrypted => format!(
            "<xml><ToUserName><![CDATA[{to}]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        ),
    }
}

/// The signature; a wrong one is that of a longer token, so that it looks like any other.
fn signature_of(token: &Secret, signed: &Signed, wrong: bool) -> String {
    if wrong {
        return signature(&Secret::new(format!("{}!", token.reveal())), signed);
    }
    signature(token, signed)
}

/// `name=value` joined with `&`, everything but letters, digits and `-_.~` percent-encoded.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
    pairs.join("&")
}

fn percent_encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::{body, request};

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    #[test]
    fn every_kind_is_signed_so_that_our_own_reader_agrees() {
        let (token, key) = (Secret::new("hk7ZqPwx3NvT"), AesKey::read(&Secret::new(KEY)).unwrap());
        for kind in Receiver::ALL {
            let key = kind.is_encrypted().then_some(&key);
            let with = Credentials { token: &token, key, receive_id: "ww1", agent_id: Some("7") };
            let stamp = Stamp { timestamp: "1700000000".into(), nonce: "n".into(), random: [7; 16] };
            let get = verification(kind, &with, &stamp, "123", false).unwrap();
            let read = request::read(&format!("GET /x?{} HTTP/1.1", get.query)).unwrap();
            let signed = |encrypt: Option<String>| Signed {
                timestamp: "1700000000".into(),
                nonce: "n".into(),
                encrypt,
            };
            if kind.is_work() {
                let expected = signature(&token, &signed(read.echostr.clone()));
                assert_eq!(read.msg_signature.as_deref(), Some(expected.as_str()), "{kind:?}");
                assert_eq!(key.unwrap().decrypt(&read.echostr.unwrap()).unwrap().message, "123");
            } else {
                assert_eq!(read.signature.unwrap(), signature(&token, &signed(None)), "{kind:?}");
                assert_eq!(read.echostr.as_deref(), Some("123"));
            }
            let text = if kind.is_json() { "{\"msgtype\":\"text\"}" } else { "<xml><A>1</A></xml>" };
            let post = message(kind, &with, &stamp, text, ("to", "from"), false).unwrap();
            let read = request::read(&format!("POST /x?{} HTTP/1.1\n\n{}", post.query, post.body)).unwrap();
            let encrypt = body::read(&post.body).unwrap().encrypt;
            assert_eq!(encrypt.is_some(), kind.is_encrypted(), "{kind:?}");
            if let Some(encrypt) = &encrypt {
                assert_eq!(key.unwrap().decrypt(encrypt).unwrap().message, text);
                let expected = signature(&token, &signed(Some(encrypt.clone())));
                assert_eq!(read.msg_signature.as_deref(), Some(expected.as_str()), "{kind:?}");
            }
            let wrong = message(kind, &with, &stamp, text, ("to", "from"), true).unwrap();
            assert_ne!(wrong.query, post.query);
            assert_eq!(wrong.body, post.body);
        }
    }

    #[test]
    fn values_are_percent_encoded() {
        assert_eq!(query(&[("a", "x+/=y"), ("b", "中")]), "a=x%2B%2F%3Dy&b=%E4%B8%AD");
    }

    /// The names of a query, in their order.
    fn names(call: &Call) -> String {
        let names: Vec<&str> =
            call.query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
        names.join(" ")
    }

    #[test]
    fn a_message_has_the_parameters_of_its_platform() {
        let (token, key) = (Secret::new("hk7ZqPwx3NvT"), AesKey::read(&Secret::new(KEY)).unwrap());
        let stamp = Stamp { timestamp: "1700000000".into(), nonce: "n".into(), random: [7; 16] };
        let sent = |kind: Receiver, key: Option<&AesKey>, from: &str| {
            let with = Credentials { token: &token, key, receive_id: "ww1", agent_id: Some("7") };
            message(kind, &with, &stamp, "<xml/>", ("a]]>b", from), false).unwrap()
        };
        let key = Some(&key);
        for (kind, key, from, expected, content_type) in [
            (Receiver::Mp, None, "o", "signature timestamp nonce openid", "text/xml"),
            (Receiver::Mp, key, "o", "signature timestamp nonce openid", "text/xml"),
            (Receiver::Mp, None, "", "signature timestamp nonce", "text/xml"),
            (
                Receiver::MpEncrypted,
                key,
                "o",
                "signature timestamp nonce openid encrypt_type msg_signature",
                "text/xml",
            ),
            (
                Receiver::MpEncrypted,
                key,
                "",
                "signature timestamp nonce encrypt_type msg_signature",
                "text/xml",
            ),
            (
                Receiver::Component,
                key,
                "o",
                "signature timestamp nonce encrypt_type msg_signature",
                "text/xml",
            ),
            (Receiver::Work, key, "o", "timestamp nonce msg_signature", "text/xml"),
            (Receiver::SuiteData, key, "o", "timestamp nonce msg_signature", "text/xml"),
            (Receiver::Bot, key, "o", "timestamp nonce msg_signature", "application/json"),
            (Receiver::Work, None, "o", "signature timestamp nonce", "text/xml"),
        ] {
            let call = sent(kind, key, from);
            assert_eq!(
                (names(&call).as_str(), call.content_type),
                (expected, Some(content_type)),
                "{kind:?}"
            );
            assert_eq!(call.method, "POST");
        }
        for (kind, start) in [
            (Receiver::MpEncrypted, "<xml><ToUserName><![CDATA[a]]]]><![CDATA[>b]]></ToUserName><Encrypt>"),
            (Receiver::Component, "<xml><AppId><![CDATA[a]]]]><![CDATA[>b]]></AppId><Encrypt>"),
            (
                Receiver::Work,
                "<xml><ToUserName><![CDATA[a]]]]><![CDATA[>b]]></ToUserName><AgentID><![CDATA[7]]></AgentID><Encrypt>",
            ),
            (Receiver::Bot, "{\"encrypt\":\""),
        ] {
            let call = sent(kind, key, "o");
            assert!(call.body.starts_with(start), "{}", call.body);
        }
    }

    #[test]
    fn a_verification_signed_as_an_official_account_does_covers_three_values() {
        let (token, key) = (Secret::new("hk7ZqPwx3NvT"), AesKey::read(&Secret::new(KEY)).unwrap());
        let stamp = Stamp { timestamp: "1700000000".into(), nonce: "n".into(), random: [7; 16] };
        let with = Credentials { token: &token, key: Some(&key), receive_id: "ww1", agent_id: None };
        let call = verification_signed_plainly(&with, &stamp, "605").unwrap();
        let read = request::read(&format!("GET /x?{} HTTP/1.1", call.query)).unwrap();
        let three = Signed { timestamp: "1700000000".into(), nonce: "n".into(), encrypt: None };
        assert_eq!(names(&call), "msg_signature timestamp nonce echostr");
        assert_eq!(read.msg_signature, Some(signature(&token, &three)));
        assert_eq!(key.decrypt(&read.echostr.unwrap()).unwrap().message, "605");
        assert_eq!((call.method, call.content_type, call.body.as_str()), ("GET", None, ""));
        let without = Credentials { key: None, ..with };
        assert_eq!(verification_signed_plainly(&without, &stamp, "605"), None);
        // Without a key WeCom's echostr is in clear, and the signature covers it.
        let call = verification(Receiver::Work, &without, &stamp, "605", false).unwrap();
        let four = Signed { encrypt: Some("605".into()), ..three };
        assert!(call.query.starts_with(&format!("msg_signature={}&", signature(&token, &four))));
        assert_eq!(call.encrypted, None);
    }
}
