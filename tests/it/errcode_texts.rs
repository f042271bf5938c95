//! Texts as people paste them, each with what it means: a code or the name of a message. What other
//! programs and products write is not answered as WeChat's, or with the doubt beside it.

use wecheck::catalog::answer::{Basis, answer};
use wecheck::lang::Lang;

use crate::harness::wecheck;

/// `platform:code`, the name of a message, `faq:topic` or `-` for one that is not known; the text.
/// `?` before it: with a note that says why it may be something else.
const TEXTS: &str = include_str!("../data/pasted-texts.tsv");

/// What an answer is, in one word.
fn first(text: &str) -> String {
    let found = answer(text, None, None, None, Lang::En).results;
    let Some(one) = found.first() else { return "-".to_owned() };
    let doubt = if one.note.is_some() { "?" } else { "" };
    let name = match (one.code, one.basis, one.error_message.as_deref()) {
        (Some(code), ..) => format!("{}:{code}", one.platform.map_or("either", |platform| platform.name())),
        (None, Basis::Faq, Some(topic)) => format!("faq:{topic}"),
        (None, _, name) => name.unwrap_or("unnamed").to_owned(),
    };
    format!("{doubt}{name}")
}

#[test]
fn what_people_paste_is_known_for_what_it_is() {
    let mut wrong = Vec::new();
    for line in TEXTS.lines() {
        let (wanted, text) = line.split_once('\t').expect("name and text");
        let found = first(text);
        // `*:-40001` is the code of either platform.
        let fits = wanted == found
            || wanted.strip_prefix("*:").is_some_and(|code| found.ends_with(&format!(":{code}")));
        if !fits {
            wrong.push(format!("{text}: {found} for {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TEXTS.lines().count(), wrong.join("\n"));
}

#[test]
fn codes_beside_each_other_are_all_shown() {
    for text in ["40001 or 42001?", "40001和42001的区别", "difference between 40001 and 42001", "40001/42001"]
    {
        let found = answer(text, None, Some(wecheck::platform::Platform::Mp), None, Lang::En).results;
        let codes: Vec<Option<i64>> = found.iter().map(|one| one.code).collect();
        assert!(codes.contains(&Some(40001)) && codes.contains(&Some(42001)), "{text}: {codes:?}");
    }
}

#[test]
fn a_page_s_words_do_not_bring_another_family_s_codes() {
    let found = answer("invalid signature", None, None, None, Lang::En).results;
    assert!(found.iter().all(|one| one.code != Some(702_002)), "{found:?}");
    assert_eq!(found[0].error_message.as_deref(), Some("invalid signature"));
}

/// A login of the site itself: what its number would be at WeChat is said, its steps are not.
#[test]
fn a_number_that_is_hardly_wechat_s_brings_no_steps() {
    for text in ["40001 用户未登录", r#"{"code":40029,"msg":"验证码错误"}"#, "40014: login expired"]
    {
        let done = wecheck(["--lang", "en", "errcode", "explain", text]).done();
        assert!(done.stdout.contains("WeChat does not send these words"), "{done}");
        assert!(!done.stdout.contains("What to do now"), "{done}");
    }
    let done = wecheck(["--lang", "en", "errcode", "explain", "40001 invalid credential"]).done();
    assert!(done.stdout.contains("What to do now"), "{done}");
}

/// What another product says is seen on neither platform.
#[test]
fn another_product_has_no_platform_beside_its_name() {
    let done = wecheck(["--lang", "en", "errcode", "explain", "oapi.dingtalk.com errcode 40014"]).done();
    assert!(done.stdout.starts_with("An answer of DingTalk, not of WeCom\n"), "{done}");
}

/// A text of ours that no entry has is unknown, but not without a way on; foreign texts and nonsense
/// get no topic.
#[test]
fn an_unknown_text_of_ours_names_the_topics_it_may_be_about() {
    for (text, topic) in [
        ("echostr 返回为空", "callback-url-fails"),
        ("服务器配置 启用失败，请检查服务器", "callback-url-fails"),
        ("消息推送到一半就没有了", "callback-messages"),
    ] {
        let unknown = answer(text, None, None, None, Lang::Zh).unknown.expect("unknown");
        assert!(unknown.topics.iter().any(|one| one.id == topic), "{text}: {:?}", unknown.topics);
    }
    for text in [
        "网络不给力，请稍后再试",
        "今天天气不错",
        "frobnicate quux",
        "Google OAuth Error 400: redirect_uri_mismatch",
        "Laravel 419 Page Expired",
        "errcode 20703",
    ] {
        let unknown = answer(text, None, None, None, Lang::Zh).unknown.expect("unknown");
        assert!(unknown.topics.is_empty(), "{text}: {:?}", unknown.topics);
    }
    let done = wecheck(["--lang", "en", "errcode", "explain", "echostr 返回为空"]).done();
    assert!(done.code == 1 && done.stdout.contains("wecheck faq callback-url-fails"), "{done}");
}
