//! Snapshots for tests, written down series by series.

use obs_runtime::api::{Family, Histogram, Kind, Series, Snapshot, Value};

/// A snapshot in the making.
pub(crate) struct Draft(Snapshot);

/// An empty snapshot, taken this many seconds after some epoch.
pub(crate) fn at(second: u64) -> Draft {
    Draft(Snapshot {
        time_unix_ms: second * 1000,
        families: Vec::new(),
    })
}

impl Draft {
    pub(crate) fn counter(
        self,
        name: &str,
        component: Option<&str>,
        labels: &[(&str, &str)],
        value: f64,
    ) -> Draft {
        self.series(
            name,
            Kind::Counter,
            component,
            labels,
            Value::Counter(value),
        )
    }

    pub(crate) fn gauge(self, name: &str, component: Option<&str>, value: f64) -> Draft {
        self.series(name, Kind::Gauge, component, &[], Value::Gauge(value))
    }

    pub(crate) fn histogram(
        self,
        name: &str,
        component: Option<&str>,
        bounds: &[f64],
        buckets: &[u64],
    ) -> Draft {
        let value = Value::Histogram(Histogram {
            bounds: bounds.to_vec(),
            buckets: buckets.to_vec(),
            sum: 0.0,
            count: buckets.iter().sum(),
        });
        self.series(name, Kind::Histogram, component, &[], value)
    }

    pub(crate) fn snapshot(self) -> Snapshot {
        self.0
    }

    fn series(
        mut self,
        name: &str,
        kind: Kind,
        component: Option<&str>,
        labels: &[(&str, &str)],
        value: Value,
    ) -> Draft {
        let families = &mut self.0.families;
        let place = families
            .iter()
            .position(|family| family.name == name)
            .unwrap_or_else(|| {
                families.push(Family {
                    name: name.to_owned(),
                    help: String::new(),
                    unit: String::new(),
                    kind,
                    series: Vec::new(),
                });
                families.len() - 1
            });
        families[place].series.push(Series {
            component: component.map(str::to_owned),
            labels: labels
                .iter()
                .map(|&(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            value,
        });
        self
    }
}

/// Two snapshots, two seconds apart, of a host with three components that cover every column.
pub(crate) fn host() -> [Snapshot; 2] {
    let bounds = [0.001, 0.01, 0.1];
    let snapshot = |second, times: f64| {
        let scaled = |buckets: [u64; 4]| buckets.map(|n| n * times as u64);
        at(second)
            .counter("wasm_fuel_consumed_total", Some("hash"), &[], 2.0e6 * times)
            .counter(
                "wasm_fuel_consumed_total",
                Some("store"),
                &[],
                500.0 * times,
            )
            .gauge("component_memory_bytes", Some("hash"), 1_310_720.0)
            .gauge("component_memory_bytes", Some("store"), 4_000_000.0)
            .gauge("component_memory_limit_bytes", Some("hash"), 4_194_304.0)
            .gauge("component_memory_limit_bytes", Some("store"), 4_194_304.0)
            .gauge("component_messages_in_flight", Some("hash"), 3.0)
            .counter(
                "component_messages_processed_total",
                Some("hash"),
                &[("outcome", "ok")],
                2000.0 * times,
            )
            .counter(
                "component_messages_processed_total",
                Some("flaky"),
                &[("outcome", "ok")],
                30.0 * times,
            )
            .counter(
                "component_messages_processed_total",
                Some("flaky"),
                &[("outcome", "trap")],
                10.0 * times,
            )
            .counter(
                "component_messages_processed_total",
                Some("store"),
                &[("outcome", "ok")],
                500.0 * times,
            )
            .histogram(
                "component_processing_latency_seconds",
                Some("hash"),
                &bounds,
                &scaled([2000, 0, 0, 0]),
            )
            .histogram(
                "component_processing_latency_seconds",
                Some("flaky"),
                &bounds,
                &scaled([0, 20, 0, 20]),
            )
            .counter("component_restarts_total", Some("flaky"), &[], 4.0 * times)
            .gauge("process_start_time_seconds", None, 1000.0)
            .snapshot()
    };
    [snapshot(1063, 1.0), snapshot(1065, 2.0)]
}
