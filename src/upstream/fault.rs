//! What can go wrong with a request, what of it another try may fix, and how long it is worth sharing.
//!
//! In: an error of the HTTP client with all its sources, or what an answer said. Out: an [`Error`]
//! that never carries a url, a query or a secret, and the [`Failure`] made of it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use super::look_up::LookUpError;
use super::{LONGEST_RETRY_AFTER, TRIES, random_pause};
use crate::both;
use crate::failure::{Facts, Failure, is_out_of_files};
use crate::globals::typed;
use crate::lang::{Both, Text};

/// A fetch that gave no value.
#[derive(Debug)]
pub enum Error {
    /// The client could not be set up: a certificate file or a proxy's address.
    Setup(Both),
    /// There was no answer.
    Unreachable {
        /// How it failed.
        why: Unreachable,
        /// Who did not answer: the server, or the proxy.
        host: String,
    },
    /// The server's certificate or its TLS cannot be trusted.
    Tls {
        /// What is wrong with it.
        why: Tls,
        /// The server.
        host: String,
    },
    /// A redirect, which an API never sends.
    Redirect {
        /// The host it points to; nothing else of it is shown.
        to: Option<String>,
    },
    /// An HTTP status other than success.
    Status {
        /// The status.
        status: u16,
        /// Seconds until the server wants to be asked again.
        retry_after: Option<u64>,
        /// The start of the body.
        excerpt: String,
    },
    /// The body grew beyond its limit.
    TooLarge,
    /// A malformed answer: what came instead.
    NoAnswer(Both),
    /// An errcode other than 0, with the server's words.
    Errcode {
        /// The code, verbatim.
        code: i64,
        /// The server's words, the ip and the rid in them.
        facts: Facts,
    },
}

/// How a server could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The name has no address.
    Dns,
    /// The resolver did not answer.
    SilentDns,
    /// The connection was refused.
    Refused,
    /// No connection within the limit.
    ConnectTimeout,
    /// A connection, and no answer within the limit.
    Silent,
    /// The connection was cut.
    Cut,
    /// The proxy wants a name and a password, or other ones.
    ProxyRefused,
    /// Nothing listens at the address of the proxy.
    ProxyDown,
    /// The proxy let nothing through.
    Proxy,
    /// This process may open no more files, or start no more threads.
    NoResource,
    /// Anything else below HTTP.
    Other,
}

impl Unreachable {
    fn text(self, host: &str) -> Both {
        match self {
            Self::Dns => both!("域名 `{host}` 解析不到地址", "the name `{host}` has no address"),
            Self::SilentDns => both!(
                "DNS 服务器没有响应：`{host}` 的地址查不到",
                "the DNS resolver does not answer: the address of `{host}` is not known"
            ),
            Self::Refused => both!("`{host}` 拒绝连接", "`{host}` refuses the connection"),
            Self::ConnectTimeout => {
                both!(
                    "连不上 `{host}`：3 秒内没有建立连接",
                    "cannot connect to `{host}`: no connection in 3 s"
                )
            }
            Self::Silent => both!("`{host}` 没有及时响应", "`{host}` does not answer in time"),
            Self::Cut => both!(
                "`{host}` 还没返回完就断开了连接",
                "`{host}` cut the connection before its answer was whole"
            ),
            Self::ProxyRefused => both!(
                "代理 `{host}` 不接受现在的用户名和密码",
                "the proxy `{host}` wants another user name and password"
            ),
            Self::ProxyDown => {
                both!("连不上代理 `{host}`：那里没有程序在监听", "no proxy listens at `{host}`")
            }
            Self::Proxy => both!("代理 `{host}` 没有放行", "the proxy `{host}` lets nothing through"),
            Self::NoResource => both!(
                "没法发出请求：本进程能打开的文件数或线程数已到上限",
                "nothing was sent: this process has reached its limit of open files or threads"
            ),
            Self::Other => both!("`{host}` 无法访问", "`{host}` cannot be reached"),
        }
    }
}

/// What is wrong with a server's TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// The certificate has run out.
    Expired,
    /// The certificate is not valid yet.
    NotYet,
    /// Signed by no authority that is trusted here: self-signed, or an intermediate is missing.
    UnknownIssuer,
    /// It is for another name.
    OtherName,
    /// Revoked.
    Revoked,
    /// Any other flaw of the certificate.
    Certificate,
    /// It speaks no version that is still safe.
    Version,
    /// No common cipher, or bytes that are not TLS.
    Handshake,
}

