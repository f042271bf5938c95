//! The parser's errors in our own words, in both languages.
//!
//! In: clap's error, as its kind and the values it names. Out: a [`Failure`] with a hint that can
//! be typed. A value that may be a secret has been replaced before.

use std::error::Error as _;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help::Chinese;
use crate::both;
use crate::catalog::topic;
use crate::failure::Failure;
use crate::lang::Both;
use crate::nearest::nearest;

/// The failure for an error of the parser; `command` is what was typed, `wecheck sign`.
pub fn failure(error: &clap::Error, command: &str) -> Failure {
    Failure::usage(message(error, command)).hint(hint(error, command))
}

fn message(error: &clap::Error, command: &str) -> Both {
    let values = |kind| strings(error, kind);
    let arg = values(ContextKind::InvalidArg);
    let value = values(ContextKind::InvalidValue).join(" ");
    let (zh, en) =
        (in_chinese(&arg).join("、"), arg.iter().map(|arg| name(arg)).collect::<Vec<_>>().join(", "));
    let number = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => *number,
        _ => 0,
    };
    match error.kind() {
        ErrorKind::UnknownArgument if en.starts_with('-') => {
            both!("没有 `{en}` 这个选项", "there is no flag `{en}`")
        }
        ErrorKind::UnknownArgument => both!("多了一个参数 `{en}`", "unexpected argument `{en}`"),
        ErrorKind::InvalidSubcommand => {
            let word = values(ContextKind::InvalidSubcommand).join(" ");
            if is_file_name(&word) {
                both!("没有 `{word}` 这个文件，也没有这个命令", "there is no file and no command `{word}`")
            } else {
                both!("没有 `{word}` 这个命令", "there is no command `{word}`")
            }
        }
        ErrorKind::InvalidValue if value.is_empty() => both!("`{zh}` 后面要有值", "`{en}` needs a value"),
        ErrorKind::InvalidValue => {
            both!("`{zh}` 的值 `{value}` 不对", "invalid value `{value}` for `{en}`")
        }
        ErrorKind::ValueValidation => {
            let why = why(error);
            Both {
                zh: format!("`{zh}` 的值 `{value}` 不对：{}", why.zh),
                en: format!("invalid value `{value}` for `{en}`: {}", why.en),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let (zh, en) = (zh.replace('、', "`、`"), en.replace(", ", "`, `"));
            both!("缺少 `{zh}`", "missing `{en}`")
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            both!("`{command}` 后面要有命令或参数", "`{command}` needs a command or an argument")
        }
        ErrorKind::ArgumentConflict => {
            let prior = values(ContextKind::PriorArg);
            let others: Vec<&str> = prior.iter().map(|arg| name(arg)).filter(|other| *other != en).collect();
            if others.is_empty() {
                both!("`{zh}` 只能给一次", "`{en}` can be given only once")
            } else {
                let (zh_others, en_others) = (others.join("、"), others.join(", "));
                both!("`{zh}` 不能和 `{zh_others}` 一起用", "`{en}` cannot be used with `{en_others}`")
            }
        }
        ErrorKind::TooManyValues => {
            both!("`{zh}` 多了一个值 `{value}`", "`{en}` takes no further value `{value}`")
        }
        ErrorKind::TooFewValues => {
            let wanted = number(ContextKind::MinValues);
            both!("`{zh}` 至少要 {wanted} 个值", "`{en}` needs at least {wanted} values")
        }
        ErrorKind::WrongNumberOfValues => {
            let (wanted, given) =
                (number(ContextKind::ExpectedNumValues), number(ContextKind::ActualNumValues));
            both!("`{zh}` 要 {wanted} 个值，给了 {given} 个", "`{en}` needs {wanted} values, {given} given")
        }
        ErrorKind::NoEquals => both!("`{zh}` 和它的值之间要有等号", "`{en}` needs `=` before its value"),
        ErrorKind::InvalidUtf8 => {
            both!("有参数不是 UTF-8 文本", "an argument is not UTF-8 text")
        }
        _ => both!("命令行读不懂", "the command line cannot be read"),
    }
}

