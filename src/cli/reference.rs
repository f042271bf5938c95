//! What every command has in common: exit codes, variables, files.
//!
//! In: `data/reference.toml`. Out: its entries, from which `wecheck --help`, the man pages and
//! `docs/reference.md` are made. Nothing reads it unless one of them is asked for.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::lang::Lang;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The day of the release, as `2026-11-26`.
    pub date: String,
    /// Exit codes.
    pub exit: Vec<Exit>,
    /// Variables that are read.
    pub variable: Vec<Variable>,
    /// Files that are read and written.
    pub file: Vec<File>,
}

/// An exit code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// What the process ends with.
    pub code: u8,
    en: String,
    zh: String,
}

/// Variables of one meaning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Their names.
    pub names: Vec<String>,
    en: String,
    zh: String,
    #[serde(default)]
    commands: Vec<String>,
}

/// A file or folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it is on Linux.
    pub path: String,
    en: String,
    zh: String,
    #[serde(default)]
    commands: Vec<String>,
}

impl Reference {
    /// Reads it.
    pub fn load() -> &'static Self {
        static REFERENCE: OnceLock<Reference> = OnceLock::new();
        // A broken file fails the tests; a user would read a shorter help.
        REFERENCE
            .get_or_init(|| toml::from_str(include_str!("../../data/reference.toml")).unwrap_or_default())
    }

    /// Exit codes and their meaning.
    pub fn exits(&self, lang: Lang) -> impl Iterator<Item = (String, &str)> {
        self.exit
            .iter()
            .map(move |exit| (exit.code.to_string(), lang.pick(exit.zh.as_str(), exit.en.as_str())))
    }

    /// Variables that concern a command, by the first word of its name; all of them without one.
    pub fn variables(&self, command: Option<&str>, lang: Lang) -> impl Iterator<Item = (String, &str)> {
        let concerned = move |variable: &&Variable| concerns(&variable.commands, command);
        self.variable.iter().filter(concerned).map(move |variable| {
            (variable.names.join(", "), lang.pick(variable.zh.as_str(), variable.en.as_str()))
        })
    }

    /// Files that concern a command, as above.
    pub fn files(&self, command: Option<&str>, lang: Lang) -> impl Iterator<Item = (String, &str)> {
        let concerned = move |file: &&File| concerns(&file.commands, command);
        self.file
            .iter()
            .filter(concerned)
            .map(move |file| (file.path.clone(), lang.pick(file.zh.as_str(), file.en.as_str())))
    }
}

fn concerns(commands: &[String], command: Option<&str>) -> bool {
    commands.is_empty() || command.is_none_or(|command| commands.iter().any(|one| one == command))
}
