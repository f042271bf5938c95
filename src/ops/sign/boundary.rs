//! Whether a string1 says only what it was made of: no value may bring a parameter of its own.
//!
//! In: the values of a request that asks for a signature with the profile's ticket. Out: nothing, or
//! why it must not be made. A nonce `x&timestamp=1&url=https://evil/` would otherwise get a valid
//! signature of another page out of a server that signs trusted pages only.

use crate::both;
use crate::lang::Both;
use crate::signature::{Fields, Kind, without_fragment};

/// The longest nonce that is signed for others. Bytes.
const NONCE_BYTES: usize = 64;

/// Why these values must not be signed with a ticket that the caller does not have.
pub fn boundary_fault(kind: Kind, fields: &Fields) -> Option<Both> {
    let Fields { nonce, timestamp, url, .. } = fields;
    if nonce.is_empty() || nonce.len() > NONCE_BYTES || !nonce.bytes().all(is_nonce_byte) {
        return Some(both!(
            "没有用本机的 ticket 计算：随机串只能是 1 到 {NONCE_BYTES} 个字母、数字、`_` 或 `-`，否则它会在 string1 里冒充别的参数",
            "not computed with the ticket of this machine: the nonce has to be 1 to {NONCE_BYTES} letters, digits, `_` or `-`, since anything else could pose as another parameter of string1"
        ));
    }
    if timestamp.is_empty() || !timestamp.bytes().all(|b| b.is_ascii_digit()) {
        return Some(both!(
            "没有用本机的 ticket 计算：时间戳只能是数字，否则它会在 string1 里冒充别的参数",
            "not computed with the ticket of this machine: the timestamp has to be digits, since anything else could pose as another parameter of string1"
        ));
    }
    if kind.signs_url()
        && let Some(Both { zh, en }) = url_fault(url)
    {
        return Some(both!(
            "没有用本机的 ticket 计算：{zh}",
            "not computed with the ticket of this machine: {en}"
        ));
    }
    // Cards have no separators: each value has to be what it is called.
    let cards = [
        &fields.app_id,
        &fields.card_id,
        &fields.card_type,
        &fields.location_id,
        &fields.code,
        &fields.openid,
        &fields.balance,
    ];
    let is_plain = |value: &str| value.bytes().all(|b| is_nonce_byte(b) || b == b'.');
    if !kind.signs_url() && cards.into_iter().flatten().any(|value| !is_plain(value)) {
        return Some(both!(
            "没有用本机的 ticket 计算：卡券的值只能由字母、数字、`_`、`-` 和 `.` 组成",
            "not computed with the ticket of this machine: the values of a card have to be letters, digits, `_`, `-` and `.`"
        ));
    }
    None
}

/// Why a url must not be signed for others.
pub fn url_fault(url: &str) -> Option<Both> {
    let url = without_fragment(url);
    if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Some(both!(
            "url 里有空格或控制字符，浏览器的 location.href 不会是这样",
            "the url holds a space or a control character, which no location.href does"
        ));
    }
    // A page may pass any nonce, also one that ends inside this url.
    let (_, after) = url.split_once("&timestamp=")?;
    after.contains("&url=").then(|| {
        both!(
            "url 的参数里先有 `&timestamp=`、后有 `&url=`，同一个签名在别的页面上也会通过",
            "the url holds `&timestamp=` and then `&url=`: its signature would be valid on another page, too"
        )
    })
}

