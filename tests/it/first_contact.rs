//! The first minute at a terminal: pasted things instead of commands, help, misspelt words.

use clap::CommandFactory as _;
use unicode_width::UnicodeWidthStr as _;

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
        (&["errcode", "40164"], &["errcode", "explain", "40164"]),
        (&["--lang=zh", "help", "sign"], &["--lang=zh", "sign", "--help"]),
    ] {
        let (pasted, command) = (wecheck(typed).done(), wecheck(means).done());
        assert_eq!(
            (pasted.code, &pasted.stdout, &pasted.stderr),
            (command.code, &command.stdout, &command.stderr),
            "{typed:?}"
        );
    }
    let version = wecheck(["version", "--json"]).done();
    assert_eq!((version.code, version.json()["version"].is_string()), (0, true), "{version}");
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
fn a_file_with_a_callback_is_one() {
    let home = Home::new();
    home.file(
        "request.log",
        "signature=fc9566ee41b400647f4c119e06e84c2d7c515ae8&timestamp=1719110400&nonce=abc123&echostr=5837\n",
    );
    let done = home.run(["request.log", "--json"]).var("WECHECK_CALLBACK_TOKEN", "wecheck-token").done();
    assert_eq!((done.code, &done.json()["valid"]), (0, &serde_json::json!(true)), "{done}");
    // Without a token it says that this is what lacks.
    let done = home.run(["request.log"]).done();
    assert!(
        done.code == 3 && done.stderr.contains("Token") && done.stderr.contains("WECHECK_CALLBACK_TOKEN"),
        "{done}"
    );
}

#[test]
fn a_name_of_the_trade_is_not_a_misspelt_command() {
    for (typed, says) in [
        ("chooseImage", "jsApiList"),
        ("wx.scanQRCode", "jsApiList"),
        ("agentConfig", "agent_config"),
        ("jsapi_ticket", "ticket"),
    ] {
        let done = wecheck([typed]).done();
        assert!(done.code == 0 && done.stdout.contains(says), "{typed}: {done}");
    }
    for (typed, code, hint) in [
        ("openid", 2, "wecheck faq openid"),
        ("m.example.com/a", 2, "wecheck domain-check m.example.com/a"),
        ("./none", 2, "wecheck verify FILE"),
        ("-", 2, "wx.config"),
        ("", 2, "wecheck errcode explain 40164"),
        ("signature=fc9566ee&timestamp=1&nonce=abc&echostr=1", 1, "wecheck callback verify"),
    ] {
        let done = wecheck([typed]).done();
        assert!(
            done.code == code && format!("{}{}", done.stdout, done.stderr).contains(hint),
            "{typed}: {done}"
        );
        assert!(!done.stderr.contains('…'), "{typed}: {done}");
    }
    let home = Home::new();
    home.file("folder/page.js", SIGNED);
    let done = home.run(["folder"]).done();
    assert!(done.stderr.contains("directory") && done.stderr.contains("folder"), "{done}");
    // What may be a secret is not repeated, and text instead of a file's name neither.
    for args in [
        &["0123456789abcdef0123456789abcdef"][..],
        &["verify", "secret=0123456789abcdef0123456789abcdef"],
        &["callback", "verify", "--request", "a=b&token=0123456789abcdef0123456789abcdef"],
    ] {
        let done = wecheck(args).done();
        assert!(!format!("{}{}", done.stdout, done.stderr).contains("89abcdef"), "{args:?}: {done}");
    }
}

#[test]
fn in_ci_no_one_is_asked_for_a_profile() {
    for (lang, says) in
        [("en", "set WECHECK_APPID and WECHECK_SECRET"), ("zh", "设置 WECHECK_APPID 和 WECHECK_SECRET")]
    {
        let run = || wecheck(["sign", "https://m.example.com/", "--emit", "env", "--lang", lang]);
        let done = run().var("CI", "true").done();
        assert!(done.code == 3 && done.stderr.contains(says), "{done}");
        assert!(run().done().stderr.contains("wecheck config init"));
    }
}

