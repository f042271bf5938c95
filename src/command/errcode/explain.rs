//! `wecheck errcode explain`: what a code, an answer or a message means, and what to do now.
//!
//! In: the text as it was printed, a platform by flag or profile, and perhaps the page's own code.
//! Out: one explanation for each thing that the text speaks of and each platform it can be of.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap_complete::engine::ArgValueCandidates;
use colored::Colorize;

use crate::catalog;
use crate::catalog::answer::{Basis, Listed, Meaning, NearTopic, Unknown, platform_name};
use crate::command::args::candidates;
use crate::command::args::input::{TEXT_LIMIT, read_evidence, read_text};
use crate::context::Context;
use crate::diagnosis::next_step::shell_quoted;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::errcode::{Explained, Request};
use crate::ops::pasted::{About, about, at_a_glance, is_client};
use crate::output::{Report, safe, safe_lines, shortened, verbatim};
use crate::platform::Platform;
use crate::secret::mask;
use crate::{both, say};

/// An AppSecret has 32 characters. Bytes.
const SHORTEST_SECRET: usize = 24;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck errcode explain 40164
  wecheck errcode explain 40001 --platform work
  wecheck errcode explain config:invalid signature
  curl … | wecheck errcode explain -")]
pub struct Args {
    /// A code, a JSON answer, an errmsg, a JS-SDK message, or - for stdin
    #[arg(required = true, allow_negative_numbers = true, add = ArgValueCandidates::new(candidates::codes))]
    what: Vec<String>,
    /// The platform the code is of [default: the profile's, else both]
    #[arg(long, value_enum)]
    platform: Option<Platform>,
    /// The page's code: says whether the API of the message is in its jsApiList
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// Reads the text and explains it.
pub fn run(args: &Args, context: &Context) -> Result<Explained, Failure> {
    let what = match args.what.as_slice() {
        [one] if one == "-" => vec![read_text(Path::new("-"), TEXT_LIMIT).map_err(|failure| {
            failure
                .hint(both!("整份日志用：wecheck errcode scan -", "for a whole log: wecheck errcode scan -"))
        })?],
        words => words.to_vec(),
    };
    let page = match &args.from {
        Some(path) => Some(read_evidence(path, &context.out, context.lang)?),
        None => None,
    };
    let usual = match args.platform {
        None => context.profile_if_any()?.and_then(|profile| profile.known_platform()),
        asked => asked,
    };
    Request { what, platform: args.platform, from: page }.explain(usual, context.lang)
}

impl Report for Explained {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let meanings = self.answers.iter().flat_map(|(_, answer)| &answer.results);
        for meaning in meanings.filter(|meaning| !meaning.repeats && !meaning.same_words) {
            title(meaning, out, lang)?;
            if let Some(fix) = meaning.fixes.first() {
                writeln!(out, "  1. {}", safe_lines(fix))?;
            }
        }
        Ok(())
    }

    fn ok(&self) -> bool {
        self.answers.iter().all(|(_, answer)| answer.unknown.is_none())
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let mut first = true;
        for (query, answer) in &self.answers {
            if let Some(unknown) = &answer.unknown {
                if !first {
                    writeln!(out)?;
                }
                first = false;
                unknown_human(unknown, query, out, lang)?;
            }
            for meaning in &answer.results {
                if !first {
                    writeln!(out)?;
                }
                first = false;
                result_human(meaning, out, lang)?;
            }
        }
        Ok(())
    }
}

fn result_human(meaning: &Meaning, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    if meaning.repeats {
        let (code, platform) = (meaning.code.unwrap_or_default(), meaning.platform);
        let (who, flag) =
            (platform.map_or("", |it| platform_name(it, lang)), platform.map_or("", Platform::name));
        let command = format!("wecheck errcode explain {code} --platform {flag}");
        let command = verbatim(&command);
        let line =
            say!(lang, "在{who}含义相同，做法见 {command}", "the same on {who}; what to do there: {command}");
        writeln!(out, "{}", line.dimmed())
    } else if meaning.same_words {
        let (code, platform) = (meaning.code.unwrap_or_default(), meaning.platform);
        let (who, flag) =
            (platform.map_or("", |it| platform_name(it, lang)), platform.map_or("", Platform::name));
        let command = format!("wecheck errcode explain {code} --platform {flag}");
        let command = verbatim(&command);
        let line = say!(
            lang,
            "{who}的 {code} 也是这句话：{command}",
            "{who} has {code} with the same words: {command}"
        );
        writeln!(out, "{}", line.dimmed())
    } else {
        meaning_human(meaning, out, lang)
    }
}

