//! Sends a sample message or event, or one of your own, as WeChat would.
//!
//! In: a [`Request`]. Out: a [`Report`] with each answer, decrypted and judged; or the curl command
//! that does the same.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Serialize;

use super::encrypt::quoted;
use super::party::{Party, digits, stamp};
use super::probe::target;
use crate::callback::answer::{self, Push, Severity, Trouble, judge_reply};
use crate::callback::body;
use crate::callback::call::{self, Call};
use crate::callback::receiver::Receiver;
use crate::callback::sample::{self, SetError, Values};
use crate::context::Context;
use crate::endpoint::client::{Client, Request as Http};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::nearest::nearest;
use crate::{both, say};

/// A little more than the longest limit.
const WAIT: Duration = Duration::from_millis(5_500);
/// Calls at a time.
const MAX_CONCURRENCY: usize = 64;
/// Calls of one run.
const MAX_COUNT: usize = 100_000;
/// Answers that a report lists; the rest is counted.
const LISTED: usize = 100;

/// What to send.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The name of a sample; `None` when `message` is given.
    pub event: Option<String>,
    /// A message of one's own.
    pub message: Option<String>,
    /// The address.
    pub to: String,
    /// The kind, instead of what the profile or the sample shows.
    pub kind: Option<Receiver>,
    /// The receive id, instead of the profile's.
    pub receive_id: Option<String>,
    /// `path`, `value`.
    pub set: Vec<(String, String)>,
    /// `FromUserName`.
    pub from_user: Option<String>,
    /// `ToUserName`.
    pub to_user: Option<String>,
    /// In clear, whatever the kind.
    pub plain: bool,
    /// How many.
    pub count: usize,
    /// The same message each time, as WeChat's repeats are.
    pub same_id: bool,
    /// How many at a time.
    pub concurrency: usize,
    /// Only build the command.
    pub print: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The sample's name; null for a message of one's own.
    pub event: Option<String>,
    /// The kind of receiver.
    pub kind: &'static str,
    /// `xml` or `json`.
    pub format: &'static str,
    /// The address.
    pub url: String,
    /// The message in clear (the first one).
    pub message: String,
    /// Whether every answer is right; null when nothing was sent.
    pub verdict: Option<&'static str>,
    /// How many were sent.
    pub sent: usize,
    /// How many got a right answer.
    pub right: usize,
    /// The answers, at most a hundred.
    pub answers: Vec<Answered>,
    /// The slowest answer, in milliseconds.
    pub slowest_ms: Option<u64>,
    /// The command that does the same.
    pub command: Option<String>,
    /// Paths of `--set` that the sample did not have.
    pub added: Vec<String>,
    /// Whether the receiver was not reached.
    #[serde(skip)]
    pub unreachable: bool,
}

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct Answered {
    /// The status; null when nothing came.
    pub status: Option<u16>,
    /// Milliseconds.
    pub elapsed_ms: Option<u64>,
    /// The body as it came.
    pub body: Option<String>,
    /// The reply in clear, when there is one.
    pub reply: Option<String>,
    /// Whether WeChat would take it.
    pub ok: bool,
    /// What is wrong with it.
    pub findings: Vec<Found>,
}

/// A finding in words.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Its id.
    pub id: &'static str,
    /// `fail`, `warn` or `info`.
    pub status: &'static str,
    /// What it is.
    pub title: String,
    /// Why.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// Every sample.
#[derive(Debug, Serialize)]
pub struct List {
    /// In the order of their kinds.
    pub samples: Vec<Listed>,
}

/// One sample of the list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// `mp`, `work`, `suite`, `component` or `bot`.
    pub kind: &'static str,
    /// `xml` or `json`.
    pub format: &'static str,
}

/// The samples, all or those of a kind.
pub fn list(kind: Option<Receiver>) -> List {
    let wanted = kind.map(sample::group_of);
    let samples = sample::all()
        .filter(|sample| wanted.is_none_or(|group| group == sample.group))
        .map(|sample| Listed { name: sample.name, kind: sample.group, format: sample.format() })
        .collect();
    List { samples }
}

/// Findings in words, without a trace of token and key.
pub(super) fn in_words(findings: &[answer::Finding], party: &Party, lang: Lang) -> Vec<Found> {
    let words = findings.iter().map(|finding| {
        let (message, fix) = party.words_of(finding, lang);
        Found {
            id: finding.fault.id,
            status: match finding.severity {
                Severity::Fail => "fail",
                Severity::Warn => "warn",
                Severity::Info => "info",
            },
            title: finding.fault.title.get(lang).to_owned(),
            message,
            fix,
        }
    });
    words.collect()
}

/// What is sent, and where.
struct Sending<'a> {
    party: Party,
    client: Client,
    context: &'a Context,
    request: &'a Request,
    sample: Option<sample::Sample>,
    to: String,
    from: String,
}

