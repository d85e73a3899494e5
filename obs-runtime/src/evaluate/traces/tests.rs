//! Facts about what is kept, and what is counted of everything.

use super::*;
use crate::model::trace::{Edge, Missing, Node, Policy, Root, Status, TraceId};

fn node(id: u64, parent: u64, operation: u32, start_ns: u64, end_ns: u64) -> Node {
    Node {
        id,
        parent,
        start_ns,
        end_ns,
        busy_ns: 0,
        operation,
        component: 0,
        edge: Edge::Call,
        remote_parent: false,
        open: false,
        polled: false,
    }
}

struct Bench {
    judge: Judge,
    now: Instant,
    traces: u128,
}

impl Bench {
    fn new(rates: Rates) -> Bench {
        Bench {
            judge: Judge::new(rates),
            now: Instant::now(),
            traces: 0,
        }
    }

    fn judge(&mut self, nodes: &[Node], statuses: &[Status], forced: bool) -> Option<Kept> {
        self.traces += 1;
        let outline = Outline {
            id: TraceId::new(self.traces).expect("it is not 0"),
            spans: Spans::Each { nodes, statuses },
            root: Some(Root::of(&nodes[0], u32::MAX)),
            forced,
            missing: Missing::default(),
        };
        self.judge.judge(&outline, None, self.now)
    }

    /// A trace of one span.
    fn one(&mut self, took_ns: u64) -> Option<Policy> {
        let nodes = [node(1, 0, 1, 0, took_ns)];
        self.judge(&nodes, &[Status::Unset], false)
            .map(|kept| kept.policy)
    }
}

/// Rates by which nothing is kept for being rare, or by chance.
const STRICT: Rates = Rates {
    errors_per_second: 2,
    slow: None,
    rare_per_minute: 0,
    baseline: 0.0,
};

#[test]
fn the_first_policy_that_applies_is_the_reason() {
    let mut bench = Bench::new(STRICT);
    assert_eq!(bench.one(100), None);
    let nodes = [node(1, 0, 1, 0, 100), node(2, 1, 2, 0, 50)];
    let forced = bench.judge(&nodes, &[Status::Unset, Status::Error], true);
    assert_eq!(forced.map(|kept| kept.policy), Some(Policy::Forced));
    let failed = bench.judge(&nodes, &[Status::Unset, Status::Panicked], false);
    assert_eq!(failed.map(|kept| kept.policy), Some(Policy::Error));
    let cancelled = bench.judge(&nodes, &[Status::Unset, Status::Cancelled], false);
    assert_eq!(cancelled, None);
}

#[test]
fn failures_have_a_rate_and_what_is_above_it_is_counted() {
    let mut bench = Bench::new(STRICT);
    let nodes = [node(1, 0, 1, 0, 100)];
    let mut kept = 0;
    for _ in 0..10 {
        kept += u32::from(bench.judge(&nodes, &[Status::Error], false).is_some());
    }
    assert_eq!((kept, bench.judge.policies().excess().errors), (2, 8));
    bench.now += Duration::from_secs(1);
    let mut weight = || {
        bench
            .judge(&nodes, &[Status::Error], false)
            .expect("it is kept")
            .weight
    };
    assert_eq!(weight(), 9.0, "it stands for those that were not");
    assert_eq!(weight(), 1.0);
}

#[test]
fn a_trace_is_slow_against_the_others_of_its_operation() {
    let mut bench = Bench::new(STRICT);
    for _ in 0..3 {
        for took_us in 900..1_000 {
            bench.one(took_us * 1_000);
        }
    }
    assert_eq!(bench.one(990_000), None);
    assert_eq!(bench.one(5_000_000), Some(Policy::Slow));
}

#[test]
fn a_limit_makes_a_trace_slow_before_there_are_others() {
    let mut bench = Bench::new(Rates {
        slow: Some(Duration::from_millis(1)),
        ..STRICT
    });
    assert_eq!(bench.one(1_000_001), Some(Policy::Slow));
    assert_eq!(bench.one(1_000_000), None);
}

