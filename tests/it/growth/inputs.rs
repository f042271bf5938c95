//! The table of growing inputs: what is written, and the command that reads it.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::{Case, KIB, MIB, Way, Writer};
use crate::evidence::forms::{FORMS, Signed};

const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const URL: &str = "http://mp.weixin.qq.com?params=value";
const SIGNATURE: &str = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
const NONCE: &str = "Wm3WZYTPz0wzccnW";

/// One signature of a page, as most code has it.
const CONFIG: &str = "wx.config({appId:'wx0123456789abcdef',timestamp:1414587457,nonceStr:'Wm3WZYTPz0wzccnW',\
    signature:'0f9de62fce790f9a083d5c99e95740ceb90c27ed',jsApiList:['updateAppMessageShareData']});\n";

const VERIFY: &[&str] = &["verify", "--json", "--from", "-", "--ticket", TICKET, "--url", URL];

/// A list of arguments may have 2 MiB, with a pointer to each and to the flag before it.
const ARGUMENTS: [usize; 2] = [32 * KIB, 128 * KIB];
const EVIDENCE: [usize; 2] = [160 * KIB, 63 * MIB];
const TEXT: [usize; 2] = [128 * KIB, 7 * MIB];
const CALLBACK: [usize; 2] = [128 * KIB, 4 * MIB - 64 * KIB];
const BODY: [usize; 2] = [250 * KIB, 250 * KIB];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = evidence();
    cases.extend(forms());
    cases.extend(codes());
    cases.extend(pages());
    cases.extend(callbacks());
    cases.extend(rest());
    cases.extend(bodies());
    cases
}

fn case(
    name: &str,
    args: &'static [&'static str],
    way: Way,
    sizes: [usize; 2],
    write: impl Fn(usize) -> String + Send + Sync + 'static,
) -> Case {
    let write: Writer = Box::new(move |size| write(size).into_bytes());
    Case { name: name.to_owned(), args, way, write, sizes, search: Duration::ZERO }
}

/// Where the search looks for mistakes, on each processor.
fn searched(case: Case) -> Case {
    Case { search: Duration::from_secs(3), ..case }
}

/// `head`, then `piece` of each number until the size is reached, then `tail`.
fn grown(size: usize, head: &str, piece: impl Fn(usize, &mut String), tail: &str) -> String {
    let mut text = String::with_capacity(size + 256);
    text.push_str(head);
    for number in 0.. {
        if text.len() + tail.len() >= size {
            break;
        }
        piece(number, &mut text);
    }
    text.push_str(tail);
    text
}

/// The same piece with a number of its own in each.
macro_rules! pieces {
    ($($format:tt)+) => {
        |number: usize, text: &mut String| {
            let _ = write!(text, $($format)+, number);
        }
    };
}

fn repeated(piece: &'static str) -> impl Fn(usize, &mut String) {
    move |_, text| text.push_str(piece)
}

