//! `wecheck verify`: does a signature fit, and what else makes WeChat refuse it.
//!
//! In: values from flags and from pasted text, a flag winning over the text. Out: the comparison with
//! string1, the mistakes that explain a difference, how the signed url differs from the page's, the
//! warnings, and what is left to check. Any text is taken for any value: the answer is yes or no.

mod human;
mod search;

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::fields::FieldArgs;
use super::args::input::read_evidence;
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{Relation, known_tickets};
use crate::diagnosis::next_step::{NextStep, Seen, next_steps};
use crate::diagnosis::url_part::{Difference, differences};
use crate::diagnosis::warning::{Given, Subject, Warning, warnings};
use crate::evidence::{self, Call, Evidence, Field, Origin, Unreadable};
use crate::failure::{self, Failure};
use crate::platform::Platform;
use crate::secret::mask;
use crate::signature::{self, Fields, Kind};
use search::{Explained, Suspects};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck verify --from page.js --ticket TICKET --page-url 'https://m.example.com/a?b=c'
  wecheck verify --url URL --ticket TICKET --nonce NONCE --timestamp 1700000000 --signature SIGNATURE
  pbpaste | wecheck verify --from -")]
pub struct Args {
    /// The url that was signed
    #[arg(long, value_name = "U", allow_hyphen_values = true)]
    url: Option<String>,
    /// The signature to check
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    signature: Option<String>,
    /// What was signed [default: as --from shows, else jsapi]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    #[command(flatten)]
    values: FieldArgs,
    /// The address the phone really had (location.href)
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    page_url: Option<String>,
    /// Find the values in a file (- for stdin): code, JSON, string1, HAR, log, devtools text
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Show a cached ticket in string1 too
    #[arg(long)]
    reveal: bool,
    /// Another ticket or token that may have been signed instead (repeatable)
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    other_ticket: Vec<String>,
    /// Search this long for the mistakes, and for four at once [default: 1 second, three]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    deep: Option<u64>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Verified {
    /// Whether the signature fits the inputs.
    #[serde(rename = "match")]
    pub matched: bool,
    /// The kind checked.
    pub kind: Kind,
    /// The signature of the inputs; null where a value is missing.
    pub computed_signature: Option<String>,
    /// The signature as given.
    pub given_signature: Option<String>,
    /// What was hashed; null where a value is missing.
    pub string1: Option<String>,
    /// Whether a cached ticket in it is masked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub string1_masked: bool,
    /// The values without which nothing can be hashed.
    pub missing: Vec<&'static str>,
    /// The likeliest explanation of a difference.
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
    /// Fields of the evidence whose value cannot be read.
    pub unreadable: Vec<UnreadableField>,
    /// The values that were checked, from flags and text, the app's id also from the profile; not a
    /// cached ticket.
    pub values: Values,
    /// Whether the text, if there was one, shows nothing at all.
    #[serde(skip)]
    pub evidence_is_empty: bool,
    /// Whether Ctrl-C ended the search: what it tried so far is in `search`.
    #[serde(skip)]
    pub interrupted: bool,
}

/// The values that were checked, named as the flags; what is not there is left out.
#[derive(Debug, Serialize)]
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

/// One mistake that the hash proves.
#[derive(Clone, Debug, Serialize)]
pub struct Mistake {
    /// The id of the contract.
    pub id: &'static str,
    /// The field it is about.
    pub field: &'static str,
    /// The value that went into the given signature.
    pub signed: String,
    /// The value that should have.
    pub actual: String,
    /// What was done.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// How far the search for mistakes went.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search {
    /// Strings that were tried; 0 where there was nothing to search for.
    pub candidates: u64,
    /// Whether everything up to `max_mistakes` at once was tried.
    pub exhausted: bool,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// The most mistakes at once that were tried.
    pub max_mistakes: usize,
}

/// A field of the evidence without a readable value.
#[derive(Clone, Debug, Serialize)]
pub struct UnreadableField {
    /// The field.
    pub field: &'static str,
    /// What stands there.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
}

/// Gathers the values, compares, explains, and shows the answer.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let text = match &args.from {
        Some(path) => Some(read_evidence(path, &context.out, context.lang)?),
        None => None,
    };
    let verified = verify(args, text.as_deref(), &|_, _| true, context)?;
    if verified.evidence_is_empty && !verified.missing.is_empty() {
        return Err(nothing_to_check(args.from.as_deref(), &verified.missing));
    }
    let matched = context.out.show(&verified)?;
    if verified.interrupted {
        return Err(Failure::new(failure::Kind::Interrupted, "interrupted").already_reported());
    }
    Ok(matched)
}

