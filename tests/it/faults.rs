//! What servers do to a fetch: the rows of the list of faults, one after another, each under its
//! number. Every row is one process and then a few at once, against a real server.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Done, Home};
use crate::tokens::{office, shop, together};
use crate::upstream_server::{Answer, Call, Manner, Server, json, wechat};

/// A server that does one thing, and what has to come of it.
struct Row {
    name: &'static str,
    answer: fn(&Call) -> Answer,
    code: i32,
    says: &'static str,
    /// Calls of six processes together.
    calls: usize,
}

fn token(expires_in: &str) -> Answer {
    json(&format!("{{\"access_token\":\"A-TOKEN\",\"expires_in\":{expires_in}}}"))
}

fn page(body: &str) -> Answer {
    json(body).header("Content-Type", "text/html; charset=utf-8")
}

const ROWS: &[Row] = &[
    Row {
        name: "F-13 busy",
        answer: |_| json("{\"errcode\":-1,\"errmsg\":\"system error\"}"),
        code: 5,
        says: "errcode -1: system error\nhint: wecheck errcode explain -1",
        calls: 3,
    },
    Row {
        name: "F-14 day's quota",
        answer: |_| json("{\"errcode\":45009,\"errmsg\":\"reach max api daily quota limit\"}"),
        code: 5,
        says: "errcode 45009",
        calls: 1,
    },
    Row {
        name: "F-14 minute's quota",
        answer: |_| json("{\"errcode\":45011,\"errmsg\":\"api minute-quota reach limit\"}"),
        code: 5,
        says: "errcode 45011",
        calls: 1,
    },
    Row {
        name: "F-14 45033",
        answer: |_| json("{\"errcode\":45033,\"errmsg\":\"concurrent\"}"),
        code: 5,
        says: "errcode 45033",
        calls: 1,
    },
    Row {
        name: "F-15 wrong secret",
        answer: |_| json("{\"errcode\":40001,\"errmsg\":\"invalid credential\"}"),
        code: 5,
        says: "errcode 40001",
        calls: 1,
    },
    Row {
        name: "F-15 wrong secret, mp",
        answer: |_| json("{\"errcode\":40125,\"errmsg\":\"invalid appsecret\"}"),
        code: 5,
        says: "wecheck errcode explain 40125",
        calls: 1,
    },
    Row {
        name: "F-15 wrong id",
        answer: |_| json("{\"errcode\":40013,\"errmsg\":\"invalid appid\"}"),
        code: 5,
        says: "errcode 40013",
        calls: 1,
    },
    Row {
        name: "F-15 ip, mp",
        answer: |_| {
            json(
                "{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b\"}",
            )
        },
        code: 5,
        says: "rid: 5f1a2b3c-0a1b2c3d-4e5f6a7b; the ip it sees is `203.0.113.7`",
        calls: 1,
    },
    Row {
        name: "F-15 ip, work",
        answer: |_| {
            json(
                "{\"errcode\":60020,\"errmsg\":\"not allow to access from your ip, hint: [1], from ip: 203.0.113.8, more info at https://x\"}",
            )
        },
        code: 5,
        says: "the ip it sees is `203.0.113.8`",
        calls: 1,
    },
    Row {
        name: "F-15 41002",
        answer: |_| json("{\"errcode\":41002,\"errmsg\":\"appid missing\"}"),
        code: 5,
        says: "errcode 41002",
        calls: 1,
    },
    Row {
        name: "F-15 41004",
        answer: |_| json("{\"errcode\":41004,\"errmsg\":\"corpsecret missing\"}"),
        code: 5,
        says: "errcode 41004",
        calls: 1,
    },
    Row {
        name: "F-15 48001",
        answer: |_| json("{\"errcode\":48001,\"errmsg\":\"api unauthorized\"}"),
        code: 5,
        says: "errcode 48001",
        calls: 1,
    },
    Row {
        name: "F-15 50002",
        answer: |_| json("{\"errcode\":50002,\"errmsg\":\"user limited\"}"),
        code: 5,
        says: "errcode 50002",
        calls: 1,
    },
    Row {
        name: "F-16 HTML",
        answer: |_| page("<html><title>502 Bad Gateway</title>"),
        code: 4,
        says: "no JSON but text/html; charset=utf-8: <html><title>502 Bad Gateway</title>",
        calls: 1,
    },
    Row {
        name: "F-16 empty",
        answer: |_| json(""),
        code: 4,
        says: "the server gave an empty answer",
        calls: 1,
    },
    Row {
        name: "F-16 cut JSON",
        answer: |_| json("{\"access_token\":\"A-TOKEN"),
        code: 4,
        says: "JSON that is cut short",
        calls: 1,
    },
    Row { name: "F-16 null", answer: |_| json("null"), code: 4, says: "the server gave", calls: 1 },
    Row { name: "F-16 array", answer: |_| json("[]"), code: 4, says: "the server gave", calls: 1 },
    Row {
        name: "F-16 nothing in it",
        answer: |_| json("{}"),
        code: 4,
        says: "an answer without access_token",
        calls: 1,
    },
    Row {
        name: "F-16 twice",
        answer: |_| json("{\"access_token\":\"A\",\"access_token\":\"B\",\"expires_in\":7200}"),
        code: 4,
        says: "JSON of another shape",
        calls: 1,
    },
    Row {
        name: "F-16 deep",
        answer: |_| json(&"[".repeat(60_000)),
        code: 4,
        says: "the server gave",
        calls: 1,
    },
    Row {
        name: "F-16 no HTTP",
        answer: |_| json("").manner(Manner::Garbage),
        code: 4,
        says: "error: ",
        calls: 1,
    },
    Row {
        name: "F-16 as text/plain, with a BOM",
        answer: |_| {
            let mut answer = token("7200").header("Content-Type", "text/plain");
            answer.body.splice(0..0, *b"\xef\xbb\xbf");
            answer
        },
        code: 0,
        says: "",
        calls: 1,
    },
    Row {
        name: "F-17 endless",
        answer: |_| json("").manner(Manner::Endless),
        code: 4,
        says: "the answer is larger than 64 KiB",
        calls: 1,
    },
    Row {
        name: "F-17 10 GiB promised",
        answer: |_| {
            let mut answer = json(&" ".repeat(200_000));
            answer.headers.push(("Content-Length".into(), "10737418240".into()));
            answer
        },
        code: 4,
        says: "the answer is larger than 64 KiB",
        calls: 1,
    },
    Row {
        name: "F-20 301",
        answer: |_| {
            json("").status(301).header("Location", "http://elsewhere.example/x?access_token=A-TOKEN")
        },
        code: 4,
        says: "the server redirects to `elsewhere.example`",
        calls: 1,
    },
    Row {
        name: "F-20 308 to itself",
        answer: |call| json("").status(308).header("Location", &call.path),
        code: 4,
        says: "the server redirects to `127.0.0.1",
        calls: 1,
    },
    Row {
        name: "F-21 500",
        answer: |_| json("").status(500),
        code: 4,
        says: "the server answered HTTP 500",
        calls: 3,
    },
    Row {
        name: "F-21 502 with a page",
        answer: |_| page("<h1>Bad Gateway</h1>").status(502),
        code: 4,
        says: "HTTP 502: <h1>Bad Gateway</h1>",
        calls: 3,
    },
    Row {
        name: "F-21 504",
        answer: |_| page("<h1>Gateway Time-out</h1>").status(504),
        code: 4,
        says: "HTTP 504: <h1>Gateway Time-out</h1>",
        calls: 3,
    },
    Row {
        name: "F-21 429, once more in 1 s",
        answer: |call| {
            if call.before == 0 { json("").status(429).header("Retry-After", "1") } else { token("7200") }
        },
        code: 0,
        says: "",
        calls: 2,
    },
    Row {
        name: "F-21 429, in days",
        answer: |_| json("").status(429).header("Retry-After", "999999"),
        code: 4,
        says: "HTTP 429, to be asked again in 999999 s",
        calls: 1,
    },
    Row {
        name: "F-21 503, a garbled Retry-After",
        answer: |_| json("").status(503).header("Retry-After", "soon"),
        code: 4,
        says: "HTTP 503",
        calls: 3,
    },
    Row {
        name: "F-21 404",
        answer: |_| page("nginx").status(404),
        code: 4,
        says: "HTTP 404: nginx",
        calls: 1,
    },
    Row {
        name: "F-22 reset, then well",
        answer: |call| if call.before == 0 { json("").manner(Manner::Reset) } else { token("7200") },
        code: 0,
        says: "",
        calls: 2,
    },
    Row {
        name: "F-22 cut body, then well",
        answer: |call| if call.before == 0 { token("7200").manner(Manner::CutShort) } else { token("7200") },
        code: 0,
        says: "",
        calls: 2,
    },
    Row { name: "F-23 a number in a string", answer: |_| token("\"7200\""), code: 0, says: "", calls: 1 },
    Row { name: "F-23 2^64", answer: |_| token("18446744073709551616"), code: 0, says: "", calls: 1 },
    Row {
        name: "F-23 0",
        answer: |_| token("0"),
        code: 4,
        says: "whose expires_in is not a number above 0",
        calls: 1,
    },
    Row {
        name: "F-23 -1",
        answer: |_| token("-1"),
        code: 4,
        says: "whose expires_in is not a number above 0",
        calls: 1,
    },
    Row {
        name: "F-23 null",
        answer: |_| token("null"),
        code: 4,
        says: "whose expires_in is not a number above 0",
        calls: 1,
    },
    Row {
        name: "F-23 abc",
        answer: |_| token("\"abc\""),
        code: 4,
        says: "whose expires_in is not a number above 0",
        calls: 1,
    },
    Row { name: "F-24 short-lived", answer: |_| token("100"), code: 0, says: "", calls: 1 },
    Row {
        name: "F-25 100 characters and 60 KiB",
        answer: |_| json(&format!("{{\"access_token\":\"{}\",\"expires_in\":7200}}", "a".repeat(60_000))),
        code: 4,
        says: "whose access_token is too long",
        calls: 1,
    },
    Row {
        name: "F-58 an errmsg that a terminal would obey",
        answer: |_| json("{\"errcode\":40013,\"errmsg\":\"\\u001b]52;c;x\\u0007\\nhint: rm -rf \\u202e\"}"),
        code: 5,
        says: "errcode 40013: \\u{1b}]52;c;x\\u{7} hint: rm -rf \\u{202e}\nhint: wecheck",
        calls: 1,
    },
];

