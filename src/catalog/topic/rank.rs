//! Which topics a question is about.
//!
//! In: what a person types: a whole question, a few words, a title of the official documents, in
//! Chinese or English. Out: the topics that share words with it, the best first, each with a score
//! from 0 to 1. Chinese is compared by pairs of neighboring characters, English by words without
//! their endings; a rare word counts more than a common one, a title more than a step, a phrase
//! that is there whole most of all.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::{Topic, all};
use crate::platform::Platform;

/// A topic and how well it fits.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The topic.
    pub topic: Topic,
    /// From 0 to 1.
    pub score: f64,
    /// Whether it shares words only: no topic fits well.
    pub near: bool,
    /// Whether it has most of the question's words, so that it answers a text that is not an question.
    pub sure: bool,
}

/// A topic below this does not fit well.
const FITS: f64 = 0.3;

/// A topic has to come so close to the best one to be shown beside it.
const BESIDE: f64 = 0.55;

/// What is of today comes before what is not, with so much of its score.
const TODAY: f64 = 0.7;

/// A topic has to have so much of a text, and to fit so well, to stand for it.
const SURE: f64 = 0.5;

/// A phrase that is so much of a text says what it is about.
const PHRASE: f64 = 0.55;

/// What a word that no topic has counts.
const UNKNOWN: f64 = 0.35;

/// So many are shown; of those that only share words fewer.
const SHOWN: usize = 8;
const SHOWN_NEAR: usize = 3;

/// No question is longer. Characters.
const QUESTION: usize = 400;

/// Words that say nothing about the subject.
const STOP: &[&str] = &[
    "the",
    "a",
    "an",
    "is",
    "are",
    "was",
    "were",
    "be",
    "to",
    "in",
    "of",
    "and",
    "or",
    "on",
    "at",
    "for",
    "with",
    "how",
    "why",
    "what",
    "when",
    "where",
    "which",
    "who",
    "my",
    "your",
    "our",
    "i",
    "it",
    "its",
    "we",
    "you",
    "do",
    "does",
    "did",
    "can",
    "could",
    "will",
    "would",
    "should",
    "have",
    "has",
    "had",
    "but",
    "if",
    "so",
    "as",
    "by",
    "from",
    "this",
    "that",
    "these",
    "there",
    "then",
    "than",
    "up",
    "me",
    "im",
    "please",
    "help",
    "get",
    "got",
    "hello",
    "world",
    "any",
    "all",
    "about",
    "into",
    "out",
    "no",
    "not",
    "just",
    "only",
    "some",
    "step",
    "see",
    "still",
    "anyone",
    "know",
    "need",
    "want",
    "try",
    "tried",
    "use",
    "using",
    "command",
    "commands",
    "platform",
    "platforms",
    "historic",
    "error",
    "problem",
    "question",
    "issue",
    "wechat",
    "weixin",
    "怎么",
    "什么",
    "为什",
    "么办",
    "如何",
    "可以",
    "是否",
    "一个",
    "这个",
    "那个",
    "时候",
    "的时",
    "请问",
    "问题",
    "情况",
    "一直",
    "一下",
    "自己",
    "我的",
    "你的",
    "他们",
    "我们",
    "今天",
    "怎样",
    "么样",
    "不是",
    "没有",
    "就是",
    "有时",
    "候会",
    "出现",
    "信息",
    "现在",
    "知道",
    "解决",
    "办法",
    "微信",
    "样子",
];

