//! From other libraries into obs: programs that use them lose nothing.
//!
//! In: what those libraries are told.
//! Out: records of crate `obs`, in the component that the thread is in; help and units for the model.
//! Loss: what does not fit is refused and counted, in `obs_bridge_refused_records_total`; labels beyond a metric's limit
//! share one series.

/// The `metrics` facade.
#[cfg(feature = "metrics")]
pub mod metrics;
