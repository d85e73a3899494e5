//! Futures in components, on executors that move them about.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use obs::{Component, Counter, Gauge, InComponent, counter, gauge};
use obs_tests::{count, read, value};

static POLLED: Counter = counter!("future_steps_total", "Steps of the futures under test.");
static RUNNING: Gauge = gauge!("futures_running", "Futures under way.");
const POLLED_NAME: &str = "future_steps_total";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_executor_threads_count_exactly_per_component() {
    let components: Vec<Component> = (0..10)
        .map(|n| Component::register(&format!("future/{n}")))
        .collect();
    let steps = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..200usize)
        .map(|task| {
            let (component, steps) = (components[task % 10], steps.clone());
            tokio::spawn(
                async move {
                    for _ in 0..50 {
                        assert_eq!(Component::current(), Some(component));
                        POLLED.inc();
                        steps.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                    }
                }
                .in_component(component),
            )
        })
        .collect();
    for task in tasks {
        task.await.expect("it ends");
    }
    assert_eq!(steps.load(Ordering::Relaxed), 10_000);
    assert!(
        components
            .iter()
            .all(|component| count(*component, POLLED_NAME) == 1_000)
    );
}

#[tokio::test]
async fn a_spawned_future_can_inherit_the_component() {
    let component = Component::register("inherits");
    let (inherits, does_not) = component.scope(|| {
        let inherits = tokio::spawn(async { Component::current() }.in_current_component());
        (inherits, tokio::spawn(async { Component::current() }))
    });
    assert_eq!(inherits.await.expect("it ends"), Some(component));
    assert_eq!(does_not.await.expect("it ends"), None);
    let outside = async { Component::current() }.in_current_component().await;
    assert_eq!(outside, None);
}

#[tokio::test]
async fn a_cancelled_future_is_dropped_inside_its_component() {
    struct CountsItsDrop;
    impl Drop for CountsItsDrop {
        fn drop(&mut self) {
            POLLED.inc();
        }
    }
    let component = Component::register("cancelled");
    let task = tokio::spawn(
        async {
            let _running = RUNNING.in_flight();
            let _counts = CountsItsDrop;
            std::future::pending::<()>().await;
        }
        .in_component(component),
    );
    tokio::task::yield_now().await;
    task.abort();
    assert!(task.await.is_err());
    assert_eq!(count(component, POLLED_NAME), 1);
    let level =
        value(&read(component), "futures_running", 0) == obs::catalogue::Reading::Gauge(0.0);
    assert!(level, "what was in flight has ended where it began");
}
