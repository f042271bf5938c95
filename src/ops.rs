//! The use cases: what `sign`, `token`, `domain-check` and their relatives do, whichever face asks.
//!
//! In: a Request, made of flags by the command line or of JSON by the server and the assistants'
//! server. Out: a Report, a plain value that each face shows in its own way. Nothing here knows a
//! flag, an HTTP header or a terminal.

pub mod callback;
pub mod doctor;
pub mod domain_check;
pub mod errcode;
pub mod faq;
pub mod js_api;
pub mod page;
pub mod pasted;
pub mod request;
pub mod sign;
pub mod signing_endpoint;
pub mod soter;
pub mod token;
pub mod verify;
