//! Numbers that are not codes: a port, a line of a file, a process, an exit status, a size, a time.
//!
//! In: a text and where a number is in it. Out: whether something beside it says what the number is
//! instead. `errcode explain` and `errcode scan` share it.

use super::found::known;

/// What is behind these names is a number of another kind: `user_id=40029`, `port 40013`.
const OTHERS: &[&str] = &[
    "id", "port", "size", "count", "total", "length", "pid", "tid", "time", "duration", "elapsed", "cost",
    "user", "order", "line", "row", "offset", "page", "version", "seq", "thread", "worker", "amount", "item",
];

/// Of those, and besides them, the words that leave no doubt in a text about an error either.
const CERTAIN: &[&str] = &[
    "port",
    "ports",
    "pid",
    "tid",
    "process",
    "thread",
    "line",
    "lines",
    "row",
    "column",
    "elapsed",
    "latency",
    "took",
    "exit status",
    "exit code",
    "exited with code",
    "exited with",
    "exit",
    "signal",
    "端口",
    "端口号",
    "进程",
    "进程号",
    "线程",
    "行号",
    "第",
    "耗时",
    "用时",
    "退出码",
];

/// What listens or connects: `listen tcp :40013`.
const LISTENERS: &[&str] =
    &["tcp", "tcp4", "tcp6", "udp", "listen", "listening on", "bind", "addr", "address", "server on"];

/// A number before these is a time or a size.
const MEASURED: &[&str] = &[
    "ms",
    "s",
    "us",
    "ns",
    "bytes",
    "byte",
    "kb",
    "mb",
    "gb",
    "b",
    "seconds",
    "sec",
    "secs",
    "minutes",
    "milliseconds",
    "px",
    "%",
];

/// And before these it counts something.
const COUNTED: &[&str] = &[
    "rows",
    "records",
    "items",
    "entries",
    "results",
    "messages",
    "msgs",
    "users",
    "times",
    "lines",
    "files",
    "retries",
    "attempts",
    "jobs",
    "tasks",
    "orders",
    "requests",
    "of",
    "more",
    "hits",
    "keys",
    "connections",
];

/// The same in Chinese, before other words.
const MEASURES: &[&str] =
    &["行", "条", "个", "次", "字节", "毫秒", "秒", "分", "元", "人", "名", "张", "笔", "份", "天"];

/// Of those, the ones that no message about an error begins with.
const CERTAIN_MEASURES: &[&str] = &["字节", "毫秒", "秒"];

/// Names of fields that hold a code, though a dot is before them: `res.errcode:40001`.
const CODE_FIELDS: &[&str] = &["err", "error", "code", "ret", "errno", "status", "message", "msg", "errmsg"];

/// So much before a number is looked at: a log has many numbers. Bytes.
const BESIDE: usize = 120;

/// Whether the number from `start` to `end` is certainly not a code, wherever the text comes from.
pub(super) fn is_of_another_kind(text: &str, start: usize, end: usize) -> bool {
    let from = text.floor_char_boundary(start.saturating_sub(BESIDE));
    let (before, after) = (&text[from..start], &text[end..]);
    is_place(before) || is_named(before) || is_measured(after)
}

/// Whether a number that could be a code is certainly not one here: the text is not about that code's topic.
pub(super) fn holds_one(text: &str) -> bool {
    let mut from = 0;
    while let Some(step) = text[from..].find(|c: char| c.is_ascii_digit()) {
        let start = from + step;
        from = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
        let could_be = text[start..from].parse().is_ok_and(|code: i64| code > 1_000 && known(code));
        if could_be && is_of_another_kind(text, start, from) {
            return true;
        }
    }
    false
}

