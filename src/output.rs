//! The only writer to stdout and stderr: one value shown for people or as JSON, and text that is safe for a terminal.
//!
//! In: a command's [`Report`] or a [`Failure`]. Out: one JSON document or the human text on
//! stdout, wrapped to the terminal; notes, warnings and progress on stderr. Text from outside
//! passes through [`safe`].

pub mod document;
mod log;
mod wrap;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use crate::both;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::say;
pub use log::LogWriter;
use wrap::Wrap;
pub use wrap::{columns_of, fold, verbatim};

/// The columns of a terminal that does not say how many it has.
const DEFAULT_COLUMNS: usize = 80;
/// Help is not wider on a wide terminal: longer lines are hard to read.
const MAX_HELP_COLUMNS: usize = 100;

/// What a list says again at its end is no longer than this.
const MOST_SHORT_BYTES: usize = 4 * 1024;

/// What a command answers.
pub trait Report: Serialize {
    /// Whether a check's answer is yes; no is exit code 1.
    fn ok(&self) -> bool {
        true
    }

    /// Writes the verdict and its first reason once more, for the end of a text that is higher than the
    /// window; nothing, if it has no verdict.
    fn in_short(&self, _out: &mut dyn Write, _lang: Lang) -> io::Result<()> {
        Ok(())
    }

    /// Writes the human text. Every line is wrapped to the terminal; what must stay whole and is
    /// neither a url nor in backticks is marked by [`verbatim`].
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()>;
}

/// Where answers and notes go, and how.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    verbose: u8,
    /// What `COLUMNS` says, for a terminal that does not know its size.
    columns: Option<usize>,
    wraps_stdout: bool,
    wraps_stderr: bool,
    /// The language spoken.
    pub lang: Lang,
    /// Whether stderr is a terminal, so that progress is worth showing.
    pub progress: bool,
}

impl Output {
    /// The output that the flags and the environment ask for.
    pub fn new(env: &Env, lang: Lang) -> Self {
        colored::control::set_override(env.color());
        Self {
            json: env.globals.json,
            quiet: env.globals.quiet,
            verbose: env.globals.verbose,
            columns: env.var("COLUMNS").and_then(|columns| columns.parse().ok()),
            wraps_stdout: env.terminal.stdout,
            wraps_stderr: env.terminal.stderr,
            lang,
            progress: env.terminal.stderr && !env.globals.quiet && env.var("TERM") != Some("dumb"),
        }
    }

    /// Prints an answer. Returns what [`Report::ok`] says.
    pub fn show(&self, report: &impl Report) -> Result<bool, Failure> {
        self.write(|out| {
            if self.json {
                writeln!(out, "{}", document::pretty(report)?)
            } else {
                let columns = self.stdout_columns();
                let mut wrap = Wrap::new(Vec::new(), columns);
                report.human(&mut wrap, self.lang)?;
                let text = wrap.finish()?;
                out.write_all(&text)?;
                let mut wrap = Wrap::new(Vec::new(), columns);
                report.in_short(&mut wrap, self.lang)?;
                let mut again = Vec::new();
                self.again(line_count(&text), &wrap.finish()?, &mut again);
                out.write_all(&again)
            }
        })?;
        Ok(report.ok())
    }

    /// The columns that text on stdout is wrapped to; `None` when it is not a terminal.
    pub fn stdout_columns(&self) -> Option<usize> {
        self.wraps_stdout.then(|| self.terminal_columns(terminal_size::terminal_size()))
    }

    /// Adds the short text, if the window is lower than what came before. The prompt takes a row.
    fn again(&self, lines: usize, short: &[u8], text: &mut Vec<u8>) {
        if short.is_empty() || self.stdout_rows().is_none_or(|rows| lines < rows) {
            return;
        }
        let title = say!(self.lang, "（以上共 {lines} 行，结论是：）", "({lines} lines above; in short:)");
        text.extend_from_slice(format!("\n{}\n", title.dimmed()).as_bytes());
        text.extend_from_slice(short);
    }

    /// The rows of the terminal that stdout is.
    fn stdout_rows(&self) -> Option<usize> {
        let size = terminal_size::terminal_size().filter(|_| self.wraps_stdout);
        size.map(|(_, height)| usize::from(height.0)).filter(|rows| *rows > 0)
    }

