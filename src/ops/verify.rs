//! Does a signature fit, and what else makes WeChat refuse it: the use case behind `verify`,
//! `POST /api/verify` and the tool `verify`.
//!
//! In: a [`Request`]: values, pasted text, the address of the phone. Out: a [`Report`], the `--json`
//! document: a [`Check`] for every claim (one signature with the values that belong to it), and the one
//! that matters most once more at the top. Any text is taken for any value.
//!
//! ```text
//! Request ─► evidence: claims ─► inputs: the values of each ─► judge ─► Check ─► Report
//!                                      known tickets ─┘  search ─┘
//! ```

mod inputs;
mod judge;
mod search;

use serde::{Deserialize, Deserializer, Serialize};

use super::request::{several, text};
use crate::both;
use crate::catalog::answer::{Basis, Meaning, answer};
use crate::context::Context;
use crate::diagnosis::next_step::NextStep;
use crate::diagnosis::url_part::Difference;
use crate::diagnosis::warning::Warning;
use crate::evidence;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::lang::{Both, Lang};
use crate::platform::Platform;
use crate::signature::Kind;
use inputs::Inputs;

/// What is to be verified. As JSON the names are the long flags, pasted text is `from`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Request {
    /// The kind of signature; `None` as the evidence shows.
    pub kind: Option<Kind>,
    /// The url that was signed.
    #[serde(deserialize_with = "text")]
    pub url: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ticket: Option<String>,
    #[serde(deserialize_with = "text")]
    pub nonce: Option<String>,
    #[serde(deserialize_with = "text")]
    pub timestamp: Option<String>,
    /// The signature to check.
    #[serde(deserialize_with = "text")]
    pub signature: Option<String>,
    /// The address that the phone really had.
    #[serde(deserialize_with = "text")]
    pub page_url: Option<String>,
    #[serde(deserialize_with = "text")]
    pub app_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub agent_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub group_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub card_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub card_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub location_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub openid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub balance: Option<String>,
    pub platform: Option<Platform>,
    /// Tickets or tokens that may have been signed instead.
    #[serde(deserialize_with = "several")]
    pub other_ticket: Vec<String>,
    /// Let the search go on for so many seconds.
    #[serde(deserialize_with = "seconds")]
    pub deep: Option<u64>,
    /// Pasted text: code, JSON, a log, a HAR file.
    pub from: Option<String>,
    /// The name of the file that it came from, `stdin` or a url.
    #[serde(skip)]
    pub source: Option<String>,
    /// Show tickets out of the cache whole.
    #[serde(skip)]
    pub reveal: bool,
}

impl Request {
    /// Whether a value of the signature is given, so that a piped stdin is not read.
    pub fn has_value(&self) -> bool {
        [&self.url, &self.ticket, &self.nonce, &self.timestamp, &self.signature, &self.card_id]
            .into_iter()
            .any(Option::is_some)
    }
}

/// A number of seconds, as a number or a text.
fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "another type, expected a number of seconds")]
    enum Number {
        Number(u64),
        Text(String),
    }
    match Option::<Number>::deserialize(from)? {
        None => Ok(None),
        Some(Number::Number(seconds)) => Ok(Some(seconds)),
        Some(Number::Text(text)) => text.trim().parse().map(Some).map_err(|_| {
            serde::de::Error::invalid_type(serde::de::Unexpected::Str("a text"), &"a number of seconds")
        }),
    }
}

/// How a face runs it.
pub struct Run<'a> {
    /// Whether the profile's own tickets may be used for a url.
    pub may_sign: &'a dyn Fn(&str) -> bool,
    /// The request comes from someone who does not have the profile's ticket.
    pub for_others: bool,
    /// Who asks the search to end early.
    pub interrupt: Interrupt,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every claim has all its values and fits.
    Fits,
    /// Some claim is proved to be refused.
    Refused,
    /// No claim is refused and at least one lacks a value.
    Incomplete,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Over all claims.
    pub verdict: Verdict,
    /// The claim that matters most: the first refused one, else the first.
    #[serde(flatten)]
    pub main: Outcome,
    /// Every claim.
    pub checks: Vec<Check>,
    /// What an error in a text without any signature means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explained: Option<Vec<Meaning>>,
    /// The line at which reading ended, if the text holds more than is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread_from: Option<usize>,
}

