//! `page` as a program: other libraries, accounts and servers, what it leaves behind, how it ends.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

use crate::harness::{Done, Home, Run, path};
use crate::site::{Ask, Reply, Signed, Site, TICKET, WX, answer, html, redirect, reply};
use crate::upstream_server::{Server as Upstream, wechat};

fn page(home: &Home, args: &[&str]) -> Run {
    home.run(["--json", "page"]).with(args).var("PATH", path())
}

fn healthy(ask: &Ask) -> Reply {
    match ask.path() {
        "/api/sign" => Signed::of(&ask.url()).answer(),
        _ => html(&format!("{WX}<p>page</p><script>configure();</script>")),
    }
}

/// What a browser of this run left in the temporary folder.
fn left(temporary: &Home) -> Vec<PathBuf> {
    let all = std::fs::read_dir(temporary.path()).expect("a folder");
    all.map(|entry| entry.expect("an entry").path()).collect()
}

fn verdict(done: &Done, client: usize) -> Value {
    done.json()["clients"][client]["verdict"].clone()
}

#[test]
#[ignore = "needs chromium"]
fn all_clients_are_shown_and_nothing_is_left() {
    let (site, home, temporary) = (Site::start(healthy), Home::new(), Home::new());
    let url = site.url("/a?b=1&c=2");
    let shot = home.path().join("shot.png");
    let began = Instant::now();
    let done = page(&home, &[&url, "--ticket", TICKET, "--screenshot", shot.to_str().expect("a path")])
        .var("TMPDIR", temporary.path())
        .done();
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(done.code, 0, "{done}");
    let json = done.json();
    assert_eq!((&json["url"], &json["verdict"]), (&json!(url), &json!("fits")));
    let names: Vec<&Value> =
        json["clients"].as_array().expect("clients").iter().map(|one| &one["client"]).collect();
    assert_eq!(names, ["android", "ios", "wecom"]);
    let config = &json["clients"][1]["configs"][0];
    assert_eq!((&config["call"], &config["checked_url"]), (&json!("wx.config"), &json!(url)));
    assert_eq!(
        (&config["verdict"], &config["match"], &config["kind"]),
        (&json!("fits"), &json!(true), &json!("jsapi"))
    );
    let request = &json["clients"][1]["requests"][0];
    assert_eq!((&request["status"], &request["asked_for"]), (&json!(200), &json!(url)));
    assert_eq!(request["answered"]["signature"], config["given_signature"]);
    assert_eq!(left(&temporary), Vec::<PathBuf>::new());
    for client in ["android", "ios", "wecom"] {
        let png = std::fs::read(home.path().join(format!("shot-{client}.png"))).expect("a picture");
        assert!(png.starts_with(b"\x89PNG"), "{client}");
    }
}

#[test]
#[ignore = "needs chromium"]
fn without_a_ticket_nothing_is_claimed() {
    let (site, home) = (Site::start(healthy), Home::new());
    let done = page(&home, &[&site.url("/a"), "--as", "ios"]).done();
    assert_eq!((done.code, verdict(&done, 0)), (2, json!("incomplete")), "{done}");
    assert_eq!(done.json()["clients"][0]["configs"][0]["missing"], json!(["ticket"]));
}

#[test]
#[ignore = "needs chromium"]
fn an_unreachable_page_is_exit_4() {
    let home = Home::new();
    let done = page(&home, &["http://127.0.0.1:9/", "--as", "ios"]).done();
    assert_eq!((done.code, &done.json()["error"]["kind"]), (4, &json!("network")), "{done}");
}

#[test]
fn no_browser_is_exit_3_with_how_to_get_one() {
    let home = Home::new();
    let done = home.run(["page", "http://127.0.0.1:9/", "--browser", "/no/such/browser"]).done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.contains("`/no/such/browser`") && done.stderr.contains("CHROME_PATH"), "{done}");
}

/// The corp ticket and the app's, with config and agentConfig of @wecom/jssdk, from a token server's API.
fn office(upstream: &Upstream) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.office]\nplatform = \"work\"\nappid = \"ww0123456789abcdef\"\nagent_id = 1000002\n\
         secret = \"OFFICE-SECRET-0123456789\"\napi_base = \"{}\"\n",
        upstream.base()
    ));
    home
}

