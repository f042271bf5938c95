//! `wecheck config init` in a real terminal: what it asks, how it takes wrong answers, and that a secret
//! pasted at the wrong place is neither in the file nor on the screen.

use crate::harness::Home;
use crate::tmux::Screen;

const SECRET: &str = "f3a97c5512e84b06d1c8e2a7904b6fd3";

/// The questions begun, in a terminal as narrow as a phone's.
fn begun<'h>(home: &'h Home, lang: &str, size: (u16, u16)) -> Screen<'h> {
    let screen = Screen::open(home, size, &["bash", "--norc", "-i"], &[("WECHECK_LANG", lang)]);
    screen.waits("a prompt", |shown| !shown.is_empty());
    screen.types("PS1='$ '; clear");
    screen.presses(&["Enter"]);
    screen.waits("the prompt", |shown| shown == "$");
    screen.types("wecheck config init; echo \"ended $?\"");
    screen.presses(&["Enter"]);
    screen
}

/// The answer to the question that ends the screen now, and Enter.
fn answers(screen: &Screen<'_>, question: &str, answer: &str) {
    screen.waits(question, |shown| {
        let last = shown.lines().next_back().unwrap_or_default();
        let before = shown.lines().rev().nth(1).unwrap_or_default();
        // A question that is wider than the terminal goes on below.
        (last.contains(question) || format!("{before}{last}").contains(question))
            && (last.ends_with(':') || last.ends_with('：'))
    });
    screen.types(answer);
    screen.presses(&["Enter"]);
}

fn written(home: &Home) -> Option<String> {
    std::fs::read_to_string(home.path().join(".config/wecheck/config.toml")).ok()
}

#[test]
#[ignore = "needs tmux"]
fn wrong_answers_are_asked_again_and_a_secret_stays_nowhere() {
    for (lang, size, questions) in [
        (
            "en",
            (60, 20),
            ["name of this profile", "platform", "appid", "variable", "trusted domains", "APIs"],
        ),
        ("zh", (80, 24), ["配置的名字", "平台", "appid", "环境变量", "可信域名", "接口"]),
    ] {
        let home = Home::new();
        let screen = begun(&home, lang, size);
        let [name, platform, app_id, variable, trusted, apis] = questions;
        for question in [name, platform, app_id, variable, trusted, apis] {
            // A secret, where it is not asked for; at the place that takes any id too.
            answers(&screen, question, SECRET);
            let shown = screen.waits("it asks again", |shown| !shown.contains(SECRET));
            assert!(!shown.contains(&SECRET[..16]), "{shown}");
            match question {
                _ if question == name => {
                    answers(&screen, question, "no spaces here");
                    answers(&screen, question, "shop");
                }
                _ if question == platform => {
                    answers(&screen, question, "wechat");
                    answers(&screen, question, "mp");
                }
                _ if question == app_id => {
                    answers(&screen, question, "wx0123");
                    answers(&screen, question, "wx0123456789abcdef");
                }
                _ if question == variable => {
                    answers(&screen, question, "1-NOT-A-NAME");
                    answers(&screen, question, "");
                }
                _ if question == trusted => {
                    answers(&screen, question, "https://m.example.com:8443/a");
                    answers(&screen, question, "m.example.com h5.example.com");
                }
                _ => {
                    answers(&screen, question, "scanQRcode");
                    answers(&screen, question, "scanQRCode chooseImage");
                }
            }
        }
        let shown = screen.waits("its end", |shown| shown.contains("ended 0"));
        assert!(!screen.joined().contains(SECRET) && !screen.joined().contains(&SECRET[..16]), "{shown}");
        assert!(shown.contains("export SHOP_SECRET=") && shown.contains("wecheck config check"), "{shown}");
        let file = written(&home).expect("the file is written");
        assert!(!file.contains(SECRET), "{file}");
        for line in [
            "[profile.shop]",
            "platform = \"mp\"",
            "appid = \"wx0123456789abcdef\"",
            "secret = { env = \"SHOP_SECRET\" }",
            "trusted_domains = [\"m.example.com\", \"h5.example.com\"]",
            "js_api_list = [\"scanQRCode\", \"chooseImage\"]",
        ] {
            assert!(file.contains(line), "{line}: {file}");
        }
    }
}

#[test]
#[ignore = "needs tmux"]
fn ctrl_d_and_ctrl_c_write_nothing() {
    for (lang, name) in [("en", "name of this profile"), ("zh", "配置的名字")] {
        for key in ["C-d", "C-c"] {
            let home = Home::new();
            let screen = begun(&home, lang, (80, 24));
            answers(&screen, name, "shop");
            screen.waits("the platform", |shown| shown.contains("mp"));
            screen.presses(&[key]);
            let shown = screen.waits("its end", |shown| {
                shown.contains("ended 130") || (key == "C-c" && shown.lines().next_back() == Some("$"))
            });
            assert_eq!(written(&home), None, "{shown}");
            let said = if lang == "zh" { "什么都没有写" } else { "nothing was written" };
            assert!(key == "C-c" || shown.contains(said), "{shown}");
        }
    }
}
