//! `config` from outside: what is written, shown, checked, and never printed.

use insta::assert_snapshot;

use crate::harness::{Home, wecheck};
use crate::upstream_server::{Server, wechat};

const FULL: &str = r#"
default_profile = "shop"
[profile.shop]
platform = "mp"
appid = "wx0123456789abcdef"
secret = "CANARY-plain-secret"
[profile.office]
platform = "work"
appid = "ww0123456789abcdef"
agent_id = 1000002
secret = { env = "OFFICE_SECRET" }
encoding_aes_key = { command = ["echo", "CANARY-command"] }
"#;

#[test]
fn init_writes_a_private_file_and_adds_to_it() {
    let home = Home::new();
    let first = home
        .run([
            "config",
            "init",
            "--name",
            "shop",
            "--platform",
            "mp",
            "--app-id",
            "wx0123456789abcdef",
            "--secret-env",
            "SHOP_SECRET",
            "--trusted",
            "m.example.com",
        ])
        .done();
    assert_eq!(first.code, 0, "{first}");
    let second = home
        .run([
            "config",
            "init",
            "--name",
            "office",
            "--platform",
            "work",
            "--app-id",
            "ww0123456789abcdef",
            "--agent-id",
            "1000002",
            "--json",
        ])
        .done();
    assert_eq!(second.json()["profile"], "office", "{second}");
    let path = home.path().join(".config/wecheck/config.toml");
    assert_snapshot!(std::fs::read_to_string(&path).expect("the file"), @r#"
    default_profile = "shop"

    [profile.shop]
    platform = "mp"
    appid = "wx0123456789abcdef"
    secret = { env = "SHOP_SECRET" }
    trusted_domains = ["m.example.com"]

    [profile.office]
    platform = "work"
    appid = "ww0123456789abcdef"
    agent_id = 1000002
    secret = { env = "OFFICE_SECRET" }
    "#);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
    }
    let again = home.run(["config", "init", "--name", "shop", "--app-id", "wx1"]).done();
    assert_eq!(again.code, 2, "{again}");
    let unattended = Home::new().run(["config", "init"]).done();
    assert_eq!(unattended.code, 2, "{unattended}");
}

#[test]
fn show_tells_where_secrets_come_from_and_never_what_they_are() {
    let home = Home::new();
    home.config(FULL);
    let done = home.run(["config", "show"]).var("OFFICE_SECRET", "CANARY-variable").done();
    assert!(!done.to_string().contains("CANARY"), "{done}");
    assert_snapshot!(done.stdout.replace(home.path().to_str().expect("a path"), "HOME"), @"
    HOME/.config/wecheck/config.toml
    cache: disk, refreshed 300 s before expiry

    office
      platform          work
      appid             ww0123456789abcdef
      agent_id          1000002
      api_base          https://qyapi.weixin.qq.com
      secret            variable OFFICE_SECRET
      encoding_aes_key  command echo

    shop (in use)
      platform          mp
      appid             wx0123456789abcdef
      api_base          https://api.weixin.qq.com
      secret            plain text
    ");
    let done = home.run(["config", "show", "--json"]).done();
    assert!(!done.to_string().contains("CANARY"), "{done}");
    assert_eq!(done.json()["profiles"][0]["secret"], "variable OFFICE_SECRET");
}

#[test]
fn check_names_field_length_and_bad_character() {
    let home = Home::new();
    home.config(FULL);
    let done = home.run(["config", "check"]).var("OFFICE_SECRET", "CANARY variable").done();
    assert!(!done.to_string().contains("CANARY"), "{done}");
    assert_snapshot!(done, @r"
    exit 0
    ----- stdout
    ! office.secret: 15 characters, and character 7 is `\u{20}`, which does not belong there
    ! office.encoding_aes_key: 14 characters, and character 7 is `-`, which does not belong there
    ! shop.secret: 19 characters, and character 1 is `C`, which does not belong there
    2 profiles read, 3 oddities
    ");
}

#[test]
fn the_path_follows_flag_then_variable_then_platform() {
    let home = Home::new();
    let path = |run: crate::harness::Run| {
        run.done().stdout.trim().replace(home.path().to_str().expect("a path"), "HOME")
    };
    assert_eq!(path(home.run(["config", "path"])), "HOME/.config/wecheck/config.toml");
    assert_eq!(path(home.run(["config", "path"]).var("XDG_CONFIG_HOME", "/xdg")), "/xdg/wecheck/config.toml");
    assert_eq!(path(home.run(["config", "path"]).var("WECHECK_CONFIG", "/b.toml")), "/b.toml");
    assert_eq!(
        path(home.run(["config", "path", "--config", "/a.toml"]).var("WECHECK_CONFIG", "/b.toml")),
        "/a.toml"
    );
    let done = home.run(["config", "show", "--config", "/missing/a.toml"]).done();
    assert_eq!(done.code, 3, "{done}");
}

#[test]
fn a_secret_in_a_file_that_others_can_read_is_warned_of() {
    let home = Home::new();
    let path = home.config(FULL);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
        let done = home.run(["config", "check", "--json"]).done();
        assert!(
            done.json()["warnings"][0]["message"].as_str().is_some_and(|m| m.contains("chmod 600")),
            "{done}"
        );
    }
    let _ = path;
}

#[test]
fn the_language_is_flag_variable_config_locale() {
    let home = Home::new();
    home.config("lang = \"zh\"\n[profile.a]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n");
    let chinese = |run: crate::harness::Run| run.done().stdout.contains("缓存");
    assert!(chinese(home.run(["config", "show"])));
    assert!(!chinese(home.run(["config", "show", "--lang", "en"])));
    assert!(!chinese(home.run(["config", "show"]).var("WECHECK_LANG", "en")));
    assert!(chinese(wecheck(["config", "show"]).var("LC_ALL", "zh_CN.UTF-8")));
    assert!(!chinese(wecheck(["config", "show"]).var("LC_ALL", "fr_FR.UTF-8").var("LANG", "zh_CN.UTF-8")));
}

#[test]
fn check_runs_a_command_once_and_counts_in_words_that_fit() {
    let home = Home::new();
    let script =
        home.file("secret.sh", "echo asked >> \"$HOME/asked\"\necho 0123456789abcdef0123456789abcdef\n");
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"w\"\nsecret = {{ command = [\"sh\", {:?}] }}\n",
        script.to_str().expect("a path")
    ));
    assert_snapshot!(home.run(["config", "check"]).done(), @"
    exit 0
    ----- stdout
    ! shop.appid: 1 character, usually it has 18
    1 profile read, 1 oddity
    ");
    let asked = std::fs::read_to_string(home.path().join("asked")).expect("it was asked");
    assert_eq!(asked, "asked\n");
}

