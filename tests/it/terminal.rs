//! What a terminal obeys or a reader cannot see leaves no face raw: command line, `serve`, `mcp`,
//! `callback listen`, in text and in documents. The value is the same when it is parsed.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use serde_json::{Value, json};

use crate::harness::{Home, Run};
use crate::serving::{Server, read_answer};
use crate::upstream_server;

/// A C1 control, bidi, zero-width, a tag beyond U+FFFF, a line that only some programs see as one.
const HOSTILE: &str = "\u{9b}31m\u{202e}\u{2066}\u{200b}\u{e0041}\u{85}\u{2028}\u{feff}\u{1b}]0;x\u{7}";

fn raw(text: &str) -> Option<char> {
    text.chars().find(|&c| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    })
}

fn clean(what: &str, text: &str) {
    assert_eq!(raw(text), None, "{what}: {text:?}");
}

/// The hostile text without what no argument and no address may hold.
fn hostile() -> String {
    HOSTILE.replace(['\u{1b}', '\u{7}'], "")
}

#[test]
fn no_command_prints_it_raw() {
    let home = Home::new();
    let h = hostile();
    home.config(&format!(
        "default_profile = \"a\"\n[profile.a]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n\
         trusted_domains = [\"m{h}.example.com\"]\nsecret = {{ env = \"A{h}\" }}\n[profile.\"b{h}\"]\nplatform = \"mp\"\n"
    ));
    home.file(&format!("log{h}"), "errcode=40001\n");
    home.file(
        "code.js",
        format!("wx.config({{appId: 'wx{h}', nonceStr: 'n{h}', timestamp: 1, signature: '{}', jsApiList: ['{h}']}}); var url = 'https://m.example.com/{h}';", "0".repeat(40)),
    );
    home.file(
        "request",
        format!("POST /{h}?signature={h}&timestamp={h}&nonce={h} HTTP/1.1\nHost: {h}\n\n<xml><{h}>{h}</xml>"),
    );
    home.file("soter.json", json!({"err_code": 0, "resultJSON": h, "errMsg": h, h.as_str(): h}).to_string());
    home.file(
        "batch",
        format!(
            "{}\n{}\n",
            json!({"url": format!("https://m.example.com/{h}"), "nonce": h, "api": [h]}),
            json!({h.as_str(): h})
        ),
    );
    let page = format!("https://m.example.com/{h}");
    let (log, answer) = (
        format!("log{h}"),
        json!({"errcode": 40164, "errmsg": format!("invalid ip {h}"), "rid": h}).to_string(),
    );
    let values = ["--ticket", "t0123456789abcdef", "--nonce", &h, "--timestamp", &h];
    let sign = ["sign", &page, "--ticket", "t0123456789abcdef", "--app-id", &h, "--api", &h];
    let commands: Vec<Vec<&str>> = vec![
        [&["verify", "--url", &page, "--signature", &h, "--page-url", &page][..], &values].concat(),
        vec!["verify", "--from", "code.js", "--ticket", &h, "--other-ticket", &h],
        vec!["verify", &log],
        vec!["verify", "--endpoint", &page, "--page-url", &page],
        vec!["errcode", "explain", &answer],
        vec!["errcode", "explain", &h],
        vec!["errcode", "explain", "config:invalid signature", &h],
        vec!["errcode", "search", &h],
        vec!["errcode", "scan", &log],
        vec!["errcode", "scan", &log, "--format", "json"],
        vec!["errcode", "scan", &log, "--format", "sarif"],
        vec!["errcode", "scan", &h],
        vec!["faq", &h],
        vec!["js-api", &h],
        vec!["ua", &h, "MicroMessenger/8.0.1"],
        vec!["soter", "soter.json", "--challenge", &h],
        vec!["domain-check", &page, "--trusted", &h],
        vec!["domain-check", &page, &h, "--verify-file", &h],
        vec!["domain-check", "m.example.com", "--resolve", &h],
        sign.to_vec(),
        [&sign[..], &["--explain"]].concat(),
        [&sign[..], &["--emit", "payload"]].concat(),
        [&sign[..], &["--emit", "js"]].concat(),
        [&sign[..], &["--emit", "html"]].concat(),
        [&sign[..], &["--emit", "env"]].concat(),
        [&sign[..], &["--emit", "sh"]].concat(),
        vec!["sign", "--batch", "batch", "--ticket", "t0123456789abcdef"],
        vec!["sign", &h, "--kind", &h],
        vec!["callback", "verify", "--request", "request"],
        vec!["callback", "verify", "--timestamp", &h, "--nonce", &h, "--signature", &h, "--body", "request"],
        vec!["callback", "decrypt", "--request", "request"],
        vec!["callback", "echo", "--echostr", &h, "--timestamp", &h, "--nonce", &h, "--signature", &h],
        vec!["callback", "encrypt", &h, "--receive-id", &h],
        vec!["callback", "probe", &page],
        vec!["callback", "history", &h],
        vec!["config", "show"],
        vec!["config", "check"],
        vec!["config", &h],
        vec!["cache", "list"],
        vec!["cache", "clear", "-p", &h],
        vec!["token", "-p", &h, "--offline"],
        vec!["doctor", "--offline", "--page-url", &page],
        vec!["page", &h],
        vec!["serve", "--listen", &h],
        vec!["completions", &h],
        vec![&h],
        vec!["--config", &h, "config", "show"],
        vec!["--lang", &h, "faq"],
    ];
    for command in &commands {
        for more in [&[][..], &["--json"], &["-vv", "--lang", "zh"]] {
            if command[0] == "--lang" && more.contains(&"--lang") {
                continue;
            }
            let done = with_keys(home.run(command.iter().chain(more))).done();
            assert!(done.code != 70 && done.code >= 0, "{command:?} {more:?}: {done}");
            clean(&format!("{command:?} {more:?}"), &done.stdout);
            clean(&format!("{command:?} {more:?}"), &done.stderr);
        }
    }
    // The values are the same.
    let done = home.run(sign).with(["--json"]).done();
    assert_eq!(done.json()["appId"], json!(h), "{done}");
    let done = home.run(["domain-check", &page, "--json"]).done();
    assert_eq!(done.json()[0]["url"], json!(page), "{done}");
}

