//! `verify` from outside: the answer, its two faces, and what the evidence adds.

use insta::assert_snapshot;

use crate::harness::{Home, wecheck};

const TICKET: &str =
    "--ticket=kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";

#[test]
fn letter_case_counts() {
    let done = wecheck([
        "verify",
        TICKET,
        "--nonce=0sy66jqxhzjmj9k",
        "--timestamp=1474186439",
        "--url=http://aries.vip.natapp.cn/lovedate/view/index.html",
        "--signature=4409537DB08BB54ABD206DBAB4FF147E859D775C",
        "--json",
    ])
    .done();
    assert_eq!((done.code, done.json()["match"].as_bool()), (1, Some(false)), "{done}");
}

#[test]
fn the_page_s_address_is_compared_part_by_part() {
    let done = wecheck([
        "verify",
        TICKET,
        "--nonce=n",
        "--timestamp=1",
        "--url=http://m.example.com/a?x=1",
        "--signature=00",
        "--json",
        "--page-url=https://m.example.com:8443/b?x=1&from=timeline#/top",
    ])
    .done();
    let parts: Vec<String> = done.json()["url_differences"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|d| format!("{} {} {}", d["part"].as_str().unwrap_or("?"), d["signed"], d["page"]))
        .collect();
    assert_snapshot!(parts.join("\n"), @r#"
    scheme "http" "https"
    port "" "8443"
    path "/a" "/b"
    query "x=1" "x=1&from=timeline"
    fragment "" "/top"
    "#);
}

#[test]
fn every_field_of_the_contract_is_there() {
    let json =
        wecheck(["verify", TICKET, "--nonce=n", "--timestamp=1", "--url=u", "--signature=s", "--json"])
            .done()
            .json();
    for field in [
        "verdict",
        "checks",
        "missing",
        "notes",
        "match",
        "kind",
        "computed_signature",
        "given_signature",
        "string1",
        "mistakes",
        "url_differences",
        "warnings",
        "alternatives",
        "search",
        "next_steps",
    ] {
        assert!(json.get(field).is_some(), "{field}: {json}");
    }
    for field in ["candidates", "exhausted", "interrupted", "elapsed_ms", "max_mistakes"] {
        assert!(json["search"].get(field).is_some(), "search.{field}: {json}");
    }
}

#[test]
fn the_pasted_config_is_compared_with_what_was_signed() {
    let home = Home::new();
    home.file(
        "page.js",
        r"// string1 the server logged: jsapi_ticket=TICKET-1&noncestr=abcdefgh12345678&timestamp=1700000000&url=https://m.example.com/pay.html?id=1
wx.config({
  debug: true, // while testing
  appid: 'wx0123456789abcdef',
  timestamp: 1700000001,
  nonceStr: 'abcdefgh12345678',
  signature: '5e8f5f9f3c1c1f6d5b7c1f6a7e6a0d1c2b3a4f5e',
  jsApiList: ['chooseimage',],
});
",
    );
    let done = home.run(["verify", "page.js", "--json"]).done();
    let json = done.json();
    let has =
        |list: &str, id: &str| json[list].as_array().expect("an array").iter().any(|one| one["id"] == id);
    assert!(has("mistakes", "config-differs"), "{done}");
    for expected in ["config-key-case", "api-unknown"] {
        assert!(has("warnings", expected), "{expected}: {done}");
    }
    assert_eq!(done.code, 1, "{done}");
}

#[test]
fn a_config_with_too_little_for_a_hash_still_says_what_is_missing() {
    let text = "wx.config({ appId: 'wx0123456789abcdef', timestamp: 1700000000, signature: '00' });";
    let done = wecheck(["verify", "--from", "-", "--json"]).stdin(text).done();
    let warning = done.json()["warnings"]
        .as_array()
        .expect("an array")
        .iter()
        .find(|w| w["id"] == "config-incomplete")
        .cloned();
    let message = warning.expect("config-incomplete")["message"].to_string();
    assert!(message.contains("nonceStr") && message.contains("jsApiList"), "{message}");
    assert_eq!(done.code, 2, "{done}");
}

#[test]
fn a_file_in_gbk_is_read_with_a_note() {
    let home = Home::new();
    // `// 页面` in GBK.
    let mut page = b"// \xd2\xb3\xc3\xe6\r\n".to_vec();
    page.extend(b"wx.config({nonceStr: '0sy66jqxhzjmj9k', timestamp: 1474186439, signature: '4409537db08bb54abd206dbab4ff147e859d775c'})");
    let path = home.file("page.js", page).display().to_string();
    let done = home
        .run([
            "verify",
            TICKET,
            "--url=http://aries.vip.natapp.cn/lovedate/view/index.html",
            &format!("--from={path}"),
            "--lang=en",
        ])
        .done();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("was read as GBK"), "{done}");
}

#[test]
fn a_bare_card_ext_is_known_by_the_cards_flags() {
    let card_ext = r#"{"timestamp":"1404896688","nonce_str":"abc","signature":"0f9de62fce790f9a083d5c99e95740ceb90c27ed"}"#;
    let from = |more: &[&str]| {
        let args = ["verify", "--from=-", "--ticket=TICKET-0123456789", "--json"];
        wecheck(args.into_iter().chain(more.iter().copied())).stdin(card_ext).done().json()
    };
    let json = from(&["--card-id=pjZ8Yt1XGILfi-FUsewpnnolGgZk"]);
    assert_eq!(
        (json["kind"].as_str(), json["missing"].as_array().map(Vec::len)),
        (Some("card-ext"), Some(0))
    );
    assert_eq!(from(&[])["kind"], "jsapi");
    assert_eq!(from(&["--card-id=p1", "--url=https://m.example.com/"])["kind"], "jsapi");
}

#[test]
fn a_space_at_an_end_is_named_on_a_match_too() {
    let signature = "4409537db08bb54abd206dbab4ff147e859d775c";
    let done = wecheck([
        "verify",
        TICKET,
        "--nonce= 0sy66jqxhzjmj9k",
        "--timestamp=1474186439",
        "--url=http://aries.vip.natapp.cn/lovedate/view/index.html",
        &format!("--signature={signature}"),
        "--json",
    ])
    .done();
    let computed = done.json()["computed_signature"].as_str().unwrap_or_default().to_owned();
    let done = wecheck([
        "verify",
        TICKET,
        "--nonce= 0sy66jqxhzjmj9k",
        "--timestamp=1474186439",
        "--url=http://aries.vip.natapp.cn/lovedate/view/index.html",
        &format!("--signature={computed}"),
        "--json",
    ])
    .done();
    assert_eq!(done.code, 0, "{done}");
    let json = done.json();
    let named = json["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .find(|warning| warning["id"] == "value-whitespace");
    assert_eq!(named.expect("it is named")["field"], "nonce");
}
