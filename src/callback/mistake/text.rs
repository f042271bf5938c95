//! The words of the callback mistakes, in both languages: what happened, and what to do.
//!
//! In: what the search found. Out: texts. `{signed}` and `{actual}` are filled with the values (of
//! a token: a description), `{what}` with what the entry names, `{sealed}` with `encrypt` or
//! `echostr`.

use super::{Known, Mistake, OtherKey, is_invisible};
use crate::lang::{Lang, Text, plural_s};
use crate::say;

/// The message and the fix of an entry.
type Pair = (Text, Text);

const fn pair(zh: [&'static str; 2], en: [&'static str; 2]) -> Pair {
    (Text { zh: zh[0], en: en[0] }, Text { zh: zh[1], en: en[1] })
}

pub(super) const TOKEN_SAMPLE: Pair = pair(
    [
        "签名用的是公开示例代码里的 token（{signed}），不是这个 profile 的 token（{actual}）",
        "在后台的服务器配置里换成自己的 token，并让服务器和 profile 都用同一个；示例 token 人人知道，等于没有验签",
    ],
    [
        "it was signed with a token from public sample code ({signed}), not with the profile's token ({actual})",
        "set a token of your own in WeChat's console, and the same in the server and in the profile; everybody knows the sample's token, so it protects nothing",
    ],
);

pub(super) const TOKEN_WHITESPACE: Pair = pair(
    [
        "token 差在空白上：签名用的 token 是 {signed}，profile 里的是 {actual}",
        "去掉多出来的空格或换行（`.env` 文件行尾、`echo` 写文件、复制时多选一格都会带上），两边保持逐字一致",
    ],
    [
        "the token differs by a blank: it was signed with {signed}, the profile's has {actual}",
        "remove the blank or line break (the end of a line in .env, a file written with `echo`, a selection one character too wide), so that both sides have the same bytes",
    ],
);

pub(super) const TOKEN_QUOTED: Pair = pair(
    [
        "有一边把引号当成了 token 的一部分：签名用的是 {signed}，profile 里的是 {actual}",
        "去掉引号；docker 的 env_file 和部分 .env 解析器会保留引号",
    ],
    [
        "on one side quotes became part of the token: it was signed with {signed}, the profile's has {actual}",
        "take the quotes away; docker's env_file and some .env readers keep them",
    ],
);

pub(super) const TOKEN_OTHER_PROFILE: Pair = pair(
    [
        "签名用的是 profile `{what}` 的 token",
        "这个请求属于那个应用：用 --profile {what}，或者把回调地址改到对应的服务",
    ],
    [
        "it was signed with the token of profile `{what}`",
        "the request belongs to that app: use --profile {what}, or send that app's callbacks to its own address",
    ],
);

pub(super) const TOKEN_OTHER_VALUE: Pair = pair(
    [
        "签名时把 {what} 当成了 token",
        "token 是自己在后台填写的那一串，与 {what} 是两回事；检查两个配置项有没有填反",
    ],
    [
        "the {what} was signed where the token belongs",
        "the token is the text you chose yourself in the console, not the {what}; look whether the two settings are swapped",
    ],
);

pub(super) const TOKEN_CASE: Pair = pair(
    [
        "token 的大小写不同：签名用的与 profile 里的字母相同，大小写不同",
        "token 区分大小写，从后台重新复制一次",
    ],
    [
        "the token's letter case differs: the same letters as in the profile, written otherwise",
        "a token is case-sensitive; copy it from the console once more",
    ],
);

pub(super) const TOKEN_EXTRA_CHARACTER: Pair = pair(
    [
        "profile 里的 token 多了一个字符（第 {what} 个）：签名用的是 {signed}，profile 里的是 {actual}",
        "从后台重新复制 token",
    ],
    [
        "the profile's token has one character too many (character {what}): it was signed with {signed}, the profile's has {actual}",
        "copy the token from the console once more",
    ],
);

pub(super) const TOKEN_MISSING_CHARACTER: Pair = pair(
    [
        "profile 里的 token 少了一个字符（第 {what} 个位置）：签名用的是 {signed}，profile 里的是 {actual}",
        "从后台重新复制 token",
    ],
    [
        "the profile's token lacks one character (at place {what}): it was signed with {signed}, the profile's has {actual}",
        "copy the token from the console once more",
    ],
);

