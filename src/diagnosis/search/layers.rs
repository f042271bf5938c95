//! The layers of a candidate: for each value the variants that mistakes make of it.
//!
//! In: a case. Out: [`Layers`], each a list by number of mistakes. Only the url grows beyond one mistake
//! (any two of its mistakes happen together), and how the values are joined, where two mistakes at once
//! are tried alone.

use std::collections::{HashMap, HashSet, hash_map};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Case, Crew};
use crate::diagnosis::case::LONGEST_COMBINED;
use crate::diagnosis::mistake::{
    ALONE, Address, Change, Encoding, Entry, Field, Joined, Known, Layout, Piece, Variants, entries,
};
use crate::signature::without_fragment;

/// One form of a value.
#[derive(Clone, Debug)]
pub(super) struct Variant<T> {
    pub(super) value: T,
    pub(super) route: Route,
}

/// The mistakes that lead to a variant.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Route {
    steps: [Option<&'static Entry>; 3],
    /// The sum of their ranks.
    pub(super) rank: u16,
    /// The largest rank of a form: how usual the least usual step is.
    form: u16,
}

/// How usual the forms are that a pass takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    /// Each mistake in its likeliest forms.
    First,
    /// The usual ones: so few that three mistakes at once can be tried within a second.
    Usual,
    /// All that may come together with other mistakes.
    Combined,
    /// All.
    All,
}

/// Up to this rank a form is among the likeliest.
const FIRST: u16 = 1;
/// Up to this rank a form is usual.
const USUAL: u16 = 3;

impl Route {
    pub(super) fn steps(&self) -> impl Iterator<Item = &'static Entry> + '_ {
        self.steps.iter().flatten().copied()
    }

    /// This route, and one mistake more.
    pub(super) fn then(mut self, entry: &'static Entry, form: u16) -> Self {
        if let Some(free) = self.steps.iter_mut().find(|step| step.is_none()) {
            *free = Some(entry);
        }
        self.rank = self.rank.saturating_add(entry.rank() + form);
        self.form = self.form.max(form);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps[0].is_none()
    }

    pub(super) fn is_usual(&self) -> bool {
        self.form <= USUAL
    }

    pub(super) fn has(&self, entry: &Entry) -> bool {
        self.steps().any(|step| step.id == entry.id)
    }
}

/// The variants of a value with one number of mistakes, the likelier first.
#[derive(Debug, Default)]
pub(super) struct List<T> {
    all: Vec<Variant<T>>,
    first: usize,
    usual: usize,
    combined: usize,
}

impl<T> List<T> {
    fn new(mut all: Vec<Variant<T>>) -> Self {
        // Stable: equally likely ones stay in the order of the entries.
        let tier = |route: Route| {
            u8::from(route.form > FIRST) + u8::from(!route.is_usual()) + u8::from(route.form >= ALONE)
        };
        all.sort_by_key(|variant| (tier(variant.route), variant.route.rank));
        let first = all.partition_point(|variant| variant.route.form <= FIRST);
        let usual = all.partition_point(|variant| variant.route.is_usual());
        let combined = all.partition_point(|variant| variant.route.form < ALONE);
        Self { all, first, usual, combined }
    }

    fn base(value: T) -> Self {
        Self { all: vec![Variant { value, route: Route::default() }], first: 1, usual: 1, combined: 1 }
    }

    /// Those of a tier.
    pub(super) fn take(&self, tier: Tier) -> &[Variant<T>] {
        match tier {
            Tier::First => &self.all[..self.first],
            Tier::Usual => &self.all[..self.usual],
            Tier::Combined => &self.all[..self.combined],
            Tier::All => &self.all,
        }
    }
}

impl List<String> {
    /// Those that a text contains. A right value stays: the layout may leave it out.
    fn within(&self, text: &str) -> Self {
        Self::new(
            self.all
                .iter()
                .filter(|variant| variant.route.is_empty() || text.contains(&variant.value))
                .cloned()
                .collect(),
        )
    }
}

