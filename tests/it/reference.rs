//! `docs/reference.md`: its list of commands is made from the command line, and what the rest has to
//! name is looked up in the source.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory};
use wecheck::cli::reference::Reference;
use wecheck::lang::Lang;

const START: &str = "<!-- commands: made by WECHECK_REGENERATE=1 cargo test --test it reference -->\n";
const END: &str = "<!-- end of commands -->\n";
const COMMON_START: &str =
    "<!-- common: made from data/reference.toml by WECHECK_REGENERATE=1 cargo test --test it reference -->\n";
const COMMON_END: &str = "<!-- end of common -->\n";

fn page() -> String {
    std::fs::read_to_string("docs/reference.md").expect("the page is there")
}

/// Exit codes, variables and files.
fn common() -> String {
    let reference = Reference::load();
    let rows = |head: &str, rows: &mut dyn Iterator<Item = (String, &str)>, is_name: bool| {
        let mut out = format!("| {head} | meaning |\n| --- | --- |\n");
        for (left, right) in rows {
            let left = if is_name { format!("`{}`", left.replace(", ", "`, `")) } else { left };
            let _ = writeln!(out, "| {left} | {right} |");
        }
        out
    };
    let exits = rows("code", &mut reference.exits(Lang::En), false);
    let variables = rows("variable", &mut reference.variables(None, Lang::En), true);
    let files = rows("file", &mut reference.files(None, Lang::En), true);
    format!("{exits}\n## Environment\n\n{variables}\n## Files\n\n{files}")
}

/// One section for each command: what it does, how it is typed, its flags.
fn commands() -> String {
    let mut root = wecheck::cli::Cli::command();
    root.build();
    let mut out = String::new();
    let globals = root.get_arguments().filter(|arg| arg.is_global_set());
    let _ = write!(out, "\n### Global flags\n\n{}", table(globals));
    for command in root.get_subcommands() {
        section(command, &mut out);
    }
    out + "\n"
}

fn section(command: &Command, out: &mut String) {
    let name = command.get_bin_name().expect("a built command has one");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let _ =
        write!(out, "\n### {name}\n\n{about}.\n\n```text\n{}\n```\n", usage.trim_start_matches("Usage: "));
    let own = command.get_arguments().filter(|arg| {
        !arg.is_global_set() && !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version")
    });
    let rows = table(own);
    if !rows.is_empty() {
        let _ = write!(out, "\n{rows}");
    }
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        section(sub, out);
    }
}

fn table<'a>(args: impl Iterator<Item = &'a Arg>) -> String {
    let mut rows = String::new();
    for arg in args {
        let short = arg.get_short().map_or_else(String::new, |short| format!("-{short}, "));
        let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|value| takes_value && !value.is_hide_set())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !values.is_empty() {
            let _ = write!(text, ": {}", values.join(", "));
        }
        let defaults: Vec<String> =
            arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
        if takes_value && !defaults.is_empty() {
            let _ = write!(text, " (default {})", defaults.join(" "));
        }
        let _ = writeln!(
            rows,
            "| `{short}{}` | {} |",
            arg.to_string().replace('|', "\\|"),
            text.replace('|', "\\|")
        );
    }
    if rows.is_empty() { rows } else { format!("| flag | what it does |\n| --- | --- |\n{rows}") }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
fn the_commands_of_the_reference_are_those_of_the_command_line() {
    let regenerate = std::env::var_os("WECHECK_REGENERATE").is_some();
    for (start, end, made) in [(COMMON_START, COMMON_END, common()), (START, END, commands())] {
        let page = page();
        let (before, rest) = page.split_once(start).expect("the marks are there");
        let (between, after) = rest.split_once(end).expect("the marks are there");
        if regenerate {
            std::fs::write("docs/reference.md", format!("{before}{start}{made}{end}{after}"))
                .expect("it is written");
        } else {
            assert!(between == made, "out of step: WECHECK_REGENERATE=1 cargo test --test it reference");
        }
    }
}

/// The texts of all files below a folder.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(std::fs::read_to_string(&path).expect("UTF-8"));
        }
    }
    texts
}

#[test]
fn every_variable_that_the_source_reads_is_in_the_reference() {
    let page = page();
    // Set by the build, and for tests.
    let not_read = ["WECHECK_VERSION", "WECHECK_TEST_DEPTH", "WECHECK_"];
    let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
    let mut missing = std::collections::BTreeSet::new();
    for text in sources(Path::new("src")) {
        for (at, _) in text.match_indices("WECHECK_") {
            let name: String = text[at..].chars().take_while(|c| is_name(*c)).collect();
            if !not_read.contains(&name.as_str()) && !page.contains(&format!("`{name}`")) {
                missing.insert(name);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_config_key_is_in_the_reference() {
    let source = std::fs::read_to_string("src/config/file.rs").expect("it is there");
    let mut count = 0;
    for (at, _) in source.match_indices("_KEYS: &[&str] = &[") {
        let list = source[at..].split('[').nth(2).and_then(|list| list.split(']').next()).expect("a list");
        for key in list.split('"').skip(1).step_by(2) {
            count += 1;
            assert!(page().contains(&format!("`{key}`")), "{key}");
        }
    }
    assert!(count > 20, "the lists were found: {count}");
}

#[test]
fn every_exit_code_is_in_the_reference() {
    use wecheck::failure::Kind;
    let kinds = [
        Kind::Usage,
        Kind::Config,
        Kind::Network,
        Kind::Errcode,
        Kind::Storage,
        Kind::Interrupted,
        Kind::Bug,
    ];
    for code in kinds.map(Kind::exit_code).into_iter().chain([0, wecheck::failure::EXIT_NO]) {
        assert!(page().contains(&format!("| {code} |")), "{code}");
    }
}
