//! The cache in a real redis-server, started here on a free port, and the Redis of other SDKs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Done, Home, Run, amount};
use crate::tokens::{office, shop, together};
use crate::upstream_server::{Call, Server, json, wechat};

/// A redis-server of one's own.
pub struct Redis {
    process: Child,
    port: u16,
    _home: Home,
}

impl Redis {
    pub fn start(args: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let home = Home::new();
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"])
            .args(args)
            .current_dir(home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is installed: apt-get install redis-server (tests/run does)");
        let redis = Self { process, port, _home: home };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "redis-server starts");
            std::thread::sleep(Duration::from_millis(20));
        }
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Sends a command as words; returns what comes back within a moment, as it is on the wire.
    pub fn say(&self, words: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it is there");
        stream.set_read_timeout(Some(Duration::from_millis(60))).expect("a timeout");
        stream.write_all(&encoded(words)).expect("it is sent");
        let mut answer = Vec::new();
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut chunk) {
            answer.extend_from_slice(&chunk[..length]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What a key holds, byte for byte.
    pub fn bytes(&self, key: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it is there");
        stream.write_all(&encoded(&["GET", key])).expect("it is sent");
        stream.shutdown(std::net::Shutdown::Write).expect("no more is asked");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let at = answer.iter().position(|b| *b == b'\n').expect("its length") + 1;
        answer[at..answer.len() - 2].to_vec()
    }

    /// Sets a key to any bytes.
    pub fn set(&self, key: &str, bytes: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it is there");
        let head = format!("*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n${}\r\n", key.len(), bytes.len());
        stream.write_all(&[head.as_bytes(), bytes, b"\r\n"].concat()).expect("it is sent");
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"+OK\r\n");
    }

    /// The keys that match, in order.
    pub fn keys(&self, pattern: &str) -> Vec<String> {
        let answer = self.say(&["KEYS", pattern]);
        let mut keys: Vec<String> =
            answer.split("\r\n").filter(|line| line.contains(':')).map(str::to_owned).collect();
        keys.sort();
        keys
    }
}

fn encoded(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n{word}\r\n", word.len()).into_bytes());
    }
    bytes
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn through(home: &Home, redis: &str, args: &[&str]) -> Run {
    home.run(args).var("WECHECK_CACHE_URL", redis)
}

#[test]
#[ignore = "needs redis-server"]
fn a_hundred_processes_on_three_hosts_make_one_call_each() {
    let redis = Redis::start(&[]);
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(200)));
    let homes: Vec<Home> = (0..3).map(|_| shop(&server)).collect();
    let done = together((0..100).map(|n| through(&homes[n % 3], &redis.url(), &["ticket"])));
    for one in &done {
        assert_eq!((one.code, &one.stdout), (0, &done[0].stdout), "{one}");
    }
    assert_eq!(server.counts(), (1, 1));
    assert_eq!(server.most_at_once(), 1);
    for home in &homes {
        assert!(!home.path().join(".cache/wecheck").exists(), "no second cache on disk");
    }
    let keys = redis.keys("*");
    assert!(keys.iter().all(|key| key.starts_with("wecheck:")), "{keys:?}");
    assert!(keys.iter().all(|key| !key.ends_with(":lock")), "the leases are given back: {keys:?}");
    for key in keys {
        let ttl = redis.say(&["TTL", &key]);
        let left: i64 = ttl.trim_start_matches(':').trim().parse().expect("a number");
        assert!(left > 0, "every key ends by itself: {key} {left}");
        assert!(!key.ends_with(":value") || left <= 7_200, "a value no later than its own end: {key} {left}");
        assert!(!key.contains("wx0123456789abcdef"), "a key says nothing: {key}");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn failures_are_shared_between_hosts_too() {
    let redis = Redis::start(&[]);
    let server = Server::start(|_: &Call| {
        json("{\"errcode\":45009,\"errmsg\":\"reach max api daily quota limit\"}")
            .after(Duration::from_millis(100))
    });
    let homes: Vec<Home> = (0..2).map(|_| shop(&server)).collect();
    let done = together((0..30).map(|n| through(&homes[n % 2], &redis.url(), &["token"])));
    for one in &done {
        assert_eq!(one.code, 5, "{one}");
        // Under load the wait for the other one is noted.
        let error = |done: &Done| done.stderr[done.stderr.find("error:").expect("an error")..].to_owned();
        assert_eq!(error(one), error(&done[0]));
    }
    assert_eq!(server.counts().0, 1);
}

#[test]
#[ignore = "needs redis-server"]
fn a_redis_that_is_away_is_reported_and_not_done_without() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let done = through(&home, &format!("redis://:CANARY-PASSWORD@127.0.0.1:{port}/0"), &["token"]).done();
    assert_eq!(
        done.to_string().replace(&port.to_string(), "PORT"),
        "exit 6\n----- stderr\n\
        error: the Redis at `redis://127.0.0.1:PORT/0` refuses the connection\n\
        hint: is the Redis there? wecheck cache path\n"
    );
    assert!(server.calls().is_empty());
    assert!(!home.path().join(".cache").exists());
    // One that accepts and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("redis://127.0.0.1:{}/0", silent.local_addr().expect("an address").port());
    let began = Instant::now();
    let done = through(&home, &url, &["token"]).done();
    assert_eq!(done.code, 6, "{done}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(server.calls().is_empty());
}

#[test]
#[ignore = "needs redis-server"]
fn a_wrong_password_and_a_missing_right_are_reported_without_the_password() {
    let redis = Redis::start(&["--requirepass", "CANARY-RIGHT-PASSWORD"]);
    let server = Server::start(wechat);
    let home = shop(&server);
    let at = |userinfo: &str| format!("redis://{userinfo}127.0.0.1:{}/0", redis.port);
    for userinfo in ["", ":CANARY-WRONG@", "nobody:CANARY-WRONG@"] {
        let done = through(&home, &at(userinfo), &["token", "-vv"]).done();
        assert_eq!(done.code, 6, "{done}");
        assert!(done.stderr.contains("refuses the user name or password"), "{done}");
        assert!(!done.to_string().contains("CANARY"), "{done}");
    }
    let done = through(&home, &at(":CANARY-RIGHT-PASSWORD@"), &["token"]).done();
    assert_eq!(done.code, 0, "{done}");
    let shown = through(&home, &at(":CANARY-RIGHT-PASSWORD@"), &["cache", "path"]).done();
    assert_eq!(shown.stdout.replace(&redis.port.to_string(), "PORT"), "redis://127.0.0.1:PORT/0\n");
    // A user that may only read.
    let auth = "CANARY-RIGHT-PASSWORD";
    let mut stream = TcpStream::connect(("127.0.0.1", redis.port)).expect("it is there");
    stream.write_all(&encoded(&["AUTH", auth])).expect("sent");
    stream
        .write_all(&encoded(&["ACL", "SETUSER", "reader", "on", ">CANARY-READER", "~*", "+get", "+ping"]))
        .expect("sent");
    let mut answer = [0; 256];
    let _ = stream.read(&mut answer);
    std::thread::sleep(Duration::from_millis(100));
    through(&home, &at(":CANARY-RIGHT-PASSWORD@"), &["cache", "clear", "--all"]).done();
    let done = through(&home, &at("reader:CANARY-READER@"), &["token"]).done();
    assert_eq!(done.code, 6, "{done}");
    assert!(done.stderr.contains("does not allow this user"), "{done}");
    assert!(!done.to_string().contains("CANARY"), "{done}");
    // The rights that docs/scale.md names are enough for everything.
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scale.md"))
        .expect("docs/scale.md");
    let rule = document.lines().find(|line| line.starts_with("ACL SETUSER wecheck")).expect("a rule");
    let rule = rule.replace("PASSWORD", "CANARY-OWN");
    stream.write_all(&encoded(&rule.split(' ').collect::<Vec<_>>())).expect("sent");
    std::thread::sleep(Duration::from_millis(100));
    for args in [&["ticket"][..], &["ticket", "--refresh"], &["cache", "list"], &["cache", "clear", "--all"]]
    {
        let done = through(&home, &at("wecheck:CANARY-OWN@"), args).done();
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{args:?}: {done}");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f48_a_replica_and_a_full_redis_are_named_as_such() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    redis.say(&["REPLICAOF", "127.0.0.1", "1"]);
    let done = through(&home, &redis.url(), &["token"]).done();
    assert!(done.code == 6 && done.stderr.contains("cannot be written to now (READONLY)"), "{done}");
    redis.say(&["REPLICAOF", "NO", "ONE"]);
    redis.say(&["CONFIG", "SET", "maxmemory", "1"]);
    let done = through(&home, &redis.url(), &["token"]).done();
    assert!(done.code == 6 && done.stderr.contains("refuses (OOM)"), "{done}");
    assert!(server.calls().is_empty());
    let malformed = through(&home, "127.0.0.1:6379/CANARY", &["token"]).done();
    assert!(malformed.code == 3 && !malformed.to_string().contains("CANARY"), "{malformed}");
}

#[test]
#[ignore = "needs redis-server"]
fn a_lost_lease_neither_frees_another_lock_nor_overwrites_a_newer_value() {
    let redis = Redis::start(&[]);
    // The first answer comes late, the second at once.
    let server = Server::start(|call: &Call| {
        let delay = if call.before == 0 { 1_500 } else { 10 };
        wechat(call).after(Duration::from_millis(delay))
    });
    let home = shop(&server);
    let slow = through(&home, &redis.url(), &["token"]).spawn();
    wait_for(|| !server.calls().is_empty());
    // Eviction, or a lease that ran out while its owner was stopped.
    assert_eq!(redis.keys("*:lock").len(), 1);
    redis.say(&["DEL", &redis.keys("*:lock")[0]]);
    let quick = through(&home, &redis.url(), &["token"]).done();
    assert_eq!(quick.stdout, "TOKEN-2-of-wx0123456789abcdef\n", "{quick}");
    // A third one has the lock while the slow one comes back.
    let lock = redis.keys("*:value")[0].replace(":value", ":lock");
    redis.say(&["SET", &lock, "someone-else", "PX", "4000"]);
    let slow = Done::from(slow.wait_with_output().expect("it ends"));
    assert_eq!(slow.stdout, quick.stdout, "the newer value serves: {slow}");
    assert_eq!(through(&home, &redis.url(), &["token"]).done().stdout, quick.stdout, "and it stays");
    assert!(redis.say(&["GET", &lock]).contains("someone-else"), "a foreign lock is never deleted");
    assert_eq!(server.counts().0, 2);
}

#[test]
#[ignore = "needs redis-server"]
fn a_lock_whose_answer_was_lost_does_not_keep_its_own_owner_out() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("redis://{}/0", proxy.local_addr().expect("an address"));
    let port = redis.port;
    std::thread::spawn(move || {
        let lost = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        for client in proxy.incoming().filter_map(Result::ok) {
            let lost = std::sync::Arc::clone(&lost);
            std::thread::spawn(move || pass_on_until_a_lock(client, port, &lost));
        }
    });
    let began = Instant::now();
    let done = through(&home, &url, &["token"]).done();
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{done}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(server.counts().0, 1);
    assert_eq!(redis.keys("*:lock"), [""; 0]);
}

/// Passes questions and answers on, but cuts the connection in place of the first answer to a lock.
fn pass_on_until_a_lock(mut client: TcpStream, port: u16, lost: &std::sync::atomic::AtomicBool) {
    let mut redis = TcpStream::connect(("127.0.0.1", port)).expect("it is there");
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = client.read(&mut chunk) {
        redis.write_all(&chunk[..length]).expect("passed on");
        let locks = chunk[..length].windows(6).any(|word| word == b"\r\nNX\r\n");
        let length = redis.read(&mut chunk).expect("an answer");
        if locks && !lost.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return;
        }
        client.write_all(&chunk[..length]).expect("passed back");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f07_a_signal_gives_the_lease_back() {
    let redis = Redis::start(&[]);
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_secs(8)));
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let home = shop(&server);
        let calls = server.calls().len();
        let holder = through(&home, &redis.url(), &["ticket"]).spawn();
        wait_for(|| server.calls().len() > calls);
        assert_eq!(redis.keys("*:lock").len(), 2, "the ticket's and the token's");
        let began = Instant::now();
        let sent =
            Command::new("kill").args(["-s", signal, &holder.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        let done = Done::from(holder.wait_with_output().expect("it ends"));
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{done}");
        assert!(began.elapsed() < Duration::from_millis(600), "{:?}", began.elapsed());
        assert_eq!(redis.keys("*:lock"), [""; 0], "no one has to wait for what no one does");
    }
}

/// An address of this machine that is not loopback: what is sent there does not leave it either.
fn own_address() -> String {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").expect("a socket");
    // Chooses a way and sends nothing.
    let chosen = socket.connect("203.0.113.1:9").and_then(|()| socket.local_addr());
    // Without any network, the one other name by which Linux knows loopback.
    chosen.map_or("0.0.0.0".to_owned(), |address| address.ip().to_string())
}

#[test]
#[ignore = "needs redis-server"]
fn f51_a_plain_redis_on_another_host_is_warned_of_and_not_asked_offline() {
    let address = own_address();
    let redis = Redis::start(&["--bind", "127.0.0.1", &address, "--requirepass", "CANARY-PASSWORD"]);
    let server = Server::start(wechat);
    let home = shop(&server);
    let url = format!("redis://:CANARY-PASSWORD@{address}:{}/0", redis.port);
    let done = through(&home, &url, &["--offline", "token"]).done();
    assert_eq!(done.code, 4, "{done}");
    assert!(
        done.stderr
            .starts_with(&format!("error: `--offline` forbids to ask the Redis at `redis://{address}:")),
        "{done}"
    );
    let done = through(&home, &url, &["token"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(
        done.stderr,
        format!(
            "warning: the Redis `{address}` is another machine and there is no TLS: tokens cross the network in clear; \
             use rediss://\n"
        )
    );
    let done = through(&home, &url, &["--lang", "zh", "ticket"]).done();
    assert!(done.stderr.starts_with(&format!("警告：Redis `{address}` 不在本机，又没有 TLS：")), "{done}");
    assert!(!done.to_string().contains("CANARY"), "{done}");
    let near = format!("redis://:CANARY-PASSWORD@127.0.0.1:{}/0", redis.port);
    assert_eq!(
        through(&home, &near, &["token", "--refresh"]).done().stderr,
        "",
        "loopback is not the network"
    );
}

#[test]
#[ignore = "needs redis-server"]
fn a_flush_while_many_wait_costs_one_call_more() {
    let redis = Redis::start(&[]);
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(800)));
    let home = shop(&server);
    let runs: Vec<Run> = (0..40).map(|_| through(&home, &redis.url(), &["token"])).collect();
    let children: Vec<Child> = runs.iter().map(Run::spawn).collect();
    wait_for(|| !server.calls().is_empty());
    redis.say(&["FLUSHALL"]);
    for child in children {
        let done = Done::from(child.wait_with_output().expect("it ends"));
        assert_eq!(done.code, 0, "{done}");
    }
    assert!(server.counts().0 <= 2, "{}", server.counts().0);
}

fn lease_left(redis: &Redis) -> u64 {
    let left = redis.say(&["PTTL", &redis.keys("*:lock")[0]]);
    left.trim_start_matches(':').trim().parse().expect("a number")
}

#[test]
#[ignore = "needs redis-server"]
fn f46_a_short_lease_is_renewed_while_its_holder_lives() {
    let redis = Redis::start(&[]);
    // Longer than the lease.
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(7_500)));
    let home = shop(&server);
    let running = through(&home, &redis.url(), &["token"]).spawn();
    wait_for(|| !server.calls().is_empty());
    assert!(lease_left(&redis) <= 5_000, "short, so that a kill costs little");
    std::thread::sleep(Duration::from_secs(6));
    assert!(lease_left(&redis) > 1_000, "renewed");
    let done = Done::from(running.wait_with_output().expect("it ends"));
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.lines().count()),
        (0, "TOKEN-1-of-wx0123456789abcdef\n", 1),
        "{done}"
    );
    assert_eq!(redis.keys("*:lock"), [""; 0]);
}

