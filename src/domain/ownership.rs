//! The verification file by which a console sees that a host is its owner's.
//!
//! In: a file name, or the bytes a server answered under it. Out: the 16 characters that must be
//! the file's whole content, or what is wrong with either.

use std::fmt;

use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// A well-formed name: `MP_verify_` or `WW_verify_`, 16 letters and digits, `.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyFile {
    name: String,
}

impl VerifyFile {
    /// Reads a name; a path before it or other characters make it none.
    pub fn parse(name: &str) -> Option<Self> {
        let code = name.strip_prefix("MP_verify_").or_else(|| name.strip_prefix("WW_verify_"))?;
        let code = code.strip_suffix(".txt")?;
        (code.len() == 16 && code.bytes().all(|b| b.is_ascii_alphanumeric()))
            .then(|| Self { name: name.to_owned() })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The 16 characters: the file's whole content, without a newline.
    pub fn content(&self) -> &str {
        &self.name[10..26]
    }

    /// The platform whose console gives such a name.
    pub fn platform(&self) -> Platform {
        if self.name.starts_with("MP") { Platform::Mp } else { Platform::Work }
    }

    /// A name of the same shape with other characters, which no server should know.
    #[must_use]
    pub fn sibling(&self, characters: &[u8; 16]) -> Self {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let code: String = characters.iter().map(|b| char::from(ALPHABET[usize::from(*b) % 62])).collect();
        Self { name: format!("{}{code}.txt", &self.name[..10]) }
    }

    /// What is wrong with an answered content; `None` where it is exactly right.
    pub fn fault(&self, body: &[u8]) -> Option<BodyFault> {
        let expected = self.content().as_bytes();
        if body == expected {
            return None;
        }
        let without_bom = body.strip_prefix(b"\xef\xbb\xbf");
        let rest = without_bom.unwrap_or(body);
        let trimmed = rest.trim_ascii();
        let lower = trimmed.to_ascii_lowercase();
        Some(if body.is_empty() {
            BodyFault::Empty
        } else if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
            BodyFault::Utf16
        } else if without_bom.is_some() && trimmed == expected {
            BodyFault::Bom
        } else if trimmed == expected
            && rest
                .strip_prefix(expected)
                .is_some_and(|end| end.trim_ascii_start().is_empty() && end.contains(&b'\n'))
        {
            BodyFault::Newline
        } else if trimmed == expected {
            BodyFault::Padded
        } else if lower.starts_with(b"<") || contains(&lower, b"<html") {
            BodyFault::Html
        } else if trimmed.is_empty() {
            BodyFault::Padded
        } else if trimmed == self.name.as_bytes() {
            BodyFault::FileName
        } else if lower == expected.to_ascii_lowercase() {
            BodyFault::LetterCase
        } else if contains(rest, expected) {
            BodyFault::More
        } else if trimmed.len() == 16 && trimmed.iter().all(u8::is_ascii_alphanumeric) {
            BodyFault::OtherFile
        } else if expected.starts_with(trimmed) {
            BodyFault::Cut
        } else {
            BodyFault::Other
        })
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

impl fmt::Display for VerifyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What a verification file answers instead of its 16 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    Empty,
    Bom,
    Utf16,
    Newline,
    Padded,
    Html,
    FileName,
    LetterCase,
    More,
    OtherFile,
    Cut,
    Other,
}

impl BodyFault {
    /// The fault in words.
    pub fn text(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Empty => ("内容是空的", "the content is empty"),
            Self::Bom => (
                "内容前面多了 UTF-8 BOM（编辑器加的）",
                "a UTF-8 BOM precedes the content (an editor adds it)",
            ),
            Self::Utf16 => ("文件存成了 UTF-16", "the file was saved as UTF-16"),
            Self::Newline => ("内容后面多了换行", "a line break follows the content"),
            Self::Padded => ("内容首尾多了空白字符", "there is whitespace around the content"),
            Self::Html => (
                "返回的是 HTML 页面，多半是前端路由或 404 页接管了这个路径",
                "an HTML page is answered: most likely the app's router or a 404 page took the path",
            ),
            Self::FileName => (
                "内容写成了文件名，只要其中那 16 个字符",
                "the content is the file's name; only its 16 characters belong there",
            ),
            Self::LetterCase => ("大小写不同", "the letter case differs"),
            Self::More => ("除了那 16 个字符还有别的内容", "there is more than the 16 characters"),
            Self::OtherFile => (
                "内容是另一个校验文件的 16 个字符",
                "the content is the 16 characters of another verification file",
            ),
            Self::Cut => ("内容不完整", "the content is cut short"),
            Self::Other => {
                ("内容不是文件名里的 16 个字符", "the content is not the 16 characters of the name")
            }
        };
        lang.pick(zh, en)
    }
}

