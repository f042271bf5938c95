//! What `serve` refuses, bounds and protects: second parameters, large lists and bodies, trickling
//! clients, weak keys, foreign names.

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::harness::{Home, wecheck};
use crate::serving::{Server, read_answer};
use crate::upstream_server::{Server as Upstream, json as upstream_json, wechat};

/// A profile with one trusted domain whose ticket is in the cache.
fn shop(home: &Home, upstream: &Upstream) {
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"CANARY-SECRET-0123456789\"\n\
         api_base = \"{}\"\ntrusted_domains = [\"m.example.com\"]\n",
        upstream.base()
    ));
    assert_eq!(home.run(["ticket"]).done().code, 0);
}

#[test]
fn no_byte_of_a_request_becomes_a_second_parameter() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream);
    let server = Server::start(&home, &[]);
    let ticket = home.run(["ticket"]).done().stdout.trim().to_owned();
    // Without a signature, with a wrong one, and with the one that the ticket makes.
    let computed = |url: &str, nonce: &str, timestamp: &str| -> bool {
        let fields = wecheck::signature::Fields {
            ticket: ticket.clone(),
            nonce: nonce.into(),
            timestamp: timestamp.into(),
            url: url.into(),
            ..Default::default()
        };
        let right = wecheck::signature::sign(wecheck::signature::Kind::Jsapi, &fields);
        [None, Some("0".repeat(40)), Some(right.clone())].into_iter().any(|signature| {
            let mut body = json!({"url": url, "nonce": nonce, "timestamp": timestamp});
            if let Some(signature) = &signature {
                body["signature"] = json!(signature);
            }
            let answer = server.post("/api/verify", &body);
            // Where it was not sent, it must not come back either.
            let came_back = signature.as_ref() != Some(&right) && answer.body.contains(&right);
            came_back || (answer.status == 200 && answer.json()["computed_signature"].is_string())
        })
    };
    let page = "https://m.example.com/a?b=1";
    assert!(computed(page, "Wm3WZYTPz0wzccnW", "1700000000"));
    let smuggled = "x&timestamp=1&url=https://evil.example/";
    for (url, nonce, timestamp) in [
        (page, smuggled, "1414587457"),
        (page, "abc", "1&url=https://evil.example/"),
        (page, "a b", "1414587457"),
        (page, "", "1414587457"),
        (page, "abc", "soon"),
        ("https://m.example.com/a b", "abc", "1414587457"),
        ("https://m.example.com/a\u{7}", "abc", "1414587457"),
        ("https://evil.example/", "abc", "1414587457"),
    ] {
        assert!(!computed(url, nonce, timestamp), "{url} {nonce} {timestamp}");
    }
    // For any three values: what is signed with the cached ticket is a page of the profile, a plain
    // nonce and digits, so that string1 has one reading.
    let piece = prop_oneof![
        Just("&timestamp=1".to_owned()),
        Just("&url=https://evil.example/".to_owned()),
        Just("&noncestr=".to_owned()),
        "[A-Za-z0-9]{0,6}",
        "[0-9]{1,6}",
        "[ &=#%\\n]",
    ];
    let value = prop::collection::vec(piece, 0..4).prop_map(|parts| parts.concat());
    let outcome = cases(64).run(&(value.clone(), value.clone(), value), |(tail, nonce, timestamp)| {
        let url = format!("https://m.example.com/{tail}");
        if computed(&url, &nonce, &timestamp) {
            let is_plain =
                !nonce.is_empty() && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
            prop_assert!(is_plain, "{nonce}");
            prop_assert!(
                !timestamp.is_empty() && timestamp.bytes().all(|b| b.is_ascii_digit()),
                "{timestamp}"
            );
            let url = url.split('#').next().unwrap_or_default();
            prop_assert!(!url.contains([' ', '\n']), "{url}");
        }
        Ok(())
    });
    outcome.expect("the property");
    // The same door at /sign.
    for url in ["https%3A%2F%2Fm.example.com%2Fa%20b", "https%3A%2F%2Fm.example.com%2Fa%0Ab"] {
        assert_eq!(server.get(&format!("/sign?url={url}")).status, 400, "{url}");
    }
    let half = server.get("/sign?url=https://m.example.com/?a=1&code=2");
    assert_eq!(half.status, 400, "{half:?}");
}

