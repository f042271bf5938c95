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
use serde::{Serialize, Serializer};

use super::fields::FieldArgs;
use crate::cache::Origin;
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{Obtained, ticket_for};
use crate::diagnosis::warning::{api_complaint, is_empty_ticket};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;
use crate::secret::mask;
use crate::signature::{self, Fields, Kind};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck sign 'https://m.example.com/index.html?id=1' --ticket TICKET
  wecheck sign URL --emit js --debug
  wecheck sign --kind card-ext --ticket API_TICKET --card-id CARD_ID
  wecheck sign --batch pages.jsonl")]
#[expect(missing_docs, reason = "told on the variant, where the overview of --help finds it")]
pub struct Args {
    /// The page's address, as location.href shows it; #… is left out
    #[arg(allow_hyphen_values = false)]
    url: Option<String>,
    /// What is signed
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    #[command(flatten)]
    values: FieldArgs,
    /// jsApiList, else the profile's
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    api: Vec<String>,
    /// Print it ready to use
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    /// The client library that --emit js and html call
    #[arg(long, value_enum, default_value_t)]
    sdk: Sdk,
    /// debug: true in the code that --emit prints
    #[arg(long)]
    debug: bool,
    /// outer_str of a cardExt; it is sent, not signed
    #[arg(long, value_name = "TEXT")]
    outer_str: Option<String>,
    /// Show the values in the order hashed, and string1
    #[arg(long)]
    explain: bool,
    /// Show a cached ticket in string1 too
    #[arg(long)]
    reveal: bool,
    /// Sign every line of a JSON Lines file (- for stdin)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["emit", "explain", "url"])]
    batch: Option<PathBuf>,
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
    /// WX_APP_ID=… lines
    Env,
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

/// A finished signature.
#[derive(Clone, Debug, Serialize)]
pub struct Signed {
    /// The kind.
    pub kind: Kind,
    /// The platform, where a profile or flag gives it.
    pub platform: Option<Platform>,
    /// appid or corpid, where a profile or flag gives it.
    #[serde(rename = "appId")]
    pub app_id: Option<String>,
    /// The timestamp as signed; a number in JSON.
    #[serde(serialize_with = "as_number")]
    pub timestamp: String,
    /// The nonce as signed.
    #[serde(rename = "nonceStr")]
    pub nonce: String,
    /// Lower-case hex.
    pub signature: String,
    /// The url as signed; null for card kinds.
    pub url: Option<String>,
    /// The APIs that the page may call.
    #[serde(rename = "jsApiList")]
    pub js_api_list: Vec<String>,
    /// The corpid again, under the name of wx.agentConfig.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corpid: Option<Option<String>>,
    /// agentid, for agent.
    #[serde(rename = "agentId", skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Option<String>>,
    /// group_id, for group.
    #[serde(rename = "groupId", skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Option<String>>,
    /// What belongs to a card.
    #[serde(flatten)]
    pub card: CardPart,
    /// Where a ticket came from that was not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketOrigin>,
    /// With --explain: what was hashed.
    #[serde(flatten)]
    pub hashed: Option<Hashed>,
}

/// The card fields of a payload.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CardPart {
    /// card_id.
    #[serde(rename = "cardId", skip_serializing_if = "Option::is_none")]
    pub card_id: Option<String>,
    /// card_type.
    #[serde(rename = "cardType", skip_serializing_if = "Option::is_none")]
    pub card_type: Option<String>,
    /// location_id, under wx.chooseCard's name.
    #[serde(rename = "shopId", skip_serializing_if = "Option::is_none")]
    pub shop_id: Option<String>,
    /// The JSON string for wx.addCard.
    #[serde(rename = "cardExt", skip_serializing_if = "Option::is_none")]
    pub card_ext: Option<String>,
    /// The signature under wx.chooseCard's name.
    #[serde(rename = "cardSign", skip_serializing_if = "Option::is_none")]
    pub card_sign: Option<String>,
    /// `SHA1`.
    #[serde(rename = "signType", skip_serializing_if = "Option::is_none")]
    pub sign_type: Option<&'static str>,
}