/// One claim.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Of this claim.
    pub verdict: Verdict,
    /// File name, `stdin`, `flags` or a url.
    pub source: String,
    /// The line in it, from 1.
    pub line: Option<usize>,
    /// What was found.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What was found about a claim.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The arithmetic alone; null when a value lacks.
    #[serde(rename = "match")]
    pub matched: Option<bool>,
    /// The kind checked.
    pub kind: Kind,
    /// The signature of the values; null when a value lacks.
    pub computed_signature: Option<String>,
    /// The signature as given.
    pub given_signature: Option<String>,
    /// What has to be hashed; null when a value lacks.
    pub string1: Option<String>,
    /// Whether a cached ticket in it is masked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub string1_masked: bool,
    /// The values that lack, as long flags.
    pub missing: Vec<&'static str>,
    /// Why it is refused: what the hash proves, and what the evidence shows.
    pub mistakes: Vec<Mistake>,
    /// Where the signed url and the page's address differ.
    pub url_differences: Vec<Difference>,
    /// What looks wrong, also on a match.
    pub warnings: Vec<Warning>,
    /// Other explanations of the same size.
    pub alternatives: Vec<Vec<Mistake>>,
    /// How far the search for mistakes went.
    pub search: Search,
    /// What is left to check.
    pub next_steps: Vec<NextStep>,
    /// What was assumed, or done to what was pasted.
    pub notes: Vec<String>,
    /// Fields of the evidence whose value cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// The values that were checked; not a cached ticket.
    pub values: Values,
}

/// The values that were checked, named as the flags; what is not there is left out.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Values {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<String>,
}

/// How a mistake is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A recomputed hash equals the one given.
    Hash,
    /// The evidence shows it.
    Evidence,
}

/// A mistake that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The id.
    pub id: &'static str,
    /// How it is known.
    pub proof: Proof,
    /// The field it is about.
    pub field: &'static str,
    /// In a few words.
    pub title: String,
    /// The piece that was hashed; empty where there is nothing.
    pub signed: String,
    /// The piece of the right string.
    pub expected: String,
    /// The same, under its older name.
    pub actual: String,
    /// What the page passes (`config-differs`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Why it happens.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// Where two addresses differ (`page-url-differs`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub url_differences: Vec<Difference>,
}

/// How far the search for mistakes went.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search {
    /// Strings that were tried; 0 if there was nothing to search for.
    pub candidates: u64,
    /// Whether everything up to `max_mistakes` at once was tried.
    pub exhausted: bool,
    /// Whether Ctrl-C ended it.
    pub interrupted: bool,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// The most mistakes at once that were tried.
    pub max_mistakes: usize,
}

/// A field of the evidence without a readable value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The field.
    pub field: &'static str,
    /// What is written there.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
}

