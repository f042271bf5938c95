//! What `serve` refuses before the body has come: a client that is still sending gets the whole answer,
//! and one that never ends is cut.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::{Home, amount};
use crate::serving::{Answer, Server, read_answer};

const MIB: usize = 1024 * 1024;

/// How a client says where its body ends.
#[derive(Clone, Copy, Debug)]
enum Way {
    Length,
    /// Waits for leave to send, and sends without it in the end, as curl does.
    Expect,
    Chunked,
}

/// Sends all of a body and only then reads: the answer, and whether the connection ended as it should.
fn sent_then_read(server: &Server, head: &str, way: Way, body: &[u8]) -> Result<Answer, std::io::Error> {
    let mut stream = server.connect();
    let length = format!("Content-Length: {}\r\n", body.len());
    let ending = match way {
        Way::Length => length,
        Way::Expect => length + "Expect: 100-continue\r\n",
        Way::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
    };
    stream.write_all(format!("{head}{ending}\r\n").as_bytes())?;
    match way {
        Way::Length => stream.write_all(body)?,
        Way::Expect => {
            std::thread::sleep(Duration::from_millis(20));
            stream.write_all(body)?;
        }
        Way::Chunked => {
            for part in body.chunks(64 * 1024) {
                stream.write_all(format!("{:x}\r\n", part.len()).as_bytes())?;
                stream.write_all(part)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")?;
        }
    }
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(Answer::of(&bytes))
}

/// Of `times` clients each has to get the whole document.
fn all_are_answered(server: &Server, head: &str, status: u16, way: Way, times: usize, body: &[u8]) {
    let mut faults = Vec::new();
    for turn in 0..times {
        let size = (2 + 2 * (turn % 10)) * MIB;
        match sent_then_read(server, head, way, &body[..size]) {
            Ok(answer) if answer.status == status => {
                let length = answer.header("content-length").expect("a length");
                assert_eq!(length, answer.body.len().to_string(), "{answer:?}");
                assert!(answer.json()["error"]["message"].is_string(), "{answer:?}");
                // It says that no other request is read here.
                assert_eq!(answer.header("connection"), Some("close"), "{answer:?}");
            }
            Ok(answer) => faults.push(format!("{size}: {answer:?}")),
            Err(error) => faults.push(format!("{size}: {error}")),
        }
    }
    let (count, first) = (faults.len(), faults.first());
    assert!(faults.is_empty(), "{count} of {times} were not answered, {way:?} {head}: {first:?}");
}

const TOO_LARGE: &str = "POST /api/errcode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

#[test]
fn who_sends_too_much_and_only_then_reads_is_answered() {
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let body = vec![b' '; 20 * MIB];
    let times = amount("WECHECK_TEST_REFUSALS", 20);
    for way in [Way::Length, Way::Expect, Way::Chunked] {
        all_are_answered(&server, TOO_LARGE, 413, way, times, &body);
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn every_early_refusal_reaches_who_still_sends() {
    let home = Home::new();
    let server = Server::start_with(&home, &["--share", "--quiet"], |run| {
        run.var("WECHECK_SHARE_KEY", "0123456789abcdef")
    });
    let body = vec![b' '; 20 * MIB];
    for (asked, status) in [
        ("POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n", 415),
        ("POST /api/verify HTTP/1.1\r\nX-No: host\r\n", 400),
        ("POST /api/verify HTTP/1.1\r\nHost: evil.com\r\n", 403),
        ("POST /api/verify HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.com\r\n", 403),
        ("GET /token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n", 401),
        ("POST /nowhere HTTP/1.1\r\nHost: localhost\r\n", 404),
        ("POST /sign HTTP/1.1\r\nHost: localhost\r\n", 405),
        ("GET /sign?url=http://localhost/ HTTP/1.1\r\nHost: localhost\r\n", 503),
    ] {
        for way in [Way::Length, Way::Chunked] {
            all_are_answered(&server, asked, status, way, 2, &body);
        }
    }
}

/// A head is refused by the protocol's own layer, which knows no document.
#[test]
fn a_refused_head_is_answered_to_who_still_sends() {
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let head = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(4 * MIB));
    for _ in 0..10 {
        let mut stream = server.connect();
        stream.write_all(head.as_bytes()).expect("all of it is sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("no reset");
        assert_eq!(Answer::of(&bytes).status, 431);
    }
}

/// Sends on after a refusal, until it cannot: how long that was.
fn sends_for_ever(stream: &mut TcpStream, part: &[u8], pause: Duration) -> Duration {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) && stream.write_all(part).is_ok() {
        std::thread::sleep(pause);
    }
    start.elapsed()
}

#[test]
fn who_sends_for_ever_is_cut() {
    let home = Home::new();
    let server = Server::start(&home, &["--quiet"]);
    let head = format!("{TOO_LARGE}Content-Length: 1000000000000\r\n\r\n");
    for (part, pause) in [(vec![b' '; MIB], 0), (vec![b' '; 1], 20)] {
        let mut stream = server.connect();
        stream.write_all(head.as_bytes()).expect("the head is sent");
        let took = sends_for_ever(&mut stream, &part, Duration::from_millis(pause));
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
    // As many at once as there are seats, and more: no one waits for them.
    std::thread::scope(|scope| {
        for _ in 0..80 {
            scope.spawn(|| {
                let mut stream = server.connect();
                let _ = stream.write_all(head.as_bytes());
                sends_for_ever(&mut stream, b" ", Duration::from_millis(20))
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        for _ in 0..5 {
            let start = Instant::now();
            assert_eq!(server.get("/healthz").status, 200);
            assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        }
    });
    // One that is waited for keeps the server no longer than any other request.
    let mut last = server.connect();
    last.write_all(head.as_bytes()).expect("the head is sent");
    assert_eq!(read_answer(&mut last).status, 413);
    let start = Instant::now();
    let done = server.stop();
    assert_eq!(done.code, 0, "{done}");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
