//! The checker page in a real browser: what a person does there, in both languages and lights, at a
//! desk and on a phone; and that nothing leaves this machine meanwhile.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::Home;
use crate::serving::Server;
use crate::visitor::{Visitor, shots};
use crate::webdriver::Browser;

/// Every state of the page as a picture: both widths, both lights. Each is legible, fits the
/// window, and speaks of its own fields.
fn shoot(browser: &Browser, name: &str) {
    assert_eq!(browser.run(FLAGS), json!([]), "{name}: flags of a command line");
    for (width, height) in [(1280, 800), (390, 844)] {
        for dark in [false, true] {
            browser.size(width, height);
            browser.light(dark);
            let light = if dark { "dark" } else { "light" };
            assert_eq!(browser.run(CONTRAST), json!([]), "{name} {light}: too faint");
            let wider = browser.run("return document.documentElement.scrollWidth - innerWidth");
            assert!(wider.as_i64().is_some_and(|pixels| pixels <= 0), "{name} {width}: {wider} px too wide");
            if let Some(folder) = shots() {
                browser.screenshot(&folder.join(format!("{name}-{width}-{light}.png")));
            }
        }
    }
    browser.size(1280, 800);
    browser.light(false);
}

const RIGHT: &str = "\u{e014}";
const ENTER: &str = "\u{e007}";
const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const STRING1: &str = "jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg&noncestr=Wm3WZYTPz0wzccnW&timestamp=1414587457&url=http://mp.weixin.qq.com?params=value";

