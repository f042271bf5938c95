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
use crate::command::args::input::keep_stdin;
use crate::context::Context;
use crate::env::Env;
use crate::evidence::{self, Field};
use crate::ops::errcode;

/// The global flags that take a value.
const WITH_VALUE: [&str; 5] = ["--config", "--profile", "-p", "--color", "--lang"];

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
        "version" => return Some(with(args, at, &["--version"], 1)),
        "help" => {
            let mut args = with(args, at, &[], 1);
            args.push("--help".into());
            return Some(args);
        }
        _ => {}
    }
    if Path::new(word).is_file() {
        return Some(with(args, at, &["verify", "--from"], 0));
    }
    let words: Vec<String> = args[at..]
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .take_while(|arg| !arg.starts_with("--"))
        .collect();
    (is_text(word) || is_known(&words, args)).then(|| with(args, at, &["errcode", "explain"], 0))
}

fn is_code_of_errcode(args: &[OsString], at: usize) -> bool {
    let code = args.get(at + 1).and_then(|word| word.to_str()).map(str::parse::<i64>);
    args[at] == "errcode" && matches!(code, Some(Ok(_)))
}

/// Whether no one would type this as a command.
fn is_text(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, ':' | '{') || !c.is_ascii())
}

/// Whether the catalog has an entry for exactly this.
fn is_known(words: &[String], args: &[OsString]) -> bool {
    let lang = Context::new(Env::capture(globals_of(args))).lang;
    let request = errcode::Request { what: words.to_vec(), ..errcode::Request::default() };
    request
        .explain(None, lang)
        .is_ok_and(|explained| explained.results.iter().any(|meaning| meaning.basis == Basis::Entry))
}

/// A pipe without a command: what holds values of a signature is checked, anything else explained.
fn of_stdin(args: &[OsString]) -> Option<Vec<OsString>> {
    let text = piped(args)?;
    let evidence = evidence::extract(&text);
    let is_signed = [Field::Signature, Field::Nonce, Field::Ticket]
        .into_iter()
        .any(|field| evidence.all(field).next().is_some());
    let command: &[&str] = if is_signed { &["verify", "--from", "-"] } else { &["errcode", "explain", "-"] };
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
