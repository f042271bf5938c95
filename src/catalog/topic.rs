//! The FAQ: troubleshooting topics, each with the steps that settle it.
//!
//! In: a topic's id or words. Out: [`Topic`]s, the ones of today first, what only concerns clients
//! before 2016 last.

use serde::Deserialize;

use crate::lang::Words;
use crate::platform::Platform;

const TOPICS: &str = concat!("\n", include_str!("../../data/faq.toml"));

/// A topic of the FAQ.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Topic {
    /// The spoken id: `invalid-signature`.
    #[serde(skip)]
    pub id: &'static str,
    /// Where it happens.
    pub platforms: Vec<Platform>,
    /// The problem, as the person who has it would say it.
    pub title: Words,
    /// What to do, in order.
    pub steps: Vec<Words>,
    /// Commands of this program that check it, with placeholders in upper case.
    pub commands: Vec<String>,
    /// Related: `mp:63002`, `work:40093`, `faq:config-fail`, an https address.
    pub see: Vec<String>,
    /// Words that people search for and that do not stand in the text.
    pub words: Words,
    /// Whether it only concerns clients before 2016.
    pub historic: bool,
    /// The items of the official documents that it answers for.
    pub sources: Vec<String>,
}

/// Every topic, historic ones last.
pub fn all() -> Vec<Topic> {
    let mut topics: Vec<Topic> = super::tables(TOPICS).filter_map(|(id, lines)| parse(id, lines)).collect();
    topics.sort_by_key(|topic| topic.historic);
    topics
}

/// The topic with this id.
pub fn lookup(id: &str) -> Option<Topic> {
    let (id, lines) = super::tables(TOPICS).find(|(name, _)| *name == id)?;
    parse(id, lines)
}

/// The topics that hold every word, the best first; historic ones last all the same.
pub fn search(text: &str) -> Vec<Topic> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let mut ranked: Vec<((bool, u8), Topic)> = super::tables(TOPICS)
        .filter_map(|(id, lines)| {
            let text = format!("{id}\n{lines}").to_lowercase();
            if words.is_empty() || !words.iter().all(|word| text.contains(word)) {
                return None;
            }
            let topic = parse(id, lines)?;
            let head = format!("{id} {} {}", topic.title.zh, topic.title.en).to_lowercase();
            let hints = format!("{head} {} {}", topic.words.zh, topic.words.en).to_lowercase();
            let place = if words.iter().all(|word| head.contains(word)) {
                0
            } else if words.iter().all(|word| hints.contains(word)) {
                1
            } else {
                2
            };
            Some(((topic.historic, place), topic))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, topic)| topic).collect()
}

/// The ids, for a misspelt one.
pub fn ids() -> impl Iterator<Item = &'static str> {
    super::tables(TOPICS).map(|(id, _)| id)
}

fn parse(id: &'static str, lines: &str) -> Option<Topic> {
    toml::from_str(lines).ok().map(|topic| Topic { id, ..topic })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_parses_and_is_found_by_its_id() {
        let topics = all();
        assert_eq!(topics.len(), TOPICS.matches("\n[").count());
        for topic in &topics {
            assert_eq!(lookup(topic.id).as_ref(), Some(topic));
        }
        assert!(topics.iter().skip_while(|topic| !topic.historic).all(|topic| topic.historic));
    }

    #[test]
    fn all_words_must_be_there_and_the_title_counts_most() {
        let first = |text: &str| search(text).first().map(|topic| topic.id);
        assert_eq!(first("invalid url domain"), Some("invalid-url-domain"));
        assert_eq!(first("INVALID signature"), Some("invalid-signature"));
        assert_eq!(first("白屏"), Some("blank-page"));
        assert_eq!(first("signature nosuchword"), None);
        assert_eq!(first(""), None);
    }
}
