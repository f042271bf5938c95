//! The words of the house: plain English, native Chinese, both languages for what a person reads.
//!
//! CONTRIBUTING.md, "Style", says what to write instead. Files that were written before the list
//! are allowed the number of hits they had; the numbers may only go down.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is looked through: source, tests, documents, texts.
const ROOTS: &[&str] = &[
    "src",
    "crates",
    "tests",
    "docs",
    "data",
    "benches",
    "fuzz/fuzz_targets",
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
];

/// Facts from outside, pasted as they came, and this list itself.
const LEFT_OUT: &[&str] = &["tests/it/words.rs", "tests/data", "data/labels", "docs/errcodes.md"];

/// Words in a row, each with its alternatives, unless one of `unless` comes right before or after.
struct Phrase {
    words: &'static [&'static str],
    unless_before: &'static [&'static str],
    unless_after: &'static [&'static str],
    instead: &'static str,
}

const fn phrase(words: &'static [&'static str], instead: &'static str) -> Phrase {
    Phrase { words, unless_before: &[], unless_after: &[], instead }
}

const ENGLISH: &[Phrase] = &[
    Phrase {
        words: &["is|are|was|were|be", "no"],
        unless_before: &["there", "where"],
        unless_after: &["longer", "more", "less", "different", "place", "way"],
        instead: "is not a",
    },
    Phrase {
        words: &["is|are|was|were", "none"],
        unless_before: &["there", "where"],
        unless_after: &[],
        instead: "is not one, is missing, is malformed",
    },
    phrase(&["whoever|whom|whomever"], "callers, anyone who"),
    phrase(&["anew"], "again"),
    phrase(&["told"], "reported, warned, given"),
    Phrase {
        words: &["stand|stands"],
        unless_before: &[],
        unless_after: &["for", "in"],
        instead: "is, appears",
    },
    Phrase {
        words: &["blank|blanks"],
        unless_before: &[],
        unless_after: &["page", "line", "lines", "screen"],
        instead: "whitespace, space, empty",
    },
    phrase(&["seal|seals|sealed|unsealed"], "encrypt"),
    phrase(&["mend|mends|mended"], "fix"),
    phrase(&["hand|hands|handed|handing", "over|to"], "pass"),
    phrase(&["centre|centres"], "token server"),
    phrase(
        &["colour|colours|coloured|behaviour|catalogue|favour|honour|recognise|normalise"],
        "American spelling",
    ),
    phrase(&["by", "the", "hash"], "by recomputing the hash"),
    phrase(&["in", "silence"], "silently"),
    phrase(&["nobody"], "no one"),
    phrase(&["also|only|except", "where"], "also if, only when"),
    phrase(&["where", "no|none|nothing|one|nobody"], "if, when"),
    phrase(&["heal|heals|healed"], "fix, help"),
];

/// Chinese that was translated from our own English, and how a developer says it.
const CHINESE: &[(&str, &str)] = &[
    ("同号同义", "意思相同"),
    ("侧同号", "公众号、小程序接口里的同一错误码"),
    ("这一段号码", "这一段错误码大多与……有关"),
    ("交来", "传入"),
    ("不是一对", "不匹配"),
    ("放慢队列", "排进慢队列"),
    ("队列出口", "都走同一个队列"),
    ("为什么（最常见", "可能的原因（常见的在前）"),
    ("看不懂", "没认出"),
    ("相符不等于", "签名算对了，微信仍可能拒绝"),
    ("从这里看不到", "wecheck 查不到"),
];

/// Papers that are not in the repository.
const PAPERS: &[&str] = &[
    "product.md",
    "faults.md",
    "causes.md",
    "domain-rules.md",
    "house.md",
    "architecture.md",
    "texts-to-rewrite",
];

/// How many hits each place still has. Lower a number when you fix some; never raise one.
const ALLOWED: &[(&str, usize)] = &[
    ("CONTRIBUTING.md", 1),
    ("README.md", 4),
    ("docs/reference.md", 1),
    ("src/browser", 2),
    ("src/command", 1),
    ("src/diagnosis", 1),
    ("src/failure", 1),
    ("src/ops", 1),
    ("src/probe", 1),
    ("src/server", 1),
    ("tests/it", 12),
    ("tests/page", 2),
];

#[test]
fn texts_use_plain_words() {
    let mut hits: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        for (number, line) in (1..).zip(text.lines()) {
            for (found, instead) in found(line) {
                let hit = format!("{}:{number}: `{found}`: {instead}", file.display());
                hits.entry(group(&file)).or_default().push(hit);
            }
        }
    }
    judge(&hits, ALLOWED);
}

