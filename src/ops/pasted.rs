//! What a pasted text is about, and so which command answers it.
//!
//! In: a text as it was copied. Out: [`About`]. The first box of the checker page sorts by the same
//! rules (`about` in `src/server/page/any.js`); `tests/data/pasted-about.tsv` is asked of both.

use crate::callback::request;
use crate::evidence::{self, Field};

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Values of a signature: `verify`.
    Signature,
    /// A request that WeChat sent: `callback verify`.
    Callback,
    /// Nothing but addresses: `domain-check`.
    Addresses,
    /// What a client calls itself: `ua`.
    UserAgent,
    /// A hash and nothing that was hashed.
    Hash,
    /// Anything else: perhaps an error.
    Error,
}

/// No logged request is longer. Bytes.
pub const LONGEST_REQUEST: usize = 1024 * 1024;

/// Only what WeChat sends to a server has these elements.
const ELEMENTS: [&str; 3] = ["<encrypt>", "<tousername>", "<infotype>"];

/// And these names, with a value.
const NAMES: [&str; 2] = ["msg_signature", "echostr"];

/// What is signed for a page has these, and no callback.
const OF_PAGES: [&str; 4] = ["noncestr", "jsapi_ticket", "wx.config", "wx.agentconfig"];

/// Says what a text is about.
pub fn about(text: &str) -> About {
    at_a_glance(text).unwrap_or_else(|| {
        let evidence = evidence::extract(text);
        let is_signed = [Field::Signature, Field::Nonce, Field::Ticket]
            .into_iter()
            .any(|field| evidence.all(field).next().is_some());
        if is_signed { About::Signature } else { About::Error }
    })
}

/// What a text is about, if that shows before values of a signature are looked for.
pub fn at_a_glance(text: &str) -> Option<About> {
    let one = text.trim();
    if one.len() > LONGEST_REQUEST {
        None
    } else if is_addresses(one) {
        Some(About::Addresses)
    } else if one.starts_with("Mozilla/") && !one.contains('\n') && is_client(one) {
        Some(About::UserAgent)
    } else if one.len() == 40 && one.bytes().all(|b| b.is_ascii_hexdigit()) {
        Some(About::Hash)
    } else {
        is_callback(one).then_some(About::Callback)
    }
}

/// Whether a client of WeChat is named.
pub fn is_client(text: &str) -> bool {
    text.contains("MicroMessenger/") || text.contains("wxwork/")
}

fn is_addresses(text: &str) -> bool {
    let is_address = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty()) && !lower.contains("signature=")
    };
    !text.is_empty() && (text.split_whitespace().all(is_address) || is_host(text))
}

/// `m.example.com`, `m.example.com:8443/`; not `wx.chooseImage`.
fn is_host(text: &str) -> bool {
    let text = text.strip_suffix('/').unwrap_or(text);
    let called = ["wx.", "ww.", "jWeixin."].iter().find_map(|object| text.strip_prefix(object));
    let is_code = called.is_some_and(|name| {
        !name.contains('.')
            && (name.bytes().any(|b| b.is_ascii_uppercase())
                || ["config", "ready", "error", "invoke", "register"].contains(&name))
    });
    if is_code {
        return false;
    }
    let (host, port) = text.split_once(':').unwrap_or((text, "80"));
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let last = host.rsplit_once('.').map_or("", |(_, last)| last);
    last.len() > 1
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && host.split('.').all(is_label)
        && !port.is_empty()
        && port.bytes().all(|b| b.is_ascii_digit())
}

fn is_callback(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if lower.trim_start().starts_with("{\"log\"") || holds(&OF_PAGES) {
        return false;
    }
    let is_encrypted = lower.contains("\"encrypt\"") && lower.starts_with('{');
    holds(&ELEMENTS)
        || NAMES.iter().any(|name| has_value(&lower, name))
        || is_encrypted
        || (!holds(&["url", "ticket"]) && request::read(text).is_ok())
}

/// Whether a name is there with a value behind it, and not only spoken of: `echostr=1`, `'echostr', '1'`.
fn has_value(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        let value = after.trim_start_matches(['"', '\'', ']', ')']);
        let separators: &[char] = if value.len() < after.len() { &['=', ':', ','] } else { &['=', ':'] };
        value.trim_start_matches(' ').starts_with(separators)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_as_it_says() {
        for row in include_str!("../../tests/data/pasted-about.tsv").lines() {
            let (about_it, text) = row.split_once('\t').expect("what it is about, and a text");
            let text = text.replace("\\n", "\n");
            let expected = match about_it {
                "check" => &[About::Signature, About::Hash][..],
                "callback" => &[About::Callback],
                "domains" => &[About::Addresses],
                _ => &[About::Error, About::UserAgent],
            };
            assert!(expected.contains(&about(&text)), "{row}: {:?}", about(&text));
        }
    }
}
