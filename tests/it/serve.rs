//! `serve` from outside: what it answers and refuses, what bounds it, how it ends.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Home, every_byte_encoded, wecheck};
use crate::serving::{Server, example, shop};
use crate::upstream_server::{Server as Upstream, json as upstream_json, wechat};

#[test]
fn verify_is_the_command_s_own_document() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let answer = server.post("/api/verify", &example());
    let mut args = vec!["verify".to_owned(), "--json".to_owned()];
    for (name, value) in example().as_object().expect("an object") {
        args.push(format!("--{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    let (mut given, mut typed) = (answer.json(), home.run(&args).done().json());
    // The only thing that time changes.
    given["search"]["elapsed_ms"] = json!(0);
    typed["search"]["elapsed_ms"] = json!(0);
    assert_eq!((answer.status, given), (200, typed));
}

#[test]
fn verify_takes_wechat_s_names_and_pasted_text() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let named = json!({
        "url": "http://mp.weixin.qq.com?params=value",
        "jsapi_ticket": example()["ticket"],
        "nonceStr": "Wm3WZYTPz0wzccnW",
        "timestamp": "1414587457",
        "pageUrl": "http://mp.weixin.qq.com/?params=value",
    });
    let answer = server.post("/api/verify", &named).json();
    assert_eq!(answer["computed_signature"], "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    assert_eq!(answer["url_differences"][0]["part"], "path");

    for (body, said) in [
        (json!({}), "there is no signature to check"),
        (json!({"from": 1}), "`from` takes"),
        (json!({"nonc": "x"}), "unknown field `nonc`"),
        (json!({"kind": "x"}), "`kind` takes one of"),
        (json!({"url": {"a": 1}}), "`url` takes a text or a number"),
        (json!([1]), "not a JSON object"),
        (json!({"deep": 11}), "10 seconds at most"),
        (json!({"deep": "3600"}), "10 seconds at most"),
        (json!({"deep": "soon"}), "`deep`"),
    ] {
        let answer = server.post("/api/verify", &body);
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        let error = &answer.json()["error"];
        assert!(
            error["message"].as_str().is_some_and(|message| message.contains(said)),
            "{body}: {answer:?}"
        );
        assert!(error["fix"].is_string(), "{answer:?}");
    }
    // What reads a file on the command line reads none here.
    for field in ["from-file", "config", "endpoint", "profile"] {
        let answer = server.post("/api/verify", &json!({field: "/etc/passwd"}));
        assert_eq!(answer.status, 400, "{field}: {answer:?}");
    }
    let answer = server.post("/api/verify", &json!({"from": "/etc/passwd"}));
    assert!(!answer.body.contains("root:"), "{answer:?}");
}

#[test]
fn sign_gives_the_payload_and_never_the_ticket() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream.base());
    let server = Server::start(&home, &["--allow-page", "dev.example.org"]);
    let page = "https://m.example.com/a%3Fb=%E8%B7%AF&c=d%2Be%23top";
    let answer = server.get(&format!("/sign?url={}", page.replace('&', "%26")));
    assert_eq!(answer.status, 200, "{answer:?}");
    let payload = answer.json();
    assert_eq!(payload["url"], "https://m.example.com/a?b=路&c=d+e");
    assert_eq!(payload["appId"], "wx0123456789abcdef");
    assert_eq!(payload["jsApiList"], json!(["chooseImage"]));
    assert!(payload["timestamp"].is_u64() && payload["nonceStr"].as_str().is_some_and(|n| n.len() >= 16));
    for secret in ["TICKET", "TOKEN", "CANARY"] {
        assert!(!answer.body.contains(secret) && !answer.head.contains(secret), "{secret}: {answer:?}");
    }
    // The signature is the one that `verify` makes with the cached ticket.
    let text = |name: &str| payload[name].as_str().map_or_else(|| payload[name].to_string(), str::to_owned);
    let done = home
        .run([
            "verify".to_owned(),
            format!("--url={}", text("url")),
            format!("--nonce={}", text("nonceStr")),
            format!("--timestamp={}", text("timestamp")),
            format!("--signature={}", text("signature")),
        ])
        .done();
    assert_eq!(done.code, 0, "{done}");

    for page in [
        "http://localhost:5173/",
        "http://127.0.0.1/",
        "https://dev.example.org/x",
        "https://M.example.com:8443/",
    ] {
        assert_eq!(server.get(&format!("/sign?url={page}")).status, 200, "{page}");
    }
    for page in [
        "https://evil.com/",
        "https://m.example.com.evil.com/",
        "https://m.example.com@evil.com/",
        "https://evil.com%5c@m.example.com/",
        "https://sub.m.example.com/",
        "//m.example.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
    ] {
        let answer = server.get(&format!("/sign?url={page}"));
        assert!([400, 403].contains(&answer.status), "{page}: {answer:?}");
        assert!(!answer.body.contains("signature\""), "{page}: {answer:?}");
    }
    for query in [
        "",
        "?url=http://localhost/&url=http://localhost/",
        "?url=http://localhost/&kind=x",
        "?url=http://localhost/?a=1&b=2",
    ] {
        assert_eq!(server.get(&format!("/sign{query}")).status, 400, "{query}");
    }
    let card = server.get("/sign?url=http://localhost/&kind=card-ext&card-id=pABC&code=1&outer-str=x").json();
    let ext: serde_json::Value =
        serde_json::from_str(card["cardExt"].as_str().expect("a string")).expect("JSON");
    assert!(ext["signature"].is_string() && ext["outer_str"] == "x", "{card}");
    // What exists on work only is refused with the reason.
    let agent = server.get("/sign?url=http://localhost/&kind=agent");
    assert_eq!(agent.status, 400, "{agent:?}");
    // One token, and one ticket of each kind that was asked for.
    assert_eq!(upstream.counts(), (1, 2));
    let done = server.stop();
    assert_eq!(done.code, 0, "a fetch must not take over the signals: {done}");
    for secret in ["TICKET", "TOKEN-", "CANARY"] {
        assert!(!done.stderr.contains(secret), "{done}");
    }
}

