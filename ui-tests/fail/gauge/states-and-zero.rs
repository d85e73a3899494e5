//! A state set shows nothing before it is set.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", states = State, zero);
}
