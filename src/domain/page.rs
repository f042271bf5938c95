//! The page's address in its two readings: as it was given, and as a browser takes it.
//!
//! In: any text. Out: a [`Page`], or the [`Refusal`] that says why it is not an address. The `url` crate
//! reads as browsers do and repairs silently; each repair is kept as a
//! [`Rewrite`], because WeChat's side need not repair the same way.

use url::{Host, ParseError, Url};

/// An address that a browser would open.
pub(super) struct Page {
    /// As the browser reads it.
    pub url: Url,
    /// The port as written, also if it is the scheme's default; empty for a lone `:`.
    pub written_port: Option<String>,
    /// Whether there is something before an `@` in front of the host.
    pub userinfo: bool,
    /// What the browser repairs silently.
    pub rewrites: Vec<Rewrite>,
}

/// Something in the text that the browser reads in another way than it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rewrite {
    /// Whitespace or control characters at an end are dropped.
    EndSpace,
    /// A tab or a line break inside is dropped.
    InnerSpace,
    /// `\` is read as `/`.
    Backslash,
    /// Not exactly two slashes after the scheme.
    Slashes,
    /// The host as written, where it is another text than the one read.
    Host(String),
    /// The port as written: leading zeros, or nothing after the colon.
    Port(String),
}

/// Why a text is not an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing is there.
    Empty,
    /// The text is percent-encoded this many times; the decoded address follows.
    Encoded(usize, String),
    /// A host without `http(s)://` before it.
    NoScheme,
    /// The part after the host's colon is not a port.
    Port,
    /// The host cannot be read.
    Host,
}

impl Page {
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let trimmed = text.trim_matches(|c: char| c <= ' ');
        if trimmed.is_empty() {
            return Err(Refusal::Empty);
        }
        if let Some((times, decoded)) = decoded_address(trimmed) {
            return Err(Refusal::Encoded(times, decoded));
        }
        // `wx.a.com:8080/x` parses as a scheme of its own: no developer means that.
        let url = match Url::parse(text) {
            Ok(url) if url.cannot_be_a_base() && looks_like_host_and_port(trimmed) => {
                return Err(Refusal::NoScheme);
            }
            Ok(url) => url,
            Err(ParseError::RelativeUrlWithoutBase) => return Err(Refusal::NoScheme),
            Err(ParseError::InvalidPort) => return Err(Refusal::Port),
            Err(_) => return Err(Refusal::Host),
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Ok(Self { url, written_port: None, userinfo: false, rewrites: Vec::new() });
        }
        Ok(Self::with_written_parts(url, text, trimmed))
    }

    /// Looks at the text again for what the browser's reading no longer shows.
    fn with_written_parts(url: Url, text: &str, trimmed: &str) -> Self {
        let mut rewrites = Vec::new();
        if trimmed.len() != text.len() {
            rewrites.push(Rewrite::EndSpace);
        }
        let is_dropped = |c: char| matches!(c, '\t' | '\n' | '\r');
        let joined: String = trimmed.chars().filter(|c| !is_dropped(*c)).collect();
        if joined.len() != trimmed.len() {
            rewrites.push(Rewrite::InnerSpace);
        }
        let after_scheme = joined.split_once(':').map_or("", |(_, rest)| rest);
        let rest = after_scheme.trim_start_matches(['/', '\\']);
        let slashes = &after_scheme[..after_scheme.len() - rest.len()];
        let path_end = rest.find(['?', '#']).unwrap_or(rest.len());
        if slashes.contains('\\') || rest[..path_end].contains('\\') {
            rewrites.push(Rewrite::Backslash);
        } else if slashes != "//" {
            rewrites.push(Rewrite::Slashes);
        }
        // Who reads by RFC 3986 ends the authority at `/`, not at `\`, and so sees another host.
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let userinfo = authority.contains('@');
        let browser = &rest[..rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len())];
        let host_and_port = browser.rsplit_once('@').map_or(browser, |(_, host)| host);
        let (written_host, written_port) = split_port(host_and_port);
        let read = url.host_str().unwrap_or_default();
        if written_host.to_lowercase() != read && written_host.to_lowercase() != unicode_form(read) {
            rewrites.push(Rewrite::Host(written_host.to_owned()));
        }
        if let Some(port) =
            written_port.filter(|port| port.is_empty() || port.starts_with('0') && *port != "0")
        {
            rewrites.push(Rewrite::Port(port.to_owned()));
        }
        Self { written_port: written_port.map(str::to_owned), userinfo, rewrites, url }
    }

    /// The host as the browser reads it: ASCII, lower case, an IPv6 address in brackets.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The host's Chinese (or other) form, where it has one.
    pub(super) fn unicode_host(&self) -> Option<String> {
        let unicode = unicode_form(self.host());
        (unicode != self.host()).then_some(unicode)
    }

    /// Whether the host is an address instead of a name.
    pub(super) fn is_ip(&self) -> bool {
        matches!(self.url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
    }

    /// The port that is connected to.
    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether that is the port the scheme implies.
    pub(super) fn port_is_default(&self) -> bool {
        self.url.port().is_none()
    }
}

/// `https://HOST/` for a text that is only a host, with or without a port or a slash after it.
pub(super) fn bare_host(text: &str) -> Option<String> {
    let host = text.strip_suffix('/').unwrap_or(text);
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
    if !host.contains('.') || host.starts_with(['.', '-', ':']) || !host.chars().all(is_host) {
        return None;
    }
    let read_as = format!("https://{host}/");
    Page::read(&read_as).ok().map(|_| read_as)
}

