//! JavaScript as people paste it: which call of the client library it is, and what stands in place
//! of a value.
//!
//! In: the name before a `(`, or the text after a `:`. Out: the [`Callee`], the source text of an
//! expression, the bare value of an object that was printed. The reader keeps track of where it is.

use super::{Call, Field};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callee {
    /// A call that takes a signature.
    Signed(Call),
    /// `wx.invoke`, `WeixinJSBridge.invoke`: its first argument says which call it is.
    Invoke,
    /// A request: the `url` in its argument is where it goes.
    Request,
    /// Another call of the client library, whose fields are not ours: a share card, a payment.
    Foreign,
    /// Any other function.
    Plain,
}

impl Callee {
    /// Reads `wx.config`, `this.$wx.agentConfig`, `axios.get`.
    pub(super) fn of(chain: &str) -> Self {
        let mut parts = chain.rsplit(['.', '?']).filter(|part| !part.is_empty());
        let (last, owner) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        // No client library has a longer name; hostile text might.
        if owner.len() > 32 || last.len() > 64 {
            return Self::Plain;
        }
        let owner = owner.trim_matches(['$', '_']).to_ascii_lowercase();
        let is_library = matches!(
            owner.as_str(),
            "wx" | "jweixin"
                | "weixin"
                | "wechat"
                | "wxsdk"
                | "jssdk"
                | "wxjs"
                | "jwx"
                | "weixinjs"
                | "wechatjs"
                | "wxjssdk"
        );
        let is_wecom = matches!(owner.as_str(), "ww" | "wecom" | "wwopen" | "wxwork");
        let is_bridge = owner == "weixinjsbridge";
        match last {
            "config" if is_library => Self::Signed(Call::Config),
            "agentConfig" => Self::Signed(Call::AgentConfig),
            "register" if is_wecom => Self::Signed(Call::Register),
            "addCard" if is_library => Self::Signed(Call::AddCard),
            "chooseCard" if is_library => Self::Signed(Call::ChooseCard),
            "chooseInvoice" if is_library => Self::Signed(Call::ChooseInvoice),
            "invoke" if is_library || is_bridge || is_wecom => Self::Invoke,
            "request" | "ajax" | "fetch" | "axios" | "getJSON" | "httpRequest" | "http" | "$http"
            | "navigateTo" | "redirectTo" | "uploadFile" | "downloadFile" => Self::Request,
            "get" | "post" | "put"
                if matches!(
                    owner.as_str(),
                    "" | "axios" | "http" | "request" | "api" | "ajax" | "jquery" | "uni"
                ) =>
            {
                Self::Request
            }
            // Their argument is a function, which may hold anything.
            "ready" | "error" | "checkJsApi" if is_library => Self::Plain,
            _ if is_library || is_bridge || is_wecom => Self::Foreign,
            _ => Self::Plain,
        }
    }

    /// Reads the first argument of an invoke.
    pub(super) fn invoked(name: &str) -> Self {
        match name {
            "chooseInvoice" | "chooseInvoiceTitle" => Self::Signed(Call::ChooseInvoice),
            "openEnterpriseContact" => Self::Signed(Call::OpenContact),
            "addCard" | "batchAddCard" => Self::Signed(Call::AddCard),
            "chooseCard" => Self::Signed(Call::ChooseCard),
            "agentConfig" => Self::Signed(Call::AgentConfig),
            "config" | "preVerifyJSAPI" => Self::Signed(Call::Config),
            _ => Self::Foreign,
        }
    }
}

/// The fields that a call must have.
pub(super) fn fields(call: Call) -> &'static [Field] {
    match call {
        Call::Config | Call::AgentConfig | Call::Register => {
            &[Field::AppId, Field::Timestamp, Field::Nonce, Field::Signature]
        }
        Call::OpenContact => &[Field::GroupId, Field::Timestamp, Field::Nonce, Field::Signature],
        Call::AddCard | Call::ChooseCard | Call::ChooseInvoice => {
            &[Field::Timestamp, Field::Nonce, Field::Signature]
        }
    }
}

/// How much of an expression is shown.
const SHOWN: usize = 200;

