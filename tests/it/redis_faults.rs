//! What a Redis does on a bad day (F-43, F-46, F-48, F-50): away, silent, slow, in the middle of a
//! failover, with malformed values. The server is real; what goes wrong happens on the way.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::harness::{Done, Home, amount};
use crate::redis::{Redis, through, wait_for};
use crate::tokens::{shop, together};
use crate::upstream_server::{Call, Server, wechat};

/// What becomes of one question to the Redis.
enum Way {
    Pass,
    /// The Redis answers, and the answer comes this late.
    Late(Duration),
    /// This instead of what the Redis would say.
    Say(String),
    /// The connection ends.
    Cut,
}

/// Passes on what the binary and its Redis say, or something else.
struct Between {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Between {
    /// `way` is given each question after the handshake: its words, and how many came before it.
    fn start(redis: u16, way: impl Fn(&str, usize) -> Way + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (connections, questions) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
        let shared = Arc::new((way, questions));
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                counted.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || pass_on(client, redis, &shared.0, &shared.1));
            }
        });
        Self { port, connections }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }
}

fn pass_on(mut client: TcpStream, redis: u16, way: &dyn Fn(&str, usize) -> Way, questions: &AtomicUsize) {
    let Ok(mut redis) = TcpStream::connect(("127.0.0.1", redis)) else { return };
    let mut chunk = vec![0; 65_536];
    while let Ok(length @ 1..) = client.read(&mut chunk) {
        let words = String::from_utf8_lossy(&chunk[..length]).into_owned();
        let handshake = words.contains("SETINFO") || words.contains("SELECT");
        let way = if handshake { Way::Pass } else { way(&words, questions.fetch_add(1, Ordering::SeqCst)) };
        let said = match way {
            Way::Say(text) => text.into_bytes(),
            Way::Cut => return,
            Way::Pass | Way::Late(_) => {
                let sent = redis.write_all(&chunk[..length]);
                let Ok(length @ 1..) = sent.and_then(|()| redis.read(&mut chunk)) else { return };
                if let Way::Late(delay) = way {
                    std::thread::sleep(delay);
                }
                chunk[..length].to_vec()
            }
        };
        if client.write_all(&said).is_err() {
            return;
        }
    }
}

/// A port on which no connection is ever made: its queue is full, as behind a firewall that drops.
struct BlackHole {
    listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let waiting: Vec<TcpStream> =
            std::iter::from_fn(|| TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok())
                .take(10_000)
                .collect();
        assert!(waiting.len() < 10_000, "the queue is full");
        Self { listener, _waiting: waiting }
    }
}

/// A port where every question is answered by a text of half a gigabyte, this much at a time.
struct Blabbing;

impl Blabbing {
    fn start(piece: &[u8], pause: Duration) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let piece = piece.to_vec();
        std::thread::spawn(move || {
            for mut client in listener.incoming().filter_map(Result::ok) {
                let piece = piece.clone();
                std::thread::spawn(move || {
                    let mut asked = [0; 1024];
                    let _ = client.read(&mut asked);
                    let mut said = client.write_all(b"$536870911\r\n");
                    while said.is_ok() {
                        std::thread::sleep(pause);
                        said = client.write_all(&piece);
                    }
                });
            }
        });
        port
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f43_no_command_waits_long_for_a_redis_that_is_away() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let refusing = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent_port = silent.local_addr().expect("an address").port();
    let slow = Between::start(redis.port(), |_, _| Way::Late(Duration::from_secs(5)));
    let trickling = Blabbing::start(b"a", Duration::from_millis(300));
    let endless = Blabbing::start(&vec![b'a'; 65_536], Duration::ZERO);
    let black_hole = BlackHole::start();
    let black_port = black_hole.listener.local_addr().expect("an address").port();
    let late = "does not answer within 1 s";
    let with_password = |port: u16| format!("redis://user:CANARY-PASSWORD@127.0.0.1:{port}/7");
    // Connected, a try and one more: two seconds, and a third for a machine that is busy.
    let cases = [
        ("refused", with_password(refusing), "refuses the connection", 1),
        ("silent", format!("redis://127.0.0.1:{silent_port}/0"), late, 3),
        ("silent from the handshake on", with_password(silent_port), late, 3),
        ("silent, TLS", with_password(silent_port).replace("redis:", "rediss:"), late, 3),
        ("slow 5 s", slow.url(), late, 3),
        ("trickling", format!("redis://127.0.0.1:{trickling}/0"), late, 3),
        ("trickling from the handshake on", with_password(trickling), late, 3),
        ("black hole", with_password(black_port), late, 3),
        ("endless", format!("redis://127.0.0.1:{endless}/0"), "answers with more than 1 MiB", 3),
    ];
    // Most of it is waiting: they wait together.
    std::thread::scope(|scope| {
        for (name, url, says, seconds) in cases {
            let server = &server;
            scope.spawn(move || f43_is_given_up(server, name, &url, says, seconds));
        }
    });
    assert!(server.calls().is_empty(), "and no one asks for itself");
    // Many at once: none is served, none waits longer, none asks WeChat.
    let home = shop(&server);
    let began = Instant::now();
    let processes = amount("WECHECK_TEST_PROCESSES", 24);
    for one in together((0..processes).map(|_| through(&home, &slow.url(), &["token"]))) {
        assert_eq!(one.code, 6, "{one}");
    }
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    assert!(server.calls().is_empty());
}

