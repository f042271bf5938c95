//! SHA-1 over very many candidate strings, as fast as the machine can.
//!
//! The search behind "invalid signature" asks one question tens of millions of times: does this
//! string hash to that signature? Nearly every answer is "no", and nearly all strings begin alike.
//! So the common beginning is hashed once ([`Prefix`]), candidates are hashed up to sixteen at a
//! time, one in each 32-bit lane of a vector register ([`Backend`]), and a digest is looked at
//! closer only when its first word fits ([`Targets`]). Two searches rest on that:
//! [`find_numbers`] for a decimal number inside the string, and [`Batch`] for anything else.
//!
//! ```text
//! Prefix ─┬─ find_numbers ─┬─ plain    one by one, the `sha1` crate ─┬─ Targets ── Hit
//!         └─ Batch ────────┼─ avx2     8 lanes an instruction ───────┤
//!                          └─ avx512   16 lanes an instruction ──────┘
//! ```
//!
//! What is called often is neither generic nor inlined into a caller: there it would lose the
//! optimization of this crate.
//!
//! Groups are always sixteen wide, whichever vectors hash them, so that everything but the rounds
//! is written once, in safe Rust. `unsafe` is confined to `lanes.rs`, `avx2.rs` and
//! `avx512.rs`. The plain way is their safe twin: the tests hold both against the library, it
//! uses the SHA instructions of x86 and ARM where the `sha1` crate finds them, and it serves
//! every machine without vectors.

#[cfg(target_arch = "x86_64")]
#[macro_use]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod batch;
mod numbers;
mod targets;
#[cfg(test)]
mod tests;

pub use batch::Batch;
pub use numbers::find_numbers;
pub use targets::{Hit, Target, Targets};

/// Candidates hashed together: as many as the widest vector has 32-bit lanes.
const LANES: usize = 16;
const BLOCK_LEN: usize = 64;
const INITIAL_STATE: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const ROUND_CONSTANTS: [u32; 4] = [0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6];

/// The beginning that candidates share, hashed as far as whole blocks go.
#[derive(Clone)]
pub struct Prefix {
    state: [u32; 5],
    /// What no longer fills a block, up to `tail_len`.
    tail: [u8; BLOCK_LEN],
    tail_len: usize,
    blocks_hashed: u64,
}

impl Prefix {
    /// Hashes the whole blocks of `beginning` and keeps the rest.
    #[must_use]
    pub fn new(beginning: &[u8]) -> Self {
        let empty = Self { state: INITIAL_STATE, tail: [0; BLOCK_LEN], tail_len: 0, blocks_hashed: 0 };
        empty.extend(beginning)
    }

    /// The prefix that goes on with `more`: cheaper than [`Prefix::new`] on both together.
    #[must_use]
    pub fn extend(&self, more: &[u8]) -> Self {
        let mut longer = self.clone();
        let missing = BLOCK_LEN - self.tail_len;
        if let Some((head, more)) = more.split_at_checked(missing) {
            longer.tail[self.tail_len..].copy_from_slice(head);
            sha1::block_api::compress(&mut longer.state, &[longer.tail]);
            let (whole, rest) = more.as_chunks();
            sha1::block_api::compress(&mut longer.state, whole);
            longer.blocks_hashed += 1 + whole.len() as u64;
            longer.tail[..rest.len()].copy_from_slice(rest);
            longer.tail_len = rest.len();
        } else {
            longer.tail[self.tail_len..][..more.len()].copy_from_slice(more);
            longer.tail_len += more.len();
        }
        longer
    }

    /// SHA-1 of the prefix followed by `rest`, alone and at once: for the candidate that is
    /// looked at closer.
    #[must_use]
    pub fn digest(&self, rest: &[u8]) -> [u8; 20] {
        let mut digest = [0; 20];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.words(rest)) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    fn words(&self, rest: &[u8]) -> [u32; 5] {
        let mut whole = self.extend(rest);
        let mut end = [[0; BLOCK_LEN]; 2];
        let end = &mut end[..whole.block_count(0)];
        whole.fill(b"", end);
        sha1::block_api::compress(&mut whole.state, end);
        whole.state
    }

    /// How many blocks are still to be hashed when this many bytes end the message: a bit of
    /// padding (here a byte) and 8 bytes of length follow them.
    fn block_count(&self, rest_len: usize) -> usize {
        (self.tail_len + rest_len + 1 + 8).div_ceil(BLOCK_LEN)
    }