pub(super) const TOKEN_WRONG_CHARACTER: Pair = pair(
    [
        "profile 里的 token 有一个字符不对（第 {what} 个）",
        "从后台重新复制 token；手抄时常把 0 和 O、1 和 l 弄混",
    ],
    [
        "one character of the profile's token is wrong (character {what})",
        "copy the token from the console once more; 0 and O, 1 and l are easily confused by hand",
    ],
);

pub(super) const ENCRYPT_LEFT_OUT: Pair = pair(
    [
        "签名里没有 {sealed}：只对 token、timestamp、nonce 做了签名，这是 `signature`，不是 `msg_signature`",
        "加密消息要与 `msg_signature` 比较，参与签名的是 token、timestamp、nonce、{sealed} 四个值",
    ],
    [
        "{sealed} was left out: only token, timestamp and nonce were signed, which makes `signature`, not `msg_signature`",
        "an encrypted message is checked with `msg_signature`, and four values go into it: token, timestamp, nonce and {sealed}",
    ],
);

pub(super) const ENCRYPT_ADDED: Pair = pair(
    [
        "{sealed} 被放进了普通签名：`signature` 只由 token、timestamp、nonce 三个值得出",
        "验证公众号 `signature` 时不要放入 {sealed}；只有 `msg_signature` 才包含它",
    ],
    [
        "{sealed} was put into a plain signature: `signature` is made of token, timestamp and nonce alone",
        "leave {sealed} out when you check mp's `signature`; only `msg_signature` covers it",
    ],
);

pub(super) const ENCRYPT_PERCENT_ENCODED: Pair = pair(
    [
        "{sealed} 是以百分号编码的形式参与签名的（%2B、%2F、%3D）",
        "先对查询参数做一次 URL 解码，再签名、再解密；只解一次",
    ],
    [
        "{sealed} was signed percent-encoded (%2B, %2F, %3D)",
        "decode the query's value once before you sign and decrypt it, and only once",
    ],
);

pub(super) const ENCRYPT_PLUS_SPACE: Pair = pair(
    [
        "{sealed} 里的 `+` 在其中一边变成了空格",
        "用框架解析好的查询参数，不要再解码一次；base64 里没有空格，见到空格就是 `+` 丢了",
    ],
    [
        "the `+` in {sealed} became a blank on one side",
        "take the value as the framework has parsed it and do not decode it again; base64 has no blank, so a blank is a lost `+`",
    ],
);

pub(super) const ENCRYPT_WHITESPACE: Pair = pair(
    [
        "{sealed} 带着空白或换行参与了签名，或者贴过来的值多了空白",
        "取 XML 节点或 JSON 字段的文本本身，签名前不增不减",
    ],
    [
        "{sealed} was signed with blanks or line breaks that only one side has",
        "take the text of the XML element or JSON field itself, and change nothing before you sign it",
    ],
);

pub(super) const ENCRYPT_CDATA: Pair = pair(
    ["{sealed} 连同 `<![CDATA[…]]>` 一起参与了签名", "用 XML 解析器取节点文本，不要用正则截取原文"],
    [
        "{sealed} was signed together with its `<![CDATA[…]]>`",
        "let an XML parser give you the element's text instead of cutting it out of the body",
    ],
);

pub(super) const ENCRYPT_CUT_AT_EQUALS: Pair = pair(
    [
        "{sealed} 末尾的 `=` 数目不同：多半是按 `=` 切分查询串时切掉了",
        "切分 `key=value` 时只切第一个 `=`，末尾的 `=` 属于 base64",
    ],
    [
        "{sealed} has another number of `=` at its end: usually the query was split at every `=`",
        "split `key=value` at its first `=` only; those at the end belong to the base64",
    ],
);

pub(super) const ENCRYPT_JSON_ESCAPED: Pair = pair(
    ["{sealed} 里的 `/` 以 JSON 转义形式 `\\/` 参与了签名", "用 JSON 解析器取字段值，不要直接截取原文"],
    [
        "the `/` in {sealed} was signed in JSON's escaped form `\\/`",
        "let a JSON parser give you the field's value instead of cutting it out of the body",
    ],
);