fn f43_is_given_up(server: &Server, name: &str, url: &str, says: &str, seconds: u64) {
    let home = shop(server);
    for args in [
        &["token"][..],
        &["ticket", "--json"],
        &["token", "--refresh"],
        &["sign", "https://m.example.com/"],
        &["cache", "list"],
        &["cache", "clear", "--all"],
    ] {
        let began = Instant::now();
        let done = through(&home, url, args).done();
        let took = began.elapsed();
        assert_eq!(done.code, 6, "{name} {args:?}: {done}");
        let text = done.to_string();
        assert!(text.contains(says) && text.contains("wecheck cache path"), "{name} {args:?}: {done}");
        assert!(!text.contains("CANARY"), "{name} {args:?}: {done}");
        assert!(took < Duration::from_secs(seconds), "{name} {args:?}: {took:?}");
    }
    assert!(!home.path().join(".cache").exists(), "{name}: no cache on disk instead");
}

#[test]
#[ignore = "needs redis-server"]
fn f46_a_holder_that_was_stopped_beyond_its_lease_writes_nothing() {
    let redis = Redis::start(&[]);
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 1_000 } else { 50 }))
    });
    let home = shop(&server);
    let paused = through(&home, &redis.url(), &["token"]).spawn();
    wait_for(|| !server.calls().is_empty());
    let signal = |name: &str| Command::new("kill").args(["-s", name, &paused.id().to_string()]).status();
    assert!(signal("STOP").expect("kill").success());
    let stopped = Instant::now();
    let processes = amount("WECHECK_TEST_PROCESSES", 24);
    let waiting: Vec<Child> =
        (0..processes).map(|_| through(&home, &redis.url(), &["token"]).spawn()).collect();
    for child in waiting {
        let done = Done::from(child.wait_with_output().expect("it ends"));
        assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-2-of-wx0123456789abcdef\n"), "{done}");
    }
    assert!(stopped.elapsed() < Duration::from_secs(12), "one lease, one takeover: {:?}", stopped.elapsed());
    let before = redis.say(&["GET", &redis.keys("*:value")[0]]);
    assert!(signal("CONT").expect("kill").success());
    let done = Done::from(paused.wait_with_output().expect("it ends"));
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-2-of-wx0123456789abcdef\n"), "{done}");
    assert_eq!(redis.say(&["GET", &redis.keys("*:value")[0]]), before, "the newer value stays");
    assert_eq!(server.counts().0, 2);
    assert_eq!(redis.keys("*:lock"), [""; 0]);
}

