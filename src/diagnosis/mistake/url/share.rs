//! Mistakes of the query's parameters: what sharing and OAuth add, what is cut off, dropped or reordered.
//!
//! In: an [`Address`]. Out: the addresses that a mistake makes of it. What depends on the number of
//! parameters is bounded, so that no input makes the search endless.

use super::super::ALONE;
use super::super::order::permutations;
use super::{Address, Change, Entry, Field, Likelihood, MOST_PARAMS, Variants, is_nothing};
use crate::lang::Text;

type Out = Variants<String>;

pub(super) const URL_SHARE_PARAMS_MISSING: Entry = Entry {
    id: "url-share-params-missing",
    field: Field::Url,
    seen: Likelihood::Often,
    order: -1,
    changes: &[Change::Url(share_params_missing)],
    title: Text { zh: "签名的地址缺少分享参数", en: "the signed url lacks the share parameters" },
    cause: Text {
        zh: "签名的地址缺少微信分享时追加的参数（from、isappinstalled）：第一次打开正常，分享出去的链接就失败",
        en: "the signed address lacks the parameters that WeChat adds to a shared link (from, isappinstalled): the first opening works, the shared link fails",
    },
    fix: Text {
        zh: "每次打开都取当时的 location.href 签名，不要用写死或缓存的地址",
        en: "sign location.href as it is on every opening, never a fixed or cached address",
    },
};

const SHARE_FROM: [&str; 3] = ["singlemessage", "timeline", "groupmessage"];

fn share_params_missing(address: &Address<'_>, out: &mut Out) {
    let params = address.params();
    let from = |pair: &&str| pair.strip_prefix("from=").is_some_and(|value| SHARE_FROM.contains(&value));
    let any_from = |pair: &&str| pair.starts_with("from=");
    let installed = |pair: &&str| pair.starts_with("isappinstalled=");
    // What newer clients and some phones add besides.
    let other = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        [
            "nsukey",
            "wxshare_count",
            "from_wecom",
            "sharer_shareinfo",
            "sharer_shareinfo_first",
            "clicktime",
            "enterid",
            "scene",
            "subscene",
            "ascene",
            "devicetype",
            "version",
            "nettype",
            "lang",
            "exportkey",
            "pass_ticket",
            "wx_header",
            "wechat_real_lang",
            "weixinadkey",
            "weixinadinfo",
        ]
        .contains(&name)
    };
    let mut drop_where = |rank, drop: &dyn Fn(&&str) -> bool| {
        let left: Vec<&str> = params.iter().copied().filter(|pair| !drop(pair)).collect();
        if left.len() < params.len() {
            out.add(rank, address.with_params(&left));
        }
    };
    drop_where(0, &|pair| from(pair) || installed(pair));
    drop_where(2, &|pair| any_from(pair) || installed(pair));
    drop_where(2, &|pair| installed(pair));
    drop_where(2, &|pair| from(pair));
    drop_where(3, &|pair| from(pair) || installed(pair) || other(pair));
    // Shared twice: only what the last share appended.
    if let Some((last, before)) = params.split_last().filter(|(last, _)| from(last) || installed(last)) {
        let before = if installed(last) && before.last().is_some_and(any_from) {
            &before[..before.len() - 1]
        } else {
            before
        };
        out.add(1, address.with_params(before));
    }
    // An own `from=` may be before the one that was appended.
    let last = |test: &dyn Fn(&&str) -> bool| params.iter().rposition(test);
    let (last_from, last_installed) = (last(&any_from), last(&installed));
    let left: Vec<&str> = params
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != last_from && Some(*at) != last_installed)
        .map(|(_, pair)| *pair)
        .collect();
    if left.len() < params.len() {
        out.add(1, address.with_params(&left));
    }
}

pub(super) const URL_SHARE_PARAMS_ADDED: Entry = Entry {
    id: "url-share-params-added",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 3,
    changes: &[Change::Url(share_params_added)],
    title: Text { zh: "签名的地址多了分享参数", en: "the signed url has extra share parameters" },
    cause: Text {
        zh: "签名的地址比给出的多了微信分享参数（from、isappinstalled）",
        en: "the signed address has share parameters (from, isappinstalled) that the given one lacks",
    },
    fix: Text {
        zh: "签名的地址和页面当时的 location.href 必须是同一个：页面若已去掉这些参数，要重新取地址签名",
        en: "sign the very location.href of the page; if it has dropped these parameters, take the address again",
    },
};

