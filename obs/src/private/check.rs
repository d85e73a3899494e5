//! What `#[instrumented]` looks at when obs is compiled out: the types of its arguments, in code that never runs.

use crate::label::{ErrorLabel, LabelSet};

/// Labels have a closed set of values.
pub fn labels<L: LabelSet>(labels: L) {
    let _ = labels;
}

/// A condition is asked of the returned value.
pub fn condition<T>(condition: impl FnOnce(&T) -> bool) {
    let _ = condition;
}

/// Errors have a closed set of labels.
pub const fn has_labels<E: ErrorLabel>() {}

/// The returned value is a `Result` with this error.
pub fn errors<T, E: ErrorLabel>(result: &Result<T, E>) -> bool {
    result.is_err()
}

/// The error of the returned value can be written.
pub fn error_is_displayed<T, E: std::fmt::Display>(result: &Result<T, E>) -> bool {
    result.is_err()
}

/// The returned value can be written.
pub fn is_debugged<T: std::fmt::Debug>(value: &T) -> bool {
    let _ = value;
    true
}
