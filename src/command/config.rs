//! `wecheck config`: make, find, show and check the config file.
//!
//! In: answers on a terminal, or flags. Out: a file of mode 0600, or a report of what is set and
//! where each secret comes from. A secret's value is never shown, and none is ever asked for on the
//! command line: the file names where it is.

mod init;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;
use colored::Colorize;
use serde::Serialize;

use crate::config::{self, Profile, Settings, Source};
use crate::context::Context;
use crate::diagnosis::warning::api_complaint;
use crate::failure::Failure;
use crate::lang::{Both, Lang, plural_s};
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::{both, say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a profile: asks on a terminal, takes flags otherwise
    Init(init::InitArgs),
    /// Print where the config file is
    #[command(after_help = "Examples:
  wecheck config path
  $EDITOR \"$(wecheck config path)\"")]
    Path,
    /// Show what is set, and where each secret comes from
    #[command(after_help = "Examples:
  wecheck config show
  wecheck config show --profile shop --json")]
    Show,
    /// Check ids, secrets, domains and API names
    Check(CheckArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck config check
  wecheck config check --strict
  wecheck config check --profile shop --json")]
pub struct CheckArgs {
    /// Exit 1 when anything is odd
    #[arg(long)]
    strict: bool,
}

/// Runs a subcommand.
pub fn run(command: Command, context: &Context) -> Result<bool, Failure> {
    match command {
        Command::Init(args) => context.out.show(&init::init(args, context)?),
        Command::Path => context.out.show(&path(context)?),
        Command::Show => context.out.show(&show(context)?),
        Command::Check(args) => context.out.show(&check(&args, context)?),
    }
}

/// Where the file is.
#[derive(Debug, Serialize)]
pub struct PathReport {
    /// The path.
    pub path: String,
    /// Whether it is there.
    pub exists: bool,
}

impl Report for PathReport {
    fn human(&self, out: &mut dyn Write, _: Lang) -> io::Result<()> {
        writeln!(out, "{}", safe(&self.path))
    }
}

/// The path by flag, variable or platform; asked even of a file that cannot be read.
fn location(context: &Context) -> Result<PathBuf, Failure> {
    let env = &context.env;
    env.globals
        .config
        .clone()
        .or_else(|| env.path_var("WECHECK_CONFIG"))
        .or_else(|| config::default_path(env))
        .ok_or_else(|| {
            Failure::config(both!("没有放配置文件的主目录", "there is no home folder for a config file"))
                .hint(Both::same("export WECHECK_CONFIG=FILE"))
        })
}

fn path(context: &Context) -> Result<PathReport, Failure> {
    let path = location(context)?;
    Ok(PathReport { exists: path.is_file(), path: path.display().to_string() })
}

/// What is set.
#[derive(Debug, Serialize)]
pub struct ShowReport {
    /// The file.
    pub path: Option<String>,
    /// Whether it is there.
    pub exists: bool,
    /// `default_profile`.
    pub default_profile: Option<String>,
    /// The profile that this run would use.
    pub chosen: Option<String>,
    /// The cache.
    pub cache: CacheReport,
    /// Where the key of `serve --share` comes from.
    pub share_key: Option<Origin>,
    /// The profiles of the file, then the environment's, where it makes one.
    pub profiles: Vec<ProfileReport>,
}

/// The cache settings.
#[derive(Debug, Serialize)]
pub struct CacheReport {
    /// `disk` or `redis`.
    pub backend: &'static str,
    /// Seconds before expiry at which a value counts as old.
    pub refresh_margin: u64,
}

/// A profile without its secrets.
#[derive(Debug, Serialize)]
pub struct ProfileReport {
    /// The name.
    pub name: String,
    /// The platform.
    pub platform: Platform,
    /// appid or corpid.
    pub app_id: Option<String>,
    /// agentid.
    pub agent_id: Option<String>,
    /// The id of a third-party app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite_id: Option<String>,
    /// The corpid of its provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_corpid: Option<String>,
    /// The API's base.
    pub api_base: String,
    /// Where the secret comes from.
    pub secret: Option<Origin>,
    /// Where the callback token comes from.
    pub callback_token: Option<Origin>,
    /// Where the EncodingAESKey comes from.
    pub encoding_aes_key: Option<Origin>,
    /// Where access tokens come from, where a token server gives them.
    pub access_token: Option<Origin>,
    /// Where tickets come from, where a token server gives them.
    pub ticket: Option<Origin>,
    /// Trusted domains.
    pub trusted_domains: Vec<String>,
    /// jsApiList.
    pub js_api_list: Vec<String>,
    /// Whether it is a 测试号.
    pub sandbox: bool,
}

/// Where a secret comes from. A document has the English words: its values know no language.
#[derive(Debug)]
pub struct Origin(Both);

impl Origin {
    fn of(source: &Source) -> Self {
        Self(source.text())
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.en)
    }
}

