//! The mistakes of the ticket, the nonce and the timestamp.
//!
//! In: a value, and the case for what else may have been signed in its place. Out: what a mistake
//! makes of the value. Whitespace and quotes go both ways: the signed value can have them, or the given one.

use super::{ALONE, Change, Entry, Field, Likelihood, Variants};
use crate::diagnosis::case::{Case, TicketRole};
use crate::lang::Text;

type Out = Variants<String>;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "ticket-empty",
        field: Field::Ticket,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Value(Field::Ticket, |_, _, out| empty(out))],
        title: Text { zh: "签名时没有 ticket", en: "there was no ticket when it was signed" },
        cause: Text {
            zh: "签名时没有 ticket：取 ticket 的请求失败了，错误没有检查，签进去的是空值或 null、undefined",
            en: "there was no ticket when it was signed: the request for it failed unchecked, and nothing, null or undefined was hashed",
        },
        fix: Text {
            zh: "取 ticket 后检查 errcode，失败时不要签名；40164 是 IP 白名单，45009 是次数用完",
            en: "check errcode after fetching the ticket and do not sign without one; 40164 is the IP list, 45009 the quota",
        },
    },
    Entry {
        id: "ticket-whitespace",
        field: Field::Ticket,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Value(Field::Ticket, |text, _, out| with_space(text, out))],
        title: Text { zh: "ticket 前后有多余的空白", en: "whitespace around the ticket" },
        cause: Text {
            zh: "ticket 前后的空格、换行或 BOM 一边有、一边没有",
            en: "a space, line break or byte order mark around the ticket is there on one side only",
        },
        fix: Text {
            zh: "读出 ticket 后去掉首尾空白；从文件读的值末尾常有换行",
            en: "strip the ticket after reading it; a value read from a file often ends in a line break",
        },
    },
    Entry {
        id: "ticket-quoted",
        field: Field::Ticket,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Value(Field::Ticket, |text, _, out| in_quotes(text, out))],
        title: Text { zh: "ticket 外面多了或少了引号", en: "quotes around the ticket" },
        cause: Text {
            zh: "ticket 外面的引号一边有、一边没有：按 JSON 文本存取，没有解析",
            en: "quotes around the ticket are there on one side only: it was stored or cut out as JSON text",
        },
        fix: Text {
            zh: "缓存里存 ticket 本身，或取出后用 JSON 解析",
            en: "store the ticket itself, or parse the JSON when reading it back",
        },
    },
    Entry {
        id: "ticket-plus-space",
        field: Field::Ticket,
        seen: Likelihood::Rarely,
        order: -2,
        changes: &[Change::Value(Field::Ticket, ticket_plus_space)],
        title: Text {
            zh: "ticket 里的 +、/、= 变了样",
            en: "+, / or = of the ticket was changed on its way",
        },
        cause: Text {
            zh: "ticket 里的 `+`、`/`、`=` 在表单或查询串里变了样：agent_config 的 ticket 是 base64，会含这些字符",
            en: "`+`, `/` or `=` of the ticket changed on its way through a form or query: an agent_config ticket is base64 and holds them",
        },
        fix: Text {
            zh: "ticket 不要经过 URL 传递；必须传时用 encodeURIComponent，且只解码一次",
            en: "do not pass the ticket through a URL; where it must be, use encodeURIComponent and decode once",
        },
    },
    Entry {
        id: "ticket-access-token",
        field: Field::Ticket,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Value(Field::Ticket, ticket_access_token)],
        title: Text {
            zh: "签名用的是 access_token",
            en: "the access_token was signed instead of the ticket",
        },
        cause: Text {
            zh: "签名用的是 access_token，不是 jsapi_ticket",
            en: "the access_token was signed in place of the jsapi_ticket",
        },
        fix: Text {
            zh: "用 access_token 再取一次 ticket（mp：cgi-bin/ticket/getticket，work：cgi-bin/get_jsapi_ticket），用 ticket 签名",
            en: "fetch a ticket with that token (mp: cgi-bin/ticket/getticket, work: cgi-bin/get_jsapi_ticket) and sign with the ticket",
        },
    },
    Entry {
        id: "ticket-other-kind",
        field: Field::Ticket,
        seen: Likelihood::Sometimes,
        order: 2,
        changes: &[Change::Value(Field::Ticket, ticket_other_kind)],
        title: Text { zh: "签名用的是另一种 ticket", en: "a ticket of another kind was signed" },
        cause: Text {
            zh: "签名用的是另一种 ticket：wx.config、agentConfig、卡券、通讯录各有自己的 ticket",
            en: "a ticket of another kind was signed: wx.config, agentConfig, cards and contacts each have their own",
        },
        fix: Text {
            zh: "按用途取 ticket：wecheck ticket --kind jsapi、agent、card、invoice 或 group",
            en: "take the ticket of the purpose: wecheck ticket --kind jsapi, agent, card, invoice or group",
        },
    },
    Entry {
        id: "ticket-other-profile",
        field: Field::Ticket,
        seen: Likelihood::Sometimes,
        order: 4,
        changes: &[Change::Value(Field::Ticket, ticket_other_profile)],
        title: Text {
            zh: "签名用的是另一个账号的 ticket", en: "another account's ticket was signed"
        },
        cause: Text {
            zh: "签名用的是另一个账号的 ticket（{detail}）",
            en: "the ticket of another account was signed ({detail})",
        },
        fix: Text {
            zh: "让 ticket 与页面里的 appId（企业微信是 corpid）同属一个账号，测试与正式环境分开配置",
            en: "take the ticket of the account whose appId (work: corpid) is on the page, and keep test and live settings apart",
        },
    },
    Entry {
        id: "ticket-previous",
        field: Field::Ticket,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Value(Field::Ticket, ticket_previous)],
        title: Text {
            zh: "签名用的是另一次取到的 ticket",
            en: "a ticket fetched at another time was signed",
        },
        cause: Text {
            zh: "签名用的是另一次取到的 ticket，与给出的不是同一份：中间换过",
            en: "a ticket fetched at another time was signed: one of the two has replaced the other",
        },
        fix: Text {
            zh: "所有服务共用一份缓存，过期前更新；wecheck ticket 给出当前这一份",
            en: "let all services share one cache and renew it before its end; wecheck ticket prints the current one",
        },
    },
    Entry {
        id: "nonce-whitespace",
        field: Field::Nonce,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Value(Field::Nonce, |text, _, out| with_space(text, out))],
        title: Text { zh: "noncestr 前后有多余的空白", en: "whitespace around noncestr" },
        cause: Text {
            zh: "noncestr 前后的空格、换行或 BOM 一边有、一边没有",
            en: "a space, line break or byte order mark around noncestr is there on one side only",
        },
        fix: Text {
            zh: "签名用的 noncestr 与传给页面的 nonceStr 必须逐字节相同，去掉首尾空白",
            en: "the noncestr signed and the nonceStr on the page have to be the same bytes: strip both ends",
        },
    },
    Entry {
        id: "nonce-quoted",
        field: Field::Nonce,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Value(Field::Nonce, |text, _, out| in_quotes(text, out))],
        title: Text { zh: "noncestr 外面多了或少了引号", en: "quotes around noncestr" },
        cause: Text {
            zh: "noncestr 外面的引号一边有、一边没有",
            en: "quotes around noncestr are there on one side only",
        },
        fix: Text {
            zh: "把值本身放进 string1，不要放它的 JSON 文本",
            en: "put the value itself into string1, not its JSON text",
        },
    },
    Entry {
        id: "nonce-case",
        field: Field::Nonce,
        seen: Likelihood::Rarely,
        order: -2,
        changes: &[Change::Value(Field::Nonce, nonce_case)],
        title: Text { zh: "noncestr 的大小写不同", en: "the letter case of noncestr differs" },
        cause: Text {
            zh: "noncestr 的大小写不同：签名区分大小写",
            en: "the letter case of noncestr differs: the signature tells them apart",
        },
        fix: Text {
            zh: "生成后不要再转换大小写，签名和页面用同一个值",
            en: "do not change its case after it is made; sign and pass on the same value",
        },
    },
    Entry {
        id: "nonce-empty",
        field: Field::Nonce,
        seen: Likelihood::Rarely,
        order: -4,
        changes: &[Change::Value(Field::Nonce, |_, _, out| {
            empty(out);
            // Template text that was never run.
            for text in ["randomString(16)", "randomString", "nonceStr", "noncestr", "nonce", "nonce_str"] {
                out.add(6, text.to_owned());
            }
        })],
        title: Text { zh: "签名时没有 noncestr", en: "there was no noncestr when it was signed" },
        cause: Text {
            zh: "签名时没有 noncestr：签进去的是空值、undefined 或没有执行的代码",
            en: "there was no noncestr when it was signed: nothing, undefined or code that never ran was hashed",
        },
        fix: Text {
            zh: "先生成 noncestr，再用同一个值签名并交给页面",
            en: "make noncestr first, then sign and pass on that same value",
        },
    },
    Entry {
        id: "timestamp-milliseconds",
        field: Field::Timestamp,
        seen: Likelihood::Often,
        order: 0,
        changes: &[Change::Value(Field::Timestamp, milliseconds), Change::Number],
        title: Text {
            zh: "一边是秒，一边是毫秒", en: "one side is in seconds, the other in milliseconds"
        },
        cause: Text {
            zh: "一边是秒，一边是毫秒：签名用的 timestamp 与页面的不是同一个",
            en: "one side is in seconds, the other in milliseconds: the timestamp signed is not the page's",
        },
        fix: Text {
            zh: "两边都用 10 位的秒：Math.floor(Date.now() / 1000)",
            en: "use seconds, 10 digits, on both sides: Math.floor(Date.now() / 1000)",
        },
    },
    Entry {
        id: "timestamp-drift",
        field: Field::Timestamp,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[Change::Value(Field::Timestamp, drift), Change::Number],
        title: Text {
            zh: "签名用的是另一个时刻的 timestamp",
            en: "the timestamp of another moment was signed",
        },
        cause: Text {
            zh: "签名用的是另一个时刻的 timestamp，{gap}：生成了两次，或用了缓存的签名",
            en: "the timestamp of another moment was signed, {gap}: it was taken twice, or the signature is a cached one",
        },
        fix: Text {
            zh: "timestamp 只取一次，签名和页面用同一个值；地址或 timestamp 变了就重新签",
            en: "take timestamp once, sign it and pass on that value; sign again when it or the address changes",
        },
    },
    Entry {
        id: "timestamp-empty",
        field: Field::Timestamp,
        seen: Likelihood::Rarely,
        order: -2,
        changes: &[Change::Value(Field::Timestamp, |_, _, out| {
            empty(out);
            for text in ["0", "NaN", "timestamp", "1", "-1"] {
                out.add(4, text.to_owned());
            }
        })],
        title: Text { zh: "签名时没有 timestamp", en: "there was no timestamp when it was signed" },
        cause: Text {
            zh: "签名时没有 timestamp：签进去的是空值、undefined、NaN 或 0",
            en: "there was no timestamp when it was signed: nothing, undefined, NaN or 0 was hashed",
        },
        fix: Text {
            zh: "先取 timestamp（秒），再用同一个值签名并交给页面",
            en: "take timestamp (seconds) first, then sign and pass on that same value",
        },
    },
    Entry {
        id: "timestamp-whitespace",
        field: Field::Timestamp,
        seen: Likelihood::Rarely,
        order: 2,
        changes: &[Change::Value(Field::Timestamp, |text, _, out| with_space(text, out))],
        title: Text { zh: "timestamp 前后有多余的空白", en: "whitespace around timestamp" },
        cause: Text {
            zh: "timestamp 前后的空格或换行一边有、一边没有",
            en: "a space or line break around timestamp is there on one side only",
        },
        fix: Text {
            zh: "去掉首尾空白，签名和页面用同一个值",
            en: "strip it, then sign and pass on the same value",
        },
    },
    Entry {
        id: "timestamp-quoted",
        field: Field::Timestamp,
        seen: Likelihood::Rarely,
        order: 2,
        changes: &[Change::Value(Field::Timestamp, |text, _, out| in_quotes(text, out))],
        title: Text { zh: "timestamp 外面多了或少了引号", en: "quotes around timestamp" },
        cause: Text {
            zh: "timestamp 外面的引号一边有、一边没有",
            en: "quotes around timestamp are there on one side only",
        },
        fix: Text {
            zh: "把数字本身放进 string1，不带引号",
            en: "put the number itself into string1, without quotes",
        },
    },
];

