//! Lines that were wrapped: by a page, a mail program, a comment's author.
//!
//! In: a text and where its lines end. Out: the text with the pieces of each wrapped value joined, and where its lines ended, so
//! that a value still names the line it started in. A line is joined to the one before it only when that
//! one ends in the middle of a string1, or in a ticket, a signature or an address that goes on there:
//! its own quote marks (`>`, `*`, `//`) are left out.

use super::cursor::line_end;
use super::key::Key;
use super::{Field, lines, string1};

/// No value is wrapped over more lines.
const LINES: usize = 16;
/// No one wraps lines that are shorter.
const WIDTH: usize = 36;
/// Nothing that is wrapped is longer.
const LONG: usize = 4096;

/// The text with wrapped values joined and the ends of its lines; nothing if none is wrapped.
pub(super) fn joined(text: &str, lines: &[usize]) -> Option<(String, Vec<usize>)> {
    let bytes = text.as_bytes();
    // A row of a table may have ended more lines than one, or none.
    let ends_at = |place: usize| {
        lines[lines.partition_point(|end| *end < place)..]
            .iter()
            .take_while(move |end| **end == place)
            .count()
    };
    let mut out: Option<(String, Vec<usize>)> = None;
    let mut start = 0;
    while start < bytes.len() {
        let mut end = line_end(bytes, start);
        let line = &text[start..end];
        let mut whole: Option<String> = None;
        // Where each was joined, and the line break that was there.
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let width = line.trim_end().chars().count();
        let mut last_width = width;
        while end < bytes.len() && ends.len() < LINES {
            let current = whole.as_deref().unwrap_or(line).trim_end();
            let next_end = line_end(bytes, end + 1);
            let next = content(&text[end + 1..next_end]);
            if current.len() > LONG
                || next.len() > LONG
                || !goes_on(current, next, &text[next_end..], !ends.is_empty(), last_width + 12 > width)
            {
                break;
            }
            let mut longer = current.to_owned();
            ends.push((longer.len(), end));
            longer.push_str(next);
            whole = Some(longer);
            last_width = text[end + 1..next_end].trim_end().chars().count();
            end = next_end;
        }
        if let Some(whole) = whole {
            let (joined, breaks) = out.get_or_insert_with(|| {
                let before = lines.partition_point(|end| *end < start);
                (text[..start].to_owned(), lines[..before].to_vec())
            });
            let from = joined.len();
            for (at, end) in ends {
                breaks.extend(std::iter::repeat_n((from + at).saturating_sub(1), ends_at(end)));
            }
            joined.push_str(&whole);
        } else if let Some((joined, _)) = &mut out {
            joined.push_str(line);
        }
        if let Some((joined, breaks)) = &mut out
            && end < bytes.len()
        {
            breaks.extend(std::iter::repeat_n(joined.len(), ends_at(end)));
            joined.push('\n');
        }
        start = end + 1;
    }
    out
}

/// A line without what quotes or comments it.
fn content(line: &str) -> &str {
    let line = line.trim();
    for mark in ["//", "*", "#", "|", "--", "+"] {
        if let Some(rest) = line.strip_prefix(mark)
            && rest.starts_with([' ', '\t'])
        {
            return rest.trim_start();
        }
    }
    line.trim_start_matches(['>', ' ', '\t'])
}