fn hint(error: &clap::Error, command: &str) -> Both {
    if strings(error, ContextKind::InvalidSubcommand).iter().any(|word| is_file_name(word)) {
        return Both::same("wecheck verify FILE");
    }
    // clap lists the nearest last.
    let near = |kind| strings(error, kind).pop();
    if let Some(typed) = strings(error, ContextKind::InvalidSubcommand).first() {
        if is_host_name(typed) {
            return Both::same(format!("wecheck domain-check {typed}"));
        }
        if let Some(below) = command_below(typed).filter(|_| command == "wecheck") {
            return Both::same(below);
        }
        // What clap takes for similar is at times another word.
        let word = near(ContextKind::SuggestedSubcommand)
            .filter(|word| word.starts_with(typed) || nearest(typed, [word.as_str()]).is_some());
        // A word that the FAQ knows was not meant as a command.
        if word.is_none() && topic::rank(typed, None).first().is_some_and(|hit| hit.sure) {
            return Both::same(format!("wecheck faq {typed}"));
        }
        return Both::same(format!("{command} {}", word.as_deref().unwrap_or("--help")));
    }
    if let Some(flag) = near(ContextKind::SuggestedArg) {
        let flag = name(&flag).to_owned();
        return both!(
            "是不是 `{flag}`？全部选项：{command} --help",
            "did you mean `{flag}`? all flags: {command} --help"
        );
    }
    if let Some(value) = near(ContextKind::SuggestedValue) {
        let arg = strings(error, ContextKind::InvalidArg);
        let arg = arg.first().map_or("", |arg| name(arg));
        return both!(
            "是不是 `{arg} {value}`？其他的值：{command} --help",
            "did you mean `{arg} {value}`? other values: {command} --help"
        );
    }
    let is_text = |arg: &String| {
        arg.strip_prefix('-')
            .is_some_and(|rest| !rest.starts_with(|c: char| c == '-' || c.is_ascii_alphanumeric()))
    };
    if strings(error, ContextKind::InvalidArg).iter().any(is_text) {
        return both!(
            "以 `-` 开头的文本放在 `--` 后面：{command} -- TEXT",
            "a text that begins with `-` goes behind `--`: {command} -- TEXT"
        );
    }
    let possible = strings(error, ContextKind::ValidValue);
    if !possible.is_empty() {
        let (zh, en) = (possible.join("、"), possible.join(", "));
        return both!("可选的值：{zh}。说明：{command} --help", "one of: {en}; see {command} --help");
    }
    Both::same(format!("{command} --help"))
}

/// What files are called that people check; no secret ends so.
const ENDINGS: [&str; 18] = [
    "js", "ts", "jsx", "tsx", "vue", "html", "htm", "json", "jsonl", "har", "txt", "log", "xml", "php", "py",
    "java", "go", "eml",
];

/// `page.js`, `logs/today.log`: no command has such a name.
pub(super) fn is_file_name(word: &str) -> bool {
    let is_path = ["./", "../", "~/"].iter().any(|start| word.starts_with(start));
    word.len() <= 100
        && (is_path || word.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending)))
}

