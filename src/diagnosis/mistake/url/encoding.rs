//! Mistakes of the url's encoding: percent, HTML, JSON, charset, `+` and space.
//!
//! In: an [`Address`]. Out: the addresses that a mistake makes of it. Each entry is beside its function.

use encoding_rs::GBK;

use super::super::encode::{
    BROWSER, COMPONENT, Json, QUOTE, URI, bare_entities, component_styles, escape_at, html_escape,
    html_unescape, json_escape, json_unescape, percent, percent_bytes, recase_escapes, unpercent,
    unpercent_text,
};
use super::{Address, Change, Entry, Field, Likelihood, MOST_PARAMS, Variants, map_param, map_values, strs};
use crate::lang::Text;

type Out = Variants<String>;

pub(super) const URL_PERCENT_ENCODED: Entry = Entry {
    id: "url-percent-encoded",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 0,
    changes: &[Change::Url(percent_encoded)],
    title: Text { zh: "签名的是百分号编码过的地址", en: "a percent-encoded url was signed" },
    cause: Text {
        zh: "地址被百分号编码后才签名，多半是前端 encodeURIComponent 传来，后端没有解码",
        en: "the address was percent-encoded when it was signed: usually the page sends it through encodeURIComponent and the server never decodes it",
    },
    fix: Text {
        zh: "编码只用于传参：后端收到后解码一次，用原文签名",
        en: "the encoding is for transport only: decode it once on the server and sign the raw text",
    },
};

/// Adds an encoding, and the same with lower-case hex digits.
fn add_recased(out: &mut Out, rank: u16, encoded: String) {
    let lower = recase_escapes(&encoded, false);
    if lower != encoded {
        out.add(rank + 3, lower);
    }
    out.add(rank, encoded);
}

fn percent_encoded(address: &Address<'_>, out: &mut Out) {
    let text = address.text;
    let mut add = |rank: u16, encoded: String| {
        // If nothing was encoded, other letters in the escapes are a matter of case.
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

pub(super) const URL_PERCENT_ENCODED_TWICE: Entry = Entry {
    id: "url-percent-encoded-twice",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 4,
    changes: &[Change::Url(percent_encoded_twice)],
    title: Text { zh: "签名的地址被重复编码", en: "the url was encoded twice when it was signed" },
    cause: Text {
        zh: "地址被重复编码后才签名，`%` 变成了 `%25`：前端编码了两次，或请求库又自动编码了一次",
        en: "the address was encoded once more than it should be when it was signed (`%` became `%25`): the page encoded it twice, or the request library did it again",
    },
    fix: Text {
        zh: "交给请求库的参数不要先自己编码；后端用解码后的原文签名",
        en: "do not encode a parameter that the request library encodes; sign the decoded text on the server",
    },
};

fn percent_encoded_twice(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_PERCENT_DECODED: Entry = Entry {
    id: "url-percent-decoded",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 0,
    changes: &[Change::Url(percent_decoded)],
    title: Text { zh: "签名的是解码过的地址", en: "a decoded url was signed" },
    cause: Text {
        zh: "签名用的是解码过的地址，而页面地址里是 `%XX`：框架取参数时已解码一次，代码又解了一次，或直接用了解码后的地址",
        en: "a decoded address was signed while the page's has `%XX` escapes: the framework decodes parameters already and the code did it again, or took a decoded address",
    },
    fix: Text {
        zh: "按 location.href 的原样签名，其中的 `%XX` 一个也不要解",
        en: "sign location.href as it is and decode none of its `%XX`",
    },
};

fn percent_decoded(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_HTML_ESCAPED: Entry = Entry {
    id: "url-html-escaped",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 0,
    changes: &[Change::Url(html_escaped), Change::Layout(super::super::string1::html_escaped)],
    title: Text { zh: "& 与 &amp; 弄混了", en: "& and &amp; are mixed up" },
    cause: Text {
        zh: "`&` 和 `&amp;` 弄混了：地址经过 HTML 模板转义，或从网页源码里复制",
        en: "`&` and `&amp;` are mixed up: an HTML template escaped the address, or it was copied from page source",
    },
    fix: Text {
        zh: "签名用未转义的地址；模板里输出地址时关掉转义，或用 JSON 传给脚本",
        en: "sign the unescaped address; in a template, print it unescaped or pass it to the script as JSON",
    },
};

fn html_escaped(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_JSON_ESCAPED: Entry = Entry {
    id: "url-json-escaped",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: 0,
    changes: &[Change::Url(json_escaped), Change::Layout(super::super::string1::json_escaped)],
    title: Text { zh: "JSON 转义没有还原", en: "JSON escapes were not undone" },
    cause: Text {
        zh: "地址里的 `\\/`、`\\u0026` 等 JSON 转义没有还原，或多还原了一次",
        en: "JSON escapes such as `\\/` or `\\u0026` were not undone, or undone once too often",
    },
    fix: Text {
        zh: "用 JSON 解析器取值，不要从 JSON 文本里截取",
        en: "read the value with a JSON parser instead of cutting it out of the text",
    },
};

fn json_escaped(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_CHARSET: Entry = Entry {
    id: "url-charset",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 6,
    changes: &[Change::Url(charset)],
    title: Text { zh: "地址按别的字符集处理了", en: "the url was handled in another charset" },
    cause: Text {
        zh: "地址里的中文按另一种字符集处理了（GBK、Latin-1 等），而页面地址是 UTF-8",
        en: "the Chinese in the address was handled in another charset (GBK, Latin-1 …) while the page's address is UTF-8",
    },
    fix: Text {
        zh: "取参、编码、计算都指定 UTF-8，例如 Tomcat 的 URIEncoding=\"UTF-8\"",
        en: "name UTF-8 wherever the address is read, encoded or hashed, such as URIEncoding=\"UTF-8\" in Tomcat",
    },
};

fn charset(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_PLUS_SPACE: Entry = Entry {
    id: "url-plus-space",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: -2,
    changes: &[Change::Url(plus_space)],
    title: Text { zh: "+、空格与 %20 弄混了", en: "+, space and %20 are mixed up" },
    cause: Text {
        zh: "`+`、空格和 `%20` 弄混了：表单解码会把 `+` 变成空格",
        en: "`+`, a space and `%20` are mixed up: form decoding turns `+` into a space",
    },
    fix: Text {
        zh: "传给签名接口时用 encodeURIComponent（`+` 变成 `%2B`），后端只解码一次",
        en: "send it with encodeURIComponent, which makes `%2B` of `+`, and decode once on the server",
    },
};

fn plus_space(address: &Address<'_>, out: &mut Out) {
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
