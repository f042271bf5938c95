//! Tables whose first row names the columns: Markdown, CSV, a sheet's copied cells.
//!
//! In: a text. Out: into [`Found`], the cells of each row under a heading of ours; a row is a group of
//! its own. (A table with names in its first column is read line by line, elsewhere.)

use super::beside::is_unmistakable;
use super::cursor::Lines;
use super::found::{Found, Place, Trust};
use super::key::Key;
use super::{Field, Origin};

/// No heading is longer, and no table wider or longer.
const LONGEST: usize = 2048;
const COLUMNS: usize = 32;
const ROWS: usize = 1000;

pub(super) fn read(text: &str, breaks: &[usize], found: &mut Found) {
    let lines = Lines::Breaks(breaks);
    let mut heading: Option<(char, Vec<Key>)> = None;
    let mut rows = 0;
    let mut at = 0;
    for line in text.split('\n') {
        let start = at;
        at += line.len() + 1;
        if line.len() > LONGEST * 4 || line.trim().is_empty() {
            heading = None;
            continue;
        }
        let Some((mark, names)) = &heading else {
            heading = columns(line);
            continue;
        };
        if line.chars().all(|c| "|-: +=\t\r".contains(c)) {
            continue;
        }
        let row: Vec<&str> = cells(line, *mark);
        if row.len() != names.len() || rows >= ROWS {
            heading = columns(line);
            continue;
        }
        rows += 1;
        let group = found.group(0, true);
        let line_number = lines.of(start);
        for (key, cell) in names.iter().zip(row) {
            let is_nonce = key.field() == Some(Field::Nonce) && !cell.is_empty();
            if is_nonce || is_unmistakable(*key, cell) {
                found.value(
                    *key,
                    cell.to_owned(),
                    line_number,
                    Origin::Line,
                    Trust::Plain,
                    Place { group, block: None },
                );
            }
        }
    }
}

/// A table that has the names in its first column and compares two sides: `| timestamp | 1 | 2 |`. The first
/// side is read as lines are; where another has other values, it is a signature of its own.
pub(super) fn sides(text: &str, breaks: &[usize], found: &mut Found) {
    let lines = Lines::Breaks(breaks);
    let mut rows: Vec<(Key, Vec<&str>, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split('\n').chain([""]) {
        let start = at;
        at += line.len() + 1;
        let mark = ['|', '\t'].into_iter().find(|mark| line.contains(*mark));
        let row = mark.filter(|_| line.len() <= LONGEST).map(|mark| cells(line, mark)).unwrap_or_default();
        if (3..=COLUMNS).contains(&row.len()) && rows.len() < ROWS {
            rows.push((Key::of(row[0]), row, start));
            continue;
        }
        let columns = rows.iter().map(|(_, row, _)| row.len()).min().unwrap_or_default();
        for column in 2..columns {
            let is_cell = |key: Key, cell: &str| key.field().is_some() && is_unmistakable(key, cell);
            let side =
                rows.iter().filter(|(key, row, _)| is_cell(*key, row[column]) && is_cell(*key, row[1]));
            let has = |field| side.clone().any(|(key, ..)| key.field() == Some(field));
            let differs = side.clone().any(|(_, row, _)| row[column] != row[1]);
            if !(differs && has(Field::Signature) && (has(Field::Nonce) || has(Field::Timestamp))) {
                continue;
            }
            let place = Place { group: found.group(0, true), block: None };
            for (key, row, start) in side {
                let cell = row[column].to_owned();
                found.value(*key, cell, lines.of(*start), Origin::Line, Trust::Plain, place);
            }
        }
        rows.clear();
    }
}

/// The columns of a heading: at least three of them ours, or both of two; one a nonce or a signature.
fn columns(line: &str) -> Option<(char, Vec<Key>)> {
    if line.len() > LONGEST {
        return None;
    }
    let mark = ['|', '\t', ','].into_iter().find(|mark| line.contains(*mark))?;
    let cells = cells(line, mark);
    if cells.len() < 2 || cells.len() > COLUMNS {
        return None;
    }
    let keys: Vec<Key> = cells.iter().map(|cell| Key::of(cell)).collect();
    let ours = keys.iter().filter(|key| key.field().is_some()).count();
    let is_signed = keys.iter().any(|key| matches!(key.field(), Some(Field::Nonce | Field::Signature)));
    (ours >= cells.len().min(3) && is_signed).then_some((mark, keys))
}

fn cells(line: &str, mark: char) -> Vec<&str> {
    let line = line.trim();
    let line = if mark == '|' { line.trim_matches('|') } else { line };
    let mut is_quoted = false;
    line.split(|c| {
        is_quoted ^= c == '"';
        c == mark && !(is_quoted && mark == ',')
    })
    .map(|cell| cell.trim().trim_matches(['"', '\'', '`', '*']))
    .collect()
}
