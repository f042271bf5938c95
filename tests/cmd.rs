//! Commands that need no network as transcripts: `tests/cmd/*.trycmd`, one terminal session a file.
//!
//! A transcript is the exact text that a user sees, at a fixed moment, with nothing of this machine's
//! environment. `TRYCMD=overwrite cargo test --test cmd` writes what the binary says today: read the
//! difference as the person who will see it. The files of a session are in the folder `NAME.in`.
#![expect(clippy::disallowed_methods, reason = "a test has no Env")]

use std::process::Command;

const CLEARED: &str = "CLEARED_BY_THIS_TEST";

/// The sessions inherit this process's environment: it starts itself again with none.
#[test]
fn transcripts() {
    if std::env::var_os(CLEARED).is_none() {
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        again.args(["transcripts", "--exact", "--nocapture"]).env_clear();
        again.envs(std::env::vars_os().filter(|(name, _)| name == "TRYCMD"));
        again.env(CLEARED, "1").env("HOME", "/home/wecheck-test").env("LANG", "C.UTF-8");
        // The moment of the samples' timestamps, 2026-01-15T08:00:00Z.
        again.env("WECHECK_NOW", "1768464000");
        assert!(again.status().expect("it starts").success(), "a transcript differs; see above");
        return;
    }
    let cases = trycmd::TestCases::new();
    cases.register_bin("wecheck", std::path::Path::new(env!("CARGO_BIN_EXE_wecheck")));
    cases.case("tests/cmd/*.trycmd");
}
