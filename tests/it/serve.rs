//! `serve` from outside: what it answers and refuses, what bounds it, how it ends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Home, every_byte_encoded, wecheck};
use crate::serving::{Server, memory, read_answer};
use crate::upstream_server::{Server as Upstream, json as upstream_json, wechat};

/// The official example.
fn example() -> serde_json::Value {
    json!({
        "url": "http://mp.weixin.qq.com?params=value",
        "ticket": "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        "nonce": "Wm3WZYTPz0wzccnW",
        "timestamp": 1_414_587_457,
        "signature": "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
    })
}

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

/// An mp profile whose API is this stand-in, with one trusted domain.
fn shop(home: &Home, upstream: &Upstream) {
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"CANARY-SECRET-0123456789\"\n\
         api_base = \"{}\"\ntrusted_domains = [\"m.example.com\"]\njs_api_list = [\"chooseImage\"]\n",
        upstream.base()
    ));
}

#[test]
fn sign_gives_the_payload_and_never_the_ticket() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream);
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
    shop(&home, &upstream);
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
    shop(&home, &refusing);
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
    shop(&home, &upstream);
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
    shop(&home, &upstream);
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
    shop(&home, &upstream);
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
fn a_foreign_host_is_refused() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let port = server.port;
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "app.localhost:80", "[::1]:9"] {
        assert_eq!(server.ask("GET", "/healthz", &[&format!("Host: {host}")], "").status, 200, "{host}");
    }
    for host in [
        "evil.com",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "evil-localhost",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
        "192.168.1.1",
        "",
        "127.0.0.1@evil.com",
        "evil.com:80:127.0.0.1",
    ] {
        for path in ["/", "/sign?url=http://localhost/", "/healthz", "/token"] {
            let answer = server.ask("GET", path, &[&format!("Host: {host}")], "");
            assert_eq!(answer.status, 403, "{host} {path}: {answer:?}");
        }
    }
    // Rebinding: the page's own origin agrees with its host, and neither is ours.
    let rebound = [format!("Host: evil.com:{port}"), format!("Origin: http://evil.com:{port}")];
    assert_eq!(server.ask("GET", "/healthz", &[&rebound[0], &rebound[1]], "").status, 403);
    // Two hosts, none, and another one in the request line.
    let two = ["Host: localhost", "Host: evil.com"];
    assert_eq!(server.ask("GET", "/healthz", &two, "").status, 400);
    assert_eq!(server.raw("GET /healthz HTTP/1.0\r\n\r\n").status, 400);
    let line = "GET http://evil.com/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(line).status, 403);
}

#[test]
fn a_foreign_page_is_refused_unless_its_origin_is_allowed() {
    let home = Home::new();
    let server = Server::start(&home, &["--allow-origin", "http://localhost:5173"]);
    let json = "Content-Type: application/json";
    let body = example().to_string();
    for origin in ["http://evil.com", "null", "http://localhost:5174", "http://localhost:5173.evil.com"] {
        let origin = format!("Origin: {origin}");
        let answer = server.ask("POST", "/api/verify", &[json, &origin], &body);
        assert_eq!(answer.status, 403, "{origin}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{answer:?}");
        let preflight = ["Access-Control-Request-Method: POST", origin.as_str()];
        assert_eq!(server.ask("OPTIONS", "/api/verify", &preflight, "").status, 403);
    }
    let own = format!("Origin: http://127.0.0.1:{}", server.port);
    assert_eq!(server.ask("POST", "/api/verify", &[json, &own], &body).status, 200);

    let allowed = "Origin: http://localhost:5173";
    let answer = server.ask("POST", "/api/verify", &[json, allowed], &body);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:5173"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let preflight =
        server.ask("OPTIONS", "/api/verify", &[allowed, "Access-Control-Request-Method: POST"], "");
    assert_eq!(preflight.status, 204, "{preflight:?}");
    assert_eq!(preflight.header("access-control-allow-origin"), Some("http://localhost:5173"));

    // An image or a script tag sends no Origin, but a browser says where it is.
    for site in ["cross-site", "same-site"] {
        let site = format!("Sec-Fetch-Site: {site}");
        assert_eq!(server.ask("GET", "/sign?url=http://localhost/", &[&site], "").status, 403);
        let navigation = [site.as_str(), "Sec-Fetch-Mode: navigate"];
        assert_eq!(server.ask("GET", "/", &navigation, "").status, 200);
        assert_eq!(server.ask("GET", "/sign?url=http://localhost/", &navigation, "").status, 403);
    }
    // What a form can send is not a JSON.
    for kind in ["Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded", "X: y"] {
        assert_eq!(server.ask("POST", "/api/verify", &[kind], &body).status, 415, "{kind}");
    }
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

#[test]
fn other_paths_and_tricks_lead_nowhere() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for path in [
        "/index.html",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/sign/",
        "/sign/../token",
        "/api",
        "/api/verify/x",
        "/API/verify",
        "/.git/config",
        "/%00",
        "/\\..\\",
        "/favicon.ico",
    ] {
        let answer = server.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {answer:?}");
        assert!(!answer.body.contains("root:"), "{path}: {answer:?}");
    }
    for (method, path) in
        [("POST", "/sign"), ("DELETE", "/"), ("GET", "/api/verify"), ("PUT", "/metrics"), ("TRACE", "/")]
    {
        assert_eq!(server.ask(method, path, &[], "").status, 405, "{method} {path}");
    }
    // The shared paths do not exist without --share, whatever key is shown.
    for path in ["/token", "/ticket", "/ticket?kind=jsapi"] {
        assert_eq!(server.ask("GET", path, &["Authorization: Bearer x"], "").status, 404, "{path}");
    }
}