#[test]
#[ignore = "needs redis-server"]
fn f46_waiters_are_served_after_the_holder_was_killed() {
    let redis = Redis::start(&[]);
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 9_000 } else { 200 }))
    });
    let homes: Vec<Home> = (0..3).map(|_| shop(&server)).collect();
    let mut holder = through(&homes[0], &redis.url(), &["token"]).spawn();
    wait_for(|| !server.calls().is_empty());
    let waiting: Vec<Child> =
        (0..30).map(|n| through(&homes[n % 3], &redis.url(), &["token"]).spawn()).collect();
    std::thread::sleep(Duration::from_millis(500));
    holder.kill().expect("it is killed");
    holder.wait().expect("it ends");
    let killed = Instant::now();
    for child in waiting {
        let done = Done::from(child.wait_with_output().expect("it ends"));
        assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-2-of-wx0123456789abcdef\n"), "{done}");
    }
    assert!(killed.elapsed() < Duration::from_secs(12), "{:?}", killed.elapsed());
    assert_eq!(server.counts().0, 2);
}

/// Kills at random moments: all who were not killed are served within their own time.
#[test]
#[ignore = "needs redis-server"]
fn f10_waiters_are_served_when_any_is_killed() {
    let redis = Redis::start(&[]);
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(150)));
    let homes: Vec<Home> = (0..3).map(|_| shop(&server)).collect();
    let mut seed = amount("WECHECK_TEST_SEED", 0x9e37_79b9) as u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    // Three kills a round.
    for round in 0..amount("WECHECK_TEST_KILLS", 12) / 3 {
        redis.say(&["FLUSHALL"]);
        let mut running: Vec<Child> =
            (0..12).map(|n| through(&homes[n % 3], &redis.url(), &["ticket"]).spawn()).collect();
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(random(200)));
            let at = usize::try_from(random(running.len() as u64)).expect("it fits");
            let mut child = running.swap_remove(at);
            child.kill().expect("it is killed");
            child.wait().expect("it ends");
        }
        let killed = Instant::now();
        for child in running {
            let done = Done::from(child.wait_with_output().expect("it ends"));
            assert!(done.code == 0 && done.stdout.starts_with("TICKET-jsapi-"), "round {round}: {done}");
        }
        // One that was killed while it only looked again leaves a lock that no one needs. It ends by
        // itself, and was taken before the last kill.
        for lock in redis.keys("*:lock") {
            let since = i64::try_from(killed.elapsed().as_millis()).expect("it fits");
            let left: i64 = redis.say(&["PTTL", &lock])[1..].trim().parse().expect("a number");
            assert!(
                left == -2 || (left >= 0 && left + since <= 5_000),
                "round {round}: {lock}: {left} ms left {since} ms after the last kill"
            );
        }
    }
    assert_eq!(server.most_at_once(), 1);
}

