//! The catalog: what every error code, client message and troubleshooting topic means, and what
//! to do about it, on which platform.
//!
//! In: a code and a platform, or a text as a server, a phone or a log prints it
//! ([`query::understand`]), or words to search for. Out: a [`Code`] with its short name, an
//! [`Explanation`], a [`Message`](message::Message) of the client libraries, a
//! [`Topic`](topic::Topic) of the FAQ, or the codes of a log ([`scan::Scanner`]).
//!
//! The files under `data/` are part of the program and are never parsed as a whole: a look-up
//! finds its line, or inflates the part with its table, and reads only that, so that one code costs
//! microseconds.

mod address;
pub mod answer;
mod cloud;
mod counted;
mod doubt;
mod everyday;
mod fields;
mod found;
pub mod js_api;
pub mod message;
mod object;
pub mod observed;
mod page_list;
pub mod place;
pub mod query;
pub mod scan;
pub mod search;
mod server_text;
pub mod soter;
pub mod topic;
pub mod user_agent;

use std::sync::OnceLock;

use memchr::memmem;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::lang::{Text, Words};
use crate::packed::{Packed, packed};
use crate::platform::Platform;
use crate::rank::by_rank;

// Each begins with a line break, so that every row and header can be found by the one before it: the deflated ones too.
static MP_LABELS: Packed = packed!("data/labels/mp.tsv");
static WORK_LABELS: Packed = packed!("data/labels/work.tsv");
static MP_ENTRIES: Packed = packed!("data/errcodes/mp.toml");
static WORK_ENTRIES: Packed = packed!("data/errcodes/work.toml");
const FAMILIES: &str = concat!("\n", include_str!("../data/errcodes/families.toml"));

/// A code and what the official table calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The number.
    pub code: i64,
    /// The platform it belongs to.
    pub platform: Platform,
    /// The official short label; the translation is ours if no official one is known.
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

/// What is said about a code, a message or a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
    /// Whether people hardly meet it: of two platforms' codes the other one comes first.
    #[serde(default)]
    pub rare: bool,
}

/// A range of numbers that speak of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Family {
    /// What the range is about.
    pub name: Words,
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
    parse_row(sorted_line(labels(platform).around(code), code)?, platform)
}

/// The line with this number in a file whose lines are sorted by number: a list of thousands of codes
/// is looked up without reading the file for each.
fn sorted_line(file: &'static str, code: i64) -> Option<&'static str> {
    let key = |line: &str| line.split_once('\t').and_then(|(number, _)| number.parse::<i64>().ok());
    let (mut low, mut high) = (0, file.len());
    while low < high {
        // The first line from the middle on; none there means that the answer is before it.
        let middle = floor(file, low + (high - low) / 2);
        let mut at = middle;
        let found = loop {
            let Some(step) = memchr::memchr(b'\n', &file.as_bytes()[at..high]) else { break None };
            let start = at + step + 1;
            let line = &file[start
                ..memchr::memchr(b'\n', &file.as_bytes()[start..]).map_or(file.len(), |end| start + end)];
            match key(line) {
                Some(number) => break Some((number, start, line)),
                None => at = start,
            }
        };
        match found {
            Some((number, _, line)) if number == code => return Some(line),
            Some((number, start, line)) if number < code => low = start + line.len(),
            _ => high = middle,
        }
    }
    None
}

/// The character boundary at or before this place.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Every code of a platform, by number.
pub fn codes(platform: Platform) -> impl Iterator<Item = Code> {
    labels(platform).text().lines().skip(1).filter_map(move |row| parse_row(row, platform))
}

/// The same, read once.
fn sorted(platform: Platform) -> &'static [Code] {
    static SORTED: [OnceLock<Vec<Code>>; 2] = [OnceLock::new(), OnceLock::new()];
    let place = &SORTED[usize::from(platform == Platform::Work)];
    place.get_or_init(|| codes(platform).collect())
}

/// What the code means on this platform, why, and what to do; for a code without an entry what the
/// codes around it are about, and nothing else: a neighbor's advice is not lent.
pub fn explain(code: i64, platform: Platform) -> Option<Explanation> {
    let code = lookup(code, platform)?;
    if let Some(advice) = entry(code.code, platform) {
        return Some(Explanation { code, advice, own: true });
    }
    let family = family(code.code, platform);
    let advice = Advice {
        meaning: general_meaning(code, family.as_ref().map(|family| &family.name)),
        causes: Vec::new(),
        fixes: Vec::new(),
        commands: Vec::new(),
        see: Vec::new(),
        rare: false,
    };
    Some(Explanation { code, advice, own: false })
}

/// The advice written for this code.
fn entry(code: i64, platform: Platform) -> Option<Advice> {
    table(packed_entries(platform).around(code), &code.to_string())
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
        let all = sorted(platform);
        let here = all.partition_point(|known| known.code < code);
        // So many on either side are enough, wherever the others are.
        let beside = here.saturating_sub(shown)..(here + shown + 1).min(all.len());
        let elsewhere =
            swaps.iter().filter_map(|swap| all.binary_search_by_key(swap, |known| known.code).ok());
        let mut places: Vec<usize> = beside.chain(elsewhere).collect();
        places.sort_unstable();
        places.dedup();
        let mut known: Vec<Code> = places.into_iter().map(|at| all[at]).collect();
        known.retain(|known| known.code != code);
        by_rank(&mut known, |known| known.code.abs_diff(code));
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
    by_rank(&mut near, |known| (known.code.abs_diff(code), known.platform));
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
    parse(table_text(file, name)?)
}

/// A table's lines as what they hold, with the places of the consoles filled in.
fn parse<T: DeserializeOwned>(lines: &str) -> Option<T> {
    toml::from_str(&place::fill(lines)).ok()
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

fn labels(platform: Platform) -> &'static Packed {
    match platform {
        Platform::Mp => &MP_LABELS,
        Platform::Work => &WORK_LABELS,
    }
}

fn entries(platform: Platform) -> &'static str {
    packed_entries(platform).text()
}

fn packed_entries(platform: Platform) -> &'static Packed {
    match platform {
        Platform::Mp => &MP_ENTRIES,
        Platform::Work => &WORK_ENTRIES,
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
/// table calls it, what numbers around it concern.
fn general_meaning(code: Code, family: Option<&Words>) -> Words {
    let (zh_who, en_who) = match (code.platform, code.scope) {
        (Platform::Work, _) => ("企业微信接口", "WeCom's APIs"),
        (Platform::Mp, Scope::Own) => ("公众号接口", "the Official Account APIs"),
        (Platform::Mp, Scope::Open) => (
            "微信开放接口（api.weixin.qq.com，公众号、小程序、开放平台共用）",
            "the APIs of api.weixin.qq.com",
        ),
        (Platform::Mp, Scope::MiniProgram) => ("小程序接口", "the mini program APIs"),
    };
    let Text { zh, en } = code.name;
    let (zh_family, en_family) = family.map_or_else(Default::default, |family| {
        (
            format!("这一段错误码大多与“{}”有关。", family.zh),
            format!(" Codes in this range concern {}.", family.en),
        )
    });
    Words {
        zh: format!("{zh_who}的错误码，官方名称是“{zh}”，还没有专门的说明。{zh_family}"),
        en: format!(
            "A code of {en_who}, which the official table calls \"{en}\". There is no entry for this very code.{en_family}"
        ),
    }
}

#[cfg(test)]
mod tests;
