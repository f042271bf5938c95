//! The catalog's answer to what somebody pasted: which entries are meant, on which platform, in
//! which language.
//!
//! In: the text, the platform asked for or usual here, and perhaps what the page's code says.
//! Out: a [`Meaning`] for each thing that the text speaks of, or what is near it. Pure: a face
//! shows it, `ops::errcode` fills it from a request.

use std::cell::OnceCell;

use serde::Serialize;

use super::message::{self, Message};
use super::observed::{self, Observed};
use super::query::{Found, understand};
use super::topic::{self, Hit};
use super::{Advice, Code, Explanation, address, counted, doubt, everyday, fields, page_list, search};
use crate::catalog;
use crate::evidence::Evidence;
use crate::lang::{Lang, Words};
use crate::platform::Platform;
use crate::rank::by_rank;
use crate::say;

/// The official diagnosis of a request of an mp account.
const RID_DIAGNOSIS: &str = "https://developers.weixin.qq.com/console/devtools/debug?tab=errorDiag";

/// A code this far from the one asked for is near it, as is one with the same digits.
const NEAR_DISTANCE: u64 = 100;

/// So many near codes are shown for one that is not known.
const NEAR_CODES: usize = 6;

/// And so many topics for words.
const NEAR_TOPICS: usize = 3;

/// How much an explanation was written for what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// For this very code or text.
    Entry,
    /// The code has only its label, and what the codes around it are about.
    Range,
    /// The FAQ: no entry of the catalog was meant.
    Faq,
}

/// A code in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// The code.
    pub code: i64,
    /// The platform it belongs to.
    pub platform: Platform,
    /// Its short name in the language spoken.
    pub name: &'static str,
}

impl Listed {
    /// A code's row in the language spoken.
    pub fn new(code: Code, lang: Lang) -> Self {
        Self { code: code.code, platform: code.platform, name: code.name.get(lang) }
    }
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
    /// How much it was written for what was asked.
    pub basis: Basis,
    /// Why this platform is shown although another was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The other platform, where it means the same there and is elsewhere in the results.
    #[serde(skip)]
    pub repeats: bool,
    /// Whether it merely has the same words as the client's message before it.
    #[serde(skip)]
    pub same_words: bool,
    /// Whether the number is more likely another program's: the steps are not what is wanted.
    #[serde(skip)]
    pub doubtful: bool,
}

impl Meaning {
    /// One with nothing besides.
    pub fn new(name: String, message: String, meaning: String) -> Self {
        Self {
            code: None,
            platform: None,
            name,
            message,
            error_message: None,
            meaning,
            causes: Vec::new(),
            fixes: Vec::new(),
            commands: Vec::new(),
            see: Vec::new(),
            observed: Observed::default(),
            basis: Basis::Entry,
            note: None,
            repeats: false,
            same_words: false,
            doubtful: false,
        }
    }

    /// With the steps of the API whose address is in the text, if it has any, for the code's own: those are
    /// for other APIs. WeChat's diagnosis by rid stays.
    fn at_address(self, query: &str, lang: Lang) -> Self {
        let mut fixes = address::steps(query, self.code.zip(self.platform), lang);
        if fixes.is_empty() {
            return self;
        }
        let diagnosis = self.fixes.into_iter().next_back();
        fixes.extend(diagnosis.filter(|_| self.observed.rid.is_some()));
        let of_tokens = |command: &String| command.starts_with("wecheck token");
        let commands = self.commands.into_iter().filter(|command| !of_tokens(command)).collect();
        Self { fixes, commands, ..self }
    }

    /// What the number would be at WeChat, without what to do about that.
    fn without_steps(self) -> Self {
        let again = self
            .code
            .zip(self.platform)
            .map(|(code, platform)| format!("wecheck errcode explain {code} --platform {}", platform.name()));
        Self { causes: Vec::new(), fixes: Vec::new(), commands: again.into_iter().collect(), ..self }
    }
}

/// A topic of the FAQ in a list.
#[derive(Clone, Debug, Serialize)]
pub struct NearTopic {
    /// Its spoken id.
    pub id: &'static str,
    /// Its title in the language spoken.
    pub title: String,
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
    /// Topics of the FAQ that the words may be about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<NearTopic>,
    /// The first number asked for.
    #[serde(skip)]
    pub code: Option<i64>,
    /// Whether the code was known by its words alone, which are another platform's.
    #[serde(skip)]
    pub by_text: bool,
    /// The platform asked for.
    #[serde(skip)]
    pub asked: Option<Platform>,
}

/// What a text means.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The explanations, the likeliest first.
    pub results: Vec<Meaning>,
    /// What is near it, if nothing was found.
    pub unknown: Option<Unknown>,
}

