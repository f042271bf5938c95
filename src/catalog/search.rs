//! Codes by words: Chinese or English, part of a label, a parameter's name, part of the advice.
//!
//! In: words, all of which must be there. Out: the codes that hold them, those whose own label
//! holds them first. Labels, advice and family texts are searched as they stand in the files, so
//! that nothing is parsed.

use std::collections::HashMap;

use super::{Code, codes, entries, server_text, tables};
use crate::platform::Platform;

/// The codes that hold every word of `text`, the best first.
pub fn search(text: &str, platforms: &[Platform]) -> Vec<Code> {
    let phrase = text.trim().to_lowercase();
    let words: Vec<&str> = phrase.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut ranked: Vec<(Rank, Code)> = Vec::new();
    for &platform in platforms {
        let advice: HashMap<&str, &str> = tables(entries(platform)).collect();
        // Texts that servers send, and labels of earlier tables.
        let mut texts: HashMap<i64, String> = HashMap::new();
        for (_, code, text) in server_text::rows().filter(|(on, ..)| *on == platform) {
            let known = texts.entry(code).or_default();
            known.push('\n');
            known.push_str(&text.to_lowercase());
        }
        ranked.extend(codes(platform).filter_map(|code| {
            let text = texts.get(&code.code).map_or("", String::as_str);
            Some((rank(code, text, &advice, &phrase, &words)?, code))
        }));
    }
    ranked.sort_by_key(|(rank, code)| (*rank, code.code, code.platform));
    ranked.into_iter().map(|(_, code)| code).collect()
}

/// Where the words were found, the best place first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Number,
    WholeLabel,
    Phrase,
    Label,
    Advice,
}

/// Whether a text holds a word; a short English one has to be a word of its own there.
fn holds(text: &str, word: &str) -> bool {
    if word.len() > 3 || !word.is_ascii() {
        return text.contains(word);
    }
    let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        boundary(text[..at].chars().next_back()) && boundary(text[at + word.len()..].chars().next())
    })
}

fn rank(code: Code, text: &str, advice: &HashMap<&str, &str>, phrase: &str, words: &[&str]) -> Option<Rank> {
    let digits = code.code.to_string();
    let (zh, en) = (code.name.zh.to_lowercase(), code.name.en.to_lowercase());
    if digits == phrase {
        return Some(Rank::Number);
    }
    if zh == phrase || en == phrase || text.lines().any(|line| line == phrase) {
        return Some(Rank::WholeLabel);
    }
    if holds(&zh, phrase) || holds(&en, phrase) || holds(text, phrase) {
        return Some(Rank::Phrase);
    }
    let in_label =
        |word: &&str| holds(&zh, word) || holds(&en, word) || holds(text, word) || digits.starts_with(*word);
    if words.iter().all(in_label) {
        return Some(Rank::Label);
    }
    let advice = advice.get(digits.as_str())?.to_lowercase();
    words.iter().all(|word| in_label(word) || holds(&advice, word)).then_some(Rank::Advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<i64> {
        search(text, &Platform::ALL).iter().map(|code| code.code).collect()
    }

    #[test]
    fn words_of_both_languages_and_parameter_names_find_codes() {
        assert_eq!(numbers("40164").first(), Some(&40164));
        assert!(numbers("invalid credential").contains(&40001));
        assert!(numbers("secret 不合法").contains(&40001));
        assert!(numbers("media_id").contains(&40007));
        assert!(numbers("企业可信IP").contains(&60020), "a word of the advice");
        assert_eq!(numbers("nosuchword media_id"), [] as [i64; 0]);
        assert_eq!(numbers("  "), [] as [i64; 0]);
    }

    #[test]
    fn a_label_comes_before_advice() {
        let found = search("access_token expired", &Platform::ALL);
        assert_eq!(found[0].code, 42001, "{found:?}");
    }
}
