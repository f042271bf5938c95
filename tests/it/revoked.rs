//! F-26, F-27: tokens that WeChat has ended before their time, met by a hundred processes at once,
//! in every mode; and the count of forced refreshes, which outlives each process.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::harness::{Done, Home, amount};
use crate::tokens::{office, shop, together};
use crate::upstream_server::{Answer, Call, Server, json, wechat};

fn classic(server: &Server) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.old]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\ntoken_mode = \"classic\"\n\
         secret = \"0123456789abcdef0123456789abcdef\"\napi_base = \"{}\"\n",
        server.base()
    ));
    home
}

fn refused(code: i64) -> Answer {
    json(&format!("{{\"errcode\":{code},\"errmsg\":\"access_token is invalid or not latest rid: 5f1a\"}}"))
}

/// Every mode, by the name of its token's endpoint.
const MODES: [fn(&Server) -> Home; 3] = [shop, classic, office];

#[test]
fn f26_those_who_meet_an_ended_token_make_one_new_one() {
    let processes = amount("WECHECK_TEST_PROCESSES", 24);
    for (mode, code) in MODES.into_iter().zip([40_014, 42_001, 40_001]) {
        let server = Server::start(move |call: &Call| {
            let ended = call.param("access_token").is_some_and(|token| token.starts_with("TOKEN-1-"));
            if ended { refused(code) } else { wechat(call) }.after(Duration::from_millis(200))
        });
        let home = mode(&server);
        assert_eq!(home.run(["token"]).done().code, 0);
        // Two kinds: both find out that the token has ended, and both need the same new one.
        let kinds = ["jsapi", "invoice"];
        let done = together((0..processes).map(|n| home.run(["ticket", "--kind", kinds[n % 2]])));
        for (n, one) in done.iter().enumerate() {
            assert_eq!((one.code, &one.stdout), (0, &done[n % 2].stdout), "{code}: {one}");
        }
        let (tokens, tickets) = server.counts();
        assert_eq!(tokens, 2, "{code}: the one that ended and one new one");
        assert!(tickets <= 4, "{code}: each call at most twice, not {tickets} for two");
        let forced = server.calls().iter().filter(|call| call.is_forced()).count();
        assert!(forced <= 1, "{code}: {forced}");
        let mut asked = BTreeMap::<String, usize>::new();
        for call in server.calls().into_iter().filter(|call| !call.is_token()) {
            *asked.entry(format!("{} {}", call.path, call.query)).or_default() += 1;
        }
        assert!(asked.values().all(|times| *times == 1), "nothing is asked again as it was: {asked:?}");
    }
}

#[test]
fn f26_the_count_of_forced_refreshes_outlives_every_process() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let at = |seconds: u64| -> Done {
        home.run(["token", "--refresh"]).var("WECHECK_NOW", (1_700_000_000 + seconds).to_string()).done()
    };
    assert_eq!(home.run(["token"]).var("WECHECK_NOW", "1699999000").done().code, 0);
    for n in 0..20 {
        let done = at(n * 30);
        assert!(done.code == 0 && !done.stderr.contains("forced"), "{n}: {done}");
        let early = at(n * 30 + 29);
        let why = if n < 19 {
            "they must be 30 s apart: wait 1 s"
        } else {
            "20 forced refreshes of a day are used up"
        };
        assert!(early.code == 4 && early.stderr.contains(why), "{n}: {early}");
        if n == 10 {
            // Neither clearing the cache nor another process forgets what WeChat has counted.
            assert_eq!(home.run(["cache", "clear", "--all"]).done().code, 0);
            let again = home.run(["token"]).var("WECHECK_NOW", "1700000329").done();
            assert_eq!(again.code, 0, "{again}");
        }
    }
    for seconds in [20 * 30, 3_600, 86_400 - 1] {
        let done = at(seconds);
        assert_eq!(done.code, 4, "{seconds}: {done}");
        assert!(done.stderr.contains("used up"), "{seconds}: {done}");
        assert!(
            done.stderr.contains("hint: without --refresh the stored one serves: wecheck token"),
            "{done}"
        );
    }
    let forced = || server.calls().iter().filter(|call| call.is_forced()).count();
    assert_eq!(forced(), 20, "the 21st is refused before it is sent");
    assert_eq!(at(86_400).code, 0, "the first of them is a day ago");
    assert_eq!(forced(), 21);
}

#[test]
fn f27_a_token_that_never_helps_is_replaced_once_in_ten_minutes() {
    let processes = amount("WECHECK_TEST_PROCESSES", 24);
    for (mode, code) in MODES.into_iter().zip([40_001, 40_014, 42_001]) {
        let server = Server::start(move |call: &Call| {
            if call.is_token() { wechat(call) } else { refused(code) }.after(Duration::from_millis(100))
        });
        let home = mode(&server);
        let at = |seconds: u64, count: usize| {
            let now = (1_700_000_000 + seconds).to_string();
            together((0..count).map(|_| home.run(["ticket", "--json"]).var("WECHECK_NOW", &now)))
        };
        for one in at(0, processes) {
            let error = one.json()["error"].clone();
            assert_eq!((one.code, error["errcode"].as_i64()), (5, Some(code)), "{one}");
            assert_eq!(error["kind"], "errcode", "{one}");
        }
        assert_eq!(server.counts(), (2, 2), "{code}: one token and a new one, and a try with each");
        // The shared failure ends after 30 s; what is remembered of the new token holds for 600.
        for seconds in [31, 300, 599] {
            for one in at(seconds, 5) {
                assert_eq!(one.code, 5, "{one}");
            }
            assert_eq!(server.counts().0, 2, "{code} after {seconds} s");
        }
        at(640, 5);
        assert_eq!(server.counts().0, 3, "{code}: after ten minutes one more is tried");
    }
}
