//! `sign --emit env` and `--emit sh`, read back by the rules of those that read them: GitHub's env file,
//! docker's `--env-file`, dotenv and a shell.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::harness::wecheck;

/// Values that quoting, comments, expansion and heredocs trip over.
const NASTY: &[&str] = &[
    "https://m.example.com/?a=1&b='x' $HOME",
    "https://m.example.com/?q=\"two words\"&r=`id`",
    "https://m.example.com/?a=$(id)&b=${HOME}&c=%0A%23",
    "https://m.example.com/?a=\\n\\t\\\\&b=!!&c=*?[a]",
    "https://m.example.com/?a==&b=<<EOF&c=;exit",
    "https://m.example.com/订单?名称=首页&e=é~^|",
];

fn emitted(form: &str, url: &str) -> String {
    let done =
        wecheck(["sign", url, "--ticket=T", "--nonce=N", "--timestamp=1700000000", "--emit", form]).done();
    assert_eq!((done.code, done.stderr.contains("dotenv")), (0, false), "{done}");
    done.stdout
}

type Read = BTreeMap<String, String>;

/// GitHub: `NAME=value`, all that follows the first sign; `NAME<<EOF` begins a heredoc.
fn github(text: &str) -> Read {
    text.lines()
        .map(|line| {
            let (sign, heredoc) = (line.find('='), line.find("<<"));
            assert!(heredoc.is_none_or(|heredoc| sign.is_some_and(|sign| sign < heredoc)), "{line}");
            line.split_once('=').expect("a value")
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// docker: a line of `#` is a comment, a name has no whitespace, the value is the rest as it is.
fn docker(text: &str) -> Read {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('=').expect("a value"))
        .inspect(|(name, _)| assert!(!name.contains(char::is_whitespace), "{name}"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn literal_readers_get_every_value_as_it_is() {
    for url in NASTY {
        let text = emitted("env", url);
        for read in [github(&text), docker(&text)] {
            assert_eq!(read["WX_URL"], *url);
            assert_eq!((read["WX_NONCE_STR"].as_str(), read["WX_TIMESTAMP"].as_str()), ("N", "1700000000"));
            assert_eq!(read["WX_SIGNATURE"].len(), 40);
        }
    }
}

#[test]
fn a_shell_gets_every_value_as_it_is() {
    for url in NASTY {
        // As a script is read, and as `eval` reads it.
        for script in [
            format!("{}printf %s \"$WX_URL\"", emitted("sh", url)),
            "eval \"$(cat)\"\nprintf %s \"$WX_URL\"".to_string(),
        ] {
            let mut shell = Command::new("sh")
                .args(["-c", &script])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("a shell");
            let mut stdin = shell.stdin.take().expect("a pipe");
            let _ = std::io::Write::write_all(&mut stdin, emitted("sh", url).as_bytes());
            drop(stdin);
            let read = shell.wait_with_output().expect("it ends");
            assert_eq!(String::from_utf8_lossy(&read.stdout), *url);
        }
    }
}

/// dotenv cuts a value at `#`, trims it and takes quotes around it away. Literal readers would keep quotes, so
/// that nothing fits all: it is said.
#[test]
fn a_value_that_dotenv_reads_otherwise_is_named() {
    for (outer, named) in [("a#b", true), ("ab", false)] {
        let done =
            wecheck(["sign", "--kind=card-ext", "--ticket=T", "--card-id=C", "--emit=env", "--outer-str"])
                .with([outer])
                .done();
        assert_eq!(done.code, 0, "{done}");
        assert_eq!(done.stderr.contains("dotenv") && done.stderr.contains("WX_CARD_EXT"), named, "{done}");
    }
    let chinese = wecheck(["sign", "--kind=card-ext", "--ticket=T", "--card-id=C", "--emit=env"])
        .with(["--outer-str=a#b", "--lang=zh"])
        .done();
    assert!(chinese.stderr.contains("dotenv 会从 # 处截断"), "{chinese}");
}

#[test]
#[ignore = "needs node"]
fn dotenv_itself_reads_every_value() {
    let libraries = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emit/node_modules/dotenv");
    assert!(libraries.is_dir(), "tests/run installs it");
    for url in NASTY {
        let home = crate::harness::Home::new();
        let file = home.file(".env", emitted("env", url));
        let script = format!(
            "const {{parse}} = require({:?}); process.stdout.write(parse(require('fs').readFileSync({:?})).WX_URL)",
            libraries.display().to_string(),
            file.display().to_string()
        );
        let read = Command::new("node").args(["-e", &script]).output().expect("node starts");
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        assert_eq!(String::from_utf8_lossy(&read.stdout), *url);
    }
}
