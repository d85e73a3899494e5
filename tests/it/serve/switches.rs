//! Metrics switched off at the start and on again while the program runs.

use obs::{Component, Counter, counter};
use obs_runtime::{Error, Runtime, Snapshot};

use crate::turn;

static CALLS: Counter = counter!("switches_calls_total", "Switched.");
static JOBS: Counter = counter!("switches_jobs_total", "Never switched.");

fn shown(snapshot: &Snapshot, name: &str) -> Option<f64> {
    let series: Vec<f64> = snapshot
        .series_of(name)
        .map(|series| series.value().as_f64())
        .collect();
    let known = snapshot.families().any(|family| family.name() == name);
    known.then(|| series.iter().sum())
}

#[test]
#[cfg_attr(
    tarpaulin,
    ignore = "it adds up what all tests of the process count: one process per test is what nextest gives"
)]
fn what_is_off_is_left_out_and_goes_on_when_it_is_on() {
    let _turn = turn();
    let component = Component::register("switches");
    let record = || {
        component.scope(|| {
            CALLS.inc();
            JOBS.inc();
        });
    };
    let runtime = Runtime::builder().no_server().without("switches_calls_*");
    let runtime = runtime.start().expect("it starts");
    record();
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "switches_calls_total"), None);
    assert_eq!(shown(&snapshot, "switches_jobs_total"), Some(1.0));

    runtime
        .switch_on("switches_calls_total")
        .expect("it is known");
    record();
    assert_eq!(
        shown(&runtime.snapshot(), "switches_calls_total"),
        Some(1.0)
    );

    runtime.switch_off("switches_*").expect("they are known");
    record();
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "switches_calls_total"), None);
    assert_eq!(shown(&snapshot, "switches_jobs_total"), None);

    runtime.switch_on("switches_*").expect("they are known");
    record();
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "switches_calls_total"), Some(2.0));
    assert_eq!(shown(&snapshot, "switches_jobs_total"), Some(3.0));

    runtime.switch_off("switches_*").expect("they are known");
    drop(runtime);
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    record();
    assert_eq!(shown(&runtime.snapshot(), "switches_jobs_total"), Some(4.0));
}

#[test]
fn what_does_not_exist_cannot_be_switched() {
    let _turn = turn();
    let says = |error: Error| {
        assert!(matches!(error, Error::NoSuchMetric { .. }), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains("nearest is `switches_jobs_total`"),
            "{message}"
        );
    };
    let builder = Runtime::builder().no_server();
    says(
        builder
            .without("switches_job_total")
            .start()
            .map(drop)
            .expect_err("none has the name"),
    );
    let runtime = Runtime::builder().no_server().start();
    let runtime = runtime.expect("a failed start leaves nothing behind");
    says(
        runtime
            .switch_off("switches_joos_total")
            .expect_err("none has the name"),
    );
    says(
        runtime
            .switch_on("switches_jobs_totl")
            .expect_err("none has the name"),
    );
    component_counts(&runtime);
}

fn component_counts(runtime: &Runtime) {
    let component = Component::register("switches nothing");
    component.scope(|| JOBS.inc());
    let snapshot = runtime.snapshot();
    let mut series = snapshot.series_of("switches_jobs_total");
    assert!(series.any(|series| series.component() == Some("switches nothing")));
}
