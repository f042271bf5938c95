//! The HTTP client: whose certificates are trusted, and through which proxy it goes.
//!
//! In: the captured environment and a profile's `ca_file`. Out: a [`Client`]. Roots: those of
//! `SSL_CERT_FILE`, else of the system, else the built-in ones; `ca_file` is added to them.
//! Proxies as everybody knows them, read from the captured variables and nothing else.

use std::path::Path;
use std::sync::Arc;

use reqwest::{NoProxy, Proxy};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::fault::causes;
use super::look_up::Resolver;
use super::{Error, Unreachable};
use crate::both;
use crate::env::Env;
use crate::lang::{Both, cause};
use crate::timing;

/// The client of one run.
pub(super) struct Client {
    pub(super) http: reqwest::blocking::Client,
    /// Scheme and shown host of the proxies in use.
    proxies: Vec<(&'static str, String)>,
}

impl Client {
    pub(super) fn build(env: &Env, ca_file: Option<&Path>) -> Result<Self, Error> {
        let tls =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| {
                    let Both { zh, en } = cause(&error.to_string());
                    Error::Setup(both!("TLS 无法初始化：{zh}", "TLS cannot be set up: {en}"))
                })?
                .with_root_certificates(roots(env, ca_file)?)
                .with_no_client_auth();
        if !has_descriptors() {
            let host = String::new();
            return Err(Error::Unreachable { why: Unreachable::NoResource, host });
        }
        let mut builder = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("wecheck/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timing::CONNECT)
            .timeout(timing::REQUEST)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .dns_resolver(Arc::new(Resolver))
            // Not the client's own reading of the environment, nor a system's settings.
            .no_proxy();
        let mut proxies = Vec::new();
        env.refuse_unreadable(PROXY_VARIABLES).map_err(|failure| Error::Setup(failure.message))?;
        for (scheme, variable, address) in proxies_of(env) {
            // The address may hold a password: it is not shown.
            let malformed = || {
                Error::Setup(both!(
                    "环境变量 {variable} 的内容不是代理的地址：要以 http://、https:// 或 socks5:// 开头",
                    "the variable {variable} is not a proxy's address: it starts with http://, https:// or socks5://"
                ))
            };
            // One of another kind would be ignored, and the request would go around it.
            if let Some((scheme, _)) = address.split_once("://")
                && !PROXY_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
            {
                return Err(malformed());
            }
            let proxy = if scheme == "https" { Proxy::https(address) } else { Proxy::http(address) };
            let proxy = proxy.map_err(|_| malformed())?;
            builder = builder.proxy(proxy.no_proxy(except(env).and_then(NoProxy::from_string)));
            let whole =
                if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
            proxies.push((scheme, crate::address::shown_host(&whole)));
        }
        let http = builder.build().map_err(|error| {
            let error = error.without_url();
            // What a system says that starts no more threads.
            if causes(&error).iter().any(|cause| {
                cause
                    .downcast_ref::<std::io::Error>()
                    .is_some_and(|io| io.kind() == std::io::ErrorKind::WouldBlock)
            }) {
                return Error::Unreachable { why: Unreachable::NoResource, host: String::new() };
            }
            let Both { zh, en } = cause(&error.to_string());
            Error::Setup(both!("HTTP 客户端无法初始化：{zh}", "the HTTP client cannot be set up: {en}"))
        })?;
        Ok(Self { http, proxies })
    }

    /// The proxy that a request to this address most likely takes, for the words of an error.
    pub(super) fn proxy_of(&self, url: &url::Url) -> Option<String> {
        self.proxies.iter().find(|(scheme, _)| *scheme == url.scheme()).map(|(_, host)| host.clone())
    }
}

/// The variables that say which way a request takes.
const PROXY_VARIABLES: [&str; 8] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// The kinds of proxies that the client speaks to.
const PROXY_SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Whether the client's runtime can be started: it panics if it cannot open what it needs.
fn has_descriptors() -> bool {
    #[cfg(unix)]
    {
        // A pipe needs no file, not even one of /dev: a bare root has none.
        let Ok((one, _other)) = std::io::pipe() else { return false };
        let more: Result<Vec<_>, _> = (2..DESCRIPTORS).map(|_| one.try_clone()).collect();
        more.is_ok()
    }
    #[cfg(not(unix))]
    true
}

/// What a request opens: epoll, wakers, signals, the look-up, the connection. With room for more.
#[cfg(unix)]
const DESCRIPTORS: usize = 12;

/// Scheme, variable and address of the proxies, lower-case names first as curl has them.
fn proxies_of(env: &Env) -> Vec<(&'static str, &'static str, &str)> {
    // Under CGI a request's own `Proxy:` header arrives as HTTP_PROXY (httpoxy).
    let under_cgi = env.var("REQUEST_METHOD").is_some();
    let all = ["all_proxy", "ALL_PROXY"];
    // The library knows `*` for names only, not for addresses.
    if except(env).is_some_and(|list| list.split(',').any(|entry| entry.trim() == "*")) {
        return Vec::new();
    }
    [("https", ["https_proxy", "HTTPS_PROXY"]), ("http", ["http_proxy", "HTTP_PROXY"])]
        .into_iter()
        .filter_map(|(scheme, names)| {
            names
                .into_iter()
                .filter(|name| !(under_cgi && *name == "HTTP_PROXY"))
                .chain(all)
                .find_map(|name| Some((scheme, name, env.var(name)?)))
        })
        .collect()
}

/// The hosts that are reached without a proxy.
fn except(env: &Env) -> Option<&str> {
    env.var("no_proxy").or_else(|| env.var("NO_PROXY"))
}

fn roots(env: &Env, ca_file: Option<&Path>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = env.path_var("SSL_CERT_FILE") {
        add_file(&mut roots, &path, "SSL_CERT_FILE")?;
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
    }
    if let Some(path) = ca_file {
        add_file(&mut roots, path, "ca_file")?;
    }
    Ok(roots)
}

fn add_file(roots: &mut RootCertStore, path: &Path, what: &str) -> Result<(), Error> {
    let shown = path.display();
    let refuse =
        |Both { zh, en }: Both| Error::Setup(both!("{what} 指的 `{shown}` {zh}", "`{shown}` of {what} {en}"));
    let pem = std::fs::read(path).map_err(|error| {
        let Both { zh, en } = Both::from(&error);
        refuse(both!("读不出来：{zh}", "cannot be read: {en}"))
    })?;
    let certificates: Vec<CertificateDer<'_>> =
        CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(refuse(both!("里没有 PEM 格式的证书", "holds no certificate in PEM")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_come_from_the_variables_everybody_knows() {
        let of = |vars: &[(&str, &str)]| -> Vec<String> {
            let env = Env::for_test(vars, || 0);
            proxies_of(&env).into_iter().map(|(scheme, name, _)| format!("{scheme} {name}")).collect()
        };
        assert_eq!(of(&[]), [""; 0]);
        assert_eq!(of(&[("ALL_PROXY", "x")]), ["https ALL_PROXY", "http ALL_PROXY"]);
        assert_eq!(of(&[("HTTPS_PROXY", "x"), ("https_proxy", "y")]), ["https https_proxy"]);
        assert_eq!(of(&[("HTTP_PROXY", "x"), ("REQUEST_METHOD", "GET")]), [""; 0]);
        assert_eq!(of(&[("ALL_PROXY", "x"), ("NO_PROXY", "a, *")]), [""; 0]);
        assert_eq!(of(&[("http_proxy", "x"), ("REQUEST_METHOD", "GET")]), ["http http_proxy"]);
    }
}