#[test]
#[ignore = "needs redis-server"]
fn a_key_of_another_type_is_corrupt_and_bars_no_one() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(through(&home, &redis.url(), &["token"]).done().code, 0);
    let value = redis.keys("*:value")[0].clone();
    for part in ["value", "failure", "forced", "history"] {
        let key = value.replace(":value", &format!(":{part}"));
        redis.say(&["DEL", &key]);
        redis.say(&["LPUSH", &key, "x"]);
    }
    let list = through(&home, &redis.url(), &["cache", "list"]).done();
    assert_eq!(list.code, 0, "{list}");
    let done = through(&home, &redis.url(), &["token"]).done();
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-2-of-wx0123456789abcdef\n"), "{done}");
    assert!(done.stderr.starts_with("note: the cached token was corrupt"), "{done}");
    redis.say(&["DEL", &value]);
    redis.say(&["HSET", &value, "a", "b"]);
    assert_eq!(through(&home, &redis.url(), &["cache", "clear", "--all"]).done().code, 0);
    assert_eq!(redis.keys("*:value"), [""; 0]);
    // A lock that no run of ours has made: without an end, and of another type.
    let lock = value.replace(":value", ":lock");
    for made in [&["SET", &lock, "someone"][..], &["LPUSH", &lock, "x"]] {
        redis.say(made);
        let began = Instant::now();
        let done = through(&home, &redis.url(), &["token", "--refresh"]).done();
        assert_eq!(done.code, 0, "{done}");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        redis.say(&["DEL", &value.replace(":value", ":forced")]);
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f48_a_replica_that_cannot_be_written_to_still_serves_what_is_stored() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(through(&home, &redis.url(), &["token"]).done().code, 0);
    redis.say(&["REPLICAOF", "127.0.0.1", "1"]);
    let done = through(&home, &redis.url(), &["token", "--refresh"]).done();
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-1-of-wx0123456789abcdef\n"), "{done}");
    assert!(done.stderr.contains("cannot be written to now (READONLY)"), "{done}");
    assert_eq!(server.counts().0, 1);
}