/// The answer for flags and the text of `--from`, whoever read it. The computed signature is a
/// signature: `may_sign` says whether the profile's cached ticket may be used for a url.
pub fn verify(
    args: &Args,
    text: Option<&str>,
    may_sign: &dyn Fn(Kind, &Fields) -> bool,
    context: &Context,
) -> Result<Verified, Failure> {
    let evidence = text.map(evidence::extract).unwrap_or_default();
    let profile = context.profile_if_any()?;
    let mut inputs = Inputs::gather(args, &evidence, profile.as_ref());
    let own = profile.as_ref().filter(|_| may_sign(inputs.kind, &inputs.fields));
    if !inputs.given.ticket
        && inputs.string1.is_none()
        && let Some(profile) = own
    {
        inputs.take_cached_ticket(context, profile, args.reveal);
    }
    let missing = inputs.missing();
    let computed = missing.iter().all(|name| *name == "signature").then(|| inputs.string1());
    let explained = match (&computed, &inputs.signature) {
        (Some(string1), Some(given)) if signature::sha1_hex(string1) != *given => {
            let suspects = Suspects::gather(args, &inputs, &evidence, own, context);
            search::explain(args, &inputs, given, &evidence, &suspects, context)
        }
        _ => Explained::default(),
    };
    Ok(check(&inputs, &evidence, computed, missing, explained, context))
}

