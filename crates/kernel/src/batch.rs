//! The search over candidates of any shape: they are collected, one in each lane, until a group
//! is full, and hashed together.
//!
//! Lanes run in step, so a group holds candidates of the same number of blocks; each may have its
//! own prefix. A candidate is copied into its lane as it is pushed, so the caller can build all of
//! them in one buffer, and nothing is allocated for each.

use super::{BLOCK_LEN, Backend, Hit, LANES, Lanes, Prefix, State, Targets};

/// Longer candidates (2 KiB behind the prefix) are hashed alone: they are too rare to fill lanes.
const MAX_BLOCKS: usize = 32;

/// Collects candidates and keeps those that hit.
pub struct Batch<'a> {
    backend: Backend,
    targets: &'a Targets,
    /// The group of candidates with `n + 1` blocks at place `n`.
    groups: Vec<Group>,
    hits: Vec<Hit>,
}

struct Group {
    /// The candidate in each lane that is taken.
    ids: Vec<u64>,
    state: State,
    /// The padded text of one lane after the other, `texts.len() / LANES` blocks each.
    texts: Vec<[u8; BLOCK_LEN]>,
}

impl<'a> Batch<'a> {
    /// A batch without candidates.
    #[must_use]
    pub fn new(backend: Backend, targets: &'a Targets) -> Self {
        Self { backend, targets, groups: Vec::new(), hits: Vec::new() }
    }

    /// Adds the candidate that is `prefix` followed by `rest`. It may be hashed only later; `id`
    /// is what its hit will carry.
    pub fn push(&mut self, id: u64, prefix: &Prefix, rest: &[u8]) {
        let hits = &mut self.hits;
        let count = prefix.block_count(rest.len());
        if count > MAX_BLOCKS {
            let words = prefix.words(rest);
            self.targets.check(&words, |target| hits.push(Hit { id, target }));
            return;
        }
        if self.groups.len() < count {
            add_groups(&mut self.groups, count);
        }
        let group = &mut self.groups[count - 1];
        let lane = group.ids.len();
        let text = &mut group.texts[lane * count..][..count];
        prefix.fill(rest, text);
        let Some(lanes) = self.backend.0 else {
            let mut words = prefix.state;
            sha1::block_api::compress(&mut words, text);
            self.targets.check(&words, |target| hits.push(Hit { id, target }));
            return;
        };
        group.state.set_lane(lane, prefix.state);
        group.ids.push(id);
        if lane + 1 == LANES {
            group.run(lanes, self.targets, hits);
        }
    }

    /// Whether a candidate that has been hashed so far hit: a reason to [`Batch::finish`] early.
    #[must_use]
    pub fn has_hit(&self) -> bool {
        !self.hits.is_empty()
    }

    /// Hashes what still waits in its lanes, returns all hits in ascending order, and is empty
    /// again.
    #[inline(never)]
    pub fn finish(&mut self) -> Vec<Hit> {
        if let Some(lanes) = self.backend.0 {
            for group in &mut self.groups {
                group.run(lanes, self.targets, &mut self.hits);
            }
        }
        self.hits.sort_unstable();
        std::mem::take(&mut self.hits)
    }
}

#[cold]
fn add_groups(groups: &mut Vec<Group>, count: usize) {
    for blocks in groups.len() + 1..=count {
        groups.push(Group {
            ids: Vec::with_capacity(LANES),
            state: State::ZERO,
            texts: vec![[0; BLOCK_LEN]; blocks * LANES],
        });
    }
}

impl Group {
    fn run(&mut self, lanes: Lanes, targets: &Targets, hits: &mut Vec<Hit>) {
        let live = self.ids.len();
        if live == 0 {
            return;
        }
        let count = self.texts.len() / LANES;
        for index in 0..count {
            let blocks = std::array::from_fn(|lane| &self.texts[lane * count + index]);
            let block = lanes.transpose(blocks);
            lanes.compress(live, &mut self.state, &block);
        }
        targets.check_lanes(live, &self.state, |lane, target| {
            hits.push(Hit { id: self.ids[lane], target });
        });
        self.ids.clear();
    }
}
