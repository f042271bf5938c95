//! Values that fit the hash and that neither WeChat nor a browser ever has: quotes around a nonce, a
//! timestamp with a fraction, a host `undefined`.
//!
//! In: the inputs of a claim whose signature fits. Out: the mistakes. A flag says what it says; only what
//! the evidence shows is judged.

use super::{Inputs, Judge, Mistake, Proof};
use crate::both;
use crate::diagnosis::url_part::Parts;
use crate::diagnosis::warning::is_empty_value;

impl<'e> Judge<'e, '_> {
    pub(super) fn never_right(&self, inputs: &Inputs<'e>, page_agrees: Option<bool>) -> Vec<Mistake> {
        if inputs.claim.is_none() {
            return Vec::new();
        }
        let (fields, given, request) = (&inputs.fields, inputs.given, self.request);
        let has_ticket = given.ticket && request.ticket.is_none() && inputs.cached.is_none();
        let has_timestamp = given.timestamp && request.timestamp.is_none();
        let ticket = fields.ticket.as_str();
        let ids: [(&'static str, &str, &str, &str, bool); 3] = [
            ("ticket", ticket, "ticket-whitespace", "ticket-quoted", has_ticket),
            (
                "nonce",
                &fields.nonce,
                "nonce-whitespace",
                "nonce-quoted",
                given.nonce && request.nonce.is_none(),
            ),
            ("timestamp", &fields.timestamp, "timestamp-whitespace", "timestamp-quoted", has_timestamp),
        ];
        let mut found = Vec::new();
        for (field, value, spaced, quoted, is_shown) in ids {
            if !is_shown || is_empty_value(value) {
                continue;
            }
            // A ticket has no space inside either.
            let plain = if field == "ticket" {
                value.split_whitespace().collect::<String>()
            } else {
                value.trim().to_owned()
            };
            // Python's `b'…'` is what str() makes of bytes.
            let bare = value.strip_prefix('b').filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(value);
            let inner = ['"', '\''].iter().find_map(|quote| bare.strip_prefix(*quote)?.strip_suffix(*quote));
            if plain != value {
                found.extend(self.mistake(spaced, Proof::Hash, field, (value, &plain), &[]));
            } else if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
                found.extend(self.mistake(quoted, Proof::Hash, field, (value, inner), &[]));
            } else if field == "timestamp" {
                found.extend(self.not_seconds(value));
            }
        }
        if has_ticket && self.tokens.contains(ticket) {
            found.extend(self.mistake("ticket-access-token", Proof::Hash, "ticket", (ticket, ""), &[]));
        }
        if request.url.is_none() && page_agrees != Some(true) {
            found.extend(self.impossible_url(inputs));
        }
        found
    }

    /// A timestamp with a fraction, a date, a word.
    fn not_seconds(&self, timestamp: &str) -> Option<Mistake> {
        let digits = timestamp.bytes().take_while(u8::is_ascii_digit).count();
        if digits == timestamp.len() {
            return None;
        }
        let seconds = if digits == 10 { &timestamp[..digits] } else { "" };
        let detail = both!("`{timestamp}`", "`{timestamp}`");
        let values = (timestamp, seconds);
        self.mistake("timestamp-not-seconds", Proof::Evidence, "timestamp", values, &[("detail", &detail)])
    }

    /// Whitespace, capitals in the host; a `&` that joined the next parameter and has none behind it.
    fn impossible_url(&self, inputs: &Inputs<'e>) -> Option<Mistake> {
        let url = inputs.signed_url()?;
        if url.trim() != url {
            return self.mistake("url-whitespace", Proof::Hash, "url", (url, url.trim()), &[]);
        }
        // A browser drops these, and writes every host in lower case.
        if url.contains(['\t', '\n', '\r']) {
            let plain = url.replace(['\t', '\n', '\r'], "");
            return self.mistake("url-whitespace", Proof::Evidence, "url", (url, &plain), &[]);
        }
        let host = Parts::of(url).host;
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let lower = url.replacen(host, &host.to_ascii_lowercase(), 1);
            return self.mistake("url-case", Proof::Evidence, "url", (url, &lower), &[]);
        }
        // An address that is written apart from string1 may end so.
        let is_apart = || self.urls_apart(inputs).any(|own| own == url);
        let bare = url.strip_suffix('&').filter(|_| inputs.literal.is_some() && !is_apart())?;
        self.mistake("url-dangling-separator", Proof::Evidence, "url", (url, bare), &[])
    }

    /// A host that a variable without a value made: `https://undefined/`, `https://a.cnnull/`.
    pub(super) fn unset_host(&self, url: &str) -> Option<Mistake> {
        let host = Parts::of(url).host;
        let unset = ["undefined", "null", "NaN"].into_iter().find(|unset| host.ends_with(unset))?;
        let detail = both!("url 的主机名 `{host}` 里有 {unset}", "the url's host `{host}` has {unset} in it");
        self.mistake("value-undefined", Proof::Evidence, "url", (host, ""), &[("detail", &detail)])
    }
}
