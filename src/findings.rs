//! Every finding of the program: the list of the rooms' tables, the lookup by id, the reference page.
//!
//! In: the tables of `finding::Entry` that the rooms declare. Out: all of them, one by id, and
//! `docs/findings.md`. A room that gains a table adds it to [`all`]; nothing else has to change.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::callback;
use crate::diagnosis::{mistake, warning};
use crate::finding::{Basis, Entry};
use crate::lang::{Lang, Text};

/// The tables of rooms whose entries are plain [`Entry`]s.
const TABLES: &[&[Entry]] = &[
    crate::finding::page::FINDINGS,
    crate::finding::doctor::FINDINGS,
    crate::domain::ENTRIES,
    crate::probe::ENTRIES,
];

/// Every finding, room by room.
pub fn all() -> impl Iterator<Item = Entry> {
    let mistakes = mistake::entries().map(mistake::Entry::finding);
    let warnings = warning::entries().map(warning::Entry::finding);
    mistakes.chain(warnings).chain(TABLES.iter().copied().flatten().copied()).chain(of_callbacks())
}

/// What is said about callbacks. A mistake that both signatures know has one entry: the first.
fn of_callbacks() -> impl Iterator<Item = Entry> {
    let own = callback::mistake::entries().filter(|entry| {
        mistake::entries().all(|other| other.finding().id != entry.id)
            && warning::entries().all(|other| other.finding().id != entry.id)
    });
    own.chain(callback::fault::all().map(callback::fault::Fault::finding))
}

/// A text whose details are not known: `…` for each `{name}`.
fn in_general(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) if name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {
                out.push('…');
                rest = behind;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

/// The finding of an id.
pub fn find(id: &str) -> Option<Entry> {
    static BY_ID: OnceLock<HashMap<&'static str, Entry>> = OnceLock::new();
    let by_id = BY_ID.get_or_init(|| {
        let mut by_id = HashMap::new();
        for entry in all() {
            by_id.entry(entry.id).or_insert(entry);
        }
        by_id
    });
    by_id.get(id).copied()
}

/// `docs/findings.md`: one section for each id.
pub fn reference() -> String {
    let mut page = String::from(
        "# Findings\n\n\
         Everything that wecheck says about a problem has an id. This page is generated from the \
         entries in the code; `wecheck errcode explain ID` prints one of them. How the mistakes \
         proved by hash are found: [diagnosis.md](diagnosis.md).\n\n\
         \"Missing\" in the name of a mistake says what the signed text lacks against the values \
         given. A name that ends in `-suspect` says less than the mistake without it: it looks so, \
         and nothing proves it.\n",
    );
    for entry in all() {
        let _ = write!(
            page,
            "\n## {}\n\n**{}** · {}\n\nField: `{}` · {} · {} · {}\n",
            entry.id,
            entry.title.en,
            entry.title.zh,
            entry.field,
            entry.severity.text().en,
            entry.basis.text().en,
            entry.likelihood.text().en,
        );
        for lang in [Lang::En, Lang::Zh] {
            let shown =
                |text: Text| in_general(&text.fill(lang, &[("gap", lang.pick("若干秒", "some seconds"))]));
            let _ = write!(
                page,
                "\n- {}\n- {} {}\n",
                shown(entry.cause),
                lang.pick("改法：", "Fix:"),
                shown(entry.fix)
            );
        }
    }
    page
}

/// Whether the mistakes of an id are proved by a hash.
pub fn is_proved_by_hash(id: &str) -> bool {
    find(id).is_some_and(|entry| entry.basis == Basis::Hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_named_in_plain_letters() {
        let mut seen = std::collections::HashSet::new();
        for entry in all() {
            assert!(seen.insert(entry.id), "{} is there twice", entry.id);
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(entry.id.chars().all(plain), "{}", entry.id);
        }
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        let is_chinese = |c: char| c > '\u{2e7f}';
        for entry in all() {
            for (name, text) in [("title", entry.title), ("cause", entry.cause), ("fix", entry.fix)] {
                let at = format!("{}: {name}", entry.id);
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{at} is empty");
                assert!(!text.en.ends_with('.') && !text.zh.ends_with('。'), "{at} ends in a full stop");
                let foreign = text.en.replace("企业号", "").contains(is_chinese);
                assert!(!foreign, "{at}: Chinese in English: {}", text.en);
            }
            assert!(entry.cause.zh.contains(is_chinese), "{}: no Chinese", entry.id);
            for title in [entry.title.zh, entry.title.en] {
                assert!(title.chars().count() <= 60, "{}: {title}", entry.id);
            }
        }
    }

    #[test]
    fn an_id_is_found() {
        assert_eq!(find("url-fragment").map(|entry| entry.field), Some("url"));
        assert!(find("no-such-id").is_none());
    }
}
