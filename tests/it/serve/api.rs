//! obs's own API, asked over HTTP.

use std::time::Duration;

use obs::{Component, Counter, LabelValue, counter, gauge, histogram, summary};
use obs_runtime::api::{
    CATALOGUE_PATH, Catalogue, Exponential, Kind, SNAPSHOT_PATH, Snapshot, Value,
};
use obs_runtime::test;
use obs_tests::http;

use crate::{address, builder, turn};

static STEPS: Counter = counter!("api_steps_total", "Steps of these tests.");
static UNTOUCHED: Counter = counter!("api_untouched_total", "Never counted.");

#[test]
fn snapshot_has_what_was_recorded_before_it_was_asked_for() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let component = Component::register("api");
    for steps in 1..=3 {
        component.scope(|| STEPS.inc());
        let answer = http::get(address(&runtime), SNAPSHOT_PATH, "");
        assert!(
            answer.head.contains("content-type: application/json"),
            "{}",
            answer.head
        );
        let snapshot: Snapshot = serde_json::from_str(&answer.body).expect("it is a snapshot");
        let family = snapshot
            .families
            .iter()
            .find(|family| family.name == "api_steps_total")
            .expect("the family is there");
        assert_eq!(family.kind, Kind::Counter);
        let own = family
            .series
            .iter()
            .find(|series| series.component.as_deref() == Some("api"));
        assert_eq!(
            own.map(|series| &series.value),
            Some(&Value::Counter(f64::from(steps)))
        );
    }
    drop(runtime);
    assert_eq!(test::read(component).counter("api_steps_total", &[]), 3);
}

#[test]
fn catalogue_has_every_definition_with_its_place() {
    let _turn = turn();
    let runtime = builder()
        .rename("serve::api", "api_untouched_total", "api_renamed_total")
        .start()
        .expect("it starts");
    // Linked in, whether it is counted or not.
    let _ = &UNTOUCHED;
    let answer = http::get(address(&runtime), CATALOGUE_PATH, "");
    let catalogue: Catalogue = serde_json::from_str(&answer.body).expect("it is a catalogue");
    let steps = catalogue
        .definitions
        .iter()
        .find(|definition| definition.name == "api_steps_total")
        .expect("the definition is there");
    assert!(steps.file.ends_with("api.rs"), "{}", steps.file);
    assert_eq!((&steps.module[..], steps.line), ("serve::api", 14));
    let named = |name: &str| {
        let definitions = &catalogue.definitions;
        definitions.iter().any(|definition| definition.name == name)
    };
    assert!(named("api_renamed_total") && !named("api_untouched_total"));
}

#[test]
fn head_is_answered_without_a_body_and_a_post_is_refused() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    for path in [SNAPSHOT_PATH, CATALOGUE_PATH] {
        let head = http::request(address(&runtime), "HEAD", path, "");
        assert_eq!((head.status, &head.body[..]), (200, ""));
        assert!(!head.head.contains("content-length: 0"), "{}", head.head);
        let post = http::request(address(&runtime), "POST", path, "Content-Length: 0\r\n");
        assert_eq!(post.status, 405);
    }
}

#[test]
fn every_kind_travels_with_its_figures() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    Component::register("api kinds").scope(|| {
        let size = histogram!(
            "api_kinds_size_bytes",
            "Sizes.",
            exponential,
            range = [1, 1024]
        );
        for bytes in [0.0, 3.0, 3.0, 100.0] {
            size.observe(bytes);
        }
        let wait = summary!(
            "api_kinds_wait_seconds",
            "Waiting.",
            quantiles = [0.5, 0.99]
        );
        (0..10).for_each(|_| wait.observe(Duration::from_millis(20)));
        counter!("api_kinds_asked_total", "Questions.", dynamic(path))
            .with(["/a"])
            .inc_by(5);
        let state = gauge!("api_kinds_state", "How it is.", states = State);
        for state_now in [State::Starting, State::Ready] {
            state.set(state_now);
        }
    });
    let answer = http::get(address(&runtime), SNAPSHOT_PATH, "");
    let snapshot: Snapshot = serde_json::from_str(&answer.body).expect("it is a snapshot");
    let series = |name: &str, kind: Kind| {
        let families = &snapshot.families;
        let family = families.iter().find(|family| family.name == name);
        let family = family.unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(family.kind, kind, "{name}");
        let series = &family.series;
        let own = series
            .iter()
            .find(|series| series.component.as_deref() == Some("api kinds"));
        own.cloned().expect("the component has recorded it")
    };
    let asked = series("api_kinds_asked_total", Kind::Counter);
    assert_eq!(asked.labels, [("path".to_owned(), "/a".to_owned())]);
    assert_eq!(asked.value, Value::Counter(5.0));
    let state = series("api_kinds_state", Kind::StateSet);
    let label = |state: &str| [("api_kinds_state".to_owned(), state.to_owned())];
    assert_eq!(state.labels, label("starting"));
    assert_eq!(state.value, Value::Gauge(0.0));
    let Value::Summary(wait) = series("api_kinds_wait_seconds", Kind::Summary).value else {
        panic!("a summary travels as one")
    };
    assert_eq!((wait.count, wait.quantiles.len()), (10, 2));
    let median = wait.quantiles[0];
    assert!(
        median.quantile == 0.5 && (median.value - 0.02).abs() < 0.002,
        "{median:?}"
    );
    let Value::Exponential(size) = series("api_kinds_size_bytes", Kind::Histogram).value else {
        panic!("an exponential histogram travels as one")
    };
    assert_eq!((size.count, size.zero_count, size.sum), (4, 1, 106.0));
    assert_eq!(
        (in_bucket_of(&size, 3.0), in_bucket_of(&size, 100.0)),
        (2, 1)
    );
}

/// The states of a state set.
#[derive(Clone, Copy, LabelValue)]
enum State {
    Starting,
    Ready,
}

/// How many observations there are in the bucket of this one.
fn in_bucket_of(histogram: &Exponential, observation: f64) -> u64 {
    let index = (observation.log2() * f64::from(histogram.schema).exp2()).ceil() as i32;
    let place = usize::try_from(index - histogram.first_index).expect("it is in the range");
    histogram.buckets[place]
}
