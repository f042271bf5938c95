//! `domain-check --probe` against servers of the tests' own, and the probe's library.

mod command;
mod server;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use server::{Authority, Request, Server, Shown, answer, http, https, ok, raw, redirect, self_signed};
use wecheck::domain::{Status, VerifyFile};
use wecheck::lang::Lang;
use wecheck::platform::Platform;
use wecheck::probe::{Finding, Limits, Options, Outcome, PROBE_IDS, Resolve, run};

use crate::harness::{Home, note_id, wecheck};

/// 2026-11-21.
const NOW: u64 = 1_795_219_200;

/// What a server says about the verification file.
type Reply = Box<dyn Fn(&mut dyn Write) + Send + Sync>;

/// A run of the library against `url`, every host of `ports` on loopback.
fn probe_with(url: &str, ports: &[u16], change: impl FnOnce(&mut Options)) -> Outcome {
    let resolve = ports
        .iter()
        .map(|port| Resolve::parse(&format!("*:{port}:127.0.0.1")).expect("an override"))
        .collect();
    let mut options = Options {
        platform: Platform::Mp,
        verify_file: None,
        ca_file: None,
        resolve,
        now: NOW,
        lang: Lang::En,
        limits: Limits::default(),
        public_only: false,
        proxy: None,
        stop: &|| false,
    };
    change(&mut options);
    let outcome = run(&url.parse().expect("a url"), &options, &|_| ()).expect("a run");
    assert_eq!(outcome.findings.iter().map(|finding| finding.id).collect::<Vec<_>>(), PROBE_IDS);
    for finding in outcome.findings.iter().filter(|finding| finding.status != Status::Pass) {
        note_id(finding.id);
    }
    outcome
}

fn finding<'a>(outcome: &'a Outcome, id: &str) -> &'a Finding {
    outcome.findings.iter().find(|finding| finding.id == id).expect("every id is there")
}

#[test]
fn with_public_only_no_byte_goes_to_another_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("no waiting");
    let port = listener.local_addr().expect("an address").port();
    // A name that points inside, an address, and IPv6 around one.
    for url in [
        format!("http://m.example.com:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
    ] {
        let outcome = probe_with(&url, &[port], |options| options.public_only = true);
        let tcp = finding(&outcome, "tcp");
        assert!(tcp.message.contains("is not a public address"), "{url}: {}", tcp.message);
        assert!(listener.accept().is_err(), "{url}: somebody came");
    }
}

/// `id status: message`, for those that are not passed.
fn remarks(outcome: &Outcome) -> String {
    outcome
        .findings
        .iter()
        .filter(|finding| matches!(finding.status, Status::Fail | Status::Warn))
        .map(|finding| format!("{} {:?}", finding.id, finding.status).to_lowercase())
        .collect::<Vec<_>>()
        .join(", ")
}

fn page(_: &Request, out: &mut dyn Write) {
    ok(out, "<!doctype html><title>shop</title>");
}

/// The number of openssl's first complaint about the same chain for the same name; 0 where it has
/// none.
fn openssl_complaint(port: u16, host: &str, ca_file: &std::path::Path) -> u32 {
    let output = Command::new("openssl")
        .args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-servername", host])
        .args(["-verify_hostname", host, "-verify_return_error", "-brief", "-CAfile"])
        .arg(ca_file)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is needed for this test");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let complaint = said
        .split("verify error:num=")
        .nth(1)
        .map(|rest| rest.split(':').next().and_then(|number| number.parse().ok()).expect("a number"));
    assert_eq!(output.status.success(), complaint.is_none(), "{said}");
    complaint.unwrap_or(0)
}

/// X509_V_ERR_…: what openssl calls each fault.
const NO_ISSUER: u32 = 20;
const NOT_YET_VALID: u32 = 9;
const EXPIRED: u32 = 10;
const SELF_SIGNED: u32 = 18;
const WRONG_HOST: u32 = 62;

