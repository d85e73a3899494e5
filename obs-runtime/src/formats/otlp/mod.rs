//! OTLP/JSON lines: a trace as the OpenTelemetry protocol has it, one `TracesData` object a line.
//!
//! In: a trace and the name of its program; or what any program has written as OTLP/JSON: lines, one object, an array, indented or not;
//! also what Jaeger's page downloads.
//! Out: a line; or traces, with a fault for each place that could not be read.
//! Loss: of a trace nothing: opened and written again its line is the same, byte for byte. Of a file of another program what a trace
//! has no place for: attributes of resources and scopes beside `service.name` and `obs.component`, schema addresses, trace flags but
//! the remote bit, counts of dropped events and links. Values nested deeper than [`MAX_DEPTH`](crate::formats::otlp::MAX_DEPTH) are emptied and counted in `attributes_cut`.
//!
//! What OTLP has no field for is said by attributes that begin with `obs.`: [`names`](crate::formats::otlp::names)
//! has them all. A component is a scope of its own, named
//! after it; spans outside any component are in a scope `obs`. Error and panicked are status ERROR, a panic with `obs.panicked`; cancelled
//! is UNSET with `obs.cancelled`.
//!
//! ```
//! use obs_runtime::formats::otlp;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736",
//!     "spanId":"00f067aa0ba902b7","name":"pay","startTimeUnixNano":"5","endTimeUnixNano":"9"}]}]}]}"#;
//! let opened = otlp::read(file.as_bytes())?;
//! assert_eq!(opened.traces[0].trace.spans[0].duration_ns(), 4);
//!
//! let mut line = Vec::new();
//! otlp::write(&mut line, &opened.traces[0].service, &opened.traces[0].trace)?;
//! # Ok(())
//! # }
//! ```

/// The attributes that say what OTLP has no field for.
pub mod names;

/// The messages of OTLP, as JSON has them.
mod wire;

/// What obs knows of a span and OTLP has no field for.
mod facts;

/// From traces to lines.
mod write;

/// From files to traces.
mod read;

pub use read::{Error, Fault, MAX_FAULTS, MAX_VALUE_BYTES, Opened, OpenedTrace, read};
pub use wire::MAX_DEPTH;
pub use write::write;

#[cfg(test)]
mod tests;
