//! The mistakes of the encrypted value (Encrypt or echostr), one entry each with its texts.
//!
//! In: an attempt. Out: the attempts that a mistake makes of it. `{encrypted}` is filled with the name
//! of the value, `encrypt` or `echostr`.

use super::{Attempt, Entry, Field};
use crate::lang::Text;

pub(super) static ENCRYPT_LEFT_OUT: Entry = Entry {
    id: "encrypt-left-out",
    title: Text { zh: "密文没有参与签名", en: "The encrypted value was left out of the signature" },
    field: Field::Encrypted,
    wide: false,
    variants: |_, at| {
        at.encrypted.is_some().then(|| Attempt { encrypted: None, ..at.clone() }).into_iter().collect()
    },
    message: Text {
        zh: "签名里没有 {encrypted}：只对 token、timestamp、nonce 做了签名，这是 `signature`，不是 `msg_signature`",
        en: "{encrypted} was left out: only token, timestamp and nonce were signed, which makes `signature`, not `msg_signature`",
    },
    fix: Text {
        zh: "加密消息要与 `msg_signature` 比较，参与签名的是 token、timestamp、nonce、{encrypted} 四个值",
        en: "an encrypted message is checked with `msg_signature`, and four values go into it: token, timestamp, nonce and {encrypted}",
    },
};

pub(super) static ENCRYPT_ADDED: Entry = Entry {
    id: "encrypt-added",
    title: Text { zh: "密文被放进了普通签名", en: "The encrypted value is in a plain signature" },
    field: Field::Encrypted,
    wide: false,
    variants: |known, at| known.left_out.map(|encrypted| at.with_encrypted(encrypted)).into_iter().collect(),
    message: Text {
        zh: "{encrypted} 被放进了普通签名：`signature` 只由 token、timestamp、nonce 三个值得出",
        en: "{encrypted} was put into a plain signature: `signature` is made of token, timestamp and nonce alone",
    },
    fix: Text {
        zh: "验证公众号 `signature` 时不要放入 {encrypted}；只有 `msg_signature` 才包含它",
        en: "leave {encrypted} out when you check mp's `signature`; only `msg_signature` covers it",
    },
};

pub(super) static ENCRYPT_PERCENT_ENCODED: Entry = Entry {
    id: "encrypt-percent-encoded",
    title: Text { zh: "密文没有先做 URL 解码", en: "The encrypted value was signed percent-encoded" },
    field: Field::Encrypted,
    wide: false,
    variants: |known, at| {
        let Some(encrypted) = at.encrypted.as_deref() else { return Vec::new() };
        let upper = encrypted.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let lower = upper.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");
        let keeps_slash = encrypted.replace('+', "%2B").replace('=', "%3D");
        let twice = upper.replace('%', "%25");
        let texts = known.encoded.map(str::to_owned).into_iter().chain([upper, lower, keeps_slash, twice]);
        texts.map(|text| at.with_encrypted(&text)).collect()
    },
    message: Text {
        zh: "{encrypted} 是以百分号编码的形式参与签名的（%2B、%2F、%3D）",
        en: "{encrypted} was signed percent-encoded (%2B, %2F, %3D)",
    },
    fix: Text {
        zh: "先对查询参数做一次 URL 解码，再签名、再解密；只解一次",
        en: "decode the query's value once before you sign and decrypt it, and only once",
    },
};

pub(super) static ENCRYPT_PLUS_SPACE: Entry = Entry {
    id: "encrypt-plus-space",
    title: Text { zh: "密文里的 + 变成了空格", en: "A + in the encrypted value became a space" },
    field: Field::Encrypted,
    wide: false,
    variants: |_, at| {
        let Some(encrypted) = at.encrypted.as_deref() else { return Vec::new() };
        let changes = [encrypted.replace('+', " "), encrypted.replace(' ', "+")];
        changes.iter().filter(|text| *text != encrypted).map(|text| at.with_encrypted(text)).collect()
    },
    message: Text {
        zh: "{encrypted} 里的 `+` 在其中一边变成了空格",
        en: "the `+` in {encrypted} became a space on one side",
    },
    fix: Text {
        zh: "用框架解析好的查询参数，不要再解码一次；base64 里没有空格，见到空格就是 `+` 丢了",
        en: "take the value as the framework has parsed it and do not decode it again; base64 has no space, so a space is a lost `+`",
    },
};

