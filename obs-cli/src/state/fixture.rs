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
                    help: format!("What {name} means."),
                    unit: unit(name).to_owned(),
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

/// The unit that a name tells.
fn unit(name: &str) -> &'static str {
    let name = name.trim_end_matches("_total");
    let mut known = ["seconds", "bytes", "ratio"].into_iter();
    known.find(|unit| name.ends_with(unit)).unwrap_or_default()
}

/// Forty snapshots, a second apart, of a host whose figures rise and fall.
pub(crate) fn busy() -> Vec<Snapshot> {
    const BOUNDS: [f64; 6] = [0.0001, 0.0005, 0.001, 0.01, 0.1, 1.0];
    let (mut jobs, mut failed, mut fast, mut slow) = (0, 0, 0, 0);
    (0..40u64)
        .map(|second| {
            // A wave of twenty seconds, in whole numbers.
            let wave = (second % 20).min(20 - second % 20);
            jobs += 50 + 10 * wave;
            failed += u64::from(second % 7 == 3) * 4;
            fast += 40 + 9 * wave;
            slow += wave * wave / 4;
            let latency = [
                fast / 4,
                fast / 2,
                fast,
                slow,
                slow / 3,
                failed / 4,
                failed / 8,
            ];
            at(1_000 + second)
                .gauge("component_memory_bytes", Some("file"), 65_536.0)
                .gauge(
                    "component_memory_bytes",
                    Some("hash"),
                    1_048_576.0 * (1 + wave) as f64,
                )
                .counter(
                    "component_messages_processed_total",
                    Some("hash"),
                    &[("outcome", "ok")],
                    jobs as f64,
                )
                .counter(
                    "component_messages_processed_total",
                    Some("hash"),
                    &[("outcome", "trap")],
                    failed as f64,
                )
                .counter(
                    "component_messages_processed_total",
                    Some("file"),
                    &[("outcome", "ok")],
                    (jobs / 2) as f64,
                )
                .histogram(
                    "component_processing_latency_seconds",
                    Some("hash"),
                    &BOUNDS,
                    &latency,
                )
                .counter(
                    "component_file_read_bytes_total",
                    Some("file"),
                    &[],
                    (jobs * 4096) as f64,
                )
                .gauge("mailbox_depth", Some("hash"), wave as f64)
                .gauge("mailbox_usage_ratio", Some("hash"), wave as f64 / 10.0)
                .gauge("process_start_time_seconds", None, 990.0)
                .gauge("process_open_fds", None, 17.0)
                .snapshot()
        })
        .collect()
}
