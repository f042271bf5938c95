//! `verify` judges claims: what the hash proves and what the evidence shows, each row a text as people
//! paste it, with the verdict that it must get.

use serde_json::Value;
use wecheck::signature::sha1_hex;

use crate::harness::{Done, wecheck};

const TICKET: &str = "kgt8ON7yVITDhtdwci0qeXy3Vd0bqFzJm5uA9cR1wLsPo7TgEhKnBxQi2Y4Uj6MlDfWvSaZ8OtCrGkHpNeI1bQ";
const OTHER: &str = "kgt8ON7yVITDhtdwci0qeBt5Zk9mQ2nWx7LdRfYh3JvPa6CsUe1Oi8KgTq4Nz0MwEbXrVlDuHpSoFyAjGcI7tR";
const AGENT: &str = "Xl2ppDwshfBoc2IkKWbgJw==";
const NONCE: &str = "Kd83hfQp1LmZ0aXc";
const TIME: &str = "1700000000";
const URL: &str = "https://m.example.cn/shop/item.html?id=7&src=menu";

fn right(ticket: &str, nonce: &str, time: &str, url: &str) -> String {
    format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={time}&url={url}")
}

fn sign(ticket: &str, nonce: &str, time: &str, url: &str) -> String {
    sha1_hex(&right(ticket, nonce, time, url))
}

fn verify(text: &str, args: &[&str]) -> Done {
    let all = ["--json", "verify", "--from", "-"];
    wecheck(all.into_iter().chain(args.iter().copied())).stdin(text).done()
}

fn ids(list: &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| one["id"].as_str().unwrap_or("?").to_owned()).collect()
}

/// The document, after its verdict, exit code and mistakes were compared.
fn judged(text: &str, args: &[&str], verdict: &str, mistakes: &[&str]) -> Value {
    let done = verify(text, args);
    let json = done.json();
    let code = match verdict {
        "fits" => 0,
        "refused" => 1,
        _ => 2,
    };
    let found = ids(&json["mistakes"]);
    assert_eq!((json["verdict"].as_str(), done.code), (Some(verdict), code), "{text}\n{args:?}\n{done}");
    assert_eq!(found, mistakes, "{text}\n{args:?}\n{done}");
    json
}

fn config(nonce: &str, time: &str, signature: &str) -> String {
    format!(
        "wx.config({{\n  debug: true,\n  appId: 'wx0123456789abcdef',\n  timestamp: {time},\n  nonceStr: '{nonce}',\n  signature: '{signature}',\n  jsApiList: ['chooseImage']\n}});\n"
    )
}

#[test]
fn a_string1_is_a_claim_and_never_the_truth() {
    for (string1, mistake) in [
        (format!("jsapi_ticket={TICKET}&nonceStr={NONCE}&timestamp={TIME}&url={URL}"), "string-key-case"),
        (format!("jsapi_ticket={TICKET}&noncestr={NONCE}&timeStamp={TIME}&url={URL}"), "string-key-case"),
        (format!("jsapi_ticket={TICKET}&noncestr={NONCE}&timetamp={TIME}&url={URL}"), "string-key-name"),
        (format!("ticket={TICKET}&noncestr={NONCE}&timestamp={TIME}&url={URL}"), "string-key-name"),
        (format!("jsapi_ticket={TICKET}&noncestr={NONCE}&url={URL}"), "string-missing-param"),
        (format!("{}#/home", right(TICKET, NONCE, TIME, URL)), "url-fragment"),
        (right(TICKET, NONCE, TIME, &URL.replace('&', "&amp;")), "url-html-escaped"),
    ] {
        let text = format!("string1: {string1}\nsignature: {}\n", sha1_hex(&string1));
        let json = judged(&text, &[], "refused", &[mistake]);
        assert_eq!(json["mistakes"][0]["proof"], "hash", "{json}");
        assert_ne!(json["match"], true, "{json}");
    }
}

#[test]
fn what_a_display_did_to_a_string1_is_undone_with_a_note() {
    let string1 = right(TICKET, NONCE, TIME, URL);
    let signature = sha1_hex(&string1);
    for shown in [string1.replace("&timestamp", "×tamp"), string1.replace('&', "&amp;")] {
        let json = judged(&format!("string1: {shown}\nsignature: {signature}\n"), &[], "fits", &[]);
        assert_eq!(json["string1"], string1);
        assert!(!json["notes"].as_array().expect("notes").is_empty(), "{json}");
    }
    let json = judged(&format!("string1: {string1}\nsignature: {signature}\n"), &[], "fits", &[]);
    assert_eq!(json["notes"], serde_json::json!([]));
}

