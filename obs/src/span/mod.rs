//! Spans: what a thread or a task does, from its start to its end, and what it is a part of.

/// Which span something happens in.
mod context;

/// A span's kind, edge and status.
mod status;

/// Values of attributes.
mod value;

/// The static behind each macro.
pub(crate) mod site;

/// How spans, events and attributes are written into slots.
pub(crate) mod group;

/// What a thread keeps.
pub(crate) mod local;

/// A span between its start and its end.
mod running;

/// What is said of spans.
mod attributes;

/// Reading what was recorded.
pub(crate) mod record;

/// A span that a thread is in.
mod guard;

/// A span that no thread is in.
mod open;

/// Futures in spans.
mod polled;

/// What messages carry.
mod carrier;

/// Attributes of spans that begin later.
mod kept;

/// Spans of instrumented functions.
mod called;

/// Spans of handles.
#[cfg(feature = "host")]
mod held;

/// W3C Trace Context.
mod w3c;

/// Which trace an observation was made in.
#[doc(hidden)]
pub mod exemplar;

/// Spans that another library opens, enters and closes.
#[doc(hidden)]
pub mod bridged;

pub use called::{Across, Inside, Start, Stay};
pub use carrier::{Carrier, Parent};
pub use context::{Context, Entered, Polled};
pub use guard::Span;
#[cfg(feature = "host")]
pub(crate) use held::{Held, Name, Told};
pub use kept::{Kept, kept};
pub use open::OpenSpan;
pub use polled::{Around, InContext, WithContext};
pub use running::Origin;
pub use site::{Description, Site};
pub use status::{Edge, Kind, Status};
pub use value::{AttributeValue, Value, Written};
pub use w3c::{LONGEST_TRACESTATE, NotATraceparent, Traceparent};

/// Something of what the thread is in may be taken elsewhere.
pub(crate) fn hand_out() {
    local::local(|local| local.hand_out());
}

/// What an attribute holds; for the macros.
#[inline]
pub fn value<V: AttributeValue + ?Sized>(value: &V) -> Option<Value<'_>> {
    value.value()
}

/// Where a span with that parent comes from; for the macro.
#[inline]
pub fn origin(parent: impl Parent) -> Origin {
    parent.origin()
}
