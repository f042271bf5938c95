//! `/healthz` and `/metrics`: whether it answers, and what it has answered.
//!
//! In: each answered request and ticket look-up. Out: Prometheus text. Only our own
//! paths are labels, so that no one can grow the table.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::Shared;

const PATHS: [&str; 11] = [
    "/",
    "/sign",
    "/api/verify",
    "/api/errcode",
    "/api/faq",
    "/api/domain-check",
    "/api/callback-verify",
    "/token",
    "/ticket",
    "/healthz",
    "/metrics",
];

/// What has been counted since the start.
pub(super) struct Metrics {
    started: u64,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    requests: BTreeMap<(&'static str, u16), Requests>,
    tickets: BTreeMap<(&'static str, &'static str), u64>,
}

#[derive(Default)]
struct Requests {
    number: u64,
    time: Duration,
}

impl Metrics {
    /// Starts counting at `now`, Unix seconds.
    pub(super) fn new(now: u64) -> Self {
        Self { started: now, counts: Mutex::default() }
    }

    pub(super) fn answered(&self, path: &str, status: u16, elapsed: Duration) {
        let path = PATHS.into_iter().find(|known| *known == path).unwrap_or("other");
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = counts.requests.entry((path, status)).or_default();
        requests.number += 1;
        requests.time += elapsed;
    }

    /// A ticket that /sign looked for outside its memory: found in the `cache`, fetched from
    /// `upstream`, or `failed`.
    pub(super) fn ticket(&self, kind: &'static str, outcome: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.tickets.entry((kind, outcome)).or_default() += 1;
    }

    fn text(&self, open: usize) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: &[String]| {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for row in rows {
                let _ = writeln!(text, "{row}");
            }
        };
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = |name: &str, value: fn(&Requests) -> String| -> Vec<String> {
            let rows = counts.requests.iter();
            rows.map(|((path, status), r)| {
                format!("{name}{{path=\"{path}\",status=\"{status}\"}} {}", value(r))
            })
            .collect()
        };
        let total = "wecheck_requests_total";
        family(total, "counter", "Requests answered.", &requests(total, |r| r.number.to_string()));
        let seconds = "wecheck_request_seconds_total";
        let time = requests(seconds, |r| format!("{:.6}", r.time.as_secs_f64()));
        family(seconds, "counter", "Time spent on them, in seconds.", &time);
        let name = "wecheck_ticket_lookups_total";
        let tickets: Vec<String> = counts
            .tickets
            .iter()
            .map(|((kind, outcome), number)| {
                format!("{name}{{kind=\"{kind}\",outcome=\"{outcome}\"}} {number}")
            })
            .collect();
        family(name, "counter", "Tickets looked for outside the server's memory.", &tickets);
        let name = "wecheck_connections";
        family(name, "gauge", "Open connections.", &[format!("{name} {open}")]);
        let name = "wecheck_start_time_seconds";
        family(name, "gauge", "When it started, in Unix seconds.", &[format!("{name} {}", self.started)]);
        let name = "wecheck_build_info";
        let version = env!("CARGO_PKG_VERSION");
        family(name, "gauge", "The version.", &[format!("{name}{{version=\"{version}\"}} 1")]);
        text
    }
}

/// `GET /healthz`.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /metrics`.
pub(super) async fn metrics(State(site): State<Shared>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        site.metrics.text(site.seats.taken()),
    )
}
