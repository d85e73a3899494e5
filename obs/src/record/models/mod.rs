//! Loom models of the record path: each claim of the ownership argument in `ARCHITECTURE.md` under every interleaving
//! that loom's bounds reach, and beside each a control that breaks the rule and must fail.
//!
//! Run with `cargo xtask test`, or `RUSTFLAGS="--cfg loom" cargo test -p obs --lib --release`.

/// What the design does: must hold.
mod claims;

/// What it must not do: must fail.
mod controls;

/// What spans are recorded into, with controls of its own.
mod spans;

use std::sync::Arc;

use loom::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed, Release},
};
use loom::thread;

use super::annex::Plan;
use super::closed::Closed;
use super::lane::{Lane, OUTSIDE};
use super::lease::Place;
use super::life::{SharedPart, Space};
use super::slab::{Position, SlabRef};
use super::world::World;

/// How many switches between threads a run may have beyond those that blocking forces. Three find every fault that
/// the controls plant.
const PREEMPTIONS: usize = 3;

fn model(run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(run);
}

/// A world with `cells` cells in use.
fn world(cells: u32) -> Arc<World> {
    let world = World::new();
    world.assign(Space::Component, cells);
    Arc::new(world)
}

fn lane(world: &World) -> Lane {
    Lane::over(world.empty())
}

/// What `hot::add` does.
fn add(lane: &Lane, world: &World, cell: u32) {
    let slab = lane.slab(Space::Component);
    if Position::of(cell) < lane.end_of(Space::Component) {
        slab.assert_owner(lane.id());
        slab.get(cell)
            .expect("the cell was compared with the end")
            .add_owned(1);
        return;
    }
    lane.place(world, Space::Component, cell, |place| match place {
        Place::Owned(slab) => {
            slab.assert_owner(lane.id());
            slab.get(cell).expect("the place has the cell").add_owned(1);
        }
        Place::Shared(mut shared) => {
            shared
                .cell(cell)
                .expect("the shared slab grows")
                .add_shared(1);
        }
    });
}

/// Runs `f` in a component, as `hot::enter` and `hot::leave` do.
fn inside(lane: &Lane, world: &World, component: u64, f: impl FnOnce()) {
    let scope = match lane.find(component) {
        Some(window) => lane.push(window, component),
        None => lane.enter_cold(world, component),
    };
    f();
    if !lane.leave(scope) {
        lane.leave_cold(world, scope);
    }
}

/// What a merge reads of a cell in one component: the list under the lock, the cells outside it.
fn merged(world: &World, component: u64, cell: u32) -> u64 {
    let lives = world.lives().components.into_iter();
    let of_component = lives.filter(|life| life.component == component);
    of_component
        .map(|life| sum(life.lock().all().collect(), cell))
        .sum()
}

/// What a merge reads of a cell in all components, the departed included.
fn total(world: &World, cell: u32) -> u64 {
    let lives = world.lives();
    let departed = lives.departed.clone();
    let components = lives.components.into_iter().chain([departed]);
    components
        .map(|life| sum(life.lock().all().collect(), cell))
        .sum()
}

fn sum(parts: Vec<SharedPart>, cell: u32) -> u64 {
    let cells = parts
        .iter()
        .filter_map(|part| part.slab.get(cell.wrapping_sub(part.first)));
    cells.map(|cell| cell.load()).sum()
}

fn merged_outside(world: &World, cell: u32) -> u64 {
    merged(world, OUTSIDE, cell)
}

/// One thread sets a gauge, for the first time and then again, while another counts it up as `hot::try_add` and
/// `hot::change_gauge` do. `read` makes the value of what was set and what was counted.
fn set_beside_a_count(read: impl Fn(u64, u64) -> u64 + Send + Sync + 'static) {
    const COUNTED: u32 = 0;
    const SET: u32 = 1;
    model(move || {
        let world = world(2);
        let is_set = Arc::new(AtomicBool::new(false));
        let mine = lane(&world);
        mine.with_shared(&world, Space::Component, SET, |_| ());
        let other = thread::spawn({
            let (world, is_set) = (world.clone(), is_set.clone());
            move || {
                let lane = lane(&world);
                if is_set.load(Relaxed) {
                    count_up_what_is_set(&lane, &world, COUNTED, SET);
                } else {
                    add(&lane, &world, COUNTED);
                }
                lane.end(&world);
            }
        });
        let set = |value| {
            let shared = mine.slab(Space::Component).shared();
            shared.get(SET).expect("it is there").store(value);
        };
        let value = || read(merged_outside(&world, SET), merged_outside(&world, COUNTED));
        is_set.store(true, Relaxed);
        set(5);
        other.join().expect("the one that counts ends");
        assert!(
            matches!(value(), 5 | 6),
            "not what it was set to, nor one more"
        );
        set(7);
        assert_eq!(value(), 7, "not what it was set to");
    });
}

fn count_up_what_is_set(lane: &Lane, world: &World, counted: u32, set: u32) {
    lane.with_shared(world, Space::Component, set, |shared| {
        let set = shared.cell(set).expect("it is there");
        if set.load() != 0 {
            set.update(|bits| bits + 1);
        } else {
            let counted = shared.cell(counted).expect("it is there");
            counted.add_shared(1);
        }
    });
}

