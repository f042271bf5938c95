//! `doctor` against an API with one fault planted each: the first line has to name it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::{Done, Home};
use crate::site::{Signed, Site, html, reply};
use crate::upstream_server::{Answer, Call, Server, json as answer, wechat};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn home(base: &str, more: &str) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"{SECRET}\"\n\
         api_base = \"{base}\"\n{more}"
    ));
    home
}

fn first(done: &Done) -> (String, String) {
    let json = done.json();
    let id = json["first"].as_str().unwrap_or_default().to_owned();
    let check = json["checks"].as_array().expect("checks").iter().find(|check| check["id"] == id.as_str());
    (id, check.map(|check| check["message"].as_str().unwrap_or_default().to_owned()).unwrap_or_default())
}

#[test]
fn a_healthy_account_passes() {
    let server = Server::start(|call: &Call| wechat(call));
    let done = home(&server.base(), "").run(["--json", "doctor"]).done();
    let json = done.json();
    assert_eq!((done.code, &json["first"]), (0, &Value::Null), "{done}");
    assert_eq!(json["verdict"], "pass", "{done}");
    let passed = |id: &str| {
        json["checks"]
            .as_array()
            .expect("checks")
            .iter()
            .any(|check| check["id"] == id && check["status"] == "pass")
    };
    for id in ["config", "secret", "token", "token-replaced", "ticket"] {
        assert!(passed(id), "{id}: {done}");
    }
    assert!(!format!("{done}").contains(SECRET) && !format!("{done}").contains("TOKEN-1"), "{done}");
}

fn errcode(code: i64, errmsg: &str) -> Answer {
    answer(&json!({"errcode": code, "errmsg": errmsg}).to_string())
}

type Script = fn(&Call) -> Answer;

/// The API's own faults: the script, the first check, a word of its message.
const FAULTS: &[(Script, &str, &str)] = &[
    (|_| errcode(40125, "invalid appsecret rid: 6543210f-12345678-1a2b3c4d"), "token", "40125"),
    (|_| errcode(40013, "invalid appid"), "token", "40013"),
    (
        |_| errcode(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"),
        "outgoing-ip",
        "203.0.113.7",
    ),
    (|_| errcode(45009, "reach max api daily quota limit"), "token", "45009"),
    (|_| errcode(50002, "user limited"), "token", "50002"),
    (|_| answer("<html>login</html>").header("Content-Type", "text/html"), "token", ""),
    (
        |call| if call.is_token() { wechat(call) } else { errcode(48001, "api unauthorized") },
        "ticket",
        "48001",
    ),
    (
        |call| {
            if call.is_token() {
                wechat(call)
            } else {
                errcode(40001, "invalid credential, access_token is invalid or not latest")
            }
        },
        "token-replaced",
        "40001",
    ),
    (|call| wechat(call).header("Date", "Thu, 01 Jan 2015 00:00:00 GMT"), "clock", ""),
];

#[test]
fn the_first_line_names_what_the_api_answers() {
    for (script, id, word) in FAULTS {
        let server = Server::start(*script);
        let home = home(&server.base(), "");
        let done = home.run(["--json", "doctor"]).done();
        let (found, message) = first(&done);
        assert_eq!((done.code, found.as_str()), (1, *id), "{id} {word}: {done}");
        assert!(message.contains(word), "{id} {word}: {done}");
        let human = home.run(["doctor"]).done();
        assert!(human.stdout.lines().next().is_some_and(|line| line.contains(id)), "{human}");
    }
}

#[test]
fn a_token_that_somebody_replaced_shows_itself() {
    // The first ticket is refused once its token is known to be stored: another program fetched one.
    let refused = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&refused);
    let server = Server::start(move |call: &Call| {
        if !call.is_token() && call.query.contains("TOKEN-1-") && counter.fetch_add(1, Ordering::SeqCst) > 0 {
            return errcode(40001, "invalid credential, access_token is invalid or not latest");
        }
        wechat(call)
    });
    let home = home(&server.base(), "");
    assert_eq!(home.run(["ticket"]).done().code, 0);
    let done = home.run(["--json", "doctor"]).done();
    assert_eq!((done.code, first(&done).0.as_str()), (1, "token-replaced"), "{done}");
}

