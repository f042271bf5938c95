//! One callback examined: first its signatures, then, only when they hold, what is encrypted in it.
//!
//! In: an [`Incoming`], the profile's token and key. Out: an [`Examined`], from which `verify`,
//! `decrypt` and `echo` make their reports. Padding and receive id are looked at after the
//! signature held, so that neither can be asked for without the other.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::incoming::Incoming;
use super::{Request, read_key};
use crate::both;
use crate::callback::mistake::{self, Known, Mistake, OtherKey, SAMPLE_KEYS, SAMPLE_TOKENS};
use crate::callback::request::Found;
use crate::callback::{self, AesKey, DecryptError, Decrypted, Kind, Signed};
use crate::config::{Profile, Source};
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::secret::Secret;

/// How long the mistakes are searched for.
const SEARCH_TIME: Duration = Duration::from_secs(1);

/// One signature that was compared.
#[derive(Debug, Serialize)]
pub struct Check {
    /// What it covers.
    pub kind: Kind,
    /// As it came.
    pub given: String,
    /// As it has to be.
    pub computed: String,
    /// Whether they are the same.
    pub valid: bool,
}

/// Something odd that decides nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Warning {
    /// Its id.
    pub id: &'static str,
    /// The value it concerns.
    pub field: &'static str,
    /// What is odd.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// What the search for mistakes did.
#[derive(Debug, Serialize)]
pub struct SearchReport {
    /// Candidates hashed.
    pub candidates: u64,
    /// Whether everything there is was tried.
    pub exhausted: bool,
    /// Milliseconds.
    pub elapsed_ms: u64,
}

/// What is known of a callback after looking at it.
#[derive(Default)]
pub struct Examined {
    /// The signatures compared: the one that covers most comes first.
    pub checks: Vec<Check>,
    /// Why a signature differs or the message is wrong.
    pub mistakes: Vec<Mistake>,
    /// What is odd.
    pub warnings: Vec<Warning>,
    /// What the search for mistakes did, when there was one.
    pub search: Option<SearchReport>,
    /// The decrypted message, where there is a key and the signatures hold.
    pub decrypted: Option<Decrypted>,
    /// The receive id that the message had to have, when that is known.
    pub expected_receive_id: Option<String>,
}

/// The credentials of an examination.
pub(super) struct Credentials<'a> {
    pub(super) profile: &'a Profile,
    pub(super) token: Option<Secret>,
    pub(super) key: OwnKey,
    /// `--receive-id`; without it the ids of the profile count.
    pub(super) receive_id: Option<String>,
}

impl Examined {
    /// Whether every signature held and nothing else is wrong.
    pub fn valid(&self) -> bool {
        self.mistakes.is_empty() && self.checks.iter().all(|check| check.valid)
    }
}

/// The EncodingAESKey as text and decoded, when there is one.
type OwnKey = Option<(Secret, AesKey)>;

/// Reads the callback, and the key where the profile has one. A bad key is reported before anything
/// encrypted is looked at; when nothing is encrypted, nothing asks for it.
pub(super) fn read_with_key(
    request: &Request,
    profile: &Profile,
    context: &Context,
) -> Result<(Incoming, OwnKey), Failure> {
    let key = own_key(profile, context);
    match (request.incoming(profile.platform), key) {
        (Ok(incoming), Err(_)) if incoming.encrypted.is_none() => Ok((incoming, None)),
        (_, Err(bad_key)) => Err(bad_key),
        (incoming, Ok(key)) => Ok((incoming?, key)),
    }
}

/// The same for every request that a log has.
pub(super) fn read_all_with_key(
    request: &Request,
    profile: &Profile,
    context: &Context,
) -> Result<(Vec<Found>, OwnKey), Failure> {
    let key = own_key(profile, context);
    let is_clear = |found: &Found| {
        let incoming = request.with_logged(found.request.clone(), profile.platform);
        incoming.is_ok_and(|incoming| incoming.encrypted.is_none())
    };
    match (request.logged(), key) {
        (Ok(found), Err(_)) if found.iter().all(is_clear) => Ok((found, None)),
        (_, Err(bad_key)) => Err(bad_key),
        (found, Ok(key)) => Ok((found?, key)),
    }
}

