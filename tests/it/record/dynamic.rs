//! Labels whose values are any text.

use std::thread;
use std::time::{Duration, Instant};

use obs::collector::{Collector, DynamicSeries, Reading};
use obs::{
    Bound, Component, Counter, Dynamic, Gauge, Histogram, Integer, LabelValue, Number, counter,
    gauge, histogram,
};

use crate::seen::{metric, seen, series, values};

static REQUESTS: Dynamic<Counter, 2> = counter!(
    "dynamic_requests_total",
    "Requests of these tests.",
    dynamic(path, method)
);

static FEW: Dynamic<Counter, 1> = counter!(
    "dynamic_few_total",
    "A metric with few series.",
    dynamic(key),
    max_series = 3
);

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Ok,
    Failed,
}

static CALLS: Dynamic<Counter<Outcome>, 1> = counter!(
    "dynamic_calls_total",
    "Calls of these tests.",
    labels(outcome: Outcome),
    dynamic(function)
);

static DEPTH: Dynamic<Gauge<(), Integer>, 1> = gauge!(
    "dynamic_queue_length",
    "Queues of these tests.",
    dynamic(queue),
    integer
);

static TOOK: Dynamic<Histogram, 1> = histogram!(
    "dynamic_took_seconds",
    "Times of these tests.",
    dynamic(step),
    bounds = [0.001, 0.1]
);

static SIZE: Dynamic<Histogram<(), Number>, 1> = histogram!(
    "dynamic_size_bytes",
    "Sizes of these tests.",
    dynamic(step),
    bounds = [10, 100]
);

static PROCESS: Dynamic<Counter, 1> = counter!(
    "dynamic_process_total",
    "Of the process.",
    dynamic(key),
    scope = process
);

#[test]
fn texts_are_told_apart_to_the_byte() {
    let component = Component::register("dynamic/bytes");
    component.scope(|| {
        for _ in 0..3 {
            REQUESTS.with(["ab", "c"]).inc();
            REQUESTS.with(["a", "bc"]).inc_by(2);
            REQUESTS.with(["", "abc"]).inc();
        }
    });
    assert_eq!(
        seen("dynamic_requests_total", component),
        [
            (values(&["ab", "c"]), 0, 3.0),
            (values(&["a", "bc"]), 0, 6.0),
            (values(&["", "abc"]), 0, 3.0)
        ]
    );
}

#[test]
fn the_same_texts_are_another_series_in_another_component() {
    let [one, two] = ["dynamic/one", "dynamic/two"].map(Component::register);
    one.scope(|| {
        REQUESTS.with(["/", "GET"]).inc();
        two.scope(|| REQUESTS.with(["/", "GET"]).inc_by(5));
        REQUESTS.with(["/", "GET"]).inc();
    });
    assert_eq!(
        seen("dynamic_requests_total", one),
        [(values(&["/", "GET"]), 0, 2.0)]
    );
    assert_eq!(
        seen("dynamic_requests_total", two),
        [(values(&["/", "GET"]), 0, 5.0)]
    );
}

#[test]
fn a_bound_metric_stays_with_its_component_on_whatever_thread() {
    let [one, two] = ["dynamic/stays", "dynamic/elsewhere"].map(Component::register);
    let bound: Counter<(), Bound> = one.scope(|| REQUESTS.with(["/", "GET"]));
    two.scope(|| bound.inc());
    bound.inc();
    let threads: Vec<_> = (0..4)
        .map(|_| thread::spawn(move || two.scope(|| (0..1_000).for_each(|_| bound.inc()))))
        .collect();
    for thread in threads {
        thread.join().expect("it counts");
    }
    bound.inc();
    assert_eq!(
        seen("dynamic_requests_total", one),
        [(values(&["/", "GET"]), 0, 4_003.0)]
    );
    assert_eq!(seen("dynamic_requests_total", two), []);
}

#[test]
fn what_there_is_no_room_for_is_counted_all_the_same() {
    let [flooded, other] = ["dynamic/flooded", "dynamic/dry"].map(Component::register);
    flooded.scope(|| {
        for n in 0..100 {
            FEW.with([&format!("key {n}")]).inc();
        }
        FEW.with(["key 1"]).inc();
    });
    other.scope(|| FEW.with(["key 99"]).inc());
    assert_eq!(
        seen("dynamic_few_total", flooded),
        [
            (values(&["key 0"]), 0, 1.0),
            (values(&["key 1"]), 0, 2.0),
            (values(&["key 2"]), 0, 1.0),
            (values(&["_overflow"]), 0, 97.0)
        ]
    );
    assert_eq!(
        seen("dynamic_few_total", other),
        [(values(&["key 99"]), 0, 1.0)]
    );
}

