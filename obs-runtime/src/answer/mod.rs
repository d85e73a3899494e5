//! Answers for those who look: what stages know, as the wire types of [`crate::api`] and as files of other programs.
//!
//! In: a trace, what a search has found, what was worked out of all traces. Out: [`crate::api::traces`], OTLP/JSON, Chrome traces, folded
//! stacks. Loss: what the formats leave out; sums of nanoseconds that are longer than 500 years.
//!
//! Whoever asks gets the same: over HTTP, in a host's own dashboard, and of a file that obs-cli opens.

/// Answers about traces.
pub mod traces;
