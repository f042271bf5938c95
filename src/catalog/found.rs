//! Something that a text speaks of: a code or a message, with the facts beside it.
//!
//! In: a message of the catalog, an address. Out: a [`Found`], the codes that a message means.

use super::lookup;
use super::message::{self, Message};
use super::observed::{self, Observed};
use crate::platform::Platform;

/// Something that a text speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A code.
    Code {
        /// The number; perhaps one that no platform knows.
        code: i64,
        /// The platform, where the text gives it away.
        platform: Option<Platform>,
        /// Whether the code was known by its text alone, which is one platform's.
        by_text: bool,
        /// The facts beside it.
        observed: Observed,
    },
    /// A message of a client, a console, a library.
    Message {
        /// Which.
        message: Box<Message>,
        /// The facts beside it.
        observed: Observed,
    },
}

impl Found {
    /// With the facts of the object around it laid over those of its text.
    #[must_use]
    pub fn with(mut self, facts: &Observed) -> Self {
        let (Self::Code { observed, .. } | Self::Message { observed, .. }) = &mut self;
        let own = std::mem::take(observed);
        *observed = Observed { api: own.api.clone(), code: own.code, ..facts.clone() }.or(own);
        self
    }
}

/// A message, or the codes that it is for, and what the text may be as well.
pub(super) fn push_message(message: Message, observed: Observed, found: &mut Vec<Found>) {
    let also = message.also.as_deref().and_then(message::of_group);
    let mut codes: Vec<(Platform, i64)> = message
        .codes
        .iter()
        .filter_map(|code| {
            let (platform, code) = code.split_once(':')?;
            Some((Platform::from_name(platform)?, code.parse().ok()?))
        })
        .collect();
    // Of one platform's and the other's code the one that the text names is meant.
    let named = observed.errmsg.as_deref().and_then(observed::platform_of);
    if codes.iter().any(|(platform, _)| Some(*platform) == named) {
        codes.retain(|(platform, _)| Some(*platform) == named);
    }
    if codes.is_empty() {
        found.push(Found::Message { message: Box::new(message), observed: observed.clone() });
    }
    let by_text = codes.len() == 1;
    for (platform, code) in codes {
        found.push(Found::Code { code, platform: Some(platform), by_text, observed: observed.clone() });
    }
    if let Some(also) = also {
        found.push(Found::Message { message: Box::new(also), observed });
    }
}

/// The code of the address that WeCom puts behind its texts: `…/devtool/query?e=40029`.
pub(super) fn linked_code(text: &str) -> Option<i64> {
    let code = |behind: &str| -> Option<i64> {
        let end = behind
            .char_indices()
            .find(|(at, c)| !(c.is_ascii_digit() || (*at == 0 && *c == '-')))
            .map_or(behind.len(), |(at, _)| at);
        behind[..end].parse().ok()
    };
    if let Some((_, behind)) = text.split_once("devtool/query?e=") {
        return code(behind);
    }
    // A console shortens the address: `… e=40093`.
    text.match_indices("e=")
        .filter(|(at, _)| text[..*at].chars().next_back().is_none_or(|c| "?& …".contains(c)))
        .find_map(|(at, mark)| {
            code(&text[at + mark.len()..]).filter(|code| code.abs() >= 10_000 && known(*code))
        })
}

/// Whether any platform has the code.
pub(super) fn known(code: i64) -> bool {
    Platform::ALL.into_iter().any(|platform| lookup(code, platform).is_some())
}
