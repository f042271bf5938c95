//! Warnings about cards.
//!
//! In: a cardExt as it is written. Out: what the client does not take.

use super::Entry;
use crate::lang::Text;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "card-ext-object",
        field: "cardExt",
        title: Text { zh: "cardExt 是对象，不是字符串", en: "cardExt is an object, not a string" },
        cause: Text {
            zh: "cardExt 是对象：客户端要的是 JSON 字符串",
            en: "cardExt is an object: the client takes a JSON string",
        },
        fix: Text { zh: "写成 cardExt: JSON.stringify({…})", en: "write cardExt: JSON.stringify({…})" },
        find: |subject, out| {
            if subject.says_all && subject.evidence.card_ext.is_some_and(|card_ext| card_ext.is_object) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "card-ext-timestamp-number",
        field: "cardExt",
        title: Text { zh: "cardExt 的 timestamp 是数字", en: "the timestamp of cardExt is a number" },
        cause: Text {
            zh: "cardExt 里的 timestamp 是数字：要写成字符串",
            en: "the timestamp inside cardExt is a number: it has to be a string",
        },
        fix: Text { zh: "写成 \"timestamp\": \"{timestamp}\"", en: "write \"timestamp\": \"{timestamp}\"" },
        find: |subject, out| {
            let card_ext = subject.evidence.card_ext.filter(|_| subject.says_all);
            if card_ext.is_some_and(|card_ext| card_ext.timestamp_is_number) {
                out.add(&[("timestamp", &subject.fields.timestamp)]);
            }
        },
    },
    Entry {
        id: "cards-share-values",
        field: "cardExt",
        title: Text {
            zh: "几张卡券用了同一个 nonce_str", en: "several cards share nonce_str and timestamp"
        },
        cause: Text {
            zh: "几张卡券用了同一个 nonce_str 和 timestamp：每张卡券要有自己的一组",
            en: "several cards have the same nonce_str and timestamp: each card needs a pair of its own",
        },
        fix: Text {
            zh: "给 cardList 里的每张卡券各生成 nonce_str 和 timestamp，分别签名",
            en: "make nonce_str and timestamp for every card of cardList and sign each by itself",
        },
        find: |subject, out| {
            if subject.shares_with_card {
                out.add(&[]);
            }
        },
    },
];
