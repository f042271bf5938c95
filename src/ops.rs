//! The use cases: a request in, a report out. No command line, no HTTP, no terminal.

pub mod errcode;
