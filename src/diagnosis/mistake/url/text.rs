//! Mistakes of the url as a text: its fragment, whitespace, separators, letter case, placeholders.
//!
//! In: an [`Address`]. Out: the addresses that a mistake makes of it.

use super::super::encode::recase_escapes;
use super::super::value::{in_quotes, with_space};
use super::{Address, Change, Entry, Field, Likelihood, MOST_PARAMS, MOST_SEGMENTS, Variants, strs};
use crate::lang::Text;

type Out = Variants<String>;

pub(super) const URL_FRAGMENT: Entry = Entry {
    id: "url-fragment",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 0,
    changes: &[Change::Url(fragment)],
    title: Text {
        zh: "签名的地址带着 # 及其后的部分", en: "the signed url still has its #fragment"
    },
    cause: Text {
        zh: "签名的地址带着 `#` 和它后面的内容；参与签名的只到 `#` 之前",
        en: "the signed address still has its `#…`; only what is before `#` is signed",
    },
    fix: Text {
        zh: "签名前用 location.href.split('#')[0] 去掉 `#` 之后的部分",
        en: "cut it off before signing: location.href.split('#')[0]",
    },
};

fn fragment(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_WHITESPACE: Entry = Entry {
    id: "url-whitespace",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: 0,
    changes: &[Change::Url(whitespace)],
    title: Text { zh: "地址前后有多余的空白或引号", en: "whitespace or quotes around the url" },
    cause: Text {
        zh: "地址前后（或中间）的空格、换行、BOM 或引号一边有、一边没有",
        en: "a space, line break, byte order mark or quote around (or inside) the address is there on one side only",
    },
    fix: Text {
        zh: "签名前去掉首尾的空白和引号，注意从文件或配置读出的值末尾常有换行",
        en: "strip whitespace and quotes before signing; a value read from a file often ends in a line break",
    },
};

fn whitespace(address: &Address<'_>, out: &mut Out) {
    with_space(address.text, out);
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

pub(super) const URL_DANGLING_SEPARATOR: Entry = Entry {
    id: "url-dangling-separator",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: -2,
    changes: &[Change::Url(dangling_separator)],
    title: Text { zh: "地址里多了或少了 ?、&、= 或 //", en: "a stray ?, &, = or // in the url" },
    cause: Text {
        zh: "地址里多了或少了拼接留下的 `?`、`&`、`=` 或 `//`",
        en: "a `?`, `&`, `=` or `//` left over from string concatenation is there on one side only",
    },
    fix: Text {
        zh: "照 location.href 签，不要自己拼地址",
        en: "sign location.href as it is instead of putting the address together",
    },
};

fn dangling_separator(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_CASE: Entry = Entry {
    id: "url-case",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: 0,
    changes: &[Change::Url(letter_case)],
    title: Text { zh: "地址的大小写不同", en: "the letter case of the url differs" },
    cause: Text {
        zh: "地址的大小写不同：签名按字节计算，`%2c` 和 `%2C` 也算不同",
        en: "the letter case of the address differs: a signature is made of bytes, and even `%2c` is not `%2C`",
    },
    fix: Text {
        zh: "照 location.href 签，不要转换大小写",
        en: "sign location.href as it is, without changing its case",
    },
};

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), chars.as_str()))
}

fn letter_case(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_PLACEHOLDER: Entry = Entry {
    id: "url-placeholder",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: 0,
    changes: &[Change::Url(placeholder)],
    title: Text {
        zh: "签名的不是地址，是占位符", en: "a placeholder was signed instead of the url"
    },
    cause: Text {
        zh: "签名的不是地址，而是占位符、变量名或空值：地址没有传到签名接口",
        en: "what was signed is not an address but a placeholder, a variable's name or nothing: the address never reached the signing API",
    },
    fix: Text {
        zh: "打印签名接口收到的 url，再看页面是怎么传的、参数名对不对",
        en: "print the url that the signing API receives, then look at how the page sends it and under which name",
    },
};

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

fn placeholder(_: &Address<'_>, out: &mut Out) {
    for (rank, text) in (0..).zip(PLACEHOLDERS) {
        out.add(rank / 3, text.to_owned());
    }
}
