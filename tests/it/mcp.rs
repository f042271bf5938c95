//! `mcp` from outside: a session over pipes, each tool with right and wrong input, secrets, noise.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};

use serde_json::{Value, json};

use crate::harness::{Home, wecheck};
use crate::upstream_server::{Server as Upstream, wechat};

const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";

struct Session {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    last: u64,
}

impl Session {
    fn start(home: &Home) -> Self {
        let mut command = home.run(["mcp"]).command();
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().expect("the binary starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut session = Self { child, input, output, last: 0 };
        let hello = session.ask("initialize", &json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}));
        assert_eq!(hello["result"]["protocolVersion"], "2025-06-18", "{hello}");
        assert_eq!(hello["result"]["serverInfo"]["name"], "wecheck");
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        session
    }

    fn send(&mut self, line: &str) {
        let input = self.input.as_mut().expect("open");
        input.write_all(format!("{line}\n").as_bytes()).expect("sent");
        input.flush().expect("sent");
    }

    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("text");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("no JSON ({error}): {line}"))
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
        let answer = self.receive();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// The document of a tool's answer, and whether it is an error.
    fn call(&mut self, tool: &str, arguments: &Value) -> (Value, bool) {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        let content = &answer["result"]["content"][0];
        assert_eq!(content["type"], "text", "{answer}");
        let document = serde_json::from_str(content["text"].as_str().expect("a text")).expect("JSON");
        (document, answer["result"]["isError"] == true)
    }

    fn end(mut self) -> i32 {
        self.input = None;
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

fn example() -> Value {
    json!({
        "url": "http://mp.weixin.qq.com?params=value", "ticket": TICKET, "nonce": "Wm3WZYTPz0wzccnW",
        "timestamp": 1_414_587_457, "signature": "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
    })
}

#[test]
fn each_tool_answers_the_command_s_own_document() {
    let home = Home::new();
    let mut session = Session::start(&home);
    let tools = session.ask("tools/list", &json!({}))["result"]["tools"].clone();
    let names: Vec<&str> =
        tools.as_array().expect("a list").iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(names, ["verify", "explain", "faq", "domain_check", "callback_verify", "sign_payload"]);
    for tool in tools.as_array().expect("a list") {
        let description = tool["description"].as_str().expect("a text");
        assert!(description.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    for (tool, arguments, command) in [
        ("explain", json!({"what": "40164"}), &["errcode", "explain", "--json", "40164"][..]),
        (
            "explain",
            json!({"what": "40001", "platform": "work", "lang": "zh"}),
            &["errcode", "explain", "--json", "--lang=zh", "--platform=work", "40001"],
        ),
        ("faq", json!({"q": "invalid-signature"}), &["faq", "--json", "invalid-signature"]),
        (
            "domain_check",
            json!({"url": "http://localhost/"}),
            &["domain-check", "--json", "http://localhost/"],
        ),
    ] {
        let (document, is_error) = session.call(tool, &arguments);
        assert_eq!((document, is_error), (home.run(command).done().json(), false), "{tool}");
    }
    let (signed, is_error) = session.call("sign_payload", &json!({"url": "http://mp.weixin.qq.com?params=value", "ticket": TICKET, "nonce": "Wm3WZYTPz0wzccnW", "timestamp": 1_414_587_457}));
    assert_eq!(
        (signed["signature"].as_str(), is_error),
        (Some("0f9de62fce790f9a083d5c99e95740ceb90c27ed"), false)
    );
    let (verified, is_error) = session.call("verify", &example());
    assert_eq!((&verified["match"], is_error), (&json!(true), false), "{verified}");
    let token = "CANARY-CALLBACK-TOKEN";
    let (callback, _) = session.call("callback_verify", &json!({"timestamp": "1700000000", "nonce": "n", "signature": "0".repeat(40), "callback_token": token}));
    assert_eq!(callback["valid"], false, "{callback}");
    assert!(!callback.to_string().contains(token), "{callback}");
    for (tool, arguments) in [
        ("verify", json!({"nonc": "x"})),
        ("verify", json!({"deep": 600})),
        ("explain", json!({})),
        ("explain", json!({"what": vec!["1"; 101]})),
        ("faq", json!({"q": {"a": 1}})),
        ("domain_check", json!({})),
        ("domain_check", json!({"url": "https://a.com/", "probe": [true]})),
        ("callback_verify", json!({"secret": "x"})),
        ("sign_payload", json!({"url": "m.example.com", "ticket": TICKET})),
        ("sign_payload", json!({"url": "https://m.example.com/"})),
    ] {
        let (document, is_error) = session.call(tool, &arguments);
        assert!(is_error && document["error"]["message"].is_string(), "{tool} {arguments}: {document}");
    }
    let unknown = session.ask("tools/call", &json!({"name": "frob", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    assert_eq!(session.end(), 0);
}

#[test]
fn no_ticket_token_or_secret_is_in_an_answer() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"CANARY-SECRET-0123456789\"\napi_base = \"{}\"\n",
        upstream.base()
    ));
    let cached = home.run(["ticket"]).done().stdout.trim().to_owned();
    let mut session = Session::start(&home);
    let wrong = json!({"url": "https://m.example.com/?a=1", "nonce": "n0123456789abcdef", "timestamp": "1700000000", "signature": "0f9de62fce790f9a083d5c99e95740ceb90c27ed"});
    let mut given = wrong.clone();
    given["ticket"] = json!(format!("{TICKET} "));
    let mut pasted = wrong.clone();
    pasted["from"] =
        json!(format!("jsapi_ticket={TICKET}&noncestr=n&timestamp=1&url=https://m.example.com/"));
    for (tool, arguments) in [
        ("verify", wrong),
        ("verify", given),
        ("verify", pasted),
        (
            "verify",
            json!({"from": format!("{{\"ticket\":\"{TICKET}\",\"nonceStr\":\"n\",\"timestamp\":1,\"signature\":\"{}\"}}", "0".repeat(40)), "url": "https://m.example.com/"}),
        ),
        ("explain", json!({"what": format!("GET /cgi-bin/ticket/getticket?access_token={TICKET} 40001")})),
        ("sign_payload", json!({"url": "https://m.example.com/"})),
        ("sign_payload", json!({"url": "https://m.example.com/", "ticket": TICKET})),
        ("sign_payload", json!({"url": "https://m.example.com/", "ticket": ""})),
    ] {
        let (document, _) = session.call(tool, &arguments);
        let text = document.to_string();
        for secret in [TICKET, &TICKET[..20], cached.as_str(), "CANARY-SECRET"] {
            assert!(!text.contains(secret), "{tool} {arguments}: {text}");
        }
    }
    let (document, _) = session.call("verify", &example());
    assert_eq!(document["string1_masked"], true, "{document}");
    // With the profile's ticket no byte becomes a second parameter.
    let (document, is_error) = session.call(
        "sign_payload",
        &json!({"url": "https://m.example.com/", "nonce": "x&timestamp=1&url=https://evil/"}),
    );
    assert!(is_error, "{document}");
    let (document, _) = session.call("verify", &json!({"url": "https://m.example.com/", "nonce": "x&timestamp=1&url=https://evil/", "timestamp": "1", "signature": "0".repeat(40)}));
    assert!(document["computed_signature"].is_null(), "{document}");
    assert_eq!(session.end(), 0);
}

/// What a page, a log or a server's text could use to steer a terminal or to turn words around.
#[test]
fn what_steers_a_terminal_is_escaped_in_an_answer() {
    const STEERING: [char; 6] = ['\u{1b}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{7f}'];
    let home = Home::new();
    let mut session = Session::start(&home);
    let mixed: String = STEERING.iter().flat_map(|c| ['x', *c]).collect();
    for (tool, arguments) in [
        ("explain", json!({"what": format!("40001 {mixed}")})),
        ("explain", json!({"what": mixed})),
        ("faq", json!({"q": mixed})),
        ("domain_check", json!({"url": format!("https://m.example.com/{mixed}"), "trusted": mixed})),
        ("domain_check", json!({"url": mixed})),
        (
            "verify",
            json!({"url": format!("https://m.example.com/{mixed}"), "ticket": "T", "nonce": mixed, "timestamp": "1", "signature": "0".repeat(40)}),
        ),
        (
            "verify",
            json!({"from": format!("wx.config({{nonceStr: '{mixed}', signature: '{}'}})", "0".repeat(40))}),
        ),
        (
            "callback_verify",
            json!({"timestamp": "1", "nonce": mixed, "signature": "0".repeat(40), "callback_token": "token"}),
        ),
        ("callback_verify", json!({"request": mixed})),
        (
            "sign_payload",
            json!({"url": format!("https://m.example.com/{mixed}"), "ticket": "T", "app_id": mixed}),
        ),
        ("sign_payload", json!({mixed.as_str(): "an argument that there is not"})),
    ] {
        let params = json!({"name": tool, "arguments": arguments});
        let answer = session.ask("tools/call", &params);
        let text =
            answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{tool}: {answer}"));
        assert!(!text.contains(STEERING), "{tool} {arguments}: {text:?}");
        serde_json::from_str::<Value>(text).expect("one document all the same");
    }
    let unknown = session.ask("tools/call", &json!({"name": mixed, "arguments": {}}));
    assert!(!unknown.to_string().contains(STEERING), "{unknown}");
    assert_eq!(session.end(), 0);
}

#[test]
fn a_line_that_is_not_a_message_does_not_end_the_session() {
    let home = Home::new();
    let mut session = Session::start(&home);
    for (line, code) in [
        ("{", Some(-32700)),
        ("hello", Some(-32700)),
        ("[]", Some(-32600)),
        ("1", Some(-32600)),
        ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", Some(-32600)),
        ("{\"jsonrpc\":\"2.0\",\"id\":1}", Some(-32600)),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/list\"}", Some(-32601)),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}", Some(-32602)),
        ("", None),
        ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}", None),
        ("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}", None),
    ] {
        session.send(line);
        if let Some(code) = code {
            let answer = session.receive();
            assert_eq!(answer["error"]["code"], code, "{line}: {answer}");
        }
        assert_eq!(session.ask("ping", &json!({}))["result"], json!({}), "{line}");
    }
    let mut invalid = session.input.take().expect("open");
    invalid.write_all(b"\xff\xfe\n").expect("sent");
    session.input = Some(invalid);
    assert_eq!(session.receive()["error"]["code"], -32700);
    session.send("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}]");
    assert_eq!(session.receive().as_array().map(Vec::len), Some(2));
    assert_eq!(session.end(), 0);
    // No input at all.
    assert_eq!(wecheck(["mcp"]).done().code, 0);
}

