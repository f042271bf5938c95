//! One vocabulary for everything wecheck says about a user's problem.
//!
//! In: nothing. Out: [`Entry`], the shape of a finding: an id that is unique in the whole program, how
//! severe it is, how it is known, how likely, and its title, cause and fix in both languages. A room
//! declares its findings as a table of entries; [`crate::findings`] lists the tables. The terminal, the
//! JSON, the page and `docs/findings.md` are made from these entries.

pub mod doctor;
pub mod page;

use crate::lang::Text;

/// A finding.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Unique in the whole program, never reused.
    pub id: &'static str,
    /// What it means for the user.
    pub severity: Severity,
    /// How it is known.
    pub basis: Basis,
    /// How often it happens in the field.
    pub likelihood: Likelihood,
    /// What it is about: `url`, `ticket`, `config` …
    pub field: &'static str,
    /// At most 60 characters, in either language.
    pub title: Text,
    /// Why it happens; `{name}` stands for a detail of the case at hand.
    pub cause: Text,
    /// What to do.
    pub fix: Text,
}

/// What a finding means for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// WeChat refuses because of it.
    Error,
    /// It looks wrong and may lead to a refusal.
    Warning,
    /// A check that passes, warns or fails, depending on what is found.
    Check,
}

impl Severity {
    /// The word for it.
    pub fn text(self) -> Text {
        match self {
            Self::Error => Text { zh: "错误", en: "error" },
            Self::Warning => Text { zh: "警告", en: "warning" },
            Self::Check => Text { zh: "检查项", en: "check" },
        }
    }
}

/// How a finding is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A recomputed hash equals the one given.
    Hash,
    /// The pasted text or the flags show it.
    Evidence,
    /// It was measured over the network.
    Measurement,
    /// A rule of the platform says it.
    Rule,
}

impl Basis {
    /// The words for it.
    pub fn text(self) -> Text {
        match self {
            Self::Hash => Text { zh: "由重新计算的哈希证明", en: "proved by recomputing the hash" },
            Self::Evidence => Text { zh: "由给出的内容看出", en: "shown by the evidence" },
            Self::Measurement => Text { zh: "实际测得", en: "measured" },
            Self::Rule => Text { zh: "平台的规则", en: "a rule of the platform" },
        }
    }
}

/// How often something happens in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// Four or more independent reports.
    Often,
    /// Two or three.
    Sometimes,
    /// One, or only code with the defect.
    Rarely,
}

impl Likelihood {
    /// The rank: the ranks of an explanation's findings add up, and the lowest sum comes first.
    pub const fn rank(self) -> u16 {
        match self {
            Self::Often => 10,
            Self::Sometimes => 20,
            Self::Rarely => 30,
        }
    }

    /// The words for it.
    pub fn text(self) -> Text {
        match self {
            Self::Often => Text { zh: "常见", en: "seen often" },
            Self::Sometimes => Text { zh: "有时见到", en: "seen sometimes" },
            Self::Rarely => Text { zh: "少见", en: "seen rarely" },
        }
    }
}
