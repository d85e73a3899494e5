//! Buckets, sums and timers.

use std::thread;
use std::time::Duration;

use obs::catalogue::Reading;
use obs::{Component, Histogram, Number, histogram};
use obs_tests::{read, value};

static WAIT: Histogram = histogram!("wait_seconds", "Waits.", bounds = [0.001, 0.01, 0.1]);
static SIZE: Histogram<(), Number> =
    histogram!("payload_bytes", "Payloads.", bounds = [-1, 0, 64.5]);
static PACED: Histogram = histogram!("paced_seconds", "Measured now and then.");

fn histogram(component: Component, metric: &str) -> (Vec<u64>, f64) {
    match value(&read(component), metric, 0) {
        Reading::Histogram { buckets, sum } => (buckets.to_vec(), sum),
        other => panic!("{metric} has no observations: {other:?}"),
    }
}

#[test]
fn bounds_are_inclusive_and_sums_exact() {
    let component = Component::register("buckets");
    component.scope(|| {
        WAIT.observe(Duration::from_millis(1));
        WAIT.observe(Duration::from_nanos(1_000_001));
        WAIT.observe_seconds(0.1);
        WAIT.observe(Duration::from_secs(5));
    });
    let (buckets, sum) = histogram(component, "wait_seconds");
    assert_eq!(buckets, [1, 1, 1, 1]);
    assert_eq!(sum, 5.102_000_001);
}

#[test]
fn numbers_of_several_threads_add_up() {
    let component = Component::register("numbers");
    let threads: Vec<_> = [-1.0, -0.0, 64.5, 64.6]
        .map(|number| thread::spawn(move || component.scope(|| SIZE.observe(number))))
        .into_iter()
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it ends"));
    let (buckets, sum) = histogram(component, "payload_bytes");
    assert_eq!(buckets, [1, 1, 1, 1]);
    assert!((sum - 128.1).abs() < 1e-9);
}

#[test]
fn what_is_no_number_is_refused() {
    let component = Component::register("refused");
    component.scope(|| {
        SIZE.observe(f64::NAN);
        SIZE.observe(1.0);
        WAIT.observe_seconds(-1.0);
        WAIT.observe_seconds(f64::NAN);
        WAIT.observe_seconds(f64::INFINITY);
    });
    assert_eq!(
        histogram(component, "payload_bytes"),
        (vec![0, 0, 1, 0], 1.0)
    );
    let life = read(component);
    assert_eq!(value(&life, "wait_seconds", 0), Reading::Untouched);
}

#[test]
fn no_duration_is_so_long_that_the_sum_wraps() {
    let component = Component::register("long");
    component.scope(|| {
        WAIT.observe(Duration::MAX);
        WAIT.observe_seconds(1e300);
        WAIT.observe(Duration::from_secs(1));
    });
    let (buckets, sum) = histogram(component, "wait_seconds");
    assert_eq!(buckets, [0, 0, 0, 3]);
    assert!(sum > 1e8, "{sum}");
}

#[test]
fn a_float_sum_is_the_same_whoever_holds_the_slabs() {
    let component = Component::register("float order");
    let (stay, ends) = (std::sync::Barrier::new(3), std::sync::Barrier::new(3));
    let sums = thread::scope(|scope| {
        let (stay, ends) = (&stay, &ends);
        let first = scope.spawn(move || component.scope(|| SIZE.observe(0.1)));
        for number in [0.2, 0.3] {
            scope.spawn(move || {
                component.scope(|| SIZE.observe(number));
                stay.wait();
                ends.wait();
            });
        }
        stay.wait();
        let before = histogram(component, "payload_bytes").1;
        first.join().expect("it ends");
        let after = histogram(component, "payload_bytes").1;
        ends.wait();
        [before, after]
    });
    assert!(sums[0] <= sums[1], "{sums:?}");
    let all_ended = histogram(component, "payload_bytes").1;
    assert!(sums[1] <= all_ended, "{sums:?} then {all_ended}");
}

#[test]
fn a_timer_observes_once_when_dropped_or_stopped_and_not_when_discarded() {
    let component = Component::register("timers");
    component.scope(|| {
        drop(WAIT.start_timer());
        let stopped = WAIT.start_timer();
        thread::sleep(Duration::from_millis(2));
        assert!(stopped.stop() >= Some(Duration::from_millis(2)));
        WAIT.start_timer().discard();
    });
    let (buckets, _) = histogram(component, "wait_seconds");
    assert_eq!(buckets.iter().sum::<u64>(), 2);
}

#[test]
fn one_call_in_n_stands_for_all() {
    let component = Component::register("paced");
    let measured: u64 = component.scope(|| {
        (0..10_000)
            .filter(|_| PACED.start_timer_one_in(16).stop().is_some())
            .count() as u64
    });
    let (buckets, _) = histogram(component, "paced_seconds");
    let counted = buckets.iter().sum::<u64>();
    assert!(
        (10_000 - 31..=10_000).contains(&counted),
        "{counted} of 10,000"
    );
    assert!(
        (400..900).contains(&measured),
        "{measured} measured, about 625 expected"
    );
}

#[test]
fn observations_after_the_end_of_a_thread_are_counted() {
    struct Last(Component);
    impl Drop for Last {
        fn drop(&mut self) {
            self.0.scope(|| {
                WAIT.observe(Duration::from_millis(7));
                SIZE.observe(2.5);
                drop(PACED.start_timer_one_in(8));
            });
        }
    }
    thread_local! {
        static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) };
    }
    let component = Component::register("after the end");
    thread::spawn(move || {
        LAST.set(Some(Last(component)));
        component.scope(|| WAIT.observe(Duration::from_millis(7)));
    })
    .join()
    .expect("it ends");
    assert_eq!(
        histogram(component, "wait_seconds"),
        (vec![0, 2, 0, 0], 0.014)
    );
    assert_eq!(
        histogram(component, "payload_bytes"),
        (vec![0, 0, 1, 0], 2.5)
    );
    assert_eq!(
        histogram(component, "paced_seconds").0.iter().sum::<u64>(),
        1
    );
}
