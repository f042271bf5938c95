//! The judge: one claim compared with everything that is known.
//!
//! In: the [`Inputs`] of a claim. Out: its [`Check`]: the arithmetic, the mistakes that the hash proves,
//! those that the evidence shows, the verdict. A verdict of `fits` is earned: every value is there, the
//! hash is the one given, and nothing in the evidence says that WeChat will refuse.

mod borrowed;
mod impossible;
mod lacking;

use lacking::{CUT_BUDGET, withheld};

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::inputs::Inputs;
use super::search::{self, Explained, Suspects};
use super::{Check, Mistake, Outcome, Proof, Request, Run, Unreadable, Verdict};
use crate::both;
use crate::config::Profile;
use crate::context::Context;
use crate::diagnosis::literal;
use crate::diagnosis::mistake::{self, Entry};
use crate::diagnosis::next_step::{Seen, next_steps};
use crate::diagnosis::search::{DEEP_MISTAKES, USUAL_MISTAKES, url_mistakes};
use crate::diagnosis::url_part::{Difference, Parts, differences};
use crate::diagnosis::warning::{Subject, is_empty_value, is_withheld, is_withheld_id, warnings};
use crate::evidence::{self, Block, Evidence, Field, Origin};
use crate::lang::{Both, Lang};
use crate::ops::sign::shown_as;
use crate::secret::mask;
use crate::signature::{Fields, Kind, sha1_hex, string1, without_fragment};

/// How long the search takes for all claims of a text together, unless `--deep` says otherwise.
const USUAL_BUDGET: Duration = Duration::from_secs(1);
/// One claim of several has at least so long while there is any.
const LEAST_BUDGET: Duration = Duration::from_millis(250);
/// The warnings that say how a browser shows an address.
const SAYS_HOW_SHOWN: [&str; 3] = ["url-bare-host", "url-port-suspect", "url-non-ascii"];
/// So many addresses that belong to no claim are compared with each.
const MOST_URLS: usize = 256;

pub(super) struct Judge<'e, 'r> {
    request: &'r Request,
    evidence: &'e Evidence,
    profile: Option<&'r Profile>,
    run: &'r Run<'r>,
    context: &'r Context,
    /// How long was searched so far.
    spent: Cell<Duration>,
    /// What code passes as `undefined`, with the call that it is written in.
    unset: Vec<(&'e evidence::Unreadable, &'e Block)>,
    /// The access tokens of the text.
    tokens: HashSet<&'e str>,
    /// Its addresses that belong to no one claim, outside of any string1.
    shared_urls: Vec<&'e str>,
    /// The one appId that the text names outside of calls.
    named_app: Option<&'e str>,
    /// What may have been signed instead of the ticket, by kind and whether the profile may be used.
    suspects: RefCell<HashMap<(Kind, bool), Rc<Suspects>>>,
}

impl<'e, 'r> Judge<'e, 'r> {
    pub(super) fn new(
        request: &'r Request,
        evidence: &'e Evidence,
        profile: Option<&'r Profile>,
        run: &'r Run<'r>,
        context: &'r Context,
    ) -> Self {
        let unset = evidence.unreadable.iter().filter(|one| is_empty_value(&one.text)).filter_map(|one| {
            // The call that it is written in is the last one that starts before it.
            Some((one, evidence.blocks.iter().rev().find(|block| block.line <= one.line)?))
        });
        let mut named = evidence.shared.iter().filter(|value| {
            value.field == Field::AppId
                && !matches!(value.origin, Origin::Call(_))
                && !is_empty_value(&value.text)
        });
        let named_app = named.next().map(|value| value.text.as_str());
        let urls = evidence
            .shared
            .iter()
            .filter(|value| value.field == Field::Url && value.origin != Origin::String1);
        Self {
            request,
            evidence,
            profile,
            run,
            context,
            spent: Cell::default(),
            tokens: evidence.all(Field::AccessToken).map(|token| token.text.as_str()).collect(),
            shared_urls: urls.map(|value| value.text.as_str()).take(MOST_URLS).collect(),
            unset: unset.collect(),
            named_app: named_app.filter(|first| named.all(|value| value.text == *first)),
            suspects: RefCell::default(),
        }
    }

