//! How each mistake of the url changes an address, in the order of the entries.
//!
//! In: an [`Address`]. Out: the addresses the mistake makes of it, likeliest first. What depends on
//! the number of parameters or path segments is bounded, so that no input makes the search endless.

use encoding_rs::GBK;

use super::Address;
use crate::diagnosis::mistake::encode::{
    BROWSER, COMPONENT, Json, QUOTE, URI, bare_entities, component_styles, escape_at, html_escape,
    html_unescape, json_escape, json_unescape, percent, percent_bytes, recase_escapes, unpercent,
    unpercent_text,
};
use crate::diagnosis::mistake::value::{in_quotes, with_blanks};
use crate::diagnosis::mistake::{ALONE, Variants};

type Out = Variants<String>;

/// Parameters beyond this many are not permuted or dropped one by one.
const MOST_PARAMS: usize = 12;
/// Path segments beyond this many are not dropped or doubled one by one.
const MOST_SEGMENTS: usize = 6;

pub(super) fn fragment(address: &Address<'_>, out: &mut Out) {
    if address.parts.fragment.is_some() {
        return;
    }
    for fragment in &address.known.fragments {
        out.add(0, format!("{}#{fragment}", address.text));
    }
    let guesses = ["", "/", "wechat_redirect", "/home", "/index", "!/", "rd", "top"];
    for (rank, guess) in [1, 1, 2, 2, 5, 6, 6, 7].into_iter().zip(guesses) {
        out.add(rank, format!("{}#{guess}", address.text));
    }
}

/// Adds an encoding, and the same with lower-case hex digits.
fn add_recased(out: &mut Out, rank: u16, encoded: String) {
    let lower = recase_escapes(&encoded, false);
    if lower != encoded {
        out.add(rank + 3, lower);
    }
    out.add(rank, encoded);
}

pub(super) fn percent_encoded(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    let mut add = |rank: u16, encoded: String| {
        // Where nothing was encoded, other letters in the escapes are a matter of case.
        if encoded == text { out.add(rank, encoded) } else { add_recased(out, rank, encoded) }
    };
    for (rank, style) in (0..).zip(component_styles(text)) {
        add(rank, percent(text, *style, false));
    }
    add(1, percent(text, URI, false));
    add(1, percent(text, BROWSER, false));
    add(4, percent(text, QUOTE, false));
    if let Some(query) = address.parts.query {
        for (rank, style) in (2..).zip(component_styles(query)) {
            add(
                rank,
                address.with_params(&strs(&map_values(address, |value| percent(value, *style, false)))),
            );
        }
        // `http_build_query` and its kind encode the names as well: `a[]=1`.
        let both: Vec<String> = address
            .params()
            .iter()
            .map(|pair| {
                pair.split('=').map(|part| percent(part, COMPONENT, false)).collect::<Vec<_>>().join("=")
            })
            .collect();
        add(5, address.with_params(&strs(&both)));
        let whole = percent(query, COMPONENT, false);
        add(6, address.with(|parts| parts.query = Some(&whole)));
    }
    if address.has_host {
        let path = percent(address.parts.path, URI, false);
        add(4, address.with(|parts| parts.path = &path));
        let rest = &text[address.lead.len()..];
        add(8, format!("{}{}", address.lead, percent(rest, COMPONENT, false)));
    }
}

pub(super) fn percent_encoded_twice(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    let mut add = |rank: u16, encoded: String| add_recased(out, rank, encoded);
    for (rank, style) in (0..).zip(component_styles(text)) {
        add(rank, percent(&percent(text, *style, false), *style, false));
        let lower = percent(text, *style, true);
        add(rank + 4, percent(&lower, *style, true));
    }
    add(2, percent(&percent(text, URI, false), COMPONENT, false));
    add(2, percent(&percent(text, URI, false), URI, false));
    if text.contains('%') {
        // Beats the plain encoding, which for an address in ASCII is the same text.
        add(0, text.replace('%', "%25"));
    }
    if let Some(query) = address.parts.query {
        for (rank, style) in (3..).zip(component_styles(query)) {
            let twice = |value: &str| percent(&percent(value, *style, false), *style, false);
            add(rank, address.with_params(&strs(&map_values(address, twice))));
        }
    }
}

