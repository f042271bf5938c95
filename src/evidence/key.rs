//! The spellings of a key: which field `noncestr`, `nonceStr`, `nonce_str` or 随机串 name.
//!
//! In: a key as written. Out: a [`Key`]. Letter case, `_`, `-`, `$` and whitespace do not count; what
//! a spelling means in its place (a status `code` is not a card code) is decided by the reader.

use super::Field;
use crate::signature::Kind;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A field of a signature.
    Field(Field),
    /// `ticket` under a name that only card kinds use.
    ApiTicket,
    /// `group_ticket`.
    GroupTicket,
    /// `cardSign`.
    CardSign,
    /// `cardExt`, `card_ext`.
    CardExt,
    /// A field under a name that only the agent's signature has: `agentSignature`.
    Agent(Field),
    /// The ticket of `wx.config` under a name that tells it from the agent's: `corp_ticket`.
    CorpTicket,
    /// `jsApiList`.
    JsApiList,
    /// `menuList`.
    MenuList,
    /// `expires_at`, `expire_time`: when a ticket or a token ends.
    Expiry,
    /// `realAuthUrl`, `location.href`, `page_url`.
    PageUrl,
    /// `Referer`: the page, or its host alone where another host was asked.
    Referer,
    /// `Host`: who was asked.
    Host,
    /// `Request URL`: where the page asked for a signature.
    RequestUrl,
    /// `errMsg`.
    Message,
    /// `kind`, as `sign --json` prints it.
    Kind,
    /// `getConfigSignature` of `ww.register`.
    ConfigSignature,
    /// `getAgentConfigSignature` of `ww.register`.
    AgentSignature,
    /// A key that only a share card has: the `link` beside it is not the signed url.
    Share,
    /// A key that only a request has: the `url` beside it is where the request goes.
    Request,
    /// A key that only a payment has.
    Payment,
    /// Anything else.
    Other,
}

/// What people put before a key.
const PREFIXES: [&[u8]; 6] = [b"jsapi", b"wechat", b"wecom", b"weixin", b"wx", b"jssdk"];

/// Names that stay telling behind any prefix.
const DISTINCT: [(&str, Field); 8] = [
    ("noncestr", Field::Nonce),
    ("noncestring", Field::Nonce),
    ("jsapiticket", Field::Ticket),
    ("jsticket", Field::Ticket),
    ("timestamp", Field::Timestamp),
    ("signature", Field::Signature),
    ("appid", Field::AppId),
    ("ticket", Field::Ticket),
];

/// What comes before such a name when it is one of ours.
const OURS: [&str; 23] = [
    "api", "bridge", "config", "corp", "data", "fetched", "h5", "js", "jsapi", "jssdk", "jwx", "mp", "my",
    "page", "qy", "sdk", "share", "test", "wechat", "wecom", "weixin", "work", "wx",
];

/// What comes before such a name when it belongs to something else.
const OTHERS: [&str; 14] = [
    "access",
    "card",
    "component",
    "create",
    "encrypt",
    "event",
    "login",
    "media",
    "message",
    "msg",
    "pay",
    "third",
    "user",
    "verify",
];

