//! `wecheck config`: make, find, show and check the config file.
//!
//! In: answers on a terminal, or flags. Out: a file of mode 0600, or a report of what is set and
//! where each secret comes from. A secret's value is never shown, and none is ever asked for on the
//! command line: the file names where it is.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use colored::Colorize;
use serde::Serialize;

use crate::config::{self, Profile, Settings, Source, is_profile_name};
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::{Lang, plural_s};
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a profile: asks on a terminal, takes flags otherwise
    Init(InitArgs),
    /// Print where the config file is
    Path,
    /// Show what is set, and where each secret comes from
    Show,
    /// Check ids, secrets and domains for odd shapes
    Check,
}

/// What `config init` writes.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The profile's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
    /// appid, on work the corpid
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// agentid (work)
    #[arg(long, value_name = "ID")]
    agent_id: Option<String>,
    /// The variable that will hold the secret
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// The file that holds the secret
    #[arg(long, value_name = "FILE", conflicts_with = "secret_env")]
    secret_file: Option<PathBuf>,
    /// A trusted domain (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    trusted: Vec<String>,
}

/// Runs a subcommand.
pub fn run(command: Command, context: &Context) -> Result<bool, Failure> {
    match command {
        Command::Init(args) => context.out.show(&init(args, context)?),
        Command::Path => context.out.show(&path(context)?),
        Command::Show => context.out.show(&show(context)?),
        Command::Check => context.out.show(&check(context)?),
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
            Failure::config("there is no home folder for a config file").hint("set WECHECK_CONFIG")
        })
}

fn path(context: &Context) -> Result<PathReport, Failure> {
    let path = location(context)?;
    Ok(PathReport { exists: path.is_file(), path: path.display().to_string() })
}

/// What `config init` wrote.
#[derive(Debug, Serialize)]
pub struct InitReport {
    /// The file.
    pub path: String,
    /// The profile.
    pub profile: String,
    /// What to do next.
    pub next: String,
}

impl Report for InitReport {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let (profile, path) = (&self.profile, safe(&self.path));
        writeln!(out, "{}", say!(lang, "已把 {profile} 写入 {path}", "wrote {profile} to {path}"))?;
        writeln!(out, "{}", safe(&self.next))
    }
}

fn init(args: InitArgs, context: &Context) -> Result<InitReport, Failure> {
    let path = location(context)?;
    let settings = if path.exists() { Some(context.settings()?) } else { None };
    let mut ask = Asker { asks: context.env.terminal.stdin, lang: context.lang };
    let name = ask.answer(args.name, "name", "profile name", "配置名", Some("default"))?;
    if !is_profile_name(&name) {
        return Err(Failure::usage(format!("`{name}` is no profile name")).hint("letters, digits, - and _"));
    }
    if settings.is_some_and(|settings| settings.profiles.iter().any(|profile| profile.name == name)) {
        return Err(Failure::usage(format!("there is a profile `{name}` already"))
            .hint("wecheck config init --name OTHER"));
    }
    let word = ask.answer(
        args.platform.map(|platform| platform.name().to_owned()),
        "platform",
        "platform (mp: 公众号, work: 企业微信)",
        "平台（mp：公众号，work：企业微信）",
        Some("mp"),
    )?;
    let platform = Platform::from_name(word.trim())
        .ok_or_else(|| Failure::usage(format!("`{word}` is no platform")).hint("mp or work"))?;
    let app_id =
        ask.answer(args.app_id, "app-id", "appid (work: corpid)", "appid（企业微信：corpid）", None)?;
    let agent_id = match (platform, args.agent_id) {
        (Platform::Work, Some(id)) => Some(id),
        (Platform::Work, None) if ask.asks => {
            Some(ask.answer(None, "agent-id", "agentid (empty: none)", "agentid（没有就留空）", Some(""))?)
                .filter(|id| !id.is_empty())
        }
        _ => None,
    };
    let secret = match (args.secret_file, args.secret_env) {
        // The file names it from its own folder, the person from where they stand.
        (Some(file), _) => Source::File(std::path::absolute(&file).unwrap_or(file)),
        (None, Some(name)) => Source::Env(name),
        (None, None) => {
            let default = format!("{}_SECRET", name.to_ascii_uppercase().replace('-', "_"));
            let question_zh = "secret 放在哪个环境变量里";
            let question = "variable that holds the secret";
            Source::Env(ask.answer(None, "secret-env", question, question_zh, Some(&default))?)
        }
    };
    let table = profile_table(&name, platform, &app_id, agent_id.as_deref(), &secret, &args.trusted);
    append(&path, settings.is_none().then_some(name.as_str()), &table)?;
    let next = match &secret {
        Source::Env(variable) => say!(
            context.lang,
            "接着：export {variable}=…，然后 wecheck config check",
            "next: export {variable}=…, then wecheck config check"
        ),
        _ => say!(context.lang, "接着：wecheck config check", "next: wecheck config check"),
    };
    Ok(InitReport { path: path.display().to_string(), profile: name, next })
}

