//! The man pages, made from the command line and from `data/reference.toml`.
//!
//! `WECHECK_REGENERATE=1 cargo test --test it generated` writes them below `man/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command as Process;

use clap::{Arg, ArgAction, Command, CommandFactory};
use unicode_width::UnicodeWidthStr;
use wecheck::cli::help::{GLOBAL, below};
use wecheck::cli::reference::Reference;
use wecheck::lang::Lang;

use super::in_step;

/// Every page by its file's name.
fn pages() -> BTreeMap<String, String> {
    let mut root = wecheck::cli::Cli::command().disable_help_subcommand(true);
    root.build();
    let mut files = BTreeMap::new();
    walk(&root, &[], &mut files);
    files
}

fn walk<'a>(command: &'a Command, above: &[&'a Command], files: &mut BTreeMap<String, String>) {
    let mut path = above.to_vec();
    path.push(command);
    files.insert(format!("{}.1", name_of(&path)), page(&path));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        walk(sub, &path, files);
    }
}

fn name_of(path: &[&Command]) -> String {
    path.iter().map(|command| command.get_name()).collect::<Vec<_>>().join("-")
}

fn page(path: &[&Command]) -> String {
    let command = path[path.len() - 1];
    let name = name_of(path);
    let typed = name.replacen('-', " ", path.len() - 1);
    let reference = Reference::load();
    // The first word of the command, for what concerns only some.
    let first = path.get(1).map(|command| command.get_name());
    let about = command.get_about().expect("a command says what it does").to_string();
    let mut out = String::new();
    let _ = writeln!(
        out,
        ".TH {} 1 {} \"wecheck {}\" \"User Commands\"\n.nh\n.ad l",
        name.to_uppercase(),
        reference.date,
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(out, ".SH NAME\n{} \\- {}", text(&name), text(&lowered(&about)));
    out += ".SH SYNOPSIS\n";
    let commands: Vec<&Command> = command.get_subcommands().filter(|sub| !sub.is_hide_set()).collect();
    if commands.is_empty() {
        synopsis(&typed, command, &mut out);
    } else {
        for (at, sub) in commands.iter().enumerate() {
            out += if at > 0 { ".br\n" } else { "" };
            synopsis(&format!("{typed} {}", sub.get_name()), sub, &mut out);
        }
    }
    let (examples, notes) = below(command, true);
    let _ = writeln!(out, ".SH DESCRIPTION\n{}.", text(&about));
    for line in notes.lines().filter(|line| !line.is_empty()) {
        // A list of what it answers is shown as it is.
        match line.strip_prefix("  ") {
            Some(entry) => {
                let _ = writeln!(out, ".br\n{}", text(entry));
            }
            None => {
                let _ = writeln!(out, ".PP\n{}", text(line));
            }
        }
    }
    options(command, &mut out);
    if !commands.is_empty() {
        out += ".SH COMMANDS\n";
        for sub in &commands {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            let page = format!("{name}-{}", sub.get_name());
            let _ = writeln!(out, ".TP\n\\fB{}\\fR(1)\n{}", text(&page), text(&about));
        }
    }
    let rows = |title: &str, rows: &mut dyn Iterator<Item = (String, &str)>| {
        let rows = rows.map(|(left, right)| format!(".TP\n\\fB{}\\fR\n{}\n", text(&left), text(right)));
        format!(".SH {title}\n{}", rows.collect::<String>())
    };
    out += &rows("EXIT STATUS", &mut reference.exits(Lang::En));
    out += &rows("ENVIRONMENT", &mut reference.variables(first, Lang::En));
    out += &rows("FILES", &mut reference.files(first, Lang::En));
    out += ".SH EXAMPLES\n";
    for (at, line) in examples.lines().skip(1).enumerate() {
        let paragraph = if at > 0 { ".PP\n" } else { "" };
        let _ = writeln!(out, "{paragraph}.nf\n{}\n.fi", text(line.trim_start()));
    }
    let related = match (path.len(), commands.is_empty()) {
        (1, _) => commands.iter().map(|sub| format!("{name}-{}", sub.get_name())).collect(),
        (depth, _) => {
            let above = path[depth - 2];
            let above_name = name_of(&path[..depth - 1]);
            let mut related = vec![above_name.clone()];
            let beside = above.get_subcommands().filter(|sub| sub.get_name() != command.get_name());
            // All nineteen beside one another would say nothing.
            if depth > 2 {
                related.extend(beside.map(|sub| format!("{above_name}-{}", sub.get_name())));
            }
            related.extend(commands.iter().map(|sub| format!("{name}-{}", sub.get_name())));
            related
        }
    };
    let related: Vec<String> = related.iter().map(|page| format!("\\fB{}\\fR(1)", text(page))).collect();
    let _ = writeln!(out, ".SH SEE ALSO\n{}", related.join(",\n"));
    out
}

/// The line that says how it is typed: the command in bold, the rest as its usage has it.
fn synopsis(typed: &str, command: &Command, out: &mut String) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").lines().next().unwrap_or_default();
    let rest = usage.strip_prefix(typed).unwrap_or_default();
    let rest = rest.replace(['<', '>'], "");
    let _ = writeln!(out, "\\fB{}\\fR{}", text(typed), text(&rest));
}