pub(super) const ENCRYPT_WHOLE_BODY: Pair = pair(
    ["参与签名的是整个请求体，而不是其中的 Encrypt 值", "先从请求体里取出 Encrypt，再签名"],
    [
        "the whole body was signed instead of its Encrypt value",
        "take Encrypt out of the body first, then sign",
    ],
);

pub(super) const STRING_ORDER: Pair = pair(
    ["各个值没有排序：签名时的顺序是 {what}", "先把这些值按字节（字典序）排序，再直接拼接"],
    [
        "the values were not sorted: they were signed in the order {what}",
        "sort the values themselves by bytes, then join them with nothing",
    ],
);

pub(super) const STRING_SEPARATOR: Pair = pair(
    ["各个值之间多了连接符 `{what}`", "排序后直接拼接，中间什么也不加，也不写参数名"],
    [
        "the values were joined with `{what}`",
        "after sorting join them with nothing between, and without their names",
    ],
);

pub(super) const STRING_MISSING_VALUE: Pair = pair(
    ["签名时 {what} 是空的", "检查取参数的代码：{what} 没有取到值也不会报错"],
    [
        "{what} was empty when it was signed",
        "look at the code that reads it: a {what} that was not found raises no error there",
    ],
);

pub(super) const TIMESTAMP_MILLISECONDS: Pair = pair(
    ["签名用的时间戳是 {signed}，而请求里的是 {actual}：秒与毫秒混用", "用请求里原样的 timestamp，单位是秒"],
    [
        "it was signed with timestamp {signed}, and the request has {actual}: seconds and milliseconds are mixed",
        "use the request's timestamp as it came, in seconds",
    ],
);

pub(super) const TIMESTAMP_WHITESPACE: Pair = pair(
    ["timestamp 前后有多余的空白或引号", "签名前原样取值，不带空白和引号"],
    ["timestamp has blanks or quotes around it", "take the value as it came, without blanks and quotes"],
);

pub(super) const NONCE_WHITESPACE: Pair = pair(
    ["nonce 前后有多余的空白或引号", "签名前原样取值，不带空白和引号"],
    ["nonce has blanks or quotes around it", "take the value as it came, without blanks and quotes"],
);

pub(super) const TIMESTAMP_DRIFT: Pair = pair(
    [
        "签名用的时间戳是 {signed}，与给出的 {actual} 相差 {what} 秒",
        "签名与返回（或比较）要用同一个 timestamp，不要各取一次当前时间",
    ],
    [
        "it was signed with timestamp {signed}, {what} s from the {actual} given",
        "sign and send (or compare) one and the same timestamp instead of asking the clock twice",
    ],
);

pub(super) const SIGNATURE_WHITESPACE: Pair = pair(
    ["给出的签名前后有多余的空白或引号", "去掉后再比较"],
    ["the given signature has blanks or quotes around it", "take them away before comparing"],
);

pub(super) const HASH_HEX_CASE: Pair = pair(
    ["给出的签名用了大写十六进制", "签名是小写十六进制；转成小写再比较"],
    [
        "the given signature is written in upper-case hex",
        "the signature is lower-case hex; write it so before comparing",
    ],
);

pub(super) const HASH_TRUNCATED: Pair = pair(
    ["给出的签名不完整，只是前面的一段", "SHA-1 是 40 个十六进制字符；检查字段长度和复制范围"],
    [
        "the given signature is only the beginning of the right one",
        "SHA-1 has 40 hex digits; look at the column's width, or at what was selected",
    ],
);

pub(super) const HASH_ALGORITHM: Pair = pair(
    ["用的是 {what}，而不是 SHA-1", "回调签名一律用 SHA-1"],
    ["it was hashed with {what} instead of SHA-1", "callback signatures are SHA-1, always"],
);

