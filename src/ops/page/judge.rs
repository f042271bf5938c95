//! Whether a client would accept what a page passed to the bridge.
//!
//! In: one call's values, the address that the client checks, the tickets at hand, the other addresses
//! and values of the visit. Out: a [`Judged`] with the fields of `verify`.
//!
//! The hash, the search, the warnings and the next steps are those of `ops::verify`; what is around them is not.
//! `verify` weighs texts: which value belongs to which signature, whether a string1 is what was hashed, what was
//! said of the page. A visit leaves none of that open, and asks what a text cannot show: two addresses of one
//! client of which either may be checked, tickets whose kind only a signature that fits will tell ([`Judge::learn`]),
//! a route that changed after the config, the signing request itself. Written as a text for `verify` it would
//! lose that, so that the two share the rules and not the judge.

mod explain;

use serde_json::{Map, Value, json};

use super::Ticket;
use super::client::Client;
use crate::diagnosis::next_step::{NextStep, Seen, next_steps};
use crate::diagnosis::url_part::differences;
use crate::diagnosis::warning::{Given, Subject, Warning, has_agent_shape, warnings};
use crate::evidence;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;
use crate::secret::mask;
use crate::signature::{Fields, Kind, sha1_hex, string1, without_fragment};
use explain::Named;

/// What a client says to a config, and what is known besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It would be accepted.
    Fits,
    /// A value is missing, so nothing is known.
    Incomplete,
    /// It would be refused.
    Refused,
}

impl Verdict {
    /// The word of the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Incomplete => "incomplete",
            Self::Refused => "refused",
        }
    }
}

/// One signature that a page passed.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What the page called.
    pub call: &'static str,
    /// What was signed.
    pub kind: Kind,
    /// The values, without ticket and url.
    pub fields: Fields,
    /// The signature.
    pub signature: Option<String>,
    /// The list of APIs that it asks for.
    pub api_list: Vec<String>,
    /// The account's id.
    pub app_id: Option<String>,
    /// The app's id, in an agentConfig.
    pub agent_id: Option<String>,
}

/// Where the page was at that moment.
#[derive(Clone, Debug)]
pub struct Place {
    /// The address first opened.
    pub landing: String,
    /// The address at that moment.
    pub current: String,
    /// The address that the signature was passed for, if the route has changed since.
    pub moved_from: Option<String>,
    /// A frame of the page passed it.
    pub in_frame: bool,
}

/// What else the visit shows that may have been signed.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The signing endpoint's addresses as they were requested.
    pub endpoints: Vec<String>,
    /// What it was asked for, and what it says it signed.
    pub urls: Vec<String>,
    /// The nonces it answered with.
    pub nonces: Vec<String>,
    /// The timestamps it answered with.
    pub timestamps: Vec<String>,
}

impl Around {
    /// How much is known: grows with each request.
    pub fn size(&self) -> usize {
        self.endpoints.len() + self.urls.len() + self.nonces.len() + self.timestamps.len()
    }
}

/// What does not change during a visit.
pub struct Judge<'a> {
    /// The client.
    pub client: Client,
    /// The tickets at hand.
    pub tickets: Vec<Ticket>,
    /// The account's id, if it is known.
    pub app_id: Option<&'a str>,
    /// Unix seconds.
    pub now: u64,
    /// The language of the texts.
    pub lang: Lang,
    /// Whether the run is to end.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// The answer for one claim.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Whether the client would accept it.
    pub verdict: Verdict,
    /// The address that was checked.
    pub checked_url: String,
    /// The first mistake, for people: id, what happened, what to do.
    pub first: Option<[String; 3]>,
    /// The document: the fields of `verify`.
    pub document: Map<String, Value>,
    /// The signing endpoint's own address, if that was signed.
    pub signed_endpoint: Option<String>,
    /// What is wrong.
    mistakes: Vec<Named>,
}

