//! The mistakes of string1: how the values are put together.
//!
//! In: a [`Layout`], the right one or one that a mistake changed already. Out: the layouts that a
//! mistake makes of it.

use super::encode::{
    COMPONENT, Json, QUOTE, STRICT, Style, component_styles, html_escape, json_escape, percent,
};
use super::layout::{Layout, Map, Param, Piece, Scope};
use super::order::permutations;
use super::{ALONE, Change, Entry, Field, Likelihood, Variants};
use crate::diagnosis::case::{Case, TicketRole};
use crate::lang::Text;
use crate::signature::Kind;

type Out = Variants<Layout>;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "string-key-case",
        field: Field::String,
        seen: Likelihood::Often,
        order: 0,
        changes: &[Change::Layout(key_case)],
        title: Text { zh: "string1 的键用了大写字母", en: "string1 has keys with capital letters" },
        cause: Text {
            zh: "string1 里的键用了大写字母（如 nonceStr、timeStamp）：那是 wx.config 的写法，string1 里四个键全小写",
            en: "string1 has keys with capitals (nonceStr, timeStamp …): that is how wx.config spells them; in string1 all four are lower case",
        },
        fix: Text {
            zh: "string1 用 jsapi_ticket、noncestr、timestamp、url",
            en: "use jsapi_ticket, noncestr, timestamp, url in string1",
        },
    },
    Entry {
        id: "string-key-name",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(key_name)],
        title: Text { zh: "string1 的键名写错了", en: "a key of string1 has the wrong name" },
        cause: Text { zh: "string1 里的键名写错了", en: "a key of string1 has the wrong name" },
        fix: Text {
            zh: "键名依次是 jsapi_ticket（旧企业号通讯录是 group_ticket）、noncestr、timestamp、url",
            en: "the keys are jsapi_ticket (group_ticket for the old 企业号 contacts), noncestr, timestamp, url",
        },
    },
    Entry {
        id: "string-param-order",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(param_order)],
        title: Text {
            zh: "string1 的参数顺序不对", en: "the parameters of string1 are in another order"
        },
        cause: Text {
            zh: "string1 里四个参数的顺序不对，多半来自无序的 map 或字典",
            en: "the four parameters of string1 are in another order, often that of a map",
        },
        fix: Text {
            zh: "按 jsapi_ticket、noncestr、timestamp、url 的顺序拼接",
            en: "join them as jsapi_ticket, noncestr, timestamp, url",
        },
    },
    Entry {
        id: "string-values-only",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(values_only)],
        title: Text { zh: "string1 只有值，没有键", en: "string1 has only the values, without keys" },
        cause: Text {
            zh: "只拼接了值，没有 `键=`：那是服务器验证和卡券的规则，不是 JS-SDK 的",
            en: "only the values were joined, without `key=`: that is the rule of the server check and of cards, not of the JS-SDK",
        },
        fix: Text {
            zh: "JS-SDK 的 string1 是 jsapi_ticket=T&noncestr=N&timestamp=S&url=U，不排序",
            en: "string1 of the JS-SDK is jsapi_ticket=T&noncestr=N&timestamp=S&url=U, unsorted",
        },
    },
    Entry {
        id: "string-url-encoded",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: -4,
        changes: &[Change::Layout(url_encoded)],
        title: Text {
            zh: "string1 被 URL 编码后才计算", en: "string1 was url-encoded before hashing"
        },
        cause: Text {
            zh: "string1 整个（或其中每个值）被 URL 编码后才计算，常见于 http_build_query、URLSearchParams、urlencode",
            en: "string1 as a whole, or each of its values, was url-encoded before hashing, as http_build_query, URLSearchParams or urlencode do",
        },
        fix: Text {
            zh: "用字符串拼接得到 string1，值不做任何编码",
            en: "join string1 as plain text and encode no value",
        },
    },
    Entry {
        id: "string-times-entity",
        field: Field::String,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Layout(times_entity)],
        title: Text { zh: "&timestamp 变成了 ×tamp", en: "&timestamp became ×tamp" },
        cause: Text {
            zh: "`&timestamp` 里的 `&times` 被当成 HTML 实体，变成了 `×tamp`",
            en: "`&times` of `&timestamp` was read as an HTML entity and became `×tamp`",
        },
        fix: Text {
            zh: "不要从网页上复制这段字符串，也不要经过 HTML；写成 \"&\" + \"timestamp=\" 可以避开",
            en: "do not copy that text from a web page or pass it through HTML; writing \"&\" + \"timestamp=\" avoids it",
        },
    },
    Entry {
        id: "string-separator",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(separator)],
        title: Text { zh: "string1 的分隔符不对", en: "string1 has the wrong separator" },
        cause: Text {
            zh: "参数之间（或键和值之间）的分隔符不对",
            en: "the separator between the parameters, or between key and value, is another one",
        },
        fix: Text {
            zh: "参数之间用一个 `&`，键和值之间用一个 `=`，没有空格和换行；卡券的值直接相连",
            en: "one `&` between parameters, one `=` between key and value, no spaces or line breaks; card values are joined with nothing",
        },
    },
    Entry {
        id: "string-prefix",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(prefix)],
        title: Text {
            zh: "string1 前面或外面多了内容", en: "something extra is before or around string1"
        },
        cause: Text {
            zh: "string1 前面（或外面）多了内容：`?`、引号、地址等",
            en: "something is before or around string1: a `?`, quotes, the url",
        },
        fix: Text {
            zh: "从 `jsapi_ticket=` 的第一个字符开始计算；卡券从第一个值开始",
            en: "hash from the first character of `jsapi_ticket=` on; for cards from the first value",
        },
    },
    Entry {
        id: "string-extra-param",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(extra_param)],
        title: Text { zh: "string1 多了参数", en: "string1 has an extra parameter" },
        cause: Text {
            zh: "string1 里多了参数（appId、密钥等）：只有四个参数参与签名",
            en: "string1 has a parameter too many (appId, a secret …): only four are signed",
        },
        fix: Text {
            zh: "只签 jsapi_ticket、noncestr、timestamp、url；密钥不要放进签名串",
            en: "sign jsapi_ticket, noncestr, timestamp and url only, and never put a secret into the string",
        },
    },
    Entry {
        id: "string-missing-param",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Layout(missing_param)],
        title: Text { zh: "string1 少了参数", en: "string1 lacks a parameter" },
        cause: Text {
            zh: "string1 里少了参数：四个都要参与签名",
            en: "string1 lacks a parameter: all four are signed",
        },
        fix: Text {
            zh: "依次拼接 jsapi_ticket、noncestr、timestamp、url，一个也不能少",
            en: "join jsapi_ticket, noncestr, timestamp and url, none left out",
        },
    },
    Entry {
        id: "string-trailing-newline",
        field: Field::String,
        seen: Likelihood::Rarely,
        order: -3,
        changes: &[Change::Layout(trailing_newline)],
        title: Text { zh: "string1 末尾多了换行", en: "string1 ends in a line break" },
        cause: Text {
            zh: "string1 末尾多了换行，常见于 echo、println 或读文件",
            en: "string1 ends in a line break, as echo, println or a file leaves it",
        },
        fix: Text {
            zh: "计算前去掉末尾换行；命令行用 printf %s 或 echo -n",
            en: "strip it before hashing; on a command line use printf %s or echo -n",
        },
    },
];