fn own_key(profile: &Profile, context: &Context) -> Result<OwnKey, Failure> {
    profile.encoding_aes_key.is_some().then(|| read_key(profile, context)).transpose()
}

/// Compares the signatures, then opens what is encrypted. `explains`: a signature that differs is
/// searched for its mistake.
pub(super) fn examine(
    incoming: &Incoming,
    credentials: &Credentials,
    explains: bool,
    context: &Context,
) -> Result<Examined, Failure> {
    let expected = credentials.receive_id.clone().or_else(|| credentials.profile.app_id.clone());
    let mut examined = Examined { expected_receive_id: expected, ..Examined::default() };
    if let Some(token) = &credentials.token {
        compare(incoming, token, credentials, explains, context, &mut examined)?;
    }
    if !examined.valid() {
        return Ok(examined);
    }
    let (Some(encrypted), Some((_, key))) = (&incoming.encrypted, &credentials.key) else {
        return Ok(examined);
    };
    let covered = examined.checks.iter().any(|check| check.kind == Kind::MsgSignature);
    match key.decrypt(&encrypted.text) {
        Ok(decrypted) => {
            compare_id(&decrypted.receive_id, incoming, credentials, context.lang, &mut examined);
            examined.decrypted = Some(decrypted);
        }
        Err(error @ (DecryptError::Base64(_) | DecryptError::Length(_))) => {
            let zh = error.zh();
            return Err(Failure::usage(both!("{zh}", "{error}")).hint(both!(
                "给出完整的 Encrypt 或 echostr，与收到时一字不差",
                "give the whole Encrypt value or echostr, as it was received"
            )));
        }
        Err(DecryptError::Wrong) => {
            let others = other_secrets(context, credentials.profile, |profile| &profile.encoding_aes_key);
            let opens =
                |key: &Secret| AesKey::read(key).is_ok_and(|key| key.decrypt(&encrypted.text).is_ok());
            let profile = others.iter().find(|(_, key)| opens(key)).map(|(name, _)| OtherKey::Profile(name));
            let sample =
                || SAMPLE_KEYS.iter().any(|key| opens(&Secret::new(*key))).then_some(OtherKey::Sample);
            examined.mistakes.push(mistake::other_key(covered, profile.or_else(sample), context.lang));
        }
    }
    Ok(examined)
}

/// Compares the receive id of a message with the one that was asked for, or with those of the
/// profile: a suite has several, and an AI bot's is empty.
fn compare_id(
    found: &str,
    incoming: &Incoming,
    credentials: &Credentials,
    lang: Lang,
    examined: &mut Examined,
) {
    let Some(expected) = examined.expected_receive_id.clone().filter(|expected| *expected != found) else {
        return;
    };
    if credentials.receive_id.is_none() {
        let profile = credentials.profile;
        let others = [&profile.suite_id, &profile.provider_corpid];
        if others.into_iter().flatten().any(|id| id == found) {
            examined.expected_receive_id = Some(found.to_owned());
            return;
        }
        // A plain signature besides is mp's, whose receive id is never empty.
        if found.is_empty() && incoming.signature.is_none() {
            examined.expected_receive_id = Some(String::new());
            examined.warnings.push(Warning {
                id: "receive-id-empty",
                field: "receive_id",
                message: lang
                    .pick(
                        "receive id 是空的：智能机器人的回调就是这样（个人服务商的第三方应用也是），自建应用的回调则应是 corpid",
                        "the receive id is empty: so it is for an AI bot (and for a suite of a personal provider); for an app of the corp it would be the corpid",
                    )
                    .to_owned(),
                fix: lang
                    .pick(
                        "服务器用空串比对 receive id；要按某个 id 检查，加上 --receive-id",
                        "have the server compare the receive id with the empty string; to check for another one give --receive-id",
                    )
                    .to_owned(),
            });
            return;
        }
    }
    examined.mistakes.push(mistake::other_receive_id(found, &expected, lang));
}

