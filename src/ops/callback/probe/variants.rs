//! Variants of a verification that failed, which tell its causes apart.
//!
//! In: the right and the wrong call. Out: a finding that is more exact than the first one, and
//! whether it takes its place: the receiver accepts an echostr without `+`, or only letters and
//! digits, or another receive id, or the way of the other platform; or it refuses the right
//! signature like a wrong one.

use super::checks::{failed, other_refusal, same_refusal};
use super::{Echo, Exchange, Failure, Finding, Probe, Receiver, fault};
use crate::both;
use crate::callback::call::{self, Credentials};

impl Probe<'_> {
    /// The more exact finding, if there is one.
    pub(super) fn tell_apart(
        &self,
        right: &Exchange,
        wrong: &Exchange,
        receive_id: &str,
    ) -> Result<Option<(Finding, bool)>, Failure> {
        let kind = self.party.kind;
        let first = right.findings.first().map_or("", |finding| finding.fault.id);
        // A route that is not there answers every variant in the same way.
        let is_about_content = matches!(
            first,
            "echo-error-text"
                | "echo-empty"
                | "echo-wrong"
                | "echo-constant"
                | "echo-json"
                | "answer-forbidden"
                | "answer-bad-request"
                | "answer-server-error"
                | "answer-login"
                | "answer-error-page"
                | "answer-status"
        );
        if !is_about_content {
            return Ok(None);
        }
        if kind.is_work() && self.party.aes_key().is_some() {
            if let Some(finding) = self.other_echostr(receive_id)? {
                return Ok(Some((finding, true)));
            }
            if let Some(finding) = self.other_receive_id(receive_id)? {
                return Ok(Some((finding, true)));
            }
        }
        if let Some(finding) = self.other_platform(receive_id)? {
            return Ok(Some((finding, true)));
        }
        if same_refusal(right, wrong) {
            return Ok(Some((self.refused(right), true)));
        }
        let came_further = kind.is_work()
            && matches!(first, "echo-error-text" | "answer-forbidden" | "answer-bad-request")
            && other_refusal(right, wrong);
        Ok(came_further.then(|| (self.refusal(&fault::DECRYPTION_REFUSED, right), false)))
    }

    fn other_echostr(&self, receive_id: &str) -> Result<Option<Finding>, Failure> {
        let kind = self.party.kind;
        let no_plus = self.echo_with(kind, |echostr| !echostr.contains('+'))?;
        if !failed(&self.verify_as(kind, receive_id, &no_plus, false)?) {
            return Ok(Some(Finding::fail(&fault::ECHO_PLUS)));
        }
        let bare = self.bare_echo(receive_id)?;
        if !failed(&self.verify_as(kind, receive_id, &bare, false)?) {
            return Ok(Some(Finding::fail(&fault::ECHO_NOT_DECODED)));
        }
        Ok(None)
    }

    /// An echostr that percent-encoding does not change, if one is found soon: its length has to be a
    /// multiple of 48 bytes, so that base64 needs no `=`.
    fn bare_echo(&self, receive_id: &str) -> Result<Echo, Failure> {
        let mut echo = self.echo_with(self.party.kind, |_| true)?;
        let Some(key) = self.party.aes_key() else { return Ok(echo) };
        // 20 bytes before the message, at least 1 of padding, in blocks of 32: 96 have no `=`.
        let length = 95_usize.saturating_sub(20 + receive_id.len()).max(1);
        let length = if length + 20 + receive_id.len() < 64 { 75 } else { length };
        for _ in 0..4_000 {
            echo.text = super::digits(length)?;
            echo.stamp = super::stamp(self.context.env.now())?;
            let encrypted = key.encrypt(echo.stamp.random, &echo.text, receive_id);
            if encrypted.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
                break;
            }
        }
        Ok(echo)
    }

    fn other_receive_id(&self, receive_id: &str) -> Result<Option<Finding>, Failure> {
        let kind = self.party.kind;
        let mut others: Vec<&str> = vec!["", &self.party.receive_id];
        others.extend(self.party.verification_ids.iter().map(String::as_str));
        others.extend(self.party.other_ids.iter().map(String::as_str));
        others.sort_unstable();
        others.dedup();
        for other in others.into_iter().filter(|other| *other != receive_id) {
            if !failed(&self.verify_as(kind, other, &self.echo(kind)?, false)?) {
                let finding = Finding::fail(&fault::ECHO_RECEIVE_ID)
                    .with("other", if other.is_empty() { both!("（空）", "(empty)") } else { other.into() })
                    .with("expected", receive_id);
                return Ok(Some(finding));
            }
        }
        Ok(None)
    }

    /// Verifies as the other platform does: mp in clear with `signature`, WeCom encrypted.
    fn other_platform(&self, receive_id: &str) -> Result<Option<Finding>, Failure> {
        let kind = self.party.kind;
        let (other, title, scheme) = if kind.is_work() {
            (
                Receiver::Mp,
                both!("公众号", "an Official Account"),
                both!("明文 echostr 和 `signature`", "a clear echostr and `signature`"),
            )
        } else if self.party.aes_key().is_some() {
            (
                Receiver::Work,
                both!("企业微信", "WeCom"),
                both!("加密的 echostr 和 `msg_signature`", "an encrypted echostr and `msg_signature`"),
            )
        } else {
            return Ok(None);
        };
        let exchange = self.verify_as(other, receive_id, &self.echo(other)?, false)?;
        if failed(&exchange) {
            return self.plain_on_work(receive_id);
        }
        // A receiver that checks nothing says yes to anything.
        let wrong = self.verify_as(other, receive_id, &self.echo(other)?, true)?;
        if !failed(&wrong) {
            return Ok(None);
        }
        let finding = Finding::fail(&fault::ECHO_OTHER_SCHEME)
            .with("other", title)
            .with("scheme", scheme)
            .with("kind", kind.title());
        Ok(Some(finding))
    }

    /// WeCom's call with the signature of an Official Account: three values in `msg_signature`.
    fn plain_on_work(&self, receive_id: &str) -> Result<Option<Finding>, Failure> {
        let kind = self.party.kind;
        if !kind.is_work() {
            return Ok(None);
        }
        let echo = self.echo(kind)?;
        let with: Credentials = self.party.credentials(receive_id);
        let Some(call) = call::verification_signed_plainly(&with, &echo.stamp, &echo.text) else {
            return Ok(None);
        };
        let Ok(answer) = self.send(&call) else { return Ok(None) };
        if answer.status != 200 || answer.body != echo.text.as_bytes() {
            return Ok(None);
        }
        let finding = Finding::fail(&fault::ECHO_PLAIN_SIGNATURE);
        Ok(Some(finding))
    }
}
