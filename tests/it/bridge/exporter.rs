//! The same calls, recorded by obs and by the facade's own exporter for Prometheus, come to the same.

use std::collections::BTreeMap;

use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use obs::Component;
use obs_runtime::Runtime;
use obs_runtime::bridge::metrics::Recorder;
use obs_tests::{exposition, turn};
use proptest::prelude::*;

const BOUNDS: [f64; 4] = [0.5, 1.0, 2.0, 100.0];

/// A call of the facade, with values whose sums are exact.
#[derive(Debug, Clone)]
enum Call {
    Increment(u8, u64),
    Absolute(u8, u64),
    Set(u8, i16),
    Add(u8, i16),
    Record(u8, i16),
    RecordMany(u8, i16, usize),
}

fn call() -> impl Strategy<Value = Call> {
    let label = 0..4u8;
    prop_oneof![
        (label.clone(), 0..1_000u64).prop_map(|(label, n)| Call::Increment(label, n)),
        (label.clone(), 0..1_000u64).prop_map(|(label, n)| Call::Absolute(label, n)),
        (label.clone(), any::<i16>()).prop_map(|(label, n)| Call::Set(label, n)),
        (label.clone(), any::<i16>()).prop_map(|(label, n)| Call::Add(label, n)),
        (label.clone(), any::<i16>()).prop_map(|(label, n)| Call::Record(label, n)),
        (label, any::<i16>(), 0..5usize)
            .prop_map(|(label, n, times)| Call::RecordMany(label, n, times)),
    ]
}

/// Makes the calls; names are those of a run.
fn make(run: &str, calls: &[Call]) {
    let label = |label: u8| ["", "a.b", "with \"quotes\" and \n", "κόσμε"][usize::from(label)];
    let value = |n: i16| f64::from(n) / 4.0;
    let counts = format!("exporter.{run}.count");
    let levels = format!("exporter-{run}-level");
    let sizes = format!("exporter {run} size");
    for call in calls {
        match *call {
            Call::Increment(l, n) => counter!(counts.clone(), "l.x" => label(l)).increment(n),
            Call::Absolute(l, n) => counter!(counts.clone(), "l.x" => label(l)).absolute(n),
            Call::Set(l, n) => gauge!(levels.clone(), "l" => label(l), "m" => "x").set(value(n)),
            Call::Add(l, n) if n % 2 == 0 => {
                gauge!(levels.clone(), "l" => label(l), "m" => "x").increment(value(n));
            }
            Call::Add(l, n) => {
                gauge!(levels.clone(), "l" => label(l), "m" => "x").decrement(value(n));
            }
            Call::Record(l, n) => histogram!(sizes.clone(), "l" => label(l)).record(value(n)),
            Call::RecordMany(l, n, times) => {
                histogram!(sizes.clone(), "l" => label(l)).record_many(value(n), times);
            }
        }
    }
}

/// Samples of a run that are not 0, without the component and without labels that are empty.
fn samples(text: &str, run: &str) -> BTreeMap<(String, Vec<(String, String)>), f64> {
    let families = exposition::text(text).expect("it is well formed");
    let samples = families.into_values().flat_map(|family| family.samples);
    let of_run = format!("exporter_{run}_");
    samples
        .filter(|((name, _), value)| name.starts_with(&of_run) && *value != 0.0)
        .map(|((name, labels), value)| {
            let labels = labels.into_iter();
            let own = labels.filter(|(key, value)| key != "component" && !value.is_empty());
            let own = own.map(|(key, value)| match (&*key, value.parse::<f64>()) {
                // A bound is the same number, if not always the same text.
                ("le", Ok(bound)) => (key, bound.to_string()),
                _ => (key, value),
            });
            ((name, own.collect()), value)
        })
        .collect()
}

fn exposition_of(runtime: &Runtime, run: &str) -> String {
    let path = std::env::temp_dir().join(format!("obs-exporter-{run}-{}.prom", std::process::id()));
    runtime.write(&path).expect("it can be written");
    let text = std::fs::read_to_string(&path).expect("it was written");
    std::fs::remove_file(&path).expect("it is there");
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn obs_and_the_exporter_come_to_the_same(calls in prop::collection::vec(call(), 1..60)) {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let _turn = turn();
        let run = format!("run{}", RUNS.fetch_add(1, Ordering::Relaxed));
        let exporter = PrometheusBuilder::new()
            .set_buckets(&BOUNDS)
            .expect("the bounds are not empty")
            .build_recorder();
        let recorder = Recorder::new().default_bounds(&BOUNDS);
        with_local_recorder(&exporter, || make(&run, &calls));
        let component = Component::register(&run);
        component.scope(|| with_local_recorder(&recorder, || make(&run, &calls)));

        let runtime = Runtime::builder().no_server().start().expect("it starts");
        let ours = samples(&exposition_of(&runtime, &run), &run);
        // The strict reader knows no empty lines.
        let theirs = exporter.handle().render().replace("\n\n", "\n");
        let theirs = samples(&theirs, &run);
        prop_assert_eq!(ours, theirs);
    }
}
