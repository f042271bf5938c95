//! Texts of the binary that are kept deflated: a third of their size, for a moment when one is read.
//!
//! In: what `build.rs` wrote of a file (its list says which). Out: the text, inflated when it is first asked for. A file
//! that is looked up by number is in parts, and a look-up inflates the one that it needs.

use std::sync::OnceLock;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// A file, deflated.
pub struct Packed {
    bytes: &'static [u8],
    /// Each part's text, once it is inflated.
    texts: OnceLock<Box<[OnceLock<String>]>>,
    whole: OnceLock<String>,
}

/// The head of the file, and what is behind it.
#[derive(Clone, Copy)]
struct Index {
    /// A row for each part, by its number.
    rows: &'static [[u8; ROW_LEN]],
    /// What the parts share, as if it were before each.
    shared: &'static [u8],
    deflated: &'static [u8],
}

/// A number, and three lengths: where the part begins, how long it is deflated, and inflated. Bytes.
const ROW_LEN: usize = size_of::<i64>() + 3 * size_of::<u32>();

impl Packed {
    /// What `build.rs` wrote.
    pub const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, texts: OnceLock::new(), whole: OnceLock::new() }
    }

    /// The file; one that is looked up by number has a line break before its first line.
    pub fn text(&'static self) -> &'static str {
        let Some(index) = Index::read(self.bytes) else { return "" };
        match index.rows.len() {
            1 => self.part(index, 0),
            count => self.whole.get_or_init(|| {
                let mut inflater = Inflater::new(index);
                (0..count).filter_map(|at| inflater.part(at).map(str::to_owned)).collect()
            }),
        }
    }

    /// The part of the file in which the table or the row of this number is, if the file has it.
    pub fn around(&'static self, number: i64) -> &'static str {
        let Some(index) = Index::read(self.bytes) else { return "" };
        let behind = index.rows.partition_point(|row| first(row) <= number);
        self.part(index, behind.saturating_sub(1))
    }

    fn part(&'static self, index: Index, at: usize) -> &'static str {
        let texts = self.texts.get_or_init(|| index.rows.iter().map(|_| OnceLock::new()).collect());
        // Every file has been read by a test: what cannot be is left out.
        let read = || Inflater::new(index).part(at).unwrap_or_default().to_owned();
        texts.get(at).map_or("", |text| text.get_or_init(read))
    }
}

impl Index {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let (count, rest) = number(bytes)?;
        let (shared_len, rest) = number(rest)?;
        let (rows, rest) = rest.split_at_checked(count * ROW_LEN)?;
        let (shared, deflated) = rest.split_at_checked(shared_len)?;
        Some(Self { rows: rows.as_chunks().0, shared, deflated })
    }
}

/// Inflates one part after another in the same place.
struct Inflater {
    index: Index,
    state: DecompressorOxide,
    /// What the parts share, and behind it the last part.
    bytes: Vec<u8>,
}

impl Inflater {
    fn new(index: Index) -> Self {
        Self { index, state: DecompressorOxide::new(), bytes: index.shared.to_vec() }
    }

    fn part(&mut self, at: usize) -> Option<&str> {
        let row = &self.index.rows.get(at)?[size_of::<i64>()..];
        let (start, row) = number(row)?;
        let (deflated_len, row) = number(row)?;
        let (len, _) = number(row)?;
        let deflated = self.index.deflated.get(start..start + deflated_len)?;
        let shared_len = self.index.shared.len();
        self.bytes.resize(shared_len + len, 0);
        self.state.init();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, _, written) = decompress(&mut self.state, deflated, &mut self.bytes, shared_len, flags);
        let part = &self.bytes[shared_len..];
        (status == TINFLStatus::Done && written == len).then(|| str::from_utf8(part).ok())?
    }
}

/// The number in a part's first header.
fn first(row: &[u8; ROW_LEN]) -> i64 {
    row.first_chunk().map_or(i64::MIN, |number| i64::from_le_bytes(*number))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number).try_into().ok()?, rest))
}

/// A file of the list in `build.rs`, by its path.
macro_rules! packed {
    ($path:literal) => {
        $crate::packed::Packed::new(include_bytes!(concat!(env!("OUT_DIR"), "/", $path)))
    };
}
pub(crate) use packed;

#[cfg(test)]
mod tests {
    use super::*;

    /// One part that should have four bytes.
    static FOUR_BYTES: [[u8; ROW_LEN]; 1] = {
        let mut row = [0; ROW_LEN];
        row[ROW_LEN - size_of::<u32>()] = 4;
        [row]
    };

    #[test]
    fn a_file_is_read_as_it_was_written() {
        static WORK: Packed = packed!("data/errcodes/work.toml");
        static PAGE: Packed = packed!("src/server/page.html");
        let rows = Index::read(WORK.bytes).expect("it was written").rows;
        assert!(rows.len() > 10 && rows.is_sorted_by_key(first));
        assert_eq!(WORK.text(), concat!("\n", include_str!("../data/errcodes/work.toml")));
        assert_eq!(PAGE.text(), include_str!("server/page.html"));
    }

    #[test]
    fn a_number_is_looked_up_in_one_part() {
        static WORK: Packed = packed!("data/errcodes/work.toml");
        for line in include_str!("../data/errcodes/work.toml").lines() {
            let header = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            if let Some(number) = header.and_then(|header| header.parse().ok()) {
                assert!(WORK.around(number).lines().any(|one| one == line), "{line}");
            }
        }
        for number in [i64::MIN, 0, i64::MAX] {
            assert!(!WORK.around(number).is_empty());
        }
    }

    #[test]
    fn a_file_that_is_cut_off_gives_nothing() {
        assert!(Index::read(&[1, 0, 0, 0, 0, 0, 0, 0]).is_none() && Index::read(b"").is_none());
        let mut inflater = Inflater::new(Index { rows: &FOUR_BYTES, shared: b"", deflated: b"" });
        assert!(inflater.part(0).is_none() && inflater.part(1).is_none());
    }
}
