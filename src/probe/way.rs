//! The way to the page: each hop, where it ends, what is answered there.
//!
//! In: the address and a user agent. Out: a [`Walk`], and from it the findings `http-status`,
//! `user-agent`, `redirects` and `csp`.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::http::{self, Response};
use super::wire::Trouble;
use super::{BROWSER, Finding, Run, csp, host, milliseconds, quoted, shortened, tls};
use crate::domain::{Status, redirect_uri_of_link};
use crate::say;

/// A page's body is read up to here, in bytes.
const PAGE_LIMIT: usize = 1024 * 1024;

/// At most this many redirects are followed.
const REDIRECTS: usize = 10;

/// One answer on the way to the page.
pub(super) struct Hop {
    url: Url,
    status: u16,
    contacted: String,
    /// What is wrong with the host's certificate, or soon will be.
    certificate: Option<Finding>,
}

impl Hop {
    fn certificate(&self, status: Status) -> Option<&str> {
        self.certificate.as_ref().filter(|found| found.status == status).map(|found| found.message.as_str())
    }
}

/// The way to the page with one user agent.
pub(super) struct Walk {
    hops: Vec<Hop>,
    end: End,
}

/// How a way ends.
pub(super) enum End {
    Landed(Url, Response),
    /// WeChat's login page, which the page sends visitors to, and the address it sends them back to.
    Login(Url, Url),
    Circle(Url),
    TooMany,
    /// A redirect to something that is not http(s), or that cannot be read.
    Elsewhere(String),
    NoLocation,
    Broken(Url, Trouble),
}

impl Walk {
    /// The page where it ends, if one was read.
    pub(super) fn page(&self) -> Option<Url> {
        match &self.end {
            End::Landed(url, _) if url.scheme() == "https" => Some(url.clone()),
            _ => None,
        }
    }

    /// The address where it ends at a page.
    pub(super) fn landing(self) -> Option<Url> {
        match self.end {
            End::Landed(url, _) | End::Login(_, url) => Some(url),
            _ => None,
        }
    }
}

