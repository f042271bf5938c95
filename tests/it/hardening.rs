//! What a patient attacker and a bad day do to tokens, settings and the cache. Each of these once
//! went wrong.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::disk::{as_other_user, file, folder, give_to_other_user, mode, set_mode, unprivileged};
use crate::harness::{Done, Home, binary};
use crate::tokens::{office, shop};
use crate::upstream_server::{Call, Server, json, wechat};

fn forced(server: &Server) -> usize {
    server.calls().iter().filter(|call| call.is_forced()).count()
}

#[test]
fn a_retry_after_a_forced_try_asks_unforced() {
    let server = Server::start(|call: &Call| {
        if call.before_here == 1 {
            json("{\"errcode\":-1,\"errmsg\":\"system error\"}")
        } else {
            wechat(call)
        }
    });
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let done = home.run(["token", "--refresh"]).done();
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-3-of-wx0123456789abcdef\n"), "{done}");
    assert_eq!((server.counts().0, forced(&server)), (3, 1), "WeChat counts each forced request");
}

#[test]
fn a_forced_refresh_that_was_never_sent_is_not_counted() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    // No one listens there: nothing reaches WeChat.
    let away = home.run(["token", "--refresh"]).var("http_proxy", "http://127.0.0.1:1").done();
    assert!(away.stderr.contains("no proxy listens"), "{away}");
    // What it failed with is shared for 2 s.
    std::thread::sleep(Duration::from_millis(3_100));
    let done = home.run(["token", "--refresh"]).done();
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "and not 30 s later: {done}");
    assert_eq!(forced(&server), 1);
}

#[test]
fn a_refresh_that_cannot_be_counted_asks_unforced_and_says_so() {
    let server = Server::start(wechat);
    let home = shop(&server);
    home.file(".cache", "");
    let done = home.run(["token", "--refresh"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("note: forced refreshes cannot be counted here"), "{done}");
    assert_eq!((server.counts().0, forced(&server)), (1, 0));
}

#[test]
fn a_ticket_endpoint_that_blames_every_token_costs_one_new_token_in_every_mode() {
    let server = Server::start(|call: &Call| {
        if call.is_token() {
            return wechat(call);
        }
        json("{\"errcode\":40001,\"errmsg\":\"invalid credential, access_token is invalid or not latest\"}")
    });
    let classic = Home::new();
    classic.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx9876543210abcdef\"\ntoken_mode = \"classic\"\n\
         secret = \"0123456789abcdef0123456789abcdef\"\napi_base = \"{}\"\n",
        server.base()
    ));
    for (home, kinds) in [(classic, ["jsapi", "card"]), (office(&server), ["jsapi", "group"])] {
        let before = server.counts().0;
        // A kind each, so that the shared failure of the first does not answer the second.
        for kind in kinds {
            let done = home.run(["ticket", "--kind", kind]).done();
            assert_eq!(done.code, 5, "{done}");
        }
        assert_eq!(server.counts().0 - before, 2, "the first token, and one new one");
        let again = home.run(["ticket", "--kind", kinds[1]]).done();
        assert!(again.stderr.contains("a new one did not help"), "{again}");
    }
}

#[test]
fn a_file_that_others_can_write_to_is_not_believed() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    set_mode(&file(&home, ".value"), 0o666);
    let done = home.run(["token"]).done();
    assert_eq!(done.stdout, "TOKEN-2-of-wx0123456789abcdef\n", "{done}");
    assert_eq!(
        done.stderr,
        "note: the cached token was corrupt (other users could write to it): moved aside and fetched again\n"
    );
    set_mode(&folder(&home), 0o777);
    let done = home.run(["token"]).done();
    assert_eq!(done.stdout, "TOKEN-3-of-wx0123456789abcdef\n", "{done}");
    assert!(done.stderr.contains("other users could write to it"), "{done}");
    assert_eq!(mode(&folder(&home)), 0o700);
    let again = home.run(["token"]).done();
    assert_eq!((again.stdout, again.stderr.as_str()), (done.stdout, ""));
}

