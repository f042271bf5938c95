//! What is hashed: the six kinds of signature, their canonical strings, and the digest.
//!
//! In: a [`Kind`] and the raw [`Fields`]. Out: [`string1`] and the lower-case hex SHA-1 of its
//! UTF-8 bytes. Nothing is trimmed, decoded or re-serialised: the url is signed byte for byte,
//! less its fragment.

use crate::rank::by_rank;
use serde::Serialize;
use sha1::{Digest, Sha1};

/// A kind of signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `wx.config` and `ww.register`, both platforms.
    #[default]
    Jsapi,
    /// `wx.agentConfig`, work: the same string with the `agent_config` ticket.
    Agent,
    /// `wx.chooseCard`: cardSign.
    Card,
    /// `wx.addCard`: the signature inside cardExt.
    CardExt,
    /// `chooseInvoice`: cardSign with card_type `INVOICE`.
    Invoice,
    /// The old 企业号 `openEnterpriseContact`, with `group_ticket`.
    Group,
}

impl Kind {
    /// All kinds, in the order of the contract.
    pub const ALL: [Self; 6] =
        [Self::Jsapi, Self::Agent, Self::Card, Self::CardExt, Self::Invoice, Self::Group];

    /// The name in flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsapi => "jsapi",
            Self::Agent => "agent",
            Self::Card => "card",
            Self::CardExt => "card-ext",
            Self::Invoice => "invoice",
            Self::Group => "group",
        }
    }

    /// Reads the name; `card_ext` and `cardExt` too, as JSON Lines may write it.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cardExt" | "card_ext" => Some(Self::CardExt),
            name => Self::ALL.into_iter().find(|kind| kind.name() == name),
        }
    }

    /// Whether the string is `key=value&…` with a url, and not sorted values.
    pub fn signs_url(self) -> bool {
        matches!(self, Self::Jsapi | Self::Agent | Self::Group)
    }

    /// The key under which the ticket stands in string1; card kinds have none there.
    pub fn ticket_key(self) -> &'static str {
        match self {
            Self::Group => "group_ticket",
            Self::Jsapi | Self::Agent => "jsapi_ticket",
            Self::Card | Self::CardExt | Self::Invoice => "api_ticket",
        }
    }
}

impl<'de> serde::Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const NAMES: &[&str] = &["jsapi", "agent", "card", "card-ext", "invoice", "group"];
        let name = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::unknown_variant(&name, NAMES))
    }
}

/// The values that are signed, raw as given. A card kind leaves out what is absent or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// jsapi_ticket, agent_config ticket, api_ticket or group_ticket.
    pub ticket: String,
    /// noncestr, nonce_str.
    pub nonce: String,
    /// timestamp, as text: it is hashed as written.
    pub timestamp: String,
    /// The page's address; a fragment in it is not signed.
    pub url: String,
    /// appid or corpid (card, invoice).
    pub app_id: Option<String>,
    /// card_id (card, card-ext).
    pub card_id: Option<String>,
    /// card_type (card, invoice).
    pub card_type: Option<String>,
    /// location_id (card).
    pub location_id: Option<String>,
    /// code (card-ext).
    pub code: Option<String>,
    /// openid (card-ext).
    pub openid: Option<String>,
    /// balance (card-ext).
    pub balance: Option<String>,
    /// outer_str: sent in a cardExt, never signed.
    pub outer_str: Option<String>,
}

/// The text that is hashed.
pub fn string1(kind: Kind, fields: &Fields) -> String {
    if kind.signs_url() {
        let Fields { ticket, nonce, timestamp, .. } = fields;
        let (key, url) = (kind.ticket_key(), without_fragment(&fields.url));
        [key, "=", ticket, "&noncestr=", nonce, "&timestamp=", timestamp, "&url=", url].concat()
    } else {
        sorted_values(kind, fields).into_iter().map(|(_, value)| value).collect()
    }
}

/// The values of a card kind with their names, in the order hashed: sorted by bytes. Values that
/// are absent or empty take no part.
pub fn sorted_values(kind: Kind, fields: &Fields) -> Vec<(&'static str, &str)> {
    let mut values = named_values(kind, fields);
    values.retain(|(_, value)| !value.is_empty());
    by_rank(&mut values, |(_, value)| *value);
    values
}

/// The values that a kind knows with their names, in the order of the contract; absent ones are
/// empty.
pub fn named_values(kind: Kind, fields: &Fields) -> Vec<(&'static str, &str)> {
    let Fields { ticket, nonce, timestamp, url, .. } = fields;
    match kind {
        Kind::Jsapi | Kind::Agent | Kind::Group => vec![
            (kind.ticket_key(), ticket),
            ("noncestr", nonce),
            ("timestamp", timestamp),
            ("url", without_fragment(url)),
        ],
        Kind::Card => vec![
            ("api_ticket", ticket),
            ("app_id", fields.app_id.as_deref().unwrap_or_default()),
            ("location_id", fields.location_id.as_deref().unwrap_or_default()),
            ("timestamp", timestamp),
            ("nonce_str", nonce),
            ("card_id", fields.card_id.as_deref().unwrap_or_default()),
            ("card_type", fields.card_type.as_deref().unwrap_or_default()),
        ],
        Kind::CardExt => vec![
            ("api_ticket", ticket),
            ("timestamp", timestamp),
            ("card_id", fields.card_id.as_deref().unwrap_or_default()),
            ("code", fields.code.as_deref().unwrap_or_default()),
            ("openid", fields.openid.as_deref().unwrap_or_default()),
            ("nonce_str", nonce),
            ("balance", fields.balance.as_deref().unwrap_or_default()),
        ],
        Kind::Invoice => vec![
            ("api_ticket", ticket),
            ("app_id", fields.app_id.as_deref().unwrap_or_default()),
            ("timestamp", timestamp),
            ("nonce_str", nonce),
            ("card_type", fields.card_type.as_deref().unwrap_or("INVOICE")),
        ],
    }
}

