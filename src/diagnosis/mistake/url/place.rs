//! Mistakes of the place an address names: scheme, host, port, path, slashes, or another address altogether.
//!
//! In: an [`Address`]. Out: the addresses that a mistake makes of it.

use super::super::ALONE;
use super::{Address, Change, Entry, Field, Likelihood, MOST_SEGMENTS, Variants, is_nothing};
use crate::lang::Text;

type Out = Variants<String>;

pub(super) const URL_SCHEME_SWAPPED: Entry = Entry {
    id: "url-scheme-swapped",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 0,
    changes: &[Change::Url(scheme_swapped)],
    title: Text { zh: "http 与 https 弄反了", en: "http and https are swapped" },
    cause: Text {
        zh: "http 和 https 弄反了：多半是 TLS 在反向代理处结束，服务器只看到 http",
        en: "http and https are swapped: usually TLS ends at a proxy and the server sees only http",
    },
    fix: Text {
        zh: "由页面把 location.href 传来签名，或让服务器按 X-Forwarded-Proto 拼地址",
        en: "let the page send location.href, or make the server honor X-Forwarded-Proto",
    },
};

fn scheme_swapped(address: &Address<'_>, out: &mut Out) {
    for (from, to) in
        [("https:", "http:"), ("http:", "https:"), ("https%3A", "http%3A"), ("http%3A", "https%3A")]
    {
        if let Some(rest) = address.text.strip_prefix(from) {
            out.add(0, format!("{to}{rest}"));
        }
    }
}

pub(super) const URL_SCHEME_MISSING: Entry = Entry {
    id: "url-scheme-missing",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 0,
    changes: &[Change::Url(scheme_missing)],
    title: Text { zh: "地址没有 http(s)://", en: "the url lacks http:// or https://" },
    cause: Text {
        zh: "签名的地址和给出的地址中，有一个没有 `http(s)://`",
        en: "one of the two addresses, signed or given, lacks its `http(s)://`",
    },
    fix: Text {
        zh: "签名要用带协议的完整地址：location.href.split('#')[0]",
        en: "sign the whole address with its scheme: location.href.split('#')[0]",
    },
};

fn scheme_missing(address: &Address<'_>, out: &mut Out) {
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
    // The path of the address alone, as REQUEST_URI gives it.
    if address.has_host && address.parts.path.len() > 1 {
        out.add(8, address.with(|parts| (parts.lead, parts.host, parts.port) = ("", "", None)));
    }
}

pub(super) const URL_QUERY_DROPPED: Entry = Entry {
    id: "url-query-dropped",
    field: Field::Url,
    seen: Likelihood::Often,
    order: 5,
    changes: &[Change::Url(query_dropped)],
    title: Text { zh: "签名的地址没有查询串", en: "the signed url has no query" },
    cause: Text {
        zh: "签名的地址没有查询串：`?` 之后的部分也要签",
        en: "the signed address has no query: everything from `?` on is signed too",
    },
    fix: Text {
        zh: "不要用 location.origin + location.pathname 拼地址，用 location.href.split('#')[0]",
        en: "use location.href.split('#')[0], not location.origin + location.pathname",
    },
};

fn query_dropped(address: &Address<'_>, out: &mut Out) {
    if address.parts.query.is_some_and(|query| !is_nothing(query)) {
        out.add(0, address.with(|parts| parts.query = None));
        if address.parts.fragment.is_some() {
            out.add(1, address.with(|parts| (parts.query, parts.fragment) = (None, None)));
        }
    }
}

pub(super) const URL_PATH_DROPPED: Entry = Entry {
    id: "url-path-dropped",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 0,
    changes: &[Change::Url(path_dropped)],
    title: Text { zh: "签名的地址缺少路径", en: "the signed url lacks its path or a part of it" },
    cause: Text {
        zh: "签名的地址缺少路径或路径的一部分：只签了域名，或网关去掉了前缀",
        en: "the signed address lacks its path or a part of it: only the host was signed, or a gateway strips a prefix",
    },
    fix: Text {
        zh: "签当前页面的完整地址：location.href.split('#')[0]",
        en: "sign the page's whole address: location.href.split('#')[0]",
    },
};

fn path_dropped(address: &Address<'_>, out: &mut Out) {
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
}

pub(super) const URL_BARE_HOST_SLASH: Entry = Entry {
    id: "url-bare-host-slash",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: -2,
    changes: &[Change::Url(bare_host_slash)],
    title: Text {
        zh: "域名后的 / 只有一边有", en: "the / after the host is there on one side only"
    },
    cause: Text {
        zh: "域名后面的 `/` 一边有、一边没有：浏览器的地址里总有它",
        en: "the `/` after the host is there on one side only: the browser's address always has it",
    },
    fix: Text {
        zh: "签 location.href 给出的写法，裸域名也带 `/`",
        en: "sign what location.href says; a bare host has its `/` there",
    },
};

