//! State sets: one of several states, at any time.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use obs::catalogue::Reading;
use obs::collector::MergedLife;
use obs::{Component, LabelValue, StateSet, gauge};
use obs_tests::{read, value};

#[derive(Clone, Copy, LabelValue)]
enum State {
    Starting,
    Running,
    #[label("on fire")]
    OnFire,
}

static STATE: StateSet<State> = gauge!("stage_state", "Its state.", states = State);
static SAME: StateSet<State> = gauge!("stage_state", "Its state.", states = State);
static DOOR: StateSet<bool> = gauge!(
    "door_open",
    "A door.",
    labels(door = "front"),
    states = bool
);

/// What each state shows; `None` before it was set.
fn states(life: &MergedLife, metric: &str, states: usize) -> Vec<Option<f64>> {
    let shown = |series| match value(life, metric, series) {
        Reading::Gauge(value) => Some(value),
        Reading::Untouched => None,
        other => panic!("{metric} is no state set: {other:?}"),
    };
    (0..states).map(shown).collect()
}

#[test]
fn the_state_that_was_set_last_is_shown() {
    let component = Component::register("states");
    component.scope(|| DOOR.set(true));
    let shown = || states(&read(component), "stage_state", 3);
    assert_eq!(shown(), [None; 3]);
    component.scope(|| STATE.set(State::Starting));
    assert_eq!(shown(), [Some(1.0), Some(0.0), Some(0.0)]);
    let elsewhere = move || component.scope(|| SAME.set(State::OnFire));
    thread::spawn(elsewhere).join().expect("it ends");
    assert_eq!(shown(), [Some(0.0), Some(0.0), Some(1.0)]);
    component.scope(|| STATE.set(State::Running));
    assert_eq!(shown(), [Some(0.0), Some(1.0), Some(0.0)]);
    assert_eq!(
        states(&read(component), "door_open", 2),
        [Some(0.0), Some(1.0)]
    );
}

#[test]
fn a_reader_sees_exactly_one_state_whoever_sets() {
    static ENDED: AtomicBool = AtomicBool::new(false);
    let component = Component::register("states at once");
    component.scope(|| STATE.set(State::Starting));
    thread::scope(|scope| {
        for first in 0..2 {
            scope.spawn(move || {
                component.scope(|| {
                    for turn in first.. {
                        let all = [State::Starting, State::Running, State::OnFire];
                        STATE.set(all[turn % 3]);
                        if ENDED.load(Relaxed) {
                            break;
                        }
                    }
                });
            });
        }
        for _ in 0..2_000 {
            let shown = states(&read(component), "stage_state", 3);
            let sum: Option<f64> = shown.into_iter().sum();
            assert_eq!(sum, Some(1.0));
        }
        ENDED.store(true, Relaxed);
    });
}

#[test]
fn states_are_a_label_called_like_the_metric() {
    let component = Component::register("states in text");
    component.scope(|| {
        STATE.set(State::OnFire);
        DOOR.set(false);
    });
    let recorded = obs_runtime::test::read(component);
    let shown = |state| recorded.gauge("stage_state", &[("stage_state", state)]);
    assert_eq!(
        ["starting", "running", "on fire"].map(shown),
        [0.0, 0.0, 1.0]
    );
    let door = [("door", "front"), ("door_open", "false")];
    assert_eq!(recorded.gauge("door_open", &door), 1.0);
}
