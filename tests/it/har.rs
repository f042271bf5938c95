//! A recorded page: `verify page.har` finds the signing call, the page that it was made for, and errors; in
//! time and memory that a large file allows.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Done, Home, amount};
use crate::site::{Signed, TICKET};

const PAGE: &str = "https://m.example.com/goods?a=1&b=2";

fn entry(method: &str, url: &str, posted: Option<&str>, kind: &str, body: &str) -> Value {
    let mut request = json!({"method": method, "url": url, "headers": [{"name": "Referer", "value": PAGE}]});
    if let Some(posted) = posted {
        request["postData"] = json!({"mimeType": "application/json", "text": posted});
    }
    json!({"request": request, "response": {"status": 200, "content": {"mimeType": kind, "text": body}}})
}

fn har(entries: &[Value]) -> String {
    json!({"log": {"version": "1.2", "entries": entries}}).to_string()
}

/// The page, and the call that signs the address as far as the first `&`.
fn signing() -> [Value; 2] {
    let signed = Signed::of(PAGE.split('&').next().unwrap_or_default());
    let body = json!({"appId": "wx0123456789abcdef", "timestamp": signed.timestamp, "nonceStr": signed.nonce,
        "signature": signed.signature()});
    let asked = "https://m.example.com/api/sign?url=https%3A%2F%2Fm.example.com%2Fgoods%3Fa%3D1%26b%3D2";
    [
        entry("GET", PAGE, None, "text/html", "<script src=\"/app.js\"></script>"),
        entry("GET", asked, None, "application/json", &body.to_string()),
    ]
}

fn verify(har: &str, more: &[&str]) -> Done {
    let home = Home::new();
    let file = home.file("page.har", har);
    home.run(["--json", "verify"]).with([file.to_str().expect("a path")]).with(more).done()
}

#[test]
fn a_recorded_page_shows_the_call_its_page_and_what_the_client_said() {
    let report = r#"{"level":"error","errMsg":"config:invalid signature","url":"/goods"}"#;
    let [page, call] = signing();
    let log = entry("POST", "https://m.example.com/api/log", Some(report), "application/json", "{}");
    let done = verify(&har(&[page, call, log]), &["--ticket", TICKET]);
    let json = done.json();
    assert_eq!((done.code, &json["verdict"]), (1, &json!("refused")), "{done}");
    assert_eq!(json["mistakes"][0]["id"], "url-cut-at-ampersand", "{done}");
    assert!(json["explained"][0]["name"].as_str().is_some_and(|name| name.contains("signature")), "{done}");
    let home = Home::new();
    let [page, call] = signing();
    let log = entry("POST", "https://m.example.com/api/log", Some(report), "application/json", "{}");
    let file = home.file("page.har", har(&[page, call, log]));
    let human = home.run(["verify", "--ticket", TICKET]).with([file.to_str().expect("a path")]).done();
    assert!(human.stdout.contains("url-cut-at-ampersand"), "{human}");
    assert!(human.stdout.contains("errors that the file shows besides"), "{human}");
}

#[test]
fn a_signing_call_that_failed_is_explained() {
    let refused = r#"{"code":500,"data":{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"}}"#;
    let fine = r#"{"errcode":0,"errmsg":"ok","url":"https://m.example.com/"}"#;
    let entries = [
        entry("GET", PAGE, None, "text/html", "<p>"),
        entry("GET", "https://m.example.com/api/user", None, "application/json", fine),
        entry("GET", "https://m.example.com/api/sign", None, "application/json", refused),
    ];
    let done = verify(&har(&entries), &[]);
    let json = done.json();
    assert_eq!((done.code, &json["verdict"]), (2, &json!("incomplete")), "{done}");
    assert_eq!(json["explained"][0]["code"], 40164, "{done}");
}

/// `WECHECK_TEST_HAR` megabytes; 200 in `tests/run --long`.
#[test]
fn a_large_recording_is_read_in_little_memory() {
    let megabytes = amount("WECHECK_TEST_HAR", 24);
    let mut goods = String::from("[");
    for at in 0..800 {
        let _ = write!(
            goods,
            "{{\"url\":\"https://img.example.com/{at}.png\",\"link\":\"/{at}\",\"timestamp\":{at}}},"
        );
    }
    goods.push_str("{}]");
    let page = format!("<p>{}</p>", "text of a page, with (brackets) and \"quotes\" = 1 ".repeat(900));
    let script = "function f(a){return {url:a,nonceStr:'x'}}\n".repeat(1200);
    let kinds = [
        ("application/json", goods),
        ("text/html", page),
        ("application/javascript", script),
        ("image/png", "iVBORw0KGgo".repeat(5000)),
    ];
    let others =
        kinds.map(|(kind, body)| entry("GET", "https://m.example.com/x", None, kind, &body).to_string());
    let [first, call] = signing();
    let mut text = format!("{{\"log\":{{\"entries\":[{first}");
    while text.len() < megabytes << 20 {
        for other in &others {
            let _ = write!(text, ",{other}");
        }
    }
    let _ = write!(text, ",{call}]}}}}");
    let home = Home::new();
    let file = home.file("page.har", &text);
    let length = text.len();
    drop(text);
    let began = Instant::now();
    let mut child =
        home.run(["--json", "verify", "--ticket", TICKET]).with([file.to_str().expect("a path")]).spawn();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let kilobytes =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak = peak.max(kilobytes.and_then(|text| text.trim().parse().ok()).unwrap_or(0_usize) << 10);
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = began.elapsed();
    let done = Done::from(child.wait_with_output().expect("an answer"));
    assert!(took < Duration::from_secs(5 + length as u64 / (4 << 20)), "{took:?} for {} MiB", length >> 20);
    assert_eq!((done.code, &done.json()["mistakes"][0]["id"]), (1, &json!("url-cut-at-ampersand")), "{done}");
    assert!(peak < 3 * length + (64 << 20), "{} MiB for {} MiB", peak >> 20, length >> 20);
}
