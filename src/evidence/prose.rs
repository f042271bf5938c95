//! Values that a sentence names: `ticket 是 kgt8…`, `the page is https://…`, `页面 https://…`.
//!
//! In: the words before a place in running text, and what follows them. Out: the key they name and the
//! value. A sentence says many things, so the value must have the shape of its field, and an address
//! counts only behind words about the page.

use super::key::Key;
use super::{Field, literal};

/// Words between a name and its value.
const COPULAS: [&str; 8] = ["就是", "是", "为", "如下", "等于", "变成了", " is", " was"];
/// What a sentence calls the address that the page has.
const PAGES: [&str; 14] = [
    "页面地址",
    "页面链接",
    "页面的地址",
    "页面url",
    "网页地址",
    "访问地址",
    "访问的地址",
    "访问的是",
    "打开的是",
    "打开的地址",
    "页面",
    "page",
    "page url",
    "page address",
];
/// What a sentence says before another address: of what was signed, of the server, of a document, of another page.
pub(super) const NOT_OPENED: [&str; 42] = [
    "签", "接口", "后端", "后台", "服务", "文档", "参考", "回调", "分享", "跳转", "上一", "下一", "其他",
    "其它", "别的", "官网", "首页", "登录", "授权", "例如", "比如", "不是", "应该", "正常", "以前", "sign",
    "back", "server", "api", "doc", "redirect", "share", "not ", "should", "next", "previous", "other",
    "home", "login", "example", "expected", "works",
];
/// Hosts of the platform: an address there is an interface, or a page of theirs.
const PLATFORM: [&str; 4] = ["weixin.qq.com", "wechat.com", "qpic.cn", "qlogo.cn"];

/// Whether a sentence may say something behind this word: nearly all words are ruled out here.
pub(super) fn may_say(word: &str) -> bool {
    let latin = ["is", "was", "page", "url", "address"];
    latin.iter().any(|own| word.eq_ignore_ascii_case(own))
        || word.ends_with(['是', '为', '下', '于', '了', '址', '面', '接'])
        || word.ends_with("页面url")
}

/// The key and the value, when `words` (the label up to `rest`) name one and `rest` starts with its value
/// (a quote or backtick before it is skipped); with where the value starts in `rest`.
pub(super) fn said<'t>(words: &str, rest: &'t str) -> Option<(Key, usize, &'t str)> {
    let start = rest.find(|c: char| !"\"'`“‘「《<【[( ".contains(c))?;
    if start > 8 {
        return None;
    }
    let value = token(&rest[start..]);
    let words = words.trim_end().to_lowercase();
    let copula = COPULAS.iter().find_map(|copula| words.strip_suffix(copula));
    let name = copula.unwrap_or(&words).trim_end();
    if value.starts_with("http://") || value.starts_with("https://") {
        let is_page = PAGES.iter().any(|page| name.ends_with(page) || words.ends_with(page))
            && !NOT_OPENED.iter().any(|word| words.contains(word));
        // Chinese right behind an address may be its path, or the sentence going on.
        return (is_page && value.is_ascii() && !is_of_platform(value)).then_some((
            Key::PageUrl,
            start,
            value,
        ));
    }
    copula?;
    // `timestamp 传的是`: how it got there says nothing about which it is.
    let name = name.trim_end_matches(['传', '的', '用', '值', '给', '填', '拿', '到']).trim_end();
    let tail = |count: usize| {
        let from = name.char_indices().rev().nth(count).map_or(0, |(at, c)| at + c.len_utf8());
        &name[from..]
    };
    let last = name.rsplit([' ', ',', '，', '。', ';', '；', '的']).next().unwrap_or_default();
    let key = [Key::of(last), Key::of(tail(12))].into_iter().find(|key| key.field().is_some())?;
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    let fits = match key.field()? {
        Field::Ticket => value.len() >= 24 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic),
        Field::Nonce => value.len() >= 6 && has(u8::is_ascii_digit),
        Field::Timestamp => matches!(value.len(), 10 | 13) && value.bytes().all(|b| b.is_ascii_digit()),
        Field::Signature => value.len() == 40 && value.bytes().all(|b| b.is_ascii_hexdigit()),
        Field::AppId => value.len() == 18 && (value.starts_with("wx") || value.starts_with("ww")),
        _ => false,
    };
    (fits && !literal::is_unfilled(value)).then_some((key, start, value))
}

/// What a sentence's value ends at: whitespace, a quote, Chinese punctuation, the sentence's own end.
fn token(text: &str) -> &str {
    let end = text
        .find(|c: char| c.is_whitespace() || "\"'`”’」》<>】，。；、）！？…,;|".contains(c))
        .unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ')', ']', ':'])
}

fn is_of_platform(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    PLATFORM.iter().any(|own| host.ends_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_values() {
        let hash = "da200a74701a8f8419e65ee845818ffc2ee24ca1";
        let signature = Key::Field(Field::Signature);
        for (words, rest, expected) in [
            ("我页面地址是", " https://a.cn/x?b=1 分享后", Some((Key::PageUrl, "https://a.cn/x?b=1"))),
            ("the page is", " https://a.cn/x.", Some((Key::PageUrl, "https://a.cn/x"))),
            ("页面", " https://a.cn/，", Some((Key::PageUrl, "https://a.cn/"))),
            ("得到的签名是", hash, Some((signature, hash))),
            ("my signature is", " `da200a74701a8f8419e65ee845818ffc2ee24ca1`", Some((signature, hash))),
            ("页面里 timestamp 传的是", " 1795600000", Some((Key::Field(Field::Timestamp), "1795600000"))),
            ("timestamp 为", " 1795600000", Some((Key::Field(Field::Timestamp), "1795600000"))),
            ("页面是", " https://a.cn/x打不开", None),
            ("<p>页面", " https://a.cn/x</p>", Some((Key::PageUrl, "https://a.cn/x"))),
            ("图片是", " https://a.cn/x.png", None),
            ("the page is", " https://mp.weixin.qq.com/wiki", None),
            ("signature is", " wrong", None),
            ("ticket 是", " 过期的", None),
            ("时间戳是", " 秒", None),
        ] {
            let found = said(words, rest).map(|(key, _, value)| (key, value));
            assert_eq!(found, expected, "{words}{rest}");
        }
    }
}
