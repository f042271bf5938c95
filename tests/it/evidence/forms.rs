//! The forms in which people have a signature at hand: code, dumps, consoles, recordings, wrapped or
//! rendered text. Each function writes one set of values; what it must not do is help the reader.

/// One signature and what was hashed for it.
#[derive(Clone, Debug)]
pub struct Signed {
    pub ticket: String,
    pub nonce: String,
    pub timestamp: String,
    pub url: String,
    pub app_id: String,
    pub signature: String,
    /// What was hashed, right or not.
    pub string1: String,
}

/// A form, its name, and whether it shows what was hashed.
pub struct Form {
    pub name: &'static str,
    pub write: fn(&Signed) -> String,
    /// It has no place for a ticket: that one is given by a flag.
    pub has_ticket: bool,
    /// It has no place for an address: that one is given by a flag.
    pub has_url: bool,
}

const fn form(name: &'static str, write: fn(&Signed) -> String) -> Form {
    Form { name, write, has_ticket: true, has_url: true }
}

const fn page(name: &'static str, write: fn(&Signed) -> String) -> Form {
    Form { name, write, has_ticket: false, has_url: false }
}

const fn answer(name: &'static str, write: fn(&Signed) -> String) -> Form {
    Form { name, write, has_ticket: false, has_url: true }
}

pub const FORMS: [Form; 54] = [
    form("lines", lines),
    form("equals-lines", equals_lines),
    form("chinese", chinese),
    form("json", json),
    form("json-pretty", json_pretty),
    form("json-escaped-log", json_escaped_log),
    form("json-in-json", json_in_json),
    form("jsonl-message", jsonl_message),
    form("yaml", yaml),
    form("markdown-table", markdown_table),
    form("markdown-columns", markdown_columns),
    form("csv", csv),
    form("string1-log", string1_log),
    form("string1-code", string1_code),
    form("string1-below", string1_below),
    form("print_r", print_r),
    form("print_r-html", print_r_html),
    form("print_r-wrapped", print_r_wrapped),
    form("var_dump", var_dump),
    form("var_export", var_export),
    form("java-map", java_map),
    form("lombok", lombok),
    form("go-map", go_map),
    form("go-struct", go_struct),
    form("python-dict", python_dict),
    form("python-tuples", python_tuples),
    form("ruby-hash", ruby_hash),
    form("csharp-record", csharp_record),
    form("swift-dictionary", swift_dictionary),
    form("objc-dictionary", objc_dictionary),
    form("rust-debug", rust_debug),
    form("kotlin-put", kotlin_put),
    form("node-inspect", node_inspect),
    form("chrome-object", chrome_object),
    form("firefox-object", firefox_object),
    form("object-view", object_view),
    form("console-words", console_words),
    form("mail-quoted", mail_quoted),
    form("javadoc-wrapped", javadoc_wrapped),
    form("js-joined-json", js_joined_json),
    form("query-encoded", query_encoded),
    form("query-ticket-first", query_ticket_first),
    form("assertions", assertions),
    form("expectations", expectations),
    form("form-fills", form_fills),
    form("html-inputs", html_inputs),
    form("xml", xml),
    form("prefixed-keys", prefixed_keys),
    form("curly-quotes", curly_quotes),
    form("answer-and-page", answer_and_page),
    page("wx-config", wx_config),
    page("wx-config-minified", wx_config_minified),
    answer("har", har),
    answer("har-base64", har_base64),
];

