//! The message inside a callback.
//!
//! In: a [`Request`]. Out: a [`Report`]. When a signature and a token are known, nothing is decrypted
//! before the signature held.

use serde::Serialize;
use serde_json::{Map, Value};

use super::examine::{self, Credentials, Examined, Warning};
use super::{Request, read_key};
use crate::both;
use crate::callback::body::{self, BodyError};
use crate::callback::mistake::Mistake;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;

/// The answer.
#[derive(Serialize)]
pub struct Report {
    /// The message; null when it was not decrypted.
    pub message: Option<String>,
    /// Its receive id.
    pub receive_id: Option<String>,
    /// The XML or JSON of the message; null when it is neither.
    pub fields: Option<Map<String, Value>>,
    /// Whether nothing is wrong with it.
    pub valid: bool,
    /// What is known of the signature.
    pub signature: SignatureState,
    /// What is wrong.
    pub mistakes: Vec<Mistake>,
    /// What is odd.
    pub warnings: Vec<Warning>,
    /// Everything that was compared.
    #[serde(skip)]
    pub examined: Examined,
    /// Whether the XML inside is not to be trusted.
    #[serde(skip)]
    pub refused: bool,
}

/// What is known of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// It holds.
    Holds,
    /// It does not.
    Differs,
    /// There was no signature, or no token.
    NotChecked,
}

/// Decrypts what is encrypted.
pub fn run(request: &Request, context: &Context) -> Result<Report, Failure> {
    request.require_any("wecheck callback decrypt --body FILE")?;
    let profile = request.profile(context)?;
    let key = read_key(&profile, context)?;
    // A signature that was asked for by a flag needs the token; one in a log is checked if possible.
    let token = if request.signature.is_some() || profile.callback_token.is_some() {
        Some(profile.require_callback_token(&context.env)?)
    } else {
        None
    };
    let incoming = request.incoming(profile.platform)?;
    if incoming.encrypted.is_none() {
        let message = if incoming.clear_echostr.is_some() {
            both!("echostr 没有加密：原样回复它就行", "the echostr is not encrypted: it is the answer itself")
        } else {
            both!("这里没有加密内容：没有 `Encrypt`", "nothing is encrypted here: there is no `Encrypt`")
        };
        return Err(Failure::usage(message).hint(both!(
            "明文回调用：wecheck callback verify",
            "for a plain callback: wecheck callback verify"
        )));
    }
    let receive_id = request.receive_id.clone();
    let credentials = Credentials { profile: &profile, token, key: Some(key), receive_id };
    let mut examined = examine::examine(&incoming, &credentials, true, context)?;
    let (fields, refused) = match examined.decrypted.as_ref().map(|one| body::fields(&one.message)) {
        Some(Ok(fields)) => (Some(fields), false),
        Some(Err(error @ BodyError::Refused(_))) => {
            examined.mistakes.push(refused_message(&error, context.lang));
            (None, true)
        }
        Some(Err(_)) | None => (None, false),
    };
    let signature = if examined.checks.is_empty() {
        SignatureState::NotChecked
    } else if examined.checks.iter().all(|check| check.valid) {
        SignatureState::Holds
    } else {
        SignatureState::Differs
    };
    Ok(Report {
        message: examined.decrypted.as_ref().map(|decrypted| decrypted.message.clone()),
        receive_id: examined.decrypted.as_ref().map(|decrypted| decrypted.receive_id.clone()),
        fields,
        valid: examined.valid(),
        signature,
        mistakes: examined.mistakes.clone(),
        warnings: examined.warnings.clone(),
        examined,
        refused,
    })
}

fn refused_message(error: &BodyError, lang: Lang) -> Mistake {
    let reason = lang.pick(error.zh(), error.to_string());
    Mistake {
        id: "message-refused",
        title: lang.pick("解密出的 XML 不可信", "The decrypted XML is not to be trusted").to_owned(),
        field: "message",
        signed: None,
        actual: None,
        message: lang.pick("没有展开解密出的 XML：", "the decrypted XML was not read: ").to_owned() + &reason,
        fix: lang
            .pick(
                "微信不会发送这样的消息；拒绝它，并确认服务器的 XML 解析器关闭了外部实体",
                "WeChat sends nothing like it: refuse it, and make sure that external entities are off in your server's XML parser",
            )
            .to_owned(),
    }
}
