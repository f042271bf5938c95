//! Would a phone trust the host: TLS versions, chain, name and dates as findings.
//!
//! In: what [`tls`](super::tls) saw and judged. Out: the findings `tls-version`, `tls-chain`,
//! `tls-name` and `tls-dates`, in words and with the fix.

use serde_json::json;
use url::Url;

use super::tls::{self, Fault, Judgement, Sent};
use super::{Finding, Run, host, shortened};
use crate::domain::Status;
use crate::lang::cause;
use crate::say;

/// A certificate that ends within this many days is a warning.
const DAYS_OF_WARNING: i64 = 21;

impl Run<'_> {
    /// Version, chain, name and dates; `false` if no TLS can be spoken at all.
    pub(super) fn tls(&mut self, url: &Url) -> bool {
        let lang = self.lang;
        let (host, port) = (host(url), url.port_or_known_default().unwrap_or(443));
        (self.progress)(&say!(lang, "与 {host} 进行 TLS 握手", "shaking hands with {host}"));
        let both = [&rustls::version::TLS13, &rustls::version::TLS12];
        let first =
            self.dialer.connect(host, port, self.limit()).and_then(|wire| tls::handshake(wire, host, &both));
        let command = self.connect_command(url);
        let sent = match first {
            Ok((_, sent)) => sent,
            Err(trouble) => {
                let why = trouble.text(lang);
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
                let why = cause(&why).into_one(lang);
                let message = say!(lang, "证书读不出来：{why}", "the certificate cannot be read: {why}");
                self.findings.push(Finding::new("tls-chain", Status::Fail, message).curl(command));
            }
        }
        true
    }

    pub(super) fn tls_version(&self, host: &str, port: u16, sent: &Sent) -> Finding {
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

    pub(super) fn chain(&self, judgement: &Judgement) -> Finding {
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
            (Err(fault), Some(Ok(()))) => Finding::new(
                ID,
                Status::Fail,
                say!(
                    lang,
                    "只有这台机器信任这条证书链，手机不会信任（发来的：{subjects}）",
                    "only this machine trusts the chain, phones do not (sent: {subjects})"
                ),
            )
            .fix(match fault {
                // This machine may know the intermediate of a public authority, too.
                Fault::MissingIssuer { issuer, .. } => say!(
                    lang,
                    "换成公共 CA 签发的证书；如果已经是，把 `{issuer}` 的证书接在服务器证书后面",
                    "use a certificate of a public authority; if it is one, append the certificate of `{issuer}` to the server's"
                ),
                _ => say!(lang, "换成公共 CA 签发的证书", "use a certificate of a public authority"),
            }),
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
    pub(super) fn chain_fault(&self, fault: &Fault) -> (String, String) {
        let lang = self.lang;
        match fault {
            Fault::MissingIssuer { issuer, own: true, address, .. } => (
                say!(
                    lang,
                    "服务器没有发中间证书 `{issuer}`：桌面浏览器会自己补上，安卓微信里是白屏",
                    "the server does not send the intermediate certificate `{issuer}`: desktop browsers fetch it themselves, WeChat on Android shows a blank page"
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
                    "the chain ends at `{subject}`: its issuer `{issuer}` was not sent, and it is not a known root"
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
                    "the root `{subject}` is not a public one, phones do not trust it"
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
                let why = cause(&shortened(why)).into_one(lang);
                (
                    say!(lang, "证书链不被接受：{why}", "the chain is refused: {why}"),
                    say!(lang, "重新签发证书", "have the certificate issued again"),
                )
            }
        }
    }

    pub(super) fn name(&self, host: &str, judgement: &Judgement) -> Finding {
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

    pub(super) fn dates(&self, judgement: &Judgement) -> Finding {
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
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::tls::{Dates, Roots};
    use super::super::wire::Dialer;
    use super::super::{Limits, Options};
    use super::*;
    use crate::lang::Lang;
    use crate::platform::Platform;

    /// What the finding says where fixed roots and this machine's come to these verdicts.
    fn judged(fixed: Result<(), Fault>, system: Option<Result<(), Fault>>) -> (Status, String) {
        let options = Options {
            platform: Platform::Mp,
            verify_file: None,
            ca_file: None,
            resolve: Vec::new(),
            now: 0,
            lang: Lang::En,
            limits: Limits::default(),
            public_only: true,
            proxy: None,
            stop: &|| true,
        };
        let run = Run {
            roots: Roots::load(None).expect("roots"),
            progress: &|_| (),
            lang: options.lang,
            until: Instant::now(),
            dialer: Dialer {
                resolve: &[],
                connect_limit: options.limits.connect,
                public_only: true,
                stop: options.stop,
            },
            findings: Vec::new(),
            target: "https://m.example.com/".parse().expect("a url"),
            options: &options,
        };
        let judgement = Judgement {
            fixed,
            system,
            disordered: false,
            root_sent: false,
            subjects: vec!["CN=own".to_owned()],
            wrong_name: None,
            dates: Dates { from: String::new(), until: String::new(), days_left: 90, not_yet: false },
        };
        let finding = run.chain(&judgement);
        (finding.status, finding.message)
    }

    #[test]
    fn both_roots_have_a_say() {
        let unknown = || Fault::UnknownRoot { subject: "CN=root".to_owned() };
        for (fixed, system, status, words) in [
            (Ok(()), Some(Ok(())), Status::Pass, "the chain is whole"),
            (Ok(()), None, Status::Pass, "the chain is whole"),
            (Ok(()), Some(Err(unknown())), Status::Warn, "this machine's own do not"),
            (Err(unknown()), Some(Ok(())), Status::Fail, "only this machine trusts"),
            (Err(unknown()), Some(Err(unknown())), Status::Fail, "is not a public one"),
            (Err(unknown()), None, Status::Fail, "is not a public one"),
        ] {
            let (found, message) = judged(fixed.clone(), system.clone());
            assert!(found == status && message.contains(words), "{fixed:?} {system:?}: {message}");
        }
    }
}