impl From<&Profile> for ProfileReport {
    fn from(profile: &Profile) -> Self {
        let source = |source: &Option<Source>| source.as_ref().map(Origin::of);
        Self {
            name: profile.name.clone(),
            platform: profile.platform(),
            app_id: profile.app_id.clone(),
            agent_id: profile.agent_id.clone(),
            suite_id: profile.suite_id.clone(),
            provider_corpid: profile.provider_corpid.clone(),
            api_base: crate::address::shown_with_path(profile.api_base()),
            secret: source(&profile.secret),
            callback_token: source(&profile.callback_token),
            encoding_aes_key: source(&profile.encoding_aes_key),
            access_token: source(&profile.access_token),
            ticket: source(&profile.ticket),
            trusted_domains: profile.trusted_domains.clone(),
            js_api_list: profile.js_api_list.clone(),
            sandbox: profile.sandbox,
        }
    }
}

impl Report for ShowReport {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        match &self.path {
            Some(path) if self.exists => writeln!(out, "{}", safe(path))?,
            Some(path) => {
                let path = safe(path);
                writeln!(
                    out,
                    "{}",
                    say!(
                        lang,
                        "{path}（还没有这个文件：wecheck config init）",
                        "{path} (not there yet: wecheck config init)"
                    )
                )?;
            }
            None => {}
        }
        let (backend, margin) = (self.cache.backend, self.cache.refresh_margin);
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "缓存：{backend}，到期前 {margin} 秒换新",
                "cache: {backend}, refreshed {margin} s before expiry"
            )
        )?;
        if let Some(key) = &self.share_key {
            let key = key.0.get(lang);
            writeln!(out, "{}", say!(lang, "serve --share 的 key：{key}", "key of serve --share: {key}"))?;
        }
        let origin = |origin: &Option<Origin>| origin.as_ref().map(|origin| origin.0.get(lang).to_owned());
        for profile in &self.profiles {
            let used = if self.chosen.as_ref() == Some(&profile.name) {
                say!(lang, "（当前）", " (in use)")
            } else {
                String::new()
            };
            writeln!(out, "\n{}{used}", profile.name.bold())?;
            let mut row = |name: &str, value: Option<&str>| match value {
                Some(value) if !value.is_empty() => writeln!(out, "  {name:<17} {}", safe(value)),
                _ => Ok(()),
            };
            row("platform", Some(profile.platform.name()))?;
            row("appid", profile.app_id.as_deref())?;
            row("agent_id", profile.agent_id.as_deref())?;
            row("suite_id", profile.suite_id.as_deref())?;
            row("provider_corpid", profile.provider_corpid.as_deref())?;
            row("api_base", Some(&profile.api_base))?;
            row("secret", origin(&profile.secret).as_deref())?;
            row("callback_token", origin(&profile.callback_token).as_deref())?;
            row("encoding_aes_key", origin(&profile.encoding_aes_key).as_deref())?;
            row("access_token", origin(&profile.access_token).as_deref())?;
            row("ticket", origin(&profile.ticket).as_deref())?;
            row("trusted_domains", Some(&profile.trusted_domains.join(", ")))?;
            row("js_api_list", Some(&profile.js_api_list.join(", ")))?;
            row("sandbox", profile.sandbox.then_some("true"))?;
        }
        Ok(())
    }
}

/// The profiles of the file, and the one that this run would use.
fn profiles(settings: &Settings, context: &Context) -> Result<(Vec<Profile>, Option<String>), Failure> {
    let mut all = settings.profiles.clone();
    let chosen = settings.profile(&context.env)?;
    let name = chosen.as_ref().map(|profile| profile.name.clone());
    if let Some(chosen) = chosen {
        match all.iter_mut().find(|profile| profile.name == chosen.name) {
            Some(own) => *own = chosen,
            None => all.push(chosen),
        }
    }
    Ok((all, name))
}