/// Explains a text: on the platform asked for, and on no other; or else on the one that the text
/// gives away or that is usual here; or else on both.
pub fn answer(
    query: &str,
    asked: Option<Platform>,
    usual: Option<Platform>,
    page: Option<&Evidence>,
    lang: Lang,
) -> Answer {
    let found = understand(query);
    let wanted = Wanted { asked, usual: asked.or(usual), lang, topics: OnceCell::new() };
    let mut results: Vec<Meaning> = Vec::new();
    for one in &found {
        match one {
            Found::Code { code, platform, by_text, observed } => {
                let after_a_message = *by_text && results.iter().any(|result| result.code.is_none());
                let codes = wanted.codes(*code, *platform, *by_text, observed);
                // Once is enough.
                let doubt = if results.is_empty() {
                    let doubt = if *by_text {
                        doubt::everyday(query, lang)
                    } else {
                        doubt::of_number(query, *code, lang)
                    };
                    doubt.or_else(|| wanted.of_another_platform(query, platform.filter(|_| *by_text)))
                } else {
                    None
                };
                let doubtful = doubt.is_some() && !*by_text;
                results.extend(codes.into_iter().map(|code| {
                    let code = if doubtful { code.without_steps() } else { code.at_address(query, lang) };
                    let note = code.note.or_else(|| doubt.clone());
                    Meaning { same_words: after_a_message, doubtful, note, ..code }
                }));
            }
            Found::Message { message, observed } => {
                // What a page says of its signature is what this program is for; others name no family.
                let certain = message.group == "ok"
                    || (message.group == "invalid signature" && !names_another(query))
                    || ["several", "other", "sdk"].contains(&message.family.as_str())
                    // A constant is the name of one error.
                    || (message.family == "payment" && query.contains('_'));
                let doubt = if certain || !results.is_empty() {
                    None
                } else if message.group == "invalid signature" {
                    Some(doubt::words_alone(lang))
                } else {
                    doubt::everyday(query, lang)
                };
                let meaning = wanted.message(message, observed, page);
                results.push(Meaning { note: meaning.note.clone().or(doubt), ..meaning });
            }
        }
    }
    if results.is_empty() && found.iter().all(|one| matches!(one, Found::Message { .. })) {
        results.extend(wanted.topic(query));
    }
    let unknown = results.is_empty().then(|| wanted.unknown(query, &found));
    Answer { results, unknown }
}

/// Which platform an explanation is wanted for, and in which language.
struct Wanted {
    /// By flag: no other is shown.
    asked: Option<Platform>,
    /// By flag or profile: shown first, another one only with a note.
    usual: Option<Platform>,
    lang: Lang,
    /// The FAQ's topics for the text, once they were asked for.
    topics: OnceCell<Vec<Hit>>,
}

impl Wanted {
    /// A code's meanings on the platforms it can be of.
    fn codes(&self, code: i64, said: Option<Platform>, by_text: bool, observed: &Observed) -> Vec<Meaning> {
        // A text that belongs to one platform's code is not one of another's.
        if by_text && self.asked.is_some_and(|asked| said.is_some_and(|said| said != asked)) {
            return Vec::new();
        }
        let expected = self.asked.or(said).or(self.usual);
        let on = |platforms: &[Platform]| -> Vec<Explanation> {
            platforms.iter().filter_map(|platform| catalog::explain(code, *platform)).collect()
        };
        let mut explanations = expected.map_or_else(|| on(&Platform::ALL), |platform| on(&[platform]));
        // What was written for this code says more than what its neighbors are about.
        by_rank(&mut explanations, |explanation| (!explanation.own, explanation.advice.rare));
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
        } else if let (Some(usual), Some(said)) = (self.usual, said)
            && usual != said
        {
            let said = platform_name(said, self.lang);
            note = Some(say!(self.lang, "这段文字看起来来自{said}", "the text looks like one of {said}"));
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
        // Without an entry there are no steps: what the facts ask for is a remark.
        let (first, note) = if explanation.own { (first, note) } else { (None, note.or(first)) };
        // The entry's own first step says the same without the address.
        let names_the_ip =
            observed.ip.is_some() && matches!(code.code, 40164 | 60020 | 61004) && first.is_some();
        let mut entry = explanation.advice.clone();
        if names_the_ip && !entry.fixes.is_empty() {
            entry.fixes.remove(0);
        }
        let advice = self.advice(&entry, first, observed);
        Meaning {
            code: Some(code.code),
            platform: Some(code.platform),
            name: code.name.get(self.lang).to_owned(),
            message: code.name.en.to_owned(),
            error_message: None,
            note,
            basis: if explanation.own { Basis::Entry } else { Basis::Range },
            fixes: if explanation.own { advice.fixes } else { Vec::new() },
            repeats,
            ..advice
        }
    }

