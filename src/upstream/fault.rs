//! What can go wrong with a request, what of it heals, and how long it is worth sharing.
//!
//! In: an error of the HTTP client with all its sources, or what an answer said. Out: an [`Error`]
//! that never carries a url, a query or a secret, and the [`Failure`] made of it.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use super::{LONGEST_RETRY_AFTER, random_pause};
use crate::failure::Failure;

/// A fetch that gave no value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client could not be set up: a certificate file or a proxy's address.
    #[error("{0}")]
    Setup(String),
    /// Nobody answered.
    #[error("{}", .why.told(.host))]
    Unreachable {
        /// How it failed.
        why: Unreachable,
        /// Who did not answer: the server, or the proxy.
        host: String,
    },
    /// The server's certificate or its TLS cannot be trusted.
    #[error("the TLS of `{host}` cannot be trusted: {why}")]
    Tls {
        /// What is wrong with it.
        why: Tls,
        /// The server.
        host: String,
    },
    /// A redirect, which an API never sends.
    #[error("the server redirects{}: no API does that", .to.as_ref().map(|to| format!(" to `{to}`")).unwrap_or_default())]
    Redirect {
        /// The host it points to; nothing else of it is shown.
        to: Option<String>,
    },
    /// An HTTP status other than success.
    #[error("the server answered HTTP {status}{}{}",
        .retry_after.map(|seconds| format!(", to be asked again in {seconds} s")).unwrap_or_default(),
        if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") })]
    Status {
        /// The status.
        status: u16,
        /// `Retry-After`, where it is a number of seconds.
        retry_after: Option<u64>,
        /// The start of the body.
        excerpt: String,
    },
    /// The body grew beyond its limit.
    #[error("the answer is larger than {} KiB", super::BODY_LIMIT / 1024)]
    TooLarge,
    /// An answer that is none.
    #[error("the server gave {0}")]
    NoAnswer(String),
    /// An errcode other than 0, with the server's words.
    #[error("{message}")]
    Errcode {
        /// The code, verbatim.
        code: i64,
        /// The code, the server's words, the ip and the rid.
        message: String,
    },
}

/// How a server could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The name has no address.
    Dns,
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
    /// The proxy let nothing through.
    Proxy,
    /// Anything else below HTTP.
    Other,
}

impl Unreachable {
    fn told(self, host: &str) -> String {
        match self {
            Self::Dns => format!("the name of `{host}` has no address"),
            Self::Refused => format!("`{host}` refuses the connection"),
            Self::ConnectTimeout => format!("`{host}` cannot be reached: no connection in 3 s"),
            Self::Silent => format!("`{host}` does not answer in time"),
            Self::Cut => format!("`{host}` cut the connection before its answer was whole"),
            Self::ProxyRefused => format!("the proxy `{host}` wants another name and password"),
            Self::Proxy => format!("the proxy `{host}` lets nothing through"),
            Self::Other => format!("`{host}` cannot be reached"),
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
    /// Nobody that is trusted here signed it: self-signed, or an intermediate is missing.
    UnknownIssuer,
    /// It is for another name.
    OtherName,
    /// Revoked.
    Revoked,
    /// Any other flaw of the certificate.
    Certificate,
    /// It speaks no version that is still safe.
    Version,
    /// No common cipher, or bytes that are no TLS.
    Handshake,
}

impl std::fmt::Display for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Expired => "its certificate has expired",
            Self::NotYet => "its certificate is not valid yet",
            Self::UnknownIssuer => "its certificate is signed by nobody known here",
            Self::OtherName => "its certificate is for another name",
            Self::Revoked => "its certificate is revoked",
            Self::Certificate => "its certificate is malformed",
            Self::Version => "it speaks no TLS of version 1.2 or later",
            Self::Handshake => "the handshake fails",
        })
    }
}

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
        if said("dns error") || said("failed to lookup address") {
            return unreachable(Unreachable::Dns);
        }
        if http.is_some_and(reqwest::Error::is_timeout) || io(&[io::ErrorKind::TimedOut]) {
            let connecting = http.is_some_and(reqwest::Error::is_connect);
            return unreachable(if connecting { Unreachable::ConnectTimeout } else { Unreachable::Silent });
        }
        if io(&[io::ErrorKind::ConnectionRefused]) {
            return unreachable(Unreachable::Refused);
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
            return Self::NoAnswer("an answer whose body cannot be decoded".to_owned());
        }
        if said("invalid HTTP") || said("parse") {
            return Self::NoAnswer("something that is no HTTP".to_owned());
        }
        unreachable(Unreachable::Other)
    }

    /// How long to wait before another try; `None` where none can help (product.md 4, rule 5).
    pub(super) fn pause_before_another_try(&self) -> Option<Duration> {
        match self {
            Self::Unreachable { why: Unreachable::ProxyRefused, .. } => None,
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
    /// themselves (product.md 4, rule 6).
    pub fn shared_for(&self) -> u64 {
        match self {
            Self::Errcode { code, .. } if is_quota(*code) => 60,
            Self::Errcode { code: -1, .. } => 2,
            Self::Errcode { .. } => 30,
            _ => 2,
        }
    }

    /// Whether the server refuses the access token that was sent: another one may help.
    pub fn blames_the_token(&self) -> bool {
        matches!(self, Self::Errcode { code: 40001 | 40014 | 42001, .. })
    }

    /// The failure that a person or a script sees.
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Errcode { code, message } => Failure::errcode(code, message),
            Self::Setup(what) => Failure::config(what).hint("wecheck config check"),
            other => {
                let hint = other.hint();
                Failure::network(other.to_string()).hint(hint)
            }
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { why: Unreachable::ProxyRefused | Unreachable::Proxy, .. } => {
                "look at HTTPS_PROXY and NO_PROXY"
            }
            Self::Tls { why: Tls::UnknownIssuer, .. } => {
                "behind a company proxy, name its certificate: ca_file in the profile, or SSL_CERT_FILE"
            }
            Self::Tls { why: Tls::Expired | Tls::NotYet, .. } => "is this machine's clock right? date -u",
            Self::Tls { why: Tls::Version, .. } => {
                "is api_base the API's address, and no old proxy before it? wecheck config show"
            }
            Self::Status { retry_after: Some(_), .. } => "wait that long, then run it again",
            Self::Redirect { .. } | Self::TooLarge | Self::NoAnswer(_) => {
                "is api_base the API's address, and no proxy page before it? wecheck config show"
            }
            _ => "see where it stops: wecheck token -vv",
        }
    }
}

/// Quotas and rates: asking again makes it worse.
fn is_quota(code: i64) -> bool {
    matches!(code, 45_009 | 45_011 | 45_033)
}

/// An error and all that caused it; `io::Error` hides its own cause one level down.
fn causes<'e>(error: &'e (dyn StdError + 'static)) -> Vec<&'e (dyn StdError + 'static)> {
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
