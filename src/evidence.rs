//! Fields out of what people have at hand: code, JSON, logs, a HAR file, devtools text.
//!
//! In: any text. Out: an [`Evidence`]: each value found with its line and where it stood, the
//! blocks that configure the client library, a literal string1, the addresses the page really had,
//! and what could not be read (a template, a variable name) with its line. Nothing is trimmed or
//! decoded beyond what the notation itself escapes: what was signed must come out byte for byte.

mod account;
mod account_id;
mod address;
mod assemble;
mod beside;
mod bracket;
mod claim;
mod comment;
mod cursor;
mod devtools;
mod display;
mod finish;
mod flat;
mod found;
mod frame;
mod har;
mod hash;
mod html;
mod javascript;
mod joined;
mod json;
mod key;
mod lines;
mod literal;
mod loose;
mod mail;
mod nameless;
mod neighbor;
mod passed;
mod phones;
mod prose;
mod query;
mod reader;
mod string1;
mod table;
mod time;
mod tokens;
mod unwrap;
mod value;
mod variables;
mod visited;

pub use claim::{Claim, Expression, Literal, Unit};
pub use display::{readings, without_colors};

use crate::signature::Kind;

use cursor::Lines;
use found::Found;
use reader::{Manner, Reader};

/// A longer text is not a question of a person's, and no code that builds a string1 is longer. Bytes.
const LONGEST_QUESTION: usize = 1 << 20;

/// Finds the fields of a signature in any text, in time that grows with its length.
pub fn extract(text: &str) -> Evidence {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let plain = without_colors(text);
    let text = plain.as_ref();
    let mail = mail::decoded(text);
    let text = mail.as_deref().unwrap_or(text);
    // In JSON it is a string.
    let is_json = text.trim_start().starts_with(['{', '[']);
    let rows = if is_json { None } else { html::rows(text) };
    let lines = if rows.is_none() { cursor::breaks(text) } else { Vec::new() };
    let (text, breaks) = rows.as_ref().map_or((text, &lines), |(text, breaks)| (text, breaks));
    let mut found = Found::default();
    if !har::read(text, breaks, &mut found) {
        let joined = unwrap::joined(text, breaks);
        let (text, breaks) = joined.as_ref().map_or((text, breaks), |(text, breaks)| (text, breaks));
        found.runs = tokens::runs(text);
        found.hashes = hash::of(text, Lines::Breaks(breaks));
        table::read(text, breaks, &mut found);
        table::sides(text, breaks, &mut found);
        Reader::new(text, Lines::Breaks(breaks), Manner::FILE, &mut found).run();
        address::read(text, &mut found);
        passed::read(text, Lines::Breaks(breaks), &mut found);
        account::read(text, &mut found);
        account::kinds(text, Lines::Breaks(breaks), &mut found);
        variables::read(text, Lines::Breaks(breaks), &mut found);
        loose::read(text, Lines::Breaks(breaks), &mut found);
        nameless::row(text, Lines::Breaks(breaks), &mut found);
        address::shared(text, &mut found);
        visited::read(text, &mut found);
        phones::read(text, &mut found);
    }
    found.finish()
}

/// The long flag that takes what a key of JSON, of a query or of a batch line names, in any of its
/// spellings.
pub fn flag_of_key(name: &str) -> Option<&'static str> {
    match key::Key::of(name) {
        key::Key::PageUrl => Some("page-url"),
        key::Key::Kind => Some("kind"),
        key::Key::JsApiList => Some("api"),
        key => key.field().map(Field::name),
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// jsapi_ticket, api_ticket, group_ticket, the agent_config ticket.
    Ticket,
    /// noncestr, nonceStr, nonce_str.
    Nonce,
    /// timestamp, as text.
    Timestamp,
    /// The url that was signed.
    Url,
    /// signature, cardSign.
    Signature,
    /// appId, appid, or corpid.
    AppId,
    /// agentid.
    AgentId,
    /// card_id, cardId.
    CardId,
    /// card_type, cardType.
    CardType,
    /// location_id, shopId.
    LocationId,
    /// code (card-ext).
    Code,
    /// openid (card-ext).
    Openid,
    /// balance (card-ext).
    Balance,
    /// outer_str, outer_id: sent in a cardExt, never signed.
    OuterStr,
    /// access_token, which is sometimes signed in place of the ticket.
    AccessToken,
    /// group_id, groupId.
    GroupId,
}

impl Field {
    /// The name of the flag that gives the same value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Nonce => "nonce",
            Self::Timestamp => "timestamp",
            Self::Url => "url",
            Self::Signature => "signature",
            Self::AppId => "app-id",
            Self::AgentId => "agent-id",
            Self::CardId => "card-id",
            Self::CardType => "card-type",
            Self::LocationId => "location-id",
            Self::Code => "code",
            Self::Openid => "openid",
            Self::Balance => "balance",
            Self::OuterStr => "outer-str",
            Self::AccessToken => "other-ticket",
            Self::GroupId => "group-id",
        }
    }
}

/// Where a value stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In a literal string1: what the server says it hashed.
    String1,
    /// In a block that configures the client library.
    Call(Call),
    /// In a cardExt string or object.
    CardExt,
    /// In JSON, such as the answer of a signing API.
    Json,
    /// In a query string.
    Query,
    /// In a `key: value` or `key=value` line.
    Line,
    /// In a request or answer of a HAR file.
    Har,
    /// In an error message of the client or of the devtools.
    Message,
}

