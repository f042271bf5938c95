//! Ten failures of each kind, as a person who reads Chinese meets them: what is said, that no English sentence
//! is left in it, and that its hint can be typed.

use crate::harness::{Done, Home};
use crate::upstream_server::{Answer, Call, Manner, Server, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn home() -> Home {
    let home = Home::new();
    let profile = "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n";
    home.file("broken.toml", "[profile.shop\n");
    home.file("unknown.toml", format!("{profile}secert = \"x\"\n"));
    home.file("platform.toml", profile.replace("mp", "weixin"));
    home.file("two.toml", format!("{profile}{}", profile.replace("shop", "office")));
    home.file("nosecret.toml", profile);
    home.file("env.toml", format!("{profile}secret = {{ env = \"SHOP_SECRET\" }}\n"));
    home.file("file.toml", format!("{profile}secret = {{ file = \"none\" }}\n"));
    home.file("command.toml", format!("{profile}secret = {{ command = [\"false\"] }}\n"));
    home.file("ca.toml", format!("{profile}secret = \"{SECRET}\"\nca_file = \"none.pem\"\n"));
    home.file("not.pem", "no certificate\n");
    home.file("binary", [0xff, 0xfe, 0xff, 0x00, 0xd8]);
    home
}

/// Whether three English words follow one another outside of backticks.
fn english_sentence(text: &str) -> Option<String> {
    let outside: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let words: Vec<&str> = outside.split(' ').collect();
    let is_word = |word: &&&str| word.chars().count() > 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    let run = words.windows(3).find(|three| three.iter().filter(is_word).count() == 3);
    run.map(|three| three.join(" "))
}

/// What holds of every failure.
fn reads(done: &Done, what: &str, code: i32, says: &str) {
    assert_eq!(done.code, code, "{what}: {done}");
    assert!(done.stderr.contains("错误：") && done.stderr.contains(says), "{what}: {done}");
    let hint = done.stderr.lines().find_map(|line| line.strip_prefix("提示："));
    let hint = hint.unwrap_or_else(|| panic!("{what} has no hint: {done}"));
    // A command, a flag, a variable to set, a file to edit.
    let types = [
        "wecheck ", "--", "echo ", "export ", "WECHECK_", "ulimit", "_PROXY", "date ", "Ctrl-", "写", "换",
        "编辑 ", " - ", "mkdir ",
    ];
    assert!(types.iter().any(|word| hint.contains(word)), "{what}: {hint}");
    let own = done.stderr.lines().filter(|line| line.starts_with("错误：") || line.starts_with("提示："));
    for line in own {
        assert_eq!(english_sentence(line), None, "{what}: {done}");
    }
}

#[test]
fn ten_mistakes_of_usage() {
    let home = home();
    for (line, says) in [
        ("verfy", "没有 `verfy` 这个命令"),
        ("m.example.com", "没有 `m.example.com` 这个命令"),
        ("none.js", "没有 `none.js` 这个文件，也没有这个命令"),
        ("init", "没有 `init` 这个命令"),
        ("sign --tiket T", "没有 `--tiket` 这个选项"),
        ("verify --deep 0", "`--deep` 的值 `0` 不对：要在 1..=86400 之内"),
        ("sign --kind cards --ticket T", "`--kind` 的值 `cards` 不对"),
        ("callback send text", "缺少 `--to`"),
        ("sign m.example.com/a --ticket T", "http"),
        ("serve --listen 999", "`999` 不是能监听的地址：要写成“主机:端口”"),
        ("domain-check https://m.example.com/ --resolve x", "写作 主机:端口:地址"),
    ] {
        reads(&home.run(line.split(' ').chain(["--lang", "zh"])).done(), line, 2, says);
    }
}

#[test]
fn ten_troubles_of_the_configuration() {
    let home = home();
    for (line, says) in [
        ("token", "还没有配置"),
        ("--config none.toml token", "没有这个文件"),
        ("--config broken.toml token", "这里应有 `]`"),
        ("--config unknown.toml token", "secert"),
        ("--config platform.toml token", "要的是 \"mp\" 或 \"work\""),
        ("--config two.toml token", "有多份配置"),
        ("--config two.toml -p shpo token", "shpo"),
        ("--config nosecret.toml token", "secret"),
        ("--config env.toml token", "SHOP_SECRET"),
        ("--config file.toml token", "没有这个文件"),
        ("--config command.toml token", "secret"),
        ("serve --share --listen 127.0.0.1:0", "WECHECK_SHARE_KEY"),
    ] {
        reads(&home.run(line.split(' ').chain(["--lang", "zh"])).done(), line, 3, says);
    }
}

/// A run against a server of our own.
fn asked(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Done {
    let server = Server::start(script);
    let home = Home::new();
    home.run(["token", "--lang", "zh"])
        .var("WECHECK_PLATFORM", "mp")
        .var("WECHECK_APPID", "wx0123456789abcdef")
        .var("WECHECK_SECRET", SECRET)
        .var("WECHECK_API_BASE", server.base())
        .done()
}

#[test]
fn ten_troubles_of_the_network() {
    let html = || json("<!doctype html><title>login</title>").header("Content-Type", "text/html");
    reads(&asked(move |_| html()), "html", 4, "服务器返回的是 text/html，不是 JSON");
    reads(&asked(|_| json("")), "empty", 4, "服务器返回的内容是空的");
    reads(&asked(|_| json("{\"ok\":true}")), "no value", 4, "服务器返回的内容里没有 access_token");
    reads(&asked(|_| json("{\"access_token\":\"T")), "cut short", 4, "JSON 没有写完");
    reads(&asked(|_| json("oops").status(404)), "404", 4, "服务器返回 HTTP 404");
    let moved = || json("").status(302).header("Location", "https://login.example.com/");
    reads(&asked(move |_| moved()), "redirect", 4, "服务器把请求重定向到 `login.example.com`");
    reads(&asked(|_| json("").manner(Manner::Reset)), "reset", 4, "断开了连接");
    let home = home();
    let with = |base: &str, args: &[&str]| {
        home.run(args.iter().chain(&["--lang", "zh"]))
            .var("WECHECK_PLATFORM", "mp")
            .var("WECHECK_APPID", "wx0123456789abcdef")
            .var("WECHECK_SECRET", SECRET)
            .var("WECHECK_API_BASE", base)
            // A failure is shared with those who ask for the same right after.
            .var("WECHECK_CACHE_DIR", home.path().join(args[0].trim_start_matches('-')))
    };
    reads(&with("http://127.0.0.1:1", &["token"]).done(), "refused", 4, "`127.0.0.1:1` 拒绝连接");
    let sign = ["sign", "https://m.example.com/"];
    let done = with("http://127.0.0.1:1", &sign).done();
    reads(&done, "refused, sign", 4, "看它停在哪一步：wecheck sign https://m.example.com/ --lang zh -vv");
    reads(&with("http://127.0.0.1:1", &["--offline", "ticket"]).done(), "offline", 4, "`--offline` 不允许");
    let proxied = with("https://api.example.com", &["token"]).var("HTTPS_PROXY", "http://127.0.0.1:1");
    reads(&proxied.done(), "proxy", 4, "连不上代理 `127.0.0.1:1`");
    let endpoint = ["verify", "--endpoint", "http://127.0.0.1:1/", "--page-url", "https://m.example.com/"];
    reads(&home.run(endpoint.iter().chain(&["--lang", "zh"])).done(), "endpoint", 4, "没有程序在监听");
    let listen = ["serve", "--listen", "192.0.2.1:80", "--lang", "zh"];
    reads(&home.run(listen).done(), "listen", 4, "这台机器没有这个地址");
}

#[test]
fn ten_errors_of_the_server() {
    for code in [40164, 40013, 40125, 40001, 45009, 48001, 50002, 61024, 89503, 40243] {
        let done = asked(move |_| json(&format!("{{\"errcode\":{code},\"errmsg\":\"words\"}}")));
        reads(&done, &code.to_string(), 5, &format!("服务器返回 errcode {code}"));
        assert!(done.stderr.contains(&format!("提示：wecheck errcode explain {code}")), "{done}");
        assert!(done.stderr.contains("含义："), "{done}");
    }
}

#[test]
fn ten_troubles_of_files() {
    let home = home();
    for (line, says) in [
        ("verify none.js", "没有这个文件"),
        ("verify .", "它是文件夹"),
        ("errcode scan none.log", "没有这个文件"),
        ("errcode explain invalid --from none.js", "没有这个文件"),
        ("sign --batch none", "没有这个文件"),
        ("soter none", "没有这个文件"),
        ("callback verify --request none.log", "没有这个文件"),
        ("callback decrypt --body none.xml", "没有这个文件"),
        (
            "domain-check https://m.example.com/ --write none/x --verify-file MP_verify_0123456789abcdef.txt",
            "none",
        ),
        ("domain-check http://127.0.0.1:1/ --probe --ca-file not.pem", "里面没有"),
    ] {
        let run = home.run(line.split(' ').chain(["--lang", "zh"])).var("WECHECK_CALLBACK_TOKEN", "a-token");
        reads(&run.done(), line, 6, says);
    }
    let run = home
        .run(["token", "--lang", "zh"])
        .var("WECHECK_APPID", "wx0123456789abcdef")
        .var("WECHECK_SECRET", SECRET)
        .var("WECHECK_CACHE_URL", "redis://127.0.0.1:1/0");
    reads(&run.done(), "redis", 6, "的 Redis 拒绝连接");
}
