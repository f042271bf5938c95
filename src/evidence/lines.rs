//! `key: value` and `key=value` lines, with nothing around the value.
//!
//! In: a field, and the rest of its line. Out: where the value ends (at the line's end, at a comment,
//! before the next key), and whether it is source code, whose value cannot be read.

use super::Field;
use super::key::Key;
use super::literal::is_unfilled;

/// The end of a bare value that starts at the start of `rest`, which ends with its line.
pub(super) fn value_end(rest: &str, field: Field) -> usize {
    let end = if field == Field::Url { url_end(rest) } else { token_end(rest, field) };
    let value = rest[..end].trim_end_matches([' ', '\t', '\r', '\u{3000}']);
    // One comma or semicolon that ends the line is the notation's.
    let value = value.strip_suffix([',', ';', '，', '；']).unwrap_or(value);
    value.trim_end_matches([' ', '\t']).len()
}

/// A url goes on to the end of the line: a space in it is evidence too.
fn url_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut pos = 0;
    while pos < bytes.len() {
        let step = rest[pos..].chars().next().map_or(1, char::len_utf8);
        let after = &rest[pos + step..];
        match &rest[pos..pos + step] {
            " " | "\t" | "\u{3000}" | "，" | "；" | "," | ";" | "|" => {
                let next = after.trim_start_matches([' ', '\t', '|', '\u{3000}']);
                let is_space = matches!(bytes[pos], b' ' | b'\t') || next.len() < after.len();
                let is_comment =
                    ["//", "# ", "(", "（", "←", "-->", "*/"].iter().any(|mark| next.starts_with(mark));
                let is_dump = next.starts_with('[') && dumped_key(next).is_some();
                let is_closed = next.trim_end() == ")";
                if starts_with_key(next) || (is_space && (is_comment || is_dump || is_closed)) {
                    return pos;
                }
                pos = rest.len() - next.len();
                continue;
            }
            "<" if after.starts_with('/') || after.starts_with("br") => return pos,
            "*" if after.starts_with('/') => return pos,
            "\"" | "`" | "】" | "」" | "》" => return pos,
            _ => {}
        }
        pos += step;
    }
    rest.len()
}

/// The other fields hold no whitespace; a code sample's expression does, and is wanted whole.
fn token_end(rest: &str, field: Field) -> usize {
    if field == Field::Signature
        && let Some(end) = grouped_hash(rest)
    {
        return end;
    }
    let end = rest
        .find(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '（' | '，' | '；' | '。' | '|' | '<' | '"' | '`')
        })
        .unwrap_or(rest.len());
    let token = &rest[..end];
    if field == Field::Nonce || token.contains('(') {
        return end;
    }
    token.find([')', '}', ']', '）', '】']).unwrap_or(end)
}

