//! The catalogue: what every error code, client message and troubleshooting topic means, and what
//! to do about it, on which platform.
//!
//! In: a code and a platform, or a text as a server, a phone or a log prints it
//! ([`query::understand`]), or words to search for. Out: a [`Code`] with its short name, an
//! [`Explanation`], a [`Message`](message::Message) of the client libraries, a
//! [`Topic`](topic::Topic) of the FAQ, or the codes of a log ([`scan::Scanner`]).
//!
//! The files under `data/` are part of the program and are never parsed as a whole: a look-up
//! finds its line or its table and reads only that, so that one code costs microseconds.

pub mod answer;
pub mod js_api;
pub mod message;
pub mod observed;
pub mod query;
pub mod scan;
pub mod search;
pub mod topic;

use memchr::memmem;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::lang::{Text, Words};
use crate::platform::Platform;

// Each begins with a line break, so that every row and header can be found by the one before it.
const MP_LABELS: &str = concat!("\n", include_str!("../data/labels/mp.tsv"));
const WORK_LABELS: &str = concat!("\n", include_str!("../data/labels/work.tsv"));
const MP_ENTRIES: &str = concat!("\n", include_str!("../data/errcodes/mp.toml"));
const WORK_ENTRIES: &str = concat!("\n", include_str!("../data/errcodes/work.toml"));
const FAMILIES: &str = concat!("\n", include_str!("../data/errcodes/families.toml"));

/// A code and what the official table calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The number.
    pub code: i64,
    /// The platform it belongs to.
    pub platform: Platform,
    /// The official short label; the translation is ours where no official one is known.
    pub name: Text,
    /// Which part of the platform answers it.
    pub scope: Scope,
}

/// Which part of a platform answers a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The platform's own APIs.
    Own,
    /// Shared by everything behind api.weixin.qq.com.
    Open,
    /// Mini programs only.
    MiniProgram,
}

/// What is told about a code, a message or a topic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Advice {
    /// What it means, in one or two sentences.
    pub meaning: Words,
    /// Why it usually happens, likeliest first.
    #[serde(default)]
    pub causes: Vec<Words>,
    /// What to do, in order; the first step is what to do now.
    #[serde(default)]
    pub fixes: Vec<Words>,
    /// Commands of this program that check it, with placeholders in upper case.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Related: `42001`, `mp:40164`, `work:60020`, `faq:invalid-signature`, an https address.
    #[serde(default)]
    pub see: Vec<String>,
}

/// A range of numbers that speak of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Family {
    /// What the range is about.
    pub name: Words,
    /// What to check with any code of it.
    pub check: Vec<Words>,
}

/// Everything that is known of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// What to do about it.
    pub advice: Advice,
    /// Whether the advice was written for this code; otherwise it is its family's.
    pub own: bool,
}

/// The code on this platform, if the platform has it. Never another platform's.
pub fn lookup(code: i64, platform: Platform) -> Option<Code> {
    let labels = labels(platform);
    let start = memmem::find(labels.as_bytes(), format!("\n{code}\t").as_bytes())? + 1;
    parse_row(labels[start..].lines().next()?, platform)
}

/// Every code of a platform, by number.
pub fn codes(platform: Platform) -> impl Iterator<Item = Code> {
    labels(platform).lines().skip(1).filter_map(move |row| parse_row(row, platform))
}

/// What the code means on this platform, why, and what to do.
pub fn explain(code: i64, platform: Platform) -> Option<Explanation> {
    let code = lookup(code, platform)?;
    if let Some(advice) = table(entries(platform), &code.code.to_string()) {
        return Some(Explanation { code, advice, own: true });
    }
    let advice = match family(code.code, platform) {
        Some(family) => Advice {
            meaning: general_meaning(code, Some(&family.name)),
            causes: Vec::new(),
            fixes: family.check,
            commands: Vec::new(),
            see: Vec::new(),
        },
        None => Advice {
            meaning: general_meaning(code, None),
            causes: Vec::new(),
            fixes: Vec::new(),
            commands: Vec::new(),
            see: Vec::new(),
        },
    };
    Some(Explanation { code, advice, own: false })
}

/// Whether the two platforms mean the same by this number, judged by the official label.
pub fn means_the_same(one: Code, other: Code) -> bool {
    one.name.zh == other.name.zh || one.name.en.eq_ignore_ascii_case(other.name.en)
}

/// The family that a number belongs to, known or not.
pub fn family(code: i64, platform: Platform) -> Option<Family> {
    let prefix = format!("\n[{platform}-");
    memmem::find_iter(FAMILIES.as_bytes(), prefix.as_bytes()).find_map(|at| {
        let header = &FAMILIES[at + prefix.len()..];
        let (bounds, _) = header.split_once(']')?;
        // A bound may be negative: the dash between them is the first one after a digit.
        let dash = bounds.char_indices().skip(1).find(|(_, c)| *c == '-')?.0;
        let (low, high) = (bounds[..dash].parse::<i64>().ok()?, bounds[dash + 1..].parse::<i64>().ok()?);
        if !(low..=high).contains(&code) {
            return None;
        }
        table(FAMILIES, &format!("{platform}-{bounds}"))
    })
}

