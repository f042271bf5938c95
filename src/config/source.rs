//! Where a secret's text comes from, and its reading within a time and a size.
//!
//! In: a [`Source`] as the file or the environment names it. Out: the text as a [`Secret`], or a
//! [`SourceError`] that names the place and never what is in it. A command that hangs and a
//! pipe that no one writes to are given up: a job must not hang over its password.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::both;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Both;
use crate::secret::Secret;
use crate::timing;

/// A text that is not there after this is given up: the whole command has no longer.
const READ_LIMIT: Duration = timing::COMMAND;

/// No secret is longer. Bytes.
const LARGEST: u64 = 64 * 1024;

/// Where a secret's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is in the file, or in the variable that made the profile.
    Plain(Secret),
    /// `{ env = "NAME" }`.
    Env(String),
    /// `{ file = "PATH" }`, absolute or from the config's folder. One trailing newline is not part of it.
    File(PathBuf),
    /// `{ command = ["pass", "show", "x"] }`: its first line.
    Command(Vec<String>),
    /// `{ url = "http://…" }`: a token server's address; read by the upstream layer, not here.
    Url(String),
}

/// Why a secret could not be read. Holds names and reasons, never a value.
#[derive(Debug)]
pub enum SourceError {
    /// The variable is not set, or empty.
    Unset(String),
    /// The variable is not UTF-8.
    NotUtf8(Failure),
    /// The file cannot be read.
    File(PathBuf, io::Error),
    /// The file is a pipe, and no one writes to it.
    SilentFile(PathBuf, Duration),
    /// The command cannot be started.
    Start(String, io::Error),
    /// The command did not end by itself.
    Hangs(String, Duration),
    /// The command failed; its words are not passed on, they may hold anything.
    Status(String, std::process::ExitStatus),
    /// There is nothing in it, or it is not text.
    Empty(Both),
    /// There is far more in it than a secret.
    TooLong(Both),
    /// A url is not read here.
    Url,
}

impl SourceError {
    /// What happened, in both languages.
    pub fn text(&self) -> Both {
        match self {
            Self::Unset(name) => both!("环境变量 `{name}` 没有设置", "the variable `{name}` is not set"),
            Self::NotUtf8(failure) => failure.message.clone(),
            Self::File(path, error) => {
                let path = path.display();
                let zh = Both::from(error).zh;
                both!("文件 `{path}` 读不出来：{zh}", "the file `{path}` cannot be read: {error}")
            }
            Self::SilentFile(path, limit) => {
                let (path, seconds) = (path.display(), limit.as_secs());
                both!(
                    "文件 `{path}` 在 {seconds} 秒内没有内容",
                    "the file `{path}` gave nothing in {seconds} s"
                )
            }
            Self::Start(program, error) => {
                let Both { zh, en } = Both::from(error);
                both!("命令 `{program}` 无法启动：{zh}", "the command `{program}` cannot be started: {en}")
            }
            Self::Hangs(program, limit) => {
                let seconds = limit.as_secs();
                both!(
                    "命令 `{program}` 运行 {seconds} 秒还没有结束，已终止",
                    "the command `{program}` was not done after {seconds} s and was ended"
                )
            }
            Self::Status(program, status) => {
                both!("命令 `{program}` 失败：{status}", "the command `{program}` ended with {status}")
            }
            Self::Empty(Both { zh, en }) => both!("{zh}没有给出文本", "{en} gives no text"),
            Self::TooLong(Both { zh, en }) => {
                let limit = LARGEST / 1024;
                both!("{zh}给出的内容超过 {limit} KiB", "{en} gives more than {limit} KiB")
            }
            Self::Url => both!(
                "只有 `access_token` 和 `ticket` 能用 url",
                "a url is asked only for `access_token` and `ticket`"
            ),
        }
    }
}

/// The English text, for logs and tests.
impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text(), f)
    }
}

impl std::error::Error for SourceError {}

