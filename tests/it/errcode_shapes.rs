//! The same error in every shape in which people paste it: the first answer is the same.

use wecheck::catalog::answer::answer;
use wecheck::lang::Lang;

/// Code, platform, the server's text.
const ERRORS: [(i64, &str, &str); 10] = [
    (
        40164,
        "mp",
        "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65f0a1b2-1c2d3e4f-5a6b7c8d",
    ),
    (
        40001,
        "mp",
        "invalid credential, access_token is invalid or not latest rid: 65f0a1b2-1c2d3e4f-5a6b7c8d",
    ),
    (42001, "mp", "access_token expired rid: 65f0a1b2-1c2d3e4f-5a6b7c8d"),
    (48001, "mp", "api unauthorized rid: 65f0a1b2-1c2d3e4f-5a6b7c8d"),
    (40013, "mp", "invalid appid rid: 65f0a1b2-1c2d3e4f-5a6b7c8d"),
    (40163, "mp", "code been used, rid: 65f0a1b2-1c2d3e4f-5a6b7c8d"),
    (45009, "mp", "reach max api daily quota limit rid: 65f0a1b2-1c2d3e4f-5a6b7c8d"),
    (
        60020,
        "work",
        "not allow to access from your ip, hint: [1700001818_47_c947e0dedc8b137913993ed6da209da9], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=60020",
    ),
    (
        40029,
        "work",
        "invalid code, hint: [1700001818_47_c947e0dedc8b137913993ed6da209da9], from ip: 203.0.113.7",
    ),
    (
        40093,
        "work",
        "invalid jsapi signature, hint: [1700001818_47_c947e0dedc8b137913993ed6da209da9], from ip: 203.0.113.7",
    ),
];

/// `CODE` and `TEXT` are filled in.
const SHAPES: [&str; 60] = [
    r#"{"errcode":CODE,"errmsg":"TEXT"}"#,
    r#"{"errmsg":"TEXT","errcode":CODE}"#,
    r#"{"errcode":"CODE","errmsg":"TEXT"}"#,
    "{\n  \"errcode\": CODE,\n  \"errmsg\": \"TEXT\"\n}",
    r#"{"errcode" : CODE , "errmsg" : "TEXT"}"#,
    r#"{"code":500,"data":{"errcode":CODE,"errmsg":"TEXT"}}"#,
    r#"{"body":"{\"errcode\":CODE,\"errmsg\":\"TEXT\"}","status":200}"#,
    r#"[{"errcode":CODE,"errmsg":"TEXT"}]"#,
    r#"callback({"errcode":CODE,"errmsg":"TEXT"});"#,
    r#"2026-01-02 03:04:05.678 ERROR [http-nio-8080] c.e.Wx - resp={"errcode":CODE,"errmsg":"TEXT"} 12ms"#,
    r#"level=error msg="get token" resp="{\"errcode\":CODE,\"errmsg\":\"TEXT\"}""#,
    r#"< HTTP/1.1 200 OK {"errcode":CODE,"errmsg":"TEXT"}"#,
    r#"{errcode: CODE, errmsg: "TEXT"}"#,
    r"{errcode: CODE, errmsg: 'TEXT'}",
    r"{'errcode': CODE, 'errmsg': 'TEXT'}",
    r"{u'errcode': CODE, u'errmsg': u'TEXT'}",
    r#"Object { errcode: CODE, errmsg: "TEXT" }"#,
    r#"▶ {errcode: CODE, errmsg: "TEXT"}"#,
    r#"{"errcode"=>CODE, "errmsg"=>"TEXT"}"#,
    r#"{:errcode=>CODE, :errmsg=>"TEXT"}"#,
    "{errcode=CODE, errmsg=TEXT}",
    "map[errcode:CODE errmsg:TEXT]",
    "&{ErrCode:CODE ErrMsg:TEXT}",
    "Array\n(\n    [errcode] => CODE\n    [errmsg] => TEXT\n)",
    "stdClass Object ( [errcode] => CODE [errmsg] => TEXT )",
    "array(2) {\n  [\"errcode\"]=>\n  int(CODE)\n  [\"errmsg\"]=>\n  string(20) \"TEXT\"\n}",
    "array ( 'errcode' => CODE, 'errmsg' => 'TEXT', )",
    "errcode=CODE&errmsg=TEXT",
    "errcode: CODE, errmsg: TEXT",
    "errcode：CODE，errmsg：TEXT",
    "errcode\tCODE\terrmsg\tTEXT",
    "errCode CODE TEXT",
    "<xml><ErrCode>CODE</ErrCode><ErrMsg><![CDATA[TEXT]]></ErrMsg></xml>",
    "错误码：CODE，错误信息：TEXT",
    "错误码CODE，TEXT",
    "错误代码：CODE, 错误信息：TEXT",
    "错误代码:CODE TEXT",
    "系统错误，错误码：CODE,TEXT",
    r#"WxErrorException: 错误代码：CODE, 错误信息：出错了，微信原始报文：{"errcode":CODE,"errmsg":"TEXT"}"#,
    r#"me.chanjar.weixin.common.error.WxErrorException: {"errcode":CODE,"errmsg":"TEXT"}"#,
    r#"EasyWeChat\Kernel\Exceptions\HttpException: Failed to get access_token: {"errcode":CODE,"errmsg":"TEXT"}"#,
    r#"Failed to get jssdk ticket: {"errcode":CODE,"errmsg":"TEXT"}"#,
    "wechatpy.exceptions.WeChatClientException: Error code: CODE, message: TEXT",
    "get access_token error : errcode=CODE , errormsg=TEXT",
    "getTicket Error : errcode=CODE , errmsg=TEXT",
    "微信请求发生错误（CommonApi.GetToken）！错误代码：CODE，说明：TEXT",
    "WeChatAPIError: TEXT (CODE)",
    "[CODE] TEXT",
    "OfficialAPIError: CODE: TEXT",
    "Request Error: CODE, TEXT",
    "CODE TEXT",
    "CODE: TEXT",
    "CODE - TEXT",
    "Error CODE: TEXT",
    "errcode CODE",
    "panic: CODE: TEXT goroutine 1 [running]",
    "{&quot;errcode&quot;:CODE,&quot;errmsg&quot;:&quot;TEXT&quot;}",
    "%7B%22errcode%22%3ACODE%2C%22errmsg%22%3A%22TEXT%22%7D",
    "“errcode”:CODE,“errmsg”:“TEXT”",
    "Uncaught (in promise) Error: errcode CODE, TEXT",
];

