//! What a shell offers for a word: ids of topics, codes.
//!
//! In: nothing. Out: candidates, asked for only while a person types.

use clap_complete::engine::CompletionCandidate;

use crate::catalog::{self, topic};
use crate::lang::Lang;
use crate::platform::Platform;

pub fn topics() -> Vec<CompletionCandidate> {
    topic::ids().map(CompletionCandidate::new).collect()
}

pub fn codes() -> Vec<CompletionCandidate> {
    let codes = Platform::ALL.into_iter().flat_map(catalog::codes);
    codes
        .map(|code| {
            CompletionCandidate::new(code.code.to_string()).help(Some(code.name.get(Lang::En).into()))
        })
        .collect()
}
