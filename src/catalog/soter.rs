//! What the biometric API (SOTER) answers: `requireSoterBiometricAuthentication` of WeCom,
//! `wx.startSoterAuthentication` of a mini program.
//!
//! In: the result as a page printed it, and the challenge that the server gave. Out: an [`Outcome`]:
//! what `err_code` and `support_mode` mean, the fields of `result_json`, and whether its challenge
//! is the one given. The signature over `result_json` is checked by the platform's server only.

use serde_json::{Map, Value};

use super::object;
use super::observed::whole_number;
use crate::lang::Text;

/// `challenge` is not longer. Characters.
pub const CHALLENGE_LIMIT: usize = 512;

/// What a result says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `err_code`: 0 is success.
    pub err_code: Option<i64>,
    /// The mode bits: of `support_mode`, else of `use_mode`.
    pub support_mode: Option<i64>,
    /// `result_json` as text, exactly as it was signed.
    pub result_json: Option<String>,
    /// `result_json_signature`.
    pub signature: Option<String>,
    /// The fields of `result_json`.
    pub fields: Map<String, Value>,
}

/// Reads the result; `None` if there is none in the text.
pub fn read(text: &str) -> Option<Outcome> {
    let is_result = |object: &Map<String, Value>| {
        ["err_code", "errCode", "support_mode", "supportMode", "result_json", "resultJSON", "use_mode"]
            .iter()
            .any(|name| object.contains_key(*name))
    };
    let object = object::in_text(text).find_map(|value| match value {
        Value::Object(object) => Some(object).filter(is_result),
        _ => None,
    })?;
    let field = |names: &[&str]| names.iter().find_map(|name| object.get(*name));
    let result_json = field(&["result_json", "resultJSON"]).map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let fields = result_json
        .as_deref()
        .and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok())
        .unwrap_or_default();
    let signature = field(&["result_json_signature", "resultJSONSignature"]).and_then(Value::as_str);
    Some(Outcome {
        err_code: field(&["err_code", "errCode"]).and_then(whole_number),
        support_mode: field(&["support_mode", "supportMode", "use_mode", "authMode"]).and_then(mode),
        signature: signature.map(str::to_owned),
        result_json,
        fields,
    })
}

/// A number, also as `0x1`.
fn mode(value: &Value) -> Option<i64> {
    whole_number(value).or_else(|| {
        let text = value.as_str()?.trim();
        i64::from_str_radix(text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?, 16).ok()
    })
}

/// Whether the challenge in the result is the one given; `None` if the result has none.
pub fn challenge_matches(outcome: &Outcome, challenge: &str) -> Option<bool> {
    outcome.fields.get("raw").and_then(Value::as_str).map(|raw| raw == challenge)
}

/// The modes of a bit field in words.
pub fn mode_text(mode: i64) -> Text {
    match mode & 3 {
        1 => Text { zh: "指纹", en: "fingerprint" },
        2 => Text { zh: "面容", en: "face" },
        3 => Text { zh: "指纹和面容", en: "fingerprint and face" },
        _ => Text { zh: "都不支持", en: "none" },
    }
}

/// What a field of `result_json` is.
pub fn field_text(name: &str) -> Option<Text> {
    Some(match name {
        "raw" => Text { zh: "challenge 原文", en: "the challenge" },
        "fid" => Text { zh: "指纹编号（安卓）", en: "number of the fingerprint (Android)" },
        "counter" => Text { zh: "防重放计数器", en: "counter against replay" },
        "tee_n" => Text { zh: "可信环境的名称", en: "name of the trusted environment" },
        "tee_v" => Text { zh: "可信环境的版本", en: "version of the trusted environment" },
        "fp_n" => Text { zh: "生物识别模块的名称", en: "name of the biometric module" },
        "fp_v" => Text { zh: "生物识别模块的版本", en: "version of the biometric module" },
        "cpu_id" => Text { zh: "设备标识", en: "id of the device" },
        "uid" => Text { zh: "应用在安卓里的 uid", en: "the app's uid on Android" },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_read_with_its_challenge() {
        let text = r#"{"err_code":0,"err_msg":"ok","use_mode":"0x1","result_json":"{\"raw\":\"c-1\",\"counter\":3}","result_json_signature":"abc="}"#;
        let read = read(text).expect("a result");
        assert_eq!(
            (read.err_code, read.support_mode, read.signature.as_deref()),
            (Some(0), Some(1), Some("abc="))
        );
        assert_eq!(read.fields["counter"], 3);
        assert_eq!(challenge_matches(&read, "c-1"), Some(true));
        assert_eq!(challenge_matches(&read, "c-2"), Some(false));
        assert_eq!(mode_text(3).en, "fingerprint and face");
        assert_eq!(super::read("nothing"), None);
    }
}
