//! The words of what the table of mistakes cannot say: a mistyped signature, one that nothing
//! explains, another receive id, another key.
//!
//! In: what was compared. Out: a [`Mistake`] in the language spoken.

use super::{Known, Mistake, OtherKey, is_invisible};
use crate::finding::{Basis, Entry, Likelihood, Severity};
use crate::lang::{Lang, Text, plural_s};
use crate::say;

/// Length and oddities of a token, so that it can be recognized without being shown.
pub(super) fn describe(token: &str, lang: Lang) -> String {
    let count = token.chars().count();
    let s = plural_s(count);
    let mut parts = vec![say!(lang, "{count} 个字符", "{count} character{s}")];
    let start = token.chars().take_while(|c| is_invisible(*c)).count();
    let end = if start == count { 0 } else { token.chars().rev().take_while(|c| is_invisible(*c)).count() };
    if start > 0 {
        parts.push(say!(lang, "开头有 {start} 个空白", "{start} whitespace at its start"));
    }
    if end > 0 {
        parts.push(say!(lang, "末尾有 {end} 个空白", "{end} whitespace at its end"));
    }
    if token.contains(['"', '\'', '`', '“', '”', '‘', '’']) {
        parts.push(lang.pick("带引号", "with quotes").to_owned());
    }
    parts.join(lang.pick("，", ", "))
}

/// A signature of which all but a few digits are right: no other text hashes to that.
pub(super) fn mistyped(computed: &str, given: &str, lang: Lang) -> Option<Mistake> {
    let pairs = (1..).zip(computed.chars().zip(given.chars()));
    let different: Vec<String> =
        pairs.filter(|(_, (a, b))| !a.eq_ignore_ascii_case(b)).map(|(at, _)| at.to_string()).collect();
    if given.chars().count() != computed.len() || !(1..=4).contains(&different.len()) {
        return None;
    }
    let places = different.join(", ");
    Some(Mistake {
        id: "signature-mistyped",
        title: lang.pick("签名抄错了几个字符", "The signature was mistyped").to_owned(),
        field: "signature",
        signed: Some(given.to_owned()),
        actual: Some(computed.to_owned()),
        message: say!(
            lang,
            "给出的签名与正确的只差第 {places} 个字符：它是抄错或被改过的",
            "the given signature differs from the right one only in character {places}: it was mistyped or changed"
        ),
        fix: lang
            .pick(
                "从日志里重新复制签名；如果它就是这样收到的，拒绝这个请求",
                "copy it from the log again; if it came like this, refuse the request",
            )
            .to_owned(),
    })
}

/// Nothing of the table fits: what is left, said so.
pub(super) fn unexplained(known: &Known, computed: &str, given: &str, lang: Lang) -> Mistake {
    let digits = given.chars().count();
    let s = plural_s(digits);
    if digits != 40 || !given.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Mistake {
            id: "signature-shape",
            title: lang.pick("给出的不是 SHA-1 签名", "The given signature is not a SHA-1").to_owned(),
            field: "signature",
            signed: Some(given.to_owned()),
            actual: Some(computed.to_owned()),
            message: say!(
                lang,
                "给出的签名有 {digits} 个字符，不是 SHA-1 的 40 个十六进制字符",
                "the given signature has {digits} character{s} and is not the 40 hex digits of a SHA-1"
            ),
            fix: lang.pick("检查是不是复制了别的字段", "look whether another field was copied").to_owned(),
        };
    }
    if known.other_holds {
        return beside_one_that_holds(known, computed, given, lang);
    }
    let described = describe(known.token.reveal(), lang);
    let encrypted = known.encrypted_name;
    Mistake {
        id: "token-differs",
        title: lang.pick("签名用的多半是另一个 token", "Most likely signed with another token").to_owned(),
        field: "token",
        signed: None,
        actual: Some(described.clone()),
        message: if known.signed.encrypt.is_some() {
            say!(
                lang,
                "签名用的多半是另一个 token：你的是 {described}，常见的写法错误都对不上；也可能 timestamp、nonce、{encrypted} 不是同一个请求里的",
                "most likely another token was used: yours has {described}, and no usual mistake fits; or timestamp, nonce and {encrypted} are not from the same request"
            )
        } else {
            say!(
                lang,
                "签名用的多半是另一个 token：你的是 {described}，常见的写法错误都对不上；也可能 timestamp 和 nonce 不是同一个请求里的",
                "most likely another token was used: yours has {described}, and no usual mistake fits; or timestamp and nonce are not from the same request"
            )
        },
        fix: lang
            .pick(
                "打开后台的服务器配置，把 token 重新复制到服务器和 wecheck 的配置；再用 --request 传入整条日志，避免拼错请求",
                "copy the token from WeChat's console into the server and the profile again, and give the whole logged request with --request, so that its values belong together",
            )
            .to_owned(),
    }
}

