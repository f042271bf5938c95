//! What the process was given, captured once: variables, clock, terminal, global flags.
//!
//! In: the real environment, at [`Env::capture`]. Out: an [`Env`] that is passed down; nothing
//! else reads a variable or asks the clock, so a test sets what it needs and needs no mock.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::globals::{Color, Globals};
use crate::lang::Lang;

/// The captured environment of one run.
#[derive(Clone, Debug)]
pub struct Env {
    vars: HashMap<OsString, OsString>,
    /// The global flags.
    pub globals: Globals,
    /// Whether stdin, stdout and stderr are terminals.
    pub terminal: Terminal,
    clock: fn() -> u64,
}

/// Which of the three standard streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Someone can be asked.
    pub stdin: bool,
    /// Someone reads the answer.
    pub stdout: bool,
    /// Someone reads progress.
    pub stderr: bool,
}

impl Env {
    /// Reads the process's environment: the only place that does.
    #[expect(clippy::disallowed_methods, reason = "this is the one place the lint speaks of")]
    pub fn capture(globals: Globals) -> Self {
        Self {
            vars: std::env::vars_os().collect(),
            globals,
            terminal: Terminal {
                stdin: std::io::stdin().is_terminal(),
                stdout: std::io::stdout().is_terminal(),
                stderr: std::io::stderr().is_terminal(),
            },
            clock: || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs()),
        }
    }

    /// An environment for a test: these variables, this time (Unix seconds), no terminal.
    pub fn for_test(vars: &[(&str, &str)], clock: fn() -> u64) -> Self {
        Self {
            vars: vars.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            globals: Globals::default(),
            terminal: Terminal::default(),
            clock,
        }
    }

    /// The time now, in Unix seconds.
    pub fn now(&self) -> u64 {
        (self.clock)()
    }

    /// The clock itself, for work that asks more than once.
    pub fn clock(&self) -> fn() -> u64 {
        self.clock
    }

    /// A variable's text; unset, empty and non-UTF-8 are all `None`.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(std::ffi::OsStr::new(name))?.to_str().filter(|value| !value.is_empty())
    }

    /// A variable that holds a path; unset and empty are `None`.
    pub fn path_var(&self, name: &str) -> Option<PathBuf> {
        let value = self.vars.get(std::ffi::OsStr::new(name))?;
        (!value.is_empty()).then(|| PathBuf::from(value))
    }

    /// The language by flag, then `WECHECK_LANG`; `None` where the config or the locale decides.
    pub fn lang_setting(&self) -> Option<Lang> {
        self.globals.lang.or_else(|| self.var("WECHECK_LANG").and_then(Lang::from_setting))
    }

    /// The language of the locale variables, in the order POSIX gives them.
    pub fn locale_lang(&self) -> Lang {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| self.var(name))
            .map_or(Lang::En, Lang::from_locale)
    }

    /// Whether the answer is coloured.
    pub fn color(&self) -> bool {
        match self.globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                self.terminal.stdout && self.var("NO_COLOR").is_none() && self.var("TERM") != Some("dumb")
            }
        }
    }
}

/// A time in Unix seconds as RFC 3339 in UTC: `2026-01-31T09:08:07Z`.
pub fn rfc3339(seconds: u64) -> String {
    // Days to a date, counted from 0000-03-01 so that the leap day is the last of its year.
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The Unix seconds of an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`, the one form still sent.
pub fn from_http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split([' ', ':']).collect();
    let [_, day, month, year, hour, minute, second, "GMT"] = words.as_slice() else { return None };
    let number = |word: &str| word.parse::<u64>().ok();
    let month = 1 + u64::try_from(MONTHS.iter().position(|name| name == month)?).ok()?;
    let (day, year) = (number(day)?, number(year)?);
    if !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    // The reverse of `rfc3339`: years begin in March, so that the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + number(hour)? * 3_600 + number(minute)? * 60 + number(second)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_a_date_in_utc() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_767_225_599), "2025-12-31T23:59:59Z");
        assert_eq!(rfc3339(4_102_444_800), "2100-01-01T00:00:00Z");
    }

    #[test]
    fn an_http_date_becomes_seconds() {
        assert_eq!(from_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(from_http_date("Tue, 29 Feb 2000 00:00:00 GMT"), Some(951_782_400));
        assert_eq!(from_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        for text in [
            "",
            "soon",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "x, 1 Foo 1999 0:0:0 GMT",
        ] {
            assert_eq!(from_http_date(text), None, "{text}");
        }
    }
}
