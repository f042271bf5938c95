//! Which field of an answer or of a client's object leads: the most telling one.
//!
//! In: an object with `errcode`, `errMsg`, `err_Info`, `hint` or their like. Out: the codes and
//! messages it speaks of. A specific code or message comes before `fail`, `-1` or an empty one,
//! whatever the field is called; a `e=CODE` in an address counts as a code.

use serde_json::{Map, Value};

use super::found::{self, Found};
use super::message::{self, Message};
use super::observed::{self, Observed};
use super::{cloud, js_api, lookup, server_text};
use crate::platform::Platform;

/// Fields that hold a text, the most telling first.
const TEXTS: &[&str] = &[
    "errmsg",
    "errMsg",
    "err_msg",
    "errormsg",
    "errorMsg",
    "error_msg",
    "err_Info",
    "err_info",
    "errInfo",
    "hint",
    "err_desc",
    "errDesc",
    "err_code_des",
    "return_msg",
    "message",
    "msg",
    "error_description",
    "issue",
];

/// Groups of messages that several families share.
const AMBIGUOUS: &[&str] = &["which-signature", "invalid-access-token-word"];

/// APIs that start a payment: what is beside their failure is a payment's reason.
const PAYMENT_APIS: &[&str] =
    &["chooseWXPay", "get_brand_wcpay_request", "getBrandWCPayRequest", "requestPayment"];

/// Groups of messages that only frame a reason.
const FRAMES: &[&str] =
    &["config:fail", "agentConfig:fail", "documented", "sdk-token-failed", "pay-bare-fail"];

/// Whether this message only says that something failed.
pub(super) fn is_frame(message: &Message) -> bool {
    FRAMES.contains(&message.group.as_str())
        && (message.group != "documented"
            || message
                .patterns
                .iter()
                .chain(&message.after)
                .any(|one| one == "fail" || one == "=client-bare-failure"))
}

/// The server's text that a mini program's cloud function passes on: `openapi.x.send:fail invalid openid`.
pub(super) fn passed_on(text: &str) -> Option<&str> {
    let (call, behind) = text.trim().split_once(":fail")?;
    let behind = behind.trim_start_matches([' ', ',', ':']);
    let passes = call.starts_with("openapi.") && !call.contains(char::is_whitespace);
    (passes && !behind.is_empty()).then_some(behind)
}

/// Whether an object is an answer or a client's object at all.
pub(super) fn speaks(object: &Map<String, Value>) -> bool {
    let has = |name: &str| object.contains_key(name);
    object.keys().any(|name| {
        let name = name.to_ascii_lowercase();
        name.starts_with("err") || name == "realauthurl" || name == "return_msg"
    }) || (has("ret") && (has("err_msg") || has("msg")))
        || (has("code") && (has("message") || has("msg")))
        || is_credential(object)
        || has("result_json_signature")
}

/// What token and ticket endpoints give, and whose it is if one platform alone has it.
const CREDENTIALS: &[(&str, Option<Platform>)] = &[
    ("access_token", None),
    ("ticket", None),
    ("component_access_token", Some(Platform::Mp)),
    ("authorizer_access_token", Some(Platform::Mp)),
    ("suite_access_token", Some(Platform::Work)),
    ("provider_access_token", Some(Platform::Work)),
    ("pre_auth_code", None),
];

fn credential(object: &Map<String, Value>) -> Option<(&Value, Option<Platform>)> {
    CREDENTIALS.iter().find_map(|(name, platform)| Some((object.get(*name)?, *platform)))
}

/// A good answer of a token or ticket endpoint: no errcode, but a value that expires.
pub(super) fn is_credential(object: &Map<String, Value>) -> bool {
    credential(object).is_some() && object.contains_key("expires_in")
}

/// The numbers that a client's object may carry without meaning a code of the tables.
fn is_specific(code: i64) -> bool {
    !(-2..=99).contains(&code)
}

/// Codes that only the authorization page shows: beside a JS API's name the number is the API's own,
/// such as Bluetooth's 10004.
pub(super) fn is_of_a_page(code: i64) -> bool {
    (10_000..=10_099).contains(&code)
}