fn is_nonce_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::signature::string1;

    /// Every way to read a string1 as ticket, nonce, timestamp and url.
    fn readings(text: &str) -> Vec<[&str; 4]> {
        let Some(rest) = text.strip_prefix("jsapi_ticket=") else { return Vec::new() };
        let mut found = Vec::new();
        for (nonce_at, _) in rest.match_indices("&noncestr=") {
            let (ticket, after) = (&rest[..nonce_at], &rest[nonce_at + 10..]);
            for (time_at, _) in after.match_indices("&timestamp=") {
                let (nonce, last) = (&after[..time_at], &after[time_at + 11..]);
                for (url_at, _) in last.match_indices("&url=") {
                    found.push([ticket, nonce, &last[..url_at], &last[url_at + 5..]]);
                }
            }
        }
        found
    }

    fn piece() -> impl Strategy<Value = String> {
        let parts = prop_oneof![
            Just("&noncestr=".to_owned()),
            Just("&timestamp=".to_owned()),
            Just("&url=".to_owned()),
            Just("https://m.example.com/?a=1".to_owned()),
            Just("&timestamp=1&url=".to_owned()),
            "[a-zA-Z0-9_-]{0,8}",
            "[0-9]{1,10}",
            "[ \\n\\t%=&#?]{1,2}",
            "\\PC{0,3}",
        ];
        prop::collection::vec(parts, 0..5).prop_map(|parts| parts.concat())
    }

    proptest! {
        /// WeChat computes over its ticket, what a page passes as nonce and timestamp, and the page's
        /// url: what is accepted can be read as the values that were asked for, and as no others.
        #[test]
        fn an_accepted_string1_reads_back_as_what_was_asked_for(
            nonce in piece(), timestamp in piece(), url in piece()
        ) {
            let fields = Fields {
                ticket: "sM4AOVdWfPE4DxkXGEs8V_-x".into(), nonce, timestamp, url, ..Fields::default()
            };
            if boundary_fault(Kind::Jsapi, &fields).is_none() {
                let text = string1(Kind::Jsapi, &fields);
                let url = crate::signature::without_fragment(&fields.url);
                // WeChat puts its own ticket there, and takes no timestamp that is not a number.
                let found: Vec<_> = readings(&text)
                    .into_iter()
                    .filter(|[ticket, _, timestamp, _]| {
                        *ticket == fields.ticket && timestamp.bytes().all(|b| b.is_ascii_digit())
                    })
                    .collect();
                prop_assert_eq!(
                    found,
                    vec![[fields.ticket.as_str(), &fields.nonce, &fields.timestamp, url]]
                );
            }
        }
    }

    #[test]
    fn a_value_that_could_pose_as_another_is_refused() {
        let fields = |nonce: &str, timestamp: &str, url: &str| Fields {
            nonce: nonce.into(),
            timestamp: timestamp.into(),
            url: url.into(),
            ..Fields::default()
        };
        let page = "https://m.example.com/a?b=1&url=x";
        for page in [
            page,
            "https://m.example.com/?url=x&timestamp=1",
            "https://m.example.com/?timestamp=1&url=x",
            "https://m.example.com/?a=1&timestamp=1#&url=x",
        ] {
            let found = boundary_fault(Kind::Jsapi, &fields("Wm3WZYTPz0wzccnW", "1414587457", page));
            assert_eq!(found, None, "{page}");
        }
        for (nonce, timestamp, url) in [
            ("x&timestamp=1&url=https://evil.example/", "1", page),
            ("x", "1&url=https://evil.example/", page),
            ("", "1", page),
            ("x", "", page),
            ("x", "１", page),
            ("é", "1", page),
            ("x", "1", "https://m.example.com/?x=1&timestamp=1&url=https://evil.example/"),
            ("x", "1", "https://m.example.com/?x=1&timestamp=&a=&url=https://evil.example/"),
            ("x", "1", "https://m.example.com/ a"),
            ("x", "1", "https://m.example.com/\u{85}"),
            ("x", "1", "https://m.example.com/\u{3000}"),
        ] {
            assert!(
                boundary_fault(Kind::Agent, &fields(nonce, timestamp, url)).is_some(),
                "{nonce} {timestamp} {url}"
            );
        }
        assert!(boundary_fault(Kind::Jsapi, &fields(&"n".repeat(65), "1", page)).is_some());
        let card = Fields { card_id: Some("p1&x".into()), ..fields("n", "1", "") };
        assert!(boundary_fault(Kind::CardExt, &card).is_some());
    }
}
