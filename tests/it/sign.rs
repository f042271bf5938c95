//! `sign` from outside.

use insta::assert_snapshot;

use crate::harness::{Home, wecheck};

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
    WX_URL='http://mp.weixin.qq.com?params=value'
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
fn the_url_is_signed_byte_for_byte_and_a_browser_s_form_is_told() {
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
    {"line":4,"error":{"kind":"usage","message":"the line is no object of known fields: expected ident at line 1 column 2","fix":"name the fields as the long flags: wecheck sign --help","errcode":null}}
    {"kind":"card-ext","platform":null,"appId":null,"timestamp":1700000000,"nonceStr":"N","signature":"65c883148a37bd6a1abbb2a98a119802e93a2f6c","url":null,"jsApiList":[],"cardId":"C","cardExt":"{\"timestamp\":\"1700000000\",\"nonce_str\":\"N\",\"signature\":\"65c883148a37bd6a1abbb2a98a119802e93a2f6c\"}"}
    {"line":7,"error":{"kind":"usage","message":"the line is no object of known fields: unknown field `frob`","fix":"name the fields as the long flags: wecheck sign --help","errcode":null}}
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
    warning: `chooseimage` is no API name that is known; did you mean `chooseImage`?
    warning: `getContext` is an API of work; this platform does not have it; remove it from jsApiList, or take this platform's API
    warning: `frobnicate` is no API name that is known; compare the name and its letter case with the official documents
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
