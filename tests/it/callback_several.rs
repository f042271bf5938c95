//! `callback verify` of a log with several requests, and of a request with two signatures.

use wecheck::callback::{Signed, signature};
use wecheck::secret::Secret;

use crate::harness::{Done, wecheck};

const TOKEN: &str = "hk7ZqPwx3NvT";
const OTHER: &str = "Zt4mGy8LbQ2c";
const ECHO: &str = "6058207018001857403";
const STAMP: &str = "1700000000";

fn sign(token: &str, nonce: &str, encrypt: Option<&str>) -> String {
    let encrypt = encrypt.map(str::to_owned);
    signature(&Secret::new(token), &Signed { timestamp: STAMP.into(), nonce: nonce.into(), encrypt })
}

/// A line of an access log: a verification, or a message.
fn line(token: &str, nonce: &str, is_get: bool, answer: &str) -> String {
    let (method, echostr) =
        if is_get { ("GET", format!("&echostr={ECHO}")) } else { ("POST", String::new()) };
    let signature = sign(token, nonce, None);
    format!(
        "101.226.103.61 - - [05/May/2026:10:11:12 +0800] \"{method} /wx?signature={signature}&timestamp={STAMP}&nonce={nonce}{echostr} HTTP/1.0\" {answer} \"-\" \"Mozilla/4.0\"\n"
    )
}

fn verify(log: &str, more: &[&str]) -> Done {
    wecheck(["callback", "verify", "--request", "-"].iter().chain(more))
        .var("WECHECK_CALLBACK_TOKEN", TOKEN)
        .stdin(log)
        .done()
}

#[test]
fn each_request_of_a_log_is_judged_and_one_that_fails_leads() {
    let get = line(TOKEN, "1", true, "200 19");
    // The answers of three messages are refused.
    let posts: String = ["2", "3", "4"].map(|nonce| line(TOKEN, nonce, false, "500 120")).concat();
    let log = format!("{get}{posts}");
    let report = verify(&log, &["--json"]).json();
    assert_eq!((&report["valid"], &report["answer"]["id"]), (&true.into(), &"answer-server-error".into()));
    assert_eq!(report["answer"]["line"], 2);
    let requests = &report["requests"];
    assert_eq!((&requests["count"], &requests["line"]), (&4.into(), &2.into()), "{report}");
    assert_eq!(requests["answer_not_ok"], serde_json::json!([2, 3, 4]));
    for (lang, said) in [("en", "the log has 4 requests"), ("zh", "日志里有 4 个请求")] {
        let done = verify(&log, &["--lang", lang]);
        assert!(done.code == 0 && done.stdout.contains(said) && done.stdout.contains("2, 3, 4"), "{done}");
    }
    // A signature that differs leads, wherever it is.
    let log = format!("{get}{}{posts}", line(OTHER, "9", false, "200 7"));
    let done = verify(&log, &["--json"]);
    let report = done.json();
    assert_eq!((done.code, &report["valid"], &report["requests"]["line"]), (1, &false.into(), &2.into()));
    assert_eq!(report["mistakes"][0]["id"], "token-differs");
    assert_eq!(report["requests"]["not_valid"], serde_json::json!([2]));
    let done = verify(&log, &[]);
    assert!(done.code == 1 && done.stdout.contains("line 2"), "{done}");
    // Nothing is wrong, and that is said; one request has nothing to say.
    let done = verify(&format!("{get}{}", line(TOKEN, "2", false, "200 7")), &[]);
    assert!(done.code == 0 && done.stdout.contains("the log has 2 requests"), "{done}");
    assert!(verify(&get, &["--json"]).json()["requests"].is_null());
    // The same request in two logs is one; with another answer each is judged.
    let report = verify(&format!("{get}{get}"), &["--json"]).json();
    assert_eq!(report["answer"]["ok"], true, "{report}");
    let report = verify(&format!("{get}{}", line(TOKEN, "1", true, "499 0")), &["--json"]).json();
    assert_eq!(report["answer"]["id"], "answer-client-closed", "{report}");
}

