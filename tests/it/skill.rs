//! Ten problems as users bring them, solved by what `skills/wecheck/SKILL.md` says and nothing else: the command line of
//! its table, the field that it tells to read.

use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::harness::{Done, Home};

const TICKET: &str = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";
const NONCE: &str = "0sy66jqxhzjmj9k";
const STAMP: &str = "1474186439";
const TOKEN: &str = "hk7ZqPwx3NvT";

fn sha1(text: &str) -> String {
    hex::encode(Sha1::digest(text.as_bytes()))
}

/// The signature of an address, signed with this ticket.
fn signed(ticket: &str, url: &str) -> String {
    sha1(&format!("jsapi_ticket={ticket}&noncestr={NONCE}&timestamp={STAMP}&url={url}"))
}

/// The page's code and the server's log.
fn code(url: &str, signature: &str) -> String {
    format!(
        "wx.config({{appId: 'wx0123456789abcdef', timestamp: {STAMP}, nonceStr: '{NONCE}', signature: '{signature}', \
         jsApiList: ['chooseImage']}});\n[server] jsapi_ticket={TICKET} url={url}\n"
    )
}

/// Runs a command line that the skill gives, each of its placeholders filled in.
fn run(template: &str, filled: &[(&str, &str)], more: &[&str], file: Option<&str>) -> Done {
    let skill = std::fs::read_to_string("skills/wecheck/SKILL.md").expect("the skill");
    assert!(skill.contains(&format!("`{template}`")), "the skill does not say `{template}`");
    assert!(more.iter().filter(|word| word.starts_with("--")).all(|flag| skill.contains(flag)), "{more:?}");
    let home = Home::new();
    let path = file.map(|text| home.file("given.txt", text));
    let words =
        template.strip_prefix("wecheck ").expect("a command").split(' ').map(|word| match (word, &path) {
            ("FILE", Some(path)) => path.to_str().expect("UTF-8").to_owned(),
            _ => filled
                .iter()
                .find(|(name, _)| *name == word.trim_matches('\''))
                .map_or_else(|| word.to_owned(), |(_, value)| (*value).to_owned()),
        });
    home.run(words).with(more).var("WECHECK_CALLBACK_TOKEN", TOKEN).done()
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect()
}

const VERIFY: &str = "wecheck --json verify FILE";
const BY_HAND: &str = "wecheck --json verify --url U --ticket T --nonce N --timestamp S --signature G";

#[test]
fn code_and_a_log_show_what_was_signed() {
    let given = signed(TICKET, "https://m.example.com/a?x=1&amp;y=2");
    let done = run(VERIFY, &[], &[], Some(&code("https://m.example.com/a?x=1&y=2", &given)));
    let json = done.json();
    assert_eq!((done.code, &json["verdict"]), (1, &"refused".into()), "{done}");
    assert_eq!(ids(&json["mistakes"]), ["url-html-escaped"], "{done}");
    assert_eq!((&json["mistakes"][0]["proof"], json["alternatives"][0].is_null()), (&"hash".into(), true));
}

#[test]
fn the_phone_shows_another_address() {
    let url = "https://m.example.com/a";
    let page = "https://m.example.com/a?from=singlemessage&isappinstalled=0";
    let done = run(VERIFY, &[], &["--page-url", page], Some(&code(url, &signed(TICKET, url))));
    let json = done.json();
    assert_eq!((done.code, &json["verdict"]), (1, &"refused".into()), "{done}");
    let fix = json["mistakes"][0]["fix"].as_str().unwrap_or_default();
    assert!(!fix.is_empty() && json["mistakes"][0]["field"] == "url", "{done}");
}

#[test]
fn values_by_hand_with_a_line_break_in_the_ticket() {
    let url = "https://m.example.com/a";
    let given = signed(&format!("{TICKET}\n"), url);
    let values = [("U", url), ("T", TICKET), ("N", NONCE), ("S", STAMP), ("G", &given)];
    let done = run(BY_HAND, &values, &[], None);
    assert_eq!((done.code, ids(&done.json()["mistakes"])), (1, vec!["ticket-whitespace"]), "{done}");
}

