//! Authorize links taken apart: what the login page is given, and where it sends the code.
//!
//! In: the text of an address. Out: a [`Link`] if the address is a login or installation page of
//! either platform, with its parameters decoded once, and the rules `oauth-appid` and `oauth-scope`.

mod order;

use url::{Url, form_urlencoded};

use order::Order;

use super::{Query, Rule, Status};
use crate::lang::{Lang, plural_s};
use crate::platform::Platform;
use crate::say;

/// Which page the link opens. Each has its own app, its own scopes and its own callback domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// `connect/oauth2/authorize`: inside the client, both platforms.
    Client,
    /// `connect/qrconnect`: scan login of a website app of the Open Platform.
    QrConnect,
    /// `componentloginpage`, on a phone `bindcomponent`: an account authorizes a third-party platform.
    ComponentLogin,
    /// `wwopen/sso/qrConnect`: scan login of a WeCom app.
    WorkScan,
    /// `wwopen/sso/3rd_qrConnect`: scan login at a WeCom provider.
    ProviderScan,
    /// `wwlogin/sso/login`: the newer login of a WeCom app or provider.
    WorkLogin,
    /// `3rdapp/install`: a corp installs a suite.
    Install,
}

impl Endpoint {
    /// The platform whose page this is; `None` for the page that both use.
    fn page_of(self) -> Option<Platform> {
        match self {
            Self::Client => None,
            Self::QrConnect | Self::ComponentLogin => Some(Platform::Mp),
            Self::WorkScan | Self::ProviderScan | Self::WorkLogin | Self::Install => Some(Platform::Work),
        }
    }

    /// The parameter that names the app.
    fn id_parameter(self) -> &'static str {
        match self {
            Self::ComponentLogin => "component_appid",
            Self::Install => "suite_id",
            _ => "appid",
        }
    }
}

/// An authorize link's parts.
pub(super) struct Link {
    pub endpoint: Endpoint,
    pub app_id: Option<String>,
    /// The third-party platform that asks on the account's behalf.
    pub component_app_id: Option<String>,
    pub agent_id: Option<String>,
    pub pre_auth_code: Option<String>,
    /// `CorpApp` or `ServiceApp` of `wwlogin`.
    pub login_type: Option<String>,
    /// Decoded once.
    pub redirect_uri: Option<String>,
    /// Whether `redirect_uri` is in the link without percent-encoding.
    pub redirect_uri_raw: bool,
    pub state: Option<String>,
    pub scope: Option<String>,
    pub response_type: Option<String>,
    pub fragment: Option<String>,
    /// The link went through an HTML escape: its `&` are `&amp;`.
    pub html_escaped: bool,
    /// The names of its parameters, in their order.
    pub names: Vec<String>,
}

/// Takes a link apart; `None` for any other address.
pub(super) fn take_apart(text: &str) -> Option<Link> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.trim_end_matches('.');
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let endpoint = match (host, path.as_str()) {
        ("open.weixin.qq.com", "/connect/oauth2/authorize") => Endpoint::Client,
        ("open.weixin.qq.com", "/connect/qrconnect") => Endpoint::QrConnect,
        ("mp.weixin.qq.com", "/cgi-bin/componentloginpage" | "/safe/bindcomponent")
        | ("open.weixin.qq.com", "/wxaopen/safe/bindcomponent") => Endpoint::ComponentLogin,
        ("open.work.weixin.qq.com", "/wwopen/sso/qrconnect") => Endpoint::WorkScan,
        ("open.work.weixin.qq.com", "/wwopen/sso/3rd_qrconnect") => Endpoint::ProviderScan,
        ("login.work.weixin.qq.com", "/wwlogin/sso/login") => Endpoint::WorkLogin,
        ("open.work.weixin.qq.com", "/3rdapp/install") => Endpoint::Install,
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
        endpoint,
        app_id: value(endpoint.id_parameter()),
        component_app_id: value("component_appid").filter(|_| endpoint == Endpoint::Client),
        agent_id: value("agentid").filter(|id| !id.is_empty()),
        pre_auth_code: value("pre_auth_code").filter(|code| !code.is_empty()),
        login_type: value("login_type"),
        redirect_uri: value("redirect_uri"),
        redirect_uri_raw,
        state: value("state"),
        scope: value("scope"),
        response_type: value("response_type"),
        fragment: url.fragment().map(str::to_owned),
        html_escaped: query.contains("&amp;"),
        names: form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect(),
    })
}