/// The metric with dynamic labels that models count.
const PLAN: Plan = Plan {
    metric: 1,
    cells: 1,
    max_series: 8,
    labels: 1,
};

/// A series with dynamic labels as a bound metric remembers it.
#[derive(Clone, Copy)]
struct Series {
    annex: u64,
    first: u32,
    slab: SlabRef,
    epoch: u64,
}

/// What looking a series up does.
fn bind(lane: &Lane, world: &World, component: u64) -> Option<Series> {
    let annex = world.annex(component)?;
    let first = annex.first_cell(PLAN, b"\x01a")?;
    let annex = annex.life.component;
    let (slab, epoch) = lane.place_in_annex(world, annex, first, |place| match place {
        Some(Place::Owned(slab)) => (slab, lane.epoch()),
        _ => (world.empty(), u64::MAX),
    })?;
    Some(Series {
        annex,
        first,
        slab,
        epoch,
    })
}

/// What a bound metric does; `may` says whether the lane may write the slab that is remembered.
fn count(lane: &Lane, world: &World, series: Series, may: impl Fn(&Lane, u64) -> bool) {
    let Series { annex, first, .. } = series;
    if may(lane, series.epoch) {
        let cell = series.slab.get(first);
        return cell.expect("it was looked up").add_owned(1);
    }
    lane.place_in_annex(world, annex, first, |place| match place {
        Some(Place::Owned(slab)) => slab.get(first).expect("the place has it").add_owned(1),
        Some(Place::Shared(mut shared)) => {
            let cell = shared.cell(first);
            cell.expect("the shared slab grows").add_shared(1);
        }
        None => world.departed(|mut shared| {
            let cell = shared.cell(PLAN.metric);
            cell.expect("the shared slab grows").add_shared(1);
        }),
    });
}

/// A thread counts a series before and after its component retires and is folded, and gives its slab back in between; a
/// component that comes later gets the same memory. `may` is the rule for writing what is remembered.
fn bound_through_retirement(may: impl Fn(&Lane, u64) -> bool + Copy + Send + Sync + 'static) {
    model(move || {
        let world = world(2);
        let component = world.register("component");
        let counting = thread::spawn({
            let world = world.clone();
            move || {
                let lane = lane(&world);
                let mut series = None;
                inside(&lane, &world, component, || {
                    series = bind(&lane, &world, component);
                });
                let Some(series) = series else {
                    lane.end(&world);
                    return 0;
                };
                count(&lane, &world, series, may);
                // On the slow path, outside any component, the slab goes back if the component has retired.
                let other = world.register("slow path");
                inside(&lane, &world, other, || add(&lane, &world, 0));
                lane.place(&world, Space::Component, 0, |_| ());
                count(&lane, &world, series, may);
                lane.end(&world);
                2
            }
        });
        world.retire(component);
        fold(&world, component);
        let later = world.register("later");
        let lane = lane(&world);
        if let Some(series) = bind(&lane, &world, later) {
            count(&lane, &world, series, |lane, epoch| lane.epoch() == epoch);
        }
        let counted = counting.join().expect("the one that counts ends");
        let of_later = series_total(&world, later);
        assert_eq!(of_later, 1, "another component's cells were written");
        fold(&world, component);
        let departed = sum(world.lives().departed.lock().all().collect(), PLAN.metric);
        let total = departed + series_total(&world, component);
        assert_eq!(total, counted, "lost or counted twice");
    });
}

/// A thread knows that a metric has no room; another makes room by a larger limit, and both look a series up. `lacks` is what
/// the thread makes of what it knows.
fn closed_and_opened(lacks: impl Fn(&Closed) -> bool + Send + Sync + 'static) {
    const SMALL: Plan = Plan {
        max_series: 1,
        ..PLAN
    };
    model(move || {
        let world = world(2);
        let component = world.register("component");
        let annex = world.annex(component).expect("it lives");
        annex.first_cell(SMALL, b"\x01a").expect("there is room");
        let closed = annex.closed(SMALL).expect("there is none for another");
        let seen = Arc::new(AtomicBool::new(false));
        let larger = thread::spawn({
            let (annex, seen) = (annex.clone(), seen.clone());
            move || {
                annex.first_cell(PLAN, b"\x01b").expect("there is room");
                seen.store(true, Release);
            }
        });
        let told = seen.load(Acquire);
        let found = annex.first_cell(SMALL, b"\x01b").is_some();
        assert!(found || !told, "it was there");
        let lacks = lacks(&closed);
        assert!(!(found && lacks), "a series that is there overflows");
        larger.join().expect("the other one ends");
    });
}

/// What a merge reads of the one series of a component.
fn series_total(world: &World, component: u64) -> u64 {
    let Some(life) = world.existing(component) else {
        return 0;
    };
    let annex = life.lock().annex.clone();
    annex.map_or(0, |annex| {
        let parts = annex.life.lock().all().collect();
        sum(parts, 0)
    })
}

/// Folds as the collector does.
fn fold(world: &World, component: u64) {
    if let Some(life) = world.existing(component) {
        world.fold(&life, |_, value, total| total.add_shared(value));
    }
}
