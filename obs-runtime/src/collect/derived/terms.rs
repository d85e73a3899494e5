//! What the rules compute with: series of the host's metrics, read out of a merge and added up.

use std::collections::BTreeMap;
use std::time::Duration;

use obs::collector::{DynamicSeries, Metric, Reading};

use super::rules::Term;

/// The values of a metric's dynamic labels. `None` where it has none, and for what there was no room for.
pub(super) type Labels = Option<Vec<String>>;

/// Series of one metric.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) metric: Metric,
    pub(super) places: Vec<usize>,
}

pub(super) fn find(name: &str, metrics: &[Metric]) -> Option<Metric> {
    let known = metrics.iter().find(|metric| metric.definition.name == name);
    known.copied()
}

pub(super) fn series(terms: &[Term], metrics: &[Metric]) -> Option<Vec<Series>> {
    let series = terms.iter().map(|term| {
        let metric = find(term.name, metrics)?;
        let places = places(&metric, term.label, term.other);
        Some(Series { metric, places })
    });
    series.collect()
}

/// The series that have a label, or those that have not; all of them without one.
pub(super) fn places(metric: &Metric, label: Option<(&str, &str)>, other: bool) -> Vec<usize> {
    let fits = |place: &usize| match label {
        Some(label) => metric.labels(*place).any(|own| own == label) != other,
        None => true,
    };
    (0..metric.series_count()).filter(fits).collect()
}

/// Adds up; `None` where nobody has touched any of it.
pub(super) fn sum(series: &[Series], cells: &[u64], dynamic: &[DynamicSeries]) -> Option<f64> {
    let values = series.iter().flat_map(|series| {
        let places = series.places.iter();
        places.flat_map(|place| read(&series.metric, *place, cells, dynamic))
    });
    values.reduce(|sum, value| sum + value)
}

/// Adds up by the dynamic labels of `into`, which all the terms have, for each combination that anybody has touched.
pub(super) fn by_labels(
    into: &Metric,
    terms: &[Series],
    cells: &[u64],
    dynamic: &[DynamicSeries],
) -> BTreeMap<Labels, f64> {
    let mut sums = BTreeMap::new();
    let mut add = |labels, reading| {
        if let Some(value) = number(reading) {
            *sums.entry(labels).or_default() += value;
        }
    };
    for Series { metric, places } in terms {
        for &place in places {
            add(None, metric.read(cells, place));
        }
        let Some(series) = DynamicSeries::of(metric, dynamic) else {
            continue;
        };
        for combination in 0..series.count() {
            let values = labels_of(into, metric).map(|label| {
                let value = label.map(|label| series.value(metric, combination, label));
                value.unwrap_or_default().to_owned()
            });
            let values: Vec<String> = values.collect();
            for &place in places {
                add(
                    Some(values.clone()),
                    series.read(metric, combination, place),
                );
            }
        }
    }
    sums
}

/// Whether all of the terms have the dynamic labels of `into`.
pub(super) fn have_labels_of<'a>(
    into: &Metric,
    mut terms: impl Iterator<Item = &'a Series>,
) -> bool {
    terms.all(|series| labels_of(into, &series.metric).all(|label| label.is_some()))
}

/// For each dynamic label of `into`, its place among those of `metric`.
fn labels_of(into: &Metric, metric: &Metric) -> impl Iterator<Item = Option<usize>> + use<> {
    let (wanted, known) = (into.definition.dynamic, metric.definition.dynamic);
    wanted
        .iter()
        .map(|label| known.iter().position(|own| own == label))
}

/// What a series of a metric shows: of one with dynamic labels, what each combination of them does, and the overflow.
pub(super) fn read<'a>(
    metric: &'a Metric,
    place: usize,
    cells: &'a [u64],
    dynamic: &'a [DynamicSeries],
) -> impl Iterator<Item = f64> + use<'a> {
    let combinations = DynamicSeries::of(metric, dynamic).into_iter();
    let combinations = combinations.flat_map(move |series| {
        let all = 0..series.count();
        all.filter_map(move |combination| number(series.read(metric, combination, place)))
    });
    number(metric.read(cells, place))
        .into_iter()
        .chain(combinations)
}

pub(super) fn number(reading: Reading<'_>) -> Option<f64> {
    match reading {
        Reading::Counter(count) => Some(count as f64),
        Reading::CounterNanoseconds(nanoseconds) => {
            Some(Duration::from_nanos(nanoseconds).as_secs_f64())
        }
        Reading::Gauge(value) => Some(value),
        _ => None,
    }
}