#[test]
fn every_answer_carries_its_protection() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    for path in ["/", "/healthz", "/metrics", "/sign", "/nowhere"] {
        let answer = server.get(path);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {answer:?}");
        }
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    let page = server.get("/");
    for (name, value) in [("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")] {
        assert_eq!(page.header(name), Some(value));
    }
}

#[test]
fn bodies_and_heads_are_bounded() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let large = 8 * 1024 * 1024;
    let head = |length: &str| {
        format!(
            "POST /api/domain-check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Connection: close\r\n{length}\r\n\r\n"
        )
    };
    let mut sent = head(&format!("Content-Length: {large}")).into_bytes();
    sent.extend(std::iter::repeat_n(b'x', large));
    assert_eq!(server.raw(&sent).status, 413);
    let mut untold = head("Transfer-Encoding: chunked").into_bytes();
    for _ in 0..large / 65536 {
        untold.extend_from_slice(b"10000\r\n");
        untold.extend(std::iter::repeat_n(b'x', 65536));
        untold.extend_from_slice(b"\r\n");
    }
    assert_eq!(server.raw(&untold).status, 413);
    let deep = "[".repeat(200_000);
    let answer = server.ask("POST", "/api/verify", &["Content-Type: application/json"], &deep);
    assert_eq!(answer.status, 400, "{answer:?}");

    let wide = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    assert!([0, 400, 431].contains(&server.raw(wide).status));
    let many = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(1_000));
    assert!([0, 400, 431].contains(&server.raw(many).status));
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(100_000));
    assert!([0, 400, 414, 431].contains(&server.raw(long).status));
    assert_eq!(server.get("/healthz").status, 200);
}

