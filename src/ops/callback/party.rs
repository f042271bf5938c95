//! Both sides of a call: the kind of receiver, token and key, and the ids that go into a call.
//!
//! In: `--kind`, `--receive-id` and the profile. Out: a [`Party`], or which setting is missing.

use std::path::PathBuf;

use super::read_key;
use crate::both;
use crate::callback::AesKey;
use crate::callback::answer::Finding;
use crate::callback::call::{Credentials, Stamp};
use crate::callback::receiver::Receiver;
use crate::config::Profile;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::lang::{Both, Lang};
use crate::platform::Platform;
use crate::secret::{Secret, redact};

/// Everything a call needs besides its message.
pub struct Party {
    /// The kind of receiver.
    pub kind: Receiver,
    /// The token.
    pub token: Secret,
    /// The key, as text and decoded.
    pub key: Option<(Secret, AesKey)>,
    /// The receive id of a message.
    pub receive_id: String,
    /// The receive ids of a verification, the likeliest first.
    pub verification_ids: Vec<String>,
    /// Other ids of the profile, which a server may be configured with by mistake.
    pub other_ids: Vec<String>,
    /// The app's id (WeCom).
    pub agent_id: Option<String>,
    /// Roots to trust instead of the known ones.
    pub ca_file: Option<PathBuf>,
}

/// The kind that a profile shows.
pub fn kind_of(profile: &Profile) -> Receiver {
    match profile.platform() {
        Platform::Work if profile.suite_id.is_some() => Receiver::SuiteCommand,
        Platform::Work => Receiver::Work,
        Platform::Mp if profile.encoding_aes_key.is_some() => Receiver::MpEncrypted,
        Platform::Mp => Receiver::Mp,
    }
}

impl Party {
    /// Puts it together. `needs_key` says whether an encrypted kind is of use without its key.
    pub fn new(
        kind: Option<Receiver>,
        receive_id: Option<&str>,
        needs_key: bool,
        context: &Context,
    ) -> Result<Self, Failure> {
        let profile = context.callback_profile()?;
        let kind = kind.unwrap_or_else(|| kind_of(&profile));
        let token = profile.require_callback_token(&context.env)?;
        let key = if (kind.is_encrypted() && needs_key) || profile.encoding_aes_key.is_some() {
            match read_key(&profile, context) {
                // What nothing is encrypted with need not be right.
                Err(_) if !kind.is_encrypted() => None,
                key => Some(key?),
            }
        } else {
            None
        };
        let own = |id: Option<&String>, field: &str, variable: Option<&str>| {
            id.cloned().ok_or_else(|| {
                let name = kind.name();
                let hint = variable.map_or_else(
                    || {
                        both!(
                            "加上 --receive-id，或者在配置里写 {field}",
                            "give --receive-id, or add `{field}` to the profile"
                        )
                    },
                    |variable| {
                        both!(
                            "加上 --receive-id，或者设置 {variable}",
                            "give --receive-id, or set {variable}"
                        )
                    },
                );
                Failure::config(both!(
                    "{name} 的消息要有 receive id，而配置里没有 `{field}`",
                    "messages to {name} need a receive id, and the profile has no `{field}`"
                ))
                .hint(hint)
            })
        };
        let app_id = || own(profile.app_id.as_ref(), "appid", Some("WECHECK_APPID"));
        let (message_id, verification_ids) = match (receive_id, kind) {
            (Some(id), _) => (id.to_owned(), vec![id.to_owned()]),
            (None, Receiver::Mp) => (profile.app_id.clone().unwrap_or_default(), vec![String::new()]),
            (None, Receiver::Bot) => (String::new(), vec![String::new()]),
            (None, Receiver::SuiteCommand) => {
                // A profile of variables has one id alone.
                let id = own(profile.suite_id.as_ref().or(profile.app_id.as_ref()), "suite_id", None)?;
                let ids = profile.provider_corpid.iter().chain([&id]).cloned().collect();
                (id, ids)
            }
            (None, Receiver::SuiteData) => {
                let id = app_id()?;
                let ids = profile.provider_corpid.clone().map_or_else(|| vec![id.clone()], |id| vec![id]);
                (id, ids)
            }
            (None, _) => {
                let id = app_id()?;
                (id.clone(), vec![id])
            }
        };
        if message_id.chars().any(char::is_control) {
            return Err(Failure::usage(both!(
                "receive id 带有控制字符",
                "the receive id has control characters"
            ))
            .hint("wecheck callback --help"));
        }
        Ok(Self {
            kind,
            token,
            key,
            receive_id: message_id,
            verification_ids,
            other_ids: [profile.app_id, profile.suite_id, profile.provider_corpid]
                .into_iter()
                .flatten()
                .collect(),
            agent_id: profile.agent_id,
            ca_file: profile.ca_file,
        })
    }

