//! What a command line means that names no command: paste anything.
//!
//! In: the arguments as typed, and why the parser refused them. Out: the arguments that say the same
//! with a command, or nothing when it is a misspelt command. Asked only after the parser refused, so
//! that a command that was typed right costs nothing.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::globals_of;
use crate::catalog::answer::Basis;
use crate::catalog::topic;
use crate::command::args::input::keep_stdin;
use crate::context::Context;
use crate::env::Env;
use crate::nearest::nearest;
use crate::ops::errcode;
use crate::ops::pasted::{About, LONGEST_REQUEST, about, at_a_glance};

/// The global flags that take a value.
const WITH_VALUE: [&str; 5] = ["--config", "--profile", "-p", "--color", "--lang"];

/// A longer name may be a secret. Bytes.
const LONGEST_NAME: usize = 40;

/// Commands whose argument may be `-`: without it, a pipe is meant.
const OF_A_PIPE: [&[&str]; 4] =
    [&["errcode", "explain"], &["domain-check"], &["ua"], &["callback", "encrypt"]];

/// The arguments that were meant.
pub(super) fn meant(kind: ErrorKind, args: &[OsString]) -> Option<Vec<OsString>> {
    match (first_word(args), kind) {
        // `errcode 40164` leaves out the one word that it can mean.
        (Some(at), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument)
            if is_code_of_errcode(args, at) =>
        {
            Some(with(args, at + 1, &["explain"], 0))
        }
        (Some(at), ErrorKind::MissingRequiredArgument)
            if OF_A_PIPE
                .iter()
                .any(|words| args.get(at..at + words.len()).is_some_and(|typed| typed == *words)) =>
        {
            piped(args).map(|_| with(args, args.len(), &["-"], 0))
        }
        // What follows a command may be a secret: it is refused, and not shown.
        (Some(at), _) if super::Cli::command().find_subcommand(&args[at]).is_some() => None,
        (Some(at), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument) => of_word(args, at),
        (None, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand) => {
            of_stdin(args)
        }
        _ => None,
    }
}

/// Where the first word is that is not a global flag or its value. A negative number is a word: a code.
fn first_word(args: &[OsString]) -> Option<usize> {
    let mut at = 1;
    while at < args.len() {
        let arg = args[at].to_string_lossy();
        if WITH_VALUE.contains(&arg.as_ref()) {
            at += 2;
        } else if arg.starts_with('-') && arg.parse::<i64>().is_err() && arg != "-" {
            at += 1;
        } else {
            return Some(at);
        }
    }
    None
}

fn of_word(args: &[OsString], at: usize) -> Option<Vec<OsString>> {
    let word = args[at].to_str()?;
    match word {
        // A pipe; without one, what is pasted now.
        "-" if args.len() == at + 1 => {
            let mut args = args.to_vec();
            args.pop();
            return of_stdin(&args).or_else(|| Some(with(&args, args.len(), &["verify", "--from", "-"], 0)));
        }
        "version" => return Some(with(args, at, &["--version"], 1)),
        "help" => {
            let mut args = with(args, at, &[], 1);
            args.push("--help".into());
            return Some(args);
        }
        _ => {}
    }
    let path = Path::new(word);
    if path.is_file() {
        let is_short = |length| usize::try_from(length).is_ok_and(|length| length <= LONGEST_REQUEST);
        let text = std::fs::metadata(path).ok().filter(|file| is_short(file.len()));
        let text = text.and_then(|_| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let is_callback = at_a_glance(&text) == Some(About::Callback);
        let command: &[&str] =
            if is_callback { &["callback", "verify", "--request"] } else { &["verify", "--from"] };
        return Some(with(args, at, command, 0));
    }
    if path.is_dir() && !is_near_command(word) {
        return Some(with(args, at, &["verify", "--from"], 0));
    }
    let words: Vec<String> = args[at..]
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .take_while(|arg| !arg.starts_with("--"))
        .collect();
    if is_text(word) || is_known(&words, args) {
        return Some(with(args, at, &["errcode", "explain"], 0));
    }
    let is_topic = words.len() == 1 && is_name(word) && topic::rank(word, None).iter().any(|hit| !hit.near);
    is_topic.then(|| with(args, at, &["faq"], 0))
}

fn is_code_of_errcode(args: &[OsString], at: usize) -> bool {
    let code = args.get(at + 1).and_then(|word| word.to_str()).map(str::parse::<i64>);
    args[at] == "errcode" && matches!(code, Some(Ok(_)))
}

fn is_near_command(word: &str) -> bool {
    nearest(word, super::Cli::command().get_subcommands().map(clap::Command::get_name)).is_some()
}

/// Whether no one would type this as a command.
fn is_text(word: &str) -> bool {
    word.trim().is_empty()
        || word
            .chars()
            .any(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, ':' | '{') || !c.is_ascii())
}