#[test]
fn the_first_line_names_what_is_wrong_on_this_machine() {
    let closed =
        { std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port() };
    let server = Server::start(|call: &Call| wechat(call));
    let base = server.base();
    let cases: Vec<(Home, &str)> = vec![
        (Home::new(), "config"),
        (home(&base, "trusted_domain = [\"m.example.com\"]\n"), "config"),
        (home(&format!("http://127.0.0.1:{closed}"), ""), "api-connection"),
        (home("http://no-such-host.invalid", ""), "dns"),
        (home(&base, "trusted_domains = [\"192.0.2.7\"]\n"), "domain"),
        (home(&base, "callback_token = \"t\"\nencoding_aes_key = \"tooshort\"\n"), "secret"),
    ];
    for (home, id) in cases {
        let done = home.run(["--json", "doctor"]).done();
        assert_eq!(first(&done).0, id, "{done}");
    }
    let unset = Home::new();
    unset.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = {{ env = \"NOT_SET\" }}\napi_base = \"{base}\"\n"
    ));
    let done = unset.run(["--json", "doctor"]).done();
    assert_eq!(first(&done).0, "secret", "{done}");
    assert!(first(&done).1.contains("NOT_SET"), "{done}");
    let proxy = format!("http://user:CANARY-PASSWORD@127.0.0.1:{closed}");
    let done = home(&base, "").run(["--json", "doctor"]).var("http_proxy", &proxy).done();
    assert_eq!(first(&done).0, "proxy", "{done}");
    assert!(!format!("{done}").contains("CANARY"), "{done}");
}

#[test]
fn an_untrusted_certificate_is_named() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], made.signing_key.into())
        .expect("a configuration");
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).expect("a connection");
            // The client ends the handshake: that is what the test is about.
            let _ = connection.complete_io(&mut stream);
        }
    });
    let done = home(&format!("https://localhost:{port}"), "").run(["--json", "doctor"]).done();
    assert_eq!((done.code, first(&done).0.as_str()), (1, "tls"), "{done}");
}

#[test]
fn endpoint_and_callback_are_checked_end_to_end() {
    // WeChat answers the ticket that is valid already, however often it is asked.
    let api = Server::start(|call: &Call| {
        if call.is_token() {
            return wechat(call);
        }
        answer(
            "{\"errcode\":0,\"errmsg\":\"ok\",\"ticket\":\"TICKET-THAT-STAYS-0123456789\",\"expires_in\":7200}",
        )
    });
    let home = home(&api.base(), "callback_token = \"Token0123456789\"\n");
    let ticket = home.run(["ticket"]).done().stdout.trim().to_owned();
    let site = Site::start(move |ask| match ask.path() {
        "/api/sign" => {
            Signed { ticket: ticket.clone(), ..Signed::of(&ask.url().replace("http:", "https:")) }.answer()
        }
        "/wx" => reply("text/html", "<html>app</html>"),
        _ => html("<p>page</p>"),
    });
    let (page, endpoint, callback) = (site.url("/"), site.url("/api/sign"), site.url("/wx"));
    let done = home.run(["--json", "doctor", "--page-url", &page, "--endpoint", &endpoint]).done();
    let (id, message) = first(&done);
    assert_eq!((done.code, id.as_str()), (1, "endpoint"), "{done}");
    assert!(message.contains("url-scheme-swapped"), "{done}");
    let done = home.run(["--json", "doctor", "--callback-url", &callback]).done();
    assert_eq!((done.code, first(&done).0.as_str()), (1, "callback"), "{done}");
    // A server that answers nothing.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let closed = format!("http://{}/", free.local_addr().expect("an address"));
    drop(free);
    let done = home.run(["--json", "doctor", "--page-url", &closed]).done();
    let json = done.json();
    let checks = json["checks"].as_array().expect("checks");
    let probe = checks.iter().find(|check| check["id"] == "domain-probe");
    assert_eq!((done.code, probe.map(|check| &check["status"])), (1, Some(&json!("fail"))), "{done}");
}
