//! One request of a listener: is it WeChat's, what is in it.
//!
//! In: the request as it came, token and key. Out: a [`Seen`]. The search for a mistake is apart
//! ([`Seen::explain`]), since it takes its time.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::callback::mistake::{self, Known, Mistake};
use crate::callback::{self, Signed, body, is_encrypted_shape, request};
use crate::endpoint::listener::Received;
use crate::lang::Lang;
use crate::ops::callback::party::Party;

/// How long a mistake is searched for.
const SEARCH: Duration = Duration::from_millis(200);

/// What a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Without a signature.
    Stranger,
    /// With one that does not hold.
    WrongSignature,
    /// A URL verification.
    Verification,
    /// A message or an event.
    Message,
}

/// What was seen of a request.
pub(super) struct Seen {
    pub(super) kind: Kind,
    pub(super) timestamp: String,
    pub(super) nonce: String,
    /// The echostr or Encrypt value, when it is encrypted.
    pub(super) encrypted: Option<String>,
    /// What a verification has to get back.
    pub(super) echo: Option<String>,
    /// The message in clear.
    pub(super) message: Option<String>,
    pub(super) receive_id: Option<String>,
    /// Its type or the name of the event.
    pub(super) event: Option<String>,
    pub(super) addresses: (String, String),
    pub(super) mistakes: Vec<Mistake>,
    /// The signature that does not hold, and whether it is the one of three values.
    wrong: Option<(String, bool)>,
}

impl Seen {
    /// Looks at a request.
    pub(super) fn of(received: &Received, party: &Party, lang: Lang) -> Self {
        let line = format!("{} {} HTTP/1.1", received.method, received.target);
        let query = request::read(&line).unwrap_or_default();
        let text = String::from_utf8_lossy(&received.body);
        let sent = body::read(&text).ok();
        let in_body = sent.as_ref().and_then(|body| body.encrypt.clone());
        let is_get = received.method == "GET";
        let encrypted_echo = query.echostr.clone().filter(|echo| {
            query.msg_signature.is_some() || (party.kind.is_work() && is_encrypted_shape(echo))
        });
        let encrypted = if is_get { encrypted_echo } else { in_body };
        let mut seen = Self {
            kind: Kind::Stranger,
            timestamp: query.timestamp.unwrap_or_default(),
            nonce: query.nonce.unwrap_or_default(),
            encrypted,
            echo: None,
            message: None,
            receive_id: None,
            event: None,
            addresses: (String::new(), String::new()),
            mistakes: Vec::new(),
            wrong: None,
        };
        if query.signature.is_none() && query.msg_signature.is_none() {
            return seen;
        }
        let signed = |encrypt: Option<String>| Signed {
            timestamp: seen.timestamp.clone(),
            nonce: seen.nonce.clone(),
            encrypt,
        };
        let holds = |given: &Option<String>, encrypt: Option<String>| {
            given
                .as_ref()
                .map(|given| callback::same(&callback::signature(&party.token, &signed(encrypt)), given))
        };
        let whole = match &seen.encrypted {
            Some(encrypt) => holds(&query.msg_signature, Some(encrypt.clone())),
            None => None,
        };
        let plain = holds(&query.signature, None);
        // WeCom's calls carry msg_signature, and what is encrypted has to be covered by one.
        let lacks = seen.encrypted.is_some() && whole.is_none();
        seen.wrong = match (whole, plain, lacks) {
            (Some(false), _, _) => query.msg_signature.clone().map(|given| (given, false)),
            (_, Some(false), _) => query.signature.clone().map(|given| (given, true)),
            (None, None, _) => query.msg_signature.clone().map(|given| (given, true)),
            (_, _, true) => query.signature.clone().map(|given| (given, false)),
            _ => None,
        };
        if seen.wrong.is_some() {
            seen.kind = Kind::WrongSignature;
            return seen;
        }
        seen.kind = if is_get { Kind::Verification } else { Kind::Message };
        seen.decrypt(party, query.echostr, &text, lang);
        seen
    }

    /// Decrypts what is encrypted, after the signature held.
    fn decrypt(&mut self, party: &Party, echostr: Option<String>, text: &str, lang: Lang) {
        let clear = match &self.encrypted {
            None => Some(if self.kind == Kind::Verification {
                echostr.unwrap_or_default()
            } else {
                text.to_owned()
            }),
            Some(encrypt) => {
                if let Some(Ok(decrypted)) = party.aes_key().map(|key| key.decrypt(encrypt)) {
                    self.receive_id = Some(decrypted.receive_id);
                    Some(decrypted.message)
                } else {
                    self.mistakes.push(mistake::other_key(true, None, lang));
                    None
                }
            }
        };
        if self.kind == Kind::Verification {
            self.event = Some("verification".to_owned());
            self.echo = clear;
        } else {
            if let Some(fields) = clear.as_deref().and_then(|text| body::fields(text).ok()) {
                self.event = body::event_of(&fields);
                let text =
                    |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                self.addresses = (text("ToUserName"), text("FromUserName"));
            }
            self.message = clear;
        }
        if let Some(found) = &self.receive_id {
            let known = found == &party.receive_id
                || (self.kind == Kind::Verification && party.verification_ids.contains(found));
            if !known {
                self.mistakes.push(mistake::other_receive_id(found, &party.receive_id, lang));
            }
        }
    }

    /// Finds out why the signature does not hold.
    pub(super) fn explain(&mut self, received: &Received, party: &Party, lang: Lang) {
        let Some((given, is_plain)) = &self.wrong else { return };
        let signed = Signed {
            timestamp: self.timestamp.clone(),
            nonce: self.nonce.clone(),
            encrypt: self.encrypted.clone().filter(|_| !is_plain),
        };
        let body = String::from_utf8_lossy(&received.body);
        let other_values: Vec<_> =
            party.key.iter().map(|(text, _)| ("EncodingAESKey", text.clone())).collect();
        let known = Known {
            token: &party.token,
            signed: &signed,
            encrypted_name: if received.method == "GET" { "echostr" } else { "encrypt" },
            encoded: None,
            left_out: self.encrypted.as_deref().filter(|_| *is_plain),
            body: Some(&body),
            other_holds: false,
            other_tokens: &[],
            other_values: &other_values,
        };
        let begun = Instant::now();
        self.mistakes = mistake::explain(&known, given, lang, &|| begun.elapsed() > SEARCH).mistakes;
    }

    /// Whether the sender waits a second only.
    pub(super) fn is_urgent(&self) -> bool {
        matches!(self.event.as_deref(), Some("create_auth" | "change_auth" | "cancel_auth"))
    }
}
