//! A callback as WeChat would send it, for one's own server.
//!
//! In: a [`Request`] with the message. Out: a [`Report`]: an encrypted body with its signature, or
//! the curl command that sends it with the query WeChat would put there.

use serde::Serialize;

use super::read_key;
use crate::address;
use crate::both;
use crate::callback::body::{self, Format, Reply};
use crate::callback::{self, AesKey, Signed};
use crate::config::Profile;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::platform::Platform;
use crate::secret::Secret;

/// What to build.
#[derive(Debug, Default)]
pub struct Request {
    /// The message.
    pub message: String,
    /// The receive id, instead of the profile's appid.
    pub receive_id: Option<String>,
    /// JSON instead of XML.
    pub is_json: bool,
    /// Seconds since 1970, instead of now.
    pub timestamp: Option<String>,
    /// A nonce, instead of ten random digits.
    pub nonce: Option<String>,
    /// The address of the server to call, for a command.
    pub url: Option<String>,
    /// The command for a URL verification, not for a message.
    pub is_echo: bool,
}

/// What was built. The names are those of the body.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    /// The Encrypt value.
    pub encrypt: Option<String>,
    /// The signature that covers it.
    pub msg_signature: Option<String>,
    /// Seconds since 1970.
    pub time_stamp: String,
    /// The nonce.
    pub nonce: String,
    /// The plain signature, which mp sends as well.
    #[serde(rename = "signature")]
    pub signature: String,
    /// The receive id.
    #[serde(rename = "receive_id")]
    pub receive_id: Option<String>,
    /// The body.
    #[serde(rename = "body")]
    pub body: Option<String>,
    /// The command that sends it.
    #[serde(rename = "command")]
    pub command: Option<String>,
}

/// Builds it.
pub fn run(args: &Request, context: &Context) -> Result<Report, Failure> {
    let url = args.url.as_deref().map(check_url).transpose()?;
    let timestamp = match &args.timestamp {
        None => context.env.now().to_string(),
        Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => text.clone(),
        Some(text) => {
            return Err(Failure::usage(both!(
                "timestamp `{text}` 不是数字",
                "the timestamp `{text}` is not a number"
            ))
            .hint(both!(
                "1970 年以来的秒数；也可以不写 --timestamp",
                "seconds since 1970, or leave out --timestamp"
            )));
        }
    };
    let nonce = match &args.nonce {
        None => random_digits()?,
        Some(text) if !text.is_empty() && !text.chars().any(char::is_control) => text.clone(),
        Some(_) => {
            return Err(Failure::usage(both!(
                "nonce 是空的，或者带有控制字符",
                "the nonce is empty or has control characters"
            ))
            .hint(both!("不写 --nonce 就用随机的", "leave out --nonce for a random one")));
        }
    };
    let profile = context.callback_profile()?;
    let token = profile.require_callback_token(&context.env)?;
    let is_echo = args.is_echo;
    // mp verifies a URL in clear, work never does.
    if let Some(url) = url.filter(|_| is_echo && profile.platform() == Platform::Mp) {
        let signed = Signed { timestamp: timestamp.clone(), nonce: nonce.clone(), encrypt: None };
        let signature = callback::signature(&token, &signed);
        let message = args.message.clone();
        let query =
            [("signature", &signature), ("timestamp", &timestamp), ("nonce", &nonce), ("echostr", &message)];
        let command = Some(format!("curl {}", quoted(&with_query(url, &query))));
        return Ok(Report {
            encrypt: None,
            msg_signature: None,
            time_stamp: timestamp,
            nonce,
            signature,
            receive_id: None,
            body: None,
            command,
        });
    }
    let (_, key) = read_key(&profile, context)?;
    let receive_id = match &args.receive_id {
        Some(id) => id.clone(),
        None => profile
            .require_app_id()
            .map_err(|missing| {
                missing.hint(both!(
                    "加上 --receive-id，或者设置 WECHECK_APPID",
                    "give --receive-id, or set WECHECK_APPID"
                ))
            })?
            .to_owned(),
    };
    if receive_id.chars().any(char::is_control) {
        return Err(Failure::usage(both!(
            "receive id 带有控制字符",
            "the receive id has control characters"
        ))
        .hint("wecheck callback encrypt --help"));
    }
    let mut report = encrypt(args, &profile, &token, &key, receive_id, timestamp, nonce)?;
    report.command = url.map(|url| curl(url, &report, args.is_json, is_echo, profile.platform));
    Ok(report)
}

