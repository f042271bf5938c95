//! Texts with the shape of a token or a ticket.
//!
//! In: the values that were found. Out: every one of them, and every piece of one, that someone may
//! have signed in place of the ticket.

use super::Field;
use super::found::{Kept, Trust};

/// No text has more of them.
const LIMIT: usize = 100;

/// A token, or a piece of one that is worth a trial, has so many letters.
const SHORTEST: usize = 40;
/// The longest that WeChat reserves room for.
const LONGEST: usize = 1024;

pub(super) fn of(values: &[Kept], runs: Vec<String>) -> Vec<String> {
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
    for run in runs {
        if !tokens.contains(&run) && tokens.len() < LIMIT {
            tokens.push(run);
        }
    }
    tokens
}

/// The runs in a text that have the shape of a token: long, of letters of both cases and digits.
pub(super) fn runs(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut found: Vec<String> = Vec::new();
    let mut start = 0;
    while start < bytes.len() && found.len() < LIMIT {
        let length = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            .count();
        let run = &bytes[start..start + length];
        let has = |is: fn(&u8) -> bool| run.iter().any(is);
        if (SHORTEST..=LONGEST).contains(&length)
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
        {
            let run = &text[start..start + length];
            if !found.iter().any(|known| known == run) {
                found.push(run.to_owned());
            }
        }
        start += length + 1;
    }
    found
}