/// The spellings, letters and digits alone in lower case; sorted, so that a word is found quickly.
const SPELLINGS: &[(&str, Key)] = &[
    ("accesstoken", Key::Field(Field::AccessToken)),
    ("actualurl", Key::PageUrl),
    ("addressbar", Key::PageUrl),
    ("agentconfignoncestr", Key::Agent(Field::Nonce)),
    ("agentconfigsignature", Key::Agent(Field::Signature)),
    ("agentconfigticket", Key::Agent(Field::Ticket)),
    ("agentconfigtimestamp", Key::Agent(Field::Timestamp)),
    ("agentid", Key::Field(Field::AgentId)),
    ("agentjsapiticket", Key::Agent(Field::Ticket)),
    ("agentnonce", Key::Agent(Field::Nonce)),
    ("agentnoncestr", Key::Agent(Field::Nonce)),
    ("agentsign", Key::Agent(Field::Signature)),
    ("agentsignature", Key::Agent(Field::Signature)),
    ("agentticket", Key::Agent(Field::Ticket)),
    ("agenttimestamp", Key::Agent(Field::Timestamp)),
    ("apiticket", Key::ApiTicket),
    ("appid", Key::Field(Field::AppId)),
    ("balance", Key::Field(Field::Balance)),
    ("browserurl", Key::PageUrl),
    ("cardapiticket", Key::ApiTicket),
    ("cardext", Key::CardExt),
    ("cardid", Key::Field(Field::CardId)),
    ("cardsign", Key::CardSign),
    ("cardticket", Key::ApiTicket),
    ("cardtype", Key::Field(Field::CardType)),
    ("code", Key::Field(Field::Code)),
    ("contenttype", Key::Request),
    ("corpid", Key::Field(Field::AppId)),
    ("corpjsapiticket", Key::CorpTicket),
    ("corpticket", Key::CorpTicket),
    ("crossdomain", Key::Request),
    ("currenturl", Key::Field(Field::Url)),
    ("datatype", Key::Request),
    ("desc", Key::Share),
    ("documentlocationhref", Key::PageUrl),
    ("documenturl", Key::PageUrl),
    ("errmsg", Key::Message),
    ("errormessage", Key::Message),
    ("expireat", Key::Expiry),
    ("expiresat", Key::Expiry),
    ("expiretime", Key::Expiry),
    ("fullurl", Key::Field(Field::Url)),
    ("getagentconfigsignature", Key::AgentSignature),
    ("getconfigsignature", Key::ConfigSignature),
    ("groupid", Key::Field(Field::GroupId)),
    ("groupticket", Key::GroupTicket),
    ("header", Key::Request),
    ("headers", Key::Request),
    ("host", Key::Host),
    ("imageurl", Key::Share),
    ("imgurl", Key::Share),
    ("jsapilist", Key::JsApiList),
    ("jsapisignature", Key::Field(Field::Signature)),
    ("jsapiticket", Key::Field(Field::Ticket)),
    ("jssignature", Key::Field(Field::Signature)),
    ("jsticket", Key::Field(Field::Ticket)),
    ("kind", Key::Kind),
    ("link", Key::Field(Field::Url)),
    ("localurl", Key::Field(Field::Url)),
    ("locationhref", Key::PageUrl),
    ("locationid", Key::Field(Field::LocationId)),
    ("mchid", Key::Payment),
    ("menulist", Key::MenuList),
    ("method", Key::Request),
    ("nonce", Key::Field(Field::Nonce)),
    ("noncestr", Key::Field(Field::Nonce)),
    ("noncestring", Key::Field(Field::Nonce)),
    ("openid", Key::Field(Field::Openid)),
    ("outerid", Key::Field(Field::OuterStr)),
    ("outerstr", Key::Field(Field::OuterStr)),
    ("outtradeno", Key::Payment),
    ("page", Key::PageUrl),
    ("pageaddress", Key::PageUrl),
    ("pageurl", Key::PageUrl),
    ("partnerid", Key::Payment),
    ("paysign", Key::Payment),
    ("prepayid", Key::Payment),
    ("randomstr", Key::Field(Field::Nonce)),
    ("randomstring", Key::Field(Field::Nonce)),
    ("realauthurl", Key::PageUrl),
    ("realurl", Key::PageUrl),
    ("referer", Key::Referer),
    ("referrer", Key::Referer),
    ("requesturl", Key::RequestUrl),
    ("responsetype", Key::Request),
    ("sha1", Key::Field(Field::Signature)),
    ("sha1sign", Key::Field(Field::Signature)),
    ("shopid", Key::Field(Field::LocationId)),
    ("sig", Key::Field(Field::Signature)),
    ("sign", Key::Field(Field::Signature)),
    ("signature", Key::Field(Field::Signature)),
    ("signaturestr", Key::Field(Field::Signature)),
    ("signedurl", Key::Field(Field::Url)),
    ("signlink", Key::Field(Field::Url)),
    ("signurl", Key::Field(Field::Url)),
    ("statuscode", Key::Request),
    ("success", Key::Request),
    ("targeturl", Key::Field(Field::Url)),
    ("ticket", Key::Field(Field::Ticket)),
    ("timestamp", Key::Field(Field::Timestamp)),
    ("timestampstr", Key::Field(Field::Timestamp)),
    ("title", Key::Share),
    ("totalfee", Key::Payment),
    ("tradetype", Key::Payment),
    ("url", Key::Field(Field::Url)),
    ("weburl", Key::Field(Field::Url)),
    ("windowlocationhref", Key::PageUrl),
    ("withcredentials", Key::Request),
];

