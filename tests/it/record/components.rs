//! Scopes, retirement and lives.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use obs::collector::Collector;
use obs::{Component, Counter, Entered, counter};
use obs_tests::{count, read};

static ACTS: Counter = counter!("component_acts_total", "Acts of the components under test.");
const ACTS_NAME: &str = "component_acts_total";

#[test]
fn a_live_name_is_one_component() {
    let component = Component::register("named");
    assert_eq!(Component::register("named"), component);
    assert_eq!(component.name().as_deref(), Some("named"));
    assert_ne!(Component::register("another"), component);
}

#[test]
fn scopes_nest_and_return() {
    let (a, b) = (Component::register("nest/a"), Component::register("nest/b"));
    assert_eq!(Component::current(), None);
    a.scope(|| {
        ACTS.inc();
        b.scope(|| {
            assert_eq!(Component::current(), Some(b));
            ACTS.inc_by(10);
            a.scope(|| ACTS.inc());
        });
        assert_eq!(Component::current(), Some(a));
        ACTS.inc();
    });
    assert_eq!(Component::current(), None);
    assert_eq!((count(a, ACTS_NAME), count(b, ACTS_NAME)), (3, 10));
}

#[test]
fn entering_without_recording_takes_no_slab() {
    let component = Component::register("idle");
    component.scope(|| assert_eq!(Component::current(), Some(component)));
    assert!(read(component).cells.is_empty());
}

#[test]
fn a_panic_leaves_the_component() {
    let component = Component::register("panics");
    let caught = std::panic::catch_unwind(|| component.scope(|| panic!("on purpose")));
    assert!(caught.is_err());
    assert_eq!(Component::current(), None);
}

#[test]
fn a_guard_dropped_out_of_order_takes_effect_when_the_inner_one_has_gone() {
    let (a, b) = (
        Component::register("order/a"),
        Component::register("order/b"),
    );
    thread::spawn(move || {
        let outer = a.enter();
        let inner = b.enter();
        drop(outer);
        assert_eq!(Component::current(), Some(b));
        ACTS.inc();
        a.scope(|| ACTS.inc());
        drop(inner);
        assert_eq!(Component::current(), None);
        a.scope(|| ACTS.inc());
        assert_eq!(Component::current(), None);
    })
    .join()
    .expect("it ends");
    assert_eq!((count(a, ACTS_NAME), count(b, ACTS_NAME)), (2, 1));
}

#[test]
fn a_forgotten_guard_keeps_its_thread_inside_and_nobody_else() {
    let (a, b) = (
        Component::register("forget/a"),
        Component::register("forget/b"),
    );
    thread::spawn(move || {
        let outer = a.enter();
        std::mem::forget(b.enter());
        drop(outer);
        assert_eq!(Component::current(), Some(b));
        ACTS.inc();
    })
    .join()
    .expect("it ends");
    assert_eq!(count(b, ACTS_NAME), 1);
    assert_eq!(Component::current(), None);
}

/// A guard that is moved to another thread against its will, as a fiber would.
struct Moved(Entered);

#[expect(unsafe_code, reason = "does what fibers do to guards on their stacks")]
// SAFETY: not sound for guards in general, which is what the test is about: obs must not lose counts by it.
unsafe impl Send for Moved {}

#[test]
fn a_guard_dropped_on_a_foreign_thread_changes_nothing_there() {
    let (a, b) = (
        Component::register("foreign/a"),
        Component::register("foreign/b"),
    );
    let (sender, receiver) = mpsc::channel::<Moved>();
    let elsewhere = thread::spawn(move || {
        b.scope(|| {
            ACTS.inc();
            drop(receiver.recv().expect("a guard comes").0);
            assert_eq!(Component::current(), Some(b));
            ACTS.inc();
        });
    });
    thread::spawn(move || {
        let guard = a.enter();
        ACTS.inc();
        sender
            .send(Moved(guard))
            .map_err(drop)
            .expect("the other thread waits");
    })
    .join()
    .expect("it ends");
    elsewhere.join().expect("it ends");
    assert_eq!((count(a, ACTS_NAME), count(b, ACTS_NAME)), (1, 2));
}

