//! What carries wecheck to people: one version everywhere, every dependency with its reason and a
//! license that may come in, a launcher that runs the binary as it is, documents whose links exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Home, binary};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn one_version_is_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("packaging/homebrew/wecheck.rb").contains(&format!("version \"{version}\"")));
    assert_eq!(manifest()["dependencies"]["wecheck-kernel"]["version"].as_str(), Some(version));
    let kernel: toml::Table = read("crates/kernel/Cargo.toml").parse().expect("it is TOML");
    assert_eq!(kernel["package"]["version"].as_str(), Some(version));
    let scoop: Value = serde_json::from_str(&read("packaging/scoop/wecheck.json")).expect("JSON");
    assert_eq!(scoop["version"], version);
    assert!(scoop["architecture"]["64bit"]["url"].as_str().expect("a url").contains(version));
    assert!(read("CHANGELOG.md").contains(&format!("## {version} ")), "no dated section of {version}");
}

fn manifest() -> toml::Table {
    read("Cargo.toml").parse().expect("Cargo.toml is TOML")
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = manifest();
    let mut named = BTreeSet::new();
    for table in ["dependencies", "dev-dependencies"] {
        named.extend(manifest[table].as_table().expect("a table").keys().cloned());
    }
    for target in manifest["target"].as_table().expect("a table").values() {
        named.extend(target["dependencies"].as_table().expect("a table").keys().cloned());
    }
    let page = read("docs/dependencies.md");
    let listed: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    let lacking: Vec<_> = named.difference(&listed).collect();
    let surplus: Vec<_> = listed.difference(&named).collect();
    assert!(lacking.is_empty() && surplus.is_empty(), "without a reason: {lacking:?}; gone: {surplus:?}");
}

/// Whether an SPDX expression can be met with `allowed` licenses.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let text = expression.replace('/', " OR ");
    let text = text.trim();
    // Splits at a word outside parentheses.
    let split = |word: &str| -> Vec<String> {
        let (mut parts, mut depth) = (vec![String::new()], 0_i32);
        for token in text.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
            depth += i32::from(token == "(") - i32::from(token == ")");
            if token == word && depth == 0 {
                parts.push(String::new());
            } else {
                let last = parts.last_mut().expect("one part at least");
                last.push_str(token);
                last.push(' ');
            }
        }
        parts
    };
    let whole =
        |part: &str| part.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).map(str::to_owned);
    let any = split("OR");
    if any.len() > 1 {
        return any.iter().any(|part| is_met(part, allowed));
    }
    let all = split("AND");
    if all.len() > 1 {
        return all.iter().all(|part| is_met(part, allowed));
    }
    match whole(text) {
        Some(inner) => is_met(&inner, allowed),
        None => allowed.contains(text),
    }
}

#[test]
fn a_license_expression_is_read_rightly() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()]);
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0", false),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Apache-2.0 WITH LLVM-exception", true),
        ("(GPL-2.0 OR GPL-3.0) AND MIT", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}

#[test]
fn only_allowed_licenses_and_the_one_registry_come_in() {
    let deny: toml::Table = read("deny.toml").parse().expect("deny.toml is TOML");
    let allowed: BTreeSet<String> = deny["licenses"]["allow"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    // Only what this platform is built of is sure to be here; the others' licenses are for `cargo deny`.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", &host()])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let banned: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|ban| ban["name"].as_str().expect("a name"))
        .collect();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        let license = package["license"].as_str().unwrap_or("none");
        assert!(is_met(license, &allowed), "{name}: {license} is not in deny.toml");
    }
    // Names and sources are known of every platform's.
    let lock: toml::Table = read("Cargo.lock").parse().expect("Cargo.lock is TOML");
    for package in lock["package"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        assert!(!banned.contains(&name), "{name} is banned by deny.toml");
        let source = package.get("source").and_then(toml::Value::as_str);
        let own = ["wecheck", "wecheck-kernel"].contains(&name);
        assert!(own || source.is_some_and(|from| from.starts_with("registry+")), "{name}: {source:?}");
    }
}

/// The platform of this machine, as rustc calls it.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("it names its host").to_owned()
}

/// Starts node; its absence is a failure, never a pass.
fn node(home: &Home, args: &[&str]) -> std::process::Output {
    Command::new("node")
        .args(args)
        .current_dir(home.path())
        .env("HOME", home.path())
        .env_remove("WECHECK_LANG")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .expect("node runs: tests/run installs it with npm")
}