/// The arguments, then the flags, by their headings.
fn options(command: &Command, out: &mut String) {
    let shown: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    let (positional, flags): (Vec<&Arg>, Vec<&Arg>) = shown.into_iter().partition(|arg| arg.is_positional());
    if !positional.is_empty() {
        out.push_str(".SH ARGUMENTS\n");
        for arg in &positional {
            option(arg, out);
        }
    }
    let mut headings: Vec<Option<&str>> = vec![None];
    for heading in flags.iter().map(|arg| arg.get_help_heading()) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings.sort_by_key(|heading| *heading == Some(GLOBAL));
    for heading in headings {
        match heading {
            None => out.push_str(".SH OPTIONS\n"),
            Some(GLOBAL) => out.push_str(".SH GLOBAL OPTIONS\n"),
            Some(heading) => {
                let _ = writeln!(out, ".SS {}", text(heading));
            }
        }
        flags.iter().filter(|arg| arg.get_help_heading() == heading).for_each(|arg| option(arg, out));
    }
}

fn option(arg: &Arg, out: &mut String) {
    let short = arg.get_short().map_or_else(String::new, |short| format!("-{short}, "));
    let shown = arg.to_string();
    let (flag, value) = match shown.split_once(' ') {
        Some((flag, value)) if !arg.is_positional() => (flag, value),
        _ if arg.is_positional() => ("", shown.as_str()),
        _ => (shown.as_str(), ""),
    };
    let value = value.trim_matches(['<', '>', '[', ']']);
    let mut left = String::new();
    if !flag.is_empty() {
        let _ = write!(left, "\\fB{}\\fR", text(&(short + flag)));
    }
    if !value.is_empty() {
        let space = if left.is_empty() { "" } else { " " };
        let _ = write!(left, "{space}\\fI{}\\fR", text(&value.replace(['<', '>', '[', ']'], "")));
    }
    let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut help = help.replace('\n', " ");
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(help, " [default: {}]", defaults.join(" "));
    }
    let _ = writeln!(out, ".TP\n{left}\n{}", text(&help));
    let values: Vec<_> = arg.get_possible_values().into_iter().filter(|value| !value.is_hide_set()).collect();
    if !takes_value || values.is_empty() {
        return;
    }
    if values.iter().all(|value| value.get_help().is_none()) {
        let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
        let _ = writeln!(out, ".br\nOne of: {}.", text(&names.join(", ")));
        return;
    }
    out.push_str(".RS\n");
    for value in values {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, ".TP\n\\fB{}\\fR\n{}", text(value.get_name()), text(&help));
    }
    out.push_str(".RE\n");
}

