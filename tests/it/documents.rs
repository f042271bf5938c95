//! Every block of every document runs: sessions are compared to the letter, shell lines are run on a stage that has what
//! they name, config is read, JSON is parsed, code is run by its interpreter.
//!
//! The stage is a home with a profile, the files that the documents speak of, a stand-in for WeChat's API and a receiver
//! of callbacks. A line has to be answered (exit 0 or 1): wrong usage, a missing file or a network error fail. What needs
//! more than the stage has (a browser, a Redis, a registry) is listed with the exit code that says so.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::harness::{Home, binary};
use crate::readme::path;
use crate::upstream_server::{Server, wechat};

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Commands that end otherwise on the stage: how they begin, their exit code, why.
const OTHERWISE: [(&str, i32, &str); 8] = [
    ("page ", 3, "there is no browser at `--browser /nowhere`"),
    ("cache import --from wxjava --redis", 6, "no Redis listens on the stage's port"),
    ("callback verify --timestamp 1409304348 --nonce xxxxxx --signature 5c45ff5e… --echostr", 1, "cut short"),
    ("callback decrypt --encrypt jn1L23DB+6EL…", 2, "cut short"),
    ("verify --endpoint", 4, "the stage has no signing endpoint"),
    ("doctor", 1, "the stage's addresses are not those of a live page"),
    ("serve --share", 0, "ended by SIGTERM"),
    ("callback listen", 0, "ended by SIGTERM"),
];

/// Blocks that are not input of wecheck and have no interpreter here: how they begin.
const NOT_RUN: [&str; 4] = [
    "[Service]",                 // a unit of systemd
    "services:\n",               // a compose file
    "ACL SETUSER",               // tests/it/redis.rs runs these words
    "export WECHECK_CACHE_URL=", // a Redis of many machines: tests/it/redis.rs
];

