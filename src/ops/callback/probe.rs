//! Calls a receiver as WeChat would, and says what the console does not.
//!
//! In: a [`Request`] with the address. Out: a [`Report`]: the verification and one message, each once
//! rightly and once wrongly signed, what came back, and the likeliest cause first. When the right
//! verification fails, variants of it are tried that tell causes apart: an echostr without `+`,
//! another receive id, the other platform's way.

mod checks;
mod release;
mod variants;

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::party::{Party, digits, stamp};
use crate::address;
use crate::both;
use crate::callback::answer::{
    self, Answer, Finding, Push, Severity, Trouble, Verification, judge_reply, judge_verification,
};
use crate::callback::call::{self, Call};
use crate::callback::fault;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::endpoint::client::{Client, Request as Http, Target};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::rank::by_rank;
use crate::say;

/// A little more than the longest limit, so that a slow answer is measured and not only missed.
const WAIT: Duration = Duration::from_millis(5_500);

/// What to probe.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The address.
    pub url: String,
    /// The kind, instead of what the profile shows.
    pub kind: Option<Receiver>,
    /// The receive id, instead of the profile's.
    pub receive_id: Option<String>,
    /// The verification alone.
    pub get_only: bool,
    /// Plays the release check of a third-party platform; where its follow-up call is awaited.
    pub release_check: bool,
    /// Where the stand-in of the API listens during the release check.
    pub api_listen: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The address.
    pub url: String,
    /// The kind of receiver.
    pub kind: &'static str,
    /// `pass` or `fail`.
    pub verdict: &'static str,
    /// What was found, the likeliest cause first.
    pub checks: Vec<Check>,
    /// Whether the receiver was not reached.
    #[serde(skip)]
    pub unreachable: bool,
}

/// One thing found.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Of the finding, or of the test that passed.
    pub id: &'static str,
    /// `pass`, `warn`, `fail`, `skip` or `info`.
    pub status: &'static str,
    /// What it is.
    pub title: String,
    /// Why.
    pub message: String,
    /// What to do.
    pub fix: Option<String>,
    /// Numbers.
    pub measured: Value,
    /// What was sent.
    pub request: Option<String>,
    /// What came back.
    pub answer: Option<String>,
}

/// One exchange: what was sent and what came of it.
pub(super) struct Exchange {
    call: Call,
    outcome: Result<Answer, Trouble>,
    findings: Vec<Finding>,
    /// The reply in clear.
    reply: Option<String>,
}

/// The run of one probe.
struct Probe<'a> {
    party: &'a Party,
    client: Client,
    context: &'a Context,
    lang: Lang,
    checks: Vec<Check>,
}

/// Reads the address, or says what is wrong with it.
pub fn target(url: &str) -> Result<Target, Failure> {
    Target::parse(url).ok_or_else(|| {
        let shown = address::without_password(url);
        let has_password =
            url::Url::parse(url).is_ok_and(|url| !url.username().is_empty() || url.password().is_some());
        let what = if has_password {
            both!(
                "`{shown}` 带有用户名或密码：微信不会这样请求，这里也不支持",
                "`{shown}` has a user name or a password: WeChat calls no such address, and neither does this"
            )
        } else {
            both!("`{shown}` 不是 http 或 https 地址", "`{shown}` is not an http or https address")
        };
        Failure::usage(what)
            .hint(both!("例如 http://127.0.0.1:8080/wx", "for example http://127.0.0.1:8080/wx"))
    })
}