#[test]
#[ignore = "needs openssl"]
fn each_chain_is_judged_as_openssl_judges_it() {
    let authority = Authority::new();
    let home = Home::new();
    let ca_file = home.file("root.pem", &authority.root_pem);
    let (host, deep) = ("wx.a.com", "x.wx.a.com");
    let names: &[&str] = &["wx.a.com", "www.a.com"];
    let cases: [(&str, &str, Shown, &str, &str, u32); 11] = [
        ("good", host, authority.good(names), "", "", 0),
        (
            "missing intermediate",
            host,
            authority.without_intermediate(names),
            "tls-chain fail",
            "does not send the intermediate certificate `CN=Test Intermediate`",
            NO_ISSUER,
        ),
        ("wrong order", host, authority.out_of_order(names), "tls-chain warn", "out of order", 0),
        ("root included", host, authority.with_root(names), "", "", 0),
        (
            "expired",
            host,
            authority.dated(names, (2020, 2021)),
            "tls-dates fail",
            "expired on 2021-01-01",
            EXPIRED,
        ),
        (
            "not yet",
            host,
            authority.dated(names, (2080, 2090)),
            "tls-dates fail",
            "only from 2080-01-01",
            NOT_YET_VALID,
        ),
        (
            "wrong name",
            host,
            authority.good(&["m.a.com"]),
            "tls-name fail",
            "is for m.a.com, not for",
            WRONG_HOST,
        ),
        ("wildcard", host, authority.good(&["*.a.com"]), "", "", 0),
        (
            "wildcard, two labels",
            deep,
            authority.good(&["*.a.com"]),
            "tls-name fail",
            "covers one label only",
            WRONG_HOST,
        ),
        (
            "wildcard of a suffix",
            host,
            authority.good(&["*.com"]),
            "tls-name fail",
            "covers one label only",
            WRONG_HOST,
        ),
        ("self-signed", host, self_signed(names), "tls-chain fail", "is self-signed", SELF_SIGNED),
    ];
    for (name, host, shown, expected, message, complaint) in cases {
        let server = https(&shown, page);
        let url = format!("https://{host}:{}/", server.port);
        let outcome = probe_with(&url, &[server.port], |options| options.ca_file = Some(ca_file.clone()));
        assert_eq!(remarks(&outcome), expected, "{name}: {:?}", outcome.findings);
        if !message.is_empty() {
            let id = expected.split(' ').next().expect("an id");
            let found = finding(&outcome, id);
            assert!(found.message.contains(message), "{name}: {}", found.message);
            assert!(found.fix.is_some(), "{name}");
        }
        let refused = ["tls-chain", "tls-name", "tls-dates"]
            .iter()
            .any(|id| finding(&outcome, id).status == Status::Fail);
        // The same verdict, and for the same reason.
        assert_eq!(
            (complaint, refused),
            (openssl_complaint(server.port, host, &ca_file), complaint != 0),
            "{name}"
        );
        assert_eq!(
            finding(&outcome, "http-status").status,
            Status::Pass,
            "{name}: the page is still looked at"
        );
    }
}

/// A chain of a private authority, as the probe tells it on a machine with these roots of its own.
#[test]
fn the_platform_s_roots_are_asked_beside_the_fixed_ones() {
    let (authority, other) = (Authority::new(), Authority::new());
    let home = Home::new();
    let own = home.file("own.pem", &authority.root_pem);
    let foreign = home.file("other.pem", &other.root_pem);
    let none = home.file("none.pem", "");
    // What c_rehash makes of a folder: the subject's hash is the name.
    let hashed = home.file("certs/0a1b2c3d.0", &authority.root_pem);
    let folder = hashed.parent().expect("a folder").to_owned();
    let whole = https(&authority.good(&["wx.a.com"]), page);
    let cut = https(&authority.without_intermediate(&["wx.a.com"]), page);
    let judged = |server: &Server, variable: &str, value: &std::path::Path, lang: &str| {
        let done = home
            .run([
                "domain-check",
                &format!("https://wx.a.com:{}/", server.port),
                "--probe",
                "--json",
                "--lang",
                lang,
            ])
            .with(["--resolve", &format!("*:{}:127.0.0.1", server.port)])
            .var(variable, value)
            .done();
        assert_eq!(done.code, 1, "{done}");
        let chain = done.json()[0]["probes"][3].clone();
        assert_eq!((&chain["id"], &chain["status"]), (&"tls-chain".into(), &"fail".into()), "{chain}");
        let roots = (chain["measured"]["fixed_roots"].clone(), chain["measured"]["system_roots"].clone());
        (
            roots,
            chain["message"].as_str().unwrap_or_default().to_owned(),
            chain["fix"].as_str().unwrap_or_default().to_owned(),
        )
    };
    for (variable, value) in [("SSL_CERT_FILE", &own), ("SSL_CERT_DIR", &folder)] {
        let (roots, message, fix) = judged(&whole, variable, value, "en");
        assert_eq!(roots, (false.into(), true.into()), "{variable}: {message}");
        assert!(message.starts_with("only this machine trusts the chain"), "{message}");
        assert!(fix.contains("append the certificate of `CN=Test Root`"), "{fix}");
    }
    assert!(judged(&whole, "SSL_CERT_FILE", &own, "zh").1.starts_with("只有这台机器信任这条证书链"));
    // A missing intermediate is missing on this machine, too.
    let (roots, message, _) = judged(&cut, "SSL_CERT_FILE", &own, "en");
    assert_eq!(roots, (false.into(), false.into()));
    assert!(
        message.contains("does not send the intermediate certificate `CN=Test Intermediate`"),
        "{message}"
    );
    assert_eq!(judged(&whole, "SSL_CERT_FILE", &foreign, "en").0, (false.into(), false.into()));
    // No roots at all are not verdict.
    assert_eq!(judged(&whole, "SSL_CERT_FILE", &none, "en").0, (false.into(), Value::Null));
}

