//! What `serve` protects: foreign hosts and pages, paths, bodies, headers, the log, secrets.

use serde_json::json;

use crate::harness::Home;
use crate::serving::{Server, example, shop};
use crate::upstream_server::{Server as Upstream, json as upstream_json, wechat};

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
    shop(&home, &upstream.base());
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
        shop(&home, &upstream.base());
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
