//! Does the host serve the page in a way WeChat accepts: what only the network can show.
//!
//! In: an address, and the [`Options`] of one run. Out: an [`Outcome`]: findings in the order of a
//! phone's way to the page, each with what was measured and a `curl` command that shows the same,
//! and the address where the page ended up. Only GET over http and https, no cookies, no
//! credentials, every step bounded in time and size. It is measured from this machine; Tencent's
//! servers and a phone may see something else, and the findings say so.

mod certificate;
mod csp;
mod file;
mod findings;
mod http;
mod public;
mod reach;
mod tls;
mod way;
mod wire;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use url::Url;

pub use findings::ENTRIES;
pub use wire::Resolve;

use crate::domain::{Status, VerifyFile};
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;
use tls::Roots;
use wire::Dialer;

/// Text from outside is shown up to here, in characters.
const SHOWN: usize = 256;

/// A browser on a desk.
const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                       Chrome/126.0.0.0 Safari/537.36";

/// WeChat on a phone.
const WECHAT: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.49.2600 NetType/WIFI \
                      Language/zh_CN";

/// WeCom on a phone: it names both.
const WECOM: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 wxwork/4.1.27 MicroMessenger/7.0.1 \
                     Language/zh";

/// How one run is made.
pub struct Options<'a> {
    /// Which client's user agent is sent.
    pub platform: Platform,
    /// The verification file, and the folder it should stand in (`/`, or an mp entry's path).
    pub verify_file: Option<(VerifyFile, String)>,
    /// Roots to trust instead of the built-in ones.
    pub ca_file: Option<PathBuf>,
    /// Addresses to use instead of the resolver's.
    pub resolve: Vec<Resolve>,
    /// The time, in Unix seconds: certificates are judged by it.
    pub now: u64,
    /// The language of the findings.
    pub lang: Lang,
    /// The bounds in time.
    pub limits: Limits,
    /// Connect to public addresses only, whatever name or redirect leads to another.
    pub public_only: bool,
    /// The variable that names a proxy for the address: a probe goes around it, and says so.
    pub proxy: Option<&'static str>,
    /// Says whether to end early.
    pub stop: &'a dyn Fn() -> bool,
}

/// The bounds in time of one run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// One connection.
    pub connect: Duration,
    /// One request, from the open connection to the end of the answer.
    pub request: Duration,
    /// Everything.
    pub run: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            request: Duration::from_secs(10),
            run: Duration::from_mins(1),
        }
    }
}

/// One thing measured.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Its name, such as `tls-chain`.
    pub id: &'static str,
    /// How it came out.
    pub status: Status,
    /// What was seen.
    pub message: String,
    /// What to do, where something is to be done.
    pub fix: Option<String>,
    /// The numbers and texts behind it.
    pub measured: Value,
    /// A command that shows the same.
    pub curl: Option<String>,
}

