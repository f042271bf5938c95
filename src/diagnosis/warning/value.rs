//! Warnings about ticket, nonce, timestamp, signature and app id.
//!
//! In: the values as given. Out: what looks wrong with them.

use super::{Entry, Given};
use crate::both;
use crate::evidence::Unit;
use crate::lang::Text;
use crate::platform::Platform;
use crate::signature::Kind;

/// A timestamp further from now than this is worth a word. Seconds.
const FAR_S: u64 = 86_400;

/// The documentation's sample values; left in, they belong to no one's account.
mod samples {
    pub(super) const NONCES: &[&str] = &["Wm3WZYTPz0wzccnW", "jonyqin"];
    pub(super) const TIMESTAMPS: &[&str] = &["1414587457", "1404896688"];
    pub(super) const TICKETS: &[&str] = &[
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        "bxLdikRXVbTPdHSM05e5u5sUoXNKd8-41ZO3MhKoyN5OfkWITDGgnr2fwJ0m9E8NYzWKVZvdVtaUgWvsdshFKA",
        "ojZ8YtyVyr30HheH3CM73y7h4jJE",
    ];
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "timestamp-sample",
        field: "timestamp",
        title: Text {
            zh: "timestamp 是文档的示例值", en: "the timestamp is a sample of the documentation"
        },
        cause: Text {
            zh: "时间戳是官方文档的示例值 {text}",
            en: "the timestamp is the documentation's sample {text}",
        },
        fix: Text { zh: "每次签名时取当前秒数", en: "take the current second each time you sign" },
        find: |subject, out| {
            let text = subject.fields.timestamp.as_str();
            if subject.given.timestamp && samples::TIMESTAMPS.contains(&text) {
                out.add(&[("text", text)]);
            }
        },
    },
    Entry {
        id: "timestamp-milliseconds-suspect",
        field: "timestamp",
        title: Text { zh: "timestamp 有 13 位，是毫秒", en: "the timestamp counts milliseconds" },
        cause: Text {
            zh: "时间戳有 13 位，是毫秒：文档要求秒；签名和 wx.config 用了不同单位时必然失败",
            en: "the timestamp has 13 digits, so it counts milliseconds: the documents ask for seconds, and it surely fails when the signature and wx.config use different units",
        },
        fix: Text {
            zh: "两处都用 Math.floor(Date.now() / 1000)",
            en: "use Math.floor(Date.now() / 1000) in both places",
        },
        find: |subject, out| {
            let text = subject.fields.timestamp.as_str();
            if subject.given.timestamp && text.len() == 13 && is_digits(text) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "timestamp-expression",
        field: "timestamp",
        title: Text { zh: "timestamp 是临时算出来的", en: "the timestamp is computed on the spot" },
        cause: Text {
            zh: "第 {line} 行的 `{text}` 数的是毫秒，而签名要的是秒（10 位）",
            en: "`{text}` (line {line}) counts milliseconds, while a signature takes seconds (10 digits)",
        },
        fix: Text {
            zh: "用 Math.floor(Date.now() / 1000) 取一次，签名和页面用同一个值",
            en: "take Math.floor(Date.now() / 1000) once, then sign and pass that same value",
        },
        find: |subject, out| {
            let own = |at: usize| {
                subject.evidence.blocks.get(at).is_some_and(|block| subject.blocks.contains(&block))
            };
            for expression in &subject.evidence.expressions {
                let is_here = expression.block.map_or(subject.says_all, own);
                let (text, line) = (&expression.text, expression.line);
                if !is_here {
                    continue;
                }
                if expression.unit == Unit::Milliseconds {
                    out.add(&[("text", text), ("line", &line.to_string())]);
                } else if subject.signature.is_some() && expression.block.is_some() {
                    out.say(
                        both!(
                            "第 {line} 行的 `{text}` 每次都是新的时间，旁边的签名却是固定的：签名只对一个 timestamp 有效",
                            "`{text}` (line {line}) is another time at every call, but the signature beside it is fixed: a signature is valid for one timestamp only"
                        ),
                        both!(
                            "用签名接口返回的 timestamp，不要在页面里再取一次",
                            "pass the timestamp that the signing API returned; do not take it again in the page"
                        ),
                    );
                }
            }
        },
    },
    Entry {
        id: "timestamp-far",
        field: "timestamp",
        title: Text { zh: "timestamp 离现在很远", en: "the timestamp is far from now" },
        cause: Text {
            zh: "时间戳 `{text}` 不是秒数",
            en: "the timestamp `{text}` is not a number of seconds",
        },
        fix: Text {
            zh: "用十进制的 Unix 秒数，10 位", en: "use Unix seconds in decimal, 10 digits"
        },
        find: |subject, out| {
            let text = subject.fields.timestamp.as_str();
            if !subject.given.timestamp || samples::TIMESTAMPS.contains(&text) || is_empty_value(text) {
                return;
            }
            let number = text.parse::<u64>().ok().filter(|_| is_digits(text));
            let Some(seconds) = number.map(|n| if text.len() == 13 { n / 1000 } else { n }) else {
                return out.add(&[("text", text)]);
            };
            let distance = seconds.abs_diff(subject.now);
            if distance > FAR_S {
                let days = distance / 86_400;
                let (zh, en) = if seconds < subject.now { ("之前", "before") } else { ("之后", "after") };
                out.say(
                    both!(
                        "时间戳在现在 {days} 天{zh}：这份签名可能是缓存下来的，ticket 早已换过",
                        "the timestamp is {days} days {en} now: perhaps a cached signature, whose ticket has long been replaced"
                    ),
                    both!("重新签名；不要把签名存下来复用", "sign again; never store a signature to use it again"),
                );
            }
        },
    },
    Entry {
        id: "nonce-sample",
        field: "nonce",
        title: Text { zh: "nonce 是文档的示例值", en: "the nonce is a sample of the documentation" },
        cause: Text {
            zh: "随机串是官方文档的示例值 {text}",
            en: "the nonce is the documentation's sample {text}",
        },
        fix: Text {
            zh: "每次签名生成新的随机串", en: "make a new random nonce for every signature"
        },
        find: |subject, out| {
            let text = subject.fields.nonce.as_str();
            if subject.given.nonce && samples::NONCES.contains(&text) {
                out.add(&[("text", text)]);
            }
        },
    },
    Entry {
        id: "nonce-too-long",
        field: "nonce",
        title: Text { zh: "cardExt 的 nonce_str 太长", en: "nonce_str of cardExt is too long" },
        cause: Text {
            zh: "nonce_str 有 {length} 个字符：cardExt 里最多 32 个",
            en: "nonce_str has {length} characters: a cardExt takes 32 at most",
        },
        fix: Text { zh: "改用 16 到 32 个字母或数字", en: "use 16 to 32 letters and digits" },
        find: |subject, out| {
            let length = subject.fields.nonce.chars().count();
            if subject.given.nonce && subject.kind == Kind::CardExt && length > 32 {
                out.add(&[("length", &length.to_string())]);
            }
        },
    },
    Entry {
        id: "ticket-sample",
        field: "ticket",
        title: Text { zh: "ticket 是文档的示例值", en: "the ticket is a sample of the documentation" },
        cause: Text {
            zh: "ticket 是官方文档的示例值",
            en: "the ticket is a sample of the official documentation",
        },
        fix: Text { zh: "换成自己账号的 ticket", en: "use a ticket of your own account" },
        find: |subject, out| {
            if subject.given.ticket && samples::TICKETS.contains(&subject.fields.ticket.as_str()) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "ticket-looks-like-token",
        field: "ticket",
        title: Text { zh: "ticket 像 access_token", en: "the ticket looks like an access_token" },
        cause: Text {
            zh: "这像 access_token（数字加下划线开头，或长于 100），不是 ticket",
            en: "this looks like an access_token (it starts with a number and `_`, or is longer than 100), not a ticket",
        },
        fix: Text {
            zh: "用 access_token 去换 jsapi_ticket，再用 ticket 签名",
            en: "exchange the access_token for a jsapi_ticket and sign with that",
        },
        find: |subject, out| {
            if subject.given.ticket && looks_like_token(&subject.fields.ticket) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "ticket-shape",
        field: "ticket",
        title: Text { zh: "ticket 的形状是另一种", en: "the ticket has the shape of another kind" },
        cause: Text {
            zh: "ticket 的形状像另一种 ticket",
            en: "the ticket has the shape of a ticket of another kind",
        },
        fix: Text {
            zh: "按用途取 ticket：wecheck ticket --kind jsapi 或 agent",
            en: "take the ticket of the purpose: wecheck ticket --kind jsapi or agent",
        },
        find: |subject, out| {
            let text = subject.fields.ticket.as_str();
            if !subject.given.ticket || looks_like_token(text) {
                return;
            }
            if subject.kind == Kind::Jsapi && has_agent_shape(text) {
                out.say(
                    both!(
                        "这像应用的 agent_config ticket，而 wx.config 要企业（或公众号）的 jsapi_ticket",
                        "this has the shape of an agent_config ticket, but wx.config needs the jsapi_ticket of the corp (or account)"
                    ),
                    both!(
                        "wx.config 用 get_jsapi_ticket 取的；agentConfig 的签名用 --kind agent 核对",
                        "use the one of get_jsapi_ticket for wx.config; check an agentConfig signature with --kind agent"
                    ),
                );
            } else if subject.kind == Kind::Agent && has_jsapi_shape(text) {
                out.say(
                    both!(
                        "这像企业的 jsapi_ticket（86 个字符），而 wx.agentConfig 要应用自己的 ticket",
                        "this has the shape of a corp jsapi_ticket (86 characters), but wx.agentConfig needs the app's own"
                    ),
                    both!(
                        "用 ticket/get?type=agent_config 取：wecheck ticket --kind agent",
                        "fetch it with ticket/get?type=agent_config: wecheck ticket --kind agent"
                    ),
                );
            } else if subject.kind.signs_url()
                && text.starts_with("kgt8ON7yVITDhtdwci0qe")
                && (40..86).contains(&text.len())
                || is_cut_ticket(text)
            {
                let length = text.len();
                out.say(
                    both!(
                        "ticket 只有 {length} 个字符，通常是 86 个：可能没有复制完整，或在换行处断开了",
                        "the ticket has {length} characters, usually it is 86: it may be cut off, or broken over several lines"
                    ),
                    both!("复制完整的 ticket 再核对", "copy the complete ticket and check again"),
                );
            }
        },
    },
    Entry {
        id: "value-whitespace",
        field: "url",
        title: Text { zh: "值的首尾有空白", en: "a value begins or ends with whitespace" },
        cause: Text {
            zh: "{name} 的首尾有空白（空格、制表符或换行）：它也参与了签名；微信用的值若没有它，签名就不符",
            en: "the {name} begins or ends with whitespace (space, tab or line break): it was signed too, and if the value that WeChat uses has none the signature does not fit",
        },
        fix: Text {
            zh: "在读出它的地方去掉首尾空白，再签名",
            en: "trim it where it is read, then sign again",
        },
        find: |subject, out| {
            let Given { url, ticket, nonce, timestamp } = subject.given;
            let fields = subject.fields;
            for (name, given, text) in [
                ("url", url && subject.kind.signs_url(), &fields.url),
                ("ticket", ticket, &fields.ticket),
                ("nonce", nonce, &fields.nonce),
                ("timestamp", timestamp, &fields.timestamp),
            ] {
                let inner = text.trim_matches(is_whitespace);
                if given && inner.len() != text.len() && !inner.is_empty() {
                    out.of_field(name, &[("name", name)]);
                }
            }
        },
    },
    Entry {
        id: "signature-shape",
        field: "signature",
        title: Text {
            zh: "签名不是 40 位小写十六进制", en: "the signature is not 40 lower-case hex digits"
        },
        cause: Text {
            zh: "签名有 {length} 个字符：SHA-1 的签名是 40 个小写十六进制数字",
            en: "the signature has {length} characters: a SHA-1 signature is 40 lower-case hex digits",
        },
        fix: Text {
            zh: "输出小写十六进制，两端不留空白和引号",
            en: "print lower-case hex, without whitespace or quotes around it",
        },
        find: |subject, out| {
            let Some(text) = subject.signature else { return };
            if is_empty_value(text)
                || text.len() == 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            {
                return;
            }
            if looks_like_token(text) || has_jsapi_shape(text) {
                let length = text.len();
                let (zh, en) = if looks_like_token(text) {
                    ("access_token", "an access_token")
                } else {
                    ("jsapi_ticket", "a jsapi_ticket")
                };
                return out.say(
                    both!(
                        "签名的位置上是一个 {zh}（{length} 个字符），不是签名：SHA-1 的签名是 40 个小写十六进制数字",
                        "the signature field holds what looks like {en} ({length} characters), not a signature: a SHA-1 signature is 40 lower-case hex digits"
                    ),
                    both!(
                        "返回 sha1(string1) 的十六进制；token 和 ticket 只留在服务器上",
                        "return the hex of sha1(string1); tokens and tickets stay on the server"
                    ),
                );
            }
            let length = text.chars().count();
            out.add(&[("length", &length.to_string())]);
        },
    },
    Entry {
        id: "app-id-shape",
        field: "appId",
        title: Text { zh: "appId 的形状不对", en: "the appId has an unusual shape" },
        cause: Text {
            zh: "appId `{id}` 的形状不像这个平台的：通常是 wx/ww 加 16 个字符",
            en: "the appId `{id}` has an unusual shape: usually wx or ww and 16 characters",
        },
        fix: Text {
            zh: "和后台的 AppID（企业微信是企业ID）核对",
            en: "compare it with the AppID (on work the corp id) of the console",
        },
        find: |subject, out| {
            let Some(id) = subject.app_id.filter(|id| !is_empty_value(id)) else { return };
            let platform = subject.platform.unwrap_or_else(|| Platform::of_id(id));
            if !platform.id_shape_is_usual(id) {
                out.add(&[("id", id)]);
            }
        },
    },
    Entry {
        id: "ticket-exposed",
        field: "ticket",
        title: Text {
            zh: "签名接口把 ticket 给了页面", en: "the signing API gives the ticket to the page"
        },
        cause: Text {
            zh: "签名接口的应答里带着 ticket（第 {line} 行）：任何打开页面的人都能用它签任意页面",
            en: "the signing API's answer holds the ticket (line {line}): anyone who opens the page can sign any page with it",
        },
        fix: Text {
            zh: "只返回 appId、timestamp、nonceStr、signature；ticket 和 token 留在服务器上",
            en: "return only appId, timestamp, nonceStr and signature; ticket and token stay on the server",
        },
        find: |subject, out| {
            if let Some(line) = subject.evidence.ticket_to_page.filter(|_| subject.says_all) {
                out.add(&[("line", &line.to_string())]);
            }
        },
    },
];

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a person left a value out or made it unreadable on purpose: `****8hQ`, `Hoag…`, `xxxxxx`, 省略.
pub fn is_withheld(text: &str) -> bool {
    const MARKS: [&str; 7] = ["***", "...", "…", "••", "●●", "省略", "略去"];
    let text = text.trim();
    let is_crossed =
        |text: &str| text.len() >= 2 && text.bytes().all(|byte| matches!(byte, b'x' | b'X' | b'*'));
    let is_crossed = match text.split_once("://") {
        Some((_, rest)) => {
            rest.split(['/', '?', '#']).next().unwrap_or_default().split(['.', '-']).any(is_crossed)
        }
        None => is_crossed(text),
    };
    is_crossed || MARKS.iter().any(|mark| text.contains(mark))
}

/// Whether an id was masked, or names what it has to be: `wx3f7a****05`, `wxXXXXXXXX`, `你的appid`, `your-appid`.
pub fn is_withheld_id(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let crossed = lower.trim_start_matches("wx").trim_start_matches("ww");
    let is_crossed = crossed.len() >= 4 && crossed.ends_with("xxxx");
    let is_asked_for = lower.contains("your") || !text.is_ascii() || lower.starts_with('<');
    is_withheld(text) || is_crossed || is_asked_for || crossed.contains("**")
}

/// Whether a value is one of the texts that mean "there is none".
pub fn is_empty_value(text: &str) -> bool {
    matches!(
        text.trim(),
        "" | "null"
            | "undefined"
            | "None"
            | "nil"
            | "NULL"
            | "false"
            | "NaN"
            | "[object Object]"
            | "(null)"
            | "<nil>"
    )
}

/// A ticket of 86 characters that lost some: its first characters are those of every account's.
fn is_cut_ticket(text: &str) -> bool {
    const STARTS: [&str; 5] = [
        "sM4AOVdWfPE4DxkXGEs8V",
        "HoagFKDcsGMVCIY2vOjf9",
        "bxLdikRXVbTPdHSM05e5u",
        "LIKLckvwlJT9cWIhEQTwf",
        "O3SMpm8bG7kJnF36aXbe8",
    ];
    (40..86).contains(&text.len()) && STARTS.iter().any(|start| text.starts_with(start))
}

/// An access token starts with a number and `_`, and is longer than a ticket.
pub fn looks_like_token(text: &str) -> bool {
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let starts_like_one = after_number.len() < text.len() && after_number.starts_with('_');
    starts_like_one && text.len() > 40 || text.len() > 100
}

/// 24 characters of base64 ending in `==`, or 32 hex digits.
/// Whether a text looks like the ticket of `agentConfig`.
pub fn has_agent_shape(text: &str) -> bool {
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    text.len() == 24 && text.ends_with("==") && text[..22].bytes().all(base64)
        || text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn has_jsapi_shape(text: &str) -> bool {
    text.len() == 86 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whitespace of any script, or a mark that shows as nothing.
fn is_whitespace(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}
