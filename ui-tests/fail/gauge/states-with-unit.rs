//! States have no unit.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_bytes", "What it does.", states = State);
}