/// Every parameter of every path, and the path itself.
#[test]
fn what_comes_in_never_becomes_a_header_or_a_log_line() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    shop(&home, &upstream);
    let key = "CANARY-KEY-0123456789abcdef";
    let flags = ["--share", "--allow-origin", "http://localhost:5173"];
    let server = Server::start_with(&home, &flags, |run| run.var("WECHECK_SHARE_KEY", key));
    let bearer = format!("Authorization: Bearer {key}");
    let sound = |asked: &str, answer: &crate::serving::Answer| {
        assert!((200..500).contains(&answer.status), "{asked}: {answer:?}");
        for line in answer.head.lines().skip(1) {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            assert!(HEADERS.contains(&name.as_str()), "{asked}: {line}");
        }
        assert!(
            !answer.head.contains("a=b") && !answer.body.contains(['\u{1b}', '\r', '\u{9b}', '\u{202e}']),
            "{asked}: {answer:?}"
        );
    };
    let injected = "x%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a%1b[31m%c2%9b31m%e2%80%ae";
    for (path, names) in [
        ("/sign?url=http://localhost/&", &["kind", "lang", "_", "jsonp", "callback"][..]),
        ("/sign?", &["url"]),
        ("/sign?kind=card&url=http://localhost/&", &["card_id", "card-id", "card_type", "location_id"]),
        (
            "/sign?kind=card-ext&url=http://localhost/&",
            &["card_id", "code", "openid", "balance", "outer_str"],
        ),
        ("/api/errcode?", &["q"]),
        ("/api/errcode?q=40164&", &["platform", "lang"]),
        ("/api/faq?", &["id", "lang"]),
        ("/token?", &["if-current", "refresh", "lang"]),
        ("/ticket?", &["kind", "lang"]),
        ("/healthz?", &["x"]),
        ("/metrics?", &["x"]),
        ("/?", &["lang", "x"]),
    ] {
        for name in names {
            let value = format!("{path}{name}={injected}");
            sound(&value, &server.ask("GET", &value, &[&bearer], ""));
        }
        let name = format!("{path}{injected}=1");
        sound(&name, &server.ask("GET", &name, &[&bearer], ""));
    }
    for path in
        [format!("/{injected}"), format!("/sign/{injected}?x={injected}"), format!("/token/{injected}")]
    {
        sound(&path, &server.get(&path));
    }
    let json = "Content-Type: application/json";
    let text = "x\r\nSet-Cookie: a=b\r\n\r\n\u{1b}[31m\u{9b}31m\u{202e}";
    let verify = [
        "url",
        "signature",
        "kind",
        "ticket",
        "nonce",
        "timestamp",
        "app-id",
        "agent-id",
        "group-id",
        "card-id",
        "card-type",
        "location-id",
        "code",
        "openid",
        "balance",
        "platform",
        "page-url",
        "other-ticket",
        "deep",
        "from",
        "lang",
        text,
    ];
    let domains =
        ["platform", "purpose", "trusted", "sandbox", "verify-file", "probe", "strict", "url", "urls", text];
    let asked = verify
        .iter()
        .map(|name| ("/api/verify", *name))
        .chain(domains.iter().map(|name| ("/api/domain-check", *name)));
    for (path, name) in asked {
        // A signature that fits leaves nothing to search for.
        let mut body =
            if path == "/api/verify" { example() } else { json!({"url": "https://m.example.com/"}) };
        body[name] = text.into();
        if body["signature"].is_string() && name != "signature" {
            body.as_object_mut().expect("an object").remove("signature");
        }
        let asked = format!("{path} {name:?}");
        sound(&asked, &server.ask("POST", path, &[json], &body.to_string()));
    }
    for header in
        ["Origin: http://localhost:5173", "Origin: http://x%0d%0aSet-Cookie:a=b", "Accept-Language: zh%0d%0a"]
    {
        sound(
            header,
            &server.ask("GET", "/healthz", &[header, &format!("X-Forwarded-Host: {injected}")], ""),
        );
    }
    // A line end inside a header's value is not a HTTP.
    let split =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:5173\rSet-Cookie: a=b\r\n\r\n";
    assert_eq!(server.raw(split).status, 400);
    let done = server.stop();
    assert!(!done.stderr.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\r']), "{}", done.stderr.escape_debug());
    assert!(!done.stderr.contains("Set-Cookie: a") && !done.stderr.contains('?'), "{done}");
    for line in done.stderr.lines() {
        assert!(line.contains(" GET /") || line.contains(" POST /api/"), "{line}");
    }
}

/// All that any answer may carry.
const HEADERS: [&str; 14] = [
    "content-type",
    "content-length",
    "content-security-policy",
    "x-content-type-options",
    "cache-control",
    "vary",
    "cross-origin-resource-policy",
    "cross-origin-opener-policy",
    "referrer-policy",
    "x-frame-options",
    "access-control-allow-origin",
    "connection",
    "allow",
    "date",
];

