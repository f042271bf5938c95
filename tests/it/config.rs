//! `config` from outside: what is written, shown, checked, and never told.

use insta::assert_snapshot;

use crate::harness::{Home, wecheck};

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
    let nobody = Home::new().run(["config", "init"]).done();
    assert_eq!(nobody.code, 2, "{nobody}");
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