fn with_keys(run: Run) -> Run {
    run.var("WECHECK_CALLBACK_TOKEN", "hk7ZqPwx3NvT")
        .var("WECHECK_ENCODING_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
}

/// Everywhere that a server of the API can put it: the body, as text and as JSON, a header, a redirect's
/// target; one line of a megabyte too (the answer is cut off long before).
#[test]
fn f58_no_answer_of_a_server_is_printed_raw() {
    let errmsg = |text: &str| upstream_server::json(&json!({"errcode": 40164, "errmsg": text}).to_string());
    let page = |text: &str| upstream_server::json(text).header("Content-Type", "text/html");
    // A header holds no ESC and no BEL.
    let h = hostile();
    let target = format!("https://a{h}.example/{h}?{h}");
    let answers = [
        errmsg(&format!("invalid ip 203.0.113.7{HOSTILE}\r\n::error::x%0A, rid: {HOSTILE}")),
        errmsg(&HOSTILE.repeat(600)),
        upstream_server::json(&json!({"errcode": HOSTILE, HOSTILE: HOSTILE}).to_string()),
        upstream_server::json(&json!({"access_token": HOSTILE, "expires_in": 7200}).to_string()),
        upstream_server::json(
            &json!({"access_token": "T0123456789abcdef", "expires_in": HOSTILE}).to_string(),
        ),
        page(HOSTILE),
        page(&HOSTILE.repeat(20_000)),
        page(HOSTILE).status(418),
        upstream_server::json("x").header("Content-Type", &h),
        upstream_server::json("").status(302).header("Location", &target),
        upstream_server::json("").status(429).header("Retry-After", &format!("999999{h}")).header("Date", &h),
    ];
    std::thread::scope(|scope| {
        for (n, answer) in answers.into_iter().enumerate() {
            scope.spawn(move || {
                let server = upstream_server::Server::start(move |_: &upstream_server::Call| answer.clone());
                let home = crate::tokens::shop(&server);
                for more in [&[][..], &["-vv"], &["--json"], &["--lang", "zh", "-vv"]] {
                    let done = home.run(["ticket", "--refresh"].iter().chain(more)).done();
                    assert!(matches!(done.code, 4 | 5), "{n}: {done}");
                    clean(&format!("answer {n} {more:?}"), &done.stdout);
                    clean(&format!("answer {n} {more:?}"), &done.stderr);
                    let longest = done.stderr.lines().map(|line| line.chars().count()).max();
                    // 512 characters, of which the longest is shown as nine.
                    assert!(longest.unwrap_or(0) < 512 * 9 + 200, "{n} {more:?}: {longest:?}: {done}");
                    if more == ["--json"] {
                        let kind = if done.code == 5 { "errcode" } else { "network" };
                        assert_eq!(done.json()["error"]["kind"], kind, "{n}: {done}");
                    }
                    assert!(!done.to_string().contains("\n::error"), "{n}: {done}");
                }
            });
        }
    });
}

#[test]
fn serve_answers_and_logs_it_escaped() {
    let home = Home::new();
    let server = Server::start(&home, &["-vv"]);
    let page = format!("https://m.example.com/{HOSTILE}");
    for (path, body) in [
        (
            "/api/verify",
            json!({"url": page, "nonce": HOSTILE, "timestamp": HOSTILE, "ticket": HOSTILE, "signature": HOSTILE, "page-url": page}),
        ),
        (
            "/api/verify",
            json!({"from": format!("wx.config({{nonceStr: '{HOSTILE}', signature: '{HOSTILE}'}})")}),
        ),
        ("/api/verify", json!({HOSTILE: HOSTILE})),
        ("/api/verify", json!({"kind": HOSTILE})),
        ("/api/errcode", json!({"what": HOSTILE})),
        ("/api/errcode", json!({"what": {"errcode": 40164, "errmsg": HOSTILE}})),
        ("/api/errcode", json!({"what": 40001, "platform": HOSTILE})),
        ("/api/faq", json!({"q": HOSTILE})),
        ("/api/domain-check", json!({"url": page, "trusted": HOSTILE, "verify-file": HOSTILE})),
        ("/api/callback-verify", json!({"request": HOSTILE, "callback_token": HOSTILE})),
        (
            "/api/callback-verify",
            json!({"body": format!("<xml>{HOSTILE}"), "timestamp": HOSTILE, "nonce": HOSTILE, "signature": HOSTILE}),
        ),
    ] {
        let answer = server.post(path, &body);
        assert_ne!(answer.status, 500, "{answer:?}");
        clean(path, &answer.body);
    }
    let encoded = hostile().bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    });
    for path in ["/sign?url=", "/", "/api/errcode?q=", "/api/faq?id=", "/nowhere?lang="] {
        clean(path, &server.get(&format!("{path}{encoded}")).body);
    }
    // Bytes that are not percent-encoded, and a name that is not ours, as a page too.
    for accept in ["*/*", "text/html"] {
        let request = format!(
            "GET /{h} HTTP/1.1\r\nHost: {h}\r\nAccept: {accept}\r\nX-{h}: {h}\r\nConnection: close\r\n\r\n",
            h = hostile()
        );
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).expect("sent");
        clean("raw bytes", &read_answer(&mut stream).body);
    }
    let done = server.stop();
    clean("the log", &done.stderr);
    clean("stdout", &done.stdout);
}

