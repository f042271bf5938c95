//! `domain-check --probe` as a person runs it.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::page;
use super::server::{Authority, answer, http, https, ok, redirect};
use crate::harness::{Home, wecheck};

#[test]
fn the_command_probes_and_judges_the_landing_address() {
    let authority = Authority::new();
    let home = Home::new();
    let ca_file = home.file("root.pem", &authority.root_pem);
    let server =
        https(&authority.good(&["wx.a.com", "m.b.com"]), |request, out| match request.path.as_str() {
            "/away" => {
                let port = request.head.split("wx.a.com:").nth(1).and_then(|rest| rest.split('\r').next());
                redirect(out, &format!("https://m.b.com:{}/landing", port.unwrap_or_default()));
            }
            "/WW_verify_AbCdEfGh12345678.txt" => ok(out, "AbCdEfGh12345678"),
            path if path.contains("_verify_") => answer(out, "404 Not Found", "", ""),
            _ => page(request, out),
        });
    let port = server.port;
    let run = |path: &str, args: &[&str]| {
        wecheck([
            "domain-check",
            &format!("https://wx.a.com:{port}{path}"),
            "--probe",
            "--platform",
            "work",
            "--purpose",
            "oauth",
            "--trusted",
            &format!("wx.a.com:{port}"),
            "--resolve",
            &format!("*:{port}:127.0.0.1"),
            "--ca-file",
            &ca_file.to_string_lossy(),
        ])
        .with(args)
        .done()
    };
    let good = run("/page", &["--json", "--verify-file", "WW_verify_AbCdEfGh12345678.txt"]);
    assert_eq!(good.code, 0, "{good}");
    let json = good.json();
    let statuses: Vec<String> = json[0]["probes"]
        .as_array()
        .expect("probes")
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["id"].as_str().unwrap_or_default(),
                one["status"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        statuses.join(", "),
        "addresses pass, tcp pass, tls-version pass, tls-chain pass, tls-name pass, tls-dates pass, \
         http-status pass, user-agent pass, redirects pass, verification-file pass, csp pass, latency pass"
    );
    for one in json[0]["probes"].as_array().expect("probes") {
        assert!(one["curl"].as_str().is_some_and(|curl| curl.starts_with("curl ")), "{one}");
    }
    assert_eq!(json[0]["probes"][11]["measured"]["samples_ms"].as_array().map(Vec::len), Some(5));
    assert_eq!(json[0]["probes"][1]["measured"]["contacted"], format!("127.0.0.1:{port}"));

    let away = run("/away", &["--json"]);
    assert_eq!(away.code, 1);
    let json = away.json();
    let landing = json[0]["probes"]
        .as_array()
        .and_then(|probes| probes.iter().find(|one| one["id"] == "landing"))
        .cloned()
        .unwrap_or(Value::Null);
    assert_eq!(landing["status"], "fail");
    assert_eq!(landing["measured"]["url"], format!("https://m.b.com:{port}/landing"));
    assert!(run("/away", &["--lang", "zh"]).stdout.contains("要签名的是落地地址"));
}

#[test]
fn a_dead_host_is_a_failed_check_and_a_bad_ca_file_is_not() {
    let closed = http(page).port;
    let url = format!("http://127.0.0.1:{closed}/");
    // The server above is gone: no one listens there.
    std::thread::sleep(Duration::from_millis(50));
    let done = wecheck(["domain-check", &url, "--sandbox", "--probe"]).done();
    assert_eq!(done.code, 1, "{done}");
    assert!(done.stdout.contains("cannot be reached from here"), "{done}");
    let home = Home::new();
    let empty = home.file("empty.pem", "");
    let done = wecheck(["domain-check", &url, "--probe", "--ca-file", &empty.to_string_lossy()]).done();
    assert_eq!(done.code, 6, "{done}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_shows_what_was_found_so_far() {
    let (send, receive) = std::sync::mpsc::channel();
    let server = http(move |_, _| {
        let _ = send.send(());
        std::thread::sleep(Duration::from_secs(20));
    });
    let url = format!("http://127.0.0.1:{}/", server.port);
    let run = wecheck(["domain-check", &url, "--sandbox", "--probe", "--json"]);
    let child = run.spawn();
    receive.recv_timeout(Duration::from_secs(20)).expect("the probe asks");
    let begun = Instant::now();
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("the signal is sent");
    let done = crate::harness::Done::from(child.wait_with_output().expect("the binary ends"));
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(done.code, 130, "{done}");
    assert!(done.stdout.starts_with('['), "{done}");
    assert!(done.stdout.contains("\"tcp\""), "{done}");
}