/// What a person does on the page, from the empty one on.
#[test]
#[ignore = "needs chromium"]
fn the_page_checks_explains_and_speaks_both_languages() {
    let visitor = Visitor::new("en-US");
    let browser = &visitor.browser;
    visitor.open("/#check");
    visitor.reads("Nothing to compute yet");
    shoot(browser, "1-empty-en");

    browser.click("#example");
    visitor.reads("The signature fits these inputs");
    assert_eq!(browser.text("pre"), STRING1);
    shoot(browser, "2-example-en");
    browser.click("[data-lang=zh]");
    visitor.reads("签名与这些输入相符");
    assert_eq!(browser.run("return document.documentElement.lang"), "zh-CN");
    shoot(browser, "2-example-zh");

    // A mistake is named, with what was signed and what should have been, and marked in both.
    browser.click("[data-lang=en]");
    browser.click("#clear");
    for (id, text) in [
        ("url", "https://m.example.com/goods?id=1"),
        ("ticket", TICKET),
        ("nonce", "Wm3WZYTPz0wzccnW"),
        ("timestamp", "1414587457"),
        // Made of http://m.example.com/goods?id=1.
        ("signature", "76901c093f9ac056968d449365c63aa74b435017"),
    ] {
        visitor.paste(id, text);
    }
    visitor.reads("1 mistake found, and the hash proves it");
    let named =
        browser.run("return [...document.querySelectorAll('.item.no .id')].map((id) => id.textContent)");
    assert_eq!(named, json!(["url-scheme-swapped"]));
    let marks = browser.run("return [...document.querySelectorAll('mark')].map((mark) => mark.textContent)");
    assert!(marks.as_array().is_some_and(|marks| marks.contains(&json!("s"))), "{marks}");
    shoot(browser, "3-mistake-en");
    browser.click("[data-lang=zh]");
    visitor.reads("找到 1 处错误");
    shoot(browser, "3-mistake-zh");
    // What no known mistake explains may be searched for longer.
    visitor.paste("signature", "0123456789012345678901234567890123456789");
    visitor.reads("没有找到能解释它的错误");
    // The terminal's flags are this page's fields: what is to be pasted leads to where.
    let steps = browser.text(".steps");
    assert!(steps.contains("让服务端打印它的 string1，用 粘贴任何内容 传入比较"), "{steps}");
    browser.run("[...document.querySelectorAll('.steps .place')].find((place) => place.textContent === '手机上的 location.href').click()");
    assert_eq!(visitor.focused(), "page-url");
    browser.wait("const longer = document.getElementById('longer'); longer?.click(); return longer");
    visitor.reads("正在找……");
    // The button is gone with its answer; who pressed it stays where the next one appears.
    assert_eq!(visitor.focused(), "check-live");
    visitor.reads("没有找到能解释它的错误");
    shoot(browser, "3-unexplained-zh");
    browser.click("#example");
    visitor.reads("签名与这些输入相符");

    // What is pasted fills the fields; what is typed wins over it.
    browser.click("[data-lang=en]");
    browser.click("#clear");
    let code = "wx.config({\n  appId: 'wx0123456789abcdef',\n  timestamp: 1414587457,\n  nonceStr: 'Wm3WZYTPz0wzccnW',\n  \
                signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed',\n  jsApiList: ['chooseImage']\n});\n";
    visitor.paste("from", code);
    visitor.reads("Still missing: url, jsapi_ticket");
    assert_eq!(visitor.value("nonce"), "Wm3WZYTPz0wzccnW");
    browser.keys("#ticket", TICKET);
    browser.keys("#url", "http://mp.weixin.qq.com?params=value");
    browser.keys("#page-url", "https://mp.weixin.qq.com/?params=value#/top");
    // The hash fits, and the page has another address: never green.
    visitor.reads("WeChat will refuse it");
    visitor.reads("The signed url and the page");
    let marks = browser.run("return [...document.querySelectorAll('mark')].map((mark) => mark.textContent)");
    assert!(marks.as_array().is_some_and(|marks| !marks.is_empty()), "{marks}");
    shoot(browser, "3-pasted-en");
    browser.keys("#nonce", "X");
    visitor.reads("The signature differs");
    visitor.paste("from", "");
    visitor.reads("Still missing");
    assert_eq!(visitor.value("timestamp"), "", "what was pasted is gone with it");

    // A code, and from there to the next one.
    browser.click("#tab-codes");
    browser.keys("#q", "40164");
    browser.keys("#q", ENTER);
    visitor.reads("What to do now");
    assert!(browser.text("#codes-answer").contains("40164"));
    shoot(browser, "4-code-en");
    browser.click("[data-lang=zh]");
    visitor.reads("现在怎么做");
    shoot(browser, "4-code-zh");
    visitor.paste(
        "q",
        "{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist\"}",
    );
    browser.click("#codes-form .primary");
    visitor.reads("203.0.113.7");
    visitor.paste("q", "-1005");
    browser.click("#codes-form .primary");
    visitor.reads("相近的错误码");
    shoot(browser, "4-code-unknown-zh");
    browser.click("#codes-answer button");
    browser.wait("return document.querySelector('#codes-answer .big') !== null");
    assert_eq!(browser.run("return location.hash"), "#codes");
    browser.click("[data-lang=en]");

    // A domain that may be used, and one that may not.
    browser.click("#tab-domains");
    browser.keys("#pages", "https://m.example.com/index.html");
    browser.keys("#trusted", "m.example.com");
    browser.click("#domains-form .primary");
    browser.wait("return document.querySelector('#domains-live.yes') !== null");
    shoot(browser, "5-domain-en");
    visitor.paste("pages", "http://192.168.0.7:8080/a\nhttps://m.example.com/");
    browser.click("#domains-form .primary");
    browser.wait("return document.querySelector('#domains-live.no') !== null");
    browser.click("[data-lang=zh]");
    visitor.reads("条规则符合");
    shoot(browser, "5-domain-zh");
    browser.click("[data-lang=en]");

    // Markup in a value stays text.
    browser.click("#tab-check");
    browser.click("#clear");
    for (id, text) in
        [("url", "http://a/<img src=x onerror=alert(1)>"), ("ticket", "<b>t</b>"), ("nonce", "\u{202e}n")]
    {
        visitor.paste(id, text);
    }
    visitor.paste("timestamp", "1");
    visitor.reads("<img src=x onerror=alert(1)>");
    assert_eq!(browser.run("return document.querySelectorAll('main img, main b b').length"), 0);

    assert_eq!(browser.console(), Vec::<String>::new());
    let reached = visitor.browser.reached();
    let here: BTreeSet<String> = ["127.0.0.1".to_owned()].into();
    assert_eq!((&reached.addresses, &reached.hosts), (&here, &here));
}

