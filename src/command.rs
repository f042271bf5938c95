//! The commands: one enum, the one match, and what every command is handed.
//!
//! In: parsed arguments. Out: whether the answer is yes. Each file below holds one command: its
//! arguments, the struct it reports, and `run`.

pub mod cache;
pub mod callback;
pub mod completions;
pub mod config;
pub mod credentials;
pub mod domain_check;
pub mod errcode;
pub mod faq;
pub mod fields;
pub mod grant;
pub mod input;
pub mod serve;
pub mod sign;
pub mod ticket;
pub mod token;
pub mod ua;
pub mod verify;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clap::Subcommand;

use crate::config::{CacheSettings, Profile, Settings};
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::Output;
use crate::say;

/// A command and its arguments, which the parser builds for the command that was typed only.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true, defer = true)]
pub enum Command {
    /// Sign a page's url, or a card's values
    Sign(sign::Args),
    /// Check a signature, and name what is wrong
    Verify(verify::Args),
    /// Print the access token, cached or fetched
    Token(token::Args),
    /// Print a ticket, cached or fetched
    Ticket(ticket::Args),
    /// Explain, search and list error codes, or count them in a log
    #[command(subcommand)]
    Errcode(errcode::Command),
    /// Show troubleshooting topics
    Faq(faq::Args),
    /// Say which client sent a user agent
    Ua(ua::Args),
    /// Say whether a page's domain may be used, and with --probe whether the host serves it well
    DomainCheck(domain_check::Args),
    /// Check, open and build what WeChat sends to your server
    Callback(callback::Args),
    /// Open the checker page, and sign for pages under development
    Serve(serve::Args),
    /// Make, find, show and check the config file
    #[command(subcommand)]
    Config(config::Command),
    /// See, clear and fill the token cache
    #[command(subcommand)]
    Cache(cache::Command),
    /// Print a completion script for a shell
    Completions(completions::Args),
}

impl Command {
    /// Runs the command; `false` where a check's answer is no.
    pub fn run(self, context: &Context) -> Result<bool, Failure> {
        match self {
            Self::Sign(args) => sign::run(&args, context),
            Self::Verify(args) => verify::run(&args, context),
            Self::Token(args) => context.out.show(&token::run(&args, context)?),
            Self::Ticket(args) => context.out.show(&ticket::run(&args, context)?),
            Self::Errcode(command) => errcode::run(command, context),
            Self::Faq(args) => faq::run(&args, context),
            Self::Ua(args) => ua::run(&args, context),
            Self::DomainCheck(args) => domain_check::run(&args, context),
            Self::Serve(args) => serve::run(&args, context),
            Self::Config(command) => config::run(command, context),
            Self::Callback(args) => callback::run(&args, context),
            Self::Cache(command) => cache::run(command, context),
            Self::Completions(args) => completions::run(&args, context),
        }
    }
}

/// What a command is handed: the environment, the output, and the settings, read once and only
/// when asked for.
pub struct Context {
    /// The captured environment.
    pub env: Env,
    /// Where answers and notes go.
    pub out: Output,
    /// The language spoken.
    pub lang: Lang,
    settings: OnceLock<Result<Settings, Failure>>,
    /// The warnings of this run.
    told: Mutex<BTreeSet<String>>,
    /// Whether Ctrl-C ends the process at once, wherever it is.
    pub ends_on_interrupt: Arc<AtomicBool>,
    /// Whether the local server asks: a signal is its business then.
    pub serving: bool,
}

impl Context {
    /// Settles the language; reads the config only where neither flag nor variable names one.
    pub fn new(env: Env) -> Self {
        let settings = OnceLock::new();
        let lang = env.lang_setting().unwrap_or_else(|| {
            // A broken config stops only the commands that need a profile.
            let loaded = settings.get_or_init(|| crate::config::load(&env));
            loaded.as_ref().ok().and_then(|settings| settings.lang).unwrap_or_else(|| env.locale_lang())
        });
        let out = Output::new(&env, lang);
        let ends_on_interrupt = Arc::new(AtomicBool::new(true));
        Self { env, out, lang, settings, told: Mutex::default(), ends_on_interrupt, serving: false }
    }

