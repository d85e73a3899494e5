//! Snapshots as the wire types that obs-cli reads.

use std::time::SystemTime;

use obs::catalogue::Kind;

use crate::api;
use crate::model::{Family, Series, Snapshot, Value};

impl From<&Snapshot> for api::Snapshot {
    fn from(snapshot: &Snapshot) -> api::Snapshot {
        let mut wire = head(snapshot);
        for series in snapshot.series() {
            let name = series.family().name();
            if wire
                .families
                .last()
                .is_none_or(|family| family.name != name)
            {
                wire.families.push(family(series.family()));
            }
            if let Some(family) = wire.families.last_mut() {
                family.series.push(self::series(&series));
            }
        }
        wire
    }
}

/// A snapshot without its families.
pub(super) fn head(snapshot: &Snapshot) -> api::Snapshot {
    let since_epoch = snapshot.time().duration_since(SystemTime::UNIX_EPOCH);
    api::Snapshot {
        time_unix_ms: since_epoch.map_or(0, |time| time.as_millis() as u64),
        families: Vec::new(),
    }
}

/// A family without its series.
pub(super) fn family(family: &Family) -> api::Family {
    api::Family {
        name: family.name().to_owned(),
        help: family.help().to_owned(),
        unit: family.unit().to_owned(),
        kind: kind(family.kind()),
        series: Vec::new(),
    }
}

/// A kind.
pub(super) fn kind(kind: Kind) -> api::Kind {
    match kind {
        Kind::Counter => api::Kind::Counter,
        Kind::Gauge => api::Kind::Gauge,
        Kind::Histogram => api::Kind::Histogram,
        Kind::Summary => api::Kind::Summary,
        Kind::Info => api::Kind::Info,
        Kind::StateSet => api::Kind::StateSet,
        _ => api::Kind::Unknown,
    }
}

/// A series.
pub(super) fn series(series: &Series<'_>) -> api::Series {
    let labels = series.labels();
    api::Series {
        component: series.component().map(str::to_owned),
        labels: labels
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        value: match series.value() {
            value @ (Value::Counter(_) | Value::Nanoseconds(_)) => {
                api::Value::Counter(value.as_f64())
            }
            Value::Gauge(value) => api::Value::Gauge(value),
            Value::Histogram(histogram) => api::Value::Histogram(api::Histogram {
                bounds: histogram.bounds.to_vec(),
                buckets: histogram.buckets.to_vec(),
                sum: histogram.sum,
                count: histogram.count(),
            }),
            Value::Exponential(histogram) => api::Value::Exponential(api::Exponential {
                schema: histogram.schema,
                zero_threshold: histogram.zero_threshold,
                zero_count: histogram.zero,
                first_index: histogram.first_index,
                buckets: histogram.buckets.to_vec(),
                overflow: histogram.overflow,
                sum: histogram.sum,
                count: histogram.count(),
            }),
            Value::Summary(summary) => api::Value::Summary(api::Summary {
                quantiles: quantiles(summary.quantiles),
                sum: summary.sum,
                count: summary.count,
            }),
        },
    }
}

fn quantiles(quantiles: &[(f64, f64)]) -> Vec<api::Quantile> {
    let quantiles = quantiles.iter();
    quantiles
        .map(|&(quantile, value)| api::Quantile { quantile, value })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{Layout, definition, life};
    use obs::catalogue::Definition;

    #[test]
    fn a_snapshot_travels_with_all_its_values() {
        let layout = Layout::new([
            Definition {
                literals: &[("kind", "a")],
                ..definition("jobs_total", Kind::Counter)
            },
            Definition {
                unit: "seconds",
                ..definition("busy_seconds_total", Kind::Counter)
            },
            definition("level", Kind::Gauge),
            Definition {
                bounds: &[1.0],
                ..definition("size", Kind::Histogram)
            },
            definition("untouched", Kind::Gauge),
        ]);
        let mut cells = layout.cells();
        cells[layout.first_cell("jobs_total", 0)] = 7;
        cells[layout.first_cell("busy_seconds_total", 0)] = 1_500_000_000;
        cells[layout.first_cell("level", 0)] = 3;
        let size = layout.first_cell("size", 0);
        cells[size..size + 3].copy_from_slice(&[2, 1, 4.5f64.to_bits()]);
        let snapshot = layout.snapshot(vec![life("wire", cells.clone()), life("wire 2", cells)]);

        let wire = api::Snapshot::from(&snapshot);
        assert_eq!(wire.time_unix_ms, 1_000_000);
        let families: Vec<_> = wire
            .families
            .iter()
            .map(|family| &family.name[..])
            .collect();
        assert_eq!(
            families,
            ["busy_seconds_total", "jobs_total", "level", "size"]
        );
        assert!(wire.families.iter().all(|family| family.series.len() == 2));
        let first = |index: usize| wire.families[index].series[0].clone();
        assert_eq!(first(0).value, api::Value::Counter(1.5));
        assert_eq!(wire.families[0].unit, "seconds");
        assert_eq!(first(1).value, api::Value::Counter(7.0));
        assert_eq!(first(1).component.as_deref(), Some("wire"));
        assert_eq!(first(1).labels, [("kind".to_owned(), "a".to_owned())]);
        assert_eq!(wire.families[1].kind, api::Kind::Counter);
        assert_eq!(first(2).value, api::Value::Gauge(3.0));
        let histogram = api::Value::Histogram(api::Histogram {
            bounds: vec![1.0],
            buckets: vec![2, 1],
            sum: 4.5,
            count: 3,
        });
        assert_eq!(first(3).value, histogram);
    }
}