/// One box takes anything and shows the answer in sight, at the size of a desk and of a phone.
#[test]
#[ignore = "needs chromium"]
fn the_first_box_takes_anything() {
    let visitor = Visitor::new("en-US");
    let browser = &visitor.browser;
    let code = format!(
        "wx.config({{appId: 'wx0123456789abcdef', timestamp: 1414587457, nonceStr: 'Wm3WZYTPz0wzccnW', \
         signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed'}})\njsapi_ticket={TICKET}\n\
         url: http://mp.weixin.qq.com?params=value"
    );
    for (width, height) in [(1280, 800), (390, 844)] {
        browser.size(width, height);
        visitor.open("/");
        visitor.reads("The answer appears here");
        for (text, read_as, says) in [
            (code.as_str(), "Read as: Signature", "The signature fits these inputs"),
            (
                "{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7\"}",
                "Read as: Error codes",
                "203.0.113.7",
            ),
            ("config:invalid signature", "Read as: Error codes", "signature"),
            ("https://192.168.0.7/a", "Read as: Domains", "May not be used"),
            ("m.example.com", "Read as: Domains", "Not decided"),
            (
                "<xml><ToUserName>a</ToUserName><Encrypt>b</Encrypt></xml>",
                "Read as: Callback",
                "The Token is missing",
            ),
        ] {
            visitor.paste("any-text", text);
            // No verdict outlives its input.
            assert_eq!(browser.run("return document.getElementById('any-live').textContent"), "", "{text}");
            visitor.reads(read_as);
            visitor.reads(says);
            let seen = browser.run(
                "const at = document.getElementById('any-live').getBoundingClientRect(); \
                 return at.top >= 0 && at.bottom <= innerHeight && $('scroll').scrollTop === 0",
            );
            assert_eq!(seen, true, "{width}x{height}: {text}");
        }
        assert_eq!(browser.run("return document.documentElement.scrollWidth > innerWidth"), false);
        shoot(browser, if width > 500 { "0-start-wide" } else { "0-start-phone" });
    }
    // The text goes on to the tab with all fields, and Back comes back.
    visitor.paste("any-text", &code);
    visitor.reads("The signature fits these inputs");
    let markdown = browser.run("return markdown($('any-live'), $('any-answer'), [])");
    let markdown = markdown.as_str().expect("a text");
    assert!(markdown.contains("The signature fits") && !markdown.contains(TICKET), "{markdown}");
    browser.click("#any-as .place");
    browser.wait("return document.getElementById('nonce').value === 'Wm3WZYTPz0wzccnW'");
    assert_eq!(browser.run("return location.hash"), "#check");
    browser.run("history.back()");
    browser.wait("return !document.getElementById('any').hidden");
    assert_eq!(browser.run("return location.search + location.hash"), "");
    // The language is kept.
    browser.click("[data-lang=zh]");
    visitor.open("/");
    visitor.reads("粘贴后答案显示在这里");
    // A topic of the FAQ is a link.
    browser.run("lookUpTopic('invalid-signature')");
    visitor.reads("可以运行的命令");
    assert_eq!(browser.run("return location.hash"), "#faq");
}

#[test]
#[ignore = "needs chromium"]
fn a_chinese_browser_is_spoken_to_in_chinese() {
    let visitor = Visitor::new("zh-CN");
    let browser = &visitor.browser;
    visitor.open("/#check");
    visitor.reads("还没有可以计算的内容");
    shoot(browser, "1-empty-zh");
    assert_eq!(browser.console(), Vec::<String>::new());
}

