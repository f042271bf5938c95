//! Every backend against the plain library.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use sha1::{Digest, Sha1};

use super::{Backend, Batch, Hit, LANES, Prefix, Target, Targets, find_numbers};

/// `SplitMix64`: the same candidates in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let count = (range.end() - range.start()).checked_add(1);
        range.start() + count.map_or(self.next(), |count| self.next() % count)
    }

    fn bytes(&mut self, len: u64) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// A stretch of neighbours, most often where the number gets longer or the last four digits
    /// start again.
    fn numbers(&mut self, most: u64) -> RangeInclusive<u64> {
        let digits = u32::try_from(self.within(0..=19)).unwrap();
        let shortest = 10_u64.pow(digits);
        let longest = shortest.checked_mul(10).map_or(u64::MAX, |end| end - 1);
        let middle = match self.within(0..=3) {
            0 => shortest,
            1 => self.within(shortest..=longest) / 10_000 * 10_000,
            _ => self.within(shortest..=longest),
        };
        let start = middle.saturating_sub(self.within(0..=most / 2));
        start..=start.saturating_add(self.within(0..=most - 1))
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 20] {
    Sha1::digest(parts.concat()).into()
}

fn hex(digest: [u8; 20]) -> String {
    let mut text = String::new();
    for byte in digest {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

fn targets(digests: impl IntoIterator<Item = [u8; 20]>) -> Targets {
    Targets::new(&digests.into_iter().map(Target::new).collect::<Vec<_>>())
}

/// Makes every candidate a target, so that one that any lane hashes wrongly is missed, for every
/// `stride`th pair of a prefix and a suffix of 0 to 200 bytes. Returns the number of candidates.
fn check_numbers(stride: usize, most: u64) -> u64 {
    let mut random = Random(1);
    let mut count = 0;
    for pair in (0..201 * 201_u64).step_by(stride) {
        let before = random.bytes(pair % 201);
        let suffix = random.bytes(pair / 201);
        let numbers = random.numbers(most);
        let prefix = Prefix::new(&before);
        let all = targets(numbers.clone().map(|n| digest(&[&before, n.to_string().as_bytes(), &suffix])));
        let expected: Vec<_> = numbers.clone().zip(0..).map(|(id, target)| Hit { id, target }).collect();
        count += expected.len() as u64;
        for backend in Backend::all_available() {
            let found = find_numbers(backend, &prefix, numbers.clone(), &suffix, &all);
            assert_eq!(found, expected, "{} {} {numbers:?} {}", backend.name(), before.len(), suffix.len());
        }
    }
    count
}

/// The same for batches of messages of 0 to 300 bytes, cut anywhere into prefix and rest.
fn check_batches(batches: u64) -> u64 {
    let mut random = Random(2);
    let mut count = 0;
    for _ in 0..batches {
        let messages: Vec<_> = (0..random.within(1..=500))
            .map(|_| {
                let len = random.within(0..=300);
                (random.bytes(len), random.within(0..=len))
            })
            .collect();
        count += messages.len() as u64;
        let digests: Vec<_> = messages.iter().map(|(text, _)| digest(&[text])).collect();
        // Very short messages may occur twice.
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for (place, digest) in digests.iter().enumerate() {
            places.entry(digest).or_default().push(place);
        }
        let expected: Vec<_> = digests
            .iter()
            .zip(0..)
            .flat_map(|(digest, id)| places[digest].iter().map(move |&target| Hit { id, target }))
            .collect();
        let all = targets(digests.iter().copied());
        for backend in Backend::all_available() {
            let mut batch = Batch::new(backend, &all);
            for ((text, cut), id) in messages.iter().zip(0..) {
                let (before, rest) = text.split_at(usize::try_from(*cut).unwrap());
                batch.push(id, &Prefix::new(before), rest);
            }
            assert_eq!(batch.finish(), expected, "{}", backend.name());
            assert_eq!(batch.finish(), [], "emptied");
        }
    }
    count
}

#[test]
fn numbers_hash_as_the_library_does() {
    assert!(check_numbers(17, 24) > 25_000);
}

#[test]
fn batches_hash_as_the_library_does() {
    assert!(check_batches(30) > 5_000);
}

/// A million candidates each for numbers and batches; `WECHECK_TEST_CANDIDATES=10000000` takes half a minute.
#[test]
#[ignore = "needs seconds"]
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
fn many_candidates() {
    let amount: u64 = std::env::var("WECHECK_TEST_CANDIDATES")
        .map_or(1_000_000, |text| text.parse().expect("a number of candidates"));
    let numbers = check_numbers(usize::try_from(10_000_000 / amount.min(10_000_000)).expect("small"), 500);
    let batches = check_batches(amount / 247);
    for backend in Backend::all_available() {
        #[expect(clippy::print_stdout, reason = "said only when asked for")]
        {
            println!("{}: {numbers} numbers and {batches} messages equal to the sha1 crate", backend.name());
        }
    }
    assert!(numbers >= amount && batches >= amount);
}

#[test]
fn prefix_is_the_same_in_one_piece_and_in_several() {
    let text = Random(3).bytes(300);
    let whole = digest(&[&text]);
    assert_eq!(Prefix::new(b"").digest(b""), digest(&[]));
    for cut in 0..=text.len() {
        for further in [cut, cut + 1, cut + 63, cut + 64, cut + 65, text.len()] {
            let further = further.min(text.len());
            let prefix = Prefix::new(&text[..cut]).extend(&text[cut..further]);
            assert_eq!(prefix.digest(&text[further..]), whole, "{cut} {further}");
        }
    }
}

#[test]
fn a_number_is_found_at_every_border() {
    let cases = [
        (0, 0..=0),
        (9, 0..=9),
        (10, 9..=10),
        (0, 0..=100_000),
        (100_000, 0..=100_000),
        (9_999, 9_990..=10_005),
        (10_000, 9_990..=10_005),
        (1_700_000_000, 1_699_913_600..=1_700_086_400),
        (1_699_913_600, 1_699_913_600..=1_700_086_400),
        (1_700_086_400, 1_699_913_600..=1_700_086_400),
        (1_700_000_000_123, 1_699_999_999_000..=1_700_000_001_000),
        (10_000_000_000, 9_999_999_990..=10_000_000_010),
        (u64::MAX, u64::MAX - 20..=u64::MAX),
        (10_u64.pow(19), 10_u64.pow(19) - 7..=10_u64.pow(19)),
    ];
    for (number, range) in cases {
        let digits = number.to_string();
        let target = targets([digest(&[b"t=", digits.as_bytes(), b"&url=x"])]);
        for backend in Backend::all_available() {
            let find = |range| find_numbers(backend, &Prefix::new(b"t="), range, b"&url=x", &target);
            let hit = Hit { id: number, target: 0 };
            assert_eq!(find(range.clone()), [hit], "{} {number}", backend.name());
            #[expect(clippy::reversed_empty_ranges, reason = "a range without numbers")]
            let none = find(5..=4);
            assert_eq!(none, []);
        }
    }
}

/// The lanes behind a group that is not full still hold older candidates: they must not be
/// reported.
#[test]
fn dead_lanes_are_not_reported() {
    let prefix = Prefix::new(b"t=");
    for backend in Backend::all_available() {
        for beyond in 21..=21 + LANES as u64 {
            let target = targets([digest(&[format!("t={beyond}").as_bytes()])]);
            assert_eq!(find_numbers(backend, &prefix, 10..=20, b"", &target), []);
        }
        let target = targets([digest(&[b"t=1"])]);
        let mut batch = Batch::new(backend, &target);
        batch.push(1, &prefix, b"1");
        assert_eq!(batch.finish(), [Hit { id: 1, target: 0 }]);
        batch.push(2, &prefix, b"2");
        assert_eq!(batch.finish(), []);
    }
}

#[test]
fn one_flipped_bit_does_not_hit() {
    let right = digest(&[b"t=1700000000"]);
    for bit in 0..160 {
        let mut wrong = right;
        wrong[bit / 8] ^= 0x80 >> (bit % 8);
        let target = targets([wrong]);
        for backend in Backend::all_available() {
            let prefix = Prefix::new(b"t=");
            let numbers = 1_699_999_990..=1_700_000_010;
            assert_eq!(find_numbers(backend, &prefix, numbers, b"", &target), []);
            let mut batch = Batch::new(backend, &target);
            batch.push(0, &prefix, b"1700000000");
            assert_eq!(batch.finish(), []);
        }
    }
}

#[test]
fn a_cut_target_compares_what_is_left() {
    let right = digest(&[b"t=1700000000"]);
    let prefix = Prefix::new(b"t=");
    for digits in 32..=40 {
        for wrong_digit in 0..40 {
            let mut text = hex(right).into_bytes();
            text[wrong_digit] = if text[wrong_digit] == b'0' { b'1' } else { b'0' };
            let text = String::from_utf8(text).unwrap();
            let target = Targets::new(&[Target::from_hex(&text[..digits]).unwrap()]);
            for backend in Backend::all_available() {
                let hits = find_numbers(backend, &prefix, 1_700_000_000..=1_700_000_000, b"", &target);
                assert_eq!(hits.len(), usize::from(wrong_digit >= digits));
            }
        }
    }
    assert_eq!(Target::from_hex(&hex(right)), Some(Target::new(right)));
    assert_eq!(Target::from_hex(&hex(right).to_uppercase()), Some(Target::new(right)));
    for unfit in ["", &hex(right)[..31], &format!("{}0", hex(right)), &"g".repeat(40), &"é".repeat(20)] {
        assert_eq!(Target::from_hex(unfit), None, "{unfit}");
    }
}

#[test]
fn targets_keep_their_places() {
    let ninety = digest(&[b"90"]);
    let five = digest(&[b"5"]);
    let cut = Target::from_hex(&hex(ninety)[..33]).unwrap();
    let several = [Target::new(ninety), Target::new(five), cut, Target::new(ninety)];
    let expected = [(5, 1), (90, 0), (90, 2), (90, 3)].map(|(id, target)| Hit { id, target });
    for backend in Backend::all_available() {
        let empty = Prefix::new(b"");
        let find = |targets: &[Target]| find_numbers(backend, &empty, 0..=1000, b"", &Targets::new(targets));
        assert_eq!(find(&several), expected);
        assert_eq!(find(&[]), []);
    }
}

#[test]
fn long_texts_are_hashed_to_their_end() {
    let mut random = Random(4);
    for len in [1_000, 1_983, 1_984, 2_038, 2_039, 2_048, 5_000, 70_000] {
        let text = random.bytes(len);
        let digests = [digest(&[&text]), digest(&[b"t=7", &text])];
        let both = targets(digests);
        for backend in Backend::all_available() {
            let mut batch = Batch::new(backend, &both);
            batch.push(0, &Prefix::new(b""), &text);
            batch.push(1, &Prefix::new(b"t=7"), &text);
            let hits = [(0, 0), (1, 1)].map(|(id, target)| Hit { id, target });
            assert_eq!(batch.finish(), hits);
            let hits = find_numbers(backend, &Prefix::new(b"t="), 0..=20, &text, &both);
            assert_eq!(hits, [Hit { id: 7, target: 1 }]);
        }
    }
}