/// Where a ticket came from that was not given on the command line.
#[derive(Clone, Debug, Serialize)]
pub struct TicketOrigin {
    /// `cache` or `upstream`.
    pub source: Origin,
    /// Seconds that are left of its life; null where a token centre does not say.
    pub expires_in: Option<u64>,
}

/// What was hashed, for --explain.
#[derive(Clone, Debug, Serialize)]
pub struct Hashed {
    /// The values in the order hashed.
    pub values: Vec<HashedValue>,
    /// The text that was hashed.
    pub string1: String,
    /// Whether a cached ticket in it is masked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub string1_masked: bool,
}

/// One value of string1.
#[derive(Clone, Debug, Serialize)]
pub struct HashedValue {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub value: String,
}

/// The number that wx.config takes. A text that no number gives back stays a string.
fn as_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => serializer.serialize_u64(number),
        _ => serializer.serialize_str(text),
    }
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
    let mut frame = Frame::new(args, profile.as_ref(), context);
    let url = args.url.as_deref().unwrap_or_default();
    if !args.kind.signs_url() && args.url.is_some() {
        return Err(Failure::usage(format!("kind `{}` signs no url", args.kind.name()))
            .hint(format!("wecheck sign --kind {} --ticket TICKET", args.kind.name())));
    }
    refuse_empty(args.values.nonce.as_deref(), args.values.timestamp.as_deref())?;
    let mut fields = args.values.fields(url);
    let mut origin = None;
    if args.values.ticket.is_none() {
        // A wrong url is told before anything is fetched for it.
        frame.check_page(&fields)?;
        let obtained = obtain(args.kind, profile.as_ref(), context)?;
        obtained.value.reveal().clone_into(&mut fields.ticket);
        frame.group_id = frame.group_id.or(obtained.group_id);
        origin = Some(TicketOrigin { source: obtained.source, expires_in: obtained.expires_in });
    }
    let ticket = fields.ticket.clone();
    let mut signed = frame.sign(fields)?;
    if args.explain {
        signed.hashed = Some(explain(&frame, args, &signed, ticket, origin.is_some()));
    }
    signed.ticket = origin;
    notes(&signed, context);
    match args.emit {
        // One JSON document is what --json promises, whatever form is asked for beside it.
        Some(emit) if !context.env.globals.json => {
            warn_of_gaps(emit, &signed, context);
            emit::print(emit, args.sdk, args.debug, &signed, context).map(|()| true)
        }
        _ => context.out.show(&signed),
    }
}

/// The profile's ticket of a kind, from the cache or fetched.
fn obtain(kind: Kind, profile: Option<&Profile>, context: &Context) -> Result<Obtained, Failure> {
    let Some(profile) = profile else {
        return Err(Failure::usage("no ticket is given, and there is no profile to take one of").hint(
            if kind.signs_url() {
                format!("wecheck sign URL --kind {} --ticket TICKET", kind.name())
            } else {
                format!("wecheck sign --kind {} --ticket API_TICKET", kind.name())
            },
        ));
    };
    ticket_for(context, profile, kind)
}

/// What the local server is asked to sign.
#[derive(Debug)]
pub struct Payload {
    /// The kind.
    pub kind: Kind,
    /// The url, or a card's values; ticket, nonce and timestamp are filled in.
    pub fields: Fields,
    /// `outer_str` of a cardExt.
    pub outer_str: Option<String>,
}

impl Payload {
    /// Signs with a ticket of the profile.
    pub fn sign(self, ticket: &Obtained, profile: &Profile, now: u64) -> Result<Signed, Failure> {
        let frame = Frame {
            kind: self.kind,
            platform: Some(profile.platform()),
            app_id: profile.app_id.clone(),
            agent_id: profile.agent_id.clone(),
            group_id: ticket.group_id.clone(),
            js_api_list: profile.js_api_list.clone(),
            outer_str: self.outer_str,
            now,
        };
        frame.sign(Fields { ticket: ticket.value.reveal().to_owned(), ..self.fields })
    }
}