/// What languages print for a value that is not there.
fn empty(out: &mut Out) {
    for (rank, text) in (0..).zip([
        "",
        "null",
        "undefined",
        "None",
        "nil",
        "false",
        "NULL",
        "[object Object]",
        "NaN",
        "{}",
        "(null)",
        "<nil>",
    ]) {
        out.add(rank / 2, text.to_owned());
    }
}

const SPACES: [&str; 9] = [" ", "\n", "\r\n", "\t", "\u{feff}", "\u{a0}", "\u{200b}", "\u{3000}", "\r"];

/// Whitespace put around a text, and taken away from it.
pub(super) fn with_space(text: &str, out: &mut Out) {
    for (rank, space) in (0..).zip(SPACES) {
        out.add(rank / 2, format!("{text}{space}"));
        out.add(rank / 2 + 1, format!("{space}{text}"));
        out.add(rank / 2 + 2, format!("{space}{text}{space}"));
    }
    for double in ["  ", "\n\n"] {
        out.add(8, format!("{text}{double}"));
    }
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    out.add(0, text.trim_matches(is_space).to_owned());
    out.add(1, text.trim_end_matches(is_space).to_owned());
    out.add(1, text.trim_start_matches(is_space).to_owned());
    out.add(3, text.chars().filter(|c| !is_space(*c)).collect());
}

