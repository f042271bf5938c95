//! A small site under development, faulty or not: pages, the real client libraries, a signing API.
//!
//! In: what the pages are and how the server signs. Out: a server on a free port of 127.0.0.1 that ends
//! with the value.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use sha1::{Digest as _, Sha1};

pub const TICKET: &str =
    "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";
pub const APP_ID: &str = "wx0123456789abcdef";

/// A request as the pages make it.
pub struct Ask {
    /// Path and query as sent.
    pub target: String,
    /// `http://HOST`, by the Host header.
    pub origin: String,
}

impl Ask {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A parameter as sent: percent-encoded.
    pub fn raw(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// A parameter, decoded once, as every framework does.
    pub fn parameter(&self, name: &str) -> String {
        decoded(self.raw(name).unwrap_or_default())
    }

    /// Where the page is, that asks.
    pub fn url(&self) -> String {
        self.parameter("url")
    }

    /// The address of this request.
    pub fn own(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }
}

/// What is sent back.
pub struct Reply {
    pub status: u16,
    pub kind: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

pub fn reply(kind: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status: 200, kind, headers: Vec::new(), body: body.into() }
}

pub fn html(body: &str) -> Reply {
    reply("text/html; charset=utf-8", format!("<!doctype html><meta charset=\"utf-8\">{body}"))
}

pub fn redirect(to: &str) -> Reply {
    Reply { status: 302, headers: vec![("Location", to.to_owned())], ..html("") }
}

/// What the signing API answers: how an answer is made is what most cases are about.
#[derive(Clone, Debug)]
pub struct Signed {
    pub ticket: String,
    pub nonce: String,
    pub timestamp: String,
    pub url: String,
}

impl Signed {
    #[expect(clippy::disallowed_methods, reason = "a test has no Env")]
    pub fn of(url: &str) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        Self {
            ticket: TICKET.into(),
            nonce: "Wm3WZYTPz0wzccnW".into(),
            timestamp: now.to_string(),
            url: url.split('#').next().unwrap_or(url).into(),
        }
    }

    pub fn string1(&self) -> String {
        let Self { ticket, nonce, timestamp, url } = self;
        format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}")
    }

    pub fn signature(&self) -> String {
        sha1(&self.string1())
    }

    pub fn answer(&self) -> Reply {
        self.with(&self.signature())
    }

    /// The answer with another signature.
    pub fn with(&self, signature: &str) -> Reply {
        let body = json!({
            "appId": APP_ID, "timestamp": self.timestamp, "nonceStr": self.nonce, "signature": signature,
        });
        reply("application/json", body.to_string())
    }
}

pub fn sha1(text: &str) -> String {
    hex::encode(Sha1::digest(text))
}

pub fn decoded(text: &str) -> String {
    let plus = text.replace('+', "%20");
    percent_decoded(&plus)
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = hex.filter(|_| bytes[at] == b'%') {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What the pages share: the address to sign, the request, the config.
const APP: &str = "
const here = () => location.href.split('#')[0];
const signed = async (url = here()) =>
  (await fetch('/api/sign?url=' + encodeURIComponent(url))).json();
const configure = async (more = {}, url = here()) => {
  const { appId, timestamp, nonceStr, signature } = await signed(url);
  wx.config({ appId, timestamp, nonceStr, signature, jsApiList: ['chooseImage', 'scanQRCode'], ...more });
};
";

/// The official script, as a script tag gets it from res.wx.qq.com: it sets `wx` and `jWeixin`.
pub const WX: &str = "<script src=\"/lib/jweixin.js\"></script><script src=\"/app.js\"></script>";

/// A folder of the packages that `tests/run` installed below target.
pub fn packages() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/libraries");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
        let lock = |folder: &Path| std::fs::read(folder.join("package-lock.json")).ok();
        assert!(
            folder.join("node_modules").is_dir() && lock(&folder) == lock(&source),
            "the libraries of the pages are not installed below {}: tests/run does it",
            folder.display()
        );
        folder.join("node_modules")
    })
}

/// The scripts that every site has.
fn library(path: &str) -> Option<Reply> {
    let file = |name: &str| std::fs::read_to_string(packages().join(name)).expect("a library");
    let text = match path {
        "/app.js" => APP.to_owned(),
        "/lib/jweixin.js" => format!(
            "(() => {{ const module = {{ exports: {{}} }}; {}; window.wx = window.jWeixin = module.exports; }})();",
            file("weixin-js-sdk/index.js")
        ),
        "/lib/ww.js" => file("@wecom/jssdk/dist/wecom.global.prod.js"),
        "/lib/vue.js" => file("vue/dist/vue.global.prod.js"),
        "/lib/vue-router.js" => file("vue-router/dist/vue-router.global.prod.js"),
        "/lib/react.js" => file("react/umd/react.production.min.js"),
        "/lib/react-dom.js" => file("react-dom/umd/react-dom.production.min.js"),
        "/lib/remix-router.js" => file("@remix-run/router/dist/router.umd.min.js"),
        "/lib/react-router.js" => file("react-router/dist/umd/react-router.production.min.js"),
        "/lib/react-router-dom.js" => file("react-router-dom/dist/umd/react-router-dom.production.min.js"),
        _ => return None,
    };
    Some(reply("text/javascript", text))
}

/// A running site.
pub struct Site {
    pub port: u16,
    over: Arc<AtomicBool>,
}

impl Site {
    /// `serve` answers what no library does.
    pub fn start(serve: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let over = Arc::new(AtomicBool::new(false));
        let (ended, serve) = (Arc::clone(&over), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let serve = Arc::clone(&serve);
                if let Ok(stream) = stream {
                    std::thread::spawn(move || answer(stream, &*serve));
                }
            }
        });
        Self { port, over }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

pub fn answer(mut stream: impl Read + Write, serve: &dyn Fn(&Ask) -> Reply) {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or("/").to_owned();
    let host = head.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap_or_default();
    let ask = Ask { target, origin: format!("http://{host}") };
    let reply = if ask.path() == "/favicon.ico" {
        Reply { status: 204, ..reply("image/png", "") }
    } else {
        library(ask.path()).unwrap_or_else(|| serve(&ask))
    };
    let headers = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = headers.collect::<Vec<_>>().concat();
    let head = format!(
        "HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        reply.status,
        reply.kind,
        reply.body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply.body));
    let _ = stream.flush();
}
