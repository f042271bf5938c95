//! Wraps text at words to a terminal's width, with a hanging indent.
//!
//! In: lines as a report writes them, colors included. Out: the same lines, none wider than the
//! terminal unless it holds something that must stay whole: a url, a word, `code in backticks`,
//! and whatever is marked by [`verbatim`]. Without a width the text passes through unchanged.
//!
//! Written here and not taken from `textwrap`: that crate breaks after every hyphen and slash of a
//! command or url, knows nothing of backticks, and lets a line begin with a Chinese full stop.

use std::fmt;
use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

/// Opens a run that is never broken. Text from outside cannot hold it: [`safe`](super::safe)
/// makes control characters visible.
const OPEN: char = '\u{e}';
/// Closes it.
const CLOSE: char = '\u{f}';

/// A narrower terminal is wrapped as if it had this many columns.
const MIN_COLUMNS: usize = 24;

/// Characters that may not begin a line.
const CLOSING: &str = "，。、；：！？）》」』】〉”’…—%,.;:!?)]}>";
/// Characters that may not end a line.
const OPENING: &str = "（《「『【〈“‘([{<";

/// Marks a text that is shown as it is, never broken: string1, a command, a url with spaces.
pub fn verbatim(text: &str) -> Verbatim<'_> {
    Verbatim(text)
}

/// See [`verbatim`].
pub struct Verbatim<'a>(&'a str);

impl fmt::Display for Verbatim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}{CLOSE}", self.0)
    }
}

/// A writer that wraps each line to `columns`, or only takes the marks out when there are none.
pub struct Wrap<W: Write> {
    inner: W,
    columns: Option<usize>,
    line: Vec<u8>,
    /// The line before, if the terminal itself breaks it.
    broken: Option<String>,
}

impl<W: Write> Wrap<W> {
    /// Wraps what is written to `inner`.
    pub fn new(inner: W, columns: Option<usize>) -> Self {
        Self {
            inner,
            columns: columns.map(|columns| columns.max(MIN_COLUMNS)),
            line: Vec::new(),
            broken: None,
        }
    }

    /// Writes the last line if it has no line break, and returns the writer below.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_line()?;
        Ok(self.inner)
    }

    fn end_line(&mut self) -> io::Result<()> {
        if self.line.is_empty() {
            return Ok(());
        }
        let line = std::mem::take(&mut self.line);
        match (self.columns, std::str::from_utf8(&line)) {
            // Below a line that the terminal breaks the marks would point at nothing: what they mean is said.
            (Some(_), Ok(text)) if is_of_marks(text) && self.broken.is_some() => {
                let above = self.broken.take().unwrap_or_default();
                writeln!(self.inner, "    ^ {}", above_marks(&above, text))
            }
            (Some(columns), Ok(text)) => {
                let wrapped = wrapped_line(text, columns);
                self.broken = wrapped.lines().any(|row| columns_of(row) > columns).then(|| wrapped.clone());
                self.inner.write_all(wrapped.as_bytes())
            }
            _ => self.plain(&line),
        }
    }

    /// Writes the bytes without the marks: single bytes that no longer character of UTF-8 contains.
    fn plain(&mut self, bytes: &[u8]) -> io::Result<()> {
        bytes.split(|byte| matches!(byte, 0xe | 0xf)).try_for_each(|piece| self.inner.write_all(piece))
    }
}

impl<W: Write> Write for Wrap<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.columns.is_none() {
            self.plain(bytes)?;
            return Ok(bytes.len());
        }
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            self.line.extend_from_slice(&rest[..=end]);
            self.end_line()?;
            rest = &rest[end + 1..];
        }
        self.line.extend_from_slice(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The text, each of its lines wrapped: for messages on stderr.
pub fn wrapped(text: &str, columns: Option<usize>) -> String {
    let mut wrap = Wrap::new(Vec::new(), columns);
    // Writing to memory does not fail.
    let _ = wrap.write_all(text.as_bytes());
    wrap.finish().map_or_else(|_| text.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a line only points at the one above it: `    ^^^^`.
fn is_of_marks(line: &str) -> bool {
    let marks = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, OPEN | CLOSE));
    !marks.is_empty() && marks.bytes().all(|byte| byte == b'^')
}

/// The piece of a line that the marks below it point at.
fn above_marks(line: &str, marks: &str) -> String {
    let (start, run) = (columns_of(marks.split('^').next().unwrap_or_default()), marks.matches('^').count());
    let mut at = 0;
    let piece = line.chars().filter(|c| {
        let is_above = (start..start + run).contains(&at);
        at += c.width().unwrap_or(0);
        is_above && !c.is_control()
    });
    piece.collect()
}

/// The columns that a text takes, escape sequences and marks not counted.
pub fn columns_of(text: &str) -> usize {
    let mut rest = text.chars();
    let mut columns = 0;
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            c => columns += c.width().unwrap_or(0),
        }
    }
    columns
}

