//! Which values belong to which signature.

use super::*;

const TICKET: &str = "kgt8ON7yVITDhtdwci0qeRHtUVQcDMpg0TMkxpdzPaEMM1ZA7V0FhHVJWDBt2hWdQZUm14QhoxhLPAbQcEFUV2";
const AGENT_TICKET: &str = "xl2ppDwshfBoc2IkKWbgJw==";
const ONE: &str = "de7663cdae60434187f0565316bcb7e0f0bb5a06";
const TWO: &str = "4d7945ca2dc138d55f871eb48f82751837557db6";
const URL: &str = "https://m.example.com/p?x=1";

/// Each claim in one line: kind, signature, nonce, timestamp, url, ticket, and the block's number.
fn claims(text: &str) -> Vec<String> {
    let evidence = extract(text);
    evidence
        .claims
        .iter()
        .map(|claim| {
            let kind = claim.kind.unwrap_or_default();
            let value = |field| {
                let value = evidence.value(claim, kind, field).map(|value| value.text.as_str());
                match value {
                    Some(ONE) => "ONE",
                    Some(TWO) => "TWO",
                    Some(TICKET) => "TICKET",
                    Some(AGENT_TICKET) => "AGENT",
                    Some(URL) => "URL",
                    value => value.unwrap_or("-"),
                }
                .to_owned()
            };
            let block = claim.block.map_or("-".into(), |block| block.to_string());
            let fields =
                [Field::Signature, Field::Nonce, Field::Timestamp, Field::Url, Field::Ticket].map(value);
            format!("{} {} {block}", claim.kind.map_or("-", crate::signature::Kind::name), fields.join(" "))
        })
        .collect()
}

#[track_caller]
fn check(text: &str, wanted: &[&str]) {
    assert_eq!(claims(text), wanted, "\n--- in ---\n{text}\n---");
}

#[test]
fn two_calls_are_two_claims_with_the_ticket_of_their_kind() {
    check(
        &format!(
            "ticket: {TICKET}\nagentTicket: {AGENT_TICKET}\nurl: {URL}\n\
             wx.config({{appId: 'ww1', timestamp: 1700000001, nonceStr: 'n1', signature: '{ONE}', jsApiList: []}});\n\
             wx.ready(function () {{\n wx.agentConfig({{corpid: 'ww1', agentid: 1, timestamp: 1700000002, nonceStr: 'n2', signature: '{TWO}'}})\n}})"
        ),
        &["jsapi ONE n1 1700000001 URL TICKET 0", "agent TWO n2 1700000002 URL AGENT 1"],
    );
    check(
        &format!(
            "ww.register({{ corpId: 'ww1', getConfigSignature() {{ return {{timestamp: 1, nonceStr: 'n1', signature: '{ONE}'}} }},\n\
             getAgentConfigSignature: () => ({{timestamp: 2, nonceStr: 'n2', signature: '{TWO}'}}) }})"
        ),
        &["jsapi ONE n1 1 - - 0", "agent TWO n2 2 - - 0"],
    );
}

#[test]
fn one_answer_may_hold_two_signatures() {
    check(
        &format!(
            r#"{{"data":{{"url":"{URL}","config":{{"nonceStr":"n1","timestamp":1,"signature":"{ONE}"}},"agentConfig":{{"nonceStr":"n2","timestamp":2,"signature":"{TWO}"}}}}}}"#
        ),
        &["- ONE n1 1 URL - -", "agent TWO n2 2 URL - -"],
    );
    check(
        &format!(
            r#"{{"nonceStr":"n1","timestamp":1,"signature":"{ONE}","agentNonceStr":"n2","agentTimestamp":2,"agentSignature":"{TWO}"}}"#
        ),
        &["- ONE n1 1 - - -", "agent TWO n2 2 - - -"],
    );
}

