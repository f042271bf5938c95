//! `wecheck serve`: the checker page and the signing server on this machine.
//!
//! In: where to listen, which pages and origins are served besides the profile's own, whether
//! tokens are shared. Out: one line (or document) that says where it listens, then requests are
//! answered until a signal ends it. What is answered stands in [`crate::server`].

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, ToSocketAddrs};

use colored::Colorize;
use serde::Serialize;

use crate::both;
use crate::config::Source;
use crate::context::Context;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::output::{Report, safe};
use crate::say;
use crate::secret::Secret;
use crate::server::{self, Options};

/// A shorter bearer key can be guessed.
const KEY_CHARS: usize = 16;
/// Where it listens when nothing else is asked for.
const USUAL_PORT: u16 = 8787;
/// So many ports are tried from there on.
const PORTS: u16 = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck serve
  wecheck serve --listen 0.0.0.0:8787 --allow-page dev.example.com
  WECHECK_SHARE_KEY=… wecheck serve --share

Answers:
  GET  /                  the checker page
  GET  /sign?url=…&kind=… the payload of sign; url in encodeURIComponent()
  POST /api/verify        verify's long flags as JSON, and `from`: pasted text
  POST /api/errcode       {\"what\": …}; GET ?q= takes codes
  POST /api/faq           {\"q\": …}; GET ?id= takes an id
  POST /api/domain-check  domain-check's long flags as JSON, and `url`
  POST /api/callback-verify  callback verify's long flags, `body` or `request`
  GET  /token, /ticket?kind=…  with --share and `Authorization: Bearer KEY`
  GET  /healthz, /metrics
The key is WECHECK_SHARE_KEY, or `key` under [serve] in the config: { env = … }, { file = … } or { command = … }.")]
pub struct Args {
    /// Address and port [default: 127.0.0.1:8787, or the next free port]; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Answer to this host name too (repeatable)
    #[arg(long, value_name = "NAME", value_parser = domain, help_heading = "Who may call it")]
    allow_host: Vec<String>,
    /// Let pages of this origin call it, such as http://localhost:5173 (repeatable)
    #[arg(long, value_name = "ORIGIN", value_parser = origin, help_heading = "Who may call it")]
    allow_origin: Vec<String>,
    /// Sign for pages of this domain too, besides the profile's trusted_domains (repeatable)
    #[arg(long, value_name = "DOMAIN", value_parser = domain, help_heading = "Who may call it")]
    allow_page: Vec<String>,
    /// Hand out tokens and tickets to programs that have the key
    #[arg(long, help_heading = "Who may call it")]
    share: bool,
}

/// Where the server is.
#[derive(Debug, Serialize)]
struct Listening {
    /// The page's address.
    url: String,
    /// The addresses under which other machines reach it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reachable: Vec<String>,
    /// The profile that /sign signs for.
    profile: Option<String>,
    /// Whether /token and /ticket answer.
    share: bool,
    /// Whether a QR code is worth printing.
    #[serde(skip)]
    draws: bool,
}

impl Report for Listening {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let url = self.url.bold();
        writeln!(
            out,
            "{}",
            say!(lang, "检查页：{url}  （Ctrl-C 结束）", "the checker page: {url}  (Ctrl-C ends it)")
        )?;
        for address in &self.reachable {
            let address = address.bold();
            writeln!(
                out,
                "{}",
                say!(lang, "同一网络的手机：{address}", "a phone on this network: {address}")
            )?;
        }
        if let Some(code) = self.reachable.first().filter(|_| self.draws).and_then(|address| qr_code(address))
        {
            writeln!(out, "{code}")?;
        }
        let sign = format!("{}sign?url=…", self.url);
        match self.profile.as_deref().map(safe) {
            Some(name) => writeln!(
                out,
                "{}",
                say!(lang, "签名：{sign}，用配置 `{name}`", "signing: {sign} for profile `{name}`")
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

/// A code that a phone's camera reads: black on white whatever the terminal's colors are. Without
/// colors the light parts are drawn, as most terminals are dark.
fn qr_code(address: &str) -> Option<String> {
    use qrcode::render::unicode::Dense1x2::{Dark, Light};
    let colors = colored::control::SHOULD_COLORIZE.should_colorize();
    let (dark, light) = if colors { (Dark, Light) } else { (Light, Dark) };
    let code = qrcode::QrCode::new(address).ok()?;
    let lines =
        code.render::<qrcode::render::unicode::Dense1x2>().dark_color(dark).light_color(light).build();
    Some(lines.lines().map(|line| line.black().on_bright_white().to_string()).collect::<Vec<_>>().join("\n"))
}

/// Listens until a signal comes.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let profile = context.profile_if_any()?;
    let key = if args.share { Some(share_key(context)?) } else { None };
    let (listener, address) = match &args.listen {
        Some(listen) => bind(listen)?,
        None => bind_usual(context)?,
    };
    if !address.ip().is_loopback() {
        context.out.warn(&say!(
            context.lang,
            "正在监听 {address}：其他机器也能访问；不写 --listen 就只有本机能访问",
            "listening on {address}: other machines can reach this; without --listen only this one can"
        ));
    }
    let url = if address.ip().is_unspecified() {
        format!("http://localhost:{}/", address.port())
    } else {
        format!("http://{address}/")
    };
    context.out.show(&Listening {
        url: url.clone(),
        reachable: reachable(address),
        profile: profile.as_ref().map(|profile| profile.name.clone()),
        share: key.is_some(),
        draws: context.env.terminal.stdout,
    })?;
    if args.open && !open(&context.env, &url) {
        context.out.note(&say!(
            context.lang,
            "没能打开浏览器，请自己打开 {url}",
            "no browser could be started: open {url}"
        ));
    }
    let mut hosts = args.allow_host.clone();
    hosts.extend(args.listen.as_deref().and_then(host_name));
    let options = Options {
        address,
        hosts,
        origins: args.allow_origin.clone(),
        pages: args.allow_page.clone(),
        key,
        profile,
    };
    server::run(listener, options, context)?;
    Ok(true)
}

/// The addresses of this machine under which a listener on all of them is reached, IPv4 first.
fn reachable(address: SocketAddr) -> Vec<String> {
    if !address.ip().is_unspecified() {
        return if address.ip().is_loopback() { Vec::new() } else { vec![format!("http://{address}/")] };
    }
    let port = address.port();
    let mut own: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| !ip.is_loopback() && !is_link_local(*ip) && (address.is_ipv6() || ip.is_ipv4()))
        .collect();
    own.sort();
    own.dedup();
    own.into_iter().map(|ip| format!("http://{}/", SocketAddr::new(ip, port))).collect()
}

/// An address that means nothing without the name of an interface.
fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

/// Starts the browser of this system; `false` when there is none.
fn open(env: &Env, url: &str) -> bool {
    let (program, args): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let quiet = std::process::Stdio::null;
    env.command(program).args(args).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().is_ok()
}

/// The bearer key, or the failure that says where to put one.
fn share_key(context: &Context) -> Result<Secret, Failure> {
    let source = if context.env.var("WECHECK_SHARE_KEY").is_some() {
        Some(Source::Env("WECHECK_SHARE_KEY".to_owned()))
    } else {
        context.settings()?.share_key.clone()
    };
    let source = source.ok_or_else(|| {
        Failure::config(both!("--share 需要一个 key，现在没有", "--share needs a key, and there is none"))
            .hint(both!(
                "设置 WECHECK_SHARE_KEY，或在 [serve] 下加 key = {{ env = \"NAME\" }}",
                "set WECHECK_SHARE_KEY, or add under [serve]: key = {{ env = \"NAME\" }}"
            ))
    })?;
    let key = source.read(&context.env).map_err(|error| {
        let Both { zh, en } = error.text();
        Failure::config(both!("读不到 [serve] 的 `key`：{zh}", "cannot read `key` of [serve]: {en}"))
            .hint(Both::same("wecheck config path"))
    })?;
    if key.reveal().chars().count() < KEY_CHARS {
        return Err(Failure::config(both!(
            "--share 的 key 不足 {KEY_CHARS} 个字符，容易被试出来",
            "the key of --share has less than {KEY_CHARS} characters: it could be guessed"
        ))
        .hint(both!(
            "生成一个：export WECHECK_SHARE_KEY=$(openssl rand -hex 32)",
            "make one: export WECHECK_SHARE_KEY=$(openssl rand -hex 32)"
        )));
    }
    Ok(key)
}

/// The usual port, or the next free one when another program has it.
fn bind_usual(context: &Context) -> Result<(TcpListener, SocketAddr), Failure> {
    for port in USUAL_PORT + 1..USUAL_PORT + PORTS {
        // Tried and let go again: only one listener has a port at a time.
        let is_taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port - 1))
            .is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse);
        let taken = port - 1;
        if !is_taken {
            return bind(&format!("127.0.0.1:{taken}"));
        }
        context.out.note(&say!(
            context.lang,
            "端口 {taken} 被占用，改用 {port}",
            "port {taken} is taken, trying {port}"
        ));
    }
    bind("127.0.0.1:0")
}

