//! Values as notations write them: quoted strings with their escapes, templates, numbers.
//!
//! In: a text and a place in it. Out: what is there and where it ends. A string ends on its
//! line (a backtick one aside), so that one stray quote in prose spoils no more than its line. What
//! was looked for in vain is remembered, so that no text is searched twice.

use super::cursor::line_end;

/// A quoted string.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Its text, escapes undone.
    pub(super) text: String,
    /// The byte after its closing quote.
    pub(super) end: usize,
    /// It holds a template, so that its text is not its value.
    pub(super) is_template: bool,
}

/// What is known not to come: the quote or mark does not occur before this byte.
#[derive(Debug, Default)]
pub(super) struct Absent {
    quotes: [usize; 6],
    marks: [usize; TEMPLATES.len()],
}

/// Marks that a template starts and ends with.
const TEMPLATES: [(&str, &str); 8] = [
    ("<?", "?>"),
    ("<%", "%>"),
    ("{{", "}}"),
    ("{!!", "!!}"),
    ("{%", "%}"),
    ("{$", "}"),
    ("${", "}"),
    ("#{", "}"),
];

impl Absent {
    /// The quoted string that starts at `at`, if one does. A `\"` outside of a string
    /// opens one too: JSON that was escaped into a log.
    pub(super) fn literal(&mut self, text: &str, at: usize) -> Option<Literal> {
        let bytes = text.as_bytes();
        let slashes = bytes[at..].iter().take(4).take_while(|byte| **byte == b'\\').count();
        let kind = match (slashes, bytes.get(at + slashes)?) {
            (0, b'\'') => 0,
            (0, b'"') => 1,
            (0, b'`') => 2,
            (1 | 3, b'"') => 3,
            (0, 0xe2) => return self.full_width(text, at),
            _ => return None,
        };
        if at < self.quotes[kind] {
            return None;
        }
        let quote = bytes[at + slashes];
        let start = at + slashes + 1;
        let mut pos = start;
        let mut is_template = false;
        let mut may_be_template = true;
        let mut is_plain = true;
        while let Some(&byte) = bytes.get(pos) {
            match byte {
                b'\n' if quote != b'`' => break,
                b'\\' => {
                    let run = bytes[pos..].iter().take_while(|byte| **byte == b'\\').count();
                    if slashes > 0 && run == slashes && bytes.get(pos + run) == Some(&quote) {
                        let mut inner = text[start..pos].to_owned();
                        for _ in 0..=slashes.div_ceil(2) {
                            inner = unescaped(&inner);
                        }
                        return Some(Literal { text: inner, end: pos + run + 1, is_template });
                    }
                    is_plain = false;
                    // An odd run escapes what follows; a line break is not part of a line's string.
                    pos += run;
                    if slashes == 0
                        && run % 2 == 1
                        && bytes.get(pos).is_some_and(|byte| *byte != b'\r' && *byte != b'\n')
                    {
                        pos += 1;
                    }
                    if slashes > 0 && bytes.get(pos) == Some(&quote) {
                        pos += 1;
                    }
                }
                b'<' | b'{' | b'$' | b'#' if may_be_template => match self.template_in(text, pos, quote) {
                    Ok(end) => {
                        is_template = true;
                        pos = end;
                    }
                    Err(reason) => {
                        may_be_template = reason != InString::Ends;
                        pos += 1;
                    }
                },
                // An unescaped quote inside an escaped string: the opening was not one.
                byte if byte == quote && slashes > 0 => break,
                byte if byte == quote => {
                    let inner = &text[start..pos];
                    let text = if is_plain { inner.to_owned() } else { unescaped(inner) };
                    return Some(Literal { text, end: pos + 1, is_template });
                }
                _ => pos += 1,
            }
        }
        self.quotes[kind] = if quote == b'`' { usize::MAX } else { line_end(bytes, pos.min(bytes.len())) };
        None
    }

    /// `“…”`, `‘…’`, as input methods write quotes; also both times the same one.
    fn full_width(&mut self, text: &str, at: usize) -> Option<Literal> {
        let window = &text[at..text.floor_char_boundary(at + 4096)];
        let open = window.chars().next().filter(|c| matches!(c, '“' | '”' | '‘' | '’'))?;
        let is_double = matches!(open, '“' | '”');
        let kind = if is_double { 4 } else { 5 };
        if at < self.quotes[kind] {
            return None;
        }
        let line = window[open.len_utf8()..].split('\n').next().unwrap_or_default();
        let closing = if is_double { ['”', '“', '"'] } else { ['’', '‘', '\''] };
        let Some(length) = line.find(closing) else {
            self.quotes[kind] = at + open.len_utf8() + line.len();
            return None;
        };
        let start = at + open.len_utf8();
        let inner = line[..length].to_owned();
        let close = line[length..].chars().next().map_or(0, char::len_utf8);
        let is_template = is_unfilled(&inner);
        Some(Literal { text: inner, end: start + length + close, is_template })
    }

