//! `sign` from outside.

use insta::assert_snapshot;

use crate::harness::{Home, wecheck};

const OFFICIAL: [&str; 8] = [
    "sign",
    "http://mp.weixin.qq.com?params=value",
    "--ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
    "--nonce=Wm3WZYTPz0wzccnW",
    "--timestamp=1414587457",
    "--app-id=wx0123456789abcdef",
    "--api=chooseImage,scanQRCode",
    "--quiet",
];

#[test]
fn the_official_example_in_every_form() {
    assert_snapshot!(wecheck(OFFICIAL).done(), @"");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--json"])).done(), @"");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--emit", "js", "--debug"])).done(), @"");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--emit", "env"])).done(), @"");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--emit", "js", "--sdk", "wecom"])).done(), @"");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--explain", "--lang", "zh"])).done(), @"");
}

#[test]
fn the_url_is_signed_byte_for_byte_and_a_browser_s_form_is_told() {
    let done = wecheck([
        "sign",
        "HTTP://M.Example.com:80/路径?a=%2C&b=c#/home",
        "--ticket=T",
        "--nonce=N",
        "--timestamp=1700000000",
    ])
    .done();
    assert_snapshot!(done, @"");
}

#[test]
fn the_other_calls() {
    let common = ["--ticket=TICKET", "--nonce=NONCE", "--timestamp=1700000000", "--emit=js"];
    let run = |args: &[&str]| wecheck(args.iter().chain(&common)).done();
    assert_snapshot!(run(&["sign", "https://m.example.com/", "--kind=agent", "--app-id=ww0123456789abcdef", "--agent-id=1000002", "--api=getContext"]), @"");
    assert_snapshot!(run(&["sign", "--kind=card", "--app-id=wx0123456789abcdef", "--card-type=GROUPON"]), @"");
    assert_snapshot!(run(&["sign", "--kind=card-ext", "--card-id=pXXXX", "--openid=oXXXX", "--outer-str=a&b</script>"]), @"");
    assert_snapshot!(run(&["sign", "--kind=invoice", "--app-id=wx0123456789abcdef"]), @"");
    assert_snapshot!(run(&["sign", "https://m.example.com/", "--kind=group", "--group-id=G1"]), @"");
}

#[test]
fn a_card_ext_leaves_out_what_is_empty_and_keeps_the_timestamp_a_string() {
    let done = wecheck([
        "sign",
        "--kind=card-ext",
        "--ticket=T",
        "--card-id=C",
        "--code=",
        "--timestamp=1700000000",
        "--json",
    ])
    .done();
    let json = done.json();
    let ext: serde_json::Value =
        serde_json::from_str(json["cardExt"].as_str().expect("a string")).expect("JSON inside");
    assert_eq!(ext["timestamp"], "1700000000");
    assert_eq!(
        ext.as_object().expect("an object").keys().collect::<Vec<_>>(),
        ["timestamp", "nonce_str", "signature"]
    );
    assert_eq!(ext["signature"], json["signature"]);
    let nonce = ext["nonce_str"].as_str().expect("a nonce");
    assert!((16..=32).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_alphanumeric()), "{nonce}");
    assert_eq!((&json["url"], &json["timestamp"]), (&serde_json::Value::Null, &1_700_000_000.into()));
}

#[test]
fn nonces_differ_and_the_second_is_now() {
    let json = || wecheck(["sign", "https://m.example.com/", "--ticket=T", "--json"]).done().json();
    let (a, b) = (json(), json());
    assert_ne!(a["nonceStr"], b["nonceStr"]);
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    assert!(a["timestamp"].as_u64().expect("a number").abs_diff(now) < 60);
}

#[test]
fn batch_goes_on_after_a_bad_line_and_keeps_the_order() {
    let home = Home::new();
    home.file(
        "pages.jsonl",
        r#"{"url":"https://m.example.com/a","ticket":"T","nonce":"N","timestamp":1700000000}
{"url":"https://m.example.com/b","jsapi_ticket":"T","noncestr":"N","timestamp":"1700000000"}
{"url":"m.example.com","ticket":"T","nonce":"N","timestamp":1}
not json

{"kind":"card-ext","ticket":"T","nonceStr":"N","timestamp":1700000000,"card-id":"C"}
{"url":"https://m.example.com/","ticket":"T","frob":1}
"#,
    );
    assert_snapshot!(home.run(["sign", "--batch", "pages.jsonl"]).done(), @"");
    let done = home
        .run(["sign", "--batch", "-", "--json"])
        .stdin("{\"url\":\"https://m.example.com/a\",\"ticket\":\"T\"}")
        .done();
    assert_eq!((done.code, done.stdout.lines().count()), (0, 1), "{done}");
}

#[test]
fn api_names_are_checked() {
    let done = wecheck([
        "sign",
        "https://m.example.com/",
        "--ticket=T",
        "--api=chooseimage,getContext,frobnicate",
        "--platform=mp",
        "--nonce=N",
        "--timestamp=1",
    ])
    .done();
    assert_snapshot!(done.stderr, @"");
    let done = wecheck([
        "sign",
        "https://m.example.com/",
        "--ticket=T",
        "--api=openEnterpriseContact",
        "--platform=work",
    ])
    .done();
    assert_snapshot!(done.stderr, @"");
}

#[test]
fn the_profile_gives_ids_and_apis() {
    let home = Home::new();
    home.config(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\njs_api_list = [\"scanQRCode\"]\n",
    );
    let json = home.run(["sign", "https://m.example.com/", "--ticket=T", "--json"]).done().json();
    assert_eq!(
        (&json["platform"], &json["appId"], &json["jsApiList"]),
        (&"mp".into(), &"wx0123456789abcdef".into(), &serde_json::json!(["scanQRCode"]))
    );
    let json = home
        .run(["sign", "https://m.example.com/", "--ticket=T", "--json", "--app-id=wxother"])
        .done()
        .json();
    assert_eq!(json["appId"], "wxother");
}
