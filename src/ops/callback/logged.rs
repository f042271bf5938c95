//! The answer that a log shows, judged.
//!
//! In: the request and its answer as they were logged, what was decrypted. Out: an [`Answer`] with the
//! one finding that counts: the status, the place of a redirect, the body where it was logged, else
//! its size.

use serde::Serialize;

use super::examine::Examined;
use super::incoming::Incoming;
use super::send::addresses_of;
use crate::callback::answer::{
    self, Answer as Http, Finding, Place, Push, Severity, Verification, judge_reply, judge_verification,
};
use crate::callback::fault::{self, Fault};
use crate::callback::receiver::Receiver;
use crate::callback::request::LoggedBody;
use crate::callback::{AesKey, body};
use crate::config::Profile;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;
use crate::secret::{Secret, redact};

/// A reply in XML or JSON has more bytes than this.
const SHORTEST_REPLY: u64 = 40;
/// What nginx counts of an answer in chunks, their marks included: of `success`, and of nothing.
const SUCCESS_IN_A_CHUNK: u64 = 17;
const NOTHING_IN_CHUNKS: u64 = 5;

/// An answer found in a log, judged.
#[derive(Clone, Serialize)]
pub struct Answer {
    /// The status; null when only the body was logged.
    pub status: Option<u16>,
    /// The size of the body in bytes.
    pub bytes: Option<u64>,
    /// Whether nothing speaks against it.
    pub ok: bool,
    /// What is wrong with it.
    pub id: Option<&'static str>,
    /// The same in words.
    pub message: String,
    /// What to do.
    pub fix: Option<String>,
    /// Its request's line, in a log of several.
    pub line: Option<usize>,
}

/// What an answer is judged with.
pub(super) struct Known<'a> {
    pub(super) incoming: &'a Incoming,
    pub(super) examined: &'a Examined,
    pub(super) kind: Receiver,
    pub(super) token: &'a Secret,
    pub(super) key: Option<&'a (Secret, AesKey)>,
    pub(super) receive_id: &'a str,
    pub(super) lang: Lang,
}

/// The kind of receiver that a request was for.
pub(super) fn kind_of(incoming: &Incoming, examined: &Examined, profile: &Profile) -> Receiver {
    let message = examined.decrypted.as_ref().map(|one| one.message.as_str());
    let fields = message.or(incoming.body.as_deref()).and_then(|text| body::fields(text).ok());
    let has = |name: &str| fields.as_ref().is_some_and(|fields| fields.contains_key(name));
    let on_work = profile.platform == Some(Platform::Work)
        || (incoming.msg_signature.is_some() && incoming.signature.is_none());
    let is_json = incoming.body.as_deref().is_some_and(|text| text.trim_start().starts_with('{'));
    if has("InfoType") {
        return if has("SuiteId") { Receiver::SuiteCommand } else { Receiver::Component };
    }
    if !on_work {
        // An event of a platform that was not decrypted: its envelope names no account.
        let is_platform = has("AppId") && has("Encrypt") && !has("ToUserName");
        return match incoming.encrypted {
            Some(_) if is_platform => Receiver::Component,
            Some(_) => Receiver::MpEncrypted,
            None => Receiver::Mp,
        };
    }
    match examined.decrypted.as_ref() {
        Some(decrypted) if decrypted.receive_id.is_empty() => Receiver::Bot,
        None if is_json => Receiver::Bot,
        _ => Receiver::Work,
    }
}