fn title(meaning: &Meaning, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let number = meaning.code.map(|code| format!("{code}  ")).unwrap_or_default();
    let name = format!("{number}{}", meaning.name);
    // What another product or program says is seen on no platform.
    if meaning.error_message.as_deref().is_some_and(|group| group.starts_with("another-")) {
        return writeln!(out, "{}", name.bold());
    }
    let where_seen = match meaning.platform {
        Some(platform) => platform_name(platform, lang),
        None => lang.pick("公众号和企业微信", "mp and work"),
    };
    writeln!(out, "{}  {}", name.bold(), where_seen.cyan())
}

fn meaning_human(meaning: &Meaning, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    title(meaning, out, lang)?;
    if meaning.code.is_some() && meaning.message != meaning.name {
        writeln!(out, "{}", safe(&meaning.message).dimmed())?;
    }
    if let Some(note) = &meaning.note {
        writeln!(out, "{}", note.yellow())?;
    }
    facts(meaning, out, lang)?;
    writeln!(out, "{}", meaning.meaning)?;
    if meaning.doubtful {
        let command = verbatim(meaning.commands.first().map_or("", String::as_str));
        let line = say!(
            lang,
            "确实是微信返回的，做法见 {command}",
            "if WeChat did answer this, what to do is in {command}"
        );
        return writeln!(out, "{}", line.dimmed());
    }
    numbered(out, lang.pick("可能的原因（常见的在前）", "Why, likeliest first"), &meaning.causes)?;
    let heading = if meaning.basis == Basis::Entry {
        lang.pick("现在怎么做", "What to do now")
    } else {
        lang.pick("先看这些", "What to check")
    };
    numbered(out, heading, &meaning.fixes)?;
    if !meaning.commands.is_empty() {
        writeln!(out, "\n{}", lang.pick("用命令检查", "Check it").bold())?;
        for command in &meaning.commands {
            writeln!(out, "  {}", command.green())?;
        }
    }
    if meaning.see.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", lang.pick("相关", "See also").bold())?;
    for see in &meaning.see {
        writeln!(out, "  {}", related(see, meaning.platform, lang))?;
    }
    Ok(())
}

fn facts(meaning: &Meaning, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let observed = &meaning.observed;
    let mut facts: Vec<String> = Vec::new();
    if let Some(ip) = &observed.ip {
        facts.push(format!("IP {}", safe(ip)));
    }
    if let Some(api) = &observed.api {
        let api = safe(api).into_owned();
        facts.push(say!(lang, "接口 {api}", "API {api}"));
    }
    if let Some(code) = observed.code.filter(|code| Some(*code) != meaning.code) {
        facts.push(say!(lang, "错误码 {code}", "code {code}"));
    }
    for url in &observed.real_auth_urls {
        facts.push(format!("realAuthUrl {}", shortened(&safe(url), 200)));
    }
    for (name, value) in [("rid", &observed.rid), ("hint", &observed.hint)] {
        if let Some(value) = value {
            facts.push(format!("{name} {}", shortened(&safe(value), 100)));
        }
    }
    if facts.is_empty() {
        return Ok(());
    }
    let separator = lang.pick("，", ", ");
    writeln!(out, "{}{}", lang.pick("文中：", "in the text: ").dimmed(), facts.join(separator).dimmed())
}

fn numbered(out: &mut dyn Write, title: &str, lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", title.bold())?;
    for (index, line) in lines.iter().enumerate() {
        writeln!(out, "  {}. {}", index + 1, safe_lines(line))?;
    }
    Ok(())
}

/// A related thing with enough beside it to know whether it is worth a look.
fn related(see: &str, platform: Option<Platform>, lang: Lang) -> String {
    if let Some(id) = see.strip_prefix("faq:") {
        return format!("wecheck faq {id}");
    }
    let named = see.split_once(':').and_then(|(name, code)| Some((Platform::from_name(name)?, code)));
    let (platform, code) = match named {
        Some((platform, code)) => (Some(platform), code),
        None => (platform, see),
    };
    let known = code.parse().ok().zip(platform).and_then(|(code, on)| catalog::lookup(code, on));
    match known {
        Some(known) => format!("{see}  {}", known.name.get(lang)),
        None => see.to_owned(),
    }
}