/// Judges everything that the request holds.
pub fn verify(request: &Request, run: &Run<'_>, context: &Context) -> Result<Report, Failure> {
    let evidence = request.from.as_deref().map(evidence::extract).unwrap_or_default();
    let profile = context.profile_if_any()?;
    let inputs = inputs::gather(request, &evidence, profile.as_ref(), run, context);
    let has_values = request.has_value() || !evidence.values.is_empty() || !evidence.blocks.is_empty();
    let has_signature = inputs.iter().any(|inputs| inputs.signature.is_some());
    let explained = match &request.from {
        // A recorded page may have failed before there was a signature, or reported it afterwards.
        Some(_) if !evidence.errors.is_empty() => {
            explanation(&evidence.errors.join("\n"), request, context.lang)
        }
        Some(text) if !has_signature && !request.has_value() => explanation(text, request, context.lang),
        _ => None,
    };
    if !has_values && explained.is_none() {
        return Err(nothing_to_check(request));
    }
    let judge = judge::Judge::new(request, &evidence, profile.as_ref(), run, context);
    let checks: Vec<Check> =
        inputs.iter().enumerate().map(|(at, one)| judge.check(at, one, &inputs)).collect();
    let mut verdict = overall(&checks);
    // What was not read may hold a signature that is refused.
    if verdict == Verdict::Fits && evidence.unread_from.is_some() {
        verdict = Verdict::Incomplete;
    }
    let mut main = checks
        .iter()
        .find(|check| check.verdict == Verdict::Refused)
        .or_else(|| checks.first())
        .map(|check| check.outcome.clone())
        .ok_or_else(|| nothing_to_check(request))?;
    if let Some(line) = evidence.unread_from {
        main.notes.insert(0, unread(line).get(context.lang).to_owned());
    }
    Ok(Report { verdict, main, checks, explained, unread_from: evidence.unread_from })
}

/// What is said of a text that holds more than is read.
pub fn unread(line: usize) -> Both {
    both!(
        "文本里的签名或值太多，只读到第 {line} 行，后面的没有核对：把它分成几段再查",
        "there are more signatures or values than are read: reading ended at line {line}, and what follows was not checked; split the text and check each part"
    )
}

fn overall(checks: &[Check]) -> Verdict {
    let any = |verdict| checks.iter().any(|check| check.verdict == verdict);
    if any(Verdict::Refused) {
        Verdict::Refused
    } else if any(Verdict::Incomplete) || checks.is_empty() {
        Verdict::Incomplete
    } else {
        Verdict::Fits
    }
}

/// A text that is explained is a message or a log line, not a project. Bytes.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// What an error in the text means, where the catalog knows it for certain.
fn explanation(text: &str, request: &Request, lang: Lang) -> Option<Vec<Meaning>> {
    if text.len() > LONGEST_MESSAGE {
        return None;
    }
    let found = answer(text.trim(), request.platform, None, None, lang);
    let known: Vec<Meaning> =
        found.results.into_iter().filter(|meaning| meaning.basis == Basis::Entry).collect();
    (!known.is_empty()).then_some(known)
}

/// The failure for a request that leaves nothing to check.
fn nothing_to_check(request: &Request) -> Failure {
    match (&request.source, &request.from) {
        (Some(source), Some(_)) => Failure::usage(both!(
            "在 `{source}` 里没有找到签名的任何值",
            "no value of a signature was found in `{source}`"
        ))
        .hint(both!(
            "给出 wx.config 那段代码、签名接口返回的 JSON，或 string1",
            "give it the wx.config code, the signing API's JSON, or string1"
        )),
        _ => Failure::usage(both!("没有要核对的签名", "there is no signature to check")).hint(both!(
            "加上 --from FILE（手头的代码、日志、JSON），或 --signature 和其余的值",
            "add --from FILE with what you have at hand, or --signature and the other values"
        )),
    }
}

impl Inputs<'_> {
    /// The values as the report shows them.
    fn values(&self) -> Values {
        let given = |there: bool, text: &String| there.then(|| text.clone());
        let fields = &self.fields;
        Values {
            url: given(self.given.url, &fields.url),
            ticket: given(self.given.ticket && self.cached.is_none(), &fields.ticket),
            nonce: given(self.given.nonce, &fields.nonce),
            timestamp: given(self.given.timestamp, &fields.timestamp),
            signature: self.signature.clone(),
            page_url: self.page_urls.first().cloned(),
            app_id: self.app_id.clone().or_else(|| fields.app_id.clone()),
            card_id: fields.card_id.clone(),
            card_type: fields.card_type.clone(),
            location_id: fields.location_id.clone(),
            code: fields.code.clone(),
            openid: fields.openid.clone(),
            balance: fields.balance.clone(),
        }
    }
}
