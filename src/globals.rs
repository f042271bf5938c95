//! The flags that every command takes.
//!
//! In: the command line. Out: [`Globals`], which the environment keeps beside the variables.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::lang::Lang;

/// Flags whose values are credentials or may be: a hint repeats no command with them.
const NOT_REPEATED: &[&str] = &[
    "--ticket",
    "--other-ticket",
    "--nonce",
    "--signature",
    "--challenge",
    "--openid",
    "--code",
    "--echostr",
    "--encrypt",
    "--endpoint-header",
    "--redis",
    "--if-current",
];

static TYPED: OnceLock<String> = OnceLock::new();

/// Keeps the command as it was typed, for hints that say to run it again.
pub fn remember_typed(args: &[OsString]) {
    TYPED.get_or_init(|| repeatable(args));
}

/// The command to run again, ready to be pasted; without its values if one of them may be a credential.
pub fn typed() -> &'static str {
    TYPED.get().map_or("wecheck", String::as_str)
}

fn repeatable(args: &[OsString]) -> String {
    let args: Vec<_> = args.iter().skip(1).map(|arg| arg.to_string_lossy()).collect();
    let is_private = |arg: &str| NOT_REPEATED.iter().any(|flag| arg.starts_with(flag));
    let is_word = |arg: &str| arg.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let leaves_out = args.iter().any(|arg| is_private(arg));
    let mut typed = "wecheck".to_owned();
    for arg in &args {
        if leaves_out && (arg.starts_with('-') || !is_word(arg)) {
            break;
        }
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&b);
        let _ = if !arg.is_empty() && arg.bytes().all(is_plain) {
            write!(typed, " {arg}")
        } else {
            write!(typed, " '{}'", arg.replace('\'', r"'\''"))
        };
    }
    typed
}

/// When to color the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The flags that every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Globals {
    /// Use this profile of the config file
    #[arg(short, long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub profile: Option<String>,
    /// Print one JSON document, errors included
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// Language of explanations
    #[arg(long, global = true, value_enum, value_name = "LANG", help_heading = "Global options")]
    pub lang: Option<Lang>,
    /// Send nothing over the network
    #[arg(long, global = true, help_heading = "Global options")]
    pub offline: bool,
    /// Read this config file instead of the platform's own
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// No notes on stderr, only errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
    /// Say what is being done (-vv: more)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
    /// When to use colors
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Global options"
    )]
    pub color: Color,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_repeated_without_what_may_be_a_credential() {
        let typed = |line: &[&str]| repeatable(&line.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(typed(&["w", "token"]), "wecheck token");
        assert_eq!(
            typed(&["w", "sign", "https://m.example.com/?a='2'", "-p", "shop"]),
            r"wecheck sign 'https://m.example.com/?a='\''2'\''' -p shop"
        );
        assert_eq!(typed(&["w", "callback", "verify", "--echostr=abc", "x"]), "wecheck callback verify");
        assert_eq!(typed(&["w", "verify", "page.js", "--ticket", "T"]), "wecheck verify");
    }
}
