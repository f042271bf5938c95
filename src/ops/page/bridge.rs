//! What a page passes to the bridge, and what the client answers.
//!
//! In: a message of the stand-in (`bridge.js`). Out: a [`Call`], the signatures in it, the answer.

use serde_json::Value;

use super::judge::Claim;
use crate::signature::{Fields, Kind};

/// One message of the stand-in.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// `invoke`, `on`, `lost`, `listen`, `bridge`.
    pub what: String,
    /// The call's number.
    pub id: u64,
    /// What the bridge was asked for.
    pub name: String,
    /// Its parameters.
    pub params: Value,
    /// Milliseconds after the page was opened.
    pub at: u64,
    /// The address first opened.
    pub landing: String,
    /// The address at that moment.
    pub href: String,
    /// Whether a config had been accepted.
    pub ready_config: bool,
    /// Whether an agentConfig had been accepted.
    pub ready_agent: bool,
    /// The library asks for itself.
    pub own: bool,
    /// A frame of the page made it.
    pub in_frame: bool,
    /// `wx` or `jWeixin` is there as a global.
    pub has_global: bool,
    /// It came after the bridge's event.
    pub late: bool,
}

/// Reads a message.
pub fn read(payload: &str) -> Option<Call> {
    let value: Value = serde_json::from_str(payload).ok()?;
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let flag = |value: &Value| value.as_bool().unwrap_or_default();
    Some(Call {
        what: text("what"),
        id: value["id"].as_u64().unwrap_or_default(),
        name: text("name"),
        at: value["at"].as_u64().unwrap_or_default(),
        landing: text("landing"),
        href: text("href"),
        ready_config: flag(&value["ready"]["config"]),
        ready_agent: flag(&value["ready"]["agent"]),
        own: flag(&value["own"]),
        in_frame: flag(&value["inFrame"]),
        has_global: flag(&value["global"]),
        late: flag(&value["late"]),
        params: value["params"].clone(),
    })
}

impl Call {
    /// Whether the client library made it: it adds the config's values to every call.
    pub fn has_library_keys(&self) -> bool {
        self.params.get("verifyAppId").is_some() || self.params.get("verifySignature").is_some()
    }

    /// The names that a config asks for.
    pub fn api_list(&self) -> Vec<String> {
        let list = self.params.get("verifyJsApiList").or_else(|| self.params.get("jsApiList"));
        let names = list.and_then(Value::as_array).into_iter().flatten();
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }

    fn text(&self, name: &str) -> Option<String> {
        text_of(&self.params, name)
    }
}

