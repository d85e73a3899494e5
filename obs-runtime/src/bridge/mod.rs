//! From other libraries into obs: programs that use them lose nothing.
//!
//! In: what those libraries are told.
//! Out: records of crate `obs`, in the component that the thread is in; help and units for the model.
//! Loss: metrics that do not fit are refused and counted, in `obs_bridge_refused_records_total`; labels beyond a metric's limit
//! share one series, spans of places beyond a limit one name.

/// The `metrics` facade.
#[cfg(feature = "metrics")]
pub mod metrics;

/// Spans and events of `tracing`.
#[cfg(feature = "tracing")]
pub mod tracing;