pub(super) static ENCRYPT_WHITESPACE: Entry = Entry {
    id: "encrypt-whitespace",
    title: Text {
        zh: "密文带着空白参与了签名", en: "The encrypted value was signed with whitespace"
    },
    field: Field::Encrypted,
    wide: false,
    variants: |_, at| {
        let Some(encrypted) = at.encrypted.as_deref() else { return Vec::new() };
        let none: String = encrypted.split_whitespace().collect();
        let changes =
            [encrypted.trim().to_owned(), none, format!("{encrypted}\n"), format!("\n{encrypted}\n")];
        changes.iter().filter(|text| *text != encrypted).map(|text| at.with_encrypted(text)).collect()
    },
    message: Text {
        zh: "{encrypted} 带着空白或换行参与了签名，或者贴过来的值多了空白",
        en: "{encrypted} was signed with spaces or line breaks that only one side has",
    },
    fix: Text {
        zh: "取 XML 节点或 JSON 字段的文本本身，签名前不增不减",
        en: "take the text of the XML element or JSON field itself, and change nothing before you sign it",
    },
};

pub(super) static ENCRYPT_CDATA: Entry = Entry {
    id: "encrypt-cdata",
    title: Text {
        zh: "密文连同 CDATA 标记一起签名",
        en: "The encrypted value was signed with its CDATA tags",
    },
    field: Field::Encrypted,
    wide: false,
    variants: |_, at| {
        let Some(encrypted) = at.encrypted.as_deref() else { return Vec::new() };
        let bare = encrypted.trim().strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
        let wrapped = format!("<![CDATA[{encrypted}]]>");
        [Some(wrapped.as_str()), bare].into_iter().flatten().map(|text| at.with_encrypted(text)).collect()
    },
    message: Text {
        zh: "{encrypted} 连同 `<![CDATA[…]]>` 一起参与了签名",
        en: "{encrypted} was signed together with its `<![CDATA[…]]>`",
    },
    fix: Text {
        zh: "用 XML 解析器取节点文本，不要用正则截取原文",
        en: "let an XML parser give you the element's text instead of cutting it out of the body",
    },
};

pub(super) static ENCRYPT_CUT_AT_EQUALS: Entry = Entry {
    id: "encrypt-cut-at-equals",
    title: Text { zh: "密文末尾的 = 数目不同", en: "The encrypted value lost or gained a final =" },
    field: Field::Encrypted,
    wide: false,
    variants: |_, at| {
        let Some(encrypted) = at.encrypted.as_deref() else { return Vec::new() };
        let bare = encrypted.trim_end_matches('=');
        let texts = [bare.to_owned(), format!("{bare}="), format!("{bare}==")];
        texts.iter().filter(|text| *text != encrypted).map(|text| at.with_encrypted(text)).collect()
    },
    message: Text {
        zh: "{encrypted} 末尾的 `=` 数目不同：多半是按 `=` 切分查询串时切掉了",
        en: "{encrypted} has another number of `=` at its end: usually the query was split at every `=`",
    },
    fix: Text {
        zh: "切分 `key=value` 时只切第一个 `=`，末尾的 `=` 属于 base64",
        en: "split `key=value` at its first `=` only; those at the end belong to the base64",
    },
};

pub(super) static ENCRYPT_JSON_ESCAPED: Entry = Entry {
    id: "encrypt-json-escaped",
    title: Text {
        zh: "密文以 JSON 转义形式签名", en: "The encrypted value was signed JSON-escaped"
    },
    field: Field::Encrypted,
    wide: false,
    variants: |_, at| {
        let Some(encrypted) = at.encrypted.as_deref() else { return Vec::new() };
        let changes = [encrypted.replace('/', "\\/"), encrypted.replace("\\/", "/")];
        changes.iter().filter(|text| *text != encrypted).map(|text| at.with_encrypted(text)).collect()
    },
    message: Text {
        zh: "{encrypted} 里的 `/` 以 JSON 转义形式 `\\/` 参与了签名",
        en: "the `/` in {encrypted} was signed in JSON's escaped form `\\/`",
    },
    fix: Text {
        zh: "用 JSON 解析器取字段值，不要直接截取原文",
        en: "let a JSON parser give you the field's value instead of cutting it out of the body",
    },
};

pub(super) static ENCRYPT_WHOLE_BODY: Entry = Entry {
    id: "encrypt-whole-body",
    title: Text { zh: "签名的是整个请求体", en: "The whole body was signed" },
    field: Field::Encrypted,
    wide: false,
    variants: |known, at| {
        let Some(body) = known.body else { return Vec::new() };
        [body, body.trim()].map(|text| at.with_encrypted(text)).into()
    },
    message: Text {
        zh: "参与签名的是整个请求体，而不是其中的 Encrypt 值",
        en: "the whole body was signed instead of its Encrypt value",
    },
    fix: Text {
        zh: "先从请求体里取出 Encrypt，再签名", en: "take Encrypt out of the body first, then sign"
    },
};