const QUOTES: [(&str, &str); 7] =
    [("\"", "\""), ("'", "'"), ("\\\"", "\\\""), ("`", "`"), ("“", "”"), ("‘", "’"), ("&quot;", "&quot;")];

/// Quotes put around a text, on both ends or on one, and taken away from it.
pub(super) fn in_quotes(text: &str, out: &mut Out) {
    for (rank, (open, close)) in (0..).zip(QUOTES) {
        out.add(rank, format!("{open}{text}{close}"));
        if rank < 3 {
            out.add(rank + 4, format!("{text}{close}"));
            out.add(rank + 4, format!("{open}{text}"));
        }
        let (opened, closed) = (text.strip_prefix(open), text.strip_suffix(close));
        out.add(0, opened.and_then(|text| text.strip_suffix(close)).unwrap_or(text).to_owned());
        out.add(3, opened.unwrap_or(text).to_owned());
        out.add(3, closed.unwrap_or(text).to_owned());
    }
}

fn ticket_plus_space(text: &str, _: &Case<'_>, out: &mut Out) {
    for (rank, from, to) in [
        (0, "+", " "),
        (0, " ", "+"),
        (1, "+", "%2B"),
        (1, "%2B", "+"),
        (1, "%2b", "+"),
        (2, "+", "%20"),
        (2, "%20", "+"),
        (2, "+", ""),
        (2, "=", "%3D"),
        (2, "%3D", "="),
        (2, "/", "%2F"),
        (2, "%2F", "/"),
    ] {
        out.add(rank, text.replace(from, to));
    }
    let encode = |upper: bool| {
        let (plus, slash, equals) = if upper { ("%2B", "%2F", "%3D") } else { ("%2b", "%2f", "%3d") };
        text.replace('+', plus).replace('/', slash).replace('=', equals)
    };
    out.add(0, encode(true));
    out.add(1, encode(false));
    let mut decoded = text.to_owned();
    for (from, to) in [("%2B", "+"), ("%2F", "/"), ("%3D", "="), ("%2b", "+"), ("%2f", "/"), ("%3d", "=")] {
        decoded = decoded.replace(from, to);
    }
    out.add(0, decoded);
    // Padding lost, or base64 made safe for a url.
    out.add(4, text.trim_end_matches('=').to_owned());
    out.add(4, text.replace('+', "-").replace('/', "_"));
    out.add(5, text.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned());
    out.add(4, text.replace('-', "+").replace('_', "/"));
}