/// What stands beside the signed values: from the flags and the profile, in a batch from the line too.
#[derive(Clone)]
struct Frame {
    kind: Kind,
    platform: Option<Platform>,
    app_id: Option<String>,
    agent_id: Option<String>,
    group_id: Option<String>,
    js_api_list: Vec<String>,
    outer_str: Option<String>,
    now: u64,
}

impl Frame {
    fn new(args: &Args, profile: Option<&Profile>, context: &Context) -> Self {
        let own = |flag: &Option<String>, setting: fn(&Profile) -> Option<String>| {
            flag.clone().or_else(|| profile.and_then(setting))
        };
        Self {
            kind: args.kind,
            platform: args
                .values
                .platform
                .or_else(|| profile.map(Profile::platform))
                .or_else(|| (args.sdk == Sdk::Wecom).then_some(Platform::Work)),
            app_id: own(&args.values.app_id, |profile| profile.app_id.clone()),
            agent_id: own(&args.values.agent_id, |profile| profile.agent_id.clone()),
            group_id: args.values.group_id.clone(),
            js_api_list: match args.api.as_slice() {
                [] => profile.map(|profile| profile.js_api_list.clone()).unwrap_or_default(),
                names => api_names(names.iter().map(String::as_str)),
            },
            outer_str: args.outer_str.clone(),
            now: context.env.now(),
        }
    }

    /// Fills in what is missing, refuses what cannot work, signs.
    fn sign(&self, mut fields: Fields) -> Result<Signed, Failure> {
        let kind = self.kind;
        if is_empty_ticket(&fields.ticket) {
            return Err(Failure::usage(format!(
                "the ticket is `{}`: nothing can be signed with it",
                fields.ticket
            ))
            .hint(
                "look at the errcode of the answer that should have held it: wecheck errcode explain CODE",
            ));
        }
        if fields.nonce.is_empty() {
            fields.nonce = random_nonce()?;
        }
        if fields.timestamp.is_empty() {
            fields.timestamp = self.now.to_string();
        }
        if !fields.timestamp.bytes().all(|b| b.is_ascii_digit()) || fields.timestamp.len() > 20 {
            return Err(Failure::usage(format!("the timestamp `{}` is no number", fields.timestamp))
                .hint("leave --timestamp out to take the current second"));
        }
        self.check_page(&fields)?;
        if matches!(kind, Kind::Card | Kind::Invoice) && fields.app_id.is_none() {
            fields.app_id.clone_from(&self.app_id);
        }
        if kind == Kind::Invoice {
            fields.card_type.get_or_insert_with(|| "INVOICE".to_owned());
        }
        let signature = signature::sign(kind, &fields);
        let url = kind.signs_url().then(|| signature::without_fragment(&fields.url).to_owned());
        let card = self.card_part(&fields, &signature);
        let only_work = matches!(kind, Kind::Agent | Kind::Group);
        let app_id = fields.app_id.or_else(|| self.app_id.clone());
        Ok(Signed {
            kind,
            platform: self.platform.or_else(|| only_work.then_some(Platform::Work)),
            corpid: (kind == Kind::Agent).then(|| app_id.clone()),
            app_id,
            timestamp: fields.timestamp,
            nonce: fields.nonce,
            signature,
            url,
            js_api_list: self.js_api_list.clone(),
            agent_id: (kind == Kind::Agent).then(|| self.agent_id.clone()),
            group_id: (kind == Kind::Group).then(|| self.group_id.clone()),
            card,
            ticket: None,
            hashed: None,
        })
    }