/// Probes the address.
pub fn run(request: &Request, context: &Context) -> Result<Report, Failure> {
    let target = target(&request.url)?;
    let kind = if request.release_check { Some(Receiver::Component) } else { request.kind };
    let party = Party::new(kind, request.receive_id.as_deref(), true, context)?;
    let client = Client::new(target, party.ca_file.as_deref());
    let mut probe = Probe { party: &party, client, context, lang: context.lang, checks: Vec::new() };
    let unreachable = if request.release_check {
        probe.release(request.api_listen.as_deref())?
    } else {
        probe.all(request.get_only)?
    };
    let mut checks = probe.checks;
    // The order of likelihood is that in which they were found, faults first.
    by_rank(&mut checks, |check| match check.status {
        "fail" => 0,
        "warn" => 1,
        "pass" => 2,
        "info" => 3,
        _ => 4,
    });
    let failed = checks.iter().any(|check| check.status == "fail");
    Ok(Report {
        url: request.url.clone(),
        kind: party.kind.name(),
        verdict: if failed { "fail" } else { "pass" },
        checks,
        unreachable,
    })
}

impl Probe<'_> {
    fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        let headers: Vec<(String, String)> =
            call.content_type.iter().map(|kind| ("Content-Type".to_owned(), (*kind).to_owned())).collect();
        let http =
            Http { method: call.method, query: &call.query, headers: &headers, body: call.body.as_bytes() };
        self.client.send(&http, WAIT)
    }

    /// The verification of `kind`, for `receive_id`, judged.
    fn verify_as(
        &self,
        kind: Receiver,
        receive_id: &str,
        echo: &Echo,
        wrong: bool,
    ) -> Result<Exchange, Failure> {
        let with = self.party.credentials(receive_id);
        let call = call::verification(kind, &with, &echo.stamp, &echo.text, wrong).ok_or_else(too_long)?;
        let outcome = self.send(&call);
        let place = self.client.target().place();
        let findings = match &outcome {
            Ok(answer) => {
                let sent = Verification {
                    kind,
                    place,
                    expected: &echo.text,
                    encrypted: call.encrypted.as_deref(),
                    key: self.party.aes_key(),
                };
                judge_verification(&sent, answer)
            }
            Err(trouble) => vec![answer::of_trouble(trouble, place, kind.verification_limit_ms())],
        };
        Ok(Exchange { call, outcome, findings, reply: None })
    }

    /// The push of a message, judged.
    fn push(&self, message: &str, age: u64, receive_id: &str, wrong: bool) -> Result<Exchange, Failure> {
        let stamp = stamp(self.context.env.now().saturating_sub(age))?;
        let (to, from) = self.party.addresses();
        let with = self.party.credentials(receive_id);
        let call = call::message(self.party.kind, &with, &stamp, message, (&to, &from), wrong)
            .ok_or_else(too_long)?;
        let (timestamp, nonce) = (stamp.timestamp, stamp.nonce);
        Ok(self.push_call(call, (&timestamp, &nonce), receive_id))
    }

    fn push_call(&self, call: Call, stamp: (&str, &str), receive_id: &str) -> Exchange {
        let (to, from) = self.party.addresses();
        let kind = self.party.kind;
        let outcome = self.send(&call);
        let place = self.client.target().place();
        let (findings, reply) = match &outcome {
            Ok(answer) => {
                let judged = judge_reply(
                    &Push {
                        kind,
                        place,
                        encrypted: call.encrypted.is_some(),
                        token: &self.party.token,
                        key: self.party.aes_key(),
                        receive_id,
                        addresses: (&to, &from),
                        stamp,
                        limit_ms: kind.message_limit_ms(),
                        // Only a text is sent to the kinds whose replies depend on it.
                        event: Some("text"),
                    },
                    answer,
                );
                (judged.findings, judged.reply)
            }
            Err(trouble) => (vec![answer::of_trouble(trouble, place, kind.message_limit_ms())], None),
        };
        Exchange { call, outcome, findings, reply }
    }
}

/// What has to come back, and the values of its call.
struct Echo {
    text: String,
    stamp: call::Stamp,
}

fn too_long() -> Failure {
    Failure::usage(both!("消息太长，无法加密", "the message is too long to be encrypted"))
        .hint("wecheck callback probe --help")
}
