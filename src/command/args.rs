//! What several commands take: the values of a signature, and text from a file or stdin.
//!
//! In: flags. Out: parts of a Request, and text.

pub mod candidates;
pub mod fields;
pub mod input;