#[test]
fn a_retired_component_counts_what_is_still_recorded_inside() {
    let component = Component::register("retired");
    component.scope(|| {
        ACTS.inc();
        component.retire();
        ACTS.inc();
        thread::spawn(move || component.scope(|| ACTS.inc()))
            .join()
            .expect("it ends");
    });
    component.scope(|| ACTS.inc());
    component.retire();
    assert_eq!(count(component, ACTS_NAME), 4);
    assert!(read(component).retired);
}

#[test]
fn a_new_registration_is_a_new_life_at_once() {
    let first = Component::register("again");
    first.scope(|| ACTS.inc_by(5));
    first.retire();
    let second = Component::register("again");
    assert_ne!(first, second);
    second.scope(|| ACTS.inc());
    first.scope(|| ACTS.inc());
    assert_eq!((count(first, ACTS_NAME), count(second, ACTS_NAME)), (6, 1));
}

// Of this test alone: other tests' components depart in the same process.
static DEPARTING: Counter = counter!("component_departing_total", "Acts of components that go.");
const DEPARTING_NAME: &str = "component_departing_total";

#[test]
#[cfg_attr(
    tarpaulin,
    ignore = "other tests of the process, if there are any, do what it counts"
)]
fn the_departed_keep_their_totals_and_give_their_slabs_back() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process holds it; nextest gives each a process of its own.
    };
    let total = |collector: &mut Collector| {
        let merge = collector.merge();
        let metric = *merge
            .metrics
            .iter()
            .find(|metric| metric.definition.name == DEPARTING_NAME)
            .expect("it is linked");
        let cell = metric.first_cell as usize;
        merge.departed.get(cell).copied().unwrap_or(0)
    };
    let now = Instant::now();
    let before = total(&mut collector);
    let mut handles = Vec::new();
    let mut slabs = Vec::new();
    for round in 0..200u64 {
        let component = Component::register("departing");
        component.scope(|| DEPARTING.inc_by(round));
        component.retire();
        handles.push(component);
        // A visit to any other component lets this thread give the slabs back.
        Component::register("elsewhere").scope(|| ());
        collector.expire(Duration::ZERO, now + Duration::from_secs(round));
        slabs.push(collector.merge().stats.slabs);
    }
    assert_eq!(total(&mut collector) - before, (0..200).sum::<u64>());
    assert!(
        slabs[199] - slabs[10] < 150,
        "two hundred would be a leak: {slabs:?}"
    );
    // A handle of a life that is over still counts, in the totals.
    handles[0].scope(|| DEPARTING.inc());
    assert_eq!(handles[0].name(), None);
    assert_eq!(total(&mut collector) - before, (0..200).sum::<u64>() + 1);
}

#[test]
fn a_component_lingers_before_it_departs() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process holds it; nextest gives each a process of its own.
    };
    let component = Component::register("lingers");
    thread::spawn(move || component.scope(|| ACTS.inc()))
        .join()
        .expect("it ends");
    component.retire();
    let (linger, now) = (Duration::from_secs(300), Instant::now());
    collector.expire(linger, now);
    collector.expire(linger, now + Duration::from_secs(299));
    assert_eq!(count(component, ACTS_NAME), 1);
    collector.expire(linger, now + Duration::from_secs(300));
    assert_eq!(component.name(), None);
}

#[test]
fn where_each_thread_is_can_be_seen_from_outside() {
    let component = Component::register("seen from outside");
    let (entered, seen) = (mpsc::channel(), mpsc::channel::<()>());
    let thread = thread::spawn(move || {
        component.scope(|| {
            entered.0.send(()).expect("the test waits");
            seen.1.recv().expect("the test answers");
        });
    });
    entered.1.recv().expect("the thread enters");
    if let Some(collector) = Collector::acquire() {
        assert!(collector.whereabouts().contains(&Some(component)));
    }
    seen.0.send(()).expect("the thread waits");
    thread.join().expect("it ends");
}