    /// Judges the claim at a place among all.
    pub(super) fn check(&self, at: usize, inputs: &Inputs<'e>, all: &[Inputs<'e>]) -> Check {
        let lang = self.context.lang;
        let mut notes: Vec<Both> = inputs.notes.clone();
        let mut missing = inputs.missing();
        let can_hash = missing.iter().all(|name| *name == "signature");
        let mut right = can_hash.then(|| string1(inputs.kind, &inputs.fields));
        let mut computed = right.as_deref().map(sha1_hex);
        let mut matched = match (&computed, &inputs.signature) {
            (Some(computed), Some(given)) => Some(computed == given),
            _ => None,
        };
        let withheld = if matched == Some(false) { withheld(inputs) } else { Vec::new() };
        // A host with `xx` in it may be a real one: the search may still find what is wrong.
        if withheld.iter().any(|name| *name != "url") {
            (right, computed, matched) = (None, None, None);
        }
        let mut mistakes = self.undefined_values(inputs);
        let no_signature = inputs.signature.as_deref().is_some_and(is_empty_value);
        let mut explained = Explained::default();
        // What was proved to be wrong about the url, so that it is not said twice.
        let mut url_is_explained = false;
        if let (Some(false), Some(given), false) = (matched, &inputs.signature, no_signature) {
            let (found, base_is_page) = self.explain(inputs, given, all);
            explained = found;
            url_is_explained =
                base_is_page && explained.mistakes.iter().any(|mistake| mistake.field == "url");
        } else if matched.is_none() {
            explained.mistakes = self.of_literal(inputs, right.as_deref());
            explained.mistakes.extend(self.foreign_ticket(inputs));
            explained.mistakes.extend(self.nothing_signed(inputs, &missing));
            if let (["ticket"], Some(given)) = (&missing[..], &inputs.signature) {
                explained.mistakes.extend(self.piece_of_token(inputs, given, CUT_BUDGET));
            }
        }
        mistakes.append(&mut explained.mistakes);
        let (url_differences, page_agrees) = self.page(inputs);
        let empty_url = inputs.signed_url().is_some_and(is_empty_value);
        if page_agrees == Some(false) && !url_is_explained && !empty_url {
            mistakes.extend(self.page_differs(inputs, &url_differences));
        }
        if !empty_url && !mistakes.iter().any(|mistake| mistake.field == "url") {
            mistakes.extend(self.not_an_address(inputs));
            mistakes.extend(self.authorize_link(inputs));
        }
        if matched == Some(true) {
            mistakes.extend(self.never_right(inputs, page_agrees));
            if page_agrees != Some(true) && self.request.url.is_none() {
                mistakes.extend(self.appended(inputs));
            }
        }
        let (config_mistakes, config_agrees) = self.config(inputs, matched);
        let is_new = |mistake: &Mistake| {
            !mistakes
                .iter()
                .any(|own| own.id == mistake.id && own.signed == mistake.signed && own.page.is_none())
        };
        let config_mistakes: Vec<Mistake> = config_mistakes.into_iter().filter(is_new).collect();
        mistakes.extend(config_mistakes);
        let (app_mistake, app_agrees) = self.app_id(inputs);
        mistakes.extend(app_mistake);
        let expired =
            inputs.ticket_expires_at.filter(|end| inputs.given.ticket && *end <= self.context.env.now());
        if let Some(end) = expired {
            mistakes.extend(self.expired(inputs, end));
        }
        if matched == Some(false) && inputs.cached.is_some() && mistakes.is_empty() {
            // The server may use another ticket than this machine's.
            matched = None;
            missing.push("ticket");
            notes.push(both!(
                "只有本机缓存的 ticket 可用，它和之前的都解释不了这个签名：服务器可能用了另一份，用 --ticket 给出",
                "only the ticket cached on this machine was at hand, and neither it nor an earlier one explains the signature: the server may use another one; give it with --ticket"
            ));
        }
        if !withheld.is_empty() && mistakes.is_empty() {
            (right, computed, matched) = (None, None, None);
            let list = withheld.join(", ");
            missing.extend(withheld);
            notes.push(both!(
                "{list} 只贴了一部分或被打码，无法比对：给出完整的值",
                "{list}: shortened or masked, so that nothing can be compared; give the whole value"
            ));
        }
        let signs_app_id = matches!(inputs.kind, Kind::Card | Kind::Invoice);
        if matched == Some(false) && signs_app_id && inputs.fields.app_id.is_none() && mistakes.is_empty() {
            matched = None;
            missing.push("app-id");
            notes.push(both!(
                "cardSign 里还有 app_id，代码里看不到它：用 --app-id 给出再比",
                "a cardSign has the app_id in it, which the code does not show; give it with --app-id"
            ));
        }
        let verdict = if !mistakes.is_empty() || matched == Some(false) {
            Verdict::Refused
        } else if matched == Some(true) {
            Verdict::Fits
        } else {
            Verdict::Incomplete
        };
        if explained.interrupted {
            explained.search.interrupted = true;
        }
        if inputs.url_is_page && inputs.kind.signs_url() {
            notes.push(both!(
                "没有给出签名用的 url，用了页面自己的地址",
                "no signed url was given; the page's own address was taken for it"
            ));
        }
        if explained.is_too_long {
            notes.push(both!(
                "有的值太长（超过 8 KiB），只试了单独的错误",
                "a value is very long (over 8 KiB), so mistakes were tried one at a time only"
            ));
        }
        let blocks = self.blocks_of(at, inputs, all);
        let subject = Subject {
            kind: inputs.kind,
            platform: inputs.platform,
            sandbox: self.profile.is_some_and(|profile| profile.sandbox),
            fields: &inputs.fields,
            given: inputs.given,
            signature: inputs.signature.as_deref(),
            app_id: inputs.app_id.as_deref(),
            blocks: &blocks,
            evidence: self.evidence,
            says_all: at == 0,
            shares_with_card: shares_with_card(at, inputs, all),
            now: self.context.env.now(),
        };
        let warnings = warnings(&subject, lang);
        if let Some(shown) = inputs.signed_url().filter(|_| matched == Some(true)).and_then(shown_as)
            && mistakes.is_empty()
            && page_agrees != Some(true)
            && !warnings.iter().any(|warning| SAYS_HOW_SHOWN.contains(&warning.id))
        {
            notes.push(both!(
                "浏览器会把这个 url 显示成 `{shown}`，微信校验的是那一个",
                "a browser shows this url as `{shown}`, and that is what WeChat checks"
            ));
        }
        let explained_any = !mistakes.is_empty();
        let seen = Seen {
            kind: inputs.kind,
            platform: inputs.platform,
            matched,
            explained: explained_any,
            missing: &missing,
            has_string1: inputs.literal.is_some(),
            has_config: inputs.block.is_some(),
            config_agrees,
            page_url: inputs.page_urls.first().map(String::as_str),
            page_agrees: page_agrees.filter(|_| !inputs.url_is_page || matched == Some(true)),
            url: inputs.signed_url().filter(|url| has_scheme(url)),
            app_agrees,
            app_id: inputs.app_id.as_deref().filter(|id| !is_empty_value(id)),
            ticket_from_cache: inputs.cached.is_some(),
            ticket_expired: expired.is_some(),
        };
        let next_steps = next_steps(&seen, lang);
        let hidden = inputs.cached.as_ref().is_some_and(|cached| cached.hidden);
        let ticket = &inputs.fields.ticket;
        let shown =
            right.map(|text| if hidden { text.replace(ticket.as_str(), &mask(ticket)) } else { text });
        let unreadable = self.unreadable(at, inputs);
        Check {
            verdict,
            source: self.source(inputs),
            line: inputs.claim.map(|claim| claim.line).filter(|line| *line > 0),
            outcome: Outcome {
                matched,
                kind: inputs.kind,
                computed_signature: computed,
                given_signature: inputs.signature.clone(),
                string1_masked: hidden && shown.is_some(),
                string1: shown,
                missing,
                mistakes,
                url_differences,
                warnings,
                alternatives: explained.alternatives,
                search: explained.search,
                next_steps,
                notes: notes.iter().map(|note| note.get(lang).to_owned()).collect(),
                unreadable,
                values: inputs.values(),
            },
        }
    }

    fn source(&self, inputs: &Inputs<'_>) -> String {
        match (inputs.claim, &self.request.source) {
            (None, Some(source)) if !self.request.has_value() => source.clone(),
            (None, _) => "flags".to_owned(),
            (Some(claim), _) if claim.source.is_some() => claim.source.clone().unwrap_or_default(),
            (Some(_), Some(source)) => source.clone(),
            (Some(_), None) => "from".to_owned(),
        }
    }

    fn unreadable(&self, at: usize, inputs: &Inputs<'_>) -> Vec<Unreadable> {
        let has = |field: Field| match field {
            Field::Ticket => inputs.given.ticket,
            Field::Nonce => inputs.given.nonce,
            Field::Timestamp => inputs.given.timestamp,
            Field::Url => inputs.given.url,
            Field::Signature => inputs.signature.is_some(),
            _ => false,
        };
        let open = self.evidence.unreadable.iter().filter(|one| at == 0 && !has(one.field));
        open.map(|one| Unreadable { field: one.field.name(), text: one.text.clone(), line: one.line })
            .collect()
    }

    /// The calls whose keys are looked at with this claim: its own, and with the first claim those that
    /// belong to none.
    fn blocks_of(&self, at: usize, inputs: &Inputs<'e>, all: &[Inputs<'e>]) -> Vec<&'e Block> {
        if at > 0 {
            return inputs.block.into_iter().collect();
        }
        let of_others: HashSet<*const Block> =
            all.iter().skip(1).filter_map(|other| other.block).map(std::ptr::from_ref).collect();
        let is_own = |block: &&Block| {
            inputs.block.is_some_and(|own| std::ptr::eq(own, *block))
                || !of_others.contains(&std::ptr::from_ref(*block))
        };
        self.evidence.blocks.iter().filter(is_own).collect()
    }

    /// The search, and whether it took the page's address for the right one.
    fn explain(&self, inputs: &Inputs<'e>, given: &str, all: &[Inputs<'e>]) -> (Explained, bool) {
        let start = Instant::now();
        let left = self.budget().saturating_sub(self.spent.get());
        let budget =
            if self.spent.get().is_zero() { left } else { left.max(LEAST_BUDGET.min(self.budget() / 4)) };
        let most = if self.request.deep.is_some() { DEEP_MISTAKES } else { USUAL_MISTAKES };
        let search = |fields: &Fields, budget: Duration| {
            let suspects = self.suspects(inputs);
            search::explain(
                &search::Task {
                    inputs,
                    fields,
                    given,
                    evidence: self.evidence,
                    suspects: &suspects,
                    most,
                    budget,
                },
                self.request.reveal,
                self.run.interrupt,
                self.context,
            )
        };
        // With the phone's address at hand that is the right url.
        let page = inputs.page_urls.first().filter(|page| {
            !inputs.url_is_page
                && inputs.kind.signs_url()
                && without_fragment(page) != without_fragment(&inputs.fields.url)
        });
        let mut base_is_page = false;
        let mut explained = self.of_another_claim(inputs, given, all).unwrap_or_default();
        let has_time = self.spent.get() < 8 * self.budget();
        // The pieces of a token are tried last, within the same time.
        let cuts = has_time && inputs.literal.is_none() && self.has_token_to_cut(inputs);
        let for_pieces = if cuts { CUT_BUDGET.min(budget / 4) } else { Duration::ZERO };
        let budget = budget.saturating_sub(for_pieces);
        if explained.mistakes.is_empty() && has_time {
            explained = match page {
                Some(page) => {
                    let fields = Fields { url: page.clone(), ..inputs.fields.clone() };
                    let of_page = search(&fields, budget / 2);
                    // The same text by way of the signed url says no more than that the addresses differ.
                    let only_other = of_page.mistakes.iter().all(|mistake| mistake.id == "config-differs");
                    base_is_page = !of_page.mistakes.is_empty() && !only_other;
                    if base_is_page { of_page } else { search(&inputs.fields, budget / 2) }
                }
                None => search(&inputs.fields, budget),
            };
        }
        if explained.mistakes.is_empty() {
            let right = string1(inputs.kind, &inputs.fields);
            explained.mistakes = self.of_literal(inputs, Some(&right));
        }
        if explained.mistakes.is_empty() && cuts {
            explained.mistakes.extend(self.piece_of_token(inputs, given, for_pieces));
        }
        self.spent.set(self.spent.get() + start.elapsed());
        (explained, base_is_page)
    }

    /// Gathered once for all claims of a kind.
    fn suspects(&self, inputs: &Inputs<'e>) -> Rc<Suspects> {
        let own = self.profile.filter(|_| (self.run.may_sign)(&inputs.fields.url));
        let mut known = self.suspects.borrow_mut();
        let suspects = known.entry((inputs.kind, own.is_some())).or_insert_with(|| {
            Rc::new(Suspects::gather(self.request, inputs.kind, self.evidence, own, self.context))
        });
        Rc::clone(suspects)
    }

    fn budget(&self) -> Duration {
        self.request.deep.map_or(USUAL_BUDGET, Duration::from_secs)
    }

    /// What the structure of a literal string1 shows, where the given signature is its very hash.
    fn of_literal(&self, inputs: &Inputs<'e>, right: Option<&str>) -> Vec<Mistake> {
        let (Some(literal), Some(given)) = (inputs.literal, &inputs.signature) else { return Vec::new() };
        let texts = std::iter::once(&literal.text).chain(&literal.readings);
        let Some(text) = texts.into_iter().find(|text| sha1_hex(text) == *given) else { return Vec::new() };
        if right == Some(text.as_str()) {
            return Vec::new();
        }
        let shown = literal::mistakes(inputs.kind, text);
        shown
            .into_iter()
            .filter_map(|shown| {
                let field = mistake::entry(shown.id)?.field.name();
                self.mistake(shown.id, Proof::Hash, field, (&shown.signed, &shown.expected), &[])
            })
            .collect()
    }

    /// Whether the ticket of another kind was signed, where the claim's own is not known.
    fn foreign_ticket(&self, inputs: &Inputs<'e>) -> Option<Mistake> {
        let (ticket, given) = (inputs.foreign_ticket.as_ref()?, inputs.signature.as_ref()?);
        let fields = Fields { ticket: ticket.clone(), ..inputs.fields.clone() };
        let fits = sha1_hex(&string1(inputs.kind, &fields)) == *given;
        fits.then(|| self.mistake("ticket-other-kind", Proof::Hash, "ticket", (ticket, ""), &[])).flatten()
    }

    /// Values that were never filled in.
    fn undefined_values(&self, inputs: &Inputs<'e>) -> Vec<Mistake> {
        let signs_url = inputs.kind.signs_url();
        let fields = &inputs.fields;
        let given = inputs.given;
        let passed = |field| {
            inputs.block.and_then(|block| block.passed(field, inputs.kind)).map(|value| value.text.as_str())
        };
        let rows = [
            ("ticket", given.ticket.then_some(fields.ticket.as_str())),
            (
                "nonce",
                given.nonce.then_some(fields.nonce.as_str()).filter(|nonce| signs_url || !nonce.is_empty()),
            ),
            ("timestamp", given.timestamp.then_some(fields.timestamp.as_str())),
            ("url", inputs.signed_url()),
            ("signature", inputs.signature.as_deref()),
            ("app-id", inputs.app_id.as_deref()),
            ("nonce", passed(Field::Nonce)),
            ("timestamp", passed(Field::Timestamp)),
            ("signature", passed(Field::Signature)),
        ];
        let written = self.unset.iter().filter(|(one, call)| self.is_unset(one, call, inputs));
        let written = written.map(|(one, _)| (one.field.name(), Some(one.text.as_str())));
        let mut found: Vec<Mistake> = Vec::new();
        for (field, value) in rows.into_iter().chain(written) {
            let Some(value) = value.filter(|value| is_empty_value(value)) else { continue };
            if found.iter().any(|mistake| mistake.field == field) {
                continue;
            }
            let shown = value.trim();
            let detail = if shown.is_empty() {
                both!("{field} 是空的", "{field} is empty")
            } else {
                both!("{field} 是 `{shown}`", "{field} is `{shown}`")
            };
            found.extend(self.mistake(
                "value-undefined",
                Proof::Evidence,
                field,
                (value, ""),
                &[("detail", &detail)],
            ));
        }
        found
    }

    /// Whether the code of this claim passes `undefined` itself, and no flag gives the value.
    fn is_unset(&self, one: &evidence::Unreadable, call: &Block, inputs: &Inputs<'e>) -> bool {
        let request = self.request;
        let flag = match one.field {
            Field::Nonce => &request.nonce,
            Field::Timestamp => &request.timestamp,
            Field::Signature => &request.signature,
            Field::AppId => &request.app_id,
            _ => return false,
        };
        flag.is_none() && inputs.block.is_some_and(|own| std::ptr::eq(own, call))
    }

    /// A url that is not the address of a page.
    fn not_an_address(&self, inputs: &Inputs<'e>) -> Option<Mistake> {
        let url = inputs.signed_url()?;
        if has_scheme(url) {
            return self.unset_host(url);
        }
        let lower = url.to_ascii_lowercase();
        if lower.starts_with("http%3a") || lower.starts_with("https%3a") {
            let decoded = percent_decoded(url);
            return self.mistake("url-percent-encoded", Proof::Evidence, "url", (url, &decoded), &[]);
        }
        self.mistake("url-scheme-missing", Proof::Evidence, "url", (url, ""), &[])
    }

    /// The link that asks for a login: a page never has it as its address.
    fn authorize_link(&self, inputs: &Inputs<'e>) -> Option<Mistake> {
        let url = inputs.signed_url()?;
        let parts = Parts::of(url);
        let is_link =
            parts.host.eq_ignore_ascii_case("open.weixin.qq.com") && parts.path.starts_with("/connect/");
        let host = Both::same("host".to_owned());
        is_link
            .then(|| {
                self.mistake("page-url-differs", Proof::Evidence, "url", (url, ""), &[("detail", &host)])
            })
            .flatten()
    }

    /// How the signed url differs from the page's address, and whether it agrees.
    fn page(&self, inputs: &Inputs<'e>) -> (Vec<Difference>, Option<bool>) {
        let Some(signed) = inputs.signed_url() else { return (Vec::new(), None) };
        let Some(page) = self.page_of(inputs, signed) else { return (Vec::new(), None) };
        let found = differences(&inputs.fields.url, page, self.context.lang);
        (found, Some(without_fragment(page) == signed))
    }

    /// The address of the page that is compared: of those on two systems one that was not signed, else one that was.
    fn page_of<'a>(&'a self, inputs: &'a Inputs<'e>, signed: &str) -> Option<&'a str> {
        let is_signed = |page: &&String| without_fragment(page) == signed;
        let mut pages = inputs.page_urls.iter().filter(|page| !is_withheld(page));
        let mut by_phone = self.evidence.by_phone.iter().filter(|page| inputs.page_urls.contains(page));
        let page = by_phone.find(|page| !is_signed(page)).or_else(|| pages.clone().find(is_signed));
        page.or_else(|| pages.next()).map(String::as_str)
    }

    /// The findings for a page address that is not the signed one: the url mistakes that explain it, or
    /// else one that lists the parts.
    fn page_differs(&self, inputs: &Inputs<'e>, parts: &[Difference]) -> Vec<Mistake> {
        let Some(signed) = inputs.signed_url() else { return Vec::new() };
        let Some(page) = self.page_of(inputs, signed) else { return Vec::new() };
        let page = without_fragment(page);
        let causes = url_mistakes(page, signed);
        if !causes.is_empty() {
            let named = causes
                .into_iter()
                .filter_map(|id| self.mistake(id, Proof::Evidence, "url", (signed, page), &[]));
            return named.collect();
        }
        let names: Vec<&str> =
            parts.iter().map(|part| part.part).filter(|part| *part != "fragment").collect();
        let list = Both::same(names.join(", "));
        self.mistake("page-url-differs", Proof::Evidence, "url", (signed, page), &[("detail", &list)])
            .map(|mistake| Mistake { url_differences: parts.to_vec(), ..mistake })
            .into_iter()
            .collect()
    }

    /// What the page passes to the client against what was signed: mistakes, and whether it agrees.
    fn config(&self, inputs: &Inputs<'e>, matched: Option<bool>) -> (Vec<Mistake>, Option<bool>) {
        let mut found = Vec::new();
        let mut compared = 0;
        for (field, name, signed) in [
            (Field::Nonce, "nonce", inputs.given.nonce.then_some(inputs.fields.nonce.as_str())),
            (
                Field::Timestamp,
                "timestamp",
                inputs.given.timestamp.then_some(inputs.fields.timestamp.as_str()),
            ),
        ] {
            let Some(signed) = signed else { continue };
            let passed = inputs
                .block
                .and_then(|block| block.passed(field, inputs.kind))
                .map(|value| value.text.as_str());
            // Without a call, what the answer says beside the string that was hashed.
            let answered = || {
                let claim = inputs.claim?;
                let from_string =
                    claim.all(field).any(|value| value.origin == Origin::String1 && value.text == signed);
                let others = claim.all(field).filter(|value| value.origin != Origin::String1);
                others.map(|value| value.text.as_str()).find(|_| from_string)
            };
            let is_call = passed.is_some();
            let Some(page) = passed.or_else(answered).or_else(|| self.said(field, signed, matched)) else {
                continue;
            };
            if page == signed {
                let given_elsewhere = inputs.claim.is_some_and(|claim| {
                    claim.all(field).any(|value| !matches!(value.origin, Origin::Call(_)))
                });
                compared += usize::from(is_call && (matched == Some(true) || given_elsewhere));
                continue;
            }
            if is_empty_value(page) || is_empty_value(signed) || is_withheld(page) {
                continue;
            }
            found.extend(self.config_differs(field, name, signed, page));
        }
        let agrees = if found.is_empty() { (compared == 2).then_some(true) } else { Some(false) };
        (found, agrees)
    }

    /// What the text says that the page passes, if the one signature is right and of another value.
    fn said(&self, field: Field, signed: &str, matched: Option<bool>) -> Option<&'e str> {
        let mut said = self.evidence.passed.iter().filter(|value| value.field == field);
        let is_one = matched == Some(true) && self.evidence.claims.len() == 1;
        let is_signed = said.clone().any(|value| value.text == signed);
        said.next().filter(|_| is_one && !is_signed).map(|value| value.text.as_str())
    }

    fn config_differs(&self, field: Field, name: &'static str, signed: &str, page: &str) -> Option<Mistake> {
        let cut = |long: &str, short: &str| long.len() == 13 && short.len() == 10 && long.starts_with(short);
        if field == Field::Timestamp && cut(signed, page) {
            return self
                .mistake("timestamp-milliseconds", Proof::Evidence, name, (signed, page), &[])
                .map(|mistake| Mistake { page: Some(page.to_owned()), ..mistake });
        }
        let key = if field == Field::Nonce { "nonceStr" } else { "timestamp" };
        let mistake = self.mistake("config-differs", Proof::Evidence, name, (signed, signed), &[])?;
        let message = both!(
            "页面传的 {key} 是 `{page}`，签名用的是 `{signed}`：生成了两次，或前后端各取各的",
            "the page passes {key} `{page}`, but `{signed}` was signed: it was generated twice, or page and server each took their own"
        );
        let fix = if field == Field::Timestamp && cut(page, signed) {
            both!(
                "页面传毫秒，签名用的是秒：把签名接口返回的 `{signed}` 原样传给页面",
                "the page passes milliseconds while seconds were signed: pass the signing API's `{signed}` on unchanged"
            )
        } else {
            both!(
                "把签名接口返回的 {key} 原样传给页面，只生成一次",
                "pass the signing API's {key} to the page unchanged, and generate it once"
            )
        };
        let lang = self.context.lang;
        Some(Mistake {
            page: Some(page.to_owned()),
            message: message.get(lang).to_owned(),
            fix: fix.get(lang).to_owned(),
            ..mistake
        })
    }

    /// The ids that are known of the account, compared.
    fn app_id(&self, inputs: &Inputs<'e>) -> (Option<Mistake>, Option<bool>) {
        let plain = |id: &&str| !is_empty_value(id) && !is_withheld_id(id);
        let passed =
            inputs.block.and_then(|block| block.value(Field::AppId)).map(|value| value.text.as_str());
        let answered = inputs.claim.and_then(|claim| {
            claim
                .all(Field::AppId)
                .find(|value| !matches!(value.origin, Origin::Call(_)))
                .map(|value| value.text.as_str())
        });
        // Named once, outside of the call: `corpid: ww…` in the lines about the account.
        let named = self.named_app.filter(|_| passed.is_none() && answered.is_some());
        let answered = answered.or(self.named_app);
        let shown = passed.or(answered).or(inputs.app_id.as_deref()).filter(plain);
        let fetched = self.evidence.account.as_deref();
        let owner = inputs
            .account
            .as_deref()
            .or(fetched)
            .or(answered.filter(|_| passed.is_some()))
            .or(named)
            .filter(plain);
        let (Some(shown), Some(owner)) = (shown, owner) else { return (None, None) };
        if shown == owner {
            // One value is not compared with itself.
            let is_known = inputs.account.is_some() || fetched.is_some();
            let two = is_known && (passed.is_some() || answered.is_some())
                || !is_known && passed.is_some() && answered.is_some();
            return (None, two.then_some(true));
        }
        let detail = both!("页面 `{shown}`，ticket `{owner}`", "page `{shown}`, ticket `{owner}`");
        let found =
            self.mistake("app-id-differs", Proof::Evidence, "app-id", ("", ""), &[("detail", &detail)]);
        (found.map(|mistake| Mistake { page: Some(shown.to_owned()), ..mistake }), Some(false))
    }

    fn expired(&self, inputs: &Inputs<'e>, end: u64) -> Option<Mistake> {
        let ago = self.context.env.now().saturating_sub(end);
        let (minutes, hours) = (ago / 60, ago / 3600);
        let detail = match (hours, minutes) {
            (0, 0) => both!("{ago} 秒前", "{ago} s ago"),
            (0, _) => both!("{minutes} 分钟前", "{minutes} min ago"),
            (..48, _) => both!("{hours} 小时前", "{hours} h ago"),
            _ => {
                let days = hours / 24;
                both!("{days} 天前", "{days} days ago")
            }
        };
        let ticket =
            if inputs.cached.is_some() { mask(&inputs.fields.ticket) } else { inputs.fields.ticket.clone() };
        self.mistake("ticket-expired", Proof::Evidence, "ticket", (&ticket, ""), &[("detail", &detail)])
    }

    /// A mistake in the words of its entry.
    fn mistake(
        &self,
        id: &str,
        proof: Proof,
        field: &'static str,
        (signed, expected): (&str, &str),
        values: &[(&str, &Both)],
    ) -> Option<Mistake> {
        let entry = mistake::entry(id)?;
        Some(spoken(entry, proof, field, (signed, expected), values, self.context.lang))
    }
}

