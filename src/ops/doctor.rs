//! Everything of the FAQ that can be checked from here, in its order: the use case behind `doctor`.
//!
//! In: a [`Request`]: perhaps a page, a signing endpoint, a callback. Out: a [`Report`]: one line for each
//! check, and which one to fix first. Nothing in it is a secret, so that it can be pasted into an issue.

mod account;
mod site;

use serde::Serialize;
use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;
use crate::finding::doctor::FINDINGS;
use crate::lang::Lang;
use crate::rank::by_rank;

/// What is checked besides the account.
pub struct Request<'a> {
    /// The page.
    pub page_url: Option<String>,
    /// The signing endpoint.
    pub endpoint: Option<String>,
    /// The callback.
    pub callback_url: Option<String>,
    /// Opens the page as the clients do.
    pub open_page: &'a dyn Fn(&str) -> Result<super::page::Report, Failure>,
    /// What is being done.
    pub progress: &'a dyn Fn(&str),
    /// Whether the run is to end.
    pub stop: &'a dyn Fn() -> bool,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Looked at, and right.
    Pass,
    /// It works, but not as it ought to.
    Warn,
    /// It keeps something from working.
    Fail,
    /// Not looked at.
    Skip,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Which.
    pub id: &'static str,
    /// How it came out.
    pub status: Status,
    /// What was seen.
    pub message: String,
    /// What to do.
    pub fix: Option<String>,
    /// Numbers and texts behind it.
    pub measured: Value,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The worst of the checks: `pass`, `warn`, `fail`.
    pub verdict: Status,
    /// What to do first: the id of the first check that fails, else of the first that warns.
    pub first: Option<&'static str>,
    /// Every check, in the order of the FAQ.
    pub checks: Vec<Check>,
}

/// The checks as they are made.
struct Run<'a> {
    context: &'a Context,
    request: &'a Request<'a>,
    lang: Lang,
    checks: Vec<Check>,
}

/// Makes every check.
pub fn run(request: &Request<'_>, context: &Context) -> Report {
    let mut run = Run { context, request, lang: context.lang, checks: Vec::new() };
    let profile = run.config();
    if let Some(profile) = &profile {
        run.account(profile);
    }
    run.site(profile.as_ref());
    run.report()
}

impl Run<'_> {
    fn add(&mut self, id: &'static str, status: Status, message: impl Into<String>) -> &mut Check {
        let entry = FINDINGS.iter().find(|entry| entry.id == id);
        let fix = entry.map(|entry| entry.fix.get(self.lang).to_owned());
        let fix = fix.filter(|_| matches!(status, Status::Warn | Status::Fail));
        self.checks.push(Check { id, status, message: message.into(), fix, measured: Value::Null });
        let last = self.checks.len() - 1;
        &mut self.checks[last]
    }

    /// A failure as a check that failed: its own hint is the fix.
    fn failed(&mut self, id: &'static str, failure: &Failure) {
        let lang = self.lang;
        let fix = failure.fix.as_ref().map(|fix| fix.get(lang).to_owned());
        let check = self.add(id, Status::Fail, failure.message.get(lang));
        if fix.is_some() {
            check.fix = fix;
        }
    }

    fn report(mut self) -> Report {
        let place = |id: &str| FINDINGS.iter().position(|entry| entry.id == id);
        by_rank(&mut self.checks, |check| place(check.id));
        let first = |status| self.checks.iter().find(|check| check.status == status).map(|check| check.id);
        let (fail, warn) = (first(Status::Fail), first(Status::Warn));
        let verdict = match (fail, warn) {
            (Some(_), _) => Status::Fail,
            (None, Some(_)) => Status::Warn,
            (None, None) => Status::Pass,
        };
        Report { verdict, first: fail.or(warn), checks: self.checks }
    }
}
