//! `wecheck errcode explain`: what a code, an answer or a message means, and what to do now.
//!
//! In: the text as it was printed, a platform by flag or profile, and perhaps the page's own code.
//! Out: one explanation for each thing that the text speaks of and each platform it can be of.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use colored::Colorize;
use serde::Serialize;

use super::super::input::{TEXT_LIMIT, read_evidence, read_text};
use super::{Listed, platform_name};
use crate::catalog::message::Message;
use crate::catalog::observed::Observed;
use crate::catalog::query::{Found, understand};
use crate::catalog::{self, Advice, Explanation, search};
use crate::context::Context;
use crate::evidence::{self, Evidence};
use crate::failure::Failure;
use crate::lang::{Lang, Words};
use crate::output::{Report, safe, safe_lines, shortened};
use crate::platform::Platform;
use crate::say;

/// So many near codes are shown for one that is not known.
const NEAR: usize = 6;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck errcode explain 40164
  wecheck errcode explain 40001 --platform work
  wecheck errcode explain '{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.7 …\"}'
  wecheck errcode explain config:invalid signature
  curl … | wecheck errcode explain -")]
#[expect(missing_docs, reason = "told on the variant, where the overview of --help finds it")]
pub struct Args {
    /// A code, a JSON answer, an errmsg, a JS-SDK message, or - for stdin
    #[arg(required = true, allow_negative_numbers = true)]
    what: Vec<String>,
    /// The platform the code is of [default: the profile's, else both]
    #[arg(long, value_enum)]
    platform: Option<Platform>,
    /// The page's code: says whether the API of the message is in its jsApiList
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// What a text means.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The text as given.
    pub query: String,
    /// The explanations.
    pub results: Vec<Meaning>,
    /// Nothing was found: what is near.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
}

/// One explanation.
#[derive(Clone, Debug, Serialize)]
pub struct Meaning {
    /// The code; null for a client's message.
    pub code: Option<i64>,
    /// The platform; null for a message that both have.
    pub platform: Option<Platform>,
    /// The short name in the language spoken.
    pub name: String,
    /// The text as the server or the client prints it.
    pub message: String,
    /// The name by which scripts know a client's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// What it means.
    pub meaning: String,
    /// Why, likeliest first.
    pub causes: Vec<String>,
    /// What to do, in order.
    pub fixes: Vec<String>,
    /// Commands that check it; words in upper case are to be replaced.
    pub commands: Vec<String>,
    /// Related codes, FAQ topics and addresses.
    pub see: Vec<String>,
    /// The facts found in the text.
    pub observed: Observed,
    /// Why this platform is shown although another was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the advice was written for this code; otherwise it is that of its family.
    #[serde(skip)]
    own: bool,
    /// The other platform, where it means the same there and stands elsewhere in the results.
    #[serde(skip)]
    repeats: bool,
    /// Whether it merely has the same words as the client's message before it.
    #[serde(skip)]
    same_words: bool,
}

/// What is near something that is not known.
#[derive(Clone, Debug, Serialize)]
pub struct Unknown {
    /// Codes that may be meant.
    pub nearest: Vec<Listed>,
    /// What the numbers around it are about.
    pub family: Option<String>,
    /// The code on the platform that was not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Listed>,
    #[serde(skip)]
    code: Option<i64>,
    /// Whether the code was known by its words alone, which are another platform's.
    #[serde(skip)]
    by_text: bool,
    #[serde(skip)]
    asked: Option<Platform>,
}

/// Reads the text and explains it.
pub fn run(args: &Args, context: &Context) -> Result<Explained, Failure> {
    let mut query = args.what.join(" ");
    if query == "-" {
        query = read_text(Path::new("-"), TEXT_LIMIT)
            .map_err(|failure| failure.hint("for a whole log: wecheck errcode scan -"))?;
    }
    if query.trim().is_empty() {
        return Err(Failure::usage("there is nothing to explain").hint("wecheck errcode explain 40164"));
    }
    let page = match &args.from {
        Some(path) => Some(evidence::extract(&read_evidence(path, &context.out, context.lang)?)),
        None => None,
    };
    let usual = match args.platform {
        None => context.profile_if_any()?.and_then(|profile| profile.known_platform()),
        asked => asked,
    };
    Ok(explain(query, args.platform, usual, page.as_ref(), context.lang))
}

