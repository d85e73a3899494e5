//! A state set has no other labels with any text.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", states = State, info(version));
}
