//! The record path: how an increment gets into a cell, and how cells stay right through threads and components.
//!
//! Who may write, release and reuse a slab, and when, is argued in `ARCHITECTURE.md` under "The ownership argument".

/// Atomics and locks, std's or loom's.
pub(crate) mod sync;

/// One number.
pub(crate) mod cell;

/// Memory that slabs are carved out of.
#[cfg(not(loom))]
mod block;

/// The numbers one thread records for one component.
pub(crate) mod slab;

/// A thread's hot state.
pub(crate) mod lane;

/// A thread's cold state: leasing, growing, giving back.
pub(crate) mod lease;

/// What several threads write: gauges that are set, late increments.
pub(crate) mod shared;

/// All slabs of one life of a component.
pub(crate) mod life;

/// Series with dynamic labels.
pub(crate) mod annex;

/// Those of a metric that may have no more of them.
pub(crate) mod closed;

/// A count to which each thread has a part of its own.
pub(crate) mod tally;

/// All lives, by index and name.
pub(crate) mod registry;

/// All that threads share: the registry, and the pool of free slabs.
pub(crate) mod world;

/// What one thread records of spans, on its way to the collector.
pub(crate) mod ring;

/// A span that a thread is in.
pub(crate) mod frame;

/// Where one thread records spans, and what others may see of it meanwhile.
pub(crate) mod track;

/// The fast paths: what an increment, a `set`, an observation and an `enter` compile to.
#[cfg(not(loom))]
pub(crate) mod hot;

/// The same for a series with dynamic labels, once it has been looked up.
#[cfg(not(loom))]
pub(crate) mod bound;

/// What a thread remembers of such series.
#[cfg(not(loom))]
pub(crate) mod lookup;

/// Stands in for the thread-local storage of `hot` in models, which end their lanes by hand.
#[cfg(loom)]
pub(crate) mod hot {
    pub(crate) fn watch_thread_end() {}
}

#[cfg(all(test, loom))]
mod models;