/// A probe shows what the host sends, so it goes around a proxy, and says so.
#[test]
fn a_proxy_is_gone_around_and_named() {
    let home = Home::new();
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    proxy.set_nonblocking(true).expect("no waiting");
    let proxy_url = format!("http://user:CANARY@{}", proxy.local_addr().expect("an address"));
    let server = http(page);
    let run = |url: &str, vars: &[(&str, &str)]| {
        let resolve = format!("*:{}:127.0.0.1", server.port);
        let mut run = home.run(["domain-check", url, "--probe", "--json", "--resolve", &resolve]);
        for (name, value) in vars {
            run = run.var(name, value);
        }
        let done = run.done();
        assert!(proxy.accept().is_err(), "{vars:?}: the proxy was asked");
        assert!(!format!("{done}").contains("CANARY"), "{done}");
        done
    };
    let page = format!("http://wx.a.com:{}/", server.port);
    let curls = |done: &crate::harness::Done, way: &str| {
        let probes = done.json()[0]["probes"].as_array().cloned().expect("probes");
        let curls: Vec<String> =
            probes.iter().filter_map(|one| one["curl"].as_str().map(str::to_owned)).collect();
        assert!(curls.len() > 4, "{curls:?}");
        curls.iter().all(|curl| curl.contains(way))
    };
    for variable in ["ALL_PROXY", "all_proxy", "http_proxy", "HTTP_PROXY"] {
        let done = run(&page, &[(variable, &proxy_url)]);
        assert!(
            done.stderr.contains(&format!("note: `{variable}` is set, but probes connect directly")),
            "{done}"
        );
        // A command that shows the same has to go around it as well.
        assert!(curls(&done, "--noproxy '*'"), "{done}");
    }
    for vars in [
        &[("HTTPS_PROXY", proxy_url.as_str())][..],
        &[("ALL_PROXY", ""), ("http_proxy", "")],
        &[("ALL_PROXY", &proxy_url), ("NO_PROXY", "localhost, .a.com")],
        &[("ALL_PROXY", &proxy_url), ("no_proxy", "*")],
    ] {
        let done = run(&page, vars);
        assert!(!done.stderr.contains("is set, but"), "{vars:?}: {done}");
        assert!(!curls(&done, "--noproxy"), "{vars:?}: {done}");
    }
    let other = [("ALL_PROXY", proxy_url.as_str()), ("NO_PROXY", "b.com,x.wx.a.com,a.co")];
    assert!(run(&page, &other).stderr.contains("`ALL_PROXY` is set"));
    // Behind a wall that lets only the proxy out, the host's own firewall is not all there is to look at.
    let closed = http(page_of_nothing).port;
    std::thread::sleep(Duration::from_millis(50));
    let blocked = format!("https://127.0.0.1:{closed}/");
    for (vars, named) in [(&[("HTTPS_PROXY", proxy_url.as_str())][..], true), (&[], false)] {
        let tcp = run(&blocked, vars).json()[0]["probes"][1].clone();
        assert_eq!(tcp["status"], "fail");
        let fix = tcp["fix"].as_str().unwrap_or_default();
        assert!(fix.contains("whether firewall and security group"), "{fix}");
        assert_eq!(fix.contains("goes around the proxy of HTTPS_PROXY"), named, "{fix}");
    }
}

