//! Text from a file or from stdin, for every flag that takes `FILE|-`.
//!
//! In: a path, `-` for stdin, and a limit in bytes. Out: the text, or a failure that names what is
//! wrong. UTF-16 with a byte order mark, as PowerShell writes it, is read too; evidence also in GBK,
//! as Chinese Windows saves it, and larger, as a browser exports a HAR.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::string::FromUtf8Error;
use std::sync::OnceLock;

use crate::both;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::output::Output;
use crate::say;

/// Enough for pasted code and logs of one page. Bytes.
pub const TEXT_LIMIT: u64 = 8 * MIB;

/// Enough for any evidence but what a browser recorded. Bytes.
const EVIDENCE_LIMIT: u64 = 64 * MIB;

/// Enough for what a browser records of one page: a HAR file keeps the bodies. Bytes.
const HAR_LIMIT: u64 = 256 * MIB;

const MIB: u64 = 1024 * 1024;

/// A value of this length in a name may be a secret. Bytes.
const SHORTEST_SECRET: usize = 32;

/// No path is longer. Bytes.
const LONGEST_NAME: usize = 4096;

/// Reads a whole text of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> Result<String, Failure> {
    let name = name_of(path);
    decode(read_bytes(path, &name, limit)?).map_err(|bytes| not_utf8(&name, &bytes))
}

/// Reads what `--from` names, in any encoding that people save it in. A guess is noted.
pub fn read_evidence(path: &Path, out: &Output, lang: Lang) -> Result<String, Failure> {
    let name = name_of(path);
    let bytes = match decode(read_bytes(path, &name, EVIDENCE_LIMIT)?) {
        Ok(text) => return Ok(text),
        Err(bytes) => bytes,
    };
    let Some(text) = decode_gbk(&bytes) else { return Err(not_utf8(&name, &bytes)) };
    out.note(&say!(
        lang,
        "{name} 不是 UTF-8，按 GBK 读取；签名里的中文仍按 UTF-8 计算",
        "{name} is not UTF-8 and was read as GBK; what is hashed is UTF-8 all the same"
    ));
    Ok(text)
}

/// What was read from stdin before a command was chosen for it.
static KEPT: OnceLock<Vec<u8>> = OnceLock::new();

/// Reads stdin and keeps it for the command that is chosen by it.
pub fn keep_stdin() -> Result<String, Failure> {
    let bytes = read_bytes(Path::new("-"), "stdin", EVIDENCE_LIMIT)?;
    let bytes = KEPT.get_or_init(|| bytes);
    Ok(decode(bytes.clone()).unwrap_or_else(|bytes| {
        decode_gbk(&bytes).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned())
    }))
}

/// What comes through stdin, also if it was looked at before.
pub fn stdin() -> Box<dyn BufRead> {
    match KEPT.get() {
        Some(kept) => Box::new(kept.as_slice()),
        None => Box::new(io::stdin().lock()),
    }
}

fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" { "stdin".to_owned() } else { format!("`{}`", path.display()) }
}

fn read_bytes(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let refuse = |error: &io::Error| {
        if is_text(path) {
            return Failure::usage(both!(
                "这里要文件名，不是内容本身",
                "this takes a file's name, not the text itself"
            ))
            .hint(both!(
                "通过管道传入：pbpaste | wecheck，或存成文件",
                "let it come through a pipe: pbpaste | wecheck, or save it as a file"
            ));
        }
        let zh = Both::from(error).zh;
        Failure::storage(both!("读不了 {name}：{zh}", "cannot read {name}: {error}"))
            .hint(both!("写一个存在的文件，或用 - 表示标准输入", "name a file that is there, or - for stdin"))
    };
    let mut bytes = Vec::new();
    let mut source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(stdin())
    } else {
        Box::new(File::open(path).map_err(|error| refuse(&error))?)
    };
    source.by_ref().take(limit + 1).read_to_end(&mut bytes).map_err(|error| refuse(&error))?;
    let mut most = limit;
    if limit == EVIDENCE_LIMIT && bytes.len() as u64 > limit && is_har(&bytes) {
        most = HAR_LIMIT;
        source.take(HAR_LIMIT - limit).read_to_end(&mut bytes).map_err(|error| refuse(&error))?;
    }
    if bytes.len() as u64 > most {
        let size = most / MIB;
        return Err(Failure::usage(both!("{name} 超过 {size} MiB", "{name} has more than {size} MiB")).hint(
            both!(
                "只留 wx.config 或签名附近的内容",
                "cut it down to the part around wx.config or the signature"
            ),
        ));
    }
    Ok(bytes)
}

/// Whether a name is rather what should be in a file: code, JSON, a query, several lines. It may hold secrets.
fn is_text(path: &Path) -> bool {
    let name = path.to_string_lossy();
    let is_query = name.contains('=') && (name.contains('&') || name.len() >= SHORTEST_SECRET);
    name.len() > LONGEST_NAME
        || name.contains('\n')
        || !name.contains(['/', '\\']) && (name.contains(['{', '<']) || is_query)
}

/// Whether this starts as a HAR file does: `{"log": {…`.
fn is_har(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start: Vec<u8> = bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(8).collect();
    start.starts_with(b"{\"log\":{")
}

fn not_utf8(name: &str, bytes: &[u8]) -> Failure {
    let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    Failure::usage(both!(
        "{name} 不是 UTF-8：第 {at} 个字节起不成字符",
        "{name} is not UTF-8: byte {at} is not part of a character"
    ))
    .hint(both!("另存为 UTF-8", "save it as UTF-8"))
}

/// UTF-8 with or without a mark, UTF-16 with one. The error is what was given.
fn decode(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
    let utf16 = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => Some((encoding_rs::UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((encoding_rs::UTF_16BE, rest)),
        _ => None,
    };
    if let Some((encoding, rest)) = utf16 {
        return Ok(encoding.decode_without_bom_handling(rest).0.into_owned());
    }
    let text = String::from_utf8(bytes).map_err(FromUtf8Error::into_bytes)?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// GBK, unless it is not one or is UTF-8 with a few damaged bytes: most of that reads as GBK too, into
/// characters that no one wrote.
fn decode_gbk(bytes: &[u8]) -> Option<String> {
    let (mut whole, mut damaged) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    let (text, _, has_errors) = encoding_rs::GBK.decode(bytes);
    (whole < damaged && !has_errors).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_not_part_of_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfa".to_vec()).as_deref(), Ok("a"));
        assert_eq!(decode(b"\xff\xfea\x00\x2d\x4e".to_vec()).as_deref(), Ok("a中"));
        assert_eq!(decode(b"ab\xffc".to_vec()), Err(b"ab\xffc".to_vec()));
    }

    #[test]
    fn a_har_is_known_by_its_start() {
        assert!(is_har(b"\xef\xbb\xbf{\n  \"log\": {\n"));
        assert!(!is_har(b"{\"logs\": {}}") && !is_har(b"[1]"));
    }

    #[test]
    fn gbk_differs_from_damaged_utf8() {
        let (gbk, ..) = encoding_rs::GBK.encode("// 页面地址与签名\nurl: 'http://a.b/路'");
        assert_eq!(decode_gbk(&gbk).as_deref(), Some("// 页面地址与签名\nurl: 'http://a.b/路'"));
        let mut damaged = "页面地址与签名，以及随机串".as_bytes().to_vec();
        damaged.truncate(damaged.len() - 1);
        assert_eq!(decode_gbk(&damaged), None);
        assert_eq!(decode_gbk(b"ab\xffc"), None);
    }
}
