//! The checker page in a real browser: what a person does there, in both languages and lights, at a
//! desk and on a phone; and that nothing leaves this machine meanwhile.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use crate::harness::Home;
use crate::serving::Server;
use crate::webdriver::Browser;

/// Where the screenshots go: outside the tree, for whoever wants to look.
fn shots() -> PathBuf {
    let folder = std::env::temp_dir().join("wecheck-page");
    std::fs::create_dir_all(&folder).expect("a folder for the screenshots");
    folder
}

/// Every state of the page as a picture: both widths, both lights.
fn shoot(browser: &Browser, name: &str) {
    for (width, height) in [(1280, 900), (390, 844)] {
        for dark in [false, true] {
            browser.size(width, height);
            browser.light(dark);
            let light = if dark { "dark" } else { "light" };
            browser.screenshot(&shots().join(format!("{name}-{width}-{light}.png")));
        }
    }
    browser.size(1280, 900);
    browser.light(false);
}

fn wait_for(browser: &Browser, text: &str) {
    browser.wait(&format!("return document.body.innerText.includes({})", json!(text)));
}

/// Puts a text into a field as pasting does: at once, with one event.
fn paste(browser: &Browser, id: &str, text: &str) {
    browser.run(&format!(
        "const field = document.getElementById({}); field.value = {}; \
         field.dispatchEvent(new Event('input', {{bubbles: true}}));",
        json!(id),
        json!(text)
    ));
}

fn value(browser: &Browser, id: &str) -> String {
    browser
        .run(&format!("return document.getElementById('{id}').value"))
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

const RIGHT: &str = "\u{e014}";
const ENTER: &str = "\u{e007}";
const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const STRING1: &str = "jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg&noncestr=Wm3WZYTPz0wzccnW&timestamp=1414587457&url=http://mp.weixin.qq.com?params=value";

/// What a person does on the page, from the empty one on.
#[test]
fn the_page_checks_explains_and_speaks_both_languages() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let browser = Browser::start("en-US");
    browser.size(1280, 900);
    browser.open(&server.url("/"));
    wait_for(&browser, "Nothing to compute yet");
    shoot(&browser, "1-empty-en");

    browser.click("#example");
    wait_for(&browser, "The signature fits these inputs");
    assert_eq!(browser.text("pre"), STRING1);
    shoot(&browser, "2-example-en");
    browser.click("[data-lang=zh]");
    wait_for(&browser, "签名与这些输入相符");
    assert_eq!(browser.run("return document.documentElement.lang"), "zh-CN");
    shoot(&browser, "2-example-zh");

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
        paste(&browser, id, text);
    }
    wait_for(&browser, "1 mistake found, and the hash proves it");
    let named =
        browser.run("return [...document.querySelectorAll('.item.no .id')].map((id) => id.textContent)");
    assert_eq!(named, json!(["url-scheme-swapped"]));
    let marks = browser.run("return [...document.querySelectorAll('mark')].map((mark) => mark.textContent)");
    assert!(marks.as_array().is_some_and(|marks| marks.contains(&json!("s"))), "{marks}");
    shoot(&browser, "3-mistake-en");
    browser.click("[data-lang=zh]");
    wait_for(&browser, "找到 1 处错误");
    shoot(&browser, "3-mistake-zh");
    // What no known mistake explains may be searched for longer.
    paste(&browser, "signature", "0123456789012345678901234567890123456789");
    wait_for(&browser, "没有找到能解释它的错误");
    browser.wait("const longer = document.getElementById('longer'); longer?.click(); return longer");
    wait_for(&browser, "正在找……");
    wait_for(&browser, "没有找到能解释它的错误");
    shoot(&browser, "3-unexplained-zh");
    browser.click("#example");
    wait_for(&browser, "签名与这些输入相符");

    // The link holds the values, and the ticket is none of them.
    browser.click("#link");
    let link = browser.run("return location.href").as_str().expect("an address").to_owned();
    assert!(link.contains("nonce=Wm3WZYTPz0wzccnW") && link.contains("signature=0f9de62f"), "{link}");
    assert!(!link.contains("ticket") && !link.contains("sM4AOVdW"), "{link}");
    browser.open("about:blank");
    browser.open(&link);
    wait_for(&browser, "jsapi_ticket");
    assert_eq!(
        (value(&browser, "nonce").as_str(), value(&browser, "ticket").as_str()),
        ("Wm3WZYTPz0wzccnW", "")
    );

    // What is pasted fills the fields; what is typed wins over it.
    browser.click("[data-lang=en]");
    browser.click("#clear");
    let code = "wx.config({\n  appId: 'wx0123456789abcdef',\n  timestamp: 1414587457,\n  nonceStr: 'Wm3WZYTPz0wzccnW',\n  \
                signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed',\n  jsApiList: ['chooseImage']\n});\n";
    paste(&browser, "from", code);
    wait_for(&browser, "Still missing: url, jsapi_ticket");
    assert_eq!(value(&browser, "nonce"), "Wm3WZYTPz0wzccnW");
    browser.keys("#ticket", TICKET);
    browser.keys("#url", "http://mp.weixin.qq.com?params=value");
    browser.keys("#page-url", "https://mp.weixin.qq.com/?params=value#/top");
    wait_for(&browser, "The signature fits these inputs");
    wait_for(&browser, "The signed url and the page");
    let marks = browser.run("return [...document.querySelectorAll('mark')].map((mark) => mark.textContent)");
    assert!(marks.as_array().is_some_and(|marks| !marks.is_empty()), "{marks}");
    shoot(&browser, "3-pasted-en");
    browser.keys("#nonce", "X");
    wait_for(&browser, "The signature differs");
    paste(&browser, "from", "");
    wait_for(&browser, "Still missing");
    assert_eq!(value(&browser, "timestamp"), "", "what was pasted is gone with it");

    // A code, and from there to the next one.
    browser.click("#tab-codes");
    browser.keys("#q", "40164");
    browser.keys("#q", ENTER);
    wait_for(&browser, "What to do now");
    assert!(browser.text("#codes-answer").contains("40164"));
    shoot(&browser, "4-code-en");
    browser.click("[data-lang=zh]");
    wait_for(&browser, "现在怎么做");
    shoot(&browser, "4-code-zh");
    paste(
        &browser,
        "q",
        "{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist\"}",
    );
    browser.click("#codes-form .primary");
    wait_for(&browser, "203.0.113.7");
    paste(&browser, "q", "40166999");
    browser.click("#codes-form .primary");
    wait_for(&browser, "相近的错误码");
    shoot(&browser, "4-code-unknown-zh");
    browser.click("#codes-answer button");
    browser.wait("return document.querySelector('#codes-answer .big') !== null");
    assert!(browser.run("return location.hash").as_str().is_some_and(|hash| hash.starts_with("#codes?q=")));
    browser.click("[data-lang=en]");

    // A domain that may be used, and one that may not.
    browser.click("#tab-domains");
    browser.keys("#pages", "https://m.example.com/index.html");
    browser.keys("#trusted", "m.example.com");
    browser.click("#domains-form .primary");
    browser.wait("return document.querySelector('#domains-live.yes') !== null");
    shoot(&browser, "5-domain-en");
    paste(&browser, "pages", "http://192.168.0.7:8080/a\nhttps://m.example.com/");
    browser.click("#domains-form .primary");
    browser.wait("return document.querySelector('#domains-live.no') !== null");
    browser.click("[data-lang=zh]");
    wait_for(&browser, "条规则符合");
    shoot(&browser, "5-domain-zh");
    browser.click("[data-lang=en]");

    // Markup in a value stays text.
    browser.click("#tab-check");
    browser.click("#clear");
    for (id, text) in
        [("url", "http://a/<img src=x onerror=alert(1)>"), ("ticket", "<b>t</b>"), ("nonce", "\u{202e}n")]
    {
        paste(&browser, id, text);
    }
    paste(&browser, "timestamp", "1");
    wait_for(&browser, "<img src=x onerror=alert(1)>");
    assert_eq!(browser.run("return document.querySelectorAll('main img, main b b').length"), 0);

    assert_eq!(browser.console(), Vec::<String>::new());
    let reached = browser.reached();
    let here: BTreeSet<String> = ["127.0.0.1".to_owned()].into();
    assert_eq!((&reached.addresses, &reached.hosts), (&here, &here));
}