pub(super) fn percent_decoded(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    if !text.contains('%') {
        return;
    }
    let whole = unpercent_text(text, |_| true);
    out.add(4, unpercent_text(&whole, |_| true));
    out.add(2, whole.replace('+', " "));
    out.add(2, unpercent_text(&text.replace('+', " "), |_| true));
    out.add(0, whole);
    // decodeURI leaves what would change the structure.
    out.add(1, unpercent_text(text, |byte| !b"#$&+,/:;=?@".contains(&byte)));
    out.add(3, unpercent_text(text, |byte| !byte.is_ascii()));
    out.add(3, unpercent_text(text, |byte| byte.is_ascii()));
    out.add(5, unpercent_text(text, |byte| byte != b'%'));
    out.add(5, unpercent_text(text, |byte| byte != b' '));
    if let Some(query) = address.parts.query {
        let query = unpercent_text(query, |_| true);
        out.add(2, address.with(|parts| parts.query = Some(&query)));
        let path = unpercent_text(address.parts.path, |_| true);
        out.add(2, address.with(|parts| parts.path = &path));
        for (at, _) in address.params().iter().enumerate().take(MOST_PARAMS) {
            let one = map_param(address, at, |pair| unpercent_text(pair, |_| true));
            out.add(6, address.with_params(&strs(&one)));
        }
    }
    let bytes = text.as_bytes();
    let mut kinds: Vec<u8> =
        (0..bytes.len()).filter_map(|at| escape_at(bytes, at)).filter(u8::is_ascii).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() > 1 {
        for kind in kinds.into_iter().take(MOST_PARAMS) {
            out.add(6, unpercent_text(text, |byte| byte == kind));
        }
    }
}

const SHARE_FROM: [&str; 3] = ["singlemessage", "timeline", "groupmessage"];

pub(super) fn share_params_missing(address: &Address<'_>, out: &mut Out) {
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
    // An own `from=` may stand before the one that was appended.
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

pub(super) fn share_params_added(address: &Address<'_>, out: &mut Out) {
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

/// Separators and blanks: whoever loses these has lost no part of an address.
fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| "?&=".contains(c) || c.is_whitespace())
}