/// The page by keyboard alone, and as a screen reader tells it.
#[test]
#[ignore = "needs chromium"]
fn the_page_works_by_keyboard_and_by_ear() {
    let visitor = Visitor::new("en-US");
    let browser = &visitor.browser;
    visitor.open("/#check");
    browser.click("#example");
    visitor.reads("The signature fits these inputs");

    for (tab, next) in [("check", "codes"), ("codes", "domains"), ("domains", "callback")] {
        let controls = browser.spoken(&format!("#{tab} {CONTROLS}, header button"));
        assert!(controls.len() > 5, "{tab}: {controls:?}");
        for (role, name) in &controls {
            assert!(
                !role.is_empty() && role != "generic" && !name.trim().is_empty(),
                "{tab}: {role} {name:?}"
            );
        }
        let names: std::collections::HashSet<_> = controls.iter().collect();
        assert_eq!(names.len(), controls.len(), "{tab}: two controls sound alike: {controls:?}");
        assert_eq!(browser.run("return document.querySelectorAll('main > section:not([hidden])').length"), 1);
        browser.keys(&format!("#tab-{tab}"), RIGHT);
        let focused = visitor.focused();
        assert_eq!(focused, format!("tab-{next}"));
        let panels = "return document.querySelector('main > section:not([hidden])').id";
        assert_eq!(browser.run(panels), next);
    }
    // The outcome is said where a screen reader listens.
    browser.click("#tab-check");
    let live = browser.spoken("#check-live");
    assert_eq!(live[0].0, "status");
    browser.click("#tab-check");
    browser.keys("#page-url", "http://mp.weixin.qq.com/?params=value");
    visitor.reads("The signed url and the page");
    browser.click("#check-answer .copy");
    assert_eq!(browser.text("#heard"), "Copied");
    browser.wait("return document.querySelector('#heard').textContent === ''");

    // From field to field in the order in which they are.
    let tab = |from: &str| {
        browser.keys(from, "\u{e004}");
        browser.run("return document.activeElement.id || document.activeElement.tagName")
    };
    let mut order = vec!["from".to_owned()];
    while order.len() < 12 && order.last().is_some_and(|id| id != "clear") {
        let last = order.last().map_or_else(String::new, |id| match id.as_str() {
            "SUMMARY" => "#values summary".to_owned(),
            id => format!("#{id}"),
        });
        order.push(tab(&last).as_str().unwrap_or_default().to_owned());
    }
    let expected = [
        "from",
        "kind",
        "url",
        "ticket",
        "nonce",
        "timestamp",
        "signature",
        "page-url",
        "SUMMARY",
        "example",
        "clear",
    ];
    assert_eq!(order, expected);

    // A domain from the list of what to do next: its tab opens with the page that was checked.
    browser.run("[...document.querySelectorAll('.steps .place')].find((place) => place.textContent === 'Domains').click()");
    assert_eq!(visitor.focused(), "pages");
    assert_eq!(visitor.value("pages"), "http://mp.weixin.qq.com/?params=value");
    visitor.reads("rules kept");
    browser.click("#tab-check");

    // The server is gone: it is said, and where it went.
    visitor.server_dies();
    browser.keys("#nonce", "X");
    visitor.reads("Is wecheck serve still running?");
    browser.click("#tab-codes");
    visitor.paste("q", "40164");
    browser.click("#codes-form .primary");
    browser.wait("return document.querySelector('#codes-live').textContent.includes('does not answer')");
    shoot(browser, "6-gone-en");
}

