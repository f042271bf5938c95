//! The edge to a developer's callback endpoint: calls it, listens in its place, keeps what came.
//!
//! In: an address and bytes to send, or an address to listen on. Out: an answer as it came, or the
//! trouble instead ([`client`]); requests as they came, for a handler to answer ([`listener`]); the
//! last requests on disk ([`history`]). Every size and every time is bounded. What an answer is
//! worth is judged elsewhere.

pub mod client;
pub mod history;
mod http;
pub mod listener;
mod wire;
