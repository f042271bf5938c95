//! The kinds of receivers, and what WeChat expects of each.
//!
//! In: a name. Out: a [`Receiver`] with its format, its limits and its right answers.

use crate::both;
use crate::lang::{Both, Text};

/// A kind of receiver: an account or app with a callback URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receiver {
    /// An Official Account in plain mode.
    Mp,
    /// An Official Account in safe mode.
    MpEncrypted,
    /// An app of a corp.
    Work,
    /// An AI bot of WeCom.
    Bot,
    /// The command URL of a third-party app.
    SuiteCommand,
    /// The data URL of a third-party app.
    SuiteData,
    /// A third-party platform of Official Accounts.
    Component,
}

impl Receiver {
    /// All, in the order they are shown.
    pub const ALL: [Self; 7] = [
        Self::Mp,
        Self::MpEncrypted,
        Self::Work,
        Self::Bot,
        Self::SuiteCommand,
        Self::SuiteData,
        Self::Component,
    ];

    /// The name in flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp => "mp",
            Self::MpEncrypted => "mp-encrypted",
            Self::Work => "work",
            Self::Bot => "bot",
            Self::SuiteCommand => "suite-command",
            Self::SuiteData => "suite-data",
            Self::Component => "component",
        }
    }

    /// Reads the name; `suite` is short for `suite-command`.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "suite" {
            return Some(Self::SuiteCommand);
        }
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a person calls it.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Mp => ("公众号（明文模式）", "an Official Account (plain mode)"),
            Self::MpEncrypted => ("公众号（安全模式）", "an Official Account (safe mode)"),
            Self::Work => ("企业微信应用", "a WeCom app"),
            Self::Bot => ("企业微信智能机器人", "a WeCom AI bot"),
            Self::SuiteCommand => ("第三方应用的指令回调", "a suite's command URL"),
            Self::SuiteData => ("第三方应用的数据回调", "a suite's data URL"),
            Self::Component => ("开放平台第三方平台", "a third-party platform"),
        };
        Text { zh, en }
    }

    /// Whether messages are encrypted.
    pub fn is_encrypted(self) -> bool {
        self != Self::Mp
    }

    /// Whether WeCom is the sender.
    pub fn is_work(self) -> bool {
        matches!(self, Self::Work | Self::Bot | Self::SuiteCommand | Self::SuiteData)
    }

    /// Whether messages are JSON.
    pub fn is_json(self) -> bool {
        self == Self::Bot
    }

    /// Whether the console verifies the URL with a GET.
    pub fn has_verification(self) -> bool {
        self != Self::Component
    }

    /// Whether only the text `success` is a right answer to a message.
    pub fn wants_success(self) -> bool {
        matches!(self, Self::SuiteCommand | Self::Component)
    }

    /// How long the sender waits for the answer to a verification, in milliseconds.
    pub fn verification_limit_ms(self) -> u64 {
        if self.is_work() { 1_000 } else { 5_000 }
    }

    /// How long the sender waits for the answer to a message, in milliseconds.
    pub fn message_limit_ms(self) -> u64 {
        5_000
    }

    /// The same for an event: three of a suite's have to be answered within a second.
    pub fn event_limit_ms(self, event: Option<&str>) -> u64 {
        match (self, event) {
            (Self::SuiteCommand, Some("create_auth" | "change_auth" | "cancel_auth")) => 1_000,
            _ => self.message_limit_ms(),
        }
    }

    /// The right answers to a message, in words.
    pub fn allowed(self) -> Both {
        match self {
            Self::Mp => both!("`success`、空串或应答 XML", "`success`, an empty body or a reply XML"),
            Self::MpEncrypted | Self::Work | Self::SuiteData => {
                both!("`success`、空串或加密的应答 XML", "`success`, an empty body or an encrypted reply XML")
            }
            Self::Bot => both!("空串或加密的 JSON", "an empty body or encrypted JSON"),
            Self::SuiteCommand | Self::Component => both!("`success`", "`success`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in Receiver::ALL {
            assert_eq!(Receiver::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Receiver::from_name("suite"), Some(Receiver::SuiteCommand));
        assert_eq!(Receiver::from_name("Mp"), None);
    }
}
