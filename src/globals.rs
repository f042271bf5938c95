//! The flags that every command takes.
//!
//! In: the command line. Out: [`Globals`], which the environment keeps beside the variables.

use std::path::PathBuf;

use crate::lang::Lang;

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
    /// Read this config file instead of the platform's own
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Use this profile of the config file
    #[arg(short, long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub profile: Option<String>,
    /// Print one JSON document, errors included
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
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
