//! Families of functions: labels, bounds, names, and what the catalogue knows of them before any call.

use obs::catalogue::{Kind, Reading, Scope, catalogue};
use obs::{Component, LabelValue, instrumented};
use obs_tests::calls::{counted, of_function};
use obs_tests::{read, value};

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
}

#[derive(Clone, Copy)]
struct Request {
    method: Method,
    cached: bool,
}

#[instrumented(
    name = "request",
    labels(method: Method = request.method, cached: bool = request.cached, protocol = "http"),
    bounds = [0.5, 60],
    in_flight,
)]
fn handle(request: Request) -> Result<(), ()> {
    let Request { method, .. } = request;
    match method {
        Method::Get => Ok(()),
        Method::Put => Err(()),
    }
}

#[test]
fn labels_are_chosen_when_a_call_starts() {
    let component = Component::register("families/labels");
    component.scope(|| {
        for (method, cached) in [
            (Method::Get, false),
            (Method::Get, true),
            (Method::Put, true),
        ] {
            let _ = handle(Request { method, cached });
        }
    });
    let life = read(component);
    // Method, cached, outcome, the last one fastest.
    for (series, expected) in [(0, 1), (4, 1), (13, 1)] {
        let counted = value(&life, "request_calls_total", series);
        assert_eq!(counted, Reading::Counter(expected), "{series}");
    }
    let metrics = catalogue().metrics;
    let duration = metrics
        .iter()
        .find(|metric| metric.definition.name == "request_duration_seconds")
        .expect("it is timed");
    assert_eq!(duration.definition.bounds, [0.5, 60.0]);
    assert_eq!(duration.definition.literals, [("protocol", "http")]);
    let names: Vec<_> = duration
        .definition
        .keys
        .iter()
        .map(|key| key.name)
        .collect();
    assert_eq!(names, ["method", "cached"]);
    assert!(matches!(
        duration.read(&life.cells, 3),
        Reading::Histogram { .. }
    ));
    assert_eq!(duration.read(&life.cells, 2), Reading::Untouched);
    assert_eq!(value(&life, "request_in_flight", 1), Reading::Gauge(0.0));
}

const PREFIX: &str = "database";
const BOUNDS: &[f64] = &[0.001, 1.0];

mod names {
    pub(super) const OF_ONE: &str = "vacuum";
}

#[instrumented(prefix = PREFIX, bounds = BOUNDS, labels(method: Method = method))]
async fn query(method: Method) {
    let _moved = method;
}

#[instrumented(prefix = PREFIX, bounds = BOUNDS, labels(method: Method = method), function = "write")]
fn write(method: Method) {
    let _ = method;
}

#[instrumented(name = names::OF_ONE)]
fn vacuum() {}

#[tokio::test]
async fn names_may_come_from_constants() {
    let component = Component::register("families/constants");
    let _entered = component.enter();
    query(Method::Put).await;
    write(Method::Get);
    vacuum();
    let query = "record::families::query";
    assert_eq!(counted(component, "database_calls_total", query, 4), 1);
    assert_eq!(counted(component, "database_calls_total", "write", 0), 1);
    let life = read(component);
    assert_eq!(value(&life, "vacuum_calls_total", 0), Reading::Counter(1));
    let duration = of_function("database_duration_seconds", query).expect("it is timed");
    assert_eq!(duration.definition.bounds, BOUNDS);
    assert_eq!(duration.definition.help, "Time of calls of `database`.");
}

#[instrumented(name = "never_called", zero, in_flight)]
fn never_called() {}

#[instrumented(name = "never_called_either")]
fn never_called_either() {}

#[test]
fn the_catalogue_knows_a_function_before_its_first_call() {
    let metrics = catalogue().metrics;
    let find = |name: &str| {
        let metric = metrics.iter().find(|metric| metric.definition.name == name);
        metric.expect("it is linked").definition
    };
    let calls = find("never_called_calls_total");
    let line = line!() - 15;
    assert_eq!((calls.kind, calls.scope), (Kind::Counter, Scope::Component));
    assert_eq!(calls.module, "record::families");
    assert!(
        calls.file.ends_with("tests/it/record/families.rs"),
        "{}",
        calls.file
    );
    assert!(
        calls.line.abs_diff(line) < 2,
        "{} against {line}",
        calls.line
    );
    assert!(calls.zero && find("never_called_duration_seconds").zero);
    assert!(find("never_called_in_flight").zero);
    assert!(!find("never_called_either_calls_total").zero);
    let _ = (never_called, never_called_either);
}

#[instrumented(name = "HTTPFetch_ms", allow(naming))]
fn named_like_an_old_dashboard() {}

#[test]
fn naming_can_be_relaxed() {
    use obs::{Counter, Gauge, counter, gauge};
    static OLD: Counter = counter!(
        "httpRequests",
        "Requests.",
        labels(statusClass = "2xx"),
        allow(naming)
    );
    static SIZE: Gauge = gauge!("cache_kilobyte_total", "Size.", allow(naming));
    let component = Component::register("families/relaxed");
    component.scope(|| {
        named_like_an_old_dashboard();
        OLD.inc();
        SIZE.set(7_u64);
    });
    let life = read(component);
    assert_eq!(
        value(&life, "HTTPFetch_ms_calls_total", 0),
        Reading::Counter(1)
    );
    assert_eq!(value(&life, "httpRequests", 0), Reading::Counter(1));
    assert_eq!(value(&life, "cache_kilobyte_total", 0), Reading::Gauge(7.0));
}
