//! `wecheck callback encrypt`: a callback as WeChat would send it, for one's own server.
//!
//! In: a message. Out: a [`Sealed`] body with its signature, or the curl command that sends it with
//! the query WeChat would put there.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::examine::read_key;
use super::source::INPUT_LIMIT;
use crate::callback::body::{self, Format, Reply};
use crate::callback::{self, AesKey, Signed};
use crate::command::args::input::read_text;
use crate::config::Profile;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::lang::Lang;
use crate::output::{Report, safe_lines};
use crate::platform::Platform;
use crate::secret::Secret;

/// Build a callback as WeChat would send it to your server
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback encrypt --body message.xml
  wecheck callback encrypt --body message.xml --as curl --url http://127.0.0.1:3000/callback
  wecheck callback encrypt 12345 --as curl-echo --url http://127.0.0.1:3000/callback
Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    /// The message (`-` is stdin)
    #[arg(value_name = "TEXT", allow_hyphen_values = true, required_unless_present = "body")]
    text: Option<String>,
    /// The message in a file (`-` is stdin)
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    body: Option<String>,
    /// Whom it is for: appid, corpid or suite id [default: the profile's appid]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    receive_id: Option<String>,
    /// How the body is written
    #[arg(long, value_enum, default_value_t = FormatName::Xml)]
    format: FormatName,
    /// Seconds since 1970 [default: now]
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    timestamp: Option<String>,
    /// A nonce [default: ten random digits]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    nonce: Option<String>,
    /// Print the command that sends it: a message (POST), or TEXT as a URL verification (GET)
    #[arg(long = "as", value_enum, value_name = "COMMAND", requires = "url")]
    command: Option<CommandName>,
    /// The address of your server
    #[arg(long, value_name = "U", requires = "command")]
    url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FormatName {
    Xml,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CommandName {
    Curl,
    CurlEcho,
}

/// What was built. The names are those of the body.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Sealed {
    encrypt: Option<String>,
    msg_signature: Option<String>,
    time_stamp: String,
    nonce: String,
    /// The plain signature, which mp sends as well.
    #[serde(rename = "signature")]
    signature: String,
    #[serde(rename = "receive_id")]
    receive_id: Option<String>,
    #[serde(rename = "body")]
    body: Option<String>,
    #[serde(rename = "command")]
    command: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let url = args.url.as_deref().map(check_url).transpose()?;
    let timestamp = match &args.timestamp {
        None => context.env.now().to_string(),
        Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => text.clone(),
        Some(text) => {
            return Err(Failure::usage(format!("the timestamp `{text}` is no number"))
                .hint("seconds since 1970, or leave --timestamp away"));
        }
    };
    let nonce = match &args.nonce {
        None => random_digits()?,
        Some(text) if !text.is_empty() && !text.chars().any(char::is_control) => text.clone(),
        Some(_) => return Err(Failure::usage("the nonce is empty or has control characters")),
    };
    let profile = context.profile()?;
    let token = profile.require_callback_token(&context.env)?;
    let is_echo = args.command == Some(CommandName::CurlEcho);
    // mp verifies a URL in clear, work never does.
    if let Some(url) = url.filter(|_| is_echo && profile.platform() == Platform::Mp) {
        let signed = Signed { timestamp: timestamp.clone(), nonce: nonce.clone(), encrypt: None };
        let signature = callback::signature(&token, &signed);
        let message = message(args)?;
        let query =
            [("signature", &signature), ("timestamp", &timestamp), ("nonce", &nonce), ("echostr", &message)];
        let command = Some(format!("curl {}", quoted(&with_query(url, &query))));
        let sealed = Sealed {
            encrypt: None,
            msg_signature: None,
            time_stamp: timestamp,
            nonce,
            signature,
            receive_id: None,
            body: None,
            command,
        };
        return context.out.show(&sealed);
    }
    let (_, key) = read_key(&profile, context)?;
    let receive_id = match &args.receive_id {
        Some(id) => id.clone(),
        None => profile
            .require_app_id()
            .map_err(|missing| missing.hint("give --receive-id, or set WECHECK_APPID"))?
            .to_owned(),
    };
    if receive_id.chars().any(char::is_control) {
        return Err(Failure::usage("the receive id has control characters"));
    }
    let mut sealed = seal(args, &profile, &token, &key, receive_id, timestamp, nonce)?;
    sealed.command = url.map(|url| curl(url, &sealed, args.format, is_echo, profile.platform));
    context.out.show(&sealed)
}