    /// Refuses a url that can be no page's.
    fn check_page(&self, fields: &Fields) -> Result<(), Failure> {
        if self.kind.signs_url() && !has_host(&fields.url) {
            let what = if fields.url.is_empty() {
                "there is no url to sign".to_owned()
            } else {
                format!("the url `{}` does not start with http:// or https:// and a host", fields.url)
            };
            return Err(Failure::usage(what).hint("wecheck sign 'https://host/path?query' --ticket TICKET"));
        }
        Ok(())
    }

    fn card_part(&self, fields: &Fields, signature: &str) -> CardPart {
        let filled = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        match self.kind {
            Kind::Jsapi | Kind::Agent | Kind::Group => CardPart::default(),
            Kind::Card | Kind::Invoice => CardPart {
                card_id: filled(&fields.card_id),
                card_type: filled(&fields.card_type),
                shop_id: filled(&fields.location_id),
                card_sign: Some(signature.to_owned()),
                sign_type: Some("SHA1"),
                ..CardPart::default()
            },
            Kind::CardExt => {
                // What is empty is neither signed nor sent.
                let mut ext = serde_json::Map::new();
                let mut put = |name: &str, value: Option<&str>| {
                    if let Some(value) = value.filter(|value| !value.is_empty()) {
                        ext.insert(name.to_owned(), value.into());
                    }
                };
                put("code", fields.code.as_deref());
                put("openid", fields.openid.as_deref());
                put("timestamp", Some(&fields.timestamp));
                put("nonce_str", Some(&fields.nonce));
                put("balance", fields.balance.as_deref());
                put("signature", Some(signature));
                put("outer_str", self.outer_str.as_deref());
                CardPart {
                    card_id: filled(&fields.card_id),
                    card_ext: Some(serde_json::Value::Object(ext).to_string()),
                    ..CardPart::default()
                }
            }
        }
    }
}

/// Names of APIs without the blanks around them, and without empty ones.
fn api_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Whether a url starts with http:// or https:// and names a host.
fn has_host(url: &str) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        url.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)).map(|s| &url[s.len()..])
    });
    rest.is_some_and(|rest| {
        // A browser takes `\` for `/`.
        let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        !host.starts_with(':') && !host.trim().is_empty()
    })
}

/// Refuses a nonce or timestamp that is given and empty: a script's variable was not set, and a
/// made-up value in its place would not be the one that its page is told.
fn refuse_empty(nonce: Option<&str>, timestamp: Option<&str>) -> Result<(), Failure> {
    for (name, value) in [("nonce", nonce), ("timestamp", timestamp)] {
        if value == Some("") {
            return Err(Failure::usage(format!("the {name} is empty"))
                .hint(format!("leave --{name} out to have one made")));
        }
    }
    Ok(())
}

/// 16 letters and digits from the system's random source.
fn random_nonce() -> Result<String, Failure> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut nonce = String::with_capacity(16);
    while nonce.len() < 16 {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| Failure::storage(format!("the system gives no random bytes: {error}")))?;
        // 248 is the largest multiple of 62 in a byte: what is above would favour some letters.
        let letters =
            bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
        nonce.extend(letters.take(16 - nonce.len()));
    }
    Ok(nonce)
}

/// What was hashed; a ticket out of the cache is masked unless `--reveal`.
fn explain(frame: &Frame, args: &Args, signed: &Signed, ticket: String, from_cache: bool) -> Hashed {
    let mut fields = args.values.fields(signed.url.as_deref().unwrap_or_default());
    fields.ticket = ticket;
    fields.nonce.clone_from(&signed.nonce);
    fields.timestamp.clone_from(&signed.timestamp);
    if matches!(frame.kind, Kind::Card | Kind::Invoice) {
        fields.app_id.clone_from(&signed.app_id);
    }
    let masked = from_cache && !args.reveal;
    let shown = |text: &str| if masked && text == fields.ticket { mask(text) } else { text.to_owned() };
    let values = if frame.kind.signs_url() {
        signature::named_values(frame.kind, &fields)
    } else {
        signature::sorted_values(frame.kind, &fields)
    };
    let values: Vec<HashedValue> =
        values.into_iter().map(|(name, value)| HashedValue { name, value: shown(value) }).collect();
    let string1 = if masked {
        let text: Vec<String> = values.iter().map(|v| v.value.clone()).collect();
        if frame.kind.signs_url() {
            values.iter().map(|v| format!("{}={}", v.name, v.value)).collect::<Vec<_>>().join("&")
        } else {
            text.concat()
        }
    } else {
        signature::string1(frame.kind, &fields)
    };
    Hashed { values, string1, string1_masked: masked }
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(str::is_empty)
}

