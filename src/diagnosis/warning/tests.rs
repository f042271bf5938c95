//! One row a warning: the smallest input that has to raise it, and that a clean one raises none.

use super::*;
use crate::evidence::{ApiCall, Call, CardExt, Expression, Field, Origin, Unit, Value};

const NOW: u64 = 1_700_000_000;

fn clean() -> Fields {
    Fields {
        ticket: "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q"
            .into(),
        nonce: "0sy66jqxhzjmj9k0".into(),
        timestamp: NOW.to_string(),
        url: "https://m.example.com/index.html?id=1".into(),
        ..Fields::default()
    }
}

fn subject<'a>(
    kind: Kind,
    fields: &'a Fields,
    evidence: &'a Evidence,
    blocks: &'a [&'a Block],
) -> Subject<'a> {
    Subject {
        kind,
        platform: Some(Platform::Mp),
        sandbox: false,
        fields,
        given: Given { url: true, ticket: true, nonce: true, timestamp: true },
        signature: Some("4409537db08bb54abd206dbab4ff147e859d775c"),
        evidence,
        app_id: Some("wx0123456789abcdef"),
        blocks,
        says_all: true,
        shares_with_card: false,
        now: NOW,
    }
}

fn ids(kind: Kind, fields: &Fields, evidence: &Evidence) -> Vec<&'static str> {
    let blocks: Vec<&Block> = evidence.blocks.iter().collect();
    let subject = subject(kind, fields, evidence, &blocks);
    let found = warnings(&subject, Lang::En);
    assert_eq!(found.len(), warnings(&subject, Lang::Zh).len());
    found.into_iter().map(|warning| warning.id).collect()
}

#[test]
fn a_clean_input_raises_nothing() {
    assert!(ids(Kind::Jsapi, &clean(), &Evidence::default()).is_empty());
}

#[test]
fn urls() {
    for (url, expected) in [
        ("https://m.example.com/a.html#top", "url-fragment-suspect"),
        ("https%3A%2F%2Fm.example.com%2Fa.html", "url-looks-encoded"),
        ("https://m.example.com/a.html?q=%2520", "url-looks-encoded"),
        ("https://m.example.com/a%3Fx%3D1", "url-looks-encoded"),
        ("https:%2F%2Fm.example.com/a", "url-looks-encoded"),
        ("https://m.example.com/a.html?a=1&amp;b=2", "url-html-entity"),
        ("https://m.example.com/路径.html", "url-non-ascii"),
        ("https://m.example.com", "url-bare-host"),
        ("https://m.example.com?x=1", "url-bare-host"),
        ("https://localhost/", "url-localhost"),
        ("https://127.0.0.1/", "url-localhost"),
        ("https://[::1]/", "url-localhost"),
        ("https://192.168.1.5/", "url-private-address"),
        ("https://192.168.1.5/", "url-ip-address"),
        ("https://203.0.113.7/", "url-ip-address"),
        ("https://m.example.com:8888/", "url-port-suspect"),
        ("https://m.example.com:443/", "url-port-suspect"),
        ("http://m.example.com/", "url-http"),
        ("https://m.example.com/wx/getSignPackage", "url-endpoint"),
        ("https://m.example.com/mall/detail/1057", "url-inner-route"),
        ("https://m.example.com/#/mall", "url-inner-route"),
        ("https://m.example.com/?code=0a1b&state=", "url-oauth-params-suspect"),
        ("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1#wechat_redirect", "url-oauth-link"),
        ("https://m.example.com/?from=singlemessage&isappinstalled=0", "url-share-params"),
        ("undefined", "url-placeholder-suspect"),
        ("", "url-placeholder-suspect"),
        ("location.href.split('#')[0]", "url-placeholder-suspect"),
        ("http://mp.weixin.qq.com?params=value", "url-placeholder-suspect"),
        ("http://example.com", "url-placeholder-suspect"),
        ("URL", "url-placeholder-suspect"),
        ("https://m.example.com/wx/sign", "url-endpoint"),
        ("https://m.example.com/wx/jsSdk.php", "url-endpoint"),
        ("https://m.example.com/getwxconfig", "url-endpoint"),
        ("https://m.example.com/wx_config", "url-endpoint"),
        ("https://m.example.com/jsapi-signature", "url-endpoint"),
        ("https://m.example.com/a ", "value-whitespace"),
    ] {
        let fields = Fields { url: url.into(), ..clean() };
        let found = ids(Kind::Jsapi, &fields, &Evidence::default());
        assert!(found.contains(&expected), "{url}: {expected} is not among {found:?}");
    }
}

#[test]
fn pages_are_not_endpoints() {
    for page in ["signup", "design", "sign-in", "signIn.html", "assignment", "config", "signal", "sdk"] {
        let fields = Fields { url: format!("https://m.example.com/{page}"), ..clean() };
        let found = ids(Kind::Jsapi, &fields, &Evidence::default());
        assert!(!found.contains(&"url-endpoint"), "{page}: {found:?}");
    }
}

#[test]
fn an_app_id_that_a_flag_gives_has_a_shape_too() {
    for (id, is_unusual) in [("gh_0123456789ab", true), ("wx123", true), ("wx0123456789abcdef", false)] {
        let (fields, evidence) = (clean(), Evidence::default());
        let found = warnings(
            &Subject { app_id: Some(id), platform: None, ..subject(Kind::Jsapi, &fields, &evidence, &[]) },
            Lang::En,
        );
        assert_eq!(found.iter().any(|warning| warning.id == "app-id-shape"), is_unusual, "{id}");
    }
}