#[test]
fn mcp_answers_it_escaped() {
    let call = |id: &Value, tool: &str, arguments: &Value| {
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}).to_string()
    };
    let page = format!("https://m.example.com/{HOSTILE}");
    let lines = [
        json!({"jsonrpc": "2.0", "id": HOSTILE, "method": "initialize", "params": {"protocolVersion": HOSTILE}}).to_string(),
        json!({"jsonrpc": "2.0", "id": HOSTILE, "method": HOSTILE}).to_string(),
        json!({HOSTILE: HOSTILE}).to_string(),
        format!("{{{HOSTILE}"),
        call(&json!(HOSTILE), HOSTILE, &json!({})),
        call(&json!(1), "verify", &json!({"url": page, "nonce": HOSTILE, "ticket": HOSTILE, "timestamp": "1", "signature": HOSTILE})),
        call(&json!(2), "explain", &json!({"what": HOSTILE})),
        call(&json!(3), "faq", &json!({"q": HOSTILE})),
        call(&json!(4), "domain_check", &json!({"url": page, "trusted": HOSTILE})),
        call(&json!(5), "callback_verify", &json!({"request": HOSTILE})),
        call(&json!(6), "sign_payload", &json!({"url": page, "ticket": HOSTILE, "app_id": HOSTILE})),
        call(&json!(7), "verify", &json!({HOSTILE: HOSTILE})),
    ];
    let done = Home::new().run(["mcp"]).stdin(lines.join("\n") + "\n").done();
    assert_eq!(done.code, 0, "{done}");
    clean("mcp", &done.stdout);
    clean("mcp", &done.stderr);
    let mut ids = Vec::new();
    for line in done.stdout.lines() {
        let answer: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        // The text that a client shows is a document of its own.
        if let Some(text) = answer["result"]["content"][0]["text"].as_str() {
            clean("the text of an answer", text);
        }
        ids.push(answer["id"].clone());
    }
    assert_eq!(ids.iter().filter(|id| **id == json!(HOSTILE)).count(), 3, "{done}");
    assert!(ids.len() >= 11, "{done}");
}