fn compare(
    incoming: &Incoming,
    token: &Secret,
    credentials: &Credentials,
    explains: bool,
    context: &Context,
    examined: &mut Examined,
) -> Result<(), Failure> {
    let lang = context.lang;
    let given = [(Kind::MsgSignature, &incoming.msg_signature), (Kind::Plain, &incoming.signature)];
    if given.iter().all(|(_, signature)| signature.is_none()) {
        return Ok(());
    }
    let missing = |name: &str| {
        Failure::usage(both!("缺少 {name}", "the {name} is missing")).hint(both!(
            "加上 --{name}，或者用 --request 给出整条请求",
            "give --{name}, or --request with the whole request"
        ))
    };
    let timestamp = incoming.timestamp.clone().ok_or_else(|| missing("timestamp"))?;
    let nonce = incoming.nonce.clone().ok_or_else(|| missing("nonce"))?;
    let mut differing = None;
    for (kind, signature) in given {
        let Some(signature) = signature else { continue };
        let encrypt = match (kind, &incoming.encrypted) {
            (Kind::Plain, _) => None,
            (Kind::MsgSignature, Some(encrypted)) => Some(encrypted.text.clone()),
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
                return Err(Failure::usage(both!(
                    "msg_signature 包含 Encrypt 或 echostr 的值，而这里一个也没有",
                    "msg_signature covers an Encrypt value or an echostr, and both are missing"
                ))
                .hint(both!(
                    "加上请求体：--body FILE，或者放在 --request 的空行之后",
                    "add the body: --body FILE, or after an empty line in --request"
                )));
            }
        };
        let signed = Signed { timestamp: timestamp.clone(), nonce: nonce.clone(), encrypt };
        let computed = callback::signature(token, &signed);
        let valid = callback::same(&computed, signature);
        examined.checks.push(Check { kind, given: signature.clone(), computed, valid });
        if !valid && differing.is_none() {
            differing = Some((signed, signature));
        }
    }
    if let Some((signed, given)) = differing.filter(|_| explains) {
        explain(incoming, &signed, given, token, credentials, context, examined);
    }
    if credentials.profile.platform == Some(Platform::Work)
        && incoming.msg_signature.is_none()
        && examined.mistakes.is_empty()
    {
        examined.mistakes.push(mistake::plain_signature_on_work(lang));
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
    let encrypted = incoming.encrypted.as_ref();
    let known = Known {
        token,
        signed,
        encrypted_name: match (encrypted, &incoming.clear_echostr) {
            (Some(encrypted), _) => encrypted.name,
            (None, Some(_)) => "echostr",
            (None, None) => "encrypt",
        },
        encoded: encrypted.and_then(|encrypted| encrypted.encoded.as_deref()),
        left_out: match signed.kind() {
            Kind::Plain => encrypted
                .map(|encrypted| &encrypted.text)
                .or(incoming.clear_echostr.as_ref())
                .map(String::as_str),
            Kind::MsgSignature => None,
        },
        body: incoming.body.as_deref(),
        other_holds: examined.checks.iter().any(|check| check.valid),
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
                    "this token is in public samples: anyone can sign with it",
                )
                .to_owned(),
            fix: lang
                .pick("换成 3 到 32 位随机的字母和数字", "choose 3 to 32 random letters and digits instead")
                .to_owned(),
        });
    }
    if incoming.encrypted.is_some() && incoming.msg_signature.is_none() {
        warnings.push(Warning {
            id: "body-not-signed",
            field: "encrypt",
            message: lang.pick("这里的签名不包含密文：普通签名只保护 timestamp 和 nonce", "this signature does not cover what is encrypted: a plain one protects only timestamp and nonce").to_owned(),
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