impl Link {
    /// The platform the link speaks of by itself.
    pub(super) fn platform(&self) -> Option<Platform> {
        if let Some(platform) = self.endpoint.page_of() {
            return Some(platform);
        }
        if self.agent_id.is_some() {
            return Some(Platform::Work);
        }
        self.app_id.as_deref().map(Platform::of_id)
    }

    fn is_provider_login(&self) -> bool {
        self.endpoint == Endpoint::ProviderScan
            || (self.endpoint == Endpoint::WorkLogin && self.login_type.as_deref() == Some("ServiceApp"))
    }

    /// Which setting this page compares the redirect's host with, unless it is that of the purpose.
    fn setting(&self, lang: Lang) -> Option<String> {
        let text = match self.endpoint {
            Endpoint::Client if self.component_app_id.is_some() => say!(
                lang,
                "第三方平台代公众号授权：回调域名要登记在开放平台该第三方平台的“公众号开发域名”",
                "a third-party platform asks on the account's behalf: the redirect's host is one of its 公众号开发域名 on open.weixin.qq.com"
            ),
            Endpoint::Client => return None,
            Endpoint::QrConnect => say!(
                lang,
                "qrconnect 是开放平台“网站应用”的扫码登录：appid 要是网站应用的，不是公众号的；回调域名登记在 open.weixin.qq.com 该网站应用的“授权回调域”",
                "qrconnect is the scan login of a website app of the Open Platform: the appid is that app's, not an Official Account's, and the redirect's host is its 授权回调域 on open.weixin.qq.com"
            ),
            Endpoint::ComponentLogin => say!(
                lang,
                "第三方平台的授权页：回调域名要与开放平台登记的“登录授权的发起页域名”一致",
                "the authorization page of a third-party platform: the redirect's host is its 登录授权的发起页域名 on open.weixin.qq.com"
            ),
            Endpoint::Install => say!(
                lang,
                "第三方应用的安装链接：回调域名与服务商后台该应用的“安装完成回调域名”比较，不看可信域名；pre_auth_code 20 分钟内有效，每次安装重新获取",
                "the installation link of a suite: the redirect's host is compared with the suite's installation callback domain (安装完成回调域名) in the provider console, not with the trusted domains; a pre_auth_code lives 20 minutes, take a new one for each installation"
            ),
            Endpoint::ProviderScan | Endpoint::WorkLogin if self.is_provider_login() => say!(
                lang,
                "服务商的扫码登录：回调域名登记在服务商后台“登录授权”的授权回调域，不是可信域名",
                "scan login at a provider: the redirect's host is the callback domain of 登录授权 in the provider console, not a trusted domain"
            ),
            Endpoint::WorkScan | Endpoint::WorkLogin | Endpoint::ProviderScan => say!(
                lang,
                "企业微信扫码登录：回调域名登记在该应用“企业微信授权登录 → Web网页”的授权回调域，不是可信域名",
                "WeCom's scan login: the redirect's host is the callback domain (授权回调域) of the app's 企业微信授权登录 → Web网页, not a trusted domain"
            ),
        };
        Some(text)
    }
}

