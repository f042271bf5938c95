//! What speaks against a code's being WeChat's: words that every program writes, a number in a field
//! that WeChat does not have, words that it does not send with this code.
//!
//! In: the text as pasted, a code in it, the facts beside it. Out: the caveat, in the language spoken.
//! What WeChat really sends must not get one: its tails (rid, hint, from ip), its variants, its
//! translations and what libraries make of them all share a word with the code's entry.

use serde_json::Value;

use super::{everyday, fields, message, object, server_text};
use crate::catalog;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// What is to be said of words that every program writes.
pub(super) fn everyday(query: &str, lang: Lang) -> Option<String> {
    (message::api_of(query).is_none() && everyday::is_everyday(query)).then(|| words_alone(lang))
}

pub(super) fn words_alone(lang: Lang) -> String {
    say!(
        lang,
        "只凭这几个字认出来的，别的系统也会这样写：以旁边的 errcode 或 errMsg 为准",
        "known by these words alone, which other systems write too: the errcode or errMsg beside them decides"
    )
}

/// The caveat of a number, if it may be another's.
pub(super) fn of_number(query: &str, code: i64, lang: Lang) -> Option<String> {
    if code == 0 && object::in_text(query).any(|value| value.as_object().is_some_and(fields::is_credential)) {
        return None;
    }
    let in_another_field = !everyday::is_ours(query)
        && (is_another_number(query, code)
            || words_beside(query).is_some_and(|words| !is_sent_with(&words, code)));
    if in_another_field {
        return Some(say!(
            lang,
            "这里没有 errcode，那句话也不是微信随 {code} 返回的：如果是你自己或别家接口的码，下面的就不适用",
            "there is no errcode here, and WeChat does not send these words with {code}: if the number is your own or another API's, this does not apply"
        ));
    }
    let errmsg = errmsg_beside(query, code)?;
    (!everyday::names_wechat(query) && is_another_subject(&errmsg, code)).then(|| {
        say!(
            lang,
            "微信不会随 {code} 返回这句话：如果这是你自己的后端或别家产品的返回，下面的就不适用",
            "WeChat does not send these words with {code}: if the answer is your own server's or another product's, this does not apply"
        )
    })
}

/// What WeChat's codes are never about: they are a site's own login and orders.
const OWN: &[&str] =
    &["登录", "登陆", "密码", "验证码", "log in", "logged in", "login", "password", "captcha"];

/// Nouns whose number is never an error code.
const NUMBERED: &[&str] = &[
    "订单号",
    "订单",
    "单号",
    "工号",
    "学号",
    "版本号",
    "版本",
    "手机号",
    "编号",
    "流水号",
    "房间号",
    "数量",
    "金额",
    "order",
    "order id",
    "uid",
    "user id",
    "version",
    "room",
    "item",
];