impl Tls {
    fn text(self) -> Text {
        match self {
            Self::Expired => Text { zh: "证书已过期", en: "its certificate has expired" },
            Self::NotYet => {
                Text { zh: "证书还没到生效时间", en: "its certificate is not valid yet" }
            }
            Self::UnknownIssuer => Text {
                zh: "证书的签发者不在受信任之列",
                en: "its certificate is signed by an unknown authority",
            },
            Self::OtherName => {
                Text { zh: "证书是发给另一个域名的", en: "its certificate is for another name" }
            }
            Self::Revoked => Text { zh: "证书已被吊销", en: "its certificate is revoked" },
            Self::Certificate => Text { zh: "证书格式有误", en: "its certificate is malformed" },
            Self::Version => {
                Text { zh: "只支持 1.2 以下的 TLS 版本", en: "it does not speak TLS 1.2 or later" }
            }
            Self::Handshake => Text { zh: "TLS 握手失败", en: "the handshake fails" },
        }
    }
}

/// The English text, for logs and tests.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text(), f)
    }
}

impl StdError for Error {}

impl Error {
    /// Sorts an error of the client, or of reading its answer, by what lies at its bottom.
    pub(super) fn of_transport(error: &(dyn StdError + 'static), host: &str, proxy: Option<&str>) -> Self {
        let causes = causes(error);
        let said = |words: &str| causes.iter().any(|cause| cause.to_string().contains(words));
        let io = |kinds: &[io::ErrorKind]| {
            causes
                .iter()
                .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|io| kinds.contains(&io.kind())))
        };
        let http = causes.iter().find_map(|cause| cause.downcast_ref::<reqwest::Error>());
        let unreachable =
            |why: Unreachable| Self::Unreachable { why, host: proxy.unwrap_or(host).to_owned() };
        if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            return Self::Tls { why: Tls::of(tls), host: host.to_owned() };
        }
        if said("proxy authentication required") || said("proxy authorization required") {
            return unreachable(Unreachable::ProxyRefused);
        }
        if let Some(look_up) = causes.iter().find_map(|cause| cause.downcast_ref::<LookUpError>()) {
            return unreachable(match look_up {
                LookUpError::Silent => Unreachable::SilentDns,
                LookUpError::NoThread => Unreachable::NoResource,
                LookUpError::NoAddress => Unreachable::Dns,
            });
        }
        if causes.iter().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(is_out_of_files)) {
            return unreachable(Unreachable::NoResource);
        }
        if said("dns error") || said("failed to lookup address") {
            return unreachable(Unreachable::Dns);
        }
        if http.is_some_and(reqwest::Error::is_timeout) || io(&[io::ErrorKind::TimedOut]) {
            let connecting = http.is_some_and(reqwest::Error::is_connect);
            return unreachable(if connecting { Unreachable::ConnectTimeout } else { Unreachable::Silent });
        }
        if io(&[io::ErrorKind::ConnectionRefused]) {
            let by_proxy = proxy.is_some();
            return unreachable(if by_proxy { Unreachable::ProxyDown } else { Unreachable::Refused });
        }
        if proxy.is_some() && (said("tunnel") || said("socks") || said("SOCKS")) {
            return unreachable(Unreachable::Proxy);
        }
        let cut = [
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::BrokenPipe,
            io::ErrorKind::UnexpectedEof,
        ];
        if io(&cut)
            || said("connection closed before message completed")
            || said("end of file before message length")
        {
            return unreachable(Unreachable::Cut);
        }
        if http.is_some_and(|http| http.is_decode() || http.is_body()) {
            return Self::NoAnswer(both!("内容无法解码", "an answer whose body cannot be decoded"));
        }
        if said("invalid HTTP") || said("parse") {
            return Self::NoAnswer(both!("不是 HTTP", "something that is not HTTP"));
        }
        unreachable(Unreachable::Other)
    }

    /// What happened, in both languages.
    pub fn text(&self) -> Both {
        match self {
            Self::Setup(what) => what.clone(),
            Self::Unreachable { why, host } => why.text(host),
            Self::Tls { why, host } => {
                let Text { zh, en } = why.text();
                both!("`{host}` 的 TLS 不可信：{zh}", "the TLS of `{host}` cannot be trusted: {en}")
            }
            Self::Redirect { to } => {
                let to = to.as_ref().map(|to| format!(" `{to}`")).unwrap_or_default();
                let (zh, en) = if to.is_empty() { ("走了", "") } else { ("到", " to") };
                both!(
                    "服务器把请求重定向{zh}{to}，接口不会这样返回",
                    "the server redirects{en}{to}: an API does not do that"
                )
            }
            Self::Status { status, retry_after, excerpt } => {
                let mut text = both!("服务器返回 HTTP {status}", "the server answered HTTP {status}");
                if let Some(seconds) = retry_after {
                    text.zh.push_str(&format!("，要求 {seconds} 秒后再试"));
                    text.en.push_str(&format!(", to be asked again in {seconds} s"));
                }
                if !excerpt.is_empty() {
                    text.zh.push_str(&format!("：{excerpt}"));
                    text.en.push_str(&format!(": {excerpt}"));
                }
                text
            }
            Self::TooLarge => {
                let limit = super::BODY_LIMIT / 1024;
                both!("服务器返回的内容超过 {limit} KiB", "the answer is larger than {limit} KiB")
            }
            Self::NoAnswer(what) => {
                let Both { zh, en } = what;
                // Chinese and a Latin word have a space between them.
                let gap = if zh.starts_with(|c: char| c.is_ascii()) { " " } else { "" };
                both!("服务器返回的{gap}{zh}", "the server gave {en}")
            }
            Self::Errcode { code, facts } => {
                let said = &facts.errmsg;
                let mut text = if said.is_empty() {
                    both!(
                        "服务器返回 errcode {code}，没有 errmsg",
                        "the server answered errcode {code}: no errmsg"
                    )
                } else {
                    both!("服务器返回 errcode {code}：{said}", "the server answered errcode {code}: {said}")
                };
                if let Some(ip) = facts.ip.as_ref().filter(|_| matches!(code, 40_164 | 60_020)) {
                    text.zh.push_str(&format!("；服务器看到的 IP 是 `{ip}`"));
                    text.en.push_str(&format!("; the ip it sees is `{ip}`"));
                }
                if let Some(rid) = facts.rid.as_ref().filter(|rid| !said.contains(rid.as_str())) {
                    text.zh.push_str(&format!("；rid: {rid}"));
                    text.en.push_str(&format!("; rid: {rid}"));
                }
                text
            }
        }
    }

    /// Whether the server may have seen the request: what it counts was counted then.
    pub(super) fn may_have_reached(&self) -> bool {
        match self {
            Self::Setup(_) | Self::Tls { .. } => false,
            Self::Unreachable { why, .. } => {
                matches!(why, Unreachable::Silent | Unreachable::Cut | Unreachable::Other)
            }
            _ => true,
        }
    }

    /// How often this may be met in one call. A look-up is repeated once: a packet may be lost, and a
    /// resolver that stays silent costs its limit each time.
    pub(super) fn most_tries(&self) -> u32 {
        match self {
            Self::Unreachable { why: Unreachable::Dns | Unreachable::SilentDns, .. } => 2,
            _ => TRIES,
        }
    }

    /// How long to wait before another try; `None` if none can help: only what another try may fix is
    /// asked for again.
    pub(super) fn pause_before_another_try(&self) -> Option<Duration> {
        match self {
            Self::Unreachable { why: Unreachable::ProxyRefused | Unreachable::NoResource, .. } => None,
            // It has been waited for already.
            Self::Unreachable { why: Unreachable::SilentDns, .. } => Some(Duration::ZERO),
            Self::Errcode { code: -1, .. } | Self::Unreachable { .. } => Some(random_pause()),
            Self::Status { status: 429 | 500 | 502 | 503 | 504, retry_after, .. } => match retry_after {
                None => Some(random_pause()),
                Some(seconds) if *seconds <= LONGEST_RETRY_AFTER => {
                    Some(Duration::from_secs((*seconds).max(1)))
                }
                Some(_) => None,
            },
            _ => None,
        }
    }

    /// For how many seconds those who wait for the same thing get this instead of asking
    /// themselves.
    pub fn shared_for(&self) -> u64 {
        match self {
            Self::Errcode { code, .. } if is_quota(*code) => 60,
            Self::Errcode { code: -1, .. } => 2,
            Self::Errcode { .. } => 30,
            // This process's own trouble is not the others'.
            Self::Setup(_) | Self::Unreachable { why: Unreachable::NoResource, .. } => 0,
            _ => 2,
        }
    }

    /// Whether the server refuses the access token that was sent: another one may help.
    pub fn blames_the_token(&self) -> bool {
        matches!(self, Self::Errcode { code: 40001 | 40014 | 42001, .. })
    }

    /// The failure that a person or a script sees.
    pub fn into_failure(self) -> Failure {
        let text = self.text();
        match self {
            Self::Errcode { code, facts } => Failure { facts: Some(facts), ..Failure::errcode(code, text) },
            Self::Setup(_) => Failure::config(text).hint("wecheck config check"),
            other => Failure::network(text).hint(other.hint()),
        }
    }

    fn hint(&self) -> Both {
        match self {
            Self::Unreachable {
                why: Unreachable::ProxyRefused | Unreachable::ProxyDown | Unreachable::Proxy,
                ..
            } => {
                both!("检查 HTTPS_PROXY 和 NO_PROXY", "look at HTTPS_PROXY and NO_PROXY")
            }
            Self::Unreachable { why: Unreachable::SilentDns, .. } => {
                both!(
                    "检查 DNS 设置：cat /etc/resolv.conf",
                    "look at the resolver's settings: cat /etc/resolv.conf"
                )
            }
            Self::Unreachable { why: Unreachable::NoResource, .. } => {
                both!("提高上限：ulimit -n，ulimit -u", "raise the limits: ulimit -n, ulimit -u")
            }
            Self::Tls { why: Tls::UnknownIssuer, .. } => both!(
                "如果经过公司的代理，在配置里写上它的证书：ca_file，或设置 SSL_CERT_FILE",
                "behind a company proxy, name its certificate: ca_file in the profile, or SSL_CERT_FILE"
            ),
            Self::Tls { why: Tls::Expired | Tls::NotYet, .. } => {
                both!("先看本机时间对不对：date -u", "is this machine's clock right? date -u")
            }
            Self::Tls { why: Tls::Version, .. } => both!(
                "核对 api_base 是不是接口地址，中间有没有旧代理：wecheck config show",
                "is api_base the API's address, and no old proxy before it? wecheck config show"
            ),
            Self::Status { retry_after: Some(_), .. } => {
                both!("等这么久之后再运行一次", "wait that long, then run it again")
            }
            Self::Redirect { .. } | Self::TooLarge | Self::NoAnswer(_) => both!(
                "核对 api_base 是不是接口地址，有没有被代理页面拦住：wecheck config show",
                "is api_base the API's address, and no proxy page before it? wecheck config show"
            ),
            _ => {
                let typed = typed();
                both!("看它停在哪一步：{typed} -vv", "see where it stops: {typed} -vv")
            }
        }
    }
}