impl Known<'_> {
    fn is_verification(&self) -> bool {
        self.incoming.clear_echostr.is_some()
            || self.incoming.encrypted.as_ref().is_some_and(|encrypted| encrypted.name == "echostr")
    }

    /// What the answer to a URL verification has to be, when that is known.
    fn expected(&self) -> Option<&str> {
        match (&self.incoming.clear_echostr, &self.incoming.encrypted, &self.examined.decrypted) {
            (Some(clear), _, _) => Some(clear),
            (None, Some(encrypted), Some(decrypted)) if encrypted.name == "echostr" => {
                Some(&decrypted.message)
            }
            _ => None,
        }
    }

    /// The echostr as it was sent, when it is encrypted.
    fn cipher(&self) -> Option<&str> {
        self.incoming.encrypted.as_ref().filter(|one| one.name == "echostr").map(|one| one.text.as_str())
    }

    fn words(&self, text: &str) -> String {
        let secrets: Vec<&Secret> =
            std::iter::once(self.token).chain(self.key.map(|(text, _)| text)).collect();
        redact(text, &secrets)
    }

    fn answer(&self, id: Option<&'static str>, message: &str, fix: Option<&str>) -> Answer {
        let logged = self.incoming.answer.as_ref();
        Answer {
            status: logged.and_then(|logged| logged.status),
            bytes: logged.and_then(|logged| logged.bytes),
            ok: id.is_none(),
            id,
            message: self.words(message),
            fix: fix.map(|fix| self.words(fix)),
            line: None,
        }
    }

    fn of_finding(&self, finding: &Finding) -> Answer {
        self.answer(Some(finding.fault.id), &finding.cause(self.lang), Some(&finding.fix(self.lang)))
    }

    /// The answer of the log, judged.
    pub(super) fn judge(&self) -> Option<Answer> {
        let logged = self.incoming.answer.as_ref()?;
        let lang = self.lang;
        let held = self.examined.checks.iter().all(|check| check.valid);
        if !held && matches!(logged.status, None | Some(200 | 400 | 401 | 403)) {
            // A refusal of a wrong signature is right, and what is wrong may be our token.
            let text = match logged.status {
                Some(status) => say!(
                    lang,
                    "日志里的应答是 {status}；签名不成立，所以没有判断它",
                    "the log shows {status}; it is not judged, since the signature does not hold"
                ),
                None => say!(
                    lang,
                    "日志里有应答；签名不成立，所以没有判断它",
                    "the log shows an answer; it is not judged, since the signature does not hold"
                ),
            };
            return Some(self.answer(None, &text, None));
        }
        if let Some((text, compared)) = logged.body.as_ref().and_then(|body| self.usable(body)) {
            let findings = self.judge_body(&text);
            if let Some(finding) = findings.iter().find(|one| one.severity == Severity::Fail) {
                return Some(self.of_finding(finding));
            }
            if logged.status.is_none_or(|status| status == 200) && compared && self.size_fault().is_none() {
                return Some(self.answer(None, &self.compared(), None));
            }
        }
        Some(self.by_numbers())
    }

    fn compared(&self) -> String {
        let lang = self.lang;
        let status = self.incoming.answer.as_ref().and_then(|logged| logged.status);
        let status = status.map_or_else(String::new, |status| format!("{status} "));
        if self.is_verification() {
            say!(
                lang,
                "日志里的应答是 {status}echostr，内容一致",
                "the log shows {status}with the right echostr as its body"
            )
        } else {
            say!(lang, "日志里的应答 {status}的内容是允许的", "the log shows {status}with an allowed body")
        }
    }

    /// The body as it was sent, and whether it is known to the byte, or nearly; `None` for words of a
    /// log that may be about anything.
    fn usable(&self, logged: &LoggedBody) -> Option<(String, bool)> {
        if logged.exact {
            return Some((logged.text.clone(), true));
        }
        let text = logged.text.trim();
        let starts = text.starts_with(['{', '[', '<', '"', '\'']);
        let known = if self.is_verification() {
            let holds = |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && text.contains(part));
            starts || holds(self.expected()) || holds(self.cipher())
        } else {
            text == "success" || (starts && text.ends_with(['}', ']', '>', '"', '\'']))
        };
        known.then(|| (text.to_owned(), true))
    }

    fn place(&self) -> Place<'_> {
        let path = self.incoming.path.as_deref();
        let path = path.unwrap_or(self.lang.pick("回调路径", "the callback path"));
        Place { scheme: "http", host: "", port: 80, path }
    }

    fn judge_body(&self, text: &str) -> Vec<Finding> {
        let logged = self.incoming.answer.as_ref();
        let header = |name: &str, value: Option<&String>| value.map(|value| (name.to_owned(), value.clone()));
        let headers = [
            header("content-type", logged.and_then(|logged| logged.content_type.as_ref())),
            header("location", logged.and_then(|logged| logged.location.as_ref())),
        ];
        let answer = Http {
            status: logged.and_then(|logged| logged.status).unwrap_or(200),
            headers: headers.into_iter().flatten().collect(),
            body: text.as_bytes().to_vec(),
            elapsed_ms: 0,
        };
        let key = self.key.map(|(_, key)| key);
        if self.is_verification() {
            let Some(expected) = self.expected() else { return self.judge_unknown(&answer) };
            let sent = Verification {
                kind: self.kind,
                place: self.place(),
                expected,
                encrypted: self.cipher(),
                key,
            };
            return judge_verification(&sent, &answer);
        }
        let decrypted = self.examined.decrypted.as_ref();
        let encrypted = self.incoming.encrypted.is_some();
        let event = self.event();
        let clear = decrypted.map(|one| one.message.as_str()).or(self.incoming.body.as_deref());
        let (to, from) = match (encrypted, decrypted) {
            // Sender and receiver are inside what was not opened.
            (true, None) => (String::new(), String::new()),
            _ => addresses_of(clear.unwrap_or_default()),
        };
        let empty = String::new();
        let push = Push {
            kind: self.kind,
            place: self.place(),
            encrypted,
            token: self.token,
            key,
            receive_id: decrypted.map_or(self.receive_id, |one| &one.receive_id),
            addresses: (&to, &from),
            stamp: (
                self.incoming.timestamp.as_ref().unwrap_or(&empty),
                self.incoming.nonce.as_ref().unwrap_or(&empty),
            ),
            limit_ms: self.limit_ms(),
            event: event.as_deref(),
        };
        judge_reply(&push, &answer).findings
    }

    /// The answer to an echostr that was not decrypted: what is wrong whatever is inside.
    fn judge_unknown(&self, answer: &Http) -> Vec<Finding> {
        let sent = Verification {
            kind: self.kind,
            place: self.place(),
            expected: "\u{0}",
            encrypted: self.cipher(),
            key: None,
        };
        let certain = |finding: &Finding| {
            finding.fault.id.starts_with("answer-")
                || matches!(
                    finding.fault.id,
                    "echo-ciphertext" | "echo-empty" | "echo-json" | "echo-error-text" | "echo-constant"
                )
        };
        judge_verification(&sent, answer).into_iter().filter(certain).collect()
    }

    /// The name of the event or the type of the message, when it can be read.
    fn event(&self) -> Option<String> {
        let decrypted = self.examined.decrypted.as_ref().map(|one| one.message.as_str());
        body::event_name(decrypted.or(self.incoming.body.as_deref())?)
    }

    /// How long the sender waited.
    fn limit_ms(&self) -> u64 {
        if self.is_verification() {
            self.kind.verification_limit_ms()
        } else {
            self.kind.event_limit_ms(self.event().as_deref())
        }
    }

    /// What the size of the answer says.
    fn size_fault(&self) -> Option<&'static Fault> {
        let logged = self.incoming.answer.as_ref()?;
        let given = logged.bytes?;
        if !self.is_verification() {
            return (!self.may_be_right(given)).then_some(&fault::REPLY_SIZE);
        }
        let size = |text: Option<&str>| text.and_then(|text| u64::try_from(text.len()).ok());
        let expected = size(self.expected());
        if expected != Some(given) && size(self.cipher()) == Some(given) {
            return Some(&fault::ECHO_CIPHERTEXT);
        }
        match expected {
            _ if given == 0 => Some(&fault::ECHO_EMPTY),
            Some(expected) if given != expected => Some(&fault::ECHO_SIZE),
            _ => None,
        }
    }

    /// Whether a right answer to a message can have this size.
    fn may_be_right(&self, bytes: u64) -> bool {
        let is_success = self.kind != Receiver::Bot && matches!(bytes, 7 | SUCCESS_IN_A_CHUNK);
        let is_empty = !self.kind.wants_success() && matches!(bytes, 0 | NOTHING_IN_CHUNKS);
        is_success || is_empty || bytes > SHORTEST_REPLY
    }

    /// What status and size say.
    fn by_numbers(&self) -> Answer {
        let lang = self.lang;
        let logged = self.incoming.answer.clone().unwrap_or_default();
        let (method, content) = if self.is_verification() { ("GET", "text") } else { ("POST", "text/xml") };
        let status = logged.status.map(|status| status.to_string()).unwrap_or_default();
        let bytes = logged.bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
        let expected = self.expected().map(|text| text.len().to_string()).unwrap_or_default();
        if let Some(found) = logged.status.filter(|status| *status != 200) {
            if let Some(location) = logged.location.as_ref().filter(|_| (300..400).contains(&found)) {
                let answer = Http {
                    status: found,
                    headers: vec![("location".to_owned(), location.clone())],
                    ..Http::default()
                };
                if let Some(finding) = answer::judge_redirect(self.place(), &answer) {
                    return self.of_finding(&finding);
                }
            }
            return self.of_fault(fault::of_status(found), method, content, &status, &bytes, &expected);
        }
        if let Some(fault) = self.size_fault() {
            return self.of_fault(fault, method, content, &status, &bytes, &expected);
        }
        let text = match (logged.status, logged.bytes) {
            (Some(_), Some(_)) if self.is_verification() && self.expected().is_some() => say!(
                lang,
                "日志里的应答是 {status}，{bytes} 字节，与 echostr 的长度一致；内容没有比对",
                "the log shows {status} and {bytes} bytes, the length of the echostr; the content was not compared"
            ),
            (Some(_), _) => say!(
                lang,
                "日志里的应答是 {status}；内容没有比对",
                "the log shows {status}; the content was not compared"
            ),
            (None, _) => say!(
                lang,
                "日志里有应答，但没有状态；内容没有比对",
                "the log shows an answer without a status; the content was not compared"
            ),
        };
        self.answer(None, &text, None)
    }

    fn of_fault(
        &self,
        fault: &'static Fault,
        method: &'static str,
        content: &'static str,
        status: &str,
        bytes: &str,
        expected: &str,
    ) -> Answer {
        let (limit, allowed) = (self.limit_ms().to_string(), self.kind.allowed());
        let what = match bytes {
            "2" => self.lang.pick("（例如 `ok` 或 `{}`）", " (such as `ok` or `{}`)"),
            "8" => self.lang.pick("（例如 success 加一个换行）", " (such as `success` and a newline)"),
            "9" => self.lang.pick("（例如带引号的 success）", " (such as `success` in quotes)"),
            "10" => self.lang.pick("（例如 BOM 加 success）", " (such as a byte order mark and `success`)"),
            _ => "",
        };
        let bare = match self.kind {
            Receiver::Bot => self.lang.pick("空串", "nothing"),
            _ => self.lang.pick(" success 这 7 个字节", "the 7 bytes `success`"),
        };
        // The log has neither the body nor the place a redirect leads to.
        let values = [
            ("status", status),
            ("bytes", bytes),
            ("expected", expected),
            ("method", method),
            ("content", content),
            ("path", self.place().path),
            ("body", ""),
            ("location", ""),
            ("title", ""),
            ("limit", &limit),
            ("what", what),
            ("kind", self.kind.title().get(self.lang)),
            ("allowed", allowed.get(self.lang)),
            ("bare", bare),
        ];
        self.answer(
            Some(fault.id),
            &fault.cause.fill(self.lang, &values),
            Some(&fault.fix.fill(self.lang, &values)),
        )
    }
}
