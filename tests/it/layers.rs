//! The storeys of the house: what each module may use, and that no two files use each other.
//!
//! In: every source file. Out: the imports that climb, and the circles. All forms are read: `use` with
//! groups, and paths in the middle of an expression (`super::layout::f`). Code of unit tests is not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Below everything: values and texts. Pure but for `env`, `interrupt` and `output`, which are the one
/// place each for what the process was given, for signals and for the terminal.
const GROUND: &[&str] = &[
    "address",
    "env",
    "failure",
    "finding",
    "globals",
    "interrupt",
    "lang",
    "nearest",
    "output",
    "packed",
    "platform",
    "rank",
    "secret",
    "signature",
    "suggest",
    "timing",
];
/// Pure: text and values in, values out.
const RULES: &[&str] = &["callback", "catalog", "diagnosis", "domain", "evidence"];
/// One outside thing each; none uses another.
const EDGES: &[&str] = &["browser", "cache", "config", "endpoint", "probe", "upstream"];
/// What came in becomes a Request, a Report becomes what goes out; none uses another.
const FACES: &[&str] = &["command", "mcp", "server"];

/// The faces that start another: the commands that do nothing else.
const STARTS: [(&str, &str); 2] = [("command/serve.rs", "server"), ("command/mcp.rs", "mcp")];

/// What a module may use, besides itself.
fn may_use(module: &str) -> Vec<&'static str> {
    let lists: &[&[&str]] = match module {
        module if GROUND.contains(&module) => &[GROUND],
        module if RULES.contains(&module) => &[GROUND, RULES],
        // Settings are what every edge is given.
        module if EDGES.contains(&module) => &[GROUND, RULES],
        // The list of the rooms' tables, for the op that explains an id.
        "findings" => &[GROUND, RULES, EDGES],
        "context" => &[GROUND, &["config"]],
        "credentials" => &[GROUND, &["config", "upstream", "cache", "context"]],
        "ops" => &[GROUND, RULES, EDGES, &["context", "credentials", "findings"]],
        module if FACES.contains(&module) => &[GROUND, RULES, EDGES, &["context", "credentials", "ops"]],
        // What was pasted is looked at to choose its command.
        "cli" => &[GROUND, RULES, &["context", "command", "ops"]],
        "main" => &[&["cli"]],
        _ => panic!("module `{module}` is in no storey: put it into this table"),
    };
    lists.concat()
}

