//! A signature in the form it is used in: JSON, the client library's call, a debug page, CI lines.
//!
//! In: a [`Signed`]. Out: text in which every value is escaped for its place: JavaScript inside a
//! script element, HTML, a line that is read literally, or a shell word.

use std::fmt::Write as _;

use super::{Emit, Sdk, Signed};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{document, safe};
use crate::platform::Platform;
use crate::signature::Kind;

/// The official script of jweixin and its second host.
const JWEIXIN: [&str; 2] =
    ["https://res.wx.qq.com/open/js/jweixin-1.6.0.js", "https://res2.wx.qq.com/open/js/jweixin-1.6.0.js"];
/// The same for WeCom pages that use `wx.…`: the version its documents name.
const JWEIXIN_WORK: [&str; 2] =
    ["https://res.wx.qq.com/open/js/jweixin-1.2.0.js", "https://res2.wx.qq.com/open/js/jweixin-1.2.0.js"];
/// wx.agentConfig lives in a script of its own.
const JWXWORK: &str = "https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js";
/// The official script of @wecom/jssdk, and the host of the older path.
const WECOM: [&str; 2] = [
    "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.3.4.js",
    "https://wwcdn.weixin.qq.com/node/wework/wwopen/js/wecom-jssdk-2.3.4.js",
];

/// Prints a signature in a form.
pub(super) fn print(
    emit: Emit,
    sdk: Sdk,
    debug: bool,
    signed: &Signed,
    context: &Context,
) -> Result<(), Failure> {
    context.out.write(|out| match emit {
        Emit::Payload => {
            writeln!(out, "{}", document::pretty(signed)?)
        }
        Emit::Js => out.write_all(call(signed, sdk, debug, "").as_bytes()),
        Emit::Html => out.write_all(page(signed, sdk, debug).as_bytes()),
        Emit::Env => out.write_all(env_lines(signed, false).as_bytes()),
        Emit::Sh => out.write_all(env_lines(signed, true).as_bytes()),
    })
}

/// A value as JavaScript that may be inside a script element: JSON, which escapes what ends a line,
/// with what would end the element escaped too.
fn js(value: &impl serde::Serialize) -> String {
    document::line(value)
        .unwrap_or_default()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// The timestamp as a number, or quoted if no number gives the text back.
fn js_timestamp(text: &str) -> String {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => text.to_owned(),
        _ => js(&text),
    }
}

/// The client library's call. `done` is before the closing of calls that take callbacks.
fn call(signed: &Signed, sdk: Sdk, debug: bool, done: &str) -> String {
    let (timestamp, nonce, signature) =
        (js_timestamp(&signed.timestamp), js(&signed.nonce), js(&signed.signature));
    let app_id = js(&signed.app_id.as_deref().unwrap_or_default());
    let apis = js(&signed.js_api_list);
    let callbacks = if done.is_empty() { String::new() } else { format!("{done}\n") };
    match signed.kind {
        Kind::Jsapi | Kind::Agent if sdk == Sdk::Wecom => {
            let agent = signed.kind == Kind::Agent;
            let function = if agent { "getAgentConfigSignature" } else { "getConfigSignature" };
            let agent_id = match &signed.agent_id {
                Some(Some(id)) if agent => format!("  agentId: {},\n", js(id)),
                _ => String::new(),
            };
            format!(
                "ww.register({{\n  corpId: {app_id},\n{agent_id}  jsApiList: {apis},\n  {function}: function () {{\n    \
                 return {{ timestamp: {timestamp}, nonceStr: {nonce}, signature: {signature} }};\n  }},\n{callbacks}}});\n"
            )
        }
        Kind::Jsapi => {
            let beta = if signed.platform == Some(Platform::Work) { "  beta: true,\n" } else { "" };
            let debug = if debug { "  debug: true,\n" } else { "" };
            format!(
                "wx.config({{\n{beta}{debug}  appId: {app_id},\n  timestamp: {timestamp},\n  nonceStr: {nonce},\n  \
                 signature: {signature},\n  jsApiList: {apis},\n}});\n"
            )
        }
        Kind::Agent => {
            let agent_id = js(&signed.agent_id.clone().flatten().unwrap_or_default());
            format!(
                "wx.agentConfig({{\n  corpid: {app_id},\n  agentid: {agent_id},\n  timestamp: {timestamp},\n  \
                 nonceStr: {nonce},\n  signature: {signature},\n  jsApiList: {apis},\n{callbacks}}});\n"
            )
        }
        Kind::Card => format!(
            "wx.chooseCard({{\n  shopId: {},\n  cardType: {},\n  cardId: {},\n  timestamp: {timestamp},\n  \
             nonceStr: {nonce},\n  signType: \"SHA1\",\n  cardSign: {signature},\n{callbacks}}});\n",
            js(&signed.card.shop_id.as_deref().unwrap_or_default()),
            js(&signed.card.card_type.as_deref().unwrap_or_default()),
            js(&signed.card.card_id.as_deref().unwrap_or_default()),
        ),
        Kind::CardExt => format!(
            "wx.addCard({{\n  cardList: [{{\n    cardId: {},\n    cardExt: {},\n  }}],\n{callbacks}}});\n",
            js(&signed.card.card_id.as_deref().unwrap_or_default()),
            js(&signed.card.card_ext.as_deref().unwrap_or_default()),
        ),
        Kind::Invoice => format!(
            "wx.invoke('chooseInvoice', {{\n  timestamp: {timestamp},\n  nonceStr: {nonce},\n  signType: \"SHA1\",\n  \
             cardSign: {signature},\n}}, function (res) {{\n  console.log(res);\n}});\n"
        ),
        Kind::Group => format!(
            "WeixinJSBridge.invoke('openEnterpriseContact', {{\n  groupId: {},\n  timestamp: {},\n  \
             nonceStr: {nonce},\n  signature: {signature},\n  params: {{\n    departmentIds: [0],\n    mode: \"multi\",\n    \
             type: [\"department\", \"tag\", \"user\"],\n    selectedDepartmentIds: [],\n    selectedTagIds: [],\n    \
             selectedUserIds: [],\n  }},\n}}, function (res) {{\n  console.log(res);\n}});\n",
            js(&signed.group_id.clone().flatten().unwrap_or_default()),
            js(&signed.timestamp),
        ),
    }
}