/// What people say, and what the topics say.
const SYNONYMS: &[(&str, &str)] = &[
    ("苹果", "ios"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("安卓", "android"),
    ("验签", "签名"),
    ("sign", "signature"),
    ("白板", "白屏"),
    ("空白", "白屏"),
    ("white screen", "blank page"),
    ("打不开", "无法打开"),
    ("进不去", "无法打开"),
    ("收不到", "接收不到"),
    ("没收到", "接收不到"),
    ("未收到", "接收不到"),
    ("not receive", "message not received"),
    ("not arriv", "message not received"),
    ("白名单", "ip白名单"),
    ("whitelist", "ip whitelist"),
    ("allowlist", "ip whitelist"),
    ("跳转", "重定向"),
    ("死循环", "无限重定向"),
    ("循环跳", "无限重定向"),
    ("loop", "redirect loop"),
    ("登录", "授权"),
    ("login", "oauth"),
    ("子域", "子域名"),
    ("二级域名", "子域名"),
    ("subdomain", "sub-domain"),
    ("校验文件", "归属校验"),
    ("验证文件", "归属校验"),
    ("txt文件", "校验文件"),
    ("verification file", "ownership check"),
    ("verify file", "ownership check"),
    ("回调", "回调地址"),
    ("webhook", "callback url"),
    ("服务器地址", "回调地址"),
    ("密钥", "appsecret"),
    ("secret", "appsecret"),
    ("发票", "电子发票"),
    ("卡券", "卡券列表"),
    ("打卡机", "考勤机"),
    ("门禁", "设备"),
    ("机器人", "智能机器人"),
    ("小程序", "小程序 web-view"),
    ("webview", "web-view"),
    ("抬头", "user agent"),
    ("多张", "多图"),
    ("批量", "多图"),
    ("噪音", "杂音"),
    ("噪声", "杂音"),
    ("noise", "voice noise"),
    ("偏移", "偏差"),
    ("不准", "偏差"),
    ("gps", "getLocation openLocation"),
    ("拦截", "将要访问"),
    ("被封", "已停止访问"),
    ("banned", "link blocked"),
    ("blocked", "link blocked"),
    ("诈骗", "防欺诈"),
    ("反诈", "防欺诈"),
    ("鸿蒙", "harmonyos"),
    ("moved", "console moved"),
    ("搬", "设置都搬到哪里去了"),
    ("找不到", "不见了"),
    ("哪里", "在哪"),
    ("广告", "页面展示出现广告"),
    ("ads", "advertisements"),
    ("调试", "打开控制台"),
    ("debug", "devtools console"),
    ("裸链", "分享出去是链接"),
    ("纯链接", "分享出去是链接"),
    ("bare link", "shared as a bare link"),
    ("支付目录", "支付授权目录"),
    ("备案", "icp备案"),
    ("ssl", "https 证书"),
    ("certificate", "certificate expired"),
    ("预览", "本地图片预览"),
    ("前端", "浏览器 服务器签名"),
    ("in browser", "sign on server"),
    ("没图", "没有图片"),
    ("不显示图", "没有图片"),
    ("fight", "replaced"),
    ("invalidat", "token replaced"),
    ("顶掉", "互相顶掉"),
    ("踢", "互相顶掉"),
    ("没反应", "接收不到"),
    ("not getting", "message not received"),
    ("my server ip", "ip whitelist"),
    ("服务器ip", "ip白名单"),
    ("换了ip", "ip白名单"),
    ("按钮不见", "不能分享"),
    ("harmony", "harmonyos"),
];

/// The topics that share words with the question, the best first.
pub fn rank(question: &str, platform: Option<Platform>) -> Vec<Hit> {
    let question: String = question.chars().take(QUESTION).collect::<String>().to_lowercase();
    let question = without_address(&question);
    let asked = asked(question);
    if asked.is_empty() {
        return Vec::new();
    }
    let whole = letters(question);
    let read = pages();
    let here = |topic: &Topic| platform.is_none_or(|platform| topic.platforms.contains(&platform));
    let (topics, pages): (Vec<&Topic>, Vec<&Page>) =
        read.iter().filter(|(topic, _)| here(topic)).map(|(topic, page)| (topic, page)).unzip();
    let count = decimal(pages.len());
    let rarity: HashMap<&str, f64> = asked
        .keys()
        .map(|word| {
            let holding = decimal(pages.iter().filter(|page| page.weight(word) > 0.0).count());
            (word.as_str(), (1.0 + count / (1.0 + holding)).ln())
        })
        .collect();
    // A pair of characters that no topic has is mostly the end of one word and the beginning of the next.
    let known = |word: &str| pages.iter().any(|page| page.weight(word) > 0.0);
    let total: f64 = asked
        .iter()
        .filter(|(_, own)| **own >= 1.0)
        .map(|(word, _)| rarity[word.as_str()] * if known(word) { 1.0 } else { UNKNOWN })
        .sum();
    let every: f64 =
        asked.iter().filter(|(_, own)| **own >= 1.0).map(|(word, _)| rarity[word.as_str()]).sum();
    let mut hits: Vec<Hit> = topics
        .into_iter()
        .zip(&pages)
        .filter_map(|(topic, page)| {
            let shared: f64 =
                asked.iter().map(|(word, own)| own * rarity[word.as_str()] * page.weight(word)).sum();
            if shared <= 0.0 {
                return None;
            }
            let covered = (shared / total.max(0.1)).min(1.0);
            let phrase = page.phrase(&whole);
            let score = (covered * 0.75 + phrase * 0.25).max(phrase * phrase).min(1.0);
            let own: f64 = asked
                .iter()
                .filter(|(_, own)| **own >= 1.0)
                .map(|(word, _)| rarity[word.as_str()] * page.weight(word))
                .sum();
            // Half of the words, and most of them together; or a phrase of the topic, hardly cut.
            let most = own / every.max(0.1) >= SURE && score >= SURE && phrase >= 0.25
                || own / every.max(0.1) >= 0.7 && score >= SURE
                || phrase >= PHRASE;
            Some(Hit { topic: topic.clone(), score, near: score < FITS, sure: most })
        })
        .collect();
    hits.sort_by(|one, other| other.score.total_cmp(&one.score));
    let best = hits.first().map_or(0.0, |hit| hit.score);
    if best < FITS {
        hits.truncate(SHOWN_NEAR);
        return hits;
    }
    hits.retain(|hit| hit.score >= best * BESIDE && !hit.near);
    hits.truncate(SHOWN);
    // Of two that fit alike, today's comes first, unless a version is asked for.
    let asks_version = question.chars().any(|c| c.is_ascii_digit());
    let today = hits.iter().filter(|hit| !hit.topic.historic).map(|hit| hit.score).fold(0.0, f64::max);
    let least = if asks_version { 0.9 } else { 1.0 / TODAY };
    let (past, mut hits): (Vec<Hit>, Vec<Hit>) = hits.into_iter().partition(|hit| {
        hit.topic.historic && (hit.score < best * 0.9 || today > 0.0 && hit.score < today * least)
    });
    hits.extend(past);
    hits
}

/// Every topic with what it is compared by, read once.
fn pages() -> &'static [(Topic, Page)] {
    static PAGES: OnceLock<Vec<(Topic, Page)>> = OnceLock::new();
    PAGES.get_or_init(|| {
        all()
            .into_iter()
            .map(|topic| {
                let page = Page::new(&topic);
                (topic, page)
            })
            .collect()
    })
}

