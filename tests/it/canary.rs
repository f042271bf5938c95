//! F-52: what must never be shown is made of strings that occur nowhere else, and looked for in
//! everything that every command says under every fault, in every form that it could take.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use crate::callback_server;
use crate::harness::{Done, Home, Run};
use crate::redis::Redis;
use crate::serving;
use crate::upstream_server::{Answer, Call, Manner, Server, json};

const SECRET: &str = "CANARYSECRET/0+a b\"c'd<e>0123456789";
const TOKEN: &str = "CANARYTOKEN_0123456789-abcdefghijklmnop";
const TICKET: &str = "CANARYTICKET-0123456789_abcdefghijklmnop";
const CALLBACK: &str = "CANARYCALLBACK0123456789";
const REDIS: &str = "CANARYREDIS0123456789";
const PROXY: &str = "CANARYPROXY0123456789";
const SHARE: &str = "CANARYSHARE0123456789";
const AES_KEY: &str = "CANARYAESKEY0123456789abcdefghijklmnopqrstu";
const FORWARD: &str = "CANARYFORWARD0123456789";

/// Every form of a canary, whole and cut to its first 12 characters.
fn forms(canary: &str) -> Vec<String> {
    let percent: String = canary
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let quoted = serde_json::to_string(canary).expect("a string");
    let whole = [
        canary.to_owned(),
        percent.replace("%20", "+"),
        percent,
        STANDARD.encode(canary),
        STANDARD_NO_PAD.encode(canary),
        URL_SAFE_NO_PAD.encode(canary),
        hex::encode(canary),
        quoted.trim_matches('"').to_owned(),
    ];
    // A cached value may be named by its first 4 characters and its length: not by 12.
    whole.iter().map(|form| form.chars().take(12).collect()).collect()
}

type Script = fn(&Call) -> Answer;

/// An echo of what the server was sent is the worst that an errmsg or a page can hold.
fn echo(call: &Call) -> String {
    format!("{} {} {}", call.query, call.body.replace('"', "'"), SECRET)
}

const FAULTS: &[(&str, Script)] = &[
    ("well", |call| {
        if call.is_token() {
            return json(&format!("{{\"access_token\":\"{TOKEN}\",\"expires_in\":7200}}"));
        }
        json(&format!("{{\"errcode\":0,\"ticket\":\"{TICKET}\",\"expires_in\":7200}}"))
    }),
    ("an errmsg that echoes", |call| {
        let errmsg = serde_json::Value::String(echo(call));
        json(&format!("{{\"errcode\":40013,\"errmsg\":{errmsg}}}"))
    }),
    ("the token well, the ticket echoes", |call| {
        if call.is_token() {
            return json(&format!("{{\"access_token\":\"{TOKEN}\",\"expires_in\":7200}}"));
        }
        json(&format!(
            "{{\"errcode\":40001,\"errmsg\":\"invalid credential {TOKEN} {}\"}}",
            echo(call).replace('\\', "")
        ))
    }),
    ("a page that echoes", |call| {
        json(&format!("<html>{} {TOKEN}", echo(call))).header("Content-Type", "text/html")
    }),
    ("no life", |_| {
        json(&format!("{{\"access_token\":\"{TOKEN}\",\"ticket\":\"{TICKET}\",\"expires_in\":\"{TOKEN}\"}}"))
    }),
    ("cut", |_| json(&format!("{{\"access_token\":\"{TOKEN}"))),
    ("a shape", |_| json(&format!("{{\"access_token\":[\"{TOKEN}\"],\"errcode\":\"{TOKEN}\"}}"))),
    ("a redirect", |call| {
        json("").status(302).header("Location", &format!("http://{TOKEN}@x.example/{TOKEN}?{}", call.query))
    }),
    ("400", |call| json(&echo(call)).status(400)),
    ("a header", |_| json("{}").header("Content-Type", TOKEN).status(403)),
    ("a limit that echoes", |call| {
        json(&echo(call)).status(429).header("Retry-After", "999999").header("Date", &echo(call))
    }),
    ("the token cut off", |_| json("").manner(Manner::Reset)),
    ("the ticket cut off", |call| {
        let answer = json(&format!("{{\"access_token\":\"{TOKEN}\",\"expires_in\":7200}}"));
        if call.is_token() { answer } else { answer.manner(Manner::Reset) }
    }),
];

