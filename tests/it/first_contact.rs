//! The first minute at a terminal: pasted things instead of commands, help, misspelt words.

use crate::harness::{Home, wecheck};

const SIGNED: &str = "wx.config({\n  timestamp: 1414587457,\n  nonceStr: 'Wm3WZYTPz0wzccnW',\n  signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed',\n});\n";

#[test]
fn what_was_pasted_is_explained() {
    for (typed, means) in [
        (&["40164"][..], &["errcode", "explain", "40164"][..]),
        (&["-1"], &["errcode", "explain", "-1"]),
        (&["config:invalid signature"], &["errcode", "explain", "config:invalid signature"]),
        (&["invalid signature"], &["errcode", "explain", "invalid signature"]),
        (&["{\"errcode\":40001}", "--json"], &["errcode", "explain", "{\"errcode\":40001}", "--json"]),
        (
            &["--lang", "zh", "40001", "--platform", "work"],
            &["errcode", "explain", "--lang", "zh", "40001", "--platform", "work"],
        ),
        (&["help", "verify"], &["verify", "--help"]),
        (&["help", "config", "init"], &["config", "init", "--help"]),
        (&["help"], &["--help"]),
        (&["version"], &["--version"]),
        (&["--lang=zh", "help", "sign"], &["--lang=zh", "sign", "--help"]),
    ] {
        let (pasted, command) = (wecheck(typed).done(), wecheck(means).done());
        assert_eq!(
            (pasted.code, &pasted.stdout, &pasted.stderr),
            (command.code, &command.stdout, &command.stderr),
            "{typed:?}"
        );
    }
    assert_eq!(wecheck(["version"]).done().code, 0);
}

#[test]
fn a_file_is_verified() {
    let home = Home::new();
    home.file("page.js", SIGNED);
    // An existing file comes first, whatever its name looks like.
    home.file("40164", SIGNED);
    for name in ["page.js", "40164"] {
        let short = home.run([name, "--json", "--ticket", "T"]).done();
        let long = home.run(["verify", "--from", name, "--json", "--ticket", "T"]).done();
        let document = |done: &crate::harness::Done| {
            let mut document = done.json();
            document["search"]["elapsed_ms"] = 0.into();
            document
        };
        assert_eq!((short.code, document(&short)), (long.code, document(&long)), "{name}");
    }
}

#[test]
fn a_pipe_without_arguments_is_read() {
    let explained = wecheck(["--json"]).stdin("40164\n").done();
    assert_eq!(
        (explained.code, explained.json()["results"][0]["code"].as_i64()),
        (0, Some(40164)),
        "{explained}"
    );
    let verified = wecheck(["--json"]).stdin(SIGNED).done();
    assert_eq!(verified.json()["given_signature"], "0f9de62fce790f9a083d5c99e95740ceb90c27ed", "{verified}");
    // An empty pipe is no input.
    let help = wecheck([""; 0]).done();
    assert_eq!(help.code, 2, "{help}");
    assert!(help.stderr.contains("Usage"), "{help}");
}

#[test]
fn a_misspelt_command_names_the_nearest() {
    for (typed, near) in
        [("verfy", "verify"), ("sgin", "sign"), ("domaincheck", "domain-check"), ("tokn", "token")]
    {
        let done = wecheck([typed]).done();
        assert_eq!(done.code, 2, "{done}");
        assert!(done.stderr.contains(near) && done.stderr.contains(typed), "{done}");
        let chinese = wecheck([typed, "--lang", "zh"]).done();
        assert!(chinese.stderr.contains(near), "{chinese}");
    }
    let done = wecheck(["frobnicate"]).done();
    assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{done}");
    let done = wecheck(["sgin", "https://m.example.com/?a=1"]).done();
    assert_eq!(done.code, 2, "{done}");
}