#[test]
fn cards_of_a_list_are_claims_of_their_own() {
    let card = |id: &str, signature: &str| {
        format!(
            r#"{{cardId: '{id}', cardExt: '{{"timestamp":"1418301401","nonce_str":"n1","signature":"{signature}"}}'}}"#
        )
    };
    let text =
        format!("wx.addCard({{cardList: [{}, {}]}})\n// api_ticket: T", card("p1", ONE), card("p2", TWO));
    check(&text, &["card-ext ONE n1 1418301401 - T 0", "card-ext TWO n1 1418301401 - T 0"]);
    let found = extract(&text);
    let ids: Vec<_> =
        found.claims.iter().filter_map(|claim| Some(&claim.value(Field::CardId)?.text)).collect();
    assert_eq!(ids, ["p1", "p2"]);
}

#[test]
fn entries_of_a_log_are_not_mixed() {
    let entry = |nonce: &str, time: u32, signature: &str| {
        format!("10:00:00 INFO noncestr={nonce}, timestamp={time}, url={URL}, signature={signature}\n")
    };
    check(
        &format!(
            "{}10:00:01 INFO other\n{}jsapi_ticket={TICKET}\n",
            entry("nonce123", 1, ONE),
            entry("nonce123", 3, TWO)
        ),
        &["- ONE nonce123 1 URL TICKET -", "- TWO nonce123 3 URL TICKET -"],
    );
    let string1 = |time| format!("jsapi_ticket={TICKET}&noncestr=n1&timestamp={time}&url={URL}");
    let text = format!("{}\n{ONE}\n{}\n{TWO}\n", string1(1), string1(3));
    check(&text, &["- ONE n1 1 URL TICKET -", "- TWO n1 3 URL TICKET -"]);
    let literals = extract(&text).claims.into_iter().map(|claim| claim.literal.map(|literal| literal.text));
    assert_eq!(literals.collect::<Vec<_>>(), [Some(string1(1)), Some(string1(3))]);
}

#[test]
fn a_literal_goes_to_the_signature_that_is_its_hash() {
    let string1 = |time: u32| format!("jsapi_ticket={TICKET}&noncestr=n1&timestamp={time}&url={URL}");
    let hash = |time| crate::signature::sha1_hex(&string1(time));
    let text = format!("signature: {}\nsignature: {}\n{}\n{}\n", hash(1), hash(2), string1(2), string1(1));
    let found = extract(&text);
    for claim in &found.claims {
        let literal = claim.literal.as_ref().expect("a literal");
        assert_eq!(Some(crate::signature::sha1_hex(&literal.text).as_str()), claim.signature());
    }
    assert_eq!(found.claims.len(), 2);
}

