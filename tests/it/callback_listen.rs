//! `wecheck callback listen`, `history`, `replay` and `send`: floods, hanging apps, bytes that stay.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wecheck::callback::call::{Credentials, Stamp, message, verification};
use wecheck::callback::receiver::Receiver;
use wecheck::callback::{AesKey, sample};
use wecheck::secret::Secret;

use crate::callback_server::{Call, Server, text};
use crate::harness::{Home, Run, amount};

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const ID: &str = "ww0123456789abcdef";

fn with_keys(run: Run) -> Run {
    run.var("WECHECK_CALLBACK_TOKEN", TOKEN)
        .var("WECHECK_ENCODING_AES_KEY", KEY)
        .var("WECHECK_APPID", ID)
        .var("WECHECK_PLATFORM", "work")
}

/// A running listener; its lines arrive one by one.
struct Listener {
    child: Child,
    address: SocketAddr,
    lines: mpsc::Receiver<String>,
}

impl Listener {
    fn start(home: &Home, more: &[&str]) -> Self {
        let args = ["callback", "listen", "--listen", "127.0.0.1:0"].iter().chain(more);
        let mut child = with_keys(home.run(args))
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut first = String::new();
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr"));
        stderr.read_line(&mut first).expect("a line");
        let address = first.split("http://").nth(1).unwrap_or_else(|| panic!("no address in `{first}`"));
        let address = address.trim().parse().expect("an address");
        std::thread::spawn(move || {
            let _ = stderr.read_to_string(&mut String::new());
        });
        let stdout = BufReader::new(child.stdout.take().expect("stdout"));
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, address, lines }
    }

    fn line(&self) -> Value {
        let line = self.lines.recv_timeout(Duration::from_secs(10)).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"))
    }

    /// SIGTERM, and its exit code.
    fn end(mut self) -> i32 {
        let pid = self.child.id().to_string();
        std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_client_that_still_sends_gets_its_refusal() {
    let home = Home::new();
    let listener = Listener::start(&home, &[]);
    let body = vec![b'x'; 20 << 20];
    let long = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    for (head, status) in
        [(long.as_str(), "413"), ("nonsense\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nX: ", "431")]
    {
        for turn in 0..amount("WECHECK_TEST_REFUSALS", 10) {
            let mut stream = TcpStream::connect(listener.address).expect("it listens");
            let sent = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(&body[..(2 << 20) * (turn % 10 + 1)]));
            let mut answer = String::new();
            let read = stream.read_to_string(&mut answer);
            assert!(
                sent.is_ok() && answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{status}: {sent:?} {read:?} `{answer}`"
            );
        }
    }
    assert_eq!(listener.end(), 0);
}

fn stamp(nonce: &str) -> Stamp {
    Stamp { timestamp: "1700000000".into(), nonce: nonce.into(), random: *b"0123456789abcdef" }
}

/// A POST of a text message to a listener, as bytes.
fn post(content: &str, wrong: bool) -> Vec<u8> {
    let (token, key) = (Secret::new(TOKEN), AesKey::read(&Secret::new(KEY)).expect("a key"));
    let with = Credentials { token: &token, key: Some(&key), receive_id: ID, agent_id: Some("7") };
    let text = format!(
        "<xml><ToUserName><![CDATA[{ID}]]></ToUserName><FromUserName><![CDATA[u]]></FromUserName>\
         <CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>\
         <Content><![CDATA[{content}]]></Content><MsgId>1</MsgId><AgentID>7</AgentID></xml>"
    );
    let call = message(Receiver::Work, &with, &stamp("n"), &text, (ID, "u"), wrong).expect("short");
    format!(
        "POST /any/path?{} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        call.query,
        call.body.len(),
        call.body
    )
    .into_bytes()
}

fn get(echo: &str) -> Vec<u8> {
    let (token, key) = (Secret::new(TOKEN), AesKey::read(&Secret::new(KEY)).expect("a key"));
    let with = Credentials { token: &token, key: Some(&key), receive_id: ID, agent_id: None };
    let call = verification(Receiver::Work, &with, &stamp("n"), echo, false).expect("short");
    format!("GET /?{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", call.query).into_bytes()
}

/// Status and body of the answer to some bytes.
fn exchange(address: SocketAddr, bytes: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(8))).expect("a timeout");
    stream.write_all(bytes).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    (status, answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned())
}

