//! What a macro says of a metric: plain data, all of it known at compile time.

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
}

/// Whose series a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One set of series per component, with the label `component`, and one without for what runs outside any.
    Component,
    /// One set of series for the process.
    Process,
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
    /// Counter, gauge or histogram.
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
    /// Upper bounds of a histogram's buckets, increasing, without `+Inf`; in the metric's unit.
    pub bounds: &'static [f64],
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

/// Cells of a counter series.
pub(crate) const COUNTER_CELLS: u32 = 1;
/// Cells of a gauge series: what was added, what was taken away, what was set.
pub(crate) const GAUGE_CELLS: u32 = 3;
pub(crate) const GAUGE_ADDED: u32 = 0;
pub(crate) const GAUGE_REMOVED: u32 = 1;
pub(crate) const GAUGE_SET: u32 = 2;

/// Turns the bits of a number into those of the cell that `set` writes, and back: a zeroed cell means that nobody has set
/// the gauge. The mask is a NaN that no arithmetic makes.
pub(crate) const UNSET_NUMBER: u64 = 0x7ff8_6f62_7300_0001;

/// The same for a whole number: the one that a gauge of whole numbers cannot be set to.
pub(crate) const UNSET_INTEGER: i64 = i64::MIN;

impl Definition {
    /// Whether values are kept as integer nanoseconds and exported in seconds.
    pub const fn is_in_nanoseconds(&self) -> bool {
        matches!(self.unit.as_bytes(), b"seconds") && !matches!(self.kind, Kind::Gauge)
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
        match self.kind {
            Kind::Counter => COUNTER_CELLS,
            Kind::Gauge => GAUGE_CELLS,
            Kind::Histogram => self.bounds.len() as u32 + 3,
        }
    }

    /// What a gauge was set to, by the bits of its cell; `None` before it was set.
    pub(crate) fn set_value(&self, bits: u64) -> Option<f64> {
        if bits == 0 {
            None
        } else if self.integer {
            Some((bits as i64 ^ UNSET_INTEGER) as f64)
        } else {
            Some(f64::from_bits(bits ^ UNSET_NUMBER))
        }
    }

    /// The bits of a set gauge's cell after a change by a whole number; one that was never set counts from 0.
    pub(crate) fn plus(&self, bits: u64, change: i64) -> u64 {
        if self.integer {
            let value = if bits == 0 {
                0
            } else {
                bits as i64 ^ UNSET_INTEGER
            };
            (value.saturating_add(change) ^ UNSET_INTEGER) as u64
        } else {
            let value = self.set_value(bits).unwrap_or(0.0);
            (value + change as f64).to_bits() ^ UNSET_NUMBER
        }
    }

    pub(crate) fn cells(&self) -> u32 {
        self.cells_per_series() * self.series_count() as u32
    }

    /// In what the two could not stand in one family. Literal labels must have the same names and enum labels be the
    /// same, so that no two series can be equal.
    pub(crate) fn differs_from(&self, other: &Definition) -> Option<Difference> {
        let literals = |definition: &Definition| {
            let mut names: Vec<&str> = definition.literals.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            names
        };
        let same_labels = literals(self) == literals(other) && self.keys == other.keys;
        if self.kind != other.kind {
            Some(Difference::Kind)
        } else if self.integer != other.integer {
            Some(Difference::Integer)
        } else if self.scope != other.scope {
            Some(Difference::Scope)
        } else if self.unit != other.unit {
            Some(Difference::Unit)
        } else if !same_labels {
            Some(Difference::Labels)
        } else if self.bounds != other.bounds {
            Some(Difference::Bounds)
        } else {
            None
        }
    }

    /// Whether the two are the same metric, given that they do not differ: then they share cells.
    pub(crate) fn is_same_metric(&self, other: &Definition) -> bool {
        let sorted = |definition: &Definition| {
            let mut literals = definition.literals.to_vec();
            literals.sort_unstable();
            literals
        };
        self.name == other.name && sorted(self) == sorted(other)
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
    /// Label names, or the values of an enum label.
    Labels,
    /// Bucket bounds.
    Bounds,
    /// Help texts: a warning, the first one is used.
    Help,
}
