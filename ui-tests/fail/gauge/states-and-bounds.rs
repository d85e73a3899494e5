//! A state set has no bounds.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", states = State, bounds = [1.0]);
}