fn ticket(home: &Home, kind: &str) -> String {
    home.run(["ticket", "--kind", kind]).done().stdout.trim().to_owned()
}

fn wecom_page(script: &str) -> Reply {
    html(&format!(
        "<script src=\"/lib/ww.js\"></script><script src=\"/app.js\"></script><script>{script}</script>"
    ))
}

#[test]
#[ignore = "needs chromium"]
fn ww_register_and_agent_config_are_judged_with_their_own_tickets() {
    let upstream = Upstream::start(wechat);
    let home = office(&upstream);
    let (corp, app) = (ticket(&home, "jsapi"), ticket(&home, "agent"));
    assert_ne!(corp, app);
    for (agent_ticket, wanted, mistake) in
        [(app.clone(), "fits", Value::Null), (corp.clone(), "refused", json!("ticket-other-kind"))]
    {
        let corp = corp.clone();
        let site = Site::start(move |ask| {
            match ask.path() {
            "/api/sign" => {
                let ticket = if ask.target.contains("kind=agent") { &agent_ticket } else { &corp };
                Signed { ticket: ticket.clone(), ..Signed::of(&ask.url()) }.answer()
            }
            // agentConfig before config is allowed.
            _ => wecom_page(
                "const of = (kind) => (url) => fetch('/api/sign?kind=' + kind + '&url=' + encodeURIComponent(url)).then((r) => r.json());
                 ww.register({ corpId: 'ww0123456789abcdef', agentId: 1000002, jsApiList: ['selectExternalContact'],
                   getAgentConfigSignature: of('agent'), getConfigSignature: of('jsapi') });
                 ww.ensureAgentConfigReady().then(() => ww.ensureCorpConfigReady?.()).catch(() => {});",
            ),
        }
        });
        let done = page(&home, &[&site.url("/app?a=1#/x")]).done();
        let json = done.json();
        assert_eq!(
            json["clients"].as_array().map(Vec::len),
            Some(1),
            "a work profile has one client: {done}"
        );
        let configs = json["clients"][0]["configs"].as_array().expect("configs");
        let agent = configs.iter().find(|config| config["call"] == "wx.agentConfig").expect("agentConfig");
        assert_eq!((&agent["verdict"], &agent["kind"]), (&json!(wanted), &json!("agent")), "{done}");
        assert_eq!(agent["mistakes"][0]["id"], mistake, "{done}");
        for secret in [&corp_of(&home), &app] {
            assert!(!format!("{done}").contains(secret.as_str()), "a ticket is shown");
        }
    }
}

/// One ticket given by hand cannot be that of both kinds.
#[test]
#[ignore = "needs chromium"]
fn a_given_ticket_that_signed_both_kinds_is_the_wrong_one_for_agent_config() {
    let site = Site::start(|ask| {
        match ask.path() {
        "/api/sign" => Signed::of(&ask.url()).answer(),
        _ => html(&format!(
            "{WX}<script>wx.ready(async () => {{ const s = await signed();
             wx.invoke('agentConfig', {{ corpid: 'ww0123456789abcdef', agentid: '1000002', timestamp: String(s.timestamp),
               nonceStr: s.nonceStr, signature: s.signature, jsApiList: ['selectExternalContact'] }}, () => {{}}); }});
             configure();</script>"
        )),
    }
    });
    let done = page(&Home::new(), &[&site.url("/a"), "--as", "wecom", "--ticket", TICKET]).done();
    let json = done.json();
    let configs = &json["clients"][0]["configs"];
    assert_eq!(
        (done.code, &configs[0]["verdict"], &configs[1]["call"]),
        (1, &json!("fits"), &json!("wx.agentConfig")),
        "{done}"
    );
    assert_eq!(configs[1]["mistakes"][0]["id"], "ticket-other-kind", "{done}");
}

