//! `errcode`, `faq`, `js-api` and `ua` from outside.

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Value, json};

use crate::harness::{Home, wecheck};
use crate::tokens::shop;
use crate::upstream_server::{Server, json as json_answer};

/// The `results` of a run with `--json`.
fn results<const N: usize>(args: [&str; N]) -> Vec<Value> {
    let done = wecheck(args.into_iter().chain(["--json"])).done();
    done.json()["results"].as_array().cloned().unwrap_or_else(|| panic!("{done}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text")).collect()
}

#[test]
fn a_code_is_explained_for_people() {
    let done = wecheck(["--lang", "zh", "errcode", "explain", "41019", "--platform", "work"]).done();
    insta::assert_snapshot!(done, @r#"
    exit 0
    ----- stdout
    41019  缺少 department 参数  企业微信（work）
    department missing
    创建成员时没有部门。公众号、小程序接口里的同一错误码指平台密钥。

    可能的原因（常见的在前）
      1. 没传 department
      2. department 写成了字符串 "1,2" 或 "[1,2]"

    现在怎么做
      1. 写成整数数组，如 "department":[1,2]
      2. 还没分部门的人先放到根部门，其 id 一般是 1

    相关
      40066  不合法的部门列表
      60123  无效的部门id
      60127  缺少department参数
    "#);
}

#[test]
fn the_json_of_a_code_has_the_fields_of_the_contract() {
    let done = wecheck(["errcode", "explain", "40014", "--platform", "mp", "--json"]).done();
    let document = done.json();
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(document["query"], "40014");
    let result = &document["results"][0];
    assert_eq!((&result["code"], &result["platform"]), (&json!(40014), &json!("mp")));
    for field in ["name", "message", "meaning"] {
        assert!(result[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {done}");
    }
    for field in ["causes", "fixes", "commands", "see"] {
        assert!(!texts(&result[field]).is_empty(), "{field}: {done}");
    }
    assert_eq!(result["observed"], json!({}));
}

#[test]
fn a_number_that_differs_is_shown_for_both_and_with_a_profile_for_its_platform() {
    let both = results(["errcode", "explain", "50002"]);
    let platforms: Vec<&Value> = both.iter().map(|result| &result["platform"]).collect();
    assert_eq!(platforms, ["mp", "work"]);
    assert_ne!(both[0]["meaning"], both[1]["meaning"]);

    let run = wecheck(["errcode", "explain", "50002", "--json"]).var("WECHECK_PLATFORM", "work");
    let document = run.done().json();
    assert_eq!(document["results"].as_array().map(Vec::len), Some(1), "{document}");
    assert_eq!(document["results"][0]["platform"], "work");
}

#[test]
fn never_silently_the_other_platform() {
    let done = wecheck(["errcode", "explain", "40164", "--platform", "work"]).done();
    assert_eq!(done.code, 1, "{done}");
    assert!(
        done.stdout.starts_with("WeCom (work) has no code 40164\nOfficial Account (mp) has it"),
        "{done}"
    );
    let done = wecheck(["errcode", "explain", "40164", "--platform", "work", "--json"]).done();
    assert_eq!(done.json()["results"], json!([]));
    assert_eq!(done.json()["elsewhere"][0]["platform"], "mp");
    assert!(texts_of(&done.json()["nearest"], "platform").iter().all(|platform| platform == "work"));

    // A text that only mp sends is not a code of work, although work has the number.
    let done = wecheck(["errcode", "explain", "invalid template_id", "--platform", "work"]).done();
    assert_eq!(done.code, 1, "{done}");

    // By profile only, the other platform's is shown, and said to be that.
    let done = wecheck(["errcode", "explain", "40164", "--json"]).var("WECHECK_PLATFORM", "work").done();
    assert_eq!(done.json()["results"][0]["platform"], "mp");
    assert!(done.json()["results"][0]["note"].as_str().is_some_and(|note| note.contains("no code 40164")));
}

#[test]
fn what_the_phone_and_a_server_both_say_is_given_for_both() {
    let found = results(["errcode", "explain", "invalid url domain"]);
    assert_eq!(found[0]["error_message"], "invalid url domain", "{found:?}");
    assert_eq!((&found[1]["code"], &found[1]["platform"]), (&json!(40048), &json!("mp")));

    let found = results(["errcode", "explain", "invalid signature", "--platform", "work"]);
    assert_eq!((found.len(), &found[0]["error_message"]), (1, &json!("invalid signature")), "{found:?}");

    // By profile only, mp's code of that text is said to be mp's.
    let run = wecheck(["errcode", "explain", "invalid signature", "--json"]).var("WECHECK_PLATFORM", "work");
    let document = run.done().json();
    assert_eq!(document["results"][1]["code"], 63002, "{document}");
    assert!(document["results"][1]["note"].as_str().is_some_and(|note| note.contains("Official Account")));
}

#[test]
fn a_platform_that_is_none_is_refused_or_said() {
    let done = wecheck(["token"]).var("WECHECK_PLATFORM", "wecom").var("WECHECK_APPID", "ww1").done();
    insta::assert_snapshot!(done, @"
    exit 3
    ----- stderr
    error: `wecom` in WECHECK_PLATFORM is not a platform
    hint: export WECHECK_PLATFORM=mp, or work for WeCom
    ");
    let done = wecheck(["errcode", "explain", "40093"]).var("WECHECK_PLATFORM", "WORK").done();
    assert!(done.stderr.contains("`WORK` in WECHECK_PLATFORM is not a platform"), "{done}");
    assert!(done.stdout.contains("(mp)") && done.stdout.contains("(work)"), "{done}");
    // A secret alone tells no platform.
    let both = wecheck(["errcode", "explain", "40093", "--json"]).var("WECHECK_SECRET", "x").done();
    assert_eq!(both.json()["results"].as_array().map(Vec::len), Some(2), "{both}");
}

fn texts_of(list: &Value, field: &str) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|one| one[field].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn an_unknown_code_is_exit_1_with_its_neighbours_and_family() {
    let done = wecheck(["errcode", "explain", "40613", "--platform", "mp", "--json"]).done();
    assert_eq!((done.code, &done.json()["results"]), (1, &json!([])), "{done}");
    let near = done.json()["nearest"].clone();
    assert!(near.as_array().is_some_and(|near| near.iter().any(|code| code["code"] == 40163)), "{done}");
    assert!(near[0]["name"].is_string() && near[0]["platform"] == "mp", "{done}");
    let done = wecheck(["errcode", "explain", "40613"]).done();
    assert!(done.stdout.starts_with("there is no code 40613\n"), "{done}");
    // A code that is far away is not near.
    let done = wecheck(["errcode", "explain", "7654321", "--json"]).done();
    assert_eq!((done.code, &done.json()["nearest"]), (1, &json!([])), "{done}");
    let done = wecheck(["errcode", "explain", "frobnicated", "the", "access_token", "--json"]).done();
    // Codes that share one word with the text are not near it.
    assert_eq!((done.code, &done.json()["nearest"]), (1, &json!([])), "{done}");
}

#[test]
fn minus_one_needs_no_dashes_before_it() {
    let done = wecheck(["errcode", "explain", "-1"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stdout.starts_with("-1  system error"), "{done}");
    assert!(done.stdout.contains("the same on WeCom (work)"), "{done}");
    assert_eq!(wecheck(["errcode", "explain", "--json", "-1"]).done().json()["results"][0]["code"], -1);
}

#[test]
fn the_ip_of_the_answer_is_the_first_step() {
    for (code, text, platform) in [
        (40164, "invalid ip 203.0.113.7, not in whitelist hint: [ab]", "mp"),
        (40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65f-1a2b-3c", "mp"),
        (61004, "access clientip is not registered requestIP: 203.0.113.7 rid: 65f-1a2b-3c", "mp"),
        (
            60020,
            "not allow to access from your ip, hint: [16_2_ab], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=60020",
            "work",
        ),
    ] {
        let answer = json!({ "errcode": code, "errmsg": text }).to_string();
        for query in [answer.as_str(), text] {
            let found = results(["errcode", "explain", query]);
            assert_eq!(
                (&found[0]["code"], &found[0]["platform"]),
                (&json!(code), &json!(platform)),
                "{query}"
            );
            assert!(texts(&found[0]["fixes"])[0].starts_with("add 203.0.113.7 to "), "{query}");
            assert_eq!(found[0]["observed"]["ip"], "203.0.113.7");
            if text.contains(" rid: ") {
                let last = texts(&found[0]["fixes"]).pop().expect("a step").to_owned();
                assert!(
                    last.contains("errorDiag") && last.contains("7 days") && last.contains("65f-1a2b-3c"),
                    "{last}"
                );
            }
        }
        let zh = wecheck(["--lang", "zh", "errcode", "explain", text]).done();
        assert!(zh.stdout.contains("1. 把 203.0.113.7 加进"), "{zh}");
    }
}

#[test]
fn a_hardware_answer_says_when_to_go_on() {
    for (suggestion, interval, said) in [
        ("retry", json!(5), "retry the same request in 5 s"),
        ("reconnect", json!("30"), "reconnect in 30 s"),
        ("retry", json!(-1), "do not retry or reconnect"),
    ] {
        let answer = json!({
            "headers": { "req_id": "x" }, "errcode": 600_004, "errmsg": "no device auth, hint: [1]",
            "suggestion": suggestion, "interval": interval,
        });
        let found = results(["errcode", "explain", &answer.to_string(), "--platform", "work"]);
        assert!(texts(&found[0]["fixes"])[0].contains(said), "{found:?}");
    }
}

#[test]
fn a_clients_message_has_no_code_but_a_name() {
    for (text, expected) in [
        ("config:fail,invalid signature", "invalid signature"),
        (
            "config:fail,Error: System error, error code:63002,invalid signature [20200205 18:43:18][]",
            "invalid signature",
        ),
        ("config:fail,Error: 系统错误，错误码：63002,invalid signature [x][]", "invalid signature"),
        (r#"{"realAuthUrl":["https://host/#/"],"errMsg":"config:invalid signature"}"#, "invalid signature"),
        ("chooseImage:permission denied", "permission denied"),
        ("system:function_not_exist", "function not exist"),
        ("chooseImage:functionnotexist", "function not exist"),
        ("scanQRCode:the permission value is offline verfying", "offline verifying"),
        ("config:invalid url domain", "invalid url domain"),
        ("chooseImage:ok", "ok"),
        ("wedriveSelectDir:cancel", "cancel"),
    ] {
        let done = wecheck(["errcode", "explain", text, "--json"]).done();
        let result = &done.json()["results"][0];
        assert_eq!(
            (done.code, &result["code"], &result["error_message"]),
            (0, &Value::Null, &json!(expected)),
            "{text}: {done}"
        );
    }
    // The bare words of the FAQ, on either platform, though they are labels of codes as well.
    for platform in ["mp", "work"] {
        for text in ["invalid signature", "invalid url domain"] {
            let done = wecheck(["errcode", "explain", text, "--platform", platform, "--json"]).done();
            let result = &done.json()["results"][0];
            assert_eq!((done.code, &result["error_message"]), (0, &json!(text)), "{done}");
        }
    }
    let done = wecheck(["errcode", "explain", "invalid signature", "--platform", "mp"]).done();
    assert!(done.stdout.contains("has 87009 with the same words"), "{done}");
    assert!(done.stdout.lines().count() < 40, "{done}");
    let done = wecheck(["errcode", "explain", "not allow to access from your ip", "--platform", "mp"]).done();
    assert!(done.stdout.starts_with("Official Account (mp) has no such text"), "{done}");
    let found = results([
        "errcode",
        "explain",
        r#"{"realAuthUrl":["https://h/#/"],"errMsg":"config:invalid signature"}"#,
    ]);
    assert_eq!(found[0]["observed"]["realAuthUrl"], json!(["https://h/#/"]));
    assert!(texts(&found[0]["fixes"])[0].contains("https://h/#/"), "{found:?}");
}

#[test]
fn what_is_typed_in_words_or_on_stdin_is_read_the_same() {
    let done = wecheck(["errcode", "explain", "config:invalid", "signature"]).done();
    assert!(done.stdout.starts_with("invalid signature  mp and work"), "{done}");
    let done = wecheck(["errcode", "explain", "-"]).stdin("{\"errcode\":48001}\n").done();
    assert!(done.stdout.contains("48001  api unauthorized"), "{done}");
    let done = wecheck(["errcode", "explain", "-"]).stdin("").done();
    assert_eq!(done.code, 2, "{done}");
}

#[test]
fn nonsense_is_answered() {
    let deep = "[".repeat(100_000);
    let many = format!("[{}]", vec![r#"{"errmsg":"zzz"}"#; 20_000].join(","));
    for text in
        [deep.as_str(), &many, "{}", "\u{0}\u{1b}[31m", "：", "errcode", "-", "9999999999999999999999"]
    {
        let done = wecheck(["errcode", "explain", "-"]).stdin(text).done();
        assert_eq!(done.code, 1, "{}: {done}", text.chars().take(40).collect::<String>());
        assert!(!done.stdout.contains('\u{1b}'), "{done}");
    }
}

#[test]
fn a_page_says_whether_its_list_has_the_api() {
    let home = Home::new();
    home.file("page.js", "wx.config({ appId: 'wx0', jsApiList: ['chooseImage', 'scanQRcode'] });");
    let text = "scanQRCode:fail, the permission value is offline verifying";
    let done = home.run(["errcode", "explain", text, "--from", "page.js"]).done();
    assert!(
        done.stdout.contains("1. scanQRCode is not in the page's jsApiList, which has scanQRcode"),
        "{done}"
    );
    let text = "chooseImage:fail, the permission value is offline verifying";
    let done = home.run(["errcode", "explain", text, "--from", "page.js"]).done();
    assert!(done.stdout.contains("1. chooseImage is in the page's jsApiList"), "{done}");
    let done = home.run(["errcode", "explain", text, "--from", "missing.js"]).done();
    assert_eq!(done.code, 6, "{done}");
}

#[test]
fn search_finds_by_words_of_both_languages() {
    for (text, code) in
        [("media_id", 40007), ("invalid credential", 40001), ("可信域名", 85004), ("40164", 40164)]
    {
        let found = results(["errcode", "search", text]);
        assert!(found.iter().any(|one| one["code"] == code), "{text}: {found:?}");
        for one in &found {
            assert!(one["name"].is_string() && one["platform"].is_string(), "{one}");
        }
    }
    // Labels of earlier tables, and a short word only as a word.
    for (text, code) in [("访问ip不在白名单之中", 60020), ("不合法的jsapi_ticket参数", 40093)]
    {
        assert_eq!(results(["errcode", "search", text, "--platform", "work"])[0]["code"], code, "{text}");
        assert_eq!(results(["errcode", "explain", text])[0]["code"], code, "{text}");
    }
    for one in results(["errcode", "search", "ip", "--platform", "work"]) {
        assert!(![41033, 41073, 41087].contains(&one["code"].as_i64().expect("a number")), "{one}");
    }
    let document = wecheck(["errcode", "search", "签名", "--json"]).done().json();
    assert_eq!(document.as_object().map(|fields| fields.keys().count()), Some(1), "{document}");
    let all = wecheck(["errcode", "search", "secret", "nosuchword", "--json"]).done();
    assert_eq!((all.code, &all.json()["results"]), (1, &json!([])), "{all}");
}

#[test]
fn list_has_every_code_of_a_platform() {
    let codes = |platform| -> Vec<i64> {
        let list = results(["errcode", "list", "--platform", platform]);
        list.iter().map(|one| one["code"].as_i64().expect("a number")).collect()
    };
    let (mp, work) = (codes("mp"), codes("work"));
    assert!(mp.len() >= 1922 && work.len() >= 1260, "{} {}", mp.len(), work.len());
    for list in [&mp, &work] {
        assert!(list.is_sorted() && list.iter().collect::<BTreeSet<_>>().len() == list.len());
    }
    for code in [45028, 600_053, 600_054, 42012, 93019, 853_000, 853_004, 853_006] {
        assert!(work.contains(&code), "{code}");
    }
    for code in [40246, 10003, 10039] {
        assert!(mp.contains(&code), "{code}");
    }
    assert_eq!(results(["errcode", "list"]).len(), mp.len() + work.len());
}

const LOG: &str = concat!(
    "2026-01-01 start\n",
    "{\"errcode\":0,\"errmsg\":\"ok\"}\n",
    "resp {\"errcode\":40001,\"errmsg\":\"x\"} and \"{\\\"errcode\\\":40001}\"\n",
    "errcode=60020&errmsg=y\n",
    "系统错误，错误码：63002,invalid signature errcode: 40001\n",
    "errCode 777777 error code:63002",
);

#[test]
fn scan_counts_codes_with_their_lines() {
    let home = Home::new();
    home.file("app.log", LOG);
    let done = home.run(["errcode", "scan", "app.log", "--json"]).done();
    assert_eq!((done.code, &done.json()["lines"]), (0, &json!(6)), "{done}");
    let rows: Vec<String> = done.json()["results"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            let cells = ["code", "platform", "count", "first_line", "last_line"];
            cells.map(|cell| row[cell].to_string()).join(" ")
        })
        .collect();
    assert_eq!(
        rows,
        ["40001 \"mp\" 3 3 5", "63002 \"mp\" 2 5 6", "60020 \"work\" 1 4 4", "777777 null 1 6 6"],
        "{done}"
    );
    assert!(done.json()["results"][0]["name"].is_string(), "{done}");

    let done = wecheck(["errcode", "scan", "--platform", "work"]).stdin(LOG).done();
    insta::assert_snapshot!(done, @"
    exit 0
    ----- stdout
        count        code  lines
            3       40001  3–5  work: invalid credential
            2       63002  5–6  not a code of WeCom (work)
            1       60020  4  work: not allow to access from your ip
            1      777777  6  not a code of WeCom (work)
    what to do: wecheck errcode explain 40001
    ");
}

/// A log may be of both platforms: the profile's is not taken for a code that only the other one has.
#[test]
fn scan_reads_a_code_of_the_other_platform_with_a_profile() {
    let home = Home::new();
    home.config("[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n");
    let log = "{\"errcode\":60020,\"errmsg\":\"not allow to access from your ip\"}\n{\"errcode\":40001,\"errmsg\":\"x\"}\n";
    let done = home.run(["--json", "errcode", "scan", "-"]).stdin(log).done();
    let found = done.json();
    let found: Vec<_> = found["results"].as_array().expect("a list").iter().collect();
    let of =
        |code: i64| found.iter().find(|one| one["code"] == code).expect("it is counted")["platform"].clone();
    assert_eq!((of(60020), of(40001)), (json!("work"), json!("mp")), "{done}");
}

#[test]
fn scan_fails_a_build_on_the_codes_asked_for() {
    for (codes, exit) in [("40001", 1), ("40001,-1", 1), ("-1,48001", 0), ("0", 0)] {
        let done = wecheck(["errcode", "scan", "-", "--fail-on", codes]).stdin(LOG).done();
        assert_eq!(done.code, exit, "{codes}: {done}");
    }
    assert_eq!(wecheck(["errcode", "scan", "missing.log"]).done().code, 6);
    assert_eq!(wecheck(["errcode", "scan", "-", "--fail-on", "many"]).stdin("").done().code, 2);
    let empty = wecheck(["errcode", "scan", "-", "--json"]).stdin("").done();
    assert_eq!(empty.json(), json!({ "results": [], "lines": 0 }));
    // The document has the fields of the contract and no others.
    let failed = wecheck(["errcode", "scan", "-", "--fail-on", "40013", "--json"]).stdin("errcode:40013\n");
    let name = "invalid appid";
    let row =
        json!({ "code": 40013, "platform": "mp", "name": name, "count": 1, "first_line": 1, "last_line": 1 });
    assert_eq!(failed.done().json(), json!({ "results": [row], "lines": 1 }));
}

#[cfg(unix)]
#[test]
fn ctrl_c_shows_what_a_silent_pipe_gave() {
    let run = wecheck(["errcode", "scan", "-"]).stdin("");
    let mut child = run.spawn();
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(b"errcode:48001\n").expect("written");
    // Until it has read that, a signal may come before there is anything to show.
    std::thread::sleep(std::time::Duration::from_millis(700));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{shown}");
    assert!(shown.contains("48001") && shown.contains("interrupted, 1 line read"), "{shown}");
    drop(pipe);
}

/// Ctrl-C goes to the whole pipeline: the writer may end before the reader has seen its own signal.
#[cfg(unix)]
#[test]
fn ctrl_c_is_reported_also_if_the_writer_went_first() {
    for _ in 0..5 {
        let mut child = wecheck(["errcode", "scan", "-"]).stdin("").spawn();
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(b"errcode:48001\n").expect("written");
        std::thread::sleep(std::time::Duration::from_millis(300));
        let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        drop(pipe);
        assert!(killed.expect("kill runs").success());
        assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(130));
    }
}

#[test]
fn the_most_telling_field_leads() {
    for (text, first) in [
        (
            r#"{"err_Info":"fail","errMsg":"agentConfig:fail","hint":"Missing params"}"#,
            json!("agentConfig:fail"),
        ),
        (r#"{errMsg: "agentConfig:fail", err_Info: "fail", errCode: 40093}"#, json!(40093)),
        (r#"Object { errCode: 2, err_Info: "… e=40093", errMsg: "config:fail" }"#, json!(40093)),
        (r#"{"errMsg":"config:fail","err_Info":"fail"}"#, json!("config:fail")),
        ("系统错误，错误码40001", json!(40001)),
        ("签名校验失败 -40001", json!(-40001)),
        ("invalid signature 40234", json!(40234)),
        ("HTTP/1.1 401 Unauthorized\nServer: x\n\nInvalid signature\n", json!("callback-invalid-signature")),
        (r#"{"errMsg":"chooseWXPay:fail"}"#, json!("pay-bare-fail")),
        ("getBrandWCPayRequest: fail_invalid signature", json!("pay-client-signature")),
        (r#"{"err_code":90001,"err_msg":"not support soter"}"#, json!("soter")),
        (r#"{"errcode":90001,"errmsg":"x"}"#, json!(90001)),
        (r#"{"base_resp":{"ret":200302,"err_msg":"verify token fail"}}"#, json!(200_302)),
        ("InvalidCorpIdException: Error code: -40005, message: Invalid corp_id", json!(-40005)),
        (r#"{"code":"SIGN_ERROR","message":"签名错误，请检查后再试"}"#, json!("SIGN_ERROR")),
        ("preVerifyJSAPI:fail_invalid signature", json!("invalid signature")),
        ("请在微信客户端打开链接", json!("open-in-wechat")),
        (r#"{"errno":600002,"errMsg":"request:fail url not in domain list"}"#, json!("mini-program-domain")),
        (r#"{"return_code":"FAIL","return_msg":"appid and openid not match"}"#, json!("pay-v2-parameter")),
        ("selectEnterpriseContact:fail_nosupport", json!("function not exist")),
        ("40029invalid code", json!(40029)),
        ("微信返回：不合法的凭证类型", json!(40002)),
    ] {
        let found = results(["errcode", "explain", text]);
        let shown = if found[0]["code"].is_null() { &found[0]["error_message"] } else { &found[0]["code"] };
        assert_eq!(shown, &first, "{text}: {found:?}");
        let bare = text.contains("90001") && text.contains("errcode");
        assert_eq!(found[0]["basis"], if bare { "range" } else { "entry" }, "{text}");
    }
}

#[test]
fn what_an_object_carries_inside_its_msg_is_used() {
    let found = results([
        "errcode",
        "explain",
        r#"{"code":500,"msg":"获取access_token失败:{\"errcode\":40164,\"errmsg\":\"invalid ip 198.51.100.7, not in whitelist\"}"}"#,
    ]);
    assert_eq!(found[0]["observed"]["ip"], "198.51.100.7", "{found:?}");
}

#[test]
fn the_platform_is_taken_from_the_text_and_left_open_where_both_write_it() {
    for (text, platforms) in [
        ("errcode=40001invalid credential", json!(["mp", "work"])),
        ("[WeCom] get_jsapi_ticket failed: 45033 api concurrent out of limit", json!(["work"])),
        ("微信公众号返回 48002", json!(["mp"])),
    ] {
        let found = results(["errcode", "explain", text]);
        let on: Vec<&Value> = found.iter().map(|one| &one["platform"]).collect();
        assert_eq!(json!(on), platforms, "{text}");
    }
    // The beginning of many labels is not one of them.
    let done = wecheck(["errcode", "explain", "参数错误：URL不合法 JS接口安全域名", "--json"]).done();
    assert!(done.json()["results"].as_array().is_some_and(|all| all.len() <= 1), "{done}");
}

#[test]
fn a_success_is_called_one_and_says_who_was_left_out() {
    for text in [
        r#"{"access_token":"ACCESS_TOKEN","expires_in":7200}"#,
        r#"{"errcode":0,"errmsg":"ok","ticket":"sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvk","expires_in":7200}"#,
        r#"{"errcode":0,"errmsg":"ok","invaliduser":"zhangsan|lisi"}"#,
    ] {
        let done = wecheck(["errcode", "explain", text, "--json"]).done();
        assert_eq!((done.code, &done.json()["results"][0]["code"]), (0, &json!(0)), "{done}");
    }
    let found =
        results(["errcode", "explain", r#"{"errcode":0,"errmsg":"ok","invaliduser":"zhangsan|lisi"}"#]);
    assert_eq!(found[0]["platform"], "work");
    assert!(texts(&found[0]["fixes"])[0].contains("zhangsan, lisi"), "{found:?}");
    let empty =
        results(["errcode", "explain", r#"{"errcode":0,"errmsg":"ok","ticket":"","expires_in":7200}"#]);
    assert_eq!(empty[0]["error_message"], "empty-credential");
}

#[test]
fn a_code_without_an_entry_borrows_nothing() {
    let bare = results(["errcode", "list", "--platform", "work"])
        .into_iter()
        .find(|one| {
            let code = one["code"].to_string();
            results(["errcode", "explain", code.as_str(), "--platform", "work"])[0]["basis"] == "range"
        })
        .expect("some code has only its label");
    let code = bare["code"].to_string();
    let found = results(["errcode", "explain", code.as_str(), "--platform", "work"]);
    assert_eq!((&found[0]["causes"], &found[0]["fixes"]), (&json!([]), &json!([])), "{found:?}");
    assert!(found[0]["meaning"].as_str().is_some_and(|text| text.contains("no entry for this very code")));
}

#[test]
fn every_query_is_answered() {
    let done = wecheck(["errcode", "explain", "40164", "40613", "-1", "--platform", "mp", "--json"]).done();
    let codes: Vec<Value> =
        done.json()["results"].as_array().expect("a list").iter().map(|one| one["code"].clone()).collect();
    assert_eq!((done.code, codes), (1, vec![json!(40164), json!(-1)]), "{done}");
    assert_eq!(done.json()["query"], "40164 40613 -1");
    // An id of ours is explained too.
    let found = results(["errcode", "explain", "url-fragment"]);
    assert_eq!((&found[0]["error_message"], &found[0]["code"]), (&json!("url-fragment"), &Value::Null));
    assert!(!texts(&found[0]["fixes"]).is_empty());
}

#[test]
fn a_list_of_codes_costs_what_it_is_long() {
    let codes: Vec<String> = (0..20_000).map(|at| (40_000 + at).to_string()).collect();
    let labelled = format!("errcode:{}", codes.join("\nerrcode:"));
    for text in [codes.join(" "), codes.join("\n"), labelled] {
        let started = std::time::Instant::now();
        let done = wecheck(["errcode", "explain", "-", "--json"]).stdin(text).done();
        assert_eq!(done.code, 0);
        assert!(done.stdout.len() < 20_000_000, "{}", done.stdout.len());
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}

#[test]
fn scan_reads_one_line_forms_utf_16_and_writes_sarif() {
    let log = concat!(
        "[40164] invalid ip 203.0.113.8 ipv6 ::ffff:203.0.113.8, not in whitelist rid: 9098b260-ff3ac1c9-7570cf1d\n",
        "OfficialAPIError: 40001: invalid credential, access_token is invalid or not latest hint: [9.9Q880975vr21]\n",
        "VerifyURL ret: -40003\n",
        "{\"err_code\":90008}\n",
        "系统错误，错误码40001\n",
        "took 40029 ms, error on port 41001\n",
        "出现reach max api daily quota limit hint: [fXEsmv0573vr20](45009)\n",
    );
    let home = Home::new();
    home.file("app.log", log);
    let mut wide = vec![0xff, 0xfe];
    wide.extend(log.encode_utf16().flat_map(u16::to_le_bytes));
    home.file("wide.log", &wide);
    for file in ["app.log", "wide.log"] {
        let done = home.run(["errcode", "scan", file, "--json"]).done();
        let rows: Vec<String> = done.json()["results"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| {
                ["code", "count", "first_line", "last_line"].map(|cell| row[cell].to_string()).join(" ")
            })
            .collect();
        assert_eq!(
            rows,
            ["40001 2 2 5", "-40003 1 3 3", "40164 1 1 1", "45009 1 7 7", "90008 1 4 4"],
            "{file}: {done}"
        );
    }
    let done = home.run(["errcode", "scan", "app.log", "--format", "sarif", "--fail-on", "40164"]).done();
    let document: Value = serde_json::from_str(&done.stdout).expect("SARIF is JSON");
    assert_eq!((done.code, &document["version"]), (1, &json!("2.1.0")));
    let run = &document["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "mp-40001");
    let failed = run["results"].as_array().expect("a list").iter().find(|one| one["ruleId"] == "mp-40164");
    let failed = failed.expect("it is there");
    assert_eq!(
        (&failed["level"], &failed["locations"][0]["physicalLocation"]["region"]["startLine"]),
        (&json!("error"), &json!(1))
    );
    assert_eq!(failed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "app.log");
}

/// A console shows the answers of several APIs: none of them is passed over.
#[test]
fn each_api_of_a_text_has_its_answer() {
    let lines = [
        "chooseImage:fail, the permission value is offline verifying",
        "on another phone: {\"errMsg\":\"getLocation:permission denied\"}",
    ];
    let names = |found: &[Value]| found.iter().map(|one| one["error_message"].clone()).collect::<Vec<_>>();
    let wanted = [json!("offline verifying"), json!("permission denied")];
    let text = lines.join("\n");
    assert_eq!(names(&results(["errcode", "explain", &text])), wanted);
    assert_eq!(names(&results(["errcode", "explain", lines[0], lines[1]])), wanted);
    // The same again, what works and what is around an error make no second answer.
    for more in ["chooseImage:ok", "chooseImage:fail, the permission value is offline verifying", "在 iOS 上"]
    {
        let text = format!("{}\n{more}", lines[0]);
        assert_eq!(names(&results(["errcode", "explain", &text])), wanted[..1], "{more}");
    }
}

#[test]
fn js_api_names_are_listed_with_what_they_need() {
    let found = results(["js-api", "scanQRCode"]);
    assert_eq!((&found[0]["kind"], &found[0]["platforms"]), (&json!("api"), &json!(["mp", "work"])));
    let names: Vec<Value> = found[0].as_object().expect("an object").keys().map(|key| json!(key)).collect();
    assert_eq!(names, [json!("name"), json!("kind"), json!("platforms"), json!("needs"), json!("note")]);
    let work = results(["js-api", "--platform", "work"]);
    assert!(work.len() > 100 && work.iter().all(|one| one["platforms"].to_string().contains("work")));
    assert_eq!(results(["js-api", "menuItem:copyUrl"])[0]["kind"], "menu");
    // A name of the other platform is not a misspelling of itself.
    assert_eq!(results(["js-api", "shareAppMessage", "--platform", "mp"])[0]["platforms"], json!(["work"]));
    assert_eq!(results(["js-api", "wx-open-launch-app"])[0]["kind"], "tag");
    let done = wecheck(["js-api", "chooseimage", "--json"]).done();
    assert_eq!(
        (done.code, &done.json()["nearest"], &done.json()["results"]),
        (1, &json!("chooseImage"), &json!([]))
    );
    assert_eq!(wecheck(["js-api", "zzzzzzzzzz"]).done().code, 1);
}

#[test]
fn a_refusal_says_at_once_what_it_means() {
    let server = Server::start(|_| {
        json_answer(
            r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6a-7b-8c"}"#,
        )
    });
    let home = shop(&server);
    let done = home.run(["token"]).done();
    assert_eq!(done.code, 5, "{done}");
    assert!(done.stderr.contains("wecheck errcode explain 40164"), "{done}");
    assert!(
        done.stderr.contains("meaning: ") && done.stderr.contains("first: add 203.0.113.7 to "),
        "{done}"
    );
    let zh = home.run(["--lang", "zh", "token"]).done();
    assert!(zh.stderr.contains("含义：") && zh.stderr.contains("先做：把 203.0.113.7 加进"), "{zh}");
}

#[test]
fn faq_lists_all_and_answers_one() {
    let all = results(["faq"]);
    assert!(all.len() >= 50, "{}", all.len());
    let historic: Vec<bool> = all.iter().map(|topic| topic["historic"] == true).collect();
    assert!(historic.is_sorted() && historic.contains(&true), "historic ones come last");
    for id in [
        "invalid-signature",
        "message-not-received",
        "blank-page",
        "ownership-failed",
        "card-list-empty",
        "test-account-limits",
        "media-to-server",
    ] {
        let found = results(["faq", id]);
        assert_eq!((found.len(), &found[0]["id"]), (1, &json!(id)));
        assert!(!texts(&found[0]["steps"]).is_empty());
        let zh = wecheck(["--lang", "zh", "faq", id, "--json"]).done().json();
        assert_ne!(zh["results"][0]["title"], found[0]["title"], "{id}");
    }
    let limits = texts(&results(["faq", "test-account-limits"])[0]["steps"]).join(" ").replace(',', "");
    for figure in ["2000", "500000", "100000", "10000", "500", "1000", "5000"] {
        assert!(limits.contains(figure), "{figure}: {limits}");
    }
    assert_eq!(results(["faq", "白屏"])[0]["id"], "blank-page");
    assert!(results(["faq", "--platform", "mp"]).len() < all.len());
    let done = wecheck(["faq", "invalid-signatrue", "--json"]).done();
    let first = &done.json()["results"][0];
    assert_eq!((done.code, &first["id"], &first["near"]), (0, &json!("invalid-signature"), &json!(true)));
}

#[test]
fn the_user_agents_of_the_faq_are_wecom() {
    for (text, expected) in [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3_2 like Mac OS X) AppleWebKit/603.2.4 (KHTML, like Gecko) Mobile/14F89 wxwork/2.2.0 MicroMessenger/6.3.2",
            ("ios", "2.2.0", "6.3.2", "AppleWebKit/603.2.4"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 7.1.2; g3ds Build/NJH47F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/53.0.2785.49 Mobile MQQBrowser/6.2 TBS/043508 Safari/537.36 wxwork/2.2.0 MicroMessenger/6.3.22 NetType/WIFI Language/zh",
            ("android", "2.2.0", "6.3.22", "TBS/043508"),
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.110 Safari/537.36 wxwork/2.1.3 (MicroMessenger/6.2) WindowsWechat QBCore/3.43.644.400 QQBrowser/9.0.2524.400",
            ("windows", "2.1.3", "6.2", "QBCore/3.43.644.400"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_12_6) AppleWebKit/603.3.8 (KHTML, like Gecko) wxwork/2.2.0 (MicroMessenger/6.2) WeChat/2.0.4",
            ("mac", "2.2.0", "6.2", "AppleWebKit/603.3.8"),
        ),
    ] {
        let read = wecheck(["ua", text, "--json"]).done().json();
        let (system, wxwork, micromessenger, webview) = expected;
        assert_eq!(read["client"], "wecom", "{text}");
        assert_eq!(read["system"], system, "{text}");
        assert_eq!(read["wxwork_version"], wxwork, "{text}");
        assert_eq!(read["micromessenger_version"], micromessenger, "{text}");
        assert_eq!(read["webview"], webview, "{text}");
    }
}

#[test]
fn other_user_agents_are_distinguished() {
    let wechat = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 NetType/WIFI miniProgram/wx0";
    let read = wecheck(["ua", "-", "--json"]).stdin(wechat).done().json();
    assert_eq!((&read["client"], &read["wxwork_version"]), (&json!("wechat"), &Value::Null));
    assert_eq!(read["micromessenger_version"], "8.0.47.2560");
    assert_eq!((&read["webview"], &read["mini_program"]), (&json!("XWEB/1160065"), &json!(true)));
    let done = wecheck(["ua", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"]).done();
    assert!(done.code == 0 && done.stdout.starts_with("neither WeChat nor WeCom"), "{done}");
    assert_eq!(wecheck(["ua", ""]).done().code, 2);
}
