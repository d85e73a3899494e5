//! Reading series with dynamic labels.

use obs::Component;
use obs::collector::{DynamicSeries, MergedLife, Metric, Reading};

/// The metric of that name.
pub(crate) fn metric(name: &str) -> Metric {
    let catalogue = obs::catalogue::catalogue();
    let mut metrics = catalogue.metrics.into_iter();
    let named = metrics.find(|metric| metric.definition.name == name);
    named.expect("it is in the catalogue")
}

/// Every series that was touched: dynamic label values, index among the enum labels, value.
pub(crate) fn series(name: &str, life: &MergedLife) -> Vec<(Vec<String>, usize, f64)> {
    let metric = metric(name);
    let labels = metric.definition.dynamic.len();
    let mut found = Vec::new();
    let mut add = |values: Vec<String>, at: usize, reading: Reading<'_>| {
        let value = match reading {
            Reading::Counter(count) => count as f64,
            Reading::Gauge(value) => value,
            Reading::Histogram { buckets, .. } => buckets.iter().sum::<u64>() as f64,
            _ => return,
        };
        found.push((values, at, value));
    };
    if let Some(dynamic) = DynamicSeries::of(&metric, &life.dynamic) {
        for combination in 0..dynamic.count() {
            let value = |label| dynamic.value(&metric, combination, label).to_owned();
            let values: Vec<String> = (0..labels).map(value).collect();
            for at in 0..metric.series_count() {
                add(values.clone(), at, dynamic.read(&metric, combination, at));
            }
        }
    }
    for at in 0..metric.series_count() {
        let overflow = vec!["_overflow".to_owned(); labels];
        add(overflow, at, metric.read(&life.cells, at));
    }
    found
}

/// The same, of one component.
pub(crate) fn seen(name: &str, component: Component) -> Vec<(Vec<String>, usize, f64)> {
    let life = obs::collector::read(component).expect("it lives");
    series(name, &life)
}

/// Label values.
pub(crate) fn values(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}
