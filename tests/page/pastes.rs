//! What people paste into the first box, as it is: it is read as what it is about, and the page shows the
//! answer that the command line gives.

use serde_json::{Value, json};

use crate::harness::Home;
use crate::serving::Server;
use crate::visitor::Visitor;
use crate::webdriver::Browser;

const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const HASH: &str = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
const TOKEN: &str = "wecheck-token";

/// What is pasted, what it is about, and what the headline says.
fn pastes() -> Vec<(String, &'static str, &'static str)> {
    let string1 = format!(
        "jsapi_ticket={TICKET}&noncestr=Wm3WZYTPz0wzccnW&timestamp=1414587457&url=http://mp.weixin.qq.com?params=value"
    );
    let fits = "The signature fits these inputs";
    let mut table: Vec<(String, &str, &str)> = [
        ("jweixin-1.6.0.js:1 config:fail, Error: 系统错误,错误码：63002,invalid signature\n{errMsg: \"config:invalid signature\", realAuthUrl: Array(1)}", "check", "invalid signature"),
        ("Uncaught (in promise) {errMsg: \"config:fail,Error: invalid url domain\"}", "codes", "page domain not registered"),
        ("wx.agentConfig({ corpid: 'ww0123456789abcdef', agentid: '1000002', timestamp: 1414587457, nonceStr: 'abc', signature: '0123456789012345678901234567890123456789', jsApiList: ['selectExternalContact'] })", "check", "Not enough to judge yet"),
        ("<?php\n$signature = sha1(\"jsapi_ticket=$jsapiTicket&noncestr=$nonceStr&timestamp=$timestamp&url=$url\");", "check", "There is no signature to check"),
        ("请问调用接口一直返回 40164 是怎么回事？", "codes", "40164 · invalid ip"),
        ("公众号获取access_token报错 errcode:40013 invalid appid 求解", "codes", "40013 · invalid appid"),
        ("agentConfig:fail, no permission", "codes", "no permission"),
        ("😀😀 help!! 48001 😭", "codes", "48001 · api unauthorized"),
        ("\u{200f}שלום 40001 שגיאה", "codes", "40001 · invalid credential"),
        ("<script>alert(1)</script><b>errcode</b>: 40029", "codes", "40029 · invalid code"),
        ("curl \"https://api.weixin.qq.com/cgi-bin/token?appid=wx0123456789abcdef\"\n{\"errcode\":40125,\"errmsg\":\"invalid appsecret rid: 65a\"}", "codes", "40125 · invalid appsecret"),
        ("updateAppMessageShareData:fail, the permission value is offline verifying", "codes", "API not granted to the page"),
        ("-1", "codes", "-1 · system error"),
        ("101.226.103.61 - - [05/May/2024:10:11:12 +0800] \"GET /wx?signature=fc9566ee41b400647f4c119e06e84c2d7c515ae8&timestamp=1719110400&nonce=abc123&echostr=5837 HTTP/1.1\" 404 22", "callback", "The signature holds"),
        ("GET /wx?signature=fc9566ee41b400647f4c119e06e84c2d7c515ae9&timestamp=1719110400&nonce=abc123&echostr=5837", "callback", "The signature does not hold"),
        ("m.example.com", "domains", "Not decided"),
        ("https://例子.com/页面?x=1", "domains", "Not decided"),
        ("http://192.168.0.7/\nhttps://b.example.com/x", "domains", "May not be used"),
        ("{\"log\": {\"version\": \"1.2\", \"entries\": []}}", "check", "There is no signature to check"),
    ]
    .map(|(text, topic, says)| (text.to_owned(), topic, says))
    .into();
    table.extend([
        (format!("Array\n(\n    [appId] => wx0123456789abcdef\n    [nonceStr] => Wm3WZYTPz0wzccnW\n    [timestamp] => 1414587457\n    [signature] => {HASH}\n    [rawString] => {string1}\n)"), "check", fits),
        (format!("2024-03-01 10:00:00.123 INFO  c.e.WxController : {{jsapi_ticket={TICKET}, nonceStr=Wm3WZYTPz0wzccnW, timestamp=1414587457, signature={HASH}, url=http://mp.weixin.qq.com?params=value}}"), "check", fits),
        (format!("const text = `{string1}`;\nconsole.log(sha1(text)); // {HASH}"), "check", fits),
        (format!("{}\nsignature={HASH}\n{string1}\n", "GET /app.js 200 12 ms\n".repeat(20_000)), "check", fits),
    ]);
    table
}