#[test]
fn every_claim_is_judged_and_the_refused_one_leads() {
    let ok = sign(TICKET, NONCE, TIME, URL);
    let agent = "3f9a0c55e0d1b7c2a4f60718293a4b5c6d7e8f90";
    let text = format!(
        "{}wx.agentConfig({{ corpid: 'ww0123456789abcdef', agentid: 1000002, timestamp: {TIME}, nonceStr: 'other123', signature: '{agent}', jsApiList: ['selectExternalContact'] }});\n// jsapi_ticket: {TICKET}\n",
        config(NONCE, TIME, &ok)
    );
    let done = verify(&text, &["--url", URL, "--ticket", AGENT]);
    let json = done.json();
    let checks = json["checks"].as_array().expect("checks");
    assert_eq!((checks.len(), done.code), (2, 1), "{done}");
    assert_eq!((&json["kind"], &json["given_signature"]), (&"agent".into(), &agent.into()), "{done}");
    assert_eq!((&checks[0]["verdict"], &checks[0]["match"]), (&"fits".into(), &true.into()), "{done}");
    for check in checks {
        assert!(check["line"].as_u64().is_some() && check["source"] == "stdin", "{check}");
    }
}

#[test]
fn the_page_s_address_decides_although_the_hash_fits() {
    let bare = "https://m.example.cn/shop/item.html?id=7";
    for (page, mistake) in [
        (format!("{bare}&from=timeline&isappinstalled=0"), "url-share-params-missing"),
        (bare.replace("https", "http"), "url-scheme-swapped"),
        ("https://m.example.cn/shop/item.html".to_owned(), "url-param-missing"),
        ("https://www.other.cn/landing".to_owned(), "page-url-differs"),
        ("https://m.example.cn/cart/list.html?id=7".to_owned(), "page-url-differs"),
    ] {
        let text = format!(
            "jsapi_ticket: {TICKET}\nnoncestr: {NONCE}\ntimestamp: {TIME}\nurl: {bare}\nsignature: {}\n",
            sign(TICKET, NONCE, TIME, bare)
        );
        let done = verify(&text, &["--page-url", &page]);
        let json = done.json();
        assert_eq!(
            (&json["verdict"], &json["match"], done.code),
            (&"refused".into(), &true.into(), 1),
            "{done}"
        );
        assert_eq!(json["mistakes"][0]["proof"], "evidence", "{done}");
        if mistake != "url-param-missing" {
            assert_eq!(ids(&json["mistakes"]), [mistake], "{done}");
        }
        assert!(!json["url_differences"].as_array().expect("a list").is_empty(), "{done}");
        let step = json["next_steps"].as_array().expect("steps").iter().find(|step| step["id"] == "page-url");
        assert_eq!(step.expect("page-url")["status"], "failed", "{done}");
    }
}

#[test]
fn an_address_that_agrees_is_done_and_nothing_else_is() {
    let signature = sign(TICKET, NONCE, TIME, URL);
    let text = format!("jsapi_ticket: {TICKET}\nurl: {URL}\n{}", config(NONCE, TIME, &signature));
    let steps = |args: &[&str]| {
        let json = judged(&text, args, "fits", &[]);
        let list = json["next_steps"].as_array().expect("steps").clone();
        let done = list.iter().filter(|step| step["status"] == "done");
        let done: Vec<String> = done.map(|step| step["id"].as_str().unwrap_or("?").to_owned()).collect();
        let domain = list.iter().find(|step| step["id"] == "domain").expect("domain")["message"].to_string();
        assert!(domain.contains("wecheck domain-check 'https://m.example.cn"), "{domain}");
        done
    };
    assert_eq!(steps(&[]), ["algorithm", "config-values"]);
    let page = format!("{URL}#/top");
    assert_eq!(steps(&["--page-url", &page]), ["algorithm", "config-values", "page-url"]);
    assert_eq!(
        steps(&["--page-url", URL, "--app-id", "wx0123456789abcdef"]),
        ["algorithm", "config-values", "page-url", "app-id"]
    );
}