fn found(line: &str) -> Vec<(String, &'static str)> {
    // A method of `Option` is not a phrase.
    let lower = line.to_lowercase().replace("is_none", "").replace('_', " ");
    // Word and the text between it and the one before.
    let mut words: Vec<(&str, &str)> = Vec::new();
    let mut rest = lower.as_str();
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '\'' || c == '-';
    while let Some(start) = rest.find(is_letter) {
        let end = rest[start..].find(|c| !is_letter(c)).map_or(rest.len(), |len| start + len);
        words.push((&rest[start..end], &rest[..start]));
        rest = &rest[end..];
    }
    let mut found = Vec::new();
    for phrase in ENGLISH {
        for at in 0..words.len() {
            let run = words.get(at..at + phrase.words.len()).unwrap_or_default();
            let matches = !run.is_empty()
                && run
                    .iter()
                    .zip(phrase.words)
                    .all(|((word, _), any)| any.split('|').any(|one| one == *word))
                && run.iter().skip(1).all(|(_, gap)| *gap == " ");
            let near = |at: Option<usize>, list: &[&str]| {
                at.and_then(|at| words.get(at)).is_some_and(|(word, _)| list.contains(word))
            };
            if matches
                && !near(at.checked_sub(1), phrase.unless_before)
                && !near(Some(at + phrase.words.len()), phrase.unless_after)
            {
                let said: Vec<&str> = run.iter().map(|(word, _)| *word).collect();
                found.push((said.join(" "), phrase.instead));
            }
        }
    }
    found.extend(
        CHINESE
            .iter()
            .filter(|(text, _)| line.contains(text))
            .map(|(text, instead)| ((*text).to_owned(), *instead)),
    );
    found.extend(
        PAPERS
            .iter()
            .filter(|paper| line.contains(*paper))
            .map(|paper| ((*paper).to_owned(), "not in the repository")),
    );
    found
}

/// Calls that take what a person reads.
const READ_BY_PEOPLE: &[&str] = &[
    "Failure::usage(",
    "Failure::config(",
    "Failure::network(",
    "Failure::storage(",
    "Failure::errcode(code, ",
    "Failure::errcode(*code, ",
    "Failure::new(Kind::Bug, ",
    "Failure::new(Kind::Interrupted, ",
    ".hint(",
    ".note(",
    ".warn(",
    ".warn_once(",
];

/// How many texts each place still has in one language only. They may only become fewer.
const ONE_LANGUAGE: &[(&str, usize)] = &[("src/endpoint", 2), ("src/ops", 4)];

#[test]
fn what_a_person_reads_exists_in_both_languages() {
    let mut hits: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files()
        .into_iter()
        .filter(|file| file.starts_with("src") && file.extension().is_some_and(|e| e == "rs"))
    {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in READ_BY_PEOPLE {
            for (at, _) in text.match_indices(call) {
                let argument = text[at + call.len()..].trim_start().trim_start_matches('&');
                let argument = argument.strip_prefix("format!(").unwrap_or(argument).trim_start();
                let Some(literal) = argument.strip_prefix('"') else { continue };
                // A command reads the same in both.
                if (literal.starts_with("wecheck ") || literal.starts_with("--"))
                    && !literal.split('"').next().unwrap_or_default().contains(", ")
                {
                    continue;
                }
                let line = text[..at].lines().count();
                let shown: String = literal.chars().take(60).collect();
                let hit = format!("{}:{line}: {call}\"{shown}", file.display());
                hits.entry(group(&file)).or_default().push(hit);
            }
        }
    }
    judge(&hits, ONE_LANGUAGE);
}

/// Compares hits with what is allowed; the message is the list of what there is to do.
fn judge(hits: &BTreeMap<String, Vec<String>>, allowed: &[(&str, usize)]) {
    let mut message = String::new();
    for (place, hits) in hits {
        let limit = allowed.iter().find(|(name, _)| name == place).map_or(0, |(_, limit)| *limit);
        if hits.len() > limit {
            let _ =
                writeln!(message, "{place}: {} hits, allowed {limit}\n  {}", hits.len(), hits.join("\n  "));
        }
    }
    assert!(message.is_empty(), "{message}");
}

pub fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ROOTS.iter().map(PathBuf::from).collect();
    while let Some(path) = folders.pop() {
        if LEFT_OUT.iter().any(|out| path.starts_with(out)) {
            continue;
        }
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("readable");
            folders.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path
            .extension()
            .is_some_and(|e| ["rs", "md", "toml", "js", "html", "css", "trycmd"].iter().any(|x| e == *x))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `src/cache` for all files of the module `cache`.
fn group(file: &Path) -> String {
    let parts: Vec<String> =
        file.components().take(2).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").trim_end_matches(".rs").to_owned()
}

#[test]
fn phrases_are_found_as_words() {
    let said = |line: &str| found(line).into_iter().map(|(found, _)| found).collect::<Vec<_>>();
    assert_eq!(said("The line is no object."), ["is no"]);
    assert_eq!(said("there is no profile; it is no longer used"), Vec::<String>::new());
    assert_eq!(said("fn what_was_none_is_told()"), ["was none", "told"]);
    assert_eq!(said("a stand-in stands for it, on a blank page"), Vec::<String>::new());
    assert_eq!(said("用 --from 交来"), ["交来"]);
    assert_eq!(said("see product.md 3"), ["product.md"]);
}
