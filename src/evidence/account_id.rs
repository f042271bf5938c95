//! Ids of accounts: an appId, a corpid.
//!
//! In: a text. Out: the ids in it, whatever is said of them.

/// The id of an account has so many bytes.
const LENGTH: usize = 18;

/// Whether a text is the id of an account.
pub(super) fn is_id(text: &str) -> bool {
    is_word(text.as_bytes())
}

fn is_word(word: &[u8]) -> bool {
    word.len() == LENGTH && matches!(&word[..2], b"wx" | b"ww") && word[2..].iter().all(u8::is_ascii_hexdigit)
}

/// The ids of accounts in a text, each once: `wx` or `ww` and 16 hex digits. Two are enough to know that it
/// is not the only one.
pub(super) fn all(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut ids: Vec<String> = Vec::new();
    for at in memchr::memchr_iter(b'w', bytes) {
        let is_start = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let Some(word) = bytes.get(at..at + LENGTH).filter(|_| is_start) else { continue };
        let is_end = bytes.get(at + LENGTH).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if is_end && is_word(word) && ids.iter().all(|id| id.as_bytes() != word) {
            ids.push(text[at..at + LENGTH].to_owned());
            if ids.len() == 2 {
                break;
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_word_of_its_own() {
        for (text, ids) in [
            ("appid wx0123456789abcdef, wx0123456789abcdef", &["wx0123456789abcdef"][..]),
            ("'ww0123456789abcdef'", &["ww0123456789abcdef"]),
            ("awx0123456789abcdef wx0123456789abcdefa wx0123456789abcdeg wx012", &[]),
        ] {
            assert_eq!(all(text), ids, "{text}");
        }
    }
}
