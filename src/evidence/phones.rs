//! Addresses that were seen on two systems: `Android realAuthUrl: …`, `iOS: location.href = …`.
//!
//! In: a text, and the addresses that the page had. Out: those that it names a system for, if it names two: what
//! fits on one says nothing of the other.

use super::found::Found;

/// Names of the two systems, in lower case.
const SYSTEMS: [&[&str]; 2] = [&["ios", "iphone", "ipad", "苹果"], &["android", "安卓"]];
/// A longer line was not written by a person.
const LONGEST: usize = 8192;

pub(super) fn read(text: &str, found: &mut Found) {
    if found.page_urls.len() < 2 {
        return;
    }
    let mut seen: [Vec<&str>; 2] = [Vec::new(), Vec::new()];
    for line in text.lines().filter(|line| line.len() <= LONGEST && line.contains("://")) {
        let lower = line.to_lowercase();
        let named = SYSTEMS.map(|names| names.iter().any(|name| has_word(&lower, name)));
        let [ios, android] = named;
        if ios == android {
            continue;
        }
        let urls = found.page_urls.iter().filter(|url| has_whole(line, url));
        // The longest: the address of a page begins with that of its folder.
        if let Some(url) = urls.max_by_key(|url| url.len()) {
            let at = line.find(url.as_str()).unwrap_or_default();
            seen[usize::from(android)].push(&line[at..at + url.len()]);
        }
    }
    if seen.iter().all(|urls| !urls.is_empty()) {
        let all = seen.into_iter().flatten().map(str::to_owned);
        found.by_phone = all.collect();
    }
}

/// Whether an address is in a line and ends where it ends there.
fn has_whole(line: &str, url: &str) -> bool {
    line.match_indices(url).any(|(at, _)| {
        let next = line[at + url.len()..].chars().next();
        next.is_none_or(|c| c.is_whitespace() || !(c.is_ascii_alphanumeric() || "/?&=#%-_.~:+".contains(c)))
    })
}

/// Whether a name is a word of its own: `ios` is not in `axios`, nor in an address.
fn has_word(lower: &str, name: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    lower.match_indices(name).any(|(at, _)| {
        !name.is_ascii()
            || !(is_part(lower[..at].chars().next_back()) || is_part(lower[at + name.len()..].chars().next()))
    })
}
