//! What the client and the devtools say: `config:fail,Error: System error, error code:63002,…`.
//!
//! In: a text that starts with a word and a colon. Out: whether it is such a message. The reader
//! keeps the first one of a text.

/// Openings of what follows `config:` and its like.
const REASONS: [&str; 15] = [
    "fail",
    "invalid ",
    "permission denied",
    "no permission",
    "no_permission",
    "function not exist",
    "function_not_exist",
    "require subscribe",
    "access_denied",
    "access denied",
    "too_frequent",
    "the permission value",
    "ticket no",
    "cancel",
    "ok",
];

/// Whether a text opens with an API name, a colon and one of the client's reasons.
pub(super) fn is_message(text: &str) -> bool {
    let name = text.bytes().take(48).take_while(u8::is_ascii_alphanumeric).count();
    if name < 4 {
        return false;
    }
    let Some(rest) = text[name..].strip_prefix(':') else { return false };
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    REASONS
        .iter()
        .any(|reason| rest.get(..reason.len()).is_some_and(|start| start.eq_ignore_ascii_case(reason)))
}

/// Whether running text opens with a message: only what the two config calls answer, since any
/// log has a `something: failed`.
pub(super) fn is_config_message(text: &str) -> bool {
    ["config:", "agentConfig:", "preVerifyJSAPI:", "system:"].iter().any(|name| text.starts_with(name))
        && is_message(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_as_clients_send_them() {
        for text in [
            "config:invalid signature",
            "config:fail,Error: 系统错误，错误码：63002,invalid signature [20191204 15:50:27][]",
            "agentConfig:fail (err_Info fail, hint 'Missing params')",
            "chooseImage:permission denied",
            "config:fail",
        ] {
            assert!(is_message(text), "{text}");
        }
        for text in ["config: true", "http://a.b", "debug:fail", "a:fail", "signature: ok"] {
            assert!(!is_config_message(text), "{text}");
        }
    }
}
