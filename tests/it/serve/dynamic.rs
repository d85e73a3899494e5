//! Series with dynamic labels and info metrics, as both text formats show them.

use std::time::Duration;

use obs::{
    Component, Counter, Dynamic, ExponentialHistogram, Info, Summary, counter, gauge, histogram,
    summary,
};
use obs_tests::{exposition, http};
use proptest::prelude::*;

use crate::{address, builder, turn};

const OPEN_METRICS: &str = "Accept: application/openmetrics-text;version=1.0.0\r\n";

static REQUESTS: Dynamic<Counter<bool>, 2> = counter!(
    "dynamic_requests_total",
    "Requests.",
    labels(ok: bool),
    dynamic(path, method),
    max_series = 2
);

static BUILD: Info<2> = gauge!(
    "dynamic_build_info",
    "What a component is.",
    info(version, digest)
);

static WAIT: Dynamic<Summary, 1> = summary!(
    "dynamic_wait_seconds",
    "Waits.",
    dynamic(queue),
    quantiles = [0.5],
    max_series = 2
);

static LOAD: Dynamic<ExponentialHistogram, 1> = histogram!(
    "dynamic_load_seconds",
    "Loads.",
    dynamic(queue),
    exponential
);

static TEXTS: Dynamic<Counter, 1> = counter!("dynamic_texts_total", "Texts.", dynamic(text));

fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut labels: Vec<_> = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    labels.sort();
    labels
}

#[test]
fn every_combination_is_a_series_and_the_rest_is_one_too() {
    let _turn = turn();
    let component = Component::register("dynamic/exposed");
    component.scope(|| {
        REQUESTS.with(["/", "GET"]).with(true).inc();
        REQUESTS.with(["/", "GET"]).with(false).inc_by(2);
        REQUESTS.with(["/", "PUT"]).with(true).inc_by(3);
        REQUESTS.with(["/late", "GET"]).with(true).inc_by(4);
        REQUESTS.with(["/later", "GET"]).with(true).inc_by(5);
    });
    let runtime = builder().start().expect("it starts");
    let text = http::get(address(&runtime), "/metrics", "").body;
    let text = exposition::text(&text).expect("the text is right");
    let family = &text["dynamic_requests_total"];
    let value = |path, method, ok| {
        let labels = labels(&[
            ("component", "dynamic/exposed"),
            ("path", path),
            ("method", method),
            ("ok", ok),
        ]);
        let key = ("dynamic_requests_total".to_owned(), labels);
        family.samples.get(&key).copied()
    };
    assert_eq!(value("/", "GET", "true"), Some(1.0));
    assert_eq!(value("/", "GET", "false"), Some(2.0));
    assert_eq!(value("/", "PUT", "true"), Some(3.0));
    assert_eq!(value("_overflow", "_overflow", "true"), Some(9.0));
    // The first failure, too, is seen as one, because it was there as 0.
    assert_eq!(value("/", "PUT", "false"), Some(0.0));
    assert_eq!(value("_overflow", "_overflow", "false"), Some(0.0));
    assert_eq!(family.samples.len(), 6);
    let snapshot = runtime.snapshot();
    assert_eq!(snapshot.total("dynamic_requests_total", &[]), Some(15));
    let gets = snapshot.total("dynamic_requests_total", &[("method", "GET")]);
    assert_eq!(gets, Some(3));
    let text = http::get(address(&runtime), "/metrics", "").body;
    let text = exposition::text(&text).expect("the text is right");
    let key = labels(&[("metric", "dynamic_requests_total")]);
    let key = ("obs_series_overflows_total".to_owned(), key);
    assert_eq!(text["obs_series_overflows_total"].samples[&key], 2.0);
}

#[test]
fn an_info_metric_is_of_type_info_in_open_metrics() {
    let _turn = turn();
    let component = Component::register("dynamic/built");
    component.scope(|| {
        BUILD.set(["1.0", "abc"]);
        BUILD.set(["1.1", "def"]);
    });
    let runtime = builder().start().expect("it starts");
    let sample = (
        "dynamic_build_info".to_owned(),
        labels(&[
            ("component", "dynamic/built"),
            ("version", "1.1"),
            ("digest", "def"),
        ]),
    );
    let text = http::get(address(&runtime), "/metrics", "").body;
    let text = &exposition::text(&text).expect("the text is right")["dynamic_build_info"];
    let open = http::get(address(&runtime), "/metrics", OPEN_METRICS).body;
    let open = &exposition::open_metrics(&open).expect("OpenMetrics is right")["dynamic_build"];
    assert_eq!((text.kind.as_str(), open.kind.as_str()), ("gauge", "info"));
    for family in [text, open] {
        assert_eq!(family.samples.len(), 1);
        assert_eq!(family.samples[&sample], 1.0);
    }
}

#[test]
fn every_combination_has_quantiles_and_buckets_of_its_own() {
    let _turn = turn();
    let component = Component::register("dynamic/distributed");
    component.scope(|| {
        for (queue, milliseconds) in [("fast", 1), ("slow", 100), ("late", 1_000)] {
            WAIT.with([queue])
                .observe(Duration::from_millis(milliseconds));
            LOAD.with([queue])
                .observe(Duration::from_millis(milliseconds));
        }
    });
    let runtime = builder().start().expect("it starts");
    let text = http::get(address(&runtime), "/metrics", "").body;
    let text = exposition::text(&text).expect("the text is right");
    let value = |name: &str, queue, more: &[(&str, &str)]| {
        let own = [("component", "dynamic/distributed"), ("queue", queue)];
        let labels = labels(&[&own[..], more].concat());
        let family = name.trim_end_matches("_count").trim_end_matches("_bucket");
        text[family].samples[&(name.to_owned(), labels)]
    };
    for (queue, seconds) in [("fast", 0.001), ("slow", 0.1), ("_overflow", 1.0)] {
        let median: f64 = value("dynamic_wait_seconds", queue, &[("quantile", "0.5")]);
        assert!(
            (median - seconds).abs() < seconds * 0.022,
            "{queue}: {median}"
        );
        assert_eq!(value("dynamic_wait_seconds_count", queue, &[]), 1.0);
    }
    for (queue, le, count) in [
        ("fast", "0.125", 1.0),
        ("slow", "0.0625", 0.0),
        ("late", "+Inf", 1.0),
    ] {
        let found = value("dynamic_load_seconds_bucket", queue, &[("le", le)]);
        assert_eq!(found, count, "{queue}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_text_of_a_dynamic_label_comes_back(texts in prop::collection::btree_set("\\PC{0,20}|[\\\\\"\n]{1,5}", 1..20)) {
        let _turn = turn();
        let name = format!("dynamic/any {:?}", std::time::Instant::now());
        let component = Component::register(&name);
        component.scope(|| {
            for (text, n) in texts.iter().zip(1..) {
                TEXTS.with([text]).inc_by(n);
            }
        });
        let runtime = builder().start().expect("it starts");
        for (accept, open) in [("", false), (OPEN_METRICS, true)] {
            let body = http::get(address(&runtime), "/metrics", accept).body;
            let families = if open { exposition::open_metrics(&body) } else { exposition::text(&body) };
            let families = families.expect("it is right");
            let family = &families[if open { "dynamic_texts" } else { "dynamic_texts_total" }];
            for (text, n) in texts.iter().zip(1..) {
                let key = labels(&[("component", &name), ("text", text)]);
                let key = ("dynamic_texts_total".to_owned(), key);
                prop_assert_eq!(family.samples.get(&key).copied(), Some(f64::from(n)), "{:?}", text);
            }
        }
        component.retire();
    }
}
