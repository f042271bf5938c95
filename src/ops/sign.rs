//! Sign a page's url or a card's values: a ready payload for `wx.config` and its relatives.
//!
//! In: a [`Request`] from flags, a batch line, a query or an assistant, and a way to obtain the
//! profile's ticket when none is given. Out: [`Signed`], or the failure that would otherwise be met
//! on the phone. The url is signed byte for byte.

mod boundary;
mod remark;

use serde::{Deserialize, Serialize, Serializer};

pub use boundary::{boundary_fault, url_fault};
pub use remark::{remarks, shown_as};

use super::request::{names, text};
use crate::both;
use crate::cache::Origin;
use crate::config::Profile;
use crate::credentials::Served;
use crate::diagnosis::warning::is_empty_value;
use crate::failure::Failure;
use crate::lang::Both;
use crate::platform::Platform;
use crate::secret::mask;
use crate::signature::{self, Fields, Kind};

/// The most digits of a timestamp.
const TIMESTAMP_DIGITS: usize = 20;

/// What is to be signed; what is not said comes from the profile or is made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Request {
    pub kind: Option<Kind>,
    #[serde(deserialize_with = "text")]
    pub url: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ticket: Option<String>,
    #[serde(deserialize_with = "text")]
    pub nonce: Option<String>,
    #[serde(deserialize_with = "text")]
    pub timestamp: Option<String>,
    #[serde(deserialize_with = "text")]
    pub app_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub agent_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub group_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub card_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub card_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub location_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub openid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub balance: Option<String>,
    pub platform: Option<Platform>,
    /// jsApiList; `None` takes the profile's.
    #[serde(deserialize_with = "names")]
    pub api: Option<Vec<String>>,
    /// `outer_str` of a cardExt: sent, not signed.
    #[serde(deserialize_with = "text")]
    pub outer_str: Option<String>,
    /// The platform when nothing else says it.
    #[serde(skip)]
    pub usual_platform: Option<Platform>,
    /// Report what was hashed.
    #[serde(skip)]
    pub explain: bool,
    /// Show a ticket in it that was not given.
    #[serde(skip)]
    pub reveal: bool,
}

impl Request {
    /// What this one does not say is taken from `base`: a batch line over the run's flags.
    #[must_use]
    pub fn over(self, base: &Self) -> Self {
        let or = |own: Option<String>, base: &Option<String>| own.or_else(|| base.clone());
        Self {
            kind: self.kind.or(base.kind),
            url: or(self.url, &base.url),
            ticket: or(self.ticket, &base.ticket),
            nonce: or(self.nonce, &base.nonce),
            timestamp: or(self.timestamp, &base.timestamp),
            app_id: or(self.app_id, &base.app_id),
            agent_id: or(self.agent_id, &base.agent_id),
            group_id: or(self.group_id, &base.group_id),
            card_id: or(self.card_id, &base.card_id),
            card_type: or(self.card_type, &base.card_type),
            location_id: or(self.location_id, &base.location_id),
            code: or(self.code, &base.code),
            openid: or(self.openid, &base.openid),
            balance: or(self.balance, &base.balance),
            platform: self.platform.or(base.platform),
            api: self.api.or_else(|| base.api.clone()),
            outer_str: or(self.outer_str, &base.outer_str),
            usual_platform: base.usual_platform,
            explain: base.explain,
            reveal: base.reveal,
        }
    }

    /// Whether a value is given that only cards have.
    pub fn has_card_value(&self) -> bool {
        [&self.card_id, &self.card_type, &self.location_id, &self.code, &self.openid, &self.balance]
            .into_iter()
            .any(Option::is_some)
    }
}

