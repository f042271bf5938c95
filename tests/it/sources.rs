//! What the source must not say: words that end the process or let a raw character out, by the one place
//! each that may.

use crate::layers::forbid;
use crate::words::files;

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

/// A longer file is about two things.
#[test]
fn no_file_is_over_800_lines() {
    let (mut long, mut lengths) = (Vec::new(), Vec::new());
    for file in files().into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let lines = std::fs::read_to_string(&file).expect("a source file").lines().count();
        lengths.push(lines);
        if lines > 800 {
            long.push(format!("{}: {lines}", file.display()));
        }
    }
    assert!(long.is_empty(), "{long:#?}");
    let over_600 = lengths.iter().filter(|lines| **lines > 600).count();
    assert!(over_600 * 20 <= lengths.len(), "{over_600} of {} files are over 600 lines", lengths.len());
}
