//! May these pages use the JS-SDK, and would they open at all.
//!
//! In: addresses, and the entries of the admin console from the request or the profile. Out: one
//! [`Checked`] an address: the rules' answer and, with `probe`, what the network showed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::request::{several, text};
use crate::config::Profile;
use crate::context::Context;
use crate::domain::{self, Answer, Purpose, Query, Status, Verdict, VerifyFile};
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{Both, Lang, cause};
use crate::platform::Platform;
use crate::probe::{self, Finding, Limits, Options, Resolve};
use crate::{both, say};

/// What is to be checked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Request {
    /// Addresses of pages, or authorize links.
    #[serde(deserialize_with = "several", alias = "urls")]
    pub url: Vec<String>,
    pub platform: Option<Platform>,
    pub purpose: Purpose,
    /// Entries of the admin console, exactly as they are there; none takes the profile's.
    #[serde(deserialize_with = "several")]
    pub trusted: Vec<String>,
    pub sandbox: bool,
    #[serde(deserialize_with = "text")]
    pub verify_file: Option<String>,
    pub probe: bool,
    /// Whether `unknown` counts as no.
    pub strict: bool,
    #[serde(skip)]
    pub ca_file: Option<PathBuf>,
    #[serde(skip)]
    pub resolve: Vec<Resolve>,
    /// Probe public addresses only: the request came from somewhere else.
    #[serde(skip)]
    pub public_only: bool,
}

/// One address's answer.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// The rules' answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// What the network showed; empty without `--probe`.
    pub probes: Vec<Finding>,
}

/// The answers, one address after the other until `stop`; `progress` gets what is being done. Without
/// a platform by request, profile or address, each address is judged for both.
pub fn check(
    request: &Request,
    stop: &dyn Fn() -> bool,
    progress: &dyn Fn(&str),
    context: &Context,
) -> Result<Vec<Checked>, Failure> {
    let mut answers = Vec::new();
    let urls = request.url.iter().map(|url| Ok(url.clone()));
    check_each(request, urls, stop, progress, context, &mut |checked| {
        answers.push(checked);
        Ok(())
    })?;
    Ok(answers)
}

/// As [`check`], for addresses that come one by one: each answer goes to `show` at once and is not
/// kept, so that a list may be of any length.
pub fn check_each(
    request: &Request,
    urls: impl Iterator<Item = Result<String, Failure>>,
    stop: &dyn Fn() -> bool,
    progress: &dyn Fn(&str),
    context: &Context,
    show: &mut dyn FnMut(Checked) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if request.probe && context.env.globals.offline {
        return Err(Failure::network(both!("`--offline` 不允许 `--probe`", "`--offline` forbids `--probe`"))
            .hint(both!("两个参数去掉一个", "leave out one of the two")));
    }
    let profile = context.profile_if_any()?;
    let asked = Asked {
        request,
        context,
        profile: profile.as_ref(),
        verify_file: request.verify_file.as_deref().and_then(VerifyFile::parse),
        stop,
        progress,
    };
    for url in urls {
        let url = url?;
        if stop() {
            break;
        }
        let mut probes: Option<Probed> = None;
        for platform in asked.platforms(&url)? {
            show(asked.check(&url, platform, &mut probes)?)?;
        }
    }
    Ok(())
}

/// What the network showed of an address, which is asked once for both platforms.
struct Probed {
    findings: Vec<Finding>,
    landing: Option<Url>,
}

/// The variable that names a proxy for this address.
pub fn proxy_variable(url: &Url, env: &Env) -> Option<&'static str> {
    let host = url.host_str()?.trim_matches(['[', ']']);
    let except = env.var("no_proxy").or_else(|| env.var("NO_PROXY")).unwrap_or_default();
    let excepted = except.split(',').map(|entry| entry.trim().trim_start_matches('.')).any(|entry| {
        let parent = host.strip_suffix(entry).is_some_and(|left| left.is_empty() || left.ends_with('.'));
        entry == "*" || (!entry.is_empty() && parent)
    });
    if excepted {
        return None;
    }
    let names = match url.scheme() {
        "https" => ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        "http" => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        _ => return None,
    };
    names.into_iter().find(|name| env.var(name).is_some())
}

/// What holds for every address of one run.
struct Asked<'a> {
    request: &'a Request,
    context: &'a Context,
    profile: Option<&'a Profile>,
    verify_file: Option<VerifyFile>,
    stop: &'a dyn Fn() -> bool,
    progress: &'a dyn Fn(&str),
}

