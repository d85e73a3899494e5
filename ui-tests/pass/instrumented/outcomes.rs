//! Each way to end is counted as what it is, for functions and futures of all shapes.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::catalogue::{Reading, catalogue};
use obs::{Component, collector, instrumented};
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Calls of a function by outcome (ok, err, panic, cancelled), then how often it was timed.
fn calls(component: Component, function: &str) -> [u64; 5] {
    let life = collector::read(component).expect("it lives");
    let metrics = catalogue().metrics;
    let read = |name: &str, series: usize| {
        let label = ("function", function);
        let is_it = |definition: &obs::catalogue::Definition| {
            definition.name == name && definition.literals.contains(&label)
        };
        let metric = metrics.iter().find(|metric| is_it(metric.definition)).expect("it is known");
        match metric.read(&life.cells, series) {
            Reading::Counter(count) => count,
            Reading::Histogram { buckets, .. } => buckets.iter().sum(),
            _ => 0,
        }
    };
    let outcomes = [0, 1, 2, 3].map(|series| read("function_calls_total", series));
    let [ok, err, panic, cancelled] = outcomes;
    [ok, err, panic, cancelled, read("function_duration_seconds", 0)]
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Ok,
    Err,
    Panic,
    Wait,
}

impl End {
    fn reach(self) -> Result<u8, u8> {
        match self {
            End::Ok | End::Wait => Ok(7),
            End::Err => Err(7),
            End::Panic => panic!("on purpose"),
        }
    }

    async fn come(self) -> Result<u8, u8> {
        if self == End::Wait {
            pending::<()>().await;
        }
        self.reach()
    }
}

#[instrumented(component = component, function = "nothing")]
fn nothing(component: Component, end: End) {
    let _ = (component, end.reach());
}

#[instrumented(component = component, function = "generic")]
fn generic<R>(component: Component, body: impl FnOnce() -> R) -> R {
    let _ = component;
    body()
}

#[instrumented(component = component, function = "partly_hidden")]
async fn partly_hidden(component: Component, end: End) -> Result<impl Copy, u8> {
    let _ = component;
    end.come().await
}

#[instrumented(component = component, function = "later")]
fn later(component: Component, end: End) -> impl Future<Output = Result<u8, u8>> {
    let _ = component;
    end.come()
}

#[instrumented(component = component, function = "boxed")]
fn boxed(component: Component, end: End) -> Pin<Box<dyn Future<Output = Result<u8, u8>> + Send>> {
    let _ = component;
    Box::pin(end.come())
}

/// Counts a call of `in_destructor` while the thread unwinds.
struct Last(Component);

impl Drop for Last {
    fn drop(&mut self) {
        in_destructor(self.0);
    }
}

#[instrumented(component = component, function = "in_destructor")]
fn in_destructor(component: Component) {
    let _ = component;
}

/// Polls once, catches a panic, and drops the future only then, as an executor may.
fn poll_once<T>(future: impl Future<Output = T>) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    let _ = catch_unwind(AssertUnwindSafe(|| {
        matches!(future.as_mut().poll(&mut context), Poll::Pending)
    }));
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let component = Component::register("all shapes");

    for end in [End::Ok, End::Err, End::Panic] {
        let _ = catch_unwind(|| nothing(component, end));
        let _ = catch_unwind(|| generic(component, || end.reach()));
    }
    assert_eq!(calls(component, "nothing"), [2, 0, 1, 0, 3], "a value that is dropped is no outcome");
    assert_eq!(calls(component, "generic"), [2, 0, 1, 0, 3], "a value of any type is well");

    for end in [End::Ok, End::Err, End::Panic, End::Wait] {
        poll_once(partly_hidden(component, end));
        poll_once(later(component, end));
        poll_once(boxed(component, end));
        drop(later(component, end));
    }
    for function in ["partly_hidden", "later", "boxed"] {
        assert_eq!(calls(component, function), [1, 1, 1, 1, 4], "{function}");
    }

    let _ = catch_unwind(|| {
        let _last = Last(component);
        panic!("on purpose");
    });
    assert_eq!(calls(component, "in_destructor"), [1, 0, 0, 0, 1]);
    assert_eq!(Component::current(), None);
}
