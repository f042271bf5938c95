//! A candidate: one variant of each layer, and what it is hashed with.
//!
//! In: the variants. Out: the text that is signed, as bytes for the kernel and for display.

use std::borrow::Cow;

use super::layers::{Route, Variant};
use super::proof::Proof;
use super::{Algorithm, Case, Expected, Reading};
use crate::diagnosis::mistake::{Encoding, Field, Joined, Key, Piece};
use crate::rank::by_rank;
use wecheck_kernel::{Backend, Batch, Prefix, Targets};

/// What candidates are hashed with and compared to.
pub(super) enum Hashing<'a> {
    /// SHA-1, by the kernel.
    Sha1 { targets: &'a Targets, readings: &'a [&'a Reading] },
    /// Other functions, one by one.
    Other { trials: &'a [Trial<'a>] },
}

impl Hashing<'_> {
    /// What the hit of a target, or of a trial, proves besides.
    pub(super) fn proof(&self, which: usize) -> Proof {
        match self {
            Self::Sha1 { readings, .. } => {
                Proof { written: readings[which].mistakes.clone(), function: None }
            }
            Self::Other { trials } => Proof {
                written: trials[which].expected.mistakes.clone(),
                function: Some(trials[which].algorithm.name),
            },
        }
    }
}

/// Another hash function, and a digest it would have to give.
pub(super) struct Trial<'a> {
    pub(super) algorithm: &'static Algorithm,
    pub(super) expected: &'a Expected,
}

impl<'a> Trial<'a> {
    /// The functions whose digest is as long as the one given.
    pub(super) fn of(case: &Case<'_>, expected: &[&'a Expected]) -> Vec<Self> {
        let has_key = |algorithm: &&Algorithm| algorithm.key != Key::Secret || case.app_secret.is_some();
        let all = Algorithm::PLAIN.iter().chain(Algorithm::KEYED.iter().flatten()).filter(has_key);
        let mut trials = Vec::new();
        for algorithm in all {
            for expected in expected.iter().filter(|expected| expected.digest.len() == algorithm.length) {
                trials.push(Self { algorithm, expected });
            }
        }
        trials
    }
}

/// A variant of each layer.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) url: &'a Variant<String>,
    pub(super) ticket: &'a Variant<String>,
    pub(super) nonce: &'a Variant<String>,
    pub(super) timestamp: &'a Variant<String>,
    pub(super) layout: &'a Variant<Joined>,
    pub(super) encoding: &'a Variant<Option<&'static Encoding>>,
}

