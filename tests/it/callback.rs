//! `wecheck callback`: published vectors, requests as they stand in logs, and every way it refuses.

use serde_json::{Value, json};

use crate::harness::{Done, Home, Run, wecheck};

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OTHER_KEY: &str = "XtJUgDlFYncPP3z4V7W6Jv4ietcIFveUn6LP1KzOBNf";
const APPID: &str = "wxb11529c136998cb6";

/// A run with a token, a key and an appid.
fn callback<'a>(args: impl IntoIterator<Item = &'a str>) -> Run {
    wecheck(["callback"].into_iter().chain(args))
        .var("WECHECK_CALLBACK_TOKEN", TOKEN)
        .var("WECHECK_ENCODING_AES_KEY", KEY)
        .var("WECHECK_APPID", APPID)
}

/// An encrypted body of the message, signed at a known time.
fn encrypted(message: &str) -> Value {
    let args = ["encrypt", "--body", "-", "--timestamp", "1700000000", "--nonce", "12345", "--json"];
    callback(args).stdin(message).done().json()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {value}"))
}

/// A logged POST of that body.
fn logged(encrypted: &Value, body: &str) -> String {
    format!(
        "POST /cb?signature={}&timestamp=1700000000&nonce=12345&openid=o&encrypt_type=aes&msg_signature={} HTTP/1.1\r\n\
         Host: a.example\r\nContent-Type: text/xml\r\n\r\n{body}",
        text(encrypted, "signature"),
        text(encrypted, "MsgSignature"),
    )
}

fn ids(done: &Done) -> Vec<String> {
    let document = done.json();
    let mistakes = document["mistakes"].as_array().expect("mistakes");
    mistakes.iter().map(|mistake| text(mistake, "id").to_owned()).collect()
}

#[test]
fn every_published_vector_holds() {
    let mut seen = 0;
    for line in include_str!("../data/callback-vectors.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).expect("a vector");
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let input = |name: &str| text(inputs, name);
        let verify = |signature: &str, encrypted: Option<&str>| {
            let mut args = vec!["callback", "verify", "--json", "--timestamp", input("timestamp")];
            args.extend(["--nonce", input("nonce"), "--signature", signature]);
            args.extend(encrypted.map(|encrypted| ["--encrypt", encrypted]).into_iter().flatten());
            wecheck(args).var("WECHECK_CALLBACK_TOKEN", input("token")).done()
        };
        let with_key =
            |args: &[&str]| wecheck(args).var("WECHECK_ENCODING_AES_KEY", input("encoding_aes_key"));
        match text(&vector, "kind") {
            "callback_sha1" => {
                let done = verify(expected.as_str().expect("a hash"), None);
                let report = done.json();
                assert_eq!(
                    (done.code, &report["valid"], &report["kind"]),
                    (0, &json!(true), &json!("plain")),
                    "{line}"
                );
                assert_eq!(&report["computed_signature"], expected, "{line}");
            }
            "callback_sha1_negative" => {
                let done = verify(input("signature"), None);
                assert_eq!((done.code, ids(&done)), (1, vec!["signature-mistyped".to_owned()]), "{line}");
            }
            "msg_signature" => {
                let done = verify(expected.as_str().expect("a hash"), Some(input("encrypt")));
                let report = done.json();
                assert_eq!((done.code, &report["kind"]), (0, &json!("msg_signature")), "{line}");
                assert_eq!(&report["computed_signature"], expected, "{line}");
                assert_eq!(report["mistakes"], json!([]), "{line}");
            }
            "msg_signature_negative" => {
                let done = verify(input("msg_signature"), Some(input("encrypt")));
                assert_eq!((done.code, &done.json()["valid"]), (1, &json!(false)), "{line}");
            }
            "aes_decrypt" => {
                let done = with_key(&["callback", "decrypt", "--encrypt", input("encrypt"), "--json"]).done();
                let report = done.json();
                assert_eq!(done.code, 0, "{line}: {done}");
                for (wanted, found) in [("plaintext", "message"), ("receive_id", "receive_id")] {
                    assert!(
                        expected[wanted].is_null() || expected[wanted] == report[found],
                        "{line}: {done}"
                    );
                }
                for part in expected["plaintext_contains"].as_array().into_iter().flatten() {
                    assert!(
                        text(&report, "message").contains(part.as_str().expect("a text")),
                        "{line}: {done}"
                    );
                }
                assert_eq!(report["fields"].is_object(), text(&report, "message").starts_with('<'), "{line}");
            }
            // An encrypted message begins with random bytes, so the way back is compared.
            "aes_encrypt" => {
                let done = with_key(&[
                    "callback",
                    "decrypt",
                    "--encrypt",
                    expected.as_str().expect("base64"),
                    "--json",
                ])
                .done();
                assert_eq!(done.json()["message"], inputs["plaintext"], "{line}: {done}");
                assert_eq!(done.json()["receive_id"], inputs["receive_id"], "{line}: {done}");
                let key = wecheck::callback::AesKey::read(&input("encoding_aes_key").to_owned().into())
                    .expect("a key");
                let random = input("random16").as_bytes().try_into().expect("16 bytes");
                let encrypted = key.encrypt(random, input("plaintext"), input("receive_id"));
                assert_eq!(encrypted.as_deref(), expected.as_str(), "{line}");
            }
            "receive_id_negative" => {
                let run = with_key(&["callback", "decrypt", "--encrypt", input("encrypt"), "--json"]);
                let done = run.var("WECHECK_APPID", input("receive_id")).done();
                assert_eq!((done.code, ids(&done)), (1, vec!["receive-id".to_owned()]), "{line}");
            }
            "invalid_key" => {
                let done = with_key(&["callback", "decrypt", "--encrypt", "never looked at"]).done();
                assert_eq!(done.code, 3, "{line}: {done}");
                assert!(done.stderr.contains("the EncodingAESKey has 4"), "{line}: {done}");
                assert!(!done.stderr.contains(&input("encoding_aes_key")[..8]), "{line}: {done}");
            }
            // The sorting and hashing alone: an empty value changes nothing.
            "sort_join" => {
                let mut values: Vec<&str> =
                    inputs["values"].as_array().expect("values").iter().filter_map(Value::as_str).collect();
                values.resize(values.len().max(3), "");
                let mut args =
                    vec!["callback", "verify", "--json", "--timestamp", values[1], "--nonce", values[2]];
                args.extend(["--signature", expected.as_str().expect("a hash")]);
                args.extend(values.get(3).map(|encrypted| ["--encrypt", encrypted]).into_iter().flatten());
                let done = wecheck(args).var("WECHECK_CALLBACK_TOKEN", values[0]).done();
                assert_eq!(done.code, 0, "{line}: {done}");
            }
            // Joined with `&`: a mistake here, and named.
            "sort_join_amp" => {
                let values = inputs["values"].as_array().expect("values");
                let joined =
                    [text(&json!({"v": values[0]}), "v"), text(&json!({"v": values[1]}), "v")].join("&");
                assert_eq!(
                    wecheck::signature::sha1_hex(&joined),
                    expected.as_str().expect("a hash"),
                    "{line}"
                );
            }
            other => panic!("no test for `{other}`"),
        }
        seen += 1;
    }
    assert_eq!(seen, 47);
}

