//! The release check of a third-party platform, played as the open platform plays it.
//!
//! In: the address. Out: checks: the text `TESTCOMPONENT_MSG_TYPE_TEXT`, an event, and
//! `QUERY_AUTH_CODE:…`, whose answer has to come by API within five seconds; a stand-in of the API on
//! this machine sees that call when the app's API base is pointed at it.

use std::time::Duration;

use super::checks::failed;
use super::{Check, Exchange, Failure, Finding, Probe, digits, fault, json, say, stamp};
use crate::callback::{body, call};
use crate::endpoint::listener::Recorder;

/// The account that the open platform checks with.
const ACCOUNT: &str = "gh_3c884a361561";
/// The one who sends its messages.
const SENDER: &str = "oWecheckReleaseCheck01234567";
/// How long the follow-up call is awaited.
const FOLLOW_UP: Duration = Duration::from_secs(5);

impl Probe<'_> {
    /// Plays the script; `true` when the receiver was not reached.
    pub(super) fn release(&mut self, api_listen: Option<&str>) -> Result<bool, Failure> {
        let recorder = api_listen.map(Recorder::start).transpose()?;
        let now = self.context.env.now();
        let message = |kind: &str, inner: &str, id: &str| {
            format!(
                "<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{SENDER}]]></FromUserName>\
                 <CreateTime>{now}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inner}{id}</xml>"
            )
        };
        let id = format!("<MsgId>{}</MsgId>", digits(19)?);
        let text = |content: &str| format!("<Content><![CDATA[{content}]]></Content>");
        let steps = [
            (
                "release-text",
                message("text", &text("TESTCOMPONENT_MSG_TYPE_TEXT"), &id),
                "TESTCOMPONENT_MSG_TYPE_TEXT_callback".to_owned(),
            ),
            (
                "release-event",
                message(
                    "event",
                    "<Event><![CDATA[LOCATION]]></Event><Latitude>23.137466</Latitude>\
                     <Longitude>113.352425</Longitude><Precision>119.385040</Precision>",
                    "",
                ),
                "LOCATIONfrom_callback".to_owned(),
            ),
        ];
        for (id, text, expected) in steps {
            let exchange = self.release_push(&text)?;
            if exchange.outcome.as_ref().is_err_and(super::Trouble::is_unreachable) {
                self.report(&exchange, &exchange.findings);
                return Ok(true);
            }
            let content = exchange.reply.as_deref().and_then(content_of).unwrap_or_default();
            if !failed(&exchange) && content == expected {
                self.release_check(
                    id,
                    "pass",
                    &exchange,
                    say!(self.lang, "得到了 {expected}", "got {expected}"),
                );
            } else if failed(&exchange) {
                self.report(&exchange, &exchange.findings);
            } else {
                let finding =
                    Finding::fail(&fault::RELEASE_CONTENT).with("expected", expected).with("found", content);
                self.report(&exchange, &[finding]);
            }
        }
        let code = format!("queryauthcode{}", digits(8)?);
        let exchange = self.release_push(&message("text", &text(&format!("QUERY_AUTH_CODE:{code}")), &id))?;
        if failed(&exchange) {
            self.report(&exchange, &exchange.findings);
            return Ok(false);
        }
        let Some(recorder) = recorder else {
            let text = say!(
                self.lang,
                "没有观察后续的客服消息：加上 --api-listen 127.0.0.1:8789，并把应用的 API 地址指向它",
                "the follow-up message was not observed: add --api-listen 127.0.0.1:8789, and point the app's API base at it"
            );
            self.skip("release-api", text);
            return Ok(false);
        };
        let wanted = format!("{code}_from_api");
        if recorder.wait_for(&wanted, FOLLOW_UP) {
            let text = say!(self.lang, "5 秒内收到了 {wanted}", "{wanted} came within 5 s");
            self.release_check("release-api", "pass", &exchange, text);
        } else {
            let finding = Finding::fail(&fault::RELEASE_API).with("wanted", wanted);
            self.report(&exchange, &[finding]);
        }
        Ok(false)
    }

    fn release_push(&self, message: &str) -> Result<Exchange, Failure> {
        let stamp = stamp(self.context.env.now())?;
        let receive_id = self.party.receive_id.clone();
        let with = self.party.credentials(&receive_id);
        // A message for an authorized account: its envelope names the account, and a reply may follow.
        let kind = super::Receiver::MpEncrypted;
        let call = call::message(kind, &with, &stamp, message, (ACCOUNT, SENDER), false)
            .ok_or_else(super::too_long)?;
        let outcome = self.send(&call);
        let place = self.client.target().place();
        let (findings, reply) = match &outcome {
            Ok(answer) => {
                let judged = super::judge_reply(
                    &super::Push {
                        kind,
                        place,
                        encrypted: true,
                        token: &self.party.token,
                        key: self.party.aes_key(),
                        receive_id: &receive_id,
                        addresses: (ACCOUNT, SENDER),
                        stamp: (&stamp.timestamp, &stamp.nonce),
                        limit_ms: kind.message_limit_ms(),
                        event: body::event_name(message).as_deref(),
                    },
                    answer,
                );
                (judged.findings, judged.reply)
            }
            Err(trouble) => (vec![super::answer::of_trouble(trouble, place, kind.message_limit_ms())], None),
        };
        Ok(Exchange { call, outcome, findings, reply })
    }

    fn release_check(
        &mut self,
        id: &'static str,
        status: &'static str,
        exchange: &Exchange,
        message: String,
    ) {
        let mut check: Check = self.of_exchange(exchange);
        check.id = id;
        check.status = status;
        check.title = say!(self.lang, "全网发布检测", "Release check");
        check.message = message;
        check.measured = json!(check.measured);
        self.checks.push(check);
    }
}

fn content_of(reply: &str) -> Option<String> {
    match body::fields(reply).ok()?.remove("Content")? {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    }
}
