//! `wecheck callback probe`: a zoo of faulty receivers, one fault each, and right ones of each kind.

use std::time::{Duration, Instant};

use serde_json::Value;
use wecheck::callback::receiver::Receiver;
use wecheck::callback::{AesKey, Signed, body, signature};
use wecheck::secret::Secret;

use crate::callback_server::{Call, Say, Server, html, text};
use crate::harness::{Done, every_byte_encoded, wecheck};

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OTHER_KEY: &str = "XtJUgDlFYncPP3z4V7W6Jv4ietcIFveUn6LP1KzOBNf";
const ID: &str = "ww0123456789abcdef";

fn key() -> AesKey {
    AesKey::read(&Secret::new(KEY)).expect("a key")
}

fn sign(token: &str, call: &Call, encrypt: Option<&str>) -> String {
    let signed = Signed {
        timestamp: call.value("timestamp").into(),
        nonce: call.value("nonce").into(),
        encrypt: encrypt.map(Into::into),
    };
    signature(&Secret::new(token), &signed)
}

fn refused() -> Say {
    text(403, "wrong signature")
}

/// A reply to a message, as it has to be before it is encrypted.
fn reply_to(message: &str) -> String {
    let fields = body::fields(message).expect("a message");
    let value = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if value("MsgType") != "text" {
        return "success".to_owned();
    }
    format!(
        "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
         <CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>\
         <Content><![CDATA[{}]]></Content></xml>",
        value("FromUserName"),
        value("ToUserName"),
        value("Content")
    )
}

/// What is changed of an encrypted reply before it goes out.
#[derive(Clone, Copy, Default)]
struct Bent<'a> {
    key: Option<&'a str>,
    receive_id: Option<&'a str>,
    signed_nonce: Option<&'a str>,
}

fn encrypted(kind: Receiver, reply: &str, bent: Bent) -> String {
    let key = AesKey::read(&Secret::new(bent.key.unwrap_or(KEY))).expect("a key");
    let id = if kind == Receiver::Bot { "" } else { ID };
    let encrypt = key.encrypt([9; 16], reply, bent.receive_id.unwrap_or(id)).expect("short");
    let signed = Signed {
        timestamp: "1700000001".into(),
        nonce: bent.signed_nonce.unwrap_or("77").into(),
        encrypt: Some(encrypt.clone()),
    };
    let signature = signature(&Secret::new(TOKEN), &signed);
    if kind == Receiver::Bot {
        return serde_json::json!({"encrypt": encrypt, "msgsignature": signature, "timestamp": 1_700_000_001, "nonce": "77"})
            .to_string();
    }
    format!(
        "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
         <TimeStamp>1700000001</TimeStamp><Nonce><![CDATA[77]]></Nonce></xml>"
    )
}