#[test]
fn a_logged_request_is_checked_and_decrypted() {
    let message = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Content>我是中文</Content><A><B>1</B><B>2</B></A></xml>";
    let encrypted = encrypted(message);
    let log = logged(&encrypted, text(&encrypted, "body"));
    let done = callback(["verify", "--request", "-"]).stdin(&log).done();
    let (msg, plain) = (text(&encrypted, "MsgSignature"), text(&encrypted, "signature"));
    assert_eq!(
        done.to_string(),
        format!(
            "exit 0\n----- stdout\nthe signature holds\n  msg_signature  {msg}\n  signature      {plain}\n  \
             receive_id     {APPID} (as expected)\n\nnext:\n  [ ] answer 200 within 5 s: empty, `success` or a \
             reply XML (encrypted in safe mode); anything else shows the user an error of the account\n  [ ] have \
             wecheck call your server as WeChat would: wecheck callback probe URL\n"
        )
    );
    let done = callback(["decrypt", "--request", "-", "--json"]).stdin(&log).done();
    let report = done.json();
    assert_eq!((done.code, text(&report, "signature")), (0, "holds"), "{done}");
    assert_eq!(report["message"], message);
    assert_eq!(
        report["fields"],
        json!({"ToUserName": "gh_1", "Content": "我是中文", "A": {"B": ["1", "2"]}})
    );
}

#[test]
fn both_signatures_of_safe_mode_have_to_hold() {
    let encrypted = encrypted("x");
    let log = logged(&encrypted, text(&encrypted, "body"));
    let broken = log.replace(text(&encrypted, "signature"), &"0".repeat(40));
    let done = callback(["verify", "--request", "-", "--json"]).stdin(broken).done();
    let report = done.json();
    assert_eq!((done.code, &report["valid"], &report["kind"]), (1, &json!(false), &json!("msg_signature")));
    let valid: Vec<&Value> =
        report["signatures"].as_array().expect("both").iter().map(|check| &check["valid"]).collect();
    assert_eq!(valid, [&json!(true), &json!(false)]);
    // Without its body only the plain one can be checked, and that is said.
    let done = callback(["verify", "--request", "-", "--json"])
        .stdin(log.split("\r\n").next().expect("a line"))
        .done();
    assert_eq!((done.code, &done.json()["kind"]), (0, &json!("plain")), "{done}");
    assert_eq!(done.json()["warnings"][0]["id"], "body-missing");
}

