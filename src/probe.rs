//! Does the host serve the page in a way WeChat accepts: what only the network can show.
//!
//! In: an address, and the [`Options`] of one run. Out: an [`Outcome`]: findings in the order of a
//! phone's way to the page, each with what was measured and a `curl` command that shows the same,
//! and the address where the page ended up. Only GET over http and https, no cookies, no
//! credentials, every step bounded in time and size. It is measured from this machine; Tencent's
//! servers and a phone may see something else, and the findings say so.

mod csp;
mod http;
mod tls;
mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

pub use wire::Resolve;

use crate::domain::{Status, VerifyFile};
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;
use http::Response;
use tls::{Fault, Judgement, Roots, Sent};
use wire::{Dialer, Trouble};

/// A page's body is read up to here, in bytes.
const PAGE_LIMIT: usize = 1024 * 1024;

/// A verification file's body is read up to here, in bytes.
const FILE_LIMIT: usize = 4 * 1024;

/// At most this many redirects are followed.
const REDIRECTS: usize = 10;

/// A certificate that ends within this many days is a warning.
const DAYS_OF_WARNING: i64 = 21;

/// WeChat's own limit for answering the verification file.
const FILE_TIME: Duration = Duration::from_secs(1);

/// The FAQ's target for latency: reported, never a failure.
const TARGET_LATENCY: Duration = Duration::from_millis(100);

/// How often the latency is measured.
const SAMPLES: usize = 5;

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
            run: Duration::from_secs(60),
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

/// Asks the network about one http(s) address. `progress` is told what is being done.
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

/// One answer on the way to the page.
struct Hop {
    url: Url,
    status: u16,
    contacted: String,
    /// What is wrong with the host's certificate.
    untrusted: Option<String>,
}

/// The way to the page with one user agent.
struct Walk {
    hops: Vec<Hop>,
    end: End,
}

/// How a way ends.
enum End {
    Landed(Url, Response),
    Circle(Url),
    TooMany,
    /// A redirect to something that is not http(s), or that cannot be read.
    Elsewhere(String),
    NoLocation,
    Broken(Url, Trouble),
}

