//! The two platforms, kept apart: a code, a rule, an endpoint belongs to one of them.
//!
//! In: the words of a flag, a profile or a file. Out: a [`Platform`], its default API host and
//! the shape its ids have.

use serde::{Deserialize, Serialize};

/// A platform of WeChat pages.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// 公众号, Official Account.
    Mp,
    /// 企业微信, WeCom; the old 企业号 too.
    Work,
}

impl Platform {
    /// Both, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::Mp, Self::Work];

    /// The name in flags, files and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp => "mp",
            Self::Work => "work",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.name() == name)
    }

    /// The platform that an id looks like: a corpid starts with `ww` or `wl`. Old corpids start
    /// with `wx` as appids do, so a profile's own word always wins over this.
    pub fn of_id(id: &str) -> Self {
        if id.starts_with("ww") || id.starts_with("wl") { Self::Work } else { Self::Mp }
    }

    /// The API's default base.
    pub fn api_base(self) -> &'static str {
        match self {
            Self::Mp => "https://api.weixin.qq.com",
            Self::Work => "https://qyapi.weixin.qq.com",
        }
    }

    /// Whether an id has the usual shape: a prefix and 16 characters of `0-9a-f` (work: also
    /// other letters and digits). A warning, never a refusal.
    pub fn id_shape_is_usual(self, id: &str) -> bool {
        let (prefixes, lower_hex): (&[&str], bool) = match self {
            Self::Mp => (&["wx"], true),
            Self::Work => (&["ww", "wx", "wl"], false),
        };
        id.len() == 18
            && prefixes.iter().any(|prefix| id.starts_with(prefix))
            && id[2..].bytes().all(|b| {
                if lower_hex { matches!(b, b'0'..=b'9' | b'a'..=b'f') } else { b.is_ascii_alphanumeric() }
            })
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
