//! A state set is set to a state.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    obs::gauge!("worker_state", "What it does.", states = State).set(1);
}
