//! The parts of an address as they were written, and where two addresses differ.
//!
//! In: urls as text. Out: their parts, byte for byte, and a [`Difference`] for each part that is not
//! the same. No url library: it would rewrite what has to be compared.

use serde::Serialize;

use crate::lang::{Lang, Text};

/// An address taken apart. Joined again, the parts give back the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// `https`; empty where there is no `://`.
    pub scheme: &'a str,
    /// `user:password@`, without the `@`.
    pub userinfo: Option<&'a str>,
    /// The host as written.
    pub host: &'a str,
    /// The port as written, where there is one.
    pub port: Option<&'a str>,
    /// The path with its first slash; empty for a bare host.
    pub path: &'a str,
    /// What is after the first `?`, where there is one.
    pub query: Option<&'a str>,
    /// What is after the first `#`, where there is one.
    pub fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Takes an address apart. Any text will do.
    pub fn of(url: &'a str) -> Self {
        let (rest, fragment) = split_at_first(url, '#');
        let (rest, query) = split_at_first(rest, '?');
        let (scheme, rest) = match rest.split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            None => ("", rest.strip_prefix("//").unwrap_or(rest)),
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let (userinfo, authority) = match authority.rsplit_once('@') {
            Some((userinfo, authority)) => (Some(userinfo), authority),
            None => (None, authority),
        };
        // A colon inside `[…]` belongs to an IPv6 address.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Self { scheme, userinfo, host, port, path, query, fragment }
    }

    /// Whether the port is the scheme's own, or not there.
    pub fn port_is_default(&self) -> bool {
        match self.port {
            None | Some("") => true,
            Some("80") => self.scheme.eq_ignore_ascii_case("http"),
            Some("443") => self.scheme.eq_ignore_ascii_case("https"),
            Some(_) => false,
        }
    }

    /// The query's parameters as written, split at `&`.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }

    /// Whether it is the platform's login link (OAuth, scan), and so never the address of a page.
    pub fn is_login_link(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        self.path.ends_with("/oauth2/authorize") && host == "open.weixin.qq.com"
            || host == "login.work.weixin.qq.com"
            || self.path.contains("/wwopen/sso") && host == "open.work.weixin.qq.com"
    }

    /// The page that a login link leads to: its `redirect_uri`, decoded.
    pub fn page_behind_login(&self) -> Option<String> {
        let query = self.query.filter(|_| self.is_login_link())?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "redirect_uri").map(|(_, page)| page.into_owned())
    }

    /// Whether it is no more than a host: `https://m.example.cn/`.
    pub fn is_host_alone(&self) -> bool {
        let has_path = !self.path.trim_end_matches('/').is_empty();
        !(self.scheme.is_empty() || has_path || self.query.is_some() || self.fragment.is_some())
    }

    /// The address that a parameter carries: `/sign?url=https%3A%2F%2F…`.
    pub fn address_inside(&self) -> Option<String> {
        let pairs = url::form_urlencoded::parse(self.query?.as_bytes());
        let mut values = pairs.map(|(_, value)| value);
        values.find(|value| value.starts_with("http://") || value.starts_with("https://")).map(Into::into)
    }

    /// The value of the first parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

fn split_at_first(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// A part in which the signed url and the page's address differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `scheme`, `host`, `port`, `path`, `query` or `fragment`.
    pub part: &'static str,
    /// What was signed; empty where the part is not there.
    pub signed: String,
    /// What the page has; empty where the part is not there.
    pub page: String,
    /// What the difference means.
    pub message: String,
}

/// The parts in which two addresses differ, from left to right.
pub fn differences(signed: &str, page: &str, lang: Lang) -> Vec<Difference> {
    let (a, b) = (Parts::of(signed), Parts::of(page));
    let with_user = |parts: Parts<'_>| match parts.userinfo {
        Some(userinfo) => format!("{userinfo}@{}", parts.host),
        None => parts.host.to_owned(),
    };
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let pairs = [
        ("scheme", a.scheme.to_owned(), b.scheme.to_owned(), a.scheme != b.scheme),
        ("host", with_user(a), with_user(b), (a.userinfo, a.host) != (b.userinfo, b.host)),
        ("port", text(a.port), text(b.port), a.port != b.port),
        ("path", a.path.to_owned(), b.path.to_owned(), a.path != b.path),
        ("query", text(a.query), text(b.query), a.query != b.query),
        ("fragment", text(a.fragment), text(b.fragment), a.fragment != b.fragment),
    ];
    pairs
        .into_iter()
        .filter(|(.., differs)| *differs)
        .map(|(part, signed, page, _)| {
            let message = meaning(part, &a, &b).get(lang).to_owned();
            Difference { part, signed, page, message }
        })
        .collect()
}

