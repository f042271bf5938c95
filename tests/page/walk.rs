//! The checker page's situations, one by one: each tab with what is good, bad, missing, of the wrong
//! kind, long, refused, and unanswered; at a desk and on a phone, in both lights and languages.
//!
//! After each: the answer is in sight without scrolling, axe finds nothing, the console is empty, no
//! address and no line of the server's log holds a value, and Back goes to the tab before.
//!
//! `WECHECK_TEST_WALK=1` walks all of it; else each situation in one of the four ways. `WECHECK_TEST_SHOTS`
//! names a folder for pictures.

use serde_json::{Value, json};

use crate::harness::{Home, amount};
use crate::serving::Server;
use crate::site::packages;
use crate::situations::{Act, Situation, situations};
use crate::visitor::{NOWHERE, Visitor, shots};

const SIZES: [(u32, u32); 2] = [(1280, 800), (390, 844)];
const LANGUAGES: [&str; 2] = ["zh", "en"];

#[test]
#[ignore = "needs chromium"]
fn every_situation_of_the_page() {
    let table = situations();
    let names: std::collections::BTreeSet<_> = table.iter().map(|situation| situation.name).collect();
    assert_eq!(names.len(), table.len(), "two situations have one name");
    let whole = amount("WECHECK_TEST_WALK", 0) > 0;
    let only = only();
    // A person each at a desk and on a phone.
    let failed: Vec<String> = std::thread::scope(|scope| {
        let walks: Vec<_> = SIZES
            .iter()
            .enumerate()
            .map(|(place, size)| {
                let table = &table;
                let only = &only;
                scope.spawn(move || {
                    let chosen = |at: usize, language: usize| {
                        whole || only.is_some() || (at + place + 2 * language).is_multiple_of(4)
                    };
                    let mut walk = Walk::new(*size);
                    for (language, name) in LANGUAGES.iter().enumerate() {
                        for (at, situation) in table.iter().enumerate() {
                            let meant =
                                only.as_ref().is_none_or(|only| situation.name.contains(only.as_str()));
                            if meant && chosen(at, language) {
                                walk.visit(situation, language, name);
                            }
                        }
                    }
                    walk.end(table)
                })
            })
            .collect();
        walks.into_iter().flat_map(|walk| walk.join().expect("a walk ends")).collect()
    });
    assert!(failed.is_empty(), "{} things are wrong:\n{}", failed.len(), failed.join("\n"));
}

/// Situations with this in their names, and no others: for someone who changes one of them.
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
fn only() -> Option<String> {
    std::env::var("WECHECK_TEST_ONLY").ok()
}

/// A person who tries one situation after the other.
struct Walk {
    visitor: Visitor,
    size: (u32, u32),
    failed: Vec<String>,
}

impl Walk {
    fn new(size: (u32, u32)) -> Self {
        let visitor = Visitor::new("en-US");
        let axe = std::fs::read_to_string(packages().join("axe-core/axe.min.js")).expect("axe");
        visitor.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": axe}));
        visitor.browser.size(size.0, size.1);
        Self { visitor, size, failed: Vec::new() }
    }

