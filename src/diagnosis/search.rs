//! The search: which mistakes, one, two or three at once, turn the given values into the given
//! signature.
//!
//! In: a [`Case`]. Out: an [`Outcome`] with every explanation of the smallest size. The values are
//! layers (url, ticket, nonce, timestamp, how they are joined, the bytes), each with the variants that
//! mistakes make of it; a candidate takes one variant of each. Fewest mistakes are tried first, and an
//! explanation counts only when its whole digest is the one given: it is never a guess.
//!
//! ```text
//! Case ─► layers: variants of each value ─► passes: products of layers ─► kernel: hits
//!      └► readings: digests the given signature may stand for ──────────────┘   │
//!                                          explanations ◄─ routes to the text ◄─┘
//! ```

mod candidate;
mod explain;
mod layers;
mod pass;
mod proof;

use std::sync::atomic::{AtomicU64, Ordering};

pub use super::case::{Case, OtherTicket, TicketRole};
pub use explain::Mistake;
pub use layers::url_mistakes;

use self::candidate::{Hashing, Trial};
use self::explain::{Explained, explanations};
use self::layers::{Layers, Tier, Variant};
use self::pass::{NumberPass, Pass};
use super::mistake::{Algorithm, Expected, Known, Reading, expected_digests, readings};
use wecheck_kernel::Targets;

/// How far the search goes unless asked to go further.
pub const USUAL_MISTAKES: usize = 3;

/// So many texts that hit are gone through for other routes: one signature has one, as a rule.
const MOST_ENDS: usize = 4;

/// How far `--deep` goes.
pub const DEEP_MISTAKES: usize = 4;

/// A part of the work for one number of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Products of the layers, hashed as they should be.
    Products,
    /// Those of them where each mistake is made in its likeliest forms.
    Likeliest,
    /// The products of three with the less usual forms.
    Rest,
    /// Other hash functions.
    Functions,
    /// HMAC-SHA1, which looks like any signature, with two mistakes besides.
    SlowFunctions,
    /// Another number in the timestamp's place.
    Numbers(Reach),
    /// Three mistakes of the url.
    ThirdUrl,
}

/// How far from the given timestamp numbers are tried, and together with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Ten seconds, with two others.
    Moment,
    /// Five minutes, and the milliseconds of a second, with two others in their likeliest forms.
    First,
    /// An hour, with two others five minutes, and the milliseconds of a second.
    Near,
    /// A day, alone or with a mistake of the url.
    DayAndUrl,
    /// A day, with any other mistake.
    Day,
    /// A day, with two mistakes of the url.
    DayAndTwo,
}

/// The order of the work, by the number of mistakes: fewest first, except that what takes long is put
/// behind three usual ones at once. That changes no answer: the texts of two stages differ, and so do
/// their hashes.
const PLAN: &[(usize, Stage)] = &[
    (0, Stage::Products),
    (1, Stage::Products),
    (1, Stage::Functions),
    (1, Stage::Numbers(Reach::DayAndUrl)),
    (2, Stage::Products),
    (2, Stage::Functions),
    (2, Stage::Numbers(Reach::Near)),
    (3, Stage::Likeliest),
    (2, Stage::Numbers(Reach::DayAndUrl)),
    (3, Stage::Products),
    (3, Stage::Functions),
    (3, Stage::Numbers(Reach::Moment)),
    (3, Stage::SlowFunctions),
    (2, Stage::Numbers(Reach::Day)),
    (3, Stage::Numbers(Reach::First)),
    (3, Stage::Numbers(Reach::DayAndUrl)),
    (3, Stage::Numbers(Reach::Day)),
    (3, Stage::Numbers(Reach::Near)),
    (3, Stage::ThirdUrl),
    (3, Stage::Rest),
];

/// What `--deep` adds.
const DEEP: &[(usize, Stage)] = &[(3, Stage::Numbers(Reach::DayAndTwo)), (4, Stage::Products)];

/// What a search found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Explanations of the smallest size, the likeliest first; empty if nothing explains it.
    pub explanations: Vec<Vec<Mistake>>,
    /// Strings that were hashed.
    pub candidates: u64,
    /// Whether nothing was left untried: false where `stop` ended it.
    pub exhausted: bool,
    /// The most mistakes at once that were tried.
    pub max_mistakes: usize,
}

/// Searches for what explains a signature, with at most `max_mistakes` at once. `stop` ends it early;
/// `progress` gets, now and then, how many strings were tried. The same case gives the same answer,
/// whatever the number of threads.
pub fn search(
    case: &Case<'_>,
    threads: usize,
    max_mistakes: usize,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    search_for(
        case,
        &readings(case.given),
        &expected_digests(case.given),
        max_mistakes,
        &Crew { threads: threads.max(1), stop, progress, candidates: AtomicU64::new(0) },
    )
}

/// The search for any number of digests at once.
fn search_for(
    case: &Case<'_>,
    readings: &[Reading],
    expected: &[Expected],
    max_mistakes: usize,
    crew: &Crew<'_>,
) -> Outcome {
    let mut outcome = Outcome { exhausted: true, ..Outcome::default() };
    if readings.is_empty() && expected.is_empty() {
        return outcome;
    }
    let known = Known::of(case);
    let mut search =
        Search { case, layers: Layers::new(case), known: &known, readings, expected, crew, whole: true };
    let deep = if max_mistakes > USUAL_MISTAKES { DEEP } else { &[] };
    let most = max_mistakes.min(case.most_mistakes());
    search.whole &= most == max_mistakes;
    for (size, stage) in PLAN.iter().chain(deep) {
        if *size > most || !search.whole && (search.crew.stop)() {
            continue;
        }
        outcome.max_mistakes = outcome.max_mistakes.max(*size);
        let found = search.stage(*size, *stage);
        outcome.explanations = explanations(case, &known, found);
        if !outcome.explanations.is_empty() {
            break;
        }
    }
    outcome.exhausted = search.whole;
    outcome.candidates = search.crew.candidates.load(Ordering::Relaxed);
    outcome
}

