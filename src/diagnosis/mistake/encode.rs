//! Percent escapes, HTML entities and JSON escapes as the libraries of the field write them.
//!
//! In: text. Out: the same text escaped or unescaped. Several ways exist for each, because a signature
//! tells two of them apart.

use std::fmt::Write as _;

/// A way to percent-encode: what it leaves as it is, and what it makes of a space.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Left as they are, besides letters and digits.
    kept: &'static [u8],
    /// A space becomes `+`.
    plus: bool,
}

/// `encodeURIComponent`.
pub(super) const COMPONENT: Style = Style { kept: b"-_.!~*'()", plus: false };
/// RFC 3986: PHP `rawurlencode`, .NET `Uri.EscapeDataString`, Python `quote(safe='')`.
pub(super) const STRICT: Style = Style { kept: b"-_.~", plus: false };
/// `encodeURI`.
pub(super) const URI: Style = Style { kept: b"-_.!~*'();/?:@&=+$,#", plus: false };
/// What a browser does to a typed address: escapes stay.
pub(super) const BROWSER: Style = Style { kept: b"-_.!~*'();/?:@&=+$,#%[]|", plus: false };
/// Python `quote`, which keeps the slash.
pub(super) const QUOTE: Style = Style { kept: b"-_.~/", plus: false };
/// PHP `urlencode`, `http_build_query`.
const PHP: Style = Style { kept: b"-_.", plus: true };
/// Java `URLEncoder`, `URLSearchParams`.
const JAVA: Style = Style { kept: b"-_.*", plus: true };
/// Python `quote_plus`, Go `QueryEscape`.
const PYTHON: Style = Style { kept: b"-_.~", plus: true };
/// .NET `HttpUtility.UrlEncode`.
const DOTNET: Style = Style { kept: b"-_.!*()", plus: true };

/// The ways to encode a whole component that differ on this text.
pub(super) fn component_styles(text: &str) -> &'static [Style] {
    if text.bytes().any(|byte| b"!~*'() ".contains(&byte)) {
        &[COMPONENT, PHP, JAVA, STRICT, PYTHON, DOTNET]
    } else {
        &[COMPONENT]
    }
}

/// Percent-encodes the UTF-8 bytes of a text; hex digits in lower case where asked.
pub(super) fn percent(text: &str, style: Style, lower: bool) -> String {
    percent_bytes(
        text.as_bytes(),
        |byte| byte.is_ascii_alphanumeric() || style.kept.contains(&byte),
        style.plus,
        lower,
    )
}

/// Percent-encodes the bytes that `keep` does not take.
pub(super) fn percent_bytes(bytes: &[u8], keep: impl Fn(u8) -> bool, plus: bool, lower: bool) -> String {
    let digits: &[u8; 16] = if lower { b"0123456789abcdef" } else { b"0123456789ABCDEF" };
    let mut out = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        if byte.is_ascii() && keep(byte) {
            out.push(char::from(byte));
        } else if byte == b' ' && plus {
            out.push('+');
        } else {
            out.push('%');
            out.push(char::from(digits[usize::from(byte >> 4)]));
            out.push(char::from(digits[usize::from(byte & 15)]));
        }
    }
    out
}

