//! `sign` from outside.

use std::io::{BufRead as _, BufReader, Write as _};

use insta::assert_snapshot;

use crate::harness::{Done, Home, wecheck};

const OFFICIAL: [&str; 8] = [
    "sign",
    "http://mp.weixin.qq.com?params=value",
    "--ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
    "--nonce=Wm3WZYTPz0wzccnW",
    "--timestamp=1414587457",
    "--app-id=wx0123456789abcdef",
    "--api=chooseImage,scanQRCode",
    "--quiet",
];

#[test]
fn the_official_example_in_every_form() {
    assert_snapshot!(wecheck(OFFICIAL).done(), @"
    exit 0
    ----- stdout
    appId      wx0123456789abcdef
    timestamp  1414587457
    nonceStr   Wm3WZYTPz0wzccnW
    signature  0f9de62fce790f9a083d5c99e95740ceb90c27ed
    url        http://mp.weixin.qq.com?params=value
    jsApiList  chooseImage, scanQRCode
    ");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--json"])).done(), @r#"
    exit 0
    ----- stdout
    {
      "kind": "jsapi",
      "platform": null,
      "appId": "wx0123456789abcdef",
      "timestamp": 1414587457,
      "nonceStr": "Wm3WZYTPz0wzccnW",
      "signature": "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
      "url": "http://mp.weixin.qq.com?params=value",
      "jsApiList": [
        "chooseImage",
        "scanQRCode"
      ]
    }
    "#);
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--emit", "js", "--debug"])).done(), @r#"
    exit 0
    ----- stdout
    wx.config({
      debug: true,
      appId: "wx0123456789abcdef",
      timestamp: 1414587457,
      nonceStr: "Wm3WZYTPz0wzccnW",
      signature: "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
      jsApiList: ["chooseImage","scanQRCode"],
    });
    "#);
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--emit", "env"])).done(), @"
    exit 0
    ----- stdout
    WX_APP_ID=wx0123456789abcdef
    WX_TIMESTAMP=1414587457
    WX_NONCE_STR=Wm3WZYTPz0wzccnW
    WX_SIGNATURE=0f9de62fce790f9a083d5c99e95740ceb90c27ed
    WX_URL=http://mp.weixin.qq.com?params=value
    WX_JS_API_LIST=chooseImage,scanQRCode
    ");
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--emit", "js", "--sdk", "wecom"])).done(), @r#"
    exit 0
    ----- stdout
    ww.register({
      corpId: "wx0123456789abcdef",
      jsApiList: ["chooseImage","scanQRCode"],
      getConfigSignature: function () {
        return { timestamp: 1414587457, nonceStr: "Wm3WZYTPz0wzccnW", signature: "0f9de62fce790f9a083d5c99e95740ceb90c27ed" };
      },
    });
    "#);
    assert_snapshot!(wecheck(OFFICIAL.into_iter().chain(["--explain", "--lang", "zh"])).done(), @"
    exit 0
    ----- stdout
    appId      wx0123456789abcdef
    timestamp  1414587457
    nonceStr   Wm3WZYTPz0wzccnW
    signature  0f9de62fce790f9a083d5c99e95740ceb90c27ed
    url        http://mp.weixin.qq.com?params=value
    jsApiList  chooseImage, scanQRCode

    参与计算的值，按计算顺序：
      jsapi_ticket sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg
      noncestr     Wm3WZYTPz0wzccnW
      timestamp    1414587457
      url          http://mp.weixin.qq.com?params=value
    string1 jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg&noncestr=Wm3WZYTPz0wzccnW&timestamp=1414587457&url=http://mp.weixin.qq.com?params=value
    ");
}

