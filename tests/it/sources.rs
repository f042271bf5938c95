//! What the source must not say: words that end the process or let a raw character out, by the one place
//! each that may.

use crate::layers::forbid;

/// Each of these ends the process where the system has no thread left. `Builder::spawn` says so instead.
#[test]
fn no_thread_is_started_that_may_panic() {
    forbid(&["thread::spawn(", "scope.spawn(", "spawn_blocking("], |_, _| true);
}

/// Documents for people, scripts and assistants are written by `output::document`. What else is JSON
/// goes into files of our own, or is compared with.
#[test]
fn a_document_is_written_in_one_place() {
    const NO_DOCUMENTS: [&str; 4] =
        ["output/document.rs", "cache/entry.rs", "endpoint/history.rs", "secret.rs"];
    const WORDS: &[&str] =
        &["serde_json::to_string", "serde_json::to_writer", "serde_json::to_vec", "serde_json::Serializer"];
    forbid(WORDS, |file, _| !NO_DOCUMENTS.contains(&file));
}