#[test]
fn an_overflowing_handle_stays_with_its_component_too() {
    let [flooded, other] = ["dynamic/overflowed", "dynamic/innocent"].map(Component::register);
    let late = flooded.scope(|| {
        for n in 0..3 {
            FEW.with([&format!("{n}")]).inc();
        }
        FEW.with(["late"])
    });
    other.scope(|| late.inc_by(7));
    late.inc();
    let overflow = seen("dynamic_few_total", flooded).pop();
    assert_eq!(overflow, Some((values(&["_overflow"]), 0, 8.0)));
    assert_eq!(seen("dynamic_few_total", other), []);
}

#[test]
fn enum_labels_and_dynamic_ones_go_together() {
    let component = Component::register("dynamic/both");
    component.scope(|| {
        CALLS.with(["parse"]).with(Outcome::Failed).inc();
        let parse = CALLS.with(["parse"]);
        (0..3).for_each(|_| parse.with(Outcome::Ok).inc());
        CALLS.with(["print"]).with(Outcome::Ok).inc();
    });
    assert_eq!(
        seen("dynamic_calls_total", component),
        [
            (values(&["parse"]), 0, 3.0),
            (values(&["parse"]), 1, 1.0),
            (values(&["print"]), 0, 1.0)
        ]
    );
}

#[test]
fn gauges_are_set_and_counted() {
    let component = Component::register("dynamic/gauges");
    let flight = component.scope(|| {
        DEPTH.with(["a"]).inc_by(3);
        DEPTH.with(["a"]).dec();
        DEPTH.with(["b"]).set(7);
        DEPTH.with(["b"]).inc();
        for n in 0..50 {
            let queue = DEPTH.with([&format!("{n}")]);
            queue.set(n);
            queue.set(n + 1);
            queue.dec();
        }
        DEPTH.with(["c"]).in_flight()
    });
    let found = seen("dynamic_queue_length", component);
    let of = |queue: &str| {
        found
            .iter()
            .find(|(values, ..)| values[0] == queue)
            .map(|(.., value)| *value)
    };
    assert_eq!(
        [of("a"), of("b"), of("c"), of("49"), of("1")],
        [Some(2.0), Some(8.0), Some(1.0), Some(49.0), Some(1.0)]
    );
    drop(flight);
    let found = seen("dynamic_queue_length", component);
    assert!(found.contains(&(values(&["c"]), 0, 0.0)));
}

#[test]
fn a_gauge_is_set_from_any_thread() {
    let component = Component::register("dynamic/set");
    let queue = component.scope(|| DEPTH.with(["q"]));
    queue.set(1);
    thread::spawn(move || queue.set(5)).join().expect("it sets");
    assert_eq!(
        seen("dynamic_queue_length", component),
        [(values(&["q"]), 0, 5.0)]
    );
    queue.set(2);
    assert_eq!(
        seen("dynamic_queue_length", component),
        [(values(&["q"]), 0, 2.0)]
    );
}

#[test]
fn histograms_have_buckets_and_sums_per_series() {
    let component = Component::register("dynamic/histograms");
    component.scope(|| {
        TOOK.with(["a"]).observe(Duration::from_millis(2));
        TOOK.with(["b"]).observe(Duration::from_millis(200));
        let timer = TOOK.with(["b"]).start_timer();
        assert!(timer.stop().is_some());
        for n in 0..20 {
            SIZE.with([&format!("{}", n % 7)])
                .observe(f64::from(n) + 0.5);
        }
    });
    let elsewhere = component.scope(|| SIZE.with(["0"]));
    thread::spawn(move || elsewhere.observe(1000.0))
        .join()
        .expect("it observes");
    let life = obs::collector::read(component).expect("it lives");
    let took = metric("dynamic_took_seconds");
    let of_took = DynamicSeries::of(&took, &life.dynamic).expect("there are some");
    assert_eq!(
        of_took.read(&took, 0, 0),
        Reading::Histogram {
            buckets: &[0, 1, 0],
            sum: 0.002
        }
    );
    let size = metric("dynamic_size_bytes");
    let of_size = DynamicSeries::of(&size, &life.dynamic).expect("there are some");
    assert_eq!(of_size.count(), 7);
    // 0.5, 7.5, 14.5, and 1,000 from the other thread.
    assert_eq!(
        of_size.read(&size, 0, 0),
        Reading::Histogram {
            buckets: &[2, 1, 1],
            sum: 1022.5
        }
    );
}

#[test]
fn a_sum_of_nothing_is_a_sum() {
    let component = Component::register("dynamic/zero");
    component.scope(|| TOOK.with(["at once"]).observe(Duration::ZERO));
    let life = obs::collector::read(component).expect("it lives");
    let took = metric("dynamic_took_seconds");
    let of_took = DynamicSeries::of(&took, &life.dynamic).expect("there are some");
    assert_eq!(
        of_took.read(&took, 0, 0),
        Reading::Histogram {
            buckets: &[1, 0, 0],
            sum: 0.0
        }
    );
}

