//! The mistakes of the url: what stands in the entry, and how each changes an address.
//!
//! In: an address, which another mistake may have changed already. Out: the addresses a mistake makes
//! of it. Most mistakes happen in both directions, since either the text that was signed or the text
//! that was given can be the damaged one.

mod change;

pub(super) use change::permutations;

use super::{Change, Entry, Field};
use crate::diagnosis::case::Case;
use crate::diagnosis::url_part::Parts;
use crate::lang::Text;
use crate::signature::without_fragment;

/// What the evidence shows besides the url itself.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Fragments, without `#`.
    fragments: Vec<String>,
    /// Other urls, without fragment.
    urls: Vec<String>,
    /// `code=…&state=…` of redirects back from OAuth.
    oauth: Vec<String>,
    /// Ports.
    ports: Vec<String>,
}

/// Evidence beyond this many urls says nothing more, and multiplies the work.
const MOST_URLS: usize = 16;

impl Known {
    /// Gathers it from a case.
    pub(crate) fn of(case: &Case<'_>) -> Self {
        let mut known = Self::default();
        let own = case.fields.url.as_str();
        let mut urls = vec![own];
        urls.extend(case.page_urls.iter().chain(case.urls).map(String::as_str));
        urls.dedup();
        urls.truncate(MOST_URLS);
        for url in urls {
            let parts = Parts::of(url);
            push_new(&mut known.fragments, parts.fragment);
            push_new(&mut known.ports, parts.port.filter(|port| !port.is_empty()));
            if url != own {
                push_new(&mut known.urls, Some(without_fragment(url)));
                let pairs = parts.query.unwrap_or_default().split('&');
                let oauth: Vec<&str> = pairs.filter(|pair| change::is_oauth(pair)).collect();
                push_new(&mut known.oauth, Some(oauth.join("&").as_str()).filter(|text| !text.is_empty()));
            }
        }
        known
    }
}

fn push_new(list: &mut Vec<String>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !list.iter().any(|one| one == text)) {
        list.push(text.to_owned());
    }
}

/// An address taken apart, with what the evidence knows.
pub(crate) struct Address<'a> {
    text: &'a str,
    known: &'a Known,
    parts: Parts<'a>,
    /// What stands before the host: `https://`, `//`, nothing, with a user where there is one.
    lead: &'a str,
    /// Whether it has a host at all: text that was encoded or cut may have none.
    has_host: bool,
}

impl<'a> Address<'a> {
    /// Takes a text apart.
    pub(crate) fn new(text: &'a str, known: &'a Known) -> Self {
        let parts = Parts::of(text);
        // The host is a part of the text, so its place tells what stands before it.
        let lead = &text[..parts.host.as_ptr() as usize - text.as_ptr() as usize];
        let plain = parts.host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_[]".contains(&byte));
        let has_host = !parts.host.is_empty() && plain && (!lead.is_empty() || parts.host.contains('.'));
        Self { text, known, parts, lead, has_host }
    }

    /// The address with some parts replaced.
    fn with<'b>(&self, edit: impl FnOnce(&mut Edited<'b>)) -> String
    where
        'a: 'b,
    {
        let mut edited = Edited {
            lead: self.lead,
            host: self.parts.host,
            port: self.parts.port,
            path: self.parts.path,
            query: self.parts.query,
            fragment: self.parts.fragment,
        };
        edit(&mut edited);
        let mut out = String::with_capacity(self.text.len() + 48);
        out.push_str(edited.lead);
        out.push_str(edited.host);
        for (mark, part) in
            [(':', edited.port), ('\0', Some(edited.path)), ('?', edited.query), ('#', edited.fragment)]
        {
            if let Some(part) = part {
                if mark != '\0' {
                    out.push(mark);
                }
                out.push_str(part);
            }
        }
        out
    }

    /// The address with these parameters, without `?` where there are none.
    fn with_params(&self, params: &[&str]) -> String {
        let query = params.join("&");
        self.with(|parts| parts.query = (!params.is_empty()).then_some(&query))
    }

    /// The parameters as written, `name=value` each.
    fn params(&self) -> Vec<&'a str> {
        self.parts.query.map_or_else(Vec::new, |query| query.split('&').collect())
    }
}

