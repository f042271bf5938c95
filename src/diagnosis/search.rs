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

mod explain;
mod layers;
mod pass;

use std::sync::atomic::{AtomicU64, Ordering};

pub use super::case::{Case, OtherTicket, TicketRole};
pub use explain::Mistake;

use self::explain::{Explained, explanations};
use self::layers::Layers;
use self::pass::{Hashing, NumberPass, Pass, Trial};
use super::kernel::Targets;
use super::mistake::{Algorithm, Expected, Known, Reading, expected_digests, readings};

/// How far the search goes unless asked to go further.
pub const USUAL_MISTAKES: usize = 3;

/// What a search found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Explanations of the smallest size, the likeliest first; empty where nothing explains it.
    pub explanations: Vec<Vec<Mistake>>,
    /// Strings that were hashed.
    pub candidates: u64,
    /// Whether nothing was left untried: false where `stop` ended it.
    pub exhausted: bool,
    /// The most mistakes at once that were tried.
    pub max_mistakes: usize,
}

/// Searches for what explains a signature, with at most `max_mistakes` at once. `stop` ends it early;
/// `progress` is told now and then how many strings were tried. The same case gives the same answer,
/// whatever the number of threads.
pub fn search(
    case: &Case<'_>,
    threads: usize,
    max_mistakes: usize,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    let readings = readings(case.given);
    let expected = expected_digests(case.given);
    let mut outcome = Outcome { exhausted: true, ..Outcome::default() };
    if readings.is_empty() && expected.is_empty() {
        return outcome;
    }
    let known = Known::of(case);
    let mut search = Search {
        case,
        layers: Layers::new(case),
        known: &known,
        readings: &readings,
        expected: &expected,
        crew: Crew { threads: threads.max(1), stop, progress, candidates: AtomicU64::new(0) },
        whole: true,
    };
    for size in 0..=max_mistakes {
        outcome.max_mistakes = size;
        let found = search.level(size);
        outcome.explanations = explanations(case, &known, found);
        if !outcome.explanations.is_empty() || !search.whole {
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
    crew: Crew<'a>,
    /// Nothing was left out so far.
    whole: bool,
}

impl Search<'_> {
    /// Everything that `size` mistakes can make, the likelier and the quicker first.
    fn level(&mut self, size: usize) -> Vec<Explained> {
        let mut found = Vec::new();
        for cost in 0..=size.min(3) {
            let readings: Vec<&Reading> =
                self.readings.iter().filter(|reading| reading.mistakes.len() == cost).collect();
            if !readings.is_empty() {
                let targets: Vec<_> = readings.iter().map(|reading| reading.target).collect();
                let targets = Targets::new(&targets);
                self.sha1(size - cost, &targets, &readings, &mut found);
            }
        }
        for cost in 0..size {
            let expected: Vec<&Expected> =
                self.expected.iter().filter(|expected| expected.mistakes.len() == cost).collect();
            if found.is_empty() && !expected.is_empty() {
                self.other_functions(size - 1 - cost, &expected, &mut found);
            }
        }
        found
    }

    /// Candidates with this many mistakes, hashed as they should be.
    fn sha1(
        &mut self,
        mistakes: usize,
        targets: &Targets,
        readings: &[&Reading],
        found: &mut Vec<Explained>,
    ) {
        self.whole &= self.layers.grow(mistakes, self.known, self.case, &self.crew);
        let hashing = Hashing::Sha1 { targets, readings };
        let mut passes = Pass::with_mistakes(&self.layers, mistakes);
        // The smaller first: they hold the likelier, too.
        passes.sort_by_key(Pass::len);
        // Up to two mistakes all explanations are wanted; three at once are found by one route.
        let all = mistakes <= 2;
        for pass in &passes {
            if all || found.is_empty() {
                self.whole &= pass.run(self.case, &hashing, &self.crew, found);
            }
        }
        if !found.is_empty() || mistakes == 0 {
            return;
        }
        for numbers in NumberPass::with_mistakes(&self.layers, self.case, mistakes) {
            if found.is_empty() {
                self.whole &= numbers.run(self.case, &hashing, &self.crew, found);
            }
        }
        if found.is_empty() && mistakes == 3 && self.case.kind.signs_url() {
            self.whole &= pass::third_url(&self.layers, self.known, self.case, &hashing, &self.crew, found);
        }
    }

    /// Candidates with this many mistakes besides, under other hash functions.
    fn other_functions(&mut self, mistakes: usize, expected: &[&Expected], found: &mut Vec<Explained>) {
        let trials = Trial::of(self.case, expected);
        // HMAC-SHA1 looks like any signature: with two mistakes besides it is not worth the time.
        let looks_usual = self.readings.iter().any(|reading| reading.mistakes.is_empty());
        if trials.is_empty() || mistakes > 2 || looks_usual && mistakes > 1 {
            return;
        }
        self.whole &= self.layers.grow(mistakes, self.known, self.case, &self.crew);
        let hashing = Hashing::Other { trials: &trials };
        for pass in Pass::with_mistakes(&self.layers, mistakes) {
            self.whole &= pass.run(self.case, &hashing, &self.crew, found);
        }
    }
}

#[cfg(test)]
mod tests;