/// Before each block: programs that the stage stands in for, and a record of how each command ended.
const PRELUDE: &str = r#"
wecheck() {
  local code=0 limit=()
  case "$1 $2" in "serve "* | "callback listen") limit=(timeout -s TERM 1) ;; esac
  case "$1 $2" in
    "serve "*) set -- "$@" --listen 127.0.0.1:0 ;;
    "callback listen") set -- "$@" --listen 127.0.0.1:0 ;;
    "page "*) set -- "$@" --browser /nowhere ;;
  esac
  "${limit[@]}" "$WECHECK" "$@" </dev/stdin || code=$?
  # What timeout says for a server that it ended.
  [ "$code" = 124 ] && code=0
  printf '%s\t%s\n' "$code" "$*" >>"$RECORD"
  return "$code"
}
cargo() { while [ $# != 0 ] && [ "$1" != -- ]; do shift; done; [ $# = 0 ] || { shift; wecheck "$@"; }; }
npx() { shift; wecheck "$@"; }
npm() { :; }
openssl() { echo 0123456789abcdef0123456789abcdef; }
tests/run() { :; }
packaging/build() { :; }
packaging/check() { :; }
node() { :; }
curl() { :; }
python3() { :; }
jq() { cat >/dev/null; echo 0123456789ab; }
"#;

struct Block {
    page: String,
    line: usize,
    kind: String,
    text: String,
}

/// The documents of the checkout.
fn pages() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir()
                && !name.starts_with('.')
                && !["target", "node_modules", "tests"].contains(&&*name)
            {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "md") || name == "llms.txt" {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
    found.sort();
    found
}

fn blocks() -> Vec<Block> {
    let mut found = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        let page = page.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("below").display().to_string();
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            match (line.trim_start().strip_prefix("```"), open.take()) {
                (Some(kind), None) => {
                    open = Some(Block {
                        page: page.clone(),
                        line: index + 1,
                        kind: kind.to_owned(),
                        text: String::new(),
                    });
                }
                (Some(_), Some(block)) => found.push(block),
                (None, Some(mut block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{page}: a block has no end");
    }
    assert!(found.len() > 60, "{} blocks", found.len());
    found.retain(|block| !NOT_RUN.iter().any(|start| block.text.starts_with(start)));
    found
}

/// What the documents name, in one home.
struct Stage {
    home: Home,
    upstream: Server,
    receiver: Child,
    address: String,
}

impl Stage {
    fn new() -> Self {
        let (home, upstream) = (Home::new(), Server::start(wechat));
        home.config(&format!(
            "default_profile = \"shop\"\n[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n\
             secret = \"0123456789abcdef0123456789abcdef\"\ncallback_token = \"{TOKEN}\"\n\
             encoding_aes_key = \"{KEY}\"\ntrusted_domains = [\"m.example.com\"]\n\
             api_base = \"{}\"\n[serve]\nkey = {{ env = \"SHOP_SHARE_KEY\" }}\n",
            upstream.base()
        ));
        let mut receiver = home
            .run(["callback", "listen", "--listen", "127.0.0.1:0"])
            .command()
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut first = String::new();
        BufReader::new(receiver.stderr.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let address = first.trim().rsplit("http://").next().expect("an address").to_owned();
        let stage = Self { home, upstream, receiver, address };
        stage.files();
        stage
    }

    fn files(&self) {
        let home = &self.home;
        home.file("page.js", "wx.config({ appId: 'wx0123456789abcdef', timestamp: 1700000000, nonceStr: 'n0123456789abcde', \
            signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed', jsApiList: [] });\n// url: https://m.example.com/goods jsapi_ticket: T0123456789abcdef\n");
        home.file("app.log", "POST /cgi-bin/x {\"errcode\":40001,\"errmsg\":\"invalid credential\"}\n");
        home.file("message.xml", "<xml><ToUserName><![CDATA[a]]></ToUserName><FromUserName><![CDATA[b]]></FromUserName>\
            <CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content></xml>");
        home.file("message.json", "{\"msgtype\":\"text\",\"text\":{\"content\":\"hi\"}}");
        let curl = home
            .run(["callback", "encrypt", "12345", "--as", "curl-echo", "--url", "http://m.example.com/wx"])
            .var("WECHECK_PLATFORM", "work")
            .done();
        assert_eq!(curl.code, 0, "{curl}");
        home.file("request.log", curl.stdout);
        let body = home.run(["callback", "encrypt", "--body", "message.xml"]).done();
        assert_eq!(body.code, 0, "{body}");
        home.file("body.xml", &body.stdout);
        home.file("reply.xml", &body.stdout);
        let to = format!("http://{}/wx", self.address);
        let sent = home.run(["callback", "send", "text", "--to", &to, "--count", "14"]).done();
        assert_eq!(sent.code, 0, "what `history` and `replay` need: {sent}");
    }

    /// Runs a block with bash; what went wrong, if something did.
    fn run(&self, block: &Block) -> Option<String> {
        let record = self.home.file("record", "");
        let mut text = block.text.clone();
        for there in ["localhost:8080", "127.0.0.1:8080", "127.0.0.1:3000"] {
            text = text.replace(&format!("http://{there}"), &format!("http://{}", self.address));
        }
        let root = env!("CARGO_MANIFEST_DIR");
        // What the documents leave out.
        for (name, value) in
            [("CALLBACK_TOKEN", TOKEN), ("ENCODING_AES_KEY", KEY), ("APPID", "wx0123456789abcdef")]
        {
            text = text.replace(&format!("WECHECK_{name}=…"), &format!("WECHECK_{name}={value}"));
        }
        let text = text.replace("examples/", &format!("{root}/examples/"));
        let output = Command::new("bash")
            .args(["-c", &format!("{PRELUDE}{text}\nwait")])
            .current_dir(self.home.path())
            .env_clear()
            .envs([("WECHECK", binary()), ("LANG", "C.UTF-8"), ("TEST_TICKET", "T0123456789abcdef")])
            .env("HOME", self.home.path())
            .env("RECORD", &record)
            .env("GITHUB_ENV", self.home.path().join("github-env"))
            .env("PATH", path())
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let record = std::fs::read_to_string(&record).expect("the record");
        let typed = block.text.lines().filter(|line| is_typed(line)).count();
        let mut wrong = Vec::new();
        for line in record.lines() {
            let (code, command) = line.split_once('\t').expect("a code");
            let code: i32 = code.parse().expect("a number");
            let expected =
                OTHERWISE.iter().find(|(start, ..)| command.starts_with(start)).map(|(_, code, _)| *code);
            if !(code == 0 || code == 1 || Some(code) == expected) {
                wrong.push(format!("exit {code}: wecheck {command}"));
            }
        }
        if record.lines().count() < typed {
            wrong.push(format!("{typed} lines call wecheck, {} ran", record.lines().count()));
        }
        (!wrong.is_empty()).then(|| {
            format!(
                "{}:{}: {}\n{}",
                block.page,
                block.line,
                wrong.join("; "),
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.receiver.kill();
        let _ = self.receiver.wait();
        assert!(self.upstream.counts().0 < 1_000);
    }
}

/// Whether a line of a shell block calls wecheck.
fn is_typed(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default();
    line.starts_with("wecheck ") || line.starts_with("npx wecheck ") || line.contains("$(wecheck ")
}

#[test]
fn every_shell_line_is_answered() {
    let stage = Stage::new();
    let wrong: Vec<String> =
        blocks().iter().filter(|block| block.kind == "sh").filter_map(|block| stage.run(block)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_config_is_read() {
    for block in blocks().iter().filter(|block| block.kind == "toml") {
        let home = Home::new();
        home.config(&block.text);
        let done = home.run(["config", "show"]).done();
        assert_eq!(done.code, 0, "{}:{}: {done}", block.page, block.line);
        assert!(!done.stderr.contains("warning"), "{}:{}: {done}", block.page, block.line);
    }
}

#[test]
fn every_json_is_parsed() {
    for block in blocks().iter().filter(|block| block.kind == "json") {
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&block.text) {
            panic!("{}:{}: {error}", block.page, block.line);
        }
    }
}

#[test]
#[ignore = "needs node and python3"]
fn every_piece_of_code_runs() {
    let stage = Stage::new();
    // What `npx wecheck` and `wecheck` are to the code.
    let bin = stage.home.file("bin/npx", format!("#!/bin/sh\nshift\nexec {} \"$@\"\n", binary()));
    std::fs::set_permissions(&bin, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("chmod");
    let mut ran = 0;
    for block in blocks() {
        let (program, name) = match block.kind.as_str() {
            "js" => ("node", "example.cjs"),
            "python" => ("python3", "example.py"),
            _ => continue,
        };
        let file = stage.home.file(name, &block.text);
        let output = Command::new(program)
            .arg(file)
            .current_dir(stage.home.path())
            .env_clear()
            .env("HOME", stage.home.path())
            .env("PATH", format!("{}:{}", bin.parent().expect("a folder").display(), path()))
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(
            output.status.success(),
            "{}:{}: {}",
            block.page,
            block.line,
            String::from_utf8_lossy(&output.stderr)
        );
        ran += 1;
    }
    assert!(ran >= 2, "{ran} pieces");
}

/// A block of another kind would run nowhere.
#[test]
fn every_block_is_of_a_kind_that_is_tested() {
    let known = BTreeSet::from(["console", "sh", "toml", "json", "js", "python"]);
    for block in blocks() {
        // The usage lines of the reference are made from the command line.
        let made = block.page == "docs/reference.md" && block.kind == "text";
        assert!(made || known.contains(&*block.kind), "{}:{}: `{}`", block.page, block.line, block.kind);
        assert!(
            block.kind != "console" || crate::readme::SESSIONS.iter().any(|(page, _)| *page == block.page),
            "{}: its sessions are not compared: add it to SESSIONS",
            block.page
        );
    }
}
