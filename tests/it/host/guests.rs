//! What the handles for guests, storage, lifecycle and broker record.

use obs::host::broker::{Broker, DeadLetter, PublishError};
use obs::host::lifecycle::{
    self, Change, Installation, Lifecycle, Phase, RollbackCause, Source, State, UpdateStrategy,
};
use obs::host::messages::Export;
use obs::host::resources::{HostFunction, LinearMemory};
use obs::host::storage::{StorageGuard, StorageOp, StorageOutcome};
use obs::host::wasm::{self, Building, GuestCall, Trap};
use obs_runtime::test::read;

use crate::recorded;

#[test]
fn memory_keeps_its_peak_over_instances() {
    let seen = recorded("host memory", |_| {
        let memory = LinearMemory::new(1_000);
        assert!(wasm::grow(&memory, 400));
        assert!(wasm::grow(&memory, 1_000));
        assert!(!wasm::grow(&memory, 1_001));
        assert!(wasm::grow(&memory, 100), "another instance");
    });
    assert_eq!(
        seen.gauge("component_memory_bytes", &[("kind", "linear")]),
        100.0
    );
    assert_eq!(seen.gauge("component_memory_peak_bytes", &[]), 1_000.0);
    assert_eq!(seen.gauge("component_memory_limit_bytes", &[]), 1_000.0);
    assert_eq!(
        seen.counter("wasm_memory_grows_total", &[("outcome", "allowed")]),
        3
    );
    assert_eq!(
        seen.counter("wasm_memory_grows_total", &[("outcome", "denied")]),
        1
    );
}

#[test]
fn a_guest_is_built_called_and_trapped() {
    let seen = recorded("host wasm", |component| {
        Building::compilation(777).end(&Ok::<_, ()>(()));
        drop(Building::compilation(777));
        Building::instance().end(&Err::<(), _>(()));
        let instance = wasm::instantiated();
        assert_eq!(read(component).gauge("wasm_instances", &[]), 1.0);
        let mut call = GuestCall::start(Export::Message, Some(1_000));
        assert_eq!(call.fuel_left(400), 600);
        call.trapped(Trap::OutOfFuel);
        drop(call);
        drop(instance);
        wasm::epoch_ended(wasm::EpochAction::Yield);
        HostFunction::named("storage", "get")
            .start()
            .end(&Ok::<_, ()>(()));
        drop(HostFunction::named("network", "fetch").start_waiting());
    });
    assert_eq!(
        seen.counter("wasm_compilations_total", &[("outcome", "ok")]),
        1
    );
    assert_eq!(
        seen.counter("wasm_compilations_total", &[("outcome", "error")]),
        1
    );
    assert_eq!(
        seen.counter("wasm_instantiations_total", &[("outcome", "error")]),
        1
    );
    assert_eq!(seen.gauge("wasm_component_size_bytes", &[]), 777.0);
    assert_eq!(seen.gauge("wasm_instances", &[]), 0.0);
    assert!(seen.gauge("component_start_time_seconds", &[]) > 1.6e9);
    assert_eq!(seen.counter("wasm_fuel_consumed_total", &[]), 600);
    assert_eq!(seen.counter("wasm_fuel_exhausted_total", &[]), 1);
    assert_eq!(
        seen.counter("wasm_traps_total", &[("trap", "out_of_fuel")]),
        1
    );
    assert_eq!(
        (
            seen.gauge("wasm_fuel_limit", &[]),
            seen.gauge("wasm_fuel_remaining", &[])
        ),
        (1_000.0, 400.0)
    );
    assert_eq!(
        seen.histogram(
            "component_guest_call_latency_seconds",
            &[("export", "message")]
        )
        .count,
        1
    );
    assert_eq!(
        seen.counter("wasm_epoch_interruptions_total", &[("action", "yield")]),
        1
    );
    let calls = |interface, outcome| {
        seen.counter(
            "component_host_calls_total",
            &[("interface", interface), ("outcome", outcome)],
        )
    };
    assert_eq!(
        (calls("storage", "ok"), calls("network", "cancelled")),
        (1, 1)
    );
}

#[test]
fn storage_tells_its_quota() {
    let seen = recorded("host storage", |_| {
        let writing = StorageGuard::start(StorageOp::Set);
        writing.value(100);
        writing.end_with(StorageOutcome::Ok);
        StorageGuard::start(StorageOp::Set).end_with(StorageOutcome::Quota);
        let reading = StorageGuard::start(StorageOp::Get);
        reading.value(50);
        reading.end(&Ok::<_, ()>(()));
        drop(StorageGuard::start(StorageOp::List));
    });
    let count = |op, outcome| {
        seen.counter(
            "storage_operations_total",
            &[("op", op), ("outcome", outcome)],
        )
    };
    assert_eq!((count("set", "ok"), count("set", "quota")), (1, 1));
    assert_eq!((count("get", "ok"), count("list", "error")), (1, 1));
    assert_eq!(seen.counter("storage_quota_exceeded_total", &[]), 1);
    assert_eq!(
        seen.counter("storage_bytes_total", &[("direction", "write")]),
        100
    );
    assert_eq!(
        seen.counter("storage_bytes_total", &[("direction", "read")]),
        50
    );
    assert_eq!(seen.histogram("storage_value_bytes", &[]).sum, 150.0);
}

