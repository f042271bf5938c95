//! `verify --endpoint` and its suite against signing APIs with one fault each, three of them in other
//! languages: which addresses break, and by which mistake.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::Home;
use crate::site::{Ask, Reply, Signed, Site, TICKET, decoded, html, sha1};

const PAGE: &str = "https://m.example.com/goods/1";

fn suite(endpoint: &str, page: &str) -> (i32, Value) {
    let home = Home::new();
    let args = [
        "--json",
        "verify",
        "--endpoint",
        endpoint,
        "--page-url",
        page,
        "--ticket",
        TICKET,
        "--endpoint-suite",
    ];
    let done = home.run(args).done();
    (done.code, done.json())
}

/// The addresses that break, each with its first mistake.
fn broken(json: &Value) -> Vec<(String, String)> {
    let cases = json["cases"].as_array().unwrap_or_else(|| panic!("no cases: {json:#}"));
    let refused = cases.iter().filter(|case| case["verdict"] == "refused");
    refused
        .map(|case| {
            let id = case["mistakes"][0]["id"].as_str().unwrap_or("-");
            (case["page_url"].as_str().expect("an address").to_owned(), id.to_owned())
        })
        .collect()
}

fn signing(url: &str) -> Reply {
    Signed { url: url.into(), ..Signed::of("") }.answer()
}

/// What breaks, and by what; everything else has to fit. `""` stands for every address.
fn assert_broken(name: &str, json: &Value, wanted: &[(&str, &str)]) {
    let wrong = complaints(name, json, wanted);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn complaints(name: &str, json: &Value, wanted: &[(&str, &str)]) -> Vec<String> {
    let found = broken(json);
    let is = |url: &str, mistake: &str, (part, id): &(&str, &str)| url.contains(part) && mistake == *id;
    let absent = wanted.iter().filter(|want| !found.iter().any(|(url, mistake)| is(url, mistake, want)));
    let absent = absent.map(|(part, id)| format!("{name}: no `{id}` for `{part}`"));
    let strange = found.iter().filter(|(url, mistake)| !wanted.iter().any(|want| is(url, mistake, want)));
    let strange = strange.map(|(url, mistake)| format!("{name}: {url} by {mistake} was not planted"));
    absent.chain(strange).collect()
}

#[test]
fn a_right_endpoint_signs_every_address() {
    let site = Site::start(|ask| Signed::of(&ask.url()).answer());
    let (code, json) = suite(&site.url("/api/sign?app=shop"), PAGE);
    assert_eq!((code, &json["verdict"]), (0, &Value::from("fits")), "{json:#}");
    assert!(json["cases"].as_array().is_some_and(|cases| cases.len() >= 12));
    assert_eq!(broken(&json), []);
}

type Serve = fn(&Ask) -> Reply;
/// A part of each address that breaks, and its mistake.
type Broken = &'static [(&'static str, &'static str)];

#[test]
fn each_fault_breaks_its_addresses_by_its_mistake() {
    let faults: &[(&str, Serve, Broken)] = &[
        ("the fragment is signed", |ask| signing(&ask.url()), &[("#/goods/1", "url-fragment")]),
        (
            "decoded twice",
            |ask| Signed::of(&decoded(&ask.url())).answer(),
            &[
                ("%E5%BC%A0", "url-percent-decoded"),
                ("%E5%95%86", "url-percent-decoded"),
                ("%2C", "url-percent-decoded"),
                ("a%20b", "url-percent-decoded"),
                ("back=", "url-percent-decoded"),
                ("q=a+b", "url-plus-space"),
            ],
        ),
        (
            "the query dropped",
            |ask| signing(ask.url().split(['?', '#']).next().unwrap_or_default()),
            &[("?", "url-query-dropped"), ("state=STATE", "url-oauth-params")],
        ),
        (
            "http behind a proxy",
            |ask| Signed::of(&ask.url().replace("https://", "http://")).answer(),
            &[("https://", "url-scheme-swapped")],
        ),
        (
            "the port dropped",
            |ask| Signed::of(&ask.url().replace(":8443", "")).answer(),
            &[(":8443", "url-port")],
        ),
        (
            "slashes at the end trimmed",
            |ask| Signed::of(ask.url().trim_end_matches('/')).answer(),
            &[("/goods/1/", "url-trailing-slash")],
        ),
        (
            "lower case",
            |ask| Signed::of(&ask.url().replace("Case=ABC", "case=abc")).answer(),
            &[("Case=ABC", "url-case")],
        ),
        (
            "escaped for HTML",
            |ask| Signed::of(&ask.url().replace('&', "&amp;")).answer(),
            &[("&", "url-html-escaped")],
        ),
        (
            "keys spelt as in wx.config",
            |ask| {
                let signed = Signed::of(&ask.url());
                signed.with(&sha1(&signed.string1().replace("noncestr", "nonceStr")))
            },
            &[("", "string-key-case")],
        ),
        ("its own address", |ask| signing(&ask.own()), &[("", "page-url-differs")]),
    ];
    let mut wrong = Vec::new();
    for (name, serve, wanted) in faults {
        let site = Site::start(*serve);
        let (code, json) = suite(&site.url("/api/sign"), PAGE);
        assert_eq!((code, &json["verdict"]), (1, &Value::from("refused")), "{name}: {json:#}");
        wrong.extend(complaints(name, &json, wanted));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_page_gives_the_document_of_verify() {
    let site = Site::start(|ask| signing(&ask.url().replace("https://", "http://")));
    let home = Home::new();
    let endpoint = site.url("/api/sign");
    let args = ["--json", "verify", "--endpoint", &endpoint, "--page-url", PAGE, "--ticket", TICKET];
    let done = home.run(args).done();
    let json = done.json();
    assert_eq!((done.code, &json["verdict"]), (1, &Value::from("refused")), "{done}");
    assert_eq!(json["mistakes"][0]["id"], "url-scheme-swapped");
    assert_eq!(json["checks"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["status"], 200);
}

#[test]
fn post_parameter_name_and_headers_are_the_callers() {
    let site = Site::start(|ask| {
        assert!(!ask.target.contains("page="), "a form is not in the query");
        html("no signature")
    });
    let home = Home::new();
    let endpoint = site.url("/api/sign");
    let post = ["--endpoint-method", "POST", "--endpoint-param", "page", "--endpoint-header", "X-Token: 1"];
    let run = home.run(["--json", "verify", "--endpoint", &endpoint, "--page-url", PAGE]).with(post);
    let done = run.done();
    assert_eq!((done.code, &done.json()["error"]["kind"]), (4, &Value::from("network")), "{done}");
    let done = home.run(["verify", "--endpoint", "http://127.0.0.1:9/", "--page-url", PAGE]).done();
    assert_eq!(done.code, 4, "{done}");
    let done = home.run(["verify", "--endpoint", "http://127.0.0.1:9/"]).done();
    assert_eq!(done.code, 2, "{done}");
}

/// A server of another language, ended with the value.
struct Other(Child, u16);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Other {
    fn start(program: &str, args: &[&str], file: &str, source: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let home = Home::new();
        let path = home.file(file, source.replace("TICKET", TICKET).replace("PORT", &port.to_string()));
        let child = Command::new(program)
            .args(args)
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
        let other = Self(child, port);
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_mins(1), "{program} never listens");
            std::thread::sleep(Duration::from_millis(50));
        }
        other
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/sign", self.1)
    }
}

/// Express and its relatives parse the query; this one reads the raw url up to the first `&`.
const NODE: &str = r"
const http = require('http'), crypto = require('crypto');
http.createServer((request, response) => {
  const query = decodeURIComponent(request.url.split('?')[1] || '');
  const url = (query.split('url=')[1] || '').split('&')[0].split('#')[0];
  const nonceStr = 'Wm3WZYTPz0wzccnW', timestamp = Math.floor(Date.now() / 1000);
  const text = `jsapi_ticket=TICKET&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`;
  const signature = crypto.createHash('sha1').update(text).digest('hex');
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ code: 0, data: { appId: 'wx0123456789abcdef', nonceStr, timestamp, signature } }));
}).listen(PORT, '127.0.0.1');
";

