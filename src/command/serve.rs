//! `wecheck serve`: the checker page and the signing server on this machine.
//!
//! In: where to listen, which pages and origins are served besides the profile's own, whether
//! tokens are shared. Out: one line (or document) that says where it listens, then requests are
//! answered until a signal ends it. What is answered stands in [`crate::server`].

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use colored::Colorize;
use serde::Serialize;

use crate::both;
use crate::config::Source;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::output::{Report, safe};
use crate::say;
use crate::secret::Secret;
use crate::server::{self, Options};

/// A bearer key shorter than this can be tried out. Characters.
const SHORT_KEY: usize = 16;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck serve
  wecheck serve --allow-origin http://localhost:5173 --allow-page dev.example.com
  WECHECK_SHARE_KEY=… wecheck serve --share

Answers:
  GET  /                  the checker page
  GET  /sign?url=…&kind=… the payload of sign; url in encodeURIComponent()
  POST /api/verify        verify's long flags as JSON, and `from`: pasted text
  GET  /api/errcode?q=…   what errcode explain says
  POST /api/domain-check  domain-check's long flags as JSON, and `url`
  GET  /token, /ticket?kind=…  with --share and `Authorization: Bearer KEY`
  GET  /healthz, /metrics
The key is WECHECK_SHARE_KEY, or `key` under [serve] in the config: { env = … }, { file = … } or
{ command = … }.")]
pub struct Args {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8787")]
    listen: String,
    /// Let pages of this origin call it, such as http://localhost:5173 (repeatable)
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    allow_origin: Vec<String>,
    /// Sign for pages of this domain too, besides the profile's trusted_domains (repeatable)
    #[arg(long, value_name = "DOMAIN", value_parser = domain)]
    allow_page: Vec<String>,
    /// Hand out tokens and tickets to programs that have the key
    #[arg(long)]
    share: bool,
}

/// Where the server is.
#[derive(Debug, Serialize)]
struct Listening {
    /// The page's address.
    url: String,
    /// The profile that /sign signs for.
    profile: Option<String>,
    /// Whether /token and /ticket answer.
    share: bool,
}

impl Report for Listening {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let url = self.url.bold();
        writeln!(
            out,
            "{}",
            say!(lang, "检查页：{url}  （Ctrl-C 结束）", "the checker page: {url}  (Ctrl-C ends it)")
        )?;
        let sign = format!("{}sign?url=…", self.url);
        match self.profile.as_deref().map(safe) {
            Some(name) => writeln!(
                out,
                "{}",
                say!(lang, "签名：{sign}，用 profile `{name}`", "signing: {sign} for profile `{name}`")
            ),
            None => writeln!(
                out,
                "{}",
                say!(
                    lang,
                    "没有 profile，/sign 不能签名：wecheck config init",
                    "there is no profile, so /sign cannot sign: wecheck config init"
                )
            ),
        }
    }
}

/// Listens until a signal comes.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let profile = context.profile_if_any()?;
    let key = if args.share { Some(share_key(context)?) } else { None };
    let (listener, address) = bind(&args.listen)?;
    if !address.ip().is_loopback() {
        context.out.warn(&format!(
            "listening on {address}: other machines can reach this; without --listen only this one can"
        ));
    }
    context.out.show(&Listening {
        url: format!("http://{address}/"),
        profile: profile.as_ref().map(|profile| profile.name.clone()),
        share: key.is_some(),
    })?;
    let options = Options {
        address,
        listen_name: host_name(&args.listen),
        origins: args.allow_origin.clone(),
        pages: args.allow_page.clone(),
        key,
        profile,
    };
    server::run(listener, options, context)?;
    Ok(true)
}

