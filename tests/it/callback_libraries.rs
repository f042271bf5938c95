//! Receivers on real libraries of npm and PyPI: they pass or fail as they really do, and every sample
//! parses with them. `tests/run` installs the libraries.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Done, Home};

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const ID: &str = "ww0123456789abcdef";

/// Where `tests/run` has put what it installed.
fn libraries() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("callback")
}

/// A running receiver.
struct Receiver {
    child: Child,
    url: String,
    home: Home,
}

impl Receiver {
    fn start(program: &str, library: &str, kind: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/callback/libraries");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let (command, file) = match program {
            "node" => (PathBuf::from("node"), "receiver.mjs"),
            _ => (libraries().join("venv/bin/python"), "receiver.py"),
        };
        let child = Command::new(command)
            .arg(folder.join(file))
            .arg(library)
            .env("PORT", port.to_string())
            .env("LIBRARIES", libraries())
            .env("WECHECK_CALLBACK_TOKEN", TOKEN)
            .env("WECHECK_ENCODING_AES_KEY", KEY)
            // An AI bot's receive id is empty.
            .env("WECHECK_APPID", if kind == "bot" { "" } else { ID })
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/run has installed the libraries");
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "{library} does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, url: format!("http://127.0.0.1:{port}/wx"), home: Home::new() }
    }

    fn run(&self, args: &[&str]) -> Done {
        self.home
            .run(["callback"].iter().chain(args))
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .var("WECHECK_APPID", ID)
            .done()
    }

    /// The ids of what fails or warns.
    fn probe(&self, kind: &str) -> Vec<String> {
        let done = self.run(&["probe", &self.url, "--kind", kind, "--json"]);
        let report = done.json();
        let checks = report["checks"].as_array().unwrap_or_else(|| panic!("{done}"));
        let found = checks.iter().filter(|check| check["status"] == "fail" || check["status"] == "warn");
        found.map(|check| check["id"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Sends every sample of a group as a kind, and says which were not answered rightly.
    fn send_all(&self, group: &str, kind: &str) -> Vec<String> {
        let list = self.run(&["send", "--list", "--json"]).json();
        let samples = list["samples"].as_array().expect("samples").clone();
        let names = samples.iter().filter(|one| one["kind"] == group).filter_map(|one| one["name"].as_str());
        let mut wrong = Vec::new();
        for name in names {
            let done = self.run(&["send", name, "--to", &self.url, "--kind", kind, "--json"]);
            if done.code != 0 {
                let answer: Value = done.json()["answers"][0].clone();
                wrong.push(format!("{name}: {answer}"));
            }
        }
        wrong
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs the libraries of tests/callback"]
fn receivers_on_real_libraries_pass_or_fail_as_they_do() {
    for (program, library, kind, expected) in [
        ("node", "wechat-crypto", "work", &[][..]),
        ("node", "@wecom/crypto", "work", &[]),
        // Its replies carry milliseconds, which WeChat takes.
        ("node", "wechat", "mp", &["reply-create-time"]),
        ("node", "wechat", "mp-encrypted", &["reply-create-time"]),
        ("node", "@wecom/crypto", "bot", &[]),
        ("node", "wechat-crypto", "suite-command", &[]),
        ("node", "co-wechat", "mp", &["reply-create-time"]),
        ("node", "co-wechat", "mp-encrypted", &["reply-create-time"]),
        ("python", "wechatpy.component", "component", &[]),
        ("node", "express-json", "mp", &["echo-quotes", "wrong-signature-accepted", "answer-server-error"]),
        ("python", "wechatpy", "mp", &[]),
        ("python", "wechatpy", "mp-encrypted", &[]),
        ("python", "wechatpy.enterprise", "work", &[]),
        ("python", "werobot", "mp", &[]),
        ("python", "werobot", "mp-encrypted", &[]),
    ] {
        let receiver = Receiver::start(program, library, kind);
        assert_eq!(receiver.probe(kind), expected, "{library} as {kind}");
    }
}

#[test]
#[ignore = "needs the libraries of tests/callback"]
fn every_sample_parses_with_real_libraries() {
    for (program, library, group, kind) in [
        ("python", "wechatpy", "mp", "mp"),
        ("python", "wechatpy", "mp", "mp-encrypted"),
        ("python", "werobot", "mp", "mp-encrypted"),
        ("python", "wechatpy.enterprise", "work", "work"),
        ("node", "wechat-crypto", "work", "work"),
        ("node", "@wecom/crypto", "suite", "suite-data"),
        ("node", "wechat-crypto", "suite", "suite-command"),
        ("node", "wechat-crypto", "component", "component"),
        ("python", "wechatpy.component", "component", "component"),
        ("node", "@wecom/crypto", "bot", "bot"),
        ("node", "co-wechat", "mp", "mp"),
        ("node", "co-wechat", "mp", "mp-encrypted"),
    ] {
        let receiver = Receiver::start(program, library, kind);
        let wrong = receiver.send_all(group, kind);
        assert!(wrong.is_empty(), "{library}, {kind}:\n{}", wrong.join("\n"));
    }
}
