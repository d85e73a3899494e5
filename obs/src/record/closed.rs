//! The series of a metric that has as many in a component as it may: nobody gets another, so whoever knows them all needs
//! no lock to say that some text has none.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::annex::{View, is_joined};
use super::sync::{AtomicBool, Ordering::Relaxed};

/// All series of a metric in an annex, from when there was room for no more.
pub(crate) struct Closed {
    hasher: RandomState,
    /// Series by the hash of their values.
    index: HashTable<u32>,
    series: View,
    /// Whether there may be others by now: a definition of the metric with a larger limit has come, or the annex has gone.
    /// Written under the lock of the annex's series before a new one can be found, read by every look-up. Relaxed: who has
    /// seen a new series, or hears of it from one who has, sees this too; to others the look-up came before it.
    outdated: AtomicBool,
}

impl Closed {
    /// Those of the view, which have so many labels.
    pub(super) fn of(series: View, labels: usize) -> Arc<Closed> {
        let hasher = RandomState::default();
        let hash = |&at: &u32| {
            let values = (0..labels).map(|label| series.value(at as usize, label, labels));
            hash(&hasher, values)
        };
        let mut index = HashTable::with_capacity(series.len());
        for at in 0..series.len() as u32 {
            index.insert_unique(hash(&at), at, hash);
        }
        Arc::new(Closed {
            hasher,
            index,
            series,
            outdated: AtomicBool::new(false),
        })
    }

    /// Whether no series has these values, and none will get them.
    pub(crate) fn lacks<const N: usize>(&self, values: &[&str; N]) -> bool {
        !self.is_outdated() && !self.knows(values)
    }

    /// Whether a series had these values when there was room for no more.
    pub(super) fn knows<const N: usize>(&self, values: &[&str; N]) -> bool {
        let hash = hash(&self.hasher, values.iter().copied());
        let is_it = |&at: &u32| is_joined(self.series.text(at as usize), values);
        self.index.find(hash, is_it).is_some()
    }

    pub(crate) fn is_outdated(&self) -> bool {
        self.outdated.load(Relaxed)
    }

    /// Says that there may be others. Before one of them can be found.
    pub(super) fn outdate(&self) {
        self.outdated.store(true, Relaxed);
    }
}

fn hash<'a>(hasher: &RandomState, values: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = hasher.build_hasher();
    for value in values {
        hasher.write(value.as_bytes());
    }
    hasher.finish()
}