impl Asked<'_> {
    /// Request, profile, then what the purpose, the address or the file say by themselves, then both.
    fn platforms(&self, url: &str) -> Result<Vec<Platform>, Failure> {
        let request = self.request;
        let implied = (request.purpose == Purpose::Agent).then_some(Platform::Work);
        let known = request
            .platform
            .or_else(|| self.profile.map(Profile::platform))
            .or(implied)
            .or_else(|| domain::platform_of_link(url))
            .or_else(|| self.verify_file.as_ref().map(VerifyFile::platform))
            // Only mp has test accounts.
            .or(request.sandbox.then_some(Platform::Mp));
        if known == Some(Platform::Mp) && request.purpose == Purpose::Agent {
            return Err(Failure::usage(both!(
                "用途 `agent`（wx.agentConfig）只有企业微信才有",
                "the purpose `agent` (wx.agentConfig) exists on work only"
            ))
            .hint(both!("用 --platform work，或 --purpose jsapi", "--platform work, or --purpose jsapi")));
        }
        Ok(known.map_or_else(|| vec![Platform::Mp, Platform::Work], |platform| vec![platform]))
    }

    fn check(&self, url: &str, platform: Platform, probed: &mut Option<Probed>) -> Result<Checked, Failure> {
        let request = self.request;
        let lang = self.context.lang;
        // What another platform's profile holds says nothing about this one.
        let profile = self.profile.filter(|profile| profile.platform() == platform);
        let entries = match profile {
            Some(profile) if request.trusted.is_empty() => {
                let is_oauth = request.purpose == Purpose::Oauth || domain::platform_of_link(url).is_some();
                // Work has one list for both.
                if is_oauth && platform == Platform::Mp {
                    &profile.oauth_domains
                } else {
                    &profile.trusted_domains
                }
            }
            _ => &request.trusted,
        };
        let query = Query {
            url,
            platform,
            purpose: request.purpose,
            entries,
            sandbox: request.sandbox || profile.is_some_and(|profile| profile.sandbox),
            app_id: profile.and_then(|profile| profile.app_id.as_deref()),
            verify_file: request.verify_file.as_deref(),
        };
        let mut answer = domain::check(&query, lang);
        let mut probes = Vec::new();
        if let Some(target) = answer.opened.as_ref().filter(|_| request.probe) {
            let probed = match probed {
                Some(probed) => probed,
                None => probed.insert(self.probe(target, &answer, platform, profile)?),
            };
            probes.clone_from(&probed.findings);
            if let Some(landing) = probed.landing.as_ref().filter(|landing| !same_page(landing, target)) {
                let (finding, verdict) = landing_finding(&query, landing, lang);
                if answer.verdict == Verdict::Pass {
                    answer.verdict = verdict;
                }
                let after = probes
                    .iter()
                    .position(|finding| finding.id == "redirects")
                    .map_or(probes.len(), |at| at + 1);
                probes.insert(after, finding);
            }
            if probes.iter().any(|finding| finding.status == Status::Fail) {
                answer.verdict = Verdict::Fail;
            }
        }
        Ok(Checked { answer, probes })
    }

    fn probe(
        &self,
        target: &Url,
        answer: &Answer,
        platform: Platform,
        profile: Option<&Profile>,
    ) -> Result<Probed, Failure> {
        let request = self.request;
        let options = Options {
            platform,
            verify_file: self.verify_file.clone().map(|file| (file, answer.ownership_folder.clone())),
            ca_file: request.ca_file.clone().or_else(|| profile.and_then(|profile| profile.ca_file.clone())),
            resolve: request.resolve.clone(),
            now: self.context.env.now(),
            lang: self.context.lang,
            limits: Limits::default(),
            public_only: request.public_only,
            proxy: proxy_variable(target, &self.context.env),
            stop: self.stop,
        };
        let outcome = probe::run(target, &options, &self.progress).map_err(
            |probe::Unprepared::CaFile(path, why)| {
                let (path, Both { zh, en }) = (path.display(), cause(&why));
                Failure::storage(both!(
                    "`{path}` 的证书读不出来：{zh}",
                    "the certificates of `{path}` cannot be read: {en}"
                ))
                .hint(both!("--ca-file 要的是 PEM 格式的证书", "--ca-file takes certificates in PEM form"))
            },
        )?;
        Ok(Probed { findings: outcome.findings, landing: outcome.landing })
    }
}

/// The same address but for `#…`.
fn same_page(landing: &Url, target: &Url) -> bool {
    let mut target = target.clone();
    target.set_fragment(None);
    *landing == target
}

/// The rules again, for the page where the redirects end: it is the one that calls the JS-SDK.
fn landing_finding(query: &Query, landing: &Url, lang: Lang) -> (Finding, Verdict) {
    const ID: &str = "landing";
    let text = landing.as_str();
    let answer = domain::check(&Query { url: text, ..*query }, lang);
    let broken = |status: Status, undecided: bool| {
        answer.rules.iter().find(move |rule| rule.status == status && (rule.undecided || !undecided))
    };
    let measured = serde_json::json!({ "url": text, "host": answer.host, "verdict": answer.verdict });
    let finding = match answer.verdict {
        Verdict::Pass if answer.compared => Finding::new(
            ID,
            Status::Pass,
            say!(lang, "落地地址 `{text}` 也符合规则", "the landing address `{text}` keeps the rules too"),
        ),
        Verdict::Pass | Verdict::Unknown
            if !answer.compared && !answer.rules.iter().any(|rule| rule.undecided) =>
        {
            Finding::new(
                ID,
                Status::Pass,
                say!(
                    lang,
                    "落地地址 `{text}` 没有违反规则，但没有可信域名可比对",
                    "the landing address `{text}` breaks no rule, but there was no entry to compare it with"
                ),
            )
        }
        Verdict::Pass | Verdict::Fail | Verdict::Unknown => {
            let failed = answer.verdict == Verdict::Fail;
            let status = if failed { Status::Fail } else { Status::Warn };
            let rule = broken(status, !failed);
            let why = rule.map_or("", |rule| rule.message.as_str());
            let message = say!(lang, "落地地址 `{text}`：{why}", "the landing address `{text}`: {why}");
            let finding = Finding::new(ID, status, message);
            match rule.and_then(|rule| rule.fix.clone()) {
                Some(fix) => finding.fix(fix),
                None => finding,
            }
        }
    };
    (finding.measured(measured), answer.verdict)
}
