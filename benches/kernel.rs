//! What the kernel gains over the loop people write today, on one core:
//! `cargo bench --bench kernel`.
//!
//! Every way is timed in turn and several times over, and its best time counts, so that other
//! work on the machine disturbs the ratios least. With `RUSTFLAGS='--cfg sha1_backend="soft"'`
//! the library and `plain` go without the processor's SHA instructions.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use sha1::{Digest, Sha1};
use wecheck_kernel::{Backend, Batch, Prefix, Target, Targets, find_numbers};

const TICKET: &str = "kgt8ON7yVITDhtdwci0qeZ4bXkIeBM0w1tqQPvTJ4AdQ2Vn8bTHYH1qxTAGwIObGPKO4sNXFTQdu7iXgpnZXDA";
const NONCE: &str = "Wm3WZYTPz0wzccnW";
const URL: &str = "https://m.example.com/shop/item.html?id=42&from=singlemessage&isappinstalled=0";
const NOW: u64 = 1_700_000_000;
const DAY: u64 = 86_400;
const TURNS: usize = 15;
/// How often the urls are gone through in a turn.
const ROUNDS: usize = 50;

/// One way to go through all candidates; says how many of them hit.
struct Way {
    name: String,
    /// The least it must gain, where that was promised.
    wanted: Option<f64>,
    run: Box<dyn Fn() -> usize>,
    best: Duration,
}

impl Way {
    fn new(name: impl Into<String>, wanted: Option<f64>, run: impl Fn() -> usize + 'static) -> Self {
        Self { name: name.into(), wanted, run: Box::new(run), best: Duration::MAX }
    }
}

fn string1(timestamp: u64, url: &str) -> String {
    format!("jsapi_ticket={TICKET}&noncestr={NONCE}&timestamp={timestamp}&url={url}")
}

fn main() {
    // `cargo test --all-targets` runs benches too, but only to see that they build.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let target: [u8; 20] = Sha1::digest(string1(NOW + 4321, URL)).into();
    compare("timestamps of ±1 day", 2 * DAY + 1, timestamps(target));

    // As many as stay in the cache, since the search makes its candidates in one buffer.
    let urls: Vec<_> = (0..2_000).map(|n| format!("{URL}&page={n}")).collect();
    let target = Sha1::digest(string1(NOW, &urls[321])).into();
    compare("urls of one timestamp", ROUNDS as u64 * urls.len() as u64, candidates(urls, target));
}

fn timestamps(target: [u8; 20]) -> Vec<Way> {
    let mut ways = vec![Way::new("Sha1::digest(format!(…))", None, move || {
        (NOW - DAY..=NOW + DAY).filter(|&n| Sha1::digest(string1(n, URL))[..] == target).count()
    })];
    for backend in Backend::all_available() {
        let wanted = match backend.name() {
            "avx512" => 10.0,
            "avx2" => 5.0,
            _ => 2.5,
        };
        ways.push(Way::new(backend.name(), Some(wanted), move || {
            numbers(backend, &Targets::new(&[Target::new(target)]))
        }));
    }
    let thousand: Vec<_> =
        (0..1000_u32).map(|n| Sha1::digest(n.to_le_bytes()).into()).map(Target::new).collect();
    let thousand = Targets::new(&[&thousand[..], &[Target::new(target)]].concat());
    let backend = Backend::best();
    let name = format!("{}, 1001 targets", backend.name());
    ways.push(Way::new(name, None, move || numbers(backend, &thousand)));
    ways
}

fn numbers(backend: Backend, targets: &Targets) -> usize {
    let before = format!("jsapi_ticket={TICKET}&noncestr={NONCE}&timestamp=");
    let suffix = format!("&url={URL}");
    let prefix = Prefix::new(before.as_bytes());
    find_numbers(backend, &prefix, NOW - DAY..=NOW + DAY, suffix.as_bytes(), targets).len()
}

fn candidates(urls: Vec<String>, target: [u8; 20]) -> Vec<Way> {
    let urls = std::rc::Rc::new(urls);
    let same = urls.clone();
    let mut ways = vec![Way::new("Sha1::digest(format!(…))", None, move || {
        let urls = (0..ROUNDS).flat_map(|_| same.iter());
        urls.filter(|url| Sha1::digest(string1(NOW, url))[..] == target).count()
    })];
    for backend in Backend::all_available() {
        let urls = urls.clone();
        ways.push(Way::new(backend.name(), None, move || {
            let targets = Targets::new(&[Target::new(target)]);
            let mut batch = Batch::new(backend, &targets);
            let before = format!("jsapi_ticket={TICKET}&noncestr={NONCE}&timestamp={NOW}&url=");
            let prefix = Prefix::new(before.as_bytes());
            for (url, id) in (0..ROUNDS).flat_map(|_| urls.iter()).zip(0..) {
                batch.push(id, &prefix, url.as_bytes());
            }
            batch.finish().len()
        }));
    }
    ways
}

fn compare(title: &str, count: u64, mut ways: Vec<Way>) {
    for _ in 0..TURNS {
        for way in &mut ways {
            let start = Instant::now();
            let hits = black_box((way.run)());
            way.best = way.best.min(start.elapsed());
            assert!(hits == 1 || hits == ROUNDS, "{} finds the right one", way.name);
        }
    }
    println!("{title}: {count} candidates");
    let library = ways[0].best;
    for way in &ways {
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = count as f64 / way.best.as_secs_f64() / 1e6;
        let ratio = library.as_secs_f64() / way.best.as_secs_f64();
        println!(
            "  {:<26} {:>8.2} ms {rate:>7.1} M/s  x{ratio:.1}{}",
            way.name,
            way.best.as_secs_f64() * 1e3,
            way.wanted.map_or(String::new(), |least| format!(" (at least x{least})")),
        );
    }
}