/// Explains a text: on the platform asked for, and on no other; or else on the one that the text
/// gives away or that is usual here; or else on both.
pub fn explain(
    query: String,
    asked: Option<Platform>,
    usual: Option<Platform>,
    page: Option<&Evidence>,
    lang: Lang,
) -> Explained {
    let found = understand(&query);
    let wanted = Wanted { asked, usual: asked.or(usual), lang };
    let mut results: Vec<Meaning> = Vec::new();
    for one in &found {
        match one {
            Found::Code { code, platform, by_text, observed } => {
                let after_a_message = *by_text && results.iter().any(|result| result.code.is_none());
                let codes = wanted.codes(*code, *platform, *by_text, observed);
                results.extend(codes.into_iter().map(|code| Meaning { same_words: after_a_message, ..code }));
            }
            Found::Message { message, observed } => {
                let list = page.and_then(|page| {
                    let lists = page.blocks.iter().filter_map(|block| block.js_api_list.as_deref());
                    lists.map(<[String]>::to_vec).reduce(|all, more| [all, more].concat())
                });
                results.push(wanted.message(message, observed, list.as_deref()));
            }
        }
    }
    let unknown = results.is_empty().then(|| wanted.unknown(&query, &found));
    Explained { query, results, unknown }
}

/// Which platform an explanation is wanted for, and in which language.
struct Wanted {
    /// By flag: no other is shown.
    asked: Option<Platform>,
    /// By flag or profile: shown first, another one only with a note.
    usual: Option<Platform>,
    lang: Lang,
}

impl Wanted {
    /// A code's meanings on the platforms it can be of.
    fn codes(&self, code: i64, told: Option<Platform>, by_text: bool, observed: &Observed) -> Vec<Meaning> {
        // A text that belongs to one platform's code is none of another's.
        if by_text && self.asked.is_some_and(|asked| told.is_some_and(|told| told != asked)) {
            return Vec::new();
        }
        let expected = self.asked.or(told).or(self.usual);
        let on = |platforms: &[Platform]| -> Vec<Explanation> {
            platforms.iter().filter_map(|platform| catalog::explain(code, *platform)).collect()
        };
        let mut explanations = expected.map_or_else(|| on(&Platform::ALL), |platform| on(&[platform]));
        let mut note = None;
        if explanations.is_empty()
            && self.asked.is_none()
            && let Some(expected) = expected
        {
            explanations = on(&Platform::ALL);
            let expected = platform_name(expected, self.lang);
            note = Some(say!(
                self.lang,
                "{expected} 没有 {code} 这个码，下面是另一个平台的",
                "{expected} has no code {code}; this is the other platform's"
            ));
        } else if let (Some(usual), Some(told)) = (self.usual, told)
            && usual != told
        {
            let told = platform_name(told, self.lang);
            note = Some(say!(self.lang, "这段文字看起来来自{told}", "the text looks like one of {told}"));
        }
        let repeats = |index: usize| {
            index > 0 && catalog::means_the_same(explanations[0].code, explanations[index].code)
        };
        explanations
            .iter()
            .enumerate()
            .map(|(index, explanation)| self.code(explanation, observed, note.clone(), repeats(index)))
            .collect()
    }

    fn code(
        &self,
        explanation: &Explanation,
        observed: &Observed,
        note: Option<String>,
        repeats: bool,
    ) -> Meaning {
        let code = explanation.code;
        let first = observed.first_step(Some((code.code, code.platform)), self.lang);
        Meaning {
            code: Some(code.code),
            platform: Some(code.platform),
            name: code.name.get(self.lang).to_owned(),
            message: code.name.en.to_owned(),
            error_message: None,
            note,
            own: explanation.own,
            repeats,
            ..self.advice(&explanation.advice, first, observed)
        }
    }

    fn message(&self, message: &Message, observed: &Observed, list: Option<&[String]>) -> Meaning {
        let one = match message.platforms.as_slice() {
            [one] => Some(*one),
            several => self.usual.filter(|usual| several.contains(usual)),
        };
        let note = self.asked.filter(|asked| !message.platforms.contains(asked)).map(|asked| {
            let asked = platform_name(asked, self.lang);
            say!(
                self.lang,
                "{asked}的客户端没有见过这条消息，下面是另一个平台的",
                "this message is not known from {asked}; this is the other platform's"
            )
        });
        let listed = (message.group == "offline verifying")
            .then(|| Some(self.listed(observed.api.as_deref()?, list?)))
            .flatten();
        let first = listed.or_else(|| observed.first_step(None, self.lang));
        Meaning {
            code: None,
            platform: one,
            name: message.name.get(self.lang).to_owned(),
            message: observed.errmsg.clone().unwrap_or_else(|| message.group.clone()),
            error_message: Some(message.group.clone()),
            note,
            own: true,
            ..self.advice(&message.advice, first, observed)
        }
    }

