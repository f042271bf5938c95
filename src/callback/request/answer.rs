//! An answer as far as a log has it.
//!
//! In: nothing. Out: the types that the readers of logs fill.

use serde::Serialize;

/// An answer as far as a log has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoggedAnswer {
    /// The status; `None` when only the body was logged.
    pub status: Option<u16>,
    /// The size of the body, in bytes; `None` when the log has none.
    pub bytes: Option<u64>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// The body.
    pub body: Option<LoggedBody>,
}

/// A body as a log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoggedBody {
    /// The text.
    pub text: String,
    /// Whether it is byte for byte what was sent: a logger's own quotes and line breaks are not in it.
    pub exact: bool,
}

impl LoggedAnswer {
    pub(super) fn of(status: u16, bytes: Option<u64>) -> Self {
        Self { status: Some(status), bytes, ..Self::default() }
    }
}

/// A word that is a status.
pub(super) fn status(word: &str) -> Option<u16> {
    let number: u16 = word.parse().ok().filter(|_| word.len() == 3)?;
    (100..600).contains(&number).then_some(number)
}
