//! One way to show an address, and one way to tell whether it is on this machine.
//!
//! In: an address as a person wrote it. Out: what of it may be shown: scheme, host, port and, where
//! asked for, the path; never a user name, a password, a query or a fragment, any of which may be a
//! secret. An address that cannot be parsed is not shown at all: a password with a `/` in it would
//! be taken for the path.

use std::borrow::Cow;
use std::net::IpAddr;

use url::Url;

/// What stands for an address that cannot be parsed.
const UNREADABLE: &str = "…";

/// `https://host:port`: the place without the way.
pub fn shown(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) if url.has_host() => format!("{}://{}", url.scheme(), host_and_port(&url)),
        Ok(url) if !url.cannot_be_a_base() => format!("{}://", url.scheme()),
        _ => UNREADABLE.to_owned(),
    }
}

/// `https://host:port/path`: for an address whose path is not a key, such as an API's base.
pub fn shown_with_path(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) if !url.cannot_be_a_base() => {
            let path = url.path().trim_end_matches('/');
            format!("{}://{}{path}", url.scheme(), host_and_port(&url))
        }
        _ => UNREADABLE.to_owned(),
    }
}

/// `host:port`, for an error or a log line.
pub fn shown_host(address: &str) -> String {
    Url::parse(address).map_or_else(|_| UNREADABLE.to_owned(), |url| host_and_port(&url))
}

/// The whole address as it was given, but for what may be a user name and a password: for one that was
/// refused, whose query and path say what is wrong with it.
pub fn without_password(address: &str) -> Cow<'_, str> {
    let start = address.find("://").map_or(0, |at| at + 3);
    match address.rfind('@') {
        Some(at) if at >= start => Cow::Owned(format!("{}{UNREADABLE}{}", &address[..start], &address[at..])),
        _ => Cow::Borrowed(address),
    }
}

/// Host and, where it is not the scheme's own, port.
pub fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether what is sent to an address stays on this machine.
pub fn is_loopback(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.host_str().is_some_and(is_loopback_host))
}

/// As [`is_loopback`], for a host alone; an IPv6 one in brackets or without.
pub fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_place_is_shown() {
        for (address, host_only, path) in [
            ("https://api.weixin.qq.com", "https://api.weixin.qq.com", "https://api.weixin.qq.com"),
            ("http://u:CANARY@10.0.0.1:9/a/b/?k=CANARY#CANARY", "http://10.0.0.1:9", "http://10.0.0.1:9/a/b"),
            ("http://u:CANARY/x@h/", UNREADABLE, UNREADABLE),
            ("redis://:CANARY@h:6379/2", "redis://h:6379", "redis://h:6379/2"),
            ("unix:///run/redis.sock", "unix://", "unix:///run/redis.sock"),
            ("CANARY", UNREADABLE, UNREADABLE),
            ("data:CANARY", UNREADABLE, UNREADABLE),
        ] {
            assert_eq!(
                (shown(address).as_str(), shown_with_path(address).as_str()),
                (host_only, path),
                "{address}"
            );
        }
    }

    #[test]
    fn a_password_is_cut_out_of_an_address_that_is_shown_whole() {
        for (address, expected) in [
            ("http://u:CANARY@h:9/a?b=c", "http://…@h:9/a?b=c"),
            ("http://u:CANARY/x@h/", "http://…@h/"),
            ("u:CANARY@h", "…@h"),
            ("ftp://h/a", "ftp://h/a"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(without_password(address), expected);
        }
    }

    #[test]
    fn an_address_is_loopback_as_the_client_reads_it() {
        for address in [
            "http://127.0.0.1",
            "http://LOCALHOST:9/x",
            "http://[::1]:1/",
            "http://127.9.9.9/",
            "http://u:p@127.0.0.1/",
        ] {
            assert!(is_loopback(address), "{address}");
        }
        for address in [
            "http://127.0.0.1:x@evil/",
            "http://127.0.0.1@evil.example/",
            "http://localhost.example/",
            "http://10.0.0.1/",
            "http://[::2]/",
            "127.0.0.1",
        ] {
            assert!(!is_loopback(address), "{address}");
        }
    }
}
