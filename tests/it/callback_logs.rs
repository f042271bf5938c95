//! `callback verify --request` and `decrypt --request` on what servers and frameworks log: with a
//! right and with a wrong signature, with right and wrong answers.

use wecheck::callback::call::{Call, Credentials, Stamp, message, verification};
use wecheck::callback::receiver::Receiver;
use wecheck::callback::{AesKey, request};
use wecheck::secret::Secret;

use crate::harness::{Done, wecheck};

const TOKEN: &str = "hk7ZqPwx3NvT";
const OTHER: &str = "Zt4mGy8LbQ2c";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const ID: &str = "ww0123456789abcdef";
const ECHO: &str = "6058207018001857403";

/// What was sent: a verification or a message, to which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    MpGet,
    WorkGet,
    MpPost,
    SafePost,
    WorkPost,
    BotPost,
    SuitePost,
}
use Sent::{BotPost, MpGet, MpPost, SafePost, SuitePost, WorkGet, WorkPost};

impl Sent {
    fn kind(self) -> Receiver {
        match self {
            MpGet | MpPost => Receiver::Mp,
            SafePost => Receiver::MpEncrypted,
            WorkGet | WorkPost => Receiver::Work,
            BotPost => Receiver::Bot,
            SuitePost => Receiver::SuiteCommand,
        }
    }

    fn call(self, token: &str) -> Call {
        let (token, key) = (Secret::new(token), AesKey::read(&Secret::new(KEY)).expect("a key"));
        let kind = self.kind();
        let receive_id = match kind {
            Receiver::Bot => "",
            Receiver::SuiteCommand => "tj0123456789abcdef",
            _ => ID,
        };
        let key = kind.is_encrypted().then_some(&key);
        let with = Credentials { token: &token, key, receive_id, agent_id: Some("7") };
        // Its echostr has a `+` and a `/`.
        let stamp =
            Stamp { timestamp: "1700000000".into(), nonce: "263014780".into(), random: *b"0123456789abcdeg" };
        let call = match self {
            MpGet | WorkGet => verification(kind, &with, &stamp, ECHO, false),
            BotPost => {
                let text = r#"{"msgid":"1","msgtype":"text","text":{"content":"hi"}}"#;
                message(kind, &with, &stamp, text, ("", ""), false)
            }
            SuitePost => {
                let text = "<xml><SuiteId>tj0123456789abcdef</SuiteId><InfoType>suite_ticket</InfoType><TimeStamp>1</TimeStamp><SuiteTicket>t</SuiteTicket></xml>";
                message(kind, &with, &stamp, text, ("tj0123456789abcdef", ""), false)
            }
            _ => {
                let text = "<xml><ToUserName>to</ToUserName><FromUserName>from</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId></xml>";
                message(kind, &with, &stamp, text, ("to", "from"), false)
            }
        };
        call.expect("short")
    }

    fn platform(self) -> &'static str {
        match self {
            MpGet | MpPost | SafePost => "mp",
            _ => "work",
        }
    }
}

/// A template filled with the values of a call.
fn fill(template: &str, sent: Sent, token: &str) -> String {
    let call = sent.call(token);
    let read = request::read(&format!("{} /wx?{} HTTP/1.1", call.method, call.query)).expect("a query");
    let (name, signature) = match (&read.msg_signature, &read.signature) {
        (Some(one), _) => ("msg_signature", one.clone()),
        (None, Some(one)) => ("signature", one.clone()),
        (None, None) => panic!("no signature"),
    };
    template
        .replace("{m}", call.method)
        .replace("{t}", &format!("/wx?{}", call.query))
        .replace("{q}", &call.query)
        .replace("{amp}", &call.query.replace('&', "&amp;"))
        .replace("{body}", &call.body)
        .replace("{escaped}", &call.body.replace('"', "\\\""))
        .replace("{name}", name)
        .replace("{sig}", &signature)
        .replace("{echostr}", &read.echostr.unwrap_or_default())
        .replace("{cipher}", &call.encrypted.unwrap_or_default())
        .replace("{echo}", ECHO)
}

