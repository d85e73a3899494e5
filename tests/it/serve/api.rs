//! obs's own API, asked over HTTP.

use obs::{Component, Counter, counter};
use obs_runtime::api::{CATALOGUE_PATH, Catalogue, Kind, SNAPSHOT_PATH, Snapshot, Value};
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
    assert_eq!((&steps.module[..], steps.line), ("serve::api", 10));
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