/// One ticket by hand is that of one kind: what it made shows of which, and the other kind is not judged by it.
#[test]
#[ignore = "needs chromium"]
fn a_given_ticket_is_that_of_one_kind() {
    let app = "ticket-of-the-app-0123456789abcdefghijklmnop";
    let agent_first = |ask: &Ask, config: &str, agent: &str| match ask.path() {
        "/api/sign" => {
            let ticket = if ask.target.contains("kind=agent") { agent } else { config };
            Signed { ticket: ticket.to_owned(), ..Signed::of(&ask.url()) }.answer()
        }
        _ => html(&format!(
            "{WX}<script>const start = async () => {{
             const s = await (await fetch('/api/sign?kind=agent&url=' + encodeURIComponent(here()))).json();
             WeixinJSBridge.invoke('agentConfig', {{ corpid: 'ww0123456789abcdef', agentid: '1000002',
               timestamp: String(s.timestamp), nonceStr: s.nonceStr, signature: s.signature,
               jsApiList: ['selectExternalContact'] }}, () => configure()); }};
             document.addEventListener('WeixinJSBridgeReady', start);</script>"
        )),
    };
    let verdicts = |site: &Site, ticket: &str| {
        let done = page(&Home::new(), &[&site.url("/a"), "--as", "wecom", "--ticket", ticket]).done();
        let json = done.json();
        let of = |call: &str| {
            let configs = json["clients"][0]["configs"].as_array().expect("configs");
            let config = configs.iter().find(|config| config["call"] == call).expect("a config");
            (config["verdict"].clone(), config["mistakes"][0]["id"].clone())
        };
        (done.code, of("wx.config"), of("wx.agentConfig"))
    };
    let (fits, refused, incomplete) = (json!("fits"), json!("refused"), json!("incomplete"));
    // Both with the corp's ticket: the agentConfig is wrong, though it comes first.
    let site = Site::start(move |ask| agent_first(ask, TICKET, TICKET));
    let wanted = (1, (fits.clone(), Value::Null), (refused.clone(), json!("ticket-other-kind")));
    assert_eq!(verdicts(&site, TICKET), wanted);
    // Each with its own, one given: nothing is known of the other kind.
    let site = Site::start(move |ask| agent_first(ask, TICKET, app));
    let wanted = (2, (incomplete.clone(), Value::Null), (fits.clone(), Value::Null));
    assert_eq!(verdicts(&site, app), wanted);
    // The config's comes too late to tell: the agentConfig was refused when nothing was known of the ticket.
    let wanted = (2, (fits, Value::Null), (incomplete, Value::Null));
    assert_eq!(verdicts(&site, TICKET), wanted);
}

#[test]
#[ignore = "needs chromium"]
fn another_account_is_refused_though_the_signature_fits() {
    let (site, home) = (Site::start(healthy), Home::new());
    home.config("[profile.shop]\nplatform = \"mp\"\nappid = \"wxffffffffffffffff\"\n");
    let done = page(&home, &[&site.url("/a"), "--as", "ios", "--ticket", TICKET]).done();
    let config = &done.json()["clients"][0]["configs"][0];
    assert_eq!(
        (done.code, &config["verdict"], &config["match"]),
        (1, &json!("refused"), &json!(true)),
        "{done}"
    );
    assert_eq!(config["mistakes"][0]["id"], "app-id-differs", "{done}");
}

/// A page may use an answer before the connection is done with it, and may keep a request open for ever.
#[test]
#[ignore = "needs chromium"]
fn an_answer_that_is_whole_late_still_explains() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                let read = stream.read(&mut head).unwrap_or_default();
                if String::from_utf8_lossy(&head[..read]).starts_with("GET /poll") {
                    std::thread::sleep(Duration::from_mins(1));
                }
                let signed = Signed::of(&format!("http://127.0.0.1:{port}/api/sign"));
                let body = String::from_utf8(signed.answer().body).expect("UTF-8");
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n\
                            Transfer-Encoding: chunked\r\n\r\n";
                let _ = write!(stream, "{head}{:x}\r\n{body}\r\n", body.len());
                let _ = stream.flush();
                std::thread::sleep(Duration::from_millis(700));
                let _ = write!(stream, "0\r\n\r\n");
            });
        }
    });
    let site = Site::start(move |_| {
        html(&format!(
            "{WX}<script>fetch('http://127.0.0.1:{port}/poll').catch(() => {{}});
             (async () => {{
             const answer = await fetch('http://127.0.0.1:{port}/api/sign');
             const first = await answer.body.getReader().read();
             wx.config({{ ...JSON.parse(new TextDecoder().decode(first.value)), jsApiList: ['chooseImage'] }}); }})();
             </script>"
        ))
    });
    let began = Instant::now();
    let done = page(&Home::new(), &[&site.url("/a"), "--as", "ios", "--ticket", TICKET]).done();
    let client = &done.json()["clients"][0];
    assert_eq!(client["configs"][0]["mistakes"][0]["id"], "page-url-differs", "{done}");
    assert_eq!(client["errors"][0]["id"], "page-signed-endpoint", "{done}");
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
}

