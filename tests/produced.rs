//! Every id of the program is in an answer of some test of the other targets: of the real binary, or, for rules and
//! probes, of the library that it prints.
//!
//! `it` and `page` leave a file for each id that a run of theirs printed (`harness::PRODUCED`). This target runs after them,
//! for Cargo runs targets in the order of their names; `tests/run` empties the folder first.

use std::collections::BTreeSet;

#[path = "it/harness.rs"]
#[allow(dead_code, reason = "the helpers of all test targets")]
mod harness;

#[test]
#[ignore = "needs every other group, run before it"]
fn every_finding_was_in_an_answer() {
    let entries = std::fs::read_dir(harness::PRODUCED).expect("the other targets ran");
    let produced: BTreeSet<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    let missing: Vec<&str> =
        wecheck::findings::all().map(|entry| entry.id).filter(|id| !produced.contains(*id)).collect();
    assert!(missing.is_empty(), "no test has an answer with {missing:?}");
}
