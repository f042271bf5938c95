//! What a visit comes to, once nothing happens any more.
//!
//! In: everything that was recorded. Out: the [`ClientReport`] with its verdict, what keeps the client from
//! working first.

use serde_json::json;

use super::{ClientReport, Passed, SigningRequest, Verdict, Visit, config};
use crate::say;
use crate::signature::Kind;

impl Visit<'_> {
    pub(super) fn finish(mut self) -> ClientReport {
        self.judge_late();
        let lang = self.request.lang;
        let of_page: Vec<&Passed> = self
            .passed
            .iter()
            .filter(|passed| passed.claim.kind == Kind::Jsapi && passed.place.moved_from.is_none())
            .collect();
        let racing = of_page.windows(2).any(|pair| {
            (&pair[0].place.landing, &pair[0].place.current)
                == (&pair[1].place.landing, &pair[1].place.current)
        });
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
        self.weigh();
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
            for text in std::mem::take(&mut self.doubtful) {
                self.find("page-console-error", &text);
            }
            self.find("page-no-config", "");
        }
        // What keeps the client from working comes before remarks.
        let (mut errors, remarks): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.report.errors).into_iter().partition(|found| found.refuses);
        errors.extend(remarks);
        self.report.errors = errors;
        // A blocked or missing script alone is not a refusal by WeChat: no config was called.
        let verdict = if self.report.configs.is_empty() && self.report.apis.is_empty() {
            Verdict::Incomplete
        } else {
            verdict
        };
        self.report.verdict = verdict.name();
        self.report
    }

    /// What was refused without an explanation may be explained by an answer that was whole only later.
    fn judge_late(&mut self) {
        for at in 0..self.passed.len() {
            let passed = &self.passed[at];
            let refused = self.report.configs[at].first.as_ref().is_some_and(|[id, ..]| id.is_empty());
            if refused && passed.known < self.around.size() {
                let judged = self.judge.judge(&passed.claim, &passed.place, &self.around);
                let endpoint = judged.signed_endpoint.clone();
                self.report.configs[at] = config(passed, judged, self.report.configs[at].at);
                if let Some(endpoint) = endpoint {
                    self.find("page-signed-endpoint", &format!("`{endpoint}`"));
                }
            }
        }
    }

    /// A page may well do without a script, or without an answer: what counts is what reached the client.
    fn weigh(&mut self) {
        if self.report.configs.is_empty() {
            return;
        }
        let path = |url: &str| url.split(['?', '#']).next().unwrap_or(url).to_owned();
        let answers = |request: &&SigningRequest| {
            request.answered.as_ref().is_some_and(|fields| fields.contains_key("signature"))
        };
        let requests = &self.report.requests;
        // An endpoint that signs, and refused one address and never signed it.
        let failed = requests.iter().filter(|request| !answers(request)).any(|failed| {
            let mut signed = requests.iter().filter(answers);
            signed.clone().any(|signed| path(&signed.url) == path(&failed.url))
                && !signed.any(|signed| signed.url == failed.url)
        });
        // What gave no signature and was not needed was perhaps no request for one.
        self.report.errors.retain(|found| found.id != "page-signing-failed" || failed);
        for found in &mut self.report.errors {
            found.refuses &=
                !["page-script-missing", "page-script-blocked", "page-mixed-content"].contains(&found.id);
        }
    }
}