    /// The credentials of a call to `receive_id`.
    pub fn credentials<'a>(&'a self, receive_id: &'a str) -> Credentials<'a> {
        Credentials {
            token: &self.token,
            key: self.key.as_ref().map(|(_, key)| key),
            receive_id,
            agent_id: self.agent_id.as_deref(),
        }
    }

    /// The decoded key.
    pub fn aes_key(&self) -> Option<&AesKey> {
        self.key.as_ref().map(|(_, key)| key)
    }

    /// A text from outside without a trace of token and key.
    pub fn redacted(&self, text: &str) -> String {
        let secrets: Vec<&Secret> =
            std::iter::once(&self.token).chain(self.key.as_ref().map(|(text, _)| text)).collect();
        redact(text, &secrets)
    }

    /// Cause and fix of a finding. What it quotes is redacted, and not our own words: a short token
    /// may be one of them.
    pub fn words_of(&self, finding: &Finding, lang: Lang) -> (String, String) {
        let mut finding = finding.clone();
        for (_, value) in &mut finding.values {
            *value = Both { zh: self.redacted(&value.zh), en: self.redacted(&value.en) };
        }
        (finding.cause(lang), finding.fix(lang))
    }

    /// The likely `ToUserName` and `FromUserName` of a message.
    pub fn addresses(&self) -> (String, String) {
        match self.kind {
            Receiver::Mp | Receiver::MpEncrypted => {
                ("gh_0123456789ab".to_owned(), "oWecheckProbe0123456789abcde".to_owned())
            }
            Receiver::Component | Receiver::SuiteCommand => (self.receive_id.clone(), String::new()),
            Receiver::Work | Receiver::SuiteData => (self.receive_id.clone(), "wecheck".to_owned()),
            Receiver::Bot => (String::new(), String::new()),
        }
    }
}

/// The values of a new call at `now`.
pub fn stamp(now: u64) -> Result<Stamp, Failure> {
    let mut random = [0; 26];
    getrandom::fill(&mut random).map_err(no_random)?;
    let (head, digits) = random.split_at(16);
    let mut first = [0; 16];
    // Letters and digits, as the platforms have them; any byte would do.
    for (to, from) in first.iter_mut().zip(head) {
        *to = b"abcdefghijklmnopqrstuvwxyz0123456789"[usize::from(*from) % 36];
    }
    let nonce = digits.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    Ok(Stamp { timestamp: now.to_string(), nonce, random: first })
}

/// A decimal number of `count` digits that does not begin with 0.
pub fn digits(count: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(no_random)?;
    let mut text: String = bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    if text.starts_with('0') {
        text.replace_range(..1, "7");
    }
    Ok(text)
}

fn no_random(error: getrandom::Error) -> Failure {
    Failure::new(
        Kind::Storage,
        both!("系统没有给出随机数（{error}）", "the system gives no random bytes: {error}"),
    )
    .hint("wecheck doctor")
}
