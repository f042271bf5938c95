//! Why a signature is refused: what can be proved, what looks wrong, what is left to check.
//!
//! In: the values of one signature, the evidence around them, the time. Out, all in the language
//! asked for: [`warning`]s (also on a match: most signatures that people post are arithmetically
//! right), the [`url_part`]s in which two addresses differ, and the [`next_step`]s in the FAQ's order.

pub mod case;
pub mod literal;
pub mod mistake;
pub mod next_step;
pub mod search;
pub mod url_part;
pub mod warning;
