//! What a macro says of a metric: plain data, all of it known at compile time.

use std::time::Duration;

use crate::exponential::{DEFAULT_WINDOW, Exponential};

/// What kind of metric it is, in Prometheus's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Only goes up.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations by size.
    Histogram,
    /// Shows quantiles of observations over a sliding window.
    Summary,
    /// Says in labels what something is; always 1.
    Info,
    /// Is in one of several states.
    StateSet,
}

/// Whose series a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One set of series per component, with the label `component`, and one without for what runs outside any.
    Component,
    /// One set of series for the process.
    Process,
}

/// Who says what the value of a metric is.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// Whoever records.
    Recorded,
    /// Functions that are watched at run time, asked at each merge.
    Watched,
    /// A function that tells the level, asked at each merge.
    Gauge(fn() -> f64),
    /// A function that tells the count so far, asked at each merge.
    Counter(fn() -> u64),
}

/// The definition of a metric, as its macro wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Full name, suffixes included.
    pub name: &'static str,
    /// One sentence for who reads the exposition.
    pub help: &'static str,
    /// Base unit as in the name's suffix (`seconds`, `bytes`), or empty.
    pub unit: &'static str,
    /// Counter, gauge, histogram, summary or state set.
    pub kind: Kind,
    /// Per component or for the process.
    pub scope: Scope,
    /// Whether series are exported as 0 before they are touched.
    pub zero: bool,
    /// Whether a gauge is set to whole numbers only.
    pub integer: bool,
    /// Labels with a value that the macro wrote.
    pub literals: &'static [(&'static str, &'static str)],
    /// Labels whose value is chosen among an enum's when recording.
    pub keys: &'static [LabelKey],
    /// Names of labels whose values are any text, known when recording.
    pub dynamic: &'static [&'static str],
    /// How many combinations of dynamic label values each component may have.
    pub max_series: u32,
    /// Whether metrics of the name may have labels of other names, if they say so too: those of a bridge, which takes what
    /// it is given. No label value may be empty then, for a label that is missing is the same as one that is empty.
    pub mixed_labels: bool,
    /// Upper bounds of a histogram's buckets, increasing, without `+Inf`; in the metric's unit.
    pub bounds: &'static [f64],
    /// The buckets of an exponential histogram or a summary, which have no bounds.
    pub exponential: Option<Exponential>,
    /// The quantiles that a summary shows, between 0 and 1, increasing.
    pub quantiles: &'static [f64],
    /// What a summary's quantiles look back on.
    pub window: Duration,
    /// Who says what the value is.
    pub source: Source,
    /// Source file of the macro.
    pub file: &'static str,
    /// Line of the macro.
    pub line: u32,
    /// Module path of the macro.
    pub module: &'static str,
}

/// A label with a closed set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelKey {
    /// Label name.
    pub name: &'static str,
    /// Values by index.
    pub values: &'static [&'static str],
}

/// Combinations of dynamic label values that a component may have of one metric, unless the metric says otherwise. More
/// means more memory where values flood in, less that more of them share the series `_overflow`.
pub const DEFAULT_MAX_SERIES: u32 = 2_000;

/// Cells of a counter series.
pub(crate) const COUNTER_CELLS: u32 = 1;
/// Cells of a gauge series: what was added, what was taken away, what was set.
pub(crate) const GAUGE_CELLS: u32 = 3;
pub(crate) const GAUGE_ADDED: u32 = 0;
pub(crate) const GAUGE_REMOVED: u32 = 1;
pub(crate) const GAUGE_SET: u32 = 2;
/// Cells of an info metric: the mark of the series that says what the component is now.
pub(crate) const INFO_CELLS: u32 = 1;
/// Cells of a state set: the index of its state and 1, or 0 before it is set.
pub(crate) const STATE_SET_CELLS: u32 = 1;

impl Definition {
    /// A counter of which nothing is said: what a definition says beyond it is its own.
    pub const BLANK: Definition = Definition {
        name: "",
        help: "",
        unit: "",
        kind: Kind::Counter,
        scope: Scope::Component,
        zero: false,
        integer: false,
        literals: &[],
        keys: &[],
        dynamic: &[],
        max_series: DEFAULT_MAX_SERIES,
        mixed_labels: false,
        bounds: &[],
        exponential: None,
        quantiles: &[],
        window: DEFAULT_WINDOW,
        source: Source::Recorded,
        file: "",
        line: 0,
        module: "",
    };

    /// Whether values are kept as integer nanoseconds and exported in seconds.
    pub const fn is_in_nanoseconds(&self) -> bool {
        matches!(self.unit.as_bytes(), b"seconds") && !matches!(self.kind, Kind::Gauge)
    }

    /// Whether functions tell the value, which nobody records then.
    pub const fn is_observed(&self) -> bool {
        !matches!(self.source, Source::Recorded)
    }

