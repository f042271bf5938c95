//! Which client sent a user agent.
//!
//! In: a User-Agent header. Out: WeCom or WeChat or neither, the system, the versions, the engine,
//! and whether a version in it can be compared with the minimum that the documents give. WeCom
//! also sends `MicroMessenger`, so that old pages take it for WeChat: `wxwork` decides.

use serde::Serialize;

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// 企业微信.
    Wecom,
    /// 微信.
    Wechat,
    /// A browser or another app.
    Other,
}

/// Why a version cannot be compared with the documents' minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotComparable {
    /// WeChat on HarmonyOS counts its versions in its own way.
    Harmony,
    /// The desktop clients send one number whatever their version is.
    Desktop,
    /// There is no version.
    NoVersion,
}

/// What a user agent says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserAgent {
    /// Which client.
    pub client: Client,
    /// `ios`, `android`, `harmony`, `windows`, `mac`, `linux`.
    pub system: Option<&'static str>,
    /// Behind `wxwork/` or `wxworklocal/`.
    pub wxwork_version: Option<String>,
    /// Behind `MicroMessenger/`; in WeCom it is the version it claims to be compatible with.
    pub micromessenger_version: Option<String>,
    /// The number that changes with the desktop client: `0xf254181d` of `UnifiedPCWindowsWechat(…)`.
    pub desktop_version: Option<String>,
    /// The engine: `TBS/043508` (Tencent's X5), `XWEB/…`, `QBCore/…`, `ArkWeb/…`, `Chrome/…`, `AppleWebKit/…`.
    pub webview: Option<String>,
    /// Whether it is a private deployment of WeCom (`wxworklocal`).
    pub private_deployment: bool,
    /// Whether the page is inside a mini program's web-view.
    pub mini_program: bool,
    /// Whether it is the devtools' simulator.
    pub devtools: bool,
    /// Whether the client's version can be compared with the documents' minimum.
    pub version_comparable: bool,
    /// Why not.
    pub not_comparable: Option<NotComparable>,
}

/// Reads what a user agent says.
pub fn read(text: &str) -> UserAgent {
    let lower = text.to_ascii_lowercase();
    let private_deployment = lower.contains("wxworklocal");
    let wxwork_version = version(text, &lower, "wxwork/").or_else(|| version(text, &lower, "wxworklocal/"));
    let micromessenger_version = version(text, &lower, "micromessenger/");
    let desktop_version = ["unifiedpcwindowswechat(", "unifiedpcmacwechat(", "unifiedpclinuxwechat("]
        .iter()
        .find_map(|mark| version(text, &lower, mark));
    let client = if lower.contains("wxwork/") || private_deployment {
        Client::Wecom
    } else if lower.contains("micromessenger") {
        Client::Wechat
    } else {
        Client::Other
    };
    // An iPad's WebView calls itself Macintosh but stays Mobile; Android is Linux too, and WeCom on
    // HarmonyOS names Android beside OpenHarmony.
    let systems: [(&str, &[&str]); 6] = [
        ("ios", &["iphone", "ipad", "ipod"]),
        ("harmony", &["openharmony", "harmonyos", "arkweb"]),
        ("android", &["android"]),
        ("windows", &["windows nt", "windowswechat", "windows"]),
        ("mac", &["macintosh", "mac os x", "macwechat"]),
        ("linux", &["linux", "unifiedpclinux"]),
    ];
    let system = systems
        .into_iter()
        .find(|(_, marks)| marks.iter().any(|mark| lower.contains(mark)))
        .map(|(system, _)| system);
    let webview =
        ["xweb/", "tbs/", "qbcore/", "arkweb/", "chrome/", "applewebkit/"].iter().find_map(|mark| {
            let at = lower.find(mark)?;
            Some(format!("{}{}", &text[at..at + mark.len()], version(text, &lower, mark)?))
        });
    let not_comparable = match (client, system) {
        (Client::Other, _) => Some(NotComparable::NoVersion),
        (Client::Wecom, _) => wxwork_version.is_none().then_some(NotComparable::NoVersion),
        (Client::Wechat, Some("harmony")) => Some(NotComparable::Harmony),
        (Client::Wechat, Some("windows" | "mac" | "linux")) => Some(NotComparable::Desktop),
        (Client::Wechat, _) => micromessenger_version.is_none().then_some(NotComparable::NoVersion),
    };
    UserAgent {
        client,
        system,
        wxwork_version,
        micromessenger_version,
        desktop_version,
        webview,
        private_deployment,
        mini_program: lower.contains("miniprogram"),
        devtools: lower.contains("wechatdevtools"),
        version_comparable: not_comparable.is_none(),
        not_comparable,
    }
}

/// The version behind a mark: digits, letters, dots.
fn version(text: &str, lower: &str, mark: &str) -> Option<String> {
    let behind = &text[lower.find(mark)? + mark.len()..];
    let version: String =
        behind.chars().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    (!version.is_empty()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_only_if_it_can_be() {
        for (text, client, system, why) in [
            (
                "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0.0.0 ArkWeb/4.1.6.1 Mobile MicroMessenger/1.0.3.52(0xf3100334) Weixin",
                Client::Wechat,
                "harmony",
                Some(NotComparable::Harmony),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0.0.0 MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090c33) UnifiedPCWindowsWechat(0xf2541110) XWEB/18055",
                Client::Wechat,
                "windows",
                Some(NotComparable::Desktop),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.68(0x1800442b)",
                Client::Wechat,
                "ios",
                None,
            ),
            (
                "Mozilla/5.0 (linux; Android 13; Phone; OpenHarmony 6.1) Chrome/132.0.0.0 MicroMessenger/7.0.1 wxwork/5.0.8",
                Client::Wecom,
                "harmony",
                None,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10) wxworklocal/2.5.0 MicroMessenger/7.0.1",
                Client::Wecom,
                "android",
                None,
            ),
        ] {
            let read = read(text);
            assert_eq!(
                (read.client, read.system, read.not_comparable),
                (client, Some(system), why),
                "{text}"
            );
        }
        let desktop =
            read("MicroMessenger/7.0.20.1781 WindowsWechat UnifiedPCWindowsWechat(0xf2541110) XWEB/18055");
        assert_eq!(desktop.desktop_version.as_deref(), Some("0xf2541110"));
    }
}
