//! The same readings for metrics and spans, and nothing else changed.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use obs::catalogue::{Reading, switch_off, switch_on};
use obs::collector::spans::What;
use obs::{Component, Histogram, InComponent, Number, histogram, instrumented, span};
use obs_tests::calls::{Calls, calls, counted, of_function};
use obs_tests::read;
use tokio::task::yield_now;

use crate::seen::Watching;

/// What a function's times add up to, in nanoseconds.
fn sum_ns(component: Component, family: &str, function: &str) -> u64 {
    let metric = of_function(family, function).expect("it feeds the family");
    match metric.read(&read(component).cells, 0) {
        Reading::Histogram { sum, .. } => (sum * 1e9).round() as u64,
        _ => 0,
    }
}

#[instrumented(span)]
fn worked(times: u32) -> u64 {
    (0..times).fold(7, |sum, n| std::hint::black_box(sum ^ u64::from(n)))
}

#[instrumented(span)]
fn returned(times: u32) -> Result<u64, u64> {
    Ok((0..times).fold(7, |sum, n| std::hint::black_box(sum ^ u64::from(n))))
}

#[test]
fn the_duration_is_from_the_start_of_the_span_to_its_end() {
    let mut watching = Watching::begin();
    for (name, call) in [
        ("worked", (|| assert!(worked(1_000) > 0)) as fn()),
        ("returned", || assert!(returned(1_000).is_ok())),
    ] {
        let name = format!("spans::metrics::{name}");
        let component = Component::register(&name);
        let expected: u64 = (0..10)
            .map(|_| {
                component.scope(call);
                let span = watching.one(&name);
                // Nobody has calibrated the counter in a test: readings are nanoseconds.
                assert!(span.start.monotonic && span.end.monotonic);
                span.end.at - span.start.at
            })
            .sum();
        let found = sum_ns(component, "function_duration_seconds", &name);
        assert_eq!(found, expected, "{name}");
    }
}

#[instrumented(span, busy, polls)]
async fn waited(times: u32) -> Result<u32, u32> {
    for _ in 0..times {
        worked(100);
        yield_now().await;
    }
    Ok(times)
}

#[instrumented(span, busy, polls)]
fn waited_later(times: u32) -> impl Future<Output = Result<u32, u32>> {
    async move {
        for _ in 0..times {
            worked(100);
            yield_now().await;
        }
        Ok(times)
    }
}

#[tokio::test]
async fn times_of_a_future_are_those_of_its_span() {
    let mut watching = Watching::begin();
    for name in ["waited", "waited_later"] {
        let label = format!("spans::metrics::{name}");
        let component = Component::register(&label);
        let (mut duration, mut busy, mut polls) = (0, 0, 0);
        for times in [0, 1, 7] {
            let ended = match name {
                "waited" => waited(times).in_component(component).await,
                _ => waited_later(times).in_component(component).await,
            };
            assert_eq!(ended, Ok(times));
            let span = watching.one(&label);
            let polled = span.polled.expect("it is polled");
            duration += span.end.at - span.start.at;
            busy += polled.busy;
            polls += polled.count;
        }
        let sum = |family: &str| sum_ns(component, family, &label);
        assert_eq!(sum("function_duration_seconds"), duration, "{name}");
        assert_eq!(sum("function_busy_seconds"), busy, "{name}");
        let counted = counted(component, "function_polls_total", &label, 0);
        assert_eq!((counted, polls), (polls, 1 + 2 + 8), "{name}");
    }
}

/// The same function with a span and without.
macro_rules! pairs {
    ($(($with:ident, $without:ident): $body:ident;)+) => {$(
        #[instrumented(span(text = text), in_flight)]
        fn $with(text: &str) -> Result<usize, String> {
            $body(text)
        }

        #[instrumented(in_flight)]
        fn $without(text: &str) -> Result<usize, String> {
            $body(text)
        }
    )+};
}

fn well(text: &str) -> Result<usize, String> {
    Ok(text.len())
}

fn failure(text: &str) -> Result<usize, String> {
    Err(text.to_owned())
}

fn panic(text: &str) -> Result<usize, String> {
    panic!("{text}")
}

pairs! {
    (ends_well, ends_well_bare): well;
    (fails, fails_bare): failure;
    (panics, panics_bare): panic;
}

#[instrumented(span(text = text), in_flight, busy, polls)]
async fn later(text: &str) -> Result<usize, String> {
    yield_now().await;
    Ok(text.len())
}

#[instrumented(in_flight, busy, polls)]
async fn later_bare(text: &str) -> Result<usize, String> {
    yield_now().await;
    Ok(text.len())
}