/// Known codes that a wrong one most likely meant: its neighbours on either side, those with two
/// digits swapped, then the nearest others; by their distance.
pub fn nearest(code: i64, platforms: &[Platform]) -> Vec<Code> {
    let shown = 6 / platforms.len().max(1);
    let swaps = swapped_digits(code);
    let mut near: Vec<Code> = Vec::new();
    for &platform in platforms {
        let mut known: Vec<Code> = codes(platform).filter(|known| known.code != code).collect();
        known.sort_by_key(|known| known.code.abs_diff(code));
        let neighbour = |above: bool| known.iter().find(|known| (known.code > code) == above);
        let swapped = known.iter().filter(|known| swaps.contains(&known.code));
        let mut chosen: Vec<Code> = Vec::new();
        for next in neighbour(false).into_iter().chain(neighbour(true)).chain(swapped).chain(&known) {
            if chosen.len() < shown && !chosen.contains(next) {
                chosen.push(*next);
            }
        }
        near.extend(chosen);
    }
    near.sort_by_key(|known| (known.code.abs_diff(code), known.platform));
    near
}

/// The numbers that this one becomes when two neighbouring digits change places.
fn swapped_digits(code: i64) -> Vec<i64> {
    let digits = code.to_string().into_bytes();
    let swaps = (1..digits.len()).filter_map(|at| {
        let mut other = digits.clone();
        other.swap(at - 1, at);
        String::from_utf8(other).ok()?.parse().ok()
    });
    swaps.collect()
}

/// The table `[name]` of a file that is split by such headers, and only it.
fn table<T: DeserializeOwned>(file: &'static str, name: &str) -> Option<T> {
    // A table that does not parse would be a fault of the file; a test reads every one of them.
    toml::from_str(table_text(file, name)?).ok()
}

/// The lines below the header `[name]`.
fn table_text(file: &'static str, name: &str) -> Option<&'static str> {
    let header = format!("\n[{name}]\n");
    let start = memmem::find(file.as_bytes(), header.as_bytes())? + header.len();
    let end = memmem::find(&file.as_bytes()[start..], b"\n[").map_or(file.len(), |end| start + end + 1);
    Some(&file[start..end])
}

/// Every table of such a file: its name without brackets and quotes, and its lines.
fn tables(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.split("\n[").skip(1).filter_map(|part| {
        let (name, lines) = part.split_once("]\n")?;
        Some((name.trim_matches('"'), lines))
    })
}

fn labels(platform: Platform) -> &'static str {
    match platform {
        Platform::Mp => MP_LABELS,
        Platform::Work => WORK_LABELS,
    }
}

fn entries(platform: Platform) -> &'static str {
    match platform {
        Platform::Mp => MP_ENTRIES,
        Platform::Work => WORK_ENTRIES,
    }
}

fn parse_row(row: &'static str, platform: Platform) -> Option<Code> {
    let mut cells = row.split('\t');
    let code = cells.next()?.parse().ok()?;
    let name = Text { zh: cells.next()?, en: cells.next()? };
    let scope = match cells.next() {
        Some("ma") => Scope::MiniProgram,
        Some("open") => Scope::Open,
        _ => Scope::Own,
    };
    Some(Code { code, platform, name, scope })
}

/// What can be said of a code that has no advice of its own: who answers it, what the official
/// table calls it, what numbers around it speak of.
fn general_meaning(code: Code, family: Option<&Words>) -> Words {
    let (zh_who, en_who) = match (code.platform, code.scope) {
        (Platform::Work, _) => ("企业微信接口", "a WeCom API"),
        (Platform::Mp, Scope::Own) => ("公众号接口", "an Official Account API"),
        (Platform::Mp, Scope::Open) => (
            "api.weixin.qq.com 的公共接口（公众号、小程序、开放平台共用）",
            "an API that everything behind api.weixin.qq.com shares",
        ),
        (Platform::Mp, Scope::MiniProgram) => ("小程序接口", "a mini program API"),
    };
    let Text { zh, en } = code.name;
    let (zh_family, en_family) = family.map_or_else(Default::default, |family| {
        (
            format!("这一段号码说的是：{}。", family.zh),
            format!(" Numbers in this range are about: {}.", family.en),
        )
    });
    Words {
        zh: format!("{zh_who}返回“{zh}”。{zh_family}"),
        en: format!("Answered by {en_who}: \"{en}\".{en_family}"),
    }
}

#[cfg(test)]
mod tests;