#[test]
fn the_first_traces_of_a_shape_are_kept_each_minute() {
    let mut bench = Bench::new(Rates {
        rare_per_minute: 2,
        ..STRICT
    });
    let kept = |bench: &mut Bench| (0..5).filter(|_| bench.one(100).is_some()).count();
    assert_eq!(kept(&mut bench), 2);
    let other = [node(1, 0, 1, 0, 100), node(2, 1, 9, 0, 50)];
    let unset = [Status::Unset; 2];
    assert!(bench.judge(&other, &unset, false).is_some());
    bench.now += Duration::from_secs(60);
    assert_eq!(kept(&mut bench), 2);
}

#[test]
fn the_share_of_all_others_stands_for_the_rest() {
    let mut bench = Bench::new(Rates {
        baseline: 0.1,
        ..STRICT
    });
    let nodes = [node(1, 0, 1, 0, 100)];
    let weights: f64 = (0..1_000)
        .filter_map(|_| bench.judge(&nodes, &[Status::Unset], false))
        .map(|kept| kept.weight)
        .sum();
    assert!((weights - 1_000.0).abs() <= 10.0, "{weights}");
}

#[test]
fn everything_is_counted_before_anything_is_discarded() {
    let mut bench = Bench::new(STRICT);
    let nodes = [
        node(1, 0, 1, 0, 1_000),
        node(2, 1, 2, 100, 400),
        node(3, 1, 3, 500, 900),
    ];
    let statuses = [Status::Unset, Status::Ok, Status::Cancelled];
    for _ in 0..500 {
        assert_eq!(bench.judge(&nodes, &statuses, false), None);
    }
    let ([window, _], _) = bench.judge.windows(bench.now);
    let mut counts: Vec<(u32, u64, u64)> = window
        .operations
        .iter()
        .map(|(operation, figures)| {
            (
                operation.operation,
                figures.durations.count(),
                figures.cancelled,
            )
        })
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [(1, 500, 0), (2, 500, 0), (3, 500, 500)]);
    let own: u128 = window
        .bottlenecks
        .operations()
        .map(|(_, figures)| figures.own_ns_of_all())
        .sum();
    assert_eq!(own, 500 * 1_000);
}

#[test]
fn a_window_that_is_over_is_the_last_one_and_the_one_before_it_is_forgotten() {
    let mut bench = Bench::new(STRICT);
    let count = |bench: &mut Bench| {
        bench.judge.windows(bench.now).0.each_ref().map(|window| {
            let operations = window.operations.iter();
            operations
                .map(|(_, figures)| figures.durations.count())
                .sum::<u64>()
        })
    };
    bench.one(100);
    bench.now += WINDOW;
    bench.one(100);
    bench.one(100);
    assert_eq!(count(&mut bench), [2, 1]);
    bench.now += WINDOW;
    bench.one(100);
    assert_eq!(count(&mut bench), [1, 2]);
}

#[test]
fn after_a_long_silence_there_is_no_last_window() {
    let mut bench = Bench::new(STRICT);
    bench.one(100);
    bench.now += WINDOW;
    let (windows, since) = bench.judge.windows(bench.now);
    assert_eq!(
        windows
            .each_ref()
            .map(|window| window.operations.iter().count()),
        [0, 1]
    );
    assert_eq!(since, WINDOW);
    bench.now += 2 * WINDOW;
    let (windows, since) = bench.judge.windows(bench.now);
    assert_eq!(
        windows
            .each_ref()
            .map(|window| window.operations.iter().count()),
        [0, 0]
    );
    assert_eq!(since, Duration::ZERO);
}

#[test]
fn what_is_usual_is_said_of_enough_spans_alone() {
    let mut bench = Bench::new(STRICT);
    let operation = Operation {
        operation: 1,
        component: 0,
    };
    for _ in 1..ENOUGH {
        bench.one(1_000);
    }
    assert_eq!(bench.judge.usual_ns(operation), None);
    bench.now += WINDOW;
    bench.one(1_000);
    assert_eq!(bench.judge.usual_ns(operation), Some(1_000));
}
