//! Runs the real binary with nothing of this machine's environment, and shows what it did as a
//! transcript that can stand in a snapshot.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// The binary under test: this build's, or the one that `WECHECK_TEST_BINARY` names.
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
pub fn binary() -> &'static str {
    static BINARY: LazyLock<String> = LazyLock::new(|| {
        std::env::var("WECHECK_TEST_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_wecheck").to_owned())
    });
    &BINARY
}

/// How many cases a test makes: `tests/run --long` sets the variable to the full size.
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
pub fn amount(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number of cases"))
}

/// As a client that writes `%41` for a letter too.
#[allow(dead_code, reason = "for the it target")]
pub fn every_byte_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
        out
    })
}

/// Where this machine's programs are: for runs that look for a browser.
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
#[allow(dead_code, reason = "for the page target")]
pub fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// A home for runs that share files: config, cache, inputs.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file below the home and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
        std::fs::write(&path, content).expect("the file is written");
        path
    }

    /// Writes the config file where the binary looks for it, mode 0600.
    pub fn config(&self, toml: &str) -> PathBuf {
        let path = self.file(".config/wecheck/config.toml", toml);
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("chmod");
        path
    }

    /// A run in this home.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        Run {
            args: args.into_iter().map(|arg| arg.as_ref().to_owned()).collect(),
            vars: Vec::new(),
            stdin: None,
            home: self.path().to_owned(),
            own: None,
        }
    }
}

/// One run of the binary, not yet started.
pub struct Run {
    args: Vec<OsString>,
    vars: Vec<(OsString, OsString)>,
    stdin: Option<Vec<u8>>,
    home: PathBuf,
    own: Option<Home>,
}

/// A run in a home of its own.
pub fn wecheck<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Run {
    let home = Home::new();
    let mut run = home.run(args);
    run.own = Some(home);
    run
}

impl Run {
    /// More arguments.
    pub fn with<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub fn var(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.vars.push((name.into(), value.as_ref().to_owned()));
        self
    }

    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(text.as_ref().to_vec());
        self
    }

    /// The command, for tests that need the process itself.
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command
            .args(&self.args)
            .env_clear()
            .env("HOME", &self.home)
            .env("LANG", "C.UTF-8")
            .current_dir(&self.home)
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn spawn(&self) -> Child {
        self.command().spawn().expect("the binary starts")
    }

    /// Runs to the end.
    pub fn done(self) -> Done {
        let mut child = self.spawn();
        if let Some(text) = self.stdin.clone() {
            let mut pipe = child.stdin.take().expect("stdin is a pipe");
            // The binary may stop reading early; that is what some tests are about.
            std::thread::spawn(move || {
                let _ = pipe.write_all(&text);
            });
        }
        Done::from(child.wait_with_output().expect("the binary ends"))
    }
}

/// What a finished run left.
pub struct Done {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<std::process::Output> for Done {
    fn from(output: std::process::Output) -> Self {
        note_ids(&output.stdout);
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// Where each id that an answer named leaves a file: `tests/produced.rs` compares them with the program's.
pub const PRODUCED: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/produced");

/// Notes that an answer had this id.
#[allow(dead_code, reason = "for the it target")]
pub fn note_id(id: &str) {
    std::fs::create_dir_all(PRODUCED).expect("a folder");
    std::fs::write(Path::new(PRODUCED).join(id), "").expect("a file");
}

/// Notes the ids of findings, mistakes and checks in a JSON answer, those of passed checks aside.
fn note_ids(stdout: &[u8]) {
    fn walk(value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                let status = fields.get("status").and_then(serde_json::Value::as_str);
                if let Some(id) = fields.get("id").and_then(serde_json::Value::as_str)
                    && status.is_none_or(|status| ["fail", "warn", "info"].contains(&status))
                    && id
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                {
                    note_id(id);
                }
                fields.values().for_each(walk);
            }
            serde_json::Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    // One document, or one a line.
    for document in serde_json::Deserializer::from_slice(stdout).into_iter().map_while(Result::ok) {
        walk(&document);
    }
}

impl Done {
    /// The one JSON document on stdout.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }
}

/// Reads like a transcript: the exit code, then each stream that is not empty.
impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit {}", self.code)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "----- {name}\n{text}")?;
            }
        }
        Ok(())
    }
}
