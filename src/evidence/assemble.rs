//! Claims out of groups: which values belong to which signature.
//!
//! In: everything found. Out: the claims, and the values that belong to no one of them. A *record* is
//! a run of values in one group in which no field comes twice; one with a signature is a claim. What
//! stands in an enclosing or enclosed object completes it; a literal string1 goes to the signature
//! that it hashes to, else to the one beside it; the call that passes an answer on joins the answer.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::found::{Found, Kept, Trust};
use super::{Call, Claim, Field, Literal, Origin, Value};
use crate::signature::{Kind, sha1_hex};

/// Values of one group that belong together.
#[derive(Debug, Default)]
struct Record {
    group: usize,
    /// The call whose object this is.
    block: Option<usize>,
    is_comment: bool,
    values: Vec<usize>,
    literal: Option<usize>,
    /// The first value of each field, those of a literal apart: by these the next record is known.
    firsts: Vec<(Field, bool, Option<Kind>, usize)>,
    is_signed: bool,
    /// It went into a claim.
    is_used: bool,
}

impl Record {
    /// Adds a value, unless the same stands in it already.
    fn add(&mut self, found: &Found, index: usize) {
        let value = &found.values[index].value;
        let is_literal = value.origin == Origin::String1;
        self.is_signed |= value.field == Field::Signature;
        let mut same = self
            .firsts
            .iter()
            .filter(|first| (first.0, first.1, first.2) == (value.field, is_literal, value.kind));
        match same.next() {
            Some(first) if found.values[first.3].value.text == value.text => return,
            Some(_) => {}
            None => self.firsts.push((value.field, is_literal, value.kind, index)),
        }
        if self.values.len() < VALUES {
            self.values.push(index);
        }
    }
}

/// No record of a person's has more values.
const VALUES: usize = 100;

/// The claims of a text, and the values that belong to no one signature.
pub(super) fn claims(found: &Found, kind: Option<Kind>) -> (Vec<Claim>, Vec<Value>) {
    let mut records = records(found);
    let seeds = seeds(found, &mut records);
    let of_literal =
        records.iter().enumerate().filter_map(|(index, record)| Some((record.literal?, index))).collect();
    let mut assembly =
        Assembly { found, by_signature: HashMap::new(), of_literal, records, drafts: Vec::new() };
    for seed in seeds {
        assembly.add(seed);
    }
    assembly.complete();
    assembly.join_blocks();
    assembly.join_literals();
    assembly.join_unsigned();
    assembly.lend_to_rival();
    assembly.finish(kind)
}

/// The values by group, cut where a field comes again.
fn records(found: &Found) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    let mut open: HashMap<(usize, bool), usize> = HashMap::new();
    let mut literals = found.literals.iter().enumerate().peekable();
    for (index, kept) in found.values.iter().enumerate() {
        if kept.trust == Trust::Dropped || kept.value.field == Field::AccessToken {
            continue;
        }
        let place = kept.place;
        let is_agent = kept.value.kind == Some(Kind::Agent);
        let is_new = |record: &Record| begins_again(found, record, kept);
        let current = open.get(&(place.group, is_agent)).copied();
        let current = current.filter(|current| !is_new(&records[*current])).unwrap_or_else(|| {
            records.push(Record {
                group: place.group,
                block: place.block,
                is_comment: found.groups[place.group].is_comment,
                ..Record::default()
            });
            open.insert((place.group, is_agent), records.len() - 1);
            records.len() - 1
        });
        records[current].add(found, index);
        // The values of a literal stand in the list in the order of the literals.
        if kept.value.origin == Origin::String1 && records[current].literal.is_none() {
            while literals.next_if(|(_, (literal, _))| literal.line < kept.value.line).is_some() {}
            if let Some((literal, _)) = literals
                .next_if(|(_, (literal, at))| literal.line == kept.value.line && at.group == place.group)
            {
                records[current].literal = Some(literal);
            }
        }
    }
    records
}

