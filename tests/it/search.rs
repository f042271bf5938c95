//! The search from outside: every mistake is made by a maker that shares nothing with it, and named.

pub mod maker;

use std::collections::BTreeMap;

use maker::{IDS, Made, RARE_IDS, Random, choose, hex, make};
use serde_json::Value;
use sha1::{Digest, Sha1};
use wecheck::diagnosis::search::{Case, OtherTicket, Outcome, TicketRole, search};
use wecheck::lang::Lang;
use wecheck::secret::Secret;
use wecheck::signature::{Fields, Kind, sign, string1};

use crate::harness::{Home, amount, wecheck};

const TICKET: &str = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";

fn sha1(text: &str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

fn ids(outcome: &Outcome) -> Vec<Vec<&'static str>> {
    let sorted = |mistakes: &Vec<wecheck::diagnosis::search::Mistake>| {
        let mut ids: Vec<&'static str> = mistakes.iter().map(|mistake| mistake.id).collect();
        ids.sort_unstable();
        ids
    };
    outcome.explanations.iter().map(sorted).collect()
}

/// The ids found, the likeliest explanation first.
fn named(made: &Made) -> Vec<Vec<&'static str>> {
    ids(&made.search(2, 1, &|| false))
}

/// A case with nothing besides the fields.
fn bare<'a>(kind: Kind, fields: &'a Fields, given: &'a str) -> Case<'a> {
    Case {
        kind,
        fields,
        given,
        page_urls: &[],
        urls: &[],
        nonces: &[],
        timestamps: &[],
        other_tickets: &[],
        app_secret: None,
        certain: None,
        hide_ticket: false,
        reveal: false,
    }
}

/// At most two mistakes: what an unoptimised build does in a moment.
fn quickly(case: &Case<'_>) -> Outcome {
    search(case, 2, 2, &|| false, &|_| ())
}

fn fields(url: &str) -> Fields {
    Fields {
        ticket: TICKET.to_owned(),
        nonce: "0sy66jqxhzjmj9k".to_owned(),
        timestamp: "1474186439".to_owned(),
        url: url.to_owned(),
        ..Fields::default()
    }
}