impl Run<'_> {
    /// Everything in order; where a step fails that the next ones stand on, it ends.
    fn all(&mut self) -> Option<Url> {
        let host = host(&self.target).to_owned();
        let port = self.target.port_or_known_default().unwrap_or(80);
        if !self.addresses(&host, port) || !self.tcp(&host, port) {
            return None;
        }
        if self.target.scheme() == "https" && !self.tls(&host, port) {
            self.latency(&host, port);
            return None;
        }
        let client = match self.options.platform {
            Platform::Mp => WECHAT,
            Platform::Work => WECOM,
        };
        let phone = self.walk(client);
        self.http_status(&phone, client);
        self.user_agent(&phone, client);
        self.redirects(&phone, client);
        self.verification_file();
        self.csp(&phone, client);
        self.latency(&host, port);
        match phone.end {
            End::Landed(url, _) => Some(url),
            _ => None,
        }
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
        for given in &self.options.resolve {
            command = format!("{command} --resolve {}", quoted(&given.flag()));
        }
        if let Some(file) = &self.options.ca_file {
            command = format!("{command} --cacert {}", quoted(&file.to_string_lossy()));
        }
        format!("{command} {}", quoted(url))
    }

    fn connect_command(&self) -> String {
        self.curl("-sv -o /dev/null --connect-timeout 3", self.target.as_str())
    }

    fn addresses(&mut self, host: &str, port: u16) -> bool {
        const ID: &str = "addresses";
        let lang = self.lang;
        (self.progress)(&say!(lang, "解析 {host}", "resolving {host}"));
        let begun = Instant::now();
        let found = self.dialer.addresses(host, port);
        let elapsed = milliseconds(begun.elapsed());
        let command = self.connect_command();
        match found {
            Ok(found) if !found.is_empty() => {
                let list: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
                let measured = json!({
                    "addresses": list,
                    "ipv4": found.iter().filter(|address| address.is_ipv4()).count(),
                    "ipv6": found.iter().filter(|address| address.is_ipv6()).count(),
                    "elapsed_ms": elapsed,
                });
                let list = list.join(", ");
                let message = say!(lang, "`{host}` 指向 {list}", "`{host}` has {list}");
                self.findings.push(Finding::new(ID, Status::Pass, message).measured(measured).curl(command));
                true
            }
            Ok(_) => {
                let message = say!(lang, "`{host}` 没有地址", "`{host}` has no address");
                self.findings.push(Finding::new(ID, Status::Fail, message).curl(command));
                false
            }
            Err(trouble) => {
                let why = trouble.told(lang);
                let message =
                    say!(lang, "从这里找不到 `{host}`：{why}", "`{host}` cannot be found from here: {why}");
                self.findings.push(
                    Finding::new(ID, Status::Fail, message)
                        .fix(say!(
                            lang,
                            "核对域名的 A / AAAA 记录；刚改的 DNS 最多要 24 小时生效",
                            "check the name's A and AAAA records; a fresh change may take up to 24 hours"
                        ))
                        .measured(json!({ "elapsed_ms": elapsed }))
                        .curl(command),
                );
                false
            }
        }
    }

    fn tcp(&mut self, host: &str, port: u16) -> bool {
        let lang = self.lang;
        (self.progress)(&say!(lang, "连接 {host}:{port}", "connecting to {host}:{port}"));
        let own = self.dialer.connect(host, port, self.limit());
        let mut ports = serde_json::Map::new();
        let other = match port {
            443 => Some(80),
            80 => Some(443),
            _ => None,
        };
        let mut other_told = String::new();
        if let Some(other) = other.filter(|other| own.is_ok() && !self.dialer.is_redirected(host, *other)) {
            let tried = self.dialer.connect(host, other, self.limit());
            other_told = match &tried {
                Ok(_) => say!(lang, "，{other} 也通", ", {other} is open too"),
                Err(_) => say!(lang, "，{other} 不通", ", {other} is not"),
            };
            ports.insert(other.to_string(), tried.ok().map(|wire| milliseconds(wire.connected_in)).into());
        }
        ports.insert(port.to_string(), own.as_ref().ok().map(|wire| milliseconds(wire.connected_in)).into());
        let command = self.connect_command();
        let finding = match &own {
            Ok(wire) => {
                let (address, took) = (wire.address, milliseconds(wire.connected_in));
                Finding::new(
                    "tcp",
                    Status::Pass,
                    say!(
                        lang,
                        "{address} 通，{took} ms{other_told}",
                        "{address} is open, {took} ms{other_told}"
                    ),
                )
                .measured(json!({ "contacted": address.to_string(), "connect_ms": ports }))
            }
            Err(trouble) => {
                let why = trouble.told(lang);
                Finding::new(
                    "tcp",
                    Status::Fail,
                    say!(lang, "从这里连不上 {host}:{port}：{why}", "{host}:{port} cannot be reached from here: {why}"),
                )
                .fix(say!(
                    lang,
                    "看服务是否在监听、防火墙和安全组是否放行 {port}",
                    "see whether the server listens, and whether firewall and security group let {port} through"
                ))
                .measured(json!({ "connect_ms": ports }))
            }
        };
        let open = own.is_ok();
        drop(own);
        self.findings.push(finding.curl(command));
        open
    }

    /// Version, chain, name and dates; `false` where no TLS can be spoken at all.
    fn tls(&mut self, host: &str, port: u16) -> bool {
        let lang = self.lang;
        (self.progress)(&say!(lang, "与 {host} 进行 TLS 握手", "shaking hands with {host}"));
        let both = [&rustls::version::TLS13, &rustls::version::TLS12];
        let first =
            self.dialer.connect(host, port, self.limit()).and_then(|wire| tls::handshake(wire, host, &both));
        let command = self.connect_command();
        let sent = match first {
            Ok((_, sent)) => sent,
            Err(trouble) => {
                let why = trouble.told(lang);
                self.findings.push(
                    Finding::new(
                        "tls-version",
                        Status::Fail,
                        say!(
                            lang,
                            "TLS 1.2 和 1.3 都谈不成：{why}",
                            "neither TLS 1.2 nor 1.3 can be agreed: {why}"
                        ),
                    )
                    .fix(say!(
                        lang,
                        "让服务端开启 TLS 1.2 和 1.3，并确认这个端口上是 HTTPS",
                        "enable TLS 1.2 and 1.3 on the server, and make sure that this port speaks HTTPS"
                    ))
                    .curl(command),
                );
                return false;
            }
        };
        let version = self.tls_version(host, port, &sent);
        self.findings.push(version.curl(command.clone()));
        match tls::judge(&sent, host, &self.roots, self.options.now) {
            Ok(judgement) => {
                for finding in [self.chain(&judgement), self.name(host, &judgement), self.dates(&judgement)] {
                    self.findings.push(finding.curl(command.clone()));
                }
            }
            Err(why) => {
                let message = say!(lang, "证书读不出来：{why}", "the certificate cannot be read: {why}");
                self.findings.push(Finding::new("tls-chain", Status::Fail, message).curl(command));
            }
        }
        true
    }

    fn tls_version(&self, host: &str, port: u16, sent: &Sent) -> Finding {
        const ID: &str = "tls-version";
        let lang = self.lang;
        let has_13 = sent.version == "1.3";
        // Old Android clients know 1.2 only.
        let has_12 = !has_13
            || self
                .dialer
                .connect(host, port, self.limit())
                .and_then(|wire| tls::handshake(wire, host, &[&rustls::version::TLS12]))
                .is_ok();
        let measured = json!({ "tls_1_2": has_12, "tls_1_3": has_13 });
        let finding = match (has_12, has_13) {
            (true, true) => Finding::new(
                ID,
                Status::Pass,
                lang.pick("TLS 1.2 和 1.3 都支持", "TLS 1.2 and 1.3 are both spoken"),
            ),
            (true, false) => Finding::new(
                ID,
                Status::Pass,
                lang.pick("支持 TLS 1.2，不支持 1.3", "TLS 1.2 is spoken, 1.3 is not"),
            ),
            _ => Finding::new(
                ID,
                Status::Warn,
                lang.pick(
                    "只支持 TLS 1.3，旧安卓手机打不开",
                    "only TLS 1.3 is spoken, old Android phones cannot open the page",
                ),
            )
            .fix(lang.pick("同时开启 TLS 1.2", "enable TLS 1.2 as well")),
        };
        finding.measured(measured)
    }

    fn chain(&self, judgement: &Judgement) -> Finding {
        const ID: &str = "tls-chain";
        let lang = self.lang;
        let subjects = judgement.subjects.join(" → ");
        let measured = json!({
            "sent": judgement.subjects,
            "disordered": judgement.disordered,
            "root_sent": judgement.root_sent,
            "fixed_roots": judgement.fixed.is_ok(),
            "system_roots": judgement.system.as_ref().map(Result::is_ok),
        });
        let finding = match (&judgement.fixed, &judgement.system) {
            (Err(_), Some(Ok(()))) => Finding::new(
                ID,
                Status::Fail,
                say!(
                    lang,
                    "只有这台机器信任这条证书链，手机不会信任（发来的：{subjects}）",
                    "only this machine trusts the chain, phones do not (sent: {subjects})"
                ),
            )
            .fix(say!(lang, "换成公共 CA 签发的证书", "use a certificate of a public authority")),
            (Err(fault), _) => {
                let (message, fix) = self.chain_fault(fault);
                Finding::new(ID, Status::Fail, message).fix(fix)
            }
            (Ok(()), Some(Err(_))) => Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "固定的根证书信任这条链，这台机器自己的不信任：本机的根证书可能旧了",
                    "the fixed roots trust the chain, this machine's own do not: its roots may be old"
                ),
            ),
            (Ok(()), _) if judgement.disordered => Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "证书链完整，但发送顺序不对，有的旧客户端会拒绝：{subjects}",
                    "the chain is whole but out of order, which some old clients refuse: {subjects}"
                ),
            )
            .fix(say!(
                lang,
                "证书文件里按“服务器证书、中间证书”的顺序排列",
                "put the server's certificate first in the file, then each issuer after what it signed"
            )),
            (Ok(()), _) if judgement.root_sent => Finding::new(
                ID,
                Status::Pass,
                say!(
                    lang,
                    "证书链完整，多发了根证书，可以去掉：{subjects}",
                    "the chain is whole; the root was sent too and can be left out: {subjects}"
                ),
            ),
            (Ok(()), _) => Finding::new(
                ID,
                Status::Pass,
                say!(lang, "证书链完整：{subjects}", "the chain is whole: {subjects}"),
            ),
        };
        finding.measured(measured)
    }

    /// A chain's fault, and what to do.
    fn chain_fault(&self, fault: &Fault) -> (String, String) {
        let lang = self.lang;
        match fault {
            Fault::MissingIssuer { issuer, own: true, address, .. } => (
                say!(
                    lang,
                    "服务器没有发中间证书 `{issuer}`：桌面浏览器会自己补上，安卓微信里是白屏",
                    "the server does not send the intermediate certificate `{issuer}`: desktop browsers fetch it themselves, in WeChat on Android the page stays blank"
                ),
                match address {
                    Some(address) => say!(
                        lang,
                        "下载 {address}，转成 PEM 接在服务器证书后面（nginx 用 fullchain.pem）",
                        "download {address}, convert it to PEM and append it to the server's certificate (nginx: fullchain.pem)"
                    ),
                    None => say!(
                        lang,
                        "向签发方取得 `{issuer}` 的证书，接在服务器证书后面（nginx 用 fullchain.pem）",
                        "get the certificate of `{issuer}` from your issuer and append it to the server's (nginx: fullchain.pem)"
                    ),
                },
            ),
            Fault::MissingIssuer { subject, issuer, .. } => (
                say!(
                    lang,
                    "证书链在 `{subject}` 处断了：签发者 `{issuer}` 没有发来，也不是已知的根证书",
                    "the chain ends at `{subject}`: its issuer `{issuer}` was not sent, and it is no known root"
                ),
                say!(
                    lang,
                    "把 `{issuer}` 的证书也接上；如果它是私有根证书，手机不会信任，换公共 CA 的证书",
                    "append the certificate of `{issuer}`; if that is a private root, phones will not trust it: use a public authority"
                ),
            ),
            Fault::SelfSigned { subject } => (
                say!(
                    lang,
                    "证书 `{subject}` 是自签名的，手机不会信任",
                    "the certificate `{subject}` is self-signed, phones do not trust it"
                ),
                say!(lang, "换成公共 CA 签发的证书", "use a certificate of a public authority"),
            ),
            Fault::UnknownRoot { subject } => (
                say!(
                    lang,
                    "根证书 `{subject}` 不是公共的，手机不会信任",
                    "the root `{subject}` is no public one, phones do not trust it"
                ),
                say!(lang, "换成公共 CA 签发的证书", "use a certificate of a public authority"),
            ),
            Fault::IssuerDates => (
                say!(
                    lang,
                    "链上的一张中间证书不在有效期内",
                    "a certificate above the server's own is not valid at this time"
                ),
                say!(
                    lang,
                    "从签发方重新下载中间证书",
                    "download the intermediate certificate again from your issuer"
                ),
            ),
            Fault::Other(why) => {
                let why = shortened(why);
                (
                    say!(lang, "证书链不被接受：{why}", "the chain is refused: {why}"),
                    say!(lang, "重新签发证书", "have the certificate issued anew"),
                )
            }
        }
    }

    fn name(&self, host: &str, judgement: &Judgement) -> Finding {
        const ID: &str = "tls-name";
        let lang = self.lang;
        let Some(names) = &judgement.wrong_name else {
            return Finding::new(
                ID,
                Status::Pass,
                say!(lang, "证书是 `{host}` 的", "the certificate is for `{host}`"),
            )
            .measured(json!({ "host": host }));
        };
        let deep = names.iter().find(|name| {
            name.strip_prefix("*.")
                .and_then(|parent| host.strip_suffix(parent))
                .is_some_and(|left| left.ends_with('.') && left.matches('.').count() > 1)
        });
        let listed = match names.len() {
            0 => lang.pick("没有任何域名", "no name at all").to_owned(),
            _ => names.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(lang.pick("、", ", ")),
        };
        let message = match deep {
            Some(wildcard) => say!(
                lang,
                "通配符 `{wildcard}` 只管一级，不包括 `{host}`",
                "the wildcard `{wildcard}` covers one label only, not `{host}`"
            ),
            None => say!(
                lang,
                "证书里是 {listed}，没有 `{host}`",
                "the certificate is for {listed}, not for `{host}`"
            ),
        };
        Finding::new(ID, Status::Fail, message)
            .fix(say!(
                lang,
                "签发包含 `{host}` 的证书，或换成证书里的域名",
                "get a certificate that names `{host}`, or use a host it names"
            ))
            .measured(json!({ "host": host, "names": names }))
    }

    fn dates(&self, judgement: &Judgement) -> Finding {
        const ID: &str = "tls-dates";
        let lang = self.lang;
        let dates = &judgement.dates;
        let (from, until, days) = (&dates.from, &dates.until, dates.days_left);
        let measured = json!({ "not_before": from, "not_after": until, "days_left": days });
        let renew =
            say!(lang, "续期证书，并让服务器重新加载", "renew the certificate and let the server load it");
        let finding = if dates.not_yet {
            Finding::new(
                ID,
                Status::Fail,
                say!(
                    lang,
                    "证书 {from} 才生效（到 {until}）",
                    "the certificate is valid only from {from} (to {until})"
                ),
            )
            .fix(say!(
                lang,
                "核对服务器签发证书时的时钟",
                "check the clock of the machine that issued it"
            ))
        } else if days < 0 {
            let ago = -days;
            Finding::new(
                ID,
                Status::Fail,
                say!(
                    lang,
                    "证书 {until} 已过期，{ago} 天前（{from} 起）",
                    "the certificate expired on {until}, {ago} days ago (valid from {from})"
                ),
            )
            .fix(renew)
        } else if days < DAYS_OF_WARNING {
            Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "证书还有 {days} 天到期（{from} 到 {until}）",
                    "the certificate ends in {days} days ({from} to {until})"
                ),
            )
            .fix(renew)
        } else {
            Finding::new(
                ID,
                Status::Pass,
                say!(
                    lang,
                    "证书有效期 {from} 到 {until}，还有 {days} 天",
                    "valid from {from} to {until}, {days} days left"
                ),
            )
        };
        finding.measured(measured)
    }

    /// One GET without following anything. Returns the answer, the address contacted, and what is
    /// wrong with the host's certificate.
    fn get(
        &self,
        url: &Url,
        agent: &str,
        body: usize,
        limit: Duration,
    ) -> Result<(Response, String, Option<String>), Trouble> {
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
        let untrusted = match tls::judge(&sent, host, &self.roots, self.options.now) {
            Ok(judgement) => [self.chain(&judgement), self.name(host, &judgement), self.dates(&judgement)]
                .into_iter()
                .find(|finding| finding.status == Status::Fail)
                .map(|finding| finding.message),
            Err(why) => Some(why),
        };
        let response = http::get(&mut channel, &host_header, &path, agent, body, limit)?;
        Ok((response, contacted, untrusted))
    }

    /// Follows the redirects, hop by hop.
    fn walk(&self, agent: &str) -> Walk {
        let lang = self.lang;
        let mut hops: Vec<Hop> = Vec::new();
        let mut url = self.target.clone();
        loop {
            (self.progress)(&say!(lang, "读取 {url}", "reading {url}"));
            let (response, contacted, untrusted) = match self.get(&url, agent, PAGE_LIMIT, self.limit()) {
                Ok(answer) => answer,
                Err(trouble) => return Walk { hops, end: End::Broken(url, trouble) },
            };
            hops.push(Hop { url: url.clone(), status: response.status, contacted, untrusted });
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
            if hops.iter().any(|hop| hop.url == next) {
                return Walk { hops, end: End::Circle(next) };
            }
            if hops.len() > REDIRECTS {
                return Walk { hops, end: End::TooMany };
            }
            url = next;
        }
    }

    fn http_status(&mut self, walk: &Walk, agent: &str) {
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
                            let why = trouble.told(lang);
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
            End::Broken(url, trouble) => {
                let (why, place) = (trouble.told(lang), shortened(url.as_str()));
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
    fn user_agent(&mut self, phone: &Walk, agent: &str) {
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
            End::Circle(url) | End::Broken(url, _) => (None, shortened(url.as_str())),
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

    fn redirects(&mut self, walk: &Walk, agent: &str) {
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
        let untrusted = walk.hops.iter().skip(1).find_map(|hop| Some((hop, hop.untrusted.as_ref()?)));
        let landing = match &walk.end {
            End::Landed(url, _) => Some(url.as_str().to_owned()),
            _ => None,
        };
        let finding = match &walk.end {
            End::Landed(url, _) if count == 0 => Finding::new(
                ID,
                Status::Pass,
                say!(lang, "没有跳转，要签名的就是 `{url}`", "no redirect: the address to sign is `{url}`"),
            ),
            End::Landed(url, _) if untrusted.is_some() => {
                let (place, why) =
                    untrusted.map_or_else(Default::default, |(hop, why)| (host(&hop.url), why.as_str()));
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
                    "对落地地址再跑一次 domain-check --probe",
                    "run domain-check --probe on the landing address"
                ))
            }
            End::Landed(url, _) => {
                let changed = self.changed(url);
                let url = shortened(url.as_str());
                Finding::new(
                    ID,
                    Status::Warn,
                    say!(
                        lang,
                        "跳转 {count} 次（{changed}），要签名的是落地地址 `{url}`",
                        "{count} redirects ({changed}): the address to sign is the landing address `{url}`"
                    ),
                )
                .fix(say!(
                    lang,
                    "直接链接到 `{url}`；签名用落地页的 location.href，不要用跳转前的地址",
                    "link to `{url}` directly, and sign location.href of the landing page, never the address before the redirect"
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
                    "leads to `{location}`, which is no http(s) address"
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
                let (why, url) = (trouble.told(lang), shortened(url.as_str()));
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
    fn changed(&self, landing: &Url) -> String {
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

    fn verification_file(&mut self) {
        const ID: &str = "verification-file";
        let lang = self.lang;
        let Some((file, folder)) = self.options.verify_file.clone() else {
            return;
        };
        let mut origins = vec![self.target.clone()];
        if self.target.port().is_none() {
            let mut other = self.target.clone();
            let (scheme, port) = if self.target.scheme() == "https" { ("http", 80) } else { ("https", 443) };
            if !self.dialer.is_redirected(host(&other), port) && other.set_scheme(scheme).is_ok() {
                origins.push(other);
            }
        }
        let mut characters = [0; 16];
        // A sibling that is not random is still one that the server does not know.
        let _ = getrandom::fill(&mut characters);
        let sibling = file.sibling(&characters);
        let mut schemes = serde_json::Map::new();
        let mut right: Vec<String> = Vec::new();
        let mut faults: BTreeMap<String, String> = BTreeMap::new();
        let mut any_name = false;
        let address = |origin: &Url, name: &str| {
            let mut url = origin.clone();
            url.set_query(None);
            url.set_path(&format!("{folder}{name}"));
            url
        };
        for origin in &origins {
            let url = address(origin, file.name());
            (self.progress)(&say!(lang, "读取 {url}", "reading {url}"));
            let fault = self.file_fault(&url, &file);
            schemes
                .insert(origin.scheme().to_owned(), fault.clone().map_or(Value::Bool(true), Value::String));
            match fault {
                None => right.push(origin.scheme().to_owned()),
                Some(fault) => {
                    faults.insert(origin.scheme().to_owned(), fault);
                }
            }
        }
        // Which scheme serves the file is where a sibling is asked for.
        let asked = origins
            .iter()
            .find(|origin| right.iter().any(|scheme| scheme == origin.scheme()))
            .unwrap_or(&origins[0]);
        if let Ok((response, ..)) =
            self.get(&address(asked, sibling.name()), BROWSER, FILE_LIMIT, self.file_limit())
        {
            any_name = response.status == 200;
        }
        let command = self.curl("-sS -i --max-time 1", address(asked, file.name()).as_str());
        let told = faults
            .iter()
            .map(|(scheme, fault)| format!("{scheme}: {fault}"))
            .collect::<Vec<_>>()
            .join(lang.pick("；", "; "));
        let content = file.content();
        let elsewhere = lang.pick(
            "腾讯从自己的网络来取，这里取得到不等于那边取得到",
            "Tencent fetches from its own network: what is reachable from here need not be from there",
        );
        let finding = if right.is_empty() {
            let router = if any_name {
                lang.pick("；随便一个文件名也返回 200，多半是前端路由接管了所有路径", "; any other name is answered with 200 too, so most likely the app's router takes every path")
            } else {
                ""
            };
            let finding = Finding::new(ID, Status::Fail, say!(lang, "{told}{router}", "{told}{router}"));
            let name = file.name();
            finding.fix(say!(
                lang,
                "让 `{folder}{name}` 以 200 返回 `{content}`，不跳转、不加换行；生成文件：wecheck domain-check --verify-file {name} --write 目录",
                "let `{folder}{name}` answer 200 with `{content}`, no redirect, no line break; to make the file: wecheck domain-check --verify-file {name} --write DIR"
            ))
        } else if any_name {
            Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "文件内容正确，但随便一个文件名也返回 200；{elsewhere}",
                    "the file is right, but any other name is answered with 200 too; {elsewhere}"
                ),
            )
        } else if faults.is_empty() {
            Finding::new(
                ID,
                Status::Pass,
                say!(lang, "文件正确；{elsewhere}", "the file is right; {elsewhere}"),
            )
        } else {
            let right = right.join(", ");
            Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "{right} 上正确，另一个不行（{told}）；{elsewhere}",
                    "right over {right}, not over the other ({told}); {elsewhere}"
                ),
            )
        };
        let finding = finding
            .measured(json!({ "schemes": schemes, "any_name_is_answered": any_name, "folder": folder }));
        self.findings.push(finding.curl(command));
    }

    /// A file may take longer than WeChat waits, so that "too slow" can be told from "away".
    fn file_limit(&self) -> Duration {
        self.limit().min(FILE_TIME * 3)
    }

    /// What is wrong with the verification file at an address.
    fn file_fault(&self, url: &Url, file: &VerifyFile) -> Option<String> {
        let lang = self.lang;
        let (response, _, untrusted) = match self.get(url, BROWSER, FILE_LIMIT, self.file_limit()) {
            Ok(answer) => answer,
            Err(trouble) => return Some(trouble.told(lang)),
        };
        if let Some(untrusted) = untrusted {
            return Some(untrusted);
        }
        if response.is_redirect() {
            let location = shortened(response.headers("location").next().unwrap_or_default());
            let status = response.status;
            return Some(say!(
                lang,
                "返回 {status} 跳到 `{location}`，校验不跟随跳转",
                "{status} leads to `{location}`, and redirects are not followed"
            ));
        }
        if response.status != 200 {
            let status = response.status;
            return Some(say!(lang, "返回 {status}", "{status} is answered"));
        }
        if let Some(trouble) = &response.broken {
            return Some(trouble.told(lang));
        }
        if let Some(fault) = file.fault(&response.body) {
            return Some(fault.told(lang).to_owned());
        }
        let took = milliseconds(response.took);
        (response.took > FILE_TIME).then(|| {
            say!(
                lang,
                "内容正确，但用了 {took} ms，要在 1 秒内",
                "the content is right but took {took} ms, it must be within 1 s"
            )
        })
    }

    fn csp(&mut self, walk: &Walk, agent: &str) {
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

    fn latency(&mut self, host: &str, port: u16) {
        const ID: &str = "latency";
        let lang = self.lang;
        (self.progress)(&say!(lang, "测量延时", "measuring latency"));
        let mut samples: Vec<Duration> = Vec::new();
        let mut contacted = String::new();
        for _ in 0..SAMPLES {
            let limit = self.limit();
            match self.dialer.connect(host, port, limit) {
                Ok(wire) if !limit.is_zero() => {
                    contacted = wire.address.to_string();
                    samples.push(wire.connected_in);
                }
                _ => break,
            }
        }
        let command = self.curl("-sS -o /dev/null -w '%{time_connect}\\n'", self.target.as_str());
        if samples.is_empty() {
            return;
        }
        samples.sort_unstable();
        let median = samples[samples.len() / 2];
        let (low, middle, high) =
            (milliseconds(samples[0]), milliseconds(median), milliseconds(samples[samples.len() - 1]));
        let count = samples.len();
        let measured = json!({
            "samples_ms": samples.iter().map(|one| milliseconds(*one)).collect::<Vec<_>>(),
            "median_ms": middle, "contacted": contacted,
        });
        let (status, verdict) = if median <= TARGET_LATENCY {
            (Status::Pass, lang.pick("在官方建议的 100 ms 以内", "within the 100 ms that the FAQ asks for"))
        } else {
            (Status::Warn, lang.pick("超过官方建议的 100 ms", "above the 100 ms that the FAQ asks for"))
        };
        let message = say!(
            lang,
            "从这台机器到 {contacted}：{count} 次建连 {low} / {middle} / {high} ms（最小 / 中位 / 最大），{verdict}",
            "from this machine to {contacted}: {count} connections took {low} / {middle} / {high} ms (least / median / most), {verdict}"
        );
        self.findings.push(Finding::new(ID, status, message).measured(measured).curl(command));
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
