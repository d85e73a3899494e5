//! What a runtime computes of what was recorded.

use obs::host::broker::Broker;
use obs::host::messages::{MessageOutcome, MessageType};
use obs::host::resources::LinearMemory;
use obs::host::storage::{self, Usage};
use obs::host::{actors, mailbox, wasm};
use obs::{Component, Watch};
use obs_runtime::{Runtime, Snapshot};

fn value(snapshot: &Snapshot, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let mut series = snapshot.series_of(name);
    let own = series
        .find(|series| series.component() == Some("derived host") && series.has_labels(labels));
    own.map(|series| series.value().as_f64())
}

#[test]
fn a_scrape_shows_what_follows_from_what_was_recorded() {
    let _turn = obs_tests::turn();
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let component = Component::register("derived host");
    component.scope(|| {
        assert!(wasm::grow(&LinearMemory::new(4_000), 1_000));
        mailbox::CAPACITY.set(8);
        mailbox::enqueued();
        mailbox::enqueued();
        let usage = Usage {
            used_bytes: 100,
            quota_bytes: Some(128),
            keys: 3,
        };
        storage::watch(move || usage)
            .into_iter()
            .for_each(Watch::detach);
        MessageType::named("order").start().end(MessageOutcome::Ok);
        MessageType::named("order")
            .start()
            .end(MessageOutcome::Error);
    });
    let snapshot = runtime.snapshot();
    assert_eq!(
        value(&snapshot, "component_memory_usage_ratio", &[]),
        Some(0.25)
    );
    assert_eq!(value(&snapshot, "mailbox_depth", &[]), Some(2.0));
    assert_eq!(value(&snapshot, "mailbox_depth_peak", &[]), Some(2.0));
    assert_eq!(
        value(&snapshot, "mailbox_saturation_ratio", &[]),
        Some(0.25)
    );
    for window in ["1m", "5m"] {
        assert_eq!(
            value(&snapshot, "component_error_ratio", &[("window", window)]),
            Some(0.5)
        );
    }
    assert_eq!(value(&snapshot, "storage_used_bytes", &[]), Some(100.0));
    assert_eq!(value(&snapshot, "storage_quota_bytes", &[]), Some(128.0));
    assert_eq!(value(&snapshot, "storage_keys", &[]), Some(3.0));
    let last = value(&snapshot, "component_last_message_timestamp_seconds", &[]);
    let now = snapshot
        .time()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("it is past 1970");
    assert!(
        last.is_some_and(|last| (now.as_secs_f64() - last).abs() < 60.0),
        "{last:?}"
    );
    assert_eq!(
        value(&snapshot, "component_uptime_seconds", &[]),
        None,
        "it never said that it started"
    );
}

#[test]
fn what_is_computed_has_the_labels_of_what_it_follows_from() {
    let _turn = obs_tests::turn();
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let brokers = ["derived a", "derived b"].map(Broker::named);
    actors::system_started("derived", Some(7));
    let publish = || {
        let (a, b) = (&brokers[0], &brokers[1]);
        [(a, "order"), (a, "note"), (b, "order")]
            .into_iter()
            .for_each(|(broker, message_type)| broker.publish(message_type).end(1));
    };
    publish();
    runtime.snapshot();
    publish();
    let snapshot = runtime.snapshot();
    let shown = |name: &str, label| {
        let mut series = snapshot.series_of(name);
        let own = series.find(|series| series.has_labels(&[label]));
        own.map(|series| series.value().as_f64())
    };
    for broker in ["derived a", "derived b"] {
        let rate = shown("broker_throughput", ("broker", broker));
        assert!(rate > Some(0.0), "{broker}: {rate:?}");
    }
    let of_system = |name| shown(name, ("system", "derived"));
    assert_eq!(of_system("actor_system_limit"), Some(7.0));
    let uptime = of_system("actor_system_uptime_seconds");
    assert!(
        uptime.is_some_and(|uptime| (0.0..60.0).contains(&uptime)),
        "{uptime:?}"
    );
}
