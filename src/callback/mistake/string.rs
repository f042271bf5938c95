//! The mistakes of the joined string, of timestamp and nonce, and of the hash, one entry each with
//! its texts.
//!
//! In: an attempt. Out: the attempts that a mistake makes of it.

use super::{Attempt, Entry, Field, Hash, Join, PROOF_DIGITS, VALUE_NAMES, is_invisible};
use crate::lang::Text;

pub(super) static STRING_ORDER: Entry = Entry {
    id: "string-order",
    title: Text { zh: "参与签名的值没有排序", en: "The values were not sorted" },
    field: Field::String,
    wide: false,
    variants: |_, at| {
        let orders = permutations(at.values().len());
        let named = orders.into_iter().map(|order| {
            let names: Vec<&str> = order.iter().map(|index| VALUE_NAMES[*index]).collect();
            Attempt { join: Join::Order(order), ..at.clone() }.saying(names.join(", "))
        });
        named.collect()
    },
    message: Text {
        zh: "各个值没有排序：签名时的顺序是 {what}",
        en: "the values were not sorted: they were signed in the order {what}",
    },
    fix: Text {
        zh: "先把这些值按字节（字典序）排序，再直接拼接",
        en: "sort the values themselves by bytes, then join them without a separator",
    },
};

pub(super) static STRING_SEPARATOR: Entry = Entry {
    id: "string-separator",
    title: Text { zh: "各个值之间多了连接符", en: "The values were joined with a separator" },
    field: Field::String,
    wide: false,
    variants: |_, at| {
        ["&", ",", " ", "\n", "-", "_", "|", "+", ":", ";"]
            .map(|mark| {
                Attempt { join: Join::Separated(mark), ..at.clone() }.saying(mark.escape_debug().to_string())
            })
            .into_iter()
            .chain([Attempt { join: Join::Pairs, ..at.clone() }.saying("key=value&")])
            .collect()
    },
    message: Text {
        zh: "各个值之间多了连接符 `{what}`", en: "the values were joined with `{what}`"
    },
    fix: Text {
        zh: "排序后直接拼接，中间什么也不加，也不写参数名",
        en: "after sorting join them without a separator, and without their names",
    },
};

pub(super) static STRING_MISSING_VALUE: Entry = Entry {
    id: "string-missing-value",
    title: Text { zh: "有一个值是空的", en: "One of the values was empty" },
    field: Field::String,
    wide: false,
    variants: |_, at| {
        let without = [
            at.with_token("").saying("token"),
            Attempt { timestamp: "".into(), ..at.clone() }.saying("timestamp"),
            Attempt { nonce: "".into(), ..at.clone() }.saying("nonce"),
        ];
        without.into()
    },
    message: Text { zh: "签名时 {what} 是空的", en: "{what} was empty when it was signed" },
    fix: Text {
        zh: "检查取参数的代码：{what} 没有取到值也不会报错",
        en: "check the code that reads it: a {what} that was not found raises no error there",
    },
};

pub(super) static TIMESTAMP_MILLISECONDS: Entry = Entry {
    id: "timestamp-milliseconds",
    title: Text { zh: "时间戳混用了秒和毫秒", en: "Seconds and milliseconds are mixed" },
    field: Field::Timestamp,
    wide: false,
    variants: |_, at| {
        let shorter = (at.timestamp.len() == 13).then(|| at.timestamp.get(..10)).flatten().map(str::to_owned);
        let texts = shorter.into_iter().chain([format!("{}000", at.timestamp)]);
        texts.map(|text| Attempt { timestamp: text.into(), ..at.clone() }).collect()
    },
    message: Text {
        zh: "签名用的时间戳是 {signed}，而请求里的是 {actual}：秒与毫秒混用",
        en: "it was signed with timestamp {signed}, and the request has {actual}: seconds and milliseconds are mixed",
    },
    fix: Text {
        zh: "用请求里原样的 timestamp，单位是秒",
        en: "use the request's timestamp as it came, in seconds",
    },
};

pub(super) static TIMESTAMP_WHITESPACE: Entry = Entry {
    id: "timestamp-whitespace",
    title: Text { zh: "timestamp 带空白或引号", en: "timestamp has whitespace or quotes around it" },
    field: Field::Timestamp,
    wide: false,
    variants: |_, at| {
        let changed = bared(&at.timestamp);
        changed.map(|text| Attempt { timestamp: text.into(), ..at.clone() }).into_iter().collect()
    },
    message: Text {
        zh: "timestamp 前后有多余的空白或引号",
        en: "timestamp has whitespace or quotes around it",
    },
    fix: Text {
        zh: "签名前原样取值，不带空白和引号",
        en: "take the value as it came, without whitespace and quotes",
    },
};