#[test]
fn lists_and_bodies_are_bounded() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let many: Vec<&str> = vec!["https://m.example.com/"; 101];
    for (path, body) in [
        ("/api/domain-check", json!({"url": many})),
        ("/api/domain-check", json!({"url": "https://a.com/", "trusted": vec!["a.com"; 101]})),
        ("/api/errcode", json!({"what": vec![40001; 101]})),
        ("/api/verify", json!({"other-ticket": vec!["t"; 101]})),
        ("/api/errcode", json!({"what": "x".repeat(300 * 1024)})),
        ("/api/domain-check", json!({"url": "x".repeat(300 * 1024)})),
    ] {
        let answer = server.post(path, &body);
        assert_eq!(answer.status, 413, "{path}: {answer:?}");
    }
    assert_eq!(server.post("/api/domain-check", &json!({"url": vec!["https://a.com/"; 100]})).status, 200);
    // What a browser recorded of a page is larger than any other body.
    let text = format!("{}\nsignature: {}", "// padding\n".repeat(200_000), "0".repeat(40));
    let answer = server.post("/api/verify", &json!({"from": text}));
    assert_eq!(answer.status, 200, "{}", answer.head);
    // A list in place of one value passes no cap.
    for body in [json!({"deep": [600]}), json!({"deep": {"a": 1}}), json!({"deep": "soon"})] {
        let answer = server.post("/api/verify?lang=en", &body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["error"]["message"], "`deep` takes a number of seconds", "{body}");
    }
    let answer = server.post("/api/errcode?lang=zh", &json!({"what": [true]}));
    let message = "`what` 要的是错误码、一段文本、一个返回对象，或它们的列表";
    assert_eq!(
        (answer.status, answer.json()["error"]["message"].as_str()),
        (400, Some(message)),
        "{answer:?}"
    );
    let answer = server.post("/api/domain-check", &json!({"url": "https://a.com/", "probe": [true]}));
    assert_eq!(answer.status, 400, "{answer:?}");
}

/// A number of seconds, a yes or a list in every shape that a JSON document can give it.
fn shape() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0_u64..30).prop_map(Value::from),
        (-5_i64..20).prop_map(Value::from),
        (0_f64..1e4).prop_map(Value::from),
        "[ +]?[0-9]{1,4}[ \n]?".prop_map(Value::from),
        prop_oneof![Just("true"), Just("yes"), Just("1e3"), Just("0x20"), Just("6_0"), Just("٦٠"), Just("")]
            .prop_map(Value::from),
    ]
    .boxed();
    let nested = leaf.clone().prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            ("[a-z$]{0,8}", inner).prop_map(|(name, value)| json!({name: value})),
        ]
    });
    // By itself nearly every nested value has another inside.
    prop_oneof![leaf, nested]
}

fn cases(count: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() })
}