    fn message(&self, message: &Message, observed: &Observed, page: Option<&Evidence>) -> Meaning {
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
        let reason = reason(message, observed);
        let note = note.or_else(|| reason.map(|reason| self.unknown_reason(reason)));
        let listed = (message.group == "offline verifying")
            .then(|| page_list::first_step(observed.api.as_deref()?, page?, self.lang))
            .flatten();
        let first = listed.or_else(|| observed.first_step(None, self.lang));
        let advice = self.advice(&message.advice, first, observed);
        // The entry says that the client gave no reason.
        let (name, meaning) = match reason.filter(|_| message.name.en.contains("without a reason")) {
            Some(reason) => {
                let api = observed.api.as_deref().unwrap_or_default();
                let name = say!(self.lang, "{api} 失败：{reason}", "{api} failed: {reason}");
                let meaning = say!(
                    self.lang,
                    "客户端报告失败，原因是“{reason}”。",
                    "The client reports a failure and gives a reason: {reason}."
                );
                (name.trim_start().to_owned(), meaning)
            }
            None => (message.name.get(self.lang).to_owned(), advice.meaning.clone()),
        };
        Meaning {
            code: None,
            platform: one,
            name,
            meaning,
            message: observed.errmsg.clone().unwrap_or_else(|| message.group.clone()),
            error_message: Some(message.group.clone()),
            note,
            ..advice
        }
    }

    /// What is said of a reason that the catalog does not know.
    fn unknown_reason(&self, reason: &str) -> String {
        say!(
            self.lang,
            "fail 后面的“{reason}”没有专门的条目，下面是这个接口失败时的通用做法",
            "there is no entry for the reason `{reason}`; these are the general steps when this API fails"
        )
    }

    /// What is to be said where the text names one platform and its words are the other's.
    fn of_another_platform(&self, query: &str, said: Option<Platform>) -> Option<String> {
        let (named, said) = (observed::platform_of(query)?, said?);
        let [named_name, said_name] = [named, said].map(|platform| platform_name(platform, self.lang));
        (named != said).then(|| {
            say!(
                self.lang,
                "文中提到的是{named_name}，这句话却是{said_name}返回的",
                "the text speaks of {named_name}, but these words come from {said_name}"
            )
        })
    }

    /// The official diagnosis of a request, by its rid.
    fn diagnosis(&self, observed: &Observed) -> Option<String> {
        let rid = observed.rid.as_deref()?;
        Some(say!(
            self.lang,
            "还查不出来，就在 7 天内用账号的管理员或开发者登录 {RID_DIAGNOSIS} ，填 rid {rid}，能看到微信实际收到的请求",
            "If that does not settle it, open {RID_DIAGNOSIS} as administrator or developer of the account within 7 days and enter the rid {rid}: it shows the request as WeChat received it"
        ))
    }

    fn advice(&self, advice: &Advice, first: Option<String>, observed: &Observed) -> Meaning {
        let texts = |list: &[Words]| -> Vec<String> {
            list.iter().map(|words| words.get(self.lang).to_owned()).collect()
        };
        Meaning {
            causes: texts(&advice.causes),
            fixes: first.into_iter().chain(texts(&advice.fixes)).chain(self.diagnosis(observed)).collect(),
            commands: advice.commands.clone(),
            see: advice.see.clone(),
            observed: observed.clone(),
            ..Meaning::new(String::new(), String::new(), advice.meaning.get(self.lang).to_owned())
        }
    }

    /// The FAQ's topic, if one fits well. A client's text or an unknown constant is not a question.
    fn topic(&self, query: &str) -> Option<Meaning> {
        let query = query.trim();
        let word = query.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let constant = query.bytes().all(|byte| byte.is_ascii_uppercase() || b"_ 0123456789".contains(&byte));
        let asks_nothing = constant || word || everyday::is_everyday(query) || counted::holds_one(query);
        if message::api_of(query).is_some() || asks_nothing {
            return None;
        }
        let topic = &self.ranked(query).first().filter(|hit| hit.sure)?.topic;
        // A device's steps are for texts that speak of one.
        let of_devices = HARDWARE.iter().any(|word| query.contains(word));
        let signs = topic.id == "invalid-signature";
        if (topic.id.starts_with("hardware-") && !of_devices) || (signs && of_devices) {
            return None;
        }
        // Quotes within quotes.
        let title = topic.title.get(self.lang).replace('“', "‘").replace('”', "’");
        let meaning = say!(
            self.lang,
            "没有这句话的专门条目，最接近的是常见问题“{title}”。",
            "There is no entry for this text; the FAQ topic \"{title}\" is about it."
        );
        Some(Meaning {
            platform: match topic.platforms.as_slice() {
                [one] => Some(*one),
                _ => None,
            },
            error_message: Some(topic.id.to_owned()),
            fixes: topic.steps.iter().map(|step| step.get(self.lang).to_owned()).collect(),
            commands: topic.commands.clone(),
            see: std::iter::once(format!("faq:{}", topic.id)).chain(topic.see.iter().cloned()).collect(),
            basis: Basis::Faq,
            ..Meaning::new(topic.title.get(self.lang).to_owned(), query.to_owned(), meaning)
        })
    }

