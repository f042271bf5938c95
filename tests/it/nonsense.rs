//! What people and machines really type and do: none of it panics, all of it is answered.

use std::io::{Read, Write};
use std::process::Stdio;

use crate::harness::{Home, wecheck};

#[test]
fn wrong_usage_is_exit_2_with_a_way_on() {
    for args in [&["frobnicate"][..], &["sign", "--frob"], &["verify", "--url"], &["sign", "--kind", "x"]] {
        let done = wecheck(args).done();
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{args:?}: {done}");
        assert!(done.stderr.contains("--help"), "{args:?}: {done}");
        assert!(!done.stderr.contains("panicked"), "{args:?}: {done}");
    }
}

#[test]
fn no_arguments_at_all_print_the_commands() {
    let done = wecheck::<&str>([]).done();
    assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{done}");
    assert!(done.stderr.contains("Usage: wecheck") && done.stderr.contains("errcode"), "{done}");
}

#[test]
fn wrong_usage_is_one_json_document_with_json() {
    for args in [&["--json", "frobnicate"][..], &["sign", "--json", "--kind", "x"], &["verify", "--json"]] {
        let done = wecheck(args).done();
        assert_eq!(
            (done.code, done.json()["error"]["kind"].as_str()),
            (2, Some("usage")),
            "{args:?}: {done}"
        );
        assert!(done.json()["error"]["fix"].is_string(), "{done}");
    }
}

#[test]
fn sign_refuses_what_can_only_fail_on_the_phone() {
    let url = "https://m.example.com/";
    for (args, said) in [
        (&["sign", url, "--ticket", ""][..], "the ticket is ``"),
        (&["sign", url, "--ticket", "undefined"], "the ticket is `undefined`"),
        (&["sign", url, "--ticket", "null"], "the ticket is `null`"),
        (&["sign", url, "--ticket", "T", "--timestamp", "soon"], "the timestamp `soon` is not a number"),
        (&["sign", "m.example.com", "--ticket", "T"], "does not start with http"),
        (&["sign", "https://", "--ticket", "T"], "does not start with http"),
        (&["sign", "", "--ticket", "T"], "there is no url"),
        (&["sign", "--ticket", "T"], "there is no url"),
        (&["sign", url, "--kind", "card", "--ticket", "T"], "signs no url"),
    ] {
        let done = wecheck(args).done();
        assert_eq!(done.code, 2, "{args:?}: {done}");
        assert!(done.stderr.contains(said) && done.stderr.contains("hint: "), "{args:?}: {done}");
    }
    // Without a ticket it is the profile that is missing, as for `token`.
    let (sign, token) = (wecheck(["sign", url]).done(), wecheck(["token"]).done());
    assert_eq!((sign.code, &sign.stderr), (3, &token.stderr), "{sign}");
}

#[test]
fn verify_answers_any_text_with_0_or_1() {
    let texts = [
        "",
        " ",
        "-x",
        "--",
        "1700000000000",
        "soon",
        "\u{1b}[31m",
        "\u{202e}",
        "汉字",
        "a\nb",
        "%",
        "{",
        "undefined",
    ];
    for text in texts {
        let done = wecheck([
            "verify",
            &format!("--url={text}"),
            &format!("--ticket={text}"),
            &format!("--nonce={text}"),
            &format!("--timestamp={text}"),
            &format!("--signature={text}"),
            "--json",
        ])
        .done();
        assert_eq!((done.code, done.json()["match"].as_bool()), (1, Some(false)), "{text:?}: {done}");
    }
    let done = wecheck([
        "verify",
        "--url",
        "-u",
        "--ticket",
        "-t",
        "--nonce",
        "-n",
        "--timestamp",
        "-1",
        "--signature",
        "-s",
    ])
    .done();
    assert_eq!(done.code, 1, "{done}");
}

#[test]
fn what_a_terminal_obeys_is_shown_and_json_stays_as_it_came() {
    let args = [
        "verify",
        "--url",
        "http://a/\u{1b}]52;c;x\u{7}\u{202e}",
        "--ticket=t",
        "--nonce=n",
        "--timestamp=1",
        "--signature=\u{1b}[2J",
    ];
    let done = wecheck(args).done();
    assert!(!done.stdout.contains('\u{1b}') && !done.stdout.contains('\u{202e}'), "{done}");
    assert!(done.stdout.contains("\\u{1b}[2J"), "{done}");
    let done = wecheck(args.into_iter().chain(["--json"])).done();
    assert_eq!(done.json()["given_signature"], "\u{1b}[2J");
}

#[cfg(unix)]
#[test]
fn an_argument_other_than_text_is_exit_2() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let done = wecheck([OsStr::new("verify"), OsStr::new("--url"), OsStr::from_bytes(b"\xff\xfe")]).done();
    assert_eq!(done.code, 2, "{done}");
}

#[test]
fn paths_that_are_not_files() {
    let home = Home::new();
    let folder = home.path().to_string_lossy().into_owned();
    for args in [
        ["verify", "--from", &folder],
        ["verify", "--from", "missing.js"],
        ["sign", "--batch", &folder],
        ["sign", "--batch", "missing"],
    ] {
        let done = home.run(args).done();
        assert_eq!(done.code, 6, "{args:?}: {done}");
        assert!(done.stderr.starts_with("error: cannot read `"), "{args:?}: {done}");
    }
    let bad = home.file("binary.js", b"wx.config({ // \xff\xfe\xff\n");
    let done = home.run(["verify", "--from", bad.to_str().expect("a path")]).done();
    assert_eq!(done.code, 2, "{done}");
    assert!(done.stderr.contains("not UTF-8: byte 15"), "{done}");
}

#[test]
fn a_hundred_megabytes_on_stdin_are_refused_early() {
    let run = wecheck(["verify", "--from", "-"]);
    let mut child = run.command().stdin(Stdio::piped()).spawn().expect("it starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let block = vec![b'x'; 1024 * 1024];
    let mut written = 0;
    for _ in 0..100 {
        if pipe.write_all(&block).is_err() {
            break;
        }
        written += 1;
    }
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(written < 100, "it read everything");
    assert!(String::from_utf8_lossy(&output.stderr).contains("stdin has more than 64 MiB"));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let home = Home::new();
    let lines = "{\"url\":\"https://m.example.com/\",\"ticket\":\"T\"}\n".repeat(20_000);
    home.file("pages.jsonl", lines);
    let mut child = home.run(["sign", "--batch", "pages.jsonl"]).spawn();
    let mut first = [0_u8; 10];
    let mut pipe = child.stdout.take().expect("a pipe");
    pipe.read_exact(&mut first).expect("a first line");
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_exit_6_with_a_message() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let run = wecheck(["sign", "https://m.example.com/", "--ticket", "T"]);
    let output = run.command().stdout(full).output().expect("it ends");
    assert_eq!(output.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&output.stderr).contains("error: cannot write the answer"));
}

#[test]
fn a_broken_config_stops_only_what_needs_it() {
    let home = Home::new();
    home.config("[profile.shop\nsecret = \"CANARY");
    let done = home.run(["sign", "https://m.example.com/", "--ticket", "T"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("note: no profile is used") && !done.stderr.contains("CANARY"), "{done}");
    let done = home.run(["config", "show"]).done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.contains("line 1") && !done.stderr.contains("CANARY"), "{done}");
    assert_eq!(home.run(["config", "path"]).done().code, 0);
}
