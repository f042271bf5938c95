//! JSON-RPC 2.0 as the Model Context Protocol uses it.
//!
//! In: one line. Out: the answer to a request, nothing for a notification or for white space.

use serde_json::{Value, json};

use super::tool;
use crate::context::Context;
use crate::output::document;

const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;
const INTERNAL_ERROR: i32 = -32603;

/// The versions of the protocol that are spoken, newest first. They do not differ in what tools use.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// The most messages of one batch.
const BATCH: usize = 100;

/// The answer to one line.
pub(super) fn answer(line: &[u8], context: &Context) -> Option<Value> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    match serde_json::from_slice(line) {
        Err(_) => Some(error(&Value::Null, PARSE_ERROR, "this line is not JSON")),
        Ok(Value::Array(messages)) if messages.is_empty() || messages.len() > BATCH => {
            Some(error(&Value::Null, INVALID_REQUEST, "a batch has 1 to 100 messages"))
        }
        Ok(Value::Array(messages)) => {
            let answers: Vec<Value> =
                messages.into_iter().filter_map(|message| of_message(message, context)).collect();
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(message) => of_message(message, context),
    }
}

fn of_message(message: Value, context: &Context) -> Option<Value> {
    let Value::Object(mut message) = message else {
        return Some(error(&Value::Null, INVALID_REQUEST, "a message is a JSON object"));
    };
    let id = message.remove("id");
    let params = message.remove("params").unwrap_or(Value::Null);
    let Some(Value::String(method)) = message.remove("method") else {
        // An answer of the client to something we never asked.
        if message.contains_key("result") || message.contains_key("error") {
            return None;
        }
        return Some(error(&id.unwrap_or(Value::Null), INVALID_REQUEST, "a message names its method"));
    };
    let id = match id {
        Some(id @ (Value::String(_) | Value::Number(_))) => id,
        Some(_) => return Some(error(&Value::Null, INVALID_REQUEST, "an id is a text or a number")),
        // A notification is never answered.
        None => return None,
    };
    Some(match method.as_str() {
        "initialize" => result(&id, &initialized(&params)),
        "ping" => result(&id, &json!({})),
        "tools/list" => result(&id, &json!({ "tools": tool::list() })),
        "tools/call" => called(&id, params, context),
        _ => error(&id, METHOD_NOT_FOUND, "there is no such method"),
    })
}

fn initialized(params: &Value) -> Value {
    let asked = params.get("protocolVersion").and_then(Value::as_str);
    let version = VERSIONS.into_iter().find(|version| Some(*version) == asked).unwrap_or(VERSIONS[0]);
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": { "listChanged": false } },
        "serverInfo": { "name": "wecheck", "title": "wecheck", "version": env!("CARGO_PKG_VERSION") },
        "instructions": "Diagnoses WeChat (公众号) and WeCom (企业微信) web pages offline. Paste what the user has into \
            `verify` (signature problems) or `explain` (codes and messages) first. Tickets, tokens and secrets are \
            masked in every answer; never ask the user for an app secret.",
    })
}

fn called(id: &Value, params: Value, context: &Context) -> Value {
    let Value::Object(mut params) = params else {
        return error(id, INVALID_PARAMS, "tools/call takes `name` and `arguments`");
    };
    let Some(name) = params.get("name").and_then(Value::as_str).and_then(tool::named) else {
        return error(id, INVALID_PARAMS, "there is no tool of this name: see tools/list");
    };
    let arguments = match params.remove("arguments") {
        None | Some(Value::Null) => serde_json::Map::new(),
        Some(Value::Object(arguments)) => arguments,
        Some(_) => return error(id, INVALID_PARAMS, "`arguments` is an object"),
    };
    let (document, is_error) = tool::call(name, arguments, context);
    let Ok(text) = document::line(&document) else {
        return error(id, INTERNAL_ERROR, "this is a bug of wecheck");
    };
    result(id, &json!({ "content": [{ "type": "text", "text": text }], "isError": is_error }))
}

fn result(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

/// An error answer.
pub(super) fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