#[test]
#[ignore = "needs root"]
fn a_sticky_folder_of_another_user_is_refused() {
    let server = Server::start(wechat);
    let home = shop(&server);
    give_to_other_user(&home);
    let shared = home.file("shared/x", "").parent().expect("a folder").to_owned();
    std::os::unix::fs::chown(&shared, Some(4_242), Some(4_242)).expect("chown: this runs as root");
    set_mode(&shared, 0o1777);
    let done = as_other_user(&home.run(["token"]).var("WECHECK_CACHE_DIR", &shared), "");
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("it belongs to another user"), "{done}");
    std::os::unix::fs::chown(&shared, Some(0), Some(0)).expect("chown");
    let done = as_other_user(&home.run(["token"]).var("WECHECK_CACHE_DIR", &shared), "");
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "a /tmp is one: {done}");
}

#[test]
#[ignore = "needs root"]
fn a_value_that_cannot_be_read_keeps_nothing_else_from_being_listed_and_cleared() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let unreadable = file(&home, ".value");
    assert_eq!(home.run(["ticket"]).done().code, 0);
    give_to_other_user(&home);
    std::os::unix::fs::chown(&unreadable, Some(0), Some(0)).expect("chown");
    let list = as_other_user(&home.run(["cache", "list"]), "");
    assert_eq!((list.code, list.stdout.lines().count()), (0, 1), "{list}");
    let offline = as_other_user(&home.run(["ticket", "--offline"]), "");
    assert_eq!(offline.code, 0, "{offline}");
    let clear = as_other_user(&home.run(["cache", "clear", "--all"]), "");
    assert_eq!((clear.code, clear.stdout.as_str()), (0, "cleared: 1\n"), "{clear}");
    assert!(!unreadable.exists());
}

#[test]
#[ignore = "needs strace"]
fn a_folder_that_cannot_be_synced_does_not_fetch_again() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    std::fs::remove_file(file(&home, ".value")).expect("gone");
    let wecheck = home.run(["token"]).command();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o"]).arg(home.path().join("trace"));
    // The first one is the file's own, the second the folder's.
    strace.args(["-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=2"]);
    strace.arg(binary()).args(wecheck.get_args()).env_clear();
    for (name, value) in wecheck.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    let done = Done::from(strace.output().expect("strace is there: apt-get install strace (tests/run does)"));
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-2-of-wx0123456789abcdef\n"), "{done}");
    assert!(done.stderr.starts_with("warning: stored, but not synced to the disk"), "{done}");
    assert_eq!(home.run(["token"]).done().stdout, done.stdout);
    assert_eq!(server.counts().0, 2);
}

#[test]
fn no_part_of_an_address_that_may_be_a_secret_is_shown() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(1_500)));
    let home = Home::new();
    home.config(&format!(
        "default_profile = \"shop\"\n\
         [profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"s\"\n\
         api_base = \"http://CANARY-USER:CANARY-PASSWORD@127.0.0.1:{port}\"\n\
         [profile.central]\nplatform = \"mp\"\nappid = \"wx1111111111111111\"\n\
         access_token = {{ url = \"http://127.0.0.1:{port}/CANARY-KEY/token?k=CANARY\" }}\n\
         ticket = {{ url = \"http://u:CANARY/x@h/\" }}\n",
        port = server.port()
    ));
    let done = home.run(["token", "-vv"]).done();
    assert!(done.code == 0 && done.stderr.contains("has not answered yet"), "{done}");
    assert!(!done.stderr.contains("CANARY"), "{done}");
    for args in [
        &["cache", "list", "--json"][..],
        &["config", "show"],
        &["config", "show", "--json"],
        &["config", "check"],
        &["-p", "central", "token", "-vv"],
        &["-p", "central", "ticket", "-vv"],
    ] {
        let done = home.run(args).done();
        assert!(!done.to_string().contains("CANARY"), "{args:?}: {done}");
    }
}

