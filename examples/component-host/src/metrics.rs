//! What the standard metrics of a host do not tell. The label `component` is set by where they are recorded.

use obs::{Counter, counter};

use crate::outcome::Cause;

pub(crate) static RESTARTS: Counter<Cause> = counter!(
    "component_restarts_total",
    "Times that the component was started again, by cause.",
    labels(cause: Cause),
    zero,
);
