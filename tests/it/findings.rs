//! Findings that no other test has the binary print: each made in the smallest way, and named.
//!
//! `tests/produced.rs` holds that every id of the program is in an answer of some test.

use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::harness::{Done, Home, wecheck};
use crate::search::maker::{IDS, RARE_IDS, Random, hex, make};

fn sha1(text: &str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

/// The ids in the lists of a document's findings.
fn ids(done: &Done) -> Vec<String> {
    let document = done.json();
    let lists = ["mistakes", "warnings"].into_iter().filter_map(|name| document[name].as_array());
    let alternatives = document["alternatives"].as_array().into_iter().flatten();
    let alternatives = alternatives.filter_map(|one| one["mistakes"].as_array());
    lists.chain(alternatives).flatten().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_binary_names_every_mistake_that_is_made_alone() {
    let mut random = Random(31);
    let mut wrong = Vec::new();
    // What another ticket is for, a profile or its answer says: `verify.rs` has those.
    let elsewhere = ["ticket-other-profile", "ticket-other-kind"];
    for id in IDS.into_iter().chain(RARE_IDS).filter(|id| !elsewhere.contains(id)) {
        let made = std::iter::repeat_with(|| make(&[id], &mut random)).take(400).flatten().next();
        let made = made.unwrap_or_else(|| panic!("{id} was never made"));
        let mut args = vec![
            "verify".to_owned(),
            "--json".to_owned(),
            format!("--kind={}", made.kind.name()),
            format!("--url={}", made.fields.url),
            format!("--ticket={}", made.fields.ticket),
            format!("--nonce={}", made.fields.nonce),
            format!("--timestamp={}", made.fields.timestamp),
            format!("--signature={}", made.signature),
        ];
        args.extend(made.fields.app_id.map(|id| format!("--app-id={id}")));
        args.extend(made.others.iter().map(|other| format!("--other-ticket={}", other.value.reveal())));
        let done = wecheck(args).done();
        if done.code != 1 || !ids(&done).iter().any(|found| found == id) {
            wrong.push(format!("{id} as {:?}, exit {}", ids(&done), done.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CARD_TICKET: &str =
    "IpK_1T69hDhZkLQTlwsAX5obXn0E5uq_TynOijBuCBBI6VJSWxNWD7AlvetXO4OCf_GuMkLBePEArCKFXjZfCw";
const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn the_binary_names_the_mistakes_of_cards() {
    let home = Home::new();
    home.config(&format!(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\nsecret = \"{APP_SECRET}\"\n"
    ));
    let (ticket, nonce, stamp) = (CARD_TICKET, "f2b54bb143ae41b5afe70437506b0555", "1502361405");
    let (card, code) = ("p_BzXw2OeMnlDbAcT6i5Mz5WRMmU", "1");
    for (signed, id) in [
        (format!("{code}{stamp}{nonce}{ticket}{card}"), "card-sort-order"),
        (
            format!("api_ticket={ticket}&card_id={card}&code={code}&nonce_str={nonce}&timestamp={stamp}"),
            "card-key-value",
        ),
        (format!("{APP_SECRET}{code}{stamp}{nonce}{card}"), "card-app-secret"),
        (format!("{code}{stamp}{ticket}{nonce}{card}undefined"), "card-undefined-value"),
    ] {
        let given = sha1(&signed);
        let done = home
            .run([
                "verify",
                "--json",
                "--kind=card-ext",
                "--ticket",
                ticket,
                "--nonce",
                nonce,
                "--timestamp",
                stamp,
            ])
            .with(["--card-id", card, "--code", code, "--signature", &given])
            .done();
        assert_eq!((done.code, ids(&done).first().map(String::as_str)), (1, Some(id)), "{done}");
        assert!(!done.to_string().contains(APP_SECRET), "{done}");
    }
}

/// What stands in a file, and the warning that it has to raise.
const EVIDENCE: &[(&str, &str)] = &[
    (
        "wx.config({appId: 'wx0123456789abcdef', timestamp: 1700000000, nonceStr: 'n', signature: 's', \
         jsApiList: ['chooseImage'], jsapilist2: []})",
        "config-key-unknown",
    ),
    (
        "wx.config({appId: 'wx0123456789abcdef', timestamp: 1700000000, nonceStr: 'n', signature: 's', \
         jsApiList: ['chooseImage']});\nwx.ready(function () { wx.scanQRCode({}) })",
        "api-called-not-listed",
    ),
    (
        "wx.config({appId: 'wx0123456789abcdef', timestamp: 1700000000, nonceStr: 'n', signature: 's', \
         jsApiList: []})",
        "api-list-empty",
    ),
    (
        "wx.config({appId: 'wx0123456789abcdef', timestamp: 1700000000, nonceStr: 'n', signature: 's', \
         jsApiList: ['hideMenuItems']});\nwx.hideMenuItems({menuList: ['menuItem:share:appmessage']})",
        "menu-item-unknown",
    ),
    (
        "wx.addCard({cardList: [{cardId: 'p1', cardExt: {code: '1', openid: '', timestamp: '1418301401', \
         nonce_str: 'n', signature: 's'}}]})",
        "card-ext-object",
    ),
    (
        "wx.addCard({cardList: [{cardId: 'p1', cardExt: {code: '1', openid: '', timestamp: 1418301401, \
         nonce_str: 'n', signature: 's'}}]})",
        "card-ext-timestamp-number",
    ),
    (
        "wx.addCard({cardList: [{cardId: 'p1', cardExt: '{\"timestamp\":\"1418301401\",\"nonce_str\":\"n\",\
         \"signature\":\"a\"}'}, {cardId: 'p2', cardExt: '{\"timestamp\":\"1418301401\",\"nonce_str\":\"n\",\
         \"signature\":\"b\"}'}]})",
        "cards-share-values",
    ),
];

#[test]
fn the_binary_warns_of_what_the_evidence_shows() {
    for (text, id) in EVIDENCE {
        let done = wecheck(["verify", "--json", "--ticket", CARD_TICKET, "-"]).stdin(text).done();
        assert!(done.stdout.contains(&format!("\"id\": \"{id}\"")), "{id}: {done}");
    }
    let long = "n".repeat(33);
    for (args, id) in [
        (vec!["--kind=card-ext", "--card-id=p1", "--nonce", &long], "nonce-too-long"),
        (vec!["--url=https://m.example.com/?a=1&amp;b=2", "--nonce=n"], "url-html-entity"),
        (
            vec!["--url=https://m.example.com/", "--nonce=n", "--timestamp=1700000000 "],
            "timestamp-whitespace",
        ),
    ] {
        let signature = sha1(&format!(
            "jsapi_ticket={CARD_TICKET}&noncestr=n&timestamp=1700000000&url=https://m.example.com/"
        ));
        let done = wecheck(["verify", "--json", "--ticket", CARD_TICKET, "--signature", &signature])
            .with(if args.iter().any(|arg| arg.starts_with("--timestamp")) {
                vec![]
            } else {
                vec!["--timestamp=1700000000"]
            })
            .with(args)
            .done();
        assert!(ids(&done).iter().any(|found| found == id), "{id}: {done}");
    }
}

const TOKEN: &str = "hk7ZqPwx3NvT";
const KEY: &str = "pWq3Zs9LkT0vYb5nRc8XdJ2mFh6GuA1eKo4iSx7zVlE";
const STAMP: &str = "1583940690";
const NONCE: &str = "1584392382";

/// The Encrypt value of a message, made by the binary with the test's key.
fn encrypt() -> String {
    let args = ["callback", "encrypt", "--body", "-", "--timestamp", STAMP, "--nonce", NONCE, "--json"];
    // Until it has what gets lost on the way.
    for _ in 0..200 {
        let done = wecheck(args)
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .var("WECHECK_APPID", "wx0123456789abcdef")
            .stdin("<xml>hello there</xml>")
            .done();
        let encrypt = done.json()["Encrypt"].as_str().expect("a text").to_owned();
        if encrypt.contains('+') && encrypt.contains('/') && encrypt.ends_with('=') {
            return encrypt;
        }
    }
    panic!("no encrypted text had +, / and =");
}

/// The signature of a callback: sorted, joined, hashed.
fn sign(values: &[&str]) -> String {
    let mut values = values.to_vec();
    values.sort_unstable();
    sha1(&values.concat())
}

#[test]
fn the_binary_names_the_mistakes_of_callbacks() {
    let encrypted = encrypt();
    let e = encrypted.as_str();
    let body = format!("<xml><Encrypt><![CDATA[{e}]]></Encrypt></xml>");
    let with = |encrypted: &str| sign(&[TOKEN, STAMP, NONCE, encrypted]);
    let rows = [
        (with(&format!("{e}\n")), "encrypt-whitespace"),
        (with(&format!("<![CDATA[{e}]]>")), "encrypt-cdata"),
        (with(e.trim_end_matches('=')), "encrypt-cut-at-equals"),
        (with(&e.replace('/', "\\/")), "encrypt-json-escaped"),
        (with(&body), "encrypt-whole-body"),
        (sign(&[TOKEN, STAMP, NONCE]), "encrypt-left-out"),
        (sha1(&[TOKEN, STAMP, NONCE, e].concat()), "string-order"),
        (sign(&[TOKEN, NONCE, e]), "string-missing-value"),
        (format!(" {}\n", with(e)), "signature-whitespace"),
        (sign(&[KEY, STAMP, NONCE, e]), "token-other-value"),
        (sign(&["hk7ZqPwx3NvI", STAMP, NONCE, e]), "token-wrong-character"),
    ];
    let home = Home::new();
    let file = home.file("body.xml", &body);
    for (given, id) in rows {
        let done = home
            .run(["callback", "verify", "--json", "--timestamp", STAMP, "--nonce", NONCE])
            .with(["--signature", &given, "--body", file.to_str().expect("UTF-8")])
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .done();
        assert_eq!((done.code, ids(&done).first().map(String::as_str)), (1, Some(id)), "{done}");
    }
    // A message in clear, whose plain signature covers what is encrypted beside it.
    let given = with(e);
    let request = format!(
        "POST /cb?signature={given}&timestamp={STAMP}&nonce={NONCE}&encrypt_type=aes HTTP/1.1\r\n\
         Host: a.example\r\nContent-Type: text/xml\r\n\r\n<xml><ToUserName>a</ToUserName>\
         <Encrypt><![CDATA[{e}]]></Encrypt></xml>"
    );
    let run = |args: &[&str], key: &str, text: &str| {
        wecheck(["callback"].iter().chain(args))
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", key)
            .stdin(text)
            .done()
    };
    let done = run(&["verify", "--json", "--request", "-"], KEY, &request);
    assert_eq!(ids(&done).first().map(String::as_str), Some("encrypt-added"), "{done}");
    // Right signature, another key.
    let other = "XtJUgDlFYncPP3z4V7W6Jv4ietcIFveUn6LP1KzOBNf";
    let done = run(&["decrypt", "--json", "--encrypt", e], other, "");
    assert!(done.code != 0 && names(&done.json(), "key-wrong"), "{done}");
}

/// Whether an `id` or `error` somewhere in a document is this one.
fn names(document: &Value, id: &str) -> bool {
    match document {
        Value::Object(fields) => {
            fields.get("id").is_some_and(|own| own == id) || fields.values().any(|value| names(value, id))
        }
        Value::Array(items) => items.iter().any(|item| names(item, id)),
        _ => false,
    }
}

/// The quick half of `tests/produced.rs`: a finding that is in no test's text is in no test's answer.
#[test]
fn every_finding_is_named_by_a_test() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = String::new();
    let mut folders = vec![root.join("tests"), root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if path.starts_with(root.join("tests")) || path.file_name().is_some_and(|name| name == "tests.rs")
            {
                texts.push_str(&text);
            } else if let Some((_, tests)) = text.split_once("#[cfg(test)]\nmod tests {") {
                texts.push_str(tests);
            }
        }
    }
    let is_named = |id: &str| {
        texts.match_indices(id).any(|(at, _)| {
            let is_edge = |c: char| !c.is_ascii_alphanumeric() && c != '-';
            texts[..at].chars().next_back().is_none_or(is_edge)
                && texts[at + id.len()..].chars().next().is_none_or(is_edge)
        })
    };
    let missing: Vec<&str> =
        wecheck::findings::all().map(|entry| entry.id).filter(|id| !is_named(id)).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}
