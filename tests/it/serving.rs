//! A `wecheck serve` that runs while a test asks it over plain sockets, byte for byte.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Done, Home, Run};

/// A running server, killed with the value.
pub struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
    pub port: u16,
    /// What it said of itself when it began to listen.
    pub listening: Value,
}

/// An answer, head and body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Server {
    /// Starts it on a free port, with these flags besides.
    pub fn start(home: &Home, flags: &[&str]) -> Self {
        Self::start_with(home, flags, |run| run)
    }

    pub fn start_with(home: &Home, flags: &[&str], with: impl FnOnce(Run) -> Run) -> Self {
        let listen: &[&str] = if flags.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
        let args = ["serve", "--json"].iter().chain(listen).chain(flags);
        Self::of(with(home.run(args)).spawn())
    }

    /// One that was started with `--json` and pipes.
    pub fn of(mut child: Child) -> Self {
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let mut stderr = child.stderr.take().expect("stderr is a pipe");
        let mut document = String::new();
        let listening: Value = loop {
            let mut line = String::new();
            if stdout.read_line(&mut line).expect("stdout is text") == 0 {
                let mut said = String::new();
                stderr.read_to_string(&mut said).expect("stderr is text");
                panic!("the server ended at once: {document} {said}");
            }
            document += &line;
            if let Ok(listening) = serde_json::from_str(&document) {
                break listening;
            }
        };
        let url = listening["url"].as_str().expect("a url");
        let port = url.trim_end_matches('/').rsplit(':').next().expect("a port").parse().expect("a number");
        Self { child, stdout, stderr, port, listening }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        stream
    }

    /// Sends these bytes, reads to the end of the answer.
    pub fn raw(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect();
        // It may answer and hang up before everything is sent.
        let _ = stream.write_all(request.as_ref());
        read_answer(&mut stream)
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|header| header.to_ascii_lowercase().starts_with("host:")) {
            let _ = write!(head, "Host: 127.0.0.1:{}\r\n", self.port);
        }
        for header in headers {
            let _ = write!(head, "{header}\r\n");
        }
        if !body.is_empty() {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        self.raw(format!("{head}\r\n{body}"))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &["Content-Type: application/json"], &body.to_string())
    }

    /// Sends a signal by its number.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let killed = std::process::Command::new("kill").args([name, &self.id().to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()), "kill {name}");
    }

    /// Asks it to stop; what it left.
    #[cfg(unix)]
    pub fn stop(self) -> Done {
        self.signal("-TERM");
        self.stop_waiting()
    }

    /// Waits for its end; what it left.
    pub fn stop_waiting(mut self) -> Done {
        let mut done = Done { code: -1, stdout: String::new(), stderr: String::new() };
        self.stderr.read_to_string(&mut done.stderr).expect("stderr is text");
        self.stdout.read_to_string(&mut done.stdout).expect("stdout is text");
        done.code = self.child.wait().expect("it ends").code().unwrap_or(-1);
        done
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads until the server hangs up.
pub fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // A reset after a refused body still leaves what came before it.
    let _ = stream.read_to_end(&mut bytes);
    Answer::of(&bytes)
}

impl Answer {
    /// What was read to its end.
    pub fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n\n{}", self.head, self.body)
    }
}

/// What a process holds in memory, in KiB.
pub fn memory(id: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a Linux process");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// The official example.
pub fn example() -> Value {
    json!({
        "url": "http://mp.weixin.qq.com?params=value",
        "ticket": "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        "nonce": "Wm3WZYTPz0wzccnW",
        "timestamp": 1_414_587_457,
        "signature": "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
    })
}

/// An mp profile whose API is this stand-in, with one trusted domain.
pub fn shop(home: &Home, api_base: &str) {
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"CANARY-SECRET-0123456789\"\n\
         api_base = \"{api_base}\"\ntrusted_domains = [\"m.example.com\"]\njs_api_list = [\"chooseImage\"]\n"
    ));
}
