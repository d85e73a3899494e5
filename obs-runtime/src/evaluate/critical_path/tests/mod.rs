//! Paths of known traces, and of any.

/// Traces written in one line.
mod fixture;
/// The study's table.
mod vectors;
/// The known cases of another viewer.
mod jaeger;
/// What time went to, and bad traces.
mod classes;
