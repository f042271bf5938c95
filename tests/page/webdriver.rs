//! A real browser for a test: chromedriver on a free port, and the few calls of the W3C WebDriver
//! protocol that the pages' tests need, over a plain socket.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser with one window, ended with the value.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// The browser's own files; removed with it.
    profile: TempDir,
}

/// Where a browser has been.
#[derive(Debug, Default)]
pub struct Reached {
    pub addresses: BTreeSet<String>,
    pub hosts: BTreeSet<String>,
}

/// An element's key in the protocol's answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Starts Chromium without a window. `language` is what `navigator.language` says.
    pub fn start(language: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let profile = TempDir::new().expect("a folder for the browser");
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .env("HOME", profile.path())
            .env("LANGUAGE", language)
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: apt-get install chromium chromium-driver");
        let mut browser = Self { driver, port, session: String::new(), profile };
        let data = browser.profile.path().join("profile");
        let log = browser.net_log();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            // Nothing but this machine has a name or an address, whatever a page asks for.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", data.display()));
        arguments.push(format!("--log-net-log={}", log.display()));
        arguments.push(format!("--lang={language}"));
        arguments.push(format!("--accept-lang={language}"));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {"intl.accept_languages": language},
            },
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "chromedriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        let session = browser.call("POST", "/session", &wanted);
        browser.session = session["sessionId"].as_str().map(str::to_owned).expect("a session");
        browser
    }

    /// The browser's own record of every request; complete once it has ended.
    fn net_log(&self) -> std::path::PathBuf {
        self.profile.path().join("net.json")
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "GET" || method == "DELETE" { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver listens");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .expect("the request is sent");
        let mut answer = Vec::new();
        // chromedriver keeps the connection open at times, so the length decides.
        let mut chunk = [0_u8; 8192];
        loop {
            if let Some(whole) = complete(&answer) {
                let answer: Value = serde_json::from_slice(whole).expect("chromedriver answers JSON");
                let value = &answer["value"];
                assert!(value["error"].is_null(), "{method} {path}: {} {}", value["error"], value["message"]);
                return value.clone();
            }
            let read = match stream.read(&mut chunk) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.expect("chromedriver answers"),
            };
            assert!(read > 0, "chromedriver hung up: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&chunk[..read]);
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn get(&self, path: &str) -> Value {
        self.call("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    pub fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// The browser's own Back.
    pub fn back(&self) {
        self.post("/back", &json!({}));
    }

    pub fn forward(&self) {
        self.post("/forward", &json!({}));
    }

    /// The window's inner size, as a phone or a desk has it.
    pub fn size(&self, width: u32, height: u32) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}),
        );
    }

    /// What `prefers-color-scheme` says.
    pub fn light(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Runs a script's body in the page; what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs until the script returns something true; what it returned.
    pub fn wait(&self, script: &str) -> Value {
        self.wait_for(script, Duration::from_secs(15))
    }

    /// The same for what takes its time.
    pub fn wait_long(&self, script: &str) -> Value {
        self.wait_for(script, Duration::from_mins(3))
    }

    fn wait_for(&self, script: &str, time: Duration) -> Value {
        let deadline = Instant::now() + time;
        loop {
            let value = self.run(script);
            if !matches!(value, Value::Null | Value::Bool(false)) && value != "" {
                return value;
            }
            assert!(
                Instant::now() < deadline,
                "never true: {script}\n{}",
                self.run("return document.body.innerText")
            );
            std::thread::sleep(Duration::from_millis(40));
        }
    }

    /// Runs until the script returns `'seen'`, for some seconds at most; what it returned last.
    pub fn wait_quietly(&self, script: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(15);
        loop {
            let value = self.run(script);
            if value == "seen" || Instant::now() > deadline {
                return value;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a script that calls its last argument with what it found.
    pub fn run_async(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({"script": script, "args": []}))
    }

    fn find(&self, css: &str) -> String {
        let element = self.post("/element", &json!({"using": "css selector", "value": css}));
        element[ELEMENT].as_str().expect("an element").to_owned()
    }

    /// Clicks as a mouse does: the element has to be in sight.
    pub fn click(&self, css: &str) {
        self.post(&format!("/element/{}/click", self.find(css)), &json!({}));
    }

    /// Types key by key.
    pub fn keys(&self, css: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.find(css)), &json!({"text": text}));
    }

    /// Types to what has the focus.
    pub fn keys_here(&self, text: &str) {
        let element = self.get("/element/active");
        let id = element[ELEMENT].as_str().expect("an element");
        self.post(&format!("/element/{id}/value"), &json!({"text": text}));
    }

    pub fn text(&self, css: &str) -> String {
        self.get(&format!("/element/{}/text", self.find(css))).as_str().unwrap_or_default().to_owned()
    }

    /// What a screen reader reads out: the element's role and name.
    pub fn spoken(&self, css: &str) -> Vec<(String, String)> {
        let found = self.post("/elements", &json!({"using": "css selector", "value": css}));
        let found = found.as_array().expect("a list");
        let ask = |id: &str, what: &str| -> String {
            self.get(&format!("/element/{id}/{what}")).as_str().unwrap_or_default().to_owned()
        };
        let ids = found.iter().filter_map(|element| element[ELEMENT].as_str());
        ids.map(|id| (ask(id, "computedrole"), ask(id, "computedlabel"))).collect()
    }

    /// What is in sight, as a PNG.
    pub fn screenshot_of_window(&self, file: &Path) {
        let shot = self.devtools("Page.captureScreenshot", &json!({"format": "png"}));
        let png = STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, png).expect("the screenshot is written");
    }

    /// The whole page as a PNG.
    pub fn screenshot(&self, file: &Path) {
        let sizes = self.run(
            "return [innerWidth, innerHeight, Math.max(...[document.documentElement, ...document.querySelectorAll('.scroll')]
               .map((part) => part.scrollHeight))]",
        );
        let pixels = |at: usize| u32::try_from(sizes[at].as_u64().unwrap_or_default()).unwrap_or_default();
        // What scrolls inside the page is shown as a whole in a window that is high enough.
        self.size(pixels(0), pixels(2));
        self.screenshot_of_window(file);
        self.size(pixels(0), pixels(1));
    }

    /// What stands in the console: errors, refused loads, broken policies.
    pub fn console(&self) -> Vec<String> {
        let lines = self.post("/se/log", &json!({"type": "browser"}));
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| format!("{} {}", line["level"], line["message"])).collect()
    }

    /// Ends the browser; every address that it opened a connection to, and every host that a page
    /// asked for. What the browser itself would like to ask has no address here.
    pub fn reached(mut self) -> Reached {
        self.end();
        let text = std::fs::read_to_string(self.net_log()).expect("a net log");
        let log: Value = serde_json::from_str(&text).expect("the net log is whole");
        let connect = &log["constants"]["logEventTypes"]["TCP_CONNECT_ATTEMPT"];
        assert!(connect.is_number(), "the net log names its events otherwise");
        let mut reached = Reached::default();
        for event in log["events"].as_array().expect("events") {
            let parameters = &event["params"];
            // A datagram socket that is connected sends nothing: so the browser finds its own address.
            let address = parameters["address"].as_str().filter(|_| event["type"] == *connect);
            let address = address.and_then(|text| text.parse::<SocketAddr>().ok());
            reached.addresses.extend(address.map(|address| address.ip().to_string()));
            let by_page = parameters["initiator"].as_str().is_some_and(|by| by.starts_with("http"));
            let url =
                parameters["url"].as_str().filter(|_| by_page).and_then(|url| url::Url::parse(url).ok());
            reached.hosts.extend(url.and_then(|url| url.host_str().map(str::to_owned)));
        }
        reached
    }

    fn end(&mut self) {
        if !self.session.is_empty() {
            self.call("DELETE", &format!("/session/{}", self.session), &Value::Null);
            self.session.clear();
        }
        self.kill();
    }

    /// Ends chromedriver and whatever it started: a browser that was not asked to go stays behind.
    fn kill(&mut self) {
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // After a failed assertion a second panic would hide the first.
        if !std::thread::panicking() {
            return self.end();
        }
        self.kill();
    }
}

/// The body of an answer, once it is there as a whole.
fn complete(answer: &[u8]) -> Option<&[u8]> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    let length = text.split("content-length:").nth(1)?.split("\r\n").next()?.trim().parse::<usize>().ok()?;
    answer.get(head..head + length)
}
