//! Passes: products of layers, hashed on all threads.
//!
//! In: lists of variants. Out: the candidates among them whose digest is looked for. A pass counts its
//! candidates through, the url innermost, so that what is before the url is hashed once for all
//! urls; threads take stretches of that count. A pass ends at its first hit, and every stretch before
//! that is still finished, so that the answer does not depend on which thread was quicker.

use std::ops::{Range, RangeInclusive};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::candidate::{Candidate, Hashing, Trial};
use super::explain::Explained;
use super::layers::{Layers, Route, Tier, Variant, second_url};
use super::{Case, Crew, Known, Reach};
use crate::diagnosis::mistake::{Encoding, Joined, Key, Piece, entry, number};
use wecheck_kernel::{Backend, Batch, Prefix, Targets, find_numbers};

/// A product of layers.
pub(super) struct Pass<'a> {
    urls: &'a [Variant<String>],
    tickets: &'a [Variant<String>],
    nonces: &'a [Variant<String>],
    timestamps: &'a [Variant<String>],
    layouts: &'a [Variant<Joined>],
    encodings: &'a [Variant<Option<&'static Encoding>>],
    /// Another pass took the candidates of usual forms only.
    pub(super) skips_usual: bool,
}

/// Candidates that a thread takes at a time: fewer of long ones, since only between two stretches is it
/// asked whether to stop.
fn stretch(case: &Case<'_>) -> u64 {
    const USUAL: u64 = 1 << 14;
    const USUAL_BYTES: u64 = 256;
    let bytes = (case.candidate_bytes() as u64).max(USUAL_BYTES);
    (USUAL * USUAL_BYTES / bytes).max(1)
}

/// A number is searched for in candidates up to this size only. Bytes.
const LONGEST_NUMBERED: usize = 2 << 10;

impl<'a> Pass<'a> {
    /// The products that together hold every candidate with this many mistakes, of a tier.
    pub(super) fn with_mistakes(layers: &'a Layers, mistakes: usize, tier: Tier) -> Vec<Self> {
        let mut passes = Vec::new();
        for mask in 0..16_usize {
            let [ticket, nonce, timestamp, encoding] = [0, 1, 2, 3].map(|bit| mask >> bit & 1);
            let ones = ticket + nonce + timestamp + encoding;
            for layout in 0..layers.layouts.len() {
                let Some(url) = mistakes.checked_sub(ones + layout) else { continue };
                // Two mistakes in how the values are joined: only when there is no other.
                if url >= layers.urls.len() || layout == 2 && mistakes > 2 {
                    continue;
                }
                passes.push(Self {
                    urls: layers.urls[url].take(tier),
                    tickets: layers.tickets[ticket].take(tier),
                    nonces: layers.nonces[nonce].take(tier),
                    timestamps: layers.timestamps[timestamp].take(tier),
                    layouts: layers.layouts[layout].take(tier),
                    encodings: layers.encodings[encoding].take(tier),
                    skips_usual: false,
                });
            }
        }
        passes.retain(|pass| pass.len() > 0);
        passes
    }

    fn skips(&self, candidate: &Candidate<'_>) -> bool {
        candidate.repeats() || self.skips_usual && candidate.is_usual()
    }

    /// How many candidates there are.
    pub(super) fn len(&self) -> u64 {
        [
            self.urls.len(),
            self.tickets.len(),
            self.nonces.len(),
            self.timestamps.len(),
            self.layouts.len(),
            self.encodings.len(),
        ]
        .into_iter()
        .fold(1, |product: u64, len| product.saturating_mul(len as u64))
    }

    /// How many there are for each url.
    fn frames(&self) -> u64 {
        self.len() / self.urls.len().max(1) as u64
    }