#[test]
#[ignore = "needs chromium"]
fn a_route_of_another_site_is_wrong_usage() {
    let site = Site::start(healthy);
    let done = page(&Home::new(), &[&site.url("/a"), "--as", "ios", "--go", "https://other.example/"]).done();
    assert_eq!((done.code, &done.json()["error"]["kind"]), (2, &json!("usage")), "{done}");
}

/// A client has one window, whatever a page opens.
#[test]
#[ignore = "needs chromium"]
fn a_new_window_is_the_same_one() {
    let site = Site::start(|ask| match ask.path() {
        "/" => html(
            "<a id=\"link\" href=\"/goods/1\" target=\"another\">1</a>
                     <button onclick=\"window.open('/goods/1')\">2</button>",
        ),
        _ => healthy(ask),
    });
    for selector in ["#link", "button"] {
        let args = [&site.url("/"), "--as", "ios", "--ticket", TICKET, "--click", selector];
        let done = page(&Home::new(), &args).done();
        let config = &done.json()["clients"][0]["configs"][0];
        assert_eq!((done.code, &config["checked_url"]), (0, &json!(site.url("/goods/1"))), "{done}");
    }
}

/// `wx.agentConfig` is not in the client library: the error is not a remark.
#[test]
#[ignore = "needs chromium"]
fn an_error_that_keeps_a_call_from_the_client_is_not_passed_over() {
    let site = Site::start(|ask| match ask.path() {
        "/api/sign" => Signed::of(&ask.url()).answer(),
        _ => html(&format!("{WX}<script>wx.ready(() => wx.agentConfig({{}})); configure();</script>")),
    });
    let done = page(&Home::new(), &[&site.url("/a"), "--as", "wecom", "--ticket", TICKET]).done();
    let client = &done.json()["clients"][0];
    assert_eq!((done.code, &client["verdict"]), (1, &json!("refused")), "{done}");
    assert_eq!(client["errors"][0]["id"], "page-console-error", "{done}");
    assert_eq!(client["configs"][0]["verdict"], "fits", "{done}");
}

/// A signature for the page before does not serve on another route, also if the page went there by itself.
#[test]
#[ignore = "needs chromium"]
fn an_api_on_another_route_needs_its_own_config() {
    let site = Site::start(|ask| match ask.path() {
        "/api/sign" => Signed::of(&ask.url()).answer(),
        _ => html(&format!(
            "{WX}<script>wx.ready(() => {{ history.pushState({{}}, '', '/goods/1'); wx.chooseImage({{}}); }});
             configure();</script>"
        )),
    });
    let done = page(&Home::new(), &[&site.url("/"), "--ticket", TICKET]).done();
    let json = done.json();
    let verdicts: Vec<_> =
        json["clients"].as_array().expect("clients").iter().map(|one| one["verdict"].clone()).collect();
    assert_eq!(verdicts, ["fits", "fits", "refused"], "{done}");
    let wecom = json["clients"][2]["configs"].as_array().expect("configs");
    assert_eq!((wecom.len(), &wecom[0]["verdict"]), (2, &json!("fits")), "{done}");
    assert_eq!(wecom[1]["checked_url"], site.url("/goods/1"), "{done}");
    let android = &json["clients"][0]["configs"][1]["warnings"][0]["id"];
    assert_eq!(android, "url-inner-route", "{done}");
}

