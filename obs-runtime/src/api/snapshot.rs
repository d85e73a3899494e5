//! One moment of a process as plain data: families of series with their values.

use serde::{Deserialize, Serialize};

use super::value::Value;

/// Everything a process exports at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When the merge behind these values began, in milliseconds since the Unix epoch.
    pub time_unix_ms: u64,
    /// The families, sorted by name; no name comes twice.
    pub families: Vec<Family>,
}

/// All series that share one metric name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Family {
    /// The metric's name as it stands in the exposition, a counter's `_total` included.
    pub name: String,
    /// What the metric means, unescaped.
    pub help: String,
    /// The base unit, such as `seconds`; empty where there is none.
    pub unit: String,
    /// What the values are.
    pub kind: Kind,
    /// The series; every value in here is of the family's kind.
    pub series: Vec<Series>,
}

/// What the values of a family are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Counts up, and starts again at 0 with a new process or a new life of its component.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations by size.
    Histogram,
    /// Tells quantiles of what was observed.
    Summary,
    /// Is in one of several states: one series of each, 1 for the one that it is in.
    StateSet,
    /// Tells something in its labels; the value is always 1.
    Info,
    /// Something that this version knows nothing of.
    #[serde(other)]
    Unknown,
}

/// One series: its place, its labels and its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The component that recorded it; none for process metrics and for what was recorded outside any component.
    pub component: Option<String>,
    /// The other labels in the order of the exposition, without `component`; values unescaped.
    pub labels: Vec<(String, String)>,
    /// What was recorded.
    pub value: Value,
}