impl Run<'_> {
    /// One GET without following anything. Returns the answer, the address contacted, and what is
    /// wrong with the host's certificate.
    pub(super) fn get(
        &self,
        url: &Url,
        agent: &str,
        body: usize,
        limit: Duration,
    ) -> Result<(Response, String, Option<Finding>), Trouble> {
        let host = host(url);
        let port = url.port_or_known_default().unwrap_or(80);
        let host_header = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut wire = self.dialer.connect(host, port, limit)?;
        let contacted = wire.address.to_string();
        if url.scheme() == "http" {
            let response = http::get(&mut wire, &host_header, &path, agent, body, limit)?;
            return Ok((response, contacted, None));
        }
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let (mut channel, sent) = tls::handshake(wire, host, &versions)?;
        let certificate = match tls::judge(&sent, host, &self.roots, self.options.now) {
            Ok(judgement) => {
                let found = [self.chain(&judgement), self.name(host, &judgement), self.dates(&judgement)];
                // The worst; of equals the first.
                found.into_iter().min_by_key(|finding| match finding.status {
                    Status::Fail => 0,
                    Status::Warn => 1,
                    _ => 2,
                })
            }
            Err(why) => Some(Finding::new("tls-chain", Status::Fail, why)),
        };
        let response = http::get(&mut channel, &host_header, &path, agent, body, limit)?;
        Ok((response, contacted, certificate))
    }

    /// Follows the redirects, hop by hop.
    pub(super) fn walk(&self, agent: &str) -> Walk {
        let lang = self.lang;
        let mut hops: Vec<Hop> = Vec::new();
        let mut url = self.target.clone();
        loop {
            (self.progress)(&say!(lang, "读取 {url}", "reading {url}"));
            let (response, contacted, certificate) = match self.get(&url, agent, PAGE_LIMIT, self.limit()) {
                Ok(answer) => answer,
                Err(trouble) => return Walk { hops, end: End::Broken(url, trouble) },
            };
            hops.push(Hop { url: url.clone(), status: response.status, contacted, certificate });
            if !response.is_redirect() {
                return Walk { hops, end: End::Landed(url, response) };
            }
            let Some(location) = response.headers("location").next() else {
                return Walk { hops, end: End::NoLocation };
            };
            let mut next = match url.join(location) {
                Ok(next) if matches!(next.scheme(), "http" | "https") && next.host().is_some() => next,
                _ => {
                    let end = End::Elsewhere(shortened(location));
                    return Walk { hops, end };
                }
            };
            next.set_fragment(None);
            let _ = next.set_username("");
            let _ = next.set_password(None);
            // No one is logged in here: the login page would be the end, and not the page's own.
            if let Some(back) = redirect_uri_of_link(next.as_str()).and_then(|back| Url::parse(&back).ok()) {
                return Walk { hops, end: End::Login(next, back) };
            }
            if hops.iter().any(|hop| hop.url == next) {
                return Walk { hops, end: End::Circle(next) };
            }
            if hops.len() > REDIRECTS {
                return Walk { hops, end: End::TooMany };
            }
            url = next;
        }
    }

    pub(super) fn http_status(&mut self, walk: &Walk, agent: &str) {
        const ID: &str = "http-status";
        let lang = self.lang;
        let command = self.curl(
            &format!(
                "-sSL --max-redirs {REDIRECTS} -o /dev/null -w '%{{http_code}}\\n' -A {}",
                quoted(agent)
            ),
            self.target.as_str(),
        );
        let finding = match &walk.end {
            End::Landed(url, response) => {
                let status = response.status;
                let took = milliseconds(response.took);
                let contacted = walk.hops.last().map(|hop| hop.contacted.clone());
                let measured = json!({
                    "status": status, "url": shortened(url.as_str()), "contacted": contacted,
                    "elapsed_ms": took, "bytes": response.body.len(),
                });
                let finding = if (200..300).contains(&status) {
                    match &response.broken {
                        None => Finding::new(
                            ID,
                            Status::Pass,
                            say!(lang, "返回 {status}，{took} ms", "answers {status} in {took} ms"),
                        ),
                        Some(trouble) => {
                            let why = trouble.text(lang);
                            Finding::new(
                                ID,
                                Status::Warn,
                                say!(
                                    lang,
                                    "返回 {status}，但正文没有读完：{why}",
                                    "answers {status}, but the body did not arrive whole: {why}"
                                ),
                            )
                        }
                    }
                } else {
                    Finding::new(
                        ID,
                        Status::Fail,
                        say!(lang, "页面返回 {status}，手机上打不开", "the page answers {status}, a phone cannot open it"),
                    )
                    .fix(say!(
                        lang,
                        "看服务端日志：它是否拒绝了微信的 User-Agent、来源地址或没有登录的访问",
                        "read the server's log: does it refuse WeChat's user agent, the address, or visitors who are not logged in"
                    ))
                };
                finding.measured(measured)
            }
            End::Login(..) => Finding::new(
                ID,
                Status::Pass,
                lang.pick(
                    "先去微信登录页，登录之后的页面 wecheck 查不到",
                    "leads to WeChat's login first, and the page behind it cannot be seen from here",
                ),
            ),
            End::Broken(url, trouble) => {
                let (why, place) = (trouble.text(lang), shortened(url.as_str()));
                Finding::new(
                    ID,
                    Status::Fail,
                    say!(lang, "读不到 `{place}`：{why}", "`{place}` cannot be read: {why}"),
                )
                .fix(say!(
                    lang,
                    "用下面的 curl 命令看服务端返回了什么",
                    "see with the curl command what the server answers"
                ))
            }
            _ => Finding::new(
                ID,
                Status::Skip,
                lang.pick("没有落到任何页面，见 redirects", "no page was reached, see redirects"),
            ),
        };
        self.findings.push(finding.curl(command));
    }

    /// Whether a desktop browser would be sent to the same page.
    pub(super) fn user_agent(&mut self, phone: &Walk, agent: &str) {
        const ID: &str = "user-agent";
        let lang = self.lang;
        if matches!(&phone.end, End::Broken(_, Trouble::Timeout(_) | Trouble::Stopped)) {
            return;
        }
        let plain = self.walk(BROWSER);
        let command = self.curl(
            &format!("-sS -o /dev/null -w '%{{http_code}} %{{redirect_url}}\\n' -A {}", quoted(agent)),
            self.target.as_str(),
        );
        let seen = |walk: &Walk| match &walk.end {
            End::Landed(url, response) => (Some(response.status), shortened(url.as_str())),
            End::Circle(url) | End::Broken(url, _) | End::Login(url, _) => (None, shortened(url.as_str())),
            End::Elsewhere(location) => (None, location.clone()),
            End::TooMany | End::NoLocation => (None, String::new()),
        };
        let (in_client, in_browser) = (seen(phone), seen(&plain));
        let measured = json!({
            "client": { "status": in_client.0, "url": in_client.1 },
            "browser": { "status": in_browser.0, "url": in_browser.1 },
        });
        let finding = if in_client == in_browser {
            Finding::new(
                ID,
                Status::Pass,
                lang.pick("微信和桌面浏览器得到的一样", "WeChat and a desktop browser get the same"),
            )
        } else {
            let words = |(status, url): &(Option<u16>, String)| {
                let status = status
                    .map_or_else(|| lang.pick("打不开", "nothing").to_owned(), |status| status.to_string());
                if url.is_empty() { status } else { format!("{status} `{url}`") }
            };
            let (client, browser) = (words(&in_client), words(&in_browser));
            Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "微信得到 {client}，桌面浏览器得到 {browser}",
                    "WeChat gets {client}, a desktop browser gets {browser}"
                ),
            )
            .fix(say!(
                lang,
                "有意的分流可以忽略；否则看服务端或 CDN 对 MicroMessenger 的规则",
                "fine where it is meant; else look for rules about MicroMessenger on the server or CDN"
            ))
        };
        self.findings.push(finding.measured(measured).curl(command));
    }

    pub(super) fn redirects(&mut self, walk: &Walk, agent: &str) {
        const ID: &str = "redirects";
        let lang = self.lang;
        let hops: Vec<Value> = walk
            .hops
            .iter()
            .map(|hop| json!({ "status": hop.status, "url": shortened(hop.url.as_str()), "contacted": hop.contacted }))
            .collect();
        let count = walk.hops.len().saturating_sub(1);
        let command = self.curl(
            &format!("-sSL --max-redirs {REDIRECTS} -o /dev/null -w '%{{num_redirects}} %{{url_effective}}\\n' -A {}", quoted(agent)),
            self.target.as_str(),
        );
        let untrusted = walk.hops.iter().skip(1).find_map(|hop| Some((hop, hop.certificate(Status::Fail)?)));
        // The findings about TLS speak of the first host, or of the page's where the first has none.
        let judged = if self.target.scheme() == "https" { Some(self.target.clone()) } else { walk.page() };
        let doubtful = walk
            .hops
            .iter()
            .skip(1)
            .filter(|hop| judged.as_ref().is_none_or(|judged| judged.host() != hop.url.host()))
            .find_map(|hop| Some((host(&hop.url), hop.certificate(Status::Warn)?)));
        let landing = match &walk.end {
            End::Landed(url, _) | End::Login(_, url) => Some(url.as_str().to_owned()),
            _ => None,
        };
        let finding = match &walk.end {
            End::Landed(url, _) if count == 0 => Finding::new(
                ID,
                Status::Pass,
                say!(lang, "没有跳转，要签名的就是 `{url}`", "no redirect: the address to sign is `{url}`"),
            ),
            End::Landed(url, _) | End::Login(_, url) if untrusted.is_some() => {
                let (place, why) =
                    untrusted.map_or_else(Default::default, |(hop, why)| (host(&hop.url), why));
                let url = shortened(url.as_str());
                Finding::new(
                    ID,
                    Status::Fail,
                    say!(
                        lang,
                        "跳到 `{url}`，而 `{place}` 的证书有问题：{why}",
                        "leads to `{url}`, and the certificate of `{place}` is wrong: {why}"
                    ),
                )
                .fix(say!(
                    lang,
                    "对落地地址也用 --probe 测一次",
                    "check the landing address with --probe too"
                ))
            }
            End::Landed(url, _) => {
                let changed = self.changed(url);
                let redirects = if count == 1 { "redirect" } else { "redirects" };
                let url = shortened(url.as_str());
                let also = doubtful.map_or_else(String::new, |(place, why)| {
                    say!(lang, "；`{place}`：{why}", "; `{place}`: {why}")
                });
                Finding::new(
                    ID,
                    Status::Warn,
                    say!(
                        lang,
                        "跳转 {count} 次（{changed}），要签名的是落地地址 `{url}`{also}",
                        "{count} {redirects} ({changed}): the address to sign is the landing address `{url}`{also}"
                    ),
                )
                .fix(say!(
                    lang,
                    "直接链接到 `{url}`；签名用落地页的 location.href，不要用跳转前的地址",
                    "link to `{url}` directly, and sign location.href of the landing page, never the address before the redirect"
                ))
            }
            End::Login(_, back) => {
                let back = shortened(back.as_str());
                Finding::new(
                    ID,
                    Status::Warn,
                    say!(
                        lang,
                        "跳到微信登录页，登录后回到 `{back}`，并带上 code 和 state：它们也属于要签名的地址",
                        "leads to WeChat's login, which comes back to `{back}` with code and state added: they belong to the address to sign"
                    ),
                )
                .fix(say!(
                    lang,
                    "签名用登录后那一页的 location.href",
                    "sign location.href of the page after the login"
                ))
            }
            End::Circle(url) => {
                let url = shortened(url.as_str());
                Finding::new(
                    ID,
                    Status::Fail,
                    say!(
                        lang,
                        "跳转成环，又回到 `{url}`（这里不带 Cookie，靠 Cookie 判断的跳转也会这样）",
                        "the redirects go in a circle, back to `{url}` (no cookies are kept here, which redirects that rely on them need)"
                    ),
                )
                .fix(say!(lang, "看这两级跳转的条件", "look at the conditions of these redirects"))
            }
            End::TooMany => Finding::new(
                ID,
                Status::Fail,
                say!(lang, "跳转超过 {REDIRECTS} 次", "more than {REDIRECTS} redirects"),
            )
            .fix(say!(lang, "直接链接到最终页面", "link to the final page")),
            End::Elsewhere(location) => Finding::new(
                ID,
                Status::Fail,
                say!(
                    lang,
                    "跳到 `{location}`，不是 http(s) 地址",
                    "leads to `{location}`, which is not an http(s) address"
                ),
            )
            .fix(say!(lang, "把跳转目标改成 https 页面", "redirect to an https page")),
            End::NoLocation => Finding::new(
                ID,
                Status::Fail,
                lang.pick("返回了跳转状态码，却没有 Location", "a redirect was answered without a Location"),
            )
            .fix(say!(lang, "补上 Location，或改成 200", "answer with a Location, or with 200")),
            End::Broken(url, trouble) => {
                let (why, url) = (trouble.text(lang), shortened(url.as_str()));
                if count == 0 && walk.hops.is_empty() {
                    Finding::new(
                        ID,
                        Status::Skip,
                        lang.pick("没有得到应答，见 http-status", "there was no answer, see http-status"),
                    )
                } else {
                    Finding::new(
                        ID,
                        Status::Fail,
                        say!(lang, "跳到 `{url}` 后中断：{why}", "leads to `{url}` and breaks there: {why}"),
                    )
                    .fix(say!(
                        lang,
                        "修复或去掉这一级跳转",
                        "repair this redirect or take it out"
                    ))
                }
            }
        };
        let finding = finding.measured(json!({ "hops": hops, "landing": landing }));
        self.findings.push(finding.curl(command));
    }

    /// Which parts of the address the redirects changed.
    pub(super) fn changed(&self, landing: &Url) -> String {
        let lang = self.lang;
        let target = &self.target;
        let mut parts: Vec<&str> = Vec::new();
        if target.scheme() != landing.scheme() {
            parts.push(match landing.scheme() {
                "http" => lang.pick("从 https 退到 http", "from https down to http"),
                _ => lang.pick("协议变为 https", "scheme now https"),
            });
        }
        if target.host_str() != landing.host_str() {
            parts.push(lang.pick("域名变了", "another host"));
        }
        if target.port_or_known_default() != landing.port_or_known_default()
            && (target.port().is_some() || landing.port().is_some())
        {
            parts.push(lang.pick("端口变了", "another port"));
        }
        if target.path() != landing.path() {
            let slash = landing.path().strip_suffix('/') == Some(target.path());
            parts.push(if slash {
                lang.pick("路径末尾加了斜杠", "a slash added to the path")
            } else {
                lang.pick("路径变了", "another path")
            });
        }
        if target.query() != landing.query() {
            let lost = target.query().is_some_and(|query| {
                let kept: Vec<&str> = landing.query().unwrap_or_default().split('&').collect();
                query.split('&').any(|parameter| !kept.contains(&parameter))
            });
            parts.push(if lost {
                lang.pick("丢了参数", "parameters lost")
            } else {
                lang.pick("多了参数", "parameters added")
            });
        }
        if parts.is_empty() {
            parts.push(lang.pick("地址没变", "the same address"));
        }
        parts.join(lang.pick("、", ", "))
    }

    pub(super) fn csp(&mut self, walk: &Walk, agent: &str) {
        const ID: &str = "csp";
        let lang = self.lang;
        let End::Landed(_, response) = &walk.end else { return };
        let html = String::from_utf8_lossy(&response.body);
        let mut policies: Vec<String> =
            response.headers("content-security-policy").map(str::to_owned).collect();
        policies.extend(csp::meta_policies(&html));
        let command =
            self.curl(&format!("-sSL -D - -o /dev/null -A {}", quoted(agent)), self.target.as_str());
        let host = csp::SDK_HOST;
        let loads = html.contains(host);
        let measured = json!({ "policies": policies.iter().map(|policy| shortened(policy)).collect::<Vec<_>>(), "page_names_sdk_host": loads });
        let blocking = csp::blocking_directive(policies.iter().map(String::as_str));
        let finding = match blocking {
            None if policies.is_empty() => {
                Finding::new(ID, Status::Pass, lang.pick("没有 CSP", "there is no CSP"))
            }
            None => Finding::new(ID, Status::Pass, say!(lang, "CSP 允许 {host}", "the CSP allows {host}")),
            Some(directive) => {
                let directive = shortened(&directive);
                let status = if loads { Status::Fail } else { Status::Warn };
                Finding::new(
                    ID,
                    status,
                    say!(
                        lang,
                        "CSP 的 `{directive}` 挡住了 {host}，JS-SDK 加载不了",
                        "the CSP's `{directive}` blocks {host}, so the JS-SDK cannot be loaded"
                    ),
                )
                .fix(say!(
                    lang,
                    "在 script-src 里加上 https://{host} https://res2.wx.qq.com",
                    "add https://{host} https://res2.wx.qq.com to script-src"
                ))
            }
        };
        self.findings.push(finding.measured(measured).curl(command));
    }
}