const ANSWERS: &[(&str, &str)] = &[
    ("READONLY You can't write against a read only replica.", "cannot be written to now (READONLY)"),
    ("LOADING Redis is loading the dataset in memory", "cannot be written to now (LOADING)"),
    ("MASTERDOWN Link with MASTER is down", "cannot be written to now (MASTERDOWN)"),
    ("CLUSTERDOWN Hash slot not served", "cannot be written to now (CLUSTERDOWN)"),
    ("TRYAGAIN Multiple keys request during rehashing of slot", "cannot be written to now (TRYAGAIN)"),
    ("MOVED 3999 127.0.0.1:6381", "is a node of a cluster"),
    ("ASK 3999 127.0.0.1:6381", "is a node of a cluster"),
    ("CROSSSLOT Keys in request don't hash to the same slot", "is a node of a cluster"),
    ("MISCONF Redis is configured to save RDB snapshots CANARY", "refuses (MISCONF)"),
    ("OOM command not allowed when used memory > 'maxmemory'.", "refuses (OOM)"),
    ("NOREPLICAS Not enough good replicas to write.", "refuses (NOREPLICAS)"),
    ("BUSY Redis is busy running a script.", "refuses (BUSY)"),
    ("NOPERM this user has no permissions CANARY", "does not allow this user"),
    ("NOAUTH Authentication required.", "refuses the user name or password"),
    ("ERR unknown command CANARY", "refuses (ERR)"),
];

#[test]
#[ignore = "needs redis-server"]
fn f48_what_a_failover_says_is_asked_once_more_and_then_reported() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    for (said, reported) in ANSWERS {
        // To every question: nothing is known, nothing is fetched.
        let between = Between::start(redis.port(), move |_, _| Way::Say(format!("-{said}\r\n")));
        let home = shop(&server);
        let done = through(&home, &between.url(), &["token"]).done();
        assert_eq!(done.code, 6, "{said}: {done}");
        assert!(done.stderr.contains(reported), "{said}: {done}");
        assert!(!done.to_string().contains("CANARY"), "its own words are not passed on: {done}");
        assert!(between.connections.load(Ordering::SeqCst) <= 2, "{said}: one connection more");
        assert!(server.calls().is_empty(), "{said}");
    }
    assert_eq!(redis.keys("*"), [""; 0]);
}

#[test]
#[ignore = "needs redis-server"]
fn f48_what_is_stored_serves_if_nothing_can_be_written() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(through(&home, &redis.url(), &["token"]).done().code, 0);
    let writes = |words: &str| words.contains("\r\nSET\r\n") || words.contains("\r\nEVAL\r\n");
    for (said, _) in ANSWERS {
        let between = Between::start(redis.port(), move |words, _| {
            if writes(words) { Way::Say(format!("-{said}\r\n")) } else { Way::Pass }
        });
        let done = through(&home, &between.url(), &["token", "--refresh"]).done();
        assert_eq!(
            (done.code, done.stdout.as_str()),
            (0, "TOKEN-1-of-wx0123456789abcdef\n"),
            "{said}: {done}"
        );
        assert!(done.stderr.starts_with("note: the refresh failed ("), "{said}: {done}");
    }
    assert_eq!(server.counts().0, 1, "what cannot be kept is not fetched");
}

#[test]
#[ignore = "needs redis-server"]
fn f48_one_bad_moment_costs_one_try_and_no_one() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    // At each question of a run in turn: a reset, or a failover that is over at the next question.
    for bad in [None, Some("LOADING Redis is loading"), Some("READONLY You can't write")] {
        for at in 0..8 {
            redis.say(&["FLUSHALL"]);
            let before = server.counts().0;
            let between = Between::start(redis.port(), move |_, n| match bad {
                _ if n != at => Way::Pass,
                None => Way::Cut,
                Some(said) => Way::Say(format!("-{said}\r\n")),
            });
            let home = shop(&server);
            let done = through(&home, &between.url(), &["token"]).done();
            assert!(done.code == 0 && done.stdout.starts_with("TOKEN-"), "{bad:?} at {at}: {done}");
            assert!(between.connections.load(Ordering::SeqCst) <= 2, "{bad:?} at {at}");
            assert_eq!(server.counts().0, before + 1, "{bad:?} at {at}");
            let again = through(&home, &redis.url(), &["token"]).done();
            assert_eq!(again.stdout, done.stdout, "{bad:?} at {at}: it was stored: {done}");
            assert_eq!(redis.keys("*:lock"), [""; 0], "{bad:?} at {at}");
        }
    }
}