/// A finished signature.
#[expect(clippy::option_option, reason = "a field that is not there, or null if it is given nowhere")]
#[derive(Clone, Debug, Serialize)]
pub struct Signed {
    pub kind: Kind,
    pub platform: Option<Platform>,
    /// appid or corpid.
    #[serde(rename = "appId")]
    pub app_id: Option<String>,
    /// As signed; a number in JSON.
    #[serde(serialize_with = "as_number")]
    pub timestamp: String,
    #[serde(rename = "nonceStr")]
    pub nonce: String,
    pub signature: String,
    /// As signed; null for card kinds.
    pub url: Option<String>,
    #[serde(rename = "jsApiList")]
    pub js_api_list: Vec<String>,
    /// The corpid again, under the name of wx.agentConfig.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corpid: Option<Option<String>>,
    /// For agent.
    #[serde(rename = "agentId", skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Option<String>>,
    /// For group.
    #[serde(rename = "groupId", skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Option<String>>,
    #[serde(flatten)]
    pub card: CardPart,
    /// Where a ticket came from that was not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketOrigin>,
    /// With --explain: what was hashed.
    #[serde(flatten)]
    pub hashed: Option<Hashed>,
}

/// The card fields of a payload.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CardPart {
    #[serde(rename = "cardId", skip_serializing_if = "Option::is_none")]
    pub card_id: Option<String>,
    #[serde(rename = "cardType", skip_serializing_if = "Option::is_none")]
    pub card_type: Option<String>,
    /// location_id, under wx.chooseCard's name.
    #[serde(rename = "shopId", skip_serializing_if = "Option::is_none")]
    pub shop_id: Option<String>,
    /// The JSON string for wx.addCard.
    #[serde(rename = "cardExt", skip_serializing_if = "Option::is_none")]
    pub card_ext: Option<String>,
    /// The signature under wx.chooseCard's name.
    #[serde(rename = "cardSign", skip_serializing_if = "Option::is_none")]
    pub card_sign: Option<String>,
    #[serde(rename = "signType", skip_serializing_if = "Option::is_none")]
    pub sign_type: Option<&'static str>,
}

/// Where a ticket came from that was not given.
#[derive(Clone, Debug, Serialize)]
pub struct TicketOrigin {
    pub source: Origin,
    /// Seconds; null when a token server does not say.
    pub expires_in: Option<u64>,
}

/// What was hashed.
#[derive(Clone, Debug, Serialize)]
pub struct Hashed {
    /// In the order hashed.
    pub values: Vec<HashedValue>,
    pub string1: String,
    /// Whether a ticket in it is masked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub string1_masked: bool,
}

/// One value of string1.
#[derive(Clone, Debug, Serialize)]
pub struct HashedValue {
    pub name: &'static str,
    pub value: String,
}

/// The number that wx.config takes. A text that no number gives back stays a string.
fn as_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => serializer.serialize_u64(number),
        _ => serializer.serialize_str(text),
    }
}