#[test]
fn a_command_that_prints_a_secret_gets_none_of_ours_and_no_core_is_dumped() {
    let server = Server::start(wechat);
    let home = Home::new();
    let seen = home.path().join("seen");
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\napi_base = \"{}\"\n\
         secret = {{ command = [\"sh\", \"-c\", \"env > '{seen}'; ulimit -Hc >> '{seen}'; echo secret\"] }}\n\
         callback_token = {{ env = \"SHOP_TOKEN\" }}\n\
         [profile.other]\nplatform = \"mp\"\nappid = \"wx0123456789abcdee\"\nsecret = {{ env = \"OTHER\" }}\n",
        server.base(),
        seen = seen.display()
    ));
    let done = home
        .run(["token", "-p", "shop"])
        .var("PATH", "/usr/bin:/bin")
        .var("SHOP_TOKEN", "CANARY-TOKEN")
        .var("OTHER", "CANARY-OTHER")
        .var("WECHECK_SHARE_KEY", "CANARY-SHARE")
        .var("WECHECK_CALLBACK_TOKEN", "CANARY-CALLBACK")
        .var("REDISCLI_AUTH", "CANARY-REDIS")
        .var("VAULT_ADDR", "stays")
        .done();
    assert_eq!(done.code, 0, "{done}");
    let seen = std::fs::read_to_string(seen).expect("it ran");
    assert!(!seen.contains("CANARY") && !seen.contains("WECHECK_"), "{seen}");
    assert!(seen.contains("VAULT_ADDR=stays"), "{seen}");
    assert_eq!(seen.lines().last(), Some("0"), "no core, and no way to allow one again: {seen}");
}

#[test]
fn a_browser_and_what_opens_one_get_none_of_ours() {
    let home = Home::new();
    home.config(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = { env = \"SHOP_SECRET\" }\n",
    );
    let seen = home.path().join("seen");
    let script = format!("#!/bin/sh\nenv >>'{}'\n", seen.display());
    let program = home.file("bin/xdg-open", script);
    set_mode(&program, 0o755);
    let path = program.parent().expect("a folder").display().to_string() + ":/usr/bin:/bin";
    let run = |args: &[&str]| {
        home.run(args)
            .var("PATH", &path)
            .var("SHOP_SECRET", "CANARY-SHOP")
            .var("WECHECK_CALLBACK_TOKEN", "CANARY-CALLBACK")
            .var("REDISCLI_AUTH", "CANARY-REDIS")
            .var("STAYS", "here")
    };
    let program = program.to_str().expect("a plain path");
    let done = run(&["page", "--browser", program, "http://127.0.0.1:9/"]).done();
    assert!(done.code != 0 && done.stderr.contains("does not start"), "{done}");
    let mut serve = run(&["serve", "--open", "--listen", "127.0.0.1:0"]).command();
    let mut serve = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let begun = std::time::Instant::now();
    let twice = || std::fs::read_to_string(&seen).is_ok_and(|seen| seen.matches("STAYS=here").count() == 2);
    while !twice() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    serve.kill().and_then(|()| serve.wait()).expect("it ran");
    let seen = std::fs::read_to_string(&seen).expect("the programs ran");
    assert_eq!(seen.matches("STAYS=here").count(), 2, "{seen}");
    assert!(!seen.contains("CANARY") && !seen.contains("WECHECK_"), "{seen}");
}

#[test]
fn a_variable_that_is_not_utf_8_is_not_unset() {
    let server = Server::start(wechat);
    let home = shop(&server);
    for name in ["WECHECK_API_BASE", "WECHECK_SECRET", "WECHECK_PROFILE", "HTTPS_PROXY", "NO_PROXY"] {
        let done = home.run(["token"]).var(name, OsStr::from_bytes(b"http://\xff")).done();
        assert_eq!(done.code, 3, "{name}: {done}");
        assert!(done.stderr.contains(&format!("`{name}` is not UTF-8")), "{name}: {done}");
    }
    for proxy in ["ftp://127.0.0.1:1", "socks://h", "://"] {
        let done = home.run(["token"]).var("HTTPS_PROXY", proxy).done();
        assert_eq!(done.code, 3, "{proxy}: {done}");
        assert!(done.stderr.contains("HTTPS_PROXY is not a proxy's address"), "{done}");
    }
    assert!(server.calls().is_empty());
}

#[test]
fn a_process_without_descriptors_says_so() {
    let server = Server::start(wechat);
    for limit in 3..=24 {
        let home = shop(&server);
        let wecheck = home.run(["ticket"]).command();
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(format!("ulimit -n {limit}; exec \"$0\" \"$@\"")).arg(binary());
        limited.args(wecheck.get_args()).env_clear();
        for (name, value) in wecheck.get_envs() {
            limited.env(name, value.unwrap_or_default());
        }
        let done = Done::from(limited.output().expect("sh is there"));
        assert!(
            [0, 3, 4, 6].contains(&done.code) || done.stderr.contains("error while loading"),
            "{limit}: {done}"
        );
        assert!(
            !done.stderr.contains("bug of wecheck") && !done.stderr.contains("taken its lock"),
            "{limit}: {done}"
        );
    }
}

#[test]
#[ignore = "needs root"]
fn a_process_without_threads_says_so() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let log = home.file("log", "errcode 40001\n");
    give_to_other_user(&home);
    let log = log.to_str().expect("a plain path");
    let check = "verify --url http://a.com/?b=1 --ticket t1234567 --nonce abcdefgh --timestamp 1700000000 \
                 --signature 0f9de62fce790f9a083d5c99e95740ceb90c27ed";
    for threads in 1..=5 {
        for line in ["token", "sign http://127.0.0.1/", check, &format!("errcode scan {log}")] {
            let before = format!("prlimit --nproc={threads} --pid $$;");
            let done = as_other_user(&home.run(line.split(' ')), &before);
            assert!([0, 1, 2, 4, 6].contains(&done.code), "{threads} {line}: {done}");
            assert!(!done.stderr.contains("bug of wecheck"), "{threads} {line}: {done}");
        }
    }
}