/// Whether the word before the number says what it counts: `订单号 40013 不存在`.
fn is_another_number(query: &str, code: i64) -> bool {
    let Some((before, _)) = query.split_once(&code.to_string()) else { return false };
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || ":：=#".contains(c)).to_lowercase();
    NUMBERED.iter().any(|noun| {
        let rest = before.strip_suffix(noun);
        // `port` is not in `support`.
        rest.is_some_and(|rest| !noun.is_ascii() || !rest.ends_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

/// The words in an object that has a number but no errcode: `{"code":40001,"msg":"用户未登录"}`, or
/// those around a number: `40001 用户未登录`.
fn words_beside(query: &str) -> Option<String> {
    let around =
        query.trim().trim_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || ":：,，-".contains(c));
    if !around.starts_with(['{', '[']) && OWN.iter().any(|word| around.to_lowercase().contains(word)) {
        return Some(around.to_owned());
    }
    let first = object::in_text(query).next()?;
    let words = first.as_object()?.values().filter_map(Value::as_str);
    words.filter(|text| text.parse::<i64>().is_err()).max_by_key(|text| text.len()).map(str::to_owned)
}

/// Whether these may be the words that WeChat sends with the code: they share one with a label or a text of it.
fn is_sent_with(words: &str, code: i64) -> bool {
    let words = words.to_lowercase();
    let sent = server_text::of_code(code).map(str::to_lowercase);
    labels(code).chain(sent).any(|label| words.contains(&label) || label.contains(&words))
}

fn labels(code: i64) -> impl Iterator<Item = String> {
    let known = Platform::ALL.into_iter().filter_map(move |platform| catalog::lookup(code, platform));
    known.flat_map(|known| [known.name.zh.to_lowercase(), known.name.en.to_lowercase()])
}

/// The errmsg beside this errcode.
fn errmsg_beside(query: &str, code: i64) -> Option<String> {
    object::in_text(query).find_map(|value| {
        let object = value.as_object()?;
        let has = object.get("errcode").and_then(super::observed::whole_number) == Some(code);
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        has.then(|| text("errmsg").or_else(|| text("errMsg"))).flatten()
    })
}

/// Words of a text in Chinese that say that something failed, not what.
const VAGUE: &str = "不正确 不合法 不允许 不支持 不匹配 不一致 不存在 不可用 未知 参数 错误 系统 网络 请求 失败 异常 \
    超时 过期 失效 无效 非法 合法 权限 重新 重复 操作 频繁 频率 过于 限制 受限 超限 超过 超出 次数 上限 服务器 服务 内部 \
    繁忙 稍后 再试 重试 接口 调用 数据 内容 格式 类型 校验 验证 检查 缺少 为空 不能 无法 没有 已经 已被 正确 返回 \
    获取 微信 公众号 企业微信 小程序 请 的 了 未 已 无 被 不 时 或 和 与 在 中 此 该 您 你 出 错";

/// Whether a text clearly speaks of something else than the code does: it is the site's own login, or
/// it names something in Chinese, and nothing of that is in what is known of the code.
fn is_another_subject(errmsg: &str, code: i64) -> bool {
    let lower = errmsg.to_lowercase();
    let known = Known::of(code);
    if is_sent_with(&lower, code) {
        return false;
    }
    // `登录凭证 code 无效` speaks of a login and is 40029's all the same.
    if known.shares_a_word(&lower) {
        return false;
    }
    if let Some(word) = OWN.iter().find(|word| lower.contains(**word)) {
        return !known.labels.contains(word);
    }
    let subjects = subjects(&lower);
    !subjects.is_empty() && !subjects.iter().any(|pair| known.chinese.contains(pair.as_str()))
}

/// All that is said of a code, on either platform.
struct Known {
    chinese: String,
    /// Its labels and texts alone.
    labels: String,
}

impl Known {
    fn of(code: i64) -> Self {
        let mut known = Self { chinese: String::new(), labels: String::new() };
        for label in labels(code).chain(server_text::of_code(code).map(str::to_lowercase)) {
            known.labels.push_str(&label);
            known.labels.push(' ');
        }
        for platform in Platform::ALL {
            if let Some(advice) = catalog::entry(code, platform) {
                known.chinese.push_str(&advice.meaning.zh);
                advice.causes.iter().for_each(|cause| known.chinese.push_str(&cause.zh));
            }
        }
        known.chinese.push_str(&known.labels);
        known
    }

    /// Whether a Latin word of the text is one of the code's: `code无效` for 40029, `token` for `access_token`.
    fn shares_a_word(&self, text: &str) -> bool {
        const PART: usize = 4;
        let words = |text: &str| -> Vec<String> {
            let all = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            all.filter(|word| word.len() >= 3 && !COMMON.contains(word)).map(str::to_owned).collect()
        };
        let own = words(&self.labels);
        let is_own = |word: &String| {
            own.iter().any(|one| one == word || (word.len() >= PART && one.contains(word.as_str())))
        };
        words(text).iter().any(is_own)
    }
}

/// Latin words that every error has.
const COMMON: &[&str] = &[
    "not", "the", "and", "for", "with", "has", "have", "been", "from", "user", "your", "this", "that", "try",
    "please", "request", "error", "failed", "fail", "invalid", "are", "was", "out", "too", "can",
];

/// What a text names in Chinese: each two characters that follow each other, without the vague words.
fn subjects(text: &str) -> Vec<String> {
    let mut rest = text.to_owned();
    for word in VAGUE.split(' ') {
        rest = rest.replace(word, " ");
    }
    let is_chinese = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let runs = rest.split(|c: char| !is_chinese(c));
    runs.flat_map(|run| {
        let characters: Vec<char> = run.chars().collect();
        characters.windows(2).map(|pair| pair.iter().collect()).collect::<Vec<String>>()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted(query: &str, code: i64) -> bool {
        of_number(query, code, Lang::En).is_some()
    }

    #[test]
    fn what_wechat_sends_with_a_code_is_never_doubted() {
        for (_, code, row) in server_text::rows() {
            for tail in ["", " rid: 1-2-3", ", hint: [1_2_ab], from ip: 1.2.3.4"] {
                let query =
                    serde_json::json!({ "errcode": code, "errmsg": format!("{row}{tail}") }).to_string();
                assert!(!doubted(&query, code), "{query}");
            }
        }
        for code in Platform::ALL.into_iter().flat_map(catalog::codes) {
            for name in [code.name.zh, code.name.en] {
                let query = serde_json::json!({ "errcode": code.code, "errmsg": name }).to_string();
                assert!(!doubted(&query, code.code), "{query}");
            }
        }
    }

    #[test]
    fn other_words_beside_an_errcode_are_doubted_and_vague_ones_are_not() {
        for (code, errmsg, wanted) in [
            (40003, "余额不足", true),
            (40001, "用户未登录", true),
            (50001, "库存不足", true),
            (45009, "验证码发送过于频繁", true),
            (40014, "手机号格式不正确", true),
            (60011, "该优惠券已被领取", true),
            (40001, "user not logged in", true),
            (40029, "code无效", false),
            (40029, "登录凭证 code 无效", false),
            (42001, "登录已过期，请重新登录", true),
            (40003, "参数错误", false),
            (42001, "token 已过期", false),
            (40001, "获取access_token时AppSecret错误", false),
            (45009, "接口调用超过限制", false),
            (40163, "授权码已被使用", false),
            (-1, "系统繁忙，请稍后再试", false),
            (40001, "x", false),
            (40001, "some words in english", false),
        ] {
            let query = serde_json::json!({ "errcode": code, "errmsg": errmsg }).to_string();
            assert_eq!(doubted(&query, code), wanted, "{query}");
        }
        let from = r#"https://api.weixin.qq.com/x {"errcode":40003,"errmsg":"余额不足"}"#;
        assert!(!doubted(from, 40003));
    }

    #[test]
    fn a_number_in_another_field_is_doubted_with_words_before_the_object_too() {
        assert!(doubted(r#"一直报错200 {"msg":"参数不合法","code":"-1","detailCode":"-2"}"#, -1));
        assert!(doubted(r#"{"status":40001,"message":"token invalid"} yuque.com/api/v2"#, 40001));
        assert!(!doubted(r#"{"code":40001,"msg":"invalid credential"}"#, 40001));
    }

    #[test]
    fn a_token_s_or_ticket_s_answer_is_not_doubted() {
        for answer in [
            r#"{"access_token":"68_abc","expires_in":7200}"#,
            r#"{"ticket":"x","expires_in":7200}"#,
            r#"{"component_access_token":"x","expires_in":7200}"#,
        ] {
            assert!(!doubted(answer, 0), "{answer}");
        }
    }
}