#[test]
fn many_at_once_are_one_fetch_and_a_failure_is_shared() {
    let home = Home::new();
    let upstream = Upstream::start(|call| wechat(call).after(Duration::from_millis(300)));
    shop(&home, &upstream.base());
    let server = Server::start(&home, &[]);
    std::thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| assert_eq!(server.get("/sign?url=http://localhost/").status, 200));
        }
    });
    assert_eq!((upstream.counts(), upstream.most_at_once()), ((1, 1), 1));
    // The others did not even look into the cache.
    let metrics = server.get("/metrics").body;
    let looked: Vec<&str> =
        metrics.lines().filter(|line| line.starts_with("wecheck_ticket_lookups")).collect();
    assert_eq!(looked, ["wecheck_ticket_lookups_total{kind=\"jsapi\",outcome=\"upstream\"} 1"]);

    let home = Home::new();
    let refusing = Upstream::start(|_| {
        upstream_json("{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7, not in whitelist\"}")
    });
    shop(&home, &refusing.base());
    let server = Server::start(&home, &[]);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let answer = server.get("/sign?url=http://localhost/");
                assert_eq!((answer.status, answer.json()["error"]["errcode"].as_i64()), (502, Some(40164)));
            });
        }
    });
    assert_eq!(refusing.counts().0, 1);
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains("wecheck_ticket_lookups_total{kind=\"jsapi\",outcome=\"failed\"}"), "{metrics}");
    assert!(metrics.contains("wecheck_requests_total{path=\"/sign\",status=\"502\"} 20"), "{metrics}");
}

