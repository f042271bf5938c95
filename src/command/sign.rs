//! `wecheck sign`: a ready payload for `wx.config` and its relatives.
//!
//! In: a url (or card values), a ticket given or cached, nonce and timestamp given or made. Out: the
//! signature with everything that the client library wants beside it, as text, JSON, JavaScript,
//! a debug page or lines for a CI file. Refuses what could only fail on the phone.

mod batch;
mod emit;

use std::io::{self, Write};
use std::path::PathBuf;

use colored::Colorize;

use super::args::fields::FieldArgs;
use crate::cache::Origin;
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{Served, ticket_for};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::sign::{HashedValue, Request, Signed, remarks, sign};
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;
use crate::signature::Kind;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck sign 'https://m.example.com/index.html?id=1' --emit js
  wecheck sign URL --ticket TICKET --explain
  wecheck sign --kind card-ext --ticket API_TICKET --card-id CARD_ID
  wecheck sign --batch pages.jsonl")]
pub struct Args {
    /// The page's address, as location.href shows it; #… is left out
    #[arg(allow_hyphen_values = false)]
    url: Option<String>,
    /// Print it ready to use
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    #[command(flatten)]
    values: FieldArgs,
    /// What is signed
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// jsApiList, else the profile's
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    api: Vec<String>,
    /// Show the values in the order hashed, and string1
    #[arg(long)]
    explain: bool,
    /// Sign every line of a JSON Lines file (- for stdin)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["emit", "explain", "url"])]
    batch: Option<PathBuf>,
    /// Show a cached ticket in string1 too
    #[arg(long)]
    reveal: bool,
    /// The client library that --emit js and html call
    #[arg(long, value_enum, default_value_t, help_heading = "Code that --emit prints")]
    sdk: Sdk,
    /// debug: true in the code that --emit prints
    #[arg(long, help_heading = "Code that --emit prints")]
    debug: bool,
    /// outer_str of a cardExt; it is sent, not signed
    #[arg(long, value_name = "TEXT", help_heading = "Cards, groups and applications")]
    outer_str: Option<String>,
}

/// A form to print a signature in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Emit {
    /// The JSON of --json
    Payload,
    /// The call of the client library
    Js,
    /// A whole page that shows wx.ready and wx.error
    Html,
    /// WX_APP_ID=… lines for readers that take values literally: GitHub's env file, docker, dotenv
    Env,
    /// The same lines, quoted for a shell
    Sh,
}

/// A client library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Sdk {
    /// jweixin: wx.config
    #[default]
    Wx,
    /// @wecom/jssdk: ww.register
    Wecom,
}

impl Report for Signed {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let mut row = |name: &str, value: &str| writeln!(out, "{:<10} {}", name.bold(), safe(value));
        if let Some(id) = &self.app_id {
            row("appId", id)?;
        }
        if let Some(Some(id)) = &self.agent_id {
            row("agentId", id)?;
        }
        if let Some(Some(id)) = &self.group_id {
            row("groupId", id)?;
        }
        row("timestamp", &self.timestamp)?;
        row("nonceStr", &self.nonce)?;
        row("signature", &self.signature)?;
        if let Some(url) = &self.url {
            row("url", url)?;
        }
        if let Some(card_ext) = &self.card.card_ext {
            row("cardExt", card_ext)?;
        }
        if !self.js_api_list.is_empty() {
            row("jsApiList", &self.js_api_list.join(", "))?;
        }
        if let Some(origin) = &self.ticket {
            let source = match origin.source {
                Origin::Cache => lang.pick("来自缓存", "from the cache"),
                Origin::Upstream => lang.pick("刚获取", "fetched just now"),
            };
            let left = origin.expires_in.map(|left| say!(lang, "，还有 {left} 秒", ", {left} s left"));
            row("ticket", &format!("{source}{}", left.unwrap_or_default()))?;
        }
        let Some(hashed) = &self.hashed else { return Ok(()) };
        writeln!(
            out,
            "\n{}",
            say!(lang, "参与计算的值，按计算顺序：", "values in the order hashed:").bold()
        )?;
        for HashedValue { name, value } in &hashed.values {
            writeln!(out, "  {name:<12} {}", safe(value))?;
        }
        writeln!(out, "{} {}", "string1".bold(), safe(&hashed.string1))
    }
}

