//! The FAQ: troubleshooting topics, each with the steps that settle it.
//!
//! In: a topic's id, or a question in a person's own words. Out: [`Topic`]s, ranked by how well they
//! fit; in the list of all, what only concerns clients before 2016 is last.

mod rank;

use serde::Deserialize;

pub use rank::{Hit, rank};

use crate::lang::Words;
use crate::packed::{Packed, packed};
use crate::platform::Platform;

static TOPICS: Packed = packed!("data/faq.toml");

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
    let (mut topics, past): (Vec<Topic>, Vec<Topic>) = super::tables(TOPICS.text())
        .filter_map(|(id, lines)| parse(id, lines))
        .partition(|topic| !topic.historic);
    topics.extend(past);
    topics
}

/// The topic with this id.
pub fn lookup(id: &str) -> Option<Topic> {
    let (id, lines) = super::tables(TOPICS.text()).find(|(name, _)| *name == id)?;
    parse(id, lines)
}

/// The ids, for a misspelt one.
pub fn ids() -> impl Iterator<Item = &'static str> {
    super::tables(TOPICS.text()).map(|(id, _)| id)
}

fn parse(id: &'static str, lines: &str) -> Option<Topic> {
    super::parse(lines).map(|topic: Topic| Topic { id, ..topic })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_parses_and_is_found_by_its_id() {
        let topics = all();
        assert_eq!(topics.len(), TOPICS.text().matches("\n[").count());
        for topic in &topics {
            assert_eq!(lookup(topic.id).as_ref(), Some(topic));
        }
        assert!(topics.iter().skip_while(|topic| !topic.historic).all(|topic| topic.historic));
    }
}
