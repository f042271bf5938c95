//! What people paste, and what is understood of it; then text that no one pastes.

mod claims;
mod har;
mod hostile;

use super::*;

/// The evidence as lines of words, in a fixed order.
fn seen(text: &str) -> Vec<String> {
    let evidence = extract(text);
    let field = |field: Field| format!("{field:?}").to_lowercase();
    let mut out = Vec::new();
    if let Some(kind) = evidence.kind {
        out.push(format!("kind {}", kind.name()));
    }
    for value in &evidence.values {
        let origin = match value.origin {
            Origin::Call(call) => format!("{call:?}"),
            origin => format!("{origin:?}"),
        };
        out.push(format!("{}={} {}:{}", field(value.field), value.text, origin.to_lowercase(), value.line));
    }
    out.extend(
        evidence.unreadable.iter().map(|item| format!("?{}={} :{}", field(item.field), item.text, item.line)),
    );
    out.extend(evidence.string1.iter().map(|text| format!("string1 {text}")));
    out.extend(evidence.page_urls.iter().map(|url| format!("page {url}")));
    out.extend(evidence.message.iter().map(|text| format!("message {text}")));
    out
}

/// Compares what is seen with what is wanted, one a line.
#[track_caller]
fn check(text: &str, wanted: &str) {
    let wanted: Vec<&str> = wanted.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(seen(text), wanted, "\n--- in ---\n{text}\n---");
}

#[test]
fn a_config_block_with_everything_that_javascript_allows() {
    check(
        r#"wx.config({
  debug: true, // 开启调试
  /* signature: 'old', */
  appId: 'wx0123456789abcdef', // 必填，公众号的唯一标识
  timestamp: 1414587457,
  // nonceStr: 'commented-out',
  "nonceStr": "Wm3WZYTPz0wzccnW",
  'signature': `0f9de62fce790f9a083d5c99e95740ceb90c27ed`,
  jsApiList: ['chooseImage', "scanQRCode",],
});"#,
        "kind jsapi
         appid=wx0123456789abcdef config:4
         timestamp=1414587457 config:5
         nonce=Wm3WZYTPz0wzccnW config:7
         signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed config:8",
    );
}

#[test]
fn the_lines_of_emit_env_hold_values_and_no_code() {
    check(
        "WX_APP_ID=wx0123456789abcdef\nWX_TIMESTAMP=1000008209\nWX_NONCE_STR=a.b\n",
        "appid=wx0123456789abcdef line:1
         timestamp=1000008209 line:2
         nonce=a.b line:3",
    );
    // Elsewhere that is code.
    check("nonceStr=a.b", "?nonce=a.b :1");
}

#[test]
fn a_minified_block_is_read_as_well() {
    check(
        "wx.config({debug:!1,appId:'wx0123456789abcdef',timestamp:1414587457,nonceStr:'abcdefgh12345678',\
         signature:'0f9de62fce790f9a083d5c99e95740ceb90c27ed',jsApiList:['chooseImage']}),a=1",
        "kind jsapi
         appid=wx0123456789abcdef config:1
         timestamp=1414587457 config:1
         nonce=abcdefgh12345678 config:1
         signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed config:1",
    );
}

#[test]
fn a_block_keeps_its_keys_and_list() {
    let found = extract(
        "\u{feff}<script>\r\nvar a = 1;\r\njWeixin.config({debug:true,appid:'wx1','nonceStr ':'n',timeStamp:'1',\
         jsApiList:['a',\"b\",]});\r\n</script>",
    );
    let block = &found.blocks[0];
    assert_eq!((block.call, block.line), (Call::Config, 3));
    assert_eq!(block.keys, ["debug", "appid", "nonceStr ", "timeStamp", "jsApiList"]);
    assert_eq!(block.js_api_list.as_deref(), Some(&["a".to_owned(), "b".to_owned()][..]));
    assert!(block.timestamp_is_text);
    for (list, wanted) in [("[]", Some(0)), ("apis", None), ("['a', ...more]", None), ("[A, 'b']", None)] {
        let found = extract(&format!("wx.config({{timestamp: 1, jsApiList: {list}}})"));
        assert_eq!(found.blocks[0].js_api_list.as_ref().map(Vec::len), wanted, "{list}");
        assert!(!found.blocks[0].timestamp_is_text);
    }
}

