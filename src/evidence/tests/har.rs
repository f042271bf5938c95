//! HAR files: what belongs to which answer.

use super::*;

#[test]
fn a_har_file() {
    let har = r#"{"log":{"version":"1.2","entries":[
{"request":{"method":"GET","url":"https://m.example.com/p?x=1","headers":[]},"response":{"status":200,"content":{"mimeType":"text/html","text":"<script nonce=\"abc\">var a = {url: '/x'}</script>"}}},
{"request":{"method":"GET","url":"https://res.wx.qq.com/open/js/jweixin-1.6.0.js","headers":[]},"response":{"status":200,"content":{"mimeType":"application/javascript","text":"a={timestamp:'1',nonceStr:'x'}"}}},
{"request":{"method":"GET","url":"https://api.example.com/other?url=https%3A%2F%2Fx.y%2F","headers":[]},"response":{"status":200,"content":{"mimeType":"application/json","text":"{\"timestamp\":17,\"url\":\"u\"}"}}},
{"request":{"method":"GET","url":"https://api.example.com/sign?url=https%3A%2F%2Fm.example.com%2Fp%3Fx%3D1","headers":[{"name":"Referer","value":"https://m.example.com/p?x=1"}],"queryString":[{"name":"url","value":"https%3A%2F%2Fm.example.com%2Fp%3Fx%3D1"}]},
 "response":{"status":200,"content":{"mimeType":"application/json","encoding":"base64","text":"eyJub25jZVN0ciI6Im4iLCJ0aW1lc3RhbXAiOjEsInNpZ25hdHVyZSI6InMifQ=="}}},
{"request":{"method":"POST","url":"https://api.example.com/sign2","headers":[{"name":"referer","value":"https://m.example.com/"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"url=https%3A%2F%2Fm.example.com%2Fq"}},
 "response":{"status":200,"content":{"mimeType":"application/json","text":"{\"signature\":\"t\"}"}}},
{"request":{"method":"GET","url":"https://api.weixin.qq.com/cgi-bin/ticket/getticket?access_token=58_a&type=jsapi","headers":[]},
 "response":{"status":200,"content":{"mimeType":"application/json","text":"{\"errcode\":0,\"ticket\":\"T\",\"expires_in\":7200}"}}}
]}}"#;
    check(
        har,
        "nonce=n har:6
         timestamp=1 har:6
         signature=s har:6
         url=https://m.example.com/p?x=1 har:5
         signature=t har:8
         url=https://m.example.com/q har:7
         ticket=T har:10
         accesstoken=58_a har:9
         page https://m.example.com/p?x=1",
    );
}

#[test]
fn answers_of_a_har_file_are_not_mixed() {
    let entry = |path: &str, body: &str| {
        let body = body.replace('"', "\\\"");
        format!(
            r#"{{"request":{{"method":"GET","url":"https://a.cn/{path}","headers":[]}},"response":{{"content":{{"mimeType":"application/json","text":"{body}"}}}}}}"#
        )
    };
    let login = entry(
        "login",
        r#"{"url":"https://a.cn/home","timestamp":1700000001,"sign":"5d41402abc4b2a76b9719d911017c592"}"#,
    );
    let signed = entry(
        "jssdk",
        r#"{"appId":"wx0123456789abcdef","nonceStr":"abcdefgh12345678","timestamp":1700000002,"signature":"0f9de62fce790f9a083d5c99e95740ceb90c27ed"}"#,
    );
    let poor = entry("poor", r#"{"noncestr":"abcdefgh87654321"}"#);
    let har = |entries: &[&str]| format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","));
    for entries in [[&*login, &*poor, &*signed], [&*signed, &*login, &*poor]] {
        let found = extract(&har(&entries));
        let first = |field| found.all(field).next().map(|value| value.text.as_str());
        assert_eq!(first(Field::Nonce), Some("abcdefgh12345678"));
        assert_eq!(first(Field::Timestamp), Some("1700000002"));
        assert_eq!(first(Field::Signature), Some("0f9de62fce790f9a083d5c99e95740ceb90c27ed"));
        assert_eq!(first(Field::Url), None);
    }
    let found = extract(&har(&[&login, &poor]));
    assert_eq!(found.all(Field::Nonce).count(), 0);
    assert_eq!(found.all(Field::Signature).count(), 1);
}

/// Lists of goods have addresses, too: thousands of them take nothing away from the signing call.
#[test]
fn other_answers_of_a_har_file_do_not_fill_it_up() {
    let entry = |path: &str, body: &str| {
        let body = body.replace('"', "\\\"");
        format!(
            r#"{{"request":{{"method":"GET","url":"https://a.cn/{path}","headers":[]}},"response":{{"content":{{"mimeType":"application/json","text":"{body}"}}}}}}"#
        )
    };
    let goods = |at: usize| {
        format!(r#"{{"url":"https://img.a.cn/{at}.png","link":"/{at}","timestamp":{at},"card":1}}"#)
    };
    let list = (0..15_000).map(goods).collect::<Vec<_>>().join(",");
    let signed = entry(
        "sign",
        r#"{"nonceStr":"abcdefgh12345678","timestamp":1700000002,"signature":"0f9de62fce790f9a083d5c99e95740ceb90c27ed"}"#,
    );
    let har = format!(r#"{{"log":{{"entries":[{},{signed}]}}}}"#, entry("list", &format!("[{list}]")));
    let found = extract(&har);
    assert_eq!(found.claims.len(), 1);
    assert_eq!(found.all(Field::Signature).count(), 1);
}
