//! A real terminal: tmux of a given size, a real shell in it, keys typed and the screen read back.
//!
//! Each has a server of its own (a socket in its home), which ends with it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::{Home, binary, path};

/// So long a screen may take on a busy machine. Seconds.
const PATIENCE_SECS: u64 = 60;

/// A terminal.
pub struct Screen<'a> {
    home: &'a Home,
}

impl<'a> Screen<'a> {
    /// Opens one of so many columns and rows that runs a command in the home, with the binary first
    /// on the path and nothing else of this machine's environment.
    pub fn open(
        home: &'a Home,
        (columns, rows): (u16, u16),
        command: &[&str],
        vars: &[(&str, &str)],
    ) -> Self {
        home.file(
            "tmux.conf",
            "set -g status off\nset -s escape-time 0\nset -g default-terminal screen-256color\nset -g history-limit 5000\n",
        );
        let folder = Path::new(binary()).parent().expect("the binary has a folder").display().to_string();
        let path = path().to_string_lossy().into_owned();
        let screen = Self { home };
        let mut tmux = screen.tmux();
        tmux.env_clear()
            .env("PATH", format!("{folder}:{path}"))
            .env("HOME", home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .envs(vars.iter().copied())
            .args([
                "-f",
                "tmux.conf",
                "new-session",
                "-d",
                "-x",
                &columns.to_string(),
                "-y",
                &rows.to_string(),
            ])
            .args(command);
        let done = tmux.output().expect("tmux starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        screen
    }

    fn tmux(&self) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.current_dir(self.home.path()).arg("-S").arg(self.home.path().join("tmux.socket"));
        tmux
    }

    /// Types a text as it is.
    pub fn types(&self, text: &str) {
        let done = self.tmux().args(["send-keys", "-l", "--", text]).status().expect("tmux starts");
        assert!(done.success());
    }

    /// Presses keys by tmux's names: `Enter`, `Tab`, `C-d`.
    pub fn presses(&self, keys: &[&str]) {
        let done = self.tmux().arg("send-keys").args(keys).status().expect("tmux starts");
        assert!(done.success());
    }

    /// What the window shows now, without the spaces at the ends of lines and the empty lines below.
    pub fn shown(&self) -> String {
        self.capture(&[])
    }

    /// The same with what scrolled out at the top, and with the lines whole that the terminal itself broke.
    pub fn joined(&self) -> String {
        self.capture(&["-J", "-S", "-"])
    }

    fn capture(&self, args: &[&str]) -> String {
        let done = self.tmux().args(["capture-pane", "-p"]).args(args).output().expect("tmux starts");
        let text = String::from_utf8_lossy(&done.stdout);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Waits until the window shows what is looked for, and returns it.
    pub fn waits(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + Duration::from_secs(PATIENCE_SECS);
        loop {
            let shown = self.shown();
            if is_there(&shown) {
                return shown;
            }
            assert!(Instant::now() < end, "{what} is not shown:\n{shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        let _ = self.tmux().arg("kill-server").output();
    }
}