fn seal(
    args: &Args,
    profile: &Profile,
    token: &Secret,
    key: &AesKey,
    receive_id: String,
    timestamp: String,
    nonce: String,
) -> Result<Sealed, Failure> {
    let message = message(args)?;
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(no_random)?;
    let encrypt = key
        .seal(random, &message, &receive_id)
        .ok_or_else(|| Failure::usage("the message is too long to be sealed"))?;
    let mut signed = Signed { timestamp, nonce, encrypt: Some(encrypt) };
    let msg_signature = callback::signature(token, &signed);
    let encrypt = signed.encrypt.take().unwrap_or_default();
    let signature = callback::signature(token, &signed);
    let to_user_name = body::fields(&message).ok().and_then(|mut fields| match fields.remove("ToUserName") {
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
    let format = match (args.format, profile.platform) {
        (FormatName::Xml, _) => Format::Xml,
        (FormatName::Json, Some(Platform::Work)) => Format::JsonLower,
        (FormatName::Json, _) => Format::Json,
    };
    let body = body::write(&reply, format);
    Ok(Sealed {
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

fn message(args: &Args) -> Result<String, Failure> {
    match (&args.body, &args.text) {
        (Some(name), _) => read_text(Path::new(name), INPUT_LIMIT),
        (None, Some(text)) if text != "-" => Ok(text.clone()),
        (None, _) => read_text(Path::new("-"), INPUT_LIMIT),
    }
}

/// The command that sends it, with the query that WeChat puts there.
fn curl(url: &str, sealed: &Sealed, format: FormatName, is_echo: bool, platform: Option<Platform>) -> String {
    let encrypt = sealed.encrypt.as_deref().unwrap_or_default();
    let msg_signature = sealed.msg_signature.as_deref().unwrap_or_default();
    let mut query =
        vec![("msg_signature", msg_signature), ("timestamp", &sealed.time_stamp), ("nonce", &sealed.nonce)];
    if is_echo {
        query.push(("echostr", encrypt));
        return format!("curl {}", quoted(&with_query(url, &query)));
    }
    if platform != Some(Platform::Work) {
        query.insert(0, ("signature", &sealed.signature));
        query.push(("encrypt_type", "aes"));
    }
    let kind = match format {
        FormatName::Xml => "text/xml",
        FormatName::Json => "application/json",
    };
    let body = sealed.body.as_deref().unwrap_or_default();
    format!(
        "curl -X POST {} -H 'Content-Type: {kind}' --data-binary {}",
        quoted(&with_query(url, &query)),
        quoted(body)
    )
}

fn with_query(url: &str, query: &[(&str, impl AsRef<str>)]) -> String {
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
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn check_url(url: &str) -> Result<&str, Failure> {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    let has_host = url::Url::parse(url).is_ok_and(|url| url.has_host());
    if !is_web || !has_host || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Failure::usage(format!("the url `{url}` is no http or https address"))
            .hint("for example --url http://127.0.0.1:3000/callback"));
    }
    Ok(url)
}

fn random_digits() -> Result<String, Failure> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(no_random)?;
    Ok(bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect())
}

fn no_random(error: getrandom::Error) -> Failure {
    Failure::new(Kind::Storage, format!("the system gives no random bytes: {error}"))
}

impl Report for Sealed {
    fn human(&self, out: &mut dyn Write, _: Lang) -> io::Result<()> {
        let text = self.command.as_ref().or(self.body.as_ref());
        writeln!(out, "{}", safe_lines(text.map_or("", String::as_str)))
    }
}
