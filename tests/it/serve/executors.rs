//! What tokio counts about the executors of the program.

use std::sync::mpsc;
use std::time::Duration;

use obs_runtime::{Error, Runtime, Snapshot};
use obs_tests::http;
use tokio::runtime::Handle;

use crate::{address, builder, turn};

fn executor(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .build()
        .expect("an executor can be built")
}

/// The value of the one series with these labels, or their sum.
fn shown(snapshot: &Snapshot, name: &str, labels: &[(&str, &str)]) -> f64 {
    let series = snapshot.series_of(name);
    let own = series.filter(|series| series.has_labels(labels));
    own.map(|series| series.value().as_f64()).sum()
}

#[test]
fn an_executor_shows_its_workers_tasks_and_queue() {
    let _turn = turn();
    let busy = executor(2);
    let own = [("executor", "tasks")];
    let runtime = builder()
        .no_server()
        .tokio("tasks", busy.handle().clone())
        .start()
        .expect("it starts");
    let tasks: Vec<_> = (0..7)
        .map(|_| busy.spawn(std::future::pending::<()>()))
        .collect();
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "tokio_workers", &own), 2.0);
    assert_eq!(shown(&snapshot, "tokio_alive_tasks", &own), 7.0);
    assert_eq!(
        snapshot
            .series_of("tokio_worker_parked")
            .filter(|series| series.has_labels(&own))
            .count(),
        2
    );

    drop(tasks);
    // Ends its workers and drops its tasks; the last figures stay.
    drop(busy);
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "tokio_alive_tasks", &own), 0.0);
    assert_eq!(shown(&snapshot, "tokio_workers", &own), 2.0);
}

#[test]
fn parks_are_counted_once_whatever_runtimes_come_and_go() {
    let _turn = turn();
    let quiet = executor(1);
    let own = [("executor", "parks"), ("worker", "0")];
    let metrics = quiet.handle().metrics();
    // Each answer wakes the worker and lets it park again.
    for _ in 0..20 {
        quiet.block_on(async { tokio::spawn(async {}).await.expect("it ends") });
    }
    let mut shown_before = 0;
    for _ in 0..3 {
        let runtime = builder().no_server().start().expect("it starts");
        runtime
            .tokio("parks", quiet.handle())
            .expect("the name is free");
        runtime
            .tokio("parks", quiet.handle())
            .expect("it is the same one");
        let least = metrics.worker_park_count(0);
        let snapshot = runtime.shutdown();
        let most = metrics.worker_park_count(0);
        let parks = snapshot
            .total("tokio_worker_parks_total", &own)
            .unwrap_or(0);
        assert!(
            (least..=most).contains(&parks),
            "{least} <= {parks} <= {most}"
        );
        assert!(parks >= shown_before);
        shown_before = parks;
    }
    let busy = metrics.worker_total_busy_duration(0).as_nanos();
    let runtime = builder().no_server().start().expect("it starts");
    runtime
        .tokio("parks", quiet.handle())
        .expect("the name is free");
    let total = runtime
        .shutdown()
        .total("tokio_worker_busy_seconds_total", &own);
    assert!(
        u128::from(total.unwrap_or(0)) >= busy,
        "{total:?}, {busy} ns"
    );
}

#[test]
fn an_executor_that_hangs_can_still_be_read() {
    let _turn = turn();
    let hung = executor(1);
    let runtime = builder()
        .tokio("hung", hung.handle().clone())
        .start()
        .expect("it starts");
    let (release, released) = mpsc::channel::<()>();
    let (blocked, is_blocked) = mpsc::channel::<()>();
    let task = hung.spawn(async move {
        blocked.send(()).expect("the test waits for it");
        // What hangs an executor: a call that blocks its only worker.
        let _ = released.recv();
    });
    is_blocked.recv().expect("the task begins");
    for _ in 0..5 {
        hung.spawn(async {});
    }
    let (ask, answer) = mpsc::channel();
    let at = address(&runtime);
    std::thread::spawn(move || ask.send(http::get(at, "/metrics", "").body));
    let body = answer.recv_timeout(Duration::from_secs(30));
    let text = body.expect("a scrape is answered while the executor hangs");
    for line in [
        "tokio_worker_parked{executor=\"hung\",worker=\"0\"} 0",
        "tokio_alive_tasks{executor=\"hung\"} 6",
        "tokio_global_queue_depth{executor=\"hung\"} 5",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    release.send(()).expect("the task still waits");
    hung.block_on(task).expect("it ends");
}

#[test]
fn two_executors_need_two_names() {
    let _turn = turn();
    let (one, other) = (executor(1), executor(1));
    let named = |builder: obs_runtime::Builder, name: &str, handle: &Handle| {
        builder.no_server().tokio(name, handle.clone())
    };
    let both = named(
        named(builder(), "same", one.handle()),
        "same",
        other.handle(),
    );
    let error = both.start().map(drop).expect_err("the name is taken");
    assert!(
        matches!(&error, Error::Executor { name } if name == "same"),
        "{error:?}"
    );

    let runtime: Runtime = named(builder(), "one", one.handle())
        .start()
        .expect("it starts");
    assert!(runtime.tokio("one", other.handle()).is_err());
    runtime
        .tokio("other", other.handle())
        .expect("the name is free");
    let snapshot = runtime.snapshot();
    for name in ["one", "other"] {
        assert_eq!(
            shown(&snapshot, "tokio_workers", &[("executor", name)]),
            1.0
        );
    }
}

/// Runs with `RUSTFLAGS="--cfg tokio_unstable"`.
#[cfg(tokio_unstable)]
#[test]
fn what_tokio_calls_unstable_is_shown_too() {
    let _turn = turn();
    let executor = executor(1);
    let own = [("executor", "unstable")];
    let runtime = builder()
        .no_server()
        .tokio("unstable", executor.handle().clone())
        .start()
        .expect("it starts");
    for _ in 0..9 {
        executor
            .block_on(executor.spawn(async {}))
            .expect("it ends");
    }
    let blocking = executor.spawn_blocking(|| {});
    executor.block_on(blocking).expect("it ends");
    let metrics = executor.handle().metrics();
    let polls = metrics.worker_poll_count(0);
    let snapshot = runtime.snapshot();
    let total = |name| snapshot.total(name, &own).unwrap_or(0);
    assert_eq!(
        total("tokio_spawned_tasks_total"),
        metrics.spawned_tasks_count()
    );
    assert_eq!(
        total("tokio_remote_schedules_total"),
        metrics.remote_schedule_count()
    );
    let shown_polls = total("tokio_worker_polls_total");
    assert!((polls..=metrics.worker_poll_count(0)).contains(&shown_polls));
    assert_eq!(shown(&snapshot, "tokio_blocking_threads", &own), 1.0);
    assert_eq!(shown(&snapshot, "tokio_worker_queue_depth", &own), 0.0);
}