/// The words of a question with how much each counts: its own 1, a synonym's less.
fn asked(question: &str) -> HashMap<String, f64> {
    let mut asked: HashMap<String, f64> =
        words(question).into_iter().map(|word| (meant(&word).unwrap_or(word), 1.0)).collect();
    for (said, meant) in SYNONYMS.iter().filter(|(said, _)| question.contains(said)) {
        let _ = said;
        for word in words(meant) {
            asked.entry(word).or_insert(0.6);
        }
    }
    asked
}

/// A question without the words that only point or ask politely.
fn without_address(question: &str) -> &str {
    let mut rest = question.trim();
    while let Some(shorter) =
        ["该", "此", "您的", "你的", "您", "你", "请问", "请", "我的", "我们的", "当前", "这个"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
    {
        rest = shorter.trim_start();
    }
    rest.trim_end_matches(['吗', '呢', '啊', '了', '呀', '？', '?', '！', '!', '。'])
}

/// The word that a misspelt English one stands for, if one letter makes the difference.
fn meant(word: &str) -> Option<String> {
    if word.len() < 6 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let pages = pages();
    if pages.iter().any(|(_, page)| page.weights.contains_key(word)) {
        return None;
    }
    let mut near: Vec<&String> = pages
        .iter()
        .flat_map(|(_, page)| page.weights.keys())
        .filter(|known| one_off(word.as_bytes(), known.as_bytes()))
        .collect();
    near.sort_unstable();
    near.first().map(|known| (*known).clone())
}

/// Whether two words differ in one letter: another one, one more, one less, or two swapped.
fn one_off(one: &[u8], other: &[u8]) -> bool {
    if one.len().abs_diff(other.len()) > 1 || other.len() < 5 {
        return false;
    }
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (left, right) = (&one[start..], &other[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&left[..left.len() - end], &right[..right.len() - end]) {
        ([] | [_], [] | [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// What a topic is compared by.
struct Page {
    weights: HashMap<String, f64>,
    phrases: Vec<String>,
}

impl Page {
    fn new(topic: &Topic) -> Self {
        let mut weights: HashMap<String, f64> = HashMap::new();
        let mut add = |text: &str, weight: f64| {
            for word in words(&text.to_lowercase()) {
                let known = weights.entry(word).or_insert(0.0);
                *known = known.max(weight);
            }
        };
        add(topic.id, 1.0);
        let mut phrases = Vec::new();
        for (title, said) in [(&topic.title.zh, &topic.words.zh), (&topic.title.en, &topic.words.en)] {
            add(title, 1.0);
            phrases.push(letters(&title.to_lowercase()));
            for part in said.split(" | ") {
                add(part, 0.9);
                phrases.push(letters(&part.to_lowercase()));
            }
        }
        for step in &topic.steps {
            add(&step.zh, 0.35);
            add(&step.en, 0.35);
        }
        phrases.retain(|phrase| phrase.chars().count() > 1);
        Self { weights, phrases }
    }

    fn weight(&self, word: &str) -> f64 {
        self.weights.get(word).copied().unwrap_or(0.0)
    }

    /// How far a phrase of the topic is the question, or is in it.
    fn phrase(&self, question: &str) -> f64 {
        let asked = decimal(question.chars().count());
        let fit = |phrase: &String| {
            let length = decimal(phrase.chars().count());
            if phrase == question {
                1.0
            } else if length >= 3.0 && question.contains(phrase.as_str()) {
                // Four Chinese characters or ten letters are hardly there by chance.
                let telling = phrase.len() >= 10;
                (length / asked).clamp(if telling { 0.45 } else { 0.3 }, 0.95)
            } else if asked >= 2.0 && phrase.contains(question) {
                (asked / length).clamp(0.25, 0.9)
            } else {
                0.0
            }
        };
        self.phrases.iter().map(fit).fold(0.0, f64::max)
    }
}

/// A small count to calculate with.
fn decimal(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// Letters, digits and Chinese characters alone.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The words of a text in lower case: English ones without their endings, pairs of Chinese characters.
fn words(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut english = String::new();
    let mut chinese: Vec<char> = Vec::new();
    let mut before = ' ';
    let mut chars = text.chars().chain([' ']).peekable();
    while let Some(c) = chars.next() {
        let next_is_digit = chars.peek().is_some_and(char::is_ascii_digit);
        // `-40007` is another code than `40007`, and `6.0.1` one word.
        let sign = c == '-' && english.is_empty() && !before.is_alphanumeric() && next_is_digit;
        let point = c == '.' && next_is_digit && english.ends_with(|c: char| c.is_ascii_digit());
        before = c;
        if sign || point {
            if !chinese.is_empty() {
                pairs(&chinese, &mut found);
                chinese.clear();
            }
            english.push(c);
            continue;
        }
        let is_chinese = ('\u{3400}'..='\u{9fff}').contains(&c);
        if (is_chinese || !c.is_alphanumeric()) && !english.is_empty() {
            push(&mut found, stem(&english));
            english.clear();
        }
        if !is_chinese && !chinese.is_empty() {
            pairs(&chinese, &mut found);
            chinese.clear();
        }
        if is_chinese {
            chinese.push(c);
        } else if c.is_alphanumeric() {
            english.push(c);
        }
    }
    found
}

fn push(found: &mut HashSet<String>, word: String) {
    if word.len() > 1 && !STOP.contains(&word.as_str()) {
        found.insert(word);
    }
}

fn pairs(run: &[char], found: &mut HashSet<String>) {
    for pair in run.windows(2) {
        push(found, pair.iter().collect());
    }
    if let [one] = run {
        // A lone character is a word of its own: `页`.
        found.insert(one.to_string());
    }
}

/// A word without `s`, `ing`, `ed`.
fn stem(word: &str) -> String {
    if !word.is_ascii()
        || word.len() < 5
        || word.ends_with("ss")
        || word.bytes().any(|byte| byte.is_ascii_digit())
    {
        return word.to_owned();
    }
    for ending in ["ing", "ied", "ies", "ed", "es", "s"] {
        if let Some(start) = word.strip_suffix(ending).filter(|start| start.len() > 2) {
            return start.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(question: &str) -> Option<&'static str> {
        rank(question, None).first().filter(|hit| !hit.near).map(|hit| hit.topic.id)
    }

    #[test]
    fn a_question_in_either_language_finds_its_topic() {
        for (question, id) in [
            ("invalid url domain", "invalid-url-domain"),
            ("INVALID signature", "invalid-signature"),
            ("白屏", "blank-page"),
            ("回调地址保存不了怎么办", "callback-url-fails"),
            ("where is the ip whitelist", "ip-whitelist"),
            ("为什么分享出去只有一个链接，没有图片", "shared-as-a-link"),
            ("messages are not arriving", "message-not-received"),
        ] {
            assert_eq!(
                first(question),
                Some(id),
                "{question}: {:?}",
                rank(question, None).iter().map(|h| (h.topic.id, h.score)).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn what_shares_no_word_finds_nothing() {
        for question in ["", "frobnicate quux", "zzzz", "怎么", "!!!", "steps zh"] {
            let found = rank(question, None);
            assert!(
                found.iter().all(|hit| hit.near),
                "{question}: {:?}",
                found.iter().map(|h| h.topic.id).collect::<Vec<_>>()
            );
        }
        assert!(rank("frobnicate quux", None).is_empty());
    }
}
