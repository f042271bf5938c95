//! Is this callback signed with our token, and if not, why; and what has to be answered.
//!
//! In: a [`Request`]. Out: a [`Report`]. The EncodingAESKey is not needed; when the profile has one,
//! what is encrypted is decrypted too and its receive id compared. When the text is an access log,
//! the answer in it is judged. A log of several requests has each of them judged; the report is about
//! the first that fails.

use serde::Serialize;

use super::Request;
use super::examine::{self, Check, Credentials, SearchReport, Warning};
use super::incoming::Incoming;
pub use super::logged::Answer;
pub use super::several::Requests;
use super::several::{self, Judged};
use crate::both;
use crate::callback::Kind;
use crate::callback::mistake::Mistake;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;

/// The answer.
#[derive(Serialize)]
pub struct Report {
    /// Whether every signature holds and the message is for us.
    pub valid: bool,
    /// What the first signature covers.
    pub kind: Kind,
    /// The signature as it has to be.
    pub computed_signature: String,
    /// As it came.
    pub given_signature: String,
    /// Both, when a request carries both.
    pub signatures: Vec<Check>,
    /// Why it is not valid.
    pub mistakes: Vec<Mistake>,
    /// What is odd.
    pub warnings: Vec<Warning>,
    /// Of the decrypted message, when there is a key.
    pub receive_id: Option<String>,
    /// What the search for mistakes did.
    pub search: Option<SearchReport>,
    /// What the server answered, when the log says so.
    pub answer: Option<Answer>,
    /// What is left to do.
    pub next_steps: Vec<NextStep>,
    /// The requests of a log that has several: which one all this is about, and what the others are.
    pub requests: Option<Requests>,
    /// The receive id that the message had to have, when that is known.
    #[serde(skip)]
    pub expected_receive_id: Option<String>,
    /// Whether something in it is encrypted.
    #[serde(skip)]
    pub encrypted: bool,
}

/// A thing to do.
#[derive(Serialize)]
pub struct NextStep {
    /// Its id.
    pub id: &'static str,
    /// `done`, `failed`, `todo` or `unseen`.
    pub status: &'static str,
    /// What to do.
    pub message: String,
}

/// Examines the callback, and of a log each request in it.
pub fn run(request: &Request, context: &Context) -> Result<Report, Failure> {
    request.require_any("wecheck callback verify --request FILE")?;
    let profile = request.profile(context)?;
    let token = profile.require_callback_token(&context.env)?;
    let (logged, key) = examine::read_all_with_key(request, &profile, context)?;
    let receive_id = request.receive_id.clone();
    let credentials = Credentials { profile: &profile, token: Some(token), key, receive_id };
    let (judged, mut requests) = several::judge(request, logged, &credentials, context)?;
    let Judged { line: _, incoming, examined, kind, mut answer } = judged;
    let Some(first) = examined.checks.first() else {
        return Err(Failure::usage(both!("缺少签名", "the signature is missing")).hint(both!(
            "加上 --signature，或者用 --request 给出整条请求",
            "give --signature, or --request with the whole request"
        )));
    };
    let valid = examined.valid();
    if answer.as_ref().is_none_or(|answer| answer.ok)
        && let Some(refused) = requests.as_mut().and_then(|requests| requests.refused.take())
    {
        answer = Some(refused);
    }
    Ok(Report {
        valid,
        kind: first.kind,
        computed_signature: first.computed.clone(),
        given_signature: first.given.clone(),
        receive_id: examined.decrypted.as_ref().map(|decrypted| decrypted.receive_id.clone()),
        next_steps: next_steps(valid, &incoming, answer.as_ref(), kind, context.lang),
        answer,
        signatures: examined.checks,
        mistakes: examined.mistakes,
        warnings: examined.warnings,
        search: examined.search,
        requests,
        expected_receive_id: examined.expected_receive_id,
        encrypted: incoming.encrypted.is_some(),
    })
}

fn next_steps(
    valid: bool,
    incoming: &Incoming,
    answer: Option<&Answer>,
    kind: Receiver,
    lang: Lang,
) -> Vec<NextStep> {
    let mut steps = Vec::new();
    if !valid {
        steps.push(NextStep {
            id: "fix-mistakes",
            status: "todo",
            message: lang
                .pick(
                    "按上面的处理改好，再用一条新的请求验证",
                    "apply the fixes above, then verify with a new request",
                )
                .to_owned(),
        });
        return steps;
    }
    if let Some(answer) = answer.filter(|answer| !answer.ok) {
        steps.push(NextStep {
            id: "answer",
            status: "failed",
            message: answer.fix.clone().unwrap_or_default(),
        });
    }
    let encrypted_echo = incoming.encrypted.as_ref().is_some_and(|one| one.name == "echostr");
    let message = if incoming.clear_echostr.is_some() {
        lang.pick(
            "签名成立不等于验证通过：以状态 200 原样回复 echostr，纯文本，不带引号、BOM、换行、JSON 或 HTML；对照正确答案：wecheck callback echo --request FILE",
            "a signature that holds is not the end: answer 200 with the bare echostr as plain text, without quotes, BOM, newline, JSON or HTML; the right answer: wecheck callback echo --request FILE",
        )
    } else if encrypted_echo {
        lang.pick(
            "签名成立不等于验证通过：1 秒内以状态 200 回复解密后的 echostr 明文，不带引号、BOM、换行；对照正确答案：wecheck callback echo --request FILE",
            "a signature that holds is not the end: answer 200 within 1 s with the decrypted echostr as plain text, without quotes, BOM or newline; the right answer: wecheck callback echo --request FILE",
        )
    } else if kind.wants_success() {
        lang.pick(
            "以状态 200 回复 success 七个字母，别的都不行（授权变更类事件 1 秒内）；耗时的处理放到回复之后",
            "answer 200 with the bare text `success` and nothing else (changes of an authorization within 1 s); do slow work after the answer",
        )
    } else if kind == Receiver::Bot {
        lang.pick(
            "5 秒内以状态 200 回复空串或加密后的 JSON；机器人不认 success",
            "answer 200 within 5 s: empty or encrypted JSON; a bot does not take `success`",
        )
    } else if kind.is_work() {
        lang.pick(
            "5 秒内以状态 200 回复空串、success 或加密后的应答；来不及处理就先回复，再用接口主动发送",
            "answer 200 within 5 s: empty, `success` or an encrypted reply; if the work takes longer, answer first and send the message by API",
        )
    } else {
        lang.pick(
            "5 秒内以状态 200 回复空串、success 或应答 XML（安全模式下要加密）；其他内容会让用户看到“该公众号提供的服务出现故障”",
            "answer 200 within 5 s: empty, `success` or a reply XML (encrypted in safe mode); anything else shows the user an error of the account",
        )
    };
    steps.push(NextStep { id: "right-answer", status: "todo", message: message.to_owned() });
    steps.push(NextStep {
        id: "probe",
        status: "todo",
        message: lang
            .pick(
                "让 wecheck 像微信那样请求一次你的服务器：wecheck callback probe URL",
                "have wecheck call your server as WeChat would: wecheck callback probe URL",
            )
            .to_owned(),
    });
    steps
}
