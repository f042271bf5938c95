//! Addresses that a browser or a phone says the page has, outside of all notations.
//!
//! In: a text. Out: the address printed for `location.href` in a console (behind it or on the next line)
//! and the one in a line of the client's that names `realAuthUrl`.

use super::beside::is_place;
use super::found::Found;

/// What shows the page's address when it is evaluated.
const EXPRESSIONS: [&str; 3] = ["location.href", "document.URL", "document.location"];
/// A longer line is not a console's.
const LONGEST: usize = 8192;

pub(super) fn read(text: &str, found: &mut Found) {
    if !EXPRESSIONS.iter().any(|name| text.contains(name)) && !text.contains("realAuthUrl") {
        return;
    }
    let mut asked: Option<&str> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty() && line.len() <= LONGEST) {
        if let Some(url) = asked.take().and_then(|asked| answered(line, asked)) {
            found.page_url(url);
        }
        if let Some((_, rest)) = line.split_once("realAuthUrl") {
            reported(rest, found);
        }
        let Some(rest) = EXPRESSIONS.iter().find_map(|name| line.split_once(name)).map(|parts| parts.1)
        else {
            continue;
        };
        let rest = rest.trim_start_matches([')', ';', ' ', '\t']);
        let behind = ["=>", "->", "→", "//"].iter().find_map(|mark| rest.strip_prefix(mark));
        if let Some(url) = behind.and_then(|behind| address(behind.trim_start())) {
            found.page_url(url);
        } else if rest.trim().is_empty() {
            asked = Some(line);
        }
    }
}

/// The address that a console prints under what was typed or logged: `< "https://…"`,
/// `VM128:1 https://…`, the label of the log before it.
fn answered<'t>(line: &'t str, asked: &str) -> Option<&'t str> {
    const MARKS: [char; 10] = ['<', '>', '‹', '›', '←', '·', '-', ' ', '\t', '='];
    let mut rest = line.trim().trim_start_matches(MARKS);
    if let Some((first, behind)) = rest.split_once(' ')
        && is_place(first)
    {
        rest = behind.trim_start_matches(MARKS);
    }
    let label = asked.split(['\'', '"', '`']).nth(1).filter(|label| !label.is_empty());
    rest = label.and_then(|label| rest.strip_prefix(label)).unwrap_or(rest);
    rest = rest.trim_start_matches([' ', '\'', '"', '“']);
    let url = address(rest)?;
    let after = rest[url.len()..].trim_matches(['\'', '"', '”', ' ', '\t', '\r', ';']);
    (after.is_empty() || is_place(after)).then_some(url)
}

/// `realAuthUrl: https://…`, `realAuthUrl=[https://…, https://…]`.
fn reported(rest: &str, found: &mut Found) {
    let mut rest = rest.trim_start_matches(['\'', '"', '\\', ' ', ':', '=', '[', '：']);
    while let Some(url) = address(rest) {
        found.page_url(url);
        rest = rest[url.len()..].trim_start_matches(['\'', '"', '\\']);
        match rest.strip_prefix(", ").or_else(|| rest.strip_prefix(',')) {
            Some(next) => rest = next.trim_start_matches(['\'', '"', '\\', ' ']),
            None => break,
        }
    }
}

/// The address at the start of a text.
fn address(text: &str) -> Option<&str> {
    if !(text.starts_with("http://") || text.starts_with("https://")) {
        return None;
    }
    let is_end = |c: char| {
        c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '<' | '>' | ']' | '\\' | '”' | '，' | '。')
    };
    let url = &text[..text.find(is_end).unwrap_or(text.len())];
    Some(url.trim_end_matches([',', ';', ')', '}']))
}