/// Connections that the system keeps for us until they are taken.
#[cfg(unix)]
const QUEUE: i32 = 1_024;

fn bind(listen: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let addresses: Vec<SocketAddr> = listen
        .to_socket_addrs()
        .map_err(|error| {
            let zh = Both::from(&error).zh;
            Failure::usage(both!(
                "`{listen}` 不是能监听的地址：{zh}",
                "`{listen}` is not an address to listen on: {error}"
            ))
            .hint(Both::same("wecheck serve --listen 127.0.0.1:8787"))
        })?
        .collect();
    let refuse = |error: &io::Error| {
        Failure::of_a_limit(error).unwrap_or_else(|| {
            let zh = Both::from(error).zh;
            Failure::network(both!("监听不了 {listen}：{zh}", "cannot listen on {listen}: {error}"))
                .hint(Both::same("wecheck serve --listen 127.0.0.1:0"))
        })
    };
    let listener = TcpListener::bind(addresses.as_slice()).map_err(|error| refuse(&error))?;
    // The usual queue holds 128: those of a crowd beyond would knock again after 1, 3, 7, 15 s.
    #[cfg(unix)]
    rustix::net::listen(&listener, QUEUE).map_err(|error| refuse(&error.into()))?;
    listener.set_nonblocking(true).map_err(|error| refuse(&error))?;
    let address = listener.local_addr().map_err(|error| refuse(&error))?;
    Ok((listener, address))
}

/// The name that `--listen` gives, where it is not an IP address.
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
        // The port of http is not one: a browser leaves it out, too.
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