fn lines(s: &Signed) -> String {
    format!(
        "jsapi_ticket: {}\nnoncestr: {}\ntimestamp: {}\nurl: {}\nsignature: {}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn equals_lines(s: &Signed) -> String {
    format!(
        "2024-05-01 10:00:00.123 INFO 1 --- [nio-8080-exec-3] c.e.wx.JsSdkService : ticket={}, nonceStr={}, timestamp={}, url={}, signature={}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn chinese(s: &Signed) -> String {
    format!(
        "你好，签名一直不对，麻烦看看：\n票据：{}\n随机串：{}\n时间戳：{}\n页面地址：{}\n生成的签名：{}\n谢谢！\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn object(s: &Signed) -> serde_json::Value {
    serde_json::json!({
        "appId": s.app_id, "jsapi_ticket": s.ticket, "nonceStr": s.nonce, "timestamp": s.timestamp.parse::<u64>().unwrap_or_default(),
        "url": s.url, "signature": s.signature,
    })
}

fn json(s: &Signed) -> String {
    serde_json::json!({ "code": 0, "msg": "ok", "data": object(s), "timestamp": 1_700_009_999 }).to_string()
}

fn json_pretty(s: &Signed) -> String {
    format!("{:#}\n", serde_json::json!({ "errcode": 0, "result": { "sign": object(s) } }))
}

fn json_escaped_log(s: &Signed) -> String {
    format!("[10:00:01] DEBUG resp={}\n", object(s).to_string().replace('/', "\\/").replace('"', "\\\""))
}

fn json_in_json(s: &Signed) -> String {
    serde_json::json!({ "success": true, "data": object(s).to_string() }).to_string()
}

fn jsonl_message(s: &Signed) -> String {
    let message = format!("sign result {}", object(s));
    let line = serde_json::json!({ "level": "info", "timestamp": "2024-05-01T10:00:00Z", "msg": message });
    format!("{{\"level\":\"info\",\"msg\":\"start\"}}\n{line}\n")
}

fn yaml(s: &Signed) -> String {
    format!(
        "sign:\n  appId: {}\n  jsapi_ticket: {}\n  noncestr: \"{}\"\n  timestamp: {}\n  url: '{}'\n  signature: {}\n",
        s.app_id, s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn markdown_table(s: &Signed) -> String {
    format!(
        "| 参数 | 值 |\n| --- | --- |\n| jsapi_ticket | {} |\n| noncestr | `{}` |\n| timestamp | {} |\n| url | {} |\n| signature | **{}** |\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn markdown_columns(s: &Signed) -> String {
    format!(
        "| jsapi_ticket | noncestr | timestamp | url | signature |\n|---|---|---|---|---|\n| {} | {} | {} | {} | {} |\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn csv(s: &Signed) -> String {
    format!(
        "jsapi_ticket,noncestr,timestamp,url,signature\n{},{},{},\"{}\",{}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn string1_log(s: &Signed) -> String {
    format!("10:00:00 DEBUG string1={}\n10:00:00 DEBUG signature={}\n", s.string1, s.signature)
}

fn string1_code(s: &Signed) -> String {
    format!(
        "const string1 = '{}';\nconst signature = sha1(string1); // {}\nconsole.log(signature)\nsignature: {}\n",
        s.string1, s.signature, s.signature
    )
}

fn string1_below(s: &Signed) -> String {
    format!("{}\n{}\n", s.string1, s.signature)
}

fn print_r(s: &Signed) -> String {
    format!(
        "Array\n(\n    [appId] => {}\n    [jsapi_ticket] => {}\n    [nonceStr] => {}\n    [timestamp] => {}\n    [url] => {}\n    [signature] => {}\n)\n",
        s.app_id, s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

/// As a browser shows it: on one line, `&timestamp` drawn as `×tamp`.
fn print_r_html(s: &Signed) -> String {
    format!(
        "Array ( [appId] => {} [nonceStr] => {} [timestamp] => {} [url] => {} [signature] => {} [rawString] => {} )\n",
        s.app_id,
        s.nonce,
        s.timestamp,
        s.url,
        s.signature,
        s.string1.replace("&times", "×").replace("&copy", "©").replace("&not", "¬")
    )
}

fn print_r_wrapped(s: &Signed) -> String {
    let raw = wrapped(&format!("    [rawString] => {}", s.string1), 68, "    ");
    format!(
        "Array(\n    [appId] => {}\n    [nonceStr] => {}\n    [timestamp] => {}\n    [url] => {}\n    [signature] => {}\n{raw}\n)\n",
        s.app_id, s.nonce, s.timestamp, s.url, s.signature
    )
}

/// Lines of a width, each but the first behind a mark.
fn wrapped(text: &str, width: usize, mark: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in text.chars() {
        if length == width {
            out.push('\n');
            out.push_str(mark);
            length = mark.len();
        }
        out.push(c);
        length += 1;
    }
    out
}

fn var_dump(s: &Signed) -> String {
    let string =
        |name: &str, value: &str| format!("  [\"{name}\"]=>\n  string({}) \"{value}\"\n", value.len());
    format!(
        "array(6) {{\n{}{}{}  [\"timestamp\"]=>\n  int({})\n{}{}}}\n",
        string("appId", &s.app_id),
        string("ticket", &s.ticket),
        string("nonceStr", &s.nonce),
        s.timestamp,
        string("url", &s.url),
        string("signature", &s.signature)
    )
}

fn var_export(s: &Signed) -> String {
    format!(
        "array (\n  'appId' => '{}',\n  'jsapi_ticket' => '{}',\n  'nonceStr' => '{}',\n  'timestamp' => {},\n  'url' => '{}',\n  'signature' => '{}',\n)\n",
        s.app_id, s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn java_map(s: &Signed) -> String {
    format!(
        "{{signature={}, appId={}, jsapi_ticket={}, url={}, nonceStr={}, timestamp={}}}\n",
        s.signature, s.app_id, s.ticket, s.url, s.nonce, s.timestamp
    )
}

fn lombok(s: &Signed) -> String {
    format!(
        "WxJsapiSignature(appId={}, nonceStr={}, timestamp={}, url={}, signature={})\nticket={}\n",
        s.app_id, s.nonce, s.timestamp, s.url, s.signature, s.ticket
    )
}

fn go_map(s: &Signed) -> String {
    format!(
        "map[appId:{} jsapi_ticket:{} nonceStr:{} signature:{} timestamp:{} url:{}]\n",
        s.app_id, s.ticket, s.nonce, s.signature, s.timestamp, s.url
    )
}

fn go_struct(s: &Signed) -> String {
    format!(
        "2024/05/01 10:00:00 &{{AppID:{} Ticket:{} Timestamp:{} NonceStr:{} Signature:{} URL:{}}}\n",
        s.app_id, s.ticket, s.timestamp, s.nonce, s.signature, s.url
    )
}

fn python_dict(s: &Signed) -> String {
    format!(
        "{{'nonceStr': '{}', 'jsapi_ticket': '{}', 'timestamp': {}, 'url': '{}', 'signature': '{}'}}\n",
        s.nonce, s.ticket, s.timestamp, s.url, s.signature
    )
}

fn python_tuples(s: &Signed) -> String {
    format!(
        "[('jsapi_ticket', '{}'), ('noncestr', '{}'), ('timestamp', {}), ('url', '{}'), ('signature', '{}')]\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn ruby_hash(s: &Signed) -> String {
    format!(
        "=> {{:jsapi_ticket=>\"{}\", :noncestr=>\"{}\", :timestamp=>{}, :url=>\"{}\", :signature=>\"{}\"}}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn csharp_record(s: &Signed) -> String {
    format!(
        "JsSdkUiPackage {{ AppId = {}, Timestamp = {}, NonceStr = {}, Ticket = {}, Url = {}, Signature = {} }}\n",
        s.app_id, s.timestamp, s.nonce, s.ticket, s.url, s.signature
    )
}

fn swift_dictionary(s: &Signed) -> String {
    format!(
        "[\"noncestr\": \"{}\", \"ticket\": \"{}\", \"timestamp\": {}, \"url\": \"{}\", \"signature\": \"{}\"]\n",
        s.nonce, s.ticket, s.timestamp, s.url, s.signature
    )
}

fn objc_dictionary(s: &Signed) -> String {
    format!(
        "2024-05-01 10:00:00.123 App[123:456] {{\n    \"jsapi_ticket\" = \"{}\";\n    nonceStr = \"{}\";\n    signature = {};\n    timestamp = {};\n    url = \"{}\";\n}}\n",
        s.ticket, s.nonce, s.signature, s.timestamp, s.url
    )
}

fn rust_debug(s: &Signed) -> String {
    format!(
        "[src/main.rs:12:5] sign = Sign {{\n    ticket: \"{}\",\n    nonce_str: \"{}\",\n    timestamp: {},\n    url: \"{}\",\n    signature: \"{}\",\n}}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn kotlin_put(s: &Signed) -> String {
    format!(
        "Map<String, String> ret = new HashMap<>();\nret.put(\"url\", \"{}\");\nret.put(\"jsapi_ticket\", \"{}\");\nret.put(\"nonceStr\", \"{}\");\nret.put(\"timestamp\", \"{}\");\nret.put(\"signature\", \"{}\");\n",
        s.url, s.ticket, s.nonce, s.timestamp, s.signature
    )
}

fn node_inspect(s: &Signed) -> String {
    format!(
        "{{\n  jsapi_ticket: '{}',\n  nonceStr: '{}',\n  timestamp: '{}',\n  url: '{}',\n  signature: '{}'\n}}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn chrome_object(s: &Signed) -> String {
    format!(
        "sign.js:21 {{jsapi_ticket: '{}', nonceStr: '{}', timestamp: {}, url: '{}', signature: '{}'}}\nappId: \"{}\"\n[[Prototype]]: Object\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature, s.app_id
    )
}

fn firefox_object(s: &Signed) -> String {
    format!(
        "Object {{ jsapi_ticket: \"{}\", nonceStr: \"{}\", timestamp: {}, url: \"{}\", signature: \"{}\" }}\n  sign.js:21:9\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn object_view(s: &Signed) -> String {
    format!(
        "appId\"{}\"\nnonceStr\"{}\"\nsign\"{}\"\ntimestamp\"{}\"\nurl\"{}\"\nwechatTicket\"{}\"\n",
        s.app_id, s.nonce, s.signature, s.timestamp, s.url, s.ticket
    )
}

fn console_words(s: &Signed) -> String {
    format!(
        "index.js:13 ticket {}\nindex.js:14 nonceStr {}\nindex.js:15 timestamp {}\nindex.js:16 url {}\nindex.js:17 signature {}\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn mail_quoted(s: &Signed) -> String {
    let string1 = wrapped(&format!("> string1: {}", s.string1), 72, "> ");
    format!(
        "Am Mi., 1. Mai 2024 schrieb X:\n> hallo,\n{string1}\n> signature: {}\n> noncestr: {}\n",
        s.signature, s.nonce
    )
}

fn javadoc_wrapped(s: &Signed) -> String {
    let string1 = wrapped(&format!("     * {}", s.string1), 80, "     * ");
    format!(
        "    /**\n     * 例：\n{string1}\n     * signature: {}\n     */\n    String sign(String url) {{ return null; }}\n",
        s.signature
    )
}

fn js_joined_json(s: &Signed) -> String {
    format!(
        "var data = JSON.parse('{{\"jsapi_ticket\":\"{}\",' +\n  '\"nonceStr\":\"{}\",\"timestamp\":\"{}\",' +\n  '\"url\":\"{}\",' +\n  '\"signature\":\"{}\"}}');\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn query_encoded(s: &Signed) -> String {
    format!(
        "GET /debug?noncestr={}&timestamp={}&url={}&signature={}&jsapi_ticket={} HTTP/1.1\n",
        encoded(&s.nonce),
        s.timestamp,
        encoded(&s.url),
        s.signature,
        encoded(&s.ticket)
    )
}

fn query_ticket_first(s: &Signed) -> String {
    format!(
        "jsapi_ticket={}&noncestr={}&timestamp={}&signature={}&url={}\n",
        s.ticket,
        encoded(&s.nonce),
        s.timestamp,
        s.signature,
        encoded(&s.url)
    )
}

fn assertions(s: &Signed) -> String {
    format!(
        "const jsapi_ticket = '{}';\nconst noncestr = '{}';\nconst timestamp = {};\nconst url = '{}';\nconst sign = createSign(jsapi_ticket, noncestr, timestamp, url);\nassert(sign === '{}');\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn expectations(s: &Signed) -> String {
    format!(
        "it('signs', () => {{\n  const res = sign({{ jsapi_ticket: '{}', noncestr: '{}', timestamp: '{}', url: '{}' }});\n  expect(res.signature).toBe('{}');\n}});\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn form_fills(s: &Signed) -> String {
    format!(
        "$('#jsapi_ticket').val('{}');\n$('#noncestr').val('{}');\n$('#timestamp').val('{}');\n$('#url').val('{}');\n$('#signature').val('{}');\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn html_inputs(s: &Signed) -> String {
    let input = |name: &str, value: &str| {
        format!(
            "<input type=\"hidden\" id=\"{name}\" name=\"{name}\" value=\"{}\">\n",
            value.replace('&', "&amp;")
        )
    };
    format!(
        "<form>\n{}{}{}{}{}</form>\n",
        input("jsapi_ticket", &s.ticket),
        input("nonceStr", &s.nonce),
        input("timestamp", &s.timestamp),
        input("url", &s.url),
        input("signature", &s.signature)
    )
}

fn xml(s: &Signed) -> String {
    format!(
        "<result><ticket>{}</ticket><nonceStr>{}</nonceStr><timestamp>{}</timestamp><url>{}</url><signature>{}</signature></result>\n",
        s.ticket,
        s.nonce,
        s.timestamp,
        s.url.replace('&', "&amp;"),
        s.signature
    )
}

fn prefixed_keys(s: &Signed) -> String {
    serde_json::json!({
        "jsapi_appId": s.app_id, "jsapi_ticket": s.ticket, "jsapi_nonceStr": s.nonce, "jsapi_timestamp": s.timestamp,
        "jsapi_url": s.url, "jsapi_signature": s.signature,
    })
    .to_string()
}

fn curly_quotes(s: &Signed) -> String {
    format!(
        "jsapi_ticket: “{}”,\nnonceStr: ‘{}’,\ntimestamp: {},\nurl: “{}”,\nsignature: ‘{}’\n",
        s.ticket, s.nonce, s.timestamp, s.url, s.signature
    )
}

fn answer_and_page(s: &Signed) -> String {
    format!("// 接口返回\n{}\n\n// 页面\n{}", object(s), wx_config(s))
}

fn wx_config(s: &Signed) -> String {
    format!(
        "wx.config({{\n    debug: true, // 开启调试模式\n    appId: '{}', // 必填，公众号的唯一标识\n    timestamp: {}, // 必填\n    nonceStr: '{}', // 必填\n    signature: '{}', // 必填，见附录1\n    jsApiList: ['chooseImage', 'scanQRCode'] // 必填\n}});\nwx.ready(function () {{ wx.scanQRCode({{ needResult: 1 }}) }});\n",
        s.app_id, s.timestamp, s.nonce, s.signature
    )
}

fn wx_config_minified(s: &Signed) -> String {
    format!(
        "!function(e){{jWeixin.config({{debug:!1,appId:\"{}\",timestamp:{},nonceStr:\"{}\",signature:\"{}\",jsApiList:[\"chooseImage\"]}})}}();",
        s.app_id, s.timestamp, s.nonce, s.signature
    )
}

fn har_with(s: &Signed, content: &serde_json::Value) -> String {
    let page = s.url.split('#').next().unwrap_or_default();
    serde_json::json!({ "log": { "version": "1.2", "creator": { "name": "WebInspector" }, "entries": [
        { "request": { "method": "GET", "url": page, "headers": [] },
          "response": { "status": 200, "content": { "mimeType": "text/html", "text": "<html></html>" } } },
        { "request": { "method": "GET", "url": format!("https://api.example.com/jssdk?url={}", encoded(&s.url)),
                       "headers": [{ "name": "Referer", "value": page }] },
          "response": { "status": 200, "content": content } },
    ] } })
    .to_string()
}

fn har_answer(s: &Signed) -> String {
    serde_json::json!({ "appId": s.app_id, "nonceStr": s.nonce, "timestamp": s.timestamp, "signature": s.signature })
        .to_string()
}

fn har(s: &Signed) -> String {
    har_with(s, &serde_json::json!({ "mimeType": "application/json", "text": har_answer(s) }))
}

fn har_base64(s: &Signed) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(har_answer(s));
    har_with(s, &serde_json::json!({ "mimeType": "application/json", "encoding": "base64", "text": text }))
}