#[test]
fn every_length_goes_there_and_back() {
    let key = wecheck::callback::AesKey::read(&KEY.to_owned().into()).expect("a key");
    for length in 0..=1000 {
        // So many bytes, in characters of three where there is room.
        let message = "a".repeat(length % 3) + &"我".repeat(length / 3);
        let encrypted = key.encrypt([7; 16], &message, APPID).expect("it is short");
        let decrypted = key.decrypt(&encrypted).expect("it opens");
        assert_eq!((decrypted.message, decrypted.receive_id.as_str()), (message, APPID), "{length}");
    }
    for length in [0, 11, 12, 13, 127, 128, 255, 256, 1000] {
        let message = "m".repeat(length);
        let body = encrypted(&message);
        let done = callback(["decrypt", "--body", "-", "--json"]).stdin(text(&body, "body")).done();
        assert_eq!((done.code, text(&done.json(), "message")), (0, message.as_str()), "{length}: {done}");
    }
}

#[test]
fn json_bodies_of_both_platforms() {
    for (platform, name) in [("mp", "Encrypt"), ("work", "encrypt")] {
        let run = || {
            callback(["encrypt", "{\"a\":{\"b\":[1]}}", "--format", "json"]).var("WECHECK_PLATFORM", platform)
        };
        let body = run().done().stdout;
        let parsed: Value = serde_json::from_str(&body).expect("JSON");
        assert!(parsed[name].is_string(), "{body}");
        let done = callback(["decrypt", "--body", "-", "--json"]).stdin(&body).done();
        assert_eq!(done.json()["fields"], json!({"a": {"b": [1]}}), "{done}");
        assert_eq!(callback(["verify", "--body", "-"]).stdin(&body).done().code, 0);
    }
}

#[test]
fn a_url_verification_is_answered() {
    let url = "http://127.0.0.1:3000/cb?app=1#frag";
    for (platform, clear) in [("mp", true), ("work", false)] {
        let args = ["encrypt", "6058207018001857403", "--as", "curl-echo", "--url", url];
        let command = callback(args).var("WECHECK_PLATFORM", platform).done().stdout;
        assert!(command.starts_with("curl 'http://127.0.0.1:3000/cb?app=1&"), "{command}");
        assert_eq!(command.contains("&echostr=6058207018001857403'"), clear, "{command}");
        let done =
            callback(["echo", "--request", "-"]).var("WECHECK_PLATFORM", platform).stdin(&command).done();
        assert_eq!(done.to_string(), "exit 0\n----- stdout\n6058207018001857403\n");
        let forged = command.replace("nonce=", "nonce=9");
        let done = callback(["echo", "--request", "-", "--json"])
            .var("WECHECK_PLATFORM", platform)
            .stdin(forged)
            .done();
        assert_eq!((done.code, &done.json()["echostr"]), (1, &Value::Null), "{done}");
        assert!(!done.stdout.contains("6058207018001857403"), "{done}");
    }
    let message = callback(["echo", "--body", "-"]).stdin(text(&encrypted("x"), "body")).done();
    assert_eq!(message.code, 2, "{message}");
}

#[test]
fn the_curl_command_is_one_a_shell_runs() {
    let args = ["encrypt", "it's $HOME `x`", "--as", "curl", "--url", "http://127.0.0.1:1/c?a=1"];
    let done = callback(args).var("WECHECK_PLATFORM", "work").var("WECHECK_AGENT_ID", "it's").done();
    let script = format!("curl() {{ for a in \"$@\"; do printf '%s\\n' \"$a\"; done; }}\n{}", done.stdout);
    let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
    let words = String::from_utf8(output.stdout).expect("text");
    let words: Vec<&str> = words.lines().collect();
    assert_eq!(words.len(), 7, "{words:?}");
    assert!(words[2].starts_with("http://127.0.0.1:1/c?a=1&msg_signature="), "{words:?}");
    assert!(words[6].contains("<AgentID>it&apos;s</AgentID>"), "{words:?}");
    let request = format!("{}\n\n{}", words[2], words[6]);
    let done = callback(["decrypt", "--request", "-", "--json"]).stdin(request).done();
    assert_eq!((text(&done.json(), "message"), text(&done.json(), "signature")), ("it's $HOME `x`", "holds"));
}

