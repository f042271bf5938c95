//! Every console block of the documents is run as it is and its output compared.
//!
//! A line that starts with `$ ` is typed; what follows up to the next one is what has to come out
//! (stdout, then stderr), to the letter: the clock is stopped. The two set-up lines at the top are in a
//! block of another kind (`sh`) and are not run.

use std::path::Path;
use std::process::Command;

use crate::harness::{Home, binary};

/// The documents with sessions, and the language that they speak.
pub const SESSIONS: [(&str, &str); 4] = [
    ("README.md", "en"),
    ("README.zh-CN.md", "zh"),
    ("docs/guides/first-tasks.md", "en"),
    ("docs/guides/first-tasks.zh-CN.md", "zh"),
];

#[test]
fn sessions_tell_what_happens() {
    for (page, lang) in SESSIONS {
        run_blocks(page, lang);
    }
}

/// Ten tasks, each with the fewest commands.
#[test]
fn a_first_task_takes_two_commands_at_most() {
    for (page, _) in SESSIONS.iter().filter(|(page, _)| page.contains("first-tasks")) {
        let text =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("the page");
        let is_task = |section: &&str| section.starts_with(|c: char| c.is_ascii_digit());
        let tasks: Vec<&str> = text.split("\n## ").skip(1).filter(is_task).collect();
        assert_eq!(tasks.len(), 10, "{page}");
        for task in tasks {
            let typed = task.lines().filter(|line| line.starts_with("$ ")).count();
            assert!((1..=2).contains(&typed), "{page}: {typed} commands: {task}");
        }
    }
}

/// The lines that share the cache, with the config above them: only the port is another one.
#[test]
fn the_readmes_way_to_share_works() {
    for name in ["README.md", "README.zh-CN.md"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(root.join(name)).expect("the README");
        let block = |kind: &str, word: &str| {
            let fence = format!("```{kind}\n");
            let blocks: Vec<&str> = text.split(&fence).skip(1).collect();
            let mut blocks = blocks.into_iter().map(|block| block.split("```").next().expect("a block ends"));
            blocks
                .find(|block| block.contains(word))
                .unwrap_or_else(|| panic!("{name} has no {kind} with {word}"))
        };
        let (key, lines) = (block("toml", "[serve]"), block("sh", "serve --share"));
        let home = Home::new();
        home.config(&format!(
            "{key}\n[profile.central]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n\
             ticket = {{ command = [\"echo\", \"TICKET-OF-THE-CENTRE\"] }}\n"
        ));
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let begun = format!(
            "wecheck serve --share --listen 127.0.0.1:{port} --quiet > /dev/null &\nserver=$!\n\
             until curl -s -o /dev/null 127.0.0.1:{port}/healthz; do kill -0 $server || exit 1; sleep 0.05; done"
        );
        let script = lines.replace("wecheck serve --share &", &begun).replace("8787", &port.to_string());
        assert!(script.contains(&begun), "{name}: {lines}");
        let output = Command::new("bash")
            .args(["-c", &format!("{script}\nkill $server; wait $server")])
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", path())
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stdout);
        let document: serde_json::Value = serde_json::from_str(said.trim()).unwrap_or_else(|error| {
            panic!("{name}: {error}: {said} {}", String::from_utf8_lossy(&output.stderr))
        });
        assert_eq!(document["ticket"], "TICKET-OF-THE-CENTRE", "{name}: {document}");
        assert!(output.status.success(), "{name}: the server did not end well");
    }
}

/// Where the binary is, and the tools of a system.
pub fn path() -> String {
    format!("{}:/usr/bin:/bin", Path::new(binary()).parent().expect("a folder").display())
}

fn run_blocks(name: &str, lang: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(name)).expect("the page");
    let home = Home::new();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for block in text.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("a block ends");
        let block = format!("\n{block}");
        for session in block.split("\n$ ").skip(1).map(|session| session.trim_end_matches('\n')) {
            let (command, expected) = session.split_once('\n').unwrap_or((session, ""));
            let run = |command: &str| {
                let output = Command::new("bash")
                    .args(["-c", command])
                    .current_dir(root)
                    .env_clear()
                    .env("HOME", home.path())
                    .env("WECHECK_LANG", lang)
                    // 2026-01-15T08:00:00Z, as for the transcripts.
                    .env("WECHECK_NOW", "1768464000")
                    .env("PATH", path())
                    .output()
                    .expect("bash runs");
                let said = String::from_utf8_lossy(&output.stdout).into_owned()
                    + &String::from_utf8_lossy(&output.stderr);
                said.replace(&home.path().display().to_string(), "~")
            };
            let mut said = run(command);
            // The search has a second of the clock. What it finds is the same, but a busy machine or an
            // unoptimized build needs longer.
            if expected.trim_end() != said.trim_end() && command.starts_with("wecheck verify ") {
                said = run(&command.replacen("verify ", "verify --deep 60 ", 1));
            }
            count += 1;
            if expected.trim_end() != said.trim_end() {
                wrong.push(format!(
                    "{name}: $ {command}\n--- the README says\n{expected}\n--- it says\n{said}"
                ));
            }
        }
    }
    assert!(count >= 3, "{name} shows only {count} commands");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
