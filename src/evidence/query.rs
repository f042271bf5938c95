//! Query strings and form bodies.
//!
//! In: the run of text from after a `?`, or from the first key of a body. Out: the values, each
//! decoded once. A body whose url is unencoded was never encoded: it is taken as it is,
//! with the parameters that follow the url as part of it.

use super::Field;
use super::key::Key;
use super::string1;

/// A key, its value, and the byte the value starts at.
pub(super) type Pair = (Key, String, usize);

/// A signature has no more parameters than this.
const PAIRS: usize = 32;

/// The pairs of a run that belong to a signature; none, where it is another query.
pub(super) fn parse(run: &str, is_after_question_mark: bool) -> Option<Vec<Pair>> {
    let is_raw = !is_after_question_mark && (run.contains("://") || !run.contains('%'));
    let mut pairs: Vec<Pair> = Vec::new();
    let mut raw_url: Option<usize> = None;
    let mut pos = 0;
    for part in run.split('&') {
        let at = pos;
        pos += part.len() + 1;
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let key = match Key::of(name) {
            // These words have another meaning in nearly every address.
            Key::Field(Field::Code | Field::Openid | Field::Balance | Field::OuterStr)
                if raw_url.is_some() =>
            {
                Key::Other
            }
            key => key,
        };
        let is_repeated = pairs.iter().any(|pair| pair.0 == key);
        if let Some(index) = raw_url.filter(|_| key.field().is_none() || is_repeated) {
            let text = &mut pairs[index].1;
            text.push('&');
            text.push_str(&if is_raw { part.to_owned() } else { decoded(part) });
            continue;
        }
        if (key.field().is_none() && !matches!(key, Key::CardExt | Key::Kind)) || pairs.len() >= PAIRS {
            continue;
        }
        raw_url = (key == Key::Field(Field::Url) && value.contains("://")).then_some(pairs.len()).or(raw_url);
        let text = if is_raw { value.to_owned() } else { decoded(value) };
        pairs.push((key, text, at + name.len() + 1));
    }
    // `url=http://a.b/?c=1&timestamp=2` is one line with one value.
    let others = pairs.iter().filter(|pair| {
        matches!(pair.0.field(), Some(Field::Ticket | Field::Nonce | Field::Timestamp | Field::Signature))
    });
    if is_raw && pairs.first().is_some_and(|pair| pair.0 == Key::Field(Field::Url)) && others.count() < 2 {
        return None;
    }
    let is_source = pairs.iter().any(|pair| string1::is_source(&pair.1) && pair.0 != Key::Field(Field::Url));
    (is_signature(&pairs) && !is_source).then_some(pairs)
}

/// Whether these pairs are those of a signature and not of any web address.
fn is_signature(pairs: &[Pair]) -> bool {
    let has = |field| pairs.iter().any(|pair| pair.0.field() == Some(field) && !pair.1.is_empty());
    let has_page = pairs.iter().any(|(key, text, _)| *key == Key::Field(Field::Url) && text.contains("://"));
    let count = [Field::Ticket, Field::Nonce, Field::Timestamp, Field::Signature]
        .into_iter()
        .filter(|field| has(*field));
    has_page || has(Field::AccessToken) || count.count() >= 2
}

/// Whether WeChat calls a developer's server so: `?signature=…&timestamp=…&nonce=…&echostr=…`.
pub(super) fn is_callback(run: &str) -> bool {
    let has = |name: &str| run.split('&').any(|pair| pair.split('=').next() == Some(name));
    has("msg_signature")
        || has("signature") && has("nonce") && ["echostr", "encrypt_type", "openid"].into_iter().any(has)
}

/// `%XX` and `+` undone; a text that is not UTF-8 after that stays as it was.
pub(super) fn decoded(value: &str) -> String {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match (byte, ahead.next().and_then(hex), ahead.next().and_then(hex)) {
            (b'+', ..) => out.push(b' '),
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(run: &str, question_mark: bool) -> Vec<(Field, String)> {
        parse(run, question_mark)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(key, text, _)| Some((key.field()?, text)))
            .collect()
    }

    #[test]
    fn values_are_decoded_once() {
        assert_eq!(
            read(
                "jsapi_ticket=a%3D%3D&noncestr=n+m&timestamp=1&url=https%3A%2F%2Fx.cn%2F%3Fa%3D%252C%26b",
                false
            ),
            [
                (Field::Ticket, "a==".into()),
                (Field::Nonce, "n m".into()),
                (Field::Timestamp, "1".into()),
                (Field::Url, "https://x.cn/?a=%2C&b".into()),
            ]
        );
        assert_eq!(read("t=1&url=https%3A%2F%2Fx.cn", true), [(Field::Url, "https://x.cn".into())]);
        assert_eq!(decoded("%E4%B8%AD%zz%"), "中%zz%");
        assert_eq!(decoded("%ff"), "%ff");
    }

    #[test]
    fn an_unencoded_url_keeps_its_own_parameters() {
        let wanted = [
            (Field::Nonce, "n".into()),
            (Field::Timestamp, "1".into()),
            (Field::Url, "http://x.cn/?a=%2C&b=2&timestamp=3".into()),
            (Field::Signature, "s".into()),
        ];
        assert_eq!(
            read("noncestr=n&timestamp=1&url=http://x.cn/?a=%2C&b=2&timestamp=3&signature=s", false),
            wanted
        );
    }

    #[test]
    fn a_callback_is_known_by_its_parameters() {
        assert!(is_callback("signature=a&timestamp=1&nonce=2&echostr=3"));
        assert!(is_callback("msg_signature=a&timestamp=1&nonce=2"));
        assert!(is_callback("signature=a&timestamp=1&nonce=2&openid=o"));
        assert!(!is_callback("signature=a&timestamp=1&noncestr=2&url=u"));
    }

    #[test]
    fn other_queries_are_left_alone() {
        assert_eq!(read("id=1&timestamp=2", true), []);
        assert_eq!(read("code=1&state=2", true), []);
        assert_eq!(read("a&&b=c", false), []);
    }
}