/// Signs, prints. Also with `--batch`, which streams.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    if let Some(file) = &args.batch {
        return batch::run(args, file, context);
    }
    let profile = context.profile_if_any()?;
    let mut obtain = |kind| obtain(kind, profile.as_ref(), context);
    let signed = sign(args.request(), profile.as_ref(), context.env.now(), &mut obtain)?;
    for remark in remarks(&signed, context.lang) {
        if remark.is_warning { context.out.warn(&remark.text) } else { context.out.note(&remark.text) }
    }
    match args.emit {
        // One JSON document is what --json promises, whatever form is asked for beside it.
        Some(emit) if !context.env.globals.json => {
            warn_of_gaps(emit, &signed, context);
            emit::print(emit, args.sdk, args.debug, &signed, context).map(|()| true)
        }
        _ => context.out.show(&signed),
    }
}

impl Args {
    fn request(&self) -> Request {
        let values = self.values.clone();
        let names = self.api.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        Request {
            kind: Some(self.kind),
            url: self.url.clone(),
            ticket: values.ticket,
            nonce: values.nonce,
            timestamp: values.timestamp,
            app_id: values.app_id,
            agent_id: values.agent_id,
            group_id: values.group_id,
            card_id: values.card_id,
            card_type: values.card_type,
            location_id: values.location_id,
            code: values.code,
            openid: values.openid,
            balance: values.balance,
            platform: values.platform,
            api: (!self.api.is_empty()).then(|| names.map(str::to_owned).collect()),
            outer_str: self.outer_str.clone(),
            usual_platform: (self.sdk == Sdk::Wecom).then_some(Platform::Work),
            explain: self.explain,
            reveal: self.reveal,
        }
    }
}

/// The profile's ticket of a kind, from the cache or fetched. Without a profile, what `ticket` says.
fn obtain(kind: Kind, profile: Option<&Profile>, context: &Context) -> Result<Served, Failure> {
    match profile {
        Some(profile) => ticket_for(context, profile, kind),
        None => ticket_for(context, &context.profile()?, kind),
    }
}

fn is_empty(text: Option<&str>) -> bool {
    text.is_none_or(str::is_empty)
}

/// Says which places of the code or page that is printed stay empty, and what fills them.
fn warn_of_gaps(emit: Emit, signed: &Signed, context: &Context) {
    let lang = context.lang;
    if emit == Emit::Env {
        let names = emit::unlike_dotenv(signed).join(", ");
        if !names.is_empty() {
            context.out.warn(&say!(
                lang,
                "{names}：GitHub 和 docker 原样读取，dotenv 会从 # 处截断，并去掉首尾的空格和引号；给 dotenv 请用 --emit payload",
                "{names}: GitHub and docker read it as it is, dotenv cuts it at # and drops spaces and quotes around it; for dotenv use --emit payload"
            ));
        }
    }
    if !matches!(emit, Emit::Js | Emit::Html) {
        return;
    }
    let mut missing = Vec::new();
    if matches!(signed.kind, Kind::Jsapi | Kind::Agent) {
        if is_empty(signed.app_id.as_deref()) {
            missing.push(("appId", "--app-id APPID"));
        }
        if signed.js_api_list.is_empty() {
            missing.push(("jsApiList", "--api chooseImage,…"));
        }
    }
    if matches!(&signed.agent_id, Some(id) if is_empty(id.as_deref())) {
        missing.push(("agentId", "--agent-id ID"));
    }
    if matches!(&signed.group_id, Some(id) if is_empty(id.as_deref())) {
        missing.push(("groupId", "--group-id ID"));
    }
    if !missing.is_empty() {
        let names = missing.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let flags = missing.iter().map(|(_, flag)| *flag).collect::<Vec<_>>().join(" ");
        let (zh, en) = (names.join("、"), names.join(", "));
        context.out.warn(&say!(
            lang,
            "打印出来的代码里 {zh} 是空的：加上 {flags}",
            "left empty in what is printed: {en}; add {flags}"
        ));
    }
    if emit == Emit::Html && !matches!(signed.kind, Kind::Jsapi | Kind::Agent) {
        context.out.warn(&say!(
            lang,
            "这个页面还缺 wx.config，没有它 wx.ready 不会触发：先为同一个 url 生成，wecheck sign URL --emit js",
            "the page needs a wx.config signature as well, without it wx.ready never fires: wecheck sign URL --emit js"
        ));
    }
}
