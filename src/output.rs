//! The only writer to stdout and stderr: one value, two faces, and text that a terminal survives.
//!
//! In: a command's [`Report`] or a [`Failure`]. Out: one JSON document or the human text on
//! stdout; notes, warnings and progress on stderr. Text from outside passes through [`safe`].

mod log;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Lang;
pub use log::LogWriter;

/// What a command answers.
pub trait Report: Serialize {
    /// Whether a check's answer is yes; no is exit code 1.
    fn ok(&self) -> bool {
        true
    }

    /// Writes the human text.
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()>;
}

/// Where answers and notes go, and how.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    verbose: u8,
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
            lang,
            progress: env.terminal.stderr && !env.globals.quiet,
        }
    }

    /// Prints an answer. Returns what [`Report::ok`] says.
    pub fn show(&self, report: &impl Report) -> Result<bool, Failure> {
        self.write(|out| {
            if self.json {
                serde_json::to_writer_pretty(&mut *out, report).map_err(io::Error::from)?;
                writeln!(out)
            } else {
                report.human(out, self.lang)
            }
        })?;
        Ok(report.ok())
    }

    /// Gives `print` a buffered stdout and flushes it.
    pub fn write(&self, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        print(&mut out).and_then(|()| out.flush()).map_err(|error| stdout_failure(&error))
    }

    /// Prints an error: on stdout as the `error` document with `--json`, else on stderr.
    pub fn fail(&self, failure: &Failure) {
        if failure.told {
            return;
        }
        if self.json {
            let document = serde_json::json!({ "error": failure.document(self.lang) });
            let text = format!("{document:#}\n");
            let mut out = io::stdout().lock();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                // A full disk: the words go where they still can be read.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {}
                _ => return,
            }
        }
        let mut text =
            format!("{} {}\n", self.lang.pick("错误：", "error:"), safe(failure.message.get(self.lang)));
        if let Some(fix) = &failure.fix {
            let _ = writeln!(text, "{} {}", self.lang.pick("提示：", "hint:"), safe(fix.get(self.lang)));
        }
        // Nobody is left to be told when this fails too.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// A remark about the tool's own state, unless `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "note: {}", safe(text));
        }
    }

    /// A warning about the tool's own state, unless `--quiet`.
    pub fn warn(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "warning: {}", safe(text));
        }
    }

    /// A line for `-v`.
    pub fn verbose(&self, text: &str) {
        if self.verbose > 0 {
            let _ = writeln!(io::stderr().lock(), "{}", safe(text));
        }
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

/// A failed write to stdout. A closed pipe is not an error of ours.
pub fn stdout_failure(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::closed_pipe();
    }
    Failure::storage(format!("cannot write the answer: {error}"))
        .hint("free some space, or write somewhere else")
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

/// Characters that a terminal obeys or that a reader cannot see (faults.md F-58).
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
