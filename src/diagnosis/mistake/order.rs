//! Every order of a few things.
//!
//! In: how many. Out: each permutation once, in lexicographic order.

/// Visits every order of `count` things, in lexicographic order.
pub(super) fn permutations(count: usize, visit: &mut impl FnMut(&[usize])) {
    let mut order: Vec<usize> = (0..count).collect();
    loop {
        visit(&order);
        let Some(at) = (1..count).rev().find(|&at| order[at - 1] < order[at]) else { return };
        let next = (at..count).rev().find(|&next| order[next] > order[at - 1]).unwrap_or(at);
        order.swap(at - 1, next);
        order[at..].reverse();
    }
}