/// Skips the rest of an escape sequence, which ends with a letter.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    rest.by_ref().find(char::is_ascii_alphabetic);
}

/// A text of one or more lines, all of them indented and wrapped; it ends with a line break.
pub fn fold(text: &str, indent: usize, columns: usize) -> String {
    let space = " ".repeat(indent);
    text.lines().map(|line| broken(&format!("{space}{line}\n"), indent, columns)).collect()
}

/// One line, with or without its line break, broken into as many as it needs.
fn wrapped_line(line: &str, columns: usize) -> String {
    broken(line, hanging_indent(line).min(columns / 2), columns)
}

fn broken(line: &str, indent: usize, columns: usize) -> String {
    if columns_of(line) <= columns {
        return line.replace([OPEN, CLOSE], "");
    }
    let mut out = String::with_capacity(line.len() + line.len() / 16 + 16);
    let mut at = 0;
    for piece in pieces(line) {
        let (word, gap) = split_gap(piece);
        let width = columns_of(word);
        // What fits on no line at all stays where it is: a fresh line would not help it.
        let fits_afresh = width + indent <= columns;
        if at > indent && at + width > columns && fits_afresh {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            at = indent;
        }
        out.extend(piece.chars().filter(|c| !matches!(*c, OPEN | CLOSE)));
        at += width + columns_of(gap);
    }
    out
}

/// A piece's text, and the spaces at its end.
fn split_gap(piece: &str) -> (&str, &str) {
    piece.split_at(piece.trim_end_matches([' ', '\n']).len())
}

/// Where the following lines begin: below the text after a list's mark, else two columns deeper
/// than the line itself.
fn hanging_indent(line: &str) -> usize {
    let text = line.trim_start_matches(' ');
    let spaces = line.len() - text.len();
    let plain = text.trim_start_matches([OPEN, CLOSE]);
    let mark = match plain.split_once(' ') {
        Some((mark @ ("-" | "*" | "•" | "·"), _)) => columns_of(mark) + 1,
        Some((mark, _)) if mark.len() <= 4 && is_number_mark(mark) => mark.len() + 1,
        _ if plain.starts_with('[') && plain.as_bytes().get(2..4) == Some(b"] ") => 4,
        _ => 2,
    };
    spaces + mark
}

/// `1.` or `1)`.
fn is_number_mark(mark: &str) -> bool {
    mark.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Cuts a line into pieces that stay whole, each with the spaces that follow it.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    let mut state = Inside::default();
    let mut previous: Option<char> = None;
    // The spaces at the beginning belong to the first piece.
    let indent = line.len() - line.trim_start_matches(' ').len();
    while let Some((at, c)) = chars.next() {
        if c == '\u{1b}' {
            // A sequence that ends a color belongs to the text before it.
            while chars.next_if(|(_, c)| !c.is_ascii_alphabetic()).is_some() {}
            chars.next();
            continue;
        }
        if at > start && at > indent && state.may_break(previous, c) {
            pieces.push(&line[start..at]);
            start = at;
        }
        state.step(line, at, c);
        previous = Some(c);
    }
    pieces.push(&line[start..]);
    pieces
}

/// What the reading of a line is in the middle of.
#[derive(Default)]
struct Inside {
    backticks: bool,
    marked: bool,
    url: bool,
}

impl Inside {
    /// Whether a line may be broken between these two characters.
    fn may_break(&self, previous: Option<char>, next: char) -> bool {
        let Some(previous) = previous else { return false };
        if self.backticks || self.marked || next == ' ' || next == CLOSE || next == '\n' {
            return false;
        }
        if previous == ' ' {
            return true;
        }
        if self.url || OPENING.contains(previous) || CLOSING.contains(next) {
            return false;
        }
        is_wide(previous) || is_wide(next)
    }