/// `m.example.com`, as a console has it, or with a path behind it: no secret is written so.
pub(super) fn is_host_name(word: &str) -> bool {
    let (word, path) = word.split_once('/').unwrap_or((word, ""));
    let is_plain =
        path.len() <= 100 && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    let is_label = |label: &str| {
        (1..=40).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let ends = word.rsplit_once('.').is_some_and(|(_, last)| last.bytes().all(|b| b.is_ascii_lowercase()));
    ends && is_plain && word.len() <= 100 && word.split('.').all(is_label)
}

/// `wecheck config init` for `init`: a command that is found only below another.
fn command_below(word: &str) -> Option<String> {
    let mut root = super::Cli::command();
    root.build();
    let above = root.get_subcommands().find(|above| above.find_subcommand(word).is_some())?;
    Some(format!("wecheck {} {word}", above.get_name()))
}

/// What a value's own parser says against it.
fn why(error: &clap::Error) -> Both {
    let Some(source) = error.source() else { return both!("格式不对", "it has another form") };
    if let Some(both) = source.downcast_ref::<Both>() {
        return both.clone();
    }
    if source.is::<std::num::ParseIntError>() {
        return both!("要一个整数", "a whole number is expected");
    }
    // The ranges of numbers are worded by clap: `0 is not in 1..=86400`.
    let text = source.to_string();
    match text.split_once(" is not in ") {
        Some((_, range)) => both!("要在 {range} 之内", "it must be in {range}"),
        None => Both::same(text),
    }
}

/// `--kind` of `--kind <KIND>`; the place of a value as it is.
fn name(arg: &str) -> &str {
    match arg.split_once([' ', '=', '[']) {
        Some((flag, _)) if flag.starts_with('-') => flag,
        _ => arg,
    }
}

fn in_chinese(args: &[String]) -> Vec<String> {
    if args.iter().all(|arg| arg.starts_with('-')) {
        return args.iter().map(|arg| name(arg).to_owned()).collect();
    }
    let chinese = Chinese::load();
    args.iter().map(|arg| chinese.usage(name(arg))).collect()
}

fn strings(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> (String, String) {
        let args = line.split(' ');
        let error = crate::cli::Cli::command().try_get_matches_from(args).expect_err(line);
        let failure = failure(&error, "wecheck x");
        let hint = failure.fix.expect("a hint");
        (format!("{} | {}", failure.message.zh, hint.zh), format!("{} | {}", failure.message.en, hint.en))
    }

    #[test]
    fn errors_of_the_parser_exist_in_both_languages() {
        let pairs = [
            (
                "wecheck sgin",
                "没有 `sgin` 这个命令 | wecheck x sign",
                "there is no command `sgin` | wecheck x sign",
            ),
            (
                "wecheck update",
                "没有 `update` 这个命令 | wecheck x --help",
                "there is no command `update` | wecheck x --help",
            ),
            (
                "wecheck m.example.com",
                "没有 `m.example.com` 这个命令 | wecheck domain-check m.example.com",
                "there is no command `m.example.com` | wecheck domain-check m.example.com",
            ),
            (
                "wecheck m.example.com/a/b",
                "没有 `m.example.com/a/b` 这个命令 | wecheck domain-check m.example.com/a/b",
                "there is no command `m.example.com/a/b` | wecheck domain-check m.example.com/a/b",
            ),
            (
                "wecheck ./page",
                "没有 `./page` 这个文件，也没有这个命令 | wecheck verify FILE",
                "there is no file and no command `./page` | wecheck verify FILE",
            ),
            (
                "wecheck openid",
                "没有 `openid` 这个命令 | wecheck faq openid",
                "there is no command `openid` | wecheck faq openid",
            ),
            (
                "wecheck pagee.js",
                "没有 `pagee.js` 这个文件，也没有这个命令 | wecheck verify FILE",
                "there is no file and no command `pagee.js` | wecheck verify FILE",
            ),
            (
                "wecheck sign --tiket x",
                "没有 `--tiket` 这个选项 | 是不是 `--ticket`？全部选项：wecheck x --help",
                "there is no flag `--tiket` | did you mean `--ticket`? all flags: wecheck x --help",
            ),
            (
                "wecheck ua ->x",
                "没有 `->` 这个选项 | 以 `-` 开头的文本放在 `--` 后面：wecheck x -- TEXT",
                "there is no flag `->` | a text that begins with `-` goes behind `--`: wecheck x -- TEXT",
            ),
            (
                "wecheck verify --deep soon",
                "`--deep` 的值 `soon` 不对：要一个整数 | wecheck x --help",
                "invalid value `soon` for `--deep`: a whole number is expected | wecheck x --help",
            ),
            (
                "wecheck verify --deep 0",
                "`--deep` 的值 `0` 不对：要在 1..=86400 之内 | wecheck x --help",
                "invalid value `0` for `--deep`: it must be in 1..=86400 | wecheck x --help",
            ),
            (
                "wecheck sign --ticket",
                "`--ticket` 后面要有值 | wecheck x --help",
                "`--ticket` needs a value | wecheck x --help",
            ),
        ];
        for (line, zh, en) in pairs {
            assert_eq!(said(line), (zh.to_owned(), en.to_owned()), "{line}");
        }
        assert!(said("wecheck --lang fr ua x").0.starts_with("`--lang` 的值 `fr` 不对 | "));
        assert!(said("wecheck ua").0.starts_with("缺少 `"));
    }
}