/// Letters and digits, 1 to 128 of them.
fn state_is_allowed(state: &str) -> bool {
    (1..=128).contains(&state.len()) && state.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// What one rule found: what the page refuses, and what is only odd.
#[derive(Default)]
struct Faults {
    broken: Vec<String>,
    odd: Vec<String>,
    /// What the link lacks, in a few words each.
    lacks: Vec<String>,
    /// What to do first, as a sentence.
    fix: Option<String>,
}

impl Faults {
    fn rule(mut self, id: &'static str, passed: &str, lang: Lang) -> Rule {
        let status = if !self.broken.is_empty() {
            Status::Fail
        } else if !self.odd.is_empty() {
            Status::Warn
        } else {
            return Rule::pass(id, passed);
        };
        self.broken.append(&mut self.odd);
        Rule::new(id, status, self.broken.join(lang.pick("；", "; ")))
    }
}

/// `oauth-appid`: everything of an authorize link but its scope and the page it leads to.
pub(super) fn oauth_appid(link: &Link, query: &Query, lang: Lang) -> Rule {
    let platform = query.platform;
    let mut faults = Faults::default();
    if link.endpoint.page_of().is_some_and(|page_of| page_of != platform) {
        faults.broken.push(say!(lang, "这是另一个平台的登录页", "this is the other platform's login page"));
    }
    app_id(link, query, lang, &mut faults);
    redirect_uri(link, lang, &mut faults);
    state(link, lang, &mut faults);
    if link.endpoint == Endpoint::Client {
        if link.response_type.as_deref() != Some("code") {
            faults.odd.push(say!(lang, "response_type 应为 code", "response_type is expected to be code"));
            faults.lacks.push("response_type=code".to_owned());
        }
        if link.fragment.as_deref() != Some("wechat_redirect") {
            faults.odd.push(say!(
                lang,
                "链接末尾缺少 #wechat_redirect",
                "the link does not end with #wechat_redirect"
            ));
            faults.lacks.push(say!(lang, "末尾 #wechat_redirect", "#wechat_redirect at its end"));
        }
        if platform == Platform::Mp && !link.html_escaped {
            let order = order::judge(&link.names);
            let faulty = if order == Order::Broken { &mut faults.broken } else { &mut faults.odd };
            faulty.extend(order::message(order, lang));
            if order != Order::Kept {
                faults.fix = Some(order::fix(lang));
            }
        }
    }
    // Last, so that what is broken is read first.
    faults.odd.extend(link.setting(lang));
    let passed =
        lang.pick("appid、state 和 redirect_uri 的写法都对", "appid, state and redirect_uri are well-formed");
    let is_broken = !faults.broken.is_empty();
    let only_order = is_broken && faults.broken.len() == 1 && faults.fix.is_some();
    let (lacks, fix) = (std::mem::take(&mut faults.lacks), faults.fix.take());
    let rule = faults.rule("oauth-appid", passed, lang);
    if rule.status == Status::Pass {
        return rule;
    }
    let rule = rule.basis(match (link.endpoint, platform) {
        (Endpoint::Client | Endpoint::QrConnect | Endpoint::ComponentLogin, Platform::Mp) => {
            "errcode mp 10003"
        }
        _ => "errcode work 50001",
    });
    let id = link.endpoint.id_parameter();
    if let Some(fix) = fix.filter(|_| only_order || !is_broken) {
        return rule.fix(fix);
    }
    match rule.status {
        Status::Warn if !lacks.is_empty() => {
            let list = lacks.join(lang.pick("、", ", "));
            rule.fix(say!(lang, "补全链接：{list}", "complete the link: {list}"))
        }
        Status::Warn if link.setting(lang).is_none() => rule.fix(say!(
            lang,
            "到后台核对 {id}，从那里重新复制",
            "compare {id} with the console and copy it from there"
        )),
        Status::Warn => rule.fix(say!(
            lang,
            "到上面说的设置里核对域名",
            "look up the host in the setting named above"
        )),
        _ => rule.fix(say!(
            lang,
            "重新拼链接：{id} 用这个平台的，redirect_uri 编码一次，state 只用字母数字",
            "build the link again: {id} of this platform, redirect_uri encoded once, state of letters and digits only"
        )),
    }
}

/// What an id is that can never be an appid or a corpid.
fn another_id(id: &str, lang: Lang) -> Option<String> {
    if id.starts_with("gh_") {
        return Some(say!(
            lang,
            "appid `{id}` 是公众号的原始 ID，不是 appid（以 wx 开头）",
            "appid `{id}` is an account's original id (原始ID), not its appid, which starts with wx"
        ));
    }
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| {
        say!(
            lang,
            "appid `{id}` 只有数字，像商户号或 agentid，不是 appid（以 wx 或 ww 开头）",
            "appid `{id}` is digits only, as a merchant id or an agentid is; an appid starts with wx, a corpid with ww"
        )
    })
}