#[test]
fn what_the_page_passes_is_compared_with_what_was_signed() {
    let signature = sign(TICKET, NONCE, TIME, URL);
    let string1 = right(TICKET, NONCE, TIME, URL);
    let text = |nonce: &str, time: &str| format!("// {string1}\n{}", config(nonce, time, &signature));
    judged(&text(NONCE, TIME), &[], "fits", &[]);
    let json = judged(&text("another012345678", TIME), &[], "refused", &["config-differs"]);
    assert_eq!(json["mistakes"][0]["page"], "another012345678");
    let json = judged(&text(NONCE, "1700000000000"), &[], "refused", &["config-differs"]);
    assert_eq!(
        (&json["mistakes"][0]["page"], &json["mistakes"][0]["expected"]),
        (&"1700000000000".into(), &TIME.into())
    );
    let signature = sign(TICKET, NONCE, "1700000000123", URL);
    let text =
        format!("// {}\n{}", right(TICKET, NONCE, "1700000000123", URL), config(NONCE, TIME, &signature));
    judged(&text, &[], "refused", &["timestamp-milliseconds"]);
}

#[test]
fn what_cannot_be_an_address_or_a_value_is_refused() {
    for (nonce, url, mistake) in [
        (NONCE, "m.example.cn/a", "url-scheme-missing"),
        (NONCE, "https%3A%2F%2Fm.example.cn%2Fa", "url-percent-encoded"),
        (NONCE, "undefined", "value-undefined"),
        (NONCE, "", "value-undefined"),
        ("", "https://m.example.cn/a", "value-undefined"),
        ("undefined", "https://m.example.cn/a", "value-undefined"),
    ] {
        let signature = sign(TICKET, nonce, TIME, url);
        let done = wecheck([
            "--json",
            "verify",
            &format!("--url={url}"),
            &format!("--nonce={nonce}"),
            &format!("--signature={signature}"),
            &format!("--ticket={TICKET}"),
            &format!("--timestamp={TIME}"),
        ])
        .done();
        let json = done.json();
        assert_eq!((done.code, &json["match"]), (1, &true.into()), "{done}");
        assert_eq!(ids(&json["mistakes"]), [mistake], "{done}");
    }
    let text = config("undefined", TIME, &sign(TICKET, NONCE, TIME, URL));
    let done = verify(&text, &["--ticket", TICKET, "--url", URL, "--nonce", NONCE]);
    assert!(ids(&done.json()["mistakes"]).contains(&"value-undefined".to_owned()), "{done}");
    assert_eq!(done.code, 1, "{done}");
}

#[test]
fn undefined_itself_is_not_a_variable() {
    let text = config(NONCE, "undefined", &sign(TICKET, NONCE, TIME, URL));
    judged(&text, &["--ticket", TICKET, "--url", URL], "refused", &["value-undefined"]);
}

#[test]
fn two_accounts_and_an_ended_ticket_are_refused() {
    let signature = sign(TICKET, NONCE, TIME, URL);
    let answer = format!(
        r#"{{"appId":"wxfedcba9876543210","timestamp":"{TIME}","nonceStr":"{NONCE}","signature":"{signature}","url":"{URL}","jsapi_ticket":"{TICKET}"}}"#
    );
    let text = format!("{answer}\n{}", config(NONCE, TIME, &signature));
    judged(&text, &[], "refused", &["app-id-differs"]);
    let text = config(NONCE, TIME, &signature);
    let args = ["--ticket", TICKET, "--url", URL, "--app-id", "wx0000000000000000"];
    judged(&text, &args, "refused", &["app-id-differs"]);
    let text = format!(
        "{{\"jsapi_ticket\":\"{TICKET}\",\"expires_at\":1700000100}}\n{}",
        config(NONCE, TIME, &signature)
    );
    judged(&text, &["--url", URL], "refused", &["ticket-expired"]);
}

#[test]
fn a_value_that_lacks_leaves_it_open() {
    let text = config(NONCE, TIME, &sign(TICKET, NONCE, TIME, URL));
    let json = judged(&text, &["--url", URL], "incomplete", &[]);
    assert_eq!((&json["missing"], &json["match"]), (&serde_json::json!(["ticket"]), &Value::Null));
    let step = &json["next_steps"][0];
    assert!(step["message"].as_str().expect("a text").contains("--ticket"), "{step}");
}