/// The length of a hash that is written in groups: `0f9de62f ce790f9a 083d5c99 e95740ce b90c27ed`.
fn grouped_hash(rest: &str) -> Option<usize> {
    let first = rest.bytes().position(|byte| byte == b' ').filter(|length| (2..=20).contains(length))?;
    let (mut digits, mut end) = (0, 0);
    for group in rest.split(' ') {
        let is_group =
            group.len() <= first && !group.is_empty() && group.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_group {
            return None;
        }
        digits += group.len();
        end += group.len() + 1;
        if digits >= 40 {
            break;
        }
    }
    let is_end = rest[(end - 1).min(rest.len())..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
    (digits == 40 && is_end).then_some(end - 1)
}

/// The end of a string1 in a line: before the signature or app id that follows it.
pub(super) fn before_signature(line: &str) -> usize {
    const MARKS: [char; 7] = [' ', '\t', ',', '，', ';', '；', '|'];
    let mut pos = 0;
    while let Some(found) = line[pos..].find(MARKS) {
        let at = pos + found;
        let next = line[at..].trim_start_matches(MARKS);
        if next.trim_end() == ")" || next.starts_with('[') && dumped_key(next).is_some() {
            return at;
        }
        let shown = next.trim_start_matches(['=', '-', '>', '→', ':', ' ']);
        let digits = shown.bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits == 40 && shown[digits..].trim_end().is_empty() {
            return at;
        }
        let name = next.split([':', '=', '：', ' ']).next().unwrap_or_default();
        // `… 签名 0f9de62f…`: nothing but a space between.
        let behind = next[name.len()..].trim_start_matches([':', '=', '：', ' ']);
        let is_hash = behind.bytes().take_while(u8::is_ascii_hexdigit).count() == 40;
        if is_hash && Key::of(name) == Key::Field(Field::Signature) {
            return at;
        }
        if starts_with_key(next) && matches!(Key::of(name), Key::Field(Field::Signature | Field::AppId)) {
            return at;
        }
        pos = line.len() - next.len();
    }
    line.len()
}

/// Types that a declaration names between a key and its value, in lower case.
const TYPES: [&str; 16] = [
    "string",
    "str",
    "&str",
    "&'static str",
    "number",
    "integer",
    "int64",
    "int32",
    "int",
    "i64",
    "u64",
    "long",
    "any",
    "unknown",
    "object",
    "nsstring",
];

/// The length of `: string =` and `As String =`, of TypeScript, Kotlin, Swift, Rust, Python and Basic.
fn declared(rest: &[u8]) -> Option<usize> {
    // Longer types are not of a value that is ours.
    let head = &rest[..rest.len().min(48)];
    let ([b':', named @ ..] | [b'A' | b'a', b'S' | b's', b' ', named @ ..]) = head else { return None };
    let named = &named[named.iter().take_while(|byte| **byte == b' ').count()..];
    let is_at =
        |name: &&str| named.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
    let after = &named[TYPES.into_iter().find(is_at)?.len()..];
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let equals = after.iter().position(|byte| !is_word(*byte) && !b" ?|".contains(byte))?;
    let is_longer = after.first().is_some_and(|byte| is_word(*byte));
    match &after[equals..] {
        [b'=', b'=' | b'>', ..] => None,
        [b'=', value @ ..] if !is_longer => Some(head.len() - value.len()),
        _ => None,
    }
}

/// The length of what separates a key from its value: `:`, `=`, `=>`, `:=`, `：`, `: string =`.
pub(super) fn separator(rest: &[u8]) -> Option<usize> {
    if let [b':' | b'A' | b'a', ..] = rest
        && let Some(length) = declared(rest)
    {
        return Some(length);
    }
    if let Some(length) = drawn(rest) {
        return Some(length);
    }
    match rest {
        [b'=', b'=', ..] | [b':', b':', ..] => None,
        [b'=', b'>', ..] | [b':', b'=', ..] => Some(2),
        [b':' | b'=', ..] => Some(1),
        _ => rest.starts_with("：".as_bytes()).then_some(3),
    }
}

/// Such a line, and as much of the value as tells what it is. Bytes.
const LONGEST_DRAWN: usize = 80;

/// The length of a line that somebody draws between a name and its value: `ticket=====kgt8…`, `url----->https://…`. What is
/// behind a comparison of code has no digit, or quotes, or a space before it.
fn drawn(rest: &[u8]) -> Option<usize> {
    if !matches!(rest, [b'=' | b'-' | b':', b'=' | b'-' | b':' | b'>', ..]) {
        return None;
    }
    let rest = &rest[..rest.len().min(LONGEST_DRAWN)];
    let is_line = |byte: &&u8| matches!(byte, b'=' | b'-' | b':' | b'>');
    let length = rest.iter().take_while(is_line).count();
    let spaces = rest[length..].iter().take_while(|byte| **byte == b' ').count();
    let value = &rest[length + spaces..];
    let is_end = |byte: &&u8| !(byte.is_ascii_whitespace() || b"\"'`,;(){}".contains(byte));
    let value = &value[..value.iter().take_while(is_end).count()];
    let is_drawn = match length {
        0 | 1 => false,
        2 => rest.starts_with(b"==") && spaces == 0,
        3 => spaces == 0,
        _ => true,
    };
    (is_drawn && value.len() >= 8 && value.iter().any(u8::is_ascii_digit)).then_some(length)
}

/// The key of `[timestamp] => …` and `["timestamp"]=>`, and where its value starts.
pub(super) fn dumped_key(text: &str) -> Option<(&str, usize)> {
    let text = &text[..text.floor_char_boundary(120)];
    let rest = text.get(1..)?;
    let name = rest.trim_start_matches(['"', '\'']);
    let length =
        name.bytes().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let after = name[length..].trim_start_matches(['"', '\'']).strip_prefix(']')?;
    let value = after.trim_start_matches(' ').strip_prefix("=>")?;
    Some((&name[..length], text.len() - value.len()))
}

/// The value of `string(3) "abc"` and `int(1414587457)`, and where it starts.
pub(super) fn dumped_value(rest: &str) -> Option<(usize, &str)> {
    if let Some(after) = rest.strip_prefix("string(") {
        let (length, after) = after.split_once(") \"")?;
        let start = rest.len() - after.len();
        return Some((start, rest.get(start..start.checked_add(length.parse().ok()?)?)?));
    }
    // Xdebug: `string 'abc' (length=3)`, `int 1414587457`.
    if let Some((value, _)) = rest.strip_prefix("string '").and_then(|after| after.split_once("' (length=")) {
        return Some(("string '".len(), value));
    }
    if let Some(after) = rest.strip_prefix("int ") {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        return (digits > 0).then_some(("int ".len(), &after[..digits]));
    }
    let after = rest.strip_prefix("int(").or_else(|| rest.strip_prefix("float("))?;
    Some((rest.len() - after.len(), &after[..after.find(')')?]))
}

/// Whether a text starts with a key of ours and a separator.
pub(super) fn starts_with_key(text: &str) -> bool {
    let text = &text[..text.floor_char_boundary(100)];
    let text = text.trim_start_matches(['"', '\'', '*', '`', '$']);
    let mut length = 0;
    for c in text.chars() {
        // A file of properties has `wx.signature=…`.
        if !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            break;
        }
        length += c.len_utf8();
        if length > 64 {
            return false;
        }
    }
    let after = text[length..].trim_start_matches(['"', '\'', '*', '`', ' ']);
    let name = text[..length].rsplit('.').next().unwrap_or_default();
    after.starts_with([':', '=', '：'])
        && !after.starts_with("://")
        && !after.starts_with("==")
        && Key::of(name).field().is_some()
}

