//! A pasted string1 read as a claim: what is wrong with it, parameter by parameter.
//!
//! In: the text that the server says it hashed. Out: the values of a right one ([`parse`]), or the
//! mistakes that its structure shows ([`mistakes`]). The caller has seen that the given signature is the
//! hash of this very text, so that each of them is proved.

use crate::signature::{Fields, Kind};

/// The values of a text that is a right string1 of the kind, with no fragment.
pub fn parse(kind: Kind, text: &str) -> Option<Fields> {
    if !kind.signs_url() {
        return None;
    }
    let rest = text.strip_prefix(kind.ticket_key())?.strip_prefix('=')?;
    let (ticket, rest) = rest.split_once("&noncestr=")?;
    let (nonce, rest) = rest.split_once("&timestamp=")?;
    let (timestamp, url) = rest.split_once("&url=")?;
    if appended(url).is_some() || never_in_an_address(url).is_some() {
        return None;
    }
    if [ticket, nonce, timestamp].iter().any(|value| {
        value.contains(['&', '='])
            && !value.trim_end_matches('=').chars().all(|c| c.is_ascii_alphanumeric() || "+/-_".contains(c))
    }) || url.contains('#')
        || url.contains("&amp;")
        || url.contains("&jsapi_ticket=")
        || url.ends_with(['\n', '\r'])
    {
        return None;
    }
    let own = |text: &str| text.to_owned();
    Some(Fields {
        ticket: own(ticket),
        nonce: own(nonce),
        timestamp: own(timestamp),
        url: own(url),
        ..Fields::default()
    })
}

/// The parameter that was appended to the string behind its url: `…/index.html&appId=wx…`. An address has
/// such a parameter behind its `?` only as the platform's own login adds it, `code=…&state=…&appid=…`.
fn appended(url: &str) -> Option<&str> {
    let has_query = url.contains('?');
    url.split('&').skip(1).find(|pair| {
        let Some((name, value)) = pair.split_once('=') else { return false };
        let is_id = value.len() == 18 && (value.starts_with("wx") || value.starts_with("ww"));
        match name {
            "jsapi_ticket" => true,
            "appId" => !has_query || is_id && !url.contains("code="),
            "signType" | "jsApiList" => !has_query || url.ends_with(pair),
            _ => !has_query && ["appid", "secret", "key"].iter().any(|own| name.eq_ignore_ascii_case(own)),
        }
    })
}

/// What people append to the string that is signed, and no page has in its address.
const NEVER_IN_AN_ADDRESS: [&str; 5] = ["secret", "appsecret", "signtype", "jsapi_ticket", "jsapilist"];

/// Whether the end of a url is what people append to the string: the account's id, a secret.
pub fn is_appended(pairs: &str) -> bool {
    pairs.split('&').all(|pair| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        matches!(name.as_str(), "appid" | "corpid" | "agentid" | "key" | "accesstoken" | "access_token")
            || NEVER_IN_AN_ADDRESS.contains(&name.as_str())
    })
}

/// The last parameter of a url, if it is not one of an address.
pub fn never_in_an_address(url: &str) -> Option<&str> {
    let (_, last) = url.rsplit_once('&')?;
    let (name, value) = last.split_once('=')?;
    let is_name = NEVER_IN_AN_ADDRESS.iter().any(|own| own.eq_ignore_ascii_case(name));
    // A page may have a `secret` of its own; the account's has 32 hex digits.
    let is_short = name.to_ascii_lowercase().ends_with("secret")
        && !(value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()));
    (is_name && !is_short).then_some(last)
}

/// A mistake of a literal: its id, and the piece that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The mistake.
    pub id: &'static str,
    /// The piece of the literal.
    pub signed: String,
    /// What belongs there.
    pub expected: String,
}

/// The names under which people write each parameter, the right one first.
const NAMES: [(&str, &[&str]); 4] = [
    (
        "jsapi_ticket",
        &[
            "jsapi_ticket",
            "jsapiticket",
            "ticket",
            "group_ticket",
            "api_ticket",
            "js_ticket",
            "access_token",
            "token",
        ],
    ),
    ("noncestr", &["noncestr", "nonce", "nonce_str", "noncestring", "nonce_string", "random", "nocestr"]),
    (
        "timestamp",
        &["timestamp", "timetamp", "time_stamp", "time", "ts", "timestap", "timesamp", "timestmap"],
    ),
    ("url", &["url", "uri", "href", "link", "pageurl", "page_url"]),
];