/// A key in the letter cases that people write it in.
fn spellings(name: &str) -> &'static [&'static str] {
    match name {
        "jsapi_ticket" => &[
            "jsapiTicket",
            "JSAPI_TICKET",
            "Jsapi_ticket",
            "Jsapi_Ticket",
            "JsapiTicket",
            "jsApi_ticket",
            "jsapi_Ticket",
        ],
        "group_ticket" => &["groupTicket", "GROUP_TICKET", "Group_ticket", "Group_Ticket", "GroupTicket"],
        "noncestr" => &["nonceStr", "NONCESTR", "Noncestr", "NonceStr", "nonceSTR"],
        "timestamp" => &["timeStamp", "TIMESTAMP", "Timestamp", "TimeStamp"],
        "url" => &["Url", "URL"],
        _ => &[],
    }
}

fn key_case(layout: &Layout, _: &Case<'_>, out: &mut Out) {
    let params = &layout.params;
    // Keys that another mistake changed already are left alone.
    let options: Vec<&[&str]> = params
        .iter()
        .map(|param| if param.key == param.name { spellings(param.name) } else { &[] })
        .collect();
    let count: usize = options.iter().map(|list| list.len() + 1).product();
    for number in 1..count {
        let mut rest = number;
        let mut changed = layout.clone();
        let mut chosen = Vec::new();
        for (param, list) in changed.params.iter_mut().zip(&options) {
            let choice = rest % (list.len() + 1);
            rest /= list.len() + 1;
            if choice > 0 {
                param.key = list[choice - 1].into();
            }
            chosen.push((param.name, choice));
        }
        let is = |name: &str| chosen.iter().find(|(own, _)| *own == name).map_or(0, |(_, choice)| *choice);
        let (ticket, nonce, time, url) =
            (is("jsapi_ticket").max(is("group_ticket")), is("noncestr"), is("timestamp"), is("url"));
        let rank = match (ticket, nonce, time, url) {
            (0, 0 | 1, 0 | 1, 0) => 0,
            (1, 1, _, 0) | (1, _, 1, 0) if nonce < 2 && time < 2 => 3,
            (2, 2, 2, 2) | (3, 3, 3, 1) | (0 | 4 | 5, 4, 4, 1) => 3,
            // jsapiTicket alone is rather a wrong name.
            (1, 0, 0, 0) => ALONE + 10,
            _ if chosen.iter().filter(|(_, choice)| *choice > 0).count() == 1 => 4,
            _ => ALONE,
        };
        out.add(rank, changed);
    }
}