fn page_of_nothing(_: &Request, _: &mut dyn Write) {}

/// The certificate that a phone meets is the one of the page where it ends up.
#[test]
fn the_certificate_behind_a_redirect_is_looked_at() {
    let authority = Authority::new();
    let home = Home::new();
    let ca_file = home.file("root.pem", &authority.root_pem);
    let ending = https(&authority.dated(&["wx.a.com", "m.a.com"], (2020, 2027)), page);
    let port = ending.port;
    let leads =
        move |_: &Request, out: &mut dyn Write| redirect(out, &format!("https://m.a.com:{port}/landing"));
    let (plain, secure) = (http(leads), https(&authority.good(&["wx.a.com"]), leads));
    // 2027-01-01, less five days.
    let walk = |url: &str, ports: &[u16]| {
        probe_with(url, ports, |options| {
            options.ca_file = Some(ca_file.clone());
            options.now = 1_798_761_600 - 5 * 86_400;
        })
    };
    let outcome = walk(&format!("http://wx.a.com:{}/", plain.port), &[plain.port, port]);
    assert_eq!(remarks(&outcome), "tls-dates warn, redirects warn");
    let dates = finding(&outcome, "tls-dates");
    assert!(dates.message.contains("ends in 5 days"), "{}", dates.message);
    assert!(dates.curl.as_ref().is_some_and(|curl| curl.contains("https://m.a.com:")), "{:?}", dates.curl);
    assert_eq!(finding(&outcome, "tls-name").measured["host"], "m.a.com");
    // The findings about TLS speak of the first host where that has TLS: the other is named beside the redirect.
    let outcome = walk(&format!("https://wx.a.com:{}/", secure.port), &[secure.port, port]);
    assert_eq!(remarks(&outcome), "redirects warn");
    let redirects = finding(&outcome, "redirects");
    assert!(redirects.message.contains("`m.a.com`: the certificate ends in 5 days"), "{}", redirects.message);
}

#[test]
fn without_a_ca_file_a_private_root_is_refused() {
    let authority = Authority::new();
    let server = https(&authority.good(&["wx.a.com"]), page);
    let outcome = probe_with(&format!("https://wx.a.com:{}/", server.port), &[server.port], |_| ());
    let chain = finding(&outcome, "tls-chain");
    assert_eq!(chain.status, Status::Fail);
    assert!(chain.message.contains("its issuer `CN=Test Root` was not sent"), "{}", chain.message);
    let server = https(&authority.with_root(&["wx.a.com"]), page);
    let outcome = probe_with(&format!("https://wx.a.com:{}/", server.port), &[server.port], |_| ());
    assert!(finding(&outcome, "tls-chain").message.contains("root `CN=Test Root` is not a public one"));
}

#[test]
fn dates_are_judged_in_days_from_now() {
    let authority = Authority::new();
    let home = Home::new();
    let ca_file = home.file("root.pem", &authority.root_pem);
    let server = https(&authority.dated(&["wx.a.com"], (2020, 2027)), page);
    let at = |now: u64| {
        let outcome = probe_with(&format!("https://wx.a.com:{}/", server.port), &[server.port], |options| {
            options.ca_file = Some(ca_file.clone());
            options.now = now;
        });
        let found = finding(&outcome, "tls-dates");
        (found.status, found.measured["days_left"].as_i64().expect("days"))
    };
    // 2027-01-01 is the last second of the certificate.
    let end = 1_798_761_600;
    let day = 86_400;
    assert_eq!(at(end - 21 * day), (Status::Pass, 21));
    assert_eq!(at(end - 21 * day + 1), (Status::Warn, 20));
    assert_eq!(at(end), (Status::Warn, 0));
    assert_eq!(at(end + 1), (Status::Fail, -1));
}

