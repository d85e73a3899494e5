//! The states are the one label with several values.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", states = State, dynamic(path));
}