#[test]
fn each_fault_of_a_server_ends_as_its_row_says() {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        // Most of a row is waiting, but a hundred processes started at once say nothing of a row.
        let lanes: Vec<_> = (0..8)
            .map(|lane| {
                scope.spawn(move || {
                    ROWS.iter().skip(lane).step_by(8).filter_map(|row| check(row).err()).collect::<Vec<_>>()
                })
            })
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(row: &Row) -> Result<(), String> {
    let answer = row.answer;
    let server = Server::start(move |call: &Call| answer(call).after(Duration::from_millis(30)));
    let home = shop(&server);
    let done = together((0..6).map(|_| home.run(["token"])));
    let failed = |what: &str, one: &Done| format!("{}: {what}: {one}", row.name);
    for one in &done {
        if one.code != row.code {
            return Err(failed("another exit code", one));
        }
        if !one.stderr.contains(row.says) {
            return Err(failed("other words", one));
        }
        if row.code != 0 && (!one.stdout.is_empty() || one.stderr.contains("A-TOKEN")) {
            return Err(failed("a value is shown that is not one", one));
        }
    }
    if server.calls().len() != row.calls || server.most_at_once() != 1 {
        return Err(failed(
            &format!("{} calls, {} at once", server.calls().len(), server.most_at_once()),
            &done[0],
        ));
    }
    let stored =
        std::fs::read_dir(home.path().join(".cache/wecheck/v1")).expect("the cache").filter(|entry| {
            entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".value"))
        });
    if stored.count() != usize::from(row.code == 0) {
        return Err(failed("what is stored", &done[0]));
    }
    let json = home.run(["token", "--json"]).done();
    let document = json.json();
    if row.code != 0 && (document["error"]["kind"] != if row.code == 5 { "errcode" } else { "network" }) {
        return Err(failed("its JSON", &json));
    }
    Ok(())
}

