//! One callback examined: first its signatures, then, only when they hold, what is sealed in it.
//!
//! In: an [`Incoming`], the profile's token and key. Out: an [`Examined`], from which `verify`,
//! `decrypt` and `echo` make their reports. Padding and receive id are looked at after the
//! signature held, so that nobody can ask this for one without the other.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use colored::Colorize;
use serde::Serialize;

use super::source::{Incoming, Source as CallbackSource};
use crate::callback::mistake::{self, Known, Mistake, OtherKey, SAMPLE_KEYS, SAMPLE_TOKENS};
use crate::callback::{self, AesKey, Kind, OpenError, Opened, Signed};
use crate::config::{Profile, Source};
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{safe, shortened};
use crate::say;
use crate::secret::Secret;

/// How long the mistakes are searched for.
const SEARCH_TIME: Duration = Duration::from_secs(1);

/// One signature that was compared.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) kind: Kind,
    pub(super) given: String,
    pub(super) computed: String,
    pub(super) valid: bool,
}

/// Something odd that decides nothing.
#[derive(Debug, Serialize)]
pub(super) struct Warning {
    pub(super) id: &'static str,
    pub(super) field: &'static str,
    pub(super) message: String,
    pub(super) fix: String,
}

/// What the search for mistakes did.
#[derive(Debug, Serialize)]
pub(super) struct SearchReport {
    candidates: u64,
    exhausted: bool,
    elapsed_ms: u64,
}

/// What is known of a callback after looking at it.
#[derive(Default)]
pub(super) struct Examined {
    /// The signatures compared: the one that covers most comes first.
    pub(super) checks: Vec<Check>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Warning>,
    pub(super) search: Option<SearchReport>,
    /// The opened message, where there is a key and the signatures hold.
    pub(super) opened: Option<Opened>,
    /// Whom the message had to be for, where that is known.
    pub(super) expected_receive_id: Option<String>,
}

/// The credentials of an examination.
pub(super) struct Credentials<'a> {
    pub(super) profile: &'a Profile,
    pub(super) token: Option<Secret>,
    pub(super) key: Option<(Secret, AesKey)>,
    /// `--receive-id`, else the profile's appid.
    pub(super) receive_id: Option<String>,
}

impl Examined {
    /// Whether every signature held and nothing else is wrong.
    pub(super) fn valid(&self) -> bool {
        self.mistakes.is_empty() && self.checks.iter().all(|check| check.valid)
    }
}

/// Reads the EncodingAESKey; a bad one is a configuration error, told by position.
pub(super) fn read_key(profile: &Profile, context: &Context) -> Result<(Secret, AesKey), Failure> {
    let text = profile.require_encoding_aes_key(&context.env)?;
    let key = AesKey::read(&text).map_err(|error| {
        Failure::config(format!("{error} (profile `{}`)", profile.name))
            .hint("copy the 43 characters from WeChat's console once more, then: wecheck config check")
    })?;
    Ok((text, key))
}

/// Reads the callback, and the key where the profile has one. A bad key is told before anything
/// sealed is looked at; where nothing is sealed, nothing asks for it.
pub(super) fn read_with_key(
    source: &CallbackSource,
    profile: &Profile,
    context: &Context,
) -> Result<(Incoming, Option<(Secret, AesKey)>), Failure> {
    let key = profile.encoding_aes_key.is_some().then(|| read_key(profile, context)).transpose();
    match (source.read(profile.platform), key) {
        (Ok(incoming), Err(_)) if incoming.sealed.is_none() => Ok((incoming, None)),
        (_, Err(bad_key)) => Err(bad_key),
        (incoming, Ok(key)) => Ok((incoming?, key)),
    }
}

/// Compares the signatures, then opens what is sealed.
pub(super) fn examine(
    incoming: &Incoming,
    credentials: &Credentials,
    context: &Context,
) -> Result<Examined, Failure> {
    let mut examined =
        Examined { expected_receive_id: credentials.receive_id.clone(), ..Examined::default() };
    if let Some(token) = &credentials.token {
        compare(incoming, token, credentials, context, &mut examined)?;
    }
    if !examined.valid() {
        return Ok(examined);
    }
    let (Some(sealed), Some((_, key))) = (&incoming.sealed, &credentials.key) else { return Ok(examined) };
    let covered = examined.checks.iter().any(|check| check.kind == Kind::MsgSignature);
    match key.open(&sealed.text) {
        Ok(opened) => {
            if let Some(expected) = &credentials.receive_id
                && *expected != opened.receive_id
            {
                let mistake = mistake::other_receive_id(&opened.receive_id, expected, context.lang);
                examined.mistakes.push(mistake);
            }
            examined.opened = Some(opened);
        }
        Err(error @ (OpenError::Base64(_) | OpenError::Length(_))) => {
            return Err(Failure::usage(error.to_string())
                .hint("give the whole Encrypt value or echostr, as it was received"));
        }
        Err(OpenError::Sealed) => {
            let others = other_secrets(context, credentials.profile, |profile| &profile.encoding_aes_key);
            let opens = |key: &Secret| AesKey::read(key).is_ok_and(|key| key.open(&sealed.text).is_ok());
            let profile = others.iter().find(|(_, key)| opens(key)).map(|(name, _)| OtherKey::Profile(name));
            let sample =
                || SAMPLE_KEYS.iter().any(|key| opens(&Secret::new(*key))).then_some(OtherKey::Sample);
            examined.mistakes.push(mistake::other_key(covered, profile.or_else(sample), context.lang));
        }
    }
    Ok(examined)
}

