//! Places in a text: lines and where they end.

/// Where lines end, to say in which one a value is.
#[derive(Clone, Copy)]
pub(super) enum Lines<'a> {
    /// The text is the whole file, or a part that starts with it.
    Breaks(&'a [usize]),
    /// The text was a string in this line.
    Fixed(usize),
}

impl Lines<'_> {
    pub(super) fn of(self, at: usize) -> usize {
        match self {
            Self::Breaks(breaks) => breaks.partition_point(|end| *end < at) + 1,
            Self::Fixed(line) => line,
        }
    }
}

/// The places of all line breaks.
pub(super) fn breaks(text: &str) -> Vec<usize> {
    memchr::memchr_iter(b'\n', text.as_bytes()).collect()
}

/// The end of the line that `at` stands in, without its line break (a `\r` is left).
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}
