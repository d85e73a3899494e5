//! What goes wrong in a component.

use super::operations::OperationKind;
use crate::{Counter, Gauge, LabelValue, counter, gauge};

/// Errors of the component, by type.
pub static ERRORS: Counter<ErrorType> = counter!(
    "component_errors_total",
    "Errors of the component, by type.",
    labels(type: ErrorType),
);

/// Panics while the component handled a message.
pub static PANICS: Counter = counter!(
    "component_panics_total",
    "Panics while the component handled a message.",
    zero,
);

/// Handled messages that did not end well, as a share of all over the window. Computed when merged.
pub static ERROR_RATIO: Gauge<Window> = gauge!(
    "component_error_ratio",
    "Handled messages that did not end well, as a share of all over the window. Computed when merged.",
    labels(window: Window),
);

/// Unix time of the last error of each type, to the length of a merge. Computed when merged.
pub static LAST_ERROR: Gauge<ErrorType> = gauge!(
    "component_last_error_timestamp_seconds",
    "Unix time of the last error of each type, to the length of a merge. Computed when merged.",
    labels(type: ErrorType),
);

/// Attempts at an operation after the first one, by kind.
pub static RETRIES: Counter<OperationKind> = counter!(
    "component_retries_total",
    "Attempts at an operation after the first one, by kind.",
    labels(kind: OperationKind),
);

/// Types of errors, whatever they are called where they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum ErrorType {
    /// What was asked for makes no sense.
    Invalid,
    /// What was asked for is not there.
    NotFound,
    /// A policy refused it.
    Denied,
    /// It took too long.
    Timeout,
    /// A quota or a limit is used up.
    Exhausted,
    /// Whoever is needed is not there, or has too much to do.
    Unavailable,
    /// The system could not do it.
    Io,
    /// The component's code did not survive.
    Trap,
    /// The host's code did not survive.
    Panic,
    /// Anything else.
    Internal,
}

/// Windows over which ratios are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Window {
    /// The last minute.
    #[label("1m")]
    Minute,
    /// The last five minutes.
    #[label("5m")]
    FiveMinutes,
}