/// A url up to its first `#`.
pub fn without_fragment(url: &str) -> &str {
    memchr::memchr(b'#', url.as_bytes()).map_or(url, |at| &url[..at])
}

/// Lower-case hex SHA-1 of a text's UTF-8 bytes.
pub fn sha1_hex(text: &str) -> String {
    let mut digits = vec![0; 40];
    // Twice as fast as building the text digit by digit, and 40 digits always hold 20 bytes.
    match hex::encode_to_slice(Sha1::digest(text.as_bytes()), &mut digits).map(|()| String::from_utf8(digits))
    {
        Ok(Ok(text)) => text,
        _ => unreachable!("20 bytes are 40 digits"),
    }
}

/// The signature of some fields.
pub fn sign(kind: Kind, fields: &Fields) -> String {
    sha1_hex(&string1(kind, fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: &str =
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";

    fn documented() -> Fields {
        Fields {
            ticket: TICKET.into(),
            nonce: "Wm3WZYTPz0wzccnW".into(),
            timestamp: "1414587457".into(),
            url: "http://mp.weixin.qq.com?params=value".into(),
            ..Fields::default()
        }
    }

    #[test]
    fn the_official_example_gives_its_published_signature() {
        let mut fields = documented();
        assert_eq!(sign(Kind::Jsapi, &fields), "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
        fields.url.push_str("#xxxx");
        assert_eq!(sign(Kind::Jsapi, &fields), "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    }

    #[test]
    fn the_url_is_signed_byte_for_byte() {
        let mut fields = documented();
        fields.url = "HTTP://Example.COM:80/路径?a=%2C&b= c+d".into();
        assert!(string1(Kind::Jsapi, &fields).ends_with("&url=HTTP://Example.COM:80/路径?a=%2C&b= c+d"));
    }

    #[test]
    fn card_values_are_sorted_by_bytes_and_empty_ones_left_out() {
        let fields = Fields {
            ticket: "b".into(),
            nonce: "B".into(),
            timestamp: "10".into(),
            app_id: Some("a".into()),
            card_id: Some(String::new()),
            ..Fields::default()
        };
        assert_eq!(string1(Kind::Card, &fields), "10Bab");
        assert_eq!(string1(Kind::Invoice, &fields), "10BINVOICEab");
    }

    #[test]
    fn each_kind_is_read_by_its_name() {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names, ["jsapi", "agent", "card", "card-ext", "invoice", "group"]);
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            let quoted = format!("\"{}\"", kind.name());
            assert_eq!(serde_json::from_str::<Kind>(&quoted).ok(), Some(kind));
        }
        assert_eq!(Kind::from_name("cardExt"), Some(Kind::CardExt));
        assert_eq!(Kind::from_name("card_ext"), Some(Kind::CardExt));
        assert_eq!(Kind::from_name("cards"), None);
        assert!(serde_json::from_str::<Kind>("\"cards\"").is_err());
    }

    #[test]
    fn each_kind_signs_its_own_values() {
        let some = |text: &str| Some(text.to_owned());
        let fields = Fields {
            ticket: "T".into(),
            nonce: "N".into(),
            timestamp: "1".into(),
            url: "https://m.example.com/#a".into(),
            app_id: some("A"),
            card_id: some("C"),
            card_type: some("Y"),
            location_id: some("L"),
            code: some("D"),
            openid: some("O"),
            balance: some("B"),
            outer_str: some("never"),
        };
        for (kind, key) in
            [(Kind::Jsapi, "jsapi_ticket"), (Kind::Agent, "jsapi_ticket"), (Kind::Group, "group_ticket")]
        {
            assert!(kind.signs_url());
            let text = format!("{key}=T&noncestr=N&timestamp=1&url=https://m.example.com/");
            assert_eq!(string1(kind, &fields), text);
            let named =
                [(key, "T"), ("noncestr", "N"), ("timestamp", "1"), ("url", "https://m.example.com/")];
            assert_eq!(named_values(kind, &fields), named);
        }
        for (kind, text, names) in [
            (Kind::Card, "1ACLNTY", "timestamp app_id card_id location_id nonce_str api_ticket card_type"),
            (Kind::CardExt, "1BCDNOT", "timestamp balance card_id code nonce_str openid api_ticket"),
            (Kind::Invoice, "1ANTY", "timestamp app_id nonce_str api_ticket card_type"),
        ] {
            assert!(!kind.signs_url());
            assert_eq!(kind.ticket_key(), "api_ticket");
            assert_eq!(string1(kind, &fields), text);
            let sorted: Vec<&str> = sorted_values(kind, &fields).iter().map(|(name, _)| *name).collect();
            assert_eq!(sorted.join(" "), names);
        }
        assert_eq!(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