/// A parameter as the client reads it: a number is text to it.
fn text_of(params: &Value, name: &str) -> Option<String> {
    match params.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The signatures that a call holds.
pub fn claims(call: &Call) -> Vec<Claim> {
    let text = |name: &str| call.text(name);
    let one = |name, kind, fields, signature: &str, app_id: &str| Claim {
        call: name,
        kind,
        fields,
        signature: text(signature),
        api_list: call.api_list(),
        app_id: text(app_id),
        agent_id: text("agentid"),
    };
    let value = |name: &str| text(name).unwrap_or_default();
    match call.name.as_str() {
        "preVerifyJSAPI" => {
            // @wecom/jssdk puts the app's id first, weixin-js-sdk the list.
            let by_wecom = call.params.as_object().and_then(|object| object.keys().next());
            let name = if by_wecom.is_some_and(|key| key == "appId") { "ww.register" } else { "wx.config" };
            let fields = Fields {
                nonce: value("verifyNonceStr"),
                timestamp: value("verifyTimestamp"),
                ..Fields::default()
            };
            vec![one(name, Kind::Jsapi, fields, "verifySignature", "verifyAppId")]
        }
        "agentConfig" => {
            let fields =
                Fields { nonce: value("nonceStr"), timestamp: value("timestamp"), ..Fields::default() };
            vec![one("wx.agentConfig", Kind::Agent, fields, "signature", "corpid")]
        }
        "chooseCard" | "chooseInvoice" => {
            let kind = if call.name == "chooseCard" { Kind::Card } else { Kind::Invoice };
            let name = if call.name == "chooseCard" { "wx.chooseCard" } else { "wx.chooseInvoice" };
            let either =
                |names: [&str; 2]| names.iter().find_map(|name| text(name)).filter(|text| !text.is_empty());
            let fields = Fields {
                nonce: either(["nonce_str", "nonceStr"]).unwrap_or_default(),
                timestamp: either(["time_stamp", "timestamp"]).unwrap_or_default(),
                app_id: either(["app_id", "appId"]),
                card_id: either(["card_id", "cardId"]),
                card_type: either(["card_type", "cardType"])
                    .or_else(|| (kind == Kind::Invoice).then(|| "INVOICE".to_owned())),
                location_id: either(["location_id", "shopId"]),
                ..Fields::default()
            };
            let signature = either(["card_sign", "cardSign"]);
            vec![Claim { signature, ..one(name, kind, fields, "card_sign", "app_id") }]
        }
        "batchAddCard" => {
            let list = call.params["card_list"].as_array().into_iter().flatten();
            let cards = list.filter_map(|card| {
                let ext: Value = serde_json::from_str(card["card_ext"].as_str()?).ok()?;
                let part = |name: &str| text_of(&ext, name).filter(|text| !text.is_empty());
                let fields = Fields {
                    nonce: part("nonce_str").unwrap_or_default(),
                    timestamp: part("timestamp").unwrap_or_default(),
                    card_id: text_of(card, "card_id"),
                    code: part("code"),
                    openid: part("openid"),
                    balance: part("balance"),
                    ..Fields::default()
                };
                let claim = one("wx.addCard", Kind::CardExt, fields, "", "appId");
                Some(Claim { signature: part("signature"), ..claim })
            });
            cards.collect()
        }
        "openEnterpriseContact" => {
            let fields =
                Fields { nonce: value("nonceStr"), timestamp: value("timestamp"), ..Fields::default() };
            let signature = if text("signature").is_some() { "signature" } else { "groupSignature" };
            vec![one("openEnterpriseContact", Kind::Group, fields, signature, "appId")]
        }
        _ => Vec::new(),
    }
}

/// What the client answers: a JavaScript object as text, and whether it is a yes.
pub mod answer {
    use serde_json::{Value, json};

    use super::Call;

    /// To a config.
    pub fn config(call: &Call, refused: bool, wrong_domain: bool, checked: &str) -> (Value, bool) {
        let name = if call.name == "agentConfig" { "agentConfig" } else { "config" };
        let message = if wrong_domain {
            format!("{name}:invalid url domain")
        } else if refused {
            format!("{name}:invalid signature")
        } else {
            format!("{name}:ok")
        };
        let mut answer = json!({"err_msg": message, "errMsg": message});
        if refused || wrong_domain {
            answer["realAuthUrl"] = json!([checked.split('#').next()]);
        }
        (answer, !refused && !wrong_domain)
    }

    /// To an API: something that its caller can go on with.
    pub fn api(call: &Call, permitted: bool) -> (Value, bool) {
        let api = super::super::names::of_api(&call.name);
        if !permitted {
            let message = format!("{api}:permission denied");
            return (json!({"err_msg": message, "errMsg": message}), false);
        }
        let message = format!("{api}:ok");
        let mut answer = json!({"err_msg": message, "errMsg": message});
        let more = match api {
            "chooseImage" => json!({"localIds": ["weixin://resourceid/1"], "sourceType": "album"}),
            "getLocation" => json!({"latitude": 39.9, "longitude": 116.4, "speed": 0, "accuracy": 30}),
            "getNetworkType" => json!({"networkType": "wifi", "subtype": "wifi"}),
            "scanQRCode" => json!({"resultStr": "wecheck"}),
            "checkJsApi" => {
                let supported = call.api_list().into_iter().map(|name| (name, Value::Bool(true)));
                json!({"checkResult": supported.collect::<serde_json::Map<_, _>>()})
            }
            "uploadImage" | "uploadVoice" => json!({"serverId": "wecheck"}),
            _ => json!({}),
        };
        if let (Value::Object(answer), Value::Object(more)) = (&mut answer, more) {
            answer.extend(more);
        }
        (answer, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_of_either_library_is_one_signature() {
        let call = |params: &str| {
            read(&format!(
                r#"{{"what":"invoke","id":3,"name":"preVerifyJSAPI","at":12,"landing":"l","href":"h","params":{params}}}"#
            ))
            .expect("a call")
        };
        let wx = call(
            r#"{"verifyJsApiList":["scanQRCode"],"verifyAppId":"wx1","verifyTimestamp":"1","verifyNonceStr":"n","verifySignature":"s"}"#,
        );
        let found = claims(&wx);
        assert_eq!((found[0].call, found[0].fields.nonce.as_str()), ("wx.config", "n"));
        assert_eq!((found[0].signature.as_deref(), found[0].app_id.as_deref()), (Some("s"), Some("wx1")));
        let ww = call(r#"{"appId":"ww1","verifyJsApiList":[],"verifyNonceStr":null}"#);
        let found = claims(&ww);
        assert_eq!((found[0].call, found[0].fields.nonce.as_str()), ("ww.register", ""));
    }
}