    fn visit(&mut self, situation: &Situation, language: usize, language_name: &str) {
        let (width, height) = self.size;
        let at = format!("{} {width}x{height} {language_name}", situation.name);
        // Who is without a server had one until now.
        let own = situation.without_server().then(|| Server::start(&Home::new(), &[]));
        let server = own.as_ref().unwrap_or(&self.visitor.server);
        let browser = &self.visitor.browser;
        browser.light(false);
        browser.open(NOWHERE);
        browser.open(&server.url("/"));
        if browser.run("return document.documentElement.lang.slice(0, 2)") != *language_name {
            browser.click(&format!("[data-lang={language_name}]"));
        }
        if situation.tab != "any" {
            browser.click(&format!("#tab-{}", situation.tab));
        }
        for act in &situation.acts {
            match act {
                Act::Paste(id, text) => self.visitor.paste(id, text),
                Act::Choose(id, value) => self.visitor.choose(id, value),
                Act::Press(css) => browser.click(css),
                Act::Drop(name, content) => self.visitor.drop_file(name, content),
                Act::ServerDies => {
                    server.signal("-KILL");
                    while std::net::TcpStream::connect(("127.0.0.1", server.port)).is_ok() {
                        std::thread::yield_now();
                    }
                }
            }
        }
        let says = situation.says[language];
        let seen =
            browser.wait_quietly(&format!("{SEEN}\nreturn seen({}, {});", json!(situation.tab), json!(says)));
        if seen != "seen" {
            self.failed.push(format!("{at}: `{says}`: {seen}"));
        }
        let mut wrong = |what: &str, value: &Value| {
            if *value != json!([]) {
                self.failed.push(format!("{at}: {what}: {value}"));
            }
        };
        wrong("wider than the window", &browser.run(WIDER));
        wrong(
            "words of the other language",
            &browser.run(&format!("return ({UNTRANSLATED})('{language_name}')")),
        );
        for dark in [false, true] {
            browser.light(dark);
            let light = if dark { "dark" } else { "light" };
            if let Some(folder) = shots() {
                let file = format!("{}-{width}-{language_name}-{light}.png", situation.name);
                browser.screenshot_of_window(&folder.join(&file));
                if !dark {
                    browser.screenshot(&folder.join(format!("whole-{file}")));
                }
            }
            wrong(&format!("axe, {light}"), &browser.run_async(AXE));
        }
        let console: Vec<_> = browser
            .console()
            .into_iter()
            .filter(|line| !(situation.without_server() && line.contains("net::ERR_CONNECTION_REFUSED")))
            .collect();
        wrong("console", &json!(console));

        // Every entry of this tab's history is an address of fixed names.
        let history = browser.devtools("Page.getNavigationHistory", &json!({}));
        let here = server.url("/");
        let odd: Vec<&Value> = history["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| &entry["url"])
            .filter(|url| {
                let url = url.as_str().unwrap_or_default();
                let rest = url.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split_once('/'));
                let fixed = |rest: &str| {
                    rest.is_empty() || rest.strip_prefix('#').is_some_and(|name| TABS.contains(&name))
                };
                url != NOWHERE
                    && !url.starts_with("chrome://new-tab-page")
                    && !rest.is_some_and(|(_, rest)| fixed(rest))
            })
            .collect();
        wrong("history", &json!(odd));

        // Back: to the tab before, or out of the page where there was none.
        let from = browser.run("return document.querySelector('main > section:not([hidden])').id");
        browser.back();
        let back = if from == "any" {
            browser.wait_quietly(&format!("return location.href === '{NOWHERE}' ? 'seen' : location.href"))
        } else {
            browser.wait_quietly(&format!(
                "const open = document.querySelector('main > section:not([hidden])').id; \
                 return open === 'any' && location.href === '{here}' ? 'seen' : `${{open}} at ${{location.href}}`"
            ))
        };
        if back != "seen" {
            self.failed.push(format!("{at}: Back leads to {back}"));
        }
    }

    /// What went wrong; nothing that was pasted stands in the server's log.
    fn end(mut self, table: &[Situation]) -> Vec<String> {
        let log = self.visitor.end().stderr;
        for text in table.iter().flat_map(Situation::pasted) {
            let piece: String = text.chars().take(24).collect();
            if piece.len() > 8 && log.contains(&piece) {
                self.failed.push(format!("the log holds {piece}"));
            }
        }
        self.failed
    }
}

const TABS: [&str; 7] = ["any", "check", "codes", "domains", "callback", "sign", "faq"];

/// Whether the innermost element of the open tab (or of what stays in sight) with this text is in sight
/// as a whole, and nothing lies over it.
const SEEN: &str = r"
const seen = (tab, text) => {
  const holders = [...document.querySelectorAll('main > section:not([hidden]) *, #pin')].filter((element) =>
    element.checkVisibility() && element.innerText?.includes(text)
    && ![...element.children].some((child) => child.innerText?.includes(text)));
  if (document.querySelector('main > section:not([hidden])').id !== tab) return 'another tab is open';
  if (!holders.length) return 'not there: ' + document.querySelector('main > section:not([hidden])').innerText.slice(0, 600);
  for (const holder of holders) {
    const {left, right, top, bottom} = holder.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight || left < 0 || right > innerWidth) continue;
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (over && (holder.contains(over) || over.contains(holder))) return 'seen';
  }
  const {top, bottom} = holders[0].getBoundingClientRect();
  return `out of sight, from ${top} to ${bottom} at ${$('scroll').scrollTop} of ${innerHeight}`;
};
";

const WIDER: &str = "
return [...document.querySelectorAll('body *')].filter((element) => {
  if (!element.checkVisibility() || element.closest('.tabs, .said, .to-content, pre')) return false;
  const {right, width} = element.getBoundingClientRect();
  return width && right > innerWidth + 1;
}).map((element) => element.outerHTML.slice(0, 80));
";

/// On the English page what is Chinese and not marked so; on the Chinese one a sentence without Chinese.
const UNTRANSLATED: &str = r"(language) => {
  const odd = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('script, style, noscript, pre, code, textarea, input, option, .mono, mark, [lang=zh], .said, .id, .links, .verdict span') || !element.checkVisibility()) continue;
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(' ').trim();
    const chinese = /[\u4e00-\u9fff]/.test(text);
    if (language === 'en' && chinese && !/[a-z]{3}/i.test(text)) odd.push(text);
    if (language === 'zh' && !chinese && /[a-z]+ [a-z]+ [a-z]+ [a-z]+/.test(text)) odd.push(text);
  }
  return odd;
}";

const AXE: &str = "
const done = arguments[0];
axe.run(document, {resultTypes: ['violations']}).then(
  ({violations}) => done(violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id} ${html.slice(0, 100)}`))),
  (error) => done([String(error)]));
";