/// What a difference in a part usually comes from, and what it asks for.
fn meaning(part: &str, signed: &Parts<'_>, page: &Parts<'_>) -> Text {
    match part {
        "scheme" if signed.scheme.is_empty() => Text {
            zh: "签名的地址没有协议：签 location.href 给出的完整地址",
            en: "the signed url has no scheme: sign the whole address that location.href gives",
        },
        "host" if signed.host.is_empty() => Text {
            zh: "签名的地址没有域名：签 location.href 给出的完整地址",
            en: "the signed url has no host: sign the whole address that location.href gives",
        },
        "scheme" => Text {
            zh: "协议不同：多半是 TLS 在反向代理处结束，服务器只看到 http。签名用页面的协议",
            en: "the scheme differs: usually TLS ends at a proxy and the server sees http; sign with the page's scheme",
        },
        "host" if signed.host.eq_ignore_ascii_case(page.host) => Text {
            zh: "域名只有大小写不同：签名按字节计算，用页面上的写法",
            en: "the host differs only in letter case: a signature is made of bytes, so take the page's spelling",
        },
        "host" => Text {
            zh: "域名不同：签名必须用手机里真正打开的那个域名",
            en: "the host differs: sign the one that the phone really opened",
        },
        "port" => Text {
            zh: "端口不同：代理常会去掉或补上端口，签名用页面地址里的写法",
            en: "the port differs: proxies drop or add it; write it the way the page's address does",
        },
        "path" if signed.path.is_empty() && page.path == "/" => Text {
            zh: "域名后少一个 /：浏览器的地址里总有它，签名也要带上",
            en: "the slash after the host is missing: the browser's address always has it, so sign it too",
        },
        "path" => Text {
            zh: "路径不同：单页应用切换路由、网关改写路径或跳转之后都会这样，签当前页面的路径",
            en: "the path differs: a route change of a single-page app, a rewriting gateway or a redirect; \
                 sign the page's current path",
        },
        "query" if signed.query.is_none() => Text {
            zh: "签名里没有查询串：? 到 # 之间的部分也要签",
            en: "the signed url has no query: everything from ? up to # is signed too",
        },
        "query" if page.parameter("from").is_some() || page.parameter("isappinstalled").is_some() => Text {
            zh: "查询串不同：分享后微信会加上 from、isappinstalled 等参数，签名时要取当时的地址",
            en: "the query differs: WeChat adds from and isappinstalled to shared links; take the address at run time",
        },
        "query" => Text {
            zh: "查询串不同：检查 & 处是否被截断、参数是否被编码或解码、顺序是否变了",
            en: "the query differs: look for a cut at &, an encoding or decoding too many, or another order",
        },
        _ => Text {
            zh: "# 及其后的部分不参与签名，这一处不同没有影响",
            en: "the part from # on is not signed, so this difference does no harm",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_as_written() {
        let parts = Parts::of("HTTP://u:p@Example.COM:80/路径?a=%2C&b#/home?x");
        assert_eq!((parts.scheme, parts.userinfo, parts.host), ("HTTP", Some("u:p"), "Example.COM"));
        assert_eq!((parts.port, parts.path), (Some("80"), "/路径"));
        assert_eq!((parts.query, parts.fragment), (Some("a=%2C&b"), Some("/home?x")));
        assert_eq!(parts.parameters().collect::<Vec<_>>(), [("a", "%2C"), ("b", "")]);
        assert_eq!(Parts::of("http://[::1]:8080/").port, Some("8080"));
        assert_eq!(Parts::of("http://[::1]/").port, None);
        assert_eq!(Parts::of("//host/a").host, "host");
        assert_eq!(Parts::of(""), Parts::default());
    }

    #[test]
    fn differences_come_part_by_part() {
        let found = differences("http://a.com/x", "https://a.com:8443/x?from=timeline#/y", Lang::En);
        let parts: Vec<_> = found.iter().map(|d| (d.part, d.signed.as_str(), d.page.as_str())).collect();
        assert_eq!(
            parts,
            [
                ("scheme", "http", "https"),
                ("port", "", "8443"),
                ("query", "", "from=timeline"),
                ("fragment", "", "/y"),
            ]
        );
        assert!(differences("http://a.com/x", "http://a.com/x", Lang::Zh).is_empty());
    }
}
