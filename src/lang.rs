//! The two languages of every explanation: which one is spoken, and a text that exists in both.
//!
//! In: the words of `--lang`, `WECHECK_LANG`, the config and the locale. Out: a [`Lang`], and the
//! side of a [`Text`] that belongs to it. Field names of JSON never pass through here.

mod cause;

use std::io::{self, ErrorKind};

pub use cause::cause;
use serde::Deserialize;

/// A language that explanations exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Reads a setting such as `zh`, `zh_CN.UTF-8` or `en`; anything else is `None`.
    pub fn from_setting(setting: &str) -> Option<Self> {
        let word = setting.trim().to_ascii_lowercase();
        if word.starts_with("zh") {
            Some(Self::Zh)
        } else if word.starts_with("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The language of a locale variable: Chinese where it starts with `zh`, else English.
    pub fn from_locale(locale: &str) -> Self {
        Self::from_setting(locale).unwrap_or(Self::En)
    }

    /// The side of a pair that belongs to this language.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// A fixed text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// The Chinese text.
    pub zh: &'static str,
    /// The English text.
    pub en: &'static str,
}

impl Text {
    /// The text in `lang`.
    pub fn get(self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    /// The text in `lang` with each `{name}` replaced by its value.
    pub fn fill(self, lang: Lang, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.get(lang);
        // One pass, so that a value that contains `{url}` is never filled again.
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let filled = rest.find('}').and_then(|close| {
                let (_, value) = values.iter().find(|(name, _)| *name == &rest[1..close])?;
                Some((close, value))
            });
            if let Some((close, value)) = filled {
                out.push_str(value);
                rest = &rest[close + 1..];
            } else {
                out.push('{');
                rest = &rest[1..];
            }
        }
        out + rest
    }
}

/// A text in both languages as the catalog files hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The Chinese text.
    pub zh: String,
    /// The English text.
    pub en: String,
}

impl Words {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// The same, and the other one is dropped.
    pub fn into_one(self, lang: Lang) -> String {
        lang.pick(self.zh, self.en)
    }
}

/// A text that was made in both languages, since the one who shows it knows which is wanted:
/// errors, their hints, notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// The Chinese text.
    pub zh: String,
    /// The English text.
    pub en: String,
}

impl Both {
    /// One text for both languages: a command to type, a name, what a system call said.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// The same, and the other one is dropped.
    pub fn into_one(self, lang: Lang) -> String {
        lang.pick(self.zh, self.en)
    }
}

/// The English text, for logs and tests.
impl std::fmt::Display for Both {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en)
    }
}

/// What the parser of a value says against it.
impl std::error::Error for Both {}

impl From<String> for Both {
    fn from(text: String) -> Self {
        Self::same(text)
    }
}

impl From<&String> for Both {
    fn from(text: &String) -> Self {
        Self::same(text)
    }
}

impl From<Text> for Both {
    fn from(text: Text) -> Self {
        Self { zh: text.zh.to_owned(), en: text.en.to_owned() }
    }
}

impl From<&str> for Both {
    fn from(text: &str) -> Self {
        Self::same(text)
    }
}

/// What the system said of a file, a folder or an address: its English words, and ours in Chinese.
impl From<&io::Error> for Both {
    fn from(error: &io::Error) -> Self {
        let en = error.to_string();
        let zh = match error.kind() {
            ErrorKind::NotFound => "没有这个文件或文件夹",
            ErrorKind::PermissionDenied => "没有权限",
            ErrorKind::AlreadyExists => "已经存在",
            ErrorKind::IsADirectory => "它是文件夹，不是文件",
            ErrorKind::NotADirectory => "路径中间有一段不是文件夹",
            ErrorKind::DirectoryNotEmpty => "文件夹不是空的",
            ErrorKind::InvalidFilename => "文件名太长，或有不能用的字符",
            ErrorKind::StorageFull => "磁盘满了",
            ErrorKind::QuotaExceeded => "磁盘配额用完了",
            ErrorKind::FileTooLarge => "文件太大",
            ErrorKind::ReadOnlyFilesystem => "文件系统是只读的",
            ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "正被别的程序占用",
            ErrorKind::AddrInUse => "这个端口已被占用",
            ErrorKind::AddrNotAvailable => "这台机器没有这个地址",
            ErrorKind::ConnectionRefused => "连接被拒绝",
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => "连接被断开",
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "网络到不了那里",
            ErrorKind::TimedOut => "超时",
            ErrorKind::BrokenPipe => "对方已关闭管道",
            ErrorKind::UnexpectedEof => "内容没有读完就断了",
            ErrorKind::OutOfMemory => "内存不够",
            ErrorKind::Interrupted => "被打断了",
            ErrorKind::WouldBlock => "现在没有数据可读",
            ErrorKind::WriteZero => "写不进去了",
            ErrorKind::NotConnected => "没有连接",
            ErrorKind::NetworkDown => "网络断了",
            _ => match error.raw_os_error() {
                Some(code) => return Self { zh: format!("系统错误 {code}"), en },
                None => return cause(&en),
            },
        };
        Self { zh: zh.to_owned(), en }
    }
}

/// Formats one text in both languages, as a [`Both`]: `both!("没有 {x}", "there is no {x}")`.
#[macro_export]
macro_rules! both {
    ($zh:literal, $en:literal $(,)?) => {
        $crate::lang::Both { zh: format!($zh), en: format!($en) }
    };
}

/// Formats one text in the language spoken: `say!(lang, "中文 {x}", "English {x}")`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal $(,)?) => {
        match $lang {
            $crate::lang::Lang::Zh => format!($zh),
            $crate::lang::Lang::En => format!($en),
        }
    };
}

/// The ending of an English noun that is counted.
pub fn plural_s(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_that_starts_with_zh_speaks_chinese() {
        assert_eq!(Lang::from_locale("zh_CN.UTF-8"), Lang::Zh);
        assert_eq!(Lang::from_locale("ZH"), Lang::Zh);
        assert_eq!(Lang::from_locale("C.UTF-8"), Lang::En);
        assert_eq!(Lang::from_locale(""), Lang::En);
        assert_eq!(Lang::from_setting("fr"), None);
    }

    #[test]
    fn what_the_system_says_exists_in_chinese() {
        let missing = std::fs::read("/none/such").expect_err("there is none");
        assert_eq!(Both::from(&missing).zh, "没有这个文件或文件夹");
        assert_eq!(Both::from(&missing).en, missing.to_string());
        for code in 1..=133 {
            let text = Both::from(&io::Error::from_raw_os_error(code)).zh;
            assert!(!text.contains(|c: char| c.is_ascii_alphabetic()), "{code}: {text}");
        }
        assert_eq!(Both::from(&io::Error::other("自己的话")).zh, "自己的话");
    }

    #[test]
    fn a_filled_value_is_not_filled_again() {
        let text = Text { zh: "{a}是{b}", en: "{a} is {b} {unknown}" };
        assert_eq!(text.fill(Lang::En, &[("a", "{b}"), ("b", "x")]), "{b} is x {unknown}");
        assert_eq!(text.fill(Lang::Zh, &[("a", "1"), ("b", "2")]), "1是2");
    }
}