/// Whether a text has the shape of an access token: `42_…`, or longer than any ticket.
fn looks_like_token(text: &str) -> bool {
    text.len() > 100
        || text.split_once('_').is_some_and(|(number, _)| {
            (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// What a ticket that was pasted may be, by shape: how well it fits each role.
fn guessed(given: &str, other: &str, case: &Case<'_>) -> [(TicketRole, u16); 3] {
    let kind = case.kind;
    // A piece of a token that is in the text, too.
    let is_piece = || {
        let longer = case.other_tickets.iter().map(|other| other.value.reveal());
        longer
            .filter(|text| text.len() > other.len() && looks_like_token(text))
            .any(|text| text.contains(other))
    };
    let token = looks_like_token(other) || is_piece();
    let alike = given.len() == other.len() && given.ends_with("==") == other.ends_with("==");
    let card = ["IpK_1T69hDhZkLQTlwsAX", "E0o2-at6NcC2OsJiQTlwl", "VUkHJgW2SFNG4xhs6ZntS"]
        .iter()
        .any(|start| other.starts_with(start));
    let foreign = !alike || (card && kind.signs_url());
    [
        (TicketRole::AccessToken, if token { 0 } else { 12 }),
        (TicketRole::OtherKind(kind), if foreign && !token { 0 } else { 11 }),
        (TicketRole::Previous { at: None }, if !foreign && !token { 0 } else { 10 }),
    ]
}

/// Where columns and copying cut a token off.
const USUAL_CUTS: [usize; 6] = [64, 86, 100, 128, 255, 256];
/// A piece of a token shorter than this shows nothing. Bytes.
const SHORTEST_PIECE: usize = 20;
/// Pieces are made of so many tokens of the text, each up to so many bytes.
const MOST_CUT: (usize, usize) = (8, 1024);

/// The beginnings and ends of the tokens that were pasted, and what a double click takes of one; never of those out of the cache, which are
/// shown masked.
fn token_pieces(case: &Case<'_>, out: &mut Out) {
    let pasted = case.other_tickets.iter().filter(|other| other.role == TicketRole::Unknown);
    let texts = pasted.map(|other| other.value.reveal());
    for text in texts.filter(|text| looks_like_token(text) && text.len() <= MOST_CUT.1).take(MOST_CUT.0) {
        for length in SHORTEST_PIECE..text.len() {
            let rank = if USUAL_CUTS.contains(&length) { 6 } else { ALONE };
            out.0.extend(text.get(..length).map(|piece| (rank, piece.to_owned())));
            out.0.extend(text.get(text.len() - length..).map(|piece| (ALONE, piece.to_owned())));
        }
        let words = text.split('-').flat_map(|word| std::iter::once(word).chain(word.split('_')));
        let words = words.filter(|word| word.len() >= SHORTEST_PIECE && word.len() < text.len());
        out.0.extend(words.map(|word| (ALONE, word.to_owned())));
    }
}

fn tickets(text: &str, case: &Case<'_>, out: &mut Out, wanted: impl Fn(&TicketRole) -> bool) {
    for other in case.other_tickets {
        let value = other.value.reveal();
        if other.role == TicketRole::Unknown {
            for (role, rank) in guessed(text, value, case) {
                if wanted(&role) {
                    out.add(rank, value.to_owned());
                }
            }
        } else if wanted(&other.role) {
            out.add(0, value.to_owned());
        }
    }
}

fn ticket_access_token(text: &str, case: &Case<'_>, out: &mut Out) {
    tickets(text, case, out, |role| matches!(role, TicketRole::AccessToken));
    token_pieces(case, out);
}

fn ticket_other_kind(text: &str, case: &Case<'_>, out: &mut Out) {
    tickets(text, case, out, |role| matches!(role, TicketRole::OtherKind(_)));
}

fn ticket_other_profile(text: &str, case: &Case<'_>, out: &mut Out) {
    tickets(text, case, out, |role| matches!(role, TicketRole::OtherProfile(_)));
}

fn ticket_previous(text: &str, case: &Case<'_>, out: &mut Out) {
    tickets(text, case, out, |role| matches!(role, TicketRole::Previous { .. }));
}

fn nonce_case(text: &str, _: &Case<'_>, out: &mut Out) {
    out.add(0, text.to_lowercase());
    out.add(0, text.to_uppercase());
    out.add(
        2,
        text.chars()
            .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect(),
    );
    let mut chars = text.chars();
    if let Some(first) = chars.next() {
        out.add(2, first.to_uppercase().chain(chars.clone()).collect());
        out.add(2, first.to_lowercase().chain(chars).collect());
    }
}

fn milliseconds(text: &str, _: &Case<'_>, out: &mut Out) {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    for (rank, zeros) in [(0, "000"), (6, ".0"), (6, "000000"), (6, "000000000"), (8, "0000000"), (8, ".000")]
    {
        out.add(rank, format!("{text}{zeros}"));
    }
    if text.len() <= 11 {
        // Any other millisecond: searched for as a number, and here for other hash functions.
        for millisecond in 1..1000 {
            out.add(ALONE, format!("{text}{millisecond:03}"));
        }
    }
    for cut in [3, 6, 9] {
        if text.len() > cut + 8 {
            let seconds = &text[..text.len() - cut];
            out.add(0, seconds.to_owned());
            // Rounded, not cut.
            if let Ok(seconds) = seconds.parse::<u64>() {
                out.add(3, (seconds + 1).to_string());
            }
            out.add(6, format!("{seconds}.{}", &text[text.len() - cut..]));
        }
    }
}

/// The near seconds and the whole hours: what is tried together with any other mistakes. The rest of
/// the two days around is searched for by number.
fn drift(text: &str, _: &Case<'_>, out: &mut Out) {
    let Some(number) = number(text) else { return };
    let second = if number >= 100_000_000_000 { 1000 } else { 1 };
    let hour = 3600;
    let gaps = [
        1,
        2,
        8 * hour,
        3,
        hour,
        4,
        5,
        24 * hour,
        6,
        7,
        8,
        9,
        10,
        16 * hour,
        12 * hour,
        2 * hour,
        7 * hour,
        9 * hour,
    ];
    for (rank, seconds) in (0..).zip(gaps) {
        for seconds in [seconds, -seconds] {
            if let Some(moved) = number.checked_add_signed(seconds * second) {
                out.add(rank / 2, moved.to_string());
            }
        }
    }
}

/// A timestamp that can be counted on from: digits without leading zeros, up to nanoseconds.
pub(in crate::diagnosis) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.starts_with('0') || !(1..=19).contains(&text.len()) {
        return None;
    }
    text.parse().ok()
}

pub(super) fn other_nonce(_: &str, case: &Case<'_>, out: &mut Out) {
    // The documents' own sample, left in the code, is another place it may have come from.
    others(case.nonces, "Wm3WZYTPz0wzccnW", out);
}

pub(super) fn other_timestamp(_: &str, case: &Case<'_>, out: &mut Out) {
    others(case.timestamps, "1414587457", out);
}

fn others(values: &[String], sample: &str, out: &mut Out) {
    for value in values.iter().take(16) {
        out.add(0, value.clone());
    }
    out.add(6, sample.to_owned());
}
