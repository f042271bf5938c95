//! One client's visit to a page: what happens in the tab, in order, and what the bridge answers.
//!
//! In: a browser, the request, a client. Out: a [`ClientReport`]. Everything that goes through the bridge
//! is recorded with its time and the page's address; a config is judged when it comes, and the page gets
//! the answer that the client would give, so that `wx.ready` and `wx.error` run as on the phone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bridge::{Call, answer, claims, read};
use super::client::Client;
use super::finding::Finding;
use super::judge::{Around, Judge, Place, Verdict};
use super::names;
use super::signing::{Pending, note};
use super::{Api, ClientReport, Config, Request, Step, refused_host, shared};
use crate::both;
use crate::browser::{Browser, Event, Tab};
use crate::failure::{self, Failure};
use crate::say;
use crate::signature::Kind;

const BRIDGE: &str = include_str!("bridge.js");
const BINDING: &str = "__wecheckSend";

/// A page is settled after so long without anything, once a config came.
const QUIET: Duration = Duration::from_millis(300);

/// The same while none has come yet: pages configure after a request, a timer, a route's guard.
const QUIET_WITHOUT_CONFIG: Duration = Duration::from_millis(1_300);

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
        refused: false,
        passed_on: Vec::new(),
        missed_event: None,
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
    /// Signatures that were passed, each with the address at that moment.
    passed_on: Vec<(String, String)>,
    missed_event: Option<String>,
    /// Whether something of the page reached the bridge.
    heard: bool,
    report: ClientReport,
}

