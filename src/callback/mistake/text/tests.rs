//! The words: what a token looks like, whose message and whose key it is.

use super::*;

/// Both languages, each with a title, a message and a fix of its own, and no hole.
fn filled(of: impl Fn(Lang) -> Mistake) -> [Mistake; 2] {
    let [zh, en] = [Lang::Zh, Lang::En].map(of);
    assert_eq!((zh.id, zh.field), (en.id, en.field));
    for text in [&zh.title, &zh.message, &zh.fix, &en.title, &en.message, &en.fix] {
        assert!(!text.is_empty() && !text.contains('{'), "{text}");
    }
    assert!(!zh.title.is_ascii() && !zh.message.is_ascii() && !zh.fix.is_ascii(), "{zh:?}");
    assert!(en.title.is_ascii() && en.message != en.fix, "{en:?}");
    [zh, en]
}

#[test]
fn a_token_is_described_by_its_length_and_oddities() {
    for (token, zh, en) in [
        ("", "0 个字符", "0 characters"),
        ("a", "1 个字符", "1 character"),
        ("abc", "3 个字符", "3 characters"),
        (" \tab", "4 个字符，开头有 2 个空白", "4 characters, 2 whitespace at its start"),
        ("ab\u{200b}\n", "4 个字符，末尾有 2 个空白", "4 characters, 2 whitespace at its end"),
        (
            " a\n",
            "3 个字符，开头有 1 个空白，末尾有 1 个空白",
            "3 characters, 1 whitespace at its start, 1 whitespace at its end",
        ),
        ("  ", "2 个字符，开头有 2 个空白", "2 characters, 2 whitespace at its start"),
        ("a b", "3 个字符", "3 characters"),
        ("“a”", "3 个字符，带引号", "3 characters, with quotes"),
    ] {
        assert_eq!((describe(token, Lang::Zh).as_str(), describe(token, Lang::En).as_str()), (zh, en));
    }
}

#[test]
fn a_receive_id_says_what_it_looks_like() {
    for (found, zh, en) in [
        ("", "给 `` 的（空）：企业微信智能机器人", " (empty): as in messages of WeCom's AI bots;"),
        (
            "tj1",
            "的：看起来是第三方应用的 SuiteId，",
            "`tj1`: it looks like the SuiteId of a third-party app;",
        ),
        (
            "dk1",
            "的：看起来是第三方应用的 SuiteId，",
            "`dk1`: it looks like the SuiteId of a third-party app;",
        ),
        (
            "ws1",
            "的：看起来是第三方应用的 SuiteId，",
            "`ws1`: it looks like the SuiteId of a third-party app;",
        ),
        ("ww1", "的：看起来是企业的 corpid，", "`ww1`: it looks like a corpid;"),
        ("wl1", "的：看起来是企业的 corpid，", "`wl1`: it looks like a corpid;"),
        ("wx1", "的：看起来是 appid 或旧的 corpid，", "`wx1`: it looks like an appid or an old corpid;"),
        ("abc", "给 `abc` 的，而", "for `abc`; expected"),
    ] {
        let [in_zh, in_en] = filled(|lang| other_receive_id(found, "wx9", lang));
        assert!(in_zh.message.contains(zh), "{}", in_zh.message);
        assert!(in_en.message.contains(en), "{}", in_en.message);
        assert!(in_en.message.ends_with("expected is `wx9`"), "{}", in_en.message);
        let flag = if found.is_empty() { "--receive-id \"\"" } else { found };
        assert!(in_zh.fix.contains(flag) && in_en.fix.contains(flag), "{}", in_en.fix);
        assert_eq!((in_en.id, in_en.field), ("receive-id", "receive_id"));
        assert_eq!((in_en.signed.as_deref(), in_en.actual.as_deref()), (Some(found), Some("wx9")));
    }
}

#[test]
fn a_key_that_does_not_fit_is_named_as_far_as_it_is_known() {
    for (signed, fits, id, title, message, fix) in [
        (
            true,
            Some(OtherKey::Profile("shop")),
            "key-other-profile",
            "Encrypted with the key of another profile",
            "the EncodingAESKey of profile `shop`",
            "--profile shop",
        ),
        (
            false,
            Some(OtherKey::Sample),
            "key-sample",
            "Encrypted with a key from public sample code",
            "from public sample code",
            "generate a new",
        ),
        (
            true,
            None,
            "key-wrong",
            "The EncodingAESKey is wrong",
            "the token is right",
            "copy the EncodingAESKey",
        ),
        (false, None, "key-wrong", "The EncodingAESKey is wrong", "only a signature tells", "with --request"),
    ] {
        let [_, en] = filled(|lang| other_key(signed, fits, lang));
        assert_eq!((en.id, en.field, en.title.as_str()), (id, "encoding_aes_key", title));
        assert!(en.message.contains(message) && en.fix.contains(fix), "{en:?}");
    }
    let titles = [Some(OtherKey::Profile("a")), Some(OtherKey::Sample), None]
        .map(|fits| other_key(true, fits, Lang::Zh).title);
    assert_eq!(titles, ["密文属于另一个配置", "密文用的是公开示例的 key", "EncodingAESKey 不对"]);
}

#[test]
fn a_plain_signature_on_wecom_is_named() {
    let [_, en] = filled(plain_signature_on_work);
    assert_eq!((en.id, en.field), ("plain-signature-on-work", "signature"));
    assert!(en.message.contains("WeCom sends `msg_signature` only"), "{}", en.message);
}

#[test]
fn one_to_four_wrong_digits_are_a_slip_and_five_are_another_signature() {
    let right = "0123456789abcdef0123456789abcdef01234567";
    let with = |count: usize| format!("{}{}", "z".repeat(count), &right[count..]);
    for (given, places) in [
        (right.to_owned(), None),
        (right.to_uppercase(), None),
        (with(1), Some("1")),
        (with(4), Some("1, 2, 3, 4")),
        (with(5), None),
        (format!("{}z", &right[..39]), Some("40")),
        (right[..39].to_owned(), None),
        (format!("{right}0"), None),
    ] {
        let found = mistyped(right, &given, Lang::En).map(|mistake| mistake.message);
        let said = found.as_ref().and_then(|text| text.split_once("character ")?.1.split_once(':'));
        assert_eq!(said.map(|(places, _)| places), places, "{given}");
    }
}

#[test]
fn every_general_text_is_in_both_languages() {
    for entry in GENERAL {
        for text in [entry.title, entry.cause, entry.fix] {
            assert!(!text.zh.is_ascii() && text.en.is_ascii() && !text.en.is_empty(), "{}", entry.id);
        }
    }
}
