//! Variables that code puts into a string1: `` `jsapi_ticket=${t}&noncestr=${n}&…` `` says what `t` is.
//!
//! In: a text, and what the readers found in it. Out: into [`Found`], the literal that such a variable is
//! set to, for the fields that have no value: short names say nothing by themselves.

use super::beside::is_unmistakable;
use super::cursor::Lines;
use super::found::{Found, Place, Trust};
use super::key::Key;
use super::literal::Absent;
use super::{Field, LONGEST_QUESTION, Origin, lines};

const WINDOW: usize = 1024;
/// So many such places, and so many uses of a variable, are looked at.
const MOST: usize = 64;

pub(super) fn read(text: &str, lines: Lines<'_>, found: &mut Found) {
    const FIELDS: [Field; 4] = [Field::Ticket, Field::Nonce, Field::Timestamp, Field::Url];
    let lacks: Vec<Field> = FIELDS.into_iter().filter(|field| !found.has(*field)).collect();
    if text.len() > LONGEST_QUESTION || lacks.is_empty() {
        return;
    }
    let mut places = memchr::memmem::find_iter(text.as_bytes(), b"icket=").take(MOST);
    let Some(used) = places.find_map(|at| {
        let used = used_in(&text[at..text.floor_char_boundary(at + WINDOW)]);
        (used.len() == FIELDS.len()).then_some(used)
    }) else {
        return;
    };
    for (field, name) in used {
        if !lacks.contains(&field) || Key::of(name).field() == Some(field) {
            continue;
        }
        let mut values = set_to(text, name);
        values.retain(|(value, _)| {
            is_unmistakable(Key::Field(field), value)
                || field == Field::Nonce && lines::is_typical(field, value)
        });
        // Of two it is not known which one was signed.
        if let Some((value, at)) = values.first()
            && values.iter().all(|(other, _)| other == value)
        {
            let line = lines.of(*at);
            found.value(Key::Field(field), value.clone(), line, Origin::Line, Trust::Plain, Place::default());
        }
    }
}

/// Each field of a string1 and the variable behind its key, from `icket=` on.
fn used_in(code: &str) -> Vec<(Field, &str)> {
    let mut used: Vec<(Field, &str)> = Vec::new();
    for (at, _) in code.match_indices('=') {
        let key =
            code[..at].rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
        let field = if key == "icket" { Some(Field::Ticket) } else { Key::of(key).field() };
        let (Some(field), Some(name)) = (field, variable(&code[at + 1..])) else { continue };
        if used.iter().all(|(own, _)| *own != field) {
            used.push((field, name));
        }
    }
    used
}

/// The variable that is put in at the start of a text: `${n}`, `{n}`, `#{n}`, `$n`, `' + n`, `" . $n`.
fn variable(code: &str) -> Option<&str> {
    const OPENS: [&str; 6] = ["${", "#{", "{$", "{", "\\(", "$"];
    let code = if let Some(inside) = OPENS.iter().find_map(|open| code.strip_prefix(open)) {
        inside
    } else {
        let behind = code.strip_prefix(['"', '\'', '`'])?.trim_start();
        behind.trim_start_matches(['+', '.', '&']).trim_start().trim_start_matches('$')
    };
    let length = code.bytes().take(64).take_while(|byte| is_word(*byte) || *byte == b'.').count();
    let name = code[..length].rsplit('.').next().unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some(name)
}

/// The literals that a variable is set to, and where they are.
fn set_to(text: &str, name: &str) -> Vec<(String, usize)> {
    let bytes = text.as_bytes();
    let mut absent = Absent::default();
    let mut values = Vec::new();
    for at in memchr::memmem::find_iter(bytes, name).take(MOST) {
        let is_part = at.checked_sub(1).is_some_and(|before| is_word(bytes[before]) || bytes[before] == b'.');
        let end = at + name.len();
        let space = |from: usize| from + bytes[from..].iter().take_while(|byte| **byte == b' ').count();
        let from = space(end);
        let Some(length) = lines::separator(&bytes[from..]).filter(|_| !is_part) else { continue };
        let start = space(from + length);
        let digits = bytes[start..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 {
            values.push((text[start..start + digits].to_owned(), start));
        } else if let Some(literal) = absent.literal(text, start).filter(|literal| !literal.is_template) {
            values.push((literal.text, start));
        }
    }
    values
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