/// Resident memory of a process. KiB.
#[cfg(target_os = "linux")]
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
    line.split_whitespace().nth(1).and_then(|size| size.parse().ok()).expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_calls_do_not_grow() {
    let home = Home::new();
    let mut session = Session::start(&home);
    let calls = [
        ("explain", json!({"what": "40164"})),
        ("faq", json!({"q": "invalid-signature"})),
        ("verify", example()),
        ("domain_check", json!({"url": "https://m.example.com/", "trusted": "m.example.com"})),
        (
            "callback_verify",
            json!({"timestamp": "1", "nonce": "n", "signature": "0".repeat(40), "callback_token": "t"}),
        ),
        ("sign_payload", json!({"url": "https://m.example.com/", "ticket": TICKET})),
        ("sign_payload", json!({"url": "no address", "ticket": TICKET})),
        ("explain", json!({"frob": 1})),
    ];
    let round = |session: &mut Session, number: usize| {
        for index in 0..number {
            let (tool, arguments) = &calls[index % calls.len()];
            let wrong = index % calls.len() >= 6;
            assert_eq!(session.call(tool, arguments).1, wrong, "{tool} {arguments}");
        }
    };
    round(&mut session, 200);
    let before = resident(session.child.id());
    round(&mut session, 800);
    let after = resident(session.child.id());
    assert!(after <= before + 4 * 1024, "{before} KiB became {after} KiB");
    assert_eq!(session.end(), 0);
}
