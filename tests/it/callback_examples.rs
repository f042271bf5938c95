//! The receivers of `examples/callback`: each passes `probe` for every kind, in its own language.

use std::ffi::OsStr;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Home, wecheck};

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const ID: &str = "ww0123456789abcdef";
const KINDS: &[&str] = &["mp", "mp-encrypted", "work", "suite-command", "suite-data", "component", "bot"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/callback")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Runs a receiver and probes it as every kind.
fn passes<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: &[A], port: u16, kinds: &[&str]) {
    let shown = program.as_ref().to_string_lossy().into_owned();
    let mut child = Command::new(program)
        .args(args)
        .env("PORT", port.to_string())
        .env("WECHECK_CALLBACK_TOKEN", TOKEN)
        .env("WECHECK_ENCODING_AES_KEY", KEY)
        .env("WECHECK_APPID", ID)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{shown} does not start: {error}"));
    let until = Instant::now() + Duration::from_mins(1);
    while TcpStream::connect(("127.0.0.1", port)).is_err() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    let url = format!("http://127.0.0.1:{port}/wx");
    let results: Vec<(String, bool)> = kinds
        .iter()
        .map(|kind| {
            let args = ["callback", "probe", &url, "--kind", kind, "--receive-id", ID, "--json"];
            let done = wecheck(args)
                .var("WECHECK_CALLBACK_TOKEN", TOKEN)
                .var("WECHECK_ENCODING_AES_KEY", KEY)
                .done();
            let warned = done.stdout.contains("\"status\": \"warn\"");
            (format!("{kind}: {done}"), done.code == 0 && !warned)
        })
        .collect();
    let _ = child.kill();
    let _ = child.wait();
    for (what, passed) in results {
        assert!(passed, "{shown} {what}");
    }
}

#[test]
#[ignore = "needs node"]
fn the_example_in_node_passes() {
    passes("node", &[folder().join("receiver.mjs")], free_port(), KINDS);
}

#[test]
#[ignore = "needs python3"]
fn the_example_in_python_passes() {
    // Its own modules have no AES; the encrypted kinds need the library `cryptography`, which
    // `tests/run` installs.
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callback/venv/bin/python");
    passes(own, &[folder().join("receiver.py")], free_port(), KINDS);
}

#[test]
#[ignore = "needs java"]
fn the_example_in_java_passes() {
    passes("java", &[folder().join("Receiver.java")], free_port(), KINDS);
}

#[test]
#[ignore = "needs php"]
fn the_example_in_php_passes() {
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let file = folder().join("receiver.php");
    passes("php", &[OsStr::new("-S"), OsStr::new(&address), file.as_os_str()], port, KINDS);
}

#[test]
#[ignore = "needs go"]
fn the_example_in_go_passes() {
    // `go run` would leave its child behind.
    let home = Home::new();
    let program = home.path().join("receiver");
    let built = Command::new("go")
        .arg("build")
        .arg("-o")
        .arg(&program)
        .arg(folder().join("receiver.go"))
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"))
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "-mod=mod")
        .env("GOPROXY", "off")
        .status()
        .expect("go is there");
    assert!(built.success(), "receiver.go does not compile");
    passes::<&str>(program, &[], free_port(), KINDS);
}
