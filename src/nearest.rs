//! The known word that a misspelt one most likely meant, for "did you mean".
//!
//! In: the word and the words there are. Out: the nearest one, where one is near enough to be
//! worth saying.

/// The nearest of the known words: at most one edit, and one more for each four letters.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