    /// Whether the page asked for the API that was refused.
    fn listed(&self, api: &str, list: &[String]) -> String {
        if list.iter().any(|name| name == api) {
            return say!(
                self.lang,
                "{api} 在页面的 jsApiList 里：问题不在名单，去看 config 是否真的成功、是否等到了 wx.ready",
                "{api} is in the page's jsApiList: the list is not the reason; see whether config succeeded and wx.ready was awaited"
            );
        }
        let near = crate::nearest::nearest(api, list.iter().map(String::as_str));
        match near {
            Some(near) => say!(
                self.lang,
                "{api} 不在页面的 jsApiList 里，那里写的是 {near}：改成 {api}",
                "{api} is not in the page's jsApiList, which has {near}: write {api}"
            ),
            None => say!(
                self.lang,
                "{api} 不在页面的 jsApiList 里：把它加进去",
                "{api} is not in the page's jsApiList: add it"
            ),
        }
    }

    fn advice(&self, advice: &Advice, first: Option<String>, observed: &Observed) -> Meaning {
        let texts = |list: &[Words]| -> Vec<String> {
            list.iter().map(|words| words.get(self.lang).to_owned()).collect()
        };
        Meaning {
            code: None,
            platform: None,
            name: String::new(),
            message: String::new(),
            error_message: None,
            meaning: advice.meaning.get(self.lang).to_owned(),
            causes: texts(&advice.causes),
            fixes: first.into_iter().chain(texts(&advice.fixes)).collect(),
            commands: advice.commands.clone(),
            see: advice.see.clone(),
            observed: observed.clone(),
            note: None,
            own: true,
            repeats: false,
            same_words: false,
        }
    }

    fn unknown(&self, query: &str, found: &[Found]) -> Unknown {
        let platforms = self.usual.map_or(Platform::ALL.to_vec(), |platform| vec![platform]);
        let listed = |codes: Vec<catalog::Code>| -> Vec<Listed> {
            codes.into_iter().map(|code| Listed::new(code, self.lang)).collect()
        };
        let numbers: Vec<i64> = found
            .iter()
            .filter_map(|one| match one {
                Found::Code { code, .. } => Some(*code),
                Found::Message { .. } => None,
            })
            .collect();
        let elsewhere = numbers.iter().flat_map(|code| {
            let others = Platform::ALL.into_iter().filter(|platform| !platforms.contains(platform));
            others.filter_map(|platform| catalog::lookup(*code, platform)).collect::<Vec<_>>()
        });
        // Words of another platform say nothing about the number on this one.
        let by_text = found.iter().all(|one| matches!(one, Found::Code { by_text: true, .. }));
        let number = numbers.first().copied().filter(|_| !by_text);
        let family = number.and_then(|code| {
            let family = platforms.iter().find_map(|platform| catalog::family(code, *platform))?;
            Some(family.name.get(self.lang).to_owned())
        });
        let nearest = match number {
            Some(code) => catalog::nearest(code, &platforms),
            None => near_words(query, &platforms),
        };
        Unknown {
            nearest: listed(nearest),
            family,
            elsewhere: listed(elsewhere.collect()),
            code: numbers.first().copied(),
            by_text,
            asked: self.asked,
        }
    }
}

/// Codes that hold the text's words: all of them, or else the longest one that any code holds.
fn near_words(query: &str, platforms: &[Platform]) -> Vec<catalog::Code> {
    let mut words: Vec<&str> =
        query.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| word.len() > 3).collect();
    words.truncate(12);
    let all = search::search(&words.join(" "), platforms);
    if !all.is_empty() {
        return all.into_iter().take(NEAR).collect();
    }
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let found = words.into_iter().map(|word| search::search(word, platforms)).find(|list| !list.is_empty());
    found.unwrap_or_default().into_iter().take(NEAR).collect()
}