/// Whether it is written as names of code are and no command is: `agentConfig`, `jsapi_ticket`.
fn is_name(word: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_uppercase() || c == '_';
    word.len() <= LONGEST_NAME
        && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == '.')
        && word.strip_prefix("wx.").unwrap_or(word).chars().skip(1).any(is_inside)
}

/// Whether the catalog has an entry for exactly this.
fn is_known(words: &[String], args: &[OsString]) -> bool {
    let lang = Context::new(Env::capture(globals_of(args))).lang;
    let request = errcode::Request { what: words.to_vec(), ..errcode::Request::default() };
    request
        .explain(None, lang)
        .is_ok_and(|explained| explained.results.iter().any(|one| one.basis == Basis::Entry))
}

/// A pipe without a command: what it is about says which one is meant.
fn of_stdin(args: &[OsString]) -> Option<Vec<OsString>> {
    let text = piped(args)?;
    let command: &[&str] = match about(&text) {
        About::Signature => &["verify", "--from", "-"],
        About::Callback => &["callback", "verify", "--request", "-"],
        About::Addresses => &["domain-check", "-"],
        About::UserAgent => &["ua", "-"],
        About::Hash | About::Error => &["errcode", "explain", "-"],
    };
    Some(with(args, args.len(), command, 0))
}

/// What comes through a pipe, unless it is empty.
fn piped(args: &[OsString]) -> Option<String> {
    if Env::capture(globals_of(args)).terminal.stdin {
        return None;
    }
    keep_stdin().ok().filter(|text| !text.trim().is_empty())
}

/// The arguments with `words` at a place, instead of `left_out` of them.
fn with(args: &[OsString], at: usize, words: &[&str], left_out: usize) -> Vec<OsString> {
    let mut all = args[..at].to_vec();
    all.extend(words.iter().map(OsString::from));
    all.extend_from_slice(&args[at + left_out..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &[&str]) -> Vec<OsString> {
        line.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_word_that_is_not_a_command_is_what_was_pasted() {
        let meant = |line: &[&str]| {
            let args = typed(line);
            meant(ErrorKind::InvalidSubcommand, &args).map(|meant| {
                meant.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
            })
        };
        for (line, means) in [
            (&["w", "40164"][..], Some("w errcode explain 40164")),
            (&["w", "--lang", "zh", "-1"], Some("w --lang zh errcode explain -1")),
            (&["w", "config:invalid signature"], Some("w errcode explain config:invalid signature")),
            (&["w", "{\"errcode\":40001}", "--json"], Some("w errcode explain {\"errcode\":40001} --json")),
            (&["w", "invalid", "signature"], Some("w errcode explain invalid signature")),
            (&["w", "签名错误"], Some("w errcode explain 签名错误")),
            (&["w", "help", "config", "init"], Some("w config init --help")),
            (&["w", "help"], Some("w --help")),
            (&["w", "version"], Some("w --version")),
            (&["w", "errcode", "40164"], Some("w errcode explain 40164")),
            (&["w", "errcode", "-1", "--json"], Some("w errcode explain -1 --json")),
            (&["w", "chooseImage"], Some("w errcode explain chooseImage")),
            (&["w", "wx.chooseImage"], Some("w errcode explain wx.chooseImage")),
            (&["w", "agentConfig"], Some("w faq agentConfig")),
            (&["w", ""], Some("w errcode explain ")),
            (&["w", "QwxzJkvUrtPlm"], None),
            (&["w", "src"], Some("w verify --from src")),
            (&["w", "errcode", "A-SECRET"], None),
            (&["w", "verfy"], None),
            (&["w", "token", "--json", "A-SECRET 0+"], None),
            (&["w", "config", "A-SECRET 0+"], None),
            (&["w", "sgin", "https://m.example.com/"], None),
        ] {
            assert_eq!(meant(line).as_deref(), means, "{line:?}");
        }
    }
}