/// Signs at `now` (Unix seconds). `obtain` is asked for the profile's ticket of a kind only when
/// the request has none and everything else is fit to be signed.
pub fn sign(
    request: Request,
    profile: Option<&Profile>,
    now: u64,
    obtain: &mut dyn FnMut(Kind) -> Result<Served, Failure>,
) -> Result<Signed, Failure> {
    let kind = request.kind.unwrap_or_default();
    if !kind.signs_url() && request.url.is_some() {
        let name = kind.name();
        return Err(Failure::usage(both!("`{name}` 类签名不含 url", "kind `{name}` signs no url"))
            .hint(Both::same(format!("wecheck sign --kind {name} --ticket TICKET"))));
    }
    refuse_empty("nonce", request.nonce.as_deref())?;
    refuse_empty("timestamp", request.timestamp.as_deref())?;
    let own = |given: Option<String>, setting: fn(&Profile) -> &Option<String>| {
        given.or_else(|| profile.and_then(|profile| setting(profile).clone()))
    };
    let app_id = own(request.app_id, |profile| &profile.app_id);
    let mut fields = Fields {
        nonce: request.nonce.unwrap_or_default(),
        timestamp: request.timestamp.unwrap_or_default(),
        url: request.url.unwrap_or_default(),
        app_id: matches!(kind, Kind::Card | Kind::Invoice).then(|| app_id.clone()).flatten(),
        card_id: request.card_id,
        card_type: request.card_type,
        location_id: request.location_id,
        code: request.code,
        openid: request.openid,
        balance: request.balance,
        outer_str: request.outer_str,
        ticket: String::new(),
    };
    if fields.timestamp.bytes().any(|b| !b.is_ascii_digit()) || fields.timestamp.len() > TIMESTAMP_DIGITS {
        let given = &fields.timestamp;
        return Err(Failure::usage(both!(
            "时间戳 `{given}` 不是一个数字",
            "the timestamp `{given}` is not a number"
        ))
        .hint(both!("去掉 --timestamp 就用当前的秒数", "leave --timestamp out to take the current second")));
    }
    // A wrong url is reported before anything is fetched for it.
    if kind.signs_url() {
        check_page(&fields.url)?;
    }
    let mut group_id = request.group_id;
    let mut origin = None;
    if let Some(ticket) = request.ticket {
        fields.ticket = ticket;
    } else {
        let obtained = obtain(kind)?;
        obtained.value.reveal().clone_into(&mut fields.ticket);
        group_id = group_id.or(obtained.group_id);
        origin = Some(TicketOrigin { source: obtained.source, expires_in: obtained.expires_in });
    }
    if is_empty_value(&fields.ticket) {
        let ticket = &fields.ticket;
        return Err(Failure::usage(both!(
            "ticket 是 `{ticket}`，没法用来签名",
            "the ticket is `{ticket}`: nothing can be signed with it"
        ))
        .hint(both!(
            "看一下本该带回 ticket 的那次接口返回的 errcode：wecheck errcode explain CODE",
            "look at the errcode of the answer that was to hold it: wecheck errcode explain CODE"
        )));
    }
    if fields.nonce.is_empty() {
        fields.nonce = random_nonce()?;
    }
    if fields.timestamp.is_empty() {
        fields.timestamp = now.to_string();
    }
    if kind == Kind::Invoice {
        fields.card_type.get_or_insert_with(|| "INVOICE".to_owned());
    }
    let signature = signature::sign(kind, &fields);
    let hashed = request.explain.then(|| hashed(kind, &fields, origin.is_some() && !request.reveal));
    let card = card_part(kind, &fields, &signature);
    let only_work = matches!(kind, Kind::Agent | Kind::Group);
    fields.url.truncate(signature::without_fragment(&fields.url).len());
    Ok(Signed {
        kind,
        platform: request
            .platform
            .or_else(|| profile.map(Profile::platform))
            .or(request.usual_platform)
            .or_else(|| only_work.then_some(Platform::Work)),
        corpid: (kind == Kind::Agent).then(|| app_id.clone()),
        app_id,
        timestamp: fields.timestamp,
        nonce: fields.nonce,
        signature,
        url: kind.signs_url().then_some(fields.url),
        js_api_list: request
            .api
            .or_else(|| profile.map(|profile| profile.js_api_list.clone()))
            .unwrap_or_default(),
        agent_id: (kind == Kind::Agent).then(|| own(request.agent_id, |profile| &profile.agent_id)),
        group_id: (kind == Kind::Group).then_some(group_id),
        card,
        ticket: origin,
        hashed,
    })
}

/// Refuses a value that is given and empty: a script's variable was not set, and a made-up value in
/// its place would not be the one that its page gets.
fn refuse_empty(name: &str, value: Option<&str>) -> Result<(), Failure> {
    if value != Some("") {
        return Ok(());
    }
    Err(Failure::usage(both!("{name} 是空的", "the {name} is empty"))
        .hint(both!("去掉 --{name} 就会自动生成", "leave --{name} out to have one made")))
}