impl Judge<'_> {
    /// A ticket given by hand that made a signature is the one of its kind, and of no other. Of both a config
    /// and an agentConfig it is the config's, unless it looks otherwise. Whether this was news.
    pub fn learn(&mut self, claim: &Claim, judged: &Judged) -> bool {
        let mistakes = &judged.mistakes;
        let explained =
            !mistakes.is_empty() && mistakes.iter().all(|one| one.proof == "hash" && one.field != "ticket");
        let other_kind = mistakes.iter().any(|one| one.id == "ticket-other-kind");
        let mut news = false;
        for ticket in self.tickets.iter_mut().filter(|ticket| ticket.given) {
            let is_config = claim.kind == Kind::Jsapi && !has_agent_shape(ticket.value.reveal());
            let is_new = match ticket.kind {
                None => judged.verdict == Verdict::Fits || explained,
                Some(Kind::Agent) => is_config && other_kind,
                Some(_) => false,
            };
            if is_new {
                ticket.kind = Some(claim.kind);
                news = true;
            }
        }
        news
    }

    /// Judges one claim.
    pub fn judge(&self, claim: &Claim, place: &Place, around: &Around) -> Judged {
        let lang = self.lang;
        let (checked, second) = self.client.checked(&place.landing, &place.current);
        let checked = without_fragment(checked).to_owned();
        let second = second.map(without_fragment).filter(|second| *second != checked);
        let of_kind: Vec<&Ticket> = self.tickets.iter().filter(|ticket| ticket.is_for(claim.kind)).collect();
        let ticket = of_kind.first().copied();
        let fields = Fields {
            ticket: ticket.map(|ticket| ticket.value.reveal().to_owned()).unwrap_or_default(),
            url: checked.clone(),
            ..claim.fields.clone()
        };
        let given = claim.signature.as_deref();
        let hash = |fields: &Fields| sha1_hex(&string1(claim.kind, fields));
        let with_url = |url: &str| Fields { url: without_fragment(url).to_owned(), ..fields.clone() };
        let computed = ticket.map(|_| hash(&fields));
        let mut matched = computed.as_deref().zip(given).map(|(computed, given)| computed == given);
        let mut extra: Vec<(&'static str, &'static str, String, String)> = Vec::new();
        let mut checked_url = checked.clone();
        let mut mistakes: Vec<Named> = Vec::new();
        let mut searched = json!({"candidates": 0, "exhausted": true, "interrupted": false, "elapsed_ms": 0,
            "max_mistakes": 0});
        let mut alternatives: Vec<Value> = Vec::new();
        let mut signed_endpoint = None;
        let mut unknown_ticket = false;

        let undefined = self.undefined(claim);
        let other_account = self.other_account(claim);
        if !undefined.is_empty() {
            mistakes.extend(undefined);
            matched = matched.map(|_| false);
        } else if let (Some(given), Some(ticket)) = (given, ticket)
            && matched == Some(false)
        {
            // By field reports Android checks one address, by the official library the other one.
            if let Some(second) = second
                && hash(&with_url(second)) == given
            {
                matched = Some(true);
                extra.push(("url-inner-route", "url", say!(lang,
                    "签名只合最先打开的地址 `{second}`，不合当前地址 `{checked}`：微信 Android 校验哪一个，资料不一致",
                    "the signature fits the address first opened, `{second}`, and not the current one, `{checked}`: \
                     sources differ on which of them WeChat on Android checks"
                ), say!(lang,
                    "换路由时整页加载，或在真机上两种系统都试",
                    "change routes with a full page load, or try a real phone of either system"
                )));
                second.clone_into(&mut checked_url);
            } else {
                let found = self.explain(claim, &fields, given, place, around, &of_kind);
                mistakes = found.0;
                searched = found.1;
                alternatives = found.2;
                signed_endpoint = found.3;
                if mistakes.is_empty() && ticket.from_cache {
                    unknown_ticket = true;
                }
            }
        } else if matched == Some(true)
            && let Some(second) = second
        {
            extra.push(("url-inner-route", "url", say!(lang,
                "签名合当前地址 `{checked}`，不合最先打开的地址 `{second}`：实测报告说微信 Android 校验当前地址，官方库却签最先打开的",
                "the signature fits the current address, `{checked}`, and not the one first opened, `{second}`: field \
                 reports say WeChat on Android checks the current one, the official library signs the other"
            ), say!(lang, "在 Android 真机上试一次", "try it on a real Android phone")));
        }

        mistakes.extend(other_account);
        if ticket.is_none()
            && mistakes.is_empty()
            && let Some(named) = given.and_then(|given| self.other_kind(claim, &fields, given))
        {
            mistakes.push(named);
        }
        // Without a ticket nothing is proved; the request shows what was asked to be signed.
        let asked = around.urls.iter().map(|url| without_fragment(url)).next_back();
        if ticket.is_none()
            && let Some(asked) = asked
            && asked != checked
            && second != Some(asked)
        {
            extra.push((
                "url-inner-route",
                "url",
                say!(
                    lang,
                    "请求签名的地址是 `{asked}`，这个客户端校验的是 `{checked}`",
                    "a signature was requested for `{asked}`; this client checks `{checked}`"
                ),
                say!(
                    lang,
                    "签这个客户端校验的地址；给出 --ticket 可以证明",
                    "sign the address that this client checks; with --ticket it can be proved"
                ),
            ));
        }

        let mut missing = Vec::new();
        if ticket.is_none() || unknown_ticket {
            missing.push("ticket");
        }
        if given.is_none() {
            missing.push("signature");
        }
        let verdict = if !mistakes.is_empty() || (matched == Some(false) && !unknown_ticket) {
            Verdict::Refused
        } else if missing.is_empty() {
            Verdict::Fits
        } else {
            Verdict::Incomplete
        };
        let mut differ = Vec::new();
        if let Some(named) = mistakes.iter().find(|mistake| mistake.id == "page-url-differs") {
            differ = differences(&named.signed, &named.expected, lang);
        }
        let warned = self.warnings(claim, &fields, ticket, &extra);
        let hidden = ticket.is_some_and(|ticket| ticket.from_cache);
        let shown = ticket.map(|_| {
            let text = string1(claim.kind, &fields);
            if hidden && !fields.ticket.is_empty() {
                text.replace(&fields.ticket, &mask(&fields.ticket))
            } else {
                text
            }
        });
        let first = mistakes
            .first()
            .map(|mistake| [mistake.id.to_owned(), mistake.message.clone(), mistake.fix.clone()])
            .or_else(|| {
                (verdict == Verdict::Refused).then(|| {
                    [
                        String::new(),
                        say!(
                            lang,
                            "签名不合这些值，也没有找到能解释它的错误",
                            "the signature does not fit these values, and no known mistake explains it"
                        ),
                        say!(
                            lang,
                            "让服务端打印它的 string1，用 wecheck verify --from FILE 比较",
                            "let the server print its string1 and compare it: wecheck verify --from FILE"
                        ),
                    ]
                })
            });
        let mut document = Map::new();
        let mut put = |key: &str, value: Value| drop(document.insert(key.to_owned(), value));
        put("source", json!(place.current));
        put("line", Value::Null);
        put("verdict", json!(verdict.name()));
        put("match", json!(matched));
        put("kind", json!(claim.kind));
        put("computed_signature", json!(computed));
        put("given_signature", json!(given));
        put("string1", json!(shown));
        if hidden {
            put("string1_masked", json!(true));
        }
        put("missing", json!(missing));
        put("mistakes", Value::Array(mistakes.iter().map(Named::document).collect()));
        put("url_differences", json!(differ));
        put("warnings", json!(warned));
        put("alternatives", Value::Array(alternatives));
        put("search", searched);
        put("next_steps", json!(self.next_steps(claim, &checked, ticket, matched, &mistakes, &missing)));
        let mut notes = vec![self.client.basis().get(lang).to_owned()];
        if place.in_frame {
            notes.push(say!(
                lang,
                "这个 config 来自页面里的 iframe：客户端校验的是外层页面的地址；iframe 里能不能用接口，请在真机上试",
                "an iframe of the page made this config: the client checks the address of the page around it; try on a \
                 real phone whether APIs work inside of an iframe"
            ));
        }
        put("notes", json!(notes));
        Judged { verdict, checked_url, first, document, signed_endpoint, mistakes }
    }

    fn warnings(
        &self,
        claim: &Claim,
        fields: &Fields,
        ticket: Option<&Ticket>,
        extra: &[(&'static str, &'static str, String, String)],
    ) -> Vec<Warning> {
        let list: Vec<&str> = claim.api_list.iter().map(|name| super::names::of_api(name)).collect();
        let text = match claim.kind {
            Kind::Jsapi => format!(
                "wx.config({{appId: {}, timestamp: {}, nonceStr: {}, signature: {}, jsApiList: {}}})",
                json!(claim.app_id),
                json!(claim.fields.timestamp),
                json!(claim.fields.nonce),
                json!(claim.signature),
                json!(list)
            ),
            _ => String::new(),
        };
        let evidence = evidence::extract(&text);
        let blocks: Vec<_> = evidence.blocks.iter().collect();
        let subject = Subject {
            kind: claim.kind,
            platform: Some(self.platform(claim)),
            sandbox: true,
            fields,
            given: Given { url: true, ticket: ticket.is_some(), nonce: true, timestamp: true },
            signature: claim.signature.as_deref(),
            evidence: &evidence,
            app_id: self.app_id,
            blocks: &blocks,
            says_all: true,
            shares_with_card: false,
            now: self.now,
        };
        let mut found = warnings(&subject, self.lang);
        if crate::address::is_loopback(&fields.url) {
            // A page under development: the live one is on a domain of its own, and https.
            found.retain(|warning| {
                !["url-http", "url-localhost", "url-ip-address", "url-port-suspect"].contains(&warning.id)
            });
        }
        for (id, field, message, fix) in extra {
            found.retain(|warning| warning.id != *id);
            let (message, fix) = (message.clone(), fix.clone());
            found.insert(0, Warning { id, field, message, fix });
        }
        found
    }

    /// What is left to check: the browser saw the config, the page's address and the app's id.
    fn next_steps(
        &self,
        claim: &Claim,
        checked: &str,
        ticket: Option<&Ticket>,
        matched: Option<bool>,
        mistakes: &[Named],
        missing: &[&'static str],
    ) -> Vec<NextStep> {
        let app_id = claim.app_id.as_deref();
        let seen = Seen {
            kind: claim.kind,
            platform: Some(self.platform(claim)),
            matched,
            explained: !mistakes.is_empty(),
            missing,
            has_string1: false,
            has_config: true,
            config_agrees: matched.map(|fits| fits || !mistakes.iter().any(|one| one.id == "config-differs")),
            page_url: Some(checked),
            page_agrees: matched.map(|fits| fits || !mistakes.iter().any(|one| one.field == "url")),
            url: Some(checked),
            app_agrees: self.app_id.zip(app_id).map(|(own, given)| own == given),
            app_id,
            ticket_from_cache: ticket.is_some_and(|ticket| ticket.from_cache),
            ticket_expired: ticket.and_then(|ticket| ticket.expires_at).is_some_and(|end| end <= self.now),
        };
        next_steps(&seen, self.lang)
    }

    fn platform(&self, claim: &Claim) -> Platform {
        match claim.kind {
            Kind::Agent | Kind::Group => Platform::Work,
            _ => self.client.platform(),
        }
    }
}