fn show(context: &Context) -> Result<ShowReport, Failure> {
    let settings = context.settings()?;
    let (profiles, chosen) = profiles(settings, context)?;
    Ok(ShowReport {
        path: settings.path.as_ref().map(|path| path.display().to_string()),
        exists: settings.exists,
        default_profile: settings.default_profile.clone(),
        chosen,
        cache: CacheReport {
            backend: if settings.cache.redis.is_some() { "redis" } else { "disk" },
            refresh_margin: settings.cache.refresh_margin,
        },
        share_key: settings.share_key.as_ref().map(Origin::of),
        profiles: profiles.iter().map(ProfileReport::from).collect(),
    })
}

/// What looks odd.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// The file.
    pub path: Option<String>,
    /// How many profiles were looked at.
    pub profiles: usize,
    /// What was found.
    pub warnings: Vec<CheckWarning>,
    #[serde(skip)]
    strict: bool,
}

/// One oddity.
#[derive(Debug, Serialize)]
pub struct CheckWarning {
    /// The profile; null for the file itself.
    pub profile: Option<String>,
    /// The field.
    pub field: &'static str,
    /// What is odd. Never the value.
    pub message: String,
}

impl Report for CheckReport {
    fn ok(&self) -> bool {
        !self.strict || self.warnings.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        for warning in &self.warnings {
            let profile = warning.profile.as_deref().unwrap_or("config.toml");
            writeln!(out, "{} {}.{}: {}", "!".yellow(), profile, warning.field, safe(&warning.message))?;
        }
        let (profiles, found) = (self.profiles, self.warnings.len());
        let (s, ies) = (plural_s(profiles), if found == 1 { "y" } else { "ies" });
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "看过 {profiles} 份配置，{found} 处可疑",
                "{profiles} profile{s} read, {found} oddit{ies}"
            )
        )
    }
}

fn check(args: &CheckArgs, context: &Context) -> Result<CheckReport, Failure> {
    let settings = context.settings()?;
    let (profiles, _) = profiles(settings, context)?;
    if profiles.is_empty() {
        return Err(Failure::config(both!("没有可检查的配置", "there is no profile to check"))
            .hint(Both::same("wecheck config init")));
    }
    let lang = context.lang;
    let mut warnings: Vec<CheckWarning> = settings
        .warnings
        .iter()
        .map(|message| CheckWarning { profile: None, field: "file", message: message.get(lang).to_owned() })
        .collect();
    for profile in &profiles {
        let mut add = |field, message| {
            warnings.push(CheckWarning { profile: Some(profile.name.clone()), field, message });
        };
        // Read once: a command may ask a person, or take its time.
        let mut read = Vec::new();
        for (field, source) in [
            ("secret", &profile.secret),
            ("callback_token", &profile.callback_token),
            ("encoding_aes_key", &profile.encoding_aes_key),
        ] {
            let Some(source) = source else { continue };
            match source.read(&context.env) {
                Ok(value) => read.push((source, value)),
                Err(error) => add(field, error.text().get(lang).to_owned()),
            }
        }
        if profile.app_id.is_none() {
            add("appid", say!(lang, "没有填", "is not set"));
        }
        if profile.secret.is_none() && profile.access_token.is_none() && profile.ticket.is_none() {
            add(
                "secret",
                say!(lang, "没有填：取不了 token 和 ticket", "is not set: no token or ticket can be fetched"),
            );
        }
        for oddity in config::oddities(profile, |source| {
            read.iter().find(|(known, _)| *known == source).map(|(_, value)| value.clone())
        }) {
            add(oddity.field, lang.pick(oddity.zh, oddity.en));
        }
        for field in config::unused_fields(profile) {
            let platform = profile.platform();
            add(field, say!(lang, "{platform} 用不到它", "{platform} has no use for it"));
        }
        for entry in &profile.trusted_domains {
            if let Some(complaint) = init::domain_complaint(entry, profile.platform(), lang) {
                add("trusted_domains", complaint);
            }
        }
        for name in &profile.js_api_list {
            if let Some((message, fix)) = api_complaint(name, Some(profile.platform()), lang) {
                add("js_api_list", say!(lang, "{message}。{fix}", "{message}; {fix}"));
            }
        }
        if profile.api_base().starts_with("http://") && !crate::address::is_loopback(profile.api_base()) {
            add(
                "api_base",
                say!(lang, "是 http，secret 会明文传输", "is http: the secret would travel in clear"),
            );
        }
    }
    Ok(CheckReport {
        path: settings.path.as_ref().map(|path| path.display().to_string()),
        profiles: profiles.len(),
        warnings,
        strict: args.strict,
    })
}