#[test]
fn several_requests_in_other_forms_are_found() {
    let pairs = |token: &str, nonce: &str| {
        let signature = sign(token, nonce, None);
        format!("signature={signature}, timestamp={STAMP}, nonce={nonce}, echostr={ECHO}")
    };
    let dump = |token: &str, nonce: &str| {
        let signature = sign(token, nonce, None);
        format!("Array\n(\n [signature] => {signature}\n [timestamp] => {STAMP}\n [nonce] => {nonce}\n)\n")
    };
    let json = |token: &str, nonce: &str| {
        let signature = sign(token, nonce, None);
        format!(
            "{{\"url\":\"http://a.cn/wx?signature={signature}&timestamp={STAMP}&nonce={nonce}\",\"status\":200}}"
        )
    };
    for (log, line) in [
        (format!("{}\n{}\n", pairs(TOKEN, "1"), pairs(OTHER, "2")), 2),
        (format!("{}{}", dump(TOKEN, "1"), dump(OTHER, "2")), 9),
        (format!("{}\n{}\n", json(TOKEN, "1"), json(OTHER, "2")), 2),
        (format!("[{},\n{}]", json(TOKEN, "1"), json(OTHER, "2")), 2),
        (format!("{{\"log\":{{\"entries\":[{},{}]}}}}", json(TOKEN, "1"), json(OTHER, "2")), 1),
    ] {
        let done = verify(&log, &["--json"]);
        let report = done.json();
        assert_eq!((done.code, &report["valid"]), (1, &false.into()), "{log}\n{done}");
        assert_eq!(
            (&report["requests"]["count"], &report["requests"]["line"]),
            (&2.into(), &line.into()),
            "{log}\n{done}"
        );
    }
    // What a server computed itself is not another request.
    let log = format!("{}\ncomputed signature={}", pairs(TOKEN, "1"), sign(OTHER, "1", None));
    let done = verify(&log, &["--json"]);
    assert!(done.code == 0 && done.json()["requests"].is_null(), "{done}");
}

#[test]
fn each_request_has_its_own_body_and_one_without_is_named() {
    let post = |nonce: &str, text: &str| {
        let signature = sign(TOKEN, nonce, Some(text));
        format!(
            "POST /cb?msg_signature={signature}&timestamp={STAMP}&nonce={nonce} HTTP/1.1\nHost: a.cn\n\n<xml><Encrypt>{text}</Encrypt></xml>\n"
        )
    };
    let report = verify(&format!("{}\n{}", post("1", "abc"), post("2", "def")), &["--json"]).json();
    assert_eq!((&report["valid"], &report["requests"]["count"]), (&true.into(), &2.into()), "{report}");
    // An access log has no bodies: the answer counts.
    let without = format!(
        "1.2.3.4 - - [x] \"POST /cb?msg_signature={}&timestamp={STAMP}&nonce=3 HTTP/1.1\" 500 12 \"-\" \"UA\"\n",
        sign(TOKEN, "3", Some("ghi"))
    );
    let done = verify(&format!("{}{without}", post("1", "abc")), &["--json"]);
    let report = done.json();
    assert_eq!((done.code, &report["valid"]), (0, &true.into()), "{done}");
    assert_eq!(report["requests"]["not_checked"], serde_json::json!([5]), "{done}");
    assert_eq!(
        (&report["answer"]["id"], &report["answer"]["line"]),
        (&"answer-server-error".into(), &5.into())
    );
    // Nothing can be checked, and the answer is wrong all the same.
    for (lang, said) in [("en", "the answer in line 1 is 500"), ("zh", "第 1 行的应答是 500")] {
        let done = verify(&without, &["--lang", lang]);
        assert!(done.code == 2 && done.stderr.contains(said), "{done}");
    }
}

#[test]
fn another_signature_that_holds_proves_the_token() {
    let request = |signature: &str, msg_signature: &str| {
        format!(
            "POST /wx?signature={signature}&timestamp={STAMP}&nonce=1&encrypt_type=aes&msg_signature={msg_signature} HTTP/1.1\n\n<xml><Encrypt>abcd</Encrypt></xml>"
        )
    };
    let plain = sign(TOKEN, "1", None);
    for (log, id) in [
        (request(&plain, &sign(TOKEN, "1", Some("abce"))), "encrypt-differs"),
        (request(&"5".repeat(40), &sign(TOKEN, "1", Some("abcd"))), "signature-differs"),
        (request(&sign(OTHER, "1", None), &sign(OTHER, "1", Some("abcd"))), "token-differs"),
    ] {
        let done = verify(&log, &["--json"]);
        let report = done.json();
        let ids: Vec<_> =
            report["mistakes"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
        assert_eq!((done.code, ids), (1, vec![&serde_json::Value::from(id)]), "{done}");
        for lang in ["zh", "en"] {
            let done = verify(&log, &["--lang", lang]);
            assert!(done.stdout.contains(id), "{done}");
        }
    }
}
