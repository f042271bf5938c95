//! Addresses that a browser or a phone says the page has, outside of all notations.
//!
//! In: a text. Out: the address printed for `location.href` in a console (behind it or on the next line),
//! the one in a line of the client's that names `realAuthUrl`, and, if nothing else shows it, the one
//! that a sentence says was opened.

use super::Field;
use super::beside::is_place;
use super::found::Found;
use super::prose::NOT_OPENED;

/// What shows the page's address when it is evaluated.
const EXPRESSIONS: [&str; 3] = ["location.href", "document.URL", "document.location"];
/// Words between it and what it shows, of a sentence or a console; a sentence in Chinese has any.
const SHOWS: [&str; 18] = [
    "is", "was", "shows", "showed", "prints", "printed", "gives", "gave", "returns", "result", "value", "on",
    "in", "wechat", "the", "phone", "iphone", "android",
];
/// No more than so much is between them. Bytes.
const FILLER: usize = 60;
/// A longer line is not a console's, and a longer address not a page's.
const LONGEST: usize = 8192;

pub(super) fn read(text: &str, found: &mut Found) {
    console(text, found);
    prose(text, found);
}

fn console(text: &str, found: &mut Found) {
    if !EXPRESSIONS.iter().any(|name| text.contains(name)) && !text.contains("realAuthUrl") {
        return;
    }
    let mut asked: Option<&str> = None;
    let mut in_list = false;
    for line in text.lines().filter(|line| !line.trim().is_empty() && line.len() <= LONGEST) {
        if let Some(url) = asked.take().and_then(|asked| answered(line, asked)) {
            found.page_url(url);
        }
        // A console opens a list into lines: `0: "https://…"`.
        if in_list && let Some(item) = item(line) {
            reported(item, found);
            continue;
        }
        in_list = false;
        if let Some((_, rest)) = line.split_once("realAuthUrl") {
            reported(rest, found);
            in_list = true;
        }
        let Some(rest) = EXPRESSIONS.iter().find_map(|name| line.split_once(name)).map(|parts| parts.1)
        else {
            continue;
        };
        let rest = [".split('#')[0]", ".split(\"#\")[0]"]
            .iter()
            .find_map(|split| rest.strip_prefix(split))
            .unwrap_or(rest)
            .trim_start_matches([')', ';', ' ', '\t', '`']);
        if let Some(url) = shown(rest) {
            found.page_url(url);
        } else if rest.trim().is_empty() {
            asked = Some(line);
        }
    }
}

/// What a sentence says before the address that somebody opened.
const OPENED: [&str; 56] = [
    "入口页",
    "入口地址",
    "落地页",
    "首次打开",
    "首次进入",
    "第一次打开",
    "first opened",
    "opened first",
    "entry url",
    "entry page",
    "entry address",
    "landing url",
    "enters at",
    "loaded from",
    "页面是",
    "页面地址",
    "页面的地址",
    "页面链接",
    "页面url",
    "访问的是",
    "访问的页面",
    "访问地址",
    "访问的地址",
    "实际打开",
    "打开的是",
    "打开的页面",
    "打开的地址",
    "里打开",
    "地址栏",
    "浏览器里是",
    "手机上的地址",
    "手机里的地址",
    "手机地址",
    "手机上是",
    "点开的地址",
    "实际地址",
    "真实地址",
    "当前地址",
    "实际链接",
    "当前链接",
    "实际url",
    "真实url",
    "当前url",
    "actual url",
    "actual address",
    "real url",
    "current url",
    "the page is",
    "page url",
    "page address",
    "address bar",
    "browser address",
    "browser's address",
    "i open",
    "opened page",
    "i visit",
];
/// What only the address that a phone or a browser shows is called.
const SEEN: [&str; 12] = [
    "地址栏",
    "手机",
    "浏览器",
    "微信里",
    "微信中",
    "打开",
    "address bar",
    "phone",
    "browser",
    "in wechat",
    "open",
    "visit",
];
/// What comes between such words and the address.
const BETWEEN: [&str; 19] = [
    "is",
    "was",
    "shows",
    "showed",
    "says",
    "on",
    "in",
    "of",
    "the",
    "my",
    "phone",
    "iphone",
    "android",
    "wechat",
    "device",
    "显示",
    "显示的",
    "看到的",
    "打开",
];
/// Hosts of documents and forums, which no one signs.
const FOREIGN: [&str; 9] = [
    "qq.com",
    "wechat.com",
    "github.com",
    "csdn.net",
    "juejin.cn",
    "jianshu.com",
    "segmentfault.com",
    "cnblogs.com",
    "stackoverflow.com",
];
/// Words that only stress what a sentence says: `打开的其实是`, `I really open`.
const STRESS: [&str; 10] =
    ["其实", "确实", "真正", "最终", "最后", "现在", "真的", "really ", "actually ", "finally "];
/// How far before an address its sentence is read, and how many there are at most.
const SENTENCE: usize = 90;
const SENTENCES: usize = 10_000;