impl Source {
    /// Where it comes from, in words; for a plain one only that it is there.
    pub fn text(&self) -> Both {
        match self {
            Self::Plain(_) => both!("明文", "plain text"),
            Self::Env(name) => both!("环境变量 {name}", "variable {name}"),
            Self::File(path) => {
                let path = path.display();
                both!("文件 {path}", "file {path}")
            }
            Self::Command(argv) => {
                let program = argv.first().map_or("", String::as_str);
                both!("命令 {program}", "command {program}")
            }
            // A url may carry a key in its path or query, or a password before its host.
            Self::Url(url) => {
                let place = crate::address::shown(url);
                both!("{place} 的 url", "url at {place}")
            }
        }
    }

    /// Reads the text. Whitespace at its ends stays: it is a mistake that can then be named; one
    /// newline at the end of a file or of a command's output is not part of it.
    pub fn read(&self, env: &Env) -> Result<Secret, SourceError> {
        self.read_within(env, READ_LIMIT)
    }

    fn read_within(&self, env: &Env, limit: Duration) -> Result<Secret, SourceError> {
        let bytes = match self {
            Self::Plain(secret) => return Ok(secret.clone()),
            Self::Env(name) => {
                env.refuse_unreadable([name.as_str()]).map_err(SourceError::NotUtf8)?;
                return env.var(name).map(Secret::new).ok_or_else(|| SourceError::Unset(name.clone()));
            }
            Self::File(path) => read_file(path, limit)?,
            Self::Command(argv) => {
                let (program, rest) = argv.split_first().ok_or_else(|| SourceError::Empty(self.text()))?;
                ask_command(program, rest, env, limit)?
            }
            Self::Url(_) => return Err(SourceError::Url),
        };
        if bytes.len() as u64 > LARGEST {
            return Err(SourceError::TooLong(self.text()));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| SourceError::Empty(self.text()))?;
        let line = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
        if line.is_empty() {
            return Err(SourceError::Empty(self.text()));
        }
        Ok(Secret::new(line))
    }
}

type Bytes = Zeroizing<Vec<u8>>;

