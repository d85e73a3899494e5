//! Futures that are polled on many threads: one span each.

use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tracing::{Dispatch, Instrument, info_span, instrument};

use super::{bare, parent, sole, span, stored};

/// An executor of many threads, each with that subscriber.
fn block_on<F: Future>(subscriber: &Dispatch, future: F) -> F::Output {
    let subscriber = subscriber.clone();
    let executor = Builder::new_multi_thread()
        .worker_threads(4)
        .on_thread_start(move || {
            // For the life of the thread.
            std::mem::forget(tracing::dispatcher::set_default(&subscriber));
        })
        .build()
        .expect("it starts");
    executor.block_on(future)
}

/// Suspends at each step.
async fn steps(count: u32) {
    for _ in 0..count {
        tokio::task::yield_now().await;
        drop(obs::span!("step"));
    }
}

#[test]
fn a_future_that_moves_between_threads_has_one_span() {
    let subscriber = bare();
    let traces = stored(&subscriber, || {
        block_on(&subscriber, async {
            let root = info_span!("root");
            let tasks: Vec<_> = (0..20)
                .map(|_| {
                    let span = info_span!(parent: &root, "task");
                    tokio::spawn(steps(50).instrument(span))
                })
                .collect();
            for task in tasks {
                task.await.expect("it ends");
            }
        });
    });
    let trace = sole(traces);
    assert_eq!(trace.spans.len(), 1 + 20 + 20 * 50);
    let tasks: Vec<_> = trace
        .spans
        .iter()
        .filter(|span| &*span.operation == "task")
        .collect();
    assert_eq!(tasks.len(), 20);
    for task in tasks {
        // Dropping the future enters the span once more.
        assert!((51..=52).contains(&task.polls), "{task:#?}");
        let busy = task.busy_ns.expect("it was polled");
        assert!(busy > 0 && busy <= task.duration_ns(), "{task:#?}");
        let steps = trace
            .spans
            .iter()
            .filter(|span| span.parent == Some(task.id));
        assert_eq!(steps.count(), 50);
    }
}

#[test]
fn a_span_that_was_entered_once_was_not_polled() {
    let traces = stored(&bare(), || info_span!("once").in_scope(|| ()));
    let trace = sole(traces);
    assert_eq!((trace.spans[0].polls, trace.spans[0].busy_ns), (0, None));
}

#[test]
fn time_between_polls_is_not_busy() {
    let mut between = Duration::ZERO;
    let traces = stored(&bare(), || {
        let span = info_span!("polled");
        span.in_scope(|| ());
        let left = Instant::now();
        std::thread::sleep(Duration::from_millis(20));
        between = left.elapsed();
        span.in_scope(|| ());
    });
    let trace = sole(traces);
    let span = span(&trace, "polled");
    assert_eq!(span.polls, 2);
    let idle_ns = span.duration_ns() - span.busy_ns.expect("it was polled");
    // Of another clock.
    assert!(
        idle_ns as f64 >= 0.99 * between.as_nanos() as f64,
        "{span:#?}"
    );
}

#[instrument(err)]
async fn fetch(from: &str) -> Result<u32, std::fmt::Error> {
    let _query = obs::span!("query");
    Err(std::fmt::Error)
}

#[test]
fn an_instrumented_function_keeps_its_arguments_and_its_error() {
    let subscriber = bare();
    let traces = stored(&subscriber, || {
        assert!(block_on(&subscriber, fetch("there")).is_err());
    });
    let trace = sole(traces);
    let fetch = span(&trace, "fetch");
    assert_eq!(parent(&trace, "query"), "fetch");
    assert_eq!(super::attribute(fetch, "from"), Some(&super::text("there")));
    assert_eq!(fetch.status, obs_runtime::model::trace::Status::Error);
    assert_eq!(
        fetch.status_message,
        "an error occurred when formatting an argument"
    );
}

#[test]
fn a_future_that_is_stuck_in_its_first_poll_is_open() {
    let subscriber = bare();
    let traces = stored(&subscriber, || {
        let root = info_span!("root_of_stuck");
        let stuck = info_span!(parent: &root, "stuck");
        stuck.in_scope(|| ());
        // Never closed.
        std::mem::forget(stuck);
        drop(root);
    });
    let [trace] = &traces[..] else {
        panic!("one trace: {traces:#?}");
    };
    assert!(span(trace, "stuck").open);
}

#[test]
fn a_span_that_a_thread_unwinds_out_of_has_panicked() {
    let traces = stored(&bare(), || {
        let _outer = info_span!("outer").entered();
        let caught = std::panic::catch_unwind(|| {
            let _inner = info_span!("inner").entered();
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(caught.is_err());
    });
    let trace = sole(traces);
    use obs_runtime::model::trace::Status;
    assert_eq!(span(&trace, "inner").status, Status::Panicked);
    assert_eq!(span(&trace, "outer").status, Status::Unset);
}