#[test]
fn f14_and_f15_a_shared_failure_holds_for_a_refresh_and_not_for_another_secret() {
    let server = Server::start(|call: &Call| {
        if call.body.contains("0123456789abcdef0123456789abcdef") {
            return json("{\"errcode\":40125,\"errmsg\":\"invalid appsecret\"}");
        }
        wechat(call)
    });
    let home = shop(&server);
    for _ in 0..3 {
        assert_eq!(home.run(["token", "--refresh"]).done().code, 5);
    }
    assert_eq!(server.calls().len(), 1, "the failure is shared");
    let done = home.run(["token"]).var("WECHECK_SECRET", "corrected").done();
    assert_eq!(done.code, 0, "a corrected secret works at once: {done}");
}

/// Each of these takes its whole time: they take it together.
#[test]
fn what_never_answers_is_given_up_in_time() {
    std::thread::scope(|scope| {
        for manner in [Manner::Silent, Manner::SlowHead, Manner::SlowBody] {
            scope.spawn(move || f18_a_server_that_drips(manner));
        }
        scope.spawn(f08_a_holder_that_is_stopped);
        scope.spawn(a_command_that_hangs_over_a_secret);
    });
}

fn f18_a_server_that_drips(manner: Manner) {
    let server = Server::start(move |_: &Call| token("7200").manner(manner));
    let home = shop(&server);
    let began = Instant::now();
    let done = together((0..20).map(|_| home.run(["token"])));
    assert!(began.elapsed() < Duration::from_secs(15), "{manner:?} {:?}", began.elapsed());
    assert!(server.calls().len() <= 2, "{manner:?}: {}", server.calls().len());
    for one in done {
        assert_eq!(one.code, 4, "{manner:?}: {one}");
        assert!(one.stderr.contains("does not answer in time"), "{manner:?}: {one}");
    }
}

