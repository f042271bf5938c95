//! The values of a callback in what a framework or a developer printed of them.
//!
//! In: any text. Out: the values behind the names that WeChat uses, whatever marks are between name
//! and value: `('nonce', '1')`, `nonce=1, `, `nonce:1,`, `[nonce] => 1`, `"nonce":["1"]`,
//! `nonce:[1]`, `["nonce"]=> string(1) "1"`. One pass over the text; the first value of a
//! name counts, and another one begins another request.

use super::{Found, Request, line_of, logged, percent_decoded, with_lost_plus, xml_in};

/// The spellings of a name after `_` and `-` are taken out and it is written in lower case.
const SPELLINGS: [(&str, &str); 6] = [
    ("msgsignature", "msg_signature"),
    ("signature", "signature"),
    ("timestamp", "timestamp"),
    ("nonce", "nonce"),
    ("echostr", "echostr"),
    ("encrypttype", "encrypt_type"),
];

/// The requests of a text, each with a signature and a time or a nonce. Another one begins where a
/// name comes again with another value, and has a time or a nonce of its own.
pub(super) fn read_all(text: &str) -> Vec<Found> {
    // A page shows `&times` as a sign.
    let text = text.replace("×tamp", " timestamp");
    let mut parts: Vec<(usize, Request)> = vec![(0, Request::default())];
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let place = text.len() - rest.len();
        let (word, after) = rest.split_at(end);
        rest = after;
        let Some(name) = name_of(word) else { continue };
        let Some((value, behind)) = value_of(after, name) else { continue };
        // A logger's own time is a date.
        let fits = match name {
            "timestamp" => value.bytes().all(|b| b.is_ascii_digit()),
            "signature" | "msg_signature" => value.bytes().all(|b| b.is_ascii_alphanumeric()),
            _ => true,
        };
        if !fits {
            continue;
        }
        rest = behind;
        let value = value.replace("\\/", "/");
        let value = if value.contains('%') { percent_decoded(&value) } else { Some(value) };
        let (Some(value), Some((begin, request))) = (value, parts.last_mut()) else { continue };
        if *request == Request::default() {
            *begin = place;
        }
        let is_whole = request.is_signed() && request.timestamp.is_some() && request.nonce.is_some();
        let Some((_, slot)) = request.place(name) else { continue };
        match slot {
            None => *slot = Some(value),
            Some(other) if is_whole && *other != value => {
                let mut next = Request::default();
                if let Some((_, slot)) = next.place(name) {
                    *slot = Some(value);
                }
                parts.push((place, next));
            }
            Some(_) => {}
        }
    }
    found_in(&text, parts)
}

/// The parts that are requests, with the bodies and answers that their text has.
fn found_in(text: &str, parts: Vec<(usize, Request)>) -> Vec<Found> {
    let mut kept: Vec<(usize, Request)> = Vec::new();
    for (start, request) in parts {
        let stamp = (&request.timestamp, &request.nonce);
        let is_known = kept.iter().any(|(_, one)| (&one.timestamp, &one.nonce) == stamp);
        let is_request = if kept.is_empty() {
            request.timestamp.is_some() || request.nonce.is_some()
        } else {
            request.timestamp.is_some() && request.nonce.is_some()
        };
        if request.is_signed() && is_request && !is_known {
            kept.push((start, request));
        }
    }
    let ends: Vec<usize> = kept.iter().skip(1).map(|(start, _)| *start).chain([text.len()]).collect();
    let is_one = kept.len() == 1;
    let found = kept.into_iter().zip(ends).enumerate().map(|(index, ((start, mut request), end))| {
        // A body may come before the values.
        let part = &text[if index == 0 { 0 } else { start }..end];
        request.body = xml_in(part);
        let document = if is_one { logged::in_document(text) } else { None };
        request.answer = document
            .or_else(|| part.lines().find_map(logged::answer_of))
            .or_else(|| logged::answer_behind(part));
        Found { request, line: line_of(text, start) }
    });
    found.collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn name_of(word: &str) -> Option<&'static str> {
    if word.len() > 16 {
        return None;
    }
    let bare: String =
        word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SPELLINGS.iter().find(|(spelling, _)| *spelling == bare).map(|(_, name)| *name)
}

