//! What a value may be that was copied together with what stood around it.
//!
//! In: a value as the text has it. Out: what it may be without the sentence, the brackets, the link or the escapes around
//! it, the likeliest first. Nothing here decides which it is: a hash does.

use crate::diagnosis::url_part::Parts;
use crate::evidence::Field;

/// What ends an address in running text.
const CLOSING: &[char] = &[
    '.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '`', '。', '，', '；', '：', '！', '？',
    '、', '）',
];
/// What begins the words behind one: a remark in brackets, a mark, an escape that a log wrote out.
const BEHIND: [&str; 16] =
    [" ", "\t", "\u{3000}", "\\n", "\\r", "\\t", "(", "（", "[", "【", "<", "，", "。", "；", "、", "|"];

/// The readings of a value, none if nothing is around it.
pub(super) fn readings(field: Field, text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut keep = |reading: &str| {
        if reading != text && !reading.is_empty() && !all.iter().any(|known| known == reading) {
            all.push(reading.to_owned());
        }
    };
    let plain = without_escapes(text);
    keep(&plain);
    if field != Field::Url {
        return all;
    }
    for text in [text, &plain] {
        for target in link(text) {
            keep(target);
        }
        let ends = BEHIND.iter().filter_map(|mark| text.find(mark));
        let words = text.char_indices().find(|(_, c)| !c.is_ascii()).map(|(at, _)| at);
        // From the longest to the shortest.
        let mut ends: Vec<usize> = ends.chain(words).chain([text.len()]).collect();
        ends.sort_unstable_by(|one, other| other.cmp(one));
        for end in ends {
            keep(&text[..end]);
            keep(text[..end].trim_end_matches(CLOSING));
        }
        if let Some(page) = Parts::of(text).address_inside() {
            keep(&page);
        }
    }
    all
}

/// Markdown's escapes undone: `jsapi\_ticket`.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escapes = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        if !escapes {
            out.push(c);
        }
    }
    out
}

/// Both parts of a link: `[https://a.cn](https://a.cn)`, `[https://a.cn|https://a.cn]`.
fn link(text: &str) -> Vec<&str> {
    let Some((before, link)) = text.split_once('[') else { return Vec::new() };
    let parts = link.split_once("](").or_else(|| link.split_once('|'));
    match parts {
        Some((name, target)) if before.is_empty() => {
            vec![name, target.split([')', ']']).next().unwrap_or(target)]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_without_what_is_around_it() {
        const URL: &str = "https://m.example.cn/a?id=1&b=x_y";
        for text in [
            "https://m.example.cn/a?id=1&b=x_y -> ",
            "https://m.example.cn/a?id=1&b=x_y（当前页面）",
            "https://m.example.cn/a?id=1&b=x_y(current page)",
            "https://m.example.cn/a?id=1&b=x_y.",
            "https://m.example.cn/a?id=1&b=x_y这个页面",
            "https://m.example.cn/a?id=1&b=x_y\\n",
            "[https://m.example.cn/a?id=1&b=x_y](https://m.example.cn/a?id=1&b=x_y)",
            "[https://m.example.cn/a?id=1&b=x_y|https://m.example.cn/a?id=1&b=x_y]",
            "https://m.example.cn/a?id=1&b=x\\_y",
            "https://api.example.cn/sign?url=https%3A%2F%2Fm.example.cn%2Fa%3Fid%3D1%26b%3Dx_y",
        ] {
            assert!(readings(Field::Url, text).iter().any(|reading| reading == URL), "{text}");
        }
        assert!(readings(Field::Url, URL).is_empty());
        assert_eq!(readings(Field::Ticket, "kgt8\\_y"), ["kgt8_y"]);
    }
}
