//! The mistakes of card, card-ext and invoice, whose values are sorted and joined with nothing.
//!
//! In: a [`Layout`] of values. Out: other orders, other sets of fields, key=value pairs, the app secret
//! in the ticket's place, and values that were never filled in.

use std::cmp::Reverse;

use super::layout::{Layout, Param, Piece};
use super::order::permutations;
use super::{Change, Entry, Field, Likelihood, Variants};
use crate::diagnosis::case::Case;
use crate::lang::Text;
use crate::rank::by_rank;
use crate::signature::{Fields, named_values};

type Out = Variants<Layout>;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "card-sort-order",
        field: Field::String,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Layout(sort_order)],
        title: Text {
            zh: "卡券的值没有按字节排序", en: "the card's values were not sorted by bytes"
        },
        cause: Text {
            zh: "参与签名的值没有按字节顺序排列：没排序、按字段名排，或用了忽略大小写、按语言区域的排序",
            en: "the values were not sorted by bytes: not at all, by field name, ignoring case or by a locale",
        },
        fix: Text {
            zh: "按字节（ASCII）排序值：大写在小写之前；.NET 用 StringComparer.Ordinal，PHP 用 SORT_STRING",
            en: "sort the values by bytes, capitals first: StringComparer.Ordinal in .NET, SORT_STRING in PHP",
        },
    },
    Entry {
        id: "card-field-set",
        field: Field::String,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Layout(field_set)],
        title: Text {
            zh: "卡券签名的字段不是这一组", en: "other card fields were signed than those given"
        },
        cause: Text {
            zh: "参与签名的字段与给出的不是同一组：多签或少签了字段",
            en: "other fields were signed than those given: one too many or too few",
        },
        fix: Text {
            zh: "cardExt/cardSign 里发出哪些字段，就签哪些，只有 outer_str 不签；空值不签也不发",
            en: "sign exactly the fields that are sent in cardExt or cardSign, all but outer_str; empty ones are neither signed nor sent",
        },
    },
    Entry {
        id: "card-key-value",
        field: Field::String,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Layout(key_value)],
        title: Text {
            zh: "卡券签名用了 键=值 的规则", en: "the key=value rule was used for a card"
        },
        cause: Text {
            zh: "用了 `键=值&…` 的规则：那是 wx.config 的，卡券只签值",
            en: "the `key=value&…` rule was used: that is wx.config's; cards sign the values alone",
        },
        fix: Text {
            zh: "把值按字节排序后直接相连，不要键名，也不要分隔符",
            en: "sort the values by bytes and join them with nothing: no keys, no separator",
        },
    },
    Entry {
        id: "card-app-secret",
        field: Field::Ticket,
        seen: Likelihood::Sometimes,
        order: 2,
        changes: &[Change::Layout(app_secret)],
        title: Text {
            zh: "卡券签名用了 appsecret",
            en: "the app secret was signed instead of the api_ticket",
        },
        cause: Text {
            zh: "签名用的是 appsecret，不是 api_ticket；旧文档曾接受这种做法",
            en: "the app secret was signed in place of the api_ticket; old documents accepted that",
        },
        fix: Text {
            zh: "改用 api_ticket（type=wx_card）签名：wecheck ticket --kind card",
            en: "sign with the api_ticket (type=wx_card): wecheck ticket --kind card",
        },
    },
    Entry {
        id: "card-undefined-value",
        field: Field::String,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Layout(undefined_value)],
        title: Text {
            zh: "空字段以 undefined 签了进去", en: "an empty field was signed as undefined"
        },
        cause: Text {
            zh: "没有值的字段以 undefined、null 之类的字样签了进去",
            en: "a field without a value was signed as the word undefined, null or its like",
        },
        fix: Text {
            zh: "没有值的字段不参与签名，也不要出现在 cardExt 里",
            en: "leave a field without a value out of the signature and out of cardExt",
        },
    },
];

/// More values than any kind has are not permuted.
const MOST_VALUES: usize = 7;

fn sort_order(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    if !layout.sorted || case.kind.signs_url() || layout.params.len() > MOST_VALUES {
        return;
    }
    let ordered = |params: Vec<Param>| {
        let mut changed = layout.with_params(params);
        changed.sorted = false;
        changed
    };
    let value = |param: &Param| match &param.value {
        Piece::Text(text) => text.to_string(),
        Piece::Secret(text) => text.clone(),
        Piece::Ticket => case.fields.ticket.clone(),
        Piece::Nonce => case.fields.nonce.clone(),
        Piece::Timestamp => case.fields.timestamp.clone(),
        Piece::Url => case.fields.url.clone(),
    };
    let mut sorted = layout.params.clone();
    by_rank(&mut sorted, |param| value(param).to_lowercase());
    out.add(0, ordered(sorted.clone()));
    by_rank(&mut sorted, |param| Reverse(value(param)));
    out.add(2, ordered(sorted.clone()));
    by_rank(&mut sorted, |param| param.name);
    out.add(0, ordered(sorted));
    // A numeric sort, a hash map, the order of a form: any of them.
    permutations(layout.params.len(), &mut |order| {
        out.add(5, ordered(order.iter().map(|at| layout.params[*at].clone()).collect()));
    });
}

/// Values of the case that the kind does not sign, by name.
fn strangers(case: &Case<'_>) -> Vec<(&'static str, String)> {
    let Fields { app_id, card_id, card_type, location_id, code, openid, balance, outer_str, .. } =
        case.fields;
    let own = named_values(case.kind, case.fields);
    [
        ("app_id", app_id),
        ("card_id", card_id),
        ("card_type", card_type),
        ("location_id", location_id),
        ("code", code),
        ("openid", openid),
        ("balance", balance),
        ("outer_str", outer_str),
    ]
    .into_iter()
    .filter(|(name, _)| !own.iter().any(|(known, _)| known == name))
    .filter_map(|(name, value)| Some((name, value.clone().filter(|value| !value.is_empty())?)))
    .collect()
}