#[test]
#[ignore = "needs root"]
fn serve_without_threads_says_so_and_goes_on() {
    let upstream = Server::start(wechat);
    let home = shop(&upstream);
    give_to_other_user(&home);
    for threads in 1..=3 {
        let mut command = unprivileged(
            &home.run(["serve", "--json", "--listen", "127.0.0.1:0"]),
            &format!("prlimit --nproc={threads} --pid $$;"),
        );
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("setpriv is there");
        let server = crate::serving::Server::of(child);
        let body = r#"{"url":"http://a.com/?b=1","ticket":"t1234567","nonce":"abcdefgh","timestamp":"1700000000","signature":"0f9de62fce790f9a083d5c99e95740ceb90c27ed"}"#;
        let json = "Content-Type: application/json";
        for _ in 0..3 {
            let answer = server.ask("POST", "/api/verify", &[json], body);
            assert!([200, 503].contains(&answer.status), "{threads}: {answer:?}");
            if answer.status == 503 {
                assert!(answer.body.contains("ulimit -u"), "{threads}: {answer:?}");
            }
            let answer = server.get("/sign?url=http://127.0.0.1/");
            assert!([200, 502, 503].contains(&answer.status), "{threads}: {answer:?}");
            assert_eq!(server.get("/healthz").status, 200, "{threads}");
        }
    }
}

/// However few descriptors and threads there are: it says so, or listens until it is asked to end.
#[test]
#[ignore = "needs root"]
fn listening_within_a_limit_says_so_or_ends_when_asked() {
    let home = Home::new();
    give_to_other_user(&home);
    let mut listened = 0;
    let limits = (4..=14).map(|count| format!("--nofile={count}"));
    for limit in limits.chain((1..=4).map(|count| format!("--nproc={count}"))) {
        for line in ["callback listen --listen 127.0.0.1:0", "serve --listen 127.0.0.1:0"] {
            let run = home.run(line.split(' ')).var("WECHECK_CALLBACK_TOKEN", "a-token");
            let mut command = unprivileged(&run, &format!("prlimit {limit} --pid $$;"));
            let mut child =
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("setpriv is there");
            std::thread::sleep(Duration::from_millis(300));
            if child.try_wait().expect("a child").is_none() {
                listened += 1;
                let pid = rustix::process::Pid::from_child(&child);
                rustix::process::kill_process(pid, rustix::process::Signal::TERM)
                    .expect("the signal is sent");
            }
            let until = Instant::now() + Duration::from_secs(10);
            while child.try_wait().expect("a child").is_none() {
                assert!(Instant::now() < until, "{limit} {line}: it goes on after SIGTERM");
                std::thread::sleep(Duration::from_millis(20));
            }
            let done = Done::from(child.wait_with_output().expect("it ended"));
            let says = done.code == 6 && done.stderr.contains("ulimit");
            let has_no_library = done.stderr.contains("error while loading");
            assert!(says || has_no_library || [0, 143].contains(&done.code), "{limit} {line}: {done}");
        }
    }
    assert!(listened > 4, "{listened} of 30 listened");
}

