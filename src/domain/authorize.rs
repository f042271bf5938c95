//! Authorize links taken apart: what the login page is given, and where it sends the code.
//!
//! In: the text of an address. Out: a [`Link`] where the address is a login page of either
//! platform, with its parameters decoded once.

use url::{Url, form_urlencoded};

use crate::platform::Platform;

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
pub(super) fn state_is_allowed(state: &str) -> bool {
    (1..=128).contains(&state.len()) && state.bytes().all(|b| b.is_ascii_alphanumeric())
}