#[test]
fn token_key_and_receive_id_are_kept_apart() {
    let encrypted = encrypted("hello");
    let log = logged(&encrypted, text(&encrypted, "body"));
    let run = |args: &[&str], variable: &str, value: &str| {
        callback(args.iter().copied()).var(variable, value).stdin(&log).done()
    };
    for command in ["verify", "decrypt"] {
        let args = [command, "--request", "-", "--json"];
        for (variable, value, id, field) in [
            ("WECHECK_CALLBACK_TOKEN", "hk7ZqPwx3NvT ", "token-whitespace", "token"),
            ("WECHECK_CALLBACK_TOKEN", "'hk7ZqPwx3NvT'", "token-quoted", "token"),
            ("WECHECK_CALLBACK_TOKEN", "hk7ZqPwx3NvTT", "token-extra-character", "token"),
            ("WECHECK_CALLBACK_TOKEN", "somethingElse9", "token-differs", "token"),
            ("WECHECK_ENCODING_AES_KEY", OTHER_KEY, "key-sample", "encoding_aes_key"),
            ("WECHECK_APPID", "wx0000000000000000", "receive-id", "receive_id"),
        ] {
            let done = run(&args, variable, value);
            assert_eq!(done.code, 1, "{id}: {done}");
            let report = done.json();
            let mistake = &report["mistakes"][0];
            assert_eq!((&mistake["id"], &mistake["field"]), (&json!(id), &json!(field)), "{done}");
            assert_eq!(report["valid"], json!(false), "{done}");
            if command == "decrypt" && field != "receive_id" {
                assert_eq!(report["message"], Value::Null, "{done}");
            }
        }
    }
    let done = run(&["verify", "--request", "-", "--receive-id", "wx0000000000000000"], "X", "");
    assert_eq!(done.code, 1, "{done}");
    let done =
        run(&["verify", "--request", "-", "--receive-id", APPID], "WECHECK_APPID", "wx0000000000000000");
    assert_eq!(done.code, 0, "{done}");
}

#[test]
fn nothing_encrypted_is_shown_before_the_signature_held() {
    // Wrong key, wrong receive id, broken padding: with a wrong signature they all look the same.
    let encrypted = encrypted("hello");
    let log = logged(&encrypted, text(&encrypted, "body"));
    let cut = log.replace(&text(&encrypted, "Encrypt")[..4], "AAAA");
    let mut seen = Vec::new();
    for (variable, value) in
        [("X", ""), ("WECHECK_ENCODING_AES_KEY", OTHER_KEY), ("WECHECK_APPID", "wx0000000000000000")]
    {
        let done = callback(["decrypt", "--request", "-"]).var(variable, value).stdin(&cut).done();
        assert_eq!(done.code, 1, "{done}");
        assert!(done.stdout.contains("the signature does not hold, so nothing was decrypted"), "{done}");
        // How far the search came depends on the time it had.
        seen.push(done.stdout.lines().filter(|line| !line.starts_with('(')).collect::<Vec<_>>().join("\n"));
    }
    assert!(seen.iter().all(|text| *text == seen[0]), "{seen:#?}");
}

#[test]
fn keys_of_other_profiles_and_tokens_of_other_profiles_are_named() {
    let home = Home::new();
    home.config(&format!(
        "default_profile = \"a\"\n[profile.a]\nplatform = \"mp\"\nappid = \"{APPID}\"\n\
         callback_token = \"tokenOfA1\"\nencoding_aes_key = \"{OTHER_KEY}\"\n[profile.b]\nplatform = \"mp\"\n\
         appid = \"{APPID}\"\ncallback_token = \"{TOKEN}\"\nencoding_aes_key = \"Zbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\"\n\
         [profile.c]\nplatform = \"mp\"\nappid = \"{APPID}\"\ncallback_token = \"{TOKEN}\"\n\
         encoding_aes_key = \"{OTHER_KEY}\"\n"
    ));
    let body = home.run(["-p", "b", "callback", "encrypt", "hello"]).done().stdout;
    let verify = |profile: &str| {
        home.run(["-p", profile, "callback", "verify", "--body", "-", "--json"]).stdin(&body).done()
    };
    assert_eq!(verify("b").code, 0);
    let done = verify("a");
    assert_eq!(ids(&done), ["token-other-profile"], "{done}");
    assert!(!done.stdout.contains(TOKEN) && !done.stdout.contains("tokenOfA1"), "{done}");
    let done = verify("c");
    assert_eq!(ids(&done), ["key-other-profile"], "{done}");
    assert!(done.stdout.contains("profile `b`") && !done.stdout.contains(OTHER_KEY), "{done}");
}

