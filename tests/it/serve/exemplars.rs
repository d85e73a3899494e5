//! Exemplars: buckets that say which trace an observation in them was made in.

use std::thread;
use std::time::{Duration, Instant};

use obs::{Component, Histogram, Number, histogram, instrumented, span};
use obs_tests::http;

use crate::{address, builder, turn};

static SIZES: Histogram<(), Number> = histogram!(
    "exemplar_bytes",
    "Sizes of these tests.",
    bounds = [10, 1000]
);

#[instrumented(span, component = component)]
fn handled(component: Component) {
    SIZES.observe_traced(700.0);
    thread::sleep(Duration::from_millis(2));
}

/// The lines of a scrape that begin so, once one of them has an exemplar.
fn with_exemplar(address: std::net::SocketAddr, accept: &str, start: &str) -> Option<String> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let header = format!("Accept: {accept}\r\n");
        let body = http::get(address, "/metrics", &header).body;
        let mut lines = body.lines().filter(|line| line.starts_with(start));
        if let Some(line) = lines.find(|line| line.contains(" # {")) {
            return Some(line.to_owned());
        }
        if Instant::now() > deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0";

#[test]
fn a_bucket_shows_the_trace_of_an_observation_that_was_kept() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let component = Component::register("exemplary");
    let trace = {
        let span = span!("exemplar.root", root);
        span.keep_trace();
        handled(component);
        span.context().trace_id()
    };
    let bucket = "exemplar_bytes_bucket{component=\"exemplary\",le=\"1000.0\"} 1 ";
    let line = with_exemplar(address(&runtime), OPEN_METRICS, bucket).expect("it has one");
    assert!(
        line.contains(&format!("# {{trace_id=\"{trace:032x}\",span_id=\"")),
        "{line}"
    );
    let accounting = runtime.traces().expect("traces are on").accounting();
    let records = accounting.expect("the runtime is there").records;
    let exemplars = records.iter().find(|of| of.kind == "exemplar");
    assert!(exemplars.is_some_and(|of| of.emitted > 0), "{records:?}");
    let (_, value) = line.rsplit_once("} ").expect("there is a value");
    let (value, time) = value.split_once(' ').expect("there is a time");
    assert_eq!(value, "700");
    assert!(time.parse::<f64>().expect("it is a number") > 1.7e9);

    let function = "function_duration_seconds_bucket{component=\"exemplary\",function=\"serve::exemplars::handled\"";
    let line = with_exemplar(address(&runtime), OPEN_METRICS, function).expect("it has one");
    assert!(line.contains(&format!("{trace:032x}")), "{line}");

    // The older format has no word for it.
    let body = http::get(address(&runtime), "/metrics", "").body;
    assert!(body.contains("exemplar_bytes_bucket") && !body.contains("trace_id"));
}

#[test]
fn without_a_trace_there_is_no_exemplar() {
    let _turn = turn();
    let runtime = builder().no_traces().start().expect("it starts");
    let component = Component::register("traceless");
    handled(component);
    let header = format!("Accept: {OPEN_METRICS}\r\n");
    let body = http::get(address(&runtime), "/metrics", &header).body;
    let mut lines = body.lines().filter(|line| line.contains("traceless"));
    assert!(lines.all(|line| !line.contains(" # ")), "{body}");
}

#[test]
fn components_that_observe_one_after_another_on_a_thread_each_have_one() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let names = ["exemplary/1", "exemplary/2"];
    let components = names.map(Component::register);
    {
        let span = span!("exemplar.roots", root);
        span.keep_trace();
        components.into_iter().for_each(handled);
    }
    for name in names {
        let bucket = format!("exemplar_bytes_bucket{{component=\"{name}\",le=\"1000.0\"}} 1 ");
        let line = with_exemplar(address(&runtime), OPEN_METRICS, &bucket);
        assert!(line.is_some(), "{name}");
    }
}