fn share_params_added(address: &Address<'_>, out: &mut Out) {
    let mut forms: Vec<(u16, String)> = Vec::new();
    for from in SHARE_FROM {
        forms.push((1, format!("from={from}")));
        for installed in ["0", "1"] {
            forms.push((0, format!("from={from}&isappinstalled={installed}")));
            forms.push((3, format!("isappinstalled={installed}&from={from}")));
        }
    }
    forms.extend([(3, "isappinstalled=0".to_owned()), (3, "isappinstalled=1".to_owned())]);
    let own: Vec<&str> = address
        .params()
        .into_iter()
        .filter(|pair| !pair.starts_with("from=") && !pair.starts_with("isappinstalled="))
        .collect();
    for (rank, form) in &forms {
        let joined = |before: &str| if before.is_empty() { form.clone() } else { format!("{before}&{form}") };
        let after = joined(address.parts.query.unwrap_or_default());
        out.add(*rank, address.with(|parts| parts.query = Some(&after)));
        // A browser would have put a slash after a bare host.
        if address.has_host && address.parts.path.is_empty() {
            let rank = rank + 2;
            out.add(rank, address.with(|parts| (parts.path, parts.query) = ("/", Some(after.as_str()))));
        }
        if own.len() < address.params().len() {
            let replaced = joined(&own.join("&"));
            // A shorter one lost some.
            if replaced.len() > address.parts.query.map_or(0, str::len) {
                out.add(rank + 2, address.with(|parts| parts.query = Some(&replaced)));
            }
        }
        if let Some(query) = address.parts.query.filter(|query| !query.is_empty()) {
            let before = format!("{form}&{query}");
            out.add(rank + 4, address.with(|parts| parts.query = Some(&before)));
        }
        if address.parts.fragment.is_some() {
            let glue = if address.text.contains('?') { '&' } else { '?' };
            out.add(rank + 4, format!("{}{glue}{form}", address.text));
        }
    }
}

pub(super) const URL_OAUTH_PARAMS: Entry = Entry {
    id: "url-oauth-params",
    field: Field::Url,
    seen: Likelihood::Often,
    order: -4,
    changes: &[Change::Url(oauth_params)],
    title: Text {
        zh: "网页授权的 code、state 只有一边有",
        en: "OAuth's code and state are there on one side only",
    },
    cause: Text {
        zh: "网页授权的 code、state 一边有、一边没有：跳转回来之前签的，或路由把它们去掉了",
        en: "the OAuth parameters code and state are there on one side only: signed before the redirect came back, or a router removed them",
    },
    fix: Text {
        zh: "在最终停留的页面上取 location.href 签名：code、state 还在就一起签",
        en: "sign location.href of the page where the user ends up: while code and state are in it, they are signed",
    },
};

/// Whether a parameter came from the redirect back from OAuth.
pub(super) fn is_oauth(pair: &str) -> bool {
    pair.starts_with("code=") || pair.starts_with("state=")
}

fn oauth_params(address: &Address<'_>, out: &mut Out) {
    let params = address.params();
    let tests: [fn(&str) -> bool; 4] = [
        is_oauth,
        |pair| pair.starts_with("code="),
        |pair| pair.starts_with("state="),
        |pair| is_oauth(pair) || pair.starts_with("appid="),
    ];
    for (rank, test) in (0..).zip(tests) {
        let left: Vec<&str> = params.iter().copied().filter(|pair| !test(pair)).collect();
        if left.len() < params.len() {
            out.add(rank, address.with_params(&left));
        }
    }
    if params.iter().any(|pair| is_oauth(pair)) {
        return;
    }
    for oauth in &address.known.oauth {
        let mut forms = vec![oauth.as_str()];
        forms.extend(oauth.split('&').filter(|pair| *pair != oauth.as_str()));
        for (rank, form) in (0..).zip(forms) {
            let own = address.parts.query.filter(|query| !query.is_empty());
            let after = own.map_or_else(|| form.to_owned(), |own| format!("{own}&{form}"));
            out.add(rank, address.with(|parts| parts.query = Some(&after)));
            let before = own.map_or_else(|| form.to_owned(), |own| format!("{form}&{own}"));
            out.add(rank + 2, address.with(|parts| parts.query = Some(&before)));
        }
    }
}