    /// The candidate at a place.
    #[expect(clippy::cast_possible_truncation, reason = "a remainder is below the length of a list")]
    fn at(&self, place: u64) -> Candidate<'a> {
        fn pick<'a, T>(list: &'a [Variant<T>], rest: &mut u64) -> &'a Variant<T> {
            let len = list.len() as u64;
            let variant = &list[(*rest % len) as usize];
            *rest /= len;
            variant
        }
        let mut rest = place;
        Candidate {
            url: pick(self.urls, &mut rest),
            layout: pick(self.layouts, &mut rest),
            timestamp: pick(self.timestamps, &mut rest),
            nonce: pick(self.nonces, &mut rest),
            ticket: pick(self.tickets, &mut rest),
            encoding: pick(self.encodings, &mut rest),
        }
    }

    /// Tries every candidate. `false` where it was stopped.
    pub(super) fn run(
        &self,
        case: &Case<'_>,
        hashing: &Hashing<'_>,
        crew: &Crew<'_>,
        found: &mut Vec<Explained>,
    ) -> bool {
        let work = |range: Range<u64>, hits: &mut Hits| match hashing {
            Hashing::Sha1 { targets, .. } => self.sha1(range, targets, hits),
            Hashing::Other { trials } => self.others(range, case, trials, hits),
        };
        let (hits, whole) = share(self.len(), stretch(case), crew, &work);
        for (place, which) in hits {
            found.push(Explained::new(case, &self.at(place), hashing.proof(which)));
        }
        whole
    }

    fn sha1(&self, range: Range<u64>, targets: &Targets, hits: &mut Hits) -> u64 {
        let mut batch = Batch::new(Backend::best(), targets);
        let empty = Prefix::new(b"");
        let urls = self.urls.len() as u64;
        let mut text = Vec::new();
        let mut tried = 0;
        let mut place = range.start;
        while place < range.end {
            let frame_end = ((place / urls + 1) * urls).min(range.end);
            let first = self.at(place);
            let joined = &first.layout.value;
            let url_at = joined.pieces.iter().position(|piece| *piece == Piece::Url);
            if !first.shows_changes() {
                place = frame_end;
                continue;
            }
            match url_at.filter(|_| joined.sorted.is_none() && urls > 1) {
                Some(url_at) => {
                    text.clear();
                    first.lead(&mut text);
                    for piece in &joined.pieces[..url_at] {
                        first.bytes(&first.shown(piece), &mut text);
                    }
                    let prefix = Prefix::new(&text);
                    // As a rule the url is the end, and goes in as it is.
                    let ends_plain = joined.pieces.len() == url_at + 1
                        && joined.map.is_none()
                        && first.encoding.value.is_none();
                    for place in place..frame_end {
                        let candidate = self.at_url(&first, place);
                        if self.skips(&candidate) {
                            continue;
                        }
                        if ends_plain {
                            batch.push(place, &prefix, candidate.url.value.as_bytes());
                            tried += 1;
                            continue;
                        }
                        text.clear();
                        for piece in &joined.pieces[url_at..] {
                            candidate.bytes(&candidate.shown(piece), &mut text);
                        }
                        batch.push(place, &prefix, &text);
                        tried += 1;
                    }
                }
                None => {
                    for place in place..frame_end {
                        let candidate = self.at_url(&first, place);
                        if !self.skips(&candidate) {
                            text.clear();
                            candidate.render(&mut text);
                            batch.push(place, &empty, &text);
                            tried += 1;
                        }
                    }
                }
            }
            place = frame_end;
        }
        hits.extend(batch.finish().into_iter().map(|hit| (hit.id, hit.target)));
        tried
    }

    /// The candidate at a place of the same frame.
    #[expect(clippy::cast_possible_truncation, reason = "a remainder is below the length of the list")]
    fn at_url(&self, frame: &Candidate<'a>, place: u64) -> Candidate<'a> {
        Candidate { url: &self.urls[(place % self.urls.len() as u64) as usize], ..*frame }
    }

    fn others(&self, range: Range<u64>, case: &Case<'_>, trials: &[Trial<'_>], hits: &mut Hits) -> u64 {
        let mut text = Vec::new();
        let mut tried = 0;
        for place in range {
            let candidate = self.at(place);
            if !candidate.shows_changes() || self.skips(&candidate) {
                continue;
            }
            text.clear();
            candidate.render(&mut text);
            for (which, trial) in trials.iter().enumerate() {
                let key = match trial.algorithm.key {
                    Key::None => "",
                    Key::Ticket => &candidate.ticket.value,
                    Key::Nonce => &candidate.nonce.value,
                    Key::Secret => case.app_secret.map_or("", |secret| secret.reveal()),
                };
                tried += 1;
                if (trial.algorithm.digest)(key.as_bytes(), &text) == trial.expected.digest {
                    hits.push((place, which));
                }
            }
        }
        tried
    }
}

/// Places, and the target or trial that each hit.
type Hits = Vec<(u64, usize)>;