pub(super) fn cut_at_ampersand(address: &Address<'_>, out: &mut Out) {
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

pub(super) fn scheme_swapped(address: &Address<'_>, out: &mut Out) {
    for (from, to) in
        [("https:", "http:"), ("http:", "https:"), ("https%3A", "http%3A"), ("http%3A", "https%3A")]
    {
        if let Some(rest) = address.text.strip_prefix(from) {
            out.add(0, format!("{to}{rest}"));
        }
    }
}

pub(super) fn scheme_missing(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    let scheme = address.parts.scheme;
    if scheme.is_empty() {
        let rest = text.trim_start_matches(':').trim_start_matches('/');
        for (rank, lead) in (0..).zip(["http://", "https://"]) {
            out.add(rank, format!("{lead}{rest}"));
        }
        if let Some(rest) = text.strip_prefix("https:/").or_else(|| text.strip_prefix("http:/")) {
            let lead = if text.starts_with("https") { "https" } else { "http" };
            out.add(0, format!("{lead}://{}", rest.trim_start_matches('/')));
        }
        return;
    }
    let rest = &text[scheme.len() + 3..];
    out.add(0, rest.to_owned());
    out.add(0, format!("//{rest}"));
    out.add(5, format!("://{rest}"));
    out.add(6, format!("{scheme}:/{rest}"));
    out.add(6, format!("{scheme}:{rest}"));
}

pub(super) fn query_dropped(address: &Address<'_>, out: &mut Out) {
    if address.parts.query.is_some_and(|query| !is_nothing(query)) {
        out.add(0, address.with(|parts| parts.query = None));
        if address.parts.fragment.is_some() {
            out.add(1, address.with(|parts| (parts.query, parts.fragment) = (None, None)));
        }
    }
}

pub(super) fn path_dropped(address: &Address<'_>, out: &mut Out) {
    let path = address.parts.path;
    if !address.has_host || path.len() < 2 || is_nothing(&path[1..]) {
        if address.has_host && address.parts.query.is_some_and(|query| !is_nothing(query)) {
            out.add(2, address.with(|parts| (parts.path, parts.query) = ("", None)));
        }
        return;
    }
    for (rank, left) in (0..).zip(["/", ""]) {
        out.add(rank, address.with(|parts| (parts.path, parts.query, parts.fragment) = (left, None, None)));
        out.add(rank + 2, address.with(|parts| (parts.path, parts.query) = (left, None)));
        out.add(rank + 4, address.with(|parts| parts.path = left));
    }
    let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    for &at in slashes.iter().skip(1).take(MOST_SEGMENTS) {
        let rest = &path[at + 1..];
        if !rest.is_empty() && is_nothing(rest) {
            continue;
        }
        // A context path stripped from the front; a file name left off at the end.
        out.add(6, address.with(|parts| parts.path = &path[at..]));
        out.add(7, address.with(|parts| (parts.path, parts.query) = (&path[..=at], None)));
        out.add(8, address.with(|parts| (parts.path, parts.query) = (&path[..at], None)));
        out.add(9, address.with(|parts| parts.path = &path[..=at]));
    }
    // The path of the address alone, as REQUEST_URI gives it.
    out.add(8, address.with(|parts| (parts.lead, parts.host, parts.port) = ("", "", None)));
}

pub(super) fn bare_host_slash(address: &Address<'_>, out: &mut Out) {
    if address.has_host {
        match address.parts.path {
            "" => out.add(0, address.with(|parts| parts.path = "/")),
            "/" => out.add(0, address.with(|parts| parts.path = "")),
            _ => {}
        }
    }
}

pub(super) fn trailing_slash(address: &Address<'_>, out: &mut Out) {
    let path = address.parts.path;
    if address.has_host && path.len() > 1 {
        if let Some(without) = path.strip_suffix('/') {
            out.add(0, address.with(|parts| parts.path = without));
        } else {
            let with = format!("{path}/");
            out.add(0, address.with(|parts| parts.path = &with));
        }
    }
    if address.parts.query.is_some() || address.parts.fragment.is_some() || !address.has_host {
        match address.text.strip_suffix('/') {
            Some(without) => out.add(4, without.to_owned()),
            None => out.add(4, format!("{}/", address.text)),
        }
    }
}

const PORTS: [&str; 20] = [
    "80", "443", "8080", "8443", "3000", "8000", "8081", "8888", "5000", "9000", "7001", "81", "82", "88",
    "8082", "8090", "9090", "4200", "5173", "8180",
];

pub(super) fn port(address: &Address<'_>, out: &mut Out) {
    if !address.has_host {
        return;
    }
    if address.parts.port.is_some() {
        out.add(0, address.with(|parts| parts.port = None));
    }
    let own = if address.parts.scheme == "https" { "443" } else { "80" };
    let known = address.known.ports.iter().map(String::as_str);
    for (rank, port) in (0..).zip([own].into_iter().chain(known).chain(PORTS)) {
        if address.parts.port != Some(port) {
            let rank = if address.parts.port.is_none() { rank / 3 } else { rank / 3 + 4 };
            out.add(rank, address.with(|parts| parts.port = Some(port)));
        }
    }
}

/// Whether a parameter came from the redirect back from OAuth.
pub(super) fn is_oauth(pair: &str) -> bool {
    pair.starts_with("code=") || pair.starts_with("state=")
}

pub(super) fn oauth_params(address: &Address<'_>, out: &mut Out) {
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

const INDEX_FILES: [&str; 12] = [
    "index.html",
    "index.php",
    "index.htm",
    "index.jsp",
    "index.aspx",
    "index.asp",
    "default.aspx",
    "Default.aspx",
    "default.asp",
    "default.html",
    "index.do",
    "index",
];

pub(super) fn index_file(address: &Address<'_>, out: &mut Out) {
    if !address.has_host {
        return;
    }
    let path = address.parts.path;
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", ""));
    if INDEX_FILES.contains(&file) {
        let with_slash = format!("{folder}/");
        out.add(0, address.with(|parts| parts.path = &with_slash));
        out.add(3, address.with(|parts| parts.path = folder));
    } else {
        let folder = path.strip_suffix('/').unwrap_or(path);
        for (rank, file) in (0..).zip(INDEX_FILES) {
            // A last segment with a dot is a file already.
            let rank = if path.ends_with('/') || path.is_empty() {
                rank / 2
            } else if folder.rsplit('/').next().is_some_and(|last| last.contains('.')) {
                ALONE
            } else {
                rank + 3
            };
            let path = format!("{folder}/{file}");
            out.add(rank, address.with(|parts| parts.path = &path));
        }
    }
    // A rewrite rule hides `index.php` in the middle: /index.php/Home/Index.
    let hidden = "/index.php";
    if let Some(at) = path.find("/index.php/") {
        let path = format!("{}{}", &path[..at], &path[at + hidden.len()..]);
        out.add(2, address.with(|parts| parts.path = &path));
    } else if path.len() > 1 {
        let path = format!("{hidden}{path}");
        out.add(6, address.with(|parts| parts.path = &path));
    }
}

pub(super) fn html_escaped(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    out.add(0, html_unescape(text));
    out.add(2, bare_entities(text));
    for (rank, ampersand) in (0..).zip(["&amp;", "&#38;", "&#038;", "&amp;amp;", "&#x26;"]) {
        out.add(rank, html_escape(text, ampersand, None));
    }
    for quote in ["&#39;", "&#x27;", "&#039;"] {
        out.add(2, html_escape(text, "&amp;", Some(quote)));
    }
    if text.contains("=\"\"") {
        // An element inspector adds `=""` to names it takes for attributes, and lays the text out.
        out.add(4, text.replace("=\"\"", "").split_whitespace().collect());
    }
}

pub(super) fn json_escaped(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    out.add(0, json_unescape(text));
    let plain = Json { slash: false, html: false, equals: false, ascii: false, upper: false };
    let forms = [
        (0, Json { slash: true, ..plain }),
        (0, Json { html: true, ..plain }),
        (1, Json { slash: true, ascii: true, ..plain }),
        (1, Json { ascii: true, ..plain }),
        (2, Json { slash: true, html: true, ..plain }),
        (2, Json { html: true, equals: true, ..plain }),
        (2, Json { html: true, ascii: true, ..plain }),
        (2, Json { html: true, ascii: true, upper: true, ..plain }),
        (3, Json { slash: true, html: true, ascii: true, ..plain }),
        (3, Json { ascii: true, upper: true, ..plain }),
        (4, plain),
    ];
    for (rank, form) in forms {
        out.add(rank, json_escape(text, form));
    }
}

pub(super) fn letter_case(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    out.add(0, text.to_lowercase());
    out.add(3, text.to_uppercase());
    for upper in [false, true] {
        let rank = u16::from(upper);
        let change = |part: &str| if upper { part.to_ascii_uppercase() } else { part.to_ascii_lowercase() };
        if address.has_host {
            let (host, path, lead) =
                (change(address.parts.host), change(address.parts.path), change(address.lead));
            out.add(rank, address.with(|parts| parts.host = &host));
            out.add(rank + 1, address.with(|parts| parts.path = &path));
            out.add(rank + 2, address.with(|parts| (parts.host, parts.path) = (&host, &path)));
            out.add(rank + 4, address.with(|parts| parts.lead = &lead));
            out.add(rank + 5, address.with(|parts| (parts.lead, parts.host) = (&lead, &host)));
        }
        if let Some(query) = address.parts.query {
            let query = change(query);
            out.add(rank + 4, address.with(|parts| parts.query = Some(&query)));
        }
    }
    if text.contains('%') {
        out.add(1, recase_escapes(text, false));
        out.add(1, recase_escapes(text, true));
    }
    if address.has_host {
        let mut chars = address.parts.host.chars();
        if let Some(first) = chars.next() {
            let host = format!("{}{}", first.to_ascii_uppercase(), chars.as_str());
            out.add(6, address.with(|parts| parts.host = &host));
        }
        // Routing that ignores case: /Home/Index.
        let path: Vec<String> = address.parts.path.split('/').map(capitalised).collect();
        let path = path.join("/");
        out.add(6, address.with(|parts| parts.path = &path));
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), chars.as_str()))
}

