//! The real client libraries of examples/h5 in a real browser, with a stand-in for the bridge that
//! WeChat puts into its pages: what they give it is what `/sign` answered, and `verify` agrees.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use crate::harness::{Home, path};
use crate::serving::Server;
use crate::upstream_server::{Server as Upstream, wechat};
use crate::webdriver::Browser;

/// Stands in for the bridge: keeps what it was called with, answers ok.
const BRIDGE: &str = "
window.calls = [];
window.WeixinJSBridge = {
  invoke(name, parameters, done) {
    calls.push([name, JSON.parse(JSON.stringify(parameters))]);
    setTimeout(() => done({err_msg: name + ':ok', errMsg: name + ':ok'}));
  },
  on() {},
};";

/// examples/h5 with the packages that `tests/run` installed below target.
fn installed() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/h5");
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("h5");
            let lock = |folder: &Path| std::fs::read(folder.join("package-lock.json")).ok();
            assert!(
                folder.join("node_modules").is_dir() && lock(&folder) == lock(&source),
                "the client libraries are not installed below {}: tests/run does it",
                folder.display()
            );
            for name in ["index.html", "faulty.html", "main.js"] {
                std::fs::copy(source.join(name), folder.join(name)).expect("the example is copied");
            }
            folder
        })
        .clone()
}

/// Serves a folder's files on a free port, as a development server does.
struct Files {
    port: u16,
    over: Arc<AtomicBool>,
}

impl Files {
    fn serve(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok(stream) = stream {
                    let folder = folder.clone();
                    std::thread::spawn(move || answer(stream, &folder));
                }
            }
        });
        Self { port, over }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/");
    let file = folder.join(if path == "/" { "index.html" } else { path.trim_start_matches('/') });
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("js") => "text/javascript",
        _ => "text/html; charset=utf-8",
    };
    let (status, body) = match std::fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// What the bridge was given in a client that calls itself so.
struct Decrypted {
    page: String,
    /// The answers of /sign, in order.
    signed: Vec<Value>,
    calls: Vec<(String, Value)>,
}

fn open(server: &Server, files: &Files, kind: &str, user_agent: &str) -> Decrypted {
    let browser = Browser::start("zh-CN");
    browser.size(390, 844);
    browser.devtools(
        "Network.setUserAgentOverride",
        &json!({"userAgent": user_agent, "platform": "Linux aarch64"}),
    );
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": BRIDGE}));
    // Chinese, a plus, an encoded slash: what the page is called is what has to be signed.
    let page = format!(
        "http://localhost:{}/?server={}&kind={kind}&name=路&plus=a+b&slash=%2F#/home",
        files.port,
        server.url("")
    );
    browser.open(&page);
    browser.wait("return document.getElementById('state').textContent.endsWith(': ok')");
    let signed = browser.run(
        "return JSON.parse('[' + document.getElementById('payload').textContent.replaceAll('}\\n{', '},{') + ']')",
    );
    let calls = browser.run("return calls");
    let page = browser.run("return location.href");
    assert_eq!(browser.console(), Vec::<String>::new());
    let reached = browser.reached();
    assert!(
        reached.addresses.iter().all(|address| ["127.0.0.1", "::1"].contains(&address.as_str())),
        "{reached:?}"
    );
    Decrypted {
        page: page.as_str().expect("an address").to_owned(),
        signed: signed.as_array().expect("the payloads").clone(),
        calls: serde_json::from_value(calls).expect("names and parameters"),
    }
}

impl Decrypted {
    fn call(&self, name: &str) -> &Value {
        let found = self.calls.iter().find(|(called, _)| called == name);
        &found.unwrap_or_else(|| panic!("no {name} among {:?}", self.calls)).1
    }

    /// The payload that a nonce came from: the library may ask more than once.
    fn signed(&self, kind: &str, nonce: &Value) -> &Value {
        let found =
            self.signed.iter().find(|payload| payload["kind"] == kind && payload["nonceStr"] == *nonce);
        found.unwrap_or_else(|| panic!("/sign answered no {kind} with {nonce}: {:?}", self.signed))
    }
}

/// `verify` with the cached ticket, the page's own address, and what reached the bridge.
fn verify(home: &Home, kind: &str, page: &str, parameters: &Value, names: [&str; 3]) {
    let text = |name: &str| {
        parameters[name].as_str().unwrap_or_else(|| panic!("{name} is not text in {parameters}")).to_owned()
    };
    let done = home
        .run([
            "verify".to_owned(),
            format!("--kind={kind}"),
            format!("--url={page}"),
            format!("--timestamp={}", text(names[0])),
            format!("--nonce={}", text(names[1])),
            format!("--signature={}", text(names[2])),
        ])
        .done();
    assert_eq!(done.code, 0, "{kind}: {done}");
}