impl<'a> Candidate<'a> {
    fn text_of(&self, piece: &'a Piece) -> &'a str {
        match piece {
            Piece::Text(text) => text,
            Piece::Secret(text) => text,
            Piece::Ticket => &self.ticket.value,
            Piece::Nonce => &self.nonce.value,
            Piece::Timestamp => &self.timestamp.value,
            Piece::Url => &self.url.value,
        }
    }

    /// A value as it is written in the text.
    pub(super) fn shown(&self, piece: &'a Piece) -> Cow<'a, str> {
        let text = self.text_of(piece);
        match (piece, self.layout.value.map) {
            // Joining mapped these already.
            (Piece::Text(_) | Piece::Secret(_), _) | (_, None) => Cow::Borrowed(text),
            (_, Some(map)) => Cow::Owned(map(text)),
        }
    }

    pub(super) fn bytes(&self, text: &str, out: &mut Vec<u8>) {
        match self.encoding.value {
            None => out.extend_from_slice(text.as_bytes()),
            Some(encoding) => (encoding.encode)(text, out),
        }
    }

    pub(super) fn lead(&self, out: &mut Vec<u8>) {
        if let Some(encoding) = self.encoding.value {
            out.extend_from_slice(encoding.lead);
        }
    }

    /// The pieces in the order hashed, joints included.
    pub(super) fn in_order(&self) -> Vec<Cow<'a, Piece>> {
        let joined = &self.layout.value;
        let Some((range, joint)) = &joined.sorted else {
            return joined.pieces.iter().map(Cow::Borrowed).collect();
        };
        let mut middle: Vec<&Piece> = joined.pieces[range.clone()].iter().collect();
        by_rank(&mut middle, |piece| self.text_of(piece));
        let mut order: Vec<Cow<'a, Piece>> = joined.pieces[..range.start].iter().map(Cow::Borrowed).collect();
        for (at, piece) in middle.into_iter().enumerate() {
            if at > 0 && !joint.is_empty() {
                order.push(Cow::Owned(Piece::Text(joint.clone().into())));
            }
            order.push(Cow::Borrowed(piece));
        }
        order.extend(joined.pieces[range.end..].iter().map(Cow::Borrowed));
        order
    }

    /// Everything that is hashed.
    pub(super) fn render(&self, out: &mut Vec<u8>) {
        self.lead(out);
        if self.layout.value.sorted.is_none() {
            for piece in &self.layout.value.pieces {
                self.bytes(&self.shown(piece), out);
            }
            return;
        }
        for piece in self.in_order() {
            match piece {
                Cow::Borrowed(piece) => self.bytes(&self.shown(piece), out),
                Cow::Owned(piece) => {
                    if let Piece::Text(text) = piece {
                        self.bytes(&text, out);
                    }
                }
            }
        }
    }

    /// The text that was signed, with secrets masked by `show`.
    pub(super) fn display(&self, show: impl Fn(&Piece, &str) -> String) -> String {
        let mut out = String::new();
        for piece in self.in_order() {
            match piece {
                Cow::Borrowed(piece) => out.push_str(&show(piece, &self.shown(piece))),
                Cow::Owned(piece) => out.push_str(&show(&piece, "")),
            }
        }
        out
    }

    /// The digest of the whole, as the given signature should have shown it.
    pub(super) fn sha1_hex(&self) -> String {
        let mut bytes = Vec::new();
        self.render(&mut bytes);
        hex::encode(Prefix::new(b"").digest(&bytes))
    }

    /// What is before and after the timestamp, if it is there once.
    pub(super) fn around_timestamp(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        if self.encoding.value.is_some_and(|encoding| !encoding.keeps_ascii) {
            return None;
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut seen = false;
        self.lead(&mut before);
        for piece in self.in_order() {
            if *piece == Piece::Timestamp {
                if seen {
                    return None;
                }
                seen = true;
                continue;
            }
            let out = if seen { &mut after } else { &mut before };
            match &piece {
                Cow::Borrowed(piece) => self.bytes(&self.shown(piece), out),
                Cow::Owned(Piece::Text(text)) => self.bytes(text, out),
                Cow::Owned(_) => {}
            }
        }
        seen.then_some((before, after))
    }

    /// Whether the text shows every value that a mistake changed: a variant of a value that is not
    /// there is no candidate of its own.
    pub(super) fn shows_changes(&self) -> bool {
        let pieces = &self.layout.value.pieces;
        [
            (Piece::Url, self.url.route),
            (Piece::Ticket, self.ticket.route),
            (Piece::Nonce, self.nonce.route),
            (Piece::Timestamp, self.timestamp.route),
        ]
        .iter()
        .all(|(piece, route)| route.is_empty() || pieces.contains(piece))
    }

    /// Whether a mistake would be there twice: some change the url or the whole text.
    pub(super) fn repeats(&self) -> bool {
        self.layout.route.steps().any(|step| step.field == Field::Url && self.url.route.has(step))
    }

    pub(super) fn is_usual(&self) -> bool {
        [self.url.route, self.ticket.route, self.nonce.route, self.timestamp.route]
            .iter()
            .all(Route::is_usual)
            && self.layout.route.is_usual()
            && self.encoding.route.is_usual()
    }

    /// The targets that this candidate hits.
    pub(super) fn hits(&self, targets: &Targets) -> Vec<usize> {
        let mut text = Vec::new();
        self.render(&mut text);
        let mut batch = Batch::new(Backend::best(), targets);
        batch.push(0, &Prefix::new(b""), &text);
        batch.finish().into_iter().map(|hit| hit.target).collect()
    }
}