impl Report for Explained {
    fn ok(&self) -> bool {
        !self.results.is_empty()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if let Some(unknown) = &self.unknown {
            return unknown.human(&self.query, out, lang);
        }
        for (index, meaning) in self.results.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            if meaning.repeats {
                let (code, platform) = (meaning.code.unwrap_or_default(), meaning.platform);
                let (who, flag) =
                    (platform.map_or("", |it| platform_name(it, lang)), platform.map_or("", Platform::name));
                let line = say!(
                    lang,
                    "在{who}含义相同，做法见 wecheck errcode explain {code} --platform {flag}",
                    "the same on {who}; what to do there: wecheck errcode explain {code} --platform {flag}"
                );
                writeln!(out, "{}", line.dimmed())?;
            } else if meaning.same_words {
                let (code, platform) = (meaning.code.unwrap_or_default(), meaning.platform);
                let (who, flag) =
                    (platform.map_or("", |it| platform_name(it, lang)), platform.map_or("", Platform::name));
                let line = say!(
                    lang,
                    "{who}的 {code} 也是这句话：wecheck errcode explain {code} --platform {flag}",
                    "{who} has {code} with the same words: wecheck errcode explain {code} --platform {flag}"
                );
                writeln!(out, "{}", line.dimmed())?;
            } else {
                meaning.human(out, lang)?;
            }
        }
        Ok(())
    }
}

impl Meaning {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let number = self.code.map(|code| format!("{code}  ")).unwrap_or_default();
        let where_seen = match self.platform {
            Some(platform) => platform_name(platform, lang),
            None => lang.pick("公众号和企业微信", "mp and work"),
        };
        writeln!(out, "{}  {}", format!("{number}{}", self.name).bold(), where_seen.cyan())?;
        if self.code.is_some() && self.message != self.name {
            writeln!(out, "{}", safe(&self.message).dimmed())?;
        }
        if let Some(note) = &self.note {
            writeln!(out, "{}", note.yellow())?;
        }
        self.facts(out, lang)?;
        writeln!(out, "{}", self.meaning)?;
        numbered(out, lang.pick("为什么（最常见的在前）", "Why, likeliest first"), &self.causes)?;
        let title = if self.own {
            lang.pick("现在怎么做", "What to do now")
        } else {
            lang.pick("先查这些（这一段号码通用）", "What to check (for any code of this range)")
        };
        numbered(out, title, &self.fixes)?;
        if !self.commands.is_empty() {
            writeln!(out, "\n{}", lang.pick("用命令检查", "Check it").bold())?;
            for command in &self.commands {
                writeln!(out, "  {}", command.green())?;
            }
        }
        if self.see.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", lang.pick("相关", "See also").bold())?;
        for see in &self.see {
            writeln!(out, "  {}", related(see, self.platform, lang))?;
        }
        Ok(())
    }

    fn facts(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let observed = &self.observed;
        let mut facts: Vec<String> = Vec::new();
        if let Some(ip) = &observed.ip {
            facts.push(format!("IP {}", safe(ip)));
        }
        if let Some(api) = &observed.api {
            let api = safe(api).into_owned();
            facts.push(say!(lang, "接口 {api}", "API {api}"));
        }
        if let Some(code) = observed.code.filter(|code| Some(*code) != self.code) {
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

impl Unknown {
    fn human(&self, query: &str, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let asked = self.asked.map(|asked| platform_name(asked, lang));
        let headline = match (self.code, asked) {
            (Some(_), Some(asked)) if self.by_text => {
                say!(lang, "{asked}没有这句话", "{asked} has no such text")
            }
            (Some(code), Some(asked)) => say!(lang, "{asked}没有错误码 {code}", "{asked} has no code {code}"),
            (Some(code), None) => say!(lang, "没有错误码 {code}", "there is no code {code}"),
            (None, _) => {
                let text = safe(query.trim());
                let text = shortened(&text, 200);
                say!(
                    lang,
                    "看不懂 `{text}`：里面没有已知的错误码或消息",
                    "`{text}` holds no known code or message"
                )
            }
        };
        writeln!(out, "{}", headline.red().bold())?;
        for Listed { code, platform, name } in &self.elsewhere {
            let (who, flag) = (platform_name(*platform, lang), platform.name());
            let line = say!(
                lang,
                "{who}有，是“{name}”：wecheck errcode explain {code} --platform {flag}",
                "{who} has it, as \"{name}\": wecheck errcode explain {code} --platform {flag}"
            );
            writeln!(out, "{}", line.yellow())?;
        }
        if let Some(family) = &self.family {
            writeln!(
                out,
                "{}",
                say!(lang, "这一段号码说的是：{family}", "numbers around it are about: {family}")
            )?;
        }
        if self.nearest.is_empty() {
            return writeln!(
                out,
                "{}",
                lang.pick(
                    "用词查找：wecheck errcode search TEXT",
                    "search by words: wecheck errcode search TEXT"
                )
            );
        }
        writeln!(out, "\n{}", lang.pick("相近的", "Near it").bold())?;
        for Listed { code, platform, name } in &self.nearest {
            writeln!(out, "{code:>9} {:4}  {name}", platform.name())?;
        }
        Ok(())
    }
}
