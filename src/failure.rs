//! Why a command could not answer: one shape for every error that reaches a person or a script.
//!
//! In: what a module's own error says. Out: the `error` document of `--json`, the two or three
//! lines on stderr, and the exit code, which is chosen here and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::both;
use crate::lang::{Both, Lang};
use crate::platform::Platform;

/// What went wrong, and with it the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Wrong usage or malformed input: exit 2.
    Usage,
    /// Configuration or credentials: exit 3.
    Config,
    /// Network or server unreachable, a malformed answer, or `--offline` forbade it: exit 4.
    Network,
    /// The server answered an errcode: exit 5.
    Errcode,
    /// The cache or a file could not be read or written: exit 6.
    Storage,
    /// Ctrl-C: exit 130.
    Interrupted,
    /// The reader of stdout went away: exit 0, there is no one left to report to.
    ClosedPipe,
    /// A bug of this program: exit 70.
    Bug,
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Config => 3,
            Self::Network => 4,
            Self::Errcode => 5,
            Self::Storage => 6,
            Self::Interrupted => 130,
            Self::ClosedPipe => 0,
            Self::Bug => 70,
        }
    }
}

/// The exit code of a check whose answer is no.
pub const EXIT_NO: u8 = 1;

/// A failed command: what happened, and what to type next.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The class of the failure, which decides the exit code.
    pub kind: Kind,
    /// What happened: lower case, the value in backticks, no full stop.
    pub message: Both,
    /// One line that can be typed or done.
    pub fix: Option<Both>,
    /// The server's errcode, if it answered one.
    pub errcode: Option<i64>,
    /// What the server said beside the errcode: what an explanation of the code can use.
    pub facts: Option<Facts>,
    /// Whether it has been reported already, so that nothing more is printed.
    pub reported: bool,
}

/// What a server's answer said beside its errcode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whose code it is: `mp` or `work`.
    pub platform: Option<Platform>,
    /// The server's words, at most 512 characters of them, without any secret.
    pub errmsg: String,
    /// The address that the server saw, where it named one.
    pub ip: Option<String>,
    /// The request's id, which WeChat's diagnosis asks for.
    pub rid: Option<String>,
}

impl Failure {
    /// A failure of a kind; add a [`Failure::hint`] whenever one can be given.
    pub fn new(kind: Kind, message: impl Into<Both>) -> Self {
        Self { kind, message: message.into(), fix: None, errcode: None, facts: None, reported: false }
    }

    /// Wrong usage or malformed input.
    pub fn usage(message: impl Into<Both>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Configuration or credentials.
    pub fn config(message: impl Into<Both>) -> Self {
        Self::new(Kind::Config, message)
    }

    /// Network or server.
    pub fn network(message: impl Into<Both>) -> Self {
        Self::new(Kind::Network, message)
    }

    /// Cache or file.
    pub fn storage(message: impl Into<Both>) -> Self {
        Self::new(Kind::Storage, message)
    }

    /// The system starts no thread: this user's processes or its memory are at their limit.
    pub fn no_thread(error: &std::io::Error) -> Self {
        let zh = Both::from(error).zh;
        Self::storage(both!("系统不给新的线程：{zh}", "the system starts no further thread: {error}")).hint(
            both!("提高这个用户的进程数上限：ulimit -u", "raise this user's limit of processes: ulimit -u"),
        )
    }

    /// What only a limit of this process or its user can explain: its open files, its threads.
    pub fn of_a_limit(error: &std::io::Error) -> Option<Self> {
        if is_out_of_files(error) {
            let zh = Both::from(error).zh;
            let message =
                both!("能打开的文件数已到上限：{zh}", "the limit of open files is reached: {error}");
            return Some(
                Self::storage(message).hint(both!("提高上限：ulimit -n", "raise the limit: ulimit -n")),
            );
        }
        // EAGAIN of something that does not wait.
        (error.kind() == std::io::ErrorKind::WouldBlock).then(|| Self::no_thread(error))
    }

    /// The server answered `code`: the hint is the command that explains it.
    pub fn errcode(code: i64, message: impl Into<Both>) -> Self {
        Self {
            kind: Kind::Errcode,
            message: message.into(),
            fix: Some(Both::same(format!("wecheck errcode explain {code}"))),
            errcode: Some(code),
            facts: None,
            reported: false,
        }
    }

    /// The reader of stdout went away.
    pub fn closed_pipe() -> Self {
        Self {
            reported: true,
            ..Self::new(Kind::ClosedPipe, both!("读取输出的程序已关闭管道", "the reader closed the pipe"))
        }
    }

    /// Marks a failure that has been reported already.
    #[must_use]
    pub fn already_reported(self) -> Self {
        Self { reported: true, ..self }
    }

    /// The `error` object of a JSON document, in `lang`.
    pub fn document(&self, lang: Lang) -> serde_json::Value {
        serde_json::json!({
            "kind": self.kind,
            "message": self.message.get(lang),
            "fix": self.fix.as_ref().map(|fix| fix.get(lang)),
            "errcode": self.errcode,
        })
    }

    /// Adds what to type next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Both>) -> Self {
        self.fix = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.message, f)
    }
}

impl std::error::Error for Failure {}

/// EMFILE and ENFILE.
pub fn is_out_of_files(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}
