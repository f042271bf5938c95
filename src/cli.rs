//! The command line: what can be typed, and the way from there to an exit code.
//!
//! In: the arguments. Out: the exit code. Parsing has no side effects; errors of the parser itself
//! are reported as any other, in the language of the reader.

mod complete;
pub mod help;
mod parse_error;
pub mod reference;
mod route;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};

use crate::both;
use crate::command::Command;
use crate::context::Context;
use crate::env::{Env, forbid_core_dumps};
use crate::failure::{EXIT_NO, Failure, Kind};
use crate::globals::{Color, Globals, remember_typed};
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
    after_help = "Examples:
  wecheck page.js
  wecheck 'config:invalid signature'
  pbpaste | wecheck"
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
    complete::answer_shell();
    let mut args: Vec<OsString> = args.into_iter().collect();
    let mut parsed = Cli::try_parse_from(&args);
    if let Err(error) = &parsed
        && let Some(meant) = route::meant(error.kind(), &args)
    {
        args = meant;
        parsed = Cli::try_parse_from(&args);
    }
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return refuse(&discreet(error), &args),
    };
    remember_typed(&args);
    let context = Context::new(Env::capture(cli.globals));
    match cli.command.run(&context) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(EXIT_NO),
        Err(failure) => {
            context.out.fail(&failure);
            context.out.explain(crate::ops::errcode::first_advice(&failure, context.lang));
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

/// The parser's error without a value that may be a secret: one typed if none is taken.
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
        _ => {
            suggested
                || is_word
                || is_number
                || parse_error::is_file_name(value)
                || parse_error::is_host_name(value)
        }
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
    let context = Context::new(Env::capture(globals_of(args)));
    let json = context.env.globals.json;
    let alone = error.kind() == ErrorKind::MissingSubcommand;
    let asks = alone
        || matches!(
            error.kind(),
            ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        );
    if error.kind() == ErrorKind::DisplayVersion && json {
        let document = serde_json::json!({ "version": env!("CARGO_PKG_VERSION") });
        return printed(writeln!(std::io::stdout().lock(), "{document}"), 0);
    }
    if error.kind() == ErrorKind::DisplayVersion {
        return printed(error.print(), error.exit_code());
    }
    let mut root = Cli::command();
    let (command, long) = help::named(&mut root, args);
    if asks && !(json && error.use_stderr()) {
        let columns = context.out.help_columns(error.use_stderr());
        let alone = error.use_stderr() && command.get_name() == "wecheck";
        let text = if alone {
            help::brief(command, columns, context.lang)
        } else {
            help::help(command, long, columns, context.lang)
        };
        let print = if error.use_stderr() {
            std::io::stderr().lock().write_all(text.as_bytes())
        } else {
            std::io::stdout().lock().write_all(text.as_bytes())
        };
        return printed(print, error.exit_code());
    }
    let name = command.get_bin_name().unwrap_or("wecheck");
    context.out.fail(&parse_error::failure(error, name));
    ExitCode::from(Kind::Usage.exit_code())
}

/// The exit code after help was printed. A closed pipe is not an error of ours.
fn printed(print: std::io::Result<()>, code: i32) -> ExitCode {
    match print {
        Err(error) if code == 0 && error.kind() != std::io::ErrorKind::BrokenPipe => {
            ExitCode::from(Kind::Storage.exit_code())
        }
        _ => ExitCode::from(u8::try_from(code).unwrap_or(Kind::Usage.exit_code())),
    }
}

/// The global flags among arguments that the parser refused.
fn globals_of(args: &[OsString]) -> Globals {
    let args: Vec<&str> = args.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    let value = |flag: &str| {
        args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix(flag)? {
            "" => args.get(at + 1).copied(),
            rest => rest.strip_prefix('='),
        })
    };
    Globals {
        json: args.contains(&"--json"),
        lang: value("--lang").and_then(Lang::from_setting),
        config: value("--config").map(Into::into),
        color: value("--color").and_then(|word| Color::from_str(word, true).ok()).unwrap_or_default(),
        ..Globals::default()
    }
}

/// The panic hook: reports the place, never the payload, which may hold a secret, and exits 70.
#[expect(clippy::disallowed_methods, reason = "a panic has no way back to main")]
pub fn report_bug(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!(" {}:{}", at.file(), at.line())).unwrap_or_default();
    let args: Vec<OsString> = std::env::args_os().collect();
    let env = Env::capture(globals_of(&args));
    // The config may be what failed: it is not asked for the language.
    let lang = env.lang_setting().unwrap_or_else(|| env.locale_lang());
    let failure = Failure::new(
        Kind::Bug,
        both!("wecheck 出了内部错误，位置{place}", "this is a bug of wecheck at{place}"),
    )
    .hint(both!(
        "请附上输入的命令来报告（去掉 ticket 和密钥）",
        "report it with the command you typed, without tickets and secrets"
    ));
    Output::new(&env, lang).fail(&failure);
    std::process::exit(Kind::Bug.exit_code().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_language_is_known_before_the_arguments_are_understood() {
        let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(globals_of(&args("wecheck sgin --lang zh")).lang, Some(Lang::Zh));
        assert_eq!(globals_of(&args("wecheck --lang=en x --json")).lang, Some(Lang::En));
        assert!(globals_of(&args("wecheck --lang=en x --json")).json);
        assert_eq!(globals_of(&args("wecheck --lang")).lang, None);
    }
}