/// The caps look at what was parsed: whatever shape is accepted, what it means is within them. Said of
/// `serve` and of the tools of `mcp`, which take the same requests.
#[test]
fn no_shape_of_a_value_passes_a_cap() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let mcp = RefCell::new(Assistant::start(&home));
    // The signature is right: nothing is searched for, so that an answer comes at once.
    let signed = json!({
        "url": "http://mp.weixin.qq.com?params=value", "nonce": "Wm3WZYTPz0wzccnW", "timestamp": 1_414_587_457,
        "ticket": "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        "signature": "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
    });
    let five = vec!["http://127.0.0.1:9/"; 5];
    let accepted = Cell::new(0);
    let outcome = cases(256).run(&shape(), |value| {
        let mut body = signed.clone();
        body["deep"] = value.clone();
        let seconds = match &value {
            Value::Null => Some(0),
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        for face in ["serve", "mcp"] {
            let answered = match face {
                "serve" => server.post("/api/verify", &body).status == 200,
                _ => mcp.borrow_mut().call("verify", &body).is_some(),
            };
            prop_assert!(!answered || seconds.is_some_and(|seconds| seconds <= 10), "{face}: deep {value}");
            accepted.set(accepted.get() + usize::from(answered));
        }
        let body = json!({"url": five, "probe": value});
        let answer = server.post("/api/domain-check", &body);
        let served = (answer.status == 200).then(|| answer.json());
        for document in [served, mcp.borrow_mut().call("domain_check", &body)].into_iter().flatten() {
            let probed =
                document.as_array().is_some_and(|all| all.iter().any(|one| one["probes"] != json!([])));
            prop_assert!(!probed, "probe {value}: {document}");
        }
        Ok(())
    });
    outcome.expect("the property");
    assert!(accepted.get() > 4, "some shapes are right: {}", accepted.get());

    // A list that is too long, under each name and in each nesting.
    let names = prop_oneof![
        Just(("/api/domain-check", "domain_check", "url")),
        Just(("/api/domain-check", "domain_check", "urls")),
        Just(("/api/domain-check", "domain_check", "trusted")),
        Just(("/api/errcode", "explain", "what")),
        Just(("/api/verify", "verify", "other-ticket")),
        Just(("/api/verify", "verify", "other_ticket")),
        Just(("/api/verify", "verify", "otherTicket")),
    ];
    let outcome = cases(64).run(
        &(names, 101_usize..400, any::<bool>(), any::<bool>()),
        |(name, count, nested, number)| {
            let (path, tool, name) = name;
            let entry = if number { json!(40001) } else { json!("https://m.example.com/") };
            let list = json!(vec![entry; count]);
            let mut body = if path.ends_with("domain-check") && name == "trusted" {
                json!({"url": "https://m.example.com/"})
            } else if path.ends_with("verify") {
                signed.clone()
            } else {
                json!({})
            };
            body[name] = if nested { json!([list]) } else { list };
            let status = server.post(path, &body).status;
            prop_assert!(
                status == 413 || (status == 400 && (nested || number || name == "otherTicket")),
                "{status} {name}"
            );
            prop_assert!(mcp.borrow_mut().call(tool, &body).is_none(), "{tool} {name}");
            Ok(())
        },
    );
    outcome.expect("the property");
    assert_eq!(mcp.into_inner().end(), 0);
}

/// A session with `mcp`.
struct Assistant {
    child: std::process::Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Assistant {
    fn start(home: &Home) -> Self {
        let mut child = home.run(["mcp"]).stdin("").spawn();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, output }
    }

    /// The document of a tool's answer; nothing where it is an error.
    fn call(&mut self, tool: &str, arguments: &Value) -> Option<Value> {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
        let input = self.child.stdin.as_mut().expect("a pipe");
        writeln!(input, "{call}").and_then(|()| input.flush()).expect("sent");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("text");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        let text = answer["result"]["content"][0]["text"].as_str().expect("a text");
        (answer["result"]["isError"] == false).then(|| serde_json::from_str(text).expect("JSON"))
    }

    fn end(mut self) -> i32 {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

#[test]
fn clients_that_trickle_a_body_keep_no_one_out() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let head = format!(
        "POST /api/verify HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{",
        server.port
    );
    let trickling: Vec<_> = (0..80)
        .map(|_| {
            let mut stream = server.connect();
            let _ = stream.write_all(head.as_bytes());
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..10 {
        let start = Instant::now();
        assert_eq!(server.get("/healthz").status, 200);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    drop(trickling);
}

/// The clock of the machine may be wrong and set right while the server runs, by hours.
#[test]
fn a_clock_that_is_set_back_keeps_no_failure_and_no_ticket() {
    const NOW: u64 = 1_700_000_000;
    let answers = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&answers);
    let upstream = Upstream::start(move |call| {
        if is_up.load(Ordering::SeqCst) {
            wechat(call)
        } else {
            upstream_json("{\"errcode\":40164,\"errmsg\":\"x\"}")
        }
    });
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"s\"\napi_base = \"{}\"\n",
        upstream.base()
    ));
    let clock = home.file("clock", NOW.to_string());
    let set = |seconds: u64| std::fs::write(&clock, seconds.to_string()).expect("the clock is set");
    let server =
        Server::start_with(&home, &[], |run| run.var("WECHECK_NOW", format!("@{}", clock.display())));
    let status = || server.get("/sign?url=http://localhost/").status;
    assert_eq!(status(), 502);
    set(NOW - 4 * 3_600);
    answers.store(true, Ordering::SeqCst);
    // A failure is shared for 2 s, whatever the clock says.
    std::thread::sleep(Duration::from_millis(2_500));
    let answer = server.get("/sign?url=http://localhost/");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["timestamp"].to_string().trim_matches('"'), (NOW - 4 * 3_600).to_string());
}

