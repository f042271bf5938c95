//! When a fetch is tried again: after how long (F-21), and over which connection (F-22).

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use crate::harness::Home;
use crate::tokens::shop;
use crate::upstream_server::{Call, Server, json, wechat};

#[test]
fn f21_a_retry_after_up_to_5_s_is_kept_to_and_a_longer_one_ends_it() {
    std::thread::scope(|scope| {
        for status in [429, 503, 504] {
            for seconds in [0, 2, 3, 5, 6] {
                scope.spawn(move || asked_to_wait(status, seconds, false));
            }
            // A date says whole seconds: the moment itself may be up to one away.
            for seconds in [4, 9] {
                scope.spawn(move || asked_to_wait(status, seconds, true));
            }
        }
    });
}

#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
fn in_seconds(seconds: u64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(seconds)
}

/// The first answer says when to come back; the second is a good one.
fn asked_to_wait(status: u16, seconds: u64, as_a_date: bool) {
    let times = Arc::new(Mutex::new(Vec::new()));
    let came = Arc::clone(&times);
    let server = Server::start(move |call: &Call| {
        came.lock().expect("no panic").push(Instant::now());
        if call.before > 0 {
            return wechat(call);
        }
        let text = if as_a_date { httpdate::fmt_http_date(in_seconds(seconds)) } else { seconds.to_string() };
        json("").status(status).header("Retry-After", &text)
    });
    let done = shop(&server).run(["token"]).done();
    let times = times.lock().expect("no panic");
    let what = format!("{status}, {seconds} s, as a date {as_a_date}: {done}");
    if seconds > 5 {
        assert_eq!((done.code, times.len()), (4, 1), "{what}");
        let said = [seconds, seconds - 1].iter().any(|seconds| {
            done.stderr.contains(&format!("HTTP {status}, to be asked again in {seconds} s\nhint: "))
        });
        assert!(said, "{what}");
        return;
    }
    assert_eq!((done.code, times.len()), (0, 2), "{what}");
    let pause = times[1] - times[0];
    let least = Duration::from_secs(seconds.saturating_sub(u64::from(as_a_date)).max(1));
    // Above: what starts late on a machine with much to do.
    assert!(pause >= least && pause < Duration::from_secs(seconds + 3), "{pause:?}: {what}");
}

#[test]
fn f21_what_the_client_did_wrong_is_asked_once() {
    std::thread::scope(|scope| {
        for status in [400, 401, 403, 405, 408, 410, 413, 418, 501, 505] {
            scope.spawn(move || {
                let server =
                    Server::start(move |_: &Call| json("").status(status).header("Retry-After", "1"));
                let done = shop(&server).run(["token"]).done();
                assert_eq!((done.code, server.calls().len()), (4, 1), "{status}: {done}");
            });
        }
    });
}

/// How a server ends a connection that it said it would keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Once it has answered: the client can know.
    AtOnce,
    /// When the next request has come, which it does not answer.
    AtTheNext,
    /// In the middle of the answer to the next.
    InTheAnswer,
}

#[test]
fn f22_a_kept_connection_that_has_ended_costs_one_more_try() {
    std::thread::scope(|scope| {
        for ends in [Ends::AtOnce, Ends::AtTheNext, Ends::InTheAnswer] {
            scope.spawn(move || over_a_kept_connection(ends));
        }
    });
}

fn over_a_kept_connection(ends: Ends) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n\
         secret = \"0123456789abcdef0123456789abcdef\"\napi_base = \"http://{}\"\n",
        listener.local_addr().expect("an address")
    ));
    let seen: Arc<Mutex<Vec<(usize, String)>>> = Arc::default();
    let noted = Arc::clone(&seen);
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().filter_map(Result::ok).enumerate() {
            let noted = Arc::clone(&noted);
            std::thread::spawn(move || keeps(stream, n, ends, &noted));
        }
    });
    let began = Instant::now();
    let done = home.run(["ticket"]).done();
    assert_eq!((done.code, done.stdout.as_str()), (0, "TICKET-0123456789\n"), "{ends:?}: {done}");
    // A long pause is announced.
    assert!(ends != Ends::AtOnce || done.stderr.is_empty(), "{done}");
    let seen = seen.lock().expect("no panic");
    let expected: &[(usize, &str)] = match ends {
        Ends::AtOnce => &[(0, "POST /cgi-bin/stable_token"), (1, "GET /cgi-bin/ticket/getticket")],
        // The token is not asked for again, and the same connection is not tried again.
        _ => &[
            (0, "POST /cgi-bin/stable_token"),
            (0, "GET /cgi-bin/ticket/getticket"),
            (1, "GET /cgi-bin/ticket/getticket"),
        ],
    };
    let seen: Vec<(usize, &str)> = seen.iter().map(|(n, asked)| (*n, asked.as_str())).collect();
    assert_eq!(seen, expected, "{ends:?}");
    assert!(began.elapsed() < Duration::from_secs(8), "{ends:?}: {:?}", began.elapsed());
}

fn keeps(mut stream: TcpStream, connection: usize, ends: Ends, seen: &Mutex<Vec<(usize, String)>>) {
    let mut answered = 0;
    while let Some(asked) = request(&mut stream) {
        let token = asked.contains("stable_token");
        seen.lock().expect("no panic").push((connection, asked));
        let body = if token {
            "{\"access_token\":\"TOKEN-0123456789\",\"expires_in\":7200}"
        } else {
            "{\"errcode\":0,\"errmsg\":\"ok\",\"ticket\":\"TICKET-0123456789\",\"expires_in\":7200}"
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let first = connection == 0;
        match ends {
            Ends::AtTheNext if first && answered == 1 => return,
            Ends::InTheAnswer if first && answered == 1 => {
                let _ = stream.write_all(&answer.as_bytes()[..answer.len() - 20]);
                return;
            }
            _ => stream.write_all(answer.as_bytes()).expect("it is there"),
        }
        answered += 1;
        if ends == Ends::AtOnce && first {
            return;
        }
    }
}

/// Method and path of the next request; `None` at the end.
fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).ok()?;
    let line = String::from_utf8_lossy(&bytes).into_owned();
    Some(line.split(['?', ' ']).take(2).collect::<Vec<_>>().join(" "))
}