#[test]
fn a_server_of_one_version_is_known() {
    let authority = Authority::new();
    let version = |versions: &'static rustls::SupportedProtocolVersion| {
        let mut shown = authority.good(&["wx.a.com"]);
        shown.versions = vec![versions];
        let server = https(&shown, page);
        let outcome = probe_with(&format!("https://wx.a.com:{}/", server.port), &[server.port], |_| ());
        let found = finding(&outcome, "tls-version");
        (found.status, found.measured["tls_1_2"].clone(), found.measured["tls_1_3"].clone())
    };
    assert_eq!(version(&rustls::version::TLS12), (Status::Pass, true.into(), false.into()));
    assert_eq!(version(&rustls::version::TLS13), (Status::Warn, false.into(), true.into()));
    let plain = http(page);
    let outcome = probe_with(&format!("https://wx.a.com:{}/", plain.port), &[plain.port], |_| ());
    assert_eq!(remarks(&outcome), "tls-version fail");
}

#[test]
fn redirects_are_followed_hop_by_hop() {
    let authority = Authority::new();
    let home = Home::new();
    let ca_file = home.file("root.pem", &authority.root_pem);
    let secure = https(&authority.good(&["wx.a.com"]), page);
    let secure_port = secure.port;
    let server = http(move |request, out| {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let step: usize = path.rsplit('-').next().and_then(|step| step.parse().ok()).unwrap_or(0);
        match path {
            "/host" => redirect(
                out,
                &format!(
                    "//m.a.com:{}/landing",
                    request
                        .head
                        .split("wx.a.com:")
                        .nth(1)
                        .and_then(|rest| rest.split('\r').next())
                        .unwrap_or_default()
                ),
            ),
            "/scheme" => redirect(out, &format!("https://wx.a.com:{secure_port}/scheme")),
            "/wrong-name" => redirect(out, &format!("https://m.a.com:{secure_port}/")),
            "/slash" => redirect(out, &format!("/slash/?{query}")),
            "/circle" => redirect(out, "/circle-back"),
            "/circle-back" => redirect(out, "/circle"),
            "/query-lost" if !query.is_empty() => redirect(out, "/query-lost"),
            "/query-added" if query.is_empty() => redirect(out, "?from=x#part"),
            "/app" => redirect(out, "weixin://dl/business/?t=1"),
            "/nowhere" => answer(out, "302 Found", "", ""),
            "/unreadable" => redirect(out, "http://[::bad/"),
            "/dead" => redirect(out, "http://wx.a.com:1/"),
            "/login" => redirect(
                out,
                "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=https%3A%2F%2Fwx.a.com%2Fback#wechat_redirect",
            ),
            "/wechat-only" if request.is_from_wechat() => redirect(out, "/wechat"),
            _ if path.starts_with("/ten-") && step > 0 => redirect(out, &format!("/ten-{}", step - 1)),
            _ => page(request, out),
        }
    });
    let port = server.port;
    let walk = |path: &str| {
        probe_with(&format!("http://wx.a.com:{port}{path}"), &[port, secure_port, 1], |options| {
            options.ca_file = Some(ca_file.clone());
        })
    };
    let expect = |path: &str, status: Status, words: &str, landing: Option<String>| {
        let outcome = walk(path);
        let found = finding(&outcome, "redirects");
        assert_eq!(found.status, status, "{path}: {}", found.message);
        assert!(found.message.contains(words), "{path}: {}", found.message);
        assert_eq!(outcome.landing.map(String::from), landing, "{path}");
    };
    let at = |path: &str| Some(format!("http://wx.a.com:{port}{path}"));
    expect("/none", Status::Pass, "no redirect", at("/none"));
    expect(
        "/host",
        Status::Warn,
        "another host, another path",
        Some(format!("http://m.a.com:{port}/landing")),
    );
    expect(
        "/scheme",
        Status::Warn,
        "scheme now https",
        Some(format!("https://wx.a.com:{secure_port}/scheme")),
    );
    expect("/slash?a=1", Status::Warn, "a slash added", at("/slash/?a=1"));
    expect("/circle", Status::Fail, "in a circle", None);
    expect("/query-lost?a=1", Status::Warn, "parameters lost", at("/query-lost"));
    expect("/query-added", Status::Warn, "parameters added", at("/query-added?from=x"));
    expect("/app", Status::Fail, "`weixin://dl/business/?t=1`", None);
    expect("/nowhere", Status::Fail, "without a Location", None);
    expect("/unreadable", Status::Fail, "not an http(s) address", None);
    expect("/dead", Status::Fail, "breaks there", None);
    expect("/ten-10", Status::Warn, "10 redirects", at("/ten-0"));
    expect("/ten-11", Status::Fail, "more than 10", None);
    expect(
        "/wrong-name",
        Status::Fail,
        "certificate of `m.a.com` is wrong",
        Some(format!("https://m.a.com:{secure_port}/")),
    );
    // The login page belongs to WeChat: it is not asked, the address behind it counts.
    expect(
        "/login",
        Status::Warn,
        "comes back to `https://wx.a.com/back`",
        Some("https://wx.a.com/back".to_owned()),
    );
    let split = walk("/wechat-only");
    assert_eq!(finding(&split, "user-agent").status, Status::Warn);
    assert!(finding(&split, "user-agent").message.contains("/wechat`"));
    let hops = finding(&walk("/slash?a=1"), "redirects").measured["hops"].clone();
    assert_eq!(hops.as_array().map(Vec::len), Some(2));
    assert_eq!(hops[0]["contacted"], format!("127.0.0.1:{port}"));
}

