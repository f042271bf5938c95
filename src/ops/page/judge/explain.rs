//! Why a signature differs from what the client computes.
//!
//! In: the claim, the client's values, what else the visit shows. Out: the mistakes in the shape of the
//! document, what the search tried, and whether the signing endpoint signed itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Around, Claim, Judge, Place};
use crate::diagnosis::search::{Case, Mistake, OtherTicket, TicketRole, USUAL_MISTAKES, search};
use crate::diagnosis::url_part::Parts;
use crate::lang::Lang;
use crate::ops::page::client::Client;
use crate::ops::page::{Ticket, title_of};
use crate::say;
use crate::secret::mask;
use crate::signature::{Fields, Kind, sha1_hex, string1, without_fragment};

/// A mistake in the shape of the document.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) id: &'static str,
    pub(super) proof: &'static str,
    pub(super) field: &'static str,
    pub(super) title: String,
    pub(super) signed: String,
    pub(super) expected: String,
    pub(super) message: String,
    pub(super) fix: String,
}

impl Named {
    fn by_hash(mistake: &Mistake, lang: Lang) -> Self {
        Self {
            id: mistake.id,
            proof: "hash",
            field: mistake.field,
            title: title_of(mistake.id, lang),
            signed: mistake.signed.clone(),
            expected: mistake.actual.clone(),
            message: mistake.message(lang),
            fix: mistake.fix(lang),
        }
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "id": self.id, "proof": self.proof, "field": self.field, "title": self.title,
            "signed": self.signed, "expected": self.expected, "actual": self.expected,
            "message": self.message, "fix": self.fix,
        })
    }
}

/// How long one claim may be searched for.
const BUDGET: Duration = Duration::from_secs(1);

