//! Stands in for an app, or in front of it: answers what WeChat sends, and says what it was.
//!
//! In: a [`Request`] and a bound listener. Out: a [`Line`] a request, for a face to print; the
//! requests kept on disk. An answer never waits for more than the sender does: not for the app
//! (256 forwards at a time, each bounded), not for the search for a mistake (one at a time), not for
//! the one who reads the lines.

mod received;

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use serde::Serialize;

use super::party::Party;
use super::probe::target;
use super::send::{Found, in_words};
use crate::both;
use crate::callback::answer::{self, Push, Severity, Verification, judge_reply, judge_verification};
use crate::callback::mistake::Mistake;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::endpoint::client::{Client, Request as Http};
use crate::endpoint::history::{History, Record};
use crate::endpoint::listener::{self, Handler, Received, Reply};
use crate::env::rfc3339;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use received::{Kind, Seen};

/// Forwards in flight.
const MAX_FORWARDS: usize = 256;
/// What an app has for a message: less than the five seconds of the sender.
const APP_TIME: Duration = Duration::from_millis(4_300);
/// What it has for events that have to be answered within a second.
const QUICK_APP_TIME: Duration = Duration::from_millis(800);
/// What it has for a verification, which is answered without it if need be.
const VERIFICATION_TIME: Duration = Duration::from_millis(700);
/// Lines that wait for their reader.
const WAITING_LINES: usize = 4_096;

/// For the last lines after a signal.
const PRINT_TIME: Duration = Duration::from_secs(1);

/// What to listen for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The kind, instead of what the profile shows.
    pub kind: Option<Receiver>,
    /// The receive id, instead of the profile's.
    pub receive_id: Option<String>,
    /// The app to pass requests to.
    pub forward: Option<String>,
    /// Whether lines carry the message.
    pub with_message: bool,
}

/// One request, as it is reported.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Of the history; empty when it could not be kept.
    pub id: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The kind of receiver.
    pub kind: &'static str,
    /// Whether it was WeChat's, for us, and answered rightly.
    pub ok: bool,
    /// What was answered.
    pub status: u16,
    /// `verification`, the type of the message or the name of the event; null when unknown.
    pub event: Option<String>,
    /// What is wrong with the request.
    pub mistakes: Vec<Mistake>,
    /// Who answered: `wecheck` or `app`.
    pub answered_by: &'static str,
    /// From the last byte of the request to the answer, in milliseconds.
    pub elapsed_ms: u64,
    /// What became of the forward; null without one.
    pub forward: Option<Forward>,
    /// A remark.
    pub note: Option<String>,
    /// The message in clear, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The app's answer.
#[derive(Clone, Debug, Serialize)]
pub struct Forward {
    /// The status; null when nothing came.
    pub status: Option<u16>,
    /// Milliseconds.
    pub elapsed_ms: Option<u64>,
    /// Whether WeChat would take it.
    pub ok: bool,
    /// What is wrong with it.
    pub findings: Vec<Found>,
}

/// What every connection shares.
struct Desk {
    party: Party,
    client: Option<Client>,
    history: Mutex<History>,
    in_flight: AtomicUsize,
    /// Held by the one search for a mistake.
    search: Mutex<()>,
    clock: crate::env::Clock,
    lang: Lang,
    with_message: bool,
    lines: mpsc::SyncSender<Line>,
    lost: AtomicUsize,
}

/// Binds the address that is asked for.
pub fn bind(address: &str) -> Result<(TcpListener, std::net::SocketAddr), Failure> {
    listener::bind(address)
}

/// Everything that is needed, read before a port is taken.
pub struct Ready {
    party: Party,
    client: Option<Client>,
    history: History,
    with_message: bool,
}

impl Ready {
    /// The kind of receiver.
    pub fn kind(&self) -> &'static str {
        self.party.kind.name()
    }
}

/// Reads what is needed, or says what is missing.
pub fn prepare(request: &Request, context: &Context) -> Result<Ready, Failure> {
    let party = Party::new(request.kind, request.receive_id.as_deref(), true, context)?;
    let client = match &request.forward {
        Some(url) => Some(Client::new(target(url)?, party.ca_file.as_deref())),
        None => None,
    };
    let history = History::new(&super::history::folder(context)?);
    Ok(Ready { party, client, history, with_message: request.with_message })
}