/// Sends it.
pub fn run(request: &Request, context: &Context) -> Result<Report, Failure> {
    if request.count == 0 || request.count > MAX_COUNT {
        return Err(Failure::usage(both!(
            "--count 要在 1 到 {MAX_COUNT} 之间",
            "--count has to be from 1 to {MAX_COUNT}"
        ))
        .hint("--count 3"));
    }
    let target = target(&request.to)?;
    let profile_kind = context.profile().ok().map(|profile| super::party::kind_of(&profile));
    let sample = request.event.as_deref().map(|name| find(name, request.kind, profile_kind)).transpose()?;
    let kind = request.kind.or_else(|| {
        // A sample of another kind than the profile's says what is meant.
        let sample = sample?;
        let fits = profile_kind.is_some_and(|kind| sample::find(sample.name, Some(kind)) == Some(sample));
        (!fits).then(|| sample::kind_of(sample))
    });
    let mut party = Party::new(kind, request.receive_id.as_deref(), !request.plain, context)?;
    if party.kind == Receiver::Component && sample.is_some_and(|sample| sample.group == "mp") {
        // A message for an authorized account: encrypted for the platform, and it may be replied to.
        party.kind = Receiver::MpEncrypted;
    }
    let (to, from) = party.addresses();
    let client = Client::new(target, party.ca_file.as_deref());
    let sending = Sending {
        to: request.to_user.clone().unwrap_or(to),
        from: request.from_user.clone().unwrap_or(if from.is_empty() { "wecheck".to_owned() } else { from }),
        party,
        client,
        context,
        request,
        sample,
    };
    let first_id = digits(19)?;
    let (message, added) = sending.message(&first_id)?;
    let mut report = Report {
        event: request.event.clone(),
        kind: sending.party.kind.name(),
        format: if message.trim_start().starts_with('{') { "json" } else { "xml" },
        url: request.to.clone(),
        message: message.clone(),
        verdict: None,
        sent: 0,
        right: 0,
        answers: Vec::new(),
        slowest_ms: None,
        command: None,
        added,
        unreachable: false,
    };
    if request.print {
        let (call, _) = sending.call(&message)?;
        report.command = Some(sending.command(&call));
        return Ok(report);
    }
    sending.all(&message, &mut report)?;
    Ok(report)
}

fn find(name: &str, kind: Option<Receiver>, profile: Option<Receiver>) -> Result<sample::Sample, Failure> {
    let found = match kind {
        Some(kind) => sample::find(name, Some(kind)),
        None => profile.and_then(|kind| sample::find(name, Some(kind))).or_else(|| sample::find(name, None)),
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = sample::all().map(|sample| sample.name).collect();
        let failure = match kind.map(Receiver::name) {
            Some(kind) => Failure::usage(both!("{kind} 没有样例 `{name}`", "{kind} has no sample `{name}`")),
            None => Failure::usage(both!("没有样例 `{name}`", "there is no sample `{name}`")),
        };
        match nearest(name, names.iter().copied()) {
            Some(near) => failure.hint(both!(
                "是不是 `{near}`？全部样例：wecheck callback send --list",
                "did you mean `{near}`? All samples: wecheck callback send --list"
            )),
            None => failure.hint("wecheck callback send --list"),
        }
    })
}