    fn step(&mut self, line: &str, at: usize, c: char) {
        match c {
            OPEN => self.marked = true,
            CLOSE => self.marked = false,
            // A lone backtick opens nothing.
            '`' if !self.marked => self.backticks = !self.backticks && line[at + 1..].contains('`'),
            ' ' => self.url = false,
            c if is_wide(c) && CLOSING.contains(c) => self.url = false,
            ':' if line[at..].starts_with("://") => self.url = true,
            _ => {}
        }
    }
}

/// Chinese and its punctuation: a line may be broken beside each of them.
fn is_wide(c: char) -> bool {
    c.width() == Some(2) || matches!(c, '“' | '”' | '‘' | '’' | '…' | '—')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<String> {
        wrapped(text, Some(columns)).lines().map(str::to_owned).collect()
    }

    #[test]
    fn below_a_line_that_the_terminal_breaks_the_marked_run_is_said() {
        let text =
            format!("{}\n{}\n", verbatim("  signed http://m.example.com/a"), verbatim("         ^^^^"));
        assert_eq!(wrapped(&text, Some(40)), "  signed http://m.example.com/a\n         ^^^^\n");
        assert_eq!(wrapped(&text, Some(28)), "  signed http://m.example.com/a\n    ^ http\n");
        assert_eq!(wrapped(&text, None), "  signed http://m.example.com/a\n         ^^^^\n");
    }

    #[test]
    fn lines_break_at_words_and_hang() {
        assert_eq!(
            lines("  [ ] the ticket may have expired or been replaced\n", 30),
            ["  [ ] the ticket may have", "      expired or been replaced"]
        );
        assert_eq!(
            lines("    fix: sign the address that the phone shows", 30),
            ["    fix: sign the address that", "      the phone shows"]
        );
        assert_eq!(lines("a headline that is rather long", 24), ["a headline that is", "  rather long"]);
        assert_eq!(lines("short\n\nlines\n", 24), ["short", "", "lines"]);
    }

    #[test]
    fn chinese_counts_two_columns_and_keeps_its_punctuation() {
        assert_eq!(
            lines("签名算对了，微信仍可能拒绝，继续检查", 24),
            ["签名算对了，微信仍可能拒", "  绝，继续检查"]
        );
        assert_eq!(
            lines("签名算对了微信仍可能拒绝，继续检查", 24),
            ["签名算对了微信仍可能拒", "  绝，继续检查"]
        );
    }

    #[test]
    fn what_is_pasted_stays_whole() {
        let url = "https://m.example.com/a/very/long/path?with=parameters";
        assert_eq!(lines(&format!("signed {url}"), 30), [format!("signed {url}")]);
        assert_eq!(
            lines("  then run `wecheck verify --from FILE` again", 40),
            ["  then run `wecheck verify --from FILE`", "    again"]
        );
        let text = format!("  string1 {}\n", verbatim("jsapi_ticket=a b c d e f&noncestr=1 2 3 4 5 6 7 8"));
        assert_eq!(wrapped(&text, Some(30)), "  string1 jsapi_ticket=a b c d e f&noncestr=1 2 3 4 5 6 7 8\n");
        assert_eq!(wrapped(&text, None), "  string1 jsapi_ticket=a b c d e f&noncestr=1 2 3 4 5 6 7 8\n");
    }

    #[test]
    fn colors_take_no_columns() {
        let red = "\u{1b}[31mred\u{1b}[0m";
        assert_eq!(columns_of(red), 3);
        assert_eq!(
            wrapped(&format!("{red} and plain words go on"), Some(24)),
            format!("{red} and plain words go\n  on")
        );
    }

    #[test]
    fn no_line_is_wider_than_it_has_to_be() {
        let text = "  - 把“JS接口安全域名”里的 m.example.com 和页面的域名（https://m.example.com/）比较, then open the page (on the phone) once more\n";
        for columns in 24..120 {
            for line in lines(text, columns) {
                assert!(columns_of(&line) <= columns || line.contains("https:"), "{columns}: {line}");
            }
        }
    }
}