/// A signature in the middle of much else, and what a reader may take for the start of something.
#[rustfmt::skip] // a row a line
fn evidence() -> Vec<Case> {
    let verify = |name: &str, write: fn(usize) -> String| case(name, VERIFY, Way::Stdin, EVIDENCE, write);
    let mut all = vec![
        verify("code", |n| grown(n, CONFIG, pieces!("var a{0} = 'text {0}'; f(a{0}, {{b: {0}}});\n"), "")),
        verify("minified code", |n| grown(n, CONFIG.trim_end(), pieces!("var a{0}=function(){{return b({0})}};"), "")),
        verify("JSON", |n| grown(n, "{\"list\":[", pieces!("{{\"id\":{0},\"name\":\"n{0}\"}},"), &format!("0],\"signature\":\"{SIGNATURE}\",\"nonceStr\":\"{NONCE}\",\"timestamp\":1414587457}}"))),
        verify("JSON lines", |n| grown(n, CONFIG, pieces!("{{\"level\":\"info\",\"n\":{0},\"message\":\"GET /a?b={0}\"}}\n"), "")),
        verify("log", |n| grown(n, CONFIG, pieces!("2026-01-02 03:04:05 INFO a.b.C - GET /a?b={0} 200 12ms\n"), "")),
        verify("log of strings", |n| grown(n, CONFIG, pieces!("2026-01-02 INFO string1=jsapi_ticket=&noncestr=&timestamp=&url= {0}\n"), "")),
        verify("HTML", |n| grown(n, &format!("<html><script>{CONFIG}</script>"), pieces!("<div class=\"c{0}\"><a href=\"/p?a={0}&amp;b=1\">t</a></div>\n"), "</html>")),
        verify("dump", |n| grown(n, CONFIG, pieces!("  [\"k{0}\"]=>\n  string(3) \"abc\"\n"), "")),
        verify("print_r", |n| grown(n, &format!("{CONFIG}Array\n(\n"), pieces!("    [k{0}] => v\n"), ")\n")),
        verify("XML", |n| grown(n, &format!("<xml><signature>{SIGNATURE}</signature>"), pieces!("<item id=\"{0}\"><![CDATA[text]]></item>\n"), "</xml>")),
        verify("curl", |n| grown(n, CONFIG, pieces!("curl 'https://m.example.com/a?b={0}' -H 'Accept: */*' --data 'c=d&e=f'\n"), "")),
        verify("console", |n| grown(n, CONFIG, pieces!("app.js:{0} {{errMsg: 'checkJsApi:ok', n: {0}}}\n"), "")),
        verify("console of errors", |n| grown(n, CONFIG, pieces!("app.js:{0} {{errMsg: 'config:invalid signature'}}\n"), "")),
        verify("mail", |n| grown(n, &format!("Content-Transfer-Encoding: quoted-printable\n\n{CONFIG}"), pieces!("> > wrote a line =3D and more {0} =\n"), "")),
        verify("prose", |n| grown(n, CONFIG, pieces!("We saw it {0} times, the signature is right, and the url was the page. 签名没有问题。\n"), "")),
        verify("table", |n| grown(n, CONFIG, pieces!("| key{0} | value | other |\n"), "")),
        verify("yaml", |n| grown(n, CONFIG, pieces!("key{0}:\n  - name: v\n"), "")),
        verify("urls", |n| grown(n, CONFIG, pieces!("https://m.example.com/page/{0}?a=1\n"), "")),
        verify("tickets", |n| grown(n, CONFIG, pieces!("jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy{0}\n"), "")),
        verify("nonces", |n| grown(n, CONFIG, pieces!("noncestr=abcdefgh{0}\n"), "")),
        verify("form data", |n| grown(n, CONFIG, pieces!("url=https%3A%2F%2Fm.example.com%2F{0}&a=b&"), "")),
        verify("encoded again and again", |n| grown(n, CONFIG, repeated("%25"), "")),
        verify("entities", |n| grown(n, CONFIG, repeated("&amp;"), "")),
        verify("escapes", |n| grown(n, CONFIG, repeated("\\u0026\\\\"), "")),
        verify("one line", |n| grown(n, CONFIG, repeated("abcdefghij"), "")),
        verify("one line of digits", |n| grown(n, CONFIG, repeated("0123456789"), "")),
        verify("one line of Chinese", |n| grown(n, CONFIG, repeated("签名错误"), "")),
        verify("line breaks", |n| grown(n, CONFIG, repeated("\n"), "")),
        verify("carriage returns", |n| grown(n, CONFIG, repeated("\r"), "")),
        verify("spaces", |n| grown(n, CONFIG, repeated(" "), "")),
        verify("keys without values", |n| grown(n, CONFIG, repeated("signature: "), "")),
        verify("keys in a row", |n| grown(n, CONFIG, repeated("jsapi_ticket noncestr timestamp url\n"), "")),
        verify("calls that do not end", |n| grown(n, CONFIG, repeated("wx.config({"), "")),
        verify("calls without values", |n| grown(n, CONFIG, repeated("wx.config({});\n"), "")),
        verify("calls of functions", |n| grown(n, CONFIG, repeated("wx.config(f(g(a))).b;\n"), "")),
        verify("names that follow names", |n| grown(n, "var a0 = 1;\n", |i, text| { let _ = writeln!(text, "var a{} = a{i};", i + 1); }, "wx.config({nonceStr: a9, signature: a0});")),
        verify("a har", |n| grown(n, "{\"log\":{\"entries\":[", pieces!("{{\"request\":{{\"method\":\"GET\",\"url\":\"https://m.example.com/{0}\",\"headers\":[]}},\"response\":{{\"status\":200,\"content\":{{\"text\":\"{{\\\"a\\\":{0}}}\"}}}}}},"), "{}]}}")),
        verify("a har of one page", |n| grown(n, "{\"log\":{\"entries\":[{\"request\":{\"url\":\"https://m.example.com/\"},\"response\":{\"content\":{\"text\":\"", repeated("var a = 1; "), "\"}}}]}}")),
        verify("copied requests", |n| grown(n, CONFIG, pieces!("Request URL:\nhttps://m.example.com/{0}\nStatus Code:\n200 OK\n"), "")),
        verify("diff", |n| grown(n, CONFIG, pieces!("+ nonceStr: 'abc{0}',\n- nonceStr: 'abd',\n"), "")),
        verify("comments", |n| grown(n, CONFIG, pieces!("// signature: '{0}'\n"), "")),
        verify("base64", |n| grown(n, CONFIG, repeated("eyJzaWduYXR1cmUiOiIifQ"), "")),
        verify("signatures", |n| grown(n, "", pieces!("{{\"signature\":\"{0:040x}\",\"nonceStr\":\"n{0}\",\"timestamp\":1414587457}}\n"), "")),
        verify("sha1 lines", |n| grown(n, CONFIG, pieces!("{0:040x}\n"), "")),
    ];
    for open in ["{", "[", "(", "\"", "'", "`", "<", "<!--", "/*", "//", "${", "{\"a\":", "\\\"", "=> ", "&", "?", "#", "://", "，", "%u", "=\n", "<a ", "<![CDATA[", "string(9) \"", "a='", ">>> "] {
        all.push(case(&format!("nothing but {open:?}"), VERIFY, Way::Stdin, EVIDENCE, move |n| grown(n, CONFIG, repeated(open), "")));
    }
    all
}

