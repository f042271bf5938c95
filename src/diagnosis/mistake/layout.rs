//! How values are put together for hashing: the model that mistakes of string1 and of cards change.
//!
//! In: a case. Out: a [`Layout`], which names the places of ticket, nonce, timestamp and url without
//! knowing them, so that every layout meets every variant of the values; and [`Joined`], the same made
//! ready for hashing.

use std::borrow::Cow;

use crate::diagnosis::case::Case;
use crate::signature::{named_values, sorted_values};

/// A part of the text that is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// This text.
    Text(Cow<'static, str>),
    /// This text, which is secret: never shown.
    Secret(String),
    /// The ticket, whichever was signed.
    Ticket,
    /// The nonce.
    Nonce,
    /// The timestamp.
    Timestamp,
    /// The url.
    Url,
}

/// A value with what comes before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Param {
    /// The name by the contract, whatever key is written.
    pub(super) name: &'static str,
    /// What separates it from the value before.
    pub(super) joint: Cow<'static, str>,
    pub(super) key: Cow<'static, str>,
    pub(super) equals: &'static str,
    pub(super) quote: &'static str,
    pub(super) value: Piece,
}

/// How values are put together.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(super) prefix: Vec<Piece>,
    pub(super) params: Vec<Param>,
    pub(super) suffix: Vec<Piece>,
    /// The values are sorted by bytes; there are no keys then.
    pub(super) sorted: bool,
    map: Option<(Map, Scope)>,
}

/// What is done to a text before it is hashed.
pub(crate) type Map = fn(&str) -> String;

/// What a map of the text covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Keys and separators too.
    Whole,
    /// The values only.
    Values,
}

/// A layout made ready for hashing: texts joined, and mapped where a map covers them.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    /// In order, or to be sorted.
    pub(crate) pieces: Vec<Piece>,
    /// Which pieces are sorted by what they hold, and what is put between them.
    pub(crate) sorted: Option<(std::ops::Range<usize>, String)>,
    /// What is done to every value that is put in.
    pub(crate) map: Option<Map>,
}

impl Layout {
    /// The right one for a kind.
    pub(crate) fn of(case: &Case<'_>) -> Self {
        let signs_url = case.kind.signs_url();
        let values = if signs_url {
            named_values(case.kind, case.fields)
        } else {
            sorted_values(case.kind, case.fields)
        };
        let params = values.iter().enumerate().map(|(at, (name, value))| Param {
            name,
            joint: if signs_url && at > 0 { "&".into() } else { "".into() },
            key: if signs_url { (*name).into() } else { "".into() },
            equals: if signs_url { "=" } else { "" },
            quote: "",
            value: Piece::named(name, value),
        });
        Self {
            prefix: Vec::new(),
            params: params.collect(),
            suffix: Vec::new(),
            sorted: !signs_url,
            map: None,
        }
    }

    /// Whether keys are written.
    pub(super) fn has_keys(&self) -> bool {
        self.params.iter().any(|param| !param.key.is_empty())
    }

    /// The same with other parameters, joined as before.
    pub(super) fn with_params(&self, mut params: Vec<Param>) -> Self {
        let joint = self.params.iter().skip(1).map(|param| param.joint.clone()).next().unwrap_or_default();
        for (at, param) in params.iter_mut().enumerate() {
            param.joint = match self.params.get(at) {
                Some(own) => own.joint.clone(),
                None => joint.clone(),
            };
        }
        Self { params, ..self.clone() }
    }

    /// Other parameters in this order, with the joints and keys they bring.
    pub(super) fn in_order(&self, mut params: Vec<Param>) -> Self {
        if let Some(first) = params.first_mut() {
            first.joint = "".into();
        }
        Self { params, sorted: false, ..self.clone() }
    }

    pub(super) fn joined_by(&self, joint: &'static str) -> Self {
        let mut layout = self.clone();
        for param in layout.params.iter_mut().skip(1) {
            param.joint = joint.into();
        }
        layout
    }

    pub(super) fn mapped(&self, map: Map, scope: Scope) -> Option<Self> {
        self.map.is_none().then(|| Self { map: Some((map, scope)), ..self.clone() })
    }

    /// Makes it ready for hashing.
    pub(crate) fn join(&self) -> Joined {
        let whole = self.map.filter(|(_, scope)| *scope == Scope::Whole).map(|(map, _)| map);
        let any = self.map.map(|(map, _)| map);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut push = |piece: Piece, map: Option<Map>, merge: bool| {
            let piece = match (piece, map) {
                (Piece::Text(text), Some(map)) => Piece::Text(map(&text).into()),
                (Piece::Secret(text), Some(map)) => Piece::Secret(map(&text)),
                (piece, _) => piece,
            };
            match (pieces.last_mut(), piece) {
                (_, Piece::Text(text)) if merge && text.is_empty() => {}
                (Some(Piece::Text(before)), Piece::Text(text)) if merge => before.to_mut().push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        };
        for piece in &self.prefix {
            push(piece.clone(), whole, true);
        }
        let mut sorted = None;
        if self.sorted {
            let first = self.prefix.iter().filter(|piece| **piece != Piece::Text("".into())).count();
            for param in &self.params {
                push(param.value.clone(), any, false);
            }
            let joint = self.params.get(1).map_or("", |param| &param.joint);
            let joint = whole.map_or_else(|| joint.to_owned(), |map| map(joint));
            sorted = Some((first..first + self.params.len(), joint));
        } else {
            for param in &self.params {
                for text in [&param.joint, &param.key, param.equals, param.quote] {
                    push(Piece::Text(text.to_owned().into()), whole, true);
                }
                push(param.value.clone(), any, true);
                push(Piece::Text(param.quote.into()), whole, true);
            }
        }
        for piece in &self.suffix {
            push(piece.clone(), whole, sorted.is_none());
        }
        Joined { pieces, sorted, map: any }
    }
}

impl Piece {
    /// The place of a value, or for a card's other values their text.
    pub(super) fn named(name: &str, value: &str) -> Self {
        match name {
            "api_ticket" | "jsapi_ticket" | "group_ticket" => Self::Ticket,
            "noncestr" | "nonce_str" => Self::Nonce,
            "timestamp" => Self::Timestamp,
            "url" => Self::Url,
            _ => Self::Text(value.to_owned().into()),
        }
    }
}

impl Param {
    /// A value beside the others, without a key.
    pub(super) fn bare(name: &'static str, value: Piece) -> Self {
        Self { name, joint: "".into(), key: "".into(), equals: "", quote: "", value }
    }

    /// A value with a key.
    pub(super) fn keyed(
        name: &'static str,
        joint: &'static str,
        key: impl Into<Cow<'static, str>>,
        value: Piece,
    ) -> Self {
        Self { name, joint: joint.into(), key: key.into(), equals: "=", quote: "", value }
    }
}
