//! How a person gets to the checker page: the browser that `--open` starts, the next free port, the
//! address and the code for a phone, and the page for a name that is refused.

use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Home, binary, path};
use crate::serving::Server;
use crate::site::packages;

/// On a terminal a phone's camera reads the address from the screen, and the address answers.
#[test]
#[ignore = "needs node"]
fn a_phone_reads_the_address_from_the_terminal() {
    let home = Home::new();
    let addresses: Vec<String> = {
        let server = Server::start(&home, &["--listen", "0.0.0.0:0"]);
        // A name of another site that points here: the answer says what to open.
        let refused = server.ask("GET", "/", &["Host: evil.example", "Accept: text/html"], "");
        assert_eq!(refused.status, 403);
        for typed in [
            format!("<a href=\"http://localhost:{0}/\">http://localhost:{0}/</a>", server.port),
            "<code>wecheck serve --allow-host evil.example</code>".to_owned(),
        ] {
            assert!(refused.body.contains(&typed), "{typed}: {}", refused.body);
        }
        server.listening["reachable"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|url| url.as_str().unwrap_or_default().to_owned())
            .collect()
    };
    for (colors, flags) in [(true, &["--color", "always"][..]), (false, &["--color", "never"])] {
        let mut command = Command::new("script");
        let line = format!("'{}' serve --lang en --listen 0.0.0.0:0 {}", binary(), flags.join(" "));
        command.args(["-qfec", &line, "/dev/null"]).env_clear().env("PATH", path()).env("HOME", home.path());
        command.env("LANG", "C.UTF-8").env("SHELL", "/bin/sh").current_dir(home.path());
        let mut run =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script is installed");
        let mut screen = String::new();
        let (sent, pieces) = std::sync::mpsc::channel();
        let mut stdout = run.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = stdout.read(&mut piece) {
                if sent.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut bytes = Vec::new();
        let begun = Instant::now();
        while !screen.contains("/sign cannot sign") && begun.elapsed() < Duration::from_secs(20) {
            bytes.extend(pieces.recv_timeout(Duration::from_secs(1)).unwrap_or_default());
            screen = String::from_utf8_lossy(&bytes).into_owned();
        }
        let printed: Vec<&str> = screen
            .lines()
            .filter_map(|line| line.split_once("a phone on this network: "))
            .map(|(_, url)| url.trim().trim_start_matches("\u{1b}[1m").trim_end_matches("\u{1b}[0m"))
            .collect();
        assert_eq!(printed.len(), addresses.len(), "{screen}");
        if let Some(url) = printed.first() {
            let read = decoded(&screen, colors);
            assert_eq!(read, *url, "{screen}");
            let answer = Command::new("node")
                .args(["-e", "fetch(process.argv[1]).then(async (answer) => console.log(answer.status, (await answer.text()).includes('any-text')))", url])
                .output()
                .expect("node runs");
            assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "200 true", "{url}");
        }
        // Its terminal is gone, and so it ends.
        drop(run.stdin.take());
        run.kill().and_then(|()| run.wait()).expect("it ran");
    }
}

/// The code on the screen, as a camera sees it: black letters on white where there are colors, else
/// white ones on black.
fn decoded(screen: &str, colors: bool) -> String {
    let plain = |line: &str| {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            text += before;
            rest = after.split_once('m').map_or("", |(_, after)| after);
        }
        text + rest.trim_end_matches('\r')
    };
    let rows: Vec<String> = screen
        .lines()
        .filter(|line| !colors || line.contains("\u{1b}[107;30m") || line.contains("\u{1b}[30;107m"))
        .map(plain)
        .filter(|line| line.chars().count() > 20 && line.chars().all(|cell| " ▀▄█".contains(cell)))
        .collect();
    assert!(rows.len() > 10, "there is no code: {screen}");
    let grid: Vec<String> = rows
        .iter()
        .flat_map(|row| {
            let half = |shown: [char; 2]| -> String {
                row.chars().map(|cell| if shown.contains(&cell) == colors { '#' } else { '.' }).collect()
            };
            [half(['▀', '█']), half(['▄', '█'])]
        })
        .collect();
    let script = "const read = require(process.argv[1]); const grid = JSON.parse(process.argv[2]); const scale = 6; \
        const [width, height] = [grid[0].length * scale, grid.length * scale]; const pixels = new Uint8ClampedArray(width * height * 4); \
        for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) { \
          const tone = grid[Math.floor(y / scale)][Math.floor(x / scale)] === '#' ? 0 : 255; \
          pixels.set([tone, tone, tone, 255], (y * width + x) * 4); } \
        console.log(read(pixels, width, height, {inversionAttempts: 'dontInvert'})?.data ?? 'nothing is read');";
    let done = Command::new("node")
        .args(["-e", script])
        .arg(packages().join("jsqr/dist/jsQR.js"))
        .arg(json!(grid).to_string())
        .output()
        .expect("node runs");
    String::from_utf8_lossy(&done.stdout).trim().to_owned() + String::from_utf8_lossy(&done.stderr).trim()
}

/// `--open` starts the system's browser with the page's address.
#[test]
fn open_starts_the_browser_with_the_address() {
    let home = Home::new();
    let seen = home.path().join("seen");
    let program = home.file(
        "bin/xdg-open",
        format!("#!/bin/sh\necho \"$@\" >'{0}.part' && mv '{0}.part' '{0}'\n", seen.display()),
    );
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("chmod");
    let bin = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let server = Server::start_with(&home, &["--open"], |run| run.var("PATH", &bin));
    let begun = Instant::now();
    while !seen.exists() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(std::fs::read_to_string(&seen).expect("it was started").trim(), server.url("/"));
}

/// Where the usual port is taken the next free one serves and is said; one that was asked for is not changed.
#[test]
fn a_taken_port_is_left_for_the_next_one() {
    // A process that has it already takes it, too.
    let holder = TcpListener::bind("127.0.0.1:8787");
    let home = Home::new();
    let server = Server::of(home.run(["serve", "--json", "--lang", "en"]).spawn());
    assert!((8788..8788 + 20).contains(&server.port), "{}", server.port);
    assert_eq!(server.get("/healthz").status, 200);
    let said = server.stop().stderr;
    assert!(said.contains("port 8787 is taken, trying 8788"), "{said}");
    let done = home.run(["serve", "--listen", "127.0.0.1:8787"]).done();
    assert_eq!(done.code, 4, "{done}");
    assert!(done.stderr.contains("wecheck serve --listen 127.0.0.1:0"), "{done}");
    drop(holder);
}