/// What is around such words.
const MARKS: [char; 17] =
    [' ', ':', '：', '=', '`', '"', '\'', '“', '「', '<', '(', '（', '是', '为', '*', '的', '里'];

/// Whether a text can end in words that say what was opened. Few addresses in code or a log follow such a
/// one, and a look at the last word is much cheaper than a search for each of them.
fn may_name(before: &str) -> bool {
    let before = before.trim_end_matches(MARKS);
    let word = &before[before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len()..];
    let is_end = |own: &str| {
        own.len() >= word.len() && {
            let end = &own.as_bytes()[own.len() - word.len()..];
            end.eq_ignore_ascii_case(word.as_bytes())
        }
    };
    if word.is_empty() {
        return before.ends_with(|c: char| !c.is_ascii());
    }
    // `"url": "https://…"` is a key: nothing is said before it.
    if word == "url" {
        let said = before[..before.len() - word.len()].trim_end_matches(MARKS);
        return said.ends_with(|c: char| !c.is_ascii() || c.is_ascii_alphanumeric());
    }
    OPENED.iter().chain(&BETWEEN).any(|own| is_end(own)) || STRESS.iter().any(|own| is_end(own.trim_end()))
}

/// `页面地址是 https://…`, `the page is https://…`: an address in running text.
fn prose(text: &str, found: &mut Found) {
    let mut known: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices("http").take(SENTENCES) {
        let before = &text[text.ceil_char_boundary(at.saturating_sub(SENTENCE))..at];
        if !may_name(before) {
            continue;
        }
        let sentence = before.rsplit(['\n', '。', '；', '，', '!', '！']).next().unwrap_or_default();
        let mut sentence = sentence.rsplit(". ").next().unwrap_or_default().to_lowercase();
        for word in STRESS {
            if sentence.contains(word) {
                sentence = sentence.replace(word, "");
            }
        }
        let last = OPENED.iter().filter_map(|mark| {
            let from = sentence.rfind(mark)?;
            Some((from + mark.len(), from))
        });
        let Some((end, from)) = last.max() else { continue };
        let Some(url) = address(&text[at..]) else { continue };
        // `页面地址：https://…` is a line of key and value, which says what was signed.
        let is_line = sentence[..from].trim().is_empty() && sentence[end..].contains([':', '：']);
        if is_line && !SEEN.iter().any(|word| sentence.contains(word)) {
            continue;
        }
        // Between the words and the address is a verb or a colon.
        let between = sentence[end..].trim_matches(MARKS).trim_start_matches("url").trim_matches(MARKS);
        let is_verb = between
            .split([' ', '手', '机', '上', '里', '中'])
            .all(|word| word.is_empty() || BETWEEN.contains(&word));
        let is_foreign = FOREIGN.iter().any(|foreign| host(url).ends_with(foreign));
        // What was shared and then opened is what was opened.
        let is_shown =
            ["手机", "地址栏", "address bar", "phone"].iter().any(|word| sentence[from..].contains(word));
        let said = if is_shown { &sentence[from..] } else { &sentence };
        if is_verb && !is_foreign && !NOT_OPENED.iter().any(|word| said.contains(word)) {
            known.push(url);
        }
    }
    // Of several it is not known which one was signed for.
    known.dedup();
    if let [url] = known[..]
        && found.page_urls.is_empty()
    {
        found.page_url(url);
    }
}

/// Parameters that only WeChat adds, when it passes a shared link on.
const ADDED: [&str; 8] = [
    "from=singlemessage",
    "from=groupmessage",
    "from=timeline",
    "isappinstalled=",
    "nsukey=",
    "wxshare_count=",
    "sharer_shareinfo=",
    "sharer_shareinfo_first=",
];

/// What a line says before an address that is passed on: a link to share, a picture.
const NOT_SHARED: [&str; 8] = ["link", "img", "share", "分享", "src", "redirect", "跳转", "location.replace"];

/// What says that a shared link was followed or is the page's own.
const ARRIVED: [&str; 11] =
    ["进来", "进入", "打开", "点开", "点进", "点击", "访问", "copy the link", "open", "click", "复制链接"];

/// The one signed address, somewhere else with what WeChat adds to a shared link: so it was opened,
/// whatever the line calls it.
pub(super) fn shared(text: &str, found: &mut Found) {
    if !found.page_urls.is_empty() {
        return;
    }
    // Without a name any of them may be the signed one.
    let named = found.of(Field::Url).map(|kept| kept.value.text.as_str());
    let urls: Vec<&str> = named.chain(found.lone_urls.iter().map(String::as_str)).collect();
    let shortest = urls.iter().min_by_key(|url| url.len());
    let Some(signed) = shortest.filter(|url| url.contains("://")).map(|url| (*url).to_owned()) else {
        return;
    };
    if found.of(Field::Url).any(|kept| !kept.value.text.starts_with(&signed)) {
        return;
    }
    for (at, _) in text.match_indices(&signed).take(SENTENCES) {
        let Some(url) = address(&text[at..]) else { continue };
        let added = url.get(signed.len()..).and_then(|rest| rest.strip_prefix(['?', '&']));
        let is_added = |pair: &str| ADDED.iter().any(|own| pair.starts_with(own));
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let line = line[line.ceil_char_boundary(line.len().saturating_sub(SENTENCE))..].to_lowercase();
        let is_opened = ARRIVED.iter().any(|word| line.contains(word));
        let is_other = line.ends_with('=') && !line.ends_with("url=")
            || !is_opened && NOT_SHARED.iter().any(|word| line.contains(word));
        if added.is_some_and(|rest| rest.split('#').next().unwrap_or_default().split('&').all(is_added))
            && !is_other
        {
            return found.page_url(url);
        }
    }
}

