//! Every console block of the READMEs is run as it stands and its output compared.
//!
//! A line that starts with `$ ` is typed; what follows up to the next one is what has to come out
//! (stdout, then stderr). `[..]` in a line stands for any text, a line `...` for any lines. The two
//! set-up lines at the top stand in a block of another kind (`sh`) and are not run.

use std::path::Path;
use std::process::Command;

use crate::harness::{BINARY, Home};

#[test]
fn the_english_readme_tells_what_happens() {
    run_blocks("README.md", "en");
}

#[test]
fn the_chinese_readme_tells_what_happens() {
    run_blocks("README.zh-CN.md", "zh");
}

fn run_blocks(name: &str, lang: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(name)).expect("the README");
    let home = Home::new();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for block in text.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("a block ends");
        let block = format!("\n{block}");
        for session in block.split("\n$ ").skip(1).map(|session| session.trim_end_matches('\n')) {
            let (command, expected) = session.split_once('\n').unwrap_or((session, ""));
            let output = Command::new("bash")
                .args(["-c", command])
                .current_dir(root)
                .env_clear()
                .env("HOME", home.path())
                .env("WECHECK_LANG", lang)
                .env(
                    "PATH",
                    format!("{}:/usr/bin:/bin", Path::new(BINARY).parent().expect("a folder").display()),
                )
                .output()
                .expect("bash runs");
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            count += 1;
            if !matches(expected, said.trim_end()) {
                wrong.push(format!(
                    "{name}: $ {command}\n--- the README says\n{expected}\n--- it says\n{said}"
                ));
            }
        }
    }
    assert!(count >= 3, "{name} shows only {count} commands");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn matches(expected: &str, said: &str) -> bool {
    let (expected, said): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), said.lines().collect());
    lines_match(&expected, &said)
}

fn lines_match(expected: &[&str], said: &[&str]) -> bool {
    match expected.split_first() {
        None => said.is_empty(),
        Some((&"...", rest)) => (0..=said.len()).any(|skipped| lines_match(rest, &said[skipped..])),
        Some((line, rest)) => said
            .split_first()
            .is_some_and(|(first, others)| line_matches(line, first) && lines_match(rest, others)),
    }
}

fn line_matches(expected: &str, said: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = said.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let found = if number + 1 == parts.len() { rest.rfind(part) } else { rest.find(part) };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn the_wildcards_match_what_they_say() {
    assert!(matches("a [..] c\n...\nz", "a b c\nx\ny\nz"));
    assert!(matches("a", "a"));
    assert!(!matches("a", "a\nb"));
    assert!(!matches("a [..] c", "a b d"));
}