fn corp_of(home: &Home) -> String {
    ticket(home, "jsapi")
}

#[test]
#[ignore = "needs chromium"]
fn a_domain_that_is_not_trusted_is_refused() {
    let site = Site::start(healthy);
    let home = Home::new();
    home.config(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\ntrusted_domains = [\"m.example.com\"]\n",
    );
    let resolve = |host: &str| format!("{host}:{}:127.0.0.1", site.port);
    for (host, wanted) in [("m.example.com", "fits"), ("shop.example.com", "refused")] {
        let url = format!("http://{host}:{}/a", site.port);
        let done =
            page(&home, &[&url, "--as", "ios", "--ticket", TICKET, "--resolve", &resolve(host)]).done();
        let client = &done.json()["clients"][0];
        let is_refused =
            client["errors"].as_array().expect("errors").iter().any(|one| one["id"] == "page-domain");
        // The port is not one of WeChat's: a domain rule of its own.
        assert!(is_refused || wanted == "fits", "{done}");
        assert_eq!(client["configs"][0]["match"], true, "{done}");
    }
}

/// A page, and the official host of the script, over TLS by a company's own authority.
#[test]
#[ignore = "needs chromium"]
fn official_hosts_and_pages_are_served_with_resolve_and_ca_file() {
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).expect("a root");
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let names = vec!["m.example.com".to_owned(), "res.wx.qq.com".to_owned()];
    let leaf = CertificateParams::new(names).expect("parameters").signed_by(&key, &issuer).expect("a leaf");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())
        .expect("a configuration");
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).expect("a connection");
                answer(rustls::StreamOwned::new(connection, stream), &|ask| match ask.path() {
                    "/open/js/jweixin-1.6.0.js" => reply("text/javascript", ask_library()),
                    "/api/sign" => Signed::of(&ask.url()).answer(),
                    "/mixed" => html("<script src=\"http://m.example.com/app.js\"></script>"),
                    _ => html(
                        "<script src=\"//res.wx.qq.com:PORT/open/js/jweixin-1.6.0.js\"></script>\
                         <script src=\"/app.js\"></script><script>configure();</script>"
                            .replace("PORT", ask.origin.rsplit(':').next().unwrap_or_default())
                            .as_str(),
                    ),
                });
            });
        }
    });
    let home = Home::new();
    let file = home.file("ca.pem", root.pem());
    let url = format!("https://m.example.com:{port}/a");
    let resolve = ["m.example.com", "res.wx.qq.com"].map(|host| format!("{host}:{port}:127.0.0.1"));
    let args = ["--as", "ios", "--ticket", TICKET, "--resolve", &resolve[0], "--resolve", &resolve[1]];
    let without = page(&home, &[&url]).with(args).done();
    assert_eq!(without.code, 4, "an unknown authority: {without}");
    let trusted = ["--ca-file", file.to_str().expect("a path")];
    let done = page(&home, &[&url]).with(args).with(trusted).done();
    assert_eq!((done.code, verdict(&done, 0)), (0, json!("fits")), "{done}");
    let mixed = page(&home, &[&url.replace("/a", "/mixed")]).with(args).with(trusted).done();
    assert!(shows(&mixed).contains(&"page-mixed-content".to_owned()), "{mixed}");
}

/// The ids of what the first client's page shows besides its configs.
fn shows(done: &Done) -> Vec<String> {
    let json = done.json();
    let client = &json["clients"][0];
    let lists = ["errors", "warnings"].into_iter().filter_map(|name| client[name].as_array());
    lists.flatten().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
}

#[test]
#[ignore = "needs chromium"]
fn a_moved_page_an_error_page_and_a_call_after_a_refusal_are_shown() {
    let site = Site::start(|ask| match ask.path() {
        "/old" => redirect("/a"),
        "/gone" => Reply { status: 404, ..healthy(ask) },
        "/api/sign" if ask.url().contains("refused") => {
            Signed { url: "https://m.example.com/".into(), ..Signed::of("") }.answer()
        }
        "/refused" => html(&format!(
            "{WX}<script>wx.error(() => setTimeout(() => wx.chooseImage({{}}), 200)); configure();</script>"
        )),
        _ => healthy(ask),
    });
    for (path, id) in
        [("/old", "page-redirected"), ("/gone", "page-error-status"), ("/refused", "page-api-after-refusal")]
    {
        let done = page(&Home::new(), &[&site.url(path), "--as", "ios", "--ticket", TICKET]).done();
        assert!(shows(&done).contains(&id.to_owned()), "{path}: {done}");
    }
}