fn bare_host_slash(address: &Address<'_>, out: &mut Out) {
    if address.has_host {
        match address.parts.path {
            "" => out.add(0, address.with(|parts| parts.path = "/")),
            "/" => out.add(0, address.with(|parts| parts.path = "")),
            _ => {}
        }
    }
}

pub(super) const URL_TRAILING_SLASH: Entry = Entry {
    id: "url-trailing-slash",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 0,
    changes: &[Change::Url(trailing_slash)],
    title: Text { zh: "末尾的 / 只有一边有", en: "a trailing / is there on one side only" },
    cause: Text {
        zh: "末尾的 `/` 一边有、一边没有：服务器跳转或代码拼接时加减了它",
        en: "a `/` at the end is there on one side only: a redirect or the code added or dropped it",
    },
    fix: Text {
        zh: "签跳转之后地址栏里的写法，不要自己增删 `/`",
        en: "sign what the address bar shows after redirects, and neither add nor drop a slash",
    },
};

fn trailing_slash(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_PORT: Entry = Entry {
    id: "url-port",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 0,
    changes: &[Change::Url(port)],
    title: Text { zh: "端口不同", en: "the port differs" },
    cause: Text {
        zh: "端口不同：代理去掉了端口，或服务器自己补上了 `:80`、`:443` 之类",
        en: "the port differs: a proxy drops it, or the server adds `:80`, `:443` or its own",
    },
    fix: Text {
        zh: "端口按页面的 location.href 写：那里没有，签名里也没有",
        en: "write the port as location.href does: not there, not signed",
    },
};

const PORTS: [&str; 20] = [
    "80", "443", "8080", "8443", "3000", "8000", "8081", "8888", "5000", "9000", "7001", "81", "82", "88",
    "8082", "8090", "9090", "4200", "5173", "8180",
];

fn port(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_INDEX_FILE: Entry = Entry {
    id: "url-index-file",
    field: Field::Url,
    seen: Likelihood::Sometimes,
    order: 0,
    changes: &[Change::Url(index_file)],
    title: Text {
        zh: "一边是目录，一边是首页文件", en: "one side is the folder, the other its index file"
    },
    cause: Text {
        zh: "一边是目录，一边是它的首页文件（index.html、index.php、default.aspx 等）",
        en: "one side names the folder, the other its index file (index.html, index.php, default.aspx …)",
    },
    fix: Text {
        zh: "签地址栏里的写法，服务器内部改写过的路径不算",
        en: "sign what the address bar shows, not the path the server rewrites it to",
    },
};

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

fn index_file(address: &Address<'_>, out: &mut Out) {
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

pub(super) const URL_WWW: Entry = Entry {
    id: "url-www",
    field: Field::Url,
    seen: Likelihood::Rarely,
    order: -2,
    changes: &[Change::Url(www)],
    title: Text { zh: "www. 只有一边有", en: "the host has www. on one side only" },
    cause: Text {
        zh: "域名前的 `www.` 一边有、一边没有", en: "the host has `www.` on one side only"
    },
    fix: Text {
        zh: "签手机上真正打开的域名；两个域名都要登记，或统一跳转到一个",
        en: "sign the host the phone really opened; register both, or redirect to one",
    },
};

fn www(address: &Address<'_>, out: &mut Out) {
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

pub(super) const CONFIG_DIFFERS: Entry = Entry {
    id: "config-differs",
    field: Field::Any,
    seen: Likelihood::Rarely,
    order: 5,
    changes: &[
        Change::Url(other_url),
        Change::Value(Field::Nonce, super::super::value::other_nonce),
        Change::Value(Field::Timestamp, super::super::value::other_timestamp),
    ],
    title: Text {
        zh: "页面传的值不是签名用的值", en: "the page passes another value than was signed"
    },
    cause: Text {
        zh: "签名用的是另一处出现的值，和给出的不是同一个：生成了两次，或前后端各取各的",
        en: "another value than the given one was signed: it was generated twice, or page and server each took their own",
    },
    fix: Text {
        zh: "把签名接口返回的 timestamp、nonceStr、signature 原样交给页面，只生成一次；地址由页面传来",
        en: "pass timestamp, nonceStr and signature of the signing API to the page unchanged, generated once; the page sends the address",
    },
};

fn other_url(address: &Address<'_>, out: &mut Out) {
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
