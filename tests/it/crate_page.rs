//! The five ways through the house, as the crate page describes them: each step exists, and none has more than eight.

use std::path::{Path, PathBuf};

const STEPS: usize = 8;

/// The paragraphs below a heading of the crate page.
fn paragraphs(heading: &str) -> Vec<String> {
    let text = std::fs::read_to_string("src/lib.rs").expect("the crate");
    let page: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let page = page.join("\n");
    let (_, section) = page.split_once(heading).expect("the heading");
    let section = section.split("```").next().expect("a section");
    section.split("\n\n").map(|paragraph| paragraph.replace('\n', " ").trim().to_owned()).collect()
}

/// What is in backticks and is a path of the crate.
fn paths(paragraph: &str) -> Vec<&str> {
    paragraph.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect()
}

/// The source of the module at the beginning of a path, and what is left of the path.
fn module(path: &str) -> Option<(String, Vec<&str>)> {
    let parts: Vec<&str> = path.split("::").collect();
    (1..parts.len()).rev().find_map(|length| {
        let file: PathBuf = parts[..length].iter().collect();
        let file = Path::new("src").join(file).with_extension("rs");
        Some((std::fs::read_to_string(file).ok()?, parts[length..].to_vec()))
    })
}

/// Whether a module declares a name, or takes it from a file below it.
fn declares(source: &str, name: &str) -> bool {
    let words = |line: &str| {
        let edge = |c: char| !c.is_alphanumeric() && c != '_';
        line.split(edge).map(str::to_owned).collect::<Vec<String>>()
    };
    source.split("#[cfg(test)]").next().unwrap_or_default().lines().any(|line| {
        let words = words(line);
        let declared = words.windows(2).any(|pair| {
            ["fn", "struct", "enum", "trait", "type", "mod"].contains(&pair[0].as_str()) && pair[1] == name
        });
        declared || (line.contains("use ") && words.iter().any(|word| word == name))
    })
}

#[test]
fn each_step_of_the_five_ways_exists() {
    let ways: Vec<String> =
        paragraphs("# Five ways through it").into_iter().filter(|text| text.starts_with("**")).collect();
    assert_eq!(ways.len(), 5);
    for way in &ways {
        let steps = way.matches('→').count() + 1;
        assert!((4..=STEPS).contains(&steps), "{steps} steps: {way}");
        assert!(paths(way).len() >= steps, "a step without a name: {way}");
        for path in paths(way) {
            let (source, rest) = module(path).unwrap_or_else(|| panic!("no module of `{path}`"));
            assert!((1..=2).contains(&rest.len()), "`{path}`");
            for name in rest {
                assert!(declares(&source, name), "`{path}`: no `{name}`");
            }
        }
    }
}

#[test]
fn what_is_not_there_is_noticed() {
    let (source, rest) = module("ops::verify::verify").expect("a module");
    assert!(declares(&source, "verify") && rest == ["verify"]);
    assert!(!declares(&source, "verifi") && !declares("// fn gone\nlet fnord = 1;", "fnord"));
    assert!(module("no_such::thing").is_none());
}
