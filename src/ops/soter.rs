//! What a biometric result (SOTER) says, and whether the platform's server vouches for it.
//!
//! In: a [`Request`] with the result as the page printed it. Out: a [`Checked`], the `--json`
//! document of `soter`. With a profile and an openid the official check is asked; nothing else is sent.

use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::both;
use crate::cache::Freshness;
use crate::catalog::{message, soter};
use crate::context::Context;
use crate::credentials::TokenSource;
use crate::failure::Failure;
use crate::lang::Both;
use crate::timing;
use crate::upstream::{self, Upstream};

/// What is to be checked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The result of requireSoterBiometricAuthentication or getSupportSoter.
    pub result: String,
    /// The challenge that the server gave.
    pub challenge: Option<String>,
    /// Whose result it is: the platform's server is asked with it.
    pub openid: Option<String>,
}

/// What the result says.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Whether nothing that was compared speaks against it.
    pub ok: bool,
    /// `err_code`; 0 is success.
    pub err_code: Option<i64>,
    /// What it means.
    pub meaning: String,
    /// The modes in words.
    pub support_mode: Option<String>,
    /// The fields of `result_json`.
    pub fields: Map<String, Value>,
    /// Whether the result's challenge is the one given; null if it was not compared.
    pub challenge_matches: Option<bool>,
    /// What the platform's server says; null if it was not asked.
    pub server: Option<Server>,
    /// What to do about `err_code`.
    #[serde(skip)]
    pub fixes: Vec<String>,
    /// Why the server was not asked.
    #[serde(skip)]
    pub not_asked: Option<String>,
}

/// The answer of `cgi-bin/soter/verify_signature`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Server {
    /// Whether the signature is the device's.
    pub is_ok: bool,
}

impl Request {
    /// Reads the result and asks the server if it can be asked.
    pub fn check(&self, context: &Context) -> Result<Checked, Failure> {
        let lang = context.lang;
        let hint = "wecheck soter result.json --challenge CHALLENGE";
        let outcome = soter::read(&self.result).ok_or_else(|| {
            Failure::usage(both!(
                "没有找到生物认证的结果：里面要有 err_code、support_mode 或 result_json",
                "no biometric result found: it has err_code, support_mode or result_json"
            ))
            .hint(hint)
        })?;
        let challenge_matches =
            self.challenge.as_deref().and_then(|challenge| soter::challenge_matches(&outcome, challenge));
        let entry = outcome.err_code.and_then(|code| message::named(&format!("soter-{code}")));
        let meaning = match (outcome.err_code, &entry, outcome.support_mode) {
            (_, Some(entry), _) => entry.name.get(lang).to_owned(),
            (Some(0), ..) => lang.pick("验证通过", "the user was verified").to_owned(),
            (Some(_), ..) => {
                lang.pick("文档没有列出这个 err_code", "this err_code is not documented").to_owned()
            }
            (None, _, Some(0)) => lang.pick("设备不支持生物认证", "the device has no biometrics").to_owned(),
            (None, _, Some(_)) => lang.pick("设备支持生物认证", "the device has biometrics").to_owned(),
            (None, ..) => lang.pick("没有 err_code", "there is no err_code").to_owned(),
        };
        let (server, not_asked) = self.ask(&outcome, context)?;
        let ok = outcome.err_code.unwrap_or(0) == 0
            && !(outcome.err_code.is_none() && outcome.support_mode == Some(0))
            && challenge_matches != Some(false)
            && server.is_none_or(|server| server.is_ok);
        Ok(Checked {
            ok,
            err_code: outcome.err_code,
            meaning,
            support_mode: outcome
                .support_mode
                .map(|mode| format!("0x{mode:x}: {}", soter::mode_text(mode).get(lang))),
            fields: outcome.fields.clone(),
            challenge_matches,
            server,
            fixes: entry
                .map(|entry| entry.advice.fixes.iter().map(|fix| fix.get(lang).to_owned()).collect())
                .unwrap_or_default(),
            not_asked,
        })
    }

    /// The official check, or why it was not made.
    fn ask(
        &self,
        outcome: &soter::Outcome,
        context: &Context,
    ) -> Result<(Option<Server>, Option<String>), Failure> {
        let lang = context.lang;
        let (Some(json_string), Some(signature)) = (&outcome.result_json, &outcome.signature) else {
            let why = lang.pick(
                "结果里没有 result_json 和 result_json_signature",
                "the result has no result_json and result_json_signature",
            );
            return Ok((None, Some(why.to_owned())));
        };
        let Some(openid) = &self.openid else {
            let why = lang.pick("没有给 --openid", "--openid was not given");
            return Ok((None, Some(why.to_owned())));
        };
        let Some(profile) = context.profile_if_any()? else {
            let why = lang.pick("没有配置 profile", "no profile is configured");
            return Ok((None, Some(why.to_owned())));
        };
        if context.env.globals.offline {
            return Ok((None, Some(lang.pick("--offline 不发送请求", "--offline sends nothing").to_owned())));
        }
        let token = TokenSource::new(context, &profile)?.token(Freshness::Usable)?;
        let log = |line: &Both| context.out.verbose(line.get(lang));
        let upstream = Upstream::new(
            &context.env,
            profile.platform(),
            profile.api_base(),
            profile.ca_file.as_deref(),
            log,
        );
        let body = json!({ "openid": openid, "json_string": json_string, "json_signature": signature });
        let until = Instant::now() + timing::COMMAND;
        let is_ok = upstream
            .soter_verify(&token.value, body.to_string().as_bytes(), until)
            .map_err(upstream::Error::into_failure)?;
        Ok((Some(Server { is_ok }), None))
    }
}