pub(super) fn www(address: &Address<'_>, out: &mut Out) {
    if !address.has_host {
        return;
    }
    let host = address.parts.host;
    if let Some(bare) = host.strip_prefix("www.") {
        out.add(0, address.with(|parts| parts.host = bare));
        let mobile = format!("m.{bare}");
        out.add(5, address.with(|parts| parts.host = &mobile));
    } else {
        let with = format!("www.{host}");
        out.add(0, address.with(|parts| parts.host = &with));
        if let Some(bare) = host.strip_prefix("m.") {
            let with = format!("www.{bare}");
            out.add(5, address.with(|parts| parts.host = &with));
            out.add(5, address.with(|parts| parts.host = bare));
        }
    }
}

pub(super) fn dangling_separator(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    for (rank, end) in (0..).zip(["&", "?", "?&", "&&", "=", "&=", "//", "??", "/?", "&?"]) {
        out.add(rank, format!("{text}{end}"));
        if let Some(without) = text.strip_suffix(end) {
            out.add(rank, without.to_owned());
        }
    }
    let trimmed = text.trim_end_matches(['?', '&', '=']);
    out.add(1, trimmed.to_owned());
    if let Some(query) = address.parts.query {
        for (rank, lead) in (1..).zip(["&", "?"]) {
            let with = format!("{lead}{query}");
            out.add(rank, address.with(|parts| parts.query = Some(&with)));
            if let Some(without) = query.strip_prefix(lead) {
                out.add(rank, address.with(|parts| parts.query = Some(without)));
            }
        }
        let end = format!("{query}&");
        out.add(1, address.with(|parts| parts.query = Some(&end)));
        out.add(2, text.replace("&&", "&"));
        for (at, _) in query.match_indices('&').take(MOST_PARAMS) {
            let doubled = format!("{}&{}", &query[..at], &query[at..]);
            out.add(3, address.with(|parts| parts.query = Some(&doubled)));
        }
        // `a` and `a=` are one to a framework.
        let bare: Vec<&str> =
            address.params().into_iter().map(|pair| pair.strip_suffix('=').unwrap_or(pair)).collect();
        out.add(4, address.with_params(&bare));
        let valued: Vec<String> = address
            .params()
            .into_iter()
            .map(
                |pair| {
                    if pair.is_empty() || pair.contains('=') { pair.to_owned() } else { format!("{pair}=") }
                },
            )
            .collect();
        out.add(4, address.with_params(&strs(&valued)));
        let full: Vec<&str> = address.params().into_iter().filter(|pair| !pair.is_empty()).collect();
        out.add(3, address.with_params(&full));
        // A query without its `?`, or with `&` in its place.
        out.add(6, text.replacen('?', "&", 1));
        out.add(8, text.replacen('?', "", 1));
    } else if let Some((before, after)) = text.split_once('&') {
        out.add(6, format!("{before}?{after}"));
    }
    if address.has_host {
        let path = address.parts.path;
        if path.contains("//") {
            let mut single = path.to_owned();
            while single.contains("//") {
                single = single.replace("//", "/");
            }
            out.add(0, address.with(|parts| parts.path = &single));
        }
        for (at, _) in path.match_indices('/').take(MOST_SEGMENTS) {
            let doubled = format!("{}/{}", &path[..at], &path[at..]);
            out.add(2, address.with(|parts| parts.path = &doubled));
        }
    }
}

