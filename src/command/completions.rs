//! `wecheck completions SHELL`: a completion script on stdout, or installed.
//!
//! In: a shell's name. Out: a script that asks the binary while a person types, so that profiles, topics,
//! codes and samples are completed too. The files under `completions/` are what this prints.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use clap_complete::env::Shells;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::output::{Report, safe};
use crate::{both, say};

/// Marks our line in a file that belongs to the person.
const MARK: &str = "# wecheck completions";

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck completions --install
  wecheck completions zsh --install
  wecheck completions fish > ~/.config/fish/completions/wecheck.fish")]
pub struct Args {
    /// The shell [default with --install: $SHELL]
    #[arg(value_enum, required_unless_present = "install")]
    shell: Option<Shell>,
    /// Write it where the shell reads it at its start
    #[arg(long)]
    install: bool,
}

/// Where it was installed.
#[derive(Debug, Serialize)]
struct Installed {
    shell: String,
    file: String,
}

impl Report for Installed {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let (shell, file) = (&self.shell, safe(&self.file));
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "已写入 {file}；新开一个 {shell} 就能补全",
                "written to {file}; every new {shell} completes from now on"
            )
        )
    }
}

/// Prints the script, or installs it.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let shell = match args.shell {
        Some(shell) => shell,
        None => {
            context.env.path_var("SHELL").as_deref().and_then(Shell::from_shell_path).ok_or_else(|| {
                Failure::usage(both!("看不出用的是哪种 shell", "it is not known which shell this is"))
                    .hint(Both::same("wecheck completions --install bash"))
            })?
        }
    };
    if args.install {
        return context.out.show(&install(shell, context)?);
    }
    let script = script(shell)?;
    context.out.write(|out| out.write_all(&script)).map(|()| true)
}

fn script(shell: Shell) -> Result<Vec<u8>, Failure> {
    let name = shell.to_string();
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let written = shells.completer(&name).map(|completer| {
        completer.write_registration("COMPLETE", "wecheck", "wecheck", "wecheck", &mut script)
    });
    match written {
        Some(Ok(())) => Ok(script),
        _ => Err(Failure::usage(both!("没有 {name} 的补全脚本", "there is no completion script for {name}"))
            .hint(Both::same("wecheck completions bash"))),
    }
}

/// One line at the end of what the shell reads at its start, once; fish has a folder for it. A shell that starts
/// when the binary is gone says nothing.
fn install(shell: Shell, context: &Context) -> Result<Installed, Failure> {
    let home = context.env.path_var("HOME").ok_or_else(|| {
        Failure::config(both!("没有主目录", "there is no home folder"))
            .hint(Both::same("wecheck completions bash > FILE"))
    })?;
    let config = context.env.path_var("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let (file, text) = match shell {
        Shell::Bash => (home.join(".bashrc"), "command -v wecheck >/dev/null && source <(COMPLETE=bash wecheck)".to_owned()),
        Shell::Zsh => (
            context.env.path_var("ZDOTDIR").unwrap_or(home).join(".zshrc"),
            "(( $+commands[wecheck] )) && { (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }; source <(COMPLETE=zsh wecheck); }"
                .to_owned(),
        ),
        Shell::Fish => (config.join("fish/completions/wecheck.fish"), "command -q wecheck; and COMPLETE=fish wecheck | source".to_owned()),
        Shell::Elvish => {
            (config.join("elvish/rc.elv"), "eval (E:COMPLETE=elvish wecheck | slurp)".to_owned())
        }
        other => {
            return Err(Failure::usage(both!(
                "{other} 的启动文件没有固定的位置",
                "{other} has no fixed place for what it reads at its start"
            ))
            .hint(both!(
                "把脚本加进 $PROFILE：wecheck completions powershell >> $PROFILE",
                "add the script to $PROFILE: wecheck completions powershell >> $PROFILE"
            )));
        }
    };
    append(&file, &text)?;
    Ok(Installed { shell: shell.to_string(), file: file.display().to_string() })
}

/// Adds our line, unless it is there.
fn append(file: &Path, line: &str) -> Result<(), Failure> {
    let refuse = |error: &io::Error| {
        let file = file.display();
        let zh = Both::from(error).zh;
        Failure::storage(both!("写不了 `{file}`：{zh}", "cannot write `{file}`: {error}"))
            .hint(Both::same("wecheck completions bash > FILE"))
    };
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(refuse(&error)),
    };
    if memchr::memmem::find(&text, MARK.as_bytes()).is_some() {
        return Ok(());
    }
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    std::fs::create_dir_all(folder).map_err(|error| refuse(&error))?;
    let start = if text.is_empty() || text.ends_with(b"\n") { "" } else { "\n" };
    let mut opened =
        std::fs::OpenOptions::new().append(true).create(true).open(file).map_err(|error| refuse(&error))?;
    opened.write_all(format!("{start}{line} {MARK}\n").as_bytes()).map_err(|error| refuse(&error))
}