#[test]
fn a_listener_prints_and_keeps_it_escaped() {
    for json in [&[][..], &["--json"]] {
        let home = Home::new();
        let args = ["callback", "listen", "--kind", "mp", "--listen", "127.0.0.1:0", "-vv"];
        let mut child = with_keys(home.run(args.iter().chain(json))).spawn();
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut first = String::new();
        stderr.read_line(&mut first).expect("a line");
        let address =
            first.split("http://").nth(1).unwrap_or_else(|| panic!("no address: {first}")).trim().to_owned();
        let h = hostile();
        for request in [
            format!(
                "GET /{h}?signature={h}&timestamp=1&nonce={h}&echostr={h} HTTP/1.1\r\nHost: {h}\r\nConnection: close\r\n\r\n"
            ),
            format!("{h} / HTTP/1.1\r\nHost: a\r\n{h}: {h}\r\nConnection: close\r\n\r\n"),
            format!(
                "POST /?signature=a&timestamp=1&nonce=2 HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nConnection: close\r\n\r\n<xml>{h}",
                5 + h.len()
            ),
        ] {
            let mut stream = std::net::TcpStream::connect(&address).expect("it listens");
            stream.write_all(request.as_bytes()).expect("sent");
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer).replace('\r', "");
            clean("the answer", &answer);
        }
        let pid = child.id().to_string();
        std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        let mut stdout = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut stdout).expect("text");
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).expect("text");
        child.wait().expect("it ends");
        assert!(stdout.lines().count() >= 2, "{stdout}");
        clean("stdout", &stdout);
        clean("stderr", &rest);
        for args in
            [&["callback", "history"][..], &["callback", "history", "1"], &["callback", "history", "2"]]
        {
            let done = home.run(args.iter().chain(json)).done();
            clean(&format!("{args:?}"), &done.stdout);
            clean(&format!("{args:?}"), &done.stderr);
        }
    }
}