/// `unquote_plus` on what the framework had decoded.
const PYTHON: &str = r"
import hashlib, http.server, json, time, urllib.parse
class Sign(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        url = urllib.parse.unquote_plus(query['url'][0]).split('#')[0]
        stamp = int(time.time())
        text = f'jsapi_ticket=TICKET&noncestr=Wm3WZYTPz0wzccnW&timestamp={stamp}&url={url}'
        body = json.dumps({'app_id': 'wx0123456789abcdef', 'noncestr': 'Wm3WZYTPz0wzccnW', 'timestamp': stamp,
                           'signature': hashlib.sha1(text.encode()).hexdigest()}).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(('127.0.0.1', PORT), Sign).serve_forever()
";

/// `URI` without its port, as `getServerName` gives it.
const JAVA: &str = r#"
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
public class Sign {
  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", PORT), 0);
    server.createContext("/sign", exchange -> {
      try {
        String raw = exchange.getRequestURI().getRawQuery().substring(4);
        URI page = new URI(URLDecoder.decode(raw, StandardCharsets.UTF_8));
        String query = page.getRawQuery() == null ? "" : "?" + page.getRawQuery();
        String url = page.getScheme() + "://" + page.getHost() + page.getRawPath() + query;
        long stamp = System.currentTimeMillis() / 1000;
        String text = "jsapi_ticket=TICKET&noncestr=Wm3WZYTPz0wzccnW&timestamp=" + stamp + "&url=" + url;
        StringBuilder hex = new StringBuilder();
        for (byte b : MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)))
          hex.append(String.format("%02x", b));
        byte[] body = ("{\"appId\":\"wx0123456789abcdef\",\"nonceStr\":\"Wm3WZYTPz0wzccnW\",\"timestamp\":" + stamp
            + ",\"signature\":\"" + hex + "\"}").getBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      } catch (Exception error) {
        exchange.sendResponseHeaders(500, -1);
      }
      exchange.close();
    });
    server.start();
  }
}
"#;

#[test]
#[ignore = "needs node, python3 and java"]
fn endpoints_in_other_languages_are_judged_alike() {
    let node = Other::start("node", &[], "sign.js", NODE);
    let (code, json) = suite(&node.url(), PAGE);
    assert_eq!(code, 1, "{json:#}");
    let cut = "url-cut-at-ampersand";
    assert_broken(
        "node",
        &json,
        &[
            ("?a=1&b=2", cut),
            ("isappinstalled", "url-share-params-missing"),
            ("state=STATE", "url-oauth-params"),
            ("&copy=2", cut),
        ],
    );
    let python = Other::start("python3", &[], "sign.py", PYTHON);
    let (code, json) = suite(&python.url(), PAGE);
    assert_eq!(code, 1, "{json:#}");
    let decoded = "url-percent-decoded";
    assert_broken(
        "python",
        &json,
        &[
            ("%E5%BC%A0", decoded),
            ("%E5%95%86", decoded),
            ("%2C", decoded),
            ("a%20b", decoded),
            ("back=", decoded),
            ("q=a+b", "url-plus-space"),
        ],
    );
    let java = Other::start("java", &[], "Sign.java", JAVA);
    let (code, json) = suite(&java.url(), PAGE);
    assert_eq!(code, 1, "{json:#}");
    assert_broken("java", &json, &[(":8443", "url-port")]);
}
