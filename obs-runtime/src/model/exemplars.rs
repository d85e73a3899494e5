//! Exemplars: for a bucket of a histogram, a trace that an observation in it was made in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use obs::collector::spans::Owner;

use super::trace::{SpanId, TraceId};

/// A trace that an observation was made in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exemplar {
    /// The trace, which was kept.
    pub(crate) trace: TraceId,
    /// The span.
    pub(crate) span: SpanId,
    /// What was observed, in the metric's unit.
    pub(crate) value: f64,
    /// When: nanoseconds since 1970.
    pub(crate) time_ns: u64,
}

/// The exemplars of one owner's series, by cell.
pub(crate) type OfOwner = Arc<[(u32, Exemplar)]>;

/// As many owners have exemplars.
const MOST_OWNERS: usize = 20_000;

/// The last exemplar of each bucket. Filled by the thread that collects traces, read by merges.
#[derive(Debug, Default)]
pub(crate) struct Exemplars(Mutex<HashMap<Owner, Vec<(u32, Exemplar)>>>);

impl Exemplars {
    /// Remembers an exemplar of a bucket, instead of the last one.
    pub(crate) fn remember(&self, owner: Owner, cell: u32, exemplar: Exemplar) {
        let mut owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if owners.len() >= MOST_OWNERS && !owners.contains_key(&owner) {
            return;
        }
        let of_owner = owners.entry(owner).or_default();
        match of_owner.binary_search_by_key(&cell, |(cell, _)| *cell) {
            Ok(at) => of_owner[at].1 = exemplar,
            Err(at) => of_owner.insert(at, (cell, exemplar)),
        }
    }

    /// The exemplars of an owner.
    pub(crate) fn of(&self, owner: Owner) -> Option<OfOwner> {
        let owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        owners
            .get(&owner)
            .map(|exemplars| exemplars.as_slice().into())
    }

    /// Forgets the owners that are gone.
    pub(crate) fn retain(&self, is_there: impl Fn(Owner) -> bool) {
        let mut owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        owners.retain(|owner, _| is_there(*owner));
    }

    pub(crate) fn is_empty(&self) -> bool {
        let owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        owners.is_empty()
    }
}

/// The exemplars of one series.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OfSeries<'a> {
    exemplars: &'a [(u32, Exemplar)],
    first_cell: u32,
}

impl<'a> OfSeries<'a> {
    pub(crate) fn new(exemplars: &'a [(u32, Exemplar)], first_cell: u32) -> OfSeries<'a> {
        OfSeries {
            exemplars,
            first_cell,
        }
    }

    /// The exemplar of a bucket, by its place among the series' buckets.
    #[inline]
    pub(crate) fn of(&self, bucket: usize) -> Option<&'a Exemplar> {
        if self.exemplars.is_empty() {
            return None;
        }
        let cell = self.first_cell + u32::try_from(bucket).ok()?;
        let at = self
            .exemplars
            .binary_search_by_key(&cell, |(cell, _)| *cell)
            .ok()?;
        Some(&self.exemplars[at].1)
    }
}
