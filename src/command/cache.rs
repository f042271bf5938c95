//! `wecheck cache`: what is stored, where, and how to remove it.
//!
//! In: the cache that the settings name. Out: a list with ages and times left, never a value; the
//! location; what was cleared; what was imported from another SDK.

mod import;

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use crate::address;
use crate::both;
use crate::cache::{Item, Stored};
use crate::context::Context;
use crate::credentials::{belongs_to, cache, owner};
use crate::env::rfc3339;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// What is stored for which profile, its age and time left; never a value
    #[command(after_help = "Examples:
  wecheck cache list
  wecheck cache list --json")]
    List,
    /// Remove what is stored for the profile
    Clear(ClearArgs),
    /// Where the cache is
    #[command(after_help = "Examples:
  wecheck cache path
  wecheck cache path --json")]
    Path,
    /// Take over the token and tickets that an SDK in production holds in its Redis
    Import(import::Args),
}

/// What to clear.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck cache clear
  wecheck cache clear --kind agent --profile office
  wecheck cache clear --all")]
pub struct ClearArgs {
    /// Only this kind: token or a ticket's
    #[arg(long, value_enum)]
    kind: Option<Item>,
    /// Of every profile
    #[arg(long)]
    all: bool,
}

/// Runs one of them.
pub fn run(command: Command, context: &Context) -> Result<bool, Failure> {
    match command {
        Command::List => context.out.show(&list(context)?),
        Command::Clear(args) => context.out.show(&clear(&args, context)?),
        Command::Path => context.out.show(&place(context)?),
        Command::Import(args) => context.out.show(&import::run(&args, context)?),
    }
}

/// What is stored.
#[derive(Debug, Serialize)]
struct List {
    #[serde(flatten)]
    place: Place,
    entries: Vec<Listed>,
}

/// One stored value, without the value.
#[derive(Debug, Serialize)]
struct Listed {
    /// The profiles it belongs to; null if there is none.
    profile: Option<String>,
    platform: Platform,
    app_id: String,
    agent_id: Option<String>,
    api_base: String,
    kind: Item,
    /// `fresh`, `old` (fetched again at its next use) or `expired`.
    state: &'static str,
    stored_at: String,
    age: u64,
    expires_at: String,
    expires_in: u64,
    fingerprint: String,
    /// Tickets of the past that verify still knows.
    predecessors: usize,
}

fn list(context: &Context) -> Result<List, Failure> {
    let cache = cache(context)?;
    let now = context.env.now();
    let margin = context.cache_settings()?.refresh_margin;
    let mut entries = Vec::new();
    for entry in cache.entries()? {
        let left = entry.left(now);
        let history = if entry.key.item == Item::Token { Vec::new() } else { cache.history(&entry.key)? };
        entries.push(Listed {
            profile: owner(&entry, context),
            state: match left {
                0 => "expired",
                left if left <= margin => "old",
                _ => "fresh",
            },
            stored_at: rfc3339(entry.issued_at),
            age: now.saturating_sub(entry.issued_at),
            expires_at: rfc3339(entry.expires_at),
            expires_in: left,
            fingerprint: entry.value.fingerprint(),
            predecessors: history.iter().filter(|(value, _)| *value != entry.value).count(),
            platform: entry.key.scope.platform,
            app_id: entry.key.scope.app_id,
            agent_id: entry.key.scope.agent_id,
            api_base: address::shown_with_path(&entry.key.scope.api_base),
            kind: entry.key.item,
        });
    }
    entries.sort_by(|a, b| (&a.profile, &a.app_id, a.kind).cmp(&(&b.profile, &b.app_id, b.kind)));
    Ok(List { place: place(context)?, entries })
}

impl Report for List {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.entries.is_empty() {
            return writeln!(out, "{}", say!(lang, "缓存是空的", "the cache is empty"));
        }
        for entry in &self.entries {
            let state = match entry.state {
                "fresh" => lang.pick("有效", "fresh").green(),
                "old" => lang.pick("快到期", "old").yellow(),
                _ => lang.pick("已到期", "expired").red(),
            };
            let agent = entry.agent_id.as_deref().map(|id| format!(" agent {id}")).unwrap_or_default();
            let (age, left) = (duration(entry.age, lang), duration(entry.expires_in, lang));
            let profile = entry.profile.as_deref().unwrap_or("-");
            writeln!(
                out,
                "{:<12} {:<6} {:<4} {}{}  {}",
                safe(profile),
                entry.kind.name(),
                entry.platform.name(),
                safe(&entry.app_id),
                safe(&agent),
                say!(lang, "{age}前存入，还剩 {left}，{state}", "stored {age} ago, {left} left, {state}")
            )?;
        }
        Ok(())
    }
}

/// `2 h 0 min`, `59 min`, `12 s`; `2 小时 0 分`, `59 分钟`, `12 秒`.
fn duration(seconds: u64, lang: Lang) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match seconds {
        0..60 => say!(lang, "{seconds} 秒", "{seconds} s"),
        60..3_600 => say!(lang, "{minutes} 分钟", "{minutes} min"),
        _ => {
            let minutes = minutes % 60;
            say!(lang, "{hours} 小时 {minutes} 分", "{hours} h {minutes} min")
        }
    }
}

/// Where the cache is.
#[derive(Debug, Serialize)]
struct Place {
    /// `disk` or `redis`.
    backend: &'static str,
    /// The folder, or the Redis without its password; null if there is no folder to be had.
    path: Option<String>,
}

fn place(context: &Context) -> Result<Place, Failure> {
    let backend = if context.cache_settings()?.redis.is_some() { "redis" } else { "disk" };
    Ok(Place { backend, path: cache(context)?.location() })
}

impl Report for Place {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        match &self.path {
            Some(path) => writeln!(out, "{}", safe(path)),
            None => {
                writeln!(out, "{}", say!(lang, "没有可用的缓存目录", "there is no folder for a cache"))
            }
        }
    }
}

/// What was cleared.
#[derive(Debug, Serialize)]
struct Cleared {
    cleared: usize,
}

fn clear(args: &ClearArgs, context: &Context) -> Result<Cleared, Failure> {
    let of_kind = |entry: &Stored| args.kind.is_none_or(|kind| entry.key.item == kind);
    let cleared = if args.all {
        cache(context)?.clear(&of_kind, args.kind.is_none())?
    } else {
        let Some(profile) = context.profile_if_any()? else {
            return Err(Failure::usage(both!(
                "没有配置，不知道要清除谁的",
                "there is no profile whose values could be cleared"
            ))
            .hint(both!(
                "清除全部：wecheck cache clear --all",
                "of every profile: wecheck cache clear --all"
            )));
        };
        let own = |entry: &Stored| of_kind(entry) && belongs_to(entry, &profile, &context.env);
        cache(context)?.clear(&own, false)?
    };
    Ok(Cleared { cleared })
}

impl Report for Cleared {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let count = self.cleared;
        writeln!(out, "{}", say!(lang, "已清除 {count} 项", "cleared: {count}"))
    }
}
