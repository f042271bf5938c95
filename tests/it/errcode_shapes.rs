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