#[test]
fn it_stands_in_for_an_app() {
    let home = Home::new();
    let listener = Listener::start(&home, &["--json"]);
    assert_eq!(exchange(listener.address, &get("4711")), (200, "4711".to_owned()));
    let line = listener.line();
    assert_eq!(
        (&line["event"], &line["ok"], &line["status"]),
        (&json!("verification"), &json!(true), &json!(200))
    );
    assert_eq!(exchange(listener.address, &post("SECRET-CONTENT", false)), (200, "success".to_owned()));
    let line = listener.line();
    assert_eq!(
        (&line["event"], &line["path"], &line["answered_by"]),
        (&json!("text"), &json!("/any/path"), &json!("wecheck"))
    );
    assert!(!line.to_string().contains("SECRET-CONTENT"), "{line}");
    assert_eq!(exchange(listener.address, &post("x", true)).0, 403);
    let line = listener.line();
    assert_eq!((&line["ok"], &line["status"]), (&json!(false), &json!(403)));
    assert!(line["mistakes"][0]["id"].as_str().is_some_and(|id| id.starts_with("token-")), "{line}");
    assert_eq!(
        exchange(listener.address, b"GET /favicon.ico HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").0,
        403
    );
    assert!(listener.line()["note"].as_str().is_some_and(|note| note.contains("not a request of WeChat")));
    // Every one of them is kept, by the file's own right only.
    let done = with_keys(home.run(["callback", "history", "--json"])).done();
    let report = done.json();
    let kept = report["requests"].as_array().expect("requests");
    let statuses: Vec<&Value> = kept.iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [&json!(200), &json!(200), &json!(403), &json!(403)], "{done}");
    for field in ["id", "at", "method", "kind", "ok", "status"] {
        assert!(kept.iter().all(|one| one.get(field).is_some()), "{field}: {done}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = home.path().join(".cache/wecheck/callbacks/requests.jsonl");
        let text = std::fs::read_to_string(&file).expect("the history");
        assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
        for secret in [TOKEN, KEY, "SECRET-CONTENT"] {
            assert!(!text.contains(secret) && !done.to_string().contains(secret), "{secret}");
        }
    }
    let done = with_keys(home.run(["callback", "history", "2", "--json"])).done();
    assert!(done.json()["message"].as_str().is_some_and(|text| text.contains("SECRET-CONTENT")), "{done}");
    assert_eq!(listener.end(), 0);
}