#[test]
fn every_mistake_alone_is_named() {
    let mut random = Random(11);
    let mut missed = Vec::new();
    let mut tally: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for id in IDS.into_iter().chain(RARE_IDS) {
        let (mut cases, mut exact) = (0, 0);
        for _ in 0..400 {
            if cases == 3 {
                break;
            }
            let Some(made) = make(&[id], &mut random) else { continue };
            cases += 1;
            let found = named(&made);
            if found.first().is_some_and(|first| first == &[id]) {
                exact += 1;
            } else if !found.iter().any(|mistakes| mistakes == &[id]) {
                missed.push(format!("{id} as {found:?}: {:?}", made.fields.url));
            }
        }
        assert!(cases > 0, "{id} was never made");
        tally.insert(id, (exact, cases));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let (exact, cases) = tally.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(exact * 100 >= cases * 95, "{exact} of {cases} named exactly: {tally:?}");
    for (id, (exact, _)) in tally {
        assert!(exact > 0, "{id} is never named first");
    }
}

/// `cargo bench --bench diagnosis` makes 500 pairs and 200 triples, and prints the rates.
#[test]
fn pairs_are_named() {
    let pairs = amount("WECHECK_TEST_PAIRS", 12);
    let mut random = Random(12);
    let (mut cases, mut exact) = (0, 0);
    let mut missed = Vec::new();
    while cases < pairs {
        let mut wanted = choose(2, &mut random);
        let Some(made) = make(&wanted, &mut random) else { continue };
        cases += 1;
        let found = ids(&made.search(2, 2, &|| false));
        wanted.sort_unstable();
        exact += usize::from(found.contains(&wanted));
        if found.is_empty() {
            missed.push(format!("{wanted:?}: {:?}", made.fields.url));
        }
    }
    assert!(exact * 10 >= cases * 8, "{exact} of {cases}");
    assert!(missed.len() * 50 <= cases, "{}", missed.join("\n"));
}

#[test]
fn three_at_once_are_named() {
    let base = fields("https://m.example.com/shop/item?id=42&name=%E5%BC%A0");
    let signed = string1(Kind::Jsapi, &base).replace("https:", "http:").replace("noncestr", "nonceStr");
    let found = search(&bare(Kind::Jsapi, &base, &sha1(&signed).to_uppercase()), 2, 3, &|| false, &|_| ());
    assert_eq!(ids(&found), [["hash-hex-case", "string-key-case", "url-scheme-swapped"]]);
    let signed = signed.replace(TICKET, &format!("{TICKET} "));
    let found = search(&bare(Kind::Jsapi, &base, &sha1(&signed)), 2, 3, &|| false, &|_| ());
    assert_eq!(ids(&found), [["string-key-case", "ticket-whitespace", "url-scheme-swapped"]]);
    let url = "http://www.m.example.com:8080/shop/item?id=42&name=%E5%BC%A0";
    let found = search(
        &bare(Kind::Jsapi, &base, &sha1(&string1(Kind::Jsapi, &fields(url)))),
        2,
        3,
        &|| false,
        &|_| (),
    );
    assert_eq!(ids(&found)[0], ["url-port", "url-scheme-swapped", "url-www"]);
    // A debug build takes a minute for four.
    if amount("WECHECK_TEST_FOUR", 0) == 0 {
        return;
    }
    let signed = signed.replace("=0sy66jqxhzjmj9k", "=0SY66JQXHZJMJ9K");
    let found = search(&bare(Kind::Jsapi, &base, &sha1(&signed)), 2, 4, &|| false, &|_| ());
    assert_eq!(ids(&found)[0], ["nonce-case", "string-key-case", "ticket-whitespace", "url-scheme-swapped"]);
}

#[test]
fn one_number_of_threads_answers_as_another() {
    let mut random = Random(13);
    for ids in [["url-path-dropped", "url-port"], ["url-trailing-slash", "ticket-quoted"]] {
        let Some(made) = std::iter::repeat_with(|| make(&ids, &mut random)).flatten().next() else {
            continue;
        };
        let (one, three) = (made.search(1, 2, &|| false), made.search(3, 2, &|| false));
        assert_eq!(one.explanations, three.explanations, "{:?}", made.ids);
    }
}

/// The public data sets. What another host signed cannot be found from the values alone.
#[test]
fn the_explained_cases_of_the_field_are_explained() {
    let explained = [
        (
            "http://localhost:8080/#/mall_detail?goods_id=105794",
            "kgt8ON7yVITDhtdwci0qeb6577wh4_9x3ecLHoc1K9INYjhVAiSPJY_f8qqVnfN8hDRlULa0oPBNXzoUyiISEQ",
            "mlmUrGsxx5cyenFk",
            "1508310596",
            "99729267009021dd729749f54ed0b1204311d7ad",
            Some(vec!["url-fragment"]),
        ),
        (
            "//sandbox-twx3.gamdream.com/free-order/home?aid=2&gid=43",
            "kgt8ON7yVITDhtdwci0qeQZ91iKF2BMCtqiRH3iqfysW_Sr1LMzvNPcZYhvCS8M2aQq1v7N0-6q9dQe3RrTQgQ",
            "201901251658035c4acf9ba1cb2720",
            "1548406683",
            "16efda6ba6463c70b91bda293bfaf7af591de8b2",
            Some(vec!["url-scheme-missing"]),
        ),
        (
            "1415926\\\\'\\\\\\\"\n<xxx \\\\'\\\\\\\"xxx=\"\">\nxxx",
            "bxLdikRXVbTPdHSM05e5uw4kcDrusCLB2V1sGheIfWKaU97l-chycHG-DShwMZ-F1GDaz03AIPj7_ticgMIBxw",
            "3IUD3tCOC1oLUgL2",
            "1552880916",
            "51b5541459201685a8b0f96be7314e13a4dc6745",
            Some(vec!["url-html-escaped", "url-json-escaped"]),
        ),
        (
            "http://www.xuebusi.cn/course/136/learn",
            "sM4AOVdWfPE4DxkXGEs8VEFBLv_oYA1_Wo8T3MxNWVTc4agYvpylPwobBaOSeDvfH8DYpf8AcgnY4sSI0mLWYg",
            "edusoho59db250187eba",
            "1507534081",
            "58a15298a79fa177ab164301e0660b1d1a72b7e1",
            None,
        ),
    ];
    for (url, ticket, nonce, timestamp, signature, wanted) in explained {
        let fields = Fields {
            ticket: ticket.to_owned(),
            nonce: nonce.to_owned(),
            timestamp: timestamp.to_owned(),
            url: url.to_owned(),
            ..Fields::default()
        };
        let found = search(
            &bare(Kind::Jsapi, &fields, signature),
            2,
            if wanted.is_some() { 2 } else { 1 },
            &|| false,
            &|_| (),
        );
        assert_eq!(ids(&found).first(), wanted.as_ref(), "{url}");
        if wanted.is_none() {
            // The right host elsewhere in the evidence is enough, on whatever page it stood.
            let urls = ["http://www.chinahadoop.cn/".to_owned()];
            let found = quickly(&Case { urls: &urls, ..bare(Kind::Jsapi, &fields, signature) });
            assert_eq!(ids(&found), [["config-differs"]]);
            assert_eq!(found.explanations[0][0].signed, "http://www.chinahadoop.cn/course/136/learn");
        }
    }
}

#[test]
fn the_evidence_shows_what_was_signed() {
    let base = fields("https://m.example.com/pay?id=1");
    let signed = |edit: fn(&mut Fields)| {
        let mut fields = base.clone();
        edit(&mut fields);
        sign(Kind::Jsapi, &fields)
    };
    let nonces = ["otherNonce000001".to_owned()];
    let given = signed(|fields| fields.nonce = "otherNonce000001".to_owned());
    let found = quickly(&Case { nonces: &nonces, ..bare(Kind::Jsapi, &base, &given) });
    assert_eq!(
        (ids(&found)[0].as_slice(), found.explanations[0][0].field),
        (&["config-differs"][..], "nonce")
    );

    let timestamps = ["1500000000".to_owned()];
    let given = signed(|fields| fields.timestamp = "1500000000".to_owned());
    let found = quickly(&Case { timestamps: &timestamps, ..bare(Kind::Jsapi, &base, &given) });
    assert_eq!(
        (ids(&found)[0].as_slice(), found.explanations[0][0].field),
        (&["config-differs"][..], "timestamp")
    );

    // The code of the redirect back stands in the page's address only.
    let pages = ["https://m.example.com/pay?id=1&code=021abc&state=x#/top".to_owned()];
    let given = signed(|fields| fields.url = "https://m.example.com/pay?id=1&code=021abc&state=x".to_owned());
    let found = quickly(&Case { page_urls: &pages, ..bare(Kind::Jsapi, &base, &given) });
    assert!(ids(&found).contains(&vec!["url-oauth-params"]), "{:?}", ids(&found));
    let with_fragment = sha1(&format!("{}#/top", string1(Kind::Jsapi, &base)));
    let found = quickly(&Case { page_urls: &pages, ..bare(Kind::Jsapi, &base, &with_fragment) });
    assert_eq!(ids(&found)[0], ["url-fragment"]);
}

#[test]
fn drift_and_milliseconds_are_found_to_the_second() {
    let base = fields("https://m.example.com/");
    let at = |timestamp: &str| {
        let fields = Fields { timestamp: timestamp.to_owned(), ..base.clone() };
        sign(Kind::Jsapi, &fields)
    };
    let one = |given: &str| search(&bare(Kind::Jsapi, &base, given), 2, 1, &|| false, &|_| ());
    for (signed, id) in [
        ("1474186438", "timestamp-drift"),
        ("1474100039", "timestamp-drift"),
        ("1474272839", "timestamp-drift"),
        ("1474186439000", "timestamp-milliseconds"),
        ("1474186439987", "timestamp-milliseconds"),
    ] {
        let found = one(&at(signed));
        assert_eq!(ids(&found).first().map(Vec::as_slice), Some(&[id][..]), "{signed}");
        assert_eq!(found.explanations[0][0].signed, signed);
    }
    assert!(one(&at("1474100038")).explanations.is_empty(), "a second more than a day");
    let message = one(&at("1474157639")).explanations[0][0].message(wecheck::lang::Lang::En);
    assert!(message.contains("8 h 0 min 0 s earlier"), "{message}");
}

fn card() -> Fields {
    Fields {
        ticket: "IpK_1T69hDhZkLQTlwsAX5obXn0E5uq_TynOijBuCBBI6VJSWxNWD7AlvetXO4OCf_GuMkLBePEArCKFXjZfCw"
            .to_owned(),
        nonce: "f2b54bb143ae41b5afe70437506b0555".to_owned(),
        timestamp: "1502361405".to_owned(),
        card_id: Some("p_BzXw2OeMnlDbAcT6i5Mz5WRMmU".to_owned()),
        code: Some("1".to_owned()),
        app_id: Some("wx0123456789abcdef".to_owned()),
        ..Fields::default()
    }
}

#[test]
#[expect(clippy::many_single_char_names, reason = "the order of the values is what matters here")]
fn mistakes_of_cards_are_named() {
    let fields = card();
    let secret = Secret::new("0123456789abcdef0123456789abcdef");
    let Fields { ticket: t, nonce: n, timestamp: s, .. } = fields.clone();
    // `o`: the code.
    let (c, o) = ("p_BzXw2OeMnlDbAcT6i5Mz5WRMmU", "1");
    // Sorted by bytes: 1, 1502361405, Ip…, f2…, p_….
    assert_eq!(sign(Kind::CardExt, &fields), sha1(&format!("{o}{s}{t}{n}{c}")));
    for (signed, id) in [
        (format!("{o}{s}{n}{t}{c}"), "card-sort-order"),
        (format!("{t}{s}{c}{o}{n}"), "card-sort-order"),
        (format!("{o}{s}{t}{c}"), "card-field-set"),
        (format!("{s}{t}{n}{c}"), "card-field-set"),
        (format!("{o}{s}{t}{n}{c}wx0123456789abcdef"), "card-field-set"),
        (format!("api_ticket={t}&card_id={c}&code={o}&nonce_str={n}&timestamp={s}"), "card-key-value"),
        (format!("api_ticket={t}&timestamp={s}&card_id={c}&code={o}&nonce_str={n}"), "card-key-value"),
        (format!("0123456789abcdef0123456789abcdef{o}{s}{n}{c}"), "card-app-secret"),
        (format!("{o}{s}{t}{n}{c}undefined"), "card-undefined-value"),
        (format!("{o}{s}{t}{n}nullnull{c}"), "card-undefined-value"),
        (format!("{o}{s}{t}{n}{c}\n"), "string-trailing-newline"),
        (format!("{o}&{s}&{t}&{n}&{c}"), "string-separator"),
        (format!("{o}{s}{t} {n}{c}"), "ticket-whitespace"),
        (format!("{o}1502361406{t}{n}{c}"), "timestamp-drift"),
    ] {
        let given = sha1(&signed);
        let case = Case { app_secret: Some(&secret), ..bare(Kind::CardExt, &fields, &given) };
        let found = quickly(&case);
        assert_eq!(ids(&found).first().map(Vec::as_slice), Some(&[id][..]), "{signed}");
        let shown = format!("{:?}", found.explanations);
        assert!(!shown.contains(secret.reveal()), "the secret is shown: {shown}");
    }
    // The app secret, in the order of another language: two mistakes.
    let given = sha1(&format!("{o}{s}{n}{c}0123456789abcdef0123456789abcdef"));
    let found = quickly(&Case { app_secret: Some(&secret), ..bare(Kind::CardExt, &fields, &given) });
    assert_eq!(ids(&found)[0], ["card-app-secret", "card-sort-order"]);
}

#[test]
fn mistakes_of_invoices_groups_and_agents_are_named() {
    let invoice = card();
    let Fields { ticket: t, nonce: n, timestamp: s, .. } = invoice.clone();
    assert_eq!(sign(Kind::Invoice, &invoice), sha1(&format!("{s}INVOICE{t}{n}wx0123456789abcdef")));
    let given = sha1(&format!("{s}{t}{n}wx0123456789abcdef"));
    assert_eq!(ids(&quickly(&bare(Kind::Invoice, &invoice, &given)))[0], ["card-field-set"]);
    let given = sha1(&format!("{t}wx0123456789abcdef{s}{n}INVOICE"));
    assert_eq!(ids(&quickly(&bare(Kind::Invoice, &invoice, &given)))[0], ["card-sort-order"]);

    let page = fields("https://app.corp.com.cn/contacts?x=1");
    let given = sign(Kind::Jsapi, &page);
    assert_eq!(ids(&quickly(&bare(Kind::Group, &page, &given)))[0], ["string-key-name"]);

    let agent = Fields { ticket: "XEdpActNnf3+vQGOng9v/A==".to_owned(), ..page };
    let spoilt = Fields { ticket: "XEdpActNnf3 vQGOng9v/A==".to_owned(), ..agent.clone() };
    let given = sign(Kind::Agent, &spoilt);
    assert_eq!(ids(&quickly(&bare(Kind::Agent, &agent, &given)))[0], ["ticket-plus-space"]);
}

#[test]
fn nothing_explains_what_was_never_signed() {
    let mut random = Random(14);
    let base = fields("https://m.example.com/shop/item?id=42");
    for _ in 0..2 {
        let given = random.text(40, "0123456789abcdef");
        let found = search(&bare(Kind::Jsapi, &base, &given), 2, 1, &|| false, &|_| ());
        assert!(found.explanations.is_empty() && found.exhausted && found.candidates > 170_000, "{found:?}");
    }
    // A right signature with one bit flipped, in any place.
    let right = sign(Kind::Jsapi, &base);
    for at in [0, 39] {
        let mut digits: Vec<u32> = right.chars().filter_map(|c| c.to_digit(16)).collect();
        digits[at] ^= 1;
        let given: String = digits.into_iter().filter_map(|digit| char::from_digit(digit, 16)).collect();
        let found = search(&bare(Kind::Jsapi, &base, &given), 2, 1, &|| false, &|_| ());
        assert!(found.explanations.is_empty(), "digit {at}: {found:?}");
    }
}

#[test]
fn a_stopped_search_says_so() {
    let base = fields("https://m.example.com/shop/item?id=42");
    let found = search(&bare(Kind::Jsapi, &base, &"0".repeat(40)), 2, 3, &|| true, &|_| ());
    assert!(found.explanations.is_empty() && !found.exhausted, "{found:?}");
}

#[test]
fn hostile_values_neither_panic_nor_take_for_ever() {
    let mut random = Random(15);
    let long = "a=%E4%B8%AD&".repeat(1000);
    let many = format!("https://h.cn/{}?{}", "a/".repeat(500), "&=".repeat(500));
    for url in [
        "",
        "#",
        "?",
        "&",
        "://",
        "//",
        "%",
        "%%%",
        "http://",
        "http://[::1]:80/é?#",
        "\\u12",
        "&am",
        "é%e",
        long.as_str(),
        many.as_str(),
        "\0\u{feff}\u{202e}",
        "http://h:/",
        "https://u:p@h.cn:99999/a",
    ] {
        for given in [
            "",
            "a",
            "0f9de62fce790f9a083d5c99e95740ceb90c27e",
            "0F-9D",
            "é",
            "====",
            "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
        ] {
            let timestamp = random.pick(&[
                "",
                "0",
                "abc",
                "-1",
                "99999999999999999999",
                "18446744073709551615",
                "1700000000123",
                "007",
            ]);
            let base = Fields { timestamp: timestamp.to_owned(), ..fields(url) };
            for kind in [Kind::Jsapi, Kind::Card] {
                let _ = search(&bare(kind, &base, given), 2, 1, &|| false, &|_| ());
            }
        }
    }
}

#[test]
fn tickets_out_of_the_cache_are_masked() {
    let base = fields("https://m.example.com/");
    let previous = "HoagFKDcsGMVCIY2vOjf9nGrZ3eaM0qXs5ROFN_3k_HrGc0VocemA6wMXkvrL-Ei4IitXxwKF62CJWR8mWXZ3Q";
    let given = sign(Kind::Jsapi, &Fields { ticket: previous.to_owned(), ..base.clone() });
    let others = [OtherTicket { value: Secret::new(previous), role: TicketRole::Previous { at: Some(1) } }];
    let case = Case { other_tickets: &others, hide_ticket: true, ..bare(Kind::Jsapi, &base, &given) };
    let found = quickly(&case);
    assert_eq!(ids(&found), [["ticket-previous"]]);
    assert_eq!(
        (found.explanations[0][0].signed.as_str(), found.explanations[0][0].actual.as_str()),
        ("Hoag…(86)", "kgt8…(86)")
    );
    let found = quickly(&Case { hide_ticket: false, reveal: true, ..case });
    assert_eq!(found.explanations[0][0].signed, previous);
    let given = sha1(&string1(Kind::Jsapi, &base).replace("noncestr", "nonceStr"));
    let found = quickly(&Case { given: &given, ..case });
    let shown = format!("{:?}", found.explanations);
    assert!(shown.contains("kgt8…(86)") && !shown.contains(TICKET), "{shown}");
}

#[test]
fn another_profile_is_named_once_and_a_third_not() {
    let base = fields("https://m.example.com/");
    let role = |name: &str| TicketRole::OtherProfile(name.to_owned());
    let others = [("w2", "2"), ("w2", "1"), ("w3", "3")]
        .map(|(name, mark)| OtherTicket { value: Secret::new(TICKET.replace('k', mark)), role: role(name) });
    let given = sign(Kind::Jsapi, &Fields { ticket: TICKET.replace('k', "1"), ..base.clone() });
    let found = quickly(&Case { other_tickets: &others, ..bare(Kind::Jsapi, &base, &given) });
    assert_eq!(ids(&found), [["ticket-other-profile"]]);
    let message = found.explanations[0][0].message(Lang::En);
    assert!(message.contains("w2") && !message.contains("w2, w2") && !message.contains("w3"), "{message}");
}

fn run(more: &[&str]) -> crate::harness::Done {
    let ticket = format!("--ticket={TICKET}");
    let mut args = vec!["verify", &ticket, "--nonce=0sy66jqxhzjmj9k", "--timestamp=1474186439", "--lang=en"];
    args.extend(more);
    wecheck(args).done()
}

#[test]
fn the_binary_names_the_mistake_with_what_was_signed() {
    let base = fields("https://m.example.com/a?x=1&y=2");
    let given =
        sign(Kind::Jsapi, &Fields { url: "https://m.example.com/a?x=1&amp;y=2".to_owned(), ..base.clone() });
    let done = run(&["--url=https://m.example.com/a?x=1&y=2", &format!("--signature={given}")]);
    let text: String = done.stdout.split("what looks wrong").next().unwrap_or_default().to_owned();
    insta::assert_snapshot!(text, @r"
    WeChat will refuse it: the signature does not fit

    url-html-escaped & and &amp; are mixed up
      signed   https://m.example.com/a?x=1&amp;y=2
                                           ^^^^
      expected https://m.example.com/a?x=1&y=2
      why: `&` and `&amp;` are mixed up: an HTML template escaped the address, or it was copied from page source (proved by recomputing the hash)
      fix: sign the unescaped address; in a template, print it unescaped or pass it to the script as JSON

      given    9485b8cc9501777b485c740047c1caa86a89d17e
      computed 5dc64b9fbffcd6805e697f7b1f76ca4c211d9eaa
      string1  jsapi_ticket=kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q&noncestr=0sy66jqxhzjmj9k&timestamp=1474186439&url=https://m.example.com/a?x=1&y=2
    ");
    let json = run(&["--url=https://m.example.com/a?x=1&y=2", &format!("--signature={given}"), "--json"]);
    let json: Value = json.json();
    assert_eq!(json["mistakes"][0]["id"], "url-html-escaped");
    assert_eq!(json["mistakes"][0]["field"], "url");
    assert_eq!(json["mistakes"][0]["signed"], "https://m.example.com/a?x=1&amp;y=2");
    assert_eq!(json["mistakes"][0]["actual"], "https://m.example.com/a?x=1&y=2");
    assert!(json["search"]["candidates"].as_u64() > Some(0), "{json}");
    assert_eq!(json["search"]["max_mistakes"], 1);
}

#[test]
fn the_binary_invents_no_explanation() {
    let mut random = Random(16);
    for _ in 0..amount("WECHECK_TEST_INVENTED", 3) {
        let given = random.text(40, "0123456789abcdef");
        let done = run(&["--url=https://m.example.com/a?id=1", &format!("--signature={given}"), "--json"]);
        let json = done.json();
        assert!(
            json["mistakes"] == Value::Array(vec![]) && json["search"]["elapsed_ms"].as_u64() < Some(5000),
            "{done}"
        );
    }
}

#[test]
fn the_binary_says_when_nothing_explains_it() {
    let done = run(&[
        "--url=https://m.example.com/a",
        "--signature=0f9de62fce790f9a083d5c99e95740ceb90c27ee",
        "--json",
    ]);
    let json = done.json();
    assert_eq!(
        (done.code, &json["mistakes"], &json["alternatives"]),
        (1, &Value::Array(vec![]), &Value::Array(vec![]))
    );
    let steps: Vec<&str> =
        json["next_steps"].as_array().expect("steps").iter().filter_map(|step| step["id"].as_str()).collect();
    assert_eq!(steps[..4], ["page-url", "real-auth-url", "algorithm", "ticket-alive"]);
}

#[test]
fn other_tickets_are_taken_from_flags_and_from_the_evidence() {
    let other = "bxLdikRXVbTPdHSM05e5uz_PLifeyTOt9G8aI2yC2mxHebFyBYUZKJ1C4RxRxtiEkHsdYPwz43xzvo6PqNb3pg";
    let given = sign(Kind::Jsapi, &Fields { ticket: other.to_owned(), ..fields("https://m.example.com/a") });
    let done = run(&[
        "--url=https://m.example.com/a",
        &format!("--signature={given}"),
        &format!("--other-ticket={other}"),
        "--json",
    ]);
    let json = done.json();
    assert_eq!(
        (&json["mistakes"][0]["id"], &json["mistakes"][0]["signed"]),
        (&"ticket-previous".into(), &other.into())
    );

    let token = format!("75_{}", "aB3".repeat(44));
    let given = sign(Kind::Jsapi, &Fields { ticket: token.clone(), ..fields("https://m.example.com/a") });
    let home = Home::new();
    let file = home.file("answer.json", format!(r#"{{"access_token":"{token}","expires_in":7200}}"#));
    let done = run(&[
        "--url=https://m.example.com/a",
        &format!("--signature={given}"),
        "--from",
        file.to_str().expect("UTF-8"),
        "--json",
    ]);
    assert_eq!(done.json()["mistakes"][0]["id"], "ticket-access-token", "{done}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_long_search_with_what_was_tried() {
    let home = Home::new();
    let run = home.run([
        "verify",
        &format!("--ticket={TICKET}"),
        "--nonce=n",
        "--timestamp=1474186439",
        "--url=https://m.example.com/shop/item?id=42&name=%E5%BC%A0&x=1",
        "--signature=0f9de62fce790f9a083d5c99e95740ceb90c27ee",
        "--deep=600",
        "--json",
    ]);
    let child = run.spawn();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("the signal is sent");
    let done = crate::harness::Done::from(child.wait_with_output().expect("the binary ends"));
    assert_eq!(done.code, 130, "{done}");
    let json = done.json();
    assert_eq!(json["search"]["exhausted"], false);
    assert!(json["search"]["candidates"].as_u64() > Some(0), "{json}");
}
