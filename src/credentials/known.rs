//! What the cache knows of tickets and tokens, for a check that wants to explain a signature.
//!
//! In: a profile and a kind. Out: each stored value, how it relates to the check, and the profiles it
//! belongs to. Reads only.

use super::{cache, source_digest};
use crate::cache::{Item, Stored, credentials_digest};
use crate::config::{Profile, Source};
use crate::context::Context;
use crate::env::Env;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::signature::Kind;

/// How a stored value relates to the one that a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The profile's ticket of the kind.
    Current,
    /// One that was the profile's ticket of the kind before.
    Previous,
    /// The profile's ticket of another kind.
    OtherKind,
    /// A ticket of another app of the same platform.
    OtherProfile,
    /// An access token.
    Token,
}

/// A value that the cache knows.
#[derive(Clone, Debug)]
pub struct KnownCredential {
    /// The token or ticket.
    pub value: Secret,
    /// How it relates.
    pub relation: Relation,
    /// What it is.
    pub item: Item,
    /// When it was stored, Unix seconds.
    pub stored_at: u64,
    /// When it ends, Unix seconds; `None` for one of the past.
    pub expires_at: Option<u64>,
    /// The profile it belongs to, or else its app id.
    pub owner: String,
}

/// What the cache knows that could have gone into a signature of this kind, the current ticket
/// first. Reads only: nothing is fetched, no command is run. A cache that cannot be read knows
/// nothing, with a note.
pub fn known_tickets(context: &Context, profile: &Profile, kind: Kind) -> Vec<KnownCredential> {
    let listed = cache(context).and_then(|cache| Ok((cache.entries()?, cache)));
    let (entries, cache) = match listed {
        Ok(listed) => listed,
        Err(failure) => {
            context.out.note(failure.message);
            return Vec::new();
        }
    };
    let own_item = Item::of_kind(kind);
    let mut known = Vec::new();
    for entry in entries.iter().filter(|entry| entry.key.scope.platform == profile.platform()) {
        let own = belongs_to(entry, profile, &context.env);
        let owner = if own {
            profile.name.clone()
        } else {
            owner(entry, context).unwrap_or_else(|| entry.key.scope.app_id.clone())
        };
        let relation = match entry.key.item {
            Item::Token => Relation::Token,
            _ if !own => Relation::OtherProfile,
            item if item == own_item => Relation::Current,
            _ => Relation::OtherKind,
        };
        known.push(KnownCredential {
            value: entry.value.clone(),
            relation,
            item: entry.key.item,
            stored_at: entry.issued_at,
            expires_at: Some(entry.expires_at),
            owner: owner.clone(),
        });
        if entry.key.item == Item::Token {
            continue;
        }
        let relation = if relation == Relation::Current { Relation::Previous } else { relation };
        for (value, stored_at) in cache.history(&entry.key).unwrap_or_default() {
            if value != entry.value {
                let owner = owner.clone();
                known.push(KnownCredential {
                    value,
                    relation,
                    item: entry.key.item,
                    stored_at,
                    expires_at: None,
                    owner,
                });
            }
        }
    }
    known.sort_by_key(|known| (known.relation != Relation::Current, u64::MAX - known.stored_at));
    known
}

/// Whether a stored value is a profile's. A secret that a command prints is not asked for.
pub fn belongs_to(entry: &Stored, profile: &Profile, env: &Env) -> bool {
    let scope = &entry.key.scope;
    let same = scope.platform == profile.platform()
        && scope.api_base == profile.api_base()
        && Some(scope.app_id.as_str()) == profile.app_id.as_deref();
    if !same || scope.platform == Platform::Mp {
        return same;
    }
    let digest = match (&profile.secret, &profile.access_token) {
        (Some(Source::Command(_)), _) => return scope.agent_id == profile.agent_id,
        (Some(source), _) => source.read(env).ok().map(|secret| credentials_digest(&scope.app_id, &secret)),
        (None, Some(source)) => Some(source_digest(&scope.app_id, source)),
        (None, None) => None,
    };
    scope.agent_id == profile.agent_id && scope.credentials == digest
}

/// The names of the profiles that a stored value belongs to.
pub fn owner(entry: &Stored, context: &Context) -> Option<String> {
    let settings = context.settings().ok()?;
    let mut names: Vec<String> = settings
        .profiles
        .iter()
        .filter(|profile| belongs_to(entry, profile, &context.env))
        .map(|profile| profile.name.clone())
        .collect();
    // The environment's own profile is in no file.
    if let Ok(Some(profile)) = settings.profile(&context.env)
        && !names.contains(&profile.name)
        && belongs_to(entry, &profile, &context.env)
    {
        names.push(profile.name);
    }
    (!names.is_empty()).then(|| names.join(", "))
}
