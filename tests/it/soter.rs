//! `soter` from outside, with a server that stands in for the platform's.

use serde_json::json;

use crate::harness::{Home, wecheck};
use crate::tokens::office;
use crate::upstream_server::{Server, json as json_answer, wechat};

const RESULT: &str = r#"{"err_code":0,"err_msg":"ok","use_mode":"0x1","result_json":"{\"raw\":\"challenge-1\",\"counter\":7,\"cpu_id\":\"c\"}","result_json_signature":"c2ln"}"#;

#[test]
fn the_fields_of_the_contract_are_there() {
    let done = wecheck(["soter", "--challenge", "challenge-1", "--json"]).stdin(RESULT).done();
    let document = done.json();
    let keys: Vec<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["ok", "err_code", "meaning", "support_mode", "fields", "challenge_matches", "server"]);
    assert_eq!((done.code, &document["ok"], &document["challenge_matches"]), (0, &json!(true), &json!(true)));
    assert_eq!((&document["fields"]["counter"], &document["server"]), (&json!(7), &json!(null)));
    assert!(document["support_mode"].as_str().is_some_and(|mode| mode.contains("fingerprint")));
    let done = wecheck(["soter", "--challenge", "another", "--json"]).stdin(RESULT).done();
    assert_eq!((done.code, &done.json()["challenge_matches"]), (1, &json!(false)), "{done}");
}

#[test]
fn an_error_is_said_in_words() {
    for (code, words) in
        [(90001, "does not support"), (90008, "cancelled"), (90010, "too many tries"), (90011, "enrolled")]
    {
        let done =
            wecheck(["soter", "--json"]).stdin(format!(r#"{{"err_code":{code},"err_msg":"x"}}"#)).done();
        assert_eq!(done.code, 1, "{done}");
        assert!(done.json()["meaning"].as_str().is_some_and(|text| text.contains(words)), "{done}");
    }
    let done = wecheck(["soter", "--json"]).stdin(r#"{"support_mode":"0x0"}"#).done();
    assert_eq!((done.code, &done.json()["err_code"]), (1, &json!(null)), "{done}");
    assert_eq!(wecheck(["soter"]).stdin("nothing").done().code, 2);
}

#[test]
fn the_platforms_server_is_asked_with_a_profile_and_an_openid() {
    for is_ok in [true, false] {
        let server = Server::start(move |call| match call.path.as_str() {
            "/cgi-bin/soter/verify_signature" => {
                json_answer(&format!(r#"{{"errcode":0,"errmsg":"ok","is_ok":{is_ok}}}"#))
            }
            _ => wechat(call),
        });
        let home: Home = office(&server);
        home.file("result.json", RESULT);
        let done = home.run(["soter", "result.json", "--openid", "o1", "--json"]).done();
        assert_eq!(
            (done.code, &done.json()["server"]["is_ok"]),
            (i32::from(!is_ok), &json!(is_ok)),
            "{done}"
        );
        let call = server.calls().into_iter().find(|call| call.path.contains("soter")).expect("it was asked");
        let body: serde_json::Value = serde_json::from_str(&call.body).expect("JSON");
        assert_eq!((&body["openid"], &body["json_signature"]), (&json!("o1"), &json!("c2ln")));
        assert_eq!(body["json_string"], r#"{"raw":"challenge-1","counter":7,"cpu_id":"c"}"#);
        assert!(call.query.starts_with("access_token="), "{call:?}");
        // Without an openid nothing is sent.
        let before = server.calls().len();
        assert_eq!(home.run(["soter", "result.json", "--json"]).done().json()["server"], json!(null));
        assert_eq!(server.calls().len(), before);
    }
}
