//! The site: the page's domain and server, the signing endpoint, the page itself, the callback.
//!
//! In: the addresses of the request. Out: their checks; what was not given is skipped with the flag that
//! gives it.

use serde_json::json;

use super::{Run, Status};
use crate::config::Profile;
use crate::domain::{self, Purpose};
use crate::interrupt::Interrupt;
use crate::ops::{callback, page, signing_endpoint, verify};
use crate::platform::Platform;
use crate::probe;
use crate::say;

impl Run<'_> {
    pub(super) fn site(&mut self, profile: Option<&Profile>) {
        self.domain(profile);
        self.endpoint();
        self.page();
        self.callback();
    }

    fn domain(&mut self, profile: Option<&Profile>) {
        let lang = self.lang;
        let entries = profile.map(|profile| profile.trusted_domains.clone()).unwrap_or_default();
        let platform = profile.map_or(Platform::Mp, Profile::platform);
        let pages: Vec<String> = match &self.request.page_url {
            Some(page) => vec![page.clone()],
            None => entries.iter().map(|entry| format!("https://{}/", entry.trim_end_matches('/'))).collect(),
        };
        if pages.is_empty() {
            let line = say!(lang, "没有给出页面：--page-url URL", "no page is given: --page-url URL");
            self.add("domain", Status::Skip, line);
            return;
        }
        for page in &pages {
            if crate::address::is_loopback(page) {
                let line =
                    say!(lang, "本机的页面，不看域名规则", "a page on this machine: no domain rule holds");
                self.add("domain", Status::Skip, line);
                continue;
            }
            let answer = domain::check(
                &domain::Query {
                    url: page,
                    platform,
                    purpose: Purpose::Jsapi,
                    entries: &entries,
                    sandbox: profile.is_some_and(|profile| profile.sandbox),
                    app_id: profile.and_then(|profile| profile.app_id.as_deref()),
                    verify_file: None,
                },
                lang,
            );
            let of = |status| answer.rules.iter().find(|rule| rule.status == status);
            match of(domain::Status::Fail).or_else(|| of(domain::Status::Warn)) {
                Some(rule) => {
                    let failed = rule.status == domain::Status::Fail;
                    let status = if failed { Status::Fail } else { Status::Warn };
                    let message = format!("{}: {}", rule.id, rule.message);
                    let fix = rule.fix.clone();
                    let check = self.add("domain", status, message);
                    check.measured = json!({"url": page, "rule": rule.id});
                    check.fix = fix.or_else(|| check.fix.take());
                }
                None if answer.compared => {
                    let line = say!(lang, "`{page}` 合乎规则和列表", "`{page}` keeps the rules and the list");
                    self.add("domain", Status::Pass, line);
                }
                None => {
                    let line = say!(
                        lang,
                        "`{page}` 合乎规则，没有和后台的列表比较：配置里写 trusted_domains",
                        "`{page}` keeps the rules; it was not compared with the console's list: set trusted_domains"
                    );
                    self.add("domain", Status::Warn, line);
                }
            }
        }
        self.probe(platform, profile);
    }

    fn probe(&mut self, platform: Platform, profile: Option<&Profile>) {
        let Some(page) = self.request.page_url.as_deref() else { return };
        let Ok(target) = url::Url::parse(page) else { return };
        if self.context.env.globals.offline {
            return;
        }
        let lang = self.lang;
        (self.request.progress)(lang.pick("页面的服务器", "the server of the page"));
        let options = probe::Options {
            platform,
            verify_file: None,
            ca_file: profile.and_then(|profile| profile.ca_file.clone()),
            resolve: Vec::new(),
            now: self.context.env.now(),
            lang,
            limits: probe::Limits::default(),
            public_only: false,
            proxy: None,
            stop: self.request.stop,
        };
        let Ok(outcome) = probe::run(&target, &options, &|_| ()) else { return };
        let of = |status| outcome.findings.iter().find(|finding| finding.status == status);
        if let Some(finding) = of(domain::Status::Fail) {
            let message = format!("{}: {}", finding.id, finding.message);
            let (fix, measured) = (finding.fix.clone(), finding.measured.clone());
            let check = self.add("domain-probe", Status::Fail, message);
            check.measured = measured;
            check.fix = fix.or_else(|| check.fix.take());
        } else {
            let line = say!(lang, "`{page}` 打得开", "`{page}` can be opened");
            self.add("domain-probe", Status::Pass, line);
        }
    }

    fn endpoint(&mut self) {
        let lang = self.lang;
        let Some(endpoint) = self.request.endpoint.clone() else {
            let line = say!(
                lang,
                "没有给出签名接口：--endpoint URL",
                "no signing endpoint is given: --endpoint URL"
            );
            self.add("endpoint", Status::Skip, line);
            return;
        };
        let Some(page) = self.request.page_url.clone() else {
            let line = say!(
                lang,
                "还要给出页面的地址：--page-url URL",
                "the page's address is needed as well: --page-url URL"
            );
            self.add("endpoint", Status::Skip, line);
            return;
        };
        (self.request.progress)(lang.pick("签名接口", "the signing endpoint"));
        let request = signing_endpoint::Request { endpoint, param: "url".to_owned(), ..Default::default() };
        let run = verify::Run { may_sign: &|_| true, for_others: false, interrupt: Interrupt::never() };
        let suite = match signing_endpoint::suite(&request, &page, &run, self.context) {
            Ok(suite) => suite,
            Err(failure) => return self.failed("endpoint", &failure),
        };
        let all = suite.cases.len();
        let wrong: Vec<_> =
            suite.cases.iter().filter(|case| case.verdict == verify::Verdict::Refused).collect();
        let measured =
            json!({"cases": all, "refused": wrong.iter().map(|case| &case.page_url).collect::<Vec<_>>()});
        let (status, message, fix) = match (wrong.first(), suite.verdict) {
            (Some(case), _) => {
                let count = wrong.len();
                let url = &case.page_url;
                let (id, why, fix) = case.first.clone().unwrap_or_default();
                let why = if id.is_empty() { why } else { format!("{id}: {why}") };
                let line = say!(
                    lang,
                    "{all} 个地址中 {count} 个签错，例如 `{url}`：{why}",
                    "{count} of {all} addresses are signed wrongly, such as `{url}`: {why}"
                );
                (Status::Fail, line, Some(fix).filter(|fix| !fix.is_empty()))
            }
            (None, verify::Verdict::Incomplete) => {
                let line = say!(
                    lang,
                    "手上的 ticket 不是服务端用的那个，签得对不对不知道",
                    "the ticket at hand is not the server's, so its signatures cannot be judged"
                );
                (Status::Warn, line, None)
            }
            _ => (
                Status::Pass,
                say!(lang, "{all} 个地址都签对了", "all {all} addresses are signed rightly"),
                None,
            ),
        };
        let check = self.add("endpoint", status, message);
        check.measured = measured;
        check.fix = fix.or_else(|| check.fix.take());
    }

    fn page(&mut self) {
        let lang = self.lang;
        let Some(page) = self.request.page_url.clone() else {
            let line = say!(lang, "没有给出页面：--page-url URL", "no page is given: --page-url URL");
            self.add("page", Status::Skip, line);
            return;
        };
        (self.request.progress)(lang.pick("页面", "the page"));
        let report = match (self.request.open_page)(&page) {
            Ok(report) => report,
            Err(failure) if failure.kind == crate::failure::Kind::Config => {
                // No browser: nothing is known of the page.
                let message = failure.message.get(lang).to_owned();
                self.add("page", Status::Skip, message).fix = failure.fix.map(|fix| fix.get(lang).to_owned());
                return;
            }
            Err(failure) => return self.failed("page", &failure),
        };
        let of =
            |verdict: page::Verdict| report.clients.iter().find(|client| client.verdict == verdict.name());
        if let Some(client) = of(page::Verdict::Refused) {
            let name = client.client.title().get(lang);
            let config = client.configs.iter().find_map(|config| config.first.clone());
            let found = client
                .errors
                .first()
                .map(|found| [found.id.to_owned(), found.message.clone(), found.fix.clone()]);
            let [id, message, fix] = config.or(found).unwrap_or_default();
            let message = if id.is_empty() { message } else { format!("{id}: {message}") };
            let verdicts: serde_json::Map<String, serde_json::Value> = report
                .clients
                .iter()
                .map(|client| (client.client.name().to_owned(), json!(client.verdict)))
                .collect();
            let check = self.add("page", Status::Fail, format!("{name}: {message}"));
            check.measured = json!({"clients": verdicts, "mistake": Some(id).filter(|id| !id.is_empty())});
            check.fix = Some(fix).filter(|fix| !fix.is_empty());
        } else if let Some(client) = of(page::Verdict::Incomplete) {
            let name = client.client.title().get(lang);
            let line = say!(
                lang,
                "{name}：没有调用 config，或没有服务端用的 ticket",
                "{name}: no config was called, or the server's ticket is missing"
            );
            self.add("page", Status::Warn, line);
        } else {
            let count = report.clients.len();
            let line = say!(lang, "{count} 种客户端都会接受", "all {count} clients would accept it");
            self.add("page", Status::Pass, line);
        }
    }

    fn callback(&mut self) {
        let lang = self.lang;
        let Some(url) = self.request.callback_url.clone() else {
            let line = say!(
                lang,
                "没有给出回调地址：--callback-url URL",
                "no callback is given: --callback-url URL"
            );
            self.add("callback", Status::Skip, line);
            return;
        };
        (self.request.progress)(lang.pick("回调", "the callback"));
        // A live app may act on a message: off this machine only the verification is sent.
        let get_only = !crate::address::is_loopback(&url);
        let request = callback::probe::Request { url, get_only, ..Default::default() };
        match callback::probe::run(&request, self.context) {
            Ok(report) => {
                let found = report.checks.iter().find(|check| check.status == "fail");
                if let Some(found) = found {
                    let message = format!("{}: {}", found.id, found.message);
                    let (fix, measured) = (found.fix.clone(), found.measured.clone());
                    let check = self.add("callback", Status::Fail, message);
                    check.measured = measured;
                    check.fix = fix.or_else(|| check.fix.take());
                } else {
                    let line = say!(lang, "按要求应答", "it answers as WeChat wants");
                    self.add("callback", Status::Pass, line);
                }
            }
            Err(failure) => self.failed("callback", &failure),
        }
    }
}
