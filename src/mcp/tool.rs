//! The tools: what each takes, and the document that answers it.
//!
//! In: a tool and its arguments, named as the long flags. Out: the `--json` document of the command,
//! or its `error` document; masked either way.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::mask::Secrets;
use crate::both;
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::ticket_for;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::lang::{Both, Lang};
use crate::ops::request::of_object;
use crate::ops::sign::{boundary_fault, sign};
use crate::ops::{callback, domain_check, errcode, faq, sign as signing, verify};
use crate::signature::Fields;

/// A call may let the search go on for so long. Seconds.
const DEEPEST: u64 = 10;
/// Addresses that one call may have probed.
const PROBES: usize = 4;
/// For all of them.
const PROBE_TIME: Duration = Duration::from_secs(15);
/// The most entries of a list.
const MOST_ENTRIES: usize = 100;
/// The longest text of every tool but `verify`. Bytes.
const TEXT_LIMIT: usize = 256 * 1024;

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Verify,
    Explain,
    Faq,
    DomainCheck,
    CallbackVerify,
    SignPayload,
}

impl Tool {
    const ALL: [Self; 6] =
        [Self::Verify, Self::Explain, Self::Faq, Self::DomainCheck, Self::CallbackVerify, Self::SignPayload];

    fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Explain => "explain",
            Self::Faq => "faq",
            Self::DomainCheck => "domain_check",
            Self::CallbackVerify => "callback_verify",
            Self::SignPayload => "sign_payload",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Verify => {
                "Why is a WeChat JS-SDK signature invalid? Pass what the user has in `from` (wx.config code, signing \
                 API JSON, string1, HAR, logs) and/or single values. Answers the verdict, the proved mistakes with \
                 fixes, warnings and what is left to check. 检查 JS-SDK 签名：把 wx.config 代码、接口返回、string1、HAR、日志\
                 原样放进 from，给出错在哪里、怎么改。"
            }
            Self::Explain => {
                "What does this WeChat or WeCom error code, errmsg, JS-SDK message, console or dialog text mean, and \
                 what to do now. 解释错误码、errmsg、JS-SDK 报错、后台或弹窗里的提示，给出处理办法。"
            }
            Self::Faq => {
                "Troubleshooting topics by a question, words or an id. 常见问题：按问题、关键词或 id 查找。"
            }
            Self::DomainCheck => {
                "May this page's domain be used for JS-SDK, OAuth, menus or sharing? Offline unless `probe` is true. \
                 检查页面域名能否用于 JS-SDK、网页授权、菜单或分享；probe 为 true 才会联网。"
            }
            Self::CallbackVerify => {
                "Is a callback from WeChat signed with this token, and if not, why? Takes single values, a body, or a \
                 whole logged request. 校验微信回调的签名，指出是 token、密钥还是接收方不对。"
            }
            Self::SignPayload => {
                "Makes the wx.config (or agent, card, invoice, group) payload for a page with a given ticket or the \
                 profile's. The ticket is never in the answer. 为页面生成 wx.config 等签名参数，不返回 ticket。"
            }
        }
    }

    fn schema(self) -> Value {
        let text = |what: &str| json!({ "type": "string", "description": what });
        let texts = |what: &str| {
            json!({ "description": what, "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "maxItems": MOST_ENTRIES },
            ] })
        };
        let value = |what: &str| json!({ "type": ["string", "integer"], "description": what });
        let kind =
            json!({ "type": "string", "enum": ["jsapi", "agent", "card", "card-ext", "invoice", "group"] });
        let platform =
            json!({ "type": "string", "enum": ["mp", "work"], "description": "mp: 公众号, work: 企业微信" });
        let (mut properties, required): (Value, &[&str]) = match self {
            Self::Verify => (
                json!({
                    "from": text("pasted code, JSON, string1, HAR or log"),
                    "url": text("the url that was signed"),
                    "ticket": text("jsapi_ticket or the ticket of the kind"),
                    "nonce": text("noncestr"),
                    "timestamp": value("timestamp"),
                    "signature": text("the signature to check"),
                    "kind": kind,
                    "page_url": text("the address the phone really had (location.href)"),
                    "app_id": text("appid, on work the corpid"),
                    "agent_id": value("agentid (work)"),
                    "group_id": value("group_id"),
                    "card_id": text("card_id"), "card_type": text("card_type"),
                    "location_id": value("location_id"), "code": value("code"),
                    "openid": text("openid"), "balance": value("balance"),
                    "other_ticket": texts("tickets or tokens that may have been signed instead"),
                    "deep": { "type": "integer", "minimum": 1, "maximum": DEEPEST, "description": "search for so many seconds" },
                    "platform": platform,
                }),
                &[],
            ),
            Self::Explain => (
                json!({
                    "what": texts("a code, a JSON answer, an errmsg, a message"),
                    "platform": platform,
                    "from": text("the page's own code"),
                }),
                &["what"],
            ),
            Self::Faq => (
                json!({ "q": text("a question, words or an id; empty lists all"), "platform": platform }),
                &[],
            ),
            Self::DomainCheck => (
                json!({
                    "url": texts("addresses of pages, or authorize links"),
                    "platform": platform,
                    "purpose": { "type": "string", "enum": ["jsapi", "agent", "oauth", "menu", "share"] },
                    "trusted": texts("entries of the admin console, exactly as they are there"),
                    "sandbox": { "type": "boolean", "description": "a test account (测试号)" },
                    "verify_file": text("MP_verify_….txt or WW_verify_….txt"),
                    "probe": { "type": "boolean", "description": "ask the network too" },
                    "strict": { "type": "boolean" },
                }),
                &["url"],
            ),
            Self::CallbackVerify => (
                json!({
                    "timestamp": value("of the query"), "nonce": value("of the query"),
                    "signature": text("signature or msg_signature"),
                    "encrypt": text("the Encrypt value"), "echostr": text("of a URL verification"),
                    "body": text("the body, XML or JSON"),
                    "request": text("a whole logged request"),
                    "receive_id": text("the id that the message has to be for"),
                    "platform": platform,
                    "callback_token": text("else the profile's"),
                    "encoding_aes_key": text("else the profile's"),
                }),
                &[],
            ),
            Self::SignPayload => (
                json!({
                    "url": text("the page's address"), "kind": kind, "ticket": text("else the profile's"),
                    "nonce": text("else made"), "timestamp": value("else now"),
                    "app_id": text("appid, on work the corpid"), "agent_id": value("agentid (work)"),
                    "group_id": value("group_id"), "card_id": text("card_id"), "card_type": text("card_type"),
                    "location_id": value("location_id"), "code": value("code"), "openid": text("openid"),
                    "balance": value("balance"), "outer_str": text("of a cardExt"),
                    "api": texts("jsApiList"), "platform": platform,
                }),
                &[],
            ),
        };
        properties["lang"] =
            json!({ "type": "string", "enum": ["zh", "en"], "description": "language of the answer" });
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }
}