    /// The columns of help, which is wrapped everywhere.
    pub fn help_columns(&self, stderr: bool) -> usize {
        let known = if stderr { self.stderr_columns() } else { self.stdout_columns() };
        known.unwrap_or(DEFAULT_COLUMNS).min(MAX_HELP_COLUMNS)
    }

    /// The columns of the terminal that stderr is.
    pub fn stderr_columns(&self) -> Option<usize> {
        self.wraps_stderr.then(|| self.terminal_columns(terminal_size::terminal_size_of(io::stderr())))
    }

    fn terminal_columns(&self, size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
        let columns = size.map(|(width, _)| usize::from(width.0)).filter(|columns| *columns > 0);
        columns.or(self.columns).unwrap_or(DEFAULT_COLUMNS)
    }

    /// Begins a list whose items are printed as they come, as one JSON array or one after the other.
    pub fn list(&self) -> List {
        List { out: *self, stdout: io::stdout(), started: false, lines: 0, short: Vec::new() }
    }

    /// Gives `print` a buffered stdout and flushes it.
    #[expect(clippy::unused_self, reason = "what is printed goes through the run's output")]
    pub fn write(&self, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        print(&mut out).and_then(|()| out.flush()).map_err(|error| stdout_failure(&error))
    }

    /// Prints an error: on stdout as the `error` document with `--json`, else on stderr.
    pub fn fail(&self, failure: &Failure) {
        if failure.reported {
            return;
        }
        if self.json {
            let document = serde_json::json!({ "error": failure.document(self.lang) });
            let mut out = io::stdout().lock();
            let printed = document::pretty(&document).map_err(io::Error::from);
            match printed.and_then(|text| writeln!(out, "{text}")).and_then(|()| out.flush()) {
                // A full disk: the error goes to stderr, where it still can be read.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {}
                _ => return,
            }
        }
        let message = failure.message.get(self.lang);
        let mut text = format!("{}{}", self.lang.pick("错误：", "error: "), safe(message));
        if let Some(fix) = &failure.fix {
            let fix = fix.get(self.lang);
            let label = self.lang.pick("提示：", "hint: ");
            let _ = match safe(fix) {
                // A command alone has to be pasted in one piece.
                fix if fix.starts_with("wecheck ") => write!(text, "\n{label}{}", verbatim(&fix)),
                fix => write!(text, "\n{label}{fix}"),
            };
        }
        self.stderr_line(&text);
    }

    /// What an error means and what to do first, below it on stderr; JSON has a document of its own.
    pub fn explain(&self, advice: Option<(String, Option<String>)>) {
        let Some((meaning, step)) = advice.filter(|_| !self.json) else { return };
        let mut text = format!("{}{}", self.lang.pick("含义：", "meaning: "), safe(&meaning));
        if let Some(step) = step {
            let _ = write!(text, "\n{}{}", self.lang.pick("先做：", "first: "), safe(&step));
        }
        self.stderr_line(&text);
    }

    /// A remark about the tool's own state, unless `--quiet`.
    pub fn note(&self, text: impl Into<Both>) {
        self.labeled(self.lang.pick("说明：", "note: "), &text.into());
    }

    /// A warning about the tool's own state, unless `--quiet`.
    pub fn warn(&self, text: impl Into<Both>) {
        self.labeled(self.lang.pick("警告：", "warning: "), &text.into());
    }

    fn labeled(&self, label: &str, text: &Both) {
        if !self.quiet {
            self.stderr_line(&format!("{label}{}", safe(text.get(self.lang))));
        }
    }

    /// A line for `-v`.
    pub fn verbose(&self, text: &str) {
        if self.verbose > 0 {
            self.stderr_line(&safe(text));
        }
    }