/// Under every fault of the API, in every answer and in the log: not the app's secret, not the key,
/// and neither token nor ticket but to the holder of the key.
#[test]
fn nothing_secret_is_in_any_answer_or_log() {
    let echo = |call: &crate::upstream_server::Call| {
        let text = format!("{} {} CANARY-SECRET-0123456789", call.query, call.body);
        upstream_json(&json!({"errcode": 40013, "errmsg": text}).to_string())
    };
    let page = |call: &crate::upstream_server::Call| {
        upstream_json(&format!("<html>{} {}</html>", call.query, call.body))
    };
    let refused_ticket = |call: &crate::upstream_server::Call| {
        if call.is_token() {
            return wechat(call);
        }
        upstream_json(
            &json!({"errcode": 40164, "errmsg": format!("invalid ip 203.0.113.7 {}", call.query)})
                .to_string(),
        )
    };
    let faults: [(&str, Upstream); 4] = [
        ("well", Upstream::start(wechat)),
        ("an errmsg that echoes", Upstream::start(echo)),
        ("a page that echoes", Upstream::start(page)),
        ("a ticket refused", Upstream::start(refused_ticket)),
    ];
    let key = "CANARY-KEY-0123456789abcdef";
    for (fault, upstream) in faults {
        let home = Home::new();
        shop(&home, &upstream);
        let server =
            Server::start_with(&home, &["--share", "-v", "-v"], |run| run.var("WECHECK_SHARE_KEY", key));
        let clean = |what: &str, text: &str| {
            for secret in ["CANARY", "TOKEN-", "TICKET-"] {
                assert!(!text.contains(secret), "{fault}: {secret} in {what}: {text}");
            }
        };
        let wrong = format!("Authorization: Bearer {}", &key[..26]);
        for path in [
            "/",
            "/sign?url=http://localhost/",
            "/sign?url=http://localhost/&kind=card-ext&card_id=x",
            "/sign?url=http://evil.com/",
            "/api/errcode?q=40001",
            "/healthz",
            "/metrics",
            "/token",
            "/ticket?kind=jsapi",
            "/nowhere",
        ] {
            clean(path, &format!("{:?}", server.ask("GET", path, &[&wrong], "")));
        }
        // To the holder of the key what was asked for, and nothing besides.
        let bearer = format!("Authorization: Bearer {key}");
        let token = format!("{:?}", server.ask("GET", "/token", &[&bearer], ""));
        clean("/token", &token.replace("TOKEN-1-of-wx0123456789abcdef", ""));
        let ticket = server.ask("GET", "/ticket", &[&bearer], "");
        clean("/ticket", &format!("{ticket:?}").replace("TICKET-jsapi-1-0123456789", ""));
        // The search for mistakes knows token, tickets and secret, and tries them.
        for signed in
            ["TOKEN-1-of-wx0123456789abcdef", "TICKET-jsapi-1-0123456789", "CANARY-SECRET-0123456789"]
        {
            let fields = wecheck::signature::Fields {
                ticket: signed.into(),
                nonce: "n0123456789abcdef".into(),
                timestamp: "1700000000".into(),
                url: "http://localhost/a".into(),
                ..Default::default()
            };
            let signature = wecheck::signature::sign(wecheck::signature::Kind::Jsapi, &fields);
            let body = json!({"url": fields.url, "nonce": fields.nonce, "timestamp": fields.timestamp, "signature": signature});
            clean("/api/verify", &format!("{:?}", server.post("/api/verify", &body)));
        }
        clean("the log", &server.stop().stderr);
    }
}

#[test]
fn one_access_line_a_request_without_the_query() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    server.get("/healthz");
    server.get("/sign?url=https://m.example.com/?code=CANARY");
    server.post("/api/verify", &json!({"ticket": "CANARY"}));
    let done = server.stop();
    assert_eq!(done.code, 0, "{done}");
    let lines: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{done}");
    assert!(lines[0].contains(" GET /healthz 200 ") && lines[2].contains(" POST /api/verify 200 "), "{done}");
    assert!(lines[1].contains(" GET /sign 503 "), "{done}");
    assert!(!done.stderr.contains("CANARY"), "{done}");
}

#[test]
fn quiet_means_no_access_lines() {
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    server.get("/healthz");
    let done = server.stop();
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
}