/// The value behind a name, and what follows it.
fn value_of<'a>(after: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let closed = after.trim_start_matches(['"', '\'', '`', ']', ')', '\\']);
    let was_closed = closed.len() < after.len();
    let spaced = closed.trim_start();
    let mut value = ["=>", "：", "==", "=", ":"]
        .iter()
        .find_map(|mark| spaced.strip_prefix(mark))
        // A table's cell.
        .or_else(|| closed.strip_prefix('\t'))
        // A tuple: only behind a quote, or any sentence with a comma would do.
        .or_else(|| spaced.strip_prefix(',').filter(|_| was_closed))?
        .trim_start();
    // `string(40) "…"` of PHP.
    if let Some(rest) = value.strip_prefix("string(")
        && let Some((_, rest)) = rest.split_once(')')
    {
        value = rest.trim_start();
    }
    value = value.trim_start_matches(['[', '(', '{']).trim_start();
    // A text of Python 2, or one with a mark.
    for mark in ["u'", "b'", "u\"", "b\""] {
        if value.starts_with(mark) {
            value = &value[1..];
        }
    }
    value = value.trim_start_matches('\\');
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    let (value, behind) = if let Some(quote) = quote {
        let inside = &value[1..];
        let end = inside.find([quote, '\n'])?;
        (inside[..end].trim_end_matches('\\'), &inside[end + 1..])
    } else {
        let is_end = |c: char| c.is_whitespace() || ",&;})]\"'<，；|".contains(c);
        let spaced = if name == "echostr" { with_lost_plus(value) } else { None };
        value.split_at(spaced.unwrap_or_else(|| value.find(is_end).unwrap_or(value.len())))
    };
    (!value.is_empty()).then_some((value, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_frameworks_print_is_read() {
        for text in [
            "ImmutableMultiDict([('msg_signature', 'ab12'), ('timestamp', '17'), ('nonce', '9'), ('echostr', 'a/b+c==')])",
            "<QueryDict: {'msg_signature': ['ab12'], 'timestamp': ['17'], 'nonce': ['9'], 'echostr': ['a/b+c==']}>",
            "x.y : msg_signature:ab12,timestamp:17,nonce:9,echostr:a/b+c==",
            "msg_signature=ab12, timestamp=17, nonce=9, echostr=a/b+c==",
            "msg_signature=ab12,timestamp=17,nonce=9,echostr=a%2Fb%2Bc%3D%3D",
            "map[echostr:[a/b+c==] msg_signature:[ab12] nonce:[9] timestamp:[17]]",
            "Array\n(\n    [msg_signature] => ab12\n    [timestamp] => 17\n    [nonce] => 9\n    [echostr] => a/b+c==\n)\n",
            "array(4) {\n  [\"msg_signature\"]=>\n  string(4) \"ab12\"\n  [\"timestamp\"]=>\n  string(2) \"17\"\n  [\"nonce\"]=>\n  string(1) \"9\"\n  [\"echostr\"]=>\n  string(8) \"a/b+c==\"\n}",
            "{msg_signature=[ab12], timestamp=[17], nonce=[9], echostr=[a/b+c==]}",
            "{msg_signature=ab12, timestamp=17, nonce=9, echostr=a/b+c==}",
            "{ msg_signature: 'ab12', timestamp: '17', nonce: '9', echostr: 'a/b+c==' }",
            "{\"msg_signature\"=>\"ab12\", \"timestamp\"=>\"17\", \"nonce\"=>\"9\", \"echostr\"=>\"a/b+c==\"}",
            "{\\\"msg_signature\\\":\\\"ab12\\\",\\\"timestamp\\\":\\\"17\\\",\\\"nonce\\\":\\\"9\\\",\\\"echostr\\\":\\\"a\\/b+c==\\\"}",
            "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"q\":{\"msgSignature\":\"ab12\",\"timestamp\":17,\"nonce\":\"9\",\"echoStr\":\"a\\/b+c==\"}}",
            "msg_signature\tab12\ntimestamp\t17\nnonce\t9\nechostr\ta/b+c==\n",
            "msg_signature: ab12\ntimestamp: 17\nnonce: 9\nechostr: a/b+c==\n",
            "msg_signature：ab12，timestamp：17，nonce：9，echostr：a/b+c==",
            "[u'msg_signature', u'ab12'] {u'timestamp': u'17', u'nonce': u'9', u'echostr': u'a/b+c=='} msg_signature=ab12",
        ] {
            let found = read_all(text);
            assert_eq!(found.len(), 1, "{text}");
            let request = &found[0].request;
            assert_eq!(request.msg_signature.as_deref(), Some("ab12"), "{text}");
            assert_eq!(request.timestamp.as_deref(), Some("17"), "{text}");
            assert_eq!(request.nonce.as_deref(), Some("9"), "{text}");
            assert_eq!(request.echostr.as_deref(), Some("a/b+c=="), "{text}");
        }
    }

    #[test]
    fn prose_is_not_a_request() {
        for text in [
            "",
            "the signature, timestamp and nonce differ",
            "the signature, nonce: 7 and timestamp: 1",
            "our signature, nonce and timestamp: 1",
            "signature: see below",
            "signature: ab12",
            "timestamp: 1",
            "msg_signature: ***\ntimestamp: 17\nnonce: 9",
            "signature: ab12\ntimestamp: 10:11:12",
        ] {
            assert_eq!(read_all(text), [], "{text}");
        }
    }

    #[test]
    fn a_time_or_a_nonce_is_enough_and_an_empty_value_is_left_out() {
        for (text, expected) in [
            ("signature: ab12, timestamp: 17", [Some("ab12"), Some("17"), None]),
            ("signature: ab12, nonce: 9", [Some("ab12"), None, Some("9")]),
            // A request that is not whole goes on behind a name that comes again.
            ("signature: ab12, nonce: 9, nonce: 8, timestamp: 17", [Some("ab12"), Some("17"), Some("9")]),
            ("{'signature': 'ab12', 'nonce': '', 'timestamp': '17'}", [Some("ab12"), Some("17"), None]),
            ("[SIGNATURE] => ab12 [Time-Stamp] => 17", [Some("ab12"), Some("17"), None]),
            ("signature=ab12 nonce=%zz timestamp=17", [Some("ab12"), Some("17"), Some("%zz")]),
            ("signature=ab12 nonce=%ff timestamp=17", [Some("ab12"), Some("17"), None]),
        ] {
            let found = read_all(text);
            assert_eq!(found.len(), 1, "{text}");
            let request = &found[0].request;
            let read = [&request.signature, &request.timestamp, &request.nonce].map(Option::as_deref);
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn an_echostr_alone_goes_on_behind_a_space_that_was_a_plus() {
        let lost = format!("{} {}=", "A".repeat(11), "A".repeat(31));
        let text = format!("msg_signature: ab12\nnonce: 9 {}\nechostr: {lost} next\n", "A".repeat(41));
        let request = &read_all(&text)[0].request;
        assert_eq!((request.echostr.as_deref(), request.nonce.as_deref()), (Some(lost.as_str()), Some("9")));
    }

    #[test]
    fn the_answer_of_one_request_may_be_anywhere_in_its_document() {
        let one = "{\n\"DownstreamStatus\": 404,\n\"signature\": \"ab\",\n\"timestamp\": 1,\n\"nonce\": 2";
        let two = format!("{one},\n\"next\": {{\"signature\": \"cd\", \"timestamp\": 3, \"nonce\": 4}}\n}}");
        let answers = |text: &str| -> Vec<Option<u16>> {
            read_all(text).into_iter().map(|found| found.request.answer?.status).collect()
        };
        assert_eq!(answers(&format!("{one}\n}}")), [Some(404)]);
        assert_eq!(answers(&two), [None, None]);
    }

    #[test]
    fn another_value_of_a_whole_request_begins_the_next() {
        let text = "start\nsignature: ab, timestamp: 1, nonce: 2\n<xml>a</xml>\nCompleted 403 Forbidden\n\
                    signature: ab, timestamp: 1, nonce: 2\n\
                    signature: cd, timestamp: 3, nonce: 4\n<xml>b</xml>\nCompleted 200 OK\n\
                    signature: ef, timestamp: 5\n";
        let found: Vec<_> = read_all(text)
            .into_iter()
            .map(|one| {
                let Request { signature, nonce, body, answer, .. } = one.request;
                (one.line, signature, nonce, body, answer.and_then(|answer| answer.status))
            })
            .collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                (2, text("ab"), text("2"), text("<xml>a</xml>"), Some(403)),
                (6, text("cd"), text("4"), text("<xml>b</xml>"), Some(200)),
            ]
        );
    }
}