#[test]
fn each_answer_to_the_verification_file_is_named() {
    const NAME: &str = "MP_verify_AbCdEfGh12345678.txt";
    const CODE: &str = "AbCdEfGh12345678";
    let body = |text: &'static [u8]| -> Reply { Box::new(move |out| ok(out, text)) };
    let cases: Vec<(&str, Reply, Status, &str)> = vec![
        ("exact", body(CODE.as_bytes()), Status::Pass, "the file is right"),
        ("newline", body(b"AbCdEfGh12345678\n"), Status::Fail, "a line break follows"),
        ("crlf", body(b"AbCdEfGh12345678\r\n"), Status::Fail, "a line break follows"),
        ("bom", body(b"\xef\xbb\xbfAbCdEfGh12345678"), Status::Fail, "BOM"),
        ("utf-16", body(b"\xff\xfeA\0b\0C\0d\0"), Status::Fail, "UTF-16"),
        ("padded", body(b" AbCdEfGh12345678 "), Status::Fail, "whitespace around"),
        ("html", body(b"<!doctype html><html><body>app</body></html>"), Status::Fail, "an HTML page"),
        ("empty", body(b""), Status::Fail, "empty"),
        ("other", body(b"0000000000000000"), Status::Fail, "another verification file"),
        ("name", body(NAME.as_bytes()), Status::Fail, "the file's name"),
        ("case", body(b"abcdefgh12345678"), Status::Fail, "letter case"),
        ("quoted", body(b"\"AbCdEfGh12345678\""), Status::Fail, "more than the 16"),
        ("cut", body(b"AbCdEfGh"), Status::Fail, "cut short"),
        ("404", Box::new(|out| answer(out, "404 Not Found", "", CODE)), Status::Fail, "404"),
        ("redirect", Box::new(|out| redirect(out, "/elsewhere")), Status::Fail, "302 leads to `/elsewhere`"),
        (
            "slow",
            Box::new(|out| {
                std::thread::sleep(Duration::from_millis(1300));
                ok(out, CODE);
            }),
            Status::Fail,
            "must be within 1 s",
        ),
        (
            "endless",
            Box::new(|out| {
                let _ = out.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                while out.write_all(&[b'x'; 65536]).is_ok() {}
            }),
            Status::Fail,
            "not the 16 characters",
        ),
        (
            "lie",
            Box::new(|out| {
                let _ = out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nAbCd");
            }),
            Status::Fail,
            "closed before the answer was whole",
        ),
    ];
    for (name, reply, status, words) in cases {
        let server = http(move |request, out| match request.path.as_str() {
            "/shop/MP_verify_AbCdEfGh12345678.txt" => reply(out),
            path if path.contains("_verify_") => answer(out, "404 Not Found", "", ""),
            _ => page(request, out),
        });
        let file = VerifyFile::parse(NAME).expect("a name");
        let outcome =
            probe_with(&format!("http://wx.a.com:{}/shop/", server.port), &[server.port], |options| {
                options.verify_file = Some((file, "/shop/".to_owned()));
            });
        let found = finding(&outcome, "verification-file");
        assert_eq!(found.status, status, "{name}: {}", found.message);
        assert!(found.message.contains(words), "{name}: {}", found.message);
    }
    // A server that answers any name: right for this file, but a router is at work.
    for (body, status) in [(CODE, Status::Warn), ("<html>", Status::Fail)] {
        let server = http(move |_, out| ok(out, body));
        let file = VerifyFile::parse(NAME).expect("a name");
        let outcome = probe_with(&format!("http://wx.a.com:{}/", server.port), &[server.port], |options| {
            options.verify_file = Some((file, "/".to_owned()));
        });
        let found = finding(&outcome, "verification-file");
        assert_eq!(found.status, status, "{}", found.message);
        assert!(found.message.contains("any other name"), "{}", found.message);
    }
}