pub(super) fn plus_space(address: &Address<'_>, out: &mut Out) {
    for (rank, from, to) in [
        (0, "+", " "),
        (0, "+", "%20"),
        (1, "+", "%2B"),
        (2, "+", ""),
        (1, "%20", "+"),
        (1, "%20", " "),
        (3, "%20", ""),
        (1, "%2B", "+"),
        (1, "%2B", " "),
        (2, "%2B", "%20"),
        (1, "%2b", "+"),
        (1, "%2b", " "),
        (0, " ", "+"),
        (0, " ", "%20"),
        (3, " ", ""),
    ] {
        if address.text.contains(from) {
            out.add(rank, address.text.replace(from, to));
            if let Some(query) = address.parts.query {
                let query = query.replace(from, to);
                out.add(rank + 1, address.with(|parts| parts.query = Some(&query)));
            }
        }
    }
}

pub(super) fn charset(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    if text.is_ascii() && !text.contains('%') {
        return;
    }
    let kept = |byte: u8| byte.is_ascii_graphic();
    let gbk = |text: &str| GBK.encode(text).0.into_owned();
    // The escapes beyond ASCII as text: UTF-8, or else GBK.
    let bytes = unpercent(text, |byte| !byte.is_ascii());
    let utf8 = String::from_utf8(bytes.clone()).ok();
    if let Some(plain) = utf8.as_deref().filter(|plain| !plain.is_ascii()) {
        let encoded = gbk(plain);
        for lower in [false, true] {
            out.add(u16::from(lower), percent_bytes(&encoded, kept, false, lower));
        }
        // Escapes of everything, ASCII included, as an encoder in the wrong charset would write.
        let whole = unpercent_text(text, |_| true);
        if let Some((before, _)) = whole.split_once('?') {
            let query = map_values(address, |value| {
                let plain = unpercent_text(value, |_| true);
                percent_bytes(
                    &gbk(&plain),
                    |byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte),
                    true,
                    false,
                )
            });
            let path = percent_bytes(&gbk(before), kept, false, false);
            out.add(2, format!("{path}?{}", query.join("&")));
        }
        // Read as Latin-1 or as GBK, although it was UTF-8.
        let latin: String = plain.bytes().map(char::from).collect();
        let misread = GBK.decode_without_bom_handling(plain.as_bytes()).0.into_owned();
        let lost = |with: &str| {
            plain
                .chars()
                .map(|c| if c.is_ascii() { c.to_string() } else { with.to_owned() })
                .collect::<String>()
        };
        out.add(3, percent(&latin, BROWSER, false));
        out.add(4, percent(&latin, BROWSER, true));
        out.add(3, latin);
        out.add(4, percent(&misread, BROWSER, false));
        out.add(3, misread);
        out.add(3, lost("?"));
        out.add(5, lost("%3F"));
        out.add(6, lost("\u{fffd}"));
        out.add(6, lost("%EF%BF%BD"));
        // JavaScript's escape().
        let escaped: String = plain
            .encode_utf16()
            .map(|unit| match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                Ok(byte) => format!("%{byte:02X}"),
                Err(_) => format!("%u{unit:04X}"),
            })
            .collect();
        out.add(3, escaped);
    } else if utf8.is_none() {
        let (plain, _, bad) = GBK.decode(&bytes);
        if !bad {
            for lower in [false, true] {
                out.add(u16::from(lower), percent(&plain, BROWSER, lower));
            }
            out.add(1, plain.into_owned());
        }
    }
}

