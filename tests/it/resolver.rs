//! F-30: resolvers that are silent, refuse, or know the name from the hosts file, each in a mount
//! namespace with a `resolv.conf` of its own. Their addresses are of loopback.

use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Done, Home};
use crate::upstream_server::{Server, wechat};

/// Runs it with another resolver and other hosts than those of `/etc`.
fn looked_up(home: &Home, args: &[&str], resolver: &str, hosts: &str) -> (Done, Duration) {
    let settings = home.file("resolv.conf", format!("nameserver {resolver}\n"));
    let hosts = home.file("hosts", hosts);
    let files = [("/etc/resolv.conf", settings), ("/etc/hosts", hosts)];
    let wecheck = home.run(args).command();
    let mut mounts = String::new();
    for (place, file) in &files {
        mounts.push_str(&format!("mount --bind '{}' {place} && ", file.display()));
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c"]).arg(format!("{mounts}exec \"$0\" \"$@\""));
    command.arg(wecheck.get_program()).args(wecheck.get_args());
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").stdin(Stdio::null());
    for (name, value) in wecheck.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let begun = Instant::now();
    let done = Done::from(command.output().expect("unshare is there"));
    (done, begun.elapsed())
}

fn shop(api_base: &str) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n\
         secret = \"0123456789abcdef0123456789abcdef\"\napi_base = \"{api_base}\"\n"
    ));
    home
}

#[test]
#[ignore = "needs root"]
fn f30_a_silent_and_a_refusing_resolver_get_words_of_their_own() {
    // It takes what is asked and says nothing. On the other address no one listens.
    let _silent = UdpSocket::bind("127.0.0.9:53").expect("the port of resolvers");
    for (resolver, says, most) in
        [("127.0.0.9", "the DNS resolver does not answer", 8), ("127.0.0.10", "has no address", 5)]
    {
        let home = shop("https://api.resolver.example");
        let hosts = "127.0.0.1 localhost\n";
        let (done, took) = looked_up(&home, &["token"], resolver, hosts);
        assert_eq!(done.code, 4, "{done}");
        assert!(done.stderr.contains(says) && done.stderr.contains("hint: "), "{done}");
        assert!(took < Duration::from_secs(most), "{resolver}: {took:?}");
        let probe = ["domain-check", "https://api.resolver.example/", "--probe", "--json"];
        let (probed, took) = looked_up(&home, &probe, resolver, hosts);
        let document = probed.json();
        let addresses = document[0]["probes"].as_array().and_then(|all| all.first()).cloned();
        let addresses = addresses.unwrap_or_default();
        assert_eq!(
            (&addresses["id"], &addresses["status"]),
            (&"addresses".into(), &"fail".into()),
            "{probed}"
        );
        assert!(took < Duration::from_secs(8), "{resolver}: {took:?}");
    }
}

#[test]
#[ignore = "needs root"]
fn f30_the_hosts_file_is_believed_and_a_dead_address_before_a_live_one_costs_little() {
    let server = Server::start(wechat);
    let port = server.base().rsplit(':').next().expect("a port").to_owned();
    let home = shop(&format!("http://localhost:{port}"));
    // Two addresses: no one listens at the IPv6 one.
    let hosts = "::1 localhost\n127.0.0.1 localhost\n";
    let (done, took) = looked_up(&home, &["token"], "127.0.0.10", hosts);
    assert_eq!(done.code, 0, "{done}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

/// A resolver of `127.0.0.1` for every name, silent for its first second.
fn resolver_that_loses_the_first(address: &str) {
    let socket = UdpSocket::bind((address, 53)).expect("the port of resolvers");
    std::thread::spawn(move || {
        let mut first = None;
        let mut asked = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut asked) {
            if first.get_or_insert_with(Instant::now).elapsed() < Duration::from_secs(1) {
                continue;
            }
            // The question as it came, up to its type and class; an extension after it is left out.
            let name = asked[12..length].iter().position(|byte| *byte == 0).expect("the end of a name");
            let end = 12 + name + 5;
            let is_v4 = asked[end - 3] == 1;
            let mut answer = asked[..end].to_vec();
            answer[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, u8::from(is_v4), 0, 0, 0, 0]);
            if is_v4 {
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            socket.send_to(&answer, from).expect("an answer");
        }
    });
}

#[test]
#[ignore = "needs root"]
fn f30_a_lost_packet_costs_at_most_three_seconds() {
    let server = Server::start(wechat);
    let port = server.base().rsplit(':').next().expect("a port").to_owned();
    resolver_that_loses_the_first("127.0.0.11");
    let home = shop(&format!("http://api.resolver.example:{port}"));
    let (done, took) = looked_up(&home, &["token"], "127.0.0.11", "127.0.0.1 localhost\n");
    assert_eq!(done.code, 0, "{done}");
    assert!(took > Duration::from_secs(2) && took < Duration::from_millis(3_300), "{took:?}");
}