#[test]
#[ignore = "needs node"]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn the_npm_packages_run_the_binary_as_it_is() {
    let home = Home::new();
    let pack = root().join("packaging/npm/pack.mjs");
    let done = node(&home, &[&pack.to_string_lossy(), "out", &format!("linux-x64={}", binary())]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let main: Value = serde_json::from_slice(
        &std::fs::read(home.path().join("out/wecheck/package.json")).expect("a manifest"),
    )
    .expect("JSON");
    assert!(main["scripts"].is_null(), "nothing runs at install time");
    assert_eq!(main["optionalDependencies"]["@wecheck/linux-x64"], env!("CARGO_PKG_VERSION"));

    // As npm lays them out.
    let modules = home.path().join("node_modules");
    std::fs::create_dir_all(modules.join("@wecheck")).expect("a folder");
    std::fs::rename(home.path().join("out/wecheck"), modules.join("wecheck")).expect("moved");
    let launcher = modules.join("wecheck/bin/wecheck.js");
    let run = |args: &[&str]| node(&home, &[&[&*launcher.to_string_lossy()], args].concat());

    let lacking = run(&["--version"]);
    assert_eq!(lacking.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&lacking.stderr).contains("hint: npm install wecheck --include=optional")
    );

    std::fs::rename(home.path().join("out/linux-x64"), modules.join("@wecheck/linux-x64")).expect("moved");
    let version = run(&["--version"]);
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("wecheck "));
    let known = run(&["--json", "errcode", "explain", "40164"]);
    assert_eq!(known.status.code(), Some(0));
    serde_json::from_slice::<Value>(&known.stdout).expect("one document");
    assert_eq!(
        run(&["errcode", "explain", "987654321"]).status.code(),
        Some(1),
        "the exit code passes through"
    );
}

#[test]
fn the_placeholders_are_filled_from_the_checksums() {
    let home = Home::new();
    let version = env!("CARGO_PKG_VERSION");
    let archives = [
        "aarch64-apple-darwin.tar.gz",
        "x86_64-apple-darwin.tar.gz",
        "aarch64-unknown-linux-gnu.tar.gz",
        "x86_64-unknown-linux-gnu.tar.gz",
        "x86_64-pc-windows-msvc.zip",
    ];
    let line = |(index, name): (usize, &&str)| format!("{:064x}  wecheck-{version}-{name}\n", index + 10);
    let sums: String = archives.iter().enumerate().map(line).collect();
    home.file("SHA256SUMS", &sums);
    let fill = |sums: &str| {
        Command::new(root().join("packaging/fill"))
            .args(["https://git.example/w/w/releases/download/v1", sums, "out"])
            .current_dir(home.path())
            .output()
            .expect("bash runs")
    };
    let done = fill("SHA256SUMS");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let filled = |name: &str| std::fs::read_to_string(home.path().join("out").join(name)).expect("written");
    let (formula, scoop) = (filled("wecheck.rb"), filled("wecheck.json"));
    for (index, archive) in archives.iter().enumerate().take(4) {
        let sum = format!("{:064x}", index + 10);
        let after = formula.split(archive).nth(1).unwrap_or_else(|| panic!("{archive}: {formula}"));
        assert!(
            after.trim_start_matches(['"', '\n', ' ']).starts_with(&format!("sha256 \"{sum}\"")),
            "{formula}"
        );
    }
    assert!(formula.contains("homepage \"https://git.example/w/w\""), "{formula}");
    let scoop: Value = serde_json::from_str(&scoop).expect("JSON");
    assert_eq!(scoop["architecture"]["64bit"]["hash"], format!("{:064x}", 14));
    // One that lacks is named.
    home.file("fewer", sums.lines().take(4).collect::<Vec<_>>().join("\n"));
    let lacking = fill("fewer");
    assert_eq!(lacking.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&lacking.stderr).contains(archives[4]));
}

#[test]
fn links_of_the_documents_lead_somewhere() {
    fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&&*name) {
                pages(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "md") || name == "llms.txt" {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    pages(&root(), &mut found);
    assert!(found.len() > 8, "{found:?}");
    let mut broken = Vec::new();
    for page in found {
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || link.contains("://") || link.contains(char::is_whitespace) {
                continue;
            }
            if !page.parent().expect("a folder").join(path).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_skill_names_commands_that_exist() {
    let text = read("skills/wecheck/SKILL.md");
    let mut checked = 0;
    for command in text.split('`').filter(|span| span.starts_with("wecheck ")) {
        let words: Vec<&str> = command
            .split_whitespace()
            .skip(1)
            .filter(|word| !word.starts_with('-'))
            .take_while(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
            .collect();
        let done = crate::harness::wecheck(words.iter().chain(&["--help"]).copied()).done();
        assert_eq!(done.code, 0, "`{command}`: {done}");
        checked += 1;
    }
    assert!(checked >= 10, "{checked} commands found");
}