/// A receiver of a kind with one fault; `""` is right.
fn receiver(kind: Receiver, fault: &str, call: &Call) -> Say {
    let token = if fault == "other-token" { "another1" } else { TOKEN };
    let xml = "text/xml; charset=utf-8";
    if call.is_get() {
        let echo = call.value("echostr").to_owned();
        let secure = kind.is_work();
        let covered = match fault {
            "plain-signature" => None,
            "plus-decoded" => Some(echo.replace('+', " ")),
            "not-decoded" => Some(call.raw.get("echostr").cloned().unwrap_or_default()),
            _ => secure.then(|| echo.clone()),
        };
        let name = if secure && fault != "mp-scheme" { "msg_signature" } else { "signature" };
        let right = match fault {
            "mp-scheme" => sign(token, call, None),
            _ => sign(token, call, covered.as_deref()),
        };
        match fault {
            "404" => return text(404, "404 page not found"),
            "get-405" => return text(405, "Method Not Allowed"),
            "login-page" => {
                return html(
                    200,
                    "<html><title>用户登录</title><form><input type=\"password\"></form></html>",
                );
            }
            "401" => return Say::Header(401, "WWW-Authenticate: Basic realm=\"x\"".into()),
            "redirect-login" => return Say::Header(302, "Location: /login?next=%2Fwx".into()),
            "redirect-slash" => return Say::Header(301, "Location: /wx/".into()),
            "redirect-https" => return Say::Header(301, "Location: https://127.0.0.1/wx".into()),
            "redirect" => return Say::Header(302, "Location: /elsewhere".into()),
            "spa" => {
                return html(
                    200,
                    "<!DOCTYPE html><html><body><div id=\"app\"></div><script src=/a.js></script></body></html>",
                );
            }
            "html" => return html(200, "<html><body><h1>It works!</h1></body></html>"),
            "500" => {
                return html(
                    500,
                    format!("<h1>Whitelabel Error Page</h1><pre>token={TOKEN} key={KEY}</pre>"),
                );
            }
            "error-page" => {
                return html(200, "<html><title>系统发生错误</title><body>stack trace</body></html>");
            }
            "tunnel" => {
                return html(200, "<html><title>ngrok</title><body>You are about to visit</body></html>");
            }
            "nginx-403" => {
                return html(403, "<html><head><title>403 Forbidden</title></head><body>nginx</body></html>");
            }
            "502" => return html(502, "<html><title>502 Bad Gateway</title></html>"),
            "504" => return html(504, "<html><title>504 Gateway Time-out</title></html>"),
            "not-http" => return Say::Raw(b"SSH-2.0-OpenSSH_9.0\r\n".to_vec()),
            "closed" => return Say::Raw(Vec::new()),
            "constant" => return text(200, "success"),
            "empty" => return text(200, ""),
            "accepts-get" => return text(200, echo),
            "accepts-newline" if !secure => return text(200, format!("{echo}\n")),
            "csrf-text" => return text(403, "invalid csrf token"),
            "429" => return text(429, "Too Many Requests"),
            "large" => return text(200, "a".repeat(1024 * 1024 + 1)),
            "503" => return html(503, "<html><title>503 Service Temporarily Unavailable</title></html>"),
            "https-port" => {
                return html(
                    400,
                    "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
                );
            }
            "308" => return Say::Header(308, "Location: http://127.0.0.1/wx/?signature=1".into()),
            "404-slow" => return Say::Late(1_300, Box::new(text(404, "Cannot GET /wx"))),
            "work-scheme" => {
                let right = sign(token, call, Some(&echo)) == call.value("msg_signature");
                return match key().decrypt(&echo) {
                    Ok(found) if right => text(200, found.message),
                    _ => refused(),
                };
            }
            _ if right != call.value(name) => return refused(),
            _ => {}
        }
        let clear = if secure && !matches!(fault, "ciphertext" | "mp-scheme") {
            let encrypt = if fault == "plus-decoded" { echo.replace('+', " ") } else { echo.clone() };
            if fault == "other-key" {
                return text(403, "decrypt error");
            }
            match key().decrypt(if fault == "not-decoded" { &echo } else { &encrypt }) {
                Ok(found) if fault != "other-id" || found.receive_id.is_empty() => found.message,
                _ => return text(500, "decrypt failed"),
            }
        } else {
            echo
        };
        return match fault {
            "json" => {
                Say::Http(200, "application/json", format!("{{\"code\":0,\"data\":\"{clear}\"}}").into())
            }
            "quotes" => Say::Http(200, "application/json", format!("\"{clear}\"").into()),
            "bom" => text(200, format!("\u{feff}{clear}")),
            "newline" => text(200, format!("{clear}\n")),
            "escaped" => text(200, every_byte_encoded(&clear)),
            "error-text" => text(200, "invalid signature"),
            "whitespace" => text(200, format!(" {clear} ")),
            "notice" => text(200, format!("PHP Notice: undefined index in a.php\n{clear}")),
            "template" => html(200, format!("<html><body>{clear}</body></html>")),
            "utf-16" => text(200, clear.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
            "encrypts" => text(200, key().encrypt([3; 16], &clear, ID).expect("short")),
            "hang" => {
                Say::Hang(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".to_vec())
            }
            "chunk-cut" => {
                Say::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".to_vec())
            }
            "length" => Say::Raw(format!("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{clear}").into()),
            "gzip" => Say::Raw(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"
                    .to_vec(),
            ),
            "slow" => Say::Late(1_300, Box::new(text(200, clear))),
            "201" => text(201, clear),
            "bom-newline" => text(200, format!("\u{feff}{clear}\n")),
            "quotes-newline" => text(200, format!("\"{clear}\"\n")),
            "number" => text(200, clear.parse::<f64>().map_or(clear, |number| format!("{number:.0}"))),
            "json-number" => Say::Http(200, "application/json", clear.into()),
            "octets" => Say::Http(200, "application/octet-stream", clear.into()),
            _ => text(200, clear),
        };
    }
    // Messages.
    let sent = String::from_utf8_lossy(&call.body).into_owned();
    match fault {
        "post-404" => return text(404, "Not Found"),
        "post-405" => return text(405, "Method Not Allowed"),
        "csrf" => {
            return html(
                403,
                "<html><title>403 Forbidden</title><body>CSRF verification failed.</body></html>",
            );
        }
        "415" => return text(415, "Unsupported Media Type"),
        "422" => return Say::Http(422, "application/json", "{\"detail\":[{\"type\":\"missing\"}]}".into()),
        "204" => return Say::Header(204, "X-A: b".into()),
        "post-500" => return text(500, "Internal Server Error"),
        "accepts-post" => return text(200, "success"),
        "drops-all" => return text(200, ""),
        "post-page" => return html(200, "<html><body>ok</body></html>"),
        "post-login" => return Say::Header(302, "Location: https://sso.example.com/login".into()),
        "post-closed" => return Say::Raw(Vec::new()),
        _ => {}
    }
    let encrypt = body::read(&sent).ok().and_then(|body| body.encrypt);
    let message = match (&encrypt, kind.is_encrypted()) {
        (Some(encrypt), true) => {
            if sign(token, call, Some(encrypt)) != call.value("msg_signature") {
                return refused();
            }
            match key().decrypt(encrypt) {
                Ok(found) if fault == "any-id" => found.message,
                Ok(found) if found.receive_id == if kind == Receiver::Bot { "" } else { ID } => found.message,
                _ => return refused(),
            }
        }
        _ if sign(token, call, None) != call.value("signature") => return refused(),
        _ => sent,
    };
    if kind.wants_success() {
        return match fault {
            "says-nothing" => text(200, ""),
            "says-newline" => text(200, "success\n"),
            "says-xml" => Say::Http(200, xml, encrypted(kind, "<xml/>", Bent::default()).into()),
            "says-json" => Say::Http(200, "application/json", "{\"errcode\":0}".into()),
            _ => text(200, "success"),
        };
    }
    let reply = if kind == Receiver::Bot {
        serde_json::json!({"msgtype": "stream", "stream": {"id": "1", "finish": true, "content": "hi"}})
            .to_string()
    } else {
        reply_to(&message)
    };
    let out = |reply: &str, bent: Bent| {
        let body = if kind.is_encrypted() { encrypted(kind, reply, bent) } else { reply.to_owned() };
        Say::Http(200, if kind == Receiver::Bot { "application/json" } else { xml }, body.into())
    };
    let plain = Bent::default();
    match fault {
        "says-ok" => text(200, "ok"),
        "success-quotes" => Say::Http(200, "application/json", b"\"success\"".to_vec()),
        "success-upper" => text(200, "SUCCESS"),
        "encrypted-success" => out("success", plain),
        "no-type" => out(&reply.replace("<MsgType><![CDATA[text]]></MsgType>", ""), plain),
        "date" => out(&reply.replace("1700000000", "2026-05-05 10:11:12"), plain),
        "empty-id" => out(&reply, Bent { receive_id: Some(""), ..plain }),
        "json-envelope" => Say::Http(200, "application/json", encrypted(Receiver::Bot, &reply, plain).into()),
        "capitals" => Say::Http(
            200,
            "application/json",
            encrypted(kind, &reply, plain)
                .replace("\"encrypt\"", "\"Encrypt\"")
                .replace("msgs", "MsgS")
                .into(),
        ),
        "success-newline" => text(200, "success\n"),
        "success-bom" => text(200, "\u{feff}success"),
        "success-bot" => text(200, "success"),
        "json-reply" => Say::Http(200, "application/json", "{\"errcode\":0,\"errmsg\":\"ok\"}".into()),
        "reply-plain" => Say::Http(200, xml, reply.into()),
        "reply-encrypted" => Say::Http(200, xml, encrypted(kind, &reply, plain).into()),
        "reply-key" => out(&reply, Bent { key: Some(OTHER_KEY), ..plain }),
        "reply-id" => out(&reply, Bent { receive_id: Some("ww9"), ..plain }),
        "reply-signature" => out(&reply, Bent { signed_nonce: Some("1"), ..plain }),
        "reply-fields" => {
            Say::Http(200, xml, encrypted(kind, &reply, plain).replace("MsgSignature", "Signature").into())
        }
        "reply-xml" => Say::Http(200, xml, b"<xml><MsgType>text</xml>".to_vec()),
        "reply-format" => Say::Http(200, xml, encrypted(Receiver::Work, "<xml/>", plain).into()),
        "addresses" => out(
            &reply
                .replace("ToUserName", "X")
                .replace("FromUserName", "ToUserName")
                .replace("<X>", "<FromUserName>")
                .replace("</X>", "</FromUserName>"),
            plain,
        ),
        "milliseconds" => out(&reply.replace("1700000000", "1700000000123"), plain),
        "cdata" => {
            out(&reply.replace("<Content><![CDATA[wecheck]]>", "<Content>&lt;![CDATA[wecheck]]&gt;"), plain)
        }
        "no-cdata" => out(&reply.replace("<![CDATA[wecheck]]>", "wecheck"), plain),
        "no-content" => out(&reply.replace("<![CDATA[wecheck]]>", "<![CDATA[]]>"), plain),
        "digits" => out(&reply.replace("1700000000", "12345678"), plain),
        "control" => out(&reply.replace("[wecheck]", "[we\u{8}check]"), plain),
        "long" => out(&reply.replace("[wecheck]", &format!("[{}]", "字".repeat(700))), plain),
        "image" => out(&typed(&reply, "image", "<MediaId><![CDATA[x]]></MediaId>"), plain),
        "voice" => out(&typed(&reply, "voice", "<Voice></Voice>"), plain),
        "nine" => out(&typed(&reply, "news", &articles(9, 9)), plain),
        "two-of-one" => out(&typed(&reply, "news", &articles(2, 1)), plain),
        "two" => out(&typed(&reply, "news", &articles(2, 2)), plain),
        "type" => out(&reply.replace("[text]", "[markdown]"), plain),
        "gbk" => Say::Http(200, xml, b"<xml><Content>\xc4\xe3\xba\xc3</Content></xml>".to_vec()),
        "post-slow" => Say::Late(5_150, Box::new(text(200, "success"))),
        "post-hang" => Say::Hang(Vec::new()),
        _ => out(&reply, plain),
    }
}

/// The reply with another type and content.
fn typed(reply: &str, kind: &str, content: &str) -> String {
    let reply = reply.replace("[text]", &format!("[{kind}]"));
    reply.replace("<Content><![CDATA[wecheck]]></Content>", content)
}

fn articles(count: usize, items: usize) -> String {
    let item = "<item><Title><![CDATA[t]]></Title></item>".repeat(items);
    format!("<ArticleCount>{count}</ArticleCount><Articles>{item}</Articles>")
}

fn probe(url: &str, kind: Receiver) -> Done {
    let id = if kind == Receiver::Bot { "" } else { ID };
    wecheck(["callback", "probe", url, "--kind", kind.name(), "--receive-id", id, "--json"])
        .var("WECHECK_CALLBACK_TOKEN", TOKEN)
        .var("WECHECK_ENCODING_AES_KEY", KEY)
        .done()
}

fn first(done: &Done) -> (String, String) {
    let report = done.json();
    let check = &report["checks"][0];
    let part = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
    (part("status"), part("id"))
}

/// Kind, fault, the id of the first finding.
const ZOO: &[(Receiver, &str, &str)] = &[
    (Receiver::Mp, "404", "answer-not-found"),
    (Receiver::Mp, "get-405", "answer-method-not-allowed"),
    (Receiver::Mp, "login-page", "answer-login"),
    (Receiver::Mp, "401", "answer-login"),
    (Receiver::Mp, "redirect-login", "answer-redirect-login"),
    (Receiver::Mp, "redirect-slash", "answer-redirect-slash"),
    (Receiver::Mp, "redirect-https", "answer-redirect-https"),
    (Receiver::Work, "redirect", "answer-redirect"),
    (Receiver::Work, "spa", "answer-spa"),
    (Receiver::Mp, "html", "answer-html"),
    (Receiver::Work, "500", "answer-server-error"),
    (Receiver::Mp, "error-page", "answer-error-page"),
    (Receiver::Work, "tunnel", "answer-tunnel"),
    (Receiver::Mp, "nginx-403", "answer-forbidden"),
    (Receiver::Work, "502", "answer-gateway"),
    (Receiver::Mp, "not-http", "answer-not-http"),
    (Receiver::Mp, "closed", "callback-closed"),
    (Receiver::Mp, "constant", "echo-constant"),
    (Receiver::Work, "empty", "echo-empty"),
    (Receiver::Mp, "json", "echo-json"),
    (Receiver::Work, "quotes", "echo-quotes"),
    (Receiver::Mp, "bom", "echo-bom"),
    (Receiver::Work, "newline", "echo-newline"),
    (Receiver::Mp, "whitespace", "echo-whitespace"),
    (Receiver::Mp, "notice", "echo-extra-output"),
    (Receiver::Mp, "escaped", "echo-escaped"),
    (Receiver::Mp, "error-text", "echo-error-text"),
    (Receiver::Mp, "large", "answer-too-large"),
    (Receiver::Mp, "template", "echo-html"),
    (Receiver::Mp, "utf-16", "echo-charset"),
    (Receiver::MpEncrypted, "encrypts", "echo-encrypted"),
    (Receiver::Mp, "hang", "answer-never-ends"),
    (Receiver::Mp, "chunk-cut", "answer-cut"),
    (Receiver::Work, "length", "answer-cut"),
    (Receiver::Mp, "gzip", "answer-compressed"),
    (Receiver::Work, "slow", "answer-slow"),
    (Receiver::Mp, "octets", "echo-content-type"),
    (Receiver::Work, "ciphertext", "echo-ciphertext"),
    (Receiver::Work, "plus-decoded", "echo-plus-decoded"),
    (Receiver::Work, "not-decoded", "echo-not-decoded"),
    (Receiver::Work, "other-id", "echo-other-receive-id"),
    (Receiver::Work, "plain-signature", "echo-plain-signature"),
    (Receiver::Work, "mp-scheme", "echo-other-platform"),
    (Receiver::Mp, "other-token", "signature-refused"),
    (Receiver::Work, "other-token", "signature-refused"),
    (Receiver::Work, "other-key", "decryption-refused"),
    (Receiver::Mp, "accepts-get", "wrong-signature-accepted"),
    (Receiver::Mp, "accepts-post", "wrong-signature-accepted"),
    (Receiver::Mp, "post-404", "answer-not-found"),
    (Receiver::Work, "post-405", "answer-method-not-allowed"),
    (Receiver::Mp, "csrf", "answer-csrf"),
    (Receiver::Mp, "415", "answer-media-type"),
    (Receiver::Mp, "422", "answer-bad-request"),
    (Receiver::Work, "204", "answer-status"),
    (Receiver::Work, "post-500", "answer-server-error"),
    (Receiver::Mp, "says-ok", "reply-unknown"),
    (Receiver::Mp, "success-newline", "reply-success-form"),
    (Receiver::Work, "success-bom", "reply-success-form"),
    (Receiver::Bot, "success-bot", "reply-unknown"),
    (Receiver::Bot, "reply-format", "reply-format"),
    (Receiver::Mp, "json-reply", "reply-json"),
    (Receiver::Work, "reply-plain", "reply-plain"),
    (Receiver::Mp, "reply-encrypted", "reply-encrypted"),
    (Receiver::Work, "reply-key", "reply-key"),
    (Receiver::MpEncrypted, "reply-id", "reply-receive-id"),
    (Receiver::Bot, "reply-signature", "reply-signature"),
    (Receiver::Work, "reply-fields", "reply-fields"),
    (Receiver::Mp, "reply-xml", "reply-xml"),
    (Receiver::Mp, "addresses", "reply-addresses"),
    (Receiver::MpEncrypted, "milliseconds", "reply-create-time"),
    (Receiver::Mp, "digits", "reply-create-time"),
    (Receiver::Mp, "control", "reply-xml-character"),
    (Receiver::Mp, "long", "reply-long-content"),
    (Receiver::Mp, "image", "reply-media"),
    (Receiver::Work, "image", "reply-media"),
    (Receiver::Mp, "voice", "reply-media"),
    (Receiver::MpEncrypted, "nine", "reply-articles"),
    (Receiver::Mp, "two-of-one", "reply-articles"),
    (Receiver::Mp, "two", "reply-articles"),
    (Receiver::Work, "504", "answer-gateway-timeout"),
    (Receiver::Mp, "cdata", "reply-cdata-escaped"),
    (Receiver::Mp, "no-content", "reply-empty-content"),
    (Receiver::Work, "type", "reply-type"),
    (Receiver::Mp, "gbk", "reply-charset"),
    (Receiver::SuiteCommand, "says-nothing", "reply-not-success"),
    (Receiver::Component, "says-json", "reply-json"),
    (Receiver::Mp, "csrf-text", "answer-csrf"),
    (Receiver::Work, "429", "answer-rate-limited"),
    (Receiver::Mp, "503", "answer-gateway"),
    (Receiver::Mp, "https-port", "answer-https-port"),
    (Receiver::Mp, "308", "answer-redirect-slash"),
    (Receiver::Work, "404-slow", "answer-not-found"),
    (Receiver::MpEncrypted, "work-scheme", "echo-other-platform"),
    (Receiver::Mp, "201", "answer-status"),
    (Receiver::Work, "bom-newline", "echo-bom"),
    (Receiver::Mp, "quotes-newline", "echo-quotes"),
    (Receiver::Mp, "number", "echo-wrong"),
    (Receiver::Work, "json-number", "echo-content-type"),
    (Receiver::Mp, "accepts-newline", "echo-newline"),
    (Receiver::Mp, "post-page", "answer-html"),
    (Receiver::Work, "post-login", "answer-redirect-login"),
    (Receiver::Mp, "post-closed", "callback-closed"),
    (Receiver::Component, "says-newline", "reply-success-form"),
    (Receiver::SuiteCommand, "says-xml", "reply-not-success"),
    (Receiver::Mp, "success-quotes", "reply-success-form"),
    (Receiver::Work, "success-upper", "reply-success-form"),
    (Receiver::Work, "encrypted-success", "reply-xml"),
    (Receiver::Mp, "no-type", "reply-type"),
    (Receiver::Mp, "date", "reply-create-time"),
    (Receiver::Work, "empty-id", "reply-receive-id"),
    (Receiver::Work, "json-envelope", "reply-format"),
    (Receiver::Bot, "capitals", "reply-fields"),
    (Receiver::Mp, "post-slow", "answer-slow"),
    (Receiver::Work, "post-hang", "answer-timeout"),
];

#[test]
fn the_first_finding_names_the_fault_of_each_receiver() {
    assert!(ZOO.len() >= 40);
    let wrong = std::sync::Mutex::new(Vec::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    let Some((kind, fault, expected)) = ZOO.get(at).copied() else { break };
                    let server = Server::start(move |call| receiver(kind, fault, call));
                    let done = probe(&server.url("/wx"), kind);
                    let (status, id) = first(&done);
                    let verdict = done.json()["verdict"].as_str().unwrap_or_default().to_owned();
                    let fails = status == "fail" && done.code == 1 && verdict == "fail";
                    let warns = status == "warn"
                        && done.code == 0
                        && ["octets", "milliseconds", "json-number", "digits", "long", "two"]
                            .contains(&fault);
                    if id != expected || !(fails || warns) {
                        wrong
                            .lock()
                            .unwrap()
                            .push(format!("{} {fault}: {status} {id}, expected {expected}", kind.name()));
                    }
                    for secret in [TOKEN, KEY] {
                        assert!(!done.to_string().contains(secret), "{fault}: {done}");
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ZOO.len(), wrong.join("\n"));
}

/// What works and is not safe, or not as documented: the id of a finding below a failure.
#[test]
fn what_works_and_should_not_is_remarked() {
    for (kind, fault, expected, status) in [
        (Receiver::Mp, "drops-all", "wrong-signature-unclear", "warn"),
        (Receiver::Mp, "no-cdata", "reply-no-cdata", "warn"),
        (Receiver::Work, "any-id", "receive-id-unchecked", "info"),
        (Receiver::Work, "", "replay-accepted", "info"),
        (Receiver::Work, "", "old-timestamp-accepted", "info"),
        (Receiver::Mp, "", "callback-local", "info"),
        (Receiver::Mp, "", "callback-port", "info"),
    ] {
        let server = Server::start(move |call| receiver(kind, fault, call));
        let done = probe(&server.url("/wx"), kind);
        let report = done.json();
        let checks = report["checks"].as_array().expect("checks");
        let found = checks.iter().find(|check| check["id"] == expected);
        assert_eq!(found.map(|check| &check["status"]), Some(&status.into()), "{fault}: {done}");
    }
}

#[test]
fn a_right_receiver_of_each_kind_passes_without_a_warning() {
    for kind in Receiver::ALL {
        let server = Server::start(move |call| receiver(kind, "", call));
        let done = probe(&server.url("/wx?app=1"), kind);
        let report = done.json();
        assert_eq!((done.code, report["verdict"].as_str()), (0, Some("pass")), "{kind:?}: {done}");
        assert_eq!(report["kind"], kind.name());
        let checks = report["checks"].as_array().expect("checks");
        assert!(checks.iter().all(|check| check["status"] != "warn"), "{kind:?}: {done}");
        let passed = checks.iter().filter(|check| check["status"] == "pass").count();
        assert_eq!(passed, if kind == Receiver::Component { 2 } else { 4 }, "{kind:?}: {done}");
        for check in checks {
            for field in ["id", "status", "message", "fix", "measured", "request", "answer"] {
                assert!(check.get(field).is_some(), "{kind:?} {field}: {done}");
            }
        }
    }
}

#[test]
fn a_healthy_receiver_is_probed_in_under_300_milliseconds() {
    let server = Server::start(|call| receiver(Receiver::Work, "", call));
    let times = (0..5).map(|_| {
        let begun = Instant::now();
        assert_eq!(probe(&server.url("/wx"), Receiver::Work).code, 0);
        begun.elapsed()
    });
    let best = times.min().expect("a time");
    assert!(best < Duration::from_millis(300), "{best:?}");
}

#[test]
fn what_is_not_reached_is_exit_4() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let done = probe(&format!("http://127.0.0.1:{port}/wx"), Receiver::Mp);
    assert_eq!((done.code, first(&done).1.as_str()), (4, "callback-refused"), "{done}");
    let done = probe("http://nowhere.invalid/wx", Receiver::Mp);
    assert_eq!(done.code, 2, "off loopback it asks: {done}");
    // A name that never has an address, and an address that no connection can have.
    for (url, expected) in [
        ("http://nowhere.invalid/wx", "callback-host-unknown"),
        ("http://255.255.255.255/wx", "callback-unreachable"),
    ] {
        let done = wecheck(["callback", "probe", url, "--kind", "mp", "--yes", "--json"])
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .done();
        assert_eq!((done.code, first(&done).1.as_str()), (4, expected), "{done}");
    }
    let server = Server::start(|call| receiver(Receiver::Mp, "", call));
    let done = probe(&server.url("/wx").replace("http:", "https:"), Receiver::Mp);
    assert_eq!((done.code, first(&done).1.as_str()), (4, "callback-tls"), "{done}");
}

#[test]
fn get_only_sends_no_message_and_wrong_words_are_exit_2() {
    let server = Server::start(|call| {
        assert!(call.is_get(), "a message was sent");
        receiver(Receiver::Mp, "", call)
    });
    let url = server.url("/wx");
    let run = |args: &[&str]| {
        wecheck(["callback", "probe"].iter().chain(args)).var("WECHECK_CALLBACK_TOKEN", TOKEN).done()
    };
    let done = run(&[&url, "--get-only", "--json"]);
    assert_eq!((done.code, done.json()["kind"].as_str()), (0, Some("mp")), "{done}");
    for args in [&["ftp://a/b"][..], &["nonsense"], &[&url, "--kind", "qq"], &["https://example.com/wx"]] {
        let done = run(args);
        assert_eq!(done.code, 2, "{args:?}: {done}");
        assert!(done.stderr.contains("hint: "), "{args:?}: {done}");
    }
    let done = run(&["http://example.com/wx", "--offline", "--get-only"]);
    assert_eq!(done.code, 4, "{done}");
    let done = run(&[&url, "--kind", "work"]);
    assert_eq!(done.code, 3, "no key: {done}");
}

#[test]
fn the_release_check_is_played() {
    let answered = |content: &str, call: &Call| {
        if call.is_get() {
            return refused();
        }
        let sent = String::from_utf8_lossy(&call.body).into_owned();
        let encrypt = body::read(&sent).ok().and_then(|body| body.encrypt).expect("encrypted");
        if sign(TOKEN, call, Some(&encrypt)) != call.value("msg_signature") {
            return refused();
        }
        let message = key().decrypt(&encrypt).expect("ours").message;
        let fields = body::fields(&message).expect("xml");
        let value = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let reply = match (value("Event").as_str(), value("Content").as_str()) {
            ("", said) if said.starts_with("QUERY_AUTH_CODE:") => return text(200, ""),
            ("", said) => format!("{said}{content}"),
            (event, _) => format!("{event}from_callback"),
        };
        let reply = format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
             <CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>\
             <Content><![CDATA[{reply}]]></Content></xml>",
            value("FromUserName"),
            value("ToUserName")
        );
        Say::Http(200, "text/xml", encrypted(Receiver::Component, &reply, Bent::default()).into())
    };
    // The follow-up call of the last step, seen by the stand-in of the API.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let api = free.local_addr().expect("an address").to_string();
    drop(free);
    for (follows, code, status) in [(true, 0, "pass"), (false, 1, "fail")] {
        let address = api.clone();
        let server = Server::start(move |call| {
            let answer = answered("_callback", call);
            if follows && let Some(code) = query_auth_code(call) {
                follow_up(&address, &code);
            }
            answer
        });
        let url = server.url("/wx");
        let args = ["callback", "probe", &url, "--release-check", "--receive-id", ID, "--api-listen", &api];
        let done = wecheck(args.iter().chain(&["--json"]))
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .done();
        let report = done.json();
        let checks = report["checks"].as_array().expect("checks");
        let last =
            checks.iter().find(|check| check["id"] == "release-api").unwrap_or_else(|| panic!("{done}"));
        assert_eq!((done.code, last["status"].as_str()), (code, Some(status)), "{done}");
        assert_eq!(checks.len(), 3, "{done}");
    }
    for (content, code, id) in [("_callback", 0, "release-text"), ("!", 1, "release-content")] {
        let server = Server::start(move |call| answered(content, call));
        let url = server.url("/wx");
        let done = wecheck(["callback", "probe", &url, "--release-check", "--receive-id", ID, "--json"])
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .done();
        assert_eq!((done.code, first(&done).1.as_str()), (code, id), "{done}");
    }
}

/// The code of `QUERY_AUTH_CODE:…` in a message.
fn query_auth_code(call: &Call) -> Option<String> {
    let encrypt = body::read(&String::from_utf8_lossy(&call.body)).ok()?.encrypt?;
    let message = key().decrypt(&encrypt).ok()?.message;
    let (_, rest) = message.split_once("QUERY_AUTH_CODE:")?;
    rest.split(']').next().map(str::to_owned)
}

/// What a platform does with the code: asks for the authorization, then sends by customer service.
fn follow_up(api: &str, code: &str) {
    use std::io::{Read as _, Write as _};
    for (path, body) in [
        ("/cgi-bin/component/api_query_auth", format!("{{\"authorization_code\":\"{code}\"}}")),
        (
            "/cgi-bin/message/custom/send",
            format!("{{\"msgtype\":\"text\",\"text\":{{\"content\":\"{code}_from_api\"}}}}"),
        ),
    ] {
        let mut stream = std::net::TcpStream::connect(api).expect("the stand-in listens");
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.contains("stand-in"), "{answer}");
    }
}