    /// The end of the template that starts at `at` and ends on its line. In a string, the
    /// notation's own brackets may look like a template's: `"{{", "}}"`; then the string's end is
    /// an error.
    fn template_in(&mut self, text: &str, at: usize, quote: u8) -> Result<usize, InString> {
        let bytes = text.as_bytes();
        let mut outcome = Err(InString::NoTemplate);
        for (index, (open, close)) in TEMPLATES.iter().enumerate() {
            if !bytes[at..].starts_with(open.as_bytes()) || at < self.marks[index] {
                continue;
            }
            let mut pos = at + open.len();
            while pos < bytes.len() && bytes[pos] != b'\n' {
                if bytes[pos..].starts_with(close.as_bytes()) {
                    return Ok(pos + close.len());
                }
                if bytes[pos] == quote && bytes[at] != b'<' && ends_value(&bytes[pos + 1..]) {
                    outcome = Err(InString::Ends);
                    break;
                }
                pos += 1;
            }
            if outcome != Err(InString::Ends) {
                self.marks[index] = pos;
            }
        }
        outcome
    }

    /// The end of the template that starts at `at` outside of a string.
    pub(super) fn template_end(&mut self, text: &str, at: usize) -> Option<usize> {
        self.template_in(text, at, b'\n').ok()
    }
}

/// Why no template stands in a string.
#[derive(Debug, PartialEq, Eq)]
enum InString {
    NoTemplate,
    /// The string ends first.
    Ends,
}

/// Whether what follows a quote shows that it closed a string.
fn ends_value(after: &[u8]) -> bool {
    let next = after.iter().take(8).find(|byte| **byte != b' ');
    matches!(next, Some(b',' | b':' | b'}' | b';'))
}

/// Whether a text is, or holds, what a template engine or an interpolation was to fill in.
pub(super) fn is_unfilled(text: &str) -> bool {
    let starts_with_name =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_!{(".contains(c));
    TEMPLATES
        .iter()
        .any(|(open, close)| text.find(open).is_some_and(|at| text[at + open.len()..].contains(close)))
        || text.strip_prefix(['$', '@']).is_some_and(starts_with_name)
        || (text.len() > 4 && text.starts_with("__") && text.ends_with("__"))
}

/// Escapes undone as JavaScript and JSON mean them; one that neither knows stays as it is.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escaped) = rest.chars().next() else {
            out.push('\\');
            break;
        };
        let after = &rest[escaped.len_utf8()..];
        rest = after;
        match escaped {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '0' if !after.starts_with(|c: char| c.is_ascii_digit()) => out.push('\0'),
            'u' | 'x' => {
                let (c, length) = code_point(escaped, after).unwrap_or(('\\', 0));
                out.push(c);
                if length == 0 {
                    out.push(escaped);
                }
                rest = &after[length..];
            }
            '\n' => {}
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

/// The character of `\u0026`, `\u{26}`, `\x26` or a surrogate pair, and its length after the letter.
fn code_point(letter: char, after: &str) -> Option<(char, usize)> {
    let hex = |text: &str, from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    };
    if letter == 'x' {
        return Some((char::from_u32(hex(after, 0, 2)?)?, 2));
    }
    if after.starts_with('{') {
        let close = after.get(..after.floor_char_boundary(9))?.find('}')?;
        return Some((char::from_u32(hex(after, 1, close)?)?, close + 1));
    }
    let high = hex(after, 0, 4)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 4));
    }
    let low = after.get(4..6).filter(|mark| *mark == "\\u").and_then(|_| hex(after, 6, 10))?;
    if !(0xd800..0xdc00).contains(&high) || !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    Some((char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, usize, bool)> {
        Absent::default().literal(text, 0).map(|found| (found.text, found.end, found.is_template))
    }

    #[test]
    fn strings_end_at_their_own_quote() {
        assert_eq!(read(r#"'a"b' c"#), Some((r#"a"b"#.into(), 5, false)));
        assert_eq!(read(r#""it's""#), Some(("it's".into(), 6, false)));
        assert_eq!(read("`two\nlines`"), Some(("two\nlines".into(), 11, false)));
        assert_eq!(read("'never closed\n'"), None);
        assert_eq!(read("“全角”"), Some(("全角".into(), 12, false)));
    }

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(unescaped(r"http:\/\/a\u0026b\x26c\u{26}d"), "http://a&b&c&d");
        assert_eq!(unescaped(r"\ud83d\ude00 \ud83d \u00zz \"), "😀 \\ud83d \\u00zz \\");
        assert_eq!(unescaped(r"a\\u0026"), r"a\u0026");
        assert_eq!(read(r"'don\'t'").map(|found| found.0), Some("don't".into()));
    }

    #[test]
    fn json_that_was_escaped_into_a_log() {
        assert_eq!(read(r#"\"a\\/b\" x"#), Some(("a/b".into(), 9, false)));
        assert_eq!(read(r#"\\\"a\\\""#), Some(("a".into(), 9, false)));
        assert_eq!(read(r#"\"a" x"#), None);
    }

    #[test]
    fn quotes_inside_a_template_do_not_end_the_string() {
        let text = r"'<?= $sign['signature'] ?>', b";
        assert_eq!(read(text).map(|found| (found.1, found.2)), Some((27, true)));
        assert_eq!(read("'${ticket}'").map(|found| found.2), Some(true));
        assert_eq!(read("'{ {'").map(|found| found.2), Some(false));
    }
}