fn key_name(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    let named = |name: &str| -> &[&'static str] {
        match name {
            "jsapi_ticket" | "group_ticket" => &[
                "jsapiTicket",
                "ticket",
                "group_ticket",
                "jsapi_ticket",
                "api_ticket",
                "jsticket",
                "js_ticket",
                "jsapiticket",
                "access_token",
                "accessToken",
                "token",
                "agent_ticket",
                "corp_ticket",
                "jsapi-ticket",
                "jssdk_ticket",
                "jsapi_tickets",
                "jsapi_tiket",
                "apiTicket",
                "jsApiTicket",
                "jsTicket",
                "groupTicket",
                "agent_config",
                "jsapi",
            ],
            "noncestr" => &[
                "nonce",
                "nonce_str",
                "nonceString",
                "noncestring",
                "nonce_string",
                "randomStr",
                "randomstr",
                "random",
                "nocestr",
                "noncester",
                "nonestr",
                "str",
            ],
            "timestamp" => &[
                "timetamp",
                "time_stamp",
                "time",
                "ts",
                "timestap",
                "timesamp",
                "timestmap",
                "timstamp",
                "timestamps",
                "t",
            ],
            "url" => &[
                "uri",
                "href",
                "link",
                "pageUrl",
                "page_url",
                "currentUrl",
                "webUrl",
                "urls",
                "location",
                "address",
            ],
            _ => &[],
        }
    };
    for (at, param) in layout.params.iter().enumerate() {
        if param.key != param.name {
            continue;
        }
        for (rank, key) in (0..).zip(named(param.name).iter().filter(|key| **key != param.name)) {
            let mut changed = layout.clone();
            changed.params[at].key = (*key).into();
            // The other kind's key is the cause of its own.
            let other_kind = *key == "group_ticket" || case.kind == Kind::Group && *key == "jsapi_ticket";
            out.add(if other_kind { 0 } else { rank / 2 }, changed);
        }
    }
    for keys in [
        ["jsapi_ticket", "nonce_str", "time_stamp", "url"],
        ["ticket", "nonce", "timestamp", "url"],
        ["ticket", "noncestr", "timestamp", "link"],
        ["ticket", "nonceStr", "timestamp", "url"],
        ["ticket", "nonceStr", "timeStamp", "url"],
        ["jsapiTicket", "nonce_str", "timestamp", "url"],
        ["ticket", "nonce_str", "timestamp", "url"],
        ["ticket", "nonce", "time", "url"],
    ] {
        if layout.params.len() == 4 && layout.params.iter().all(|param| param.key == param.name) {
            let mut changed = layout.clone();
            for (param, key) in changed.params.iter_mut().zip(keys) {
                param.key = key.into();
            }
            out.add(5, changed);
        }
    }
}

