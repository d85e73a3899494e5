//! What is kept, in memory and on disk.
//!
//! In: traces that policies have chosen, from the collector; time as an argument.
//! Out: what queries ask for, from memory and from `obs.redb` at once.
//! Loss: bounded by bytes and by age, counted by class and reason; what is damaged is set aside or skipped, and counted.

/// The file that all signals share.
mod database;
/// What can go wrong, and what to do about it.
mod error;
/// A file seen through changes that stay in memory.
mod overlay;
/// Values that know when they are damaged.
mod value;

/// Traces, in memory and on disk.
pub mod traces;

/// Bytes in memory that refuse on demand.
#[cfg(test)]
pub(crate) mod failing;
#[cfg(test)]
pub(crate) mod tests;

pub use database::{Database, DatabaseFigures, FILE};
pub use error::StoreError;

pub(crate) use database::Failure;