/// Answers until a signal comes. `print` gets each line, and says `false` when no one reads them.
pub fn run(
    listener: &TcpListener,
    ready: Ready,
    context: &Context,
    mut print: impl FnMut(&Line) -> bool + Send + 'static,
) -> Result<(), Failure> {
    let Ready { party, client, history, with_message } = ready;
    let (lines, reader) = mpsc::sync_channel::<Line>(WAITING_LINES);
    let desk = Arc::new(Desk {
        party,
        client,
        history: Mutex::new(history),
        in_flight: AtomicUsize::new(0),
        search: Mutex::default(),
        clock: context.env.clock(),
        lang: context.lang,
        with_message,
        lines,
        lost: AtomicUsize::new(0),
    });
    let stop: Arc<AtomicBool> = Arc::default();
    let address = listener.local_addr().ok();
    let (done, printed) = mpsc::channel();
    let stop_too = Arc::clone(&stop);
    let printing = move || {
        while let Ok(line) = reader.recv() {
            if line.is_end() {
                break;
            }
            if !print(&line) {
                // There is no one left to answer for.
                address.inspect(|address| listener::end(&stop_too, *address));
                break;
            }
        }
        let _ = done.send(());
    };
    std::thread::Builder::new().spawn(printing).map_err(|error| Failure::no_thread(&error))?;
    let own = Arc::clone(&desk);
    let handler: Handler = Arc::new(move |received| own.answer(&received));
    let outcome = listener::serve(listener, &handler, &stop);
    // A full queue means that no one reads.
    let _ = desk.lines.try_send(Line::end());
    let _ = printed.recv_timeout(PRINT_TIME);
    outcome.map_err(|error| {
        Failure::of_a_limit(&error).unwrap_or_else(|| {
            let zh = Both::from(&error).zh;
            Failure::network(both!("不能监听：{zh}", "cannot listen: {error}"))
                .hint("wecheck callback listen --listen 127.0.0.1:8788")
        })
    })
}

impl Desk {
    /// Answers one request.
    fn answer(&self, received: &Received) -> Reply {
        let mut seen = Seen::of(received, &self.party, self.lang);
        let mut note = None;
        let mut forward = None;
        let mut answered_by = "wecheck";
        let reply = match seen.kind {
            Kind::Stranger => {
                note = Some(both!(
                    "不是微信的请求：没有 signature 或 msg_signature",
                    "not a request of WeChat's: there is no signature or msg_signature"
                ));
                Reply::text(403, "not a callback of WeChat\n")
            }
            Kind::WrongSignature => {
                self.explain(&mut seen, received);
                Reply::text(403, "the signature does not hold\n")
            }
            Kind::Verification | Kind::Message => {
                let own = self.own_reply(&seen);
                match self.pass_on(received, &seen) {
                    Passed::Nowhere => own,
                    Passed::Full => {
                        note = Some(both!(
                            "已有 {MAX_FORWARDS} 个请求在等应用，这个没有转发",
                            "{MAX_FORWARDS} requests wait for the app already; this one was not forwarded"
                        ));
                        own
                    }
                    Passed::Answered(outcome, answer) => {
                        let usable = seen.kind == Kind::Message || outcome.ok;
                        forward = Some(outcome);
                        match answer {
                            Some(answer) if usable => {
                                answered_by = "app";
                                answer
                            }
                            _ => own,
                        }
                    }
                }
            }
        };
        let ok = reply.status == 200
            && seen.mistakes.is_empty()
            && forward.as_ref().is_none_or(|forward| forward.ok);
        self.report(received, seen, &reply, ok, answered_by, forward, note);
        reply
    }

    /// What is answered without an app.
    fn own_reply(&self, seen: &Seen) -> Reply {
        match (&seen.echo, seen.kind) {
            (Some(echo), _) => Reply::text(200, echo.clone()),
            (None, Kind::Verification) => Reply::text(403, "the echostr does not decrypt\n"),
            (None, _) if self.party.kind == Receiver::Bot => Reply::text(200, ""),
            (None, _) => Reply::text(200, "success"),
        }
    }

    /// Searches for the mistake behind a wrong signature, unless another search runs: a flood of
    /// wrong ones must not take the time of right ones.
    fn explain(&self, seen: &mut Seen, received: &Received) {
        let Ok(_turn) = self.search.try_lock() else { return };
        seen.explain(received, &self.party, self.lang);
    }

