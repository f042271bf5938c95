//! The tests of a probe in their order, and what becomes a check of the report.

use super::{Answer, Failure, Finding, Lang, Receiver, Severity, Trouble, digits, fault, json, say, stamp};
use super::{Check, Echo, Exchange, Probe};
use crate::both;

/// The message that is pushed: harmless, and known to every receiver of its kind.
fn message_of(kind: Receiver, addresses: &(String, String), receive_id: &str, now: u64, id: &str) -> String {
    let (to, from) = addresses;
    match kind {
        Receiver::Bot => json!({
            "msgid": id, "aibotid": "wecheckbot", "chattype": "single", "from": {"userid": "wecheck"},
            "response_url": "https://127.0.0.1/none", "msgtype": "text", "text": {"content": "wecheck"},
        })
        .to_string(),
        Receiver::SuiteCommand => format!(
            "<xml><SuiteId><![CDATA[{receive_id}]]></SuiteId><InfoType><![CDATA[suite_ticket]]></InfoType>\
             <TimeStamp>{now}</TimeStamp><SuiteTicket><![CDATA[wecheck-probe-{id}]]></SuiteTicket></xml>"
        ),
        Receiver::Component => format!(
            "<xml><AppId><![CDATA[{receive_id}]]></AppId><CreateTime>{now}</CreateTime>\
             <InfoType><![CDATA[component_verify_ticket]]></InfoType>\
             <ComponentVerifyTicket><![CDATA[wecheck-probe-{id}]]></ComponentVerifyTicket></xml>"
        ),
        _ => {
            let agent = if kind.is_work() { "<AgentID>1</AgentID>" } else { "" };
            format!(
                "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>\
                 <CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>\
                 <Content><![CDATA[wecheck]]></Content><MsgId>{id}</MsgId>{agent}</xml>"
            )
        }
    }
}

/// How long ago an old timestamp is, in seconds.
const OLD: u64 = 7_200;