/// Who works, until when, and what they did.
struct Crew<'a> {
    threads: usize,
    stop: &'a (dyn Fn() -> bool + Sync),
    progress: &'a (dyn Fn(u64) + Sync),
    candidates: AtomicU64,
}

impl Crew<'_> {
    fn tried(&self, count: u64) {
        let before = self.candidates.fetch_add(count, Ordering::Relaxed);
        (self.progress)(before + count);
    }
}

struct Search<'a> {
    case: &'a Case<'a>,
    known: &'a Known,
    layers: Layers,
    readings: &'a [Reading],
    expected: &'a [Expected],
    crew: &'a Crew<'a>,
    /// Nothing was left out so far.
    whole: bool,
}

impl Search<'_> {
    /// Does a stage with this many mistakes, those in how the signature is written included.
    fn stage(&mut self, size: usize, stage: Stage) -> Vec<Explained> {
        let mut found = Vec::new();
        for written in 0..=size {
            match stage {
                Stage::Functions | Stage::SlowFunctions => {
                    if let Some(mistakes) = size.checked_sub(written + 1) {
                        self.functions(mistakes, written, stage, &mut found);
                    }
                }
                _ => self.sha1(size - written, written, stage, &mut found),
            }
        }
        found
    }

    /// Candidates with this many mistakes under SHA-1, for the signatures written with `written`.
    fn sha1(&mut self, mistakes: usize, written: usize, stage: Stage, found: &mut Vec<Explained>) {
        let readings: Vec<&Reading> =
            self.readings.iter().filter(|reading| reading.mistakes.len() == written).collect();
        if readings.is_empty() {
            return;
        }
        let targets: Vec<_> = readings.iter().map(|reading| reading.target).collect();
        let targets = Targets::new(&targets);
        let hashing = Hashing::Sha1 { targets: &targets, readings: &readings };
        self.whole &= self.layers.grow(mistakes, self.known, self.case, self.crew);
        match stage {
            Stage::Products | Stage::Likeliest | Stage::Rest => {
                let tier = match (stage, mistakes) {
                    (Stage::Likeliest, _) => Some(Tier::First),
                    (Stage::Rest, 3) | (Stage::Products, 2) => Some(Tier::Combined),
                    (Stage::Products, 0 | 1) => Some(Tier::All),
                    (Stage::Products, _) => Some(Tier::Usual),
                    _ => None,
                };
                let mut passes =
                    tier.map_or_else(Vec::new, |tier| Pass::with_mistakes(&self.layers, mistakes, tier));
                // The smaller first: they hold the likelier, too.
                passes.sort_by_key(Pass::len);
                for mut pass in passes {
                    pass.skips_usual = stage == Stage::Rest;
                    if found.is_empty() {
                        self.whole &= pass.run(self.case, &hashing, self.crew, found);
                    }
                }
            }
            Stage::Numbers(reach) => {
                for numbers in NumberPass::with_mistakes(&self.layers, self.case, mistakes, reach) {
                    if found.is_empty() {
                        self.whole &= numbers.run(self.case, &hashing, self.crew, found);
                    }
                }
            }
            Stage::ThirdUrl if mistakes == 3 && self.case.kind.signs_url() => {
                self.whole &=
                    pass::third_url(&self.layers, self.known, self.case, &hashing, self.crew, found);
            }
            _ => {}
        }
        // What was found ended its pass: other routes to the same text may lie behind it.
        let ends: Vec<(String, Variant<String>)> = found.iter().map(Explained::end).take(MOST_ENDS).collect();
        for (text, timestamp) in ends {
            let narrow = self.layers.narrowed(&text, timestamp);
            let tier = if mistakes <= 1 { Tier::All } else { Tier::Combined };
            for pass in Pass::with_mistakes(&narrow, mistakes, tier) {
                pass.run(self.case, &hashing, self.crew, found);
            }
        }
    }

    /// Candidates with this many mistakes under other hash functions, likewise.
    fn functions(&mut self, mistakes: usize, written: usize, stage: Stage, found: &mut Vec<Explained>) {
        let expected: Vec<&Expected> =
            self.expected.iter().filter(|expected| expected.mistakes.len() == written).collect();
        let looks_usual = self.readings.iter().any(|reading| reading.mistakes.is_empty());
        let slow = looks_usual && mistakes == 2;
        if expected.is_empty() || mistakes > 2 || slow != (stage == Stage::SlowFunctions) {
            return;
        }
        let trials = Trial::of(self.case, &expected);
        self.whole &= self.layers.grow(mistakes, self.known, self.case, self.crew);
        let hashing = Hashing::Other { trials: &trials };
        let tier = if mistakes < 2 { Tier::All } else { Tier::Usual };
        let mut passes = Pass::with_mistakes(&self.layers, mistakes, tier);
        passes.sort_by_key(Pass::len);
        for pass in passes {
            self.whole &= pass.run(self.case, &hashing, self.crew, found);
        }
    }
}

#[cfg(test)]
mod tests;