/// The failure for flags, and a file where there is one, that leave nothing to check.
pub fn nothing_to_check(from: Option<&Path>, missing: &[&'static str]) -> Failure {
    match from {
        Some(path) if missing.len() > 2 => {
            Failure::usage(format!("no value of a signature was found in `{}`", path.display()))
                .hint("give it the wx.config code, the signing API's JSON, or string1")
        }
        _ => Failure::usage(format!("there is no {}", missing.join(", no ")))
            .hint(format!("add --{}, or --from FILE with what you have at hand", missing[0])),
    }
}

/// The values of one check, gathered from flags, evidence and profile.
struct Inputs {
    kind: Kind,
    fields: Fields,
    /// A literal string1, where no flag contradicts it: hashed as it stands.
    string1: Option<String>,
    signature: Option<String>,
    page_url: Option<String>,
    platform: Option<Platform>,
    sandbox: bool,
    /// The app that the ticket belongs to, where it is known.
    app_id: Option<String>,
    /// Which of ticket, nonce, timestamp, url are there, also when empty.
    given: Given,
    /// The ticket is the profile's cached one.
    cached: Option<CachedTicket>,
}

/// A ticket that nobody gave: the profile's own, out of the cache.
struct CachedTicket {
    expires_at: Option<u64>,
    /// Shown masked (product.md 1).
    hidden: bool,
}

impl Inputs {
    fn gather(args: &Args, evidence: &Evidence, profile: Option<&Profile>) -> Self {
        let flags = &args.values;
        let kind = args.kind.or(evidence.kind).unwrap_or_else(|| kind_of_flags(args, evidence));
        let pick =
            |flag: &Option<String>, field: Field| flag.clone().or_else(|| found(evidence, field, kind));
        let page_url = args.page_url.clone().or_else(|| evidence.page_urls.first().cloned());
        let ticket = pick(&flags.ticket, Field::Ticket);
        let nonce = pick(&flags.nonce, Field::Nonce);
        let timestamp = pick(&flags.timestamp, Field::Timestamp);
        // A page's own address is what should have been signed, so it serves where no url is given.
        let url = pick(&args.url, Field::Url).or_else(|| page_url.clone());
        let overridden = args.url.is_some()
            || flags.ticket.is_some()
            || flags.nonce.is_some()
            || flags.timestamp.is_some();
        let string1 = evidence.string1.clone().filter(|_| kind.signs_url() && !overridden);
        let given = Given {
            ticket: ticket.is_some(),
            nonce: nonce.is_some(),
            timestamp: timestamp.is_some(),
            url: url.is_some(),
        };
        let card_app_id = || profile.and_then(|profile| profile.app_id.clone());
        let fields = Fields {
            ticket: ticket.unwrap_or_default(),
            nonce: nonce.unwrap_or_default(),
            timestamp: timestamp.unwrap_or_default(),
            url: url.unwrap_or_default(),
            app_id: pick(&flags.app_id, Field::AppId).or_else(card_app_id),
            card_id: pick(&flags.card_id, Field::CardId),
            card_type: pick(&flags.card_type, Field::CardType),
            location_id: pick(&flags.location_id, Field::LocationId),
            code: pick(&flags.code, Field::Code),
            openid: pick(&flags.openid, Field::Openid),
            balance: pick(&flags.balance, Field::Balance),
        };
        Self {
            kind,
            fields,
            string1,
            signature: args.signature.clone().or_else(|| found(evidence, Field::Signature, kind)),
            page_url,
            platform: flags
                .platform
                .or_else(|| profile.map(Profile::platform))
                .or_else(|| matches!(kind, Kind::Agent | Kind::Group).then_some(Platform::Work)),
            sandbox: profile.is_some_and(|profile| profile.sandbox),
            app_id: flags.app_id.clone().or_else(|| profile.and_then(|profile| profile.app_id.clone())),
            given,
            cached: None,
        }
    }

    /// Takes the profile's ticket out of the cache, where it is there; nothing is fetched.
    fn take_cached_ticket(&mut self, context: &Context, profile: &Profile, reveal: bool) {
        let known = known_tickets(context, profile, self.kind);
        if let Some(current) = known.into_iter().find(|known| known.relation == Relation::Current) {
            current.value.reveal().clone_into(&mut self.fields.ticket);
            self.given.ticket = true;
            self.cached = Some(CachedTicket { expires_at: current.expires_at, hidden: !reveal });
        }
    }

    /// What is hashed.
    fn string1(&self) -> String {
        self.string1.clone().unwrap_or_else(|| signature::string1(self.kind, &self.fields))
    }

    fn values(&self) -> Values {
        let given = |there: bool, text: &String| there.then(|| text.clone());
        let fields = &self.fields;
        Values {
            url: given(self.given.url, &fields.url),
            ticket: given(self.given.ticket && self.cached.is_none(), &fields.ticket),
            nonce: given(self.given.nonce, &fields.nonce),
            timestamp: given(self.given.timestamp, &fields.timestamp),
            signature: self.signature.clone(),
            page_url: self.page_url.clone(),
            app_id: fields.app_id.clone(),
            card_id: fields.card_id.clone(),
            card_type: fields.card_type.clone(),
            location_id: fields.location_id.clone(),
            code: fields.code.clone(),
            openid: fields.openid.clone(),
            balance: fields.balance.clone(),
        }
    }

    /// The values without which nothing can be hashed or compared, named as the flags.
    fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut need = |name, there: bool| {
            if !there {
                missing.push(name);
            }
        };
        if self.string1.is_none() {
            if self.kind.signs_url() {
                need("url", self.given.url);
            }
            need("ticket", self.given.ticket);
            // A card's nonce may be left out of its signature.
            need("nonce", self.given.nonce || !self.kind.signs_url());
            need("timestamp", self.given.timestamp);
        }
        need("signature", self.signature.is_some());
        missing
    }
}

/// The kind that nothing names: a bare cardExt has the keys of a signing API's answer and no url, and
/// only the card's flags tell it from one.
fn kind_of_flags(args: &Args, evidence: &Evidence) -> Kind {
    let flags = &args.values;
    let is_card =
        [&flags.card_id, &flags.code, &flags.openid, &flags.balance].iter().any(|flag| flag.is_some())
            && flags.card_type.is_none()
            && flags.location_id.is_none();
    let has_url = args.url.is_some() || evidence.all(Field::Url).next().is_some();
    let is_signed = [Field::Signature, Field::Timestamp, Field::Nonce]
        .into_iter()
        .all(|field| evidence.all(field).next().is_some());
    if is_card && is_signed && !has_url { Kind::CardExt } else { Kind::default() }
}

/// The value of a field that the text shows: what the server says it signed first, what the page
/// passes to the client last. A call that takes another kind's values is not asked.
fn found(evidence: &Evidence, field: Field, kind: Kind) -> Option<String> {
    let rank = |origin: Origin| match origin {
        Origin::String1 => Some(0),
        Origin::CardExt => (kind == Kind::CardExt).then_some(1),
        Origin::Json | Origin::Query | Origin::Line | Origin::Har | Origin::Message => Some(2),
        Origin::Call(call) => takes(call, kind).then_some(3),
    };
    let ranked = evidence.all(field).filter_map(|value| Some((rank(value.origin)?, value)));
    // min_by_key keeps the first of equals, which is the main one.
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, value)| value.text.clone())
}