/// The mistakes that a text shows which is not a right string1 of a kind that signs a url.
pub fn mistakes(kind: Kind, text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    if !kind.signs_url() {
        return found;
    }
    let mut add = |id, signed: &str, expected: &str| {
        found.push(Shown { id, signed: signed.to_owned(), expected: expected.to_owned() });
    };
    let body = text.trim_end_matches(['\n', '\r']);
    if body.len() < text.len() {
        add("string-trailing-newline", &text[body.len()..], "");
    }
    let mut body = body.to_owned();
    if body.contains("&amp;") {
        add("url-html-escaped", "&amp;", "&");
        body = body.replace("&amp;", "&");
    }
    if let Some(at) = body.find("×tamp") {
        add("string-times-entity", &body[at..at + "×tamp".len()], "&timestamp");
        body = body.replacen("×tamp", "&timestamp", 1);
    }
    let mut seen = Vec::new();
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let segment = rest.split('&').next().unwrap_or_default();
        let (key, value) = segment.split_once('=').unwrap_or((segment, ""));
        let bare = key.trim();
        let place = NAMES.iter().position(|(name, others)| {
            others.iter().any(|other| other.eq_ignore_ascii_case(bare))
                || name.replace('_', "").eq_ignore_ascii_case(bare)
        });
        let Some(place) = place else {
            if seen.is_empty() && bare.len() > 20 {
                add("string-prefix", key, "");
            } else if !bare.is_empty() {
                add("string-extra-param", segment, "");
            } else if !seen.is_empty() {
                add("string-separator", "&&", "&");
            }
            rest = rest.get(segment.len() + 1..).unwrap_or_default();
            continue;
        };
        let right = if place == 0 { kind.ticket_key() } else { NAMES[place].0 };
        if key != right {
            let case_only = key.eq_ignore_ascii_case(right);
            let camel = right.replace('_', "").eq_ignore_ascii_case(key);
            add(if case_only || camel { "string-key-case" } else { "string-key-name" }, key, right);
        }
        seen.push(place);
        if place == 3 {
            // The url is the rest, its own parameters included.
            let url = rest.split_once('=').map_or(value, |(_, url)| url);
            if let Some((_, fragment)) = url.split_once('#') {
                add("url-fragment", &format!("#{fragment}"), "");
            }
            if let Some(pair) = appended(url).or_else(|| never_in_an_address(url)) {
                add("string-extra-param", pair, "");
            }
            break;
        }
        rest = rest.get(segment.len() + 1..).unwrap_or_default();
    }
    for (place, (name, _)) in NAMES.iter().enumerate() {
        if !seen.contains(&place) {
            let name = if place == 0 { kind.ticket_key() } else { name };
            add("string-missing-param", "", &format!("{name}="));
        }
    }
    if !seen.is_sorted() {
        let names = |order: &[usize]| order.iter().map(|place| NAMES[*place].0).collect::<Vec<_>>().join("&");
        let mut right = seen.clone();
        right.sort_unstable();
        add("string-param-order", &names(&seen), &names(&right));
    }
    // One of each id: the first piece shows it.
    let mut ids = std::collections::HashSet::new();
    found.retain(|shown| ids.insert(shown.id));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&'static str> {
        mistakes(Kind::Jsapi, text).into_iter().map(|shown| shown.id).collect()
    }

    #[test]
    fn a_right_string_is_taken_apart() {
        let text = "jsapi_ticket=T==&noncestr=n&timestamp=1&url=https://a.com/?x=1&url=2";
        let fields = parse(Kind::Jsapi, text).expect("a right one");
        assert_eq!(crate::signature::string1(Kind::Jsapi, &fields), text);
        assert_eq!(fields.url, "https://a.com/?x=1&url=2");
        let login = "jsapi_ticket=T&noncestr=n&timestamp=1&url=https://a.com/?code=1&state=2&appid=wx0123456789abcdef";
        assert!(parse(Kind::Jsapi, login).is_some(), "the platform's login appends it");
        assert!(ids(text).is_empty());
        for wrong in
            ["jsapi_ticket=T&noncestr=n&timestamp=1&url=https://a.com/#/x", "jsapi_ticket=T&noncestr=n&url=u"]
        {
            assert!(parse(Kind::Jsapi, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn each_mistake_of_the_structure_is_named() {
        for (text, id) in [
            ("jsapi_ticket=T&nonceStr=n&timestamp=1&url=https://a.com/", "string-key-case"),
            ("jsapiTicket=T&noncestr=n&timestamp=1&url=https://a.com/", "string-key-case"),
            ("ticket=T&noncestr=n&timestamp=1&url=https://a.com/", "string-key-name"),
            ("jsapi_ticket=T&noncestr=n&timetamp=1&url=https://a.com/", "string-key-name"),
            ("jsapi_ticket=T&noncestr=n&url=https://a.com/", "string-missing-param"),
            ("jsapi_ticket=T&noncestr=n&timestamp=1&url=https://a.com/#/home", "url-fragment"),
            ("jsapi_ticket=T&appId=wx1&noncestr=n&timestamp=1&url=https://a.com/", "string-extra-param"),
            ("jsapi_ticket=T&noncestr=n&timestamp=1&url=https://a.com/&appId=wx1", "string-extra-param"),
            (
                "jsapi_ticket=T&noncestr=n&timestamp=1&url=https://a.com/?x=1&appId=wx0123456789abcdef",
                "string-extra-param",
            ),
            ("noncestr=n&jsapi_ticket=T&timestamp=1&url=https://a.com/", "string-param-order"),
            ("jsapi_ticket=T&amp;noncestr=n&amp;timestamp=1&amp;url=https://a.com/", "url-html-escaped"),
            ("jsapi_ticket=T&noncestr=n×tamp=1&url=https://a.com/", "string-times-entity"),
            ("jsapi_ticket=T&noncestr=n&timestamp=1&url=https://a.com/\n", "string-trailing-newline"),
        ] {
            assert_eq!(ids(text), [id], "{text}");
        }
    }
}