#[test]
fn an_error_without_a_signature_is_explained() {
    for text in [
        "{\"errMsg\":\"config:invalid signature\"}\n",
        "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}\n",
    ] {
        let done = verify(text, &[]);
        let json = done.json();
        assert_eq!((done.code, &json["verdict"]), (2, &"incomplete".into()), "{done}");
        assert!(json["explained"].as_array().is_some_and(|list| !list.is_empty()), "{done}");
        assert!(json.get("error").is_none(), "{done}");
    }
}

#[test]
fn a_piece_of_a_token_is_found_in_the_ticket_s_place() {
    let token = format!("42_{}", "aZ9kQ3mX7pL1".repeat(12));
    for piece in [token.as_str(), &token[..86], &token[..64], &token[token.len() - 40..]] {
        let text = format!(
            "{{\"access_token\":\"{token}\",\"expires_in\":7200}}\n{{\"errcode\":0,\"errmsg\":\"ok\",\"ticket\":\"{TICKET}\",\"expires_in\":7200}}\n{}",
            config(NONCE, TIME, &sign(piece, NONCE, TIME, URL))
        );
        judged(&text, &["--url", URL], "refused", &["ticket-access-token"]);
    }
}

#[test]
fn a_claim_made_of_another_claim_s_values_is_named() {
    let config_signature = sign(TICKET, NONCE, TIME, URL);
    let text = format!(
        "// jsapi_ticket = {TICKET}\n{}wx.agentConfig({{ corpid: 'ww0123456789abcdef', agentid: 1000002, timestamp: 1700000055, nonceStr: 'agentnonce123456', signature: '{}', jsApiList: ['selectExternalContact'] }});\n",
        config(NONCE, TIME, &config_signature),
        sign(AGENT, NONCE, TIME, URL),
    );
    let done = verify(&text, &["--url", URL, "--ticket", AGENT]);
    let json = done.json();
    assert_eq!((&json["verdict"], &json["kind"]), (&"refused".into(), &"agent".into()), "{done}");
    assert_eq!(ids(&json["mistakes"]), ["config-differs", "config-differs"], "{done}");
}

#[test]
fn a_ticket_of_another_kind_is_not_lent_to_a_claim() {
    let agent = |signature: &str| {
        format!(
            "// jsapi_ticket = {TICKET}\n{}wx.agentConfig({{ corpid: 'ww0123456789abcdef', agentid: 1000002, timestamp: {TIME}, nonceStr: '{NONCE}', signature: '{signature}', jsApiList: ['selectExternalContact'] }});\n",
            config(NONCE, TIME, &sign(TICKET, NONCE, TIME, URL))
        )
    };
    // Nothing is known of the agent's ticket.
    let done = verify(&agent(&sign(AGENT, NONCE, TIME, URL)), &["--url", URL]);
    assert_eq!((done.code, &done.json()["verdict"]), (2, &"incomplete".into()), "{done}");
    // Made with the ticket of wx.config.
    let other = sign(TICKET, "agentnonce123456", TIME, URL);
    let text = agent(&other).replace(
        &format!("nonceStr: '{NONCE}', signature: '{other}'"),
        &format!("nonceStr: 'agentnonce123456', signature: '{other}'"),
    );
    let done = verify(&text, &["--url", URL]);
    assert_eq!(ids(&done.json()["mistakes"]), ["ticket-other-kind"], "{done}");
}

#[test]
fn quotes_around_the_timestamp_are_named() {
    let signature = sign(TICKET, NONCE, "\"1700000000\"", URL);
    let args = ["--ticket", TICKET, "--url", URL];
    judged(&config(NONCE, TIME, &signature), &args, "refused", &["timestamp-quoted"]);
}

#[test]
fn a_wrong_signature_never_fits() {
    let other = sign(OTHER, NONCE, TIME, URL);
    let forms = [
        config(NONCE, TIME, &other),
        format!("{{\"nonceStr\":\"{NONCE}\",\"timestamp\":{TIME},\"signature\":\"{other}\"}}"),
        format!("noncestr: {NONCE}\ntimestamp: {TIME}\nsignature: {other}\n"),
        format!(
            "Array\n(\n    [nonceStr] => {NONCE}\n    [timestamp] => {TIME}\n    [signature] => {other}\n)\n"
        ),
        format!("string1: {}\nsignature: {other}\n", right(TICKET, NONCE, TIME, URL)),
        format!("https://api.example.cn/x?noncestr={NONCE}&timestamp={TIME}&signature={other}"),
    ];
    for text in forms {
        let done = verify(&text, &["--ticket", TICKET, "--url", URL]);
        assert_eq!((done.code, &done.json()["verdict"]), (1, &"refused".into()), "{text}\n{done}");
    }
}