fn encrypt(
    args: &Request,
    profile: &Profile,
    token: &Secret,
    key: &AesKey,
    receive_id: String,
    timestamp: String,
    nonce: String,
) -> Result<Report, Failure> {
    let message = &args.message;
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(no_random)?;
    let encrypt = key.encrypt(random, message, &receive_id).ok_or_else(|| {
        Failure::usage(both!("消息太长，无法加密", "the message is too long to be encrypted"))
    })?;
    let mut signed = Signed { timestamp, nonce, encrypt: Some(encrypt) };
    let msg_signature = callback::signature(token, &signed);
    let encrypt = signed.encrypt.take().unwrap_or_default();
    let signature = callback::signature(token, &signed);
    let to_user_name = body::fields(message).ok().and_then(|mut fields| match fields.remove("ToUserName") {
        Some(serde_json::Value::String(name)) if !name.is_empty() => Some(name),
        _ => None,
    });
    let reply = Reply {
        to_user_name: to_user_name.as_deref().unwrap_or(&receive_id),
        agent_id: profile.agent_id.as_deref().filter(|_| profile.platform == Some(Platform::Work)),
        encrypt: &encrypt,
        msg_signature: &msg_signature,
        timestamp: &signed.timestamp,
        nonce: &signed.nonce,
    };
    let format = match (args.is_json, profile.platform) {
        (false, _) => Format::Xml,
        (true, Some(Platform::Work)) => Format::JsonLower,
        (true, _) => Format::Json,
    };
    let body = body::write(&reply, format);
    Ok(Report {
        body: Some(body),
        encrypt: Some(encrypt),
        msg_signature: Some(msg_signature),
        time_stamp: signed.timestamp,
        nonce: signed.nonce,
        signature,
        receive_id: Some(receive_id),
        command: None,
    })
}

/// The command that sends it, with the query that WeChat puts there.
fn curl(url: &str, encrypted: &Report, is_json: bool, is_echo: bool, platform: Option<Platform>) -> String {
    let encrypt = encrypted.encrypt.as_deref().unwrap_or_default();
    let msg_signature = encrypted.msg_signature.as_deref().unwrap_or_default();
    let mut query = vec![
        ("msg_signature", msg_signature),
        ("timestamp", &encrypted.time_stamp),
        ("nonce", &encrypted.nonce),
    ];
    if is_echo {
        query.push(("echostr", encrypt));
        return format!("curl {}", quoted(&with_query(url, &query)));
    }
    if platform != Some(Platform::Work) {
        query.insert(0, ("signature", &encrypted.signature));
        query.push(("encrypt_type", "aes"));
    }
    let kind = if is_json { "application/json" } else { "text/xml" };
    let body = encrypted.body.as_deref().unwrap_or_default();
    format!(
        "curl -X POST {} -H 'Content-Type: {kind}' --data-binary {}",
        quoted(&with_query(url, &query)),
        quoted(body)
    )
}

pub(super) fn with_query(url: &str, query: &[(&str, impl AsRef<str>)]) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let mut whole = url.to_owned();
    let mut mark = if url.contains('?') { '&' } else { '?' };
    for (name, value) in query {
        let value: String = url::form_urlencoded::byte_serialize(value.as_ref().as_bytes()).collect();
        whole = format!("{whole}{mark}{name}={}", value.replace('+', "%20"));
        mark = '&';
    }
    whole
}

/// One word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

pub(super) fn check_url(url: &str) -> Result<&str, Failure> {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    let has_host = url::Url::parse(url).is_ok_and(|url| url.has_host());
    if !is_web || !has_host || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let shown = address::without_password(url);
        return Err(Failure::usage(both!(
            "`{shown}` 不是 http 或 https 地址",
            "`{shown}` is not an http or https address"
        ))
        .hint(both!("例如 http://127.0.0.1:3000/callback", "for example http://127.0.0.1:3000/callback")));
    }
    Ok(url)
}

pub(super) fn random_digits() -> Result<String, Failure> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(no_random)?;
    Ok(bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect())
}

pub(super) fn no_random(error: getrandom::Error) -> Failure {
    Failure::new(
        Kind::Storage,
        both!("系统没有给出随机数（{error}）", "the system gives no random bytes: {error}"),
    )
}
