//! `faq` from outside: what people type finds its topic.

use std::collections::{BTreeMap, BTreeSet};

use wecheck::catalog::topic;

use crate::harness::wecheck;

/// Titles of the official documents, each with the item it heads: questions as people know them.
const TITLES: &str = include_str!("../data/faq-titles.tsv");

/// What people type and the titles of the topics, each with the name of the topic in the list of
/// facts that they were collected for: kept as it was collected, phrases of two topics included.
const PHRASES: &str = include_str!("../data/faq-phrases.tsv");

/// Topics that were given another name than in that list, and no others.
const RENAMED: [(&str, &str); 5] = [
    ("callback-url", "callback-url-fails"),
    ("oauth-loop", "oauth-code-used"),
    ("ip-lists", "ip-whitelist"),
    ("share-bare-link", "shared-as-a-link"),
    ("web-view", "mini-program-web-view"),
];

/// Phrases and titles of the list, and its topics: fewer means that rows were dropped.
const COLLECTED: (usize, usize) = (1094, 73);

/// Whole questions, each with the topic that answers it.
const QUESTIONS: &str = include_str!("../data/faq-questions.tsv");

fn hits(questions: impl Iterator<Item = (&'static str, String)>) -> (usize, usize, usize, Vec<String>) {
    let (mut count, mut first, mut third, mut wrong) = (0, 0, 0, Vec::new());
    for (question, wanted) in questions {
        let found: Vec<&str> = topic::rank(question, None).iter().map(|hit| hit.topic.id).collect();
        count += 1;
        if found.first() == Some(&wanted.as_str()) {
            first += 1;
        } else {
            wrong.push(format!("{question}: {:?} for {wanted}", found.iter().take(3).collect::<Vec<_>>()));
        }
        third += usize::from(found.iter().take(3).any(|id| *id == wanted));
    }
    (count, first, third, wrong)
}

#[test]
fn every_title_of_the_documents_finds_its_topic() {
    let of_item: BTreeMap<String, &str> = topic::all()
        .into_iter()
        .flat_map(|topic| topic.sources.into_iter().map(move |source| (source, topic.id)))
        .collect();
    let questions = TITLES.lines().map(|line| {
        let (item, title) = line.split_once('\t').expect("item and title");
        (title, of_item.get(item).unwrap_or_else(|| panic!("{item} is answered by no topic")).to_string())
    });
    let (count, first, third, wrong) = hits(questions);
    assert_eq!(count, 85);
    assert!(first * 100 >= count * 95 && third * 100 >= count * 99, "{first} {third}:\n{}", wrong.join("\n"));
}

#[test]
fn what_people_type_finds_its_topic() {
    let questions = PHRASES.lines().map(|line| {
        let (id, phrase) = line.split_once('\t').expect("topic and phrase");
        let today = RENAMED.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| new);
        (phrase, today.to_owned())
    });
    let (count, first, third, wrong) = hits(questions);
    assert_eq!(count, COLLECTED.0);
    assert!(
        first * 100 >= count * 95 && third * 100 >= count * 99,
        "{first} {third} of {count}:\n{}",
        wrong.join("\n")
    );
}

/// A topic that is still there under its name cannot pass for another, and no two become one.
#[test]
fn only_a_topic_that_is_gone_has_a_new_name() {
    let ids: BTreeSet<&str> = topic::ids().collect();
    let collected: BTreeSet<&str> =
        PHRASES.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
    assert_eq!(collected.len(), COLLECTED.1);
    let new: BTreeSet<&str> = RENAMED.iter().map(|(_, new)| *new).collect();
    assert_eq!(new.len(), RENAMED.len());
    for (old, new) in RENAMED {
        assert!(collected.contains(old) && !ids.contains(old), "{old} is a topic, so it was not renamed");
        assert!(ids.contains(new) && !collected.contains(new), "{new} is a topic of the list");
        // The title it had in the list finds it first.
        let title =
            PHRASES.lines().find_map(|line| line.strip_prefix(old)?.strip_prefix('\t')).expect("a title");
        assert_eq!(topic::rank(title, None).first().map(|hit| hit.topic.id), Some(new), "{title}");
    }
    let lost: Vec<&&str> = collected
        .iter()
        .filter(|id| !ids.contains(*id) && !RENAMED.iter().any(|(old, _)| old == *id))
        .collect();
    assert!(lost.is_empty(), "{lost:?}: neither topics nor renamed");
}

/// Questions that share few words with what a topic is known by.
#[test]
fn a_question_in_a_person_s_own_words_finds_its_topic() {
    let questions = QUESTIONS.lines().map(|line| {
        let (id, question) = line.split_once('\t').expect("topic and question");
        (question, id.to_owned())
    });
    let (count, first, third, wrong) = hits(questions);
    assert!(count > 90);
    assert!(
        first * 100 >= count * 95 && third * 100 >= count * 99,
        "{first} {third} of {count}:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_file_s_own_words_find_nothing() {
    for word in ["steps", "zh", "en", "words", "sources", "commands", "platforms", "historic", "see"] {
        let done = wecheck(["faq", word, "--json"]).done();
        assert_eq!((done.code, &done.json()["results"]), (1, &serde_json::json!([])), "{word}: {done}");
    }
}

#[test]
fn other_text_is_said_to_match_nothing() {
    let done = wecheck(["faq", "frobnicate", "quux", "--json"]).done();
    assert_eq!((done.code, &done.json()["results"]), (1, &serde_json::json!([])), "{done}");
    // Words that a topic shares, and no more: the nearest, said to be that.
    let done = wecheck(["faq", "页面的颜色要改成绿色", "--json"]).done();
    let results = done.json()["results"].clone();
    assert!(results.as_array().is_some_and(|list| list.iter().all(|one| one["near"] == true)), "{done}");
    let done = wecheck(["faq", "回调地址保存不了", "--json"]).done();
    let first = &done.json()["results"][0];
    assert_eq!(
        (done.code, first["id"].as_str(), &first["near"]),
        (0, Some("callback-url-fails"), &serde_json::json!(false))
    );
    assert!(first["score"].as_f64().is_some_and(|score| score > 0.3 && score <= 1.0), "{done}");
    for id in
        ["ip-whitelist", "oauth-code-used", "shared-as-a-link", "mini-program-web-view", "console-moved"]
    {
        assert_eq!(wecheck(["faq", id, "--json"]).done().json()["results"][0]["id"], id);
    }
}
