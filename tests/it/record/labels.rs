//! Labels with a closed set of values.

use std::time::Duration;

use obs::catalogue::Reading;
use obs::{Component, Counter, Gauge, Histogram, LabelValue, counter, gauge, histogram};
use obs_tests::{read, value};

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
    #[label("DELETE")]
    Delete,
}

static CALLS: Counter<(Method, bool)> = counter!(
    "label_calls_total",
    "Calls by method and whether they were cached.",
    labels(method: Method, cached: bool, protocol = "http"),
);
static OPEN: Gauge<Method> = gauge!("label_open", "Open calls.", labels(method: Method));
static TOOK: Histogram<Method> =
    histogram!("label_seconds", "Time of calls.", labels(method: Method), bounds = [1]);
static SPENT: Counter<bool> =
    counter!("label_spent_seconds_total", "Time spent.", labels(well: bool));

#[test]
fn each_combination_is_a_series_of_its_own() {
    let component = Component::register("combinations");
    component.scope(|| {
        for (weight, method) in [Method::Get, Method::Put, Method::Delete]
            .into_iter()
            .enumerate()
        {
            CALLS.with((method, false)).inc_by(weight as u64 * 2 + 1);
            CALLS.with((method, true)).inc_by(weight as u64 * 2 + 2);
            OPEN.with(method).set(weight as u32);
            TOOK.with(method)
                .observe(Duration::from_secs(weight as u64));
        }
    });
    let metrics = obs::catalogue::catalogue().metrics;
    let calls = metrics
        .iter()
        .find(|metric| metric.definition.name == "label_calls_total");
    let calls = calls.expect("it is linked");
    let life = read(component);
    for series in 0..6 {
        assert_eq!(
            calls.read(&life.cells, series),
            Reading::Counter(series as u64 + 1)
        );
    }
    let labels: Vec<_> = calls.labels(5).collect();
    assert_eq!(
        labels,
        [
            ("protocol", "http"),
            ("method", "DELETE"),
            ("cached", "true")
        ]
    );
    assert_eq!(value(&life, "label_open", 2), Reading::Gauge(2.0));
    let two = Reading::Histogram {
        buckets: &[0, 1],
        sum: 2.0,
    };
    assert_eq!(value(&life, "label_seconds", 2), two);
}

#[test]
fn a_counter_of_seconds_keeps_nanoseconds() {
    let component = Component::register("spent");
    component.scope(|| {
        SPENT.with(true).inc_by_duration(Duration::from_nanos(1));
        SPENT.with(true).inc_by(2);
        SPENT.with(true).inc();
    });
    let life = read(component);
    let spent = value(&life, "label_spent_seconds_total", 1);
    assert_eq!(spent, Reading::CounterNanoseconds(3_000_000_001));
}

/// An implementation by hand that breaks its promise.
#[derive(Clone, Copy)]
struct Wild(usize);

impl LabelValue for Wild {
    const VALUES: &'static [&'static str] = &["only"];

    fn index(self) -> usize {
        self.0
    }
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "checked in debug builds")]
#[should_panic(expected = "beyond its own list")]
fn an_index_beyond_the_values_is_found_in_debug_builds() {
    let wild: Counter<Wild> = counter!("label_wild_total", "Wild.", labels(wild: Wild));
    wild.with(Wild(5)).inc();
}
