//! Scrapes that come in crowds, half way, or while the host hangs.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use obs::{Component, Counter, Dynamic, counter};
use obs_runtime::Runtime;
use obs_tests::{exposition, http};

use crate::{address, builder, turn};

static STEPS: Counter = counter!("scrape_steps_total", "Steps of these tests.");

/// How many series make a scrape long.
const SHARDS: u64 = 12_000;

static SHARD_STEPS: Dynamic<Counter, 4> = counter!(
    "scrape_shards_total",
    "Steps of many series.",
    dynamic(shard, half, quarter, eighth),
    max_series = 12_000
);

/// A value of the runtime's own, from a scrape.
fn own(address: SocketAddr, series: &str) -> f64 {
    let body = http::get(address, "/metrics", "").body;
    let values = body
        .lines()
        .filter_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let value = values.map(str::parse).next();
    let value = value.unwrap_or_else(|| panic!("no {series}"));
    value.expect("it is a number")
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
    let before = own(served, "obs_merges_total");
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
    let merges = own(served, "obs_merges_total") - before;
    assert!(
        (1.0..150.0).contains(&merges),
        "{merges} merges for 200 scrapes"
    );
    assert_eq!(aborted(served), aborted_before);
}

fn aborted(address: SocketAddr) -> f64 {
    own(
        address,
        r#"obs_scrapes_total{format="text",outcome="aborted"}"#,
    )
}

#[test]
fn a_scrape_that_ends_half_way_is_counted_and_harms_nobody() {
    let _turn = turn();
    // Enough series that the exposition does not fit into the buffers of a socket.
    let component = thread::spawn(component_of_many_series);
    let component = component.join().expect("it ends");
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
    let deadline = Instant::now() + Duration::from_secs(60);
    while aborted(served) == before {
        assert!(
            Instant::now() < deadline,
            "the aborted scrape is not counted"
        );
    }
    assert_eq!(aborted(served), before + 1.0);
    let steps = runtime.snapshot().total("scrape_shards_total", &[]);
    assert_eq!(steps, Some(SHARDS), "nothing is lost");
    // Other tests of this process would have to render them, too.
    component.retire();
    let left = || runtime.snapshot().series_of("scrape_shards_total").count();
    assert!(left() == 0 || left() == 0, "they go");
}

/// Ends with the thread it runs on, so that nobody holds on to the component.
fn component_of_many_series() -> Component {
    let component = Component::register("half way");
    let shards = (0..SHARDS).map(|n| format!("{n:0>120}"));
    component.scope(|| shards.for_each(|shard| SHARD_STEPS.with([&shard; 4]).inc()));
    component
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
    let gave_way = r#"obs_connections_refused_total{reason="gave_way"}"#;
    let before = own(served, gave_way);
    // As many as there are places.
    let open: Vec<_> = (0..512).map(open).collect();
    for _ in 0..8 {
        assert_eq!(http::get(served, "/metrics", "").status, 200);
    }
    let given_way = own(served, gave_way) - before;
    assert!((1.0..=9.0).contains(&given_way), "{given_way} gave way");
    drop(open);
}

#[test]
fn bytes_are_counted_as_rendered_and_as_sent() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let served = address(&runtime);
    let bytes =
        ["rendered", "sent"].map(|stage| format!("obs_scrape_bytes_total{{stage=\"{stage}\"}}"));
    let read = || bytes.each_ref().map(|series| own(served, series));
    let before = read();
    let answer = http::get(served, "/metrics", "Accept-Encoding: gzip\r\n");
    // What is asked in between is counted too, but sent as it is rendered; it grows by a few digits from one to the next.
    let after = read();
    let [rendered, sent] = [0, 1].map(|stage| after[stage] - before[stage]);
    let saved = (answer.body.len() - answer.bytes.len()) as f64;
    assert!(
        saved > 0.0 && rendered - sent >= saved / 2.0,
        "{rendered} {sent}"
    );
}
