//! What is searched for. A search has one signature, but that signature may stand for several
//! digests (zeros lost somewhere, a window of a longer text), and a test wants a thousand at once;
//! so there is always a set, and asking a set costs no more than asking for one.

use super::{LANES, State};

/// A digest that is looked for, whole or cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    words: [u32; 5],
    /// The bits of the last word that are known: a cut of 32 digits or more touches no other.
    last_mask: u32,
}

impl Target {
    /// The whole digest.
    #[must_use]
    pub fn new(digest: [u8; 20]) -> Self {
        let mut words = [0; 5];
        for (word, bytes) in words.iter_mut().zip(digest.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        Self { words, last_mask: u32::MAX }
    }

    /// The first 32 to 40 hex digits of it, in either case. Fewer prove nothing: `None`.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.len();
        if !(32..=40).contains(&digits) {
            return None;
        }
        let mut words = [0; 5];
        for (at, digit) in hex.chars().enumerate() {
            words[at / 8] |= digit.to_digit(16)? << (28 - 4 * (at % 8));
        }
        let known_bits = 4 * (digits - 32);
        Some(Self { words, last_mask: !u32::MAX.unbounded_shr(u32::try_from(known_bits).ok()?) })
    }

    fn matches(&self, words: &[u32; 5]) -> bool {
        self.words[..4] == words[..4] && (self.words[4] ^ words[4]) & self.last_mask == 0
    }
}

/// A candidate whose digest is, in full, one of the targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The number or the id of the candidate.
    pub id: u64,
    /// Which target, by its place in what [`Targets::new`] was given.
    pub target: usize,
}

/// The digests that are looked for.
pub struct Targets {
    /// With the place each was given at, ordered by first word.
    sorted: Vec<(Target, usize)>,
    /// A bit for each upper half of a first word that occurs: says no to nearly every digest
    /// without a look at `sorted`.
    halves: Box<[u64; HALVES / 64]>,
}

const HALVES: usize = 1 << 16;

impl Targets {
    /// A set of any size, none included.
    #[must_use]
    pub fn new(targets: &[Target]) -> Self {
        let mut sorted: Vec<_> = targets.iter().copied().zip(0..).collect();
        sorted.sort_by_key(|(target, place)| (target.words[0], *place));
        let mut halves = Box::new([0; HALVES / 64]);
        for (target, _) in &sorted {
            let half = (target.words[0] >> 16) as usize;
            halves[half / 64] |= 1 << (half % 64);
        }
        Self { sorted, halves }
    }

    /// Reports the first `live` lanes of a finished state that are a target.
    #[inline]
    pub(super) fn check_lanes(&self, live: usize, state: &State, mut report: impl FnMut(usize, usize)) {
        let survivors = self.survivors(&state.0[0]);
        // Rarely taken: nearly every group of lanes ends here.
        if survivors == 0 {
            return;
        }
        for lane in (0..live).filter(|lane| survivors >> lane & 1 == 1) {
            self.check(&state.lane(lane), |target| report(lane, target));
        }
    }

    /// Reports every target that is this digest.
    pub(super) fn check(&self, words: &[u32; 5], mut report: impl FnMut(usize)) {
        if !self.may_begin_with(words[0]) {
            return;
        }
        let start = self.sorted.partition_point(|(target, _)| target.words[0] < words[0]);
        for (target, place) in &self.sorted[start..] {
            if target.words[0] != words[0] {
                break;
            }
            if target.matches(words) {
                report(*place);
            }
        }
    }

    /// A bit for each lane whose first word may be that of a target.
    #[inline]
    fn survivors(&self, first_words: &[u32; LANES]) -> u32 {
        let mut survivors = 0;
        if let [(only, _)] = self.sorted.as_slice() {
            // The usual case, and one that is compared in vectors.
            for (lane, word) in first_words.iter().enumerate() {
                survivors |= u32::from(*word == only.words[0]) << lane;
            }
        } else {
            for (lane, word) in first_words.iter().enumerate() {
                survivors |= u32::from(self.may_begin_with(*word)) << lane;
            }
        }
        survivors
    }

    #[inline]
    fn may_begin_with(&self, first_word: u32) -> bool {
        let half = (first_word >> 16) as usize;
        self.halves[half / 64] >> (half % 64) & 1 == 1
    }
}