/// The address that an expression's value is said to be on its own line: `=> https://…`, `结果：https://…`.
/// `location.href = "https://…"` goes there and shows nothing.
fn shown(rest: &str) -> Option<&str> {
    let at = rest.find("http").filter(|at| *at > 0 && *at <= FILLER)?;
    let arrows = ["==>", "=>", "==", "->", "//"];
    let between = arrows.iter().fold(rest[..at].to_owned(), |text, arrow| text.replace(arrow, " "));
    let is_said = |word: &str| {
        word.chars().all(|c| !c.is_ascii_alphanumeric())
            || SHOWS.contains(&word.to_ascii_lowercase().as_str())
    };
    let is_code = between.contains(['=', '+', ',', '(', '?', '.', ';', '|', '&', '\'', '"', '{']);
    let is_denied = ["不是", "应该", "改成", "换成"].iter().any(|word| between.contains(word));
    let words = between.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let is_empty = between.trim().is_empty() && !rest[..at].contains(['=', '-', '/']);
    let said = !is_code && !is_denied && !is_empty && words.into_iter().all(is_said);
    said.then(|| address(&rest[at..])).flatten()
}

/// The address that a console prints under what was typed or logged: `< "https://…"`,
/// `VM128:1 https://…`, the label of the log before it.
fn answered<'t>(line: &'t str, asked: &str) -> Option<&'t str> {
    const MARKS: [char; 10] = ['<', '>', '‹', '›', '←', '·', '-', ' ', '\t', '='];
    let mut rest = line.trim().trim_start_matches(MARKS);
    if let Some((first, behind)) = rest.split_once(' ')
        && is_place(first)
    {
        rest = behind.trim_start_matches(MARKS);
    }
    let label = asked.split(['\'', '"', '`']).nth(1).filter(|label| !label.is_empty());
    rest = label.and_then(|label| rest.strip_prefix(label)).unwrap_or(rest);
    rest = rest.trim_start_matches([' ', '\'', '"', '“']);
    let url = address(rest)?;
    let after = rest[url.len()..].trim_matches(['\'', '"', '”', ' ', '\t', '\r', ';']);
    (after.is_empty() || is_place(after)).then_some(url)
}

/// What is behind the number of a list's item.
fn item(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches(['"', '\'', '[']);
    let behind = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind = behind.trim_start_matches(['"', '\'', ']']);
    let is_numbered = behind.len() < line.len();
    let value =
        behind.trim_start().strip_prefix([':', '=']).map(|rest| rest.trim_start_matches(['>', ' ']))?;
    (is_numbered && value.trim_start_matches(['"', '\'', ' ']).starts_with("http")).then_some(value)
}

/// `realAuthUrl: https://…`, `realAuthUrl=[https://…, https://…]`.
fn reported(rest: &str, found: &mut Found) {
    let plain = rest.replace("\\/", "/");
    let mut rest = plain.trim_start_matches(['\'', '"', '\\', ' ', ':', '=', '：']);
    let is_list = rest.starts_with('[');
    rest = rest.trim_start_matches(['[', ' ', '\'', '"', '\\']);
    let mut own: Vec<&str> = Vec::new();
    while let Some(url) = address(rest) {
        own.push(url);
        rest = rest[url.len()..].trim_start_matches(['\'', '"', '\\']);
        match rest.strip_prefix(", ").or_else(|| rest.strip_prefix(',')) {
            Some(next) => rest = next.trim_start_matches(['\'', '"', '\\', ' ']),
            None => break,
        }
    }
    for url in &own {
        found.page_url(url);
    }
    // A list that goes on in the next line is not known whole.
    if !is_list || rest.trim_start().starts_with(']') {
        found.reported.extend(own.into_iter().map(str::to_owned));
    }
}

/// The host of an address, with its port.
pub(super) fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

/// The address at the start of a text.
pub(super) fn address(text: &str) -> Option<&str> {
    if !(text.starts_with("http://") || text.starts_with("https://")) {
        return None;
    }
    let is_end = |c: char| {
        c.is_whitespace()
            || matches!(c, '\'' | '"' | '`' | '<' | '>' | ']' | '\\' | '”' | '，' | '。' | '】' | '」' | '》')
    };
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let url = &text[..text.find(is_end).unwrap_or(text.len())];
    Some(url.trim_end_matches([',', ';', ')', '}']))
}