#[test]
fn what_nothing_explains_is_left_open() {
    let given = sha1("nothing of this");
    let values = [("U", "https://m.example.com/a"), ("T", TICKET), ("N", NONCE), ("S", STAMP), ("G", &given)];
    let done = run(BY_HAND, &values, &[], None);
    let json = done.json();
    assert_eq!(
        (done.code, &json["verdict"], ids(&json["mistakes"]).len()),
        (1, &"refused".into(), 0),
        "{done}"
    );
    assert!(!ids(&json["next_steps"]).is_empty() && json["search"]["exhausted"].is_boolean(), "{done}");
    // More time is what the skill offers when the time ran out.
    let deep = run(BY_HAND, &values, &["--deep", "20"], None);
    assert_eq!((deep.code, ids(&deep.json()["mistakes"]).len()), (1, 0), "{deep}");
}

#[test]
fn what_lacks_is_named_by_its_flag() {
    let text =
        code("", "0f9de62fce790f9a083d5c99e95740ceb90c27ed").lines().next().expect("a line").to_owned();
    let done = run(VERIFY, &[], &[], Some(&text));
    let json = done.json();
    assert_eq!((done.code, &json["verdict"]), (2, &"incomplete".into()), "{done}");
    assert_eq!(json["missing"], serde_json::json!(["url", "ticket"]), "{done}");
}

#[test]
fn a_clients_message_and_a_code_in_no_list() {
    let explain = "wecheck --json errcode explain 'TEXT'";
    let done = run(explain, &[("TEXT", "config:fail,invalid url domain")], &["--platform", "mp"], None);
    let json = done.json();
    let result = &json["results"][0];
    assert_eq!((done.code, result["platform"].as_str()), (0, Some("mp")), "{done}");
    assert!(!result["causes"][0].is_null() && !result["fixes"][0].is_null(), "{done}");
    // Two platforms have this code: ask which one it is.
    let both = run(explain, &[("TEXT", "40013")], &[], None).json();
    let platforms: Vec<&Value> =
        both["results"].as_array().expect("results").iter().map(|one| &one["platform"]).collect();
    assert_eq!(platforms, ["mp", "work"], "{both}");
    let done = run(explain, &[("TEXT", "9999999")], &[], None);
    assert_eq!((done.code, done.json()["results"].as_array().map(Vec::len)), (1, Some(0)), "{done}");
}

#[test]
fn a_log_is_counted() {
    let log = "{\"errcode\":40001,\"errmsg\":\"x\"}\nok\n{\"errcode\":40001,\"errmsg\":\"y\"}\n{\"errcode\":45009}\n";
    let done = run("wecheck --json errcode scan FILE", &[], &[], Some(log));
    let first = &done.json()["results"][0];
    assert_eq!((done.code, &first["code"], &first["count"]), (0, &40001.into(), &2.into()), "{done}");
    assert_eq!((&first["first_line"], &first["last_line"]), (&1.into(), &3.into()), "{done}");
}

#[test]
fn an_entry_with_its_scheme_and_no_entry_at_all() {
    let with = "wecheck --json domain-check URL --platform mp --trusted ENTRY";
    let done = run(with, &[("URL", "https://wx.a.com/x"), ("ENTRY", "https://wx.a.com")], &[], None);
    let answer = &done.json()[0];
    assert_eq!((done.code, &answer["verdict"]), (1, &"fail".into()), "{done}");
    let failed: Vec<&str> = answer["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .filter(|rule| rule["status"] == "fail")
        .filter_map(|rule| rule["id"].as_str())
        .collect();
    assert_eq!(failed, ["trusted-match", "trusted-list"], "{done}");
    let without =
        Home::new().run(["--json", "domain-check", "https://wx.a.com/x", "--platform", "mp"]).done();
    assert_eq!((without.code, &without.json()[0]["verdict"]), (0, &"unknown".into()), "{without}");
}

#[test]
fn a_misspelt_api_name() {
    let done = run("wecheck --json js-api NAME", &[("NAME", "chooseimage")], &[], None);
    assert_eq!((done.code, &done.json()["nearest"]), (1, &"chooseImage".into()), "{done}");
}

#[test]
fn a_callback_signed_with_a_line_break_in_the_token() {
    let mut values = [format!("{TOKEN}\n"), STAMP.to_owned(), "77".to_owned()];
    values.sort_unstable();
    let request = format!(
        "GET /wx?signature={}&timestamp={STAMP}&nonce=77&echostr=5409 HTTP/1.1\nHost: m.example.com\n\n",
        sha1(&values.concat())
    );
    let done = run("wecheck --json callback verify --request FILE", &[], &[], Some(&request));
    let json = done.json();
    assert_eq!((done.code, &json["valid"]), (1, &false.into()), "{done}");
    assert_eq!(ids(&json["mistakes"]), ["token-whitespace"], "{done}");
    assert!(!done.to_string().contains(TOKEN), "{done}");
}