/// The layers, each by number of mistakes.
pub(super) struct Layers {
    pub(super) urls: Vec<List<String>>,
    pub(super) tickets: [List<String>; 2],
    pub(super) nonces: [List<String>; 2],
    pub(super) timestamps: [List<String>; 2],
    pub(super) layouts: Vec<List<Joined>>,
    pub(super) encodings: [List<Option<&'static Encoding>>; 2],
    /// The layouts of one mistake before they were joined: two are made of them.
    single_layouts: Vec<Variant<Layout>>,
    base_layout: Layout,
    /// Every url text there is already, hashed.
    seen: HashSet<u64>,
}

/// Another page's address may be longer than the one that was given. Bytes.
const LONGEST_SECOND: usize = 3 * LONGEST_COMBINED;
/// The urls of two mistakes may take this many bytes: a hostile address has that many variants.
const MOST_BYTES: usize = 22 << 20;
/// And so many before it is known which of them are new.
const ROUND_BYTES: usize = 5 << 20;
/// About so many urls one mistake makes of one.
const VARIANTS: usize = 256;

impl Layers {
    /// The right values: no mistake yet.
    pub(super) fn new(case: &Case<'_>) -> Self {
        let base_layout = Layout::of(case);
        let fields = case.fields;
        let mut layers = Self {
            urls: vec![List::base(without_fragment(&fields.url).to_owned())],
            tickets: [List::base(fields.ticket.clone()), List::default()],
            nonces: [List::base(fields.nonce.clone()), List::default()],
            timestamps: [List::base(fields.timestamp.clone()), List::default()],
            layouts: vec![List::base(base_layout.join())],
            encodings: [List::base(None), List::default()],
            single_layouts: Vec::new(),
            base_layout,
            seen: HashSet::new(),
        };
        layers.seen.insert(hashed(without_fragment(&fields.url)));
        layers
    }

    /// Makes the variants that candidates with this many mistakes need. `false` where not all fit.
    pub(super) fn grow(&mut self, mistakes: usize, known: &Known, case: &Case<'_>, crew: &Crew<'_>) -> bool {
        let mut whole = true;
        if mistakes >= 1 && self.urls.len() == 1 {
            self.first(known, case);
            self.keep_certain(case);
        }
        if mistakes >= 2 && self.urls.len() == 2 {
            whole = self.second_urls(known, case, crew);
            whole &= self.second_layouts(case, crew);
            self.keep_certain(case);
        }
        whole
    }

    /// Where the text that was hashed is certain, only what is a part of it is left.
    fn keep_certain(&mut self, case: &Case<'_>) {
        let Some(text) = case.certain else { return };
        if let Some(list) = self.urls.last_mut() {
            // Of the urls of one mistake those of two are made, which may be a part again.
            if list.all.iter().any(|variant| variant.route.steps().count() == 2) {
                *list = list.within(text);
            }
        }
        for list in [&mut self.tickets[1], &mut self.nonces[1], &mut self.timestamps[1]] {
            *list = list.within(text);
        }
    }

    fn first(&mut self, known: &Known, case: &Case<'_>) {
        let base = self.urls[0].all[0].value.clone();
        let mut urls = Texts::default();
        if case.kind.signs_url() {
            each_url_mistake(&base, known, &mut |entry, form, text| {
                urls.add(Variant { value: text, route: Route::default().then(entry, form) }, &self.seen);
            });
        }
        self.seen.extend(urls.places.keys());
        self.urls.push(List::new(urls.all));
        for (field, list) in [
            (Field::Ticket, &mut self.tickets),
            (Field::Nonce, &mut self.nonces),
            (Field::Timestamp, &mut self.timestamps),
        ] {
            let base = list[0].all[0].value.clone();
            list[1] = List::new(value_mistakes(field, &base, case));
        }
        self.single_layouts = layout_mistakes(&self.base_layout, Route::default(), case);
        self.layouts.push(List::new(self.single_layouts.iter().map(joined).collect()));
        let wide = beyond_ascii(case);
        let mut encodings = Vec::new();
        for entry in entries() {
            for change in entry.changes {
                if let Change::Encoding(list) = change {
                    for (form, encoding) in (0..).zip(*list) {
                        // Without such characters another charset is the same bytes.
                        if wide || !encoding.keeps_ascii {
                            encodings.push(Variant {
                                value: Some(encoding),
                                route: Route::default().then(entry, form),
                            });
                        }
                    }
                }
            }
        }
        self.encodings[1] = List::new(encodings);
    }

    fn second_urls(&mut self, known: &Known, case: &Case<'_>, crew: &Crew<'_>) -> bool {
        if !case.kind.signs_url() {
            self.urls.push(List::default());
            return true;
        }
        let all = self.urls[1].take(Tier::Combined);
        let first: Vec<&Variant<String>> =
            all.iter().filter(|variant| variant.value.len() <= LONGEST_SECOND).collect();
        let mut rest = first.as_slice();
        let mut urls = Texts::default();
        let mut whole = first.len() == all.len();
        while !rest.is_empty() {
            let mut bytes = 0;
            let fit = rest.iter().take_while(|variant| {
                bytes += VARIANTS * (variant.value.len() + size_of::<Variant<String>>());
                bytes <= ROUND_BYTES
            });
            let (round, later) = rest.split_at(fit.count().max(crew.threads).min(rest.len()));
            rest = later;
            let mut fits = true;
            for made in second_urls_of(round, known, crew) {
                fits &= made.is_some() && urls.bytes <= MOST_BYTES;
                for variant in made.into_iter().flatten().take_while(|_| fits) {
                    urls.add(variant, &self.seen);
                }
            }
            if !fits {
                whole = false;
                break;
            }
        }
        self.seen.extend(urls.places.keys());
        self.urls.push(List::new(urls.all));
        whole
    }