impl Sending<'_> {
    /// A message with an id of its own.
    fn message(&self, id: &str) -> Result<(String, Vec<String>), Failure> {
        let mut message = match (&self.sample, &self.request.message) {
            (Some(sample), _) => sample.fill(&Values {
                to: &self.to,
                from: &self.from,
                receive_id: &self.party.receive_id,
                now: self.context.env.now(),
                id,
                agent_id: self.party.agent_id.as_deref().unwrap_or("1000002"),
            }),
            (None, Some(own)) => own.clone(),
            (None, None) => String::new(),
        };
        let mut added = Vec::new();
        for (path, value) in &self.request.set {
            let (changed, was_there) = sample::set(&message, path, value).map_err(|error| match error {
                SetError::NotAMessage => Failure::usage(both!(
                    "消息既不是 XML 也不是 JSON 对象，不能用 --set",
                    "the message is neither XML nor a JSON object, so --set cannot be used"
                ))
                .hint("wecheck callback send --list"),
                SetError::Path => Failure::usage(both!("路径 `{path}` 不对", "the path `{path}` is wrong"))
                    .hint("--set ScanCodeInfo.ScanResult=https://example.com"),
                SetError::Leaf(part) => Failure::usage(both!(
                    "`{path}` 不对：`{part}` 的上一级是一个值",
                    "`{path}` is wrong: what precedes `{part}` is a value"
                ))
                .hint("--set ScanCodeInfo.ScanResult=https://example.com"),
            })?;
            message = changed;
            if !was_there {
                added.push(path.clone());
            }
        }
        Ok((message, added))
    }

    fn call(&self, message: &str) -> Result<(Call, call::Stamp), Failure> {
        let stamp = stamp(self.context.env.now())?;
        let with = self.party.credentials(&self.party.receive_id);
        let with = if self.request.plain { call::Credentials { key: None, ..with } } else { with };
        let call = call::message(self.party.kind, &with, &stamp, message, (&self.to, &self.from), false)
            .ok_or_else(|| {
                Failure::usage(both!("消息太长，无法加密", "the message is too long to be encrypted"))
                    .hint("wecheck callback send --help")
            })?;
        Ok((call, stamp))
    }

    fn command(&self, call: &Call) -> String {
        let url = self.client.target().url_with(&call.query);
        let kind = call.content_type.unwrap_or("text/xml");
        format!(
            "curl -X POST {} -H 'Content-Type: {kind}' --data-binary {}",
            quoted(&url),
            quoted(&call.body)
        )
    }

    fn all(&self, first: &str, report: &mut Report) -> Result<(), Failure> {
        let next = AtomicUsize::new(0);
        let results: Mutex<Vec<Answered>> = Mutex::default();
        let totals: Mutex<(usize, usize, u64, bool, Option<Failure>)> = Mutex::new((0, 0, 0, false, None));
        let work = || {
            while next.fetch_add(1, Ordering::SeqCst) < self.request.count {
                let one = self.one(first);
                let mut totals = totals.lock().unwrap_or_else(PoisonError::into_inner);
                match one {
                    Ok((answered, unreachable)) => {
                        totals.0 += 1;
                        totals.1 += usize::from(answered.ok);
                        totals.2 = totals.2.max(answered.elapsed_ms.unwrap_or(0));
                        totals.3 |= unreachable;
                        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                        if results.len() < LISTED {
                            results.push(answered);
                        }
                        if unreachable {
                            next.store(self.request.count, Ordering::SeqCst);
                        }
                    }
                    Err(failure) => {
                        totals.4 = Some(failure);
                        next.store(self.request.count, Ordering::SeqCst);
                    }
                }
            }
        };
        let workers = self.request.concurrency.clamp(1, MAX_CONCURRENCY).min(self.request.count);
        std::thread::scope(|scope| {
            for _ in 1..workers {
                // If the system gives no thread, the others do its work.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let (sent, right, slowest, unreachable, failure) =
            totals.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = failure {
            return Err(failure);
        }
        report.sent = sent;
        report.right = right;
        report.slowest_ms = (sent > 0).then_some(slowest);
        report.unreachable = unreachable;
        report.answers = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.verdict = Some(if right == sent { "pass" } else { "fail" });
        Ok(())
    }

    fn one(&self, first: &str) -> Result<(Answered, bool), Failure> {
        let again;
        let message = if self.request.same_id || self.request.count == 1 || self.sample.is_none() {
            first
        } else {
            again = self.message(&digits(19)?)?.0;
            &again
        };
        let (call, stamp) = self.call(message)?;
        let headers: Vec<(String, String)> =
            call.content_type.iter().map(|kind| ("Content-Type".to_owned(), (*kind).to_owned())).collect();
        let http =
            Http { method: call.method, query: &call.query, headers: &headers, body: call.body.as_bytes() };
        let outcome = self.client.send(&http, WAIT);
        let lang = self.context.lang;
        let kind = self.party.kind;
        let place = self.client.target().place();
        let event = body::event_name(message);
        let limit_ms = kind.event_limit_ms(event.as_deref());
        Ok(match &outcome {
            Ok(answer) => {
                let addresses = addresses_of(message);
                let judged = judge_reply(
                    &Push {
                        kind,
                        place,
                        encrypted: call.encrypted.is_some(),
                        token: &self.party.token,
                        key: self.party.aes_key(),
                        receive_id: &self.party.receive_id,
                        addresses: (&addresses.0, &addresses.1),
                        stamp: (&stamp.timestamp, &stamp.nonce),
                        limit_ms,
                        event: event.as_deref(),
                    },
                    answer,
                );
                let ok = !judged.findings.iter().any(|finding| finding.severity == Severity::Fail);
                let answered = Answered {
                    status: Some(answer.status),
                    elapsed_ms: Some(answer.elapsed_ms),
                    body: Some(self.party.redacted(&answer.text())),
                    reply: judged.reply.map(|reply| self.party.redacted(&reply)),
                    ok,
                    findings: in_words(&judged.findings, &self.party, lang),
                };
                (answered, false)
            }
            Err(trouble) => {
                let finding = answer::of_trouble(trouble, place, limit_ms);
                let answered = Answered {
                    status: None,
                    elapsed_ms: match trouble {
                        Trouble::Timeout(elapsed) => Some(*elapsed),
                        _ => None,
                    },
                    body: None,
                    reply: None,
                    ok: false,
                    findings: in_words(&[finding], &self.party, lang),
                };
                (answered, trouble.is_unreachable())
            }
        })
    }
}

/// `ToUserName` and `FromUserName` of a message; empty when it has none.
pub(super) fn addresses_of(message: &str) -> (String, String) {
    let fields = crate::callback::body::fields(message).unwrap_or_default();
    let text =
        |name: &str| fields.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    (text("ToUserName"), text("FromUserName"))
}

/// A sentence for `--count`.
pub fn summary(report: &Report, lang: Lang) -> String {
    let (sent, right, slowest) = (report.sent, report.right, report.slowest_ms.unwrap_or(0));
    say!(
        lang,
        "发送 {sent} 次，{right} 次应答正确，最慢 {slowest} 毫秒",
        "{sent} sent, {right} answered rightly, the slowest in {slowest} ms"
    )
}
