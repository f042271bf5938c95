//! Makes signatures with known mistakes, in the plainest way that comes to mind: the oracle of the
//! search. Nothing here is shared with the search; each mistake is written a second time, as the code
//! of the field would make it.

#![allow(
    clippy::assigning_clones,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::fn_to_numeric_cast,
    clippy::format_collect,
    clippy::needless_pass_by_value,
    clippy::semicolon_if_nothing_returned,
    reason = "written as plainly as it comes to mind"
)]

use std::fmt::Write as _;

use md5::Md5;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};
use wecheck::diagnosis::search::{Case, OtherTicket, Outcome, TicketRole, search};
use wecheck::secret::Secret;
use wecheck::signature::{Fields, Kind};

/// `SplitMix64`: the same cases in every run.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    pub fn text(&mut self, length: usize, letters: &str) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Pages as they are: paths, escapes, Chinese, OAuth, share parameters, single-page routes.
const PAGES: [&str; 16] = [
    "https://m.example.com/shop/item.html?id=42&from=menu&cat=shoes",
    "https://m.example.com/shop/item?id=42&name=%E5%BC%A0%E4%B8%89&tab=1",
    "http://wx.shop.cn/",
    "https://www.demo.com.cn/a/b/c.php?code=021abcDEF&state=STATE&id=9",
    "https://h5.site.com/activity/index.html?from=singlemessage&isappinstalled=0",
    "https://h5.site.com/list?q=a+b&sort=asc&page=2",
    "http://res.school.edu:8888/demo/?u=1&v=2",
    "https://m.example.com/商品/详情?名称=鞋子&size=42",
    "https://app.corp.com.cn/emc/radar/main",
    "https://m.example.com/pay/?goods=1%2C2%2C3&ret=https%3A%2F%2Fm.example.com%2Fdone",
    "http://host.cn:8080/index.php/Home/Order/detail?order_id=20240101&t=abc%2Bd",
    "https://app.corp.com.cn/#/orders/12?tab=paid",
    "https://m.Example.com/Campaign/Spring?utm=Wx&Sign=AbC",
    "https://m.example.com/form/view/?id=7&key=",
    "https://live.example.net/room/88?uid=1001&token=ab-cd_ef~1&lang=zh-CN&v=3",
    "https://m.example.com/shop/item/?id=42",
];

/// What is signed, and how.
#[derive(Clone)]
pub struct Signing {
    pub kind: Kind,
    pub url: String,
    /// What stood behind the url, never signed.
    fragment: Option<String>,
    pub ticket: String,
    pub nonce: String,
    pub timestamp: String,
    keys: [String; 4],
    order: Vec<usize>,
    joints: [String; 3],
    equals: String,
    values_only: Option<(bool, String)>,
    extra: Option<(usize, String)>,
    prefix: String,
    suffix: String,
    whole: Option<fn(&str) -> String>,
    bytes: fn(&str) -> Vec<u8>,
    function: fn(&[u8], &str) -> Vec<u8>,
    write: fn(&[u8], &mut Random) -> String,
}

/// A signature, what a person gives to have it explained, and what was done wrong.
pub struct Made {
    pub ids: Vec<&'static str>,
    pub kind: Kind,
    pub fields: Fields,
    pub signature: String,
    pub others: Vec<OtherTicket>,
    pub secret: Option<Secret>,
}