/// Counts `total` through on all threads. `work` returns how many candidates it hashed. Nothing behind
/// the first stretch with a hit is looked at.
fn share(
    total: u64,
    stretch: u64,
    crew: &Crew<'_>,
    work: &(dyn Fn(Range<u64>, &mut Hits) -> u64 + Sync),
) -> (Hits, bool) {
    let next = AtomicU64::new(0);
    let last = AtomicU64::new(u64::MAX);
    let stopped = AtomicBool::new(false);
    let all = Mutex::new(Vec::new());
    let worker = || {
        let mut hits = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let start = number.saturating_mul(stretch);
            if start >= total || number > last.load(Ordering::Relaxed) {
                break;
            }
            if (crew.stop)() {
                stopped.store(true, Ordering::Relaxed);
                break;
            }
            let before = hits.len();
            crew.tried(work(start..(start + stretch).min(total), &mut hits));
            if hits.len() > before {
                last.fetch_min(number, Ordering::Relaxed);
            }
        }
        if !hits.is_empty() {
            all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(hits);
        }
    };
    if total <= stretch {
        worker();
    } else {
        std::thread::scope(|scope| {
            for _ in 1..crew.threads {
                // If no thread can be had, the others do its part.
                let _ = std::thread::Builder::new().spawn_scoped(scope, worker);
            }
            worker();
        });
    }
    let mut hits = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let end = last.into_inner().saturating_add(1).saturating_mul(stretch);
    hits.retain(|(place, _)| *place < end);
    hits.sort_unstable();
    (hits, !stopped.into_inner())
}

/// A pass whose timestamp is a number that is searched for.
pub(super) struct NumberPass<'a> {
    pass: Pass<'a>,
    numbers: Vec<Numbers>,
}

/// Timestamps to try.
#[derive(Clone)]
struct Numbers {
    range: RangeInclusive<u64>,
    /// Digits that follow.
    tail: String,
    /// Ids of the mistakes.
    mistakes: &'static [&'static str],
}

const DAY: u64 = 86_400;
const DRIFT: &[&str] = &["timestamp-drift"];
const MILLISECONDS: &[&str] = &["timestamp-milliseconds"];
const BOTH: &[&str] = &["timestamp-milliseconds", "timestamp-drift"];

impl Numbers {
    /// The numbers within a span of seconds, by the number of mistakes they stand for. Milliseconds
    /// are near by nature, and left out where only the far ones are wanted.
    fn of(timestamp: &str, seconds: u64, mistakes: usize, near: bool) -> Vec<Self> {
        let Some(given) = number(timestamp) else { return Vec::new() };
        let around = |middle: u64, span: u64| middle.saturating_sub(span)..=middle.saturating_add(span);
        let plain = |range, mistakes| Self { range, tail: String::new(), mistakes };
        let minute = seconds.min(60) * 1000;
        let is_seconds = given < 100_000_000_000;
        let mut numbers = Vec::new();
        match (is_seconds, mistakes) {
            (true, 1) => {
                if near {
                    numbers.push(plain(given * 1000..=given * 1000 + 999, MILLISECONDS));
                }
                numbers.push(plain(around(given, seconds), DRIFT));
            }
            // Milliseconds of another second.
            (true, _) if near => numbers.push(plain(around(given * 1000, minute), BOTH)),
            (true, _) => {}
            (false, 1) => {
                if near {
                    numbers.push(plain(around(given, minute), DRIFT));
                }
                let tail = format!("{:03}", given % 1000);
                numbers.push(Self { range: around(given / 1000, seconds), tail, mistakes: DRIFT });
            }
            (false, _) => numbers.push(plain(around(given / 1000, seconds), BOTH)),
        }
        numbers
    }
}

impl<'a> NumberPass<'a> {
    /// The passes whose mistakes, the timestamp's included, are this many.
    pub(super) fn with_mistakes(
        layers: &'a Layers,
        case: &Case<'_>,
        mistakes: usize,
        reach: Reach,
    ) -> Vec<Self> {
        let timestamp = case.fields.timestamp.as_str();
        let mut passes = Vec::new();
        if case.certain.is_some() || case.candidate_bytes() > LONGEST_NUMBERED && reach != Reach::Moment {
            return passes;
        }
        for own in 1..=mistakes.min(2) {
            let others = mistakes - own;
            let seconds = match (reach, others) {
                (Reach::Near, 0 | 1) => 3600,
                (Reach::Near | Reach::First, 2) => 300,
                (Reach::Moment, 2) => 10,
                (Reach::DayAndUrl | Reach::Day, 0 | 1) | (Reach::DayAndTwo, 2) => DAY,
                _ => continue,
            };
            let near = matches!(reach, Reach::Near | Reach::First) || others == 0;
            let numbers = Numbers::of(timestamp, seconds, own, near);
            let tier = if reach == Reach::First { Tier::First } else { Tier::Usual };
            for pass in Pass::with_mistakes(layers, others, tier) {
                let url_only = pass.frames() == 1;
                let wanted = match reach {
                    Reach::Near | Reach::First | Reach::Moment => true,
                    Reach::DayAndUrl | Reach::DayAndTwo => url_only,
                    Reach::Day => !url_only,
                };
                // Not where the timestamp is another variant already.
                let free = pass.timestamps.iter().all(|variant| variant.route.is_empty());
                if wanted && free && !numbers.is_empty() {
                    passes.push(Self { pass, numbers: numbers.clone() });
                }
            }
        }
        passes
    }

