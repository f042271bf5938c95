//! The answer to a URL verification.
//!
//! In: the GET request that WeChat sends when a callback URL is saved. Out: what the server has to
//! answer: the decrypted echostr (work), or the echostr itself (mp). When the signature does not
//! hold there is no answer, only the reasons.

use serde::Serialize;

use super::Request;
use super::examine::{self, Credentials, Examined, Warning};
use crate::both;
use crate::callback::mistake::Mistake;
use crate::context::Context;
use crate::failure::Failure;

/// The answer.
#[derive(Serialize)]
pub struct Report {
    /// What the server has to answer; null when it must not.
    pub echostr: Option<String>,
    /// The receive id of the echostr.
    pub receive_id: Option<String>,
    /// Whether it may be answered.
    pub valid: bool,
    /// What is wrong.
    pub mistakes: Vec<Mistake>,
    /// What is odd.
    pub warnings: Vec<Warning>,
    /// Everything that was compared.
    #[serde(skip)]
    pub examined: Examined,
}

/// Makes the answer.
pub fn run(request: &Request, context: &Context) -> Result<Report, Failure> {
    request.require_any("wecheck callback echo --request FILE")?;
    let profile = request.profile(context)?;
    let token = profile.require_callback_token(&context.env)?;
    let (incoming, key) = examine::read_with_key(request, &profile, context)?;
    if incoming.encrypted.is_some() && key.is_none() {
        // Says which variable or field is missing.
        profile.require_encoding_aes_key(&context.env)?;
    }
    if incoming.encrypted.as_ref().is_some_and(|one| one.name != "echostr")
        || (incoming.encrypted.is_none() && incoming.clear_echostr.is_none())
    {
        return Err(Failure::usage(both!(
            "没有 echostr：这不是 URL 验证请求",
            "there is no echostr: this is not a URL verification"
        ))
        .hint(both!(
            "消息用：wecheck callback decrypt --request FILE",
            "for a message: wecheck callback decrypt --request FILE"
        )));
    }
    let receive_id = request.receive_id.clone();
    let credentials = Credentials { profile: &profile, token: Some(token), key, receive_id };
    let examined = examine::examine(&incoming, &credentials, true, context)?;
    if examined.checks.is_empty() {
        return Err(Failure::usage(both!("缺少签名", "the signature is missing")).hint(both!(
            "加上 --signature，或者用 --request 给出整条请求",
            "give --signature, or --request with the whole request"
        )));
    }
    let decrypted = examined.decrypted.as_ref();
    let answer = decrypted.map(|decrypted| &decrypted.message).or(incoming.clear_echostr.as_ref());
    Ok(Report {
        echostr: answer.filter(|_| examined.valid()).cloned(),
        receive_id: decrypted.map(|decrypted| decrypted.receive_id.clone()),
        valid: examined.valid(),
        mistakes: examined.mistakes.clone(),
        warnings: examined.warnings.clone(),
        examined,
    })
}
