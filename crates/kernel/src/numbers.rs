//! The search for a number inside the string: the second at which a timestamp was really taken.
//!
//! Ten thousand neighbours differ in their last four digits only. So blocks before those digits
//! are hashed once for all of them, only the one or two words that hold them are written again for
//! each group of lanes, and blocks behind them share their message schedule for the whole search.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::{BLOCK_LEN, Backend, Block, Hit, LANES, Lanes, Prefix, State, Targets, schedule, words_of};

/// How many last digits are counted through in the lanes: as many as fill a word.
const LOW_DIGITS: usize = 4;

/// Every number below 10,000 as four ASCII digits, and some zeros so that a whole group of lanes
/// can be read at the end.
static LOW: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let digits =
        |n: u32| 0x3030_3030 | (n / 1000) << 24 | (n / 100 % 10) << 16 | (n / 10 % 10) << 8 | (n % 10);
    (0..10_000).map(digits).chain([0; LANES]).collect()
});

/// Finds the numbers for which `prefix`, the number in decimal without leading zeros, and `suffix`
/// together hash to a target. Hits come in ascending order.
///
/// A day to either side takes a few milliseconds; split a range that is much longer, to be able
/// to stop.
#[must_use]
#[inline(never)]
pub fn find_numbers(
    backend: Backend,
    prefix: &Prefix,
    range: RangeInclusive<u64>,
    suffix: &[u8],
    targets: &Targets,
) -> Vec<Hit> {
    let mut hits = Vec::new();
    let last = *range.end();
    let mut next = Some(*range.start());
    // The text behind the number moves when the number gets longer: a search for each length.
    while let Some(from) = next.filter(|from| *from <= last) {
        let digits = from.checked_ilog10().unwrap_or(0) + 1;
        let longest = 10_u64.checked_pow(digits).map_or(u64::MAX, |end| end - 1);
        let to = last.min(longest);
        let mut search = SameLength::new(prefix, digits as usize, suffix);
        search.run(backend, from..=to, targets, &mut hits);
        next = to.checked_add(1);
    }
    hits
}

struct SameLength {
    start: [u32; 5],
    /// The message from the end of `start` on. Its low digits are zero bytes, for the lanes to
    /// put theirs in.
    blocks: Vec<[u8; BLOCK_LEN]>,
    /// Where in `blocks` the upper digits begin, and the low digits.
    high_at: usize,
    low_at: usize,
    low_len: usize,
    /// The blocks that hold low digits, which may be across a border.
    varying: std::ops::Range<usize>,
    /// What the blocks behind them are expanded to.
    schedules_behind: Vec<[u32; 80]>,
}

impl SameLength {
    fn new(prefix: &Prefix, digits: usize, suffix: &[u8]) -> Self {
        let mut rest = vec![0; digits];
        rest.extend_from_slice(suffix);
        let mut blocks = vec![[0; BLOCK_LEN]; prefix.block_count(rest.len())];
        prefix.fill(&rest, &mut blocks);

        let low_len = digits.min(LOW_DIGITS);
        let low_end = prefix.tail_len + digits;
        let low_at = low_end - low_len;
        let varying = low_at / BLOCK_LEN..(low_end - 1) / BLOCK_LEN + 1;
        Self {
            start: prefix.state,
            high_at: prefix.tail_len,
            low_at,
            low_len,
            schedules_behind: blocks[varying.end..].iter().map(schedule).collect(),
            varying,
            blocks,
        }
    }

    fn run(&mut self, backend: Backend, range: RangeInclusive<u64>, targets: &Targets, hits: &mut Vec<Hit>) {
        let (from, to) = range.into_inner();
        let span = 10_u64.pow(u32::try_from(self.low_len).expect("at most 4"));
        for high in from / span..=to / span {
            let base = high * span;
            let low_from = from.saturating_sub(base);
            let low_to = (to - base).min(span - 1);
            #[expect(clippy::cast_possible_truncation, reason = "below 10,000")]
            let low = low_from as usize..=low_to as usize;
            self.run_same_high(backend, high, low, targets, |low, target| {
                hits.push(Hit { id: base + low as u64, target });
            });
        }
    }