fn param_order(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    if layout.sorted || !case.kind.signs_url() || layout.params.len() > 5 {
        return;
    }
    permutations(layout.params.len(), &mut |order| {
        if !order.is_sorted() {
            out.add(0, layout.with_params(order.iter().map(|at| layout.params[*at].clone()).collect()));
        }
    });
}

fn values_only(layout: &Layout, _: &Case<'_>, out: &mut Out) {
    if !layout.has_keys() {
        return;
    }
    for (rank, joint) in (0..).zip(["", "&", ",", "\n", " ", "|", "_", "-", "+", ";", ":"]) {
        for (more, sorted) in [(0, true), (1, false)] {
            let mut bare = layout.clone();
            bare.sorted = sorted;
            for (at, param) in bare.params.iter_mut().enumerate() {
                (param.key, param.equals, param.quote) = ("".into(), "", "");
                param.joint = if at > 0 { joint.into() } else { "".into() };
            }
            out.add(rank + more, bare);
        }
    }
}

/// Maps need a plain function each; these are the styles that differ on what a string1 holds.
const ENCODERS: [Map; 8] = [
    |text| percent(text, COMPONENT, false),
    |text| percent(text, form(text), false),
    |text| percent(text, COMPONENT, true),
    |text| percent(text, form(text), true),
    |text| percent(text, QUOTE, false),
    |text| percent(text, QUOTE, true),
    |text| percent(text, STRICT, false),
    |text| percent(&percent(text, COMPONENT, false), COMPONENT, false),
];

/// The form encoding of PHP, or of the component where the text has nothing they differ on.
fn form(text: &str) -> Style {
    let styles = component_styles(text);
    styles[styles.len().min(2) - 1]
}

fn url_encoded(layout: &Layout, _: &Case<'_>, out: &mut Out) {
    for (rank, map) in (0..).zip(ENCODERS) {
        for (more, scope) in [(0, Scope::Whole), (1, Scope::Values)] {
            if let Some(mapped) = layout.mapped(map, scope) {
                out.add(rank + more, mapped);
            }
        }
    }
}

fn times_entity(layout: &Layout, _: &Case<'_>, out: &mut Out) {
    for (at, param) in layout.params.iter().enumerate() {
        let Some(rest) = param.key.strip_prefix("times").filter(|_| param.joint == "&") else { continue };
        for (rank, entity) in [(0, "×"), (2, "&times;"), (4, "x"), (4, "&times; "), (5, "")] {
            let mut changed = layout.clone();
            changed.params[at].joint = entity.into();
            changed.params[at].key = rest.to_owned().into();
            out.add(rank, changed);
        }
    }
}