/// What is wrong with a name that [`VerifyFile::parse`] refuses.
pub fn name_fault(name: &str, lang: Lang) -> String {
    if name.contains(['/', '\\']) {
        return say!(lang, "只要文件名，不带路径", "only the file's name, without a path");
    }
    if name.trim() != name {
        return say!(lang, "文件名首尾有空白", "the name begins or ends with whitespace");
    }
    let lower = name.to_ascii_lowercase();
    if !lower.starts_with("mp_verify_") && !lower.starts_with("ww_verify_") {
        return say!(
            lang,
            "应以 MP_verify_（公众号）或 WW_verify_（企业微信）开头",
            "it starts with MP_verify_ (Official Account) or WW_verify_ (WeCom)"
        );
    }
    if lower.strip_suffix(".txt").is_none() {
        return say!(lang, "应以 .txt 结尾", "it ends with .txt");
    }
    let prefix = &name[.."MP_verify_".len()];
    if !matches!(prefix, "MP_verify_" | "WW_verify_") || name.strip_suffix(".txt").is_none() {
        return say!(lang, "大小写不对：区分大小写", "the letter case is wrong, and it counts");
    }
    let length = name.chars().count().saturating_sub("MP_verify_.txt".len());
    if length == 16 {
        return say!(
            lang,
            "中间 16 个字符只能是字母和数字",
            "the 16 characters in the middle are letters and digits"
        );
    }
    say!(
        lang,
        "中间应是 16 个字符，这里是 {length} 个",
        "16 characters stand in the middle, here there are {length}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_exactly_its_shape() {
        let file = VerifyFile::parse("WW_verify_7rG3kjVbXHngiald.txt").unwrap();
        assert_eq!((file.content(), file.platform()), ("7rG3kjVbXHngiald", Platform::Work));
        for name in [
            "WW_verify_7rG3kjVbXHngial.txt",
            "WW_verify_7rG3kjVbXHngiald.txt ",
            "ww_verify_7rG3kjVbXHngiald.txt",
            "WW_verify_7rG3kjVbXHngia-d.txt",
            "WX_verify_7rG3kjVbXHngiald.txt",
            "WW_verify_7rG3kjVbXHngiald.html",
            "a/WW_verify_7rG3kjVbXHngiald.txt",
            "WW_verify_7rG3kjVbXHngiald(1).txt",
            "",
        ] {
            assert_eq!(VerifyFile::parse(name), None, "{name}");
            assert!(!name_fault(name, Lang::En).is_empty());
        }
    }

    #[test]
    fn each_wrong_content_is_named() {
        let file = VerifyFile::parse("MP_verify_AbCdEfGh12345678.txt").unwrap();
        let fault = |body: &[u8]| file.fault(body);
        assert_eq!(fault(b"AbCdEfGh12345678"), None);
        assert_eq!(fault(b""), Some(BodyFault::Empty));
        assert_eq!(fault(b"\xef\xbb\xbfAbCdEfGh12345678"), Some(BodyFault::Bom));
        assert_eq!(fault(b"\xff\xfeA\0b\0"), Some(BodyFault::Utf16));
        assert_eq!(fault(b"AbCdEfGh12345678\n"), Some(BodyFault::Newline));
        assert_eq!(fault(b"AbCdEfGh12345678\r\n"), Some(BodyFault::Newline));
        assert_eq!(fault(b" AbCdEfGh12345678"), Some(BodyFault::Padded));
        assert_eq!(fault(b"<!doctype html><html></html>"), Some(BodyFault::Html));
        assert_eq!(fault(b"MP_verify_AbCdEfGh12345678.txt"), Some(BodyFault::FileName));
        assert_eq!(fault(b"abcdefgh12345678"), Some(BodyFault::LetterCase));
        assert_eq!(fault(b"\"AbCdEfGh12345678\""), Some(BodyFault::More));
        assert_eq!(fault(b"0000000000000000"), Some(BodyFault::OtherFile));
        assert_eq!(fault(b"AbCdEfGh"), Some(BodyFault::Cut));
        assert_eq!(fault(b"hello"), Some(BodyFault::Other));
    }

    #[test]
    fn a_sibling_has_the_same_shape_and_another_name() {
        let file = VerifyFile::parse("MP_verify_AbCdEfGh12345678.txt").unwrap();
        let sibling = file.sibling(&[255; 16]);
        assert_ne!(sibling, file);
        assert_eq!(VerifyFile::parse(sibling.name()), Some(sibling));
    }
}