    fn second_layouts(&mut self, case: &Case<'_>, crew: &Crew<'_>) -> bool {
        let mut second = Vec::new();
        let mut whole = true;
        for single in &self.single_layouts {
            if (crew.stop)() {
                whole = false;
                break;
            }
            // Two unlikely forms together are not worth their number.
            if single.route.form <= 2 {
                let more = layout_mistakes(&single.value, single.route, case);
                second.extend(more.iter().filter(|variant| variant.route.form <= 5).map(joined));
            }
        }
        self.layouts.push(List::new(second));
        whole
    }

    /// The variants that can be a part of this text, and besides them a timestamp that was found as a
    /// number: so few that all the routes to the text are gone through in a moment.
    pub(super) fn narrowed(&self, text: &str, timestamp: Variant<String>) -> Self {
        let mut timestamps = self.timestamps.each_ref().map(|list| list.within(text));
        if timestamp.route.steps().count() == 1
            && timestamps[1].all.iter().all(|own| own.value != timestamp.value)
        {
            timestamps[1] = List::new(timestamps[1].all.iter().cloned().chain([timestamp]).collect());
        }
        let shows = |layout: &&Variant<Joined>| {
            layout.value.pieces.iter().all(|piece| match piece {
                Piece::Text(part) => text.contains(part.as_ref()),
                _ => true,
            })
        };
        Self {
            urls: self.urls.iter().map(|list| list.within(text)).collect(),
            tickets: self.tickets.each_ref().map(|list| list.within(text)),
            nonces: self.nonces.each_ref().map(|list| list.within(text)),
            timestamps,
            layouts: self
                .layouts
                .iter()
                .map(|list| List::new(list.all.iter().filter(shows).cloned().collect()))
                .collect(),
            encodings: self.encodings.each_ref().map(|list| List::new(list.all.clone())),
            single_layouts: Vec::new(),
            base_layout: self.base_layout.clone(),
            seen: HashSet::new(),
        }
    }

