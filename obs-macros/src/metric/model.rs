//! The model of a metric: what the macros agree on once their input is read and found good.

use crate::paths::Krate;
use proc_macro2::TokenStream;
use syn::{LitStr, Type};

/// Which of the macros was called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

impl Kind {
    /// The macro's name, which Prometheus uses for the type too.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
        }
    }

    /// A good name, for error messages.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Counter => "jobs_total",
            Self::Gauge => "queue_length",
            Self::Histogram | Self::Summary => "job_duration_seconds",
        }
    }
}

/// Whether a metric is counted for each component or once for the process.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Scope {
    #[default]
    Component,
    Process,
}

/// A metric without faults, or mended so that its expansion has none.
pub(crate) struct Metric {
    pub(crate) krate: Krate,
    pub(crate) kind: Kind,
    pub(crate) name: LitStr,
    pub(crate) help: LitStr,
    pub(crate) unit: String,
    pub(crate) scope: Scope,
    pub(crate) zero: bool,
    /// Whether a gauge is set to whole numbers only.
    pub(crate) integer: bool,
    pub(crate) literals: Vec<(String, LitStr)>,
    pub(crate) keys: Vec<(String, Type)>,
    /// Names of the labels whose values are any text.
    pub(crate) dynamic: Vec<String>,
    /// How many combinations of those a component may have, where it is said.
    pub(crate) max_series: Option<u32>,
    /// Whether it is a gauge that says what a component is, in labels.
    pub(crate) info: bool,
    pub(crate) bounds: Bounds,
    pub(crate) scale: Option<Scale>,
    /// The enum of a state set's states.
    pub(crate) states: Option<Type>,
    pub(crate) observed: Option<Observed>,
}

/// Who tells the value of a metric that is observed.
pub(crate) enum Observed {
    /// Whoever is watched at run time.
    Watched,
    /// An expression of the user's.
    Function(TokenStream),
}

/// Exponential buckets, and what a summary makes of them.
pub(crate) struct Scale {
    pub(crate) schema: u8,
    /// The buckets lie between 2 to this and 2 to `high`.
    pub(crate) low: i32,
    pub(crate) high: i32,
    /// Empty unless it is a summary.
    pub(crate) quantiles: Vec<f64>,
    pub(crate) window_seconds: u64,
}

/// An expression of type `&'static [f64]`.
#[derive(Clone)]
pub(crate) enum Bounds {
    /// Names nothing of the user's.
    Own(TokenStream),
    /// Names constants of the user's, which must not be mistaken for items of the expansion.
    Foreign(TokenStream),
}
