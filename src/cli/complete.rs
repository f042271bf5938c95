//! Completion that the shell asks for while a person types: profile names besides what clap knows.
//!
//! In: the variable `COMPLETE`, set by the script that `wecheck completions` prints. Out: candidates on
//! stdout, and the end of the process; nothing when the variable is not set.

use clap::CommandFactory;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::Cli;
use crate::context::Context;
use crate::env::Env;
use crate::globals::Globals;

/// Answers the shell, when it is the shell that asks.
pub(super) fn answer_shell() {
    CompleteEnv::with_factory(line).bin("wecheck").complete();
}

fn line() -> clap::Command {
    Cli::command().mut_arg("profile", |arg| arg.add(ArgValueCandidates::new(profiles)))
}

fn profiles() -> Vec<CompletionCandidate> {
    let context = Context::new(Env::capture(Globals::default()));
    let Ok(settings) = context.settings() else { return Vec::new() };
    settings.profiles.iter().map(|profile| CompletionCandidate::new(profile.name.clone())).collect()
}