/// Whether a line goes on in the next one. `is_wrapped`: it is one that went on already, `is_full`: it is
/// about as long as the first of them.
/// `behind` is what follows the next one.
fn goes_on(line: &str, next: &str, behind: &str, is_wrapped: bool, is_full: bool) -> bool {
    let Some(last) = line.bytes().last() else { return false };
    let token = &next[..next.bytes().take_while(|byte| is_part(*byte)).count()];
    // Only of a hash it is known how long it is.
    let is_short = line.len() < WIDTH && !is_wrapped;
    if token.is_empty() || !is_part(last) || is_short && !(is_hex(token) && token.len() < 40) {
        return false;
    }
    if let Some(open) = open_string1(line) {
        return match open {
            _ if is_short => false,
            Open::Keys(tail) => continues_keys(tail, next, token),
            Open::Url(url) if ends_in_host(url) => begins_host(url, next, token),
            Open::Url(_) => is_wrapped && is_full && is_rest_of_url(line, next, token, true),
        };
    }
    let run = &line[line.bytes().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1)..];
    let (before, run) = match run.find('=') {
        // `jsapi_ticket=Hoag…`: the key is part of the run.
        Some(at) if Key::of(&run[..at]).field().is_some() => {
            (&line[..line.len() - run.len() + at], &run[at + 1..])
        }
        _ => match run.split_once(':') {
            Some((name, value)) if Key::of(name).field().is_some() => {
                (&line[..line.len() - value.len() - 1], value)
            }
            _ => (&line[..line.len() - run.len()], run),
        },
    };
    let before = before.trim_end_matches([' ', '\t', '"', '\'', '=', '>', ':', '`', ']', '[', '\\']);
    let from =
        before.bytes().rposition(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'));
    let Some(field) = Key::of(&before[from.map_or(0, |at| at + 1)..]).field() else { return false };
    // A token is followed by nothing but the marks of its notation.
    let after = &next[token.len()..];
    let quote = line[..line.len() - run.len()].bytes().last();
    let is_closed =
        quote.is_some_and(|quote| matches!(quote, b'"' | b'\'') && after.bytes().next() == Some(quote));
    let is_alone = is_closed || after.bytes().all(|byte| b"\"'`,;}) \\".contains(&byte));
    let is_plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    match field {
        Field::Signature => {
            is_hex(run) && is_hex(token) && is_whole_hash(run.len() + token.len(), next == token, behind)
        }
        _ if is_short => false,
        Field::Ticket | Field::AccessToken => {
            is_alone
                && run.len() >= 12
                && run.len() < 80
                && is_plain(run)
                && is_plain(token)
                && token.len() > 1
                && (60..=512).contains(&(run.len() + token.len()))
                && !lines::starts_with_key(next)
        }
        Field::Url => run.contains("://") && is_rest_of_url(line, next, token, false),
        _ => false,
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a hash of so many digits is whole, or lines of nothing but digits complete it.
fn is_whole_hash(length: usize, is_line: bool, behind: &str) -> bool {
    let mut length = length;
    let mut lines = behind.lines().skip(1).map(content);
    while is_line && length < 40 {
        let Some(line) = lines.next().filter(|line| is_hex(line)) else { return false };
        length += line.len();
    }
    length == 40
}

/// Whether a url ends in its scheme or host, or before it.
fn ends_in_host(url: &str) -> bool {
    let host = url.split_once("://").map_or("", |parts| parts.1);
    ["http://", "https://"].iter().any(|scheme| scheme.starts_with(url) || url.starts_with(scheme))
        && !host.contains(['/', '?', '#', ':'])
}

/// Whether the next line is the rest of the scheme or the host that a url ends in.
fn begins_host(url: &str, next: &str, token: &str) -> bool {
    if url.contains("://") {
        // A host that is whole is not followed by more of one.
        let is_alone = next[token.len()..].trim().is_empty();
        let first = token.split(['/', '?']).next().unwrap_or_default();
        return is_alone
            && first.contains('.')
            && !first.contains(['=', '&', '%', '_'])
            && !token.contains("://")
            && !lines::starts_with_key(next);
    }
    let whole = format!("{url}{token}");
    whole.starts_with("http://") || whole.starts_with("https://")
}

/// Whether a string1 goes on that stands in the pair `tail`: in its value, or in its name.
fn continues_keys(tail: &str, next: &str, token: &str) -> bool {
    let first = token.split('&').next().unwrap_or_default();
    if tail.contains('=') {
        // `abc` and `abc==` go on with a value; `abc=d` is a line of its own.
        let is_value = !first.trim_end_matches('=').contains('=');
        return is_value && (token.contains('&') || token.len() == next.len());
    }
    let Some((name, _)) = first.split_once('=') else { return false };
    Key::of(&format!("{tail}{name}")).field().is_some()
}

/// Whether an address that fills its line goes on in the next one.
fn is_rest_of_url(line: &str, next: &str, token: &str, is_sure: bool) -> bool {
    let after = next[token.len()..].trim_start();
    let ends_there = after.is_empty() || after.starts_with(['"', '\'', '`', ',', ';', ')', '}', '<']);
    let is_hash = token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_telling =
        token.contains(['/', '?', '&', '=', '%']) || line.ends_with(['/', '?', '&', '=', '%', '-', '_']);
    line.len() >= 60
        && ends_there
        && !is_hash
        && (is_telling || is_sure)
        && !token.contains("://")
        && !lines::starts_with_key(next)
        && !string1::starts(next)
}

/// How a string1 that starts in a line is at the line's end.
enum Open<'l> {
    /// Before its url, in this pair.
    Keys(&'l str),
    /// In its url, which is this so far.
    Url(&'l str),
}

fn open_string1(line: &str) -> Option<Open<'_>> {
    let at = memchr::memmem::rfind(line.as_bytes(), b"icket=")?;
    let from = line[..at]
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let text = &line[from..];
    // Its key, and no space, quote or code in it.
    if !string1::starts(text)
        || text.contains([' ', '"', '\'', '`', '$', '{', '%', '<']) && !text.contains("url=")
    {
        return None;
    }
    if let Some((_, url)) = text.rsplit_once("url=") {
        let has_space = text.contains([' ', '"', '\'']);
        return (!has_space).then_some(Open::Url(url));
    }
    Some(Open::Keys(text.rsplit('&').next().unwrap_or_default()))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_=%/:.?&#+~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::super::cursor::breaks;
    use super::*;

    #[test]
    fn wrapped_values_are_joined_and_keep_their_lines() {
        let ticket = "HoagFKDcsGMVCIY2vOjf9zsJqLOJqu3g9DYpQaxEN_cNljiRkV71kDRuIr2jhTxs_OHKDpnJh-rgiOaPq-N9Rt";
        let (head, tail) = ticket.split_at(49);
        let string1 =
            format!("jsapi_ticket={ticket}&noncestr=n1&timestamp=1700001212&url=http://h5.example.com/");
        for mark in ["", "    ", "> ", " * ", "// "] {
            let text = format!(
                "x\n{mark}[rawString] => jsapi_ticket={head}\n{mark}{tail}&noncestr=n1&timestamp\n{mark}=1700001212&url=http://h5.example.com/\n{mark}signature: 1\n"
            );
            let (joined, breaks) = joined(&text, &breaks(&text)).expect(mark);
            assert!(joined.contains(&string1), "{joined}");
            let line = |at: &str| breaks.partition_point(|end| *end < joined.find(at).expect("there")) + 1;
            assert_eq!(
                (line("[raw"), line("V71"), line("=1700"), line("signature")),
                (2, 3, 4, 5),
                "{joined}"
            );
        }
        for text in [
            format!("jsapi_ticket: {head}\n{tail}\nnoncestr: n"),
            format!("{{\"noncestr\":\"n\",\"jsapi_ticket\":\"{head}\n{tail}\",\"timestamp\":1}}"),
            format!("> {{\"noncestr\":\"n\",\"jsapi_ticket\":\"{head}\n> {tail}\",\"timestamp\":1}}"),
        ] {
            assert!(joined(&text, &[]).expect("wrapped").0.contains(ticket), "{text}");
        }
    }

    #[test]
    fn lines_of_their_own_stay() {
        let ticket = "HoagFKDcsGMVCIY2vOjf9zsJqLOJqu3g9DYpQaxEN_cNljiRkV71kDRuIr2jhTxs_OHKDpnJh-rgiOaPq-N9Rt";
        for text in [
            format!("jsapi_ticket={ticket}&noncestr=n&url=http://h5.example.com/\nsignature=1\n"),
            format!("jsapi_ticket={ticket}\nnoncestr=n\ntimestamp=1"),
            format!("jsapi_ticket={ticket}&noncestr=n&timestamp=1\nsignature: 1\nnoncestr: n"),
            format!("jsapi_ticket: {ticket}\nabcdefgh\n"),
            "signature: da200a74701a8f8419e65ee845818ffc2ee24ca1\nda200a74701a8f8419e65ee845818ffc2ee24ca1".into(),
            "url: https://h5.example.com/a/long/path/to/a/page/of/a/shop.html\nda200a74701a8f8419e65ee845818ffc2ee24ca1".into(),
        ] {
            assert_eq!(joined(&text, &[]), None, "{text}");
        }
    }
}