/// All tools, as `tools/list` answers.
pub(super) fn list() -> Vec<Value> {
    let entry = |tool: Tool| {
        json!({
            "name": tool.name(),
            "description": tool.description(),
            "inputSchema": tool.schema(),
            "annotations": { "readOnlyHint": true, "openWorldHint": tool == Tool::DomainCheck },
        })
    };
    Tool::ALL.into_iter().map(entry).collect()
}

/// The tool of a name.
pub(super) fn named(name: &str) -> Option<Tool> {
    Tool::ALL.into_iter().find(|tool| tool.name() == name)
}

/// The document of a call, and whether it is an error.
pub(super) fn call(tool: Tool, mut arguments: Map<String, Value>, context: &Context) -> (Value, bool) {
    let secrets = Secrets::of(&arguments);
    let lang =
        arguments.remove("lang").and_then(|lang| Lang::from_setting(lang.as_str()?)).unwrap_or(context.lang);
    let context = context.for_request(lang);
    let outcome = bounded(tool, &arguments).and_then(|()| answer(tool, arguments, &context));
    let (mut document, is_error) = match outcome {
        Ok(document) => (document, false),
        Err(failure) => (json!({ "error": failure.document(lang) }), true),
    };
    secrets.mask(&mut document);
    (document, is_error)
}

