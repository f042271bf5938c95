//! Tokens and tickets from outside: real processes, a real server that counts.

use std::process::Child;
use std::time::{Duration, Instant};

use crate::harness::{Done, Home, Run};
use crate::upstream_server::{Call, Manner, Server, json, wechat};

/// A home whose profile `shop` is an Official Account at this server.
pub fn shop(server: &Server) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n\
         secret = \"0123456789abcdef0123456789abcdef\"\napi_base = \"{}\"\n",
        server.base()
    ));
    home
}

/// A home whose profile `office` is a WeCom app at this server.
pub fn office(server: &Server) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.office]\nplatform = \"work\"\nappid = \"ww0123456789abcdef\"\nagent_id = 1000002\n\
         secret = \"OFFICE-SECRET-0123456789\"\napi_base = \"{}\"\n",
        server.base()
    ));
    home
}

/// Starts many at once and waits for all.
pub fn together(runs: impl IntoIterator<Item = Run>) -> Vec<Done> {
    let runs: Vec<Run> = runs.into_iter().collect();
    let children: Vec<Child> = runs.iter().map(Run::spawn).collect();
    children.into_iter().map(|child| Done::from(child.wait_with_output().expect("it ends"))).collect()
}

fn many(home: &Home, args: &[&str], count: usize) -> Vec<Done> {
    together((0..count).map(|_| home.run(args)))
}

/// All served, all with the same answer.
fn assert_same(done: &[Done]) {
    for one in done {
        assert_eq!(one.code, 0, "{one}");
        assert_eq!(one.stdout, done[0].stdout, "{one}");
    }
}

#[test]
fn a_token_is_fetched_once_and_then_read() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let done = home.run(["token"]).done();
    insta::assert_snapshot!(done, @r"
    exit 0
    ----- stdout
    TOKEN-1-of-wx0123456789abcdef
    ");
    assert_eq!(home.run(["token"]).done().stdout, done.stdout);
    let shown = home.run(["token", "--json"]).done().json();
    assert_eq!(shown["access_token"], "TOKEN-1-of-wx0123456789abcdef");
    assert_eq!(shown["kind"], "token");
    assert_eq!(shown["platform"], "mp");
    assert_eq!(shown["profile"], "shop");
    assert_eq!(shown["source"], "cache");
    assert!((7190..=7200).contains(&shown["expires_in"].as_u64().expect("a number")));
    assert!(shown["expires_at"].as_str().is_some_and(|at| at.ends_with('Z') && at.len() == 20));
    assert_eq!(shown["fingerprint"].as_str().map(str::len), Some(12));
    assert_eq!(server.counts(), (1, 0));
    let call = &server.calls()[0];
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/cgi-bin/stable_token"));
    assert!(!call.is_forced());
    assert!(!call.headers.to_lowercase().contains("referer"));
}

#[test]
fn each_kind_asks_its_own_endpoint() {
    let server = Server::start(wechat);
    let (shop, office) = (shop(&server), office(&server));
    for (home, kind, path) in [
        (&shop, "jsapi", "/cgi-bin/ticket/getticket?type=jsapi"),
        (&shop, "card", "/cgi-bin/ticket/getticket?type=wx_card"),
        (&shop, "invoice", ""),
        (&office, "jsapi", "/cgi-bin/get_jsapi_ticket?"),
        (&office, "agent", "/cgi-bin/ticket/get?type=agent_config"),
        (&office, "invoice", "/cgi-bin/ticket/get?type=wx_card"),
        (&office, "card", ""),
        (&office, "group", "/cgi-bin/ticket/get?type=contact"),
    ] {
        let before = server.calls().len();
        let done = home.run(["ticket", "--kind", kind, "--json"]).done();
        let shown = done.json();
        assert_eq!((done.code, shown["kind"].as_str()), (0, Some(kind)), "{done}");
        assert_eq!(shown["group_id"].as_str(), (kind == "group").then_some("GROUP-7"), "{done}");
        let asked: Vec<String> = server.calls()[before..]
            .iter()
            .filter(|call| !call.is_token())
            .map(|call| {
                let kind = call.param("type").map(|kind| format!("type={kind}")).unwrap_or_default();
                format!("{}?{kind}", call.path)
            })
            .collect();
        assert_eq!(asked, if path.is_empty() { vec![] } else { vec![path.to_owned()] }, "{kind}");
        let source = if path.is_empty() { "cache" } else { "upstream" };
        assert_eq!(shown["source"], source, "card and invoice are one ticket: {done}");
    }
    let (tokens, _) = server.counts();
    assert_eq!(tokens, 2, "one an app");
}

