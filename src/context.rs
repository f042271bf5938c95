//! What every use case is given: the environment, the output, the language, and the settings.
//!
//! In: the captured environment. Out: a [`Context`], built once by the command line. The config
//! file is read when something first asks for it, so that a command that needs none never opens it.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::both;
use crate::config::{CacheSettings, Profile, Settings};
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::output::Output;

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
    reported: Mutex<BTreeSet<String>>,
}

impl Context {
    /// Settles the language; reads the config only if neither flag nor variable names one.
    pub fn new(env: Env) -> Self {
        let settings = OnceLock::new();
        let lang = env.lang_setting().unwrap_or_else(|| {
            // A broken config stops only the commands that need a profile.
            let loaded = settings.get_or_init(|| crate::config::load(&env));
            loaded.as_ref().ok().and_then(|settings| settings.lang).unwrap_or_else(|| env.locale_lang())
        });
        let out = Output::new(&env, lang);
        Self { env, out, lang, settings, reported: Mutex::default() }
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
            reported: Mutex::default(),
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
                let failure = Failure::config(both!("还没有配置", "there is no profile"));
                if self.env.is_ci() {
                    // No one is there to be asked.
                    failure.hint(both!(
                        "在任务的环境变量里设置 WECHECK_APPID 和 WECHECK_SECRET（企业微信再加 WECHECK_PLATFORM=work）",
                        "set WECHECK_APPID and WECHECK_SECRET in the job's environment (for WeCom WECHECK_PLATFORM=work, too)"
                    ))
                } else {
                    failure.hint("wecheck config init")
                }
            } else {
                let names: Vec<&str> =
                    settings.profiles.iter().map(|profile| profile.name.as_str()).collect();
                let (list, first) = (names.join(", "), names[0]);
                Failure::config(both!(
                    "有多份配置，没有说用哪一份：{list}",
                    "no profile is chosen among {list}"
                ))
                .hint(format!("wecheck --profile {first} …"))
            }
        })
    }

    /// The profile of a callback command: without one, a token in a variable is enough.
    pub fn callback_profile(&self) -> Result<Profile, Failure> {
        self.profile().map_err(|failure| {
            let none = self.settings().is_ok_and(|settings| settings.profiles.is_empty());
            if none && self.env.globals.profile.is_none() {
                Failure::config(both!(
                    "还不知道回调的 Token：没有配置",
                    "the callback's Token is not known: there is no profile"
                ))
                .hint(both!(
                    "设置 WECHECK_CALLBACK_TOKEN，或运行：wecheck config init",
                    "set WECHECK_CALLBACK_TOKEN, or make one: wecheck config init"
                ))
            } else {
                failure
            }
        })
    }

    /// The profile where there is one. Without `--profile`, a broken config is not one, with a note.
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
                let Both { zh, en } = failure.message;
                self.out.note(both!("没有用上任何配置：{zh}", "no profile is used: {en}"));
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

    /// How values are kept. Of a broken file too, as far as its `[cache]` can still be read.
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
        let Both { zh, en } = &broken.message;
        self.warn_once(&both!("配置文件没有用上：{zh}", "the config file is not used: {en}"));
    }

    /// Says what is odd about the config file.
    fn warn_of_oddities(&self, settings: &Settings) {
        settings.warnings.iter().for_each(|warning| self.warn_once(warning));
    }

    /// A warning, unless it was reported in this run already.
    pub fn warn_once(&self, text: &Both) {
        if self.reported.lock().unwrap_or_else(PoisonError::into_inner).insert(text.en.clone()) {
            self.out.warn(text.clone());
        }
    }
}
