//! What a listener kept, and sending it again.
//!
//! In: ids. Out: the list, one request with its message, or the answers of a replay, byte for byte
//! or signed again for the present time.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::party::{Party, stamp};
use super::probe::target;
use super::send::{Answered, addresses_of, in_words};
use crate::both;
use crate::callback::answer::{self, Push, Severity, Verification, judge_reply, judge_verification};
use crate::callback::receiver::Receiver;
use crate::callback::{self, Signed, body, call, request};
use crate::context::Context;
use crate::credentials;
use crate::endpoint::client::{Client, Request as Http};
use crate::endpoint::history::{History, Record};
use crate::failure::Failure;
use crate::lang::Both;

/// A little more than the longest limit.
const WAIT: Duration = Duration::from_millis(5_500);

/// Everything that was kept.
#[derive(Debug, Serialize)]
pub struct List {
    /// The oldest first.
    pub requests: Vec<Entry>,
}

/// One request of the list.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The kind of receiver.
    pub kind: String,
    /// Whether it was WeChat's, and answered rightly.
    pub ok: bool,
    /// What was answered.
    pub status: u16,
}

/// One request in full.
#[derive(Debug, Serialize)]
pub struct One {
    /// The same as in the list.
    #[serde(flatten)]
    pub entry: Entry,
    /// Path and query, as they came.
    pub target: String,
    /// The headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The body, as it came.
    pub body: String,
    /// The ids of what was found.
    pub findings: Vec<String>,
    /// The message in clear; null when there is no key that fits.
    pub message: Option<String>,
    /// The receive id inside; null when nothing was decrypted.
    pub receive_id: Option<String>,
    /// Whether it is the one that was asked for; null when none was, or nothing was decrypted.
    pub receive_id_fits: Option<bool>,
}

/// What to send again.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// The ids, in this order.
    pub ids: Vec<String>,
    /// The address.
    pub to: String,
    /// Signed again, for the present time.
    pub resign: bool,
    /// The kind, instead of the one that was listened for.
    pub kind: Option<Receiver>,
    /// The receive id, instead of the profile's.
    pub receive_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// The address.
    pub url: String,
    /// Whether it was signed again.
    pub resigned: bool,
    /// Whether every answer is right.
    pub ok: bool,
    /// In the order of the ids.
    pub requests: Vec<ReplayedOne>,
    /// Whether the receiver was not reached.
    #[serde(skip)]
    pub unreachable: bool,
}

/// One of them.
#[derive(Debug, Serialize)]
pub struct ReplayedOne {
    /// Its id.
    pub id: String,
    /// The method.
    pub method: String,
    /// The answer.
    #[serde(flatten)]
    pub answer: Answered,
}

/// The folder of the history.
pub(super) fn folder(context: &Context) -> Result<PathBuf, Failure> {
    credentials::cache_folder(&context.env).map(|folder| folder.join("callbacks")).ok_or_else(|| {
        Failure::storage(both!("没有可以存放请求的文件夹", "there is no folder to keep requests in"))
            .hint(both!("设置 WECHECK_CACHE_DIR", "set WECHECK_CACHE_DIR"))
    })
}

fn records(context: &Context) -> Result<Vec<Record>, Failure> {
    History::new(&folder(context)?).records().map_err(|error| {
        let zh = Both::from(&error).zh;
        Failure::storage(both!("读不了保存的请求：{zh}", "the kept requests cannot be read: {error}"))
            .hint("wecheck cache path")
    })
}

fn find<'a>(records: &'a [Record], id: &str) -> Result<&'a Record, Failure> {
    let number: Option<u64> = id.trim_start_matches('#').parse().ok();
    records.iter().find(|record| Some(record.id) == number).ok_or_else(|| {
        Failure::usage(both!("没有编号为 `{id}` 的请求", "there is no request `{id}`"))
            .hint("wecheck callback history")
    })
}

fn entry(record: &Record) -> Entry {
    Entry {
        id: record.id.to_string(),
        at: record.at.clone(),
        method: record.method.clone(),
        path: record.target.split('?').next().unwrap_or_default().to_owned(),
        kind: record.kind.clone(),
        ok: record.ok,
        status: record.status,
    }
}

/// The list.
pub fn list(context: &Context) -> Result<List, Failure> {
    Ok(List { requests: records(context)?.iter().map(entry).collect() })
}

/// One request, decrypted if the profile has the key.
pub fn one(id: &str, receive_id: Option<&str>, context: &Context) -> Result<One, Failure> {
    let records = records(context)?;
    let record = find(&records, id)?;
    let bytes = record.body_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let kind = Receiver::from_name(&record.kind);
    let encrypted = if record.method == "GET" {
        // An encrypted echostr comes with the signature that covers it.
        let line = format!("GET {} HTTP/1.1", record.target);
        request::read(&line).ok().and_then(|query| query.echostr.filter(|_| query.msg_signature.is_some()))
    } else {
        body::read(&text).ok().and_then(|body| body.encrypt)
    };
    let decrypted = encrypted.as_ref().and_then(|encrypt| {
        let party = Party::new(kind, Some(""), true, context).ok()?;
        party.aes_key()?.decrypt(encrypt).ok()
    });
    let (message, found) = match (encrypted, decrypted) {
        (None, _) => (Some(text.clone()).filter(|text| !text.is_empty()), None),
        (Some(_), Some(decrypted)) => (Some(decrypted.message), Some(decrypted.receive_id)),
        (Some(_), None) => (None, None),
    };
    Ok(One {
        entry: entry(record),
        target: record.target.clone(),
        headers: record.headers.clone(),
        body: text,
        findings: record.findings.clone(),
        message,
        receive_id_fits: receive_id.zip(found.as_deref()).map(|(wanted, found)| wanted == found),
        receive_id: found,
    })
}

