//! A span that does not end: it is open, then stuck, and one trace once it ends after all. The clock is moved by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, channel};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use obs::{Component, instrumented};
use obs_runtime::query::traces::Search;
use obs_runtime::{Runtime, TraceReader};
use obs_tests::turn;
use tokio::sync::oneshot;

use crate::builder;

const STUCK_AFTER: Duration = Duration::from_secs(60);

const COMPONENT: &str = "stuck";

/// What is found on a line of what is under way.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    operation: String,
    component: Option<String>,
    thread: Option<String>,
    is_running: bool,
    is_stuck: bool,
}

/// The one span that is open, that long after it began; its age is what the clock says.
fn line(reader: &TraceReader, after: Duration) -> Line {
    reader.look();
    let open = reader.open().expect("the runtime is there");
    let began = open.spans.first().expect("one is open").start_ns;
    let after_ns = u64::try_from(after.as_nanos()).expect("it is short");
    let open = reader
        .open_at(began + after_ns)
        .expect("the runtime is there");
    let [span] = &open.spans[..] else {
        panic!("one is open, not {}", open.spans.len())
    };
    // When it began is worked out anew each time, and two clocks are never read at once.
    let off = open.age_ns(span).abs_diff(after_ns);
    assert!(Duration::from_nanos(off) < Duration::from_secs(1), "{off}");
    Line {
        operation: span.operation.to_string(),
        component: span.component.as_ref().map(ToString::to_string),
        thread: span.thread_name.as_ref().map(ToString::to_string),
        is_running: span.is_running,
        is_stuck: open.is_stuck(span),
    }
}

/// Open at first, stuck behind the limit; nothing else about it changes.
fn is_open_then_stuck(reader: &TraceReader, operation: &str, is_running: bool) {
    for (after, is_stuck) in [
        (STUCK_AFTER / 2, false),
        (STUCK_AFTER * 2, true),
        (STUCK_AFTER * 1_000, true),
    ] {
        let expected = Line {
            operation: operation.into(),
            component: Some(COMPONENT.into()),
            thread: Some(format!("{operation}-1")),
            is_running,
            is_stuck,
        };
        assert_eq!(line(reader, after), expected, "{after:?}");
    }
}

/// No longer listed, however late it is, and stored as one trace of one span.
fn is_gone_and_stored(reader: &TraceReader, operation: &str) {
    reader.look();
    let open = reader.open_at(u64::MAX).expect("the runtime is there");
    assert_eq!(open.spans, []);
    let search = Search {
        query: format!("op:{operation}").parse().expect("it is a query"),
        ..Search::default()
    };
    let found = reader.search(&search).expect("the runtime is there");
    let [trace] = &found.traces[..] else {
        panic!("one is stored, not {}", found.traces.len())
    };
    let whole = reader.get(&trace.id.to_string()).expect("it is stored");
    assert!(!whole.is_live);
    let spans = whole.trace.spans.iter();
    let operations: Vec<_> = spans.map(|span| &*span.operation).collect();
    assert_eq!(operations, [operation]);
}

fn start() -> (Runtime, TraceReader) {
    let runtime = builder()
        .stuck_after(STUCK_AFTER)
        .start()
        .expect("it starts");
    let reader = runtime.traces().expect("traces are on");
    (runtime, reader)
}

/// Starts a thread of that name in the component.
fn start_thread(name: &str, work: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    let component = Component::register(COMPONENT);
    thread::Builder::new()
        .name(format!("{name}-1"))
        .spawn(move || component.scope(work))
        .expect("it starts")
}

/// Hangs until somebody says otherwise.
fn hang(begun: impl FnOnce(), end: &Receiver<()>) {
    let span = obs::span!("stuck.call");
    span.keep_trace();
    begun();
    end.recv().expect("it is said");
}

#[test]
fn a_call_that_hangs_is_open_then_stuck_and_one_trace_once_it_ends() {
    let _turn = turn();
    let (runtime, reader) = start();
    let ((begun, wait), (end, until)) = (channel(), channel());
    let thread = start_thread("stuck.call", move || {
        hang(|| begun.send(()).expect("it waits"), &until);
    });
    wait.recv().expect("it begins");
    is_open_then_stuck(&reader, "stuck.call", true);

    end.send(()).expect("it waits");
    thread.join().expect("it ends");
    is_gone_and_stored(&reader, "stuck.call");
    drop(runtime);
}

#[instrumented(span("stuck.future"))]
async fn hang_in_a_task(end: oneshot::Receiver<()>) -> Result<(), oneshot::error::RecvError> {
    end.await
}

type Hanging = Pin<Box<dyn Future<Output = Result<(), oneshot::error::RecvError>> + Send>>;

fn poll(future: &mut Hanging) -> Poll<Result<(), oneshot::error::RecvError>> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_future_that_nobody_wakes_is_open_then_stuck_and_one_trace_once_it_ends() {
    let _turn = turn();
    let (runtime, reader) = start();
    let (end, until) = oneshot::channel();
    let (polled, wait) = channel();
    let thread = start_thread("stuck.future", move || {
        let mut future: Hanging = Box::pin(hang_in_a_task(until));
        assert!(poll(&mut future).is_pending());
        polled.send(future).expect("it waits");
    });
    let mut future = wait.recv().expect("it is polled");
    thread.join().expect("it ends");
    // Its thread has ended, and still says where it hangs.
    is_open_then_stuck(&reader, "stuck.future", false);

    end.send(()).expect("it waits");
    assert!(poll(&mut future).is_ready());
    is_gone_and_stored(&reader, "stuck.future");
    drop(runtime);
}
