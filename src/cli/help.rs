//! `--help` in both languages: clap's own description of the command, in Chinese with each text looked up in
//! `data/help.toml`.
//!
//! In: the arguments that asked for help. Out: the help of the command they name. Written here and not by
//! clap, which knows one language, wraps examples, and has the global options before a command's own groups.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::sync::OnceLock;

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use colored::Colorize;
use serde::Deserialize;

use super::reference::Reference;
use crate::lang::Lang;
use crate::output::{columns_of, fold};
use crate::packed::{Packed, packed};

static TEXTS: Packed = packed!("data/help.toml");

/// A flag with a longer left column has its text on the next line. Columns.
const MAX_LEFT: usize = 30;
/// The heading of what every command takes.
pub const GLOBAL: &str = "Global options";
/// Where texts begin below a flag in long help. Columns.
const LONG_INDENT: usize = 10;

/// The Chinese beside the English.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// `FILE = "文件"`.
    value_names: HashMap<String, String>,
    text: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    en: String,
    zh: String,
}

/// Looks up the Chinese of clap's English texts.
pub struct Chinese {
    texts: HashMap<&'static str, &'static str>,
    value_names: &'static HashMap<String, String>,
}

impl Chinese {
    /// Reads the table.
    pub fn load() -> Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        // A broken table fails the tests; a user would read English.
        let table = TABLE.get_or_init(|| {
            toml::from_str(TEXTS.text()).unwrap_or(Table { value_names: HashMap::new(), text: Vec::new() })
        });
        let texts = table.text.iter().map(|entry| (entry.en.as_str(), entry.zh.as_str())).collect();
        Self { texts, value_names: &table.value_names }
    }

    fn text(&self, en: &str) -> String {
        self.texts.get(en).map_or_else(|| en.to_owned(), |zh| (*zh).to_owned())
    }

    /// A line below the flags: commands as they are, the words around them in Chinese.
    fn example(&self, line: &str) -> String {
        let (shown, words) = words_of_example(line);
        match words {
            Some(words) => format!("{shown}{}", self.text(words)),
            None => shown.to_owned(),
        }
    }

    /// `--from <FILE>` as it is written in Chinese: `--from <文件>`.
    pub fn usage(&self, en: &str) -> String {
        let mut out = String::with_capacity(en.len());
        let mut word = String::new();
        for c in en.chars() {
            if c.is_ascii_uppercase()
                || (!word.is_empty() && (c.is_ascii_digit() || matches!(c, '-' | '_' | ':')))
            {
                word.push(c);
            } else {
                self.flush(&mut word, &mut out);
                out.push(c);
            }
        }
        self.flush(&mut word, &mut out);
        out
    }

    fn flush(&self, word: &mut String, out: &mut String) {
        out.push_str(self.value_names.get(word.as_str()).unwrap_or(word));
        word.clear();
    }
}

/// A line of examples in what is typed and the words after it.
fn words_of_example(line: &str) -> (&str, Option<&str>) {
    let text = line.trim_start();
    let is_command = line.starts_with("  ")
        && (["curl ", "echo ", "{\""].iter().any(|word| text.starts_with(word))
            || text.contains("wecheck ")
            || text.ends_with("wecheck"));
    if is_command {
        return match line.find("  # ") {
            Some(at) => (&line[..at + 4], Some(&line[at + 4..])),
            None => (line, None),
        };
    }
    match text {
        "" => (line, None),
        _ => (&line[..line.len() - text.len()], Some(text)),
    }
}

/// The command that the arguments name, built, and whether long help is asked for.
pub fn named<'a>(root: &'a mut Command, args: &[OsString]) -> (&'a mut Command, bool) {
    root.build();
    let mut path: Vec<String> = Vec::new();
    let mut long = false;
    {
        let mut at: &Command = root;
        let mut args = args.iter().skip(1).filter_map(|arg| arg.to_str());
        while let Some(arg) = args.next() {
            match arg {
                "--help" => long = true,
                "--" => break,
                flag if flag.starts_with('-') => {
                    if !flag.contains('=') && takes_value(at, flag) {
                        args.next();
                    }
                }
                word => {
                    if let Some(next) = at.find_subcommand(word) {
                        path.push(word.to_owned());
                        at = next;
                    }
                }
            }
        }
    }
    let mut command = root;
    for word in &path {
        // Each was found on the way above.
        if command.find_subcommand(word).is_none() {
            break;
        }
        let Some(next) = command.find_subcommand_mut(word) else { unreachable!("found above") };
        command = next;
    }
    (command, long)
}

