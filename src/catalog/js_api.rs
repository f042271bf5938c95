//! The names that `jsApiList` may hold, and the nearest one to a name that is unknown.
//!
//! In: a name and a platform. Out: [`Known`]. The list is `data/js-api-names.tsv`: a name and where
//! it belongs (`mp`, `work`, `legacy` for the old 企业号, `menu` for menu items, `tag` for open tags).

use crate::lang::Text;
use crate::platform::Platform;

const LIST: &str = include_str!("../../data/js-api-names.tsv");

/// What is known about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It belongs to the platform.
    Yes,
    /// It is a name of the old 企业号, which work still takes.
    Legacy,
    /// It belongs to the other platform only.
    OtherPlatform(Platform),
    /// A menu item or an open tag: real, but not a name for `jsApiList`.
    NotAnApi,
    /// No one knows it; the nearest known name, if it is near enough.
    No(Option<&'static str>),
}

/// Looks a name up. Without a platform, a name of either is known.
pub fn known(name: &str, platform: Option<Platform>) -> Known {
    let Some(places) = entries().find(|(known, _)| *known == name).map(|(_, places)| places) else {
        return Known::No(crate::nearest::nearest(name, candidates(platform)));
    };
    let stands_in = |place: &str| places.split(',').any(|one| one == place);
    match platform {
        Some(platform) if stands_in(platform.name()) => Known::Yes,
        None if stands_in("mp") || stands_in("work") => Known::Yes,
        Some(Platform::Work) | None if stands_in("legacy") => Known::Legacy,
        Some(Platform::Mp) if stands_in("work") || stands_in("legacy") => {
            Known::OtherPlatform(Platform::Work)
        }
        Some(Platform::Work) if stands_in("mp") => Known::OtherPlatform(Platform::Mp),
        _ => Known::NotAnApi,
    }
}

/// The platform that alone has this API; `None` for an API of both or of none.
pub fn only_on(name: &str) -> Option<Platform> {
    let name = name.strip_prefix("wx.").or_else(|| name.strip_prefix("ww.")).unwrap_or(name);
    match Platform::ALL.map(|platform| matches!(known(name, Some(platform)), Known::Yes | Known::Legacy)) {
        [true, false] => Some(Platform::Mp),
        [false, true] => Some(Platform::Work),
        _ => None,
    }
}

/// A name of the list.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// As it is written.
    pub name: &'static str,
    places: &'static str,
}

/// Every name, sorted.
pub fn names() -> impl Iterator<Item = Name> {
    entries().map(|(name, places)| Name { name, places })
}

/// The call whose jsApiList has to have a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grant {
    Config,
    AgentConfig,
}

/// Names that need the same, by what call they are granted, and what they need: the first row that has a name decides.
const NEEDS: &[(&[&str], Grant, Text)] = &[
    (
        &["getCurExternalContact"],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig；页面从 contact_profile、single_chat_tools 或 single_kf_tools 打开",
            en: "agentConfig; a page opened from contact_profile, single_chat_tools or single_kf_tools",
        },
    ),
    (
        &["getCurExternalChat"],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig；页面从 group_chat_tools 打开",
            en: "agentConfig; a page opened from group_chat_tools",
        },
    ),
    (
        &["sendChatMessage"],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig；页面从 single_chat_tools、group_chat_tools、chat_attachment 或 single_kf_tools 打开",
            en: "agentConfig; a page opened from single_chat_tools, group_chat_tools, chat_attachment or single_kf_tools",
        },
    ),
    (
        &["getCurCorpGroupChat", "getCurCorpGroupContact"],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig；页面从上下游会话的工具栏打开",
            en: "agentConfig; a page opened from the toolbar of an upstream/downstream (上下游) chat",
        },
    ),
    (
        &[
            "selectExternalContact",
            "selectPrivilegedContact",
            "shareToExternalContact",
            "shareToExternalChat",
            "shareToExternalMoments",
            "navigateToAddCustomer",
            "thirdPartyOpenPage",
        ],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig，写在它自己的 jsApiList 里",
            en: "agentConfig, with a place in its own jsApiList",
        },
    ),
    (
        &["hideChatAttachmentMenu"],
        Grant::Config,
        Text {
            zh: "页面从聊天附件栏（chat_attachment）打开",
            en: "a page opened from the attachment bar (chat_attachment)",
        },
    ),
    (
        &["openAppComment", "openAppPurchase", "openAppManage"],
        Grant::AgentConfig,
        Text { zh: "第三方应用，agentConfig", en: "a third-party app, agentConfig" },
    ),
    (
        &["requireSoterBiometricAuthentication", "getSupportSoter"],
        Grant::Config,
        Text {
            zh: "wx.config 里 beta: true，支持生物认证的手机（客户端 6.3.16 起）",
            en: "beta: true in wx.config and a phone with biometrics (client 6.3.16 or later)",
        },
    ),
    (
        &["createCorpGroupChat", "updateCorpGroupChat"],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig；企业开启互联群", en: "agentConfig; the corp has switched 互联群 on"
        },
    ),
    (
        &["openDeviceProfile"],
        Grant::AgentConfig,
        Text {
            zh: "agentConfig；调用者能管理这台设备",
            en: "agentConfig; a member who may manage the device",
        },
    ),
    (
        &["chooseWXPay"],
        Grant::Config,
        Text {
            zh: "商户号，页面在 JSAPI 支付授权目录下，paySign 由服务器签",
            en: "a merchant id, a page below a JSAPI payment directory, a paySign made on the server",
        },
    ),
    (
        &["addCard", "chooseCard", "openCard", "consumeAndShareCard"],
        Grant::Config,
        Text {
            zh: "卡券权限；用 api_ticket（wx_card）签 cardExt 或 cardSign",
            en: "the card permission; cardExt or cardSign signed with the api_ticket (wx_card)",
        },
    ),
    (
        &["chooseInvoice"],
        Grant::Config,
        Text {
            zh: "电子发票权限；用 api_ticket（wx_card）签 cardSign",
            en: "the invoice permission; cardSign signed with the api_ticket (wx_card)",
        },
    ),
    (
        &[
            "updateAppMessageShareData",
            "updateTimelineShareData",
            "onMenuShareAppMessage",
            "onMenuShareQQ",
            "onMenuShareQZone",
            "onMenuShareTimeline",
            "onMenuShareWeibo",
            "onMenuShareWechat",
        ],
        Grant::Config,
        Text {
            zh: "公众号要已认证；link 与页面在同一个登记过的域名下",
            en: "a verified account on mp; link on the page's registered host",
        },
    ),
    (
        &["getLocation", "openLocation", "startAutoLBS", "stopAutoLBS", "onLocationChange"],
        Grant::Config,
        Text {
            zh: "手机开启定位并允许客户端使用", en: "location services on and allowed for the client"
        },
    ),
    (
        &["hideMenuItems", "showMenuItems"],
        Grant::Config,
        Text {
            zh: "menuList 里写 menuItem:… 的名字", en: "names of the form menuItem:… in menuList"
        },
    ),
    (
        &["openEnterpriseContact"],
        Grant::Config,
        Text {
            zh: "旧企业号的 group_ticket 签名", en: "a signature with the group_ticket of an old 企业号"
        },
    ),
];