/// Calls each function once; the future is run once and cancelled once.
async fn call_all() {
    for call in [
        ends_well,
        ends_well_bare,
        fails,
        fails_bare,
        panics,
        panics_bare,
    ] {
        let _ = catch_unwind(AssertUnwindSafe(|| call("text")));
    }
    assert_eq!(
        (later("text").await, later_bare("text").await),
        (Ok(4), Ok(4))
    );
    let mut cancelled = Box::pin(async { (later("text").await, later_bare("text").await) });
    tokio::select! {
        biased;
        _ = cancelled.as_mut() => {}
        () = std::future::ready(()) => {}
    }
    drop(cancelled);
    tokio::select! {
        biased;
        _ = later_bare("text") => {}
        () = std::future::ready(()) => {}
    }
}

fn assert_equal(component: Component, rounds: u64) {
    for (with, without, outcome) in [
        ("ends_well", "ends_well_bare", [1, 0, 0, 0]),
        ("fails", "fails_bare", [0, 1, 0, 0]),
        ("panics", "panics_bare", [0, 0, 1, 0]),
        ("later", "later_bare", [1, 0, 0, 1]),
    ] {
        let of = |name: &str| calls(component, &format!("spans::metrics::{name}"));
        let expected = Calls {
            outcomes: outcome.map(|count| count * rounds),
            timed: outcome.iter().sum::<u64>() * rounds,
        };
        assert_eq!((of(with), of(without)), (expected, expected), "{with}");
    }
    let polls = |name: &str| {
        let function = format!("spans::metrics::{name}");
        counted(component, "function_polls_total", &function, 0)
    };
    let expected = (3 * rounds, 3 * rounds);
    assert_eq!((polls("later"), polls("later_bare")), expected);
}

#[tokio::test]
async fn metrics_are_the_same_with_a_span_and_without() {
    let component = Component::register("spans/equal");
    let mut watching = Watching::begin();
    watching.spans.switch("*", false);
    call_all().in_component(component).await;
    assert_equal(component, 1);
    assert_eq!(watching.seen(), []);
    watching.spans.switch("*", true);
    call_all().in_component(component).await;
    assert_equal(component, 2);
    assert_eq!(watching.seen().len(), 5);
    watching.spans.set_share("not.sampled", 0.0);
    let around = span!("not.sampled").around(call_all());
    around.in_component(component).await;
    assert_equal(component, 3);
    assert_eq!(watching.seen(), []);
    watching.spans.set_share("not.sampled", 1.0);
}

#[instrumented(span("half"))]
fn half() {}

#[instrumented(span("half.later"), busy)]
async fn half_later() {
    yield_now().await;
}

#[tokio::test]
async fn each_of_the_two_works_where_the_other_is_off() {
    let mut watching = Watching::begin();
    let component = Component::register("spans/half");
    let timed = |name: &str| calls(component, &format!("spans::metrics::{name}")).timed;
    let both = async || {
        component.scope(half);
        half_later().in_component(component).await;
    };
    switch_off("function_duration_seconds");
    both().await;
    switch_on("function_duration_seconds");
    let seen = watching.seen();
    assert_eq!((timed("half"), timed("half_later"), seen.len()), (0, 0, 2));
    let polled = seen[1].polled.expect("it is polled");
    let busy = sum_ns(
        component,
        "function_busy_seconds",
        "spans::metrics::half_later",
    );
    assert_eq!((polled.count, polled.busy), (2, busy));
    assert!(seen.iter().all(|span| span.start < span.end));
    watching.spans.switch("half*", false);
    both().await;
    assert_eq!((timed("half"), timed("half_later")), (1, 1));
    assert_eq!(watching.seen(), []);
    watching.spans.switch("half*", true);
    switch_off("function_duration_seconds");
    switch_off("function_busy_seconds");
    both().await;
    switch_on("function_*");
    assert_eq!(watching.seen().len(), 2);
    assert_eq!((timed("half"), timed("half_later")), (1, 1));
}

static SIZES: Histogram<(), Number> =
    histogram!("spans_bytes", "Sizes of these tests.", bounds = [10, 1000]);

#[test]
fn exemplars_of_many_components_are_few() {
    let mut watching = Watching::begin();
    let components = (0..200).map(|n| Component::register(&format!("many/{n}")));
    let components: Vec<Component> = components.collect();
    let began = Instant::now();
    {
        let _root = span!("many");
        for component in components.iter().cycle().take(10_000) {
            component.scope(|| SIZES.observe_traced(7.0));
        }
    }
    let periods = began.elapsed().as_millis() as u64 / 100 + 1;
    let mut exemplars = 0;
    watching.spans.drain(|record| {
        exemplars += u64::from(record.what() == What::Exemplar);
    });
    assert!((1..=64 * periods).contains(&exemplars), "{exemplars}");
}
