//! Loom models of the record path: each claim of the ownership argument in `ARCHITECTURE.md` under every interleaving
//! that loom's bounds reach, and beside each a control that breaks the rule and must fail.
//!
//! Run with `cargo xtask test`, or `RUSTFLAGS="--cfg loom" cargo test -p obs --lib --release`.

/// What the design does: must hold.
mod claims;

/// What it must not do: must fail.
mod controls;

use std::sync::Arc;

use super::lane::{Lane, OUTSIDE};
use super::lease::Place;
use super::life::{SharedPart, Space};
use super::slab::Position;
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
