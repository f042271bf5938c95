//! Requests that a log wrote between each other.
//!
//! In: the inputs of every claim. Out: the same, each signature with the values that it is the hash of, if all of them find
//! theirs; else nothing is changed.

use std::collections::HashMap;

use super::Inputs;
use crate::signature::{Fields, sha1_hex, string1};

/// So many requests are kept apart.
const MOST_TANGLED: usize = 1000;

/// Gives signatures back the values that they are of, where a log wrote two requests between each other: each hash proves
/// its own.
pub(super) fn untangle(all: &mut [Inputs<'_>]) {
    let is_loose = |inputs: &Inputs<'_>| {
        inputs.kind.signs_url()
            && inputs.block.is_none()
            && inputs.literal.is_none()
            && inputs.missing().is_empty()
    };
    let loose: Vec<usize> = (0..all.len()).filter(|at| is_loose(&all[*at])).take(MOST_TANGLED).collect();
    let hashes: HashMap<String, usize> =
        loose.iter().map(|at| (sha1_hex(&string1(all[*at].kind, &all[*at].fields)), *at)).collect();
    let of = |at: usize| all[at].signature.as_ref().and_then(|signature| hashes.get(signature)).copied();
    let wrong: Vec<(usize, Option<usize>)> =
        loose.iter().map(|at| (*at, of(*at))).filter(|(at, of)| *of != Some(*at)).collect();
    let mut taken: Vec<usize> = wrong.iter().filter_map(|(_, of)| *of).collect();
    taken.sort_unstable();
    taken.dedup();
    // Each takes another's, and every one is taken: none was signed with wrong values.
    if wrong.is_empty() || taken != wrong.iter().map(|(at, _)| *at).collect::<Vec<_>>() {
        return;
    }
    let fields: Vec<Fields> = taken.iter().map(|at| all[*at].fields.clone()).collect();
    for (at, of) in wrong {
        if let Some(own) = of.and_then(|of| taken.binary_search(&of).ok()) {
            all[at].fields = fields[own].clone();
        }
    }
}
