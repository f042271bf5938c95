//! The connections of `serve`: slow ones, a thousand at once, and how it ends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::Home;
use crate::serving::{Server, example, memory, read_answer};

#[test]
fn a_slow_head_is_cut_off_and_a_slow_body_too() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let start = Instant::now();
    // One byte a second, one that says nothing at all, and one that never sends its body.
    let mut slow = server.connect();
    let mut silent = server.connect();
    let mut bodiless = server.connect();
    write!(bodiless, "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n")
        .expect("the head is sent");
    let mut dripping = slow.try_clone().expect("a clone");
    let drip = std::thread::spawn(move || {
        for byte in b"GET /healthz HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaa" {
            if dripping.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    for stream in [&mut slow, &mut silent] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        let elapsed = start.elapsed();
        assert!((8..16).contains(&elapsed.as_secs()), "{elapsed:?}");
    }
    let answer = read_answer(&mut bodiless);
    assert_eq!(answer.status, 408, "{answer:?}");
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    drip.join().expect("the drip ends");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_thousand_connections_keep_no_one_out_and_memory_is_bounded() {
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let before = memory(server.id());
    // Those that ask are all answered.
    let mut streams: Vec<TcpStream> = (0..1_000)
        .map(|_| {
            let mut stream = server.connect();
            stream
                .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .expect("a request is sent");
            stream
        })
        .collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        let answer = read_answer(stream);
        assert_eq!(answer.status, 200, "{number}: {answer:?}");
    }
    // Those that say nothing, or half a line, do not keep out one that asks.
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], server.port));
    let silent: Vec<TcpStream> = (0..1_000)
        .filter_map(|number| {
            let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(100)).ok()?;
            if number % 2 == 0 {
                let _ = stream.write_all(b"GET / HT");
            }
            Some(stream)
        })
        .collect();
    assert!(silent.len() > 100, "only {} came in", silent.len());
    let start = Instant::now();
    assert_eq!(server.get("/healthz").status, 200);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    let grown = memory(server.id()).saturating_sub(before);
    assert!(grown < 16 * 1024, "it grew by {grown} KiB");
    drop(silent);
    let open = |text: &str| -> Option<usize> {
        text.lines().find_map(|line| line.strip_prefix("wecheck_connections ")?.parse().ok())
    };
    assert!(open(&server.get("/metrics").body).is_some_and(|open| (1..=64).contains(&open)));
}

#[test]
fn it_ends_with_0_on_a_signal_and_answers_what_it_had_begun() {
    for signal in ["-TERM", "-INT"] {
        let home = Home::new();
        let server = Server::start(&home, &[]);
        let body = example().to_string();
        let mut begun = server.connect();
        write!(
            begun,
            "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{}",
            body.len(),
            &body[..20]
        )
        .expect("half a request is sent");
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        server.signal(signal);
        std::thread::sleep(Duration::from_millis(200));
        begun.write_all(&body.as_bytes()[20..]).expect("the rest is sent");
        let answer = read_answer(&mut begun);
        assert_eq!(answer.status, 200, "{signal}: {answer:?}");
        assert!(TcpStream::connect(("127.0.0.1", server.port)).is_err(), "it still listens");
        let done = server.stop_waiting();
        assert_eq!(done.code, 0, "{signal}: {done}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}

#[test]
fn the_second_signal_waits_for_no_one() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130)] {
        let home = Home::new();
        let server = Server::start(&home, &[]);
        let mut begun = server.connect();
        let head = "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        write!(begun, "{head}Content-Length: 9\r\n\r\n{{").expect("half a request is sent");
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        server.signal(signal);
        std::thread::sleep(Duration::from_millis(200));
        server.signal(signal);
        let done = server.stop_waiting();
        assert_eq!(done.code, code, "{signal}: {done}");
        assert!(start.elapsed() < Duration::from_secs(2), "{signal}: {:?}", start.elapsed());
    }
}

#[test]
fn a_wide_open_address_is_warned_of() {
    let home = Home::new();
    let server = Server::start(&home, &["--listen", "0.0.0.0:0"]);
    // Any address of this machine may stand in Host then, but still no name.
    assert_eq!(server.ask("GET", "/healthz", &["Host: 192.168.1.7:1"], "").status, 200);
    assert_eq!(server.ask("GET", "/healthz", &["Host: evil.com"], "").status, 403);
    let done = server.stop();
    assert!(done.stderr.starts_with("warning: listening on 0.0.0.0:"), "{done}");
}