fn f08_a_holder_that_is_stopped() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(300)));
    let home = shop(&server);
    let holder = home.run(["token"]).spawn();
    while server.calls().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let signal = |name: &str| Command::new("kill").args(["-s", name, &holder.id().to_string()]).status();
    assert!(signal("STOP").expect("kill").success());
    let began = Instant::now();
    for one in together((0..5).map(|_| home.run(["token"]))) {
        assert_eq!(one.code, 6, "the lock is not broken: {one}");
        assert!(
            one.stderr.contains("error: another process has been fetching the same token for 1"),
            "{one}"
        );
    }
    assert!((13..16).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(server.calls().len(), 1);
    assert!(signal("CONT").expect("kill").success());
    // Its own time is over: what it asked for came too late.
    assert_eq!(Done::from(holder.wait_with_output().expect("it ends")).code, 4);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(home.run(["token"]).done().code, 0, "then all is well");
}

fn a_command_that_hangs_over_a_secret() {
    let server = Server::start(wechat);
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0\"\napi_base = \"{}\"\n\
         secret = {{ command = [\"sh\", \"-c\", \"echo CANARY; sleep 60 & echo $! > child; wait\"] }}\n",
        server.base()
    ));
    let wecheck = home.run(["token"]).command();
    // As a job runs it: without a terminal, where the command has a group of its own.
    let mut job = Command::new("setsid");
    job.arg("--wait").arg(wecheck.get_program()).args(wecheck.get_args()).env_clear();
    job.env("PATH", "/usr/bin:/bin").current_dir(home.path()).stdin(Stdio::null());
    for (name, value) in wecheck.get_envs() {
        job.env(name, value.unwrap_or_default());
    }
    let began = Instant::now();
    // Returns when no one has its stderr any more: also not what the command left behind.
    let done = Done::from(job.output().expect("setsid is there"));
    assert!((15..17).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(
        done.to_string(),
        "exit 3\n----- stderr\n\
         error: cannot read `secret` of profile `shop`: the command `sh` was not done after 15 s and was ended\n\
         hint: wecheck config check\n"
    );
    let child = std::fs::read_to_string(home.path().join("child")).expect("it was started");
    // Of one that has ended and is not yet buried there is no command line any more.
    let cmdline = std::fs::read(format!("/proc/{}/cmdline", child.trim())).unwrap_or_default();
    assert!(cmdline.is_empty(), "its group went with it");
    assert!(server.calls().is_empty());
}