fn compare(
    incoming: &Incoming,
    token: &Secret,
    credentials: &Credentials,
    context: &Context,
    examined: &mut Examined,
) -> Result<(), Failure> {
    let lang = context.lang;
    let given = [(Kind::MsgSignature, &incoming.msg_signature), (Kind::Plain, &incoming.signature)];
    if given.iter().all(|(_, signature)| signature.is_none()) {
        return Ok(());
    }
    let missing = |name: &str| {
        Failure::usage(format!("the {name} is missing"))
            .hint(format!("give --{name}, or --request with the whole request"))
    };
    let timestamp = incoming.timestamp.clone().ok_or_else(|| missing("timestamp"))?;
    let nonce = incoming.nonce.clone().ok_or_else(|| missing("nonce"))?;
    for (kind, signature) in given {
        let Some(signature) = signature else { continue };
        let encrypt = match (kind, &incoming.sealed) {
            (Kind::Plain, _) => None,
            (Kind::MsgSignature, Some(sealed)) => Some(sealed.text.clone()),
            (Kind::MsgSignature, None) if incoming.signature.is_some() => {
                examined.warnings.push(Warning {
                    id: "body-missing",
                    field: "encrypt",
                    message: lang
                        .pick(
                            "msg_signature 没有检查：这里没有请求体，也就没有 Encrypt",
                            "msg_signature was not checked: the body with its Encrypt is not here",
                        )
                        .to_owned(),
                    fix: lang
                        .pick(
                            "把请求体也放进 --request，或者用 --body 传入",
                            "put the body into --request too, or give it with --body",
                        )
                        .to_owned(),
                });
                continue;
            }
            (Kind::MsgSignature, None) => {
                return Err(Failure::usage(
                    "msg_signature covers an Encrypt value or an echostr, and there is none",
                )
                .hint("add the body: --body FILE, or after an empty line in --request"));
            }
        };
        let signed = Signed { timestamp: timestamp.clone(), nonce: nonce.clone(), encrypt };
        let computed = callback::signature(token, &signed);
        let valid = callback::same(&computed, signature);
        if !valid && examined.mistakes.is_empty() {
            explain(incoming, &signed, signature, token, credentials, context, examined);
        }
        examined.checks.push(Check { kind, given: signature.clone(), computed, valid });
    }
    warn(incoming, token, lang, &mut examined.warnings);
    Ok(())
}

