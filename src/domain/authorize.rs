//! Authorize links taken apart: what the login page is given, and where it sends the code.
//!
//! In: the text of an address. Out: a [`Link`] where the address is a login page of either
//! platform, with its parameters decoded once.

use url::{Url, form_urlencoded};

use super::{Query, Rule, Status};
use crate::lang::{Lang, plural_s};
use crate::platform::Platform;
use crate::say;

/// An authorize link's parts.
pub(super) struct Link {
    /// The platform whose login page this is; `None` for the page that both use.
    pub page_of: Option<Platform>,
    pub app_id: Option<String>,
    pub agent_id: Option<String>,
    /// Decoded once.
    pub redirect_uri: Option<String>,
    /// Whether `redirect_uri` stands in the link without percent-encoding.
    pub redirect_uri_raw: bool,
    pub state: Option<String>,
    pub scope: Option<String>,
    pub response_type: Option<String>,
    /// Whether the client itself, not a browser with a QR code, opens it.
    pub in_client: bool,
    pub fragment: Option<String>,
    /// The link went through an HTML escape: its `&` are `&amp;`.
    pub html_escaped: bool,
}

/// Takes a link apart; `None` for any other address.
pub(super) fn take_apart(text: &str) -> Option<Link> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.trim_end_matches('.');
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let (page_of, in_client) = match (host, path.as_str()) {
        ("open.weixin.qq.com", "/connect/oauth2/authorize") => (None, true),
        ("open.weixin.qq.com", "/connect/qrconnect") => (Some(Platform::Mp), false),
        ("open.work.weixin.qq.com", "/wwopen/sso/qrconnect" | "/wwopen/sso/3rd_qrconnect")
        | ("login.work.weixin.qq.com", "/wwlogin/sso/login") => (Some(Platform::Work), false),
        _ => return None,
    };
    let query = url.query().unwrap_or_default();
    let value = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let redirect_uri_raw = query
        .split('&')
        .any(|pair| pair.strip_prefix("redirect_uri=").is_some_and(|raw| raw.contains("://")));
    Some(Link {
        page_of,
        in_client,
        app_id: value("appid"),
        agent_id: value("agentid"),
        redirect_uri: value("redirect_uri"),
        redirect_uri_raw,
        state: value("state"),
        scope: value("scope"),
        response_type: value("response_type"),
        fragment: url.fragment().map(str::to_owned),
        html_escaped: query.contains("&amp;"),
    })
}

impl Link {
    /// The platform the link speaks of by itself.
    pub(super) fn platform(&self) -> Option<Platform> {
        if self.page_of.is_some() {
            return self.page_of;
        }
        if self.agent_id.is_some() {
            return Some(Platform::Work);
        }
        self.app_id.as_deref().map(Platform::of_id)
    }
}