#[test]
fn what_steers_a_terminal_is_escaped_in_every_line_and_document() {
    let home = Home::new();
    let listener = Listener::start(&home, &["--json", "-v"]);
    let steers = |text: &str| {
        text.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    assert_eq!(exchange(listener.address, &post("a\u{9b}31m\u{202e}b", false)).0, 200);
    let line = listener.lines.recv_timeout(Duration::from_secs(10)).expect("a line");
    assert!(!steers(&line) && line.contains("\\u009b31m\\u202e"), "{line}");
    let strange = "GET /\u{202e}x?signature=\u{9b}&timestamp=1&nonce=2 HTTP/1.1\r\nHost: a\u{202e}\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(listener.address, strange.as_bytes()).0, 403);
    let line = listener.lines.recv_timeout(Duration::from_secs(10)).expect("a line");
    assert!(!steers(&line), "{line}");
    for args in [
        &["history"][..],
        &["history", "1"],
        &["history", "2"],
        &["history", "--json"],
        &["history", "1", "--json"],
        &["history", "2", "--json"],
    ] {
        let done = with_keys(home.run(["callback"].iter().chain(args))).done();
        assert!(done.code == 0 && !steers(&done.stdout), "{args:?} {done}");
    }
}

#[test]
fn history_compares_the_receive_id() {
    let home = Home::new();
    let listener = Listener::start(&home, &["--json"]);
    exchange(listener.address, &post("x", false));
    exchange(listener.address, &get("4711"));
    for id in ["1", "2"] {
        let run = |more: &[&str]| {
            with_keys(home.run(["callback", "history", id, "--json"].iter().chain(more))).done()
        };
        let done = run(&[]);
        assert_eq!((done.code, &done.json()["receive_id"]), (0, &json!(ID)), "{done}");
        assert_eq!(done.json()["receive_id_fits"], json!(null));
        assert_eq!(run(&["--receive-id", ID]).json()["receive_id_fits"], json!(true));
        let done = run(&["--receive-id", "other"]);
        assert_eq!((done.code, &done.json()["receive_id_fits"]), (1, &json!(false)), "{done}");
    }
}

/// An event that WeChat wants answered within a second.
#[test]
fn a_change_of_an_authorization_has_to_be_answered_within_a_second() {
    let app = Server::start(|_| crate::callback_server::Say::Late(1_300, Box::new(text(200, "success"))));
    let url = app.url("/wx");
    for (event, code) in [("create_auth", 1), ("suite_ticket", 0)] {
        let done = with_keys(Home::new().run([
            "callback",
            "send",
            event,
            "--to",
            &url,
            "--kind",
            "suite-command",
            "--receive-id",
            ID,
            "--json",
        ]))
        .done();
        assert_eq!(done.code, code, "{event}: {done}");
    }
}

#[test]
fn no_secret_is_printed_or_kept_in_the_index() {
    let home = Home::new();
    // An app that says everything it knows.
    let app = Server::start(|_| text(500, format!("token={TOKEN} key={KEY} {TOKEN}x")));
    let url = app.url("/wx");
    let listener = Listener::start(&home, &["--json", "--forward", &url, "-vv"]);
    exchange(listener.address, &get("4711"));
    exchange(listener.address, &post("hello", false));
    exchange(listener.address, &post("hello", true));
    let mut said: Vec<String> = (0..3).map(|_| listener.line().to_string()).collect();
    for args in [
        &["history", "-vv"][..],
        &["history", "2", "-vv", "--json"],
        &["replay", "1", "2", "--to", &url, "-vv", "--json"],
        &["replay", "2", "--to", &url, "--resign", "-vv"],
        &["probe", &url, "-vv", "--json"],
        &["probe", &url, "-vv"],
        &["send", "text", "--to", &url, "-vv", "--json"],
        &["send", "text", "--to", &url, "-vv"],
        &["send", "text", "--to", &url, "--print", "curl"],
    ] {
        said.push(with_keys(home.run(["callback"].iter().chain(args))).done().to_string());
    }
    assert_eq!(listener.end(), 0);
    for file in std::fs::read_dir(home.path().join(".cache/wecheck/callbacks")).expect("a folder").flatten() {
        said.push(file.file_name().to_string_lossy().into_owned());
        said.push(std::fs::read_to_string(file.path()).unwrap_or_default());
    }
    for text in said {
        assert!(!text.contains(TOKEN) && !text.contains(KEY), "{text}");
    }
}

#[test]
fn the_apps_answer_is_passed_on_and_judged() {
    let home = Home::new();
    let seen: Arc<Mutex<Vec<Call>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let app = Server::start(move |call| {
        kept.lock().unwrap().push(call.clone());
        if call.is_get() { text(200, "12") } else { text(200, "plain nonsense") }
    });
    let url = app.url("/wx?app=1");
    let listener = Listener::start(&home, &["--json", "--forward", &url]);
    assert_eq!(exchange(listener.address, &get("4711")), (200, "4711".to_owned()), "answered all the same");
    let line = listener.line();
    assert_eq!(
        (&line["forward"]["findings"][0]["id"], &line["ok"]),
        (&json!("echo-wrong"), &json!(false)),
        "{line}"
    );
    let bytes = post("hello", false);
    assert_eq!(exchange(listener.address, &bytes), (200, "plain nonsense".to_owned()));
    let line = listener.line();
    assert_eq!(
        (&line["answered_by"], &line["forward"]["findings"][0]["id"]),
        (&json!("app"), &json!("reply-unknown"))
    );
    let came = seen.lock().unwrap()[1].clone();
    let sent = String::from_utf8(bytes).expect("text");
    let (head, body) = sent.split_once("\r\n\r\n").expect("a body");
    let query = head.split('?').nth(1).and_then(|rest| rest.split(' ').next()).expect("a query");
    assert_eq!((came.target, came.body), (format!("/wx?app=1&{query}"), body.as_bytes().to_vec()));
    // A wrong signature does not reach the app.
    assert_eq!(exchange(listener.address, &post("x", true)).0, 403);
    assert_eq!(seen.lock().unwrap().len(), 2);
    // A replay is byte for byte what came; signed again, only the stamp differs.
    seen.lock().unwrap().clear();
    let replay = |more: &[&str]| {
        let args = ["callback", "replay", "2", "--to", &url, "--json"];
        with_keys(home.run(args.iter().chain(more))).done()
    };
    let done = replay(&[]);
    assert_eq!((done.code, &done.json()["requests"][0]["status"]), (1, &json!(200)), "{done}");
    let again = seen.lock().unwrap().remove(0);
    assert_eq!((again.target, again.body), (format!("/wx?app=1&{query}"), body.as_bytes().to_vec()));
    replay(&["--resign"]);
    let again = seen.lock().unwrap().remove(0);
    assert_eq!(again.body, body.as_bytes());
    assert_ne!(again.value("timestamp"), "1700000000");
    let signed = wecheck::callback::Signed {
        timestamp: again.value("timestamp").into(),
        nonce: again.value("nonce").into(),
        encrypt: wecheck::callback::body::read(body).expect("a body").encrypt,
    };
    assert_eq!(again.value("msg_signature"), wecheck::callback::signature(&Secret::new(TOKEN), &signed));
    let done = with_keys(home.run(["callback", "replay", "99", "--to", &url])).done();
    assert_eq!(done.code, 2, "{done}");
}

/// The resident memory of a process, in KiB.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default().to_owned();
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Seconds of a flood and requests a second: short, unless `tests/run --long` says otherwise.
fn flood() -> (u64, u64) {
    let seconds = amount("WECHECK_TEST_FLOOD", 0) as u64;
    if seconds == 0 { (2, 200) } else { (seconds, 500) }
}

/// Sends the flood; the slowest answer and the number of those that were not 200.
fn send_flood(address: SocketAddr) -> (Duration, usize) {
    let (seconds, rate) = flood();
    let total = usize::try_from(seconds * rate).expect("a number");
    let bytes = post("flood", false);
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let slowest = Mutex::new(Duration::ZERO);
    let failed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        // More senders than forwards in flight, so that the listener has to answer by itself.
        for _ in 0..400 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= total {
                        break;
                    }
                    let due =
                        Duration::from_micros(1_000_000 / rate) * u32::try_from(number).unwrap_or(u32::MAX);
                    std::thread::sleep(due.saturating_sub(begun.elapsed()));
                    let sent = Instant::now();
                    if exchange(address, &bytes) != (200, "success".to_owned()) {
                        failed.fetch_add(1, Ordering::SeqCst);
                    }
                    let mut slowest = slowest.lock().expect("no sender panics");
                    *slowest = slowest.max(sent.elapsed());
                }
            });
        }
    });
    (slowest.into_inner().expect("no sender panics"), failed.into_inner())
}

