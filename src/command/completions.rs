//! `wecheck completions SHELL`: a completion script on stdout.
//!
//! In: a shell's name. Out: the script, made from the same command line that is parsed. The files
//! under `completions/` are what this prints.

use clap_complete::Shell;

use crate::context::Context;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  wecheck completions bash > ~/.local/share/bash-completion/completions/wecheck"
)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args, line: fn() -> clap::Command, context: &Context) -> Result<bool, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut line(), "wecheck", &mut script);
    context.out.write(|out| out.write_all(&script)).map(|()| true)
}
