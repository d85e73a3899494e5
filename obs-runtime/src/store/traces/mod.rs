//! Traces, in memory and on disk.
//!
//! In: traces that policies have chosen, whole, partial or in a newer version, and late spans of stored ones.
//! Out: a trace by its id, and all there are for a search.
//! Loss: evicted, expired, dropped before the disk, damaged: counted in `StoreCounts`.

/// Traces of one policy, compressed together.
mod block;
/// What has been lost.
mod counts;
/// What is on disk, as far as it is needed in memory.
mod directory;
/// Traces on disk.
mod disk;
/// What is known of a trace without reading it.
mod entry;
/// Memory, queue and disk in one.
mod kept;
/// Spans that come late.
mod late;
/// What attributes a trace may have.
mod marks;
/// Traces in memory.
mod memory;
/// A long value as several.
mod parts;
/// What waits for the disk.
mod queue;
/// How much is kept, and for how long.
mod retention;
/// How much memory a trace takes.
mod size;
/// A trace as bytes.
mod stored;
/// What one reading transaction sees.
mod view;

#[cfg(test)]
mod tests;

pub use counts::StoreCounts;
pub use kept::{Held, Traces};
pub use retention::{
    DEFAULT_AGE, DEFAULT_DISK_BYTES, DEFAULT_MEMORY_BYTES, DEFAULT_QUEUE_BYTES, Retention,
};

pub(crate) use entry::{
    EVENTS, Facts, INCOMPLETE, Index, LINKS, MORE_COMPONENTS, MORE_OPERATIONS, Seen,
};
pub(crate) use marks::Mark;
pub(crate) use view::View;