#[test]
fn a_slow_head_is_cut_off_and_a_slow_body_too() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let start = Instant::now();
    // One byte a second, one that says nothing at all, and one that never sends its body.
    let mut slow = server.connect();
    let mut silent = server.connect();
    let mut bodiless = server.connect();
    write!(bodiless, "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n")
        .expect("the head is sent");
    let mut dripping = slow.try_clone().expect("a clone");
    let drip = std::thread::spawn(move || {
        for byte in b"GET /healthz HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaa" {
            if dripping.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    for stream in [&mut slow, &mut silent] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        let elapsed = start.elapsed();
        assert!((8..16).contains(&elapsed.as_secs()), "{elapsed:?}");
    }
    let answer = read_answer(&mut bodiless);
    assert_eq!(answer.status, 408, "{answer:?}");
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    drip.join().expect("the drip ends");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_thousand_connections_keep_no_one_out_and_memory_is_bounded() {
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let before = memory(server.id());
    // Those that ask are all answered.
    let mut streams: Vec<TcpStream> = (0..1_000)
        .map(|_| {
            let mut stream = server.connect();
            stream
                .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .expect("a request is sent");
            stream
        })
        .collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        let answer = read_answer(stream);
        assert_eq!(answer.status, 200, "{number}: {answer:?}");
    }
    // Those that say nothing, or half a line, do not keep out one that asks.
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], server.port));
    let silent: Vec<TcpStream> = (0..1_000)
        .filter_map(|number| {
            let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(100)).ok()?;
            if number % 2 == 0 {
                let _ = stream.write_all(b"GET / HT");
            }
            Some(stream)
        })
        .collect();
    assert!(silent.len() > 100, "only {} came in", silent.len());
    let start = Instant::now();
    assert_eq!(server.get("/healthz").status, 200);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    let grown = memory(server.id()).saturating_sub(before);
    assert!(grown < 16 * 1024, "it grew by {grown} KiB");
    drop(silent);
    let open = |text: &str| -> Option<usize> {
        text.lines().find_map(|line| line.strip_prefix("wecheck_connections ")?.parse().ok())
    };
    assert!(open(&server.get("/metrics").body).is_some_and(|open| (1..=64).contains(&open)));
}

#[test]
fn it_ends_with_0_on_a_signal_and_answers_what_it_had_begun() {
    for signal in ["-TERM", "-INT"] {
        let home = Home::new();
        let server = Server::start(&home, &[]);
        let body = example().to_string();
        let mut begun = server.connect();
        write!(
            begun,
            "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{}",
            body.len(),
            &body[..20]
        )
        .expect("half a request is sent");
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        server.signal(signal);
        std::thread::sleep(Duration::from_millis(200));
        begun.write_all(&body.as_bytes()[20..]).expect("the rest is sent");
        let answer = read_answer(&mut begun);
        assert_eq!(answer.status, 200, "{signal}: {answer:?}");
        assert!(TcpStream::connect(("127.0.0.1", server.port)).is_err(), "it still listens");
        let done = server.stop_waiting();
        assert_eq!(done.code, 0, "{signal}: {done}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}

#[test]
fn the_second_signal_waits_for_no_one() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130)] {
        let home = Home::new();
        let server = Server::start(&home, &[]);
        let mut begun = server.connect();
        let head = "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        write!(begun, "{head}Content-Length: 9\r\n\r\n{{").expect("half a request is sent");
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        server.signal(signal);
        std::thread::sleep(Duration::from_millis(200));
        server.signal(signal);
        let done = server.stop_waiting();
        assert_eq!(done.code, code, "{signal}: {done}");
        assert!(start.elapsed() < Duration::from_secs(2), "{signal}: {:?}", start.elapsed());
    }
}

#[test]
fn a_wide_open_address_is_warned_of() {
    let home = Home::new();
    let server = Server::start(&home, &["--listen", "0.0.0.0:0"]);
    // Any address of this machine may stand in Host then, but still no name.
    assert_eq!(server.ask("GET", "/healthz", &["Host: 192.168.1.7:1"], "").status, 200);
    assert_eq!(server.ask("GET", "/healthz", &["Host: evil.com"], "").status, 403);
    let done = server.stop();
    assert!(done.stderr.starts_with("warning: listening on 0.0.0.0:"), "{done}");
}