#[test]
fn a_kind_that_the_platform_does_not_have_is_refused_before_anything_is_sent() {
    let server = Server::start(wechat);
    let home = shop(&server);
    insta::assert_snapshot!(home.run(["ticket", "--kind", "agent"]).done(), @r"
    exit 2
    ----- stderr
    error: a ticket of kind `agent` exists on work only, and profile `shop` is mp
    hint: wecheck ticket --kind jsapi, or a work profile: wecheck config show
    ");
    assert!(server.calls().is_empty());
}

#[test]
fn five_hundred_cold_processes_make_one_call() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(200)));
    let home = shop(&server);
    assert_same(&many(&home, &["token"], 500));
    assert_eq!((server.counts(), server.most_at_once()), ((1, 0), 1));
}

#[test]
fn a_hundred_cold_processes_make_one_call_for_a_token_and_one_for_a_ticket() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(200)));
    let home = shop(&server);
    let done = many(&home, &["ticket"], 100);
    assert_same(&done);
    assert_eq!(server.counts(), (1, 1));
    assert_eq!(server.most_at_once(), 1);
    let folder = home.path().join(".cache/wecheck/v1");
    let left: Vec<String> = std::fs::read_dir(&folder)
        .expect("the cache")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".tmp"))
        .collect();
    assert_eq!(left, [""; 0], "no temporary file stays");
}

#[test]
fn when_the_first_calls_fail_the_retries_are_shared_too() {
    for first_fail in [1, 3] {
        let server = Server::start(move |call: &Call| {
            if call.before < first_fail {
                return json("{\"errcode\":-1,\"errmsg\":\"system error\"}").after(Duration::from_millis(50));
            }
            wechat(call).after(Duration::from_millis(50))
        });
        let home = shop(&server);
        let done = many(&home, &["token"], 60);
        assert_eq!(server.most_at_once(), 1, "{first_fail}");
        if first_fail == 1 {
            assert_same(&done);
            assert_eq!(server.counts().0, 2);
            continue;
        }
        assert_eq!(server.counts().0, 3);
        for one in &done {
            assert_eq!(one.code, 5, "{one}");
            assert!(
                one.stderr.contains(
                    "error: the server answered errcode -1: system error\nhint: wecheck errcode explain -1"
                ),
                "{one}"
            );
        }
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!(home.run(["token"]).done().code, 0, "a failure is shared for a moment only");
    }
}

#[test]
fn a_killed_fetcher_is_replaced_by_one_of_those_who_wait() {
    // The first call outlives the start of all the others.
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 9_000 } else { 200 }))
    });
    let home = shop(&server);
    let mut first = home.run(["token"]).spawn();
    let began = Instant::now();
    while server.calls().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "the first one asks");
        std::thread::sleep(Duration::from_millis(10));
    }
    let waiting: Vec<Child> = (0..100).map(|_| home.run(["token"]).spawn()).collect();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.counts().0, 1, "they wait");
    first.kill().expect("it is killed");
    first.wait().expect("it ends");
    let killed = Instant::now();
    let done: Vec<Done> =
        waiting.into_iter().map(|child| Done::from(child.wait_with_output().expect("it ends"))).collect();
    assert!(killed.elapsed() < Duration::from_secs(3), "the lock goes with it: {:?}", killed.elapsed());
    assert_same(&done);
    assert_eq!(server.counts().0, 2);
}

#[test]
fn a_dead_server_gets_three_calls_from_a_hundred_processes() {
    let server = Server::start(|_: &Call| json("").manner(Manner::Reset));
    let home = shop(&server);
    let began = Instant::now();
    let done = many(&home, &["token"], 100);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(server.calls().len() <= 3, "{}", server.calls().len());
    for one in &done {
        assert_eq!(one.code, 4, "{one}");
        assert!(one.stderr.contains("cut the connection before its answer was whole"), "{one}");
    }
}

