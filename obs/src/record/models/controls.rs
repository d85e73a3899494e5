//! What the design must not do: each control breaks one rule of the ownership argument, and loom must find the loss.

use super::*;
use crate::record::cell::Cell;
use crate::record::sync::{AtomicU32, AtomicU64, Mutex, Ordering::Relaxed, lock};
use loom::thread;

/// Two writers that keep to no lease.
fn race(write: impl Fn(&Cell) + Send + Sync + 'static) -> Arc<Cell> {
    let (cell, write) = (Arc::new(Cell::zero()), Arc::new(write));
    let other = thread::spawn({
        let (cell, write) = (cell.clone(), write.clone());
        move || write(&cell)
    });
    write(&cell);
    other.join().expect("the other writer ends");
    cell
}

#[test]
#[should_panic(expected = "lost")]
fn without_a_lease_increments_are_lost() {
    model(|| assert_eq!(race(|cell| cell.add_owned(1)).load(), 2, "lost"));
}

#[test]
#[should_panic(expected = "lost")]
fn a_late_increment_without_an_atomic_instruction_is_lost() {
    model(|| {
        let shared = race(|shared| shared.add_owned(1));
        assert_eq!(shared.load(), 2, "lost");
    });
}

#[test]
#[should_panic(expected = "lost or counted twice")]
fn a_reader_that_resets_loses() {
    model(|| {
        let cell = Arc::new(AtomicU64::new(0));
        let owner = thread::spawn({
            let cell = cell.clone();
            move || {
                for _ in 0..2 {
                    cell.store(cell.load(Relaxed) + 1, Relaxed);
                }
            }
        });
        let taken = cell.swap(0, Relaxed);
        owner.join().expect("the owner ends");
        assert_eq!(taken + cell.swap(0, Relaxed), 2, "lost or counted twice");
    });
}

#[test]
#[should_panic(expected = "lost")]
fn a_hand_over_without_the_lock_loses() {
    model(|| {
        let slab = Arc::new((Cell::zero(), AtomicU32::new(0)));
        let last = thread::spawn({
            let slab = slab.clone();
            move || {
                slab.0.add_owned(1);
                slab.1.store(1, Relaxed);
            }
        });
        let handed_over = slab.1.load(Relaxed) == 1;
        if handed_over {
            slab.0.add_owned(1);
        }
        last.join().expect("the last holder ends");
        assert_eq!(slab.0.load(), 1 + u64::from(handed_over), "lost");
    });
}

#[test]
#[should_panic(expected = "went down")]
fn merges_that_are_not_serialised_publish_a_smaller_value_later() {
    model(|| {
        let world = world(1);
        let published = Arc::new(Mutex::new(0));
        let writer = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                add(&lane, &world, 0);
                lane.end(&world);
            }
        });
        let publish = |world: &World, published: &Mutex<u64>| {
            let value = merged_outside(world, 0);
            let mut published = lock(published);
            assert!(value >= *published, "went down");
            *published = value;
        };
        let other = thread::spawn({
            let (world, published) = (world.clone(), published.clone());
            move || publish(&world, &published)
        });
        publish(&world, &published);
        other.join().expect("went down");
        writer.join().expect("the writer ends");
    });
}

#[test]
#[should_panic(expected = "does not hold")]
fn an_outgrown_slab_given_back_too_early_has_two_writers() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let lane = lane(&world);
        inside(&lane, &world, component, || {
            add(&lane, &world, 0);
            let outgrown = lane.slab(Space::Component);
            inside(&lane, &world, component, || {
                let late = world.assign(Space::Component, 1);
                add(&lane, &world, late);
                let life = world.existing(component).expect("it lives");
                life.give_back(outgrown);
            });
            add(&lane, &world, 0);
        });
    });
}

#[test]
#[should_panic(expected = "lost")]
fn a_registration_without_the_lock_gives_two_places_to_one_metric() {
    model(|| {
        let world = world(1);
        let slot = Arc::new(AtomicU32::new(u32::MAX));
        let register = |world: &World, slot: &AtomicU32| {
            if slot.load(Relaxed) == u32::MAX {
                slot.store(world.assign(Space::Component, 1), Relaxed);
            }
            slot.load(Relaxed)
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
        add(&lane, &world, register(&world, &slot));
        other.join().expect("the other writer ends");
        assert_eq!(merged_outside(&world, slot.load(Relaxed)), 2, "lost");
    });
}

#[test]
#[should_panic(expected = "does not hold")]
fn a_scope_that_ends_on_a_foreign_thread_must_not_restore() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let lane = lane(&world);
        add(&lane, &world, 0);
        let scope = lane.enter_cold(&world, component);
        let other = super::lane(&world);
        add(&other, &world, 0);
        let _deeper = other.enter_cold(&world, component);
        // What `leave` refuses since the tokens differ.
        other.pop(scope, other.token.get());
        add(&other, &world, 0);
    });
}

#[test]
#[should_panic(expected = "lost")]
fn a_slab_recycled_while_it_is_held_loses() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        let writer = thread::spawn({
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
        // What `fold` refuses since the slab is leased.
        let life = world.existing(component).expect("it lives");
        let mut moved = 0;
        for part in life.lock().all() {
            moved += part.slab.get(0).map_or(0, Cell::load);
            part.slab.get(0).into_iter().for_each(|cell| cell.store(0));
        }
        writer.join().expect("the writer ends");
        assert_eq!(moved + merged(&world, component, 0), 2, "lost");
    });
}

#[test]
#[should_panic(expected = "lost")]
fn a_late_increment_that_does_not_look_whether_the_life_is_gone_is_lost() {
    model(|| {
        let world = world(1);
        let component = world.register("component");
        world.retire(component);
        let life = world.existing(component).expect("it lingers");
        let late = thread::spawn({
            let (world, life) = (world.clone(), life.clone());
            move || {
                // What `World::late` does, without its look at the state.
                let mut shared = crate::record::shared::Shared::of(&world, &life);
                shared.cell(0).expect("the shared slab grows").add_shared(1);
            }
        });
        world.fold(&life, |_, value, total| total.add_shared(value));
        late.join().expect("the writer ends");
        assert_eq!(total(&world, 0), 1, "lost");
    });
}

#[test]
#[should_panic(expected = "what it was set to")]
fn a_gauge_that_adds_up_what_was_set_and_counted_is_wrong_for_ever() {
    set_beside_a_count(|set, counted| set + counted);
}

#[test]
#[should_panic(expected = "another component's cells were written")]
fn a_bound_series_that_trusts_its_slab_writes_what_was_given_back() {
    bound_through_retirement(|_, epoch| epoch != u64::MAX);
}

#[test]
#[should_panic(expected = "a series that is there overflows")]
fn a_thread_that_does_not_ask_whether_there_is_room_by_now_overflows() {
    closed_and_opened(|closed| !closed.knows(&["b"]));
}