/// A browser and a probe that can open little and start little say what was seen, or why nothing was.
#[test]
#[ignore = "needs root and Chromium"]
fn looking_within_a_limit_ends_with_an_answer() {
    let page = Server::start(|_: &Call| json("{}"));
    let home = Home::new();
    give_to_other_user(&home);
    let limits = [5, 8, 12, 20, 40, 80].map(|count| format!("--nofile={count}"));
    for limit in limits.into_iter().chain([2, 4, 8, 20].map(|count| format!("--nproc={count}"))) {
        for line in ["page URL --json", "domain-check URL --probe --json"] {
            let url = page.base() + "/";
            let run = home.run(line.replace("URL", &url).split(' ').map(str::to_owned));
            let mut command = unprivileged(&run, &format!("prlimit {limit} --pid $$;"));
            let begun = Instant::now();
            let done = Done::from(command.output().expect("setpriv is there"));
            assert!(begun.elapsed() < Duration::from_secs(20), "{limit} {line}: {:?}", begun.elapsed());
            let has_no_library = done.stderr.contains("error while loading") || done.code == 127;
            let has_answer = [0, 1].contains(&done.code) && done.stdout.starts_with(['[', '{']);
            let says_why = [3, 4, 6].contains(&done.code)
                && (done.stdout.contains("\"fix\": ") || done.stderr.contains("hint: "));
            assert!(has_answer || says_why || has_no_library, "{limit} {line}: {done}");
        }
    }
}

#[test]
fn a_long_unknown_key_is_shortened() {
    let home = Home::new();
    home.config(&format!("{} = 1\n", "k".repeat(900_000)));
    let done = home.run(["config", "show"]).done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.len() < 500 && done.stderr.contains("unknown key `kkkk"), "{}", done.stderr.len());
}

#[test]
fn dates_of_a_server_are_read_with_care() {
    let server = Server::start(|call: &Call| {
        wechat(call).header("Date", "Sun, 06 Nov 1994 18446744073709551615:49:37 GMT")
    });
    assert_eq!(shop(&server).run(["token"]).done().code, 0);
    let server =
        Server::start(|_: &Call| json("").status(503).header("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT"));
    let done = shop(&server).run(["token"]).done();
    assert!(done.code == 4 && done.stderr.contains("HTTP 503, to be asked again in "), "{done}");
    assert_eq!(server.calls().len(), 1, "it is not asked again before");
}

#[test]
fn the_clock_of_a_debug_build_can_be_set() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let shown = home.run(["token", "--json"]).var("WECHECK_NOW", "1700000000").done().json();
    assert_eq!(shown["expires_at"], "2023-11-15T00:13:20Z");
}

#[test]
fn what_a_server_refuses_is_said_in_chinese_too_also_by_those_who_waited() {
    let server = Server::start(|_: &Call| {
        json("{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7, not in whitelist\"}")
            .after(Duration::from_millis(400))
    });
    let home = shop(&server);
    let first = home.run(["token"]).spawn();
    std::thread::sleep(Duration::from_millis(100));
    let second = home.run(["--lang", "zh", "token"]).done();
    let first = Done::from(first.wait_with_output().expect("it ends"));
    assert!(first.stderr.contains("the server answered errcode 40164: invalid ip"), "{first}");
    assert!(second.stderr.contains("服务器返回 errcode 40164：invalid ip"), "{second}");
    assert!(second.stderr.contains("服务器看到的 IP 是 `203.0.113.7`"), "{second}");
    assert_eq!(server.calls().len(), 1, "it was shared");
}
