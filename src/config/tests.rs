//! Precedence and the voice of errors, on real files in a folder of their own.

use super::*;

fn settings(text: &str, vars: &[(&str, &str)]) -> (Env, Result<Settings, Failure>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).expect("the config is written");
    let mut env = Env::for_test(vars, || 0);
    env.globals.config = Some(path);
    let loaded = load(&env);
    (env, loaded)
}

const TWO: &str = r#"
default_profile = "shop"
[profile.shop]
platform = "mp"
appid = "wx0123456789abcdef"
secret = "from-the-file"
trusted_domains = ["m.example.com"]
[profile.office]
platform = "work"
appid = "ww0123456789abcdef"
agent_id = 1000002
"#;

#[test]
fn a_variable_replaces_one_field_and_an_app_id_replaces_all_credentials() {
    let (env, loaded) = settings(TWO, &[("WECHECK_SECRET", "from-the-variable")]);
    let profile = loaded.expect("it loads").profile(&env).expect("it is chosen").expect("there is one");
    assert_eq!(profile.name, "shop");
    assert_eq!(profile.require_secret(&env).expect("there is one").reveal(), "from-the-variable");

    let (env, loaded) = settings(TWO, &[("WECHECK_APPID", "ww1111111111111111")]);
    let profile = loaded.expect("it loads").profile(&env).expect("it is chosen").expect("there is one");
    assert_eq!((profile.name.as_str(), profile.platform()), (ENVIRONMENT_PROFILE, Platform::Work));
    assert!(profile.secret.is_none(), "no credential of the file is mixed in");
    assert_eq!(profile.trusted_domains, ["m.example.com"]);
}

#[test]
fn the_profile_flag_keeps_another_app_of_the_environment_out() {
    let (mut env, loaded) = settings(TWO, &[("WECHECK_APPID", "wx9"), ("WECHECK_SECRET", "other")]);
    env.globals.profile = Some("shop".into());
    let profile = loaded.expect("it loads").profile(&env).expect("it is chosen").expect("there is one");
    assert_eq!(profile.app_id.as_deref(), Some("wx0123456789abcdef"));
    assert_eq!(profile.require_secret(&env).expect("there is one").reveal(), "from-the-file");
}

#[test]
fn errors_name_the_place_and_never_the_value() {
    for (text, expected) in [
        ("[profile.a]\nsecret = \"CANARY", "line 2"),
        ("[profile.a]\nsekret = \"CANARY\"", "unknown key `sekret`"),
        ("[profile.a]\nagent_id = -5", "`agent_id` takes a number"),
        ("[profile.a]\nsandbox = \"CANARY\"", "`sandbox` takes true or false, not a string"),
        ("[profile.a]\nsecret = { env = \"A\", file = \"CANARY\" }", "exactly one of"),
        ("[profile.\"../x\"]\nappid = \"CANARY\"", "not a profile name"),
        ("lang = \"CANARY\"", "`lang` takes \"zh\" or \"en\""),
        ("secret = CANARY", "line 1"),
    ] {
        let failure = settings(text, &[]).1.expect_err("it is refused");
        assert!(failure.message.en.contains(expected), "{text}: {}", failure.message);
        assert!(!format!("{failure:?}").contains("CANARY"), "{text}: {failure:?}");
    }
    let failure = settings("[profile.a]\nsekret = 1", &[]).1.expect_err("it is refused");
    assert_eq!(failure.fix.as_ref().map(|fix| fix.en.as_str()), Some("did you mean `secret`?"));
}

#[test]
fn oddities_tell_length_and_first_bad_character() {
    let profile = Profile {
        platform: Some(Platform::Mp),
        app_id: Some("wx0123".into()),
        secret: Some(Source::Plain(Secret::new("0123456789abcdef 123456789abcdef"))),
        ..Profile::default()
    };
    let found: Vec<String> = oddities(&profile, |source| match source {
        Source::Plain(secret) => Some(secret.clone()),
        _ => None,
    })
    .into_iter()
    .map(|oddity| format!("{}: {}", oddity.field, oddity.en))
    .collect();
    assert_eq!(
        found,
        [
            "appid: 6 characters, usually it has 18",
            "secret: 32 characters, and character 17 is `\\u{20}`, which does not belong there",
        ]
    );
}