/// Another signature of the request holds: the token is right, and the value that only this one covers
/// differs, or the signature itself.
fn beside_one_that_holds(known: &Known, computed: &str, given: &str, lang: Lang) -> Mistake {
    let encrypted = known.encrypted_name;
    let (id, title, field, message, fix) = if known.signed.encrypt.is_some() {
        (
            "encrypt-differs",
            lang.pick("密文不是签名时的那一份", "The encrypted value is not the one signed"),
            encrypted,
            say!(
                lang,
                "`signature` 成立，所以 token、timestamp、nonce 都对；`msg_signature` 不成立：{encrypted} 被改动、截断过，或者它和 msg_signature 不是同一个请求里的，或者 msg_signature 被日志脱敏了",
                "`signature` holds, so token, timestamp and nonce are right; `msg_signature` differs: {encrypted} was changed or cut, or it and msg_signature are not of the same request, or a log masked msg_signature"
            ),
            lang.pick(
                "取收到时原样的请求体（在中间件、代理、日志改动它之前），连同同一个请求的 msg_signature 再试；如果收到时就是这样，拒绝这个请求",
                "take the body as it was received, before middleware, a proxy or a log changes it, and the msg_signature of the same request; if it came like this, refuse the request",
            ),
        )
    } else {
        (
            "signature-differs",
            lang.pick("只有 signature 的值不对", "The value of signature alone is wrong"),
            "signature",
            lang.pick(
                "`msg_signature` 成立，所以 token、timestamp、nonce 都对；不对的只是 `signature` 的值：被脱敏、改动过，或者是别的请求里的",
                "`msg_signature` holds, so token, timestamp and nonce are right; only the value of `signature` is wrong: it was masked or changed, or is of another request",
            )
            .to_owned(),
            lang.pick(
                "从收到的请求里重新复制 signature；加密消息以 msg_signature 为准；如果收到时就是这样，拒绝这个请求",
                "copy signature from the request again; for an encrypted message msg_signature counts; if it came like this, refuse the request",
            ),
        )
    };
    Mistake {
        id,
        title: title.to_owned(),
        field,
        signed: Some(given.to_owned()),
        actual: Some(computed.to_owned()),
        message,
        fix: fix.to_owned(),
    }
}

pub(super) fn other_receive_id(found: &str, expected: &str, lang: Lang) -> Mistake {
    let kind = match found {
        "" => lang
            .pick("（空）：企业微信智能机器人的消息就是空的", " (empty): as in messages of WeCom's AI bots"),
        id if id.starts_with("tj") || id.starts_with("dk") || id.starts_with("ws") => {
            lang.pick("：看起来是第三方应用的 SuiteId", ": it looks like the SuiteId of a third-party app")
        }
        id if id.starts_with("ww") || id.starts_with("wl") => {
            lang.pick("：看起来是企业的 corpid", ": it looks like a corpid")
        }
        id if id.starts_with("wx") => {
            lang.pick("：看起来是 appid 或旧的 corpid", ": it looks like an appid or an old corpid")
        }
        _ => "",
    };
    Mistake {
        id: "receive-id",
        title: lang.pick("消息属于另一个应用", "The message is for another app").to_owned(),
        field: "receive_id",
        signed: Some(found.to_owned()),
        actual: Some(expected.to_owned()),
        message: say!(
            lang,
            "这条消息是发给 `{found}` 的{kind}，而这里要的是 `{expected}`",
            "the message is for `{found}`{kind}; expected is `{expected}`"
        ),
        fix: if found.is_empty() {
            lang.pick(
                "如果这是智能机器人的回调，加上 --receive-id \"\"；否则拒绝这个请求",
                "if this is an AI bot's callback, add --receive-id \"\"; otherwise refuse the request",
            )
            .to_owned()
        } else {
            say!(
                lang,
                "如果这正是想要的，加上 --receive-id {found}；否则换用它自己的配置，或者拒绝这个请求",
                "if that is the one you mean, add --receive-id {found}; otherwise use its own profile, or refuse the request"
            )
        },
    }
}