fn takes_value(command: &Command, flag: &str) -> bool {
    let arg = command.get_arguments().find(|arg| match flag.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => flag.strip_prefix('-').is_some_and(|short| {
            let mut chars = short.chars();
            chars.next() == arg.get_short() && chars.next().is_none()
        }),
    });
    arg.is_some_and(|arg| arg.get_action().takes_values())
}

/// The help of a built command, with the examples above the flags and the groups that few need last. What
/// is to be typed is never wrapped.
pub fn help(command: &mut Command, long: bool, columns: usize, lang: Lang) -> String {
    let chinese = (lang == Lang::Zh).then(Chinese::load);
    let usage = command.render_usage().to_string();
    let page = Page { chinese, lang, command, long, columns };
    page.write(&usage)
}

/// What `wecheck` alone says: how to begin, on the smallest screen.
pub fn brief(command: &mut Command, columns: usize, lang: Lang) -> String {
    let chinese = (lang == Lang::Zh).then(Chinese::load);
    let usage = command.render_usage().to_string();
    let page = Page { chinese, lang, command, long: false, columns };
    let mut out = page.head(&usage);
    let names: Vec<&str> =
        command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(Command::get_name).collect();
    let _ = writeln!(out, "\n{}", lang.pick("命令：", "Commands:").bold().underline());
    out += &fold(&names.join("  "), 2, columns);
    let _ = writeln!(
        out,
        "\n{}",
        lang.pick("所有命令和选项：wecheck -h", "every command and option: wecheck -h")
    );
    out
}

/// What a command says besides its flags: the examples, and what comes below the flags.
pub fn below(command: &Command, long: bool) -> (String, String) {
    let after = match command.get_after_long_help() {
        Some(after) if long => Some(after),
        _ => command.get_after_help(),
    };
    let after = after.map(ToString::to_string).unwrap_or_default();
    match after.split_once("\n\n") {
        Some((examples, notes)) => (examples.to_owned(), notes.to_owned()),
        None => (after, String::new()),
    }
}

fn is_root(command: &Command) -> bool {
    command.get_name() == "wecheck"
}

/// What all commands have in common.
fn common(out: &mut String, lang: Lang, columns: usize) {
    let reference = Reference::load();
    let row = |(left, text): (String, &str)| Row { left, texts: vec![text.to_owned()] };
    section(
        out,
        lang.pick("退出码：", "Exit codes:"),
        &reference.exits(lang).map(row).collect::<Vec<_>>(),
        false,
        columns,
    );
    let variables: Vec<Row> = reference.variables(None, lang).map(row).collect();
    section(out, lang.pick("环境变量：", "Environment:"), &variables, false, columns);
    section(
        out,
        lang.pick("文件：", "Files:"),
        &reference.files(None, lang).map(row).collect::<Vec<_>>(),
        false,
        columns,
    );
}

struct Page<'a> {
    chinese: Option<Chinese>,
    lang: Lang,
    command: &'a Command,
    long: bool,
    columns: usize,
}

/// One line of a list: what is typed, and what it does.
struct Row {
    left: String,
    texts: Vec<String>,
}