/// What each kind of signature is made of can be entered, and nothing else is in the way.
#[test]
#[ignore = "needs chromium"]
fn every_kind_has_its_own_fields() {
    let visitor = Visitor::new("en-US");
    let browser = &visitor.browser;
    visitor.open("/#check");
    visitor.reads("Nothing to compute yet");
    let shown = "return [...document.querySelectorAll('#values [name]')].filter((field) => field.checkVisibility()).map((field) => field.name)";
    let choose = |kind: &str| visitor.choose("kind", kind);
    let ticket = "return document.querySelector('[for=ticket]').textContent";
    for (kind, ticket_name, fields) in [
        (
            "agent",
            "jsapi_ticket (agent_config)",
            &["url", "ticket", "nonce", "timestamp", "signature", "page-url"][..],
        ),
        (
            "card",
            "api_ticket",
            &["ticket", "nonce", "timestamp", "app-id", "card-id", "card-type", "location-id", "signature"],
        ),
        (
            "card-ext",
            "api_ticket",
            &["ticket", "nonce", "timestamp", "card-id", "code", "openid", "balance", "signature"],
        ),
        ("invoice", "api_ticket", &["ticket", "nonce", "timestamp", "app-id", "card-type", "signature"]),
        ("group", "group_ticket", &["url", "ticket", "nonce", "timestamp", "signature", "page-url"]),
        ("", "jsapi_ticket", &["url", "ticket", "nonce", "timestamp", "signature", "page-url"]),
    ] {
        choose(kind);
        browser.wait(&format!(
            "return document.querySelector('[for=ticket]').textContent === {}",
            json!(ticket_name)
        ));
        let controls = browser.spoken(&format!("#values {CONTROLS}"));
        let names: BTreeSet<_> =
            controls.iter().map(|(_, name)| name).filter(|name| !name.is_empty()).collect();
        assert_eq!(names.len(), controls.len(), "{kind}: {controls:?}");
        let expected: Vec<&str> = ["from", "kind"].iter().chain(fields).copied().collect();
        assert_eq!(browser.run(shown), json!(expected), "{kind}");
    }

    // A card by hand: what is filled in is signed, as the command signs it.
    choose("card-ext");
    let values = [
        ("ticket", "IpK_1T69hDhZkLQTlwsAX6aAyQ4TWD"),
        ("nonce", "jonyqin_1434008071"),
        ("timestamp", "1404896688"),
        ("card-id", "pjZ8Yt1XGILfi-FUsewpnnolGgZk"),
        ("code", "1434008071"),
        ("balance", "100"),
    ];
    for (id, text) in values {
        visitor.paste(id, text);
    }
    let fields = |balance: Option<&str>| wecheck::signature::Fields {
        ticket: values[0].1.into(),
        nonce: values[1].1.into(),
        timestamp: values[2].1.into(),
        card_id: Some(values[3].1.into()),
        code: Some(values[4].1.into()),
        balance: balance.map(str::to_owned),
        ..Default::default()
    };
    let sign = |fields: &wecheck::signature::Fields| {
        wecheck::signature::sign(wecheck::signature::Kind::CardExt, fields)
    };
    visitor.reads(&sign(&fields(Some("100"))));
    visitor.paste("balance", "");
    visitor.reads(&sign(&fields(None)));
    visitor.paste("signature", &sign(&fields(Some("100"))));
    visitor.reads("The signature differs");
    visitor.paste("balance", "100");
    visitor.reads("The signature fits these inputs");
    visitor.reads("its own wx.config signature");
    shoot(browser, "7-card-en");
    // Pasted code shows the fields of its kind, filled.
    browser.click("#clear");
    visitor.reads("fill in url, jsapi_ticket");
    visitor.paste("from",
        "wx.chooseCard({ shopId: '12', cardType: 'GROUPON', cardId: 'pX', timestamp: 1404896688, nonceStr: 'n0123456789abcdef', \
         signType: 'SHA1', cardSign: '0123456789012345678901234567890123456789' })",
    );
    visitor.reads("Still missing: api_ticket");
    let filled = ["card-id", "card-type", "location-id", "timestamp"].map(|id| visitor.value(id));
    assert_eq!(filled, ["pX", "GROUPON", "12", "1404896688"]);
    assert_eq!(browser.run(ticket), "api_ticket");
    visitor.paste("from",
        r#"wx.addCard({ cardList: [{ cardId: 'pY', cardExt: '{"code":"c1","openid":"o1","balance":"100","timestamp":"1404896688","nonce_str":"n"}' }] })"#,
    );
    browser.wait("return document.getElementById('card-id').value === 'pY'");
    let filled = ["code", "openid", "balance", "nonce"].map(|id| visitor.value(id));
    assert_eq!(filled, ["c1", "o1", "100", "n"]);

    // The rest is folded away, and counts.
    browser.click("#clear");
    browser.click("#example");
    visitor.reads("The signature fits these inputs");
    visitor.paste("ticket", "ANOTHER-TICKET");
    visitor.reads("The signature differs");
    browser.click("#values summary");
    visitor.paste("other-ticket", &format!("NOT-IT\n{TICKET}"));
    visitor.reads("1 mistake found");
    shoot(browser, "7-more-en");

    // A very long address: nothing is wider than the window, and the difference is in sight.
    let long = ["parameter=", &"value".repeat(6), "&"].concat().repeat(200);
    let long = format!("https://m.example.com/index.html?{long}");
    visitor.paste("url", &format!("{long}last=1"));
    visitor.paste("page-url", &format!("{long}last=2"));
    visitor.reads("The signed url and the page");
    let rows = browser.run("return [...document.querySelectorAll('.rows dd')].map((row) => row.textContent)");
    assert!(
        rows.as_array().is_some_and(|rows| rows
            .iter()
            .any(|row| row.as_str().is_some_and(|row| row.starts_with('…') && row.ends_with("last=2")))),
        "{rows}"
    );
    shoot(browser, "7-long-en");
    assert_eq!(browser.console(), Vec::<String>::new());
}

