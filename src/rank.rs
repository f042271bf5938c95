//! Short lists in an order: the checks of a report, two explanations, five values.
//!
//! In: a list and the rank of each. Out: the same list, lowest rank first, equals in their order. The standard sort is
//! made for any length, and is five kilobytes of code for each type that it sorts; longer lists are sorted by it.

/// Sorts a list of some ten by rank; the time grows with the square of the length.
pub fn by_rank<T, K: Ord>(list: &mut [T], rank: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        for at in (1..=end).rev() {
            if rank(&list[at - 1]) <= rank(&list[at]) {
                break;
            }
            list.swap(at - 1, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_sort_does() {
        for seed in 0..200_usize {
            let mut list: Vec<(usize, usize)> =
                (0..seed % 13).map(|at| (seed * 31 % 7 * (at * 17 % 5), at)).collect();
            let mut expected = list.clone();
            expected.sort_by_key(|(rank, _)| *rank);
            by_rank(&mut list, |(rank, _)| *rank);
            assert_eq!(list, expected);
        }
    }
}