/// Whether `wx.agentConfig` has to grant it: a place in the list of `wx.config` does not.
pub(super) fn needs_agent_config(name: &str) -> bool {
    NEEDS.iter().any(|(names, grant, _)| names.contains(&name) && *grant == Grant::AgentConfig)
}

impl Name {
    fn is(self, place: &str) -> bool {
        self.places.split(',').any(|one| one == place)
    }

    /// `api`, `menu` or `tag`.
    pub fn kind(self) -> &'static str {
        match self.places {
            "menu" => "menu",
            "tag" => "tag",
            _ => "api",
        }
    }

    /// Where it is known; names of the old 企业号 pass on work.
    pub fn platforms(self) -> Vec<Platform> {
        match self.kind() {
            "menu" => Platform::ALL.to_vec(),
            "tag" => vec![Platform::Mp],
            _ => Platform::ALL
                .into_iter()
                .filter(|platform| {
                    self.is(platform.name()) || (*platform == Platform::Work && self.is("legacy"))
                })
                .collect(),
        }
    }

    /// What it needs.
    pub fn needs(self) -> Text {
        match self.kind() {
            "menu" => Text {
                zh: "写在 hideMenuItems 或 showMenuItems 的 menuList 里",
                en: "a place in menuList of hideMenuItems or showMenuItems",
            },
            "tag" => Text {
                zh: "写在 wx.config 的 openTagList 里；已认证的服务号，jweixin 1.6.0",
                en: "a place in openTagList of wx.config; a verified service account, jweixin 1.6.0",
            },
            _ => NEEDS.iter().find(|(names, ..)| names.contains(&self.name)).map_or(
                Text {
                    zh: "写在 jsApiList 里，wx.ready 之后调用",
                    en: "a place in jsApiList and a call after wx.ready",
                },
                |(.., text)| *text,
            ),
        }
    }

    /// What else is worth knowing.
    pub fn note(self) -> Option<Text> {
        if self.places == "legacy" {
            return Some(Text {
                zh: "旧企业号的名字，企业微信仍接受",
                en: "a name of the old 企业号, which WeCom still takes",
            });
        }
        match self.name {
            "onMenuShareTimeline" | "onMenuShareAppMessage" | "onMenuShareQQ" | "onMenuShareQZone" => {
                Some(Text {
                    zh: "公众号页面改用 updateAppMessageShareData、updateTimelineShareData",
                    en: "on mp use updateAppMessageShareData and updateTimelineShareData instead",
                })
            }
            "menuItem:addContact" => Some(Text {
                zh: "只在没有关注这个公众号的人那里显示",
                en: "shown only to people who do not follow the account",
            }),
            _ => None,
        }
    }
}

fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once('\t'))
}

/// The names that may be meant on a platform.
fn candidates(platform: Option<Platform>) -> impl Iterator<Item = &'static str> {
    entries()
        .filter(move |(_, places)| match platform {
            Some(Platform::Mp) => places.split(',').any(|place| place == "mp"),
            Some(Platform::Work) | None => places.split(',').any(|place| matches!(place, "work" | "mp")),
        })
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_where_the_list_says() {
        assert_eq!(known("chooseImage", Some(Platform::Mp)), Known::Yes);
        assert_eq!(known("getCurExternalContact", Some(Platform::Mp)), Known::OtherPlatform(Platform::Work));
        assert_eq!(known("openEnterpriseContact", Some(Platform::Work)), Known::Legacy);
        assert_eq!(known("menuItem:copyUrl", None), Known::NotAnApi);
        assert_eq!(known("chooseimage", None), Known::No(Some("chooseImage")));
        assert_eq!(known("onMenuShareTimline", Some(Platform::Mp)), Known::No(Some("onMenuShareTimeline")));
        assert_eq!(known("frobnicate", None), Known::No(None));
    }

    #[test]
    fn the_list_is_sorted_and_unique() {
        let names: Vec<&str> = entries().map(|(name, _)| name).collect();
        assert!(names.is_sorted_by(|a, b| a < b));
    }
}
