//! A crowd at `serve` (F-63): clients that trickle and clients that say nothing keep no honest one
//! waiting, ten thousand connections neither.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::harness::{Home, amount};
use crate::serving::{Server, memory};

/// Half a head and half a body: what a client sends that will never be done.
const NEVER_DONE: [&str; 2] = [
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
     Content-Length: 100000\r\n\r\n{",
];

/// What an honest client asks, and a piece of its answer.
const ASKED: [(&str, &str); 3] = [
    ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n", ""),
    (
        "POST /api/errcode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
        "{\"what\":\"40164\"}",
    ),
    (
        "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
        "{\"url\":\"https://m.example.com/\",\"ticket\":\"t1234567\",\"nonce\":\"abcdefgh\",\
         \"timestamp\":\"1700000000\"}",
    ),
];

fn connected(address: SocketAddr, over: &AtomicBool) -> Option<TcpStream> {
    while !over.load(Ordering::Relaxed) {
        if let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(5)) {
            let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
            return Some(stream);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// Comes back each time that it is asked to leave, for as long as it lasts.
fn occupies(address: SocketAddr, trickled: Option<&str>, over: &AtomicBool) {
    while let Some(mut stream) = connected(address, over) {
        let mut alive = trickled.is_none_or(|start| stream.write_all(start.as_bytes()).is_ok());
        let mut byte = [0];
        while alive && !over.load(Ordering::Relaxed) {
            alive = match stream.read(&mut byte) {
                Ok(_) => false,
                Err(error) => {
                    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
                }
            };
            alive = alive && (trickled.is_none() || stream.write_all(b"a").is_ok());
        }
    }
}

/// One question from the first attempt to connect to the whole answer, however often it has to come
/// back for it.
fn honestly(address: SocketAddr, question: &str) -> Duration {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(30)) else { continue };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
        let mut answer = Vec::new();
        let sent = stream.write_all(question.as_bytes());
        if sent.and_then(|()| stream.read_to_end(&mut answer)).is_ok() && answer.starts_with(b"HTTP/1.1 200 ")
        {
            break;
        }
    }
    began.elapsed()
}

#[test]
fn f63_trickling_and_idle_clients_keep_no_honest_one_waiting() {
    let seconds = amount("WECHECK_TEST_CROWD_SECONDS", 5);
    let clients = amount("WECHECK_TEST_CROWD", 60);
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    let over = AtomicBool::new(false);
    let answered = AtomicUsize::new(0);
    let mut took: Vec<Duration> = std::thread::scope(|scope| {
        for n in 0..clients {
            let over = &over;
            scope.spawn(move || occupies(address, Some(NEVER_DONE[n % 2]), over));
            scope.spawn(move || occupies(address, None, over));
        }
        std::thread::sleep(Duration::from_millis(500));
        let honest: Vec<_> = (0..clients)
            .map(|n| {
                let (over, answered) = (&over, &answered);
                scope.spawn(move || {
                    let (head, body) = ASKED[n % ASKED.len()];
                    let length = body.len();
                    let question =
                        format!("{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                    // They come one after another in their first second, as people do.
                    std::thread::sleep(Duration::from_millis(1_000 * n as u64 / clients as u64));
                    let mut took = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        took.push(honestly(address, &question));
                        answered.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_secs(1));
                    }
                    took
                })
            })
            .collect();
        std::thread::sleep(Duration::from_secs(seconds as u64));
        over.store(true, Ordering::Relaxed);
        honest.into_iter().flat_map(|client| client.join().expect("no panic")).collect()
    });
    took.sort_unstable();
    let (count, slowest) = (took.len(), *took.last().expect("some were answered"));
    let figures = format!("{count} answers, middle {:?}, slowest {slowest:?}", took[count / 2]);
    #[expect(clippy::print_stdout, reason = "shown with --nocapture")]
    let () = println!("{clients} of each for {seconds} s: {figures}");
    assert!(count >= clients * seconds.div_ceil(3), "{figures}");
    assert!(slowest < Duration::from_secs(2), "{figures}");
}

#[test]
fn f63_very_many_connections_bound_memory_and_keep_no_one_out() {
    let connections = amount("WECHECK_TEST_CONNECTIONS", 1_000);
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let before = memory(server.id());
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    let came = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for lane in 0..20 {
            let came = &came;
            scope.spawn(move || {
                let mut held = std::collections::VecDeque::new();
                for n in (lane..connections).step_by(20) {
                    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(10)) else {
                        continue;
                    };
                    came.fetch_add(1, Ordering::Relaxed);
                    let said: &[u8] = match n % 4 {
                        0 => b"",
                        1 => b"GET / HT",
                        2 => NEVER_DONE[0].as_bytes(),
                        _ => b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    };
                    let _ = stream.write_all(said);
                    held.push_back(stream);
                    // A process may hold only so many itself.
                    if held.len() > 40 {
                        held.pop_front();
                    }
                }
            });
        }
        while came.load(Ordering::Relaxed) < connections / 2 {
            let took =
                honestly(address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assert!(took < Duration::from_secs(4), "{took:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert!(came.load(Ordering::Relaxed) >= connections * 9 / 10, "{came:?} came in");
    let grown = memory(server.id()).saturating_sub(before);
    assert!(grown < 16 * 1024, "it grew by {grown} KiB");
    let metrics = server.get("/metrics").body;
    let open =
        metrics.lines().find_map(|line| line.strip_prefix("wecheck_connections ")?.parse::<usize>().ok());
    assert!(open.is_some_and(|open| (1..=64).contains(&open)), "{metrics}");
    assert_eq!(server.stop().code, 0);
}
