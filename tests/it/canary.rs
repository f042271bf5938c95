//! F-52: what must never be shown is made of strings that occur nowhere else, and looked for in
//! everything that every command says under every fault, in every form that it could take.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::harness::{Done, Home};
use crate::redis::Redis;
use crate::upstream_server::{Answer, Call, Manner, Server, json};

const SECRET: &str = "CANARYSECRET/0+a b\"c'd<e>0123456789";
const TOKEN: &str = "CANARYTOKEN_0123456789-abcdefghijklmnop";
const TICKET: &str = "CANARYTICKET-0123456789_abcdefghijklmnop";
const CALLBACK: &str = "CANARYCALLBACK0123456789";
const REDIS: &str = "CANARYREDIS0123456789";
const PROXY: &str = "CANARYPROXY0123456789";

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
        [SECRET, TOKEN, TICKET, CALLBACK, REDIS, PROXY].map(|canary| (canary, forms(canary))).to_vec();
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
    let run = |args: &[&str], more: &str| -> Done {
        let args: Vec<&str> = args.iter().copied().chain([more]).collect();
        let run = home
            .run(args)
            .var("RUST_BACKTRACE", "full")
            .var("RUST_LOG", "trace")
            .var("https_proxy", format!("http://user:{PROXY}@127.0.0.1:9"));
        match cache {
            Some(url) => run.var("WECHECK_CACHE_URL", url).done(),
            None => run.done(),
        }
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
    for name in walk(home.path()) {
        for (canary, forms) in searched {
            if forms.iter().any(|form| name.contains(form.as_str())) {
                leaks.push(format!("{fault}: a file's name holds {canary}: {name}"));
            }
        }
    }
    leaks
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
fn what_is_no_secret_is_still_repeated_with_what_was_meant() {
    let said = |args: &[&str]| Home::new().run(args).done().stderr;
    assert!(said(&["tokne"]).contains("`tokne`"), "{}", said(&["tokne"]));
    assert!(said(&["tokne"]).contains("wecheck token"), "{}", said(&["tokne"]));
    assert!(said(&["token", "--refesh"]).contains("`--refesh`"), "{}", said(&["token", "--refesh"]));
    assert!(said(&["ticket", "--kind", "foo"]).contains("`foo`"), "{}", said(&["ticket", "--kind", "foo"]));
    assert!(said(&["verify", "--deep", "0"]).contains("1..=86400"), "{}", said(&["verify", "--deep", "0"]));
}