const APP: [(&str, &str); 2] =
    [("WECHECK_APPID", "wx0123456789abcdef"), ("WECHECK_SECRET", "0123456789abcdef0123456789abcdef")];

/// Each of these stops `config show`, and nothing that the variables are enough for.
#[test]
fn a_profile_of_variables_needs_no_file_that_can_be_read() {
    let server = Server::start(wechat);
    for broken in ["lang = [", "[profile.shop]\nsekret = \"x\"\n", "[cache]\nbackend = \"redis\"\n", "\u{0}"]
    {
        let home = Home::new();
        home.config(broken);
        assert_eq!(home.run(["config", "show"]).done().code, 3, "{broken}");
        let mut run = home.run(["token", "--json"]).var("WECHECK_API_BASE", server.base());
        for (name, value) in APP {
            run = run.var(name, value);
        }
        let done = run.done();
        assert_eq!(done.code, 0, "{broken} {done}");
        assert_eq!(done.json()["profile"], "environment", "{done}");
        assert_eq!(
            done.stderr.matches("warning: the config file is not used: ").count(),
            1,
            "{broken} {done}"
        );
        let done = home
            .run(["sign", "https://m.example.com/", "--ticket=T", "--json"])
            .var(APP[0].0, APP[0].1)
            .done();
        assert_eq!((done.code, &done.json()["appId"]), (0, &APP[0].1.into()), "{done}");
        let done = home
            .run(["callback", "verify", "--timestamp=1", "--nonce=2", "--echostr=3"])
            .with(["--signature=0000000000000000000000000000000000000000"])
            .var("WECHECK_CALLBACK_TOKEN", "TOKEN")
            .done();
        assert_eq!(done.code, 1, "{broken} {done}");
        // A profile of the file is one of the file.
        let done = home.run(["token", "--profile", "shop"]).var(APP[0].0, APP[0].1).done();
        assert_eq!(done.code, 3, "{broken} {done}");
        assert_eq!(home.run(["token"]).done().code, 3, "{broken}");
        assert_eq!(home.run(["token"]).var(APP[1].0, APP[1].1).done().code, 3, "{broken}");
    }
}

