//! Strings that code puts together: `'a' + 'b'`, `'a' . 'b'`, `sprintf("a%s", "b")`.
//!
//! In: the reader at a string. Out: its whole text with what is joined to it or filled into it, and
//! whether all of that is literal. A string1 is often built so, over several lines and out of numbers too;
//! any other string goes on only if a value may.

use super::frame::Mode;
use super::lines;
use super::literal::Literal;
use super::reader::Reader;

/// What a value is filled into, by language: C and Python, Go, Rust and Python, C#, Java.
const SLOTS: [&str; 12] =
    ["%s", "%d", "%v", "{}", "{0}", "{1}", "{2}", "{3}", "%1$s", "%2$s", "%3$s", "%4$s"];
/// A string1 has no more values.
const MOST_SLOTS: usize = 4;

impl Reader<'_, '_> {
    /// A string with what is added to it, and whether all of it is literal.
    pub(super) fn joined(&mut self, at: usize) -> Option<(Literal, bool)> {
        let literal = self.absent.literal(self.text, at)?;
        Some(self.joined_to(literal))
    }

    pub(super) fn joined_to(&mut self, mut literal: Literal) -> (Literal, bool) {
        let mut is_readable = !literal.is_template;
        let is_text = self.mode() == Mode::Text;
        let is_string1 = literal.text.contains("icket=");
        if is_string1 && let Some(filled) = self.filled_in(&literal) {
            return (filled, true);
        }
        let mut tail = None;
        loop {
            let next = self.after_space(literal.end, self.mode() == Mode::Object || is_string1);
            let rest = &self.bytes[next..];
            if let Some(operator) = operator(rest, next > literal.end, is_string1) {
                let operand = self.after_space(next + operator, true);
                let more = match self.absent.literal(self.text, operand) {
                    None if is_string1 => self.digits(operand),
                    more => more,
                };
                match more {
                    Some(more) => {
                        is_readable &= !more.is_template;
                        if tail.is_none() && more.text.starts_with('&') && literal.text.contains("&url=") {
                            tail = Some(literal.text.len());
                        }
                        literal.text.push_str(&more.text);
                        literal.end = more.end;
                        continue;
                    }
                    // A patch has a `+` before each of its lines.
                    None if lines::starts_with_key(&self.text[operand..]) => {}
                    // A sentence goes on behind a full stop; a variable of PHP's starts with `$`.
                    None if rest[0] == b'.' && self.bytes.get(operand) != Some(&b'$') => {}
                    None => is_readable = false,
                }
            } else if rest.starts_with(b".$") {
                is_readable = false;
            } else if !is_text {
                let is_member = next == literal.end
                    && (rest.starts_with(b"[")
                        || (rest.starts_with(b".") && rest.get(1).is_some_and(u8::is_ascii_alphabetic)));
                let is_operator =
                    [&b"?"[..], b"||", b"&&", b"%", b". "].iter().any(|mark| rest.starts_with(mark));
                is_readable &= !is_member && !is_operator;
            }
            break;
        }
        if let Some(tail) = tail.filter(|_| is_string1 && is_readable) {
            self.found.appended(&literal.text[tail..]);
        }
        (literal, is_readable)
    }

    /// A number that is added to a string.
    fn digits(&self, at: usize) -> Option<Literal> {
        let length = self.bytes[at..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        // Java's and C#'s `1795720000L`.
        let end = at + length + usize::from(matches!(self.bytes.get(at + length), Some(b'L' | b'l')));
        let is_number = length > 0
            && !self.bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        is_number.then(|| Literal { text: self.text[at..at + length].to_owned(), end, is_template: false })
    }

    /// `sprintf("…%s…", "a", 1)`, `"…%s…" % ("a", 1)`, `"…{}…".format("a", 1)`: the text with its values,
    /// where all of them are literal.
    fn filled_in(&mut self, literal: &Literal) -> Option<Literal> {
        let slot = |text: &str| {
            SLOTS.iter().filter_map(|slot| Some((text.find(slot)?, slot.len()))).min_by_key(|(at, _)| *at)
        };
        slot(&literal.text)?;
        let next = self.after_space(literal.end, true);
        let rest = &self.text[next..self.text.floor_char_boundary(next + 16)];
        let mut at = next
            + [",", "% (", "%(", ".format(", ".formatted("]
                .iter()
                .find(|mark| rest.starts_with(**mark))?
                .len();
        let (mut text, mut left) = (String::new(), literal.text.as_str());
        for _ in 0..MOST_SLOTS {
            let Some((before, length)) = slot(left) else { break };
            at = self.after_space(at, true);
            let value = match self.absent.literal(self.text, at) {
                Some(value) => value,
                None => self.digits(at)?,
            };
            if value.is_template {
                return None;
            }
            text.push_str(&left[..before]);
            text.push_str(&value.text);
            left = &left[before + length..];
            at = self.after_space(value.end, true);
            match self.bytes.get(at) {
                Some(b',') => at += 1,
                Some(b')') => {}
                _ => return None,
            }
        }
        text.push_str(left);
        (slot(left).is_none() && self.bytes.get(at) == Some(&b')')).then_some(Literal {
            text,
            end: at,
            is_template: false,
        })
    }
}

/// The length of an operator that joins strings. PHP's is between spaces or between quotes; what else
/// joins strings means other things elsewhere, and counts only in a string1.
fn operator(rest: &[u8], is_apart: bool, is_string1: bool) -> Option<usize> {
    match rest {
        [b'+', b'+' | b'=', ..] => None,
        [b'+', ..] | [b'.', b'"' | b'\'', ..] => Some(1),
        [b'.', b' ' | b'\n' | b'\r', ..] if is_apart => Some(1),
        _ if !is_string1 => None,
        // Basic, Lua.
        [b'&', b' ', b'"', ..] => Some(1),
        [b'.', b'.', b' ', b'"' | b'\'', ..] => Some(2),
        // C and Python set strings side by side.
        [b'"' | b'\'', b'&', ..] => Some(0),
        _ => None,
    }
}
