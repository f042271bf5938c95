//! The known word that a misspelt one most likely meant, for "did you mean".
//!
//! In: the word and the words there are. Out: the nearest one, if it is near enough to be
//! worth saying.

/// The nearest of the known words: at most one edit, and one more for each four letters.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = |candidate: &str| 1 + candidate.len() / 4;
    let length = word.chars().count();
    known
        .into_iter()
        // What is that much longer is not near, and a long text is not compared letter by letter.
        .filter(|candidate| length <= candidate.len() + most(candidate))
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= most(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