fn app_id(link: &Link, query: &Query, lang: Lang, faults: &mut Faults) {
    let parameter = link.endpoint.id_parameter();
    let Some(id) = link.app_id.as_deref().filter(|id| !id.is_empty()) else {
        faults.broken.push(say!(lang, "没有 {parameter}", "there is no {parameter}"));
        return;
    };
    match link.endpoint {
        Endpoint::Install | Endpoint::ComponentLogin => {
            if link.pre_auth_code.is_none() {
                faults.broken.push(say!(lang, "没有 pre_auth_code", "there is no pre_auth_code"));
            }
            if link.endpoint == Endpoint::ComponentLogin && !id.starts_with("wx") {
                faults.odd.push(say!(
                    lang,
                    "component_appid `{id}` 不是以 wx 开头",
                    "component_appid `{id}` does not start with wx"
                ));
            }
            return;
        }
        Endpoint::QrConnect if query.app_id == Some(id) => {
            faults.broken.push(say!(
                lang,
                "appid `{id}` 是公众号自己的，qrconnect 只接受网站应用的 appid",
                "appid `{id}` is the Official Account's own; qrconnect accepts a website app's only"
            ));
            return;
        }
        Endpoint::WorkScan | Endpoint::WorkLogin if link.agent_id.is_none() && !link.is_provider_login() => {
            faults.broken.push(say!(lang, "没有 agentid", "there is no agentid"));
        }
        Endpoint::Client => component(link, id, query, lang, faults),
        _ => {}
    }
    // An old corpid starts with `wx` as an appid does; a profile that names it settles that.
    if query.app_id == Some(id) {
        return;
    }
    if let Some(another) = another_id(id, lang) {
        faults.broken.push(another);
        return;
    }
    let is_known_prefix = ["wx", "ww", "wl"].iter().any(|prefix| id.starts_with(prefix));
    if is_known_prefix && Platform::of_id(id) != query.platform {
        faults.broken.push(match query.platform {
            Platform::Mp => say!(
                lang,
                "appid `{id}` 是企业微信的 corpid，公众号的 appid 以 wx 开头",
                "appid `{id}` is a WeCom corpid; an Official Account's appid starts with wx"
            ),
            Platform::Work => say!(
                lang,
                "appid `{id}` 是公众号的 appid，企业微信要填 corpid（旧企业号的 corpid 也以 wx 开头：是的话写进配置的 appid）",
                "appid `{id}` is an Official Account's; WeCom expects the corpid (old corpids start with wx too: if it is one, put it into the profile's appid)"
            ),
        });
    } else if let Some(own) = query.app_id.filter(|_| link.endpoint != Endpoint::QrConnect) {
        faults.odd.push(say!(
            lang,
            "appid `{id}` 不是配置里的 `{own}`",
            "appid `{id}` is not the profile's `{own}`"
        ));
    } else if !query.platform.id_shape_is_usual(id) {
        faults.odd.push(say!(lang, "appid `{id}` 的样子不寻常", "appid `{id}` has an unusual shape"));
    }
}

/// `component_appid` of a third-party platform that asks on an account's behalf.
fn component(link: &Link, id: &str, query: &Query, lang: Lang, faults: &mut Faults) {
    let Some(component) = link.component_app_id.as_deref() else { return };
    if query.platform == Platform::Work {
        faults.odd.push(say!(
            lang,
            "component_appid 是公众号第三方平台的参数，企业微信不用",
            "component_appid is for third-party platforms of Official Accounts; WeCom does not use it"
        ));
    } else if component.is_empty() || !component.starts_with("wx") {
        faults.broken.push(say!(
            lang,
            "component_appid `{component}` 不是第三方平台的 appid（以 wx 开头）",
            "component_appid `{component}` is not a third-party platform's appid, which starts with wx"
        ));
    } else if component == id {
        faults.broken.push(say!(
            lang,
            "component_appid 和 appid 相同：前者是第三方平台的，后者是公众号的",
            "component_appid equals appid: the first is the third-party platform's, the second the account's"
        ));
    }
}

fn redirect_uri(link: &Link, lang: Lang, faults: &mut Faults) {
    match link.redirect_uri.as_deref() {
        None | Some("") if link.html_escaped => faults.broken.push(say!(
            lang,
            "链接里的 & 被转义成了 &amp;，redirect_uri 读不出来",
            "the & of the link were escaped to &amp;, so redirect_uri cannot be read"
        )),
        None | Some("") => {
            faults.broken.push(say!(lang, "没有 redirect_uri", "there is no redirect_uri"));
        }
        Some(uri) if link.redirect_uri_raw => {
            faults.odd.push(say!(
                lang,
                "redirect_uri 没有编码，后面若有 & 会被截断；应是 encodeURIComponent(`{uri}`)",
                "redirect_uri is not encoded, and a & in it would cut it: use encodeURIComponent(`{uri}`)"
            ));
            faults.lacks.push(say!(lang, "编码过的 redirect_uri", "redirect_uri percent-encoded"));
        }
        Some(_) => {}
    }
}

