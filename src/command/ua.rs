//! `wecheck ua`: which client sent this user agent.
//!
//! In: a User-Agent header. Out: WeCom or WeChat or neither, the system, the versions and whether
//! they can be compared, and the engine that shows the page.

use std::io::{self, Write};
use std::path::Path;

use colored::Colorize;

use super::args::input::read_text;
use crate::catalog::user_agent::{Client, NotComparable, UserAgent, read};
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::{both, say};

/// No browser sends a longer one. Bytes.
const LIMIT: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck ua 'Mozilla/5.0 (iPhone; …) wxwork/2.2.0 MicroMessenger/6.3.2'
  wecheck ua --json 'Mozilla/5.0 (Linux; …) MicroMessenger/8.0.49'
  pbpaste | wecheck ua -")]
pub struct Args {
    /// The User-Agent header, or - for stdin
    #[arg(value_name = "STRING", required = true)]
    text: Vec<String>,
}

/// Reads the user agent.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let mut text = args.text.join(" ");
    if text == "-" {
        text = read_text(Path::new("-"), LIMIT).map_err(|failure| {
            failure.hint(both!("给一条 User-Agent，不要给日志", "give one User-Agent header, not a log"))
        })?;
    }
    if text.trim().is_empty() {
        return Err(Failure::usage(both!("没有 User-Agent", "there is no user agent"))
            .hint("wecheck ua 'Mozilla/5.0 …'"));
    }
    context.out.show(&read(&text))
}

impl Report for UserAgent {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let client = match self.client {
            Client::Wecom => lang.pick("企业微信", "WeCom"),
            Client::Wechat => lang.pick("微信", "WeChat"),
            Client::Other => lang.pick("不是微信，也不是企业微信", "neither WeChat nor WeCom"),
        };
        writeln!(out, "{}", client.bold())?;
        let unknown = lang.pick("未知", "unknown");
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
        if self.desktop_version.is_some() {
            row(out, lang.pick("电脑版版本        ", "desktop version   "), self.desktop_version.as_deref())?;
        }
        if self.private_deployment {
            let line =
                lang.pick("私有部署的企业微信（wxworklocal）", "a private deployment of WeCom (wxworklocal)");
            writeln!(out, "  {line}")?;
        }
        if self.mini_program {
            writeln!(out, "  {}", lang.pick("在小程序的 web-view 里", "inside a mini program's web-view"))?;
        }
        if self.devtools {
            writeln!(out, "  {}", lang.pick("微信开发者工具", "the WeChat devtools"))?;
        }
        let hint = match (self.client, self.not_comparable) {
            (Client::Wecom, _) => say!(
                lang,
                "它也带 MicroMessenger 字样；判断时先看 wxwork，再看 MicroMessenger。与文档的最低版本比较用 wxwork 的版本",
                "it also sends MicroMessenger; test for wxwork first, then for MicroMessenger. Compare wxwork's version with the documents' minimum"
            ),
            (Client::Wechat, Some(NotComparable::Harmony)) => say!(
                lang,
                "鸿蒙微信有自己的版本号，不能与文档写的最低版本比较；用 wx.checkJsApi 判断",
                "WeChat on HarmonyOS has version numbers of its own: do not compare them with the documents' minimum, ask wx.checkJsApi"
            ),
            (Client::Wechat, Some(NotComparable::Desktop)) => say!(
                lang,
                "电脑版的 MicroMessenger 版本是固定的，不能与文档写的最低版本比较；用 wx.checkJsApi 判断",
                "the MicroMessenger version of a desktop client is fixed: do not compare it with the documents' minimum, ask wx.checkJsApi"
            ),
            (Client::Wechat, _) => say!(
                lang,
                "与文档写的最低版本比较用 MicroMessenger 的版本",
                "compare MicroMessenger's version with the documents' minimum"
            ),
            (Client::Other, _) => {
                say!(lang, "JS-SDK 只在微信和企业微信里可用", "JS-SDK works in WeChat and WeCom only")
            }
        };
        writeln!(out, "{hint}")
    }
}