/// The bytes of a text with the escapes decoded whose byte `decode` takes; a `%` that begins no
/// escape stays.
pub(super) fn unpercent(text: &str, decode: impl Fn(u8) -> bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match escape_at(bytes, at) {
            Some(byte) if decode(byte) => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// The byte that the escape at a place stands for.
pub(super) fn escape_at(bytes: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = *bytes.get(at..at + 3)? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// [`unpercent`] as text; bytes that are not UTF-8 become U+FFFD.
pub(super) fn unpercent_text(text: &str, decode: impl Fn(u8) -> bool) -> String {
    String::from_utf8(unpercent(text, decode))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The letter case of the hex digits of every escape.
pub(super) fn recase_escapes(text: &str, upper: bool) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for at in 0..bytes.len() {
        if escape_at(&bytes, at).is_some() {
            let digits = &mut bytes[at + 1..at + 3];
            if upper { digits.make_ascii_uppercase() } else { digits.make_ascii_lowercase() }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// HTML entities that templates write, and what they stand for.
const ENTITIES: [(&str, &str); 14] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&apos;", "'"),
    ("&#x2F;", "/"),
    ("&#47;", "/"),
    ("&nbsp;", "\u{a0}"),
    ("&#38;", "&"),
    ("&#038;", "&"),
    ("&#x26;", "&"),
    ("&amp;", "&"),
];

/// Undoes one round of HTML escaping.
pub(super) fn html_unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = ENTITIES.iter().find(|(entity, _)| {
            rest.get(..entity.len()).is_some_and(|start| start.eq_ignore_ascii_case(entity))
        });
        let (length, plain) = entity.map_or((1, "&"), |(entity, plain)| (entity.len(), *plain));
        out.push_str(plain);
        rest = &rest[length..];
    }
    out + rest
}

/// Entities that HTML reads without their semicolon, so that a parameter of that name is swallowed.
const BARE_ENTITIES: [(&str, &str); 20] = [
    ("&times", "×"),
    ("&copy", "©"),
    ("&reg", "®"),
    ("&para", "¶"),
    ("&sect", "§"),
    ("&not", "¬"),
    ("&lt", "<"),
    ("&gt", ">"),
    ("&amp", "&"),
    ("&quot", "\""),
    ("&deg", "°"),
    ("&micro", "µ"),
    ("&yen", "¥"),
    ("&cent", "¢"),
    ("&pound", "£"),
    ("&curren", "¤"),
    ("&uml", "¨"),
    ("&macr", "¯"),
    ("&shy", "\u{ad}"),
    ("&divide", "÷"),
];

/// What a browser's text shows for markup that holds a bare `&`.
pub(super) fn bare_entities(text: &str) -> String {
    let mut out = text.to_owned();
    for (entity, shown) in BARE_ENTITIES {
        if out.contains(entity) && !out.contains(&format!("{entity};")) {
            out = out.replace(entity, shown);
        }
    }
    out
}

/// Escapes for markup: `&`, `<`, `>`, `"` and, with `quote`, `'` written so.
pub(super) fn html_escape(text: &str, ampersand: &str, quote: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match (c, quote) {
            ('&', _) => out.push_str(ampersand),
            ('<', Some(_)) => out.push_str("&lt;"),
            ('>', Some(_)) => out.push_str("&gt;"),
            ('"', Some(_)) => out.push_str("&quot;"),
            ('\'', Some(quote)) => out.push_str(quote),
            (c, _) => out.push(c),
        }
    }
    out
}

/// Which characters a JSON writer escapes besides `"`, `\` and controls.
#[derive(Clone, Copy)]
pub(super) struct Json {
    /// `/` as `\/` (PHP).
    pub(super) slash: bool,
    /// `&`, `<`, `>` as `\u0026` … (Go, Gson, System.Text.Json).
    pub(super) html: bool,
    /// `=` and `'` too (Gson).
    pub(super) equals: bool,
    /// Everything beyond ASCII (PHP, Python).
    pub(super) ascii: bool,
    /// Hex digits of `\u` in upper case (.NET).
    pub(super) upper: bool,
}

/// Escapes as a JSON writer does, without the quotes around.
pub(super) fn json_escape(text: &str, json: Json) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if json.slash => out.push_str("\\/"),
            '&' | '<' | '>' if json.html => escape_unit(&mut out, c as u16, json.upper),
            '=' | '\'' if json.equals => escape_unit(&mut out, c as u16, json.upper),
            c if !c.is_ascii() && json.ascii => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    escape_unit(&mut out, *unit, json.upper);
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn escape_unit(out: &mut String, unit: u16, upper: bool) {
    // Writing to a string does not fail.
    let _ = if upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
}

/// Undoes one round of JSON escaping; a backslash that begins no escape stays.
pub(super) fn json_unescape(text: &str) -> String {
    let mut units = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let unit = rest
            .strip_prefix("\\u")
            .and_then(|hex| hex.get(..4))
            .and_then(|hex| u16::from_str_radix(hex, 16).ok());
        if let Some(unit) = unit {
            units.push(unit);
            rest = &rest[6..];
            continue;
        }
        out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or('\u{fffd}')));
        let plain = rest.strip_prefix('\\').and_then(|after| match after.chars().next()? {
            same @ ('"' | '\\' | '/' | '\'') => Some(same),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            _ => None,
        });
        out.push(plain.unwrap_or(c));
        rest = &rest[if plain.is_some() { 2 } else { c.len_utf8() }..];
    }
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or('\u{fffd}')));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_differ_where_libraries_do() {
        assert_eq!(percent("a b/中*~", COMPONENT, false), "a%20b%2F%E4%B8%AD*~");
        assert_eq!(percent("a b/中*~", PHP, false), "a+b%2F%E4%B8%AD%2A%7E");
        assert_eq!(percent("a b/中*~", DOTNET, true), "a+b%2f%e4%b8%ad*%7e");
        assert_eq!(percent("/?a=中", URI, false), "/?a=%E4%B8%AD");
    }

    #[test]
    fn an_unfinished_escape_stays() {
        assert_eq!(unpercent_text("%E4%B8%AD%2", |_| true), "中%2");
        assert_eq!(unpercent_text("%2C%zz", |_| true), ",%zz");
    }

    #[test]
    fn markup_and_json_come_back() {
        assert_eq!(html_unescape("a&amp;b&LT;c&d&"), "a&b<c&d&");
        assert_eq!(bare_entities("?a=1&copy=2&times=3"), "?a=1©=2×=3");
        let json = Json { slash: true, html: true, equals: false, ascii: true, upper: false };
        assert_eq!(json_escape("/a?b=中&😀\"", json), "\\/a?b=\\u4e2d\\u0026\\ud83d\\ude00\\\"");
        assert_eq!(json_unescape("\\/a?b=\\u4e2d\\u0026\\ud83d\\ude00\\\"\\q"), "/a?b=中&😀\"\\q");
    }
}