fn state(link: &Link, lang: Lang, faults: &mut Faults) {
    match link.state.as_deref() {
        None | Some("") => {
            faults.odd.push(if link.state.is_none() {
                say!(
                    lang,
                    "没有 state，回调无法识别伪造的请求",
                    "there is no state, so the callback cannot detect forged requests"
                )
            } else {
                say!(
                    lang,
                    "state 是空的：能用，但回调无法识别伪造的请求",
                    "state is empty: it works, but the callback cannot detect forged requests"
                )
            });
            faults.lacks.push(say!(lang, "随机的 state", "a random state"));
        }
        Some(state) if !state_is_allowed(state) => {
            let length = state.chars().count();
            let s = plural_s(length);
            let shown: String = state.chars().take(32).collect();
            faults.broken.push(say!(
                lang,
                "state `{shown}`（{length} 个字符）只能是 1 到 128 个字母和数字",
                "state `{shown}` ({length} character{s}) must be 1 to 128 letters and digits"
            ));
        }
        Some(_) => {}
    }
}

/// The scopes of all pages.
const SCOPES: &[&str] = &["snsapi_base", "snsapi_userinfo", "snsapi_privateinfo", "snsapi_login"];

/// `oauth-scope`: whether the page knows the scopes it is asked for.
pub(super) fn oauth_scope(link: &Link, query: &Query, lang: Lang) -> Rule {
    const ID: &str = "oauth-scope";
    let allowed: &[&str] = match (link.endpoint, query.platform) {
        (Endpoint::Client, Platform::Mp) => &["snsapi_base", "snsapi_userinfo"],
        (Endpoint::Client, Platform::Work) => &["snsapi_base", "snsapi_userinfo", "snsapi_privateinfo"],
        (Endpoint::QrConnect, _) => &["snsapi_login"],
        _ => return Rule::skip(ID, lang.pick("这个页面没有 scope 参数", "this page takes no scope")),
    };
    let list = allowed.join(lang.pick("、", ", "));
    let basis = query.platform_basis("errcode mp 10005", "errcode work 50001");
    let scope = link.scope.as_deref().unwrap_or_default();
    let fix = say!(lang, "scope 改为 {list} 之一", "use one of the scopes {list}");
    if scope.is_empty() && link.html_escaped {
        return Rule::skip(
            ID,
            lang.pick("& 被转义，读不出 scope", "the & are escaped, so the scope cannot be read"),
        );
    }
    if scope.is_empty() {
        let message = say!(lang, "没有 scope", "there is no scope");
        // WeCom takes a missing scope for snsapi_base.
        let rule =
            if query.platform == Platform::Work { Rule::warn(ID, message) } else { Rule::fail(ID, message) };
        return rule.fix(fix).basis(basis);
    }
    let wrong: Vec<&str> = scope.split(',').filter(|one| !allowed.contains(one)).collect();
    let Some(one) = wrong.first() else {
        let private = query.platform == Platform::Work && scope != "snsapi_base" && link.agent_id.is_none();
        if private {
            return Rule::warn(
                ID,
                say!(lang, "scope 为 `{scope}` 时还要 agentid", "the scope `{scope}` needs the agentid too"),
            )
            .fix(say!(lang, "加上 agentid=应用的 ID", "add agentid= with the app's id"))
            .basis(basis);
        }
        return Rule::pass(
            ID,
            say!(lang, "`{scope}` 是这个页面的 scope", "`{scope}` is a scope of this page"),
        );
    };
    let message = match *one {
        "snsapi_login" => say!(
            lang,
            "scope `snsapi_login` 属于 connect/qrconnect 和开放平台的网站应用，这个页面不认",
            "the scope `snsapi_login` belongs to connect/qrconnect and a website app of the Open Platform, not to this page"
        ),
        "snsapi_base" | "snsapi_userinfo" if link.endpoint == Endpoint::QrConnect => say!(
            lang,
            "scope `{one}` 属于 connect/oauth2/authorize，扫码登录用 snsapi_login",
            "the scope `{one}` belongs to connect/oauth2/authorize; scan login uses snsapi_login"
        ),
        "snsapi_privateinfo" => say!(
            lang,
            "scope `snsapi_privateinfo` 只有企业微信才有",
            "the scope `snsapi_privateinfo` exists on WeCom only"
        ),
        unknown => {
            let shown: String = unknown.chars().take(64).collect();
            let near = crate::nearest::nearest(unknown, SCOPES.iter().copied());
            match near {
                Some(near) => say!(
                    lang,
                    "没有 `{shown}` 这个 scope，是不是 `{near}`",
                    "there is no scope `{shown}`, did you mean `{near}`"
                ),
                None => say!(lang, "没有 `{shown}` 这个 scope", "there is no scope `{shown}`"),
            }
        }
    };
    Rule::fail(ID, message).fix(fix).basis(basis)
}