/// Whether a bare value is a piece of source code and not what it evaluates to.
pub(super) fn is_code(field: Field, value: &str, is_statement: bool) -> bool {
    if value.is_empty() {
        return false;
    }
    if is_unfilled(value) || value.starts_with(['{', '[', '(', '+', '<', '!', '\\', '~']) {
        return true;
    }
    // A call: `getUrl()`, `sha1(string1)`. An address may hold brackets of its own.
    let is_address = value.contains("://") || value.starts_with('/');
    if !is_address
        && (value.contains('(') || value.contains("->") || value.contains("||") || value.contains(" + "))
    {
        return true;
    }
    if cannot_be_a_name(field, value) {
        return false;
    }
    let root = value.split(['.', '[', '?']).next().unwrap_or_default();
    let last = value.rsplit('.').next().unwrap_or_default();
    let is_chain = value.contains(['.', '[']) && is_name(root);
    let is_object = matches!(
        root,
        "location"
            | "window"
            | "document"
            | "self"
            | "top"
            | "this"
            | "res"
            | "result"
            | "ret"
            | "resp"
            | "response"
            | "data"
            | "req"
            | "request"
            | "ctx"
            | "e"
            | "event"
            | "config"
            | "json"
            | "obj"
            | "body"
            | "params"
            | "query"
            | "props"
            | "state"
            | "that"
            | "_this"
            | "vm"
            | "sign"
            | "wx"
            | "Model"
            | "r"
            | "d"
            | "msg"
    );
    // `nonceStr: nonceStr`, `signature: sign`, `res.data.timestamp`.
    (is_name(value) && Key::of(value) != Key::Other)
        || (is_chain && (is_object || Key::of(last) != Key::Other || field != Field::Url))
        || (is_name(value) && (is_statement || field == Field::Timestamp) && !is_nothing(value))
        || (is_object && is_name(value))
}

/// Whether no variable could be called so: it starts with a digit, is an address, 40 hex digits,
/// a ticket.
pub(super) fn cannot_be_a_name(field: Field, value: &str) -> bool {
    let is_hex = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    match field {
        Field::Url => value.contains("://") || value.starts_with("//") || value.contains('%'),
        Field::Timestamp => is_number(value),
        Field::Ticket | Field::AccessToken => {
            is_hex
                || value.len() >= 80
                || value.ends_with("==")
                || value.starts_with(|c: char| c.is_ascii_digit())
        }
        Field::AppId => is_app_id(value),
        _ => is_hex || value.starts_with(|c: char| c.is_ascii_digit()),
    }
}

/// Whether a bare value is so typical of its field that it is not a variable, where a map was printed:
/// `{timestamp=1414587457, nonceStr=Wm3WZYTPz0wzccnW}`.
pub(super) fn is_typical(field: Field, value: &str) -> bool {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte));
    cannot_be_a_name(field, value)
        || match field {
            Field::Nonce => is_plain && value.len() >= 6 && value.bytes().any(|byte| byte.is_ascii_digit()),
            Field::Ticket => is_plain && value.len() >= 20,
            Field::AgentId | Field::LocationId => is_number(value),
            _ => false,
        }
}