#[test]
fn the_question_names_a_ticket_that_a_live_receiver_would_keep() {
    let run = |args: &[&str]| {
        wecheck(["callback"].iter().chain(args))
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .var("WECHECK_APPID", ID)
            .var("WECHECK_PLATFORM", "work")
            .done()
    };
    let to = "http://192.0.2.1:9/wx";
    for (args, ticket) in [
        (&["probe", to, "--kind", "suite-command"][..], "suite_ticket"),
        (&["probe", to, "--kind", "component"], "component_verify_ticket"),
        (&["send", "suite_ticket", "--to", to], "suite_ticket"),
        (&["send", "component_verify_ticket", "--to", to], "component_verify_ticket"),
    ] {
        let done = run(args);
        assert!(done.code == 2 && done.stderr.contains(&format!("made-up {ticket}")), "{done}");
    }
    let done = run(&["probe", to, "--kind", "work"]);
    assert!(done.code == 2 && !done.stderr.contains("made-up"), "{done}");
}

#[test]
fn a_short_token_is_not_printed_either() {
    let token = "a1b";
    let server = Server::start(|_| text(500, "the token a1b is wrong"));
    let done = wecheck(["callback", "probe", &server.url("/wx"), "--kind", "mp", "--json"])
        .var("WECHECK_CALLBACK_TOKEN", token)
        .done();
    assert!(!done.to_string().contains("token a1b") && done.stdout.contains("(redacted)"), "{done}");
}

#[test]
fn a_probe_reads_in_both_languages() {
    let server = Server::start(|call| receiver(Receiver::Mp, "bom", call));
    let url = server.url("/wx");
    let run = |lang: &str| {
        wecheck(["callback", "probe", &url, "--kind", "mp", "--lang", lang])
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .done()
    };
    let (en, zh) = (run("en"), run("zh"));
    assert!(en.stdout.contains("A byte order mark precedes the echostr"), "{en}");
    assert!(!en.stdout.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{en}");
    assert!(zh.stdout.contains("应答前面有 BOM") && zh.stdout.contains("处理："), "{zh}");
}