fn separator(layout: &Layout, _: &Case<'_>, out: &mut Out) {
    let own = layout.params.get(1).map_or("", |param| &param.joint).to_owned();
    for (rank, joint) in (0..).zip([
        "", ";", ",", "\n", " ", "|", "&amp;", "&&", "\r\n", "; ", ", ", " & ", "+", "/", "?", "#", ":",
        "\t", "&\n", "-", "_", "&", "\\u0026", "%26", "& ", " &",
    ]) {
        if joint != own {
            out.add(rank / 3, layout.joined_by(joint));
        }
    }
    if !layout.has_keys() {
        return;
    }
    for (rank, equals) in (2..).zip([":", "", " = ", ": ", "==", "=>", " "]) {
        let mut changed = layout.clone();
        changed.params.iter_mut().for_each(|param| param.equals = equals);
        if equals == ":" || equals == ": " {
            out.add(rank + 3, changed.joined_by(","));
        }
        out.add(rank, changed);
    }
    for quote in ["\"", "'"] {
        let mut changed = layout.clone();
        changed.params.iter_mut().for_each(|param| param.quote = quote);
        out.add(6, changed);
    }
    for at in 1..layout.params.len() {
        for (rank, joint) in
            [(3, ""), (6, "&&"), (6, " &"), (6, "& "), (6, ";"), (6, ","), (6, "\n"), (6, "?")]
        {
            let mut changed = layout.clone();
            changed.params[at].joint = joint.into();
            out.add(rank, changed);
        }
    }
    // The object as JSON, hashed instead of a string.
    for (comma, colon) in [(",\"", "\":"), (", \"", "\": ")] {
        for number in [true, false] {
            let mut json = layout.clone();
            for (at, param) in json.params.iter_mut().enumerate() {
                param.joint = if at > 0 { comma.into() } else { "\"".into() };
                param.equals = colon;
                param.quote = if number && param.name == "timestamp" { "" } else { "\"" };
            }
            json.prefix.push(Piece::Text("{".into()));
            json.suffix.push(Piece::Text("}".into()));
            out.add(6, json);
        }
    }
}

fn prefix(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    let mut with = |rank, before: Vec<Piece>, after: &'static str| {
        let mut changed = layout.clone();
        changed.prefix.splice(0..0, before);
        if !after.is_empty() {
            changed.suffix.push(Piece::Text(after.into()));
        }
        out.add(rank, changed);
    };
    let text = |text: &'static str| Piece::Text(text.into());
    for (rank, before) in (0..).zip([
        "?",
        "\"",
        "'",
        "&",
        " ",
        "\n",
        "\u{feff}",
        "#",
        "string1=",
        "url?",
        "{",
        "signature=",
        "str=",
        "/?",
        "(",
        "`",
        "sha1(",
        "=",
        "\t",
        "string=",
    ]) {
        with(rank / 3, vec![text(before)], "");
    }
    for (rank, open, close) in [
        (0, "\"", "\""),
        (0, "'", "'"),
        (4, "{", "}"),
        (4, "`", "`"),
        (4, "(", ")"),
        (4, " ", " "),
        (5, "[", "]"),
        (5, "\\\"", "\\\""),
    ] {
        with(rank, vec![text(open)], close);
    }
    if case.kind.signs_url() {
        with(1, vec![Piece::Url], "");
        with(0, vec![Piece::Url, text("?")], "");
        with(1, vec![Piece::Url, text("&")], "");
        with(3, vec![Piece::Url, text(" ")], "");
        with(3, vec![Piece::Url, text("\n")], "");
    }
}

