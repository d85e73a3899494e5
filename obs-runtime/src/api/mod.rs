//! The wire types a runtime hands to those who look at it: plain data, serde only.
//!
//! *In:* nothing; `serve` fills these types. *Out:* what obs-cli and tests read. *Loss:* counters travel as `f64`, exact up to 2^53.

/// Numbers that JSON has no word for.
mod number;
/// One moment of a process: families, series, values.
mod snapshot;

pub use snapshot::{Family, Kind, Series, Snapshot, Value};

#[cfg(test)]
mod tests;