impl Probe<'_> {
    /// Every test; `true` when the receiver was not reached.
    pub(super) fn all(&mut self, get_only: bool) -> Result<bool, Failure> {
        let kind = self.party.kind;
        self.remark_on_address();
        let mut verified = true;
        if kind.has_verification() {
            let (exchange, reached) = self.verification()?;
            if !reached {
                return Ok(true);
            }
            verified = exchange;
        } else {
            self.skip(
                "get-right-signature",
                say!(
                    self.lang,
                    "第三方平台的地址没有 GET 验证",
                    "the address of a third-party platform is not verified by a GET"
                ),
            );
        }
        if get_only {
            let text = say!(self.lang, "--get-only：没有发送消息", "--get-only: no message was sent");
            self.skip("post-right-signature", text);
            return Ok(false);
        }
        self.messages(verified)
    }

    /// The verification; whether it passed, and whether the receiver was reached.
    fn verification(&mut self) -> Result<(bool, bool), Failure> {
        let kind = self.party.kind;
        let echo = self.echo(kind)?;
        let first_id = self.party.verification_ids.first().cloned().unwrap_or_default();
        let mut right = self.verify_as(kind, &first_id, &echo, false)?;
        // For a command URL the documents leave open which id it is: either will do.
        for other in self.party.verification_ids.iter().skip(1) {
            if failed(&right) && !is_unreachable(&right) {
                let again = self.verify_as(kind, other, &self.echo(kind)?, false)?;
                if !failed(&again) {
                    right = again;
                }
            }
        }
        if is_unreachable(&right) {
            self.report(&right, &right.findings);
            return Ok((false, false));
        }
        if matches!(right.outcome, Err(Trouble::Timeout(_) | Trouble::NeverEnds(_))) {
            self.report(&right, &right.findings);
            return Ok((false, true));
        }
        let wrong = self.verify_as(kind, &first_id, &self.echo(kind)?, true)?;
        let passed = !failed(&right);
        if passed {
            self.pass_or_report(&right, "get-right-signature");
        } else {
            let mut findings = right.findings.clone();
            if let Some(better) = self.tell_apart(&right, &wrong, &first_id)? {
                findings.insert(0, better.0);
                // The general finding says the same with less.
                if better.1 && findings.len() > 1 {
                    findings.remove(1);
                }
            }
            self.report(&right, &findings);
        }
        self.judge_wrong(&wrong, &right, "get-wrong-signature", false);
        Ok((passed, true))
    }

    fn messages(&mut self, verified: bool) -> Result<bool, Failure> {
        let kind = self.party.kind;
        let receive_id = self.party.receive_id.clone();
        let now = self.context.env.now();
        let message = |id: &str, now: u64, receive_id: &str| {
            message_of(kind, &self.party.addresses(), receive_id, now, id)
        };
        let text = message(&digits(19)?, now, &receive_id);
        let right = self.push(&text, 0, &receive_id, false)?;
        if is_unreachable(&right) {
            self.report(&right, &right.findings);
            return Ok(true);
        }
        if matches!(right.outcome, Err(Trouble::Timeout(_) | Trouble::NeverEnds(_))) {
            self.report(&right, &right.findings);
            return Ok(false);
        }
        let wrong = self.push(&message(&digits(19)?, now, &receive_id), 0, &receive_id, true)?;
        let other = "wx0000000000000000";
        let (unchecked, old, replayed) = if failed(&right) || !verified {
            (None, None, None)
        } else {
            let unchecked = kind
                .is_encrypted()
                .then(|| self.push(&message(&digits(19)?, now, other), 0, other, false))
                .transpose()?;
            let old = self.push(&message(&digits(19)?, now - OLD, &receive_id), OLD, &receive_id, false)?;
            let again = self.push_call(right.call.clone(), ("", ""), &receive_id);
            (unchecked, Some(old), Some(again))
        };
        if failed(&right) {
            let mut findings = right.findings.clone();
            if same_refusal(&right, &wrong) {
                findings.insert(0, self.refused(&right));
                findings.truncate(1);
            }
            self.report(&right, &findings);
        } else {
            self.pass_or_report(&right, "post-right-signature");
        }
        self.judge_wrong(&wrong, &right, "post-wrong-signature", true);
        for (exchange, fault) in [
            (&unchecked, &fault::RECEIVE_ID_UNCHECKED),
            (&old, &fault::OLD_ACCEPTED),
            (&replayed, &fault::REPLAY_ACCEPTED),
        ] {
            if let Some(exchange) = exchange
                && matches!(&exchange.outcome, Ok(answer) if answer.status == 200)
                && exchange.outcome.as_ref().map(|a| &a.body).ok()
                    == right.outcome.as_ref().map(|a| &a.body).ok()
            {
                self.report(exchange, &[Finding::info(fault)]);
            }
        }
        Ok(false)
    }

    /// A number to be echoed, and a stamp; when it is encrypted, so that the echostr has a `+`.
    pub(super) fn echo(&self, kind: Receiver) -> Result<Echo, Failure> {
        self.echo_with(kind, |echostr| echostr.contains('+'))
    }

    /// The same with an encrypted echostr that `fits`, if one is found soon.
    pub(super) fn echo_with(&self, kind: Receiver, fits: impl Fn(&str) -> bool) -> Result<Echo, Failure> {
        let mut echo = Echo { text: digits(19)?, stamp: stamp(self.context.env.now())? };
        let Some(key) = self.party.aes_key().filter(|_| kind.is_work()) else { return Ok(echo) };
        for _ in 0..400 {
            let encrypted = key.encrypt(echo.stamp.random, &echo.text, &self.party.receive_id);
            if encrypted.is_some_and(|encrypted| fits(&encrypted)) {
                break;
            }
            echo = Echo { text: digits(19)?, stamp: stamp(self.context.env.now())? };
        }
        Ok(echo)
    }

    /// What the answer to a wrong signature says.
    fn judge_wrong(&mut self, wrong: &Exchange, right: &Exchange, id: &'static str, is_post: bool) {
        let (Ok(answer), Ok(expected)) = (&wrong.outcome, &right.outcome) else {
            if let Err(trouble) = &wrong.outcome
                && right.outcome.is_ok()
            {
                let limit = self.party.kind.message_limit_ms();
                let place = self.client.target().place();
                let finding = super::answer::of_trouble(trouble, place, limit);
                self.report(wrong, &[finding]);
            }
            return;
        };
        let finding = |fault| {
            let start: String = self.party.redacted(&answer.text()).chars().take(40).collect();
            let start = start.escape_debug().to_string();
            let body = if start.is_empty() { both!("", "") } else { both!("，`{start}`", ", `{start}`") };
            Finding::fail(fault)
                .with("method", if is_post { "POST" } else { "GET" })
                .with("status", answer.status.to_string())
                .with("body", body)
        };
        if !is_post {
            // Whatever is wrong with the form, the echostr came back.
            let came_back = !failed(wrong)
                || (answer.status == 200 && same_fault(wrong, right) && !failed_by_refusal(wrong));
            if came_back && is_echo(wrong) {
                self.report(wrong, &[finding(&fault::SIGNATURE_IGNORED)]);
            } else if !failed(right) || answer.status != expected.status {
                // A route that refuses everything refuses nothing in particular.
                self.pass(wrong, id);
            }
            return;
        }
        let accepted = answer.status == 200 && !failed(wrong);
        if !accepted {
            if !failed(right) || answer.status != expected.status {
                self.pass(wrong, id);
            }
        } else if failed(right) {
            // A right one gets worse than this: nothing to compare with.
        } else if !answer.body.is_empty() {
            self.report(wrong, &[finding(&fault::SIGNATURE_IGNORED)]);
        } else if expected.body.is_empty() {
            let mut unclear = finding(&fault::SIGNATURE_UNCLEAR);
            unclear.severity = Severity::Warn;
            self.report(wrong, &[unclear]);
        } else {
            self.pass(wrong, id);
        }
    }

    /// The finding that a right signature is refused like a wrong one.
    pub(super) fn refused(&self, right: &Exchange) -> Finding {
        self.refusal(&fault::SIGNATURE_REFUSED, right)
    }

    /// A refusal with its status and the beginning of its text.
    pub(super) fn refusal(&self, fault: &'static fault::Fault, right: &Exchange) -> Finding {
        let (status, text) = match &right.outcome {
            Ok(answer) => (answer.status, answer.text()),
            Err(_) => (0, String::new()),
        };
        let start: String = self.party.redacted(text.trim()).chars().take(60).collect();
        let start = start.escape_debug().to_string();
        let body = if start.is_empty() { both!("", "") } else { both!("，`{start}`", ", `{start}`") };
        Finding::fail(fault).with("status", status.to_string()).with("body", body)
    }

    /// Remarks that need no request.
    fn remark_on_address(&mut self) {
        let place = self.client.target().place();
        let is_local = crate::address::is_loopback(&self.client.target().url);
        let mut findings = Vec::new();
        let allowed = if place.scheme == "https" { 443 } else { 80 };
        if !self.party.kind.is_work() && place.port != allowed {
            let mut finding = Finding::fail(&fault::PORT).with("port", place.port.to_string());
            if is_local {
                finding.severity = Severity::Info;
            }
            findings.push(finding);
        }
        if is_local {
            findings.push(Finding::info(&fault::LOCAL).with("host", place.host));
        }
        for finding in findings {
            let check = self.check(&finding, None);
            self.checks.push(check);
        }
    }

    fn pass_or_report(&mut self, exchange: &Exchange, id: &'static str) {
        if exchange.findings.is_empty() {
            self.pass(exchange, id);
        } else {
            self.report(exchange, &exchange.findings);
        }
    }

    fn pass(&mut self, exchange: &Exchange, id: &'static str) {
        let (title, message) = passed(id, self.lang);
        let mut check = self.of_exchange(exchange);
        (check.id, check.status, check.title, check.message) = (id, "pass", title, message);
        self.checks.push(check);
    }

    pub(super) fn skip(&mut self, id: &'static str, message: String) {
        let (title, _) = passed(id, self.lang);
        self.checks.push(Check {
            id,
            status: "skip",
            title,
            message,
            fix: None,
            measured: serde_json::Value::Null,
            request: None,
            answer: None,
        });
    }

    pub(super) fn report(&mut self, exchange: &Exchange, findings: &[Finding]) {
        for finding in findings {
            let check = self.check(finding, Some(exchange));
            self.checks.push(check);
        }
    }

    fn check(&self, finding: &Finding, exchange: Option<&Exchange>) -> Check {
        let base = exchange.map(|exchange| self.of_exchange(exchange));
        let (message, fix) = self.party.words_of(finding, self.lang);
        let (measured, request, answer) = base
            .map_or((serde_json::Value::Null, None, None), |base| (base.measured, base.request, base.answer));
        Check {
            id: finding.fault.id,
            status: match finding.severity {
                Severity::Fail => "fail",
                Severity::Warn => "warn",
                Severity::Info => "info",
            },
            title: finding.fault.title.get(self.lang).to_owned(),
            message,
            fix: Some(fix),
            measured,
            request,
            answer,
        }
    }

    /// A check with what was sent and what came, its words still missing.
    pub(super) fn of_exchange(&self, exchange: &Exchange) -> Check {
        let call = &exchange.call;
        let request = format!("{} {}", call.method, self.client.target().with_query(&call.query));
        let (measured, answer) = match &exchange.outcome {
            Ok(answer) => {
                let kind = answer.header("content-type").unwrap_or("-").to_owned();
                let measured = json!({
                    "status": answer.status,
                    "elapsed_ms": answer.elapsed_ms,
                    "bytes": answer.body.len(),
                });
                (measured, Some(format!("{} {kind}: {}", answer.status, shown(answer))))
            }
            Err(_) => (serde_json::Value::Null, None),
        };
        Check {
            id: "",
            status: "",
            title: String::new(),
            message: String::new(),
            fix: None,
            measured,
            request: Some(self.party.redacted(&request)),
            answer: answer.map(|answer| self.party.redacted(&answer)),
        }
    }
}

