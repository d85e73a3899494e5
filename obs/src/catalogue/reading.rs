//! Reading a metric's values out of merged cells.

use super::definition::{Definition, GAUGE_ADDED, GAUGE_REMOVED, GAUGE_SET, Kind};
use crate::exponential::Exponential;
use crate::number::{self, Level};

/// A metric with its place in the cells of its scope.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// What the macro said; the first one, where several say the same.
    pub definition: &'static Definition,
    /// Index of the first cell of the first series.
    pub first_cell: u32,
    /// Whether series are exported as 0 before they are touched, by any of its definitions.
    pub zero: bool,
    /// Whether an earlier definition of the name contradicts it.
    pub conflicting: bool,
    /// Whether it is switched off, and so not recorded.
    pub off: bool,
    /// Whether it is a gauge that has been set.
    pub(super) set: bool,
}

/// The value of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading<'a> {
    /// An integer count.
    Counter(u64),
    /// A counter of time, in nanoseconds; exported in seconds.
    CounterNanoseconds(u64),
    /// A gauge.
    Gauge(f64),
    /// Observations per bucket (not cumulative; the last bucket is `+Inf`), and their sum in the metric's unit.
    Histogram {
        /// One count per bound, and one for what is above them all.
        buckets: &'a [u64],
        /// Sum of all observations.
        sum: f64,
    },
    /// An exponential histogram or a summary; `Definition::exponential` says which buckets these are.
    Exponential {
        /// Observations that do not exceed the range's lower end.
        zero: u64,
        /// Observations per bucket; not cumulative.
        buckets: &'a [u64],
        /// Observations above the range.
        overflow: u64,
        /// Sum of all observations, in the metric's unit.
        sum: f64,
    },
    /// Nobody has recorded it.
    Untouched,
}

/// The mark of the series that stands for all that there is no room for.
const OVERFLOW_MARK: u64 = mark_of(u32::MAX);

/// The mark of a series that begins at a cell: not 0.
pub(crate) const fn mark_of(first_cell: u32) -> u64 {
    first_cell as u64 + 1
}

const NANOSECONDS_PER_SECOND: f64 = 1e9;

impl Metric {
    pub(super) fn new(
        definition: &'static Definition,
        first_cell: u32,
        conflicting: bool,
    ) -> Metric {
        Metric {
            definition,
            first_cell,
            zero: definition.zero,
            conflicting,
            off: false,
            set: false,
        }
    }

    /// How many series the metric has in each component: the product of its enum labels' cardinalities.
    pub fn series_count(&self) -> usize {
        self.definition.series_count()
    }

