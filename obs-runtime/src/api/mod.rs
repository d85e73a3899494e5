//! The wire types a runtime hands to those who look at it: plain data, serde only.
//!
//! *In:* nothing; `serve` fills these types, and `answer` those of traces. *Out:* what obs-cli and tests read. *Loss:* counters travel as `f64`, exact up to 2^53.
//!
//! An older reader understands a newer runtime: fields that it does not know are passed over, kinds, scopes and values
//! that it does not know are read as unknown. A newer runtime leaves no field out.

/// Every metric that a process has.
mod catalogue;
/// Numbers that JSON has no word for.
mod number;
/// One moment of a process: families and series.
mod snapshot;
/// What a series holds.
mod value;

/// Traces: lists, critical paths, what is open, where time goes.
pub mod traces;

pub use catalogue::{Catalogue, Definition, Label, Scope};
pub use snapshot::{Family, Kind, Series, Snapshot};
pub use value::{Exponential, Histogram, Quantile, Summary, Value};

/// Where a runtime serves its [`Snapshot`], as JSON.
pub const SNAPSHOT_PATH: &str = "/api/obs/v1/snapshot";

/// Where a runtime serves its [`Catalogue`], as JSON.
pub const CATALOGUE_PATH: &str = "/api/obs/v1/catalogue";

#[cfg(test)]
mod tests;
