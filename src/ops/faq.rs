//! The troubleshooting topics: all of them, one by its id, or those that a question means.
//!
//! In: nothing, a topic's id, or words. Out: the topics, each with the steps that settle it; what
//! only concerns clients before 2016 is marked and comes last.

use serde::{Deserialize, Serialize};

use crate::catalog::topic::{self, Topic};
use crate::lang::Lang;
use crate::nearest::nearest;
use crate::platform::Platform;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// A topic's id, or words; empty for all topics.
    #[serde(alias = "text", alias = "id")]
    pub q: String,
    pub platform: Option<Platform>,
}

/// Topics.
#[derive(Clone, Debug, Serialize)]
pub struct Faq {
    /// The topics, historic ones last.
    pub results: Vec<Answer>,
    /// The id that a misspelt one most likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<&'static str>,
    /// What was asked for; empty for everything.
    #[serde(skip)]
    pub text: String,
    #[serde(skip)]
    pub all: Vec<&'static str>,
}

/// A topic in the language spoken.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The spoken id.
    pub id: &'static str,
    /// Where it happens.
    pub platforms: Vec<Platform>,
    /// The problem.
    pub title: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands that check it; words in upper case are to be replaced.
    pub commands: Vec<String>,
    /// Related codes, topics and addresses.
    pub see: Vec<String>,
    /// Whether it only concerns clients before 2016.
    pub historic: bool,
}

/// Finds the topics.
pub fn find(request: &Request, lang: Lang) -> Faq {
    let text = request.q.trim();
    let found = if text.is_empty() {
        topic::all()
    } else {
        topic::lookup(text.strip_prefix("faq:").unwrap_or(text))
            .map_or_else(|| topic::search(text), |topic| vec![topic])
    };
    let results: Vec<Answer> = found
        .into_iter()
        .filter(|topic| request.platform.is_none_or(|platform| topic.platforms.contains(&platform)))
        .map(|topic| answer(&topic, lang))
        .collect();
    let near = if results.is_empty() { nearest(text, topic::ids()) } else { None };
    Faq { results, nearest: near, text: text.to_owned(), all: topic::ids().collect() }
}

fn answer(topic: &Topic, lang: Lang) -> Answer {
    Answer {
        id: topic.id,
        platforms: topic.platforms.clone(),
        title: topic.title.get(lang).to_owned(),
        steps: topic.steps.iter().map(|step| step.get(lang).to_owned()).collect(),
        commands: topic.commands.clone(),
        see: topic.see.clone(),
        historic: topic.historic,
    }
}
