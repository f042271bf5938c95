//! The clients whose pages are opened: how each looks to a page, and which address it checks.
//!
//! In: a name. Out: a [`Client`] with its user agent, and with how sure it is what it checks.

use serde::Serialize;

use crate::browser::Look;
use crate::lang::Text;
use crate::platform::Platform;

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// WeChat on Android.
    Android,
    /// WeChat on iOS.
    Ios,
    /// WeCom.
    Wecom,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Android, Self::Ios, Self::Wecom];

    /// The clients of a platform; all without one.
    pub fn of(platform: Option<Platform>) -> &'static [Self] {
        match platform {
            Some(Platform::Mp) => &Self::ALL[..2],
            Some(Platform::Work) => &Self::ALL[2..],
            None => &Self::ALL,
        }
    }

    /// Its name in `--as` and in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Wecom => "wecom",
        }
    }

    /// Its name for people.
    pub fn title(self) -> Text {
        match self {
            Self::Android => Text { zh: "微信 Android", en: "WeChat on Android" },
            Self::Ios => Text { zh: "微信 iOS", en: "WeChat on iOS" },
            Self::Wecom => Text { zh: "企业微信", en: "WeCom" },
        }
    }

    /// Whose accounts it opens pages for.
    pub fn platform(self) -> Platform {
        if self == Self::Wecom { Platform::Work } else { Platform::Mp }
    }

    /// How it looks to a page.
    pub fn look(self) -> Look {
        match self {
            Self::Android => Look {
                user_agent: "Mozilla/5.0 (Linux; Android 12; M2012K11AC Build/SKQ1.211006.001; wv) \
                             AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/146.0.7680.177 Mobile \
                             Safari/537.36 XWEB/1460075 MMWEBSDK/20250804 MMWEBID/1234 \
                             MicroMessenger/8.0.63.2920(0x28003FA6) WeChat/arm64 Weixin NetType/WIFI \
                             Language/zh_CN ABI/arm64",
                platform: "Linux aarch64",
            },
            Self::Ios => Look {
                user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 \
                             (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.68(0x1800442b) NetType/WIFI \
                             Language/zh_CN",
                platform: "iPhone",
            },
            Self::Wecom => Look {
                user_agent: "Mozilla/5.0 (Linux; Android 14; M2012K11AC Build/UKQ1.230804.001; wv) \
                             AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.180 Mobile \
                             Safari/537.36 XWEB/1380275 MMWEBSDK/20250202 MMWEBID/1234 wxwork/5.0.6 \
                             MicroMessenger/7.0.1 NetType/WIFI Language/zh Lang/zh ColorScheme/Light \
                             wwmver/3.26.506.647",
                platform: "Linux aarch64",
            },
        }
    }

    /// The addresses it may check: the one that counts first.
    pub fn checked<'a>(self, landing: &'a str, current: &'a str) -> (&'a str, Option<&'a str>) {
        match self {
            Self::Ios => (landing, None),
            Self::Wecom => (current, None),
            Self::Android => (current, (landing != current).then_some(landing)),
        }
    }

    /// Which address that is, and how it is known.
    pub fn basis(self) -> Text {
        match self {
            Self::Ios => Text {
                zh: "微信 iOS 校验最先打开的地址（多份实测报告，2017 至 2022 年，没有反例）",
                en: "WeChat on iOS checks the address first opened (several field reports, 2017 to 2022, none against it)",
            },
            Self::Android => Text {
                zh: "微信 Android 校验当前地址（实测报告）；官方库 @wecom/jssdk 却签最先打开的地址，所以两个都检查",
                en: "WeChat on Android checks the current address (field reports); the official @wecom/jssdk signs the \
                     address first opened, so both are checked",
            },
            Self::Wecom => Text {
                zh: "企业微信校验当前地址（官方库 @wecom/jssdk 的代码）",
                en: "WeCom checks the current address (code of the official @wecom/jssdk)",
            },
        }
    }
}