#[test]
#[ignore = "needs redis-server"]
fn f43_a_slow_redis_keeps_no_command_longer_than_its_limit() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("redis://{}/0", proxy.local_addr().expect("an address"));
    let port = redis.port;
    std::thread::spawn(move || {
        for client in proxy.incoming().filter_map(Result::ok) {
            std::thread::spawn(move || pass_on_slowly(client, port));
        }
    });
    let home = shop(&server);
    let began = Instant::now();
    let done = through(&home, &url, &["ticket"]).done();
    assert!(began.elapsed() < Duration::from_secs(16), "{:?}: {done}", began.elapsed());
    assert!(done.code == 0 || done.code == 6, "{done}");
}

/// Each answer comes 800 ms late: within the limit of one command.
fn pass_on_slowly(mut client: TcpStream, port: u16) {
    let mut redis = TcpStream::connect(("127.0.0.1", port)).expect("it is there");
    let mut chunk = vec![0; 65_536];
    while let Ok(length @ 1..) = client.read(&mut chunk) {
        redis.write_all(&chunk[..length]).expect("passed on");
        let length = redis.read(&mut chunk).expect("an answer");
        std::thread::sleep(Duration::from_millis(800));
        if client.write_all(&chunk[..length]).is_err() {
            return;
        }
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f50_an_entry_with_a_fitting_checksum_is_still_checked() {
    use sha2::{Digest, Sha256};
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(through(&home, &redis.url(), &["token"]).done().code, 0);
    let key = redis.keys("*:value")[0].clone();
    let stored = redis.say(&["GET", &key]);
    let json = &stored[stored.find('{').expect("an object")..=stored.rfind('}').expect("its end")];
    for (n, value) in ["", "\\u001b]8;;x", "undefined"].into_iter().enumerate() {
        let before = format!("TOKEN-{}-of-wx0123456789abcdef", 1);
        let forged = json.replace(&before, value);
        let entry = format!("wecheck 1 {}\n{forged}", hex::encode(Sha256::digest(&forged)));
        redis.say(&["SET", &key, &entry]);
        let done = through(&home, &redis.url(), &["token"]).done();
        assert_eq!(done.stdout, format!("TOKEN-{}-of-wx0123456789abcdef\n", n + 2), "{value:?}: {done}");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn an_encrypted_password_does_not_follow_in_clear() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    let address = own_address();
    // A listener that writes down what it is sent.
    let listener = TcpListener::bind((address.as_str(), 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (sent, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap_or(0);
            let _ = sent.send(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
    });
    let own = format!("rediss://:CANARY-PASSWORD@{address}:{port}/0");
    let done = home
        .run(["cache", "import", "--from", "wxjava", "--redis", &format!("redis://{address}:{port}/0")])
        .var("WECHECK_CACHE_URL", &own)
        .done();
    assert_ne!(done.code, 0, "{done}");
    let heard: Vec<String> = heard.try_iter().collect();
    assert!(!heard.is_empty() && heard.iter().all(|text| !text.contains("CANARY")), "{heard:?}");
    drop(redis);
}

#[test]
#[ignore = "needs redis-server"]
fn a_value_in_redis_that_is_none_is_set_aside() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(through(&home, &redis.url(), &["token"]).done().code, 0);
    let key = redis.keys("*:value")[0].clone();
    redis.say(&["SET", &key, "wecheck 2 of another version\n{}"]);
    let done = through(&home, &redis.url(), &["token"]).done();
    assert_eq!(done.stdout, "TOKEN-2-of-wx0123456789abcdef\n");
    assert!(done.stderr.starts_with("note: the cached token was corrupt"), "{done}");
    assert_eq!(redis.keys("*set-aside*"), ["wecheck:set-aside"]);
}

#[test]
#[ignore = "needs redis-server"]
fn list_and_clear_work_through_redis() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(through(&home, &redis.url(), &["ticket"]).done().code, 0);
    let list = through(&home, &redis.url(), &["cache", "list", "--json"]).done().json();
    assert_eq!(list["backend"], "redis");
    let kinds: Vec<&str> =
        list["entries"].as_array().expect("a list").iter().filter_map(|e| e["kind"].as_str()).collect();
    assert_eq!(kinds, ["token", "jsapi"]);
    let cleared = through(&home, &redis.url(), &["cache", "clear", "--json"]).done().json();
    assert_eq!(cleared["cleared"], 2);
    assert_eq!(redis.keys("*"), [""; 0]);
}

#[test]
#[ignore = "needs redis-server"]
fn what_an_sdk_in_production_holds_is_taken_over_and_left_as_it_is() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let (id, secret) = ("wx0123456789abcdef", "0123456789abcdef0123456789abcdef");
    let easywechat = format!("official_account.access_token.{id}.{secret}.1");
    let powerwechat = powerwechat_key(id, secret).expect("md5sum is there");
    let cases: [(&str, &str, &str, &str, &str); 5] = [
        (
            "wxjava",
            &format!("wx:access_token:{id}"),
            "PROD-TOKEN-1",
            &format!("wx:ticket:key:{id}:jsapi"),
            "PROD-TICKET-1",
        ),
        (
            "wechatpy",
            &format!("wechatpy:{id}_access_token"),
            "\"PROD-TOKEN-2\"",
            &format!("wechatpy:{id}_jsapi_ticket"),
            "\"PROD-TICKET-2\"",
        ),
        (
            "silenceper",
            &format!("gowechat_officialaccount__access_token_{id}"),
            "PROD-TOKEN-3",
            &format!("gowechat_officialaccount__jsapi_ticket_{id}"),
            "PROD-TICKET-3",
        ),
        (
            "easywechat",
            &easywechat,
            "s:12:\"PROD-TOKEN-4\";",
            &format!("official_account.jsapi_ticket.{id}"),
            "s:13:\"PROD-TICKET-4\";",
        ),
        (
            "powerwechat",
            &powerwechat,
            "{\"access_token\":\"PROD-TOKEN-5\",\"expires_in\":7200}",
            &format!("powerwechat.basic_service.jssdk.ticket.jsapi.{id}"),
            "{\"ticket\":\"PROD-TICKET-5\",\"expires_in\":7200}",
        ),
    ];
    for (number, (sdk, token_key, token, ticket_key, ticket)) in cases.into_iter().enumerate() {
        redis.say(&["FLUSHALL"]);
        redis.say(&["SET", token_key, token, "EX", "5000"]);
        redis.say(&["SET", ticket_key, ticket, "EX", "6000"]);
        let home = shop(&server);
        let done =
            home.run(["cache", "import", "--from", sdk, "--redis", &redis.url(), "--json", "-vv"]).done();
        assert_eq!(done.code, 0, "{sdk}: {done}");
        assert!(!done.to_string().contains(secret) && !done.to_string().contains("PROD-"), "{done}");
        let n = number + 1;
        assert_eq!(home.run(["token"]).done().stdout, format!("PROD-TOKEN-{n}\n"), "{sdk}");
        let shown = home.run(["ticket", "--json"]).done().json();
        assert_eq!(shown["ticket"], format!("PROD-TICKET-{n}"), "{sdk}");
        assert!((5_990..=6_000).contains(&shown["expires_in"].as_u64().expect("a number")), "{sdk}: {shown}");
        let keys = redis.keys("*");
        assert_eq!(
            keys.len(),
            2 - usize::from(!token_key.contains(':')) - usize::from(!ticket_key.contains(':')),
            "nothing is written there: {keys:?}"
        );
    }
    assert!(server.calls().is_empty(), "and nothing is fetched");
}

/// The key by PowerWeChat's own rule, computed by another program than ours.
fn powerwechat_key(id: &str, secret: &str) -> Option<String> {
    let mut child = Command::new("md5sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(format!("{id}{secret}").as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let digest = String::from_utf8(output.stdout).ok()?;
    Some(format!("powerwechat.access_token.{}", digest.split(' ').next()?))
}

#[test]
#[ignore = "needs redis-server"]
fn a_key_that_two_agents_share_is_not_believed() {
    let redis = Redis::start(&[]);
    let server = Server::start(wechat);
    let home = office(&server);
    redis.say(&["SET", "gowechat_work__access_token_ww0123456789abcdef", "WHOSE-TOKEN", "EX", "5000"]);
    redis.say(&["SET", "gowechat_work__corp_jsapi_ticket_ww0123456789abcdef", "CORP-TICKET", "EX", "5000"]);
    let done = home.run(["cache", "import", "--from", "silenceper", "--redis", &redis.url()]).done();
    insta::assert_snapshot!(done, @r"
    exit 0
    ----- stdout
    jsapi: imported, 5000 s left
    token: not imported: this SDK's key does not name the agent, so it may be another one's
    agent: not in that Redis
    ");
    assert_eq!(home.run(["ticket"]).done().stdout, "CORP-TICKET\n");
    assert_eq!(home.run(["token"]).done().stdout, "TOKEN-1-of-ww0123456789abcdef\n");
}

#[test]
#[ignore = "needs redis-server"]
fn a_password_in_the_flag_is_refused_and_not_repeated() {
    let redis = Redis::start(&["--requirepass", "CANARY-PASSWORD"]);
    let server = Server::start(wechat);
    let home = shop(&server);
    let with = format!("redis://:CANARY-PASSWORD@127.0.0.1:{}/0", redis.port);
    for flag in
        [with.as_str(), "redis://u:CANARY-PASSWORD@h", "unix:///s?pass=CANARY-PASSWORD", ":CANARY-PASSWORD@h"]
    {
        let done = home.run(["cache", "import", "--from", "wxjava", "--redis", flag]).done();
        assert_eq!(done.code, 2, "{done}");
        assert!(!done.to_string().contains("CANARY"), "{done}");
    }
    let import = || home.run(["cache", "import", "--from", "wxjava", "--redis", &redis.url()]);
    assert_eq!(import().done().code, 6, "the server wants a password");
    let done = import().var("REDISCLI_AUTH", "CANARY-PASSWORD").done();
    assert_eq!(done.code, 1, "{done}");
    assert!(done.stdout.starts_with("token: not in that Redis\n"), "{done}");
    let own = import().var("WECHECK_CACHE_URL", &with).done();
    assert_eq!(own.code, 1, "the cache's own url knows the password of that host: {own}");
}

pub fn wait_for(done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(10), "it happens");
        std::thread::sleep(Duration::from_millis(10));
    }
}
