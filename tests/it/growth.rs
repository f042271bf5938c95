//! Memory and time stay in proportion to what came in: every parser, every list of arguments, with
//! inputs that grow.
//!
//! A case is a command and a writer of inputs of any size. It runs with a 16th, a 4th and the whole of
//! its size. The peak of its memory must stay under 20 times the input and 64 MiB, the time of the
//! processor may grow as the input does. `WECHECK_TEST_GROWTH=1` takes each to its size limit.
//! Linux: the figures are read from /proc.

mod inputs;

use std::io::Write as _;
use std::process::{Child, Command};
use std::sync::Mutex;
use std::time::Duration;

use crate::callback_server;
use crate::harness::{Home, amount};
use crate::redis::Redis;
use crate::serving;
use crate::upstream_server::{self, Call};
use inputs::cases;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What a run may take besides 20 times its input, and 16 MiB more of a debug build's own code. Bytes.
const FIXED_MEMORY: usize = if cfg!(debug_assertions) { 80 * MIB } else { 64 * MIB };

/// A run that takes more is ended: it has failed, and the machine has other work.
const END_AT_MEMORY: usize = 8 * 1024 * MIB;
const END_AT_TIME: Duration = Duration::from_secs(100);

/// How the input reaches the command.
#[derive(Clone, Copy)]
enum Way {
    Stdin,
    /// Each line is an argument.
    Arguments,
    /// Each line is an argument behind this flag.
    Flag(&'static str),
    /// A file below the home.
    File(&'static str),
    /// The config file.
    Config,
    /// The body of a request to `serve`.
    Post(&'static str),
    /// The answer of a server; `{url}` in the arguments is its address.
    Answer,
    /// The answer of WeChat's API.
    Api,
}

struct Case {
    name: String,
    args: &'static [&'static str],
    way: Way,
    write: Writer,
    /// The largest input, usually and in full.
    sizes: [usize; 2],
    /// Processor time that does not come from the size: the search looks for mistakes for a second.
    search: Duration,
}

type Writer = Box<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// What a run took.
struct Cost {
    bytes: usize,
    peak: usize,
    time: Duration,
    code: i32,
}

#[test]
fn memory_and_time_stay_in_proportion_to_the_input() {
    let full = amount("WECHECK_TEST_GROWTH", 0) > 0;
    let mut cases = cases();
    // The slowest first, so that no worker ends alone.
    cases.sort_by_key(|case| std::cmp::Reverse((case.search, case.sizes[usize::from(full)])));
    let (count, left, wrong) = (cases.len(), Mutex::new(cases.into_iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(case) = left.lock().expect("no panic").next() else { return };
                    if let Err(why) = case.check(full) {
                        wrong.lock().expect("no panic").push(why);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The values of another program's Redis are of any size.
#[test]
#[ignore = "needs redis-server"]
fn what_an_sdk_left_in_redis_is_read_in_proportion() {
    let redis = Redis::start(&[]);
    let home = Home::new();
    home.config(&shop("http://127.0.0.1:9"));
    for size in [KIB, 64 * KIB, 900 * KIB, 16 * MIB] {
        redis.set("wx:access_token:wx0123456789abcdef", "a".repeat(size).as_bytes());
        let run = home.run(["cache", "import", "--json", "--from", "wxjava", "--redis", &redis.url()]);
        let (peak, time, code) = follow(run.stdin("").command(), Vec::new());
        assert!((0..=6).contains(&code), "{size}: exit {code}");
        // Over 1 MiB nothing is read to its end.
        assert!(peak <= 20 * size.min(MIB) + FIXED_MEMORY, "{size}: {} MiB", peak / MIB);
        assert!(time < Duration::from_secs(2), "{size}: {time:?}");
    }
}

impl Case {
    fn check(&self, full: bool) -> Result<(), String> {
        let size = self.sizes[usize::from(full)];
        // Start-up, and the tables that are read on first use.
        let start = self.cost(size.min(64))?;
        let costs = [size / 16, size / 4, size]
            .into_iter()
            .map(|size| self.cost(size))
            .collect::<Result<Vec<Cost>, String>>()?;
        let table = || {
            let row = |cost: &Cost| {
                let Cost { bytes, peak, time, code } = cost;
                format!("{} KiB: {} MiB, {:.2} s, exit {code}", bytes / KIB, peak / MIB, time.as_secs_f64())
            };
            std::iter::once(&start).chain(&costs).map(row).collect::<Vec<_>>().join("; ")
        };
        #[expect(clippy::print_stdout, reason = "shown with --nocapture, and where it fails")]
        let () = println!("{}: {}", self.name, table());
        for cost in &costs {
            if cost.peak > 20 * cost.bytes + FIXED_MEMORY {
                return Err(format!("{}: memory: {}", self.name, table()));
            }
            if !(0..=5).contains(&cost.code) {
                return Err(format!("{}: exit {}: {}", self.name, cost.code, table()));
            }
        }
        // 2.5, the floor of each and half a second are for the noise of a machine with other work.
        let own = |cost: &Cost| cost.time.saturating_sub(start.time).max(Duration::from_millis(100));
        let longest = costs.last().expect("three");
        for shorter in &costs[..2] {
            let factor = (5 * longest.bytes).div_ceil(2 * shorter.bytes.max(1));
            let allowed = own(shorter).saturating_mul(u32::try_from(factor).unwrap_or(u32::MAX))
                + Duration::from_millis(500)
                + self.search;
            if own(longest) > allowed {
                return Err(format!("{}: time: {}", self.name, table()));
            }
        }
        Ok(())
    }

    fn cost(&self, size: usize) -> Result<Cost, String> {
        let input = (self.write)(size);
        let bytes = input.len();
        let home = Home::new();
        let (peak, time, code) = match self.way {
            Way::Post(path) => {
                let server = serving::Server::start(&home, &[]);
                let before = processor_time(server.id());
                let headers = ["Content-Type: application/json"];
                let body = String::from_utf8(input).expect("JSON");
                let answer = server.ask("POST", path, &headers, &body);
                let time = processor_time(server.id()).saturating_sub(before);
                // On a machine with other work an answer may come late: what it took is judged all the same.
                let code =
                    if [200, 400, 408, 413].contains(&answer.status) { 0 } else { answer.status.into() };
                (peak(server.id()).unwrap_or(0), time, code)
            }
            Way::Answer => {
                let server =
                    callback_server::Server::start(move |_| callback_server::html(200, input.clone()));
                self.run(&home, &[], Vec::new(), &server.url("/"))
            }
            Way::Api => {
                let body = String::from_utf8(input).expect("text");
                let server = upstream_server::Server::start(move |_: &Call| upstream_server::json(&body));
                home.config(&shop(&server.base()));
                self.run(&home, &[], Vec::new(), "")
            }
            Way::Stdin => self.run(&home, &[], input, ""),
            Way::Config => {
                home.config(&String::from_utf8(input).expect("text"));
                self.run(&home, &[], Vec::new(), "")
            }
            Way::File(name) => {
                home.file(name, input);
                self.run(&home, &[], Vec::new(), "")
            }
            Way::Arguments | Way::Flag(_) => {
                let text = String::from_utf8(input).expect("text");
                let mut arguments: Vec<&str> = Vec::new();
                for line in text.lines() {
                    if let Way::Flag(flag) = self.way {
                        arguments.push(flag);
                    }
                    arguments.push(line);
                }
                self.run(&home, &arguments, Vec::new(), "")
            }
        };
        if code < 0 {
            let (mib, seconds) = (peak / MIB, time.as_secs_f64());
            return Err(format!(
                "{}: ended with {} KiB at {mib} MiB, {seconds:.2} s",
                self.name,
                bytes / KIB
            ));
        }
        Ok(Cost { bytes, peak, time, code })
    }

    fn run(&self, home: &Home, more: &[&str], input: Vec<u8>, url: &str) -> (usize, Duration, i32) {
        let args = self.args.iter().map(|arg| arg.replace("{url}", url));
        let run = home
            .run(args.chain(more.iter().map(|arg| (*arg).to_owned())))
            .var("WECHECK_CALLBACK_TOKEN", "hk7ZqPwx3NvT")
            .var("WECHECK_ENCODING_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
        follow(run.stdin("").command(), input)
    }
}

/// Runs to the end. The last figures of a process can be read until someone has waited for it.
fn follow(mut command: Command, input: Vec<u8>) -> (usize, Duration, i32) {
    let mut child: Child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let mut drains = Vec::new();
    let (stdout, stderr) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    drains.push(std::thread::spawn(move || drain(stdout)));
    drains.push(std::thread::spawn(move || drain(stderr)));
    let (id, mut most) = (child.id(), 0);
    let mut pause = Duration::from_millis(1);
    // A process that has ended has no memory any more.
    while let Some(now) = peak(id) {
        most = most.max(now);
        if most > END_AT_MEMORY || processor_time(id) > END_AT_TIME {
            let _ = child.kill();
            let _ = child.wait();
            return (most, processor_time(id), -1);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(4));
    }
    let time = processor_time(id);
    let code = child.wait().expect("it ends").code().unwrap_or(-2);
    for thread in drains {
        thread.join().expect("no panic");
    }
    let _ = feeding.join();
    (most, time, code)
}

fn drain(mut from: impl std::io::Read) {
    let _ = std::io::copy(&mut from, &mut std::io::sink());
}

/// The most memory that a running process had, in bytes.
fn peak(id: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    // For a moment after the start it still has the memory of this process.
    if !status.starts_with("Name:\twecheck\n") {
        return Some(0);
    }
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: usize = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * KIB)
}

/// What a process has had of the processors, itself and the system for it.
fn processor_time(id: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name before it may hold spaces.
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    let ticks: u64 = fields.map(|ticks| ticks.parse::<u64>().unwrap_or(0)).sum();
    Duration::from_millis(ticks * 10)
}

fn shop(base: &str) -> String {
    format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"0123456789abcdef0123456789abcdef\"\n\
         api_base = \"{base}\"\n"
    )
}
