//! The layers of the house: each module uses only what stands above it in this table.

use std::collections::BTreeMap;
use std::path::Path;

const PURE: &[&str] = &[
    "address",
    "callback",
    "catalog",
    "diagnosis",
    "domain",
    "env",
    "evidence",
    "failure",
    "globals",
    "interrupt",
    "nearest",
    "lang",
    "platform",
    "secret",
    "signature",
    "timing",
];

/// Module, and what it may use besides itself.
const MAY_USE: &[(&str, &[&[&str]])] = &[
    ("config", &[PURE]),
    ("upstream", &[PURE]),
    ("cache", &[PURE]),
    ("probe", &[PURE]),
    ("output", &[PURE]),
    ("context", &[PURE, &["config", "output"]]),
    ("credentials", &[PURE, &["config", "upstream", "cache", "output", "context"]]),
    ("ops", &[PURE, &["config", "upstream", "cache", "probe", "context", "credentials"]]),
    (
        "command",
        &[
            PURE,
            &[
                "config",
                "upstream",
                "cache",
                "probe",
                "output",
                "context",
                "credentials",
                "cli",
                "server",
                "ops",
            ],
        ],
    ),
    (
        "server",
        &[
            PURE,
            &["config", "upstream", "cache", "probe", "output", "context", "credentials", "command", "ops"],
        ],
    ),
    ("cli", &[PURE, &["output", "context", "command"]]),
    ("main", &[&["cli"]]),
];

#[test]
fn every_module_uses_only_the_layers_it_may() {
    let mut wrong = Vec::new();
    for (module, used, place) in uses() {
        let allowed = match MAY_USE.iter().find(|(name, _)| *name == module) {
            Some((_, lists)) => lists.iter().any(|list| list.contains(&used.as_str())),
            None if PURE.contains(&module.as_str()) => PURE.contains(&used.as_str()),
            None => panic!("module `{module}` ({place}) stands in no layer: put it into this table"),
        };
        if module != used && !allowed {
            wrong.push(format!("{place}: `{module}` uses `{used}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Modules below `command` that are no command but what several of them share.
const SHARED: &[&str] = &["fields", "grant", "input"];

#[test]
fn one_command_does_not_use_another() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some(own) = file.strip_prefix("command/").and_then(|name| name.split(['/', '.']).next()) else {
            continue;
        };
        for line in text.lines().filter(|line| line.contains("crate::command::") || line.contains("super::"))
        {
            for other in commands().iter().filter(|other| *other != own && !SHARED.contains(&other.as_str()))
            {
                let named = [format!("command::{other}::"), format!("use super::{other}::")];
                if named.iter().any(|name| line.contains(name.as_str())) {
                    wrong.push(format!("{file}: {line}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_modules_touch_no_file_net_clock_or_environment() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().expect("a name");
        // `env` is what the process was given; capturing it is its whole purpose.
        if !PURE.contains(&module) || module == "env" || file.ends_with("/tests.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().expect("a part before the tests");
        for word in [
            "std::fs",
            "std::env",
            "std::process",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "SystemTime",
            "Instant::now",
            "println!",
            "stdout()",
        ] {
            if code.contains(word) {
                wrong.push(format!("{file}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every source file below `src`, by its path from there.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).expect("src is readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("below src").to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).expect("a source file"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut found);
    found
}

fn commands() -> Vec<String> {
    sources()
        .keys()
        .filter_map(|file| Some(file.strip_prefix("command/")?.split(['/', '.']).next()?.to_owned()))
        .collect()
}

/// (module, module it uses, where) for each `crate::x` of the code outside tests.
fn uses() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        if file == "lib.rs" || file.ends_with("/tests.rs") {
            continue;
        }
        let module = file.split(['/', '.']).next().expect("a name").to_owned();
        let code = text.split("#[cfg(test)]").next().expect("a part before the tests");
        let prefix = if module == "main" { "wecheck::" } else { "crate::" };
        for (number, line) in
            code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for rest in line.split(prefix).skip(1) {
                let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // `say!` and `both!` are the macros of `lang`.
                if !used.is_empty() && used != "say" && used != "both" {
                    found.push((module.clone(), used, format!("src/{file}:{}", number + 1)));
                }
            }
        }
    }
    found
}
