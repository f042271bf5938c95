//! 40 hex digits anywhere in a text: the shape of a SHA-1.
//!
//! In: a text. Out: each of them with its line, and whether what comes before it speaks of a signature.

use super::cursor::Lines;

/// No text has more of them.
const LIMIT: usize = 10_000;
/// How much of a line before a hash is looked at.
const BEFORE: usize = 200;

/// What a line says before the signature in it: its name, how it came about, that a test expects it.
const SIGNATURE: [&str; 10] =
    ["sign", "签名", "sha1", "sha-1", "expect", "assert", "equal", "结果", "摘要", "加密后"];
/// What a line says before another such number.
const OTHER: [&str; 7] = ["commit", "git", "revision", "checksum", "etag", "integrity", "build"];

/// 40 hex digits.
#[derive(Debug)]
pub(super) struct Hash {
    pub(super) text: String,
    pub(super) line: usize,
    /// What comes before it on its line speaks of a signature.
    pub(super) is_called_signature: bool,
    /// What comes before it on its line speaks of something else.
    pub(super) is_other: bool,
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
            let speaks_of = |words: &[&str]| words.iter().any(|word| before.contains(word));
            let is_other = speaks_of(&OTHER);
            let is_called_signature = speaks_of(&SIGNATURE) && !is_other;
            let text = text[start..start + length].to_owned();
            found.push(Hash { text, line: lines.of(start), is_called_signature, is_other });
        }
        start += length + 1;
    }
    found
}
