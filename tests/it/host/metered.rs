//! The time of futures.

use std::future::{self, Future};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use obs::host::Metered;
use obs::host::resources::HostFunction;
use obs::{Component, InComponent};
use obs_runtime::test::{Recorded, read};

/// Keeps the processor busy: the time that is measured, not a time to wait for.
fn work(length: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < length {
        std::hint::spin_loop();
    }
}

/// Yields once.
async fn pause() {
    let mut paused = false;
    future::poll_fn(|_| {
        if std::mem::replace(&mut paused, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

fn nanoseconds(seen: &Recorded, side: &str) -> u64 {
    seen.counter("component_cpu_seconds_total", &[("side", side)])
}

const PART: Duration = Duration::from_millis(4);

#[test]
fn a_call_is_split_into_guest_host_and_standing_still() {
    let component = Component::register("metered call");
    let call = async {
        work(PART);
        let host = HostFunction::named("storage", "get").start();
        work(3 * PART);
        host.end(&Ok::<_, ()>(()));
        pause().await;
        // A call that waits takes no processor time by itself.
        let host = HostFunction::named("network", "fetch").start_waiting();
        pause().await;
        host.end(&Ok::<_, ()>(()));
        work(PART);
    };
    let mut call = pin!(Metered::call(call).in_component(component));
    let mut context = Context::from_waker(Waker::noop());
    let begun = Instant::now();
    assert!(call.as_mut().poll(&mut context).is_pending());
    work(2 * PART);
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert!(call.as_mut().poll(&mut context).is_ready());
    let whole = begun.elapsed().as_nanos() as u64;
    let seen = read(component);
    let (guest, host) = (nanoseconds(&seen, "guest"), nanoseconds(&seen, "host"));
    let throttled = seen.counter("wasm_throttled_seconds_total", &[]);
    // Two clocks may differ by a few millionths.
    let part = PART.as_nanos() as u64 * 99 / 100;
    assert!(guest >= 2 * part && host >= 3 * part && throttled >= 2 * part);
    assert!(
        guest + host + throttled <= whole + whole / 100,
        "nothing is counted twice: {guest} {host} {throttled} of {whole}"
    );
}

#[test]
fn a_task_is_counted_in_the_state_that_it_is_in() {
    let component = Component::register("metered task");
    let tasks = |state| read(component).gauge("component_tasks", &[("state", state)]);
    let inside = move || {
        assert_eq!((tasks("running"), tasks("waiting")), (1.0, 0.0));
        async { pause().await }
    };
    let task = Metered::task(async move { inside().await }).in_component(component);
    let mut task = Box::pin(task);
    let mut context = Context::from_waker(Waker::noop());
    assert!(task.as_mut().poll(&mut context).is_pending());
    assert_eq!((tasks("running"), tasks("waiting")), (0.0, 1.0));
    drop(task);
    assert_eq!((tasks("running"), tasks("waiting")), (0.0, 0.0));
    assert_eq!(
        read(component).counter("wasm_throttled_seconds_total", &[]),
        0
    );
}