#[test]
fn the_cache_of_a_broken_file_is_the_one_that_it_names_or_none() {
    let server = Server::start(wechat);
    let home = Home::new();
    let stored = || home.path().join(".cache/wecheck").exists();
    let token = || {
        let mut run = home.run(["token"]).var("WECHECK_API_BASE", server.base());
        for (name, value) in APP {
            run = run.var(name, value);
        }
        run.done()
    };
    // What cannot be read may be a Redis: nothing lands on this disk.
    home.config("[cache]\nbackend = \"redis\"\nurl = \"redis://127.0.0.1:1\nlang = \"en\"\n");
    let done = token();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("so no cache is used") && !stored(), "{done}");
    for args in [["cache", "path"], ["cache", "list"]] {
        assert_eq!(home.run(args).done().code, 3);
    }
    // The rest of the file is wrong, its [cache] is not.
    home.config("lang = \"fr\"\n[cache]\nbackend = \"redis\"\nurl = \"redis://127.0.0.1:1/0\"\n");
    let done = home.run(["cache", "path", "--json"]).done();
    assert_eq!((done.code, &done.json()["backend"]), (0, &"redis".into()), "{done}");
    assert!(done.stderr.starts_with("warning: the config file is not used: "), "{done}");
    // No Redis at all.
    home.config("lang = [\n");
    for args in [["cache", "path"], ["cache", "list"]] {
        let done = home.run(args).with(["--json"]).done();
        assert_eq!((done.code, &done.json()["backend"]), (0, &"disk".into()), "{done}");
    }
    assert_eq!(token().code, 0);
    assert!(stored());
    assert_eq!(
        home.run(["cache", "list", "--json"]).done().json()["entries"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn twelve_at_once_lose_nothing() {
    let home = Home::new();
    let config = home.path().join("config.toml");
    std::thread::scope(|scope| {
        for number in 0..12 {
            let (home, config) = (&home, &config);
            scope.spawn(move || {
                let name = format!("--name=shop-{number}");
                let run = home.run(["config", "init", &name, "--app-id=wx0123456789abcdef"]);
                let done = run.var("WECHECK_CONFIG", config).done();
                assert_eq!(done.code, 0, "{done}");
            });
        }
    });
    let shown = home.run(["config", "show", "--json"]).var("WECHECK_CONFIG", &config).done().json();
    assert_eq!(shown["profiles"].as_array().map(Vec::len), Some(12), "{shown}");
    let left: Vec<_> = std::fs::read_dir(home.path())
        .expect("a folder")
        .filter_map(Result::ok)
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["config.toml"], "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_config_behind_a_link_stays_where_it_is() {
    let home = Home::new();
    let real = home.file(
        "dotfiles/wecheck.toml",
        "default_profile = \"old\"\n[profile.old]\nplatform = \"mp\"\nappid = \"wx1\"\n",
    );
    let link = home.path().join("config.toml");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    let run = home.run(["config", "init", "--name=new", "--app-id=wx0123456789abcdef"]);
    assert_eq!(run.var("WECHECK_CONFIG", &link).done().code, 0);
    assert!(std::fs::symlink_metadata(&link).is_ok_and(|meta| meta.file_type().is_symlink()));
    assert!(std::fs::read_to_string(&real).expect("the file").contains("[profile.new]"));
}

#[test]
fn a_secret_in_the_place_of_a_name_is_neither_kept_nor_shown() {
    let home = Home::new();
    let secret = "0123456789abcdef0123456789abcdef";
    for flags in [
        ["--name=shop", "--app-id=wx0123456789abcdef", "--secret-env=0123456789abcdef0123456789abcdef"],
        ["--name=shop", "--app-id=0123456789abcdef0123456789abcdef", "--secret-env=A"],
        ["--name=0123456789abcdef0123456789abcdef", "--app-id=wx0123456789abcdef", "--secret-env=A"],
    ] {
        let done = home.run(["config", "init"].iter().chain(&flags)).done();
        assert_eq!(done.code, 2, "{done}");
        assert!(!done.stdout.contains(secret) && !done.stderr.contains(secret), "{done}");
        let chinese = home.run(["config", "init", "--lang=zh"].iter().chain(&flags)).done();
        assert!(chinese.stderr.contains("没有"), "{chinese}");
    }
    assert!(!home.path().join(".config/wecheck/config.toml").exists());
}

#[test]
fn a_strict_check_fails_at_any_oddity() {
    let home = Home::new();
    let sound = "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = { env = \"S\" }\n\
                 trusted_domains = [\"m.example.com\"]\njs_api_list = [\"chooseImage\"]\n";
    let check = |config: &str, secret: Option<&str>| {
        home.config(config);
        let run = home.run(["config", "check", "--strict"]);
        if let Some(secret) = secret { run.var("S", secret).done() } else { run.done() }
    };
    let secret = Some("0123456789abcdef0123456789abcdef");
    assert_eq!(check(sound, secret).code, 0, "{}", check(sound, secret));
    for (config, secret, said) in [
        (sound.to_owned(), None, "secret"),
        (sound.replace("{ env = \"S\" }", "{ file = \"nowhere\" }"), secret, "secret"),
        (sound.replace("m.example.com", "http://10.0.0.1:8080/"), secret, "trusted_domains"),
        (sound.replace("chooseImage", "chooseimage"), secret, "chooseImage"),
    ] {
        let done = check(&config, secret);
        assert_eq!(done.code, 1, "{done}");
        assert!(done.stdout.contains(said), "{done}");
        let mild = home.run(["config", "check"]).var("S", secret.unwrap_or_default()).done();
        assert_eq!(mild.code, 0, "{mild}");
    }
}