impl Page<'_> {
    /// What it does, how it is typed, examples.
    fn head(&self, usage: &str) -> String {
        let mut out = String::new();
        let about = if self.long {
            self.command.get_long_about().or_else(|| self.command.get_about())
        } else {
            self.command.get_about()
        };
        if let Some(about) = about {
            out += &self.folded(&self.text(&about.to_string()), 0);
            out.push('\n');
        }
        let usage = self.usage(usage.trim_start_matches("Usage: "));
        let space = self.lang.pick("", " ");
        let _ = writeln!(out, "{}{space}{usage}", self.lang.pick("用法：", "Usage:").bold().underline());
        let (examples, _) = below(self.command, self.long);
        if !examples.is_empty() {
            let _ = writeln!(out, "\n{}", self.examples(&examples));
        }
        out
    }

    fn write(&self, usage: &str) -> String {
        let mut out = self.head(usage);
        let (_, notes) = below(self.command, self.long);
        let commands = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        let commands: Vec<Row> = commands
            .map(|command| Row {
                left: command.get_name().to_owned(),
                texts: command.get_about().map(|text| self.text(&text.to_string())).into_iter().collect(),
            })
            .collect();
        self.section(&mut out, self.lang.pick("命令", "Commands"), &commands);
        let shown = |arg: &&Arg| {
            !(arg.is_hide_set()
                || if self.long { arg.is_hide_long_help_set() } else { arg.is_hide_short_help_set() })
        };
        let (positional, flags): (Vec<&Arg>, Vec<&Arg>) =
            self.command.get_arguments().filter(shown).partition(|arg| arg.is_positional());
        self.section(&mut out, self.lang.pick("参数", "Arguments"), &self.rows(&positional, None));
        self.section(&mut out, self.lang.pick("选项", "Options"), &self.rows(&flags, None));
        let mut headings: Vec<&str> = Vec::new();
        for heading in flags.iter().filter_map(|arg| arg.get_help_heading()) {
            if !headings.contains(&heading) {
                headings.push(heading);
            }
        }
        // clap has them first, since they were there before the command's own.
        let (global, own): (Vec<&str>, Vec<&str>) =
            headings.into_iter().partition(|heading| *heading == GLOBAL);
        for heading in own.into_iter().chain(global) {
            self.section(&mut out, &self.text(heading), &self.rows(&flags, Some(heading)));
        }
        if !notes.is_empty() {
            let _ = write!(out, "\n{}", self.folded(&self.examples(&notes), 0));
        }
        if self.long && is_root(self.command) {
            common(&mut out, self.lang, self.columns);
        }
        out
    }

    fn rows(&self, args: &[&Arg], heading: Option<&str>) -> Vec<Row> {
        let args = args.iter().filter(|arg| arg.get_help_heading() == heading);
        args.map(|arg| Row { left: self.left(arg), texts: self.texts(arg) }).collect()
    }

    fn left(&self, arg: &Arg) -> String {
        if arg.is_positional() {
            return self.usage(&arg.to_string());
        }
        let short = arg.get_short().map_or_else(|| "    ".to_owned(), |short| format!("-{short}, "));
        short + &self.usage(&arg.to_string())
    }

    fn texts(&self, arg: &Arg) -> Vec<String> {
        let help = if self.long { arg.get_long_help().or_else(|| arg.get_help()) } else { arg.get_help() };
        let mut texts: Vec<String> = help.map(|help| self.text(&help.to_string())).into_iter().collect();
        if !matches!(arg.get_action(), ArgAction::Set | ArgAction::Append) {
            return texts;
        }
        let values: Vec<PossibleValue> =
            arg.get_possible_values().into_iter().filter(|value| !value.is_hide_set()).collect();
        let explained = values.iter().any(|value| value.get_help().is_some());
        if self.long && explained && !arg.is_hide_possible_values_set() {
            texts.push(self.lang.pick("可选值：", "Possible values:").to_owned());
            texts.extend(values.iter().map(|value| match value.get_help() {
                Some(help) => {
                    let colon = self.lang.pick("：", ": ");
                    format!("- {}{colon}{}", value.get_name(), self.text(&help.to_string()))
                }
                None => format!("- {}", value.get_name()),
            }));
        }
        let mut notes = Vec::new();
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !defaults.is_empty() && !arg.is_hide_default_value_set() {
            let label = self.lang.pick("默认：", "default: ");
            notes.push(format!("[{label}{}]", defaults.join(" ")));
        }
        let is_listed = self.long && explained;
        if !values.is_empty() && !is_listed && !arg.is_hide_possible_values_set() {
            let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            let (label, comma) = self.lang.pick(("可选：", "、"), ("possible values: ", ", "));
            notes.push(format!("[{label}{}]", names.join(comma)));
        }
        if !notes.is_empty() {
            let notes = notes.join(" ");
            match texts.last_mut() {
                Some(last) if !self.long => *last = format!("{last} {notes}"),
                _ => texts.push(notes),
            }
        }
        texts
    }

    fn section(&self, out: &mut String, heading: &str, rows: &[Row]) {
        // As clap: in long help a flag's text is below it, a command's beside it.
        let below = self.long
            && rows.iter().any(|row| row.left.contains('-') || row.texts.len() > 1)
            && heading != self.lang.pick("命令", "Commands");
        let colon = self.lang.pick("：", ":");
        section(out, &format!("{heading}{colon}"), rows, below, self.columns);
    }

    fn text(&self, en: &str) -> String {
        self.chinese.as_ref().map_or_else(|| en.to_owned(), |chinese| chinese.text(en))
    }

    fn usage(&self, en: &str) -> String {
        self.chinese.as_ref().map_or_else(|| en.to_owned(), |chinese| chinese.usage(en))
    }

    fn examples(&self, text: &str) -> String {
        text.lines().map(|line| self.example(line)).collect::<Vec<_>>().join("\n")
    }

    fn example(&self, line: &str) -> String {
        self.chinese.as_ref().map_or_else(|| line.to_owned(), |chinese| chinese.example(line))
    }

    /// A text of one or more lines, each indented and wrapped.
    fn folded(&self, text: &str, indent: usize) -> String {
        fold(text, indent, self.columns)
    }
}