#[test]
fn long_values_are_cut_where_a_character_ends_and_counted() {
    let component = Component::register("dynamic/long");
    let long = format!("{}é tail", "x".repeat(127));
    component.scope(|| REQUESTS.with([&long, "GET"]).inc());
    component.scope(|| REQUESTS.with([&long, "GET"]).inc());
    let cut = "x".repeat(127);
    assert_eq!(
        seen("dynamic_requests_total", component),
        [(values(&[&cut, "GET"]), 0, 2.0)]
    );
}

#[test]
fn the_process_has_series_of_its_own() {
    let component = Component::register("dynamic/of the process");
    component.scope(|| PROCESS.with(["a"]).inc());
    PROCESS.with(["a"]).inc();
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process has it; nextest gives each a process of its own.
    };
    let merge = collector.merge();
    let metric = metric("dynamic_process_total");
    let series = DynamicSeries::of(&metric, &merge.process_dynamic).expect("there are some");
    assert_eq!(series.read(&metric, 0, 0), Reading::Counter(2));
}

#[test]
fn totals_keep_what_a_retired_component_counted_and_what_comes_late() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process has it; nextest gives each a process of its own.
    };
    let component = Component::register("dynamic/retires");
    let total = |collector: &mut Collector| {
        let merge = collector.merge();
        let metric = metric("dynamic_requests_total");
        let lives = merge
            .lives
            .iter()
            .flat_map(|life| series("dynamic_requests_total", life));
        let lives: f64 = lives.map(|(.., value)| value).sum();
        let departed = match metric.read(&merge.departed, 0) {
            Reading::Counter(count) => count as f64,
            _ => 0.0,
        };
        lives + departed
    };
    let before = total(&mut collector);
    let bound = thread::spawn(move || {
        let bound = component.scope(|| REQUESTS.with(["/retires", "GET"]));
        bound.inc_by(10);
        component.scope(|| REQUESTS.with(["/retires", "POST"]).inc_by(5));
        bound
    })
    .join()
    .expect("it counts");
    component.retire();
    bound.inc(); // late, while it lingers
    component.scope(|| REQUESTS.with(["/new", "GET"]).inc());
    assert_eq!(total(&mut collector) - before, 17.0);
    let now = Instant::now();
    collector.expire(Duration::ZERO, now);
    assert!(component.name().is_none(), "it is gone");
    assert_eq!(total(&mut collector) - before, 17.0);
    bound.inc(); // later still
    component.scope(|| REQUESTS.with(["/retires", "GET"]).inc());
    assert_eq!(total(&mut collector) - before, 19.0);
    let again = Component::register("dynamic/retires");
    again.scope(|| REQUESTS.with(["/retires", "GET"]).inc());
    assert_eq!(
        seen("dynamic_requests_total", again),
        [(values(&["/retires", "GET"]), 0, 1.0)]
    );
    assert_eq!(total(&mut collector) - before, 20.0);
}

#[test]
fn a_lane_that_gives_its_slab_back_writes_it_no_more() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process has it; nextest gives each a process of its own.
    };
    let [old, new] = ["dynamic/gives back", "dynamic/takes over"].map(Component::register);
    let bound = old.scope(|| REQUESTS.with(["/", "GET"]));
    bound.inc();
    old.retire();
    // Outside of any component, on the slow path, this thread gives back what it held of the retired one.
    thread::spawn(|| ()).join().expect("nothing");
    new.scope(|| REQUESTS.with(["/", "GET"]).inc());
    REQUESTS.with(["/slow path", "GET"]).inc();
    while old.name().is_some() {
        REQUESTS
            .with([&format!("{:?}", Instant::now()), "GET"])
            .inc();
        collector.expire(Duration::ZERO, Instant::now());
    }
    let third = Component::register("dynamic/reuses");
    third.scope(|| REQUESTS.with(["/", "GET"]).inc());
    bound.inc_by(1_000);
    assert_eq!(
        seen("dynamic_requests_total", third),
        [(values(&["/", "GET"]), 0, 1.0)]
    );
    assert_eq!(
        seen("dynamic_requests_total", new),
        [(values(&["/", "GET"]), 0, 1.0)]
    );
}

#[test]
fn threads_that_flood_lose_nothing() {
    let component = Component::register("dynamic/threads");
    let threads: Vec<_> = (0..8)
        .map(|t| {
            thread::spawn(move || {
                component.scope(|| {
                    for n in 0..20_000usize {
                        REQUESTS
                            .with([&format!("/{}", (n * 7 + t) % 3_000), "GET"])
                            .inc();
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it counts");
    }
    let found = seen("dynamic_requests_total", component);
    let total: f64 = found.iter().map(|(.., value)| value).sum();
    assert_eq!(total, 160_000.0);
    assert_eq!(
        found.len(),
        2_001,
        "as many as allowed, and the rest in one"
    );
}
