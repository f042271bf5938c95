//! One client's visit to a page: what happens in the tab, in order, and what the bridge answers.
//!
//! In: a browser, the request, a client. Out: a [`ClientReport`]. Everything that goes through the bridge
//! is recorded with its time and the page's address; a config is judged when it comes, and the page gets
//! the answer that the client would give, so that `wx.ready` and `wx.error` run as on the phone.

mod outcome;
mod trouble;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bridge::{Call, answer, claims, read};
use super::client::Client;
use super::finding::Finding;
use super::judge::{Around, Claim, Judge, Judged, Place, Verdict};
use super::names;
use super::signing::{Pending, SigningRequest, note};
use super::{Api, ClientReport, Config, Request, Step, refused_host, shared};
use crate::address;
use crate::both;
use crate::browser::{ANSWERED, Browser, Event, Tab};
use crate::failure::{self, Failure};
use crate::lang::{Both, cause};
use crate::say;
use crate::signature::{Kind, without_fragment};

const BRIDGE: &str = include_str!("bridge.js");
const BINDING: &str = "__wecheckSend";

/// A page is settled after so long without anything, once a config came.
const QUIET: Duration = Duration::from_millis(300);

/// The same while none has come yet: pages configure after a request, a timer, a route's guard.
const QUIET_WITHOUT_CONFIG: Duration = Duration::from_millis(1_300);

/// The page's own timers are waited for as long as this, while no config has come.
const TIMERS: Duration = Duration::from_secs(6);

/// The same once one came: what calls an API a moment later.
const TIMERS_AFTER_CONFIG: Duration = Duration::from_millis(1_200);

/// A request is waited for as long as this, once a config came: some are never answered.
const OPEN_REQUEST: Duration = Duration::from_secs(6);

/// A page that has not loaded is waited for as long as this.
const LOADING: Duration = Duration::from_mins(1);

/// A page that never settles is looked at for so long.
const LONGEST: Duration = Duration::from_secs(15);

/// Where pages report to, which is nothing of the page's own.
const NOT_ASKED: [&str; 2] = ["*://open.weixin.qq.com/sdk/report*", "*://aegis.qq.com/*"];

/// Opens the page as one client.
pub fn visit(
    browser: &Browser,
    request: &Request<'_>,
    client: Client,
    several: bool,
) -> Result<ClientReport, Failure> {
    (request.progress)(client.title().get(request.lang));
    let script = BRIDGE.replace("__CLIENT__", client.name());
    let tab = Tab::open(browser.connect()?, client.look(), &script, BINDING)?;
    let mut visit = Visit {
        judge: Judge {
            client,
            tickets: request.account.tickets.clone(),
            app_id: request.account.app_id.as_deref(),
            now: request.now,
            lang: request.lang,
            stop: request.stop,
        },
        tab,
        request,
        client,
        loaded: false,
        pending: HashMap::new(),
        answered: Vec::new(),
        around: Around::default(),
        lists: [None, None],
        main_frame: String::new(),
        passed: Vec::new(),
        in_force: [None, None],
        refused: false,
        passed_on: Vec::new(),
        missed_event: None,
        doubtful: Vec::new(),
        heard: false,
        report: ClientReport {
            client,
            landing: String::new(),
            verdict: Verdict::Incomplete.name(),
            configs: Vec::new(),
            requests: Vec::new(),
            apis: Vec::new(),
            errors: Vec::new(),
        },
    };
    visit.open()?;
    for step in &request.steps {
        visit.step(step)?;
        visit.settle()?;
        visit.judge_again()?;
    }
    if let Some(file) = &request.screenshot {
        visit.tab.screenshot(&picture(file, client, several))?;
    }
    Ok(visit.finish())
}

struct Visit<'a> {
    judge: Judge<'a>,
    tab: Tab,
    request: &'a Request<'a>,
    client: Client,
    loaded: bool,
    pending: HashMap<String, Pending>,
    /// Requests whose answers are whole and not read yet.
    answered: Vec<String>,
    around: Around,
    /// The jsApiLists of the last config and agentConfig.
    lists: [Option<Vec<String>>; 2],
    /// Whether the last config was refused.
    refused: bool,
    /// The page's own frame, without those in it.
    main_frame: String,
    /// What was judged, one for each config of the report.
    passed: Vec<Passed>,
    /// Which of them are the config and the agentConfig in force.
    in_force: [Option<usize>; 2],
    /// Signatures that were passed, each with the address that the client checked.
    passed_on: Vec<(String, String)>,
    missed_event: Option<String>,
    /// Errors that say nothing if a config came all the same.
    doubtful: Vec<String>,
    /// Whether something of the page reached the bridge.
    heard: bool,
    report: ClientReport,
}

