//! Is the host there, and how far away: addresses, TCP, latency.
//!
//! In: a host and a port. Out: the findings `addresses`, `tcp` and `latency`.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Finding, Run, milliseconds};
use crate::domain::Status;
use crate::say;

/// The FAQ's target for latency: reported, never a failure.
const TARGET_LATENCY: Duration = Duration::from_millis(100);

/// How often the latency is measured.
const SAMPLES: usize = 5;

impl Run<'_> {
    pub(super) fn addresses(&mut self, host: &str, port: u16) -> bool {
        const ID: &str = "addresses";
        let lang = self.lang;
        (self.progress)(&say!(lang, "解析 {host}", "resolving {host}"));
        let begun = Instant::now();
        let found = self.dialer.addresses(host, port);
        let elapsed = milliseconds(begun.elapsed());
        let command = self.connect_command(&self.target);
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
                let why = trouble.text(lang);
                let message =
                    say!(lang, "从这里找不到 `{host}`：{why}", "`{host}` cannot be found from here: {why}");
                self.findings.push(
                    Finding::new(ID, Status::Fail, message)
                        .fix(self.around_the_proxy(say!(
                            lang,
                            "核对域名的 A / AAAA 记录；刚改的 DNS 最多要 24 小时生效",
                            "check the name's A and AAAA records; a fresh change may take up to 24 hours"
                        )))
                        .measured(json!({ "elapsed_ms": elapsed }))
                        .curl(command),
                );
                false
            }
        }
    }

    pub(super) fn tcp(&mut self, host: &str, port: u16) -> bool {
        let lang = self.lang;
        (self.progress)(&say!(lang, "连接 {host}:{port}", "connecting to {host}:{port}"));
        let own = self.dialer.connect(host, port, self.limit());
        let mut ports = serde_json::Map::new();
        let other = match port {
            443 => Some(80),
            80 => Some(443),
            _ => None,
        };
        let mut other_answer = String::new();
        if let Some(other) = other.filter(|other| own.is_ok() && !self.dialer.is_redirected(host, *other)) {
            let tried = self.dialer.connect(host, other, self.limit());
            other_answer = match &tried {
                Ok(_) => say!(lang, "，{other} 也通", ", {other} is open too"),
                Err(_) => say!(lang, "，{other} 不通", ", {other} is not"),
            };
            ports.insert(other.to_string(), tried.ok().map(|wire| milliseconds(wire.connected_in)).into());
        }
        ports.insert(port.to_string(), own.as_ref().ok().map(|wire| milliseconds(wire.connected_in)).into());
        let command = self.connect_command(&self.target);
        let finding = match &own {
            Ok(wire) => {
                let (address, took) = (wire.address, milliseconds(wire.connected_in));
                Finding::new(
                    "tcp",
                    Status::Pass,
                    say!(
                        lang,
                        "{address} 通，{took} ms{other_answer}",
                        "{address} is open, {took} ms{other_answer}"
                    ),
                )
                .measured(json!({ "contacted": address.to_string(), "connect_ms": ports }))
            }
            Err(trouble) => {
                let why = trouble.text(lang);
                Finding::new(
                    "tcp",
                    Status::Fail,
                    say!(lang, "从这里连不上 {host}:{port}：{why}", "{host}:{port} cannot be reached from here: {why}"),
                )
                .fix(self.around_the_proxy(say!(
                    lang,
                    "看服务是否在监听、防火墙和安全组是否放行 {port}",
                    "see whether the server listens, and whether firewall and security group let {port} through"
                )))
                .measured(json!({ "connect_ms": ports }))
            }
        };
        let open = own.is_ok();
        drop(own);
        self.findings.push(finding.curl(command));
        open
    }

    pub(super) fn latency(&mut self, host: &str, port: u16) {
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
