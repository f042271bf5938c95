//! The servers' own texts and the official labels, and the codes they belong to.
//!
//! In: a text. Out: the codes whose text it is or begins with; or, for a code that is known, the
//! platform whose text it is.

use super::{codes, lookup};
use crate::platform::Platform;

/// Texts as the servers really send them, and labels of earlier tables: platform, code, text.
pub(super) const SERVER_TEXTS: &str = include_str!("../../data/errmsg.tsv");

/// A text that fits more rows than this names none of them.
const CANDIDATES: usize = 12;

/// A text of fewer characters is not a beginning of another: `参数错误` begins too many.
const SHORT: usize = 6;

/// The rows of the file.
pub(super) fn rows() -> impl Iterator<Item = (Platform, i64, &'static str)> {
    SERVER_TEXTS.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        Some((Platform::from_name(cells.next()?)?, cells.next()?.parse().ok()?, cells.next()?))
    })
}

/// The texts that are sent with a code.
pub(super) fn of_code(code: i64) -> impl Iterator<Item = &'static str> {
    rows().filter(move |(_, of, _)| *of == code).map(|(_, _, row)| row)
}

/// Codes whose text this is, or begins with; how many bytes of it were recognized.
pub(super) fn find(text: &str) -> (usize, Vec<(Platform, i64)>) {
    let given = comparable(without_tail(text));
    if given.is_empty() {
        return (0, Vec::new());
    }
    let mut found = Found::default();
    // One Latin word begins too much: `signature`, `access`, `access_token`.
    let several = given.contains(' ') || !given.is_ascii();
    for (platform, code, row) in rows() {
        if !may_begin(&given, row) {
            continue;
        }
        let row = comparable(row);
        found.compare(&given, &row, (platform, code));
        if given.len() >= SHORT && several && continues(&row, &given) {
            found.longer.push((platform, code));
        }
    }
    for platform in Platform::ALL {
        // A text that is known to be sent for one code is not looked for among the labels.
        if found.whole.iter().any(|(known, _)| *known == platform) {
            continue;
        }
        for code in codes(platform) {
            for name in [code.name.en, code.name.zh] {
                if may_begin(&given, name) {
                    found.compare(&given, &comparable(name), (platform, code.code));
                }
            }
        }
    }
    found.chosen(given.len())
}

/// The platform whose text for this code is in the given one, if only one platform's is.
pub(super) fn platform_of(text: &str, code: i64) -> Option<Platform> {
    let given = comparable(text);
    let mut best: (usize, Option<Platform>) = (0, None);
    // What is also the beginning of the other platform's text tells neither.
    let mut all: Vec<(Platform, String)> = Vec::new();
    let mut compare = |platform: Platform, row: &str| {
        let row = comparable(row);
        all.push((platform, row.clone()));
        if row.len() < SHORT || !given.contains(&row) {
            return;
        }
        match row.len().cmp(&best.0) {
            std::cmp::Ordering::Greater => best = (row.len(), Some(platform)),
            std::cmp::Ordering::Equal if best.1 != Some(platform) => best.1 = None,
            _ => {}
        }
    };
    for (platform, of, row) in rows() {
        if of == code {
            compare(platform, row);
        }
    }
    for platform in Platform::ALL {
        if let Some(known) = lookup(code, platform) {
            compare(platform, known.name.en);
            compare(platform, known.name.zh);
        }
    }
    let shared = all.iter().any(|(platform, row)| {
        Some(*platform) != best.1
            && all.iter().any(|(of, begun)| {
                Some(*of) == best.1 && begun.len() == best.0 && given.contains(begun) && continues(row, begun)
            })
    });
    best.1.filter(|_| !shared)
}

/// The rows that a text fits, by how it does.
#[derive(Default)]
struct Found {
    /// The text is the row.
    whole: Vec<(Platform, i64)>,
    /// The text begins with the row, of this length.
    begun: Vec<(usize, (Platform, i64))>,
    /// The row begins with the text.
    longer: Vec<(Platform, i64)>,
}

impl Found {
    fn compare(&mut self, given: &str, row: &str, key: (Platform, i64)) {
        if row == given {
            self.whole.push(key);
        } else if row.chars().count() >= SHORT && continues(given, row) {
            self.begun.push((row.len(), key));
        }
    }

    /// A beginning counts only if the whole is nowhere, and then the longest one.
    fn chosen(self, given: usize) -> (usize, Vec<(Platform, i64)>) {
        let longest = self.begun.iter().map(|(length, _)| *length).max();
        let begun = self.begun.into_iter().filter(|(length, _)| Some(*length) == longest);
        let length = if self.whole.is_empty() { longest.unwrap_or(given) } else { given };
        let mut rows: Vec<(Platform, i64)> =
            if self.whole.is_empty() { begun.map(|(_, key)| key).collect() } else { self.whole };
        rows.extend(self.longer);
        rows.sort_unstable();
        rows.dedup();
        if rows.len() > CANDIDATES { (0, Vec::new()) } else { (length, rows) }
    }
}

/// Whether a row and a comparable text may begin with the same, by their first characters: there are thousands of rows.
fn may_begin(given: &str, row: &str) -> bool {
    let first = |text: &str| text.chars().next();
    first(given) == Some('*') || first(row.trim_start()).and_then(|c| c.to_lowercase().next()) == first(given)
}

/// Whether `text` begins with `start` and goes on with something that is not an part of its last word.
fn continues(text: &str, start: &str) -> bool {
    text.strip_prefix(start)
        .and_then(|rest| rest.chars().next())
        .is_some_and(|next| !next.is_ascii_alphanumeric() && next != '_')
}

/// A server's text without what it appends: hint, rid, the caller's IP, a link.
fn without_tail(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    let text = text.strip_prefix("Warning: wrong json format.").unwrap_or(text).trim_start();
    let text = text.strip_prefix("errmsg").map_or(text, |rest| rest.trim_start_matches([':', '=', ' ', '"']));
    let end = [" hint:", ", hint:", ",hint:", ", hints:", " hints:", " rid:", ", from ip", ", more info at"]
        .iter()
        .filter_map(|tail| text.find(tail))
        .min()
        .unwrap_or(text.len());
    text[..end].trim_end_matches(|c: char| c.is_whitespace() || ",.。，".contains(c))
}

/// In lower case, whitespace made one space, and with every IP address written as `*`.
fn comparable(text: &str) -> String {
    text.split_whitespace()
        .map(|word| {
            let bare = word.trim_end_matches(',');
            match bare.parse::<core::net::IpAddr>() {
                Ok(_) => word.replacen(bare, "*", 1),
                Err(_) => word.to_lowercase(),
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}