/// Quotas and rates: asking again makes it worse.
fn is_quota(code: i64) -> bool {
    matches!(code, 45_009 | 45_011 | 45_033)
}

/// An error and all that caused it; `io::Error` hides its own cause one level down.
pub(super) fn causes<'e>(error: &'e (dyn StdError + 'static)) -> Vec<&'e (dyn StdError + 'static)> {
    let mut causes: Vec<&'e (dyn StdError + 'static)> = Vec::new();
    let mut next = Some(error);
    // A chain is a few links long; the bound is against one that bites its own tail.
    while let Some(cause) = next.filter(|_| causes.len() < 32) {
        causes.push(cause);
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => cause.source(),
        };
    }
    causes
}

impl Tls {
    fn of(error: &rustls::Error) -> Self {
        use rustls::CertificateError as Flaw;
        let flaw = match error {
            rustls::Error::InvalidCertificate(flaw) => flaw,
            // Refused by the server, or what it chose refused here.
            rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13
                | rustls::PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => return Self::Version,
            _ => return Self::Handshake,
        };
        match flaw {
            Flaw::Expired | Flaw::ExpiredContext { .. } => Self::Expired,
            Flaw::NotValidYet | Flaw::NotValidYetContext { .. } => Self::NotYet,
            Flaw::NotValidForName | Flaw::NotValidForNameContext { .. } => Self::OtherName,
            Flaw::Revoked => Self::Revoked,
            // A self-signed one that calls itself no authority is an `Other`; one of an authority that
            // only has the name of a trusted one has a bad signature.
            Flaw::UnknownIssuer | Flaw::Other(_) | Flaw::BadSignature => Self::UnknownIssuer,
            _ => Self::Certificate,
        }
    }
}
