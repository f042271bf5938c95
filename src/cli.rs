//! The command line: what can be typed, and the way from there to an exit code.
//!
//! In: the arguments. Out: the exit code of product.md 1. Parsing has no side effects; errors of
//! the parser itself become the same `error` document as any other with `--json`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::command::Command;
use crate::context::Context;
use crate::env::{Env, forbid_core_dumps};
use crate::failure::{EXIT_NO, Failure, Kind};
use crate::globals::Globals;
use crate::lang::Lang;
use crate::output::Output;

/// A longer run of lower-case letters may be a password. Bytes.
const LONGEST_WORD: usize = 16;
/// A longer number may be one too. Bytes.
const LONGEST_NUMBER: usize = 20;

/// Says which mistake made a WeChat JS-SDK signature invalid
#[derive(Debug, Parser)]
#[command(
    name = "wecheck",
    version = env!("WECHECK_VERSION"),
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Start with what you have at hand:  wecheck verify --from FILE"
)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Parses the arguments, runs the command, maps the outcome to an exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    forbid_core_dumps();
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&discreet(error), &args),
    };
    let context = Context::new(Env::capture(cli.globals));
    match cli.command.run(&context) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(EXIT_NO),
        Err(failure) => {
            context.out.fail(&failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

/// The parser's error without a value that may be a secret: one typed where none is taken.
fn discreet(mut error: clap::Error) -> clap::Error {
    use clap::error::{ContextKind, ContextValue};
    let place = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => ContextKind::InvalidValue,
    };
    let Some(ContextValue::String(value)) = error.get(place) else { return error };
    let is_flag = place == ContextKind::InvalidArg && value.starts_with('-');
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .any(|kind| error.get(kind).is_some());
    let is_word = value.len() <= LONGEST_WORD && value.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let is_number = place == ContextKind::InvalidValue
        && value.len() <= LONGEST_NUMBER
        && value.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    let shown = match place {
        ContextKind::InvalidArg => is_flag,
        _ => suggested || is_word || is_number,
    };
    if !shown {
        error.insert(place, ContextValue::String("…".to_owned()));
        // Its tips repeat the value.
        error.remove(ContextKind::Suggested);
        error.remove(ContextKind::TrailingArg);
    }
    error
}

/// Answers what the parser could not: help and version on stdout, anything else with exit 2.
fn refuse(error: &clap::Error, args: &[OsString]) -> ExitCode {
    let json = args.iter().any(|arg| arg == "--json");
    if !error.use_stderr() || !json {
        // A closed pipe or a full disk while printing help: nobody is left to be told.
        let printed = error.print();
        return match u8::try_from(error.exit_code()) {
            Ok(0) if printed.as_ref().is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe) => {
                ExitCode::from(Kind::Storage.exit_code())
            }
            Ok(code) => ExitCode::from(code),
            Err(_) => ExitCode::from(Kind::Usage.exit_code()),
        };
    }
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ").trim();
    let globals = Globals { json: true, ..Globals::default() };
    Output::new(&Env::capture(globals), Lang::En).fail(&Failure::usage(first).hint("wecheck --help"));
    ExitCode::from(Kind::Usage.exit_code())
}

/// The panic hook: says where, never with what (a payload may hold a secret), and exits 70.
#[expect(clippy::disallowed_methods, reason = "a panic has no way back to main")]
pub fn report_bug(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let globals = Globals { json: std::env::args_os().any(|arg| arg == "--json"), ..Globals::default() };
    let failure = Failure::new(Kind::Bug, format!("this is a bug of wecheck{place}"))
        .hint("report it with the command you typed, without tickets and secrets");
    Output::new(&Env::capture(globals), Lang::En).fail(&failure);
    std::process::exit(Kind::Bug.exit_code().into());
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