#[test]
#[ignore = "needs chromium"]
fn what_people_paste_is_answered_as_on_the_command_line() {
    let home = Home::new();
    let server = Server::start_with(&home, &[], |run| run.var("WECHECK_CALLBACK_TOKEN", TOKEN));
    let visitor = Visitor::of(server, Browser::start("en-US"), Home::new());
    let browser = &visitor.browser;
    visitor.open("/");
    browser.run(
        "const sent = window.fetch; window.fetch = async (path, options) => { \
           const answer = await sent(path, options); \
           if (!path.startsWith('/api/faq')) window.last = [path.split('?')[0], await answer.clone().json()]; \
           return answer; };",
    );
    let mut wrong = Vec::new();
    for (text, topic, says) in pastes() {
        let name: String = text.chars().take(50).collect();
        browser.run("window.last = null");
        visitor.paste("any-text", &text);
        let headline = browser.wait_quietly(&format!(
            "const says = $('any-live').textContent; return window.last && says.toLowerCase().includes({}) ? 'seen' : says",
            json!(says.to_lowercase())
        ));
        if headline != "seen" {
            wrong.push(format!("{name}: {says:?} is not in {headline}"));
            continue;
        }
        let last = browser.run("return window.last");
        let run = match topic {
            "check" => home.run(["verify", "--from", "-", "--json"]).stdin(&text),
            "codes" => home.run(["errcode", "explain", "-", "--json"]).stdin(&text),
            "callback" => home.run(["callback", "verify", "--request", "-", "--json"]).stdin(&text),
            _ => home.run(["domain-check", "--json"]).with(text.split_whitespace()),
        };
        let done = run.var("WECHECK_CALLBACK_TOKEN", TOKEN).with(["--lang", "en"]).done();
        let path = match topic {
            "check" => "/api/verify",
            "codes" => "/api/errcode",
            "callback" => "/api/callback-verify",
            _ => "/api/domain-check",
        };
        if last[0] != path {
            wrong.push(format!("{name}: asked {} and not {path}", last[0]));
        }
        let (page, command) = (essence(&last[1]), essence(&done.json()));
        if page != command {
            wrong.push(format!("{name}:\n  page    {page}\n  command {command}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(browser.console(), Vec::<String>::new());
    assert_eq!(browser.run("return document.querySelectorAll('main script, main img').length"), 0);
}

/// What an answer says, without where it was read from and how long it took.
fn essence(document: &Value) -> Value {
    let ids = |list: &Value, key: &str| -> Value {
        list.as_array().into_iter().flatten().map(|one| one[key].clone()).collect()
    };
    if document.is_array() {
        return json!([ids(document, "url"), ids(document, "platform"), ids(document, "verdict")]);
    }
    if !document["error"].is_null() {
        return document["error"]["kind"].clone();
    }
    let code = |list: &Value| json!([ids(list, "code"), ids(list, "name"), ids(list, "meaning")]);
    json!({
        "verdict": document["verdict"], "valid": document["valid"], "computed": document["computed_signature"],
        "mistakes": ids(&document["mistakes"], "id"), "results": code(&document["results"]),
        "explained": code(&document["explained"]), "missing": document["missing"], "answer": document["answer"],
    })
}

/// The first box sorts what is pasted as the command line does.
#[test]
#[ignore = "needs chromium"]
fn the_first_box_sorts_by_the_same_rules() {
    let visitor = Visitor::new("en-US");
    visitor.open("/");
    for row in include_str!("../data/pasted-about.tsv").lines() {
        let (topic, text) = row.split_once('\t').expect("what it is about, and a text");
        let text = text.replace("\\n", "\n");
        assert_eq!(visitor.browser.run(&format!("return about({})", json!(text))), topic, "{text}");
    }
}
