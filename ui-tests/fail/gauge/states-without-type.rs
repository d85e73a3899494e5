//! A state set names its states.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", states);
}