fn field_set(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    if case.kind.signs_url() || layout.params.len() > MOST_VALUES {
        return;
    }
    let params = &layout.params;
    for kept in 1..(1_usize << params.len()) - 1 {
        let left: Vec<Param> = params
            .iter()
            .enumerate()
            .filter(|(at, _)| kept >> at & 1 == 1)
            .map(|(_, param)| param.clone())
            .collect();
        let gone = params.len() - left.len();
        out.add(if gone == 1 { 0 } else { u16::try_from(gone).unwrap_or(9) + 2 }, layout.with_params(left));
    }
    let mut extras: Vec<(u16, &'static str, Piece)> =
        strangers(case).into_iter().map(|(name, value)| (1, name, Piece::Text(value.into()))).collect();
    for (name, value) in [
        ("card_type", "INVOICE"),
        ("card_type", "GROUPON"),
        ("card_type", "CASH"),
        ("sign_type", "SHA1"),
        ("balance", "0"),
        ("location_id", "0"),
        ("location_id", ""),
    ] {
        if !params.iter().any(|param| param.name == name) {
            extras.push((4, name, Piece::Text(value.into())));
        }
    }
    if let Some(secret) = case.app_secret {
        extras.push((2, "secret", Piece::Secret(secret.reveal().to_owned())));
    }
    for (rank, name, value) in &extras {
        let mut more = params.clone();
        more.push(Param::bare(name, value.clone()));
        out.add(*rank, layout.with_params(more));
    }
    // A value that was left out and one that was put in.
    for at in 0..params.len() {
        for (rank, name, value) in &extras {
            let mut other = params.clone();
            other[at] = Param::bare(name, value.clone());
            out.add(rank + 6, layout.with_params(other));
        }
    }
}

fn key_value(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    if case.kind.signs_url() || !layout.sorted {
        return;
    }
    let spellings: [fn(&str) -> &str; 5] = [
        |name| name,
        |name| match name {
            "nonce_str" => "noncestr",
            "app_id" => "appid",
            name => name,
        },
        |name| match name {
            "nonce_str" => "nonceStr",
            "app_id" => "appId",
            "api_ticket" => "ticket",
            "card_id" => "cardId",
            "card_type" => "cardType",
            "location_id" => "shopId",
            name => name,
        },
        |name| match name {
            "api_ticket" => "jsapi_ticket",
            "nonce_str" => "noncestr",
            "app_id" => "appid",
            name => name,
        },
        |name| match name {
            "app_id" => "appid",
            "nonce_str" => "nonce_str",
            "timestamp" => "time_stamp",
            name => name,
        },
    ];
    let contract = named_values(case.kind, case.fields);
    let place = |name: &str| contract.iter().position(|(known, _)| *known == name).unwrap_or(usize::MAX);
    for (rank, spelling) in (0..).zip(spellings) {
        let keyed = |joint: &'static str| {
            layout
                .params
                .iter()
                .map(|param| {
                    Param::keyed(param.name, joint, spelling(param.name).to_owned(), param.value.clone())
                })
                .collect::<Vec<Param>>()
        };
        for (more, joint) in [(0, "&"), (4, ""), (6, ",")] {
            let mut by_key = keyed(joint);
            by_rank(&mut by_key, |param| spelling(param.name));
            let mut by_contract = keyed(joint);
            by_rank(&mut by_contract, |param| place(param.name));
            // As sorted by value, then written with keys.
            for (order, params) in [(0, by_key), (1, by_contract), (2, keyed(joint))] {
                out.add(rank + more + order, layout.in_order(params));
            }
        }
    }
    // The whole recipe of wx.config, url included.
    if !case.fields.url.is_empty() {
        let params = [
            ("jsapi_ticket", Piece::Ticket),
            ("noncestr", Piece::Nonce),
            ("timestamp", Piece::Timestamp),
            ("url", Piece::Url),
        ];
        let params = params.map(|(name, piece)| Param::keyed(name, "&", name, piece));
        out.add(1, layout.in_order(params.into()));
    }
}

fn app_secret(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    let Some(secret) = case.app_secret.filter(|_| !case.kind.signs_url()) else { return };
    let mut changed = layout.clone();
    for param in &mut changed.params {
        if param.value == Piece::Ticket {
            param.value = Piece::Secret(secret.reveal().to_owned());
        }
    }
    out.add(0, changed);
}

fn undefined_value(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    if case.kind.signs_url() || layout.params.len() > MOST_VALUES {
        return;
    }
    let absent: Vec<&'static str> = named_values(case.kind, case.fields)
        .into_iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(name, _)| name)
        .collect();
    for (rank, word) in
        (0..).zip(["undefined", "null", "None", "NULL", "nil", "[object Object]", "NaN", "0", "false"])
    {
        let text = || Piece::Text(word.into());
        for chosen in 1..1_usize << absent.len() {
            let mut params = layout.params.clone();
            params.extend(
                absent
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| chosen >> at & 1 == 1)
                    .map(|(_, name)| Param::bare(name, text())),
            );
            out.add(rank, layout.with_params(params));
        }
        for at in 0..layout.params.len() {
            let mut changed = layout.clone();
            changed.params[at].value = text();
            out.add(rank + 1, changed);
        }
    }
}