/// Asks what no flag answered, where someone is there to be asked.
struct Asker {
    asks: bool,
    lang: Lang,
}

impl Asker {
    fn answer(
        &mut self,
        flag: Option<String>,
        name: &str,
        question_en: &str,
        question_zh: &str,
        default: Option<&str>,
    ) -> Result<String, Failure> {
        if let Some(flag) = flag {
            return Ok(flag);
        }
        if !self.asks {
            return default.map(str::to_owned).ok_or_else(|| {
                Failure::usage(format!("nobody can be asked for --{name}: stdin is no terminal"))
                    .hint("wecheck config init --name NAME --platform mp --app-id APPID --secret-env NAME")
            });
        }
        let question = self.lang.pick(question_zh, question_en);
        let mut err = io::stderr().lock();
        let shown = default.filter(|d| !d.is_empty()).map(|d| format!(" [{d}]")).unwrap_or_default();
        let asked = write!(err, "{question}{shown}: ").and_then(|()| err.flush());
        let mut line = String::new();
        asked
            .and_then(|()| io::stdin().lock().read_line(&mut line))
            .map_err(|error| Failure::storage(format!("cannot read the answer: {error}")))?;
        match (line.trim(), default) {
            ("", Some(default)) => Ok(default.to_owned()),
            ("", None) => Err(Failure::usage(format!("no answer for {name}"))
                .hint(format!("wecheck config init --{name} …"))),
            (answer, _) => Ok(answer.to_owned()),
        }
    }
}

/// The TOML of one profile.
fn profile_table(
    name: &str,
    platform: Platform,
    app_id: &str,
    agent_id: Option<&str>,
    secret: &Source,
    trusted: &[String],
) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut table = format!("[profile.{name}]\nplatform = \"{platform}\"\nappid = {}\n", quoted(app_id));
    if let Some(id) = agent_id {
        let is_number = id.parse::<u64>().is_ok_and(|number| number.to_string() == id);
        let _ = writeln!(table, "agent_id = {}", if is_number { id.to_owned() } else { quoted(id) });
    }
    let _ = match secret {
        Source::File(path) => writeln!(table, "secret = {{ file = {} }}", quoted(&path.to_string_lossy())),
        Source::Env(variable) => writeln!(table, "secret = {{ env = {} }}", quoted(variable)),
        Source::Plain(_) | Source::Command(_) | Source::Url(_) => Ok(()),
    };
    let entries: Vec<String> = trusted.iter().map(|entry| quoted(entry)).collect();
    if !entries.is_empty() {
        let _ = writeln!(table, "trusted_domains = [{}]", entries.join(", "));
    }
    table
}

/// Adds a profile to the file in one step: a reader finds the old file or the new one.
fn append(path: &Path, first_profile: Option<&str>, table: &str) -> Result<(), Failure> {
    let refuse = |error: &io::Error| Failure::storage(format!("cannot write `{}`: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| refuse(&error))?;
    let mut text = match first_profile {
        Some(name) => format!("default_profile = \"{name}\"\n"),
        None => fs::read_to_string(path).map_err(|error| refuse(&error))?,
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push('\n');
    text.push_str(table);
    // A temporary file is 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| refuse(&error))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| refuse(&error))?;
    file.persist(path).map_err(|error| refuse(&error.error))?;
    Ok(())
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
    pub share_key: Option<String>,
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
    pub secret: Option<String>,
    /// Where the callback token comes from.
    pub callback_token: Option<String>,
    /// Where the EncodingAESKey comes from.
    pub encoding_aes_key: Option<String>,
    /// Where access tokens come from, where a token centre gives them.
    pub access_token: Option<String>,
    /// Where tickets come from, where a token centre gives them.
    pub ticket: Option<String>,
    /// Trusted domains.
    pub trusted_domains: Vec<String>,
    /// jsApiList.
    pub js_api_list: Vec<String>,
    /// Whether it is a 测试号.
    pub sandbox: bool,
}

impl From<&Profile> for ProfileReport {
    fn from(profile: &Profile) -> Self {
        let source = |source: &Option<Source>| source.as_ref().map(ToString::to_string);
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
            writeln!(out, "{}", say!(lang, "serve --share 的 key：{key}", "key of serve --share: {key}"))?;
        }
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
            row("secret", profile.secret.as_deref())?;
            row("callback_token", profile.callback_token.as_deref())?;
            row("encoding_aes_key", profile.encoding_aes_key.as_deref())?;
            row("access_token", profile.access_token.as_deref())?;
            row("ticket", profile.ticket.as_deref())?;
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
        share_key: settings.share_key.as_ref().map(ToString::to_string),
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

fn check(context: &Context) -> Result<CheckReport, Failure> {
    let settings = context.settings()?;
    let (profiles, _) = profiles(settings, context)?;
    if profiles.is_empty() {
        return Err(Failure::config("there is no profile to check").hint("wecheck config init"));
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
    })
}