#[test]
fn status_user_agent_and_csp_are_reported() {
    let server = http(|request, out| match request.path.as_str() {
        "/403" if request.is_from_wechat() => answer(out, "403 Forbidden", "", "no"),
        "/500" => answer(out, "500 Internal Server Error", "", ""),
        "/csp" => answer(out, "200 OK", "Content-Security-Policy: script-src 'self'\r\n", "<p>"),
        "/csp-and-sdk" => answer(
            out,
            "200 OK",
            "Content-Security-Policy: default-src 'self'\r\n",
            "<script src=https://res.wx.qq.com/open/js/jweixin-1.6.0.js></script>",
        ),
        "/meta" => ok(out, "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"),
        "/allowed" => answer(out, "200 OK", "Content-Security-Policy: script-src *.wx.qq.com\r\n", ""),
        _ => page(request, out),
    });
    let of = |path: &str| {
        remarks(&probe_with(&format!("http://wx.a.com:{}{path}", server.port), &[server.port], |_| ()))
    };
    assert_eq!(of("/"), "");
    assert_eq!(of("/403"), "http-status fail, user-agent warn");
    assert_eq!(of("/500"), "http-status fail");
    assert_eq!(of("/csp"), "csp warn");
    assert_eq!(of("/csp-and-sdk"), "csp fail");
    assert_eq!(of("/meta"), "csp warn");
    assert_eq!(of("/allowed"), "");
}

#[test]
fn no_cookie_no_credential_and_the_clients_own_words_are_sent() {
    let (send, receive) = std::sync::mpsc::channel();
    let server = http(move |request, out| {
        send.send(request.head.clone()).expect("the test listens");
        answer(out, "200 OK", "Set-Cookie: a=b\r\n", "");
    });
    let url = format!("http://user:password@wx.a.com:{}/p?q=1#part", server.port);
    let outcome = probe_with(&url, &[server.port], |options| options.platform = Platform::Work);
    let heads: Vec<String> = receive.try_iter().collect();
    assert_eq!(heads.len(), 2, "one with the client's user agent, one with a browser's");
    assert!(heads[0].starts_with("GET /p?q=1 HTTP/1.1\r\nHost: wx.a.com:"), "{}", heads[0]);
    assert!(heads[0].contains("wxwork/") && heads[0].contains("MicroMessenger/"), "{}", heads[0]);
    for head in &heads {
        let lower = head.to_lowercase();
        assert!(!lower.contains("cookie") && !lower.contains("authorization"), "{head}");
    }
    let everything = format!("{:?}", outcome.findings);
    assert!(!everything.contains("password"), "{everything}");
}

