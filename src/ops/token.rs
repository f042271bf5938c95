//! Obtain an access token or a ticket of the profile: cached, or fetched.
//!
//! In: what is wanted. Out: a [`Grant`]: the value, and what is known of it. These are the only
//! reports whose job is to show a credential.

use serde::{Deserialize, Serialize, Serializer};

use super::request::text;
use crate::both;
use crate::cache::{Freshness, Item, Origin};
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{Served, TokenSource};
use crate::env::rfc3339;
use crate::failure::Failure;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::signature::Kind;

/// Digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 12;

/// Which access token is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TokenRequest {
    /// A new one, also when the stored one is still valid.
    #[serde(skip)]
    pub refresh: bool,
    /// A new one only if the stored one has this fingerprint.
    #[serde(deserialize_with = "text")]
    pub if_current: Option<String>,
}

/// Which ticket is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TicketRequest {
    pub kind: Kind,
    /// A new one, also when the stored one is still valid.
    #[serde(skip)]
    pub refresh: bool,
}

/// A token or ticket, and what is known of it.
#[derive(Debug, Serialize)]
pub struct Grant {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown")]
    pub access_token: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown")]
    pub ticket: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    pub kind: &'static str,
    pub platform: Platform,
    pub profile: String,
    /// RFC 3339; null when a token server does not say.
    pub expires_at: Option<String>,
    /// Seconds.
    pub expires_in: Option<u64>,
    pub source: Origin,
    pub fingerprint: String,
}

#[expect(clippy::ref_option, reason = "serde passes the field as it is")]
fn shown<S: Serializer>(value: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.serialize_str(value.reveal()),
        None => serializer.serialize_none(),
    }
}

/// The access token of the profile.
pub fn token(request: &TokenRequest, context: &Context) -> Result<Grant, Failure> {
    let freshness = match &request.if_current {
        Some(fingerprint) => {
            let fingerprint = fingerprint.trim().to_ascii_lowercase();
            if fingerprint.len() != FINGERPRINT_DIGITS || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit())
            {
                // It may be the token itself: it is not repeated.
                return Err(Failure::usage(both!(
                    "`--if-current` 要的是 token 指纹的 {FINGERPRINT_DIGITS} 位十六进制数字",
                    "`--if-current` takes the {FINGERPRINT_DIGITS} hex digits of a token's fingerprint"
                ))
                .hint(both!("wecheck token --json 里有", "wecheck token --json shows it")));
            }
            Freshness::Not(fingerprint)
        }
        None if request.refresh => Freshness::Newer,
        None => Freshness::Usable,
    };
    let profile = context.profile()?;
    let obtained = TokenSource::new(context, &profile)?.token(freshness)?;
    Ok(grant(true, Item::Token.name(), &profile, obtained))
}

/// A ticket of the profile.
pub fn ticket(request: &TicketRequest, context: &Context) -> Result<Grant, Failure> {
    let freshness = if request.refresh { Freshness::Newer } else { Freshness::Usable };
    let profile = context.profile()?;
    let obtained = TokenSource::new(context, &profile)?.ticket(Item::of_kind(request.kind), freshness)?;
    Ok(grant(false, request.kind.name(), &profile, obtained))
}

fn grant(is_token: bool, kind: &'static str, profile: &Profile, obtained: Served) -> Grant {
    let fingerprint = obtained.value.fingerprint();
    let value = Some(obtained.value);
    let (access_token, ticket) = if is_token { (value, None) } else { (None, value) };
    Grant {
        access_token,
        ticket,
        group_id: obtained.group_id,
        kind,
        platform: profile.platform(),
        profile: profile.name.clone(),
        expires_at: obtained.expires_at.map(rfc3339),
        expires_in: obtained.expires_in,
        source: obtained.source,
        fingerprint,
    }
}