pub(super) fn other_key(signed: bool, fits: Option<OtherKey>, lang: Lang) -> Mistake {
    let (id, message, fix) = match fits {
        Some(OtherKey::Profile(name)) => (
            "key-other-profile",
            say!(
                lang,
                "密文是用配置 `{name}` 的 EncodingAESKey 加密的",
                "it was encrypted with the EncodingAESKey of profile `{name}`"
            ),
            say!(
                lang,
                "用 --profile {name}，或者把两个应用的 key 换过来",
                "use --profile {name}, or swap the two apps' keys"
            ),
        ),
        Some(OtherKey::Sample) => (
            "key-sample",
            lang.pick(
                "密文是用公开示例代码里的 EncodingAESKey 加密的",
                "it was encrypted with an EncodingAESKey from public sample code",
            )
            .to_owned(),
            lang.pick(
                "在后台重新生成 EncodingAESKey，并更新服务器和 wecheck 的配置",
                "generate a new EncodingAESKey, and set it in the server and the profile",
            )
            .to_owned(),
        ),
        None if signed => (
            "key-wrong",
            lang.pick(
                "签名成立，token 没有问题，但密文解不开：你的 EncodingAESKey 不是加密用的那个",
                "the signature holds, so the token is right, but the value does not decrypt: your EncodingAESKey is not the one it was encrypted with",
            )
            .to_owned(),
            lang.pick(
                "从后台重新复制 EncodingAESKey（43 个字符）；刚改过 key 的话，旧消息还会用旧 key 重发一阵",
                "copy the EncodingAESKey (43 characters) from WeChat's console again; after a change, messages encrypted with the old key keep coming for a while",
            )
            .to_owned(),
        ),
        None => (
            "key-wrong",
            lang.pick(
                "密文解不开：EncodingAESKey 不是加密用的那个，或者密文被改动、截断过（没有签名，无法区分）",
                "the value does not decrypt: the EncodingAESKey is not the one it was encrypted with, or the value was changed or cut (only a signature tells the two apart)",
            )
            .to_owned(),
            lang.pick(
                "用 --request 传入整条请求，先验签再解密，就能知道是哪一个",
                "give the whole request with --request: the signature then tells which of the two it is",
            )
            .to_owned(),
        ),
    };
    let title = match id {
        "key-other-profile" => lang.pick("密文属于另一个配置", "Encrypted with the key of another profile"),
        "key-sample" => lang.pick("密文用的是公开示例的 key", "Encrypted with a key from public sample code"),
        _ => lang.pick("EncodingAESKey 不对", "The EncodingAESKey is wrong"),
    };
    let title = title.to_owned();
    Mistake { id, title, field: "encoding_aes_key", signed: None, actual: None, message, fix }
}

pub(super) fn plain_signature_on_work(lang: Lang) -> Mistake {
    Mistake {
        id: "plain-signature-on-work",
        title: lang.pick("企业微信不会发送普通签名", "WeCom never sends a plain signature").to_owned(),
        field: "signature",
        signed: None,
        actual: None,
        message: lang
            .pick(
                "请求里是公众号的 `signature`（token、timestamp、nonce 三个值），配置却是企业微信：企业微信只发送 `msg_signature`，echostr 和消息体总是加密的",
                "the request carries `signature` of an Official Account (token, timestamp and nonce), but the profile is WeCom's: WeCom sends `msg_signature` only, and always encrypts the echostr and the body",
            )
            .to_owned(),
        fix: lang
            .pick(
                "如果是公众号，用 platform = \"mp\" 的配置；如果是企业微信，这个请求不是它发的，服务器要校验 msg_signature",
                "for an Official Account use a profile with platform = \"mp\"; for WeCom, this request did not come from it, and your server has to check msg_signature",
            )
            .to_owned(),
    }
}

