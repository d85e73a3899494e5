//! What `#[instrumented]` expands to: one call of a function, from its start to its outcome.

/// How a call went, and the labels that say so.
mod outcome;

/// What is recorded of a call beside its metrics.
mod traced;

/// What is said of a call's failure.
mod told;

/// A call under way.
mod call;

/// A future with its call.
mod future;

pub use call::{Call, Guard, Watch};
pub use future::{Begun, Instrumented, boxed, boxed_unpinned, never};
pub use outcome::{
    And, Failure, OfAnything, OfResult, Outcome, Probe, call_once, err_if, errors, ok_if,
};
pub use told::{Told, ToldNothing, ToldText, errors_told, has_failed};
pub use traced::{Later, Traced, TracedAcross};

use crate::label::LabelSet;
use crate::metric::{Counter, Gauge, Histogram};

/// The metrics of a function, each by the labels that it was given.
#[derive(Debug)]
pub struct Function<L: LabelSet = ()> {
    /// Calls by outcome.
    pub calls: Counter<And<L, Outcome>>,
    /// Time from start to outcome.
    pub duration: Histogram<L>,
    /// Calls under way, where they are asked for.
    pub in_flight: Option<Gauge<L>>,
    /// Time inside polls, one observation for each call, where it is asked for.
    pub busy: Option<Histogram<L>>,
    /// Polls, where they are asked for.
    pub polls: Option<Counter<L>>,
}
