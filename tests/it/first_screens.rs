//! The first screens: what a person sees after a command in a real terminal of 60x20, 80x24 and 120x40, in
//! both languages, without scrolling.
//!
//! `WECHECK_REGENERATE=1 cargo test --test it first_screens -- --ignored` writes `tests/data/screens`; then
//! read them as the person who will see them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::generated::in_step;
use crate::harness::Home;
use crate::tmux::Screen;

/// What is typed, and what has to be on the screen afterwards: the headline and the first finding.
const TYPED: &[(&str, [&str; 2], [&str; 2])] = &[
    ("wecheck", ["Usage: wecheck", "wecheck page.js"], ["用法：wecheck", "wecheck page.js"]),
    ("wecheck 40164", ["40164  invalid ip", "1. "], ["40164  ", "1. "]),
    ("wecheck 'invalid signature'", ["invalid signature", "1. "], ["签名无效", "1. "]),
    (
        "wecheck verify page.js --ticket TICKET_OF_THE_PAGE",
        ["WeChat will refuse it", "url-fragment"],
        ["微信会拒绝", "url-fragment"],
    ),
    (
        "wecheck domain-check m.example.com",
        ["unknown  m.example.com", "trusted-match"],
        ["没有定论", "trusted-match"],
    ),
    (
        "WECHECK_CALLBACK_TOKEN=a-token wecheck callback verify --request request.log",
        ["the signature does not hold", "token"],
        ["签名不成立", "token"],
    ),
    (
        "wecheck doctor --offline",
        ["first config", "wecheck config init"],
        ["先处理 config", "wecheck config init"],
    ),
    ("wecheck faq", ["topics", "wecheck faq"], ["个条目", "wecheck faq"]),
];

const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 40)];

/// The day of the transcripts. Unix seconds.
const NOW: &str = "1700000000";

fn home() -> Home {
    let home = Home::new();
    // Signed with its fragment, by the ticket TICKET_OF_THE_PAGE.
    home.file(
        "page.js",
        "wx.config({\n  appId: 'wx0123456789abcdef',\n  timestamp: 1699999000,\n  nonceStr: 'Wm3WZYTPz0wzccnW',\n  url: 'https://m.example.com/goods?id=1#top',\n  signature: 'SIGNATURE',\n  jsApiList: ['scanQRCode'],\n});\n"
            .replace("SIGNATURE", &signature()),
    );
    home.file(
        "request.log",
        "GET /wx?signature=0123456789abcdef0123456789abcdef01234567&timestamp=1699999990&nonce=478945&echostr=1 HTTP/1.1\n",
    );
    home
}

fn signature() -> String {
    use sha1::{Digest as _, Sha1};
    let string1 = "jsapi_ticket=TICKET_OF_THE_PAGE&noncestr=Wm3WZYTPz0wzccnW&timestamp=1699999000&url=https://m.example.com/goods?id=1#top";
    hex::encode(Sha1::digest(string1))
}

/// A line without how far a search came within its time.
fn without_speed(line: &str) -> String {
    if line.contains("candidates tried") || line.contains("种写法，到时停止") || line.contains("种写法）")
    {
        let line = line.replace(", stopped by time", "").replace("，到时停止", "");
        return line.replace(|c: char| c.is_ascii_digit(), "9");
    }
    line.to_owned()
}

#[test]
#[ignore = "needs tmux"]
fn the_first_screens_show_the_headline_and_the_first_finding() {
    let mut files = BTreeMap::new();
    for (columns, rows) in SIZES {
        for lang in ["en", "zh"] {
            let mut file = String::new();
            for (typed, en, zh) in TYPED {
                let home = home();
                let screen = Screen::open(
                    &home,
                    (columns, rows),
                    &["bash", "--norc", "-i"],
                    &[("WECHECK_LANG", lang), ("WECHECK_NOW", NOW)],
                );
                screen.waits("a prompt", |shown| !shown.is_empty());
                screen.types("PS1='$ '; clear");
                screen.presses(&["Enter"]);
                screen.waits("the prompt", |shown| shown == "$");
                screen.types(typed);
                screen.presses(&["Enter"]);
                let shown = screen.waits("the prompt again", |shown| {
                    shown.len() > typed.len() + 4 && shown.lines().next_back() == Some("$")
                });
                for words in if lang == "zh" { zh } else { en } {
                    assert!(shown.contains(words), "{columns}x{rows} {typed}: no `{words}` in\n{shown}");
                }
                // Only what must stay whole is left for the terminal to break.
                for line in screen.joined().lines().filter(|line| line.width() > usize::from(columns)) {
                    let is_whole = ["string1", "://", "wecheck "].iter().any(|word| line.contains(word));
                    assert!(is_whole, "{columns}x{rows} {typed}: {line}");
                }
                let folder = home.path().to_string_lossy().into_owned();
                let shown = shown.replace(&folder, &"~".repeat(folder.len()));
                let shown = shown.lines().map(without_speed).collect::<Vec<_>>().join("\n");
                let _ = writeln!(file, "{}\n{shown}\n", "=".repeat(usize::from(columns)));
            }
            files.insert(format!("{columns}x{rows}-{lang}.txt"), file);
        }
    }
    in_step("tests/data/screens", &files, |_| true);
}