impl Made {
    pub fn search(&self, threads: usize, most: usize, stop: &(dyn Fn() -> bool + Sync)) -> Outcome {
        let case = Case {
            kind: self.kind,
            fields: &self.fields,
            given: &self.signature,
            page_urls: &[],
            urls: &[],
            nonces: &[],
            timestamps: &[],
            other_tickets: &self.others,
            app_secret: self.secret.as_ref(),
            certain: None,
            hide_ticket: false,
            reveal: false,
        };
        search(&case, threads, most, stop, &|_| ())
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Percent-encodes all but these and letters and digits.
fn escape(text: &str, kept: &str, plus: bool, lower: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte < 128 && (c.is_ascii_alphanumeric() || kept.contains(c)) {
            out.push(c);
        } else if plus && c == ' ' {
            out.push('+');
        } else if lower {
            out += &format!("%{byte:02x}");
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

fn encode_uri_component(text: &str) -> String {
    escape(text, "-_.!~*'()", false, false)
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'%'
            && let Some(Ok(byte)) = text.get(i + 1..i + 3).map(|digits| u8::from_str_radix(digits, 16))
        {
            out.push(byte);
            i += 3;
            continue;
        }
        out.push(bytes[i]);
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn gbk_escapes(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for byte in encoding_rs::GBK.encode(&c.to_string()).0.iter() {
                out += &format!("%{byte:02X}");
            }
        }
    }
    out
}

impl Signing {
    pub fn new(random: &mut Random) -> Self {
        let kind = [Kind::Jsapi, Kind::Jsapi, Kind::Jsapi, Kind::Agent, Kind::Group][random.below(5)];
        let ticket = if kind == Kind::Agent {
            format!("{}+/{}==", random.text(10, ALNUM), random.text(10, ALNUM))
        } else {
            format!("kgt8ON7yVITDhtdwci0qe{}", random.text(65, &format!("{ALNUM}-_")))
        };
        let page = random.pick(&PAGES);
        let (url, fragment) = page.split_once('#').map_or((page, None), |(url, rest)| (url, Some(rest)));
        let first = if kind == Kind::Group { "group_ticket" } else { "jsapi_ticket" };
        Self {
            kind,
            url: url.to_owned(),
            fragment: fragment.map(str::to_owned),
            ticket,
            nonce: random.text(16, ALNUM),
            timestamp: (1_400_000_000 + random.below(350_000_000)).to_string(),
            keys: [first, "noncestr", "timestamp", "url"].map(str::to_owned),
            order: vec![0, 1, 2, 3],
            joints: ["&", "&", "&"].map(str::to_owned),
            equals: "=".to_owned(),
            values_only: None,
            extra: None,
            prefix: String::new(),
            suffix: String::new(),
            whole: None,
            bytes: |text| text.as_bytes().to_vec(),
            function: |bytes, _| Sha1::digest(bytes).to_vec(),
            write: |digest, _| hex(digest),
        }
    }

    pub fn string(&self) -> String {
        let values = [&self.ticket, &self.nonce, &self.timestamp, &self.url];
        if let Some((sorted, joint)) = &self.values_only {
            let mut values: Vec<&str> = self.order.iter().map(|i| values[*i].as_str()).collect();
            if *sorted {
                values.sort_unstable();
            }
            return format!("{}{}{}", self.prefix, values.join(joint), self.suffix);
        }
        let mut pairs: Vec<String> =
            self.order.iter().map(|i| format!("{}{}{}", self.keys[*i], self.equals, values[*i])).collect();
        if let Some((at, pair)) = &self.extra {
            pairs.insert((*at).min(pairs.len()), pair.clone());
        }
        let mut out = self.prefix.clone();
        for (i, pair) in pairs.iter().enumerate() {
            if i > 0 {
                out += self.joints.get(i - 1).map_or(self.joints[0].as_str(), |joint| joint);
            }
            out += pair;
        }
        out += &self.suffix;
        self.whole.map_or(out.clone(), |whole| whole(&out))
    }

    pub fn signature(&self, random: &mut Random) -> String {
        let digest = (self.function)(&(self.bytes)(&self.string()), &self.ticket);
        (self.write)(&digest, random)
    }
}

/// The ids that are made here for jsapi, agent and group.
pub const IDS: [&str; 58] = [
    "url-fragment",
    "url-percent-encoded",
    "url-percent-encoded-twice",
    "url-percent-decoded",
    "url-share-params-missing",
    "url-share-params-added",
    "url-cut-at-ampersand",
    "url-scheme-swapped",
    "url-scheme-missing",
    "url-query-dropped",
    "url-path-dropped",
    "url-bare-host-slash",
    "url-trailing-slash",
    "url-port",
    "url-oauth-params",
    "url-index-file",
    "url-html-escaped",
    "url-json-escaped",
    "url-case",
    "url-www",
    "url-dangling-separator",
    "url-plus-space",
    "url-charset",
    "url-placeholder",
    "url-param-order",
    "url-param-missing",
    "url-whitespace",
    "ticket-empty",
    "ticket-whitespace",
    "ticket-quoted",
    "ticket-plus-space",
    "ticket-access-token",
    "ticket-other-kind",
    "ticket-previous",
    "nonce-whitespace",
    "nonce-quoted",
    "nonce-case",
    "nonce-empty",
    "timestamp-milliseconds",
    "timestamp-drift",
    "timestamp-empty",
    "string-key-case",
    "string-key-name",
    "string-param-order",
    "string-values-only",
    "string-url-encoded",
    "string-times-entity",
    "string-separator",
    "string-prefix",
    "string-extra-param",
    "string-missing-param",
    "string-trailing-newline",
    "hash-algorithm",
    "hash-hex-case",
    "hash-separators",
    "hash-base64",
    "hash-extra-characters",
    "hash-utf16",
];

/// Ids that need values of their own: leading zeros have to be there, Chinese for GBK.
pub const RARE_IDS: [&str; 4] = ["hash-leading-zeros", "hash-truncated", "hash-gbk", "ticket-other-profile"];

fn layer(id: &str) -> &str {
    id.split('-').next().unwrap_or_default()
}

fn padded(text: &str, random: &mut Random) -> String {
    let space = random.pick(&[" ", "\n", "\r\n", "\t", "\u{feff}"]);
    match random.below(3) {
        0 => format!("{space}{text}"),
        _ => format!("{text}{space}"),
    }
}

fn quotes(text: &str, random: &mut Random) -> String {
    let quote = random.pick(&["\"", "'"]);
    format!("{quote}{text}{quote}")
}

fn edit_query(url: &str, edit: impl FnOnce(&mut Vec<String>)) -> String {
    let (rest, fragment) = match url.split_once('#') {
        Some((rest, fragment)) => (rest.to_owned(), format!("#{fragment}")),
        None => (url.to_owned(), String::new()),
    };
    let (base, query) = rest.split_once('?').unwrap_or((&rest, ""));
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
    edit(&mut pairs);
    let query = pairs.join("&");
    if query.is_empty() { format!("{base}{fragment}") } else { format!("{base}?{query}{fragment}") }
}

/// (`https://`, host and port, path, the rest from `?` or `#`).
fn split(url: &str) -> Option<(String, String, String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (place, tail) = rest.split_at(end);
    let slash = place.find('/').unwrap_or(place.len());
    let (host, path) = place.split_at(slash);
    Some((format!("{scheme}://"), host.to_owned(), path.to_owned(), tail.to_owned()))
}

/// Makes one mistake. `false` where it changes nothing here.
fn apply(
    id: &'static str,
    signing: &mut Signing,
    others: &mut Vec<OtherTicket>,
    random: &mut Random,
) -> bool {
    let before =
        (signing.string(), signing.bytes as usize, signing.function as usize, signing.write as usize);
    let url = signing.url.clone();
    let own = |value: &str, role| OtherTicket { value: Secret::new(value), role };
    match id {
        "url-fragment" => {
            if url.contains('#') {
                return false;
            }
            signing.url += &match &signing.fragment {
                Some(fragment) => format!("#{fragment}"),
                None => random.pick(&["#", "#/", "#/home", "#wechat_redirect"]).to_owned(),
            };
        }
        "url-percent-encoded" => {
            signing.url = match random.below(5) {
                0 | 1 => encode_uri_component(&url),
                2 => escape(&url, "-_.", true, false),
                3 => escape(&url, "-_.!~*'()", false, true),
                _ => edit_query(&url, |pairs| {
                    for pair in pairs {
                        if let Some((name, value)) = pair.clone().split_once('=') {
                            *pair = format!("{name}={}", encode_uri_component(value));
                        }
                    }
                }),
            }
        }
        "url-percent-encoded-twice" => signing.url = encode_uri_component(&encode_uri_component(&url)),
        "url-percent-decoded" => signing.url = decode(&url),
        "url-share-params-missing" => {
            signing.url = edit_query(&url, |pairs| {
                pairs.retain(|pair| {
                    !["from=singlemessage", "from=timeline", "from=groupmessage"].contains(&pair.as_str())
                        && !pair.starts_with("isappinstalled=")
                });
            });
        }
        "url-share-params-added" => {
            let from = random.pick(&["singlemessage", "timeline", "groupmessage"]);
            let installed = random.below(3);
            signing.url = edit_query(&url, |pairs| {
                pairs.push(format!("from={from}"));
                if installed < 2 {
                    pairs.push(format!("isappinstalled={installed}"));
                }
            });
        }
        "url-cut-at-ampersand" => signing.url = url.split('&').next().unwrap_or_default().to_owned(),
        "url-scheme-swapped" => {
            signing.url = match url.strip_prefix("https://") {
                Some(rest) => format!("http://{rest}"),
                None => url.replacen("http://", "https://", 1),
            }
        }
        "url-scheme-missing" => {
            let Some((_, rest)) = url.split_once("://") else { return false };
            signing.url = if random.below(2) == 0 { rest.to_owned() } else { format!("//{rest}") };
        }
        "url-query-dropped" => {
            let end = url.find('?').unwrap_or(url.len());
            signing.url = url[..end].to_owned();
        }
        "url-path-dropped" => {
            let Some((scheme, host, path, _)) = split(&url) else { return false };
            if path.len() < 2 {
                return false;
            }
            signing.url = format!("{scheme}{host}{}", if random.below(2) == 0 { "/" } else { "" });
        }
        "url-bare-host-slash" => {
            let Some((scheme, host, path, tail)) = split(&url).filter(|(_, _, path, _)| path == "/") else {
                return false;
            };
            let _ = path;
            signing.url = format!("{scheme}{host}{tail}");
        }
        "url-trailing-slash" => {
            let Some((scheme, host, path, tail)) = split(&url).filter(|(_, _, path, _)| path.len() > 1)
            else {
                return false;
            };
            let path = path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned);
            signing.url = format!("{scheme}{host}{path}{tail}");
        }
        "url-port" => {
            let Some((scheme, host, path, tail)) = split(&url) else { return false };
            let host = match host.split_once(':') {
                Some((host, _)) => host.to_owned(),
                None => format!("{host}:{}", random.pick(&["80", "443", "8080", "8443", "8888"])),
            };
            signing.url = format!("{scheme}{host}{path}{tail}");
        }
        "url-oauth-params" => {
            signing.url = edit_query(&url, |pairs| {
                pairs.retain(|pair| !pair.starts_with("code=") && !pair.starts_with("state="))
            });
        }
        "url-index-file" => {
            let Some((scheme, host, path, tail)) = split(&url) else { return false };
            let path = if let Some(folder) = path.strip_suffix("index.html") {
                folder.to_owned()
            } else if path.ends_with('/') {
                format!(
                    "{path}{}",
                    random.pick(&["index.html", "index.php", "index.htm", "index.jsp", "default.aspx"])
                )
            } else {
                return false;
            };
            signing.url = format!("{scheme}{host}{path}{tail}");
        }
        "url-html-escaped" => signing.url = url.replace('&', "&amp;"),
        "url-json-escaped" => {
            signing.url = if random.below(2) == 0 || !url.contains('&') {
                url.replace('/', "\\/")
            } else {
                url.replace('&', "\\u0026")
            }
        }
        "url-case" => {
            signing.url = match random.below(3) {
                0 => url.to_lowercase(),
                1 => match split(&url) {
                    Some((scheme, host, path, tail)) => {
                        format!("{scheme}{}{path}{tail}", host.to_lowercase())
                    }
                    None => return false,
                },
                _ => match split(&url) {
                    Some((scheme, host, path, tail)) => {
                        format!("{scheme}{}{path}{tail}", host.to_uppercase())
                    }
                    None => return false,
                },
            }
        }
        "url-www" => {
            let Some((scheme, host, path, tail)) = split(&url) else { return false };
            let host = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
            signing.url = format!("{scheme}{host}{path}{tail}");
        }
        "url-dangling-separator" => {
            if url.contains('?') {
                signing.url += "&";
            } else {
                signing.url += random.pick(&["?", "?&", "&"]);
            }
        }
        "url-plus-space" => signing.url = url.replace('+', random.pick(&[" ", "%20"])),
        "url-charset" => {
            let plain = decode(&url);
            if plain.is_ascii() || plain.contains("://m.example.com/done") {
                return false;
            }
            signing.url = gbk_escapes(&plain);
        }
        "url-placeholder" => {
            signing.url = random
                .pick(&[
                    "undefined",
                    "null",
                    "",
                    "test",
                    "window.location.href",
                    "location.href.split('#')[0]",
                ])
                .to_owned();
        }
        "url-param-order" => signing.url = edit_query(&url, |pairs| pairs.sort()),
        "url-param-missing" => {
            let chance = random.next();
            signing.url = edit_query(&url, |pairs| {
                if pairs.len() > 1 {
                    pairs.remove(chance as usize % pairs.len());
                }
            });
        }
        "url-whitespace" => {
            signing.url = if random.below(2) == 0 { format!("{url} ") } else { format!(" {url}") }
        }
        "ticket-empty" => {
            signing.ticket = random.pick(&["", "null", "undefined", "None", "nil", "false"]).to_owned()
        }
        "ticket-whitespace" => signing.ticket = padded(&signing.ticket, random),
        "ticket-quoted" => signing.ticket = quotes(&signing.ticket, random),
        "ticket-plus-space" => signing.ticket = signing.ticket.replace('+', " "),
        "ticket-access-token" => {
            signing.ticket = format!("75_{}", random.text(133, ALNUM));
            others.push(own(&signing.ticket, TicketRole::AccessToken));
        }
        "ticket-other-kind" => {
            signing.ticket = random.text(86, ALNUM);
            others.push(own(&signing.ticket, TicketRole::OtherKind(Kind::Card)));
        }
        "ticket-other-profile" => {
            signing.ticket = random.text(86, ALNUM);
            others.push(own(&signing.ticket, TicketRole::OtherProfile("test".to_owned())));
        }
        "ticket-previous" => {
            signing.ticket = random.text(86, ALNUM);
            others.push(own(&signing.ticket, TicketRole::Previous { at: None }));
        }
        "nonce-whitespace" => signing.nonce = padded(&signing.nonce, random),
        "nonce-quoted" => signing.nonce = quotes(&signing.nonce, random),
        "nonce-case" => {
            signing.nonce = if random.below(2) == 0 {
                signing.nonce.to_lowercase()
            } else {
                signing.nonce.to_uppercase()
            };
        }
        "nonce-empty" => signing.nonce = random.pick(&["", "undefined", "null"]).to_owned(),
        "timestamp-milliseconds" => {
            let end =
                if random.below(2) == 0 { "000".to_owned() } else { format!("{:03}", random.below(1000)) };
            signing.timestamp += &end;
        }
        "timestamp-drift" => {
            let given: i64 = signing.timestamp.parse().unwrap_or_default();
            let gap = match random.below(3) {
                0 => 1 + random.below(10) as i64,
                1 => -1 - random.below(600) as i64,
                _ => random.below(172_000) as i64 - 86_000,
            };
            signing.timestamp = (given + gap).to_string();
        }
        "timestamp-empty" => signing.timestamp = random.pick(&["", "undefined", "null"]).to_owned(),
        "string-key-case" => match random.below(4) {
            0 => signing.keys[1] = "nonceStr".to_owned(),
            1 => signing.keys[2] = "timeStamp".to_owned(),
            2 => {
                signing.keys[1] = "nonceStr".to_owned();
                signing.keys[2] = "timeStamp".to_owned();
            }
            _ => signing.keys.iter_mut().for_each(|key| *key = key.to_uppercase()),
        },
        "string-key-name" => match random.below(4) {
            0 => {
                signing.keys[0] =
                    if signing.kind == Kind::Group { "jsapi_ticket" } else { "jsapiTicket" }.to_owned()
            }
            1 => signing.keys[0] = "ticket".to_owned(),
            2 => signing.keys[2] = "timetamp".to_owned(),
            _ => signing.keys[1] = "nonce".to_owned(),
        },
        "string-param-order" => {
            for i in (1..4).rev() {
                let other = random.below(i + 1);
                signing.order.swap(i, other);
            }
        }
        "string-values-only" => signing.values_only = Some((random.below(2) == 0, String::new())),
        "string-url-encoded" => {
            signing.whole = Some(if random.below(2) == 0 {
                encode_uri_component
            } else {
                |text| escape(text, "-_.", true, false)
            });
        }
        "string-times-entity" => {
            signing.joints[1] = "×".to_owned();
            signing.keys[2] = "tamp".to_owned();
        }
        "string-separator" => {
            let joint = random.pick(&["", ";", ",", "\n", " ", "|"]).to_owned();
            signing.joints = [joint.clone(), joint.clone(), joint];
        }
        "string-prefix" => match random.below(4) {
            0 => signing.prefix = "?".to_owned(),
            1 => signing.prefix = "\"".to_owned(),
            2 => signing.prefix = format!("{}?", signing.url),
            _ => {
                signing.prefix = "\"".to_owned();
                signing.suffix = "\"".to_owned();
            }
        },
        "string-extra-param" => {
            let key = random.pick(&["appId", "appid"]);
            let at = if random.below(2) == 0 { 0 } else { 4 };
            signing.extra = Some((at, format!("{key}=wx0123456789abcdef")));
        }
        "string-missing-param" => {
            signing.order.remove(random.below(4));
        }
        "string-trailing-newline" => signing.suffix = random.pick(&["\n", "\r\n"]).to_owned(),
        "hash-algorithm" => {
            signing.function = match random.below(4) {
                0 => |bytes, _| Md5::digest(bytes).to_vec(),
                1 => |bytes, _| Sha256::digest(bytes).to_vec(),
                2 => |bytes, _| Sha512::digest(bytes).to_vec(),
                _ => hmac_sha1,
            };
        }
        "hash-hex-case" => signing.write = |digest, _| hex(digest).to_uppercase(),
        "hash-separators" => {
            signing.write = |digest, random| {
                let joint = random.pick(&["-", ":", " "]);
                let upper = random.below(2) == 0;
                let text: Vec<String> = digest
                    .iter()
                    .map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") })
                    .collect();
                text.join(joint)
            };
        }
        "hash-base64" => {
            signing.write = |digest, random| {
                base64(if random.below(3) == 0 { hex(digest).into_bytes() } else { digest.to_vec() })
            }
        }
        "hash-leading-zeros" => {
            signing.write = |digest, _| digest.iter().map(|byte| format!("{byte:x}")).collect();
        }
        "hash-truncated" => signing.write = |digest, random| hex(digest)[..32 + random.below(8)].to_owned(),
        "hash-extra-characters" => {
            signing.write = |digest, random| match random.below(4) {
                0 => format!("{}\n", hex(digest)),
                1 => format!(" {}", hex(digest)),
                2 => format!("\"{}\"", hex(digest)),
                _ => format!("{}a", hex(digest)),
            };
        }
        "hash-utf16" => {
            signing.bytes = match random.below(3) {
                0 => |text| {
                    text.encode_utf16().flat_map(|unit| [(unit & 255) as u8, (unit >> 8) as u8]).collect()
                },
                1 => |text| {
                    text.encode_utf16().flat_map(|unit| [(unit >> 8) as u8, (unit & 255) as u8]).collect()
                },
                _ => |text| {
                    [0xff, 0xfe]
                        .into_iter()
                        .chain(text.encode_utf16().flat_map(|unit| [(unit & 255) as u8, (unit >> 8) as u8]))
                        .collect()
                },
            };
        }
        "hash-gbk" => {
            if signing.url.is_ascii() {
                return false;
            }
            signing.bytes = |text| encoding_rs::GBK.encode(text).0.into_owned();
        }
        _ => panic!("{id} is not made here"),
    }
    before != (signing.string(), signing.bytes as usize, signing.function as usize, signing.write as usize)
}

fn hmac_sha1(bytes: &[u8], key: &str) -> Vec<u8> {
    // RFC 2104, written out.
    let mut block = [0_u8; 64];
    let key = if key.len() > 64 { Sha1::digest(key.as_bytes()).to_vec() } else { key.as_bytes().to_vec() };
    block[..key.len()].copy_from_slice(&key);
    let inner = Sha1::digest([block.map(|byte| byte ^ 0x36).as_slice(), bytes].concat());
    Sha1::digest([block.map(|byte| byte ^ 0x5c).as_slice(), inner.as_slice()].concat()).to_vec()
}

fn base64(bytes: Vec<u8>) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = 0_u32;
        for i in 0..3 {
            word = word << 8 | u32::from(*chunk.get(i).unwrap_or(&0));
        }
        for i in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// A case with these mistakes, or `None` where they do not all change something.
pub fn make(ids: &[&'static str], random: &mut Random) -> Option<Made> {
    let mut signing = Signing::new(random);
    let given = signing.clone();
    let mut others = Vec::new();
    for id in ids {
        if !apply(id, &mut signing, &mut others, random) {
            return None;
        }
    }
    let signature = signing.signature(random);
    if ids.contains(&"hash-leading-zeros") && signature.len() == 40 {
        return None;
    }
    Some(Made {
        ids: ids.to_vec(),
        kind: given.kind,
        fields: Fields {
            ticket: given.ticket,
            nonce: given.nonce,
            timestamp: given.timestamp,
            url: given
                .fragment
                .as_ref()
                .map_or(given.url.clone(), |fragment| format!("{}#{fragment}", given.url)),
            app_id: Some("wx0123456789abcdef".to_owned()),
            ..Fields::default()
        },
        signature,
        others,
        secret: None,
    })
    .filter(|_| !(ids.iter().all(|id| layer(id) == "url") && signing.url == given.url))
}

/// So many different mistakes: one a layer, but any of the url.
pub fn choose(count: usize, random: &mut Random) -> Vec<&'static str> {
    loop {
        let mut ids: Vec<&'static str> = (0..count).map(|_| IDS[random.below(IDS.len())]).collect();
        // Values first, then how they are put together, then the digest.
        ids.sort_by_key(|id| {
            ["url", "ticket", "nonce", "timestamp", "string", "hash"].iter().position(|one| *one == layer(id))
        });
        let clash = (0..count).any(|i| {
            (0..i).any(|j| ids[i] == ids[j] || layer(ids[i]) == layer(ids[j]) && layer(ids[i]) != "url")
        });
        let urls = ids.iter().filter(|id| layer(id) == "url").count();
        if !clash && urls <= 2 {
            if random.below(2) == 0 && urls == 2 {
                ids.swap(0, 1);
            }
            return ids;
        }
    }
}