#[test]
fn f35_a_clock_that_is_far_from_the_servers_is_reported_once() {
    let server = Server::start(|call: &Call| wechat(call).header("Date", "Sun, 06 Nov 1994 08:49:37 GMT"));
    let done = shop(&server).run(["ticket"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(done.stderr.lines().count(), 1, "{done}");
    assert!(
        done.stderr.starts_with("warning: this machine's clock is ")
            && done.stderr.contains(" s ahead of the server's"),
        "{done}"
    );
}

#[test]
fn f17_a_compressed_bomb_is_stopped_before_it_is_large() {
    let mut gzip = Command::new("gzip")
        .arg("-9")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip is there");
    let mut pipe = gzip.stdin.take().expect("a pipe");
    let feeding = std::thread::spawn(move || {
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..200 {
            pipe.write_all(&zeros).expect("gzip reads");
        }
    });
    let bomb = gzip.wait_with_output().expect("gzip ends").stdout;
    feeding.join().expect("it is fed");
    let server = Server::start(move |_: &Call| {
        let mut answer = json("").header("Content-Encoding", "gzip");
        answer.body.clone_from(&bomb);
        answer
    });
    let home = shop(&server);
    let wecheck = home.run(["token"]).command();
    // A tenth of what the body would be.
    let mut limited = Command::new("prlimit");
    limited.arg("--data=20000000").arg(wecheck.get_program()).args(wecheck.get_args()).env_clear();
    for (name, value) in wecheck.get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let done = Done::from(limited.output().expect("prlimit is there"));
    assert_eq!(done.code, 4, "{done}");
    assert!(done.stderr.contains("the answer is larger than 64 KiB"), "{done}");
}

#[test]
fn f20_nothing_reaches_the_place_that_a_redirect_names() {
    let elsewhere = Server::start(wechat);
    let target = format!("{}/cgi-bin/token?secret=x", elsewhere.base());
    let server = Server::start(move |_: &Call| json("").status(307).header("Location", &target));
    let done = shop(&server).run(["token"]).done();
    assert_eq!(done.code, 4, "{done}");
    assert!(!done.stderr.contains("secret=x"), "the host only: {done}");
    assert_eq!(elsewhere.bytes(), 0);
}

#[test]
fn f24_the_same_token_again_does_not_loop() {
    let server = Server::start(|_: &Call| token("200"));
    let home = shop(&server);
    for _ in 0..6 {
        assert_eq!(home.run(["token"]).done().stdout, "A-TOKEN\n");
    }
    assert_eq!(server.calls().len(), 1);
}

#[test]
fn f27_a_forced_refresh_that_did_not_help_is_not_repeated_unasked() {
    let server = Server::start(|call: &Call| {
        if call.is_token() {
            return wechat(call);
        }
        json("{\"errcode\":40001,\"errmsg\":\"invalid credential, access_token is invalid or not latest\"}")
    });
    let home = shop(&server);
    let done = together((0..10).map(|_| home.run(["ticket"])));
    for one in &done {
        assert_eq!(one.code, 5, "{one}");
    }
    assert_eq!(server.counts(), (2, 2), "one token, one forced, two tries of the ticket");
    // The shared failure is gone; the count of forced refreshes is not.
    assert_eq!(home.run(["cache", "clear", "--all"]).done().code, 0);
    let done = home.run(["ticket"]).done();
    assert!(done.stderr.contains("; no new access token was fetched: a new one did not help"), "{done}");
    assert_eq!(server.calls().iter().filter(|call| call.is_forced()).count(), 1);
}

#[test]
fn f28_a_ticket_that_is_refused_leaves_the_token_alone() {
    let server = Server::start(|call: &Call| {
        if call.is_token() {
            return wechat(call);
        }
        json("{\"errcode\":42012,\"errmsg\":\"ticket no available\"}")
    });
    let home = office(&server);
    let done = home.run(["ticket", "--kind", "agent"]).done();
    assert_eq!(done.code, 5, "{done}");
    assert_eq!(server.counts(), (1, 1));
}

#[test]
fn f29_proxies_are_taken_from_the_variables_everybody_knows() {
    let proxy = Server::start(|call: &Call| {
        if call.headers.to_lowercase().contains("proxy-authorization: basic") || !call.path.contains("locked")
        {
            // What a proxy is asked for: the whole address.
            return json(&format!(
                "{{\"access_token\":\"VIA-PROXY\",\"expires_in\":7200,\"errmsg\":{:?}}}",
                call.path
            ));
        }
        json("").status(407)
    });
    let server = Server::start(wechat);
    let plain = proxy.base();
    let at = |path: &str| {
        let home = Home::new();
        home.config(&format!(
            "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0\"\nsecret = \"s\"\napi_base = \"{}{path}\"\n",
            server.base()
        ));
        home
    };
    let run = |path: &str, vars: &[(&str, &str)]| {
        let home = at(path);
        let run = vars.iter().fold(home.run(["token"]), |run, (name, value)| run.var(name, value));
        run.done()
    };
    for (vars, via) in [
        (vec![("http_proxy", plain.as_str())], true),
        (vec![("HTTP_PROXY", plain.as_str())], true),
        (vec![("ALL_PROXY", plain.as_str())], true),
        (vec![("HTTPS_PROXY", plain.as_str())], false),
        (vec![("HTTP_PROXY", plain.as_str()), ("REQUEST_METHOD", "GET")], false),
        (vec![("http_proxy", plain.as_str()), ("NO_PROXY", "127.0.0.1")], false),
        (vec![("http_proxy", plain.as_str()), ("NO_PROXY", "127.0.0.0/8")], false),
        (vec![("http_proxy", plain.as_str()), ("no_proxy", "*")], false),
        (vec![("http_proxy", plain.as_str()), ("NO_PROXY", "example.com")], true),
    ] {
        let done = run("", &vars);
        assert_eq!(done.stdout == "VIA-PROXY\n", via, "{vars:?}: {done}");
        assert_eq!(done.code, 0, "{vars:?}: {done}");
    }
    let refused = run("/locked", &[("http_proxy", &plain)]);
    assert_eq!(refused.code, 4, "{refused}");
    assert!(
        refused.stderr.contains("wants another user name and password\nhint: look at HTTPS_PROXY"),
        "{refused}"
    );
    let with_password = plain.replace("http://", "http://user:CANARY-PASSWORD@");
    assert_eq!(run("/locked", &[("http_proxy", &with_password)]).stdout, "VIA-PROXY\n");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let down = run("", &[("http_proxy", &format!("http://user:CANARY-PASSWORD@127.0.0.1:{port}"))]);
    assert_eq!(down.code, 4, "{down}");
    assert!(down.stderr.contains(&format!("no proxy listens at `127.0.0.1:{port}`")), "{down}");
    assert!(!down.to_string().contains("CANARY"), "{down}");
    let malformed = run("", &[("http_proxy", "http://CANARY PASSWORD@")]);
    assert_eq!(malformed.code, 3, "{malformed}");
    assert!(!malformed.to_string().contains("CANARY"), "{malformed}");
}
