//! The developer's own signing API, asked as the page would: the use case behind `verify --endpoint`.
//!
//! In: the API's address and the page's. Out: what `verify` says of the answer; or, as a suite, the same
//! for the addresses that break signing code. Sends to that address only.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::verify::{self, Report, Run, Verdict, verify};
use crate::both;
use crate::callback::answer::Trouble;
use crate::context::Context;
use crate::endpoint::client::{Client, Request as Sent, Target};
use crate::evidence::{self, Field};
use crate::failure::Failure;
use crate::lang::{Both, cause};

/// How the API is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Its address, perhaps with parameters of its own.
    pub endpoint: String,
    /// The address goes in a body, not in the query.
    pub post: bool,
    /// The parameter's name.
    pub param: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// An authority to trust.
    pub ca_file: Option<PathBuf>,
    /// The values and tickets that are known: those of `verify`.
    pub known: verify::Request,
}

/// What the API answered for one page, judged.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The address as it was requested.
    pub endpoint: String,
    /// The HTTP status.
    pub status: u16,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// What `verify` says.
    #[serde(flatten)]
    pub report: Report,
}

/// One address of the suite.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The page's address.
    pub page_url: String,
    /// What the answer is worth; for an answer without a signature, why there is none.
    #[serde(flatten)]
    pub outcome: Value,
    /// Over the case.
    #[serde(skip)]
    pub verdict: Verdict,
    /// The first mistake: its id and what happened.
    #[serde(skip)]
    pub first: Option<(String, String, String)>,
}

/// The suite.
#[derive(Clone, Debug, Serialize)]
pub struct Suite {
    /// The API's address.
    pub endpoint: String,
    /// Each address.
    pub cases: Vec<Case>,
    /// Over all.
    pub verdict: Verdict,
}

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A page's request comes from a client of WeChat.
const USER_AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                          Gecko) Mobile/15E148 MicroMessenger/8.0.68(0x1800442b) NetType/WIFI Language/zh_CN";

/// Asks for one page and judges the answer.
pub fn check(
    request: &Request,
    page_url: &str,
    run: &Run<'_>,
    context: &Context,
) -> Result<Checked, Failure> {
    let (endpoint, status, elapsed_ms, body) = ask(request, page_url, context)?;
    let found = evidence::extract(&body);
    let place = crate::address::shown_with_path(&endpoint);
    if found.all(Field::Signature).next().is_none() {
        let what = if body.trim_start().starts_with('<') {
            both!("HTML 页面", "an HTML page")
        } else if body.trim().is_empty() {
            both!("空内容", "nothing")
        } else {
            both!("没有 signature 的内容", "text without a signature")
        };
        let (zh, en) = (what.zh, what.en);
        return Err(Failure::network(both!(
            "签名接口 `{place}` 回了 {status}，{zh}",
            "the signing endpoint `{place}` answered {status} with {en}"
        ))
        .hint(both!(
            "参数名不是 url 时：--endpoint-param NAME；要 POST 时：--endpoint-method POST",
            "if the parameter is not called url: --endpoint-param NAME; if it takes POST: --endpoint-method POST"
        )));
    }
    let asked = verify::Request {
        from: Some(body),
        source: Some(place),
        page_url: Some(page_url.to_owned()),
        ..request.known.clone()
    };
    let mut report = verify(&asked, run, context)?;
    // An answer that does not name its url may be for the address of the request itself.
    if report.verdict == Verdict::Refused && report.main.mistakes.is_empty() {
        for own in [endpoint.as_str(), endpoint.split('?').next().unwrap_or_default()] {
            let itself = verify::Request { url: Some(own.to_owned()), page_url: None, ..asked.clone() };
            if verify(&itself, run, context)?.verdict == Verdict::Fits {
                let itself = verify::Request { page_url: asked.page_url.clone(), ..itself };
                report = verify(&itself, run, context)?;
                break;
            }
        }
    }
    Ok(Checked { endpoint, status, elapsed_ms, report })
}

/// The same for each of the addresses that break signing code.
pub fn suite(request: &Request, page_url: &str, run: &Run<'_>, context: &Context) -> Result<Suite, Failure> {
    let mut cases = Vec::new();
    let mut unreachable = None;
    for page_url in addresses(page_url) {
        if run.interrupt.asked() {
            break;
        }
        let case = match check(request, &page_url, run, context) {
            Ok(checked) => {
                let mistake = checked.report.main.mistakes.first();
                let first = mistake
                    .map(|mistake| (mistake.id.to_owned(), mistake.message.clone(), mistake.fix.clone()));
                Case {
                    page_url,
                    verdict: checked.report.verdict,
                    first,
                    outcome: serde_json::to_value(&checked).unwrap_or_default(),
                }
            }
            Err(failure) => {
                let message = failure.message.get(context.lang).to_owned();
                let outcome =
                    json!({"verdict": "refused", "mistakes": [], "error": failure.document(context.lang)});
                unreachable.get_or_insert(failure);
                Case {
                    page_url,
                    verdict: Verdict::Refused,
                    first: Some((String::new(), message, String::new())),
                    outcome,
                }
            }
        };
        cases.push(case);
    }
    // Nothing at all came: addresses do not matter then.
    if let Some(failure) = unreachable
        && cases.iter().all(|case| case.outcome.get("error").is_some())
    {
        return Err(failure);
    }
    let any = |verdict| cases.iter().any(|case| case.verdict == verdict);
    let verdict = if any(Verdict::Refused) {
        Verdict::Refused
    } else if any(Verdict::Incomplete) {
        Verdict::Incomplete
    } else {
        Verdict::Fits
    };
    Ok(Suite { endpoint: request.endpoint.clone(), cases, verdict })
}