/// Every form in which people have a signature, over and over.
fn forms() -> Vec<Case> {
    FORMS
        .iter()
        .map(|form| {
            let signed = Signed {
                ticket: TICKET.into(),
                nonce: NONCE.into(),
                timestamp: "1414587457".into(),
                url: URL.into(),
                app_id: "wx0123456789abcdef".into(),
                signature: SIGNATURE.into(),
                string1: format!("jsapi_ticket={TICKET}&noncestr={NONCE}&timestamp=1414587457&url={URL}"),
            };
            let text = (form.write)(&signed) + "\n";
            let write = move |n| grown(n, "", |_, all: &mut String| all.push_str(&text), "");
            searched(case(&format!("form {}", form.name), VERIFY, Way::Stdin, [64 * KIB, 16 * MIB], write))
        })
        .collect()
}

/// The error codes: explained, searched and counted.
#[rustfmt::skip] // a row a line
fn codes() -> Vec<Case> {
    const EXPLAIN: &[&str] = &["errcode", "explain", "--json", "-"];
    const SCAN: &[&str] = &["errcode", "scan", "--json"];
    let explain = |name: &str, write: fn(usize) -> String| case(&format!("explain {name}"), EXPLAIN, Way::Stdin, TEXT, write);
    let scan = |name: &str, write: fn(usize) -> String| case(&format!("scan {name}"), SCAN, Way::Stdin, EVIDENCE, write);
    vec![
        explain("codes", |n| grown(n, "", pieces!("7{}\n"), "")),
        explain("known codes", |n| grown(n, "", |i, text| { let _ = writeln!(text, "{}", 40001 + i % 200); }, "")),
        explain("errcode lines", |n| grown(n, "", pieces!("errcode:{0}\n"), "")),
        explain("errcode lines that are known", |n| grown(n, "", |i, text| { let _ = writeln!(text, "errcode: {}", 40001 + i % 200); }, "")),
        explain("answers", |n| grown(n, "", pieces!("{{\"errcode\":{0},\"errmsg\":\"invalid ip 1.2.3.4 rid: 6543210f-12345678-1a2b3c4d\"}}\n"), "")),
        explain("a list of answers", |n| grown(n, "[", pieces!("{{\"errcode\":{0},\"errmsg\":\"x\"}},"), "0]")),
        explain("messages", |n| grown(n, "", pieces!("config:invalid signature {0}\n"), "")),
        explain("refused names", |n| grown(n, "config:fail, ", pieces!("api{0}, "), "")),
        explain("server texts", |n| grown(n, "", pieces!("invalid credential, access_token is invalid or not latest {0}\n"), "")),
        explain("a log", |n| grown(n, "", pieces!("2026-01-02 03:04:05 INFO GET /a?b={0} 200\n"), "")),
        explain("prose", |n| grown(n, "", pieces!("it says that the page has a problem {0} times\n"), "")),
        explain("Chinese", |n| grown(n, "", repeated("可信域名没有备案，"), "")),
        explain("links", |n| grown(n, "", pieces!("https://open.work.weixin.qq.com/devtool/query?e={0} "), "")),
        explain("objects", |n| grown(n, "", pieces!("{{\"a\":{{\"errmsg\":\"{0}\"}}}}"), "")),
        explain("a list of objects", |n| grown(n, "[", repeated("{\"a\":1},"), "0]")),
        explain("an object of objects", |n| grown(n, "{\"data\":[", repeated("{\"a\":{}},"), "0]}")),
        explain("one word", |n| grown(n, "", repeated("a"), "")),
        explain("one number", |n| grown(n, "", repeated("4"), "")),
        explain("brackets", |n| grown(n, "", repeated("["), "")),
        explain("braces", |n| grown(n, "", repeated("{\"errcode\":"), "")),
        explain("quotes", |n| grown(n, "", repeated("\\\""), "")),
        explain("colons", |n| grown(n, "", repeated("config:"), "")),
        explain("spaces", |n| grown(n, "40001", repeated(" "), "")),
        explain("line breaks", |n| grown(n, "40001", repeated("\n"), "x")),
        case("explain arguments", &["errcode", "explain", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("7{}\n"), "")),
        case("explain known arguments", &["errcode", "explain", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", |i, text| { let _ = writeln!(text, "{}", 40001 + i % 200); }, "")),
        case("explain answers as arguments", &["errcode", "explain", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("{{\"errcode\":{0}}}\n"), "")),
        case("explain words", &["errcode", "explain", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("word{0}\n"), "")),
        case("explain a page's list", &["errcode", "explain", "--json", "config:fail, the permission value is offline verifying", "--from", "-"], Way::Stdin, EVIDENCE, |n| grown(n, "wx.config({jsApiList: [", pieces!("'name{0}',"), "]});")),
        case("no command", &["--json"], Way::Stdin, TEXT, |n| grown(n, "", pieces!("errcode:{0}\n"), "")),
        case("search", &["errcode", "search", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("word{0}\n"), "")),
        case("search what is there", &["errcode", "search", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", repeated("invalid\n"), "")),
        case("faq", &["faq", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("word{0}\n"), "")),
        case("faq of known words", &["faq", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", repeated("signature\n签名错误\n"), "")),
        case("js-api", &["js-api", "--json"], Way::Arguments, [16 * KIB, 512 * KIB], |n| grown(n, "", pieces!("name{0}\n"), "")),
        scan("a log", |n| grown(n, "", |i, text| { let _ = writeln!(text, "2026-01-02 INFO errcode={} GET /a?b={i}", 40001 + i % 200); }, "")),
        scan("many codes", |n| grown(n, "", pieces!("{{\"errcode\":{0},\"errmsg\":\"x\"}}\n"), "")),
        scan("no codes", |n| grown(n, "", pieces!("2026-01-02 INFO GET /a?b={0} 200\n"), "")),
        scan("one line", |n| grown(n, "", repeated("errcode"), "")),
        scan("open words", |n| grown(n, "", repeated("\"errcode\": "), "")),
        scan("digits", |n| grown(n, "", repeated("4"), "")),
        scan("messages", |n| grown(n, "", pieces!("app.js:{0} config:invalid signature\n"), "")),
        Case {
            write: Box::new(|n| {
                let text = grown(n / 2, "", pieces!("errcode={}\r\n"), "");
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
            }),
            ..scan("UTF-16", |_| String::new())
        },
        case("scan --fail-on", &["errcode", "scan", "--json", "-"], Way::Flag("--fail-on"), ARGUMENTS, |n| grown(n, "", pieces!("{}\n"), "")),
    ]
}

/// Addresses and what is signed for them.
#[rustfmt::skip] // a row a line
fn pages() -> Vec<Case> {
    const SIGN: &[&str] = &["sign", "--batch", "-", "--ticket", TICKET];
    vec![
        case("domain-check of a list", &["domain-check", "--json", "-"], Way::Stdin, TEXT, |n| grown(n, "", pieces!("https://m{0}.example.com/a?b={0}#c\n"), "")),
        case("domain-check for people", &["domain-check", "-"], Way::Stdin, TEXT, |n| grown(n, "", pieces!("https://m{0}.example.com/a?b={0}#c\n"), "")),
        case("domain-check of links", &["domain-check", "--json", "-"], Way::Stdin, TEXT, |n| grown(n, "", pieces!("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0&redirect_uri=https%3A%2F%2Fa{0}.com&response_type=code&scope=snsapi_base#wechat_redirect\n"), "")),
        case("domain-check of one address", &["domain-check", "--json", "-"], Way::Stdin, [60 * KIB, 60 * KIB], |n| grown(n, "https://m.example.com/", repeated("a/../%2e%25"), "")),
        case("domain-check of one name", &["domain-check", "--json", "-"], Way::Stdin, [60 * KIB, 60 * KIB], |n| grown(n, "https://", repeated("例.xn--"), "/")),
        case("domain-check arguments", &["domain-check", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("https://m{0}.example.com/\n"), "")),
        case("domain-check --trusted", &["domain-check", "--json", "https://m.example.com/"], Way::Flag("--trusted"), ARGUMENTS, |n| grown(n, "", pieces!("m{0}.example.com\n"), "")),
        case("domain-check --resolve", &["domain-check", "--json", "https://m.example.com/"], Way::Flag("--resolve"), ARGUMENTS, |n| grown(n, "", pieces!("m{0}.example.com:443:127.0.0.1\n"), "")),
        case("domain-check of a page", &["domain-check", "--json", "--probe", "{url}"], Way::Answer, [250 * KIB, 1000 * KIB], |n| grown(n, "<html><head>", pieces!("<script src=\"http://res{0}.wx.qq.com/open/js/jweixin.js\"></script>"), "</html>")),
        case("domain-check of an open page", &["domain-check", "--json", "--probe", "{url}"], Way::Answer, [250 * KIB, 1000 * KIB], |n| grown(n, "", repeated("<script <meta content='"), "")),
        case("verify --other-ticket", &["verify", "--json", "--url", URL, "--ticket", TICKET, "--nonce", NONCE, "--timestamp", "1414587457", "--signature", SIGNATURE], Way::Flag("--other-ticket"), ARGUMENTS, |n| grown(n, "", pieces!("sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy{0}\n"), "")),
        searched(case("verify --url of a long url", &["verify", "--json", "--ticket", TICKET, "--nonce", NONCE, "--timestamp", "1414587457", "--signature", "0f9de62fce790f9a083d5c99e95740ceb90c27ee"], Way::Flag("--url"), [100 * KIB, 100 * KIB], |n| grown(n, "https://m.example.com/?", pieces!("a{0}=b&"), ""))),
        searched(case("verify of two long urls", &["verify", "--json", "--ticket", TICKET, "--nonce", NONCE, "--timestamp", "1414587457", "--signature", "0f9de62fce790f9a083d5c99e95740ceb90c27ee", "--url", URL], Way::Flag("--page-url"), [100 * KIB, 100 * KIB], |n| grown(n, "https://m.example.com/", pieces!("a{0}/"), ""))),
        searched(case("verify of a signing API", &["verify", "--json", "--ticket", TICKET, "--page-url", "https://m.example.com/", "--endpoint", "{url}"], Way::Answer, [250 * KIB, 1000 * KIB], |n| grown(n, "{\"list\":[", pieces!("{{\"id\":{0}}},"), "0],\"signature\":\"0f9de62fce790f9a083d5c99e95740ceb90c27ed\"}"))),
        case("sign --batch", SIGN, Way::Stdin, TEXT, |n| grown(n, "", pieces!("{{\"url\":\"https://m.example.com/{0}\"}}\n"), "")),
        case("sign --batch of bad lines", SIGN, Way::Stdin, TEXT, |n| grown(n, "", pieces!("{{\"url\":{0}\n"), "")),
        case("sign --batch of one line", SIGN, Way::Stdin, TEXT, |n| grown(n, "{\"url\":\"https://m.example.com/", repeated("a"), "\"}\n")),
        case("sign --batch of lists", SIGN, Way::Stdin, [250 * KIB, 1000 * KIB], |n| grown(n, "{\"url\":\"https://m.example.com/\",\"api\":[", pieces!("\"a{0}\","), "\"b\"]}\n")),
        case("sign --api", &["sign", "--json", "--ticket", TICKET, "https://m.example.com/"], Way::Flag("--api"), ARGUMENTS, |n| grown(n, "", pieces!("name{0}\n"), "")),
        case("sign of a long url", &["sign", "--json", "--ticket", TICKET], Way::Arguments, [100 * KIB, 100 * KIB], |n| grown(n, "https://m.example.com/?", pieces!("a{0}=b&"), "")),
    ]
}

#[rustfmt::skip] // a row a line
fn callbacks() -> Vec<Case> {
    const REQUEST: &[&str] = &["callback", "verify", "--json", "--request", "-"];
    const BODY: &[&str] = &["callback", "verify", "--json", "--timestamp", "1409304348", "--nonce", "xxxxxx", "--signature", SIGNATURE, "--body", "-"];
    const HEAD: &str = "POST /wx?signature=0f9de62fce790f9a083d5c99e95740ceb90c27ed&timestamp=1409304348&nonce=xxxxxx HTTP/1.1\nHost: a\n";
    let request = |name: &str, write: fn(usize) -> String| searched(case(&format!("callback request, {name}"), REQUEST, Way::Stdin, CALLBACK, write));
    let body = |name: &str, write: fn(usize) -> String| searched(case(&format!("callback body, {name}"), BODY, Way::Stdin, CALLBACK, write));
    vec![
        request("headers", |n| grown(n, HEAD, pieces!("X-Header-{0}: value\n"), "\n<xml></xml>")),
        request("parameters", |n| grown(n, "GET /wx?", pieces!("a{0}=b&"), "echostr=1 HTTP/1.1\nHost: a\n\n")),
        request("log lines", |n| grown(n, "", pieces!("1.2.3.4 - - [02/Jan/2026] \"GET /wx?signature=a&timestamp=1&nonce=b&echostr={0} HTTP/1.1\" 200 5\n"), "")),
        request("a dump", |n| grown(n, "", pieces!("'k{0}' => 'v',\n"), "")),
        request("a map", |n| grown(n, "map[", pieces!("k{0}:[v] "), "]")),
        request("one line", |n| grown(n, HEAD, repeated("abcdefghij"), "")),
        request("an echostr", |n| grown(n, "GET /wx?msg_signature=a&timestamp=1&nonce=b&echostr=", repeated("%2B"), " HTTP/1.1\n")),
        request("brackets", |n| grown(n, HEAD, repeated("{["), "")),
        body("elements", |n| grown(n, "<xml>", pieces!("<A{0}><![CDATA[text]]></A{0}>"), "</xml>")),
        body("depth", |n| grown(n, "<xml>", repeated("<a>"), "")),
        body("one value", |n| grown(n, "<xml><Encrypt>", repeated("abcd"), "</Encrypt></xml>")),
        body("entities", |n| grown(n, "<xml><Encrypt>", repeated("&amp;"), "</Encrypt></xml>")),
        body("attributes", |n| grown(n, "<xml ", pieces!("a{0}=\"b\" "), "></xml>")),
        body("JSON", |n| grown(n, "{", pieces!("\"k{0}\":1,"), "\"encrypt\":\"abcd\"}")),
        body("JSON, depth", |n| grown(n, "", repeated("{\"a\":"), "")),
        body("spaces", |n| grown(n, "<xml>", repeated(" "), "</xml>")),
        case("callback decrypt", &["callback", "decrypt", "--json", "--body", "-"], Way::Stdin, CALLBACK, |n| grown(n, "<xml><Encrypt>", repeated("abcd"), "</Encrypt></xml>")),
        case("callback encrypt", &["callback", "encrypt", "--json", "--receive-id", "wx0123456789abcdef", "-"], Way::Stdin, CALLBACK, |n| grown(n, "<xml>", pieces!("<a{0}>b</a{0}>"), "</xml>")),
        case("callback probe", &["callback", "probe", "--json", "--kind", "mp", "--get-only", "{url}"], Way::Answer, [250 * KIB, 1000 * KIB], |n| grown(n, "<html>", pieces!("<div id=\"a{0}\">b</div>"), "</html>")),
        case("callback probe of a message", &["callback", "probe", "--json", "--kind", "mp", "{url}"], Way::Answer, [250 * KIB, 1000 * KIB], |n| grown(n, "<xml>", pieces!("<a{0}>b</a{0}>"), "</xml>")),
        case("callback history", &["callback", "history", "--json"], Way::File(".cache/wecheck/callbacks/requests.jsonl"), [MIB, 31 * MIB], |n| grown(n, "", pieces!("{{\"id\":{0},\"at\":\"2026-01-02T03:04:05Z\",\"method\":\"POST\",\"target\":\"/\",\"headers\":[],\"body\":\"\",\"kind\":\"mp\",\"ok\":true,\"status\":200,\"findings\":[]}}\n"), "")),
        case("callback history of bodies", &["callback", "history", "--json"], Way::File(".cache/wecheck/callbacks/requests.jsonl"), [MIB, 31 * MIB], |n| grown(n, "", |i, text| { let _ = writeln!(text, "{{\"id\":{i},\"at\":\"2026-01-02T03:04:05Z\",\"method\":\"POST\",\"target\":\"/\",\"headers\":[],\"body\":\"{}\",\"kind\":\"mp\",\"ok\":true,\"status\":200,\"findings\":[]}}", "YWJj".repeat(8 * KIB)); }, "")),
        case("callback replay", &["callback", "replay", "--json", "--to", "http://127.0.0.1:9/"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("{}\n"), "")),
        case("callback send --set", &["callback", "send", "text", "--json", "--kind", "mp", "--to", "http://127.0.0.1:9/"], Way::Flag("--set"), ARGUMENTS, |n| grown(n, "", pieces!("Content=a{0}\n"), "")),
        case("callback send of a message", &["callback", "send", "-", "--json", "--kind", "mp", "--to", "http://127.0.0.1:9/"], Way::Stdin, [250 * KIB, 1000 * KIB], |n| grown(n, "<xml>", pieces!("<a{0}>b</a{0}>"), "</xml>")),
    ]
}

#[rustfmt::skip] // a row a line
fn rest() -> Vec<Case> {
    const PROFILE: &str = "[profile.shop]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n";
    let config = |name: &str, write: fn(usize) -> String| case(&format!("config, {name}"), &["config", "check", "--json"], Way::Config, [250 * KIB, 1000 * KIB], write);
    let tool = |name: &str, tool: &'static str, argument: &'static str, sizes: [usize; 2], write: fn(usize) -> String| {
        case(&format!("mcp {tool}, {name}"), &["mcp"], Way::Stdin, sizes, move |n| {
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {argument: write(n)}}}).to_string() + "\n"
        })
    };
    vec![
        config("profiles", |n| grown(n, "", pieces!("[profile.p{0}]\nplatform = \"mp\"\nappid = \"wx0123456789abcdef\"\n"), "")),
        config("domains", |n| grown(n, &format!("{PROFILE}trusted_domains = ["), pieces!("\"m{0}.example.com\","), "]\n")),
        config("one value", |n| grown(n, &format!("{PROFILE}secret = \""), repeated("a"), "\"\n")),
        config("unknown keys", |n| grown(n, PROFILE, pieces!("key{0} = 1\n"), "")),
        config("dotted keys", |n| grown(n, PROFILE, repeated("a."), "b = 1\n")),
        config("brackets", |n| grown(n, &format!("{PROFILE}trusted_domains = "), repeated("["), "")),
        config("comments", |n| grown(n, PROFILE, pieces!("# {0}\n"), "")),
        case("soter", &["soter", "--json", "-"], Way::Stdin, TEXT, |n| grown(n, "{\"err_code\":0,", pieces!("\"k{0}\":\"v\","), "\"errMsg\":\"ok\"}")),
        case("soter, depth", &["soter", "--json", "-"], Way::Stdin, TEXT, |n| grown(n, "", repeated("{\"resultJSON\":\""), "")),
        case("ua", &["ua", "--json", "-"], Way::Stdin, [8 * KIB, 8 * KIB], |n| grown(n, "Mozilla/5.0 ", pieces!("A/{0} "), "MicroMessenger/8.0.1")),
        case("ua arguments", &["ua", "--json"], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("MicroMessenger/{0}\n"), "")),
        case("a token's answer", &["token"], Way::Api, [60 * KIB, 60 * KIB], |n| grown(n, "{\"errcode\":40013,\"errmsg\":\"", pieces!("a{0} "), "\"}")),
        tool("code", "verify", "from", [250 * KIB, 32 * MIB], |n| grown(n, CONFIG, pieces!("var a{0} = 'text {0}';\n"), "")),
        tool("tickets", "verify", "from", [250 * KIB, 32 * MIB], |n| grown(n, "", pieces!("jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy{0}\n"), "")),
        tool("codes", "explain", "what", BODY, |n| grown(n, "", pieces!("errcode:{0}\n"), "")),
        tool("words", "faq", "q", BODY, |n| grown(n, "", pieces!("word{0} "), "")),
        tool("an address", "domain_check", "url", BODY, |n| grown(n, "https://m.example.com/", pieces!("a{0}/"), "")),
        tool("a request", "callback_verify", "request", BODY, |n| grown(n, "GET /?", pieces!("a{0}=b&"), " HTTP/1.1\n")),
        tool("an address", "sign_payload", "url", BODY, |n| grown(n, "https://m.example.com/", pieces!("a{0}/"), "")),
        case("mcp messages", &["mcp"], Way::Stdin, TEXT, |n| grown(n, "", pieces!("{{\"jsonrpc\":\"2.0\",\"id\":{0},\"method\":\"ping\"}}\n"), "")),
        case("mcp noise", &["mcp"], Way::Stdin, TEXT, |n| grown(n, "", pieces!("{{{0}\n"), "")),
        case("mcp brackets", &["mcp"], Way::Stdin, TEXT, |n| grown(n, "", repeated("["), "\n")),
        case("serve --allow-host", &["serve", "--json", "--listen", "256.0.0.1:0"], Way::Flag("--allow-host"), ARGUMENTS, |n| grown(n, "", pieces!("m{0}.example.com\n"), "")),
        case("an unknown command", &[], Way::Arguments, ARGUMENTS, |n| grown(n, "", pieces!("word{0}\n"), "")),
    ]
}

/// What is posted to `serve`.
#[rustfmt::skip] // a row a line
fn bodies() -> Vec<Case> {
    let post = |name: &str, path: &'static str, sizes: [usize; 2], body: fn(String) -> serde_json::Value, write: fn(usize) -> String| {
        case(&format!("POST {path}, {name}"), &[], Way::Post(path), sizes, move |n| body(write(n)).to_string())
    };
    vec![
        post("code", "/api/verify", [250 * KIB, 64 * MIB], |text| json!({"from": text, "ticket": TICKET, "url": URL}), |n| grown(n, CONFIG, pieces!("var a{0} = 'text {0}';\n"), "")),
        post("a har", "/api/verify", [250 * KIB, 64 * MIB], |text| json!({"from": text, "ticket": TICKET, "url": URL}), |n| grown(n, "{\"log\":{\"entries\":[", pieces!("{{\"request\":{{\"url\":\"https://m.example.com/{0}\"}}}},"), "{}]}}")),
        searched(post("two long paths", "/api/verify", BODY, |text| json!({"url": text, "page-url": text + "x", "ticket": TICKET, "nonce": NONCE, "timestamp": 1, "signature": "0".repeat(40)}), |n| grown(n / 2, "https://m.example.com/", pieces!("a{0}/"), ""))),
        searched(post("two long queries", "/api/verify", BODY, |text| json!({"url": text, "page-url": text + "x", "ticket": TICKET, "nonce": NONCE, "timestamp": 1, "signature": "0".repeat(40)}), |n| grown(n / 2, "https://m.example.com/?", pieces!("a{0}=b&"), ""))),
        searched(post("a long ticket", "/api/verify", BODY, |text| json!({"url": URL, "ticket": text, "nonce": NONCE, "timestamp": 1, "signature": "0".repeat(40)}), |n| grown(n, "", repeated("aB+ "), ""))),
        searched(post("other tickets", "/api/verify", BODY, |text| json!({"url": URL, "ticket": TICKET, "nonce": NONCE, "timestamp": 1, "signature": "0".repeat(40), "other-ticket": text.as_bytes().chunks(2600).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect::<Vec<_>>()}), |n| grown(n, "", repeated("abcdefgh"), ""))),
        post("lines", "/api/errcode", BODY, |text| json!({"what": text}), |n| grown(n, "", pieces!("errcode:{0}\n"), "")),
        post("a list", "/api/errcode", BODY, |text| json!({"what": text.as_bytes().chunks(2600).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect::<Vec<_>>()}), |n| grown(n, "", pieces!("errcode:{0}\n"), "")),
        post("addresses", "/api/domain-check", BODY, |text| json!({"url": text.as_bytes().chunks(2600).map(|piece| format!("https://m.example.com/{}", String::from_utf8_lossy(piece))).collect::<Vec<_>>()}), |n| grown(n, "", repeated("a/b/"), "")),
        post("one address", "/api/domain-check", BODY, |text| json!({"url": text}), |n| grown(n, "https://m.example.com/", pieces!("a{0}/"), "")),
        post("words", "/api/faq", BODY, |text| json!({"q": text}), |n| grown(n, "", pieces!("word{0} "), "")),
        searched(post("a request", "/api/callback-verify", BODY, |text| json!({"request": text, "callback_token": "hk7ZqPwx3NvT"}), |n| grown(n, "GET /?", pieces!("a{0}=b&"), " HTTP/1.1\n"))),
        post("brackets", "/api/verify", BODY, |text| json!({"from": text}), |n| grown(n, "", repeated("{["), "")),
    ]
}
