//! Texts with the shape of a token or a ticket.
//!
//! In: the values that were found. Out: every one of them, and every piece of one, that someone may
//! have signed in place of the ticket.

use super::Field;
use super::found::{Kept, Trust};

/// No text has more of them.
const LIMIT: usize = 100;

pub(super) fn of(values: &[Kept]) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for kept in values.iter().filter(|kept| kept.trust < Trust::Dropped) {
        let is_token = matches!(kept.value.field, Field::AccessToken | Field::Ticket)
            || (kept.value.field == Field::Signature && kept.value.text.len() > 40);
        if is_token
            && kept.value.text.len() >= 20
            && !tokens.contains(&kept.value.text)
            && tokens.len() < LIMIT
        {
            tokens.push(kept.value.text.clone());
        }
    }
    tokens
}
