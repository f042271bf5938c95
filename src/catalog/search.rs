//! Codes by words: Chinese or English, part of a label, a parameter's name, part of the advice.
//!
//! In: words, all of which must be there. Out: the codes that hold them, those whose own label
//! holds them first. Labels, advice and family texts are searched as they stand in the files, so
//! that nothing is parsed.

use std::collections::HashMap;

use super::{Code, codes, entries, tables};
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
        ranked.extend(codes(platform).filter_map(|code| Some((rank(code, &advice, &phrase, &words)?, code))));
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

fn rank(code: Code, advice: &HashMap<&str, &str>, phrase: &str, words: &[&str]) -> Option<Rank> {
    let digits = code.code.to_string();
    let (zh, en) = (code.name.zh.to_lowercase(), code.name.en.to_lowercase());
    if digits == phrase {
        return Some(Rank::Number);
    }
    if zh == phrase || en == phrase {
        return Some(Rank::WholeLabel);
    }
    if zh.contains(phrase) || en.contains(phrase) {
        return Some(Rank::Phrase);
    }
    let in_label = |word: &&str| zh.contains(*word) || en.contains(*word) || digits.starts_with(*word);
    if words.iter().all(in_label) {
        return Some(Rank::Label);
    }
    let advice = advice.get(digits.as_str())?.to_lowercase();
    words.iter().all(|word| in_label(word) || advice.contains(word)).then_some(Rank::Advice)
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
