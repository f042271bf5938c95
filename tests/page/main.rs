//! What needs Chromium: the checker page of `serve`, the real client libraries, and `page`.
//!
//! What needs it is in the group `#[ignore = "needs chromium"]`: `tests/run` runs them and fails when it cannot.

mod checker;
mod ci;
mod client_libraries;
mod details;
mod doctor;
mod pages;
mod pastes;
mod reach;
mod runs;
mod site;
mod situations;
mod visitor;
mod visits;
mod walk;
mod webdriver;

#[path = "../it/harness.rs"]
#[allow(dead_code, reason = "the helpers of all test targets")]
mod harness;
#[path = "../it/serving.rs"]
#[allow(dead_code, reason = "the helpers of all test targets")]
mod serving;
#[path = "../it/upstream_server.rs"]
#[allow(dead_code, reason = "the helpers of all test targets")]
mod upstream_server;