/// Refuses a url that cannot be a page's.
fn check_page(url: &str) -> Result<(), Failure> {
    if has_host(url) {
        return Ok(());
    }
    let failure = if url.is_empty() {
        Failure::usage(both!("没有要签名的 url", "there is no url to sign"))
    } else {
        Failure::usage(both!(
            "url `{url}` 不是以 http:// 或 https:// 加域名开头",
            "the url `{url}` does not start with http:// or https:// and a host"
        ))
    };
    Err(failure.hint(Both::same("wecheck sign 'https://host/path?query' --ticket TICKET")))
}

/// Whether a url starts with http:// or https:// and names a host.
fn has_host(url: &str) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        url.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)).map(|s| &url[s.len()..])
    });
    rest.is_some_and(|rest| {
        // A browser takes `\` for `/`.
        let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        !host.starts_with(':') && !host.trim().is_empty()
    })
}

fn card_part(kind: Kind, fields: &Fields, signature: &str) -> CardPart {
    let filled = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    match kind {
        Kind::Jsapi | Kind::Agent | Kind::Group => CardPart::default(),
        Kind::Card | Kind::Invoice => CardPart {
            card_id: filled(&fields.card_id),
            card_type: filled(&fields.card_type),
            shop_id: filled(&fields.location_id),
            card_sign: Some(signature.to_owned()),
            sign_type: Some("SHA1"),
            ..CardPart::default()
        },
        Kind::CardExt => {
            // What is empty is neither signed nor sent.
            let mut ext = serde_json::Map::new();
            let mut put = |name: &str, value: Option<&str>| {
                if let Some(value) = value.filter(|value| !value.is_empty()) {
                    ext.insert(name.to_owned(), value.into());
                }
            };
            put("code", fields.code.as_deref());
            put("openid", fields.openid.as_deref());
            put("timestamp", Some(&fields.timestamp));
            put("nonce_str", Some(&fields.nonce));
            put("balance", fields.balance.as_deref());
            put("signature", Some(signature));
            put("outer_str", fields.outer_str.as_deref());
            CardPart {
                card_id: filled(&fields.card_id),
                card_ext: Some(serde_json::Value::Object(ext).to_string()),
                ..CardPart::default()
            }
        }
    }
}

/// 16 letters and digits from the system's random source.
fn random_nonce() -> Result<String, Failure> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut nonce = String::with_capacity(16);
    while nonce.len() < 16 {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::storage(both!(
                "系统给不出随机字节（{error}）",
                "the system gives no random bytes: {error}"
            ))
            .hint(both!("用 --nonce 自己给一个", "give one with --nonce"))
        })?;
        // 248 is the largest multiple of 62 in a byte: what is above would favor some letters.
        let letters =
            bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
        nonce.extend(letters.take(16 - nonce.len()));
    }
    Ok(nonce)
}

/// What was hashed, in the order hashed.
fn hashed(kind: Kind, fields: &Fields, masked: bool) -> Hashed {
    let values = if kind.signs_url() {
        signature::named_values(kind, fields)
    } else {
        signature::sorted_values(kind, fields)
    };
    let ticket = masked.then(|| mask(&fields.ticket));
    let shown = |name: &str, value: &str| match &ticket {
        Some(masked) if name == kind.ticket_key() => masked.clone(),
        _ => value.to_owned(),
    };
    let values: Vec<HashedValue> =
        values.into_iter().map(|(name, value)| HashedValue { name, value: shown(name, value) }).collect();
    let string1 = match &ticket {
        Some(masked) if kind.signs_url() => {
            signature::string1(kind, &Fields { ticket: masked.clone(), ..fields.clone() })
        }
        // A masked ticket would be sorted to another place.
        Some(_) => values.iter().map(|value| value.value.as_str()).collect(),
        None => signature::string1(kind, fields),
    };
    Hashed { values, string1, string1_masked: masked }
}
