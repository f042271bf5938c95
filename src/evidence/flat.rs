//! The values of a whole text in one list, the way they were read before there were claims.
//!
//! In: everything found. Out: the values of the strongest trust for each field, and the first literal
//! string1. Of several answers of a HAR file the fullest comes first, and of the others nothing that
//! would be taken for part of its signature.

use std::collections::{HashMap, HashSet};

use super::found::{Found, Kept, Trust};
use super::{Field, Origin, Value};

pub(super) fn view(found: &Found) -> (Vec<Value>, Option<String>) {
    let answer = |kept: &Kept| found.groups[kept.place.group].answer;
    let most = found.answers.iter().map(|answer| answer.fields).max();
    let fullest = found.answers.iter().position(|answer| Some(answer.fields) == most);
    let (mut values, others): (Vec<&Kept>, Vec<&Kept>) = found
        .values
        .iter()
        .filter(|kept| kept.trust < Trust::Dropped)
        .partition(|kept| answer(kept) == fullest);
    values.extend(others);
    let main: HashSet<Field> = values
        .iter()
        .take_while(|kept| answer(kept) == fullest)
        .filter(|kept| kept.trust == Trust::Plain)
        .map(|kept| kept.value.field)
        .collect();
    values.retain(|kept| {
        let is_signed =
            matches!(kept.value.field, Field::Nonce | Field::Timestamp | Field::Signature | Field::Url);
        answer(kept) == fullest
            || !(kept.value.origin == Origin::String1 || (is_signed && !main.contains(&kept.value.field)))
    });
    let mut best: HashMap<Field, Trust> = HashMap::new();
    for kept in &values {
        let best = best.entry(kept.value.field).or_insert(kept.trust);
        *best = (*best).min(kept.trust);
    }
    values.retain(|kept| best.get(&kept.value.field) == Some(&kept.trust));
    let literal = found
        .literals
        .iter()
        .find(|(_, place)| found.groups[place.group].answer == fullest)
        .map(|(literal, _)| literal.text.clone());
    (values.into_iter().map(|kept| kept.value.clone()).collect(), literal)
}
