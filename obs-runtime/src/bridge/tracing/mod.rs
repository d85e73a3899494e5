//! Spans and events of `tracing`, recorded by obs, in the same traces as those of its own macros.
//!
//! ```
//! use obs_runtime::bridge::tracing::{ObsLayer, WithIds};
//! use tracing_subscriber::fmt::{self, format};
//! use tracing_subscriber::layer::SubscriberExt;
//!
//! let lines = fmt::layer().event_format(WithIds::new(format()));
//! let subscriber = tracing_subscriber::registry().with(ObsLayer::new()).with(lines);
//! # tracing::subscriber::with_default(subscriber, || {
//!
//! let _request = tracing::info_span!("request").entered();
//! let _query = obs::span!("query"); // a child of `request`
//! tracing::info!("asked"); // an event of `query`; its line has `trace_id` and `span_id`
//! # });
//! ```

/// The layer.
mod layer;

/// What is kept of a span.
mod opened;

/// What a span or an event says of itself.
mod fields;

/// A place in the program, as obs knows it.
mod callsite;

/// All places.
mod callsites;

/// Ids in log lines.
mod lines;

pub use callsites::MOST_CALLSITES;
pub use layer::ObsLayer;
pub use lines::WithIds;