/// The addresses of the suite, on the page's own host; as `location.href` gives them.
pub fn addresses(page_url: &str) -> Vec<String> {
    let bare = page_url.split(['?', '#']).next().unwrap_or(page_url);
    let (scheme, rest) = bare.split_once("://").unwrap_or(("https", bare));
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let origin = format!("{scheme}://{host}");
    let page = format!("{origin}{path}");
    let name =
        host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let folder = page.trim_end_matches('/');
    vec![
        page.clone(),
        format!("{page}?a=1&b=2"),
        format!("{page}?id=42"),
        format!("{page}?name=%E5%BC%A0%E4%B8%89"),
        format!("{origin}/%E5%95%86%E5%93%81/1"),
        format!("{page}?ids=1%2C2"),
        format!("{page}?q=a+b"),
        format!("{page}?q=a%20b"),
        format!("{page}?back=https%3A%2F%2Fm.example.com%2Fa%3Fb%3Dc"),
        format!("{page}?id=42&from=singlemessage&isappinstalled=0"),
        format!("{page}?code=001A2B3C&state=STATE"),
        format!("{page}?a=1&copy=2&lt=3"),
        format!("{page}?a=1#/goods/1"),
        format!("{scheme}://{name}:8443{path}"),
        format!("{folder}/"),
        format!("{folder}/index.html"),
        format!("{page}?Case=ABC"),
        format!("{page}?a="),
    ]
}

/// The request, and what came.
fn ask(request: &Request, page_url: &str, context: &Context) -> Result<(String, u16, u64, String), Failure> {
    let endpoint = &request.endpoint;
    let target = Target::parse(endpoint).ok_or_else(|| {
        Failure::usage(both!(
            "`{endpoint}` 不是 http 或 https 地址",
            "`{endpoint}` is not an http or https address"
        ))
        .hint("wecheck verify --endpoint http://127.0.0.1:8080/sign --page-url PAGE_URL")
    })?;
    if context.env.globals.offline && !crate::address::is_loopback(endpoint) {
        return Err(Failure::network(both!(
            "`--offline` 不许请求签名接口",
            "`--offline` forbids to ask the signing endpoint"
        ))
        .hint(both!("去掉 --offline 再运行", "run it without --offline")));
    }
    let encoded = format!("{}={}", encode_component(&request.param), encode_component(page_url));
    let mut headers = vec![
        ("User-Agent".to_owned(), USER_AGENT.to_owned()),
        ("Accept".to_owned(), "application/json, text/plain, */*".to_owned()),
        ("Referer".to_owned(), page_url.split('#').next().unwrap_or(page_url).to_owned()),
    ];
    let is = |name: &str| {
        let mut given = request.headers.iter();
        given.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    headers.retain(|(name, _)| is(name).is_none());
    let mut body = String::new();
    if request.post {
        let json = is("content-type").is_some_and(|kind| kind.contains("json"));
        body = if json { json!({&request.param: page_url}).to_string() } else { encoded.clone() };
        if is("content-type").is_none() {
            headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
    }
    headers.extend(request.headers.iter().cloned());
    let query = if request.post { "" } else { encoded.as_str() };
    let address = target.url_with(query);
    let client = Client::new(target, request.ca_file.as_deref());
    let method = if request.post { "POST" } else { "GET" };
    let sent = Sent { method, query, headers: &headers, body: body.as_bytes() };
    let answer = client.send(&sent, LIMIT).map_err(|trouble| unreachable(endpoint, &trouble))?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    Ok((address, answer.status, answer.elapsed_ms, text))
}

fn unreachable(endpoint: &str, trouble: &Trouble) -> Failure {
    let place = crate::address::shown_with_path(endpoint);
    let why: Both = match trouble {
        Trouble::Refused => both!("没有程序在监听", "nothing listens there"),
        Trouble::Name(why) => {
            let Both { zh, en } = cause(why);
            both!("主机名解析不了：{zh}", "the name has no address ({en})")
        }
        Trouble::Tls(why) => {
            let Both { zh, en } = cause(why);
            both!("TLS 建立不了：{zh}", "TLS cannot be agreed ({en})")
        }
        Trouble::Timeout(ms) => both!("{ms} 毫秒内没有应答", "no answer within {ms} ms"),
        other => both!("没有完整的应答（{other:?}）", "no whole answer ({other:?})"),
    };
    let (zh, en) = (why.zh, why.en);
    Failure::network(both!(
        "签名接口 `{place}` 请求不到：{zh}",
        "the signing endpoint `{place}` cannot be reached: {en}"
    ))
    .hint(both!("先启动它，或核对 --endpoint", "start it first, or check --endpoint"))
}

/// As JavaScript's `encodeURIComponent`: what a page does.
pub fn encode_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_encoded_as_the_browser_does() {
        assert_eq!(
            encode_component("https://a.b/路?c=d&e=(1)#f"),
            "https%3A%2F%2Fa.b%2F%E8%B7%AF%3Fc%3Dd%26e%3D(1)%23f"
        );
    }

    #[test]
    fn the_suite_stays_on_the_host() {
        let all = addresses("https://m.example.com/goods/1?x=1#y");
        assert!(all.len() >= 12);
        assert!(all.iter().all(|url| url.starts_with("https://m.example.com")), "{all:?}");
        assert!(all.contains(&"https://m.example.com/goods/1/".to_owned()));
        assert!(all.contains(&"https://m.example.com:8443/goods/1".to_owned()));
    }
}