/// The command for a text that is not an error but something else that people have at hand.
fn command_for(text: &str) -> Option<String> {
    let text = text.trim();
    let command = match about(text) {
        About::Addresses if text.contains(char::is_whitespace) => "pbpaste | wecheck domain-check -",
        About::Addresses => return Some(format!("wecheck domain-check {}", shell_quoted(text))),
        About::Hash => "wecheck verify --signature G --url U --ticket T --nonce N --timestamp S",
        About::Callback => "pbpaste | wecheck callback verify",
        About::Signature => "pbpaste | wecheck verify",
        About::UserAgent => "pbpaste | wecheck ua -",
        About::Error if is_client(text) => "pbpaste | wecheck ua -",
        About::Error => return None,
    };
    Some(command.to_owned())
}

/// A text on the screen; of what may be a secret, its beginning and length.
fn without_secret(text: &str) -> Cow<'_, str> {
    let is_word = text.len() >= SHORTEST_SECRET
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+/=".contains(&b));
    let is_mixed = text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic());
    // A signature is shown to everybody who opens the page.
    if is_word && is_mixed && at_a_glance(text) != Some(About::Hash) {
        mask(text).into()
    } else {
        text.into()
    }
}

fn unknown_human(unknown: &Unknown, query: &str, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let asked = unknown.asked.map(|asked| platform_name(asked, lang));
    let headline = match (unknown.code, asked) {
        (Some(_), Some(asked)) if unknown.by_text => {
            say!(lang, "{asked}没有这句话", "{asked} has no such text")
        }
        (Some(code), Some(asked)) => say!(lang, "{asked}没有错误码 {code}", "{asked} has no code {code}"),
        (Some(code), None) => say!(lang, "没有错误码 {code}", "there is no code {code}"),
        (None, _) => {
            let text = without_secret(query.trim());
            let text = safe(&text);
            let text = shortened(&text, 200);
            say!(
                lang,
                "没认出 `{text}`：里面没有已知的错误码或消息",
                "no known error code or message in `{text}`"
            )
        }
    };
    writeln!(out, "{}", headline.red().bold())?;
    for Listed { code, platform, name } in &unknown.elsewhere {
        let (who, flag) = (platform_name(*platform, lang), platform.name());
        let line = say!(
            lang,
            "{who}有，是“{name}”：wecheck errcode explain {code} --platform {flag}",
            "{who} has it, as \"{name}\": wecheck errcode explain {code} --platform {flag}"
        );
        writeln!(out, "{}", line.yellow())?;
    }
    if let Some(family) = &unknown.family {
        writeln!(
            out,
            "{}",
            say!(lang, "这一段错误码大多与“{family}”有关", "nearby codes concern: {family}")
        )?;
    }
    if let Some(command) = command_for(query) {
        let line = say!(lang, "这样的内容用：{command}", "for this there is: {command}");
        return writeln!(out, "{line}");
    }
    if !unknown.topics.is_empty() {
        writeln!(out, "\n{}", lang.pick("可能有关的常见问题", "Topics that may be about it").bold())?;
        for NearTopic { id, title } in &unknown.topics {
            writeln!(out, "  wecheck faq {id}  {title}")?;
        }
        writeln!(out)?;
    }
    if unknown.nearest.is_empty() {
        return writeln!(
            out,
            "{}",
            lang.pick(
                "粘贴完整的返回（带 errcode 的 JSON）、errMsg 或弹窗上的整句话再试；用词查找：wecheck errcode search TEXT",
                "paste the whole answer (the JSON with errcode), the errMsg or the dialog's full text; search by words: wecheck errcode search TEXT"
            )
        );
    }
    writeln!(out, "\n{}", lang.pick("相近的错误码", "Similar codes").bold())?;
    for Listed { code, platform, name } in &unknown.nearest {
        writeln!(out, "{code:>9} {:4}  {name}", platform.name())?;
    }
    Ok(())
}
