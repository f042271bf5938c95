//! Which topics of the FAQ answer a question: the use case behind `faq`, `POST /api/faq` and the
//! tool `faq`.
//!
//! In: a [`Request`] with a question, an id or nothing. Out: a [`Faq`], the `--json` document.

use serde::{Deserialize, Serialize};

use crate::catalog::topic::{self, Hit, Topic};
use crate::lang::Lang;
use crate::nearest::nearest;
use crate::platform::Platform;

/// What is asked. As JSON: `{"q": "…", "platform": "mp"}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A question, a topic's id, or nothing for all topics.
    #[serde(default, alias = "text", alias = "id")]
    pub q: String,
    /// Only topics of this platform.
    #[serde(default)]
    pub platform: Option<Platform>,
}

/// Topics: the `--json` document of `faq`.
#[derive(Clone, Debug, Serialize)]
pub struct Faq {
    /// The topics, the best first; of all topics the historic ones last.
    pub results: Vec<Answer>,
    /// What was asked; empty for everything.
    #[serde(skip)]
    pub text: String,
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
    /// How well it fits, from 0 to 1.
    pub score: f64,
    /// Whether it only shares words with the question.
    pub near: bool,
}

/// Finds the topics.
pub fn find(request: &Request, lang: Lang) -> Faq {
    request.find(lang)
}

impl Request {
    /// Finds the topics.
    fn find(&self, lang: Lang) -> Faq {
        let text = self.q.trim();
        let id = text.strip_prefix("faq:").unwrap_or(text);
        let here = |topic: &Topic| self.platform.is_none_or(|platform| topic.platforms.contains(&platform));
        let whole = |topic| Hit { topic, score: 1.0, near: false, sure: true };
        let mut hits: Vec<Hit> = if text.is_empty() {
            topic::all().into_iter().map(whole).collect()
        } else if let Some(topic) = topic::lookup(id) {
            vec![whole(topic)]
        } else {
            let mut hits = topic::rank(text, self.platform);
            // A misspelt id is meant before anything that shares a word with it.
            if let Some(meant) =
                nearest(id, topic::ids()).filter(|_| id.contains('-')).and_then(topic::lookup)
            {
                hits.retain(|hit| hit.topic.id != meant.id);
                hits.insert(0, Hit { topic: meant, score: 0.5, near: true, sure: false });
            }
            hits
        };
        hits.retain(|hit| here(&hit.topic));
        let results = hits.into_iter().map(|hit| answer(&hit, lang)).collect();
        Faq { results, text: text.to_owned() }
    }
}

fn answer(hit: &Hit, lang: Lang) -> Answer {
    let topic = &hit.topic;
    Answer {
        id: topic.id,
        platforms: topic.platforms.clone(),
        title: topic.title.get(lang).to_owned(),
        steps: topic.steps.iter().map(|step| step.get(lang).to_owned()).collect(),
        commands: topic.commands.clone(),
        see: topic.see.clone(),
        historic: topic.historic,
        score: (hit.score * 100.0).round() / 100.0,
        near: hit.near,
    }
}