/// The host of `host:port` and the port's text; a colon inside brackets belongs to the host.
pub(super) fn split_port(text: &str) -> (&str, Option<&str>) {
    let search_from = text.rfind(']').map_or(0, |at| at + 1);
    match text[search_from..].rfind(':') {
        Some(at) => (&text[..search_from + at], Some(&text[search_from + at + 1..])),
        None => (text, None),
    }
}

/// A host with its `xn--` labels in their own script.
pub(super) fn unicode_form(host: &str) -> String {
    if host.contains("xn--") { idna::domain_to_unicode(host).0 } else { host.to_owned() }
}

/// What a percent-encoded address decodes to, and after how many rounds.
fn decoded_address(text: &str) -> Option<(usize, String)> {
    let scheme_end = text.find('%').filter(|at| (4..=5).contains(at))?;
    if !matches!(text[..scheme_end].to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let mut decoded = text.to_owned();
    for times in 1..=4 {
        decoded = percent_decoded(&decoded);
        if decoded[scheme_end..].starts_with("://") {
            return Some((times, decoded));
        }
    }
    None
}

/// One round of percent-decoding; an invalid escape or invalid UTF-8 stays readable.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|pair| hex::decode(pair).ok());
        if let Some(byte) = escaped {
            out.extend(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `host:8080…` where a scheme was forgotten: digits follow the first colon, and a dot or
/// `localhost` comes before it.
fn looks_like_host_and_port(text: &str) -> bool {
    text.split_once(':').is_some_and(|(before, after)| {
        (before.contains('.') || before.eq_ignore_ascii_case("localhost"))
            && after.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrites(text: &str) -> Vec<Rewrite> {
        Page::read(text).map(|page| page.rewrites).unwrap_or_default()
    }

    #[test]
    fn what_the_browser_repairs_is_seen() {
        assert_eq!(rewrites("https://wx.a.com/x?y=1#z"), []);
        assert_eq!(rewrites("https://WX.A.com:443/"), []);
        assert_eq!(rewrites("https://例子.中国/"), []);
        assert_eq!(rewrites(" https://wx.a.com/"), [Rewrite::EndSpace]);
        assert_eq!(rewrites("https://wx.\ta.com/"), [Rewrite::InnerSpace]);
        assert_eq!(rewrites(r"http:\\a.com\b"), [Rewrite::Backslash]);
        assert_eq!(rewrites("http:/a.com/b"), [Rewrite::Slashes]);
        assert_eq!(rewrites("http:///a.com/b"), [Rewrite::Slashes]);
        assert_eq!(rewrites("http://0x7f.1/"), [Rewrite::Host("0x7f.1".into())]);
        assert_eq!(rewrites("http://2130706433/"), [Rewrite::Host("2130706433".into())]);
        assert_eq!(rewrites("https://%65xample.com/"), [Rewrite::Host("%65xample.com".into())]);
        assert_eq!(rewrites("https://a。b．com/"), [Rewrite::Host("a。b．com".into())]);
        assert_eq!(rewrites("https://a\u{ad}b.com/"), [Rewrite::Host("a\u{ad}b.com".into())]);
        assert_eq!(rewrites("https://a.com:0443/"), [Rewrite::Port("0443".into())]);
        assert_eq!(rewrites("https://a.com:/"), [Rewrite::Port(String::new())]);
    }

    #[test]
    fn texts_that_are_not_addresses_are_refused_by_kind() {
        let refused = |text: &str| Page::read(text).err();
        assert_eq!(refused(""), Some(Refusal::Empty));
        assert_eq!(refused(" \n"), Some(Refusal::Empty));
        assert_eq!(refused("wx.a.com/x"), Some(Refusal::NoScheme));
        assert_eq!(refused("wx.a.com:8080/x"), Some(Refusal::NoScheme));
        assert_eq!(refused("//wx.a.com/x"), Some(Refusal::NoScheme));
        assert_eq!(refused("http://a.com:65536/"), Some(Refusal::Port));
        assert_eq!(refused("http://"), Some(Refusal::Host));
        assert_eq!(refused("http://xn--a/"), Some(Refusal::Host));
        assert_eq!(
            refused("https%3A%2F%2Fwww.a.com%2Fcb"),
            Some(Refusal::Encoded(1, "https://www.a.com/cb".into()))
        );
        assert_eq!(
            refused("https%253A%252F%252Fwww.a.com"),
            Some(Refusal::Encoded(2, "https://www.a.com".into()))
        );
    }

    #[test]
    fn a_bare_host_is_read_as_https() {
        for (text, read_as) in [
            ("m.example.com", Some("https://m.example.com/")),
            ("M.example.com/", Some("https://M.example.com/")),
            ("m.example.com:8443", Some("https://m.example.com:8443/")),
            ("例子.中国", Some("https://例子.中国/")),
            ("203.0.113.7", Some("https://203.0.113.7/")),
            ("m.example.com/x", None),
            ("localhost", None),
            ("m.example.com ", None),
            ("a@m.example.com", None),
            ("*.example.com", None),
            ("m.example.com:port", None),
            ("", None),
        ] {
            assert_eq!(bare_host(text).as_deref(), read_as, "{text}");
        }
    }

    #[test]
    fn an_at_sign_is_seen_by_either_reading() {
        let userinfo = |text: &str| Page::read(text).is_ok_and(|page| page.userinfo);
        assert!(userinfo("https://wx.a.com@evil.cn/"));
        assert!(userinfo("https://@wx.a.com/"));
        assert!(userinfo(r"https://wx.a.com\@evil.cn/"));
        assert!(!userinfo("https://wx.a.com/@name?to=a@b"));
    }
}