/// Letters and digits, 1 to 128 of them.
fn state_is_allowed(state: &str) -> bool {
    (1..=128).contains(&state.len()) && state.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `oauth-appid`: everything of an authorize link but the page it leads to.
pub(super) fn oauth_appid(link: &Link, query: &Query, lang: Lang) -> Rule {
    const ID: &str = "oauth-appid";
    let platform = query.platform;
    let mut broken: Vec<String> = Vec::new();
    let mut odd: Vec<String> = Vec::new();
    if link.page_of.is_some_and(|page_of| page_of != platform) {
        broken.push(say!(lang, "这是另一个平台的登录页", "this is the other platform's login page"));
    }
    match link.app_id.as_deref() {
        None | Some("") => broken.push(say!(lang, "没有 appid", "there is no appid")),
        // An old corpid starts with `wx` as an appid does; a profile that names it settles that.
        Some(id) if query.app_id == Some(id) => {}
        Some(id)
            if (id.starts_with("wx") || id.starts_with("ww") || id.starts_with("wl"))
                && Platform::of_id(id) != platform =>
        {
            broken.push(match platform {
                Platform::Mp => say!(
                    lang,
                    "appid `{id}` 是企业微信的 corpid，公众号的 appid 以 wx 开头",
                    "appid `{id}` is a WeCom corpid, an Official Account's appid starts with wx"
                ),
                Platform::Work => say!(
                    lang,
                    "appid `{id}` 是公众号的 appid，企业微信要填 corpid（旧企业号的 corpid 也以 wx 开头：是的话写进配置的 appid）",
                    "appid `{id}` is an Official Account's, WeCom wants the corpid (old corpids start with wx too: if it is one, put it into the profile's appid)"
                ),
            });
        }
        Some(id) => {
            if let Some(own) = query.app_id {
                odd.push(say!(
                    lang,
                    "appid `{id}` 不是配置里的 `{own}`",
                    "appid `{id}` is not the profile's `{own}`"
                ));
            } else if !platform.id_shape_is_usual(id) {
                odd.push(say!(lang, "appid `{id}` 的样子不寻常", "appid `{id}` has an unusual shape"));
            }
        }
    }
    match link.redirect_uri.as_deref() {
        None | Some("") if link.html_escaped => broken.push(say!(
            lang,
            "链接里的 & 被转义成了 &amp;，redirect_uri 读不出来",
            "the & of the link were escaped to &amp;, so redirect_uri cannot be read"
        )),
        None | Some("") => broken.push(say!(lang, "没有 redirect_uri", "there is no redirect_uri")),
        Some(uri) if link.redirect_uri_raw => odd.push(say!(
            lang,
            "redirect_uri 没有编码，后面若有 & 会被截断；应是 encodeURIComponent(`{uri}`)",
            "redirect_uri is not encoded, and a & in it would cut it: use encodeURIComponent(`{uri}`)"
        )),
        Some(_) => {}
    }
    match link.state.as_deref() {
        None => odd.push(say!(
            lang,
            "没有 state，回调无法识别伪造的请求",
            "there is no state, so the callback cannot tell forged requests"
        )),
        Some(state) if !state_is_allowed(state) => {
            let length = state.chars().count();
            let s = plural_s(length);
            let shown: String = state.chars().take(32).collect();
            broken.push(say!(
                lang,
                "state `{shown}`（{length} 个字符）只能是 1 到 128 个字母和数字",
                "state `{shown}` ({length} character{s}) must be 1 to 128 letters and digits"
            ));
        }
        Some(_) => {}
    }
    if link.in_client {
        if link.response_type.as_deref() != Some("code") {
            odd.push(say!(lang, "response_type 应为 code", "response_type should be code"));
        }
        let scopes: &[&str] = match platform {
            Platform::Mp => &["snsapi_base", "snsapi_userinfo"],
            Platform::Work => &["snsapi_base", "snsapi_userinfo", "snsapi_privateinfo"],
        };
        if !link.scope.as_deref().is_some_and(|scope| scopes.contains(&scope)) {
            let scopes = scopes.join("/");
            odd.push(say!(lang, "scope 应为 {scopes} 之一", "scope should be one of {scopes}"));
        }
        if link.fragment.as_deref() != Some("wechat_redirect") {
            odd.push(say!(
                lang,
                "链接末尾缺少 #wechat_redirect",
                "the link does not end with #wechat_redirect"
            ));
        }
    }
    let joint = lang.pick("；", "; ");
    let basis = query.platform_basis("errcode mp 10003", "errcode work 50001");
    let status = if broken.is_empty() { Status::Warn } else { Status::Fail };
    broken.append(&mut odd);
    if broken.is_empty() {
        return Rule::pass(
            ID,
            lang.pick(
                "appid、state 和 redirect_uri 的写法都对",
                "appid, state and redirect_uri are written as they should be",
            ),
        );
    }
    let app = match platform {
        Platform::Mp => "wx…",
        Platform::Work => "ww…",
    };
    Rule::new(ID, status, broken.join(joint))
        .fix(say!(
            lang,
            "重新拼链接：appid={app}、redirect_uri 编码一次、state 只用字母数字",
            "build the link again: appid={app}, redirect_uri encoded once, state of letters and digits only"
        ))
        .basis(basis)
}