fn spoken(
    entry: &Entry,
    proof: Proof,
    field: &'static str,
    (signed, expected): (&str, &str),
    values: &[(&str, &Both)],
    lang: Lang,
) -> Mistake {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.get(lang))).collect();
    Mistake {
        id: entry.id,
        proof,
        field,
        title: entry.title.get(lang).to_owned(),
        signed: signed.to_owned(),
        expected: expected.to_owned(),
        actual: expected.to_owned(),
        page: None,
        message: entry.cause.fill(lang, &values),
        fix: entry.fix.get(lang).to_owned(),
        url_differences: Vec::new(),
    }
}

/// Whether another card of the text has the same nonce and timestamp.
fn shares_with_card(at: usize, inputs: &Inputs<'_>, all: &[Inputs<'_>]) -> bool {
    inputs.kind == Kind::CardExt
        && inputs.given.nonce
        && all.iter().take(at).rev().take(64).any(|other| {
            other.kind == Kind::CardExt
                && (&other.fields.nonce, &other.fields.timestamp)
                    == (&inputs.fields.nonce, &inputs.fields.timestamp)
        })
}

/// Whether a text begins as the address of a page does.
fn has_scheme(url: &str) -> bool {
    let parts = Parts::of(url);
    (parts.scheme.eq_ignore_ascii_case("http") || parts.scheme.eq_ignore_ascii_case("https"))
        && !parts.host.is_empty()
}

fn percent_decoded(text: &str) -> String {
    // `+` is a plus here: the form's rule for it is not this one.
    let form = format!("url={}", text.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs.next().map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}
