//! A request's body as a command's flags, so that a name means the same in both places.
//!
//! In: a JSON object whose keys are a command's long flags, and the list of those that a page may
//! give. Out: the command's own `Args`, parsed by the command line's own parser. Flags that name
//! files are never on the list: a request must not read this machine.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use clap::{ArgAction, FromArgMatches};
use serde_json::{Map, Value};

use super::BODY_LIMIT;
use super::refusal::Refusal;
use crate::both;
use crate::failure::Failure;
use crate::nearest::nearest;
use crate::output::shortened;

/// The most entries of a list in a request.
const MOST_ENTRIES: usize = 100;

/// Names under which WeChat gives the same things.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("noncestr", "nonce"),
    ("nonce-str", "nonce"),
    ("jsapi-ticket", "ticket"),
    ("api-ticket", "ticket"),
    ("group-ticket", "ticket"),
    ("time-stamp", "timestamp"),
    ("appid", "app-id"),
    ("corpid", "app-id"),
    ("agentid", "agent-id"),
];

/// Reads a JSON object of bounded size.
pub(super) async fn object(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Refusal> {
    // A form or plain text is what another site's page can send without being asked for its origin.
    let json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    });
    if !json {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is not marked as JSON",
            "curl -H 'Content-Type: application/json' --data '{…}'",
        ));
    }
    let bytes = to_bytes(body, BODY_LIMIT).await.map_err(|_| {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body has more than {} KiB", BODY_LIMIT / 1024),
            "cut it down to the part around wx.config or the signature; the command line takes 8 MiB",
        )
    })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Failure::usage("the body is no JSON object").hint("{\"url\": \"https://…\"}").into()),
        // serde's message names the place and never the value.
        Err(error) => Err(Failure::usage(format!("the body is no JSON: {error}"))
            .hint("{\"url\": \"https://…\"}")
            .into()),
    }
}

/// Refuses a list that is longer than anyone types.
pub(super) fn bounded(name: &str, count: usize) -> Result<(), Refusal> {
    if count <= MOST_ENTRIES {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        both!(
            "`{name}` 有 {count} 项，一次请求最多 {MOST_ENTRIES} 项",
            "`{name}` has {count} entries, and a request may have {MOST_ENTRIES}"
        ),
        both!("分成几次请求，或用命令行", "send them in several requests, or use the command line"),
    ))
}

/// Parses an object as the flags of a command; `positional` are its arguments without a flag.
pub(super) fn flags<A: clap::Args + FromArgMatches>(
    object: Map<String, Value>,
    allowed: &[&str],
    positional: &[String],
) -> Result<A, Failure> {
    let command = A::augment_args(clap::Command::new("request").no_binary_name(true).disable_help_flag(true));
    let mut argv: Vec<String> = Vec::new();
    for (key, value) in object {
        let name = flag_name(&key);
        let flag = allowed
            .contains(&name.as_str())
            .then(|| command.get_arguments().find(|arg| arg.get_long() == Some(&name)))
            .flatten();
        let Some(flag) = flag else {
            let hint = nearest(&name, allowed.iter().copied()).map_or_else(
                || format!("known: {}", allowed.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::usage(format!("unknown field `{}`", shortened(&key, 40))).hint(hint));
        };
        let is_switch = matches!(flag.get_action(), ArgAction::SetTrue);
        let values = match value {
            Value::Null | Value::Bool(false) => Vec::new(),
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            match value {
                Value::Bool(true) if is_switch => argv.push(format!("--{name}")),
                Value::String(text) if !is_switch => argv.push(format!("--{name}={text}")),
                Value::Number(number) if !is_switch => argv.push(format!("--{name}={number}")),
                _ => {
                    let wanted = if is_switch { "true or false" } else { "a text or a number" };
                    return Err(Failure::usage(format!("`{name}` takes {wanted}")).hint("look at --help"));
                }
            }
        }
    }
    argv.push("--".to_owned());
    argv.extend(positional.iter().cloned());
    command.try_get_matches_from(argv).and_then(|matches| A::from_arg_matches(&matches)).map_err(|error| {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Failure::usage(shortened(line, 300).into_owned()).hint("the fields are the command's long flags")
    })
}

/// `pageUrl`, `page_url` and `page-url` are one name.
fn flag_name(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        match c {
            '_' => name.push('-'),
            c if c.is_ascii_uppercase() => {
                name.push('-');
                name.push(c.to_ascii_lowercase());
            }
            c => name.push(c),
        }
    }
    OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, flag)| (*flag).to_owned())
}
