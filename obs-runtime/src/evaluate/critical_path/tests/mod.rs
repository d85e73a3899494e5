//! Paths of known traces, and of any.

/// Traces added up by call.
mod by_call;
/// What time went to, and bad traces.
mod classes;
/// Traces written in one line.
mod fixture;
/// The known cases of another viewer.
mod jaeger;
/// A million spans.
mod large;
/// A second implementation.
mod oracle;
/// Both, side by side.
mod property;
/// Random traces.
mod random;
/// Stored traces.
mod stored;
/// The study's table.
mod vectors;
