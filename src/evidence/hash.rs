//! 40 hex digits anywhere in a text: the shape of a SHA-1.
//!
//! In: a text. Out: each of them with its line, and whether what comes before it speaks of a signature.

use super::cursor::Lines;

/// No text has more of them.
const LIMIT: usize = 100;
/// How much of a line before a hash is looked at.
const BEFORE: usize = 200;

/// 40 hex digits.
#[derive(Debug)]
pub(super) struct Hash {
    pub(super) text: String,
    pub(super) line: usize,
    /// What comes before it on its line speaks of a signature.
    pub(super) is_called_signature: bool,
}

/// The hashes of a text.
pub(super) fn of(text: &str, lines: Lines<'_>) -> Vec<Hash> {
    let bytes = text.as_bytes();
    let mut found: Vec<Hash> = Vec::new();
    let mut start = 0;
    while start < bytes.len() && found.len() < LIMIT {
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = bytes[start..].iter().take_while(is_word).count();
        let run = &bytes[start..start + length];
        if length == 40 && run.iter().all(u8::is_ascii_hexdigit) {
            let before = &text[text.floor_char_boundary(start.saturating_sub(BEFORE))..start];
            let before = before.rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
            let is_called_signature =
                (before.contains("sign") || before.contains("签名")) && !before.contains("commit");
            let text = text[start..start + length].to_owned();
            found.push(Hash { text, line: lines.of(start), is_called_signature });
        }
        start += length + 1;
    }
    found
}