#[test]
fn a_reader_that_has_seen_enough_hears_nothing_more() {
    let home = Home::new();
    home.file("page.js", SIGNED);
    for command in [
        "domain-check m.example.com",
        "40164",
        "faq",
        "errcode list",
        "page.js",
        "js-api",
        "--help",
        "40164 --json",
    ] {
        let script = format!("{} {command} 2>said | head -n 1 >seen; cat said", crate::harness::binary());
        let done = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(home.path())
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", crate::readme::path())
            .output()
            .expect("sh runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            said.is_empty() || command.starts_with("domain-check") && !said.contains("pipe"),
            "{command}: {said}"
        );
    }
}

#[test]
fn what_lacks_is_named_with_the_command_that_takes_it() {
    let home = Home::new();
    home.file("my page.js", SIGNED);
    for (lang, where_from) in [("en", "in its log or cache"), ("zh", "看服务端日志或缓存")] {
        let done = home.run(["my page.js", "--lang", lang]).done();
        let command = "$ wecheck verify 'my page.js' --page-url URL --ticket TICKET";
        assert!(
            done.code == 2 && done.stdout.contains(where_from) && done.stdout.contains(command),
            "{done}"
        );
        let piped = wecheck(["--lang", lang]).stdin(SIGNED).done();
        assert!(
            piped.stdout.contains("$ pbpaste | wecheck verify --page-url URL --ticket TICKET"),
            "{piped}"
        );
    }
    // What was never compared is not said to differ.
    home.file(
        "page.har.txt",
        "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"https://m.example.com/sign?url=https%3A%2F%2Fm.example.com%2Fgoods\",\"headers\":[{\"name\":\"Referer\",\"value\":\"https://m.example.com/goods?id=1\"}]},\"response\":{\"status\":200,\"content\":{\"mimeType\":\"application/json\",\"text\":\"{\\\"timestamp\\\":1414587457,\\\"nonceStr\\\":\\\"Wm3WZYTPz0wzccnW\\\",\\\"signature\\\":\\\"0f9de62fce790f9a083d5c99e95740ceb90c27ed\\\"}\"}}}]}}",
    );
    let done = home.run(["page.har.txt"]).done();
    assert!(done.code == 1 && done.stdout.contains("url-query-dropped"), "{done}");
    assert!(!done.stdout.contains("does not fit") && !done.stdout.contains("[!] algorithm"), "{done}");
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
    // What it is about says which command is meant; a dash says no more than the pipe.
    let callback = "GET /wx?signature=fc9566ee41b400647f4c119e06e84c2d7c515ae8&timestamp=1719110400&nonce=abc123&echostr=5837 HTTP/1.1\n";
    for (text, means) in [
        ("https://m.example.com/\n", &["domain-check", "-"][..]),
        ("m.example.com\n", &["domain-check", "-"]),
        ("Mozilla/5.0 (iPhone) wxwork/4.1.20 MicroMessenger/7.0.1\n", &["ua", "-"]),
        (callback, &["callback", "verify", "--request", "-"]),
        ("chooseImage\n", &["errcode", "explain", "-"]),
    ] {
        let token =
            |run: crate::harness::Run| run.var("WECHECK_CALLBACK_TOKEN", "wecheck-token").stdin(text).done();
        let long = token(wecheck(means));
        for short in [&[][..], &["-"]] {
            let short = token(wecheck(short));
            assert!(!short.stdout.is_empty(), "{text}: {short}");
            assert_eq!((short.code, &short.stdout), (long.code, &long.stdout), "{text}");
        }
    }
    // A command whose one argument may be a dash, without it.
    for (args, text) in [
        (&["errcode", "explain"][..], "40164\n"),
        (&["errcode", "explain", "--platform", "work"], "invalid code"),
        (&["domain-check"], "https://m.example.com/\n"),
        (&["ua", "--lang", "zh"], "Mozilla/5.0 MicroMessenger/8.0.50"),
    ] {
        let (piped, dash) = (wecheck(args).stdin(text).done(), wecheck(args).with(["-"]).stdin(text).done());
        assert!(!piped.stdout.is_empty(), "{piped}");
        assert_eq!((piped.code, &piped.stdout), (dash.code, &dash.stdout), "{args:?}");
        let empty = wecheck(args).done();
        assert_eq!((empty.code, empty.stdout.as_str()), (2, ""), "{empty}");
    }
    // An empty pipe is not an input.
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

/// Whether three English words follow one another outside of backticks: the system's words, or the parser's.
fn english_sentence(text: &str) -> Option<String> {
    let outside: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let words: Vec<&str> = outside.split(' ').collect();
    let is_word = |word: &&&str| word.chars().count() > 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    let run = words.windows(3).find(|three| three.iter().filter(is_word).count() == 3);
    run.map(|three| three.join(" "))
}

#[test]
fn a_failure_in_chinese_is_chinese() {
    let home = Home::new();
    home.file("broken.toml", "[profile.shop\n");
    home.file("nothing.toml", "[profile.shop]\nappid =\n");
    home.file(
        "shop.toml",
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = { file = \"none\" }\n",
    );
    for (line, code, says) in [
        ("verify --from none.js", 6, "没有这个文件"),
        ("verify --from .", 6, "它是文件夹"),
        ("verify none.js", 6, "没有这个文件"),
        ("errcode scan none.log", 6, "没有这个文件"),
        ("sign --batch none", 6, "没有这个文件"),
        ("soter none", 6, "没有这个文件"),
        ("--config none.toml token", 3, "没有这个文件"),
        ("--config shop.toml token", 3, "没有这个文件"),
        ("--config broken.toml token", 3, "这里应有 `]`"),
        ("--config nothing.toml token", 3, "TOML 语法错误"),
        ("serve --listen 192.0.2.1:8787", 4, "这台机器没有这个地址"),
        ("none.js", 2, "没有 `none.js` 这个文件，也没有这个命令"),
        ("callback send", 2, "缺少 `--to`、`<事件>`"),
    ] {
        let args = line.split(' ').chain(["--lang", "zh"]);
        let done = home.run(args.clone()).done();
        assert_eq!(done.code, code, "{line}: {done}");
        assert!(done.stderr.contains(says) && done.stderr.contains("提示："), "{line}: {done}");
        assert_eq!(english_sentence(&done.stderr), None, "{line}: {done}");
        let document = home.run(args.chain(["--json"])).done().json();
        assert!(document["error"]["message"].as_str().is_some_and(|text| text.contains(says)), "{document}");
    }
    let offline = home
        .run(["--offline", "--lang", "zh", "sign", "https://m.example.com/"])
        .var("WECHECK_APPID", "wx0123456789abcdef")
        .var("WECHECK_SECRET", "0123456789abcdef0123456789abcdef")
        .done();
    assert!(offline.code == 4 && offline.stderr.contains("jsapi ticket"), "{offline}");
}

#[test]
fn what_is_configured_is_shown_in_the_language_spoken() {
    let home = Home::new();
    home.config(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx01234567 9abcdef\"\nsecret = { env = \"SHOP_SECRET\" }\n",
    );
    let shown = home.run(["config", "show", "--lang", "zh"]).done();
    assert!(shown.stdout.contains("环境变量 SHOP_SECRET"), "{shown}");
    let document = home.run(["config", "show", "--lang", "zh", "--json"]).done().json();
    assert_eq!(document["profiles"][0]["secret"], "variable SHOP_SECRET");
    let checked = home.run(["config", "check", "--lang", "zh"]).done();
    assert!(checked.stdout.contains("第 11 个是不该出现的空格"), "{checked}");
    // A value's name says what belongs there.
    let help = wecheck(["verify", "-h", "--lang", "zh"]).done();
    assert!(help.stdout.contains("--endpoint <网址>") && !help.stdout.contains("密文"), "{help}");
}

/// Every command, by the words that are typed.
fn commands() -> Vec<Vec<String>> {
    fn walk(command: &clap::Command, path: &[String], all: &mut Vec<Vec<String>>) {
        all.push(path.to_vec());
        for sub in command.get_subcommands() {
            let mut path = path.to_vec();
            path.push(sub.get_name().to_owned());
            walk(sub, &path, all);
        }
    }
    let mut root = wecheck::cli::Cli::command();
    root.build();
    let mut all = Vec::new();
    walk(&root, &[], &mut all);
    all
}

#[test]
fn short_help_fits_two_screens_and_starts_with_examples() {
    let commands = commands();
    assert!(commands.len() > 35, "{commands:?}");
    for command in commands {
        for (lang, examples, options) in [("en", "Examples:", "Options:"), ("zh", "示例：", "选项：")] {
            let args = command.iter().map(String::as_str).chain(["-h", "--lang", lang]);
            let done = wecheck(args).var("COLUMNS", "80").done();
            assert_eq!(done.code, 0, "{done}");
            let lines: Vec<&str> = done.stdout.lines().collect();
            assert!(lines.len() <= 60, "{command:?} {lang}: {}", lines.len());
            for line in &lines {
                assert!(line.width() <= 80, "{command:?} {lang}: {line}");
            }
            let at = |heading: &str| lines.iter().position(|line| *line == heading);
            let (examples, options) = (at(examples).expect("examples"), at(options).expect("options"));
            let typed = lines[examples + 1..].iter().take_while(|line| line.starts_with("  ")).count();
            assert!(examples < 7 && examples < options && (2..=4).contains(&typed), "{command:?}: {done}");
        }
    }
    let verify = wecheck(["verify", "-h"]).done().stdout;
    assert!(
        verify.find("--from <") < verify.find("--page-url <")
            && verify.find("--page-url <") < verify.find("--url <"),
        "{verify}"
    );
    // The groups that few need come last.
    assert!(verify.find("--signature <") < verify.find("Your own signing API:"), "{verify}");
    // What the short help leaves out is in the long one.
    assert!(
        !verify.contains("--card-id") && wecheck(["verify", "--help"]).done().stdout.contains("--card-id")
    );
}

/// What the binary offers for the last word of a line, asked as bash asks.
fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let run = home.run(["--"].iter().chain(words)).var("COMPLETE", "bash").var("_CLAP_COMPLETE_INDEX", index);
    let run =
        run.var("_CLAP_COMPLETE_COMP_TYPE", "9").var("_CLAP_COMPLETE_SPACE", "true").var("_CLAP_IFS", "\n");
    run.done().stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_completes_profiles_topics_codes_and_samples() {
    let home = Home::new();
    home.config("[profile.shop]\nplatform = \"mp\"\n[profile.office]\nplatform = \"work\"\n");
    for (words, offers) in [
        (&["wecheck", "--profile", ""][..], "shop"),
        (&["wecheck", "--profile", "off"], "office"),
        (&["wecheck", "faq", "invalid-s"], "invalid-signature"),
        (&["wecheck", "errcode", "explain", "4016"], "40164"),
        (&["wecheck", "ver"], "verify"),
        (&["wecheck", "sign", "--emit", ""], "sh"),
    ] {
        let offered = offered(&home, words);
        assert!(offered.iter().any(|word| word.trim() == offers), "{words:?}: {offered:?}");
    }
    let samples = offered(&home, &["wecheck", "callback", "send", "change_c"]);
    assert!(!samples.is_empty(), "{samples:?}");
}

#[test]
fn completions_are_installed_once_on_a_fresh_home() {
    let home = Home::new();
    for (shell, file) in
        [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", ".config/fish/completions/wecheck.fish")]
    {
        for _ in 0..2 {
            let done = home.run(["completions", "--install", shell]).done();
            assert_eq!(done.code, 0, "{done}");
        }
        let text = std::fs::read_to_string(home.path().join(file)).expect("the file");
        assert_eq!(text.matches("# wecheck completions").count(), 1, "{text}");
    }
    let own = home.run(["completions", "--install"]).var("SHELL", "/usr/bin/zsh").done();
    assert!(own.stdout.contains(".zshrc"), "{own}");
    assert_eq!(home.run(["completions", "--install"]).done().code, 2);
}

#[test]
fn the_long_help_says_what_all_commands_have_in_common() {
    for (lang, words) in [
        ("en", ["Exit codes:", "Environment:", "Files:", "WECHECK_PROFILE", "config.toml"]),
        ("zh", ["退出码：", "环境变量：", "文件：", "WECHECK_PROFILE", "config.toml"]),
    ] {
        let long = wecheck(["--help", "--lang", lang]).done();
        let short = wecheck(["-h", "--lang", lang]).done();
        for word in words {
            assert!(long.stdout.contains(word) && !short.stdout.contains(word), "{word}: {long}");
        }
    }
}
