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

    #[test]
    fn each_kind_has_its_platform_its_checks_and_its_limits() {
        use Receiver::{Bot, Component, Mp, MpEncrypted, SuiteCommand, SuiteData, Work};
        for (kind, work, encrypted, verified, only_success, verification) in [
            (Mp, false, false, true, false, 5_000),
            (MpEncrypted, false, true, true, false, 5_000),
            (Work, true, true, true, false, 1_000),
            (Bot, true, true, true, false, 1_000),
            (SuiteCommand, true, true, true, true, 1_000),
            (SuiteData, true, true, true, false, 1_000),
            (Component, false, true, false, true, 5_000),
        ] {
            assert_eq!((kind.is_work(), kind.is_encrypted()), (work, encrypted), "{kind:?}");
            assert_eq!(kind.has_verification(), verified, "{kind:?}");
            assert_eq!(kind.wants_success(), only_success, "{kind:?}");
            assert_eq!(kind.verification_limit_ms(), verification, "{kind:?}");
            assert_eq!((kind.message_limit_ms(), kind.event_limit_ms(None)), (5_000, 5_000), "{kind:?}");
            assert_eq!(kind.is_json(), kind == Bot, "{kind:?}");
            assert!(kind.title().zh != kind.title().en);
        }
    }

    #[test]
    fn three_events_of_a_suite_have_a_second() {
        for (kind, event, limit_ms) in [
            (Receiver::SuiteCommand, "create_auth", 1_000),
            (Receiver::SuiteCommand, "change_auth", 1_000),
            (Receiver::SuiteCommand, "cancel_auth", 1_000),
            (Receiver::SuiteCommand, "suite_ticket", 5_000),
            (Receiver::SuiteData, "create_auth", 5_000),
            (Receiver::Component, "create_auth", 5_000),
        ] {
            assert_eq!(kind.event_limit_ms(Some(event)), limit_ms, "{kind:?} {event}");
        }
    }

    #[test]
    fn the_right_answers_are_said_in_both_languages() {
        for (kind, zh, en) in [
            (Receiver::Mp, "`success`、空串或应答 XML", "`success`, an empty body or a reply XML"),
            (
                Receiver::Work,
                "`success`、空串或加密的应答 XML",
                "`success`, an empty body or an encrypted reply XML",
            ),
            (Receiver::Bot, "空串或加密的 JSON", "an empty body or encrypted JSON"),
            (Receiver::Component, "`success`", "`success`"),
        ] {
            let allowed = kind.allowed();
            assert_eq!((allowed.zh.as_str(), allowed.en.as_str()), (zh, en), "{kind:?}");
        }
    }
}