/// Sends kept requests again.
pub fn replay(replay: &Replay, context: &Context) -> Result<Replayed, Failure> {
    let target = target(&replay.to)?;
    let records = records(context)?;
    let chosen: Vec<&Record> = replay.ids.iter().map(|id| find(&records, id)).collect::<Result<_, _>>()?;
    let mut report = Replayed {
        url: replay.to.clone(),
        resigned: replay.resign,
        ok: true,
        requests: Vec::new(),
        unreachable: false,
    };
    for record in chosen {
        let kind = replay.kind.or_else(|| Receiver::from_name(&record.kind));
        let party = Party::new(kind, replay.receive_id.as_deref(), true, context)?;
        let client = Client::new(target.clone(), party.ca_file.as_deref());
        let (answered, unreachable) = send(record, replay.resign, &party, &client, context)?;
        report.ok &= answered.ok;
        report.unreachable |= unreachable;
        report.requests.push(ReplayedOne {
            id: record.id.to_string(),
            method: record.method.clone(),
            answer: answered,
        });
        if unreachable {
            break;
        }
    }
    Ok(report)
}

fn send(
    record: &Record,
    resign: bool,
    party: &Party,
    client: &Client,
    context: &Context,
) -> Result<(Answered, bool), Failure> {
    let body = record.body_bytes();
    let text = String::from_utf8_lossy(&body).into_owned();
    let kept = record.target.split_once('?').map_or("", |(_, query)| query);
    let values = request::read(&format!("{} {} HTTP/1.1", record.method, record.target)).unwrap_or_default();
    let in_body = body::read(&text).ok().and_then(|body| body.encrypt);
    let is_get = record.method == "GET";
    let encrypted =
        if is_get { values.echostr.clone().filter(|_| values.msg_signature.is_some()) } else { in_body };
    let (mut timestamp, mut nonce) =
        (values.timestamp.clone().unwrap_or_default(), values.nonce.clone().unwrap_or_default());
    let mut query = kept.to_owned();
    if resign {
        let stamp = stamp(context.env.now())?;
        (timestamp, nonce) = (stamp.timestamp, stamp.nonce);
        let signature = |encrypt: Option<String>| {
            callback::signature(
                &party.token,
                &Signed { timestamp: timestamp.clone(), nonce: nonce.clone(), encrypt },
            )
        };
        let whole = encrypted.clone().map(|encrypt| signature(Some(encrypt)));
        query = replaced(
            kept,
            &[
                ("signature", Some(signature(None))),
                ("msg_signature", whole),
                ("timestamp", Some(timestamp.clone())),
                ("nonce", Some(nonce.clone())),
            ],
        );
    }
    let headers: Vec<(String, String)> = record
        .headers
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "content-type" | "user-agent" | "accept"))
        .cloned()
        .collect();
    let http = Http { method: &record.method, query: &query, headers: &headers, body: &body };
    let place = client.target().place();
    let kind = party.kind;
    let decrypted =
        encrypted.as_ref().and_then(|encrypt| party.aes_key().and_then(|key| key.decrypt(encrypt).ok()));
    let event = body::event_name(decrypted.as_ref().map_or(text.as_str(), |one| &one.message));
    let limit = if is_get { kind.verification_limit_ms() } else { kind.event_limit_ms(event.as_deref()) };
    let outcome = client.send(&http, WAIT);
    let (findings, reply) = match &outcome {
        Err(trouble) => (vec![answer::of_trouble(trouble, place, limit)], None),
        Ok(answer) if is_get => {
            let clear = decrypted.map(|one| one.message).or(values.echostr).unwrap_or_default();
            let sent = Verification {
                kind,
                place,
                expected: &clear,
                encrypted: encrypted.as_deref(),
                key: party.aes_key(),
            };
            (judge_verification(&sent, answer), None)
        }
        Ok(answer) => {
            let receive_id = decrypted.as_ref().map_or(party.receive_id.as_str(), |one| &one.receive_id);
            let clear = decrypted.as_ref().map_or(text.as_str(), |one| &one.message);
            let (to, from) = addresses_of(clear);
            let judged = judge_reply(
                &Push {
                    kind,
                    place,
                    encrypted: encrypted.is_some(),
                    token: &party.token,
                    key: party.aes_key(),
                    receive_id,
                    addresses: (&to, &from),
                    stamp: (&timestamp, &nonce),
                    limit_ms: limit,
                    event: body::event_name(clear).as_deref(),
                },
                answer,
            );
            (judged.findings, judged.reply)
        }
    };
    let answered = Answered {
        status: outcome.as_ref().ok().map(|answer| answer.status),
        elapsed_ms: outcome.as_ref().ok().map(|answer| answer.elapsed_ms),
        body: outcome.as_ref().ok().map(|answer| party.redacted(&answer.text())),
        reply: reply.map(|reply| party.redacted(&reply)),
        ok: !findings.iter().any(|finding| finding.severity == Severity::Fail),
        findings: in_words(&findings, party, context.lang),
    };
    Ok((answered, outcome.is_err_and(|trouble| trouble.is_unreachable())))
}

/// A query with other values for some names; a name that is not there is not added.
fn replaced(query: &str, values: &[(&str, Option<String>)]) -> String {
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            match values.iter().find(|(wanted, _)| *wanted == name) {
                Some((name, Some(value))) => call::query(&[(name, value)]),
                _ => pair.to_owned(),
            }
        })
        .collect();
    pairs.join("&")
}
