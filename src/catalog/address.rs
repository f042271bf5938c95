//! The address beside an answer: whose host it is, and which API was called.
//!
//! In: a text, a code in it. Out: the platform that the host decides, and the steps for an API whose
//! failure asks for others than the code's entry has: the same 40001 is a wrong secret at
//! `cgi-bin/token` and an expired user token at `sns/userinfo`.

use crate::lang::{Lang, Text};
use crate::platform::Platform;

/// The platform whose host the text names, if it names one platform's alone.
pub(super) fn platform_of(text: &str) -> Option<Platform> {
    let work = text.contains("qyapi.weixin.qq.com");
    let mp = text
        .match_indices("api.weixin.qq.com")
        .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()));
    match (work, mp) {
        (true, false) => Some(Platform::Work),
        (false, true) => Some(Platform::Mp),
        _ => None,
    }
}

/// What to do when one API answers some codes.
struct Row {
    /// What the address contains, one of them.
    paths: &'static [&'static str],
    /// What has to be in the text as well.
    beside: &'static str,
    codes: &'static [i64],
    steps: &'static [Text],
}

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// The first row that fits decides.
const ROWS: &[Row] = &[
    Row {
        paths: &["/sns/userinfo", "/sns/auth?"],
        beside: "",
        codes: &[40001, 40014, 42001, 41001],
        steps: &[
            text(
                "这里要的是网页授权得到的用户 access_token，不是 cgi-bin/token 的：用 sns/oauth2/refresh_token 刷新，刷新不了就让用户重新授权",
                "This API takes the user's access_token of web authorization, not that of cgi-bin/token: refresh it with sns/oauth2/refresh_token, and if that fails send the user through authorization again",
            ),
            text(
                "核对 access_token 和 openid 来自同一次授权；wecheck token 管的是另一种 token，对它没有用",
                "Check that access_token and openid come from the same authorization; wecheck token keeps another token and does not help here",
            ),
        ],
    },
    Row {
        paths: &["/sns/userinfo"],
        beside: "",
        codes: &[48001],
        steps: &[text(
            "多半是用 snsapi_base 授权的：把授权链接的 scope 换成 snsapi_userinfo，让用户重新授权",
            "Most likely the user was authorized with snsapi_base: use scope snsapi_userinfo in the link and authorize again",
        )],
    },
    Row {
        paths: &["jscode2session"],
        beside: "",
        codes: &[40029, 40163],
        steps: &[
            text(
                "这是小程序登录的 code：再调一次 wx.login 取新的，5 分钟内只换一次，不重试同一个",
                "This is the code of a mini program's login: call wx.login again for a new one, and exchange it once within 5 minutes, never twice",
            ),
            text(
                "核对 appid 和 secret 就是取 code 的那个小程序的；开发者工具里打开的项目也要是同一个 appid",
                "Check that appid and secret are those of the mini program that got the code; the project open in the devtools has to have the same appid",
            ),
        ],
    },
    Row {
        paths: &["/cgi-bin/token?", "/cgi-bin/stable_token"],
        beside: "appid=ww",
        codes: &[40013, 40001],
        steps: &[text(
            "链接里的 appid 以 ww 开头，是企业微信的 corpid：企业微信用 https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=…&corpsecret=…",
            "The appid of the link starts with ww, so it is a WeCom corpid: WeCom uses https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=…&corpsecret=…",
        )],
    },
    Row {
        paths: &["/cgi-bin/token?", "/cgi-bin/stable_token"],
        beside: "",
        codes: &[40001, 40125],
        steps: &[text(
            "这个接口只验 appid 和 secret：是 secret 不对或不是这个 appid 的，与旧 token 无关。到 {mp-secret} 重置后填新的，重试没有用",
            "This API checks appid and secret only: the secret is wrong or another appid's, and no old token is to blame. Reset it at {mp-secret} and use the new one; retrying does not help",
        )],
    },
];

/// What to do for the API whose address is in the text; nothing for any other.
pub(super) fn steps(query: &str, code: Option<(i64, Platform)>, lang: Lang) -> Vec<String> {
    let Some((code, Platform::Mp)) = code else { return Vec::new() };
    if platform_of(query) == Some(Platform::Work) {
        return Vec::new();
    }
    let row = ROWS.iter().find(|row| {
        row.codes.contains(&code)
            && query.contains(row.beside)
            && row.paths.iter().any(|path| query.contains(path))
    });
    let place = super::place::path_in("mp-secret", lang).unwrap_or_default();
    let steps = row.map_or(&[][..], |row| row.steps).iter();
    steps.map(|step| step.get(lang).replace("{mp-secret}", &place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_decides_if_it_is_one_platform_s_alone() {
        assert_eq!(platform_of("https://qyapi.weixin.qq.com/cgi-bin/x"), Some(Platform::Work));
        assert_eq!(platform_of("GET https://api.weixin.qq.com/sns/x"), Some(Platform::Mp));
        assert_eq!(platform_of("api.weixin.qq.com or qyapi.weixin.qq.com"), None);
        assert_eq!(platform_of("{}"), None);
    }

    #[test]
    fn the_api_called_brings_its_own_first_steps() {
        let first = |query: &str, code: i64| {
            steps(query, Some((code, Platform::Mp)), Lang::En).first().cloned().unwrap_or_default()
        };
        let host = "https://api.weixin.qq.com";
        assert!(
            first(&format!("{host}/sns/userinfo?access_token=x"), 40001).contains("sns/oauth2/refresh_token")
        );
        assert!(first(&format!("{host}/sns/userinfo?access_token=x"), 48001).contains("snsapi_userinfo"));
        assert!(first(&format!("{host}/sns/jscode2session?js_code=x"), 40029).contains("wx.login"));
        assert!(
            first(&format!("{host}/cgi-bin/token?appid=wx1&secret=x"), 40001).contains("secret is wrong")
        );
        assert!(first(&format!("{host}/cgi-bin/token?appid=ww1&secret=x"), 40013).contains("corpid"));
        assert_eq!(first(&format!("{host}/cgi-bin/menu/create"), 40001), "");
        assert_eq!(first("https://qyapi.weixin.qq.com/cgi-bin/miniprogram/jscode2session", 40029), "");
    }
}
