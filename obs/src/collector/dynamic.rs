//! The series of a merge that are told apart by dynamic labels.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalogue::{self, Kind, Metric, Reading};
use crate::record::annex::{View, join, shorten};

/// The series that one metric has in one component by its dynamic labels.
#[derive(Debug, Clone)]
pub struct DynamicSeries {
    pub(super) view: View,
    /// Those of the whole component; of series that were [set](DynamicSeries::set), those of the metric alone.
    pub(super) cells: Arc<[u64]>,
    /// Of an info metric, the mark of the series that shows.
    pub(super) mark: Option<u64>,
}

impl DynamicSeries {
    /// Those of the metric, if there are any.
    pub fn of<'a>(metric: &Metric, all: &'a [DynamicSeries]) -> Option<&'a DynamicSeries> {
        all.iter()
            .find(|series| series.view.metric == metric.first_cell)
    }

    /// How many combinations of label values there are.
    pub fn count(&self) -> usize {
        self.view.len()
    }

    /// The value of one of the metric's dynamic labels in one of the combinations.
    ///
    /// # Panics
    ///
    /// Panics beyond [`count`](DynamicSeries::count) or the metric's number of dynamic labels.
    pub fn value(&self, metric: &Metric, combination: usize, label: usize) -> &str {
        let labels = metric.definition.dynamic.len();
        self.view.value(combination, label, labels)
    }

    /// The value of one of the combination's series, as [`Metric::read`] reads it.
    ///
    /// # Panics
    ///
    /// Panics beyond [`count`](DynamicSeries::count).
    pub fn read(&self, metric: &Metric, combination: usize, series: usize) -> Reading<'_> {
        let first = self.view.first_cell(combination);
        if let Some(mark) = self.mark {
            return catalogue::read_info(mark, catalogue::mark_of(first));
        }
        metric.read_from(&self.cells, first, series)
    }

    /// Sets series of a gauge among those of a component, as if they had been set before the merge: for what is computed
    /// of other metrics. Each has a value for every dynamic label, in the order of the definition, and is made if it is not
    /// there; `max_series` does not hold for them. `series` tells those of a combination apart, by enum labels.
    ///
    /// Does nothing to a metric of another kind.
    ///
    /// # Panics
    ///
    /// Panics where there are fewer or more values than dynamic labels.
    pub fn set(
        metric: &Metric,
        all: &mut Vec<DynamicSeries>,
        series: usize,
        values: &[(Vec<&str>, f64)],
    ) {
        let definition = metric.definition;
        if definition.kind != Kind::Gauge || values.is_empty() {
            return;
        }
        let place = all
            .iter()
            .position(|known| known.view.metric == metric.first_cell);
        let mut rows = place.map_or_else(Rows::default, |place| Rows::of(&all[place]));
        for (values, value) in values {
            assert_eq!(values.len(), definition.dynamic.len(), "a value per label");
            let values: Vec<&str> = values.iter().map(|value| shorten(value)).collect();
            let row = rows.cells_of(join(&values), definition.cells() as usize);
            metric.set_from(row, 0, series, *value);
        }
        let changed = rows.series_of(metric);
        match place {
            Some(place) => all[place] = changed,
            None => all.push(changed),
        }
    }
}

/// The texts of series and the cells of each, to be changed.
#[derive(Default)]
struct Rows {
    /// In the order in which they came.
    rows: Vec<(Box<[u8]>, Vec<u64>)>,
    by_text: HashMap<Box<[u8]>, usize>,
}

impl Rows {
    fn of(series: &DynamicSeries) -> Rows {
        let mut rows = Rows::default();
        let of_each = series.view.cells as usize;
        for combination in 0..series.count() {
            let first = series.view.first_cell(combination) as usize;
            let row = rows.cells_of(series.view.text(combination).into(), of_each);
            let known = series.cells.iter().skip(first);
            row.iter_mut()
                .zip(known)
                .for_each(|(own, cell)| *own = *cell);
        }
        rows
    }

    fn cells_of(&mut self, text: Box<[u8]>, cells: usize) -> &mut Vec<u64> {
        let at = *self.by_text.entry(text.clone()).or_insert_with(|| {
            self.rows.push((text, vec![0; cells]));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }

    fn series_of(self, metric: &Metric) -> DynamicSeries {
        let texts = self.rows.iter().map(|(text, _)| &**text);
        DynamicSeries {
            view: View::of(metric.first_cell, metric.definition.cells(), texts),
            cells: self.rows.iter().flat_map(|(_, row)| row).copied().collect(),
            mark: None,
        }
    }
}