const COMMANDS: &[&[&str]] = &[
    &["sign", "https://m.example.com/?a=1", "--explain"],
    &["sign", "https://m.example.com/?a=1", "--json"],
    &["sign", "--kind", "card", "--card-id", "p1"],
    &["sign", "https://m.example.com/?a=1", "--emit", "html"],
    &[
        "verify",
        "--url",
        "https://m.example.com/",
        "--nonce",
        "n",
        "--timestamp",
        "1",
        "--signature",
        "0000000000000000000000000000000000000000",
    ],
    &["cache", "list"],
    &["cache", "list", "--json"],
    &["cache", "path"],
    &["config", "show"],
    &["config", "check"],
    &["doctor"],
    &["doctor", "--json"],
    &["cache", "clear"],
];

/// These print a value when all is well; when not, they print none either.
const PRINTERS: &[&[&str]] =
    &[&["token"], &["ticket", "--json"], &["token", "--refresh"], &["ticket", "--kind", "card"]];

#[test]
#[ignore = "needs redis-server"]
fn no_secret_is_seen_anywhere_but_where_it_was_asked_for() {
    let redis = Redis::start(&["--requirepass", REDIS]);
    let searched: Vec<(&str, Vec<String>)> =
        [SECRET, TOKEN, TICKET, CALLBACK, REDIS, PROXY, SHARE].map(|canary| (canary, forms(canary))).to_vec();
    let leaks: Vec<String> = std::thread::scope(|scope| {
        let wrong = format!("{REDIS}-wrong");
        let caches = [None, Some(REDIS), Some(wrong.as_str())].map(|password| {
            password.map(|password| redis.url().replace("redis://", &format!("redis://:{password}@")))
        });
        let faults: Vec<_> = FAULTS
            .iter()
            .flat_map(|fault| caches.clone().map(|cache| (fault, cache)))
            .map(|((name, script), cache)| {
                let searched = &searched;
                scope.spawn(move || under(name, *script, cache.as_deref(), searched))
            })
            .collect();
        faults.into_iter().flat_map(|fault| fault.join().expect("no panic")).collect()
    });
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

fn under(fault: &str, script: Script, cache: Option<&str>, searched: &[(&str, Vec<String>)]) -> Vec<String> {
    let server = Server::start(script);
    let home = Home::new();
    // Classic mode has the secret in its query, stable in its body.
    let mode = if cache.is_none() { "classic" } else { "stable" };
    home.file("secret", SECRET);
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\napi_base = \"{}\"\n\
         token_mode = \"{mode}\"\nsecret = {{ file = \"../../secret\" }}\ncallback_token = \"{CALLBACK}\"\n",
        server.base()
    ));
    let with = |run: Run| -> Run {
        let run = run
            .var("RUST_BACKTRACE", "full")
            .var("RUST_LOG", "trace")
            .var("https_proxy", format!("http://user:{PROXY}@127.0.0.1:9"));
        match cache {
            Some(url) => run.var("WECHECK_CACHE_URL", url),
            None => run,
        }
    };
    let run = |args: &[&str], more: &str| -> Done {
        let args: Vec<&str> = args.iter().copied().chain([more]).collect();
        with(home.run(args)).done()
    };
    // Where each fetch is tried three times, the loudest form of the commands that fetch is enough.
    let slow = fault.ends_with("cut off");
    let (flags, commands) =
        if slow { (&["-vv"][..], &COMMANDS[..1]) } else { (&["-vv", "--lang=zh"][..], COMMANDS) };
    let mut leaks = Vec::new();
    for (args, prints) in PRINTERS.iter().map(|a| (a, true)).chain(commands.iter().map(|a| (a, false))) {
        for more in flags {
            let done = run(args, more);
            assert_ne!(done.code, 70, "{fault}: {args:?}: {done}");
            let mut text = done.stderr.clone();
            if !(prints && done.code == 0) {
                text.push_str(&done.stdout);
            }
            for (canary, forms) in searched {
                if let Some(form) = forms.iter().find(|form| text.contains(form.as_str())) {
                    leaks.push(format!("{fault}: {args:?}: {canary} as {form}: {done}"));
                }
            }
        }
    }
    let faces = if slow {
        Vec::new()
    } else {
        vec![("mcp", to_an_assistant(&home, &with)), ("serve", to_a_browser(&home, &with))]
    };
    for (face, text) in faces {
        for (canary, forms) in searched {
            if let Some(form) = forms.iter().find(|form| text.contains(form.as_str())) {
                leaks.push(format!("{fault}: {face}: {canary} as {form}: {text}"));
            }
        }
    }
    for name in walk(home.path()) {
        for (canary, forms) in searched {
            if forms.iter().any(|form| name.contains(form.as_str())) {
                leaks.push(format!("{fault}: a file's name holds {canary}: {name}"));
            }
        }
    }
    leaks
}

