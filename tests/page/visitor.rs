//! A person at the checker page: a home, a server and a browser, and what hands do there.

use std::path::PathBuf;

use serde_json::json;

use crate::harness::Home;
use crate::serving::Server;
use crate::webdriver::Browser;

/// A page without content.
pub const NOWHERE: &str = "about:blank";

/// Someone who has the page open.
pub struct Visitor {
    pub server: Server,
    pub browser: Browser,
    _home: Home,
}

impl Visitor {
    /// At a desk, with nothing configured; `language` is the browser's.
    pub fn new(language: &str) -> Self {
        Self::with(language, &[], Home::new())
    }

    /// In this home, at a server with these flags.
    pub fn with(language: &str, flags: &[&str], home: Home) -> Self {
        let server = Server::start(&home, flags);
        Self::of(server, Browser::start(language), home)
    }

    /// At a server that was started for a test of its own.
    pub fn of(server: Server, browser: Browser, home: Home) -> Self {
        browser.size(1280, 800);
        Self { server, browser, _home: home }
    }

    /// Opens the page afresh, as a link or a typed address does.
    pub fn open(&self, path: &str) {
        // Another fragment of the same address would not load it again.
        self.browser.open(NOWHERE);
        self.browser.open(&self.server.url(path));
    }

    /// Waits until the page shows this text somewhere.
    pub fn reads(&self, text: &str) {
        self.browser.wait(&format!("return document.body.innerText.includes({})", json!(text)));
    }

    /// Puts a text into a field as pasting does: at once, with one event.
    pub fn paste(&self, id: &str, text: &str) {
        self.browser.run(&format!(
            "const field = document.getElementById({}); field.value = {}; \
             field.dispatchEvent(new Event('input', {{bubbles: true}}));",
            json!(id),
            json!(text)
        ));
    }

    /// Chooses from a list.
    pub fn choose(&self, id: &str, value: &str) {
        self.browser.run(&format!(
            "const field = document.getElementById({}); field.value = {}; \
             for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{bubbles: true}}));",
            json!(id),
            json!(value)
        ));
    }

    /// Drops a file onto the page; `content` is an expression of JavaScript.
    pub fn drop_file(&self, name: &str, content: &str) {
        self.browser.run(&format!(
            "const data = new DataTransfer(); data.items.add(new File([{content}], {})); \
             document.body.dispatchEvent(new DragEvent('drop', {{bubbles: true, cancelable: true, dataTransfer: data}}));",
            json!(name)
        ));
    }

    /// The server is gone, as after Ctrl-C in its terminal.
    pub fn server_dies(&self) {
        self.server.signal("-KILL");
        while std::net::TcpStream::connect(("127.0.0.1", self.server.port)).is_ok() {
            std::thread::yield_now();
        }
    }

    /// Leaves; what the server had said until then.
    pub fn end(self) -> crate::harness::Done {
        let Self { server, browser, .. } = self;
        drop(browser);
        server.stop()
    }

    pub fn value(&self, id: &str) -> String {
        let value = self.browser.run(&format!("return document.getElementById('{id}').value"));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// The id of what has the focus.
    pub fn focused(&self) -> String {
        let id = self.browser.run("return document.activeElement.id");
        id.as_str().unwrap_or_default().to_owned()
    }
}

/// Where the screenshots go: `WECHECK_TEST_SHOTS`, if it is set.
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
pub fn shots() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("WECHECK_TEST_SHOTS")?);
    std::fs::create_dir_all(&folder).expect("a folder for the screenshots");
    Some(folder)
}
