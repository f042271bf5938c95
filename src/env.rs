//! What the process was given, captured once: variables, clock, terminal, global flags.
//!
//! In: the real environment, at [`Env::capture`]. Out: an [`Env`] that is passed down; nothing
//! else reads a variable or asks the clock, so a test sets what it needs and needs no mock.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::lang::Lang;

/// When to colour the answer.
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
    /// Read this config file instead of the platform's own
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Use this profile of the config file
    #[arg(short, long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub profile: Option<String>,
    /// Print one JSON document, errors included
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Global options"
    )]
    pub color: Color,
    /// Language of explanations
    #[arg(long, global = true, value_enum, value_name = "LANG", help_heading = "Global options")]
    pub lang: Option<Lang>,
    /// Send nothing over the network
    #[arg(long, global = true, help_heading = "Global options")]
    pub offline: bool,
    /// No notes on stderr, only errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
    /// Say what is being done (-vv: more)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

/// The captured environment of one run.
#[derive(Clone, Debug)]
pub struct Env {
    vars: HashMap<OsString, OsString>,
    /// The global flags.
    pub globals: Globals,
    /// Whether stdin, stdout and stderr are terminals.
    pub terminal: Terminal,
    clock: fn() -> u64,
}

/// Which of the three standard streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Someone can be asked.
    pub stdin: bool,
    /// Someone reads the answer.
    pub stdout: bool,
    /// Someone reads progress.
    pub stderr: bool,
}

impl Env {
    /// Reads the process's environment: the only place that does.
    #[expect(clippy::disallowed_methods, reason = "this is the one place the lint speaks of")]
    pub fn capture(globals: Globals) -> Self {
        Self {
            vars: std::env::vars_os().collect(),
            globals,
            terminal: Terminal {
                stdin: std::io::stdin().is_terminal(),
                stdout: std::io::stdout().is_terminal(),
                stderr: std::io::stderr().is_terminal(),
            },
            clock: || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs()),
        }
    }

    /// An environment for a test: these variables, this time (Unix seconds), no terminal.
    pub fn for_test(vars: &[(&str, &str)], clock: fn() -> u64) -> Self {
        Self {
            vars: vars.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            globals: Globals::default(),
            terminal: Terminal::default(),
            clock,
        }
    }

    /// The time now, in Unix seconds.
    pub fn now(&self) -> u64 {
        (self.clock)()
    }

    /// The clock itself, for work that asks more than once.
    pub fn clock(&self) -> fn() -> u64 {
        self.clock
    }

    /// A variable's text; unset, empty and non-UTF-8 are all `None`.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(std::ffi::OsStr::new(name))?.to_str().filter(|value| !value.is_empty())
    }

    /// A variable that holds a path; unset and empty are `None`.
    pub fn path_var(&self, name: &str) -> Option<PathBuf> {
        let value = self.vars.get(std::ffi::OsStr::new(name))?;
        (!value.is_empty()).then(|| PathBuf::from(value))
    }

    /// The language by flag, then `WECHECK_LANG`; `None` where the config or the locale decides.
    pub fn lang_setting(&self) -> Option<Lang> {
        self.globals.lang.or_else(|| self.var("WECHECK_LANG").and_then(Lang::from_setting))
    }

    /// The language of the locale variables, in the order POSIX gives them.
    pub fn locale_lang(&self) -> Lang {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| self.var(name))
            .map_or(Lang::En, Lang::from_locale)
    }

    /// Whether the answer is coloured.
    pub fn color(&self) -> bool {
        match self.globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                self.terminal.stdout && self.var("NO_COLOR").is_none() && self.var("TERM") != Some("dumb")
            }
        }
    }
}