fn explain(
    incoming: &Incoming,
    signed: &Signed,
    given: &str,
    token: &Secret,
    credentials: &Credentials,
    context: &Context,
    examined: &mut Examined,
) {
    let other_tokens = other_secrets(context, credentials.profile, |profile| &profile.callback_token);
    let mut other_values = Vec::new();
    other_values.extend(credentials.key.as_ref().map(|(text, _)| ("EncodingAESKey", text.clone())));
    let app_id = credentials.profile.app_id.as_deref();
    other_values.extend(app_id.map(|id| ("appid", Secret::new(id))));
    let secret = credentials.profile.secret.as_ref().filter(|source| is_quiet(source));
    other_values.extend(secret.and_then(|source| Some(("app secret", source.read(&context.env).ok()?))));
    let sealed = incoming.sealed.as_ref();
    let known = Known {
        token,
        signed,
        sealed_name: match (sealed, &incoming.clear_echostr) {
            (Some(sealed), _) => sealed.name,
            (None, Some(_)) => "echostr",
            (None, None) => "encrypt",
        },
        encoded: sealed.and_then(|sealed| sealed.encoded.as_deref()),
        left_out: match signed.kind() {
            Kind::Plain => {
                sealed.map(|sealed| &sealed.text).or(incoming.clear_echostr.as_ref()).map(String::as_str)
            }
            Kind::MsgSignature => None,
        },
        body: incoming.body.as_deref(),
        other_tokens: &other_tokens,
        other_values: &other_values,
    };
    let start = Instant::now();
    let found = mistake::explain(&known, given, context.lang, &|| start.elapsed() > SEARCH_TIME);
    examined.mistakes = found.mistakes;
    examined.search = Some(SearchReport {
        candidates: found.candidates,
        exhausted: found.exhausted || found.proved,
        elapsed_ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
}

fn warn(incoming: &Incoming, token: &Secret, lang: Lang, warnings: &mut Vec<Warning>) {
    if SAMPLE_TOKENS.contains(&token.reveal()) {
        warnings.push(Warning {
            id: "token-sample",
            field: "token",
            message: lang
                .pick(
                    "这个 token 出现在公开的示例里：谁都能伪造签名",
                    "this token stands in public samples: anybody can sign with it",
                )
                .to_owned(),
            fix: lang
                .pick("换成 3 到 32 位随机的字母和数字", "choose 3 to 32 random letters and digits instead")
                .to_owned(),
        });
    }
    if incoming.sealed.is_some() && incoming.msg_signature.is_none() {
        warnings.push(Warning {
            id: "body-not-signed",
            field: "encrypt",
            message: lang.pick("这里的签名不包含密文：普通签名只保护 timestamp 和 nonce", "this signature does not cover what is encrypted: a plain one protects timestamp and nonce only").to_owned(),
            fix: lang.pick("验证加密消息时比较 msg_signature", "check an encrypted message with msg_signature").to_owned(),
        });
    }
    let is_time = |text: &Option<String>| {
        text.as_deref().is_some_and(|text| text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_number = |text: &Option<String>| {
        text.as_deref().is_some_and(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
    };
    if is_time(&incoming.nonce) && !is_number(&incoming.timestamp) {
        warnings.push(Warning {
            id: "timestamp-nonce-swapped",
            field: "timestamp",
            message: lang
                .pick(
                    "timestamp 和 nonce 看起来填反了；因为要排序，签名不受影响",
                    "timestamp and nonce look swapped; the values are sorted, so the signature is the same",
                )
                .to_owned(),
            fix: lang
                .pick(
                    "换回来：检查时间是否过期的代码会用到 timestamp",
                    "swap them back: code that refuses old requests reads the timestamp",
                )
                .to_owned(),
        });
    }
}

/// A secret of the other profiles, as far as reading it starts no program.
fn other_secrets(
    context: &Context,
    own: &Profile,
    of: impl Fn(&Profile) -> &Option<Source>,
) -> Vec<(String, Secret)> {
    let Ok(settings) = context.settings() else { return Vec::new() };
    let others = settings.profiles.iter().filter(|profile| profile.name != own.name).take(64);
    others
        .filter_map(|profile| {
            let source = of(profile).as_ref().filter(|source| is_quiet(source))?;
            Some((profile.name.clone(), source.read(&context.env).ok()?))
        })
        .collect()
}

fn is_quiet(source: &Source) -> bool {
    matches!(source, Source::Plain(_) | Source::Env(_) | Source::File(_))
}

/// Writes the signatures that differ and the mistakes.
pub(super) fn write_wrong(out: &mut dyn Write, examined: &Examined, lang: Lang) -> io::Result<()> {
    for check in examined.checks.iter().filter(|check| !check.valid) {
        let name = check.kind.parameter();
        let (given, computed) = (lang.pick("收到", "given   "), lang.pick("应为", "computed"));
        writeln!(out, "  {name} {given}  {}", safe(&shortened(&check.given, 200)))?;
        writeln!(out, "  {name} {computed}  {}", check.computed)?;
    }
    for (number, mistake) in (1..).zip(&examined.mistakes) {
        writeln!(
            out,
            "\n{number}. {}  {}",
            mistake.id.yellow().bold(),
            safe(&shortened(&mistake.message, 600))
        )?;
        writeln!(out, "   {}{}", lang.pick("处理：", "fix: "), safe(&shortened(&mistake.fix, 600)))?;
    }
    write_warnings(out, &examined.warnings, lang)?;
    if let Some(search) = &examined.search {
        let count = search.candidates;
        let line = if search.exhausted {
            say!(lang, "（试了 {count} 种写法）", "({count} candidates tried)")
        } else {
            say!(lang, "（试了 {count} 种写法，到时停止）", "({count} candidates tried, stopped by time)")
        };
        writeln!(out, "\n{}", line.dimmed())?;
    }
    Ok(())
}

/// Writes the warnings.
pub(super) fn write_warnings(out: &mut dyn Write, warnings: &[Warning], lang: Lang) -> io::Result<()> {
    for warning in warnings {
        writeln!(out, "\n{}{}  {}", lang.pick("注意：", "note: "), warning.id.cyan(), warning.message)?;
        writeln!(out, "   {}{}", lang.pick("处理：", "fix: "), warning.fix)?;
    }
    Ok(())
}