    /// Whether a url is among those of two mistakes or fewer.
    pub(super) fn has_url(&self, text: &str) -> bool {
        self.seen.contains(&hashed(text))
    }
}

/// Texts, each once, by the most usual route that leads to it.
#[derive(Default)]
struct Texts {
    all: Vec<Variant<String>>,
    /// Where a text is, by its hash.
    places: HashMap<u64, usize>,
    bytes: usize,
}

impl Texts {
    /// Adds a text, unless fewer mistakes make it.
    fn add(&mut self, mut variant: Variant<String>, fewer: &HashSet<u64>) {
        let hash = hashed(&variant.value);
        if fewer.contains(&hash) {
            return;
        }
        match self.places.entry(hash) {
            hash_map::Entry::Occupied(place) => {
                let own = &mut self.all[*place.get()].route;
                if (variant.route.form, variant.route.rank) < (own.form, own.rank) {
                    *own = variant.route;
                }
            }
            hash_map::Entry::Vacant(place) => {
                place.insert(self.all.len());
                variant.value.shrink_to_fit();
                self.bytes += variant.value.len() + size_of::<Variant<String>>() + size_of::<(u64, usize)>();
                self.all.push(variant);
            }
        }
    }
}

/// What one mistake more makes of each of these, in their order; `None` where it was stopped.
fn second_urls_of(
    first: &[&Variant<String>],
    known: &Known,
    crew: &Crew<'_>,
) -> Vec<Option<Vec<Variant<String>>>> {
    // Each thread takes every n-th.
    let part = |worker: usize| {
        let mut made = Vec::new();
        for variant in first.iter().skip(worker).step_by(crew.threads) {
            if (crew.stop)() {
                break;
            }
            made.push(second_url(variant, known));
        }
        made
    };
    let mut made: Vec<_> = std::thread::scope(|scope| {
        let start = |worker| std::thread::Builder::new().spawn_scoped(scope, move || part(worker));
        let workers: Vec<_> = (0..crew.threads).map(start).collect();
        // If no thread can be had, its part is done here.
        let join = |(worker, started): (usize, std::io::Result<std::thread::ScopedJoinHandle<'_, _>>)| {
            started.map_or_else(|_| part(worker), |thread| thread.join().unwrap_or_default()).into_iter()
        };
        workers.into_iter().enumerate().map(join).collect()
    });
    (0..first.len()).map(|at| made[at % crew.threads].next()).collect()
}

/// What one mistake more makes of a url.
pub(super) fn second_url(first: &Variant<String>, known: &Known) -> Vec<Variant<String>> {
    let mut made = Vec::new();
    each_url_mistake(&first.value, known, &mut |entry, form, text| {
        if form < ALONE && !first.route.has(entry) {
            made.push(Variant { value: text, route: first.route.then(entry, form) });
        }
    });
    made
}

/// What every mistake of the url makes of a text; one that leaves it as it is is not one.
pub(super) fn each_url_mistake(
    text: &str,
    known: &Known,
    visit: &mut impl FnMut(&'static Entry, u16, String),
) {
    let address = Address::new(text, known);
    let mut variants = Variants::new();
    for entry in entries() {
        for change in entry.changes {
            if let Change::Url(change) = change {
                change(&address, &mut variants);
                for (form, changed) in variants.drain().filter(|(_, changed)| changed != text) {
                    visit(entry, form, changed);
                }
            }
        }
    }
}

fn value_mistakes(field: Field, base: &str, case: &Case<'_>) -> Vec<Variant<String>> {
    let mut found = Vec::new();
    let mut variants = Variants::new();
    for entry in entries() {
        for change in entry.changes {
            if let Change::Value(of, change) = change
                && *of == field
            {
                change(base, case, &mut variants);
                let changed = variants.drain().filter(|(_, text)| text != base);
                let mut texts = HashSet::new();
                for (form, value) in changed {
                    if texts.insert(value.clone()) {
                        found.push(Variant { value, route: Route::default().then(entry, form) });
                    }
                }
            }
        }
    }
    found
}

fn layout_mistakes(layout: &Layout, route: Route, case: &Case<'_>) -> Vec<Variant<Layout>> {
    let mut found = Vec::new();
    let mut variants = Variants::new();
    for entry in entries().filter(|entry| !route.has(entry)) {
        for change in entry.changes {
            if let Change::Layout(change) = change {
                change(layout, case, &mut variants);
                found.extend(
                    variants.drain().map(|(form, value)| Variant { value, route: route.then(entry, form) }),
                );
            }
        }
    }
    found
}

fn joined(variant: &Variant<Layout>) -> Variant<Joined> {
    Variant { value: variant.value.join(), route: variant.route }
}

/// Whether a charset makes a difference: there are characters beyond ASCII, or escapes of them.
fn beyond_ascii(case: &Case<'_>) -> bool {
    let url = &case.fields.url;
    let escaped = url
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0] == b'%' && matches!(pair[1], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F'));
    escaped || !url.is_ascii() || !case.fields.nonce.is_ascii() || !case.fields.ticket.is_ascii()
}

fn hashed(text: &str) -> u64 {
    // Fixed keys: the same in every run.
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The mistakes, one or two, that make the signed url of the page's: the likeliest of the fewest. Empty
/// if none do.
pub fn url_mistakes(page: &str, signed: &str) -> Vec<&'static str> {
    // Two at once are tried for addresses of a usual length only.
    const LONGEST_PAIR: usize = 2048;
    if page.len() > 64 << 10 || signed.len() > 64 << 10 {
        return Vec::new();
    }
    let known = Known::default();
    let in_pairs = page.len() <= LONGEST_PAIR && signed.len() <= LONGEST_PAIR;
    let mut first: Vec<Variant<String>> = Vec::new();
    let mut best: Option<Route> = None;
    each_url_mistake(page, &known, &mut |entry, form, text| {
        let route = Route::default().then(entry, form);
        if text == signed {
            if best.is_none_or(|best| route.rank < best.rank) {
                best = Some(route);
            }
        } else if in_pairs && form <= USUAL {
            first.push(Variant { value: text, route });
        }
    });
    if best.is_none() && in_pairs {
        let mut seen = HashSet::new();
        for variant in first.iter().filter(|variant| seen.insert(hashed(&variant.value))) {
            each_url_mistake(&variant.value, &known, &mut |entry, form, text| {
                let route = variant.route.then(entry, form);
                let is_better = best.is_none_or(|best| route.rank < best.rank);
                if text == signed && form <= USUAL && !variant.route.has(entry) && is_better {
                    best = Some(route);
                }
            });
        }
    }
    best.map_or_else(Vec::new, |route| route.steps().map(|entry| entry.id).collect())
}