#[test]
fn every_module_uses_only_the_storeys_it_may() {
    let sources = Sources::read();
    let mut wrong = Vec::new();
    for (file, uses) in &sources.uses {
        let module = top(file);
        if module == "lib" {
            continue;
        }
        let allowed = may_use(module);
        for (used, line) in uses {
            let used = top(used);
            if used != module && !allowed.contains(&used) && !STARTS.contains(&(file.as_str(), used)) {
                wrong.push(format!("src/{file}:{line}: `{module}` uses `{used}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_use_each_other() {
    let sources = Sources::read();
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, uses) in &sources.uses {
        for (used, _) in uses.iter().filter(|(used, _)| !are_family(file, used)) {
            edges.entry(file).or_default().insert(used);
        }
    }
    let circles = circles(&edges);
    assert!(circles.is_empty(), "files in a circle:\n{}", circles.join("\n"));
}

#[test]
fn one_command_does_not_use_another() {
    let sources = Sources::read();
    let mut wrong = Vec::new();
    for (file, uses) in &sources.uses {
        let Some(own) = command_of(file) else { continue };
        for (used, line) in uses {
            if command_of(used).is_some_and(|other| other != own && other != "args") && own != "args" {
                wrong.push(format!("src/{file}:{line}: uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_touch_no_file_net_clock_or_environment() {
    const WORDS: &[&str] = &[
        "std::fs",
        "std::env",
        "std::process",
        "std::net::Tcp",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "SystemTime",
        "Instant::now",
        "Instant",
        "println!",
        "stdout()",
    ];
    // Time is an argument of the rules. The search measures itself: its budget is a clock's.
    let search = |file: &str| file.starts_with("diagnosis/search");
    forbid(WORDS, |file, word| RULES.contains(&top(file)) && !(word.starts_with("Instant") && search(file)));
}

#[test]
fn use_cases_know_no_flag_no_http_and_no_terminal() {
    const WORDS: &[&str] =
        &["clap::", "axum", "hyper", "std::env", "colored", "Colorize", "stdout()", "stderr()", "println!"];
    forbid(WORDS, |file, _| top(file) == "ops");
}

pub fn forbid(words: &[&str], applies: impl Fn(&str, &str) -> bool) {
    let mut wrong = Vec::new();
    for (file, code) in &Sources::read().code {
        for word in words.iter().filter(|word| applies(file, word)) {
            if code.contains(word) {
                wrong.push(format!("src/{file}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let files: BTreeSet<String> =
        ["a.rs", "a/b.rs", "a/c.rs", "d.rs", "d/e.rs"].map(str::to_owned).into_iter().collect();
    for (code, expected) in [
        ("use crate::d::Thing;", vec!["d.rs"]),
        ("use crate::{say, d::{e::f, Other}};", vec!["d.rs", "d/e.rs"]),
        ("use super::c;", vec!["a/c.rs"]),
        ("use super::{c::{x, y}, Z};", vec!["a.rs", "a/c.rs"]),
        ("fn f() { super::c::g(crate::d::e::H) }", vec!["a/c.rs", "d/e.rs"]),
        ("pub(in crate::d) fn f() {}", vec![]),
        ("// use crate::d;\nlet x = \"crate::d\";", vec![]),
    ] {
        let found: BTreeSet<String> = uses("a/b.rs", &plain(code), &files)
            .into_iter()
            .map(|(file, _)| file)
            .filter(|file| file != "a/b.rs")
            .collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected, "{code}");
    }
    let circle = BTreeMap::from([
        ("a", BTreeSet::from(["b"])),
        ("b", BTreeSet::from(["c"])),
        ("c", BTreeSet::from(["a"])),
    ]);
    assert_eq!(circles(&circle), ["a, b, c"]);
}

/// The module at the top: `cache` of `cache/disk.rs`.
fn top(file: &str) -> &str {
    file.split(['/', '.']).next().expect("a name")
}

fn command_of(file: &str) -> Option<&str> {
    file.strip_prefix("command/").map(top)
}

/// A file and those below it: `a.rs` and `a/b.rs`.
fn are_family(one: &str, other: &str) -> bool {
    let folder = |file: &str| format!("{}/", file.trim_end_matches(".rs"));
    one == other || one.starts_with(&folder(other)) || other.starts_with(&folder(one))
}

struct Sources {
    /// Without comments, texts and unit tests.
    code: BTreeMap<String, String>,
    /// The files that each file uses, with the line.
    uses: BTreeMap<String, Vec<(String, usize)>>,
}

impl Sources {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut code = BTreeMap::new();
        walk(&root, &root, &mut code);
        let files: BTreeSet<String> = code.keys().cloned().collect();
        let uses = code.iter().map(|(file, code)| (file.clone(), uses(file, code, &files))).collect();
        Self { code, uses }
    }
}

fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("below src").to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            walk(&path, root, found);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !name.ends_with("tests.rs")
            && !name.contains("/tests/")
        {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let code = ["#[cfg(test)]\nmod ", "#[cfg(all(test, unix))]\nmod "]
                .iter()
                .fold(text.as_str(), |code, tests| {
                    code.split(tests).next().expect("a part before the tests")
                });
            found.insert(name, plain(code));
        }
    }
}

/// Code without comments and texts; line breaks stay.
fn plain(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some(raw) = raw_text(rest) {
            out.extend(rest[..raw].matches('\n'));
            rest = &rest[raw..];
        } else if c == '"' {
            let mut end = 1;
            let bytes = rest.as_bytes();
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            let end = (end + 1).min(rest.len());
            out.extend(rest[..end].matches('\n'));
            rest = &rest[end..];
        } else if rest.starts_with("'\"'") || rest.starts_with("b'\"'") {
            rest = &rest[rest.find("\"'").expect("matched") + 2..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// The length of a raw text that starts here: `r"…"`, `r#"…"#`.
fn raw_text(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close)?;
    Some(1 + hashes + 1 + end + close.len())
}

/// The files that a file's code uses, with the line of each.
fn uses(file: &str, code: &str, files: &BTreeSet<String>) -> Vec<(String, usize)> {
    let own: Vec<&str> = if file == "main.rs" || file == "lib.rs" {
        Vec::new()
    } else {
        file.trim_end_matches(".rs").split('/').collect()
    };
    let mut found = Vec::new();
    for (start, _) in code.match_indices("::") {
        let head = &code[..start];
        let word_at = head.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        let (word, before) = (&head[word_at..], &head[..word_at]);
        // In the middle of a path, or a visibility.
        if before.ends_with("::") || before.ends_with("in ") {
            continue;
        }
        let base: Vec<&str> = match word {
            "crate" | "wecheck" => Vec::new(),
            "self" => own.clone(),
            "super" => own[..own.len().saturating_sub(1)].to_vec(),
            _ => continue,
        };
        let line = 1 + before.matches('\n').count();
        let mut paths = Vec::new();
        tree(&code[start + 2..], &base, &mut paths);
        for path in paths {
            if let Some(used) = file_of(&path, files) {
                found.push((used, line));
            }
        }
    }
    found
}

/// Reads one path or one group of them; returns how much was read.
fn tree<'a>(text: &'a str, base: &[&'a str], paths: &mut Vec<Vec<&'a str>>) -> usize {
    let mut path = base.to_vec();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let space = rest.len() - rest.trim_start().len();
        if rest.trim_start().starts_with('{') {
            at += space + 1;
            loop {
                let inner = &text[at..];
                let space = inner.len() - inner.trim_start().len();
                at += space;
                match text[at..].chars().next() {
                    Some('}') => return at + 1,
                    Some(',') => at += 1,
                    Some(_) => {
                        let read = tree(&text[at..], &path, paths);
                        at += read.max(1);
                    }
                    None => return at,
                }
            }
        }
        let name: &str = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
        match name {
            "" => {
                at += usize::from(rest.starts_with('*'));
                break;
            }
            "super" => {
                path.pop();
            }
            "self" => {}
            name => path.push(name),
        }
        at += name.len();
        if !text[at..].starts_with("::") {
            break;
        }
        at += 2;
    }
    let rest = text[at..].trim_start();
    if let Some(renamed) = rest.strip_prefix("as ") {
        let name = renamed.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(renamed.len());
        at = text.len() - renamed.len() + name;
    }
    paths.push(path);
    at
}

/// The file of the deepest module that a path names; none when it names an item of the crate's root.
fn file_of(path: &[&str], files: &BTreeSet<String>) -> Option<String> {
    (1..=path.len())
        .rev()
        .map(|length| format!("{}.rs", path[..length].join("/")))
        .find(|name| files.contains(name))
}

/// The groups of files that use each other, directly or by way of others.
fn circles(edges: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let reached = |start: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = edges.get(start).into_iter().flatten().copied().collect();
        while let Some(file) = next.pop() {
            if seen.insert(file) {
                next.extend(edges.get(file).into_iter().flatten());
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = edges.keys().map(|file| (*file, reached(file))).collect();
    let mut groups: BTreeSet<String> = BTreeSet::new();
    for (file, far) in &all {
        if far.contains(file) {
            let group: Vec<&str> = far
                .iter()
                .copied()
                .filter(|other| all.get(other).is_some_and(|far| far.contains(file)))
                .collect();
            groups.insert(group.join(", "));
        }
    }
    groups.into_iter().collect()
}