/// The findings of this file in general words, for the registry.
pub(super) static GENERAL: &[Entry] = &[
    general(
        "signature-mistyped",
        "signature",
        ["签名抄错了几个字符", "The signature was mistyped"],
        [
            "给出的签名与正确的只差几个字符",
            "the given signature differs from the right one in a few characters",
        ],
        [
            "从日志里重新复制签名；如果它就是这样收到的，拒绝这个请求",
            "copy it from the log again; if it came like this, refuse the request",
        ],
    ),
    general(
        "signature-shape",
        "signature",
        ["给出的不是 SHA-1 签名", "The given signature is not a SHA-1"],
        ["签名不是 40 个十六进制字符", "the signature does not have 40 hex digits"],
        ["从日志里重新复制签名", "copy the signature from the log again"],
    ),
    general(
        "token-differs",
        "token",
        ["签名用的多半是另一个 token", "Most likely signed with another token"],
        [
            "常见的写法错误都对不上：token 不同，或者几个值不是同一个请求里的",
            "no usual mistake fits: the token differs, or the values are not from the same request",
        ],
        [
            "从后台重新复制 token，并用 --request 给出整条日志",
            "copy the token from the console again, and give the whole logged request with --request",
        ],
    ),
    general(
        "encrypt-differs",
        "encrypt",
        ["密文不是签名时的那一份", "The encrypted value is not the one signed"],
        [
            "`signature` 成立而 `msg_signature` 不成立：token 没有问题，密文或 msg_signature 不对",
            "`signature` holds and `msg_signature` differs: the token is right, the encrypted value or msg_signature is not",
        ],
        [
            "取收到时原样的请求体和同一个请求的 msg_signature；如果收到时就是这样，拒绝这个请求",
            "take the body as it was received and the msg_signature of the same request; if it came like this, refuse it",
        ],
    ),
    general(
        "signature-differs",
        "signature",
        ["只有 signature 的值不对", "The value of signature alone is wrong"],
        [
            "`msg_signature` 成立而 `signature` 不成立：token 没有问题，signature 的值被脱敏或改动过",
            "`msg_signature` holds and `signature` differs: the token is right, the value of signature was masked or changed",
        ],
        [
            "从收到的请求里重新复制 signature；如果收到时就是这样，拒绝这个请求",
            "copy signature from the request again; if it came like this, refuse the request",
        ],
    ),
    general(
        "plain-signature-on-work",
        "signature",
        ["企业微信不会发送普通签名", "WeCom never sends a plain signature"],
        [
            "请求里是公众号的 `signature`，配置却是企业微信",
            "the request carries `signature` of an Official Account, but the profile is WeCom's",
        ],
        [
            "换用公众号的配置，或者拒绝这个请求",
            "use a profile of the Official Account, or refuse the request",
        ],
    ),
    general(
        "receive-id",
        "receive_id",
        ["消息属于另一个应用", "The message is for another app"],
        ["解密出的 receive id 不是这里要的那个", "the decrypted receive id is not the expected one"],
        [
            "换用它自己的配置，或者用 --receive-id 说明",
            "use its own profile, or say which one with --receive-id",
        ],
    ),
    general(
        "key-wrong",
        "encoding_aes_key",
        ["EncodingAESKey 不对", "The EncodingAESKey is wrong"],
        ["签名成立，密文却解不开", "the signature holds, but the value does not decrypt"],
        [
            "从后台重新复制 EncodingAESKey（43 个字符）",
            "copy the EncodingAESKey (43 characters) from the console again",
        ],
    ),
    general(
        "key-other-profile",
        "encoding_aes_key",
        ["密文属于另一个配置", "Encrypted with the key of another profile"],
        [
            "密文是用另一个配置的 EncodingAESKey 加密的",
            "it was encrypted with the EncodingAESKey of another profile",
        ],
        ["换用那个配置，或者把两个应用的 key 换过来", "use that profile, or swap the two apps' keys"],
    ),
    general(
        "key-sample",
        "encoding_aes_key",
        ["密文用的是公开示例的 key", "Encrypted with a key from public sample code"],
        [
            "密文是用公开示例代码里的 EncodingAESKey 加密的",
            "it was encrypted with an EncodingAESKey from public sample code",
        ],
        ["在后台重新生成 EncodingAESKey", "generate a new EncodingAESKey in WeChat's console"],
    ),
    general(
        "message-refused",
        "message",
        ["解密出的 XML 不可信", "The decrypted XML is not to be trusted"],
        ["解密出的 XML 带有 DOCTYPE 或自定义实体", "the decrypted XML has a DOCTYPE or an entity of its own"],
        [
            "拒绝它，并关闭服务器 XML 解析器的外部实体",
            "refuse it, and switch external entities off in your server's XML parser",
        ],
    ),
];

const fn general(
    id: &'static str,
    field: &'static str,
    title: [&'static str; 2],
    cause: [&'static str; 2],
    fix: [&'static str; 2],
) -> Entry {
    const fn text(pair: [&'static str; 2]) -> Text {
        Text { zh: pair[0], en: pair[1] }
    }
    Entry {
        id,
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field,
        title: text(title),
        cause: text(cause),
        fix: text(fix),
    }
}

#[cfg(test)]
mod tests;