#[test]
fn a_chinese_browser_is_spoken_to_in_chinese() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let browser = Browser::start("zh-CN");
    browser.size(1280, 900);
    browser.open(&server.url("/"));
    wait_for(&browser, "还没有可以计算的内容");
    shoot(&browser, "1-empty-zh");
    assert_eq!(browser.console(), Vec::<String>::new());
}

/// The page by keyboard alone, and as a screen reader tells it.
#[test]
fn the_page_works_by_keyboard_and_by_ear() {
    let home = Home::new();
    let server = Server::start(&home, &[]);
    let browser = Browser::start("en-US");
    browser.size(1280, 900);
    browser.open(&server.url("/"));
    browser.click("#example");
    wait_for(&browser, "The signature fits these inputs");

    for (tab, next) in [("check", "codes"), ("codes", "domains"), ("domains", "check")] {
        let controls = browser.spoken(&format!("#{tab} :is(button, input, textarea, select), header button"));
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
        let focused = browser.run("return document.activeElement.id");
        assert_eq!(focused, format!("tab-{next}"));
        let panels = "return document.querySelector('main > section:not([hidden])').id";
        assert_eq!(browser.run(panels), next);
    }
    // The outcome is said where a screen reader listens.
    let live = browser.spoken("#check-live");
    assert_eq!(live[0].0, "status");
    // Every text is legible: contrast of at least 4.5 in both lights.
    for dark in [false, true] {
        browser.light(dark);
        let faint = browser.run(CONTRAST);
        assert_eq!(faint, json!([]), "dark: {dark}");
    }
}

/// Text of the page whose contrast with what is behind it is under 4.5.
const CONTRAST: &str = r"
const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = (colour) => {
  const [r, g, b] = numbers(colour).map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (numbers(colour)[3] !== 0) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const faint = [];
for (const element of document.querySelectorAll('body *')) {
  if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
  if (!element.checkVisibility() || ['STYLE', 'SCRIPT', 'NOSCRIPT', 'OPTION'].includes(element.tagName)) continue;
  const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) faint.push(`${element.tagName} ${element.className} ${element.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
}
return faint;
";
