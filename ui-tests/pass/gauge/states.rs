//! One of the states of an enum.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{LabelValue, StateSet, gauge};

#[derive(Clone, Copy, LabelValue)]
enum State {
    Starting,
    Running,
}

static STATE: StateSet<State> = gauge!("worker_state", "What it does.", states = State);
static DOOR: StateSet<bool> = gauge!(
    "door_open",
    "A door.",
    states = bool,
    labels(door = "front"),
    scope = process
);

fn main() {
    STATE.set(State::Starting);
    STATE.set(State::Running);
    DOOR.set(true);
}
