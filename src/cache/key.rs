//! Whose value it is, and which: the key of everything that is stored.
//!
//! In: platform, API, app, agent, a digest of the secret, the kind. Out: a [`Key`] and its name, which
//! is a digest and says nothing. Pure.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::lang::Text;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::signature::Kind;

/// What can be stored of an app.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// The access token.
    Token,
    /// The ticket of wx.config.
    Jsapi,
    /// The ticket of wx.agentConfig, work.
    Agent,
    /// The api_ticket of cards and invoices: one ticket.
    #[value(alias = "invoice", alias = "card-ext")]
    Card,
    /// The group_ticket of the old 企业号.
    Group,
}

impl Item {
    /// What an error calls it.
    pub(super) fn text(self) -> Text {
        match self {
            Self::Token => Text { zh: "token", en: "token" },
            Self::Jsapi => Text { zh: "jsapi ticket", en: "jsapi ticket" },
            Self::Agent => Text { zh: "agent_config ticket", en: "agent_config ticket" },
            Self::Card => Text { zh: "卡券 api_ticket", en: "api_ticket of cards" },
            Self::Group => Text { zh: "group_ticket", en: "group_ticket" },
        }
    }

    /// The ticket that a kind of signature is made with.
    pub fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Jsapi => Self::Jsapi,
            Kind::Agent => Self::Agent,
            Kind::Card | Kind::CardExt | Kind::Invoice => Self::Card,
            Kind::Group => Self::Group,
        }
    }

    /// The name in flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Jsapi => "jsapi",
            Self::Agent => "agent",
            Self::Card => "card",
            Self::Group => "group",
        }
    }
}

/// Whose value it is: two scopes never share one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The platform.
    pub platform: Platform,
    /// The API's base address: two environments never meet.
    pub api_base: String,
    /// appid or corpid.
    pub app_id: String,
    /// agent_id, on work.
    pub agent_id: Option<String>,
    /// Digest of the secret, on work, where each app of a corp has its own.
    pub credentials: Option<String>,
}

impl Scope {
    /// The scope of an app that has no agents.
    pub fn new(platform: Platform, api_base: &str, app_id: &str) -> Self {
        Self {
            platform,
            api_base: api_base.to_owned(),
            app_id: app_id.to_owned(),
            agent_id: None,
            credentials: None,
        }
    }
}

/// One value's place in the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Whose.
    pub scope: Scope,
    /// What.
    pub item: Item,
}

impl Key {
    /// A name that says nothing: a digest of all of the key.
    pub(super) fn name(&self) -> String {
        let Scope { platform, api_base, app_id, agent_id, credentials } = &self.scope;
        let mut digest = Sha256::new();
        for part in [
            platform.name(),
            api_base,
            app_id,
            agent_id.as_deref().unwrap_or_default(),
            credentials.as_deref().unwrap_or_default(),
            self.item.name(),
        ] {
            // The length keeps `a`, `bc` apart from `ab`, `c`.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        hex::encode(&digest.finalize()[..20])
    }
}

/// A digest of an app's credentials: tells two secrets apart without being one.
pub fn credentials_digest(app_id: &str, secret: &Secret) -> String {
    let mut digest = Sha256::new();
    digest.update(b"wecheck credentials\n");
    digest.update((app_id.len() as u64).to_be_bytes());
    digest.update(app_id);
    digest.update(secret.reveal());
    hex::encode(&digest.finalize()[..16])
}