#[test]
fn other_values() {
    let row = |change: fn(&mut Fields), kind, expected: &str| {
        let mut fields = clean();
        change(&mut fields);
        let found = ids(kind, &fields, &Evidence::default());
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    };
    row(|f| f.nonce.push('\n'), Kind::Card, "value-whitespace");
    row(|f| f.ticket.insert(0, ' '), Kind::Jsapi, "value-whitespace");
    row(|f| f.timestamp.push(' '), Kind::Jsapi, "value-whitespace");
    row(|f| f.timestamp = "1700000000000".into(), Kind::Jsapi, "timestamp-milliseconds-suspect");
    row(|f| f.timestamp = "1".into(), Kind::Jsapi, "timestamp-far");
    row(|f| f.timestamp = "soon".into(), Kind::Jsapi, "timestamp-far");
    row(|f| f.timestamp = "1414587457".into(), Kind::Jsapi, "timestamp-sample");
    row(|f| f.nonce = "Wm3WZYTPz0wzccnW".into(), Kind::Jsapi, "nonce-sample");
    row(|f| f.nonce = "n".repeat(33), Kind::CardExt, "nonce-too-long");
    row(
        |f| {
            f.ticket =
                "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
                    .into();
        },
        Kind::Jsapi,
        "ticket-sample",
    );
    row(|f| f.ticket = "XEdpActNnf3XvQGOng9vhA==".into(), Kind::Jsapi, "ticket-shape");
    row(|_| (), Kind::Agent, "ticket-shape");
    row(|f| f.ticket = format!("42_{}", "x".repeat(150)), Kind::Jsapi, "ticket-looks-like-token");
}

#[test]
fn evidence_against_the_signed_values() {
    let config = Origin::Call(Call::Config);
    let value = |field, text: &str| Value { field, text: text.into(), line: 3, origin: config, kind: None };
    let evidence = Evidence {
        values: vec![value(Field::Nonce, "another"), value(Field::AppId, "wxffffffffffffffff")],
        blocks: vec![Block {
            call: Call::Config,
            line: 1,
            keys: ["appid", "timeStamp", "nonceStr", "jsApiList"].map(str::to_owned).to_vec(),
            js_api_list: Some(vec!["chooseimage".into()]),
            timestamp_is_text: false,
            hides_keys: false,
            values: Vec::new(),
            menu_list: None,
        }],
        card_ext: Some(CardExt { is_object: true, timestamp_is_number: true }),
        ..Evidence::default()
    };
    let found = ids(Kind::Jsapi, &clean(), &evidence);
    for expected in [
        "config-key-case",
        "config-incomplete",
        "api-unknown",
        "card-ext-object",
        "card-ext-timestamp-number",
    ] {
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn what_else_the_evidence_shows() {
    let block = |keys: &[&str], list: &[&str]| Block {
        call: Call::Config,
        line: 1,
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        js_api_list: Some(list.iter().map(|name| (*name).to_owned()).collect()),
        timestamp_is_text: false,
        hides_keys: false,
        values: Vec::new(),
        menu_list: None,
    };
    let all = ["appId", "timestamp", "nonceStr", "signature", "jsApiList"];
    let evidence = Evidence {
        blocks: vec![block(&[&all[..], &["jsApilist2", "debug"]].concat(), &["chooseImage"])],
        expressions: vec![
            Expression { text: "Date.now()".into(), line: 2, unit: Unit::Milliseconds, block: None },
            Expression { text: "time()".into(), line: 3, unit: Unit::Seconds, block: Some(0) },
        ],
        menu_items: vec![
            "menuItem:share:appMessage".into(),
            "menuItem:share:appmessage".into(),
            "copyUrl".into(),
        ],
        api_calls: vec![
            ApiCall { name: "scanQRCode".into(), line: 9 },
            ApiCall { name: "chooseImage".into(), line: 10 },
        ],
        ticket_to_page: Some(4),
        ..Evidence::default()
    };
    let found = ids(Kind::Jsapi, &clean(), &evidence);
    let count = |id: &str| found.iter().filter(|own| **own == id).count();
    for (id, times) in [
        ("timestamp-expression", 2),
        ("menu-item-unknown", 2),
        ("api-called-not-listed", 1),
        ("ticket-exposed", 1),
        ("config-key-unknown", 1),
        ("config-incomplete", 0),
    ] {
        assert_eq!(count(id), times, "{id}: {found:?}");
    }
    let empty = Evidence { blocks: vec![block(&all, &[])], ..Evidence::default() };
    assert_eq!(ids(Kind::Jsapi, &clean(), &empty), ["api-list-empty"]);
    let (fields, evidence) = (clean(), Evidence::default());
    let shared = Subject { shares_with_card: true, ..subject(Kind::CardExt, &fields, &evidence, &[]) };
    assert!(warnings(&shared, Lang::En).iter().any(|warning| warning.id == "cards-share-values"));
}

#[test]
fn a_signature_of_another_shape_is_named_for_what_it_is() {
    let (fields, evidence) = (clean(), Evidence::default());
    for (text, word) in [
        ("00", "2 characters"),
        (&format!("42_{}", "x".repeat(130)), "access_token"),
        (clean().ticket.as_str(), "jsapi_ticket"),
    ] {
        let subject = Subject { signature: Some(text), ..subject(Kind::Jsapi, &fields, &evidence, &[]) };
        let found = warnings(&subject, Lang::En);
        assert!(
            found.iter().any(|one| one.id == "signature-shape" && one.message.contains(word)),
            "{found:?}"
        );
    }
}