#[test]
fn the_cached_ticket_signs_only_our_pages_through_verify_too() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream.base());
    let server = Server::start(&home, &[]);
    assert_eq!(server.get("/sign?url=http://localhost/").status, 200);
    let body = |url: &str| json!({"url": url, "nonce": "n", "timestamp": 1, "signature": "x"});
    // The server that signed may use another ticket: only one that fits is known to be this one.
    let other = server.post("/api/verify", &body("https://m.example.com/"));
    assert_eq!(other.json()["verdict"], "incomplete", "{other:?}");
    assert!(!other.body.contains("TICKET-jsapi-1-0123456789"), "{other:?}");
    let payload = server.get("/sign?url=https://m.example.com/").json();
    let mut signed = body("https://m.example.com/");
    for (name, value) in [("nonce", "nonceStr"), ("timestamp", "timestamp"), ("signature", "signature")] {
        signed[name] = payload[value].clone();
    }
    let own = server.post("/api/verify", &signed);
    assert_eq!(own.json()["computed_signature"], payload["signature"], "{own:?}");
    assert!(!own.body.contains("TICKET-jsapi-1-0123456789"), "{own:?}");
    let foreign = server.post("/api/verify", &body("https://evil.com/"));
    assert!(foreign.json()["computed_signature"].is_null(), "{foreign:?}");
    // No page on the way gets a signature of another: a nonce could end inside such a url.
    for page in [
        "https://m.example.com/?x=1&timestamp=1&url=https://evil.com/",
        "https://m.example.com/?x=1&timestamp=1414587457&a=b&url=https://evil.com/?c",
        "http://localhost/&noncestr=n&timestamp=1&url=https://evil.com/",
        "https://m.example.com/ ?x=1",
        "https://m.example.com/\u{7f}",
    ] {
        let posing = server.post("/api/verify", &body(page));
        assert!(posing.json()["computed_signature"].is_null(), "{page}: {posing:?}");
        let encoded = every_byte_encoded(page);
        let signed = server.get(&format!("/sign?url={encoded}"));
        assert_eq!(signed.status, 400, "{page}: {signed:?}");
    }
    let pasted =
        json!({"from": "wx.config({timestamp: 1, nonceStr: 'n', signature: 'x', url: 'https://evil.com/'})"});
    let pasted = server.post("/api/verify", &pasted);
    assert_eq!(pasted.json()["computed_signature"], json!(null), "{pasted:?}");
}

#[test]
fn tokens_and_tickets_are_for_those_who_have_the_key() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream.base());
    let key = "CANARY-KEY-0123456789abcdef";
    let server = Server::start_with(&home, &["--share", "--allow-origin", "http://localhost:5173"], |run| {
        run.var("WECHECK_SHARE_KEY", key)
    });
    let bearer = format!("Authorization: Bearer {key}");
    for header in [
        "X: y".to_owned(),
        "Authorization: Bearer".to_owned(),
        "Authorization: Bearer ".to_owned(),
        "Authorization: Bearer wrong".to_owned(),
        format!("Authorization: Bearer {key}x"),
        format!("Authorization: Bearer {}", &key[..20]),
        format!("Authorization: Basic {key}"),
        format!("Authorization: {key}"),
        format!("Cookie: key={key}"),
    ] {
        for path in ["/token", "/ticket", &format!("/token?key={key}")] {
            let answer = server.ask("GET", path, &[&header], "");
            assert_eq!(answer.status, 401, "{header}: {answer:?}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert!(!answer.body.contains("TOKEN") && !answer.body.contains("CANARY"), "{answer:?}");
        }
    }
    assert_eq!(upstream.counts(), (0, 0), "nothing is fetched for a stranger");
    let token = server.ask("GET", "/token", &[&bearer], "").json();
    assert_eq!(token["access_token"], "TOKEN-1-of-wx0123456789abcdef");
    assert!(token["expires_in"].as_u64().is_some_and(|left| left > 7_000), "{token}");
    let ticket = server.ask("GET", "/ticket?kind=card", &[&bearer], "").json();
    assert!(ticket["ticket"].as_str().is_some_and(|ticket| ticket.starts_with("TICKET-wx_card")), "{ticket}");
    // The same documents as the commands give, and the same cache.
    let typed = home.run(["ticket", "--kind", "card", "--json"]).done().json();
    assert_eq!((&ticket["ticket"], &ticket["fingerprint"]), (&typed["ticket"], &typed["fingerprint"]));
    assert_eq!(upstream.counts(), (1, 1));
    // After WeChat refused a token, its holder asks for a newer one.
    let fingerprint = token["fingerprint"].as_str().expect("a fingerprint");
    let newer = server.ask("GET", &format!("/token?if-current={fingerprint}"), &[&bearer], "").json();
    assert_eq!(newer["access_token"], "TOKEN-2-of-wx0123456789abcdef", "{newer}");
    for query in ["/token?refresh=true", "/ticket?kind=x", "/ticket?what=1"] {
        assert_eq!(server.ask("GET", query, &[&bearer], "").status, 400, "{query}");
    }
    // No page gets one, whatever it is allowed otherwise.
    let origin = "Origin: http://localhost:5173";
    assert_eq!(server.ask("GET", "/token", &[&bearer, origin], "").status, 403);
    assert_eq!(server.ask("OPTIONS", "/token", &[origin], "").status, 403);
    let done = server.stop();
    assert!(!done.stderr.contains("CANARY") && !done.stderr.contains("TOKEN-"), "{done}");
}

