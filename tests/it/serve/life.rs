//! Start, stop, and what can go wrong with them.

use std::error::Error as _;
use std::net::TcpListener;
use std::time::Duration;

use obs::{Component, Counter, counter};
use obs_runtime::{Error, Runtime};
use obs_tests::http;

use crate::{address, builder, turn};

static STEPS: Counter = counter!("life_steps_total", "Steps of these tests.");

fn failure(builder: obs_runtime::Builder) -> Error {
    builder.start().map(drop).expect_err("it must not start")
}

#[test]
fn a_second_start_fails_and_the_first_goes_on() {
    let _turn = turn();
    let runtime = builder().start().expect("the first one starts");
    let error = failure(builder());
    assert!(matches!(error, Error::AlreadyStarted), "{error:?}");
    assert!(error.to_string().contains("already"), "{error}");
    assert_eq!(http::get(address(&runtime), "/metrics", "").status, 200);
    drop(runtime);
    drop(builder().start().expect("a runtime may follow another"));
}

#[test]
fn a_port_in_use_is_an_error_that_says_what_to_do() {
    let _turn = turn();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let taken_address = taken.local_addr().expect("it has an address");
    let error = failure(Runtime::builder().listen(taken_address));
    assert!(matches!(error, Error::AddressInUse { address } if address == taken_address));
    let message = error.to_string();
    assert!(
        message.contains(&taken_address.port().to_string()) && message.contains("listen("),
        "{message}"
    );
    drop(
        builder()
            .start()
            .expect("a failed start leaves nothing behind"),
    );
}

#[test]
fn an_address_that_others_can_reach_must_be_allowed() {
    let _turn = turn();
    let everywhere = ([0, 0, 0, 0], 0);
    let error = failure(Runtime::builder().listen(everywhere));
    assert!(matches!(error, Error::RemoteAddress { .. }));
    assert!(error.to_string().contains("allow_remote"), "{error}");
    let runtime = Runtime::builder()
        .listen(everywhere)
        .allow_remote(true)
        .start();
    assert!(runtime.is_ok());
}

#[test]
fn an_address_of_no_interface_is_an_error_with_its_cause() {
    let _turn = turn();
    let error = failure(
        Runtime::builder()
            .listen(([192, 0, 2, 1], 0))
            .allow_remote(true),
    );
    assert!(matches!(error, Error::Listen { .. }), "{error:?}");
    assert!(error.source().is_some());
}

#[test]
fn a_constant_label_that_no_series_may_carry_is_refused() {
    let _turn = turn();
    for (key, says) in [
        ("", "letters"),
        ("9x", "letters"),
        ("a-b", "letters"),
        ("component", "entering a component"),
        ("le", "Prometheus"),
        ("__x", "Prometheus"),
        ("outcome", "has a label of that name"),
    ] {
        let error = failure(builder().label(key, "x"));
        assert!(matches!(error, Error::Label { .. }), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
    }
    let error = failure(builder().label("region", "eu").label("region", "us"));
    assert!(error.to_string().contains("twice"), "{error}");
}

#[test]
fn a_rename_of_nothing_or_to_an_illegal_name_is_refused() {
    let _turn = turn();
    for (module, name, to, says) in [
        ("serve", "no_such_total", "x_total", "no such metric"),
        ("serve", "life_steps_total", "a b", "no legal name"),
        ("serve", "life_steps_total", "steps", "_total"),
    ] {
        let error = failure(builder().rename(module, name, to));
        assert!(matches!(error, Error::Rename { .. }), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_shutdown_merges_a_last_time() {
    let _turn = turn();
    let component = Component::register("last merge");
    let runtime = builder()
        .tick(Duration::from_secs(3600))
        .start()
        .expect("it starts");
    let router = runtime.router();
    let (snapshots, served) = (runtime.snapshots(), address(&runtime));
    component.scope(|| STEPS.inc_by(5));
    let last = runtime.shutdown();
    let steps: Vec<f64> = last
        .series_of("life_steps_total")
        .filter(|series| series.component() == Some("last merge"))
        .map(|series| series.value().as_f64())
        .collect();
    assert_eq!(steps, [5.0]);
    assert!(
        snapshots.fresh_blocking().is_err(),
        "there is no merge after the last"
    );
    assert!(
        std::net::TcpStream::connect(served).is_err(),
        "nobody listens"
    );
    drop(router);
}

#[test]
fn ticks_merge_when_nobody_asks() {
    let _turn = turn();
    let runtime = builder()
        .tick(Duration::from_millis(1))
        .start()
        .expect("it starts");
    let snapshots = runtime.snapshots();
    let first = snapshots.latest().time();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while snapshots.latest().time() == first {
        assert!(std::time::Instant::now() < deadline, "no tick came");
        std::thread::yield_now();
    }
}

#[test]
fn a_runtime_makes_the_clock_ready() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    runtime.snapshot();
    let used = obs::clock::uses_tsc();
    assert_eq!(
        used,
        obs::clock::calibrate(),
        "it was tried before the first merge"
    );
}

#[test]
fn a_retired_component_leaves_the_exposition_while_a_thread_holds_on_to_it() {
    let _turn = turn();
    let runtime = builder().linger(Duration::ZERO).start().expect("it starts");
    Component::register("outer scope").scope(|| {
        let component = Component::register("held");
        component.scope(|| STEPS.inc_by(3));
        component.retire();
        let snapshot = runtime.snapshot();
        let mut series = snapshot.series_of("life_steps_total");
        assert!(series.all(|series| series.component() != Some("held")));
        assert!(snapshot.total("life_steps_total", &[]) >= Some(3));
    });
}

#[test]
fn totals_outlive_their_components() {
    let _turn = turn();
    let runtime = builder().linger(Duration::ZERO).start().expect("it starts");
    let total = |runtime: &Runtime| {
        runtime
            .snapshot()
            .total("life_steps_total", &[])
            .expect("it is a counter")
    };
    let before = total(&runtime);
    let component = Component::register("short lived");
    std::thread::spawn(move || component.scope(|| STEPS.inc_by(7)))
        .join()
        .expect("it ends");
    component.retire();
    let gone = || {
        let snapshot = runtime.snapshot();
        let mut series = snapshot.series_of("life_steps_total");
        series.all(|series| series.component() != Some("short lived"))
    };
    assert!(gone() || gone(), "it lingers for no time");
    assert_eq!(total(&runtime) - before, 7);
    assert_eq!(runtime.snapshot().total("no_such_total", &[]), None);
}