pub(super) const URL_CUT_AT_AMPERSAND: Entry = Entry {
    id: "url-cut-at-ampersand",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 0,
    changes: &[Change::Url(cut_at_ampersand)],
    title: Text { zh: "签名的地址在 & 处断了", en: "the signed url is cut off at an &" },
    cause: Text {
        zh: "签名的地址在 `&` 处断了：没有编码就拼进签名接口的查询串，`&` 之后成了接口自己的参数",
        en: "the signed address ends at an `&`: it was put into the signing API's query un-encoded, so the rest became parameters of that request",
    },
    fix: Text {
        zh: "传给签名接口时用 encodeURIComponent(location.href.split('#')[0])",
        en: "send it to the signing API as encodeURIComponent(location.href.split('#')[0])",
    },
};

fn cut_at_ampersand(address: &Address<'_>, out: &mut Out) {
    let cuts = address.text.match_indices('&').take(MOST_PARAMS);
    let last = address.text.rfind('&');
    for (nth, (at, _)) in cuts.enumerate() {
        if is_nothing(&address.text[at..]) {
            continue;
        }
        // Cutting off the last parameter only is more often a parameter that was left out.
        let rank = if nth == 0 {
            0
        } else if Some(at) == last {
            12
        } else {
            5
        };
        out.add(rank, address.text[..at].to_owned());
    }
}

pub(super) const URL_PARAM_MISSING: Entry = Entry {
    id: "url-param-missing",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 0,
    changes: &[Change::Url(param_missing)],
    title: Text { zh: "签名的地址缺了查询参数", en: "the signed url lacks a query parameter" },
    cause: Text {
        zh: "签名的地址缺了查询参数，或参数没有值",
        en: "the signed address lacks a query parameter or its value",
    },
    fix: Text {
        zh: "整个查询串都要签，不要挑参数", en: "sign the whole query, not some of its parameters"
    },
};

fn param_missing(address: &Address<'_>, out: &mut Out) {
    let params = address.params();
    let count = params.len().min(MOST_PARAMS);
    for at in 0..count {
        let mut left = params.clone();
        let gone = left.remove(at);
        if is_nothing(gone) {
            continue;
        }
        out.add(0, address.with_params(&left));
        if let Some((name, value)) = gone.split_once('=').filter(|(_, value)| !is_nothing(value)) {
            for (rank, empty) in (6..).zip(["=", "=undefined", "=null", ""]) {
                if empty != format!("={value}") {
                    let pair = format!("{name}{empty}");
                    let mut emptied = params.clone();
                    emptied[at] = &pair;
                    out.add(rank, address.with_params(&emptied));
                }
            }
        }
        for other in at..left.len().min(count) {
            let mut left = left.clone();
            left.remove(other);
            out.add(ALONE, address.with_params(&left));
        }
        if params.len() > 2 {
            out.add(10, address.with_params(&[gone]));
        }
    }
}

pub(super) const URL_PARAM_ORDER: Entry = Entry {
    id: "url-param-order",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: 0,
    changes: &[Change::Url(param_order)],
    title: Text { zh: "查询参数的顺序不同", en: "the query's parameters are in another order" },
    cause: Text {
        zh: "查询参数的顺序不同：代码把参数解析后又重新拼接",
        en: "the query's parameters are in another order: code parsed and rebuilt them",
    },
    fix: Text {
        zh: "查询串按原样签名，不要解析后重拼",
        en: "sign the query as it is instead of rebuilding it",
    },
};

fn param_order(address: &Address<'_>, out: &mut Out) {
    let params = address.params();
    if params.len() < 2 {
        return;
    }
    let mut sorted = params.clone();
    sorted.sort_unstable();
    out.add(0, address.with_params(&sorted));
    let mut by_name = params.clone();
    by_name.sort_by_key(|pair| pair.split('=').next());
    out.add(0, address.with_params(&by_name));
    let mut reversed = params.clone();
    reversed.reverse();
    out.add(1, address.with_params(&reversed));
    if params.len() <= 5 {
        // A map without order can give any of them.
        let rank = if params.len() <= 4 { 4 } else { ALONE };
        permutations(params.len(), &mut |order| {
            let params: Vec<&str> = order.iter().map(|at| params[*at]).collect();
            out.add(rank, address.with_params(&params));
        });
    }
    for at in 0..params.len().min(MOST_PARAMS) {
        for to in [0, params.len() - 1, at.saturating_sub(1)] {
            let mut moved = params.clone();
            let pair = moved.remove(at);
            moved.insert(to, pair);
            out.add(5, address.with_params(&moved));
        }
    }
}
