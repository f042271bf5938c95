//! `domain-check` of an authorize link: the order of its parameters, its appid, fixes that fit.

use serde_json::Value;

use crate::harness::wecheck;

/// Status, message and fix of `oauth-appid`, in English.
fn oauth_appid(parameters: &str) -> (String, String, String) {
    let link = format!("https://open.weixin.qq.com/connect/oauth2/authorize?{parameters}");
    let done = wecheck(["--lang", "en", "domain-check", "--platform", "mp", "--trusted", "m.example.com"])
        .with([&link, "--json"])
        .done();
    let json = done.json();
    let rules = json[0]["rules"].as_array().expect("rules");
    let rule = rules.iter().find(|rule| rule["id"] == "oauth-appid").expect("it is there").clone();
    let text = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("status"), text("message"), text("fix"))
}

const BACK: &str = "redirect_uri=https%3A%2F%2Fm.example.com%2Fcb";

#[test]
fn parameters_in_another_order_fail_with_the_order_in_the_fix() {
    let (status, message, fix) = oauth_appid(&format!(
        "response_type=code&scope=snsapi_base&appid=wx0123456789abcdef&state=1&{BACK}#wechat_redirect"
    ));
    assert_eq!(status, "fail");
    assert!(
        message.contains("not in the order appid, redirect_uri, response_type, scope, state"),
        "{message}"
    );
    assert!(fix.contains("?appid=…&redirect_uri=…&response_type=code&scope=…&state=…"), "{fix}");
    let (status, message, fix) = oauth_appid(&format!(
        "appid=wx0123456789abcdef&{BACK}&response_type=code&lang=en&scope=snsapi_base&state=1#wechat_redirect"
    ));
    assert_eq!(status, "warn");
    assert!(message.contains("between") && fix.contains("?appid=…"), "{message}: {fix}");
    let (status, ..) = oauth_appid(&format!(
        "appid=wx0123456789abcdef&{BACK}&response_type=code&scope=snsapi_base&state=1&forcePopup=true#wechat_redirect"
    ));
    assert_eq!(status, "pass");
}

#[test]
fn an_id_that_is_never_an_appid_fails() {
    for (id, says) in [("gh_0123456789ab", "original id"), ("1230000109", "digits only")] {
        let (status, message, _) = oauth_appid(&format!(
            "appid={id}&{BACK}&response_type=code&scope=snsapi_base&state=1#wechat_redirect"
        ));
        assert!(status == "fail" && message.contains(says), "{status} {message}");
    }
}

/// The fix names what is missing, and nothing that is there.
#[test]
fn the_fix_of_a_warning_is_about_what_it_warns_of() {
    let (status, message, fix) = oauth_appid(&format!(
        "appid=wx0123456789abcde&{BACK}&response_type=code&scope=snsapi_base&state=1#wechat_redirect"
    ));
    assert!(status == "warn" && message.contains("unusual shape"), "{message}");
    assert!(fix.contains("appid") && !fix.contains("complete"), "{fix}");
    let (_, _, fix) = oauth_appid(&format!(
        "appid=wx0123456789abcdef&{BACK}&response_type=code&scope=snsapi_base#wechat_redirect"
    ));
    assert_eq!(fix, "complete the link: a random state");
}