    /// The labels of a series: the literal ones, then the enum labels in the order of the definition.
    pub fn labels(
        &self,
        series: usize,
    ) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let literals = self.definition.literals.iter().copied();
        let mut left = series;
        let mut of_keys: Vec<(&'static str, &'static str)> = Vec::new();
        for key in self.definition.keys.iter().rev() {
            let value = key.values.get(left % key.values.len().max(1));
            of_keys.push((key.name, value.copied().unwrap_or_default()));
            left /= key.values.len().max(1);
        }
        literals.chain(of_keys.into_iter().rev())
    }

    /// The value of a series in the cells of one component, or of the process. Cells that are missing count as never
    /// touched.
    pub fn read<'a>(&self, cells: &'a [u64], series: usize) -> Reading<'a> {
        self.read_from(cells, self.first_cell, series)
    }

    /// The same where the metric's cells begin elsewhere, as those of series with dynamic labels do.
    pub(crate) fn read_from<'a>(
        &self,
        cells: &'a [u64],
        first_cell: u32,
        series: usize,
    ) -> Reading<'a> {
        let per_series = self.definition.cells_per_series() as usize;
        let first = match self.definition.kind {
            Kind::StateSet => first_cell as usize,
            _ => first_cell as usize + series * per_series,
        };
        let Some(cells) = cells.get(first..first + per_series) else {
            return Reading::Untouched;
        };
        match self.definition.kind {
            Kind::Counter => self.read_counter(cells[0]),
            Kind::Gauge => self.read_gauge(cells),
            Kind::StateSet => self.read_state(cells[0], series),
            Kind::Histogram | Kind::Summary => match self.definition.exponential {
                Some(scale) => self.read_exponential(scale, cells),
                None => self.read_histogram(cells),
            },
            Kind::Info => read_info(cells[0], OVERFLOW_MARK),
        }
    }

    /// A series per state out of the one cell.
    fn read_state<'a>(&self, state: u64, series: usize) -> Reading<'a> {
        match state {
            0 => Reading::Untouched,
            _ => Reading::Gauge(f64::from(u8::from(state == series as u64 + 1))),
        }
    }

    /// Sets a series of a gauge in merged cells, as if it had been set before they were read: for what is computed of other
    /// metrics. Does nothing to a metric of another kind.
    pub fn set(&self, cells: &mut Vec<u64>, series: usize, value: f64) {
        self.set_from(cells, self.first_cell, series, value);
    }

    /// The same where the metric's cells begin elsewhere, as those of series with dynamic labels do.
    pub(crate) fn set_from(
        &self,
        cells: &mut Vec<u64>,
        first_cell: u32,
        series: usize,
        value: f64,
    ) {
        if self.definition.kind != Kind::Gauge || series >= self.series_count() {
            return;
        }
        let first = first_cell as usize + series * self.definition.cells_per_series() as usize;
        let cell = first + GAUGE_SET as usize;
        if cells.len() <= cell {
            cells.resize(cell + 1, 0);
        }
        cells[cell] = if self.definition.integer {
            number::Integer::bits(value as i64)
        } else {
            number::Number::bits(value)
        };
    }

    fn read_counter<'a>(&self, count: u64) -> Reading<'a> {
        match count {
            0 => Reading::Untouched,
            _ if self.definition.is_in_nanoseconds() => Reading::CounterNanoseconds(count),
            _ => Reading::Counter(count),
        }
    }

    /// A series that is set shows that alone; what was counted up and down before is past.
    fn read_gauge<'a>(&self, cells: &[u64]) -> Reading<'a> {
        let (added, removed) = (cells[GAUGE_ADDED as usize], cells[GAUGE_REMOVED as usize]);
        match number::set_value(self.definition.integer, cells[GAUGE_SET as usize]) {
            Some(value) => Reading::Gauge(value),
            None if added == 0 && removed == 0 => Reading::Untouched,
            None => Reading::Gauge(added.wrapping_sub(removed) as i64 as f64),
        }
    }

    fn read_histogram<'a>(&self, cells: &'a [u64]) -> Reading<'a> {
        let (buckets, rest) = cells.split_at(self.definition.bounds.len() + 1);
        if buckets.iter().all(|&count| count == 0) {
            return Reading::Untouched;
        }
        let sum = self.sum(rest[0]);
        Reading::Histogram { buckets, sum }
    }

    fn read_exponential<'a>(&self, scale: Exponential, cells: &'a [u64]) -> Reading<'a> {
        let (counts, rest) = cells.split_at(scale.sum_cell() as usize);
        match counts {
            [zero, buckets @ .., overflow] if counts.iter().any(|&count| count > 0) => {
                Reading::Exponential {
                    zero: *zero,
                    buckets,
                    overflow: *overflow,
                    sum: self.sum(rest[0]),
                }
            }
            _ => Reading::Untouched,
        }
    }

    fn sum(&self, cell: u64) -> f64 {
        if self.definition.is_in_nanoseconds() {
            cell as f64 / NANOSECONDS_PER_SECOND
        } else {
            f64::from_bits(cell)
        }
    }

    /// The reading of a series that nobody has touched and that is exported all the same.
    pub fn zero_reading(&self) -> Reading<'static> {
        match self.definition.kind {
            Kind::Counter => Reading::Counter(0),
            Kind::Gauge | Kind::Info | Kind::StateSet => Reading::Gauge(0.0),
            Kind::Histogram | Kind::Summary if self.definition.exponential.is_some() => {
                Reading::Exponential {
                    zero: 0,
                    buckets: &[],
                    overflow: 0,
                    sum: 0.0,
                }
            }
            Kind::Histogram | Kind::Summary => Reading::Histogram {
                buckets: &[],
                sum: 0.0,
            },
        }
    }

    /// How each of a series' cells adds up over slabs.
    pub(crate) fn classes(&self) -> impl Iterator<Item = CellClass> {
        let definition = self.definition;
        (0..definition.cells()).map(move |cell| {
            let offset = cell % definition.cells_per_series();
            match definition.kind {
                Kind::Counter => CellClass::Sum,
                Kind::StateSet => CellClass::Kept,
                Kind::Gauge if offset == GAUGE_SET => CellClass::Kept,
                Kind::Gauge => CellClass::Level,
                Kind::Histogram | Kind::Summary => histogram_class(definition, offset),
                Kind::Info => CellClass::Mark,
            }
        })
    }
}

/// What merging and folding do with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellClass {
    /// An integer that adds up, also into the totals of the departed.
    Sum,
    /// The bits of a float that adds up.
    FloatSum,
    /// An integer that adds up, but not beyond the end of a life: a gauge.
    Level,
    /// Meaningful in the one slab that has it.
    Kept,
    /// The same: it says which of a metric's series shows.
    Mark,
}

/// What an info metric shows in the series with one mark, where the component has the mark `now`.
pub(crate) fn read_info(now: u64, mark: u64) -> Reading<'static> {
    if now == mark {
        Reading::Gauge(1.0)
    } else {
        Reading::Untouched
    }
}

fn histogram_class(definition: &Definition, offset: u32) -> CellClass {
    let sum = match definition.exponential {
        Some(scale) => scale.sum_cell(),
        None => definition.bounds.len() as u32 + 1,
    };
    match offset {
        _ if offset < sum => CellClass::Sum,
        _ if offset > sum => CellClass::Kept,
        _ if definition.is_in_nanoseconds() => CellClass::Sum,
        _ => CellClass::FloatSum,
    }
}