#[test]
fn the_first_answer_does_not_depend_on_the_shape() {
    let mut wrong = Vec::new();
    for (code, platform, text) in ERRORS {
        for shape in SHAPES {
            let pasted = shape.replace("CODE", &code.to_string()).replace("TEXT", text);
            let found = answer(&pasted, None, None, None, Lang::En).results;
            let first =
                found.first().map(|one| (one.code, one.platform.map_or("", |platform| platform.name())));
            // A bare code that both platforms have is shown for both.
            let fits = first.is_some_and(|(found, on)| {
                found == Some(code) && (on == platform || shape == "errcode CODE")
            });
            if !fits {
                wrong.push(format!("{pasted}: {first:?}"));
            }
        }
    }
    assert!(wrong.len() <= 10, "{} of 600:\n{}", wrong.len(), wrong.join("\n"));
}

/// The codes that `errcode scan` lists for a text.
fn scanned(text: &str) -> Vec<i64> {
    let mut scanner = wecheck::catalog::scan::Scanner::default();
    scanner.feed(text.as_bytes());
    scanner.finish().tallies.iter().map(|tally| tally.code).collect()
}

#[test]
fn a_scan_finds_what_an_explanation_reads() {
    let (mut count, mut wrong) = (0, Vec::new());
    for (code, _, text) in ERRORS {
        for shape in SHAPES.iter().filter(|shape| !shape.contains('\n')) {
            let line = shape.replace("CODE", &code.to_string()).replace("TEXT", text);
            count += 1;
            if scanned(&line) != [code] {
                wrong.push(format!("{line}: {:?}", scanned(&line)));
            }
        }
    }
    assert!(wrong.len() * 50 <= count, "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_scan_reads_lines_without_a_mark() {
    for (line, code) in [
        ("2026-01-02 03:04:05 WARN wechat returned 45015 response out of time limit", 45015),
        ("wechat returned 45015", 45015),
        ("wechat code 40029", 40029),
        ("[wx] api return code 40029 invalid code", 40029),
        ("weixin responded with 40163", 40163),
        ("微信接口返回了 48001", 48001),
        ("{errCode: -1, err_Info: 'fail', hint: 'more info at https://w… e=60020'}", 60020),
        ("{ errCode: 2, errMsg: 'agentConfig:fail', err_Info: '… e=40093' }", 40093),
        ("{errCode:-1,errMsg:\"more info at https://open.work.weixin.qq.com/devtool/query?e=60020\"}", 60020),
        (
            "ERROR get token failed: invalid credential, access_token is invalid or not latest rid: 65f0a1b2-1c2d3e4f-5a6b7c8d",
            40001,
        ),
        ("2026-01-02 03:04:05 [error] api unauthorized rid: 65f0a1b2-1c2d3e4f-5a6b7c8d", 48001),
        ("get user failed, errmsg=code been used", 40163),
        ("time=1 level=warning msg=\"access_token expired\"", 42001),
        ("WARN not allow to access from your ip, hint: [1700001818_47_c947], from ip: 203.0.113.7", 60020),
        ("微信返回：不合法的凭证类型", 40002),
        ("errmsg: invalid appid", 40013),
        ("[WxPusher] 发送失败：reach max api daily quota limit", 45009),
    ] {
        assert_eq!(scanned(line), [code], "{line}");
    }
}

#[test]
fn a_scan_finds_no_code_in_ordinary_lines() {
    for line in [
        "2026-01-02 03:04:05.40001 INFO started in 40013 ms",
        "error: connect ECONNREFUSED 127.0.0.1:40001",
        "listening on port 40013, error log at /var/log/x.log",
        "returned 45015 rows in 3 ms",
        "wechat returned 45015 rows",
        "response returned 40029 bytes",
        "exit code 40029",
        "ERROR order 40013 not found",
        "error while reading user id 40003: user not found",
        "failed after 42001 retries",
        "failed: order 48001 has 40029 items",
        "2026-11-26 ERROR pid=40164 tid=40001 thread 40029 died",
        "GET /item/40013 200 error=none",
        "error: request took 41001ms",
        "error size 45009 exceeds 40066 bytes",
        "error: file not found",
        "ERROR user not found",
        "warning: invalid parameter",
        "system error, see log",
        "error in main.go:40029",
        "error at main.js:40029:12",
        "zip code 60020 error",
        "错误：文件大小 40066 字节",
        "失败 40001 条",
        "返回 45015 行",
        "rid error 40029.5 ms",
        "upstream returned 50002 ms later, error budget ok",
        "Error: timeout of 60020ms exceeded",
        "level=error msg=\"duration 40013 too long\" elapsed=45009",
        "error (40029 ms)",
        "error, 40013 of 48001 done",
        "nonce=1474186439 timestamp=1700040029 error=0",
    ] {
        assert_eq!(scanned(line), [] as [i64; 0], "{line}");
    }
}