struct Edited<'a> {
    lead: &'a str,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

const OFTEN: u16 = 10;
const SOMETIMES: u16 = 20;
const RARELY: u16 = 30;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "url-fragment",
        field: Field::Url,
        rank: OFTEN,
        changes: &[Change::Url(change::fragment)],
        message: Text {
            zh: "签名的地址带着 `#` 和它后面的内容；参与签名的只到 `#` 之前",
            en: "the signed address still has its `#…`; only what stands before `#` is signed",
        },
        fix: Text {
            zh: "签名前用 location.href.split('#')[0] 去掉 `#` 之后的部分",
            en: "cut it off before signing: location.href.split('#')[0]",
        },
    },
    Entry {
        id: "url-percent-encoded",
        field: Field::Url,
        rank: OFTEN,
        changes: &[Change::Url(change::percent_encoded)],
        message: Text {
            zh: "地址被百分号编码后才签名，多半是前端 encodeURIComponent 传来，后端没有解码",
            en: "the address was percent-encoded when it was signed: usually the page sends it through encodeURIComponent and the server never decodes it",
        },
        fix: Text {
            zh: "编码只用于传参：后端收到后解码一次，用原文签名",
            en: "the encoding is for transport only: decode it once on the server and sign the raw text",
        },
    },
    Entry {
        id: "url-percent-encoded-twice",
        field: Field::Url,
        rank: OFTEN + 4,
        changes: &[Change::Url(change::percent_encoded_twice)],
        message: Text {
            zh: "地址被重复编码后才签名，`%` 变成了 `%25`：前端编码了两次，或请求库又自动编码了一次",
            en: "the address was encoded once more than it should be when it was signed (`%` became `%25`): the page encoded it twice, or the request library did it again",
        },
        fix: Text {
            zh: "交给请求库的参数不要先自己编码；后端用解码后的原文签名",
            en: "do not encode a parameter that the request library encodes; sign the decoded text on the server",
        },
    },
    Entry {
        id: "url-percent-decoded",
        field: Field::Url,
        rank: OFTEN,
        changes: &[Change::Url(change::percent_decoded)],
        message: Text {
            zh: "签名用的是解码过的地址，而页面地址里是 `%XX`：框架取参数时已解码一次，代码又解了一次，或直接用了解码后的地址",
            en: "a decoded address was signed while the page's has `%XX` escapes: the framework decodes parameters already and the code did it again, or took a decoded address",
        },
        fix: Text {
            zh: "按 location.href 的原样签名，其中的 `%XX` 一个也不要解",
            en: "sign location.href as it is and decode none of its `%XX`",
        },
    },
    Entry {
        id: "url-share-params-missing",
        field: Field::Url,
        rank: OFTEN - 1,
        changes: &[Change::Url(change::share_params_missing)],
        message: Text {
            zh: "签名的地址缺少微信分享时追加的参数（from、isappinstalled）：第一次打开正常，分享出去的链接就失败",
            en: "the signed address lacks the parameters that WeChat adds to a shared link (from, isappinstalled): the first opening works, the shared link fails",
        },
        fix: Text {
            zh: "每次打开都取当时的 location.href 签名，不要用写死或缓存的地址",
            en: "sign location.href as it is on every opening, never a fixed or cached address",
        },
    },
    Entry {
        id: "url-share-params-added",
        field: Field::Url,
        rank: OFTEN + 3,
        changes: &[Change::Url(change::share_params_added)],
        message: Text {
            zh: "签名的地址比给出的多了微信分享参数（from、isappinstalled）",
            en: "the signed address has share parameters (from, isappinstalled) that the given one lacks",
        },
        fix: Text {
            zh: "签名的地址和页面当时的 location.href 必须是同一个：页面若已去掉这些参数，要重新取地址签名",
            en: "sign the very location.href of the page; if it has dropped these parameters, take the address anew",
        },
    },
    Entry {
        id: "url-cut-at-ampersand",
        field: Field::Url,
        rank: OFTEN,
        changes: &[Change::Url(change::cut_at_ampersand)],
        message: Text {
            zh: "签名的地址在 `&` 处断了：没有编码就拼进签名接口的查询串，`&` 之后成了接口自己的参数",
            en: "the signed address ends at an `&`: it was put into the signing API's query un-encoded, so the rest became parameters of that request",
        },
        fix: Text {
            zh: "传给签名接口时用 encodeURIComponent(location.href.split('#')[0])",
            en: "send it to the signing API as encodeURIComponent(location.href.split('#')[0])",
        },
    },
    Entry {
        id: "url-scheme-swapped",
        field: Field::Url,
        rank: OFTEN,
        changes: &[Change::Url(change::scheme_swapped)],
        message: Text {
            zh: "http 和 https 弄反了：多半是 TLS 在反向代理处结束，服务器只看到 http",
            en: "http and https are swapped: usually TLS ends at a proxy and the server sees only http",
        },
        fix: Text {
            zh: "由页面把 location.href 传来签名，或让服务器按 X-Forwarded-Proto 拼地址",
            en: "let the page send location.href, or make the server honour X-Forwarded-Proto",
        },
    },
    Entry {
        id: "url-scheme-missing",
        field: Field::Url,
        rank: SOMETIMES,
        changes: &[Change::Url(change::scheme_missing)],
        message: Text {
            zh: "签名的地址和给出的地址中，有一个没有 `http(s)://`",
            en: "one of the two addresses, signed or given, lacks its `http(s)://`",
        },
        fix: Text {
            zh: "签名要用带协议的完整地址：location.href.split('#')[0]",
            en: "sign the whole address with its scheme: location.href.split('#')[0]",
        },
    },
    Entry {
        id: "url-query-dropped",
        field: Field::Url,
        rank: OFTEN + 5,
        changes: &[Change::Url(change::query_dropped)],
        message: Text {
            zh: "签名的地址没有查询串：`?` 之后的部分也要签",
            en: "the signed address has no query: everything from `?` on is signed too",
        },
        fix: Text {
            zh: "不要用 location.origin + location.pathname 拼地址，用 location.href.split('#')[0]",
            en: "use location.href.split('#')[0], not location.origin + location.pathname",
        },
    },
    Entry {
        id: "url-path-dropped",
        field: Field::Url,
        rank: SOMETIMES,
        changes: &[Change::Url(change::path_dropped)],
        message: Text {
            zh: "签名的地址缺少路径或路径的一部分：只签了域名，或网关去掉了前缀",
            en: "the signed address lacks its path or a part of it: only the host was signed, or a gateway strips a prefix",
        },
        fix: Text {
            zh: "签当前页面的完整地址：location.href.split('#')[0]",
            en: "sign the page's whole address: location.href.split('#')[0]",
        },
    },
    Entry {
        id: "url-bare-host-slash",
        field: Field::Url,
        rank: SOMETIMES - 2,
        changes: &[Change::Url(change::bare_host_slash)],
        message: Text {
            zh: "域名后面的 `/` 一边有、一边没有：浏览器的地址里总有它",
            en: "the `/` after the host is there on one side only: the browser's address always has it",
        },
        fix: Text {
            zh: "签 location.href 给出的写法，裸域名也带 `/`",
            en: "sign what location.href says; a bare host has its `/` there",
        },
    },
    Entry {
        id: "url-trailing-slash",
        field: Field::Url,
        rank: SOMETIMES,
        changes: &[Change::Url(change::trailing_slash)],
        message: Text {
            zh: "末尾的 `/` 一边有、一边没有：服务器跳转或代码拼接时加减了它",
            en: "a `/` at the end is there on one side only: a redirect or the code added or dropped it",
        },
        fix: Text {
            zh: "签跳转之后地址栏里的写法，不要自己增删 `/`",
            en: "sign what the address bar shows after redirects, and neither add nor drop a slash",
        },
    },
    Entry {
        id: "url-port",
        field: Field::Url,
        rank: SOMETIMES,
        changes: &[Change::Url(change::port)],
        message: Text {
            zh: "端口不同：代理去掉了端口，或服务器自己补上了 `:80`、`:443` 之类",
            en: "the port differs: a proxy drops it, or the server adds `:80`, `:443` or its own",
        },
        fix: Text {
            zh: "端口按页面的 location.href 写：那里没有，签名里也没有",
            en: "write the port as location.href does: not there, not signed",
        },
    },
    Entry {
        id: "url-oauth-params",
        field: Field::Url,
        rank: OFTEN - 4,
        changes: &[Change::Url(change::oauth_params)],
        message: Text {
            zh: "网页授权的 code、state 一边有、一边没有：跳转回来之前签的，或路由把它们去掉了",
            en: "the OAuth parameters code and state are there on one side only: signed before the redirect came back, or a router removed them",
        },
        fix: Text {
            zh: "在最终停留的页面上取 location.href 签名：code、state 还在就一起签",
            en: "sign location.href of the page where the user ends up: while code and state are in it, they are signed",
        },
    },
    Entry {
        id: "url-index-file",
        field: Field::Url,
        rank: SOMETIMES,
        changes: &[Change::Url(change::index_file)],
        message: Text {
            zh: "一边是目录，一边是它的首页文件（index.html、index.php、default.aspx 等）",
            en: "one side names the folder, the other its index file (index.html, index.php, default.aspx …)",
        },
        fix: Text {
            zh: "签地址栏里的写法，服务器内部改写过的路径不算",
            en: "sign what the address bar shows, not the path the server rewrites it to",
        },
    },
    Entry {
        id: "url-html-escaped",
        field: Field::Url,
        rank: OFTEN,
        changes: &[Change::Url(change::html_escaped), Change::Layout(super::layout::html_escaped)],
        message: Text {
            zh: "`&` 和 `&amp;` 弄混了：地址经过 HTML 模板转义，或从网页源码里复制",
            en: "`&` and `&amp;` are mixed up: an HTML template escaped the address, or it was copied from page source",
        },
        fix: Text {
            zh: "签名用未转义的地址；模板里输出地址时关掉转义，或用 JSON 传给脚本",
            en: "sign the unescaped address; in a template, print it unescaped or hand it to the script as JSON",
        },
    },
    Entry {
        id: "url-json-escaped",
        field: Field::Url,
        rank: RARELY,
        changes: &[Change::Url(change::json_escaped), Change::Layout(super::layout::json_escaped)],
        message: Text {
            zh: "地址里的 `\\/`、`\\u0026` 等 JSON 转义没有还原，或多还原了一次",
            en: "JSON escapes such as `\\/` or `\\u0026` were not undone, or undone once too often",
        },
        fix: Text {
            zh: "用 JSON 解析器取值，不要从 JSON 文本里截取",
            en: "read the value with a JSON parser instead of cutting it out of the text",
        },
    },
    Entry {
        id: "url-case",
        field: Field::Url,
        rank: RARELY,
        changes: &[Change::Url(change::letter_case)],
        message: Text {
            zh: "地址的大小写不同：签名按字节计算，`%2c` 和 `%2C` 也算不同",
            en: "the letter case of the address differs: a signature is made of bytes, and even `%2c` is not `%2C`",
        },
        fix: Text {
            zh: "照 location.href 签，不要转换大小写",
            en: "sign location.href as it is, without changing its case",
        },
    },
    Entry {
        id: "url-www",
        field: Field::Url,
        rank: RARELY - 2,
        changes: &[Change::Url(change::www)],
        message: Text {
            zh: "域名前的 `www.` 一边有、一边没有", en: "the host has `www.` on one side only"
        },
        fix: Text {
            zh: "签手机上真正打开的域名；两个域名都要登记，或统一跳转到一个",
            en: "sign the host the phone really opened; register both, or redirect to one",
        },
    },
    Entry {
        id: "url-dangling-separator",
        field: Field::Url,
        rank: RARELY - 2,
        changes: &[Change::Url(change::dangling_separator)],
        message: Text {
            zh: "地址里多了或少了拼接留下的 `?`、`&`、`=` 或 `//`",
            en: "a `?`, `&`, `=` or `//` left over from string concatenation is there on one side only",
        },
        fix: Text {
            zh: "照 location.href 签，不要自己拼地址",
            en: "sign location.href as it is instead of putting the address together",
        },
    },
    Entry {
        id: "url-plus-space",
        field: Field::Url,
        rank: RARELY - 2,
        changes: &[Change::Url(change::plus_space)],
        message: Text {
            zh: "`+`、空格和 `%20` 弄混了：表单解码会把 `+` 变成空格",
            en: "`+`, a blank and `%20` are mixed up: form decoding turns `+` into a blank",
        },
        fix: Text {
            zh: "传给签名接口时用 encodeURIComponent（`+` 变成 `%2B`），后端只解码一次",
            en: "send it with encodeURIComponent, which makes `%2B` of `+`, and decode once on the server",
        },
    },
    Entry {
        id: "url-charset",
        field: Field::Url,
        rank: SOMETIMES + 6,
        changes: &[Change::Url(change::charset)],
        message: Text {
            zh: "地址里的中文按另一种字符集处理了（GBK、Latin-1 等），而页面地址是 UTF-8",
            en: "the Chinese in the address was handled in another charset (GBK, Latin-1 …) while the page's address is UTF-8",
        },
        fix: Text {
            zh: "取参、编码、计算都指定 UTF-8，例如 Tomcat 的 URIEncoding=\"UTF-8\"",
            en: "name UTF-8 wherever the address is read, encoded or hashed, such as URIEncoding=\"UTF-8\" in Tomcat",
        },
    },
    Entry {
        id: "url-placeholder",
        field: Field::Url,
        rank: RARELY,
        changes: &[Change::Url(change::placeholder)],
        message: Text {
            zh: "签名的不是地址，而是占位符、变量名或空值：地址没有传到签名接口",
            en: "what was signed is no address but a placeholder, a variable's name or nothing: the address never reached the signing API",
        },
        fix: Text {
            zh: "打印签名接口收到的 url，再看页面是怎么传的、参数名对不对",
            en: "print the url that the signing API receives, then look at how the page sends it and under which name",
        },
    },
    Entry {
        id: "url-param-order",
        field: Field::Url,
        rank: RARELY,
        changes: &[Change::Url(change::param_order)],
        message: Text {
            zh: "查询参数的顺序不同：代码把参数解析后又重新拼接",
            en: "the query's parameters stand in another order: code parsed and rebuilt them",
        },
        fix: Text {
            zh: "查询串按原样签名，不要解析后重拼",
            en: "sign the query as it is instead of rebuilding it",
        },
    },
    Entry {
        id: "url-param-missing",
        field: Field::Url,
        rank: SOMETIMES,
        changes: &[Change::Url(change::param_missing)],
        message: Text {
            zh: "签名的地址缺了查询参数，或参数没有值",
            en: "the signed address lacks a query parameter or its value",
        },
        fix: Text {
            zh: "整个查询串都要签，不要挑参数",
            en: "sign the whole query, not some of its parameters",
        },
    },
    Entry {
        id: "url-whitespace",
        field: Field::Url,
        rank: RARELY,
        changes: &[Change::Url(change::whitespace)],
        message: Text {
            zh: "地址前后（或中间）的空格、换行、BOM 或引号一边有、一边没有",
            en: "a blank, line break, byte order mark or quote around (or inside) the address is there on one side only",
        },
        fix: Text {
            zh: "签名前去掉首尾的空白和引号，注意从文件或配置读出的值末尾常有换行",
            en: "strip blanks and quotes before signing; a value read from a file often ends in a line break",
        },
    },
    Entry {
        id: "config-differs",
        field: Field::Any,
        rank: RARELY + 5,
        changes: &[
            Change::Url(change::other_url),
            Change::Value(Field::Nonce, super::value::other_nonce),
            Change::Value(Field::Timestamp, super::value::other_timestamp),
        ],
        message: Text {
            zh: "签名用的是另一处出现的值，和给出的不是同一个：生成了两次，或前后端各取各的",
            en: "another value than the given one was signed: it was generated twice, or page and server each took their own",
        },
        fix: Text {
            zh: "把签名接口返回的 timestamp、nonceStr、signature 原样交给页面，只生成一次；地址由页面传来",
            en: "hand timestamp, nonceStr and signature of the signing API to the page unchanged, generated once; the page sends the address",
        },
    },
];
