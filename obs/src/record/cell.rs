//! One cumulative cell: a number that its slab's leaseholder adds to with a plain load and store.

use super::sync::{AtomicU64, Ordering::Relaxed};

/// A 64-bit cell: an integer, the bits of a float sum, or the masked bits of a gauge.
///
/// Written by the leaseholder of its slab (`*_owned`), or, in a shared slab, by anyone (`*_shared`, `store`).
/// Read by every merge. All accesses are relaxed: nothing is published through a cell, and what happens before a
/// merge is visible to it by coherence.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Cell(AtomicU64);

impl Cell {
    #[cfg(loom)]
    pub(crate) fn zero() -> Cell {
        Cell(AtomicU64::new(0))
    }

    /// Adds as the only writer: two plain instructions, or one.
    #[inline(always)]
    pub(crate) fn add_owned(&self, n: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(n), Relaxed);
    }

    /// Adds to a float sum as the only writer.
    #[inline(always)]
    pub(crate) fn add_float_owned(&self, value: f64) {
        let sum = f64::from_bits(self.0.load(Relaxed)) + value;
        self.0.store(sum.to_bits(), Relaxed);
    }

    /// Adds as one of several writers.
    pub(crate) fn add_shared(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// Adds to a float sum as one of several writers.
    pub(crate) fn add_float_shared(&self, value: f64) {
        self.update(|bits| (f64::from_bits(bits) + value).to_bits());
    }

    /// Replaces the value by a function of it, as one of several writers.
    pub(crate) fn update(&self, f: impl Fn(u64) -> u64) {
        let mut seen = self.0.load(Relaxed);
        while let Err(now) = self
            .0
            .compare_exchange_weak(seen, f(seen), Relaxed, Relaxed)
        {
            seen = now;
        }
    }

    /// Overwrites: the last store in modification order wins.
    #[inline(always)]
    pub(crate) fn store(&self, bits: u64) {
        self.0.store(bits, Relaxed);
    }

    #[inline(always)]
    pub(crate) fn load(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