fn read_file(path: &Path, limit: Duration) -> Result<Bytes, SourceError> {
    let whole = |path: &Path| -> io::Result<Bytes> {
        let mut bytes = Bytes::default();
        File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let failed = |error| SourceError::File(path.to_owned(), error);
    if std::fs::metadata(path).map_err(failed)?.is_file() {
        return whole(path).map_err(failed);
    }
    let (sender, answer) = mpsc::channel();
    let pipe = path.to_owned();
    // Already the opening of a pipe waits for its writer.
    let reading = move || drop(sender.send(whole(&pipe)));
    std::thread::Builder::new().spawn(reading).map_err(failed)?;
    match answer.recv_timeout(limit) {
        Ok(read) => read.map_err(failed),
        Err(_) => Err(SourceError::SilentFile(path.to_owned(), limit)),
    }
}

/// The first line that a command prints, if it then ends well.
fn ask_command(program: &str, args: &[String], env: &Env, limit: Duration) -> Result<Bytes, SourceError> {
    let over = Instant::now() + limit;
    let failed = |error| SourceError::Start(program.to_owned(), error);
    let mut command = env.command(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let group = own_group(&mut command);
    let mut child = command.spawn().map_err(failed)?;
    let (sender, answer) = mpsc::channel();
    let stdout = child.stdout.take();
    let reading = std::thread::Builder::new().spawn(move || {
        let Some(stdout) = stdout else { return };
        let mut output = BufReader::new(stdout);
        let mut line = Bytes::default();
        let read = (&mut output).take(LARGEST + 1).read_until(b'\n', &mut line).map(|_| line);
        let _ = sender.send(read);
        // The rest is read as well: a command must not fail because no one listens to its end.
        let _ = io::copy(&mut output, &mut io::sink());
    });
    if let Err(error) = reading {
        end(child, group);
        return Err(failed(error));
    }
    let Ok(line) = answer.recv_timeout(limit) else {
        end(child, group);
        return Err(SourceError::Hangs(program.to_owned(), limit));
    };
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait().map_err(failed)? {
            Some(status) if status.success() => return line.map_err(failed),
            Some(status) => return Err(SourceError::Status(program.to_owned(), status)),
            None if Instant::now() >= over => {
                end(child, group);
                return Err(SourceError::Hangs(program.to_owned(), limit));
            }
            None => std::thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Puts a command into a process group of its own, so that it can be ended with all that it
/// started. Not on a terminal: from another group it could not ask for a passphrase
/// there, and Ctrl-C would not reach it.
#[cfg(unix)]
fn own_group(command: &mut Command) -> bool {
    let own = File::open("/dev/tty").is_err();
    if own {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    own
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) -> bool {
    false
}

/// Ends a command and, where it has one, its group.
fn end(mut child: Child, group: bool) {
    #[cfg(unix)]
    if group {
        let id = rustix::process::Pid::from_child(&child);
        let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = group;
    let _ = child.kill();
    // One that hangs in the kernel is not waited for.
    let _ = std::thread::Builder::new().spawn(move || child.wait());
}

/// The English text, for logs and digests.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text(), f)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(600);

    fn shell(script: &str) -> Result<String, String> {
        let source = Source::Command(["sh", "-c", script].map(str::to_owned).to_vec());
        read(&source)
    }

    fn read(source: &Source) -> Result<String, String> {
        let began = Instant::now();
        let read = source.read_within(&Env::for_test(&[], || 0), SHORT);
        assert!(began.elapsed() < SHORT * 3, "{source}: {:?}", began.elapsed());
        read.map(|secret| secret.reveal().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_commands_first_line_is_its_answer_and_a_hanging_one_is_ended() {
        let hangs = Err("the command `sh` was not done after 0 s and was ended".to_owned());
        assert_eq!(shell("echo first; echo second"), Ok("first".into()));
        assert_eq!(shell("printf ' spaces stay \\r\\n'"), Ok(" spaces stay ".into()));
        assert_eq!(shell("printf no-newline"), Ok("no-newline".into()));
        assert_eq!(shell("sleep 30"), hangs);
        assert_eq!(shell("echo CANARY; sleep 30"), hangs, "what it said is not passed on");
        assert_eq!(shell("yes"), hangs, "nor kept");
        assert_eq!(shell("trap '' TERM; sleep 30 & wait"), hangs);
        assert_eq!(shell("sleep 3 & echo early"), Ok("early".into()), "a left-over keeps no one");
        assert_eq!(shell("seq 100000; exit 0"), Ok("1".into()), "nor does a long end");
        assert_eq!(shell("true"), Err("command sh gives no text".into()));
        assert_eq!(shell("echo CANARY; exit 3"), Err("the command `sh` ended with exit status: 3".into()));
        assert_eq!(
            shell("head -c 70000 /dev/zero | tr '\\0' x"),
            Err("command sh gives more than 64 KiB".into())
        );
    }

    #[test]
    fn a_file_is_read_in_bounds_even_if_it_is_a_pipe() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let file = Source::File(path.clone());
        std::fs::write(&path, "from a file\n").expect("written");
        assert_eq!(read(&file), Ok("from a file".into()));
        std::fs::write(&path, vec![b'x'; 70_000]).expect("written");
        assert_eq!(read(&file), Err(format!("file {} gives more than 64 KiB", path.display())));
        assert_eq!(
            read(&Source::File("/dev/zero".into())),
            Err("file /dev/zero gives more than 64 KiB".into())
        );
        std::fs::remove_file(&path).expect("gone");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo is there").success());
        assert_eq!(read(&file), Err(format!("the file `{}` gave nothing in 0 s", path.display())));
        // A second one: a reader still waits at the first.
        let path = folder.path().join("written");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo is there").success());
        let file = Source::File(path.clone());
        std::thread::spawn(move || std::fs::write(path, "through a pipe\n"));
        assert_eq!(read(&file), Ok("through a pipe".into()));
    }
}
