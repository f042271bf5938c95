//! What `token` and `ticket` report: the value, and what is known of it.
//!
//! In: a value that was obtained. Out: the value alone for people and pipes; with `--json` its
//! kind, life, source and fingerprint beside it.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::cache::Origin;
use crate::config::Profile;
use crate::credentials::Obtained;
use crate::env::rfc3339;
use crate::lang::Lang;
use crate::output::Report;
use crate::platform::Platform;
use crate::secret::Secret;

/// A token or ticket as the answer of a command: the only reports whose job is to show one.
#[derive(Debug, Serialize)]
pub struct Grant {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown")]
    access_token: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown")]
    ticket: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    kind: &'static str,
    platform: Platform,
    profile: String,
    /// RFC 3339; null where a token centre does not say.
    expires_at: Option<String>,
    expires_in: Option<u64>,
    source: Origin,
    fingerprint: String,
}

/// Under which name the value stands in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `access_token`.
    AccessToken,
    /// `ticket`.
    Ticket,
}

impl Grant {
    /// The report of a value that was obtained.
    pub fn new(named: Named, kind: &'static str, profile: &Profile, obtained: Obtained) -> Self {
        let fingerprint = obtained.value.fingerprint();
        let value = Some(obtained.value);
        let (access_token, ticket) = if named == Named::AccessToken { (value, None) } else { (None, value) };
        Self {
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
}

impl Report for Grant {
    fn human(&self, out: &mut dyn Write, _: Lang) -> io::Result<()> {
        let value = self.access_token.as_ref().or(self.ticket.as_ref());
        writeln!(out, "{}", value.map_or("", Secret::reveal))
    }
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn shown<S: Serializer>(value: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.serialize_str(value.reveal()),
        None => serializer.serialize_none(),
    }
}
