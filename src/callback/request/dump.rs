//! The values of a callback in what a framework or a developer printed of them.
//!
//! In: any text. Out: the values behind the names that WeChat uses, whatever marks are between name
//! and value: `('nonce', '1')`, `nonce=1, `, `nonce:1,`, `[nonce] => 1`, `"nonce":["1"]`,
//! `nonce:[1]`, `["nonce"]=> string(1) "1"`. One pass over the text; the first value of a name counts.

use super::{Request, percent_decoded};

/// The spellings of a name after `_` and `-` are taken out and it is written in lower case.
const SPELLINGS: [(&str, &str); 6] = [
    ("msgsignature", "msg_signature"),
    ("signature", "signature"),
    ("timestamp", "timestamp"),
    ("nonce", "nonce"),
    ("echostr", "echostr"),
    ("encrypttype", "encrypt_type"),
];

/// The request, when the text has a signature and a time or a nonce.
pub(super) fn read(text: &str) -> Option<Request> {
    // A page shows `&times` as a sign.
    let text = text.replace("×tamp", " timestamp");
    let mut request = Request::default();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        let Some(name) = name_of(word) else { continue };
        let Some((value, behind)) = value_of(after) else { continue };
        // A logger's own time is a date.
        let fits = match name {
            "timestamp" => value.bytes().all(|b| b.is_ascii_digit()),
            "signature" | "msg_signature" => value.bytes().all(|b| b.is_ascii_alphanumeric()),
            _ => true,
        };
        if !fits {
            continue;
        }
        if let Some((_, place)) = request.place(name)
            && place.is_none()
        {
            let value = value.replace("\\/", "/");
            *place = Some(if value.contains('%') { percent_decoded(&value)? } else { value });
        }
        rest = behind;
    }
    let signed = request.signature.is_some() || request.msg_signature.is_some();
    (signed && (request.timestamp.is_some() || request.nonce.is_some())).then_some(request)
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
fn value_of(after: &str) -> Option<(&str, &str)> {
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
        value.split_at(value.find(is_end).unwrap_or(value.len()))
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
            let request = read(text).unwrap_or_else(|| panic!("nothing read of {text}"));
            assert_eq!(request.msg_signature.as_deref(), Some("ab12"), "{text}");
            assert_eq!(request.timestamp.as_deref(), Some("17"), "{text}");
            assert_eq!(request.nonce.as_deref(), Some("9"), "{text}");
            assert_eq!(request.echostr.as_deref(), Some("a/b+c=="), "{text}");
        }
    }

    #[test]
    fn prose_is_not_a_request() {
        for text in ["", "the signature, timestamp and nonce differ", "signature: see below", "timestamp: 1"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