/// What `verify` takes, the page takes, but for what no answer of the page depends on.
#[test]
#[ignore = "needs chromium"]
fn the_page_has_a_field_for_every_flag_of_verify() {
    let help = crate::harness::wecheck(["verify", "--help"]).done().stdout;
    let own = help.split("Global").next().expect("a text");
    let flags: BTreeSet<&str> = own
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("-"))
        .filter_map(|line| line.split("--").nth(1).or_else(|| line.strip_prefix('-')))
        .filter_map(|rest| rest.split([' ', '=']).next())
        .collect();
    assert!(flags.contains("card-type") && flags.contains("page-url"), "{flags:?}");
    let without = [
        // Neither signed nor compared.
        "agent-id",
        "group-id", // A button; a cached ticket is never shown.
        "deep",
        "reveal", // The browser's page sends no requests for its user.
        "endpoint",
        "endpoint-suite",
        "endpoint-method",
        "endpoint-param",
        "endpoint-header",
        "ca-file",
        "resolve",
        // Of every command.
        "config",
        "profile",
        "json",
        "color",
        "lang",
        "offline",
        "quiet",
        "verbose",
        "help",
        "version",
    ];
    let home = Home::new();
    let page = Server::start(&home, &[]).get("/").body;
    let section = page.split("id=\"codes\"").next().expect("the first two tabs");
    for flag in flags.iter().filter(|flag| !without.contains(flag)) {
        assert!(section.contains(&format!(" name=\"{flag}\"")), "--{flag} cannot be entered");
    }
}

/// Whatever can be pressed or filled in and is in sight; several texts may lead to one field.
const CONTROLS: &str =
    ":is(button, input, textarea, select):not([hidden] *, details:not([open]) > div *, .place)";

/// Flags that are on the page outside a command that is to be typed.
const FLAGS: &str = r"
return document.body.innerText.split('\n').filter((line) => /(^|[^\w-])--[a-z]/.test(line) && !/wecheck [a-z]/.test(line));
";

/// Text of the page whose contrast with what is behind it is under 4.5, and edges of controls under 3.
const CONTRAST: &str = r"
const numbers = (color) => color.match(/[\d.]+/g).map(Number);
const light = (color) => {
  const [r, g, b] = numbers(color).map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (numbers(color)[3] !== 0) return color;
  }
  return 'rgb(255, 255, 255)';
};
const contrast = (one, other) => {
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
const faint = [];
for (const control of document.querySelectorAll('form :is(input:not([type=checkbox]), textarea, select)')) {
  if (!control.checkVisibility() || control === document.activeElement) continue;
  const ratio = contrast(getComputedStyle(control).borderBottomColor, behind(control.parentElement));
  if (ratio < 3) faint.push(`edge of ${control.id} ${ratio.toFixed(2)}`);
}
for (const element of document.querySelectorAll('body *')) {
  if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
  if (!element.checkVisibility() || ['STYLE', 'SCRIPT', 'NOSCRIPT', 'OPTION'].includes(element.tagName)) continue;
  const ratio = contrast(getComputedStyle(element).color, behind(element));
  if (ratio < 4.5) faint.push(`${element.tagName} ${element.className} ${element.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
}
return faint;
";