/// The beginning of a body.
fn shown(answer: &Answer) -> String {
    let text = answer.text();
    let mut start: String = text.chars().take(200).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// The words of a test that passed.
fn passed(id: &'static str, lang: Lang) -> (String, String) {
    let (title, message) = match id {
        "get-right-signature" => (
            lang.pick("验证请求通过", "The verification passes"),
            lang.pick("签名正确的 GET 得到了 echostr", "a GET with the right signature got the echostr back"),
        ),
        "get-wrong-signature" => (
            lang.pick("错误签名的验证被拒绝", "A wrongly signed verification is refused"),
            lang.pick(
                "签名错误的 GET 没有得到 echostr",
                "a GET with a wrong signature did not get the echostr",
            ),
        ),
        "post-right-signature" => (
            lang.pick("消息得到正确的应答", "A message is answered rightly"),
            lang.pick(
                "签名正确的 POST 得到了允许的应答",
                "a POST with the right signature got an allowed answer",
            ),
        ),
        "post-wrong-signature" => (
            lang.pick("错误签名的消息被拒绝", "A wrongly signed message is refused"),
            lang.pick("签名错误的 POST 没有被接受", "a POST with a wrong signature was not accepted"),
        ),
        _ => (lang.pick("通过", "Passed"), lang.pick("通过", "passed")),
    };
    (title.to_owned(), message.to_owned())
}

/// Whether something in it would make WeChat refuse.
pub(super) fn failed(exchange: &Exchange) -> bool {
    exchange.findings.iter().any(|finding| finding.severity == Severity::Fail)
}

fn is_unreachable(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Err(trouble) if trouble.is_unreachable())
}