#[test]
fn the_key_may_stand_in_the_config_s_secret_sources() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream.base());
    home.file("key", "file-key-0123456789\n");
    let path = home.path().join(".config/wecheck/config.toml");
    let config = std::fs::read_to_string(&path).expect("a config");
    for (source, key) in [
        ("{ env = \"MY_KEY\" }", "env-key-0123456789"),
        ("{ file = \"../../key\" }", "file-key-0123456789"),
        ("{ command = [\"echo\", \"command-key-0123456789\"] }", "command-key-0123456789"),
    ] {
        home.config(&format!("{config}\n[serve]\nkey = {source}\n"));
        let shown = home.run(["config", "show"]).done();
        assert!(shown.stdout.contains("key of serve --share: ") && !shown.stdout.contains(key), "{shown}");
        let server = Server::start_with(&home, &["--share"], |run| run.var("MY_KEY", "env-key-0123456789"));
        let answer = server.ask("GET", "/token", &[&format!("authorization: bearer {key}")], "");
        assert_eq!(answer.status, 200, "{source}: {answer:?}");
    }
    home.config(&format!("{config}\n[serve]\nkeys = \"x\"\n"));
    let done = home.run(["serve", "--share", "--listen", "127.0.0.1:0"]).done();
    assert_eq!(done.code, 3, "{done}");
    home.config(&format!("{config}\n[serve]\nkey = {{ env = \"NOT_SET\" }}\n"));
    let done = home.run(["serve", "--share", "--listen", "127.0.0.1:0"]).done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.contains("the variable `NOT_SET` is not set"), "{done}");
}

#[test]
fn errcode_is_the_command_s_own_document() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for (body, args) in [
        (json!({"what": "40164"}), &["40164"][..]),
        (json!({"what": 40164}), &["40164"]),
        (json!({"what": "40001", "platform": "work"}), &["40001", "--platform", "work"]),
        (json!({"what": "config:fail, invalid signature"}), &["config:fail, invalid signature"]),
        (json!({"what": "{\"errcode\":-1}"}), &["{\"errcode\":-1}"]),
        (json!({"what": "no such thing"}), &["no such thing"]),
    ] {
        let typed = home.run(["errcode", "explain", "--json"].iter().chain(args)).done();
        let given = server.post("/api/errcode", &body);
        assert_eq!((given.status, given.json()), (200, typed.json()), "{body}");
    }
    let typed = home.run(["errcode", "explain", "--json", "40165", "--lang", "zh"]).done();
    let given = server.get("/api/errcode?q=40165&lang=zh");
    assert_eq!((given.status, given.json()), (200, typed.json()));
    // An address is kept in histories and logs: what was pasted never stands in one.
    for query in ["", "?q=", "?q=%20", "?q=1&platform=x", "?q=config%3Afail", "?q=abc", "?q=1%2C2%2Cx"] {
        let answer = server.get(&format!("/api/errcode{query}"));
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
    }
}

#[test]
fn faq_is_the_command_s_own_document() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for (body, args) in
        [(json!({"q": "invalid-signature"}), &["invalid-signature"][..]), (json!({"q": "白屏"}), &["白屏"])]
    {
        let typed = home.run(["faq", "--json"].iter().chain(args)).done();
        let given = server.post("/api/faq", &body);
        assert_eq!((given.status, given.json()), (200, typed.json()), "{body}");
    }
    let typed = home.run(["faq", "--json", "invalid-signature"]).done();
    assert_eq!(server.get("/api/faq?id=invalid-signature").json(), typed.json());
    assert_eq!(server.get("/api/faq?id=why%20is%20it%20blank").status, 400);
}