#[test]
fn what_is_not_literal_is_named_with_its_line() {
    check(
        r#"wx.config({
  appId: '<?= $signPackage["appId"] ?>',
  timestamp: <?php echo $signPackage["timestamp"];?>,
  nonceStr: res.data.nonceStr,
  signature: sign(nonce, "x, y"),
});"#,
        r#"kind jsapi
           ?appid='<?= $signPackage["appId"] ?>' :2
           ?timestamp=<?php echo $signPackage["timestamp"];?> :3
           ?nonce=res.data.nonceStr :4
           ?signature=sign(nonce, "x, y") :5"#,
    );
    for (value, shown) in [
        ("{{ sign.signature }}", "{{ sign.signature }}"),
        ("'{{sign}}'", "'{{sign}}'"),
        ("'<%= @sign %>'", "'<%= @sign %>'"),
        ("\"${sign}\"", "\"${sign}\""),
        ("`${sign}`", "`${sign}`"),
        ("@Model.Signature", "@Model.Signature"),
        ("'@Model.Signature'", "'@Model.Signature'"),
        ("'{$sign.signature}'", "'{$sign.signature}'"),
        ("data.signature || ''", "data.signature || ''"),
        ("'abc' + suffix", "'abc' + suffix"),
        ("'abc'.toLowerCase()", "'abc'.toLowerCase()"),
        ("signature", "signature"),
        ("sig16", "sig16"),
        ("undefined", "undefined"),
        ("", ""),
        ("ok ? 'a' : 'b'", "ok ? 'a' : 'b'"),
        ("await sign()", "await sign()"),
    ] {
        check(
            &format!("wx.config({{signature: {value}, debug: true}})"),
            &format!("kind jsapi\n?signature={shown} :1"),
        );
    }
}

#[test]
fn an_argument_other_than_an_object_hides_the_four_fields() {
    for (argument, hides) in
        [("res.data", true), ("{...res.data}", true), ("{debug: true}", false), ("", false)]
    {
        assert_eq!(extract(&format!("wx.config({argument})")).blocks[0].hides_keys, hides, "{argument}");
    }
    for argument in
        ["res.data", "Object.assign({}, base, {signature: 'x'})", "{!! $config !!}", "<?= $config ?>"]
    {
        check(
            &format!("\nwx.config({argument});"),
            &format!(
                "kind jsapi
                 ?appid={argument} :2
                 ?timestamp={argument} :2
                 ?nonce={argument} :2
                 ?signature={argument} :2"
            ),
        );
    }
    check(
        "wx.config({debug: false, ...res.data, nonceStr: 'n', jsApiList: []})",
        "kind jsapi
         nonce=n config:1
         ?appid=...res.data :1
         ?timestamp=...res.data :1
         ?signature=...res.data :1",
    );
    check(
        "wx.config({ appId, timestamp,\n nonceStr, signature })",
        "kind jsapi
         ?appid=appId :1
         ?timestamp=timestamp :1
         ?nonce=nonceStr :2
         ?signature=signature :2",
    );
}

#[test]
fn the_other_calls() {
    check(
        "wx.agentConfig({corpid: 'ww1', agentid: 1000002, timestamp: 1, nonceStr: 'n', signature: 's', jsApiList: []})",
        "kind agent
         appid=ww1 agentconfig:1
         agentid=1000002 agentconfig:1
         timestamp=1 agentconfig:1
         nonce=n agentconfig:1
         signature=s agentconfig:1",
    );
    check(
        "ww.register({
           corpId: 'ww1', agentId: 1000002, jsApiList: ['selectExternalContact'],
           async getConfigSignature(url) { return { timestamp: 1, nonceStr: 'n', signature: 's' } },
           getAgentConfigSignature: () => ({ timestamp: 2, nonceStr: res.nonce, signature: 't' }),
         })",
        "kind jsapi
         appid=ww1 register:2
         agentid=1000002 register:2
         timestamp=1 register:3
         nonce=n register:3
         signature=s register:3
         timestamp=2 register:4
         signature=t register:4
         ?nonce=res.nonce :4",
    );
    check(
        "ww.register({ corpId: 'ww1', getAgentConfigSignature: function () { return {timestamp: 1, nonceStr: 'n', signature: 's'} } })",
        "kind agent
         appid=ww1 register:1
         timestamp=1 register:1
         nonce=n register:1
         signature=s register:1",
    );
    check(
        "wx.chooseCard({shopId: '', cardType: 'GROUPON', cardId: 'p1', timestamp: 1, nonceStr: 'n', signType: 'SHA1', cardSign: 's', success: function (res) { var cardList = res.cardList; }})",
        "kind card
         locationid= choosecard:1
         cardtype=GROUPON choosecard:1
         cardid=p1 choosecard:1
         timestamp=1 choosecard:1
         nonce=n choosecard:1
         signature=s choosecard:1",
    );
    check(
        "wx.invoke('chooseInvoice', {'timestamp': 1, 'nonceStr': 'n', 'signType': 'SHA1', 'cardSign': 's'}, function (res) {})",
        "kind invoice
         timestamp=1 chooseinvoice:1
         nonce=n chooseinvoice:1
         signature=s chooseinvoice:1",
    );
    check(
        "WeixinJSBridge.invoke(\"openEnterpriseContact\", {\"groupId\": \"g\", \"timestamp\": '1', \"nonceStr\": 'n', \"signature\": 's', \"params\": {\"departmentIds\": [0]}}, function (res) {})",
        "kind group
         groupid=g opencontact:1
         timestamp=1 opencontact:1
         nonce=n opencontact:1
         signature=s opencontact:1",
    );
}