const PLACEHOLDERS: [&str; 34] = [
    "undefined",
    "null",
    "",
    "None",
    "test",
    "url",
    "URL",
    "location.href.split('#')[0]",
    "location.href",
    "window.location.href",
    "window.location.href.split('#')[0]",
    "encodeURIComponent(location.href.split('#')[0])",
    "location.href.split(\"#\")[0]",
    "window.location",
    "[object Object]",
    "[object Location]",
    "${url}",
    "{{url}}",
    "{url}",
    "$url",
    "<url>",
    "nil",
    "false",
    "about:blank",
    "/",
    "http://",
    "https://",
    "http://localhost",
    "http://localhost/",
    "http://localhost:8080/",
    "http://127.0.0.1",
    "http://example.com",
    "http://mp.weixin.qq.com?params=value",
    "http://mp.weixin.qq.com",
];

pub(super) fn placeholder(_: &Address<'_>, out: &mut Out) {
    for (rank, text) in (0..).zip(PLACEHOLDERS) {
        out.add(rank / 3, text.to_owned());
    }
}

pub(super) fn param_order(address: &Address<'_>, out: &mut Out) {
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

/// Every order of `count` things, in lexicographic order.
pub(in crate::diagnosis::mistake) fn permutations(count: usize, visit: &mut impl FnMut(&[usize])) {
    let mut order: Vec<usize> = (0..count).collect();
    loop {
        visit(&order);
        let Some(at) = (1..count).rev().find(|&at| order[at - 1] < order[at]) else { return };
        let next = (at..count).rev().find(|&next| order[next] > order[at - 1]).unwrap_or(at);
        order.swap(at - 1, next);
        order[at..].reverse();
    }
}

pub(super) fn param_missing(address: &Address<'_>, out: &mut Out) {
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

pub(super) fn whitespace(address: &Address<'_>, out: &mut Out) {
    with_blanks(address.text, out);
    for (rank, end) in (6..).zip(["%20", "%0A", "%0D%0A"]) {
        out.add(rank, format!("{}{end}", address.text));
        if let Some(without) = address.text.strip_suffix(end) {
            out.add(rank, without.to_owned());
        }
    }
    let mut quoted = Variants::new();
    in_quotes(address.text, &mut quoted);
    for (rank, text) in quoted.drain() {
        out.add(rank + 3, text);
    }
    for end in [";", ",", ")"] {
        out.add(8, format!("{}{end}", address.text));
    }
}

pub(super) fn other_url(address: &Address<'_>, out: &mut Out) {
    for url in &address.known.urls {
        out.add(0, url.clone());
        // The path may be right and only the host another one.
        let other = Address::new(url, address.known);
        if address.has_host && other.has_host {
            let lead = other.lead;
            out.add(4, address.with(|parts| (parts.host, parts.port) = (other.parts.host, other.parts.port)));
            out.add(
                5,
                address.with(|parts| {
                    (parts.lead, parts.host, parts.port) = (lead, other.parts.host, other.parts.port);
                }),
            );
            out.add(6, address.with(|parts| parts.path = other.parts.path));
            out.add(6, address.with(|parts| parts.query = other.parts.query));
        }
    }
}

/// Each parameter with its value changed.
fn map_values(address: &Address<'_>, change: impl Fn(&str) -> String) -> Vec<String> {
    address
        .params()
        .into_iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", change(value)),
            None => pair.to_owned(),
        })
        .collect()
}

/// The parameters with one of them changed.
fn map_param(address: &Address<'_>, nth: usize, change: impl Fn(&str) -> String) -> Vec<String> {
    let change = |(at, pair): (usize, &str)| if at == nth { change(pair) } else { pair.to_owned() };
    address.params().into_iter().enumerate().map(change).collect()
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
