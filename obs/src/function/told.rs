//! What is said in a call's span of its failure: what the error displays, where it displays anything, or its label.

use std::fmt;

use super::{And, Failure, Outcome, Traced, errors};
use crate::label::{ErrorLabel, LabelSet};
use crate::metric::Counter;

/// Whether there is something to be said: the call has failed, and somebody records that.
#[inline(always)]
pub fn has_failed(span: &impl Traced, outcome: Outcome) -> bool {
    outcome == Outcome::Err && span.is_recorded()
}

/// Asks a returned value of any type for what its error displays.
#[derive(Debug)]
pub struct Told<'a, T>(pub &'a T);

/// The answer of a `Result` whose error is displayed, which method resolution finds first.
pub trait ToldText {
    /// Says what the error displays.
    fn tell(&self, span: &impl Traced);
}

/// The answer of anything else.
pub trait ToldNothing {
    /// Says nothing more.
    fn tell(&self, span: &impl Traced);
}

impl<T, E: fmt::Display> ToldText for Told<'_, Result<T, E>> {
    fn tell(&self, span: &impl Traced) {
        if let Err(error) = self.0 {
            span.error(error);
        }
    }
}

impl<T> ToldNothing for &Told<'_, T> {
    #[inline(always)]
    fn tell(&self, _: &impl Traced) {}
}

/// Counts the error of a call that returned one, and says its label in the span.
#[inline]
pub fn errors_told<L: LabelSet, T, E: ErrorLabel>(
    counter: Counter<And<L, Failure<E>>>,
    labels: L,
    result: &Result<T, E>,
    span: &impl Traced,
) -> Outcome {
    let outcome = errors(counter, labels, result);
    if let (true, Err(error)) = (has_failed(span, outcome), result) {
        span.error(&E::LABELS[error.label_index()]);
    }
    outcome
}
