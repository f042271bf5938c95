//! Files that are made from the code and checked in: completions, man pages, reference pages.
//!
//! Each is made again and compared. `WECHECK_REGENERATE=1 cargo test --test it generated` writes them.

mod man;

use std::collections::BTreeMap;
use std::path::Path;

use crate::harness::wecheck;

/// Compares files below a folder of the checkout with what the code makes, or writes them.
pub fn in_step(folder: &str, files: &BTreeMap<String, String>, only: impl Fn(&str) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    #[expect(clippy::disallowed_methods, reason = "a test has no Env")]
    if std::env::var_os("WECHECK_REGENERATE").is_some() {
        std::fs::create_dir_all(&folder).expect("the folder is made");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("the file is written");
        }
    }
    let mut stale = Vec::new();
    for (name, text) in files {
        if std::fs::read_to_string(folder.join(name)).ok().as_deref() != Some(text.as_str()) {
            stale.push(name.clone());
        }
    }
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if only(&name) && !files.contains_key(&name) {
            stale.push(format!("{name} (made by nothing)"));
        }
    }
    assert!(
        stale.is_empty(),
        "out of step in {}: {}; run WECHECK_REGENERATE=1 cargo test --test it generated",
        folder.display(),
        stale.join(", ")
    );
}

#[test]
fn completions_are_what_the_binary_prints() {
    let files = [
        ("bash", "wecheck.bash"),
        ("zsh", "_wecheck"),
        ("fish", "wecheck.fish"),
        ("powershell", "_wecheck.ps1"),
    ]
    .into_iter()
    .map(|(shell, name)| (name.to_owned(), wecheck(["completions", shell]).done().stdout))
    .collect();
    in_step("completions", &files, |_| true);
}

#[test]
fn the_page_of_findings_is_made_from_the_entries() {
    let page = BTreeMap::from([("findings.md".to_owned(), wecheck::findings::reference())]);
    in_step("docs", &page, |_| false);
}