const WECOM: &str = "Mozilla/5.0 (Linux; Android 14) wxwork/4.1.27 MicroMessenger/7.0.1 Language/zh";
const VERIFIED: [&str; 3] = ["verifyTimestamp", "verifyNonceStr", "verifySignature"];

#[test]
#[ignore = "needs chromium"]
fn weixin_js_sdk_passes_on_what_sign_answered() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"s\"\napi_base = \"{}\"\n\
         js_api_list = [\"chooseImage\", \"scanQRCode\"]\n",
        upstream.base()
    ));
    let files = Files::serve(installed());
    let origin = format!("http://localhost:{}", files.port);
    let server = Server::start(&home, &["--allow-origin", &origin]);
    let decrypted = open(
        &server,
        &files,
        "jsapi",
        "Mozilla/5.0 (Linux) MicroMessenger/8.0.49.2600 NetType/WIFI Language/zh_CN",
    );
    let call = decrypted.call("preVerifyJSAPI");
    let signed = decrypted.signed("jsapi", &call["verifyNonceStr"]);
    assert_eq!(call["verifyAppId"], signed["appId"]);
    assert_eq!(call["verifyTimestamp"], signed["timestamp"].to_string());
    assert_eq!(call["verifySignature"], signed["signature"]);
    assert_eq!(call["verifyJsApiList"], json!(["chooseImage", "scanQRCode"]));
    verify(&home, "jsapi", &decrypted.page, call, VERIFIED);
}

#[test]
#[ignore = "needs chromium"]
fn wecom_jssdk_passes_on_what_sign_answered_for_config_and_agent_config() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    home.config(&format!(
        "[profile.office]\nplatform = \"work\"\nappid = \"ww0123456789abcdef\"\nagent_id = 1000002\nsecret = \"s\"\n\
         api_base = \"{}\"\njs_api_list = [\"selectExternalContact\"]\n",
        upstream.base()
    ));
    let files = Files::serve(installed());
    let origin = format!("http://localhost:{}", files.port);
    let server = Server::start(&home, &["--allow-origin", &origin]);

    let decrypted = open(&server, &files, "jsapi", WECOM);
    let config = decrypted.call("preVerifyJSAPI");
    let signed = decrypted.signed("jsapi", &config["verifyNonceStr"]);
    assert_eq!(config["verifyAppId"], signed["appId"]);
    assert_eq!(config["verifyTimestamp"], signed["timestamp"].to_string());
    assert_eq!(config["verifySignature"], signed["signature"]);
    verify(&home, "jsapi", &decrypted.page, config, VERIFIED);

    let decrypted = open(&server, &files, "agent", WECOM);
    let agent_config = decrypted.call("agentConfig");
    let signed = decrypted.signed("agent", &agent_config["nonceStr"]);
    assert_eq!(agent_config["corpid"], signed["corpid"]);
    assert_eq!(agent_config["agentid"], signed["agentId"]);
    assert_eq!(agent_config["timestamp"], signed["timestamp"].to_string());
    assert_eq!(agent_config["signature"], signed["signature"]);
    verify(&home, "agent", &decrypted.page, agent_config, ["timestamp", "nonceStr", "signature"]);
}

#[test]
#[ignore = "needs chromium"]
fn the_example_passes_for_every_client_and_its_twin_fails_on_ios() {
    let (home, upstream) = (Home::new(), Upstream::start(wechat));
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"s\"\napi_base = \"{}\"\n\
         js_api_list = [\"chooseImage\", \"scanQRCode\"]\n",
        upstream.base()
    ));
    let files = Files::serve(installed());
    let origin = format!("http://localhost:{}", files.port);
    let server = Server::start(&home, &["--allow-origin", &origin]);
    for (name, code, clients) in [("", 0, ["fits", "fits"]), ("faulty.html", 1, ["fits", "refused"])] {
        let page = format!("{origin}/{name}?server={}", server.url(""));
        let done = home.run(["--json", "page", &page]).var("PATH", path()).done();
        let json = done.json();
        let verdicts = json["clients"].as_array().expect("clients").iter().map(|client| &client["verdict"]);
        assert_eq!(
            (done.code, verdicts.collect::<Vec<_>>()),
            (code, clients.map(|one| json!(one)).iter().collect()),
            "{done}"
        );
        if code == 1 {
            assert_eq!(json["clients"][1]["configs"][0]["mistakes"][0]["id"], "page-url-differs", "{done}");
        }
    }
}