/// What the object speaks of; if its fields say nothing by themselves, its texts, to be read as texts
/// are, with the facts beside them.
pub(super) fn read(object: &Map<String, Value>, found: &mut Vec<Found>) -> Option<(Vec<String>, Observed)> {
    let mut observed = Observed::in_object(object);
    let texts: Vec<&str> = TEXTS
        .iter()
        .filter_map(|name| object.get(*name)?.as_str())
        .map(|text| passed_on(text).unwrap_or(text).trim())
        .filter(|text| !text.is_empty())
        .collect();
    let number = |names: &[&str]| {
        object.iter().find_map(|(name, value)| {
            names.contains(&name.as_str()).then(|| observed::whole_number(value)).flatten()
        })
    };
    let client =
        object.contains_key("errMsg") || object.contains_key("err_Info") || object.contains_key("errCode");
    let field = number(&["errcode", "ErrCode", "errCode", "err_code", "errorCode", "error_code", "ERRCODE"])
        .or_else(|| {
            number(&["code", "ret", "retcode", "ErrorCode", "returnCode"]).filter(|code| found::known(*code))
        });
    let api = texts.iter().find_map(|text| message::api_of(text));
    observed.api = api.map(str::to_owned);
    if let Some(message) = soter(object, &texts) {
        observed.code = field;
        found.push(Found::Message { message: Box::new(message), observed });
        return None;
    }
    // What failed inside a cloud function is in its words.
    let inside = |text: &&str| !cloud::codes(text).is_empty();
    if let Some(text) = object.values().filter_map(Value::as_str).find(inside) {
        return Some((vec![text.to_owned()], observed));
    }
    let linked = texts.iter().find_map(|text| found::linked_code(text));
    let code = linked.or(field.filter(|code| is_specific(*code) && !(api.is_some() && is_of_a_page(*code))));
    let platform = if observed.invalid.is_empty() && observed.unlicensed.is_empty() {
        platform(&texts, code, linked.is_some(), api)
    } else {
        Some(Platform::Work)
    };

    // The texts: a specific message first, then one that only frames a reason.
    let mut specific = None;
    let mut frame = None;
    for text in &texts {
        // What a payment says by its fields' names, its words alone do not.
        let paid = if object.contains_key("return_code") {
            Some(format!("return_code return_msg {text}"))
        } else if api.is_some_and(|api| PAYMENT_APIS.contains(&api)) && message::api_of(text).is_none() {
            Some(format!("支付 {text}"))
        } else {
            None
        };
        let Some(message) = message::find(paid.as_deref().unwrap_or(text)).and_then(message::Match::read)
        else {
            continue;
        };
        // Words that several families share say less than a code that is a word.
        if AMBIGUOUS.contains(&message.group.as_str()) && word_code(object).is_some() {
            continue;
        }
        if is_frame(&message) || message.group == "ok" {
            frame = frame.or(Some(message));
        } else if specific.is_none() {
            specific = Some(message);
        }
    }
    // A code of a server's answer is what it says; a client's text is more than its number.
    if let Some(code) = code.filter(|code| found::known(*code)) {
        let by_client = api.is_some().then_some(()).and(specific.take()).filter(|message| {
            message.codes.is_empty() && !message.patterns.iter().any(|one| one == "Missing params")
        });
        if let Some(message) = by_client {
            observed.code = Some(code);
            found.push(Found::Message { message: Box::new(message), observed });
            return None;
        }
        observed.code = None;
        found.push(Found::Code { code, platform, by_text: false, observed: observed.clone() });
        if let Some(message) = frame.filter(|message| message.group != "ok" && api.is_some()) {
            observed.code = Some(code);
            found.push(Found::Message { message: Box::new(message), observed });
        }
        return None;
    }
    if let Some(message) = specific
        && (client || api.is_some() || field.is_none_or(|code| !is_specific(code)))
    {
        observed.code = field.filter(|code| is_specific(*code));
        found::push_message(message, observed, found);
        return None;
    }
    if api.is_some()
        && let Some(message) = frame.take()
    {
        observed.code = field;
        found::push_message(message, observed, found);
        return None;
    }
    // A number of the client's own says nothing, and neither does its text: it is not a server's answer.
    if client && field.is_some_and(|code| (-2..=99).contains(&code) && code != 0) {
        let text = texts.first().copied().unwrap_or_default();
        if server_text::find(text).1.is_empty()
            && let Some(message) = frame.or_else(|| message::named("client-server-busy"))
        {
            observed.code = field;
            found::push_message(message, observed, found);
            return None;
        }
    }
    match field {
        Some(code) => {
            // What the text says leads before a code that only says "busy".
            let by_text = texts.iter().find_map(|text| match server_text::find(text).1[..] {
                [(platform, by_text)] if code == -1 && by_text != -1 && is_specific(by_text) => {
                    Some((platform, by_text))
                }
                _ => None,
            });
            if let Some((platform, code)) = by_text {
                found.push(Found::Code { code, platform: Some(platform), by_text: true, observed });
                return None;
            }
            if code == 0
                && empty_credential(object)
                && let Some(message) = message::named("empty-credential")
            {
                found.push(Found::Message { message: Box::new(message), observed });
                return None;
            }
            found.push(Found::Code { code, platform, by_text: false, observed });
        }
        None if is_credential(object) => {
            let message = empty_credential(object).then(|| message::named("empty-credential")).flatten();
            if let Some(message) = message {
                found.push(Found::Message { message: Box::new(message), observed });
            } else {
                let platform = platform.or_else(|| credential(object)?.1);
                found.push(Found::Code { code: 0, platform, by_text: false, observed });
            }
        }
        None if !texts.is_empty() => {
            if let Some(message) = by_word(object) {
                found::push_message(message, observed, found);
                return None;
            }
            // Words beside a constant of a payment are not a server's text of another family.
            if is_payment(object) {
                return None;
            }
            return Some((texts.into_iter().map(str::to_owned).collect(), observed));
        }
        None => {
            if let Some(message) = by_word(object) {
                found::push_message(message, observed, found);
            } else if !observed.real_auth_urls.is_empty()
                && let Some(message) = message::find("realAuthUrl").and_then(message::Match::read)
            {
                found.push(Found::Message { message: Box::new(message), observed });
            }
        }
    }
    None
}