/// A whole page that shows what the client answers.
fn page(signed: &Signed, sdk: Sdk, debug: bool) -> String {
    let work = signed.platform == Some(Platform::Work);
    let wecom = sdk == Sdk::Wecom && matches!(signed.kind, Kind::Jsapi | Kind::Agent);
    let scripts = match (wecom, work) {
        (true, _) => WECOM,
        (false, true) => JWEIXIN_WORK,
        (false, false) => JWEIXIN,
    };
    let global = if wecom { "ww" } else { "wx" };
    let callbacks = |ok: &str, fail: &str| {
        format!(
            "  {ok}: function (res) {{ show(\"{ok}\", res); }},\n  {fail}: function (res) {{ show(\"{fail}\", res); }},"
        )
    };
    let done = match signed.kind {
        Kind::Agent if wecom => callbacks("onAgentConfigSuccess", "onAgentConfigFail"),
        Kind::Jsapi if wecom => callbacks("onConfigSuccess", "onConfigFail"),
        Kind::Agent | Kind::Card | Kind::CardExt => callbacks("success", "fail"),
        Kind::Jsapi | Kind::Invoice | Kind::Group => String::new(),
    };
    let mut body = String::new();
    if !wecom {
        body.push_str("wx.ready(function () { show(\"wx.ready\", location.href.split(\"#\")[0]); });\n");
        body.push_str("wx.error(function (res) { show(\"wx.error\", res); });\n");
    }
    body.push_str(&call(signed, sdk, debug, &done));
    let body = body.lines().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "      {line}");
        text
    });
    let extra = if signed.kind == Kind::Agent && !wecom {
        format!("    <script src=\"{JWXWORK}\" referrerpolicy=\"origin\"></script>\n")
    } else {
        String::new()
    };
    let url = html(&safe(signed.url.as_deref().unwrap_or_default()));
    let need = if matches!(signed.kind, Kind::Jsapi | Kind::Agent) {
        ""
    } else {
        "    <p>还缺 wx.config：没有它 wx.ready 不会触发，用 wecheck sign URL --emit js 为本页生成，贴在下面的调用之前。</p>\n    \
         <p lang=\"en\">wx.config is missing, and without it wx.ready never fires: wecheck sign URL --emit js, pasted before the call below.</p>\n"
    };
    let [first, second] = scripts;
    format!(
        r#"<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>wecheck: {kind}</title>
    <script src="{first}" referrerpolicy="origin"></script>
    <script>window.{global} || document.write('<script src="{second}"><\/script>');</script>
{extra}  </head>
  <body>
    <p>signed url: <code>{url}</code></p>
    <p>location.href: <code id="href"></code></p>
{need}    <pre id="log"></pre>
    <script>
      function show(name, value) {{
        var text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
        document.getElementById("log").textContent += name + " " + text + "\n";
      }}
      document.getElementById("href").textContent = location.href;
      window.onerror = function (message) {{ show("error", String(message)); }};
{body}    </script>
  </body>
</html>
"#,
        kind = signed.kind.name(),
    )
}

/// Text for an HTML element or attribute.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The lines that dotenv does not take literally, as the other readers do: it cuts a value at `#`, trims it and
/// takes quotes around it away.
pub fn unlike_dotenv(signed: &Signed) -> Vec<String> {
    let lines = env_lines(signed, false);
    let values = lines.lines().filter_map(|line| line.split_once('='));
    let differs = |value: &str| {
        let is_quoted = |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
        value.contains('#') || value.trim() != value || ['"', '\'', '`'].into_iter().any(is_quoted)
    };
    values.filter(|(_, value)| differs(value)).map(|(name, _)| name.to_owned()).collect()
}

/// `NAME=value` lines: as they are for readers that take them literally, or quoted for a shell. What a
/// terminal obeys, and a line break, is written visibly: no page's address holds it.
fn env_lines(signed: &Signed, for_shell: bool) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let value = safe(value);
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.,:/@%+=".contains(&b);
        let _ = if !for_shell || value.bytes().all(plain) {
            writeln!(text, "{name}={value}")
        } else {
            writeln!(text, "{name}='{}'", value.replace('\'', "'\\''"))
        };
    };
    line("WX_APP_ID", signed.app_id.as_deref().unwrap_or_default());
    if let Some(id) = &signed.agent_id {
        line("WX_AGENT_ID", id.as_deref().unwrap_or_default());
    }
    if let Some(id) = &signed.group_id {
        line("WX_GROUP_ID", id.as_deref().unwrap_or_default());
    }
    line("WX_TIMESTAMP", &signed.timestamp);
    line("WX_NONCE_STR", &signed.nonce);
    line("WX_SIGNATURE", &signed.signature);
    if let Some(url) = &signed.url {
        line("WX_URL", url);
    }
    for (name, value) in [
        ("WX_CARD_ID", &signed.card.card_id),
        ("WX_CARD_TYPE", &signed.card.card_type),
        ("WX_CARD_EXT", &signed.card.card_ext),
    ] {
        if let Some(value) = value {
            line(name, value);
        }
    }
    line("WX_JS_API_LIST", &signed.js_api_list.join(","));
    text
}