/// Whether a call of the page takes the values of a kind.
fn takes(call: Call, kind: Kind) -> bool {
    match call {
        Call::Config => kind == Kind::Jsapi,
        Call::AgentConfig => kind == Kind::Agent,
        Call::Register => matches!(kind, Kind::Jsapi | Kind::Agent),
        Call::AddCard => kind == Kind::CardExt,
        Call::ChooseCard => kind == Kind::Card,
        Call::ChooseInvoice => kind == Kind::Invoice,
        Call::OpenContact => kind == Kind::Group,
    }
}

fn check(
    inputs: &Inputs,
    evidence: &Evidence,
    string1: Option<String>,
    missing: Vec<&'static str>,
    explained: Explained,
    context: &Context,
) -> Verified {
    let lang = context.lang;
    let computed_signature = string1.as_deref().map(signature::sha1_hex);
    let matched = computed_signature.is_some() && computed_signature == inputs.signature;
    let warnings = warnings(
        &Subject {
            kind: inputs.kind,
            platform: inputs.platform,
            sandbox: inputs.sandbox,
            fields: &inputs.fields,
            given: inputs.given,
            signature: inputs.signature.as_deref(),
            evidence,
            app_id: inputs.app_id.as_deref(),
            ticket_expires_at: inputs.cached.as_ref().and_then(|cached| cached.expires_at),
            now: context.env.now(),
        },
        lang,
    );
    let url_differences = match &inputs.page_url {
        Some(page) if inputs.kind.signs_url() => differences(&inputs.fields.url, page, lang),
        _ => Vec::new(),
    };
    let raised = |id: &str| warnings.iter().any(|warning| warning.id == id);
    let shows_app_id = evidence.all(Field::AppId).next().is_some();
    let seen = Seen {
        kind: inputs.kind,
        platform: inputs.platform,
        matched,
        explained: (explained.search.candidates > 0).then_some(!explained.mistakes.is_empty()),
        config_agrees: config_agrees(inputs, evidence, matched, raised("config-differs")),
        page_agrees: inputs
            .page_url
            .is_some()
            .then(|| url_differences.iter().all(|difference| difference.part == "fragment")),
        app_agrees: (inputs.app_id.is_some() && shows_app_id).then(|| !raised("app-id-differs")),
        ticket_from_cache: inputs
            .cached
            .as_ref()
            .is_some_and(|cached| cached.expires_at.is_none_or(|end| end > context.env.now())),
    };
    let hidden = inputs.cached.as_ref().is_some_and(|cached| cached.hidden);
    let ticket = &inputs.fields.ticket;
    let string1 =
        string1.map(|text| if hidden { text.replace(ticket.as_str(), &mask(ticket)) } else { text });
    Verified {
        matched,
        kind: inputs.kind,
        computed_signature,
        given_signature: inputs.signature.clone(),
        string1_masked: hidden && string1.is_some(),
        string1,
        missing,
        mistakes: explained.mistakes,
        url_differences,
        warnings,
        alternatives: explained.alternatives,
        search: explained.search,
        next_steps: next_steps(&seen, lang),
        unreadable: evidence.unreadable.iter().map(unreadable).collect(),
        values: inputs.values(),
        evidence_is_empty: evidence.is_empty(),
        interrupted: explained.interrupted,
    }
}

/// Whether the page passes the values that were signed: known once the signature fits what the page
/// passes, or once another source says what was signed.
fn config_agrees(inputs: &Inputs, evidence: &Evidence, matched: bool, differs: bool) -> Option<bool> {
    let passed = |field| {
        evidence
            .all(field)
            .any(|value| matches!(value.origin, Origin::Call(call) if takes(call, inputs.kind)))
    };
    let told = |field| evidence.all(field).any(|value| !matches!(value.origin, Origin::Call(_)));
    let compared = |field| passed(field) && (matched || told(field));
    if differs {
        return Some(false);
    }
    (compared(Field::Nonce) && compared(Field::Timestamp)).then_some(true)
}

fn unreadable(value: &Unreadable) -> UnreadableField {
    UnreadableField { field: value.field.name(), text: value.text.clone(), line: value.line }
}