#[test]
fn the_url_is_signed_byte_for_byte_and_a_browser_s_form_is_named() {
    let done = wecheck([
        "sign",
        "HTTP://M.Example.com:80/路径?a=%2C&b=c#/home",
        "--ticket=T",
        "--nonce=N",
        "--timestamp=1700000000",
    ])
    .done();
    assert_snapshot!(done, @"
    exit 0
    ----- stdout
    timestamp  1700000000
    nonceStr   N
    signature  52037ca50c448fd8cad795a1013b1915240fd3e5
    url        HTTP://M.Example.com:80/路径?a=%2C&b=c
    ----- stderr
    note: the url is signed as given; a browser would show it as `http://m.example.com/%E8%B7%AF%E5%BE%84?a=%2C&b=c`
    ");
}

#[test]
fn the_other_calls() {
    let common = ["--ticket=TICKET", "--nonce=NONCE", "--timestamp=1700000000", "--emit=js"];
    let run = |args: &[&str]| wecheck(args.iter().chain(&common)).done();
    assert_snapshot!(run(&["sign", "https://m.example.com/", "--kind=agent", "--app-id=ww0123456789abcdef", "--agent-id=1000002", "--api=getContext"]), @r#"
    exit 0
    ----- stdout
    wx.agentConfig({
      corpid: "ww0123456789abcdef",
      agentid: "1000002",
      timestamp: 1700000000,
      nonceStr: "NONCE",
      signature: "c75e079c8bee6b4703dc78c6a7971e8feb9aba01",
      jsApiList: ["getContext"],
    });
    "#);
    assert_snapshot!(run(&["sign", "--kind=card", "--app-id=wx0123456789abcdef", "--card-type=GROUPON"]), @r#"
    exit 0
    ----- stdout
    wx.chooseCard({
      shopId: "",
      cardType: "GROUPON",
      cardId: "",
      timestamp: 1700000000,
      nonceStr: "NONCE",
      signType: "SHA1",
      cardSign: "a49889809fd5426ec2721c6208dbef0985d90012",
    });
    "#);
    assert_snapshot!(run(&["sign", "--kind=card-ext", "--card-id=pXXXX", "--openid=oXXXX", "--outer-str=a&b</script>"]), @r#"
    exit 0
    ----- stdout
    wx.addCard({
      cardList: [{
        cardId: "pXXXX",
        cardExt: "{\"openid\":\"oXXXX\",\"timestamp\":\"1700000000\",\"nonce_str\":\"NONCE\",\"signature\":\"d1980376539e50e9fbdd47df543fd81ed72b9239\",\"outer_str\":\"a\u0026b\u003c/script\u003e\"}",
      }],
    });
    "#);
    assert_snapshot!(run(&["sign", "--kind=invoice", "--app-id=wx0123456789abcdef"]), @r#"
    exit 0
    ----- stdout
    wx.invoke('chooseInvoice', {
      timestamp: 1700000000,
      nonceStr: "NONCE",
      signType: "SHA1",
      cardSign: "f8ac85289301fa056fb00e88ec634907148bdc78",
    }, function (res) {
      console.log(res);
    });
    "#);
    assert_snapshot!(run(&["sign", "https://m.example.com/", "--kind=group", "--group-id=G1"]), @r#"
    exit 0
    ----- stdout
    WeixinJSBridge.invoke('openEnterpriseContact', {
      groupId: "G1",
      timestamp: "1700000000",
      nonceStr: "NONCE",
      signature: "bd708d3b86f0803715006a469fe9a34582e731a8",
      params: {
        departmentIds: [0],
        mode: "multi",
        type: ["department", "tag", "user"],
        selectedDepartmentIds: [],
        selectedTagIds: [],
        selectedUserIds: [],
      },
    }, function (res) {
      console.log(res);
    });
    "#);
}

#[test]
fn a_card_ext_leaves_out_what_is_empty_and_keeps_the_timestamp_a_string() {
    let done = wecheck([
        "sign",
        "--kind=card-ext",
        "--ticket=T",
        "--card-id=C",
        "--code=",
        "--timestamp=1700000000",
        "--json",
    ])
    .done();
    let json = done.json();
    let ext: serde_json::Value =
        serde_json::from_str(json["cardExt"].as_str().expect("a string")).expect("JSON inside");
    assert_eq!(ext["timestamp"], "1700000000");
    assert_eq!(
        ext.as_object().expect("an object").keys().collect::<Vec<_>>(),
        ["timestamp", "nonce_str", "signature"]
    );
    assert_eq!(ext["signature"], json["signature"]);
    let nonce = ext["nonce_str"].as_str().expect("a nonce");
    assert!((16..=32).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_alphanumeric()), "{nonce}");
    assert_eq!((&json["url"], &json["timestamp"]), (&serde_json::Value::Null, &1_700_000_000.into()));
}

#[test]
fn nonces_differ_and_the_second_is_now() {
    let json = || wecheck(["sign", "https://m.example.com/", "--ticket=T", "--json"]).done().json();
    let (a, b) = (json(), json());
    assert_ne!(a["nonceStr"], b["nonceStr"]);
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    assert!(a["timestamp"].as_u64().expect("a number").abs_diff(now) < 60);
}

#[test]
fn batch_goes_on_after_a_bad_line_and_keeps_the_order() {
    let home = Home::new();
    home.file(
        "pages.jsonl",
        r#"{"url":"https://m.example.com/a","ticket":"T","nonce":"N","timestamp":1700000000}
{"url":"https://m.example.com/b","jsapi_ticket":"T","noncestr":"N","timestamp":"1700000000"}
{"url":"m.example.com","ticket":"T","nonce":"N","timestamp":1}
not json

{"kind":"card-ext","ticket":"T","nonceStr":"N","timestamp":1700000000,"card-id":"C"}
{"url":"https://m.example.com/","ticket":"T","frob":1}
"#,
    );
    assert_snapshot!(home.run(["sign", "--batch", "pages.jsonl"]).done(), @r#"
    exit 2
    ----- stdout
    {"kind":"jsapi","platform":null,"appId":null,"timestamp":1700000000,"nonceStr":"N","signature":"cfdf34dda0674c59701f291a55cce69ea5792cb4","url":"https://m.example.com/a","jsApiList":[]}
    {"kind":"jsapi","platform":null,"appId":null,"timestamp":1700000000,"nonceStr":"N","signature":"8a446a82bc616b245089aa02916e384824990301","url":"https://m.example.com/b","jsApiList":[]}
    {"line":3,"error":{"kind":"usage","message":"the url `m.example.com` does not start with http:// or https:// and a host","fix":"wecheck sign 'https://host/path?query' --ticket TICKET","errcode":null}}
    {"line":4,"error":{"kind":"usage","message":"this is not JSON: line 1, column 2 cannot be read","fix":"{\"url\": \"https://…\"}","errcode":null}}
    {"kind":"card-ext","platform":null,"appId":null,"timestamp":1700000000,"nonceStr":"N","signature":"65c883148a37bd6a1abbb2a98a119802e93a2f6c","url":null,"jsApiList":[],"cardId":"C","cardExt":"{\"timestamp\":\"1700000000\",\"nonce_str\":\"N\",\"signature\":\"65c883148a37bd6a1abbb2a98a119802e93a2f6c\"}"}
    {"line":7,"error":{"kind":"usage","message":"unknown field `frob`","fix":"known fields: kind, url, ticket, nonce, timestamp, app-id, agent-id, group-id, card-id, card-type, location-id, code, openid, balance, platform, api, outer-str","errcode":null}}
    ----- stderr
    warning: 3 of 7 lines could not be signed: see their `error`
    "#);
    let done = home
        .run(["sign", "--batch", "-", "--json"])
        .stdin("{\"url\":\"https://m.example.com/a\",\"ticket\":\"T\"}")
        .done();
    assert_eq!((done.code, done.stdout.lines().count()), (0, 1), "{done}");
}

#[test]
fn api_names_are_checked() {
    let done = wecheck([
        "sign",
        "https://m.example.com/",
        "--ticket=T",
        "--api=chooseimage,getContext,frobnicate",
        "--platform=mp",
        "--nonce=N",
        "--timestamp=1",
    ])
    .done();
    assert_snapshot!(done.stderr, @"
    warning: `chooseimage` is not a known API name; did you mean `chooseImage`?
    warning: `getContext` is an API of work; this platform does not have it; remove it from jsApiList, or take this platform's API
    warning: `frobnicate` is not a known API name; compare the name and its letter case with the official documents
    ");
    let done = wecheck([
        "sign",
        "https://m.example.com/",
        "--ticket=T",
        "--api=openEnterpriseContact",
        "--platform=work",
    ])
    .done();
    assert_snapshot!(done.stderr, @"note: `openEnterpriseContact` is a name of the old 企业号; work still takes it");
}

#[test]
fn the_profile_gives_ids_and_apis() {
    let home = Home::new();
    home.config(
        "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\njs_api_list = [\"scanQRCode\"]\n",
    );
    let json = home.run(["sign", "https://m.example.com/", "--ticket=T", "--json"]).done().json();
    assert_eq!(
        (&json["platform"], &json["appId"], &json["jsApiList"]),
        (&"mp".into(), &"wx0123456789abcdef".into(), &serde_json::json!(["scanQRCode"]))
    );
    let json = home
        .run(["sign", "https://m.example.com/", "--ticket=T", "--json", "--app-id=wxother"])
        .done()
        .json();
    assert_eq!(json["appId"], "wxother");
}

#[test]
fn a_batch_line_of_a_kind_that_only_work_has_is_signed_as_alone() {
    for kind in ["agent", "group"] {
        let alone = wecheck([
            "sign",
            "https://m.example.com/",
            "--ticket=T",
            "--nonce=N",
            "--timestamp=1700000000",
            "--app-id=ww0123456789abcdef",
            "--agent-id=1000002",
            "--group-id=G1",
            "--json",
            "--kind",
            kind,
        ])
        .done()
        .json();
        let line = format!(
            r#"{{"url":"https://m.example.com/","ticket":"T","nonce":"N","timestamp":1700000000,"app-id":"ww0123456789abcdef","agent-id":1000002,"group-id":"G1","kind":"{kind}"}}"#
        );
        assert_eq!(alone["platform"], "work");
        let lines = wecheck(["sign", "--batch", "-"]).stdin(format!("{line}\n{line}\n")).done();
        let last = lines.stdout.lines().last().expect("two lines");
        assert_eq!(serde_json::from_str::<serde_json::Value>(last).expect("JSON"), alone);
    }
}

/// A batch whose input stays open, as of a program that waits for each answer.
#[test]
fn batch_answers_a_line_before_the_next_is_written_and_ends_at_ctrl_c() {
    let mut child = wecheck(["sign", "--batch", "-"]).stdin("").spawn();
    let mut pipe = child.stdin.take().expect("stdin is a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    for number in 0..3 {
        writeln!(pipe, r#"{{"url":"https://m.example.com/{number}","ticket":"T"}}"#).expect("written");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("an answer");
        assert!(answer.contains(&format!("https://m.example.com/{number}")), "{answer}");
    }
    #[cfg(unix)]
    {
        let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
    }
    drop(pipe);
    let _ = child.wait();
}

/// Ctrl-C in the middle of a file: what is printed are whole lines.
#[cfg(unix)]
#[test]
fn batch_ends_a_ctrl_c_between_two_lines() {
    let home = Home::new();
    home.file("pages.jsonl", "{\"url\":\"https://m.example.com/\",\"ticket\":\"T\"}\n".repeat(400_000));
    let mut child = home.run(["sign", "--batch", "pages.jsonl"]).spawn();
    let mut answers = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    let mut first = String::new();
    answers.read_line(&mut first).expect("an answer");
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill").success());
    let rest: Vec<String> = answers.lines().map(|line| line.expect("UTF-8")).collect();
    assert!(rest.len() < 399_999, "{}", rest.len());
    let last = rest.last().unwrap_or(&first);
    assert!(serde_json::from_str::<serde_json::Value>(last).is_ok(), "{last}");
    let done = Done::from(child.wait_with_output().expect("it ends"));
    assert_eq!(done.code, 130, "{done}");
    assert!(done.stderr.starts_with("note: interrupted after "), "{done}");
}

#[test]
fn an_empty_nonce_or_timestamp_is_refused() {
    let sign = ["sign", "https://m.example.com/", "--ticket=T"];
    for flag in ["--nonce=", "--timestamp="] {
        let done = wecheck(sign).with([flag]).done();
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{done}");
    }
    assert_snapshot!(wecheck(sign).with(["--timestamp", ""]).done(), @"
    exit 2
    ----- stderr
    error: the timestamp is empty
    hint: leave --timestamp out to have one made
    ");
    let done = wecheck(["sign", "--batch", "-"])
        .stdin(
            r#"{"url":"https://m.example.com/","ticket":"T","nonce":""}
{"url":"https://m.example.com/","ticket":"T","timestamp":""}
{"url":"https://m.example.com/","ticket":"T","timestamp":null,"nonce":null}
"#,
        )
        .done();
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert!(lines[0].contains("the nonce is empty") && lines[1].contains("the timestamp is empty"), "{done}");
    assert!(lines[2].contains("signature"), "{done}");
    assert_eq!(done.code, 2);
}

#[test]
fn a_url_without_a_host_is_refused() {
    for url in [
        "http://:80/",
        "https://@/x",
        "https://user:word@:443",
        "https:// /",
        "http:///x",
        "https://?a",
        "https://\\x",
        "https:/m.example.com/",
    ] {
        let done = wecheck(["sign", url, "--ticket=T"]).done();
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{url} {done}");
    }
    for url in ["https://user@m.example.com:80/@:", "http://[::1]:80/", "https://测试.example", "HTTPS://a"]
    {
        assert_eq!(wecheck(["sign", url, "--ticket=T"]).done().code, 0, "{url}");
    }
}

#[test]
fn json_is_one_document_whatever_is_emitted() {
    let plain = wecheck(OFFICIAL.into_iter().chain(["--json"])).done().json();
    for form in ["payload", "js", "html", "env"] {
        let done = wecheck(OFFICIAL.into_iter().chain(["--json", "--emit", form])).done();
        assert_eq!(done.json(), plain, "{form}");
    }
}

#[test]
fn what_stays_empty_in_the_code_is_named_with_the_flag_that_fills_it() {
    let run = |args: &[&str]| {
        let common = ["--ticket=T", "--nonce=N", "--timestamp=1700000000"];
        wecheck(["sign"].iter().chain(args).chain(&common)).done().stderr
    };
    let url = "https://m.example.com/";
    assert_snapshot!(run(&[url, "--emit=js"]), @"warning: left empty in what is printed: appId, jsApiList; add --app-id APPID --api chooseImage,…");
    assert_snapshot!(run(&[url, "--emit=html", "--app-id=wx0123456789abcdef", "--lang=zh"]), @"警告：打印出来的代码里 jsApiList 是空的：加上 --api chooseImage,…");
    assert_snapshot!(run(&[url, "--emit=js", "--kind=agent", "--app-id=ww0123456789abcdef", "--api=getContext"]), @"warning: left empty in what is printed: agentId; add --agent-id ID");
    assert_snapshot!(run(&["--kind=invoice"]), @"warning: there is no app id, so the signature lacks it and WeChat will refuse it: add --app-id APPID");
    assert_snapshot!(run(&["--kind=card"]), @"warning: there is no app id, so the signature lacks it and WeChat will refuse it: add --app-id APPID");
    assert_snapshot!(run(&["--kind=card-ext"]), @"warning: there is no card_id, so the signature lacks it and WeChat will refuse it: add --card-id CARD_ID");
    assert_snapshot!(run(&["--kind=card-ext", "--card-id=C", "--emit=html"]), @"warning: the page needs a wx.config signature as well, without it wx.ready never fires: wecheck sign URL --emit js");
    let page = wecheck(["sign", "--kind=card-ext", "--card-id=C", "--ticket=T", "--emit=html"]).done().stdout;
    assert!(page.contains("wx.config is missing") && page.contains("还缺 wx.config"), "{page}");
    for quiet in [
        &[url][..],
        &[url, "--emit=env"],
        &[url, "--emit=js", "--quiet"],
        &["--kind=card-ext", "--card-id=C"],
    ] {
        assert_eq!(run(quiet), "", "{quiet:?}");
    }
}

#[test]
fn batch_takes_every_field_that_has_a_flag() {
    let common = r#""ticket":"T","nonce":"N","timestamp":1700000000"#;
    let pairs = [
        (
            r#""url":"https://m.example.com/","api":"chooseImage, scanQRCode","platform":"mp""#,
            &["https://m.example.com/", "--api=chooseImage,scanQRCode", "--platform=mp"][..],
        ),
        (
            r#""url":"https://m.example.com/","jsApiList":["chooseImage"],"appid":"wx1""#,
            &["https://m.example.com/", "--api=chooseImage", "--app-id=wx1"],
        ),
        (
            r#""kind":"card-ext","card_id":"C","code":123,"balance":5,"outerStr":"a""#,
            &["--kind=card-ext", "--card-id=C", "--code=123", "--balance=5", "--outer-str=a"],
        ),
        (
            r#""kind":"card","locationId":42,"card-type":"GROUPON","app-id":"wx1""#,
            &["--kind=card", "--location-id=42", "--card-type=GROUPON", "--app-id=wx1"],
        ),
        (
            r#""kind":"group","url":"https://m.example.com/","groupId":7"#,
            &["https://m.example.com/", "--kind=group", "--group-id=7"],
        ),
    ];
    // A byte order mark, as editors on Windows put it, is not a part of the first line.
    let mut input = "\u{feff}".to_owned();
    for (fields, _) in &pairs {
        input += &format!("{{{fields},{common}}}\n");
    }
    let done = wecheck(["sign", "--batch", "-"]).stdin(input).done();
    assert_eq!((done.code, done.stdout.lines().count()), (0, pairs.len()), "{done}");
    for (line, (_, flags)) in done.stdout.lines().zip(pairs) {
        let given = ["sign", "--ticket=T", "--nonce=N", "--timestamp=1700000000", "--json"];
        let alone = wecheck(given.iter().chain(flags)).done();
        assert_eq!(serde_json::from_str::<serde_json::Value>(line).expect("JSON"), alone.json(), "{flags:?}");
    }
    let done = wecheck(["sign", "--batch", "-"])
        .stdin(r#"{"url":"https://m.example.com/","ticket":"T","platform":"alipay"}"#)
        .done();
    assert!(done.stdout.contains("`platform` takes `mp` or `work`"), "{done}");
    let wrong = wecheck(["sign", "--batch", "-"]).stdin(r#"{"url":"https://a/","api":7}"#).done();
    assert!(wrong.stdout.contains("`api` takes a text, or a list of texts"), "{wrong}");
    assert_eq!(done.stderr, "warning: 1 of 1 line could not be signed: see their `error`\n");
}

#[test]
fn an_error_in_json_holds_the_text_as_it_came() {
    let text = "\u{1b}[2Jfoo\nerror: bar";
    let done = wecheck(["sign", text, "--ticket=T", "--json"]).done();
    let message = done.json()["error"]["message"].as_str().expect("a message").to_owned();
    assert!(message.contains(text), "{message:?}");
    let done = wecheck(["sign", text, "--ticket=T"]).done();
    assert!(done.stderr.contains(r"\u{1b}[2Jfoo\nerror: bar") && !done.stderr.contains('\u{1b}'), "{done}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_exit_6_and_one_error_line() {
    for args in [&["sign", "https://m.example.com/", "--ticket=T"][..], &["config", "path"], &["faq"]] {
        for json in [&[][..], &["--json"]] {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it opens");
            let run = wecheck(args.iter().chain(json));
            let output = run.command().stdout(full).output().expect("it runs");
            let done = Done::from(output);
            assert_eq!(done.code, 6, "{args:?} {json:?} {done}");
            let errors = done.stderr.lines().filter(|line| line.starts_with("error: ")).count();
            assert_eq!(errors, 1, "{args:?} {json:?} {done}");
        }
    }
}

#[test]
fn lines_for_literal_readers_and_for_a_shell() {
    let url = "https://m.example.com/?a=1&b='x' $HOME";
    let run = |emit: &str| {
        wecheck(["sign", url, "--ticket=T", "--nonce=N", "--timestamp=1700000000", emit]).done().stdout
    };
    // GitHub's env file, docker --env-file and dotenv take what is after the sign as it is.
    assert!(run("--emit=env").contains(&format!("\nWX_URL={url}\n")), "{}", run("--emit=env"));
    let script = format!("{}printf %s \"$WX_URL\"", run("--emit=sh"));
    let shell = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&shell.stdout), url);
    // What a terminal obeys stands in no form.
    let url = "https://m.example.com/\u{9b}31m\u{202e}x";
    for emit in ["--emit=js", "--emit=html", "--emit=env", "--emit=sh"] {
        let text = wecheck(["sign", url, "--ticket=T", emit]).done().stdout;
        assert!(!text.contains(['\u{9b}', '\u{202e}']), "{emit}: {text}");
    }
}

#[test]
fn without_a_profile_it_says_what_token_says() {
    let two =
        "[profile.a]\nplatform = \"mp\"\nappid = \"wx1\"\n[profile.b]\nplatform = \"mp\"\nappid = \"wx2\"\n";
    for config in [None, Some(two)] {
        let home = Home::new();
        if let Some(config) = config {
            home.config(config);
        }
        let (sign, token) = (home.run(["sign", "https://m.example.com/"]).done(), home.run(["token"]).done());
        assert_eq!((sign.code, &sign.stderr), (token.code, &token.stderr), "{sign}");
        assert_eq!(sign.code, 3, "{sign}");
    }
}