#[test]
fn a_fetch_of_one_kind_keeps_no_other_kind_waiting() {
    let upstream = Upstream::start(|call| {
        let slow = call.param("type") == Some("wx_card");
        wechat(call).after(Duration::from_millis(if slow { 5_000 } else { 0 }))
    });
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"s\"\napi_base = \"{}\"\n",
        upstream.base()
    ));
    assert_eq!(home.run(["token"]).done().code, 0);
    let server = Server::start(&home, &[]);
    std::thread::scope(|scope| {
        let card = scope.spawn(|| server.get("/sign?url=http://localhost/&kind=card-ext&card_id=x").status);
        // It has asked.
        while upstream.counts().1 == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        let start = Instant::now();
        assert_eq!(server.get("/sign?url=http://localhost/").status, 200);
        assert!(start.elapsed() < Duration::from_millis(3_500), "{:?}", start.elapsed());
        assert_eq!(card.join().expect("no panic"), 200);
    });
}

#[test]
fn a_short_key_is_refused_and_guesses_are_slow() {
    let done = wecheck(["serve", "--share", "--listen", "127.0.0.1:0"])
        .var("WECHECK_SHARE_KEY", "0123456789abcde")
        .done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.contains("16 characters") && !done.stderr.contains("0123456789abcde"), "{done}");
    assert!(done.stdout.is_empty(), "{done}");

    let home = Home::new();
    let server =
        Server::start_with(&home, &["--share"], |run| run.var("WECHECK_SHARE_KEY", "0123456789abcdef"));
    let start = Instant::now();
    for guess in 0..4 {
        let answer = server.ask("GET", "/token", &[&format!("Authorization: Bearer {guess}")], "");
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    assert!(start.elapsed() >= Duration::from_millis(1_400), "{:?}", start.elapsed());
    // Many at once wait for one another, and are asked to wait in the end.
    let mut streams: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = server.connect();
            let head = format!("GET /token HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n", server.port);
            stream.write_all(head.as_bytes()).expect("sent");
            stream
        })
        .collect();
    let statuses: Vec<u16> = streams.iter_mut().map(|stream| read_answer(stream).status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[test]
fn errors_speak_the_language_of_the_request() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for path in ["/nowhere?lang=zh", "/sign?lang=zh", "/api/errcode?lang=zh", "/token?lang=zh"] {
        let error = server.get(path).json()["error"].clone();
        let message = error["message"].as_str().unwrap_or_default();
        assert!(!message.is_ascii(), "{path}: {error}");
    }
    let accepts = ["Accept-Language: zh-CN", "Content-Type: application/json"];
    let answer = server.ask("POST", "/api/verify", &accepts, "{\"nonc\": 1}");
    assert_eq!((answer.status, answer.json()["error"]["kind"].as_str()), (400, Some("usage")));
    // A browser that came under a foreign name reads what to type.
    let page = server.ask("GET", "/", &["Host: devbox.example:8787", "Accept: text/html,*/*"], "");
    assert_eq!(page.status, 403);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{page:?}");
    assert!(page.body.contains("wecheck serve --allow-host devbox.example"), "{page:?}");
}

#[test]
fn a_name_is_answered_to_when_it_is_allowed() {
    let home = Home::new();
    let server = Server::start(&home, &["--allow-host", "DevBox.example"]);
    for host in ["devbox.example", "devbox.example:8787", "DEVBOX.EXAMPLE"] {
        assert_eq!(server.ask("GET", "/healthz", &[&format!("Host: {host}")], "").status, 200, "{host}");
    }
    assert_eq!(server.ask("GET", "/healthz", &["Host: x.devbox.example"], "").status, 403);
}

#[test]
fn a_server_for_a_phone_prints_addresses_that_it_can_open() {
    let home = Home::new();
    let mut child = home.run(["serve", "--json", "--listen", "0.0.0.0:0"]).spawn();
    let mut text = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let listening: serde_json::Value = loop {
        assert_ne!(std::io::BufRead::read_line(&mut stdout, &mut text).expect("text"), 0, "{text}");
        if let Ok(document) = serde_json::from_str(&text) {
            break document;
        }
    };
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(listening["url"].as_str().is_some_and(|url| url.starts_with("http://localhost:")), "{listening}");
    for address in listening["reachable"].as_array().into_iter().flatten() {
        let address = address.as_str().expect("a text");
        assert!(!address.contains("0.0.0.0") && !address.contains("127."), "{address}");
    }
}