impl Judge<'_> {
    /// Values that mean nothing: `undefined`, an empty text.
    pub(super) fn undefined(&self, claim: &Claim) -> Vec<Named> {
        let lang = self.lang;
        let nothing = |text: &str| matches!(text, "" | "undefined" | "null" | "NaN");
        let is_config = matches!(claim.kind, Kind::Jsapi | Kind::Agent);
        let id = |id: &'_ Option<String>| id.clone().unwrap_or_default();
        let (app_id, agent_id) = (id(&claim.app_id), id(&claim.agent_id));
        let values = [
            ("app-id", Some(app_id.as_str()).filter(|_| is_config)),
            ("agent-id", Some(agent_id.as_str()).filter(|_| claim.kind == Kind::Agent)),
            ("nonce", Some(claim.fields.nonce.as_str()).filter(|_| claim.kind.signs_url())),
            ("timestamp", Some(claim.fields.timestamp.as_str())),
            ("signature", claim.signature.as_deref().or(Some(""))),
        ];
        let wrong = values.iter().filter_map(|(field, text)| Some((*field, (*text)?)));
        wrong
            .filter(|(_, text)| nothing(text))
            .map(|(field, text)| Named {
                id: "value-undefined",
                proof: "evidence",
                field,
                title: title_of("value-undefined", lang),
                signed: text.to_owned(),
                expected: String::new(),
                message: say!(
                    lang,
                    "页面交给客户端的 {field} 是空的（`{text}`）",
                    "the page passes an empty {field} to the client (`{text}`)"
                ),
                fix: say!(
                    lang,
                    "核对签名接口返回的字段名，并等它返回后再 config",
                    "check the field names of the signing API's answer, and configure after it has come"
                ),
            })
            .collect()
    }

    /// The page configures another account than the profile's, whose ticket does not sign for it.
    pub(super) fn other_account(&self, claim: &Claim) -> Option<Named> {
        let lang = self.lang;
        let given = claim.app_id.as_deref().filter(|id| !id.is_empty())?;
        let own = self.app_id.filter(|own| *own != given)?;
        let entry = crate::findings::find("app-id-differs")?;
        Some(Named {
            id: entry.id,
            proof: "evidence",
            field: "app-id",
            title: entry.title.get(lang).to_owned(),
            signed: String::new(),
            expected: String::new(),
            message: say!(
                lang,
                "页面交给客户端的 appId 是 `{given}`，配置里的账号是 `{own}`：一个账号的 ticket 不能给另一个签名",
                "the page passes the appId `{given}`, the profile's account is `{own}`: the ticket of one does not sign \
                 for the other"
            ),
            fix: entry.fix.get(lang).to_owned(),
        })
    }

    /// What explains a signature that differs: mistakes, the search's figures, alternatives, the
    /// signing endpoint if it signed itself.
    pub(super) fn explain(
        &self,
        claim: &Claim,
        fields: &Fields,
        given: &str,
        place: &Place,
        around: &Around,
        of_kind: &[&Ticket],
    ) -> (Vec<Named>, Value, Vec<Value>, Option<String>) {
        let lang = self.lang;
        let hash = |fields: &Fields| sha1_hex(&string1(claim.kind, fields));
        let none = || {
            json!({"candidates": 0, "exhausted": true, "interrupted": false, "elapsed_ms": 0,
            "max_mistakes": 1})
        };
        let checked = fields.url.as_str();
        let signs = |url: &str| {
            let url = without_fragment(url);
            url != checked && hash(&Fields { url: url.to_owned(), ..fields.clone() }) == given
        };
        let differs = |signed: &str, message: String, fix: String| Named {
            id: "page-url-differs",
            proof: "hash",
            field: "url",
            title: title_of("page-url-differs", lang),
            signed: without_fragment(signed).to_owned(),
            expected: checked.to_owned(),
            message,
            fix,
        };
        if let Some(from) = place.moved_from.as_deref().filter(|from| signs(from)) {
            let named = differs(
                from,
                say!(
                    lang,
                    "路由变了，却没有重新 config：生效的签名是给 `{from}` 的，这个客户端校验当前地址 `{checked}`",
                    "the route changed without another config: the signature in force is for `{from}`; this client \
                     checks the current address, `{checked}`"
                ),
                say!(
                    lang,
                    "每次换路由后用 location.href 重新签名、重新 config",
                    "sign location.href and configure again after each change of the route"
                ),
            );
            return (vec![named], none(), Vec::new(), None);
        }
        if let Some(endpoint) = around.endpoints.iter().find(|url| signs(url)) {
            let named = differs(
                endpoint,
                say!(
                    lang,
                    "服务端签了签名接口自己的地址 `{endpoint}`，不是页面的地址",
                    "the server signed the address of the signing request itself, `{endpoint}`, not the page's"
                ),
                say!(
                    lang,
                    "页面把 location.href.split('#')[0] 用 encodeURIComponent 传给服务端，服务端只签这个参数",
                    "let the page pass location.href.split('#')[0] through encodeURIComponent, and sign that \
                     parameter only"
                ),
            );
            return (vec![named], none(), Vec::new(), Some(endpoint.clone()));
        }
        let (landing, current) = (without_fragment(&place.landing), without_fragment(&place.current));
        let (own, other) = if self.client == Client::Ios { (landing, current) } else { (current, landing) };
        // Another route does not misspell the url: the page moved.
        let moved = Parts::of(own).path != Parts::of(other).path;
        if moved && signs(other) {
            let (message, fix) = if self.client == Client::Ios {
                (
                    say!(
                        lang,
                        "签的是当前路由 `{other}`；微信 iOS 校验最先打开的地址 `{own}`",
                        "the current route `{other}` was signed; WeChat on iOS checks the address first opened, `{own}`"
                    ),
                    say!(
                        lang,
                        "在入口处记下 location.href，iOS 上始终签它；或者换路由时整页加载",
                        "keep location.href at the entry and sign that on iOS; or change routes with a full page load"
                    ),
                )
            } else {
                (
                    say!(
                        lang,
                        "签的是最先打开的地址 `{other}`；这个客户端校验当前地址 `{own}`",
                        "the address first opened, `{other}`, was signed; this client checks the current one, `{own}`"
                    ),
                    say!(
                        lang,
                        "每次换路由后用 location.href 重新签名、重新 config",
                        "sign location.href and configure again after each change of the route"
                    ),
                )
            };
            return (vec![differs(other, message, fix)], none(), Vec::new(), None);
        }
        let (found, figures) = self.search(claim, fields, given, place, around, of_kind);
        if let Some(best) = found.first() {
            let named = best.iter().map(|mistake| Named::by_hash(mistake, lang)).collect();
            let others = found[1..].iter().map(|explanation| {
                let one = explanation.iter().map(|mistake| Named::by_hash(mistake, lang).document());
                Value::Array(one.collect())
            });
            return (named, figures, others.collect(), None);
        }
        let known = around.urls.iter().map(String::as_str).chain([other, place.landing.as_str()]);
        if let Some(signed) = known.into_iter().find(|url| signs(url)) {
            let named = differs(
                signed,
                say!(
                    lang,
                    "签的是 `{signed}`，客户端校验的是 `{checked}`",
                    "`{signed}` was signed; the client checks `{checked}`"
                ),
                say!(
                    lang,
                    "签页面当时的 location.href.split('#')[0]",
                    "sign location.href.split('#')[0] of the page at that moment"
                ),
            );
            return (vec![named], figures, Vec::new(), None);
        }
        // The answer's own nonce or timestamp: the page passes another one than was signed.
        let pairs = around.nonces.iter().map(|nonce| ("nonce", nonce));
        for (field, value) in pairs.chain(around.timestamps.iter().map(|time| ("timestamp", time))) {
            let mut signed = fields.clone();
            let passed = if field == "nonce" { &mut signed.nonce } else { &mut signed.timestamp };
            let passed = std::mem::replace(passed, value.clone());
            if passed != *value && hash(&signed) == given {
                let named = Named {
                    id: "config-differs",
                    proof: "hash",
                    field,
                    title: title_of("config-differs", lang),
                    signed: value.clone(),
                    expected: passed.clone(),
                    message: say!(
                        lang,
                        "签名用的 {field} 是 `{value}`，页面交给客户端的是 `{passed}`",
                        "`{value}` was signed as {field}; the page passes `{passed}`"
                    ),
                    fix: say!(
                        lang,
                        "把签名接口返回的 {field} 原样交给客户端，不要在页面里另外生成",
                        "pass the {field} that the signing API answers; do not make another one in the page"
                    ),
                };
                return (vec![named], figures, Vec::new(), None);
            }
        }
        (Vec::new(), figures, Vec::new(), None)
    }

    fn search(
        &self,
        claim: &Claim,
        fields: &Fields,
        given: &str,
        place: &Place,
        around: &Around,
        of_kind: &[&Ticket],
    ) -> (Vec<Vec<Mistake>>, Value) {
        let mut other_tickets: Vec<OtherTicket> = of_kind
            .iter()
            .skip(1)
            .map(|ticket| OtherTicket {
                value: ticket.value.clone(),
                role: TicketRole::Previous { at: None },
            })
            .collect();
        other_tickets.extend(self.tickets.iter().filter(|ticket| !ticket.is_for(claim.kind)).map(|ticket| {
            let role = ticket.kind.map_or(TicketRole::AccessToken, TicketRole::OtherKind);
            OtherTicket { value: ticket.value.clone(), role }
        }));
        let with_fragment = Fields {
            url: self.client.checked(&place.landing, &place.current).0.to_owned(),
            ..fields.clone()
        };
        let case = Case {
            kind: claim.kind,
            fields: &with_fragment,
            given,
            page_urls: &[],
            urls: &[],
            nonces: &around.nonces,
            timestamps: &around.timestamps,
            other_tickets: &other_tickets,
            app_secret: None,
            certain: None,
            hide_ticket: of_kind.first().is_some_and(|ticket| ticket.from_cache),
            reveal: false,
        };
        let began = Instant::now();
        let interrupted = AtomicBool::new(false);
        let stop = || {
            if (self.stop)() {
                interrupted.store(true, Ordering::Relaxed);
                return true;
            }
            began.elapsed() > BUDGET
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let outcome = search(&case, threads, USUAL_MISTAKES, &stop, &|_| ());
        let figures = json!({
            "candidates": outcome.candidates,
            "exhausted": outcome.exhausted,
            "interrupted": interrupted.load(Ordering::Relaxed),
            "elapsed_ms": u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "max_mistakes": outcome.max_mistakes,
        });
        (outcome.explanations, figures)
    }

    /// A ticket of another kind that the signature was made with, where the right one is not at hand.
    pub(super) fn other_kind(&self, claim: &Claim, fields: &Fields, given: &str) -> Option<Named> {
        let used = self.tickets.iter().filter(|ticket| ticket.kind.is_some() && !ticket.is_for(claim.kind));
        let used = used.map(|ticket| ticket.value.reveal());
        let signs = |ticket: &&str| {
            let fields = Fields { ticket: (*ticket).to_owned(), ..fields.clone() };
            sha1_hex(&string1(claim.kind, &fields)) == given
        };
        let signed = used.into_iter().find(signs)?;
        let entry = crate::findings::find("ticket-other-kind")?;
        Some(Named {
            id: entry.id,
            proof: "hash",
            field: "ticket",
            title: entry.title.get(self.lang).to_owned(),
            signed: mask(signed),
            expected: String::new(),
            message: entry.cause.get(self.lang).to_owned(),
            fix: entry.fix.get(self.lang).to_owned(),
        })
    }
}
