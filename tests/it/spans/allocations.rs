//! Nothing of the heap: once a thread has recorded a span, further ones allocate nothing.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{self, Poll, Waker};

use allocation_counter::measure;
use obs::{Carrier, Context, event, instrumented, span};

use crate::seen::Watching;

#[instrumented(span(number = number, text = "a text", shown = %number))]
fn sync(number: u64) -> Result<u64, std::fmt::Error> {
    event!("called", number = number);
    if number.is_multiple_of(2) {
        Ok(number)
    } else {
        Err(std::fmt::Error)
    }
}

#[instrumented(span)]
fn guarded(number: u64) {
    Context::current().set("number", number);
}

#[instrumented(span(number = number), busy, polls)]
async fn later(number: u64) -> Result<u64, std::fmt::Error> {
    let result = ready(sync(number)).await;
    ready(()).await;
    result
}

#[instrumented(span(number = number, debugged = ?number))]
fn returned(number: u64) -> impl Future<Output = u64> {
    ready(number)
}

fn run<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn each_once(number: u64) {
    let _root = span!("root", root, number = number);
    let _ = sync(number);
    guarded(number);
    let _ = run(later(number));
    run(returned(number));
    let carrier = Carrier::tell();
    run(span!("received", parent = carrier).around(ready(())));
    drop(span!("detached", detached).detach());
}

#[test]
fn a_warm_thread_records_without_the_heap() {
    let mut watching = Watching::begin();
    each_once(0);
    let expected = watching.seen().len();
    let recorded = measure(|| (0..20).for_each(each_once));
    assert_eq!(recorded.count_total, 0);
    assert_eq!(watching.seen().len(), 20 * expected);
    assert!(expected >= 8, "{expected}");
}

#[test]
fn the_measure_can_see_an_allocation() {
    let _watching = Watching::begin();
    each_once(0);
    let recorded = measure(|| {
        let text = String::from("made at run time");
        drop(span!("allocates", text = text));
    });
    assert!(recorded.count_total > 0);
}