#[test]
fn two_apps_two_hosts_two_agents_never_meet() {
    let (here, there) = (
        Server::start(wechat),
        Server::start(|call: &Call| {
            let mut answer = wechat(call);
            answer.body =
                String::from_utf8(answer.body).expect("text").replace("TOKEN-", "THERE-").into_bytes();
            answer
        }),
    );
    let home = Home::new();
    let profile = |name: &str, platform: &str, id: &str, agent: &str, secret: &str, server: &Server| {
        format!(
            "[profile.{name}]\nplatform = \"{platform}\"\nappid = \"{id}\"\n{agent}secret = \"{secret}\"\n\
             api_base = \"{}\"\n",
            server.base()
        )
    };
    home.config(
        &[
            profile("one", "mp", "wx1111111111111111", "", "s-one", &here),
            profile("two", "mp", "wx2222222222222222", "", "s-two", &here),
            profile("test", "mp", "wx1111111111111111", "", "s-one", &there),
            profile("a", "work", "ww1111111111111111", "agent_id = 1\n", "s-a", &here),
            profile("b", "work", "ww1111111111111111", "agent_id = 2\n", "s-b", &here),
            profile("c", "work", "ww1111111111111111", "", "s-c", &here),
            profile("d", "work", "ww1111111111111111", "", "s-d", &here),
            // A copied agent_id that was not adapted.
            profile("e", "work", "ww1111111111111111", "agent_id = 1\n", "s-e", &here),
        ]
        .concat(),
    );
    let mut seen = Vec::new();
    for name in ["one", "two", "test", "a", "b", "c", "d", "e"] {
        let token = home.run(["-p", name, "token"]).done().stdout;
        assert!(!seen.contains(&token), "{name} gets its own: {token}");
        assert_eq!(home.run(["-p", name, "token"]).done().stdout, token);
        seen.push(token);
    }
    for (name, token) in ["one", "two", "test", "a", "b", "c", "d", "e"].into_iter().zip(&seen) {
        assert_eq!(home.run(["-p", name, "token"]).done().stdout, *token, "no other took {name}'s place");
    }
    assert_eq!(here.counts().0, 7);
}

#[test]
fn a_token_that_a_ticket_request_is_refused_for_is_replaced_once() {
    let server = Server::start(|call: &Call| {
        if !call.is_token() && call.param("access_token").is_some_and(|token| token.starts_with("TOKEN-1-")) {
            return json(
                "{\"errcode\":40001,\"errmsg\":\"invalid credential, access_token is invalid or not latest\"}",
            );
        }
        wechat(call).after(Duration::from_millis(100))
    });
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let done = many(&home, &["ticket"], 60);
    assert_same(&done);
    assert_eq!(server.counts(), (2, 2));
    assert_eq!(server.calls().iter().filter(|call| call.is_forced()).count(), 1);
}

#[test]
fn if_current_refreshes_only_the_token_that_failed() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(100)));
    let home = shop(&server);
    let first = home.run(["token", "--json"]).done().json();
    let failed = first["fingerprint"].as_str().expect("a fingerprint");
    let done = many(&home, &["token", "--if-current", failed], 40);
    assert_same(&done);
    assert_eq!(done[0].stdout, "TOKEN-2-of-wx0123456789abcdef\n");
    assert_eq!(server.calls().iter().filter(|call| call.is_forced()).count(), 1);
    let second = home.run(["token", "--json"]).done().json();
    let second = second["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let offline = home.run(["--offline", "token", "--if-current", &second]).done();
    assert_eq!(offline.code, 4, "the one that failed is not an answer: {offline}");
    // Anyone who still holds the first one gets the second, without a call.
    assert_eq!(home.run(["token", "--if-current", failed]).done().stdout, done[0].stdout);
    assert_eq!(server.counts().0, 2);
}

#[test]
fn refreshes_at_the_same_time_are_one_refresh() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(500)));
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let done = many(&home, &["token", "--refresh"], 10);
    assert_same(&done);
    assert_eq!(done[0].stdout, "TOKEN-2-of-wx0123456789abcdef\n");
    insta::assert_snapshot!(home.run(["token", "--refresh"]).done().stderr.replace(|c: char| c.is_ascii_digit(), "0"), @r"
    error: the forced refresh was not sent: the last forced refresh was 0 s ago, they must be 00 s apart: wait 00 s
    hint: without --refresh the stored one serves: wecheck token
    ");
    assert_eq!(server.counts().0, 2);
}