/// The message that a code is which is a word.
fn by_word(object: &Map<String, Value>) -> Option<Message> {
    let word = word_code(object)?;
    let alone = word.split(' ').next().unwrap_or_default();
    message::find(&word).or_else(|| message::find(alone)).and_then(message::Match::read)
}

/// Whether the code is a constant of WeChat Pay v3: `{"code":"TRADE_ERROR","message":"…"}`.
fn is_payment(object: &Map<String, Value>) -> bool {
    let constant = |word: &str| {
        word.contains('_') && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    object.contains_key("message") && object.get("code").and_then(Value::as_str).is_some_and(constant)
}

/// A code that is a word: `SIGN_ERROR`. Those of payment v2 and v3 are alike, but v2 has a return_code
/// and v3 a message.
fn word_code(object: &Map<String, Value>) -> Option<String> {
    let names = ["code", "err_code", "error"];
    let (name, word) = names.iter().find_map(|name| Some((*name, object.get(*name)?.as_str()?)))?;
    let version = ["return_code", "result_code", "message"].iter().find(|name| object.contains_key(**name));
    // v2 calls it err_code.
    let version = version.or((name == "code").then_some(&"message"));
    // Only the words of payment are written in capitals.
    let is_payment = word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    Some(version.filter(|_| is_payment).map_or_else(|| word.to_owned(), |name| format!("{word} {name}")))
}

fn empty_credential(object: &Map<String, Value>) -> bool {
    credential(object).is_some_and(|(value, _)| value.as_str() == Some(""))
}

/// The platform that the object gives away.
fn platform(texts: &[&str], code: Option<i64>, linked: bool, api: Option<&str>) -> Option<Platform> {
    if linked || api.is_some_and(|api| api.eq_ignore_ascii_case("agentConfig")) {
        return Some(Platform::Work);
    }
    let said = texts.iter().find_map(|text| observed::platform_of(text));
    let by_words = |code: i64| {
        texts.iter().find_map(|text| {
            server_text::platform_of(text, code).or_else(|| message::platform_of(text, code))
        })
    };
    said.or_else(|| code.and_then(by_words))
        .or_else(|| api.and_then(js_api::only_on))
        // A code that one of the platforms does not have needs no guess.
        .or_else(|| match Platform::ALL.map(|on| code.and_then(|code| lookup(code, on)).map(|_| on)) {
            [Some(_), Some(_)] | [None, None] => None,
            [one, other] => one.or(other),
        })
        .filter(|platform| code.is_none_or(|code| lookup(code, *platform).is_some()))
}

/// The result of the biometric API: `err_code` there is a number of its own, `errcode` is not.
fn soter(object: &Map<String, Value>, texts: &[&str]) -> Option<Message> {
    let code = ["err_code", "errCode"].iter().find_map(|name| observed::whole_number(object.get(*name)?))?;
    let named = texts.iter().any(|text| {
        let text = text.to_ascii_lowercase();
        text.contains("soter") || text.contains("biometric")
    });
    let shaped = object.contains_key("result_json")
        || object.contains_key("use_mode")
        || object.contains_key("err_code");
    if !(named || shaped) {
        return None;
    }
    message::named(&format!("soter-{code}"))
}