fn extra_param(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    if !layout.has_keys() {
        return;
    }
    let mut extras: Vec<(u16, &'static str, Piece)> = Vec::new();
    let app_id = case.fields.app_id.clone().unwrap_or_default();
    for (rank, key) in (0..).zip(["appId", "appid", "app_id", "corpid", "corpId", "AppId", "appID"]) {
        if !app_id.is_empty() {
            extras.push((rank / 2, key, Piece::Text(app_id.clone().into())));
        } else if rank < 3 {
            extras.push((6, key, Piece::Text("".into())));
            extras.push((8, key, Piece::Text("undefined".into())));
        }
    }
    if let Some(secret) = case.app_secret {
        for (rank, key) in
            (0..).zip(["secret", "key", "appsecret", "appSecret", "app_secret", "corpsecret", "AppSecret"])
        {
            extras.push((rank / 2, key, Piece::Secret(secret.reveal().to_owned())));
        }
    }
    for other in case
        .other_tickets
        .iter()
        .filter(|other| matches!(other.role, TicketRole::AccessToken | TicketRole::Unknown))
        .take(4)
    {
        extras.push((2, "access_token", Piece::Secret(other.value.reveal().to_owned())));
    }
    for (key, value) in [
        ("signType", "SHA1"),
        ("signType", "sha1"),
        ("signType", "MD5"),
        ("debug", "true"),
        ("debug", "false"),
        ("type", "jsapi"),
        ("signature", ""),
        ("jsApiList", ""),
        ("beta", "true"),
        ("method", "sha1"),
    ] {
        extras.push((6, key, Piece::Text(value.into())));
    }
    for (rank, key, value) in extras {
        for at in 0..=layout.params.len() {
            let mut params = layout.params.clone();
            let mut extra = Param::keyed(key, "&", key, value.clone());
            if let Some(like) = params.first() {
                (extra.equals, extra.quote) = (like.equals, like.quote);
            }
            params.insert(at, extra);
            // At either end, or where sorting the keys puts it.
            let by_name =
                layout.params.iter().position(|param| *param.key > *key).unwrap_or(layout.params.len());
            let usual = at == 0 || at == layout.params.len() || at == by_name;
            out.add(rank + if usual { 0 } else { 6 }, layout.with_params(params));
        }
    }
}

fn missing_param(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    let count = layout.params.len();
    if !case.kind.signs_url() || count > 6 {
        return;
    }
    for kept in 1..(1_usize << count) - 1 {
        let params: Vec<Param> = layout
            .params
            .iter()
            .enumerate()
            .filter(|(at, _)| kept >> at & 1 == 1)
            .map(|(_, param)| param.clone())
            .collect();
        let rank = match count - params.len() {
            1 => 0,
            2 => 8,
            _ => 10,
        };
        out.add(rank, layout.with_params(params));
    }
}

fn trailing_newline(layout: &Layout, _: &Case<'_>, out: &mut Out) {
    for (rank, end) in (0..).zip(["\n", "\r\n", "\r", "\n\n", "\0"]) {
        let mut changed = layout.clone();
        changed.suffix.push(Piece::Text(end.into()));
        out.add(rank, changed);
    }
}

/// `&amp;` in all of string1. Where the url has no `&`, it is rather a matter of the separator.
pub(super) fn html_escaped(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    let rank = if case.fields.url.contains('&') { 0 } else { 30 };
    let maps: [Map; 3] = [
        |text| html_escape(text, "&amp;", None),
        |text| html_escape(text, "&#38;", None),
        |text| html_escape(text, "&amp;", Some("&#39;")),
    ];
    for map in maps.into_iter().filter(|_| case.kind.signs_url()) {
        out.0.extend(layout.mapped(map, Scope::Whole).map(|mapped| (rank, mapped)));
    }
}

/// JSON escapes in all of string1.
pub(super) fn json_escaped(layout: &Layout, case: &Case<'_>, out: &mut Out) {
    const PLAIN: Json = Json { slash: false, html: true, equals: false, ascii: false, upper: false };
    let maps: [Map; 3] = [
        |text| json_escape(text, PLAIN),
        |text| json_escape(text, Json { equals: true, ..PLAIN }),
        |text| json_escape(text, Json { slash: true, ..PLAIN }),
    ];
    for map in maps.into_iter().filter(|_| case.kind.signs_url()) {
        out.0.extend(layout.mapped(map, Scope::Whole).map(|mapped| (2, mapped)));
    }
}