#[test]
fn a_stored_value_serves_when_its_refresh_fails_and_offline() {
    let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let switch = std::sync::Arc::clone(&broken);
    let server = Server::start(move |call: &Call| {
        if broken.load(std::sync::atomic::Ordering::SeqCst) {
            return json("{\"errcode\":45009,\"errmsg\":\"reach max api daily quota limit\"}");
        }
        wechat(call)
    });
    let home = shop(&server);
    insta::assert_snapshot!(home.run(["token", "--offline"]).done(), @r"
    exit 4
    ----- stderr
    error: `--offline` forbids to fetch the token, and the cache has none that is still valid
    hint: run it once without --offline
    ");
    assert_eq!(home.run(["token"]).done().code, 0);
    switch.store(true, std::sync::atomic::Ordering::SeqCst);
    let done = home.run(["token", "--refresh"]).done();
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-1-of-wx0123456789abcdef\n"), "{done}");
    assert!(done.stderr.starts_with("note: the refresh failed (the server answered errcode 45009"), "{done}");
    assert_eq!(home.run(["token", "--offline"]).done().stdout, done.stdout);
    let elsewhere = home.run(["ticket"]).done();
    assert_eq!(elsewhere.code, 5, "{elsewhere}");
}

#[test]
fn a_token_server_is_asked_and_wechat_is_not() {
    let server = Server::start(|call: &Call| match call.path.as_str() {
        "/token" => json("{\"access_token\":\"CENTRE-TOKEN\",\"expires_in\":100}"),
        "/ticket" => json("CENTRE-TICKET\n").header("Content-Type", "text/plain"),
        _ => wechat(call),
    });
    let home = Home::new();
    let base = server.base();
    home.config(&format!(
        "[profile.central]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\napi_base = \"{base}\"\n\
         access_token = {{ url = \"{base}/token\" }}\nticket = {{ url = \"{base}/ticket?key=CANARY\" }}\n"
    ));
    let token = home.run(["token", "--json"]).done().json();
    assert_eq!(
        (token["access_token"].as_str(), token["expires_in"].as_u64()),
        (Some("CENTRE-TOKEN"), Some(100))
    );
    let ticket = home.run(["ticket", "--json"]).done().json();
    assert_eq!((ticket["ticket"].as_str(), ticket["expires_at"].is_null()), (Some("CENTRE-TICKET"), true));
    assert_eq!(server.counts(), (0, 2));
    // Another kind is fetched with the token server's token.
    let card = home.run(["ticket", "--kind", "card"]).done();
    assert_eq!(card.stdout, "TICKET-wx_card-1-0123456789\n", "{card}");
    assert_eq!(server.calls().last().and_then(|call| call.param("access_token")), Some("CENTRE-TOKEN"));
}

#[test]
fn classic_mode_warns_before_it_ends_the_life_of_another_token() {
    let server = Server::start(wechat);
    let home = Home::new();
    home.config(&format!(
        "[profile.old]\nplatform = \"mp\"\nappid = \"wx0\"\nsecret = \"s\"\ntoken_mode = \"classic\"\napi_base = \"{}\"\n",
        server.base()
    ));
    let done = home.run(["token"]).done();
    assert!(done.stderr.starts_with("warning: token_mode is classic: this fetch ends"), "{done}");
    assert_eq!(server.calls()[0].path, "/cgi-bin/token");
    assert_eq!(home.run(["token"]).done().stderr, "", "reading ends nothing");
}

#[test]
fn verbose_says_method_host_path_time_and_status_and_no_query() {
    let server = Server::start(wechat);
    let home = office(&server);
    let done = home.run(["ticket", "-vv"]).done();
    let lines: Vec<String> = done
        .stderr
        .lines()
        // On a busy machine it says that it still waits.
        .filter(|line| !line.starts_with("note: "))
        .map(|line| {
            line.split(' ')
                .map(|word| if word.parse::<u64>().is_ok() && word != "200" { "N" } else { word })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .map(|line| line.replace(&server.port().to_string(), "PORT"))
        .collect();
    assert_eq!(
        lines,
        [
            "GET 127.0.0.1:PORT /cgi-bin/gettoken N ms 200",
            "GET 127.0.0.1:PORT /cgi-bin/get_jsapi_ticket N ms 200"
        ]
    );
}

#[test]
fn sign_and_verify_use_the_cached_ticket_and_do_not_show_it() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let url = "https://m.example.com/a?b=1";
    let signed = home.run(["sign", url, "--json", "--explain"]).done();
    let payload = signed.json();
    assert_eq!((signed.code, payload["appId"].as_str()), (0, Some("wx0123456789abcdef")), "{signed}");
    assert_eq!(payload["ticket"]["source"], "upstream");
    assert!(payload["ticket"]["expires_in"].as_u64().is_some_and(|left| (7_190..=7_200).contains(&left)));
    assert_eq!(payload["string1_masked"], true);
    let string1 = payload["string1"].as_str().expect("a text");
    assert!(string1.starts_with("jsapi_ticket=TICK…(25)&noncestr="), "{string1}");
    assert!(!signed.to_string().contains("TICKET-jsapi"), "{signed}");
    let revealed = home.run(["sign", url, "--explain", "--reveal"]).done();
    assert!(revealed.stdout.contains("jsapi_ticket=TICKET-jsapi-1-0123456789&noncestr="), "{revealed}");
    assert!(revealed.stdout.contains("ticket     from the cache, 7"), "{revealed}");
    let text = |name: &str| payload[name].as_str().map_or_else(|| payload[name].to_string(), str::to_owned);
    let (nonce, timestamp, signature) = (text("nonceStr"), text("timestamp"), text("signature"));
    let verify = |more: &[&str]| {
        let flags =
            ["verify", "--url", url, "--nonce", &nonce, "--timestamp", &timestamp, "--signature", &signature];
        home.run(flags.iter().chain(more).copied().collect::<Vec<_>>()).done()
    };
    let verified = verify(&["--json"]);
    assert_eq!(verified.code, 0, "{verified}");
    assert_eq!(verified.json()["string1_masked"], true);
    assert!(!verified.to_string().contains("TICKET-jsapi"), "{verified}");
    assert!(verify(&["--reveal"]).stdout.contains("TICKET-jsapi-1-0123456789"));
    // Verify reads; it never fetches.
    let calls = server.calls().len();
    assert_eq!(home.run(["cache", "clear"]).done().code, 0);
    let without = verify(&["--json"]);
    assert_eq!((without.code, server.calls().len()), (2, calls), "{without}");
    // A page that cannot be signed is refused before anything is fetched for it.
    assert_eq!(home.run(["sign", "m.example.com"]).done().code, 2);
    assert_eq!(server.calls().len(), calls);
}

#[test]
fn verify_proves_which_of_the_cached_values_was_signed() {
    let server = Server::start(wechat);
    let home = Home::new();
    let profile = |name: &str, id: &str| {
        format!(
            "[profile.{name}]\nplatform = \"mp\"\nappid = \"{id}\"\nsecret = \"s-{name}\"\napi_base = \"{}\"\n",
            server.base()
        )
    };
    home.config(&format!(
        "default_profile = \"shop\"\n{}{}",
        profile("shop", "wx1111111111111111"),
        profile("test", "wx2222222222222222")
    ));
    let value = |args: &[&str]| home.run(args).done().stdout.trim().to_owned();
    let token = value(&["token"]);
    let previous = value(&["ticket"]);
    let card = value(&["ticket", "--kind", "card"]);
    let other = value(&["-p", "test", "ticket"]);
    let current = value(&["ticket", "--refresh"]);
    let url = "https://m.example.com/a?b=1";
    for (ticket, id) in [
        (&previous, "ticket-previous"),
        (&card, "ticket-other-kind"),
        (&other, "ticket-other-profile"),
        (&token, "ticket-access-token"),
        (&current, ""),
    ] {
        let signed = home
            .run([
                "sign",
                url,
                "--ticket",
                ticket,
                "--nonce",
                "Wm3WZYTPz0wzccnW",
                "--timestamp",
                "1700000000",
                "--json",
            ])
            .done()
            .json();
        let signature = signed["signature"].as_str().expect("a signature");
        let done = home
            .run([
                "verify",
                "--url",
                url,
                "--nonce",
                "Wm3WZYTPz0wzccnW",
                "--timestamp",
                "1700000000",
                "--signature",
                signature,
                "--json",
            ])
            .done();
        let found = done.json();
        let ids: Vec<&str> =
            found["mistakes"].as_array().expect("a list").iter().filter_map(|m| m["id"].as_str()).collect();
        assert_eq!(ids, if id.is_empty() { vec![] } else { vec![id] }, "{done}");
        for hidden in [&previous, &card, &other, &token, &current] {
            assert!(!done.to_string().contains(hidden.as_str()), "{id}: {hidden} is shown: {done}");
        }
    }
}

#[test]
fn a_batch_takes_each_kind_of_ticket_once() {
    let server = Server::start(wechat);
    let home = office(&server);
    let lines = "{\"url\":\"https://a.example/1\"}\n{\"url\":\"https://a.example/2\"}\n\
                 {\"url\":\"https://a.example/3\",\"kind\":\"group\"}\n{\"url\":\"https://a.example/4\",\"kind\":\"agent\"}\n";
    let done = home.run(["sign", "--batch", "-"]).stdin(lines).done();
    assert_eq!((done.code, done.stdout.lines().count()), (0, 4), "{done}");
    assert!(
        done.stdout.lines().nth(2).is_some_and(|line| line.contains("\"groupId\":\"GROUP-7\"")),
        "{done}"
    );
    assert_eq!(server.counts(), (1, 3));
}

#[test]
fn the_list_shows_ages_and_never_a_value() {
    let server = Server::start(wechat);
    let home = office(&server);
    let now = |args: &[&str]| home.run(args).var("WECHECK_NOW", "1700000000").done();
    assert_eq!(now(&["ticket", "--kind", "agent"]).code, 0);
    insta::assert_snapshot!(now(&["cache", "list"]), @r"
    exit 0
    ----- stdout
    office       token  work ww0123456789abcdef agent 1000002  stored 0 s ago, 2 h 0 min left, fresh
    office       agent  work ww0123456789abcdef agent 1000002  stored 0 s ago, 2 h 0 min left, fresh
    ");
    let list = home.run(["cache", "list", "--json"]).done();
    assert!(!list.to_string().contains("TOKEN-1") && !list.to_string().contains("TICKET"), "{list}");
    assert_eq!(home.run(["cache", "clear", "--kind", "agent"]).done().stdout, "cleared: 1\n");
    assert_eq!(home.run(["cache", "clear", "--all"]).done().stdout, "cleared: 1\n");
    assert_eq!(home.run(["--lang", "zh", "cache", "list"]).done().stdout, "缓存是空的\n");
    let path = home.run(["cache", "path"]).done().stdout;
    assert_eq!(path.trim(), home.path().join(".cache/wecheck").to_str().expect("a plain path"));
    let elsewhere = home.run(["cache", "path", "--json"]).var("WECHECK_CACHE_DIR", "/x/y").done().json();
    assert_eq!((elsewhere["backend"].as_str(), elsewhere["path"].as_str()), (Some("disk"), Some("/x/y")));
}

#[test]
fn the_last_four_tickets_stay_on_record() {
    let server = Server::start(wechat);
    let home = shop(&server);
    for _ in 0..7 {
        assert_eq!(home.run(["ticket", "--refresh"]).done().code, 0);
    }
    let list = home.run(["cache", "list", "--json"]).done().json();
    let ticket = list["entries"].as_array().and_then(|all| all.iter().find(|e| e["kind"] == "jsapi"));
    assert_eq!(ticket.expect("it is listed")["predecessors"], 4);
}

#[test]
fn a_long_wait_says_so() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(1_600)));
    let home = shop(&server);
    let first = home.run(["token"]).spawn();
    std::thread::sleep(Duration::from_millis(300));
    let second = home.run(["--lang", "zh", "token"]).done();
    let first = Done::from(first.wait_with_output().expect("it ends"));
    assert!(
        first.stderr.starts_with("note: `127.0.0.1:") && first.stderr.contains("has not answered yet"),
        "{first}"
    );
    assert_eq!(second.stderr, "说明：另一个进程正在获取，等它的结果……\n");
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn a_cache_that_cannot_be_used_is_reported_once() {
    let server = Server::start(wechat);
    let home = shop(&server);
    // A file where the folder would be: as little of use as a home that is read-only, also for root.
    home.file(".cache", "");
    let done = home.run(["ticket"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(done.stderr.matches("warning: the cache cannot be used").count(), 1, "{done}");
}

#[test]
fn an_array_is_not_an_answer() {
    let server = Server::start(|_: &Call| json(r#"[0,"ok","T-0123456789",null,7200,null]"#));
    let done = shop(&server).run(["token", "--json"]).done();
    assert_eq!((done.code, &done.json()["error"]["kind"]), (4, &"network".into()), "{done}");
}