#[test]
fn the_first_call_with_values_gives_the_kind() {
    check(
        "wx.config({appId: 'wx1', signature: 'a'}); wx.agentConfig({signature: 'b'})",
        "kind jsapi
         appid=wx1 config:1
         signature=a config:1
         signature=b agentconfig:1",
    );
    let found = extract("wx.config(res.data);\nwx.agentConfig({signature: 'b'})");
    assert_eq!(found.kind, Some(Kind::Agent));
}

#[test]
fn a_card_ext_as_string_and_as_object() {
    let wanted = "kind card-ext
        cardid=p1 addcard:1
        code=1 cardext:1
        openid= cardext:1
        timestamp=1418301401 cardext:1
        signature=s cardext:1";
    let text = r#"wx.addCard({cardList: [{cardId: 'p1', cardExt: '{"code":"1","openid":"","timestamp":"1418301401","signature":"s"}'}], success: function (res) {}})"#;
    check(text, wanted);
    assert_eq!(extract(text).card_ext, Some(CardExt::default()));
    let escaped = r#"wx.addCard({cardList: [{cardId: "p1", cardExt: "{\"code\":\"1\",\"openid\":\"\",\"timestamp\":\"1418301401\",\"signature\":\"s\"}"}]})"#;
    check(escaped, wanted);
    let object = "wx.addCard({cardList: [{cardId: 'p1', cardExt: {code: '1', openid: '', timestamp: 1418301401, signature: 's'}}]})";
    check(object, wanted);
    assert_eq!(extract(object).card_ext, Some(CardExt { is_object: true, timestamp_is_number: true }));
    let stringified = "wx.addCard({cardList: [{cardId: 'p1', cardExt: JSON.stringify({code: '1', openid: '', timestamp: '1418301401', signature: 's'})}]})";
    check(stringified, wanted);
    assert_eq!(extract(stringified).card_ext, Some(CardExt::default()));
    check(
        "wx.addCard({cardList: [{cardId: id, cardExt: '{\"timestamp\":\"' + t + '\"}'}]})",
        "kind card-ext
         ?cardid=id :1
         ?timestamp='{\"timestamp\":\"' + t + '\"}' :1
         ?signature='{\"timestamp\":\"' + t + '\"}' :1",
    );
    check(
        r#"{"code":"1","openid":"o1","timestamp":"1418301401","nonce_str":"n","signature":"s"}"#,
        "kind card-ext
         code=1 cardext:1
         openid=o1 cardext:1
         timestamp=1418301401 cardext:1
         nonce=n cardext:1
         signature=s cardext:1",
    );
    check(
        r#"{"errcode":0,"data":{"cardId":"p1","cardExt":"{\"timestamp\":\"1\",\"signature\":\"s\"}"}}"#,
        "kind card-ext
         cardid=p1 json:1
         timestamp=1 cardext:1
         signature=s cardext:1",
    );
}