impl Visit<'_> {
    fn open(&mut self) -> Result<(), Failure> {
        self.tab.call("Network.setBlockedURLs", &json!({"urls": NOT_ASKED}))?;
        let url = if self.request.shared { shared(&self.request.url) } else { self.request.url.clone() };
        if let Some(why) = self.tab.go(&url)? {
            return Err(Failure::network(both!("`{url}` 打不开：{why}", "`{url}` cannot be opened: {why}"))
                .hint(format!("wecheck domain-check --probe '{url}'")));
        }
        self.settle()
    }

    /// Works off events until nothing happens any more.
    fn settle(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        let mut last = Instant::now();
        let before = self.report.configs.len();
        loop {
            if (self.request.stop)() {
                return Err(Failure::new(failure::Kind::Interrupted, both!("已中断", "interrupted")));
            }
            if let Some(event) = self.tab.event()? {
                if self.happened(&event)? {
                    last = Instant::now();
                }
                continue;
            }
            let quiet = if self.report.configs.len() > before { QUIET } else { QUIET_WITHOUT_CONFIG };
            let settled = self.loaded && self.under_way() == 0 && last.elapsed() >= quiet;
            let waited = self.request.wait.is_none_or(|wait| began.elapsed() >= wait);
            if settled && waited {
                return Ok(());
            }
            if began.elapsed() > LONGEST.max(self.request.wait.unwrap_or_default()) {
                return Ok(());
            }
        }
    }

    /// Requests that a page may wait for before it configures.
    fn under_way(&self) -> usize {
        let waits =
            |pending: &&Pending| matches!(pending.kind.as_str(), "XHR" | "Fetch" | "Script" | "Document");
        self.pending.values().filter(waits).count()
    }

    fn step(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Go(path) => {
                let path = json!(path);
                // A link of the page is what its router listens to; else as if it had moved itself.
                self.tab.evaluate(&format!(
                    "(() => {{ const to = new URL({path}, location.href);
                       const link = [...document.links].find((link) => link.href === to.href && !link.target);
                       if (link) return link.click();
                       if (to.origin + to.pathname + to.search === location.origin + location.pathname + location.search
                           && to.hash) return void (location.hash = to.hash);
                       history.pushState(null, '', to.href);
                       dispatchEvent(new PopStateEvent('popstate', {{ state: null }})); }})()"
                ))?;
            }
            Step::Click(selector) => {
                let clicked = self.tab.evaluate(&format!(
                    "(() => {{ const found = document.querySelector({}); found?.click(); return Boolean(found); }})()",
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
            "Page.frameNavigated" if params["frame"]["parentId"].is_null() => {
                let url =
                    text(&params["frame"]["url"]) + params["frame"]["urlFragment"].as_str().unwrap_or("");
                if self.report.landing.is_empty() && url != "about:blank" {
                    self.report.landing = url;
                }
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let description = details["exception"]["description"].as_str();
                let text = description.or(details["text"].as_str()).unwrap_or_default();
                self.complained(text.lines().next().unwrap_or_default());
            }
            "Runtime.consoleAPICalled" if params["type"] == "error" => {
                let arguments = params["args"].as_array().into_iter().flatten();
                let texts = arguments.map(|one| {
                    one["value"].as_str().or(one["description"].as_str()).unwrap_or_default().to_owned()
                });
                let text = texts.collect::<Vec<_>>().join(" ");
                self.complained(text.lines().next().unwrap_or_default());
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
        let body = params["request"]["postData"].as_str().map(str::to_owned);
        self.pending.insert(id, Pending { url, body, kind, ..Pending::default() });
    }

    fn status(&mut self, kind: &str, url: &str, status: u16) {
        if status < 400 {
            return;
        }
        let lang = self.request.lang;
        let detail = say!(lang, "`{url}` 回了 {status}", "`{url}` answered {status}");
        match kind {
            "Script" => self.find("page-script-missing", &detail),
            "Document" => self.find("page-error-status", &detail),
            _ => {}
        }
    }

    fn failed(&mut self, id: &str, params: &Value) {
        let Some(pending) = self.pending.remove(id) else { return };
        let lang = self.request.lang;
        let why = params["errorText"].as_str().unwrap_or_default();
        let url = &pending.url;
        if params["canceled"] == true && params["blockedReason"].is_null() {
            return;
        }
        match (params["blockedReason"].as_str(), pending.kind.as_str()) {
            (Some("csp"), _) => {
                let url = format!("`{url}`");
                self.find("page-script-blocked", &url);
            }
            (Some("mixed-content"), _) => {
                let url = format!("`{url}`");
                self.find("page-mixed-content", &url);
            }
            (Some(_), _) => {}
            (None, "Script") => {
                let detail = say!(lang, "`{url}` 没有加载成功：{why}", "`{url}` was not loaded: {why}");
                self.find("page-script-missing", &detail);
            }
            (None, _) => {
                if let Some((request, finding)) = pending.unanswered(why, lang) {
                    self.report.requests.push(request);
                    self.add(finding);
                }
            }
        }
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

    /// An error in the console.
    fn complained(&mut self, text: &str) {
        let lower = text.to_ascii_lowercase();
        if lower.contains("weixinjsbridge")
            && (lower.contains("not defined")
                || lower.contains("undefined")
                || lower.contains("find variable"))
        {
            self.find("page-bridge-not-awaited", text);
            return;
        }
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let names = ["wx", "jWeixin", "ww", "weixin", "WeixinJSBridge", "agentConfig"];
        if words.iter().any(|word| names.contains(word)) || lower.contains("sdk error") {
            self.find("page-console-error", text);
        }
    }

    fn logged(&mut self, entry: &Value) {
        let text = entry["text"].as_str().unwrap_or_default();
        if text.contains("Content Security Policy") && text.contains("script") {
            let quoted = text.split('\'').nth(1).filter(|part| part.contains("://"));
            let inline = self.request.lang.pick("页面里的内联脚本", "an inline script");
            let detail = quoted.map_or_else(|| inline.to_owned(), |part| format!("`{part}`"));
            self.find("page-script-blocked", &detail);
        }
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
        let place = Place { landing: call.landing.clone(), current: call.href.clone() };
        let mut refused = false;
        for claim in &claims {
            let judged = self.judge.judge(claim, &place, &self.around);
            refused |= judged.verdict == Verdict::Refused;
            if claim.kind == Kind::Jsapi && judged.verdict == Verdict::Fits {
                self.judge.learn(Kind::Jsapi);
            }
            if let Some(endpoint) = &judged.signed_endpoint {
                self.find("page-signed-endpoint", &format!("`{endpoint}`"));
            }
            if let Some(signature) = &claim.signature {
                self.passed_on.push((signature.clone(), place.current.clone()));
            }
            self.report.configs.push(Config {
                call: claim.call,
                at: call.at,
                checked_url: judged.checked_url,
                page_url: place.current.clone(),
                verified: judged.document,
                first: judged.first,
            });
        }
        let domain = refused_host(self.request, self.client, &call.href);
        let is_config = ["preVerifyJSAPI", "agentConfig"].contains(&call.name.as_str());
        let reply = if is_config {
            let agent = usize::from(call.name == "agentConfig");
            self.lists[agent] = Some(call.api_list());
            self.refused = refused || domain.is_some();
            answer::config(call, refused, domain.is_some())
        } else if !claims.is_empty() {
            answer::api(&call.name, !refused)
        } else {
            let permitted = self.used(call, usize::from(call.ready_agent), call.has_library_keys());
            answer::api(&call.name, permitted)
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

    /// The page used an API. Whether the client permits it.
    fn used(&mut self, call: &Call, agent: usize, by_library: bool) -> bool {
        if call.own || names::needs_no_list(&call.name) {
            return true;
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

    fn finish(mut self) -> ClientReport {
        let lang = self.request.lang;
        let configs = &self.report.configs;
        let of_page: Vec<&Config> =
            configs.iter().filter(|config| ["wx.config", "ww.register"].contains(&config.call)).collect();
        let racing = of_page.windows(2).any(|pair| pair[0].page_url == pair[1].page_url);
        if racing {
            let count = of_page.len();
            let detail = say!(lang, "config 到达了 {count} 次", "{count} configs reached the client");
            self.find("page-several-configs", &detail);
        }
        let mut reused = None;
        for (at, (signature, url)) in self.passed_on.iter().enumerate() {
            let page = |url: &str| url.split('#').next().unwrap_or(url).to_owned();
            let other = self.passed_on[..at]
                .iter()
                .find(|(known, other)| known == signature && page(other) != page(url));
            if let Some((_, other)) = other {
                reused = Some(say!(lang, "`{other}` 和 `{url}`", "`{other}` and `{url}`"));
            }
        }
        if let Some(detail) = reused {
            self.find("page-signature-reused", &detail);
        }
        if let Some(detail) = self.missed_event.take().filter(|_| !self.heard) {
            self.find("page-bridge-event-missed", &detail);
        }
        let status = |verdict: Verdict| {
            self.report
                .configs
                .iter()
                .any(|config| config.verified.get("verdict") == Some(&json!(verdict.name())))
        };
        let verdict = if status(Verdict::Refused) || self.report.errors.iter().any(|found| found.refuses) {
            Verdict::Refused
        } else if self.report.configs.is_empty() || status(Verdict::Incomplete) {
            Verdict::Incomplete
        } else {
            Verdict::Fits
        };
        if self.report.configs.is_empty() {
            self.find("page-no-config", "");
        }
        // What keeps the client from working comes before remarks.
        self.report.errors.sort_by_key(|found| !found.refuses);
        // A blocked or missing script alone is not a refusal by WeChat: no config was called.
        let verdict = if self.report.configs.is_empty() && self.report.apis.is_empty() {
            Verdict::Incomplete
        } else {
            verdict
        };
        self.report.verdict = verdict.name();
        self.report
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
