//! What the design does.

use super::*;
use crate::record::sync::{AtomicU32, Mutex, Ordering::Relaxed, lock};
use loom::thread;

#[test]
fn a_merge_is_monotone_and_exact_after_join() {
    model(|| {
        let world = world(1);
        let writer = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                add(&lane, &world, 0);
                add(&lane, &world, 0);
                lane.end(&world);
            }
        });
        let first = merged_outside(&world, 0);
        let second = merged_outside(&world, 0);
        assert!(first <= second && second <= 2);
        writer.join().expect("the writer ends");
        assert_eq!(merged_outside(&world, 0), 2);
    });
}

#[test]
fn growth_keeps_what_the_smaller_slab_counted() {
    model(|| {
        let world = world(1);
        let writer = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                add(&lane, &world, 0);
                let late = world.assign(Space::Component, 2);
                add(&lane, &world, late + 1);
                add(&lane, &world, 0);
                lane.end(&world);
            }
        });
        let first = merged_outside(&world, 0);
        assert!(first <= merged_outside(&world, 0));
        writer.join().expect("the writer ends");
        assert_eq!(
            (merged_outside(&world, 0), merged_outside(&world, 2)),
            (2, 1)
        );
    });
}

#[test]
fn a_scope_may_return_to_the_slab_that_was_outgrown() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let lane = lane(&world);
        inside(&lane, &world, component, || {
            add(&lane, &world, 0);
            inside(&lane, &world, component, || {
                let late = world.assign(Space::Component, 1);
                add(&lane, &world, late);
            });
            let other = thread::spawn({
                let world = world.clone();
                move || {
                    let lane = super::lane(&world);
                    inside(&lane, &world, component, || add(&lane, &world, 0));
                    lane.end(&world);
                }
            });
            add(&lane, &world, 0);
            other.join().expect("the other writer ends");
        });
        lane.end(&world);
        assert_eq!(merged(&world, component, 0), 3);
    });
}

#[test]
fn the_next_thread_continues_the_slab_of_the_last() {
    model(|| {
        let world = world(1);
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let world = world.clone();
                thread::spawn(move || {
                    let lane = lane(&world);
                    add(&lane, &world, 0);
                    lane.end(&world);
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("the writer ends");
        }
        assert_eq!(merged_outside(&world, 0), 2);
        assert!(world.stats().slabs <= 2);
        let last = lane(&world);
        add(&last, &world, 0);
        assert!(
            world.stats().slabs <= 2,
            "a pooled slab is taken before a new one"
        );
        assert_eq!(merged_outside(&world, 0), 3);
    });
}

#[test]
fn two_threads_may_register_one_metric_late() {
    model(|| {
        let world = world(1);
        let slot = Arc::new((AtomicU32::new(u32::MAX), Mutex::new(())));
        let register = |world: &World, slot: &(AtomicU32, Mutex<()>)| {
            let _registry = lock(&slot.1);
            if slot.0.load(Relaxed) == u32::MAX {
                slot.0.store(world.assign(Space::Component, 1), Relaxed);
            }
            slot.0.load(Relaxed)
        };
        let other = thread::spawn({
            let (world, slot) = (world.clone(), slot.clone());
            move || {
                let lane = lane(&world);
                add(&lane, &world, register(&world, &slot));
                lane.end(&world);
            }
        });
        let lane = lane(&world);
        let seen = slot.0.load(Relaxed);
        let cell = if seen == u32::MAX {
            register(&world, &slot)
        } else {
            seen
        };
        add(&lane, &world, cell);
        other.join().expect("the other writer ends");
        assert_eq!(merged_outside(&world, 1), 2);
    });
}

#[test]
fn a_switch_of_component_takes_its_counts_along() {
    model(|| {
        let world = world(1);
        let (one, two) = (world.register("one"), world.register("two"));
        let other = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                inside(&lane, &world, two, || {
                    add(&lane, &world, 0);
                    inside(&lane, &world, one, || add(&lane, &world, 0));
                    add(&lane, &world, 0);
                });
                lane.end(&world);
            }
        });
        let lane = lane(&world);
        inside(&lane, &world, one, || add(&lane, &world, 0));
        add(&lane, &world, 0);
        other.join().expect("the other writer ends");
        assert_eq!(merged(&world, one, 0), 2);
        assert_eq!(merged(&world, two, 0), 2);
        assert_eq!(merged_outside(&world, 0), 1);
    });
}