#[test]
fn json_of_a_signing_api() {
    check(
        r#"{"code": 0, "timestamp": 1700000000, "data": {
  "appId": "wx1", "timestamp": "1414587457",
  "nonceStr": "n", "signature": "s",
  "url": "https:\/\/m.example.com\/?a=1\u0026b=2 "}}"#,
        "appid=wx1 json:2
         timestamp=1414587457 json:2
         nonce=n json:3
         signature=s json:3
         url=https://m.example.com/?a=1&b=2  json:4",
    );
    for (key, field) in [
        ("noncestr", "nonce"),
        ("nonce_str", "nonce"),
        ("nonce", "nonce"),
        ("time_stamp", "timestamp"),
        ("timeStamp", "timestamp"),
        ("sign", "signature"),
        ("jsApiTicket", "ticket"),
        ("ticket", "ticket"),
        ("signUrl", "url"),
        ("link", "url"),
        ("app_id", "appid"),
        ("corpId", "appid"),
        ("agentId", "agentid"),
        ("NONCESTR", "nonce"),
    ] {
        check(&format!("{{\"{key}\": \"v\"}}"), &format!("{field}=v json:1"));
    }
    check(r#"{"data": "{\"noncestr\": \"a \\\"b\\\"\"}"}"#, "nonce=a \"b\" json:1");
    check(
        "{\"nonceStr\": \"a\"}\n{\"nonceStr\": \"b\", \"nonceStr\": \"c\"}",
        "nonce=a json:1\nnonce=b json:2\nnonce=c json:2",
    );
    check("{'timestamp': 1414587457, 'nonceStr': None}", "timestamp=1414587457 json:1\n?nonce=None :1");
    check(r#"{"errcode":0,"errmsg":"ok","ticket":"T","expires_in":7200}"#, "ticket=T json:1");
    check(r#"{"access_token":"58_x","expires_in":7200}"#, "accesstoken=58_x json:1");
    check(
        r#"{"api_ticket":"T","code":"1","card_id":"p"}"#,
        "kind card-ext\nticket=T json:1\ncode=1 json:1\ncardid=p json:1",
    );
    check(r#"{"cardSign":"s","appId":"wx1"}"#, "kind card\nsignature=s json:1\nappid=wx1 json:1");
    check(r#"{"kind":"agent","signature":"s"}"#, "kind agent\nsignature=s json:1");
}

#[test]
fn logs() {
    check(
        r#"2024-05-01 12:00:00.123 [http-8080-1] INFO c.e.Wx - response: {"timestamp":1414587457,"noncestr":"n","signature":"s"}"#,
        "timestamp=1414587457 json:1\nnonce=n json:1\nsignature=s json:1",
    );
    check(
        r#"{"timestamp":"2024-05-01T12:00:00Z","level":"info","msg":"sign {\"noncestr\":\"n\",\"signature\":\"s\"}"}"#,
        "nonce=n json:1\nsignature=s json:1",
    );
    check(
        r#"{"level":"info","ts":1.7,"timestamp":1700000000,"msg":"string1: jsapi_ticket=T&noncestr=n&timestamp=1&url=http://a.b/"}"#,
        "ticket=T string1:1
         nonce=n string1:1
         timestamp=1 string1:1
         url=http://a.b/ string1:1
         string1 jsapi_ticket=T&noncestr=n&timestamp=1&url=http://a.b/",
    );
    check(
        r#"INFO body={\"noncestr\":\"n\",\"timestamp\":1414587457}"#,
        "nonce=n json:1\ntimestamp=1414587457 json:1",
    );
    check(
        "INFO sign: url=http://a.b/?x=1, noncestr=abc, timestamp=1414587457",
        "url=http://a.b/?x=1 line:1\nnonce=abc line:1\ntimestamp=1414587457 line:1",
    );
    check(
        "{signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed, noncestr=Wm3WZYTPz0wzccnW, url=http://a.b/?x={1}&y=2, timestamp=1414587457}",
        "signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed line:1
         nonce=Wm3WZYTPz0wzccnW line:1
         url=http://a.b/?x={1}&y=2 line:1
         timestamp=1414587457 line:1",
    );
    check(
        "SignResult(appId=wx0123456789abcdef, timestamp=1414587457, nonceStr=e7b435f73835402d)",
        "appid=wx0123456789abcdef line:1\ntimestamp=1414587457 line:1\nnonce=e7b435f73835402d line:1",
    );
    check(
        "Array\n(\n    [nonceStr] => abc\n    [timestamp] => 1414587457\n    [url] => http://a.b/?c d\n)",
        "nonce=abc line:3\ntimestamp=1414587457 line:4\nurl=http://a.b/?c d line:5",
    );
    check(
        "array(2) {\n  [\"nonceStr\"]=>\n  string(3) \"abc\"\n  [\"timestamp\"]=>\n  int(1414587457)\n}",
        "nonce=abc line:3\ntimestamp=1414587457 line:5",
    );
}

#[test]
fn string1_is_kept_verbatim_wherever_it_is() {
    let string1 = "jsapi_ticket=T-_&noncestr=N&timestamp=1&url=http://a.b/?x=1&timestamp=2&y=%2C#/c d";
    for text in [
        string1.to_owned(),
        format!("{string1}\n"),
        format!("{string1}\r\nsignature: s"),
        format!("2024-05-01 12:00:00 DEBUG string1 = {string1}"),
        format!("{{\"rawString\": \"{string1}\"}}"),
        format!("{{\"rawString\": \"{}\"}}", string1.replace('/', "\\/").replace('&', "\\u0026")),
        format!("var string1 = '{string1}';"),
        format!("sha1(\"{string1}\")"),
        format!("string1=[{string1}]"),
        format!("{string1}, signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        format!("// {string1}"),
        format!(
            "string1 = 'jsapi_ticket=T-_&noncestr=N' + '{}'",
            &string1["jsapi_ticket=T-_&noncestr=N".len()..]
        ),
        format!("{string1}&signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
    ] {
        let found = extract(&text);
        assert_eq!(found.string1.as_deref(), Some(string1), "{text}");
        let url = found.all(Field::Url).next().expect("a url");
        assert_eq!(
            (url.text.as_str(), url.origin),
            ("http://a.b/?x=1&timestamp=2&y=%2C#/c d", Origin::String1)
        );
    }
    for text in [
        "jsapi_ticket=T&noncestr=N×tamp=1&url=http://a.b/",
        "jsapi_ticket=T&nonceStr=N&timeStamp=1&url=http://a.b/",
        "jsapi_ticket=T&url=http://a.b/&timestamp=1&noncestr=N",
        "jsapi_ticket=T&amp;noncestr=N&amp;timestamp=1&amp;url=http://a.b/?x=1&amp;y=2",
        "ticket=T&noncestr=N&timestamp=1&url=http://a.b/",
    ] {
        assert_eq!(extract(text).string1.as_deref(), Some(text));
    }
    check(
        "group_ticket=T&noncestr=N&timestamp=1&url=http://a.b/",
        "kind group
         ticket=T string1:1
         nonce=N string1:1
         timestamp=1 string1:1
         url=http://a.b/ string1:1
         string1 group_ticket=T&noncestr=N&timestamp=1&url=http://a.b/",
    );
    check(
        "jsapi_ticket=T&noncestr=N&timestamp=1&url=http://a.b/?signature=abc&x=1\n0f9de62fce790f9a083d5c99e95740ceb90c27ed\n",
        "ticket=T string1:1
         nonce=N string1:1
         timestamp=1 string1:1
         url=http://a.b/?signature=abc&x=1 string1:1
         signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed line:2
         string1 jsapi_ticket=T&noncestr=N&timestamp=1&url=http://a.b/?signature=abc&x=1",
    );
}

#[test]
fn code_that_builds_a_string1_is_none() {
    for text in [
        "$string = \"jsapi_ticket=$jsapiTicket&noncestr=$nonceStr&timestamp=$timestamp&url=$url\";",
        "const s = `jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${ts}&url=${url}`;",
        "String s = \"jsapi_ticket=\" + ticket + \"&noncestr=\" + nonce + \"&timestamp=\" + ts + \"&url=\" + url;",
        "s = 'jsapi_ticket=%s&noncestr=%s&timestamp=%s&url=%s' % (t, n, ts, u)",
        "fmt.Sprintf(\"jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=%s\", t, n, ts, u)",
        "String.format(\"jsapi_ticket={0}&noncestr={1}&timestamp={2}&url={3}\", t)",
    ] {
        check(text, "");
    }
}

#[test]
fn query_strings() {
    check(
        "?jsapi_ticket=T%3D%3D&noncestr=n&timestamp=1&url=https%3A%2F%2Fa.b%2F%3Fx%3D1%26y%3D%252C&signature=s",
        "ticket=T== query:1
         nonce=n query:1
         timestamp=1 query:1
         url=https://a.b/?x=1&y=%2C query:1
         signature=s query:1",
    );
    check(
        "noncestr=n&timestamp=1&url=https%3A%2F%2Fa.b%2F&signature=s",
        "nonce=n query:1\ntimestamp=1 query:1\nurl=https://a.b/ query:1\nsignature=s query:1",
    );
    check("GET /wx/sign?url=https%3A%2F%2Fa.b%2F%3Fx%3D1&_=17 HTTP/1.1", "url=https://a.b/?x=1 query:1");
    check("https://api.example.com/sign?url=https%3A%2F%2Fa.b%2F", "url=https://a.b/ query:1");
    check("$.get('https://api.example.com/sign?url=https%3A%2F%2Fa.b%2F')", "url=https://a.b/ query:1");
    check(
        "https://api.weixin.qq.com/cgi-bin/ticket/getticket?access_token=58_abc&type=jsapi",
        "accesstoken=58_abc query:1",
    );
    check("https://m.example.com/?code=1&state=2&timestamp=3", "");
    check("url=https%3A%2F%2Fa.b%2F", "url=https%3A%2F%2Fa.b%2F line:1");
}

#[test]
fn lines_of_keys_and_values() {
    let wanted = "ticket=XEdpActNnf3XvQGOng9vhA== line:1
        nonce=n-1 line:2
        timestamp=1414587457 line:3
        url=http://a.b:80/?x=1&timestamp=2#c line:4
        signature=s1 line:5";
    for separator in [": ", "=", " = ", "：", ":", " : "] {
        for end in ["\n", "\r\n", ",\n", ";\n"] {
            let text = format!(
                "jsapi_ticket{separator}XEdpActNnf3XvQGOng9vhA=={end}noncestr{separator}n-1{end}timestamp{separator}1414587457{end}url{separator}http://a.b:80/?x=1&timestamp=2#c{end}signature{separator}s1{end}"
            );
            check(&text, wanted);
        }
    }
    check(
        "jsapi_ticket: \"XEdpActNnf3XvQGOng9vhA==\",\nnoncestr: 'n-1',\ntimestamp: \"1414587457\"\nurl: \"http://a.b:80/?x=1&timestamp=2#c\"\nsignature: `s1`",
        wanted,
    );
    check(
        "jsapi_ticket:\nXEdpActNnf3XvQGOng9vhA==\nnoncestr：\nn-1\ntimestamp\n:1\n",
        "ticket=XEdpActNnf3XvQGOng9vhA== line:2\nnonce=n-1 line:4",
    );
    check(
        "jsapi_ticket: abc noncestr: def timestamp: 1414587457 url: http://a.b/?c=d signature",
        "ticket=abc line:1\nnonce=def line:1\ntimestamp=1414587457 line:1\nurl=http://a.b/?c=d signature line:1",
    );
    check(
        "票据：T1\n随机串：n\n时间戳: 1414587457\n页面地址：http://a.b/路径\n生成的签名：s1（后端）",
        "ticket=T1 line:1\nnonce=n line:2\ntimestamp=1414587457 line:3\nurl=http://a.b/路径 line:4\nsignature=s1 line:5",
    );
    check(
        "- **url**: http://a.b/\n- `noncestr`: n\n> timestamp: 1",
        "url=http://a.b/ line:1\nnonce=n line:2\ntimestamp=1 line:3",
    );
    check(
        "App ID: wx1\nNonce Str: n\nSign URL: http://a.b/",
        "appid=wx1 line:1\nnonce=n line:2\nurl=http://a.b/ line:3",
    );
    check(
        "WX_APP_ID=wx1\nexport WX_NONCE_STR='a\\nb'\nWX_TIMESTAMP=1",
        "appid=wx1 line:1\nnonce=a\\nb line:2\ntimestamp=1 line:3",
    );
    check("WX_NONCE_STR='it'\\''s \\n'", "nonce=it's \\n line:1");
    check(
        "WX_URL=http://a.b/?x=1,url=2&noncestr=3&timestamp=4,\nWX_CARD_EXT='{\"code\":\"\\\"\"}'",
        "kind card-ext\nurl=http://a.b/?x=1,url=2&noncestr=3&timestamp=4, line:1\ncode=\" cardext:2",
    );
    check("noncestr: \" a \"\nsignature: ''", "nonce= a  line:1\nsignature= line:2");
    check(
        "jsapi_ticket=\nnoncestr=n",
        "nonce=n line:2\nticket= line:1".split('\n').rev().collect::<Vec<_>>().join("\n").as_str(),
    );
    check("jsapi_ticket: undefined", "ticket=undefined line:1");
    check("url: //a.b/c", "url=//a.b/c line:1");
    check("url: http://a.b/&amp;x=%2C", "url=http://a.b/&amp;x=%2C line:1");
    check("page_url: https://m.example.com/a#b", "page https://m.example.com/a#b");
    check("\"noncestr\": \"n\",\n\"timestamp\": 1414587457,", "nonce=n json:1\ntimestamp=1414587457 json:2");
}

#[test]
fn objects_as_languages_print_them() {
    let wanted = "nonce=nXvITeqGjFOVBPiA line:1\ntimestamp=1712345678 line:1";
    check("Sign{nonceStr=nXvITeqGjFOVBPiA, timestamp=1712345678}", wanted);
    check("SignVO(nonceStr=nXvITeqGjFOVBPiA, timestamp=1712345678)", wanted);
    check("Sign { NonceStr = nXvITeqGjFOVBPiA, Timestamp = 1712345678 }", wanted);
    check("function f({nonceStr = defaultNonce, url = b}) {}", "?nonce=defaultNonce :1\n?url=b :1");
    check(
        "map[nonceStr:nXvITeqGjFOVBPiA other:2 timestamp:1712345678 url:https://a.b/?x=1]",
        "nonce=nXvITeqGjFOVBPiA json:1\ntimestamp=1712345678 json:1\nurl=https://a.b/?x=1 json:1",
    );
    check("map[url:https://a.b/ nonceStr:x]", "url=https://a.b/ json:1\nnonce=x json:1");
    check("{:noncestr=>\"x\", :timestamp => 1712345678}", "nonce=x line:1\ntimestamp=1712345678 line:1");
    check("noncestr: \"x\"", "nonce=x line:1");
    for number in ["1712345678L", "int64(1712345678)", "Number('1712345678')", "parseInt(\"1712345678\", 10)"]
    {
        check(&format!("timestamp: {number},"), "timestamp=1712345678 line:1");
        check(&format!("wx.config({{timestamp: {number}}})"), "kind jsapi\ntimestamp=1712345678 config:1");
    }
    check("timestamp: parseInt(now / 1000)", "?timestamp=parseInt(now / 1000) :1");
    check("fn:timestamp=>\"x\"", "");
}

#[test]
fn names_beside_their_values() {
    let hex = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
    let ticket = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";
    let wanted = format!(
        "ticket={ticket} line:1\nnonce=abc123def line:2\ntimestamp=1712345678 line:3\nurl=https://a.b/?x=1 line:4\nsignature={hex} line:5\npage https://a.b/"
    );
    for (before, between, after) in [
        ("page.js:13 ", " ", ""),
        ("", "\t", ""),
        ("[Log] ", " ", " (page.js:13)"),
        ("| ", " | ", " |"),
        ("| **", "** | `", "` |"),
    ] {
        let after = if after.contains("page") { " page.js:13" } else { after };
        let rows = [
            ("ticket", ticket),
            ("nonceStr", "abc123def"),
            ("timestamp", "1712345678"),
            ("url", "https://a.b/?x=1"),
            ("signature", hex),
            ("location.href", "https://a.b/"),
        ];
        let text: String =
            rows.map(|(name, value)| format!("{before}{name}{between}{value}{after}\n")).concat();
        check(&text, &wanted);
    }
    check("nonce abc123def timestamp 1712345678", "nonce=abc123def line:1\ntimestamp=1712345678 line:1");
    check("| nonceStr | abc |", "nonce=abc line:1");
    check("| nonceStr | string | 是 |\n| timestamp | number |\n| signature | required |", "");
    check("the url https://a.b/ is wrong\nsee the url https://a.b/\nsign in 2 steps\nnonce must differ", "");
    check(
        "<sign><nonceStr>abc</nonceStr><timestamp>1712345678</timestamp><url>https://a.b/?x=1&amp;y=2</url><signature><![CDATA[s1]]></signature></sign>",
        "nonce=abc line:1\ntimestamp=1712345678 line:1\nurl=https://a.b/?x=1&y=2 line:1\nsignature=s1 line:1",
    );
    check("<xml><mch_id>1</mch_id><nonce_str>abc1</nonce_str><sign>s1</sign></xml>", "");
    check("<xml><TimeStamp>1712345678</TimeStamp><Nonce>a1</Nonce><Encrypt>x</Encrypt></xml>", "");
    check("<a href=\"https://a.b/\">x</a><link>https://a.b/</link>", "");
    check(
        "链接：https://a.b/\n随机字符串：abc\n时间戳：1712345678\n签名：s1",
        "url=https://a.b/ line:1\nnonce=abc line:2\ntimestamp=1712345678 line:3\nsignature=s1 line:4",
    );
    check("地址：https://a.b/", "url=https://a.b/ line:1");
    check("地址：北京市海淀区\n图片链接：https://a.b/x.png", "");
    check("href: https://a.b/\nlocation.href: https://a.b/c", "page https://a.b/\npage https://a.b/c");
}

#[test]
fn a_bare_card_ext_without_openid() {
    let values = r#""timestamp":"1712345678","nonce_str":"abc","signature":"0f9de62fce790f9a083d5c99e95740ceb90c27ed""#;
    for more in [r#""outer_str":"12b","#, r#""code":"","#, r#""card_id":"p1","#] {
        assert_eq!(extract(&format!("{{{more}{values}}}")).kind, Some(Kind::CardExt), "{more}");
    }
    for more in ["", r#""code":0,"#, r#""url":"https://a.b/","outer_str":"","#] {
        assert_eq!(extract(&format!("{{{more}{values}}}")).kind, None, "{more}");
    }
}

#[test]
fn variables_and_comments() {
    check(
        "// jsapi_ticket: T1\nvar signUrl = \"https://a.b/?x=1\";\nconst noncestr = 'n';\nlet timestamp = 1414587457;\nvar url = location.href.split('#')[0];",
        "ticket=T1 line:1
         url=https://a.b/?x=1 line:2
         nonce=n line:3
         timestamp=1414587457 line:4
         ?url=location.href.split('#')[0] :5",
    );
    check(
        "/*\n * jsapi_ticket: T1\n * url: https://a.b/ */\nwx.config({\n  nonceStr: 'n', // url: https://c.d/\n  // ticket: T2\n  // nonceStr: 'old'\n})",
        "kind jsapi
         ticket=T1 line:2
         url=https://a.b/ line:3
         nonce=n config:5
         url=https://c.d/ line:5
         ticket=T2 line:6",
    );
    check("// signature: 'old'\nsignature: 'new'", "signature=new line:2");
    check("// wx.config({signature: 'old'})", "signature=old json:1");
    check(
        "timestamp: timestamp,\nnonceStr: res.data.nonceStr,\nsignature: sign,",
        "?timestamp=timestamp :1\n?nonce=res.data.nonceStr :2\n?signature=sign :3",
    );
    check(
        "$nonceStr = \"Wm3\";\n$url = \"$protocol$_SERVER[HTTP_HOST]\";",
        "nonce=Wm3 line:1\n?url=\"$protocol$_SERVER[HTTP_HOST]\" :2",
    );
    check("this.signUrl = 'http://a.b/';\ndata.timestamp = 1;", "url=http://a.b/ line:1\ntimestamp=1 line:2");
    check("interface Sign { timestamp: number; nonceStr: string }", "");
    check("if (timestamp == 1 || a ? url : b) {}", "");
    check("function f() { url = getUrl(); nonceStr = str }", "?url=getUrl() :1\n?nonce=str :1");
}

#[test]
fn what_belongs_to_others_is_left_alone() {
    check(
        "$.ajax({ url: \"/wx/sign.php\", type: 'post', data: { url: location.href.split('#')[0] }, success: function (res) { wx.config({ appId: 'wx1', signature: 's' }) } })",
        "kind jsapi
         appid=wx1 config:1
         signature=s config:1
         ?url=location.href.split('#')[0] :1",
    );
    check("axios.get('/sign', { params: { url: 'https://a.b/' } })", "url=https://a.b/ json:1");
    check("wx.updateAppMessageShareData({ title: 't', link: 'https://a.b/share', imgUrl: 'i' })", "");
    check("var share = { title: 't', desc: 'd', link: 'https://a.b/share', imgUrl: 'i' }", "");
    check("wx.chooseWXPay({ timestamp: 1, nonceStr: 'n', package: 'p', paySign: 's' })", "");
    check("<script nonce=\"r4nd0m\">wx.ready(function () {})</script>", "");
    check("wx.config({ scheme: weixin://dl/x, nonceStr: 'n' })", "kind jsapi\nnonce=n config:1");
    check("Accept: */*\nnoncestr: n", "nonce=n line:2");
    check("wx.error(function (res) { alert('signature: ' + res.errMsg) })", "");
    check("it's 10 o'clock\nnoncestr: 'n'", "nonce=n line:2");
    check("```js\nwx.config({nonceStr: 'n'})\n```", "kind jsapi\nnonce=n config:2");
}

#[test]
fn messages_and_addresses_of_the_page() {
    check(
        r#"{"realAuthUrl":["https://m.example.com/#/","https:\/\/m.example.com\/a"],"errMsg":"config:invalid signature"}"#,
        "page https://m.example.com/#/
         page https://m.example.com/a
         message config:invalid signature",
    );
    for text in [
        "config:fail,Error: System error, error code:63002,invalid signature [20200205 18:43:18][]",
        "config:fail,Error: 系统错误，错误码：63002,invalid signature [20191204 15:50:27][]",
        "agentConfig:invalid signature more info at https://open.work.weixin.qq.com/devtool/query?e=40093",
    ] {
        check(text, &format!("message {text}"));
        check(&format!("alert(\"{text}\")"), &format!("message {text}"));
        check(&format!("12:00:01 [error] {text}\n"), &format!("message {text}"));
    }
    check("{errMsg: \"config:invalid url domain\"}", "message config:invalid url domain");
    check("location.href: https://m.example.com/a?b=1#c", "page https://m.example.com/a?b=1#c");
    check("window.location.href = \"https://m.example.com/\"", "page https://m.example.com/");
    check(
        "function go() { location.href = 'https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1' }",
        "",
    );
    check("Referer: https://m.example.com/a", "page https://m.example.com/a");
}

/// The strings that were really hashed in public questions whose signature did not fit.
const HASHED: [&str; 5] = [
    "jsapi_ticket=kgt8ON7yVITDhtdwci0qeb6577wh4_9x3ecLHoc1K9INYjhVAiSPJY_f8qqVnfN8hDRlULa0oPBNXzoUyiISEQ&noncestr=mlmUrGsxx5cyenFk&timestamp=1508310596&url=http://localhost:8080/#/mall_detail?goods_id=105794",
    "jsapi_ticket=kgt8ON7yVITDhtdwci0qeSDIFV9vqoFKeFGn3oE4TeLu7ZMSXd8oqn0FfcfrBV7Q0Do7yZRX-PRSrReunCwN1A&noncestr=X9LoMEjK2GJ&timestamp=1505991638792&url=http://baidu.com",
    "jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VEFBLv_oYA1_Wo8T3MxNWVQgJZd0v-XRKaB1rh7XuNO_ytxPkjx6aZ8-2vUaJI0eGg&noncestr=edusoho59d966d960706&timestamp=1507419865&url=http://www.chinahadoop.cn/course/1040/lesson/hflist/all",
    "jsapi_ticket=kgt8ON7yVITDhtdwci0qeQZ91iKF2BMCtqiRH3iqfysW_Sr1LMzvNPcZYhvCS8M2aQq1v7N0-6q9dQe3RrTQgQ&noncestr=201901251658035c4acf9ba1cb2720&timestamp=1548406683&url=http://sandbox-twx3.gamdream.com/free-order/home?aid=2&gid=43",
    "jsapi_ticket=bxLdikRXVbTPdHSM05e5uw4kcDrusCLB2V1sGheIfWKaU97l-chycHG-DShwMZ-F1GDaz03AIPj7_ticgMIBxw&noncestr=3IUD3tCOC1oLUgL2&timestamp=1552880916&url=1415926\\'\\\"<xxx\\'\\\"xxx>xxx",
];

#[test]
fn strings_that_were_really_hashed() {
    for string1 in HASHED {
        assert_eq!(extract(string1).string1.as_deref(), Some(string1));
        assert_eq!(extract(&format!("{string1}\n")).string1.as_deref(), Some(string1));
        let json = serde_json::json!({ "data": { "str": string1 } }).to_string();
        assert_eq!(extract(&json).string1.as_deref(), Some(string1), "{json}");
    }
}
