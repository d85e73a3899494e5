//! Nothing is lost or counted twice, whatever threads do.

use std::cell::RefCell;
use std::sync::{Arc, Barrier};
use std::thread;

use obs::{Component, Counter, Entered, counter};
use obs_tests::count;

use crate::late::late_counter;

static STEPS: Counter = counter!("thread_steps_total", "Steps of the threads under test.");
const STEPS_NAME: &str = "thread_steps_total";

#[test]
fn a_counter_survives_the_exit_of_its_thread() {
    let component = Component::register("survives");
    thread::spawn(move || component.scope(|| STEPS.inc_by(7)))
        .join()
        .expect("it ends");
    assert_eq!(count(component, STEPS_NAME), 7);
}

#[test]
fn ten_thousand_short_threads_are_exact() {
    let component = Component::register("short threads");
    for _ in 0..100 {
        let threads: Vec<_> = (0..100)
            .map(|_| thread::spawn(move || component.scope(|| STEPS.inc())))
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
    }
    assert_eq!(count(component, STEPS_NAME), 10_000);
}

#[test]
fn threads_one_after_the_other_share_one_slab() {
    let component = Component::register("one slab");
    let run = || {
        thread::spawn(move || component.scope(|| STEPS.inc()))
            .join()
            .expect("it ends");
    };
    run();
    let collector = obs::collector::Collector::acquire();
    let Some(mut collector) = collector else {
        return; // Another test of this process holds it; nextest gives each a process of its own.
    };
    let before = collector.merge().stats;
    (0..1_000).for_each(|_| run());
    let after = collector.merge().stats;
    // What runs beside this test may lease some; a thousand would be a leak.
    assert!(
        after.slabs < before.slabs + 100,
        "{before:?} then {after:?}"
    );
    assert_eq!(count(component, STEPS_NAME), 1_001);
}

#[test]
fn sixteen_threads_across_a_hundred_components_are_exact() {
    const THREADS: u64 = 16;
    // Where coverage is measured, each step counts itself for all threads, and takes a hundred times as long.
    const PER_THREAD: u64 = if cfg!(tarpaulin) { 100_000 } else { 10_000_000 };
    const RUN: u64 = 1_000;
    let components: Arc<Vec<Component>> = Arc::new(
        (0..100)
            .map(|n| Component::register(&format!("across/{n}")))
            .collect(),
    );
    let start = Arc::new(Barrier::new(THREADS as usize));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (components, start) = (components.clone(), start.clone());
            thread::spawn(move || {
                start.wait();
                for run in 0..PER_THREAD / RUN {
                    let component = components[((thread * 31 + run) % 100) as usize];
                    component.scope(|| (0..RUN).for_each(|_| STEPS.inc()));
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it ends"));
    let mut expected = [0; 100];
    for thread in 0..THREADS {
        for run in 0..PER_THREAD / RUN {
            expected[((thread * 31 + run) % 100) as usize] += RUN;
        }
    }
    for (component, expected) in components.iter().zip(expected) {
        assert_eq!(count(*component, STEPS_NAME), expected);
    }
}

#[test]
fn a_thread_that_never_ends_is_counted() {
    let component = Component::register("leaked");
    let recorded = Arc::new(Barrier::new(2));
    thread::spawn({
        let recorded = recorded.clone();
        move || {
            component.scope(|| STEPS.inc_by(3));
            recorded.wait();
            loop {
                thread::park();
            }
        }
    });
    recorded.wait();
    assert_eq!(count(component, STEPS_NAME), 3);
}

/// Records when its thread ends.
struct AtExit(Component);

impl Drop for AtExit {
    fn drop(&mut self) {
        self.0.scope(|| STEPS.inc());
    }
}

thread_local! {
    static AT_EXIT: RefCell<Option<AtExit>> = const { RefCell::new(None) };
    static GUARD: RefCell<Option<Entered>> = const { RefCell::new(None) };
}

#[test]
fn increments_from_thread_local_destructors_are_counted() {
    // Destructors run in the reverse order of first use: one runs before the lane ends, one after.
    for register_first in [true, false] {
        let component = Component::register(&format!("destructor/{register_first}"));
        let register = move || AT_EXIT.set(Some(AtExit(component)));
        thread::spawn(move || {
            if register_first {
                register();
            }
            component.scope(|| STEPS.inc());
            if !register_first {
                register();
            }
        })
        .join()
        .expect("it ends");
        assert_eq!(
            count(component, STEPS_NAME),
            2,
            "registered first: {register_first}"
        );
    }
}

#[test]
fn a_thread_that_records_only_in_a_destructor_is_counted() {
    let component = Component::register("only in a destructor");
    thread::spawn(move || AT_EXIT.set(Some(AtExit(component))))
        .join()
        .expect("it ends");
    assert_eq!(count(component, STEPS_NAME), 1);
}

#[test]
fn a_guard_that_outlives_its_lane_restores_nothing() {
    let (inner, outer) = (Component::register("inner"), Component::register("outer"));
    thread::spawn(move || {
        GUARD.with(|_| {});
        let _outer = std::mem::ManuallyDrop::new(outer.enter());
        GUARD.set(Some(inner.enter()));
        STEPS.inc();
    })
    .join()
    .expect("it ends");
    // The slab that the guard remembered belongs to this thread now: nobody else may write it.
    thread::spawn(move || outer.scope(|| STEPS.inc()))
        .join()
        .expect("it ends");
    assert_eq!((count(inner, STEPS_NAME), count(outer, STEPS_NAME)), (1, 1));
}

#[test]
fn a_metric_registered_late_grows_the_slab_and_keeps_the_old_one() {
    let component = Component::register("late");
    component.scope(|| {
        STEPS.inc();
        for n in 0..200 {
            let late = late_counter(Box::leak(format!("late_{n}_total").into_boxed_str()));
            late.inc_by(n + 1);
            component.scope(|| late.inc());
            STEPS.inc();
        }
    });
    assert_eq!(count(component, STEPS_NAME), 201);
    for n in 0..200 {
        assert_eq!(count(component, &format!("late_{n}_total")), n + 2);
    }
}

#[test]
fn threads_that_register_one_metric_at_once_share_its_cells() {
    let component = Component::register("raced");
    for round in 0..50 {
        let name: &'static str = Box::leak(format!("raced_{round}_total").into_boxed_str());
        let late = late_counter(name);
        let start = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let start = start.clone();
                thread::spawn(move || {
                    start.wait();
                    component.scope(|| late.inc());
                })
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        assert_eq!(count(component, name), 4);
    }
}
