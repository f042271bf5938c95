//! SHA-1 over vectors, written once for every width.
//!
//! A macro and not a trait: code generic over a trait does not inherit the target features of the
//! function it is compiled into, and without them each operation may stay a call. The macro also
//! writes out the eighty rounds, so that the sixteen words of the schedule can stay in registers:
//! a loop over them would keep them in memory.

/// Defines `$name`, the proof that this processor has `$feature`, with what `Lanes` asks of it.
///
/// The module that calls it defines `WIDTH`, the lanes of a vector, and safe functions with the
/// same feature: `load`, `store`, `splat`, `add`, `rotl`, `choose`, `parity`, `majority`, `xor`
/// (of four) and `interleave`.
macro_rules! lane_backend {
    ($name:ident, $feature:tt) => {
        /// Exists only if the processor was asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) struct $name(());

        impl $name {
            pub(super) fn detect() -> Option<Self> {
                std::arch::is_x86_feature_detected!($feature).then_some(Self(()))
            }

            pub(super) fn transpose(self, blocks: [&[u8; 64]; LANES]) -> Block {
                // SAFETY: `self` was made by `detect`, which saw the feature.
                unsafe { transpose(blocks) }
            }

            pub(super) fn compress(self, live: usize, state: &mut State, block: &Block) {
                // SAFETY: `self` was made by `detect`, which saw the feature.
                unsafe { compress(live, state, block) }
            }

            pub(super) fn compress_same(self, live: usize, state: &mut State, schedule: &[u32; 80]) {
                // SAFETY: `self` was made by `detect`, which saw the feature.
                unsafe { compress_same(live, state, schedule) }
            }
        }

        /// A square of `WIDTH` lanes and words at a time. Interleaving the first half of the rows
        /// with the second moves every element to where its index, rotated by a bit, says; after
        /// as many turns as an index has bits, row and column have changed places.
        #[target_feature(enable = $feature)]
        fn transpose(blocks: [&[u8; 64]; LANES]) -> Block {
            let mut block = Block::ZERO;
            for (part, blocks) in blocks.as_chunks::<WIDTH>().0.iter().enumerate() {
                for column in 0..16 / WIDTH {
                    let mut square = [splat(0); WIDTH];
                    for (row, bytes) in square.iter_mut().zip(blocks) {
                        *row = load(&words_of(bytes).as_chunks().0[column]);
                    }
                    for _ in 0..WIDTH.ilog2() {
                        let before = square;
                        for i in 0..WIDTH / 2 {
                            (square[2 * i], square[2 * i + 1]) = interleave(before[i], before[i + WIDTH / 2]);
                        }
                    }
                    for (i, row) in square.into_iter().enumerate() {
                        let row_of_block = &mut block.0[column * WIDTH + i];
                        store(&mut row_of_block.as_chunks_mut().0[part], row);
                    }
                }
            }
            block
        }

        #[target_feature(enable = $feature)]
        fn compress(live: usize, state: &mut State, block: &Block) {
            for part in 0..live.div_ceil(WIDTH) {
                let mut w = [splat(0); 16];
                for (word, row) in w.iter_mut().zip(&block.0) {
                    *word = load(&row.as_chunks().0[part]);
                }
                macro_rules! word {
                    ($t:expr) => {{
                        if $t >= 16 {
                            w[$t % 16] = rotl::<1>(xor(
                                w[($t + 13) % 16],
                                w[($t + 8) % 16],
                                w[($t + 2) % 16],
                                w[$t % 16],
                            ));
                        }
                        add(w[$t % 16], splat(ROUND_CONSTANTS[$t / 20]))
                    }};
                }
                all_rounds!(state, part, word);
            }
        }

        #[target_feature(enable = $feature)]
        fn compress_same(live: usize, state: &mut State, schedule: &[u32; 80]) {
            for part in 0..live.div_ceil(WIDTH) {
                macro_rules! word {
                    ($t:expr) => {
                        splat(schedule[$t])
                    };
                }
                all_rounds!(state, part, word);
            }
        }
    };
}

/// Eighty rounds on the lanes of `$part`; `$word!(t)` gives word `t` of the schedule with its
/// round constant added.
macro_rules! all_rounds {
    ($state:ident, $part:ident, $word:ident) => {
        let mut before = [splat(0); 5];
        for (vector, row) in before.iter_mut().zip(&$state.0) {
            *vector = load(&row.as_chunks().0[$part]);
        }
        let [mut a, mut b, mut c, mut d, mut e] = before;
        twenty_rounds!(choose, $word, 0, a, b, c, d, e);
        twenty_rounds!(parity, $word, 20, a, b, c, d, e);
        twenty_rounds!(majority, $word, 40, a, b, c, d, e);
        twenty_rounds!(parity, $word, 60, a, b, c, d, e);
        for ((row, old), new) in $state.0.iter_mut().zip(before).zip([a, b, c, d, e]) {
            store(&mut row.as_chunks_mut().0[$part], add(old, new));
        }
    };
}

macro_rules! twenty_rounds {
    ($mix:ident, $word:ident, $t:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        five_rounds!($mix, $word, $t, $a, $b, $c, $d, $e);
        five_rounds!($mix, $word, $t + 5, $a, $b, $c, $d, $e);
        five_rounds!($mix, $word, $t + 10, $a, $b, $c, $d, $e);
        five_rounds!($mix, $word, $t + 15, $a, $b, $c, $d, $e);
    };
}

/// Five rounds bring every variable back to its own name.
macro_rules! five_rounds {
    ($mix:ident, $word:ident, $t:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        one_round!($mix, $word!($t), $a, $b, $c, $d, $e);
        one_round!($mix, $word!($t + 1), $e, $a, $b, $c, $d);
        one_round!($mix, $word!($t + 2), $d, $e, $a, $b, $c);
        one_round!($mix, $word!($t + 3), $c, $d, $e, $a, $b);
        one_round!($mix, $word!($t + 4), $b, $c, $d, $e, $a);
    };
}

/// The rotation of `$a` comes last into the sum: it is what the next round waits for.
macro_rules! one_round {
    ($mix:ident, $word:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        $e = add(add(add($e, $word), $mix($b, $c, $d)), rotl::<5>($a));
        $b = rotl::<30>($b);
    };
}
