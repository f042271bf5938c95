//! Everything from outside: the real binary, a cleared environment, a home of its own.
//!
//! What a bare machine lacks (root, redis-server, strace, openssl) is in a group by `#[ignore = "needs …"]`:
//! `cargo test` passes without it, and `tests/run` runs it and fails when it cannot.

mod asked;
mod callback;
mod callback_examples;
mod callback_libraries;
mod callback_listen;
mod callback_logs;
mod callback_probe;
mod callback_server;
mod callback_several;
mod canary;
mod catalogue;
mod clock;
mod config;
mod crate_page;
mod disk;
mod doctor;
mod documents;
mod domain;
mod domain_links;
mod emit;
mod errcode;
mod errcode_shapes;
mod errcode_texts;
mod evidence;
mod failures;
mod faq;
mod faults;
mod findings;
mod first_contact;
mod first_screens;
mod fuzzed;
mod generated;
mod growth;
mod har;
mod hardening;
mod harness;
mod layers;
mod mcp;
mod nonsense;
mod packages;
mod probe;
mod readme;
mod redis;
mod redis_faults;
mod reference;
mod resolver;
mod retries;
mod revoked;
mod search;
mod serve;
mod serve_bounds;
mod serve_connections;
mod serve_crowd;
mod serve_protection;
mod serve_refused;
#[allow(dead_code, reason = "the page target uses the rest")]
mod serving;
mod shells;
mod sign;
mod signatures;
mod signing_endpoint;
mod skill;
mod soter;
mod sources;
mod terminal;
mod tls;
mod tmux;
mod tokens;
mod upstream_server;
mod verify;
mod verify_claims;
mod words;

#[path = "../page/site.rs"]
#[allow(dead_code, reason = "the page target uses the rest")]
mod site;