fn survives(app: &str, home: &Home) {
    let listener = Listener::start(home, &["--json", "--forward", app]);
    exchange(listener.address, &get("1"));
    let before = memory(listener.child.id());
    let (slowest, failed) = send_flood(listener.address);
    assert_eq!(failed, 0, "not answered rightly");
    assert!(slowest < Duration::from_secs(5), "the slowest answer took {slowest:?}");
    let after = memory(listener.child.id());
    assert!(after < before + 64 * 1024, "memory grew from {before} to {after} KiB");
    let done = with_keys(home.run(["callback", "history", "--json"])).done();
    let kept = done.json()["requests"].as_array().expect("requests").len();
    assert!((100..=1_000).contains(&kept), "{kept} kept");
    let folder = home.path().join(".cache/wecheck/callbacks");
    let size: u64 = std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|file| file.metadata().map_or(0, |meta| meta.len()))
        .sum();
    assert!(size < 64 * 1024 * 1024, "{size} bytes kept");
    assert_eq!(listener.end(), 0);
}

#[test]
fn a_flood_with_nothing_behind_it_is_answered() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    survives(&format!("http://{free}/wx"), &Home::new());
}

#[test]
fn a_flood_with_a_hanging_app_is_answered() {
    let app = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = app.local_addr().expect("an address");
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, top) = (Arc::clone(&open), Arc::clone(&most));
    std::thread::spawn(move || {
        for mut stream in app.incoming().flatten() {
            let now = Arc::clone(&now);
            top.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::spawn(move || {
                // Reads until the listener gives up, and never answers.
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).is_ok_and(|count| count > 0) {}
                now.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    survives(&format!("http://{address}/wx"), &Home::new());
    let most = most.load(Ordering::SeqCst);
    // One that has just been given up may still be counted here.
    assert!((100..=270).contains(&most), "{most} forwards at a time");
}

#[test]
fn every_sample_survives_encryption_sending_and_decryption() {
    let home = Home::new();
    let listener = Listener::start(&home, &["--json", "-v"]);
    let url = format!("http://{}/x", listener.address);
    let mut seen = 0;
    for group in ["mp", "work", "suite", "component", "bot"] {
        // The listener knows one receive id; each kind's sample is sent to it as it would be to an app.
        for one in sample::all().filter(|one| one.group == group) {
            let kind = if group == "bot" { "bot" } else { "work" };
            let kind = if one.group == "work" || group == "bot" { kind } else { "mp-encrypted" };
            let receiver = Receiver::from_name(kind).expect("a kind");
            let text = one.fill(&sample::Values {
                to: "to",
                from: "from",
                receive_id: ID,
                now: 1_700_000_000,
                id: "1234567890123456789",
                agent_id: "7",
            });
            let (token, key) = (Secret::new(TOKEN), AesKey::read(&Secret::new(KEY)).expect("a key"));
            let with = Credentials { token: &token, key: Some(&key), receive_id: ID, agent_id: Some("7") };
            let call = message(receiver, &with, &stamp("n"), &text, ("to", "from"), false).expect("short");
            let bytes = format!(
                "POST /?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                call.query,
                call.body.len(),
                call.body
            );
            assert_eq!(exchange(listener.address, bytes.as_bytes()).0, 200, "{group} {}", one.name);
            let line = listener.line();
            assert_eq!(
                (&line["ok"], &line["message"]),
                (&json!(true), &json!(text)),
                "{group} {}: {line}",
                one.name
            );
            assert!(line["event"].is_string(), "{group} {}: {line}", one.name);
            seen += 1;
        }
    }
    assert!(seen >= 100, "{seen}");
    // And by the command itself, changed by path.
    let args = ["callback", "send", "scancode_push", "--to", &url, "--kind", "work", "--json"];
    let done =
        with_keys(home.run(args.iter().chain(&["--set", "ScanCodeInfo.ScanResult=changed here"]))).done();
    let report = done.json();
    assert_eq!(
        (done.code, &report["verdict"], &report["answers"][0]["body"]),
        (0, &json!("pass"), &json!("success")),
        "{done}"
    );
    let line = listener.line();
    assert!(line["message"].as_str().is_some_and(|text| text.contains("<![CDATA[changed here]]>")), "{line}");
}

#[test]
fn send_lists_prints_repeats_and_takes_a_message_of_ones_own() {
    let home = Home::new();
    let seen: Arc<Mutex<Vec<Call>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let app = Server::start(move |call| {
        kept.lock().unwrap().push(call.clone());
        text(200, "success")
    });
    let url = app.url("/wx");
    let send = |args: &[&str]| with_keys(home.run(["callback", "send"].iter().chain(args))).done();
    let report = send(&["--list", "--json"]).json();
    let samples = report["samples"].as_array().expect("samples");
    assert!(
        samples.len() >= 70
            && samples
                .iter()
                .all(|one| one["name"].is_string() && one["kind"].is_string() && one["format"].is_string())
    );
    let done =
        send(&["text", "--to", &url, "--count", "5", "--same-id", "--concurrency", "3", "--plain", "--json"]);
    assert_eq!((done.code, &done.json()["right"]), (0, &json!(5)), "{done}");
    let bodies: Vec<Vec<u8>> = seen.lock().unwrap().drain(..).map(|call| call.body).collect();
    assert!(bodies.len() == 5 && bodies.iter().all(|body| body == &bodies[0]), "one id");
    send(&["text", "--to", &url, "--count", "2", "--plain"]);
    let bodies: Vec<Vec<u8>> = seen.lock().unwrap().drain(..).map(|call| call.body).collect();
    assert_ne!(bodies[0], bodies[1], "two ids");
    let done = with_keys(home.run(["callback", "send", "-", "--to", &url, "--plain"]))
        .stdin("<xml><A>1</A></xml>")
        .done();
    assert_eq!(
        (done.code, seen.lock().unwrap().remove(0).body),
        (0, b"<xml><A>1</A></xml>".to_vec()),
        "{done}"
    );
    let done = send(&["text", "--to", &url, "--print", "curl"]);
    assert!(done.code == 0 && done.stdout.starts_with("curl -X POST 'http://127.0.0.1:"), "{done}");
    assert!(!done.stdout.contains(TOKEN) && !done.stdout.contains(KEY) && seen.lock().unwrap().is_empty());
    for (args, said) in [
        (&["txt", "--to", url.as_str()][..], "did you mean `text`"),
        (&["text"], "--to"),
        (&["text", "--to", &url, "--count", "0"], "--count"),
        (&["text", "--to", &url, "--set", "Content.X=1"], "Content.X"),
        (&["text", "--to", &url, "--set", "nothing"], "PATH=VALUE"),
    ] {
        let done = send(args);
        assert!(done.code == 2 && done.stderr.contains(said), "{args:?}: {done}");
    }
}
