//! Published vectors and public cases through the binary, and what must hold for any input.
//!
//! `tests/data/signatures.jsonl`: published vectors, checked; those of kind card, invoice and group
//! are ours, computed with GNU coreutils: `printf '%s\n' VALUES | LC_ALL=C sort | tr -d '\n' | sha1sum`
//! and `printf '%s' STRING1 | sha1sum`. `tests/data/cases.jsonl`: data sets from public questions.

use proptest::prelude::*;
use serde_json::Value;
use wecheck::signature::{Fields, Kind, sign, string1};

use crate::harness::{Home, wecheck};

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a row is JSON")).collect()
}

fn flags(row: &Value) -> Vec<String> {
    let mut flags = vec!["--kind".to_owned(), row["kind"].as_str().expect("a kind").to_owned()];
    for (name, value) in row["fields"].as_object().expect("fields") {
        flags.push(format!("--{name}={}", value.as_str().expect("a text")));
    }
    flags
}

#[test]
fn published_vectors_are_signed_and_verified() {
    for row in rows(include_str!("../data/signatures.jsonl")) {
        let expected = row["signature"].as_str().expect("a signature");
        let (url, others): (Vec<String>, Vec<String>) =
            flags(&row).into_iter().partition(|flag| flag.starts_with("--url="));
        let mut args = vec!["sign".to_owned(), "--json".to_owned()];
        args.extend(others);
        args.extend(url.iter().map(|flag| flag["--url=".len()..].to_owned()));
        let done = wecheck(&args).done();
        // One published vector has letters for a timestamp: verify takes it, sign refuses it.
        let numeric =
            row["fields"]["timestamp"].as_str().is_some_and(|text| text.bytes().all(|b| b.is_ascii_digit()));
        if numeric {
            assert_eq!(done.json()["signature"], expected, "{row}: {done}");
        } else {
            assert_eq!(done.code, 2, "{row}: {done}");
        }

        let mut args = vec!["verify".to_owned(), format!("--signature={expected}")];
        args.extend(flags(&row));
        assert_eq!(wecheck(&args).done().code, 0, "{row}");
    }
}

#[test]
fn public_cases_match_or_are_matched_by_the_string_that_was_really_signed() {
    let home = Home::new();
    for row in rows(include_str!("../data/cases.jsonl")) {
        let signature = row["signature"].as_str().expect("a signature");
        let mut args = vec!["verify".to_owned(), "--json".to_owned(), format!("--signature={signature}")];
        args.extend(flags(&row));
        let done = home.run(&args).done();
        let matches = row["verdict"] == "match";
        // One of them signed an empty ticket: the hash fits, and it will be refused all the same.
        let fits = matches && row["fields"]["ticket"] != "";
        assert_eq!(
            (done.code, &done.json()["match"]),
            (i32::from(!fits), &Value::Bool(matches)),
            "{row}: {done}"
        );
        if let Some(string1) = row["string1"].as_str() {
            // A file as an editor leaves it, and the bare text.
            for text in [format!("{string1}\n"), string1.to_owned()] {
                let done = home
                    .run(["verify", "--json", "--from", "-", "--signature", signature])
                    .stdin(text)
                    .done();
                // A string1 is a claim: one whose making was wrong is refused, with the mistake named.
                let json = done.json();
                let named = json["mistakes"].as_array().is_some_and(|mistakes| !mistakes.is_empty());
                assert_eq!(done.code, i32::from(named), "{row}: {done}");
                assert!(!fits || done.code == 0, "{row}: {done}");
            }
        }
    }
}

#[test]
fn a_match_with_a_port_warns_and_never_sounds_like_an_all_clear() {
    let row = rows(include_str!("../data/cases.jsonl"))
        .into_iter()
        .find(|row| row["fields"]["url"].as_str().is_some_and(|url| url.contains(":8888")))
        .expect("the case with port 8888");
    let signature = row["signature"].as_str().expect("a signature");
    for lang in ["en", "zh"] {
        let mut args =
            vec!["verify".to_owned(), format!("--signature={signature}"), format!("--lang={lang}")];
        args.extend(flags(&row));
        let done = wecheck(&args).done();
        assert_eq!(done.code, 0, "{done}");
        assert!(done.stdout.contains("url-port"), "{done}");
        let lower = done.stdout.to_lowercase();
        for word in [
            "fine",
            " ok",
            "good",
            "correct",
            "valid",
            "all clear",
            "没问题",
            "正确",
            "没有问题",
            "通过",
            "有效",
        ] {
            // `invalid` and "whether the ticket lives" are not all-clear.
            assert!(!lower.replace("还有效吗", "").replace("invalid", "").contains(word), "{word}: {done}");
        }
    }
}

fn any_fields() -> impl Strategy<Value = Fields> {
    let text = "[ -~\u{4e00}-\u{4e10}]{0,30}";
    (text, text, "[0-9]{1,13}", "https?://[a-z]{1,9}\\.com(/[a-zA-Z0-9%&=?:]{0,20})?").prop_map(
        |(ticket, nonce, timestamp, url)| Fields { ticket, nonce, timestamp, url, ..Fields::default() },
    )
}

proptest! {
    #[test]
    fn the_fragment_never_matters(fields in any_fields(), fragment in ".{0,20}") {
        let mut with = fields.clone();
        with.url = format!("{}#{fragment}", fields.url);
        prop_assert_eq!(sign(Kind::Jsapi, &fields), sign(Kind::Jsapi, &with));
    }

    #[test]
    fn card_values_are_joined_in_byte_order_whatever_field_they_stand_in(
        mut values in prop::collection::vec("[ -~\u{4e00}-\u{4e10}]{0,9}", 7)
    ) {
        let card = |v: &[String]| Fields {
            ticket: v[0].clone(), nonce: v[1].clone(), timestamp: v[2].clone(), url: String::new(),
            app_id: Some(v[3].clone()), card_id: Some(v[4].clone()), card_type: Some(v[5].clone()),
            location_id: Some(v[6].clone()), ..Fields::default()
        };
        let before = string1(Kind::Card, &card(&values));
        values.reverse();
        prop_assert_eq!(&before, &string1(Kind::Card, &card(&values)));
        values.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        prop_assert_eq!(before, values.concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_sign_prints_verify_accepts_in_every_form(
        path in "[a-zA-Z0-9/%&=?:.,-]{0,30}", nonce in "[A-Za-z0-9!._~-]{1,32}", second in 1_000_000_000_u64..2_000_000_000
    ) {
        let (home, url, second) = (Home::new(), format!("https://m.example.com/{path}"), second.to_string());
        for emit in ["payload", "js", "html", "env"] {
            let args = ["sign", &url, "--ticket=TICKET-of-86", &format!("--nonce={nonce}"), "--timestamp", &second,
                "--app-id=wx0123456789abcdef", "--api=chooseImage,scanQRCode", "--emit", emit];
            let signed = home.run(args).done();
            prop_assert_eq!(signed.code, 0, "{}", signed);
            // The page and the call do not carry the url: it is the page's own.
            let done = home.run(["verify", "--json", "--from", "-", "--ticket", "TICKET-of-86", "--url", &url]).stdin(&signed.stdout).done();
            prop_assert_eq!(done.code, 0, "{}: {} {}", emit, signed, done);
            if matches!(emit, "payload" | "env") {
                let done = home.run(["verify", "--json", "--from", "-", "--ticket", "TICKET-of-86"]).stdin(&signed.stdout).done();
                prop_assert_eq!(done.code, 0, "{}: {} {}", emit, signed, done);
            }
        }
    }
}