fn run(what: &str, sent: Sent, log: &str) -> Done {
    wecheck(["callback", what, "--request", "-", "--json"])
        .var("WECHECK_CALLBACK_TOKEN", TOKEN)
        .var("WECHECK_ENCODING_AES_KEY", KEY)
        .var("WECHECK_APPID", if sent == SuitePost { "tj0123456789abcdef" } else { ID })
        .var("WECHECK_PLATFORM", sent.platform())
        .stdin(log)
        .done()
}

/// What was sent, the log, the id of what is wrong with the answer: `""` none, `"-"` no answer.
const LOGS: &[(Sent, &str, &str)] = &[
    // Servers.
    (
        MpGet,
        r#"101.226.103.61 - - [05/May/2026:10:11:12 +0800] "{m} {t} HTTP/1.0" 200 19 "-" "Mozilla/4.0" "-""#,
        "",
    ),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 200 2 "-" "Mozilla/4.0""#, "reply-size"),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 200 9 "-" "Mozilla/4.0""#, "reply-size"),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 200 0 "-" "Mozilla/4.0""#, ""),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 200 7 "-" "Mozilla/4.0""#, ""),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 200 17 "-" "Mozilla/4.0""#, ""),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 200 262 "-" "Mozilla/4.0""#, ""),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 499 0 "-" "Mozilla/4.0""#, "answer-client-closed"),
    (WorkGet, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 499 0 "-" "Mozilla/4.0""#, "answer-client-closed"),
    (MpPost, r#"1.2.3.4 - - [x] "{m} {t} HTTP/1.0" 504 160 "-" "Mozilla/4.0""#, "answer-gateway-timeout"),
    (
        MpGet,
        r#"101.226.103.61 - - [05/May/2026:10:11:12 +0800] "{m} {t} HTTP/1.1" 404 153 "-" "Mozilla/4.0" rt=0.001 uct="0.000" urt="0.001""#,
        "answer-not-found",
    ),
    (
        WorkGet,
        r#"10.0.0.1 - - [05/May/2026:10:11:12 +0800] "{m} {t} HTTP/1.1" 200 21 "-" "Mozilla/4.0""#,
        "echo-size",
    ),
    (
        MpGet,
        r#"2026/05/05 10:11:12 [error] 7#7: *12 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 1.2.3.4, server: a.cn, request: "{m} {t} HTTP/1.1", upstream: "http://127.0.0.1:8080/wx", host: "a.cn""#,
        "-",
    ),
    (
        MpGet,
        r#"a.cn:443 1.2.3.4 - - [05/May/2026:10:11:12 +0000] "{m} {t} HTTP/1.1" 500 612 "-" "Mozilla/4.0""#,
        "answer-server-error",
    ),
    (
        WorkPost,
        "10.0.0.1 - - [x] \"{m} {t} HTTP/1.1\" 405 166 \"-\" \"-\"\n{body}\n",
        "answer-method-not-allowed",
    ),
    (
        MpGet,
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n2026-05-05 02:11:12 10.0.0.1 {m} /wx {q} 80 - 101.226.103.61 Mozilla/4.0 - 404 0 2 15",
        "answer-not-found",
    ),
    (
        MpGet,
        r#"{"level":"info","ts":1700000000.1,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"1.2.3.4","proto":"HTTP/1.1","method":"{m}","host":"a.cn","uri":"{t}","headers":{"User-Agent":["Mozilla/4.0"]}},"bytes_read":0,"duration":0.001,"size":0,"status":404}"#,
        "answer-not-found",
    ),
    (
        MpGet,
        r#"May  5 10:11:12 lb haproxy[12]: 1.2.3.4:5566 [05/May/2026:10:11:12.345] wx~ web/s1 0/0/1/2/3 502 187 - - ---- 1/1/0/0/0 0/0 "{m} {t} HTTP/1.1""#,
        "answer-gateway",
    ),
    (
        MpGet,
        r#"1.2.3.4 - - [05/May/2026:10:11:12 +0000] "{m} {t} HTTP/1.1" 404 19 "-" "-" 12 "wx@docker" "http://172.18.0.2:80" 3ms"#,
        "answer-not-found",
    ),
    (
        MpGet,
        r#"{"ClientAddr":"1.2.3.4:5","DownstreamContentSize":17,"DownstreamStatus":502,"RequestMethod":"{m}","RequestPath":"{t}","RequestProtocol":"HTTP/1.1"}"#,
        "answer-gateway",
    ),
    (
        MpGet,
        r#"[2026-05-05T10:11:12.345Z] "{m} {t} HTTP/1.1" 404 NR route_not_found - "-" 0 0 0 - "1.2.3.4" "Mozilla/4.0""#,
        "answer-not-found",
    ),
    (
        MpGet,
        r#"2026-05-05T10:11:12.345Z my-lb 1.2.3.4:5 10.0.0.1:80 0.00002 0.001 0.00002 503 503 0 19 "{m} http://a.cn:80{t} HTTP/1.1" "Mozilla/4.0" - -"#,
        "answer-gateway",
    ),
    // Java.
    (
        MpGet,
        r#"0:0:0:0:0:0:0:1 - - [05/May/2026:10:11:12 +0800] "{m} {t} HTTP/1.1" 302 -"#,
        "answer-redirect",
    ),
    (
        MpGet,
        "2026-05-05 10:11:12.345 DEBUG 1 --- [nio-8080-exec-1] o.s.web.servlet.DispatcherServlet        : {m} \"{t}\", parameters={masked}\n2026-05-05 10:11:12.350 DEBUG 1 --- [nio-8080-exec-1] o.s.web.servlet.DispatcherServlet        : Completed 401 UNAUTHORIZED",
        "answer-login",
    ),
    (
        WorkPost,
        "2026-05-05 10:11:12.345 DEBUG 1 --- [nio-8080-exec-1] o.s.w.f.CommonsRequestLoggingFilter      : After request [{m} {t}, client=1.2.3.4, payload={body}]",
        "-",
    ),
    (
        MpGet,
        "2026-05-05 10:11:12 INFO  c.e.WxController - 接收到来自微信服务器的认证消息：[{sig}, 1700000000, 263014780, {echo}] signature={sig}, timestamp=1700000000, nonce=263014780, echostr={echo}\n2026-05-05 10:11:12 INFO  c.e.WxController - 返回结果：{\"code\":0,\"data\":\"{echo}\"}",
        "echo-json",
    ),
    (
        MpGet,
        "c.e.LogAspect : 请求参数: {signature=[{sig}], timestamp=[1700000000], nonce=[263014780], echostr=[{echo}]}\nc.e.LogAspect : 响应: {echo}",
        "",
    ),
    // Node.
    (MpGet, "\u{1b}[0m{m} {t} \u{1b}[33m404 \u{1b}[0m3.123 ms - 139\u{1b}[0m", "answer-not-found"),
    (
        WorkGet,
        "  \u{1b}[90m<--\u{1b}[39m \u{1b}[1mGET\u{1b}[22m \u{1b}[90m{t}\u{1b}[39m\n  \u{1b}[90m-->\u{1b}[39m \u{1b}[1mGET\u{1b}[22m \u{1b}[90m{t}\u{1b}[39m \u{1b}[32m200\u{1b}[39m \u{1b}[90m5ms\u{1b}[39m \u{1b}[90m88b\u{1b}[39m",
        "echo-ciphertext",
    ),
    (
        MpGet,
        r#"{"level":30,"time":1700000000000,"pid":1,"hostname":"h","req":{"id":1,"method":"{m}","url":"{t}","query":{},"headers":{"host":"a.cn"}},"res":{"statusCode":404,"headers":{"content-length":"76"}},"responseTime":3,"msg":"request completed"}"#,
        "answer-not-found",
    ),
    (
        MpGet,
        "{ signature: '{sig}',\n  timestamp: '1700000000',\n  nonce: '263014780',\n  echostr: '{echo}' }\nresponse body: {\"data\":\"{echo}\"}",
        "echo-json",
    ),
    (
        MpPost,
        "[Nest] 1  - 05/05/2026, 10:11:12 AM     LOG [HTTP] {m} {t}\n{body}\n[Nest] 1  - 05/05/2026, 10:11:12 AM     LOG [HTTP] response: {\"code\":0,\"message\":\"ok\"}",
        "reply-json",
    ),
    // Python.
    (MpGet, r#"127.0.0.1 - - [05/May/2026 10:11:12] "{m} {t} HTTP/1.1" 200 -"#, ""),
    (MpGet, r#"[05/May/2026 10:11:12] "{m} {t} HTTP/1.1" 200 22"#, "echo-size"),
    (
        MpPost,
        "Forbidden (CSRF cookie not set.): /wx\n[05/May/2026 10:11:12] \"{m} {t} HTTP/1.1\" 403 2870",
        "answer-forbidden",
    ),
    (
        WorkGet,
        r#"INFO:     1.2.3.4:5566 - "{m} {t} HTTP/1.1" 422 Unprocessable Entity"#,
        "answer-bad-request",
    ),
    (MpGet, "WARNING:tornado.access:404 {m} {t} (127.0.0.1) 0.51ms", "answer-not-found"),
    (
        MpGet,
        r#"2026-05-05 10:11:12,345 INFO 1.2.3.4 [05/May/2026:10:11:12 +0800] "{m} {t} HTTP/1.1" 405 206 "-" "Mozilla/4.0""#,
        "answer-method-not-allowed",
    ),
    (
        WorkGet,
        "ImmutableMultiDict([('{name}', '{sig}'), ('timestamp', '1700000000'), ('nonce', '263014780'), ('echostr', '{echostr}')])\nreturn: b'{echo}'",
        "",
    ),
    (
        WorkGet,
        "request args: {'{name}': '{sig}', 'timestamp': '1700000000', 'nonce': '263014780', 'echostr': '{echostr}'}\nresponse: {cipher}",
        "echo-ciphertext",
    ),
    // PHP.
    (
        MpGet,
        "[2026-05-05 10:11:12] local.INFO: wechat {\"signature\":\"{sig}\",\"timestamp\":\"1700000000\",\"nonce\":\"263014780\",\"echostr\":\"{echo}\"} ",
        "-",
    ),
    (
        MpGet,
        "[ 2026-05-05T10:11:12+08:00 ] 101.226.103.61 GET a.cn{t}\n[ info ] [ PARAM ] array (\n  'signature' => '{sig}',\n  'timestamp' => '1700000000',\n  'nonce' => '263014780',\n  'echostr' => '{echo}',\n)",
        "-",
    ),
    (
        MpGet,
        "[Tue May  5 10:11:12 2026] 127.0.0.1:5566 [404]: {m} {t} - No such file or directory",
        "answer-not-found",
    ),
    (
        MpGet,
        "[2026-05-05T10:11:12.345+08:00] request.INFO: Matched route \"wx\". {\"route\":\"wx\",\"request_uri\":\"http://a.cn{t}\",\"method\":\"{m}\"} []",
        "-",
    ),
    // Go, Ruby, Rust, .NET.
    (
        MpGet,
        "[GIN-debug] redirecting request 301: /wx/ --> /wx/?{q}\n[GIN] 2026/05/05 - 10:11:12 | 301 |      10.2µs | 101.226.103.61 | {m}      \"{t}\"",
        "answer-redirect",
    ),
    (WorkGet, "10:11:12 | 500 |     1.2ms | 1.2.3.4 | {m} | {t} | -", "answer-server-error"),
    (
        MpGet,
        "time=2026-05-05T10:11:12.345+08:00 level=INFO msg=request method={m} uri=\"{t}\" status=404 bytes_out=19 took=1ms",
        "answer-not-found",
    ),
    (
        MpGet,
        r#"{"time":"2026-05-05T10:11:12.3+08:00","id":"","remote_ip":"1.2.3.4","host":"a.cn","method":"{m}","uri":"{t}","user_agent":"Mozilla/4.0","status":200,"error":"","latency":1,"bytes_in":0,"bytes_out":22}"#,
        "echo-size",
    ),
    (
        MpGet,
        "Started {m} \"{t}\" for 1.2.3.4 at 2026-05-05 10:11:12 +0800\nProcessing by WxController#show as HTML\nCompleted 406 Not Acceptable in 1ms (ActiveRecord: 0.0ms)",
        "answer-status",
    ),
    (
        MpGet,
        "2026-05-05T10:11:12Z  INFO request{method={m} uri={t} version=HTTP/1.1}: tower_http::trace::on_response: finished processing request latency=0 ms status=404",
        "answer-not-found",
    ),
    (
        MpGet,
        "info: Microsoft.AspNetCore.Hosting.Diagnostics[1]\n      Request starting HTTP/1.1 {m} http://a.cn{t} - -\ninfo: Microsoft.AspNetCore.Hosting.Diagnostics[2]\n      Request finished HTTP/1.1 {m} http://a.cn{t} - - - 404 0 - 3.2ms",
        "answer-not-found",
    ),
    (
        MpGet,
        "info: Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware[1]\n      Request:\n      Protocol: HTTP/1.1\n      Method: {m}\n      Path: /wx\n      QueryString: ?{q}\ninfo: Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware[2]\n      Response:\n      StatusCode: 200\n      Content-Type: application/json\ninfo: x[4]\n      ResponseBody: {\"data\":\"{echo}\"}",
        "echo-json",
    ),
    // Recorded exchanges.
    (
        MpGet,
        "{m} {t} HTTP/1.1\r\nHost: a.cn\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n\"{echo}\"",
        "echo-quotes",
    ),
    (
        MpGet,
        "{m} {t} HTTP/1.1\nHost: a.cn\n\nHTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 19\n\n{echo}\n",
        "",
    ),
    (
        MpGet,
        "{m} {t} HTTP/1.1\nHost: a.cn\n\nHTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 22\n\n\u{feff}{echo}",
        "echo-bom",
    ),
    (
        MpGet,
        "> {m} {t} HTTP/1.1\n> Host: a.cn\n> \n< HTTP/1.1 302 Found\n< Location: /login?next=%2Fwx\n< Content-Length: 0\n< \n* Connection #0 to host a.cn left intact",
        "answer-redirect-login",
    ),
    (
        WorkGet,
        "> {m} {t} HTTP/1.1\n> Host: a.cn\n> \n< HTTP/1.1 200 OK\n< Content-Type: text/html\n< \n<!DOCTYPE html><html><body><div id=\"app\"></div><script src=/a.js></script></body></html>* Connection #0 to host a.cn left intact",
        "answer-spa",
    ),
    (WorkGet, "{m} {t} HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{cipher}", "echo-ciphertext"),
    (WorkGet, "{m} {t} HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{echo}\n", ""),
    (
        SafePost,
        "{m} {t} HTTP/1.1\nContent-Type: text/xml\n\n{body}\n\nHTTP/1.1 200 OK\nContent-Type: text/xml\n\n<xml><ToUserName>from</ToUserName><FromUserName>to</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>x</Content></xml>",
        "reply-plain",
    ),
    (
        MpPost,
        "{m} {t} HTTP/1.1\nContent-Type: text/xml\n\n{body}\n\nHTTP/1.1 200 OK\nContent-Type: text/xml\n\n<xml><ToUserName>to</ToUserName><FromUserName>from</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content><![CDATA[x]]></Content></xml>",
        "reply-addresses",
    ),
    (WorkPost, "{m} {t} HTTP/1.1\n\n{body}\nHTTP/1.1 200 OK\nContent-Length: 7\n\nsuccess", ""),
    (
        BotPost,
        "{m} {t} HTTP/1.1\nContent-Type: application/json\n\n{body}\n\nHTTP/1.1 200 OK\n\nsuccess",
        "reply-unknown",
    ),
    (
        BotPost,
        "{m} {t} HTTP/1.1\nContent-Type: application/json\n\n{body}\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "",
    ),
    (
        SuitePost,
        "{m} {t} HTTP/1.1\n\n{body}\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "reply-not-success",
    ),
    (MpGet, "<a href=\"http://a.cn/wx?{amp}\">http://a.cn/wx?{amp}</a>", "-"),
    (
        MpGet,
        "{\n  \"log\": {\n    \"entries\": [\n      {\n        \"request\": {\"method\": \"{m}\", \"url\": \"http://a.cn{t}\"},\n        \"response\": {\"status\": 200, \"bodySize\": 19, \"content\": {\"size\": 21, \"text\": \"\\\"{echo}\\\"\"}}\n      }\n    ]\n  }\n}",
        "echo-quotes",
    ),
    (
        MpGet,
        "--> {m} http://a.cn{t} http/1.1\n--> END GET\n<-- 404 Not Found http://a.cn/wx (12ms, 19-byte body)",
        "answer-not-found",
    ),
    (
        MpGet,
        "DEBUG:urllib3.connectionpool:http://127.0.0.1:8080 \"{m} {t} HTTP/1.1\" 404 None",
        "answer-not-found",
    ),
];

#[test]
fn what_servers_log_is_read_and_its_answer_judged() {
    assert!(LOGS.len() >= 40);
    let mut wrong = Vec::new();
    for (sent, template, expected) in LOGS {
        let done = run("verify", *sent, &fill(template, *sent, TOKEN));
        let report = done.json();
        let answer = &report["answer"];
        let found = match (answer.is_null(), answer["id"].as_str()) {
            (true, _) => "-",
            (false, id) => id.unwrap_or_default(),
        };
        // The body of a safe-mode or WeCom message may not be in the log.
        if (done.code, report["valid"].as_bool()) != (0, Some(true)) || found != *expected {
            wrong.push(format!("{sent:?} expected `{expected}`, found `{found}`\n{template}\n{done}"));
        }
        // Signed with another token: it does not hold, whatever the answer was.
        let done = run("verify", *sent, &fill(template, *sent, OTHER));
        let report = done.json();
        if (done.code, report["valid"].as_bool()) != (1, Some(false))
            || report["mistakes"][0]["id"] != "token-differs"
        {
            wrong.push(format!("{sent:?} with another token\n{template}\n{done}"));
        }
        for secret in [TOKEN, KEY] {
            assert!(!done.to_string().contains(secret), "{done}");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), LOGS.len(), wrong.join("\n----\n"));
}

#[test]
fn what_was_encrypted_in_a_log_is_decrypted() {
    for (sent, template, _) in LOGS {
        let encrypted = match sent {
            WorkGet => "",
            MpGet | MpPost => continue,
            _ if template.contains("{body}") || template.contains("{escaped}") => "{",
            _ => continue,
        };
        let done = run("decrypt", *sent, &fill(template, *sent, TOKEN));
        let report = done.json();
        let message = report["message"].as_str().unwrap_or_default();
        let fits =
            if encrypted.is_empty() { message == ECHO } else { message.contains("hi") || *sent == SuitePost };
        assert!(done.code == 0 && fits, "{sent:?}\n{template}\n{done}");
    }
}

#[test]
fn every_kind_is_verified_with_its_receive_id() {
    let log = |sent: Sent| {
        let call = sent.call(TOKEN);
        format!("{} /wx?{} HTTP/1.1\n\n{}", call.method, call.query, call.body)
    };
    let verify = |sent: Sent, more: &[&str]| {
        wecheck(["callback", "verify", "--request", "-", "--json"].iter().chain(more))
            .var("WECHECK_CALLBACK_TOKEN", TOKEN)
            .var("WECHECK_ENCODING_AES_KEY", KEY)
            .var("WECHECK_APPID", ID)
            .var("WECHECK_PLATFORM", sent.platform())
            .stdin(log(sent))
            .done()
    };
    for sent in [MpGet, MpPost, SafePost, WorkGet, WorkPost, BotPost] {
        let done = verify(sent, &[]);
        assert_eq!((done.code, done.json()["valid"].as_bool()), (0, Some(true)), "{sent:?}: {done}");
    }
    let warning = |done: &Done| done.json()["warnings"][0]["id"].as_str().map(str::to_owned);
    assert_eq!(warning(&verify(BotPost, &[])).as_deref(), Some("receive-id-empty"));
    assert_eq!(warning(&verify(BotPost, &["--receive-id", ""])), None);
    let done = verify(BotPost, &["--receive-id", ID]);
    assert_eq!((done.code, &done.json()["mistakes"][0]["id"]), (1, &"receive-id".into()), "{done}");
    let done = verify(SuitePost, &[]);
    assert_eq!((done.code, &done.json()["mistakes"][0]["id"]), (1, &"receive-id".into()), "{done}");
    let done = verify(SuitePost, &["--receive-id", "tj0123456789abcdef"]);
    assert_eq!(done.code, 0, "{done}");
    let steps = done.json()["next_steps"].to_string();
    assert!(steps.contains("bare text `success`"), "{done}");
    let home = crate::harness::Home::new();
    home.config(&format!(
        "[profile.suite]\nplatform = \"work\"\nappid = \"{ID}\"\nsuite_id = \"tj0123456789abcdef\"\ncallback_token = \"{TOKEN}\"\nencoding_aes_key = \"{KEY}\"\n"
    ));
    let done = home.run(["callback", "verify", "--request", "-", "--json"]).stdin(log(SuitePost)).done();
    assert_eq!((done.code, done.json()["valid"].as_bool()), (0, Some(true)), "{done}");
}

#[test]
fn a_plus_that_became_a_space_and_a_plain_signature_on_work_are_named() {
    let with_plus = (0..64u8)
        .map(|last| {
            let (token, key) = (Secret::new(TOKEN), AesKey::read(&Secret::new(KEY)).expect("a key"));
            let with = Credentials { token: &token, key: Some(&key), receive_id: ID, agent_id: None };
            let mut random = *b"0123456789abcdef";
            random[15] = last;
            let stamp = Stamp { timestamp: "1700000000".into(), nonce: "1".into(), random };
            verification(Receiver::Work, &with, &stamp, ECHO, false).expect("short")
        })
        .find(|call| call.query.contains("%2B"))
        .expect("an echostr with a plus");
    let log = format!("GET /wx?{} HTTP/1.1", with_plus.query.replace("%2B", " "));
    let done = run("verify", WorkGet, &log);
    let mistakes = done.json()["mistakes"].to_string();
    assert!(done.code == 1 && mistakes.contains("encrypt-plus-space"), "{done}");
    let query = wecheck::callback::request::read(&format!("?{}", with_plus.query)).expect("a query");
    let (given, echostr) = (query.msg_signature.expect("one"), query.echostr.expect("one").replace('+', " "));
    for log in [
        format!("msg_signature={given}\ntimestamp=1700000000\nnonce=1\nechostr={echostr}\n"),
        format!("msg_signature={given}, timestamp=1700000000, nonce=1, echostr={echostr}"),
        format!("token={OTHER}, echostr={echostr}, msg_signature={given}, timestamp=1700000000, nonce=1"),
        format!("msg_signature={given} timestamp=1700000000 nonce=1 echostr={echostr} from 1.2.3.4"),
        format!("msg_signature: {given}\ntimestamp: 1700000000\nnonce: 1\nechostr: {echostr}"),
        format!("msg_signature={given}&timestamp=1700000000&nonce=1&echostr={echostr}"),
        format!(
            "url http://a.cn/x?msg_signature={given}&timestamp=1700000000&echostr={echostr}&nonce=1 done"
        ),
    ] {
        let done = run("verify", WorkGet, &log);
        let mistakes = done.json()["mistakes"].to_string();
        assert!(done.code == 1 && mistakes.contains("encrypt-plus-space"), "{log}\n{done}");
    }
    let call = MpGet.call(TOKEN);
    let done = run("verify", WorkGet, &format!("GET /wx?{} HTTP/1.1", call.query));
    let mistakes = done.json()["mistakes"].to_string();
    assert!(done.code == 1 && mistakes.contains("plain-signature-on-work"), "{done}");
}