/// Whether a port of a host or a line of a file follows: `127.0.0.1:`, `Foo.java:`, `server.js:13:`, `tcp :`.
fn is_place(before: &str) -> bool {
    let Some(before) = before.strip_suffix(':') else { return false };
    // The column comes behind the line.
    let line = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = line.strip_suffix(':').filter(|_| line.len() < before.len()).unwrap_or(before);
    if before.is_empty() || before.ends_with(char::is_whitespace) {
        let spaced = before.trim_end().to_ascii_lowercase();
        return LISTENERS.iter().any(|word| ends_with_word(&spaced, word));
    }
    // `[::1]:40001`, and not `[error]:40001`.
    if let Some(inside) = before.strip_suffix(']') {
        let address = inside.rsplit('[').next().unwrap_or_default();
        return address.parse::<core::net::Ipv6Addr>().is_ok();
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-/\\@".contains(c);
    let word = &before[before.trim_end_matches(is_part).len()..];
    // `redis://cache:40001`, `root@db:40001`.
    if word == "localhost" || word.starts_with("//") || word.contains('@') {
        return true;
    }
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let Some((stem, last)) = name.rsplit_once('.') else { return false };
    let is_call = ["wx", "ww", "cloud"].iter().any(|host| name.split('.').next() == Some(host));
    let is_file_or_host = last.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let holds_a_code = CODE_FIELDS.iter().any(|field| last.to_ascii_lowercase().ends_with(field));
    !stem.is_empty() && !last.is_empty() && is_file_or_host && !is_call && !holds_a_code
}

/// Whether the word before the number says what it is: `port 40013`, `Process 42001`, `exit status 40001`.
fn is_named(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || ":：=#[(".contains(c));
    let lower = before.to_ascii_lowercase();
    CERTAIN.iter().any(|word| ends_with_word(&lower, word))
}

/// Whether a text begins with a unit of time or size.
fn is_measured(after: &str) -> bool {
    let after = after.trim_start();
    MEASURED.contains(&unit(after)) || CERTAIN_MEASURES.iter().any(|measure| after.starts_with(measure))
}

/// Whether a text begins with a unit, or with what a log counts.
pub(super) fn is_amount(after: &str) -> bool {
    let counts = COUNTED.contains(&unit(after)) && !after.starts_with("more info");
    is_measured(after) || counts || MEASURES.iter().any(|measure| after.starts_with(measure))
}

fn unit(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '%').unwrap_or(text.len());
    &text[..end]
}

/// Whether a name is that of a number of another kind: `user_id`, `port`.
pub(super) fn is_other(name: &str) -> bool {
    OTHERS.iter().any(|other| name.ends_with(other)) && !name.ends_with("rid")
}

/// Whether a text ends with a word; Chinese has no spaces around one.
pub(super) fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| {
        !word.is_ascii() || rest.chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(text: &str) -> bool {
        let start = text.find("40001").expect("the number");
        is_of_another_kind(text, start, start + 5)
    }

    #[test]
    fn a_port_a_line_a_process_a_size_and_a_time_are_not_codes() {
        for text in [
            "dial tcp 10.0.0.5:40001: connect: connection refused",
            "connect ECONNREFUSED 127.0.0.1:40001",
            "connect to [::1]:40001",
            "listen tcp :40001: bind: address already in use",
            "https://m.example.com:40001/wx/callback returned 200",
            "redis://cache:40001/0",
            "at Object.<anonymous> (/app/server.js:40001:13)",
            "at Object.<anonymous> (/app/server.js:13:40001)",
            "WxService.getToken(WxService.java:40001)",
            "File \"app.py\", line 40001, in main",
            "Failed to connect to m.example.com port 40001: Connection refused",
            "Process 40001 exited with code 1",
            "exit status 40001",
            "exited with code 40001",
            "wrote 40001 bytes to access.log",
            "request to wechat took 40001",
            "elapsed=40001ms",
            "请求微信耗时 40001 毫秒",
            "端口 40001 被占用",
            "C:\\app\\main.go:40001",
        ] {
            assert!(is_one(text), "{text}");
        }
    }

    #[test]
    fn a_number_that_may_be_a_code_is_left_alone() {
        for text in [
            "40001",
            "errcode:40001",
            "res.errcode:40001",
            "e.message:40001",
            "com.foo.WxErrorException:40001 invalid credential",
            "wx.login:40001",
            "Error :40001 invalid credential",
            "[error]:40001 invalid credential",
            "status code 40001",
            "微信返回:40001",
            "support 40001",
            "40001 more info at https://open.work.weixin.qq.com",
            "40001 次数超限",
            "returned code=40001",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