/// A call of the client library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `wx.config`, `jWeixin.config`.
    Config,
    /// `wx.agentConfig`.
    AgentConfig,
    /// `ww.register`.
    Register,
    /// `wx.addCard`.
    AddCard,
    /// `wx.chooseCard`.
    ChooseCard,
    /// `wx.invoke('chooseInvoice', …)`.
    ChooseInvoice,
    /// `WeixinJSBridge.invoke('openEnterpriseContact', …)`.
    OpenContact,
}

/// A value that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub field: Field,
    /// Its text after the notation's own escapes are undone, nothing else.
    pub text: String,
    /// The line it stands in, from 1.
    pub line: usize,
    /// Where it stood.
    pub origin: Origin,
    /// The kind that its key names: `group_ticket`, `agent_signature`, `cardSign`.
    pub kind: Option<Kind>,
}

/// A call of the client library as it stands in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which call.
    pub call: Call,
    /// The line it starts in, from 1.
    pub line: usize,
    /// The keys as written, in order: their letter case is part of the evidence.
    pub keys: Vec<String>,
    /// `jsApiList`, where it could be read.
    pub js_api_list: Option<Vec<String>>,
    /// Whether `timestamp` stands in quotes.
    pub timestamp_is_text: bool,
    /// It may have more keys than are seen: `wx.config(res.data)`, `...res.data`.
    pub hides_keys: bool,
    /// The values that it passes to the client and that could be read.
    pub values: Vec<Value>,
    /// `menuList`, where it could be read.
    pub menu_list: Option<Vec<String>>,
}

impl Block {
    /// The value that it passes for a field.
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.values.iter().find(|value| value.field == field)
    }

    /// The value that it passes for a field to the signature of a kind: `ww.register` passes two.
    pub fn passed(&self, field: Field, kind: Kind) -> Option<&Value> {
        let is_own = |value: &&Value| {
            value.field == field && (self.call != Call::Register || value.kind.is_none_or(|own| own == kind))
        };
        self.values.iter().find(is_own)
    }
}

/// A call of the page, `wx.scanQRCode({…})`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCall {
    /// The API's name.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
}

/// How a cardExt stands in the evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardExt {
    /// It is an object; it has to be a JSON string.
    pub is_object: bool,
    /// The timestamp inside is a number; it has to be a string.
    pub timestamp_is_number: bool,
}

/// A field whose value cannot be known from the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which field.
    pub field: Field,
    /// What is there instead: `<?= $signPackage ?>`, `res.data.sign`.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
}

/// Everything that was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The signatures with what belongs to each; without a signature, the one claim that
    /// the values make. In the order found.
    pub claims: Vec<Claim>,
    /// Values that belong to no one signature: a ticket that is apart, tokens, app ids.
    pub shared: Vec<Value>,
    /// Every text that has the shape of a token or a ticket, and pieces of one, in the order found.
    pub tokens: Vec<String>,
    /// When the ticket ends, as the evidence says (`expires_at`), in seconds since 1970.
    pub expires_at: Option<u64>,
    /// Timestamps that code computes.
    pub expressions: Vec<Expression>,
    /// Items of a `menuList`, or of the menu calls.
    pub menu_items: Vec<String>,
    /// The APIs that the page calls.
    pub api_calls: Vec<ApiCall>,
    /// The line of a ticket that the signing API's answer gives to the page.
    pub ticket_to_page: Option<usize>,
    /// The kind that the text shows (a `group_ticket=`, an `agentConfig`, a cardExt).
    pub kind: Option<Kind>,
    /// The values, in the order found.
    pub values: Vec<Value>,
    /// A literal string1, verbatim, fragment included.
    pub string1: Option<String>,
    /// The client library's calls, in the order found.
    pub blocks: Vec<Block>,
    /// A cardExt, where there is one.
    pub card_ext: Option<CardExt>,
    /// Addresses that a page really had: `realAuthUrl`, `location.href`, a referer.
    pub page_urls: Vec<String>,
    /// Those of them that were seen on two systems, iOS and Android.
    pub by_phone: Vec<String>,
    /// Fields without a readable value.
    pub unreadable: Vec<Unreadable>,
    /// The client's own message, such as `config:invalid signature`.
    pub message: Option<String>,
    /// Errors in answers of a HAR file, and in what its pages sent.
    pub errors: Vec<String>,
    /// Addresses without a name, if no url has one: one may be the signed one, which a hash shows.
    pub lone_urls: Vec<String>,
    /// The appId or corpid that a request for a token names: the account of the ticket.
    pub account: Option<String>,
    /// The one id of an account that the text has, whatever it says of it.
    pub lone_id: Option<String>,
    /// What code adds to a string1 behind its url, from its `&` on.
    pub appended: Vec<String>,
    /// Nonces and timestamps that a sentence or a heading says the page passes to the client.
    pub passed: Vec<Value>,
    /// The line at which reading ended, where there is more than is judged.
    pub unread_from: Option<usize>,
    /// What claims take that lack a value.
    pub(crate) lent: claim::Lent,
}

impl Evidence {
    /// The values of a field, in the order found.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |value| value.field == field)
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests;