impl Key {
    /// Reads a key as written.
    pub(super) fn of(name: &str) -> Self {
        // No spelling is longer; a megabyte in quotes is not worth a look.
        if name.len() > 64 || !may_be_a_key(name) {
            return Self::Other;
        }
        if !name.is_ascii() {
            let plain: String =
                name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            return Self::labelled(&plain);
        }
        let (mut plain, mut length) = ([0; 64], 0);
        for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
            plain[length] = byte.to_ascii_lowercase();
            length += 1;
        }
        let plain = &plain[..length];
        let prefixed = || PREFIXES.iter().find_map(|prefix| Self::spelled(plain.strip_prefix(*prefix)?));
        Self::spelled(plain)
            .or_else(prefixed)
            .or_else(|| Self::behind_prefix(name, plain))
            .unwrap_or(Self::Other)
    }

    /// `jsapi_nonceStr`, `agentJsAPITicket`, `myTimestamp`: any word before a name that nothing else has.
    fn behind_prefix(name: &str, plain: &[u8]) -> Option<Self> {
        let (ending, field) = DISTINCT.iter().find(|(ending, _)| plain.ends_with(ending.as_bytes()))?;
        let prefix = &plain[..plain.len() - ending.len()];
        // The prefix is a word of its own: `jsapi_`, or a capital follows it.
        let mut letters = 0;
        let at = name.bytes().position(|byte| {
            letters += usize::from(byte.is_ascii_alphanumeric());
            letters > prefix.len()
        })?;
        let is_apart = name.as_bytes()[at].is_ascii_uppercase()
            || at.checked_sub(1).is_some_and(|before| !name.as_bytes()[before].is_ascii_alphanumeric());
        if !is_apart || prefix.is_empty() || OTHERS.iter().any(|other| prefix.ends_with(other.as_bytes())) {
            return None;
        }
        if prefix.windows(5).any(|part| part == b"agent") {
            return Some(Self::Agent(*field));
        }
        // A time or a signature of another thing has such a name, too.
        let is_ours = OURS.iter().any(|own| prefix.ends_with(own.as_bytes()));
        (is_ours || *field == Field::Nonce || *ending == "jsapiticket").then_some(Self::Field(*field))
    }

    /// The field, where the key names one.
    pub(super) fn field(self) -> Option<Field> {
        match self {
            Self::Field(field) | Self::Agent(field) => Some(field),
            Self::ApiTicket | Self::GroupTicket | Self::CorpTicket => Some(Field::Ticket),
            Self::CardSign => Some(Field::Signature),
            _ => None,
        }
    }

    /// Whether the key names the address of the page.
    pub(super) fn is_page(self) -> bool {
        matches!(self, Self::PageUrl | Self::Referer)
    }

    /// The kind, where the key names one.
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Self::ApiTicket | Self::CardSign => Some(Kind::Card),
            Self::GroupTicket => Some(Kind::Group),
            Self::Agent(_) => Some(Kind::Agent),
            Self::CorpTicket => Some(Kind::Jsapi),
            _ => None,
        }
    }

    fn spelled(plain: &[u8]) -> Option<Self> {
        SPELLINGS
            .binary_search_by(|(spelling, _)| spelling.as_bytes().cmp(plain))
            .ok()
            .map(|index| SPELLINGS[index].1)
    }

    /// Chinese labels: `生成的签名`, `签名url`, `noncestr随机串`.
    fn labelled(plain: &str) -> Self {
        const ENDS: &[(&[&str], Field)] = &[
            (&["签名url", "签名地址", "签名链接", "签名网址"], Field::Url),
            (&["签名", "签名值", "签名结果", "签名后"], Field::Signature),
            (&["随机串", "随机字符串", "随机数", "随机码"], Field::Nonce),
            (&["时间戳"], Field::Timestamp),
            (&["票据", "票证"], Field::Ticket),
            (
                &["页面地址", "网址", "页面链接", "网页地址", "网页链接", "当前地址", "url地址", "页面路径"],
                Field::Url,
            ),
            (&["公众号id", "企业id", "应用编号"], Field::AppId),
        ];
        const SEEN: [&str; 7] = ["当前页", "实际", "真实", "手机", "浏览器", "微信里", "地址栏"];
        const ADDRESS: [&str; 5] = ["地址", "网址", "链接", "url", "地址栏"];
        if SEEN.iter().any(|seen| plain.starts_with(seen)) && ADDRESS.iter().any(|end| plain.ends_with(end)) {
            return Self::PageUrl;
        }
        if matches!(plain, "请求网址" | "请求地址" | "请求链接" | "请求url") {
            return Self::RequestUrl;
        }
        // A word of its own; with more before it, a shop's address or the link of a picture.
        if matches!(plain, "链接" | "地址") {
            return Self::Field(Field::Url);
        }
        for (ends, field) in ENDS {
            if ends.iter().any(|end| plain.ends_with(end)) {
                return Self::Field(*field);
            }
        }
        let latin_from =
            plain.char_indices().rev().find(|(_, c)| !c.is_ascii()).map(|(at, c)| at + c.len_utf8());
        let (label, latin) = plain.split_at(latin_from.unwrap_or(0));
        match Self::spelled(latin.as_bytes()).unwrap_or(Self::Other) {
            // 应用的 ticket, 企业的 ticket: not 企业微信的.
            Self::Field(Field::Ticket) if label.contains("应用") => Self::Agent(Field::Ticket),
            Self::Field(Field::Ticket) if label.replace("企业微信", "").contains("企业") => {
                Self::CorpTicket
            }
            key => key,
        }
    }
}