    /// How many series there are: the product of the enum labels' cardinalities.
    pub const fn series_count(&self) -> usize {
        let mut count = 1;
        let mut at = 0;
        while at < self.keys.len() {
            count *= self.keys[at].values.len();
            at += 1;
        }
        count
    }

    /// How many cells one series takes. A histogram has its buckets, `+Inf`, the sum, and the pace of timers that
    /// measure one call in N.
    pub(crate) const fn cells_per_series(&self) -> u32 {
        match (self.kind, self.exponential) {
            (Kind::Counter, _) => COUNTER_CELLS,
            (Kind::Gauge, _) => GAUGE_CELLS,
            (Kind::StateSet, _) => STATE_SET_CELLS,
            (Kind::Histogram | Kind::Summary, Some(scale)) => scale.cells(),
            (Kind::Histogram | Kind::Summary, None) => self.bounds.len() as u32 + 3,
            (Kind::Info, _) => INFO_CELLS,
        }
    }

    /// Which cell of a series `set` writes.
    pub(crate) const fn set_cell(&self) -> u32 {
        match self.kind {
            Kind::Gauge => GAUGE_SET,
            _ => 0,
        }
    }

    /// How many cells of eight bytes it takes: in each component, or, with dynamic labels, for each combination of their
    /// values.
    pub fn cells(&self) -> u32 {
        match self.kind {
            // All of its series are one cell.
            Kind::StateSet => STATE_SET_CELLS,
            _ => self.cells_per_series() * self.series_count() as u32,
        }
    }

    /// In what the two could not stand in one family. Labels must have the same names, unless both are mixed, and enum labels
    /// be the same unless a written label differs, so that no two series can be equal.
    pub fn difference(&self, other: &Definition) -> Option<Difference> {
        let label_names = |definition: &Definition| {
            let literals = definition.literals.iter().map(|(name, _)| *name);
            let keys = definition.keys.iter().map(|key| key.name);
            let dynamic = definition.dynamic.iter().copied();
            let mut names: Vec<&str> = literals.chain(keys).chain(dynamic).collect();
            names.sort_unstable();
            names
        };
        let mixed = self.mixed_labels && other.mixed_labels;
        let differs = [
            (self.kind != other.kind, Difference::Kind),
            (self.integer != other.integer, Difference::Integer),
            (self.scope != other.scope, Difference::Scope),
            (self.unit != other.unit, Difference::Unit),
            (
                !mixed && label_names(self) != label_names(other),
                Difference::Labels,
            ),
            (self.values_could_meet(other), Difference::LabelValues),
            (!mixed && self.dynamic != other.dynamic, Difference::Dynamic),
            (self.bounds != other.bounds, Difference::Bounds),
            (self.exponential != other.exponential, Difference::Bounds),
            (self.quantiles != other.quantiles, Difference::Quantiles),
            (
                self.is_observed() != other.is_observed(),
                Difference::Source,
            ),
            (self.window != other.window, Difference::Quantiles),
        ];
        let first = differs.into_iter().find(|(differs, _)| *differs);
        first.map(|(_, difference)| difference)
    }

    /// Whether enum labels differ without a label beside them that tells the two apart: then series could be equal.
    fn values_could_meet(&self, other: &Definition) -> bool {
        let names = |definition: &Definition| {
            let mut names: Vec<&str> = definition.keys.iter().map(|key| key.name).collect();
            names.sort_unstable();
            names
        };
        names(self) != names(other) || self.keys != other.keys && self.same_literals(other)
    }

    /// Whether two that do not differ are one metric: the literal labels are the same, in whatever order, and the names of
    /// the dynamic ones.
    pub fn same_literals(&self, other: &Definition) -> bool {
        let sorted = |definition: &Definition| {
            let mut literals = definition.literals.to_vec();
            literals.sort_unstable();
            literals
        };
        sorted(self) == sorted(other) && self.dynamic == other.dynamic
    }
}

/// In what two definitions of one name contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Counter against gauge, say.
    Kind,
    /// A gauge of whole numbers against one of any.
    Integer,
    /// Per component against for the process.
    Scope,
    /// Units.
    Unit,
    /// Label names.
    Labels,
    /// The values of an enum label.
    LabelValues,
    /// Which labels are dynamic, or their order.
    Dynamic,
    /// Bucket bounds.
    Bounds,
    /// The quantiles of a summary, or their window.
    Quantiles,
    /// One is observed, the other recorded.
    Source,
    /// Help texts: a warning, the first one is used.
    Help,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Difference::Kind => "their kinds differ",
            Difference::Integer => "one is a gauge of whole numbers, the other of any",
            Difference::Scope => "one is per component, the other per process",
            Difference::Unit => "their units differ",
            Difference::Labels => "their labels differ",
            Difference::LabelValues => "the values of a label differ",
            Difference::Dynamic => "their dynamic labels differ",
            Difference::Bounds => "their buckets differ",
            Difference::Quantiles => "their quantiles or windows differ",
            Difference::Source => "one is observed, the other recorded",
            Difference::Help => "their help texts differ",
        })
    }
}