/// Length and oddities of a token, so that it can be recognised without being shown.
pub(super) fn describe(token: &str, lang: Lang) -> String {
    let count = token.chars().count();
    let s = plural_s(count);
    let mut parts = vec![say!(lang, "{count} 个字符", "{count} character{s}")];
    let start = token.chars().take_while(|c| is_invisible(*c)).count();
    let end = if start == count { 0 } else { token.chars().rev().take_while(|c| is_invisible(*c)).count() };
    if start > 0 {
        parts.push(say!(lang, "开头有 {start} 个空白", "{start} blank at its start"));
    }
    if end > 0 {
        parts.push(say!(lang, "末尾有 {end} 个空白", "{end} blank at its end"));
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
                "copy it from the log once more; if it came like this, refuse the request",
            )
            .to_owned(),
    })
}

/// Nothing of the table fits: what is left, told as such.
pub(super) fn unexplained(known: &Known, computed: &str, given: &str, lang: Lang) -> Mistake {
    let digits = given.chars().count();
    let s = plural_s(digits);
    if digits != 40 || !given.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Mistake {
            id: "signature-shape",
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
    let described = describe(known.token.reveal(), lang);
    let sealed = known.sealed_name;
    Mistake {
        id: "token-differs",
        field: "token",
        signed: None,
        actual: Some(described.clone()),
        message: if known.signed.encrypt.is_some() {
            say!(
                lang,
                "签名用的多半是另一个 token：profile 里的是 {described}，常见的写法错误都对不上；也可能 timestamp、nonce、{sealed} 不是同一个请求里的",
                "most likely another token was used: the profile's has {described}, and no usual slip fits; or timestamp, nonce and {sealed} are not of one request"
            )
        } else {
            say!(
                lang,
                "签名用的多半是另一个 token：profile 里的是 {described}，常见的写法错误都对不上；也可能 timestamp 和 nonce 不是同一个请求里的",
                "most likely another token was used: the profile's has {described}, and no usual slip fits; or timestamp and nonce are not of one request"
            )
        },
        fix: lang
            .pick(
                "打开后台的服务器配置，把 token 重新复制到服务器和 profile；再用 --request 传入整条日志，避免拼错请求",
                "copy the token from WeChat's console into the server and the profile once more, and give the whole logged request with --request, so that its values belong together",
            )
            .to_owned(),
    }
}

pub(super) fn other_receive_id(found: &str, expected: &str, lang: Lang) -> Mistake {
    let kind = match found {
        "" => lang
            .pick("（空）：企业微信智能机器人的消息就是空的", " (empty): messages of WeCom's AI bots are so"),
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
                "如果这正是想要的，加上 --receive-id {found}；否则换用它自己的 profile，或者拒绝这个请求",
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
                "密文是用 profile `{name}` 的 EncodingAESKey 加密的",
                "it was sealed with the EncodingAESKey of profile `{name}`"
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
                "it was sealed with an EncodingAESKey from public sample code",
            )
            .to_owned(),
            lang.pick(
                "在后台重新生成 EncodingAESKey，并更新服务器和 profile",
                "let WeChat's console make a new EncodingAESKey, and set it in the server and the profile",
            )
            .to_owned(),
        ),
        None if signed => (
            "key-wrong",
            lang.pick(
                "签名成立，token 没有问题，但密文解不开：profile 里的 EncodingAESKey 不是加密用的那个",
                "the signature holds, so the token is right, but the text does not open: the profile's EncodingAESKey is not the one it was sealed with",
            )
            .to_owned(),
            lang.pick(
                "从后台重新复制 EncodingAESKey（43 个字符）；刚改过 key 的话，旧消息还会用旧 key 重发一阵",
                "copy the EncodingAESKey (43 characters) from WeChat's console once more; after a change, messages sealed with the old key keep coming for a while",
            )
            .to_owned(),
        ),
        None => (
            "key-wrong",
            lang.pick(
                "密文解不开：EncodingAESKey 不是加密用的那个，或者密文被改动、截断过（没有签名，无法区分）",
                "the text does not open: the EncodingAESKey is not the one it was sealed with, or the text was changed or cut (without a signature nobody can tell)",
            )
            .to_owned(),
            lang.pick(
                "用 --request 传入整条请求，先验签再解密，就能知道是哪一个",
                "give the whole request with --request: the signature then tells which of the two it is",
            )
            .to_owned(),
        ),
    };
    Mistake { id, field: "encoding_aes_key", signed: None, actual: None, message, fix }
}