#[test]
fn a_component_has_one_state_at_a_time() {
    let seen = recorded("shop/orders/lifecycle", |component| {
        lifecycle::identify("1.4.0", "9f86d08");
        let life = Lifecycle::installing(component);
        let installing = Installation::start(Source::File);
        drop(installing.phase(Phase::Fetch));
        installing.end(&Ok::<_, ()>(()));
        assert_eq!(life.turn(State::Installed), State::Installing);
        life.turn(State::Running);
        life.turn(State::Running);
        assert_eq!(life.state(), State::Running);
        Change::update(UpdateStrategy::BlueGreen).end(&Ok::<_, ()>(()));
        drop(Change::update(UpdateStrategy::BlueGreen));
        Change::rollback(RollbackCause::FailedUpdate).end(&Ok::<_, ()>(()));
        drop(Installation::start(Source::Url));
    });
    let info = [
        ("namespace", "shop"),
        ("name", "orders"),
        ("instance", "lifecycle"),
        ("version", "1.4.0"),
        ("hash", "9f86d08"),
    ];
    assert_eq!(seen.gauge("component_info", &info), 1.0);
    let state = |state| seen.gauge("component_state", &[("component_state", state)]);
    assert_eq!((state("running"), state("installing")), (1.0, 0.0));
    let moves = |from, to| {
        seen.counter(
            "component_lifecycle_transitions_total",
            &[("from", from), ("to", to)],
        )
    };
    assert_eq!(
        (
            moves("installing", "installed"),
            moves("installed", "running")
        ),
        (1, 1)
    );
    assert_eq!(
        seen.counter("component_lifecycle_transitions_total", &[]),
        2
    );
    let installed = |source, outcome| {
        seen.counter(
            "component_installations_total",
            &[("source", source), ("outcome", outcome)],
        )
    };
    assert_eq!((installed("file", "ok"), installed("url", "error")), (1, 1));
    let phase = [("source", "file"), ("phase", "fetch")];
    assert_eq!(
        seen.histogram("component_installation_duration_seconds", &phase)
            .count,
        1
    );
    assert_eq!(
        seen.counter("component_updates_total", &[("outcome", "ok")]),
        1
    );
    assert_eq!(
        seen.counter("component_updates_total", &[("outcome", "error")]),
        1
    );
    assert_eq!(
        seen.counter(
            "component_rollbacks_total",
            &[("cause", "failed_update"), ("outcome", "ok")]
        ),
        1
    );
    assert_eq!(
        seen.histogram("component_rollback_duration_seconds", &[])
            .count,
        1
    );
}

#[test]
fn a_published_message_is_delivered_or_dead() {
    // Of the process: read by what comes on top, since tests may run at once.
    let _turn = obs_tests::turn();
    let runtime = obs_runtime::Runtime::builder()
        .no_server()
        .start()
        .expect("it starts");
    let count = |name: &str, labels: &[(&str, &str)]| {
        runtime
            .snapshot()
            .total(name, labels)
            .expect("it is a counter")
    };
    let level = |name: &str| -> f64 {
        runtime
            .snapshot()
            .series_of(name)
            .filter(|series| series.has_labels(&[("broker", "main")]))
            .map(|series| series.value().as_f64())
            .sum()
    };
    let broker = Broker::named("main");
    let publishing = broker.publish("order");
    let moment = publishing.moment();
    publishing.end(2);
    assert_eq!(level("broker_queue_depth"), 2.0);
    broker.delivered(moment);
    broker.dropped(DeadLetter::Closed);
    broker.publish("order").end(0);
    broker.publish("order").failed(PublishError::Full);
    drop(broker.publish("order"));
    broker.request().over();
    drop(broker.request());
    let _subscriber = broker.subscribed();
    assert_eq!(
        count(
            "broker_messages_published_total",
            &[("broker", "main"), ("message_type", "order")]
        ),
        4
    );
    assert_eq!(count("broker_messages_delivered_total", &[]), 1);
    assert_eq!(
        count("broker_dead_letters_total", &[("reason", "closed")]),
        1
    );
    assert_eq!(
        count(
            "broker_dead_letters_total",
            &[("reason", "unknown_address")]
        ),
        1
    );
    assert_eq!(count("broker_publish_errors_total", &[("type", "full")]), 1);
    assert_eq!(
        count("broker_publish_errors_total", &[("type", "other")]),
        1
    );
    assert_eq!(count("broker_request_timeouts_total", &[]), 1);
    assert_eq!(
        (
            level("broker_queue_depth"),
            level("broker_requests_pending")
        ),
        (0.0, 0.0)
    );
    assert_eq!(level("broker_subscribers"), 1.0);
}