#[test]
fn echostr_comes_as_it_stands_in_a_log() {
    let echostr = "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w==";
    let encoded = echostr.replace('/', "%2F").replace('=', "%3D");
    let verify = |echostr: &str, signature: &str| {
        let args =
            ["callback", "verify", "--json", "--timestamp", "1583940690", "--nonce", "VHh7ymSeb0jc4lSb"];
        wecheck(args.into_iter().chain(["--signature", signature, "--echostr", echostr]))
            .var("WECHECK_CALLBACK_TOKEN", "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme")
            .done()
    };
    let right = "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011";
    for text in [echostr, &encoded, &encoded.replace('%', "%25"), &encoded.to_lowercase().replace("3d", "3D")]
    {
        let done = verify(text, right);
        assert_eq!(done.code, i32::from(text.contains("6km")), "{done}");
    }
    let mut values = ["kjr2TKI8umCBfVF3wAHk8JiPwma5VBme", "1583940690", "VHh7ymSeb0jc4lSb", &encoded];
    values.sort_unstable();
    let done = verify(&encoded, &wecheck::signature::sha1_hex(&values.concat()));
    assert_eq!(ids(&done), ["encrypt-percent-encoded"], "{done}");
    assert_eq!(done.json()["mistakes"][0]["field"], "echostr");
    assert_eq!(done.json()["mistakes"][0]["actual"], echostr);
}

#[test]
fn a_bad_key_is_reported_by_position_before_the_ciphertext() {
    for (key, said) in [
        (&KEY[..42], "the EncodingAESKey has 42 characters instead of 43"),
        (
            "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
            "the EncodingAESKey has 44 characters instead of 43",
        ),
        ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=", "character 44 is `=`"),
        ("abcdefghij-lmnopqrstuvwxyz0123456789ABCDEFG", "character 11 is `-`"),
        (" bcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "character 1 is `\\u{20}`"),
    ] {
        for args in [
            &["decrypt", "--encrypt", "%%%"][..],
            &["decrypt", "--body", "-"],
            &["verify", "--encrypt", "x", "--timestamp", "1", "--nonce", "2", "--signature", "3"],
            &["verify", "--body", "-", "--timestamp", "1", "--nonce", "2", "--signature", "3"],
            &["encrypt", "x"],
        ] {
            let done =
                callback(args.iter().copied()).var("WECHECK_ENCODING_AES_KEY", key).stdin("<xml").done();
            assert_eq!(done.code, 3, "{args:?} {done}");
            assert!(done.stderr.contains(said) && !done.stderr.contains("cdefgh"), "{args:?} {done}");
        }
    }
    // A plain signature asks for no key.
    let args = ["verify", "--timestamp", "1", "--nonce", "2", "--signature", "3"];
    assert_eq!(callback(args).var("WECHECK_ENCODING_AES_KEY", "short").done().code, 1);
}

#[test]
fn doctypes_and_entities_are_refused() {
    let laughs = format!(
        "<!DOCTYPE l [<!ENTITY a0 \"ha\">{}]><xml><Encrypt>&a9;</Encrypt></xml>",
        (1..10)
            .map(|n| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)))
            .collect::<Vec<_>>()
            .concat()
    );
    let file = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/hostname\">]>\
                <xml><Encrypt>&f;</Encrypt></xml>";
    for body in [laughs.as_str(), file] {
        let done = callback(["decrypt", "--body", "-"]).stdin(body).done();
        assert_eq!(done.code, 2, "{done}");
        assert!(done.stderr.contains("the body has a DOCTYPE, which is refused"), "{done}");
        // The same inside: it opens, and it is not taken apart.
        let inside = encrypted(body);
        let done = callback(["decrypt", "--body", "-", "--json"]).stdin(text(&inside, "body")).done();
        assert_eq!((done.code, ids(&done)), (1, vec!["message-refused".to_owned()]), "{done}");
        assert_eq!(done.json()["fields"], Value::Null, "{done}");
    }
    let done = callback(["decrypt", "--body", "-"]).stdin("<xml><Encrypt>&own;</Encrypt></xml>").done();
    assert!(done.code == 2 && done.stderr.contains("the entity `&own;`"), "{done}");
}