impl Finding {
    /// A finding without numbers; add them with [`Finding::measured`].
    pub fn new(id: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self { id, status, message: message.into(), fix: None, measured: Value::Null, curl: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Adds the numbers behind it.
    #[must_use]
    pub fn measured(mut self, measured: Value) -> Self {
        self.measured = measured;
        self
    }

    fn curl(mut self, command: String) -> Self {
        self.curl = Some(command);
        self
    }
}

/// What a run showed.
#[derive(Debug)]
pub struct Outcome {
    /// The findings, in order.
    pub findings: Vec<Finding>,
    /// Where the page ended up with the client's user agent, without `#…`.
    pub landing: Option<Url>,
    /// Whether it was ended early.
    pub stopped: bool,
}

/// The ids of all findings of [`run`], in order. A finding whose turn does not come is skipped.
pub const PROBE_IDS: [&str; 12] = [
    "addresses",
    "tcp",
    "tls-version",
    "tls-chain",
    "tls-name",
    "tls-dates",
    "http-status",
    "user-agent",
    "redirects",
    "verification-file",
    "csp",
    "latency",
];

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum Unprepared {
    /// The file of certificates cannot be used.
    #[error("the certificates of `{0}` cannot be read: {1}")]
    CaFile(PathBuf, String),
}

/// Asks the network about one http(s) address. `progress` gets what is being done.
pub fn run(target: &Url, options: &Options, progress: &dyn Fn(&str)) -> Result<Outcome, Unprepared> {
    let roots = Roots::load(options.ca_file.as_deref())
        .map_err(|why| Unprepared::CaFile(options.ca_file.clone().unwrap_or_default(), why))?;
    let mut target = target.clone();
    // Credentials are never sent, and `#…` never was.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    target.set_fragment(None);
    let mut run = Run {
        options,
        roots,
        progress,
        lang: options.lang,
        until: Instant::now() + options.limits.run,
        dialer: Dialer {
            resolve: &options.resolve,
            connect_limit: options.limits.connect,
            public_only: options.public_only,
            stop: options.stop,
        },
        findings: Vec::new(),
        target,
    };
    let landing = run.all();
    run.skip_the_rest();
    Ok(Outcome { findings: run.findings, landing, stopped: (options.stop)() })
}

struct Run<'a> {
    options: &'a Options<'a>,
    roots: Roots,
    progress: &'a dyn Fn(&str),
    lang: Lang,
    until: Instant,
    dialer: Dialer<'a>,
    findings: Vec<Finding>,
    target: Url,
}

impl Run<'_> {
    /// Everything in order; where a step fails that the next ones are on, it ends.
    fn all(&mut self) -> Option<Url> {
        let host = host(&self.target).to_owned();
        let port = self.target.port_or_known_default().unwrap_or(80);
        if !self.addresses(&host, port) || !self.tcp(&host, port) {
            return None;
        }
        if self.target.scheme() == "https" && !self.tls(&self.target.clone()) {
            self.latency(&host, port);
            return None;
        }
        let client = match self.options.platform {
            Platform::Mp => WECHAT,
            Platform::Work => WECOM,
        };
        let phone = self.walk(client);
        // A page that is reached over http has its certificate where the redirects lead.
        if let Some(landing) = phone.page().filter(|_| self.target.scheme() == "http") {
            self.tls(&landing);
        }
        self.http_status(&phone, client);
        self.user_agent(&phone, client);
        self.redirects(&phone, client);
        self.verification_file();
        self.csp(&phone, client);
        self.latency(&host, port);
        phone.landing()
    }

    fn skip_the_rest(&mut self) {
        let reason = if (self.options.stop)() {
            self.lang.pick("已中断", "interrupted")
        } else {
            self.lang.pick("前一步没有成功，或不适用", "an earlier step failed, or it does not apply")
        };
        let done = std::mem::take(&mut self.findings);
        self.findings = PROBE_IDS
            .iter()
            .map(|id| {
                let finding = done.iter().find(|finding| finding.id == *id).cloned();
                finding.unwrap_or_else(|| Finding::new(id, Status::Skip, reason))
            })
            .collect();
    }

    /// The time that one request may still take.
    fn limit(&self) -> Duration {
        self.options.limits.request.min(self.until.saturating_duration_since(Instant::now()))
    }

    /// A `curl` command with the run's own overrides.
    fn curl(&self, arguments: &str, url: &str) -> String {
        let mut command = format!("curl {arguments}");
        if self.options.proxy.is_some() {
            command += " --noproxy '*'";
        }
        for given in &self.options.resolve {
            command = format!("{command} --resolve {}", quoted(&given.flag()));
        }
        if let Some(file) = &self.options.ca_file {
            command = format!("{command} --cacert {}", quoted(&file.to_string_lossy()));
        }
        format!("{command} {}", quoted(url))
    }

    fn connect_command(&self, url: &Url) -> String {
        self.curl("-sv -o /dev/null --connect-timeout 3", url.as_str())
    }

    /// What to do where the host cannot be reached: a proxy may be the only way out.
    fn around_the_proxy(&self, fix: String) -> String {
        match self.options.proxy {
            Some(variable) => say!(
                self.lang,
                "{fix}。探测不走 {variable} 指定的代理；如果这个网络只放行代理，换一台能直连外网的机器再测",
                "{fix}. A probe goes around the proxy of {variable}: where a network lets only that out, run it on a machine that reaches the internet directly"
            ),
            None => fix,
        }
    }
}

/// The host of an http(s) address.
fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// Milliseconds with one digit after the point.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Text from outside, cut to a length that fits an answer.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A word of a shell command.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:,".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Judges certificates as a server sends them, its own first, by the built-in roots; for the fuzz targets.
#[doc(hidden)]
pub fn judge_certificates(chain: &[&[u8]], host: &str, now: u64) -> bool {
    let chain = chain.iter().map(|der| der.to_vec().into()).collect();
    tls::judge(&tls::Sent { chain, version: "TLSv1.3" }, host, &Roots::built_in(), now).is_ok()
}