/// Servers that never behave, each with what it should come to.
#[test]
fn a_hostile_server_is_bounded_in_time_and_size() {
    let forever = |piece: &'static [u8], pause: Duration, start: &'static [u8]| {
        raw(move |mut stream| {
            let _ = stream.write_all(start);
            while stream.write_all(piece).is_ok() {
                std::thread::sleep(pause);
            }
        })
    };
    let slow = Duration::from_millis(50);
    let silent = raw(|stream| {
        std::thread::sleep(Duration::from_secs(20));
        drop(stream);
    });
    let cases: Vec<(&str, Server, &str)> = vec![
        ("endless head", forever(b"X-A: b\r\n", Duration::ZERO, b"HTTP/1.1 200 OK\r\n"), "too long"),
        ("endless line", forever(&[b'a'; 4096], Duration::ZERO, b"HTTP/1.1 200 "), "too long"),
        ("endless body", forever(&[b'a'; 65536], Duration::ZERO, b"HTTP/1.1 200 OK\r\n\r\n"), "answers 200"),
        (
            "endless chunk",
            forever(b"1\r\na\r\n", Duration::ZERO, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "answers 200",
        ),
        ("slow head", forever(b"X", slow, b"HTTP/1.1 200 OK\r\n"), "within 1 s"),
        ("slow body", forever(b"x", slow, b"HTTP/1.1 200 OK\r\n\r\n"), "did not arrive whole"),
        ("interim answers", forever(b"HTTP/1.1 100 Continue\r\n\r\n", Duration::ZERO, b""), "not HTTP"),
        ("garbage", forever(b"\x1b[31m\xff", Duration::ZERO, b""), "too long"),
        ("silence", silent, "within 1 s"),
        ("hanging up", raw(drop), "closed"),
    ];
    for (name, server, words) in cases {
        let begun = Instant::now();
        let outcome = probe_with(&format!("http://wx.a.com:{}/", server.port), &[server.port], |options| {
            options.limits.request = Duration::from_secs(1);
        });
        let found = finding(&outcome, "http-status");
        assert!(found.message.contains(words), "{name}: {}", found.message);
        assert!(begun.elapsed() < Duration::from_secs(5), "{name} took {:?}", begun.elapsed());
        let size = serde_json::to_string(&outcome.findings).expect("JSON").len();
        assert!(size < 20_000, "{name}: {size} bytes of findings");
        // The same behind a TLS port: bytes that are not handshake.
        let outcome = probe_with(&format!("https://wx.a.com:{}/", server.port), &[server.port], |options| {
            options.limits.request = Duration::from_secs(1);
        });
        assert_eq!(finding(&outcome, "tls-version").status, Status::Fail, "{name}");
    }
}

#[test]
fn escapes_in_every_place_stay_visible_text() {
    const EVIL: &str = "\u{1b}[2J\u{1b}]8;;http://x\u{7}\u{9b}31m\u{202e}evil";
    let authority = Authority::new();
    let home = Home::new();
    let ca_file = home.file("root.pem", &authority.root_pem);
    let evil_names = authority.good(&["wx.b.com"]);
    let server = https(&evil_names, |request, out| {
        let reply = if request.path.contains("_verify_") {
            format!("HTTP/1.1 200 {EVIL}\r\n{EVIL}: {EVIL}\r\n\r\n{EVIL}")
        } else if request.is_from_wechat() {
            format!("HTTP/1.1 302 {EVIL}\r\nLocation: weixin://{EVIL}\r\n\r\n")
        } else {
            format!(
                "HTTP/1.1 200 {EVIL}\r\nContent-Security-Policy: script-src {EVIL}\r\n\r\n<title>{EVIL}</title>"
            )
        };
        let _ = out.write_all(reply.as_bytes());
    });
    let plain = http(|_, out| {
        let _ = out.write_all(
            format!("HTTP/1.1 200 OK\r\nContent-Security-Policy: script-src {EVIL}\r\n\r\n{EVIL}").as_bytes(),
        );
    });
    let garbage = raw(|mut stream| {
        let _ = stream.write_all(format!("{EVIL}\r\n\r\n").as_bytes());
        let mut rest = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
    });
    for (scheme, port) in [("https", server.port), ("http", plain.port), ("http", garbage.port)] {
        let url = format!("{scheme}://wx.a.com:{port}/{EVIL}");
        let args = |json: &[&str]| {
            wecheck([
                "domain-check",
                &url,
                "--probe",
                "--trusted",
                EVIL,
                "--verify-file",
                "MP_verify_AbCdEfGh12345678.txt",
                "--resolve",
                &format!("wx.a.com:{port}:127.0.0.1"),
                "--ca-file",
                &ca_file.to_string_lossy(),
            ])
            .with(json)
            .done()
        };
        let human = args(&[]);
        assert_eq!(human.code, 1, "{human}");
        let unsafe_char = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}');
        for text in [&human.stdout, &human.stderr] {
            assert!(!text.contains(unsafe_char), "{}", text.escape_debug());
        }
        let json = args(&["--json"]).json();
        assert_eq!(json[0]["url"], url);
        assert_eq!(json[0]["probes"].as_array().map(Vec::len), Some(PROBE_IDS.len()));
    }
}