    fn ranked(&self, query: &str) -> &[Hit] {
        self.topics.get_or_init(|| topic::rank(query.trim(), self.usual))
    }

    /// Topics that share much with words that are Chinese or speak of WeChat: foreign texts share words with all.
    fn near_topics(&self, query: &str) -> Vec<NearTopic> {
        let is_chinese = query.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
        if everyday::is_everyday(query) || !(is_chinese || everyday::is_ours(query)) {
            return Vec::new();
        }
        self.ranked(query)
            .iter()
            .filter(|hit| !hit.near)
            .take(NEAR_TOPICS)
            .map(|hit| NearTopic { id: hit.topic.id, title: hit.topic.title.get(self.lang).to_owned() })
            .collect()
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
        let nearest = match number {
            Some(code) => {
                let mut near = catalog::nearest(code, &platforms);
                near.retain(|known| is_near(known.code, code) || digits(known.code) == digits(code));
                near
            }
            None => near_words(query, &platforms),
        };
        // What a range is about is known where there are codes: far from all of them it says nothing.
        let family =
            number.filter(|code| nearest.iter().any(|near| is_near(near.code, *code))).and_then(|code| {
                let family = platforms.iter().find_map(|platform| catalog::family(code, *platform))?;
                Some(family.name.get(self.lang).to_owned())
            });
        Unknown {
            nearest: listed(nearest),
            family,
            elsewhere: listed(elsewhere.collect()),
            topics: if number.is_none() { self.near_topics(query) } else { Vec::new() },
            code: numbers.first().copied(),
            by_text,
            asked: self.asked,
        }
    }
}

/// Whether `invalid signature` comes with a name in Latin letters and nothing of WeChat's: `Discourse webhook 403`.
fn names_another(query: &str) -> bool {
    let latin: String =
        query.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { ' ' }).collect();
    message::api_of(query).is_none() && !everyday::is_ours(query) && !everyday::is_everyday(&latin)
}

/// Words of texts about devices.
const HARDWARE: &[&str] =
    &["设备", "硬件", "考勤", "打卡", "门禁", "人脸", "指纹", "device", "hardware", "6000", "face", "853004"];

/// The reason that a failure's text gives and the catalog does not know.
fn reason<'a>(message: &Message, observed: &'a Observed) -> Option<&'a str> {
    let (_, behind) = observed.errmsg.as_deref()?.split_once(":fail")?;
    // Android puts its module first: `[geolocation:14]Network access is denied`.
    let behind = behind.trim_start_matches([' ', ',', ':', '_']);
    let behind =
        behind.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(behind, |(_, rest)| rest);
    let reason = behind.split(['"', '\'', '{', '[', '}', ']']).next().unwrap_or_default();
    let reason = reason.trim_matches(|c: char| !c.is_alphanumeric());
    let tells = reason.chars().filter(|c| c.is_alphabetic()).count() >= 3 && reason.chars().count() <= 80;
    (tells && fields::is_frame(message)).then_some(reason)
}

/// Whether one number is close to the other.
fn is_near(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= NEAR_DISTANCE
}

/// The digits of a number, sorted.
fn digits(code: i64) -> Vec<u8> {
    let mut digits = code.to_string().into_bytes();
    digits.sort_unstable();
    digits
}

/// Codes that hold all of the text's words: a text that shares one word with a label is not near it.
fn near_words(query: &str, platforms: &[Platform]) -> Vec<catalog::Code> {
    let words: Vec<&str> = query
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.len() > 3)
        .take(12)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    search::search(&words.join(" "), platforms).into_iter().take(NEAR_CODES).collect()
}

/// The platform's name for people.
pub fn platform_name(platform: Platform, lang: Lang) -> &'static str {
    match platform {
        Platform::Mp => lang.pick("公众号（mp）", "Official Account (mp)"),
        Platform::Work => lang.pick("企业微信（work）", "WeCom (work)"),
    }
}