    fn stderr_line(&self, text: &str) {
        let text = wrap::wrapped(text, self.stderr_columns()) + "\n";
        // When this fails too, there is no one left to report to.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// A writer for a long run's log lines on stderr; silent with `--quiet`.
    pub fn log_writer(&self) -> LogWriter {
        LogWriter::new(self.quiet)
    }

    /// The same output for one request of the local server: its language, and no notes.
    #[must_use]
    pub fn for_request(self, lang: Lang) -> Self {
        Self { quiet: true, progress: false, lang, ..self }
    }

    /// Replaces the progress line on a terminal; an empty text clears it.
    pub fn progress(&self, text: &str) {
        if self.progress {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r\u{1b}[K{}", safe(text));
            let _ = err.flush();
        }
    }
}

fn line_count(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

/// A list on stdout of which only one item is kept at a time.
pub struct List {
    out: Output,
    stdout: io::Stdout,
    started: bool,
    /// What the human text has so far.
    lines: usize,
    /// The items in short, in case they scroll out of the window.
    short: Vec<u8>,
}

impl List {
    /// Whether something was printed.
    pub fn started(&self) -> bool {
        self.started
    }

    /// Prints one item. Returns what [`Report::ok`] says of it.
    pub fn show(&mut self, item: &impl Report) -> Result<bool, Failure> {
        let mut text = Vec::new();
        let printed = if self.out.json {
            let opening: &[u8] = if self.started { b",\n" } else { b"[\n" };
            text.extend_from_slice(opening);
            document::pretty(item).map_err(io::Error::from).map(|document| {
                // As it is indented inside an array; a string of JSON has no line break.
                for (at, line) in document.lines().enumerate() {
                    text.extend_from_slice(if at > 0 { b"\n  " } else { b"  " });
                    text.extend_from_slice(line.as_bytes());
                }
            })
        } else {
            let mut wrap = Wrap::new(&mut text, self.out.stdout_columns());
            let separated = if self.started { writeln!(wrap) } else { Ok(()) };
            let mut short = Wrap::new(&mut self.short, self.out.stdout_columns());
            separated
                .and_then(|()| item.human(&mut wrap, self.out.lang))
                .and_then(|()| wrap.finish().map(drop))
                .and_then(|()| item.in_short(&mut short, self.out.lang))
                .and_then(|()| short.finish().map(drop))
        };
        self.lines += line_count(&text);
        // Of a long list the last are enough.
        self.short.drain(..self.short.len().saturating_sub(MOST_SHORT_BYTES));
        self.started = true;
        printed.and_then(|()| self.print(&text)).map_err(|error| stdout_failure(&error))?;
        Ok(item.ok())
    }

    /// Ends the list; `summary` follows the items of the human text.
    pub fn end(mut self, summary: &str) -> Result<(), Failure> {
        let text = match (self.out.json, self.started) {
            (true, true) => "\n]\n",
            (true, false) => "[]\n",
            (false, _) => summary,
        };
        let mut text = text.as_bytes().to_vec();
        if !self.out.json {
            let lines = self.lines + line_count(&text);
            self.out.again(lines, &self.short, &mut text);
        }
        self.print(&text).map_err(|error| stdout_failure(&error))
    }

    fn print(&mut self, text: &[u8]) -> io::Result<()> {
        self.stdout.write_all(text).and_then(|()| self.stdout.flush())
    }
}

/// A failed write to stdout. A closed pipe is not an error of ours.
pub fn stdout_failure(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::closed_pipe();
    }
    let zh = Both::from(error).zh;
    Failure::storage(both!("写不出结果：{zh}", "cannot write the answer: {error}"))
        .hint(both!("清出一些磁盘空间，或写到别处", "free some space, or write somewhere else"))
}

/// Text from outside, safe for a terminal: control, bidi, zero-width and tag characters become
/// visible as `\u{1b}`. Line breaks too: for text of several lines see [`safe_lines`].
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// As [`safe`], but line breaks stay: for our own texts that carry a value from outside.
pub fn safe_lines(text: &str) -> String {
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}

/// At most `limit` characters of a text, `…` where it was cut.
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Characters that a terminal obeys or that a reader cannot see.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_becomes_visible() {
        assert_eq!(
            safe("a\u{1b}[31mb\r\u{202e}\u{200b}\u{85}\u{feff}"),
            "a\\u{1b}[31mb\\r\\u{202e}\\u{200b}\\u{85}\\u{feff}"
        );
        assert_eq!(safe("汉字 é 👍"), "汉字 é 👍");
        assert_eq!(safe_lines("a\nb\u{7}"), "a\nb\\u{7}");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        assert_eq!(shortened("汉字汉字", 2), "汉字…");
        assert_eq!(shortened("abc", 3), "abc");
    }
}