/// Says which places of the code or page that is printed stay empty, and what fills them.
fn warn_of_gaps(emit: Emit, signed: &Signed, context: &Context) {
    let lang = context.lang;
    if !matches!(emit, Emit::Js | Emit::Html) {
        return;
    }
    let mut missing = Vec::new();
    if matches!(signed.kind, Kind::Jsapi | Kind::Agent) {
        if is_blank(signed.app_id.as_deref()) {
            missing.push(("appId", "--app-id APPID"));
        }
        if signed.js_api_list.is_empty() {
            missing.push(("jsApiList", "--api chooseImage,…"));
        }
    }
    if matches!(&signed.agent_id, Some(id) if is_blank(id.as_deref())) {
        missing.push(("agentId", "--agent-id ID"));
    }
    if matches!(&signed.group_id, Some(id) if is_blank(id.as_deref())) {
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

/// Remarks that do not stop anything: on stderr.
fn notes(signed: &Signed, context: &Context) {
    let lang = context.lang;
    if let Some(url) = &signed.url
        && let Ok(parsed) = url::Url::parse(url)
        && parsed.as_str() != url
    {
        context.out.note(&say!(
            lang,
            "url 按给出的字节签名；浏览器会显示成 `{parsed}`",
            "the url is signed as given; a browser would show it as `{parsed}`"
        ));
    }
    let platform = signed.platform;
    for name in &signed.js_api_list {
        if let Some((message, fix)) = api_complaint(name, platform, lang) {
            context.out.warn(&say!(lang, "{message}。{fix}", "{message}; {fix}"));
        } else if platform == Some(Platform::Work)
            && crate::catalog::js_api::known(name, platform) == crate::catalog::js_api::Known::Legacy
        {
            context.out.note(&say!(
                lang,
                "`{name}` 是旧企业号的接口名，企业微信仍接受",
                "`{name}` is a name of the old 企业号; work still takes it"
            ));
        }
    }
    if matches!(signed.kind, Kind::Card | Kind::Invoice) && is_blank(signed.app_id.as_deref()) {
        context.out.warn(&say!(
            lang,
            "没有 appid，签名里就缺了它，微信会拒绝：加上 --app-id APPID",
            "there is no app id, so the signature lacks it and WeChat will refuse it: add --app-id APPID"
        ));
    }
    if signed.kind == Kind::CardExt && is_blank(signed.card.card_id.as_deref()) {
        context.out.warn(&say!(
            lang,
            "没有 card_id，签名里就缺了它，微信会拒绝：加上 --card-id CARD_ID",
            "there is no card_id, so the signature lacks it and WeChat will refuse it: add --card-id CARD_ID"
        ));
    }
    if signed.card.shop_id.is_some() && platform == Some(Platform::Work) {
        context.out.warn(&say!(
            lang,
            "企业微信的 chooseCard 不用 location_id，签进去会对不上",
            "location_id is no part of chooseCard on work; a signature with it will not fit"
        ));
    }
    if signed.kind == Kind::CardExt && signed.nonce.chars().count() > 32 {
        context.out.warn(&say!(
            lang,
            "cardExt 的 nonce_str 最多 32 个字符",
            "the nonce_str of a cardExt has 32 characters at most"
        ));
    }
}