    /// The same run's context for one request of the local server: the settings as they were read,
    /// the language of the request, no notes, no handlers of signals.
    #[must_use]
    pub fn for_request(&self, lang: Lang) -> Self {
        let settings = self.settings.clone();
        Self {
            env: self.env.clone(),
            out: self.out.for_request(lang),
            lang,
            settings,
            told: Mutex::default(),
            ends_on_interrupt: self.ends_on_interrupt.clone(),
            serving: true,
        }
    }

    /// The settings, or why they cannot be read.
    pub fn settings(&self) -> Result<&Settings, Failure> {
        let loaded = self.settings.get_or_init(|| crate::config::load(&self.env));
        loaded.as_ref().map_err(Clone::clone)
    }

    /// The profile, or the failure that says how to make one.
    pub fn profile(&self) -> Result<Profile, Failure> {
        let settings = match self.settings() {
            Ok(settings) => settings,
            Err(failure) => return self.profile_of_variables(&failure)?.ok_or(failure),
        };
        self.warn_of_oddities(settings);
        settings.profile(&self.env)?.ok_or_else(|| {
            if settings.profiles.is_empty() {
                Failure::config("there is no profile").hint("wecheck config init")
            } else {
                let names: Vec<&str> =
                    settings.profiles.iter().map(|profile| profile.name.as_str()).collect();
                Failure::config(format!("no profile is chosen among {}", names.join(", ")))
                    .hint(format!("wecheck --profile {} …", names[0]))
            }
        })
    }

    /// The profile where there is one. Without `--profile`, a broken config is none, with a note.
    pub fn profile_if_any(&self) -> Result<Option<Profile>, Failure> {
        if self.env.globals.profile.is_some() {
            return self.profile().map(Some);
        }
        match self.settings().and_then(|settings| Ok((settings, settings.profile(&self.env)?))) {
            Ok((settings, profile)) => {
                if profile.is_some() {
                    self.warn_of_oddities(settings);
                }
                Ok(profile)
            }
            Err(failure) => {
                if self.settings().is_err()
                    && let Some(profile) = self.profile_of_variables(&failure)?
                {
                    return Ok(Some(profile));
                }
                self.out.note(&format!("no profile is used: {failure}"));
                Ok(None)
            }
        }
    }

    /// The profile that the variables make without the file, which is broken.
    fn profile_of_variables(&self, broken: &Failure) -> Result<Option<Profile>, Failure> {
        let profile = crate::config::environment_profile(&self.env)?;
        if profile.is_some() {
            self.warn_of_broken_file(broken);
        }
        Ok(profile)
    }

    /// How values are kept. Of a broken file too, as far as its `[cache]` can still be told.
    pub fn cache_settings(&self) -> Result<CacheSettings, Failure> {
        let broken = match self.settings() {
            Ok(settings) => return Ok(settings.cache.clone()),
            Err(failure) => failure,
        };
        let Some(cache) = crate::config::cache_of_broken(&self.env) else { return Err(broken) };
        self.warn_of_broken_file(&broken);
        Ok(cache)
    }

    fn warn_of_broken_file(&self, broken: &Failure) {
        self.warn_once(&say!(
            self.lang,
            "配置文件没有用上：{broken}",
            "the config file is not used: {broken}"
        ));
    }

    /// Says what is odd about the config file.
    fn warn_of_oddities(&self, settings: &Settings) {
        settings.warnings.iter().for_each(|warning| self.warn_once(warning));
    }

    /// A warning, unless it was told in this run already.
    pub fn warn_once(&self, text: &str) {
        if self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned()) {
            self.out.warn(text);
        }
    }
}