/// Whether the first finding says that the echostr came back in some form.
fn is_echo(exchange: &Exchange) -> bool {
    const FORMS: &[&str] = &[
        "echo-bom",
        "echo-newline",
        "echo-whitespace",
        "echo-quotes",
        "echo-json",
        "echo-html",
        "echo-extra-output",
        "echo-ciphertext",
        "echo-encrypted",
        "echo-escaped",
        "echo-charset",
        "echo-content-type",
        "answer-slow",
    ];
    exchange.findings.first().is_none_or(|finding| {
        FORMS.contains(&finding.fault.id) && (finding.fault.id != "echo-json" || holds_digits(exchange))
    })
}

/// Whether the body has a long number, as an echostr is one.
fn holds_digits(exchange: &Exchange) -> bool {
    let Ok(answer) = &exchange.outcome else { return false };
    let text = answer.text();
    let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
    longest.unwrap_or(0) >= 19
}

fn same_fault(a: &Exchange, b: &Exchange) -> bool {
    a.findings.first().map(|one| one.fault.id) == b.findings.first().map(|one| one.fault.id)
}

/// Whether the first finding is a refusal rather than a form of the echostr.
fn failed_by_refusal(exchange: &Exchange) -> bool {
    exchange.findings.first().is_some_and(|finding| {
        matches!(finding.fault.id, "echo-error-text" | "echo-empty" | "echo-constant" | "echo-wrong")
    })
}

/// Whether the right call was refused in the same way as the wrong one, as a signature check does.
pub(super) fn same_refusal(right: &Exchange, wrong: &Exchange) -> bool {
    let (Ok(a), Ok(b)) = (&right.outcome, &wrong.outcome) else { return false };
    if a.status != b.status || !same_fault(right, wrong) || start(a) != start(b) {
        return false;
    }
    let text = a.text().to_lowercase();
    let speaks = ["sign", "签名", "token", "invalid", "verify", "校验", "验证", "-40001", "check"]
        .iter()
        .any(|word| text.contains(word));
    let is_page = text.contains("<html") || text.contains("<!doctype");
    match a.status {
        403 | 401 => a.header("www-authenticate").is_none() && (!is_page || speaks) && !text.contains("csrf"),
        500 => text.contains("signature") || text.contains("签名"),
        400 | 200 => speaks && !is_page,
        _ => false,
    }
}

/// Whether the right call was refused in another way than the wrong one: it came further.
pub(super) fn other_refusal(right: &Exchange, wrong: &Exchange) -> bool {
    let (Ok(a), Ok(b)) = (&right.outcome, &wrong.outcome) else { return false };
    let refuses = |answer: &Answer| matches!(answer.status, 400 | 401 | 403) || answer.status == 200;
    let text = a.text().to_lowercase();
    let is_page = text.contains("<html") || text.contains("<!doctype");
    // What a second refusal differs in has to be more than a number in its text.
    refuses(a)
        && b.status != 404
        && !is_page
        && !a.body.is_empty()
        && (a.status != b.status || start(a) != start(b))
}

/// The first words of a body that are words: a signature or a number may differ from call to call.
fn start(answer: &Answer) -> String {
    let text = answer.text();
    let is_word = |word: &&str| !word.contains(|c: char| c.is_ascii_digit());
    text.split_whitespace().filter(is_word).take(6).collect::<Vec<_>>().join(" ")
}