/// Whether a value begins the next record: its field is there already.
fn begins_again(found: &Found, record: &Record, kept: &Kept) -> bool {
    let value = &kept.value;
    let is_record_field = matches!(
        value.field,
        Field::Signature | Field::Nonce | Field::Timestamp | Field::Url | Field::Ticket | Field::CardId
    );
    if !is_record_field || kept.trust != Trust::Plain && value.field != Field::Signature {
        return false;
    }
    let is_literal = value.origin == Origin::String1;
    record.firsts.iter().any(|(field, literal, kind, index)| {
        let other = &found.values[*index];
        *field == value.field
            && *literal == is_literal
            && (value.field != Field::Ticket || *kind == value.kind)
            && (value.field == Field::Signature || other.trust == Trust::Plain)
            && (other.value.text != value.text || (record.is_signed && other.value.line != value.line))
    })
}

/// The records that make a claim: with a signature, in a comment only if there is no other one.
fn seeds(found: &Found, records: &mut [Record]) -> Vec<usize> {
    let of = |record: &Record, field: Field| {
        record.values.iter().any(|index| found.values[*index].value.field == field)
    };
    let strength = |record: &Record| -> Option<u8> {
        let signature = record
            .values
            .iter()
            .map(|index| &found.values[*index])
            .filter(|kept| kept.value.field == Field::Signature)
            .min_by_key(|kept| kept.trust)?;
        let is_nothing = signature.trust == Trust::Weak && signature.value.text.is_empty();
        // The `sign` of another API has neither a nonce nor the shape of a SHA-1.
        let is_hash = signature.value.text.len() == 40;
        let is_foreign = !is_hash
            && record.literal.is_none()
            && record.block.is_none()
            && !of(record, Field::Nonce)
            && !of(record, Field::Ticket);
        let is_comment = record.is_comment || signature.trust == Trust::Comment;
        Some(2 * u8::from(is_comment) + u8::from(is_nothing || is_foreign))
    };
    let best = records.iter().filter_map(strength).min();
    (0..records.len()).filter(|index| best.is_some() && strength(&records[*index]) == best).collect()
}

/// Of very many claims only so many are looked at for one that something may belong to.
const NEAR: usize = 64;

/// A claim in the making.
#[derive(Debug, Default)]
struct Draft {
    group: usize,
    values: Vec<usize>,
    literal: Option<usize>,
    block: Option<usize>,
    /// The values are those of the block: nothing else says what was signed.
    is_block_only: bool,
}

struct Assembly<'f> {
    found: &'f Found,
    /// The drafts by signature.
    by_signature: HashMap<String, Vec<usize>>,
    /// The record of each literal.
    of_literal: HashMap<usize, usize>,
    records: Vec<Record>,
    drafts: Vec<Draft>,
}

