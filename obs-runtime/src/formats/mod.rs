//! The files that other programs read and write, made of traces and made into traces.
//!
//! In: [`Trace`](crate::model::trace::Trace)s, or bytes of any origin. Out: OTLP/JSON, Chrome traces and folded stacks as bytes, or traces.
//! Loss: OTLP/JSON holds a trace whole; the other two are for looking at, and cannot be read back. Each module says what it leaves out.

/// OTLP/JSON: the one format that is written and read, and loses nothing.
pub mod otlp;

/// The Chrome Trace Event format, for Perfetto and chrome://tracing.
pub mod chrome;

/// Folded stacks, for flame graphs.
pub mod folded;

/// Traces made by hand and by chance.
#[cfg(test)]
pub(crate) mod fixture;