#[test]
fn malformed_input_is_exit_2() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let keys =
        format!("{{{}\"z\":1}}", (0..200_000).map(|n| format!("\"{n}\":0,")).collect::<Vec<_>>().concat());
    let deep_xml = "<a>".repeat(100_000);
    for (body, said) in [
        ("", "the body is empty"),
        ("hello", "neither XML nor JSON"),
        ("<xml><Encrypt>", "not well-formed XML"),
        ("{\"encrypt\":", "the body is not JSON"),
        ("{\"encrypt\":\"\\ud800\"}", "the body is not JSON"),
        ("{\"encrypt\":NaN}", "the body is not JSON"),
        ("{\"encrypt\":1e999999}", "the body is not JSON"),
        ("[]", "not an object"),
        ("<xml/>", "nothing is encrypted here"),
        ("{}", "nothing is encrypted here"),
        ("<xml><Encrypt>*</Encrypt></xml>", "not base64"),
        ("<xml><Encrypt>AAAA</Encrypt></xml>", "holds 3 bytes"),
        (&deep, "the body is not JSON"),
        (&deep_xml, "nested more than 64"),
        (&keys, "nothing is encrypted here"),
    ] {
        let done = callback(["decrypt", "--body", "-"]).stdin(body).done();
        assert_eq!(done.code, 2, "{said}: {done}");
        assert!(done.stderr.contains(said) && done.stderr.contains("hint: "), "{said}: {done}");
    }
    for (args, said) in [
        (&["verify"][..], "no callback is given"),
        (&["verify", "--body", "-", "--request", "-"], "stdin can be"),
        (&["verify", "--request", "-"], "not a logged callback"),
        (&["verify", "--timestamp", "1", "--nonce", "2"], "the signature is missing"),
        (&["verify", "--nonce", "2", "--signature", "3"], "the timestamp is missing"),
        (&["verify", "--timestamp", "2", "--signature", "3"], "the nonce is missing"),
        (&["decrypt", "--echostr", "123"], "the echostr is not encrypted"),
        (&["encrypt", "x", "--timestamp", "soon"], "the timestamp `soon` is not a number"),
        (&["encrypt", "x", "--as", "curl", "--url", "ftp://a"], "not an http or https address"),
        (&["encrypt", "x", "--as", "curl"], "--url"),
        (&["encrypt"], "TEXT"),
    ] {
        let done = callback(args.iter().copied()).done();
        assert_eq!(done.code, 2, "{args:?}: {done}");
        assert!(done.stderr.contains(said), "{args:?}: {done}");
    }
}

#[test]
fn credentials_come_from_the_profile_only() {
    let verify = ["callback", "verify", "--timestamp", "1", "--nonce", "2", "--signature", "3"];
    assert_eq!(wecheck(verify).done().code, 3);
    let done = wecheck(verify).var("WECHECK_APPID", APPID).done();
    assert!(done.code == 3 && done.stderr.contains("no `callback_token`"), "{done}");
    let done = wecheck(["callback", "decrypt", "--encrypt", "x"]).var("WECHECK_CALLBACK_TOKEN", TOKEN).done();
    assert!(done.code == 3 && done.stderr.contains("no `encoding_aes_key`"), "{done}");
    for flag in ["--token", "--key", "--encoding-aes-key"] {
        let done = callback(["verify", flag, "CANARY-1"]).done();
        assert_eq!(done.code, 2, "{done}");
    }
}

#[test]
fn a_token_is_never_shown() {
    for lang in ["zh", "en"] {
        for token in
            ["CANARYTOKEN77 ", "\"CANARYTOKEN77\"", "CANARYTOKEN77x", "canarytoken77", "CANARYTOKEN7"]
        {
            let signature = {
                let mut values = ["CANARYTOKEN77", "1", "2"];
                values.sort_unstable();
                wecheck::signature::sha1_hex(&values.concat())
            };
            for json in [&[][..], &["--json"]] {
                let args =
                    ["verify", "--timestamp", "1", "--nonce", "2", "--signature", &signature, "--lang", lang];
                let done = callback(args.into_iter().chain(json.iter().copied()))
                    .var("WECHECK_CALLBACK_TOKEN", token)
                    .done();
                assert_eq!(done.code, 1, "{done}");
                assert!(!done.to_string().to_lowercase().contains("canary"), "{done}");
            }
        }
    }
}

#[test]
fn what_a_terminal_obeys_is_made_visible() {
    let inside = encrypted("\u{1b}[31mred\u{202e}");
    let done = callback(["decrypt", "--body", "-"]).stdin(text(&inside, "body")).done();
    assert!(done.stdout.contains("\\u{1b}[31mred\\u{202e}"), "{done}");
    let done = callback(["decrypt", "--body", "-", "--json"]).stdin(text(&inside, "body")).done();
    assert_eq!(done.json()["message"], "\u{1b}[31mred\u{202e}");
    let args = ["verify", "--timestamp", "1", "--nonce", "2", "--signature", "\u{1b}]52;c;x\u{7}"];
    let done = callback(args).done();
    assert!(done.code == 1 && !done.stdout.contains('\u{1b}'), "{done}");
}