/// A list below a heading: each text beside what is typed, or below it.
fn section(out: &mut String, heading: &str, rows: &[Row], below: bool, columns: usize) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", heading.bold().underline());
    let widest = rows.iter().map(|row| columns_of(&row.left)).filter(|width| *width <= MAX_LEFT).max();
    let beside = widest.unwrap_or(MAX_LEFT) + 4;
    for (at, row) in rows.iter().enumerate() {
        if below && at > 0 {
            out.push('\n');
        }
        let width = columns_of(&row.left);
        let _ = write!(out, "  {}", row.left.bold());
        let mut texts = row.texts.iter();
        if below || width > MAX_LEFT {
            out.push('\n');
        } else if let Some(text) = texts.next() {
            out.extend(std::iter::repeat_n(' ', beside - width - 2));
            *out += fold(text, beside, columns).trim_start_matches(' ');
        } else {
            out.push('\n');
        }
        for text in texts {
            *out += &fold(text, if below { LONG_INDENT } else { beside }, columns);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    fn texts_of(command: &Command, texts: &mut BTreeSet<String>, values: &mut BTreeSet<String>) {
        let styled = [command.get_about(), command.get_long_about()];
        texts.extend(styled.into_iter().flatten().map(ToString::to_string));
        for after in [command.get_after_help(), command.get_after_long_help()].into_iter().flatten() {
            let after = after.to_string();
            texts.extend(after.lines().filter_map(|line| words_of_example(line).1).map(str::to_owned));
        }
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            texts
                .extend([arg.get_help(), arg.get_long_help()].into_iter().flatten().map(ToString::to_string));
            texts.extend(arg.get_help_heading().map(str::to_owned));
            if arg.get_action().takes_values() {
                values.extend(arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string));
                let possible = arg.get_possible_values();
                texts.extend(possible.iter().filter_map(|value| value.get_help()).map(ToString::to_string));
            }
        }
        for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
            texts_of(command, texts, values);
        }
    }

    #[test]
    fn every_text_of_help_exists_in_chinese_and_no_other() {
        let table: Table = toml::from_str(TEXTS.text()).expect("data/help.toml is valid");
        let mut command = crate::cli::Cli::command();
        command.build();
        let (mut texts, mut values) =
            (BTreeSet::new(), BTreeSet::from(["OPTIONS".to_owned(), "COMMAND".to_owned()]));
        texts_of(&command, &mut texts, &mut values);
        let known: BTreeSet<String> = table.text.iter().map(|entry| entry.en.clone()).collect();
        assert_eq!(known.len(), table.text.len(), "an English text is there twice");
        let names: BTreeSet<String> = table.value_names.keys().cloned().collect();
        let entry = |en: &String| format!("[[text]]\nen = '''{en}'''\nzh = ''''''\n");
        let missing: Vec<String> = texts.difference(&known).map(entry).collect();
        let unnamed: Vec<&String> = values.difference(&names).collect();
        assert!(
            missing.is_empty() && unnamed.is_empty(),
            "add to data/help.toml: [value_names] {unnamed:?}\n{}",
            missing.concat()
        );
        let unused: Vec<&String> = known.difference(&texts).collect();
        assert!(unused.is_empty(), "no longer used, remove from data/help.toml: {unused:#?}");
        let unused: Vec<&String> = names.difference(&values).collect();
        assert!(unused.is_empty(), "no longer used, remove from [value_names]: {unused:?}");
        for entry in &table.text {
            let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(entry.zh.contains(is_chinese), "not Chinese: {}", entry.en);
        }
    }

    #[test]
    fn the_named_command_is_found_past_the_values_of_flags() {
        let args: Vec<OsString> =
            ["wecheck", "--profile", "sign", "errcode", "--lang=zh", "explain", "--help"]
                .map(Into::into)
                .to_vec();
        let mut root = crate::cli::Cli::command();
        let (command, long) = named(&mut root, &args);
        assert_eq!((command.get_name(), long), ("explain", true));
    }

    #[test]
    fn value_names_are_translated_in_place() {
        let chinese = Chinese::load();
        assert_eq!(chinese.usage("wecheck verify [OPTIONS] [FILE]"), "wecheck verify [选项] [文件]");
    }
}