fn ask_library() -> Vec<u8> {
    let site = Site::start(|_| reply("text/plain", ""));
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", site.port)).expect("a site");
    std::io::Write::write_all(&mut stream, b"GET /lib/jweixin.js HTTP/1.1\r\n\r\n").expect("sent");
    let mut all = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut all).expect("an answer");
    let start = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    all[start..].to_vec()
}

fn wait_for(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The processes of the browser that this run started: they have its temporary folder in their arguments.
fn browsers(temporary: &Home) -> Vec<String> {
    let folder = temporary.path().to_str().expect("a path").to_owned();
    let all = Command::new("ps").args(["-eo", "pid,args"]).output().expect("ps is there");
    let text = String::from_utf8_lossy(&all.stdout).into_owned();
    text.lines()
        .filter(|line| line.contains(&folder) && line.contains("user-data-dir"))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

/// Killed outright, wecheck can do nothing any more: browser and folder go all the same.
#[test]
#[ignore = "needs chromium"]
fn nothing_is_left_after_wecheck_is_killed() {
    let (site, home, temporary) = (Site::start(healthy), Home::new(), Home::new());
    let child = page(&home, &[&site.url("/a"), "--as", "ios", "--wait", "60"])
        .var("TMPDIR", temporary.path())
        .spawn();
    wait_for("a browser", || browsers(&temporary).len() > 2);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "KILL", &pid]).status().expect("kill").success());
    let _ = child.wait_with_output().expect("it ends");
    wait_for("no browser", || browsers(&temporary).is_empty());
    wait_for("no folder", || left(&temporary).is_empty());
}

/// What a run left that was killed together with everything it started goes with the next one; what another
/// run still uses stays.
#[test]
#[ignore = "needs chromium"]
fn the_next_run_removes_what_was_left() {
    let (site, home, temporary) = (Site::start(healthy), Home::new(), Home::new());
    let stale = temporary.path().join("wecheck-page-stale");
    let used = temporary.path().join("wecheck-page-used");
    for folder in [&stale, &used] {
        std::fs::create_dir_all(folder.join("profile/Default")).expect("a folder");
        std::fs::write(folder.join("in-use"), "").expect("a file");
    }
    let held = std::fs::File::open(used.join("in-use")).expect("the file");
    held.lock().expect("a lock");
    let done = page(&home, &[&site.url("/a"), "--as", "ios", "--ticket", TICKET])
        .var("TMPDIR", temporary.path())
        .done();
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(left(&temporary), [used]);
}

#[test]
#[ignore = "needs chromium"]
fn nothing_is_left_after_ctrl_c_or_a_killed_browser() {
    let (site, home) = (Site::start(healthy), Home::new());
    for (signal, target, code) in [("INT", "wecheck", 130), ("TERM", "wecheck", 130), ("KILL", "browser", 4)]
    {
        let temporary = Home::new();
        let run =
            page(&home, &[&site.url("/a"), "--as", "ios", "--wait", "60"]).var("TMPDIR", temporary.path());
        let child = run.spawn();
        wait_for("a browser", || browsers(&temporary).len() > 2);
        std::thread::sleep(Duration::from_millis(500));
        let pid = if target == "wecheck" {
            child.id().to_string()
        } else {
            let mut pids = browsers(&temporary);
            pids.sort_by_key(|pid| pid.parse::<u32>().unwrap_or(u32::MAX));
            pids.remove(0)
        };
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().expect("kill").success());
        let done = Done::from(child.wait_with_output().expect("it ends"));
        assert_eq!(done.code, code, "{signal} to the {target}: {done}");
        assert_eq!(left(&temporary), Vec::<PathBuf>::new(), "{signal} to the {target}");
        wait_for("no browser", || browsers(&temporary).is_empty());
    }
}