/// The first letter small, as a page's name line has it, unless a name begins there.
fn lowered(about: &str) -> String {
    let mut chars = about.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// Text as roff takes it: what is in backticks in bold, nothing that begins a request.
fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 16);
    let mut is_code = false;
    for c in plain.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '~' => out.push_str("\\(ti"),
            '^' => out.push_str("\\(ha"),
            '`' => {
                is_code = !is_code;
                out.push_str(if is_code { "\\fB" } else { "\\fR" });
            }
            c => out.push(c),
        }
    }
    if out.starts_with('.') { format!("\\&{out}") } else { out }
}

#[test]
fn man_pages_are_made_from_the_command_line() {
    in_step("man", &pages(), |_| true);
}

/// The text of a section, up to the next one.
fn section<'a>(page: &'a str, title: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n.SH {title}\n")).unwrap_or_else(|| panic!("no {title}"));
    rest.split("\n.SH ").next().unwrap_or(rest)
}

#[test]
fn every_page_has_every_section() {
    for (name, page) in pages() {
        for title in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "GLOBAL OPTIONS",
            "EXIT STATUS",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            "SEE ALSO",
        ] {
            assert!(!section(&page, title).trim().is_empty(), "{name}: {title}");
        }
        assert!(!page.contains("EXTRA"), "{name}");
        let synopsis = section(&page, "SYNOPSIS");
        assert!(synopsis.lines().all(|line| line.len() <= 120), "{name}: {synopsis}");
        // What is hidden from the short help is explained here.
        assert!(!page.contains("\n\n"), "{name} has an empty line");
    }
}

#[test]
fn a_page_says_what_concerns_its_command() {
    let pages = pages();
    let page = |name: &str| &pages[&format!("{name}.1")];
    assert!(section(page("wecheck-verify"), "SYNOPSIS").contains("[OPTIONS] [FILE]"));
    assert!(section(page("wecheck-config"), "SYNOPSIS").contains("wecheck config init"));
    let exits = section(page("wecheck-sign"), "EXIT STATUS");
    for code in ["0", "1", "2", "3", "4", "5", "6", "70", "130"] {
        assert!(exits.contains(&format!("\\fB{code}\\fR")), "{code}: {exits}");
    }
    assert!(section(page("wecheck-page"), "ENVIRONMENT").contains("CHROME_PATH"));
    assert!(!section(page("wecheck-sign"), "ENVIRONMENT").contains("CHROME_PATH"));
    assert!(section(page("wecheck-callback-listen"), "FILES").contains("callbacks/"));
    assert!(section(page("wecheck-verify"), "EXAMPLES").contains("pbpaste | wecheck verify"));
    assert!(section(page("wecheck-config-init"), "SEE ALSO").contains("wecheck\\-config\\-check\\fR(1)"));
    assert!(section(page("wecheck-verify"), "OPTIONS").contains(".SS Your own signing API"));
    assert!(section(page("wecheck-verify"), "OPTIONS").contains("card_id (cards)"));
}

/// Runs a program over a page in a file, and returns what it printed.
fn printed(program: &mut Process) -> String {
    let done = program.output().expect("it starts");
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program:?}: {text}");
    text
}

#[test]
#[ignore = "needs man and mandoc"]
fn man_and_mandoc_read_every_page() {
    for (name, page) in pages() {
        let home = crate::harness::Home::new();
        let file = home.file(&name, page);
        let lint = Process::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(&file).output();
        let lint = String::from_utf8_lossy(&lint.expect("mandoc starts").stdout).into_owned();
        assert_eq!(lint, "", "{name}");
        let shown = printed(
            Process::new("man")
                .args(["--warnings", "-P", "cat", "-l"])
                .arg(&file)
                .env("MANWIDTH", "80")
                .env("LC_ALL", "C.UTF-8"),
        );
        for line in shown.lines() {
            assert!(line.width() <= 80, "{name}: {line}");
            assert!(!line.contains("warning:"), "{name}: {line}");
        }
        assert!(shown.contains("EXIT STATUS") && shown.contains("SEE ALSO"), "{name}: {shown}");
    }
}