/// The source text of an expression: up to the comma, bracket or line end that closes it.
pub(super) fn expression(text: &str, from: usize) -> &str {
    let window = &text[from..text.floor_char_boundary(from + SHOWN)];
    let line = window.split('\n').next().unwrap_or_default();
    let bytes = line.as_bytes();
    let (mut pos, mut depth) = (0, 0_usize);
    while pos < bytes.len() {
        let closer = ["<?", "<%", "{{"]
            .iter()
            .zip(["?>", "%>", "}}"])
            .find(|(open, _)| line[pos..].starts_with(**open));
        let skipped = match (bytes[pos], closer) {
            (_, Some((_, close))) => line[pos..].find(close).map(|found| found + close.len()),
            (quote @ (b'\'' | b'"' | b'`'), _) => {
                memchr::memchr(quote, &bytes[pos + 1..]).map(|found| found + 2)
            }
            _ => None,
        };
        if let Some(length) = skipped {
            pos += length;
            continue;
        }
        match bytes[pos] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' | b',' | b';' if depth == 0 => break,
            b')' | b']' | b'}' => depth -= 1,
            b'/' if bytes[pos..].starts_with(b"//") && (pos == 0 || bytes[pos - 1] != b':') => break,
            _ => {}
        }
        pos += line[pos..].chars().next().map_or(1, char::len_utf8);
    }
    line[..pos].trim()
}

/// The end of a bare value inside brackets: at a space, at `, `, at a comma before the next key or
/// behind a number (minified code has no whitespace), at the bracket that closes it.
pub(super) fn bare_end(text: &str, from: usize, is_url: bool) -> usize {
    let bytes = text.as_bytes();
    let (mut pos, mut depth) = (from, 0_usize);
    while let Some(byte) = bytes.get(pos) {
        match byte {
            b'\n' | b'\r' | b' ' | b'\t' | b'"' | b'\'' => break,
            b';' if !is_url || bytes.get(pos + 1).is_none_or(u8::is_ascii_whitespace) => break,
            b',' if bytes.get(pos + 1).is_none_or(u8::is_ascii_whitespace) => break,
            b',' if depth == 0 && bytes[from..pos].iter().all(u8::is_ascii_digit) => break,
            b',' if depth == 0 && begins_with_key(&text[pos + 1..]) => break,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' if depth == 0 => break,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
        pos += 1;
    }
    pos
}

/// Whether `key:` or `"key":` is there, and not the `https://` of another address.
fn begins_with_key(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '\'']);
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "_$".contains(c))).unwrap_or(text.len());
    let behind = text[end..].trim_start_matches(['"', '\'']);
    end > 0 && behind.starts_with(':') && !behind.starts_with("://")
}

/// Types of a declaration, `timestamp: number`: neither a value nor one that is missing.
pub(super) fn is_type(name: &str) -> bool {
    matches!(
        name.trim_end_matches(['?', ']', '[']),
        "string"
            | "number"
            | "boolean"
            | "any"
            | "String"
            | "Number"
            | "Boolean"
            | "Array"
            | "Object"
            | "int"
            | "long"
            | "unknown"
            | "object"
            | "Long"
            | "Integer"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_by_their_names() {
        for (chain, callee) in [
            ("wx.config", Callee::Signed(Call::Config)),
            ("jWeixin.config", Callee::Signed(Call::Config)),
            ("window.wx?.config", Callee::Signed(Call::Config)),
            ("this.$wx.config", Callee::Signed(Call::Config)),
            ("wx.agentConfig", Callee::Signed(Call::AgentConfig)),
            ("ww.register", Callee::Signed(Call::Register)),
            ("WeixinJSBridge.invoke", Callee::Invoke),
            ("wx.invoke", Callee::Invoke),
            ("wx.chooseWXPay", Callee::Foreign),
            ("wx.updateAppMessageShareData", Callee::Foreign),
            ("wx.request", Callee::Request),
            ("$.ajax", Callee::Request),
            ("axios.get", Callee::Request),
            ("wx.ready", Callee::Plain),
            ("require.config", Callee::Plain),
            ("Vue.register", Callee::Plain),
            ("sha1", Callee::Plain),
        ] {
            assert_eq!(Callee::of(chain), callee, "{chain}");
        }
    }

    #[test]
    fn an_expression_ends_where_its_value_does() {
        for (text, wanted) in [
            ("res.data.timestamp, // 必填", "res.data.timestamp"),
            ("f(a, b), c: 1", "f(a, b)"),
            ("'a, b' + c}", "'a, b' + c"),
            ("<?= f(\"a, b\") ?>,", "<?= f(\"a, b\") ?>"),
            ("url // x", "url"),
        ] {
            assert_eq!(expression(text, 0), wanted);
        }
    }
}
