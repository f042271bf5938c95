//! `wecheck ua`: which client sent this user agent.
//!
//! In: a User-Agent header. Out: WeCom or WeChat or neither, the system, the versions and the
//! engine that shows the page. WeCom also sends `MicroMessenger`, so that old pages take it for
//! WeChat: `wxwork/` decides.

use std::io::{self, Write};
use std::path::Path;

use colored::Colorize;
use serde::Serialize;

use super::args::input::read_text;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::say;

/// No browser sends a longer one. Bytes.
const LIMIT: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  wecheck ua 'Mozilla/5.0 (iPhone; …) Mobile/14F89 wxwork/2.2.0 MicroMessenger/6.3.2'")]
pub struct Args {
    /// The User-Agent header, or - for stdin
    #[arg(value_name = "STRING", required = true)]
    text: Vec<String>,
}

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// 企业微信.
    Wecom,
    /// 微信.
    Wechat,
    /// A browser or another app.
    Other,
}

/// What a user agent says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserAgent {
    /// Which client.
    pub client: Client,
    /// `ios`, `android`, `harmony`, `windows`, `mac`, `linux`.
    pub system: Option<&'static str>,
    /// Behind `wxwork/`.
    pub wxwork_version: Option<String>,
    /// Behind `MicroMessenger/`; in WeCom it is the version it claims to be compatible with.
    pub micromessenger_version: Option<String>,
    /// The engine: `TBS/043508` (Tencent's X5), `XWEB/…`, `QBCore/…`, `Chrome/…`, `AppleWebKit/…`.
    pub webview: Option<String>,
    /// Whether the page is inside a mini program's web-view.
    pub mini_program: bool,
    /// Whether it is the devtools' simulator.
    pub devtools: bool,
}

/// Reads the user agent.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let mut text = args.text.join(" ");
    if text == "-" {
        text = read_text(Path::new("-"), LIMIT)
            .map_err(|failure| failure.hint("give one User-Agent header, not a log"))?;
    }
    if text.trim().is_empty() {
        return Err(Failure::usage("there is no user agent").hint("wecheck ua 'Mozilla/5.0 …'"));
    }
    context.out.show(&read(&text))
}

/// Reads what a user agent says.
pub fn read(text: &str) -> UserAgent {
    let lower = text.to_ascii_lowercase();
    let wxwork_version = version(text, &lower, "wxwork/");
    let micromessenger_version = version(text, &lower, "micromessenger/");
    let client = if lower.contains("wxwork/") {
        Client::Wecom
    } else if lower.contains("micromessenger") {
        Client::Wechat
    } else {
        Client::Other
    };
    // An iPad's WebView calls itself Macintosh but stays Mobile; Android is Linux too.
    let systems: [(&str, &[&str]); 6] = [
        ("ios", &["iphone", "ipad", "ipod"]),
        ("harmony", &["openharmony", "harmonyos"]),
        ("android", &["android"]),
        ("windows", &["windows nt", "windowswechat", "windows"]),
        ("mac", &["macintosh", "mac os x", "macwechat"]),
        ("linux", &["linux", "unifiedpclinux"]),
    ];
    let system = systems
        .into_iter()
        .find(|(_, marks)| marks.iter().any(|mark| lower.contains(mark)))
        .map(|(system, _)| system);
    let webview =
        ["xweb/", "tbs/", "qbcore/", "arkweb/", "chrome/", "applewebkit/"].iter().find_map(|mark| {
            let at = lower.find(mark)?;
            Some(format!("{}{}", &text[at..at + mark.len()], version(text, &lower, mark)?))
        });
    UserAgent {
        client,
        system,
        wxwork_version,
        micromessenger_version,
        webview,
        mini_program: lower.contains("miniprogram"),
        devtools: lower.contains("wechatdevtools"),
    }
}

/// The version behind a mark: digits, letters, dots.
fn version(text: &str, lower: &str, mark: &str) -> Option<String> {
    let behind = &text[lower.find(mark)? + mark.len()..];
    let version: String =
        behind.chars().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    (!version.is_empty()).then_some(version)
}

impl Report for UserAgent {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let client = match self.client {
            Client::Wecom => lang.pick("企业微信", "WeCom"),
            Client::Wechat => lang.pick("微信", "WeChat"),
            Client::Other => lang.pick("不是微信，也不是企业微信", "neither WeChat nor WeCom"),
        };
        writeln!(out, "{}", client.bold())?;
        let unknown = lang.pick("看不出", "not told");
        let row = |out: &mut dyn Write, name: &str, value: Option<&str>| {
            writeln!(out, "  {name} {}", safe(value.unwrap_or(unknown)))
        };
        row(out, lang.pick("系统              ", "system            "), self.system)?;
        if self.client == Client::Wecom {
            row(out, lang.pick("企业微信版本      ", "WeCom version     "), self.wxwork_version.as_deref())?;
        }
        if self.client != Client::Other {
            let version = self.micromessenger_version.as_deref();
            row(out, lang.pick("MicroMessenger    ", "MicroMessenger    "), version)?;
        }
        row(out, lang.pick("浏览器内核        ", "engine            "), self.webview.as_deref())?;
        if self.mini_program {
            writeln!(out, "  {}", lang.pick("在小程序的 web-view 里", "inside a mini program's web-view"))?;
        }
        if self.devtools {
            writeln!(out, "  {}", lang.pick("微信开发者工具", "the WeChat devtools"))?;
        }
        let hint = match self.client {
            Client::Wecom => say!(
                lang,
                "它也带 MicroMessenger 字样；判断时先看 wxwork/，再看 MicroMessenger",
                "it also sends MicroMessenger; test for wxwork/ first, then for MicroMessenger"
            ),
            Client::Wechat => return Ok(()),
            Client::Other => say!(
                lang,
                "JS-SDK 只在微信和企业微信里可用：wecheck faq open-in-wechat-client",
                "JS-SDK works in WeChat and WeCom only: wecheck faq open-in-wechat-client"
            ),
        };
        writeln!(out, "{hint}")
    }
}