#[test]
fn any_text_is_answered_with_0_or_1() {
    for text in ["", " ", "-x", "--", "汉字", "%", "%ff", "{", "a\nb", "\u{202e}"] {
        let [timestamp, nonce, signature] =
            ["timestamp", "nonce", "signature"].map(|name| format!("--{name}={text}"));
        let done = callback(["verify", &timestamp, &nonce, &signature, "--json"]).done();
        assert_eq!((done.code, &done.json()["valid"]), (1, &json!(false)), "{text:?}: {done}");
    }
}

#[test]
fn the_answer_reads_well_in_both_languages() {
    let args = [
        "verify",
        "--timestamp",
        "1410685589",
        "--nonce",
        "test",
        "--signature",
        "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff",
    ];
    let done = callback(args).var("WECHECK_CALLBACK_TOKEN", "Zk3vQ9test").done();
    insta::assert_snapshot!(done, @r"
    exit 1
    ----- stdout
    the signature does not hold
      signature given     f21891de399b4e33a1a93c9a7b8a8fffb5a443ff
      signature computed  f46b9cc20fc82b63bedabb83e2c55e2b07c6caee

    1. token-sample  it was signed with a token from public sample code (4 characters), not with yours (10 characters)
       fix: set a token of your own in WeChat's console, and the same in the server and in the profile; everybody knows the sample's token, so it protects nothing

    (8 candidates tried)
    ");
    let done =
        callback(args.into_iter().chain(["--lang", "zh"])).var("WECHECK_CALLBACK_TOKEN", "Zk3vQ9test").done();
    insta::assert_snapshot!(done, @r"
    exit 1
    ----- stdout
    签名不成立
      signature 收到  f21891de399b4e33a1a93c9a7b8a8fffb5a443ff
      signature 应为  f46b9cc20fc82b63bedabb83e2c55e2b07c6caee

    1. token-sample  签名用的是公开示例代码里的 token（4 个字符），不是你的 token（10 个字符）
       处理：在后台的服务器配置里换成自己的 token，并让服务器和 wecheck 的配置都用同一个；示例 token 人人知道，等于没有验签

    （试了 8 种写法）
    ");
}

/// A run on work with a token alone.
fn on_work<'a>(args: impl IntoIterator<Item = &'a str>) -> Run {
    wecheck(["callback", "verify", "--json", "--request", "-"].into_iter().chain(args))
        .var("WECHECK_CALLBACK_TOKEN", TOKEN)
        .var("WECHECK_PLATFORM", "work")
}

/// The query of a verification as WeCom sends it, its values as they are.
fn verification() -> [(&'static str, String); 4] {
    let args = ["encrypt", "1234+567", "--timestamp", "1700000000", "--nonce", "12345", "--json"];
    // An echostr with a `+`, which logs like to lose.
    let encrypted = (0..500)
        .map(|_| callback(args).var("WECHECK_PLATFORM", "work").done().json())
        .find(|one| text(one, "Encrypt").contains('+'))
        .expect("an echostr with a plus");
    [
        ("msg_signature", text(&encrypted, "MsgSignature").to_owned()),
        ("timestamp", "1700000000".to_owned()),
        ("nonce", "12345".to_owned()),
        ("echostr", text(&encrypted, "Encrypt").to_owned()),
    ]
}

#[test]
fn every_form_of_a_log_is_read_and_its_answer_judged() {
    let values = verification();
    let escaped = |value: &str| value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let query: Vec<String> =
        values.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let query = query.join("&");
    let pairs = |open: &str, mark: &str, close: &str, between: &str| {
        let pairs: Vec<String> =
            values.iter().map(|(name, value)| format!("{open}{name}{mark}{value}{close}")).collect();
        pairs.join(between)
    };
    for log in [
        format!("https://a.example/cb?{}", query.replace("&timestamp", "×tamp")),
        format!("ImmutableMultiDict([{}])", pairs("('", "', '", "')", ", ")),
        format!("<QueryDict: {{{}}}>", pairs("'", "': ['", "']", ", ")),
        format!("c.e.Wx : {}", pairs("", ":", "", ",")),
        pairs("", "=", "", ", "),
        format!("map[{}]", pairs("", ":[", "]", " ")),
        format!("Array\n(\n{})\n", pairs("    [", "] => ", "", "\n")),
        format!("{{{}}}", pairs("", "=", "", ", ")),
    ] {
        let done = on_work([]).stdin(&log).done();
        assert_eq!((done.code, &done.json()["valid"]), (0, &json!(true)), "{log}: {done}");
        assert!(text(&done.json()["next_steps"][0], "message").contains("BOM"), "{log}: {done}");
    }
    let plus_lost = query.replace("%2B", " ");
    let done = on_work([]).stdin(format!("GET /cb?{plus_lost} HTTP/1.1")).done();
    assert_eq!(ids(&done), ["encrypt-plus-space"], "{done}");
    for (answer, id) in [
        ("404 -", json!("answer-not-found")),
        ("301 169", json!("answer-redirect")),
        ("500 12", json!("answer-server-error")),
        ("200 0", json!("echo-empty")),
        ("200 8", json!(null)),
        ("200 11", json!("echo-size")),
    ] {
        let log = format!("1.2.3.4 - - [x] \"GET /cb?{query} HTTP/1.1\" {answer}");
        let done = on_work([]).stdin(&log).var("WECHECK_ENCODING_AES_KEY", KEY).done();
        let report = done.json();
        assert_eq!((done.code, &report["valid"]), (0, &json!(true)), "{done}");
        assert_eq!(report["answer"]["id"], id, "{answer}: {done}");
        assert_eq!(report["answer"]["ok"], json!(id.is_null()), "{answer}: {done}");
    }
}

#[test]
fn a_plain_signature_on_work_is_named() {
    let args = ["encrypt", "1", "--timestamp", "1700000000", "--nonce", "12345", "--json"];
    let plain = text(&callback(args).done().json(), "signature").to_owned();
    let log = format!("GET /cb?signature={plain}&timestamp=1700000000&nonce=12345&echostr=123456 HTTP/1.1");
    let done = on_work([]).stdin(log).done();
    assert_eq!((done.code, ids(&done)), (1, vec!["plain-signature-on-work".to_owned()]), "{done}");
}

#[test]
fn a_piped_request_needs_no_flag() {
    let encrypted = encrypted("<xml><A>1</A></xml>");
    let log = logged(&encrypted, text(&encrypted, "body"));
    let done = callback(["verify", "--json"]).stdin(&log).done();
    assert_eq!((done.code, &done.json()["valid"]), (0, &json!(true)), "{done}");
    let done = callback(["decrypt", "--json"]).stdin(&log).done();
    assert_eq!((done.code, &done.json()["fields"]), (0, &json!({"A": "1"})), "{done}");
    let done = callback(["decrypt", "--json"]).stdin(text(&encrypted, "body")).done();
    assert_eq!(done.code, 0, "{done}");
    let done = callback(["verify"]).stdin(" ").done();
    assert_eq!(done.code, 2, "{done}");
}

#[test]
fn every_status_of_a_log_is_said_in_whole_sentences() {
    let signed =
        wecheck::callback::Signed { timestamp: "1700000001".into(), nonce: "2".into(), encrypt: None };
    let signature = wecheck::callback::signature(&wecheck::secret::Secret::new(TOKEN), &signed);
    let query = format!("signature={signature}&timestamp=1700000001&nonce=2&echostr=3");
    for status in [204, 301, 400, 401, 403, 404, 405, 415, 419, 422, 429, 500, 502, 504] {
        for (method, size) in [("GET", "12"), ("POST", "-")] {
            let query = if method == "GET" { &query } else { query.trim_end_matches("&echostr=3") };
            let line = format!("1.2.3.4 - - [x] \"{method} /wx/cb?{query} HTTP/1.1\" {status} {size}");
            for lang in ["en", "zh"] {
                let args = ["verify", "--json", "--lang", lang, "--request", "-"];
                let done = callback(args).stdin(line.as_str()).done();
                let answer = &done.json()["answer"];
                let said = format!("{} {}", text(answer, "message"), text(answer, "fix"));
                assert_eq!(answer["status"], status, "{done}");
                assert!(
                    !["{method}", "{path}", "{location}", "{body}", "{content}", "{title}"]
                        .iter()
                        .any(|gap| said.contains(gap)),
                    "{said}"
                );
                if status == 404 {
                    assert!(said.contains(&format!("{method} /wx/cb")), "{said}");
                }
            }
        }
    }
}

#[test]
fn the_lines_behind_a_request_have_its_answer() {
    let query = "signature=1&timestamp=1700000001&nonce=2&echostr=3";
    for (log, status) in [
        (format!("Started GET \"/wx?{query}\" for 1.2.3.4\nCompleted 403 Forbidden in 2ms"), 403),
        (format!("<-- GET /wx?{query}\n--> GET /wx?{query} 404 5ms -"), 404),
        (format!("> GET /wx?{query} HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 500 Oops"), 500),
    ] {
        let done = callback(["verify", "--json", "--request", "-"]).stdin(log.as_str()).done();
        assert_eq!(done.json()["answer"]["status"], status, "{done}");
    }
}