impl Assembly<'_> {
    fn value(&self, index: usize) -> &Value {
        &self.found.values[index].value
    }

    fn text<'s>(&'s self, values: &'s [usize], field: Field) -> Option<&'s str> {
        values
            .iter()
            .map(|index| self.value(*index))
            .find(|value| value.field == field)
            .map(|value| value.text.as_str())
    }

    /// Adds a record with a signature, unless the same signature is there already.
    fn add(&mut self, seed: usize) {
        self.records[seed].is_used = true;
        let record = &self.records[seed];
        let text = self.text(&record.values, Field::Signature).unwrap_or_default();
        let draft = Draft {
            group: record.group,
            values: record.values.clone(),
            literal: record.literal,
            block: record.block,
            is_block_only: record.block.is_some_and(|block| !self.is_card(block)),
        };
        let alike = (!text.is_empty()).then(|| text.to_owned());
        let known = alike.as_ref().and_then(|text| self.by_signature.get(text));
        let same = known.and_then(|known| {
            known.iter().take(NEAR).copied().find(|at| self.may_join(&self.drafts[*at], &draft))
        });
        let Some(same) = same else {
            if let Some(text) = alike {
                self.by_signature.entry(text).or_default().push(self.drafts.len());
            }
            return self.drafts.push(draft);
        };
        let other = &mut self.drafts[same];
        if draft.is_block_only && !other.is_block_only {
            other.block = other.block.or(draft.block);
        } else if other.is_block_only && !draft.is_block_only {
            *other = Draft { block: other.block, ..draft };
        } else {
            other.literal = other.literal.or(draft.literal);
            let values = draft.values;
            self.lend(same, &values);
        }
    }

    /// Two records with one signature are one claim, unless they contradict each other: what the page
    /// passes may differ from what was signed, what two answers say may not.
    fn may_join(&self, one: &Draft, two: &Draft) -> bool {
        let (kind, other) = (self.kind(one), self.kind(two));
        // `agentConfig` beside `config`, with the same signature: one of them has the wrong ticket.
        let is_apart = one.group != two.group && one.is_block_only == two.is_block_only;
        if kind != other
            && (kind.is_some() && other.is_some() || is_apart && (kind.or(other) == Some(Kind::Agent)))
        {
            return false;
        }
        if one.is_block_only != two.is_block_only {
            return one.block.is_none() || two.block.is_none();
        }
        one.block == two.block
            && (self.asked(one).is_none() || self.asked(two).is_none() || self.asked(one) == self.asked(two))
            && [Field::Nonce, Field::Timestamp, Field::Url].into_iter().all(|field| {
                let (one, two) = (self.text(&one.values, field), self.text(&two.values, field));
                one.is_none() || two.is_none() || one == two
            })
    }

    /// The request whose answer a record is in, and the page that sent it: one signature given for two
    /// addresses is two claims.
    fn asked(&self, draft: &Draft) -> Option<(&str, Option<&str>)> {
        let answer = self.found.answers.get(self.found.groups[draft.group].answer?)?;
        Some((&answer.source, answer.page.as_deref()))
    }

    fn is_card(&self, block: usize) -> bool {
        self.found.blocks.get(block).is_some_and(|block| block.call == Call::AddCard)
    }

    /// Completes each claim with what stands in the objects inside of its own and around it.
    fn complete(&mut self) {
        let mut by_group: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, record) in self.records.iter().enumerate().filter(|(_, record)| !record.is_used) {
            by_group.entry(record.group).or_default().push(index);
        }
        let mut of_group: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            of_group.entry(draft.group).or_default().push(index);
        }
        // From the outside in: an unsigned record inside of the object of a single claim.
        for index in 0..self.records.len() {
            let record = &self.records[index];
            if record.is_used || record.is_comment {
                continue;
            }
            let mut at = self.found.groups[record.group].parent;
            while let Some(group) = at.filter(|group| self.found.groups[*group].is_object) {
                match of_group.get(&group).map(Vec::as_slice) {
                    Some([draft]) => {
                        let draft = *draft;
                        self.records[index].is_used = true;
                        let values = self.records[index].values.clone();
                        self.lend(draft, &values);
                        break;
                    }
                    Some(_) => break,
                    None => at = self.found.groups[group].parent,
                }
            }
        }
        for draft in 0..self.drafts.len() {
            let mut at = self.found.groups[self.drafts[draft].group].parent;
            while let Some(group) = at {
                let is_object = self.found.groups[group].is_object;
                let around = by_group.get(&group).filter(|_| is_object).into_iter().flatten().take(NEAR);
                for index in around.copied() {
                    if self.records[index].is_comment {
                        continue;
                    }
                    self.records[index].is_used = true;
                    let values = self.records[index].values.clone();
                    self.lend(draft, &values);
                }
                at = self.found.groups[group].parent;
            }
        }
    }

    /// Gives a claim the values that it lacks.
    fn lend(&mut self, draft: usize, values: &[usize]) {
        // The tickets of two kinds are two things.
        let what = |index: &usize| {
            let value = self.value(*index);
            (value.field, value.kind.filter(|_| value.field == Field::Ticket))
        };
        let own: HashSet<(Field, Option<Kind>)> = self.drafts[draft].values.iter().map(what).collect();
        let lent: Vec<usize> = values.iter().copied().filter(|index| !own.contains(&what(index))).collect();
        self.drafts[draft].values.extend(lent);
    }

    /// A call whose signature cannot be read passes an answer on.
    fn join_blocks(&mut self) {
        let taken: HashSet<usize> = self.drafts.iter().filter_map(|draft| draft.block).collect();
        let kinds: Vec<Option<Kind>> = self.drafts.iter().map(|draft| self.kind(draft)).collect();
        for (index, block) in self.found.blocks.iter().enumerate() {
            if taken.contains(&index) || self.drafts.is_empty() || block.value(Field::Signature).is_some() {
                continue;
            }
            let passed = |field| block.value(field).map(|value| value.text.as_str());
            let agrees = |draft: &Draft, field| {
                passed(field).is_some() && passed(field) == self.text(&draft.values, field)
            };
            let free = |at: usize, draft: &Draft| {
                draft.block.is_none() && kinds[at].is_none_or(|kind| block.call.fits(kind))
            };
            let best = self
                .drafts
                .iter()
                .enumerate()
                .filter(|(at, draft)| free(*at, draft))
                .take(NEAR)
                .max_by_key(|(at, draft)| {
                    let fits =
                        u8::from(agrees(draft, Field::Nonce)) + u8::from(agrees(draft, Field::Timestamp));
                    (fits, kinds[*at].is_some(), usize::MAX - at)
                })
                .map(|(at, _)| at);
            if let Some(at) = best {
                self.drafts[at].block = Some(index);
            }
        }
        let joined: HashSet<usize> = self.drafts.iter().filter_map(|draft| draft.block).collect();
        for record in &mut self.records {
            record.is_used |= record.block.is_some_and(|block| joined.contains(&block));
        }
    }

    /// A literal goes to the signature that it is the hash of, else to the one with its nonce, else to
    /// the one nearest to it.
    fn join_literals(&mut self) {
        let mut taken: HashSet<usize> = self.drafts.iter().filter_map(|draft| draft.literal).collect();
        let given: Vec<Option<String>> = self
            .drafts
            .iter()
            .map(|draft| Some(self.text(&draft.values, Field::Signature)?.to_ascii_lowercase()))
            .collect();
        let mut by_signature: HashMap<&str, usize> = HashMap::new();
        for (at, given) in given.iter().enumerate() {
            by_signature.entry(given.as_deref().unwrap_or_default()).or_insert(at);
        }
        let hashes = |literal: &Literal| -> Vec<String> {
            std::iter::once(&literal.text).chain(&literal.readings).map(|text| sha1_hex(text)).collect()
        };
        // What was signed is said once: an answer with the same signature says itself what the page gets.
        let settled: HashSet<usize> = self
            .drafts
            .iter()
            .zip(&given)
            .filter_map(|(draft, given)| Some((draft.literal?, given.as_ref()?)))
            .filter(|(literal, given)| hashes(&self.found.literals[*literal].0).contains(given))
            .map(|(literal, _)| literal)
            .collect();
        for (index, (literal, _)) in self.found.literals.iter().enumerate() {
            if settled.contains(&index) {
                continue;
            }
            let at = hashes(literal).iter().find_map(|hash| by_signature.get(hash.as_str()).copied());
            if let Some(at) = at.filter(|at| self.drafts[*at].literal != Some(index)) {
                self.give(at, index);
                taken.insert(index);
            }
        }
        let nonces = self.by(Field::Nonce);
        let free = |(at, draft): (usize, &Draft)| draft.literal.is_none().then_some(at);
        let mut free: BTreeSet<usize> = self.drafts.iter().enumerate().filter_map(free).collect();
        for index in 0..self.found.literals.len() {
            if taken.contains(&index) {
                continue;
            }
            let (literal, _) = &self.found.literals[index];
            let nonce = literal.value(Field::Nonce);
            let by_nonce = nonce.and_then(|nonce| nonces.get(nonce)).copied().filter(|at| free.contains(at));
            let nearest = || {
                let near = free.iter().take(NEAR).copied().filter(|at| {
                    let own = self.text(&self.drafts[*at].values, Field::Nonce);
                    own.is_none_or(|own| Some(own) == nonce) || self.drafts.len() == 1
                });
                near.min_by_key(|at| self.line(&self.drafts[*at]).abs_diff(literal.line))
            };
            if let Some(at) = by_nonce.or_else(nearest) {
                self.give(at, index);
                free.remove(&at);
            }
        }
    }

    /// Gives a literal to a claim, with its values.
    fn give(&mut self, at: usize, literal: usize) {
        let mut values = Vec::new();
        // A literal is of one record.
        if let Some(record) = self.of_literal.get(&literal).map(|record| &mut self.records[*record])
            && !record.is_used
        {
            record.is_used = true;
            values.clone_from(&record.values);
        }
        let draft = &mut self.drafts[at];
        draft.literal = Some(literal);
        draft.values.extend(values);
        draft.is_block_only = false;
    }

    /// The first claim with each value of a field.
    fn by(&self, field: Field) -> HashMap<String, usize> {
        let mut known = HashMap::new();
        for (at, draft) in self.drafts.iter().enumerate() {
            if let Some(text) = self.text(&draft.values, field) {
                known.entry(text.to_owned()).or_insert(at);
            }
        }
        known
    }

    /// Values without a signature say what was signed for the claim that lacks them.
    fn join_unsigned(&mut self) {
        let (nonces, timestamps) = (self.by(Field::Nonce), self.by(Field::Timestamp));
        for index in 0..self.records.len() {
            let record = &self.records[index];
            if record.is_used || record.is_comment || record.block.is_some() {
                continue;
            }
            let (nonce, timestamp) =
                (self.text(&record.values, Field::Nonce), self.text(&record.values, Field::Timestamp));
            if nonce.is_none() && timestamp.is_none() {
                continue;
            }
            let lacks = |draft: &Draft| {
                draft.is_block_only
                    || self.text(&draft.values, Field::Nonce).is_none()
                    || self.text(&draft.values, Field::Timestamp).is_none()
            };
            let mut open = (0..self.drafts.len()).take(NEAR).filter(|at| lacks(&self.drafts[*at]));
            let only = open.next().filter(|_| open.next().is_none());
            let by_value = match nonce {
                Some(nonce) => nonces.get(nonce),
                None => timestamp.and_then(|timestamp| timestamps.get(timestamp)),
            };
            let Some(at) = by_value.copied().or(only) else { continue };
            self.records[index].is_used = true;
            let values = self.records[index].values.clone();
            if self.drafts[at].is_block_only {
                self.drafts[at].is_block_only = false;
                // What was signed comes first, what the page passes stays in the block.
                let own = self.drafts[at].values.clone();
                self.drafts[at].values = values;
                self.lend(at, &own);
            } else {
                self.lend(at, &values);
            }
        }
    }

    /// A signature with nothing else beside one that has it all was made of the same values: a tool's and their own.
    fn lend_to_rival(&mut self) {
        let is_bare = |draft: &Draft| {
            let of_value = [Field::Nonce, Field::Timestamp]
                .into_iter()
                .any(|field| self.text(&draft.values, field).is_some());
            !of_value && draft.literal.is_none() && draft.block.is_none()
        };
        let (bare, whole): (Vec<usize>, Vec<usize>) =
            (0..self.drafts.len()).take(NEAR).partition(|at| is_bare(&self.drafts[*at]));
        let ([rival], [right]) = (&bare[..], &whole[..]) else { return };
        let (kind, own) = (self.kind(&self.drafts[*right]), self.kind(&self.drafts[*rival]));
        if own.is_none_or(|own| kind.unwrap_or_default() == own) {
            let is_lent = |index: &usize| self.value(*index).field != Field::Signature;
            let values: Vec<usize> = self.drafts[*right].values.iter().copied().filter(is_lent).collect();
            self.lend(*rival, &values);
        }
    }

    fn line(&self, draft: &Draft) -> usize {
        let signature =
            draft.values.iter().map(|index| self.value(*index)).find(|value| value.field == Field::Signature);
        signature
            .or_else(|| draft.values.first().map(|index| self.value(*index)))
            .map_or(1, |value| value.line)
    }

    /// The kind that a claim's own call, keys and values show.
    fn kind(&self, draft: &Draft) -> Option<Kind> {
        let values = || draft.values.iter().map(|index| self.value(*index));
        let of_call = |call| match call {
            Call::Config => Some(Kind::Jsapi),
            Call::Register => {
                let is_agent = values().any(|value| value.kind == Some(Kind::Agent));
                Some(if is_agent { Kind::Agent } else { Kind::Jsapi })
            }
            Call::AgentConfig => Some(Kind::Agent),
            Call::AddCard => Some(Kind::CardExt),
            Call::ChooseCard => Some(Kind::Card),
            Call::ChooseInvoice => Some(Kind::Invoice),
            Call::OpenContact => Some(Kind::Group),
        };
        if values().any(|value| value.origin == Origin::CardExt) {
            return Some(Kind::CardExt);
        }
        let block = draft.block.and_then(|block| self.found.blocks.get(block));
        if let Some(kind) = block.and_then(|block| of_call(block.call)) {
            return Some(kind);
        }
        let mut group = Some(draft.group);
        while let Some(at) = group {
            if let Some(kind) = self.found.groups[at].kind {
                return Some(kind);
            }
            group = self.found.groups[at].parent;
        }
        if values().any(|value| value.field == Field::CardType && value.text == "INVOICE") {
            return Some(Kind::Invoice);
        }
        let named = |field| values().filter(move |value| value.field == field).find_map(|value| value.kind);
        if let Some(kind) = named(Field::Signature) {
            return Some(kind);
        }
        let has = |field| values().any(|value| value.field == field);
        match named(Field::Ticket) {
            Some(Kind::Card) if has(Field::Url) => None,
            Some(Kind::Card) if has(Field::AppId) || has(Field::CardType) || has(Field::LocationId) => {
                Some(Kind::Card)
            }
            Some(Kind::Card) => Some(Kind::CardExt),
            kind => kind,
        }
    }

    fn finish(mut self, seen: Option<Kind>) -> (Vec<Claim>, Vec<Value>) {
        if self.drafts.is_empty() {
            self.unsigned();
        }
        let is_single = self.drafts.len() == 1;
        let mut shared: Vec<Value> = Vec::new();
        for record in self.records.iter().filter(|record| !record.is_used) {
            shared.extend(record.values.iter().map(|index| self.value(*index).clone()));
        }
        let tokens = self
            .found
            .values
            .iter()
            .filter(|kept| kept.trust < Trust::Dropped && kept.value.field == Field::AccessToken);
        shared.extend(tokens.map(|kept| kept.value.clone()));
        let claims = self
            .drafts
            .iter()
            .map(|draft| {
                let answer =
                    self.found.groups[draft.group].answer.and_then(|answer| self.found.answers.get(answer));
                let mut values: Vec<Value> = Vec::new();
                for index in &draft.values {
                    let value = self.value(*index);
                    let is_said = |known: &Value| {
                        known.field == value.field && known.text == value.text && known.origin == value.origin
                    };
                    if !values.iter().rev().take(64).any(is_said) {
                        values.push(value.clone());
                    }
                }
                Claim {
                    kind: self.kind(draft).or(seen.filter(|_| is_single)),
                    line: self.line(draft),
                    values,
                    literal: draft.literal.map(|literal| self.literal(literal)),
                    block: draft.block,
                    source: answer.map(|answer| answer.source.clone()),
                    page_urls: answer.and_then(|answer| answer.page.clone()).into_iter().collect(),
                }
            })
            .collect();
        (claims, shared)
    }

    fn literal(&self, index: usize) -> Literal {
        self.found.literals[index].0.clone()
    }

    /// Without any signature all values make one claim, or each call that passes some makes its own.
    fn unsigned(&mut self) {
        let in_blocks: Vec<usize> = (0..self.records.len())
            .filter(|index| {
                let record = &self.records[*index];
                record.block.is_some()
                    && (self.text(&record.values, Field::Nonce).is_some()
                        || self.text(&record.values, Field::Timestamp).is_some())
            })
            .collect();
        if in_blocks.len() > 1 {
            for index in in_blocks {
                self.add(index);
            }
            self.complete();
            self.join_literals();
            return self.join_unsigned();
        }
        let mut draft = Draft::default();
        // What a call passes comes after what the server says.
        let mut order: Vec<usize> = (0..self.records.len()).collect();
        order.sort_by_key(|index| (self.records[*index].is_comment, self.records[*index].block.is_some()));
        draft.is_block_only = true;
        for index in order {
            let record = &mut self.records[index];
            record.is_used = true;
            draft.is_block_only &= record.block.is_some();
            draft.literal = draft.literal.or(record.literal);
            draft.group = record.group;
            draft.values.append(&mut record.values);
        }
        draft.block = (!self.found.blocks.is_empty()).then_some(0);
        let is_something = |index: &usize| {
            matches!(self.value(*index).field, Field::Ticket | Field::Nonce | Field::Timestamp | Field::Url)
        };
        if draft.block.is_some() || draft.values.iter().any(is_something) {
            self.drafts.push(draft);
        }
    }
}
