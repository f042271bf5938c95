//! What the process was given, captured once: variables, clock, terminal, global flags.
//!
//! In: the real environment, at [`Env::capture`]. Out: an [`Env`] that is passed down; nothing
//! else reads a variable or asks the clock, so a test sets what it needs and needs no mock.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::both;
use crate::failure::Failure;
use crate::globals::{Color, Globals};
use crate::lang::Lang;

/// The captured environment of one run.
#[derive(Clone, Debug)]
pub struct Env {
    vars: HashMap<OsString, OsString>,
    /// The variables that the config reads secrets from, by whatever name.
    secret_names: Arc<Mutex<BTreeSet<OsString>>>,
    /// The global flags.
    pub globals: Globals,
    /// Whether stdin, stdout and stderr are terminals.
    pub terminal: Terminal,
    clock: Clock,
}

/// The clock of one run.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    read: fn() -> u64,
    /// Where it stopped, in tests.
    fixed: Option<u64>,
}

impl Clock {
    /// A clock that is read again each time.
    pub fn new(read: fn() -> u64) -> Self {
        Self { read, fixed: None }
    }

    /// The time now, in Unix seconds.
    pub fn now(self) -> u64 {
        self.fixed.unwrap_or_else(self.read)
    }
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
        let mut vars: HashMap<OsString, OsString> = std::env::vars_os().collect();
        // The spelling that `WX_APP_ID` and many SDKs have.
        if !vars.contains_key(OsStr::new("WECHECK_APPID"))
            && let Some(id) = vars.get(OsStr::new("WECHECK_APP_ID")).cloned()
        {
            vars.insert("WECHECK_APPID".into(), id);
        }
        let clock = Clock {
            read: if is_set_by_a_file(&vars) { time_of_a_file } else { system_time },
            fixed: fixed_time(&vars),
        };
        Self {
            vars,
            secret_names: Arc::default(),
            globals,
            terminal: Terminal {
                stdin: std::io::stdin().is_terminal(),
                stdout: std::io::stdout().is_terminal(),
                stderr: std::io::stderr().is_terminal(),
            },
            clock,
        }
    }

    /// An environment for a test: these variables, this time (Unix seconds), no terminal.
    pub fn for_test(vars: &[(&str, &str)], clock: fn() -> u64) -> Self {
        Self {
            vars: vars.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            secret_names: Arc::default(),
            globals: Globals::default(),
            terminal: Terminal::default(),
            clock: Clock::new(clock),
        }
    }

    /// The time now, in Unix seconds.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The clock itself, for work that asks more than once.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// A variable's text; unset and empty are `None`. One that is not UTF-8 is `None` too: what
    /// depends on it asks [`Env::refuse_unreadable`] first.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(OsStr::new(name))?.to_str().filter(|value| !value.is_empty())
    }

    /// Refuses variables that are set and not UTF-8: taken for unset, one would send a secret to
    /// the default host, or around the proxy.
    pub fn refuse_unreadable<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<(), Failure> {
        let unreadable =
            |name: &&str| self.vars.get(OsStr::new(*name)).is_some_and(|value| value.to_str().is_none());
        match names.into_iter().find(unreadable) {
            None => Ok(()),
            Some(name) => Err(Failure::config(both!(
                "环境变量 `{name}` 的内容不是 UTF-8",
                "the environment variable `{name}` is not UTF-8"
            ))
            .hint(both!("重新设置它：export {name}=…", "set it again: export {name}=…"))),
        }
    }

    /// Remembers that a variable holds a secret: `{ env = "NAME" }` in the config.
    pub fn mark_secret(&self, name: &str) {
        self.secret_names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into());
    }

    /// The names that a child process is not given: this program's own variables, and those that
    /// the config reads secrets from.
    pub fn withheld(&self) -> Vec<OsString> {
        let secret = self.secret_names.lock().unwrap_or_else(PoisonError::into_inner);
        let is_withheld = |name: &&OsString| {
            name.to_string_lossy().starts_with("WECHECK_")
                || *name == "REDISCLI_AUTH"
                || secret.contains(*name)
        };
        self.vars.keys().filter(is_withheld).cloned().collect()
    }

    /// Another program, not yet started. It may print its environment, or hand it on: no secret of
    /// ours is in it.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in self.withheld() {
            command.env_remove(name);
        }
        command
    }

    /// A variable that holds a path; unset and empty are `None`.
    pub fn path_var(&self, name: &str) -> Option<PathBuf> {
        let value = self.vars.get(OsStr::new(name))?;
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

    /// Whether this runs in continuous integration, as its services say by `CI`.
    pub fn is_ci(&self) -> bool {
        self.var("CI").is_some_and(|value| !matches!(value, "false" | "0"))
    }

    /// Whether the answer is colored.
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

/// `WECHECK_NOW`, Unix seconds: a stopped clock, so that a test knows what is printed. Only
/// in debug builds: no one can turn back the clock of an installed one.
fn fixed_time(vars: &HashMap<OsString, OsString>) -> Option<u64> {
    if cfg!(debug_assertions) { vars.get(OsStr::new("WECHECK_NOW"))?.to_str()?.parse().ok() } else { None }
}

/// `WECHECK_NOW=@FILE`: a clock that a test sets forward and back while a server runs.
fn is_set_by_a_file(vars: &HashMap<OsString, OsString>) -> bool {
    let file = vars.get(OsStr::new("WECHECK_NOW")).and_then(|text| text.to_str()?.strip_prefix('@'));
    match file {
        Some(file) if cfg!(debug_assertions) => CLOCK_FILE.set(file.into()).is_ok(),
        _ => false,
    }
}

static CLOCK_FILE: OnceLock<PathBuf> = OnceLock::new();

fn time_of_a_file() -> u64 {
    let text = CLOCK_FILE.get().and_then(|file| std::fs::read_to_string(file).ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or_else(system_time)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place the lint speaks of")]
fn system_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs())
}

/// No core dump is written: it would hold every secret that the process knows.
pub fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // A system that refuses to lower a limit has none to give.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// A time in Unix seconds as RFC 3339 in UTC: `2026-01-31T09:08:07Z`. After the year 9999, its end.
pub fn rfc3339(seconds: u64) -> String {
    use time::format_description::well_known::Rfc3339;
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX).min(LAST_SECOND);
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The end of the year 9999, the last that RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

/// The Unix seconds of an HTTP date in any of the three forms that a server may send.
pub fn from_http_date(text: &str) -> Option<u64> {
    let moment = httpdate::parse_http_date(text.trim()).ok()?;
    moment.duration_since(UNIX_EPOCH).ok().map(|past| past.as_secs())
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
        assert_eq!(rfc3339(u64::MAX), "9999-12-31T23:59:59Z");
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf_8_is_refused_and_not_unset() {
        use std::os::unix::ffi::OsStringExt;
        let mut env = Env::for_test(&[("WECHECK_LANG", "zh")], || 0);
        env.vars.insert("WECHECK_API_BASE".into(), OsString::from_vec(vec![b'h', 0xff]));
        assert!(env.refuse_unreadable(["WECHECK_LANG", "WECHECK_SECRET"]).is_ok());
        let failure = env.refuse_unreadable(["WECHECK_LANG", "WECHECK_API_BASE"]).expect_err("refused");
        assert!(failure.message.en.contains("`WECHECK_API_BASE` is not UTF-8"), "{failure}");
        assert_eq!(env.withheld().len(), 2);
    }

    #[test]
    fn a_child_is_given_no_variable_that_holds_a_secret() {
        let env = Env::for_test(
            &[("WECHECK_SECRET", "a"), ("REDISCLI_AUTH", "b"), ("WX_SECRET", "c"), ("PATH", "/bin")],
            || 0,
        );
        env.clone().mark_secret("WX_SECRET");
        let mut withheld = env.withheld();
        withheld.sort();
        assert_eq!(withheld, ["REDISCLI_AUTH", "WECHECK_SECRET", "WX_SECRET"]);
    }

    #[test]
    fn an_http_date_becomes_seconds() {
        assert_eq!(from_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(from_http_date("Tue, 29 Feb 2000 00:00:00 GMT"), Some(951_782_400));
        assert_eq!(from_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(from_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), Some(784_111_777));
        for text in [
            "",
            "soon",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "x, 1 Foo 1999 0:0:0 GMT",
            "Sun, 06 Nov 1994 18446744073709551615:49:37 GMT",
        ] {
            assert_eq!(from_http_date(text), None, "{text}");
        }
    }
}