    fn run_same_high(
        &mut self,
        backend: Backend,
        high: u64,
        low: RangeInclusive<usize>,
        targets: &Targets,
        report: impl FnMut(usize, usize),
    ) {
        let message = self.blocks.as_flattened_mut();
        let mut left = high;
        for digit in message[self.high_at..self.low_at].iter_mut().rev() {
            *digit = b'0' + (left % 10) as u8;
            left /= 10;
        }
        let mut start = self.start;
        sha1::block_api::compress(&mut start, &self.blocks[..self.varying.start]);
        match backend.0 {
            Some(lanes) => self.run_in_lanes(lanes, start, low, targets, report),
            None => self.run_one_by_one(start, low, targets, report),
        }
    }

    fn run_in_lanes(
        &self,
        lanes: Lanes,
        start: [u32; 5],
        low: RangeInclusive<usize>,
        targets: &Targets,
        mut report: impl FnMut(usize, usize),
    ) {
        let start = State::same_in_all(start);
        let mut varying = [Block::ZERO; 2];
        for (rows, block) in varying.iter_mut().zip(&self.blocks[self.varying.clone()]) {
            *rows = Block::same_in_all(words_of(block));
        }
        let varying_len = self.varying.len();
        let patch = Patch::new(self.low_at - self.varying.start * BLOCK_LEN, self.low_len, &varying);
        let low_end = low.end() + 1;
        let table = LOW.as_slice();
        for low in low.step_by(LANES) {
            let live = LANES.min(low_end - low);
            patch.apply(&table[low..], &mut varying);
            let mut state = start.clone();
            for block in &varying[..varying_len] {
                lanes.compress(live, &mut state, block);
            }
            for schedule in &self.schedules_behind {
                lanes.compress_same(live, &mut state, schedule);
            }
            targets.check_lanes(live, &state, |lane, target| report(low + lane, target));
        }
    }

    fn run_one_by_one(
        &mut self,
        start: [u32; 5],
        low: RangeInclusive<usize>,
        targets: &Targets,
        mut report: impl FnMut(usize, usize),
    ) {
        for low in low {
            let digits = LOW[low].to_be_bytes();
            self.blocks.as_flattened_mut()[self.low_at..][..self.low_len]
                .copy_from_slice(&digits[LOW_DIGITS - self.low_len..]);
            let mut words = start;
            sha1::block_api::compress(&mut words, &self.blocks[self.varying.start..]);
            targets.check(&words, |target| report(low, target));
        }
    }
}

/// Puts the low digits of a group of lanes into the one or two words they touch.
struct Patch {
    /// The first of the words, counted through both varying blocks.
    word: usize,
    /// How far the digits are from the left of a word: in [`LOW`], and in the message.
    left_in_table: usize,
    left_in_word: usize,
    spills: bool,
    /// The words with zeros for the digits.
    bare: [u32; 2],
}

impl Patch {
    fn new(at: usize, len: usize, blocks: &[Block; 2]) -> Self {
        let word = at / 4;
        let spills = at % 4 + len > 4;
        let bare = |word: usize| blocks[word / 16].0[word % 16][0];
        Self {
            word,
            left_in_table: 8 * (LOW_DIGITS - len),
            left_in_word: 8 * (at % 4),
            spills,
            bare: [bare(word), if spills { bare(word + 1) } else { 0 }],
        }
    }

    #[inline]
    fn apply(&self, low: &[u32], blocks: &mut [Block; 2]) {
        let row = &mut blocks[self.word / 16].0[self.word % 16];
        for (lane, digits) in row.iter_mut().zip(low) {
            *lane = self.bare[0] | digits << self.left_in_table >> self.left_in_word;
        }
        if self.spills {
            let word = self.word + 1;
            let row = &mut blocks[word / 16].0[word % 16];
            for (lane, digits) in row.iter_mut().zip(low) {
                *lane = self.bare[1] | digits << self.left_in_table << (32 - self.left_in_word);
            }
        }
    }
}