#[test]
fn what_a_browser_shows_otherwise_is_said() {
    let text = |url: &str| {
        format!(
            "url: {url}\nnoncestr: {NONCE}\ntimestamp: {TIME}\nticket: {TICKET}\nsignature: {}\n",
            sign(TICKET, NONCE, TIME, url)
        )
    };
    let json = judged(&text("https://m.example.cn/a/../b c"), &[], "fits", &[]);
    assert!(json["notes"].to_string().contains("https://m.example.cn/b%20c"), "{json}");
    let page = ["--page-url", "https://m.example.cn/a/../b c"];
    let json = judged(&text(page[1]), &page, "fits", &[]);
    assert_eq!(json["notes"], serde_json::json!([]), "{json}");
    let json = judged(&text("https://M.Example.cn/A?b=C"), &[], "refused", &["url-case"]);
    assert_eq!(json["mistakes"][0]["expected"], "https://m.example.cn/A?b=C");
    judged(&text(URL), &[], "fits", &[]);
}

#[test]
fn a_masked_value_lacks_and_is_not_searched_for() {
    for (ticket, nonce) in [("****8OtCrGkHpNeI1bQ", NONCE), ("kgt8ON7y…I1bQ", NONCE), (TICKET, "xxxxxxxx")]
    {
        let lacking = if ticket == TICKET { "nonce" } else { "ticket" };
        let signature = sign(TICKET, NONCE, TIME, URL);
        let text = format!(
            "ticket: {ticket}\nnoncestr: {nonce}\ntimestamp: {TIME}\nurl: {URL}\nsignature: {signature}\n"
        );
        let json = judged(&text, &[], "incomplete", &[]);
        assert_eq!(json["missing"], serde_json::json!([lacking]), "{json}");
        assert_eq!((&json["computed_signature"], &json["match"]), (&Value::Null, &Value::Null), "{json}");
        assert_eq!(json["search"]["candidates"], 0, "{json}");
    }
}

/// A profile of an Official Account says nothing of a corp's call that is pasted.
#[test]
fn what_is_pasted_says_the_platform_before_the_profile() {
    let home = crate::harness::Home::new();
    home.config("[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n");
    let signature = sign(AGENT, NONCE, TIME, URL);
    let text = format!(
        "agent_config ticket: {AGENT}\nurl: {URL}\nwx.agentConfig({{ corpid: 'wwb1c2d3e4f5a6b7c8', agentid: 1000002, \
         timestamp: {TIME}, nonceStr: '{NONCE}', signature: '{signature}', jsApiList: ['selectExternalContact'] }})"
    );
    let done = home.run(["--json", "verify", "--from", "-"]).stdin(text).done();
    let found = done.json();
    assert_eq!(found["verdict"], "fits", "{done}");
    assert!(!ids(&found["warnings"]).contains(&"app-id-shape".to_owned()), "{done}");
    assert!(!done.stdout.contains("--platform mp"), "{done}");
}

/// A second nonce of which the text does not say whose it is proves nothing, and is not passed over either.
#[test]
fn another_value_is_noted() {
    let signature = sign(TICKET, NONCE, TIME, URL);
    let text = format!(
        "jsapi_ticket: {TICKET}\nnoncestr: {NONCE}\ntimestamp: {TIME}\nurl: {URL}\nsignature: {signature}\n"
    );
    let notes = |text: &str| {
        let found = verify(text, &["--lang", "en"]).json();
        assert_eq!(found["verdict"], "fits", "{found}");
        found["notes"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(!notes(&text).contains("was not signed"), "{}", notes(&text));
    let more = format!("{text}last time the nonceStr: abc123DEF456\n");
    assert!(
        notes(&more).contains("another nonceStr, `abc123DEF456`, which was not signed"),
        "{}",
        notes(&more)
    );
}
