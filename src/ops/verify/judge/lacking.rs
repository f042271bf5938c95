//! What stood in a value's place: nothing, a piece of a token, a parameter too many.
//!
//! In: the inputs of a claim. Out: the mistake that a recomputed hash proves.

use std::time::{Duration, Instant};

use super::{Inputs, Judge, Mistake, Proof};
use crate::both;
use crate::diagnosis::literal;
use crate::diagnosis::warning::is_withheld;
use crate::evidence::{Field, Origin};
use crate::secret::mask;
use crate::signature::{Fields, sha1_hex, string1, without_fragment};

/// So many tokens are cut into pieces, each up to so many bytes, into pieces of at least so many, for so
/// long.
const MOST_CUT: usize = 4;
const LONGEST_CUT: usize = 512;
const SHORTEST_PIECE: usize = 20;
pub(super) const CUT_BUDGET: Duration = Duration::from_millis(200);

impl<'e> Judge<'e, '_> {
    /// Whether the one value that lacks was signed as what a language writes for nothing.
    pub(super) fn nothing_signed(&self, inputs: &Inputs<'e>, missing: &[&'static str]) -> Option<Mistake> {
        let ([field], Some(given)) = (missing, inputs.signature.as_ref()) else { return None };
        if !inputs.kind.signs_url() {
            return None;
        }
        for nothing in ["", "undefined", "null", "None", "nil", "NULL", "false", "[object Object]"] {
            let mut fields = inputs.fields.clone();
            match *field {
                "ticket" => nothing.clone_into(&mut fields.ticket),
                "nonce" => nothing.clone_into(&mut fields.nonce),
                "timestamp" => nothing.clone_into(&mut fields.timestamp),
                "url" => nothing.clone_into(&mut fields.url),
                _ => return None,
            }
            if sha1_hex(&string1(inputs.kind, &fields)) == *given {
                let detail = if nothing.is_empty() {
                    both!("{field} 是空的", "{field} is empty")
                } else {
                    both!("{field} 是 `{nothing}`", "{field} is `{nothing}`")
                };
                return self.mistake(
                    "value-undefined",
                    Proof::Hash,
                    field,
                    (nothing, ""),
                    &[("detail", &detail)],
                );
            }
        }
        None
    }

    /// The tokens of the text that are cut into pieces.
    fn tokens_to_cut(&self, inputs: &Inputs<'e>) -> Vec<&'e str> {
        if !inputs.kind.signs_url() {
            return Vec::new();
        }
        let tokens = self.evidence.all(Field::AccessToken).map(|value| value.text.as_str());
        let long = self.evidence.tokens.iter().map(String::as_str).filter(|token| token.len() > 100);
        let texts = tokens.chain(long).filter(|text| text.is_ascii() && text.len() <= LONGEST_CUT);
        texts.take(MOST_CUT).collect()
    }

    /// Whether there is a token that a piece of may have been signed.
    pub(super) fn has_token_to_cut(&self, inputs: &Inputs<'e>) -> bool {
        !self.tokens_to_cut(inputs).is_empty()
    }

    /// Whether a token of the text was signed as the ticket, or any piece of one.
    pub(super) fn piece_of_token(
        &self,
        inputs: &Inputs<'e>,
        given: &str,
        budget: Duration,
    ) -> Option<Mistake> {
        let start = Instant::now();
        let mut fields = inputs.fields.clone();
        for text in self.tokens_to_cut(inputs) {
            for from in 0..text.len().saturating_sub(SHORTEST_PIECE) {
                for end in from + SHORTEST_PIECE..=text.len() {
                    let piece = &text[from..end];
                    piece.clone_into(&mut fields.ticket);
                    if sha1_hex(&string1(inputs.kind, &fields)) == given {
                        let ticket = inputs.fields.ticket.as_str();
                        let hidden = inputs.cached.as_ref().is_some_and(|cached| cached.hidden);
                        let expected = if hidden { mask(ticket) } else { ticket.to_owned() };
                        let pair = (piece, expected.as_str());
                        return self.mistake("ticket-access-token", Proof::Hash, "ticket", pair, &[]);
                    }
                }
                if start.elapsed() >= budget || self.run.interrupt.asked() {
                    return None;
                }
            }
        }
        None
    }

    /// The addresses that are written apart from a string1: the claim's own, and those of no one claim.
    pub(super) fn urls_apart<'a>(&'a self, inputs: &Inputs<'a>) -> impl Iterator<Item = &'a str> {
        let own = inputs.claim.into_iter().flat_map(|claim| claim.all(Field::Url));
        let apart = own.filter(|value| value.origin != Origin::String1);
        apart.map(|value| value.text.as_str()).chain(self.shared_urls.iter().copied())
    }

    /// A string1 that ends in a parameter which the url beside it, or any address, does not have.
    pub(super) fn appended(&self, inputs: &Inputs<'e>) -> Option<Mistake> {
        let signed = inputs.signed_url()?;
        inputs.literal?;
        let mut pairs = self
            .urls_apart(inputs)
            .filter(|url| *url != inputs.fields.url)
            .filter_map(|url| signed.strip_prefix(without_fragment(url))?.strip_prefix('&'))
            .filter(|pairs| literal::is_appended(pairs));
        let added = || {
            let tails = self.evidence.appended.iter().filter_map(|tail| tail.strip_prefix('&'));
            tails.into_iter().find(|tail| signed.ends_with(tail))
        };
        let pairs = pairs.next().or_else(|| literal::never_in_an_address(signed)).or_else(added)?;
        self.mistake("string-extra-param", Proof::Hash, "string", (pairs, ""), &[])
    }
}

/// The values that the person masked or shortened.
pub(super) fn withheld(inputs: &Inputs<'_>) -> Vec<&'static str> {
    let Fields { url, ticket, nonce, timestamp, .. } = &inputs.fields;
    let given = inputs.given;
    [
        ("url", given.url.then_some(url)),
        ("ticket", given.ticket.then_some(ticket)),
        ("nonce", given.nonce.then_some(nonce)),
        ("timestamp", given.timestamp.then_some(timestamp)),
        ("signature", inputs.signature.as_ref()),
    ]
    .into_iter()
    .filter(|(_, value)| value.is_some_and(|value| is_withheld(value)))
    .map(|(name, _)| name)
    .collect()
}