pub(super) static NONCE_WHITESPACE: Entry = Entry {
    id: "nonce-whitespace",
    title: Text { zh: "nonce 带空白或引号", en: "nonce has whitespace or quotes around it" },
    field: Field::Nonce,
    wide: false,
    variants: |_, at| {
        let changed = bared(&at.nonce);
        changed.map(|text| Attempt { nonce: text.into(), ..at.clone() }).into_iter().collect()
    },
    message: Text {
        zh: "nonce 前后有多余的空白或引号", en: "nonce has whitespace or quotes around it"
    },
    fix: Text {
        zh: "签名前原样取值，不带空白和引号",
        en: "take the value as it came, without whitespace and quotes",
    },
};

pub(super) static SIGNATURE_WHITESPACE: Entry = Entry {
    id: "signature-whitespace",
    title: Text { zh: "签名带空白或引号", en: "The signature has whitespace or quotes around it" },
    field: Field::Signature,
    wide: false,
    variants: |_, at| bared(&at.given).map(|text| at.with_given(text)).into_iter().collect(),
    message: Text {
        zh: "给出的签名前后有多余的空白或引号",
        en: "the given signature has whitespace or quotes around it",
    },
    fix: Text { zh: "去掉后再比较", en: "remove them before comparing" },
};

pub(super) static HASH_HEX_CASE: Entry = Entry {
    id: "hash-hex-case",
    title: Text { zh: "签名用了大写十六进制", en: "The signature is upper-case hex" },
    field: Field::Signature,
    wide: false,
    variants: |_, at| {
        let lower = at.given.to_ascii_lowercase();
        (*lower != *at.given).then(|| at.with_given(&lower)).into_iter().collect()
    },
    message: Text {
        zh: "给出的签名用了大写十六进制",
        en: "the given signature is written in upper-case hex",
    },
    fix: Text {
        zh: "签名是小写十六进制；转成小写再比较",
        en: "the signature is lower-case hex; convert it before comparing",
    },
};

pub(super) static HASH_TRUNCATED: Entry = Entry {
    id: "hash-truncated",
    title: Text { zh: "签名不完整", en: "The signature is cut short" },
    field: Field::Signature,
    wide: false,
    variants: |_, at| {
        let cut = (PROOF_DIGITS..40).contains(&at.given.len());
        cut.then(|| Attempt { prefix: true, ..at.clone() }).into_iter().collect()
    },
    message: Text {
        zh: "给出的签名不完整，只是前面的一段",
        en: "the given signature is only the beginning of the right one",
    },
    fix: Text {
        zh: "SHA-1 是 40 个十六进制字符；检查字段长度和复制范围",
        en: "SHA-1 has 40 hex digits; check the column's width, or at what was selected",
    },
};

pub(super) static HASH_ALGORITHM: Entry = Entry {
    id: "hash-algorithm",
    title: Text { zh: "用错了哈希算法", en: "Another hash than SHA-1 was used" },
    field: Field::Signature,
    wide: false,
    variants: |_, at| {
        let hashes = [("MD5", Hash::Md5), ("SHA-256", Hash::Sha256)];
        hashes.map(|(name, hash)| Attempt { hash, ..at.clone() }.saying(name)).into()
    },
    message: Text {
        zh: "用的是 {what}，而不是 SHA-1", en: "it was hashed with {what} instead of SHA-1"
    },
    fix: Text { zh: "回调签名一律用 SHA-1", en: "callback signatures are SHA-1, always" },
};

pub(super) static TIMESTAMP_DRIFT: Entry = Entry {
    id: "timestamp-drift",
    title: Text { zh: "签名用了另一个时间戳", en: "Signed with another timestamp" },
    field: Field::Timestamp,
    wide: true,
    variants: |_, at| {
        let Ok(stamp) = at.timestamp.parse::<i64>() else { return Vec::new() };
        let near = (1..=300).flat_map(|seconds| [seconds, -seconds]);
        let others = near.filter_map(|seconds| {
            let text = stamp.checked_add(seconds)?.to_string();
            Some(Attempt { timestamp: text.into(), ..at.clone() }.saying(format!("{seconds:+}")))
        });
        others.collect()
    },
    message: Text {
        zh: "签名用的时间戳是 {signed}，与给出的 {actual} 相差 {what} 秒",
        en: "it was signed with timestamp {signed}, {what} s from the {actual} given",
    },
    fix: Text {
        zh: "签名与返回（或比较）要用同一个 timestamp，不要各取一次当前时间",
        en: "sign and send (or compare) one and the same timestamp instead of reading the clock twice",
    },
};

/// A value without the whitespace and quotes around it, when it has some.
fn bared(text: &str) -> Option<&str> {
    let bare = text.trim_matches(|c: char| is_invisible(c) || matches!(c, '"' | '\'' | '`'));
    (bare != text).then_some(bare)
}

/// Every order of the first `count` numbers.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        let longer = orders.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).rev().map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, next);
                longer
            })
        });
        orders = longer.collect();
    }
    orders
}