    fn pass_on(&self, received: &Received, seen: &Seen) -> Passed {
        let Some(client) = &self.client else { return Passed::Nowhere };
        if self.in_flight.fetch_add(1, Ordering::SeqCst) >= MAX_FORWARDS {
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            return Passed::Full;
        }
        let limit = match seen.kind {
            Kind::Verification => VERIFICATION_TIME,
            _ if seen.is_urgent() => QUICK_APP_TIME,
            _ => APP_TIME,
        };
        let spent = received.at.elapsed();
        let headers: Vec<(String, String)> =
            received.headers.iter().filter(|(name, _)| is_passed_on(name)).cloned().collect();
        let query = received.target.split_once('?').map_or("", |(_, query)| query);
        let http = Http { method: &received.method, query, headers: &headers, body: &received.body };
        let outcome = client.send(&http, limit.saturating_sub(spent).max(Duration::from_millis(50)));
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let place = client.target().place();
        let kind = self.party.kind;
        let (findings, answer, status, elapsed) = match outcome {
            Ok(answer) => {
                let findings = if let (Kind::Verification, Some(echo)) = (&seen.kind, &seen.echo) {
                    let sent = Verification {
                        kind,
                        place,
                        expected: echo,
                        encrypted: seen.encrypted.as_deref(),
                        key: self.party.aes_key(),
                    };
                    judge_verification(&sent, &answer)
                } else {
                    let (to, from) = &seen.addresses;
                    let sent = Push {
                        kind,
                        place,
                        encrypted: seen.encrypted.is_some(),
                        token: &self.party.token,
                        key: self.party.aes_key(),
                        receive_id: seen.receive_id.as_deref().unwrap_or(&self.party.receive_id),
                        addresses: (to, from),
                        stamp: (&seen.timestamp, &seen.nonce),
                        limit_ms: kind.event_limit_ms(seen.event.as_deref()),
                        event: seen.event.as_deref(),
                    };
                    judge_reply(&sent, &answer).findings
                };
                let reply = Reply {
                    status: answer.status,
                    content_type: answer.header("content-type").unwrap_or_default().to_owned(),
                    body: answer.body.clone(),
                };
                (findings, Some(reply), Some(answer.status), Some(answer.elapsed_ms))
            }
            Err(trouble) => (
                vec![answer::of_trouble(&trouble, place, kind.event_limit_ms(seen.event.as_deref()))],
                None,
                None,
                None,
            ),
        };
        let forward = Forward {
            status,
            elapsed_ms: elapsed,
            ok: !findings.iter().any(|finding| finding.severity == Severity::Fail),
            findings: in_words(&findings, &self.party, self.lang),
        };
        Passed::Answered(forward, answer)
    }

    #[expect(clippy::too_many_arguments, reason = "everything that is known of one request, once")]
    fn report(
        &self,
        received: &Received,
        seen: Seen,
        reply: &Reply,
        ok: bool,
        answered_by: &'static str,
        forward: Option<Forward>,
        note: Option<Both>,
    ) {
        let at = rfc3339(self.clock.now());
        let findings = seen.mistakes.iter().map(|mistake| mistake.id.to_owned());
        let findings = findings.chain(
            forward.iter().flat_map(|forward| forward.findings.iter().map(|found| found.id.to_owned())),
        );
        let mut record = Record {
            id: 0,
            at: at.clone(),
            method: received.method.clone(),
            target: received.target.clone(),
            headers: received.headers.clone(),
            body: Record::encode(&received.body),
            kind: self.party.kind.name().to_owned(),
            ok,
            status: reply.status,
            findings: findings.collect(),
        };
        let kept = self.history.lock().unwrap_or_else(PoisonError::into_inner).append(&mut record);
        let mut note = note.map(|note| note.get(self.lang).to_owned());
        if let Err(error) = &kept {
            let zh = Both::from(error).zh;
            let text = both!("没有存下来：{zh}", "it was not kept: {error}");
            note = Some(text.get(self.lang).to_owned());
        }
        let line = Line {
            id: if kept.is_ok() { record.id.to_string() } else { String::new() },
            at,
            method: received.method.clone(),
            path: received.target.split('?').next().unwrap_or_default().to_owned(),
            kind: self.party.kind.name(),
            ok,
            status: reply.status,
            event: seen.event.clone(),
            mistakes: seen.mistakes,
            answered_by,
            elapsed_ms: u64::try_from(received.at.elapsed().as_millis()).unwrap_or(u64::MAX),
            forward,
            note,
            message: seen.message.filter(|_| self.with_message),
        };
        if self.lines.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Line {
    /// The mark that no more will come.
    fn end() -> Self {
        Self {
            id: String::new(),
            at: String::new(),
            method: String::new(),
            path: String::new(),
            kind: "",
            ok: true,
            status: 0,
            event: None,
            mistakes: Vec::new(),
            answered_by: "",
            elapsed_ms: 0,
            forward: None,
            note: None,
            message: None,
        }
    }

    /// Whether no more will come.
    pub fn is_end(&self) -> bool {
        self.status == 0
    }
}

/// What became of a request that might go to the app.
enum Passed {
    /// There is no app.
    Nowhere,
    /// Too many wait.
    Full,
    /// The app's answer, judged, and itself.
    Answered(Forward, Option<Reply>),
}

/// Headers of the connection are the client's own.
fn is_passed_on(name: &str) -> bool {
    !matches!(
        name,
        "host"
            | "connection"
            | "content-length"
            | "transfer-encoding"
            | "accept-encoding"
            | "expect"
            | "keep-alive"
            | "upgrade"
            | "te"
            | "proxy-connection"
    )
}
