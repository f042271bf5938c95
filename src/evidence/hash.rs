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
/// What a line says before a signature that somebody made or got, whatever it is called.
const MADE: [&str; 17] = [
    "算出",
    "计算",
    "生成",
    "得到",
    "返回的",
    "我的",
    "自己",
    "mine",
    "my code",
    "my server",
    "i get",
    "received",
    "actual",
    "got ",
    "got:",
    "server returns",
    "api returns",
];
/// What a line says before another such number.
const OTHER: [&str; 7] = ["commit", "git", "revision", "checksum", "etag", "integrity", "build"];

/// 40 hex digits.
#[derive(Debug)]
pub(super) struct Hash {
    pub(super) text: String,
    pub(super) line: usize,
    /// What comes before it on its line speaks of a signature.
    pub(super) is_called_signature: bool,
    /// The same, or what comes before it says that somebody made or got it.
    pub(super) is_made: bool,
    /// What comes before it on its line speaks of something else.
    pub(super) is_other: bool,
    /// Nothing comes before it on its line, or in the comment there, but marks and `output`.
    pub(super) is_alone: bool,
    /// It is a word of its own, and not the value of a parameter.
    pub(super) is_apart: bool,
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
            let comment = comment(&before);
            // In a comment, what the code before it does is not what the hash is.
            // A gateway signs its requests in a header of its own.
            let is_header = before.trim_start_matches(['>', '<', ' ', '"']).starts_with("x-");
            let is_other = is_header || OTHER.iter().any(|word| comment.contains(word));
            let is_called_signature = !is_other && SIGNATURE.iter().any(|word| before.contains(word));
            let is_made = is_called_signature || !is_other && MADE.iter().any(|word| before.contains(word));
            let is_alone = is_result(comment);
            let is_apart =
                before.is_empty() || before.ends_with([' ', '\t', '`', '"', '“', '：', '是', '为']);
            let text = text[start..start + length].to_owned();
            let line = lines.of(start);
            found.push(Hash { text, line, is_called_signature, is_made, is_other, is_alone, is_apart });
        }
        start += length + 1;
    }
    found
}

/// What a line says in the comment at its end, or all of it.
fn comment(before: &str) -> &str {
    const COMMENTS: [&str; 5] = ["//", "/*", "# ", "-- ", "' "];
    let start = COMMENTS.iter().filter_map(|mark| before.rfind(mark).map(|at| at + mark.len())).max();
    &before[start.unwrap_or(0)..]
}

/// Whether words before a value say only that it is what came out.
fn is_result(words: &str) -> bool {
    const RESULT: [&str; 10] =
        ["", "string(40", "output", "out", "outputs", "gives", "prints", "returns", "输出", "得到"];
    RESULT.contains(&words.trim_matches(|c: char| !c.is_alphanumeric()))
}