/// A value that was fetched is printed, whatever happens to the Redis meanwhile.
#[test]
#[ignore = "needs redis-server"]
fn f48_a_value_that_was_fetched_is_never_lost() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    for (said, reported) in ANSWERS {
        redis.say(&["FLUSHALL"]);
        let between = Between::start(redis.port(), move |words, _| {
            // The script that writes the value names its key.
            if words.contains("}:value\r\n") && words.contains("EVAL") {
                Way::Say(format!("-{said}\r\n"))
            } else {
                Way::Pass
            }
        });
        let home = shop(&server);
        let done = through(&home, &between.url(), &["token"]).done();
        assert!(done.code == 0 && done.stdout.starts_with("TOKEN-"), "{said}: {done}");
        assert!(done.stderr.starts_with("warning: fetched, but not stored: "), "{said}: {done}");
        assert!(done.stderr.contains(reported), "{said}: {done}");
        assert_eq!(done.stderr.lines().count(), 1, "{said}: {done}");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f50_no_changed_value_is_served() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    let token = |home: &Home| through(home, &redis.url(), &["token"]).done();
    assert_eq!(token(&home).code, 0);
    let key = redis.keys("*:value")[0].clone();
    let stored = redis.bytes(&key);
    let other = {
        let other = Home::new();
        other.config(&format!(
            "[profile.x]\nplatform = \"mp\"\nappid = \"wx9\"\nsecret = \"s\"\napi_base = \"{}\"\n",
            server.base()
        ));
        assert_eq!(token(&other).code, 0);
        let key = redis.keys("*:value").into_iter().find(|name| *name != key).expect("its own key");
        redis.bytes(&key)
    };
    let text = String::from_utf8(stored.clone()).expect("text");
    let with_checksum = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut entry: serde_json::Value =
            serde_json::from_str(text.split_once('\n').expect("two lines").1).expect("JSON");
        change(&mut entry);
        let json = entry.to_string();
        format!("wecheck 1 {}\n{json}", hex::encode(Sha256::digest(&json))).into_bytes()
    };
    let mut contents = vec![
        ("empty".to_owned(), Vec::new()),
        ("junk behind".to_owned(), [&stored[..], b"x"].concat()),
        ("1 MiB".to_owned(), vec![b'x'; 1 << 20]),
        ("another app's".to_owned(), other),
        ("version 0".to_owned(), text.replacen("wecheck 1", "wecheck 0", 1).into_bytes()),
        ("version 999".to_owned(), text.replacen("wecheck 1", "wecheck 999", 1).into_bytes()),
        ("of tomorrow".to_owned(), with_checksum(&|entry| entry["issued_at"] = 4_000_000_000_u64.into())),
        ("for ever".to_owned(), with_checksum(&|entry| entry["expires_at"] = u64::MAX.into())),
        ("a list".to_owned(), with_checksum(&|entry| *entry = serde_json::json!([]))),
        ("a literal null".to_owned(), with_checksum(&|entry| entry["value"] = "null".into())),
        ("a bidi value".to_owned(), with_checksum(&|entry| entry["value"] = "a\u{202e}b".into())),
        ("a number for a value".to_owned(), with_checksum(&|entry| entry["value"] = 7.into())),
    ];
    // Every cut and a bit of every byte in full; some in a normal run.
    let step = stored.len() / amount("WECHECK_TEST_SWEEP", 8).min(stored.len());
    for at in (0..stored.len()).step_by(step.max(1)) {
        contents.push((format!("cut at {at}"), stored[..at].to_vec()));
        let mut flipped = stored.clone();
        flipped[at] ^= 1 << (at % 8);
        contents.push((format!("bit at {at}"), flipped));
    }
    for (what, content) in contents {
        redis.set(&key, &content);
        let before = server.counts().0;
        let done = token(&home);
        assert!(done.code == 0 && done.stdout.starts_with("TOKEN-"), "{what}: {done}");
        assert!(done.stderr.starts_with("note: the cached token was corrupt ("), "{what}: {done}");
        assert_eq!(server.counts().0, before + 1, "{what}");
        let again = token(&home);
        assert_eq!((again.stdout, again.stderr.as_str()), (done.stdout, ""), "fixed: {what}");
    }
    assert_eq!(redis.keys("*set-aside*"), ["wecheck:set-aside"], "one is kept at most");
}