fn bounded(tool: Tool, arguments: &Map<String, Value>) -> Result<(), Failure> {
    for (name, value) in arguments {
        let (entries, bytes) = match value {
            Value::Array(list) => (list.len(), list.iter().filter_map(Value::as_str).map(str::len).sum()),
            Value::String(text) => (1, text.len()),
            _ => continue,
        };
        if entries > MOST_ENTRIES {
            return Err(Failure::usage(both!(
                "`{name}` 有 {entries} 项，一次最多 {MOST_ENTRIES} 项",
                "`{name}` has {entries} entries, and a call may have {MOST_ENTRIES}"
            ))
            .hint(both!("分几次调用", "call it several times")));
        }
        if bytes > TEXT_LIMIT && !(tool == Tool::Verify && name == "from") {
            return Err(Failure::usage(both!("`{name}` 太长", "`{name}` is too long"))
                .hint(both!("只留有关的部分", "cut it down to the part that matters")));
        }
    }
    Ok(())
}

fn answer(tool: Tool, arguments: Map<String, Value>, context: &Context) -> Result<Value, Failure> {
    let lang = context.lang;
    match tool {
        Tool::Verify => {
            let request: verify::Request = of_object(arguments)?;
            if request.deep.is_some_and(|seconds| seconds > DEEPEST) {
                return Err(Failure::usage(both!(
                    "一次调用最多搜索 {DEEPEST} 秒",
                    "a call searches for {DEEPEST} seconds at most"
                ))
                .hint(Both::same("wecheck verify --deep SECONDS")));
            }
            let run = verify::Run { may_sign: &|_| true, for_others: true, interrupt: Interrupt::never() };
            document(&verify::verify(&request, &run, context)?)
        }
        Tool::Explain => {
            let request: errcode::Request = of_object(arguments)?;
            let usual = context.profile_if_any()?.as_ref().and_then(Profile::known_platform);
            document(&request.explain(usual, lang)?)
        }
        Tool::Faq => document(&faq::find(&of_object(arguments)?, lang)),
        Tool::DomainCheck => {
            let request: domain_check::Request = of_object(arguments)?;
            let count = request.url.len();
            if count == 0 {
                return Err(Failure::usage(both!("没有要检查的 url", "there is no url to check"))
                    .hint(Both::same("{\"url\": [\"https://m.example.com/\"]}")));
            }
            if request.probe && count > PROBES {
                return Err(Failure::usage(both!(
                    "一次最多探测 {PROBES} 个地址，这里有 {count} 个",
                    "a call probes {PROBES} addresses at most, and these are {count}"
                ))
                .hint(Both::same("wecheck domain-check --probe - < pages.txt")));
            }
            let request = domain_check::Request { public_only: true, ..request };
            let until = Instant::now() + PROBE_TIME;
            document(&domain_check::check(&request, &|| Instant::now() >= until, &|_| (), context)?)
        }
        Tool::CallbackVerify => {
            let request: callback::Request = of_object(arguments)?;
            document(&callback::verify::run(&request, context)?)
        }
        Tool::SignPayload => {
            let request: signing::Request = of_object(arguments)?;
            if request.ticket.is_none() {
                refuse_second_parameter(&request)?;
            }
            let profile = context.profile_if_any()?;
            let mut obtain = |kind| match &profile {
                Some(profile) => ticket_for(context, profile, kind),
                None => ticket_for(context, &context.profile()?, kind),
            };
            document(&sign(request, profile.as_ref(), context.env.now(), &mut obtain)?)
        }
    }
}

/// Values that could pose as one another are not signed with the profile's ticket.
fn refuse_second_parameter(request: &signing::Request) -> Result<(), Failure> {
    let given = |value: &Option<String>, made: &str| value.clone().unwrap_or_else(|| made.to_owned());
    let fields = Fields {
        nonce: given(&request.nonce, "made"),
        timestamp: given(&request.timestamp, "0"),
        url: given(&request.url, ""),
        app_id: request.app_id.clone(),
        card_id: request.card_id.clone(),
        card_type: request.card_type.clone(),
        location_id: request.location_id.clone(),
        code: request.code.clone(),
        openid: request.openid.clone(),
        balance: request.balance.clone(),
        ..Fields::default()
    };
    match boundary_fault(request.kind.unwrap_or_default(), &fields) {
        Some(why) => Err(Failure::usage(why)
            .hint(both!("改掉这个值，或自己给出 ticket", "change that value, or give the ticket yourself"))),
        None => Ok(()),
    }
}

fn document(report: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(report).map_err(|error| {
        Failure::new(
            crate::failure::Kind::Bug,
            both!("写不成 JSON（{error}）", "cannot be written as JSON: {error}"),
        )
    })
}
