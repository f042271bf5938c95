//! The checker page in a real browser: what a person does there, in both languages and lights, at a
//! desk and on a phone; and that nothing leaves this machine meanwhile.

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

const VERDICT: &str = "return document.querySelector('#check-live strong')?.textContent";

fn wait_for(browser: &Browser, text: &str) {
    browser.wait(&format!("return document.body.innerText.includes({})", json!(text)));
}

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
    let string1 = "jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg&noncestr=Wm3WZYTPz0wzccnW&timestamp=1414587457&url=http://mp.weixin.qq.com?params=value";
    assert_eq!(browser.text("pre"), string1);
    shoot(&browser, "2-example-en");

    browser.click("[data-lang=zh]");
    wait_for(&browser, "签名与这些输入相符");
    assert_eq!(browser.run("return document.documentElement.lang"), "zh-CN");
    shoot(&browser, "2-example-zh");
    assert_eq!(browser.run(VERDICT), "签名与这些输入相符");
    assert_eq!(browser.console(), Vec::<String>::new());
}