/// The bearer key, or the failure that says where to put one.
fn share_key(context: &Context) -> Result<Secret, Failure> {
    let source = if context.env.var("WECHECK_SHARE_KEY").is_some() {
        Some(Source::Env("WECHECK_SHARE_KEY".to_owned()))
    } else {
        context.settings()?.share_key.clone()
    };
    let source = source.ok_or_else(|| {
        Failure::config("--share needs a key, and there is none")
            .hint("set WECHECK_SHARE_KEY, or add under [serve]: key = { env = \"NAME\" }")
    })?;
    let key = source.read(&context.env).map_err(|error| {
        Failure::config(format!("cannot read `key` of [serve]: {error}")).hint("wecheck config path")
    })?;
    if key.reveal().chars().count() < SHORT_KEY {
        context.out.warn(&format!(
            "the key for --share has less than {SHORT_KEY} characters: openssl rand -hex 32 makes a good one"
        ));
    }
    Ok(key)
}

fn bind(listen: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let addresses: Vec<SocketAddr> = listen
        .to_socket_addrs()
        .map_err(|error| {
            Failure::usage(format!("`{listen}` is no address to listen on: {error}"))
                .hint("wecheck serve --listen 127.0.0.1:8787")
        })?
        .collect();
    let listener = TcpListener::bind(addresses.as_slice()).map_err(|error| {
        Failure::network(format!("cannot listen on {listen}: {error}"))
            .hint("wecheck serve --listen 127.0.0.1:0")
    })?;
    let refuse = |error: &io::Error| Failure::network(format!("cannot listen on {listen}: {error}"));
    listener.set_nonblocking(true).map_err(|error| refuse(&error))?;
    let address = listener.local_addr().map_err(|error| refuse(&error))?;
    Ok((listener, address))
}

/// The name that `--listen` gives, where it is no IP address.
fn host_name(listen: &str) -> Option<String> {
    let host = listen.rsplit_once(':')?.0;
    let is_ip = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    (!is_ip && !host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// An origin as browsers send it: scheme, host and port, nothing else.
fn origin(text: &str) -> Result<String, Both> {
    let parsed = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    match parsed.map(|url| url.origin().ascii_serialization()) {
        // A path, a slash or a user name would never be equal to what a browser sends.
        Some(origin) if origin.eq_ignore_ascii_case(text) => Ok(origin),
        Some(origin) => {
            Err(both!("来源只有协议、主机和端口：{origin}", "an origin is scheme, host and port: {origin}"))
        }
        None => Err(both!(
            "来源写作 http://localhost:5173，不能用 *",
            "an origin looks like http://localhost:5173; * is not accepted"
        )),
    }
}

/// A host name, lower case, in its ASCII form.
fn domain(text: &str) -> Result<String, Both> {
    let host = url::Url::parse(&format!("http://{text}/"))
        .ok()
        .filter(|url| url.path() == "/" && url.port().is_none() && url.username().is_empty())
        .and_then(|url| url.host_str().map(str::to_owned));
    host.ok_or_else(|| {
        both!(
            "域名写作 m.example.com，不带协议、端口和路径",
            "a domain looks like m.example.com: no scheme, no port, no path"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        assert_eq!(origin("http://localhost:5173").as_deref(), Ok("http://localhost:5173"));
        for wrong in ["*", "localhost", "http://a/", "http://a/b", "http://u@a", "ftp://a", "null", ""] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_domain_is_a_bare_host() {
        assert_eq!(domain("M.Example.com").as_deref(), Ok("m.example.com"));
        // The port of http is none: a browser leaves it out, too.
        assert_eq!(domain("a.com:80").as_deref(), Ok("a.com"));
        for wrong in ["", "https://a.com", "a.com:8080", "a.com/b", "u@a.com", "a b"] {
            assert!(domain(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_name_of_listen_is_kept_where_it_is_one() {
        assert_eq!(host_name("Devbox.local:80").as_deref(), Some("devbox.local"));
        assert_eq!(host_name("127.0.0.1:80"), None);
        assert_eq!(host_name("[::1]:80"), None);
    }
}