#[test]
fn an_answer_and_the_page_that_passes_it_on_are_one_claim() {
    let answer = format!(r#"{{"nonceStr":"n1","timestamp":1,"signature":"{ONE}","url":"{URL}"}}"#);
    for page in [
        format!("wx.config({{timestamp: 9, nonceStr: 'n9', signature: '{ONE}'}})"),
        "wx.config({timestamp: 9, nonceStr: 'n9', signature: res.signature})".into(),
    ] {
        let text = format!("{answer}\n{page}\n");
        check(&text, &["jsapi ONE n1 1 URL - 0"]);
        let block = &extract(&text).blocks[0];
        let passed = |field| block.value(field).map(|value| value.text.as_str());
        assert_eq!((passed(Field::Nonce), passed(Field::Timestamp)), (Some("n9"), Some("9")));
    }
    // What was signed stands in lines, without a signature of its own.
    check(
        &format!(
            "noncestr: n1\ntimestamp: 1\nurl: {URL}\n\nwx.config({{timestamp: 1, nonceStr: 'n1', signature: '{ONE}'}})"
        ),
        &["jsapi ONE n1 1 URL - 0"],
    );
    // Another signature is another claim.
    check(
        &format!("{answer}\nwx.config({{timestamp: 2, nonceStr: 'n2', signature: '{TWO}'}})"),
        &["- ONE n1 1 URL - -", "jsapi TWO n2 2 URL - 0"],
    );
}

#[test]
fn what_was_commented_out_is_not_a_claim() {
    check(
        &format!(
            "wx.config({{\n // signature: '{TWO}',\n signature: '{ONE}', // timestamp: 3\n timestamp: 1, nonceStr: 'n1'}})"
        ),
        &["jsapi ONE n1 1 - - 0"],
    );
    check(
        &format!("// {{\"nonceStr\":\"n1\",\"signature\":\"{ONE}\"}}\nwx.config(res.data)"),
        &["jsapi ONE n1 - - - 0"],
    );
}

#[test]
fn another_apis_sign_is_not_a_claim_beside_one() {
    check(
        &format!(
            r#"{{"sign":"5d41402abc4b2a76b9719d911017c592","timestamp":5}}
{{"nonceStr":"n1","timestamp":1,"signature":"{ONE}"}}"#
        ),
        &["- ONE n1 1 - - -"],
    );
    check(
        &format!(
            r#"{{"mch_id":"1","nonce_str":"n5","sign":"{TWO}"}}
{{"nonceStr":"n1","timestamp":1,"signature":"{ONE}"}}"#
        ),
        &["- ONE n1 1 - - -"],
    );
}

#[test]
fn values_without_a_signature_are_one_claim() {
    check(&format!("url: {URL}\nnoncestr: n1\ntimestamp: 1"), &["- - n1 1 URL - -"]);
    check("wx.config({timestamp: 1, nonceStr: 'n1', signature: sign})", &["jsapi - n1 1 - - 0"]);
    check("config:invalid signature", &[]);
}

#[test]
fn answers_of_a_recording_keep_their_address_and_page() {
    let entry = |path: &str, url: &str, body: &str| {
        serde_json::json!({
            "request": {"method": "POST", "url": format!("https://api.example.com/{path}"), "headers": [{"name": "Referer", "value": url}],
                        "postData": {"text": serde_json::json!({"url": url}).to_string()}},
            "response": {"content": {"mimeType": "application/json", "text": body}},
        })
    };
    let har = serde_json::json!({"log": {"entries": [
        entry("sign", URL, &format!(r#"{{"nonceStr":"n1","timestamp":1,"signature":"{ONE}","jsapi_ticket":"{TICKET}"}}"#)),
        entry("agent/sign?agentid=1", "https://m.example.com/q", &format!(r#"{{"nonceStr":"n2","timestamp":2,"signature":"{TWO}"}}"#)),
    ]}})
    .to_string();
    check(&har, &["- ONE n1 1 URL TICKET -", "agent TWO n2 2 https://m.example.com/q TICKET -"]);
    let found = extract(&har);
    let sources: Vec<_> = found.claims.iter().filter_map(|claim| claim.source.as_deref()).collect();
    assert_eq!(sources, ["https://api.example.com/sign", "https://api.example.com/agent/sign?agentid=1"]);
    assert_eq!(found.claims[1].page_urls, ["https://m.example.com/q"]);
    assert_eq!(found.ticket_to_page, Some(1));
}

#[test]
fn what_is_known_besides() {
    let found = extract(&format!(
        "wx.config({{timestamp: new Date().getTime(), nonceStr: 'n1', signature: '{ONE}', jsApiList: ['hideMenuItems']}})\n\
         wx.hideMenuItems({{menuList: ['menuItem:share:qq', 'menuItem:copyUrl']}})\nwx.invoke('scanQRCode', {{}}, f)\n"
    ));
    assert_eq!(found.expressions[0].unit, Unit::Milliseconds);
    assert_eq!(found.expressions[0].block, Some(0));
    assert_eq!(found.menu_items, ["menuItem:share:qq", "menuItem:copyUrl"]);
    let calls: Vec<_> = found.api_calls.iter().map(|call| (call.name.as_str(), call.line)).collect();
    assert_eq!(calls, [("hideMenuItems", 2), ("scanQRCode", 3)]);
    let found = extract(&format!(
        r#"{{"jsapi_ticket":"{TICKET}","expire_time":1413000000}} {{"access_token":"a","expire_time":1500000000}}"#
    ));
    assert_eq!(found.expires_at, Some(1_413_000_000));
    let piece = "E9rwLbAtf6e9cpCGybY9lMR4pAwBp3GVy1PixOqoRGrB5Vpg5C6QsyHZytfqY6K1";
    assert!(extract(&format!("x {piece}&noncestr=a")).tokens.contains(&piece.to_owned()));
    assert_eq!(
        extract("realAuthUrl: [https://a.cn/#/b, https://a.cn/c]").page_urls,
        ["https://a.cn/#/b", "https://a.cn/c"]
    );
}