    /// Writes the blocks that are still to be hashed when `rest` ends the message over `blocks`,
    /// of which there must be [`Prefix::block_count`].
    #[inline]
    fn fill(&self, rest: &[u8], blocks: &mut [[u8; BLOCK_LEN]]) {
        let len = self.blocks_hashed * BLOCK_LEN as u64 + (self.tail_len + rest.len()) as u64;
        // All of the tail's array, because a copy of known length is one instruction.
        blocks[0] = self.tail;
        let (text, length) = blocks.as_flattened_mut().split_last_chunk_mut().expect("a block at least");
        let (rest_at, padding) = text[self.tail_len..].split_at_mut(rest.len());
        rest_at.copy_from_slice(rest);
        padding.fill(0);
        padding[0] = 0x80;
        *length = (len * 8).to_be_bytes();
    }
}

/// What the candidates are hashed with. Opaque, because a value of it is the proof that this
/// processor can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend(Option<Lanes>);

impl Backend {
    /// The fastest one this processor has.
    #[must_use]
    pub fn best() -> Self {
        Self::all_available().last().unwrap_or(Self(None))
    }

    /// Every one this processor has, slowest first: for tests and benches.
    pub fn all_available() -> impl Iterator<Item = Self> {
        let backends = [
            Some(Self(None)),
            #[cfg(target_arch = "x86_64")]
            avx2::Avx2::detect().map(|avx2| Self(Some(Lanes::Avx2(avx2)))),
            #[cfg(target_arch = "x86_64")]
            avx512::Avx512::detect().map(|avx512| Self(Some(Lanes::Avx512(avx512)))),
        ];
        backends.into_iter().flatten()
    }

    /// A name for reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            None => "plain",
            #[cfg(target_arch = "x86_64")]
            Some(Lanes::Avx2(_)) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Some(Lanes::Avx512(_)) => "avx512",
        }
    }
}

/// What hashes [`LANES`] candidates in step. Without any on other processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lanes {
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
}

#[cfg_attr(not(target_arch = "x86_64"), expect(unused_variables, reason = "no lanes to hand them to"))]
impl Lanes {
    /// The words of one block from each lane.
    fn transpose(self, blocks: [&[u8; BLOCK_LEN]; LANES]) -> Block {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(avx2) => avx2.transpose(blocks),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(avx512) => avx512.transpose(blocks),
        }
    }

    /// One compression in each of the first `live` lanes; what the others hold afterwards is
    /// not defined.
    fn compress(self, live: usize, state: &mut State, block: &Block) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(avx2) => avx2.compress(live, state, block),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(avx512) => avx512.compress(live, state, block),
        }
    }

    /// The same with one block for all lanes, given as its [`schedule`]: a third of the work is
    /// shared then.
    fn compress_same(self, live: usize, state: &mut State, schedule: &[u32; 80]) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(avx2) => avx2.compress_same(live, state, schedule),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(avx512) => avx512.compress_same(live, state, schedule),
        }
    }
}

/// A row of lanes for each word, so that a row is loaded as one vector. Aligned to a cache line,
/// so that no load crosses two.
#[derive(Clone)]
#[repr(C, align(64))]
struct Rows<const COUNT: usize>([[u32; LANES]; COUNT]);
type State = Rows<5>;
type Block = Rows<16>;

impl<const COUNT: usize> Rows<COUNT> {
    const ZERO: Self = Self([[0; LANES]; COUNT]);

    fn same_in_all(words: [u32; COUNT]) -> Self {
        Self(words.map(|word| [word; LANES]))
    }

    fn lane(&self, lane: usize) -> [u32; COUNT] {
        self.0.map(|row| row[lane])
    }

    fn set_lane(&mut self, lane: usize, words: [u32; COUNT]) {
        for (row, word) in self.0.iter_mut().zip(words) {
            row[lane] = word;
        }
    }
}

/// The eighty words that a block is expanded to, round constants added.
fn schedule(block: &[u8; BLOCK_LEN]) -> [u32; 80] {
    let mut words = [0; 80];
    words[..16].copy_from_slice(&words_of(block));
    for t in 16..80 {
        let mixed = words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16];
        words[t] = mixed.rotate_left(1);
    }
    for (t, word) in words.iter_mut().enumerate() {
        *word = word.wrapping_add(ROUND_CONSTANTS[t / 20]);
    }
    words
}

fn words_of(block: &[u8; BLOCK_LEN]) -> [u32; 16] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    words
}