#[test]
fn retirement_loses_nothing_while_a_thread_is_inside() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let inside_it = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                inside(&lane, &world, component, || {
                    add(&lane, &world, 0);
                    add(&lane, &world, 0);
                });
                lane.end(&world);
            }
        });
        world.retire(component);
        let before = merged(&world, component, 0);
        inside_it.join().expect("the writer ends");
        let after = merged(&world, component, 0);
        assert!(before <= after);
        assert_eq!(after, 2);
    });
}

#[test]
fn a_life_is_folded_once_and_only_when_nobody_holds_its_slabs() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let inside_it = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                inside(&lane, &world, component, || {
                    add(&lane, &world, 0);
                    add(&lane, &world, 0);
                });
                lane.end(&world);
            }
        });
        world.retire(component);
        fold(&world, component);
        let again = world.register("component");
        assert_ne!(again, component, "a new registration is a new life");
        let lane = lane(&world);
        inside(&lane, &world, again, || add(&lane, &world, 0));
        inside_it.join().expect("the writer ends");
        assert_eq!(merged(&world, again, 0), 1);
        assert_eq!(total(&world, 0), 3);
        fold(&world, component);
        assert_eq!(total(&world, 0), 3);
    });
}

#[test]
fn increments_after_the_end_of_a_thread_go_to_the_shared_slab() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let late = move |world: &World| {
            let lane = lane(world);
            inside(&lane, world, component, || add(&lane, world, 0));
            lane.end(world);
            inside(&lane, world, component, || add(&lane, world, 0));
            add(&lane, world, 0);
        };
        let other = thread::spawn({
            let world = world.clone();
            move || late(&world)
        });
        late(&world);
        other.join().expect("the other writer ends");
        assert_eq!(merged(&world, component, 0), 4);
        assert_eq!(merged_outside(&world, 0), 2);
    });
}

#[test]
fn a_late_increment_and_a_fold_do_not_miss_each_other() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        world.retire(component);
        let late = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                inside(&lane, &world, component, || add(&lane, &world, 0));
                lane.end(&world);
            }
        });
        fold(&world, component);
        late.join().expect("the writer ends");
        assert_eq!(total(&world, 0), 1);
    });
}

#[test]
fn a_gauge_shows_what_it_was_set_to_last_and_what_was_counted_since() {
    set_beside_a_count(|set, counted| if set == 0 { counted } else { set });
}

#[test]
fn a_bound_series_counts_once_through_retirement_folding_and_reuse() {
    bound_through_retirement(|lane, epoch| lane.epoch() == epoch);
}

#[test]
fn two_threads_that_look_up_one_text_share_its_cell() {
    model(|| {
        let world = world(2);
        let component = world.register("component");
        let look_up = move |world: &World| {
            let lane = lane(world);
            let series = bind(&lane, world, component).expect("the component lives");
            count(&lane, world, series, |lane, epoch| lane.epoch() == epoch);
            lane.end(world);
            series.first
        };
        let other = thread::spawn({
            let world = world.clone();
            move || look_up(&world)
        });
        let first = look_up(&world);
        assert_eq!(other.join().expect("the other one ends"), first);
        assert_eq!(series_total(&world, component), 2);
    });
}

#[test]
fn a_thread_that_knows_there_is_no_room_hears_when_there_is() {
    closed_and_opened(|closed| closed.lacks(&["b"]));
}