    /// Tries every number in every candidate.
    pub(super) fn run(
        &self,
        case: &Case<'_>,
        hashing: &Hashing<'_>,
        crew: &Crew<'_>,
        found: &mut Vec<Explained>,
    ) -> bool {
        let Hashing::Sha1 { targets, .. } = hashing else { return true };
        let kinds = self.numbers.len() as u64;
        let hits_of = Mutex::new(Vec::new());
        let work = |range: Range<u64>, hits: &mut Hits| {
            let mut tried = 0;
            for place in range {
                let candidate = self.pass.at(place / kinds);
                let Some(numbers) = self.numbers_at(place) else { continue };
                if !candidate.shows_changes() || candidate.repeats() {
                    continue;
                }
                let Some((before, after)) = candidate.around_timestamp() else { continue };
                let prefix = Prefix::new(&before);
                let suffix = [numbers.tail.as_bytes(), &after].concat();
                for hit in find_numbers(Backend::best(), &prefix, numbers.range.clone(), &suffix, targets) {
                    hits.push((place, hit.target));
                    let mut all = hits_of.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    all.push((place, hit.target, hit.id));
                }
                tried += numbers.range.end() - numbers.range.start() + 1;
            }
            tried
        };
        let (hits, whole) = share(self.pass.len() * kinds, 1, crew, &work);
        let mut all = hits_of.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.sort_unstable();
        all.retain(|(place, target, _)| hits.contains(&(*place, *target)));
        for (place, which, number) in all {
            let Some(numbers) = self.numbers_at(place) else { continue };
            let value = format!("{number}{}", numbers.tail);
            let steps = numbers.mistakes.iter().filter_map(|id| entry(id));
            let route = steps.fold(Route::default(), |route, step| route.then(step, 0));
            let timestamp = Variant { value, route };
            let candidate = Candidate { timestamp: &timestamp, ..self.pass.at(place / kinds) };
            // Sorted values may change places with the number.
            if timestamp.value != case.fields.timestamp && candidate.hits(targets).contains(&which) {
                found.push(Explained::new(case, &candidate, hashing.proof(which)));
            }
        }
        whole
    }

    #[expect(clippy::cast_possible_truncation, reason = "a remainder is below the length of the list")]
    fn numbers_at(&self, place: u64) -> Option<&Numbers> {
        self.numbers.get((place % self.numbers.len() as u64) as usize)
    }
}

/// Three mistakes of the url at once: those of two, each with the likelier forms of a third.
pub(super) fn third_url(
    layers: &Layers,
    known: &Known,
    case: &Case<'_>,
    hashing: &Hashing<'_>,
    crew: &Crew<'_>,
    found: &mut Vec<Explained>,
) -> bool {
    let Hashing::Sha1 { targets, .. } = hashing else { return true };
    let Some(seconds) = layers.urls.get(2).map(|list| list.take(Tier::Usual)) else { return true };
    let right = Pass::with_mistakes(layers, 0, Tier::All);
    let Some(base) = right.first().map(|pass| pass.at(0)) else { return true };
    let mut before = Vec::new();
    for piece in base.layout.value.pieces.iter().take_while(|piece| **piece != Piece::Url) {
        base.bytes(&base.shown(piece), &mut before);
    }
    let prefix = Prefix::new(&before);
    let thirds = |place: u64| {
        let second = usize::try_from(place).ok().and_then(|place| seconds.get(place));
        let made = second.map(|second| second_url(second, known)).unwrap_or_default();
        made.into_iter().filter(|third| third.route.is_usual() && !layers.has_url(&third.value))
    };
    let work = |range: Range<u64>, hits: &mut Hits| {
        let mut batch = Batch::new(Backend::best(), targets);
        let mut tried = 0;
        for place in range {
            for third in thirds(place) {
                batch.push(place, &prefix, third.value.as_bytes());
                tried += 1;
            }
        }
        hits.extend(batch.finish().into_iter().map(|hit| (hit.id, hit.target)));
        tried
    };
    let (hits, whole) = share(seconds.len() as u64, 16, crew, &work);
    for (place, which) in hits {
        for third in thirds(place) {
            let candidate = Candidate { url: &third, ..base };
            if candidate.hits(targets).contains(&which) {
                found.push(Explained::new(case, &candidate, hashing.proof(which)));
            }
        }
    }
    whole
}
