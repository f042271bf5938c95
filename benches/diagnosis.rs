//! How many made mistakes the search names, and how long it takes:
//! `cargo bench --bench diagnosis [-- SINGLES PAIRS TRIPLES] [-v] [cpu]`.
//!
//! `cpu` counts half the processor's time on two threads instead of the clock's: what two idle cores
//! would take, measured on a machine that has other work. `-v` prints every case that was not named
//! exactly.
//!
//! Every mistake alone, then random pairs and triples, seeded. The cases come from the plain maker of
//! the tests, which shares nothing with the search.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

#[path = "../tests/it/search/maker.rs"]
mod maker;

use std::time::{Duration, Instant};

use maker::{IDS, Made, RARE_IDS, Random, choose, make};

const BUDGET: Duration = Duration::from_secs(1);

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// Time that passed: the clock's, or half of what both threads used.
fn now() -> Duration {
    if std::env::args().any(|arg| arg == "cpu") {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        return Duration::from_millis(ticks * 10 / 2);
    }
    START.elapsed()
}

#[derive(Default)]
struct Tally {
    cases: usize,
    exact: usize,
    among: usize,
    explained: usize,
    slowest: Duration,
    total: Duration,
    late: usize,
    candidates: u64,
}

impl Tally {
    fn add(&mut self, made: &Made, verbose: bool) {
        let start = now();
        let outcome = made.search(2, 3, &|| now() > start + BUDGET);
        let took = now().saturating_sub(start);
        let sorted = |mut ids: Vec<&'static str>| {
            ids.sort_unstable();
            ids
        };
        let wanted = sorted(made.ids.clone());
        let found: Vec<Vec<&'static str>> = outcome
            .explanations
            .iter()
            .map(|mistakes| sorted(mistakes.iter().map(|mistake| mistake.id).collect()))
            .collect();
        let exact = found.first() == Some(&wanted);
        let fewer = found.first().is_some_and(|first| first.len() <= wanted.len());
        self.cases += 1;
        self.exact += usize::from(exact);
        self.among += usize::from(found.contains(&wanted));
        self.explained += usize::from(fewer);
        self.slowest = self.slowest.max(took);
        self.total += took;
        self.late += usize::from(took > BUDGET);
        self.candidates += outcome.candidates;
        if verbose && !exact {
            let mark = if fewer { "other" } else { "MISS " };
            println!("  {mark} {wanted:?} -> {found:?}  {}  {took:?}", made.fields.url);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn print(&self, name: &str) {
        let rate = |count: usize| 100.0 * count as f64 / self.cases.max(1) as f64;
        println!(
            "{name}: {} cases, exact {:.1} %, among all {:.1} %, explained {:.1} %, mean {:.0} ms, slowest {:.0} ms, over budget {}, {:.0} M/s",
            self.cases,
            rate(self.exact),
            rate(self.among),
            rate(self.explained),
            self.total.as_secs_f64() * 1e3 / self.cases.max(1) as f64,
            self.slowest.as_secs_f64() * 1e3,
            self.late,
            self.candidates as f64 / self.total.as_secs_f64() / 1e6,
        );
    }
}

fn main() {
    // `cargo test --all-targets` runs benches too, but only to see that they build.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let counts: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let count = |at: usize, usual: usize| counts.get(at).copied().unwrap_or(usual);
    let verbose = std::env::args().any(|arg| arg == "-v");
    let mut random = Random(7);

    let mut singles = Tally::default();
    for id in IDS.into_iter().chain(RARE_IDS) {
        let mut made = 0;
        for _ in 0..400 {
            if made < count(0, 8)
                && let Some(case) = make(&[id], &mut random)
            {
                made += 1;
                singles.add(&case, verbose);
            }
        }
        assert!(made > 0 || count(0, 8) == 0, "{id} was never made");
    }
    singles.print("singles");
    for (size, usual, name) in [(2, 500, "pairs"), (3, 200, "triples")] {
        let mut tally = Tally::default();
        while tally.cases < count(size - 1, usual) {
            let ids = choose(size, &mut random);
            if let Some(case) = make(&ids, &mut random) {
                tally.add(&case, verbose);
            }
        }
        tally.print(name);
    }
}