/// Values of a signature that is wrong, with a url of the profile.
const WRONG: &str = r#""url":"http://localhost/a","nonce":"n0123456789","timestamp":"1","signature":"0000000000000000000000000000000000000000""#;

/// What `mcp` answers when an assistant asks for what uses the profile, and hands secrets over itself.
fn to_an_assistant(home: &Home, with: &dyn Fn(Run) -> Run) -> String {
    let calls = [
        ("sign_payload", r#""url":"http://localhost/""#.to_owned()),
        ("sign_payload", r#""kind":"card","card_id":"p1""#.to_owned()),
        ("sign_payload", format!(r#""url":"http://localhost/","ticket":"{TICKET}""#)),
        ("verify", WRONG.to_owned()),
        ("verify", format!(r#"{WRONG},"ticket":"{TICKET}","other_ticket":["{TOKEN}"]"#)),
        (
            "verify",
            format!(
                r#""from":"jsapi_ticket={TICKET}&noncestr=n&timestamp=1&url=http://localhost/ access_token={TOKEN}""#
            ),
        ),
        (
            "explain",
            format!(
                r#""what":"GET /x?access_token={TOKEN} {{\"errcode\":40001,\"errmsg\":\"access_token={TOKEN}\"}}""#
            ),
        ),
        (
            "callback_verify",
            format!(
                r#""request":"GET /?signature=a&timestamp=1&nonce=2&echostr=3","callback_token":"{CALLBACK}""#
            ),
        ),
        (
            "callback_verify",
            format!(r#""body":"<xml>","callback_token":"{CALLBACK}","encoding_aes_key":"{TOKEN}""#),
        ),
        ("nothing", format!(r#""secret":"{TOKEN}""#)),
        ("verify", format!(r#""secret":"{TOKEN}""#)),
    ];
    let lines = calls.iter().fold(String::new(), |mut lines, (tool, arguments)| {
        let call = format!("{{\"name\":\"{tool}\",\"arguments\":{{{arguments}}}}}");
        let _ =
            writeln!(lines, "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{call}}}");
        lines
    });
    let done = with(home.run(["mcp", "-vv"])).stdin(lines).done();
    assert!(done.code == 0 && done.stdout.lines().count() == calls.len(), "{done}");
    assert!(!done.stdout.contains("-32700"), "every line is JSON: {done}");
    done.to_string()
}

/// What `serve` answers to someone without the key, and what it logs.
fn to_a_browser(home: &Home, with: &dyn Fn(Run) -> Run) -> String {
    let key = |run: Run| with(run).var("WECHECK_SHARE_KEY", SHARE);
    let server = serving::Server::start_with(home, &["--share", "-vv"], key);
    let mut text = String::new();
    for path in [
        "/",
        "/sign?url=http://localhost/",
        "/sign?url=http://localhost/&kind=card-ext&card_id=x",
        "/metrics",
    ] {
        text += &format!("{path} {:?}\n", server.get(path));
    }
    let wrong = format!("Authorization: Bearer {}", &SHARE[..10]);
    for path in ["/token", "/ticket?kind=jsapi"] {
        text += &format!("{path} {:?}\n", server.ask("GET", path, &[&wrong], ""));
    }
    for (path, body) in [
        ("/api/verify", format!("{{{WRONG}}}")),
        (
            "/api/callback-verify",
            format!(
                r#"{{"request":"GET /?signature=a&timestamp=1&nonce=2&echostr=3","callback_token":"{CALLBACK}"}}"#
            ),
        ),
        ("/api/callback-verify", format!(r#"{{"callback_token":"{CALLBACK}","nonc":"x"}}"#)),
        ("/api/verify", format!(r#"{{"callback_token":"{CALLBACK}"}}"#)),
    ] {
        let answer = server.ask("POST", path, &["Content-Type: application/json"], &body);
        assert_ne!(answer.status, 415, "{answer:?}");
        text += &format!("{path} {answer:?}\n");
    }
    text + &server.stop().to_string()
}

/// A listener has token and key, and an address with a password to pass requests on to.
#[test]
fn a_listener_shows_no_secret() {
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\ncallback_token = \"{CALLBACK}\"\n\
         encoding_aes_key = \"{AES_KEY}\"\n"
    ));
    let app = callback_server::Server::start(|_| callback_server::text(500, format!("{CALLBACK} {AES_KEY}")));
    let forward = app.url("/").replace("http://", &format!("http://user:{FORWARD}@"));
    let searched = [CALLBACK, AES_KEY, FORWARD].map(forms).concat();
    for more in [&["-vv"][..], &["-vv", "--json"], &["-vv", "--lang", "zh", "--forward", &forward]] {
        let args = ["callback", "listen", "--listen", "127.0.0.1:0"].iter().chain(more);
        let mut child = home.run(args).spawn();
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (mut said, mut line) = (String::new(), String::new());
        while !line.contains("http://127.0.0.1:") || line.contains("CANARY") {
            said += &line;
            line.clear();
            if stderr.read_line(&mut line).expect("text") == 0 {
                break;
            }
        }
        said += &line;
        // Credentials in the address may be refused at the start, which is an answer too.
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).map(str::to_owned);
        for request in [
            "GET /?signature=a&timestamp=1&nonce=2&echostr=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "POST /?msg_signature=a&timestamp=1&nonce=2 HTTP/1.1\r\nHost: a\r\nContent-Length: 39\r\nConnection: close\r\n\r\n<xml><Encrypt>abcdefgh</Encrypt></xml>\r\n",
        ] {
            let Some(mut stream) =
                address.as_ref().and_then(|address| std::net::TcpStream::connect(address).ok())
            else {
                continue;
            };
            stream.write_all(request.as_bytes()).expect("sent");
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            said += &String::from_utf8_lossy(&answer);
        }
        let _ = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
        stderr.read_to_string(&mut said).expect("text");
        child.wait().expect("it ends");
        assert!(address.is_some() || more.contains(&"--forward"), "{said}");
        for args in [
            &["callback", "history"][..],
            &["callback", "history", "1", "--json"],
            &["callback", "history", "2"],
        ] {
            said += &home.run(args).done().to_string();
        }
        let leaked = searched.iter().find(|form| said.contains(form.as_str()));
        assert_eq!(leaked, None, "{more:?}: {said}");
    }
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("an entry").path();
        names.push(path.display().to_string());
        if path.is_dir() {
            names.extend(walk(&path));
        }
    }
    names
}

/// A secret that is typed if none is taken reaches the screen of anyone who looks on, and CI's log.
#[test]
fn what_the_parser_refuses_is_not_repeated() {
    for args in [
        &["token", SECRET][..],
        // With a digit or a space in it, it would be a text to explain.
        &["canarysecretlowercaseonly"],
        &["sign", "https://m.example.com/", SECRET],
        &["cache", "import", "--from", SECRET],
        &["ticket", "--kind", SECRET],
        &["verify", "--deep", SECRET],
        &["config", SECRET],
        &["token", "--", SECRET],
        &["token", "--refresh=CANARYSECRET"],
        &["token", "--json=CANARYSECRET"],
        &["token", "--color", SECRET],
        &["token", "--secret=CANARYSECRET"],
        &["token", "canarysecretlowercaseonly"],
        &["domain-check", "a.example", "--resolve", SECRET],
    ] {
        for json in [&[][..], &["--json"]] {
            let done = Home::new().run(args.iter().take(1).chain(json).chain(&args[1..])).done();
            let text = done.to_string();
            assert_eq!(done.code, 2, "{args:?} {done}");
            let shown = forms(SECRET).iter().any(|form| text.contains(form.as_str()));
            assert!(!shown && !text.to_ascii_lowercase().contains("canarysecret"), "{args:?} {done}");
            assert!(text.contains("help") || !done.json()["error"]["fix"].is_null(), "{args:?} {done}");
        }
    }
}

#[test]
fn other_words_are_still_repeated_with_what_was_meant() {
    let said = |args: &[&str]| Home::new().run(args).done().stderr;
    assert!(said(&["tokne"]).contains("`tokne`"), "{}", said(&["tokne"]));
    assert!(said(&["tokne"]).contains("wecheck token"), "{}", said(&["tokne"]));
    assert!(said(&["token", "--refesh"]).contains("`--refesh`"), "{}", said(&["token", "--refesh"]));
    assert!(said(&["ticket", "--kind", "foo"]).contains("`foo`"), "{}", said(&["ticket", "--kind", "foo"]));
    assert!(said(&["verify", "--deep", "0"]).contains("1..=86400"), "{}", said(&["verify", "--deep", "0"]));
}