/// A signature as it was passed.
struct Passed {
    claim: Claim,
    place: Place,
    /// A library made it that signs again when it is used at another address.
    signs_again: bool,
    /// How much was known of the page's requests when it was judged.
    known: usize,
}

impl Visit<'_> {
    fn open(&mut self) -> Result<(), Failure> {
        self.tab.call("Network.setBlockedURLs", &json!({"urls": NOT_ASKED}))?;
        let url = if self.request.shared { shared(&self.request.url) } else { self.request.url.clone() };
        let (frame, trouble) = self.tab.go(&url)?;
        self.main_frame = frame;
        if let Some(why) = trouble {
            let url = address::without_password(&url);
            let Both { zh, en } = cause(&why);
            return Err(Failure::network(both!("`{url}` 打不开：{zh}", "`{url}` cannot be opened: {en}"))
                .hint(format!("wecheck domain-check --probe '{url}'")));
        }
        self.settle()
    }

    /// Works off events until nothing happens any more. The page's own clock decides, not this program's: on
    /// a busy machine both are slow.
    fn settle(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        let before = self.report.configs.len();
        let (mut asked, mut came_at) = (None, None);
        loop {
            if (self.request.stop)() {
                return Err(Failure::new(failure::Kind::Interrupted, both!("已中断", "interrupted")));
            }
            match self.tab.event()? {
                Some(event) if event.method == ANSWERED => {
                    if asked.is_none() || event.params["id"].as_u64() != asked {
                        continue;
                    }
                    asked = None;
                    let waited = self.request.wait.is_none_or(|wait| began.elapsed() >= wait);
                    let came = self.report.configs.len() > before;
                    if self.loaded && self.under_way(came) == 0 && waited {
                        return Ok(());
                    }
                }
                // Something went on, so what was quiet is not any more. Some pages ask their servers all the time.
                Some(event) => {
                    let came = self.report.configs.len() > before;
                    let is_request = event.method.starts_with("Network.");
                    if self.happened(&event)? && !(came && is_request) {
                        asked = None;
                    }
                }
                None if asked.is_none() => {
                    let came = self.report.configs.len() > before;
                    let since = *came_at.get_or_insert_with(Instant::now);
                    if !came {
                        came_at = None;
                    }
                    let (quiet, most) = if came {
                        (QUIET, TIMERS_AFTER_CONFIG.saturating_sub(since.elapsed()))
                    } else {
                        (QUIET_WITHOUT_CONFIG, TIMERS.saturating_sub(began.elapsed()))
                    };
                    let most = most.as_millis();
                    let quiet = quiet.as_millis();
                    let expression = format!("window.__wecheckLater?.({quiet}, {most})");
                    let later = json!({"expression": expression, "awaitPromise": true});
                    asked = Some(self.tab.ask("Runtime.evaluate", &later));
                }
                None => {}
            }
            let longest = if self.loaded { LONGEST } else { LOADING };
            if began.elapsed() > longest.max(self.request.wait.unwrap_or_default()) {
                return Ok(());
            }
        }
    }

    /// Requests that a page may wait for before it configures.
    fn under_way(&self, came: bool) -> usize {
        let waits = |pending: &&Pending| {
            matches!(pending.kind.as_str(), "XHR" | "Fetch" | "Script" | "Document")
                && !(came && pending.since.is_some_and(|since| since.elapsed() > OPEN_REQUEST))
        };
        self.pending.values().filter(waits).count()
    }

    fn step(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Go(path) => {
                let path = json!(path);
                // A link of the page is what its router listens to; else as if it had moved itself.
                let trouble = self.tab.evaluate(&format!(
                    "(() => {{ try {{ const to = new URL({path}, location.href);
                       const link = [...document.links].find((link) => link.href === to.href && !link.target);
                       if (link) return void link.click();
                       if (to.origin + to.pathname + to.search === location.origin + location.pathname + location.search
                           && to.hash) return void (location.hash = to.hash);
                       history.pushState(null, '', to.href);
                       dispatchEvent(new PopStateEvent('popstate', {{ state: null }}));
                       }} catch (error) {{ return String(error); }} }})()"
                ))?;
                if let Some(why) = trouble.as_str() {
                    return Err(Failure::usage(both!(
                        "`--go {path}` 走不通：{why}",
                        "`--go {path}` is not a route of this page: {why}"
                    ))
                    .hint("wecheck page --go /goods/1 URL"));
                }
            }
            Step::Click(selector) => {
                let clicked = self.tab.evaluate(&format!(
                    "(() => {{ const found = document.querySelector({});
                       const link = found?.closest('a[target]');
                       // A client of WeChat has one window.
                       if (link) link.target = '_self';
                       found?.click(); return Boolean(found); }})()",
                    json!(selector)
                ))?;
                if clicked != true {
                    let client = self.client.name();
                    return Err(Failure::usage(both!(
                        "`{selector}` 在页面里没有找到（{client}）",
                        "the page has no element `{selector}` ({client})"
                    ))
                    .hint("wecheck page --wait 3 --click SELECTOR URL"));
                }
            }
        }
        Ok(())
    }

    /// Takes one event in. `true` if the page may go on because of it.
    fn happened(&mut self, event: &Event) -> Result<bool, Failure> {
        let params = &event.params;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let id = text(&params["requestId"]);
        match event.method.as_str() {
            "Runtime.bindingCalled" if params["name"] == BINDING => {
                self.read_answers()?;
                if let Some(call) = read(params["payload"].as_str().unwrap_or_default()) {
                    self.called(&call);
                }
            }
            "Network.requestWillBeSent" => self.asked(id, params),
            "Network.responseReceived" => {
                let response = &params["response"];
                let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
                let kind = text(&params["type"]);
                if let Some(pending) = self.pending.get_mut(&id) {
                    pending.status = status;
                    pending.mime = text(&response["mimeType"]);
                    pending.kind.clone_from(&kind);
                }
                self.status(&kind, &text(&response["url"]), status.unwrap_or_default());
            }
            "Network.loadingFinished" => {
                if self.pending.get(&id).is_some_and(Pending::may_sign) {
                    self.answered.push(id);
                } else {
                    self.pending.remove(&id);
                }
                self.read_answers()?;
            }
            "Network.loadingFailed" => self.failed(&id, params),
            "Page.loadEventFired" => self.loaded = true,
            "Page.frameStartedLoading" if params["frameId"] == self.main_frame.as_str() => {
                self.loaded = false;
            }
            "Page.frameStoppedLoading" if params["frameId"] == self.main_frame.as_str() => self.loaded = true,
            "Page.frameNavigated" if params["frame"]["parentId"].is_null() => {
                let url =
                    text(&params["frame"]["url"]) + params["frame"]["urlFragment"].as_str().unwrap_or("");
                // A page load starts from the beginning.
                self.in_force = [None, None];
                self.lists = [None, None];
                self.refused = false;
                if self.report.configs.is_empty() && url != "about:blank" {
                    self.report.landing = url;
                }
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let description = details["exception"]["description"].as_str();
                let text = description.or(details["text"].as_str()).unwrap_or_default();
                self.complained(text.lines().next().unwrap_or_default(), true);
            }
            "Runtime.consoleAPICalled" if params["type"] == "error" => {
                let arguments = params["args"].as_array().into_iter().flatten();
                let texts = arguments.map(|one| {
                    one["value"].as_str().or(one["description"].as_str()).unwrap_or_default().to_owned()
                });
                let text = texts.collect::<Vec<_>>().join(" ");
                self.complained(text.lines().next().unwrap_or_default(), false);
            }
            "Log.entryAdded" => self.logged(&params["entry"]),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn asked(&mut self, id: String, params: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&params["type"]);
        let url = text(&params["request"]["url"]);
        if kind == "Document" && !params["redirectResponse"].is_null() {
            let from = text(&params["redirectResponse"]["url"]);
            let status = params["redirectResponse"]["status"].as_u64().unwrap_or_default();
            let detail = format!("`{from}` → {status} → `{url}`");
            self.find("page-redirected", &detail);
        }
        if kind != "Document" && !params["redirectResponse"].is_null() && self.pending.contains_key(&id) {
            // Where the answer comes from in the end; what was asked is what counts.
            return;
        }
        let body = params["request"]["postData"].as_str().map(str::to_owned);
        self.pending
            .insert(id, Pending { url, body, kind, since: Some(Instant::now()), ..Pending::default() });
    }

    /// Reads the answers that are whole: before a call is judged, so that they are known by then.
    fn read_answers(&mut self) -> Result<(), Failure> {
        for id in std::mem::take(&mut self.answered) {
            let Some(pending) = self.pending.remove(&id) else { continue };
            // The browser may have thrown it away, after a page load.
            let body = match self.tab.call("Network.getResponseBody", &json!({"requestId": id})) {
                Ok(answer) => answer["body"].as_str().unwrap_or_default().to_owned(),
                Err(failure) if failure.message.en.contains("refused") => continue,
                Err(failure) => return Err(failure),
            };
            if let Some((request, finding)) = pending.answered(&body, self.request.lang) {
                note(&mut self.around, &request);
                self.report.requests.push(request);
                if let Some(finding) = finding {
                    self.add(finding);
                }
            }
        }
        Ok(())
    }

    /// Something reached the bridge, or would have.
    fn called(&mut self, call: &Call) {
        match call.what.as_str() {
            "invoke" => {
                self.heard = true;
                self.invoked(call);
            }
            "on" => {
                self.heard = true;
                if call.name.starts_with("menu:share") {
                    self.used(call, 0, true);
                }
            }
            "lost" => {
                let api = names::of_api(&call.name).to_owned();
                self.report.apis.push(Api { name: api.clone(), at: call.at, listed: false, ready: false });
                self.find("page-api-before-ready", &format!("`{api}`"));
            }
            "listen" => {
                let lang = self.request.lang;
                if call.name != "document" {
                    self.missed_event = Some(say!(
                        lang,
                        "页面在 document 之外监听 WeixinJSBridgeReady：这个事件不冒泡，只在 document 上触发",
                        "the page listens for WeixinJSBridgeReady elsewhere than on document: the event does not bubble"
                    ));
                } else if call.late {
                    self.missed_event = Some(say!(
                        lang,
                        "页面开始监听 WeixinJSBridgeReady 时事件已经过去了",
                        "the page began to listen for WeixinJSBridgeReady after the event had passed"
                    ));
                }
            }
            _ => {}
        }
    }

    fn invoked(&mut self, call: &Call) {
        let claims = claims(call);
        let place = Place {
            landing: call.landing.clone(),
            current: call.href.clone(),
            moved_from: None,
            in_frame: call.in_frame,
        };
        // @wecom/jssdk signs again by itself when it is used at another address.
        let signs_again = !call.has_library_keys() && !call.has_global;
        let mut refused = false;
        for claim in claims.iter().cloned() {
            let signs_again = claim.call == "ww.register" || signs_again;
            let passed = Passed { claim, place: place.clone(), signs_again, known: self.around.size() };
            refused |= self.judge_one(passed, call.at);
        }
        let domain = refused_host(self.request, self.client, &call.href);
        let is_config = ["preVerifyJSAPI", "agentConfig"].contains(&call.name.as_str());
        let reply = if is_config {
            let agent = usize::from(call.name == "agentConfig");
            self.lists[agent] = Some(call.api_list());
            self.refused = refused || domain.is_some();
            let checked = self.client.checked(&call.landing, &call.href).0;
            answer::config(call, refused, domain.is_some(), checked)
        } else if !claims.is_empty() {
            answer::api(call, !refused)
        } else {
            let permitted = self.used(call, usize::from(call.ready_agent), call.has_library_keys());
            answer::api(call, permitted)
        };
        if let Some(domain) = domain {
            self.add(domain);
        }
        let ok = reply.1;
        self.tab.send(
            "Runtime.evaluate",
            &json!({"expression": format!("window.__wecheckAnswer?.({}, {}, {ok})", call.id, reply.0)}),
        );
    }

    /// Judges a signature and keeps what came out. Whether it is refused.
    fn judge_one(&mut self, passed: Passed, at: u64) -> bool {
        let Passed { claim, place, .. } = &passed;
        let mut judged = self.judge.judge(claim, place, &self.around);
        let news = self.judge.learn(claim, &judged);
        if news {
            judged = self.judge.judge(claim, place, &self.around);
        }
        let refused = judged.verdict == Verdict::Refused;
        if let Some(endpoint) = &judged.signed_endpoint {
            self.find("page-signed-endpoint", &format!("`{endpoint}`"));
        }
        let here = self.passed.len();
        if let Some(signature) = claim.signature.as_ref().filter(|_| place.moved_from.is_none()) {
            let checked = self.client.checked(&place.landing, &place.current).0;
            self.passed_on.push((signature.clone(), checked.to_owned()));
        }
        if let Some(slot) = slot(claim.kind) {
            self.in_force[slot] = (!refused).then_some(here);
        }
        self.report.configs.push(config(&passed, judged, at));
        self.passed.push(passed);
        if news {
            self.judge_other_kinds(here);
        }
        refused
    }

    /// Now it is known which kind the given ticket is of: what was judged by it for another kind was not
    /// judged rightly.
    fn judge_other_kinds(&mut self, here: usize) {
        let kind = self.passed[here].claim.kind;
        for (passed, was) in self.passed.iter().zip(&mut self.report.configs) {
            if passed.claim.kind != kind {
                *was = config(passed, self.judge.judge(&passed.claim, &passed.place, &self.around), was.at);
            }
        }
    }

    /// After a change of the route the signatures in force are judged for the address that is shown now.
    fn judge_again(&mut self) -> Result<(), Failure> {
        let now = self.tab.evaluate("[location.href, Math.round(performance.now())]")?;
        let (href, at) = (now[0].as_str().unwrap_or_default(), now[1].as_u64().unwrap_or_default());
        self.moved(href, at);
        Ok(())
    }

    fn moved(&mut self, href: &str, at: u64) {
        for slot in 0..self.in_force.len() {
            let Some(passed) = self.in_force[slot].and_then(|place| self.passed.get(place)) else { continue };
            let Place { landing, current, .. } = &passed.place;
            let checks = |current: &str| without_fragment(self.client.checked(landing, current).0).to_owned();
            let (was, now) = (checks(current), checks(href));
            if was == now || (passed.signs_again && self.client == Client::Wecom) {
                continue;
            }
            let place = Place {
                landing: landing.clone(),
                current: href.to_owned(),
                moved_from: Some(was),
                in_frame: passed.place.in_frame,
            };
            let (claim, signs_again) = (passed.claim.clone(), passed.signs_again);
            let known = self.around.size();
            self.judge_one(Passed { claim, place, signs_again, known }, at);
        }
    }

    /// The page used an API. Whether the client permits it.
    fn used(&mut self, call: &Call, agent: usize, by_library: bool) -> bool {
        if call.own || names::needs_no_list(&call.name) {
            return true;
        }
        if by_library && call.what == "invoke" {
            self.moved(&call.href, call.at);
        }
        let allowed =
            |list: &Option<Vec<String>>| list.as_deref().is_some_and(|list| names::allows(list, &call.name));
        let listed = self.lists.iter().any(allowed);
        let ready = call.ready_config || call.ready_agent;
        let name = names::of_api(&call.name).to_owned();
        self.report.apis.push(Api { name: name.clone(), at: call.at, listed, ready });
        let _ = agent;
        // What speaks to the bridge itself (payment, closing the window) needs no config.
        if !by_library {
            return true;
        }
        let detail = format!("`{name}`");
        if !ready {
            let id = if self.refused { "page-api-after-refusal" } else { "page-api-before-ready" };
            self.find(id, &detail);
        } else if !listed {
            self.find("page-api-not-listed", &detail);
        }
        ready && listed
    }

    fn find(&mut self, id: &'static str, detail: &str) {
        self.add(Finding::new(id, detail, self.request.lang));
    }

    fn add(&mut self, finding: Finding) {
        if !self.report.errors.contains(&finding) {
            self.report.errors.push(finding);
        }
    }
}

/// Which of the signatures in force one of this kind is.
fn slot(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Jsapi => Some(0),
        Kind::Agent => Some(1),
        _ => None,
    }
}

fn config(passed: &Passed, judged: Judged, at: u64) -> Config {
    Config {
        call: passed.claim.call,
        at,
        checked_url: judged.checked_url,
        page_url: passed.place.current.clone(),
        verified: judged.document,
        first: judged.first,
    }
}

/// `shot.png`, or `shot-ios.png` if several clients are shown.
fn picture(file: &Path, client: Client, several: bool) -> PathBuf {
    if !several {
        return file.to_owned();
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let extension = file.extension().unwrap_or_else(|| "png".as_ref()).to_string_lossy();
    file.with_file_name(format!("{stem}-{}.{extension}", client.name()))
}