#[test]
fn domain_check_is_the_command_s_own_document() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for (body, args) in [
        (json!({"url": "https://m.example.com/"}), &["https://m.example.com/"][..]),
        (
            json!({"url": ["https://m.example.com/a", "http://10.0.0.1:8080/"], "platform": "work", "trusted": ["m.example.com"]}),
            &[
                "https://m.example.com/a",
                "http://10.0.0.1:8080/",
                "--platform=work",
                "--trusted=m.example.com",
            ],
        ),
        (
            json!({"urls": ["http://localhost/"], "sandbox": true, "purpose": "oauth", "verifyFile": "MP_verify_0123456789abcdef.txt"}),
            &[
                "http://localhost/",
                "--sandbox",
                "--purpose=oauth",
                "--verify-file=MP_verify_0123456789abcdef.txt",
            ],
        ),
        (json!({"url": "no url"}), &["no url"]),
    ] {
        let typed = home.run(["domain-check", "--json"].iter().chain(args)).done();
        let given = server.post("/api/domain-check", &body);
        assert_eq!((given.status, given.json()), (200, typed.json()), "{body}");
    }
    for (body, said) in [
        (json!({}), "there is no url"),
        (json!({"url": []}), "there is no url"),
        (json!({"url": 1}), "`url` takes a text"),
        (json!({"url": "https://a.com/", "write": "/tmp"}), "unknown field `write`"),
        (json!({"url": "https://a.com/", "ca-file": "/etc/passwd"}), "unknown field `ca-file`"),
        (json!({"url": "https://a.com/", "resolve": "*:80:127.0.0.1"}), "unknown field `resolve`"),
        (json!({"url": "https://a.com/", "probe": "yes"}), "`probe` takes true or false"),
        (json!({"url": vec!["https://a.com/"; 5], "probe": true}), "4 addresses at most"),
        (json!({"url": "https://a.com/", "purpose": "agent", "platform": "mp"}), "work only"),
    ] {
        let answer = server.post("/api/domain-check", &body);
        let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(answer.status == 400 && message.contains(said), "{body}: {answer:?}");
    }
    // What reads stdin or a flag on the command line is an address here.
    for url in ["-", "--write=/tmp", "--help"] {
        let answer = server.post("/api/domain-check", &json!({"url": url}));
        assert_eq!((answer.status, &answer.json()[0]["verdict"]), (200, &json!("fail")), "{answer:?}");
    }
}

#[test]
fn a_probe_through_the_server_stays_out_of_this_network() {
    let inside = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    inside.set_nonblocking(true).expect("no waiting");
    let port = inside.local_addr().expect("an address").port();
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0x7f.1"] {
        let url = format!("http://{host}:{port}/latest/meta-data");
        let answer = server.post("/api/domain-check", &json!({"url": url, "probe": true, "sandbox": true}));
        let probes = answer.json()[0]["probes"].to_string();
        assert!(probes.contains("is not a public address"), "{host}: {answer:?}");
        assert!(inside.accept().is_err(), "{host}: somebody came");
    }
    let offline = Server::start(&home, &["--offline"]);
    let answer = offline.post("/api/domain-check", &json!({"url": "https://m.example.com/", "probe": true}));
    assert_eq!(answer.status, 502, "{answer:?}");
}

#[test]
fn the_language_is_asked_for_or_the_browser_s() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let json = "Content-Type: application/json";
    let body = example().to_string();
    let chinese = |answer: &crate::serving::Answer| answer.body.contains("签名算法");
    assert!(!chinese(&server.ask("POST", "/api/verify", &[json], &body)));
    assert!(chinese(&server.ask("POST", "/api/verify?lang=zh", &[json], &body)));
    let accept = "Accept-Language: fr, zh-CN;q=0.9, en;q=0.8";
    assert!(chinese(&server.ask("POST", "/api/verify", &[json, accept], &body)));
    assert!(!chinese(&server.ask("POST", "/api/verify?lang=en", &[json, accept], &body)));
}

#[test]
fn wrong_flags_are_named() {
    for (flags, said) in [
        (&["--allow-origin", "*"][..], "* is not accepted"),
        (&["--allow-origin", "http://a.com/"], "scheme, host and port: http://a.com"),
        (&["--allow-page", "https://a.com"], "no scheme"),
        (&["--listen", "nowhere"], "is not an address to listen on"),
    ] {
        let done = wecheck(["serve"].iter().chain(flags)).done();
        assert_eq!(done.code, 2, "{done}");
        assert!(done.stderr.contains(said), "{done}");
    }
    let done = wecheck(["serve", "--share", "--listen", "127.0.0.1:0"]).done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.contains("WECHECK_SHARE_KEY"), "{done}");

    let home = Home::new();
    let server = Server::start(&home, &[]);
    let done = home.run(["serve", "--listen", &format!("127.0.0.1:{}", server.port)]).done();
    assert_eq!(done.code, 4, "{done}");
    assert!(done.stderr.contains("hint: wecheck serve --listen 127.0.0.1:0"), "{done}");
}