/// The digits of `int64(1712345678)`, `Number('1712345678')`, `parseInt("1712345678", 10)`, and the
/// length of the whole.
pub(super) fn wrapped_number(text: &str) -> Option<(&str, usize)> {
    const CASTS: [&str; 15] = [
        "int",
        "int64",
        "uint64",
        "Int64",
        "BigInt",
        "long",
        "Long",
        "NumberLong",
        "Long.valueOf",
        "Long.parseLong",
        "Number",
        "parseInt",
        "String",
        "String.valueOf",
        "str",
    ];
    let window = &text[..text.floor_char_boundary(64)];
    let (cast, inner) = window.split_once('(')?;
    if !CASTS.contains(&cast.trim_ascii_end()) {
        return None;
    }
    let (inner, rest) = inner.split_once(')')?;
    let inner = inner.trim();
    let inner =
        inner.strip_suffix("10").and_then(|inner| inner.trim_end().strip_suffix(',')).unwrap_or(inner);
    let digits = without_suffix(inner.trim().trim_matches(['"', '\'']));
    let is_whole = matches!(
        rest.trim_start_matches([' ', '\t']).as_bytes(),
        [] | [b',' | b';' | b'}' | b']' | b')' | b'\r' | b'\n', ..]
    );
    let is_digits = digits.len() >= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_whole && is_digits).then_some((digits, window.len() - rest.len()))
}

/// A number without the letter that tells its type: Java's `1712345678L`, JavaScript's `1712345678n`.
pub(super) fn without_suffix(value: &str) -> &str {
    match value.strip_suffix(['L', 'l', 'n']) {
        Some(digits) if digits.len() >= 10 && digits.bytes().all(|byte| byte.is_ascii_digit()) => digits,
        _ => value,
    }
}

/// A number as it is written: digits, a sign, a fraction.
pub(super) fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() < 2
}

/// How a log shows that a value was missing.
pub(super) fn is_nothing(value: &str) -> bool {
    matches!(value, "undefined" | "null" | "None" | "nil" | "NaN" | "NULL")
}

fn is_name(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
}

fn is_app_id(value: &str) -> bool {
    value.len() == 18
        && (value.starts_with("wx") || value.starts_with("ww"))
        && value[2..].bytes().all(|byte| byte.is_ascii_hexdigit())
        && value.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(rest: &str, field: Field) -> &str {
        &rest[..value_end(rest, field)]
    }

    #[test]
    fn a_value_ends_before_the_next_key_or_comment() {
        for (rest, field, wanted) in [
            ("http://a.b/?x=1&y=2#/z", Field::Url, "http://a.b/?x=1&y=2#/z"),
            ("http://a.b/ c", Field::Url, "http://a.b/ c"),
            ("http://a.b/,", Field::Url, "http://a.b/"),
            ("http://a.b/?q=a,b, noncestr: x", Field::Url, "http://a.b/?q=a,b"),
            ("http://a.b/ signature=abc", Field::Url, "http://a.b/"),
            ("http://a.b/ // 页面", Field::Url, "http://a.b/"),
            ("http://a.b/?url=c signature", Field::Url, "http://a.b/?url=c signature"),
            ("XEdpActNnf3XvQGOng9vhA==", Field::Ticket, "XEdpActNnf3XvQGOng9vhA=="),
            ("abc timestamp: 1", Field::Nonce, "abc"),
            ("1414587457;", Field::Timestamp, "1414587457"),
            ("abc）", Field::Signature, "abc"),
        ] {
            assert_eq!(value(rest, field), wanted, "{rest}");
        }
    }

    #[test]
    fn code_differs_from_values() {
        for (field, value) in [
            (Field::Url, "location.href"),
            (Field::Url, "window.location.href.split('#')[0]"),
            (Field::Url, "encodeURIComponent(url)"),
            (Field::Timestamp, "res.data.timestamp"),
            (Field::Timestamp, "timestamp"),
            (Field::Timestamp, "ts"),
            (Field::Nonce, "nonceStr"),
            (Field::Signature, "data.sign"),
            (Field::Signature, "$signPackage['signature']"),
            (Field::Signature, "@Model.Signature"),
            (Field::AppId, "config.appId"),
            (Field::Ticket, "getTicket()"),
        ] {
            assert!(is_code(field, value, false), "{value}");
        }
        for (field, value) in [
            (Field::Url, "http://a.b/(x)"),
            (Field::Url, "www.example.com"),
            (Field::Timestamp, "1414587457"),
            (Field::Timestamp, "undefined"),
            (Field::Nonce, "Wm3WZYTPz0wzccnW"),
            (Field::Nonce, "thereisnospoon!"),
            (Field::Signature, "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
            (Field::Ticket, "undefined"),
            (Field::AppId, "wx0123456789abcdef"),
        ] {
            assert!(!is_code(field, value, false), "{value}");
        }
        assert!(is_code(Field::Nonce, "str", true));
    }
}
