//! Scrapes that come in crowds, half way, or while the host hangs.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use obs::{Component, Counter, counter};
use obs_runtime::Runtime;
use obs_tests::{exposition, http};

use crate::{address, builder, turn};

static STEPS: Counter = counter!("scrape_steps_total", "Steps of these tests.");

/// A value of the runtime's own, from a scrape.
fn own(address: SocketAddr, sample: &str, labels: &[(&str, &str)]) -> f64 {
    let families = exposition::text(&http::get(address, "/metrics", "").body).expect("it is right");
    let mut labels: Vec<_> = labels
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    labels.sort();
    let values = families
        .values()
        .filter_map(|family| family.samples.get(&(sample.to_owned(), labels.clone())));
    values
        .copied()
        .next()
        .unwrap_or_else(|| panic!("no {sample}"))
}

#[test]
fn a_scrape_is_never_stale() {
    let _turn = turn();
    let component = Component::register("never stale");
    let runtime = builder()
        .tick(Duration::from_secs(3600))
        .start()
        .expect("it starts");
    for expected in 1..=50 {
        component.scope(|| STEPS.inc());
        let body = http::get(address(&runtime), "/metrics", "").body;
        let line = format!("scrape_steps_total{{component=\"never stale\"}} {expected}\n");
        assert!(body.contains(&line), "{expected} is missing");
    }
}

#[test]
fn two_hundred_scrapes_at_once_cost_few_merges() {
    let _turn = turn();
    let runtime = builder()
        .tick(Duration::from_secs(3600))
        .start()
        .expect("it starts");
    let served = address(&runtime);
    let before = own(served, "obs_merges_total", &[]);
    let aborted_before = aborted(served);
    let start = Arc::new(Barrier::new(200));
    let scrapes: Vec<_> = (0..200)
        .map(|_| {
            let start = start.clone();
            thread::spawn(move || {
                start.wait();
                http::get(served, "/metrics", "")
            })
        })
        .collect();
    for scrape in scrapes {
        let answer = scrape.join().expect("it is answered");
        assert_eq!(answer.status, 200);
        exposition::text(&answer.body).expect("it is whole");
    }
    let merges = own(served, "obs_merges_total", &[]) - before;
    assert!(
        (1.0..150.0).contains(&merges),
        "{merges} merges for 200 scrapes"
    );
    assert_eq!(aborted(served), aborted_before);
}

fn aborted(address: SocketAddr) -> f64 {
    let labels = [("format", "text"), ("outcome", "aborted")];
    own(address, "obs_scrapes_total", &labels)
}

#[test]
fn a_scrape_that_ends_half_way_is_counted_and_harms_nobody() {
    let _turn = turn();
    // Enough series that the exposition does not fit into the buffers of a socket.
    let components = thread::spawn(many_components);
    let components = components.join().expect("it ends");
    let runtime = builder().linger(Duration::ZERO).start();
    let runtime = runtime.expect("it starts");
    let served = address(&runtime);
    let before = aborted(served);
    let mut stream = http::connect(served);
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
        .expect("the server listens");
    let mut some = [0; 1000];
    stream.read_exact(&mut some).expect("it begins to answer");
    drop(stream);
    let deadline = Instant::now() + Duration::from_secs(20);
    while aborted(served) == before {
        assert!(
            Instant::now() < deadline,
            "the aborted scrape is not counted"
        );
    }
    assert_eq!(aborted(served), before + 1.0);
    let steps = runtime.snapshot().total("scrape_steps_total", &[]);
    assert!(steps >= Some(20_000), "nothing is lost: {steps:?}");
    // Other tests of this process would have to render them, too.
    components.into_iter().for_each(Component::retire);
    let left = || runtime.snapshot().series_of("scrape_steps_total").count();
    assert!(left() < 100 || left() < 100, "they go");
}

/// Ends with the thread it runs on, so that nobody holds on to the components.
fn many_components() -> Vec<Component> {
    let names = (0..20_000).map(|n| format!("half way/{n:0>200}"));
    let recorded = names.map(|name| {
        let component = Component::register(&name);
        component.scope(|| STEPS.inc());
        component
    });
    recorded.collect()
}

#[test]
fn it_answers_while_the_executor_of_the_host_is_blocked() {
    let _turn = turn();
    let executor = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("it starts");
    let runtime = executor
        .block_on(async { builder().start() })
        .expect("it starts");
    let served = address(&runtime);
    let answered = executor.block_on(async {
        // This blocks the only thread of the executor until the scrape has been answered.
        thread::spawn(move || http::get(served, "/metrics", "").status).join()
    });
    assert_eq!(answered.expect("it is answered"), 200);
}

#[test]
fn a_client_that_sends_nothing_keeps_nobody_waiting() {
    let _turn = turn();
    let runtime: Runtime = builder().start().expect("it starts");
    let silent: Vec<_> = (0..50).map(|_| http::connect(address(&runtime))).collect();
    assert_eq!(http::get(address(&runtime), "/metrics", "").status, 200);
    let begun = Instant::now();
    drop(runtime);
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "silent clients do not keep it from ending"
    );
    drop(silent);
}

#[test]
fn silent_and_half_sent_connections_keep_nobody_out() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let served = address(&runtime);
    let open = |at: usize| {
        let mut stream = http::connect(served);
        if at.is_multiple_of(2) {
            let half = b"GET /metrics HTTP/1.1\r\nHost: ";
            stream.write_all(half).expect("the server listens");
        }
        stream
    };
    let reason = [("reason", "gave_way")];
    let before = own(served, "obs_connections_refused_total", &reason);
    // As many as there are places.
    let open: Vec<_> = (0..512).map(open).collect();
    for _ in 0..8 {
        assert_eq!(http::get(served, "/metrics", "").status, 200);
    }
    let given_way = own(served, "obs_connections_refused_total", &reason) - before;
    assert!((1.0..=9.0).contains(&given_way), "{given_way} gave way");
    drop(open);
}

#[test]
fn bytes_are_counted_as_rendered_and_as_sent() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let served = address(&runtime);
    let bytes = |stage| own(served, "obs_scrape_bytes_total", &[("stage", stage)]);
    let (rendered, sent) = (bytes("rendered"), bytes("sent"));
    let answer = http::get(served, "/metrics", "Accept-Encoding: gzip\r\n");
    // What is asked in between is counted too, but sent as it is rendered; it grows by a few digits from one to the next.
    let (rendered, sent) = (bytes("rendered") - rendered, bytes("sent") - sent);
    let saved = (answer.body.len() - answer.bytes.len()) as f64;
    assert!(
        saved > 0.0 && rendered - sent >= saved / 2.0,
        "{rendered} {sent}"
    );
}
