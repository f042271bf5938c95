//! Another address of the signed one's host, of which a sentence says that it was opened or that it fails:
//! `在 https://… 这个页面报错`, `it fails on https://…`.
//!
//! In: a text, and what the other readers found in it. Out: into [`Found`], the page's address, if nothing else
//! shows one. That the host is the signed one's makes one word enough: `error at` says little of any other link.

use super::address::{address, host};
use super::found::Found;
use super::prose::NOT_OPENED;
use super::{Field, LONGEST_QUESTION};
use crate::signature::without_fragment;

/// What is said before the page's address, in Chinese anywhere and in English as words of their own.
const OPENED: [&str; 17] = [
    "页面",
    "访问",
    "打开",
    "进入",
    "点开",
    "扫码",
    "二维码",
    "菜单",
    "手机",
    "浏览器",
    "微信里",
    "微信中",
    "实际",
    "真实",
    "当前",
    "出错",
    "报错",
];
const OPENED_WORDS: [&str; 17] = [
    "page", "open", "opened", "opening", "visit", "visited", "visiting", "phone", "browser", "actual",
    "real", "current", "fails", "failing", "failed", "error", "am",
];
/// What is said behind it.
const FAILS: [&str; 8] = ["报错", "就报", "提示", "出错", "失败", "页面", "打不开", "不行"];
const FAILS_WORDS: [&str; 7] = ["gives", "fails", "failed", "get", "shows", "error", "invalid"];
/// What makes it another address, before and behind.
const OTHERS: [&str; 9] = ["图片", "上传", "下载", "支付", "链接到", "资源", "域名", "获取", "image"];
const ELSEWHERE: [&str; 14] = [
    "正常",
    "没问题",
    "可以",
    "成功",
    "都好",
    "没事",
    "跳转",
    "跳到",
    "回到",
    "works",
    "fine",
    "is ok",
    "redirect",
    "leads to",
];
/// Parts of a path that no page has.
const NO_PAGES: [&str; 14] = [
    "api",
    "sign",
    "signature",
    "ticket",
    "token",
    "jssdk",
    "callback",
    "notify",
    "upload",
    "static",
    "docs",
    "admin",
    "login",
    "auth",
];
/// How far around an address its sentence is read. Bytes.
const BEFORE: usize = 90;
const BEHIND: usize = 45;

pub(super) fn read(text: &str, found: &mut Found) {
    if !found.page_urls.is_empty() || text.len() > LONGEST_QUESTION {
        return;
    }
    let Some(first) = found.of(Field::Url).next().filter(|first| first.value.text.contains("://")) else {
        return;
    };
    let signed = first.value.text.clone();
    // Of two signed addresses it is not known which page is spoken of.
    if found.of(Field::Url).any(|kept| kept.value.text != signed) {
        return;
    }
    let signed = without_fragment(&signed);
    let mut opened: Vec<&str> = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices("http") {
        // An address within another is a part of its query.
        let Some(url) = (at >= done).then(|| address(&text[at..])).flatten() else { continue };
        let url = url.trim_end_matches(['.', ',', ')', '?', '!']);
        done = at + url.len();
        if !host(url).eq_ignore_ascii_case(host(signed)) {
            continue;
        }
        let before = text[text.ceil_char_boundary(at.saturating_sub(BEFORE))..at].rsplit('\n').next();
        let behind = text[done..text.floor_char_boundary(done + BEHIND)].split('\n').next();
        let (before, behind) = (before.unwrap_or_default(), behind.unwrap_or_default());
        if is_code(before) || is_code(behind) || !is_page(url) || !says_opened(before, behind) {
            continue;
        }
        if without_fragment(url) == signed {
            return;
        }
        opened.push(url);
    }
    opened.dedup();
    if let [url] = opened[..] {
        found.page_url(url);
    }
}

/// Whether what is around an address says that it is the page.
fn says_opened(before: &str, behind: &str) -> bool {
    let marks = ['。', '；', '，', ',', '!', '！', '?', '？'];
    let before = before.rsplit(marks).next().unwrap_or_default().to_lowercase();
    let behind = behind.split(['。', '；', '!', '！']).next().unwrap_or_default();
    let behind =
        if behind == "." { "" } else { behind.split(". ").next().unwrap_or_default() }.to_lowercase();
    let has_word = |text: &str, words: &[&str]| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| words.contains(&word))
    };
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_said = has(&before, &OPENED)
        || has_word(&before, &OPENED_WORDS)
        || has(&behind, &FAILS)
        || has_word(&behind, &FAILS_WORDS);
    is_said && !has(&before, &NOT_OPENED) && !has(&before, &OTHERS) && !has(&behind, &ELSEWHERE)
}

/// Whether a piece of a line is of code or of a log: those name addresses of all kinds.
fn is_code(piece: &str) -> bool {
    let is_time = |part: &[u8]| part[2] == b':' && part[..2].iter().chain(&part[3..]).all(u8::is_ascii_digit);
    piece.contains(['=', '{', '}', ';', '$', '<', '\\', '['])
        || ["('", "(\"", "//", "GET ", "POST ", "HTTP/"].iter().any(|mark| piece.contains(mark))
        || piece.as_bytes().windows(5).any(is_time)
}

/// Whether an address may be a page's: no file of one, no interface.
fn is_page(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split('/').skip(3);
    let file = path.rsplit('/').next().unwrap_or_default();
    let is_file = [".js", ".css", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".json", ".txt", ".xml"]
        .iter()
        .any(|ending| file.ends_with(ending));
    !is_file && !parts.any(|part| NO_PAGES.iter().any(|no| part.eq_ignore_ascii_case(no)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_fails_is_the_page() {
        for (before, behind) in [
            ("在 ", " 这个页面报错"),
            ("It fails on ", ""),
            ("I am on ", " and get invalid signature"),
            ("出错页面：", ""),
            ("Page URL (phone) -> ", ""),
        ] {
            assert!(says_opened(before, behind), "{before}");
        }
        for (before, behind) in [
            ("在 ", " 上正常"),
            ("后端接口 ", " 报错"),
            ("homepage: ", ""),
            ("分享页面的链接 ", ""),
            ("see the docs at ", ""),
            ("页面应该是 ", ""),
        ] {
            assert!(!says_opened(before, behind), "{before}");
        }
        assert!(
            is_code("2026-01-01 10:00:00 page ") && is_code("location.replace('") && !is_code("it fails on ")
        );
        assert!(is_page("https://m.example.com/a.html") && !is_page("https://m.example.com/wx/sign?url=x"));
    }
}
