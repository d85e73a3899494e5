//! Instrumented functions: calls, time and outcome.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use obs::catalogue::{Reading, catalogue};
use obs::{Component, InComponent, counter, instrumented};
use obs_tests::{read, value};

/// Calls by outcome, observations, and the level of what is in flight, of one function in one component.
fn calls(component: Component, function: &str) -> ([u64; 4], u64, Option<f64>) {
    let life = read(component);
    let metrics = catalogue().metrics;
    let of_function = |name: &str| {
        let label = format!("record::functions::{function}");
        metrics
            .iter()
            .find(|metric| {
                metric.definition.name == name
                    && metric
                        .definition
                        .literals
                        .iter()
                        .any(|(_, value)| *value == label)
            })
            .copied()
    };
    let calls = of_function("function_calls_total").expect("it is instrumented");
    let outcomes = [0, 1, 2, 3].map(|series| match calls.read(&life.cells, series) {
        Reading::Counter(count) => count,
        _ => 0,
    });
    let duration = of_function("function_duration_seconds").expect("it is timed");
    let observations = match duration.read(&life.cells, 0) {
        Reading::Histogram { buckets, .. } => buckets.iter().sum(),
        _ => 0,
    };
    let in_flight = of_function("function_in_flight").map(|metric| metric.read(&life.cells, 0));
    let level = match in_flight {
        Some(Reading::Gauge(level)) => Some(level),
        _ => None,
    };
    (outcomes, observations, level)
}

#[instrumented(component = component)]
fn checked(component: Component, number: i64) -> Result<u64, std::num::TryFromIntError> {
    if number == 42 {
        return Ok(0);
    }
    let number = u64::try_from(number)?;
    assert!(number < 100, "too large");
    Ok(number)
}

#[test]
fn a_call_ends_as_ok_err_or_panic() {
    let component = Component::register("checked");
    assert_eq!(checked(component, 7), Ok(7));
    assert_eq!(checked(component, 42), Ok(0));
    assert!(checked(component, -1).is_err());
    assert!(std::panic::catch_unwind(|| checked(component, 100)).is_err());
    assert_eq!(calls(component, "checked"), ([2, 1, 1, 0], 4, None));
    assert_eq!(Component::current(), None);
}

#[instrumented(in_flight)]
async fn fetched(bytes: &[u8], pauses: usize) -> std::io::Result<usize> {
    for _ in 0..pauses {
        tokio::task::yield_now().await;
    }
    assert!(bytes.len() < 100, "too large");
    if bytes.is_empty() {
        Err(std::io::ErrorKind::UnexpectedEof)?;
    }
    Ok(bytes.len())
}

#[tokio::test]
async fn an_async_call_ends_as_ok_err_panic_or_cancelled() {
    let component = Component::register("fetched");
    let run = |bytes: &'static [u8]| fetched(bytes, 2).in_component(component);
    assert_eq!(run(b"abc").await.ok(), Some(3));
    assert!(run(b"").await.is_err());
    assert!(tokio::spawn(run(&[0; 100])).await.is_err());
    {
        let mut cancelled = pin!(run(b"abc"));
        let polled = cancelled
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
        assert_eq!(calls(component, "fetched").2, Some(1.0));
    }
    drop(run(b"never polled, never called"));
    assert_eq!(calls(component, "fetched"), ([1, 1, 1, 1], 4, Some(0.0)));
}

struct Store {
    component: Component,
    value: Option<String>,
}

trait Put {
    fn put(&mut self, value: &str) -> &mut String;
    fn both(&self) -> usize {
        0
    }
}

impl Put for Store {
    #[instrumented(component = self.component, function = "Store::put")]
    fn put(&mut self, value: &str) -> &mut String {
        self.value.insert(value.to_owned())
    }
}

impl Store {
    #[instrumented(component = self.component)]
    async fn take(&mut self) -> Option<String> {
        self.value.take()
    }

    #[instrumented(component = self.component)]
    fn letters<'a>(&'a self) -> impl Iterator<Item = char> + use<'a> {
        self.value.iter().flat_map(|value| value.chars())
    }

    #[instrumented(component = self.component)]
    fn generic<T, const N: usize>(&self, of: impl Fn() -> T) -> [T; N]
    where
        T: Clone + std::fmt::Debug,
    {
        let value = of();
        std::array::from_fn(|_| value.clone())
    }
}

#[tokio::test]
async fn methods_of_all_kinds_are_counted() {
    let component = Component::register("store");
    let mut store = Store {
        component,
        value: None,
    };
    store.put("abc").push('d');
    assert_eq!(store.both(), 0);
    assert_eq!(store.letters().count(), 4);
    assert_eq!(store.generic::<u8, 2>(|| 7), [7, 7]);
    assert_eq!(store.generic::<String, 1>(String::new).len(), 1);
    assert_eq!(store.take().await.as_deref(), Some("abcd"));
    for (function, expected) in [("take", 1), ("letters", 1), ("generic", 2)] {
        assert_eq!(
            calls(component, function),
            ([expected, 0, 0, 0], expected, None),
            "{function}"
        );
    }
    let life = read(component);
    let put = catalogue().metrics.into_iter().find(|metric| {
        metric
            .definition
            .literals
            .contains(&("function", "Store::put"))
            && metric.series_count() == 4
    });
    assert_eq!(
        put.expect("it is named").read(&life.cells, 0),
        Reading::Counter(1)
    );
}

#[instrumented(name = "own_family")]
fn own_family() {
    counter!("inside_own_family_total", "Inside.").inc();
}

#[test]
fn a_name_makes_families_of_its_own() {
    let component = Component::register("own family");
    component.scope(own_family);
    assert_eq!(
        value(&read(component), "own_family_calls_total", 0),
        Reading::Counter(1)
    );
    assert!(matches!(
        value(&read(component), "own_family_duration_seconds", 0),
        Reading::Histogram { .. }
    ));
}

#[instrumented]
fn never_returns(text: &str) -> ! {
    panic!("{text}")
}

#[expect(unsafe_code, reason = "keeps its signature")]
#[instrumented]
unsafe extern "C" fn foreign(number: u32) -> u32 {
    number + 1
}

#[test]
fn functions_that_never_return_or_are_foreign_are_counted() {
    let component = Component::register("odd functions");
    component.scope(|| {
        assert!(std::panic::catch_unwind(|| never_returns("on purpose")).is_err());
        // SAFETY: it adds two numbers.
        #[expect(unsafe_code, reason = "calls it")]
        let three = unsafe { foreign(2) };
        assert_eq!(three, 3);
    });
    assert_eq!(calls(component, "never_returns").0, [0, 0, 1, 0]);
    assert_eq!(calls(component, "foreign").0, [1, 0, 0, 0]);
}

#[instrumented]
async fn large(bytes: [u8; 1024]) -> u8 {
    tokio::task::yield_now().await;
    bytes[7]
}

async fn plain(bytes: [u8; 1024]) -> u8 {
    let body = async move {
        tokio::task::yield_now().await;
        bytes[7]
    };
    body.await
}

#[test]
fn an_instrumented_future_is_at_most_64_bytes_larger_than_one_with_a_nested_block() {
    let (instrumented, plain) = (
        size_of_val(&large([0; 1024])),
        size_of_val(&plain([0; 1024])),
    );
    assert!(instrumented <= plain + 64, "{instrumented} against {plain}");
}