/// The key that a name is, the longest reading first: `nonce str`, `this.nonceStr`, `nonceStr`.
pub(super) fn last_key(words: &str, chain: &str, name: &str) -> Key {
    // All readings end alike.
    if !may_be_a_key(words) {
        return Key::Other;
    }
    let starts = words.match_indices(' ').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
    let several = starts[starts.len().saturating_sub(4)..].iter().map(|at| &words[*at..]);
    several.chain([chain, name]).map(Key::of).find(|key| *key != Key::Other).unwrap_or(Key::Other)
}

/// Where a value comes from, behind its name: `ticket from redis`, `nonceStr read from the log`.
const ORIGINS: [&str; 3] = [" from ", " in ", " of "];
/// What is done with it before.
const TAKEN: [&str; 8] = ["read", "got", "fetched", "loaded", "taken", "stored", "cached", "used"];

/// The key before the words that say where its value comes from: `ticket read from cache`. An address `of` or
/// `in` something is another one.
pub(super) fn key_of_origin(words: &str) -> Key {
    let Some(at) = ORIGINS.iter().filter_map(|origin| words.find(origin)).min() else { return Key::Other };
    let name = words[..at].trim_end();
    let name = TAKEN.iter().find_map(|taken| name.strip_suffix(taken)).unwrap_or(name).trim_end();
    match last_key(name, name, name) {
        key if key.field().is_some_and(|field| !matches!(field, Field::Url | Field::AppId | Field::Code)) => {
            key
        }
        _ => Key::Other,
    }
}

/// The last three letters of every spelling, as a set: by them nearly all words are ruled out.
static ENDINGS: [bool; 1 << 15] = {
    let mut endings = [false; 1 << 15];
    let mut at = 0;
    while at < SPELLINGS.len() {
        let word = SPELLINGS[at].0.as_bytes();
        let end = word.len();
        endings[ending(word[end - 3], word[end - 2], word[end - 1])] = true;
        at += 1;
    }
    endings
};

/// Five bits of each: letters of both cases are one, and no two letters.
const fn ending(one: u8, two: u8, three: u8) -> usize {
    (((one & 31) as usize) << 10) | (((two & 31) as usize) << 5) | (three & 31) as usize
}

/// Whether a key can end as a name does. Text is full of words, and most have no such end.
fn may_be_a_key(name: &str) -> bool {
    let mut last = [0; 3];
    let mut length = 0;
    for byte in name.bytes().rev() {
        if !byte.is_ascii() {
            // Letters of its own behind a Chinese label: `公众号id`.
            return length > 0
                || name
                    .chars()
                    .rev()
                    .find(|c| c.is_alphanumeric())
                    .is_some_and(|c| "名值果后串数码戳据证址接径号栏".contains(c) || c.is_ascii());
        }
        if byte.is_ascii_alphanumeric() {
            last[length] = byte;
            length += 1;
            if length == 3 {
                return ENDINGS[ending(last[2], last[1], last[0])];
            }
        }
    }
    length > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_field_are_one() {
        for (field, names) in [
            (
                Field::Nonce,
                &[
                    "noncestr",
                    "nonceStr",
                    "nonce_str",
                    "NONCESTR",
                    "nonce-str",
                    "nonceStr ",
                    "随机串",
                    "WX_NONCE_STR",
                ][..],
            ),
            (
                Field::Timestamp,
                &["timestamp", "timeStamp", "time_stamp", "TIMESTAMP", "时间戳", "$timestamp"],
            ),
            (Field::Ticket, &["jsapi_ticket", "jsApiTicket", "ticket", "jsapi-ticket", "票据", "临时票据"]),
            (Field::Signature, &["signature", "sign", "Signature", "签名", "后端生成的签名"]),
            (Field::Url, &["url", "link", "signUrl", "sign_url", "页面地址", "签名url", "前端传的url"]),
            (Field::AppId, &["appId", "appid", "app_id", "corpid", "corpId", "WX_APP_ID"]),
            (Field::AgentId, &["agentid", "agentId", "AGENT_ID"]),
        ] {
            for name in names {
                assert_eq!(Key::of(name), Key::Field(field), "{name}");
            }
        }
        assert!(SPELLINGS.is_sorted_by_key(|spelling| spelling.0));
        assert_eq!(Key::of("debug"), Key::Other);
        assert_eq!(Key::of("imgUrl"), Key::Share);
        assert_eq!(Key::of("wx"), Key::Other);
    }
}
