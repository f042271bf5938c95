//! The table of the page's situations: what is done on which tab, and what has to be in sight then.

/// What a person does.
pub enum Act {
    /// Into the field of this id.
    Paste(&'static str, String),
    Choose(&'static str, &'static str),
    Press(&'static str),
    /// A file's name, and its content as an expression of JavaScript.
    Drop(&'static str, &'static str),
    ServerDies,
}

/// One row: a tab, what is done there, and what is said then, in Chinese and in English.
pub struct Situation {
    pub name: &'static str,
    pub tab: &'static str,
    pub acts: Vec<Act>,
    pub says: [&'static str; 2],
}

impl Situation {
    pub fn without_server(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::ServerDies))
    }

    pub fn pasted(&self) -> impl Iterator<Item = &str> {
        self.acts.iter().filter_map(|act| match act {
            Act::Paste(_, text) => Some(text.as_str()),
            _ => None,
        })
    }
}

const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const URL: &str = "http://mp.weixin.qq.com?params=value";
const SIGNATURE: &str = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
const GONE: [&str; 2] = ["服务没有响应", "The server does not answer"];
/// Of the same values and https.
const OTHER: &str = "0123456789012345678901234567890123456789";

/// Code, ticket and address as a person has them side by side.
fn code(signature: &str, url: &str) -> String {
    format!(
        "wx.config({{\n  debug: true,\n  appId: 'wx0123456789abcdef',\n  timestamp: 1414587457,\n  \
         nonceStr: 'Wm3WZYTPz0wzccnW',\n  signature: '{signature}',\n  jsApiList: ['chooseImage']\n}});\n\
         jsapi_ticket={TICKET}\nurl: {url}\n"
    )
}

/// A logged callback whose signature belongs to the token `wecheck-token`.
fn callback_request() -> String {
    "GET /wx?signature=fc9566ee41b400647f4c119e06e84c2d7c515ae8&timestamp=1719110400&nonce=abc123&echostr=5837 HTTP/1.1\nHost: m.example.com\n".to_owned()
}

pub fn situations() -> Vec<Situation> {
    use Act::{Choose, Drop, Paste, Press, ServerDies};
    let row = |name, tab, acts: Vec<Act>, says| Situation { name, tab, acts, says };
    let paste = |id, text: &str| Paste(id, text.to_owned());
    let long_url = format!("https://m.example.com/index.html?{}last=1", "parameter=value&".repeat(200));
    let values = |signature: &str, url: &str| {
        vec![
            paste("url", url),
            paste("ticket", TICKET),
            paste("nonce", "Wm3WZYTPz0wzccnW"),
            paste("timestamp", "1414587457"),
            paste("signature", signature),
        ]
    };
    let and = |mut acts: Vec<Act>, act: Act| {
        acts.push(act);
        acts
    };
    vec![
        // The first box.
        row("any-empty", "any", vec![], ["粘贴后答案显示在这里", "The answer appears here"]),
        row(
            "any-good",
            "any",
            vec![paste("any-text", &code(SIGNATURE, URL))],
            ["签名与这些输入相符", "The signature fits these inputs"],
        ),
        row(
            "any-bad",
            "any",
            vec![paste("any-text", &code(SIGNATURE, "https://mp.weixin.qq.com?params=value"))],
            ["签名不符", "The signature differs"],
        ),
        row(
            "any-code",
            "any",
            vec![paste(
                "any-text",
                "{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65a0\"}",
            )],
            ["40164 · 调用接口的 IP", "40164 · invalid ip"],
        ),
        row(
            "any-code-alone",
            "any",
            vec![paste("any-text", code(SIGNATURE, URL).split("jsapi_ticket").next().unwrap_or_default())],
            ["还没法判断", "Not enough to judge yet"],
        ),
        row(
            "any-payment",
            "any",
            vec![paste(
                "any-text",
                "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[签名错误]]></return_msg></xml>",
            )],
            ["微信支付", "WeChat Pay"],
        ),
        row(
            "any-api",
            "any",
            vec![paste("any-text", "wx.chooseImage")],
            ["写在 jsApiList 里", "a place in jsApiList"],
        ),
        row(
            "any-domain",
            "any",
            vec![paste("any-text", "http://192.168.0.7:8080/a")],
            ["不能用", "May not be used"],
        ),
        row(
            "any-callback",
            "any",
            vec![paste("any-text", &callback_request())],
            ["还缺 Token", "The Token is missing"],
        ),
        row(
            "any-prose",
            "any",
            vec![paste("any-text", "good morning, the weather is fine")],
            ["没有查到", "Not known"],
        ),
        row(
            "any-binary",
            "any",
            vec![Drop(
                "photo.png",
                "new Uint8Array([137,80,78,71,13,10,26,10,0,0,0,13,73,72,68,82,0,0,0,0,255,254])",
            )],
            ["不是文本", "not a text"],
        ),
        row(
            "any-long",
            "any",
            vec![paste(
                "any-text",
                &format!(
                    "{}\n{}",
                    code(SIGNATURE, URL),
                    "2024-01-01 12:00:00 INFO request served in 12 ms\n".repeat(20_000)
                ),
            )],
            ["签名与这些输入相符", "The signature fits these inputs"],
        ),
        row(
            "any-file",
            "any",
            vec![Drop(
                "log.txt",
                "\"errcode=40001, errmsg=invalid credential, access_token is invalid or not latest\"",
            )],
            ["40001 · ", "40001 · "],
        ),
        row(
            "any-too-large",
            "any",
            vec![Drop("trace.har", "new Uint8Array(65 * 1024 * 1024)")],
            ["64 MiB", "64 MiB"],
        ),
        row("any-offline", "any", vec![ServerDies, paste("any-text", "40164")], GONE),
        // Signature.
        row("check-empty", "check", vec![], ["还没有可以计算的内容", "Nothing to compute yet"]),
        row(
            "check-good",
            "check",
            vec![Press("#example")],
            ["签名与这些输入相符", "The signature fits these inputs"],
        ),
        row(
            "check-bad",
            "check",
            values("76901c093f9ac056968d449365c63aa74b435017", "https://m.example.com/goods?id=1"),
            ["找到 1 处错误", "1 mistake found"],
        ),
        row(
            "check-unexplained",
            "check",
            values(OTHER, URL),
            ["没有找到能解释它的错误", "No known mistake explains it"],
        ),
        row(
            "check-part",
            "check",
            vec![paste("url", URL), paste("nonce", "Wm3WZYTPz0wzccnW")],
            ["还缺", "Still missing"],
        ),
        row("check-no-hash", "check", values("c2lnbmF0dXJlIQ==", URL), ["不是 SHA-1", "not a SHA-1"]),
        row(
            "check-long",
            "check",
            and(values(SIGNATURE, &long_url), paste("page-url", &long_url.replace("last=1", "last=2"))),
            ["签名不符", "The signature differs"],
        ),
        row(
            "check-two",
            "check",
            vec![paste(
                "from",
                &format!(
                    "{}wx.agentConfig({{ corpid: 'ww0123456789abcdef', agentid: '1000002', timestamp: 1414587457, nonceStr: 'Wm3WZYTPz0wzccnW', signature: '{OTHER}', jsApiList: [] }});\n",
                    code(SIGNATURE, URL)
                ),
            )],
            ["还不能下结论", "Not decided yet"],
        ),
        row(
            "check-card",
            "check",
            vec![
                Choose("kind", "card-ext"),
                paste("ticket", "IpK_1T69hDhZkLQTlwsAX6aAyQ4TWD"),
                paste("timestamp", "1404896688"),
                paste("card-id", "pjZ8Yt1XGILfi-FUsewpnnolGgZk"),
            ],
            ["签名已算出", "Here is the signature"],
        ),
        row("check-offline", "check", vec![ServerDies, Press("#example")], GONE),
        // Error codes.
        row("codes-empty", "codes", vec![], ["经常遇到的", "Often met"]),
        row(
            "codes-good",
            "codes",
            vec![paste("q", "40164"), Press("#codes-form .primary")],
            ["现在怎么做", "What to do now"],
        ),
        row(
            "codes-bad",
            "codes",
            vec![paste("q", "-1005"), Press("#codes-form .primary")],
            ["没有查到", "Not known"],
        ),
        row(
            "codes-wrong-kind",
            "codes",
            vec![paste("q", "https://m.example.com/index.html"), Press("#codes-form .primary")],
            ["这像是“域名”的内容", "This looks like something for Domains"],
        ),
        row(
            "codes-long",
            "codes",
            vec![paste("q", &"errmsg ".repeat(45_000)), Press("#codes-form .primary")],
            ["256 KiB", "256 KiB"],
        ),
        row(
            "codes-offline",
            "codes",
            vec![ServerDies, paste("q", "40164"), Press("#codes-form .primary")],
            GONE,
        ),
        // Domains.
        row("domains-empty", "domains", vec![], ["这个域名能用吗？", "May this domain be used?"]),
        row(
            "domains-good",
            "domains",
            vec![
                paste("pages", "https://m.example.com/index.html"),
                paste("trusted", "m.example.com"),
                Press("#domains-form .primary"),
            ],
            ["可以用", "May be used"],
        ),
        row(
            "domains-bad",
            "domains",
            vec![
                paste("pages", "http://192.168.0.7:8080/a\nhttps://m.example.com/"),
                paste("trusted", "m.example.com"),
                Press("#domains-form .primary"),
            ],
            ["不能用", "May not be used"],
        ),
        row(
            "domains-unknown",
            "domains",
            vec![paste("pages", "https://m.example.com/"), Press("#domains-form .primary")],
            ["没有定论", "Not decided"],
        ),
        row(
            "domains-wrong-kind",
            "domains",
            vec![paste("pages", "<h1>页面</h1>"), Press("#domains-form .primary")],
            ["不能用", "May not be used"],
        ),
        row(
            "domains-pressed",
            "domains",
            vec![Press("#domains-form .primary")],
            ["还没有页面地址", "An address is missing"],
        ),
        row(
            "domains-long",
            "domains",
            vec![paste("pages", &"https://m.example.com/\n".repeat(120)), Press("#domains-form .primary")],
            ["100", "100"],
        ),
        row(
            "domains-offline",
            "domains",
            vec![ServerDies, paste("pages", "https://m.example.com/"), Press("#domains-form .primary")],
            GONE,
        ),
        // Callback.
        row(
            "callback-empty",
            "callback",
            vec![Press("#callback-form .primary")],
            ["还没有要查的请求", "A request is missing"],
        ),
        row(
            "callback-good",
            "callback",
            vec![
                paste("callback-request", &callback_request()),
                paste("callback-token", "wecheck-token"),
                Press("#callback-form .primary"),
            ],
            ["签名正确", "The signature holds"],
        ),
        row(
            "callback-bad",
            "callback",
            vec![
                paste("callback-request", &callback_request()),
                paste("callback-token", "another-token"),
                Press("#callback-form .primary"),
            ],
            ["签名不对", "The signature does not hold"],
        ),
        row(
            "callback-wrong-kind",
            "callback",
            vec![
                paste("callback-request", "wx.config({ debug: true })"),
                paste("callback-token", "wecheck-token"),
                Press("#callback-form .primary"),
            ],
            ["没有回调请求", "not a logged callback"],
        ),
        row(
            "callback-bad-key",
            "callback",
            vec![
                paste("callback-request", &callback_request().replace("signature", "msg_signature")),
                paste("callback-token", "wecheck-token"),
                paste("callback-key", "tooshort"),
                Press("#callback-form .primary"),
            ],
            ["43", "43"],
        ),
        row(
            "callback-no-token",
            "callback",
            vec![paste("callback-request", &callback_request()), Press("#callback-form .primary")],
            ["还缺 Token", "The Token is missing"],
        ),
        row(
            "callback-offline",
            "callback",
            vec![
                ServerDies,
                paste("callback-request", &callback_request()),
                Press("#callback-form .primary"),
            ],
            GONE,
        ),
        // Sign.
        row(
            "sign-empty",
            "sign",
            vec![Press("#sign-form .primary")],
            ["还没有页面地址", "An address is missing"],
        ),
        row(
            "sign-good",
            "sign",
            vec![
                paste("sign-url", "https://m.example.com/index.html#top"),
                paste("sign-ticket", TICKET),
                paste("sign-apis", "chooseImage, scanQRCode"),
                Press("#sign-form .primary"),
            ],
            ["签名已生成", "Signed"],
        ),
        row(
            "sign-wrong-kind",
            "sign",
            vec![
                paste("sign-url", "m.example.com"),
                paste("sign-ticket", TICKET),
                Press("#sign-form .primary"),
            ],
            ["这不是页面地址", "This is not a page’s address"],
        ),
        row(
            "sign-no-ticket",
            "sign",
            vec![paste("sign-url", "https://m.example.com/"), Press("#sign-form .primary")],
            ["没有可用的 ticket", "A ticket to sign with is missing"],
        ),
        row(
            "sign-offline",
            "sign",
            vec![
                ServerDies,
                paste("sign-url", "https://m.example.com/"),
                paste("sign-ticket", TICKET),
                Press("#sign-form .primary"),
            ],
            GONE,
        ),
        // FAQ.
        row("faq-empty", "faq", vec![], ["全部主题", "All topics"]),
        row(
            "faq-good",
            "faq",
            vec![paste("faq-q", "invalid-signature"), Press("#faq-form .primary")],
            ["invalid-signature", "invalid-signature"],
        ),
        row(
            "faq-bad",
            "faq",
            vec![paste("faq-q", "qqqqqq"), Press("#faq-form .primary")],
            ["没有这样的主题", "No such topic"],
        ),
        row("faq-offline", "faq", vec![ServerDies, paste("faq-q", "ios"), Press("#faq-form .primary")], GONE),
    ]
}
